#!/usr/bin/env bats
# What a revoked device had written together, and is more than the server takes at once with its
# answers.

load region
load quarantine

setup_file()
{
    region_open
}

teardown_file()
{
    region_stop
}

setup()
{
    office_new g
}

teardown()
{
    takes 5000
    as coordination quarantaine --tout --refuser -m "Fin de l'essai" >/dev/null 2>&1 || true
}

# takes COUNT: so many operations the server takes in one push from now on.
takes()
{
    server_away
    sed -i "/^operations = /d; s/^\[limits\]$/&\noperations = $1/" "$STATE/concertd.conf"
    server_start
    as coordination synchroniser >/dev/null 2>&1
}

# handed_over: gone, and the coordination has heard of it.
handed_over()
{
    gone
    as coordination synchroniser >/dev/null 2>&1
}

# notes TEXT: how many the region has.
notes()
{
    sql "SELECT count(*) FROM note WHERE text = '$1'"
}

# answers Q...: what they were answered, each once.
answers()
{
    local one
    for one; do
        value coordination "$one" status
    done | sort -u
}

@test "trop pour une fois avec ses réponses: repris ensemble, répondu ensuite" {
    as "$me" --hors-ligne avancer 4.1.1 45 -m "À deux"
    as "$me" --hors-ligne note 1.1.1 -m "À part"
    handed_over
    read -r first second third <<<"$(waiting)"
    takes 3 # two operations and their two answers are four
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 0
    says "$first à $second : repris; la réponse a suivi"
    [ "$(notes "À deux")" = 1 ]
    [ "$(notes "À part")" = 1 ]
    [ "$(value coordination "$part" percent)" = 45 ]
    [ "$(answers "$first" "$second" "$third")" = accepted ]
    [ -z "$(waiting)" ]
    run --separate-stderr as coordination historique "$part"
    says "non envoyé par" "Poste de $me"
}

@test "une coupure entre les deux: redonnée, la commande ne reprend rien deux fois" {
    as "$me" --hors-ligne avancer 4.1.1 55 -m "Coupée"
    handed_over
    read -r first second <<<"$(waiting)"
    takes 3
    run --separate-stderr as coordination quarantaine "$first" --accepter --hors-ligne
    ended 6
    says "$first à $second restent en quarantaine" "redonnez la même commande"
    run --separate-stderr as coordination quarantaine "$first" --accepter --hors-ligne
    ended 5
    says "est déjà repris" "concert état"
    [ "$(waiting)" = "$first $second" ]
    as coordination synchroniser >/dev/null
    [ "$(notes "Coupée")" = 1 ]
    run --separate-stderr as coordination quarantaine "$first" --accepter
    ended 0
    says "c'est déjà ainsi"
    [ "$(notes "Coupée")" = 1 ]
    [ "$(value coordination "$part" percent)" = 55 ]
    [ "$(answers "$first" "$second")" = accepted ]
    [ -z "$(waiting)" ]
}

@test "après la coupure quelqu'un est revenu dessus: ce qui fut repris ne l'est pas une seconde fois" {
    local was
    was=$(value coordination "$part" percent)
    as "$me" --hors-ligne avancer 4.1.1 57 -m "Puis défaite"
    handed_over
    read -r first second <<<"$(waiting)"
    takes 3
    run --separate-stderr as coordination quarantaine "$first" --accepter --hors-ligne
    ended 6
    as coordination synchroniser >/dev/null
    [ "$(value coordination "$part" percent)" = 57 ]
    as coordination changer "$part" pourcentage="$was" 2>/dev/null
    run --separate-stderr as coordination quarantaine "$first" --accepter
    ended 0
    [ "$(value coordination "$part" percent)" = "$was" ]
    [ "$(notes "Puis défaite")" = 1 ]
    [ "$(answers "$first" "$second")" = accepted ]
    [ -z "$(waiting)" ]
}

@test "trop pour une fois, même sans ses réponses: dit, et le reste est repris" {
    as "$me" --hors-ligne avancer 4.1.1 65 -m "Trop grand"
    as "$me" --hors-ligne note 1.1.1 -m "Le reste"
    handed_over
    read -r first second third <<<"$(waiting)"
    takes 1
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 5
    says "$first à $second ont été écrits ensemble" "quarantaine $first --refuser"
    [ "$(notes "Trop grand")" = 0 ]
    [ "$(notes "Le reste")" = 1 ]
    [ "$(waiting)" = "$first $second" ]
    [ "$(answers "$third")" = accepted ]
    run --separate-stderr as coordination quarantaine "$second" --accepter
    ended 5
    says "$first à $second ont été écrits ensemble"
    run --separate-stderr as coordination quarantaine "$first" --refuser -m "En parties"
    ended 0
    [ -z "$(waiting)" ]
}

@test "trop pour une fois, et en conflit: rien n'est répondu" {
    as "$me" --hors-ligne changer "$part" prochaine_étape="La leur"
    as "$me" --hors-ligne avancer 4.1.1 75 -m "En conflit"
    as coordination changer "$part" pourcentage=80 2>/dev/null
    handed_over
    read -r first second third <<<"$(waiting)"
    takes 3
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 4
    says "reste telle quelle"
    [ "$(answers "$first")" = accepted ]
    [ "$(waiting)" = "$second $third" ]
    [ "$(notes "En conflit")" = 0 ]
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 5
    says "est déjà repris"
    [ "$(waiting)" = "$second $third" ]
}

@test "plus de la moitié de ce que le serveur prend d'origine: repris, et répondu" {
    sed -i '/^operations = /d' "$STATE/concertd.conf"
    server_stop
    server_start
    as "$me" --hors-ligne note 1.1.1 -m "D'un grand lot" 2>/dev/null
    python3 - "$ROOM/$me/copy.db" 2600 <<'PYTHON'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    columns = [row[1] for row in db.execute("PRAGMA table_info(outbox)") if row[1] != "number"]
    db.execute("UPDATE outbox SET push = op_id")
    one = dict(zip(columns, db.execute(f"SELECT {', '.join(columns)} FROM outbox").fetchone()))
    for number in range(1, int(sys.argv[2])):
        tail = number.to_bytes(6, "big")
        row = {**one, "op_id": one["op_id"][:10] + tail, "id": one["id"][:10] + tail}
        db.execute(f"INSERT INTO outbox ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [row[name] for name in columns])
PYTHON
    handed_over
    [ "$(waiting | wc -w)" = 2600 ]
    run --separate-stderr as coordination quarantaine --tout --accepter
    ended 0
    says "2600 changements inscrits" "la réponse a suivi"
    [ "$(notes "D''un grand lot")" = 2600 ]
    [ -z "$(waiting)" ]
}
