#!/usr/bin/env bats
# Meetings, as the Mauricie's committees hold them: calendar, agenda, attendance, decisions,
# follow-ups, minutes.

load region
load meetings

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
    meetings_setup
}

teardown_file()
{
    region_stop
}

@test "calendar: the year by committee and month, in 80 columns" {
    run as coordination calendrier --le 2009-05-20
    ended 0
    says "Rencontres du 1er mars 2009 au 31 mars 2010" "● tenue, ○ prévue, × annulée"
    says "Comité de ●31 ○2 ○15 ×8 coordination" "Comité de soutien ●17 ○19"
    says "17 mars 2009, 9 h 00 R2 Comité de soutien prépare R1 tenue"
    local line
    while IFS= read -r line; do
        [ "$(python3 -c 'import sys; print(len(sys.argv[1]))' "$line")" -le 80 ]
    done <<<"$output"
}

@test "calendar: what is held and planned against what the plan promises" {
    run as coordination calendrier --le 2009-05-20
    says "Comité de coordination 4 à 6 1 2 1 1 reste à prévoir"
    says "Comité développement 8 0 0 0 8 restent à prévoir citoyen"
    says "Comité en sécurité 4 0 1 0 3 restent à prévoir alimentaire"
    as coordination calendrier --le 2009-05-20 --format json | json '
        {(c["committee"], c["action"]): (c["min"], c["max"], c["held"], c["planned"], c["lacking"])
            for c in it["counts"]} == {
        ("Comité de coordination", None): (4, 6, 1, 2, 1),
        ("Comité de soutien", None): (None, None, 1, 1, 0),
        ("Comité en sécurité alimentaire", None): (4, 4, 0, 1, 3),
        ("Comité en sécurité alimentaire", "2.1.1"): (2, 2, 0, 1, 1),
        ("Comité développement citoyen", None): (8, 8, 0, 0, 8)}' | grep -x True
}

@test "calendar: the days of the plan that have no meeting, and meetings nobody prepares" {
    run as coordination calendrier --le 2009-05-20
    says "Dates du plan sans rencontre" "Décembre 2009 1.1.1" "Février 2010 1.1.1" "hiver 2010 2.1.1"
    says_not "31 mars 2009 1.1.1" "octobre 2009 2.1.1"
    says "Rencontres de coordination qu'aucune rencontre de soutien ne prépare No Quand Instance" "R5 15 sept. 2009, 14 h 30 Comité de coordination"
    [ "$(as coordination calendrier --format json | json '[m["handle"] for m in it["unprepared"]]')" = "['R5']" ]
}

@test "calendar: one committee, another year, and no year at all" {
    run as coordination calendrier --comite soutien --le 2009-05-20
    says "Comité de soutien"
    says_not "alimentaire 4"
    run as coordination calendrier --annee 2011-2012
    ended 0
    says "Aucune rencontre n'a de date à partir du 1er"
    run as coordination calendrier --annee demain
    ended 2
    says "n'est pas une année"
}

@test "meeting: the next one's agenda, as a page to hand out" {
    run --separate-stderr as mekinac rencontre --le 2009-05-20
    ended 0
    says "Comité de coordination Rencontre R3 · Adoption du plan" \
        "Quand : mardi 2 juin 2009, 14 h 30 à 16 h 30" "Où : Salle du conseil" \
        "Préparée par la rencontre R4 (19 mai 2009, 9 h 00)." \
        "Ordre du jour 1. Ouverture (PO1) 2. Plan d'action 2009-2010 (PO2)" \
        "présenté par Coordonnatrice · action 1.1.1"
}

@test "meeting: the next one of a committee, by its name" {
    run as mekinac rencontre soutien --le 2009-05-19
    ended 0
    says "Rencontre R4" "Prépare la rencontre R3 (2 juin 2009, 14 h 30)." "1. Calendrier (PO4)"
    run as mekinac rencontre soutien --le 2009-05-20
    ended 3
    says "Aucune rencontre de « Comité de soutien » n'est prévue"
    run as mekinac rencontre R99
    ended 3
    run as mekinac rencontre nimporte
    ended 3
}

@test "meeting: who sat, with arrivals and departures, and the quorum of each decision" {
    held_meeting
    run as coordination rencontre R3
    ended 0
    says "Comité local de Mékinac présente quitte avant le point 3" \
        "Comité local Des Chenaux présente" "Comité local de Shawinigan excusée" \
        "Comité local de Maskinongé présente arrive au point 2"
    says "À l'ouverture, présences : 2, quorum de 3 : NON ATTEINT."
    says "Résolution R-2009-1 : Le plan 2009-2010 est adopté. (présences : 3, quorum de 3 : atteint)"
    says "Résolution R-2009-2 : Le bulletin paraît en août. (présences : 2, quorum de 3 : NON ATTEINT)"
    says "SU1 Écrire à la MRC Comité local de Mékinac 1er sept. 2009" "SU2 Envoyer le plan Coordonnatrice"
    says "Compte rendu non encore adopté."
}

@test "meeting: its minutes are written as a form in the editor" {
    cat >"$BATS_TEST_TMPDIR/editor" <<'EDITOR'
#!/bin/bash
sed -i 's/^compte rendu.*:.*/compte rendu : Une rencontre bien remplie./' "$1"
EDITOR
    chmod +x "$BATS_TEST_TMPDIR/editor"
    EDITOR=$BATS_TEST_TMPDIR/editor run as coordination rédiger R3
    ended 0
    run as coordination rencontre R3
    says "NON ATTEINT. Une rencontre bien remplie. Compte rendu 1. Ouverture"
}

@test "decide: prints the number, which is the committee's and the year's; warns without a quorum" {
    run --separate-stderr as coordination décider PO4 "Le calendrier est fixé."
    ended 0
    says "La rencontre R4 est encore inscrite comme prévue"
    [ "$output" = R-2009-1 ] # the support committee's own first
    run --separate-stderr as coordination décider PO4 "Le calendrier est fixé au 15 septembre."
    [ "$output" = R-2009-1 ]
    run --separate-stderr as coordination décider PO3 "Le bulletin paraît en août."
    says "C'est déjà ce qui est inscrit; rien ne change." "R-2009-2"
    run --separate-stderr as coordination décider PO1 --hors-ligne "L'ordre"
    ended 0
    says "La décision recevra son numéro quand le serveur l'aura reçue."
    run --separate-stderr as coordination décider PO1 "L'ordre du jour est adopté."
    says "R-2009-3" "Attention : présences à ce point, 2; le quorum est de 3."
}

@test "meeting: what is open comes back by itself, until it is closed" {
    run as coordination rencontre R5 --le 2009-09-10
    says "Ajouté automatiquement : comptes rendus à adopter" "R3 Compte rendu de la rencontre du 2 juin 2009"
    says "SU1 Écrire à la MRC Comité local de Mékinac · pour le 1er sept. 2009 · EN RETARD de 9 jours · vient de R3"
    says "SU2 Envoyer le plan Coordonnatrice · vient de R3"
    as mekinac fait SU1 --le 2009-09-12
    run as coordination rencontre R5 --le 2009-09-13
    says_not "SU1"
    says "SU2"
}

@test "meeting: a blocked share is on the next coordination meeting's agenda until it is lifted" {
    run as chenaux avancer 3.1.2 bloqué
    ended 2
    says "--cause" "--aide-de"
    run as chenaux changer 3.1.2 état=bloquée cause="pas de local"
    ended 2
    says "aide de" "aide-de="
    as chenaux avancer 3.1.2 bloqué --cause "pas de local" --aide-de "Comité de soutien"
    run as coordination rencontre R5 --le 2009-09-13
    says "Ajouté automatiquement : parts bloquées 3.1.2 Comité local Des Chenaux : pas de local" \
        "aide demandée : Comité de soutien"
    run as coordination tableau --le 2009-09-13
    says "pas de local" "Comité de soutien"
    as chenaux avancer 3.1.2 20
    run as coordination rencontre R5 --le 2009-09-13
    says_not "bloquées" "pas de local"
}

@test "meeting: a committee proposes an item, and notes its own presence" {
    as mekinac ajouter point rencontre=R5 rang=2 titre="Transport scolaire"
    run as coordination rencontre R5 --le 2009-09-13
    says "Transport scolaire" "proposé par Comité local de Mékinac"
    as mekinac présence R5 Mékinac présent
    run as mekinac présence R5 Shawinigan présent
    ended 5
    says "relève de"
    run as mekinac décider PO1 "Autre chose"
    ended 5
    [ "$(as mekinac status --offline --format json | json 'it["status"]["waiting"]')" = 0 ]
}

@test "attend: seats by handle where several are alike, and all the others at once" {
    run as coordination présence R7 "Moisson Mauricie" présent
    ended 2
    says "M3 Moisson Mauricie" "M4 Moisson Mauricie"
    as coordination présence R7 M3 présent tous excusé
    run as coordination rencontre R7 --compte-rendu
    says "M3 Moisson Mauricie présente" "MAMROT excusée" "hors du quorum"
    [ "$(as coordination rencontre R7 --compte-rendu --format json |
        json '[sum(a["state"] == s for a in it["attendance"]) for s in ("present", "excused")]')" = "[1, 9]" ]
    run as coordination présence R7 Nulle-part présent
    ended 3
    run as coordination présence R7 M3
    ended 2
    run as coordination présence R7 M3 M5
    ended 2
    says "présent, excusé ou absent"
}

@test "meeting: a committee holds its own, with its own numbers and quorum" {
    office alimentaire "Comité en sécurité alimentaire"
    as coordination changer I5 quorum=5
    as alimentaire ajouter rencontre commence="12 novembre 2009 9 h" titre="Bottin"
    as alimentaire ajouter point rencontre=R9 rang=1 titre="Popotes roulantes"
    as alimentaire présence R9 M3 M1 présent M9 présent tous absent
    as alimentaire changer R9 état=tenue
    run --separate-stderr as alimentaire décider PO6 "Le bottin est lancé."
    ended 0
    [ "$output" = R-2009-1 ]
    says "Attention : présences à ce point, 2; le quorum est de 5."
    as alimentaire confier PO6 "Appeler les popotes" --a "Moisson Mauricie" --pour "1er décembre 2009"
    run as alimentaire rencontre R9
    says "présences : 2, quorum de 5 : NON ATTEINT" "concert changer R9 état-du-compte-rendu=adopté"
    says "Appeler les popotes Moisson Mauricie 1er déc. 2009"
    run as chenaux décider PO6 "Non"
    ended 5
    says "PO6 relève de « Comité en sécurité alimentaire »"
}

@test "minutes: adopted at a later meeting, and then frozen" {
    run as coordination changer R3 "état du compte rendu=adopté"
    [ "$status" -ne 0 ]
    run as coordination changer R3 "état du compte rendu=adopté" adopté-à=R4
    ended 5
    as coordination résoudre "$(refused)" --leur
    as coordination changer R3 "état du compte rendu=adopté" adopté-à=R5
    run as coordination rencontre R3
    says "Compte rendu adopté à la rencontre R5 du 15 sept. 2009, 14 h 30."
    run as coordination décider PO2 "Autre chose"
    ended 5
    as coordination résoudre "$(refused)" --leur
    run as coordination présence R3 Shawinigan présent
    ended 5
    as coordination résoudre "$(refused)" --leur
    [ "$(value coordination PO2 decision)" = "Le plan 2009-2010 est adopté." ]
    as coordination fait SU2 --le 2009-09-15 # what is to be done can still be done
    run as coordination rencontre R5 --le 2009-09-16
    says "R1 Compte rendu de la rencontre du 31 mars 2009"
    says_not "R3 Compte rendu" "SU2"
    as coordination changer R5 état=tenue
    run as coordination rencontre R5
    says "Suivis des rencontres précédentes" "SU2 Envoyer le plan Coordonnatrice 15 sept. 2009"
    says_not "SU1" # done before
}

@test "done: says what can be, and what goes otherwise" {
    run as coordination fait R3
    ended 2
    run as coordination fait 4.1.1
    ended 2
    says "concert avancer 4.1.1 fait"
}

@test "attendance: plurals as people write them, and “all” where nobody has a seat" {
    as coordination ajouter rencontre instance="Comité local de Maskinongé" commence="10 juin 2009 19 h" titre=Juin
    local meeting
    meeting=$(as coordination list meeting title=Juin --format json | json 'it[0]["handle"]')
    run --separate-stderr as coordination présence "$meeting" tous présent
    ended 2
    says "aucun siège inscrit" "concert ajouter membre"
    run --separate-stderr as coordination présence "$meeting" Mékinac Shawinigan présents "Des Chenaux" excusés
    ended 0
    [ "$(as coordination list attendance meeting="$meeting" --format json | json '[a["state"] for a in it]')" = \
        "['present', 'present', 'excused']" ]
}

@test "entrust: a name that is nobody's is a role, and that is said" {
    run --separate-stderr as coordination confier PO4 "Appeler" --a Mékinak
    ended 0
    says "« Mékinak » n'est le nom d'aucune instance : c'est inscrit comme rôle."
    run --separate-stderr as coordination confier PO4 "Appeler encore" --a Mékinac
    says_not "comme rôle"
}

@test "done: another's follow-up is not recorded, so nothing is left to set aside" {
    local item
    item=$(as coordination list follow_up --format json | json '[f["handle"] for f in it if f["role"] == "Mékinak"][0]')
    as mekinac sync || true
    run --separate-stderr as mekinac fait "$item"
    ended 5
    says "Comité de soutien"
    says_not "résoudre"
    item=$(as coordination list follow_up what="Appeler encore" --format json | json 'it[0]["handle"]')
    run --separate-stderr as mekinac fait "$item"
    ended 0
}

@test "a record of another kind is told as such" {
    run --separate-stderr as mekinac rencontre 2.1.3
    ended 3
    says "2.1.3 est de la sorte « action »; il faut ici : rencontre."
}

@test "attendance: what devices noted apart of one committee is corrected all at once" {
    as coordination ajouter rencontre instance="Comité local de Maskinongé" commence="9 juin 2010 19 h" titre=Doublée
    local meeting
    meeting=$(as coordination list meeting title=Doublée --format json | json 'it[0]["handle"]')
    as mekinac sync || true
    as mekinac présence "$meeting" Mékinac excusé --hors-ligne
    as coordination présence "$meeting" Mékinac présent
    as mekinac sync || true
    as coordination sync || true
    run --separate-stderr as coordination présence "$meeting" Mékinac absent
    ended 0
    [ "$(as coordination list attendance meeting="$meeting" --format json | json '[a["state"] for a in it]')" = \
        "['absent', 'absent']" ]
    # By its own committee too, and said twice, the last holds.
    run --separate-stderr as mekinac présence "$meeting" Mékinac absent Mékinac présent
    ended 0
    [ "$(as coordination list attendance meeting="$meeting" --format json | json '[a["state"] for a in it]')" = \
        "['present', 'present']" ]
}
