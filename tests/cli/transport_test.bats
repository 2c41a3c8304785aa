#!/usr/bin/env bats
# Routes within and between territories, and needs without a route.

load region

route()
{
    as coordination ajouter desserte titre="$1" de="$2" vers="$3" "territoire de départ=$4" \
        "territoire d'arrivée=$5" "${@:6}"
}

setup_file()
{
    region_open
}

teardown_file()
{
    region_stop
}

@test "without a route: what to do about it" {
    run --separate-stderr as coordination transport
    ended 0
    says "Il n'y a pas encore de desserte"
}

@test "a matrix from territory to territory, by status" {
    route "Saint-Tite – Shawinigan" Saint-Tite Shawinigan Mékinac Shawinigan état="en service" \
        transporteur="Transport collectif" fréquence="2 fois par jour"
    route "Navette de Saint-Tite" Saint-Tite Hérouxville Mékinac Mékinac état="en service" \
        transporteur="Transport collectif" fréquence="tous les jours"
    route "Vers l'hôpital" Louiseville Trois-Rivières Maskinongé Trois-Rivières \
        besoin="Rendez-vous médicaux"
    route "Vers le cégep" "La Tuque" Shawinigan Haut-St-Maurice Shawinigan état="à l'étude"
    route "Vers le centre" Saint-Tite Shawinigan Mékinac Shawinigan état="à l'étude" \
        transporteur="À choisir"
    route "Ancienne" Louiseville Shawinigan Maskinongé Shawinigan état=abandonnée
    as coordination ajouter desserte titre="Quelque part" de=Ici vers=Ailleurs \
        "territoire de départ=Mékinac"
    run --separate-stderr as coordination transport --format json
    json '{r["from"]: r for r in it["routes"]}["MEK"]["SHA"] == 2 and
        {r["from"]: r for r in it["routes"]}["MEK"]["MEK"] == 1 and
        {r["from"]: r for r in it["routes"]}["MEK"]["unset"] == 1 and
        {r["from"]: r for r in it["routes"]}["MAS"]["SHA"] == 0 and
        {r["from"]: r for r in it["routes"]}["total"]["total"] == 6 or it["routes"]' <<<"$output" |
        grep -qx True
    json '{r["from"]: r for r in it["routes_running"]}["total"]["total"] == 2 and
        {r["from"]: r for r in it["routes_under_study"]}["MEK"]["SHA"] == 1 and
        {r["from"]: r for r in it["routes_identified"]}["MAS"]["TRV"] == 1' <<<"$output" |
        grep -qx True
    json '[len(it[k]) for k in ("running", "under_study", "identified", "dropped")] ==
        [2, 2, 2, 1] or it' <<<"$output" | grep -qx True
}

@test "needs without a route: identified, or studied with nobody and no timetable" {
    run --separate-stderr as coordination transport
    ended 0
    says "Dessertes qui ne sont pas abandonnées" "Dessertes en service" "Besoins sans desserte" \
        "Rendez-vous médicaux" "1 de 7 dessertes"
    run --separate-stderr as coordination transport --format json
    json 'sorted(r["title"] for r in it["needs"]) ==
        ["Quelque part", "Vers l'"'"'hôpital", "Vers le cégep"] or it["needs"]' <<<"$output" |
        grep -qx True
    json '[r["title"] for r in it["running"] if r["within"]] == ["Navette de Saint-Tite"]' \
        <<<"$output" | grep -qx True
}

# fits: no line is wider than the page.
fits()
{
    local line
    while IFS= read -r line; do
        [ "${#line}" -le 80 ] || { echo "wide: $line"; return 1; }
    done <<<"$output"
}

@test "the page fits in 80 columns, its lists too" {
    LC_ALL=C.UTF-8
    COLUMNS=80 run --separate-stderr as coordination transport
    fits
    says " → " "Trajet"
}
