"""Proposals: what a request would cost on each of the next days, as paper."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.access.context import acting
from app.access.principal import Role
from app.billing import seat_requests
from app.billing.invoices.proposal_pdf import proposal_pdf
from app.billing.proposals import proposal_for
from app.billing.seat_request_lookups import answerable
from app.billing.seat_requests import SeatsWanted
from app.errors import NotFound
from tests.support.builders import NOW, a_quote, an_organization


@pytest.fixture
def acme(database):  # noqa: ARG001  # in which it is made
    return an_organization(5)


def asked(acme, quantity=5, at=NOW):
    context = acting(acme.owner, at=at)
    wanted = SeatsWanted(quantity, purchase_order="PO-4711")
    return seat_requests.ask_for_seats(context, wanted)


def proposed(acme, request, at=NOW, **changes):
    context = replace(acting(acme.owner, at=at), **changes)
    return proposal_for(context, answerable(context, request.id))


def text_of(proposal):
    reader = PdfReader(BytesIO(proposal_pdf(proposal)))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_a_proposal_names_the_price_of_each_of_the_next_thirty_days(acme):
    proposal = proposed(acme, asked(acme))

    days = [day.price.effective_on for day in proposal.days]
    assert days == [NOW.date() + timedelta(days=number) for number in range(30)]
    totals = [day.price.total_minor for day in proposal.days]
    assert totals == sorted(totals, reverse=True)
    assert totals[0] == proposal.document.totals.total_minor == a_quote(acme).total_minor


def test_every_total_of_a_proposal_is_on_paper(acme):
    proposal = proposed(acme, asked(acme))

    text = text_of(proposal)

    rows = re.findall(r"\n(\d+ \w+ 2026) (.+) ([\d,.]+) ([\d,.]+) ([\d,.]+)(?=\n)", text)
    found = [tuple(int(re.sub(r"\D", "", one)) for one in row[2:]) for row in rows]
    assert found == [
        (day.price.net_minor, day.price.tax_minor, day.price.total_minor) for day in proposal.days
    ]
    assert "Price proposal" in text
    assert "PO-4711" in text
    assert "not an invoice" in text
    assert "IBAN" not in text


def test_a_proposal_ends_with_the_term(acme):
    near_its_end = datetime(2026, 12, 20, 9, tzinfo=NOW.tzinfo)

    proposal = proposed(acme, asked(acme, at=near_its_end), near_its_end)

    assert proposal.days[-1].price.effective_on == date(2026, 12, 31)


def test_who_sees_no_prices_gets_no_proposal(acme):
    request = asked(acme)

    with pytest.raises(NotFound):
        proposed(acme, request, role=Role.IT, actor="token:tok_1")


def test_a_request_that_was_declined_has_no_proposal(acme):
    request = asked(acme)
    seat_requests.decline_request(acting(acme.owner, at=NOW), request.id)

    with pytest.raises(NotFound):
        proposed(acme, request)
