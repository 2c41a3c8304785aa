#!/bin/bash
# At PostgreSQL's first start, on an empty data folder: the two roles of a region, its database, and
# a password for whoever comes in. The superuser comes in from PostgreSQL's own container alone.
set -euo pipefail

# Each password is read by psql itself, so that it stands in no list of processes.
PGPASSWORD=$(</docker-entrypoint-initdb.d/postgres) \
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres <<'SQL'
\set owner `cat /docker-entrypoint-initdb.d/concert_owner`
\set server `cat /docker-entrypoint-initdb.d/concertd`
CREATE ROLE concert_owner LOGIN PASSWORD :'owner';
CREATE ROLE concertd LOGIN PASSWORD :'server';
CREATE DATABASE concert OWNER concert_owner ENCODING 'UTF8' TEMPLATE template0
    LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE concert FROM PUBLIC;
GRANT CONNECT ON DATABASE concert TO concertd;
SQL

cat >"$PGDATA/pg_hba.conf" <<'RULES'
local all postgres peer
local all all      scram-sha-256
RULES

# The database is made: postgres-start never makes it anew from here on.
: >"$PGDATA/concert.made"
sync "$PGDATA/pg_hba.conf" "$PGDATA/concert.made" "$PGDATA"
rm -f /var/run/postgresql/making
