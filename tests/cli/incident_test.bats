#!/usr/bin/env bats
# The register of incidents: the generic commands, for staff alone.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
}

teardown_file()
{
    region_stop
}

@test "ajouter, lister, voir, changer un incident, en français" {
    run --separate-stderr as coordination ajouter incident titre="Clé perdue" "survenu le=2009-10-01" \
        "découvert le=2009-10-03" personnes=4 "risque sérieux=oui" description="Une clé USB"
    ended 0
    says "IC1" "Clé perdue" "Risque de préjudice sérieux : oui"
    run --separate-stderr as coordination lister incidents
    says "IC1" "Clé perdue"
    run --separate-stderr as coordination voir IC1
    ended 0
    says "Clé perdue" "3 oct. 2009"
    run --separate-stderr as coordination changer IC1 mesures="Clés chiffrées"
    ended 0
    [ "$(value coordination IC1 measures)" = "Clés chiffrées" ]
}

@test "un incident sérieux dont la Commission n'est pas avisée: dit, jusqu'à ce qu'elle le soit" {
    run --separate-stderr as coordination verifier --regle incident
    ended 9
    says "La Commission est avisée de tout incident à risque de préjudice sérieux" "IC1"
    run --separate-stderr as coordination etat
    says "Ensuite : la Commission n'a pas été avisée"
    as coordination changer IC1 "Commission avisée le=2009-10-05" 2>/dev/null
    run --separate-stderr as coordination verifier --regle incident
    ended 0
    run --separate-stderr as coordination etat
    says_not "la Commission n'a pas été avisée"
}

@test "le registre est au personnel seul" {
    as mekinac synchroniser >/dev/null
    run --separate-stderr as mekinac lister incidents
    says_not "Clé perdue"
    run --separate-stderr as mekinac ajouter incident titre=X "survenu le=2009-10-01" "découvert le=2009-10-01"
    ended 5
}
