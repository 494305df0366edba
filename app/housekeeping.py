"""What is done in passing: renewals, notices, holds, waiting, alerts, and what is past its time.

That is old denials, answers, sessions, links, mail and exchanges; and the uses of tokens are
written down.

Nothing is wrong while it does not run: a caller that needs a renewal does it first.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from app.access.idempotency import purge_answers
from app.access.tokens import TokenUses, note_uses
from app.billing.contracts.renewal_notices import notice_renewals
from app.billing.contracts.renewals import renew_all_due
from app.billing.invoices.overdue_notices import notice_overdue
from app.billing.seat_requests import expire_requests
from app.billing.timekeeping import look, note_seen, open_jump, say_how_long_away
from app.clock import Watch
from app.db import failures
from app.db.connections import connection
from app.db.pacing import paced
from app.db.transactions import transaction
from app.exchanges import records
from app.log_lines import Repeated
from app.mail.delivering import start_delivery
from app.outbox import listing
from app.owners.tidying import purge_sign_ins
from app.people.activity import seat_waiters
from app.people.denials import close_old_denials
from app.platforms.delivering import start_handing_over
from app.seats import holds, ledger, waiting
from app.seats.watching import alerts
from app.smtp import Outgoing

trouble = Repeated(logging.getLogger(__name__), "housekeeping failed and will be tried again")

INTERVAL_SECONDS = 30


def run_housekeeping(token_uses: TokenUses, *, at: datetime) -> None:
    """Do all of it once, so that others write between its transactions."""
    with paced():
        _keep_house(token_uses, at=at)


def _keep_house(token_uses: TokenUses, *, at: datetime) -> None:
    if uses := token_uses.drain():
        note_uses(uses)
    if open_jump() is None:
        renew_all_due(at=at)
        notice_renewals(at=at)
        notice_overdue(at=at)
    for organization_id in holds.organizations_with_due(at=at):
        end_due_holds(organization_id, at=at)
    for organization_id in waiting.organizations():
        seat_waiters(organization_id, at=at)
    close_old_denials(at=at)
    purge_answers(at=at)
    purge_sign_ins(at=at)
    records.purge(at=at)
    expire_requests(at=at)
    alerts.look_everywhere(at=at)
    listing.purge(at=at)


@transaction
def end_due_holds(organization_id: str, *, at: datetime) -> None:
    """End an organization's holds that are past their time."""
    ledger.expire_holds(organization_id, at=at)


def start_housekeeping(
    watch: Watch,
    token_uses: TokenUses,
    outgoing: Outgoing | None = None,
    platform_secret: str | None = None,
) -> None:
    """Keep house every 30 seconds, in a thread of a serving process, until the process ends.

    Mail and the platform have threads of their own, so that one that hangs keeps nothing waiting.
    What a process noted in its last seconds goes with it: a token's last use is a hint for people.
    """
    thread = threading.Thread(
        target=_keep_house_for_ever, args=(watch, token_uses), name="housekeeping", daemon=True
    )
    thread.start()
    if outgoing is not None:
        start_delivery(outgoing, watch.trusted_now)
    start_handing_over(platform_secret, watch.trusted_now)


def _keep_house_for_ever(watch: Watch, token_uses: TokenUses) -> None:
    say: Callable[..., object] = say_how_long_away
    while True:
        try:
            with connection():
                say(at=watch.trusted_now())
                say = note_seen
                look(watch)
                run_housekeeping(token_uses, at=watch.trusted_now())
        except Exception as error:  # a thread that dies here would stop keeping house for good
            failures.note(trouble, error)
        time.sleep(INTERVAL_SECONDS)
