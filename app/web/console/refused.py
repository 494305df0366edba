"""Refused: who could not get in, since when, how often, and what to do about it."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing.overview import overview_of
from app.exchanges.wording import provider_text
from app.models import Want
from app.seats import refusals
from app.seats.wants import RefusalReason
from app.web.console.lists import SHEET, seen_last, sheet_of, time_zone_of
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, gettext_noop, language

#: Why a person was refused, where it was not for want of a seat.
REASONS = {
    RefusalReason.SUSPENDED.value: gettext_noop("the organization is suspended"),
    RefusalReason.ENDED.value: gettext_noop("the contract has ended"),
    RefusalReason.NOT_STARTED.value: gettext_noop("the contract has not started"),
}


@blueprint.get("/<organization_id>/refused")
@page(Permission.READ_PEOPLE)
def show_refused(context: Context) -> Response:
    """List who is refused now, newest first."""
    rows = refusals.refusals_of(
        context.organization_id, state="open", after=seen_last("dnl"), limit=SHEET + 1
    )
    sheet = sheet_of(rows, "console.show_refused", lambda row: str(row.id))
    return render(
        "refused.html",
        sheet=sheet,
        overview=overview_of(context),
        reasons=REASONS,
        asked_by=asked_by,
        steps=sorted({want.provider or "" for want in sheet.rows}),
        provider_of=lambda provider: provider_text(provider or None, language()),
        dismisses=context.may(Permission.MANAGE_SEATS),
        time_zone=time_zone_of(context),
    )


def asked_by(want: Want) -> str:
    """Return who asked for a person's seat: an identity provider, or a login."""
    provider = provider_text(want.provider, language())
    if want.source != "sso":
        return provider
    return (
        gettext("%(provider)s, at a login", provider=provider)
        if want.provider
        else gettext("a login")
    )
