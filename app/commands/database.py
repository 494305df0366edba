"""`seatgate db`: the database and its schema."""

import click

from app.commands.session import opened, read_config, session
from app.db import checking, migrating


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
