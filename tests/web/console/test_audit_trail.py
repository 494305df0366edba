"""Audit trail: what happened, by whose hand, in words."""

import re

import pytest

from app.access.principal import Role
from app.web.console.audit_words import HAPPENED, SUBJECTS
from tests.support.browser import Browser
from tests.support.builders import an_organization
from tests.support.counting import count_queries
from tests.test_architecture import ROOT

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: What looks like the kind of an event, in the rooms that leave events.
KIND = re.compile(r"\"([a-z_]+\.[a-z_]+)\"")
_SUBJECTS = set().union(*(kinds for _, kinds in SUBJECTS.values()))


def kinds_in_code():
    """Return the kinds of events that the product leaves, as its code spells them."""
    files = [file for file in ROOT.glob("app/**/*.py") if "web" not in file.parts]
    found = {
        kind
        for file in files
        if "Change(" in (text := file.read_text()) or "record_new_user" in text
        for kind in KIND.findall(text)
    }
    return {kind for kind in found if kind.partition(".")[0] in _SUBJECTS}


def test_every_kind_of_event_has_words(engine):  # noqa: ARG001  # which is one for this folder
    columns = {"owner.address_key", "owner.organization_id", "organization.external_id"}
    assert len(kinds_in_code()) > 50
    assert kinds_in_code() - columns <= HAPPENED.keys()


def test_an_owner_reads_who_changed_what(acme, owner, idp):
    idp.create_user("alice@example.com")

    page = owner.follow(owner.get(f"/console/{acme.id}"), "Audit trail")

    assert "A person was created · alice@example.com" in page.text
    assert "by token" in page.text
    assert "A token was made" in page.text
    assert "by the vendor" in page.text
    assert "user.created" not in page.text


def test_the_trail_is_narrowed(acme, owner, idp):
    idp.create_user("alice@example.com")
    idp.create_user("bob@example.com")
    address = f"/console/{acme.id}/audit-trail"

    assert "bob@" not in owner.get(f"{address}?about=Alice@example.com").text
    assert "A token was made" not in owner.get(f"{address}?subject=people").text
    assert "A contract was signed" in owner.get(f"{address}?subject=money").text
    assert "alice" not in owner.get(f"{address}?last_on=2026-02-28").text
    assert "alice" in owner.get(f"{address}?first_on=2026-03-01&last_on=2026-03-01").text
    wrong = owner.get(f"{address}?first_on=2026-02-30&last_on=9999-12-31")
    assert wrong.status == 422
    assert "Enter days such as 2026-03-31." in wrong.text


def test_only_who_may_read_settings_reads_the_trail(service, acme):
    it = Browser(service)
    it.sign_in(acme, Role.IT)

    assert "Audit trail" not in it.get(f"/console/{acme.id}").links
    assert it.get(f"/console/{acme.id}/audit-trail").status == 403


def test_the_trail_takes_ten_statements_in_french_and_goes_on(service):
    customer = an_organization(80)
    idp = service.scim(customer)
    for number in range(60):
        idp.create_user(f"person{number}")
    owner = Browser(service, "fr")
    owner.sign_in(customer)

    with count_queries() as counter:
        page = owner.get(f"/console/{customer.id}/audit-trail")

    assert counter.count <= 10
    assert "Personne créée · person59" in page.text
    assert "Contrat signé" in owner.follow(page, "Afficher la suite").text
