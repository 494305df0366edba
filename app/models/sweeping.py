"""Sweeping: what is past its time goes, one organization at a time.

No transaction touches the rows of two organizations, so that their rows may lie in two databases.
"""

from peewee import ColumnBase

from app.db.transactions import run
from app.models.rows import OrganizationRow


def delete_everywhere(model: type[OrganizationRow], *conditions: ColumnBase) -> None:
    """Delete the rows that meet all the conditions, each organization's in its own transaction."""
    for organization_id in model.organizations(*conditions):
        run(_delete, model, organization_id, *conditions)


def _delete(model: type[OrganizationRow], organization_id: str, *conditions: ColumnBase) -> None:
    model.delete().where(model.belongs_to(organization_id), *conditions).execute()
