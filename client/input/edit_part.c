#include "input/edit_part.h"

#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "input/ask.h"
#include "input/form_many.h"
#include "input/pick.h"
#include "words.h"
#include "words/phrase.h"

/* What of a share its committee says. */
static const char *const share_fields[] = {
    "status", "percent", "expected", "next_step", "due", "blocked_by", "help_from"};
#define N_SHARE_FIELDS (sizeof(share_fields) / sizeof(share_fields[0]))

/* The shares of one part, being edited. */
struct whole {
    struct edited *edit;
    const struct book_entry *party; /* NULL: the person's own ones */
    struct form_part *parts;
    size_t count;
};

static bool is_closed(const struct book *book, const struct book_entry *action)
{
    const struct book_entry *plan = book_plan(book, action);

    return plan != NULL && book_number(plan, "status", 0) == CONCERT__PLAN__STATUS__CLOSED;
}

static bool is_wanted(const struct whole *whole, const struct book_entry *share)
{
    const uint8_t *party = record_reference(share->body, share->kind, "party");

    if (party == NULL)
        return false;
    return whole->party == NULL ? pick_is_own(whole->edit->context, party)
                                : uuid_equal(whole->party->id, party);
}

/* `at` is the action's place in the list of all: where two plans have its number, the title says
 * whose it is. */
static void collect_of(
    struct whole *whole, const struct book_entry *const *actions, size_t n, size_t at)
{
    const struct book *book = whole->edit->context->book;
    const struct book_entry *action = actions[at];
    char number[PHRASE_SIZE];
    size_t count;
    const struct book_entry *const *shares =
        book_children(book, action->id, CONCERT__KIND__SHARE, NULL, &count);

    phrase_handle(book, actions, n, at, number);
    for (size_t i = 0; i < count; i++) {
        const struct book_entry *party = book_follow(book, shares[i], "party");

        if (is_wanted(whole, shares[i]))
            whole->parts[whole->count++] = (struct form_part){.entry = shares[i],
                .title = arena_printf(whole->edit->arena, "%s %s · %s", number,
                    book_label(book, action), party == NULL ? "" : book_label(book, party))};
    }
}

/* In the order of the plans, those that are closed left out. */
static bool collect(struct whole *whole)
{
    const struct book *book = whole->edit->context->book;
    size_t n_shares, count;
    const struct book_entry *const *actions;

    book_list(book, CONCERT__KIND__SHARE, &n_shares);
    whole->parts = arena_alloc(whole->edit->arena, (n_shares + 1) * sizeof(*whole->parts));
    if (whole->parts == NULL)
        return false;
    actions = book_list(book, CONCERT__KIND__ACTION, &count);
    for (size_t i = 0; i < count; i++)
        if (!is_closed(book, actions[i]))
            collect_of(whole, actions, count, i);
    return true;
}

/* Leaves in each part's patch what differs. The number of parts that do; SIZE_MAX after having said
 * what cannot stand (code_r). */
static size_t complete(struct whole *whole, enum command_exit *code_r)
{
    struct edited *edit = whole->edit;
    size_t changed = 0;

    for (size_t i = 0; i < whole->count; i++) {
        struct form_part *part = &whole->parts[i];

        if (part->read &&
            !change_complete(edit->context, &edit->reader, &part->patch, part->entry, code_r)) {
            *code_r = edited_kept(
                edit, arena_printf(edit->arena, "[%s] %s:", part->entry->handle, part->title));
            return SIZE_MAX;
        }
        part->read = part->read && change_reduce(&edit->reader, &part->patch, part->entry);
        changed += part->read;
    }
    return changed;
}

static bool clears(const struct fields_patch *patch, const char *name)
{
    for (size_t i = 0; i < patch->n_clear; i++)
        if (strcmp(patch->clear[i], name) == 0)
            return true;
    return false;
}

static void tell_part(struct whole *whole, struct sheet *sheet, const struct form_part *part)
{
    const struct fields_reader *reader = &whole->edit->reader;
    const struct kind *kind = part->entry->kind;

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (record_count(part->patch.message, field) == 0 && !clears(&part->patch, field->name))
            continue;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, part->title);
        sheet_text(sheet, words_show(WORDS_FIELD, field->name, reader->language));
        sheet_text(sheet, fields_show(reader, kind, part->entry->body, field));
        sheet_text(sheet, fields_show(reader, kind, part->patch.message, field));
    }
}

static void tell_changes(struct whole *whole)
{
    struct context *context = whole->edit->context;
    const struct sheet_column columns[] = {
        {"share", _("Part"), SHEET_TEXT, true, false},
        {"field", _("Field"), SHEET_TEXT, false, false},
        {"before", _("Before"), SHEET_TEXT, true, false},
        {"after", _("After"), SHEET_TEXT, true, false},
    };
    struct sheet *sheet = report_sheet(context->report, "changes", _("What you changed"),
        SHEET_TABLE, false, columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < whole->count && sheet != NULL; i++)
        if (whole->parts[i].read)
            tell_part(whole, sheet, &whole->parts[i]);
    command_print(context);
}

/* Shows what changes and asks once. False: not sent (code_r). */
static bool is_sure(struct whole *whole, size_t changed, enum command_exit *code_r)
{
    struct edited *edit = whole->edit;
    struct context *context = edit->context;
    bool yes = command_option(context, "yes") != NULL;

    if (!context->machine)
        tell_changes(whole);
    if (yes)
        return true;
    if (!isatty(STDIN_FILENO)) {
        *code_r = edited_kept(edit, _("Nobody is there to confirm: add --yes."));
        return false;
    }
    command_tell(context, "question",
        ngettext("Send this change of %zu part?", "Send these changes of %zu parts?", changed),
        changed);
    if (ask_yes())
        return true;
    *code_r = edited_kept(edit, "");
    return false;
}

static enum command_exit send_whole(struct whole *whole)
{
    struct edited *edit = whole->edit;
    enum command_exit code = COMMAND_OK;
    size_t changed = complete(whole, &code), count = 0;
    struct desk_change *changes;

    if (changed == SIZE_MAX)
        return code;
    if (changed == 0)
        return edited_unchanged(edit, _("Nothing was changed."));
    if (!is_sure(whole, changed, &code))
        return code;
    changes = arena_alloc(edit->arena, changed * sizeof(*changes));
    if (changes == NULL)
        return change_no_memory(edit->context);
    for (size_t i = 0; i < whole->count; i++)
        if (whole->parts[i].read)
            changes[count++] = change_of(&whole->parts[i].patch, whole->parts[i].entry,
                whole->parts[i].entry->id, command_option(edit->context, "message"));
    return edited_sent(edit, command_write(edit->context, changes, count, true));
}

static const char *heading(const struct whole *whole)
{
    return arena_printf(whole->edit->arena, "%s\n%s\n%s\n%s",
        _("Each part has its section, under its line in brackets. Change what has changed."),
        _("One field to a line. A longer text goes on below, four spaces in from the margin."),
        _("Nothing behind the colon empties the field. Lines with # are not read."),
        _("Save and leave the editor: you see what changes before it is sent."));
}

enum command_exit edit_part_run(struct edited *edit)
{
    struct whole whole = {.edit = edit};
    struct context *context = edit->context;
    const char *word = command_option(context, "party"), *text;
    enum command_exit code = COMMAND_OK;
    struct fields_problem problem;

    edit->again =
        word == NULL ? _("--mine") : arena_printf(edit->arena, _("--mine --party \"%s\""), word);
    if (word != NULL && (whole.party = pick_party(context, word, NULL, &code)) == NULL)
        return code;
    if (whole.party != NULL && !pick_is_staff(context) && !pick_is_own(context, whole.party->id))
        return command_say(context, COMMAND_REFUSED,
            _("%s is not yours: only the Consortium's staff edits another committee's part."),
            book_label(context->book, whole.party));
    if (edit->again == NULL || !collect(&whole))
        return change_no_memory(context);
    if (whole.count == 0)
        return command_say(context, COMMAND_NOT_FOUND,
            word == NULL && pick_is_staff(context)
                ? _("Your own committee has no part in a plan. Say whose part: --party COMMITTEE")
                : _("This committee has no part in a plan. One joins an action with: concert "
                    "progress ACTION 0"));
    text = edited_text(edit,
        form_many_write(
            &edit->reader, heading(&whole), whole.parts, whole.count, share_fields, N_SHARE_FIELDS),
        &code);
    if (text == NULL)
        return code;
    if (!form_many_read(&edit->reader, whole.parts, whole.count, text, &problem))
        return edited_kept(edit, problem.sentence);
    return send_whole(&whole);
}
