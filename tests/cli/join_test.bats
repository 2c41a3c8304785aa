#!/usr/bin/env bats
# How an office enters a region: one line, one use, and what is said when that fails.

load region

setup_file()
{
    region_start
    as coordination join "$LINE"
    as coordination import "$MAURICIE/territoires.csv" "$MAURICIE/comites.csv"
}

teardown_file()
{
    region_stop
}

# nothing_joined NAME: its home is as if nobody had tried.
nothing_joined()
{
    run as "$1" plan
    ended 7
}

@test "init prints one line, and nobody else can read it back from the server" {
    [[ $LINE =~ ^concert://127\.0\.0\.1:[0-9]+/mauricie#[0-9a-z-]+\.[0-9a-z]+$ ]]
    local code=${LINE#*#}
    code=${code%%.*}
    run ! grep -ri -- "$code" "$LOG" "$STATE"
    run sql "SELECT count(*), count(device) FROM invitation"
    [[ $output =~ ^[0-9]+\|[0-9]+$ ]]
    run sql "SELECT 1 FROM invitation WHERE invitation::text ILIKE '%$code%'"
    [ -z "$output" ]
}

@test "joining says where one is, for whom one speaks, and what to do next" {
    local line
    line=$(invite "Comité local de Mékinac")
    run as mekinac join "$line" --name "Poste du comité"
    ended 0
    says "Consortium en développement social de la Mauricie" "Comité local de Mékinac" "concert plan"
    run as mekinac status --format json
    [ "$(json 'it["status"]["role"]' <<<"$output")" = editor ]
    run as coordination list device --format json
    [ "$(json 'sum(d["name"] == "Poste du comité" for d in it)' <<<"$output")" = 1 ]
}

@test "the line is data on stdout, its explanation talk on stderr, both in the coordinator's language" {
    run --separate-stderr as coordination inviter "Comité local Des Chenaux" --jours 3
    ended 0
    [ "${#lines[@]}" -eq 1 ]
    [[ ${lines[0]} == concert://* ]]
    [[ $stderr == *"Comité local Des Chenaux"* ]]
}

@test "an invitation serves once" {
    local line
    line=$(invite "Comité local de Maskinongé")
    as maskinonge join "$line"
    run as thief join "$line"
    [ "$status" -ne 0 ]
    says "déjà servi"
    nothing_joined thief
    run as maskinonge sync
    ended 0
}

@test "an invitation that is used says so in English too, and what to do" {
    local line
    line=$(invite "Comité local de Shawinigan")
    as shawinigan join "$line"
    run as thief join "$line" --lang en
    [ "$status" -ne 0 ]
    says "used" "invitation"
}

@test "an invitation of seven days ago is refused, and the next one serves" {
    local line
    line=$(invite "Comité en logement")
    sql "UPDATE invitation SET expires_at = now() - interval '1 second' WHERE device IS NULL"
    run as late join "$line"
    [ "$status" -ne 0 ]
    nothing_joined late
    office late "Comité en logement"
}

@test "a mistyped code is refused, and does not spend the invitation" {
    local line code wrong
    line=$(invite "Comité de soutien")
    code=${line#*#}
    wrong=${line/\#${code:0:1}/\#$([ "${code:0:1}" = 7 ] && echo 8 || echo 7)}
    [ "$wrong" != "$line" ]
    run as soutien join "$wrong"
    [ "$status" -ne 0 ]
    says "invitation"
    nothing_joined soutien
    as soutien join "$line"
}

@test "a fingerprint of another server is refused before the code is told" {
    local line print wrong
    line=$(invite "Comité de suivi")
    print=${line##*.}
    wrong=${line%.*}.$([ "${print:0:1}" = 7 ] && echo 8 || echo 7)${print:1}
    run as suivi join "$wrong"
    [ "$status" -ne 0 ]
    says_not "Bienvenue"
    nothing_joined suivi
    # Whoever stood between has learned nothing: the line is still good.
    as suivi join "$line"
}

@test "a line cut short, or no line at all, is told with what one looks like" {
    local line word
    line=$(invite "Comité de suivi")
    for word in "${line%.*}" "${line:0:30}" "concert://" "$line.x" "https://example.org/" "" \
        "concert://127.0.0.1:99999/mauricie#${line#*#}"; do
        run as cut join "$word"
        ended 2
        says "concert://"
    done
    nothing_joined cut
}

@test "a line as people paste it: spaces around, capitals, a line break in the middle" {
    local line
    line=$(invite "Comité de suivi")
    as pasted join "  ${line:0:60}
${line:60}  "
    line=$(invite "Comité de suivi")
    as capitals join "${line%%#*}#$(tr a-z A-Z <<<"${line#*#}")"
}

@test "the line may come on stdin" {
    office_line=$(invite "Comité de suivi")
    as piped join <<<"$office_line"
    run as piped status
    ended 0
}

@test "a device that has joined does not join again, and stays as it is" {
    office mekinac2 "Comité local de Mékinac"
    local before line
    before=$(as mekinac2 status --format json | json 'it["status"]["person"]')
    line=$(invite "Comité local de Shawinigan")
    run as mekinac2 join "$line"
    [ "$status" -ne 0 ]
    says "déjà"
    [ "$(as mekinac2 status --format json | json 'it["status"]["person"]')" = "$before" ]
    # The line was not spent on it.
    as shawinigan2 join "$line"
}

@test "two devices of one committee have each its line" {
    office chenaux "Comité local Des Chenaux"
    office chenaux2 "Comité local Des Chenaux"
    run as coordination list device --format json
    [ "$(json 'sum(d["name"].startswith("Poste de chenaux") for d in it)' <<<"$output")" = 2 ]
}

@test "an invitation to nobody known offers the nearest, and makes no account" {
    local before
    before=$(tally coordination account)
    run as coordination invite "Comité local de Mekinak"
    [ "$status" -ne 0 ]
    says "Comité local de Mékinac"
    as coordination sync
    [ "$(tally coordination account)" = "$before" ]
}

@test "what an invitation cannot be is refused with the choices" {
    run as coordination invite "Comité de suivi" --role chef
    ended 2
    says "rédaction" "lecture" "secrétariat" "coordination"
    local days
    for days in 0 -1 sept 100000; do
        run as coordination invite "Comité de suivi" --days "$days"
        ended 2
    done
}

@test "only the coordination invites" {
    office editor "Comité de suivi"
    run as editor invite "Comité de suivi"
    ended 5
    says "coordination"
}

@test "a reader reads all and writes nothing" {
    office reader "Comité de suivi" --role lecture
    run as reader list party --format json
    [ "$(json 'len(it)' <<<"$output")" -ge 14 ]
    run as reader add note subject=I3 text="Bonjour"
    ended 5
    as coordination sync
    [ "$(tally coordination note)" = 0 ]
}

@test "without a home of its own a command says how to join, in both languages" {
    local word
    for word in plan "show 1.1.1" status sync "progress 1.1.1 50" dashboard "history 1" watch; do
        # shellcheck disable=SC2086 # words
        run as nobody $word
        ended 7
        says "concert rejoindre"
    done
    run as nobody plan --lang en
    says "concert join"
    [ ! -e "$ROOM/nobody/copy.db" ]
}

@test "help and version need no home" {
    run as nobody help
    ended 0
    run as nobody version
    ended 0
    run env -u HOME -u CONCERT_HOME "$bin/concert" help
    ended 0
}

@test "--home says more than CONCERT_HOME" {
    office homely "Comité de suivi"
    CONCERT_HOME=$ROOM/nobody run "$bin/concert" status --home "$ROOM/homely"
    ended 0
    CONCERT_HOME=$ROOM/homely run "$bin/concert" status --home "$ROOM/nobody"
    ended 7
}

@test "a home that cannot be made spends no invitation" {
    local line
    line=$(invite "Comité de suivi")
    touch "$ROOM/file"
    run as file/home join "$line"
    [ "$status" -ne 0 ]
    says "$ROOM/file"
    as fine join "$line"
}

@test "keys and copy are for their owner alone" {
    office private "Comité de suivi"
    [ "$(stat -c %a "$ROOM/private")" = 700 ]
    [ "$(stat -c %a "$ROOM/private/key.pem")" = 600 ]
    [ "$(stat -c %a "$STATE")" = 700 ]
    [ "$(stat -c %a "$STATE/key.pem")" = 600 ]
}

@test "no server there: the invitation waits" {
    local line
    line=$(invite "Comité de suivi")
    server_stop
    run as patient join "$line"
    ended 6
    nothing_joined patient
    server_start
    as patient join "$line"
}

@test "a revoked device is told, keeps nothing, and changes nothing" {
    office lost "Comité de suivi" --role secrétariat
    as lost set I3 mission="Avant"
    local device
    device=$(as coordination list device --format json |
        json '[d["handle"] for d in it if d["name"] == "Poste de lost"][0]')
    as coordination set "$device" revoked=oui
    run as lost set I3 mission="Après"
    says "coordination"
    run as lost list party --offline
    ended 7
    says "invitation"
    [ "$(sql "SELECT mission FROM party WHERE name = 'Comité de soutien'")" = Avant ]
}

@test "a server with another key is not talked to, after joining either" {
    office faithful "Comité de suivi" --role secrétariat
    server_stop
    cp -a "$STATE" "$BATS_TEST_TMPDIR/true"
    "$CLUSTER" createdb "$PG" "${DB}_other"
    DB=${DB}_other STATE=$BATS_TEST_TMPDIR/false region_init
    cp "$BATS_TEST_TMPDIR/false"/{key,cert}.pem "$STATE/"
    server_start
    run as faithful set I3 mission="À l'imposteur"
    local said=$output
    server_stop
    cp -a "$BATS_TEST_TMPDIR/true"/{key,cert}.pem "$STATE/"
    server_start
    "$CLUSTER" dropdb "$PG" "${DB}_other"
    output=$said
    says "pas celui"
    # It was recorded here, and leaves for the true server.
    as faithful sync
    [ "$(sql "SELECT mission FROM party WHERE name = 'Comité de soutien'")" = "À l'imposteur" ]
}
