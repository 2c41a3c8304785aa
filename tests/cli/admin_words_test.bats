#!/usr/bin/env bats
# The words that every program answers to, and in which language concertd answers. No region is
# needed.

load region

setup_file()
{
    export STATE=$BATS_FILE_TMPDIR/state
    mkdir "$STATE"
    settings fr
}

setup()
{
    unset CONCERT_LANG
}

# settings LANGUAGE: of a region whose database answers nobody.
settings()
{
    cat >"$STATE/concertd.conf" <<SETTINGS
[region nulle]
title = Nulle part
language = $1
database = host=/nowhere dbname=none user=none
SETTINGS
}

concertd()
{
    run --separate-stderr "$bin/concertd" "$@"
}

commands()
{
    "$bin/concertd" help | sed -n 's/^  \([a-z]\+\) .*/\1/p'
}

# --- what every program answers to ---------------------------------------------------------------

@test "--help and -h behind each command are “help COMMAND”, in both languages, and do nothing" {
    local command option language
    [ "$(commands | wc -l)" -ge 10 ]
    for language in fr en; do
        export CONCERT_LANG=$language
        for command in $(commands); do
            concertd help "$command"
            ended 0
            local help=$output
            for option in --help -h; do
                concertd "$command" "$option"
                ended 0
                [ "$output" = "$help" ]
                [ -z "$stderr" ]
            done
        done
        concertd backup --state "$BATS_TEST_TMPDIR/none" --to "$BATS_TEST_TMPDIR/file" --help
        ended 0
        [ ! -e "$BATS_TEST_TMPDIR/none" ] && [ ! -e "$BATS_TEST_TMPDIR/file" ]
    done
}

@test "--help, -h and --version alone, and words behind them" {
    local option
    concertd help
    local help=$output
    concertd help backup
    local backup=$output
    for option in --help -h; do
        concertd "$option"
        ended 0
        [ "$output" = "$help" ]
        concertd "$option" backup
        ended 0
        [ "$output" = "$backup" ]
        concertd "$option" frobnicate
        ended 2
        says frobnicate
    done
    concertd --version
    ended 0
    [ "$output" = "$("$bin/concertd" version)" ]
    [[ $output == "concertd "* ]]
    concertd backup --hlep
    ended 2
    says "--hlep"
    concertd --frobnicate
    ended 2
    says "--frobnicate"
}

@test "help that nobody could read was not given" {
    local words
    for words in help --help "help backup" "backup --help" version --version "manual concertd"; do
        # shellcheck disable=SC2086 # words
        CONCERT_LANG=en run --separate-stderr bash -c '"$@" >/dev/full' - "$bin/concertd" $words
        ended 1
        says "not taken"
    done
}

# --- in which language ---------------------------------------------------------------------------

# french WORD...: concertd answers so, whether it has read the settings or not.
french()
{
    run --separate-stderr env "$@" "$bin/concertd" help
    says "--OPTION VALEUR"
    run --separate-stderr env "$@" "$bin/concertd" verify
    says "--state" "manque"
    run --separate-stderr env "$@" "$bin/concertd" verify --state "$STATE"
    says "La base ne répond pas"
}

english()
{
    run --separate-stderr env "$@" "$bin/concertd" help
    says "--OPTION VALUE"
    run --separate-stderr env "$@" "$bin/concertd" verify
    says "--state" "is missing"
    run --separate-stderr env "$@" "$bin/concertd" verify --state "$STATE"
    says "The database does not answer"
}

@test "CONCERT_LANG, then the first of LC_ALL, LC_MESSAGES and LANG; C and POSIX are English" {
    french CONCERT_LANG=fr LC_ALL=C
    english CONCERT_LANG=en LC_ALL=fr_CA.UTF-8
    french LC_ALL=fr_CA.UTF-8 LANG=C
    english LC_ALL=en_CA.UTF-8 LANG=fr_CA.UTF-8
    english LC_ALL=C
    english LANG=C
    english LC_MESSAGES=POSIX LANG=fr_CA.UTF-8
    french LC_ALL= LANG=fr_CA.UTF-8
}

@test "where nothing says it, the region's language, and French where there is no region yet" {
    french LANG=
    french LC_ALL=C.UTF-8
    settings en
    concertd verify --state "$STATE"
    says "The database does not answer"
    settings fr
    concertd init --language en --state "$BATS_TEST_TMPDIR/new"
    ended 2
    says "--region must be a name"
    concertd restore
    ended 2
    says "manque"
    says_not "missing"
}

# --- the settings --------------------------------------------------------------------------------

@test "a setting that is given twice, and a folder in the place of the file" {
    export CONCERT_LANG=en
    printf 'title = Encore\n' >>"$STATE/concertd.conf"
    concertd verify --state "$STATE"
    ended 1
    says "line 5" "[region nulle] title" "line 2"
    concertd serve --state "$STATE"
    ended 1
    says "line 5" "[region nulle] title"
    settings fr
    mkdir -p "$BATS_TEST_TMPDIR/state/concertd.conf"
    concertd verify --state "$BATS_TEST_TMPDIR/state"
    ended 1
    says "$BATS_TEST_TMPDIR/state/concertd.conf"
    says_not "[region NAME]"
}

@test "a folder without settings is told by every command that needs them, with what to do" {
    local command
    mkdir "$BATS_TEST_TMPDIR/bare"
    for command in serve doctor verify backup migrate; do
        CONCERT_LANG=en concertd "$command" --state "$BATS_TEST_TMPDIR/bare"
        ended 1
        [[ $stderr == "concertd $command: $BATS_TEST_TMPDIR/bare/concertd.conf is not there: "*"concertd init"*"concertd restore"* ]]
    done
}
