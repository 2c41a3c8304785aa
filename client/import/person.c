#include "import/person.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "clock.h"
#include "i18n.h"
#include "import/person_file.h"
#include "input/change.h"
#include "input/pick.h"
#include "printers/printer.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"

#define NAME_SIZE 512
#define TEXT_SIZE 65536

struct person {
    struct context *context;
    struct arena *arena;
    const char *name;
    char folded[NAME_SIZE];
    const struct book_entry *named; /* by its handle; NULL: by a name */
    const struct book_entry **records;
    size_t n_records, room;
    size_t authored, mentions;
    bool whole; /* the log is known here up to the copy */
};

/* --- whom --------------------------------------------------------------------------------------
 */

static bool is_personal(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return (kinds_field(kind, field->name)->flags & KIND_PERSONAL) != 0;
}

/* The first personal text, which is the name in every kind that has one. */
static const char *name_in(const struct book_entry *entry)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;

    for (unsigned i = 0; i < d->n_fields; i++)
        if (is_personal(entry->kind, &d->fields[i]))
            return book_text(entry, d->fields[i].name);
    return NULL;
}

static void find_named(struct person *to, const char *who)
{
    for (size_t k = 0; k < kinds_count && to->named == NULL; k++) {
        size_t count;
        const struct book_entry *const *list =
            kinds_has_personal(&kinds[k]) ? book_list(to->context->book, kinds[k].id, &count)
                                          : NULL;

        for (size_t i = 0; list != NULL && i < count; i++)
            if (strcasecmp(list[i]->handle, who) == 0 && name_in(list[i]) != NULL)
                to->named = list[i];
    }
    to->name = to->named == NULL ? who : name_in(to->named);
    text_fold(to->name, to->folded, sizeof(to->folded));
}

/* Letters, then a number: nobody is called so. */
static bool is_handle(const char *word)
{
    size_t letters = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    return letters > 0 && letters < 4 && word[letters] != '\0' &&
           strspn(word + letters, "0123456789") == strlen(word + letters);
}

static bool same_name(const struct person *to, const char *text)
{
    char folded[NAME_SIZE];

    if (text == NULL || strlen(text) >= NAME_SIZE / 4)
        return false;
    text_fold(text, folded, sizeof(folded));
    return strcmp(folded, to->folded) == 0;
}

/* Others ask for what is held on themselves. */
static bool may_ask(const struct person *to)
{
    const struct book_entry *own =
        book_get(to->context->book, desk_identity(to->context->desk)->account);

    return pick_is_staff(to->context) ||
           (own != NULL && (to->named == own || same_name(to, book_text(own, "person"))));
}

/* --- records -----------------------------------------------------------------------------------
 */

static bool has(const struct person *to, const struct book_entry *entry)
{
    for (size_t i = 0; i < to->n_records; i++)
        if (to->records[i] == entry)
            return true;
    return false;
}

/* It names the person in a personal field, or hangs on a record that does by way of its account or
 * device. */
static bool is_held(const struct person *to, const struct book_entry *entry)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;
    const char *hook = entry->kind->id == CONCERT__KIND__DEVICE       ? "account"
                       : entry->kind->id == CONCERT__KIND__QUARANTINE ? "device"
                                                                      : NULL;

    if (entry == to->named)
        return true;
    if (hook != NULL) {
        const struct book_entry *on = book_follow(to->context->book, entry, hook);

        return on != NULL && has(to, on);
    }
    for (unsigned i = 0; i < d->n_fields; i++)
        if (is_personal(entry->kind, &d->fields[i]) &&
            same_name(to, book_text(entry, d->fields[i].name)))
            return true;
    return false;
}

/* Accounts come before devices, and these before what they had not sent: in the register's order.
 */
static bool collect(struct person *to)
{
    size_t count;

    for (size_t k = 0; k < kinds_count; k++) {
        book_list(to->context->book, kinds[k].id, &count);
        to->room += count;
    }
    to->records = arena_alloc(to->arena, (to->room + 1) * sizeof(*to->records));
    for (size_t k = 0; to->records != NULL && k < kinds_count; k++) {
        const struct book_entry *const *list = book_list(to->context->book, kinds[k].id, &count);

        for (size_t i = 0; i < count; i++)
            if (is_held(to, list[i]))
                to->records[to->n_records++] = list[i];
    }
    return to->records != NULL;
}

static const char *kind_word(const struct person *to, const struct kind *kind)
{
    return to->context->machine ? kind->name
                                : words_show(WORDS_KIND, kind->name, to->context->language);
}

/* "field: value" of every field that is set. */
static const char *const *content(
    const struct person *to, const struct book_entry *entry, size_t *count_r)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;
    const char **lines = arena_alloc(to->arena, (d->n_fields + 1) * sizeof(*lines));
    const char *language = to->context->language;

    *count_r = 0;
    for (unsigned i = 0; lines != NULL && i < d->n_fields; i++)
        if (record_count(entry->body, &d->fields[i]) > 0)
            lines[(*count_r)++] = arena_printf(to->arena, _("%s: %s"),
                to->context->machine ? d->fields[i].name
                                     : words_show(WORDS_FIELD, d->fields[i].name, language),
                phrase_field(to->context->book, entry->kind, entry->body, &d->fields[i], language,
                    false, to->arena));
    return lines;
}

static void draw_records(const struct person *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Record"), SHEET_TEXT, false, false},
        {"kind", N_("Kind"), SHEET_TEXT, false, false},
        {"content", N_("What stands in it"), SHEET_LIST, true, false},
        {"created_at", N_("Made"), SHEET_TIME, false, false},
        {"changed_at", N_("Changed"), SHEET_TIME, false, false}};
    struct sheet *sheet = report_sheet(to->context->report, "records",
        N_("Records that name the person"), SHEET_TABLE, false, columns, 5);

    for (size_t i = 0; i < to->n_records; i++) {
        const struct book_entry *entry = to->records[i];
        size_t count;
        const char *const *lines = content(to, entry, &count);

        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, entry->handle);
        sheet_text(sheet, kind_word(to, entry->kind));
        sheet_texts(sheet, lines, lines == NULL ? 0 : count);
        sheet_number(sheet, entry->created_at);
        sheet_number(sheet, entry->changed_at);
    }
}

/* --- what they wrote ---------------------------------------------------------------------------
 */

static bool is_author(const struct person *to, const Concert__Change *change)
{
    for (size_t i = 0; i < to->n_records && change->account.len == UUID_SIZE; i++)
        if (to->records[i]->kind->id == CONCERT__KIND__ACCOUNT &&
            uuid_equal(to->records[i]->id, change->account.data))
            return true;
    return false;
}

static void put_change(const struct person *to, struct sheet *sheet, const Concert__Change *change)
{
    const struct book_entry *entry =
        change->id.len == UUID_SIZE ? book_get(to->context->book, change->id.data) : NULL;
    const struct kind *kind = kinds_get(change->kind);
    const char **fields = arena_alloc(to->arena, (change->n_fields + 1) * sizeof(*fields));

    for (size_t i = 0; fields != NULL && i < change->n_fields; i++)
        fields[i] = to->context->machine
                        ? change->fields[i]
                        : words_show(WORDS_FIELD, change->fields[i], to->context->language);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)change->seq);
    sheet_number(sheet, change->at);
    sheet_text(sheet, entry != NULL
                          ? phrase_name(to->context->book, entry, to->context->language, to->arena)
                      : kind == NULL ? NULL
                                     : kind_word(to, kind));
    sheet_texts(sheet, fields, fields == NULL ? 0 : change->n_fields);
    sheet_text(sheet, change->device_name);
    sheet_text(sheet, change->reason);
}

static void draw_authored(struct person *to)
{
    static const struct sheet_column columns[] = {{"seq", N_("No."), SHEET_NUMBER, false, false},
        {"at", N_("When"), SHEET_TIME, false, false},
        {"record", N_("Record"), SHEET_TEXT, true, false},
        {"fields", N_("Fields"), SHEET_LIST, true, false},
        {"device", N_("Device"), SHEET_TEXT, false, false},
        {"reason", N_("Reason"), SHEET_TEXT, true, false}};
    struct sheet *sheet = report_sheet(to->context->report, "authored",
        N_("Changes that the person's account made"), SHEET_TABLE, false, columns, 6);
    struct desk_log log = {.count = 0};
    struct desk_why why;
    uint64_t seq = 0;

    desk_age(to->context->desk, &seq);
    to->whole = desk_log(to->context->desk, &log, &why) && log.upto >= seq;
    for (size_t i = 0; i < log.count; i++)
        if (is_author(to, log.changes[i])) {
            put_change(to, sheet, log.changes[i]);
            to->authored++;
        }
}

/* --- free words --------------------------------------------------------------------------------
 */

/* Of a folded word: “Anne” is not told of in “année”. */
static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool mentions(struct person *to, const char *text, char *folded)
{
    const size_t length = strlen(to->folded);

    text_fold(text, folded, TEXT_SIZE);
    for (const char *at = strstr(folded, to->folded); at != NULL; at = strstr(at + 1, to->folded))
        if ((at == folded || !is_letter(at[-1])) && !is_letter(at[length]))
            return true;
    return false;
}

static void put_mentions(
    struct person *to, struct sheet *sheet, const struct book_entry *entry, char *folded)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;

    for (unsigned i = 0; i < d->n_fields; i++) {
        const char *text = d->fields[i].type != PROTOBUF_C_TYPE_STRING ||
                                   d->fields[i].label == PROTOBUF_C_LABEL_REPEATED ||
                                   is_personal(entry->kind, &d->fields[i])
                               ? NULL
                               : book_text(entry, d->fields[i].name);

        if (text == NULL || !mentions(to, text, folded))
            continue;
        to->mentions++;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, entry->handle);
        sheet_text(sheet, kind_word(to, entry->kind));
        sheet_text(sheet, to->context->machine
                              ? d->fields[i].name
                              : words_show(WORDS_FIELD, d->fields[i].name, to->context->language));
        sheet_text(sheet, text);
    }
}

static void draw_mentions(struct person *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Record"), SHEET_TEXT, false, false},
        {"kind", N_("Kind"), SHEET_TEXT, false, false},
        {"field", N_("Field"), SHEET_TEXT, false, false},
        {"text", N_("Text"), SHEET_TEXT, true, false}};
    struct sheet *sheet = report_sheet(to->context->report, "mentions", N_("Mentions in free text"),
        SHEET_TABLE, false, columns, 4);
    char *folded = arena_alloc(to->arena, TEXT_SIZE);
    size_t count;

    for (size_t k = 0; folded != NULL && k < kinds_count; k++) {
        const struct book_entry *const *list = book_list(to->context->book, kinds[k].id, &count);

        for (size_t i = 0; i < count; i++)
            put_mentions(to, sheet, list[i], folded);
    }
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static void draw_head(const struct person *to)
{
    static const struct sheet_column columns[] = {{"name", N_("Person"), SHEET_TEXT, false, false},
        {"region", N_("Region"), SHEET_TEXT, false, false},
        {"gathered_at", N_("Gathered"), SHEET_TIME, false, false},
        {"responsible", N_("Responsible for personal information"), SHEET_TEXT, false, false}};
    const struct desk_identity *me = desk_identity(to->context->desk);
    struct sheet *sheet =
        report_sheet(to->context->report, "person", NULL, SHEET_CARD, true, columns, 4);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, to->name);
    sheet_text(sheet, me->title);
    sheet_number(sheet, clock_now());
    sheet_text(sheet, me->responsible[0] == '\0' ? NULL : me->responsible);
}

static void note_limits(const struct person *to)
{
    struct report *report = to->context->report;

    report_note(report, _("Documents' files are not searched."));
    if (!to->whole)
        report_note(report, _("This device does not know all of the log: with the server in reach "
                              "the changes are told to the end."));
}

static void draw(struct person *to)
{
    draw_head(to);
    draw_records(to);
    draw_authored(to);
    draw_mentions(to);
    note_limits(to);
}

/* --- into a file -------------------------------------------------------------------------------
 */

/* A file that ends in .json is for programs, any other for its reader. */
static enum command_exit write_file(struct person *to, const char *path)
{
    struct context *context = to->context;
    struct report *shown = context->report;
    const char *dot = strrchr(path, '.');
    bool machine = context->machine, json = dot != NULL && strcasecmp(dot, ".json") == 0;
    enum command_exit code;

    context->report = report_new();
    if (context->report == NULL) {
        context->report = shown;
        return change_no_memory(context);
    }
    context->machine = json || machine;
    report_for(context->report, context->language, context->machine);
    draw(to);
    code =
        person_file_save(context, context->machine ? printer_find("json") : printer_get(0), path);
    report_free(&context->report);
    context->report = shown;
    context->machine = machine;
    if (code == COMMAND_OK)
        command_tell(context, "written",
            _("All that is held on %s is in %s: hand it to nobody else."), to->name, path);
    return code;
}

enum command_exit person_export(struct context *context, const char *who)
{
    struct person to = {.context = context, .arena = context->arena};
    const char *path = command_option(context, "to");

    if (who[0] == '\0' || strlen(who) >= NAME_SIZE / 4)
        return command_say(context, COMMAND_USAGE,
            _("Say whom: concert export --person NAME, or a handle such as C2."));
    find_named(&to, who);
    if (!may_ask(&to))
        return command_say(context, COMMAND_REFUSED,
            _("What is held on others is the Consortium's staff's to gather: you may ask for your "
              "own."));
    if (to.named == NULL && is_handle(who))
        return command_say(context, COMMAND_NOT_FOUND,
            _("There is no “%s” here. Give the name as it is written, or the handle of a record "
              "that names the person."),
            who);
    if (!collect(&to))
        return change_no_memory(context);
    if (path != NULL)
        return write_file(&to, path);
    draw(&to);
    if (to.n_records + to.authored + to.mentions == 0)
        command_tell(context, "nothing", _("Nothing is held on %s."), to.name);
    return COMMAND_OK;
}
