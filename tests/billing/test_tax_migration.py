"""A database of before grounds comes through: what was known is named, and invoices stay."""

from datetime import date

import pytest
from peewee import IntegrityError

from app.billing.invoices.document import Particular
from app.billing.invoices.issuing import document_of, find_invoice
from app.billing.invoices.wording import Fact, invoice_words
from app.billing.published_rates import Publication, enter_rate
from app.db.migrating import migrate
from app.models import Invoice, Organization, PublishedRate, VatCheck
from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.builders import NOW, an_organization
from tests.support.old_rows import AT, change, fill_to

TODAY = date(2026, 3, 1)


@pytest.fixture
def old_database(empty_database):
    """Open a database of before grounds that was in use for a year."""
    with opened(empty_database) as database:
        fill_to("0017_look_ups")
        yield database
        assert violations(at=AT) == []


@pytest.mark.parametrize(
    ("rate", "reverse_charge", "ground"),
    [
        (2000, False, "domestic 20"),
        (550, False, "domestic 5.5"),
        (525, False, "domestic 5.25"),
        (0, True, "reverse_charge"),
        (0, False, None),
    ],
)
@pytest.mark.usefixtures("old_database")
def test_a_rate_and_reverse_charge_become_the_ground(rate, reverse_charge, ground):
    change(
        f"UPDATE organization SET tax_rate_basis_points = {rate},"  # noqa: S608  # of the cases
        f" reverse_charge = {reverse_charge}"
    )

    migrate()

    assert {organization.tax for organization in Organization.select()} == {ground}


@pytest.mark.usefixtures("old_database")
def test_an_invoice_of_before_keeps_what_it_said():
    migrate()

    invoice = Invoice.get(Invoice.number == "INV-2026-000007")
    document = document_of(find_invoice(invoice.organization_id, invoice.id), TODAY)
    assert (document.tax, document.notes, document.euro_rate) == (None, (), None)
    assert invoice_words(document).totals[1] == Fact("VAT 0% on 1,200.00", "0.00")
    assert Particular.TAX_GROUND in document.missing


@pytest.mark.parametrize(
    "changes",
    [
        {"tax": "reverse_charge"},
        {"tax": "domestic 20"},
        {"tax": "exempt some law", "tax_rate_basis_points": 2000},
        {"tax": "outside_scope some law", "reverse_charge": True},
        {"tax": "zero"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("database")
def test_the_database_refuses_a_ground_that_its_figures_contradict(changes):
    an_organization(None)

    with pytest.raises(IntegrityError):
        Organization.update(**changes).execute()


@pytest.mark.usefixtures("database")
def test_the_database_refuses_half_a_rate_on_an_invoice():
    invoice = an_organization(1).signing.invoice
    values = {**invoice.__data__, "id": "inv_other", "number": "X-1", "counter": 99, "cause": "x"}

    with pytest.raises(IntegrityError):
        Invoice.insert({**values, "euro_rate": "0.9"}).execute()


@pytest.mark.usefixtures("database")
def test_the_database_refuses_to_change_a_rate_or_a_check():
    acme = an_organization(None)
    enter_rate(Publication("USD", "0.9", TODAY, "ECB"), at=NOW)
    VatCheck.create(
        organization_id=acme.id,
        id="vch_1",
        vat_id="FR40303265045",
        checked_on=TODAY,
        consultation="W1",
        recorded_at=NOW,
        recorded_by="operator",
    )

    for statement in (PublishedRate.update(rate="1"), VatCheck.update(checked_on=TODAY)):
        with pytest.raises(IntegrityError):
            statement.execute()
