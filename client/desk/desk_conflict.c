/* Conflicts as people see them: those of the outbox, and those that others ask this home about. */
#include "desk/desk_conflict.h"

#include <string.h>

#include "desk/desk_conflict_internal.h"
#include "replica/replica_outbox.h"
#include "text_merge.h"

#define NO_LINES                                                                                   \
    (KIND_FIXED | KIND_NUMBER | KIND_DATE | KIND_MOMENT | KIND_MONEY | KIND_DECIMAL | KIND_BYTES | \
        KIND_SERVER)

/* --- fields ------------------------------------------------------------------------------------
 */

bool desk_conflict_same(
    const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *field)
{
    if (a == NULL || b == NULL)
        return (a == NULL || record_count(a, field) == 0) &&
               (b == NULL || record_count(b, field) == 0);
    return record_same(a, b, field);
}

static const char *text_in(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return message == NULL || record_count(message, field) == 0
               ? NULL
               : record_get(message, field, 0).data;
}

/* The server merges alike: what it could not, is shown here as far as it goes. */
static const char *merge_lines(const struct desk_conflict_part *part,
    const ProtobufCFieldDescriptor *field, const ProtobufCMessage *now,
    const ProtobufCMessage *change, struct arena *arena)
{
    enum text_merge_end end;

    if (field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED ||
        part->kind->id == CONCERT__KIND__DEADLINE ||
        kinds_field(part->kind, field->name)->flags & NO_LINES)
        return NULL;
    return text_merge(
        text_in(part->seen, field), text_in(now, field), text_in(change, field), arena, &end);
}

bool desk_conflict_compare(struct desk_conflict_part *part, const ProtobufCMessage *now,
    const ProtobufCMessage *change, struct arena *arena)
{
    for (size_t i = 0; i < part->n_fields; i++) {
        struct desk_conflict_field *of = &part->fields[i];
        const ProtobufCFieldDescriptor *field = record_field(part->kind, of->name);
        bool told = of->clashes; /* by the server */

        of->clashes = false;
        if (field == NULL || desk_conflict_same(now, change, field))
            continue;
        if (!of->seen_known) {
            of->clashes = told;
            continue;
        }
        if (desk_conflict_same(now, part->seen, field))
            continue;
        of->merged = merge_lines(part, field, now, change, arena);
        of->clashes = of->merged == NULL;
    }
    return true;
}

struct desk_conflict_field *desk_conflict_field_of(
    const struct desk_conflict_part *part, const char *name)
{
    for (size_t i = 0; i < part->n_fields; i++)
        if (strcmp(part->fields[i].name, name) == 0)
            return &part->fields[i];
    return NULL;
}

bool desk_conflict_touch(struct desk_conflict_part *part, const ProtobufCMessage *patch,
    const char *const *clear, size_t n_clear, struct arena *arena)
{
    struct record_names names;

    if (part->fields == NULL)
        part->fields = arena_alloc(arena, RECORD_FIELDS_MAX * sizeof(*part->fields));
    if (part->fields == NULL || !record_touched(part->kind, patch, clear, n_clear, arena, &names))
        return false;
    for (size_t i = 0; i < names.count && part->n_fields < RECORD_FIELDS_MAX; i++)
        if (record_field(part->kind, names.name[i]) != NULL &&
            desk_conflict_field_of(part, names.name[i]) == NULL)
            part->fields[part->n_fields++].name = names.name[i];
    return true;
}

/* --- what others ask this home -----------------------------------------------------------------
 */

bool desk_conflict_ours(const struct desk *desk, const uint8_t party[UUID_SIZE])
{
    for (size_t i = 0; i < desk->identity.n_parties; i++)
        if (uuid_equal(desk->identity.parties[i], party))
            return true;
    return false;
}

static const ProtobufCMessage *message_of(
    const struct kind *kind, const ProtobufCBinaryData *bytes, struct arena *arena)
{
    struct error error;
    const ProtobufCMessage *message = record_decode(
        kind, bytes->data == NULL ? (const uint8_t *)"" : bytes->data, bytes->len, arena, &error);

    return message == NULL ? record_new(kind, arena) : message;
}

/* Both sides of what a proposal asks: the record's is the owner's. */
static bool read_asked(
    struct desk_conflict *conflict, const struct book_entry *subject, struct arena *arena)
{
    bool decides = conflict->state == DESK_CONFLICT_DECIDE;
    const Concert__Proposal *body = (const Concert__Proposal *)conflict->proposal->body;
    struct desk_conflict_part *part = arena_alloc(arena, sizeof(*part));
    const ProtobufCMessage *asked, *seen;

    if (part == NULL)
        return false;
    part->kind = subject->kind;
    part->entry = subject;
    memcpy(part->id, subject->id, UUID_SIZE);
    memcpy(part->op_id, body->operation.data, UUID_SIZE);
    asked = message_of(subject->kind, &body->patch, arena);
    seen = message_of(subject->kind, &body->seen, arena);
    part->reason = body->reason;
    part->clashed = true;
    part->mine = decides ? subject->body : asked;
    part->theirs = decides ? asked : subject->body;
    part->seen = seen;
    if (asked == NULL || seen == NULL ||
        !desk_conflict_touch(part, asked, (const char *const *)body->clear, body->n_clear, arena))
        return false;
    for (size_t i = 0; i < part->n_fields; i++) {
        part->fields[i].seen_known = body->has_seen;
        part->fields[i].clashes = true;
        part->fields[i].at = decides ? conflict->proposal->created_at : subject->changed_at;
    }
    conflict->parts = part;
    conflict->n_parts = 1;
    conflict->proposals = arena_alloc(arena, sizeof(struct book_entry *));
    if (conflict->proposals == NULL)
        return false;
    conflict->proposals[conflict->n_proposals++] = conflict->proposal;
    conflict->at = conflict->proposal->created_at;
    memcpy(conflict->owner, conflict->proposal->owner, UUID_SIZE);
    return desk_conflict_compare(part, subject->body, asked, arena);
}

/* True when the proposal comes from a conflict and waits for an answer. */
static bool is_open_clash(const struct book_entry *proposal)
{
    const Concert__Proposal *body = (const Concert__Proposal *)proposal->body;

    return body->has_operation && body->operation.len == UUID_SIZE &&
           (!body->has_status || body->status == CONCERT__PROPOSAL__STATUS__OPEN);
}

static bool is_listed(
    const struct desk_conflict *conflicts, size_t count, const struct book_entry *proposal)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < conflicts[i].n_proposals; j++)
            if (conflicts[i].proposals[j] == proposal)
                return true;
    return false;
}

static bool add_asked(struct desk *desk, const struct book *book, struct desk_conflict *conflicts,
    size_t *count, struct arena *arena)
{
    size_t n_proposals, n_own = *count;
    const struct book_entry *const *proposals =
        book_list(book, CONCERT__KIND__PROPOSAL, &n_proposals);

    for (size_t i = 0; i < n_proposals; i++) {
        const struct book_entry *subject;
        struct desk_conflict conflict = {.proposal = proposals[i]};
        bool ours = desk_conflict_ours(desk, proposals[i]->owner);
        bool made = uuid_equal(proposals[i]->created_by, desk->identity.account);

        if (!is_open_clash(proposals[i]) || is_listed(conflicts, n_own, proposals[i]) ||
            !(ours || made) || (subject = book_follow(book, proposals[i], "subject")) == NULL)
            continue;
        conflict.state = ours ? DESK_CONFLICT_DECIDE : DESK_CONFLICT_ASKED;
        if (!read_asked(&conflict, subject, arena))
            return false;
        conflicts[(*count)++] = conflict;
    }
    return true;
}

/* --- all of them -------------------------------------------------------------------------------
 */

static struct desk_conflict *read_all(
    struct desk *desk, struct arena *arena, size_t *count_r, struct desk_why *why_r)
{
    unsigned states = REPLICA_STATE_BIT(REPLICA_CONFLICT) | REPLICA_STATE_BIT(REPLICA_REFUSED);
    const struct desk_operation *operations;
    const struct book *book = desk_book(desk, why_r);
    struct desk_conflict *conflicts = NULL;
    size_t n_operations, n_proposals;

    if (book == NULL ||
        !desk_read_outbox(desk, 0, states, arena, &operations, &n_operations, why_r))
        return NULL;
    book_list(book, CONCERT__KIND__PROPOSAL, &n_proposals);
    if (!desk_conflict_group(
            desk, operations, n_operations, n_proposals, arena, &conflicts, count_r, why_r))
        return NULL;
    if (!add_asked(desk, book, conflicts, count_r, arena)) {
        desk_fail(why_r, DESK_LIMIT, NULL);
        return NULL;
    }
    return conflicts;
}

const struct desk_conflict *desk_conflicts(
    struct desk *desk, size_t *count_r, struct desk_why *why_r)
{
    struct arena *arena = desk_arena(why_r);
    const struct desk_conflict *conflicts = NULL;

    *count_r = 0;
    if (arena != NULL)
        conflicts = read_all(desk, arena, count_r, why_r);
    desk_hand_out(desk, arena);
    return conflicts;
}
