"""PostgreSQL: pool, migrations, advisory locks."""
