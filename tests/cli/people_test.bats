#!/usr/bin/env bats
# Letting people in and out: devices, revoking one, mandates that end, and what the device says.

load region

setup_file()
{
    region_open
}

teardown_file()
{
    region_stop
}

setup()
{
    me=p$BATS_TEST_NUMBER
    home=$ROOM/$me
}

# joined PARTY: the test's own office, and its device's handle.
joined()
{
    office "$me" "$1" --personne "Personne $BATS_TEST_NUMBER" >/dev/null
    device=$(as coordination appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == words[0]][-1]' "Poste de $me")
    account=$(as coordination appareils --format json |
        json '[d["account"] for d in it["devices"] if d["name"] == words[0]][-1]' "Poste de $me")
}

# left: the names of what is in the home.
left()
{
    find "$home" -mindepth 1 -printf '%P\n' | sort | tr '\n' ' '
}

# heard: the office has heard that it is revoked, and been killed before it could hand anything over.
heard()
{
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as copy:
    copy.execute("INSERT OR REPLACE INTO meta VALUES (\"closed\", 1)")' "$home/copy.db"
}

@test "appareils: à qui ils sont, les dernières nouvelles; un comité voit les siens" {
    joined "Comité local de Mékinac"
    as "$me" note 4.1.1 -m "Un mot"
    COLUMNS=200 run --separate-stderr as coordination appareils
    ended 0
    says "AP1" "Coordonnatrice" "Poste de $me" "en usage" "Mandats" "Comité local de Mékinac"
    as coordination appareils Mékinac --format json |
        json '[(d["state"], d["heard_at"] is not None) for d in it["devices"]] == [("open", True)]' |
        grep -qx True
    run --separate-stderr as "$me" appareils
    ended 0
    says "Poste de $me" "Vous voyez votre compte"
    says_not "Poste de la coordination"
}

@test "révoquer: la raison, ou une réponse au terminal; pas l'appareil d'où l'on parle" {
    joined "Comité local de Mékinac"
    run --separate-stderr as coordination révoquer "$device" </dev/null
    ended 2
    says "Rien n'est révoqué sans votre accord"
    run --separate-stderr as coordination révoquer AP1 -m "Essai"
    ended 5
    says "l'appareil sur lequel vous tapez"
    run --separate-stderr as "$me" révoquer AP1 -m "Essai"
    ended 5
    says "Seule une coordonnatrice"
    [ "$(sql "SELECT count(*) FROM device WHERE revoked")" = 0 ]
}

@test "révoquer: un bout de nom n'est pas un nom, même avec la raison" {
    office "$me" "Comité local de Mékinac" --personne "Zéphirine Quatremille" >/dev/null
    before=$(sql "SELECT count(*) FROM device WHERE revoked")
    for word in Zéphirine quatremille; do
        run --separate-stderr as coordination révoquer "$word" -m "Essai" </dev/null
        ended 2
        says "n'est pas un nom entier" "donnez son repère, C"
    done
    [ "$(sql "SELECT count(*) FROM device WHERE revoked")" = "$before" ]
    run --separate-stderr as coordination révoquer "zephirine quatremille" -m "Essai" </dev/null
    ended 0
    [ "$(sql "SELECT count(*) FROM device WHERE revoked")" = $((before + 1)) ]
}

@test "un appareil révoqué remet ce qui attend, ne garde rien, et dit quoi faire" {
    joined "Comité local de Mékinac"
    as "$me" avancer 4.1.1 20
    as "$me" --hors-ligne avancer 4.1.1 45 -m "Écrit en route"
    echo bytes >"$BATS_TEST_TMPDIR/note.txt"
    as "$me" --hors-ligne joindre 4.1.1 "$BATS_TEST_TMPDIR/note.txt"
    run --separate-stderr as coordination révoquer "$device" -m "Perdu dans un autobus"
    ended 0
    says "la porte lui est fermée" "À son prochain contact"
    run --separate-stderr as "$me" plan
    ended 7
    says "La coordination a révoqué cet appareil" "3 changements qui attendaient ont été remis" \
        "1 fichier qui attendait n'a pu être remis" "concert rejoindre"
    [ "$(left)" = "revoked " ]
    [ "$(sql "SELECT count(*) FROM quarantine")" = 3 ]
    # Later commands say the same, the first steps too, and write nothing.
    for words in "note 4.1.1 -m X" "etat --hors-ligne" synchroniser "suivre"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr as "$me" $words
        ended 7
        says "3 changements qui attendaient" "concert rejoindre"
    done
    run --separate-stderr as "$me"
    says "La coordination a révoqué cet appareil" "Toutes les commandes"
    [ "$(left)" = "revoked " ]
}

@test "revenir dans le même dossier, par une nouvelle invitation" {
    joined "Comité local de Mékinac"
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    run as "$me" synchroniser
    ended 7
    run --separate-stderr as "$me" rejoindre "concert://nowhere.invalid/x#1"
    ended 2
    [ "$(left)" = "revoked " ]
    office "$me" "Comité local de Mékinac" >/dev/null
    [ ! -e "$home/revoked" ]
    run --separate-stderr as "$me" note 4.1.1 -m "De retour"
    ended 0
}

@test "ce qui était en conflit ou refusé est remis aussi" {
    joined "Comité local de Mékinac"
    part=$(as "$me" lister parts action=4.1.1 instance=Mékinac --format json | json 'it[0]["handle"]')
    as "$me" --hors-ligne changer "$part" prochaine_étape="La mienne"
    as coordination changer "$part" prochaine_étape="La leur" 2>/dev/null
    run as "$me" synchroniser
    ended 4
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    run --separate-stderr as "$me" etat
    ended 7
    says "1 changement qui attendait a été remis"
    as coordination quarantaine --format json | json '"La mienne" in str(it)' | grep -qx True
}

@test "suivre: révoqué pendant qu'il écoute" {
    joined "Comité local de Mékinac"
    CONCERT_HOME=$home "$bin/concert" suivre >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    pid=$!
    until grep -q Prêt "$BATS_TEST_TMPDIR/out"; do
        as coordination note 4.1.1 -m "Prêt" >/dev/null 2>&1
        sleep 0.1
    done
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    as coordination note 4.1.1 -m "Réveil" >/dev/null 2>&1
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 7 ] || { cat "$BATS_TEST_TMPDIR/err"; false; }
    [ "$(left)" = "revoked " ]
}

@test "le lien est coupé avant la remise: rien n'est perdu, rien n'est lu, et cela reprend" {
    joined "Comité local de Mékinac"
    as "$me" --hors-ligne note 4.1.1 -m "À remettre"
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    known=$(as coordination etat --format json 2>/dev/null | json 'it["status"]["server"].split(":")[-1]')
    heard
    server_stop
    sed -i "s/^listen = .*/listen = 127.0.0.1:$known/" "$STATE/concertd.conf"
    run --separate-stderr as "$me" plan
    ended 6
    says "ne peut plus être lue" "1 changement reste à remettre"
    says_not "4.1.1"
    run --separate-stderr as "$me" plan --hors-ligne
    ended 6
    [ -e "$home/copy.db" ]
    server_start
    run --separate-stderr as "$me" synchroniser
    ended 7
    says "1 changement qui attendait a été remis"
    [ "$(left)" = "revoked " ]
}

@test "tué pendant qu'il vide le dossier: le prochain départ finit" {
    joined "Comité local de Mékinac"
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    cp -r "$home" "$home.before"
    run as "$me" synchroniser
    ended 7
    # As killed right behind the note: everything is there again, and the note says that it goes.
    sed -i 's/^state=done/state=emptying/' "$home/revoked"
    cp "$home.before"/* "$home"/ 2>/dev/null || true
    [ -e "$home/copy.db" ]
    run as "$me" plan --hors-ligne
    ended 7
    [ "$(left)" = "revoked " ]
    grep -qx state=done "$home/revoked"
}

@test "un dossier qui tient autre chose le garde" {
    joined "Comité local de Mékinac"
    local mine=(copy.dbf edit-notes.txt keys.txt lettre.txt lock-codes.txt session-2.odt session.odt)
    (cd "$home" && touch "${mine[@]}" copy.db-journal edit-a1B2c3.txt session.4242)
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    run as "$me" plan
    ended 7
    [ "$(left)" = "$(printf '%s\n' "${mine[@]}" revoked | sort | tr '\n' ' ')" ]
}

@test "ce qui ne peut être supprimé est dit, le reste s'en va, et chaque départ réessaie" {
    joined "Comité local de Mékinac"
    mkdir -p "$home/documents/photos"
    echo mine >"$home/documents/photos/une.txt"
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    for words in plan synchroniser "etat --hors-ligne"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr as "$me" $words
        ended 1
        says "La coordination a révoqué cet appareil" "$home/documents/photos"
        [ "$(left)" = "documents documents/photos documents/photos/une.txt revoked " ]
    done
    run --separate-stderr as "$me"
    says "$home/documents/photos"
    # Who joins again before that keeps what is new.
    cp -r "$home" "$home.again"
    as "$me.again" rejoindre "$(invite "Comité local de Mékinac" 2>/dev/null)" --nom "Poste de retour" >/dev/null
    cp "$home/revoked" "$home.again/revoked" # as when its first copy was cut
    as "$me.again" --hors-ligne note 4.1.1 -m "De retour" >/dev/null 2>&1
    run --separate-stderr as "$me.again" synchroniser
    ended 0
    [ -e "$home.again/copy.db" ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'De retour'")" -ge 1 ]
    rm -r "$home/documents/photos"
    run --separate-stderr as "$me" plan --hors-ligne
    ended 7
    says_not "documents/photos"
    [ "$(left)" = "revoked " ]
    grep -qx state=done "$home/revoked"
}

@test "un mandat échu: la copie reste, ce qui attend reste, et l'état le dit" {
    joined "Comité local Des Chenaux"
    as coordination changer "$account" expire=2009-06-30 2>/dev/null
    run --separate-stderr as "$me" note 4.1.1 -m "Trop tard"
    ended 0
    says "Le mandat de ce compte" "attend"
    run --separate-stderr as "$me" plan
    ended 0
    says "La copie reste lisible ici" "4.1.1"
    run --separate-stderr as "$me" etat --hors-ligne
    ended 0
    says "Ensuite : le mandat de ce compte est fini" "Trop tard"
    as "$me" etat --format json --hors-ligne 2>/dev/null | json 'it["next"]["situation"]' | grep -qx ended
    # Renewed, it goes on where it was.
    as coordination changer "$account" expire=- 2>/dev/null
    run --separate-stderr as "$me" synchroniser
    ended 0
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Trop tard'")" = 1 ]
    run --separate-stderr as "$me" etat
    says_not "mandat de ce compte"
}

@test "révoqué, puis repris avant d'avoir pu partir: le dossier reste, et l'appareil aussi" {
    joined "Comité local Des Chenaux"
    heard
    as coordination changer "$account" expire=2009-06-30 2>/dev/null
    run --separate-stderr as "$me" plan
    ended 0
    says "Le mandat de ce compte" "La copie reste lisible ici" "4.1.1"
    [ -e "$home/copy.db" ]
    heard
    as coordination changer "$account" actif=non 2>/dev/null
    run --separate-stderr as "$me" synchroniser
    says "Ce compte est fermé"
    [ -e "$home/key.pem" ] && [ -e "$home/copy.db" ]
    as coordination changer "$account" actif=oui expire=- 2>/dev/null
    heard
    run --separate-stderr as "$me" synchroniser
    ended 0
    [ -e "$home/key.pem" ]
}

@test "un compte fermé: de même, et rouvert il reprend" {
    joined "Comité local Des Chenaux"
    as coordination changer "$account" actif=non 2>/dev/null
    run --separate-stderr as "$me" plan
    ended 0
    says "Ce compte est fermé" "4.1.1"
    as coordination changer "$account" actif=oui 2>/dev/null
    run --separate-stderr as "$me" synchroniser
    ended 0
}

@test "les mandats qui finissent: la coordination les voit venir" {
    joined "Comité local Des Chenaux"
    as coordination changer "$account" expire=2030-06-30 2>/dev/null
    for words in etat tableau echeances; do
        run --separate-stderr as coordination $words --le 2030-05-15
        ended 0
        says "30 juin 2030" "Personne $BATS_TEST_NUMBER"
    done
    run --separate-stderr as coordination etat --le 2030-03-15
    says_not "30 juin 2030"
    run --separate-stderr as coordination echeances --le 2030-05-15
    says "fin du mandat"
}

@test "la dernière coordonnatrice reste" {
    run --separate-stderr as coordination changer C1 actif=non
    ended 5
    says "dernière coordonnatrice"
    run --separate-stderr as coordination changer C1 role=lectrice
    ended 5
    as coordination synchroniser >/dev/null 2>&1 || true
    for number in $(as coordination etat --format json 2>/dev/null | json '" ".join(str(o["number"]) for o in it["operations"])'); do
        as coordination resoudre "$number" --leur >/dev/null 2>&1 || true
    done
    [ "$(sql "SELECT count(*) FROM account WHERE role = 'coordinator' AND active IS NOT FALSE")" = 1 ]
}

# nothing_lost: what waited ($waited) waits still, or is at the server.
nothing_lost()
{
    sort -u <(python3 "$BATS_TEST_DIRNAME/surrender_ops.py" list "$home/copy.db") \
        <(sql "SELECT replace(op_id::text, '-', '') FROM change WHERE kind = 'quarantine'") |
        comm -13 - "$waited" >"$BATS_TEST_TMPDIR/lost"
    [ ! -s "$BATS_TEST_TMPDIR/lost" ] || { wc -l "$BATS_TEST_TMPDIR/lost" && return 1; }
}

# waiting_many COUNT: so many notes wait on the office's device.
waiting_many()
{
    as "$me" --hors-ligne note 4.1.1 -m "Parmi d'autres" >/dev/null 2>&1
    python3 "$BATS_TEST_DIRNAME/surrender_ops.py" multiply "$home/copy.db" "$1"
    waited=$BATS_TEST_TMPDIR/waited
    python3 "$BATS_TEST_DIRNAME/surrender_ops.py" list "$home/copy.db" | sort >"$waited"
    [ "$(wc -l <"$waited")" -eq "$1" ]
}

@test "tué (kill -9) à tout moment de la remise et du vidage: rien n'est perdu" {
    joined "Comité local de Mékinac"
    waiting_many 400
    as coordination révoquer "$device" -m "Essai" >/dev/null 2>&1
    code=0
    for moment in {1..60}; do
        code=0
        timeout -s KILL "$(printf '0.%03d' $((moment * 8)))" \
            env CONCERT_HOME="$home" "$bin/concert" synchroniser >/dev/null 2>&1 3>&- || code=$?
        nothing_lost
        [ "$code" -ne 7 ] || break
    done
    run as "$me" synchroniser
    ended 7
    nothing_lost
    [ "$(left)" = "revoked " ]
    [ "$(sql "SELECT count(*) FROM quarantine WHERE device = (SELECT id FROM device WHERE name = 'Poste de $me')")" = 400 ]
}

@test "une remise en plusieurs morceaux, coupée entre eux par la ligne: tout arrive, une fois" {
    port=$(as coordination etat --hors-ligne --format json 2>/dev/null | json 'it["status"]["server"].split(":")[-1]')
    server_stop
    sed -i "s/^listen = .*/listen = 127.0.0.1:$port/; s/^; operations = .*/operations = 250/" "$STATE/concertd.conf"
    grep -q '^operations = 250' "$STATE/concertd.conf"
    server_start
    proxy=$BATS_TEST_TMPDIR/port
    /usr/bin/python3 "$BATS_TEST_DIRNAME/cutting_proxy.py" "$port" 5 100000000 100000001 >"$proxy" 3>&- &
    first=$!
    until [ -s "$proxy" ]; do sleep 0.02; done
    line=$(invite "Comité local de Mékinac" --personne "Coupée" 2>/dev/null)
    as "$me" rejoindre "${line/:$port/:$(<"$proxy")}" --nom "Poste de $me" >/dev/null
    device=$(as coordination appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == words[0]][-1]' "Poste de $me")
    waiting_many 2000
    as coordination révoquer "$device" -m "Essai" >/dev/null 2>&1
    kill -9 "$first"
    # A piece is some 30 kilobytes: each line is cut behind the first ones.
    /usr/bin/python3 "$BATS_TEST_DIRNAME/cutting_proxy.py" "$port" 5 80000 80001 "$(<"$proxy")" >"$proxy.again" 3>&- &
    second=$!
    until [ -s "$proxy.again" ]; do sleep 0.02; done
    for turn in 1 2 3; do
        run as "$me" synchroniser
        ended 6
        [ -e "$home/copy.db" ]
        nothing_lost
    done
    kept=$(sql "SELECT count(*) FROM quarantine WHERE device = (SELECT id FROM device WHERE name = 'Poste de $me')")
    ((kept > 0 && kept < 2000))
    kill -9 "$second"
    while lives "$second"; do sleep 0.02; done
    /usr/bin/python3 "$BATS_TEST_DIRNAME/cutting_proxy.py" "$port" 5 100000000 100000001 "$(<"$proxy")" >"$proxy.last" 3>&- &
    third=$!
    until [ -s "$proxy.last" ]; do sleep 0.02; done
    run as "$me" synchroniser
    kill -9 "$third"
    ended 7
    says "2000 changements" "ont été remis"
    nothing_lost
    [ "$(left)" = "revoked " ]
    [ "$(sql "SELECT count(*) FROM quarantine WHERE device = (SELECT id FROM device WHERE name = 'Poste de $me')")" = 2000 ]
    server_stop
    sed -i '/^operations = 250/d' "$STATE/concertd.conf"
    server_start
}

@test "plus que le serveur n'en garde: l'appareil attend, et le dit; rien n'est vidé" {
    joined "Comité local de Mékinac"
    waiting_many 10003
    as coordination révoquer "$device" -m "Essai" >/dev/null 2>&1
    run as "$me" synchroniser
    ended 6
    says "votre coordination doit d'abord répondre"
    [ -e "$home/copy.db" ]
    nothing_lost
    as coordination synchroniser >/dev/null 2>&1
    some=$(sql "SELECT r.handle FROM quarantine q JOIN record r ON r.id = q.id WHERE q.device =
        (SELECT id FROM device WHERE name = 'Poste de $me') AND q.status IS NULL LIMIT 3")
    # shellcheck disable=SC2086 # handles
    as coordination quarantaine $some --refuser -m "De la place" >/dev/null
    run as "$me" synchroniser
    ended 7
    says "10003 changements"
    nothing_lost
    [ "$(left)" = "revoked " ]
}

@test "révoquer sans lien: la porte reste ouverte d'ici là, et c'est dit" {
    joined "Comité local de Mékinac"
    run --separate-stderr as coordination --hors-ligne révoquer "$device" -m "Volé"
    ended 0
    says "la porte reste ouverte" "concert synchroniser"
    says_not "la porte lui est fermée"
    run --separate-stderr as coordination --hors-ligne révoquer "$device" -m "Volé"
    ended 6
    says "est déjà inscrite ici"
    as coordination synchroniser >/dev/null
    run --separate-stderr as "$me" synchroniser
    ended 7
    # Said once, and nothing else.
    [ "$(grep -c révoqué <<<"$stderr")" -eq 1 ]
}

@test "la dernière qui ait un appareil reste, tant que la seconde n'est pas entrée" {
    region="Consortium en développement social de la Mauricie"
    line=$(invite "$region" --role coordination --personne "Seconde" 2>/dev/null)
    run --separate-stderr as coordination changer C1 actif=non
    ended 5
    says "aucune autre coordonnatrice n'est entrée"
    run --separate-stderr as coordination changer C1 expire=2009-01-01
    ended 5
    [ "$(sql "SELECT count(*) FROM account WHERE person = 'Coordonnatrice' AND active IS NOT FALSE AND expires IS NULL")" = 1 ]
    as seconde rejoindre "$line" --nom "Poste de la seconde" >/dev/null
    as coordination synchroniser >/dev/null
    run --separate-stderr as coordination changer C1 expire=2009-01-01
    [ "$(sql "SELECT count(*) FROM account WHERE person = 'Coordonnatrice' AND expires IS NOT NULL")" = 1 ]
    as seconde changer C1 expire=- >/dev/null
    as coordination synchroniser >/dev/null
}

@test "un mandat échu: rien ne promet de partir de soi-même" {
    joined "Comité local Des Chenaux"
    as coordination changer "$account" expire=2009-06-30 2>/dev/null
    run --separate-stderr as "$me" note 4.1.1 -m "Après"
    ended 0
    says "attend que votre coordination renouvelle le mandat"
    says_not "partira de lui-même" "a pris fin le" "rouvre le compte"
    as coordination changer "$account" expire=- actif=non 2>/dev/null
    run --separate-stderr as "$me" note 4.1.1 -m "Après encore"
    ended 0
    says "attend que votre coordination rouvre le compte"
    as coordination changer "$account" actif=oui 2>/dev/null
}

@test "le nouveau groupe de l'aide" {
    run --separate-stderr as coordination aide
    says "Les personnes et leurs appareils" "appareils" "revoquer" "quarantaine" "passer" "a-propos"
}

# not_kept: the office has a change that the server cannot keep and one that it can, and its device
# is revoked.
not_kept()
{
    local part long
    joined "Comité local de Mékinac"
    part=$(as "$me" lister parts action=4.1.1 instance=Mékinac --format json | json 'it[0]["handle"]')
    long=$(printf 'mot %.0s' {1..2000})
    # A reason beyond what a record holds.
    as "$me" --hors-ligne changer "$part" prochaine_étape="À noter: $long fin" \
        -m "$(head -c 70000 /dev/zero | tr '\0' a)" 2>/dev/null
    as "$me" --hors-ligne note 4.1.1 -m "Gardée" >/dev/null 2>&1
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
}

# not_kept_left: what it said while it left.
not_kept_left()
{
    ended 7
    says "4.1.1 · Comité local de Mékinac : le serveur ne peut garder ce changement" \
        "prochaine étape : À noter: mot mot" "mot fin" \
        "1 changement qui attendait a été remis" "1 changement n'a pu être gardé par le serveur"
    [ "$(left)" = "revoked " ]
}

@test "ce que le serveur ne peut garder est montré en entier avant d'être supprimé" {
    not_kept
    run --separate-stderr as "$me" synchroniser
    not_kept_left
    # Once: it is nowhere any more.
    run --separate-stderr as "$me" plan
    ended 7
    says "1 changement n'a pu être gardé par le serveur"
    says_not "À noter"
    ! grep -q "noter" "$home/revoked"
}

@test "de même quand une autre commande l'apprend: montré, puis supprimé" {
    not_kept
    run --separate-stderr as "$me" plan
    not_kept_left
}

@test "de même au second essai, après une coupure: montré, puis supprimé" {
    not_kept
    heard
    server_away
    run --separate-stderr as "$me" synchroniser
    ended 6
    server_start
    run --separate-stderr as "$me" synchroniser
    not_kept_left
}

@test "le serveur prend moins qu'avant: la remise se fait par morceaux" {
    joined "Comité local de Mékinac"
    waiting_many 300
    # Two that commit together, which are more than the server takes now.
    as "$me" --hors-ligne avancer 4.1.1 30 -m "Ensemble" >/dev/null 2>&1
    python3 "$BATS_TEST_DIRNAME/surrender_ops.py" list "$home/copy.db" | sort >"$waited"
    [ "$(wc -l <"$waited")" -eq 302 ]
    port=$(as coordination etat --hors-ligne --format json 2>/dev/null | json 'it["status"]["server"].split(":")[-1]')
    server_stop
    sed -i "s/^listen = .*/listen = 127.0.0.1:$port/; s/^\[limits\]$/&\noperations = 1/" "$STATE/concertd.conf"
    grep -q '^operations = 1$' "$STATE/concertd.conf"
    server_start
    as coordination révoquer "$device" -m "Essai" >/dev/null 2>&1
    run as "$me" synchroniser
    ended 7
    says "302 changements"
    nothing_lost
    [ "$(left)" = "revoked " ]
    server_stop
    sed -i '/^operations = 1/d' "$STATE/concertd.conf"
    server_start
}

@test "appareils: sur un écran étroit aucun mot n'est coupé" {
    joined "Comité local de Mékinac"
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    COLUMNS=80 run --separate-stderr as coordination appareils Mékinac
    ended 0
    [[ $output == *révoqué* ]]
    widest=$(python3 -c 'import sys; print(max(len(line) for line in sys.argv[1].splitlines()))' "$output")
    ((widest <= 80))
}

@test "inviter qui n'a plus de mandat: pas de ligne pour rien, et comment le renouveler" {
    as coordination ajouter compte personne="Mandat Fini" role=editor instances="Comité en logement" \
        langue=fr expire=2009-06-30 2>/dev/null
    run --separate-stderr as coordination inviter "Comité en logement" --personne "Mandat Fini"
    ended 5
    says "a pris fin le 30 juin 2009" "concert changer C" "expire=JOUR"
    [ -z "$output" ]
    fini=$(as coordination lister comptes --format json |
        json '[a["handle"] for a in it if a["person"] == "Mandat Fini"][0]')
    as coordination changer "$fini" expire=- 2>/dev/null
    run --separate-stderr as coordination inviter "Comité en logement" --personne "Mandat Fini"
    ended 0
    [[ $output == concert://* ]]
}

@test "inviter: le rôle est dit, et le compte qu'il y a déjà" {
    run --separate-stderr as coordination inviter "Comité en logement"
    ended 0
    says "avec le rôle « rédaction »"
    says_not "a déjà un compte"
    run --separate-stderr as coordination inviter "Comité en logement" --role coordination
    ended 0
    says "avec le rôle « coordination »" "Comité en logement a déjà un compte : C" "(rédaction)"
    # With the name of somebody else it is nobody's second.
    run --separate-stderr as coordination inviter "Comité en logement" --personne "Quelqu'un" --role lecture
    ended 0
    says "Pour Quelqu'un (Comité en logement), avec le rôle « lecture »"
    says_not "a déjà un compte"
    run --separate-stderr as coordination inviter "Comité en logement" --le 2020-01-01
    ended 2
    says "laissez --le de côté"
}

@test "inviter: ni nom vide, ni caractère de commande, ni langue qu'on ne parle pas" {
    before=$(sql "SELECT count(*) FROM account")
    for name in "" "  " $'A\e[31mB' $'Deux\nlignes' "$(printf 'é%.0s' {1..201})"; do
        run --separate-stderr as coordination inviter Mékinac --personne "$name"
        ended 2
        says "Un nom tient sur une ligne"
        [[ $output$stderr != *$'\e'* ]]
    done
    for language in de es ""; do
        run --separate-stderr as coordination inviter Mékinac --personne "Lise" --langue-du-compte "$language"
        ended 2
        says "La langue d'un compte est fr ou en."
    done
    run --separate-stderr as coordination changer C1 langue=de
    ended 5
    says "La langue d'un compte est fr ou en."
    run --separate-stderr as coordination changer C1 personne=$'A\e[31mB'
    ended 5
    says "Un nom tient sur une ligne"
    run --separate-stderr as "$me" rejoindre "$(invite Mékinac --personne "Lise" 2>/dev/null)" --nom $'A\e[31mB'
    ended 5
    says "Un nom tient sur une ligne"
    [ "$(sql "SELECT count(*) FROM account")" = $((before + 1)) ]
    [ "$(sql "SELECT count(*) FROM account WHERE language NOT IN ('fr', 'en')")" = 0 ]
}

@test "ce que d'autres ont écrit ne commande pas ce terminal" {
    run --separate-stderr as coordination appareils $'\e[31mrouge\e]0;titre\a'
    ended 3
    says "rouge"
    [[ $stderr != *$'\e'* && $stderr != *$'\a'* ]]
}

@test "inviter: seule une coordonnatrice" {
    joined "Comité local de Mékinac"
    run --separate-stderr as "$me" inviter "Comité local de Mékinac"
    ended 5
    says "Seule une coordonnatrice invite"
}

@test "un mot vide ne nomme rien" {
    for words in inviter revoquer appareils voir; do
        for word in "" " "; do
            run --separate-stderr as coordination "$words" "$word"
            ended 2
            says "Un mot vide ne nomme rien"
        done
    done
}

@test "appareils: le comité d'abord, où un territoire ou une ville porte le même nom" {
    joined "Comité local de Shawinigan"
    for word in Shawinigan "Comité local de Shawinigan"; do
        as coordination appareils "$word" --format json |
            json '[d["name"] for d in it["devices"]]' | grep -q "Poste de $me"
    done
}

@test "une révocation qui attend se montre comme telle" {
    joined "Comité local de Mékinac"
    as coordination --hors-ligne révoquer "$device" -m "Volé" 2>/dev/null
    run --separate-stderr as coordination --hors-ligne appareils "$device"
    ended 0
    says "révocation en attente"
    as coordination --hors-ligne appareils "$device" --format json 2>/dev/null |
        json 'it["devices"][0]["state"]' | grep -qx revoking
    as coordination synchroniser >/dev/null
    run --separate-stderr as coordination appareils "$device"
    says "révoqué"
    says_not "révocation en attente"
}

@test "révoquer: ce qui porte le même nom se distingue" {
    as "$me" rejoindre "$(invite "Comité local de Mékinac" --personne "Une de Mékinac" 2>/dev/null)" \
        --nom "Poste pareil" >/dev/null
    as "${me}b" rejoindre "$(invite "Comité local Des Chenaux" --personne "Une des Chenaux" 2>/dev/null)" \
        --nom "Poste pareil" >/dev/null
    run --separate-stderr as coordination révoquer "Poste pareil" -m "Essai"
    ended 3
    says "Une de Mékinac" "Une des Chenaux"
    invite "Comité de soutien" >/dev/null 2>&1
    invite "Comité de soutien" --role lecture >/dev/null 2>&1
    run --separate-stderr as coordination révoquer "Comité de soutien" -m "Essai"
    ended 3
    says "rédaction" "lecture"
}
