#!/usr/bin/env bats
# Training needs that committees express, gathered by theme and answered by meetings (4.4).

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
}

teardown_file()
{
    region_stop
}

@test "training: nothing yet says how to express a need" {
    run as mekinac formations --le 2009-05-01
    ended 0
    says "Aucun besoin n'est encore exprimé" "concert ajouter besoin titre"
}

@test "training: needs by theme, how many people, from whom" {
    as mekinac ajouter besoin titre="Parler en public" thème=Communication personnes=6
    as chenaux ajouter besoin titre="Écrire un communiqué" thème=communication personnes=4
    as chenaux ajouter besoin titre="Animer une assemblée" thème=Animation
    as coordination ajouter besoin titre="Monter un budget" instance="Comité en logement" \
        personnes=3
    run as coordination formations --le 2009-05-01
    ended 0
    says "Animation 1 0 Des Chenaux 1 exprimé" "Communication 2 10 Mékinac; Des Chenaux 2 exprimés" \
        "(sans thème) 1 3 Comité en logement" "1 besoin ne dit pas pour combien de personnes."
    says "Besoins sans rencontre" "BF4 Monter un budget"
    says_not "Besoins auxquels une rencontre répond"
    says "Ni formation ni conférence n'a de date cette année."
}

@test "training: a meeting answers needs, and the year's conferences are listed" {
    as coordination ajouter rencontre instance="Comité de coordination" type=formation \
        commence=2009-10-08T13:30 titre="Prise de parole" action=4.4.1
    as coordination ajouter rencontre instance="Comité de coordination" type=conférence \
        commence=2009-11-19 titre="Conférence de Centraide" action=4.4.2
    as coordination changer BF1 rencontre=R1 état=prévu
    as coordination changer BF2 rencontre=R1 état=comblé
    run as coordination formations --le 2009-05-01
    says "Communication 2 10 Mékinac; Des Chenaux 1 prévu, 1 comblé"
    says "Besoins auxquels une rencontre répond" "BF1 Parler en public Mékinac 6" \
        "8 oct. 2009, 13 h 30 R1 formation Prise de parole prévue BF1; BF2" \
        "19 nov. 2009 R2 conférence Conférence de Centraide prévue"
    [ "$(as mekinac formations --format json --le 2009-05-01 |
        json '[n["handle"] for n in it["unanswered"]], [(t["theme"], t["people"], t["met"]) for t in it["themes"]]')" = \
        "(['BF3', 'BF4'], [('Animation', 0, 0), ('Communication', 10, 1), (None, 3, 0)])" ]
}

@test "training: a need is no longer answered by a meeting that is cancelled" {
    as coordination changer R1 état=annulée
    [ "$(as coordination formations --format json --le 2009-05-01 |
        json '[n["handle"] for n in it["unanswered"]]')" = "['BF1', 'BF2', 'BF3', 'BF4']" ]
}

@test "training: a met need names its meeting" {
    run as coordination changer BF3 état=comblé
    [ "$status" -ne 0 ]
    says "Un besoin comblé nomme la rencontre qui l'a comblé."
}

@test "training: what goes next is said of a need without a meeting" {
    run as mekinac formations --le 2009-05-01
    says "Pour dire quelle rencontre y répond : concert changer BF1 rencontre=R…"
}

@test "training: a year is one, or two that follow each other; other words are told so" {
    local year
    for year in 2009-2010-2011 2009-2011 2009- 2009-xyz hier ""; do
        run --separate-stderr as mekinac formations --annee "$year"
        ended 2
        says "« $year » n'est pas une année. Écrivez par exemple 2009-2010."
    done
    for year in 2009 2009-2010; do
        run as mekinac formations --annee "$year"
        ended 0
    done
    run --separate-stderr as mekinac formations 2009
    ended 2
    says "Usage : concert formations [--annee ANNÉE]"
}
