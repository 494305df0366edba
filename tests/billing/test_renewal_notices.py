"""Notices of a term's end: on which days, to whom, in which words, and once each."""

from datetime import date, datetime

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.access.tokens import TokenUses
from app.billing.contracts import declining
from app.billing.contracts.amending import end_renewal
from app.billing.contracts.renewal_notices import notice_renewals
from app.db.connections import connection
from app.errors import NotPermitted
from app.housekeeping import run_housekeeping
from app.models import OutboxMessage, RenewalNotice
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    set_organization,
    set_seller,
)
from app.outbox.messages import Purpose
from app.owners.notices import choose_notices
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, a_contract, a_user, an_organization
from tests.support.concurrency import at_once
from tests.support.letters import arrived

pytestmark = pytest.mark.usefixtures("database")


def on(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), NOW.timetz())


#: The last day to decline is 30 September.
RENEWING = {"auto_renew": True, "notice_days": 92}


@pytest.fixture
def acme(database):  # noqa: ARG001  # which is open then
    acme = an_organization(10, **RENEWING)
    for _ in range(3):
        a_user(acme)
    set_organization(
        acting(acme.operator, at=NOW), OrganizationChanges(billing_contacts=["compta@acme.example"])
    )
    OutboxMessage.delete().execute()
    return acme


@pytest.fixture
def marie(acme):
    return an_owner(acme, name="Marie", address="marie@acme.example")


def notices(purpose=Purpose.RENEWAL_AHEAD):
    return list(OutboxMessage.select().where(OutboxMessage.purpose == purpose.value))


@pytest.mark.usefixtures("acme")
def test_owners_are_mailed_four_times_before_the_last_day_to_decline(marie):
    reached = {}
    for day in ("2026-07-01", "2026-07-02", "2026-08-01", "2026-08-31", "2026-09-22", "2026-09-23"):
        for _ in range(2):
            notice_renewals(at=on(day))
        reached[day] = sorted(mail.to for mail in arrived(at=on(day)))

    both = ["compta@acme.example", marie.address]
    assert reached == {
        "2026-07-01": [],
        "2026-07-02": both,
        "2026-08-01": [marie.address],
        "2026-08-31": both,
        "2026-09-22": [],
        "2026-09-23": [marie.address],
    }


def test_a_notice_says_what_renews_for_how_much_and_until_when_one_may_decline(acme, marie):
    notice_renewals(at=on("2026-07-02"))

    by_reader = {mail.to: mail for mail in arrived(at=on("2026-07-02"))}

    mail = by_reader[marie.address]
    assert mail.subject.endswith(": the contract renews on 1 January 2027")
    assert mail.text == (
        "The contract renews on 1 January 2027 with 3 seats (in use today: 3). "
        "At today's use that is €1,800.00 before VAT.\n\n"
        "7 unused seats will not be renewed.\n\n"
        "If you do not want it, decline it by 30 September 2026: in the console, under Contract "
        "and renewal.\n\n"
        f"See contract and renewal:\nhttps://seats.example.com/console/{acme.id}/contract\n\n"
        "You can turn such notices off in the console, under Mail to you. Invoices come anyway.\n\n"
    )
    assert "decline it by 30 September 2026" in mail.html
    department = by_reader["compta@acme.example"]
    assert "/console/" not in department.text
    assert "your address is one for invoices of" in department.text


def test_a_notice_in_french_has_the_words_of_the_source(acme):
    reader = an_owner(acme, language="fr")
    notice_renewals(at=on("2026-08-01"))

    [mail] = [one for one in arrived(at=on("2026-08-01")) if one.to == reader.address]

    assert "le contrat se renouvelle le 1er janvier 2027" in mail.subject
    assert "Pour ne pas renouveler : au plus tard le 30 septembre 2026" in mail.text
    assert "7 sièges non utilisés ne seront pas renouvelés." in mail.text
    assert "sous « Vos courriels »" in mail.text


def test_a_contract_that_ends_is_said_to_before_its_last_day():
    ending = an_organization(10, grace_days=30)
    owner = an_owner(ending)
    notice_renewals(at=on("2026-10-01"))
    assert [mail for mail in arrived(at=on("2026-10-01")) if mail.to == owner.address] == []
    notice_renewals(at=on("2026-10-02"))

    [mail] = [mail for mail in arrived(at=on("2026-10-02")) if mail.to == owner.address]

    assert mail.subject.endswith(": the contract ends on 31 December 2026")
    assert "The contract ends on 31 December 2026 and does not renew." in mail.text
    assert "Those who have one can log in for 30 days more." in mail.text


def test_a_renewal_that_was_declined_since_is_said_to_end(acme, marie):
    notice_renewals(at=on("2026-08-01"))
    declining.decline_renewal(acting(acme.owner, at=on("2026-08-01")))

    [mail] = [mail for mail in arrived(at=on("2026-08-01")) if mail.to == marie.address]

    assert "the contract ends on 31 December 2026" in mail.subject


@pytest.mark.usefixtures("acme")
def test_who_looks_late_gives_one_notice_and_not_one_for_each_day(marie):
    notice_renewals(at=on("2026-09-10"))
    notice_renewals(at=on("2026-09-11"))

    assert sorted(mail.to for mail in arrived(at=on("2026-09-10"))) == [
        "compta@acme.example",
        marie.address,
    ]
    assert sorted(row.days_before for row in RenewalNotice.select()) == [30, 60, 90]


@pytest.mark.usefixtures("acme", "marie")
def test_after_the_last_day_to_decline_there_is_nothing_to_notice():
    notice_renewals(at=on("2026-10-01"))

    assert notices() == []


@pytest.mark.usefixtures("marie")
def test_where_another_contract_takes_over_there_is_nothing_to_notice(acme):
    a_contract(acme, 10, at=on("2026-06-01"), starts_on=date(2027, 1, 1))
    OutboxMessage.delete().execute()

    notice_renewals(at=on("2026-10-02"))

    assert notices() == []


def test_roles_without_prices_get_no_notice(acme):
    it, billing = an_owner(acme, Role.IT), an_owner(acme, Role.BILLING)
    notice_renewals(at=on("2026-08-01"))

    readers = {mail.to for mail in arrived(at=on("2026-08-01"))}

    assert billing.address in readers
    assert it.address not in readers


def test_who_turned_notices_off_gets_none_also_as_a_billing_contact(acme, marie):
    choose_notices(as_owner(marie), wanted=False)
    set_organization(
        acting(acme.operator, at=NOW), OrganizationChanges(billing_contacts=["Marie@acme.example"])
    )

    notice_renewals(at=on("2026-07-02"))

    assert arrived(at=on("2026-07-02")) == []


@pytest.mark.usefixtures("acme")
def test_who_turns_notices_off_gets_none_that_waits(marie):
    notice_renewals(at=on("2026-08-01"))
    choose_notices(as_owner(marie), wanted=False)

    assert [mail.to for mail in arrived(at=on("2026-08-01"))] == ["compta@acme.example"]


def test_only_owners_choose_whether_they_want_notices(acme):
    with pytest.raises(NotPermitted):
        choose_notices(acting(acme.owner, at=NOW), wanted=False)


@pytest.mark.usefixtures("acme")
def test_the_vendor_is_mailed_thirty_days_before_the_end():
    notice_renewals(at=on("2026-12-02"))
    assert notices(Purpose.CUSTOMER_RENEWAL) == []

    set_seller(SellerChanges(notify="sales@nimbus.example"), at=NOW)
    for day in ("2026-12-01", "2026-12-02", "2026-12-03"):
        notice_renewals(at=on(day))
    assert len(notices(Purpose.CUSTOMER_RENEWAL)) == 1

    [mail] = arrived(at=on("2026-12-03"))
    assert mail.to == "sales@nimbus.example"
    assert "the contract renews on 1 January 2027" in mail.subject
    assert "with 3 seats (in use today: 3)" in mail.text


def test_the_vendor_reads_how_a_contract_that_ends_goes_on(acme):
    end_renewal(acting(acme.operator, at=NOW))
    set_seller(SellerChanges(notify="sales@nimbus.example"), at=NOW)
    notice_renewals(at=on("2026-12-02"))

    [mail] = [one for one in arrived(at=on("2026-12-02")) if one.to == "sales@nimbus.example"]

    assert "the contract ends on 31 December 2026" in mail.subject
    assert f"seatgate contract resume --organization {acme.id}" in mail.text


@pytest.mark.usefixtures("acme", "marie")
def test_processes_that_look_at_once_give_one_notice():
    def look():
        with connection():
            notice_renewals(at=on("2026-07-02"))

    at_once([look] * 4)

    assert len(notices()) == 2
    assert len(RenewalNotice.select()) == 1


@pytest.mark.usefixtures("acme")
def test_housekeeping_gives_notices(marie):
    run_housekeeping(TokenUses(), at=on("2026-08-01"))
    run_housekeeping(TokenUses(), at=on("2026-08-01"))

    assert [message.owner_id for message in notices()] == [marie.id, None]
