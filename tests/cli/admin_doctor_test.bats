#!/usr/bin/env bats
# concertd doctor: what is wrong is said with what to do, and exit code 3; else it is well.

load region

setup_file()
{
    region_start
    as coordination join "$LINE" --name "Poste de la coordination"
}

teardown_file()
{
    region_stop
}

doctor()
{
    run --separate-stderr env CONCERT_LANG=en "$bin/concertd" doctor --state "$STATE" "$@"
}

# set_in SECTION NAME VALUE: in the settings.
set_in()
{
    sed -i -e "/^;\? *$2 *=/d" -e "/^\[$1/a $2 = $3" "$STATE/concertd.conf"
}

# made: a backup of the region; its path.
made()
{
    rm -f "$STATE/backups/"*
    "$bin/concertd" backup --state "$STATE" 2>/dev/null
}

# room: a folder that everybody may enter, with a copy of the state folder in it; its path.
room()
{
    local room
    room=$(mktemp -d "${BATS_TMPDIR:-/tmp}/concert-doctor.XXXXXX")
    chmod 711 "$room"
    cp -r --preserve "$STATE" "$room/state"
    echo "$room"
}

# must TEXT...: something must be done, and each is said.
must()
{
    doctor
    ended 3
    says "$@"
}


@test "a new region: a backup, a second coordinator and someone responsible are missing" {
    must "There is no backup" "concertd backup --state" "one coordinator alone" "responsible" "things must be done"
}

@test "--all tells what is fine" {
    doctor --all
    says "The database answers as the server connects." "can add to the log, and change nothing in it" \
        "The log's head is its last change." "PostgreSQL is of version" "this program's version" \
        "The certificate is good for" "the database's agree" "Nothing waits in quarantine"
}

@test "in French too" {
    run --separate-stderr env CONCERT_LANG=fr "$bin/concertd" doctor --state "$STATE"
    ended 3
}

@test "all is well once it is all done" {
    set_in region responsible "La coordination, 819 555-0100"
    set_in region retention "contact 24"
    made
    sql "INSERT INTO record (id, kind, handle, revision, seq, created_at, changed_at) VALUES
        ('00000000-0000-7000-8000-000000000001', 'account', 'C99', 1, 9999, now(), now());
        INSERT INTO account (id, person, role) VALUES
        ('00000000-0000-7000-8000-000000000001', 'Seconde', 'coordinator')"
    doctor
    sql "DELETE FROM account WHERE person = 'Seconde'; DELETE FROM record WHERE handle = 'C99'"
    says_not "There is no backup" "one coordinator alone" "responsible"
    if [[ $output == *PostgreSQL\'s* ]]; then # the tests' own PostgreSQL does not sync
        ended 3
    else
        ended 0
        says "All is well."
    fi
}

@test "an old backup, an empty one, one that others can read" {
    local file
    file=$(made)
    touch -d "40 days ago" "$file"
    must "40 days old"
    chmod 644 "$file" && touch "$file"
    must "can be read by others: chmod 600 $file"
    cp --preserve "$file" "$STATE/backups/mauricie-20090401T000000Z.concert-backup"
    chmod 666 "$STATE/backups/mauricie-20090401T000000Z.concert-backup"
    must "2 backups can be read by others: chmod 600 $STATE/backups/*"
    chmod 600 "$STATE/backups/"* && touch -d "2 days ago" "$STATE/backups/mauricie-2009"*
    doctor
    says_not "by others"
    # Not only the newest's.
    chmod 666 "$STATE/backups/mauricie-2009"*
    must "chmod 600 $STATE/backups/mauricie-20090401T000000Z.concert-backup"
    rm "$STATE/backups/mauricie-2009"*
    : >"$file"
    must "is empty"
}

@test "a newest backup that is cut, altered, or no backup" {
    local file
    file=$(made)
    doctor --all
    says "The newest backup, $file, is 0 days old"
    cp "$file" "$BATS_TEST_TMPDIR/whole"
    truncate -s -100 "$file"
    must "$file, is cut, altered, or none at all" "concertd backup --state"
    cp "$BATS_TEST_TMPDIR/whole" "$file"
    printf 'x' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
    must "$file, is cut, altered, or none at all"
    head -c 100 /dev/urandom >"$file"
    must "$file, is cut, altered, or none at all"
    rm "$file"
}

@test "a backup of a time that is to come, by its file or by its name" {
    local file ahead=$STATE/backups/mauricie-20990101T000000Z.concert-backup
    file=$(made)
    touch -d "5 days" "$file"
    must "1 backup is of a time that is to come, $file" timedatectl
    doctor --all
    says "is 0 days old"
    says_not "-5 days"
    touch "$file"
    doctor
    says_not "to come"
    cp --preserve "$file" "$ahead"
    must "1 backup is of a time that is to come, $ahead"
    # It is not what makes an old one good enough.
    touch -d "40 days ago" "$file"
    must "40 days old"
    touch -d "5 days" "$ahead"
    must "40 days old" "1 backup is of a time that is to come, $ahead"
    rm "$STATE/backups/"*
}

@test "what others can change: the folder, the backups, settings, certificate, key" {
    local path mode more
    mkdir -p "$STATE/backups"
    doctor
    says_not "chmod go-w"
    for path in "$STATE" "$STATE/backups" "$STATE/concertd.conf" "$STATE/cert.pem" "$STATE/key.pem"; do
        mode=$(stat -c %a "$path")
        for more in g+w o+w; do
            chmod "$more" "$path"
            must "$path can be changed by others than its owner: chmod go-w $path"
            chmod "$mode" "$path"
        done
    done
    doctor
    says_not "chmod go-w"
    doctor --all
    says "$STATE/cert.pem can be changed by its owner alone."
}

@test "what belongs to somebody else, who could change it" {
    [ "$(id -u)" = 0 ] || skip "only root can give files away"
    local path
    for path in "$STATE/concertd.conf" "$STATE/cert.pem" "$STATE/key.pem"; do
        chown nobody "$path"
        must "$path belongs to “nobody”" "chown root: $path"
        chown root "$path"
    done
}

@test "a server that becomes a user who cannot read its settings, nor come into the database" {
    [ "$(id -u)" = 0 ] || skip "only root can become another user"
    local room owner
    set_in server user nobody
    must "“nobody”, who may not enter" "chmod o+x"
    room=$(room)
    STATE=$room/state must "“nobody”, who cannot read $room/state: " "chown -R nobody: $room/state"
    chown -R nobody: "$room/state" && chown root: "$room/state/concertd.conf"
    chmod 600 "$room/state/concertd.conf"
    STATE=$room/state must "“nobody”, who cannot read $room/state/concertd.conf"
    # A group's right is one too.
    chgrp nogroup "$room/state/concertd.conf" && chmod 640 "$room/state/concertd.conf"
    STATE=$room/state doctor --all
    says "as “nobody”, can read its settings and its certificate"
    # The tests' PostgreSQL has its socket where nobody else may go.
    says "The database answers root, but not “nobody”" "ermission denied"
    owner=$(stat -c %U "$PG/data")
    set_in server user "$owner"
    doctor --all
    # Not where the checkout itself is closed to everybody but root.
    if setpriv --reuid "$owner" --clear-groups test -x "$PG/socket"; then
        says "The database answers “$owner”, as whom the server runs."
    else
        says "The database answers root, but not “$owner”" "ermission denied"
    fi
    set_in server user no-such-user
    must "This machine has no user “no-such-user”"
    sed -i "/^user =/d" "$STATE/concertd.conf"
    rm -rf "$room"
}

@test "what restore --aside has left is told, with how it goes" {
    doctor --all
    says "No restore has left a region aside."
    sql "CREATE SCHEMA mauricie_before_20260102_030405; CREATE SCHEMA mauricie_before_then;
        CREATE SCHEMA autre_before_20260102_030405"
    doctor
    says "“mauricie_before_20260102_030405”" "has been erased since" \
        "DROP SCHEMA mauricie_before_20260102_030405 CASCADE"
    says_not "mauricie_before_then" "autre_before"
    sql "DROP SCHEMA mauricie_before_20260102_030405; DROP SCHEMA mauricie_before_then;
        DROP SCHEMA autre_before_20260102_030405"
}

@test "as many numbers as things to do" {
    doctor --all
    [ "$(grep -cE '^[0-9]+\. ' <<<"$output")" = "$(sed -nE 's/^([0-9]+) things? must be done\.$/\1/p' <<<"$output")" ]
    grep -qE '^2\. ' <<<"$output"
    grep -q "^The database answers as the server connects" <<<"$output"
}

@test "what doctor cannot see is told, also where all is well: the database's room, the server" {
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    doctor
    says "How much room the database's disk has cannot be seen: GRANT pg_read_all_settings TO concert_owner;" \
        "Whether the server runs cannot be seen: set “metrics” to 127.0.0.1:9743 in $STATE/concertd.conf"
    says_not "The disk of $PG/data"
    set_in region owner_database "$("$CLUSTER" conninfo "$PG" "$DB" postgres)"
    set_in server metrics 127.0.0.1:1
    doctor --all
    says "The disk of $(realpath "$PG")/data has"
    says_not pg_read_all_settings "Whether the server runs"
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
}

@test "metrics on the clients' address, and metrics for everybody" {
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    local listen
    listen=$(sed -n 's/^listen = //p' "$STATE/concertd.conf")
    set_in server metrics "$listen"
    must "metrics must be another address than listen"
    set_in server metrics "0.0.0.0:${listen##*:}"
    must "metrics must be another address than listen"
    set_in server metrics 0.0.0.0:1
    must "is served on 0.0.0.0:1, where others than this machine may read it"
    set_in server metrics 127.0.0.1:1
    doctor
    says_not "others than this machine" "another address than listen"
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
}

@test "a key that others can read, and one of another certificate" {
    chmod 644 "$STATE/key.pem"
    must "can be read by others: chmod 600"
    chmod 600 "$STATE/key.pem"
    cp "$STATE/key.pem" "$BATS_TEST_TMPDIR/key"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$STATE/key.pem" 2>/dev/null
    chmod 600 "$STATE/key.pem"
    must "not of this key"
    cp "$BATS_TEST_TMPDIR/key" "$STATE/key.pem"
}

@test "settings with which the server would not start" {
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    set_in server log_level loud
    must "would not let the server start" "log_level must be"
    set_in server log_level info
    set_in server colour red
    doctor
    ended 1
    says "there is no such setting"
    run --separate-stderr env CONCERT_LANG=fr "$bin/concertd" doctor --state "$STATE"
    says "ligne" "ce réglage n'existe pas"
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
    run --separate-stderr "$bin/concertd" doctor --state "$STATE/none"
    ended 1
    says "concertd init" "concertd restore"
}

@test "a certificate that ends soon" {
    cp "$STATE/cert.pem" "$BATS_TEST_TMPDIR/cert"
    openssl req -x509 -key "$STATE/key.pem" -subj /CN=mauricie -days 20 -out "$STATE/cert.pem"
    must "The certificate ends in" "reload"
    cp "$BATS_TEST_TMPDIR/cert" "$STATE/cert.pem"
}

@test "settings with a password that everybody can read" {
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    sed -i "/^database *=/s/$/ password=secret/" "$STATE/concertd.conf"
    chmod 644 "$STATE/concertd.conf" && chmod 755 "$STATE"
    must "holds the database's password"
    chmod 700 "$STATE"
    doctor
    says_not "holds the database's password"
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
}

@test "a role that may change the log" {
    sql "GRANT UPDATE ON change TO concertd"
    must "may change the log" "concertd migrate"
    sql "REVOKE UPDATE ON change FROM concertd"
}

@test "a head that is not the last change" {
    sql "UPDATE head SET seq = seq + 1"
    must "concertd verify --state"
    sql "UPDATE head SET seq = seq - 1"
}

@test "a database that does not answer" {
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    set_in region database "host=$BATS_TEST_TMPDIR dbname=nowhere user=concertd"
    must "does not answer the server's connection"
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
}

@test "a retention that is none, and what is over its time" {
    set_in region retention "dragon 3"
    must "dragon"
    set_in region retention "membership 12"
    doctor
    says_not dragon
}

@test "incidents and quarantine that wait" {
    sql "INSERT INTO record (id, kind, handle, revision, seq, created_at, changed_at) VALUES
        ('00000000-0000-7000-8000-000000000002', 'incident', 'IC99', 1, 9998, now(), now());
        INSERT INTO incident (id, title, discovered_on, serious) VALUES
        ('00000000-0000-7000-8000-000000000002', 'Courriel', current_date - 40, true)"
    must "open for more than 30 days" "Commission d'accès"
    sql "DELETE FROM incident; DELETE FROM record WHERE handle = 'IC99'"
}

@test "a server that does not answer where its metrics should be" {
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    set_in server metrics 127.0.0.1:1
    must "The server does not answer on 127.0.0.1:1"
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
}

# answering WORDS: 503 with these words on a free port, whose number is printed, once.
answering()
{
    python3 - "$1" "$BATS_TEST_TMPDIR/port" <<'PYTHON' 3>&- &
import http.server, sys
words, port = sys.argv[1:]
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(503 if words else 404)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(words.encode().decode("unicode_escape").encode())
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Page)
with open(port + ".new", "w") as file:
    file.write(str(server.server_port))
import os
os.rename(port + ".new", port)
server.handle_request()
server.handle_request()
PYTHON
    until [ -e "$BATS_TEST_TMPDIR/port" ]; do sleep 0.02; done
    set_in server metrics "127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")"
}

@test "a server that is not ready: each region and why, in the language of who asks" {
    cp "$STATE/concertd.conf" "$BATS_TEST_TMPDIR/conf"
    answering 'stopping\nregion mauricie: database away\nregion autre: loading\n'
    must "but is not ready: stopping" "“mauricie” is not ready: database away" "“autre” is not ready: loading"
    run --separate-stderr env CONCERT_LANG=fr "$bin/concertd" doctor --state "$STATE"
    says mauricie
    rm "$BATS_TEST_TMPDIR/port"
    answering ""
    must "Something other than this server answers on"
    doctor
    cp "$BATS_TEST_TMPDIR/conf" "$STATE/concertd.conf"
}

@test "a backup's name is a whole one" {
    rm -f "$STATE/backups/"*
    mkdir -p "$STATE/backups"
    touch "$STATE/backups/mauricie-copy.concert-backup" \
        "$STATE/backups/mauricie-est-20090401T000000Z.concert-backup"
    must "There is no backup"
    rm "$STATE/backups/"*
}
