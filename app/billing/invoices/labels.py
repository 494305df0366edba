"""The fixed words of invoices, English beside French."""

# The apostrophes, dashes and signs are the typographic ones on purpose.

from collections.abc import Mapping

from app.billing.language import Language

LABELS: Mapping[str, tuple[str, str]] = {
    "invoice": ("Invoice", "Facture"),
    "credit_note": ("Credit note", "Avoir"),
    "number": ("Number", "Numéro"),
    "issued_on": ("Date of issue", "Date d’émission"),
    "due_on": ("Due date", "Date d’échéance"),
    "credit_of": ("Credits invoice", "Annule la facture"),
    "partial_credit_of": ("Credit on invoice", "Avoir sur la facture"),
    "replaces": ("Replaces invoice", "Remplace la facture"),
    "replaced_number": (
        "{number}, cancelled by credit note {credits}",
        "{number}, annulée par l’avoir {credits}",
    ),
    "replaced_numbers": (
        "{number}, cancelled by credit notes {credits}",
        "{number}, annulée par les avoirs {credits}",
    ),
    "purchase_order": ("Purchase order", "Bon de commande"),
    "cost_centre": ("Cost centre", "Centre de coûts"),
    "customer_number": ("Customer number", "Numéro de client"),
    "state": ("State", "État"),
    "state.issued": ("Open", "À régler"),
    "state.partly_credited": ("Partly credited", "Partiellement créditée"),
    "state.paid": ("Paid", "Réglée"),
    "state.overdue": ("Overdue", "Échue"),
    "state.void": ("Void", "Annulée"),
    "seller": ("From", "Vendeur"),
    "buyer": ("Bill to", "Facturé à"),
    "vat_id": ("VAT {}", "TVA {}"),
    "registration": ("Registration {}", "Immatriculation {}"),
    "amount.issued": ("{amount} due on {day}", "{amount} à régler au plus tard le {day}"),
    "amount.partly_credited": ("{amount} due on {day}", "{amount} à régler au plus tard le {day}"),
    "amount.overdue": ("{amount} was due on {day}", "{amount} était à régler le {day}"),
    "amount.paid": ("{amount} paid", "{amount} réglés"),
    "amount.void": ("{amount} cancelled", "{amount} annulés"),
    "amount.credited": ("{amount} credited", "{amount} crédités"),
    "lines": ("What this invoice is for", "Objet de la facture"),
    "description": ("Description", "Désignation"),
    "quantity": ("Seats", "Sièges"),
    "unit_price": ("Price per year", "Prix annuel"),
    "tax_rate": ("VAT", "TVA"),
    "net": ("Amount", "Montant"),
    "line.signing": ("Seats for the annual term", "Sièges pour la période annuelle"),
    "line.addition": (
        "Additional seats to the end of the term",
        "Sièges supplémentaires jusqu’à la fin de la période",
    ),
    "line.renewal": (
        "Seats for the renewed annual term",
        "Sièges pour la période annuelle renouvelée",
    ),
    "arithmetic.seat": (
        "{quantity} seat × {unit_price} × {months}/12 months",
        "{quantity} siège × {unit_price} × {months}/12 mois",
    ),
    "arithmetic.seats": (
        "{quantity} seats × {unit_price} × {months}/12 months",
        "{quantity} sièges × {unit_price} × {months}/12 mois",
    ),
    "credited.seats": (
        "What was left of line {position} of {number}",
        "Solde de la ligne {position} de la facture {number}",
    ),
    "credited.amount": (
        "An amount of line {position} of {number}",
        "Montant sur la ligne {position} de la facture {number}",
    ),
    "period": ("{first} – {last}", "{first} – {last}"),
    "net_total": ("Total before VAT", "Total hors taxes"),
    "tax_line": ("VAT {rate} on {net}", "TVA {rate} sur {net}"),
    "total": ("Total", "Total TTC"),
    "credited": ("Credited", "Crédité"),
    "paid": ("Paid so far", "Déjà réglé"),
    "remaining": ("Still to pay", "Reste à régler"),
    "payment": ("Payment", "Règlement"),
    "bank": ("Bank", "Banque"),
    "iban": ("IBAN", "IBAN"),
    "bic": ("BIC", "BIC"),
    "reference": ("Reference", "Référence"),
    "reverse_charge": (
        "Reverse charge: VAT to be accounted for by the recipient (Article 196 of Council"
        " Directive 2006/112/EC).",
        "Autoliquidation\u00a0: TVA due par le preneur (article 196 de la directive 2006/112/CE"
        " du Conseil).",
    ),
    "missing.seller_name": ("The seller’s legal name.", "La dénomination sociale du vendeur."),
    "missing.seller_address": ("The seller’s full address.", "L’adresse complète du vendeur."),
    "missing.seller_vat_id": ("The seller’s VAT number.", "Le numéro de TVA du vendeur."),
    "missing.buyer_name": ("The buyer’s legal name.", "La dénomination sociale de l’acheteur."),
    "missing.buyer_address": ("The buyer’s full address.", "L’adresse complète de l’acheteur."),
    "missing.buyer_vat_id": (
        "The buyer’s VAT number, which reverse charge needs.",
        "Le numéro de TVA de l’acheteur, nécessaire à l’autoliquidation.",
    ),
    "missing.tax_ground": (
        "The ground on which no VAT is charged.",
        "Le motif pour lequel la TVA n’est pas facturée.",
    ),
    "missing.late_penalties": (
        "The rate of late-payment penalties, which French law wants.",
        "Le taux des pénalités de retard.",
    ),
    "missing.recovery_costs": (
        "The fixed compensation of 40 euros for recovery costs, which French law wants.",
        "L’indemnité forfaitaire de 40 euros pour frais de recouvrement.",
    ),
    "missing.early_payment": (
        "The terms of discount for early payment, or that there is none, which French law wants.",
        "Les conditions d’escompte pour paiement anticipé, ou leur absence.",
    ),
    "page": ("Page {page} of {pages}", "Page {page} sur {pages}"),
    "unprintable": (
        "Characters shown as \N{REPLACEMENT CHARACTER} are not in this document’s typeface;"
        " the invoice’s web page shows them.",
        "Les caractères remplacés par \N{REPLACEMENT CHARACTER} manquent à la police de ce"
        " document\u00a0; la page web de la facture les affiche.",
    ),
}


def label(name: str, language: Language) -> str:
    """Return the words that `name` stands for.

    >>> label("credit_note", Language.FR)
    'Avoir'
    """
    english, french = LABELS[name]
    return {Language.EN: english, Language.FR: french}[language]
