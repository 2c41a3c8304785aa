#!/usr/bin/env bats
# Spreadsheets with something wrong in them: told with file, line and column, and nothing of them is
# written.

load region

setup_file()
{
    region_open >/dev/null
}

teardown_file()
{
    region_stop
}

# head_seq: the place of the log's latest change; no change, no move.
head_seq()
{
    sql "SELECT max(seq) FROM change"
}

# refused CODE TEXT...: the import in $output wrote nothing and says all of these.
refused()
{
    ended 5
    says "$@"
    [ "$(head_seq)" = "$before" ]
}

@test "one bad row: nothing of the file is written, in neither language" {
    local before bad=$BATS_TEST_TMPDIR/parts.csv
    before=$(head_seq)
    printf 'Action;Comité\n1.2.1;Comité de suivi\n1.2.2;Comité de suivy\n' >"$bad"
    run as coordination import "$bad"
    refused "parts.csv" "3" "Comité de suivy" "Comité de suivi" "colonne"
    run as coordination import "$bad" --lang en
    refused "parts.csv" "3" "Comité de suivy" "column" "Nothing was imported"
}

@test "an unknown action and a known committee: the line, the column, what to do" {
    local before
    before=$(head_seq)
    printf 'Action;Comité\n9.9.9;Comité de suivi\n' >"$BATS_TEST_TMPDIR/parts.csv"
    run as coordination import "$BATS_TEST_TMPDIR/parts.csv"
    refused "parts.csv" "2" "« Action »" "9.9.9"
}

@test "a missing column is named" {
    local before
    before=$(head_seq)
    cut -d';' -f1-2 "$MAURICIE/territoires.csv" | sed 's/;Nom//' >"$BATS_TEST_TMPDIR/territoires.csv"
    run as coordination import "$BATS_TEST_TMPDIR/territoires.csv"
    refused "territoires.csv"
    printf 'Objectif;Objectif spécifique;Action;Ressources\n1. A;1.1 B;1.1.9 C;x\n' \
        >"$BATS_TEST_TMPDIR/plan-2009-2010.csv"
    run as coordination import "$BATS_TEST_TMPDIR/plan-2009-2010.csv"
    refused "plan-2009-2010.csv" "1" "Échéancier" "manque"
    run as coordination import "$BATS_TEST_TMPDIR/plan-2009-2010.csv" --lang en
    refused "Échéancier" "missing"
}

@test "an unclosed quote is told where it opens" {
    local before
    before=$(head_seq)
    printf 'Code;Nom;Type\r\nMEK;Mékinac;MRC\r\nBEC;"Bécancour;MRC\r\nXXX;Xxx;MRC\r\n' \
        >"$BATS_TEST_TMPDIR/territoires.csv"
    run as coordination import "$BATS_TEST_TMPDIR/territoires.csv"
    refused "territoires.csv" "3" "guillemet"
    run as coordination import "$BATS_TEST_TMPDIR/territoires.csv" --lang en
    refused "territoires.csv" "3" "quot"
}

@test "two files at once are one push: a bad one keeps the good one out" {
    local before
    before=$(head_seq)
    printf 'Code;Nom;Type\nBEC;Bécancour;MRC\n' >"$BATS_TEST_TMPDIR/territoires.csv"
    printf 'Action;Comité\n9.9.9;Comité de suivi\n' >"$BATS_TEST_TMPDIR/parts.csv"
    run as coordination import "$BATS_TEST_TMPDIR/territoires.csv" "$BATS_TEST_TMPDIR/parts.csv"
    refused "parts.csv"
}

@test "what is no such file at all" {
    local before
    before=$(head_seq)
    run as coordination import "$BATS_TEST_TMPDIR/none.csv"
    [ "$status" -ne 0 ]
    says "none.csv"
    : >"$BATS_TEST_TMPDIR/empty.csv"
    head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/noise.csv"
    printf 'Nom;Prénom\nA;B\n' >"$BATS_TEST_TMPDIR/other.csv"
    printf 'Code;Nom;Type\nBEC;B\0c;MRC\n' >"$BATS_TEST_TMPDIR/nul.csv"
    printf 'Code;Nom;Type\nBEC;Bécancour;MRC;de trop\n' >"$BATS_TEST_TMPDIR/wide.csv"
    printf 'Code;Nom;Type\nBEC;Bécancour;Royaume\n' >"$BATS_TEST_TMPDIR/kingdom.csv"
    local name
    for name in empty noise other nul wide kingdom; do
        run as coordination import "$BATS_TEST_TMPDIR/$name.csv"
        refused "$name.csv"
    done
    run as coordination import "$BATS_TEST_TMPDIR"
    [ "$status" -ne 0 ]
    [ "$(head_seq)" = "$before" ]
}

@test "importing is the staff's: an editor is refused and nothing is written" {
    office mekinac "Comité local de Mékinac"
    local before
    before=$(head_seq)
    printf 'Code;Nom;Type\nBEC;Bécancour;MRC\n' >"$BATS_TEST_TMPDIR/territoires.csv"
    run as mekinac import "$BATS_TEST_TMPDIR/territoires.csv"
    ended 5
    [ "$(head_seq)" = "$before" ]
    run as mekinac list territory --format json
    [ "$(json 'len(it)' <<<"$output")" = 6 ]
}

@test "a committee named by its territory is offered by its name" {
    printf 'Action;Comité\n1.1.1;Mékinac\n' >"$BATS_TEST_TMPDIR/parts.csv"
    run as coordination import "$BATS_TEST_TMPDIR/parts.csv"
    ended 5
    says "Mékinac" "Vouliez-vous dire « Comité local de Mékinac »"
}
