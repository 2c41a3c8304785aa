#!/usr/bin/env bats
# concertd verify: the log's chain, and the log against the tables; what was tampered with is named.

load region

setup_file()
{
    region_open
}

teardown_file()
{
    region_stop
}

# tamper STATEMENT: as the tables' owner, whatever the server's rights say.
tamper()
{
    sql "BEGIN; SET CONSTRAINTS ALL DEFERRED; $1; COMMIT"
}

verify()
{
    run --separate-stderr "$bin/concertd" verify --state "$STATE"
}

# found TEXT...: exit code 1, and each is said.
found()
{
    verify
    ended 1
    says "$@"
}

@test "a region as it was made is whole, while it serves" {
    # what hangs on a record that nobody owns is owned by nobody
    as coordination add territoire code=99 nom=Mékinac >/dev/null
    as coordination note 99 -m "Sans instance" >/dev/null ||
        as coordination note T1 -m "Sans instance" >/dev/null
    [ "$(sql "SELECT count(*) FROM note n JOIN record r USING (id) WHERE r.owner IS NULL")" = 1 ]
    verify
    ended 0
    [[ $output == *"chain is whole"* || $output == *"est entière"* ]]
}

@test "a changed patch is named with its change and record" {
    read -r seq handle < <(sql "SELECT c.seq || ' ' || r.handle FROM change c JOIN record r
        ON r.id = c.record WHERE c.kind = 'share' LIMIT 1")
    sql "CREATE TABLE kept AS SELECT * FROM change WHERE seq = $seq"
    tamper "UPDATE change SET patch = patch || '\\x2014' WHERE seq = $seq"
    found "$seq" "$handle"
    tamper "UPDATE change SET patch = (SELECT patch FROM kept) WHERE seq = $seq"
    sql "DROP TABLE kept"
    verify && ended 0
}

@test "a changed row is named with its field and both values" {
    read -r id handle title < <(sql "SELECT r.id || ' ' || r.handle || ' ' || t.title
        FROM action t JOIN record r USING (id) LIMIT 1")
    tamper "UPDATE action SET title = 'Falsifié' WHERE id = '$id'"
    found "$handle" title Falsifié "${title%% *}"
    sql "SELECT count(*) FROM action WHERE title = 'Falsifié'"
    sql "UPDATE action SET title = \$\$$title\$\$ WHERE id = '$id'"
    verify && ended 0
}

@test "a register row that says otherwise is named" {
    tamper "UPDATE record SET revision = revision + 3 WHERE handle = 'I1'"
    found I1 revision
    tamper "UPDATE record SET revision = revision - 3 WHERE handle = 'I1'"
    tamper "UPDATE record SET owner = (SELECT id FROM record WHERE handle = 'I2') WHERE handle = 'PA1'"
    found PA1 owner
    tamper "UPDATE record SET owner = (SELECT party FROM share JOIN record USING (id)
        WHERE handle = 'PA1') WHERE handle = 'PA1'"
    verify && ended 0
}

@test "an altered hash is named" {
    sql "CREATE TABLE kept AS SELECT seq, hash FROM change WHERE seq = 12"
    tamper "UPDATE change SET hash = patch_hash WHERE seq = 12"
    found 12 13
    tamper "UPDATE change SET hash = (SELECT hash FROM kept) WHERE seq = 12"
    sql "DROP TABLE kept"
    verify && ended 0
}

@test "an altered revision is named" {
    read -r seq handle < <(sql "SELECT c.seq || ' ' || r.handle FROM change c JOIN record r
        ON r.id = c.record WHERE c.kind = 'party' LIMIT 1")
    tamper "UPDATE change SET revision = 7 WHERE seq = $seq"
    found "$seq" "$handle" 7
    tamper "UPDATE change SET revision = 1 WHERE seq = $seq"
    verify && ended 0
}

@test "a row without a record, and a record without a row, are named" {
    
    read -r id handle < <(sql "SELECT r.id || ' ' || r.handle FROM audience JOIN record r USING (id) LIMIT 1")
    tamper "CREATE TABLE kept_row AS SELECT * FROM audience WHERE id = '$id';
        DELETE FROM audience WHERE id = '$id'"
    found "$handle" audience
    tamper "INSERT INTO audience SELECT * FROM kept_row"
    sql "DROP TABLE kept_row"
    verify && ended 0
}

@test "a dropped change is named, and the head that is ahead of the log" {
    local last
    last=$(sql "SELECT max(seq) FROM change")
    sql "CREATE TABLE kept AS SELECT * FROM change WHERE seq IN (20, $last)"
    tamper "DELETE FROM change WHERE seq = 20"
    found 20
    tamper "DELETE FROM change WHERE seq = $last"
    found "$((last - 1))" "$last"
    tamper "INSERT INTO change SELECT * FROM kept"
    verify && ended 0
}

@test "of very many findings fifty are told and the others counted" {
    tamper "UPDATE change SET patch = patch || '\\x00' WHERE seq <= 120"
    verify
    ended 1
    [ "$(grep -cE '^(Change|Le changement|Changement)' <<<"$output")" -le 50 ]
    [ "${#lines[@]}" -lt 60 ]
}

@test "a schema of another version, and none at all: what is wrong is said, with what to do" {
    tamper "UPDATE schema_version SET number = -number WHERE number = (SELECT max(number) FROM schema_version)"
    found "concertd migrate --state $STATE"
    tamper "UPDATE schema_version SET number = 9999 WHERE number < 0"
    found 9999
    tamper "DELETE FROM schema_version WHERE number = 9999"
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i "s/^\[region mauricie\]/[region nulle]/" "$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state found schema_version
}
