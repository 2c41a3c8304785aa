#!/usr/bin/env bats
# concertd from its command line: making a region, serving it, ending, and what valgrind sees.

load region

setup()
{
    server_lives || server_start
}

setup_file()
{
    region_start
    as coordination join "$LINE"
}

teardown_file()
{
    region_stop
}

# fails CODE WORD...: concertd with these words ends so, at once, with something on stderr alone.
fails()
{
    run --separate-stderr timeout 240 "$bin/concertd" "${@:2}"
    ended "$1"
    [ -z "$output" ]
    [ -n "$stderr" ]
}

# other_init [WORD...]: init of another region in a folder and a database of its own.
other_init()
{
    "$CLUSTER" createdb "$PG" "${DB}_other"
    DB=${DB}_other STATE=$BATS_TEST_TMPDIR/state region_init "$@"
}

# other_fails TEXT [WORD...]: init with these words is refused with this said, and no line printed.
other_fails()
{
    local text=$1
    shift
    run --separate-stderr other_init "$@"
    [ "$status" -ne 0 ] || { echo "taken: $*" && return 1; }
    [ -z "$output" ]
    says "$text"
}

# What a test leaves running is in `started`: a test that fails must not leave it behind.
teardown()
{
    local pid
    for pid in "${started[@]}"; do ! lives "$pid" || kill "$pid"; done
    "$CLUSTER" dropdb "$PG" "${DB}_other"
}

@test "no command, an unknown one, missing and unknown options" {
    fails 2
    fails 2 sreve
    says "serve"
    fails 2 init
    says "--state"
    fails 2 serve
    says "--state"
    fails 2 init --state "$BATS_TEST_TMPDIR/x" --bogus 1
    says "bogus"
    [ ! -e "$BATS_TEST_TMPDIR/x" ]
    fails 2 serve --state
}

@test "init: bad values are refused, and then the right ones are taken in the same folder" {
    other_fails region --region "Bad Name"
    other_fails region --region ""
    other_fails language --language de
    other_fails timezone --timezone Mars/Olympus
    other_fails title --title ""
    other_fails "--listen" --listen nowhere
    other_fails "--owner-database" --owner-database "host=/nonexistent dbname=x"
    other_init
}

@test "init: a port that there cannot be is refused" {
    other_fails "--listen" --listen 127.0.0.1:99999
}

@test "init twice in a folder: refused, and the key stays" {
    local key
    key=$(sha256sum <"$STATE/key.pem")
    run --separate-stderr region_init
    [ "$status" -ne 0 ]
    [ -z "$output" ]
    says "$STATE"
    [ "$(sha256sum <"$STATE/key.pem")" = "$key" ]
    run as coordination sync
    ended 0
}

@test "init of a region that the database has already, from another folder: refused" {
    local before
    before=$(sql "SELECT count(*) FROM change")
    STATE=$BATS_TEST_TMPDIR/state run --separate-stderr region_init
    [ "$status" -ne 0 ]
    [ -z "$output" ]
    says "déjà"
    [ "$(sql "SELECT count(*) FROM change")" = "$before" ]
    [ ! -e "$BATS_TEST_TMPDIR/state/concertd.conf" ]
}

@test "serve: no folder, an empty one, settings that are none, a port that is taken" {
    fails 1 serve --state /nonexistent
    says "/nonexistent"
    mkdir "$BATS_TEST_TMPDIR/empty"
    fails 1 serve --state "$BATS_TEST_TMPDIR/empty"
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    # Of another program: servers of one region may share a port.
    /usr/bin/python3 -c 'import socket, time
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen()
print(taken.getsockname()[1], flush=True)
time.sleep(600)' >"$BATS_TEST_TMPDIR/port" 3>&- &
    started+=($!)
    local port
    until read -r port <"$BATS_TEST_TMPDIR/port"; do lives "${started[0]}"; done
    sed -i "s/^listen *=.*/listen = 127.0.0.1:$port/" "$BATS_TEST_TMPDIR/state/concertd.conf"
    fails 1 serve --state "$BATS_TEST_TMPDIR/state"
    says "$port"
    echo "bogus = 1" >>"$BATS_TEST_TMPDIR/state/concertd.conf"
    fails 1 serve --state "$BATS_TEST_TMPDIR/state"
    says "bogus"
}

@test "serve: a key or a certificate that is gone or another's is told" {
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i 's/^listen *=.*/listen = 127.0.0.1:0/' "$BATS_TEST_TMPDIR/state/concertd.conf"
    rm "$BATS_TEST_TMPDIR/state/key.pem"
    fails 1 serve --state "$BATS_TEST_TMPDIR/state"
    says "key"
    openssl genpkey -algorithm ed25519 -out "$BATS_TEST_TMPDIR/state/key.pem" 2>/dev/null
    fails 1 serve --state "$BATS_TEST_TMPDIR/state"
    echo "no key" >"$BATS_TEST_TMPDIR/state/key.pem"
    chmod 640 "$BATS_TEST_TMPDIR/state/key.pem"
    fails 1 serve --state "$BATS_TEST_TMPDIR/state"
    says "event=key_open" "mode=640"
}

@test "serve: the log is key=value, and tells no code and no words of people" {
    local line
    line=$(invite "Consortium en développement social de la Mauricie" --role secrétariat)
    as another join "$line" >/dev/null
    as another add territory code=XYZ name="Un nom de territoire"
    [ "$(grep -c event=ready "$LOG")" = 1 ]
    run ! grep -E "Un nom de territoire|Coordonnatrice" "$LOG"
    local code=${line#*#}
    run ! grep -F -- "${code%%.*}" "$LOG"
    while read -r line; do
        [[ $line =~ ^[0-9T:.Z-]+\ level=[a-z]+(\ [a-z_]+)?(\ [a-z_]+=[^=]+)+$ ]] || { echo "$line" && return 1; }
    done <"$LOG"
}

@test "SIGTERM ends it with exit code 0, SIGINT too, with clients connected" {
    local signal code server
    for signal in TERM INT; do
        server_stop
        : >"$LOG"
        # bash starts what is in the background deaf to SIGINT; Python gives its hearing back.
        /usr/bin/python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$bin/concertd" serve --state "$STATE" </dev/null >"$LOG" 2>&1 \
            3>&- &
        server=$!
        started+=("$server")
        until grep -q event=ready "$LOG"; do sleep 0.02; done
        CONCERT_HOME=$ROOM/coordination "$bin/concert" watch >/dev/null 2>&1 3>&- &
        started+=($!)
        as coordination sync >/dev/null
        kill "-$signal" "$server"
        code=0
        wait "$server" || code=$?
        cat "$LOG"
        [ "$code" -eq 0 ]
    done
    server_start
}

@test "two servers of one region at once: both serve, and each sees what the other took" {
    cp -r "$STATE" "$BATS_TEST_TMPDIR/second"
    local port
    port=$(free_port)
    sed -i "s/^listen *=.*/listen = 127.0.0.1:$port/" "$BATS_TEST_TMPDIR/second/concertd.conf"
    "$bin/concertd" serve --state "$BATS_TEST_TMPDIR/second" </dev/null \
        >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
    local second=$! line
    started+=("$second")
    until grep -q event=ready "$BATS_TEST_TMPDIR/log"; do lives "$second"; done
    line=$(invite "Consortium en développement social de la Mauricie" --role secrétariat)
    as elsewhere join "${line/127.0.0.1:*\/mauricie/127.0.0.1:$port/mauricie}" >/dev/null
    as elsewhere add territory code=AAA name="Par le second"
    as coordination add territory code=BBB name="Par le premier"
    as coordination sync
    as elsewhere sync
    [ "$(as coordination list territory --format json)" = "$(as elsewhere list territory --format json)" ]
    kill "$second"
    wait "$second"
}

# sanitized: neither program can run under valgrind when a sanitizer is built in.
sanitized()
{
    grep -q __asan_init "$bin/concertd"
}

@test "valgrind finds nothing in the server through join, import, push, pull, follow and bad input" {
    sanitized && skip "sanitizers see to it"
    server_stop
    # valgrind's own calls are none that serving needs
    sed -i '/^\[server\]/a sandbox = 0' "$STATE/concertd.conf"
    server_start valgrind --leak-check=full --error-exitcode=9 --quiet --trace-children=yes
    # It may answer later than a client waits, above all at first.
    until office guest "Consortium en développement social de la Mauricie"; do server_lives; done
    as coordination import "$MAURICIE/territoires.csv" "$MAURICIE/comites.csv" \
        "$MAURICIE/plan-2009-2010.csv" "$MAURICIE/parts.csv" >/dev/null
    CONCERT_HOME=$ROOM/guest "$bin/concert" watch -n 1 >/dev/null 2>&1 3>&- &
    local watcher=$!
    started+=("$watcher")
    while lives "$watcher"; do as coordination note 1.1.1 -m "Un mot" >/dev/null; done
    until as guest sync; do server_lives; done
    as guest progress 1.1.1 40 -m "Deux" || true
    until as guest history 1.1.1 >/dev/null; do server_lives; done
    run as stranger join "$LINE"
    printf 'GET / HTTP/1.0\r\n\r\n' | timeout 5 nc -N 127.0.0.1 \
        "$(sed -n 's/^listen *=.*://p' "$STATE/concertd.conf")" || true
    local code=0 server
    server=$(server_pid)
    kill "$server"
    wait "$server" || code=$?
    cat "$LOG"
    [ "$code" -eq 0 ]
    run ! grep -E '^==[0-9]+==' "$LOG"
    server_start
}

@test "valgrind finds nothing in the client: reading, writing, sending" {
    sanitized && skip "sanitizers see to it"
    office checked "Consortium en développement social de la Mauricie"
    local words
    for words in "plan --offline" "plan" "show 1.1.1" "dashboard --offline" "explain 1" \
        "list share --format json" "note 1.1.1 -m Oui" "set 1.1.1 colour=red" "history 1.1.1" \
        "help set" "search comité --format csv" "status" "sync" \
        "import $MAURICIE/plan-2009-2010.csv --dry-run"; do
        # shellcheck disable=SC2086 # words
        CONCERT_HOME=$ROOM/checked run valgrind --leak-check=full --error-exitcode=99 --quiet \
            "$bin/concert" $words
        echo "$words: $status"
        grep -E '^==[0-9]+==' <<<"$output" && return 1
        [ "$status" -ne 99 ]
        [ "$status" -lt 128 ]
    done
}
