#!/usr/bin/env bats
# concertd init that is killed at any moment and run again, that never overwrites, and concertd
# invite, for coordinators who are locked out.

load region

setup_file()
{
    region_names
    "$CLUSTER" start "$PG"
}

setup()
{
    STATE=$BATS_TEST_TMPDIR/state
    BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR
    ROOM=$BATS_TEST_TMPDIR/homes
    LOG=$BATS_TEST_TMPDIR/concertd.log
    DB=init_$$_$(date +%s)_$BATS_TEST_NUMBER
    mkdir -p "$ROOM"
    "$CLUSTER" createdb "$PG" "$DB"
}

teardown()
{
    [ -z "${holder-}" ] || kill "$holder" 2>/dev/null || true
    server_stop
    "$CLUSTER" dropdb "$PG" "$DB"
}

owner()
{
    "$CLUSTER" conninfo "$PG" "$DB" concert_owner
}

server_role()
{
    "$CLUSTER" conninfo "$PG" "$DB" concertd
}

# super STATEMENT: as the superuser, in the test's database.
super()
{
    "$CLUSTER" psql "$PG" "$DB" -c "$1"
}

# init_begin: init in the background, itself and no shell around it; its number in `init`.
init_begin()
{
    "$bin/concertd" init --state "$STATE" --region mauricie --coordinator Coordonnatrice \
        --title "Consortium en développement social de la Mauricie" --listen 127.0.0.1:0 \
        --database "$(server_role)" --owner-database "$(owner)" \
        >"$BATS_TEST_TMPDIR/line" 2>"$BATS_TEST_TMPDIR/said" 3>&- &
    init=$!
}

init_kill()
{
    kill -KILL "$init" 2>/dev/null || true
    wait "$init" 2>/dev/null || true
}

# founded: init now completes, and leaves a region with its two records that can be joined.
founded()
{
    local line
    line=$(region_init)
    [ ! -e "$STATE/init.draft" ]
    [ "$(sql "SELECT count(*) FROM change WHERE fields <> '{}'")" = 2 ]
    [ "$(sql "SELECT count(*) FROM party")$(sql "SELECT count(*) FROM account")" = 11 ]
    server_start
    as coordination join "$line"
    as coordination note CDSM -m "Un mot" || as coordination sync
}

@test "init killed before the schema, and run again" {
    psql --no-psqlrc -qAt -c "SELECT pg_advisory_lock(4850185516)" -c "SELECT pg_sleep(600)" \
        "$(owner)" >/dev/null 2>&1 3>&- &
    holder=$!
    # Those of this database: others migrate in theirs at the same time.
    local ours="FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    until [ "$(super "SELECT count(*) $ours")" != 0 ]; do sleep 0.02; done
    init_begin
    until [ -e "$STATE/cert.pem" ]; do sleep 0.01; done
    init_kill
    super "SELECT pg_terminate_backend(pid) $ours" >/dev/null
    [ ! -s "$BATS_TEST_TMPDIR/line" ]
    [ ! -e "$STATE/concertd.conf" ]
    local key
    key=$(sha256sum <"$STATE/key.pem")
    founded
    [ "$(sha256sum <"$STATE/key.pem")" = "$key" ]
}

@test "init killed between the records and the invitation, and run again" {
    super "REVOKE CONNECT ON DATABASE \"$DB\" FROM public"
    run --separate-stderr region_init
    ended 1
    [ ! -e "$STATE/concertd.conf" ]
    # A schema that nobody has written to is taken as it is.
    [ "$(sql "SELECT seq FROM head")" = 0 ]
    super "GRANT CONNECT ON DATABASE \"$DB\" TO public"
    sql "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'"
    sql "CREATE TRIGGER wait BEFORE INSERT ON invitation FOR EACH ROW EXECUTE FUNCTION wait()"
    init_begin
    until [ "$(sql "SELECT seq FROM head")" = 2 ]; do sleep 0.01; done
    init_kill
    super "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE usename = 'concertd' AND datname = current_database()" >/dev/null
    sql "DROP FUNCTION wait CASCADE"
    [ ! -e "$STATE/concertd.conf" ]
    founded
}

@test "init killed between the invitation and the settings, and run again" {
    # The settings have no place: a folder of their name's draft is in the way.
    mkdir -p "$STATE/concertd.conf.new"
    run --separate-stderr region_init
    ended 1
    [ -z "$output" ]
    [ "$(sql "SELECT count(*) FROM invitation")" = 1 ]
    rmdir "$STATE/concertd.conf.new"
    founded
}

@test "init killed at one moment after the other, and run again" {
    local pause
    for pause in 0.00 0.01 0.02 0.03 0.05 0.08 0.12 0.2; do
        init_begin
        sleep "$pause"
        init_kill
        [ ! -e "$STATE/concertd.conf" ] || break
    done
    if [ -e "$STATE/concertd.conf" ]; then
        # It was done before the last kill: the line may be lost, and is made again.
        run --separate-stderr region_init
        ended 1
        says "concertd invite"
        server_start
        as coordination join "$("$bin/concertd" invite --state "$STATE" 2>/dev/null)"
        [ "$(sql "SELECT count(*) FROM account")" = 1 ]
    else
        founded
    fi
}

@test "init with the new settings writes them" {
    region_init --metrics 127.0.0.1:9743 --responsible "Coordonnatrice, 819 555-0100" \
        --retention "contact 24" --user nobody >/dev/null
    grep -qx "metrics = 127.0.0.1:9743" "$STATE/concertd.conf"
    grep -qx "responsible = Coordonnatrice, 819 555-0100" "$STATE/concertd.conf"
    grep -qx "retention = contact 24" "$STATE/concertd.conf"
    grep -qx "user = nobody" "$STATE/concertd.conf"
}

@test "init from a new folder on a database that has the region: refused, restore and migrate named" {
    region_init >/dev/null
    STATE=$STATE.other run --separate-stderr region_init
    ended 1
    [ -z "$output" ]
    says "concertd restore" "concertd migrate"
    [ ! -e "$STATE.other/key.pem" ]
    [ ! -e "$STATE.other/init.draft" ]
    # And a second try is no different.
    STATE=$STATE.other run --separate-stderr region_init
    ended 1
    [ "$(sql "SELECT count(*) FROM change WHERE fields <> '{}'")" = 2 ]
}

@test "init in a folder with another server's key: refused, and the key stays" {
    mkdir "$STATE"
    echo precious >"$STATE/key.pem"
    run --separate-stderr region_init
    ended 1
    says "$STATE/key.pem"
    [ "$(cat "$STATE/key.pem")" = precious ]
}

@test "invite: a fresh line while the server serves, for the coordinator or a named account" {
    region_init >/dev/null
    server_start
    local line
    line=$("$bin/concertd" invite --state "$STATE" 2>"$BATS_TEST_TMPDIR/said")
    [[ $line == concert://* ]]
    grep -q Coordonnatrice "$BATS_TEST_TMPDIR/said"
    as coordination join "$line"
    line=$("$bin/concertd" invite --state "$STATE" --region mauricie --account c1 --days 1 2>/dev/null)
    as second join "$line"
    run --separate-stderr "$bin/concertd" invite --state "$STATE" --account C99
    ended 1
    says C99
    run --separate-stderr "$bin/concertd" invite --state "$STATE" --days 0
    ended 2
    run --separate-stderr "$bin/concertd" invite --state "$STATE" --region nulle
    ended 2
    # Another coordinator is left: it renews.
    run --separate-stderr "$bin/concertd" invite --state "$STATE" --account C1 --renew
    ended 1
    says "concertd invite --account C1"
}

@test "invite whose connection ends in the COMMIT says that it is not known whether it was done" {
    region_init >/dev/null
    sql "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
    sql "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON invitation DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION cut()"
    CONCERT_LANG=en run --separate-stderr "$bin/concertd" invite --state "$STATE"
    ended 1
    [ -z "$output" ]
    says "it is not known whether this was done: the same command can be given again"
    sql "SET client_min_messages TO warning; DROP FUNCTION cut CASCADE"
    run --separate-stderr "$bin/concertd" invite --state "$STATE"
    ended 0
    [[ $output == concert://* ]]
}

# closed_by CHANGES: the only coordinator's account as no program would leave it.
closed_by()
{
    super "SET session_replication_role = replica; UPDATE mauricie.account SET $1"
}

@test "invite --renew: opens the last coordinator's account again, and the log says so" {
    region_init >/dev/null
    server_start
    as coordination join "$("$bin/concertd" invite --state "$STATE" 2>/dev/null)"
    server_stop
    local change
    for change in "expires = '2009-01-01'" "active = false"; do
        closed_by "$change"
        run --separate-stderr "$bin/concertd" invite --state "$STATE"
        ended 1
        [ -z "$output" ]
        says "--renew"
        run --separate-stderr "$bin/concertd" invite --state "$STATE" --account C1
        ended 1
        says "C1 --renew"
        run --separate-stderr "$bin/concertd" invite --state "$STATE" --account C1 --renew
        ended 0
        [[ $output == concert://* ]]
        [ "$(sql "SELECT expires IS NULL AND active IS NOT FALSE FROM account")" = t ]
    done
    [ "$(sql "SELECT count(*) FROM change WHERE reason = 'concertd invite --renew'")" = 2 ]
    server_start
    as coordination sync
    as second join "$output"
}

@test "init cut short between the key and its certificate makes both; a wrong pair is left as it is" {
    super "REVOKE CONNECT ON DATABASE \"$DB\" FROM public"
    run --separate-stderr region_init
    ended 1
    [ -e "$STATE/init.draft" ]
    super "GRANT CONNECT ON DATABASE \"$DB\" TO public"
    local key
    key=$(cat "$STATE/key.pem")
    mv "$STATE/cert.pem" "$BATS_TEST_TMPDIR/cert.pem"
    echo rubbish >"$STATE/cert.pem"
    CONCERT_LANG=en run --separate-stderr region_init
    ended 1
    says "$STATE/cert.pem is no certificate that can be read" "move both away"
    [ "$(cat "$STATE/key.pem")" = "$key" ]
    [ "$(cat "$STATE/cert.pem")" = rubbish ]
    rm "$STATE/cert.pem"
    founded
}

# --- two at once ------------------------------------------------------------------------------

@test "two at once from two folders: one makes the region, the other says so" {
    local one two first second lines
    region_init >"$BATS_TEST_TMPDIR/one" 2>"$BATS_TEST_TMPDIR/why" 3>&- &
    one=$!
    (STATE=$BATS_TEST_TMPDIR/other && region_init >"$BATS_TEST_TMPDIR/two" 2>>"$BATS_TEST_TMPDIR/why" 3>&-) &
    two=$!
    wait "$one" && first=0 || first=$?
    wait "$two" && second=0 || second=$?
    [ $((first + second)) = 1 ]
    lines=$(cat "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two")
    [[ $lines == concert://*/mauricie#* ]]
    grep -q mauricie "$BATS_TEST_TMPDIR/why"
    [ "$(sql "SELECT count(*) FROM account")" = 1 ]
    [ ! -e "$STATE/key.pem" ] || [ ! -e "$BATS_TEST_TMPDIR/other/key.pem" ]
}

# --- wrong words -------------------------------------------------------------------------------

# wrong CODE TEXT WORD...: init with more words, which win; nothing is left.
wrong()
{
    run --separate-stderr region_init "${@:3}"
    ended "$1"
    [ -z "$output" ]
    says "$2"
    [ ! -e "$STATE/key.pem" ]
    [ "$(super "SELECT count(*) FROM pg_namespace WHERE nspname = 'mauricie'")" = 0 ]
}

@test "init with wrong words says which, in French, and makes nothing" {
    wrong 2 "--coordinator manque" --coordinator ""
    wrong 2 "--timezone doit être" --timezone Montreal
    wrong 2 "--language : la valeur" --language français
    wrong 2 "--listen doit être" --listen 127.0.0.1
    wrong 2 "--listen doit être" --listen localhost:7443
    wrong 2 "--listen doit être" --listen 127.0.0.1:99999
    wrong 2 "--address manque" --listen 0.0.0.0:7443
    wrong 2 "--address manque" --listen "[::]:7443"
    wrong 2 "--address " --address plan.example.org
    wrong 2 "--address " --address "deux mots:7443"
    wrong 2 "--address " --address plan.example.org:99999
    wrong 2 "--metrics doit être" --metrics 9743
    wrong 2 "--metrics doit être une autre adresse" --listen 127.0.0.1:9743 --metrics 127.0.0.1:9743
    wrong 2 "--metrics doit être une autre adresse" --listen 127.0.0.1:9743 --metrics "[::]:9743"
    wrong 2 "--title : la valeur doit tenir sur une ligne" --title $'Consortium\nligne'
    wrong 2 "--title : la valeur doit tenir sur une ligne" --title "Consortium "
    wrong 2 "--database est « garbage »" --database garbage
    wrong 2 "--user doit être" --user personne-de-tel
    wrong 2 "--retention : " --retention "contacts douze"
    wrong 2 "--address " --address "$(printf 'x%.0s' {1..300}):7443"
    wrong 1 "une valeur est trop longue" --responsible "$(printf 'x%.0s' {1..300}):7443"
    wrong 1 "le dit --owner-database (" --owner-database "host=/nulle/part dbname=x user=y"
    says "host=/nulle/part dbname=x user=y"
    wrong 1 "(host=/nulle/part user=y password=… dbname=x)" \
        --owner-database "host=/nulle/part user=y password='un \\' secret' dbname=x"
    says_not secret
    wrong 1 "(postgresql://y:…@localhost:1/x?sslpassword=…&connect_timeout=1)" \
        --owner-database "postgresql://y:secret@localhost:1/x?sslpassword=secret&connect_timeout=1"
    says_not secret
    # The key of a folder is made before its schema.
    run --separate-stderr region_init --owner-database "$(server_role)"
    ended 1
    says "le propriétaire de la base"
    founded
}

@test "a server's role that could change the log is refused before anything is made" {
    local role
    for role in concert_owner postgres; do
        wrong 1 "« $role »" --database "$("$CLUSTER" conninfo "$PG" "$DB" "$role")"
        says "CREATE ROLE concertd LOGIN" "--owner-database"
    done
    wrong 1 "« concert_owner »" --database "$(owner)" --owner-database ""
    # The database's owner, and not the schema's.
    wrong 1 "« concert_owner »" --database "$(owner)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "$DB" postgres)"
    founded
}

@test "a folder into which others may write is refused, and the settings are their owner's alone" {
    local mode
    mkdir "$STATE"
    for mode in 777 770 702; do
        chmod "$mode" "$STATE"
        run --separate-stderr region_init
        ended 1
        [ -z "$output" ]
        says "chmod go-w $STATE"
        [ -z "$(ls -A "$STATE")" ]
    done
    chmod 755 "$STATE"
    # What a process that was killed has left is nobody's to read either.
    echo >"$STATE/concertd.conf.new" && chmod 666 "$STATE/concertd.conf.new"
    (umask 000 && region_init --database "$(server_role) password=secret" >/dev/null)
    grep -q secret "$STATE/concertd.conf"
    [ "$(stat -c %a "$STATE/concertd.conf")" = 600 ]
}

@test "init --user as root: all is that user's, and the server that has become it reloads" {
    [ "$(id -u)" = 0 ] || skip "only root can give a folder away"
    local room
    room=$(mktemp -d "${BATS_TMPDIR:-/tmp}/concert-init.XXXXXX")
    chmod 711 "$room"
    STATE=$room/state
    run --separate-stderr region_init --user nobody
    ended 0
    says "sudo -u nobody"
    [[ $output == concert://* ]]
    [ "$(stat -c '%U %a' "$STATE" "$STATE"/{key.pem,concertd.conf} | sort -u)" = $'nobody 600\nnobody 700' ]
    [ "$(stat -c %U "$STATE/cert.pem")" = nobody ]
    [ -z "$(find "$STATE" ! -user nobody)" ]
    "$bin/concertd" serve --state "$STATE" </dev/null >"$LOG" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/concertd.pid"
    until [ -s "$LOG" ]; do sleep 0.02; done # before its first line a SIGHUP would end it
    until grep -q event=reload "$LOG"; do
        server_lives
        kill -HUP "$(server_pid)"
        sleep 0.05
    done
    grep -q event=reloaded "$LOG"
    run ! grep -q event=reload_refused "$LOG"
    server_stop
    rm -rf "$room"
}

@test "root does not write into the folder that the server's user owns, and is told what to type" {
    [ "$(id -u)" = 0 ] || skip "only root can give a folder away"
    mkdir "$STATE"
    chown nobody "$STATE"
    run --separate-stderr region_init
    ended 1
    [ -z "$output" ]
    says "sudo -u nobody"
    [ -z "$(ls -A "$STATE")" ]
    chown root "$STATE"
    founded
    chown nobody "$STATE"
    run --separate-stderr "$bin/concertd" backup --state "$STATE"
    ended 1
    says "sudo -u nobody"
    chown root "$STATE"
}

# --- another region of the same server ---------------------------------------------------------

# add NAME [WORD...]
add()
{
    run --separate-stderr "$bin/concertd" init --state "$STATE" --region "$1" \
        --title "Consortium de $1" --coordinator Coordination "${@:2}"
}

@test "init adds a region to a folder that has one: the same key, the settings left as they are" {
    region_init --retention "contact 24" >/dev/null
    printf '; un mot de la technicienne' >>"$STATE/concertd.conf"
    chmod 640 "$STATE/concertd.conf"
    local key before line
    key=$(cat "$STATE"/*.pem | sha256sum)
    before=$(cat "$STATE/concertd.conf")
    add mauricie
    ended 1
    says "mauricie" "concertd invite"
    add autre --listen 127.0.0.1:0
    ended 2
    says "--listen" "$STATE/concertd.conf"
    add autre --timezone America/Vancouver
    ended 2
    says "America/Toronto"
    add Autre
    ended 2
    [ "$(cat "$STATE/concertd.conf")" = "$before" ]
    add autre
    ended 0
    says "systemctl restart concertd"
    line=$output
    [[ $line == concert://*/autre#* ]]
    [ "$(cat "$STATE"/*.pem | sha256sum)" = "$key" ]
    [ "$(head -n "$(wc -l <<<"$before")" "$STATE/concertd.conf")" = "$before" ]
    [ "$(stat -c %a "$STATE/concertd.conf")" = 640 ]
    [ "$(grep -c '^\[region ' "$STATE/concertd.conf")" = 2 ]
    [ "$(grep -c '^retention' "$STATE/concertd.conf")" = 1 ]
    [ -z "$(find "$STATE" -name '*.draft' -o -name '*.new' -o -name init.conf)" ]
    # Both are served, and each is its own.
    server_start
    as coordination join "$("$bin/concertd" invite --state "$STATE" --region mauricie 2>/dev/null)"
    as autre join "$line"
    as autre status | grep -q "Consortium de autre"
    as autre note CDA -m "Un mot" || as autre sync
    run --separate-stderr "$bin/concertd" doctor --state "$STATE"
    ended 2
    says mauricie autre
    run --separate-stderr "$bin/concertd" verify --state "$STATE" --region autre
    ended 0
    run --separate-stderr "$bin/concertd" backup --state "$STATE"
    ended 0
    says mauricie- autre-
}

# another_key: a key and a certificate that have nothing to do with the server's, as other.*.
another_key()
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=autre -days 9 \
        -keyout "$BATS_TEST_TMPDIR/other.key" -out "$BATS_TEST_TMPDIR/other.cert" 2>/dev/null
}

# add_refused TEXT...: no region is added, nothing in the folder is changed, and it is said why.
add_refused()
{
    local before
    before=$(cd "$STATE" && find . -type f -exec sha256sum {} +)
    CONCERT_LANG=en add autre
    ended 1
    says "$@" "bring both files back"
    [ -z "$output" ]
    [ "$(cd "$STATE" && find . -type f -exec sha256sum {} +)" = "$before" ]
    [ "$(super "SELECT count(*) FROM pg_namespace WHERE nspname = 'autre'")" = 0 ]
}

@test "init never replaces a server's key: one that is not right or not there is told" {
    region_init >/dev/null
    mkdir "$BATS_TEST_TMPDIR/own"
    cp "$STATE"/*.pem "$BATS_TEST_TMPDIR/own"
    another_key
    echo rubbish >"$STATE/cert.pem"
    add_refused "$STATE/cert.pem is no certificate that can be read"
    rm "$STATE/cert.pem"
    add_refused "$STATE/cert.pem is no certificate that can be read"
    cp "$BATS_TEST_TMPDIR/other.cert" "$STATE/cert.pem"
    add_refused "$STATE/key.pem is not the key to the certificate $STATE/cert.pem"
    cp "$BATS_TEST_TMPDIR/own/cert.pem" "$STATE/cert.pem"
    : >"$STATE/key.pem"
    add_refused "$STATE/key.pem is not the key to the certificate $STATE/cert.pem"
    rm "$STATE/key.pem"
    add_refused "$STATE/key.pem is missing"
    rm "$STATE/cert.pem"
    add_refused "$STATE/key.pem is missing"
    cp "$BATS_TEST_TMPDIR/own"/*.pem "$STATE"
    add autre
    ended 0
    cmp "$STATE/key.pem" "$BATS_TEST_TMPDIR/own/key.pem"
}

@test "init that adds a region, killed before its records and run again" {
    region_init >/dev/null
    local before
    before=$(cat "$STATE/concertd.conf")
    super "REVOKE CONNECT ON DATABASE \"$DB\" FROM public"
    add autre
    ended 1
    [ "$(cat "$STATE/concertd.conf")" = "$before" ]
    [ -e "$STATE/init-autre.draft" ]
    super "GRANT CONNECT ON DATABASE \"$DB\" TO public"
    add autre
    ended 0
    [[ $output == concert://*/autre#* ]]
    [ ! -e "$STATE/init-autre.draft" ]
    # What the database has and the folder has not is left as it is.
    printf '%s\n' "$before" >"$STATE/concertd.conf"
    add autre
    ended 1
    says "concertd restore"
    [ "$(super "SELECT count(*) FROM autre.change WHERE fields <> '{}'")" = 2 ]
}
