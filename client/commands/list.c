/* The records of one kind, those alone whose fields are as asked. */
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "input/change.h"
#include "input/fields.h"
#include "input/pick.h"
#include "record.h"
#include "text.h"
#include "words/kind_word.h"

#define VALUE_SIZE 512

struct filter {
    struct context *context;
    struct arena *arena;
    struct fields_patch wanted;
};

/* A record without a status is in the first of the list (records.proto: "absent: not started"). */
static bool is_default(
    const ProtobufCFieldDescriptor *field, const ProtobufCMessage *body, struct record_value want)
{
    return record_count(body, field) == 0 && strcmp(field->name, "status") == 0 && want.number == 1;
}

static bool same_value(
    const ProtobufCFieldDescriptor *field, struct record_value have, struct record_value want)
{
    char folded_have[VALUE_SIZE * 8], folded_want[VALUE_SIZE];

    if (have.data == NULL || want.data == NULL)
        return have.data == want.data && have.number == want.number;
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return have.size == want.size && memcmp(have.data, want.data, have.size) == 0;
    text_fold(have.data, folded_have, sizeof(folded_have));
    text_fold(want.data, folded_want, sizeof(folded_want));
    return strstr(folded_have, folded_want) != NULL;
}

static bool field_matches(const struct filter *filter, const ProtobufCFieldDescriptor *field,
    const ProtobufCMessage *body)
{
    size_t wants = record_count(filter->wanted.message, field);

    if (wants == 0) /* "field=": those without it */
        return record_count(body, field) == 0;
    for (size_t w = 0; w < wants; w++) {
        struct record_value want = record_get(filter->wanted.message, field, w);
        bool found = is_default(field, body, want);
        for (size_t i = 0; i < record_count(body, field) && !found; i++)
            found = same_value(field, record_get(body, field, i), want);
        if (!found)
            return false;
    }
    return true;
}

static bool matches(const struct filter *filter, const struct book_entry *entry)
{
    const ProtobufCMessageDescriptor *d = filter->wanted.kind->descriptor;

    for (unsigned i = 0; i < d->n_fields; i++)
        if ((filter->wanted.touched & (UINT64_C(1) << i)) &&
            !field_matches(filter, &d->fields[i], entry->body))
            return false;
    return true;
}

static enum command_exit read_filter(struct filter *filter, const struct kind *kind)
{
    struct context *context = filter->context;
    struct fields_reader reader = change_reader(context, filter->arena);
    struct fields_problem problem;

    if (!fields_begin(&reader, kind, &filter->wanted))
        return change_no_memory(context);
    for (int i = 1; i < context->argc; i++)
        if (!fields_word(&reader, &filter->wanted, context->argv[i], &problem))
            return change_wrong(context, &problem);
    return COMMAND_OK;
}

static enum command_exit show(struct filter *filter, const struct kind *kind)
{
    struct context *context = filter->context;
    size_t count, kept = 0;
    const struct book_entry *const *all = book_list(context->book, kind->id, &count);
    const struct book_entry **entries = arena_alloc(filter->arena, (count + 1) * sizeof(*entries));

    if (entries == NULL)
        return change_no_memory(context);
    for (size_t i = 0; i < count; i++)
        if (matches(filter, all[i]))
            entries[kept++] = all[i];
    report_records(
        context->report, kind->name, NULL, context->book, kind, entries, kept, SHEET_TABLE, false);
    if (count == 0 && kind->readers == KIND_READ_STAFF && !pick_is_staff(context))
        report_note(context->report, _("Such records are for the Consortium's staff alone."));
    else if (kept == 0)
        report_note(context->report, _("No such record."));
    else
        report_note(context->report,
            arena_printf(filter->arena, ngettext("%zu record.", "%zu records.", kept), kept));
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    enum command_exit code;
    const struct kind *kind = kind_word_ask(context, context->argv[0], &code);
    struct filter filter = {.context = context, .arena = context->arena};

    if (code == COMMAND_OK)
        code = read_filter(&filter, kind);
    if (code == COMMAND_OK)
        code = show(&filter, kind);
    return code;
}

const struct command list_command = {
    .name = "list",
    .french = "lister",
    .usage_en = "KIND [FIELD=VALUE…]",
    .usage_fr = "SORTE [CHAMP=VALEUR…]",
    .summary = N_("Lists the records of a kind, all or those whose fields are as said."),
    .examples_en = "concert list actions\nconcert list shares party=Mékinac status=blocked\n"
                   "concert list parties type=local --format csv",
    .examples_fr = "concert lister actions\nconcert lister parts instance=Mékinac état=bloquée\n"
                   "concert lister instances type=local --format csv",
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_READS,
    .run = run,
};
