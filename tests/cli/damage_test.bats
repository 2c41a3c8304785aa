#!/usr/bin/env bats
# A copy that is damaged, a folder that cannot be written, a disk that is full: told plainly,
# nothing deleted, nothing half-written.

load region

setup_file()
{
    region_open
}

teardown_file()
{
    region_stop
}

# A home with a change that has not been sent yet: what must never be lost.
setup()
{
    home=$ROOM/$BATS_TEST_NUMBER
    me=$BATS_TEST_NUMBER
    office "$me" "Comité local de Mékinac" >/dev/null
    as "$me" --offline note 4.1.1 -m "Pas encore envoyée"
    db "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
}

# db STATEMENT: on the copy, with Python's own SQLite.
db()
{
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as copy:
    for row in copy.execute(sys.argv[2]): print(*row, sep="|")' "$home/copy.db" "$1"
}

# every_command_says: reads and writes end with exit code 8, in both languages, and keep the file.
every_command_says()
{
    local words lang sum
    sum=$(sha256sum <"$home/copy.db")
    for words in plan "show 4.1.1" dashboard status "progress 4.1.1 70" sync "note 4.1.1 -m X" \
        "plan --offline"; do
        for lang in fr en; do
            # shellcheck disable=SC2086 # words
            run --separate-stderr as "$me" $words --lang "$lang"
            ended 8 || { echo "$words" && return 1; }
        done
    done
    says "copy" "damaged" "delete" "invitation"
    run --separate-stderr as "$me" plan --lang fr
    says "copie" "abîmée" "invitation"
    run --separate-stderr as "$me" plan --format json
    [ "$(json 'it["error"], it["exit"]' <<<"$stderr")" = "('damaged', 8)" ]
    [ -z "$output" ]
    [ "$(sha256sum <"$home/copy.db")" = "$sum" ]
    [ -s "$home/key.pem" ]
    # It is this device's trouble alone.
    run as coordination plan
    ended 0
}

@test "a copy that is no database" {
    echo "Ceci n'est pas une base de données, mais une lettre." >"$home/copy.db"
    every_command_says
}

@test "a copy whose head is written over" {
    dd if=/dev/urandom of="$home/copy.db" bs=64 count=1 conv=notrunc status=none
    every_command_says
}

@test "a copy with pages of noise in its middle" {
    local size
    size=$(stat -c %s "$home/copy.db")
    dd if=/dev/urandom of="$home/copy.db" bs=4096 seek=1 count=$((size / 4096 - 1)) conv=notrunc \
        status=none
    every_command_says
}

@test "a copy cut short" {
    truncate -s 8192 "$home/copy.db"
    every_command_says
}

@test "records in it that are no messages" {
    db "UPDATE record SET body = x'ffffffffff'"
    run --separate-stderr as "$me" plan --offline
    ended 8
    says "copie" "abîmée"
}

@test "one record in it that is no message" {
    db "UPDATE record SET body = x'0a' WHERE handle = '4.1.1'"
    run --separate-stderr as "$me" plan --offline
    ended 8
    # What was written here is still there.
    [ "$(db "SELECT count(*) FROM outbox WHERE patch IS NOT NULL")" -ge 1 ]
}

@test "a waiting change that is no message is told, and not sent" {
    local before
    before=$(sql "SELECT max(seq) FROM change")
    db "UPDATE outbox SET patch = x'ffffffffff', push = CASE WHEN push IS NULL THEN NULL
        ELSE x'ffffffffff' END"
    run as "$me" sync
    [ "$status" -ne 0 ]
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    [ "$(db "SELECT count(*) FROM outbox")" = 1 ]
}

@test "a copy of a later version of this program is left alone" {
    local version
    version=$(db "PRAGMA user_version")
    db "PRAGMA user_version = 1000"
    run as "$me" plan
    [ "$status" -ne 0 ]
    [ "$(db "PRAGMA user_version")" = 1000 ]
    db "PRAGMA user_version = $version"
    run as "$me" plan --offline
    ended 0
}

@test "an empty copy beside a key is not taken for an empty plan" {
    : >"$home/copy.db"
    rm -f "$home"/copy.db-*
    run as "$me" plan
    [ "$status" -ne 0 ]
    [ -s "$home/key.pem" ]
}

@test "a key that is gone or no key: the copy is still read, and the words kept" {
    mv "$home/key.pem" "$home/key.kept"
    run as "$me" plan
    says_not "Segmentation"
    [ "$status" -lt 128 ]
    echo "no key" >"$home/key.pem"
    run as "$me" plan
    [ "$status" -lt 128 ]
    run as "$me" plan --offline
    ended 0
    mv "$home/key.kept" "$home/key.pem"
    as "$me" sync
    [ "$(sql "SELECT count(*) FROM note n JOIN record r ON r.id = n.id
        WHERE n.text = 'Pas encore envoyée'")" -ge 1 ]
}

@test "what else is kept in the home may be gone or noise" {
    rm -f "$home/session"
    run as "$me" plan
    ended 0
    head -c 5000 /dev/urandom >"$home/session"
    run as "$me" plan
    ended 0
    rm -f "$home/lock"
    run as "$me" sync
    ended 0
}

@test "a disk that is full: told, nothing half-written, and it goes on when there is room" {
    local before
    before=$(db "SELECT count(*) FROM outbox")
    # No file may grow beyond a kilobyte: what SQLite and the kernel say then is what they say of a
    # full disk.
    run bash -c 'trap "" XFSZ; ulimit -f 1
        CONCERT_HOME=$1 "$2" --offline note 4.1.1 -m "Trop pour le disque" 2>&1' - "$home" \
        "$bin/concert"
    ended 1
    says "disque"
    [ "$(db "SELECT count(*) FROM outbox")" = "$before" ]
    as "$me" --offline note 4.1.1 -m "Il y a de la place"
    [ "$(db "SELECT count(*) FROM outbox")" = $((before + 1)) ]
    as "$me" sync
}

@test "a folder that may not be written is told by its name, and serves again when it may" {
    local reader=(env CONCERT_HOME="$BATS_TEST_TMPDIR/home" "$bin/concert")
    cp -r "$home" "$BATS_TEST_TMPDIR/home"
    if ((EUID == 0)); then
        reader=(setpriv --reuid=65534 --regid=65534 --clear-groups "${reader[@]}")
        chown -R 65534:65534 "$BATS_TEST_TMPDIR/home"
        chmod go+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR/test" \
            2>/dev/null || true
        "${reader[@]}" version || skip "nobody cannot reach the program"
    fi
    chmod -R a-w "$BATS_TEST_TMPDIR/home"
    run "${reader[@]}" note 4.1.1 -m "Nulle part"
    [ "$status" -ne 0 ]
    [ "$status" -ne 8 ]
    says "droits"
    run "${reader[@]}" plan --offline
    [[ $status = 0 && $output == *"Plan d'action"* || $output == *"$BATS_TEST_TMPDIR/home"* ]]
    chmod -R u+w "$BATS_TEST_TMPDIR/home"
    run "${reader[@]}" plan --offline
    ended 0
    says "Plan d'action"
}
