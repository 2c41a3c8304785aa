#!/usr/bin/env bats
# A person settles what clashed: both sides and what they came from are shown, nothing goes unseen,
# and the log keeps what was chosen, why, and the words that were set aside.

load region
load apart

# number NAME: of its first change in conflict.
number()
{
    as "$1" conflicts --offline --format json 2>/dev/null |
        json '[o["number"] for o in it if o["state"] == "choose"][0]'
}

# count NAME STATE
count()
{
    as "$1" conflicts --offline --format json 2>/dev/null |
        json 'len({(o["number"], o["proposal"]) for o in it if o["state"] == words[0]})' "$2"
}

# clash HANDLE FIELD FIRST SECOND: two offices of one committee write apart; the second one meets the
# first one's words.
clash()
{
    as mekinac --offline set "$1" "$2=$3"
    as mekinac2 --offline set "$1" "$2=$4"
    as mekinac sync
    run as mekinac2 sync
    ended 4
}

@test "both sides, what they came from, by whom and when; nothing is sent until one has chosen" {
    local handle n
    handle=$(mine mekinac 1.1.1 "Comité local de Mékinac")
    as mekinac set "$handle" percent=10
    as mekinac2 sync
    clash "$handle" percent 21 22
    run as mekinac2 conflits
    ended 0
    says "À choisir par vous" "$handle" "pourcentage" "Mékinac" "vous" "concert résoudre"
    n=$(number mekinac2)
    run as mekinac2 résoudre "$n"
    ended 4
    says "pourcentage" "le vôtre : 22 %" "le leur : 21 %" "avant : 10 %" "Comité local de Mékinac" \
        "--mien" "--leur"
    run as mekinac2 resoudre "$n" --lang en
    says "yours: 22%" "theirs: 21%" "before: 10%"
    run as mekinac2 resolve "$n" --mine --theirs
    ended 2
    run as mekinac2 resolve "$n" --field percent
    ended 2
    run as mekinac2 resolve "$n" --mine --champ titre
    ended 2
    says "titre" "pourcentage"
    run as mekinac2 resolve "$n" surtout
    ended 2
    run as mekinac2 resolve 9999 --mine
    ended 3
    [ "$(count mekinac2 choose)" = 1 ]
    as mekinac2 résoudre "$n" --mien -m "Recompté avec le comité"
    [ "$(count mekinac2 choose)" = 0 ]
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 22 ]
    run as mekinac historique "$handle"
    says "21 % → 22 %" "Conflit réglé par Comité local de Mékinac" \
        "ses propres mots, gardés : pourcentage" "Recompté avec le comité"
}

@test "theirs: the record stays, and the log knows the words that were set aside" {
    local handle
    handle=$(mine mekinac 3.1.1 "Comité local de Mékinac")
    clash "$handle" expected "Une rencontre" "Deux rencontres"
    as mekinac2 résoudre "$(number mekinac2)" --leur -m "Ils ont raison"
    as mekinac sync
    [ "$(value mekinac "$handle" expected)" = "Une rencontre" ]
    run as mekinac historique "$handle"
    says "Conflit réglé par Comité local de Mékinac" "mis de côté :" "« Deux rencontres »" \
        "Ils ont raison"
    as mekinac history "$handle" --format json 2>/dev/null >"$BATS_TEST_TMPDIR/history"
    json '[o for o in it if o["conflict"]][0]["set_aside"] == ["expected=Deux rencontres"] or 1/0' \
        <"$BATS_TEST_TMPDIR/history"
    [ "$(count mekinac2 choose)" = 0 ]
}

@test "a new text for one field and theirs for the other; a field without a choice stops it all" {
    local handle n
    handle=$(mine mekinac 3.1.2 "Comité local de Mékinac")
    as mekinac --offline set "$handle" percent=51 next_step="Appeler" expected="Un"
    as mekinac2 --offline set "$handle" percent=52 next_step="Écrire"
    as mekinac sync
    run as mekinac2 sync
    ended 4
    n=$(number mekinac2)
    run as mekinac2 résoudre "$n" pourcentage=55
    ended 4
    says "prochaine étape"
    [ "$(count mekinac2 choose)" = 1 ]
    run as mekinac2 résoudre "$n" --leur --champ prochaine-etape
    ended 4
    says "pourcentage"
    as mekinac2 résoudre "$n" pourcentage=55 --leur --champ prochaine_etape
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 55 ]
    [ "$(value mekinac "$handle" next_step)" = "Appeler" ]
    [ "$(value mekinac "$handle" expected)" = "Un" ]
}

@test "long texts of which each touched other lines come together without a question" {
    local handle
    handle=$(mine mekinac 1.4.1 "Comité local de Mékinac")
    as mekinac set "$handle" expected=$'Un\nDeux\nTrois\nQuatre\nCinq'
    as mekinac2 sync
    as mekinac --offline set "$handle" expected=$'Un, à Sainte-Thècle\nDeux\nTrois\nQuatre\nCinq'
    as mekinac2 --offline set "$handle" expected=$'Un\nDeux\nTrois\nQuatre\nCinq, à Saint-Tite'
    as mekinac sync
    run as mekinac2 sync
    ended 0
    as mekinac sync
    [ "$(value mekinac "$handle" expected)" = \
        $'Un, à Sainte-Thècle\nDeux\nTrois\nQuatre\nCinq, à Saint-Tite' ]
    # Beside a field that clashes, the lines are still put together, and shown so.
    as mekinac2 sync
    as mekinac --offline set "$handle" expected=$'Un\nDeux\nTrois\nQuatre\nCinq, à Saint-Tite' percent=61
    as mekinac2 --offline set "$handle" \
        expected=$'Un, à Sainte-Thècle\nDeux\nTrois\nQuatre\nCinq' percent=62
    as mekinac sync
    run as mekinac2 sync
    ended 4
    run as mekinac2 résoudre "$(number mekinac2)"
    says "les deux, ligne par ligne"
    as mekinac2 résoudre "$(number mekinac2)" --mien
    [ "$(value mekinac2 "$handle" expected)" = $'Un\nDeux\nTrois\nQuatre\nCinq' ]
    [ "$(value mekinac2 "$handle" percent)" = 62 ]
}

@test "three changes in a row off line that clash are settled as one" {
    local handle n
    handle=$(mine mekinac 4.2.1 "Comité local de Mékinac")
    as mekinac --offline set "$handle" percent=71
    as mekinac2 --offline set "$handle" percent=72
    as mekinac2 --offline set "$handle" percent=73 next_step="Suite"
    as mekinac2 --offline set "$handle" percent=74
    as mekinac sync
    run as mekinac2 sync
    ended 4
    [ "$(count mekinac2 choose)" = 1 ]
    run as mekinac2 résoudre "$(number mekinac2)"
    says "74 %" "71 %" "Suite"
    as mekinac2 résoudre "$(number mekinac2)" --mien
    [ "$(count mekinac2 choose)" = 0 ]
    run as mekinac2 sync
    ended 0
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 74 ]
    [ "$(value mekinac "$handle" next_step)" = "Suite" ]
}

@test "what commits together is settled together" {
    local handle notes
    handle=$(mine mekinac 4.4.1 "Comité local de Mékinac")
    notes=$(tally mekinac note)
    as mekinac --offline progress 4.4.1 31 -m "Du premier"
    as mekinac2 --offline progress 4.4.1 32 -m "Du second"
    as mekinac sync
    run as mekinac2 sync
    says "pas encore inscrit; il suit l'autre"
    [ "$(count mekinac2 choose)" = 1 ]
    [ "$(count mekinac2 refused)" = 0 ]
    as mekinac2 résoudre "$(number mekinac2)" --mien
    run as mekinac2 sync
    ended 0
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 32 ]
    [ "$(tally mekinac note)" = $((notes + 2)) ]
}

@test "settled off line: it waits in the outbox, and goes by itself" {
    local handle
    handle=$(mine mekinac 4.1.1 "Comité local de Mékinac")
    clash "$handle" percent 81 82
    run as mekinac2 --offline résoudre "$(number mekinac2)" --mien
    ended 0
    [ "$(waiting mekinac2)" = 1 ]
    [ "$(count mekinac2 choose)" = 0 ]
    as mekinac2 sync
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 82 ]
    run as mekinac historique "$handle"
    says "Conflit réglé"
}

@test "they changed it again before the choice came: it clashes again, and the log has the first" {
    local handle
    handle=$(mine mekinac 3.1.1 "Comité local de Mékinac")
    clash "$handle" percent 11 12
    as mekinac2 --offline résoudre "$(number mekinac2)" --mien
    as mekinac set "$handle" percent=13
    run as mekinac2 sync
    ended 4
    run as mekinac2 résoudre "$(number mekinac2)"
    says "le vôtre : 12 %" "le leur : 13 %" "avant : 11 %"
    as mekinac2 résoudre "$(number mekinac2)" --leur
    run as mekinac2 sync
    ended 0
    [ "$(value mekinac2 "$handle" percent)" = 13 ]
}

@test "said once, however many changes; found by the record or without a word; wrong words are told" {
    local handle first
    handle=$(mine mekinac 4.2.1 "Comité local de Mékinac")
    as mekinac --offline set "$handle" percent=5 expected=$'Lundi\nMardi'
    as mekinac2 --offline set "$handle" percent=6 expected=$'Jeudi\nVendredi'
    as mekinac2 --offline set "$handle" percent=7
    as mekinac sync
    run as mekinac2 sync
    ended 4
    [ "$(grep -c "d'autres ont changé les mêmes champs" <<<"$output")" = 1 ]
    says "le leur « 5 % »" "le vôtre « 7 % »" "le leur « Lundi… »" "le vôtre « Jeudi… »"
    run --separate-stderr as mekinac2 conflits
    [ "$(LC_ALL=C.UTF-8 wc -L <<<"$output")" -le 80 ]
    says "Le leur, par" "montre les deux côtés"
    run as mekinac2 résoudre
    ended 4
    says "le leur — Comité local de Mékinac" "le vôtre : 7 %"
    run as mekinac2 résoudre "${handle,,}"
    ended 4
    run as mekinac2 résoudre "$handle" mien
    ended 2
    run typed mekinac2 'peut-etre\nLE MIEN\nn\nLes deux\n' résoudre
    ended 0
    says "Tapez m, l ou n"
    [ "$(value mekinac2 "$handle" percent)" = 7 ]
    [ "$(value mekinac2 "$handle" expected)" = "Les deux" ]
    run as mekinac2 résoudre
    ended 3
}

@test "for programs: all of it in json" {
    local handle
    handle=$(mine mekinac 3.1.2 "Comité local de Mékinac")
    as mekinac set "$handle" percent=1
    as mekinac2 sync
    clash "$handle" percent 2 3
    as mekinac2 conflicts --format json 2>/dev/null >"$BATS_TEST_TMPDIR/conflicts"
    [ "$(json '[it[0][k] for k in ("state", "handle", "name", "clashes", "mine", "theirs", "ancestor",
        "who", "mine_to_decide")]' <"$BATS_TEST_TMPDIR/conflicts")" = \
        "['choose', '$handle', 'percent', True, '3', '2', '1', 'Comité local de Mékinac', True]" ]
    run --separate-stderr as mekinac2 resolve "$(number mekinac2)" --format json
    ended 4
    [ "$(json 'it[0]["ancestor"]' <<<"$output")" = 1 ]
    as mekinac2 resolve "$(number mekinac2)" --theirs --format json >/dev/null
    [ "$(as mekinac2 conflicts --format json 2>/dev/null)" = "[]" ]
}

@test "a refused new record is told by its title; it is put aside, or corrected and sent again" {
    local n
    as mekinac --offline progress 4.3.1 25 -m "Les deux l'ont commencée"
    as mekinac2 --offline progress 4.3.1 35 -m "Les deux aussi"
    as mekinac sync
    run as mekinac2 sync
    ended 5
    says "4.3.1" "Mékinac"
    run as mekinac2 conflits
    says "Refusé par le serveur" "4.3.1"
    n=$(as mekinac2 conflicts --offline --format json 2>/dev/null |
        json '[o["number"] for o in it if o["state"] == "refused"][0]')
    run as mekinac2 résoudre "$n"
    ended 5
    says "Refusé" "35 %" "Les deux aussi" "CHAMP=VALEUR"
    run as mekinac2 résoudre "$n" nexiste=3
    ended 2
    as mekinac2 résoudre "$n" --leur
    run as mekinac2 sync
    ended 0
    [ "$(as mekinac2 conflicts --format json 2>/dev/null)" = "[]" ]
}

# typed NAME ANSWERS WORD...: at a terminal, answers typed one a line.
typed()
{
    CONCERT_HOME=$ROOM/$1 python3 - "$2" "$bin/concert" "${@:3}" <<'PY'
import os, pty, sys
answers, child = sys.argv[1].encode().decode("unicode_escape").encode("latin-1"), sys.argv[2:]
seen, sent = b"", False
pid, terminal = pty.fork()
if pid == 0:
    os.execv(child[0], child)
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if b"? " in seen and not sent:
        sent = True
        os.write(terminal, answers)
sys.stdout.write(seen.decode("utf-8", "replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}

@test "at a terminal each field is asked for; leaving sends nothing" {
    local handle n
    handle=$(mine mekinac 4.2.1 "Comité local de Mékinac")
    as mekinac --offline set "$handle" percent=15 next_step="Un"
    as mekinac2 --offline set "$handle" percent=16 next_step="Deux"
    as mekinac sync
    run as mekinac2 sync
    n=$(number mekinac2)
    run typed mekinac2 '\n' résoudre "$n"
    ended 4
    says "le vôtre (m), le leur (l)" "Rien n'a été envoyé"
    run typed mekinac2 'quoi\nl\nn\nTrois\n' résoudre "$n"
    ended 0
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 15 ]
    [ "$(value mekinac "$handle" next_step)" = "Trois" ]
}

@test "one removes what the other has changed: it is asked, not done" {
    local id
    id=$(mine mekinac 3.1.1 "Comité local de Mékinac")
    as mekinac add note subject="$id" text="Étape à retirer"
    as mekinac2 sync
    local handle
    handle=$(as mekinac list note --offline --format json 2>/dev/null |
        json '[o["handle"] for o in it if o["text"] == "Étape à retirer"][0]')
    as mekinac --offline set "$handle" text="Étape à garder"
    as mekinac2 --offline remove "$handle" --yes
    as mekinac sync
    run as mekinac2 sync
    ended 4
    run as mekinac2 résoudre "$(number mekinac2)"
    says "retire la fiche" "Étape à garder"
    run as mekinac2 résoudre "$(number mekinac2)" texte=Autre
    ended 2
    as mekinac2 résoudre "$(number mekinac2)" --leur
    run as mekinac2 sync
    ended 0
    [ "$(value mekinac2 "$handle" text)" = "Étape à garder" ]
    as mekinac --offline set "$handle" text="Étape à garder encore"
    as mekinac2 --offline remove "$handle" --yes
    as mekinac sync
    run as mekinac2 sync
    ended 4
    as mekinac2 résoudre "$(number mekinac2)" --mien -m "Faite ailleurs"
    as mekinac sync
    run as mekinac show "$handle"
    ended 3
}

@test "a refused change is corrected, and sent again" {
    local n account
    account=$(as coordination list account person="Comité local de Mékinac" --format json 2>/dev/null |
        json 'it[0]["handle"]')
    as mekinac2 --offline progress 3.1.2 45 -m "Pendant la relâche"
    as coordination set "$account" role=reader
    run as mekinac2 sync
    ended 5
    as coordination set "$account" role=editor
    as mekinac2 sync || true
    n=$(as mekinac2 conflicts --offline --format json 2>/dev/null | json 'it[0]["number"]')
    as mekinac2 résoudre "$n" pourcentage=46
    [ "$(value mekinac2 "$(mine mekinac2 3.1.2 "Comité local de Mékinac")" percent)" = 46 ]
    as mekinac2 list note --format json 2>/dev/null | json '1/sum(o["text"] == "Pendant la relâche" for o in it)'
    run as mekinac2 sync
    ended 0
}

@test "an adoption that clashes is settled whole" {
    local n plan
    plan=$(as coordination list plan --format json 2>/dev/null | json 'it[0]["handle"]')
    office coordination2 "Consortium" --role coordinator
    as coordination --offline set "$plan" title="Plan revu"
    as coordination2 --offline set "$plan" title="Plan d'action revu"
    as coordination2 --offline set 1.1.1 weight=2
    as coordination sync
    run as coordination2 sync
    ended 4
    [ "$(count coordination2 choose)" = 1 ]
    as coordination2 résoudre "$(number coordination2)" --mien -m "Titre entier"
    as coordination sync
    [ "$(value coordination "$plan" title)" = "Plan d'action revu" ]
    # The adoption and its item of the agenda commit together, or not at all.
    as coordination add meeting party="Comité de coordination" starts_at=2009-06-02
    as coordination2 sync
    as coordination --offline set "$plan" status=proposed
    as coordination2 --offline adopter "$plan" --rencontre \
        "$(as coordination list meeting --offline --format json 2>/dev/null | json 'it[-1]["handle"]')" \
        --on 2009-06-02
    as coordination sync
    run as coordination2 sync
    [ "$(count coordination2 choose)" = 1 ]
    as coordination2 résoudre "$(number coordination2)" --mien -m "Adopté le 2 juin"
    run as coordination2 sync
    ended 0
    as coordination sync
    [ "$(value coordination "$plan" status)" = adopted ]
    [ "$(as coordination list agenda_item --offline --format json 2>/dev/null | json 'len(it)')" = 1 ]
}
