#!/usr/bin/env bats
# A record in people's own text editor.

load region
load editing

# editor SCRIPT: an editor that runs this on the file that it is given.
editor()
{
    printf '#!/bin/sh\n%s\n' "$1" >"$BATS_TEST_TMPDIR/editor"
    chmod +x "$BATS_TEST_TMPDIR/editor"
    export EDITOR=$BATS_TEST_TMPDIR/editor
}

@test "edit: what the editor changes is sent, and nothing else" {
    as mekinac set 4.1.1 percent=40 état=en-cours next_step="Avant"
    editor "sed -i 's/Avant/Après/' \"\$1\""
    local before
    before=$(head_seq)
    as mekinac edit "$MINE"
    [ "$(head_seq)" = $((before + 1)) ]
    [ "$(value mekinac "$MINE" next_step)" = "Après" ]
    [ "$(value mekinac "$MINE" percent)" = 40 ]
    editor true
    before=$(head_seq)
    run as mekinac rediger "$MINE"
    unchanged 0
}

@test "edit: a text that is wrong is kept, its line told, and nothing sent" {
    as mekinac set 4.1.1 percent=40 next_step="Avant"
    editor "sed -i 's/40/140/; s/Avant/Mes mots précieux/' \"\$1\""
    local before
    before=$(head_seq)
    run as mekinac edit "$MINE"
    [ "$status" -ne 0 ]
    says "pourcentage" "140"
    [ "$(head_seq)" = "$before" ]
    run grep -rl "Mes mots précieux" "$ROOM/mekinac" "${TMPDIR:-/tmp}" --include='*.txt'
    local kept=${lines[0]}
    [ -s "$kept" ]
    sed -i 's/140/41/' "$kept"
    editor true
    as mekinac rediger "$MINE" --de "$kept"
    [ "$(value mekinac "$MINE" next_step)" = "Mes mots précieux" ]
    rm -f "$kept"
}

@test "edit: an editor that fails changes nothing and says so" {
    editor 'echo "pourcentage: 77" >>"$1"; exit 3'
    local before
    before=$(head_seq)
    run as mekinac edit "$MINE"
    [ "$status" -ne 0 ]
    [ "$(head_seq)" = "$before" ]
    EDITOR=/nonexistent/editor run as mekinac edit "$MINE"
    [ "$status" -ne 0 ]
    says "/nonexistent/editor"
}

@test "edit: texts too large are refused, kept in a file that is named, and one of 20 kB is sent" {
    local before size kept
    before=$(head_seq)
    for size in 700000 1200000; do
        editor "{ printf 'prochaine étape: '; head -c $size /dev/zero | tr '\\0' a; echo; } >>\"\$1\""
        run as mekinac edit "$MINE"
        [ "$status" -ne 0 ]
        output=${output:0:2000}
        says "edit-"
        [ "$(head_seq)" = "$before" ]
        kept=$(find "$ROOM/mekinac" -name 'edit-*' -size +600k)
        [ -n "$kept" ]
        rm -f "$kept"
    done
    as mekinac set 4.1.1 "next_step=$(head -c 20000 /dev/zero | tr '\0' a)"
    [ "$(sql "SELECT max(length(next_step)) FROM share")" = 20000 ]
    as mekinac set 4.1.1 next_step=
}

@test "another committee's record is refused before an editor opens, and how to propose is said" {
    local other
    other=$(as coordination list share action=4.1.1 party="Comité local Des Chenaux" --format json | json 'it[0]["handle"]')
    EDITOR=false run --separate-stderr as mekinac rediger "$other"
    ended 5
    says "Comité local Des Chenaux" "concert proposer $other"
    [ "$(as mekinac status --offline --format json | json 'it["status"]["waiting"]')" = 0 ]
}
