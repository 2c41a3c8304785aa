#!/usr/bin/env bats
# Handing a committee over in one command.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac" --personne "Ancienne Personne"
    office chenaux "Comité local Des Chenaux" --personne "Autre Ancienne"
}

teardown_file()
{
    region_stop
}

# accounts WHERE: how many.
accounts()
{
    sql "SELECT count(*) FROM account WHERE $1"
}

# at_terminal ANSWER COMMAND...: the coordination's client with a person who types that.
at_terminal()
{
    CONCERT_HOME=$ROOM/coordination python3 - "$1" "$bin/concert" "${@:2}" <<'PYTHON'
import os, pty, sys
answer, words = sys.argv[1], sys.argv[2:]
child, fd = pty.fork()
if child == 0:
    os.execv(words[0], words)
told, answered = b"", False
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    told += piece
    if not answered and b"[o/N]" in told:
        os.write(fd, answer.encode() + b"\n")
        answered = True
sys.stdout.write(told.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
PYTHON
}

@test "passer: pas sans votre accord, ni à un nom qui n'en est pas un; rien n'est écrit" {
    before=$(sql "SELECT max(seq) FROM change")
    run --separate-stderr as coordination passer "Comité local de Mékinac" --a "Nouvelle Personne" </dev/null
    ended 2
    says "Rien n'est passé sans votre accord" "ajoutez --oui" "Nouvelle Personne"
    [ -z "$output" ]
    for name in "" "  " $'\n' $'\xc2\xa0' $'A\e[31mB' $'Deux\nlignes' "$(printf 'é%.0s' {1..201})"; do
        run --separate-stderr as coordination passer Mékinac --a "$name" --oui
        ended 2
        says "Un nom tient sur une ligne"
        [ -z "$output" ]
    done
    run at_terminal non passer Mékinac --a "Nouvelle Personne"
    ended 0
    says "Ancienne Personne" "serait fermé" "Passer Comité local de Mékinac à Nouvelle Personne ?" "Rien n'a été passé"
    says_not "concert://"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    run --separate-stderr as mekinac plan
    ended 0
}

@test "passer: au terminal, un oui suffit" {
    office soutien "Comité de soutien" --personne "Sortante"
    run at_terminal oui passer "Comité de soutien" --a "Entrante"
    ended 0
    says "concert://" "Pour Entrante" "avec le rôle « rédaction »"
    [ "$(accounts "person = 'Sortante' AND active IS FALSE")" = 1 ]
}

@test "passer: l'ancien compte finit, son appareil est dehors, la nouvelle personne entre" {
    as mekinac --hors-ligne note 4.1.1 -m "Pas partie"
    before=$(sql "SELECT max(seq) FROM change")
    run --separate-stderr as coordination passer "Comité local de Mékinac" --a "Nouvelle Personne" --oui
    ended 0
    says "le compte est fermé" "Pour Nouvelle Personne"
    [[ $output == concert://* ]]
    [ "$(accounts "person = 'Ancienne Personne' AND active IS FALSE")" = 1 ]
    [ "$(accounts "person = 'Nouvelle Personne' AND role = 'editor'")" = 1 ]
    # All of it in one push: three changes in a row, with one reason.
    [ "$(sql "SELECT count(DISTINCT reason) || ' ' || count(*) FROM change WHERE seq > $before AND reason <> 'invitation'")" = "1 3" ]
    as nouvelle rejoindre "$output" --nom "Poste nouveau" >/dev/null
    run --separate-stderr as nouvelle avancer 4.1.1 10
    ended 0
    run --separate-stderr as mekinac plan
    ended 7
    says "1 changement qui attendait a été remis"
}

@test "redonnée, la même commande ne refait rien, et donne une nouvelle ligne" {
    # Whoever took over has not joined: “Comité de soutien” passed to Entrante.
    before=$(sql "SELECT count(*) FROM change WHERE reason <> 'invitation'")
    run --separate-stderr as coordination passer "Comité de soutien" --a "entrante" --format json
    ended 0
    says "La passation de Comité de soutien à Entrante est déjà faite"
    [ "$(sql "SELECT count(*) FROM change WHERE reason <> 'invitation'")" = "$before" ]
    # On a screen the line stands by itself, the last of all, with nothing against it.
    as coordination passer "Comité de soutien" --a "entrante" >"$BATS_TEST_TMPDIR/screen" 2>&1
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/screen") == concert://* ]]
    [ -z "$(tail -n 2 "$BATS_TEST_TMPDIR/screen" | head -n 1)" ]
    echo "$output" | json 'it["invitation"][:10]' | grep -qx "concert://"
}

@test "un nom qui tient déjà l'instance, sur son appareil: refusé, et personne n'est cru dehors" {
    office suivi "Comité de suivi" >/dev/null # with no --personne the account is named after it
    device=$(as coordination appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == "Poste de suivi"][0]')
    before=$(sql "SELECT max(seq) FROM change")
    for name in "Comité de suivi" "comité de suivi "; do
        run --separate-stderr as coordination passer "Comité de suivi" --a "$name" --oui
        ended 5
        says "Comité de suivi tient déjà cette instance avec $device" "personne n'est mis à la porte" "concert inviter I"
        says_not "déjà faite"
        [ -z "$output" ]
    done
    # What is advised is another line for the same account.
    advice=$(sed -n 's/.*« concert \(inviter .*\) ».*/\1/p' <<<"${stderr//$'\xc2\xa0'/ }")
    [[ $advice == "inviter I"*" --personne \"Comité de suivi\" --role "* ]]
    eval "run --separate-stderr as coordination $advice"
    ended 0
    [[ $output == concert://* ]]
    [ "$(sql "SELECT count(*) FROM account WHERE person = 'Comité de suivi'")" = 1 ]
    before=$(sql "SELECT max(seq) FROM change")
    # Nor after a handover, once who took over has joined.
    run --separate-stderr as coordination passer Mékinac --a "nouvelle personne" --oui
    ended 5
    says "Nouvelle Personne tient déjà"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    run --separate-stderr as suivi plan
    ended 0
    # With that device shut out there is somebody to let in.
    as coordination révoquer "$device" -m "Perdu" >/dev/null 2>&1
    run --separate-stderr as coordination passer "Comité de suivi" --a "Comité de suivi" --oui
    ended 0
    [[ $output == concert://* ]]
}

@test "à un jour qui vient: le mandat finit de lui-même, les appareils servent jusque-là" {
    run --separate-stderr as coordination passer "Comité local Des Chenaux" --a "Relève" --le 2090-06-30 --oui
    ended 0
    says "le mandat finit le 30 juin 2090"
    [ "$(accounts "person = 'Autre Ancienne' AND expires = '2090-06-30'")" = 1 ]
    run --separate-stderr as chenaux note 4.1.1 -m "Encore là"
    ended 0
    run --separate-stderr as coordination passer "Comité local Des Chenaux" --a "Relève" --le 2090-06-30
    ended 0
    says "est déjà faite"
}

@test "un compte de plusieurs instances ne perd que celle-là" {
    as coordination ajouter compte personne="Double" role=editor \
        instances="Comité local de Maskinongé;Comité en logement" langue=fr 2>/dev/null
    run --separate-stderr as coordination passer "Comité local de Maskinongé" --a "Suivante" --le 2090-01-01
    ended 5
    says "parle pour plusieurs instances"
    run --separate-stderr as coordination passer "Comité local de Maskinongé" --a "Suivante" --oui
    ended 0
    says "ne parle plus pour cette instance"
    [ "$(accounts "person = 'Double' AND active IS NOT FALSE AND cardinality(parties) = 1")" = 1 ]
}

@test "un appareil gardé reste en usage" {
    office logement "Comité en logement" --personne "Gardée"
    device=$(as coordination appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == "Poste de logement"][0]')
    run --separate-stderr as coordination passer "Comité en logement" --a "Nouvelle du logement" --garder "$device" --oui
    ended 0
    says "$device reste en usage"
    run --separate-stderr as logement plan
    ended 0
}

@test "refusé tôt: la dernière coordonnatrice, un comité, un nom qui manque" {
    before=$(sql "SELECT max(seq) FROM change")
    run --separate-stderr as coordination passer "Consortium en développement social de la Mauricie" --a "X"
    ended 5
    run --separate-stderr as coordination passer Mékinac
    ended 2
    says "Dites qui prend la relève"
    run --separate-stderr as nouvelle passer Mékinac --a "X"
    ended 5
    says "Seule une coordonnatrice"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
}

@test "hors ligne: inscrit ici, la ligne vient plus tard" {
    run --separate-stderr as coordination passer "Comité local de Shawinigan" --a "Plus tard" --hors-ligne --oui
    ended 6
    says "rien ne change pour personne" "redonnez la même commande"
    says_not "est fermé"
    run --separate-stderr as coordination passer "Comité local de Shawinigan" --a "Plus tard" --hors-ligne --oui
    ended 6
    says_not "voici une nouvelle ligne"
    run --separate-stderr as coordination passer "Comité local de Shawinigan" --a "Plus tard"
    ended 0
    [[ $output == concert://* ]]
    [ "$(accounts "person = 'Plus tard'")" = 1 ]
}

@test "un jour passé: refusé, avec quoi faire, et rien n'est écrit" {
    before=$(sql "SELECT max(seq) FROM change")
    run --separate-stderr as coordination passer "Comité local de Shawinigan" --a "Trop tard" --le 2009-06-30
    ended 2
    says "Le 30 juin 2009 est passé : laissez --le de côté"
    [ -z "$output" ]
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
}

@test "l'appareil gardé est de ce comité, et en usage" {
    office shawinigan "Comité local de Shawinigan" --personne "De Shawinigan"
    device=$(as coordination appareils --format json |
        json '[d["handle"] for d in it["devices"] if d["name"] == "Poste de shawinigan"][0]')
    before=$(sql "SELECT max(seq) FROM change")
    run --separate-stderr as coordination passer "Comité local de Mékinac" --a "X" --garder "$device"
    ended 5
    says "$device n'est pas un appareil de « Comité local de Mékinac »" "concert appareils I"
    [ "$(sql "SELECT max(seq) FROM change")" = "$before" ]
    as coordination révoquer "$device" -m "Essai" 2>/dev/null
    run --separate-stderr as coordination passer "Comité local de Shawinigan" --a "X" --garder "$device"
    ended 5
    says "La porte est déjà fermée à $device"
    [ "$(accounts "person = 'X'")" = 0 ]
}

@test "qui reprend, son mandat fini, parle de nouveau" {
    as coordination ajouter compte personne="Revenue" role=editor instances="Comité local du Haut-St-Maurice" \
        langue=fr expire=2009-06-30 2>/dev/null
    run --separate-stderr as coordination passer "Comité local du Haut-St-Maurice" --a "Revenue" --oui
    ended 0
    says "le mandat était fini, et se poursuit sans terme"
    [ "$(accounts "person = 'Revenue' AND expires IS NULL")" = 1 ]
    as revenue rejoindre "$output" --nom "Poste revenu" >/dev/null
    run --separate-stderr as revenue avancer 4.1.1 10
    ended 0
    says_not "mandat de ce compte"
    # Until a day to come: who ends sooner keeps that day, and it is the day that is said.
    as coordination changer "$(as coordination lister comptes --format json |
        json '[a["handle"] for a in it if a["person"] == "Revenue"][0]')" expire=2090-01-31 2>/dev/null
    run --separate-stderr as coordination passer "Comité local du Haut-St-Maurice" --a "Après" --le 2090-06-30 --oui
    ended 0
    says "le mandat finit le 31 janvier 2090"
    [ "$(accounts "person = 'Revenue' AND expires = '2090-01-31'")" = 1 ]
}
