#!/usr/bin/env bats
# The server's database comes back from an older backup: clients notice, and send again what the
# backup does not hold.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac"
    office chenaux "Comité local Des Chenaux"
    as mekinac note 4.1.1 -m "Avant la sauvegarde"
    as mekinac sync
    as chenaux sync
}

teardown_file()
{
    "$CLUSTER" dropdb "$PG" "${DB}_backup"
    region_stop
}

# copy_database FROM TO
copy_database()
{
    "$CLUSTER" dropdb "$PG" "$2"
    "$CLUSTER" psql "$PG" postgres --set=from="$1" --set=to="$2" <<'SQL'
CREATE DATABASE :"to" TEMPLATE :"from" OWNER concert_owner;
SQL
}

# backed_up COMMAND...: runs it, and then the database is as it was before it.
backed_up()
{
    server_stop
    copy_database "$DB" "${DB}_backup"
    server_start
    "$@"
    server_stop
    copy_database "${DB}_backup" "$DB"
    server_start
}

settle()
{
    local tries
    for tries in 1 2 3 4 5; do
        as "$1" sync >/dev/null 2>&1 && return
    done
    as "$1" sync
}

@test "what was acknowledged and then lost by the server is sent again, once" {
    since()
    {
        as mekinac note 4.1.1 -m "Après la sauvegarde"
        as chenaux note 4.1.1 -m "Des Chenaux aussi"
        as chenaux set 1.1.1 percent=37
        as mekinac sync
    }
    backed_up since
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Après la sauvegarde'")" = 0 ]
    settle mekinac
    settle chenaux
    settle mekinac
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Après la sauvegarde'")" = 1 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Des Chenaux aussi'")" = 1 ]
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Avant la sauvegarde'")" = 1 ]
    [ "$(sql "SELECT count(*) FROM share WHERE percent = 37")" = 1 ]
    as mekinac list note --format json >"$BATS_TEST_TMPDIR/one"
    as chenaux list note --format json >"$BATS_TEST_TMPDIR/two"
    cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
}

@test "it is noticed though the log has grown beyond the same length since" {
    since()
    {
        as mekinac note 4.1.1 -m "Perdue une fois"
        as mekinac sync
    }
    backed_up since
    as coordination note 2.1.3 -m "Une autre histoire"
    as coordination note 2.1.3 -m "Et sa suite"
    settle mekinac
    [ "$(sql "SELECT count(*) FROM note WHERE text = 'Perdue une fois'")" = 1 ]
    settle coordination
    [ "$(tally mekinac note)" = "$(tally coordination note)" ]
    run as mekinac search "autre histoire" --format json
    says "Une autre histoire"
}

@test "what waited on a device when the backup came back leaves once too" {
    since()
    {
        as mekinac note 4.1.1 -m "Envoyée"
        as mekinac --offline note 4.1.1 -m "En attente"
    }
    backed_up since
    settle mekinac
    [ "$(sql "SELECT count(*), count(DISTINCT text) FROM note
        WHERE text IN ('Envoyée', 'En attente')")" = "2|2" ]
}

@test "a device that joined after the backup is told, and keeps what it has" {
    since()
    {
        office late "Comité de suivi"
        as late add share action=1.3.1
        as late progress 1.3.1 12 -m "Tard venue"
    }
    backed_up since
    run as late sync
    [ "$status" -ne 0 ]
    says "invitation"
    run as late search "Tard venue" --offline
    ended 0
    says "Tard venue"
}
