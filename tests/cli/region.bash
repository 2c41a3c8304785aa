# shellcheck shell=bash
# A region of its own for a test file: the shared cluster, a database, a server on a free port, the
# coordinator's client with the Mauricie's plan. Loaded at the head of each file.
#
# Exported by region_start: CLUSTER, PG, DB, STATE (the server's folder), LOG, LINE (the first
# invitation), ROOM (the clients' homes), MAURICIE (the CSV files).

bats_require_minimum_version 1.5.0

bin=${CONCERT_BIN:-$BATS_TEST_DIRNAME/../../build}
plan_files=(territoires comites membres publics-cibles plan-2009-2010 parts)

# What the machine's own settings would change.
unset "${!LC_@}" LANG LANGUAGE CONCERT_HOME CONCERT_LANG PAGER EDITOR VISUAL COLUMNS
export CONCERT_LANG=fr NO_COLOR=1

# Debian's own.
python3()
{
    /usr/bin/python3 "$@"
}

# --- the region --------------------------------------------------------------------------------

region_names()
{
    export CLUSTER=$BATS_TEST_DIRNAME/../lib/cluster
    export PG=${1:-${CONCERT_TEST_CLUSTER:-$BATS_TEST_DIRNAME/../../var/test/pg}}
    # The time too: a process's number comes again, and may have left a database behind.
    DB=cli_$$_$(date +%s)
    export DB STATE=$BATS_FILE_TMPDIR/state LOG=$BATS_FILE_TMPDIR/concertd.log
    export ROOM=$BATS_FILE_TMPDIR/homes MAURICIE=$BATS_TEST_DIRNAME/../data/mauricie
    mkdir -p "$ROOM"
}

# region_init [WORD...]: prints the coordinator's invitation; words are more options.
region_init()
{
    "$bin/concertd" init --state "$STATE" --region mauricie \
        --title "Consortium en développement social de la Mauricie" --language fr \
        --timezone America/Toronto --listen 127.0.0.1:0 --coordinator Coordonnatrice \
        --database "$("$CLUSTER" conninfo "$PG" "$DB" concertd)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" "$@"
}

# region_start [DIR-OF-A-CLUSTER-OF-ITS-OWN]: up to a server that accepts.
region_start()
{
    region_names "$@"
    "$CLUSTER" start "$PG"
    "$CLUSTER" createdb "$PG" "$DB"
    LINE=$(region_init)
    export LINE
    server_start
}

# region_open [DIR]: and the coordinator in it, with the whole plan.
region_open()
{
    region_start "$@"
    as coordination join "$LINE" --name "Poste de la coordination"
    local file
    for file in "${plan_files[@]}"; do
        as coordination import "$MAURICIE/$file.csv"
    done
}

region_stop()
{
    server_stop
    "$CLUSTER" dropdb "$PG" "$DB"
}

# sql STATEMENT: in the region's schema, as its owner.
sql()
{
    psql --no-psqlrc -qAt -v ON_ERROR_STOP=1 -c "SET search_path TO mauricie" -c "$1" \
        "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)"
}

# --- the server --------------------------------------------------------------------------------

# server_start [WORD...]: words before the program, as valgrind's.
server_start()
{
    : >"$LOG"
    "$@" "$bin/concertd" serve --state "$STATE" </dev/null >>"$LOG" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/concertd.pid"
    until server_ready; do
        server_lives || { cat "$LOG" && return 1; }
        sleep 0.02
    done
}

# It serves before the last of its connections to the database is up: of each region the readers',
# the writer's and the documents', in each worker.
server_ready()
{
    local workers readers
    workers=$(sed -n 's/^workers *= *//p' "$STATE/concertd.conf")
    readers=$(sed -n 's/^store_connections *= *//p' "$STATE/concertd.conf")
    grep -q event=ready "$LOG" &&
        (($(grep -c event=database_up "$LOG") >=
            ${workers:-1} * (${readers:-4} + 2) * $(grep -c '^\[region ' "$STATE/concertd.conf")))
}

# free_port: one below those of outgoing connections, which could take it before it is served.
free_port()
{
    python3 -c 'import random, socket
while True:
    with socket.socket() as probe:
        port = random.randrange(10240, 30240)
        if probe.connect_ex(("127.0.0.1", port)) != 0:
            print(port)
            break'
}

server_pid()
{
    cat "$BATS_FILE_TMPDIR/concertd.pid" 2>/dev/null
}

# A zombie that nobody has asked for its exit code is dead too.
lives()
{
    grep -qE '^State:[[:space:]]+[^Z[:space:]]' "/proc/${1:-none}/status" 2>/dev/null
}

server_lives()
{
    lives "$(server_pid)"
}

# server_stop [SIGNAL]
server_stop()
{
    server_lives || return 0
    kill "-${1:-TERM}" "$(server_pid)"
    while server_lives; do sleep 0.02; done
    # Its end is no news to this shell, if it is its child.
    wait "$(server_pid)" 2>/dev/null || true
}

# --- clients -----------------------------------------------------------------------------------

# as NAME COMMAND...: the client whose home has that name.
as()
{
    CONCERT_HOME=$ROOM/$1 "$bin/concert" "${@:2}"
}

# server_away: stops it; it starts again on the port that its devices know.
server_away()
{
    local port
    port=$(as coordination etat --hors-ligne --format json 2>/dev/null | json 'it["status"]["server"].split(":")[-1]')
    server_stop
    sed -i "s/^listen = .*/listen = 127.0.0.1:$port/" "$STATE/concertd.conf"
}

# invite PARTY [WORD...]: a line to join with.
invite()
{
    as coordination invite "$@"
}

# office NAME PARTY [WORD...]: invited and joined; words are for the invitation.
office()
{
    as "$1" join "$(invite "${@:2}")" --name "Poste de $1"
}

# json EXPRESSION [WORD...]: of what stands on stdin as `it`; words are `words`. Nothing for None.
json()
{
    python3 -c 'import json, sys
it, words = json.load(sys.stdin), sys.argv[2:]
found = eval("(" + sys.argv[1] + ")")
print("" if found is None else found)' "$@"
}

# value NAME HANDLE FIELD: of a record, as the office's client tells programs.
value()
{
    as "$1" show "$2" --offline --format json 2>/dev/null | json 'it["record"][words[0]]' "$3"
}

# tally NAME KIND: how many records of a kind the office's client has.
tally()
{
    as "$1" list "$2" --offline --format json 2>/dev/null | json 'len(it)'
}

# --- what tests say ----------------------------------------------------------------------------

# says TEXT...: each stands somewhere in what was printed, on either stream; case counts.
says()
{
    local text all
    all=$(plain "$output"$'\n'"${stderr-}")
    for text; do
        [[ $all == *"$(plain "$text")"* ]] || { printf 'not said: %s\nbut: %s\n' "$text" "$all" && return 1; }
    done
}

says_not()
{
    local text all
    all=$(plain "$output"$'\n'"${stderr-}")
    for text; do
        [[ $all != *"$(plain "$text")"* ]] || { printf 'said: %s\nin: %s\n' "$text" "$all" && return 1; }
    done
}

# ended CODE
ended()
{
    [ "$status" -eq "$1" ] || {
        printf 'exit code %s, not %s: %s\n%s\n' "$status" "$1" "$output" "${stderr-}"
        return 1
    }
}

# plain TEXT: all runs of spaces, non-breaking ones and new lines as one space, so that tests can be
# typed and do not care where a line is broken.
plain()
{
    local text=${1//$'\xc2\xa0'/ }
    text=${text//$'\xe2\x80\xaf'/ }
    set -f
    # shellcheck disable=SC2086 # words
    set -- $text
    set +f
    printf '%s' "$*"
}
