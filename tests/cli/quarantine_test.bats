#!/usr/bin/env bats
# What a revoked device had not sent: looked at, taken over, turned down.

load region
load quarantine

setup_file()
{
    region_open
    office chenaux "Comité local Des Chenaux"
}

teardown_file()
{
    region_stop
}

setup()
{
    office_new q
}

drop_all()
{
    as coordination quarantaine --tout --refuser -m "Fin de l'essai" >/dev/null 2>&1 || true
}

@test "quarantaine: une phrase pour chaque changement, alors et maintenant" {
    as "$me" avancer 4.1.1 20 2>/dev/null
    as "$me" --hors-ligne avancer 4.1.1 45 -m "En route"
    as coordination changer "$part" pourcentage=25 2>/dev/null
    gone
    run --separate-stderr as coordination quarantaine
    ended 0
    says "Poste de $me" "20 % alors, 25 % maintenant → 45 %" "crée : note « En route »"
    run --separate-stderr as coordination etat
    says "2 changements d'appareils révoqués vous attendent" "Ensuite : des changements d'appareils révoqués"
    run --separate-stderr as chenaux quarantaine
    ended 5
    drop_all
}

@test "accepter: au nom de la coordination, avec le leur; ce qui va ensemble va ensemble" {
    as "$me" --hors-ligne avancer 4.1.1 60 -m "Ensemble"
    as "$me" --hors-ligne note 1.1.1 -m "Seule"
    gone
    first=$(waiting | cut -d' ' -f1)
    run --separate-stderr as coordination quarantaine "$first" --accepter
    ended 0
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Ensemble'")" = 1 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Seule'")" = 0 ]
    [ "$(value coordination "$part" percent)" = 60 ]
    run --separate-stderr as coordination historique "$part"
    says "$first, non envoyé par" "Poste de $me" "Coordonnatrice"
    run --separate-stderr as coordination quarantaine "$first" --accepter
    ended 5
    says "a déjà reçu sa réponse"
    [ "$(waiting | wc -w)" = 1 ]
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 0
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Seule'")" = 1 ]
    run --separate-stderr as coordination quarantaine
    says "Rien n'attend en quarantaine"
}

@test "refuser: la raison, qui reste" {
    as "$me" --hors-ligne note 4.1.1 -m "Non"
    gone
    first=$(waiting)
    run --separate-stderr as coordination quarantaine "$first" --refuser
    ended 2
    run --separate-stderr as coordination quarantaine "$first" --refuser -m "Écrit deux fois"
    ended 0
    [ "$(value coordination "$first" status)" = refused ]
    [ "$(value coordination "$first" answer)" = "Écrit deux fois" ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Non'")" = 0 ]
}

@test "un conflit se montre comme toujours, et la quarantaine attend qu'il soit réglé" {
    as "$me" --hors-ligne changer "$part" prochaine_étape="La leur"
    as coordination changer "$part" prochaine_étape="La nôtre" 2>/dev/null
    gone
    first=$(waiting)
    run --separate-stderr as coordination quarantaine "$first" --accepter
    ended 4
    says "La nôtre" "La leur" "reste telle quelle"
    [ "$(sql "SELECT count(*) FROM quarantine WHERE status IS NULL OR status = 'waiting'")" = 1 ]
    run --separate-stderr as coordination conflits
    says "prochaine étape" "on le leur a demandé"
    # It is not taken over twice, nor turned down under way.
    run --separate-stderr as coordination quarantaine
    says "déjà répondu, et retenu : « concert résoudre"
    run --separate-stderr as coordination quarantaine "$first" --accepter
    ended 4
    says "a déjà reçu sa réponse" "concert résoudre"
    run --separate-stderr as coordination quarantaine --tout --refuser -m "Non"
    says "a déjà reçu sa réponse" || says "Rien"
    # The committee decides about its own; given up here, it is settled: theirs stands, and nothing
    # is called accepted.
    number=$(as coordination etat --format json 2>/dev/null | json 'it["operations"][0]["number"]')
    as coordination resoudre "$number" --leur >/dev/null 2>&1
    [ "$(value coordination "$part" next_step)" = "La nôtre" ]
    [ "$(value coordination "$first" status)" = refused ]
    [ -n "$(value coordination "$first" answer)" ]
    [ -z "$(waiting)" ]
}

@test "ce qui est en conflit ne retient pas le reste" {
    as "$me" --hors-ligne note 1.1.1 -m "Avant"
    as "$me" --hors-ligne changer "$part" prochaine_étape="À eux"
    as "$me" --hors-ligne note 1.1.1 -m "Après"
    as coordination changer "$part" prochaine_étape="À nous" 2>/dev/null
    gone
    run --separate-stderr as coordination quarantaine tout --accepter
    ended 4
    [ "$(sql "SELECT count(*) FROM note WHERE text IN ('Avant', 'Après')")" = 2 ]
    [ "$(waiting | wc -w)" = 1 ]
    number=$(as coordination etat --format json 2>/dev/null | json 'it["operations"][0]["number"]')
    as coordination resoudre "$number" --leur -m "Vu avec eux" >/dev/null 2>&1
    [ "$(sql "SELECT answer FROM quarantine WHERE status = 'refused' ORDER BY id DESC LIMIT 1")" = "Vu avec eux" ]
    [ -z "$(waiting)" ]
}

@test "le comité choisit: la quarantaine suit sa réponse" {
    for answer in accepter refuser; do
        me=q$BATS_TEST_NUMBER$answer
        office "$me" "Comité local de Mékinac" >/dev/null
        office "reste$me" "Comité local de Mékinac" >/dev/null
        as "$me" --hors-ligne changer "$part" prochaine_étape="Demandée $answer"
        as coordination changer "$part" prochaine_étape="Gardée $answer" 2>/dev/null
        gone
        first=$(waiting)
        run as coordination quarantaine "$first" --accepter
        ended 4
        as "reste$me" synchroniser >/dev/null 2>&1 || true
        number=$(as "reste$me" conflits --format json 2>/dev/null | json 'it[0]["proposal"] if isinstance(it, list) else it["conflicts"][0]["proposal"]')
        if [ "$answer" = accepter ]; then
            as "reste$me" resoudre "$number" --leur >/dev/null 2>&1
        else
            as "reste$me" resoudre "$number" --mien -m "Non merci" >/dev/null 2>&1
        fi
        as coordination synchroniser >/dev/null 2>&1 || true
        for number in $(as coordination etat --format json 2>/dev/null | json '" ".join(str(o["number"]) for o in it["operations"])'); do
            as coordination resoudre "$number" >/dev/null 2>&1 || true
        done
        [ -z "$(waiting)" ]
        value coordination "$first" status
        value coordination "$first" answer
        if [ "$answer" = accepter ]; then
            [ "$(value coordination "$first" status)" = accepted ]
            [ "$(value coordination "$part" next_step)" = "Demandée accepter" ]
        else
            [ "$(value coordination "$first" status)" = refused ]
            [ "$(value coordination "$part" next_step)" = "Gardée refuser" ]
        fi
    done
}

@test "voir: les mots du changement, sans chiffres de machine" {
    as "$me" --hors-ligne changer "$part" prochaine_étape="Lisible"
    gone
    first=$(waiting)
    run --separate-stderr as coordination voir "$first"
    ended 0
    says "prochaine étape : Lisible" "Sorte de fiche : part"
    [[ ! $(plain "$output") =~ [0-9a-f]{16} ]]
    drop_all
}

@test "ce qui n'est plus là: dit, et rien n'est écrit" {
    as "$me" note 4.1.1 -m "À retirer" >/dev/null 2>&1
    note=$(as "$me" lister notes --format json | json '[n["handle"] for n in it if n["text"] == "À retirer"][0]')
    as "$me" --hors-ligne changer "$note" texte="Corrigée"
    gone
    office "autre$me" "Comité local de Mékinac" >/dev/null # of the same account
    as "autre$me" retirer "$note" --oui >/dev/null 2>&1
    as coordination synchroniser >/dev/null
    run --separate-stderr as coordination quarantaine
    says "qui n'est plus là"
    run --separate-stderr as coordination quarantaine "$(waiting)" --accepter
    ended 5
    says "n'est plus là"
    drop_all
    [ -z "$(waiting)" ]
}

@test "un document sans son fichier: dit, et pas repris; le reste l'est" {
    echo bytes >"$BATS_TEST_TMPDIR/plan.txt"
    as "$me" --hors-ligne joindre 4.1.1 "$BATS_TEST_TMPDIR/plan.txt" >/dev/null 2>&1
    as "$me" --hors-ligne note 1.1.1 -m "Avec le document"
    gone
    document=$(waiting | cut -d' ' -f1)
    run --separate-stderr as coordination quarantaine
    says "le fichier lui-même n'a pas été remis"
    run --separate-stderr as coordination quarantaine "$document" --accepter
    ended 5
    says "Le fichier de $document n'a pas été remis" "quarantaine $document --refuser"
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 5
    says "Le fichier de $document n'a pas été remis"
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Avec le document'")" = 1 ]
    [ "$(sql "SELECT count(*) FROM document WHERE title LIKE 'plan%'")" = 0 ]
    [ "$(waiting)" = "$document" ]
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 5
    drop_all
}

@test "voir: le moment de l'écriture; un long texte est coupé entre deux lettres" {
    as "$me" --hors-ligne note 4.1.1 -m "$(printf 'aé%.0s' {1..99})"
    gone
    first=$(waiting)
    run --separate-stderr as coordination voir "$first"
    ended 0
    [[ $(plain "$output") =~ "Écrit le : "[0-9]+" "[a-zûé]+" 20"[0-9][0-9]" à " ]]
    run --separate-stderr as coordination quarantaine
    ended 0
    says "… »"
    iconv -f utf-8 -t utf-8 <<<"$output" >/dev/null
    drop_all
}

@test "ce qui est déjà ainsi: dit, et réglé sans rien changer" {
    as "$me" avancer 4.1.1 50 2>/dev/null
    as "$me" --hors-ligne changer "$part" pourcentage=55
    as coordination changer "$part" pourcentage=55 2>/dev/null
    gone
    first=$(waiting)
    run --separate-stderr as coordination quarantaine
    ended 0
    says "c'est déjà ainsi : rien ne change"
    as coordination quarantaine --format json | json 'it[0]["already"]' | grep -qx True
    before=$(value coordination "$part" revision)
    run --separate-stderr as coordination quarantaine "$first" --accepter
    ended 0
    says "$first : c'est déjà ainsi : rien ne change."
    [ "$(value coordination "$first" status)" = accepted ]
    [[ $(plain "$(value coordination "$first" answer)") == "c'est déjà ainsi : rien ne change"* ]]
    [ "$(value coordination "$part" revision)" = "$before" ]
    [ "$(value coordination "$part" percent)" = 55 ]
}

@test "ce qui n'est ainsi que jusqu'au changement d'avant n'est pas déjà ainsi" {
    as "$me" avancer 4.1.1 30 2>/dev/null
    as "$me" --hors-ligne changer "$part" pourcentage=35
    as "$me" --hors-ligne changer "$part" pourcentage=30
    gone
    run --separate-stderr as coordination quarantaine
    says_not "déjà ainsi"
    run --separate-stderr as coordination quarantaine --tout --accepter
    says_not "déjà ainsi"
    [ "$(value coordination "$part" percent)" = 30 ]
    drop_all
}

@test "refuser avec une raison vide: comme sans raison; ce qui est retenu est dit" {
    as "$me" --hors-ligne changer "$part" prochaine_étape="La leur encore"
    as coordination changer "$part" prochaine_étape="La nôtre encore" 2>/dev/null
    gone
    first=$(waiting)
    for reason in "" "  "; do
        run --separate-stderr as coordination quarantaine "$first" --refuser -m "$reason"
        ended 2
        says "Dites pourquoi"
    done
    run as coordination quarantaine "$first" --accepter
    ended 4
    run --separate-stderr as coordination quarantaine --tout --refuser -m "Non"
    ended 4
    says "$first a déjà reçu sa réponse" "concert résoudre"
    number=$(as coordination etat --format json 2>/dev/null | json 'it["operations"][0]["number"]')
    as coordination resoudre "$number" --leur >/dev/null 2>&1
    [ -z "$(waiting)" ]
}

@test "lister quarantaine: avec l'état" {
    as "$me" --hors-ligne note 4.1.1 -m "Pour l'état"
    gone
    first=$(waiting)
    as coordination quarantaine "$first" --refuser -m "Non" >/dev/null 2>&1
    run --separate-stderr as coordination lister quarantaine
    ended 0
    says "État" "refus"
}

@test "les genres sont dits dans la langue de la session" {
    as "$me" --hors-ligne changer "$part" prochaine_étape="À lire"
    as "$me" --hors-ligne note 1.1.1 -m "À lire aussi"
    gone
    read -r change note <<<"$(waiting)"
    run --separate-stderr as coordination voir "$change"
    ended 0
    says "Mise en quarantaine $change 4.1.1 · " "Sorte de fiche : part"
    says_not share
    run --separate-stderr as coordination voir "$note"
    says "Mise en quarantaine $note À lire aussi"
    run --separate-stderr as coordination quarantaine "${change}9" --accepter
    ended 3
    says "$change  4.1.1 · "
    says_not share
    run --separate-stderr as coordination chercher part
    says "$change"
    says_not share
    drop_all
}

# second_refused NAME: a second coordinator's office of that name, $own its device, $account its
# account, which has a refused change and one that waits; the device is revoked.
second_refused()
{
    local line
    line=$(invite "Consortium en développement social de la Mauricie" --role coordination --personne "Seconde $1")
    me=$1
    as "$me" rejoindre "$line" --name "Poste de $me" >/dev/null
    account=$(as "$me" lister comptes --format json |
        json '[c["handle"] for c in it if c["person"] == words[0]][0]' "Seconde $me")
    own=$(as "$me" appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == words[0]][-1]' "Poste de $me")
    run --separate-stderr as "$me" retirer "$own" --oui
    ended 5
    says "Le serveur seul"
    says_not "demandez à votre coordination"
    as "$me" --hors-ligne note 1.1.1 -m "Celle-ci part"
    as coordination révoquer "$own" -m "Essai" >/dev/null 2>&1
}

# second_left: what it said while it left, and what the coordination has of it.
second_left()
{
    ended 7
    says "le serveur avait refusé ce changement" "(retiré)" \
        "1 changement qui attendait a été remis" "1 changement que le serveur avait refusé"
    [ "$(find "$ROOM/$me" -mindepth 1 -printf '%P ')" = "revoked " ]
    [ "$(waiting | wc -w)" = 1 ]
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 0
    [ -z "$(waiting)" ]
    as coordination changer "$account" actif=non >/dev/null 2>&1
}

@test "ce que le serveur avait refusé faute de droit ne revient pas: montré, puis supprimé" {
    second_refused "deux$BATS_TEST_NUMBER"
    run --separate-stderr as "$me" synchroniser
    second_left
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Celle-ci part'")" = 1 ]
}

@test "de même quand une autre commande l'apprend: montré, puis supprimé" {
    second_refused "trois$BATS_TEST_NUMBER"
    run --separate-stderr as "$me" plan
    second_left
}

@test "de même au second essai, après une coupure: montré, puis supprimé" {
    second_refused "quatre$BATS_TEST_NUMBER"
    # It has heard, and the line was cut before it could hand anything over.
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as copy:
    copy.execute("INSERT OR REPLACE INTO meta VALUES (\"closed\", 1)")' "$ROOM/$me/copy.db"
    server_away
    run --separate-stderr as "$me" synchroniser
    ended 6
    server_start
    run --separate-stderr as "$me" synchroniser
    second_left
}

@test "refusé faute de droit: ce qui allait ensemble est gardé ensemble, et montré" {
    account=$(as coordination lister comptes --format json |
        json '[c["handle"] for c in it if c["person"] == "Comité local de Mékinac"][-1]')
    as "$me" --hors-ligne avancer 4.1.1 65 -m "Avec sa note"
    as coordination changer "$account" instances="Comité local Des Chenaux" >/dev/null 2>&1
    run --separate-stderr as "$me" synchroniser
    ended 5
    as "$me" --hors-ligne note 1.1.1 -m "Seule, après" >/dev/null 2>&1
    gone
    run --separate-stderr as "$me" synchroniser
    ended 7
    says "2 changements que le serveur avait refusés"
    for one in $(waiting); do
        as coordination voir "$one"
    done >"$BATS_TEST_TMPDIR/kept"
    run ! grep -q "Avec sa note" "$BATS_TEST_TMPDIR/kept"
    as coordination changer "$account" instances="Comité local de Mékinac" >/dev/null 2>&1
    drop_all
}
