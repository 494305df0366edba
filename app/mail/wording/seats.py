"""Letters about seats: people refused, seats that run low, seats asked for."""

from app.billing.seat_request_lookups import RequestState, find_request, state_of
from app.i18n.formats import count_text
from app.mail.letters import Action, Desk, Letter, NotNeeded
from app.mail.wording.notices import notices_sentence
from app.models import Alert, Want
from app.seats import pools
from app.seats.refusals import is_refused
from app.seats.rules import SeatCounts
from app.seats.watching.thresholds import AlertKind

#: How many people a letter names.
NAMES_MAX = 20


def people_refused(desk: Desk) -> Letter:
    """Return who was refused since the notice before, and still is.

    Raises:
        NotNeeded: all of them got a seat or left since.
    """
    noticed = (
        Want.belongs_to(desk.organization_id)
        & (Want.notice_id == desk.facts["notice_id"])
        & is_refused()
    )
    refused = list(Want.select().where(noticed).order_by(Want.sequence).limit(NAMES_MAX))
    if not refused:
        raise NotNeeded("Those people have got a seat or left since.")
    count = Want.select().where(noticed).count()
    texts = desk.texts
    subject = texts.ngettext(
        "%(count)s person could not get in for want of a seat",
        "%(count)s people could not get in for want of a seat",
        count,
    )
    return Letter(
        subject=subject % {"count": count_text(count, desk.language)},
        paragraphs=(
            _in_use(desk, pools.counts_of(desk.organization_id)),
            texts.gettext("These people were refused and have no seat yet:"),
        ),
        items=(*(_refusal(desk, want) for want in refused), *_others(desk, count)),
        action=Action(texts.gettext("Add seats"), desk.console("seats")),
        afterwards=(
            texts.gettext("You get at most one mail a day about people who are new."),
            notices_sentence(desk),
        ),
    )


def seats_low(desk: Desk) -> Letter:
    """Return how few seats are left.

    Raises:
        NotNeeded: there are enough by now, or another letter says that there are even fewer.
    """
    alert = Alert.get_or_none(
        Alert.belongs_to(desk.organization_id) & (Alert.id == desk.facts["alert_id"])
    )
    if alert is None or alert.cleared_at is not None:
        raise NotNeeded("Seats were added or came free since.")
    if _is_outdone(alert):
        raise NotNeeded("Another mail says that there are even fewer seats.")
    counts = pools.counts_of(desk.organization_id)
    return Letter(
        subject=_left(desk, counts.available),
        paragraphs=(
            _in_use(desk, counts),
            desk.texts.gettext("When no seat is free, no new person can be provisioned or log in."),
        ),
        action=Action(desk.texts.gettext("See the seats"), desk.console("seats")),
        afterwards=(
            desk.texts.gettext(
                "You get this once, until there are more seats again. When it is sent is set in "
                "the console, under Settings."
            ),
            notices_sentence(desk),
        ),
    )


def seats_requested(desk: Desk) -> Letter:
    """Return who asks for seats, and why.

    Raises:
        NotNeeded: the request was answered or has expired.
    """
    request = find_request(desk.organization_id, str(desk.facts["request_id"]))
    if state_of(request, at=desk.at) is not RequestState.OPEN:
        raise NotNeeded("The request was answered or has expired.")
    texts, quantity = desk.texts, request.quantity
    who = desk.name_of(request.asked_by) or texts.gettext("A person")
    subject = texts.ngettext(
        "%(name)s asks for %(count)s seat", "%(name)s asks for %(count)s seats", quantity
    )
    named = {"name": who, "count": count_text(quantity, desk.language)}
    because = texts.gettext("The reason: %(reason)s") % {"reason": request.reason}
    return Letter(
        subject=subject % named,
        paragraphs=(
            _in_use(desk, pools.counts_of(desk.organization_id)),
            *((because,) if request.reason else ()),
        ),
        action=Action(
            texts.gettext("Look at the request"), desk.console(f"seats/requests/{request.id}")
        ),
        afterwards=(
            texts.gettext("The request is open until %(moment)s.")
            % {"moment": desk.moment(request.expires_at)},
        ),
    )


def _in_use(desk: Desk, counts: SeatCounts) -> str:
    text = desk.texts.ngettext(
        "%(organization)s has %(in_use)s of %(purchased)s seat in use.",
        "%(organization)s has %(in_use)s of %(purchased)s seats in use.",
        counts.purchased,
    )
    return text % {
        "organization": desk.organization.name,
        "in_use": count_text(counts.in_use, desk.language),
        "purchased": count_text(counts.purchased, desk.language),
    }


def _refusal(desk: Desk, want: Want) -> str:
    return desk.texts.gettext("%(name)s, %(moment)s") % {
        "name": want.user_name,
        "moment": desk.moment(want.refused_at),
    }


def _others(desk: Desk, count: int) -> tuple[str, ...]:
    others = count - NAMES_MAX
    if others <= 0:
        return ()
    text = desk.texts.ngettext("and %(count)s more", "and %(count)s more", others)
    return (text % {"count": count_text(others, desk.language)},)


def _left(desk: Desk, available: int) -> str:
    if available <= 0:
        text = desk.texts.gettext("%(organization)s has no free seat left")
    else:
        text = desk.texts.ngettext(
            "%(organization)s has %(count)s free seat left",
            "%(organization)s has %(count)s free seats left",
            available,
        )
    count = count_text(available, desk.language)
    return text % {"organization": desk.organization.name, "count": count}


def _is_outdone(alert: Alert) -> bool:
    """Return whether an alert of fewer seats is raised as well."""
    other = Alert.select().where(
        Alert.belongs_to(alert.organization_id)
        & (Alert.id != alert.id)
        & Alert.cleared_at.is_null()
        & (Alert.kind != AlertKind.DENIED.value)
        & (Alert.threshold < alert.threshold)
    )
    return other.exists()
