#!/usr/bin/env bats
# Who answers for personal information, what is personal, how long it is kept.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
}

teardown_file()
{
    region_stop
}

@test "a-propos: le programme, le serveur et l'empreinte de sa clé" {
    run --separate-stderr as mekinac a-propos
    ended 0
    says "Programme : concert" "mauricie" "Empreinte de sa clé"
    as mekinac a-propos --format json | json 'len(it["about"]["fingerprint"])' | grep -qx 64
    as mekinac a-propos --format json | json 'it["about"]["server"]' | grep -q '^127.0.0.1:'
}

@test "a-propos: ce qui est personnel vient du registre" {
    run --separate-stderr as mekinac a-propos
    says "Renseignements personnels" "contacts" "courriel" "téléphone" "sans terme fixé"
    as mekinac a-propos --format json |
        json 'sorted(r["kind"] for r in it["personal"])' |
        grep -qx "\['account', 'attendance', 'contact', 'membership'\]"
}

@test "la personne responsable et la conservation, aussi hors ligne" {
    run --separate-stderr as mekinac a-propos
    says "Le serveur ne nomme personne" "demandez à votre coordination"
    run --separate-stderr as coordination a-propos
    ended 0
    says "responsible = NOM" "[region mauricie]" "concertd.conf"
    sed -i '/^responsible\|^retention/d; s/^\[region mauricie\]$/&\nresponsible = Responsable, 819 555-0101\nretention = contact 24, attendance 36/' "$STATE/concertd.conf"
    grep -q '^responsible = Responsable' "$STATE/concertd.conf"
    server_stop
    port=$(as mekinac etat --hors-ligne --format json 2>/dev/null | json 'it["status"]["server"].split(":")[-1]')
    sed -i "s/^listen = .*/listen = 127.0.0.1:$port/" "$STATE/concertd.conf"
    server_start
    as mekinac synchroniser >/dev/null
    run --separate-stderr as mekinac a-propos --hors-ligne
    ended 0
    says "Responsable, 819 555-0101" "24 mois" "36 mois" "écrivez à"
}
