"""`seatgate db copy` and `seatgate db backup`: copies of the whole installation."""

from pathlib import Path

import click

from app.commands.session import session, settings
from app.config import Config
from app.copies.backing_up import CannotBackUp, back_up
from app.copies.copying import CannotCopy, copy_installation
from app.db.connections import database_at, on_postgresql


@click.command()
@click.argument("url")
def copy(url: str) -> None:
    """Copy the installation into the empty database at URL, on either engine, and prove the copy.

    Stop the servers first. URL is spelt as SEATGATE_DATABASE_URL. What is copied is compared row by
    row and audited; an interrupted or refused copy leaves the target empty.
    """
    target_url = Config.from_env({"SEATGATE_DATABASE_URL": url}).database_url
    with session() as at:
        if target_url == settings().database_url:
            raise click.ClickException("The target is the database itself. Name another one.")
        target = database_at(target_url)
        try:
            copied = copy_installation(
                target, lambda rows: click.progressbar(length=rows, label="Copying"), at=at
            )
        except CannotCopy as reason:
            raise click.ClickException(str(reason)) from None
        except KeyboardInterrupt:
            raise click.ClickException(
                "Interrupted. Nothing was copied: the target is empty, and can be copied to again."
            ) from None
        finally:
            target.close_all()
    click.echo(
        f"Copied {copied.rows} rows of {copied.tables} tables. The audit of the copy is green."
    )
    if copied.holds_sealed:
        click.echo("It holds sealed secrets: take the file of SEATGATE_SECRET_KEY_FILE along.")
    click.echo("Set SEATGATE_DATABASE_URL to the copy, and start the servers again.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a backup of the SQLite database to the new FILE, while servers go on writing.

    For PostgreSQL, say how `pg_dump` makes one.
    """
    with session():
        if on_postgresql():
            raise click.ClickException(
                f"PostgreSQL makes its own backups: pg_dump --format=custom --file={file} and the "
                "address of the database. pg_restore brings one back into an empty database."
            )
        try:
            numbers = back_up(file)
        except CannotBackUp as reason:
            raise click.ClickException(str(reason)) from None
    click.echo(f"Wrote {file}.")
    if numbers:
        click.echo(f"The last numbers in it: {', '.join(numbers)}.")
