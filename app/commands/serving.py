"""`seatgate serve`: the server."""

import click

from app import server
from app.commands.session import check_migrated, opened, read_config
from app.db.migrating import pending


@click.command()
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, help="How many processes serve.")
@click.option(
    "--reuse-port",
    is_flag=True,
    help="Listen beside a server that is to be replaced. Stop that once this one says that it "
    "listens.",
)
def serve(host: str, port: int, workers: int, *, reuse_port: bool) -> None:
    """Serve SCIM, owners and logins until stopped."""
    config = read_config()
    with opened(config):
        check_migrated(config)
        if names := pending():
            click.echo(
                f"The database lacks what this version adds ({names[0]}). It serves all the same; "
                "run `seatgate db migrate`.",
                err=True,
            )
    if config.smtp_url and config.mail_is_off:
        click.echo(config.mail_is_off, err=True)
    server.serve(config, host, port, workers, reuse_port=reuse_port)
