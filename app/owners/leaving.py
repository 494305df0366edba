"""What becomes of an owner when the user that they name leaves or is replaced."""

from peewee import ModelSelect

from app.access import trail
from app.access.context import Context
from app.access.principal import Role
from app.access.trail import Change
from app.db.compiled import compiled
from app.models import Owner, User
from app.owners import roster
from app.owners.access import end_all
from app.owners.announcing import announce_vacancy


def shut_out(context: Context, user: User) -> None:
    """Shut out the owners who name a user that became inactive, for as long as it is.

    Call inside the transaction that made it so, after it is stored.
    """
    for owner in _naming(user):
        end_all(owner, "user_left", at=context.at)
        trail.record(context, Change("owner.shut_out", owner.id, after={"user_id": user.id}))
        if owner.role == Role.PRIMARY_OWNER.value:
            roster.lock_roster(owner.organization_id)
            if not roster.other_primary_owners(owner):
                announce_vacancy(context, owner)


def pass_on(context: Context, former: User, successor: User, *, stays: bool) -> None:
    """Let the owners who name a user name the one that replaces it.

    `stays` says whether the person remains active. Call inside a transaction.
    """
    owners = _naming(former)
    if not owners:
        return
    if not stays:
        shut_out(context, former)
    for owner in owners:
        Owner.update(user_id=successor.id).where(
            Owner.belongs_to(owner.organization_id) & (Owner.id == owner.id)
        ).execute()
        names = {"user_id": former.id}, {"attributes": ["user_id"], "user_id": successor.id}
        trail.record(context, Change("owner.changed", owner.id, *names))


def _naming(user: User) -> list[Owner]:
    return _owners_naming.rows(user.organization_id, user.id)


@compiled
def _owners_naming(organization_id: str, user_id: str) -> "ModelSelect[Owner]":
    mine = Owner.of(organization_id, Owner.user_id == user_id, Owner.removed_at.is_null())
    return mine.order_by(Owner.id)
