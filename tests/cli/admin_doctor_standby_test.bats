#!/usr/bin/env bats
# concertd doctor, of what follows the database. PostgreSQL shows that for all databases at once, so
# this one is of its own.

load region

setup_file()
{
    region_start "$BATS_FILE_TMPDIR/pg"
}

teardown_file()
{
    server_stop
    "$CLUSTER" remove "$PG"
}

doctor()
{
    run --separate-stderr env CONCERT_LANG=en "$bin/concertd" doctor --state "$STATE" --all
}

# as_superuser: from whom PostgreSQL hides nothing.
as_superuser()
{
    sed -i "s|^database = .*|database = $("$CLUSTER" conninfo "$PG" "$DB" postgres)|" "$STATE/concertd.conf"
}

@test "what takes the log and replays nothing, as a backup does, is no standby" {
    local receiver
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    doctor
    says "No standby follows the database."
    mkdir "$BATS_TEST_TMPDIR/wal"
    /usr/lib/postgresql/15/bin/pg_receivewal --no-sync -D "$BATS_TEST_TMPDIR/wal" \
        -d "$("$CLUSTER" conninfo "$PG" postgres postgres)" 3>&- &
    receiver=$!
    until [ "$("$CLUSTER" psql "$PG" postgres -qAt <<<"SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")" = 1 ]; do
        lives "$receiver"
        sleep 0.05
    done
    doctor
    says "1 standby is cannot be seen: GRANT pg_monitor"
    as_superuser
    doctor
    kill "$receiver"
    says "No standby follows the database."
    says_not pg_monitor
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
}

@test "standbys that commits should wait for, and do not" {
    doctor
    says_not synchronous_standby_names
    "$BATS_TEST_DIRNAME/../lib/replica" sync "$PG" local
    until [ "$(sql "SHOW synchronous_commit")" = local ]; do sleep 0.05; done
    doctor
    ended 3
    says "synchronous_standby_names is set, but its synchronous_commit is local" "ALTER SYSTEM SET synchronous_commit = on"
}
