#!/usr/bin/env bats
# The agreement: who signed it, until when, what its renewal lacks.

load region

setup_file()
{
    region_open
    as coordination ajouter entente titre="Entente spécifique 2007-2010" début=2007-04-01 \
        fin=2010-03-31 état=signée montant="300 000 \$"
    as coordination ajouter signataire entente=EA1 instance="CRÉ de la Mauricie" statut=signé \
        "signé le=2007-03-15" contribution="200 000 \$"
    as coordination ajouter signataire entente=EA1 instance="MAMROT" statut=signé \
        "signé le=2007-03-20" contribution="100 000 \$"
}

teardown_file()
{
    region_stop
}

@test "an agreement that runs: parties, contributions, days left, no renewal yet" {
    run --separate-stderr as coordination entente --le 2009-12-31
    ended 0
    says "EA1 Entente spécifique 2007-2010" "État : signée" \
        "du 1er avr. 2007 au 31 mars 2010, encore 90 jours" "Montant : 300 000 \$" \
        "Contributions : 300 000 \$" "rien ne prend encore sa suite" "renouvelle=EA1" \
        "CRÉ de la Mauricie signé" "200 000 \$ 15 mars 2007"
    run --separate-stderr as coordination entente --le 2010-04-01
    says "du 1er avr. 2007 au 31 mars 2010"
    says_not "encore 90 jours" "2010, encore"
}

@test "its renewal: what is missing to be signed, one thing after the other" {
    as coordination ajouter entente titre="Entente spécifique 2010-2013" renouvelle=EA1 \
        montant="300 000 \$" état="en rédaction"
    as coordination ajouter signataire entente=EA2 instance="CRÉ de la Mauricie" statut=actuel \
        contribution="200 000 \$"
    as coordination ajouter signataire entente=EA2 instance="ÉCOF" statut=potentiel
    as coordination ajouter échéance sujet=EA2 texte="Automne 2009"
    as coordination ajouter note sujet=EA2 texte="Partenaires rencontrés"
    run --separate-stderr as coordination entente --le 2009-12-31
    ended 0
    says "EA2 Entente spécifique 2010-2013, en rédaction : il manque 5 choses" \
        "n'a pas signé CRÉ de la Mauricie" "n'a pas signé ÉCOF" \
        "est de la précédente, et n'est pas de celle-ci MAMROT" \
        "contributions encore à trouver 100 000 \$" \
        "200 000 \$, et 1 instance qui ne dit pas combien" "Automne 2009 20 déc. 2009 11" \
        "Partenaires rencontrés"
    run --separate-stderr as coordination entente EA2 --le 2009-12-31 --format json
    json '[m["lacks"] for m in it["missing"]] ==
        ["unsigned", "unsigned", "not_asked", "no_period", "contributions"] or it' <<<"$output" |
        grep -qx True
}

@test "with its objective: the actions of the renewal, their deadlines and status" {
    run --separate-stderr as coordination entente EA2 --objectif 1.3 --le 2009-06-21
    ended 0
    says "1.3 Renouveler l'entente" "1.3.1" "Mars 2009 en retard" "1.3.4" "Automne 2009"
    run --separate-stderr as coordination entente EA2 --objectif 1.3 --le 2009-06-21 --format json
    json '[a["status"] for a in it["actions"]] == ["late", "late", None, None] or
        it["actions"]' <<<"$output" | grep -qx True
}

@test "signed by all, complete: nothing is missing but to say so" {
    as coordination changer SI3 statut=signé "signé le=2010-03-01"
    as coordination changer SI4 statut=signé "signé le=2010-03-02" contribution="100 000 \$"
    as coordination ajouter signataire entente=EA2 instance=MAMROT statut=retiré
    as coordination changer EA2 début=2010-04-01 fin=2013-03-31
    run --separate-stderr as coordination entente EA2
    says "rien, sauf de l'inscrire comme signée"
    as coordination changer EA2 état=signée
    run --separate-stderr as coordination entente EA2 --le 2010-04-01
    says "encore 1095 jours"
    says_not "Ce qui manque"
}
