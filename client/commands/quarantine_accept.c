/* What revoked devices had not sent, taken over in this person's name. */
#include <string.h>

#include "commands/quarantine.h"
#include "i18n.h"
#include "input/change.h"

#define OPERATION_SPARE ((size_t)192) /* of one, beside its patches and words */
#define FRAME_SPARE ((size_t)4096)    /* of a frame, left for what is around them */

/* What was written together, and is more than the server takes at once with its answers: these are
 * written when all of it is in the log. */
struct big {
    const char *name; /* "Q3 to Q9" */
    unsigned long count;
    size_t first, end, first_answer, end_answer;
    bool is_in; /* the log */
};

struct taking {
    const struct review *to;
    struct desk_change *changes, *answers; /* answers: those that come after */
    size_t count, n_answers;
    struct big *bigs;
    size_t n_bigs;
    const struct desk_operation *outbox; /* what this device has recorded before this */
    size_t n_outbox;
    bool left; /* something could not be taken over */
};

/* Who wrote it, on which device: both names are then in the history. */
static const char *reason_of(const struct review *to, const struct waiting *one)
{
    return arena_printf(to->arena, _("%s, not sent by %s%s%s"), one->entry->handle,
        quarantine_device(to, book_follow(to->context->book, one->entry, "device")),
        one->reason == NULL ? "" : " · ", one->reason == NULL ? "" : one->reason);
}

static enum command_exit check(const struct review *to, const struct waiting *one)
{
    if (one->kind == NULL)
        return command_say(to->context, COMMAND_REFUSED,
            _("%s is of a kind that this program does not know: a newer version takes it over."),
            one->entry->handle);
    if (one->gone)
        return command_say(to->context, COMMAND_REFUSED,
            _("What %s would change is gone: turn it down with “concert quarantine %s --refuse -m "
              "REASON”."),
            one->entry->handle, one->entry->handle);
    if (one->kind->writers == KIND_WRITE_SERVER && (one->base == 0 || one->removes))
        return command_say(to->context, COMMAND_REFUSED,
            _("What %s asks, the server alone does: turn it down with “concert quarantine %s "
              "--refuse -m REASON”."),
            one->entry->handle, one->entry->handle);
    if (waiting_lacks_file(one))
        return command_say(to->context, COMMAND_REFUSED,
            _("The file of %s was not handed over, and a document without its file serves nobody: "
              "turn it down with “concert quarantine %s --refuse -m REASON”, and have the file "
              "attached again."),
            one->entry->handle, one->entry->handle);
    return COMMAND_OK;
}

/* What of it this device has recorded before: its reason names the record of the quarantine. NULL:
 * nothing. */
static const struct desk_operation *taken_before(
    const struct taking *taking, const uint8_t id[UUID_SIZE], const char *reason)
{
    for (size_t i = taking->n_outbox; i > 0; i--) {
        const struct desk_operation *operation = &taking->outbox[i - 1];

        if (uuid_equal(operation->id, id) && operation->reason != NULL &&
            strcmp(operation->reason, reason) == 0)
            return operation;
    }
    return NULL;
}

/* Its answer comes after it, and may have been cut off: what was taken over once is not taken over
 * again. */
static enum command_exit check_again(const struct taking *taking,
    const struct desk_operation *before, const struct book_entry *entry)
{
    struct context *context = taking->to->context;

    if (before->state == DESK_CONFLICT || before->state == DESK_REFUSED)
        return command_say(context, COMMAND_REFUSED,
            _("%s was taken over already, and is held up: “concert resolve %llu” settles it."),
            entry->handle, (unsigned long long)before->number);
    if (before->state != DESK_ACCEPTED)
        return command_say(context, COMMAND_REFUSED,
            _("%s was taken over already, and that is not in the log yet: see change %llu in "
              "“concert status”, and run the same command again after it."),
            entry->handle, (unsigned long long)before->number);
    return COMMAND_OK;
}

/* The record that it makes is there: it was taken over, and the answer cut off. */
static bool is_made(const struct waiting *one)
{
    return one->base == 0 && !one->removes && one->target != NULL && one->target->revision > 0;
}

/* The operation in this person's name, behind those that stand already; nothing is added when the
 * record is so already: *so_r. */
static enum command_exit take_over(struct taking *taking, size_t index, bool *so_r)
{
    const struct review *to = taking->to;
    struct desk_change *change = &taking->changes[taking->count];
    const struct desk_operation *before;
    struct waiting one;
    const char *reason;
    enum command_exit code;

    if (!waiting_read(to->context->book, to->chosen[index], to->arena, &one) ||
        (reason = reason_of(to, &one)) == NULL)
        return change_no_memory(to->context);
    before = taken_before(taking, one.id, reason);
    *so_r = before != NULL && before->state == DESK_ACCEPTED;
    if (before != NULL)
        return check_again(taking, before, one.entry);
    /* what an earlier one of them makes is there for the later ones */
    for (size_t i = 0; i < taking->count; i++)
        one.gone = one.gone &&
                   !(taking->changes[i].base == 0 && uuid_equal(taking->changes[i].id, one.id));
    if ((code = check(to, &one)) != COMMAND_OK)
        return code;
    *change = (struct desk_change){.kind = one.kind,
        .base = one.base,
        .patch = one.removes ? NULL : one.patch,
        .clear = one.clear,
        .n_clear = one.removes ? 0 : one.n_clear,
        .remove = one.removes,
        .seen = one.seen,
        .reason = reason};
    memcpy(change->id, one.id, UUID_SIZE);
    *so_r = is_made(&one) || quarantine_is_so(to, index, &one);
    taking->count += !*so_r;
    return COMMAND_OK;
}

/* --- what was written together -----------------------------------------------------------------
 */

/* The end of those that were written together with `first`. */
static size_t end_of(const struct review *to, size_t first)
{
    size_t end = first + 1;

    while (end < to->count && waiting_together(to->chosen[first], to->chosen[end]))
        end++;
    return end;
}

static size_t size_of(const struct desk_change *change)
{
    size_t size = OPERATION_SPARE;

    if (change->patch != NULL)
        size += protobuf_c_message_get_packed_size(change->patch);
    if (change->seen != NULL)
        size += protobuf_c_message_get_packed_size(change->seen);
    for (size_t i = 0; i < change->n_clear; i++)
        size += 2 * (strlen(change->clear[i]) + 1);
    return size + (change->reason == NULL ? 0 : strlen(change->reason));
}

/* Whether the server takes so many at once. */
static bool fits(const struct review *to, const struct desk_change *changes, size_t count)
{
    uint32_t most, frame;
    size_t size = 0;

    desk_limits(to->context->desk, &most, &frame);
    for (size_t i = 0; i < count; i++)
        size += size_of(&changes[i]);
    return count <= most && size + FRAME_SPARE <= frame;
}

static const char *name_of(const struct review *to, size_t first, size_t end)
{
    return end - first == 1 ? arena_printf(to->arena, "%s", to->chosen[first]->handle)
                            : arena_printf(to->arena, _("%s up to %s"), to->chosen[first]->handle,
                                  to->chosen[end - 1]->handle);
}

/* The answers stand behind the operations of their group, from `start` on. Those of what is so
 * already go each by itself; those that make the group too big go out of it, to come after. */
static enum command_exit bind(struct taking *taking, size_t first, size_t end, size_t start)
{
    const struct review *to = taking->to;
    const size_t n = end - first, operations = taking->count - n;
    struct big *big = &taking->bigs[taking->n_bigs];

    for (size_t i = start; i < taking->count; i++)
        taking->changes[i].group = operations == start ? first + i - start : first;
    if (operations == start || fits(to, &taking->changes[start], taking->count - start))
        return COMMAND_OK;
    *big = (struct big){.name = name_of(to, first, end),
        .count = n,
        .first = start,
        .end = operations,
        .first_answer = taking->n_answers,
        .end_answer = taking->n_answers + n};
    if (big->name == NULL)
        return change_no_memory(to->context);
    if (!fits(to, &taking->changes[start], operations - start))
        return command_say(to->context, COMMAND_REFUSED,
            ngettext("%s is more than the server takes at once: have its limits raised, or turn it "
                     "down with “concert quarantine %s --refuse -m REASON” and have it written "
                     "again in several parts.",
                "%s were written together, and are more than the server takes at once: have its "
                "limits raised, or turn them down with “concert quarantine %s --refuse -m REASON” "
                "and have them written again in several parts.",
                n),
            big->name, to->chosen[first]->handle);
    memcpy(&taking->answers[taking->n_answers], &taking->changes[operations],
        n * sizeof(*taking->answers));
    taking->n_answers += n;
    taking->count = operations;
    taking->n_bigs++;
    return COMMAND_OK;
}

/* Those that were written together, from `first` up to `end`, with their answers. */
static enum command_exit take_group(struct taking *taking, size_t first, size_t end)
{
    const struct review *to = taking->to;
    const size_t start = taking->count;
    bool *so = arena_alloc(to->arena, (end - first) * sizeof(*so));
    enum command_exit code;

    if (so == NULL)
        return change_no_memory(to->context);
    for (size_t i = first; i < end; i++)
        if ((code = take_over(taking, i, &so[i - first])) != COMMAND_OK)
            return code;
    for (size_t i = first; i < end; i++) {
        const char *text = quarantine_message(to);

        if (so[i - first])
            command_tell(to->context, "already", _("%s: it is so already: nothing changes."),
                to->chosen[i]->handle);
        if (text == NULL && so[i - first])
            text = _("it is so already: nothing changes");
        if (!quarantine_answer(to, to->chosen[i], CONCERT__QUARANTINE__STATUS__ACCEPTED, text,
                &taking->changes[taking->count++]))
            return change_no_memory(to->context);
    }
    return bind(taking, first, end, start);
}

/* Of all that waits, what cannot be taken over holds up nothing else: it is said, and stays. */
static enum command_exit take_all(struct taking *taking)
{
    const struct review *to = taking->to;
    const bool named = to->context->argc > 0;
    enum command_exit code;

    for (size_t first = 0, end; first < to->count; first = end) {
        const size_t start = taking->count;

        end = end_of(to, first);
        code = take_group(taking, first, end);
        if (code != COMMAND_OK && (named || code != COMMAND_REFUSED))
            return code;
        if (code != COMMAND_OK)
            taking->count = start;
        taking->left = taking->left || code != COMMAND_OK;
    }
    return COMMAND_OK;
}

/* --- answers that come after -------------------------------------------------------------------
 */

static bool is_all_in(const struct desk_operation *operations, const struct big *big)
{
    for (size_t i = big->first; i < big->end; i++)
        if (operations[i].state != DESK_ACCEPTED)
            return false;
    return true;
}

static enum command_exit write_all(struct taking *taking)
{
    struct context *context = taking->to->context;
    const struct desk_operation *operations;
    struct desk_why why = {.trouble = DESK_FINE};

    if (taking->n_bigs == 0)
        return command_write(context, taking->changes, taking->count, true);
    if (!desk_write(context->desk, taking->changes, taking->count, true, &operations, &why))
        return command_why(context, &why);
    for (size_t i = 0; i < taking->n_bigs; i++)
        taking->bigs[i].is_in = is_all_in(operations, &taking->bigs[i]);
    return command_written(context, operations, taking->count, &why);
}

static enum command_exit answer_after(const struct taking *taking, const struct big *big)
{
    struct context *context = taking->to->context;
    const size_t count = big->end_answer - big->first_answer;
    const struct desk_operation *operations;
    struct desk_why why = {.trouble = DESK_FINE};

    if (!big->is_in)
        return command_say(context, COMMAND_WAITING,
            ngettext("%s stays in quarantine until what it changes is in the log: run the same "
                     "command again after that.",
                "%s stay in quarantine until what they change is in the log: run the same command "
                "again after that.",
                big->count),
            big->name);
    context->book = NULL;
    if (!desk_write(
            context->desk, &taking->answers[big->first_answer], count, false, &operations, &why))
        return command_why(context, &why);
    for (size_t i = 0; i < count; i++)
        if (operations[i].state != DESK_ACCEPTED)
            return command_written(context, operations, count, &why);
    command_tell(context, "answered",
        _("%s: taken over, and answered after that, since the server does not take both at once."),
        big->name);
    return COMMAND_OK;
}

/* `code`: of the write before them. Where that has told what stands against it nothing is added. */
static enum command_exit answer_all(const struct taking *taking, enum command_exit code)
{
    struct desk_why ignored;

    for (size_t i = 0; i < taking->n_bigs; i++) {
        enum command_exit one = COMMAND_OK;

        if (taking->bigs[i].is_in || code == COMMAND_OK)
            one = answer_after(taking, &taking->bigs[i]);
        code = code == COMMAND_OK ? one : code;
    }
    if (taking->n_bigs > 0)
        taking->to->context->book = desk_book(taking->to->context->desk, &ignored);
    return code;
}

static bool make_room(struct taking *taking)
{
    struct arena *arena = taking->to->arena;
    const size_t count = taking->to->count;
    struct desk_why ignored;

    taking->changes = arena_alloc(arena, (2 * count + 1) * sizeof(*taking->changes));
    taking->answers = arena_alloc(arena, (count + 1) * sizeof(*taking->answers));
    taking->bigs = arena_alloc(arena, (count + 1) * sizeof(*taking->bigs));
    taking->outbox = desk_outbox(taking->to->context->desk, true, &taking->n_outbox, &ignored);
    if (taking->outbox == NULL)
        taking->n_outbox = 0;
    return taking->changes != NULL && taking->answers != NULL && taking->bigs != NULL;
}

enum command_exit quarantine_accept(const struct review *to)
{
    struct taking taking = {.to = to};
    enum command_exit code;

    if (!make_room(&taking))
        return change_no_memory(to->context);
    if ((code = take_all(&taking)) != COMMAND_OK)
        return code;
    if (taking.count > 0)
        code = write_all(&taking);
    if (code == COMMAND_CONFLICT)
        command_tell(to->context, "kept", "%s",
            _("The quarantine of what clashes stays as it is until this is settled: “concert "
              "conflicts”."));
    code = answer_all(&taking, code);
    return code == COMMAND_OK && taking.left ? COMMAND_REFUSED : code;
}
