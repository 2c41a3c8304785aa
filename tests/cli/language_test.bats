#!/usr/bin/env bats
# French or English: who decides, and that both are whole.

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

setup()
{
    unset CONCERT_LANG
}

# Commands and their French names.
names()
{
    cat <<'NAMES'
plan plan
show voir
list lister
add ajouter
set changer
edit rediger
remove retirer
progress avancer
note noter
history historique
dashboard tableau
explain expliquer
import importer
invite inviter
join rejoindre
watch suivre
sync synchroniser
status etat
search chercher
help aide
version version
NAMES
}

french()
{
    says "Région" "Rôle : rédaction"
    says_not "Region :"
}

english()
{
    says "Region :" "Role : editor"
    says_not "Région"
}

@test "--lang comes first" {
    CONCERT_LANG=en LC_ALL=en_US.UTF-8 run as mekinac status --lang fr
    french
    CONCERT_LANG=fr LC_ALL=fr_CA.UTF-8 run as mekinac status --lang en
    english
    CONCERT_LANG=fr run as mekinac --lang=en status
    english
    CONCERT_LANG=en run as mekinac etat --langue fr
    french
}

@test "then CONCERT_LANG" {
    LC_ALL=en_US.UTF-8 CONCERT_LANG=fr run as mekinac status
    french
    LC_ALL=fr_CA.UTF-8 CONCERT_LANG=en run as mekinac status
    english
}

@test "then the locale, though none of it is installed" {
    LC_ALL=fr_CA.UTF-8 run as mekinac status
    french
    LC_ALL=en_US.UTF-8 run as mekinac status
    english
    LANG=en_CA.UTF-8 run as mekinac status
    english
    LC_MESSAGES=en_US.UTF-8 LANG=fr_CA.UTF-8 run as mekinac status
    english
}

@test "else the region's language, here French" {
    LC_ALL=C run as mekinac status
    french
    LC_ALL=C.UTF-8 run as mekinac status
    french
    LANG=POSIX run as mekinac status
    french
    run as mekinac status
    french
    # Of a language that there is none of.
    LC_ALL=de_DE.UTF-8 run as mekinac status
    french
}

@test "a language that is none is refused with those there are" {
    run as mekinac plan --lang xx
    ended 2
    says "fr" "en"
}

@test "accents come out whole in a plain C locale" {
    LC_ALL=C run as mekinac list territory --offline
    says "Mékinac" "Maskinongé"
    LC_ALL=C run as mekinac search mekinac --offline --lang en
    says "Mékinac"
}

@test "numbers, dates and spaces follow Québec's usage in French, and English's in English" {
    as mekinac progress 4.1.1 60
    local date
    date=$(as mekinac status --lang fr | plain "$(cat)")
    [[ $date =~ [0-9]{1,2}(er)?\ [a-zéûô]+\.?\ [0-9]{4},\ [0-9]{1,2}\ h\ [0-9]{2} ]]
    as mekinac show 4.1.1 --lang fr | grep -q $'60\xc2\xa0%'
    as mekinac show 4.1.1 --lang en | grep -q '60%'
    run as mekinac set 4.1.1 percent=777 --lang fr
    [[ $output == *$'\xc2\xab\xc2\xa0'*$'\xc2\xa0\xc2\xbb'* ]]
}

@test "French punctuation: a non-breaking space before : ? ! » %, one behind «" {
    local words
    printf 'Action;Comité\n9.9.9;Comité de suivy\n' >"$BATS_TEST_TMPDIR/parts.csv"
    for words in help "help set" "help import" "help codes" "help options" "help part" status sync \
        "set 4.1.1 colour=red" "show 9.9.9" "frobnicate" "set 4.1.1 percent=101" "list" \
        "progress 9.9.9 5" "import /nonexistent.csv" "import $BATS_TEST_TMPDIR/parts.csv"; do
        # shellcheck disable=SC2086 # words
        run as mekinac $words --lang fr
        python3 -c 'import re, sys
for line in sys.stdin.read().splitlines():
    # In a column of labels the colons stand apart.
    line = re.sub("^ *[^:]{1,26} : ", "", line)
    wrong = re.search("\\S [:?!»%]|« |[\\w»][:?!»](\\s|$)|\\d%", line)
    assert not wrong, line' <<<"$output" || { echo "$words" && return 1; }
    done
}

@test "every command answers to its French name, with and without accents" {
    local english french
    while read -r english french; do
        # "note" is a kind of record too, and its help tells of both.
        [ "$english" = note ] || diff <(as mekinac help "$english" --lang fr) \
            <(as mekinac aide "$french" --lang fr)
        run as mekinac "$french" --help
        ended 0
    done < <(names)
    run as mekinac état
    ended 0
    run as mekinac rédiger --help
    ended 0
    run as mekinac ÉTAT
    ended 0
}

@test "help lists every command, under its own name in each language" {
    local english french
    run as mekinac help --lang en
    local in_english=$output
    run as mekinac aide --lang fr
    local in_french=${output//$'\xc2\xa0'/ }
    while read -r english french; do
        grep -qE "^$english *:" <<<"$in_english" || { echo "$english" && return 1; }
        grep -qE "^$french +:" <<<"$in_french" || { echo "$french" && return 1; }
    done < <(names)
}

@test "help of every command shows its usage and an example, in both languages" {
    local english french
    while read -r english french; do
        run as mekinac help "$english" --lang en
        says "Usage: concert $english"
        [[ $english = version ]] || says "concert $english"
        run as mekinac aide "$french" --lang fr
        says "Usage : concert $french"
    done < <(names)
}

@test "help of each kind names its fields in the language asked" {
    run as mekinac aide part --lang fr
    says "pourcentage" "état" "bloqué par" "à faire"
    run as mekinac help share --lang en
    says "percent" "status" "blocked" "not started"
    run as mekinac help frobnicate --lang en
    [ "$status" -ne 0 ]
}

@test "the table of exit codes: as many as are used, in both languages, for programs too" {
    run as mekinac help codes --lang fr
    ended 0
    says "C'est fait."
    run as mekinac help codes --lang en
    says "It is done."
    [ "$(as mekinac help codes --format json | json '[(c["code"], c["name"]) for c in it]')" = \
        "[(0, 'ok'), (1, 'failed'), (2, 'usage'), (3, 'not_found'), (4, 'conflict'), \
(5, 'refused'), (6, 'waiting'), (7, 'unjoined'), (8, 'damaged'), (9, 'findings')]" ]
}

@test "an unknown command offers the nearest, and a short one is enough" {
    run as mekinac dashbord --lang en
    ended 2
    says "dashboard"
    run as mekinac tablau --lang fr
    ended 2
    says "tableau"
    run as mekinac dash --lang en
    ended 0
    run as mekinac s --lang en
    ended 2
    run as mekinac
    says "concert"
}

@test "an empty word is no command, and --version is one" {
    run as mekinac "" --lang fr
    ended 2
    says_not "Vouliez-vous"
    run as mekinac aide "" --lang fr
    ended 2
    says_not "version"
    run as mekinac --version --lang fr
    ended 0
    says "Programme : concert"
    run as mekinac plan --version --lang fr
    ended 0
    says "Programme : concert"
}

@test "a French word in an English command and the other way round" {
    run as mekinac lister actions --lang en
    ended 0
    run as mekinac list parts --lang fr
    ended 0
    run as mekinac list shares --lang fr
    ended 0
    run as mekinac plan --le 2009-10-15 --lang en
    ended 0
    run as mekinac plan --on 2009-10-15 --hors-ligne --lang fr
    ended 0
}

@test "an invitation says the language of the account" {
    local line
    line=$(as coordination invite "Comité de suivi" --langue-du-compte en 2>/dev/null)
    as english join "$line" >/dev/null
    [ "$(as english list account --format json --offline 2>/dev/null |
        json '[a["language"] for a in it]')" = "['en']" ]
}
