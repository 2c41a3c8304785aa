#!/usr/bin/env bats
# concertd erase, as clients see it: no byte of the name stays in a home, history is readable, and a
# command that was killed between its two halves goes on.

load region

name="Zénaïde Quévillon"

setup_file()
{
    region_open
    office mekinac I2 --person "Poste de Mékinac"
    as coordination add membership party=I2 person="$name" seat=Santé email=zq@exemple.test
    as coordination add note subject=1.1.1 text="Une note" --reason "Vu avec $name" || true
    as coordination sync
    as mekinac sync
    as coordination history >/dev/null
    as mekinac history >/dev/null
}

teardown_file()
{
    region_stop
}

erase()
{
    run --separate-stderr env CONCERT_LANG=en "$bin/concertd" erase --state "$STATE" "$@"
}

# in_home NAME: the person's bytes stand in a file of that home.
in_home()
{
    grep -rqaF -e "$name" -e "zq@exemple.test" "$ROOM/$1"
}

in_database()
{
    pg_dump --inserts "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" >"$BATS_TEST_TMPDIR/dump"
    grep -qaF -e "$name" -e "$(printf %s "$name" | od -An -tx1 | tr -d ' \n')" "$BATS_TEST_TMPDIR/dump"
}

@test "words that do not go together are refused" {
    erase
    ended 2
    erase --person A --record M1
    ended 2
    erase --expired --person A
    ended 2
    erase --record NOBODY9
    ended 1
    says "no record"
    erase --record 1.1.1
    ended 1
    says "holds nothing personal"
}

@test "--expired without a retention erases nothing, and is no failure of the timer's" {
    erase --expired
    ended 0
    [ -z "$output" ]
    says "retention" "nothing is erased"
}

@test "what is found is told, and nothing done" {
    erase --person "zenaide quevillon"
    ended 0
    says "$name" "--yes"
    in_database
    in_home coordination
}

@test "a first half that was not followed by the second is completed" {
    # The log's half is refused: the owner's connection does not answer.
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    sed -i "s/^owner_database *=.*/owner_database = host=\/nowhere dbname=none user=none/" "$STATE/concertd.conf"
    erase --person "$name" --yes
    ended 1
    in_database
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
    erase --person "$name" --yes
    ended 0
    run ! in_database
    [ "$(sql "SELECT count(DISTINCT person) FROM membership WHERE person LIKE 'Personne effacée %'")" = 1 ]
    run "$bin/concertd" verify --state "$STATE"
    ended 0
}

@test "once synchronized, no file of a home holds the name" {
    local home
    for home in coordination mekinac; do
        as "$home" sync
        as "$home" history >/dev/null
        run ! in_home "$home"
    done
}

@test "the history of an erased record is readable" {
    handle=$(sql "SELECT r.handle FROM membership JOIN record r USING (id) WHERE person LIKE 'Personne effacée %'")
    run --separate-stderr as coordination history "$handle"
    ended 0
    says "effacement de renseignements personnels"
}

@test "erased again, nothing is left to erase, and nobody takes it for a name that was found" {
    erase --person "$name" --yes
    ended 1
    says "Nothing that is held tells the name “$name”" "nothing was erased"
}

@test "a name that nobody has is repeated, with those that are near it" {
    as coordination add membership party=I2 person="Marc Exemple" seat=Relève
    as coordination add contact name="Jeanne Tremblay-Côté" phone="819 555-0199"
    as coordination add contact name="Ovide Quelqu'un" phone="819 555-0198"
    as coordination sync
    local log
    log=$(sql "SELECT max(seq) FROM change")
    near "Marc Exempel" "Marc Exemple"
    near "marc exemples" "Marc Exemple"
    near "Marc-Antoine" "Marc Exemple"
    near Jeanne "Jeanne Tremblay-Côté"
    near "Janne Trembley-Cote" "Jeanne Tremblay-Côté"
    near "Exemple, Marc" "Marc Exemple"
    erase --person "Wilbrod Xyz" --yes
    ended 1
    says "“Wilbrod Xyz”" "spelled"
    says_not "near it" "Marc Exemple"
    # What else is erased does not make up for it.
    erase --person "Marc Exempel" --document D1 --yes
    ended 1
    says "“Marc Exempel”" "“Marc Exemple”"
    [ "$(sql "SELECT max(seq) FROM change")" = "$log" ]
    erase --person "marc exemple"
    ended 0
    says "“Marc Exemple”"
}

# near NAME THE-NEAR-ONE
near()
{
    erase --person "$1" --yes
    ended 1
    says "“$1”" "Names that are near it: “$2”."
}

@test "no name is no person" {
    local name
    for name in "" " " $'\xc2\xa0\t'; do
        erase --person "$name" --yes
        ended 2
        says "--person is empty"
    done
}

@test "what restore --aside has left is named, as long as it is there, with how it is dropped" {
    local aside=mauricie_before_20260102_030405
    erase --person "marc exemple"
    says_not "DROP SCHEMA"
    sql "CREATE SCHEMA $aside; CREATE SCHEMA mauricie_before_now; CREATE SCHEMA autre_before_20260102_030405"
    erase --person "marc exemple"
    ended 0
    says "restore --aside" "DROP SCHEMA \"$aside\" CASCADE;"
    says_not before_now autre_before
    erase --person "Marc Exempel"
    ended 1
    says "DROP SCHEMA \"$aside\" CASCADE;"
    erase --person "marc exemple" --yes
    ended 0
    says "DROP SCHEMA \"$aside\" CASCADE;"
    sql 'DROP SCHEMA "mauricie_before_20260102_030405" CASCADE; DROP SCHEMA mauricie_before_now; DROP SCHEMA autre_before_20260102_030405'
}

@test "of one record and of one change one speaks as of one" {
    as coordination add membership party=I2 person="Une Seule" seat=Culture
    as coordination sync
    erase --person "Une Seule" --yes
    ended 0
    says "1 record was changed." "1 change of the log forgets what it told."
    as coordination add membership party=I2 person="Un Seul" seat=Loisir
    as coordination sync
    run --separate-stderr "$bin/concertd" erase --state "$STATE" --person "Un Seul" --yes
    ended 0
    says "1 fiche a été changée."
}

# age DAYS NAME...: as if these people's contacts had not changed for so long; come_back undoes it.
age()
{
    local days=$1 name
    sql "CREATE TABLE IF NOT EXISTS aged (record uuid, seq bigint, at timestamptz)"
    for name in "${@:2}"; do
        sql "INSERT INTO aged SELECT record, seq, at FROM change WHERE record IN (SELECT record
            FROM change WHERE kind = 'contact' AND position('$name'::bytea IN patch) > 0)"
    done
    sql "UPDATE change SET at = at - interval '$days days' WHERE seq IN (SELECT seq FROM aged);
        UPDATE record SET changed_at = changed_at - interval '$days days'
            WHERE id IN (SELECT record FROM aged)"
}

come_back()
{
    sql "UPDATE change c SET at = a.at FROM aged a WHERE a.seq = c.seq;
        UPDATE record r SET changed_at = c.at FROM change c
            WHERE c.seq = r.seq AND r.id IN (SELECT record FROM aged);
        DROP TABLE aged"
}

# contact NAME [WORD...]: its handle.
contact()
{
    as coordination add contact name="$1" "${@:2}" --format json >"$BATS_TEST_TMPDIR/made"
    as coordination sync >/dev/null
    sql "SELECT handle FROM contact JOIN record USING (id) WHERE name = '$1'"
}

@test "--expired takes what was removed or emptied long ago, once" {
    local gone plain told kept
    gone=$(contact "Ultime Vaugeois" phone="819 555-0171" email=uv@exemple.test)
    as coordination set "$gone" email= organization=Centre
    as coordination remove "$gone" --oui
    # Erased already: nothing is left of it.
    plain=$(contact "Wenceslas Yelle" phone="819 555-0172")
    erase --person "Wenceslas Yelle" --yes
    ended 0
    as coordination sync
    as coordination remove "$plain" --oui
    # The log forgot a reason of its, and that alone.
    told=$(contact "Xiste Zacharie" phone="819 555-0173" -m "Dit à Yvon Abondance")
    contact "Yvon Abondance" phone="819 555-0174"
    erase --person "Yvon Abondance" --yes
    ended 0
    as coordination remove "$told" --oui
    # Removed a short while ago.
    kept=$(contact "Zotique Babineau" phone="819 555-0175")
    as coordination remove "$kept" --oui
    as coordination sync
    sed -i "/^;\? *retention *=/d; /^\[region/a retention = contact 12" "$STATE/concertd.conf"

    age 300 "Ultime Vaugeois" "Xiste Zacharie"
    erase --expired
    ended 0
    says "Nothing"
    age 100 "Ultime Vaugeois" "Xiste Zacharie"
    run env CONCERT_LANG=en "$bin/concertd" doctor --state "$STATE"
    says "2 records are kept longer than “retention” says"
    erase --expired
    ended 0
    run ! in_log "Ultime Vaugeois"
    run ! in_log uv@exemple.test
    run ! in_log "819 555-0171"
    run ! in_log "Xiste Zacharie"
    in_log "Zotique Babineau"
    run env CONCERT_LANG=en "$bin/concertd" doctor --state "$STATE" --all
    says "Nothing is kept longer than “retention” says."
    erase --expired
    ended 0
    says "Nothing"
    come_back
    run "$bin/concertd" verify --state "$STATE"
    ended 0
}

# in_log TEXT
in_log()
{
    [ "$(sql "SELECT count(*) FROM change WHERE position('$1'::bytea IN patch) > 0")" != 0 ]
}
