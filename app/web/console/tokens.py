"""Tokens: what programs sign in with. A secret is shown once, on the page that answers its making.

Whoever reloads that page gets no second token: the form carries a key under which it happens once.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus

from flask import Response, request

from app.access import rotation, tokens
from app.access.context import Context, KeptAnswer, Key
from app.access.idempotency import Replayed
from app.access.principal import ISSUABLE, Permission, Role
from app.access.rotation import has_ended
from app.access.tokens import IssuedToken, TokenRequest
from app.errors import InvalidInput, NotFound
from app.exchanges.wording import provider_text
from app.models import Token
from app.text import line_of_text
from app.web.console.addresses import go
from app.web.console.forms import FORM_SEAL, Problems, written
from app.web.console.lists import time_zone_of
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, gettext_noop, language
from app.web.context import SCIM_PREFIX, public_url
from scim.quirks import PROVIDERS

_UNPROCESSABLE = 422

#: What a token may do, by its role.
ROLES = {
    Role.SCIM.value: gettext_noop("Directory (SCIM)"),
    Role.SSO.value: gettext_noop("Login (SSO)"),
    Role.PRIMARY_OWNER.value: gettext_noop("Primary owner"),
    Role.OWNER.value: gettext_noop("Owner"),
    Role.BILLING.value: gettext_noop("Billing"),
    Role.IT.value: gettext_noop("IT administrator"),
}

#: How long a rotated token goes on working, in hours.
OVERLAPS = {
    "0": gettext_noop("Not at all: it ends at once"),
    "1": gettext_noop("One hour"),
    "24": gettext_noop("One day"),
    "168": gettext_noop("One week"),
    "720": gettext_noop("30 days"),
}


@blueprint.get("/<organization_id>/tokens")
@page(Permission.MANAGE_TOKENS)
def show_tokens(context: Context) -> Response:
    """List the tokens that the caller may manage."""
    listed = tokens.tokens_of(context)
    return render(
        "tokens.html",
        tokens=[each for each in reversed(listed) if not has_ended(each, at=context.at)],
        ended=[each for each in reversed(listed) if has_ended(each, at=context.at)],
        roles=ROLES,
        provider_of=lambda provider: provider_text(provider, language()),
        time_zone=time_zone_of(context),
    )


@blueprint.get("/<organization_id>/tokens/new")
@page(Permission.MANAGE_TOKENS)
def show_new_token(context: Context) -> Response:
    """Ask what a new token shall be."""
    return _form(context)


@blueprint.post("/<organization_id>/tokens/new")
@page(Permission.MANAGE_TOKENS)
def make_token(context: Context) -> Response:
    """Make a token, and show its secret."""
    problems = Problems()
    wanted = _wanted(context, problems)
    if problems:
        return _form(context, problems)
    return _made(context, lambda keyed: tokens.issue_token(keyed, wanted))


@blueprint.get("/<organization_id>/tokens/<token_id>/rotation")
@page(Permission.MANAGE_TOKENS)
def show_rotation(context: Context, token_id: str) -> Response:
    """Ask for how long a token goes on working beside its successor."""
    return _about(context, token_id, "token_rotation.html", overlaps=OVERLAPS)


@blueprint.post("/<organization_id>/tokens/<token_id>/rotation")
@page(Permission.MANAGE_TOKENS)
def rotate_token(context: Context, token_id: str) -> Response:
    """Make a token's successor, and show its secret."""
    _find(context, token_id)
    hours = written("overlap")
    if hours not in OVERLAPS:
        problems = Problems({"overlap": gettext("Choose how long it goes on working.")})
        return _about(context, token_id, "token_rotation.html", problems, overlaps=OVERLAPS)
    overlap = timedelta(hours=int(hours))
    try:
        return _made(context, lambda keyed: rotation.rotate_token(keyed, token_id, overlap))
    except InvalidInput:
        return _over()


@blueprint.get("/<organization_id>/tokens/<token_id>/revocation")
@page(Permission.MANAGE_TOKENS)
def show_revocation(context: Context, token_id: str) -> Response:
    """Show what it means to revoke a token."""
    return _about(context, token_id, "token_revocation.html")


@blueprint.post("/<organization_id>/tokens/<token_id>/revocation")
@page(Permission.MANAGE_TOKENS)
def revoke_token(context: Context, token_id: str) -> Response:
    """Revoke a token, at once."""
    _find(context, token_id)
    tokens.revoke_token(context, token_id)
    leave_note(gettext("The token is revoked. It works no more."))
    return go("console.show_tokens")


def _made(context: Context, make: Callable[[Context], IssuedToken]) -> Response:
    """Make a token once for a form, and show its secret; a form that comes again shows none."""
    try:
        issued = make(replace(context, key=_key()))
    except Replayed:
        sentence = gettext("This token was made already. Its secret was shown once.")
        leave_note(sentence, "warning")
        return go("console.show_tokens")
    return render(
        "token_made.html",
        issued=issued,
        roles=ROLES,
        base_url=f"{public_url()}{SCIM_PREFIX}" if issued.token.role == Role.SCIM else None,
        time_zone=time_zone_of(context),
    )


def _key() -> Key:
    """Return the key of a form: what was entered into it, each time that it was shown."""
    entered = {name: text for name, text in request.form.items() if name != FORM_SEAL}
    digest = hashlib.sha256(json.dumps(entered, sort_keys=True).encode()).hexdigest()
    return Key(
        request.path,
        digest,
        None,
        lambda issued: KeptAnswer(HTTPStatus.CREATED, {"id": issued.token.id}),
    )


def _wanted(context: Context, problems: Problems) -> TokenRequest:
    """Return what was entered, and note what is wrong with it."""
    role, provider = written("role"), written("provider") or None
    if role not in _roles_for(context):
        problems.add("role", gettext("Choose what the token is for."))
        role = Role.SCIM.value
    if provider is not None and provider not in PROVIDERS:
        problems.add("provider", gettext("Choose one of the list."))
    return TokenRequest(Role(role), _label(problems), provider, _end(context, problems))


def _label(problems: Problems) -> str | None:
    try:
        return line_of_text("label", written("label")) or None
    except InvalidInput:
        problems.add("label", gettext("Enter one line of text, of at most 200 characters."))
        return None


def _end(context: Context, problems: Problems) -> datetime | None:
    """Return the instant at which the last day is over, in UTC, or None where none was entered."""
    given = written("last_on")
    if not given:
        return None
    try:
        last_on = date.fromisoformat(given)
        end = datetime.combine(last_on + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        problems.add("last_on", gettext("Enter a day, such as 2027-03-31."))
        return None
    if end <= context.at:
        problems.add("last_on", gettext("Enter a day that lies ahead."))
    return end


def _roles_for(context: Context) -> dict[str, str]:
    return {role.value: ROLES[role.value] for role in ISSUABLE if context.may_give(role)}


def _form(context: Context, problems: Problems | None = None) -> Response:
    return render(
        "token_new.html",
        _UNPROCESSABLE if problems else 200,
        roles=_roles_for(context),
        providers=[name for name in PROVIDERS if name != "other"],
        provider_of=lambda provider: provider_text(provider, language()),
        entered=request.form,
        once=secrets.token_hex(16),
        problems=problems or Problems(),
    )


def _about(
    context: Context,
    token_id: str,
    template: str,
    problems: Problems | None = None,
    **values: object,
) -> Response:
    """Return a page about one token; one that has ended leads back to the list."""
    token = _find(context, token_id)
    if has_ended(token, at=context.at):
        return _over()
    return render(
        template,
        _UNPROCESSABLE if problems else 200,
        token=token,
        own=context.actor == f"token:{token_id}",
        once=secrets.token_hex(16),
        problems=problems or Problems(),
        **values,
    )


def _over() -> Response:
    leave_note(gettext("This token works no more already."), "warning")
    return go("console.show_tokens")


def _find(context: Context, token_id: str) -> Token:
    """Return a token that the caller may manage; another's is not there."""
    token = next((each for each in tokens.tokens_of(context) if each.id == token_id), None)
    if token is None:
        raise NotFound(f"There is no token {token_id}.")
    return token
