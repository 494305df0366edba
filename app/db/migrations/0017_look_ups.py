"""Indexes that serve a look-up and the order of its answer, whatever else there is to choose from.

By an index without the id, SQLite would rather read everybody in the order of their ids.
PostgreSQL takes an index of those who are there for a small one until it has statistics, and reads
it whole as soon as it may. So there is none that it may use: the one that keeps names unique says
who is there in a way that no query does.
"""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create

CHANGES = """
DROP INDEX scim_user_name;
CREATE UNIQUE INDEX scim_user_name ON scim_user (organization_id, user_name_key)
    WHERE CASE WHEN deleted_at IS NULL THEN TRUE ELSE FALSE END;
CREATE INDEX scim_user_person ON scim_user (organization_id, user_name_key, id);
DROP INDEX scim_user_present;
CREATE INDEX scim_user_present ON scim_user (organization_id, id, deleted_at);
DROP INDEX scim_user_skeleton;
CREATE INDEX scim_user_skeleton ON scim_user (organization_id, skeleton_key, id)
    WHERE skeleton_key IS NOT NULL;
DROP INDEX scim_user_external_id;
CREATE INDEX scim_user_external_id ON scim_user (organization_id, external_id, id)
    WHERE external_id IS NOT NULL;
DROP INDEX scim_group_external_id;
CREATE INDEX scim_group_external_id ON scim_group (organization_id, external_id, id)
    WHERE external_id IS NOT NULL;
CREATE INDEX scim_user_inactive ON scim_user (organization_id)
    WHERE deleted_at IS NULL AND NOT active;
CREATE INDEX want_of_alert ON want (organization_id, alert_id)
    WHERE alert_id IS NOT NULL AND closed_at IS NULL
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the indexes anew, and others for those who hold no seat and for those who left."""
    create(db, CHANGES)
