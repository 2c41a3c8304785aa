#!/usr/bin/env bats
# What people read: the plan, a record, the dashboard, the arithmetic, the history; in both
# languages, in 80 columns, with figures that are worked out here once more.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
    office shawinigan "Comité local de Shawinigan"
    as mekinac progress 1.1.1 60 -m "Deux délégués inscrits" --on 2009-10-01
    as mekinac set 3.1.2 percent=33
    as mekinac note 3.1.1 -m "Rencontre du mois" --on 2009-09-01
    as chenaux progress 1.1.1 25 -m "Absents en mars" --on 2009-06-01
    as chenaux set 3.1.2 état=bloquée cause="pas de local" aide="Comité de soutien" percent=10
    as shawinigan progress 4.1.3 fait
    as shawinigan set 1.1.1 état=abandonnée
    as shawinigan set 3.1.2 état="sans objet"
    as coordination set 2.1.3 weight=3
    as coordination set "$(as coordination list share action=2.1.3 --format json |
        json 'it[0]["handle"]')" weight=2 percent=50
    as coordination add milestone subject=2.1.3 title="Portrait de l'habitation" rank=1
    as coordination note 2.1.3 -m "Projet déposé" --on 2009-05-20
    local kind
    as coordination sync
    for kind in party objective action share deadline responsibility; do
        as coordination list "$kind" --format json >"$BATS_FILE_TMPDIR/$kind.json"
    done
}

teardown_file()
{
    region_stop
}

# figures PYTHON: the answer on stdin as `it`, beside what rollup_of.py works out from the records.
figures()
{
    PYTHONPATH=$BATS_TEST_DIRNAME python3 -c 'import json, sys
from rollup_of import Plan, near
it = json.load(sys.stdin)
plan = Plan(sys.argv[1])
'"$1" "$BATS_FILE_TMPDIR"
}

# narrow: no line of $output is wider than a terminal of 80 columns, and there are some lines.
narrow()
{
    python3 -c 'import sys, unicodedata
lines = sys.stdin.buffer.read().decode().splitlines()
wide = [l for l in lines
        if sum(unicodedata.combining(c) == 0 for c in l) > 80]
assert lines and not wide, "\n".join(wide)' <<<"$output"
}

@test "no line is wider than 80 columns, in either language" {
    local lang words
    for lang in fr en; do
        for words in plan "show 1.1.1" "show 2.1" "show I9" "list action" "list share" \
            "list deadline" "list party" "list responsibility" "search comité" \
            "dashboard --on 2009-10-15" "explain 1" "explain 2.1" explain "history 1.1.1" history \
            status help "help set" "help share" "help codes" "help kinds" "help options" version; do
            # shellcheck disable=SC2086 # words
            run --separate-stderr as coordination $words --lang "$lang"
            ended 0
            narrow || { echo "$lang: $words" && return 1; }
        done
    done
}

@test "plan: every number, title, deadline as written, status, percent with its coverage" {
    run --separate-stderr as mekinac plan --on 2009-10-15
    ended 0
    says "Plan d'action 2009-2010" "4.4.2 Organiser des conférences avec Centraide" "Novembre 2009" \
        "Selon le calendrier de l'INSPQ" "Calendrier à déterminer" "en retard" "2 juin 2009"
    # 1.1.1: 60, 25, 0, 0, 0 of five that count, one dropped.
    local line
    line=$(as mekinac plan --on 2009-10-15 --format json |
        json '[(r["percent"], r["counted"], r["dropped"]) for r in it if r["number"] == "1.1.1"]')
    [ "$line" = "[(17, 5, 1)]" ]
    says "25 % : 16 de 45 parts, 1 abandonnée, 1 sans objet, 27 en continu"
    run --separate-stderr as mekinac show 1.1.1 --on 2009-10-15
    says "17 % : 5 de 6 parts, 1 abandonnée"
    run --separate-stderr as mekinac show 1.1.1 --on 2009-10-15 --lang en
    says "17%: 5 of 6 shares, 1 dropped"
}

@test "plan: its order is the numbers', its depth theirs" {
    as mekinac plan --format json >"$BATS_TEST_TMPDIR/plan"
    python3 - "$BATS_TEST_TMPDIR/plan" <<'PYTHON'
import json, sys
rows = json.load(open(sys.argv[1]))
numbers = [tuple(map(int, row["number"].split("."))) for row in rows]
assert numbers == sorted(numbers) and len(numbers) == 41
assert all(len(n) == row["depth"] + 1 for n, row in zip(numbers, rows))
PYTHON
}

@test "plan: every percentage is the weighted mean of its shares" {
    as mekinac plan --on 2009-10-15 --format json | figures '
assert len(it) == 41
for row in it:
    sums = plan.under(row["id"])
    assert near(row["percent"], sums), (row, sums)
    assert row["counted"] == sums.counted and row["dropped"] == sums.dropped, (row, sums)
    assert row["not_applicable"] == sums.not_applicable, (row, sums)'
}

@test "plan: late is after the last day, never on it, and never what goes on" {
    local on expected
    while read -r on expected; do
        run --separate-stderr as mekinac plan --on "$on" --format json
        figures 'late = [r["number"] for r in it if r["kind"] == "action" and r["status"] == "late"]
assert late == plan.late("'"$on"'"), (late, plan.late("'"$on"'"))
print(*late)' <<<"$output" >"$BATS_TEST_TMPDIR/late"
        [ "$(wc -w <"$BATS_TEST_TMPDIR/late")" = "$expected" ]
    done <<'DAYS'
2009-01-01 0
2009-03-31 0
2009-04-01 2
2009-06-20 4
2009-06-21 5
2009-10-15 6
DAYS
}

@test "plan: blocked, done, under way, not started, by action" {
    local number
    as mekinac plan --on 2009-01-01 --format json >"$BATS_TEST_TMPDIR/plan"
    run json '{r["number"]: r["status"] for r in it if r["number"] in words}' 1.1.1 3.1.2 4.1.3 \
        4.1.2 <"$BATS_TEST_TMPDIR/plan"
    [ "$output" = "{'1.1.1': 'under_way', '3.1.2': 'blocked', '4.1.2': 'not_started', '4.1.3': 'done'}" ]
}

@test "plan: what goes on is stale when nobody noted anything for six months" {
    stale()
    {
        as mekinac plan --on "$(date -d "$1" +%F)" --format json |
            json '[r["stale"] for r in it if r["number"] == words[0]][0]' "$2"
    }
    [ "$(stale "5 months" 3.1.1)" = False ]
    [ "$(stale "7 months" 3.1.1)" = True ]
    [ "$(stale "7 months" 2.1.3)" = False ] # it has a date: late it may be, not stale
}

@test "show: everything that hangs on an action" {
    run --separate-stderr as mekinac show 2.1.3
    ended 0
    says "Cerner les besoins en logement" "Comité en logement" "Coordonnatrice" \
        "Dépôt du projet à la SHQ" "Rencontres à déterminer" "Portrait de l'habitation" \
        "Projet déposé" "50 %" "Annexe" "2 Rallier les acteurs"
    run --separate-stderr as mekinac show 2.1.3 --format json
    [ "$(json '[k for k in ("responsibility", "deadline", "share", "note", "milestone")
        if not it.get(k)]' <<<"$output")" = "[]" ]
}

@test "show: by handle, by number, by name, however written" {
    local word id
    id=$(value mekinac I9 id)
    for word in I9 i9 "Comité local de Mékinac" "comite local de mekinac"; do
        run --separate-stderr as mekinac show "$word" --format json
        ended 0
        [ "$(json 'it["record"]["id"]' <<<"$output")" = "$id" ]
    done
}

@test "show: nothing there is exit code 3 and the nearest" {
    run as mekinac show 2.1.33
    ended 3
    says "2.1.3"
    run as mekinac show "Comité local de Maskinonge et environs"
    ended 3
    says "Comité local de Maskinongé"
    run as mekinac show PA9999
    ended 3
}

@test "list: filters by any field, in either language, and an unknown kind offers the nearest" {
    run --separate-stderr as mekinac lister parts instance="Comité local de Mékinac" --format json
    [ "$(json 'len(it)' <<<"$output")" = 7 ]
    run --separate-stderr as mekinac list share status=blocked --format json
    [ "$(json 'len(it)' <<<"$output")" = 1 ]
    run --separate-stderr as mekinac list parts état=bloquée --format json
    [ "$(json 'len(it)' <<<"$output")" = 1 ]
    run as mekinac list actoin
    ended 2
    says "action"
    run as mekinac list share colour=red
    ended 2
}

@test "search: capitals, accents and word order do not matter; nothing found is said" {
    local words
    for words in "SECURITE ALIMENTAIRE" "sécurité alimentaire" "alimentaire securite"; do
        run --separate-stderr as mekinac search "$words" --format json
        ended 0
        [ "$(json 'any(r["handle"] == "2.1.1" for r in it)' <<<"$output")" = True ]
    done
    run --separate-stderr as mekinac chercher déposé --format json
    [ "$(json '[r["kind"] for r in it]' <<<"$output")" = "['note']" ]
    run as mekinac search xyzzy
    [ -n "$output" ]
}

@test "dashboard: each cell, each total, recomputed" {
    as mekinac dashboard --on 2009-10-15 --format json | figures '
tops = plan.tops()
assert [t["number"] for t in tops] == ["1", "2", "3", "4"]
rows = [row for row in it["progress"] if row["party"]]
assert {plan.party(row["party"])["id"] for row in rows} == {s["party"] for s in plan.shares}
for row in rows:
    party = plan.party(row["party"])["id"]
    for top in tops:
        sums = plan.under(top["id"], party)
        assert near(row["objective_" + top["number"]], sums), (row, top["number"], sums)
    assert near(row["total"], plan.under(None, party)), row
region = [row for row in it["progress"] if not row["party"]]
assert len(region) == 1 and near(region[0]["total"], plan.under(None))
for top in tops:
    assert near(region[0]["objective_" + top["number"]], plan.under(top["id"]))'
}

@test "dashboard: what is late, what is due within 30 days, blocked, silent" {
    as mekinac dashboard --on 2009-10-15 --format json >"$BATS_TEST_TMPDIR/board"
    figures '
assert sorted(r["action"] for r in it["late"]) == plan.late("2009-10-15"), it["late"]
assert {r["action"]: r["days"] for r in it["late"]} == plan.late_days("2009-10-15")
assert sorted(r["action"] for r in it["due"]) == plan.due("2009-10-15", 30), it["due"]
assert [r["action"] for r in it["blocked"]] == ["3.1.2"], it["blocked"]
silent = {r["party"]: r for r in it["silent"]}
assert not {"I9", "I10", "I13"} & silent.keys(), silent
assert {"I5", "I6", "I8", "I11", "I12", "I14"} <= silent.keys(), silent' <"$BATS_TEST_TMPDIR/board"
    run --separate-stderr as mekinac tableau --on 2009-10-15
    says "En retard" "30 jours" "pas de local" "Comité de soutien" "Sans nouvelles"
    [[ $output == *█* ]]
}

@test "dashboard: those who spoke are silent two months and a day later" {
    silent()
    {
        as mekinac dashboard --on "$(date -d "$1" +%F)" --format json |
            json '"I10" in {r["party"] for r in it["silent"]}'
    }
    [ "$(silent "50 days")" = False ]
    [ "$(silent "70 days")" = True ]
}

@test "explain: points, weights, what is left out and why, recomputed" {
    local what
    for what in 1 1.1 2.1 3 4 4.1.3 1.1.1; do
        as mekinac explain "$what" --on 2009-10-15 --format json | figures '
sums = plan.under(plan.numbered("'"$what"'"))
told = it["sum"]
assert sum(r["points"] for r in it["counted"]) == told["points"] == sums.points, (told, sums)
assert sum(r["weight"] for r in it["counted"]) == told["weight"] == sums.weight, (told, sums)
assert len(it["counted"]) == told["counted"] == sums.counted, (told, sums)
assert all(r["points"] == r["percent"] * r["weight"] for r in it["counted"])
assert near(told["percent"], sums)
assert told["dropped"] == sums.dropped and told["not_applicable"] == sums.not_applicable
assert all(r["why"] for r in it["left_out"])
assert sums.outside == told["outside"], (told, sums)
assert len(it["left_out"]) >= told["dropped"] + told["not_applicable"] + told["outside"], it'
    done
    run --separate-stderr as mekinac expliquer 1.1.1 --on 2009-10-15
    says "85" "17" "abandonnée" "changement"
}

@test "explain: what has no percentage says why" {
    run --separate-stderr as mekinac expliquer 1.4.1
    ended 0
    says "en continu"
    run --separate-stderr as mekinac expliquer 1.3.1
    ended 0
    says "part"
}

@test "history: who changed which field from what to what, when, from which device" {
    as mekinac set 1.1.1 percent=70
    run --separate-stderr as coordination historique 1.1.1
    ended 0
    says "Comité local de Mékinac" "Poste de mekinac" "pourcentage : 60 % → 70 %"
    # Devices are the staff's to know, and their owner's.
    run --separate-stderr as chenaux history 1.1.1
    says_not "Poste de mekinac"
    run --separate-stderr as mekinac history 1.1.1 --format json
    json '[c for c in it if c["field"] == "percent"]' <<<"$output"
    [ "$(json '[(c["from"], c["to"], c["who"], c["device"], c["field"]) for c in it
        if c["revision"] == 3 and c["field"] == "percent"]' <<<"$output")" = \
        "[(60, 70, 'Comité local de Mékinac', 'Poste de mekinac', 'percent')]" ]
    [ "$(json 'len({c["seq"] for c in it}) > 5 and
        [c["seq"] for c in it] == sorted((c["seq"] for c in it), reverse=True)' \
        <<<"$output")" = True ]
    [ "$(json '{len(c["at"]) for c in it}' <<<"$output")" = "{20}" ]
    as mekinac set 1.1.1 percent=60
}

@test "the plan says the same to all" {
    as mekinac plan --format json --on 2009-10-15 >"$BATS_TEST_TMPDIR/one"
    as chenaux plan --format json --on 2009-10-15 >"$BATS_TEST_TMPDIR/two"
    as coordination plan --format json --on 2009-10-15 >"$BATS_TEST_TMPDIR/three"
    cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
    cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/three"
}

@test "a date that is none is refused with how to write one" {
    local day
    for day in 2009-02-30 15 lundi 2009-13-01 ""; do
        run as mekinac plan --on "$day"
        ended 2
    done
    local day
    for day in "15 octobre 2009" 2009-10-15; do
        as mekinac plan --on "$day" --format json >"$BATS_TEST_TMPDIR/plan"
        [ "$(json 'sum(r["status"] == "late" and r["kind"] == "action" for r in it)' \
            <"$BATS_TEST_TMPDIR/plan")" = 6 ]
    done
}

@test "colours and a pager on a terminal alone; NO_COLOR is heeded" {
    on_terminal()
    {
        PAGER="tee $BATS_TEST_TMPDIR/paged" TERM=xterm CONCERT_HOME=$ROOM/mekinac \
            script -qec "stty cols 80 rows 20; $1 $bin/concert plan" /dev/null </dev/null
    }
    run on_terminal "env -u NO_COLOR"
    [[ $output == *$'\e['* ]]
    [ -s "$BATS_TEST_TMPDIR/paged" ]
    run on_terminal "env NO_COLOR=1"
    [[ $output != *$'\e['*m* ]]
    run env -u NO_COLOR CONCERT_HOME="$ROOM/mekinac" "$bin/concert" plan
    [[ $output != *$'\e['* ]]
}
