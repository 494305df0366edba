"""Contract and renewal by hand: what follows, and saying no to it in time."""

from datetime import UTC, date, datetime

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.billing.contracts import amending
from app.billing.contracts.declining import decline_renewal
from app.db.connections import database
from app.errors import NothingToChange, PrimaryOwnerRequired, TooLateToDecline
from app.models import AuditEvent, Contract
from tests.support.browser import Browser
from tests.support.builders import NOW, a_contract, an_organization, fill

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: The last day on which the renewal of `renewing` can be declined, and the day after.
LAST_DAY = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
DAY_AFTER = datetime(2026, 9, 30, 22, 1, tzinfo=UTC)


@pytest.fixture
def renewing(service):  # noqa: ARG001  # which opens the database
    """Return an organization of five seats, three in use, with 92 days of notice in Paris."""
    customer = an_organization(3, auto_renew=True, notice_days=92, time_zone="Europe/Paris")
    fill(customer)
    amending.amend_contract(acting(customer.operator, at=NOW), amending.Amendment(2, "PO-1"))
    return customer


def at_the_contract(service, customer, role=Role.PRIMARY_OWNER, language="en"):
    browser = Browser(service, language)
    browser.sign_in(customer, role)
    return browser, browser.get(f"/console/{customer.id}/contract")


def renews(customer):
    return Contract.get(Contract.organization_id == customer.id).auto_renew


def test_the_page_says_what_renews_what_drops_and_until_when_one_may_say_no(service, renewing):
    _, page = at_the_contract(service, renewing)

    for words in (
        "Your contract renews on 1 January 2027 with 3 seats (in use today): €1,800.00 before VAT.",
        "2 unused seats will not be renewed.",
        "To decline: by 30 September 2026.",
        "92 days",
    ):
        assert words in page.text


def test_it_reads_in_french_with_the_words_of_the_source(service, renewing):
    _, page = at_the_contract(service, renewing, language="fr")

    assert "2 sièges non utilisés ne seront pas renouvelés." in page.text
    assert "Pour ne pas renouveler : au plus tard le 30 septembre 2026." in page.text


def test_a_renewal_is_declined_after_a_review_until_its_last_day(service, renewing):
    service.clock.at = LAST_DAY
    browser, page = at_the_contract(service, renewing)
    page = browser.follow(page, "Do not renew")
    assert page.heading == "Do not renew?"
    assert "Nothing changes until 31 December 2026." in page.text
    assert renews(renewing)

    done = browser.send(page, "Do not renew")

    assert "Your contract does not renew. It runs until its term ends." in done.text
    assert "It ends with its term, on 31 December 2026." in done.text
    assert not renews(renewing)
    event = AuditEvent.get(AuditEvent.kind == "contract.renewal_ended")
    assert event.actor.startswith("token:")
    assert "does not renew" in browser.send(page, "Do not renew").text


def test_the_day_after_says_that_it_is_too_late_and_what_to_do(service, renewing):
    service.clock.at = LAST_DAY
    browser, page = at_the_contract(service, renewing)
    review = browser.follow(page, "Do not renew")
    service.clock.at = DAY_AFTER

    page = browser.send(review, "Do not renew")

    assert "It is too late to decline" in page.text
    assert "Contact the vendor if you do not want to renew." in page.text
    assert "Do not renew" not in page.links
    assert browser.get(f"/console/{renewing.id}/contract/decline").heading == page.heading
    assert renews(renewing)


def test_who_may_not_buy_may_not_decline(service, renewing):
    browser, page = at_the_contract(service, renewing, Role.BILLING)

    assert "Those who may buy seats decide about it." in page.text
    assert "Do not renew" not in page.links
    assert browser.get(f"/console/{renewing.id}/contract/decline").status == 403
    with pytest.raises(PrimaryOwnerRequired):
        decline_renewal(acting(renewing.principal(Role.BILLING), at=NOW))


def test_the_vendor_takes_a_declined_renewal_back(service, renewing):
    decline_renewal(acting(renewing.owner, at=NOW))
    with pytest.raises(NothingToChange):
        decline_renewal(acting(renewing.owner, at=NOW))

    amending.resume_renewal(acting(renewing.operator, at=NOW))

    _, page = at_the_contract(service, renewing)
    assert "To decline: by 30 September 2026." in page.text


def test_the_api_shows_the_last_day(service, renewing):
    contract = service.owner(renewing).get("/contract").json()
    assert (contract["decline_until"], contract["notice_days"]) == ("2026-09-30", 92)

    decline_renewal(acting(renewing.owner, at=NOW))

    assert service.owner(renewing).get("/contract").json()["decline_until"] is None


def test_a_contract_that_ended_and_none_at_all_are_said(service, renewing):
    amending.end_contract(acting(renewing.operator, at=NOW))
    assert "Your contract has ended" in at_the_contract(service, renewing)[1].text

    unsigned = an_organization(None)
    assert "No contract yet." in at_the_contract(service, unsigned)[1].text


def test_a_contract_that_follows_is_shown_instead_of_the_renewal(service, renewing):

    a_contract(renewing, 7, starts_on=date(2027, 1, 1), time_zone="Europe/Paris", at=NOW)

    page = at_the_contract(service, renewing)[1]

    assert "It takes over on 1 January 2027 with 7 seats." in page.text
    assert "To decline" not in page.text


def test_the_domain_refuses_what_comes_too_late(renewing):
    with pytest.raises(TooLateToDecline):
        decline_renewal(acting(renewing.owner, at=DAY_AFTER))


def test_the_database_refuses_a_notice_longer_than_a_year(renewing):
    with pytest.raises(Exception, match="CHECK"), database.atomic():
        Contract.update(notice_days=366).where(Contract.organization_id == renewing.id).execute()
