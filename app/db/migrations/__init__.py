"""Numbered changes of the schema, applied in order by `app.db.migrating`."""
