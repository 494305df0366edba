"""A database of before grounds comes through: what was known is named, and invoices stay."""

from datetime import date

import pytest
from peewee import IntegrityError

from app.billing.invoices.document import Particular
from app.billing.invoices.issuing import document_of, find_invoice
from app.billing.invoices.wording import Fact, invoice_words
from app.billing.published_rates import Publication, enter_rate
from app.db import migrating
from app.models import Invoice, Organization, PublishedRate, VatCheck
from tests.support.builders import NOW, an_organization

NAME = "0018_parties_and_tax"
TODAY = date(2026, 3, 1)

UNDONE = (
    "DROP TABLE vat_check",
    "DROP TABLE published_rate",
    "ALTER TABLE invoice DROP COLUMN euro_rate_source",
    "ALTER TABLE invoice DROP COLUMN euro_rate_on",
    "ALTER TABLE invoice DROP COLUMN euro_rate",
    "ALTER TABLE invoice DROP COLUMN notes",
    "ALTER TABLE invoice DROP COLUMN tax",
    "ALTER TABLE contract DROP COLUMN net_days_reason",
    "ALTER TABLE seller DROP COLUMN default_tax",
    "ALTER TABLE organization DROP COLUMN tax",
)


def undo(database):
    """Take the database back to before grounds."""
    for statement in UNDONE:
        database.execute_sql(statement)
    history = migrating._runner().History
    history.delete().where(history.name == NAME).execute()


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
def test_a_rate_and_reverse_charge_become_the_ground(database, rate, reverse_charge, ground):
    acme = an_organization(1)
    Organization.update(tax_rate_basis_points=rate, reverse_charge=reverse_charge).execute()
    undo(database)

    assert migrating._runner().up(NAME) == [NAME]

    assert Organization.get_by_id(acme.id).tax == ground


def test_an_invoice_of_before_keeps_what_it_said(database):
    acme = an_organization(1)
    undo(database)

    migrating._runner().up(NAME)

    document = document_of(find_invoice(acme.id, acme.signing.invoice.id), TODAY)
    assert (document.tax, document.notes, document.euro_rate) == (None, (), None)
    assert invoice_words(document).totals[1] == Fact("VAT 0% on 600.00", "0.00")
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

    for change in (PublishedRate.update(rate="1"), VatCheck.update(checked_on=TODAY)):
        with pytest.raises(IntegrityError):
            change.execute()
