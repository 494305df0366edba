"""What the audit trail says, in words: what happened, and the names of the facts that changed."""

from app.web.console.words import gettext, gettext_noop

#: By the kind of the event.
HAPPENED = {
    "user.created": gettext_noop("A person was created"),
    "user.replaced": gettext_noop("A person was replaced by the directory"),
    "user.patched": gettext_noop("A person was changed by the directory"),
    "user.deleted": gettext_noop("A person was deleted"),
    "user.seated": gettext_noop("A person on the waiting list got a seat"),
    "user.claimed": gettext_noop("The directory took over a person who had signed in"),
    "user.adopted": gettext_noop("The directory took over a person who was there"),
    "user.took_over": gettext_noop("A person took over a former user's place"),
    "group.created": gettext_noop("A group was created"),
    "group.replaced": gettext_noop("A group was replaced"),
    "group.patched": gettext_noop("A group was changed"),
    "group.deleted": gettext_noop("A group was deleted"),
    "seat.released": gettext_noop("A seat was taken back"),
    "seat.reassigned": gettext_noop("A seat was given to another person"),
    "denial.dismissed": gettext_noop("A refused person was dismissed"),
    "waiting.dismissed": gettext_noop("A waiting person was dismissed"),
    "identity.matched": gettext_noop("A login was matched with a person"),
    "identity.mismatched": gettext_noop("A login contradicted the directory"),
    "identity.mismatch_resolved": gettext_noop(
        "A contradiction between login and directory was resolved"
    ),
    "person.erased": gettext_noop("A person was erased"),
    "contract.signed": gettext_noop("A contract was signed"),
    "contract.took_over": gettext_noop("The contract signed ahead took over"),
    "contract.renewed": gettext_noop("The contract was renewed"),
    "contract.ended": gettext_noop("The contract ended"),
    "contract.cancelled": gettext_noop("A contract signed ahead was cancelled"),
    "contract.invoiced": gettext_noop("A term was invoiced"),
    "contract.references_set": gettext_noop("The references of the contract were changed"),
    "contract.renewal_ended": gettext_noop("The renewal was stopped"),
    "contract.renewal_resumed": gettext_noop("The renewal was resumed"),
    "contract.renewal_price_set": gettext_noop("The price of the renewal was changed"),
    "quote.created": gettext_noop("A quote was made"),
    "seat_request.made": gettext_noop("Seats were asked for"),
    "seat_request.bought": gettext_noop("Seats that were asked for were bought"),
    "seat_request.declined": gettext_noop("A request for seats was declined"),
    "purchase.confirmed": gettext_noop("Seats were bought"),
    "invoice.credited": gettext_noop("An invoice was credited"),
    "invoice.replaced": gettext_noop("An invoice was replaced"),
    "invoice.sent": gettext_noop("An invoice was mailed once more"),
    "invoice.original_made": gettext_noop("The original of an invoice was made"),
    "invoice.to_hand_over": gettext_noop("An invoice is to be handed over to the platform"),
    "invoice.handed_over": gettext_noop("An invoice was handed over to the platform"),
    "invoice.hand_over_failed": gettext_noop("An invoice could not be handed over"),
    "invoice.deposited": gettext_noop("The platform took an invoice"),
    "invoice.rejected": gettext_noop("The platform rejected an invoice"),
    "invoice.refused": gettext_noop("The buyer refused an invoice"),
    "invoice.collected": gettext_noop("The platform was notified of a payment"),
    "payment.recorded": gettext_noop("A payment was recorded"),
    "payment.reversed": gettext_noop("A payment was reversed"),
    "refund.recorded": gettext_noop("A refund was recorded"),
    "refund.reversed": gettext_noop("A refund was reversed"),
    "owner.added": gettext_noop("An owner was added"),
    "owner.changed": gettext_noop("An owner was changed"),
    "owner.removed": gettext_noop("An owner was removed"),
    "owner.invited": gettext_noop("An owner was invited"),
    "owner.shut_out": gettext_noop("An owner was shut out, because the directory deactivated them"),
    "ownership.offered": gettext_noop("The ownership was offered to another person"),
    "ownership.withdrawn": gettext_noop("The offer of the ownership was withdrawn"),
    "ownership.accepted": gettext_noop("The ownership was handed over"),
    "ownership.vacant": gettext_noop("The last primary owner is gone"),
    "session.begun": gettext_noop("An owner signed in"),
    "session.ended": gettext_noop("A session ended"),
    "link.made": gettext_noop("A sign-in link was made"),
    "login.bound": gettext_noop("A login was bound to an owner"),
    "openid.set": gettext_noop("The organization's sign-in was set up"),
    "openid.removed": gettext_noop("The organization's sign-in was removed"),
    "token.issued": gettext_noop("A token was made"),
    "token.rotated": gettext_noop("A token was rotated"),
    "token.revoked": gettext_noop("A token was revoked"),
    "organization.created": gettext_noop("The organization was created"),
    "organization.changed": gettext_noop("Settings were changed"),
    "organization.vat_checked": gettext_noop("The VAT number was checked"),
    "organization.suspended": gettext_noop("The organization was suspended"),
    "organization.resumed": gettext_noop("The suspension was lifted"),
    "extension.registered": gettext_noop("Further attributes were registered"),
    "extension.removed": gettext_noop("Further attributes were removed"),
    "mail.failed": gettext_noop("A mail could not be delivered"),
}

#: What narrows the trail, by the first word of the kinds.
SUBJECTS = {
    "people": (
        gettext_noop("People and seats"),
        {"user", "group", "seat", "denial", "waiting", "identity", "person"},
    ),
    "money": (
        gettext_noop("Contract, purchases and invoices"),
        {"contract", "quote", "seat_request", "purchase", "invoice", "payment", "refund"},
    ),
    "access": (
        gettext_noop("Owners, sign-in and tokens"),
        {"owner", "ownership", "session", "link", "login", "openid", "token"},
    ),
    "settings": (gettext_noop("Settings and mail"), {"organization", "extension", "mail"}),
}

#: By the fact's key; the others are read as they are spelt.
_FACTS = {
    "active": gettext_noop("active"),
    "inactive_because": gettext_noop("why inactive"),
    "attributes": gettext_noop("attributes"),
    "seats": gettext_noop("seats"),
    "starts_on": gettext_noop("starts on"),
    "unit_price_minor": gettext_noop("price of a seat, in cents"),
    "currency": gettext_noop("currency"),
    "auto_renew": gettext_noop("renews by itself"),
    "state": gettext_noop("state"),
    "role": gettext_noop("role"),
    "provider": gettext_noop("identity provider"),
    "expires_at": gettext_noop("expires"),
    "quantity": gettext_noop("quantity"),
    "purchased": gettext_noop("seats in all"),
    "term_number": gettext_noop("term"),
    "invoice_id": gettext_noop("invoice"),
    "successor": gettext_noop("new token"),
    "purpose": gettext_noop("purpose"),
    "by": gettext_noop("by way of"),
    "user_id": gettext_noop("person"),
    "reason": gettext_noop("reason"),
    "version": gettext_noop("version"),
    "total_minor": gettext_noop("total, in cents"),
    "notices": gettext_noop("notices by mail"),
    "when_full": gettext_noop("when seats are full"),
}


def happened(kind: str) -> str:
    """Return what happened, in the reader's language."""
    return gettext(HAPPENED[kind]) if kind in HAPPENED else kind.replace(".", " ").replace("_", " ")


def fact_name(key: str) -> str:
    """Return what a fact is called."""
    return gettext(_FACTS[key]) if key in _FACTS else key.replace("_", " ")


def fact_text(value: object) -> str:
    """Return the value of a fact."""
    match value:
        case None | "":
            return "–"
        case bool():
            return gettext("yes") if value else gettext("no")
        case list() | tuple():
            return ", ".join(map(str, value)) or "–"
        case dict():
            return ", ".join(
                f"{fact_name(str(key))}: {fact_text(each)}" for key, each in value.items()
            )
    return str(value)


def kinds_of(subject: str) -> list[str] | None:
    """Return the kinds of a subject; None is all of them."""
    if subject not in SUBJECTS:
        return None
    return [kind for kind in HAPPENED if kind.partition(".")[0] in SUBJECTS[subject][1]]
