#!/usr/bin/env bats
# Every text for people in client/ and server/ has its French in that room's po/fr.po, and that file
# nothing else.

rooms="client server"

setup()
{
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd -P)
    work=$BATS_TEST_TMPDIR
}

# merge ROOM: what its sources say, merged into its translations.
merge()
{
    (cd "$root" && find "$1" -name '*.c' | sort) >"$work/sources"
    xgettext --language=C --from-code=UTF-8 --directory="$root" --no-location \
        --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
        --files-from="$work/sources" --output="$work/all.pot" 2>"$work/noise"
    msgmerge --quiet --no-fuzzy-matching "$root/$1/po/fr.po" "$work/all.pot" \
        --output-file="$work/merged.po"
}

# nothing FILE: fails and shows them when the file holds entries.
nothing()
{
    if grep -q '^\(#~ \)\?msgid ".' "$1"; then
        grep -v '^#[,.]' "$1"
        return 1
    fi
}

@test "the French files are well formed" {
    for room in $rooms; do
        msgfmt --check --output-file=/dev/null "$root/$room/po/fr.po"
    done
}

@test "every text has its French" {
    for room in $rooms; do
        merge $room
        msgattrib --no-wrap --untranslated --no-obsolete "$work/merged.po" >"$work/untranslated"
        nothing "$work/untranslated"
    done
}

@test "no translation is a guess" {
    for room in $rooms; do
        msgattrib --no-wrap --only-fuzzy "$root/$room/po/fr.po" >"$work/fuzzy"
        nothing "$work/fuzzy"
    done
}

@test "nothing is translated that is said nowhere" {
    for room in $rooms; do
        merge $room
        msgattrib --no-wrap --only-obsolete "$work/merged.po" >"$work/obsolete"
        nothing "$work/obsolete"
    done
}

@test "no-break spaces stand where French wants them" {
    # Before a colon, a percent sign and », behind «: a plain space would let the line break there.
    # Two shapes are no such thing: "name : value" in code, and a % that begins a conversion.
    run grep -nE '^(msgstr|msgstr\[[0-9]\]) ".*( :( |\\n|")| »|« |[0-9] %%)' \
        <(for room in $rooms; do msgattrib --no-wrap "$root/$room/po/fr.po"; done)
    [ "$status" -eq 1 ] || { echo "$output"; false; }
}

@test "texts are marked: no command speaks unmarked English" {
    # What command_say, command_tell and report_note are given is a text of _() or ngettext, a plain
    # "%s", or something worked out before.
    run grep -nE '(report_note|command_say|command_tell)\([^"]*, "[A-Z]' -r "$root/client" --include='*.c'
    [ "$status" -eq 1 ] || { echo "$output"; false; }
}
