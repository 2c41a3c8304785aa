#!/usr/bin/env bats
# What may not be written: told with the field and what to do, and nothing of it is half-written.

load region
load editing

@test "progress: 101, -1, words that are none" {
    local before word
    before=$(head_seq)
    for word in 101 -1 1000000000000 60.5 beaucoup 6O ""; do
        run as mekinac progress 4.1.1 "$word"
        unchanged 2
    done
    run as mekinac progress 4.1.1
    unchanged 2 "concert"
    run as mekinac progress 9.9.9 50
    unchanged 3
}

@test "set: an unknown field or value offers the nearest, in the language of who asks" {
    local before
    before=$(head_seq)
    run as mekinac set 4.1.1 pourcentaje=50
    unchanged 2 "pourcentaje" "« pourcentage »"
    run as mekinac set 4.1.1 percnt=50 --lang en
    unchanged 2 "percnt" "percent"
    run as mekinac set 4.1.1 état=bloqé
    unchanged 2 "bloqé" "bloquée"
    run as mekinac set 4.1.1 status=dnoe --lang en
    unchanged 2 "dnoe" "done"
    run as mekinac set 4.1.1 xyzzyplugh=1
    unchanged 2 "xyzzyplugh" "pourcentage" "état"
    run as mekinac set 4.1.1 pourcentage
    unchanged 2
    run as mekinac set 4.1.1
    unchanged 2
}

@test "set: numbers, dates and texts that cannot be" {
    local before
    before=$(head_seq)
    run as mekinac set 4.1.1 percent=101
    unchanged 2 "pourcentage" "101" "100"
    run as mekinac set 4.1.1 percent=-5
    unchanged 2
    run as mekinac set 4.1.1 percent=99999999999999999999
    unchanged 2
    run as mekinac set 4.1.1 due=2009-02-30
    unchanged 2 "2009-02-30"
    run as mekinac set 4.1.1 due=bientôt
    unchanged 2 "bientôt"
    run as mekinac set 4.1.1 "next_step=$(printf 'caf\xe9 \xff')"
    unchanged 2
}

@test "set: a blocked share says what blocks it and who can help" {
    local before
    before=$(head_seq)
    run as mekinac set 4.1.1 état=bloquée
    unchanged 2 "bloqué par" "aide de"
    run as mekinac set 4.1.1 état=bloquée cause="pas de local"
    unchanged 2 "aide de"
    as mekinac set 4.1.1 état=bloquée cause="pas de local" aide-de="comite de soutien"
    [ "$(value mekinac "$MINE" status)" = blocked ]
    [ "$(value mekinac "$MINE" help_from)" = "$(value mekinac "Comité de soutien" id)" ]
    as mekinac set 4.1.1 état=en-cours cause= aide-de=
}

@test "a reference to nothing is refused, and the nearest offered" {
    local before
    before=$(head_seq)
    run as mekinac set 4.1.1 aide-de="Comité de soutient"
    unchanged 2 "Comité de soutient" "Comité de soutien"
    run as mekinac set 4.1.1 aide-de=I999
    unchanged 2 "I999"
    run as mekinac add share action=9.9.9
    [ "$status" -ne 0 ]
    unchanged "$status" "9.9.9"
    run as mekinac note 9.9.9 -m "Où ?"
    unchanged 3
    # A reference to a record of another kind is no reference.
    run as mekinac set 4.1.1 aide-de="$MINE"
    unchanged 2
}

@test "another committee's share is refused, told whose it is, and stays as it was" {
    local before
    before=$(head_seq)
    run as mekinac set "$OTHERS" percent=99
    ended 5
    says "$OTHERS" "autre instance" "coordination"
    [ "$(head_seq)" = "$before" ]
    [ "$(value mekinac "$OTHERS" percent)" = "" ]
    [ "$(value chenaux "$OTHERS" percent)" = "" ]
    run as mekinac set "$OTHERS" percent=99 --lang en
    ended 5
    [ "$(head_seq)" = "$before" ]
}

@test "what was refused says how to put it aside, and then nothing is left of it" {
    run as mekinac set "$OTHERS" percent=98
    ended 5
    run as mekinac sync
    says "--leur"
    local number
    for number in $(as mekinac status --format json 2>/dev/null |
        json '" ".join(str(o["number"]) for o in it["operations"])'); do
        run as mekinac résoudre "$number" --leur
    done
    run as mekinac sync
    ended 0
}

@test "the structure of the plan is the staff's; the refusal names the record" {
    local before words
    before=$(head_seq)
    while read -r words; do
        # shellcheck disable=SC2086 # words
        run as mekinac $words
        ended 5
        [[ $output == *refusé* || $output == *"n'est pas retiré"* ]]
        [ "$(head_seq)" = "$before" ] || { echo "$words" && return 1; }
    done <<'WORDS'
set 4.1.1 title=Autre
set 2.1.3 number=2.1.9
add action objective=2.1 title=Nouvelle
add deadline subject=4.1.1 text=2010
add party name=Nouvelle type=local
remove 4.1.1 --yes
WORDS
    [ "$(value mekinac 2.1.3 number)" = 2.1.3 ]
    [ "$(tally mekinac action)" = 27 ]
}

@test "weight, action and party of a share are not its editor's" {
    local before
    before=$(head_seq)
    run as mekinac set "$MINE" weight=5
    ended 5
    says "poids"
    [ "$(head_seq)" = "$before" ]
    [ "$(value mekinac "$MINE" weight)" = "" ]
}

@test "add: a required field that is missing is named, and nothing is made" {
    local before
    before=$(head_seq)
    run as coordination add milestone subject=2.1.3
    unchanged 2 "titre"
    run as coordination add milestone title="Sans sujet"
    unchanged 2 "sujet"
    run as coordination add
    unchanged 2
    run as coordination add milstone subject=2.1.3 title=X
    unchanged 2 "étape"
}
