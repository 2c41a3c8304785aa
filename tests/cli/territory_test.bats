#!/usr/bin/env bats
# All that is known of a territory, and its local portrait by theme.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as mekinac ajouter intervention titre="Cuisines collectives" thème="Sécurité alimentaire" \
        type=service
    as mekinac ajouter intervention titre="Aide au loyer" thème=Logement type=programme
    as coordination ajouter intervention titre="Popote roulante" type=service \
        instance="Comité local Des Chenaux" thème="Sécurité alimentaire"
    as mekinac ajouter fiche nom="Dépannage de la vallée" type="banque alimentaire" \
        thème="Sécurité alimentaire"
    as coordination ajouter indicateur code=SA1 titre="Ménages aidés" thème="Sécurité alimentaire"
    as coordination ajouter indicateur code=LO1 titre="Logements sociaux" thème=Logement
    as mekinac sync
    as mekinac ajouter donnée indicateur=ID1 territoire=Mékinac period_start=2009-01-01 \
        period_end=2009-12-31 valeur=120
    as mekinac ajouter donnée indicateur=ID2 territoire=Mékinac period_start=2009-01-01 \
        period_end=2009-12-31 valeur=45
    as mekinac ajouter besoin titre="Animer une rencontre" thème=animation
    as mekinac ajouter projet titre="Maison des familles" territoire=Mékinac
    as mekinac progrès 4.1.1 fait
}

teardown_file()
{
    region_stop
}

on=2009-10-15

# Wide enough that no name is cut in two; 80 columns are tried where it says so.
setup()
{
    export COLUMNS=200
}

@test "territoire: instances, part du plan, interventions, bottin, données, besoins, projets" {
    run --separate-stderr as mekinac territoire Mékinac --le $on
    ended 0
    says "Comité local de Mékinac" "Part du plan" "Cuisines collectives" "Aide au loyer" \
        "Dépannage de la vallée" "Ménages aidés" "Logements sociaux" "Animer une rencontre" \
        "Maison des familles" "1 fiche du bottin est à vérifier" "Rien d'inscrit encore : Dessertes"
    says_not "Popote roulante"
}

@test "territoire: la part du plan est celle que le plan explique" {
    local told
    told=$(as mekinac territoire Mékinac --le $on --format json | json 'it["progress"][0]["percent"]')
    [ -n "$told" ]
    [ "$told" = "$(as mekinac tableau --le $on --format json | json '[r["total"]
        for r in it["progress"] if r["party"] == words[0]][0]' \
        "$(as mekinac lister instances --format json | json '[r["handle"] for r in it
            if r["name"] == "Comité local de Mékinac"][0]')")" ]
}

@test "territoire: le portrait local de la sécurité alimentaire" {
    run --separate-stderr as mekinac territoire Mékinac --theme alimentaire --le $on
    ended 0
    says "Cuisines collectives" "Dépannage de la vallée" "Ménages aidés"
    says_not "Aide au loyer" "Logements sociaux" "Animer une rencontre" "Maison des familles" \
        "Part du plan"
}

@test "territoire: les documents qui lui sont joints" {
    printf 'Portrait local\n' >"$BATS_TEST_TMPDIR/portrait.txt"
    as coordination joindre T1 "$BATS_TEST_TMPDIR/portrait.txt"
    as mekinac sync
    run --separate-stderr as mekinac territoire Mékinac --theme alimentaire --le $on
    says "Documents" "text/plain"
    run --separate-stderr as mekinac territoire "Des Chenaux" --le $on
    says_not "text/plain"
}

@test "territoire: un nom qui n'en est pas un" {
    run --separate-stderr as mekinac territoire Gaspésie
    ended 3
}
