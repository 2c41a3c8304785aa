#!/usr/bin/env bats
# The secretariat's spreadsheets in the plan: all of them, once, in any dress; or nothing.

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

# outcomes FORMAT-JSON: "kind outcome" of an import's answer, counted.
outcomes()
{
    json '"\n".join(sorted({o["outcome"] for o in it}))' <<<"$1"
}

@test "counts: what the files of the Mauricie hold is in the plan" {
    local kind expected
    while read -r kind expected; do
        echo "$kind: $(tally coordination "$kind")"
        [ "$(tally coordination "$kind")" = "$expected" ]
    done <<'COUNTS'
territory 6
audience 4
plan 1
objective 14
action 27
share 45
membership 31
COUNTS
    # 13 committees, the Consortium, and each organization of membres.csv once.
    as coordination list party --format json | python3 -c '
import csv, json, sys
names = [p["name"] for p in json.load(sys.stdin)]
assert len(names) == len(set(names)), sorted(names)
rows = list(csv.DictReader(open(sys.argv[1] + "/membres.csv", encoding="utf-8"), delimiter=";"))
for row in rows:
    assert not row["Organisme"] or row["Organisme"] in names or any(
        name.endswith(row["Organisme"]) for name in names), row
' "$MAURICIE"
}

@test "every line of every cell of Échéancier is kept word for word" {
    as coordination list deadline --format json >"$BATS_TEST_TMPDIR/deadlines"
    as coordination list action --format json >"$BATS_TEST_TMPDIR/actions"
    python3 - "$MAURICIE/plan-2009-2010.csv" "$BATS_TEST_TMPDIR" <<'PYTHON'
import csv, json, re, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline=""), delimiter=";"))
numbers = {a["id"]: a["number"] for a in json.load(open(sys.argv[2] + "/actions"))}
kept = {}
for deadline in json.load(open(sys.argv[2] + "/deadlines")):
    kept.setdefault(numbers[deadline["subject"]], []).append(deadline)
assert len(rows) == 27
words = lambda text: re.findall(r"\w+|[^\w\s:]", text)
for row in rows:
    number = row["Action"].split()[0]
    cell, mine = row["Échéancier"], kept[number]
    for deadline in mine:
        assert deadline["text"] in cell, (number, deadline["text"])
        assert not deadline["label"] or deadline["label"] in cell, (number, deadline["label"])
    told = words(" ".join((d["label"] or "") + " " + d["text"] for d in mine))
    # "et" that joins two deadlines is the one word that a list of two no longer needs.
    lost = [word for word in words(cell) if word not in told and word != "et"]
    assert not lost, (number, lost)
    # As many deadlines as lines, but those that only name what follows, and those that join two.
    lines = [line for line in cell.splitlines() if not line.rstrip().endswith(":")]
    assert len(mine) == len(lines) + cell.count(" et hiver"), (number, len(mine), lines)
PYTHON
}

@test "every line and comma of every cell of Ressources is a responsibility" {
    local kind
    for kind in responsibility action party; do
        as coordination list "$kind" --format json >"$BATS_TEST_TMPDIR/$kind"
    done
    python3 - "$MAURICIE/plan-2009-2010.csv" "$BATS_TEST_TMPDIR" <<'PYTHON'
import csv, json, re, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline=""), delimiter=";"))
read = lambda kind: json.load(open(sys.argv[2] + "/" + kind))
numbers = {a["id"]: a["number"] for a in read("action")}
names = {p["id"]: p["name"] for p in read("party")}
kept = {}
for one in read("responsibility"):
    kept.setdefault(numbers[one["subject"]], []).append(one)
for row in rows:
    number = row["Action"].split()[0]
    pieces = [p.strip() for p in re.split(r"[\n,]", row["Ressources"]) if p.strip()]
    told = [one["role"] or names[one["party"]] for one in kept[number]]
    # The same name twice in a cell is one.
    fold = lambda texts: {text.lower() for text in texts}
    assert fold(told) == fold(pieces), (number, told, pieces)
    for one in kept[number]:
        known = [i for i, name in names.items() if name.lower() == (one["role"] or "").lower()]
        assert not known or one["party"] in known, ("not linked", number, one)
assert names[[o for o in kept["2.1.3"] if o["party"]][0]["party"]] == "Comité en logement"
PYTHON
}

@test "titles, annexes, owners and shares are those of the files" {
    [ "$(value coordination 2.1.3 title)" = \
        "Cerner les besoins en logement de toute la région et y répondre (annexe D)" ]
    [ "$(value coordination 2.1.3 annex)" = D ]
    as coordination list share action=1.1.1 --format json >"$BATS_TEST_TMPDIR/shares"
    [ "$(json 'len({s["party"] for s in it})' <"$BATS_TEST_TMPDIR/shares")" = 6 ]
    [ "$(json 'all(s["owner"] == s["party"] for s in it)' <"$BATS_TEST_TMPDIR/shares")" = True ]
    run as coordination list party type=thematic --format json
    [ "$(json 'sorted((p["meetings_min"], p["meetings_max"]) for p in it
        if p["meetings_min"])' <<<"$output")" = "[(4, 4), (8, 8)]" ]
}

@test "the same files again create and change nothing" {
    local before file
    before=$(head_seq)
    for file in "${plan_files[@]}"; do
        run --separate-stderr as coordination import "$MAURICIE/$file.csv" --format json
        ended 0
        [ "$(outcomes "$output")" = unchanged ]
    done
    [ "$(head_seq)" = "$before" ]
}

@test "again with the order of rows turned round: no duplicate" {
    local before file
    before=$(head_seq)
    for file in plan-2009-2010 parts comites; do
        python3 - "$MAURICIE/$file.csv" >"$BATS_TEST_TMPDIR/$file.csv" <<'PYTHON'
import csv, sys
head, *rows = csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline=""), delimiter=";")
csv.writer(sys.stdout, delimiter=";").writerows([head] + rows[::-1])
PYTHON
        as coordination import "$BATS_TEST_TMPDIR/$file.csv"
    done
    [ "$(head_seq)" = "$before" ]
}

@test "Windows-1252, a BOM, commas, Unix lines: the same plan" {
    local before dress
    before=$(head_seq)
    python3 - "$MAURICIE" "$BATS_TEST_TMPDIR" <<'PYTHON'
import csv, io, sys
for name in ("plan-2009-2010", "comites", "membres"):
    rows = list(csv.reader(open(f"{sys.argv[1]}/{name}.csv", encoding="utf-8-sig", newline=""),
                           delimiter=";"))
    def text(delimiter, end):
        made = io.StringIO()
        csv.writer(made, delimiter=delimiter, lineterminator=end).writerows(rows)
        return made.getvalue()
    for dress, data in {
        "ansi": text(";", "\r\n").encode("cp1252"), "bom": text(";", "\r\n").encode("utf-8-sig"),
        "comma": text(",", "\n").encode(), "commabom": text(",", "\r\n").encode("utf-8-sig"),
        "ansicomma": text(",", "\n").encode("cp1252"),
    }.items():
        open(f"{sys.argv[2]}/{dress}-{name}.csv", "wb").write(data)
PYTHON
    for dress in "$BATS_TEST_TMPDIR"/*.csv; do
        run --separate-stderr as coordination import "$dress" --dry-run --format json
        ended 0
        echo "$dress: $(outcomes "$output")"
        [ "$(outcomes "$output")" = unchanged ]
    done
    [ "$(head_seq)" = "$before" ]
}

@test "a changed cell updates its record, by number or by name, and nothing else" {
    sed 's/3 à 4 fois par année/de 3 à 4 fois par année/; s/^1\.1\.1;//' \
        "$MAURICIE/plan-2009-2010.csv" >"$BATS_TEST_TMPDIR/plan-2009-2010.csv"
    local before
    before=$(head_seq)
    run --separate-stderr as coordination import "$BATS_TEST_TMPDIR/plan-2009-2010.csv" \
        --format json
    ended 0
    [ "$(json '[(o["handle"], o["line"] > 1) for o in it if o["outcome"] == "updated"]' \
        <<<"$output")" = "[('1.2.1', True)]" ]
    [ "$(head_seq)" = $((before + 1)) ]
    [ "$(value coordination 1.2.1 revision)" = 2 ]
    as coordination import "$MAURICIE/plan-2009-2010.csv"
}

@test "a row that is absent deletes nothing" {
    local before
    before=$(head_seq)
    head -n 3 "$MAURICIE/territoires.csv" >"$BATS_TEST_TMPDIR/territoires.csv"
    as coordination import "$BATS_TEST_TMPDIR/territoires.csv"
    [ "$(head_seq)" = "$before" ]
    [ "$(tally coordination territory)" = 6 ]
}

@test "--dry-run tells line by line what would be, and writes nothing" {
    local before
    before=$(head_seq)
    printf 'Code;Nom;Type\nMEK;Mékinac;MRC\nBEC;Bécancour;MRC\nCHE;Les Chenaux;MRC\n' \
        >"$BATS_TEST_TMPDIR/territoires.csv"
    run as coordination importer "$BATS_TEST_TMPDIR/territoires.csv" --essai
    ended 0
    says "créé" "mis à jour" "inchangé" "Bécancour" "Les Chenaux"
    run --separate-stderr as coordination import "$BATS_TEST_TMPDIR/territoires.csv" --dry-run \
        --format json
    [ "$(json '[(o["line"], o["outcome"]) for o in it]' <<<"$output")" = \
        "[(2, 'unchanged'), (3, 'created'), (4, 'updated')]" ]
    [ "$(head_seq)" = "$before" ]
    [ "$(tally coordination territory)" = 6 ]
    as coordination status --format json >"$BATS_TEST_TMPDIR/status"
    [ "$(json 'it["status"]["waiting"]' <"$BATS_TEST_TMPDIR/status")" = 0 ]
}

@test "deadlines that cannot be read are kept as written, and said" {
    printf '%s\n' 'Objectif;Objectif spécifique;Action;Ressources;Échéancier' \
        '4. Appuyer la réalisation des plans d'"'"'action locaux;4.4 Faire circuler l'"'"'expertise sociale et outiller les intervenants;4.4.9 Essayer;;Quand les poules auront des dents' \
        >"$BATS_TEST_TMPDIR/plan-2009-2010.csv"
    run as coordination import "$BATS_TEST_TMPDIR/plan-2009-2010.csv"
    ended 0
    says "Quand les poules auront des dents"
    run as coordination list deadline --format json
    [ "$(json '[(d["text"], d["mode"]) for d in it if "poules" in d["text"]]' <<<"$output")" = \
        "[('Quand les poules auront des dents', None)]" ]
}

@test "without the server an import that is recorded leaves whole when it is back" {
    printf 'Code;Nom;Type\nNIC;Nicolet-Yamaska;MRC\nDRU;Drummond;MRC\n' \
        >"$BATS_TEST_TMPDIR/territoires.csv"
    local before
    before=$(head_seq)
    server_stop
    run as coordination import "$BATS_TEST_TMPDIR/territoires.csv"
    server_start
    [[ $status = 0 || $status = 6 ]]
    if [ "$status" = 0 ]; then
        as coordination sync
        [ "$(head_seq)" = $((before + 2)) ]
    else
        [ "$(head_seq)" = "$before" ]
    fi
}

# --- the housing project, and all files at once --------------------------------------------------

@test "the housing project: its budget, funders and timetable, whose they are" {
    run as coordination import "$MAURICIE"/logement-*.csv
    ended 0
    says "Projet en logement" "Comité en logement" "2.1.3" \
        "« Conférence régionale des élus de la Mauricie » devient un nouveau partenaire" \
        "« CRÉ de la Mauricie »"
    says_not "à vérifier « Coût"
    [ "$(sql "SELECT sum(planned), count(*) FROM budget_line")" = "11160000|7" ]
    [ "$(tally coordination funding_request)" = 4 ]
    [ "$(tally coordination milestone)" = 16 ]
    [ "$(sql "SELECT phase, count(*) FROM milestone GROUP BY phase ORDER BY phase" | xargs)" = \
        "Préparation|4 Volet 1|6 Volet 2|6" ]
    [ "$(sql "SELECT p.name, f.status, f.note, f.amount IS NULL FROM funding_request f
        JOIN party p ON p.id = f.funder WHERE f.note IS NOT NULL")" = \
        "Conférence régionale des élus de la Mauricie|awaiting|réponse attendue pour mai 2009|t" ]
    [ "$(sql "SELECT d.text, d.latest FROM deadline d JOIN funding_request f ON f.id = d.subject")" = \
        "mai 2009|2009-05-31" ]
    [ "$(sql "SELECT count(*) FROM deadline d JOIN milestone m ON m.id = d.subject")" = 17 ]
    [ "$(sql "SELECT a.number FROM project p JOIN action a ON a.id = p.action")" = 2.1.3 ]
    run as coordination import "$MAURICIE"/logement-*.csv
    ended 0
    says "Rien à importer"
}

@test "a total that is not the sum is told with both figures" {
    sed 's/111 600/111 700/' "$MAURICIE/logement-budget.csv" >"$BATS_TEST_TMPDIR/logement-budget.csv"
    run as coordination import "$BATS_TEST_TMPDIR/logement-budget.csv"
    ended 0
    says "111 700 \$" "111 600 \$"
    [ "$(sql "SELECT sum(planned) FROM budget_line")" = 11160000 ]
}

@test "all ten files at once, in whatever order: the same, and then nothing more" {
    local before all=("$MAURICIE"/*.csv) backwards=() i
    [ ${#all[@]} = 10 ]
    for ((i = 9; i >= 0; i--)); do backwards+=("${all[i]}"); done
    as coordination import "${backwards[@]}"
    before=$(head_seq)
    run as coordination import "${all[@]}"
    ended 0
    says "Rien à importer"
    [ "$(head_seq)" = "$before" ]
    [ "$(sql "SELECT count(*) FROM action WHERE number <> '4.4.9'")" = 47 ]
    [ "$(tally coordination plan)" = 2 ]
    [ "$(tally coordination project)" = 1 ]
}
