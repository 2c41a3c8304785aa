#!/usr/bin/env bats
# Money: planned, granted, asked and lacking; envelopes; requests on their way; the arithmetic.

load region

setup_file()
{
    region_open
    as coordination import "$MAURICIE/logement-budget.csv"
    as coordination import "$MAURICIE/logement-bailleurs.csv"
}

teardown_file()
{
    region_stop
}

# request FUNDER: the handle of the request to it.
request()
{
    as coordination list funding_request --format json |
        json '[r["handle"] for r in it if r["funder"] == words[0]][0]' \
            "$(as coordination list party --format json |
                json '[p["id"] for p in it if p["name"] == words[0]][0]' "$1")"
}

@test "the housing project plans 111 600 \$, and nothing is granted yet" {
    run --separate-stderr as coordination financement --le 2009-05-15
    ended 0
    says "P1 Projet en logement 111 600 \$ 0 \$ 0 \$ 111 600 \$" \
        "Compté : 1 projet; 7 postes; 4 demandes." \
        "1 demande faite sans montant; 3 besoins sans montant" \
        "7 postes qui ne disent pas ce qui a été dépensé" "Aucune réponse n'est en retard."
    run --separate-stderr as coordination financement --le 2009-05-15 --format json
    json '[str(it["total"][k]) for k in ("planned", "funded", "asked", "gap")] ==
        ["111600.00", "0.00", "0.00", "111600.00"] or it' <<<"$output" | grep -qx True
}

@test "its four possible funders: needs without an envelope, and an answer awaited" {
    run --separate-stderr as coordination financement P1 --le 2009-05-31 --format json
    json '[[r["funder"].split()[0], r["status"], r["answer_by"] or ""] for r in it["requests"]] == [
        ["Société", "needed", ""], ["Agence", "needed", ""], ["Emploi-Québec", "needed", ""],
        ["Conférence", "awaiting", "2009-05-31"]] or it["requests"]' <<<"$output" | grep -qx True
    json 'all(r["days_late"] is None for r in it["requests"]) and len(it["without_envelope"]) == 3' \
        <<<"$output" | grep -qx True
    run --separate-stderr as coordination financement P1 --le 2009-06-01
    says "réponse pour le 31 mai 2009, en retard de 1 jour" "aucune enveloppe"
    run --separate-stderr as coordination financement --le 2009-06-15
    says "Réponses en retard" "en retard de 15 jours"
}

@test "an envelope: its room, who was granted of it, and that it closes within 60 days" {
    as coordination ajouter enveloppe titre="Aide à l'habitation" \
        bailleur="Société d'habitation du Québec" montant="100 000 \$" début=2009-04-01 \
        fin=2010-03-31 "demander avant=2009-07-31"
    as coordination ajouter enveloppe titre="Fonds sans date" bailleur="Emploi-Québec" montant=500
    local asked granted
    asked=$(request "Emploi-Québec")
    granted=$(request "Société d'habitation du Québec")
    as coordination changer "$granted" état=accordée montant="60 000" accordé="50 000,50 \$" \
        enveloppe=EN1 "décision le=2009-06-01"
    as coordination changer "$asked" état=demandée montant="10 000" enveloppe=EN1
    run --separate-stderr as coordination financement P1 --le 2009-06-15
    ended 0
    says "P1 Projet en logement 111 600 \$ 50 000,50 \$ 10 000 \$ 61 599,50 \$" \
        "accordée · 60 000 \$, accordé 50 000,50 \$ · décidé le 1er juin 2009" \
        "EN1 Aide à l'habitation" \
        "100 000 \$, dont accordé 50 000,50 \$ et demandé 10 000 \$ : reste 49 999,50 \$" \
        "ferme le 31 juill. 2009, dans 46 jours" "1 enveloppe ferme d'ici 60 jours."
    says_not "Fonds sans date"
    run --separate-stderr as coordination financement --le 2009-06-15 --horizon 45
    says "Aucune enveloppe ne ferme d'ici 45 jours." "aucun jour de fermeture n'est donné"
    run --separate-stderr as coordination financement --le 2009-08-01
    says "fermée depuis le 31 juill. 2009"
    run --separate-stderr as coordination financement --le 2009-06-15 --format json
    json '[[e["handle"], e["room"], e["closing"]] for e in it["envelopes"]] ==
        [["EN1", "49999.50", True], ["EN2", "500.00", False]] or it["envelopes"]' <<<"$output" |
        grep -qx True
}

@test "by territory and by theme: the same money, each project once, nobody forgotten" {
    as coordination ajouter projet titre="Navette" instance="Comité local de Mékinac" \
        territoire=Mékinac
    as coordination ajouter poste projet=P2 libellé="Autobus" prévu="12 000 \$" réel="13 000 \$"
    as coordination ajouter projet titre="Abandonné" instance="Comité local de Mékinac" \
        état=abandonné
    as coordination ajouter poste projet=P3 libellé="Rien" prévu="7 000 \$"
    local by
    for by in projet territoire thème; do
        as coordination financement --par "$by" --format json |
            json 'it["total"]["planned"] == "123600.00" and it["total"]["dropped"] == 1 and
                sum(float(r["planned"]) for r in it["funding"]) == 123600' | grep -qx True
    done
    run --separate-stderr as coordination financement --par territoire
    says "Territoire" "T1 Mékinac 12 000 \$ 13 000 \$" "La région 111 600 \$" \
        "En tout 123 600 \$ 13 000 \$" "1 projet abandonné"
    run --separate-stderr as coordination financement --par thème
    says "I7 Comité en 111 600 \$ 50 000,50 \$ 10 000 \$ 61 599,50 \$ logement" \
        "Aucun comité 12 000 \$ 13 000 \$ 0 \$ 0 \$ 12 000 \$ thématique" \
        "Le thème d'un projet est le comité thématique"
    run --separate-stderr as coordination financement --par lune
    ended 2
    says "projet, territoire, thème"
}

@test "the check finds what does not add up" {
    run --separate-stderr as coordination vérifier --format json
    json '[[f["handle"], f["promised"].replace("\xa0", " "), f["found"].replace("\xa0", " ")]
            for f in it if f["rule"] in ("line_over", "spent_over")] ==
        [["BU8", "12 000 $", "13 000 $"]] or it' <<<"$output" | grep -qx True
    json '[f["handle"] for f in it if f["rule"] == "not_sought"] == ["P2"] and
        len([f for f in it if f["rule"] == "no_envelope"]) == 1' <<<"$output" | grep -qx True
}

@test "explain: every amount with the record it comes from" {
    run --separate-stderr as coordination expliquer P1
    ended 0
    says "BU1 Ressources humaines prévu 80 000 \$" "accordé 50 000,50 \$" "demandé 10 000 \$" \
        "à demander pas encore de" \
        "Prévu 111 600 \$; dépensé 0 \$; accordé 50 000,50 \$; demandé, encore sans réponse 10 000 \$" \
        "Écart = prévu 111 600 \$ − accordé 50 000,50 \$ = 61 599,50 \$."
    run --separate-stderr as coordination expliquer P1 --format json
    json 'sum(float(r["amount"]) for r in it["lines"] if r["figure"] == "planned") == 111600 and
        it["money"]["gap"] == "61599.50"' <<<"$output" | grep -qx True
    run --separate-stderr as coordination expliquer P3
    says "Le projet est abandonné : rien n'en compte."
}
