#!/usr/bin/env bats
# Records of every kind through the commands that know none by name: add, set, show, list, help.

load region
load editing

# added OFFICE KIND WORD...: the handle of a new record.
added()
{
    as "$1" ajouter "${@:2}" --format json 2>/dev/null | json 'it["handle"] if "handle" in it else
        [v for k, v in it.items() if isinstance(v, dict) and "handle" in v][0]["handle"]'
}

@test "add: a first word names what the record hangs on, and one's own committee is meant" {
    local project line
    project=$(added mekinac projet titre="Logements à Saint-Tite")
    [ "$(as mekinac show "$project" --format json 2>/dev/null |
        json 'it["record"]["party"]')" = "$(as mekinac list instances nom="Comité local de Mékinac" \
        --format json | json 'it[0]["id"]')" ]
    line=$(added mekinac poste "$project" libellé=Salaires "prévu=80 000 $")
    [ "$(value mekinac "$line" planned)" = 80000.00 ]
    [ "$(sql "SELECT planned FROM budget_line JOIN record USING (id) WHERE handle = '$line'")" = 8000000 ]
    added mekinac demande "$project" bailleur="Comité de soutien"
    run --separate-stderr as mekinac voir "$project"
    ended 0
    says "Projet $project Logements à Saint-Tite" "Postes" "Salaires 80 000 $" "Demandes" \
        "Comité de soutien" "à demander"
    says_not "Ententes" "Postes (projet)"
    run --separate-stderr as mekinac voir "$line"
    says "Logements à Saint-Tite Poste $line Salaires" "Prévu : 80 000 $"
}

@test "a handle means its own record, whatever other records say about it" {
    local device note
    device=$(as mekinac appareils --format json 2>/dev/null | json \
        'it["devices"][0]["handle"]')
    note=$(added mekinac note "Comité local de Mékinac" texte="$device ne répond plus, ni AP97")
    run --separate-stderr as mekinac voir "$device"
    ended 0
    says "Appareil $device"
    run as mekinac changer AP97 texte=autre
    ended 3
    run as coordination retirer "$device" --oui
    [ "$(sql "SELECT count(*) FROM note JOIN record USING (id) WHERE handle = '$note'
        AND text LIKE '%AP97'")" = 1 ]
}

@test "add: ranks and numbers follow the last one, days are today's" {
    local meeting first second form
    meeting=$(added coordination rencontre "Comité de soutien" titre="Rencontre de juin" \
        "commence=2 juin 2009 13 h 30")
    first=$(added coordination point "$meeting" titre=Accueil)
    second=$(added coordination point "$meeting" titre=Budget)
    [ "$(value coordination "$first" rank)" = 1 ]
    [ "$(value coordination "$second" rank)" = 2 ]
    [ "$(value coordination "$meeting" starts_at)" = 2009-06-02T13:30 ]
    run --separate-stderr as coordination voir "$meeting"
    says "Commence : 2 juin 2009, 13 h 30" "Points" "Accueil" "Budget"
    # A committee at another one's meeting proposes in its own name, and attends for itself.
    run --separate-stderr as mekinac ajouter point "$meeting" titre="Un point de Mékinac" --format json
    ended 0
    [ "$(sql "SELECT p.short_name FROM agenda_item a JOIN party p ON p.id = a.proposed_by
        WHERE a.title = 'Un point de Mékinac'")" = "$(sql "SELECT short_name FROM party
        WHERE name = 'Comité local de Mékinac'")" ]
    [ "$(sql "SELECT rank FROM agenda_item WHERE title = 'Un point de Mékinac'")" = 3 ]
    form=$(added coordination grille titre="Potentiel" "échelle de=1" "échelle à=5")
    [ "$(value coordination "$(added coordination critère "$form" question="On s'y parle")" rank)" = 1 ]
    [ "$(value coordination "$(added coordination critère "$form" question="On s'y aide")" rank)" = 2 ]
    # An appreciation: the form as the first word, one's party and today.
    as mekinac ajouter appréciation "$form" communauté=Saint-Tite --on 2009-10-15
    [ "$(sql 'SELECT "on" FROM assessment')" = 2009-10-15 ]
}

@test "money: as people write it; what may mean two things is refused with a sentence" {
    local project typed cents
    project=$(added mekinac projet titre="Montants")
    while IFS='|' read -r typed cents; do
        as mekinac ajouter poste "$project" libellé="Le $typed" prévu="$typed"
        [ "$(sql "SELECT planned FROM budget_line WHERE label = 'Le $typed'")" = "$cents" ]
    done <<'AMOUNTS'
111 600 $|11160000
80 000,50 $|8000050
1234.5|123450
1 234,50|123450
$1,234.50|123450
AMOUNTS
    before=$(head_seq)
    run --separate-stderr as mekinac ajouter poste "$project" libellé=X "prévu=1,234"
    unchanged 2 "« 1,234 » peut vouloir dire des milliers ou des cents" "1 234,50 $"
    run --separate-stderr as mekinac ajouter poste "$project" libellé=X "prévu=beaucoup"
    unchanged 2 "« prévu » prend un montant tel que 1 234,50 $"
    # English decides otherwise.
    # shellcheck disable=SC2016 # dollars
    CONCERT_LANG=en as mekinac add "budget line" "$project" label=English 'planned=$1,234'
    [ "$(sql "SELECT planned FROM budget_line WHERE label = 'English'")" = 123400 ]
    run --separate-stderr as mekinac lister postes projet="$project" libellé=English
    says "1 234 $"
}

@test "set: several fields at once, and a list of records by their names" {
    local item
    item=$(added coordination intervention "Comité local de Mékinac" titre="Popote roulante")
    as coordination changer "$item" territoires="Mékinac, Maskinongé" type=service état="en cours" \
        début="1er avril 2009" clientèle=Aînés
    [ "$(value coordination "$item" status)" = under_way ]
    [ "$(value coordination "$item" starts_on)" = 2009-04-01 ]
    [ "$(as coordination show "$item" --format json | json 'len(it["record"]["territories"])')" = 2 ]
    run --separate-stderr as coordination voir "$item"
    says "Territoires : Mékinac; Maskinongé" "Clientèle : Aînés"
}

@test "what a rule of the kind forbids is refused with its sentence, before it leaves" {
    local project
    project=$(added mekinac projet titre="Règles")
    before=$(head_seq)
    run --separate-stderr as mekinac ajouter demande "$project" bailleur="Comité de soutien" \
        état=accordée
    unchanged 5 "Une demande accordée dit combien l'a été." "Donnez une valeur à « accordé »."
    run --separate-stderr as mekinac ajouter demande "$project"
    unchanged 5 "Une demande nomme un bailleur, une enveloppe ou au moins un montant." \
        "« bailleur », « enveloppe », « montant »"
    run --separate-stderr as mekinac changer "$project" début=2010-01-01 fin=2009-01-01
    unchanged 5 "La fin ne vient pas avant le début." "Corrigez l'un de : « début », « fin »."
}

@test "remove: what is part of a record goes with it, once it was told" {
    local project
    project=$(added mekinac projet titre="À retirer")
    added mekinac poste "$project" libellé=Loyer prévu=1000
    added mekinac étape "$project" titre="Trouver un terrain"
    added mekinac note "$project" texte="Vu avec la ville"
    before=$(head_seq)
    run --separate-stderr as mekinac retirer "$project"
    unchanged 2 "poste BU" "Loyer" "étape ET" "Trouver un terrain" "note N" "--oui"
    as mekinac retirer "$project" --yes
    [ "$(head_seq)" = $((before + 4)) ]
    [ "$(sql "SELECT count(*) FROM milestone JOIN record USING (id) WHERE NOT deleted AND
        title = 'Trouver un terrain'")" = 0 ]
}

@test "help: a kind's fields, its rules and an example, in both languages" {
    run --separate-stderr as mekinac aide demande
    ended 0
    says "montant amount montant tel que 1 234,50 $" "à demander, demandée, réponse attendue" \
        "Une demande accordée dit combien l'a été." \
        "Fixé une fois pour toutes à la création : projet." "concert ajouter demande P1 bailleur=I1"
    CONCERT_LANG=en run --separate-stderr as mekinac help "budget line"
    says "amount such as \$1,234.50" "Always has: project, label, planned." \
        'concert add "budget line" P1 label="…" planned=2000'
    run --separate-stderr as mekinac aide rencontre --format json
    [ "$(json '[r["sentence"] for r in it["rules"] if r["rule"] == "held"][0]' <<<"$output")" = \
        "Une rencontre tenue a une date." ]
}

@test "list: a page for people, every field for programs" {
    as coordination ajouter contact nom="Bureau du maire" courriel=mairie@example.org \
        "organisation=Ville de Saint-Tite" territoire=Mékinac "publics cibles=PU1"
    COLUMNS=80 run --separate-stderr as coordination lister contacts
    says "Bureau du maire Ville de Saint-Tite mairie@example.org Mékinac"
    says_not "Téléphone" "Consentement"
    [ "$(LC_ALL=C.UTF-8 wc -L <<<"$output")" -le 80 ]
    run --separate-stderr as coordination lister contacts --format csv
    [ "${lines[0]%$'\r'}" = "id,kind,handle,revision,owner,name,organization,email,phone,audiences,territory,consent_on" ]
}

@test "a committee's name means the committee, though its account has the same" {
    run --separate-stderr as coordination changer "Comité local de Mékinac" téléphone="819 555-0134"
    ended 0
    says_not "plusieurs fiches"
    [ "$(as coordination list party name="Comité local de Mékinac" --format json | json 'it[0]["phone"]')" = "819 555-0134" ]
}

@test "contacts: for the staff alone, and the list says so" {
    run --separate-stderr as mekinac lister contacts
    ended 0
    says "réservées au personnel du Consortium"
}
