#!/usr/bin/env bats
# A committee's whole part as one text in the person's editor: many changes, seen, sent as one.

load region
load editing

# editor SCRIPT: an editor that runs this on the file that it is given.
editor()
{
    printf '#!/bin/sh\n%s\n' "$1" >"$BATS_TEST_TMPDIR/editor"
    chmod +x "$BATS_TEST_TMPDIR/editor"
    export EDITOR=$BATS_TEST_TMPDIR/editor
}

# within SECTION SED: sed's commands on the lines of the section of that action.
within()
{
    echo "/^\\[[^]]*\\] $1 /,/^\$/{ $2 }"
}

# kept_file: where the text of the last refusal is.
kept_file()
{
    find "$ROOM/mekinac" -name 'edit-*.txt' | head -1
}

@test "the text has a section for each share of the committee, with its fields" {
    editor 'cp "$1" "'"$BATS_TEST_TMPDIR"'/seen"'
    local before
    before=$(head_seq)
    run as mekinac rediger --ma-part
    unchanged 0 "Rien n'a été changé"
    local seen=$BATS_TEST_TMPDIR/seen
    [ "$(grep -c '^\[PA[0-9]*\] ' "$seen")" = \
        "$(as mekinac list share party="Comité local de Mékinac" --format json | json 'len(it)')" ]
    grep -q "^\[$MINE\] 4\.1\.1 .* · Comité local de Mékinac$" "$seen"
    [ "$(grep -c '^état' "$seen")" = "$(grep -c '^\[PA' "$seen")" ]
    for field in "pourcentage" "résultat attendu" "prochaine étape" "pour le" "bloqué par" "aide de"; do
        echo "$field"
        grep -q "^$field" "$seen"
    done
    run grep -E "^(action|instance|poids)" "$seen"
    ended 1
    [ -z "$(kept_file)" ]
}

@test "many changes are shown, and sent as one push" {
    as mekinac set 4.1.1 percent=10 next_step="Avant"
    editor "sed -i \"$(within 4.1.1 's/^pourcentage.*/pourcentage : 65/; s/Avant/Après la pause/')
        $(within 1.1.1 's/^état.*/état : en cours/; s/^prochaine étape.*/prochaine étape :\\n    deux lignes\\n    ensemble/')\" \"\$1\""
    local before
    before=$(head_seq)
    run as mekinac edit --mine --yes
    ended 0
    says "Ce que vous avez changé" "10" "65" "Avant" "Après la pause" "deux lignes"
    [ "$(head_seq)" = $((before + 2)) ]
    [ "$(value mekinac "$MINE" percent)" = 65 ]
    [ "$(value mekinac "$MINE" next_step)" = "Après la pause" ]
    [ "$(sql "SELECT next_step FROM share WHERE next_step LIKE 'deux%'")" = $'deux lignes\nensemble' ]
    # One push: the same moment in the log.
    [ "$(sql "SELECT count(DISTINCT at) FROM change WHERE seq > $before")" = 1 ]
    [ -z "$(kept_file)" ]
}

@test "one share that cannot stand: nothing of all is sent, and the text is kept" {
    as mekinac set 4.1.1 percent=20
    editor "sed -i \"$(within 4.1.1 's/^pourcentage.*/pourcentage : 30/')
        $(within 1.1.1 's/^pourcentage.*/pourcentage : 300/')\" \"\$1\""
    local before line
    before=$(head_seq)
    run as mekinac edit --mine --yes
    ended 2
    line=$(grep -n 300 "$(kept_file)" | cut -d: -f1)
    says "Ligne $line" "pourcentage" "300" "--de"
    [ "$(head_seq)" = "$before" ]
    # Corrected, the same text goes on.
    sed -i 's/300/40/' "$(kept_file)"
    editor true
    as mekinac rediger --ma-part --oui --de "$(kept_file)"
    [ "$(head_seq)" = $((before + 2)) ]
    [ "$(value mekinac "$MINE" percent)" = 30 ]
    [ -z "$(kept_file)" ]
}

@test "a section that is blocked without a cause, unknown or twice is told" {
    local before
    before=$(head_seq)
    editor "sed -i \"$(within 4.1.1 's/^état.*/état : bloquée/')\" \"\$1\""
    run as mekinac edit --mine --yes
    ended 2
    says "bloqu" "4.1.1"
    rm -f "$(kept_file)"
    editor "sed -i 's/^\\[$MINE\\]/[PA9999]/' \"\$1\""
    run as mekinac edit --mine --yes
    ended 2
    says "PA9999" "crochets"
    rm -f "$(kept_file)"
    editor "printf '[$MINE] encore\\npourcentage : 3\\n' >>\"\$1\""
    run as mekinac edit --mine --yes
    ended 2
    says "$MINE" "deux fois"
    rm -f "$(kept_file)"
    [ "$(head_seq)" = "$before" ]
}

@test "without a terminal nothing is sent unasked; the text is kept" {
    local before
    before=$(head_seq)
    as mekinac set 4.1.1 percent=55 || true
    before=$(head_seq)
    editor "sed -i \"$(within 4.1.1 's/^pourcentage.*/pourcentage : 56/')\" \"\$1\""
    run as mekinac edit --mine </dev/null
    ended 2
    says "--oui" "56"
    [ "$(head_seq)" = "$before" ]
    rm -f "$(kept_file)"
}

# at_terminal ANSWER COMMAND...: the office's client with a person who types that.
at_terminal()
{
    CONCERT_HOME=$ROOM/mekinac python3 - "$1" "$bin/concert" "${@:2}" <<'PYTHON'
import os, pty, sys
answer, words = sys.argv[1], sys.argv[2:]
child, fd = pty.fork()
if child == 0:
    os.execv(words[0], words)
told, answered = b"", False
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    told += piece
    if not answered and b"[o/N]" in told:
        os.write(fd, answer.encode() + b"\n")
        answered = True
sys.stdout.write(told.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
PYTHON
}

@test "at a terminal it asks once; no keeps the text, yes sends" {
    local before
    as mekinac set 4.1.1 percent=57
    before=$(head_seq)
    editor "sed -i \"$(within 4.1.1 's/^pourcentage.*/pourcentage : 58/')\" \"\$1\""
    run at_terminal non rediger --ma-part
    ended 2
    says "57" "58" "Envoyer le changement de 1 part" "gardé"
    [ "$(head_seq)" = "$before" ]
    editor true
    run at_terminal oui rediger --ma-part --de "$(kept_file)"
    ended 0
    [ "$(head_seq)" = $((before + 1)) ]
    [ "$(value mekinac "$MINE" percent)" = 58 ]
    [ -z "$(kept_file)" ]
}

@test "off line it is recorded, and leaves as one when the server answers" {
    local before
    as mekinac set 4.1.1 percent=60
    before=$(head_seq)
    editor "sed -i \"$(within 4.1.1 's/^pourcentage.*/pourcentage : 61/')
        $(within 1.1.1 's/^pourcentage.*/pourcentage : 62/')\" \"\$1\""
    run as mekinac edit --mine --yes --offline
    ended 0
    says "2 changements"
    [ "$(head_seq)" = "$before" ]
    as mekinac sync
    [ "$(head_seq)" = $((before + 2)) ]
    [ "$(sql "SELECT count(DISTINCT at) FROM change WHERE seq > $before")" = 1 ]
}

@test "the staff says whose part; a committee edits its own alone" {
    editor "sed -i \"$(within 4.1.1 's/^pourcentage.*/pourcentage : 71/')\" \"\$1\""
    run as coordination edit --mine
    ended 3
    says "--instance"
    as coordination rediger --ma-part --instance "Des Chenaux" --oui
    [ "$(value coordination "$OTHERS" percent)" = 71 ]
    run as mekinac edit --mine --party "Des Chenaux"
    ended 5
    says "n'est pas à vous"
    run as mekinac edit --mine 4.1.1
    ended 2
    run as mekinac edit
    ended 2
    says "--ma-part"
}

@test "any kind opens as a form: amounts, moments, lists and long texts come back as they are" {
    local handle before kind file=$BATS_TEST_DIRNAME/../data/every_kind.json
    as coordination import "$file" >/dev/null
    before=$(head_seq)
    editor true
    for kind in budget_line meeting indicator observation article intervention publication envelope \
        funding_request attendance form score proposal contact directory_entry; do
        for handle in $(as coordination list "$kind" --format json | json '" ".join(r["handle"] for r in it)'); do
            run as coordination edit "$handle"
            unchanged_by "$handle"
        done
    done
    editor "sed -i 's/^montant.*/montant : 91 000,50 \$/' \"\$1\""
    as coordination edit "Fonds régional en habitation"
    [ "$(sql "SELECT amount FROM envelope")" = 9100050 ]
    editor "sed -i 's/16 h 00/16 h 30/' \"\$1\""
    as coordination edit "Soutien d'avril"
    [ "$(sql "SELECT ends_at FROM meeting WHERE title LIKE 'Soutien%'")" = 2009-04-14T16:30 ]
}

# unchanged_by HANDLE: the form came back as it was.
unchanged_by()
{
    ended 0 || { echo "$1"; return 1; }
    says "Rien n'a été changé"
    [ "$(head_seq)" = "$before" ]
}

@test "where two plans have a number, the sections say which plan's" {
    as coordination commencer "Plan d'action 2010-2011" --de PL1 --avec-parts
    EDITOR=cat run as mekinac rédiger --ma-part
    says "] PL1/1.1.1 Tenir" "] PL2/1.1.1 Tenir"
}
