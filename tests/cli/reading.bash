# shellcheck shell=bash
# A region in the middle of its year, and its records in files for rollup_of.py. After region.bash.

reading_setup()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
    office shawinigan "Comité local de Shawinigan"
    as mekinac progress 1.1.1 60 -m "Deux délégués inscrits" --on 2009-10-01
    as mekinac set 3.1.2 percent=33
    as mekinac note 3.1.1 -m "Rencontre du mois" --on 2009-09-01
    as chenaux progress 1.1.1 25 -m "Absents en mars" --on 2009-06-01
    as chenaux set 3.1.2 état=bloquée cause="pas de local" aide="Comité de soutien" percent=10
    as shawinigan progress 4.1.3 fait
    as shawinigan set 1.1.1 état=abandonnée
    as shawinigan set 3.1.2 état="sans objet"
    as coordination set 2.1.3 weight=3
    as coordination set "$(as coordination list share action=2.1.3 --format json |
        json 'it[0]["handle"]')" weight=2 percent=50
    as coordination add milestone subject=2.1.3 title="Portrait de l'habitation" rank=1
    as coordination note 2.1.3 -m "Projet déposé" --on 2009-05-20
    local kind
    as coordination sync
    for kind in party objective action share deadline responsibility; do
        as coordination list "$kind" --format json >"$BATS_FILE_TMPDIR/$kind.json"
    done
}

# figures PYTHON: the answer on stdin as `it`, beside what rollup_of.py works out from the records.
figures()
{
    PYTHONPATH=$BATS_TEST_DIRNAME python3 -c 'import json, sys
from rollup_of import Plan, near
it = json.load(sys.stdin)
plan = Plan(sys.argv[1])
'"$1" "$BATS_FILE_TMPDIR"
}
