#!/usr/bin/env bats
# What a record went through, in words.

load region

setup_file()
{
    region_open
    office chenaux "Comité local Des Chenaux"
}

teardown_file()
{
    region_stop
}

@test "ce qui est absent se lit comme ce qu'il veut dire" {
    account=$(as coordination lister comptes --format json |
        json '[c["handle"] for c in it if c["person"] == "Comité local Des Chenaux"][0]')
    device=$(as coordination appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == "Poste de chenaux"][0]')
    as coordination changer "$account" actif=non 2>/dev/null
    as coordination changer "$device" révoqué=oui -m "Essai" 2>/dev/null
    run --separate-stderr as coordination historique "$account"
    ended 0
    says "actif : oui → non"
    says_not "(vide)"
    run --separate-stderr as coordination historique "$device"
    says "révoqué : non → oui" "raison : Essai"
    as coordination historique "$account" --format json |
        json '[r["from"] for r in it if r["field"] == "active"]' | grep -qx "\[None\]"
}

@test "un changement sans champ: dit" {
    run --separate-stderr as coordination historique C1
    ended 0
    says "aucun champ n'a changé raison : invitation"
}
