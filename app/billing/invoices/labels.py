"""The words of an invoice's closed sets: its states, what its lines sell, what it can lack."""

from app.billing.invoices.document import InvoiceState, Particular
from app.billing.pricing import LineKind
from app.i18n.catalogues import gettext_noop, translations
from app.i18n.languages import Language

#: What a line sells.
_KINDS = {
    LineKind.SIGNING: gettext_noop("Seats for the annual term"),
    LineKind.ADDITION: gettext_noop("Additional seats to the end of the term"),
    LineKind.RENEWAL: gettext_noop("Seats for the renewed annual term"),
}

#: What the law wants and an invoice can lack, for its owner and the vendor.
_MISSING = {
    Particular.SELLER_NAME: gettext_noop("The seller’s legal name."),
    Particular.SELLER_ADDRESS: gettext_noop("The seller’s full address."),
    Particular.SELLER_VAT_ID: gettext_noop("The seller’s VAT number."),
    Particular.SELLER_SIREN: gettext_noop("The seller’s SIREN."),
    Particular.SELLER_LEGAL_FORM: gettext_noop("The seller’s legal form."),
    Particular.SELLER_CAPITAL: gettext_noop("The seller’s share capital."),
    Particular.SELLER_REGISTER: gettext_noop("The city of the seller’s register (RCS)."),
    Particular.SELLER_ELECTRONIC_ADDRESS: gettext_noop("The seller’s electronic address."),
    Particular.BUYER_NAME: gettext_noop("The buyer’s legal name."),
    Particular.BUYER_ADDRESS: gettext_noop("The buyer’s full address."),
    Particular.BUYER_VAT_ID: gettext_noop("The buyer’s VAT number, which reverse charge needs."),
    Particular.BUYER_SIREN: gettext_noop("The buyer’s SIREN."),
    Particular.BUYER_ELECTRONIC_ADDRESS: gettext_noop(
        "The buyer’s electronic address, where it receives invoices as data."
    ),
    Particular.TAX_GROUND: gettext_noop("The ground on which no VAT is charged."),
    Particular.TAX_COUNTRY: gettext_noop(
        "A ground of the tax that can be between the countries of seller and buyer."
    ),
    Particular.TAX_REFERENCE: gettext_noop(
        "A reference to the law that holds now; the one that is cited was replaced."
    ),
    Particular.EURO_RATE: gettext_noop("The rate by which the VAT is stated in euros."),
    Particular.LATE_PENALTIES: gettext_noop(
        "The rate of late-payment penalties, which French law wants."
    ),
    Particular.RECOVERY_COSTS: gettext_noop(
        "The fixed compensation of 40 euros for recovery costs, which French law wants."
    ),
    Particular.EARLY_PAYMENT: gettext_noop(
        "The terms of discount for early payment, or that there is none, which French law wants."
    ),
}


def state_text(state: InvoiceState, language: Language) -> str:
    """Name where an invoice stands.

    >>> state_text(InvoiceState.ISSUED, Language("fr"))
    'À régler'
    """
    texts = translations(language)
    return {
        InvoiceState.ISSUED: texts.pgettext("invoice", "Open"),
        InvoiceState.PARTLY_CREDITED: texts.pgettext("invoice", "Partly credited"),
        InvoiceState.PAID: texts.pgettext("invoice", "Paid"),
        InvoiceState.OVERDUE: texts.pgettext("invoice", "Overdue"),
        InvoiceState.VOID: texts.pgettext("invoice", "Void"),
    }[state]


def outcome_text(state: InvoiceState, language: Language) -> str:
    """Return the headline of an invoice, with places for its amount and its due day."""
    texts = translations(language)
    due = texts.gettext("%(amount)s due on %(day)s")
    return {
        InvoiceState.ISSUED: due,
        InvoiceState.PARTLY_CREDITED: due,
        InvoiceState.PAID: texts.gettext("%(amount)s paid"),
        InvoiceState.OVERDUE: texts.gettext("%(amount)s was due on %(day)s"),
        InvoiceState.VOID: texts.gettext("%(amount)s cancelled"),
    }[state]


def kind_text(kind: LineKind, language: Language) -> str:
    """Name what a line sells."""
    return translations(language).gettext(_KINDS[kind])


def missing_text(particular: Particular, language: Language) -> str:
    """Say what the law wants and an invoice lacks, for its owner and the vendor."""
    return translations(language).gettext(_MISSING[particular])
