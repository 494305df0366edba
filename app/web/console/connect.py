"""Connect directory: a guide for each, its token made on the spot, whether it was heard from."""

import secrets
from dataclasses import replace

from flask import Response

from app.access import tokens
from app.access.context import Context, KeptAnswer, Key
from app.access.idempotency import Replayed
from app.access.principal import Permission, Role
from app.access.tokens import TokenRequest
from app.errors import NotFound
from app.exchanges.records import contacts_of
from app.exchanges.wording import provider_text
from app.web.console.addresses import go
from app.web.console.connect_contacts import Contact, contact_of
from app.web.console.connect_invitations import invitation_page, invite
from app.web.console.forms import written
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, language
from app.web.context import SCIM_PREFIX, public_url
from app.web.guides import guide

_ONCE_LENGTH_MAX = 64

#: The directories that have a guide of their own, as tokens name them.
PROVIDERS = ("okta", "entra", "google")
OTHER = "other"


@blueprint.get("/<organization_id>/connect")
@page(Permission.CONNECT)
def show_connect(context: Context) -> Response:
    """Show which directories there are guides for, and which were heard from."""
    return invitation_page(context, _front(context))


@blueprint.post("/<organization_id>/connect")
@page(Permission.CONNECT, Permission.MANAGE_OWNERS)
def send_invitation(context: Context) -> Response:
    """Send an administrator a link to these pages."""
    problems, sentence = invite(context)
    if problems:
        return invitation_page(context, _front(context), problems)
    leave_note(sentence)
    return go("console.show_connect")


@blueprint.get("/<organization_id>/connect/<name>")
@page(Permission.CONNECT)
def show_guide(context: Context, name: str) -> Response:
    """Show how one directory is connected."""
    return _guide_page(context, name)


@blueprint.post("/<organization_id>/connect/<name>")
@page(Permission.CONNECT, Permission.MANAGE_TOKENS)
def make_directory_token(context: Context, name: str) -> Response:
    """Make the directory's token, and show it this once: a form that is sent again makes none."""
    _check_name(name)
    once = written("once")[:_ONCE_LENGTH_MAX] or secrets.token_urlsafe(16)
    wanted = TokenRequest(Role.SCIM, _name_of(name), name)
    key = Key(f"console.make_directory_token {name}", once, [name], lambda _: KeptAnswer(201, {}))
    try:
        issued = tokens.issue_token(replace(context, key=key), wanted)
    except Replayed:
        leave_note(
            gettext("This form made its token already, which is not shown again. Make another."),
            "warning",
        )
        return go("console.show_guide", name=name)
    return _guide_page(context, name, issued.secret)


def _guide_page(context: Context, name: str, secret: str | None = None) -> Response:
    _check_name(name)
    scim_url = public_url() + SCIM_PREFIX
    return render(
        "connect_guide.html",
        guide=guide(name, language(), scim_url),
        scim_url=scim_url,
        name=_name_of(name),
        contacts=[each for each in _contacts(context) if _is_about(each, name)],
        secret=secret,
        once=secrets.token_urlsafe(16),
    )


def _front(context: Context) -> dict[str, object]:
    """Return what the first page shows."""
    return {
        "guides": [(name, _name_of(name)) for name in (*PROVIDERS, OTHER)],
        "logins": guide("logins", language(), public_url() + SCIM_PREFIX),
        "contacts": _contacts(context),
    }


def _contacts(context: Context) -> list[Contact]:
    return [contact_of(row) for row in contacts_of(context.organization_id)]


def _is_about(contact: Contact, name: str) -> bool:
    provider = contact.row.provider
    return provider == name or (name == OTHER and provider not in PROVIDERS)


def _name_of(name: str) -> str:
    if name == OTHER:
        return gettext("Another directory")
    return provider_text(name, language())


def _check_name(name: str) -> None:
    """Raise `NotFound` where there is no guide of the name."""
    if name not in (*PROVIDERS, OTHER):
        raise NotFound("There is no such guide.")
