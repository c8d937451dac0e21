"""How Alembic reaches the database: over the connection it is given, inside the transaction already open."""

from alembic import context

from apprenti.store.database.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
