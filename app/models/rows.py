"""What every table has in common."""

from peewee import Model

from app.db.connections import database


class Row(Model):
    """A row of the product's one database."""

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True
