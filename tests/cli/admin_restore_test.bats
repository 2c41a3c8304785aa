#!/usr/bin/env bats
# concertd restore with STATE/erasures beside it: whom the region forgot since the backup is
# forgotten again before any server serves it, wherever the restore ends; and the folder it writes
# into.

load region

export CONCERT_LANG=en
name="Zénaïde Quévillon"

setup_file()
{
    region_open
    OLDER=$BATS_FILE_TMPDIR/older.concert-backup
    OLDER_HEAD=$(sql "SELECT seq FROM head")
    export OLDER OLDER_HEAD
    "$bin/concertd" backup --state "$STATE" --to "$OLDER" >/dev/null
    office secretariat "Comité de soutien" --role secretariat
    as coordination add membership party=I2 person="$name" seat=Health email=zq@exemple.test
    as coordination add membership party=I2 person="Ovide Autre" seat=Culture
    as coordination sync
    BACKUP=$BATS_FILE_TMPDIR/whole.concert-backup
    ERASURES=$BATS_FILE_TMPDIR/erasures
    export BACKUP ERASURES
    "$bin/concertd" backup --state "$STATE" --to "$BACKUP" >/dev/null
    "$bin/concertd" erase --state "$STATE" --person "$name" --yes >/dev/null
    cp "$STATE/erasures" "$ERASURES"
    [ -s "$ERASURES" ]
}

teardown_file()
{
    "$CLUSTER" dropdb "$PG" "${DB}_new"
    region_stop
}

setup()
{
    NEW=$BATS_TEST_TMPDIR/new
    fresh_database
}

# What a test that failed has left.
teardown()
{
    local left
    for left in "${held-}" "${server-}"; do
        if lives "$left"; then kill -KILL "$left"; fi
    done
}

fresh_database()
{
    "$CLUSTER" dropdb "$PG" "${DB}_new"
    "$CLUSTER" createdb "$PG" "${DB}_new"
}

# restore [WORD...]: the backup into the folder NEW and the database DB_new.
restore()
{
    run --separate-stderr "$bin/concertd" restore "$BACKUP" --state "$NEW" \
        --database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)" "$@"
}

# new SQL: in the database DB_new, as a superuser.
new()
{
    "$CLUSTER" psql "$PG" "${DB}_new" -c "$1"
}

schemas()
{
    new "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'mauricie%'"
}

# The name, or its bytes in the log, is in the region that was restored.
named()
{
    pg_dump --inserts --schema=mauricie "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)" \
        >"$BATS_TEST_TMPDIR/dump"
    grep -qaF -e "$name" -e "$(printf %s "$name" | od -An -tx1 | tr -d ' \n')" "$BATS_TEST_TMPDIR/dump"
}

# unseen: the role of servers has its rights, and is shown nothing all the same.
unseen()
{
    [ "$(psql --no-psqlrc -qAt -c "SELECT (SELECT count(*) FROM mauricie.schema_version) +
            (SELECT count(*) FROM mauricie.record) + (SELECT count(*) FROM mauricie.change) +
            (SELECT count(*) FROM mauricie.membership)" \
        "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)")" = 0 ]
}

closed()
{
    unseen
    run --separate-stderr timeout 20 "$bin/concertd" serve --state "$NEW"
    ended 1
    says "concertd restore" "has not come to its end" "$NEW"
    says_not "event=ready"
}

# restore_held: a restore that waits for the list of erasures, a pipe, behind all else; $held.
restore_held()
{
    [ -d "$NEW" ] || mkdir -m 700 "$NEW"
    [ -p "$NEW/erasures" ] || mkfifo "$NEW/erasures"
    "$bin/concertd" restore "$BACKUP" --state "$NEW" \
        --database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)" \
        >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    held=$!
    until [ "$(new "SELECT has_schema_privilege('concertd', oid, 'USAGE') FROM pg_namespace
        WHERE nspname = 'mauricie'")" = t ]; do
        lives "$held" || { cat "$BATS_TEST_TMPDIR/said" && return 1; }
        sleep 0.02
    done
}

restore_kill()
{
    kill -KILL "$held"
    wait "$held" || true
    until [ "$(new "SELECT count(*) FROM pg_stat_activity WHERE usename = 'concert_owner'
        AND datname = current_database()")" = 0 ]; do sleep 0.05; done
}

@test "a list of erasures beside the folder's files: whom it names is not in the region that is served" {
    mkdir -m 700 "$NEW"
    cp "$ERASURES" "$NEW/erasures"
    restore
    ended 0
    says "1 record was changed." "Start the server"
    run ! named
    [ "$(new "SELECT count(*) FROM mauricie.membership WHERE person = 'Ovide Autre'")" = 1 ]
    run "$bin/concertd" verify --state "$NEW"
    ended 0
    STATE=$NEW LOG=$BATS_TEST_TMPDIR/log server_serves
}

# server_serves: a server of its own for STATE comes up, and ends.
server_serves()
{
    (
        BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR
        sed -i 's/^listen.*/listen = 127.0.0.1:0/' "$STATE/concertd.conf"
        server_start
        server_stop
    )
}

@test "a restore that was killed before it erased again: closed until the same command was given" {
    restore_held
    restore_kill
    named
    closed
    # What else is tried does not open it.
    local command
    for command in "erase --again" "invite" "doctor" "verify"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr "$bin/concertd" $command --state "$NEW"
        [ "$status" -ne 0 ]
        says "give the same “concertd restore” command again"
    done
    run --separate-stderr "$bin/concertd" migrate --state "$NEW"
    ended 0
    closed

    rm "$NEW/erasures"
    cp "$ERASURES" "$NEW/erasures"
    restore
    ended 0
    says "1 record was changed." "Start the server"
    run ! named
    [ "$(schemas)" = 1 ]
    STATE=$NEW LOG=$BATS_TEST_TMPDIR/log server_serves
    # Now it is one that lives.
    restore
    ended 1
    says --aside
}

@test "erasing again that fails, before and amid: nobody is told to start the server" {
    mkdir -m 700 "$NEW"
    ln -s erasures "$NEW/erasures" # no file can be opened there
    restore
    ended 1
    says "$NEW/erasures:" "Give the same command again"
    says_not "Start the server"
    closed
    named

    # The records are changed, the log is not.
    local head
    head=$(new "SELECT seq FROM mauricie.head")
    rm "$NEW/erasures"
    cp "$ERASURES" "$NEW/erasures"
    new "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''full''; END'" >/dev/null
    new "CREATE TRIGGER no BEFORE UPDATE ON mauricie.change EXECUTE FUNCTION public.no()" >/dev/null
    restore
    ended 1
    says "the log still has what they told" "Give the same command again"
    says_not "Start the server"
    [ "$(new "SELECT seq FROM mauricie.head")" -gt "$head" ]
    closed

    new "DROP TRIGGER no ON mauricie.change" >/dev/null
    restore
    ended 0
    says "Start the server"
    run ! named
    [ "$(schemas)" = 1 ]
}

@test "with --aside, cut short and given again: one region is kept aside, not the half one too" {
    restore
    ended 0
    rm -f "$NEW/erasures"
    ln -s erasures "$NEW/erasures"
    restore --aside
    ended 1
    closed
    rm "$NEW/erasures"
    cp "$ERASURES" "$NEW/erasures"
    restore --aside
    ended 0
    says "kept in the schema “$(new "SELECT nspname FROM pg_namespace
        WHERE nspname LIKE 'mauricie\_before\_%'")”"
    run ! named
    [ "$(schemas)" = 2 ]
}

@test "cut short, and then another backup: that one is not taken for it, and goes in its place if told so" {
    mkdir -m 700 "$NEW"
    ln -s erasures "$NEW/erasures"
    restore
    ended 1
    closed
    local head
    head=$(new "SELECT seq FROM mauricie.head")
    [ "$head" -gt "$OLDER_HEAD" ]

    rm "$NEW/erasures"
    BACKUP=$OLDER restore
    ended 1
    says "the restore of another backup" "that backup's command again" --aside
    says_not "Start the server"
    [ "$(new "SELECT seq FROM mauricie.head")" = "$head" ]
    closed

    BACKUP=$OLDER restore --aside
    ended 0
    says "as of change $OLDER_HEAD," "kept in the schema “$(new "SELECT nspname FROM pg_namespace
        WHERE nspname LIKE 'mauricie\_before\_%'")”"
    [ "$(schemas)" = 2 ]
    [ "$(new "SELECT seq FROM mauricie.head")" = "$OLDER_HEAD" ]
    [ "$(new "SELECT count(*) FROM mauricie.membership WHERE person = 'Ovide Autre'")" = 0 ]
    [ -z "$(new "SELECT obj_description('mauricie'::regnamespace, 'pg_namespace')")" ]
    run "$bin/concertd" verify --state "$NEW"
    ended 0
}

# line ROLE: what the list of erasures has of the account of that role.
line()
{
    printf 'mauricie %s 1 0 123456 person 2026-01-02\n' \
        "$(sql "SELECT id FROM account WHERE role = '$1' AND active IS NOT FALSE")"
}

# refuse_all: the database takes no change of a membership.
refuse_all()
{
    new "CREATE OR REPLACE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''no room''; END'" >/dev/null
    new "CREATE TRIGGER no BEFORE UPDATE ON mauricie.membership EXECUTE FUNCTION public.no()" >/dev/null
}

# restore_cut: a restore that does not get at its list of erasures.
restore_cut()
{
    [ -d "$NEW" ] || mkdir -m 700 "$NEW"
    ln -sf erasures "$NEW/erasures"
    restore
    ended 1
    rm "$NEW/erasures"
}

@test "the last coordinator of the backup was erased since: all others are, the region opens, and it is told" {
    restore_cut
    { line coordinator && cat "$ERASURES"; } >"$NEW/erasures"
    # That the others are not erased is no matter of coordinators.
    refuse_all
    restore
    ended 1
    says "It is the last coordinator" "The erasure was not completed" "Give the same command again"
    says_not "Start the server"
    closed
    named

    new "DROP TRIGGER no ON mauricie.membership" >/dev/null
    restore
    ended 1
    says "It is the last coordinator" "Start the server" "until there is another coordinator" \
        "concertd erase --again --state $NEW"
    run ! named
    [ "$(new "SELECT person FROM mauricie.account WHERE role = 'coordinator' AND active IS NOT FALSE")" = \
        Coordonnatrice ]
    STATE=$NEW LOG=$BATS_TEST_TMPDIR/log server_serves

    # Where there is another one, the first is erased.
    new "UPDATE mauricie.account SET role = 'coordinator' WHERE role = 'secretariat'" >/dev/null
    run --separate-stderr "$bin/concertd" erase --again --state "$NEW"
    ended 0
    [ "$(new "SELECT count(*) FROM mauricie.account WHERE person = 'Coordonnatrice'")" = 0 ]
}

@test "a backup without a coordinator in office: who was erased is, and the region opens" {
    restore_cut
    # What time does, the rules let nobody do.
    new "SET session_replication_role = replica;
        UPDATE mauricie.account SET expires = '2009-01-01' WHERE role = 'coordinator'" >/dev/null
    { line secretariat && cat "$ERASURES"; } >"$NEW/erasures"
    restore
    ended 0
    says "Start the server"
    says_not "last coordinator"
    run ! named
    [ "$(new "SELECT active FROM mauricie.account WHERE role = 'secretariat'")" = f ]
}

@test "an erasure that is refused for good: the way out that is told opens the region" {
    restore_cut
    refuse_all
    cp "$ERASURES" "$NEW/erasures"
    restore
    ended 1
    says "The erasure was not completed" "take the list $NEW/erasures out of the folder" \
        "concertd erase --again --state $NEW"
    closed
    mv "$NEW/erasures" "$BATS_TEST_TMPDIR/kept"
    restore
    ended 0
    says "Start the server"
    named
    mv "$BATS_TEST_TMPDIR/kept" "$NEW/erasures"
    STATE=$NEW LOG=$BATS_TEST_TMPDIR/log server_serves
    new "DROP TRIGGER no ON mauricie.membership" >/dev/null
    run --separate-stderr "$bin/concertd" erase --again --state "$NEW"
    ended 0
    run ! named
}

@test "a server that waits for its region does not serve it before it is whole" {
    restore
    ended 0
    sed -i 's/^listen.*/listen = 127.0.0.1:0/' "$NEW/concertd.conf"
    LOG=$BATS_TEST_TMPDIR/log
    : >"$LOG"
    "$bin/concertd" serve --state "$NEW" </dev/null >>"$LOG" 2>&1 3>&- &
    server=$!
    local ups
    until grep -q "event=ready" "$LOG" && [ "$(grep -c "event=database_up" "$LOG")" -ge 6 ]; do
        lives "$server"
        sleep 0.02
    done
    fresh_database
    mkfifo "$NEW/erasures"
    ups=$(grep -c "event=database_up" "$LOG")
    restore_held
    # The connection for documents comes up, which nobody is given anything by before the others do.
    until [ "$(grep -c "event=database_up" "$LOG")" -gt "$ups" ]; do
        lives "$server"
        sleep 0.05
    done
    unseen
    [ "$(grep -c "event=database_up" "$LOG")" = $((ups + 1)) ]
    # It reads the list twice: the second time there is a file.
    cp "$ERASURES" "$NEW/list"
    exec 9>"$NEW/erasures"
    mv "$NEW/list" "$NEW/erasures"
    cat "$ERASURES" >&9
    exec 9>&-
    wait "$held"
    run ! named
    until [ "$(grep -c "event=database_up" "$LOG")" -ge $((ups + 6)) ]; do
        lives "$server"
        sleep 0.05
    done
    grep -q "Start the server" "$BATS_TEST_TMPDIR/said"
    kill "$server"
    wait "$server"
}

@test "a folder that others may write into gets no key" {
    mkdir -m 770 "$NEW"
    chmod 770 "$NEW"
    restore
    ended 1
    says "$NEW: others than its owner may write into this folder" "chmod go-w $NEW"
    [ -z "$(ls -A "$NEW")" ]
    [ "$(schemas)" = 0 ]
    chmod go-w "$NEW"
    restore
    ended 0
}

@test "a folder that lost its certificate, or its key with it, gets the backup's" {
    restore
    ended 0
    local lost
    for lost in cert.pem key.pem; do
        rm "$NEW/$lost"
        fresh_database
        restore
        ended 0
        cmp "$NEW/key.pem" "$STATE/key.pem"
        cmp "$NEW/cert.pem" "$STATE/cert.pem"
        [ "$(stat -c %a "$NEW/key.pem" "$NEW/cert.pem" | tr '\n' ' ')" = "600 644 " ]
        STATE=$NEW LOG=$BATS_TEST_TMPDIR/log server_serves
    done
    echo other >"$NEW/key.pem"
    fresh_database
    restore
    ended 1
    says "has the key of another server"
    [ "$(cat "$NEW/key.pem")" = other ]
}

@test "a schema of that name without tables is something else's: it is not dropped" {
    local made
    for made in "VIEW mauricie.mine AS SELECT 1" "SEQUENCE mauricie.mine" "TYPE mauricie.mine AS ENUM ('a')" \
        "FUNCTION mauricie.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'"; do
        new "CREATE SCHEMA mauricie AUTHORIZATION concert_owner" >/dev/null
        new "CREATE $made" >/dev/null
        restore
        ended 1
        says --aside
        [ ! -e "$NEW" ]
        [ "$(new "SELECT (SELECT count(*) FROM pg_class WHERE relname = 'mine') +
            (SELECT count(*) FROM pg_proc WHERE proname = 'mine') +
            (SELECT count(*) FROM pg_type WHERE typname = 'mine') > 0")" = t ]
        new "DROP SCHEMA mauricie CASCADE" >/dev/null
    done
    new "CREATE SCHEMA mauricie AUTHORIZATION concert_owner" >/dev/null
    restore # an empty one is no loss
    ended 0
}
