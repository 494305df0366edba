"""A request to buy: who may not buy asks, and who may answers at the price of the day."""

from datetime import timedelta

import pytest
from peewee import IntegrityError

from app.access.principal import Role
from app.billing import seat_requests
from app.billing.purchasing import confirm_quote
from app.billing.quoting import QuoteRequest, create_quote
from app.billing.seat_request_lookups import answerable, find_request, open_requests, state_of
from app.billing.seat_requests import SeatsWanted, ask_for_seats
from app.db.transactions import run
from app.errors import InvalidInput, NotFound, NotPermitted, PrimaryOwnerRequired, RequestOver
from app.models import AuditEvent, OutboxMessage, Purchase, SeatRequest
from app.organizations.settings import OrganizationChanges, set_organization
from app.owners.erasure import erase_owners
from app.owners.membership import remove_owner
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, acting, an_organization

#: Two days on, when five seats of the worked example cost 16.13 less.
LATER = NOW + timedelta(days=2)


@pytest.fixture
def hundred(database):  # noqa: ARG001  # in which everything is made
    return an_organization(100)


@pytest.fixture
def boss(hundred):
    return an_owner(hundred, name="Ann")


@pytest.fixture
def admin(hundred, boss):  # noqa: ARG001  # who is to be mailed
    return an_owner(hundred, Role.IT, name="Ivo")


def asked(owner, quantity=5, *, at=NOW, **given):
    return ask_for_seats(as_owner(owner, at=at), SeatsWanted(quantity, **given))


def answered(boss, request, *, at=NOW):
    return seat_requests.answer_with_quote(
        as_owner(boss, at=at), request.id, QuoteRequest(request.quantity)
    )


def dearer(customer):
    """Let the vendor raise the tax, so that every total rises."""
    set_organization(acting(customer.operator, at=NOW), OrganizationChanges(tax_rate="20"))


def test_a_request_has_the_price_of_its_day_and_lives_for_thirty_days(admin):
    request = asked(admin, reason="three start in Lyon", purchase_order="PO-7")

    assert (request.net_minor, request.ceiling_minor, request.currency) == (250_000, 250_000, "EUR")
    assert request.expires_at == NOW + timedelta(days=30)
    assert (request.reason, request.purchase_order) == ("three start in Lyon", "PO-7")


def test_a_request_is_mailed_to_the_primary_owners(hundred, boss, admin):
    request = asked(admin)

    [mail] = OutboxMessage.of(hundred.id, OutboxMessage.purpose == "seats_requested")
    assert (mail.owner_id, mail.facts) == (boss.id, {"request_id": request.id})


def test_the_request_is_answered_by_buying(hundred, boss, admin):
    request = asked(admin)
    quote = answered(boss, request, at=LATER)
    assert quote.net_minor == 248_387

    bought = confirm_quote(as_owner(boss, at=LATER), quote.id, quote.total_minor).purchase

    request = find_request(hundred.id, request.id)
    assert (request.state, request.purchase_id) == ("bought", bought.id)
    kinds = {e.kind for e in AuditEvent.of(hundred.id, AuditEvent.subject_id == request.id)}
    assert kinds == {"seat_request.made", "seat_request.bought"}


def test_a_quote_of_its_own_answers_no_request(hundred, boss, admin):
    request = asked(admin)
    quote = create_quote(as_owner(boss), QuoteRequest(5))
    confirm_quote(as_owner(boss), quote.id, quote.total_minor)

    assert find_request(hundred.id, request.id).state == "open"


def test_the_day_changes_the_price_and_the_page_is_given_the_difference(boss, admin):
    request = asked(admin)

    known = answerable(as_owner(boss, at=LATER), request.id)

    assert (known.today.net_minor, known.saved_minor) == (248_387, 1_613)
    assert not known.is_above_ceiling


def test_above_the_ceiling_it_has_to_be_asked_anew(hundred, boss, admin):
    request = asked(admin)
    dearer(hundred)

    assert answerable(as_owner(boss), request.id).is_above_ceiling
    with pytest.raises(RequestOver):
        answered(boss, request)

    anew = asked(admin)
    answered(boss, anew)
    assert find_request(hundred.id, request.id).state == "replaced"


def test_a_request_that_is_past_its_time_is_not_bought(hundred, boss, admin):
    request = asked(admin)
    over = NOW + timedelta(days=30)

    with pytest.raises(RequestOver):
        answered(boss, request, at=over)
    assert state_of(request, at=over) == "expired"
    seat_requests.expire_requests(at=over - timedelta(seconds=1))
    assert find_request(hundred.id, request.id).state == "open"
    seat_requests.expire_requests(at=over)
    assert find_request(hundred.id, request.id).state == "expired"


def test_a_declined_request_cannot_be_bought(boss, admin):
    request = asked(admin)
    assert seat_requests.decline_request(as_owner(boss), request.id).state == "declined"

    for again in (
        lambda: answered(boss, request),
        lambda: seat_requests.decline_request(as_owner(boss), request.id),
    ):
        with pytest.raises(RequestOver):
            again()


def test_who_asked_may_withdraw_and_no_other_without_the_right_to_buy(hundred, admin):
    request = asked(admin)
    other = an_owner(hundred, Role.IT)

    with pytest.raises(PrimaryOwnerRequired):
        seat_requests.decline_request(as_owner(other), request.id)
    assert seat_requests.decline_request(as_owner(admin), request.id).state == "declined"


def test_who_may_not_buy_makes_no_quote_of_a_request(admin):
    with pytest.raises(PrimaryOwnerRequired):
        answered(admin, asked(admin))


def test_a_request_is_there_for_those_who_buy_and_for_who_asked_alone(hundred, boss, admin):
    request = asked(admin)
    other = an_owner(hundred, Role.IT)

    assert answerable(as_owner(boss), request.id).name == "Ivo"
    mine = answerable(as_owner(admin), request.id)
    assert (mine.is_mine, mine.may_buy, mine.sees_prices) == (True, False, False)
    with pytest.raises(NotFound):
        answerable(as_owner(other), request.id)
    for person, may_buy, count in ((boss, True, 1), (admin, False, 1), (other, False, 0)):
        found = open_requests(as_owner(person), may_buy=may_buy, limit=3)
        assert len(found) == count


def test_a_request_of_another_organization_is_not_there(admin):
    request = asked(admin)
    stranger = an_owner(an_organization(100))

    for act in (
        lambda: answerable(as_owner(stranger), request.id),
        lambda: answered(stranger, request),
        lambda: seat_requests.decline_request(as_owner(stranger), request.id),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (SeatsWanted(0), "quantity"),
        (SeatsWanted(1001), "quantity"),
        (SeatsWanted(5, "two\nlines"), "reason"),
        (SeatsWanted(5, purchase_order="x" * 501), "purchase_order"),
    ],
)
def test_what_cannot_be_asked_says_which_field_is_wrong(admin, wanted, field):
    with pytest.raises(InvalidInput) as wrong:
        ask_for_seats(as_owner(admin), wanted)

    assert wrong.value.field == field
    assert SeatRequest.select().count() == 0


def test_requests_cannot_flood_the_owners(hundred, admin):
    for _ in range(seat_requests.HOURLY_MAX):
        asked(admin)

    with pytest.raises(NotPermitted):
        asked(admin)
    asked(admin, at=NOW + timedelta(hours=1))
    assert SeatRequest.of(hundred.id, SeatRequest.state == "open").count() == 1


def test_the_database_keeps_one_open_request_of_a_person_and_its_purchase(hundred, admin):
    request = asked(admin)

    for wrong in ({"state": "bought"}, {"ended_at": NOW}, {"ceiling_minor": 1}, {"quantity": 0}):
        mine = SeatRequest.belongs_to(hundred.id) & (SeatRequest.id == request.id)
        with pytest.raises(IntegrityError):
            run(SeatRequest.update(**wrong).where(mine).execute)
    twin = {**request.__data__, "id": "srq_twin"}
    with pytest.raises(IntegrityError):
        run(SeatRequest.insert(**twin).execute)
    assert Purchase.of(hundred.id).count() == 0


def test_the_words_of_an_owner_who_is_erased_are_gone(hundred, boss, admin):
    request = asked(admin, reason="Ivo asks")
    remove_owner(as_owner(boss), admin.id)
    run(erase_owners, hundred.id, admin.address_key, [])

    assert find_request(hundred.id, request.id).reason is None
