/* Finds words anywhere in the plan, accents and case alike, and shows where. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "input/change.h"
#include "record.h"
#include "text.h"
#include "words.h"

#define WORDS_MAX 32
#define WORD_SIZE 256
#define AROUND 28 /* characters shown before what was found */
#define EXCERPT 90

struct search {
    struct context *context;
    struct arena *arena;
    struct sheet *sheet;
    char words[WORDS_MAX][WORD_SIZE];
    size_t n_words, found;
    char *folded; /* scratch for one text */
    size_t room;
    bool out_of_memory;
};

/* Where a word is: a field, and which of its values. */
struct place {
    const ProtobufCFieldDescriptor *field;
    const char *text;
};

static bool holds(struct search *search, const char *text, const char *word)
{
    size_t size = strlen(text) * 3 + 1; /* no character folds to more */

    if (size > search->room) {
        char *more = realloc(search->folded, size);
        if (more == NULL) {
            search->out_of_memory = true;
            return false;
        }
        search->folded = more;
        search->room = size;
    }
    text_fold(text, search->folded, search->room);
    return strstr(search->folded, word) != NULL;
}

/* What people read of a text: a kind has its word in their language. */
static const char *readable(const struct search *search, const struct book_entry *entry,
    const ProtobufCFieldDescriptor *field, const char *text)
{
    return !search->context->machine && entry->kind->id == CONCERT__KIND__QUARANTINE &&
                   strcmp(field->name, "target_kind") == 0
               ? words_show(WORDS_KIND, text, search->context->language)
               : text;
}

/* The first text field of the record that holds the word; field NULL when none does. */
static struct place find_word(
    struct search *search, const struct book_entry *entry, const char *word)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;

    for (unsigned i = 0; i < d->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &d->fields[i];
        if (field->type != PROTOBUF_C_TYPE_STRING)
            continue;
        for (size_t j = 0; j < record_count(entry->body, field); j++) {
            const char *text =
                readable(search, entry, field, record_get(entry->body, field, j).data);
            if (holds(search, text, word))
                return (struct place){field, text};
        }
    }
    return (struct place){NULL, NULL};
}

/* Where in the text the word begins: the first character from which the folded text begins with it.
 */
static size_t offset_of(const char *text, const char *word)
{
    char folded[WORD_SIZE * 2];
    size_t length = strlen(text);

    for (size_t i = 0; i < length;) {
        uint32_t c;
        size_t size = text_decode(text + i, length - i, &c);
        char start[WORD_SIZE];
        text_copy(start, sizeof(start), text + i);
        text_fold(start, folded, sizeof(folded));
        if (strncmp(folded, word, strlen(word)) == 0)
            return i;
        i += size == 0 ? 1 : size;
    }
    return 0;
}

/* "title: …words around what was found…". */
static const char *excerpt(const struct search *search, const struct place *place, const char *word)
{
    size_t at = offset_of(place->text, word), start = at;
    const char *text;

    for (size_t n = 0; start > 0 && n < AROUND; n++)
        while (--start > 0 && ((unsigned char)place->text[start] & 0xc0) == 0x80)
            ;
    while (start > 0 && start < at && place->text[start - 1] != ' ')
        start++; /* from the beginning of a word */
    while (((unsigned char)place->text[start] & 0xc0) == 0x80)
        start++;
    at = text_fit(place->text + start, EXCERPT, NULL);
    text = arena_printf(search->arena, _("%s: %s%.*s%s"),
        words_show(WORDS_FIELD, place->field->name, search->context->language),
        start > 0 ? "…" : "", (int)at, place->text + start,
        place->text[start + at] == '\0' ? "" : "…");
    return text == NULL ? "" : text;
}

static void add_row(struct search *search, const struct book_entry *entry,
    const struct place *place, const char *word)
{
    struct sheet *sheet = search->sheet;
    struct context *context = search->context;
    char id[UUID_TEXT];

    search->found++;
    uuid_format(entry->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, id);
    sheet_text(sheet, entry->handle);
    sheet_text(sheet, context->machine
                          ? entry->kind->name
                          : words_show(WORDS_KIND, entry->kind->name, context->language));
    sheet_text(sheet, book_label(context->book, entry));
    sheet_text(sheet, place->field == NULL ? "handle" : place->field->name);
    if (place->field == NULL)
        sheet_text(sheet, words_show(WORDS_FIELD, "handle", context->language));
    else
        sheet_text(sheet, context->machine ? place->text : excerpt(search, place, word));
}

/* A record is found when each word is somewhere in it. What is shown is where the last one was,
 * which is mostly the rarest that people type. */
static void look(struct search *search, const struct book_entry *entry)
{
    struct place place = {NULL, NULL};

    for (size_t i = 0; i < search->n_words; i++) {
        place = find_word(search, entry, search->words[i]);
        if (place.field == NULL && !holds(search, entry->handle, search->words[i]))
            return;
    }
    add_row(search, entry, &place, search->words[search->n_words - 1]);
}

static bool read_words(struct search *search)
{
    for (int i = 0; i < search->context->argc; i++) {
        char folded[WORD_SIZE];
        text_fold(search->context->argv[i], folded, sizeof(folded));
        for (char *rest = folded; *rest != '\0' && search->n_words < WORDS_MAX;) {
            size_t length = strcspn(rest, " ");
            if (length > 0) {
                memcpy(search->words[search->n_words], rest, length);
                search->words[search->n_words++][length] = '\0';
            }
            rest += length + (rest[length] == ' ');
        }
    }
    return search->n_words > 0;
}

static enum command_exit find(struct search *search)
{
    static const struct sheet_column columns[] = {{"id", NULL, SHEET_TEXT, false, true},
        {"handle", N_("Handle"), SHEET_TEXT, false, false},
        {"kind", N_("Kind"), SHEET_TEXT, false, false},
        {"label", N_("Record"), SHEET_TEXT, true, false}, {"field", NULL, SHEET_TEXT, false, true},
        {"text", N_("Where"), SHEET_TEXT, true, false}};
    struct context *context = search->context;

    search->sheet = report_sheet(context->report, "found", NULL, SHEET_TABLE, false, columns, 6);
    for (size_t i = 0; i < kinds_count; i++) {
        size_t count;
        const struct book_entry *const *entries = book_list(context->book, kinds[i].id, &count);
        for (size_t j = 0; j < count; j++)
            look(search, entries[j]);
    }
    if (search->out_of_memory)
        return change_no_memory(context);
    if (search->found == 0)
        return command_say(context, COMMAND_NOT_FOUND,
            _("Nothing holds these words: try fewer, or shorter ones."));
    report_note(context->report,
        arena_printf(
            search->arena, ngettext("%zu record.", "%zu records.", search->found), search->found));
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct search *search = arena_alloc(context->arena, sizeof(*search));
    enum command_exit code;

    if (search == NULL)
        return change_no_memory(context);
    *search = (struct search){.context = context, .arena = context->arena};
    code = read_words(search)
               ? find(search)
               : command_say(context, COMMAND_USAGE, _("Say which words to look for."));
    free(search->folded);
    return code;
}

const struct command search_command = {
    .name = "search",
    .french = "chercher",
    .usage_en = "WORDS",
    .usage_fr = "MOTS",
    .summary = N_("Finds words anywhere in the plan; accents and capitals do not matter."),
    .examples_en = "concert search logement\nconcert search securite alimentaire",
    .examples_fr = "concert chercher logement\nconcert chercher sécurité alimentaire",
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_READS,
    .run = run,
};
