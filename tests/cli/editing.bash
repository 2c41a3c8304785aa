# shellcheck shell=bash
# Two committees of a region, each with a share of action 4.1.1. After region.bash.

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
    export MINE OTHERS
    MINE=$(as mekinac list share action=4.1.1 party="Comité local de Mékinac" --format json |
        json 'it[0]["handle"]')
    OTHERS=$(as mekinac list share action=4.1.1 party="Comité local Des Chenaux" --format json |
        json 'it[0]["handle"]')
}

teardown_file()
{
    region_stop
}

head_seq()
{
    sql "SELECT max(seq) FROM change"
}

# unchanged CODE TEXT...: the command before ended so, said all of these, and wrote nothing.
unchanged()
{
    ended "$1"
    says "${@:2}"
    [ "$(head_seq)" = "$before" ]
    [ "$(as mekinac status --offline --format json | json 'it["status"]["waiting"]')" = 0 ]
}
