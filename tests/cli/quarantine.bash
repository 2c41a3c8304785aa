# What the tests of the quarantine share, after region.bash: an office of Mékinac's, $me, whose device
# is revoked with work that waits.

# office_new PREFIX: an office of the test's own, in $me; its part of 4.1.1, in $part.
office_new()
{
    me=$1$BATS_TEST_NUMBER
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
