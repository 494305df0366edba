import pytest

from app.access.context import acting
from app.access.principal import operator_for
from app.errors import InvalidInput, NotFound, QuoteStale
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    create_organization,
    find_organization,
    set_organization,
    set_seller,
    the_seller,
)
from tests.support.builders import NOW, a_quote, an_organization, buy, confirm
from tests.support.engines import on_sqlite_alone
from tests.support.languages import add_german

pytestmark = pytest.mark.usefixtures("database")

#: Codes of two letters that stand for something else: nowhere known, the European Union, the
#: eurozone, the United Nations, and those that test data use.
NO_COUNTRIES = ("ZZ", "EU", "EZ", "UN", "XA", "XB", "QO", "UK")


@pytest.fixture
def acme(at):
    return create_organization("Acme", at=at)


def change(organization, **changes):
    return set_organization(
        acting(operator_for(organization.id), at=NOW), OrganizationChanges(**changes)
    )


def test_a_new_organization_is_invoiced_under_its_name(acme):
    assert find_organization(acme.id).party == {"legal_name": "Acme"}


@pytest.mark.parametrize("name", ["", "  ", "Ac\nme"])
def test_an_organization_needs_a_name_of_one_line(name, at):
    with pytest.raises(InvalidInput) as refused:
        create_organization(name, at=at)

    assert refused.value.field == "name"


def test_what_is_not_given_stays_as_it_is(acme):
    change(acme, language="fr", tax_rate="20", party={"city": "Lyon"})

    change(acme, name="Acme SA", party={"country": "FR"})

    changed = find_organization(acme.id)
    assert (changed.name, changed.language, changed.tax_rate_basis_points) == (
        "Acme SA",
        "fr",
        2000,
    )
    assert changed.party == {"legal_name": "Acme", "city": "Lyon", "country": "FR"}


def test_a_particular_that_is_given_as_empty_is_taken_away(acme):
    change(acme, party={"city": "Lyon", "address_lines": ["1 rue de l'Exemple"]})

    change(acme, party={"city": "", "address_lines": [""]})

    assert find_organization(acme.id).party == {"legal_name": "Acme"}


def test_reverse_charge_takes_the_place_of_a_rate(acme):
    change(acme, tax_rate="19")

    change(acme, tax_rate="0", reverse_charge=True)

    changed = find_organization(acme.id)
    assert (changed.tax_rate_basis_points, changed.reverse_charge) == (0, True)


def test_reverse_charge_is_refused_beside_a_rate(acme):
    change(acme, tax_rate="19")

    with pytest.raises(InvalidInput, match="Under reverse charge"):
        change(acme, reverse_charge=True)

    assert not find_organization(acme.id).reverse_charge


def test_a_change_of_tax_makes_open_quotes_stale():
    customer = an_organization()
    quote = a_quote(customer)

    set_organization(acting(customer.operator, at=NOW), OrganizationChanges(tax_rate="20"))

    with pytest.raises(QuoteStale):
        confirm(customer, quote)


def test_an_issued_invoice_keeps_its_buyer():
    customer = an_organization()
    invoice = buy(customer, 1).invoice

    changes = OrganizationChanges(party={"legal_name": "Acme Holding"})
    set_organization(acting(customer.operator, at=NOW), changes)

    later = buy(customer, 1).invoice
    assert type(invoice).get(type(invoice).id == invoice.id).buyer != later.buyer
    assert later.buyer == {"legal_name": "Acme Holding"}


def test_an_unknown_organization_cannot_be_changed():
    with pytest.raises(NotFound, match="There is no organization org_nobody"):
        set_organization(
            acting(operator_for("org_nobody"), at=NOW), OrganizationChanges(name="Nobody")
        )


def test_an_organization_speaks_a_language_that_was_added(acme, tmp_path, monkeypatch):
    german = add_german(tmp_path, monkeypatch)

    change(acme, language=german)

    assert find_organization(acme.id).language == "de"


@on_sqlite_alone
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"language": "de"}, "language"),
        ({"seat_refusal_status": 409}, "seat_refusal_status"),
        ({"tax_rate": "101"}, "tax_rate"),
        ({"tax_rate": "5.555"}, "tax_rate"),
        ({"party": {"vat_id": "FR00000000000"}}, "vat_id"),
        ({"party": {"country": "Frankreich"}}, "country"),
        *(({"party": {"country": code}}, "country") for code in NO_COUNTRIES),
        ({"party": {"email": "billing"}}, "email"),
        ({"billing_contacts": ["bills@example.com", "billing"]}, "billing_contacts"),
        ({"external_id": " "}, "external_id"),
        ({"external_id": "org_1"}, "external_id"),
        ({"party": {"city": "Ly\non"}}, "city"),
        ({"party": {"address_lines": ["1 rue\tde l'Exemple"]}}, "address_lines"),
    ],
)
def test_a_change_that_cannot_be_used_names_its_field_and_changes_nothing(acme, changes, field):
    before = find_organization(acme.id).__data__

    with pytest.raises(InvalidInput) as refused:
        change(acme, **changes)

    assert refused.value.field == field
    assert find_organization(acme.id).__data__ == before


@pytest.mark.parametrize("code", ["fr", "GB", "XK"])
def test_a_country_is_one_of_iso_3166_or_kosovo(acme, code):
    assert change(acme, party={"country": code}).party["country"] == code.upper()


def test_a_seller_is_changed_member_by_member():
    set_seller(
        SellerChanges(
            series="VND", party={"legal_name": "Vendor", "iban": "ie29aibk93115212345678"}
        ),
        at=NOW,
    )

    set_seller(SellerChanges(time_zone="Europe/Dublin", party={"bic": "AIBKIE2D"}), at=NOW)

    seller = the_seller()
    assert (seller.series, seller.time_zone) == ("VND", "Europe/Dublin")
    assert seller.party == {
        "legal_name": "Vendor",
        "iban": "IE29AIBK93115212345678",
        "bic": "AIBKIE2D",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"series": "inv"}, "series"),
        ({"series": "INV-2026"}, "series"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"party": {"iban": "IE29AIBK93115212345679"}}, "iban"),
        ({"party": {"bic": "AIB"}}, "bic"),
    ],
)
def test_a_seller_is_not_changed_by_what_cannot_be_used(changes, field):
    before = the_seller().__data__

    with pytest.raises(InvalidInput) as refused:
        set_seller(SellerChanges(**changes), at=NOW)

    assert refused.value.field == field
    assert the_seller().__data__ == before


def test_the_next_invoice_is_numbered_in_the_new_series():
    customer = an_organization()

    set_seller(SellerChanges(series="VND"), at=NOW)

    assert buy(customer, 1).invoice.number == "VND-2026-000001"
