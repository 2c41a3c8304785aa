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

@test "a register row that hangs on another plan, or on none, is named: its state would not freeze it" {
    local plan action
    read -r plan action < <(sql "SELECT r.root || ' ' || r.handle FROM action t JOIN record r USING (id)
        ORDER BY r.seq LIMIT 1")
    tamper "UPDATE record SET root = NULL WHERE handle = '$action' AND kind = 'action'"
    found "$action (action), root" "$plan"
    tamper "UPDATE record SET root = '$plan' WHERE handle = '$action' AND kind = 'action'"
    tamper "UPDATE record SET root = (SELECT id FROM record WHERE handle = 'I1') WHERE id = '$plan'"
    found "(plan), root" "$plan"
    tamper "UPDATE record SET root = id WHERE id = '$plan'"
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

@test "a change of a kind that there is not is named: its hash would prove nothing" {
    local id handle seq
    read -r id handle seq < <(sql "SELECT r.id || ' ' || r.handle || ' ' || r.seq
        FROM audience JOIN record r USING (id) LIMIT 1")
    sql "CREATE TABLE kept AS SELECT * FROM change WHERE record = '$id';
        CREATE TABLE kept_row AS SELECT * FROM audience WHERE id = '$id'"
    tamper "UPDATE change SET kind = 'zzz' WHERE record = '$id';
        UPDATE record SET kind = 'zzz' WHERE id = '$id'; DELETE FROM audience WHERE id = '$id'"
    found "$seq" "$handle" zzz
    says_not "chain is whole" "est entière"
    tamper "UPDATE change SET kind = 'audience' WHERE record = '$id';
        UPDATE record SET kind = 'audience' WHERE id = '$id';
        INSERT INTO audience SELECT * FROM kept_row"
    sql "DROP TABLE kept, kept_row"
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
    tamper "UPDATE change SET patch = substr(patch, 1, length(patch) - 1) WHERE seq <= 120"
    verify && ended 0
}

@test "a handle that the log does not say, and one that is not of its kind, are named" {
    tamper "UPDATE record SET handle = '9.9.9' WHERE handle = '1.1.1'"
    found 9.9.9 handle "1.1.1"
    tamper "UPDATE record SET handle = '1.1.1' WHERE handle = '9.9.9'"
    tamper "UPDATE record SET handle = 'XX1' WHERE handle = 'I1'"
    found XX1 "I et un nombre"
    tamper "UPDATE record SET handle = 'I1' WHERE handle = 'XX1'"
    verify && ended 0
}

@test "a head that forgot the last number of a kind is named with the record that has it" {
    local serials last
    serials=$(sql "SELECT serials FROM head")
    last=$(sql "SELECT handle FROM record WHERE kind = 'share'
        ORDER BY substr(handle, 3)::integer DESC LIMIT 1")
    tamper "UPDATE head SET serials = (SELECT array_agg(CASE WHEN n = ${last#PA} THEN n - 1 ELSE n END
        ORDER BY place) FROM unnest(serials) WITH ORDINALITY AS s(n, place))"
    found "$last (share)" "le dernier numéro de sa sorte était $((${last#PA} - 1))"
    tamper "UPDATE head SET serials = '{}'"
    found "$last (share)" "était 0"
    tamper "UPDATE head SET serials = '$serials'"
    verify && ended 0
}

@test "a row that cannot be read is named, and those after it are compared" {
    local seq handle id
    read -r seq handle id < <(sql "SELECT r.seq, r.handle, r.id FROM record r JOIN action USING (id)
        ORDER BY r.seq LIMIT 1" | tr '|' ' ')
    tamper "UPDATE record SET unknown = '\\x00' WHERE id = '$id'"
    tamper "UPDATE record SET revision = revision + 3 WHERE handle = 'I1'"
    found "$handle (action, changement $seq)" "(unknown)" I1 revision
    says_not "jusqu'au bout"
    tamper "UPDATE record SET revision = revision - 3 WHERE handle = 'I1'"
    tamper "UPDATE record SET unknown = NULL WHERE id = '$id'"

    sql "CREATE TABLE kept_row AS SELECT * FROM action WHERE id = '$id'"
    tamper "UPDATE action SET audiences = ARRAY[ARRAY[id, id], ARRAY[id, id]] WHERE id = '$id'"
    found "$handle (action, changement $seq)" "table action"
    tamper "UPDATE action SET audiences = (SELECT audiences FROM kept_row) WHERE id = '$id'"
    sql "DROP TABLE kept_row"

    sql "CREATE TABLE kept_fields AS SELECT seq, fields FROM change WHERE seq = 20"
    tamper "UPDATE change SET fields = ARRAY[ARRAY['a', 'b'], ARRAY['c', 'd']] WHERE seq = 20"
    found "Changement 20 de" "champs"
    says_not "jusqu'au bout" "manque" 21
    tamper "UPDATE change SET fields = (SELECT fields FROM kept_fields) WHERE seq = 20"
    sql "DROP TABLE kept_fields"
    verify && ended 0
}

# attached NAME SIZE: a document of that many bytes, in the server's hands; prints its handle.
attached()
{
    head -c "$2" /dev/urandom >"$BATS_TEST_TMPDIR/$1"
    as coordination attach PA1 "$BATS_TEST_TMPDIR/$1" --format json 2>/dev/null |
        json 'it[0]["handle"] if isinstance(it, list) else (it.get("document") or it)["handle"]'
}

# keep DOCUMENT, put_back: its bytes, and that they are whole.
keep()
{
    local id
    id=$(sql "SELECT id FROM record WHERE handle = '$1'")
    [ -n "$id" ]
    sql "SET client_min_messages TO warning; DROP TABLE IF EXISTS kept_chunk, kept_whole;
        CREATE TABLE kept_chunk AS SELECT * FROM document_chunk WHERE document = '$id';
        CREATE TABLE kept_whole AS SELECT * FROM document_whole WHERE document = '$id'"
}

put_back()
{
    tamper "DELETE FROM document_chunk WHERE document IN (SELECT document FROM kept_chunk);
        INSERT INTO document_chunk SELECT * FROM kept_chunk;
        INSERT INTO document_whole SELECT * FROM kept_whole ON CONFLICT DO NOTHING"
}

# unfit TEXT...: verify says it of the document, with what to do, and the client that it is not
# whole on the server; nobody is said to have removed it.
unfit()
{
    found "$document (document)" "$@" "restore" "--aside" "Le fichier de 1 document n'est plus entier" \
        "La chaîne du journal est entière, et les tables disent ce que dit le journal."
    says_not "ne concordent pas"
    run --separate-stderr as coordination obtenir "$document" --vers "$BATS_TEST_TMPDIR/out"
    ended 1
    says "Le fichier de $document n'est plus entier sur le serveur" "concertd verify"
    says_not "retiré"
    [ ! -e "$BATS_TEST_TMPDIR/out" ]
}

@test "a document's bytes that are changed, short, gone or not marked as whole are named" {
    local document id
    document=$(attached large.bin 700000)
    attached small.bin 10 >/dev/null
    id=$(sql "SELECT id FROM record WHERE handle = '$document'")
    verify
    ended 0
    says "Les fichiers de 2 documents ont été lus"
    keep "$document"
    [ "$(sql "SELECT count(*) > 1 FROM kept_chunk")" = t ]

    tamper "UPDATE document_chunk SET bytes = set_byte(bytes, 5, (get_byte(bytes, 5) + 1) % 256)
        WHERE document = '$id' AND \"offset\" = 0"
    unfit "SHA-256"
    put_back
    tamper "UPDATE document_chunk SET bytes = 'abc' WHERE document = '$id' AND \"offset\" = 0"
    unfit "après l'octet 3" "700000"
    put_back
    tamper "DELETE FROM document_chunk WHERE document = '$id' AND \"offset\" = 0"
    unfit "après l'octet 0" "700000"
    put_back
    tamper "DELETE FROM document_chunk WHERE document = '$id' AND \"offset\" =
        (SELECT max(\"offset\") FROM document_chunk WHERE document = '$id')"
    unfit "700000 octets"
    put_back
    tamper "DELETE FROM document_chunk WHERE document = '$id'"
    unfit "0 octet" "700000"
    put_back
    tamper "DELETE FROM document_whole WHERE document = '$id'"
    unfit "marqué"
    put_back
    tamper "INSERT INTO document_chunk VALUES ('$id', 1, 'xyz')"
    unfit "ne se suivent pas"
    put_back
    tamper "UPDATE document_chunk SET bytes = repeat('x', 2000000)::bytea
        WHERE document = '$id' AND \"offset\" = 0"
    unfit "ne se suivent pas"
    put_back
    run --separate-stderr as coordination obtenir "$document" --vers "$BATS_TEST_TMPDIR/out"
    ended 0
    cmp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/large.bin"
    verify
    ended 0
}

@test "a document whose bytes PostgreSQL cannot read is named, and the others are read" {
    local document id
    document=$(attached torn.bin 1000)
    attached sound.bin 1000 >/dev/null
    id=$(sql "SELECT id FROM record WHERE handle = '$document'")
    # as a page of it that is damaged: the statement fails
    sql "ALTER TABLE document_chunk RENAME TO sound_chunk;
        CREATE VIEW document_chunk AS SELECT document, \"offset\", CASE WHEN document = '$id'
            THEN decode(repeat('x', length(bytes)), 'hex') ELSE bytes END AS bytes FROM sound_chunk;
        GRANT SELECT ON document_chunk TO concertd"
    verify
    sql "DROP VIEW document_chunk; ALTER TABLE sound_chunk RENAME TO document_chunk"
    ended 1
    says "$document (document)" "ne peuvent pas être lus" "restore" "--aside"
    says_not "jusqu'au bout"
    [ "$(grep -c '(document)' <<<"$output")" = 1 ]
    verify && ended 0
}

@test "a document that is still on its way, removed or erased is no finding" {
    local document gone
    gone=$(attached gone.bin 1000)
    as coordination remove "$gone" --oui >/dev/null
    document=$(attached begun.bin 700000)
    keep "$document"
    tamper "DELETE FROM document_whole WHERE document = (SELECT id FROM record
        WHERE handle = '$document'); DELETE FROM document_chunk WHERE \"offset\" > 0 AND
        document = (SELECT id FROM record WHERE handle = '$document')"
    verify
    ended 0
    says "Le fichier de 1 document n'est pas encore tout ici"
    run as coordination obtenir "$document" --vers "$BATS_TEST_TMPDIR/out"
    ended 3
    says "n'est pas encore sur le serveur"
    put_back
    document=$(attached secret.bin 1000)
    run --separate-stderr "$bin/concertd" erase --state "$STATE" --document "$document" --yes
    ended 0
    verify
    ended 0
}

@test "a schema of another version, and none at all: what is wrong is said, with what to do" {
    tamper "UPDATE schema_version SET number = -number WHERE number = (SELECT max(number) FROM schema_version)"
    found "concertd migrate --state $STATE"
    tamper "UPDATE schema_version SET number = 9999 WHERE number < 0"
    found 9999
    tamper "DELETE FROM schema_version WHERE number = 9999"
    cp -r "$STATE" "$BATS_TEST_TMPDIR/state"
    sed -i "s/^\[region mauricie\]/[region nulle]/" "$BATS_TEST_TMPDIR/state/concertd.conf"
    STATE=$BATS_TEST_TMPDIR/state found nulle mauricie "concertd restore"
    says_not schema_version
}
