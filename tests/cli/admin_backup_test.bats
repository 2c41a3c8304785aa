#!/usr/bin/env bats
# concertd backup while people write, and restore: into another database, over nothing that lives,
# never from a file that is not whole.

load region
load backup

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    BACKUP=$BATS_FILE_TMPDIR/whole.concert-backup
    export BACKUP
    as mekinac note 4.1.1 -m "Avant la sauvegarde"
    as mekinac sync
    "$bin/concertd" backup --state "$STATE" --to "$BACKUP" >/dev/null
}

teardown_file()
{
    "$CLUSTER" dropdb "$PG" "${DB}_new"
    region_stop
}

setup()
{
    server_lives || server_start
    NEW=$BATS_TEST_TMPDIR/new
    "$CLUSTER" dropdb "$PG" "${DB}_new"
    "$CLUSTER" createdb "$PG" "${DB}_new"
}

backup()
{
    run --separate-stderr "$bin/concertd" backup --state "$STATE" "$@"
}

# restore FILE [WORD...]: into the folder NEW and the database DB_new.
restore()
{
    run --separate-stderr "$bin/concertd" restore "$1" --state "$NEW" \
        --database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)" "${@:2}"
}

# sums DATABASE [HEAD]: of every table its name, rows and their hash; with HEAD what did not change
# after it.
sums()
{
    local database=$1
    "$CLUSTER" psql "$PG" "$database" -c "SELECT tablename FROM pg_tables
        WHERE schemaname = 'mauricie' ORDER BY 1" | while read -r table; do
        printf '%s ' "$table"
        "$CLUSTER" psql "$PG" "$database" -c "SELECT count(*), md5(coalesce(string_agg(t::text,
            E'\n' ORDER BY t::text COLLATE \"C\"), '')) FROM mauricie.\"$table\" t"
    done
}

@test "a backup while people write is one moment: every table is the same in another database" {
    local stop=$BATS_TEST_TMPDIR/stop pushes
    (
        while [ ! -e "$stop" ]; do as mekinac note 4.1.1 -m "Pendant"; done >/dev/null 2>&1
    ) 3>&- &
    pushes=$!
    local before
    before=$(sql "SELECT seq FROM head")
    until [ "$(sql "SELECT seq FROM head")" -gt "$before" ]; do sleep 0.02; done
    backup --to "$BATS_TEST_TMPDIR/backup"
    local after
    after=$(sql "SELECT seq FROM head")
    until [ "$(sql "SELECT seq FROM head")" -gt "$after" ]; do sleep 0.02; done
    touch "$stop"
    wait "$pushes" || true
    ended 0
    [ "$output" = "$BATS_TEST_TMPDIR/backup" ]
    [ "$(stat -c %a "$BATS_TEST_TMPDIR/backup")" = 600 ]
    [ ! -e "$BATS_TEST_TMPDIR/backup.new" ]

    restore "$BATS_TEST_TMPDIR/backup"
    ended 0
    local head
    head=$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT seq FROM mauricie.head")
    says "$head"
    [ "$head" -ge "$before" ]
    # The log up to there is the log; the register's rows that have not changed since are the same.
    local query="SELECT md5(string_agg(c::text, E'\n' ORDER BY seq)) FROM mauricie.change c
        WHERE seq <= $head"
    [ "$("$CLUSTER" psql "$PG" "$DB" -c "$query")" = "$("$CLUSTER" psql "$PG" "${DB}_new" -c "$query")" ]
    [ "$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT count(*), max(seq) FROM mauricie.change")" = "$head|$head" ]
    [ "$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT encode(h.hash, 'hex') = encode(c.hash, 'hex')
        FROM mauricie.head h JOIN mauricie.change c USING (seq)")" = t ]
}

@test "a backup at rest, restored: every table is the same, and the devices go on with it" {
    as mekinac sync
    server_stop
    backup --to "$BATS_TEST_TMPDIR/backup"
    ended 0
    sums "$DB" >"$BATS_TEST_TMPDIR/old"
    restore "$BATS_TEST_TMPDIR/backup"
    ended 0
    says "$(sql "SELECT seq FROM head")" "concertd serve --state $NEW"
    sums "${DB}_new" >"$BATS_TEST_TMPDIR/restored"
    diff "$BATS_TEST_TMPDIR/old" "$BATS_TEST_TMPDIR/restored"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/old")" -gt 40 ]
    cmp "$STATE/key.pem" "$NEW/key.pem"
    cmp "$STATE/cert.pem" "$NEW/cert.pem"
    [ "$(stat -c %a "$NEW/key.pem")" = 600 ]
    grep -q "${DB}_new" "$NEW/concertd.conf"
    # The same key and port: the office knows the server and needs not join again.
    STATE=$NEW server_start
    as mekinac note 4.1.1 -m "Après la restauration"
    as mekinac sync
    as coordination sync
    [ "$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT count(*) FROM mauricie.note
        WHERE text = 'Après la restauration'")" = 1 ]
    server_stop
}

@test "a file that was cut, altered or is none is refused, and nothing is made" {
    local size bad=$BATS_TEST_TMPDIR/bad at
    size=$(stat -c %s "$BACKUP")
    for at in 0 10 17 200 $((size / 2)) $((size - 40)) $((size - 1)); do
        head -c "$at" "$BACKUP" >"$bad"
        restore "$bad"
        ended 1
        says "$bad"
        [ ! -e "$NEW" ]
    done
    for at in 3 20 300 $((size / 2)) $((size - 60)) $((size - 5)); do
        cp "$BACKUP" "$bad"
        printf '\377' | dd of="$bad" bs=1 seek="$at" conv=notrunc status=none
        restore "$bad"
        ended 1
        says "$bad"
        [ ! -e "$NEW" ]
    done
    { cat "$BACKUP" && echo; } >"$bad"
    restore "$bad"
    ended 1
    restore "$BATS_TEST_TMPDIR/none"
    ended 1
    [ "$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT count(*) FROM pg_namespace WHERE nspname = 'mauricie'")" = 0 ]
}

@test "a living region is left as it is; --aside keeps it under another name, with no server running" {
    local head
    head=$(sql "SELECT seq FROM head")
    run --separate-stderr "$bin/concertd" restore "$BACKUP" --state "$STATE"
    ended 1
    says mauricie --aside
    [ "$(sql "SELECT seq FROM head")" = "$head" ]
    run --separate-stderr "$bin/concertd" restore "$BACKUP" --state "$STATE" --aside
    ended 1
    says concertd
    [ "$(sql "SELECT seq FROM head")" = "$head" ]

    restore "$BACKUP"
    ended 0
    restore "$BACKUP"
    ended 1
    restore "$BACKUP" --aside
    ended 0
    local kept
    kept=$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'mauricie_before_%'")
    [ -n "$kept" ]
    says "$kept"
    says "DROP SCHEMA $kept CASCADE"
    [ "$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT a.hash = b.hash FROM mauricie.head a, $kept.head b")" = t ]
    # A backup holds no rights: what the server's role may not do, it may not do now either.
    [ "$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT bool_or(has_function_privilege('concertd', oid, 'EXECUTE'))
        FROM pg_proc WHERE proname = 'erase_changes' AND pronamespace = 'mauricie'::regnamespace")" = f ]
}

@test "a restore that fails midway changes nothing, and can be run again" {
    # The region that is there can be put aside, and then the backup does not fit in.
    restore "$BACKUP"
    ended 0
    "$CLUSTER" psql "$PG" "${DB}_new" >/dev/null <<'SQL'
CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS
    'BEGIN IF tg_tag = ''CREATE INDEX'' THEN RAISE EXCEPTION ''full''; END IF; END';
CREATE EVENT TRIGGER no ON ddl_command_end EXECUTE FUNCTION no();
SQL
    restore "$BACKUP" --aside
    ended 1
    [ "$("$CLUSTER" psql "$PG" "${DB}_new" -c "SELECT string_agg(nspname, ' ') FROM pg_namespace
        WHERE nspname LIKE 'mauricie%'")" = mauricie ]
    "$CLUSTER" psql "$PG" "${DB}_new" -c "DROP EVENT TRIGGER no"
    restore "$BACKUP" --aside
    ended 0
}

@test "another server's folder, another region's settings, no role: refused" {
    mkdir "$NEW"
    echo other >"$NEW/key.pem"
    restore "$BACKUP"
    ended 1
    says "$NEW"
    [ "$(cat "$NEW/key.pem")" = other ]
    rm -r "$NEW"
    run --separate-stderr "$bin/concertd" restore "$BACKUP" --state "$NEW" \
        --database "$("$CLUSTER" conninfo "$PG" "${DB}_new" nobody_here)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)"
    ended 1
    says nobody_here
    [ ! -e "$NEW" ]
}

@test "a new folder is its server's user's, where there is that user" {
    [ "$(id -u)" = 0 ] || skip "only root gives a folder away"
    local file=$BATS_TEST_TMPDIR/file
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    sed -i 's/^\[server\]/&\nuser = nobody/' "$STATE/concertd.conf"
    backup --to "$file"
    sed -i 's/^user = .*/user = nobody-here/' "$STATE/concertd.conf"
    backup --to "$file.other"
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
    restore "$file"
    ended 0
    [ "$(stat -c %U "$NEW" "$NEW"/{key.pem,cert.pem,concertd.conf} | sort -u)" = nobody ]
    "$CLUSTER" dropdb "$PG" "${DB}_new"
    "$CLUSTER" createdb "$PG" "${DB}_new"
    NEW=$NEW.other
    restore "$file.other"
    ended 0
    says "nobody-here"
    [ -s "$NEW/key.pem" ]
}

@test "the folder of the backups keeps the newest; nothing half stays on a full disk or a signal" {
    sed -i 's/^; backups_kept.*/backups_kept = 2/' "$STATE/concertd.conf"
    mkdir -p "$STATE/backups"
    touch "$STATE/backups/mauricie-20090101T000000Z.concert-backup" \
        "$STATE/backups/mauricie-20090102T000000Z.concert-backup" "$STATE/backups/other.txt" \
        "$STATE/backups/mauricie_est-20090101T000000Z.concert-backup"
    backup
    ended 0
    [ -s "$output" ]
    [ "$(find "$STATE/backups" -name 'mauricie-*.concert-backup' | wc -l)" = 2 ]
    [ ! -e "$STATE/backups/mauricie-20090101T000000Z.concert-backup" ]
    [ -e "$STATE/backups/other.txt" ]
    [ -e "$STATE/backups/mauricie_est-20090101T000000Z.concert-backup" ]

    local before
    before=$(find "$STATE/backups" -type f | sort)
    run --separate-stderr bash -c 'ulimit -f 40; exec "$@"' - "$bin/concertd" backup --state "$STATE"
    ended 1
    [ "$(find "$STATE/backups" -type f | sort)" = "$before" ]

    # Held up by a lock, and told to end.
    psql --no-psqlrc -qAt -c "BEGIN" -c "LOCK TABLE mauricie.head IN ACCESS EXCLUSIVE MODE" \
        -c "SELECT pg_sleep(600)" "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" >/dev/null 2>&1 3>&- &
    locks() { "$CLUSTER" psql "$PG" "$DB" -c "SELECT count(*) FROM pg_locks
        WHERE relation = 'mauricie.$1'::regclass AND $2"; }
    until [ "$(locks head "mode = 'AccessExclusiveLock'")" = 1 ]; do sleep 0.02; done
    "$bin/concertd" backup --state "$STATE" --to "$BATS_TEST_TMPDIR/held" 2>/dev/null 3>&- &
    local held=$!
    until [ "$(locks head "NOT granted")" != 0 ]; do sleep 0.02; done
    "$CLUSTER" psql "$PG" "$DB" -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()
        AND datname = current_database()" >/dev/null
    kill -TERM "$held"
    wait "$held" || true
    [ ! -e "$BATS_TEST_TMPDIR/held.new" ]
    [ ! -e "$BATS_TEST_TMPDIR/held" ] || [ "$(tail -c 36 "$BATS_TEST_TMPDIR/held" | head -c 4)" = end ]
}

@test "a file that another backup writes is left to it; one that was killed is written over" {
    local file=$BATS_TEST_TMPDIR/one.concert-backup
    printf 'concert-undone 1\nhalf' >"$file.new"
    exec 7>>"$file.new"
    flock -n 7
    CONCERT_LANG=en backup --to "$file"
    ended 1
    says "another “concertd backup” is writing $file just now"
    [ "$(tail -n 1 "$file.new")" = half ]
    [ ! -e "$file" ]
    exec 7>&-
    backup --to "$file"
    ended 0
    [ ! -e "$file.new" ]
    [ "$(stat -c %a "$file")" = 600 ]
    restore "$file"
    ended 0
}

@test "what is there already is never written over: files, links, devices, another's draft" {
    export CONCERT_LANG=en
    local there=$BATS_TEST_TMPDIR/there before path
    echo mine >"$there"
    cp "$BACKUP" "$BATS_TEST_TMPDIR/earlier.concert-backup"
    ln -s nowhere "$BATS_TEST_TMPDIR/dangling"
    ln -s "$there" "$BATS_TEST_TMPDIR/link"
    mkdir "$BATS_TEST_TMPDIR/folder"
    mkfifo "$BATS_TEST_TMPDIR/pipe"
    before=$(md5sum "$STATE/key.pem")
    for path in "$there" "$STATE/key.pem" "$BATS_TEST_TMPDIR/"{earlier.concert-backup,dangling,link,folder,pipe}; do
        backup --to "$path"
        ended 1
        says "$path is there already: give another name, or remove it"
        [ -z "$output" ]
        [ ! -e "$path.new" ]
    done
    [ "$(md5sum "$STATE/key.pem")" = "$before" ]
    [ "$(cat "$there")" = mine ]
    [ "$(readlink "$BATS_TEST_TMPDIR/dangling")" = nowhere ]
    cmp "$BACKUP" "$BATS_TEST_TMPDIR/earlier.concert-backup"

    # What has the draft's name and is none, a whole backup too.
    for path in "$there" "$BATS_TEST_TMPDIR/earlier.concert-backup"; do
        cp "$path" "$BATS_TEST_TMPDIR/x.new"
        backup --to "$BATS_TEST_TMPDIR/x"
        ended 1
        says "$BATS_TEST_TMPDIR/x.new is there already"
        cmp "$path" "$BATS_TEST_TMPDIR/x.new"
        [ ! -e "$BATS_TEST_TMPDIR/x" ]
    done

    # What comes to be there while the backup is made.
    dumper 'echo late >"$LATE"'
    LATE=$BATS_TEST_TMPDIR/late PATH=$BATS_TEST_TMPDIR/bin:$PATH backup --to "$BATS_TEST_TMPDIR/late"
    ended 1
    says "$BATS_TEST_TMPDIR/late is there already"
    [ "$(cat "$BATS_TEST_TMPDIR/late")" = late ]
    [ ! -e "$BATS_TEST_TMPDIR/late.new" ]
    backup --to ""
    ended 2
}

@test "a backup that was killed leaves a draft, which the next one writes over" {
    dumper 'echo $$ >"$HELD"; exec sleep 600'
    HELD=$BATS_TEST_TMPDIR/held PATH=$BATS_TEST_TMPDIR/bin:$PATH "$bin/concertd" backup \
        --state "$STATE" --to "$BATS_TEST_TMPDIR/file" >/dev/null 2>&1 3>&- &
    local killed=$!
    until [ -s "$BATS_TEST_TMPDIR/held" ]; do
        lives "$killed"
        sleep 0.02
    done
    CONCERT_LANG=en backup --to "$BATS_TEST_TMPDIR/file"
    ended 1
    says "another “concertd backup” is writing $BATS_TEST_TMPDIR/file just now"
    kill -KILL "$killed"
    wait "$killed" || true
    kill "$(cat "$BATS_TEST_TMPDIR/held")"
    [ -e "$BATS_TEST_TMPDIR/file.new" ]
    backup --to "$BATS_TEST_TMPDIR/file"
    ended 0
    [ ! -e "$BATS_TEST_TMPDIR/file.new" ]
    restore "$BATS_TEST_TMPDIR/file"
    ended 0
}

# held_kill: both at once.
held_kill()
{
    kill -KILL "$held" "$(cat "$BATS_TEST_TMPDIR/held")"
    wait "$held" || true
}

@test "what a killed backup left in the folder goes with the next one; nobody else's file does" {
    export CONCERT_LANG=en
    local backups=$BATS_TEST_TMPDIR/backups left
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i "/^backups *=/d; s|^\[server\].*|&\nbackups = $backups|" "$BATS_TEST_TMPDIR/state/concertd.conf"
    local STATE=$BATS_TEST_TMPDIR/state
    held_backup
    left=$(echo "$backups"/mauricie-*.concert-backup.new)
    [ -e "$left" ]
    # It is at work: it stays, and is none of another's business.
    backup
    ended 0
    says_not "$left"
    [ -e "$left" ]
    held_kill
    [ -e "$left" ]
    printf 'concert-undone 1\nhalf' | tee "$backups/"{mauricie-2009010{1,2},mauricie_est-20090101}T000000Z.concert-backup.new \
        "$backups/mauricie-copy.concert-backup.new" >/dev/null
    echo mine >"$backups/mauricie-20090103T000000Z.concert-backup.new"
    exec 7>>"$backups/mauricie-20090102T000000Z.concert-backup.new"
    flock -n 7
    backup
    exec 7>&-
    ended 0
    says "$backups/mauricie-20090103T000000Z.concert-backup.new stays"
    says_not 20090101 20090102
    [ "$(cd "$backups" && ls -- *.new)" = "mauricie-20090102T000000Z.concert-backup.new
mauricie-20090103T000000Z.concert-backup.new
mauricie-copy.concert-backup.new
mauricie_est-20090101T000000Z.concert-backup.new" ]
    [ "$(cat "$backups/mauricie-20090103T000000Z.concert-backup.new")" = mine ]
}

# not_backed_up TEXT: no backup of that folder is made, and why is said.
not_backed_up()
{
    STATE=$BATS_TEST_TMPDIR/state backup --to "$BATS_TEST_TMPDIR/file"
    ended 1
    says "$1"
    [ ! -e "$BATS_TEST_TMPDIR/file" ]
    [ ! -e "$BATS_TEST_TMPDIR/file.new" ]
}

@test "an empty key or certificate, one that is too large, a disk that is full meanwhile: said of the right file" {
    export CONCERT_LANG=en
    local state=$BATS_TEST_TMPDIR/state file
    cp -r "$STATE" "$state"
    for file in key.pem cert.pem; do
        : >"$state/$file"
        not_backed_up "$state/$file: the file is empty"
        head -c 70000 /dev/zero >"$state/$file"
        not_backed_up "$state/$file: File too large"
        rm "$state/$file"
        not_backed_up "$state/$file: No such file or directory"
        cp "$STATE/$file" "$state/$file"
    done
    head -c 60000 /dev/zero >>"$state/key.pem"
    run --separate-stderr bash -c 'ulimit -f 40; exec "$@"' - "$bin/concertd" backup --state "$state" \
        --to "$BATS_TEST_TMPDIR/file"
    ended 1
    says "$BATS_TEST_TMPDIR/file: File too large"
}

@test "variables of the environment that begin as libpq's do not reach pg_dump, however long they are" {
    local name=PG
    name+=$(printf 'X%.0s' {1..90})
    dumper 'env | grep ^PG >"$SEEN"'
    run --separate-stderr env "$name=1" PGAPPNAME=other SEEN="$BATS_TEST_TMPDIR/seen" \
        PATH="$BATS_TEST_TMPDIR/bin:$PATH" timeout 200 "$bin/concertd" backup --state "$STATE" \
        --to "$BATS_TEST_TMPDIR/file"
    ended 0
    [ "$(cut -d= -f1 "$BATS_TEST_TMPDIR/seen" | sort)" = $'PGSERVICE\nPGSERVICEFILE' ]
}

@test "two backups at once in the folder: each has a file of its own" {
    local one
    "$bin/concertd" backup --state "$STATE" >"$BATS_TEST_TMPDIR/one" 3>&- &
    one=$!
    backup
    ended 0
    wait "$one"
    [ "$output" != "$(cat "$BATS_TEST_TMPDIR/one")" ]
    [ -s "$output" ]
    [ -s "$(cat "$BATS_TEST_TMPDIR/one")" ]
}

@test "the backup just made stays, whatever the clock said before; names of a time to come are told" {
    export CONCERT_LANG=en
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    local backups=$BATS_TEST_TMPDIR/state/backups made
    rm -rf "$backups"
    mkdir "$backups"
    sed -i '/backups_kept/d; s/^\[server\].*/&\nbackups_kept = 1/' "$BATS_TEST_TMPDIR/state/concertd.conf"
    touch "$backups/mauricie-20990101T000000Z.concert-backup" \
        "$backups/mauricie-20090101T000000Z.concert-backup"
    STATE=$BATS_TEST_TMPDIR/state backup
    ended 0
    made=$output
    [ -s "$made" ]
    says "1 backup has a time in its name that is still to come" \
        "mauricie-20990101T000000Z.concert-backup" "clock"
    [ -e "$backups/mauricie-20990101T000000Z.concert-backup" ]
    [ ! -e "$backups/mauricie-20090101T000000Z.concert-backup" ]
    touch "$backups/mauricie-20990102T000000Z.concert-backup"
    STATE=$BATS_TEST_TMPDIR/state backup
    ended 0
    [ -s "$output" ]
    [ ! -e "$made" ]
    says "2 backups have a time in their names that is still to come" "20990102"
    rm "$backups"/mauricie-2099*
    STATE=$BATS_TEST_TMPDIR/state backup
    ended 0
    says_not "still to come"
    [ "$(find "$backups" -type f)" = "$output" ]
}

@test "to stdout and from stdin: - is no file's name; a terminal is refused" {
    local here=$BATS_TEST_TMPDIR/here
    mkdir "$here"
    cd "$here"
    "$bin/concertd" backup --state "$STATE" --to - 2>"$here/talk" | cat >"$here/piped"
    grep -q mauricie "$here/talk"
    [ ! -e "$here/-" ]
    run --separate-stderr bash -c '"$1" restore - --state "$2" --database "$3" --owner-database "$4" <"$5"' - \
        "$bin/concertd" "$NEW" "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)" \
        "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)" "$here/piped"
    ended 0
    [ "$(new "SELECT seq FROM mauricie.head")" = "$(sql "SELECT seq FROM head")" ]

    export CONCERT_LANG=en
    run --separate-stderr bash -c 'head -c 5000 "$1" | "$2" restore - --state "$3"' - "$here/piped" \
        "$bin/concertd" "$BATS_TEST_TMPDIR/other"
    ended 1
    says "the standard input was cut short"
    [ ! -e "$BATS_TEST_TMPDIR/other" ]
    run --separate-stderr bash -c '"$1" backup --state "$2" --to - >/dev/full' - "$bin/concertd" "$STATE"
    ended 1
    says "the standard output: No space left on device"
    run script --quiet --return --command "'$bin/concertd' backup --state '$STATE' --to -" "$here/typed"
    ended 2
    says "that is a terminal"
    run script --quiet --return --command "'$bin/concertd' restore - --state '$BATS_TEST_TMPDIR/other'" "$here/typed"
    ended 2
    says "that is a terminal"
    [ ! -e "$BATS_TEST_TMPDIR/other" ]
}

@test "a locale that this machine does not have: no complaint of pg_dump's" {
    LC_ALL=xx_XX.UTF-8 backup --to "$BATS_TEST_TMPDIR/file"
    ended 0
    says "la clé du serveur"
    says_not perl locale
}

@test "where there are several regions, those are named" {
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -n '/^\[region mauricie\]/,$ s/^\[region mauricie\]/[region lanaudiere]/p; /^\[region/,$ { /^\[/!p }' \
        "$STATE/concertd.conf" >>"$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state backup --to "$BATS_TEST_TMPDIR/which"
    ended 2
    says "--region NOM" "mauricie, lanaudiere"
    [ ! -e "$BATS_TEST_TMPDIR/which" ]
}

@test "no password in anybody's sight, and what is missing is said" {
    local seen=$BATS_TEST_TMPDIR/seen
    mkdir "$BATS_TEST_TMPDIR/bin"
    cat >"$BATS_TEST_TMPDIR/bin/pg_dump" <<'SH'
#!/bin/bash
{ printf '%s\n' "$@"; env; } >"$SEEN"
exec /usr/bin/pg_dump "$@"
SH
    chmod +x "$BATS_TEST_TMPDIR/bin/pg_dump"
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i "s/^owner_database = .*/& password=geheim/" "$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state SEEN=$seen PATH=$BATS_TEST_TMPDIR/bin:$PATH \
        backup --to "$BATS_TEST_TMPDIR/backup"
    ended 0
    grep -q -- "--snapshot=" "$seen"
    [ "$(grep -c geheim "$seen")" = 0 ]
    [ "$(grep -c PGPASSWORD "$seen")" = 0 ]
    mkdir "$BATS_TEST_TMPDIR/nothing"
    run --separate-stderr env PATH="$BATS_TEST_TMPDIR/nothing" "$bin/concertd" backup \
        --state "$STATE" --to "$BATS_TEST_TMPDIR/no"
    ended 1
    says pg_dump
    [ ! -e "$BATS_TEST_TMPDIR/no" ]
    [ ! -e "$BATS_TEST_TMPDIR/no.new" ]
}

# new SQL: in the database DB_new, as a superuser.
new()
{
    "$CLUSTER" psql "$PG" "${DB}_new" -c "$1"
}

# slow: what makes an index in the database DB_new waits until it is told to end.
slow()
{
    new "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(600); END'" >/dev/null
    new "CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE INDEX')
        EXECUTE FUNCTION slow()" >/dev/null
}

# begin_restore: into NEW, behind the test's back, up to where it waits in the database; $begun.
begin_restore()
{
    slow
    "$bin/concertd" restore "$BACKUP" --state "$NEW" \
        --database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)" \
        >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    begun=$!
    until [ "$(new "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; do
        lives "$begun"
        sleep 0.02
    done
}

@test "a restore that is told to end says so, leaves nothing, and can be given again" {
    export CONCERT_LANG=en
    begin_restore
    [ "$(ls -A "$NEW")" = "" ]
    kill -TERM "$begun"
    wait "$begun" && false
    output=$(cat "$BATS_TEST_TMPDIR/said")
    says "Nothing was restored: a signal ended it."
    [ ! -e "$NEW" ]
    [ "$(new "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'mauricie%'")" = 0 ]
    new "DROP EVENT TRIGGER slow" >/dev/null
    restore "$BACKUP"
    ended 0

    # While it waits for a backup that does not come.
    mkfifo "$BATS_TEST_TMPDIR/pipe"
    exec 7<>"$BATS_TEST_TMPDIR/pipe"
    "$bin/concertd" restore - --state "$BATS_TEST_TMPDIR/other" <"$BATS_TEST_TMPDIR/pipe" \
        >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- 7>&- &
    begun=$!
    until [ -e "$BATS_TEST_TMPDIR/other" ]; do
        lives "$begun"
        sleep 0.02
    done
    kill -TERM "$begun"
    wait "$begun" && false
    exec 7>&-
    output=$(cat "$BATS_TEST_TMPDIR/said")
    says "Nothing was restored: a signal ended it."
    [ ! -e "$BATS_TEST_TMPDIR/other" ]
}

@test "two restores at once: the second one says that another is at work, and leaves it alone" {
    export CONCERT_LANG=en
    begin_restore
    restore "$BACKUP"
    ended 1
    says "Another “concertd restore” or “concertd init” is at work in $NEW"
    [ -d "$NEW" ]
    NEW=$BATS_TEST_TMPDIR/second restore "$BACKUP"
    ended 1
    says "Another “concertd restore” or “concertd init” is at work on the region “mauricie”"
    [ ! -e "$BATS_TEST_TMPDIR/second" ]
    lives "$begun"
    new "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
    wait "$begun" && false
    new "DROP EVENT TRIGGER slow" >/dev/null
    [ ! -e "$NEW" ]
    restore "$BACKUP"
    ended 0
}

@test "an owner_database without rights: what it must be is said, and nothing is made" {
    export CONCERT_LANG=en
    local poor
    poor=$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)
    run --separate-stderr "$bin/concertd" restore "$BACKUP" --state "$NEW" --database "$poor" \
        --owner-database "$poor"
    ended 1
    says "owner_database connects as “concertd”" "“${DB}_new”" "--owner-database must connect as" \
        "GRANT CREATE ON DATABASE"
    says_not psql
    [ ! -e "$NEW" ]
    restore "$BACKUP"
    ended 0
    run --separate-stderr "$bin/concertd" restore "$BACKUP" --state "$NEW" --aside --database "$poor" \
        --owner-database "$poor"
    ended 1
    says "--owner-database must connect as “concert_owner”"
}

@test "a folder that could not be written is made whole by the same command" {
    export CONCERT_LANG=en
    mkdir -p "$NEW/cert.pem.new"
    restore "$BACKUP"
    ended 1
    says "The region is in the database again, but not yet its folder" "Give the same command again"
    rmdir "$NEW/cert.pem.new"
    restore "$BACKUP"
    ended 0
    cmp "$NEW/cert.pem" "$STATE/cert.pem"
    [ "$(new "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'mauricie%'")" = 1 ]
}

@test "a restore that was killed goes on in its folder: the key alone, a draft, half a schema" {
    mkdir -m 700 "$NEW"
    cp "$STATE/key.pem" "$NEW/key.pem"
    echo half >"$NEW/cert.pem.new"
    new "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(2); END'" >/dev/null
    new "CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE INDEX')
        EXECUTE FUNCTION slow()" >/dev/null
    "$bin/concertd" restore "$BACKUP" --state "$NEW" \
        --database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner)" >/dev/null 2>&1 3>&- &
    local killed=$!
    until [ "$(new "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; do
        lives "$killed"
        sleep 0.02
    done
    kill -KILL "$killed"
    until [ "$(new "SELECT count(*) FROM pg_stat_activity WHERE usename = 'concert_owner'
        AND datname = current_database()")" = 0 ]; do sleep 0.05; done
    new "DROP EVENT TRIGGER slow" >/dev/null
    [ "$(stat -c %a "$NEW/key.pem")" = 600 ]
    restore "$BACKUP" # psql may have had all of it before the end
    ended 0
    cmp "$NEW/cert.pem" "$STATE/cert.pem"
    [ "$(find "$NEW" -name '*.new' -o -name 'restore*')" = "" ]
    [ "$(stat -c %a "$NEW/concertd.conf")" = 600 ]
}

@test "a restore that was killed behind the tables goes on: the server's role gets its rights" {
    restore "$BACKUP"
    ended 0
    new "REVOKE ALL ON SCHEMA mauricie FROM concertd" >/dev/null
    restore "$BACKUP"
    ended 0
    [ "$(new "SELECT has_schema_privilege('concertd', 'mauricie', 'USAGE')")" = t ]
    [ "$(new "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'mauricie%'")" = 1 ]
    new "REVOKE ALL ON SCHEMA mauricie FROM concertd" >/dev/null
    new "UPDATE mauricie.head SET seq = seq + 1" >/dev/null
    restore "$BACKUP" # not this backup, as it stands
    ended 1
    says --aside
}

@test "in place under a certificate that was renewed; the settings' mode stays" {
    restore "$BACKUP"
    ended 0
    openssl req -x509 -key "$NEW/key.pem" -subj /CN=mauricie -days 7300 -out "$NEW/cert.pem"
    cp "$NEW/cert.pem" "$BATS_TEST_TMPDIR/renewed"
    chmod 640 "$NEW/concertd.conf"
    (umask 022 && restore "$BACKUP" --aside && ended 0)
    cmp "$NEW/cert.pem" "$BATS_TEST_TMPDIR/renewed"
    [ "$(stat -c %a "$NEW/concertd.conf")" = 640 ]
}

@test "a region whose head is lost is a living one" {
    restore "$BACKUP"
    ended 0
    new "DELETE FROM mauricie.head" >/dev/null
    restore "$BACKUP"
    ended 1
    says --aside
    [ "$(new "SELECT count(*) > 0 FROM mauricie.change")" = t ]
}

@test "where the words of the connection name a service, its database is the one" {
    cat >"$BATS_TEST_TMPDIR/service" <<CONF
[here]
$("$CLUSTER" conninfo "$PG" "$DB" concert_owner | tr -d "'" | tr ' ' '\n')
[there]
$("$CLUSTER" conninfo "$PG" "${DB}_new" concert_owner | tr -d "'" | tr ' ' '\n')
CONF
    export PGSERVICEFILE=$BATS_TEST_TMPDIR/service
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i "s/^owner_database = .*/owner_database = service=here/" "$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state backup --to "$BATS_TEST_TMPDIR/served"
    ended 0
    run --separate-stderr "$bin/concertd" restore "$BATS_TEST_TMPDIR/served" --state "$NEW" \
        --database "$("$CLUSTER" conninfo "$PG" "${DB}_new" concertd)" --owner-database service=there
    ended 0
    [ "$(new "SELECT seq FROM mauricie.head")" = "$(sql "SELECT seq FROM head")" ]
}

@test "pg_dump that fails is told, also where the end of children is not waited for; what is not said too" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/pg_dump"
    chmod +x "$BATS_TEST_TMPDIR/bin/pg_dump"
    run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin:$PATH" bash -c "trap '' CHLD; exec \"\$@\"" - \
        "$bin/concertd" backup --state "$STATE" --to "$BATS_TEST_TMPDIR/no"
    ended 1
    says pg_dump
    [ ! -e "$BATS_TEST_TMPDIR/no" ]
    CONCERT_LANG=en run --separate-stderr bash -c '"$@" >/dev/full' - "$bin/concertd" backup --state "$STATE" \
        --to "$BATS_TEST_TMPDIR/unsaid"
    ended 1
    says "No space left on device"
    [ -s "$BATS_TEST_TMPDIR/unsaid" ]
}

@test "settings without a region" {
    mkdir "$NEW"
    echo "[server]" >"$NEW/concertd.conf"
    local command
    for command in backup doctor verify invite migrate; do
        run --separate-stderr "$bin/concertd" "$command" --state "$NEW"
        ended 2
        says "$NEW/concertd.conf" "concertd init"
    done
}
