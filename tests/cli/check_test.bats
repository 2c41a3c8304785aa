#!/usr/bin/env bats
# The check: what the Mauricie's plans promise against what is recorded.

load region.bash

setup_file()
{
    region_open
    as coordination import "$MAURICIE/communication-2009-2010.csv"
    office mekinac "Comité local de Mékinac"
}

teardown_file()
{
    region_stop
}

# found NAME RULE [WORD...]: the handles that a rule finds, one a line.
found()
{
    as "$1" check --rule "$2" --on 2009-10-15 --format json "${@:3}" | json '"\n".join(f["handle"] for f in it)'
}

@test "the communication plan promises four bulletins where the action says three to four" {
    run --separate-stderr as coordination verifier --regle contradiction --le 2009-10-15
    ended 9
    says "Deux plans qui promettent la même chose la promettent autant de fois par année." \
        "A.1" "1.2.1 : 3 à 4 par année" "A.1 : 4 par année" "1 constat."
    [ "$(found coordination contradiction)" = A.1 ]
}

@test "the actions that have no deadline" {
    [ "$(found coordination no-deadline)" = "$(printf 'A.5\nA.20')" ]
    run --separate-stderr as coordination verifier --regle no-deadline
    ended 9
    says "Tenir un déjeuner-causerie" "Faire donner une conférence" "2 constats."
}

@test "actions of communication have no resource, those of the plan of action have" {
    [ "$(found coordination no-resource | wc -l)" -eq 20 ]
    [ "$(found coordination no-resource | grep -cv '^A\.')" -eq 0 ]
}

@test "deadlines that could not be read, as written" {
    run as coordination check --rule unread --format json
    [ "$(json 'sorted((f["handle"], f["promised"]) for f in it)' <<<"$output")" = \
        "[('1.2.3', 'Selon les rencontres prévues par la CRÉ')]" ] ||
        [ "$(json 'len(it)' <<<"$output")" -eq 0 ]
}

@test "meetings promised and not in the calendar: then held, planned and enough" {
    run as coordination check --rule meetings --on 2009-10-15 --format json
    [ "$(json 'sorted((f["title"], f["promised"][0], f["found"][0]) for f in it)' <<<"$output")" = \
        "[('Comité de coordination', '4', '0'), ('Comité développement citoyen', '8', '0'), ('Comité en sécurité alimentaire', '4', '0')]" ]
    local day
    for day in 2009-05-06 2009-09-02 2009-11-04 2010-02-03; do
        as coordination add meeting party="Comité en sécurité alimentaire" starts_at="$day" title="Comité de travail"
    done
    run as coordination check --rule meetings --on 2009-10-15 --format json
    [ "$(json 'len(it)' <<<"$output")" -eq 2 ]
    [ "$(found coordination past_meeting | wc -l)" -eq 2 ]
}

@test "a coordination meeting wants its support meeting before it" {
    local first
    as coordination add meeting party="Comité de coordination" starts_at="2009-12-02" title="Décembre"
    first=$(as coordination list meeting title=Décembre --format json | json 'it[0]["handle"]')
    [ "$(found coordination prepared)" = "$first" ]
    as coordination add meeting party="Comité de soutien" starts_at="2009-11-18" prepares="$first"
    run as coordination check --rule prepared --on 2009-10-15
    ended 0
    says "Rien à corriger"
}

@test "a budget that does not add up says both figures" {
    as coordination add project title="Essai" party="Comité en logement"
    local project
    project=$(as coordination list project title=Essai --format json | json 'it[0]["handle"]')
    as coordination add budget_line project="$project" label=Papier planned="100 $" actual="150,50 $"
    run --separate-stderr as coordination verifier --regle line-over
    ended 9
    says "Papier" "100 $" "150,50 $"
    as coordination remove "$project" --yes 2>/dev/null || true
}

@test "json names rule, record and both figures; a rule that is not one is told with the nearest" {
    run as coordination check --format json --on 2009-10-15
    ended 9
    [ "$(json 'all(set(f) == {"rule","sentence","kind","handle","id","title","promised","found"} for f in it)' <<<"$output")" = True ]
    run --separate-stderr as coordination verifier --regle contradicton
    ended 2
    says "« contradicton » n'est pas une règle" "contradiction"
    run --separate-stderr as coordination verifier --regles
    ended 0
    says "no_deadline" "Chaque action a une échéance."
}

@test "an editor checks off line as well" {
    as mekinac sync
    run --separate-stderr as mekinac verifier --regle contradiction --hors-ligne
    ended 9
    says "A.1"
}

@test "parts that nobody touched" {
    run as coordination check --rule untouched --on 2030-01-01 --format json
    ended 9
    [ "$(json 'len(it)' <<<"$output")" -eq 45 ]
    run as coordination check --rule untouched --on 2030-01-01 --silence 3660
    ended 0
}

@test "each finding says what is promised and found; long titles take two lines" {
    run as coordination check --format json --on 2030-01-01
    [ "$(json '[f["handle"] for f in it if not f["promised"] or not f["found"]]' <<<"$output")" = "[]" ]
    run --separate-stderr as coordination verifier --regle no_deadline
    says "une échéance" "…"
}

@test "a month left at the end of the plan is no year of its own" {
    [ "$(as coordination check --rule meetings --on 2010-03-20 --format json |
        json '[(f["handle"], f["found"]) for f in it]')" = \
        "$(as coordination check --rule meetings --on 2009-10-15 --format json |
            json '[(f["handle"], f["found"]) for f in it]')" ]
}
