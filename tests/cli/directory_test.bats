#!/usr/bin/env bats
# The directory of resources: by territory and kind, checked when and by whom, what never leaves.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as mekinac ajouter fiche nom="Dépannage de la vallée" type="banque alimentaire" \
        thème="Sécurité alimentaire" téléphone="819 555-0101" municipalité=Saint-Tite \
        vérifiée_le=2008-10-14 vérifiée_par=Mékinac
    as mekinac ajouter fiche nom="Popote du lac" type="popote roulante" \
        thème="Sécurité alimentaire" vérifiée_le=2008-10-15 vérifiée_par=Mékinac
    as mekinac ajouter fiche nom="Cuisine privée" type="cuisine collective" publish=non
    as coordination ajouter fiche nom="Banque du village" type="banque alimentaire" \
        instance="Comité local Des Chenaux"
    as mekinac sync
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

@test "bottin: par territoire et par sorte, à vérifier après un an, pas le jour même" {
    as mekinac bottin --le $on --format json >"$BATS_TEST_TMPDIR/it"
    json '[(r["territory"], r["name"], r["state"]) for r in it] == [
        ("Des Chenaux", "Banque du village", "never_checked"),
        ("Mékinac", "Dépannage de la vallée", "to_check"),
        ("Mékinac", "Cuisine privée", "never_checked"),
        ("Mékinac", "Popote du lac", "checked")] or it' <"$BATS_TEST_TMPDIR/it" | grep -qx True
    run --separate-stderr as mekinac bottin --le $on
    ended 0
    says "à vérifier (dernière fois le 14 oct. 2008 par Mékinac)" \
        "vérifiée le 15 oct. 2008 par Mékinac" "à vérifier (jamais vérifiée)" \
        "Cuisine privée (ne pas publier)" "4 fiches, dont 3 à vérifier, en date du 15 octobre 2009" \
        "1 fiche n'est pas à publier"
}

@test "bottin: une sorte, un territoire, un thème" {
    run --separate-stderr as mekinac bottin --sorte "banque alimentaire" --le $on
    says "Dépannage" "Banque du village"
    says_not "Popote"
    run --separate-stderr as mekinac bottin --territoire Mékinac --theme ALIMENTAIRE --le $on
    says "Dépannage" "Popote" "2 fiches"
    says_not "Banque du village" "Cuisine privée"
    run --separate-stderr as mekinac bottin --sorte restaurant
    ended 2
    says "restaurant" "popote roulante"
}

@test "bottin: ce qui sort de la région laisse de côté ce qui n'est pas à publier" {
    run --separate-stderr as mekinac bottin --diffusion --le $on
    says "Dépannage" "à vérifier" "1 fiche qui n'est pas à publier est laissée de côté"
    says_not "Cuisine privée"
    [ "$(as mekinac bottin --diffusion --le $on --format csv | grep -c "Cuisine privée")" = 0 ]
    [ "$(as mekinac bottin --le $on --format csv | grep -c "Cuisine privée")" = 1 ]
}

@test "confirmer: vérifiée aujourd'hui par son comité, plusieurs d'un coup" {
    as mekinac confirmer F1 F3 --le 2009-10-10
    [ "$(value mekinac F1 checked_on)" = 2009-10-10 ]
    [ "$(value mekinac F3 checked_by)" = "Comité local de Mékinac" ]
    [ "$(as mekinac bottin --le $on --format json | json '[r["state"] for r in it
        if r["handle"] == "F1"][0]')" = checked ]
    as coordination sync
    run --separate-stderr as coordination confirmer F4 --par "Secrétariat" --le 2009-10-11
    ended 0
    [ "$(value coordination F4 checked_by)" = Secrétariat ]
}

@test "confirmer: la fiche d'un autre comité n'est pas changée, et on dit quoi faire" {
    local before
    as mekinac sync
    before=$(value mekinac F4 checked_on)
    run --separate-stderr as mekinac confirmer F4
    ended 5
    says "Comité local Des Chenaux" "concert proposer F4"
    [ "$(as mekinac status --offline --format json | json 'it["status"]["waiting"]')" = 0 ]
    [ "$(value mekinac F4 checked_on)" = "$before" ]
}
