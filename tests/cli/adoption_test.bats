#!/usr/bin/env bats
# A plan is adopted by a meeting; from then on its structure is kept, and its past can be read.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    as coordination ajouter rencontre instance="Comité de coordination" titre="Rencontre de juin" \
        commence=2009-06-02
}

teardown_file()
{
    region_stop
}

plan_field()
{
    value coordination PL1 "$1"
}

@test "before adoption nothing is adopted: said plainly" {
    run as coordination plan --adopté
    ended 3
    says "pas encore"
    run as coordination comparer
    ended 3
}

@test "adopting asks which meeting, a coordinator, and a meeting that was not cancelled" {
    run as coordination adopter PL1
    ended 2
    says "--rencontre"
    run as mekinac adopter PL1 --rencontre R1
    ended 5
    says "coordination"
    run as coordination adopter PL1 --rencontre R99
    ended 3
    as coordination ajouter rencontre instance="Comité de coordination" titre="Rencontre annulée" \
        commence=2009-05-05 état=annulée
    run as coordination adopter PL1 --rencontre R2
    ended 2
    [ "$(plan_field status)" = draft ] || [ "$(plan_field status)" = "" ]
}

@test "a plan can be proposed first, and the page says so" {
    as coordination changer PL1 état=proposé
    run as coordination plan
    says "Proposé"
}

@test "one push makes the item, its decision, its resolution and the adopted plan" {
    local before
    before=$(sql "SELECT max(seq) FROM change")
    run as coordination adopter PL1 --rencontre R1 -m "Adopté à l'unanimité"
    ended 0
    says "R-2009-1" "2 juin 2009"
    [ "$(sql "SELECT max(seq) FROM change")" = $((before + 2)) ]
    [ "$(plan_field status)" = adopted ]
    [ "$(plan_field adopted_on)" = 2009-06-02 ]
    [ "$(plan_field adopted_seq)" = $((before + 2)) ]
    [ "$(plan_field adopted_by)" = "$(value coordination "Comité de coordination" id)" ]
    [ "$(plan_field resolution)" = "$(value coordination PO1 id)" ]
    [ "$(value coordination PO1 resolution)" = R-2009-1 ]
    [ "$(value coordination PO1 meeting)" = "$(value coordination R1 id)" ]
    run as coordination plan
    says "Adopté le 2 juin 2009" "R-2009-1" "Comité de coordination"
    run as coordination adopter PL1 --rencontre R1
    ended 5
    says "déjà"
}

@test "taking an adoption back wants its reason; the plan's page names the resolution" {
    local before
    run as coordination voir PL1
    says "R-2009-1 Adoption du plan"
    before=$(sql "SELECT max(seq) FROM change")
    run as coordination changer PL1 état=proposé
    ended 5
    says "-m MOTIF"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    [ "$(plan_field status)" = adopted ]
}

@test "the structure is frozen but for amendments with a reason" {
    local before
    before=$(sql "SELECT max(seq) FROM change")
    run as coordination changer 2.1.3 titre="Le logement"
    ended 5
    says "-m"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    [ "$(as coordination status --offline --format json | json 'it["status"]["refused"]')" = 0 ]
    as coordination changer 2.1.3 titre="Le logement" -m "Résolution du comité"
    [ "$(value coordination 2.1.3 title)" = "Le logement" ]
    run as mekinac changer 2.1.3 titre="Autre"
    ended 5
    says "concert proposer 2.1.3"
    run as mekinac changer 2.1.1 pourcentage=40
    [ "$(value mekinac 2.1.1 title)" != "" ]
    as mekinac progress 1.1.1 60
}

@test "the plan as adopted: its words and its figures of then, headed by the moment" {
    run as coordination plan --adopté
    ended 0
    says "Tel qu" "2 juin 2009" "R-2009-1" "Cerner les besoins en logement" "0 %"
    says_not "Le logement · "
    run as coordination plan
    says "Le logement"
    as coordination plan --adopté --format json | json '[r["title"] for r in it if r["number"] == "2.1.3"][0]' |
        grep -q "Cerner les besoins"
    [ "$(as coordination plan --adopté --format json |
        json '[r["percent"] for r in it if r["number"] == "1.1.1"][0]')" = 0 ]
    [ "$(as coordination plan --format json |
        json '[r["percent"] for r in it if r["number"] == "1.1.1"][0]')" = 10 ]
}

@test "the plan at a change of the log, and at a date" {
    local seq
    seq=$(sql "SELECT max(seq) FROM change")
    run as coordination plan --au "#$((seq - 1))"
    ended 0
    says "Le logement" "$((seq - 1))"
    [ "$(as coordination plan --au "#$((seq - 1))" --format json |
        json '[r["percent"] for r in it if r["number"] == "1.1.1"][0]')" = 0 ]
    run as coordination plan --au 99999
    ended 3
    run as coordination plan --au 2009-10-15
    ended 3
    run as coordination plan --au 2
    ended 3
    run as coordination plan --au jamais
    ended 2
    run as coordination plan --au "$(date +%F)"
    ended 0
    says "Le logement"
}

@test "an office that synchronized after the adoption reads the adopted plan off line" {
    run as mekinac sync
    run as mekinac plan --adopté --hors-ligne
    ended 0
    says "Cerner les besoins en logement"
    # What is later than its log it cannot tell, and says up to where it can.
    as coordination changer 2.1.3 annexe=E -m "Annexe"
    run as mekinac sync
    run as mekinac plan --au "$(sql "SELECT max(seq) FROM change")" --hors-ligne
    ended 6
    says "serveur"
}

@test "what is personal is not kept in an office's log" {
    python3 -c 'import sqlite3, sys
changes = [row[0] for row in sqlite3.connect(sys.argv[1]).execute("SELECT change FROM log")]
assert len(changes) > 100, len(changes)
assert any(b"title" in change for change in changes)
for word in (b"fingerprint", b"person", b"email"):
    assert not any(word in change for change in changes), word' "$ROOM/coordination/copy.db"
}

@test "a copy of the first version opens, and gets its log" {
    python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("DROP TABLE log; DROP TABLE fresh; DROP TABLE former; ALTER TABLE outbox DROP COLUMN seen; ALTER TABLE outbox DROP COLUMN resolution; ALTER TABLE outbox DROP COLUMN proposal; ALTER TABLE outbox DROP COLUMN again; DELETE FROM meta WHERE key LIKE \"log_%\"; PRAGMA user_version = 1;")' \
        "$ROOM/mekinac/copy.db"
    run as mekinac plan --hors-ligne
    ended 0
    run as mekinac plan --adopté --hors-ligne
    ended 6
    run as mekinac plan --adopté
    ended 0
    says "Cerner les besoins en logement"
    run as mekinac plan --adopté --hors-ligne
    ended 0
}

@test "a closed plan takes notes alone" {
    as coordination changer PL1 état=clos -m "Fin de l'année"
    run as coordination plan
    says "R-2009-1"
    run as coordination changer 2.1.3 titre=Encore -m "Trop tard"
    ended 5
    as coordination note 2.1.3 -m "Bilan fait"
}
