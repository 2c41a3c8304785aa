#include "words/former.h"

#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "record.h"
#include "words.h"
#include "words/phrase.h"

struct former {
    struct context *context;
    struct sheet *sheet;
};

/* What the record is now, in comparison. */
enum lack { LACK_MISSING, LACK_OLDER, LACK_REMOVED };

struct lacking {
    const char *name, *say;
};

static const struct lacking lacks[] = {
    [LACK_MISSING] = {"missing", N_("missing")},
    [LACK_OLDER] = {"older", N_("older there")},
    [LACK_REMOVED] = {"removed", N_("there again, though removed")},
};

static bool is_empty(const ProtobufCMessage *body)
{
    for (unsigned i = 0; i < body->descriptor->n_fields; i++)
        if (record_count(body, &body->descriptor->fields[i]) > 0)
            return false;
    return true;
}

/* For programs: "percent=88", a list's values with "; " between them. */
static const char *plain(
    const struct book_entry *entry, const ProtobufCFieldDescriptor *field, struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < record_count(entry->body, field) && text != NULL; i++)
        text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : "; ",
            record_text(entry->kind, field, record_get(entry->body, field, i), arena));
    return text == NULL ? NULL : arena_printf(arena, "%s=%s", field->name, text);
}

/* "field: what stood in it", for each field that the copy does not show so. */
static const char *const *contents(const struct former *former, const struct book_entry *entry,
    const struct book_entry *now, size_t *count_r)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;
    struct context *context = former->context;
    struct arena *arena = context->arena;
    const char **list = arena_alloc(arena, d->n_fields * sizeof(*list));

    *count_r = 0;
    for (unsigned i = 0; list != NULL && i < d->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &d->fields[i];
        const char *text = phrase_field(
            context->book, entry->kind, entry->body, field, context->language, false, arena);
        const char *shown = now == NULL ? ""
                                        : phrase_field(context->book, entry->kind, now->body, field,
                                              context->language, false, arena);

        if (text == NULL || shown == NULL || strcmp(text, shown) == 0)
            continue;
        list[(*count_r)++] = context->machine
                                 ? plain(entry, field, arena)
                                 : arena_printf(arena, _("%s: %s"),
                                       words_show(WORDS_FIELD, field->name, context->language),
                                       text[0] == '\0' ? _("(empty)") : text);
    }
    return list;
}

static const char *author(const struct context *context, const struct book_entry *entry)
{
    const struct book_entry *account = book_get(context->book, entry->changed_by);

    return account == NULL ? NULL : book_label(context->book, account);
}

static bool put_row(void *arg, const struct book_entry *entry)
{
    const struct former *former = arg;
    struct context *context = former->context;
    const struct book_entry *now = book_get(context->book, entry->id);
    enum lack lack = is_empty(entry->body) ? LACK_REMOVED : now == NULL ? LACK_MISSING : LACK_OLDER;
    char id[UUID_TEXT];
    size_t count = 0;
    const char *const *list = lack == LACK_REMOVED ? NULL : contents(former, entry, now, &count);

    uuid_format(entry->id, id);
    sheet_row(former->sheet, 0, SHEET_PLAIN);
    sheet_text(former->sheet, arena_printf(context->arena, "%s", entry->handle));
    if (context->machine) {
        sheet_text(former->sheet, entry->kind->name);
        sheet_text(former->sheet, arena_printf(context->arena, "%s", id));
    }
    sheet_text(former->sheet,
        arena_printf(context->arena, "%s",
            phrase_name(context->book, lack == LACK_REMOVED && now != NULL ? now : entry,
                context->language, context->arena)));
    sheet_text(former->sheet, context->machine ? lacks[lack].name : _(lacks[lack].say));
    sheet_number(former->sheet, entry->changed_at);
    sheet_text(former->sheet, author(context, entry));
    sheet_texts(former->sheet, list, count);
    return true;
}

bool former_sheet(struct context *context, struct desk_why *why_r)
{
    static const struct sheet_column programs[] = {{"handle", NULL, SHEET_TEXT, false, false},
        {"kind", NULL, SHEET_TEXT, false, false}, {"id", NULL, SHEET_TEXT, false, false},
        {"record", NULL, SHEET_TEXT, false, false}, {"state", NULL, SHEET_TEXT, false, false},
        {"at", NULL, SHEET_TIME, false, false}, {"who", NULL, SHEET_TEXT, false, false},
        {"content", NULL, SHEET_LIST, false, false}};
    static const struct sheet_column people[] = {{"handle", N_("Handle"), SHEET_TEXT, false, false},
        {"record", N_("Record"), SHEET_TEXT, false, false},
        {"state", N_("At the server"), SHEET_TEXT, false, false},
        {"at", N_("Written"), SHEET_TIME, false, false},
        {"who", N_("By"), SHEET_TEXT, false, false},
        {"content", N_("What stood in it"), SHEET_LIST, false, false}};
    struct former former = {.context = context};

    former.sheet = report_sheet(context->report, "former",
        N_("Records of the former copy that the server lacks, or has older"),
        context->machine ? SHEET_TABLE : SHEET_CARD, false, context->machine ? programs : people,
        context->machine ? 8 : 6);
    return desk_former(context->desk, put_row, &former, why_r);
}
