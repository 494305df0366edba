"""`seatgate db`: the database and its schema."""

import click

from app.commands.session import opened, read_config
from app.db import migrating


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def migrate() -> None:
    """Make the database, or bring it to this version's schema."""
    with opened(read_config()):
        applied = migrating.migrate()
    for name in applied:
        click.echo(f"Applied {name}.")
    if not applied:
        click.echo("Nothing to apply: the database is at this version's schema.")
