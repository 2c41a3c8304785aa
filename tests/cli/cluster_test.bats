#!/usr/bin/env bats
# The cluster script that demo, tests and benchmarks share.

setup_file()
{
    export CLUSTER=$BATS_TEST_DIRNAME/../lib/cluster
    export PG=$BATS_FILE_TMPDIR/pg
    "$CLUSTER" start "$PG"
    "$CLUSTER" createdb "$PG" concert
}

teardown_file()
{
    "$CLUSTER" remove "$PG"
}

# sql USER DATABASE STATEMENT
sql()
{
    psql --no-psqlrc -qAt -v ON_ERROR_STOP=1 -c "$3" "$("$CLUSTER" conninfo "$PG" "$2" "$1")"
}

@test "start accepts at once, and starting again changes nothing" {
    local before after
    before=$(sql postgres postgres 'SELECT pg_postmaster_start_time()')
    "$CLUSTER" start "$PG"
    after=$(sql postgres postgres 'SELECT pg_postmaster_start_time()')
    [ "$before" = "$after" ]
}

@test "the server does not run as root" {
    run stat -c %u "/proc/$(head -n 1 "$PG/data/postmaster.pid")"
    [ "$status" -eq 0 ]
    [ "$output" -ne 0 ]
}

@test "it listens on no port, and strangers cannot reach its socket" {
    [ -z "$(sql postgres postgres 'SHOW listen_addresses')" ]
    [ "$(stat -c %a "$PG")" = 700 ]
    [ "$(stat -c %a "$PG/socket")" = 700 ]
}

@test "settings are the same everywhere" {
    [ "$(sql postgres postgres 'SHOW timezone')" = UTC ]
    [ "$(sql postgres postgres 'SHOW fsync')" = on ]
    [ "$(sql postgres postgres 'SHOW max_connections')" = 600 ]
    [ "$(sql concertd concert 'SHOW server_encoding')" = UTF8 ]
    [ "$(sql concertd concert 'SHOW lc_collate')" = C.UTF-8 ]
}

@test "the owner makes schemas, the daemon does not" {
    sql concert_owner concert 'CREATE SCHEMA mauricie'
    run sql concertd concert 'CREATE SCHEMA other'
    [ "$status" -ne 0 ]
    [[ "$output" == *"permission denied"* ]]
    run sql concertd concert 'CREATE TABLE public.other ()'
    [ "$status" -ne 0 ]
}

@test "createdb keeps what is there, dropdb throws out whoever is connected" {
    "$CLUSTER" createdb "$PG" "an odd'name"
    sql concert_owner "an odd'name" 'CREATE TABLE kept ()'
    "$CLUSTER" createdb "$PG" "an odd'name"
    sql concert_owner "an odd'name" 'SELECT FROM kept'
    sql concertd "an odd'name" 'SELECT pg_sleep(600)' 3>&- &
    local sleeper=$!
    until [ "$(sql postgres postgres "SELECT count(*) FROM pg_stat_activity
        WHERE usename = 'concertd'")" = 1 ]; do :; done
    "$CLUSTER" dropdb "$PG" "an odd'name"
    run wait "$sleeper"
    [ "$status" -ne 0 ]
    "$CLUSTER" dropdb "$PG" "an odd'name"
}

@test "kill loses what was not committed and nothing that was" {
    sql concert_owner concert 'CREATE TABLE said (word text)'
    sql concert_owner concert "INSERT INTO said VALUES ('committed')"
    "$CLUSTER" kill "$PG"
    run "$CLUSTER" running "$PG"
    [ "$status" -ne 0 ]
    run sql concertd concert 'SELECT 1'
    [ "$status" -ne 0 ]
    "$CLUSTER" start "$PG"
    "$CLUSTER" running "$PG"
    [ "$(sql concert_owner concert 'SELECT word FROM said')" = committed ]
}

@test "a lock file that names somebody else's process does not keep it from starting" {
    "$CLUSTER" kill "$PG"
    echo $$ >"$PG/data/postmaster.pid"
    "$CLUSTER" start "$PG"
    [ "$(sql concertd concert 'SELECT 1')" = 1 ]
}

@test "orphans of a server that died are cleared away" {
    kill -KILL "$(head -n 1 "$PG/data/postmaster.pid")"
    "$CLUSTER" start "$PG"
    [ "$(sql concertd concert 'SELECT 1')" = 1 ]
}

@test "stop is in order, and stopping again is no error" {
    "$CLUSTER" stop "$PG"
    grep -q 'database system is shut down' "$PG/server.log"
    "$CLUSTER" stop "$PG"
    "$CLUSTER" kill "$PG"
    "$CLUSTER" start "$PG"
}

@test "many may make and start it at once" {
    local pids=() pid new=$BATS_TEST_TMPDIR/pg
    for _ in 1 2 3 4; do
        "$CLUSTER" start "$new" 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    "$CLUSTER" running "$new"
    "$CLUSTER" remove "$new"
}

@test "a folder too deep or too odd for a socket, entered by its owner alone" {
    local deep odd="$BATS_TEST_TMPDIR/it's, \"odd\"" dir
    deep=$BATS_TEST_TMPDIR/$(printf 'x%.0s' {1..120})
    mkdir -m 700 "$odd"
    for dir in "$deep/pg" "$odd/pg"; do
        "$CLUSTER" start "$dir"
        "$CLUSTER" createdb "$dir" concert
        [ "$(psql -At -c 'SELECT current_user' "$("$CLUSTER" conninfo "$dir")")" = concertd ]
        local sockets
        sockets=$(cat "$dir/socket.at")
        "$CLUSTER" stop "$dir"
        "$CLUSTER" start "$dir"
        [ "$(cat "$dir/socket.at")" = "$sockets" ]
        "$CLUSTER" remove "$dir"
        [ ! -e "$dir" ]
        [ ! -e "$sockets" ]
    done
}

@test "a folder that is no cluster is left alone" {
    mkdir "$BATS_TEST_TMPDIR/mine"
    touch "$BATS_TEST_TMPDIR/mine/letter"
    run "$CLUSTER" start "$BATS_TEST_TMPDIR/mine"
    [ "$status" -ne 0 ]
    run "$CLUSTER" remove "$BATS_TEST_TMPDIR/mine"
    [ "$status" -ne 0 ]
    [ "$(ls "$BATS_TEST_TMPDIR/mine")" = letter ]
    "$CLUSTER" remove "$BATS_TEST_TMPDIR/none"
}

@test "an unknown command shows the known ones" {
    run "$CLUSTER" strat "$PG"
    [ "$status" -eq 2 ]
    [[ "$output" == *"cluster start DIR"* ]]
}
