#include "words.h"

#include <string.h>

#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORD_SIZE 64

/* One word. `also`: what else people type for it, in either language, between bars. */
struct word {
    enum words_list list;
    const char *name; /* as in records.proto, lower case */
    const char *english;
    const char *french;
    const char *also;
};

static const struct word words[] = {
    {WORDS_KIND, "territory", "territory", "territoire", NULL},
    {WORDS_KIND, "party", "party", "instance", "comité|committee|organisme|organisation"},
    {WORDS_KIND, "membership", "membership", "membre", "member|adhésion"},
    {WORDS_KIND, "account", "account", "compte", NULL},
    {WORDS_KIND, "device", "device", "appareil", "poste de travail"},
    {WORDS_KIND, "plan", "plan", "plan", NULL},
    {WORDS_KIND, "objective", "objective", "objectif", NULL},
    {WORDS_KIND, "action", "action", "action", NULL},
    {WORDS_KIND, "responsibility", "responsibility", "ressource", "responsabilité|responsable"},
    {WORDS_KIND, "deadline", "deadline", "échéance", NULL},
    {WORDS_KIND, "share", "share", "part", NULL},
    {WORDS_KIND, "note", "note", "note", NULL},
    {WORDS_KIND, "proposal", "proposal", "proposition", NULL},
    {WORDS_KIND, "milestone", "milestone", "étape", NULL},
    {WORDS_KIND, "audience", "audience", "public cible", "public"},

    {WORDS_KINDS, "territory", "territories", "territoires", NULL},
    {WORDS_KINDS, "party", "parties", "instances", "comités|committees|organismes|organisations"},
    {WORDS_KINDS, "membership", "memberships", "membres", "members|adhésions"},
    {WORDS_KINDS, "account", "accounts", "comptes", NULL},
    {WORDS_KINDS, "device", "devices", "appareils", NULL},
    {WORDS_KINDS, "plan", "plans", "plans", NULL},
    {WORDS_KINDS, "objective", "objectives", "objectifs", NULL},
    {WORDS_KINDS, "action", "actions", "actions", NULL},
    {WORDS_KINDS, "responsibility", "responsibilities", "ressources",
        "responsabilités|responsables"},
    {WORDS_KINDS, "deadline", "deadlines", "échéances", NULL},
    {WORDS_KINDS, "share", "shares", "parts", NULL},
    {WORDS_KINDS, "note", "notes", "notes", NULL},
    {WORDS_KINDS, "proposal", "proposals", "propositions", NULL},
    {WORDS_KINDS, "milestone", "milestones", "étapes", NULL},
    {WORDS_KINDS, "audience", "audiences", "publics cibles", "publics"},

    /* What every record has. */
    {WORDS_FIELD, "id", "id", "identifiant", NULL},
    {WORDS_FIELD, "kind", "kind", "sorte", NULL},
    {WORDS_FIELD, "handle", "handle", "repère", NULL},
    {WORDS_FIELD, "revision", "revision", "révision", NULL},
    {WORDS_FIELD, "owner", "owner", "responsable", NULL},

    /* Who. */
    {WORDS_FIELD, "code", "code", "code", NULL},
    {WORDS_FIELD, "name", "name", "nom", NULL},
    {WORDS_FIELD, "type", "type", "type", "genre"},
    {WORDS_FIELD, "municipalities", "municipalities", "municipalités", NULL},
    {WORDS_FIELD, "population", "population", "population", NULL},
    {WORDS_FIELD, "note", "note", "note", "remarque"},
    {WORDS_FIELD, "short_name", "short name", "nom court", "sigle|abrégé"},
    {WORDS_FIELD, "territory", "territory", "territoire", NULL},
    {WORDS_FIELD, "mission", "mission", "mission", NULL},
    {WORDS_FIELD, "context", "context", "contexte", NULL},
    {WORDS_FIELD, "mandates", "mandates", "mandats", "mandat"},
    {WORDS_FIELD, "meetings_min", "fewest meetings a year", "rencontres au moins",
        "rencontres min|rencontres minimum"},
    {WORDS_FIELD, "meetings_max", "most meetings a year", "rencontres au plus",
        "rencontres max|rencontres maximum"},
    {WORDS_FIELD, "quorum", "quorum", "quorum", NULL},
    {WORDS_FIELD, "website", "website", "site Web", "site|web|site internet"},
    {WORDS_FIELD, "email", "email", "courriel", "e-mail|mail"},
    {WORDS_FIELD, "phone", "phone", "téléphone", "tél|tel"},
    {WORDS_FIELD, "party", "party", "instance", "comité|committee|organisme"},
    {WORDS_FIELD, "organization", "organization", "organisation", "organisme"},
    {WORDS_FIELD, "person", "person", "personne", NULL},
    {WORDS_FIELD, "seat", "seat", "siège", NULL},
    {WORDS_FIELD, "standing", "standing", "statut", NULL},
    {WORDS_FIELD, "since", "since", "depuis", NULL},
    {WORDS_FIELD, "until", "until", "jusqu'au", "jusqu'à|jusque"},
    {WORDS_FIELD, "role", "role", "rôle", NULL},
    {WORDS_FIELD, "parties", "parties", "instances", "comités|committees"},
    {WORDS_FIELD, "language", "language", "langue", NULL},
    {WORDS_FIELD, "active", "active", "actif", NULL},
    {WORDS_FIELD, "expires", "expires", "fin du mandat", "expire|expiration"},
    {WORDS_FIELD, "account", "account", "compte", NULL},
    {WORDS_FIELD, "fingerprint", "fingerprint", "empreinte", NULL},
    {WORDS_FIELD, "joined_on", "joined on", "joint le", "arrivée"},
    {WORDS_FIELD, "revoked", "revoked", "révoqué", NULL},

    /* The plan. */
    {WORDS_FIELD, "title", "title", "titre", NULL},
    {WORDS_FIELD, "parent", "parent", "relève de", "parent"},
    {WORDS_FIELD, "starts_on", "starts on", "début", "commence|commence le|débute le"},
    {WORDS_FIELD, "ends_on", "ends on", "fin", "finit|finit le|termine le"},
    {WORDS_FIELD, "status", "status", "état", "statut|state"},
    {WORDS_FIELD, "adopted_on", "adopted on", "adopté le", "adoption"},
    {WORDS_FIELD, "adopted_by", "adopted by", "adopté par", NULL},
    {WORDS_FIELD, "adopted_seq", "log's place at adoption", "rang à l'adoption",
        "adoption au rang"},
    {WORDS_FIELD, "resolution", "resolution", "résolution", NULL},
    {WORDS_FIELD, "plan", "plan", "plan", NULL},
    {WORDS_FIELD, "number", "number", "numéro", "no"},
    {WORDS_FIELD, "objective", "objective", "objectif", NULL},
    {WORDS_FIELD, "description", "description", "description", NULL},
    {WORDS_FIELD, "communication_goal", "communication goal", "but de communication",
        "but|objectif de communication|goal"},
    {WORDS_FIELD, "audiences", "audiences", "publics cibles", "public cible|publics|public"},
    {WORDS_FIELD, "annex", "annex", "annexe", NULL},
    {WORDS_FIELD, "weight", "weight", "poids", "pondération"},
    {WORDS_FIELD, "subject", "subject", "sujet", "objet"},
    {WORDS_FIELD, "lead", "lead", "porteur", "porteuse|responsable principal"},
    {WORDS_FIELD, "label", "label", "libellé", NULL},
    {WORDS_FIELD, "text", "text", "texte", NULL},
    {WORDS_FIELD, "mode", "mode", "mode", NULL},
    {WORDS_FIELD, "earliest", "earliest", "au plus tôt", "dès"},
    {WORDS_FIELD, "latest", "latest", "au plus tard", NULL},
    {WORDS_FIELD, "precision", "precision", "précision", NULL},
    {WORDS_FIELD, "times_min", "fewest times a year", "fois par an au moins",
        "fois min|fois minimum|fois au moins"},
    {WORDS_FIELD, "times_max", "most times a year", "fois par an au plus",
        "fois max|fois maximum|fois au plus"},
    {WORDS_FIELD, "calendar_of", "calendar of", "calendrier de", "calendrier"},
    {WORDS_FIELD, "met_on", "met on", "respectée le", "atteinte le|remplie le"},
    {WORDS_FIELD, "action", "action", "action", NULL},
    {WORDS_FIELD, "percent", "percent", "pourcentage", "pourcent|avancement|%"},
    {WORDS_FIELD, "expected", "expected", "résultat attendu", "attendu|attendus"},
    {WORDS_FIELD, "next_step", "next step", "prochaine étape", "suite|étape suivante"},
    {WORDS_FIELD, "blocked_by", "blocked by", "bloqué par", "bloquée par|cause|obstacle"},
    {WORDS_FIELD, "help_from", "help from", "aide de", "aide|aide demandée à"},
    {WORDS_FIELD, "due", "due", "pour le", "échéance|dû le|due le"},
    {WORDS_FIELD, "on", "on", "date", "le|en date du"},
    {WORDS_FIELD, "patch", "change proposed", "changement proposé", "changement|correctif"},
    {WORDS_FIELD, "clear", "fields to empty", "champs à vider", "vider"},
    {WORDS_FIELD, "reason", "reason", "raison", "motif"},
    {WORDS_FIELD, "answer", "answer", "réponse", NULL},
    {WORDS_FIELD, "phase", "phase", "phase", NULL},
    {WORDS_FIELD, "rank", "rank", "rang", "ordre"},

    /* Closed lists. */
    {WORDS_VALUE, "rcm", "RCM", "MRC", NULL},
    {WORDS_VALUE, "city", "city", "ville", NULL},
    {WORDS_VALUE, "agglomeration", "agglomeration", "agglomération", NULL},
    {WORDS_VALUE, "coordination", "coordination", "coordination", NULL},
    {WORDS_VALUE, "support", "support", "soutien", "appui"},
    {WORDS_VALUE, "followup", "follow-up", "suivi", NULL},
    {WORDS_VALUE, "thematic", "thematic", "thématique", NULL},
    {WORDS_VALUE, "local", "local", "local", "locale"},
    {WORDS_VALUE, "partner", "partner", "partenaire", NULL},
    {WORDS_VALUE, "staff", "staff", "personnel", "permanence|équipe"},
    {WORDS_VALUE, "member", "member", "membre", NULL},
    {WORDS_VALUE, "potential", "potential member", "membre potentiel",
        "potentiel|potentielle|membre potentielle"},
    {WORDS_VALUE, "associate", "associate", "membre associé", "associé|associée|membre associée"},
    {WORDS_VALUE, "coordinator", "coordinator", "coordination", "coordonnateur|coordonnatrice"},
    {WORDS_VALUE, "secretariat", "secretariat", "secrétariat", "secrétaire"},
    {WORDS_VALUE, "editor", "editor", "rédaction", "rédacteur|rédactrice|éditeur|éditrice"},
    {WORDS_VALUE, "reader", "reader", "lecture", "lecteur|lectrice"},
    {WORDS_VALUE, "annual", "annual", "annuel", "annuelle"},
    {WORDS_VALUE, "triennial", "triennial", "triennal", "triennale"},
    {WORDS_VALUE, "communication", "communication", "communication", "communications"},
    {WORDS_VALUE, "draft", "draft", "ébauche", "brouillon|projet"},
    {WORDS_VALUE, "proposed", "proposed", "proposé", "proposée"},
    {WORDS_VALUE, "adopted", "adopted", "adopté", "adoptée"},
    {WORDS_VALUE, "closed", "closed", "clos", "close|fermé|fermée"},
    {WORDS_VALUE, "information", "information", "information", "informations"},
    {WORDS_VALUE, "attitudes", "attitudes", "attitudes", "attitude"},
    {WORDS_VALUE, "behaviours", "behaviours", "comportements",
        "comportement|behaviour|behavior|behaviors"},
    {WORDS_VALUE, "dated", "dated", "datée", "daté|date"},
    {WORDS_VALUE, "recurring", "recurring", "récurrente", "récurrent|périodique"},
    {WORDS_VALUE, "continuous", "continuous", "en continu", "continu|continue"},
    {WORDS_VALUE, "as_needed", "as needed", "au besoin", "selon les besoins"},
    {WORDS_VALUE, "by_calendar", "by a calendar", "selon un calendrier",
        "selon le calendrier|calendrier"},
    {WORDS_VALUE, "to_be_set", "to be set", "à déterminer", "à fixer"},
    {WORDS_VALUE, "day", "day", "jour", NULL},
    {WORDS_VALUE, "month", "month", "mois", NULL},
    {WORDS_VALUE, "season", "season", "saison", NULL},
    {WORDS_VALUE, "quarter", "quarter", "trimestre", NULL},
    {WORDS_VALUE, "year", "year", "année", "an"},
    {WORDS_VALUE, "span", "span", "intervalle", "période"},
    {WORDS_VALUE, "not_started", "not started", "à faire",
        "pas commencé|pas commencée|non commencé|non commencée|non débuté|non débutée"},
    {WORDS_VALUE, "under_way", "under way", "en cours", "commencé|commencée|in progress|underway"},
    {WORDS_VALUE, "blocked", "blocked", "bloquée", "bloqué"},
    {WORDS_VALUE, "done", "done", "faite", "fait|terminé|terminée|complété|complétée|fini|finie"},
    {WORDS_VALUE, "suspended", "suspended", "suspendue", "suspendu|en pause|on hold"},
    {WORDS_VALUE, "dropped", "dropped", "abandonnée", "abandonné|annulé|annulée"},
    {WORDS_VALUE, "not_applicable", "not applicable", "sans objet",
        "ne s'applique pas|non applicable|s.o.|n/a|na"},
    {WORDS_VALUE, "open", "open", "ouverte", "ouvert"},
    {WORDS_VALUE, "accepted", "accepted", "acceptée", "accepté"},
    {WORDS_VALUE, "refused", "refused", "refusée", "refusé"},
};

const char *words_show(enum words_list list, const char *english, const char *language)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].list == list && strcmp(words[i].name, english) == 0)
            return strcmp(language, "fr") == 0 ? words[i].french : words[i].english;
    return english;
}

/* Folds `length` bytes for comparing: as text_fold, with dashes and underscores as single spaces.
 */
static void plain(const char *word, size_t length, char out[WORD_SIZE])
{
    char copy[WORD_SIZE], folded[WORD_SIZE];
    size_t used = 0;

    if (length >= sizeof(copy)) {
        out[0] = '\0';
        return;
    }
    memcpy(copy, word, length);
    copy[length] = '\0';
    text_fold(copy, folded, sizeof(folded));
    text_trim(folded);
    for (const char *c = folded; *c != '\0'; c++) {
        char letter = *c == '-' || *c == '_' ? ' ' : *c;
        if (letter != ' ' || used == 0 || out[used - 1] != ' ')
            out[used++] = letter;
    }
    out[used] = '\0';
}

static bool same(const char *typed, const char *word, size_t length)
{
    char folded[WORD_SIZE];

    plain(word, length, folded);
    return strcmp(typed, folded) == 0;
}

static bool same_as_any(const char *typed, const char *spellings)
{
    for (const char *s = spellings; s != NULL;) {
        size_t length = strcspn(s, "|");
        if (same(typed, s, length))
            return true;
        s = s[length] == '|' ? s + length + 1 : NULL;
    }
    return false;
}

static bool listed(const char *name, const char *const *among, size_t count)
{
    if (among == NULL)
        return true;
    for (size_t i = 0; i < count; i++)
        if (strcmp(among[i], name) == 0)
            return true;
    return false;
}

/* A kind is read from its singular as from its plural. */
static bool of_list(const struct word *word, enum words_list list)
{
    return word->list == list || (list <= WORDS_KINDS && word->list <= WORDS_KINDS);
}

const char *words_read(
    enum words_list list, const char *typed, const char *const *among, size_t count)
{
    char folded[WORD_SIZE];

    plain(typed, strlen(typed), folded);
    if (folded[0] == '\0')
        return NULL;
    /* The word that is shown goes before what else people type: "note" is the field before
     * "remarque". */
    for (int also = 0; also < 2; also++)
        for (size_t i = 0; i < COUNT(words); i++) {
            const struct word *w = &words[i];
            if (!of_list(w, list) || !listed(w->name, among, count))
                continue;
            if (also ? same_as_any(folded, w->also)
                     : same(folded, w->name, strlen(w->name)) ||
                           same(folded, w->english, strlen(w->english)) ||
                           same(folded, w->french, strlen(w->french)))
                return w->name;
        }
    return NULL;
}
