#!/bin/sh
# First start of the PostgreSQL container: one role and one database for each service.
# Nobody but the owner may connect, so that no service can read a neighbour's tables.
set -eu
for service in intake aggregator notifier; do
  psql -qX -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d postgres -v name="$service" <<'SQL'
\set password `cat /run/secrets/database_password`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
