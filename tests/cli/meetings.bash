# shellcheck shell=bash
# A year of meetings of the Mauricie's committees, entered as people do. After region.bash.

# R1 to R7 and PO1 to PO4, all before they are held but for the first two.
meetings_setup()
{
    c()
    {
        as coordination "$@" >>"$BATS_FILE_TMPDIR/answers" 2>&1
    }
    c ajouter rencontre instance="Comité de coordination" commence="31 mars 2009 14 h 30" état=tenue
    c ajouter rencontre instance="Comité de soutien" commence=2009-03-17T09:00 prépare=R1 état=tenue
    c ajouter rencontre instance="Comité de coordination" commence=2009-06-02T14:30 \
        se-termine=2009-06-02T16:30 lieu="Salle du conseil" titre="Adoption du plan"
    c ajouter rencontre instance="Comité de soutien" commence=2009-05-19T09:00 prépare=R3
    c ajouter rencontre instance="Comité de coordination" commence=2009-09-15T14:30
    c ajouter rencontre instance="Comité de coordination" commence=2009-12-08 état=annulée
    c ajouter rencontre instance="Comité en sécurité alimentaire" commence=2009-09-24
    c ajouter rencontre instance="Comité en sécurité alimentaire" commence=2009-10-22 \
        type=thématique action=2.1.1 titre="Rencontre régionale"
    c ajouter point rencontre=R3 rang=1 titre="Ouverture"
    c ajouter point rencontre=R3 rang=2 titre="Plan d'action 2009-2010" action=1.1.1 \
        présenté-par=Coordonnatrice
    c ajouter point rencontre=R3 rang=3 titre="Bulletin"
    c ajouter point rencontre=R4 rang=1 titre="Calendrier"
}

# The second of June: who came, what was decided, what is to be done.
held_meeting()
{
    as coordination changer R3 état=tenue
    as coordination changer "Comité de coordination" quorum=3
    as coordination présence R3 Mékinac "Des Chenaux" présent Shawinigan excusé
    as coordination présence R3 Maskinongé présent --des PO2
    as coordination présence R3 Mékinac présent --jusqu-a PO3
    as coordination décider PO2 "Le plan 2009-2010 est adopté."
    as coordination décider PO3 Le bulletin paraît en août.
    as coordination confier PO2 "Écrire à la MRC" --a Mékinac --pour 2009-09-01
    as coordination confier PO2 "Envoyer le plan" --a Coordonnatrice
}

# The number of the operation that was refused last.
refused()
{
    as coordination status --offline --format json | json '[o["number"] for o in it["operations"] if o["state"] == "refused"][-1]'
}
