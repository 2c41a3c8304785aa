#include "admin/erase_plan.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/erase_bytes.h"
#include "text.h"

/* A record while its changes pass, the oldest first. */
struct tracker {
    struct erase_plan *plan;
    const char *wanted;     /* folded; NULL: whatever its name is */
    uint64_t from, to;      /* without `wanted`: which revisions */
    const uint8_t *account; /* devices of one account; NULL: not asked */
    bool quarantined;
    bool tell;
    size_t found;

    bool begun, open, mine_account;
    uint8_t id[UUID_SIZE];
    const struct kind *kind;
    uint64_t last;
    bool deleted;
    size_t first_target;                /* of this record in the plan */
    bool mine;                          /* the present revision is the person's */
    uint64_t origin[RECORD_FIELDS_MAX]; /* which revision set the field; 0: it is empty */
};

const char *erase_plan_fold(struct erase_plan *plan, const char *text)
{
    size_t size = text_fold(text, NULL, 0) + 1;
    char *folded = arena_alloc(plan->arena, size);

    if (folded == NULL)
        plan->failed = true;
    else
        text_fold(text, folded, size);
    return folded;
}

static bool add_name(struct erase_plan *plan, const char *name)
{
    const char *folded = erase_plan_fold(plan, name);
    const char **names;

    for (size_t i = 0; folded != NULL && i < plan->n_names; i++)
        if (strcmp(plan->names[i], folded) == 0)
            return true;
    if (folded == NULL || *folded == '\0')
        return folded != NULL;
    names = arena_grow(
        plan->arena, plan->names, plan->n_names, &plan->names_room, sizeof(*plan->names));
    if (names == NULL) {
        plan->failed = true;
        return false;
    }
    plan->names = names;
    plan->names[plan->n_names++] = folded;
    return true;
}

static struct erase_target *add_target(struct erase_plan *plan)
{
    struct erase_target *targets =
        arena_grow(plan->arena, plan->targets, plan->count, &plan->room, sizeof(*targets));

    if (targets == NULL) {
        plan->failed = true;
        return NULL;
    }
    plan->targets = targets;
    return &plan->targets[plan->count++];
}

/* Word by word: "Roy" is not in "royaume". */
static bool has_words(const char *text, const char *words)
{
    size_t size = strlen(words);

    for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
        if ((at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[size]))
            return true;
    return false;
}

bool erase_plan_names(struct erase_plan *plan, const char *text, bool full, struct arena *arena)
{
    size_t size = text_fold(text, NULL, 0) + 1;
    char *folded = arena_alloc(arena, size);

    if (folded == NULL) {
        plan->failed = true;
        return false;
    }
    text_fold(text, folded, size);
    for (size_t i = 0; i < plan->n_names; i++)
        if ((!full || strchr(plan->names[i], ' ') != NULL) && has_words(folded, plan->names[i]))
            return true;
    return false;
}

/* --- one record's changes ----------------------------------------------------------------------
 */

static bool in_target(const struct erase_target *target, uint64_t revision)
{
    return revision >= target->from && revision <= target->to;
}

/* Of an operation in quarantine: whatever people wrote. */
static bool is_written(const char *field)
{
    static const char *const written[] = {"patch", "seen", "reason", "answer"};

    for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
        if (strcmp(written[i], field) == 0)
            return true;
    return false;
}

bool erase_plan_takes(const struct erase_target *target, const ProtobufCFieldDescriptor *field)
{
    return target->quarantined ? is_written(field->name) : erase_is_taken(target->kind, field);
}

/* What the record still has of the target's revisions. */
static void find_left(struct tracker *t, struct erase_target *target)
{
    const ProtobufCFieldDescriptor *name = erase_name_field(t->kind);

    target->last = t->last;
    target->deleted = t->deleted;
    for (unsigned i = 0; !t->deleted && i < t->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &t->kind->descriptor->fields[i];

        if (!erase_plan_takes(target, field) || t->origin[i] == 0 ||
            !in_target(target, t->origin[i]))
            continue;
        if (field == name)
            target->rename = true;
        else
            target->clear[i] = true;
    }
    if (t->kind->id == CONCERT__KIND__DOCUMENT || target->quarantined)
        target->remove = !t->deleted;
}

static bool end_record(struct tracker *t)
{
    if (!t->begun)
        return true;
    t->begun = false;
    for (size_t i = t->first_target; i < t->plan->count; i++)
        find_left(t, &t->plan->targets[i]);
    return true;
}

static void begin_record(struct tracker *t, const struct store_change *change)
{
    t->begun = true;
    t->open = t->mine = t->mine_account = false;
    t->kind = change->kind;
    t->first_target = t->plan->count;
    memcpy(t->id, change->id, UUID_SIZE);
    memset(t->origin, 0, sizeof(t->origin));
}

static const char *name_in(const struct kind *kind, const ProtobufCMessage *patch)
{
    const ProtobufCFieldDescriptor *field = erase_name_field(kind);

    return field == NULL || record_count(patch, field) == 0 ? NULL
                                                            : record_get(patch, field, 0).data;
}

/* Whether this revision is of the person that is looked for. */
static bool is_mine(struct tracker *t, const struct store_change *change,
    const ProtobufCMessage *patch, const char *name)
{
    const ProtobufCFieldDescriptor *account;
    const char *folded;

    if (t->account != NULL) {
        account = record_field(t->kind, "account");
        if (account != NULL && record_count(patch, account) == 1)
            t->mine_account =
                record_get(patch, account, 0).size == UUID_SIZE &&
                memcmp(record_get(patch, account, 0).data, t->account, UUID_SIZE) == 0;
        return t->mine_account;
    }
    if (t->wanted == NULL)
        return change->revision >= t->from && (t->to == 0 || change->revision <= t->to);
    if (name == NULL)
        return t->mine;
    folded = erase_plan_fold(t->plan, name);
    return folded != NULL && strcmp(folded, t->wanted) == 0;
}

static bool extend(struct tracker *t, const struct store_change *change, const char *name)
{
    struct erase_plan *plan = t->plan;
    struct erase_target *target = t->open ? &plan->targets[plan->count - 1] : add_target(plan);

    if (target == NULL)
        return false;
    if (!t->open) {
        *target =
            (struct erase_target){.kind = t->kind, .quarantined = t->quarantined, .tell = t->tell};
        memcpy(target->id, t->id, UUID_SIZE);
        target->from = change->revision;
        t->open = true;
        t->found++;
    }
    target->to = change->revision;
    if (name == NULL || erase_is_stand_in(name))
        return true;
    snprintf(target->name, sizeof(target->name), "%s", name);
    return !kinds_has_personal(t->kind) || add_name(plan, name);
}

/* What stands for something that was erased is nothing. */
static bool is_said(const ProtobufCMessage *patch, const ProtobufCFieldDescriptor *field)
{
    if (record_count(patch, field) == 0)
        return false;
    return field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED ||
           !erase_is_stand_in(record_get(patch, field, 0).data);
}

static void note_origins(
    struct tracker *t, const struct store_change *change, const ProtobufCMessage *patch)
{
    for (size_t i = 0; i < change->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = record_field(t->kind, change->fields[i]);

        if (field != NULL)
            t->origin[field - t->kind->descriptor->fields] =
                is_said(patch, field) ? change->revision : 0;
    }
}

static bool take(void *arg, const struct audit_change *taken)
{
    struct tracker *t = arg;
    const struct store_change *change = &taken->change;
    struct arena *arena;
    struct error error;
    const ProtobufCMessage *patch;
    const char *name;
    bool fine;

    if (t->begun && !uuid_equal(t->id, change->id))
        end_record(t);
    if (change->kind == NULL)
        return true;
    if (!t->begun)
        begin_record(t, change);
    arena = arena_new(RECORD_SIZE_MAX * 16);
    patch = arena == NULL ? NULL
                          : record_decode(t->kind,
                                change->patch == NULL ? (const uint8_t *)"" : change->patch,
                                change->patch_size, arena, &error);
    if (patch == NULL) { /* damaged: verify tells */
        arena_free(&arena);
        return true;
    }
    t->last = change->revision;
    t->deleted = change->deleted;
    note_origins(t, change, patch);
    name = name_in(t->kind, patch);
    t->mine = is_mine(t, change, patch, name);
    fine = !t->mine || extend(t, change, name);
    t->open = t->open && t->mine;
    arena_free(&arena);
    return fine && !t->plan->failed;
}

static bool walk(struct tracker *t, const char *rest, const struct pipeline_value *values, size_t n)
{
    return audit_walk(t->plan->inspect, rest, values, n, take, t) && end_record(t) &&
           !t->plan->failed;
}

/* --- the ways in -------------------------------------------------------------------------------
 */

/* The kinds that name a person, as the text of an SQL list. */
static char *personal_kinds(struct erase_plan *plan)
{
    char *list = arena_copy(plan->arena, "", 0);

    for (size_t i = 0; list != NULL && i < kinds_count; i++)
        if (kinds_has_personal(&kinds[i]))
            list = arena_printf(
                plan->arena, "%s%s'%s'", list, *list == '\0' ? "" : ", ", kinds[i].name);
    plan->failed |= list == NULL;
    return list;
}

bool erase_plan_person(struct erase_plan *plan, const char *name)
{
    struct tracker t = {.plan = plan, .wanted = erase_plan_fold(plan, name), .tell = true};
    char *list = personal_kinds(plan), *rest;

    rest = list == NULL ? NULL
                        : arena_printf(plan->arena,
                              "WHERE c.kind IN (%s) ORDER BY c.record, c.revision", list);
    plan->everywhere = true;
    return t.wanted != NULL && rest != NULL && add_name(plan, name) && walk(&t, rest, NULL, 0);
}

static bool add_record(struct tracker *t, const uint8_t *id)
{
    const struct pipeline_value value = {id, UUID_SIZE};

    return walk(t, "WHERE c.record = $1::uuid ORDER BY c.revision", &value, 1);
}

bool erase_plan_record(
    struct erase_plan *plan, const uint8_t id[UUID_SIZE], uint64_t from, uint64_t to, bool *found_r)
{
    struct tracker t = {.plan = plan, .from = from, .to = to, .tell = true};
    bool fine = add_record(&t, id);

    *found_r = t.found > 0 && erase_name_field(t.kind) != NULL;
    if (t.found > 0 && !*found_r)
        plan->count -= t.found;
    return fine;
}

static bool add_devices(struct erase_plan *plan, const uint8_t *account)
{
    struct tracker t = {.plan = plan, .account = account};

    return walk(&t, "WHERE c.kind = 'device' ORDER BY c.record, c.revision", NULL, 0);
}

static bool is_quarantined(const struct erase_plan *plan, const uint8_t *id)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->targets[i].quarantined && uuid_equal(plan->targets[i].id, id))
            return true;
    return false;
}

/* Operations in quarantine that are about the plan's first `count` records, or tell its names. */
static bool add_quarantined(struct erase_plan *plan, size_t count)
{
    const uint8_t *ids;
    size_t n_ids;
    bool fine = erase_bytes_quarantined(plan, count, &ids, &n_ids);

    for (size_t i = 0; fine && i < n_ids; i++) {
        struct tracker t = {.plan = plan, .from = 1, .quarantined = true};

        fine = is_quarantined(plan, ids + i * UUID_SIZE) || add_record(&t, ids + i * UUID_SIZE);
    }
    return fine;
}

static bool name_handles(struct erase_plan *plan)
{
    bool fine = true;

    for (size_t i = 0; fine && i < plan->count; i++) {
        struct erase_target *target = &plan->targets[i];

        fine = audit_handle(plan->inspect, target->id, target->handle);
    }
    return fine;
}

bool erase_plan_follow(struct erase_plan *plan)
{
    size_t count = plan->count;
    bool fine = true;

    for (size_t i = 0; fine && i < count; i++) {
        struct erase_target target = plan->targets[i];

        if (target.kind->id == CONCERT__KIND__ACCOUNT)
            fine = add_devices(plan, target.id);
    }
    return fine && add_quarantined(plan, count) && name_handles(plan);
}

void erase_plan_one_person(struct erase_plan *plan, const char digits[7])
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->targets[i].digits[0] == '\0')
            memcpy(plan->targets[i].digits, digits, sizeof(plan->targets[i].digits));
}

bool erase_plan_writes(const struct erase_target *target)
{
    bool left = target->rename || target->remove;

    for (size_t i = 0; !left && i < RECORD_FIELDS_MAX; i++)
        left = target->clear[i];
    return !target->deleted && left;
}
