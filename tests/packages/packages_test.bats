#!/usr/bin/env bats
# The two Debian packages, as a newcomer has them: made, accepted by lintian, installed in a bare
# container, served, joined, upgraded, removed. Skips where no Docker engine answers; the packages
# are made and checked all the same.

bats_require_minimum_version 1.5.0

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd -P)
made=$root/build/package
image=debian:bookworm-slim

setup_file()
{
    cmake -S "$root" -B "$made" -DPACKAGE=ON -DSTATIC_CLIENT=OFF -DBUILD_TESTING=OFF \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo >&2
    cmake --build "$made" --parallel "$(nproc)" >&2
    rm -f "$made"/*.deb
    for release in 1 2; do
        (cd "$made" && cpack -D CPACK_DEBIAN_PACKAGE_RELEASE=$release >&2)
    done
    docker info &>/dev/null || return 0
    mkdir "$BATS_FILE_TMPDIR/debs"
    cp "$made"/*.deb "$BATS_FILE_TMPDIR/debs/"
    start_container
}

# The settings by which this machine reaches its mirror go with it, and a network that does.
start_container()
{
    local options=(--detach --init --volume "$BATS_FILE_TMPDIR/debs:/debs:ro") line network
    while read -r line; do
        options+=(--env "$line")
    done < <(env | grep -iE '^(https?|no|all)_proxy=' || true)
    for line in /etc/apt/apt.conf $(grep -ls 'Acquire::' /etc/apt/apt.conf.d/* || true); do
        [ ! -f "$line" ] || options+=(--volume "$line:$line:ro")
    done
    for network in bridge host; do
        BARE=$(docker run "${options[@]}" --network "$network" "$image" sleep 1800)
        echo "$BARE" >"$BATS_FILE_TMPDIR/bare"
        ! docker exec "$BARE" apt-get -qq update >&2 || return 0
        docker rm --force "$BARE" >&2
    done
    return 1
}

teardown_file()
{
    rm -f "$made"/*-2_*.deb # what stays is what ./run packages makes
    [ ! -s "$BATS_FILE_TMPDIR/bare" ] || docker rm --force "$(cat "$BATS_FILE_TMPDIR/bare")" >&2
}

# bare COMMAND...: in the container, as root.
bare()
{
    [ -s "$BATS_FILE_TMPDIR/bare" ] || skip "no Docker engine answers"
    docker exec --env DEBIAN_FRONTEND=noninteractive --env LANG=C.UTF-8 \
        "$(cat "$BATS_FILE_TMPDIR/bare")" "$@"
}

# office COMMAND...: the client there, as an ordinary person.
office()
{
    bare runuser --user office -- env CONCERT_LANG=fr HOME=/home/office concert "$@"
}

# instructions: README's lines for a server from packages, as somebody copies them.
instructions()
{
    sed -n '/^    sudo apt install postgresql$/,/^    sudo -u concertd concertd doctor /s/^    //p' \
        "$root/README.md"
}

# The container has no systemd: of systemctl, what the instructions want of it. The unit's commands
# run as its user, the one that may fail first.
put_systemctl()
{
    local script
    script=$(
        cat <<'SCRIPT'
#!/bin/sh
unit=/lib/systemd/system/concertd.service
case "$*" in
"reload postgresql") exec pg_ctlcluster 15 main reload ;;
"start concertd") ;;
*) exit 1 ;;
esac
cd /
{ sed -n 's/^ExecStartPre=-//p' $unit; sed -n 's/^ExecStart=/exec /p' $unit; } >/tmp/commands
setpriv --reuid=concertd --regid=concertd --clear-groups --no-new-privs sh /tmp/commands \
    >>/tmp/log 2>&1 &
echo $! >/tmp/pid
SCRIPT
    )
    bare sh -c 'echo "$1" >/usr/local/bin/systemctl; chmod +x /usr/local/bin/systemctl' _ "$script"
}

# serve: what the unit starts, until something answers.
serve()
{
    bare systemctl start concertd
    wait_ready
}

wait_ready()
{
    for _ in $(seq 100); do
        ! bare grep -q event=ready /tmp/log || return 0
        sleep 0.1
    done
    bare cat /tmp/log
    return 1
}

# What `serve` started ends by SIGTERM, and takes its log with it.
stop()
{
    bare sh -c 'kill -TERM "$(cat /tmp/pid)" && while kill -0 "$(cat /tmp/pid)" 2>/dev/null; do
        sleep 0.1; done; rm -f /tmp/log'
}

# ask SQL: what PostgreSQL's own administrator is told.
ask()
{
    bare runuser -u postgres -- psql -qAtv ON_ERROR_STOP=1 concert -c "$1"
}

# The region's schema as version 11 left it: what 0012-erasure.sql and later ones made is taken away.
set_back()
{
    ask 'SET search_path TO mauricie; ALTER TABLE change DROP COLUMN erased;
        DROP FUNCTION erase_changes(bigint[], bytea[], text[], bytea[]);
        DELETE FROM schema_version WHERE number > 11'
}

# latest: the version of the schema that these packages want.
latest()
{
    find "$root/server/schema" -name '0*.sql' -printf '%f\n' | sort | tail -n 1 |
        sed 's/^0*//; s/-.*//'
}

@test "lintian accepts both packages" {
    for deb in "$made"/*-1_*.deb; do
        run lintian --fail-on error,warning "$deb"
        echo "$output"
        [ "$status" -eq 0 ]
    done
    [ "$(find "$made" -name '*-1_*.deb' | wc -l)" -eq 2 ]
}

@test "the packaged programs know no folder of the machine that built them" {
    for program in concertd concert; do
        dpkg-deb --fsys-tarfile "$made/${program}_"*-1_*.deb |
            tar -xO --wildcards "./usr/*bin/$program" >"$BATS_TEST_TMPDIR/$program"
        strings -a "$BATS_TEST_TMPDIR/$program" >"$BATS_TEST_TMPDIR/strings"
        grep -q /usr/share/locale "$BATS_TEST_TMPDIR/strings"
        run ! grep -F -e "$root" -e "$made" "$BATS_TEST_TMPDIR/strings"
    done
}

@test "the manual's lines for a first region are README's, in both languages" {
    [ "$(instructions | wc -l)" -ge 15 ]
    for page in concertd.8 concertd.fr.8; do
        zcat "$made/package/$page.gz" >"$BATS_TEST_TMPDIR/page"
        MANWIDTH=200 LC_ALL=C.UTF-8 man -l -E UTF-8 "$BATS_TEST_TMPDIR/page" |
            sed 's/^ *//' >"$BATS_TEST_TMPDIR/text"
        while read -r line; do
            grep -qxF -- "$line" "$BATS_TEST_TMPDIR/text" || { echo "$page: $line" && false; }
        done < <(instructions)
    done
}

@test "every command, option and setting has its place in the manual, in both languages" {
    for page in concertd.8 concertd.fr.8; do
        zcat "$made/package/$page.gz" >"$BATS_TEST_TMPDIR/page"
        run man --warnings -l -Tutf8 "$BATS_TEST_TMPDIR/page"
        [ "$status" -eq 0 ]
        "$made/bin/concertd" help | sed -n 's/^  \([a-z]\+\) .*/\1/p' >"$BATS_TEST_TMPDIR/commands"
        [ "$(wc -l <"$BATS_TEST_TMPDIR/commands")" -ge 10 ]
        while read -r command; do
            grep -q "^\.SS $command " "$BATS_TEST_TMPDIR/page" || { echo "$command" && false; }
        done <"$BATS_TEST_TMPDIR/commands"
    done
    "$made/bin/concert" help --format csv --lang en | tail -n +2 | cut -d, -f1 |
        tr -d '"' >"$BATS_TEST_TMPDIR/commands"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/commands")" -ge 50 ]
    zcat "$made/package/concert.1.gz" >"$BATS_TEST_TMPDIR/page"
    while read -r command; do
        grep -qE "^\.SS $command( |$)" "$BATS_TEST_TMPDIR/page" || { echo "$command" && false; }
        grep -qw -- "$command" "$made/package/client/concert.bash"
        grep -qw -- "$command" "$made/package/client/_concert"
        grep -qw -- "$command" "$made/package/client/concert.fish"
    done <"$BATS_TEST_TMPDIR/commands"
}

@test "bash completes commands and options in both languages" {
    complete_words()
    {
        bash --norc -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _concert
            printf "%s\n" "${COMPREPLY[@]}"' _ "$made/package/client/concert.bash" "$@"
    }
    complete_words concert avan | grep -qx avancer
    complete_words concert prog | grep -qx progress
    complete_words concert avancer --ca | grep -qx -- --cause
    complete_words concert progress --aide | grep -qx -- --aide-de
    complete_words concert plan --hors | grep -qx -- --hors-ligne
}

@test "they install in a bare container, with a user, a folder and a unit" {
    bare sh -c 'apt-get -qq -y --no-install-recommends install \
        /debs/concertd_*-1_*.deb /debs/concert_*-1_*.deb postgresql sudo >/tmp/apt.log 2>&1 ||
        { cat /tmp/apt.log; exit 1; }'
    [ "$(bare stat -c '%U:%G %a' /var/lib/concertd)" = "concertd:concertd 700" ]
    bare test -f /lib/systemd/system/concertd.service
    bare test -f /usr/share/locale/fr/LC_MESSAGES/concert.mo
    [[ "$(bare concertd version)" == "concertd "* ]]
    run bare cat /tmp/apt.log
    [[ $output == *"there is no region yet: see A FIRST REGION in man concertd"* ]]
    # no region yet: what to do is said, in French
    run -1 bare env CONCERT_LANG=fr concertd doctor --state /var/lib/concertd
    [[ $output == *"/var/lib/concertd/concertd.conf n'y est pas"*"concertd init"*"en crée un nouveau"* ]]
    run -1 bare env CONCERT_LANG=fr concertd serve --state /var/lib/concertd
    [[ $output == */var/lib/concertd/concertd.conf*"concertd init"* ]]
}

@test "a region is made, the unit's command serves it, an office joins and pushes" {
    bare sh -c 'pg_ctlcluster 15 main start; useradd --create-home office
        echo 127.0.0.1 concert.example.org >>/etc/hosts'
    put_systemctl
    run -3 bare bash -ec "cd /; $(instructions)" # the last line is doctor's, who finds things to do
    echo "$output"
    line=$(grep '^concert://' <<<"$output")
    bare sh -c 'ls /var/lib/concertd/backups/*' # made with the owner's role
    run -2 --separate-stderr bare psql 'host=/run/postgresql dbname=concert user=concert_owner' -c ''
    [[ $stderr == *'Peer authentication failed'* ]] # root, and anybody else
    wait_ready
    office rejoindre "$line" --nom "Poste du comité"
    office ajouter territoire code=T1 nom=Mékinac
    run --separate-stderr office liste territoires
    [[ $output == *Mékinac* ]]
    [ "$(ask 'SELECT name FROM mauricie.territory')" = Mékinac ]
}

@test "an upgrade keeps the region, the key and what was joined, and brings the schema up by itself" {
    before=$(bare sha256sum /var/lib/concertd/key.pem)
    stop
    set_back
    office noter T1 "écrit pendant la mise à jour" >/dev/null
    bare sh -c 'apt-get -qq -y install /debs/concertd_*-2_*.deb /debs/concert_*-2_*.deb \
        >/tmp/apt.log 2>&1 || { cat /tmp/apt.log; exit 1; }'
    [[ $(bare dpkg-query -W -f '${Version}' concertd) == *-2 ]]
    [ "$(bare sha256sum /var/lib/concertd/key.pem)" = "$before" ]
    [ "$(ask 'SELECT max(number) FROM mauricie.schema_version')" = "$(latest)" ]
    serve
    office synchroniser
    [ "$(ask 'SELECT text FROM mauricie.note')" = "écrit pendant la mise à jour" ]
    bare runuser -u concertd -- concertd verify --state /var/lib/concertd
}

@test "an upgrade without the database says what to do, and the unit brings the schema up later" {
    stop
    set_back
    bare pg_ctlcluster 15 main stop --mode fast
    run -0 bare sh -c 'dpkg --install /debs/concertd_*-2_*.deb 2>&1'
    echo "$output"
    [[ $output == *"was not brought to this version"*"sudo systemctl restart concertd"* ]]
    [ "$(bare dpkg-query -W -f '${db:Status-Status}' concertd)" = installed ]
    bare pg_ctlcluster 15 main start
    serve
    [ "$(ask 'SELECT max(number) FROM mauricie.schema_version')" = "$(latest)" ]
    office synchroniser
}

@test "removed and purged, the server's key and the office's copy stay" {
    stop
    bare sh -c 'apt-get -qq -y purge concertd concert >/tmp/apt.log 2>&1 ||
        { cat /tmp/apt.log; exit 1; }'
    run bare test -e /usr/sbin/concertd
    [ "$status" -eq 1 ]
    run bare test -e /lib/systemd/system/concertd.service
    [ "$status" -eq 1 ]
    bare test -s /var/lib/concertd/key.pem
    bare sh -c 'ls /home/office/.local/share/concert/*' >/dev/null
}
