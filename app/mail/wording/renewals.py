"""Letters about the end of a term: what renews, what it costs, and until when one may say no."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.billing.contracts.declining import decline_until
from app.billing.contracts.previews import RenewalPreview, preview_of
from app.billing.contracts.succession import Outcome, Succession, what_follows
from app.billing.terms import Term, local_day
from app.i18n.formats import count_text, day_text, money_text
from app.mail.letters import Action, Desk, Letter, NotNeeded
from app.mail.wording.notices import notices_sentence


def renewal_ahead(desk: Desk) -> Letter:
    """Return what becomes of the contract when its term is over.

    Raises:
        NotNeeded: the term is over, or another contract takes over.
    """
    coming = coming_after(desk)
    renews = coming.outcome is Outcome.RENEWED
    return Letter(
        subject=subject_of(desk, coming),
        paragraphs=tuple(_renewal(desk, coming) if renews else _end(desk, coming)),
        action=_action(desk),
        afterwards=(_who_gets_it(desk),),
    )


def coming_after(desk: Desk) -> Succession:
    """Return what follows the term that a message is about.

    Raises:
        NotNeeded: the term is over, or another contract takes over.
    """
    coming = what_follows(desk.organization_id)
    if coming is None or coming.outcome is Outcome.SUCCEEDED:
        raise NotNeeded("Another contract takes over.")
    known = (coming.contract.id, coming.pool.term_number)
    if known != (desk.subject, desk.facts["term_number"]) or coming.is_due(desk.at):
        raise NotNeeded("The term is over.")
    return coming


def subject_of(desk: Desk, coming: Succession) -> str:
    """Return what becomes of the contract, and when."""
    texts = desk.texts
    renews = texts.gettext("%(organization)s: the contract renews on %(day)s")
    ends = texts.gettext("%(organization)s: the contract ends on %(day)s")
    is_renewed = coming.outcome is Outcome.RENEWED
    return (renews if is_renewed else ends) % _given(desk, coming)


def renewal_sentence(desk: Desk, coming: Succession) -> str:
    """Return with how many seats the contract renews, and for how much where it is known here."""
    preview = preview_of(coming)
    seats = preview.would_renew_at or 0
    text = desk.texts.ngettext(
        "The contract renews on %(day)s with %(seats)s seat (in use today: %(in_use)s).",
        "The contract renews on %(day)s with %(seats)s seats (in use today: %(in_use)s).",
        seats,
    )
    given = {**_given(desk, coming), "seats": count_text(seats, desk.language)}
    return " ".join([text % given, *_price(desk, preview)])


def _renewal(desk: Desk, coming: Succession) -> Iterator[str]:
    texts, dropped = desk.texts, preview_of(coming).would_drop or 0
    yield renewal_sentence(desk, coming)
    if dropped:
        unused = texts.ngettext(
            "%(count)s unused seat will not be renewed.",
            "%(count)s unused seats will not be renewed.",
            dropped,
        )
        yield unused % {"count": count_text(dropped, desk.language)}
    yield _until_when(desk, coming)


def _until_when(desk: Desk, coming: Succession) -> str:
    contract, texts = coming.contract, desk.texts
    last = decline_until(contract, Term(contract.starts_on, coming.pool.term_number or 1))
    if last is None or last < local_day(desk.at, contract.time_zone):
        return texts.gettext("It can no longer be declined.")
    text = texts.gettext(
        "If you do not want it, decline it by %(last)s: in the console, under Contract and renewal."
    )
    return text % {"last": day_text(last, desk.language)}


def _end(desk: Desk, coming: Succession) -> Iterator[str]:
    texts, grace = desk.texts, coming.contract.grace_days
    yield texts.gettext("The contract ends on %(day)s and does not renew.") % _given(desk, coming)
    yield texts.gettext("From then on no person can be given a seat.")
    if grace:
        text = texts.ngettext(
            "Those who have one can log in for %(count)s day more.",
            "Those who have one can log in for %(count)s days more.",
            grace,
        )
        yield text % {"count": count_text(grace, desk.language)}
    yield texts.gettext("If you want to go on, ask your vendor for a new contract.")


def _price(desk: Desk, preview: RenewalPreview) -> Iterator[str]:
    if preview.net_minor is not None:
        net = money_text(preview.net_minor, preview.currency, desk.language)
        yield desk.texts.gettext("At today's use that is %(net)s before VAT.") % {"net": net}


def _given(desk: Desk, coming: Succession) -> dict[str, str]:
    return {
        "organization": desk.organization.name,
        "day": day_text(_day(coming), desk.language),
        "in_use": count_text(coming.pool.in_use, desk.language),
    }


def _day(coming: Succession) -> date:
    """Return the first day of the next term, or the last one of the contract."""
    ends = coming.outcome is Outcome.ENDED
    return coming.on - timedelta(days=1) if ends else coming.on


def _action(desk: Desk) -> Action | None:
    if desk.owner is None:
        return None
    label = desk.texts.gettext("See contract and renewal")
    return Action(label, desk.console("contract"))


def _who_gets_it(desk: Desk) -> str:
    """Say how one gets no more of these."""
    if desk.owner is not None:
        return notices_sentence(desk)
    return desk.texts.gettext(
        "You get this because your address is one for invoices of %(organization)s. An owner can "
        "change that in the console, under Settings."
    ) % {"organization": desk.organization.name}
