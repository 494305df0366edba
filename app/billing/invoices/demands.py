"""What a standard wants of an invoice before it can be said as data, and where that is entered."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.billing.grounds import TaxCategory
from app.billing.invoices.document import InvoiceDocument, Particular
from app.billing.invoices.dresses import Dress
from app.billing.invoices.labels import missing_text
from app.billing.invoices.particulars import FRENCH_MENTIONS
from app.billing.law import FRENCH_VAT_RATES
from app.currencies import exponent
from app.errors import Unsayable
from app.i18n.languages import ENGLISH

#: How many decimals an amount has at most in EN 16931 (BR-DEC-09 and others).
_DECIMALS_MAX = 2

#: What French platforms take as a number (BR-FR-01, BR-FR-02).
_FRENCH_NUMBER = re.compile(r"[A-Za-z0-9+_/-]{1,35}")

#: Countries whose rules in Peppol want particulars of their sellers that Seatgate does not keep.
_OWN_PEPPOL_RULES = frozenset({"DK", "GR", "IS", "IT", "NL", "NO", "SE"})

_SELLER, _BUYER = "`seatgate seller set`", "`seatgate organization set`"

_STAYS = "An issued invoice stays as it is: credit it in full, and replace it."


@dataclass(frozen=True)
class _Demand:
    """A particular, or words for one, where it is entered, and whether an invoice lacks it."""

    what: Particular | str
    where: str
    lacks: Callable[[InvoiceDocument], object]

    @property
    def sentence(self) -> str:
        """What is missing, and where to enter it."""
        known = isinstance(self.what, Particular)
        words = missing_text(self.what, ENGLISH) if known else self.what  # type: ignore[arg-type]
        return f"{words} Enter it with {self.where}."


def _of_seller(
    what: Particular, options: str, lacks: Callable[[InvoiceDocument], object]
) -> _Demand:
    return _Demand(what, f"{_SELLER} {options}", lacks)


def _of_buyer(
    what: Particular, options: str, lacks: Callable[[InvoiceDocument], object]
) -> _Demand:
    return _Demand(what, f"{_BUYER} {options}, or under billing details in the console", lacks)


def _has_category(document: InvoiceDocument, *categories: TaxCategory | None) -> bool:
    return any(one.category in categories for one in document.tax_breakdown)


def _lacks_note(particular: Particular) -> Callable[[InvoiceDocument], object]:
    code = FRENCH_MENTIONS[particular]
    return lambda document: code not in {note.code for note in document.notes}


_CORE = (
    _of_seller(Particular.SELLER_NAME, "--legal-name", lambda one: not one.seller.legal_name),
    _of_seller(
        Particular.SELLER_ADDRESS,
        "--address-line --city --country",
        lambda one: not one.seller.has_address,
    ),
    _of_seller(
        Particular.SELLER_VAT_ID,
        "--vat-id",
        lambda one: one.names_vat_ids_in_data and not one.seller.vat_id,
    ),
    _Demand(
        "The seller’s number in its register, which stands in for the VAT number that data may"
        " not name here.",
        f"{_SELLER} --registration",
        lambda one: not (one.names_vat_ids_in_data or one.seller.siren or one.seller.registration),
    ),
    _of_buyer(Particular.BUYER_NAME, "--legal-name", lambda one: not one.buyer.legal_name),
    _of_buyer(
        Particular.BUYER_ADDRESS,
        "--address-line --city --country",
        lambda one: not one.buyer.has_address,
    ),
    _of_buyer(
        Particular.BUYER_VAT_ID,
        "--vat-id",
        lambda one: _has_category(one, TaxCategory.REVERSE_CHARGE) and not one.buyer.vat_id,
    ),
    _Demand(Particular.TAX_GROUND, f"{_BUYER} --tax", lambda one: _has_category(one, None)),
    _Demand(
        Particular.TAX_COUNTRY,
        f"{_BUYER} --tax",
        lambda one: Particular.TAX_COUNTRY in one.missing,
    ),
    _Demand(
        Particular.EURO_RATE,
        "`seatgate rate set`",
        lambda one: one.wants_euros and one.tax_euro_cents is None,
    ),
)

_FRENCH = (
    *_CORE,
    _of_seller(Particular.SELLER_SIREN, "--siren", lambda one: not one.seller.siren),
    _of_seller(
        Particular.SELLER_ELECTRONIC_ADDRESS,
        "--electronic-address",
        lambda one: not one.seller.electronic_address,
    ),
    _of_buyer(
        Particular.BUYER_SIREN,
        "--siren",
        lambda one: one.buyer.country == "FR" and not one.buyer.siren,
    ),
    _of_buyer(
        Particular.BUYER_ELECTRONIC_ADDRESS,
        "--electronic-address",
        lambda one: not _has_address_of_platform(one),
    ),
    _of_seller(Particular.LATE_PENALTIES, "--late-rate", _lacks_note(Particular.LATE_PENALTIES)),
    _of_seller(
        Particular.RECOVERY_COSTS, "--recovery-costs", _lacks_note(Particular.RECOVERY_COSTS)
    ),
    _of_seller(Particular.EARLY_PAYMENT, "--early-payment", _lacks_note(Particular.EARLY_PAYMENT)),
)

_PEPPOL = (
    *_CORE,
    _of_seller(
        Particular.SELLER_ELECTRONIC_ADDRESS,
        "--electronic-address",
        lambda one: not one.seller.electronic_scheme.isdecimal(),
    ),
    _of_buyer(
        Particular.BUYER_ELECTRONIC_ADDRESS,
        "--electronic-address",
        lambda one: not one.buyer.electronic_scheme.isdecimal(),
    ),
    _Demand(
        "The buyer’s reference, or the number of its order.",
        f"{_BUYER} --buyer-reference, or as the purchase order of a quote",
        lambda one: not (one.buyer.buyer_reference or one.purchase_order),
    ),
)

_DEMANDS = {Dress.PLAIN: _CORE, Dress.FRENCH: _FRENCH, Dress.PEPPOL: _PEPPOL}


def check_sayable(document: InvoiceDocument, dress: Dress) -> None:
    """Check that an invoice can be said as data in a dress.

    Raises:
        Unsayable: it cannot; its sentence says why, or what is missing and where to enter it.
    """
    problem = next(_problems(document, dress), "")
    if problem:
        raise Unsayable(f"There is no XML of {document.number}. {problem} Its PDF says it all.")
    lacking = [demand for demand in _DEMANDS[dress] if demand.lacks(document)]
    if lacking:
        sentences = " ".join(demand.sentence for demand in lacking)
        raise Unsayable(
            f"There is no XML of {document.number}, which lacks this: {sentences} {_STAYS}"
        )


def _has_address_of_platform(document: InvoiceDocument) -> bool:
    """Whether French platforms take the buyer's address; abroad, any is one (BR-FR-21)."""
    buyer = document.buyer
    if buyer.country == "FR":
        return buyer.electronic_address.startswith(f"0225:{buyer.siren}")
    return bool(buyer.electronic_address or buyer.email)


def _problems(document: InvoiceDocument, dress: Dress) -> Iterator[str]:
    """Yield why a standard cannot say an invoice, whatever is entered."""
    decimals = exponent(document.currency)
    if decimals > _DECIMALS_MAX:
        yield (
            f"Amounts in {document.currency} have {decimals} decimals, and those of EN 16931 have"
            f" {_DECIMALS_MAX} at most."
        )
    if dress is Dress.FRENCH:
        yield from _french_problems(document)
    if dress is Dress.PEPPOL:
        yield from _peppol_problems(document)


def _french_problems(document: InvoiceDocument) -> Iterator[str]:
    if document.seller.country != "FR":
        yield "The French dress is for French sellers; take that of Peppol."
    if not _FRENCH_NUMBER.fullmatch(document.number):
        yield (
            "French platforms take numbers of letters, digits and + - _ / of 35 characters at most:"
            f" give a shorter series with {_SELLER} --series or --credit-note-series."
        )
    for line in document.tax_breakdown:
        if line.rate_basis_points not in FRENCH_VAT_RATES | {None}:
            yield (
                f"France has no VAT of {(line.rate_basis_points or 0) / 100:g} %: enter the tax"
                f" with {_BUYER} --tax."
            )


def _peppol_problems(document: InvoiceDocument) -> Iterator[str]:
    country = document.seller.country
    if country in _OWN_PEPPOL_RULES or country == document.buyer.country == "DE":
        yield (
            f"Peppol wants particulars of sellers in {country} that Seatgate does not keep; take"
            " the CII."
        )
