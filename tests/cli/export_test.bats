#!/usr/bin/env bats
# Records out as files and in again: unchanged; edited; and into another region.

load region

setup_file()
{
    region_open >/dev/null
    as coordination import "$MAURICIE"/communication-2009-2010.csv "$MAURICIE"/logement-*.csv \
        "$BATS_TEST_DIRNAME/../data/every_kind.json" >/dev/null
    office mekinac "Comité local de Mékinac" >/dev/null
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

# counted FILE...: outcomes of a dry run, as "created updated refused".
counted()
{
    as "${who:-coordination}" import "$@" --dry-run --format json 2>/dev/null | json '" ".join(
        str(sum(o["outcome"] == wanted and o["kind"] is not None for o in it))
        for wanted in ("created", "updated", "refused"))'
}

# changed FILE FROM TO: a cell edited, as in a spreadsheet.
changed()
{
    python3 - "$@" <<'PYTHON'
import sys
path, before, after = sys.argv[1:]
text = open(path, encoding="utf-8", newline="").read()
assert text.count(before) == 1, text.count(before)
open(path, "w", encoding="utf-8", newline="").write(text.replace(before, after))
PYTHON
}

# --- out and in again ----------------------------------------------------------------------------

@test "every kind: out as CSV and as JSON, in again nothing changes" {
    local before format folder
    before=$(head_seq)
    for format in csv json; do
        folder=$BATS_TEST_TMPDIR/$format
        run --separate-stderr as coordination export --all --personal --to "$folder" --format "$format"
        ended 0
        [ "$(find "$folder" -name "*.$format" | wc -l)" = 37 ]
        [ "$(counted "$folder"/*)" = "0 0 0" ]
        as coordination import "$folder"/*
        [ "$(head_seq)" = "$before" ]
    done
    # All 40 kinds but accounts, devices and documents; as many records as the region has of them.
    [ "$(sql "SELECT count(DISTINCT kind) FROM record WHERE NOT deleted AND kind NOT IN ('account', 'device')")" = 37 ]
    [ "$(sql "SELECT count(*) FROM record WHERE NOT deleted AND kind NOT IN ('account', 'device')")" = \
        "$(cat "$folder"/*.json | grep -c '"kind":')" ]
}

@test "exporter parts: a file in the folder at hand, and not over one that is there" {
    cd "$BATS_TEST_TMPDIR"
    run as coordination exporter parts
    ended 0
    says "parts.csv" "45"
    [ "$(head -c 3 parts.csv)" = $'\xEF\xBB\xBF' ]
    [ "$(head -1 parts.csv | tr -d '\r\357\273\277')" = \
        "kind;id;handle;action;party;status;percent;expected;next_step;blocked_by;help_from;due;weight" ]
    echo mine >parts.csv
    run as coordination exporter parts
    ended 1
    says "parts.csv existe déjà" "--remplacer"
    [ "$(cat parts.csv)" = mine ]
    as coordination exporter parts --remplacer
    [ "$(wc -l <parts.csv)" -ge 46 ]
    # It is read back whatever its name is.
    [ "$(counted parts.csv)" = "0 0 0" ]
    mv parts.csv autre.csv
    [ "$(counted autre.csv)" = "0 0 0" ]
    CONCERT_LANG=en as coordination export shares
    [ "$(counted shares.csv)" = "0 0 0" ]
    as coordination exporter "fiches du bottin"
    [ -e fiches-du-bottin.csv ]
}

@test "export: for programs on standard output, and several kinds in one file" {
    run --separate-stderr as coordination export indicator --format json
    ended 0
    [ "$(json 'it[0]["dimensions"]' <<<"$output")" = "['statut', 'pièces; avec un point-virgule']" ]
    as coordination export indicator observation --format csv 2>/dev/null >"$BATS_TEST_TMPDIR/two.csv"
    [ "$(counted "$BATS_TEST_TMPDIR/two.csv")" = "0 0 0" ]
    as coordination export territory note --to "$BATS_TEST_TMPDIR/both.csv"
    grep -q "^territory;" "$BATS_TEST_TMPDIR/both.csv"
    grep -q "^note;" "$BATS_TEST_TMPDIR/both.csv"
    [ "$(counted "$BATS_TEST_TMPDIR/both.csv")" = "0 0 0" ]
}

@test "an edited cell changes that field alone; an emptied one empties it" {
    local folder=$BATS_TEST_TMPDIR before
    as coordination export project budget_line meeting --to "$folder"
    changed "$folder/budget_line.csv" "999.99" "1 000,25 $"
    changed "$folder/meeting.csv" "Shawinigan" "La Tuque"
    changed "$folder/project.csv" ";submitted;" ";;"
    run as coordination import "$folder"/*.csv --essai
    ended 0
    says "réel : « 999,99 $ » → « 1 000,25 $ »" "« Shawinigan » → « La Tuque »" "« déposé » → « »"
    before=$(head_seq)
    as coordination import "$folder"/*.csv
    [ "$(head_seq)" = $((before + 3)) ]
    [ "$(sql "SELECT actual FROM budget_line WHERE label = 'Chaudrons'")" = 100025 ]
    [ "$(sql "SELECT note FROM budget_line WHERE label = 'Chaudrons'")" = "  deux espaces  " ]
    [ "$(sql "SELECT count(*) FROM project WHERE status IS NULL AND title LIKE 'Cuisines%'")" = 1 ]
    # Written back: fields that were not touched are not in the log.
    [ "$(sql "SELECT array_to_string(fields, ' ') FROM change ORDER BY seq DESC LIMIT 3" | sort | xargs)" = \
        "actual place status" ]
}

@test "JSON: a field edited, one left out, one of null" {
    local file=$BATS_TEST_TMPDIR/e.json before
    as coordination export envelope --to "$file"
    python3 - "$file" <<'PYTHON'
import json, sys
records = json.load(open(sys.argv[1]))
records[0]["amount"] = 95000.5
records[0]["apply_by"] = None
del records[0]["conditions"]
json.dump(records, open(sys.argv[1], "w"))
PYTHON
    before=$(head_seq)
    as coordination import "$file"
    [ "$(head_seq)" = $((before + 1)) ]
    [ "$(sql "SELECT amount, apply_by IS NULL, conditions IS NULL FROM envelope")" = "9500050|t|f" ]
}

@test "a row without id makes a record, by names; importing it again makes no second" {
    local file=$BATS_TEST_TMPDIR/mine.csv
    printf '%s\n' 'kind;id;handle;title;party;territories;type' \
        'intervention;;;Souper des voisins;Comité local de Mékinac;"Mékinac
Shawinigan";activity' >"$file"
    [ "$(counted "$file")" = "1 0 0" ]
    as coordination import "$file"
    [ "$(counted "$file")" = "0 0 0" ]
    [ "$(sql "SELECT cardinality(territories) FROM intervention WHERE title = 'Souper des voisins'")" = 2 ]
    # By its handle, and with French names of columns.
    printf 'kind;id;handle;titre\nprojet;;P2;Cuisines du haut pays\n' >"$file"
    [ "$(counted "$file")" = "0 1 0" ]
}

# --- what is refused -----------------------------------------------------------------------------

@test "what cannot be is refused with line and column, and nothing is written" {
    local file=$BATS_TEST_TMPDIR/bad.csv before
    before=$(head_seq)
    printf 'kind;id;handle;percent\nshare;;PA1;cent cinq\n' >"$file"
    run as coordination import "$file"
    ended 5
    says "bad.csv:2" "« percent »" "cent cinq"
    printf 'kind;id;handle;party\nshare;;PA1;Comité de soutien\n' >"$file"
    run as coordination import "$file"
    ended 5
    says "bad.csv:2" "ne peut être changé"
    printf 'kind;id;handle;title\nmeting;;;x\n' >"$file"
    run as coordination import "$file" --lang en
    ended 5
    says "bad.csv:2" "meting" "meeting"
    printf 'kind;id;handle;person;role\naccount;;;x;editor\n' >"$file"
    run as coordination import "$file"
    ended 5
    says "invit"
    echo '[{"kind": "note", "subject": {}}]' >"$BATS_TEST_TMPDIR/bad.json"
    run as coordination import "$BATS_TEST_TMPDIR/bad.json"
    ended 5
    says "bad.json:1" "« subject »"
    echo '[{"kind": ' >"$BATS_TEST_TMPDIR/bad.json"
    run as coordination import "$BATS_TEST_TMPDIR/bad.json"
    ended 5
    [ "$(head_seq)" = "$before" ]
}

@test "an editor: no personal data, and only what is its own may come in" {
    local file=$BATS_TEST_TMPDIR/m.csv
    as mekinac export membership --to "$file"
    run head -1 "$file"
    says "seat"
    says_not "email" "phone" "person"
    run as mekinac export contact
    ended 5
    run as coordination export account
    ended 2
    as mekinac export intervention --to "$BATS_TEST_TMPDIR/i.csv"
    changed "$BATS_TEST_TMPDIR/i.csv" "familles" "familles et aînés"
    as mekinac import "$BATS_TEST_TMPDIR/i.csv"
    [ "$(sql "SELECT clientele FROM intervention WHERE title LIKE 'Dépannage%'")" = "familles et aînés" ]
    as mekinac export envelope --to "$BATS_TEST_TMPDIR/e.csv"
    changed "$BATS_TEST_TMPDIR/e.csv" "Fonds" "Mon fonds"
    run as mekinac import "$BATS_TEST_TMPDIR/e.csv"
    ended 5
    [ "$(sql "SELECT title FROM envelope")" = "Fonds régional en habitation" ]
}

# --- another region ------------------------------------------------------------------------------

# elsewhere COMMAND...: with the server and the homes of a second region.
elsewhere()
{
    local STATE=$BATS_FILE_TMPDIR/other/state LOG=$BATS_FILE_TMPDIR/other/log
    local ROOM=$BATS_FILE_TMPDIR/other/homes BATS_FILE_TMPDIR=$BATS_FILE_TMPDIR/other
    mkdir -p "$ROOM"
    "$@"
}

other_init()
{
    "$bin/concertd" init --state "$STATE" --region ailleurs --language fr \
        --title "Consortium en développement social de la Mauricie" --timezone America/Toronto \
        --listen 127.0.0.1:0 --coordinator Coordonnatrice \
        --database "$("$CLUSTER" conninfo "$PG" "$DB" concertd)" \
        --owner-database "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)"
    sed -i "s/^; operations = .*/operations = $1/" "$STATE/concertd.conf"
}

@test "into another region: the same records with the same ids, in several pushes" {
    local folder=$BATS_TEST_TMPDIR line
    as coordination set PL1 status=adopted adopted_on=2009-05-05 adopted_by="Comité de coordination" \
        resolution="$(as coordination list agenda_item --format json | json \
            '[i["handle"] for i in it if i["title"] == "Adoption du plan"][0]')"
    as coordination export --all --personal --to "$folder/a"
    line=$(elsewhere other_init 100)
    elsewhere server_start
    elsewhere as coordination join "$line" --name ici >/dev/null
    run elsewhere as coordination import "$folder"/a/*.csv -m "Copie d'une autre région"
    ended 0
    says "plusieurs fois"
    elsewhere as coordination export --all --personal --to "$folder/b"
    python3 - "$folder" <<'PYTHON'
import csv, glob, os, sys
read = lambda path: {row["id"]: row for row in csv.DictReader(
    open(path, encoding="utf-8-sig", newline=""), delimiter=";")}
consortium = {}
for part in "ab":
    for row in read(f"{sys.argv[1]}/{part}/party.csv").values():
        if row["type"] == "staff":
            consortium[part] = row["id"]
files = sorted(os.path.basename(p) for p in glob.glob(sys.argv[1] + "/a/*"))
assert files == sorted(os.path.basename(p) for p in glob.glob(sys.argv[1] + "/b/*"))
for name in files:
    a, b = (read(f"{sys.argv[1]}/{part}/{name}") for part in "ab")
    for row in a.values():
        row = {k: v.replace(consortium["a"], consortium["b"]) for k, v in row.items()}
        other = b[row["id"]]
        for field in row:
            if field not in ("handle", "adopted_seq"):
                assert row[field] == other[field], (name, field, row[field], other[field])
    assert len(a) == len(b), name
PYTHON
    run elsewhere as coordination import "$folder"/a/*.csv
    ended 0
    says "Rien à importer"
    elsewhere server_stop
}
