#!/usr/bin/env bats
# What a person sees who opens this two minutes a month: how old, what waits, what to do next. And
# off line the age of the copy on every screen.

load region
load apart

# next NAME [WORD...]: the situation that status names for programs.
next()
{
    as "$1" status --format json "${@:2}" 2>/dev/null | json 'it["next"]["situation"]'
}

@test "all is well: the copy, the last answer, and nothing to do" {
    run as mekinac état
    ended 0
    says "Copie du" "Âge de la copie" "Dernière réponse" "Changements dans la copie" "Dossier" \
        "À faire : rien"
    [ "$(next mekinac)" = fine ]
    as mekinac status --format json | json '(it["status"]["contact_at"] is not None
        and 0 <= it["status"]["age"] < 3600 and it["status"]["home"] == words[0]) or 1 / 0' "$ROOM/mekinac"
}

@test "off line: the age, what waits, and that it leaves by itself" {
    as mekinac --offline note 4.1.1 -m "Une qui attend"
    run as mekinac état --hors-ligne
    ended 0
    says "En attente d'envoi : 1" "part de lui-même"
    [ "$(next mekinac --offline)" = apart ]
    as mekinac sync
    [ "$(next mekinac --offline)" = offline ]
}

@test "a change that has waited for long: by key" {
    as mekinac --offline note 4.1.1 -m "Une vieille"
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as copy:
    copy.execute("UPDATE outbox SET authored_at = authored_at - 8 * 86400000000 WHERE state < 2")' \
        "$ROOM/mekinac/copy.db"
    [ "$(next mekinac --offline)" = long ]
    run as mekinac état --hors-ligne
    says "--vers FICHIER"
    as mekinac sync
}

@test "an old copy says so" {
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as copy:
    copy.execute("UPDATE meta SET value = value - 9 * 86400000000 WHERE key = ?", ("synced_at",))' \
        "$ROOM/chenaux/copy.db"
    [ "$(next chenaux --offline)" = old ]
    run as chenaux état --hors-ligne
    says "plus d'une semaine" "il y a 9 jours"
    as chenaux sync
    [ "$(next chenaux)" = fine ]
}

@test "a conflict comes before all else, a refusal after it; each with the command to type" {
    local part number note
    part=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    as mekinac2 --offline set "$part" percent=77
    as mekinac set "$part" percent=66
    run as mekinac2 sync
    number=$(as mekinac2 status --offline --format json 2>/dev/null |
        json '[o["number"] for o in it["operations"] if o["state"] == "conflict"][0]')
    [ "$(next mekinac2)" = conflict ]
    run as mekinac2 état
    says "concert résoudre $number"
    as mekinac2 resolve "$number" --theirs
    [ "$(next mekinac2)" = fine ]
}

@test "receipts: each accepted change with its number, its place in the log and the log's hash" {
    local before
    before=$(as mekinac status --format json | json 'it["status"]["receipts"]')
    as mekinac note 4.1.1 -m "Avec un reçu"
    as mekinac status --receipts --format json >"$BATS_TEST_TMPDIR/status"
    [ "$(json 'it["status"]["receipts"]' <"$BATS_TEST_TMPDIR/status")" = $((before + 1)) ]
    [ "$(json 'it["status"]["accepted"]' <"$BATS_TEST_TMPDIR/status")" -ge 1 ]
    [ "$(json 'it["receipts"][0]["seq"]' <"$BATS_TEST_TMPDIR/status")" = \
        "$(sql "SELECT max(seq) FROM change")" ]
    [ "$(json 'it["receipts"][0]["hash"]' <"$BATS_TEST_TMPDIR/status")" = \
        "$(sql "SELECT encode(hash, 'hex') FROM change ORDER BY seq DESC LIMIT 1")" ]
    run as mekinac état --reçus -n 1
    ended 0
    says "Reçus" "Empreinte du journal" "$(json 'it["receipts"][0]["hash"][:16]' <"$BATS_TEST_TMPDIR/status")"
    run as mekinac état --reçus -n 0
    ended 2
}

@test "the age of the copy shows on every screen drawn off line" {
    local words command
    # Every command that reads; those of them that need the server or a file say why else.
    local reading=("plan" "show 4.1.1" "dashboard" "explain 2.1" "list share" "search comité" "status"
        "due" "schedule" "chart" "calendar" "agreement" "check" "communication" "directory" "funding"
        "inventory" "portrait" "potential" "proposals" "territory" "training" "transport" "values"
        "conflicts" "bulletin --since 2009-05-01" "diff --from 2009-05-01" "meeting" "form" "export"
        "mailing" "accept PR99" "resolve 99")
    for words in "${reading[@]}"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr as mekinac $words --hors-ligne
        [ "$status" -ne 2 ] || continue # its words are off: nothing is drawn
        command="$(plain "$stderr $output")"
        [[ $command == *"Hors ligne : copie du"* || $command == *"Âge de la copie"* ]] ||
            { echo "$words: no age" && echo "$command" && return 1; }
    done
}
