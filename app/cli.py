"""The `seatgate` command: what the vendor's operator does.

It imports no command before that one is called (`app.commands.lazily`), so that each starts with
what it needs and nothing else. A test holds what the commands may load, and the sentences below.
"""

import os

import click

from app.commands import drivers
from app.commands.lazily import Elsewhere, LazyGroup


class Commands(LazyGroup):
    """Commands that are refused with one sentence on stderr and exit code 1."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, and leave out what they and the settings have no use for."""
        drivers.leave_out_unused(os.environ, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and say what stopped it."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            # It knows the errors of the database and of the domain, which a command that was
            # stopped has loaded, and one that only shows its help has not.
            from app.commands.refusing import sentence_of

            if (sentence := sentence_of(error)) is None:
                raise
            raise click.ClickException(sentence) from None


COMMANDS = {
    "clock": Elsewhere(
        "app.commands.clock:clock", "Judge the clock, which renewals and invoices go by."
    ),
    "contract": Elsewhere(
        "app.commands.contracts:contract", "Sign contracts, change them, show them."
    ),
    "db": Elsewhere("app.commands.database:db", "Look after the database."),
    "demo": Elsewhere("app.commands.demo:demo", "Try Seatgate, or watch it work."),
    "extension": Elsewhere(
        "app.commands.extensions:extension", "Register extension schemas, list them, remove them."
    ),
    "housekeeping": Elsewhere(
        "app.commands.housekeeping:keep_house_once",
        "Do once what serving processes do every 30 seconds, for those who prefer cron.",
    ),
    "invoice": Elsewhere("app.commands.invoices:invoice", "List invoices, enter payments, credit."),
    "mail": Elsewhere("app.commands.mail:mail", "See the mail of the installation, and send it."),
    "organization": Elsewhere(
        "app.commands.organizations:organization", "Keep the organizations that buy seats."
    ),
    "owner": Elsewhere(
        "app.commands.owners:owner", "Keep the owners, who look after an organization's seats."
    ),
    "person": Elsewhere(
        "app.commands.people:person", "Take away what is known of people who have left."
    ),
    "rate": Elsewhere(
        "app.commands.rates:rate",
        "Enter rates of currencies in euros, and the legal rate of interest in percent.",
    ),
    "renewals": Elsewhere(
        "app.commands.renewals:renewals", "Renew or end the contracts whose term is over."
    ),
    "seats": Elsewhere("app.commands.seats:seats", "Show seats and audit them."),
    "seller": Elsewhere(
        "app.commands.organizations:seller", "Keep the particulars of the vendor, who sells seats."
    ),
    "serve": Elsewhere(
        "app.commands.serving:serve", "Serve SCIM, owners and logins until stopped."
    ),
    "simulate": Elsewhere(
        "app.commands.simulate:simulate",
        "Provision people on a SCIM server as PROVIDER does, and report how it answered.",
    ),
    "token": Elsewhere("app.commands.tokens:token", "Issue tokens, list them, revoke them."),
    "trail": Elsewhere("app.commands.trail:show_trail", "Show who changed what, newest first."),
    "why": Elsewhere(
        "app.commands.why:explain",
        "Tell why the person NAME has a seat or has none, and what to do next.",
    ),
}


@click.group(
    cls=Commands,
    elsewhere=COMMANDS,
    context_settings={"show_default": True, "max_content_width": 100},
)
@click.version_option(package_name="seatgate", message="seatgate %(version)s")
def main() -> None:
    """Run Seatgate, and do what the vendor does: sign contracts, issue tokens, renew, audit.

    Settings are read from the environment; SEATGATE_DATABASE_URL names the database.
    """


if __name__ == "__main__":
    main()
