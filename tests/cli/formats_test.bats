#!/usr/bin/env bats
# What programs read: json, csv and tsv of everything, with the names of records.proto.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as mekinac progress 1.1.1 60 -m 'Des "guillemets", des virgules; et
une deuxième ligne	après une tabulation'
    as mekinac set 3.1.2 état=bloquée cause="pas de local" aide="Comité de soutien"
    as coordination add milestone subject=2.1.3 title="Portrait" rank=1
    as coordination add proposal subject=2.1.3 reason="Mieux dire" \
        title="Cerner les besoins" || true
}

teardown_file()
{
    region_stop
}

# The commands that answer, with words that make sense here.
answers=("plan" "show 1.1.1" "show I9" "show 2.1" "list action" "list party" "list share"
    "list note" "search comité" "dashboard --on 2009-10-15" "explain 2.1" "history 1.1.1"
    "history" "status" "version" "help codes" "help kinds" "help share")

@test "json: every answer is one valid document, with nothing of people's talk in it" {
    local words
    for words in "${answers[@]}"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr as mekinac $words --format json
        ended 0
        python3 -c 'import json, sys
it = json.load(sys.stdin)
assert isinstance(it, (list, dict)) and it is not None' <<<"$output" || { echo "$words" && return 1; }
    done
}

@test "json: a list is an array, of none too" {
    run --separate-stderr as mekinac list milestone --format json
    [ "$(json 'type(it).__name__, len(it)' <<<"$output")" = "('list', 1)" ]
    run --separate-stderr as mekinac list membership standing=associate since=2001-01-01 \
        --format json
    ended 0
    [ "$(json 'it == []' <<<"$output")" = True ]
}

@test "json: records have id, kind, handle, revision, owner and the fields of records.proto" {
    local kind
    for kind in territory party membership account device plan objective action responsibility \
        deadline share note milestone audience; do
        as coordination list "$kind" --format json >"$BATS_TEST_TMPDIR/$kind"
        python3 - "$BATS_TEST_DIRNAME/../../proto/records.proto" "$BATS_TEST_TMPDIR" "$kind" <<'PYTHON'
import json, re, sys, uuid
proto, kind = open(sys.argv[1]).read(), sys.argv[3]
body = re.search(r"^message %s \{\n(.*?)^\}" % kind.title(), proto, re.S | re.M)[1]
fields = re.findall(r"^  (optional|repeated) ([.\w]+) (\w+) = \d+;", body, re.M)
enums = {name: [value.lower() for value in re.findall(r"(\w+) = \d+;", values)]
         for name, values in re.findall(r"enum (\w+) \{(.*?)\}", body, re.S)}
records = json.load(open(sys.argv[2] + "/" + kind))
assert records and isinstance(records, list), kind
common = ["id", "kind", "handle", "revision", "owner"]
for record in records:
    assert list(record) == common + [name for _, _, name in fields], (kind, list(record))
    assert record["kind"] == kind
    assert uuid.UUID(record["id"]).version == 7
    assert isinstance(record["revision"], int) and record["revision"] >= 1
    assert record["handle"]
    for many, type_, name in fields:
        values = record[name]
        if many == "repeated":
            assert isinstance(values, list), (kind, name)
        else:
            values = [] if values is None else [values]
        for value in values:
            if type_ == "bytes":
                uuid.UUID(value)
            elif type_ in ("uint32", "uint64"):
                assert type(value) is int, (kind, name, value)
            elif type_ == "bool":
                assert type(value) is bool, (kind, name, value)
            elif type_ in enums:
                assert value in enums[type_], (kind, name, value)
            else:
                assert type_ == "string" and type(value) is str, (kind, name, value)
PYTHON
    done
}

@test "json: every reference and every owner is a record that is there" {
    local kind
    for kind in territory party plan objective action share account device milestone; do
        as coordination list "$kind" --format json >"$BATS_TEST_TMPDIR/$kind.json"
    done
    python3 - "$BATS_TEST_TMPDIR" <<'PYTHON'
import glob, json, sys
records = {}
for path in glob.glob(sys.argv[1] + "/*.json"):
    for record in json.load(open(path)):
        records[record["id"]] = record
names = ("owner", "territory", "plan", "parent", "objective", "action", "party", "account",
         "help_from", "subject")
for record in records.values():
    for name in names:
        if record.get(name):
            assert record[name] in records, (record["kind"], name)
PYTHON
}

@test "json: the same in French and English, but for people's words" {
    local words lang
    for words in plan "list share" "show 1.1.1" "list party" "list deadline"; do
        for lang in fr en; do
            # shellcheck disable=SC2086 # words
            as mekinac $words --format json --lang "$lang" --offline 2>/dev/null |
                sed -E 's/"(deadline|name)": .*/"\1"/' >"$BATS_TEST_TMPDIR/$lang"
        done
        [ -s "$BATS_TEST_TMPDIR/fr" ]
        diff "$BATS_TEST_TMPDIR/fr" "$BATS_TEST_TMPDIR/en" || { echo "$words" && return 1; }
    done
}

@test "json: errors are objects on stderr, and stdout stays empty" {
    local words
    for words in "show 9.9.9:3" "set 1.1.1 percent=101:2" "set 1.1.1 colour=red:2" "frobnicate:2" \
        "list:2" "set 2.1.3 title=X:5" "--frob plan:2"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr as mekinac ${words%:*} --format json
        ended "${words##*:}"
        [ -z "$output" ] || [ "${words##*:}" = 5 ]
        python3 -c 'import json, sys
found = [json.loads(line) for line in sys.stdin if line.strip()]
errors = [one for one in found if "error" in one]
assert errors and all(isinstance(one, dict) for one in found), found
assert errors[0]["exit"] == int(sys.argv[1]) and errors[0]["message"], errors' "${words##*:}" \
            <<<"$stderr" || { echo "$words: $stderr" && return 1; }
    done
}

@test "json: an error that is about a field names it" {
    run --separate-stderr as mekinac set 1.1.1 percent=101 --format json
    [[ $(head -n 1 <<<"$stderr" | json 'it["message"]') == *pourcentage*101* ]]
    run --separate-stderr as mekinac set 2.1.3 title=X --format json
    [ "$(json '[(o["state"], o["error"]) for o in it]' <<<"$output")" = "[('refused', 'denied')]" ]
}

@test "json: an unjoined home and a server out of reach are objects too" {
    run --separate-stderr as nobody plan --format json
    ended 7
    [ "$(json 'it["error"], it["exit"]' <<<"$stderr")" = "('unjoined', 7)" ]
}

@test "json: what a write answers names the record" {
    run --separate-stderr as mekinac note 1.1.1 -m "Une note" --format json
    ended 0
    [ "$(json 'it[0]["kind"], it[0]["state"], it[0]["handle"][0]' <<<"$output")" = \
        "('note', 'accepted', 'N')" ]
}

@test "csv: Python's reader finds as many rows and cells as json" {
    local kind
    for kind in action share note party deadline; do
        as mekinac list "$kind" --format csv >"$BATS_TEST_TMPDIR/csv"
        as mekinac list "$kind" --format json >"$BATS_TEST_TMPDIR/json"
        python3 - "$BATS_TEST_TMPDIR" <<'PYTHON'
import csv, json, sys
rows = list(csv.reader(open(sys.argv[1] + "/csv", encoding="utf-8", newline="")))
records = json.load(open(sys.argv[1] + "/json"))
assert rows[0] == list(records[0]), rows[0]
assert len(rows) == len(records) + 1
for row, record in zip(rows[1:], records):
    assert len(row) == len(rows[0])
    for cell, value in zip(row, record.values()):
        if isinstance(value, str):
            assert cell == value, (cell, value)
        elif value in (None, []):
            assert cell == ""
        elif isinstance(value, int) and not isinstance(value, bool):
            assert cell == str(value)
PYTHON
    done
}

@test "csv: quotes, commas, new lines and tabs come back as they were typed" {
    as mekinac list note --format csv >"$BATS_TEST_TMPDIR/csv"
    python3 - "$BATS_TEST_TMPDIR/csv" <<'PYTHON'
import csv, sys
texts = [row["text"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))]
assert 'Des "guillemets", des virgules; et\nune deuxième ligne\taprès une tabulation' in texts, texts
PYTHON
}

@test "csv: what is exported can be imported again and changes nothing" {
    as coordination list territory --format csv >"$BATS_TEST_TMPDIR/territoires.csv"
    run as coordination import "$BATS_TEST_TMPDIR/territoires.csv" --dry-run
    [[ $status = 0 || $status = 5 ]]
    [ "$(tally coordination territory)" = 6 ]
}

@test "tsv: one line a record, as many cells in each, tabs and new lines kept out" {
    local kind
    for kind in note share action; do
        as mekinac list "$kind" --format tsv >"$BATS_TEST_TMPDIR/tsv"
        python3 - "$BATS_TEST_TMPDIR/tsv" "$(tally mekinac "$kind")" <<'PYTHON'
import sys
lines = open(sys.argv[1], encoding="utf-8", newline="").read().rstrip("\n").split("\n")
assert len(lines) == int(sys.argv[2]) + 1, len(lines)
assert len({line.count("\t") for line in lines}) == 1, [line.count("\t") for line in lines]
assert "\r" not in "".join(lines)
PYTHON
    done
}

@test "csv and tsv of every answer hold no talk" {
    local words format
    for words in "${answers[@]}"; do
        for format in csv tsv; do
            # shellcheck disable=SC2086 # words
            run --separate-stderr as mekinac $words --format "$format"
            ended 0
            [[ $output != *"concert aide"* && $output != *"───"* ]]
        done
    done
}

@test "an unknown format offers those there are" {
    run as mekinac plan --format jsn
    ended 2
    says "json"
    run as mekinac plan --format xml
    ended 2
    says "json" "csv" "tsv"
}

@test "the formats have French names for French people" {
    run as mekinac plan --format tableau
    ended 0
    says "Échéance"
}

@test "watch: each change is an object on a line of its own" {
    CONCERT_HOME=$ROOM/mekinac "$bin/concert" watch -n 2 --format json >"$BATS_TEST_TMPDIR/seen" \
        2>"$BATS_TEST_TMPDIR/talk" 3>&- &
    local watcher=$! before
    # Whether it watches yet cannot be seen from outside: so changes are made until it has seen two.
    while lives "$watcher"; do
        as coordination note 2.1.1 -m "Un mot"
    done
    wait "$watcher"
    python3 - "$BATS_TEST_TMPDIR/seen" <<'PYTHON'
import json, sys
seen = [json.loads(line) for line in open(sys.argv[1]) if line.strip()]
assert len(seen) == 2, seen
assert all(isinstance(one, dict) and one["kind"] == "note" for one in seen), seen
PYTHON
}
