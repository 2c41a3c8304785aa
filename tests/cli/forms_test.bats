#!/usr/bin/env bats
# The potential of communities: a form, assessments, results and the trend.

load region.bash

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as coordination add form title="Fiche d'appréciation" scale_min=1 scale_max=5 \
        description="Une réponse par question, à plusieurs."
    as coordination add criterion form=G1 rank=1 dimension=Entraide question="Les gens s'entraident-ils?" weight=3
    as coordination add criterion form=G1 rank=2 dimension=Entraide question="Les villages travaillent-ils ensemble?"
    as coordination add criterion form=G1 rank=3 dimension=Relève question="Une relève se prépare-t-elle?"
}

teardown_file()
{
    region_stop
}

@test "a blank form to print" {
    run --separate-stderr as mekinac grille G1
    ended 0
    says "Fiche d'appréciation" "Entraide" "Relève" "☐ 1 ☐ 2 ☐ 3 ☐ 4 ☐ 5" "Commentaires" \
        "Une réponse par question" "concert apprecier G1"
    [ "$(python3 -c 'import sys; print(max(len(line) for line in sys.stdin.read().splitlines()))' <<<"$output")" -le 80 ]
}

@test "an assessment is sent as one, with comments; results by dimension" {
    run --separate-stderr as mekinac apprecier G1 "Saint-Tite" 1=2 "2=4:depuis le pacte" 3=5 date=2008-10-01
    ended 0
    run as mekinac potential AC1 --format json
    [ "$(json '[(d["dimension"], d["result"], d["scored"]) for d in it["dimensions"]]' <<<"$output")" = \
        "[('Entraide', '2.5', '2 de 2'), ('Relève', '5', '1 de 1'), ('Ensemble', '3', '3 de 3')]" ]
    run --separate-stderr as mekinac potentiel AC1
    says "depuis le pacte" "Saint-Tite, Mékinac" "2,5"
}

@test "the trend between two assessments of the same version counts what was scored both times" {
    as mekinac assess G1 "Saint-Tite" 1=4 on=2009-10-01 -m "Avec la CDC"
    run as mekinac potential AC2 --format json
    [ "$(json '[(d["dimension"], d["result"], d["before"], d["change"]) for d in it["dimensions"]]' <<<"$output")" = \
        "[('Entraide', '4', '2.5', '2'), ('Relève', None, '5', None), ('Ensemble', '4', '3', '2')]" ]
    run --separate-stderr as mekinac potentiel
    says "AC1" "AC2" "+2" "1 de 3"
}

@test "the next version has the same criteria, and earlier results stay" {
    as coordination form G1 --new-version
    [ "$(as coordination list criterion form=G2 --format json | json 'len(it)')" -eq 3 ]
    [ "$(value coordination G2 version)" = 2 ]
    as mekinac assess G2 "Saint-Tite" 1=5 2=5 3=5 on=2009-11-01
    run as mekinac potential AC3 --format json
    [ "$(json 'it["dimensions"][-1]["before"]' <<<"$output")" = "" ]
}

@test "a score outside of the scale, twice, or of a criterion that is not there" {
    run --separate-stderr as mekinac apprecier G1 Ici 1=6
    ended 2
    says "critère 1" "de 1 à 5"
    run --separate-stderr as mekinac apprecier G1 Ici 1=3 1=4
    ended 2
    says "deux fois"
    run --separate-stderr as mekinac apprecier G1 Ici 9=3
    ended 2
    says "concert grille G1"
    [ "$(tally mekinac assessment)" -eq 3 ]
}

@test "a form that is in use keeps its criteria" {
    run --separate-stderr as coordination ajouter critère grille=G1 rang=4 question="Et encore?"
    ended 5
    [ "$(tally coordination criterion)" -eq 6 ]
}

@test "off line, the assessment waits and is sent whole" {
    run --separate-stderr as mekinac apprecier G1 Hérouxville 1=3 2=3 3=3 date=2009-11-05 --hors-ligne
    ended 0
    as mekinac sync
    [ "$(sql "SELECT count(*) FROM score JOIN assessment a ON a.id = score.assessment WHERE a.community = 'Hérouxville'")" -eq 3 ]
}

@test "an assessment without a score, or with its scores written wrong, is not recorded" {
    local before
    before=$(tally mekinac assessment)
    run --separate-stderr as mekinac apprecier G2 "Saint-Tite"
    ended 2
    says "Aucun critère n'a encore de cote" "concert grille G2"
    run --separate-stderr as mekinac apprecier G2 "Saint-Tite" 1 4
    ended 2
    says "« 1 »" "RANG=COTE"
    [ "$(tally mekinac assessment)" -eq "$before" ]
    run --separate-stderr as mekinac apprecier G2 "Sainte-Thècle" 1=4 date=2009-12-01
    says "1 critère sur 3 a une cote."
}

@test "one community's assessments, one form's" {
    [ "$(as mekinac potentiel saint-tite --format json | json '[a["handle"] for a in it]')" = "['AC1', 'AC2', 'AC3']" ]
    [ "$(as mekinac potentiel G1 --format json | json '"AC3" in [a["handle"] for a in it]')" = False ]
    run --separate-stderr as mekinac potentiel 2.1.3
    ended 3
    says "il faut ici : appréciation"
}

@test "the form alone is the newest; its next version is the staff's" {
    run --separate-stderr as mekinac grille
    ended 0
    says "Version : 2"
    run --separate-stderr as mekinac grille G2 --nouvelle-version
    ended 5
    says "coordination"
    [ "$(tally mekinac form)" -eq 2 ]
    as coordination ajouter grille titre="Autre grille"
    run --separate-stderr as coordination grille
    ended 2
    says "Quelle grille ?" "G1" "G3  Autre grille"
}
