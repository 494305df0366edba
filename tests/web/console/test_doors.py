"""The doors of the console: sessions, forms, headers, hosts, and what leads where."""

import re
from datetime import timedelta

import pytest

from app.access.principal import Role
from app.models import OwnerSession
from tests.support.browser import Browser
from tests.support.builders import NOW, an_organization, fill
from tests.support.in_process import ORIGIN

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def pages(service, method):
    """Return the pages of an organization that take a method, by rule."""
    rules = service.app.url_map.iter_rules()
    return sorted(
        rule.rule
        for rule in rules
        if rule.rule.startswith("/console/<organization_id>") and method in rule.methods
    )


def filled(rule, organization_id):
    """Return an address of a rule; what it names within the organization is unknown."""
    return re.sub(r"<[^>]+>", "unknown", rule.replace("<organization_id>", organization_id))


def session_of(customer):
    return OwnerSession.get(OwnerSession.organization_id == customer.id)


def test_every_page_leads_a_stranger_to_sign_in_or_says_what_a_refusal_means(
    service, acme, visitor
):
    for rule in pages(service, "GET"):
        page = visitor.get(filled(rule, acme.id))

        assert page.status == 200, rule
        assert page.heading in {"Sign in", "Seats may be short"}, rule


def test_every_page_of_another_organization_is_not_there(service, owner):
    other = an_organization(5)

    for rule in pages(service, "GET"):
        page = owner.get(filled(rule, other.id))

        assert (page.status, page.heading) == (404, "There is nothing at this address"), rule


def test_a_form_without_its_token_is_refused_everywhere(service, acme, owner):
    for rule in [*pages(service, "POST"), "/console/sign-out", "/console/language"]:
        page = owner.post(filled(rule, acme.id), {"quantity": "5"})

        assert (page.status, page.heading) == (403, "This form is out of date"), rule

    assert owner.get(f"/console/{acme.id}").heading == "Home"


def test_the_token_of_a_form_is_good_in_its_own_session_only(service, acme, owner):
    other = Browser(service)
    other.sign_in(acme)
    foreign = other.get(f"/console/{acme.id}").form("Sign out").fields

    assert owner.post("/console/sign-out", foreign).status == 403


def test_a_form_that_another_site_sends_is_refused(acme, owner):
    form = owner.get(f"/console/{acme.id}").form("Sign out")

    page = owner.post(form.action, form.fields, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status == 403
    assert session_of(acme).ended_at is None


@pytest.mark.parametrize(
    "address",
    ["/console/sign-in", "/console/seats", "/console/none/none", "/console/org_1/seats", "/docs"],
)
def test_every_page_says_what_browsers_must_know(visitor, address):
    headers = visitor.get(address).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_has_script_or_style_in_itself(acme, owner, buyer):
    fill(acme)
    invoice = buyer.get("/invoices").json()["invoices"][0]

    for address in (f"/console/{acme.id}", f"/console/{acme.id}/seats", invoice["page_url"]):
        page = owner.get(address)

        assert page.status == 200
        assert page.of("style") == []
        assert all(script.get("src") for script in page.of("script"))
        assert not any("style" in attributes for _, attributes in page.tags)
        assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


def test_what_a_page_loads_is_there_and_is_kept_for_good(acme, owner):
    page = owner.get(f"/console/{acme.id}")
    wanted = [tag.get("href") or tag.get("src") for tag in page.of("link") + page.of("script")]

    assert len(wanted) == 3
    for address in wanted:
        answer = owner.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_cookies_stay_with_this_host_over_tls_and_out_of_reach_of_scripts(service, acme):
    browser = Browser(service)
    browser.sign_in(acme)

    kept = {cookie.key: cookie for cookie in browser.client._cookies.values()}
    assert set(kept) >= {"__Host-seatgate_session", "__Host-seatgate_browser"}
    for cookie in kept.values():
        assert cookie.secure
        assert cookie.http_only
        assert cookie.path == "/"
        assert cookie.same_site == "Lax"


def test_no_page_is_kept_by_a_cache(acme, owner):
    assert owner.get(f"/console/{acme.id}").headers["Cache-Control"] == "no-store"


def test_the_root_leads_to_the_console(owner, visitor):
    assert owner.get("/").heading == "Home"
    assert visitor.get("/").heading == "Sign in"


def test_a_foreign_host_is_led_to_the_public_address(service):
    answer = service.app.test_client().get(
        "/console/sign-in", base_url="https://evil.example", headers={"Accept": "text/html"}
    )

    assert answer.status_code == 421
    assert ORIGIN in answer.text


def test_programs_get_problems_where_browsers_get_pages(service):
    client = service.app.test_client()

    answer = client.get("/owner/v1/seats", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert client.get("/nothing").mimetype == "application/problem+json"
    answer = client.get("/owner/v1/seats", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (401, "text/html")


def test_signing_in_leads_to_where_one_was(acme, visitor):
    page = visitor.get(f"/console/{acme.id}/seats")
    page = visitor.follow(page, "Sign in")

    page = visitor.send(page, "Sign in with this token", token=acme.secret(Role.PRIMARY_OWNER))

    assert page.heading == "Seats"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/console//evil.example",
        "/docs",
        "/console/../docs",
        "/console/%2e%2e/docs",
        "/consoles",
        "/console\\evil",
        "javascript:alert(1)",
        "/console/x\ny",
    ],
)
def test_signing_in_leads_nowhere_but_into_this_console(acme, visitor, wanted):
    form = visitor.get("/console/sign-in").form("Sign in with this token")
    fields = {**form.fields, "next": wanted, "token": acme.secret(Role.PRIMARY_OWNER)}

    page = visitor.post(form.action, fields, follow=False)

    assert page.headers["Location"] == f"/console/{acme.id}"


def test_a_token_that_is_none_signs_no_person_in(acme, visitor):
    page = visitor.get("/console/sign-in")

    for token in ("", "sg_primary_owner_x", acme.secret(Role.SCIM)):
        page = visitor.send(page, "Sign in with this token", token=token)

        assert page.status == 422
        assert "There is a problem" in page.text
        assert page.links[next(words for words in page.links if "token" in words)] == "#token"

    assert OwnerSession.select().where(OwnerSession.organization_id == acme.id).count() == 0


def test_a_session_ends_after_half_an_hour_without_a_request(service, acme, owner):
    service.clock.advance(minutes=29)
    assert owner.get(f"/console/{acme.id}").heading == "Home"

    service.clock.at += timedelta(minutes=31)
    page = owner.get(f"/console/{acme.id}")

    assert page.heading == "Sign in"
    assert "Your session ended" in page.text


def test_signing_out_ends_the_session_on_the_server(acme, owner):
    kept = owner.client.get_cookie("__Host-seatgate_session", "seats.example.com")
    page = owner.send(owner.get(f"/console/{acme.id}"), "Sign out")

    assert "You are signed out." in page.text
    assert session_of(acme).ended_at == NOW
    owner.client.set_cookie(kept.key, kept.value, domain="seats.example.com", secure=True, path="/")
    assert owner.get(f"/console/{acme.id}").heading == "Sign in"


def test_a_note_that_was_made_elsewhere_is_not_shown(visitor):
    visitor.client.set_cookie(
        "__Host-seatgate_note", "WyJIYSEiLCAiZG9uZSJd.0000", domain="seats.example.com", path="/"
    )

    assert "Ha!" not in visitor.get("/console/sign-in").text


def test_the_browsers_language_counts_until_a_person_chooses(service):
    browser = Browser(service, "fr-CA,fr;q=0.9,en;q=0.5")
    page = browser.get("/console/sign-in?next=/console/org_1/seats")
    assert page.of("html") == [{"lang": "fr"}]

    page = browser.send(page, "English")

    assert page.of("html") == [{"lang": "en"}]
    assert page.form("Sign in with this token").fields["next"] == "/console/org_1/seats"


def test_a_session_opens_invoices_and_nothing_else_of_the_owner_surface(owner, buyer):
    invoice = buyer.get("/invoices").json()["invoices"][0]

    assert owner.get(invoice["page_url"]).status == 200
    assert owner.get(invoice["pdf_url"]).headers["Content-Type"] == "application/pdf"
    assert owner.get("/owner/v1/seats").status == 401
    assert owner.post("/owner/v1/quotes", {}).status == 401


def test_a_session_opens_no_invoice_of_another_organization(service, owner):
    other = an_organization(5)
    invoice = service.owner(other).get("/invoices").json()["invoices"][0]

    assert owner.get(invoice["page_url"]).status == 404
