#!/usr/bin/env bats
# PostgreSQL goes away and comes back: clients keep their words, nothing that was acknowledged is
# lost, nothing is applied twice, and the server finds it again by itself.

load region

setup_file()
{
    region_open "$BATS_FILE_TMPDIR/pg"
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
}

teardown_file()
{
    server_stop
    "$CLUSTER" remove "$PG"
}

setup()
{
    "$CLUSTER" start "$PG"
    settle mekinac
    settle chenaux
}

waiting()
{
    as "$1" status --offline --format json 2>/dev/null | json 'it["status"]["waiting"]'
}

# settle NAME: until all that it wrote has been taken.
settle()
{
    until as "$1" sync >/dev/null 2>&1 && [ "$(waiting "$1")" = 0 ]; do sleep 0.1; done
}

# once TEXT-PATTERN: each note that is like it is in the plan once, and the log agrees.
once()
{
    [ "$(sql "SELECT count(*) - count(DISTINCT text) FROM note WHERE text LIKE '$1'")" = 0 ]
    [ "$(sql "SELECT count(*) - count(DISTINCT op_id) FROM change")" = 0 ]
    [ "$(sql "SELECT max(seq) - count(*) FROM change")" = 0 ]
}

@test "a write without the database is recorded here, said so, and sent when it is back" {
    "$CLUSTER" kill "$PG"
    run as mekinac note 4.1.1 -m "Sans la base"
    ended 0
    says "Inscrit sur cet appareil" "attend"
    [ "$(waiting mekinac)" = 1 ]
    server_lives
    "$CLUSTER" start "$PG"
    settle mekinac
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Sans la base'")" = 1 ]
    # The same server: it found the database by itself.
    server_lives
}

@test "what cannot do without it says that it is the database, and that nothing is lost" {
    "$CLUSTER" kill "$PG"
    local words
    for words in "sync" "history 4.1.1" "invite I3"; do
        # shellcheck disable=SC2086 # words
        run as coordination $words
        [ "$status" -eq 6 ] || [ "$words" = sync ] || { echo "$words: $status $output" && return 1; }
    done
    as mekinac --offline note 4.1.1 -m "En attendant"
    run as mekinac sync
    ended 6
    says "base de données" "rien n'est perdu"
    run as mekinac sync --lang en
    says "database" "nothing is lost"
    run as mekinac sync --format json
    [ "$status" -eq 6 ]
    "$CLUSTER" start "$PG"
    settle mekinac
}

@test "reads go on without the database" {
    "$CLUSTER" kill "$PG"
    run as mekinac plan
    ended 0
    run as chenaux dashboard
    ended 0
}

@test "killed under load, three times: all that was written is there, once" {
    local round i name pids=() pid
    for name in mekinac chenaux; do
        for i in {1..60}; do
            as "$name" note 4.1.1 -m "Sous la charge $name $i" ||
                echo "$name $i" >>"$BATS_TEST_TMPDIR/failed"
        done >/dev/null 2>&1 3>&- &
        pids+=($!)
    done
    for round in 1 2 3; do
        # Some are through before each kill, so that it falls among them.
        until [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'Sous la charge%'")" -ge \
            $((round * 15)) ] || ! lives "${pids[0]}"; do sleep 0.02; done
        "$CLUSTER" kill "$PG"
        "$CLUSTER" start "$PG"
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    [ ! -e "$BATS_TEST_TMPDIR/failed" ]
    settle mekinac
    settle chenaux
    [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'Sous la charge%'")" = 120 ]
    once 'Sous la charge%'
    server_lives
}

@test "both go at once, the server by kill -9: all that was written is there, once" {
    local i
    for i in {1..40}; do
        as mekinac note 4.1.1 -m "Panne $i" || true
    done >/dev/null 2>&1 3>&- &
    local writer=$!
    until [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'Panne %'")" -ge 10 ]; do
        sleep 0.02
    done
    server_stop KILL
    "$CLUSTER" kill "$PG"
    "$CLUSTER" start "$PG"
    server_start
    wait "$writer"
    settle mekinac
    [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'Panne %'")" = 40 ]
    once 'Panne %'
}

@test "an import that the database's end cuts through is there whole, or not at all" {
    local before after
    printf 'Code;Nom;Type\n' >"$BATS_TEST_TMPDIR/territoires.csv"
    for ((i = 0; i < 400; i++)); do
        echo "X$i;Territoire $i;MRC" >>"$BATS_TEST_TMPDIR/territoires.csv"
    done
    before=$(sql "SELECT count(*) FROM territory")
    # Its transaction stands before a table that somebody else holds: what it wrote is not committed.
    coproc LOCKER { psql --no-psqlrc -qAt "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" 3>&-; }
    echo "BEGIN; LOCK TABLE mauricie.territory IN SHARE MODE; SELECT 'locked';" >&"${LOCKER[1]}"
    local held importer
    read -r -u "${LOCKER[0]}" held
    [ "$held" = locked ]
    as coordination import "$BATS_TEST_TMPDIR/territoires.csv" >/dev/null 2>&1 3>&- &
    importer=$!
    until [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'territory'::regclass
        AND NOT granted")" -gt 0 ]; do
        sleep 0.02
    done
    "$CLUSTER" kill "$PG"
    "$CLUSTER" start "$PG"
    wait "$importer" || true
    after=$(sql "SELECT count(*) FROM territory")
    [ "$after" = "$before" ] || [ "$after" = $((before + 400)) ]
    settle coordination
    as coordination import "$BATS_TEST_TMPDIR/territoires.csv" >/dev/null
    [ "$(sql "SELECT count(*) FROM territory")" = $((before + 400)) ]
    [ "$(sql "SELECT count(DISTINCT code) FROM territory")" = $((before + 400)) ]
}

@test "a server started while the database is away serves when it is there" {
    server_stop
    "$CLUSTER" stop "$PG"
    : >"$LOG"
    "$bin/concertd" serve --state "$STATE" </dev/null >>"$LOG" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/concertd.pid"
    as mekinac --offline note 4.1.1 -m "Avant la base"
    run as mekinac sync
    [ "$status" -ne 0 ]
    server_lives
    "$CLUSTER" start "$PG"
    settle mekinac
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Avant la base'")" = 1 ]
}

@test "the two clients and the database tell the same at the end" {
    settle mekinac
    settle chenaux
    [ "$(tally mekinac note)" = "$(tally chenaux note)" ]
    [ "$(tally mekinac note)" = "$(sql "SELECT count(*) FROM note n JOIN record r ON r.id = n.id
        WHERE NOT r.deleted")" ]
}
