"""Whom a login names, and what becomes of one that contradicts the directory."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.i18n.languages import choose_language, languages
from app.models import AuditEvent, IdentityMatch, IdentityMismatch
from app.organizations.settings import OrganizationChanges, set_organization
from app.people import provisioning
from app.people.login_messages import (
    SENTENCES,
    LoginReason,
    message_code,
    message_of,
)
from app.people.mismatches import REPAIRS, Kind, mismatches_of
from app.people.sign_in import Login, Mode, decide
from tests.support.builders import NOW, a_user, an_organization, deactivate
from tests.support.engines import on_sqlite_alone

pytestmark = pytest.mark.usefixtures("database")


def reason(acme, *login, **members):
    return decide(acting(acme.sso, at=NOW), Login(*login, **members)).reason


def open_kinds(acme):
    rows = mismatches_of(acme.id, limit=10)
    return [(row.kind, row.user_id, row.denied) for row in rows if row.resolved_at is None]


def with_email(acme, user_name, *addresses, **attributes):
    emails = [{"value": address} for address in addresses]
    return a_user(acme, user_name, emails=emails, **attributes)


def by_email(acme):
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(login_by_email=True))


def test_an_external_id_that_never_matched_is_recorded_and_lets_the_person_in():
    acme = an_organization(5)
    ann = a_user(acme, "ann@example.com", externalId="ann.smith")

    assert reason(acme, "ann@example.com", external_id="oid-1") is LoginReason.SEAT_ASSIGNED
    assert open_kinds(acme) == [("external_id", ann.id, False)]


def test_once_external_ids_have_matched_another_one_denies():
    acme = an_organization(5)
    a_user(acme, "ann@example.com", externalId="oid-1")
    bob = a_user(acme, "bob@example.com", externalId="oid-2")
    assert reason(acme, "ann@example.com", external_id="oid-1") is LoginReason.SEAT_ASSIGNED

    assert reason(acme, "bob@example.com", external_id="oid-9") is LoginReason.IDENTITY_CONFLICT

    assert open_kinds(acme) == [("external_id", bob.id, True)]
    assert IdentityMatch.get().organization_id == acme.id


def test_a_match_in_one_organization_says_nothing_of_another():
    acme, globex = an_organization(5), an_organization(5)
    a_user(acme, "ann@example.com", externalId="oid-1")
    a_user(globex, "ann@example.com", externalId="ann.smith")
    reason(acme, "ann@example.com", external_id="oid-1")

    assert reason(globex, "ann@example.com", external_id="oid-1") is LoginReason.SEAT_ASSIGNED


def test_an_external_id_that_a_login_brought_is_no_match():
    acme = an_organization(5)
    reason(acme, "new@example.com", external_id="oid-1")
    a_user(acme, "ann@example.com", externalId="ann.smith")

    assert reason(acme, "new@example.com", external_id="oid-1") is LoginReason.SEAT_ASSIGNED
    assert reason(acme, "ann@example.com", external_id="oid-2") is LoginReason.SEAT_ASSIGNED
    assert IdentityMatch.select().count() == 0


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", ["ann@example.com", "unknown@example.com"])
def test_the_external_id_of_another_denies_at_once(name, mode):
    acme = an_organization(5)
    ann = a_user(acme, "ann@example.com", externalId="E-1")
    bob = a_user(acme, "bob@example.com", externalId="E-2")

    assert reason(acme, name, external_id="E-2", mode=mode) is LoginReason.IDENTITY_CONFLICT

    concerned = ann.id if name == ann.user_name else bob.id
    assert open_kinds(acme) == [("external_id_of_another", concerned, True)]
    assert acme.counts == (5, 2)


def test_an_external_id_that_two_users_share_is_each_ones_own():
    acme = an_organization(5)
    a_user(acme, "ann@example.com", externalId="E-1")
    a_user(acme, "bob@example.com", externalId="E-1")

    assert reason(acme, "bob@example.com", external_id="E-1") is LoginReason.SEAT_ASSIGNED


@pytest.mark.parametrize("mode", Mode)
def test_an_unknown_name_that_is_one_users_address_claims_nothing(mode):
    acme = an_organization(5)
    ann = with_email(acme, "ann.smith@example.com", "ann@example.com")

    assert reason(acme, "ANN@example.com", mode=mode) is LoginReason.IDENTITY_CONFLICT

    assert open_kinds(acme) == [("user_name_is_email", ann.id, True)]
    assert acme.counts == (5, 1)


def test_the_address_of_two_users_names_neither():
    acme = an_organization(5)
    with_email(acme, "ann", "team@example.com")
    with_email(acme, "bob", "team@example.com")

    assert reason(acme, "team@example.com") is LoginReason.SEAT_CLAIMED


def test_the_address_of_a_deleted_user_is_free():
    acme = an_organization(5)
    ann = with_email(acme, "ann", "ann@example.com")
    provisioning.delete_user(acting(acme.scim, at=NOW), ann.id)

    assert reason(acme, "ann@example.com") is LoginReason.SEAT_CLAIMED


def test_where_addresses_identify_a_login_by_address_is_that_user():
    acme = an_organization(5)
    ann = with_email(acme, "ann.smith@example.com", "ann@example.com")
    by_email(acme)

    decision = decide(acting(acme.sso, at=NOW), Login("ann@example.com"))

    assert (decision.reason, decision.user_id) == (LoginReason.SEAT_ASSIGNED, ann.id)
    assert acme.counts == (5, 1)


def test_where_addresses_identify_a_deactivated_user_stays_out_by_address_too():
    acme = an_organization(5)
    deactivate(acme, with_email(acme, "ann.smith@example.com", "ann@example.com"))
    by_email(acme)

    assert reason(acme, "ann@example.com") is LoginReason.DEACTIVATED


@pytest.mark.parametrize("name", ["ann", "unknown"])
def test_the_address_of_another_contradicts_only_where_addresses_identify(name):
    acme = an_organization(5)
    a_user(acme, "ann")
    with_email(acme, "bob", "bob@example.com")

    allowed = reason(acme, name, "bob@example.com", mode=Mode.CHECK)
    by_email(acme)

    assert allowed is (LoginReason.SEAT_ASSIGNED if name == "ann" else LoginReason.SEAT_AVAILABLE)
    assert reason(acme, name, "bob@example.com") is LoginReason.IDENTITY_CONFLICT
    assert [kind for kind, *_ in open_kinds(acme)] == ["email_of_another"]


def test_a_mismatch_is_counted_and_leaves_one_event():
    acme = an_organization(5)
    ann = a_user(acme, "ann@example.com", externalId="ann.smith")
    login = Login("ann@example.com", external_id="oid-1")

    for minutes in range(4):
        decide(acting(acme.sso, at=NOW + timedelta(minutes=minutes)), login)

    row = IdentityMismatch.get()
    assert (row.attempts, row.first_seen_at, row.last_seen_at) == (
        4,
        NOW,
        NOW + timedelta(minutes=3),
    )
    events = AuditEvent.select().where(AuditEvent.kind == "identity.mismatched")
    assert [event.subject_id for event in events] == [ann.id]


def test_a_login_that_contradicts_nothing_resolves_what_was_open():
    acme = an_organization(5)
    a_user(acme, "ann@example.com", externalId="ann.smith")
    reason(acme, "ann@example.com", external_id="oid-1")

    reason(acme, "ann@example.com")
    assert open_kinds(acme) == []
    reason(acme, "ann@example.com", external_id="oid-1")

    assert len(open_kinds(acme)) == 1
    assert IdentityMismatch.select().count() == 2


def test_every_mismatch_has_a_repair():
    assert set(REPAIRS) == set(Kind)


@on_sqlite_alone
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason_", LoginReason)
def test_every_reason_has_a_sentence_in_every_language(language, reason_):
    sentence = message_of(reason_, language, "{the} desk")

    assert message_code(reason_) in SENTENCES
    assert ("{the} desk" in sentence) is ("%(help)s" in SENTENCES[message_code(reason_)])


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("fr_FR", "fr"),
        ("fr-CA,fr;q=0.9", "fr"),
        ("en-GB", "en"),
        ("de", "fr"),
        ("", "fr"),
        (None, "fr"),
        ("\u202e!", "fr"),
        ("french", "fr"),
    ],
)
def test_a_locale_falls_back_to_its_language_and_then_to_the_organizations(locale, language):
    assert choose_language(locale, "fr") == language
