#!/usr/bin/env bats
# Following the log: each change is told once, in the log's order, whatever is cut meanwhile.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
    office chenaux2 "Comité local Des Chenaux"
    export PART
    PART=$(as mekinac list share action=4.1.1 party="Comité local de Mékinac" --format json |
        json 'it[0]["handle"]')
}

teardown_file()
{
    region_stop
}

setup()
{
    server_lives || server_start
    seen=$BATS_TEST_TMPDIR/seen
    said=$BATS_TEST_TMPDIR/said
    started=()
}

teardown()
{
    local pid
    for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
}

# watching NAME [WORD...]: begins to follow, its pid in `watcher`; returns once nothing is missed.
watching()
{
    CONCERT_HOME=$ROOM/$1 "$bin/concert" suivre "${@:2}" >"$seen" 2>"$said" 3>&- &
    watcher=$!
    started+=("$watcher")
    until grep -q "Ctrl+C" "$said"; do
        lives "$watcher" || { cat "$said" && return 1; }
        sleep 0.02
    done
}

# ends: the watcher, by itself and well, within a minute.
ends()
{
    local i
    for ((i = 0; i < 600; i++)); do
        lives "$watcher" || break
        sleep 0.1
    done
    lives "$watcher" && { echo "it goes on:" && cat "$seen" "$said" && return 1; }
    wait "$watcher"
}

# chained FROM TO: the lines seen tell a percent that goes up from one to the other, step by step.
chained()
{
    python3 - "$seen" "$1" "$2" <<'PYTHON'
import re, sys
text = open(sys.argv[1]).read().replace("\u00a0", " ")
steps = [(int(a), int(b)) for a, b in re.findall(r"(\d+) % → (\d+) %", text)]
want = [(n, n + 1) for n in range(int(sys.argv[2]), int(sys.argv[3]))]
assert steps == want, (steps, text)
PYTHON
}

@test "a change is a sentence: when, who, what, from what to what, and why" {
    as mekinac set "$PART" percent=0
    watching chenaux -n 3
    as mekinac set "$PART" percent=40 -m "Deux séances"
    as mekinac note 4.1.1 -m "Un mot de Mékinac"
    as mekinac set "$PART" aide="Comité de soutien"
    ends
    output=$(<"$seen")
    says "Mékinac" "$PART" "0 % → 40 %" "Deux séances" "Un mot de Mékinac" "Comité de soutien"
    [ "$(wc -l <"$seen")" -ge 3 ]
}

@test "by committee, by action, by kind, several of them" {
    watching coordination -n 2 --comité Mékinac --genre part,note
    as chenaux note 4.1.1 -m "Celle des Chenaux"
    as coordination set 2.1.3 weight=2
    as mekinac note 1.1.1 -m "Celle de Mékinac"
    as mekinac set "$PART" percent=41
    ends
    output=$(<"$seen")
    says "Celle de Mékinac" "41 %"
    says_not "Celle des Chenaux" "2.1.3"

    watching coordination -n 2 --action 4.1.1,2.1.3
    as mekinac note 1.1.1 -m "D'une autre action"
    as mekinac set "$PART" percent=42
    as coordination set 2.1.3 weight=3
    ends
    output=$(<"$seen")
    says "42 %" "2.1.3"
    says_not "D'une autre action"
}

@test "what cannot be asked for is told before anything is followed" {
    run as mekinac suivre --genre soucoupe
    ended 2
    run as mekinac suivre --comité "Nulle part"
    ended 3
    run as mekinac suivre --action 99.9
    ended 3
    run as mekinac suivre -n 0
    ended 2
    server_stop
    run as mekinac suivre
    ended 6
}

@test "several changes of one record that come together are told one by one" {
    as mekinac set "$PART" percent=0
    watching chenaux -n 12
    local i
    for i in {1..10}; do as mekinac --offline set "$PART" percent="$i"; done
    as mekinac --offline add note subject="$PART" text="Passagère"
    as mekinac --offline remove --yes "$(as mekinac --offline list note subject="$PART" --format json |
        json '[o["handle"] for o in it if o["text"] == "Passagère"][0]')"
    as mekinac sync
    ends
    chained 0 10
    output=$(<"$seen")
    [ "$(grep -c Passagère "$seen")" -ge 1 ]
    says "supprimé"
}

@test "commands of the same home meanwhile: their changes are told too, once" {
    as mekinac set "$PART" percent=0
    watching mekinac -n 20
    local i
    for i in {1..20}; do
        as mekinac set "$PART" percent="$i" >/dev/null
        as mekinac plan >/dev/null
    done
    ends
    chained 0 20
}

@test "the server killed again and again: no gap, no repeat" {
    as mekinac set "$PART" percent=0
    watching chenaux -n 100
    (for i in {1..100}; do as mekinac set "$PART" percent="$i"; done) >/dev/null 2>&1 3>&- &
    local writer=$!
    started+=("$writer")
    while lives "$writer"; do
        sleep 0.8
        server_stop KILL
        server_start
    done
    as mekinac sync
    ends
    chained 0 100
    output=$(<"$said")
    says "hors de portée" "de retour"
}

@test "a line cut at any byte: no gap, no repeat" {
    local port line proxy
    port=${LINE#concert://*:} port=${port%%/*}
    /usr/bin/python3 "$BATS_TEST_DIRNAME/cutting_proxy.py" "$port" 7 100000000 100000001 >"$BATS_TEST_TMPDIR/port" 3>&- &
    proxy=$!
    started+=("$proxy")
    until [ -s "$BATS_TEST_TMPDIR/port" ]; do sleep 0.02; done
    line=$(invite "Comité local Des Chenaux")
    as cut join "${line/:$port/:$(<"$BATS_TEST_TMPDIR/port")}" --name "Poste coupé"
    kill -9 "$proxy"
    # The same port again, with a line that lasts for a few kilobytes.
    /usr/bin/python3 "$BATS_TEST_DIRNAME/cutting_proxy.py" "$port" 7 3000 12000 \
        "$(<"$BATS_TEST_TMPDIR/port")" >"$BATS_TEST_TMPDIR/again" 3>&- &
    started+=("$!")
    until [ -s "$BATS_TEST_TMPDIR/again" ]; do sleep 0.02; done
    as mekinac set "$PART" percent=0
    until as cut sync 2>/dev/null; do :; done
    until watching cut -n 100; do :; done
    for i in {1..100}; do as mekinac set "$PART" percent="$i"; done >/dev/null
    ends
    chained 0 100
    [ "$(grep -c "hors de portée" "$said")" -ge 2 ]
}

dump()
{
    pg_dump --no-password "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" \
        >"$BATS_TEST_TMPDIR/dump.sql"
}

# The server comes back from that dump.
restore()
{
    server_stop KILL
    "$CLUSTER" dropdb "$PG" "$DB"
    "$CLUSTER" createdb "$PG" "$DB"
    psql --no-psqlrc -q -v ON_ERROR_STOP=1 -f "$BATS_TEST_TMPDIR/dump.sql" \
        "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" >/dev/null
    server_start
}

# told COUNT TEXT FILE: the watcher tells it so many times, within half a minute.
told()
{
    local i
    for ((i = 0; i < 300; i++)); do
        [ "$(grep -c "$2" "$3")" -lt "$1" ] || return 0
        lives "$watcher" || break
        sleep 0.1
    done
    echo "not told: $2" && cat "$seen" "$said" && return 1
}

@test "over a restart from an older backup, twice: it says so and goes on, nothing is told twice" {
    local turn
    as chenaux sync
    dump
    watching chenaux
    for turn in 1 2; do
        as mekinac note 4.1.1 -m "Perdue $turn"
        told 1 "Perdue $turn" "$seen"
        restore
        told "$turn" "plus ancienne" "$said"
        told "$turn" "concert historique" "$said"
        as chenaux2 note 4.1.1 -m "Après la reprise $turn"
        told 1 "Après la reprise $turn" "$seen"
        [ "$(grep -c "reprise $turn" "$seen")" = 1 ]
    done
    as mekinac sync
    as mekinac set "$PART" percent=93
    told 1 "pourcentage.*93" "$seen"
    lives "$watcher"
}

@test "what another command took of a log that is gone is not written over" {
    local i
    as chenaux sync
    watching chenaux
    kill -STOP "$watcher"
    dump
    server_stop KILL
    server_start
    for i in {1..5}; do as chenaux note 4.1.1 -m "Des Chenaux $i"; done
    restore
    for i in {1..9}; do as mekinac note 4.1.1 -m "De Mékinac $i"; done
    kill -CONT "$watcher"
    told 1 "plus ancienne" "$said"
    as chenaux sync
    [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'Des Chenaux %'")" = 5 ]
}
