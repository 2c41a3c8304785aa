#!/usr/bin/env bats
# A committee's words and the coordination's clash: the committee decides, and both see it waiting.

load region
load apart

# asked NAME: the proposal that waits for this home's choice.
asked()
{
    as "$1" conflicts --offline --format json 2>/dev/null |
        json '[o["proposal"] for o in it if o["state"] == "decide"][0]'
}

states()
{
    as "$1" conflicts --offline --format json 2>/dev/null |
        json '" ".join(sorted({o["state"] for o in it}))'
}

# cross HANDLE COMMITTEE COORDINATION: a percent, by both, apart.
cross()
{
    as mekinac --offline set "$1" percent="$2"
    as coordination --offline set "$1" percent="$3" -m "Selon le rapport d'étape"
    as mekinac sync
    run as coordination sync
    ended 0 # nothing is asked of it
    as coordination sync
    as mekinac sync
}

# put_aside: what the coordination reads, and puts aside.
put_aside()
{
    run as coordination sync
    ended 0
    says "son comité a répondu"
    run as coordination état
    says "À faire : le comité a répondu"
    run as coordination conflits
    says "Répondu"
    run as coordination résoudre "$(as coordination conflicts --offline --format json 2>/dev/null |
        json '[o["number"] for o in it if o["state"] == "answered"][0]')"
    ended 0
    [ "$(states coordination)" = "" ]
    says "mis de côté" "$@"
}

@test "both see it waiting; the coordination cannot choose; the committee takes theirs" {
    local handle n
    handle=$(mine mekinac 1.1.1 "Comité local de Mékinac")
    cross "$handle" 21 22
    says "on lui a demandé de choisir"
    [ "$(states coordination)" = asked ]
    [ "$(states mekinac)" = decide ]
    run as coordination conflits
    says "En attente des autres" "$handle" "Mékinac"
    n=$(as coordination conflicts --offline --format json 2>/dev/null | json 'it[0]["number"]')
    run as coordination résoudre "$n" --mien
    ended 5
    says "Mékinac"
    run as mekinac état
    says "À faire : d'autres ont changé la même chose" "concert résoudre $(asked mekinac)"
    run as mekinac conflits
    says "À choisir par vous" "$(asked mekinac)" "Consortium" "pourcentage"
    run as mekinac résoudre "$(asked mekinac)"
    ended 4
    says "le vôtre : 21 %" "le leur : 22 %" "Consortium" "Selon le rapport d'étape"
    run as mekinac accepter "$(asked mekinac)"
    ended 4
    says "résoudre"
    as mekinac résoudre "$(asked mekinac)" --leur
    [ "$(states mekinac)" = "" ]
    [ "$(value mekinac "$handle" percent)" = 22 ]
    run as mekinac historique "$handle"
    says "Conflit réglé par Comité local de Mékinac" "les mots des autres, pris : pourcentage"
    put_aside "accepté"
    run as coordination sync
    ended 0
    [ "$(value coordination "$handle" percent)" = 22 ]
}

@test "the committee keeps its own: the coordination reads why, and its words are in the log" {
    local handle
    handle=$(mine mekinac 3.1.1 "Comité local de Mékinac")
    cross "$handle" 31 32
    as mekinac résoudre "$(asked mekinac)" --mien -m "Le rapport date de mai"
    put_aside "Le rapport date de mai"
    [ "$(value coordination "$handle" percent)" = 31 ]
    run as coordination historique "$handle"
    says "Conflit réglé par Comité local de Mékinac" "ce que la fiche avait, gardé : pourcentage" \
        "mis de côté : pourcentage « 32 % »" "Le rapport date de mai"
}

@test "the committee writes a new text, without a word: the answer tells it" {
    local handle
    handle=$(mine mekinac 3.1.2 "Comité local de Mékinac")
    cross "$handle" 41 42
    as mekinac résoudre "$(asked mekinac)" pourcentage=45
    [ "$(value mekinac "$handle" percent)" = 45 ]
    put_aside "pourcentage : 45 %"
    [ "$(value coordination "$handle" percent)" = 45 ]
    run as coordination historique "$handle"
    says "un nouveau texte : pourcentage" "mis de côté : pourcentage « 42 % »"
}

@test "the coordination asks no more" {
    local handle
    handle=$(mine mekinac 1.4.1 "Comité local de Mékinac")
    cross "$handle" 51 52
    as coordination résoudre "$(as coordination conflicts --offline --format json 2>/dev/null |
        json 'it[0]["number"]')" --leur
    [ "$(states coordination)" = "" ]
    as mekinac sync
    [ "$(states mekinac)" = "" ]
    [ "$(value mekinac "$handle" percent)" = 51 ]
    run as mekinac historique "$handle"
    says "« 52 % »"
}

@test "the secretariat asks the committee too" {
    local handle
    as secretariat join "$(invite "Comité de soutien" --role secretariat)" --name "Poste du secrétariat"
    handle=$(mine mekinac 4.2.1 "Comité local de Mékinac")
    as mekinac --offline set "$handle" next_step="Appeler"
    as secretariat --offline set "$handle" next_step="Écrire" expected="Deux rencontres"
    as mekinac sync
    run as secretariat sync
    [ "$(states secretariat)" = asked ]
    as secretariat sync || true
    as mekinac sync
    # What did not clash is in what is asked.
    run as mekinac résoudre "$(asked mekinac)"
    says "Deux rencontres" "personne d'autre ne l'a changé"
    as mekinac résoudre "$(asked mekinac)" --mien
    [ "$(value mekinac "$handle" next_step)" = "Appeler" ]
    [ "$(value mekinac "$handle" expected)" = "Deux rencontres" ]
}

@test "what is the coordination's own: it chooses itself" {
    as secretariat --offline set 4.1.1 description="Du secrétariat" -m "Précision"
    as coordination --offline set 4.1.1 description="De la coordination" -m "Précision"
    as secretariat sync || true
    run as coordination sync
    ended 4
    [ "$(states coordination)" = choose ]
    as coordination résoudre "$(as coordination conflicts --offline --format json 2>/dev/null |
        json 'it[0]["number"]')" --mien
    run as coordination sync
    ended 0
    [ "$(value coordination 4.1.1 description)" = "De la coordination" ]
}

@test "what commits together: the committee decides its own, the rest still goes" {
    local handle notes n
    handle=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    notes=$(tally mekinac note)
    as mekinac --offline set "$handle" percent=61
    as coordination --offline progress 4.1.1 62 --for "Comité local de Mékinac" -m "Vu sur place"
    as mekinac sync
    run as coordination sync
    as coordination sync || true
    as mekinac sync
    as mekinac résoudre "$(asked mekinac)" --leur
    as coordination sync || true
    n=$(as coordination conflicts --offline --format json 2>/dev/null | json 'it[0]["number"]')
    run as coordination résoudre "$n"
    ended 4
    as coordination résoudre "$n" --mien
    run as coordination sync
    ended 0
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 62 ]
    [ "$(tally mekinac note)" = $((notes + 1)) ]
}

@test "two offices of the committee answer apart: the second one chooses, the first answer stands" {
    local handle n
    handle=$(mine mekinac 4.4.1 "Comité local de Mékinac")
    cross "$handle" 71 72
    as mekinac2 sync
    as mekinac2 --offline résoudre "$(asked mekinac2)" pourcentage=75
    as mekinac résoudre "$(asked mekinac)" --leur
    run as mekinac2 sync
    says "72 %" "75 %"
    [ "$(states mekinac2)" = choose ]
    n=$(as mekinac2 conflicts --offline --format json 2>/dev/null | json 'it[0]["number"]')
    as mekinac2 résoudre "$n" --mien -m "Compté deux fois"
    run as mekinac2 sync
    ended 0
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 75 ]
    put_aside "accepté"
}
