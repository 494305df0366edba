"""What every notice to an owner says: where they turn notices off."""

from app.mail.letters import Desk


def notices_sentence(desk: Desk) -> str:
    """Say where an owner turns notices off."""
    return desk.texts.gettext(
        "You can turn such notices off in the console, under Mail to you. Invoices come anyway."
    )
