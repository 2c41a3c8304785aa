#!/usr/bin/env bats
# The 16 milestones of the housing project, month by month; who moves them on.

load region

setup_file()
{
    region_open
    as coordination import "$MAURICIE/logement-echeancier.csv"
    office logement "Comité en logement"
    office mekinac "Comité local de Mékinac"
}

teardown_file()
{
    region_stop
}

# drawn TEXT...: each is a line, as it is but for its end.
drawn()
{
    local line
    for line; do
        grep -qxF -- "$line" <<<"${output//$'\xc2\xa0'/ }" || { printf 'not drawn: %s\n%s\n' "$line" "$output" && return 1; }
    done
}

@test "16 milestones as they were written, in three phases" {
    as coordination echeancier P1 --le 2009-10-15 --format json >"$BATS_TEST_TMPDIR/it"
    python3 - "$BATS_TEST_TMPDIR/it" "$MAURICIE/logement-echeancier.csv" <<'PYTHON'
import csv, json, sys
it = json.load(open(sys.argv[1]))
rows = list(csv.reader(open(sys.argv[2], newline="", encoding="utf-8-sig"), delimiter=";"))[1:]
assert len(it["milestones"]) == len(rows) == 16
spans = [("2009-01-01", "2009-03-31")] * 2 + [("2009-03-01", "2009-03-31"), ("2009-08-01", "2009-08-31")] + \
    [("2009-09-23", "2009-12-20")] * 4 + [("2009-12-21", "2010-03-20")] * 2 + \
    [("2010-03-21", "2010-06-20")] * 2 + [("2010-06-21", "2010-12-20"), ("2010-09-23", "2010-12-20")] + \
    [("2011-03-21", "2011-06-20")] * 2
for number, (told, row, span) in enumerate(zip(it["milestones"], rows, spans), 1):
    phase, colon, title = row[0].partition(" : ")
    assert told["title"] == (title if colon else row[0]), (told, row)
    assert told["phase"] == (phase if colon else "Préparation"), (told, row)
    assert told["who"] == row[2].splitlines(), (told, row)
    assert told["deadline"] == "; ".join(row[1].splitlines()), (told, row)
    assert (told["earliest"], told["latest"]) == span, (told, span)
    assert told["rank"] == number and told["status"] == "not_started" and told["percent"] == 0
    assert told["late"] == (span[1] < "2009-10-15"), told
assert [(p["phase"], p["counted"], p["late"]) for p in it["phases"]] == \
    [("Préparation", 4, 4), ("Volet 1", 6, 0), ("Volet 2", 6, 0)]
PYTHON
}

@test "drawn in 80 columns: years, months, today, bars, who, what is late" {
    run --separate-stderr as coordination échéancier P1 --le 2009-10-15
    ended 0
    drawn "                                                2009        2010        2011" \
        "                                                JFMAMJJASONDJFMAMJJASONDJFMAMJ" \
        "                                                         ▼ 15 oct. 2009" \
        "ET1  Concevoir et planifier le projet           ▒▒▒      │" \
        "ET4  Embaucher un agent de projet, supervisé           ▒ │" \
        "     par le Consortium                          à faire · en retard de 45 jours" \
        "ET5  mettre à jour l'état des logements sociaux         ░░░░" \
        "ET13 créer des outils de travail; mettre en              │       ░░░░░░░" \
        "ET16 évaluer                                             │                ░░░░"
    says "→ Agent de projet; Comité régional en logement" "Volet 1 · 0 % : 6 étapes" \
        "Préparation · 0 % : 4 étapes, 4 en retard"
    python3 -c 'import sys
assert all(len(line.rstrip("\n")) <= 80 for line in sys.stdin)' <<<"$output"
}

@test "late is after the last day, never on it" {
    late()
    {
        as coordination echeancier P1 --le "$1" --format json | json 'sum(m["late"] for m in it["milestones"])'
    }
    [ "$(late 2009-03-31)" = 0 ]
    [ "$(late 2009-04-01)" = 3 ]
    [ "$(late 2009-09-01)" = 4 ]
    [ "$(late 2010-12-20)" = 12 ]
    [ "$(late 2010-12-21)" = 14 ]
}

@test "its committee moves its milestones on; progress by phase and of the project" {
    run as logement avancer ET1 fait
    ended 0
    run as logement avancer ET4 60 % -m "L'affichage est fait"
    ended 0
    as logement changer ET16 état=abandonnée
    as logement sync
    run --separate-stderr as logement echeancier P1 --le 2009-10-15
    says "Projet en logement · 11 % : 15 de 16 étapes, abandonnées : 1" "Préparation · 40 % : 4 étapes, 3 en retard"
    drawn "ET1  Concevoir et planifier le projet           ███      │" \
        "     par le Consortium                          en cours · 60 % · en retard de" \
        "     → Consortium en développement social de la 45 jours" \
        "ET16 évaluer                                             │                ----"
    [ "$(value logement ET1 percent)" = 100 ]
    [ "$(value logement ET4 status)" = under_way ]
    run as logement expliquer P1
    says "15 de 16 étapes" "ET16 évaluer abandonnée"
}

@test "others may not, and what a milestone has not is said" {
    run --separate-stderr as mekinac avancer ET5 10
    ended 5
    run --separate-stderr as logement avancer ET5 bloquée
    ended 2
    says "à faire, en cours, faite, abandonnée"
    run --separate-stderr as logement avancer ET5 10 --cause "pas d'agent"
    ended 2
    says "Une étape n'est pas bloquée"
}

@test "an action has milestones too; a project without any says so" {
    as coordination ajouter étape sujet=2.1.3 titre="Réunir le comité" rang=1
    as coordination ajouter projet titre="À venir" instance="Comité en logement"
    run --separate-stderr as coordination echeancier 2.1.3
    ended 0
    says "2.1.3" "0 % : 1 étape" "Réunir le comité" "sans échéance"
    run --separate-stderr as coordination echeancier P2
    says "Il n'y a pas encore d'étape ici"
    run --separate-stderr as coordination echeancier --format json
    json '[s["subject"] for s in it["subjects"]] == ["P1", "2.1.3"]' <<<"$output" | grep -qx True
}

@test "fait: une étape faite garde le jour sur ses échéances; une échéance sans date n'en a pas" {
    run --separate-stderr as coordination fait ET4 --le 2009-10-05
    ended 0
    [ "$(value coordination ET4 status)" = done ]
    [ "$(as coordination list deadline subject=ET4 --format json | json '[d["met_on"] for d in it]')" = "['2009-10-05']" ]
    run --separate-stderr as coordination fait "$(as coordination list deadline subject=1.2.5 --format json | json 'it[0]["handle"]')"
    ended 2
    says "seule une échéance datée"
}
