#!/usr/bin/env bats
# Help on a narrow page and a wide one, and answers on a narrow one.

load region

setup_file()
{
    region_open
}

teardown_file()
{
    region_stop
}

@test "les exemples se reprennent à l'écran, tels quels" {
    COLUMNS=80 run --separate-stderr as coordination aide rejoindre
    ended 0
    grep -qE '^  concert rejoindre concert://.* --nom [\\]$' <<<"$output"
    grep -qx '    "Poste du comité"' <<<"$output"
    # As the shell reads it.
    concert()
    {
        printf '<%s>' "$@"
    }
    [[ $(eval "$(grep -A1 '^  concert rejoindre' <<<"$output")") == "<rejoindre><concert://"*"><--nom><Poste du comité>" ]]
    # No example of any command is left with a quote open at the end of a line.
    for name in $(as coordination aide --format json | json '" ".join(c["name"] for c in it)'); do
        COLUMNS=40 run --separate-stderr as coordination aide "$name"
        ended 0
        while IFS= read -r line; do
            quotes=${line//[^\"]/}
            ((${#quotes} % 2 == 0)) || { echo "$line" && false; }
        done < <(grep '^  concert ' <<<"$output")
    done
}

@test "aide passer: le jour aussi, qui y veut dire autre chose" {
    run --separate-stderr as coordination aide passer
    ended 0
    says "--le JOUR" "Le dernier jour de ceux qui partent"
    as coordination aide passer --format json |
        json 'sum(o["french"] == "le" for o in it["options"])' | grep -qx 1
}

@test "une page étroite: un tableau qui n'y tient pas est fait de fiches, et un mot coupé le dit" {
    for words in appareils "lister comptes" "lister instances" "appareils C1"; do
        # shellcheck disable=SC2086
        COLUMNS=40 run --separate-stderr as coordination $words
        ended 0
        [ "$(PYTHONUTF8=1 python3 -c 'import sys
print(max(len(line.rstrip("\n")) for line in sys.stdin))' <<<"$output")" -le 40 ]
    done
    COLUMNS=40 run --separate-stderr as coordination lister comptes
    says "Rôle : coordination"
    COLUMNS=80 run --separate-stderr as coordination lister comptes
    [[ $output == *────* ]]
    as coordination note 1.1.1 -m "Anticonstitutionnellementanticonstitutionnellement" >/dev/null 2>&1
    COLUMNS=40 run --separate-stderr as coordination voir N1
    ended 0
    grep -q 'anticons.*-$' <<<"${output,,}"
    [[ $(tr -d '\n -' <<<"$output") == *Anticonstitutionnellementanticonstitutionnellement* ]]
}
