#!/usr/bin/env bats
# What a shell offers while a line is typed, made from what the program says of itself.

load region

setup_file()
{
    export MADE=$BATS_FILE_TMPDIR/made
    mkdir "$MADE"
    python3 "$BATS_TEST_DIRNAME/../../client/manual/generate" "$bin/concert" "$MADE"
}

# offers LANGUAGE WORD...: what bash offers for the last word, in a session of that language.
offers()
{
    env -u LC_ALL -u LC_MESSAGES -u LANG CONCERT_LANG="$1" bash --norc -c '
        source "$1"
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _concert
        echo "${COMPREPLY[*]}"' _ "$MADE/concert.bash" "${@:2}"
}

@test "les commandes, dans la langue de la session, avec ou sans accents" {
    [ "$(offers fr concert avan)" = avancer ]
    [ "$(offers en concert prog)" = progress ]
    [ "$(offers fr concert révo)" = revoquer ]
    [[ " $(offers fr concert ré) " == *" revoquer "* ]]
    [[ " $(offers fr concert re) " != *" refuse "* ]]
    # The other language's names work too.
    [ "$(offers fr concert prog)" = progress ]
    [ "$(offers "" concert avan)" = avancer ]
    [[ " $(offers "" concert p) " == *" progress "*" propositions "* ]]
}

@test "aide: les commandes et les sortes" {
    [ "$(offers fr concert aide inv)" = "inventaire inviter" ]
    [ "$(offers fr concert aide incid)" = incident ]
    [ "$(offers en concert help prog)" = progress ]
    [ "$(offers fr concert lister pare)" = "" ]
    [ "$(offers fr concert lister paru)" = parutions ]
}

@test "les options de la langue de la session; de l'autre à défaut" {
    words=$(offers fr concert passer --)
    [[ " $words " == *" --garder "*" --le "* ]]
    [[ " $words " != *" --keep "* && " $words " != *" --on "* ]]
    [ "$(offers fr concert révoquer --mess)" = --message ]
    [ "$(offers fr concert avancer --help-f)" = --help-from ]
    [ "$(offers en concert passer --ke)" = --keep ]
}

@test "les valeurs connues d'une option; des fichiers là seulement où il en faut" {
    touch "$BATS_TEST_TMPDIR/lettre"
    cd "$BATS_TEST_TMPDIR"
    [ "$(offers fr concert inviter Mékinac --role l)" = lecture ]
    [ "$(offers fr concert inviter Mékinac --role = l)" = lecture ]
    [ "$(offers fr concert inviter Mékinac --role re)" = rédaction ]
    [ "$(offers en concert invite X --role r)" = reader ]
    [ "$(offers fr concert plan --format js)" = json ]
    [ "$(offers fr concert --langue fr pla)" = plan ]
    [ "$(offers fr concert inviter l)" = "" ]
    [ "$(offers fr concert avancer 1.1.1 --cause l)" = "" ]
    [ "$(offers fr concert importer l)" = lettre ]
    [ "$(offers fr concert exporter parts --vers l)" = lettre ]
}

@test "ce qui est offert se lit" {
    for shell in bash zsh fish; do
        command -v "$shell" >/dev/null || continue
        case $shell in
            bash) bash -n "$MADE/concert.bash" ;;
            zsh) zsh -n "$MADE/_concert" ;;
            fish) fish -n "$MADE/concert.fish" ;;
        esac
    done
    run ! grep -E '@[A-Z_]+@' "$MADE/concert.bash" "$MADE/_concert" "$MADE/concert.fish"
    grep -q "seen_subcommand_from invite inviter' -l role -r -f -a 'coordination secrétariat" "$MADE/concert.fish"
    grep -qE "^    invite,--role \| inviter,--role\)" "$MADE/_concert"
}
