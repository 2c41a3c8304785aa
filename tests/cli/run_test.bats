#!/usr/bin/env bats
# The workshop's own script: what it counts, and that the demo stops its own server alone.

setup()
{
    TOP=$BATS_TEST_DIRNAME/../..
    export CONCERT_BIN=$BATS_TEST_TMPDIR/bin
}

# checkout: a copy whose var/ is its own, with stand-ins for the two programs.
checkout()
{
    COPY=$BATS_TEST_TMPDIR/checkout
    mkdir -p "$COPY/tests" "$CONCERT_BIN"
    cp "$TOP/run" "$COPY/"
    cp -r "$TOP/tests/lib" "$COPY/tests/"
    cat >"$CONCERT_BIN/concertd" <<'PROGRAM'
#!/bin/bash
[ "$1" = init ] && { mkdir -p "$3"; echo 'concert://127.0.0.1:1/mauricie#CODE.PRINT'; exit; }
[ "$REFUSES" ] && { echo 'event=failed reason=refused' >&2; exit 1; }
echo event=ready >&2
exec sleep 600
PROGRAM
    cat >"$CONCERT_BIN/concert" <<'PROGRAM'
#!/bin/bash
[ "$1" = "$FAILS" ] && { echo 'what went wrong' >&2; exit 5; }
[ "$2" = "$EMPTY" ] && { echo '[]'; exit; }
mkdir -p "$CONCERT_HOME"
echo "$(basename "$CONCERT_HOME"): $*"
PROGRAM
    chmod +x "$CONCERT_BIN"/*
}

teardown()
{
    [ -z "$COPY" ] || { "$COPY/run" stop && "$COPY/tests/lib/cluster" remove "$COPY/var/pg"; }
}

# gone PID: ended, be it that nobody has asked for its exit code yet.
gone()
{
    ! grep -qE '^State:[[:space:]]+[^Z[:space:]]' "/proc/$1/status" 2>/dev/null
}

# results BODY: CTest's file with these test cases.
results()
{
    echo "<testsuite>$1</testsuite>" >"$BATS_TEST_TMPDIR/results.xml"
    run "$TOP/tests/lib/tally" "$BATS_TEST_TMPDIR/results.xml"
}

@test "tally counts the cases of cmocka, bats and pytest, and other entries as one" {
    results '<testcase name="c" status="run"><system-out>[  PASSED  ] 3 test(s).
[  SKIPPED ] 1 test(s), listed below:</system-out></testcase>
<testcase name="b" status="run"><system-out>1..3
ok 1 one
ok 2 two # skip no
ok 3 three</system-out></testcase>
<testcase name="p" status="run"><system-out>=== 12 passed, 2 skipped in 1.25s ===</system-out></testcase>
<testcase name="o" status="run"><system-out>fine</system-out></testcase>'
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "18 passed, 0 failed" ]
    [ "${lines[-2]}" = "4 skipped" ]
}

@test "tally counts failed cases, errors, crashes and what could not start" {
    results '<testcase name="b" status="fail"><system-out>ok 1 one
not ok 2 two
not ok 3 three</system-out></testcase>
<testcase name="p" status="fail"><system-out>1 failed, 1 passed, 1 error in 0.13s</system-out></testcase>
<testcase name="crash" status="fail"><system-out>[  PASSED  ] 4 test(s).</system-out></testcase>
<testcase name="none" status="notrun"><skipped message="Unable to find executable"/></testcase>'
    [ "$status" -ne 0 ]
    [ "${lines[-1]}" = "6 passed, 6 failed" ]
}

@test "tally names what was skipped, with the reasons" {
    results '<testcase name="cli/b" status="run"><system-out>1..3
ok 1 one # skip no strace
ok 2 two # skip no strace
ok 3 three</system-out></testcase>
<testcase name="cli/d" status="run"><system-out>ok 1 one # skip
ok 2 two</system-out></testcase>
<testcase name="compose" status="run"><system-out>collected 34 items
SKIPPED [33] tests/compose/compose_test.py: no Docker engine answers here
SKIPPED [1] tests/compose/compose_test.py:39: never
======== 34 skipped in 0.10s ========</system-out></testcase>'
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "skipped in $BATS_TEST_TMPDIR/results.xml: cli/b: 2: no strace" ]
    [[ ${lines[1]} == *": cli/d: 1: no reason given" ]]
    [[ ${lines[2]} == *": compose: 34: no Docker engine answers here; never" ]]
    [ "${lines[3]}" = "37 skipped" ]
    [ "${lines[4]}" = "2 passed, 0 failed" ]
}

@test "tally fails when no test ran" {
    results ''
    [ "$status" -ne 0 ]
    [ "${lines[-1]}" = "0 passed, 0 failed" ]
}

@test "help names the commands, an unknown one is refused" {
    run "$TOP/run" help
    [ "$status" -eq 0 ]
    [[ "$output" == *"./run demo"*"./run stop"*"./run test"* ]]
    run "$TOP/run" dmeo
    [ "$status" -eq 2 ]
}

@test "as passes words and exit code through, and knows whom it may be" {
    checkout
    run "$COPY/run" as mekinac -- plan
    [ "$status" -eq 2 ]
    [[ "$output" == *"./run demo"* ]]
    mkdir -p "$COPY/var/demo/home/mekinac"
    run "$COPY/run" as mekinac -- note 4.1.1 -m "two words"
    [ "$output" = "mekinac: note 4.1.1 -m two words" ]
    FAILS=plan run "$COPY/run" as mekinac -- plan
    [ "$status" -eq 5 ]
    run "$COPY/run" as nobody -- plan
    [ "$status" -eq 2 ]
    [[ "$output" == *coordination*secretariat*haut-st-maurice*logement* ]]
}

@test "the demo leaves a server up, starts afresh, and stop stops it" {
    checkout
    local first second
    "$COPY/tests/lib/demo" start 3>&- >/dev/null
    read -r first _ <"$COPY/var/demo/concertd.pid"
    touch "$COPY/var/demo/home/mekinac/old"
    "$COPY/tests/lib/demo" start 3>&- >/dev/null
    read -r second _ <"$COPY/var/demo/concertd.pid"
    [ "$first" -ne "$second" ]
    [ ! -e "$COPY/var/demo/home/mekinac/old" ]
    gone "$first"
    kill -0 "$second"
    "$COPY/run" stop
    gone "$second"
    "$COPY/run" stop
}

@test "stop leaves alone a process that has the number of a server long gone" {
    checkout
    mkdir -p "$COPY/var/demo"
    sleep 600 3>&- &
    local stranger=$!
    echo "$stranger 12345" >"$COPY/var/demo/concertd.pid"
    "$COPY/run" stop
    kill -0 "$stranger"
    kill "$stranger"
}

@test "a server that does not start ends the demo with its log" {
    checkout
    REFUSES=yes run "$COPY/tests/lib/demo" start 3>&-
    [ "$status" -ne 0 ]
    [[ "$output" == *"reason=refused"* ]]
}

@test "a command that fails ends the demo with its words" {
    checkout
    FAILS=noter run "$COPY/tests/lib/demo" start 3>&-
    [ "$status" -ne 0 ]
    [[ "$output" == *"what went wrong"* ]]
}

@test "the demo's year has some of every kind that there is" {
    checkout
    "$COPY/tests/lib/demo" start 3>&- >"$BATS_TEST_TMPDIR/said"
    grep -q "Octobre 2009" "$BATS_TEST_TMPDIR/said"
    local kind kinds
    kinds=$(sed -n 's/^ *{CONCERT__KIND__[A-Z_]*, "\([a-z_]*\)".*/\1/p' "$TOP/common/kinds_table.c")
    [ "$(wc -w <<<"$kinds")" -eq 42 ]
    for kind in $kinds; do
        [ "$kind" != quarantine ] || continue # what the server keeps of a device that was lost
        sed -n '/^every_kind/,/^}/p' "$TOP/tests/lib/demo" | grep -qw "$kind"
    done
    EMPTY=route run "$COPY/tests/lib/demo" start 3>&-
    [ "$status" -ne 0 ]
    [[ "$output" == *"route"* ]]
}
