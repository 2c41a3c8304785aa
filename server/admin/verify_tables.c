/* Each record's changes, one after the other, to what the record must be; and what the log lacks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/verify_internal.h"
#include "i18n.h"
#include "record.h"
#include "text.h"

#define GROUP 200                       /* records that are compared at once */
#define GROUP_BYTES ((size_t)512 << 20) /* and what they hold */
#define STEPS_BYTES ((size_t)64 << 20)  /* of one record, until its body is copied */
#define STEPS 100                       /* changes of one record, until then */

struct replay {
    struct verify *verify;
    struct arena *group; /* of the records that wait to be compared */
    struct verify_expected waiting[GROUP];
    size_t n_waiting;
    struct arena *steps; /* of the record that is under way */
    size_t n_steps;
    struct verify_expected record;
    bool begun;
};

static bool fail(struct replay *replay)
{
    replay->verify->failed = true;
    return false;
}

/* The message in another arena, with all that it points to. */
static ProtobufCMessage *copy_body(
    const struct kind *kind, const ProtobufCMessage *body, struct arena *arena)
{
    struct error error;
    size_t size = 0;
    uint8_t *bytes = record_encode(body, arena, &size);

    return bytes == NULL ? NULL : record_decode(kind, bytes, size, arena, &error);
}

static bool compare_waiting(struct replay *replay)
{
    bool fine = verify_compare(replay->verify, replay->waiting, replay->n_waiting, replay->group);

    arena_free(&replay->group);
    replay->n_waiting = 0;
    replay->group = arena_new(GROUP_BYTES);
    return fine && (replay->group != NULL || fail(replay));
}

/* Records without letters before their number are known by a field; it stays that of one that is
 * deleted. */
static void name_record(struct verify_expected *record)
{
    const struct kind *kind = record->kind;

    if (record->body == NULL || kind->prefix != NULL)
        return;
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if ((kinds_field(kind, field->name)->flags & KIND_NUMBER) &&
            record_count(record->body, field) > 0)
            text_copy(
                record->handle, sizeof(record->handle), record_get(record->body, field, 0).data);
    }
}

static void keep_body(struct replay *replay, struct verify_expected *record)
{
    const ProtobufCMessage *body = record->body;
    char name[64];

    if (body == NULL)
        return;
    record->body = copy_body(record->kind, body, replay->group);
    if (record->body != NULL)
        return;
    verify_name(replay->verify, record->id, name);
    verify_found(replay->verify, _("%s (%s): what its changes make of it is not to be read."), name,
        record->kind_name);
}

static bool end_record(struct replay *replay)
{
    struct verify_expected *record = &replay->waiting[replay->n_waiting];

    if (!replay->begun)
        return true;
    replay->begun = false;
    *record = replay->record;
    name_record(record);
    if (record->deleted)
        record->body = NULL;
    keep_body(replay, record);
    arena_free(&replay->steps);
    replay->verify->records++;
    return ++replay->n_waiting < GROUP || compare_waiting(replay);
}

static bool begin_record(struct replay *replay, const struct audit_change *taken)
{
    const struct store_change *change = &taken->change;
    struct verify_expected *record = &replay->record;

    *record = (struct verify_expected){.kind = change->kind, .created_at = change->at};
    memcpy(record->id, change->id, UUID_SIZE);
    memcpy(record->created_by, change->account, UUID_SIZE);
    snprintf(record->kind_name, sizeof(record->kind_name), "%s", taken->kind);
    replay->n_steps = 0;
    replay->begun = true;
    replay->steps = arena_new(STEPS_BYTES);
    return replay->steps != NULL || fail(replay);
}

/* So that a record with very many changes needs no more memory than one with few. */
static bool thin(struct replay *replay)
{
    struct arena *fresh;

    if (++replay->n_steps % STEPS != 0)
        return true;
    fresh = arena_new(STEPS_BYTES);
    if (fresh != NULL)
        replay->record.body = copy_body(replay->record.kind, replay->record.body, fresh);
    arena_free(&replay->steps);
    replay->steps = fresh;
    return (fresh != NULL && replay->record.body != NULL) || fail(replay);
}

/* What was named and is not in the patch was emptied. */
static bool step(struct replay *replay, const struct audit_change *taken)
{
    const struct store_change *change = &taken->change;
    struct verify_expected *record = &replay->record;
    const char **names = arena_alloc(replay->steps, change->n_fields * sizeof(*names));
    const void *bytes = arena_copy(replay->steps,
        change->patch == NULL ? "" : (const char *)change->patch, change->patch_size);
    struct error error = {0};
    const ProtobufCMessage *patch;
    char name[64];

    for (size_t i = 0; names != NULL && i < change->n_fields; i++)
        names[i] = arena_copy(replay->steps, change->fields[i], strlen(change->fields[i]));
    if (names == NULL || bytes == NULL)
        return fail(replay);
    patch = record_decode(record->kind, bytes, change->patch_size, replay->steps, &error);
    if (patch == NULL) {
        verify_name(replay->verify, change->id, name);
        verify_found(replay->verify, _("Change %llu of %s: its patch is not to be read."),
            (unsigned long long)change->seq, name);
        return true;
    }
    record->body =
        record_patch(record->kind, record->body, patch, names, change->n_fields, replay->steps);
    return record->body == NULL ? fail(replay) : thin(replay);
}

static void check_revision(struct replay *replay, const struct store_change *change)
{
    char name[64];

    if (change->revision == replay->record.revision + 1)
        return;
    verify_name(replay->verify, change->id, name);
    if (replay->record.revision == 0)
        verify_found(replay->verify,
            _("%s: its first change in the log, %llu, is revision %llu; those before are missing."),
            name, (unsigned long long)change->seq, (unsigned long long)change->revision);
    else
        verify_found(replay->verify,
            _("%s: change %llu is revision %llu, but follows revision %llu."), name,
            (unsigned long long)change->seq, (unsigned long long)change->revision,
            (unsigned long long)replay->record.revision);
}

static bool take(void *arg, const struct audit_change *taken)
{
    struct replay *replay = arg;
    const struct store_change *change = &taken->change;

    if (replay->begun && !uuid_equal(replay->record.id, change->id) && !end_record(replay))
        return false;
    if (!replay->begun && !begin_record(replay, taken))
        return false;
    check_revision(replay, change);
    replay->record.revision = change->revision;
    replay->record.seq = change->seq;
    replay->record.changed_at = change->at;
    replay->record.deleted = change->deleted;
    memcpy(replay->record.changed_by, change->account, UUID_SIZE);
    return replay->record.kind == NULL || step(replay, taken);
}

/* --- what the log lacks ------------------------------------------------------------------------
 */

bool verify_strays(struct verify *verify, const char *sql, const struct pipeline_value *values,
    size_t n_values, const char *sentence)
{
    struct inspect_rows *rows = inspect_ask(verify->inspect, sql, values, n_values);
    bool fine = rows != NULL;
    char name[64], word[64];
    uint8_t id[UUID_SIZE];

    for (size_t i = 0; fine && i < inspect_rows_count(rows); i++) {
        inspect_get_id(rows, i, 0, id);
        inspect_get_text(rows, i, 1, word, sizeof(word));
        verify_name(verify, id, name);
        verify_found(verify, sentence, name, word);
    }
    inspect_rows_free(&rows);
    return fine;
}

static bool find_stray_rows(struct verify *verify)
{
    char sql[512];

    for (size_t i = 0; i < kinds_count; i++) {
        snprintf(sql, sizeof(sql),
            "SELECT t.id, '%1$s' FROM \"%1$s\" t WHERE NOT EXISTS (SELECT FROM record r WHERE"
            " r.id = t.id AND r.kind = '%1$s' AND NOT r.deleted) LIMIT 1000",
            kinds[i].name);
        if (!verify_strays(verify, sql, NULL, 0,
                _("%s: the table %s has it, but the register does not, or as deleted.")))
            return false;
    }
    return true;
}

bool verify_tables(struct verify *verify)
{
    struct replay *replay = calloc(1, sizeof(*replay));
    bool fine = replay != NULL;

    if (!fine) {
        verify->failed = true;
        return false;
    }
    replay->verify = verify;
    replay->group = arena_new(GROUP_BYTES);
    fine = (replay->group != NULL || fail(replay)) &&
           audit_walk(verify->inspect, VERIFY_READABLE " ORDER BY c.record, c.revision", NULL, 0,
               take, replay) &&
           end_record(replay) && compare_waiting(replay) &&
           verify_strays(verify,
               "SELECT r.id, r.kind FROM record r WHERE NOT EXISTS (SELECT FROM change c WHERE"
               " c.record = r.id) LIMIT 1000",
               NULL, 0, _("%s (%s): the register has it, but the log has no change of it.")) &&
           find_stray_rows(verify);
    arena_free(&replay->group);
    arena_free(&replay->steps);
    free(replay);
    return fine;
}
