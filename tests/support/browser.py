"""A browser without scripts: it keeps cookies, reads pages, and fills in and sends their forms."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from app.access.context import acting
from app.access.principal import Role, operator_for
from app.models import Owner
from app.owners.links import make_link
from tests.support.builders import Customer
from tests.support.in_process import ORIGIN, InProcess

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_VOID = {"input", "meta", "link", "img", "br", "rect", "path", "line", "circle", "hr"}
_UNREAD = {"script", "style", "title"}


@dataclass
class Form:
    """A form: where it goes, what its fields hold, and the text of its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """A page as it was answered."""

    def __init__(self, answer) -> None:
        super().__init__()
        self.status, self.headers = answer.status_code, answer.headers
        self.html = answer.get_data().decode(errors="replace")
        self.address = answer.request.path
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[str] = []
        self._named: dict[int, list[str]] = {}
        self.feed(self.html)
        self.text = " ".join(" ".join(self._texts).split())

    @property
    def heading(self) -> str:
        """The text of its h1."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""

    def form(self, button: str) -> Form:
        """Return the form whose button says so."""
        return next(form for form in self.forms if any(button in text for text in form.buttons))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def handle_starttag(self, tag, attrs) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "form":
            self.forms.append(Form(attributes["action"]))
        elif tag in {"input", "textarea", "select"} and self.forms:
            self._note_field(attributes)
        if tag not in _VOID:
            self._open.append((tag, attributes))
        if tag in {"button", "a"}:
            self._named[len(self._open)] = []

    def handle_startendtag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def _note_field(self, attributes) -> None:
        chosen = attributes.get("type") not in {"radio", "checkbox"} or "checked" in attributes
        if attributes.get("name") and chosen:
            self.forms[-1].fields[attributes["name"]] = attributes.get("value") or ""

    def handle_endtag(self, tag) -> None:
        words = " ".join(" ".join(self._named.pop(len(self._open), [])).split())
        while self._open:
            name, attributes = self._open.pop()
            if name == tag:
                break
        else:
            return
        if tag == "button" and self.forms:
            self.forms[-1].buttons.append(words)
        elif tag == "a" and attributes.get("href"):
            self.links[words] = attributes["href"]

    def handle_data(self, data) -> None:
        if not any(name in _UNREAD for name, _ in self._open):
            self._texts.append(data)
            for words in self._named.values():
                words.append(data)


class Browser:
    """A browser with its cookies; it follows redirects, as browsers do."""

    def __init__(self, service: InProcess, language: str = "en") -> None:
        self.client = service.app.test_client()
        self.headers = {"Accept": ACCEPT, "Accept-Language": language}

    def get(self, address: str, **options) -> Page:
        return self._page("GET", address, **options)

    def post(self, address: str, fields: dict[str, str], **options) -> Page:
        return self._page("POST", address, data=fields, **options)

    def send(self, page: Page, button: str, **fields: str) -> Page:
        """Fill in the form whose button says so, and press it."""
        form = page.form(button)
        return self.post(form.action or page.address, {**form.fields, **fields})

    def follow(self, page: Page, link: str) -> Page:
        """Follow the link that says so."""
        return self.get(next(to for words, to in page.links.items() if link in words))

    def sign_in(self, customer: Customer, role: Role = Role.PRIMARY_OWNER) -> Page:
        """Sign in with an owner's token; Home is shown."""
        page = self.get("/console/sign-in")
        form = next(form for form in page.forms if "token" in form.fields)
        return self.post(form.action, {**form.fields, "token": customer.secret(role)})

    def _page(self, method: str, address: str, *, follow: bool = True, **options) -> Page:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self.client.open(
            path,
            method=method,
            base_url=ORIGIN,
            headers={**self.headers, **options.pop("headers", {})},
            follow_redirects=follow,
            **options,
        )
        return Page(answer)


def enter(service: InProcess, owner: Owner, language: str = "en") -> Browser:
    """Return the browser of an owner who signed in by a link."""
    operator = acting(operator_for(owner.organization_id), at=service.clock.at)
    browser = Browser(service, language)
    page = browser.get(make_link(operator, owner.id).path)
    browser.send(page, "Se connecter" if language == "fr" else "Sign in")
    return browser
