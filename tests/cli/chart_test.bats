#!/usr/bin/env bats
# The organization chart of the Mauricie's committees: seats, vacancies, terms.

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

# seats PYTHON [WORD...]: of the chart's rows as `it`; words are the command's.
seats()
{
    as coordination organigramme "${@:2}" --format json | json "$1"
}

@test "chart: the seats of membres.csv, each where it is" {
    run as coordination organigramme --le 2009-05-01
    ended 0
    says "Comité en sécurité alimentaire · 10 sièges, dont 8 de membres" \
        "Comité développement citoyen · 9 sièges, 2 vacants" \
        "Comité en logement · 12 sièges, dont 8 de membres" \
        "Au 1er mai 2009, sièges : 31; comités : 3; vacants : 2; mandats qui finissent d'ici 90 jours : 0." \
        "M15 — citoyen VACANT : personne n'est nommé"
    says "Aucun siège inscrit encore" "Comité de soutien"
    [ "$(seats 'len(it), sum(s["state"] == "vacant" for s in it)')" = "(31, 2)" ]
    [ "$(seats '[sum(s["standing"] == k for s in it) for k in ("member", "potential", "associate")]')" = "[25, 2, 4]" ]
}

@test "chart: one committee, by a part of its name" {
    run as coordination organigramme logement
    ended 0
    says "CRÉ de la Mauricie" "associé, non membre" "sièges : 12; comités : 1; vacants : 0"
    says_not "Moisson"
    run as coordination organigramme "comité de suivi"
    says "Aucun siège inscrit encore : Comité de suivi"
    run as coordination organigramme nimporte
    ended 3
}

@test "chart: who sits is told, and that a term ends within 90 days" {
    as coordination changer M15 personne="Première citoyenne" depuis=2008-06-01 jusqu\'au=2009-07-30
    run as coordination organigramme citoyen --le 2009-05-01
    says "9 sièges, 1 vacant" "Première citoyen 1er juin 2008 30 juill. 2009 finit dans 90 citoyenne jours"
    run as coordination organigramme citoyen --le 2009-04-30
    says_not "finit dans"
    run as coordination organigramme citoyen --le 2009-07-31
    says "9 sièges, 2 vacants" "M15 — citoyen VACANT depuis le 31 juill. 2009"
    says_not "Première"
}

@test "chart: the seat goes on with who follows; who sat when" {
    as coordination ajouter membre instance="Comité développement citoyen" siège=citoyen \
        statut=membre personne="Deuxième citoyen" depuis=2009-10-01
    [ "$(seats 'len(it), sum(s["state"] == "vacant" for s in it)' citoyen --le 2009-11-01)" = "(9, 1)" ]
    run as coordination organigramme citoyen --le 2009-11-01
    says "Deuxième citoyen citoyen"
    says_not "Première"
    run as coordination organigramme citoyen --le 2009-11-01 --tous
    says "Deuxième citoyen citoyen" "Première citoyen 1er juin 2008 30 juill. 2009 y a siégé citoyenne"
    run as coordination organigramme citoyen --le 2009-05-01
    says "Première citoyen"
    says_not "Deuxième"
}

@test "chart: to another committee names are not told, and no seat is said vacant for it" {
    run as mekinac organigramme citoyen --le 2009-11-01
    ended 0
    says "siège d'une personne" "Les noms de personnes ne sont dits qu'à la coordination et au comité"
    says_not "citoyenne VACANT" "Deuxième"
}
