"""The database: connections, transactions, and the schema."""
