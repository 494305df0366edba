"""The menu: the pages that a role may open, in the order of the work."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request

from app.access.context import Context
from app.access.principal import Permission
from app.web.console.addresses import href, public_path
from app.web.console.visits import visit_or_none
from app.web.console.words import gettext, gettext_noop


@dataclass(frozen=True)
class Entry:
    """A page of the menu: its text, its view, and what it takes to open it.

    `also` are the folders of other pages that belong to it.
    """

    text: str
    endpoint: str
    permissions: tuple[Permission, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry as it stands on a page; `current` is the page itself or one below it."""

    text: str
    address: str
    current: bool


_SEATS = (Permission.READ_SEATS,)
_PEOPLE = (Permission.READ_PEOPLE,)
_BILLING = (Permission.READ_BILLING,)

#: Two groups. An entry shows once its view is there.
MENU: tuple[tuple[Entry, ...], ...] = (
    (
        Entry(gettext_noop("Home"), "console.show_home"),
        Entry(gettext_noop("Seats"), "console.show_seats", _SEATS, ("quotes", "purchases")),
        Entry(gettext_noop("Members"), "console.show_members", _PEOPLE),
        Entry(gettext_noop("Invoices"), "console.show_invoices", _BILLING),
        Entry(gettext_noop("Contract and renewal"), "console.show_contract", _BILLING),
        Entry(gettext_noop("Connect directory"), "console.show_connect", (Permission.CONNECT,)),
        Entry(gettext_noop("Before you switch it on"), "console.show_preflight", _PEOPLE),
        Entry(gettext_noop("Settings"), "console.show_settings", (Permission.READ_SETTINGS,)),
    ),
    (
        Entry(gettext_noop("Refused"), "console.show_refused", _PEOPLE),
        Entry(gettext_noop("Waiting list"), "console.show_waiting", _PEOPLE),
        Entry(gettext_noop("Requests"), "console.show_requests", _PEOPLE, ("why",)),
        Entry(gettext_noop("Audit trail"), "console.show_audit_trail", (Permission.READ_SETTINGS,)),
        Entry(gettext_noop("Tokens"), "console.show_tokens", (Permission.MANAGE_TOKENS,)),
        Entry(gettext_noop("Owners"), "console.show_owners", (Permission.MANAGE_OWNERS,)),
        Entry(gettext_noop("Mail to you"), "console.show_own_mail", _BILLING),
    ),
)


def menu() -> list[list[Link]]:
    """Return the groups of the menu for a person who is signed in; nothing for others."""
    visit = visit_or_none()
    if visit is None:
        return []
    return [list(_links(group, visit.context)) for group in MENU]


def _links(group: tuple[Entry, ...], context: Context) -> Iterator[Link]:
    for entry in group:
        there = entry.endpoint in current_app.view_functions
        allowed = all(context.may(each) for each in entry.permissions)
        if there and allowed:
            address = href(entry.endpoint, organization_id=context.organization_id)
            yield Link(gettext(entry.text), address, _is_current(entry, address))


def _is_current(entry: Entry, address: str) -> bool:
    here = public_path(request.path)
    if here == address:
        return True
    console = address.rpartition("/")[0]
    folders = [f"{console}/{name}/" for name in entry.also]
    if entry.endpoint != "console.show_home":
        folders.append(f"{address}/")
    return here.startswith(tuple(folders))
