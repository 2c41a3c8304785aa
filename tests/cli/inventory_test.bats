#!/usr/bin/env bats
# Who does what where, where nobody does, and which strategic plans hold the declaration's values.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as coordination ajouter rencontre instance="Comité de coordination" \
        titre="Rencontre de septembre" starts_at=2009-09-15 état=tenue
    as mekinac ajouter intervention titre="Cuisines collectives" thème="Sécurité alimentaire" \
        type=service clientèle="Familles; aînés" état=en-cours rencontre=R1
    as mekinac ajouter intervention titre="Jardin communautaire" thème="sécurité alimentaire" \
        type="solution innovante" clientèle=familles début=2010-05-01
    as coordination ajouter intervention titre="Popote roulante" \
        instance="Comité local Des Chenaux" thème="Sécurité alimentaire" type=service \
        territoires="Des Chenaux; Mékinac" état=en-cours rencontre=R1
    as coordination ajouter intervention titre="Supplément au loyer" thème=Logement \
        instance="Comité en logement" type=programme état=en-cours
    as coordination ajouter intervention titre="Signature de la déclaration" thème=Citoyenneté \
        instance="Comité local de Shawinigan" type="déclaration citoyenne" état=terminée
    as coordination ajouter analyse instance="CSSS de Trois-Rivières" \
        document="Planification 2006-2009" reviewed_on=2008-06-10 intègre=aucunement
    as coordination ajouter analyse instance="CSSS de Trois-Rivières" \
        document="Planification 2009-2012" reviewed_on=2009-06-10 intègre="en partie"
    as coordination ajouter analyse instance="Moisson Mauricie" \
        document="Plan d'action" reviewed_on=2008-11-02 intègre=entièrement
    as mekinac sync
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

@test "inventaire: par thème et par territoire, chaque total refait" {
    as mekinac inventaire --le $on --format json | json '[
        [row["label"], row["MEK"], row["CHE"], row["HSM"], row["unset"], row["total"]]
        for row in it["inventory"]] == [
        ["Citoyenneté", 0, 0, 0, 0, 0], ["Logement", 0, 0, 0, 1, 1],
        ["Sécurité alimentaire", 3, 1, 0, 0, 3], ["En tout", 3, 1, 0, 1, 4]] or it["inventory"]' |
        grep -qx True
}

@test "inventaire: une intervention de deux territoires compte une fois dans le total" {
    run --separate-stderr as mekinac inventaire --le $on
    ended 0
    says "compte une fois dans un total" "4 interventions, dont 1 à venir" \
        "1 terminée est laissée de côté"
}

@test "inventaire: 80 colonnes suffisent, les territoires alors par leur code" {
    COLUMNS=80 run --separate-stderr as mekinac inventaire --le $on
    says "MEK CHE MAS TRV SHA HSM" "MEK : Mékinac" "HSM : Haut-St-Maurice"
    python3 -c 'import sys
assert max(len(line) for line in sys.stdin.read().split("\n")) <= 80' <<<"$output"
}

@test "inventaire: ce qui manque, territoire par territoire" {
    as mekinac inventaire --le $on --format json | json '{row["theme"]: row["territories"]
        for row in it["gaps"]}["Sécurité alimentaire"] ==
        ["Maskinongé", "Trois-Rivières", "Shawinigan", "Haut-St-Maurice"]' | grep -qx True
    run --separate-stderr as mekinac inventaire --le $on
    says "Ce qui manque" "Logement tous les territoires"
}

@test "inventaire: ce qui est terminé revient avec --tout" {
    [ "$(as mekinac inventaire --tout --le $on --format json |
        json 'it["inventory"][-1]["total"]')" = 5 ]
    [ "$(as mekinac inventaire --tout --le $on --format json |
        json '[r["SHA"] for r in it["inventory"] if r["label"] == "Citoyenneté"][0]')" = 1 ]
}

@test "inventaire: par clientèle, plusieurs dans une même fiche, casse et accents confondus" {
    as mekinac inventaire --par clientèle --le $on --format json | json '[
        [row["label"], row["MEK"], row["total"]] for row in it["inventory"]] ==
        [["aînés", 1, 1], ["Familles", 2, 2], ["Non précisé", 1, 2], ["En tout", 3, 4]] or
        it["inventory"]' | grep -qx True
}

@test "inventaire: toutes les sortes d'intervention, même absentes" {
    as mekinac inventaire --par sorte --tout --le $on --format json | json '{row["kind"]: row["total"]
        for row in it["inventory"] if row["kind"]} == {"activity": 0, "program": 1, "service": 2,
        "innovative_solution": 1, "citizen_declaration": 1, "total": 5}' | grep -qx True
    run --separate-stderr as mekinac inventaire --sorte "solution innovante" --le $on
    says "Jardin communautaire"
    says_not "Popote roulante"
}

@test "inventaire: ce qui fut recensé à une rencontre, et entre les rencontres" {
    run --separate-stderr as mekinac inventaire --rencontre R1 --le $on
    ended 0
    says "Recensé à R1 Rencontre de septembre" "Cuisines collectives" "Popote roulante" \
        "2 interventions, dont 0 à venir"
    says_not "Jardin communautaire" "Ce qui manque"
    as mekinac inventaire --par rencontre --le $on --format json | json '[
        [row["meeting"], row["total"]] for row in it["inventory"]] ==
        [["R1", 2], [None, 2], ["total", 4]] or it["inventory"]' | grep -qx True
}

@test "inventaire: un territoire seul, une façon de regrouper qui n'en est pas une" {
    run --separate-stderr as mekinac inventaire --territoire Mékinac --theme alimentaire --le $on
    ended 0
    says "Cuisines collectives" "Jardin communautaire" "Popote roulante"
    says_not "Supplément"
    run --separate-stderr as mekinac inventaire --par couleur
    ended 2
    says "couleur" "clientèle"
}

@test "valeurs: le bilan de l'année, de celle d'avant, et depuis le début" {
    as mekinac valeurs --le $on --format json | json '{row["integrates"]:
        (row["this_year"], row["last_year"], row["cumulative"]) for row in it["balance"]} == {
        "fully": (0, 1, 1), "partly": (1, 0, 1), "none": (0, 1, 0), "parties": (1, 2, 2),
        "documents": (1, 2, 3)} or it["balance"]' | grep -qx True
    as mekinac valeurs --annee 2008 --le $on --format json | json '{row["integrates"]:
        row["this_year"] for row in it["balance"]}["fully"]' | grep -qx 1
}

@test "valeurs: par instance, et les partenaires jamais analysés" {
    run --separate-stderr as mekinac valeurs --le $on
    ended 0
    says "2009-2010" "2008-2009" "CSSS de Trois-Rivières" "En partie" "Aucunement" "MAMROT" \
        "n'ont jamais été analysés"
    local partners never
    partners=$(as mekinac lister instances type=partenaire --format json | json 'len(it)')
    never=$(as mekinac valeurs --le $on --format json | json 'len(it["never"])')
    [ "$never" = $((partners - 2)) ]
}
