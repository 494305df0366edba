"""Letters to the vendor."""

from app.mail.letters import Desk, Letter, NotNeeded
from app.outbox.recipients import primary_owners


def primary_owner_gone(desk: Desk) -> Letter:
    """Return that an organization has no primary owner, and how it gets one.

    Raises:
        NotNeeded: it has one by now.
    """
    if primary_owners(desk.organization_id):
        raise NotNeeded("The organization has a primary owner by now.")
    texts, named = desk.texts, {"organization": desk.organization.name}
    return Letter(
        subject=texts.gettext("%(organization)s has no primary owner") % named,
        paragraphs=(
            texts.gettext(
                "The last primary owner of %(organization)s was shut out, because the directory "
                "deactivated them. No other person has gained a right by it."
            )
            % named,
            texts.gettext("Ask the customer who shall be the owner, then run:"),
        ),
        items=(f"seatgate owner transfer --organization {desk.organization_id}",),
    )
