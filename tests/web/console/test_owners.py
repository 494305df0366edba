"""Owners: listed, added, changed, invited again and removed; each only by those who may."""

from datetime import timedelta

import pytest

from app.access.principal import Role
from app.models import OutboxMessage, Owner
from app.owners.roster import find_owner, owner_at
from app.owners.tidying import purge_sign_ins
from tests.owners.builders import an_owner
from tests.support.browser import enter
from tests.support.builders import a_user, an_organization, deactivate

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

PAGES = ("link", "change", "removal", "transfer")


def at(customer, path=""):
    return f"/console/{customer.id}/owners{path}"


def added(browser, customer, **fields):
    page = browser.follow(browser.get(at(customer)), "Add an owner")
    given = {"name": "Zoe", "address": "zoe@acme.example", "role": "billing", "language": ""}
    return browser.send(page, "Add the owner", **{**given, **fields})


def changed(browser, customer, owner, **fields):
    page = browser.get(at(customer, f"/{owner.id}/change"))
    given = {"role": owner.role, "language": owner.language or ""}
    return browser.send(page, "Save", **{**given, **fields})


def removed(browser, customer, owner):
    page = browser.get(at(customer, f"/{owner.id}/removal"))
    return browser.send(page, "Remove the owner")


def mailed():
    return [(row.purpose, row.owner_id) for row in OutboxMessage.select()]


def test_the_list_says_who_may_do_what_and_when_they_signed_in(service, acme, primary):
    user = a_user(acme, "ivo.user@acme.example")
    an_owner(acme, Role.IT, name="Ivo", address="ivo@acme.example", user_id=user.id)
    service.clock.advance(minutes=10)

    page = primary.follow(primary.get(f"/console/{acme.id}"), "Owners")

    assert page.heading == "Owners"
    assert "Marie Curie You Primary owner marie@acme.example Last signed in 10 minutes ago" in (
        page.text
    )
    assert "Ivo IT administrator ivo@acme.example Has not signed in yet" in page.text
    assert "in the directory: ivo.user@acme.example" in page.text


def test_when_an_owner_signed_in_is_known_long_after_the_session_is_forgotten(service, acme, marie):
    enter(service, marie)
    service.clock.at += timedelta(days=40)
    purge_sign_ins(at=service.clock.at)
    again = an_owner(acme)

    page = enter(service, again).get(at(acme))

    assert "marie@acme.example Last signed in 1 month ago" in page.text


def test_an_owner_is_added_and_mailed_a_link(acme, posting):
    page = added(posting, acme, role="it", language="fr")

    zoe = owner_at(acme.id, "zoe@acme.example")
    assert (zoe.name, zoe.role, zoe.language, zoe.user_id) == ("Zoe", "it", "fr", None)
    assert "Zoe is an owner now, and is mailed a link." in page.text
    assert mailed() == [("it_invitation", zoe.id)]


def test_without_mail_the_next_page_says_how_a_link_is_printed(acme, primary):
    page = added(primary, acme)

    assert page.heading == "A link for Zoe"
    assert f"seatgate owner invite zoe@acme.example --organization {acme.id}" in page.text
    assert mailed() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter the person's name"),
        ({"name": "two\nlines"}, "Enter the person's name"),
        ({"address": "zoe"}, "Enter an e-mail address, such as"),
        ({"address": "MARIE@acme.example"}, "An owner has this address already."),
        ({"role": "operator"}, "Choose one of the list."),
        ({"language": "xx"}, "Choose one of the list."),
        ({"user_name": "no.such@acme.example"}, "Your directory has no active person"),
        ({"user_name": "away@acme.example"}, "Your directory has no active person"),
        ({"user_name": "\u202ex"}, "Your directory has no active person"),
    ],
)
def test_what_cannot_be_an_owner_comes_back_with_what_was_typed(acme, primary, fields, sentence):
    deactivate(acme, a_user(acme, "away@acme.example"))

    page = added(primary, acme, **{"name": "Zoe kept", **fields})

    assert page.status == 422
    assert sentence in page.text
    assert fields.get("name", "Zoe kept").split("\n")[0] in page.html
    assert Owner.select().where(Owner.organization_id == acme.id).count() == 1


def test_an_owner_is_matched_with_a_user_and_shut_out_with_it(acme, primary):
    user = a_user(acme, "zoe.user@acme.example")
    added(primary, acme, user_name="ZOE.user@acme.example")
    zoe = owner_at(acme.id, "zoe@acme.example")
    assert zoe.user_id == user.id

    deactivate(acme, user)

    page = primary.get(at(acme))
    assert "Zoe Shut out Billing" in page.text
    assert primary.get(at(acme, f"/{zoe.id}/link")).heading == "Zoe is shut out"
    changed(primary, acme, zoe, name="Zoé")
    assert find_owner(acme.id, zoe.id).user_id == user.id
    changed(primary, acme, zoe, user_name="")
    assert find_owner(acme.id, zoe.id).user_id is None


def test_another_role_signs_the_person_out_and_holds_at_once(service, acme, primary):
    zoe = an_owner(acme, Role.BILLING, name="Zoe")
    hers = enter(service, zoe)

    page = changed(primary, acme, zoe, role="owner", language="fr")

    assert "Zoe is changed." in page.text
    assert find_owner(acme.id, zoe.id).role == "owner"
    assert hers.get(f"/console/{acme.id}").heading == "Sign in"


def test_who_gives_up_their_own_role_is_signed_out(acme, marie, primary):
    an_owner(acme)
    assert "This is you." in primary.get(at(acme, f"/{marie.id}/change")).text

    page = changed(primary, acme, marie, role="owner")

    assert page.heading == "Sign in"
    assert "You have another role now. Sign in again with it." in page.text
    assert find_owner(acme.id, marie.id).role == "owner"


def test_the_last_primary_owner_keeps_the_role_and_stays(acme, marie, primary):
    page = changed(primary, acme, marie, role="owner", name="M. Curie")

    assert page.status == 422
    assert "Marie Curie is the last primary owner." in page.text
    assert "M. Curie" in page.html
    page = primary.get(at(acme, f"/{marie.id}/removal"))
    assert page.heading == "Marie Curie cannot be removed"
    assert "Transfer ownership" in page.links
    page = primary.post(page.address, page.form("Sign out").fields)
    assert (page.status, page.heading) == (409, "Marie Curie cannot be removed")
    assert find_owner(acme.id, marie.id).role == "primary_owner"


def test_an_owner_is_invited_again_three_times_an_hour(acme, posting):
    zoe = an_owner(acme, Role.OWNER, name="Zoe")

    for _ in range(3):
        page = posting.follow(posting.get(at(acme)), "Send a link Zoe")
        page = posting.send(page, "Send the link")
        assert "Zoe is mailed a link." in page.text
    page = posting.send(posting.get(at(acme, f"/{zoe.id}/link")), "Send the link")

    assert "This person was mailed three links within the hour." in page.text
    assert mailed() == [("sign_in_link", zoe.id)] * 3


def test_a_removed_owner_is_out_at_once_and_cannot_be_removed_twice(service, acme, primary):
    zoe = an_owner(acme, Role.OWNER, name="Zoe")
    hers = enter(service, zoe)
    page = primary.follow(primary.get(at(acme)), "Remove Zoe")

    done = primary.send(page, "Remove the owner")

    assert "Zoe is removed, and signed out everywhere." in done.text
    assert "Remove Zoe" not in done.links
    assert hers.get(f"/console/{acme.id}").heading == "Sign in"
    again = primary.send(page, "Remove the owner")
    assert (again.status, again.heading) == (200, "Owners")
    assert "This person is no owner any more." in again.text
    for name in PAGES:
        assert primary.get(at(acme, f"/{zoe.id}/{name}")).heading == "Owners"


def test_who_removes_themselves_is_signed_out(acme, marie, primary):
    an_owner(acme)

    page = removed(primary, acme, marie)

    assert page.heading == "Sign in"
    assert "You are no owner any more" in page.text


def test_no_other_organizations_owner_is_there(acme, primary):
    other = an_owner(an_organization(1))

    for name in PAGES:
        for unknown in (other.id, "own_unknown"):
            assert primary.get(at(acme, f"/{unknown}/{name}")).status == 404
    form = primary.get(at(acme)).form("Sign out")
    for name in (*PAGES, "withdrawal"):
        assert primary.post(at(acme, f"/{other.id}/{name}"), form.fields).status == 404


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING, Role.IT])
def test_none_but_primary_owners_see_or_manage_owners(service, acme, marie, role):
    browser = enter(service, an_owner(acme, role))
    home = browser.get(f"/console/{acme.id}")
    form = home.form("Sign out").fields

    assert "Owners" not in home.links
    for path in ("", "/new", *(f"/{marie.id}/{name}" for name in PAGES)):
        assert browser.get(at(acme, path)).status == 403, path
    for path in ("/new", *(f"/{marie.id}/{name}" for name in (*PAGES, "withdrawal"))):
        assert browser.post(at(acme, path), form).status == 403, path


def test_a_token_lists_and_adds_owners_where_there_is_none(acme, owner):
    page = owner.get(at(acme))
    assert "No person is an owner yet." in page.text

    added(owner, acme, role="primary_owner")

    assert owner_at(acme.id, "zoe@acme.example").role == "primary_owner"


def test_the_pages_are_in_french(service, acme, marie):
    browser = enter(service, marie, language="fr")

    page = browser.get(at(acme))

    assert page.heading == "Propriétaires"
    assert "Propriétaire principal marie@acme.example" in page.text
    assert browser.follow(page, "Transférer la propriété").heading == "Transférer la propriété"
