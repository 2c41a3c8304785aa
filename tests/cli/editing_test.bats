#!/usr/bin/env bats
# The pencil: what people write, as they would write it.

load region
load editing

@test "progress: a percent, a sign after it, a word, in both languages" {
    local word percent status
    while read -r word percent status; do
        as mekinac progress 4.1.1 "$word"
        echo "$word: $(value mekinac "$MINE" percent) $(value mekinac "$MINE" status)"
        [ "$status" = - ] || [ "$(value mekinac "$MINE" status)" = "$status" ]
        [ "$percent" = - ] || [ "$(value mekinac "$MINE" percent)" = "$percent" ]
    done <<'WORDS'
60 60 under_way
25% 25 under_way
100 100 done
done - done
fait - done
30 30 under_way
terminée - done
0 0 -
abandonnée - dropped
WORDS
}

@test "progress: -m makes a note of the share, in the same breath" {
    local before
    before=$(head_seq)
    as mekinac avancer 4.1.1 40 -m "Réunis trois fois"
    [ "$(head_seq)" = $((before + 2)) ]
    [ "$(sql "SELECT text FROM note ORDER BY id DESC LIMIT 1")" = "Réunis trois fois" ]
    [ "$(sql "SELECT s.handle FROM note n JOIN record s ON s.id = n.subject
        ORDER BY n.id DESC LIMIT 1")" = "$MINE" ]
}

@test "set: fields in both languages, with and without accents and capitals" {
    local words field expected
    while IFS='|' read -r words field expected; do
        as mekinac set 4.1.1 "$words"
        echo "$words: $(value mekinac "$MINE" "$field")"
        [ "$(value mekinac "$MINE" "$field")" = "$expected" ]
    done <<'WORDS'
percent=61|percent|61
pourcentage=62|percent|62
POURCENTAGE=63|percent|63
état=en-cours|status|under_way
etat=suspendue|status|suspended
État=En cours|status|under_way
status=not_started|status|not_started
status=under-way|status|under_way
état=SUSPENDUE|status|suspended
prochaine-étape=Nommer un délégué|next_step|Nommer un délégué
prochaine-etape=Deux|next_step|Deux
prochaine étape=Trois|next_step|Trois
next_step=Quatre|next_step|Quatre
next-step=Cinq|next_step|Cinq
attendu=Un portrait|expected|Un portrait
pour le=2009-12-15|due|2009-12-15
échéance=15 décembre 2010|due|2010-12-15
due=2011-01-31|due|2011-01-31
next_step=|next_step|
WORDS
}

@test "set: several fields are one change; none of them when one is wrong" {
    local before
    as mekinac set 4.1.1 percent=10 état=en-cours
    before=$(head_seq)
    run as mekinac set 4.1.1 percent=20 état=nimporte next_step="Rien"
    unchanged 2 "état" "en cours"
    [ "$(value mekinac "$MINE" percent)" = 10 ]
    as mekinac set 4.1.1 percent=20 next_step="Tout"
    [ "$(head_seq)" = $((before + 1)) ]
}

# add WORD...: prints the handle of what the coordination adds.
add()
{
    as coordination add "$@" --format json 2>/dev/null | json 'it["operations"][0]["handle"]'
}

@test "add: tells the handle, to people and to programs" {
    run --separate-stderr as coordination add milestone subject=2.1.3 title="Perspectives"
    ended 0
    says "ET1"
    local handle
    handle=$(add milestone subject=2.1.3 title="Portrait" rank=1)
    [ "$handle" = ET2 ]
    as coordination set "$handle" titre="Portrait de l'habitation"
    [ "$(value coordination "$handle" title)" = "Portrait de l'habitation" ]
    run --separate-stderr as coordination ajouter étape sujet=2.1.3 titre="Plan triennal" rang=2
    ended 0
}

@test "add: a committee joins an action, once" {
    local before
    as mekinac add share action=4.1.2
    before=$(head_seq)
    run as mekinac add share action=4.1.2
    [ "$status" -ne 0 ]
    [ "$(head_seq)" = "$before" ]
    says "déjà"
}

@test "add: a deadline is read as people write it" {
    local text mode earliest latest handle
    while IFS='|' read -r text mode earliest latest; do
        handle=$(add deadline subject=2.1.4 text="$text")
        echo "$text: $(value coordination "$handle" mode) $(value coordination "$handle" latest)"
        [ "$(value coordination "$handle" text)" = "$text" ]
        [ "$(value coordination "$handle" mode)" = "$mode" ]
        [ "$(value coordination "$handle" earliest)" = "$earliest" ]
        [ "$(value coordination "$handle" latest)" = "$latest" ]
        as coordination remove "$handle" --yes
    done <<'TEXTS'
2 juin 2009|dated|2009-06-02|2009-06-02
fevrier 2010|dated|2010-02-01|2010-02-28
Hiver 2010|dated|2009-12-21|2010-03-20
Spring 2010|dated|2010-03-21|2010-06-20
été 2010|dated|2010-06-21|2010-09-22
Automne 2009|dated|2009-09-23|2009-12-20
Janvier à mars 2009|dated|2009-01-01|2009-03-31
2008-2011|dated|2008-01-01|2011-12-31
2009|dated|2009-01-01|2009-12-31
En continu|continuous||
Au besoin|as_needed||
Selon le calendrier de l'INSPQ|by_calendar||
Calendrier à déterminer|to_be_set||
3 à 4 fois par année|recurring||
TEXTS
}

@test "note: one's own part takes it; another's does not; only its author corrects it" {
    local note
    as mekinac note 4.1.1 -m "La municipalité prête la sale"
    note=$(as mekinac list note --format json | json '[n["handle"] for n in it if "sale" in n["text"]][0]')
    as mekinac set "$note" texte="La municipalité prête la salle"
    run as chenaux set "$note" texte="Autre chose"
    ended 5
    [ "$(value chenaux "$note" text)" = "La municipalité prête la salle" ]
    run as mekinac noter 4.1.1 -m ""
    ended 2
}

@test "remove: asks, and then the record is gone but for the log" {
    local note before
    as mekinac note 4.1.1 -m "De trop"
    note=$(as mekinac list note --format json | json '[n["handle"] for n in it if n["text"] == "De trop"][0]')
    before=$(head_seq)
    run as mekinac remove "$note" </dev/null
    unchanged 2 "--oui"
    as mekinac retirer "$note" --oui -m "Écrite deux fois"
    run as mekinac show "$note"
    ended 3
    [ "$(sql "SELECT count(*) FROM change c JOIN record r ON r.id = c.record
        WHERE r.handle = '$note' AND r.deleted")" = 2 ]
    run as mekinac history
    says "Écrite deux fois"
}

# hanging KIND NUMBER: how many records of the kind hang on that action in the database.
hanging()
{
    sql "SELECT count(*) FROM $1 WHERE subject =
        (SELECT id FROM record WHERE kind = 'action' AND handle = '$2')"
}

@test "remove: what is part of an action goes with it, in one change or not at all" {
    [ "$(hanging deadline 1.2.5)" = 1 ]
    [ "$(hanging responsibility 1.2.5)" = 1 ]
    run as coordination retirer 1.2.5 --oui -m "Essai"
    ended 0
    says "1.2.5" "INSPQ"
    [ "$(hanging deadline 1.2.5)$(hanging responsibility 1.2.5)" = 00 ]
    run as coordination show 1.2.5
    ended 3
}

@test "remove: an action on which somebody's work hangs stays" {
    local before
    before=$(head_seq)
    run as coordination retirer 4.1.1 --oui -m "Essai"
    ended 5
    says "$MINE" "$OTHERS"
    [ "$(head_seq)" = "$before" ]
}

@test "concert alone says what to do next, joined or not" {
    run as mekinac
    ended 0
    says "concert plan" "concert aide"
    run "$bin/concert" --home "$BATS_TEST_TMPDIR/none" --lang fr
    ended 0
    says "concert rejoindre"
}

@test "history: a removed record is still told by its handle" {
    local note
    as mekinac note 4.1.1 -m "Encore de trop"
    note=$(as mekinac list note --format json |
        json '[n["handle"] for n in it if n["text"] == "Encore de trop"][0]')
    as mekinac remove "$note" --yes -m "Écrite trois fois"
    run as mekinac history "$note"
    ended 0
    says "Encore de trop" "Écrite trois fois"
}
