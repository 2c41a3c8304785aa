#!/usr/bin/env bats
# Publics and goals, the bulletin and its draft, the mailing list.

load region

setup_file()
{
    region_open
    as coordination import "$MAURICIE/communication-2009-2010.csv"
    office mekinac "Comité local de Mékinac"
    as coordination ajouter parution titre="L'ÉmerGens" type=bulletin issue="no 1" état=parue \
        published_on=2009-06-02
    as coordination ajouter parution titre="L'ÉmerGens" type=bulletin issue="no 2" \
        état="en préparation"
    as mekinac sync
    as mekinac ajouter article titre="Une cuisine pour tous" parution=PB2 \
        contenu="Vingt familles cuisinent ensemble."
    as mekinac ajouter article titre="Le covoiturage démarre" success_story=oui \
        contenu="Trente inscrits."
    as mekinac ajouter article titre="Un jardin à venir"
    as coordination changer AR1 état=accepté
    as coordination changer AR2 état=accepté
    as coordination ajouter contact nom="Première Personne" courriel=un@exemple.test publics=PU1 \
        territoire=Mékinac consent_on=2009-05-01
    as coordination ajouter contact nom="Deuxième Personne" téléphone="819 555-0103" \
        publics="PU1; PU2" territoire=Mékinac
    as coordination ajouter contact nom="Troisième Personne" courriel=trois@exemple.test \
        publics=PU4 consent_on=2009-06-01
}

teardown_file()
{
    region_stop
}

on=2009-10-15

# Wide enough that no name is cut in two; 80 columns are tried where it says so.
setup()
{
    export COLUMNS=200
}

# Worked out from the file itself.
@test "communication: public par but, sur le plan importé" {
    as mekinac communication --le $on --format json >"$BATS_TEST_TMPDIR/it"
    python3 - "$MAURICIE/communication-2009-2010.csv" "$BATS_TEST_TMPDIR/it" <<'PY'
import csv, json, sys
goals = {"Information": "information", "Attitudes": "attitudes", "Comportements": "behaviours"}
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig"), delimiter=";"))
it = json.load(open(sys.argv[2]))
table = {row["audience"]: row for row in it["reach"]}
for public in "1234":
    mine = [r for r in rows if public in r["Public-cible"].split("-")]
    for word, goal in goals.items():
        assert table[public][goal] == sum(r["Objectifs"] == word for r in mine), (public, goal)
    assert table[public]["total"] == len(mine)
for word, goal in goals.items():
    assert table["total"][goal] == sum(r["Objectifs"] == word for r in rows)
assert table["total"]["total"] == len(rows) == 20
assert [table[p]["total"] for p in "1234"] == [10, 7, 10, 4]
assert len(it["actions"]) == 20
PY
}

@test "communication: le public 4 n'est jamais visé pour les comportements" {
    as mekinac communication --format json | json '[(r["audience"], r["goals"], r["never"])
        for r in it["never_reached"]] == [(4, ["behaviours"], False)]' | grep -qx True
    run --separate-stderr as mekinac communication
    ended 0
    says "Publics qui ne sont pas visés" "comportements" "20 actions de tous les plans"
}

@test "communication: un public que rien ne vise, un plan qui n'a pas de but" {
    as coordination ajouter public numéro=5 description="Jeunes de la région"
    run --separate-stderr as coordination communication
    says "Jeunes de la région" "aucun but : jamais"
    run --separate-stderr as coordination communication PL1
    ended 0
    as coordination communication PL1 --format json | json 'it["actions"]' | grep -qx '\[\]'
    as coordination remove PU5 --yes
}

@test "bulletin: les numéros de l'année, les articles offerts, acceptés, les bons coups" {
    as mekinac bulletin --le $on --format json | json '[(r["handle"], r["status"], r["offered"],
        r["accepted"]) for r in it["issues"]] == [("PB1", "published", 0, 0),
        ("PB2", "in_preparation", 0, 1), (None, None, 1, 1)] or it["issues"]' | grep -qx True
    run --separate-stderr as mekinac bulletin --le $on
    ended 0
    says "parue, 2 juin 2009" "Offerts, sans réponse" "Un jardin à venir" "Bons coups de l'année" \
        "Le covoiturage démarre" "1 numéro paru dans l'année 2009-2010"
    run --separate-stderr as mekinac bulletin PB2
    says "no 2" "Une cuisine pour tous"
    says_not "covoiturage"
}

@test "bulletin: un comité offre, le personnel accepte" {
    run --separate-stderr as mekinac changer AR3 état=accepté
    [ "$status" -ne 0 ]
    as mekinac résoudre --leur \
        "$(as mekinac status --format json | json 'it["operations"][0]["number"]')"
    as coordination sync
    [ "$(value coordination AR3 status)" != accepted ]
}

@test "ébauche: fait, commencé, demandé, à venir, avec le nom des comités" {
    as mekinac progrès 4.1.1 fait
    as mekinac progrès 1.1.1 40
    as mekinac changer 3.1.2 état=bloquée cause="pas de local" aide="Comité de soutien"
    as mekinac noter 4.1.1 -m "La salle est prête." --le 2009-09-12
    as mekinac noter 4.1.1 -m "Avant le dernier numéro." --le 2009-05-12
    as mekinac ajouter besoin titre="Animer une rencontre"
    as coordination ajouter rencontre instance="Comité de coordination" titre="Bilan d'automne" \
        starts_at=2009-12-01T13:30 état=prévue
    as coordination ajouter rencontre instance="Comité de coordination" titre="Trop loin" \
        starts_at=2010-02-01 état=prévue
    as mekinac sync
    run --separate-stderr as mekinac bulletin --ébauche --le $on
    ended 0
    says "# L'ÉmerGens, no 2" "après le 2 juin 2009 et jusqu'au 15 octobre 2009" \
        "Le Comité local de Mékinac a terminé sa part de l'action 4.1.1" \
        "Le Comité local de Mékinac est à l'œuvre pour l'action 1.1.1" "(40 %)" \
        "La salle est prête (12 septembre 2009)." \
        "bute sur un obstacle dans l'action 3.1.2" "(pas de local) et compte sur le Comité de soutien." \
        "souhaite une formation : « Animer une rencontre »." \
        "Le Comité de coordination se réunit le 1er décembre 2009 : Bilan d'automne." \
        "D'ici le 30 novembre 2009 : l'action 4.4.2" \
        "### Une cuisine pour tous" "Vingt familles cuisinent ensemble." \
        "## Bons coups" "### Le covoiturage démarre" "AR3 Un jardin à venir"
    says_not "Avant le dernier numéro" "Trop loin"
    local seq
    seq=$(as mekinac status --format json | json 'it["status"]["seq"]')
    says "au changement $seq du journal"
}

@test "ébauche: dans un fichier nouveau, jamais par-dessus un autre" {
    local file=$BATS_TEST_TMPDIR/bulletin.txt
    as mekinac bulletin --ebauche --vers "$file" --le $on
    as mekinac bulletin --ebauche --le $on | diff - "$file"
    echo "mes mots" >"$file"
    run --separate-stderr as mekinac bulletin --ebauche --vers "$file" --le $on
    ended 1
    says "existe déjà"
    [ "$(cat "$file")" = "mes mots" ]
}

@test "ébauche: ce qui était fait avant le dernier numéro n'y revient pas" {
    as coordination ajouter parution titre="L'ÉmerGens" type=bulletin issue="no 3" état=parue \
        published_on="$(date +%F)"
    run --separate-stderr as coordination bulletin --ebauche --le "$(date -d 'tomorrow' +%F)"
    ended 0
    says_not "a terminé sa part" "est à l'œuvre"
    says "bute sur un obstacle"
    as coordination remove "$(as coordination list publication --format json |
        json '[r["handle"] for r in it if r["issue"] == "no 3"][0]')" --yes
}

@test "envoi: par public et territoire, ceux qui ont consenti" {
    run --separate-stderr as coordination envoi --le $on
    ended 0
    says "un@exemple.test" "trois@exemple.test" "1er mai 2009" "2 contacts." "1 sans consentement"
    says_not "Deuxième Personne"
    as coordination envoi --public 1 --le $on --format json --personnel | json '[r["name"]
        for r in it] == ["Première Personne"]' | grep -qx True
    run --separate-stderr as coordination envoi --public 1 --territoire Mékinac --tout --le $on
    says "Deuxième Personne" "n'a pas consenti"
    says_not "Troisième Personne"
    run --separate-stderr as coordination envoi --public 9
    ended 3
}

@test "envoi: en csv pour un logiciel de courriel; un consentement d'après n'en est pas un" {
    [ "$(as coordination envoi --le $on --format csv --personnel | tr -d '\r' | sed -n 2p)" = \
        "Première Personne,un@exemple.test,,,1,Mékinac,2009-05-01,CO1" ]
    [ "$(as coordination envoi --le 2009-05-15 --format csv | wc -l)" = 2 ]
}

@test "envoi: au personnel seulement" {
    run --separate-stderr as mekinac envoi
    ended 5
    says "réservée au personnel du Consortium"
    says_not "exemple.test"
}

# fits: no line is wider than the page.
fits()
{
    local line
    while IFS= read -r line; do
        [ "${#line}" -le 80 ] || { echo "wide: $line"; return 1; }
    done <<<"$output"
}

@test "envoi: tient en 80 colonnes, les adresses entières; un public par son numéro" {
    LC_ALL=C.UTF-8
    as coordination ajouter contact nom="Secrétariat" organisme="CDC Des Chenaux" publics="1;4" \
        courriel=secretariat@exemple.test téléphone="819 555-0100" territoire="Des Chenaux" \
        consentement=2009-05-01
    COLUMNS=80 run --separate-stderr as coordination envoi --le $on
    fits
    says "Secrétariat (CDC" "secretariat@exemple.test" "1; 4"
    as coordination ajouter parution titre="Hors série" numéro=8 publics=3
    as mekinac ajouter article titre="Le jardin" texte="Il pousse." réussite=oui
}
