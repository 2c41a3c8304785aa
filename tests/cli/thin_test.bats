#!/usr/bin/env bats
# On a thin line: 32 kbit/s, 800 ms for a round trip, one packet in twenty lost, each way.

load region

thin=$BATS_TEST_DIRNAME/../lib/thinline

setup_file()
{
    NO_LINE=$("$thin" possible 2>&1) && NO_LINE=
    export NO_LINE
    [[ ! $NO_LINE ]] || return 0
    export WIRE=$BATS_FILE_TMPDIR/wire PLACE
    "$thin" start "$WIRE" seed=2009
    region_names
    "$CLUSTER" start "$PG"
    "$CLUSTER" createdb "$PG" "$DB"
    # init tries the address.
    LINE=$("$thin" run "$WIRE" far -- bash -c "$(declare -f region_init)"'
        bin=$1 && region_init --listen 10.77.0.1:0' - "$bin")
    export LINE
    server_start "$thin" run "$WIRE" far --
    at far coordination join "$LINE" --name "Poste de la coordination"
    local file
    for file in "${plan_files[@]}"; do
        at far coordination import "$MAURICIE/$file.csv"
    done
}

teardown_file()
{
    [[ ! $NO_LINE ]] || return 0
    region_stop
    "$thin" stop "$WIRE"
}

setup()
{
    [[ ! $NO_LINE ]] || skip "no line can be made here ($NO_LINE)"
    "$thin" set "$WIRE" rate=32000 delay=400 loss=0.05
    "$thin" count "$WIRE" >/dev/null
}

# at SIDE NAME COMMAND...: a client at that end of the line.
at()
{
    CONCERT_HOME=$ROOM/$2 "$thin" run "$WIRE" "$1" -- "$bin/concert" "${@:3}"
}

# timed COMMAND...: its exit code; the seconds that it took are in $took.
timed()
{
    local started=${EPOCHREALTIME/,/.} code=0
    "$@" || code=$?
    took=$(python3 -c 'import sys; print(f"{float(sys.argv[2]) - float(sys.argv[1]):.2f}")' \
        "$started" "${EPOCHREALTIME/,/.}")
    return $code
}

# below FIGURE LIMIT
below()
{
    python3 -c 'import sys; sys.exit(float(sys.argv[1]) >= float(sys.argv[2]))' "$@"
}

median()
{
    printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# crossed WAY: bytes of packets since the last count.
crossed()
{
    "$thin" count "$WIRE" | json 'it[words[0]]["bytes"]' "$1"
}

# quiet: waits until nothing has crossed for longer than a round trip takes.
quiet()
{
    crossed down >/dev/null
    until sleep 1 && [ "$(crossed down)" = 0 ]; do :; done
}

tell()
{
    printf '# %s\n' "$*" >&3
}

# An invitation is asked for beside the server.
invited()
{
    at far coordination invite "Comité local de Mékinac"
}

# records NAME: how many the copy holds, whole or not.
records()
{
    python3 -c 'import glob, sqlite3, sys
for path in glob.glob(sys.argv[1] + "/copy.db"):
    copy = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    print(copy.execute("SELECT count(*) FROM record").fetchone()[0])' "$ROOM/$1"
}

@test "the first copy of the whole plan takes less than 30 s" {
    local line took times=() i bytes
    for i in 1 2 3; do
        line=$(invited)
        crossed down >/dev/null
        timed at near "first$i" join "$line" --slow --name "Poste $i"
        times+=("$took")
        bytes=$(crossed down)
    done
    tell "first copy: ${times[*]} s, $bytes bytes to the office, $(records first1) records"
    [ "$(records first1)" -gt 150 ]
    below "$(median "${times[@]}")" 30
}

@test "a first copy that was cut goes on from its last page" {
    local line before after whole bytes
    line=$(invited)
    # Dead as soon as it has a page.
    CONCERT_HOME=$ROOM/cut python3 -c 'import os, sqlite3, subprocess, sys, time
copy = os.environ["CONCERT_HOME"] + "/copy.db"
def records():
    try:
        opened = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
        return opened.execute("SELECT count(*) FROM record").fetchone()[0]
    except sqlite3.Error:
        return 0
joining = subprocess.Popen(sys.argv[1:])
while joining.poll() is None and records() == 0:
    time.sleep(0.02)
joining.kill()
sys.exit(joining.wait() != -9)' "$thin" run "$WIRE" near -- "$bin/concert" join "$line" --slow \
        --name "Poste coupé" 3>&-
    before=$(records cut)
    whole=$(records first1)
    [ "$before" -gt 0 ]
    [ "$before" -lt "$whole" ]
    "$thin" set "$WIRE" loss=0
    quiet
    at near cut join "$line" --slow
    bytes=$(crossed down)
    after=$(records cut)
    # Its own devices have come to the region since.
    at near first1 sync
    whole=$(records first1)
    tell "cut after $before of $whole records; $bytes bytes more"
    [ "$after" = "$whole" ]
}

@test "afterwards a committee opens, updates and leaves in less than 10 s" {
    local times=() round took opened percent within=0 beyond=0
    # What is lost falls anywhere: the median of nine rounds, as soon as it is known.
    for ((round = 1; within < 5 && beyond < 5; round++)); do
        percent=$((20 + round))
        timed at near first1 plan >/dev/null
        opened=$took
        timed at near first1 progress 4.1.1 "$percent" -m "Par une ligne mince"
        tell "open $opened s, update $took s"
        times+=("$(python3 -c 'import sys; print(float(sys.argv[1]) + float(sys.argv[2]))' \
            "$opened" "$took")")
        [ "$(sql "SELECT count(*) FROM note WHERE text = 'Par une ligne mince'")" = "$round" ]
        if below "${times[-1]}" 10; then within=$((within + 1)); else beyond=$((beyond + 1)); fi
    done
    [ "$within" = 5 ]
}

@test "a refresh and a push together take three round trips: TCP, TLS, and one flight" {
    local took turns
    "$thin" set "$WIRE" rate=0 loss=0
    at near first1 note 4.1.1 -m "Attend son tour" --offline
    "$thin" count "$WIRE" >/dev/null
    timed at near first1 sync
    turns=$("$thin" count "$WIRE" | json 'it["turns"]')
    tell "refresh and push together: $took s of round trips of 0.8 s, $turns turns of data"
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Attend son tour'")" = 1 ]
    # Ours, theirs, ours, theirs, and the goodbyes.
    [ "$turns" -le 6 ]
    # A change does not ask first: it refreshes while it is sent.
    "$thin" count "$WIRE" >/dev/null
    timed at near first1 note 4.1.1 -m "D'un seul coup"
    turns=$("$thin" count "$WIRE" | json 'it["turns"]')
    tell "a change: $took s, $turns turns of data"
    # Goodbyes may cross; one more round trip would be two turns.
    [ "$turns" -le 7 ]
}

@test "a command takes up the TLS session of the one before" {
    "$thin" set "$WIRE" rate=0 loss=0
    local bytes
    at near first1 sync
    "$thin" count "$WIRE" >/dev/null
    # The key is needed by a whole handshake alone.
    mv "$ROOM/first1/key.pem" "$ROOM/first1/away.pem"
    run at near first1 sync
    mv "$ROOM/first1/away.pem" "$ROOM/first1/key.pem"
    ended 0
    bytes=$("$thin" count "$WIRE")
    rm "$ROOM/first1/session"
    at near first1 sync
    tell "an empty refresh: $bytes"
    tell "with a whole handshake: $("$thin" count "$WIRE")"
}

@test "a line that is cut costs two seconds where none was slow, and ten where it was" {
    local took
    "$thin" set "$WIRE" loss=1
    timed at near coordination plan >/dev/null 2>&1
    tell "not known to be slow: $took s"
    below "$took" 3.5
    timed at near first1 plan >/dev/null 2>&1
    tell "known to be slow: $took s"
    below "$took" 12
}
