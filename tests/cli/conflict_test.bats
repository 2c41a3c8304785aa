#!/usr/bin/env bats
# Devices that wrote apart meet again: all of it stays, or a person chooses; nobody overwrites
# another unseen.

load region
load apart

@test "two committees that worked apart come to the same plan" {
    server_stop
    as mekinac progress 1.1.1 41 -m "De Mékinac"
    as chenaux progress 1.1.1 42 -m "Des Chenaux"
    as mekinac set 3.1.2 percent=43
    as chenaux set 3.1.2 percent=44
    server_start
    as chenaux sync
    as mekinac sync
    as chenaux sync
    local kind
    for kind in share note action; do
        as mekinac list "$kind" --format json >"$BATS_TEST_TMPDIR/one"
        as chenaux list "$kind" --format json >"$BATS_TEST_TMPDIR/two"
        cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
    done
    [ "$(sql "SELECT sum(percent) FROM share WHERE percent BETWEEN 41 AND 44")" = 170 ]
}

@test "two devices change other fields of one share: both stay" {
    local handle
    handle=$(mine mekinac 1.4.1 "Comité local de Mékinac")
    as mekinac --offline set "$handle" next_step="Du premier poste"
    as mekinac2 --offline set "$handle" expected="Du second poste"
    as mekinac sync
    as mekinac2 sync
    as mekinac sync
    [ "$(value mekinac "$handle" next_step)" = "Du premier poste" ]
    [ "$(value mekinac "$handle" expected)" = "Du second poste" ]
    [ "$(value mekinac2 "$handle" next_step)" = "Du premier poste" ]
}

# clash FIRST SECOND: two devices of one committee set a share's percent, the second one unaware.
clash()
{
    handle=$(mine mekinac 4.4.1 "Comité local de Mékinac")
    as mekinac --offline set "$handle" percent="$1"
    as mekinac2 --offline set "$handle" percent="$2" next_step="Et ceci"
    as mekinac sync
    run as mekinac2 sync
}

# clashing NAME: the number of its change in conflict.
clashing()
{
    as "$1" status --format json 2>/dev/null |
        json '[o["number"] for o in it["operations"] if o["state"] == "conflict"][0]'
}

@test "the same field on two devices: exit code 4, both values told, nothing lost" {
    local handle
    clash 21 22
    ended 4
    says "21" "22" "pourcentage" "--mien" "--leur"
    [ "$(sql "SELECT percent FROM share WHERE id =
        (SELECT id FROM record WHERE handle = '$handle')")" = 21 ]
    # Nothing of the operation was applied.
    [ "$(sql "SELECT coalesce(next_step, '') FROM share WHERE id =
        (SELECT id FROM record WHERE handle = '$handle')")" = "" ]
    run as mekinac2 sync --lang en
    ended 4
    says "21" "22" "percent"
    # Theirs stays when one says so.
    as mekinac2 résoudre "$(clashing mekinac2)" --leur
    run as mekinac2 sync
    ended 0
    [ "$(value mekinac2 "$handle" percent)" = 21 ]
    # What did not clash went with the choice.
    [ "$(value mekinac2 "$handle" next_step)" = "Et ceci" ]
    as mekinac set "$handle" next_step=
}

@test "a conflict that is settled for one's own: it goes over theirs, and the log has both" {
    local handle
    clash 31 32
    ended 4
    as mekinac2 resolve "$(clashing mekinac2)" --mine -m "Recompté"
    run as mekinac2 sync
    ended 0
    as mekinac sync
    [ "$(value mekinac "$handle" percent)" = 32 ]
    [ "$(value mekinac "$handle" next_step)" = "Et ceci" ]
    run as mekinac history "$handle"
    says "31 %" "32 %"
    as mekinac set "$handle" next_step=
}
