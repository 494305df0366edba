"""Letters to the vendor."""

from app.billing.contracts.succession import Outcome
from app.billing.invoices.hand_over import HandOver, Standing
from app.billing.invoices.issuing import find_invoice
from app.billing.invoices.standings import standings
from app.billing.purchasing import find_purchase
from app.i18n.formats import count_text, money_text
from app.mail.letters import Desk, Letter, NotNeeded
from app.mail.wording.renewals import coming_after, renewal_sentence, subject_of
from app.models import OutboxMessage
from app.outbox.messages import Purpose
from app.outbox.recipients import primary_owners


def primary_owner_gone(desk: Desk) -> Letter:
    """Return that an organization has no primary owner, and how it gets one.

    Raises:
        NotNeeded: it has one by now.
    """
    if primary_owners(desk.organization_id):
        raise NotNeeded("The organization has a primary owner by now.")
    texts, named = desk.texts, {"organization": desk.organization.name}
    return Letter(
        subject=texts.gettext("%(organization)s has no primary owner") % named,
        paragraphs=(
            texts.gettext(
                "The last primary owner of %(organization)s was shut out, because the directory "
                "deactivated them. No other person has gained a right by it."
            )
            % named,
            texts.gettext("Ask the customer who shall be the owner, then run:"),
        ),
        items=(f"seatgate owner transfer --organization {desk.organization_id}",),
    )


def purchase_made(desk: Desk) -> Letter:
    """Return how many seats were bought, and for how much."""
    purchase = find_purchase(desk.organization_id, desk.subject)
    invoice = find_invoice(desk.organization_id, purchase.invoice_id)
    texts = desk.texts
    given = {
        "organization": desk.organization.name,
        "count": count_text(purchase.quantity, desk.language),
        "after": count_text(purchase.purchased_after, desk.language),
        "number": invoice.number,
        "total": money_text(invoice.total_minor, invoice.currency, desk.language),
    }
    bought = texts.ngettext(
        "%(organization)s bought %(count)s seat",
        "%(organization)s bought %(count)s seats",
        purchase.quantity,
    )
    has = texts.gettext(
        "%(organization)s now has %(after)s seats. Invoice %(number)s is issued: %(total)s."
    )
    return Letter(subject=bought % given, paragraphs=(has % given,))


def customer_renewal(desk: Desk) -> Letter:
    """Return what becomes of a customer's contract when its term is over.

    Raises:
        NotNeeded: the term is over, or another contract takes over.
    """
    coming = coming_after(desk)
    subject, organization = subject_of(desk, coming), f"--organization {desk.organization_id}"
    if coming.outcome is Outcome.RENEWED:
        return Letter(subject=subject, paragraphs=(renewal_sentence(desk, coming),))
    verb = "sign" if coming.contract.renewal_ended_at is None else "resume"
    return Letter(
        subject=subject,
        paragraphs=(desk.texts.gettext("The contract does not renew. If it is to go on, run:"),),
        items=(f"seatgate contract {verb} {organization}",),
    )


def mail_failed(desk: Desk) -> Letter:
    """Return who got no mail, about what, and why.

    Raises:
        NotNeeded: the message is forgotten by now.
    """
    failed = OutboxMessage.find(desk.organization_id, OutboxMessage.id == desk.facts["message_id"])
    if failed is None:
        raise NotNeeded("The message is forgotten by now.")
    texts = desk.texts
    given = {
        "organization": desk.organization.name,
        "recipient": failed.owner_id or failed.address,
        "purpose": failed.purpose,
        "reason": failed.last_error,
    }
    return Letter(
        subject=texts.gettext("Mail to %(organization)s failed") % given,
        paragraphs=(
            texts.gettext("A mail to %(recipient)s (%(purpose)s) was given up: %(reason)s") % given,
            texts.gettext("See what failed, and correct the address:"),
        ),
        items=tuple(_repair(failed)),
    )


def hand_over_failed(desk: Desk) -> Letter:
    """Return which invoice is not handed over to the platform, and why.

    Raises:
        NotNeeded: it was handed over since, or the message is forgotten by now.
    """
    failed = OutboxMessage.find(desk.organization_id, OutboxMessage.id == desk.facts["message_id"])
    standing = standings(desk.organization_id, [desk.subject]).get(desk.subject)
    if failed is None or standing is None or not _stays_here(failed, standing):
        raise NotNeeded("It was handed over since.")
    texts, row = desk.texts, find_invoice(desk.organization_id, desk.subject)
    given = {"number": row.number, "reason": failed.last_error}
    return Letter(
        subject=texts.gettext("Invoice %(number)s is not handed over") % given,
        paragraphs=(
            texts.gettext("The platform has not got what concerns %(number)s: %(reason)s") % given,
            texts.gettext("See where it stands, and hand it over again once that is put right:"),
        ),
        items=(
            f"seatgate invoice show {row.number} --organization {desk.organization_id}",
            f"seatgate invoice hand-over {row.number} --organization {desk.organization_id}",
        ),
    )


def _stays_here(failed: OutboxMessage, standing: Standing) -> bool:
    """Return whether what failed is still to be done; a collection is not tried again."""
    collected = failed.purpose == Purpose.COLLECTED.value
    return collected or standing.state is HandOver.TO_HAND_OVER


def _repair(failed: OutboxMessage) -> list[str]:
    organization = f"--organization {failed.organization_id}"
    commands = [f"seatgate mail list {organization} --state failed"]
    if failed.purpose in {Purpose.INVOICE, Purpose.INVOICE_OVERDUE}:
        commands.append(f"seatgate invoice send {failed.subject} {organization}")
    return commands
