#!/usr/bin/env bats
# What a revoked device had not sent: looked at, taken over, turned down.

load region

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
    me=q$BATS_TEST_NUMBER
    office "$me" "Comité local de Mékinac" >/dev/null
    part=$(as "$me" lister parts action=4.1.1 instance=Mékinac --format json | json 'it[0]["handle"]')
}

# gone: the office's device is revoked, and has handed over what waits.
gone()
{
    local device
    device=$(as coordination appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == words[0]][-1]' "Poste de $me")
    as coordination révoquer "$device" -m "Essai" >/dev/null 2>&1
    as "$me" synchroniser >/dev/null 2>&1 || [ $? -eq 7 ]
}

# waiting: the handles, in the order of their writing.
waiting()
{
    as coordination quarantaine --format json 2>/dev/null | json '" ".join(r["handle"] for r in it)'
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
    says "La nôtre" "La leur" "La quarantaine reste telle quelle"
    [ "$(sql "SELECT count(*) FROM quarantine WHERE status IS NULL OR status = 'waiting'")" = 1 ]
    run --separate-stderr as coordination conflits
    says "prochaine étape" "on le leur a demandé"
    # The committee decides about its own; given up here, it is settled, and theirs stands.
    number=$(as coordination etat --format json 2>/dev/null | json 'it["operations"][0]["number"]')
    as coordination resoudre "$number" --leur >/dev/null 2>&1
    [ "$(value coordination "$part" next_step)" = "La nôtre" ]
    [ -z "$(waiting)" ]
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
