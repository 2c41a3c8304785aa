#!/usr/bin/env bats
# Yesterday's pg_dump is restored under running clients: offices whose changes were acknowledged
# after it, one of which clashes since, one off line with more that waits, one killed with SIGKILL
# while it gathers the server's log, one that synchronizes all the while. Nothing is lost.

load region

offices=(mekinac chenaux maskinonge shawinigan)

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
    office maskinonge "Comité local de Maskinongé"
    office shawinigan "Comité local de Shawinigan"
    office chenaux2 "Comité local Des Chenaux"
    as chenaux note 4.1.1 -m "D'avant la sauvegarde"
    local name
    for name in "${offices[@]}" chenaux2; do
        as "$name" sync
    done
}

teardown_file()
{
    region_stop
}

teardown()
{
    touch "$BATS_TEST_TMPDIR/over" # who asks all the while ends, also when the test has failed
}

owner_conninfo()
{
    "$CLUSTER" conninfo "$PG" "$DB" concert_owner
}

# Clients go on meanwhile: they find the server away, or a log that is another one.
restore()
{
    server_stop KILL
    "$CLUSTER" dropdb "$PG" "$DB"
    "$CLUSTER" createdb "$PG" "$DB"
    psql --no-psqlrc -q -v ON_ERROR_STOP=1 -f "$BATS_TEST_TMPDIR/dump.sql" \
        "$(owner_conninfo)" >/dev/null
    server_start
}

# share NAME ACTION PARTY: the handle of what a party does of an action.
share()
{
    as "$1" list share action="$2" party="$3" --offline --format json 2>/dev/null |
        json 'it[0]["handle"]'
}

# outbox NAME CONDITION: op_ids of the office's own operations, one a line.
outbox()
{
    python3 - "$ROOM/$1/copy.db" "$2" <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for (op,) in db.execute(f"SELECT hex(op_id) FROM outbox WHERE {sys.argv[2]} ORDER BY number"):
    print(op.lower())
PYTHON
}

# killed_gathering NAME: its client is killed as soon as a first page of the other log is there,
# and before the last one is.
killed_gathering()
{
    CONCERT_HOME=$ROOM/$1 python3 - "$bin/concert" "$ROOM/$1" <<'PYTHON'
import os, shutil, signal, sqlite3, subprocess, sys
program, home = sys.argv[1:]
shutil.copytree(home, home + ".kept")

def gathered(db):
    try:
        row = db.execute("SELECT value FROM meta WHERE key = 'fresh_cursor'").fetchone()
    except sqlite3.OperationalError:
        return 0
    return row[0] if row else 0

for attempt in range(40):
    db = sqlite3.connect(home + "/copy.db", isolation_level=None)
    # on a slow line pages are small: there are many
    child = subprocess.Popen([program, "--slow", "sync"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    while child.poll() is None and not gathered(db):
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    there = gathered(db)
    db.close()
    if there:
        print(there)
        sys.exit(0)
    shutil.rmtree(home)
    shutil.copytree(home + ".kept", home)
sys.exit("it was never caught gathering")
PYTHON
}

@test "yesterday's dump under running clients: nothing is lost, and all of it is told" {
    local name handle before number busy
    handle=$(share chenaux 1.1.1 "Comité local Des Chenaux")
    as chenaux set "$handle" percent=11
    as chenaux2 sync
    pg_dump --no-password "$(owner_conninfo)" >"$BATS_TEST_TMPDIR/dump.sql"

    # after the dump: each has receipts
    as mekinac note 4.1.1 -m "De Mékinac"
    as mekinac progress 1.1.1 23 -m "Avancé"
    as chenaux set "$handle" percent=37
    as chenaux note 4.1.1 -m "Des Chenaux"
    as maskinonge note 4.1.1 -m "De Maskinongé"
    as maskinonge progress 1.1.1 29 -m "Avancé aussi"
    as shawinigan progress 2.1.3 10 -m "De Shawinigan"
    as shawinigan --offline note 2.1.3 -m "En attente à Shawinigan"
    as coordination sync
    for name in "${offices[@]}" coordination; do
        outbox "$name" "state = 2" >"$BATS_TEST_TMPDIR/$name.receipts"
        [ -s "$BATS_TEST_TMPDIR/$name.receipts" ]
    done

    # one of them asks all the while
    while [ ! -e "$BATS_TEST_TMPDIR/over" ]; do
        as mekinac sync >>"$BATS_TEST_TMPDIR/mekinac.said" 2>&1 || true
        sleep 0.05
    done &
    busy=$!
    restore
    as chenaux2 set "$handle" percent=52
    before=$(killed_gathering maskinonge)
    [ "$before" -gt 0 ]
    # killed, it has the copy and the receipts that it had
    [ "$(tally maskinonge note)" -ge 2 ]
    diff <(outbox maskinonge "state = 2") "$BATS_TEST_TMPDIR/maskinonge.receipts"

    run as maskinonge sync
    ended 0
    says "sauvegarde plus ancienne" "renvoyé"
    run as shawinigan sync
    says "sauvegarde plus ancienne"
    run as chenaux sync
    says "sauvegarde plus ancienne" "d'autres ont changé les mêmes champs" "52 %" "37 %"
    as coordination sync
    until grep -q "sauvegarde" "$BATS_TEST_TMPDIR/mekinac.said"; do sleep 0.05; done
    touch "$BATS_TEST_TMPDIR/over"
    wait "$busy"

    # whoever lost another's record sends once more; then all have the same
    for name in "${offices[@]}" coordination chenaux2 "${offices[@]}" coordination; do
        run as "$name" sync
    done

    # every receipt is in the log once, but for the one that waits for a choice
    sql "SELECT encode(op_id, 'hex') FROM change ORDER BY seq" >"$BATS_TEST_TMPDIR/log" ||
        sql "SELECT replace(op_id::text, '-', '') FROM change ORDER BY seq" >"$BATS_TEST_TMPDIR/log"
    [ -z "$(sort "$BATS_TEST_TMPDIR/log" | uniq -d)" ]
    for name in "${offices[@]}" coordination; do
        sort "$BATS_TEST_TMPDIR/$name.receipts" |
            comm -23 - <(sort "$BATS_TEST_TMPDIR/log") >"$BATS_TEST_TMPDIR/$name.missing"
        outbox "$name" "state <> 2" | sort >"$BATS_TEST_TMPDIR/$name.open"
        diff "$BATS_TEST_TMPDIR/$name.missing" "$BATS_TEST_TMPDIR/$name.open"
    done
    [ "$(wc -l <"$BATS_TEST_TMPDIR/chenaux.open")" = 1 ]
    [ "$(outbox chenaux "state = 3" | wc -l)" = 1 ]
    [ "$(cat "$BATS_TEST_TMPDIR"/{mekinac,maskinonge,shawinigan,coordination}.open)" = "" ]
    [ "$(sql "SELECT percent FROM share WHERE percent IN (37, 52)")" = 52 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'De%' OR text LIKE 'En attente%'")" -ge 5 ]

    # the copies are equal, and say what was done
    local kind
    for kind in note share action; do
        as coordination list "$kind" --offline --format json >"$BATS_TEST_TMPDIR/one" 2>/dev/null
        for name in mekinac maskinonge shawinigan; do
            as "$name" list "$kind" --offline --format json >"$BATS_TEST_TMPDIR/two" 2>/dev/null
            cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
        done
    done
}

@test "the news is told once; status goes on telling it" {
    run as maskinonge sync
    says_not "sauvegarde plus ancienne"
    run --separate-stderr as maskinonge status --format json
    [ "$(json 'it["restart"]["sent_again"]' <<<"$output")" = 3 ]
}

@test "what nobody has sent again yet can be read in the copies that had it" {
    local handle
    handle=$(share chenaux 1.1.1 "Comité local Des Chenaux")
    as chenaux2 sync
    pg_dump --no-password "$(owner_conninfo)" >"$BATS_TEST_TMPDIR/dump.sql"
    as chenaux2 note 4.1.1 -m "Personne ne la renvoie"
    as chenaux2 set "$handle" percent=78
    as coordination sync
    mv "$ROOM/chenaux2" "$ROOM/chenaux2.away"
    restore
    run as coordination sync
    says "--anciennes"
    run as coordination état
    says "demandez aux autres comités" "--anciennes"
    says_not "Personne ne la renvoie"
    run as coordination état --anciennes
    ended 0
    says "Personne ne la renvoie" "absente" "78 %" "plus ancienne" "Comité local Des Chenaux"
    as coordination status --former --format json >"$BATS_TEST_TMPDIR/former" 2>/dev/null
    [ "$(json '"percent=78" in str(it["former"])' <"$BATS_TEST_TMPDIR/former")" = True ]
    [ "$(json 'sorted(f["state"] for f in it["former"])' <"$BATS_TEST_TMPDIR/former")" = \
        "['missing', 'older']" ]
    mv "$ROOM/chenaux2.away" "$ROOM/chenaux2"
    as chenaux2 sync
    as coordination sync
    as coordination status --former --format json >"$BATS_TEST_TMPDIR/former" 2>/dev/null
    [ "$(json 'len(it["former"]) + it["restart"]["former"]' <"$BATS_TEST_TMPDIR/former")" = 0 ]
}
