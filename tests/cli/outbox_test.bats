#!/usr/bin/env bats
# The outbox: what was said to be recorded is on the disk, leaves once and in order, and stays until
# somebody has seen what became of it.

load region
load apart

# db NAME STATEMENT: on the real copy of that home, with Python's own SQLite.
db()
{
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as copy:
    for row in copy.execute(sys.argv[2]): print(*row, sep="|")' "$ROOM/$1/copy.db" "$2"
}

# operations NAME STATE: the numbers of what is in that state.
operations()
{
    as "$1" status --offline --format json 2>/dev/null |
        json '"\n".join(str(o["number"]) for o in it["operations"] if o["state"] == words[0])' "$2"
}

# at_once NAME WORD...: twenty commands of one home, half of them reading; each must end well.
at_once()
{
    local i pids=() pid
    for i in {1..10}; do
        as "$1" "${@:3}" note 4.1.1 -m "$2 $i" >"$BATS_TEST_TMPDIR/w$i" 2>&1 3>&- &
        pids+=($!)
        case $((i % 5)) in
        0) as "$1" "${@:3}" plan ;;
        1) as "$1" "${@:3}" list note ;;
        2) as "$1" "${@:3}" status ;;
        3) as "$1" "${@:3}" show 4.1.1 ;;
        *) as "$1" "${@:3}" dashboard ;;
        esac >"$BATS_TEST_TMPDIR/r$i" 2>&1 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || { echo "one failed" && cat "$BATS_TEST_TMPDIR"/[rw]* && return 1; }
    done
    ! grep -liE "lock|verrou|busy|occup" "$BATS_TEST_TMPDIR"/[rw]*
}

@test "twenty commands at once of one home, with the link: all in the log once, handles right" {
    at_once chenaux "Au coude à coude"
    as chenaux sync
    [ "$(waiting chenaux)" = 0 ]
    [ "$(sql "SELECT count(DISTINCT text), count(*) FROM note WHERE text LIKE 'Au coude%'")" = "10|10" ]
    # Each note that was said to be recorded has the handle that the server gave.
    as chenaux list note --offline --format json 2>/dev/null >"$BATS_TEST_TMPDIR/notes"
    [ "$(json 'sum(o["text"].startswith("Au coude") and o["handle"].startswith("N") for o in it)' \
        <"$BATS_TEST_TMPDIR/notes")" = 10 ]
    [ "$(json 'len(set(o["handle"] for o in it)) == len(it)' <"$BATS_TEST_TMPDIR/notes")" = True ]
}

@test "twenty at once without the link: all wait, with a number each; then each is in the log once" {
    server_stop
    at_once chenaux "Dans le noir" --offline
    [ "$(waiting chenaux)" = 10 ]
    [ "$(db chenaux "SELECT count(DISTINCT number), count(DISTINCT op_id) FROM outbox
        WHERE state < 2")" = "10|10" ]
    server_start
    as chenaux sync
    [ "$(waiting chenaux)" = 0 ]
    [ "$(sql "SELECT count(DISTINCT text), count(*) FROM note WHERE text LIKE 'Dans le noir%'")" = "10|10" ]
}

# cut_at_first WORDS: no server from the first such note in the log until one waits; prints how many
# the log had by then.
cut_at_first()
{
    local count=0 end=$((SECONDS + 60))
    until ((count > 0)); do
        ((SECONDS < end)) || return 1
        count=$(sql "SELECT count(*) FROM note WHERE text LIKE '$1 %'") || return 1
    done
    server_stop KILL
    count=$(sql "SELECT count(*) FROM note WHERE text LIKE '$1 %'")
    until ((count == 10)) || [ "$(db chenaux "SELECT count(*) FROM outbox WHERE state < 2")" -gt 0 ]; do
        ((SECONDS < end)) || break
        sleep 0.02
    done
    server_start
    echo "$count"
}

@test "the link comes and goes under twenty at once" {
    local round=0 words before=10
    # Where the last was in the log before the server was gone, once more.
    while ((before == 10)); do
        ((++round <= 5))
        words="Entre deux coupures, $round fois,"
        cut_at_first "$words" >"$BATS_TEST_TMPDIR/before" 3>&- &
        at_once chenaux "$words"
        wait
        before=$(<"$BATS_TEST_TMPDIR/before")
        [ "$before" -ge 1 ]
        as chenaux sync
        [ "$(waiting chenaux)" = 0 ]
        [ "$(sql "SELECT count(DISTINCT text), count(*) FROM note WHERE text LIKE '$words %'")" = "10|10" ]
    done
    echo "in the log before the cut: $before of 10, in round $round"
}

# killed NAME SECONDS COMMAND...: kill -9 after so long; succeeds when it had said "inscrit".
killed()
{
    CONCERT_HOME=$ROOM/$1 timeout -s KILL "$2" "$bin/concert" "${@:3}" \
        >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- || true
    plain "$(<"$BATS_TEST_TMPDIR/said")" | grep -qiE "inscrit|attend le serveur"
}

@test "kill -9 at many points: nothing that was said to be recorded is missing, nothing is twice" {
    local i said=0
    for i in {1..60}; do
        # From before the first step to after the last, with the link and without.
        killed mekinac "0.$(printf '%03d' $((2 * i)))" $([ $((i % 2)) = 0 ] && echo --offline) \
            note 4.1.1 -m "Coup $i." && echo "Coup $i." >>"$BATS_TEST_TMPDIR/list" && said=$((said + 1))
    done
    as mekinac sync
    [ "$(waiting mekinac)" = 0 ]
    echo "said: $said of 60"
    [ "$said" -gt 0 ]
    [ "$(sql "SELECT count(*) - count(DISTINCT text) FROM note WHERE text LIKE 'Coup %'")" = 0 ]
    while read -r text; do
        [ "$(sql "SELECT count(*) FROM note WHERE text = '$text'")" = 1 ]
    done <"$BATS_TEST_TMPDIR/list"
    [ "$(db mekinac "PRAGMA integrity_check")" = ok ]
}

@test "the copy is in WAL mode, and a change is synced to the disk before it is said to be recorded" {
    [ "$(db mekinac "PRAGMA journal_mode")" = wal ]
    strace true >/dev/null 2>&1 || skip "strace may not trace here"
    local trace=$BATS_TEST_TMPDIR/trace
    # The sanitizers' look for leaks cannot do its work beside strace.
    CONCERT_HOME=$ROOM/mekinac ASAN_OPTIONS=detect_leaks=0 strace -f -y -s 200 -e trace=fsync,fdatasync,write,pwrite64 -o "$trace" \
        "$bin/concert" --offline note 4.1.1 -m "Sur le disque" >/dev/null 2>&1 3>&-
    python3 - "$trace" <<'PYTHON'
import sys
lines = open(sys.argv[1], errors="replace").read().splitlines()
logged = [i for i, l in enumerate(lines) if "pwrite64(" in l and "copy.db-wal" in l]
synced = [i for i, l in enumerate(lines) if "sync(" in l and "copy.db-wal" in l]
said = [i for i, l in enumerate(lines) if "write(1<" in l or "write(2<" in l]
said = [i for i in said if "attend" in lines[i] or "nscrit" in lines[i]]
assert logged and synced and said, (len(logged), len(synced), len(said))
first = said[0]
before = [i for i in logged if i < first]
assert before and any(before[-1] < i < first for i in synced), (logged, synced, said)
PYTHON
    as mekinac sync
}

# no_room NAME LIMIT COMMAND...: with no file growing beyond so many kilobytes.
no_room()
{
    bash -c 'trap "" XFSZ; ulimit -f "$1"; CONCERT_HOME=$2 exec "${@:3}"' - "$2" "$ROOM/$1" \
        "$bin/concert" "${@:3}" 3>&-
}

@test "a disk that is full while a change is recorded: told, nothing half-written, well again after" {
    local before limit text
    text=$(printf 'x%.0s' {1..30000})
    before=$(db mekinac "SELECT count(*) FROM outbox")
    # From no room at all to some, but not enough for a text of thirty thousand letters.
    for limit in 0 1 4 8 16 24; do
        run no_room mekinac "$limit" --offline note 4.1.1 -m "$text"
        [ "$status" -ne 0 ]
        [ "$status" -lt 126 ]
        says "disque est plein"
        says_not "attend le serveur"
        says_not "au journal"
        [ "$(db mekinac "SELECT count(*) FROM outbox")" = "$before" ]
        [ "$(db mekinac "PRAGMA integrity_check")" = ok ]
    done
    as mekinac --offline note 4.1.1 -m "Il y a encore de la place"
    as mekinac sync
    [ "$(waiting mekinac)" = 0 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Il y a encore de la place'")" = 1 ]
    [ "$(sql "SELECT count(*) FROM note WHERE length(text) = 30000")" = 0 ]
}

@test "a small file system that fills up for real" {
    local small=$BATS_TEST_TMPDIR/small i recorded=0 size
    mkdir "$small"
    size=$(($(du -sk "$ROOM/mekinac2" | cut -f1) + 160))
    mount -t tmpfs -o size="${size}k" tmpfs "$small" 2>/dev/null || skip "nothing may be mounted here"
    cp -a "$ROOM/mekinac2" "$small/home"
    for i in {1..40}; do
        run env CONCERT_HOME="$small/home" "$bin/concert" --offline note 4.1.1 \
            -m "Plein $i $(printf 'x%.0s' {1..9000})"
        [ "$status" = 0 ] || break
        recorded=$((recorded + 1))
    done
    local full=$status answer=$output
    cp -a "$small/home" "$ROOM/full"
    umount "$small"
    [ "$full" -ne 0 ]
    [[ $(plain "$answer") == *disque* ]]
    echo "recorded: $recorded"
    [ "$(db full "SELECT count(*) FROM outbox WHERE state = 0")" = "$recorded" ]
    [ "$(db full "PRAGMA integrity_check")" = ok ]
    # Where there is room again, all of it leaves.
    as full sync
    [ "$(sql "SELECT count(*) FROM note WHERE text LIKE 'Plein %'")" = "$recorded" ]
}

@test "a chain of edits to one record made off line arrives in its order, each on the last" {
    local part i
    part=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    as mekinac set "$part" percent=0
    as chenaux sync
    for i in 10 20 30 40 50; do
        as mekinac --offline set "$part" percent="$i" -m "Pas $i"
        as mekinac --offline set "$part" prochaine-étape="Après $i"
    done
    [ "$(waiting mekinac)" = 10 ]
    as mekinac sync
    [ "$(waiting mekinac)" = 0 ]
    as chenaux history "$part" --format json |
        json '[(h["to"]) for h in it if h["field"] == "percent" and (h["reason"] or "").startswith("Pas ")][:5]' \
            >"$BATS_TEST_TMPDIR/steps"
    [ "$(<"$BATS_TEST_TMPDIR/steps")" = "[50, 40, 30, 20, 10]" ]
    [ "$(sql "SELECT percent, next_step FROM share WHERE id = (SELECT id FROM record
        WHERE handle = '$part')")" = "50|Après 50" ]
}

@test "what is made off line keeps its ids with its children, and its provisional handle goes on" {
    local provisional note given id
    as mekinac --offline add share action=4.1.2
    provisional=$(mine mekinac 4.1.2 "Comité local de Mékinac")
    [[ $provisional == "~"* ]]
    id=$(as mekinac --offline show "$provisional" --format json 2>/dev/null | json 'it["record"]["id"]')
    as mekinac --offline set "$provisional" percent=15
    as mekinac --offline add note subject="$provisional" text="Enfant d'une part toute neuve"
    note=$(as mekinac --offline list note --format json 2>/dev/null |
        json '[o["handle"] for o in it if o["text"].startswith("Enfant")][0]')
    [[ $note == "~"* ]]
    as mekinac sync
    given=$(mine mekinac 4.1.2 "Comité local de Mékinac")
    [[ $given == PA* ]]
    [ "$(sql "SELECT r.handle FROM record r WHERE r.id = '$id'")" = "$given" ]
    [ "$(sql "SELECT n.subject FROM note n WHERE n.text LIKE 'Enfant%'")" = "$id" ]
    # Everywhere the real one now, but the one on yesterday's paper still does.
    run as mekinac --offline list share action=4.1.2
    says_not "$provisional "
    run as mekinac show "$provisional"
    ended 0
    says "$given"
    as mekinac set "$provisional" percent=35
    [ "$(value mekinac "$given" percent)" = 35 ]
    run as mekinac show "$note"
    ended 0
    says "Enfant"
    # In another home it never meant anything.
    run as chenaux show "$provisional"
    ended 3
}

@test "what is refused or in conflict stays after syncs, refreshes and restarts, until put aside" {
    local part before refused conflict i
    part=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    as mekinac set "$part" percent=1
    as mekinac2 sync
    # A conflict: both desks of the committee change the same field.
    as mekinac2 --offline set "$part" percent=77 -m "Compté autrement"
    as mekinac set "$part" percent=66
    run as mekinac2 sync
    conflict=$(operations mekinac2 conflict)
    [ -n "$conflict" ]
    # A refusal: changed off line while the coordination removes it.
    as mekinac2 note 4.1.1 -m "Bientôt retirée"
    before=$(as mekinac2 --offline list note --format json 2>/dev/null |
        json '[o["handle"] for o in it if o["text"] == "Bientôt retirée"][0]')
    as mekinac2 --offline set "$before" texte="Trop tard"
    as mekinac sync
    as mekinac remove --yes "$before"
    run as mekinac2 sync
    refused=$(operations mekinac2 refused)$(operations mekinac2 conflict | grep -vx "$conflict" || true)
    [ -n "$refused" ]
    for i in 1 2 3; do
        as mekinac2 plan >/dev/null
        run as mekinac2 sync
        server_stop KILL
        as mekinac2 plan >/dev/null 2>&1
        server_start
    done
    run as mekinac2 status
    says "Compté autrement" || says "77"
    [ "$(operations mekinac2 conflict | head -1)" = "$conflict" ]
    [ "$(operations mekinac2 refused)$(operations mekinac2 conflict | grep -vx "$conflict" || true)" = \
        "$refused" ]
    # What its author wrote is still there, word for word.
    [ "$(db mekinac2 "SELECT count(*) FROM outbox WHERE state IN (3, 4) AND patch IS NOT NULL")" = 2 ]
    as mekinac2 resolve "$conflict" --theirs
}
