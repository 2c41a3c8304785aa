#!/usr/bin/env bats
# Two moments of the plan side by side: what differs, by whom, when and why.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as coordination ajouter rencontre instance="Comité de coordination" titre="Rencontre de juin" \
        commence=2009-06-02
    as coordination adopter PL1 --rencontre R1
    export ADOPTED
    ADOPTED=$(as coordination show PL1 --format json | json 'it["record"]["adopted_seq"]')
}

teardown_file()
{
    region_stop
}

# differences EXPRESSION: of the rows on stdin as `it`, without the progress of what is above.
differences()
{
    as coordination comparer --format json "${@:2}" | json "$1"
}

@test "right after the adoption nothing differs" {
    COLUMNS=400 run as coordination comparer
    ended 0
    says "Rien ne diffère" "Tel qu'adopté le 2 juin 2009" "R-2009-1" "Tel qu'il est maintenant"
    [ "$(differences 'len(it)')" = 0 ]
}

@test "wording, deadlines, responsibilities, weights and progress since the adoption" {
    as coordination changer 2.1.3 titre="Répondre aux besoins en logement" poids=3 -m "Résolution du 2 juin"
    as coordination ajouter échéance sujet=2.1.3 texte="31 mars 2010" -m "Bilan exigé"
    as coordination ajouter ressource sujet=2.1.3 rôle="Agente de liaison" -m "Embauche"
    local deadline
    deadline=$(as coordination list deadline subject=1.2.2 --format json | json 'it[0]["handle"]')
    as coordination changer "$deadline" texte="Décembre 2009" -m "Retard du site"
    as mekinac avancer 1.1.1 60
    COLUMNS=400 run as coordination comparer
    ended 0
    says "2.1.3 Répondre aux besoins en logement" \
        "titre : Cerner les besoins en logement de toute la région et y répondre (annexe D) → Répondre" \
        "poids : (vide) → 3" "raison : Résolution du 2 juin" "échéance ajoutée : 31 mars 2010" \
        "raison : Bilan exigé" "ressource ajoutée : Agente de liaison" \
        "échéance : Septembre 2009 → Décembre 2009" "raison : Retard du site" \
        "avancement : 0 % → 10 %" "Comité local de Mékinac"
    # 80 columns hold it.
    as coordination comparer | python3 -c 'import sys
assert max(len(line.rstrip("\n")) for line in sys.stdin) <= 80'
}

@test "the same for programs: from, to, who, seq and reason" {
    [ "$(differences '[(r["from"], r["to"], r["who"]) for r in it if r["number"] == "1.1.1"][0]')" = \
        "(0, 10, 'Comité local de Mékinac')" ]
    [ "$(differences '[r["reason"] for r in it if r["number"] == "2.1.3" and r["field"] == "title"][0]')" = \
        "Résolution du 2 juin" ]
    [ "$(differences '[r["to"] for r in it if r["field"] == "weight"]')" = "['3']" ]
    [ "$(differences '[(r["from"], r["to"]) for r in it if r["number"] == "1.2.2"]')" = \
        "[('Septembre 2009', 'Décembre 2009')]" ]
    [ "$(differences 'sorted(r["kind"] for r in it if r["change"] == "added")')" = \
        "['deadline', 'responsibility']" ]
    [ "$(as coordination comparer --format json |
        json 'all(r["seq"] > int(words[0]) for r in it if r["seq"])' "$ADOPTED")" = True ]
    as coordination comparer --format csv | head -1 | grep -q "number,change,kind,id,field,from,to"
}

@test "objectives and actions that were added and dropped, in the plan's order" {
    as coordination ajouter action objectif=2.1 titre="Nouvelle action" -m "Ajout du comité"
    as coordination retirer 4.4.2 --oui -m "Abandon"
    COLUMNS=400 run as coordination comparer
    says "action ajoutée : Nouvelle action" "raison : Ajout du comité" \
        "action retirée : Organiser des conférences avec Centraide Mauricie"
    [ "$(differences '[r["number"] for r in it if r["kind"] == "action" and r["change"] != "changed"]')" = \
        "['2.1.5', '4.4.2']" ]
}

@test "between any two moments, the older first however they are typed" {
    local middle
    middle=$(as coordination comparer --format json |
        json '[r["seq"] for r in it if r["kind"] == "deadline" and r["change"] == "added"][0]')
    COLUMNS=400 run as coordination comparer "#$middle" adopté
    ended 0
    says "poids" "échéance ajoutée"
    says_not "ressource ajoutée" "Nouvelle action" "avancement"
    COLUMNS=400 run as coordination comparer PL1 adopté "$middle"
    says_not "ressource ajoutée"
    COLUMNS=400 run as coordination comparer "#$middle" maintenant
    says "ressource ajoutée" "Nouvelle action"
    says_not "poids" "échéance ajoutée"
    COLUMNS=400 run as coordination comparer adopté "$(date +%F)"
    says "Nouvelle action"
    COLUMNS=400 run as coordination comparer PL1 adopté hier demain
    ended 2
    COLUMNS=400 run as coordination comparer PL9
    ended 3
}

@test "off line it compares with what is there, what waits included" {
    as coordination changer 1.1.1 annexe=Z -m "Hors ligne" --hors-ligne
    COLUMNS=400 run as coordination comparer --hors-ligne
    ended 0
    says "annexe : (vide) → Z" "pas encore envoyé"
    as coordination sync
    COLUMNS=400 run as coordination comparer
    says "annexe : (vide) → Z" "raison : Hors ligne"
}

@test "an office that was away says up to which change it knows who did what" {
    COLUMNS=400 run as mekinac comparer --hors-ligne
    ended 0
    as coordination changer 1.1.1 annexe=Y -m "Encore"
    as mekinac sync
    COLUMNS=400 run as mekinac comparer --hors-ligne
    ended 0
    says "annexe : (vide) → Y" "connaît le passé jusqu'au changement"
    COLUMNS=400 run as mekinac comparer
    says "raison : Encore"
    says_not "connaît le passé"
}
