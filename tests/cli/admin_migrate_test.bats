#!/usr/bin/env bats
# concertd migrate, and what serve does with a schema of another version.

load region
load backup

setup_file()
{
    region_start
    as coordination join "$LINE"
    NEEDED=$(sql "SELECT max(number) FROM schema_version")
    export NEEDED
}

teardown_file()
{
    region_stop
}

setup()
{
    server_stop
    sql "DELETE FROM schema_version WHERE number > $NEEDED"
}

teardown()
{
    [ ! -s "$BATS_TEST_TMPDIR/held" ] || kill "$(cat "$BATS_TEST_TMPDIR/held")" 2>/dev/null || true
    [ -z "${held-}" ] || kill "$held" 2>/dev/null || true
}

migrate()
{
    run --separate-stderr "$bin/concertd" migrate --state "$STATE" "$@"
}

# refuses [DIR]: serve with this state folder, which must end by itself.
refuses()
{
    run --separate-stderr timeout 240 "$bin/concertd" serve --state "${1:-$STATE}"
    ended 1
}

# newer: as a later program leaves it.
newer()
{
    sql "INSERT INTO schema_version (number, name) VALUES ($((NEEDED + 1)), 'later')"
}

@test "migrate of what is up to date says so and changes nothing; rights are given anew" {
    sql "REVOKE ALL ON ALL TABLES IN SCHEMA mauricie FROM concertd"
    migrate
    ended 0
    says mauricie "$NEEDED"
    migrate --region mauricie --try
    ended 0
    server_start
    as coordination sync
    [ "$(sql "SELECT has_table_privilege('concertd', 'change', 'UPDATE')")" = f ]
}

@test "migrate: a newer schema is refused, and nothing is changed" {
    newer
    migrate
    ended 1
    says "$((NEEDED + 1))" "$NEEDED"
    [ "$(sql "SELECT max(number) FROM schema_version")" = $((NEEDED + 1)) ]
}

@test "migrate: no owner_database, an unknown region, a database without the region" {
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i '/^owner_database/d' "$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state migrate
    ended 1
    says owner_database concertd.conf
    migrate --region nulle
    ended 2
    says nulle
    sed 's/^\[region .*/[region ailleurs]/' "$STATE/concertd.conf" \
        >"$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state migrate
    ended 1
    says ailleurs "concertd init" "concertd restore"
    [ "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'ailleurs'")" = 0 ]
}

@test "serve refuses a newer schema, an older one and none, in a sentence that says what to do" {
    newer
    refuses
    says mauricie "$((NEEDED + 1))"
    sql "DELETE FROM schema_version WHERE number >= $NEEDED"
    refuses
    says "concertd migrate --state $STATE"
    sql "INSERT INTO schema_version (number, name) VALUES ($NEEDED, 'again')"
    sed 's/^\[region .*/[region ailleurs]/' "$STATE/concertd.conf" >"$BATS_TEST_TMPDIR/concertd.conf"
    cp "$STATE"/*.pem "$BATS_TEST_TMPDIR"
    refuses "$BATS_TEST_TMPDIR"
    says "concertd restore"
}

@test "serve of a region whose rights are not there says so, and migrate gives them" {
    sql "REVOKE ALL ON SCHEMA mauricie FROM concertd"
    refuses
    says mauricie "concertd migrate --state $STATE"
    migrate
    ended 0
    server_start
    as coordination sync
}

# told COMMAND... -- TEXT...: within a few seconds each of the commands says it, once, and asks the
# database for nothing that it would refuse.
told()
{
    local command commands=()
    while [ "$1" != -- ]; do commands+=("$1") && shift; done
    shift
    for command in "${commands[@]}"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr timeout 20 "$bin/concertd" $command --state "$STATE"
        ended "$([[ $command == doctor* ]] && echo 3 || echo 1)"
        says "$@"
        says_not ERROR: "relation" "event="
        [ "$(grep -cF "$1" <<<"$output"$'\n'"$stderr")" = 1 ]
    done
}

commands=(verify invite "erase --person Personne" "erase --again" "erase --record C1 --yes" doctor)

@test "a region that is not in the database is told by every command, with what there is" {
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i 's/^\[region .*/[region ailleurs]/' "$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state told "${commands[@]}" -- \
        ailleurs mauricie "[region NOM]" "concertd restore"
    # No schema can be called so.
    sed -i 's/^\[region .*/[region ail"leurs]/' "$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state told "${commands[@]}" -- 'ail"leurs' mauricie "concertd restore"
}

@test "a schema of another version is told by every command at once" {
    newer
    told "${commands[@]}" -- "version $((NEEDED + 1))" "$NEEDED"
    sql "DELETE FROM schema_version WHERE number >= $NEEDED"
    told "${commands[@]}" -- "version $((NEEDED - 1))" "concertd migrate --state $STATE"
    sql "INSERT INTO schema_version (number, name) VALUES ($NEEDED, 'again')"
}

# logged TEXT: how many lines.
logged()
{
    grep -c "$1" "$LOG" || true
}

@test "a schema that becomes another under a server that was started without the database" {
    newer
    # The database refuses all at the start; the daemon waits for it.
    "$CLUSTER" psql "$PG" postgres -c "ALTER DATABASE \"$DB\" ALLOW_CONNECTIONS false"
    : >"$LOG"
    "$bin/concertd" serve --state "$STATE" </dev/null >>"$LOG" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/concertd.pid"
    until [ "$(logged event=database_lost)" != 0 ]; do server_lives; sleep 0.02; done
    "$CLUSTER" psql "$PG" postgres -c "ALTER DATABASE \"$DB\" ALLOW_CONNECTIONS true"
    until [ "$(logged event=schema_wrong)" != 0 ]; do server_lives; sleep 0.02; done
    # It is told once, however often it looks.
    local before
    before=$(super_count)
    until [ "$(super_count)" -gt $((before + 3)) ]; do sleep 0.1; done
    [ "$(logged event=schema_wrong)" = 1 ]
    [ "$(logged event=ready)" = 0 ]
    run as coordination sync
    [ "$status" -ne 0 ]
    # The right version again: it serves.
    sql "DELETE FROM schema_version WHERE number > $NEEDED"
    until [ "$(logged event=ready)" = 1 ]; do server_lives; sleep 0.02; done
    as coordination sync
}

# How often the database was connected to.
super_count()
{
    "$CLUSTER" psql "$PG" postgres -c "SELECT sessions FROM pg_stat_database WHERE datname = '$DB'"
}

@test "a server that serves while the schema is migrated looks at its version, and goes on" {
    server_start
    local all
    all=$(logged event=database_up)
    as coordination sync
    # nothing to do: those who are connected stay so
    migrate
    ended 0
    as coordination sync
    [ "$(logged event=database_up)" = "$all" ]
    # a step was taken
    sql "NOTIFY concert_mauricie, 'schema'"
    until [ "$(logged event=database_up)" = $((2 * all)) ]; do server_lives; sleep 0.02; done
    until as coordination sync; do sleep 0.1; done
    # A later program's: this one stops serving.
    newer
    sql "NOTIFY concert_mauricie, 'schema'"
    until [ "$(logged event=schema_wrong)" = 1 ]; do server_lives; sleep 0.02; done
    [ "$(logged "needed=$NEEDED")" = 1 ]
}

# waiting: how many of the server's connections stand before a lock.
waiting()
{
    sql "SELECT count(*) FROM pg_locks WHERE relation = 'change'::regclass AND NOT granted"
}

@test "a later program's migration while the server connects, and does not listen yet, is not missed" {
    # What reads and writes the log has seen the version, and waits for a table before it is ready.
    coproc LOCKER { psql --no-psqlrc -qAt "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" 3>&-; }
    echo "BEGIN; LOCK TABLE mauricie.change; SELECT 'locked';" >&"${LOCKER[1]}"
    local held
    read -r -u "${LOCKER[0]}" held
    [ "$held" = locked ]
    : >"$LOG"
    "$bin/concertd" serve --state "$STATE" </dev/null >>"$LOG" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/concertd.pid"
    until [ "$(waiting)" -ge 5 ]; do server_lives; sleep 0.02; done
    newer
    sql "NOTIFY concert_mauricie, 'schema'"
    echo "ROLLBACK; \\q" >&"${LOCKER[1]}"
    until [ "$(logged event=schema_wrong)" = 1 ]; do server_lives; sleep 0.02; done
    [ "$(logged event=ready)" = 0 ]
}

# --- what earlier releases wrote (tests/store/migrations) ----------------------------------------

FIXTURES=$BATS_TEST_DIRNAME/../store/migrations
STEPS=$BATS_TEST_DIRNAME/../../server/schema

# fixture FILE: in the place of the region, with the rights that its release gave.
fixture()
{
    sql "SET client_min_messages TO warning; DROP SCHEMA IF EXISTS mauricie CASCADE"
    gunzip -c "$1" | psql --no-psqlrc -q -v ON_ERROR_STOP=1 -o /dev/null \
        "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)"
    sql "GRANT USAGE ON SCHEMA mauricie TO concertd; GRANT SELECT ON ALL TABLES IN SCHEMA mauricie TO concertd"
}

# counts: the rows of each table, in one look: there are many tables and many looks.
counts()
{
    sql "SELECT tablename, (xpath('//n/text()', query_to_xml(format(
            'SELECT count(*) AS n FROM mauricie.%I', tablename), false, true, '')))[1]
        FROM pg_tables WHERE schemaname = 'mauricie' AND tablename <> 'schema_version' ORDER BY 1"
}

# kept BEFORE: all that was counted then counts the same now.
kept()
{
    local lost
    lost=$(grep -vxFf <(counts) <<<"$1") || return 0
    printf 'not so any more:\n%s\n' "$lost"
    return 1
}

# chain: the log, as far as every release has it.
chain()
{
    sql "SELECT md5(string_agg(seq || encode(op_id::text::bytea, 'hex') || encode(patch_hash, 'hex')
        || encode(hash, 'hex'), ' ' ORDER BY seq)) FROM change"
}

# older: the region as the last release but one wrote it.
older()
{
    local file files=("$FIXTURES"/*.sql.gz)
    for file in "${files[@]}"; do
        ((10#$(basename "$file" .sql.gz) < NEEDED)) && fixture "$file"
    done
    [ "$(sql "SELECT max(number) FROM schema_version")" -lt "$NEEDED" ]
}

# renewed: the schema of this program, for the tests behind.
renewed()
{
    migrate
    ended 0
    [ "$(sql "SELECT max(number) FROM schema_version")" = "$NEEDED" ]
}

# stays_older TEXT: neither migrate nor its rehearsal comes through, nothing is changed, and it is
# said why.
stays_older()
{
    local from words
    from=$(sql "SELECT max(number) FROM schema_version")
    for words in "" --try; do
        # shellcheck disable=SC2086 # none or one
        CONCERT_LANG=en run --separate-stderr timeout 240 "$bin/concertd" migrate --state "$STATE" $words
        ended 1
        says "Nothing was changed" "$1" "Run the same command again"
        [ "$(sql "SELECT max(number) FROM schema_version")" = "$from" ]
    done
}

@test "migrate while something reads the tables: it does not make the region stand still, and says why" {
    older
    coproc LOCKER { psql --no-psqlrc -qAt "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" 3>&-; }
    local locked
    echo "BEGIN; SELECT format('LOCK mauricie.%I IN ACCESS SHARE MODE', tablename) FROM pg_tables
        WHERE schemaname = 'mauricie' \\gexec
        SELECT 'locked';" >&"${LOCKER[1]}"
    read -r -u "${LOCKER[0]}" locked
    [ "$locked" = locked ]
    stays_older "something else holds the region's tables"
    echo "ROLLBACK; \\q" >&"${LOCKER[1]}"
    renewed
}

@test "migrate while a backup is made: it waits a moment and leaves it; a backup waits for migrate" {
    older
    held_backup --to "$BATS_TEST_TMPDIR/file"
    stays_older "a backup of the region seems to be at work"
    # Another backup is not kept out.
    "$bin/concertd" backup --state "$STATE" --to "$BATS_TEST_TMPDIR/other" >/dev/null
    kill "$(cat "$BATS_TEST_TMPDIR/held")"
    wait "$held" || true
    rm "$BATS_TEST_TMPDIR/held"

    # Before the steps are done: it is not the moment of a backup yet.
    coproc LOCKER { psql --no-psqlrc -qAt "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" 3>&-; }
    local locked
    echo "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('concertd backup mauricie', 0));
        SELECT 'locked';" >&"${LOCKER[1]}"
    until [ "${locked-}" = locked ]; do read -r -u "${LOCKER[0]}" locked; done
    "$bin/concertd" backup --state "$STATE" --to "$BATS_TEST_TMPDIR/late" >/dev/null 3>&- &
    held=$!
    until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = 1 ]; do
        lives "$held"
        sleep 0.02
    done
    [ ! -e "$BATS_TEST_TMPDIR/late" ]
    echo "COMMIT; \\q" >&"${LOCKER[1]}"
    wait "$held"
    held=
    [ -s "$BATS_TEST_TMPDIR/late" ]
    renewed
}

@test "migrate whose connection ends in the COMMIT does not say that nothing was changed" {
    older
    sql "CREATE FUNCTION public.cut() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
    sql "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON schema_version DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.cut()"
    CONCERT_LANG=en migrate
    ended 1
    says "it is not known whether the schema was changed" "Run the same command again"
    says_not "Nothing was changed"
    CONCERT_LANG=en migrate --try
    ended 1
    says "Nothing was changed"
    sql "SET client_min_messages TO warning; DROP FUNCTION public.cut CASCADE"
    renewed
}

@test "what each release wrote survives every step, one by one" {
    local file from step number before log
    for file in "$FIXTURES"/*.sql.gz; do
        fixture "$file"
        from=$(sql "SELECT max(number) FROM schema_version")
        [ "$((10#$(basename "$file" .sql.gz)))" = "$from" ]
        before=$(counts)
        log=$(chain)
        [ -n "$log" ]
        for step in "$STEPS"/*.sql; do
            number=$((10#$(basename "$step" | cut -d- -f1)))
            ((number > from)) || continue
            psql --no-psqlrc -q -1 -v ON_ERROR_STOP=1 -c "SET search_path TO mauricie" -f "$step" \
                -c "INSERT INTO schema_version (number, name) VALUES ($number, '$number')" \
                "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" >/dev/null
            kept "$before" || { echo "step $step on $file" && return 1; }
        done
        [ "$(chain)" = "$log" ]
    done
}

@test "what each release wrote is migrated, served, and pulled whole by a client" {
    local file from before log kind
    for file in "$FIXTURES"/*.sql.gz; do
        server_stop
        fixture "$file"
        from=$(sql "SELECT max(number) FROM schema_version")
        before=$(counts)
        log=$(chain)
        refuses
        says "concertd migrate"
        migrate --try
        ended 0
        [ "$(sql "SELECT max(number) FROM schema_version")" = "$from" ]
        migrate
        ended 0
        says "$from" "$NEEDED"
        kept "$before"
        [ "$(chain)" = "$log" ]
        server_start
        as "office$from" join "$("$bin/concertd" invite --state "$STATE" 2>/dev/null)" >/dev/null
        for kind in action note objective territory incident quarantine; do
            [ "$(tally "office$from" "$kind")" = "$(sql "SELECT count(*) FROM $kind")" ]
        done
        [ "$(sql "SELECT count(*) FROM action")" -gt 0 ]
        as "office$from" note 4.1.1 -m "Avec le nouveau programme"
        [ "$(sql "SELECT count(*) FROM note WHERE text = 'Avec le nouveau programme'")" = 1 ]
    done
}

@test "the people whom schema 11 wrote down: what waits is answered, who is gone stays out, names go" {
    server_stop
    fixture "$FIXTURES/0011.sql.gz"
    [ "$(sql "SELECT count(*) FROM device WHERE revoked")" = 1 ]
    [ "$(sql "SELECT count(*) FROM invitation WHERE device IS NULL")" = 1 ]
    [ "$(sql "SELECT count(*) FROM quarantine WHERE status IS NULL")" = 2 ]
    migrate
    ended 0
    [ "$(sql "SELECT count(*) FROM change WHERE erased")" = 0 ]
    server_start
    as people join "$("$bin/concertd" invite --state "$STATE" 2>/dev/null)" >/dev/null
    as people quarantine --all --accept >/dev/null
    [ "$(sql "SELECT count(*) FROM quarantine WHERE status IS NULL")" = 0 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'En suspens'")" = 1 ]
    [ "$(sql "SELECT count(*) FROM device WHERE revoked")" = 1 ]
    run --separate-stderr "$bin/concertd" erase --person "Rosalie Exemple" --yes --state "$STATE"
    ended 0
    [ "$(sql "SELECT count(*) FROM change WHERE erased")" -gt 0 ]
    [ "$(sql "SELECT count(*) FROM membership WHERE person = 'Rosalie Exemple'")" = 0 ]
    run --separate-stderr "$bin/concertd" verify --state "$STATE"
    ended 0
}
