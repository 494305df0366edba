"""`seatgate db`: the database and its schema."""

import click

from app.commands.lazily import Elsewhere, LazyGroup
from app.commands.session import opened, read_config, session
from app.db import checking, migrating


@click.group(
    cls=LazyGroup,
    elsewhere={
        "backup": Elsewhere(
            "app.commands.copies:backup",
            "Write a backup of the SQLite database to the new FILE, while servers go on writing.",
        ),
        "copy": Elsewhere(
            "app.commands.copies:copy",
            "Copy the installation into the empty database at URL, on either engine, and prove the "
            "copy.",
        ),
    },
)
def db() -> None:
    """Look after the database."""


@db.command()
def migrate() -> None:
    """Make the database, or bring it to this version's schema."""
    waited = []

    def waiting() -> None:
        waited.append(True)
        click.echo("Another process is migrating the database. Waiting until it is done.", err=True)

    with opened(read_config()):
        applied = migrating.migrate(waiting)
    for name in applied:
        click.echo(f"Applied {name}.")
    if waited and not applied:
        click.echo("Nothing to apply: another process has migrated it to this version's schema.")
    elif not applied:
        click.echo("Nothing to apply: the database is at this version's schema.")


@db.command()
def check() -> None:
    """Show how the database is set up, and how to set what lacks."""
    with session():
        found = checking.findings()
    for finding in found:
        click.echo(finding.says)
    lacking = [finding.remedy for finding in found if finding.remedy]
    if lacking:
        click.echo("\nTo set what lacks:")
    for remedy in lacking:
        click.echo(f"  {remedy}")
