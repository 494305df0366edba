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
from app.i18n.catalogues import Texts, gettext_noop, translations
from app.i18n.languages import ENGLISH, Language

#: How many decimals an amount has at most in EN 16931 (BR-DEC-09 and others).
_DECIMALS_MAX = 2

#: What French platforms take as a number (BR-FR-01, BR-FR-02).
_FRENCH_NUMBER = re.compile(r"[A-Za-z0-9+_/-]{1,35}")

#: Countries whose rules in Peppol want particulars of their sellers that Seatgate does not keep.
_OWN_PEPPOL_RULES = frozenset({"DK", "GR", "IS", "IT", "NL", "NO", "SE"})

_SELLER, _BUYER = "`seatgate seller set`", "`seatgate organization set`"

_STAYS = gettext_noop("An issued invoice stays as it is: credit it in full, and replace it.")

_IN_CONSOLE = gettext_noop("%(where)s, or under billing details in the console")


@dataclass(frozen=True)
class _Place:
    """Where something is entered: a command, which some can do in the console instead."""

    command: str
    in_console: bool = False

    def text(self, texts: Texts) -> str:
        """Say it."""
        if not self.in_console:
            return self.command
        return texts.gettext(_IN_CONSOLE) % {"where": self.command}


@dataclass(frozen=True)
class _Demand:
    """A particular, or words for one, where it is entered, and whether an invoice lacks it."""

    what: Particular | str
    where: _Place
    lacks: Callable[[InvoiceDocument], object]

    def sentence(self, language: Language) -> str:
        """Say what is missing, and where to enter it."""
        texts = translations(language)
        if isinstance(self.what, Particular):
            words = missing_text(self.what, language)
        else:
            words = texts.gettext(self.what)
        given = {"what": words, "where": self.where.text(texts)}
        return texts.gettext("%(what)s Enter it with %(where)s.") % given


def _of_seller(
    what: Particular, options: str, lacks: Callable[[InvoiceDocument], object]
) -> _Demand:
    return _Demand(what, _Place(f"{_SELLER} {options}"), lacks)


def _of_buyer(
    what: Particular, options: str, lacks: Callable[[InvoiceDocument], object]
) -> _Demand:
    return _Demand(what, _Place(f"{_BUYER} {options}", in_console=True), lacks)


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
        gettext_noop(
            "The seller’s number in its register, which stands in for the VAT number that data may"
            " not name here."
        ),
        _Place(f"{_SELLER} --registration"),
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
    _Demand(Particular.TAX_GROUND, _Place(f"{_BUYER} --tax"), lambda one: _has_category(one, None)),
    _Demand(
        Particular.TAX_COUNTRY,
        _Place(f"{_BUYER} --tax"),
        lambda one: Particular.TAX_COUNTRY in one.missing,
    ),
    _Demand(
        Particular.EURO_RATE,
        _Place("`seatgate rate set`"),
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
        gettext_noop("The buyer’s reference, or the number of its order."),
        _Place(f"{_BUYER} --buyer-reference, --purchase-order"),
        lambda one: not (one.buyer.buyer_reference or one.purchase_order),
    ),
)

_DEMANDS = {Dress.PLAIN: _CORE, Dress.FRENCH: _FRENCH, Dress.PEPPOL: _PEPPOL}


def check_sayable(document: InvoiceDocument, dress: Dress) -> None:
    """Check that an invoice can be said as data in a dress.

    Raises:
        Unsayable: it cannot; its sentence says why, or what is missing and where to enter it.
    """
    if problem := unsayable_text(document, dress, ENGLISH):
        raise Unsayable(problem)


def unsayable_text(document: InvoiceDocument, dress: Dress, language: Language) -> str:
    """Say why an invoice cannot be said as data, to a reader of a language; "" where it can."""
    texts, number = translations(language), document.number
    if problem := next(_problems(document, dress, texts), ""):
        words = texts.gettext("There is no XML of %(number)s. %(problem)s Its PDF says it all.")
        return words % {"number": number, "problem": problem}
    lacking = [demand.sentence(language) for demand in _DEMANDS[dress] if demand.lacks(document)]
    if not lacking:
        return ""
    words = texts.gettext("There is no XML of %(number)s, which lacks this: %(lacking)s %(stays)s")
    given = {"number": number, "lacking": " ".join(lacking), "stays": texts.gettext(_STAYS)}
    return words % given


def _has_address_of_platform(document: InvoiceDocument) -> bool:
    """Whether French platforms take the buyer's address; abroad, any is one (BR-FR-21)."""
    buyer = document.buyer
    if buyer.country == "FR":
        return buyer.electronic_address.startswith(f"0225:{buyer.siren}")
    return bool(buyer.electronic_address or buyer.email)


def _problems(document: InvoiceDocument, dress: Dress, texts: Texts) -> Iterator[str]:
    """Yield why a standard cannot say an invoice, whatever is entered."""
    decimals = exponent(document.currency)
    if decimals > _DECIMALS_MAX:
        words = texts.gettext(
            "Amounts in %(currency)s have %(decimals)s decimals, and those of EN 16931 have"
            " %(most)s at most."
        )
        given = {"currency": document.currency, "decimals": decimals, "most": _DECIMALS_MAX}
        yield words % given
    if dress is Dress.FRENCH:
        yield from _french_problems(document, texts)
    if dress is Dress.PEPPOL:
        yield from _peppol_problems(document, texts)


def _french_problems(document: InvoiceDocument, texts: Texts) -> Iterator[str]:
    if document.seller.country != "FR":
        yield texts.gettext("The French dress is for French sellers; take that of Peppol.")
    if not _FRENCH_NUMBER.fullmatch(document.number):
        yield texts.gettext(
            "French platforms take numbers of letters, digits and + - _ / of 35 characters at most:"
            " give a shorter series with %(where)s."
        ) % {"where": f"{_SELLER} --series, --credit-note-series"}
    for line in document.tax_breakdown:
        if line.rate_basis_points not in FRENCH_VAT_RATES | {None}:
            yield texts.gettext(
                "France has no VAT of %(rate)s %%: enter the tax with %(where)s."
            ) % {"rate": f"{(line.rate_basis_points or 0) / 100:g}", "where": f"{_BUYER} --tax"}


def _peppol_problems(document: InvoiceDocument, texts: Texts) -> Iterator[str]:
    country = document.seller.country
    if country in _OWN_PEPPOL_RULES or country == document.buyer.country == "DE":
        yield texts.gettext(
            "Peppol wants particulars of sellers in %(country)s that Seatgate does not keep; take"
            " the CII."
        ) % {"country": country}
