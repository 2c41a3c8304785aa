#include "input/asked.h"

#include <string.h>

#include "date.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "words.h"

#define DAYS_MAX 3660

bool asked_record(struct context *context, const char *option, uint64_t kinds_mask,
    const struct book_entry **entry_r, enum command_exit *code_r)
{
    const char *word = command_option(context, option);

    *entry_r = NULL;
    *code_r = COMMAND_OK;
    if (word == NULL)
        return true;
    *entry_r = kinds_mask == KIND_BIT(PARTY) ? pick_party(context, word, NULL, code_r)
                                             : command_record(context, word, kinds_mask, code_r);
    return *entry_r != NULL;
}

bool asked_choice(struct context *context, const char *option, Concert__Kind kind,
    const char *field, struct arena *arena, int64_t *number_r, enum command_exit *code_r)
{
    const struct fields_reader reader = change_reader(context, arena);
    const ProtobufCFieldDescriptor *of = record_field(kinds_get(kind), field);
    const char *word = command_option(context, option);
    struct fields_problem problem;
    struct fields_patch patch;

    *number_r = 0;
    *code_r = COMMAND_OK;
    if (word == NULL || *word == '\0')
        return true;
    if (!fields_begin(&reader, kinds_get(kind), &patch)) {
        *code_r = change_no_memory(context);
        return false;
    }
    if (!fields_set(&reader, &patch, of, word, &problem)) {
        *code_r = change_wrong(context, &problem);
        return false;
    }
    if (record_count(patch.message, of) > 0)
        *number_r = record_get(patch.message, of, 0).number;
    return true;
}

bool asked_days(
    struct context *context, const char *option, int32_t *days_r, enum command_exit *code_r)
{
    const char *text = command_option(context, option);
    int64_t number;

    if (text == NULL)
        return true;
    if (fields_number(text, &number) && number >= 0 && number <= DAYS_MAX) {
        *days_r = (int32_t)number;
        return true;
    }
    *code_r = command_say(
        context, COMMAND_USAGE, _("“%s” is not a number of days from 0 to 3660."), text);
    return false;
}

bool asked_note_none(struct context *context, Concert__Kind kind, struct arena *arena)
{
    const char *word = words_show(WORDS_KIND, kinds_get(kind)->name, context->language);
    const char *quote = strchr(word, ' ') == NULL ? "" : "\"";
    size_t count;

    book_list(context->book, kind, &count);
    if (count > 0)
        return false;
    report_note(context->report,
        arena_printf(arena, _("Nothing here yet: “concert add %s%s%s” makes the first."), quote,
            word, quote));
    return true;
}

void asked_note_as_of(struct context *context, struct arena *arena)
{
    char day[DATE_TEXT_SIZE];
    uint64_t seq = 0;

    desk_age(context->desk, &seq);
    date_long_text(context->today, context->language, day, sizeof(day));
    report_note(
        context->report, arena_printf(arena, _("As of %s and change %llu of the region's log."),
                             day, (unsigned long long)seq));
}
