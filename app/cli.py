"""The `seatgate` command: what the vendor's operator does."""

import click

from app import server
from app.access.tokens import TokenUses
from app.commands.amendments import (
    amend_contract,
    end_contract,
    resume_contract,
    set_price,
    set_references,
)
from app.commands.books import (
    export_declaration,
    export_deferred,
    export_invoices,
    export_receipts,
    show_statement,
)
from app.commands.clock import clock
from app.commands.contracts import contract
from app.commands.demo import demo
from app.commands.extensions import extension
from app.commands.invoices import invoice
from app.commands.mail import mail
from app.commands.openid import oidc
from app.commands.organizations import organization, seller
from app.commands.owners import owner
from app.commands.people import person
from app.commands.rates import rate
from app.commands.renewals import renewals
from app.commands.seats import seats
from app.commands.session import (
    Commands,
    check_migrated,
    opened,
    read_config,
    session,
    settings,
)
from app.commands.settling import (
    credit_portion,
    enter_payment,
    enter_refund,
    replace_credited,
    take_back,
)
from app.commands.simulate import simulate
from app.commands.tokens import token
from app.commands.trail import show_trail
from app.commands.why import explain
from app.db import migrating
from app.housekeeping import run_housekeeping
from app.mail.delivering import deliver_due


@click.group(cls=Commands, context_settings={"show_default": True, "max_content_width": 100})
def main() -> None:
    """Run Seatgate, and do what the vendor does: sign contracts, issue tokens, renew, audit.

    Settings are read from the environment; SEATGATE_DATABASE_URL names the database.
    """


@main.command()
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, help="How many processes serve.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve SCIM, owners and logins until stopped."""
    config = read_config()
    with opened(config):
        check_migrated(config)
    if config.smtp_url and config.mail_is_off:
        click.echo(config.mail_is_off, err=True)
    server.serve(config, host, port, workers)


@main.command("housekeeping")
def keep_house_once() -> None:
    """Do once what serving processes do every 30 seconds, for those who prefer cron."""
    with session() as at:
        run_housekeeping(TokenUses(), at=at)
        if (outgoing := settings().outgoing) is not None:
            deliver_due(outgoing, settings().clock.now)


@main.group()
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


for group in (
    organization,
    seller,
    rate,
    contract,
    invoice,
    token,
    owner,
    extension,
    mail,
    person,
    seats,
    renewals,
    clock,
):
    main.add_command(group)
for command in (amend_contract, set_price, end_contract, resume_contract, set_references):
    contract.add_command(command)
for command in (credit_portion, enter_payment, enter_refund, replace_credited, take_back):
    invoice.add_command(command)
for command in (
    export_invoices,
    export_deferred,
    export_receipts,
    export_declaration,
    show_statement,
):
    invoice.add_command(command)
organization.add_command(oidc)
for command in (demo, simulate, show_trail, explain):
    main.add_command(command)

if __name__ == "__main__":
    main()
