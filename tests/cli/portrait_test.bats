#!/usr/bin/env bats
# The portrait of housing: figures by territory and dimension, worked out anew.

load region.bash

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as coordination add indicator code=LOG title="Logements sociaux" unit=logements \
        dimensions="statut; catégorie" theme=logement definition="Logements à loyer modique"
    as coordination add indicator code=ATT title="Attente pour un logement" unit=mois
    as coordination add indicator code=EFF title="Ménages qui y mettent plus de 30 %" unit=%
    counts
}

teardown_file()
{
    region_stop
}

# count TERRITORY-FIELD STATUT CATÉGORIE VALUE
count()
{
    as coordination add observation indicator=LOG "$1" period_start=2008-01-01 period_end=2008-12-31 \
        dimension_values="$2; $3" value="$4" source=SHQ
}

counts()
{
    as mekinac add observation indicator=LOG territory=Mékinac party="Comité local de Mékinac" \
        period_start=2008-01-01 period_end=2008-12-31 dimension_values="OMH; famille" value=40
    count territory=Mékinac OMH aînés 30
    count territory=Mékinac coop famille 4
    count territory=Shawinigan OMH famille 200
    count territory=Shawinigan coop famille 60
    count territory=Shawinigan OMH aînés 50
    count area=Estrie OMH famille 900
    count territory=Mékinac Total total 80
}

# cell ROW COLUMN [WORD...]: of the first table.
cell()
{
    as coordination portrait LOG --format json "${@:3}" |
        json 'next(str(r[words[1]]) for r in (it["portrait"] if "portrait" in it else it) if r["row"] == words[0])' "$1" "$2"
}

@test "tables by territory and dimension, other regions beside" {
    [ "$(cell "OMH · famille" Mékinac)" = 40 ]
    [ "$(cell "OMH · famille" region)" = 240 ]
    [ "$(cell "OMH · famille" Estrie)" = 900 ]
    [ "$(cell Ensemble region)" = 384 ]
    run --separate-stderr as coordination portrait LOG
    ended 0
    says "Logements sociaux (logements) · 2008" "Par statut" "Par catégorie" "Logements à loyer modique"
}

@test "a difference is printed when parts do not sum" {
    run --separate-stderr as coordination portrait LOG
    says "Mékinac : le total donné est 80, ses parties font 74 : un écart de 6."
}

@test "rates come from their parts, never from an average" {
    as coordination add observation indicator=EFF territory=Mékinac period_start=2006-01-01 \
        period_end=2006-12-31 numerator=10 denominator=100
    as coordination add observation indicator=EFF territory=Shawinigan period_start=2006-01-01 \
        period_end=2006-12-31 numerator=90 denominator=300
    run as coordination portrait EFF --format json
    [ "$(json 'it[0]["Mékinac"], it[0]["Shawinigan"], it[0]["region"]' <<<"$output")" = \
        "('10', '30', '25')" ]
}

@test "what cannot be added has no total, and says why" {
    as coordination add observation indicator=ATT territory=Mékinac period_start=2008-01-01 period_end=2008-12-31 value=14
    as coordination add observation indicator=ATT territory=Shawinigan period_start=2008-01-01 period_end=2008-12-31 value=26
    run --separate-stderr as coordination portrait ATT
    says "14" "26" "—" "ne s'additionnent pas"
    run as coordination portrait ATT --format json
    [ "$(json 'it[0]["region"]' <<<"$output")" = "" ]
}

@test "counts under 5 do not leave the region, nor what would give them away" {
    run --separate-stderr as coordination portrait LOG --public
    ended 0
    says "ne sort pas de la région"
    says_not "Par statut" "écart"
    [ "$(cell "coop · famille" Mékinac --public)" = None ]
    [ "$(cell "coop · famille" Mékinac)" = 4 ]
    run as coordination portrait LOG --public --format json
    [ "$(json 'all(sum(r[t] is None for t in ("Mékinac", "Shawinigan")) != 1 for r in it if r["row"] != "Ensemble")' <<<"$output")" = True ]
}

@test "another period, and from period to period" {
    as coordination add observation indicator=LOG territory=Mékinac period_start=2006-01-01 \
        period_end=2006-12-31 dimension_values="OMH; famille" value=38
    [ "$(cell "OMH · famille" Mékinac --period 2006)" = 38 ]
    [ "$(cell "OMH · famille" Mékinac)" = 40 ]
    run --separate-stderr as coordination portrait LOG
    says "D'une période à l'autre" "2006" "2008"
    run --separate-stderr as coordination portrait LOG --periode 1999
    ended 3
    says "1999" "2008"
}

@test "wrong figures are refused with the field and what to do" {
    run --separate-stderr as coordination ajouter donnée indicateur=LOG territoire=Mékinac \
        "période du=2008-01-01" "période au=2008-12-31" "valeurs des dimensions=OMH" valeur=3
    ended 5
    run --separate-stderr as coordination ajouter donnée indicateur=EFF territoire=Mékinac \
        "période du=2008-01-01" "période au=2008-12-31" numérateur=3
    [ "$status" -ne 0 ]
    says "dénominateur"
    run --separate-stderr as coordination ajouter donnée indicateur=EFF "période du=2008-01-01" \
        "période au=2008-12-31" valeur=3
    [ "$status" -ne 0 ]
    says "territoire"
}

@test "all indicators, and one that is not there" {
    run --separate-stderr as mekinac portrait --hors-ligne
    ended 0
    says "LOG" "ATT" "EFF" "logements"
    run --separate-stderr as coordination portrait NADA
    ended 3
}

@test "figures stand on the right, under one another" {
    run --separate-stderr as coordination portrait LOG
    grep -qE '^OMH · famille +(40|38) +200 +240 ' <<<"$output"
    grep -qE '^coop · famille +4 +60 +64' <<<"$output"
    [ "$(grep -oE '^OMH · famille.* 240' <<<"$output" | wc -m)" = "$(grep -oE '^coop · famille.* 64' <<<"$output" | wc -m)" ]
}
