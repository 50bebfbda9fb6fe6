"""Alembic runs this file; the connection, in a transaction, is handed over by `migrate.py`."""

from __future__ import annotations

from alembic import context

from chatbot.records.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
