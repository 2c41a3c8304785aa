#include "record_rules.h"

#include <string.h>

#include "record.h"
#include "text.h"

#define BLOCKED CONCERT__SHARE__STATUS__BLOCKED
#define ADOPTED CONCERT__PLAN__STATUS__ADOPTED
#define REFUSED CONCERT__PROPOSAL__STATUS__REFUSED
#define GRANTED CONCERT__FUNDING_REQUEST__STATUS__GRANTED
#define SIGNED CONCERT__SIGNATORY__STANDING__SIGNED
#define HELD CONCERT__MEETING__STATUS__HELD
#define MINUTES_ADOPTED CONCERT__MEETING__MINUTES_STATUS__ADOPTED
#define PUBLISHED CONCERT__PUBLICATION__STATUS__PUBLISHED
#define ARTICLE_PUBLISHED CONCERT__ARTICLE__STATUS__PUBLISHED
#define NEED_MET CONCERT__TRAINING_NEED__STATUS__MET
#define INCIDENT_CLOSED CONCERT__INCIDENT__STATUS__CLOSED
#define AGREEMENT_SIGNED CONCERT__AGREEMENT__STATUS__SIGNED

#define EMAIL_EN "An e-mail address is written name@host.domain."
#define EMAIL_FR "Un courriel s'écrit nom@hôte.domaine."
#define NAME_LONGEST 200 /* characters */
#define NAME_EN "A name is one line of at most 200 characters, and not blank."
#define NAME_FR "Un nom tient sur une ligne, compte au plus 200 caractères et n'est pas vide."
#define ENDS_EN "The end does not come before the beginning."
#define ENDS_FR "La fin ne vient pas avant le début."

const struct record_rule record_rules[] = {
    {CONCERT__KIND__TERRITORY, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"name"}, NAME_EN,
        NAME_FR},
    {CONCERT__KIND__PARTY, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"name", "short_name"},
        NAME_EN, NAME_FR},
    {CONCERT__KIND__PARTY, "order", RECORD_RULE_ORDER, NULL, 0, {"meetings_min", "meetings_max"},
        "The fewest meetings are not above the most.",
        "Le plus petit nombre de rencontres ne dépasse pas le plus grand."},
    {CONCERT__KIND__PARTY, "email", RECORD_RULE_EMAIL, "email", 0, {NULL}, EMAIL_EN, EMAIL_FR},
    {CONCERT__KIND__MEMBERSHIP, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"person"}, NAME_EN,
        NAME_FR},
    {CONCERT__KIND__MEMBERSHIP, "order", RECORD_RULE_ORDER, NULL, 0, {"since", "until"}, ENDS_EN,
        ENDS_FR},
    {CONCERT__KIND__MEMBERSHIP, "email", RECORD_RULE_EMAIL, "email", 0, {NULL}, EMAIL_EN, EMAIL_FR},
    {CONCERT__KIND__ACCOUNT, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"person"}, NAME_EN,
        NAME_FR},
    {CONCERT__KIND__ACCOUNT, "language", RECORD_RULE_LANGUAGE, "language", 0, {NULL},
        "An account's language is fr or en.", "La langue d'un compte est fr ou en."},
    {CONCERT__KIND__DEVICE, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"name"}, NAME_EN,
        NAME_FR},
    {CONCERT__KIND__PLAN, "order", RECORD_RULE_ORDER, NULL, 0, {"starts_on", "ends_on"}, ENDS_EN,
        ENDS_FR},
    {CONCERT__KIND__PLAN, "adoption_named", RECORD_RULE_NEEDS, "status", ADOPTED,
        {"adopted_on", "resolution"},
        "An adopted plan names the day and the resolution of its adoption.",
        "Un plan adopté dit le jour et la résolution de son adoption."},
    {CONCERT__KIND__RESPONSIBILITY, "somebody", RECORD_RULE_ANY, NULL, 0, {"party", "role"},
        "A resource names a party, a role or both.",
        "Une ressource nomme une instance, un rôle ou les deux."},
    {CONCERT__KIND__DEADLINE, "order", RECORD_RULE_ORDER, NULL, 0, {"earliest", "latest"}, ENDS_EN,
        ENDS_FR},
    {CONCERT__KIND__DEADLINE, "order", RECORD_RULE_ORDER, NULL, 0, {"times_min", "times_max"},
        "The fewest times are not above the most.",
        "Le plus petit nombre de fois ne dépasse pas le plus grand."},
    {CONCERT__KIND__SHARE, "blocked", RECORD_RULE_NEEDS, "status", BLOCKED,
        {"blocked_by", "help_from"},
        "A blocked share says what blocks it and from whom help is expected.",
        "Une part bloquée dit ce qui la bloque et de qui elle attend de l'aide."},
    {CONCERT__KIND__PROPOSAL, "answered", RECORD_RULE_NEEDS, "status", REFUSED, {"answer"},
        "A refused proposal says why.", "Une proposition refusée dit pourquoi."},
    {CONCERT__KIND__PROJECT, "order", RECORD_RULE_ORDER, NULL, 0, {"starts_on", "ends_on"}, ENDS_EN,
        ENDS_FR},
    {CONCERT__KIND__ENVELOPE, "order", RECORD_RULE_ORDER, NULL, 0, {"starts_on", "ends_on"},
        ENDS_EN, ENDS_FR},
    {CONCERT__KIND__FUNDING_REQUEST, "granted", RECORD_RULE_NEEDS, "status", GRANTED, {"granted"},
        "A granted request says how much was granted.",
        "Une demande accordée dit combien l'a été."},
    {CONCERT__KIND__FUNDING_REQUEST, "somebody", RECORD_RULE_ANY, NULL, 0,
        {"funder", "envelope", "amount"},
        "A request names a funder, an envelope or at least an amount.",
        "Une demande nomme un bailleur, une enveloppe ou au moins un montant."},
    {CONCERT__KIND__AGREEMENT, "order", RECORD_RULE_ORDER, NULL, 0, {"starts_on", "ends_on"},
        ENDS_EN, ENDS_FR},
    {CONCERT__KIND__AGREEMENT, "dated", RECORD_RULE_NEEDS, "status", AGREEMENT_SIGNED,
        {"starts_on", "ends_on"}, "A signed agreement says when it begins and ends.",
        "Une entente signée dit quand elle commence et finit."},
    {CONCERT__KIND__SIGNATORY, "signed", RECORD_RULE_NEEDS, "standing", SIGNED, {"signed_on"},
        "Who has signed has a day of signature.", "Qui a signé a une date de signature."},
    {CONCERT__KIND__MEETING, "order", RECORD_RULE_ORDER, NULL, 0, {"starts_at", "ends_at"}, ENDS_EN,
        ENDS_FR},
    {CONCERT__KIND__MEETING, "held", RECORD_RULE_NEEDS, "status", HELD, {"starts_at"},
        "A meeting that was held has a date.", "Une rencontre tenue a une date."},
    {CONCERT__KIND__MEETING, "minutes_adopted", RECORD_RULE_NEEDS, "minutes_status",
        MINUTES_ADOPTED, {"adopted_at"}, "Adopted minutes name the meeting that adopted them.",
        "Un compte rendu adopté nomme la rencontre qui l'a adopté."},
    {CONCERT__KIND__FOLLOW_UP, "somebody", RECORD_RULE_ANY, NULL, 0, {"party", "role"},
        "A follow-up says who does it: a party, a role or both.",
        "Un suivi dit qui le fait\u00a0: une instance, un rôle ou les deux."},
    {CONCERT__KIND__ATTENDANCE, "somebody", RECORD_RULE_ANY, NULL, 0, {"party", "person", "seat"},
        "An attendance names a party, a person or a seat.",
        "Une présence nomme une instance, une personne ou un siège."},
    {CONCERT__KIND__ATTENDANCE, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"person"}, NAME_EN,
        NAME_FR},
    {CONCERT__KIND__TRAINING_NEED, "met", RECORD_RULE_NEEDS, "status", NEED_MET, {"meeting"},
        "A need that was met names the meeting that met it.",
        "Un besoin comblé nomme la rencontre qui l'a comblé."},
    {CONCERT__KIND__PUBLICATION, "published", RECORD_RULE_NEEDS, "status", PUBLISHED,
        {"published_on"}, "What was published has a date.", "Une parution parue a une date."},
    {CONCERT__KIND__ARTICLE, "published", RECORD_RULE_NEEDS, "status", ARTICLE_PUBLISHED,
        {"publication"}, "A published article names where it was published.",
        "Un article paru nomme la parution qui le porte."},
    {CONCERT__KIND__CONTACT, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"name"}, NAME_EN,
        NAME_FR},
    {CONCERT__KIND__CONTACT, "reachable", RECORD_RULE_ANY, NULL, 0,
        {"email", "phone", "organization"},
        "A contact has an e-mail address, a telephone or an organization.",
        "Un contact a un courriel, un téléphone ou une organisation."},
    {CONCERT__KIND__CONTACT, "email", RECORD_RULE_EMAIL, "email", 0, {NULL}, EMAIL_EN, EMAIL_FR},
    {CONCERT__KIND__INTERVENTION, "order", RECORD_RULE_ORDER, NULL, 0, {"starts_on", "ends_on"},
        ENDS_EN, ENDS_FR},
    {CONCERT__KIND__DIRECTORY_ENTRY, "name", RECORD_RULE_NAME, NULL, NAME_LONGEST, {"name"},
        NAME_EN, NAME_FR},
    {CONCERT__KIND__DIRECTORY_ENTRY, "checked", RECORD_RULE_TOGETHER, NULL, 0,
        {"checked_on", "checked_by"}, "A checked entry says when and by whom.",
        "Une fiche vérifiée dit quand et par qui."},
    {CONCERT__KIND__DIRECTORY_ENTRY, "email", RECORD_RULE_EMAIL, "email", 0, {NULL}, EMAIL_EN,
        EMAIL_FR},
    {CONCERT__KIND__OBSERVATION, "order", RECORD_RULE_ORDER, NULL, 0,
        {"period_start", "period_end"}, ENDS_EN, ENDS_FR},
    {CONCERT__KIND__OBSERVATION, "where", RECORD_RULE_ONE, NULL, 0, {"territory", "area"},
        "A figure is of a territory or of another region, one of the two.",
        "Une donnée est d'un territoire ou d'une autre région, l'un des deux."},
    {CONCERT__KIND__OBSERVATION, "value", RECORD_RULE_ONE, NULL, 0, {"value", "numerator"},
        "A figure is a value, or a numerator with its denominator.",
        "Une donnée est une valeur, ou un numérateur avec son dénominateur."},
    {CONCERT__KIND__OBSERVATION, "rate", RECORD_RULE_TOGETHER, NULL, 0,
        {"numerator", "denominator"}, "A rate has a numerator and a denominator.",
        "Un taux a un numérateur et un dénominateur."},
    {CONCERT__KIND__OBSERVATION, "denominator", RECORD_RULE_ABOVE, "denominator", 0, {NULL},
        "A rate's denominator is above zero.",
        "Le dénominateur d'un taux est plus grand que zéro."},
    {CONCERT__KIND__FORM, "order", RECORD_RULE_ORDER, NULL, 0, {"scale_min", "scale_max"},
        "The scale's lowest is not above its highest.",
        "Le plus bas de l'échelle ne dépasse pas le plus haut."},
    {CONCERT__KIND__ASSESSMENT, "where", RECORD_RULE_ANY, NULL, 0, {"community", "territory"},
        "An assessment names a community, a territory or both.",
        "Une appréciation nomme une communauté, un territoire ou les deux."},
    {CONCERT__KIND__INCIDENT, "order", RECORD_RULE_ORDER, NULL, 0, {"occurred_on", "discovered_on"},
        "An incident is not discovered before it happens.",
        "Un incident n'est pas découvert avant d'arriver."},
    {CONCERT__KIND__INCIDENT, "measures", RECORD_RULE_NEEDS, "status", INCIDENT_CLOSED,
        {"measures"}, "A closed incident says what was done about it.",
        "Un incident clos dit ce qui a été fait."},
    {CONCERT__KIND__DOCUMENT, "hash", RECORD_RULE_HASH, "sha256", 0, {NULL},
        "A document's SHA-256 has 64 hexadecimal digits.",
        "L'empreinte SHA-256 d'un document a 64 chiffres hexadécimaux."},
};
const size_t record_rules_count = sizeof(record_rules) / sizeof(record_rules[0]);

/* What a test sees. */
struct subject {
    const struct kind *kind;
    const ProtobufCMessage *message;
};

static bool present(const struct subject *s, const char *field)
{
    return record_count(s->message, record_field(s->kind, field)) > 0;
}

static size_t count_present(const struct subject *s, const struct record_rule *rule)
{
    size_t count = 0;

    for (size_t i = 0; i < RECORD_RULES_FIELDS && rule->fields[i] != NULL; i++)
        count += present(s, rule->fields[i]);
    return count;
}

/* Of those that lack, the first. */
static const char *lacking(const struct subject *s, const struct record_rule *rule)
{
    for (size_t i = 0; i < RECORD_RULES_FIELDS && rule->fields[i] != NULL; i++)
        if (!present(s, rule->fields[i]))
            return rule->fields[i];
    return NULL;
}

static int64_t number(const struct subject *s, const char *field)
{
    return record_get(s->message, record_field(s->kind, field), 0).number;
}

/* ISO dates and moments compare as texts. */
static const char *test_order(const struct subject *s, const struct record_rule *rule)
{
    struct record_value low, high;

    if (!present(s, rule->fields[0]) || !present(s, rule->fields[1]))
        return NULL;
    low = record_get(s->message, record_field(s->kind, rule->fields[0]), 0);
    high = record_get(s->message, record_field(s->kind, rule->fields[1]), 0);
    if (low.data == NULL ? low.number > high.number : strcmp(low.data, high.data) > 0)
        return rule->fields[1];
    return NULL;
}

static const char *test_needs(const struct subject *s, const struct record_rule *rule)
{
    if (!present(s, rule->field) || number(s, rule->field) != rule->value)
        return NULL;
    return lacking(s, rule);
}

static const char *test_together(const struct subject *s, const struct record_rule *rule)
{
    return count_present(s, rule) == 0 ? NULL : lacking(s, rule);
}

static const char *test_any(const struct subject *s, const struct record_rule *rule)
{
    return count_present(s, rule) > 0 ? NULL : rule->fields[0];
}

static const char *test_one(const struct subject *s, const struct record_rule *rule)
{
    return count_present(s, rule) == 1 ? NULL : rule->fields[0];
}

static const char *test_above(const struct subject *s, const struct record_rule *rule)
{
    return present(s, rule->field) && number(s, rule->field) <= rule->value ? rule->field : NULL;
}

/* RFC 5321 allows far more: this is what no address that people have lacks. */
static bool is_address(const char *text)
{
    const char *at = strchr(text, '@'), *dot = at == NULL ? NULL : strrchr(at, '.');

    return dot != NULL && at > text && dot > at + 1 && dot[1] != '\0' &&
           strchr(at + 1, '@') == NULL && strpbrk(text, " \t\n,;<>") == NULL;
}

static const char *test_email(const struct subject *s, const struct record_rule *rule)
{
    if (!present(s, rule->field) ||
        is_address(record_get(s->message, record_field(s->kind, rule->field), 0).data))
        return NULL;
    return rule->field;
}

static const char *test_hash(const struct subject *s, const struct record_rule *rule)
{
    const char *text = present(s, rule->field)
                           ? record_get(s->message, record_field(s->kind, rule->field), 0).data
                           : NULL;

    return text == NULL || (strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64)
               ? NULL
               : rule->field;
}

/* What would move a terminal's cursor, change its colours, or begin another line. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

static bool is_name(const char *text, int64_t longest)
{
    size_t length, rest = strlen(text), size;
    int64_t characters = 0;
    uint32_t c;

    if (text_width(text_trimmed(text, rest, &length)) == 0 || length == 0)
        return false;
    while ((size = text_decode(text, rest, &c)) > 0 && !is_control(c)) {
        text += size;
        rest -= size;
        characters++;
    }
    return rest == 0 && characters <= longest;
}

static const char *test_name(const struct subject *s, const struct record_rule *rule)
{
    for (size_t i = 0; i < RECORD_RULES_FIELDS && rule->fields[i] != NULL; i++)
        if (present(s, rule->fields[i]) &&
            !is_name(record_get(s->message, record_field(s->kind, rule->fields[i]), 0).data,
                rule->value))
            return rule->fields[i];
    return NULL;
}

static const char *test_language(const struct subject *s, const struct record_rule *rule)
{
    const char *text = present(s, rule->field)
                           ? record_get(s->message, record_field(s->kind, rule->field), 0).data
                           : NULL;

    return text == NULL || strcmp(text, "fr") == 0 || strcmp(text, "en") == 0 ? NULL : rule->field;
}

/* The field at fault; NULL: the rule holds. */
typedef const char *test_fn(const struct subject *s, const struct record_rule *rule);

static test_fn *const tests[] = {
    [RECORD_RULE_ORDER] = test_order,
    [RECORD_RULE_NEEDS] = test_needs,
    [RECORD_RULE_TOGETHER] = test_together,
    [RECORD_RULE_ANY] = test_any,
    [RECORD_RULE_ONE] = test_one,
    [RECORD_RULE_ABOVE] = test_above,
    [RECORD_RULE_EMAIL] = test_email,
    [RECORD_RULE_HASH] = test_hash,
    [RECORD_RULE_NAME] = test_name,
    [RECORD_RULE_LANGUAGE] = test_language,
};

static bool is_asked(const struct record_rule *rule, enum record_rules_scope scope)
{
    bool value = rule->test == RECORD_RULE_NAME || rule->test == RECORD_RULE_LANGUAGE;

    return scope == RECORD_RULES_ALL || value == (scope == RECORD_RULES_VALUES);
}

bool record_rules_hold(const struct kind *kind, const ProtobufCMessage *message,
    enum record_rules_scope scope, struct error *error_r)
{
    const struct subject subject = {kind, message};

    for (size_t i = 0; i < record_rules_count; i++) {
        const struct record_rule *rule = &record_rules[i];
        bool asked = rule->kind == kind->id && is_asked(rule, scope);
        const char *field = asked ? tests[rule->test](&subject, rule) : NULL;

        if (field != NULL) {
            *error_r = error_make(CONCERT__CODE__INVALID, field, rule->name, NULL);
            return false;
        }
    }
    return true;
}

const char *record_rules_sentence(Concert__Kind kind, const char *name, const char *language)
{
    for (size_t i = 0; i < record_rules_count; i++)
        if ((kind == 0 || record_rules[i].kind == kind) && strcmp(record_rules[i].name, name) == 0)
            return strcmp(language, "fr") == 0 ? record_rules[i].french : record_rules[i].english;
    return NULL;
}
