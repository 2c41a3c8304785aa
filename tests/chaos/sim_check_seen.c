/* Who replaced a value had seen it: promised for every field of every change. */
#include <stdio.h>
#include <string.h>

#include "sim_check_internal.h"

#define LINES_MAX 256

/* --- merged by line --------------------------------------------------------------------------- */

struct lines {
    const char *at[LINES_MAX];
    size_t size[LINES_MAX];
    size_t count;
};

static void split(const char *text, struct lines *lines_r)
{
    lines_r->count = 0;
    while (text != NULL && *text != '\0' && lines_r->count < LINES_MAX) {
        size_t size = strcspn(text, "\n");

        lines_r->at[lines_r->count] = text;
        lines_r->size[lines_r->count++] = size;
        text += size + (text[size] == '\n');
    }
}

static size_t count_of(const struct lines *lines, const char *line, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < lines->count; i++)
        count += lines->size[i] == size && memcmp(lines->at[i], line, size) == 0;
    return count;
}

static const char *text_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return message == NULL || record_count(message, field) == 0
               ? ""
               : record_get(message, field, 0).data;
}

/* What others had written that the author had not seen is all still there. */
static bool merged(const ProtobufCMessage *before, const ProtobufCMessage *after,
    const ProtobufCMessage *shown, const ProtobufCFieldDescriptor *field)
{
    struct lines theirs, now, seen;

    if (field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED)
        return false;
    split(text_of(before, field), &theirs);
    split(text_of(after, field), &now);
    split(text_of(shown, field), &seen);
    if (theirs.count < 2 && seen.count < 2)
        return false;
    for (size_t i = 0; i < theirs.count; i++)
        if (count_of(&theirs, theirs.at[i], theirs.size[i]) >
                count_of(&seen, theirs.at[i], theirs.size[i]) &&
            count_of(&now, theirs.at[i], theirs.size[i]) <
                count_of(&theirs, theirs.at[i], theirs.size[i]))
            return false;
    return true;
}

/* --- replaced by what came later, in a log that is no more -------------------------------------
 */

static bool same(
    const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *field)
{
    if (a == NULL || b == NULL)
        return a == b || record_count(a == NULL ? b : a, field) == 0;
    return record_same(a, b, field);
}

/* When the operation was committed first; n_commits: it is the founding's. */
static size_t first_commit(const struct sim_check *check, const uint8_t *op_id)
{
    size_t i = 0;

    while (i < check->n_commits && !uuid_equal(check->commits[i].op_id, op_id))
        i++;
    return i;
}

/* The newest change of the log before this one that gave the field its value. */
static const struct store_change *giver(const struct sim_check *check,
    const struct store_change *change, const ProtobufCFieldDescriptor *field)
{
    size_t count;
    const struct store_change *log = sim_store_log(check->store, &count);

    for (size_t i = change->seq - 1; i > 0; i--)
        for (size_t j = 0; uuid_equal(log[i - 1].id, change->id) && j < log[i - 1].n_fields; j++)
            if (strcmp(log[i - 1].fields[j], field->name) == 0)
                return &log[i - 1];
    return NULL;
}

/* The value that is replaced is older than the one that the author had seen, which a restore took
 * away: who wrote that one had seen this one. */
static bool outlived(const struct sim_check *check, const struct store_change *change,
    const struct entry *entry, const ProtobufCFieldDescriptor *field)
{
    const struct store_change *given = giver(check, change, field);
    size_t from = given == NULL ? 0 : first_commit(check, given->op_id);

    if (from == check->n_commits)
        from = 0;
    if (sim_store_restores(check->store) == 0)
        return false;
    for (size_t i = from; i < check->n_commits; i++)
        if (uuid_equal(check->commits[i].id, change->id) &&
            (given == NULL || !uuid_equal(check->commits[i].op_id, given->op_id)) &&
            same(check->commits[i].after, entry->shown, field))
            return true;
    return false;
}

/* What the author saw was an operation of its own that has come to nothing; what that one was to
 * replace had been seen as well. */
static bool seen_before(const struct sim_check *check, const struct entry *entry,
    const ProtobufCMessage *before, const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < check->n_entries && check->entries[i] != entry; i++) {
        const struct entry *own = check->entries[i];

        if (own->what.office == entry->what.office && uuid_equal(own->what.id, entry->what.id) &&
            own->patch != NULL && same(own->patch, entry->shown, field) &&
            (same(before, own->shown, field) || seen_before(check, own, before, field)))
            return true;
    }
    return false;
}

/* --- one change ------------------------------------------------------------------------------- */

static const char *words(const ProtobufCMessage *message, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, struct arena *arena)
{
    return message == NULL || record_count(message, field) == 0
               ? "(none)"
               : record_text(kind, field, record_get(message, field, 0), arena);
}

/* What was written of the field. */
static void tell_written(const struct sim_check *check, const struct store_change *change,
    const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < check->n_entries; i++) {
        const struct entry *entry = check->entries[i];
        char id[UUID_TEXT];

        if (!uuid_equal(entry->what.id, change->id))
            continue;
        uuid_format(entry->what.op_id, id);
        printf("  written: %s by office %u on base %llu: \"%s\", seeing \"%s\"%s; answer %d%s\n",
            id, entry->what.office, (unsigned long long)entry->what.base,
            words(entry->patch, change->kind, field, check->arena),
            words(entry->shown, change->kind, field, check->arena),
            entry->what.resolution ? ", a resolution" : "", entry->status,
            entry->dropped ? ", put aside" : "");
    }
}

/* What the field went through, in all logs that there were. */
static void tell_past(const struct sim_check *check, const struct store_change *change,
    const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < check->n_commits; i++) {
        const struct commit *commit = &check->commits[i];
        const struct entry *entry = sim_check_find(check, commit->op_id);
        char id[UUID_TEXT];

        if (!uuid_equal(commit->id, change->id))
            continue;
        uuid_format(commit->op_id, id);
        printf("  commit %zu: seq %llu, %s by office %u: \"%s\"\n", i,
            (unsigned long long)commit->seq, id, entry == NULL ? 0 : entry->what.office,
            words(commit->after, change->kind, field, check->arena));
    }
}

static bool tell(const struct sim_check *check, const struct store_change *change,
    const struct entry *entry, const ProtobufCFieldDescriptor *field,
    const ProtobufCMessage *before, const ProtobufCMessage *after)
{
    sim_check_fail(check, "a value was replaced unseen, by operation", change->op_id);
    printf("  office %u, seq %llu, %s, base %llu of revision %llu, field %s\n  was \"%s\"\n"
           "  seen \"%s\"\n  now \"%s\"\n",
        entry->what.office, (unsigned long long)change->seq, change->kind->name,
        (unsigned long long)entry->what.base, (unsigned long long)change->revision, field->name,
        words(before, change->kind, field, check->arena),
        words(entry->shown, change->kind, field, check->arena),
        words(after, change->kind, field, check->arena));
    tell_written(check, change, field);
    tell_past(check, change, field);
    return false;
}

static bool touches(const struct store_change *change, const char *name)
{
    for (size_t i = 0; i < change->n_fields; i++)
        if (strcmp(change->fields[i], name) == 0)
            return true;
    return change->deleted;
}

bool sim_check_seen(const struct sim_check *check, const struct store_change *change,
    const ProtobufCMessage *before, const ProtobufCMessage *after)
{
    const struct entry *entry = sim_check_find(check, change->op_id);
    bool good = true;

    if (entry == NULL || before == NULL)
        return true;
    for (unsigned i = 0; i < change->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &change->kind->descriptor->fields[i];

        if (!touches(change, field->name) || same(before, entry->shown, field) ||
            same(before, after, field) ||
            (after != NULL && merged(before, after, entry->shown, field)) ||
            outlived(check, change, entry, field) || seen_before(check, entry, before, field))
            continue;
        good = tell(check, change, entry, field, before, after);
    }
    return good;
}
