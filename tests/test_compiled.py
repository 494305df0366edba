"""Statements whose text is made once say what peewee would have said, and give what it gives."""

from datetime import timedelta

import pytest
from peewee import ModelSelect

from app.access.principal import Role
from app.db import compiled as module
from app.db.compiled import Statement, compiled, through
from app.db.sql import among, locked
from app.json_text import json_text
from app.models import Organization, SeatPool, Token, User
from app.seats import subscriptions
from tests.support.builders import NOW, a_user, an_organization, fill

pytestmark = pytest.mark.usefixtures("database")


def named(organization_id: str, user_name_key: str) -> "ModelSelect[User]":
    return User.of(organization_id, User.user_name_key == user_name_key)


def test_a_text_is_made_once():
    acme, built = an_organization(2), []
    alice, bob = fill(acme)

    def build(organization_id: str, user_id: str):
        built.append(user_id)
        return User.of(organization_id, User.id == user_id)

    statement = Statement(build)
    texts = {statement.bound(acme.id, user.id)[0] for user in (alice, bob)}

    assert len(texts) == 1
    assert len(built) == 1


def test_a_row_is_read_as_peewee_reads_it():
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com", externalId="e-1")

    found = compiled(named).first(acme.id, user.user_name_key)

    read = named(acme.id, user.user_name_key).get()
    assert found.__data__ == read.__data__
    assert not found.dirty_fields


def test_a_row_that_is_not_there_is_none():
    acme = an_organization(1)

    assert compiled(named).first(acme.id, "nobody@example.com") is None
    assert compiled(named).rows(acme.id, "nobody@example.com") == []


def test_an_argument_may_be_named():
    acme = an_organization(1)
    user = a_user(acme, "alice@example.com")

    statement = compiled(named)

    assert statement.first(acme.id, user_name_key=user.user_name_key).id == user.id
    assert statement.first(user_name_key=user.user_name_key, organization_id=acme.id).id == user.id


def test_rows_joined_to_one_are_read_as_peewee_reads_them():
    acme = an_organization(3)

    found = subscriptions._pool_with_all.first(acme.id)
    read = subscriptions._pool_with_all.build(acme.id).get()

    assert found.__data__ == read.__data__
    for name in ("organization", "contract", "term"):
        assert getattr(found, name).__data__ == getattr(read, name).__data__
    assert found.scheduled is read.scheduled is None


def test_columns_beside_a_model_are_read():
    acme = an_organization(1)
    acme.secret(Role.SCIM)

    def build(organization_id: str):
        return (
            Token.select(Token, Organization.name.alias("named"))
            .join(Organization, on=(Organization.id == Token.organization_id))
            .where(Token.belongs_to(organization_id))
            .objects()
        )

    found, read = compiled(build).first(acme.id), build(acme.id).get()
    assert (found.__data__, found.named) == (read.__data__, read.named)


def test_what_a_column_converts_is_converted():
    acme = an_organization(1)

    def build(organization_id: str, at):
        return SeatPool.of(organization_id, SeatPool.term_starts_at <= at)

    statement = compiled(build)

    assert statement.first(acme.id, NOW) is not None
    assert statement.first(acme.id, NOW - timedelta(days=4000)) is None


def test_an_argument_goes_through_a_conversion_once_for_each_call():
    acme = an_organization(2)
    ids = [user.id for user in fill(acme)]

    def build(organization_id: str, user_ids):
        return User.of(organization_id, among(User.id, through(sorted, user_ids)))

    statement = compiled(build)

    assert {user.id for user in statement.rows(acme.id, ids)} == set(ids)
    assert statement.bound(acme.id, ids)[1][-1] in (json_text(sorted(ids)), sorted(ids))


def test_a_text_hangs_on_what_it_says(engine):
    acme = an_organization(1)

    @compiled("strength")
    def pool(organization_id: str, strength: str):
        return locked(SeatPool.of(organization_id), strength)

    texts = {pool.bound(acme.id, strength)[0] for strength in ("FOR UPDATE", "FOR KEY SHARE")}
    assert len(texts) == (2 if engine == "postgresql" else 1)


def test_texts_do_not_grow_without_bound(monkeypatch):
    monkeypatch.setattr(module, "TEXTS_MAX", 4)
    acme = an_organization(1)

    @compiled("count")
    def some(organization_id: str, count: int):
        return User.of(organization_id).limit(count)

    for count in range(1, 20):
        some.rows(acme.id, count)

    assert len(some._texts) <= 4


#: Conditions whose text hangs on values, and values with which it is another than before.
HANGING = {
    "missing": (lambda one, _: User.external_id == one, (None, "e-2")),
    "empty": (
        lambda one, _: User.external_id == one if one else User.deleted_at.is_null(),
        ("", ""),
    ),
    "of a closed set": (
        lambda one, _: (User.id if one == Role.SSO else User.external_id) == one,
        (Role.SSO, "e-2"),
    ),
    "alike": (
        lambda one, other: (User.id if one == other else User.external_id) == one,
        ("e-1", "e-1"),
    ),
}


@pytest.mark.parametrize(("condition", "values"), HANGING.values(), ids=HANGING)
def test_a_text_that_hangs_on_values_is_noticed_when_they_come(condition, values):
    statement = Statement(lambda one, other: User.select().where(condition(one, other)))
    assert statement.rows("e-1", "e-2") == statement.rows(Role.SCIM, "e-3") == []

    with pytest.raises(AssertionError):
        statement.rows(*values)
