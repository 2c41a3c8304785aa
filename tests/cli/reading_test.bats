#!/usr/bin/env bats
# What people read: the plan, a record, lists, the history; in both languages, in 80 columns.

load region
load reading

setup_file()
{
    reading_setup
}

teardown_file()
{
    region_stop
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

@test "history: who changed which field from what to what, when, from which device" {
    as mekinac set 1.1.1 percent=70
    run --separate-stderr as coordination historique 1.1.1
    ended 0
    says "Comité local de Mékinac" "Poste de mekinac" "pourcentage : 60 % → 70 %"
    run --separate-stderr as chenaux history 1.1.1 --lang en
    says "Comité local de Mékinac" "Poste de mekinac" "percent: 60% → 70%"
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
