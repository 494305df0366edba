"""Groups whose commands are imported when they are called, so that each costs only what it needs.

A command that stands elsewhere is named by its module and its name there, with the line that the
help of its group shows. Modules import nothing inside functions for this: what a command needs
stands at the top of its module.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Elsewhere(NamedTuple):
    """Where a command stands, as `module:attribute`, and its first sentence."""

    target: str
    sentence: str

    def load(self) -> click.Command:
        """Return the command."""
        module, _, attribute = self.target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


class LazyGroup(click.Group):
    """A group of commands that stand in other modules, besides its own."""

    def __init__(
        self, *args: Any, elsewhere: Mapping[str, Elsewhere] | None = None, **options: Any
    ) -> None:
        """Take what a group takes, and its commands elsewhere, by name."""
        super().__init__(*args, **options)
        self.elsewhere = elsewhere or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all its commands."""
        return sorted({*super().list_commands(ctx), *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported by now."""
        if (place := self.elsewhere.get(cmd_name)) is not None:
            return place.load()
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each command, and import none for it."""
        lines = {
            name: click.Command(name, help=place.sentence) for name, place in self.elsewhere.items()
        }
        click.Group(commands={**self.commands, **lines}).format_commands(ctx, formatter)
