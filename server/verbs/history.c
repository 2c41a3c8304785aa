#include <string.h>

#include "frame.h"
#include "session.h"
#include "store/store_read.h"
#include "verbs/verbs.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000
#define ANSWER_MAX (((size_t)256 << 10) - 64) /* bytes of changes, unless one alone has more */

/* A history under way: at the store, or waiting for room in the output before it asks or answers.
 */
struct telling {
    struct request *request;
    struct waiter waiter;
    uint64_t before;
    bool reading; /* the store is asked: its callback comes for sure */
    bool made;    /* the answer only has to be sent */
};

static ProtobufCBinaryData bytes(struct arena *arena, const uint8_t *data, size_t size)
{
    return (ProtobufCBinaryData){size, (uint8_t *)arena_copy(arena, data, size)};
}

/* Persons are told to staff and to themselves; whose committee it was and on which device, to all.
 */
static void fill_names(
    struct request *request, const struct store_change *from, Concert__Change *change)
{
    const struct directory *directory = region_directory(request->region);
    bool full =
        policy_staff(request->actor.role) || uuid_equal(from->account, request->actor.account);
    char who[200];

    directory_who(directory, from->account, full, who, sizeof(who));
    change->who = arena_copy(request->arena, who, strlen(who));
    change->device_name =
        arena_printf(request->arena, "%s", directory_device(directory, from->device));
    change->fields = arena_alloc(request->arena, from->n_fields * sizeof(char *));
    for (size_t i = 0; change->fields != NULL && i < from->n_fields; i++)
        change->fields[change->n_fields++] =
            arena_copy(request->arena, from->fields[i], strlen(from->fields[i]));
}

/* A message of the kind without its personal fields, encoded in the arena; without data when they
 * are no message or memory is out. */
static ProtobufCBinaryData without_personal(
    const struct kind *kind, const uint8_t *data, size_t size, struct arena *arena)
{
    struct error error;
    ProtobufCBinaryData open_bytes = {0};
    ProtobufCMessage *open = record_new(kind, arena);
    const ProtobufCMessage *message =
        record_decode(kind, data == NULL ? (const uint8_t *)"" : data, size, arena, &error);

    for (unsigned i = 0; message != NULL && open != NULL && i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (!(kinds_field(kind, field->name)->flags & KIND_PERSONAL))
            record_copy(open, message, field);
    }
    if (open != NULL)
        open_bytes.data = record_encode(open, arena, &open_bytes.len);
    return open_bytes;
}

/* The patch, without the personal fields when the asker may not see them. */
static void fill_patch(
    struct request *request, const struct store_change *from, bool full, Concert__Change *change)
{
    change->has_patch = !from->deleted;
    if (full || !kinds_has_personal(from->kind)) {
        change->patch = bytes(request->arena, from->patch, from->patch_size);
        return;
    }
    change->patch = without_personal(from->kind, from->patch, from->patch_size, request->arena);
    change->has_patch = change->patch.data != NULL;
}

/* How a conflict was settled, and the values set aside with it as the patch's. One that was erased
 * leaves its hash. */
static void fill_resolution(
    struct request *request, const struct store_change *from, bool full, Concert__Change *change)
{
    Concert__Resolution *resolution = NULL;

    change->has_resolution_hash = from->resolved;
    if (from->resolved)
        change->resolution_hash = bytes(request->arena, from->resolution_hash, STORE_HASH_SIZE);
    if (from->resolution != NULL)
        resolution = concert__resolution__unpack(
            arena_allocator(request->arena), from->resolution_size, from->resolution);
    if (resolution != NULL && resolution->has_set_aside && !full &&
        kinds_has_personal(from->kind)) {
        resolution->set_aside = without_personal(
            from->kind, resolution->set_aside.data, resolution->set_aside.len, request->arena);
        resolution->has_set_aside = resolution->set_aside.data != NULL;
    }
    change->resolution = resolution;
}

static Concert__Change *make_change(struct request *request, const struct store_change *from)
{
    Concert__Change *change = arena_alloc(request->arena, sizeof(*change));

    if (change == NULL)
        return NULL;
    concert__change__init(change);
    change->has_seq = change->has_op_id = change->has_id = change->has_kind = true;
    change->has_revision = change->has_at = change->has_authored_at = true;
    change->has_account = change->has_device = change->has_patch_hash = change->has_hash = true;
    change->seq = from->seq;
    change->op_id = bytes(request->arena, from->op_id, UUID_SIZE);
    change->id = bytes(request->arena, from->id, UUID_SIZE);
    change->kind = from->kind->id;
    change->revision = from->revision;
    change->at = from->at;
    change->authored_at = from->authored_at;
    change->account = bytes(request->arena, from->account, UUID_SIZE);
    change->device = bytes(request->arena, from->device, UUID_SIZE);
    change->has_delete_ = change->delete_ = from->deleted;
    change->reason = from->reason == NULL
                         ? NULL
                         : arena_copy(request->arena, from->reason, strlen(from->reason));
    change->patch_hash = bytes(request->arena, from->patch_hash, STORE_HASH_SIZE);
    change->hash = bytes(request->arena, from->hash, STORE_HASH_SIZE);
    change->has_erased = change->erased = from->erased;
    fill_names(request, from, change);
    fill_patch(request, from, policy_staff(request->actor.role), change);
    fill_resolution(request, from, policy_staff(request->actor.role), change);
    return change;
}

static bool readable(const struct request *request, const struct store_change *change)
{
    struct policy_question question = {.role = request->actor.role,
        .act = POLICY_READ,
        .kind = change->kind,
        .own = uuid_equal(change->id, request->actor.account) ||
               uuid_equal(change->id, request->actor.device)};

    return policy_allows(&question);
}

static uint32_t limit_of(const Concert__History *message)
{
    uint32_t limit = message->has_limit ? message->limit : LIMIT_DEFAULT;

    return limit == 0 || limit > LIMIT_MAX ? LIMIT_MAX : limit;
}

static void ask(struct telling *telling);

/* The changes that the asker may read, as many as fit. */
static bool fill_answer(struct request *request, const struct store_change *changes, size_t count)
{
    Concert__HistoryAnswer *answer = arena_alloc(request->arena, sizeof(*answer));
    size_t size = 0;

    if (answer == NULL)
        return false;
    concert__history_answer__init(answer);
    answer->changes = arena_alloc(request->arena, count * sizeof(*answer->changes));
    for (size_t i = 0; answer->changes != NULL && i < count; i++) {
        Concert__Change *change =
            readable(request, &changes[i]) ? make_change(request, &changes[i]) : NULL;

        if (change == NULL)
            continue;
        size += concert__change__get_packed_size(change) + FRAME_HEADER;
        if (answer->n_changes > 0 && size > ANSWER_MAX)
            break;
        answer->changes[answer->n_changes++] = change;
    }
    request->response.answer_case = CONCERT__RESPONSE__ANSWER_HISTORY;
    request->response.history = answer;
    return true;
}

/* Goes on when the peer has taken what is before. */
static void proceed(void *arg)
{
    struct telling *telling = arg;
    struct session *session = telling->request->session;

    if (session != NULL && session_full(session))
        waiter_wait(session_room(session), &telling->waiter);
    else if (telling->made)
        request_resume(telling->request, VERB_DONE);
    else
        ask(telling);
}

static void on_history(
    void *arg, enum store_status status, const struct store_change *changes, size_t count)
{
    struct telling *telling = arg;
    struct request *request = telling->request;

    telling->reading = false;
    if (request->session == NULL) {
        request_resume(request, VERB_DONE);
        return;
    }
    if (status != STORE_OK) {
        request_resume(request, request_fail(request, CONCERT__CODE__UNAVAILABLE, NULL, NULL));
        return;
    }
    if (!request_may_go_on(request)) {
        request_resume(request, VERB_ERROR);
        return;
    }
    if (!fill_answer(request, changes, count)) {
        request_resume(request, request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory"));
        return;
    }
    /* An empty answer means the end: entries that the asker may not read are passed over. */
    telling->made =
        request->response.history->n_changes > 0 || count < limit_of(request->message->history);
    if (!telling->made)
        telling->before = changes[count - 1].seq;
    proceed(telling);
}

static void on_cancel(struct request *request)
{
    struct telling *telling = request->data;

    waiter_forget(&telling->waiter);
    if (!telling->reading)
        request_resume(request, VERB_DONE);
}

static void ask(struct telling *telling)
{
    struct request *request = telling->request;
    const Concert__History *message = request->message->history;

    telling->reading = true;
    store_history(region_store(request->region), message->has_id ? message->id.data : NULL,
        telling->before, limit_of(message), on_history, telling);
}

enum verb_status history_run(struct request *request)
{
    const Concert__History *message = request->message->history;
    struct telling *telling = arena_alloc(request->arena, sizeof(*telling));

    if (telling == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    if (message->has_id && message->id.len != UUID_SIZE)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "id", "id");
    if (message->before > INT64_MAX)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "before", "range");
    *telling = (struct telling){.request = request, .before = message->before};
    telling->waiter = (struct waiter){.wake = proceed, .arg = telling};
    request->data = telling;
    request->cancel = on_cancel;
    proceed(telling);
    return VERB_WAIT;
}
