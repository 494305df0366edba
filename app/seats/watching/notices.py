"""Notices: mail to primary owners about seats, put in the transaction that finds the need."""

from datetime import datetime, timedelta

from peewee import Expression

from app.db.transactions import assert_in_transaction
from app.identifiers import new_id
from app.models import OutboxMessage, Want
from app.outbox.messages import Message, Purpose, put_for_each
from app.outbox.recipients import primary_owners
from app.seats.refusals import is_refused

#: Refusals are written of at once, and then of new people this often at most.
BETWEEN_NOTICES = timedelta(days=1)


def notice_shortage(organization_id: str, alert_id: str, *, at: datetime) -> None:
    """Have primary owners mailed that seats run low: once for each alert, as it is raised."""
    message = Message(Purpose.SEATS_LOW, {"alert_id": alert_id})
    put_for_each(organization_id, primary_owners(organization_id, of_notice=True), message, at=at)


def notice_refused(organization_id: str, *, at: datetime) -> None:
    """Have primary owners mailed who was refused since the last such mail, once a day at most.

    Each person is in one notice, so that no mail repeats another. Where there is no owner, people
    wait for the first. Call inside a transaction that serialises an organization's notices.
    """
    assert_in_transaction()
    new = _is_new(organization_id)
    if not Want.select().where(new).exists() or not _is_time(organization_id, at):
        return
    recipients = primary_owners(organization_id, of_notice=True)
    if not recipients:
        return
    notice_id = new_id("ntc", at)
    Want.update(notice_id=notice_id).where(new).execute()
    message = Message(Purpose.PEOPLE_REFUSED, {"notice_id": notice_id})
    put_for_each(organization_id, recipients, message, at=at)


def _is_time(organization_id: str, at: datetime) -> bool:
    notices = OutboxMessage.of(
        organization_id, OutboxMessage.purpose == Purpose.PEOPLE_REFUSED.value
    )
    last = notices.order_by(OutboxMessage.id.desc()).first()
    return last is None or at - last.created_at >= BETWEEN_NOTICES


def _is_new(organization_id: str) -> Expression:
    new: Expression = Want.belongs_to(organization_id) & Want.notice_id.is_null() & is_refused()
    return new
