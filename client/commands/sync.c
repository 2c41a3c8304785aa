/* Sends what waits, brings the copy up to date, and settles what needs a person's choice. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "desk/desk_document.h"
#include "i18n.h"
#include "input/change.h"
#include "record.h"
#include "words/outcome.h"
#include "words/sending.h"

/* --- settling one operation --- */

static const struct desk_operation *find_operation(
    struct context *context, const char *typed, enum command_exit *code_r)
{
    struct desk_why why;
    size_t count;
    char *end;
    unsigned long long number = strtoull(typed, &end, 10);
    const struct desk_operation *list = desk_outbox(context->desk, false, &count, &why);

    *code_r = COMMAND_OK;
    if (list == NULL) {
        *code_r = command_why(context, &why);
        return NULL;
    }
    for (size_t i = 0; i < count && *typed != '\0' && *end == '\0'; i++)
        if (list[i].number == number &&
            (list[i].state == DESK_CONFLICT || list[i].state == DESK_REFUSED))
            return &list[i];
    *code_r = command_say(context, COMMAND_NOT_FOUND,
        _("Nothing under the number “%s” waits for a choice: “concert status” lists what does."),
        typed);
    return NULL;
}

static enum command_exit drop(struct context *context, uint64_t number)
{
    struct desk_why why;

    return desk_drop(context->desk, number, &why) ? COMMAND_OK : command_why(context, &why);
}

/* The operation as a change upon the record as it is now; its parts are copied to the arena,
 * because the outbox's own go with the next call. False when memory is out. */
static bool renew(
    struct context *context, const struct desk_operation *operation, struct desk_change *change_r)
{
    struct arena *arena = context->arena;
    const struct book_entry *entry = book_get(context->book, operation->id);
    const char **clear = arena_alloc(arena, (operation->n_clear + 1) * sizeof(*clear));
    struct error error;
    uint8_t *bytes;
    size_t size;

    *change_r = (struct desk_change){.kind = operation->kind,
        .base = entry == NULL ? 0 : entry->revision,
        .clear = clear,
        .n_clear = operation->n_clear,
        .remove = operation->remove};
    memcpy(change_r->id, operation->id, UUID_SIZE);
    if (clear == NULL)
        return false;
    for (size_t i = 0; i < operation->n_clear; i++)
        clear[i] = arena_printf(arena, "%s", operation->clear[i]);
    if (operation->reason != NULL)
        change_r->reason = arena_printf(arena, "%s", operation->reason);
    if (operation->patch == NULL)
        return true;
    bytes = record_encode(operation->patch, arena, &size);
    change_r->patch =
        bytes == NULL ? NULL : record_decode(operation->kind, bytes, size, arena, &error);
    return change_r->patch != NULL;
}

/* Writes the operation anew before it forgets the old one: a crash between the two loses nothing.
 */
static enum command_exit keep(struct context *context, const struct desk_operation *operation)
{
    uint64_t number = operation->number;
    struct desk_change change;
    enum command_exit code, dropped;

    if (!renew(context, operation, &change))
        return change_no_memory(context);
    code = command_write(context, &change, 1, false);
    if (code == COMMAND_FAILED || code == COMMAND_USAGE)
        return code;
    dropped = drop(context, number);
    return code == COMMAND_OK ? dropped : code;
}

static enum command_exit settle(struct context *context, const char *kept, const char *dropped)
{
    const struct desk_operation *operation;
    enum command_exit code = COMMAND_OK;

    operation = find_operation(context, kept != NULL ? kept : dropped, &code);
    if (operation != NULL)
        code = kept != NULL ? keep(context, operation) : drop(context, operation->number);
    if (operation != NULL && code == COMMAND_OK && dropped != NULL)
        command_tell(context, "dropped", "%s",
            _("Your change is put aside; the record stays as the others left it."));
    return code;
}

/* --- sending and fetching --- */

static size_t count_waiting(struct context *context)
{
    struct desk_why why;
    size_t count = 0, waiting = 0;
    const struct desk_operation *list = desk_outbox(context->desk, false, &count, &why);

    for (size_t i = 0; list != NULL && i < count; i++)
        waiting += list[i].state < DESK_ACCEPTED;
    return waiting;
}

/* Sends the files of documents, however long it takes. */
static enum command_exit send_documents(struct context *context)
{
    struct desk_sending sending;
    struct desk_why why;
    bool good = desk_document_send(context->desk, -1, &sending, &why);

    sending_tell(context, &sending, true);
    return good ? COMMAND_OK : command_why(context, &why);
}

static void report_counts(struct context *context, size_t sent, uint64_t received, uint64_t seq)
{
    static const struct sheet_column columns[] = {
        {"sent", N_("Changes sent"), SHEET_NUMBER, false, false},
        {"received", N_("Changes received"), SHEET_NUMBER, false, false},
        {"seq", N_("Changes in the copy"), SHEET_NUMBER, false, false}};
    struct sheet *sheet = report_sheet(context->report, "sync", NULL, SHEET_CARD, true, columns, 3);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)sent);
    sheet_number(sheet, (int64_t)received);
    sheet_number(sheet, (int64_t)seq);
}

/* Says of each operation that needs a person what it needs. The exit code tells the worst. */
static enum command_exit tell_unsettled(struct context *context)
{
    enum command_exit code = COMMAND_OK;
    struct desk_why why;
    size_t count;
    const struct desk_operation *list = desk_outbox(context->desk, false, &count, &why);

    if (list == NULL)
        return command_why(context, &why);
    for (size_t i = 0; i < count; i++) {
        outcome_tell(context, &list[i], false);
        if (list[i].state == DESK_REFUSED)
            code = COMMAND_REFUSED;
        else if (list[i].state == DESK_CONFLICT && code == COMMAND_OK)
            code = COMMAND_CONFLICT;
    }
    return code;
}

static enum command_exit run(struct context *context)
{
    const char *kept = command_option(context, "keep");
    const char *dropped = command_option(context, "drop");
    struct desk_why why = {.trouble = DESK_FINE};
    enum command_exit code = COMMAND_OK;
    size_t before = count_waiting(context), after, sent;
    uint64_t from, to;

    desk_age(context->desk, &from);
    if (!command_refresh(context, &why))
        return command_why(context, &why);
    context->book = desk_book(context->desk, &why);
    if (context->book == NULL)
        return command_why(context, &why);
    if (kept != NULL || dropped != NULL)
        code = settle(context, kept, dropped);
    if (code != COMMAND_OK)
        return code;
    after = count_waiting(context);
    desk_age(context->desk, &to);
    sent = before > after ? before - after : 0;
    report_counts(context, sent, to > from + sent ? to - from - sent : 0, to);
    code = send_documents(context);
    return code != COMMAND_OK ? code : tell_unsettled(context);
}

static const struct command_option options[] = {
    {"keep", "garder", 0, N_("NUMBER"),
        N_("Sends again the change of that number, over what others wrote.")},
    {"drop", "laisser", 0, N_("NUMBER"),
        N_("Puts aside the change of that number: what others wrote stays.")},
    {.name = NULL},
};

const struct command sync_command = {
    .name = "sync",
    .french = "synchroniser",
    .usage_en = "[--keep NUMBER | --drop NUMBER]",
    .usage_fr = "[--garder NUMÉRO | --laisser NUMÉRO]",
    .summary = N_("Sends what waits and brings the copy up to date; settles conflicts."),
    .examples_en = "concert sync\nconcert sync --keep 12",
    .examples_fr = "concert synchroniser\nconcert synchroniser --garder 12",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_NO_REFRESH,
    .run = run,
};
