#!/usr/bin/env bats
# With the link down: all can be read and written, nothing is lost, and nobody overwrites another
# unseen when it is back.

load region
load apart

head_seq()
{
    sql "SELECT max(seq) FROM change"
}

@test "reads go on from the copy, and say how old it is, in either language" {
    as mekinac plan --format json >"$BATS_TEST_TMPDIR/before"
    server_stop
    run --separate-stderr as mekinac plan
    ended 0
    [[ $(plain "$stderr") == *"Hors ligne : copie du "* ]]
    run --separate-stderr as mekinac plan --lang en
    [[ $stderr == *[Cc]opy* ]]
    as mekinac plan --format json >"$BATS_TEST_TMPDIR/after" 2>/dev/null
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    local words
    for words in "show 4.1.1" dashboard "explain 2.1" "list share" "search comité" status; do
        # shellcheck disable=SC2086 # words
        run as mekinac $words
        ended 0
    done
}

@test "a server that does not answer holds a read up for two seconds, not more" {
    local port=${LINE#concert://*:} started
    port=${port%%/*}
    server_stop
    # Something takes the connection and says nothing.
    nc -l -k 127.0.0.1 "$port" </dev/null >/dev/null 2>&1 3>&- &
    local mute=$!
    until (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.05; done
    started=$EPOCHREALTIME
    run as mekinac plan
    local took
    took=$(python3 -c 'import sys; print(float(sys.argv[2]) - float(sys.argv[1]))' \
        "${started/,/.}" "${EPOCHREALTIME/,/.}")
    kill "$mute"
    ended 0
    says "Hors ligne"
    echo "took $took s"
    # Twice what is promised: this machine may be busy.
    [ "$(python3 -c 'import sys; print(float(sys.argv[1]) < 4)' "$took")" = True ]
}

@test "--offline never calls, though the server is there" {
    local before
    before=$(head_seq)
    as mekinac --offline note 4.1.1 -m "Écrite sans appeler"
    [ "$(head_seq)" = "$before" ]
    [ "$(waiting mekinac)" = 1 ]
    as mekinac sync
    [ "$(head_seq)" = $((before + 1)) ]
    [ "$(waiting mekinac)" = 0 ]
}

@test "writes are recorded, seen at once, and sent when the server is back" {
    local before handle
    handle=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    before=$(head_seq)
    server_stop
    run as mekinac progress 4.1.1 35 -m "Fait sans réseau"
    ended 0
    [ "$(waiting mekinac)" = 2 ]
    [ "$(value mekinac "$handle" percent)" = 35 ]
    run as mekinac show 4.1.1
    says "35 %" "Fait sans réseau"
    run as mekinac status
    says "En attente d'envoi : 2"
    server_start
    # Any command sends it.
    as mekinac plan >/dev/null
    [ "$(waiting mekinac)" = 0 ]
    [ "$(head_seq)" = $((before + 2)) ]
    as chenaux sync
    [ "$(value chenaux "$handle" percent)" = 35 ]
}

@test "what is made without the server can be changed and referred to before it is sent" {
    server_stop
    as mekinac add share action=4.1.3
    local handle
    handle=$(mine mekinac 4.1.3 "Comité local de Mékinac")
    [ -n "$handle" ]
    as mekinac set "$handle" percent=15
    as mekinac note "$handle" -m "Une part toute neuve"
    server_start
    as mekinac sync
    [ "$(sql "SELECT s.percent FROM share s JOIN note n ON n.subject = s.id
        WHERE n.text = 'Une part toute neuve'")" = 15 ]
    [ "$(waiting mekinac)" = 0 ]
}

# cut_short NAME MILLISECONDS COMMAND...: killed after so long; fails unless it had ended well.
cut_short()
{
    CONCERT_HOME=$ROOM/$1 python3 -c 'import subprocess, sys, time
it = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(float(sys.argv[1]) / 1000)
it.kill()
sys.exit(it.wait() != 0)' "$2" "$bin/concert" "${@:3}" 3>&-
}

# whole NAME COMMAND...: the milliseconds that it takes when nobody cuts it short.
whole()
{
    local started=${EPOCHREALTIME//[,.]/}
    as "$@" >/dev/null 2>&1
    echo $(((${EPOCHREALTIME//[,.]/} - started) / 1000 + 1))
}

@test "recorded means on the disk: what was said survives a kill -9 of the client" {
    server_stop
    local round took
    took=$(whole mekinac note 4.1.1 -m "Mot premier")
    : >"$BATS_TEST_TMPDIR/recorded"
    # From before its first step to well after its last.
    for round in {1..40}; do
        ! cut_short mekinac $((round * took / 20)) note 4.1.1 -m "Mot $round" ||
            echo "$round" >>"$BATS_TEST_TMPDIR/recorded"
    done
    as mekinac note 4.1.1 -m "Mot dernier"
    server_start
    as mekinac sync
    [ "$(waiting mekinac)" = 0 ]
    echo "ended well: $(wc -l <"$BATS_TEST_TMPDIR/recorded") of 40"
    [ -s "$BATS_TEST_TMPDIR/recorded" ]
    [ "$(wc -l <"$BATS_TEST_TMPDIR/recorded")" -lt 40 ]
    # None is there twice, and each that was acknowledged is there.
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Mot dernier'")" = 1 ]
    [ "$(sql "SELECT count(*) - count(DISTINCT text) FROM note WHERE text LIKE 'Mot %'")" = 0 ]
    while read -r round; do
        [ "$(sql "SELECT count(*) FROM note WHERE text = 'Mot $round'")" = 1 ]
    done <"$BATS_TEST_TMPDIR/recorded"
}

@test "killed while it sends: sent again, applied once" {
    local round took
    took=$(whole mekinac note 4.1.1 -m "Envoi premier")
    for round in {1..40}; do
        cut_short mekinac $((round * took / 20)) note 4.1.1 -m "Envoi $round" || true
    done
    as mekinac sync
    [ "$(waiting mekinac)" = 0 ]
    [ "$(sql "SELECT count(*) - count(DISTINCT text) FROM note WHERE text LIKE 'Envoi %'")" = 0 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'Envoi %'")" -gt 1 ]
    [ "$(tally mekinac note)" = "$(sql "SELECT count(*) FROM note n JOIN record r ON r.id = n.id
        WHERE NOT r.deleted")" ]
}

@test "twenty commands at once on one home: all recorded, each once" {
    local before i pids=() pid
    before=$(head_seq)
    for i in {1..20}; do
        as chenaux note 4.1.1 -m "Ensemble $i" >"$BATS_TEST_TMPDIR/$i" 2>&1 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    as chenaux sync
    [ "$(sql "SELECT count(DISTINCT text), count(*) FROM note WHERE text LIKE 'Ensemble %'")" = \
        "20|20" ]
    [ "$(head_seq)" = $((before + 20)) ]
    [ "$(waiting chenaux)" = 0 ]
}

@test "twenty at once without the server, readers among them" {
    local i pids=() pid
    server_stop
    for i in {1..20}; do
        as chenaux note 4.1.1 -m "À part $i" >"$BATS_TEST_TMPDIR/$i" 2>&1 3>&- &
        pids+=($!)
        as chenaux plan >/dev/null 2>&1 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    [ "$(waiting chenaux)" = 20 ]
    server_start
    as chenaux sync
    [ "$(sql "SELECT count(DISTINCT text), count(*) FROM note WHERE text LIKE 'À part %'")" = "20|20" ]
}

@test "history and invite cannot do without the server, and say so" {
    server_stop
    run as mekinac history 4.1.1
    ended 6
    says "serveur"
    run as coordination invite "Comité de suivi"
    ended 6
    run as mekinac sync
    ended 6
}

@test "a server killed and started again serves on from where it was" {
    local before
    before=$(head_seq)
    server_stop KILL
    as mekinac note 4.1.1 -m "Entre deux"
    server_start
    as mekinac sync
    [ "$(head_seq)" = $((before + 1)) ]
}
