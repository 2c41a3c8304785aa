#include "kinds.h"

#include <string.h>

#define REQUIRED KIND_REQUIRED
#define PARENT KIND_REQUIRED | KIND_FIXED
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIELDS(a) a, COUNT(a)

#define MAX_POPULATION 10000000
#define MAX_WEIGHT 1000
#define MAX_TIMES 366

static const struct kind_field territory_fields[] = {
    {.name = "code", .flags = REQUIRED},
    {.name = "name", .flags = REQUIRED},
    {.name = "population", .min = 0, .max = MAX_POPULATION},
};

static const struct kind_field party_fields[] = {
    {.name = "name", .flags = REQUIRED},
    {.name = "type", .flags = REQUIRED},
    {.name = "territory", .refs = KIND_BIT(TERRITORY)},
    {.name = "meetings_min", .min = 0, .max = MAX_TIMES},
    {.name = "meetings_max", .min = 0, .max = MAX_TIMES},
    {.name = "quorum", .min = 0, .max = 1000},
};

static const struct kind_field membership_fields[] = {
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "organization", .refs = KIND_BIT(PARTY)},
    {.name = "person", .flags = KIND_PERSONAL},
    {.name = "since", .flags = KIND_DATE},
    {.name = "until", .flags = KIND_DATE},
    {.name = "email", .flags = KIND_PERSONAL},
    {.name = "phone", .flags = KIND_PERSONAL},
};

static const struct kind_field account_fields[] = {
    {.name = "person", .flags = REQUIRED | KIND_PERSONAL},
    {.name = "role", .flags = REQUIRED},
    {.name = "parties", .refs = KIND_BIT(PARTY)},
    {.name = "expires", .flags = KIND_DATE},
};

static const struct kind_field device_fields[] = {
    {.name = "account", .flags = PARENT, .refs = KIND_BIT(ACCOUNT)},
    {.name = "name", .flags = REQUIRED},
    {.name = "fingerprint", .flags = PARENT},
    {.name = "joined_on", .flags = KIND_DATE | KIND_FIXED},
};

static const struct kind_field plan_fields[] = {
    {.name = "title", .flags = REQUIRED},
    {.name = "type", .flags = REQUIRED | KIND_FROZEN},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "parent", .flags = KIND_FROZEN | KIND_FIXED, .refs = KIND_BIT(PLAN)}, /* no circles */
    {.name = "starts_on", .flags = REQUIRED | KIND_DATE | KIND_FROZEN},
    {.name = "ends_on", .flags = REQUIRED | KIND_DATE | KIND_FROZEN},
    {.name = "adopted_on", .flags = KIND_DATE | KIND_COORDINATOR},
    {.name = "adopted_by", .flags = KIND_COORDINATOR, .refs = KIND_BIT(PARTY)},
    {.name = "adopted_seq", .flags = KIND_COORDINATOR},
    {.name = "resolution", .flags = KIND_COORDINATOR, .refs = KIND_BIT(AGENDA_ITEM)},
};

static const struct kind_field objective_fields[] = {
    {.name = "plan", .flags = PARENT, .refs = KIND_BIT(PLAN)},
    {.name = "parent", .flags = KIND_FROZEN | KIND_FIXED, .refs = KIND_BIT(OBJECTIVE)},
    {.name = "number", .flags = REQUIRED | KIND_FROZEN | KIND_NUMBER},
    {.name = "title", .flags = REQUIRED | KIND_FROZEN},
};

static const struct kind_field action_fields[] = {
    {.name = "objective", .flags = REQUIRED | KIND_FROZEN, .refs = KIND_BIT(OBJECTIVE)},
    {.name = "number", .flags = REQUIRED | KIND_FROZEN | KIND_NUMBER},
    {.name = "title", .flags = REQUIRED | KIND_FROZEN},
    {.name = "audiences", .refs = KIND_BIT(AUDIENCE)},
    {.name = "weight", .min = 0, .max = MAX_WEIGHT},
};

static const struct kind_field responsibility_fields[] = {
    {.name = "subject",
        .flags = PARENT | KIND_FROZEN,
        .refs = KIND_BIT(ACTION) | KIND_BIT(MILESTONE) | KIND_BIT(PROJECT)},
    {.name = "party", .flags = KIND_FROZEN, .refs = KIND_BIT(PARTY)},
    {.name = "role", .flags = KIND_FROZEN},
    {.name = "lead", .flags = KIND_FROZEN},
};

static const struct kind_field deadline_fields[] = {
    {.name = "subject", .flags = PARENT | KIND_FROZEN, .refs = KIND_ANY},
    {.name = "label", .flags = KIND_FROZEN},
    {.name = "text", .flags = REQUIRED | KIND_FROZEN},
    {.name = "mode", .flags = KIND_FROZEN},
    {.name = "earliest", .flags = KIND_DATE | KIND_FROZEN},
    {.name = "latest", .flags = KIND_DATE | KIND_FROZEN},
    {.name = "precision", .flags = KIND_FROZEN},
    {.name = "times_min", .flags = KIND_FROZEN, .min = 0, .max = MAX_TIMES},
    {.name = "times_max", .flags = KIND_FROZEN, .min = 0, .max = MAX_TIMES},
    {.name = "calendar_of", .flags = KIND_FROZEN},
    {.name = "met_on", .flags = KIND_DATE},
};

static const struct kind_field share_fields[] = {
    {.name = "action", .flags = PARENT, .refs = KIND_BIT(ACTION)},
    {.name = "party", .flags = PARENT, .refs = KIND_BIT(PARTY)},
    {.name = "percent", .min = 0, .max = 100},
    {.name = "help_from", .refs = KIND_BIT(PARTY)},
    {.name = "due", .flags = KIND_DATE},
    {.name = "weight", .flags = KIND_STAFF, .min = 0, .max = MAX_WEIGHT},
};

static const struct kind_field note_fields[] = {
    {.name = "subject", .flags = PARENT, .refs = KIND_ANY},
    {.name = "text", .flags = REQUIRED},
    {.name = "on", .flags = KIND_DATE},
};

static const struct kind_field proposal_fields[] = {
    {.name = "subject", .flags = PARENT, .refs = KIND_ANY},
    {.name = "patch", .flags = PARENT},
    {.name = "reason", .flags = REQUIRED},
};

static const struct kind_field milestone_fields[] = {
    {.name = "subject", .flags = PARENT, .refs = KIND_BIT(PROJECT) | KIND_BIT(ACTION)},
    {.name = "title", .flags = REQUIRED},
    {.name = "rank", .min = 0, .max = 10000},
    {.name = "percent", .min = 0, .max = 100},
};

static const struct kind_field audience_fields[] = {
    {.name = "number", .flags = REQUIRED, .min = 0, .max = 1000},
    {.name = "description", .flags = REQUIRED},
};

const struct kind kinds[] = {
    {CONCERT__KIND__TERRITORY, "territory", &concert__territory__descriptor, "T", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "name", FIELDS(territory_fields)},
    {CONCERT__KIND__PARTY, "party", &concert__party__descriptor, "I", "id", NULL, KIND_READ_ALL,
        KIND_WRITE_STAFF, false, "name", FIELDS(party_fields)},
    {CONCERT__KIND__MEMBERSHIP, "membership", &concert__membership__descriptor, "M", "party",
        "party", KIND_READ_ALL, KIND_WRITE_STAFF, false, "seat", FIELDS(membership_fields)},
    {CONCERT__KIND__ACCOUNT, "account", &concert__account__descriptor, "C", NULL, NULL,
        KIND_READ_STAFF, KIND_WRITE_COORDINATOR, false, "person", FIELDS(account_fields)},
    {CONCERT__KIND__DEVICE, "device", &concert__device__descriptor, "AP", NULL, "account",
        KIND_READ_STAFF, KIND_WRITE_SERVER, false, "name", FIELDS(device_fields)},
    {CONCERT__KIND__PLAN, "plan", &concert__plan__descriptor, "PL", "party", NULL, KIND_READ_ALL,
        KIND_WRITE_EDITORS, false, "title", FIELDS(plan_fields)},
    {CONCERT__KIND__OBJECTIVE, "objective", &concert__objective__descriptor, NULL, "plan", "plan",
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(objective_fields)},
    {CONCERT__KIND__ACTION, "action", &concert__action__descriptor, NULL, "objective", "objective",
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(action_fields)},
    {CONCERT__KIND__RESPONSIBILITY, "responsibility", &concert__responsibility__descriptor, "RE",
        "subject", "subject", KIND_READ_ALL, KIND_WRITE_EDITORS, false, "role",
        FIELDS(responsibility_fields)},
    {CONCERT__KIND__DEADLINE, "deadline", &concert__deadline__descriptor, "E", "subject", "subject",
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, "text", FIELDS(deadline_fields)},
    {CONCERT__KIND__SHARE, "share", &concert__share__descriptor, "PA", "party", "action",
        KIND_READ_ALL, KIND_WRITE_EDITORS, false, NULL, FIELDS(share_fields)},
    {CONCERT__KIND__NOTE, "note", &concert__note__descriptor, "N", "subject", "subject",
        KIND_READ_ALL, KIND_WRITE_EDITORS, true, "text", FIELDS(note_fields)},
    {CONCERT__KIND__PROPOSAL, "proposal", &concert__proposal__descriptor, "PR", "subject",
        "subject", KIND_READ_ALL, KIND_WRITE_PROPOSERS, false, "reason", FIELDS(proposal_fields)},
    {CONCERT__KIND__MILESTONE, "milestone", &concert__milestone__descriptor, "ET", "subject",
        "subject", KIND_READ_ALL, KIND_WRITE_EDITORS, false, "title", FIELDS(milestone_fields)},
    {CONCERT__KIND__AUDIENCE, "audience", &concert__audience__descriptor, "PU", NULL, NULL,
        KIND_READ_ALL, KIND_WRITE_STAFF, false, "description", FIELDS(audience_fields)},
};
const size_t kinds_count = COUNT(kinds);

const struct kind *kinds_get(Concert__Kind id)
{
    for (size_t i = 0; i < kinds_count; i++)
        if (kinds[i].id == id)
            return &kinds[i];
    return NULL;
}

const struct kind *kinds_by_name(const char *name)
{
    for (size_t i = 0; i < kinds_count; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

const struct kind_field *kinds_field(const struct kind *kind, const char *name)
{
    static const struct kind_field plain = {.name = ""};

    for (size_t i = 0; i < kind->n_fields; i++)
        if (strcmp(kind->fields[i].name, name) == 0)
            return &kind->fields[i];
    return &plain;
}

bool kinds_is_reference(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_BYTES && kinds_field(kind, field->name)->refs != 0;
}

bool kinds_has_personal(const struct kind *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (kind->fields[i].flags & KIND_PERSONAL)
            return true;
    return false;
}
