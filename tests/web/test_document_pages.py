"""The documents as pages: read without a token, with nothing that runs on them."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import app
from tests.support.clients import Client

NAMES = sorted(file.stem for file in (Path(app.__file__).parent / "docs").glob("*.md"))


class Page(HTMLParser):
    """What matters of a page: its language, headings, anchors, links, and what it would run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def values(self, attribute: str) -> set[str]:
        return {attrs[attribute] for _, attrs in self.tags if attrs.get(attribute)}

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def reader(service) -> Client:
    """Return a client without a token."""
    return service.client(Client, "")


def addresses():
    return ["/docs", *(f"/docs/{name}" for name in NAMES), "/docs/none"]


@pytest.mark.parametrize("address", addresses())
def test_a_page_runs_nothing_and_leaks_nothing(reader, address):
    answer = reader.get(address)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = Page(answer.text)
    assert not page.of("script")
    assert not page.of("style")
    assert not page.values("style")


@pytest.mark.parametrize("address", addresses())
def test_a_page_can_be_read_by_everyone(reader, address):
    page = Page(reader.get(address).text)

    assert page.of("html") == [{"lang": "en"}]
    assert len(page.of("h1")) == len(page.of("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(image["alt"] for image in page.of("img"))
    assert all(cell["scope"] == "col" for cell in page.of("th"))


@pytest.mark.parametrize("address", addresses())
def test_every_link_on_a_page_leads_somewhere(reader, address):
    page = Page(reader.get(address).text)

    for target in page.values("href") | page.values("src"):
        path, hash_, anchor = target.partition("#")
        answer = reader.get(path or address)
        assert answer.status_code == (404 if not path and address == "/docs/none" else 200), target
        assert not hash_ or anchor in Page(answer.text).values("id"), target


def test_the_tables_of_a_document_are_tables(reader):
    page = Page(reader.get("/docs/reference").text)

    assert len(page.of("table")) >= 8
    assert "seatgate contract sign" in reader.get("/docs/reference").text


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "reference.md",
        "../config.py",
        "..%2fconfig.py",
        "%2e%2e%2fcli.py",
        "%00",
        "a/b",
    ],
)
def test_there_is_nothing_else_under_the_documents(reader, name):
    answer = reader.get(f"/docs/{name}")

    assert answer.status_code == 404
    assert "import" not in answer.text


def test_pages_load_one_stylesheet_and_pictures(reader):
    style, picture = reader.get("/docs/style.css"), reader.get("/docs/seatgate.svg")

    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert picture.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    for answer in (style, picture):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_discovery_leads_to_the_documents(idp, reader):
    address = idp.get("/ServiceProviderConfig").json()["documentationUri"]

    assert address.endswith("/docs")
    assert reader.get("/docs").status_code == 200
