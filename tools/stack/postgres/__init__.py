"""The ways to come by a PostgreSQL server."""
