#!/usr/bin/env bats
# What one may not change one proposes; whoever answers for it accepts or refuses.

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

# waiting NAME: proposals that await this office's answer.
waiting()
{
    as "$1" propositions --format json | json 'len({r["handle"] for r in it if r["to_answer"]})'
}

status_of()
{
    value coordination "$1" status
}

@test "what set refuses it says how to propose" {
    run as mekinac changer 2.1.3 titre="Le logement"
    ended 5
    says "concert proposer 2.1.3"
    local number
    number=$(as mekinac status --offline --format json 2>/dev/null | json 'it["operations"][0]["number"]')
    as mekinac résoudre "$number" --leur
}

@test "a proposal says why, changes something, and is for what one may not change" {
    run as mekinac proposer 2.1.3 titre="Le logement"
    ended 2
    says "-m"
    run as mekinac proposer 2.1.3 "titre=$(value mekinac 2.1.3 title)" -m "Pour rien"
    ended 2
    local mine
    mine=$(as mekinac list share action=1.1.1 party="Comité local de Mékinac" --format json |
        json 'it[0]["handle"]')
    run as mekinac proposer "$mine" pourcentage=50 -m "Le mien"
    ended 2
    says "concert changer"
    run as mekinac proposer 2.1.3 pourcentaje=50 -m "Faute"
    ended 2
    [ "$(tally mekinac proposal)" = 0 ]
}

@test "a proposal changes nothing yet; it awaits whoever answers, and both see it" {
    as mekinac proposer 2.1.3 titre="Répondre aux besoins en logement" annexe= -m "Plus clair"
    [ "$(value mekinac 2.1.3 title)" != "Répondre aux besoins en logement" ]
    [ "$(waiting coordination)" = 1 ]
    [ "$(waiting mekinac)" = 0 ]
    run as coordination propositions
    says "À vous de répondre" "PR1" "2.1.3" "Comité local de Mékinac" "raison : Plus clair" \
        "→ Répondre aux besoins en logement" "annexe : D → (vide)"
    run as mekinac propositions
    says "Les vôtres" "PR1" "ouverte"
    run as chenaux propositions
    says "Celles des autres" "PR1" "Comité local de Mékinac"
    run as coordination état
    says "1 proposition attend votre réponse"
}

@test "who does not answer for the record can neither accept nor refuse" {
    local before
    before=$(sql "SELECT max(seq) FROM change")
    run as chenaux accepter PR1
    ended 5
    run as mekinac refuser PR1 -m "Je change d'idée"
    ended 5
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
}

@test "accepting makes the change, with both names in the log, in one push" {
    local before
    before=$(sql "SELECT max(seq) FROM change")
    run as coordination accepter PR1 -m "Merci"
    ended 0
    [ "$(sql "SELECT max(seq) FROM change")" = $((before + 2)) ]
    [ "$(value coordination 2.1.3 title)" = "Répondre aux besoins en logement" ]
    [ "$(value coordination 2.1.3 annex)" = "" ]
    [ "$(status_of PR1)" = accepted ]
    run as coordination historique 2.1.3
    says "Coordonnatrice" "PR1 · Comité local de Mékinac · Plus clair"
    run as mekinac propositions
    says "PR1" "acceptée" "réponse : Merci"
    run as coordination accepter PR1
    ended 5
    says "déjà"
}

@test "refusing says why, and the author reads it" {
    as mekinac proposer 4.1.1 titre="Autre titre" -m "Essai"
    run as coordination refuser PR2
    ended 2
    as coordination refuser PR2 -m "Pas cette année"
    [ "$(status_of PR2)" = refused ]
    [ "$(value coordination 4.1.1 title)" != "Autre titre" ]
    run as mekinac propositions
    says "PR2" "refusée" "réponse : Pas cette année"
    [ "$(waiting coordination)" = 0 ]
}

@test "one committee proposes to another for its own share" {
    local theirs
    theirs=$(as mekinac list share action=3.1.2 party="Comité local Des Chenaux" --format json |
        json 'it[0]["handle"]')
    as mekinac proposer "$theirs" prochaine-étape="Se joindre à nous" -m "Une seule tournée"
    [ "$(waiting chenaux)" = 1 ]
    run as chenaux accepter PR3
    ended 0
    [ "$(value chenaux "$theirs" next_step)" = "Se joindre à nous" ]
    run as chenaux historique "$theirs"
    says "PR3 · Comité local de Mékinac · Une seule tournée"
}

@test "a field that moved since is shown to a person before anything is accepted" {
    local before
    as mekinac proposer 4.1.2 titre="Le titre de Mékinac" -m "Le nôtre"
    as coordination changer 4.1.2 titre="Le titre de la coordination"
    before=$(sql "SELECT max(seq) FROM change")
    run as coordination accepter PR4
    ended 4
    says "au moment de la proposition" "Le titre de la coordination" "Le titre de Mékinac" \
        "--quand-même"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    [ "$(status_of PR4)" = "" ] || [ "$(status_of PR4)" = open ]
    as coordination accepter PR4 --quand-même
    [ "$(value coordination 4.1.2 title)" = "Le titre de Mékinac" ]
}

@test "another field that moved since is no question" {
    as mekinac proposer 4.1.3 titre="Le titre proposé" -m "Clarté"
    as coordination changer 4.1.3 annexe=K
    run as coordination accepter PR5
    ended 0
    [ "$(value coordination 4.1.3 annex)" = K ]
}

@test "off line all of it is recorded, and sent later" {
    run as mekinac proposer 4.2.1 titre="Hors ligne" -m "En route" --hors-ligne
    ended 0
    says "attend le serveur"
    run as mekinac propositions --hors-ligne
    says "En route"
    as mekinac sync
    as coordination sync
    run as coordination accepter PR6 --hors-ligne
    ended 0
    says "attend"
    [ "$(sql "SELECT status FROM proposal p JOIN record r USING (id) WHERE r.handle = 'PR6'")" = "" ] ||
        [ "$(sql "SELECT status FROM proposal p JOIN record r USING (id) WHERE r.handle = 'PR6'")" = open ]
    as coordination sync
    [ "$(sql "SELECT status FROM proposal p JOIN record r USING (id) WHERE r.handle = 'PR6'")" = accepted ]
    [ "$(value coordination 4.2.1 title)" = "Hors ligne" ]
}

@test "on an adopted plan an accepted proposal is an amendment with its reason" {
    as coordination ajouter rencontre instance="Comité de coordination" titre="Juin" commence=2009-06-02
    as coordination adopter PL1 --rencontre R1
    as mekinac proposer 2.1.4 titre="Le transport" -m "Plus court"
    as coordination accepter PR7
    [ "$(value coordination 2.1.4 title)" = "Le transport" ]
    COLUMNS=400 run as coordination comparer
    says "PR7 · Comité local de Mékinac · Plus court"
}

@test "what is proposed reads in words, and the page says how to answer" {
    as mekinac proposer 4.3.1 titre="La fiche" annexe= -m "Plus court"
    run as coordination propositions
    says "Pour répondre : « concert accepter PR8 » ou « concert refuser PR8 -m MOTIF »"
    run as coordination voir PR8
    says "Changement proposé : titre : La fiche"
    run as mekinac lister proposition
    says_not "Champs à vider"
    run as coordination historique PR8
    says "changement proposé : titre : La fiche"
}

@test "the history tells no field that stayed as it was" {
    local deadline
    deadline=$(as coordination show 2.1.3 --format json | json 'it["deadline"][0]["handle"]')
    as coordination changer "$deadline" texte="septembre 2009" -m "Retard"
    run as coordination historique "$deadline"
    says "→ septembre 2009"
    says_not "datée → datée" "(vide) → (vide)"
}

@test "a reader is told before anything is recorded or typed" {
    office lecteur Shawinigan --role lecture
    run as lecteur proposer 2.1.3 titre="Le logement" -m "Pour voir"
    ended 5
    says "Votre compte lit et n'écrit rien"
    EDITOR=true run as lecteur rédiger --ma-part
    ended 5
    says "Votre compte lit et n'écrit rien"
    [ "$(as lecteur status --offline --format json | json 'len(it["operations"])')" = 0 ]
}
