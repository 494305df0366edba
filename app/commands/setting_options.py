"""The options of commands that change settings and particulars, from their tables."""

from collections.abc import Callable, Iterable
from functools import wraps

import click

from app.organizations.kinds import Choice, Flag, Kind, Line, Percentage, Several
from app.organizations.parties import PartyMember
from app.organizations.setting import Setting

Command = Callable[..., None]


def takes_settings(settings: Iterable[Setting]) -> Callable[[Command], Command]:
    """Give a command an option for each setting; it is None where it is not given."""

    def decorate(command: Command) -> Command:
        for setting in reversed(list(settings)):
            command = _option(setting)(command)
        return command

    return decorate


def takes_party(members: Iterable[PartyMember]) -> Callable[[Command], Command]:
    """Give a command an option for each particular; it gets those that were given as `party`."""
    members = list(members)

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**options: object) -> None:
            given = {member.name: options.pop(member.name) for member in members}
            party = {name: value for name, value in given.items() if value not in (None, ())}
            command(**options, party=party)

        for member in reversed(members):
            _particular(member)(run)
        return run

    return decorate


def _particular(member: PartyMember) -> Callable[[Command], Command]:
    flag = _flag(member.name)
    if not member.several:
        return click.option(flag, member.name, help=member.description)
    about = f"{member.description} Give the option once for each."
    return click.option(flag.removesuffix("s"), member.name, multiple=True, help=about)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _option(setting: Setting) -> Callable[[Command], Command]:
    name, kind = setting.name, setting.kind
    flag = _flag(name)
    about = " ".join(filter(None, (setting.description, kind.hint)))
    match kind:
        case Flag():
            no = flag.replace("--", "--no-", 1)
            return click.option(f"{flag}/{no}", name, default=None, help=about)
        case Choice():
            return click.option(flag, name, type=click.Choice(kind.options), help=about)
        case Several():
            how = f'{about} Give the option once for each; "" alone takes all away.'
            one = flag.removesuffix("s")
            return click.option(one, name, multiple=True, callback=_list_of(kind), help=how)
        case _:
            return click.option(flag, name, metavar=_metavar(kind), help=about)


def _metavar(kind: Kind) -> str | None:
    match kind:
        case Percentage():
            return "PERCENT"
        case Line(metavar=metavar):
            return metavar
    return None


def _list_of(kind: Several) -> Callable[..., list[object] | None]:
    """Return what reads an option that is given once for each value of a list."""

    def read(
        _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
    ) -> list[object] | None:
        if not given:
            return None
        return [] if given == ("",) else [_entry(text, numbers=kind.numbers) for text in given]

    return read


def _entry(text: str, *, numbers: bool) -> object:
    """Return an entry of a list as it would stand in JSON."""
    return int(text) if numbers and text.isascii() and text.isdigit() else text
