"""Users as rows: from a document to its columns, and back to the document that clients see."""

from peewee import Expression, IntegrityError, Select, Value

from app.access.context import Context
from app.db.sql import locked, violates
from app.directory import resources
from app.directory.lookups import check_lookup
from app.errors import InvalidInput, NotFound, UserNameTaken
from app.identifiers import new_uuid
from app.models import Group, GroupMember, User, UserEmail
from app.models.rows import same_organization
from scim.attributes import Document
from scim.errors import InvalidValue
from scim.folding import fold
from scim.names import UserName
from scim.schemas import GROUP

#: In how many rows a statement writes e-mails: below the engines' limits for parameters.
_EMAILS_PER_STATEMENT = 1000


def new_user(context: Context, *, origin: str) -> User:
    """Return a user without a document, not stored yet, inactive until it is given a seat."""
    return User(
        organization_id=context.organization_id,
        id=new_uuid(context.at),
        origin=origin,
        adopted_at=context.at if origin == "scim" else None,
        active=False,
        version=0,
        document="{}",
        created_at=context.at,
    )


def set_document(context: Context, user: User, document: Document) -> None:
    """Give `user` a new document, with the columns that follow from it, and a new version.

    Raises:
        scim.errors.InvalidValue: the userName, the externalId or an e-mail is too long, or a new
            userName has a character that cannot be seen.
    """
    _name(user, document["userName"])
    for email in document.get("emails", ()):
        check_lookup("emails.value", email.get("value"))
    before = (user.folded or {}).get("emails")
    resources.set_document(user, context.profile.user, document, at=context.at)
    user.emails_differ = user.emails_differ or user.folded.get("emails") != before
    user.display_name = document.get("displayName")


def name_given(field: str, text: str) -> UserName:
    """Return the name that a request gives to a person who is not known yet.

    Raises:
        InvalidInput: `field` holds no name that a person can have.
    """
    try:
        check_lookup("userName", text)
        return UserName.parse(text)
    except InvalidValue as refusal:
        raise InvalidInput(field, refusal.detail) from None


def _name(user: User, text: str) -> None:
    """Give a user a name; one that stays as it is is not judged again."""
    check_lookup("userName", text)
    if text == user.user_name:
        return
    name = UserName.parse(text)
    if user.user_name:
        user.renamed_from = user.renamed_from or user.user_name_key
    user.user_name, user.user_name_key = name.text, name.key
    user.skeleton_key = name.skeleton_key


def write(user: User) -> None:
    """Store a user, new or changed. Call inside a transaction.

    Raises:
        UserNameTaken: another user of the organization has the userName.
    """
    new = "id" in {field.name for field in user.dirty_fields}
    try:
        user.save(force_insert=new, only=user.dirty_fields)
    except IntegrityError as error:
        if violates(
            error, "scim_user_name", ["scim_user.organization_id", "scim_user.user_name_key"]
        ):
            raise name_taken(user.user_name) from None
        raise
    if user.emails_differ:
        _write_emails(user, new=new)
        user.emails_differ = False


def name_taken(user_name: str) -> UserNameTaken:
    """Return the refusal of a userName that another user has."""
    return UserNameTaken(
        f"userName {user_name} belongs to another user of the organization. "
        "Match the existing user, or send another userName.",
        attribute="userName",
    )


def find_user(organization_id: str, user_id: str) -> User:
    """Return a user of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    user = User.get_or_none(_present(organization_id, user_id))
    if user is None:
        raise _no_user(user_id)
    return user


def lock_user(organization_id: str, user_id: str, strength: str = "FOR NO KEY UPDATE") -> User:
    """Return a user and keep everybody else from changing it until the transaction ends.

    Only `FOR UPDATE` also keeps them from making the user a group's member.

    Raises:
        NotFound: the organization has none of this id.
    """
    user: User | None = locked(
        User.select().where(_present(organization_id, user_id)), strength
    ).first()
    if user is None:
        raise _no_user(user_id)
    return user


def find_person(organization_id: str, name: UserName) -> User | None:
    """Return the user that a userName names, whatever its case, or None."""
    user: User | None = User.find(
        organization_id, User.user_name_key == name.key, User.deleted_at.is_null()
    )
    return user


def look_alike(user: User) -> str | None:
    """Return the id of the oldest other user with a userName that looks like this one, or None."""
    others = User.select(User.id).where(
        User.belongs_to(user.organization_id)
        & (User.skeleton_key == user.skeleton_key)
        & (User.id != user.id)
        & User.deleted_at.is_null()
    )
    return next(iter(others.order_by(User.id).limit(1).scalars()), None)


def ids_by_email(organization_id: str, address: str, *, limit: int = 2) -> list[str]:
    """Return the ids of users who have this e-mail address, whatever its case."""
    query = (
        User.select(User.id)
        .join(
            UserEmail,
            on=same_organization(UserEmail, User) & (UserEmail.user_id == User.id),
        )
        .where(
            UserEmail.belongs_to(organization_id)
            & (UserEmail.value == fold(address))
            & User.deleted_at.is_null()
        )
    )
    return list(query.distinct().order_by(User.id).limit(limit).scalars())


def users_called(organization_id: str, name: str) -> list[User]:
    """Return the users, also deleted ones, whose userName is `name` or is that of its address.

    What is an e-mail address of a user who is there means that user's name as well.
    """
    asked = Select(columns=[Value(UserName.of(name).key)])
    addressed = (
        User.select(User.user_name_key)
        .join(UserEmail, on=same_organization(UserEmail, User) & (UserEmail.user_id == User.id))
        .where(
            UserEmail.belongs_to(organization_id)
            & (UserEmail.value == fold(name))
            & User.deleted_at.is_null()
        )
    )
    called = User.of(organization_id, User.user_name_key.in_(asked.union_all(addressed)))
    return list(called.order_by(User.id))


def ids_by_external_id(organization_id: str, external_id: str, *, limit: int = 2) -> list[str]:
    """Return the ids of users who have this externalId, which need not be unique."""
    query = User.select(User.id).where(
        User.belongs_to(organization_id)
        & (User.external_id == external_id)
        & User.deleted_at.is_null()
    )
    return list(query.order_by(User.id).limit(limit).scalars())


def groups_of(
    organization_id: str, user_ids: list[str], base_url: str
) -> dict[str, list[Document]]:
    """Return the `groups` of each of these users, direct memberships only."""
    rows = (
        GroupMember.select(GroupMember.member_id, Group.id, Group.display_name)
        .join(
            Group,
            on=same_organization(Group, GroupMember) & (Group.id == GroupMember.group_id),
        )
        .where(GroupMember.belongs_to(organization_id) & GroupMember.member_id.in_(user_ids))
        .order_by(GroupMember.member_id, Group.id)
        .tuples()
    )
    groups: dict[str, list[Document]] = {}
    for user_id, group_id, display_name in rows.iterator():
        element = {
            "value": group_id,
            "$ref": f"{base_url}{GROUP.endpoint}/{group_id}",
            "display": display_name,
            "type": "direct",
        }
        groups.setdefault(user_id, []).append(element)
    return groups


def _present(organization_id: str, user_id: str) -> Expression:
    return User.belongs_to(organization_id) & (User.id == user_id) & User.deleted_at.is_null()


def _no_user(user_id: str) -> NotFound:
    return NotFound(f"There is no User {user_id} in this organization.")


def _write_emails(user: User, *, new: bool) -> None:
    if not new:
        UserEmail.delete().where(
            UserEmail.belongs_to(user.organization_id) & (UserEmail.user_id == user.id)
        ).execute()
    rows = [
        {
            "organization_id": user.organization_id,
            "user_id": user.id,
            "position": position,
            "value": email.get("value"),
            "type": email.get("type"),
            "display": email.get("display"),
            "is_primary": email.get("primary"),
        }
        for position, email in enumerate(user.folded.get("emails", []))
    ]
    for start in range(0, len(rows), _EMAILS_PER_STATEMENT):
        UserEmail.insert_many(rows[start : start + _EMAILS_PER_STATEMENT]).execute()
