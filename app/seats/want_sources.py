"""Who asks for a person's seat: directories, each under its provider's label, and logins.

A directory's word ranks before a login's: it is the one who can provision the person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from peewee import Case, ColumnBase, Expression, ModelSelect, Select, fn

from app.access.principal import Principal, Role
from app.db.columns import instant_text
from app.db.sql import among, greatest, least
from app.models import Want, WantSource
from app.models.rows import same_organization


class Seen(NamedTuple):
    """How often a source asked, and when first and last."""

    attempts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Source:
    """One who asks: `scim` with the provider's label, which may be empty, or `sso`."""

    kind: str
    provider: str

    @classmethod
    def of(cls, principal: Principal) -> Self | None:
        """Return the source that a principal is; owners and the operator are none."""
        if principal.role not in {Role.SCIM, Role.SSO}:
            return None
        return cls(principal.role.value, principal.provider or "")

    @property
    def is_directory(self) -> bool:
        """Whether it provisions people."""
        return self.kind == Role.SCIM.value

    def count(self, want: Want, seen: Seen) -> None:
        """Add to what is known of this source of a stored want."""
        WantSource.insert(
            organization_id=want.organization_id,
            want_id=want.id,
            source=self.kind,
            provider=self.provider,
            attempts=seen.attempts,
            first_seen_at=seen.first_at,
            last_seen_at=seen.last_at,
        ).on_conflict(
            conflict_target=[
                WantSource.organization_id,
                WantSource.want_id,
                WantSource.source,
                WantSource.provider,
            ],
            update={
                WantSource.attempts: WantSource.attempts + seen.attempts,
                WantSource.first_seen_at: least(
                    WantSource.first_seen_at, instant_text(seen.first_at)
                ),
                WantSource.last_seen_at: greatest(
                    WantSource.last_seen_at, instant_text(seen.last_at)
                ),
            },
        ).execute()


def sources_of(organization_id: str, want_ids: Collection[str]) -> list[WantSource]:
    """Return the sources of these wants."""
    return list(WantSource.select().where(_of(organization_id, want_ids)))


def forget_sources(organization_id: str, want_ids: Collection[str]) -> None:
    """Delete the sources of these wants."""
    WantSource.delete().where(_of(organization_id, want_ids)).execute()


def with_sources(wants: "ModelSelect[Want]") -> "ModelSelect[Want]":
    """Return the query for wants, each with the source that ranks first beside it."""
    provider = fn.NULLIF(WantSource.provider, "")
    leading = (_leading(WantSource.source, "source"), _leading(provider, "provider"))
    return wants.select_extend(*leading)


def _leading(column: ColumnBase, name: str) -> Select:
    """Return a column of a want's leading source: a directory, with a label, the last to ask."""
    theirs = same_organization(WantSource, Want) & (WantSource.want_id == Want.id)
    rank = (
        Case(None, [(WantSource.source == Role.SCIM.value, 0)], 1),
        Case(None, [(WantSource.provider != "", 0)], 1),
        WantSource.last_seen_at.desc(),
    )
    return WantSource.select(column).where(theirs).order_by(*rank).limit(1).alias(name)


def _of(organization_id: str, want_ids: Collection[str]) -> Expression:
    theirs: Expression = WantSource.belongs_to(organization_id) & among(
        WantSource.want_id, list(want_ids)
    )
    return theirs
