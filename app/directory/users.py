"""Users as rows: from a document to its columns, and back to the document that clients see."""

from operator import attrgetter

from peewee import SQL, BaseQuery, IntegrityError, ModelSelect, Select, Value, fn

from app.access.context import Context
from app.db.compiled import compiled
from app.db.sql import found_in, locked, violates
from app.directory import resources
from app.directory.lookups import check_lookup
from app.directory.memberships import groups_columns
from app.directory.rendering import ShownRow
from app.errors import InvalidInput, NotFound, UserNameTaken
from app.identifiers import new_uuid
from app.models import Hold, SeatPool, User, UserEmail
from app.models.rows import same_organization
from scim.attributes import Document
from scim.errors import InvalidValue
from scim.folding import fold
from scim.names import UserName


def new_user(context: Context, *, origin: str) -> User:
    """Return a user without a document, not stored yet, inactive until it is given a seat."""
    user = User(
        organization_id=context.organization_id,
        id=new_uuid(context.at),
        origin=origin,
        adopted_at=context.at if origin == "scim" else None,
        active=False,
        version=0,
        document="{}",
        created_at=context.at,
    )
    user.parsed = user.document, {}
    return user


def set_document(context: Context, user: User, document: Document) -> None:
    """Give `user` a new document, with the columns that follow from it, and a new version.

    Raises:
        scim.errors.InvalidValue: the userName, the externalId or an e-mail is too long, or a new
            userName has a character that cannot be seen.
    """
    _name(user, document["userName"])
    for email in document.get("emails", ()):
        check_lookup("emails.value", email.get("value"))
    before = resources.stored_document(user).get("emails")
    resources.set_document(user, context.profile.user, document, at=context.at)
    user.emails_differ = user.emails_differ or document.get("emails") != before
    user.change(display_name=document.get("displayName"))


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
    new = user.is_new
    try:
        user.save(force_insert=new)
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
    user = _user_of_id.first(organization_id, user_id)
    if user is None:
        raise _no_user(user_id)
    return user


def shown_user(organization_id: str, user_id: str, *, with_groups: bool) -> ShownRow:
    """Return what is shown of a user. As `find_user`."""
    for row in _shown_user.raw(organization_id, user_id, with_groups):
        return ShownRow(*row)
    raise _no_user(user_id)


def lock_user(organization_id: str, user_id: str, strength: str = "FOR NO KEY UPDATE") -> User:
    """Return a user and keep everybody else from changing it until the transaction ends.

    Only `FOR UPDATE` also keeps them from making the user a group's member.

    Raises:
        NotFound: the organization has none of this id.
    """
    user: User | None = _locked_user.first(organization_id, user_id, strength)
    if user is None:
        raise _no_user(user_id)
    return user


def find_person(organization_id: str, name: UserName) -> User | None:
    """Return the user that a userName names, whatever its case, or None."""
    return _user_of_name.first(organization_id, name.key)


def find_login_made(organization_id: str, name: UserName) -> User | None:
    """Return the user that a userName names if no SCIM write has touched it, or None."""
    return _login_made_of_name.first(organization_id, name.key)


def look_alike(user: User) -> str | None:
    """Return the id of the oldest other user with a userName that looks like this one, or None."""
    other: str | None = _look_alikes.value(user.organization_id, user.skeleton_key, user.id)
    return other


def count_present(organization_id: str) -> int:
    """Return how many users an organization has.

    An active user holds a seat (I2), and what is in use beside those seats is held. So only the
    inactive ones are counted one by one.
    """
    count: int = _present_count.value(organization_id)
    return count


@compiled
def _present_count(organization_id: str) -> BaseQuery:
    held = Hold.select(fn.COUNT(SQL("*"))).where(
        Hold.belongs_to(organization_id) & Hold.ended_at.is_null()
    )
    inactive = User.select(fn.COUNT(SQL("*"))).where(
        User.belongs_to(organization_id) & User.deleted_at.is_null() & ~User.active
    )
    pool = SeatPool.select(SeatPool.in_use - held + inactive)
    return pool.where(SeatPool.belongs_to(organization_id)).tuples()


def ids_by_email(organization_id: str, address: str, *, limit: int = 2) -> list[str]:
    """Return the ids of users who have this e-mail address, whatever its case."""
    return [row[0] for row in _users_of_email.iterate(organization_id, fold(address), limit)]


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
    names = User.user_name_key.in_(asked.union_all(addressed))
    return sorted(User.ever(organization_id, names), key=attrgetter("id"))


def ids_by_external_id(organization_id: str, external_id: str, *, limit: int = 2) -> list[str]:
    """Return the ids of users who have this externalId, which need not be unique."""
    return [row[0] for row in _users_of_external_id.iterate(organization_id, external_id, limit)]


@compiled
def _user_of_id(organization_id: str, user_id: str) -> "ModelSelect[User]":
    return User.of(organization_id, User.id == user_id, User.deleted_at.is_null())


@compiled("with_groups")
def _shown_user(organization_id: str, user_id: str, with_groups: bool) -> BaseQuery:  # noqa: FBT001
    here = User.belongs_to(organization_id) & (User.id == user_id) & User.deleted_at.is_null()
    groups = groups_columns(organization_id, wanted=with_groups)
    return User.select(*ShownRow.columns(User), *groups).where(here).tuples()


@compiled("strength")
def _locked_user(organization_id: str, user_id: str, strength: str) -> "ModelSelect[User]":
    return locked(_user_of_id.build(organization_id, user_id), strength)


@compiled
def _user_of_name(organization_id: str, user_name_key: str) -> "ModelSelect[User]":
    return User.of(
        organization_id, User.user_name_key == user_name_key, User.deleted_at.is_null()
    ).limit(1)


@compiled
def _login_made_of_name(organization_id: str, user_name_key: str) -> "ModelSelect[User]":
    here = User.user_name_key == user_name_key, User.deleted_at.is_null()
    return User.of(organization_id, *here, User.adopted_at.is_null()).limit(1)


@compiled
def _look_alikes(organization_id: str, skeleton_key: str, user_id: str) -> BaseQuery:
    others = User.select(User.id).where(
        User.belongs_to(organization_id)
        & (User.skeleton_key == skeleton_key)
        & (User.id != user_id)
        & User.deleted_at.is_null()
    )
    return others.order_by(User.id).limit(1).tuples()


@compiled
def _users_of_email(organization_id: str, address: str, limit: int) -> BaseQuery:
    theirs = UserEmail.select(UserEmail.user_id).where(
        UserEmail.belongs_to(organization_id) & (UserEmail.value == address)
    )
    query = User.select(User.id).where(
        User.belongs_to(organization_id) & found_in(User.id, theirs) & User.deleted_at.is_null()
    )
    return query.order_by(User.id).limit(limit).tuples()


@compiled
def _users_of_external_id(organization_id: str, external_id: str, limit: int) -> BaseQuery:
    query = User.select(User.id).where(
        User.belongs_to(organization_id)
        & (User.external_id == external_id)
        & User.deleted_at.is_null()
    )
    return query.order_by(User.id).limit(limit).tuples()


@compiled
def _emails_of(organization_id: str, user_id: str) -> BaseQuery:
    return UserEmail.delete().where(
        UserEmail.belongs_to(organization_id) & (UserEmail.user_id == user_id)
    )


def _no_user(user_id: str) -> NotFound:
    return NotFound(f"There is no User {user_id} in this organization.")


def _write_emails(user: User, *, new: bool) -> None:
    if not new:
        _emails_of.changes(user.organization_id, user.id)
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
    UserEmail.add_all(rows)
