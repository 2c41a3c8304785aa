#!/usr/bin/env bats
# Documents: attached off line, sent when the server is in reach and where they were left, fetched
# whole at another office.

load region
load apart

setup()
{
    server_lives || server_start
    local name
    for name in mekinac mekinac2 chenaux coordination; do as "$name" sync >/dev/null; done
    cd "$BATS_TEST_TMPDIR" || return 1
    SHARE=$(mine mekinac 4.1.1 "Comité local de Mékinac")
}

# bytes FILE SIZE: a file that nothing compresses.
bytes()
{
    head -c "$2" /dev/urandom >"$1"
}

# joined NAME HANDLE FILE [WORD...]: attaches, and prints the document's handle.
joined()
{
    as "$1" joindre "${@:2}" --format json 2>/dev/null |
        json 'it[0]["handle"] if isinstance(it, list) else (it.get("document") or it)["handle"]'
}

# value_id HANDLE: the id of a record.
value_id()
{
    as coordination sync >/dev/null
    as coordination show "$1" --offline --format json 2>/dev/null | json 'it["record"]["id"]'
}

# files NAME: how many files wait on its device.
files()
{
    as "$1" status --offline --format json 2>/dev/null | json 'it["status"]["documents"]'
}

# held: the most bytes that the server holds of a document.
held()
{
    sql 'SELECT coalesce(max(n), 0) FROM (SELECT sum(length(bytes)) AS n FROM document_chunk
        GROUP BY document) AS each'
}

forget_documents()
{
    sql 'DELETE FROM document_chunk; DELETE FROM document_whole'
}

@test "a file is attached, listed where it hangs, and fetched at another office" {
    bytes "rapport annuel.pdf" 1258291
    run as mekinac joindre "$SHARE" "rapport annuel.pdf"
    ended 0
    says "Le fichier est sur le serveur (1,2 Mo)" "rapport annuel" "application/pdf"
    [ "$(files mekinac)" = 0 ]
    [ "$(find "$ROOM/mekinac/documents" -name '*.send' | wc -l)" = 0 ]

    run as chenaux voir "$SHARE"
    says "Documents" "rapport annuel" "1,2 Mo"
    says_not "SHA-256" # of the document's own card alone
    local document
    document=$(as chenaux list document --format json | json 'it[-1]["handle"]')
    run as chenaux voir "$document"
    says "1,2 Mo" "application/pdf" "$(sha256sum <"rapport annuel.pdf" | head -c 40)"
    [ "$(value chenaux "$document" size)" = 1258291 ]

    mkdir there && cd there
    run --separate-stderr as chenaux obtenir "$document"
    ended 0
    [ "$output" = "rapport annuel.pdf" ]
    [[ $(plain "$stderr") == *"$document est ici, en entier (1,2 Mo)"* ]]
    cmp "rapport annuel.pdf" "../rapport annuel.pdf"
}

@test "what is there already is never written over: another name is offered" {
    echo un >notes.txt
    local document
    document=$(joined mekinac "$SHARE" notes.txt)
    echo "à moi" >here.txt
    cp here.txt notes.txt
    run as chenaux obtenir "$document"
    ended 2
    says "Il y a déjà un fichier « notes.txt »" '--vers "notes (2).txt"'
    touch "notes (2).txt"
    run as chenaux obtenir "$document"
    says '--vers "notes (3).txt"'
    run as chenaux obtenir "$document" --vers here.txt
    ended 2
    cmp here.txt notes.txt
    run as chenaux obtenir "$document" --vers "notes (3).txt"
    ended 0
    [ "$(cat "notes (3).txt")" = un ]
    mkdir elsewhere
    run as chenaux obtenir "$document" --vers elsewhere
    ended 0
    [ "$(cat elsewhere/notes.txt)" = un ]
}

@test "off line a file is copied at once, and leaves by itself when the server is back" {
    bytes photo.jpg 300000
    cp photo.jpg kept
    server_stop
    run as mekinac joindre "$SHARE" photo.jpg --titre "La salle"
    ended 0
    says "attend le serveur" "293 ko"
    [ "$(files mekinac)" -ge 1 ]
    run as mekinac etat --hors-ligne
    says "Fichiers en attente de départ" "La salle" "293 ko"
    rm photo.jpg
    # Here it can be had back already.
    run as mekinac obtenir "La salle" --vers again.jpg
    ended 0
    cmp again.jpg kept

    server_start
    run as mekinac synchroniser
    says "1 fichier est parti vers le serveur"
    [ "$(files mekinac)" = 0 ]
    run as chenaux obtenir "La salle" --vers other.jpg
    ended 0
    cmp other.jpg kept
}

@test "a file that was changed after it was attached is sent as it was" {
    echo "avant" >texte.txt
    server_stop
    as mekinac joindre "$SHARE" texte.txt --titre "Avant la rencontre"
    echo "après" >texte.txt
    server_start
    as mekinac sync
    run as chenaux obtenir "Avant la rencontre" --vers ancien.txt
    ended 0
    [ "$(cat ancien.txt)" = avant ]
}

@test "any command takes a small file along" {
    echo "petit" >petit.txt
    server_stop
    as mekinac joindre "$SHARE" petit.txt --titre "Petit mot"
    server_start
    as mekinac voir Mékinac >/dev/null
    [ "$(files mekinac)" = 0 ]
    run as chenaux obtenir "Petit mot" --vers venu.txt
    ended 0
}

@test "a server killed half way: it goes on where it was" {
    bytes film.mp4 25000000
    local before after
    forget_documents
    as mekinac joindre "$SHARE" film.mp4 --titre "Le film" &
    local sending=$!
    until [ "$(held)" -gt 1000000 ]; do sleep 0.02; done
    server_stop KILL
    wait "$sending" || true
    [ "$(files mekinac)" = 1 ]
    before=$(held)
    [ "$before" -lt 25000000 ]

    server_start
    run as chenaux obtenir "Le film" --vers tôt.mp4
    ended 3
    says "n'est pas encore sur le serveur" "concert joindre"
    [ ! -e tôt.mp4 ]
    [ "$(sql "SELECT count(*) FROM document_chunk WHERE \"offset\" + length(bytes) > $before")" = 0 ]
    local first # part, which is not sent again
    first=$(sql 'SELECT xmin FROM document_chunk WHERE "offset" = 0')
    run as mekinac synchroniser
    ended 0
    says "1 fichier est parti"
    after=$(held)
    [ "$after" = 25000000 ]
    [ "$(sql 'SELECT xmin FROM document_chunk WHERE "offset" = 0')" = "$first" ]

    # And the other way.
    CONCERT_HOME=$ROOM/chenaux "$bin/concert" obtenir "Le film" --vers venu.mp4 &
    local fetching=$! part
    until part=$(find "$ROOM/chenaux/documents" -name '*.part' -size +1000k) && [ -n "$part" ]; do
        lives "$fetching"
    done
    kill -KILL "$fetching"
    wait "$fetching" || true
    [ ! -e venu.mp4 ]
    local had
    had=$(stat -c %s "$part")
    [ "$had" -ge 1000000 ]
    CONCERT_HOME=$ROOM/chenaux "$bin/concert" obtenir "Le film" --vers venu.mp4 &
    fetching=$!
    until [ "$(stat -c %s "$part")" -gt $((had + 1000000)) ]; do lives "$fetching"; done
    server_stop KILL
    local status=0
    wait "$fetching" || status=$?
    [ "$status" = 6 ]
    [ "$(stat -c %s "$part")" -lt 25000000 ]
    server_start
    run as chenaux obtenir "Le film" --vers venu.mp4
    ended 0
    cmp venu.mp4 film.mp4
    [ ! -e "$part" ]
}

@test "a part from an earlier time that is damaged is thrown away, and all of it comes anew" {
    bytes image.png 2000000
    local document part
    document=$(joined mekinac "$SHARE" image.png)
    part=$ROOM/chenaux/documents/$(value_id "$document").part
    mkdir -p "$ROOM/chenaux/documents"
    bytes "$part" 1000000 # what stands there from an earlier time is not this
    run as chenaux obtenir "$document" --vers venu.png
    ended 0
    cmp venu.png image.png
    [ ! -e "$part" ]
    # Of what the server itself has no longer, nothing is kept either.
    sql "UPDATE document_chunk SET bytes = set_byte(bytes, 7, 255 - get_byte(bytes, 7))
        WHERE \"offset\" = 0 AND document = (SELECT id FROM record WHERE handle = '$document')"
    bytes "$part" 1000000
    run as chenaux obtenir "$document" --vers encore.png
    ended 1
    says "Le fichier de $document n'est plus entier sur le serveur" "concertd verify"
    [ ! -e encore.png ]
    [ ! -e "$part" ]
}

@test "bytes that were damaged on this device are not taken for the document" {
    bytes image.gif 200000
    server_stop
    as mekinac joindre "$SHARE" image.gif --titre "Abîmée"
    printf x | dd of="$(find "$ROOM/mekinac/documents" -name '*.send')" conv=notrunc status=none
    server_start
    run as mekinac synchroniser
    says "abîmée sur cet appareil"
    [ "$(files mekinac)" = 0 ]
    local document
    document=$(as mekinac list document --offline --format json 2>/dev/null |
        json '[d["handle"] for d in it if d["title"] == "Abîmée"][0]')
    # Who has the file mends it; another file is not taken.
    echo autre >autre.gif
    run as mekinac joindre "$document" autre.gif
    ended 2
    says "son contenu est autre"
    run as mekinac joindre "$document" image.gif
    ended 0
    says "Le fichier est sur le serveur"
    run as chenaux obtenir "$document" --vers venue.gif
    ended 0
    cmp venue.gif image.gif
}

@test "what cannot be attached is said in plain words" {
    run as mekinac joindre "$SHARE" absent.pdf
    ended 2
    says "Il n'y a pas de fichier « absent.pdf »"
    mkdir dossier
    run as mekinac joindre "$SHARE" dossier
    ended 2
    says "« dossier » est un dossier"
    : >vide.txt
    run as mekinac joindre "$SHARE" vide.txt
    ended 2
    says "« vide.txt » est vide"
    truncate -s $((32 * 1024 * 1024 + 1)) gros.bin
    run as mekinac joindre "$SHARE" gros.bin
    ended 2
    says "trop gros" "32 Mo"
    mkfifo tuyau
    run as mekinac joindre "$SHARE" tuyau
    ended 2
    says "n'est pas un fichier"
    run as mekinac joindre 9.9.9 vide.txt
    ended 3
    if [ "$(id -u)" != 0 ]; then
        echo secret >secret.txt
        chmod 000 secret.txt
        run as mekinac joindre "$SHARE" secret.txt
        ended 2
        says "ne peut pas être lu"
    fi
    [ "$(files mekinac)" = 0 ]
    run as mekinac obtenir DO999
    ended 3
}

@test "to another committee's record: refused before anything is recorded" {
    echo texte >texte.txt
    run as mekinac joindre "Comité local Des Chenaux" texte.txt
    ended 5
    says "Comité local Des Chenaux"
    [ "$(as mekinac status --offline --format json 2>/dev/null | json 'len(it["operations"])')" = 0 ]
    [ "$(files mekinac)" = 0 ]
}

@test "refused by the server: nothing is sent, and nobody's bytes go after a while" {
    local account number
    account=$(as coordination list account person="Comité local de Mékinac" --format json | json 'it[0]["handle"]')
    echo texte >texte.txt
    as mekinac joindre "$SHARE" texte.txt --hors-ligne
    [ "$(files mekinac)" = 1 ]
    as coordination changer "$account" role=reader
    run as mekinac sync
    number=$(as mekinac status --offline --format json 2>/dev/null |
        json '[o["number"] for o in it["operations"] if o["state"] == "refused"][0]')
    run as mekinac joindre "$SHARE" texte.txt
    ended 5
    as mekinac resolve "$number" --theirs
    find "$ROOM/mekinac/documents" -name '*.send' -exec touch -d '2 hours ago' {} +
    as mekinac sync
    [ "$(files mekinac)" = 0 ]
    as coordination changer "$account" role=editor
    as mekinac sync
}

@test "a document that is removed takes its bytes along" {
    echo texte >retire.txt
    local document
    document=$(joined mekinac "$SHARE" retire.txt)
    as mekinac retirer "$document" --oui
    run as chenaux obtenir "$document"
    ended 3
    server_stop
    echo texte >retire2.txt
    as mekinac joindre "$SHARE" retire2.txt --titre "À retirer"
    as mekinac retirer "À retirer" --oui
    server_start
    as mekinac sync
    [ "$(files mekinac)" = 0 ]
}

@test "the largest document goes in and out" {
    forget_documents
    bytes grand.zip $((32 * 1024 * 1024))
    run as mekinac joindre "$SHARE" grand.zip
    ended 0
    says "32 Mo"
    mkdir there && cd there
    run as chenaux obtenir grand
    ended 0
    cmp grand.zip ../grand.zip
}

@test "the file before the record is told; another's action is not, one's share of it is" {
    bytes "carte.pdf" 2000
    run --separate-stderr as mekinac joindre carte.pdf "$SHARE"
    ended 2
    says "La fiche vient d'abord" "concert joindre $SHARE \"carte.pdf\""
    run --separate-stderr as mekinac joindre 2.1.3 carte.pdf
    ended 5
    says "2.1.3 relève de"
    says_not "résoudre"
    run --separate-stderr as mekinac joindre 4.1.1 carte.pdf
    ended 0
    says "le fichier va avec votre part"
}
