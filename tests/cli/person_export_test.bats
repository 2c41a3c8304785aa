#!/usr/bin/env bats
# All that is held on somebody, for them; and what leaves the region without personal fields.

load region

setup_file()
{
    region_open
    office mekinac "Comité local de Mékinac" --personne "Anne Exemple"
    office chenaux "Comité local Des Chenaux" --personne "Bruno Essai"
    as mekinac note 4.1.1 -m "Écrite par elle"
    as chenaux note 4.1.1 -m "Vu avec Anne Exemple mardi"
    as coordination ajouter contact nom="Anne Exemple" courriel=anne@exemple.test consentement=2009-05-01
    as coordination ajouter contact nom="Bruno Essai" courriel=bruno@exemple.test consentement=2009-05-01
}

teardown_file()
{
    region_stop
}

# card EMAIL: the handle of the directory's card with it.
card()
{
    as coordination lister contacts --hors-ligne --format json |
        json '[c["handle"] for c in it if c.get("email") == words[0]][0]' "$1"
}

@test "exporter --personne: les fiches, ce qu'elle a écrit, où l'on parle d'elle" {
    run --separate-stderr as coordination exporter --personne "anne exemple"
    ended 0
    says "Fiches qui nomment la personne" "anne@exemple.test" "Poste de mekinac" \
        "Changements faits par le compte" "note N1" "Mentions dans les textes libres" \
        "Vu avec Anne Exemple mardi"
    says_not "bruno@exemple.test" "Poste de chenaux"
    as coordination exporter --personne "Anne Exemple" --format json |
        json 'sorted({r["kind"] for r in it["records"]}), len(it["authored"]), len(it["mentions"])' |
        grep -qx "(\['account', 'contact', 'device'\], 1, 1)"
}

@test "par un repère, dans un fichier à elle seule" {
    file=$BATS_TEST_TMPDIR/detenu.txt
    run --separate-stderr as coordination exporter --personne "$(card anne@exemple.test)" --vers "$file"
    ended 0
    grep -q "anne@exemple.test" "$file"
    [ "$(stat -c %a "$file")" = 600 ]
    run --separate-stderr as coordination exporter --personne C2 --vers "$file"
    ended 1
    as coordination exporter --personne C2 --vers "$BATS_TEST_TMPDIR/detenu.json" 2>/dev/null
    json 'it["person"]["name"]' <"$BATS_TEST_TMPDIR/detenu.json" | grep -qx "Anne Exemple"
}

@test "un comité: pour son propre compte seulement" {
    run --separate-stderr as mekinac exporter --personne "Bruno Essai"
    ended 5
    as mekinac synchroniser >/dev/null
    run --separate-stderr as mekinac exporter --personne "Anne Exemple"
    ended 0
    says "Poste de mekinac"
    run --separate-stderr as coordination exporter --personne "Personne d'Autre"
    ended 3
    says "Rien n'est détenu"
}

@test "un prénom n'est pas trouvé au milieu d'un mot; un repère inconnu est une erreur" {
    as coordination ajouter contact nom="Anne" courriel=a@exemple.test consentement=2009-05-01 >/dev/null
    as chenaux note 4.1.1 -m "Quatre fois par année" >/dev/null
    run --separate-stderr as coordination exporter --personne Anne
    ended 0
    says "Vu avec Anne Exemple mardi"
    says_not "Quatre fois par année"
    run --separate-stderr as coordination exporter --personne C99
    ended 3
    says "Il n'y a pas de « C99 »"
}

@test "hors ligne, sans le journal: dit que tout n'y est pas" {
    as neuve rejoindre "$(invite "Consortium en développement social de la Mauricie" --role secretariat --personne "Secrétaire")" >/dev/null
    run --separate-stderr as neuve exporter --personne "Anne Exemple" --hors-ligne
    ended 0
    says "ne connaît pas tout le journal"
}

@test "exporter: sans les champs personnels, à moins que le personnel ne les demande" {
    cd "$BATS_TEST_TMPDIR"
    run --separate-stderr as coordination exporter contacts --format csv
    ended 0
    says "Les renseignements personnels sont laissés de côté"
    [[ $output != *exemple.test* && $output != *Bruno* ]]
    [[ $(as coordination exporter contacts --format csv --personnel) == *bruno@exemple.test* ]]
    run --separate-stderr as mekinac exporter membres --format csv --personnel
    ended 5
    as coordination exporter --tout --vers sans 2>/dev/null
    run ! grep -rq exemple.test sans
    run ! grep -rq "Bruno Essai" sans
    [ ! -e sans/quarantine.csv ]
    as coordination exporter --tout --vers avec --personnel 2>/dev/null
    grep -rq exemple.test avec
}

@test "la liste d'envoi, pour un programme: de même" {
    run --separate-stderr as coordination envoi --format csv --le 2009-10-15
    ended 0
    [[ $output != *exemple.test* ]]
    says "--personnel les inclut"
    [[ $(as coordination envoi --format csv --personnel --le 2009-10-15) == *anne@exemple.test* ]]
}

@test "le nom comme il est écrit; seul avec un fichier; un nom vide n'est personne" {
    run --separate-stderr as coordination exporter --personne "ANNE exemple"
    ended 0
    says "Personne : Anne Exemple"
    run --separate-stderr as coordination exporter --personne "Anne Exemple" parts
    ended 2
    says "laissez de côté les sortes"
    for name in "" " "; do
        run --separate-stderr as coordination exporter --personne "$name"
        ended 2
        says "Dites qui"
    done
    run --separate-stderr as coordination exporter --personne "Anne Exmple" --vers "$BATS_TEST_TMPDIR/vide.txt"
    ended 3
    says "Rien n'est détenu sur Anne Exmple" "concert chercher"
    [ -z "$output" ]
    [ ! -e "$BATS_TEST_TMPDIR/vide.txt" ]
    run --separate-stderr as coordination exporter --personne "Anne Exmple"
    ended 3
    [ -z "$output" ]
}

@test "deux fiches de même numéro ne se confondent pas" {
    plans=()
    for year in 2012 2013; do
        plans+=("$(as coordination ajouter plan titre="Plan $year" type=annuel instance=I1 \
            début=$year-04-01 fin=$year-12-31 --format json 2>/dev/null | json 'it["plan"]["handle"]')")
        as coordination ajouter objectif plan="${plans[-1]}" numéro=1 titre="Zénaïde anime" >/dev/null
    done
    run --separate-stderr as coordination exporter --personne "Zénaïde"
    ended 0
    says "${plans[0]}/1" "${plans[1]}/1"
    as coordination exporter --personne "Zénaïde" --format json |
        json 'len({m["id"] for m in it["mentions"]}), len(it["mentions"])' | grep -qx "(2, 2)"
}

@test "deux personnes du même nom: par le nom, c'est dit; par un repère, une seule" {
    as coordination ajouter contact nom="Anne Exemple" courriel=autre@exemple.test consentement=2009-05-01 >/dev/null
    mine=$(card anne@exemple.test) other=$(card autre@exemple.test)
    file=$BATS_TEST_TMPDIR/nom.txt
    run --separate-stderr as coordination exporter --personne "Anne Exemple" --vers "$file"
    ended 0
    says "Tous ceux qui portent ce nom y sont : vérifiez"
    run --separate-stderr cat "$file"
    says "anne@exemple.test" "autre@exemple.test" "Tous ceux qui portent ce nom y sont : vérifiez"
    file=$BATS_TEST_TMPDIR/repere.txt
    run --separate-stderr as coordination exporter --personne "$mine" --vers "$file"
    ended 0
    says "Le nom seul ne dit pas"
    run --separate-stderr cat "$file"
    says "anne@exemple.test" "Fiches du même nom, peut-être d'une autre personne" "$other" "Le nom seul ne dit pas"
    says_not "autre@exemple.test" "Tous ceux qui portent" "Poste de mekinac"
    as coordination exporter --personne "$other" --format json |
        json '[r["handle"] for r in it["records"]] == words[:1] and words[1] in [r["handle"] for r in it["namesakes"]]' "$other" "$mine" |
        grep -qx True
    # Of an account: what hangs on it, and what it wrote.
    account=$(as coordination lister comptes --format json |
        json '[a["handle"] for a in it if a["person"] == "Anne Exemple"][0]')
    run --separate-stderr as coordination exporter --personne "$account"
    ended 0
    says "Poste de mekinac" "note N1" "$mine" "$other"
    says_not "anne@exemple.test" "autre@exemple.test"
}

@test "un nom avec des espaces autour est le même nom" {
    run --separate-stderr as coordination exporter --personne "  Bruno Essai "
    ended 0
    says "bruno@exemple.test" "Personne : Bruno Essai"
}

@test "--remplacer: pour soi seul, même là où tous lisaient; ce qui était là est remplacé en entier" {
    folder=$BATS_TEST_TMPDIR/dossier
    mkdir "$folder"
    echo "Ancien texte" >"$folder/detenu.txt"
    chmod 644 "$folder/detenu.txt"
    run --separate-stderr as coordination exporter --personne "Bruno Essai" --vers "$folder/detenu.txt"
    ended 1
    [ "$(cat "$folder/detenu.txt")" = "Ancien texte" ]
    # A draft takes its place when it is whole: the former file, open elsewhere, gets none of it.
    ln "$folder/detenu.txt" "$BATS_TEST_TMPDIR/autre-nom"
    run --separate-stderr as coordination exporter --personne "Bruno Essai" --vers "$folder/detenu.txt" --remplacer
    ended 0
    [ "$(stat -c %a "$folder/detenu.txt")" = 600 ]
    [ "$(ls -A "$folder")" = detenu.txt ]
    [ "$(cat "$BATS_TEST_TMPDIR/autre-nom")" = "Ancien texte" ]
    grep -q "bruno@exemple.test" "$folder/detenu.txt"
}

@test "appareils d'une instance où personne n'est entré: c'est dit ainsi" {
    run --separate-stderr as coordination appareils "Comité de suivi"
    ended 0
    says "Personne n'y a de compte ni d'appareil."
}
