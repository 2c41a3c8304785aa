#!/usr/bin/env bats
# An office whose link is gone for good goes on for months by files that others carry: nothing is
# lost, whatever comes twice, late or never.

load region
load apart

setup()
{
    server_lives || server_start
    local name
    for name in mekinac2 chenaux coordination; do as "$name" sync >/dev/null; done
    KEY=$BATS_TEST_TMPDIR/cle # what goes from hand to hand
    mkdir "$KEY"
    again || return 0
}

# far COMMAND...: at the office without a link.
far()
{
    as mekinac --offline "$@"
}

# again: a file goes and comes back, so that the office knows all there is.
again()
{
    far sync --to "$KEY/rappel" 2>/dev/null
    as chenaux sync --from "$KEY/rappel" 2>/dev/null
    far sync --from "$KEY/rappel.réponse" >/dev/null 2>&1
}

# there_and_back NAME: writes a file, hands it on, and reads the answer.
there_and_back()
{
    far sync --to "$KEY/$1"
    as chenaux sync --from "$KEY/$1"
    far sync --from "$KEY/$1.réponse"
}

states()
{
    far status --format json 2>/dev/null | json 'it["status"][words[0]]' "$1"
}

percent()
{
    sql "SELECT percent FROM share WHERE id = (SELECT id FROM record WHERE handle = '$1')"
}

@test "what was written without a link is applied as its author's, and the news come back" {
    local handle before
    handle=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    as coordination add note subject=4.1.1 text="Pendant votre absence"
    far progress 4.1.1 35 -m "Fait sans lien"
    [ "$(states waiting)" = 2 ]
    run far sync --vers "$KEY/bureau"
    ended 0
    says "2 modifications" "$KEY/bureau"
    [ "$(states waiting)" = 2 ]
    [ "$(as mekinac --offline status --format json 2>/dev/null | json 'it["next"]["situation"]')" = carried ]
    run as chenaux synchroniser --de "$KEY/bureau"
    ended 0
    says "$KEY/bureau.réponse" "Poste de mekinac"
    [ "$(percent "$handle")" = 35 ]
    run as coordination history "$handle"
    says "Poste de mekinac"
    says_not "Poste de chenaux"
    run far sync --de "$KEY/bureau.réponse"
    ended 0
    [ "$(states waiting)" = 0 ]
    run far show 4.1.1
    says "35 %" "Fait sans lien" "Pendant votre absence"
}

@test "an empty file fetches the news" {
    as coordination note 4.1.2 -m "Du nouveau pour tous"
    run far sync --to "$KEY/rien"
    ended 0
    says "$KEY/rien"
    as chenaux sync --from "$KEY/rien"
    far sync --from "$KEY/rien.réponse"
    run far show 4.1.2
    says "Du nouveau pour tous"
    [ "$(states waiting)" = 0 ]
}

@test "files taken twice, at several offices, count once" {
    local before
    far note 4.1.1 -m "Une seule fois"
    far sync --to "$KEY/deux"
    as chenaux sync --from "$KEY/deux"
    cp "$KEY/deux.réponse" "$KEY/premiere"
    before=$(sql "SELECT seq FROM head")
    as coordination sync --from "$KEY/deux"
    as mekinac2 sync --from "$KEY/deux"
    [ "$(sql "SELECT seq FROM head")" = "$before" ]
    local answer
    for answer in premiere deux.réponse premiere; do
        run far sync --from "$KEY/$answer"
        ended 0
        [ "$(states waiting)" = 0 ]
    done
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Une seule fois'")" = 1 ]
}

@test "a file that never came is made up for by the next one" {
    far note 4.1.1 -m "Perdue en route"
    far sync --to "$KEY/perdu"
    rm "$KEY/perdu"
    far note 4.1.1 -m "Et celle d'après"
    there_and_back suivant
    [ "$(states waiting)" = 0 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text IN ('Perdue en route', 'Et celle d''après')")" = 2 ]
}

@test "answers that come in another order lose nothing" {
    far note 4.1.1 -m "Premier envoi"
    far sync --to "$KEY/a"
    as coordination note 4.1.1 -m "Entre les deux"
    far note 4.1.1 -m "Deuxième envoi"
    far sync --to "$KEY/b"
    as chenaux sync --from "$KEY/b"
    as chenaux sync --from "$KEY/a"
    far sync --from "$KEY/a.réponse"
    run far sync --from "$KEY/b.réponse"
    ended 0
    [ "$(states waiting)" = 0 ] || again
    [ "$(states waiting)" = 0 ]
    run far show 4.1.1
    says "Premier envoi" "Entre les deux" "Deuxième envoi"
    [ "$(sql "SELECT count(*) FROM note WHERE text LIKE '%envoi'")" = 2 ]
}

number()
{
    far status --format json 2>/dev/null |
        json '" ".join(str(o["number"]) for o in it["operations"] if o["state"] == words[0])' "$1"
}

@test "a conflict and a refusal come back as over the line, and are settled by file too" {
    local handle theirs
    handle=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    theirs=$(mine mekinac 4.1.1 "Comité local Des Chenaux")
    as mekinac2 sync
    as mekinac2 set "$handle" percent=20
    far set "$handle" percent=80 || true
    run far set "$theirs" percent=99
    run far sync --to "$KEY/heurt"
    as chenaux sync --from "$KEY/heurt"
    run far sync --from "$KEY/heurt.réponse"
    says "80" "20"
    [ "$status" -eq 4 ] || [ "$status" -eq 5 ]
    [ "$(percent "$handle")" = 20 ]
    [ "$(percent "$theirs")" = "" ]
    [ -n "$(number conflict)" ]
    far résoudre "$(number conflict)" --mien -m "Recompté"
    local refused
    for refused in $(number refused); do far résoudre "$refused" --leur; done
    there_and_back choix
    [ "$(percent "$handle")" = 80 ]
    [ "$(states waiting)" = 0 ]
    run far sync --to "$KEY/net"
    ended 0
}

@test "what hangs together is applied together, or not at all" {
    local handle
    far add share action=4.1.3
    far note 4.1.3 -m "Une part par fichier"
    there_and_back ensemble
    [ "$(states waiting)" = 0 ]
    [ "$(sql "SELECT count(*) FROM note n JOIN share s ON n.subject = s.id
        WHERE n.text = 'Une part par fichier'")" = 1 ]
    handle=$(mine mekinac 4.1.3 "Comité local de Mékinac")
    [[ $handle != "~"* ]] # the server's own by now
}

# editor SED: what the person does in the text of their whole part.
editor()
{
    printf '#!/bin/sh\nsed -i "%s" "$1"\n' "$1" >"$BATS_TEST_TMPDIR/editor"
    chmod +x "$BATS_TEST_TMPDIR/editor"
    export EDITOR=$BATS_TEST_TMPDIR/editor
}

@test "a committee's whole part, edited as one text, goes by file as one, and is refused as one" {
    local handle number percents
    far progress 4.1.2 5
    there_and_back avant
    handle=$(mine mekinac 4.1.2 "Comité local de Mékinac")
    editor 's/^pourcentage.*/pourcentage : 63/'
    far rediger --ma-part --oui
    [ "$(states waiting)" -ge 2 ]
    there_and_back mapart
    [ "$(states waiting)" = 0 ]
    [ "$(sql "SELECT count(DISTINCT at) FROM change WHERE seq IN (SELECT seq FROM record
        WHERE id IN (SELECT id FROM share WHERE percent = 63))")" = 1 ]
    [ "$(percent "$handle")" = 63 ]

    # One of them clashes: none is written until it is settled, and then all are.
    as mekinac2 sync
    as mekinac2 set "$handle" percent=20
    editor 's/^pourcentage.*/pourcentage : 71/'
    far rediger --ma-part --oui
    far sync --to "$KEY/heurt"
    as chenaux sync --from "$KEY/heurt"
    run far sync --from "$KEY/heurt.réponse"
    ended 4
    [ "$(sql "SELECT count(*) FROM share WHERE percent = 71")" = 0 ]
    number=$(number conflict)
    [ -n "$number" ]
    far résoudre "${number%% *}" --mien -m "Recompté"
    there_and_back ensemble
    [ "$(states waiting)" = 0 ]
    [ -z "$(number conflict)$(number refused)" ]
    percents=$(sql "SELECT count(*) FROM share WHERE percent = 71")
    [ "$percents" -ge 2 ]
}

@test "a file that is somebody's stays, a folder is no file, and one's own file is not an answer" {
    printf 'Chère madame\n' >"$KEY/lettre"
    run far sync --to "$KEY/lettre"
    ended 2
    says "$KEY/lettre" "choisissez un autre nom"
    [ "$(cat "$KEY/lettre")" = "Chère madame" ]
    run far sync --to "$KEY"
    ended 2
    says "est un dossier"
    run far sync --from "$KEY"
    ended 2
    run far sync --to ""
    ended 2
    far note 4.1.1 -m "Dans un fichier à long nom"
    run far sync --to "$KEY/été à Mékinac.concert"
    says '--de "été à Mékinac.concert"'
    far sync --to "$KEY/été à Mékinac.concert" # of our own: in its place
    run far sync --from "$KEY/été à Mékinac.concert"
    ended 6
    says "cet appareil a écrit" "bureau qui en a un"
    printf 'Un mot\n' >"$KEY/été à Mékinac.concert.réponse"
    run as chenaux sync --from "$KEY/été à Mékinac.concert"
    ended 1
    says "Rien n'a été transmis"
    [ "$(cat "$KEY/été à Mékinac.concert.réponse")" = "Un mot" ]
    rm "$KEY/été à Mékinac.concert.réponse"
    as chenaux sync --from "$KEY/été à Mékinac.concert"
    run far sync --to "$KEY/été à Mékinac.concert.réponse"
    ended 2
    run far sync --from "$KEY/été à Mékinac.concert.réponse"
    ended 0
    says "peuvent être effacés"
    run far sync --from "$KEY/été à Mékinac.concert.réponse"
    ended 0
    says "était déjà ici"
}

@test "a large outbox goes in several parcels, in order" {
    local i text handle before
    handle=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    text=$(python3 -c 'print("é" * 30000)')
    for i in {1..34}; do far note 4.1.1 -m "$i $text" >/dev/null; done
    for i in {41..49}; do far set "$handle" percent="$i"; done
    run far sync --to "$KEY/gros"
    ended 0
    says "43 modifications"
    [ "$(stat -c %s "$KEY/gros")" -gt 2000000 ]
    as chenaux sync --from "$KEY/gros"
    [ "$(percent "$handle")" = 49 ]
    run far sync --from "$KEY/gros.réponse"
    ended 0
    [ "$(states waiting)" = 0 ]
    [ "$(sql "SELECT count(*) FROM note WHERE length(text) > 30000")" = 34 ]
}

@test "a file that is cut, changed or no file of ours is said so, and nothing of it is taken" {
    local before
    far note 4.1.1 -m "Intacte"
    far sync --to "$KEY/entier"
    before=$(sql "SELECT seq FROM head")
    head -c -10 "$KEY/entier" >"$KEY/coupe"
    run as chenaux sync --from "$KEY/coupe"
    ended 1
    says "$KEY/coupe"
    python3 -c 'import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2 - 300] ^= 1
open(sys.argv[2], "wb").write(data)' "$KEY/entier" "$KEY/change"
    run as chenaux sync --from "$KEY/change"
    [ "$status" -ne 0 ]
    printf 'Une lettre\n' >"$KEY/lettre"
    run as chenaux sync --from "$KEY/lettre"
    ended 1
    : >"$KEY/vide"
    run as chenaux sync --from "$KEY/vide"
    ended 1
    run as chenaux sync --from "$KEY/absent"
    ended 1
    [ "$(sql "SELECT seq FROM head")" = "$before" ]
    [ ! -e "$KEY/coupe.réponse" ] && [ ! -e "$KEY/change.réponse" ] && [ ! -e "$KEY/lettre.réponse" ]

    as chenaux sync --from "$KEY/entier"
    head -c -10 "$KEY/entier.réponse" >"$KEY/r-coupe"
    run far sync --from "$KEY/r-coupe"
    ended 1
    [ "$(states waiting)" = 1 ]
    python3 -c 'import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[-40] ^= 1
open(sys.argv[2], "wb").write(data)' "$KEY/entier.réponse" "$KEY/r-change"
    run far sync --from "$KEY/r-change"
    ended 1
    [ "$(states waiting)" = 1 ]
    run as mekinac2 sync --from "$KEY/entier.réponse"
    ended 1
    far sync --from "$KEY/entier.réponse"
    [ "$(states waiting)" = 0 ]
}

@test "a full disk is said so, leaves no half file, and nothing is lost" {
    mkdir "$KEY/petit"
    mount -t tmpfs -o size=64k tmpfs "$KEY/petit" 2>/dev/null || skip "no right to mount"
    head -c 60000 /dev/zero >"$KEY/petit/plein"
    far note 4.1.1 -m "$(python3 -c 'print("x" * 20000)')"
    run far sync --to "$KEY/petit/bureau"
    ended 1
    says "disque"
    [ ! -e "$KEY/petit/bureau" ] && [ ! -e "$KEY/petit/bureau.new" ]
    [ "$(states waiting)" = 1 ]
    far sync --to "$KEY/bureau"
    umount "$KEY/petit"
    as chenaux sync --from "$KEY/bureau"
    far sync --from "$KEY/bureau.réponse"
    [ "$(states waiting)" = 0 ]
}

@test "an answer to a file that this copy does not know is left, and the next one tells all" {
    cp -r "$ROOM/mekinac" "$BATS_TEST_TMPDIR/sauvegarde"
    far note 4.1.1 -m "Avant la restauration"
    far sync --to "$KEY/oublie"
    as chenaux sync --from "$KEY/oublie"
    rm -r "$ROOM/mekinac"
    cp -r "$BATS_TEST_TMPDIR/sauvegarde" "$ROOM/mekinac"
    run far sync --from "$KEY/oublie.réponse"
    ended 1
    says "ne connaît pas"
    there_and_back depuis
    run far show 4.1.1
    says "Avant la restauration"
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Avant la restauration'")" = 1 ]
}

@test "when the link comes back, all meets" {
    far note 4.1.1 -m "Encore par fichier"
    far sync --to "$KEY/dernier"
    as chenaux sync --from "$KEY/dernier"
    far note 4.1.1 -m "Déjà par le lien"
    as mekinac sync
    [ "$(states waiting)" = 0 ]
    # The answer comes after all: it has nothing to add, and takes nothing back.
    run far sync --from "$KEY/dernier.réponse"
    ended 0
    [ "$(states waiting)" = 0 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text IN ('Encore par fichier', 'Déjà par le lien')")" = 2 ]
    run as mekinac show 4.1.1
    says "Encore par fichier" "Déjà par le lien"
}

@test "a server that came back from an older backup: files alone make it good again" {
    local dump=$BATS_TEST_TMPDIR/hier
    pg_dump -Fc -f "$dump" "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)"
    far note 4.1.1 -m "Perdue par le serveur"
    there_and_back avant
    [ "$(states waiting)" = 0 ]
    server_stop
    sql "DROP SCHEMA mauricie CASCADE"
    pg_restore -d "$("$CLUSTER" conninfo "$PG" "$DB" concert_owner)" "$dump" 2>/dev/null || true
    server_start
    as coordination sync >/dev/null 2>&1 || true
    as chenaux sync >/dev/null 2>&1 || true
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Perdue par le serveur'")" = 0 ]
    as coordination note 4.1.1 -m "Après la panne"
    run there_and_back un
    ended 0
    says "sauvegarde"
    [ "$(as mekinac --offline status --format json 2>/dev/null | json 'it["next"]["situation"]')" = renew ]
    there_and_back deux
    run far show 4.1.1
    says "Perdue par le serveur" "Après la panne"
    run there_and_back trois
    ended 0
    says "renvoyé" "le serveur en avait perdu"
    [ "$(states waiting)" = 0 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Perdue par le serveur'")" = 1 ]
    as mekinac --offline status --format json 2>/dev/null >"$BATS_TEST_TMPDIR/status"
    [ "$(json 'it["restart"]["lacking"] >= 1 and it["restart"]["former"] == 0 and
        it["restart"]["sent_again"] == it["restart"]["lacking"] + it["restart"]["known"]' \
        <"$BATS_TEST_TMPDIR/status")" = True ]
}

@test "what a device that was revoked hands on goes to quarantine" {
    local device handle
    handle=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    far note 4.1.1 -m "Trop tard"
    far sync --to "$KEY/revoque"
    # A reason beyond what a record holds.
    far set "$handle" next_step="Trop long" -m "$(head -c 70000 /dev/zero | tr '\0' a)" 2>/dev/null
    far sync --to "$KEY/revoque2"
    device=$(as coordination list device --format json |
        json '[d["handle"] for d in it if d["name"] == "Poste de mekinac"][0]')
    as coordination set "$device" revoked=true
    run as chenaux sync --from "$KEY/revoque"
    ended 0
    run as chenaux sync --from "$KEY/revoque2"
    ended 0
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Trop tard'")" = 0 ]
    [ "$(sql "SELECT count(*) FROM quarantine WHERE target_kind = 'note'")" = 1 ]
    run far sync --from "$KEY/revoque.réponse"
    ended 5
    says "révoqué" "Ce que tenait le fichier lui a été remis" "invitation"
    # what the server could not keep of another is told, and stays
    run far sync --from "$KEY/revoque2.réponse"
    ended 5
    says "révoqué" "n'a pu garder 1 changement du fichier" "invitation"
    says_not "lui a été remis"
    # with a link again: what the file held is known, and the copy goes
    run as mekinac sync
    ended 7
    says "Trop long" "1 changement n'a pu être gardé par le serveur"
    [ "$(sql "SELECT count(*) FROM quarantine WHERE target_kind = 'note'")" = 1 ]
}
