# shellcheck shell=bash
# Three devices of two committees, which each test finds with nothing waiting. After region.bash.

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office mekinac2 "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
}

teardown_file()
{
    region_stop
}

setup()
{
    server_lives || server_start
    local name
    for name in mekinac mekinac2 chenaux coordination; do as "$name" sync >/dev/null; done
}

# mine NAME ACTION PARTY: the handle of what a party does of an action.
mine()
{
    as "$1" list share action="$2" party="$3" --offline --format json 2>/dev/null |
        json 'it[0]["handle"]'
}

# waiting NAME: how many changes wait on its device.
waiting()
{
    as "$1" status --offline --format json 2>/dev/null | json 'it["status"]["waiting"]'
}
