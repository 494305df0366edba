"""What is past its time and deleted: sessions, links, attempts and requests."""

from datetime import datetime

from app.owners.attempts import purge_attempts
from app.owners.links import purge_links
from app.owners.openid import purge_requests
from app.owners.sessions import purge_sessions


def purge_sign_ins(*, at: datetime) -> None:
    """Delete all of it."""
    purge_sessions(at=at)
    purge_links(at=at)
    purge_attempts(at=at)
    purge_requests(at=at)
