#!/usr/bin/env bats
# What is late and what is coming.

load region.bash

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as mekinac set 4.1.1 due=2009-10-20 status="en cours"
}

teardown_file()
{
    region_stop
}

# days WORDS...: "DAY HANDLE" of what is told, one a line.
days()
{
    as "$1" due --on 2009-10-15 --format json "${@:2}" |
        json '"\n".join(d["day"] + " " + d["record"] for d in it["late"] + it["due"])'
}

@test "a committee sees what it has a part of, or set itself" {
    run days mekinac --within 60d
    [ "$output" = "$(printf '%s\n' '2009-03-31 1.1.1' '2009-06-02 1.1.1' '2009-09-30 1.1.1')"$'\n'"2009-10-20 $(
        as mekinac list share action=4.1.1 party=Mékinac --format json | json 'it[0]["handle"]')" ]
    run --separate-stderr as mekinac echeances --le 2009-10-15
    ended 0
    says "En retard" "1.1.1" "6 instances" "Pour vos instances"
}

@test "all of the region, and one committee's" {
    [ "$(days mekinac --all | wc -l)" -gt 8 ]
    [ "$(days coordination | wc -l)" -eq "$(days mekinac --all | wc -l)" ]
    [ "$(days coordination --committee "Comité en logement" --within 0)" = "2009-05-31 2.1.3" ]
}

@test "within takes days in either language; nonsense is told" {
    [ "$(days coordination --within 30 | wc -l)" -eq "$(days coordination --within 30d | wc -l)" ]
    [ "$(days coordination --within '30 jours' | wc -l)" -eq "$(days coordination --within 30j | wc -l)" ]
    run --separate-stderr as coordination echeances --horizon bientôt
    ended 2
    says "bientôt"
}

@test "a deadline that was met is no longer late" {
    local before
    before=$(days coordination | wc -l)
    as coordination set "$(as coordination list deadline subject=1.3.1 --format json | json 'it[0]["handle"]')" met_on=2009-03-20
    [ "$(days coordination | wc -l)" -eq $((before - 1)) ]
}

@test "follow-ups, answers awaited and last days to apply are there too" {
    local meeting item
    as coordination add meeting party="Comité de coordination" starts_at=2009-09-16 status=tenue title=Septembre
    meeting=$(as coordination list meeting title=Septembre --format json | json 'it[0]["handle"]')
    as coordination add agenda_item meeting="$meeting" rank=1 title="Suites"
    item=$(as coordination list agenda_item title=Suites --format json | json 'it[0]["handle"]')
    as coordination add follow_up agenda_item="$item" party=Mékinac what="Envoyer la liste" until=2009-10-01
    as coordination add envelope title="Fonds régional" funder="CRÉ de la Mauricie" amount=50000 apply_by=2009-11-15
    run --separate-stderr as mekinac echeances --le 2009-10-15
    says "Envoyer la liste" "suivi"
    run --separate-stderr as mekinac echeances --le 2009-10-15 --tout
    says "Fonds régional" "dernier jour pour demander"
    as mekinac set "$(as mekinac list follow_up --format json | json 'it[0]["handle"]')" done_on=2009-10-14
    run --separate-stderr as mekinac echeances --le 2009-10-15
    says_not "Envoyer la liste"
}

@test "nothing takes more than two lines, and none is wider than the page" {
    run --separate-stderr as coordination echeances --le 2009-10-15 --tout
    ended 0
    says "Retard" "Rencontres régionales ·" "Tenir par année 2…"
    python3 -c '
import sys
lines = [l for l in sys.stdin.read().splitlines()]
assert max(map(len, lines)) <= 80, max(lines, key=len)
below = 0
for line in lines:
    below = below + 1 if line.startswith("               ") else 0
    assert below <= 1, line' <<<"$output"
    [ "$(as coordination due --on 2009-10-15 --format json |
        json '[d["title"] for d in it["late"] if d["record"] == "1.1.1"][0][-1:] != "…"')" = True ]
}
