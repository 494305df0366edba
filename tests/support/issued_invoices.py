"""Invoices as they come about: sold, prorated, credited in part or in full, and replaced."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from app.access.context import acting
from app.billing.grounds import TaxKind
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.replacing import replace_invoice
from app.billing.law import EU_COUNTRIES
from app.billing.published_rates import Publication, enter_rate
from app.currencies import exponent
from app.errors import DomainError, InvoiceReplaced
from app.models import Invoice
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    create_organization,
    set_organization,
    set_seller,
)
from tests.support.builders import Customer, a_contract, a_quote, confirm

#: A day on which French invoices are data.
FIRST_AT = datetime(2026, 9, 7, 9, tzinfo=UTC)

#: Of a unit of each currency, in euros.
RATES = {"USD": "0.9215", "GBP": "1.16", "CHF": "1.0407", "PLN": "0.2351", "JPY": "0.0061"}

NAMES = [
    "Société des Échanges",
    "Nimbus & Söhne <GmbH> \"Süd\" 'West'",
    "Εταιρεία Λογισμικού",
    "ООО «Ромашка»",  # noqa: RUF001  # Cyrillic
    "株式会社サンプル",
    "شركة المثال",
    "חברת הדוגמה",
    "उदाहरण कंपनी",
    "Z\N{COMBINING ACUTE ACCENT}ażółć 🦊 ]]> &amp; \ufdfa",
    "N" * 500,
]

SELLERS = {
    "FR": {
        "legal_name": "Nuage Logiciels",
        "address_lines": ["12 rue des Lilas", "Bâtiment B", "3e étage", "Porte 7"],
        "postal_code": "75011",
        "city": "Paris",
        "vat_id": "FR40303265045",
        "siren": "303265045",
        "electronic_address": "0225:303265045_SIEGE",
        "legal_form": "SAS",
        "share_capital": "10 000 €",
        "rcs_city": "Paris",
        "iban": "FR1420041010050500013M02606",
        "bic": "PSSTFRPPPAR",
    },
    "DE": {
        "legal_name": "Nimbus Software GmbH",
        "address_lines": ["Torstraße 12"],
        "postal_code": "10119",
        "city": "Berlin",
        "vat_id": "DE136695976",
        "registration": "HRB 12345 B",
        "electronic_address": "9930:DE136695976",
        "iban": "DE89370400440532013000",
        "email": "billing@nimbus.example",
        "late_rate": "9",
    },
}

BUYERS = {
    "FR": {
        "vat_id": "FR61954506077",
        "siren": "954506077",
        "electronic_address": "0225:954506077",
    },
    "DE": {"vat_id": "DE129273398", "electronic_address": "9930:DE129273398"},
    "GR": {"vat_id": "EL094259216", "electronic_address": "0088:7300010000001"},
    "ES": {"vat_id": "ESA28015865", "registration": "M-123", "email": "facturas@sol.example"},
    "US": {"electronic_address": "0088:7300010000001"},
    "JP": {"email": "keiri@example.jp"},
}

EU_BUYERS = [country for country in BUYERS if country in EU_COUNTRIES]

#: What each seller can charge within its country, or nothing and why.
DOMESTIC = {
    "FR": ["domestic 20", "domestic 5.5", "domestic 8.5", "domestic 2.1"],
    "DE": ["domestic 19", "domestic 7"],
}

EXEMPT = {"FR": ["exempt VATEX-FR-FRANCHISE Art. 293 B du CGI"], "DE": ["exempt § 19 UStG"]}

ABROAD = "outside_scope Article 44 de la directive 2006/112/CE"


@dataclass
class Seller:
    """What sells to one customer after another, by chance but the same way for the same seed."""

    chance: Random
    at: datetime = FIRST_AT
    turn: int = 0
    _rated_on: date | None = None

    def sell(self) -> list[Invoice]:
        """Sell to a new customer, correct some of it, and return all that was issued.

        Each kind of tax comes in its turn, and so does a replacement.
        """
        self.turn += 1
        self._enter_rates()
        kind = [*TaxKind][self.turn % len(TaxKind)]
        sells = self.chance.choice([*SELLERS])
        buys = self.chance.choice(self._buyers(sells, kind))
        set_seller(SellerChanges(party=self._seller(sells)), at=self.at)
        customer = Customer(create_organization("Acme", at=self.at).id)
        self._set_buyer(customer, buys)
        self._change(customer, tax=self._tax(sells, kind))
        currency = self.chance.choice(["EUR", "EUR", "EUR", *RATES])
        a_contract(
            customer,
            self.chance.choice([1, 5, 100, 999]),
            at=self.at,
            starts_on=self.at.date() - timedelta(days=self.chance.randrange(330)),
            currency=currency,
            unit_price_minor=self._price(currency),
            net_days=self.chance.choice([0, 30, 60]),
        )
        for _ in range(self.chance.randrange(3)):
            self._pass(hours=self.chance.randrange(48))
            self._buy(customer)
        for _ in range(self.chance.randrange(4)):
            self._correct(customer)
        if self.turn % 3 == 0:
            self._change(customer, tax=self._tax(sells, kind))
            self._correct(customer, anew=True)
        self._pass(hours=1)
        return list(Invoice.of(customer.id).order_by(Invoice.id))

    def _enter_rates(self) -> None:
        """Enter a rate in euros for each currency, since one holds for 31 days."""
        today = self.at.date()
        if self._rated_on is not None and today - self._rated_on < timedelta(days=10):
            return
        for code, number in RATES.items():
            enter_rate(Publication(code, number, today, "ECB"), at=self.at)
        self._rated_on = today

    def _pass(self, *, hours: int) -> None:
        self.at += timedelta(hours=hours)

    def _seller(self, country: str) -> dict[str, object]:
        keys = {key for party in SELLERS.values() for key in party} | {"vat_on_debits"}
        nothing = {key: [] if key == "address_lines" else "" for key in keys}
        debits = {"vat_on_debits": self.chance.choice(["", "yes"])}
        return {**nothing, "country": country, **SELLERS[country], **debits}

    def _buyers(self, sells: str, kind: TaxKind) -> list[str]:
        """Return where buyers are that this kind of tax can be charged to."""
        countries = {
            TaxKind.DOMESTIC: [*BUYERS],
            TaxKind.REVERSE_CHARGE: [one for one in EU_BUYERS if one != sells],
            TaxKind.OUTSIDE_SCOPE: [one for one in BUYERS if one not in EU_BUYERS],
            TaxKind.EXEMPT: [*EU_BUYERS],
        }
        return countries[kind]

    def _set_buyer(self, customer: Customer, buys: str) -> None:
        party = {
            "legal_name": self.chance.choice(NAMES),
            "address_lines": [self.chance.choice(NAMES)] * self.chance.choice([1, 2, 4]),
            "postal_code": self.chance.choice(["", "10115"]),
            "city": self.chance.choice(NAMES),
            "country": buys,
            "buyer_reference": self.chance.choice(["", "SERVICE-1"]),
            **BUYERS[buys],
        }
        self._change(customer, party=party, language=self.chance.choice(["en", "fr"]))

    def _change(self, customer: Customer, **changes) -> None:
        context = acting(customer.operator, at=self.at)
        set_organization(context, OrganizationChanges(**changes))

    def _tax(self, sells: str, kind: TaxKind) -> str:
        grounds = {
            TaxKind.DOMESTIC: DOMESTIC[sells],
            TaxKind.REVERSE_CHARGE: ["reverse_charge"],
            TaxKind.OUTSIDE_SCOPE: [ABROAD],
            TaxKind.EXEMPT: EXEMPT[sells],
        }
        return self.chance.choice(grounds[kind])

    def _price(self, currency: str) -> int:
        price = self.chance.choice([100, 6_000, 10_001, 59_999, 60_000, 123_456_789])
        return price // 100 if exponent(currency) == 0 else price

    def _buy(self, customer: Customer) -> None:
        quote = a_quote(
            customer,
            self.chance.choice([1, 3, 7, 50]),
            at=self.at,
            purchase_order=self.chance.choice([None, "PO-4711", "Bestellung №7 / Ä"]),
            cost_centre=self.chance.choice([None, "CC-9"]),
        )
        confirm(customer, quote, at=self.at)

    def _correct(self, customer: Customer, *, anew: bool = False) -> None:
        """Credit seats, an amount or what is left of an invoice; then replace it, if it is to be.

        It is refused where less than that is left of it.
        """
        rows = list(Invoice.of(customer.id, Invoice.credit_of.is_null()).order_by(Invoice.id))
        invoice, context = self.chance.choice(rows), acting(customer.operator, at=self.at)
        parts = [
            Portion(1, seats=1, again=True),
            Portion(1, amount_minor=self.chance.choice([1, 3, 777]), again=True),
            Portion(1, again=True),
        ]
        with suppress(DomainError):
            credit_invoice(context, invoice.id, None if anew else self.chance.choice(parts))
        if anew:
            with suppress(InvoiceReplaced):
                replace_invoice(context, invoice.id)
