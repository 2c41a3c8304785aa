#include "admin/erase_log.h"

#include <stdio.h>
#include <string.h>

#include "admin/erase_bytes.h"
#include "protocol.pb-c.h"
#include "store/binary.h"

#define SCRATCH ((size_t)8 << 20)
#define GROUP 500 /* changes written over at once */

/* A walk through the log, each record's newest change first. */
struct rewrite {
    struct erase_plan *plan;
    struct erase_log *log;
    bool writes;

    bool begun;
    uint8_t id[UUID_SIZE];
    bool target;                   /* the record is in the plan */
    bool later[RECORD_FIELDS_MAX]; /* a later change says the field anew */
    bool left;                     /* its present words tell a name */
    struct binary_array seqs, patches, reasons, resolutions;
    size_t waiting;
};

/* --- what is written over ----------------------------------------------------------------------
 */

static void reset(struct rewrite *r)
{
    r->seqs = binary_array_make(r->plan->arena, BINARY_INT64, GROUP);
    r->patches = binary_array_make(r->plan->arena, BINARY_BYTES, GROUP);
    r->reasons = binary_array_make(r->plan->arena, BINARY_TEXT, GROUP);
    r->resolutions = binary_array_make(r->plan->arena, BINARY_BYTES, GROUP);
    r->waiting = 0;
}

static bool write_over(struct erase_plan *plan, struct rewrite *r)
{
    const struct pipeline_value values[] = {binary_array_value(&r->seqs),
        binary_array_value(&r->patches), binary_array_value(&r->reasons),
        binary_array_value(&r->resolutions)};
    struct inspect_rows *rows;
    bool fine;

    if (r->waiting == 0)
        return true;
    rows = inspect_ask(plan->inspect,
        "SELECT erase_changes($1::bigint[], $2::bytea[], $3::text[], $4::bytea[])", values, 4);
    fine = rows != NULL;
    if (fine)
        r->log->changes += (uint64_t)inspect_get_number(rows, 0, 0);
    inspect_rows_free(&rows);
    reset(r);
    return fine;
}

static void keep(struct rewrite *r, const struct store_change *change, const uint8_t *patch,
    size_t size, const char *reason, bool resolution)
{
    binary_add_number(&r->seqs, (int64_t)change->seq);
    binary_add(&r->patches, patch == NULL ? (const uint8_t *)"" : patch, size);
    binary_add(&r->reasons, reason, reason == NULL ? 0 : strlen(reason));
    binary_add(&r->resolutions, resolution ? change->resolution : NULL,
        resolution ? change->resolution_size : 0);
    r->waiting++;
}

/* --- one change --------------------------------------------------------------------------------
 */

static const struct erase_target *target_of(
    const struct erase_plan *plan, const struct store_change *change)
{
    for (size_t i = 0; i < plan->count; i++)
        if (uuid_equal(plan->targets[i].id, change->id) &&
            change->revision >= plan->targets[i].from && change->revision <= plan->targets[i].to)
            return &plan->targets[i];
    return NULL;
}

static void begin(struct rewrite *r, const struct store_change *change)
{
    r->begun = true;
    r->left = false;
    r->target = false;
    memcpy(r->id, change->id, UUID_SIZE);
    memset(r->later, change->deleted, sizeof(r->later));
    for (size_t i = 0; !r->target && i < r->plan->count; i++)
        r->target = uuid_equal(r->plan->targets[i].id, change->id);
}

static bool tells_name(struct rewrite *r, const ProtobufCMessage *patch,
    const ProtobufCFieldDescriptor *field, struct arena *arena)
{
    bool text = field->type == PROTOBUF_C_TYPE_STRING;

    if (!text && field->type != PROTOBUF_C_TYPE_BYTES)
        return false;
    for (size_t i = 0; i < record_count(patch, field); i++) {
        struct record_value value = record_get(patch, field, i);

        if (text ? erase_plan_names(r->plan, value.data, !r->target, arena)
                 : value.size > UUID_SIZE && erase_bytes_name(r->plan, (const uint8_t *)value.data,
                                                 value.size, false, arena))
            return true;
    }
    return false;
}

static bool is_stand_in(const ProtobufCMessage *patch, const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING && field->label != PROTOBUF_C_LABEL_REPEATED &&
           erase_is_stand_in(record_get(patch, field, 0).data);
}

/* Whether the field goes out of this change. */
static bool goes(struct rewrite *r, const struct erase_target *target,
    const ProtobufCMessage *patch, unsigned index, const struct kind *kind, struct arena *arena)
{
    const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[index];

    if (record_count(patch, field) == 0 || is_stand_in(patch, field))
        return false;
    if (target != NULL && erase_plan_takes(target, field))
        return true;
    if (!tells_name(r, patch, field, arena))
        return false;
    r->left |= !r->later[index];
    return r->later[index];
}

static void mark_later(struct rewrite *r, const struct store_change *change)
{
    for (size_t i = 0; i < change->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = record_field(change->kind, change->fields[i]);

        if (field != NULL)
            r->later[field - change->kind->descriptor->fields] = true;
    }
}

/* The patch without what goes; NULL: nothing goes. */
static ProtobufCMessage *thin(struct rewrite *r, const struct store_change *change,
    const struct erase_target *target, const ProtobufCMessage *patch, struct arena *arena)
{
    ProtobufCMessage *thinner = record_patch(change->kind, NULL, patch, NULL, 0, arena);
    bool less = false;

    for (unsigned i = 0; thinner != NULL && i < change->kind->descriptor->n_fields; i++)
        if (i < RECORD_FIELDS_MAX && goes(r, target, patch, i, change->kind, arena)) {
            record_set(thinner, &change->kind->descriptor->fields[i], NULL, 0, arena);
            less = true;
        }
    r->plan->failed |= thinner == NULL;
    return less ? thinner : NULL;
}

/* What was set aside in a conflict goes as the patch's values do. */
static bool resolution_goes(struct rewrite *r, const struct store_change *change,
    const struct erase_target *target, struct arena *arena)
{
    const Concert__Resolution *resolution =
        change->resolution == NULL ? NULL
                                   : concert__resolution__unpack(arena_allocator(arena),
                                         change->resolution_size, change->resolution);
    struct error error;
    const ProtobufCMessage *aside = NULL;

    if (resolution != NULL && resolution->has_set_aside)
        aside = record_decode(
            change->kind, resolution->set_aside.data, resolution->set_aside.len, arena, &error);
    for (unsigned i = 0; aside != NULL && i < change->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &change->kind->descriptor->fields[i];

        if (record_count(aside, field) > 0 &&
            ((target != NULL && erase_plan_takes(target, field)) ||
                tells_name(r, aside, field, arena)))
            return true;
    }
    return false;
}

static bool rewrite_change(
    struct rewrite *r, const struct store_change *change, struct arena *arena)
{
    const struct erase_target *target = target_of(r->plan, change);
    struct error error;
    const ProtobufCMessage *patch =
        record_decode(change->kind, change->patch == NULL ? (const uint8_t *)"" : change->patch,
            change->patch_size, arena, &error);
    ProtobufCMessage *thinner = patch == NULL ? NULL : thin(r, change, target, patch, arena);
    bool no_reason =
        change->reason != NULL && erase_plan_names(r->plan, change->reason, !r->target, arena);
    bool no_resolution = resolution_goes(r, change, target, arena);
    const uint8_t *bytes = change->patch;
    size_t size = change->patch_size;

    mark_later(r, change);
    if (thinner == NULL && !no_reason && !no_resolution)
        return true;
    r->log->changes += !r->writes; /* when they are written the database counts */
    if (!r->writes)
        return true;
    if (thinner != NULL)
        bytes = record_encode(thinner, arena, &size);
    if (thinner != NULL && bytes == NULL)
        return false;
    keep(r, change, bytes, size, no_reason ? NULL : change->reason, !no_resolution);
    return true;
}

/* --- records that people must edit -------------------------------------------------------------
 */

static bool note_left(struct rewrite *r)
{
    struct erase_log *log = r->log;
    const char **left;
    char *id;

    if (!r->begun || !r->left)
        return true;
    left = arena_grow(r->plan->arena, log->left, log->n_left, &log->left_room, sizeof(*left));
    id = left == NULL ? NULL : arena_copy(r->plan->arena, r->id, UUID_SIZE);
    if (id == NULL)
        return false;
    log->left = left;
    log->left[log->n_left++] = id; /* the handle comes when the walk is over */
    return true;
}

static bool take(void *arg, const struct audit_change *taken)
{
    struct rewrite *r = arg;
    const struct store_change *change = &taken->change;
    struct arena *arena;
    bool fine;

    if (r->begun && !uuid_equal(r->id, change->id)) {
        if (!note_left(r))
            return false;
        r->begun = false;
    }
    if (change->kind == NULL)
        return true;
    if (!r->begun)
        begin(r, change);
    arena = arena_new(SCRATCH);
    fine = arena != NULL && rewrite_change(r, change, arena);
    arena_free(&arena);
    return fine && !r->plan->failed;
}

static bool find_handles(struct erase_plan *plan, struct erase_log *log)
{
    for (size_t i = 0; i < log->n_left; i++) {
        char handle[STORE_HANDLE_SIZE];

        if (!audit_handle(plan->inspect, (const uint8_t *)log->left[i], handle))
            return false;
        log->left[i] = arena_copy(plan->arena, handle, strlen(handle));
        if (log->left[i] == NULL)
            return false;
    }
    return true;
}

/* --- the walk ----------------------------------------------------------------------------------
 */

static bool walk(struct rewrite *r)
{
    struct binary_array ids = binary_array_make(r->plan->arena, BINARY_UUID, r->plan->count);
    struct pipeline_value value;
    bool fine;

    for (size_t i = 0; i < r->plan->count; i++)
        binary_add(&ids, r->plan->targets[i].id, UUID_SIZE);
    value = binary_array_value(&ids);
    if (value.data == NULL)
        return false;
    if (r->plan->everywhere)
        fine = audit_walk(r->plan->inspect, "ORDER BY c.record, c.revision DESC", NULL, 0, take, r);
    else
        fine = audit_walk(r->plan->inspect,
            "WHERE c.record = ANY($1::uuid[]) ORDER BY c.record, c.revision DESC", &value, 1, take,
            r);
    return fine && note_left(r) && find_handles(r->plan, r->log);
}

static bool rewrite_all(struct erase_plan *plan, struct erase_log *log, bool writes)
{
    struct rewrite r = {.plan = plan, .log = log, .writes = writes};

    *log = (struct erase_log){0};
    reset(&r);
    return walk(&r) && (!writes || write_over(plan, &r)) && !plan->failed;
}

bool erase_log_look(struct erase_plan *plan, struct erase_log *log_r)
{
    return rewrite_all(plan, log_r, false);
}

/* What the planner remembers of columns' values, which every role that reads a table may see, comes
 * from its present rows once it is analyzed; but it stays as it was when there are no rows. A type
 * that is given anew drops it, except from the two columns that triggers' conditions name in tables
 * that can be empty: a meeting's day, an agenda item's decision; and but for a table that something
 * else holds just then, as a backup does: others would wait behind this. */
#define FORGET_EMPTY                                                                               \
    "DO $$ DECLARE s record; empty boolean; BEGIN"                                                 \
    " PERFORM set_config('lock_timeout', '2s', true);"                                             \
    " FOR s IN SELECT c.oid::regclass AS place, a.attname AS name,"                                \
    " format_type(a.atttypid, a.atttypmod) AS type"                                                \
    " FROM pg_stats p JOIN pg_class c ON c.relname = p.tablename AND c.relkind = 'r'"              \
    " AND c.relnamespace = current_schema()::regnamespace"                                         \
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = p.attname"                         \
    " WHERE p.schemaname = current_schema() AND a.atttypid IN ('text'::regtype, 'bytea'::regtype)" \
    " LOOP EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', s.place) INTO empty;"              \
    " IF empty THEN BEGIN"                                                                         \
    " EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s', s.place, s.name, s.type);"          \
    " EXCEPTION WHEN feature_not_supported OR lock_not_available OR deadlock_detected THEN NULL;"  \
    " END; END IF;"                                                                                \
    " END LOOP; END $$"

static bool vacuum_table(struct inspect *owner, const char *table)
{
    char sql[128];

    snprintf(sql, sizeof(sql), "VACUUM (ANALYZE) \"%s\"", table);
    return inspect_run(owner, sql);
}

/* So that the old rows' bytes are free to be written over, in the log and in the tables, also where
 * people changed the words; and that nothing else remembers them. */
static bool vacuum(struct inspect *owner)
{
    bool fine = vacuum_table(owner, "change") && vacuum_table(owner, "record");

    for (size_t i = 0; i < kinds_count && fine; i++)
        fine = vacuum_table(owner, kinds[i].name);
    return fine && vacuum_table(owner, "document_chunk") && inspect_run(owner, FORGET_EMPTY);
}

bool erase_log(struct erase_plan *plan, struct inspect *owner, struct erase_log *log_r)
{
    struct inspect *reader = plan->inspect;
    bool fine;

    plan->inspect = owner;
    fine = inspect_run(owner, "BEGIN ISOLATION LEVEL READ COMMITTED") &&
           rewrite_all(plan, log_r, true) && inspect_run(owner, "COMMIT") && vacuum(owner);
    plan->inspect = reader;
    return fine;
}
