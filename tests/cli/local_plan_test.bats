#!/usr/bin/env bats
# A plan begun from another; a committee's own plan, tied to the regional objectives.

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

# of_plan HANDLE KIND-IN-SQL CONDITION: how many there are of a plan.
actions_of()
{
    sql "SELECT count(*) FROM action a JOIN objective o ON o.id = a.objective
        JOIN record p ON p.id = o.plan JOIN record r ON r.id = a.id
        WHERE p.handle = '$1' AND NOT r.deleted"
}

@test "a new plan says where it comes from, whose it is, and when" {
    run as coordination commencer "Plan triennal 2010-2013"
    ended 2
    says "--de"
    run as mekinac commencer "Plan triennal 2010-2013" --de PL1
    ended 5
    says "--local"
    run as coordination commencer "Plan" --de PL1 --début 2010-04-01 --fin 2009-04-01
    ended 2
    run as coordination commencer "Plan" --de PL1 --début jamais
    ended 2
    run as coordination commencer "Plan" --local
    ended 2
    says "--pour"
    [ "$(tally coordination plan)" = 1 ]
}

@test "a triennial plan from the annual one: objectives, actions, resources, in one push" {
    local before
    before=$(sql "SELECT max(seq) FROM change")
    run as coordination commencer "Plan triennal 2010-2013" --de PL1
    ended 0
    says "PL2" "1er avril 2010" "31 mars 2013" "restent à l'ancien plan"
    [ "$(value coordination PL2 type)" = triennial ]
    [ "$(value coordination PL2 parent)" = "$(value coordination PL1 id)" ]
    [ "$(value coordination PL2 starts_on)" = 2010-04-01 ]
    [ "$(value coordination PL2 ends_on)" = 2013-03-31 ]
    [ "$(actions_of PL2)" = "$(actions_of PL1)" ]
    [ "$(as coordination plan PL2 --format json | json 'len(it)')" = \
        "$(as coordination plan PL1 --format json | json 'len(it)')" ]
    [ "$(as coordination show PL2/2.1.3 --offline --format json | json 'len(it["responsibility"])')" = \
        "$(as coordination show PL1/2.1.3 --offline --format json | json 'len(it["responsibility"])')" ]
    [ "$(as coordination show PL2/2.1.3 --offline --format json | json 'len(it["deadline"])')" = 0 ]
    [ "$(as coordination show PL2/1.1.1 --offline --format json | json 'len(it["share"])')" = 0 ]
    # Nothing of the old one moved.
    [ "$(sql "SELECT count(*) FROM change c JOIN record r ON r.id = c.record
        WHERE c.seq > $before AND c.revision > 1")" = 0 ]
}

@test "with the shares, begun anew, and the deadlines that have no date" {
    as mekinac avancer 1.1.1 60
    as coordination commencer "Plan d'action 2010-2011" --de PL1 --avec-parts --avec-échéances
    [ "$(value coordination PL3 type)" = annual ]
    [ "$(as coordination show PL3/1.1.1 --offline --format json | json 'len(it["share"])')" = 6 ]
    [ "$(as coordination show PL3/1.1.1 --offline --format json |
        json '{s["percent"] for s in it["share"]}')" = "{None}" ]
    [ "$(as coordination show PL3/1.4.1 --offline --format json |
        json '[d["text"] for d in it["deadline"]]')" = "['En continu']" ]
    [ "$(as coordination show PL3/1.1.1 --offline --format json |
        json '[d["mode"] for d in it["deadline"] if d["mode"] == "dated"]')" = "[]" ]
}

@test "too many changes for one push are said so, and nothing is written" {
    local before
    before=$(sql "SELECT max(seq) FROM change")
    python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE meta SET value = 20 WHERE key = \"limit_operations\"")
db.commit()' "$ROOM/coordination/copy.db"
    run as coordination commencer "Trop grand 2010-2011" --de PL1 --hors-ligne
    ended 5
    says "94 changements" "au plus 20"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    [ "$(tally coordination plan)" = 3 ]
    as coordination sync
}

@test "a committee begins its own plan, under the regional one" {
    run as mekinac commencer "Plan local de Mékinac 2009-2010" --local
    ended 0
    says "PL4" "appuie=2.1"
    [ "$(value mekinac PL4 type)" = local ]
    [ "$(value mekinac PL4 party)" = "$(value mekinac "Comité local de Mékinac" id)" ]
    [ "$(value mekinac PL4 parent)" = "$(value mekinac PL1 id)" ]
    [ "$(value mekinac PL4 starts_on)" = "$(value mekinac PL1 starts_on)" ]
    [ "$(value mekinac PL4 ends_on)" = "$(value mekinac PL1 ends_on)" ]
}

@test "its objectives support regional ones; both pages tell" {
    as mekinac ajouter objectif plan=PL4 numéro=1 titre="Loger nos aînés" appuie=2.1 --le 2009-10-15
    as mekinac ajouter objectif numéro=2 titre="Se déplacer"
    as mekinac ajouter action objectif=PL4/1 numéro=1.1 titre="Ouvrir une résidence"
    as mekinac changer PL4/2 appuie=2.1 --le 2009-10-15
    run as coordination voir 2.1 --le 2009-10-15
    says "Loger nos aînés" "Se déplacer" "Plan local de Mékinac"
    run as coordination plan --le 2009-10-15
    says "PL4/1" "Loger nos aînés (" "PL4/2"
    [ "$(as mekinac list objective plan=PL4 --format json | json 'len(it)')" = 2 ]
    run as mekinac plan PL4
    says "Loger nos aînés" "Ouvrir une résidence"
}

@test "bare numbers mean the regional plan first" {
    run as mekinac voir 1.1 --le 2009-10-15
    ended 0
    says "Animer et organiser le comité de coordination"
    says_not "Ouvrir une résidence"
    run as mekinac voir PL4/1.1
    says "Ouvrir une résidence"
}

@test "another committee's local plan is theirs alone" {
    office chenaux "Comité local Des Chenaux"
    run as chenaux changer PL4/1 titre="À nous"
    ended 5
    run as chenaux ajouter objectif plan=PL4 numéro=3 titre="À nous"
    ended 5
    [ "$(sql "SELECT count(*) FROM objective WHERE title = 'À nous'")" = 0 ]
}

@test "an adopted plan's numbers are meant before a draft's of later years" {
    as coordination ajouter rencontre instance="Comité de coordination" commence=2009-06-02
    as coordination adopter PL1 --rencontre R1
    run as mekinac voir 2.1 --le 2026-11-22
    ended 0
    says "Plan d'action 2009-2010 ›"
}

@test "a number that two drafts have is offered with its plan" {
    as coordination commencer "Autre triennal 2010-2013" --de PL1
    run as mekinac voir 2.1.3 --le 2011-10-15
    ended 3
    says "PL2/2.1.3" "PL5/2.1.3"
    run as mekinac ajouter objectif plan=PL4 numéro=9 titre="Deux" appuie=2.1 --le 2011-10-15
    ended 2
    says "PL2/2.1" "PL5/2.1"
}

@test "without years in its title the next plan lasts as many months" {
    run as coordination commencer "Le plan suivant" --de PL1
    ended 0
    says "1er avril 2010" "30 avril 2011"
}

@test "what is written in the next plan's draft promises nothing yet" {
    [ "$(as coordination check --rule no_deadline --on 2009-10-15 --format json |
        json '[f["handle"] for f in it if f["handle"].startswith("2.")]')" = "[]" ]
}
