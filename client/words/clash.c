#include "words/clash.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "words.h"
#include "words/offer.h"
#include "words/outcome.h"
#include "words/phrase.h"
#include "words/talk.h"

static const char *const states[] = {
    [DESK_CONFLICT_CHOOSE] = "choose",
    [DESK_CONFLICT_ASKED] = "asked",
    [DESK_CONFLICT_ANSWERED] = "answered",
    [DESK_CONFLICT_DECIDE] = "decide",
    [DESK_CONFLICT_REFUSED] = "refused",
};

const char *clash_state(const struct desk_conflict *conflict)
{
    return states[conflict->state];
}

const char *clash_word(const struct clash *clash, const struct desk_conflict *conflict)
{
    if (conflict->number == 0)
        return conflict->proposal->handle;
    return arena_printf(clash->arena, "%llu", (unsigned long long)conflict->number);
}

/* --- the record --------------------------------------------------------------------------------
 */

const char *clash_record(const struct clash *clash, const struct desk_conflict_part *part)
{
    const struct book_entry *entry = part->entry;
    const char *label;

    if (entry == NULL)
        return outcome_new(clash->context, part->kind, part->mine);
    label = phrase_record(clash->context->book, entry, true, clash->arena);
    if (strncmp(label, entry->handle, strlen(entry->handle)) == 0)
        return label;
    return arena_printf(clash->arena, "%s · %.120s", entry->handle, label);
}

/* --- its fields --------------------------------------------------------------------------------
 */

const char *clash_value(const struct clash *clash, const struct desk_conflict_part *part,
    const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(part->kind, name);

    if (message == NULL || field == NULL || record_count(message, field) == 0)
        return _("(empty)");
    return phrase_field(clash->context->book, part->kind, message, field, clash->context->language,
        false, clash->arena);
}

const char *clash_who(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_field *field)
{
    struct offer offer = {.proposal = conflict->proposal};
    const char *who = field->who;

    if (who == NULL && conflict->state == DESK_CONFLICT_DECIDE)
        who = offer_author(clash->context, &offer, clash->past, clash->arena);
    return who == NULL ? "—" : who;
}

const char *clash_decider(const struct clash *clash, const struct desk_conflict *conflict)
{
    const struct book_entry *owner = book_get(clash->context->book, conflict->owner);

    if (conflict->state != DESK_CONFLICT_ASKED && conflict->state != DESK_CONFLICT_ANSWERED)
        return _("you");
    return owner == NULL ? "—" : book_label(clash->context->book, owner);
}

/* A field of that name was listed for a record before. */
static bool is_named(
    const struct desk_conflict *conflict, size_t before, const char *name, bool all)
{
    for (size_t i = 0; i < before; i++)
        for (size_t j = 0; j < conflict->parts[i].n_fields; j++)
            if ((all || conflict->parts[i].fields[j].clashes) &&
                strcmp(conflict->parts[i].fields[j].name, name) == 0)
                return true;
    return false;
}

const char *clash_fields(const struct clash *clash, const struct desk_conflict *conflict, bool all)
{
    const char *text = "";

    for (size_t i = 0; i < conflict->n_parts; i++)
        for (size_t j = 0; j < conflict->parts[i].n_fields; j++) {
            const struct desk_conflict_field *field = &conflict->parts[i].fields[j];

            if (text != NULL && (all || field->clashes) && !is_named(conflict, i, field->name, all))
                text = arena_printf(clash->arena, "%s%s%s", text, text[0] == '\0' ? "" : ", ",
                    words_show(WORDS_FIELD, field->name, clash->context->language));
        }
    return text == NULL ? "" : text;
}

/* --- what stands -------------------------------------------------------------------------------
 */

static const struct desk_conflict_part *to_blame(const struct desk_conflict *conflict)
{
    for (size_t i = 0; i < conflict->n_parts; i++)
        if (conflict->parts[i].error.code != 0)
            return &conflict->parts[i];
    return &conflict->parts[0];
}

const char *clash_refusal(const struct clash *clash, const struct desk_conflict *conflict)
{
    const struct desk_conflict_part *part = to_blame(conflict);
    char why[TALK_SIZE];

    talk_refusal(&part->error, part->kind, clash->context->language, why);
    return arena_printf(clash->arena, "%s", why);
}

static const char *refused(const struct clash *clash, const struct desk_conflict *conflict)
{
    const char *word = clash_word(clash, conflict), *why = clash_refusal(clash, conflict);

    return arena_printf(clash->arena,
        _("Refused. %s “concert resolve %s FIELD=VALUE” corrects it and sends it again, “concert "
          "resolve %s --theirs” puts it aside."),
        why, word, word);
}

static const char *answered(const struct clash *clash, const struct desk_conflict *conflict)
{
    const char *answer =
        conflict->proposal == NULL ? NULL : book_text(conflict->proposal, "answer");
    bool accepted =
        book_number(conflict->proposal, "status", 0) == CONCERT__PROPOSAL__STATUS__ACCEPTED;
    const char *decider = clash_decider(clash, conflict);

    if (accepted && answer == NULL)
        return arena_printf(
            clash->arena, _("%s has accepted yours (%s)."), decider, conflict->proposal->handle);
    return arena_printf(clash->arena,
        accepted ? _("%s has accepted yours (%s): “%s”.")
                 : _("%s did not take yours as it was (%s): “%s”."),
        decider, conflict->proposal->handle, answer == NULL ? "" : answer);
}

const char *clash_sentence(const struct clash *clash, const struct desk_conflict *conflict)
{
    const char *word = clash_word(clash, conflict), *decider = clash_decider(clash, conflict);

    switch (conflict->state) {
    case DESK_CONFLICT_REFUSED:
        return refused(clash, conflict);
    case DESK_CONFLICT_ANSWERED:
        return answered(clash, conflict);
    case DESK_CONFLICT_ASKED:
        return arena_printf(clash->arena,
            _("It is theirs: %s decides, and was asked%s%s. “concert resolve %s --theirs” asks no "
              "more."),
            decider, conflict->proposal == NULL ? "" : _(" by "),
            conflict->proposal == NULL ? "" : conflict->proposal->handle, word);
    default:
        return arena_printf(clash->arena,
            _("You choose: “concert resolve %s --mine”, “concert resolve %s --theirs”, or "
              "“concert resolve %s FIELD=VALUE”."),
            word, word, word);
    }
}

/* --- all of it, for people ---------------------------------------------------------------------
 */

static void put_line(struct sheet *sheet, unsigned depth, enum sheet_tone tone, const char *text)
{
    sheet_row(sheet, depth, tone);
    sheet_text(sheet, text);
}

/* "yours: 41%"; a text of several lines stands under whose it is. */
static void put_side(const struct clash *clash, struct sheet *sheet, enum sheet_tone tone,
    const char *format, const char *value)
{
    bool several = strchr(value, '\n') != NULL;

    put_line(sheet, 2, tone, arena_printf(clash->arena, _(format), several ? "" : value));
    if (several)
        put_line(sheet, 3, tone, value);
}

static void put_theirs(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_part *part, const struct desk_conflict_field *field,
    struct sheet *sheet)
{
    const char *value = clash_value(clash, part, part->theirs, field->name);
    const char *who = clash_who(clash, conflict, field);
    char when[PHRASE_SIZE] = "";

    if (field->at != 0)
        phrase_time(field->at, clash->context->language, when);
    if (strchr(value, '\n') == NULL) {
        put_line(sheet, 2, SHEET_PLAIN,
            arena_printf(clash->arena, _("theirs: %s — %s, %s"), value, who, when));
        return;
    }
    put_line(sheet, 2, SHEET_PLAIN, arena_printf(clash->arena, _("theirs — %s, %s:"), who, when));
    put_line(sheet, 3, SHEET_PLAIN, value);
}

/* What this side's author wrote and nobody else did: it goes whatever is chosen, or stands. */
static void show_quiet(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_part *part, const struct desk_conflict_field *field,
    struct sheet *sheet)
{
    const ProtobufCFieldDescriptor *of = record_field(part->kind, field->name);
    const ProtobufCMessage *asked =
        conflict->state == DESK_CONFLICT_DECIDE ? part->theirs : part->mine;
    const char *name = words_show(WORDS_FIELD, field->name, clash->context->language);
    const char *value =
        part->remove ? _("(removed)") : clash_value(clash, part, asked, field->name);
    bool stands = of != NULL && part->entry != NULL && !part->remove &&
                  strcmp(value, clash_value(clash, part, part->entry->body, field->name)) == 0;

    put_line(sheet, 1, SHEET_PLAIN,
        arena_printf(clash->arena,
            stands ? _("%s: %s (the record has it so)")
                   : _("%s: %s (nobody else changed it: it goes with the rest)"),
            name, value));
}

static void show_field(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_part *part, const struct desk_conflict_field *field,
    struct sheet *sheet)
{
    const char *name = words_show(WORDS_FIELD, field->name, clash->context->language);
    const char *mine =
        part->remove ? _("(removed)") : clash_value(clash, part, part->mine, field->name);

    if (!field->clashes && field->merged == NULL) {
        show_quiet(clash, conflict, part, field, sheet);
        return;
    }
    put_line(sheet, 1, field->clashes ? SHEET_WARN : SHEET_PLAIN, name);
    put_side(clash, sheet, SHEET_PLAIN, N_("yours: %s"), mine);
    put_theirs(clash, conflict, part, field, sheet);
    if (field->seen_known)
        put_side(clash, sheet, SHEET_FAINT, N_("before: %s"),
            clash_value(clash, part, part->seen, field->name));
    if (field->merged != NULL)
        put_side(clash, sheet, SHEET_GOOD, N_("both, line by line: %s"), field->merged);
}

/* What hangs on a record that was refused with it is shown under that one. */
static bool is_lost(const struct clash *clash, const struct desk_conflict_part *part,
    const struct desk_conflict_field *field)
{
    const uint8_t *id = kinds_field(part->kind, field->name)->refs == 0 || part->mine == NULL
                            ? NULL
                            : record_reference(part->mine, part->kind, field->name);

    return id != NULL && book_get(clash->context->book, id) == NULL;
}

static void show_refused(const struct clash *clash, const struct desk_conflict_part *part,
    const struct desk_conflict_field *field, struct sheet *sheet)
{
    if (!is_lost(clash, part, field))
        put_line(sheet, 1, SHEET_PLAIN,
            arena_printf(clash->arena, _("%s: %s"),
                words_show(WORDS_FIELD, field->name, clash->context->language),
                clash_value(clash, part, part->mine, field->name)));
}

static void show_part(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_part *part, struct sheet *sheet)
{
    char when[PHRASE_SIZE];

    phrase_time(conflict->at, clash->context->language, when);
    put_line(sheet, 0, SHEET_STRONG,
        arena_printf(clash->arena, _("%s · %s · written %s"), clash_word(clash, conflict),
            clash_record(clash, part), when));
    if (part->remove)
        put_line(sheet, 1, SHEET_PLAIN, _("Yours removes the record; others have changed it."));
    if (part->create && conflict->state != DESK_CONFLICT_REFUSED)
        put_line(sheet, 1, SHEET_PLAIN, _("A new record: it goes with the rest."));
    for (size_t i = 0; i < part->n_fields; i++)
        if (conflict->state == DESK_CONFLICT_REFUSED || part->create)
            show_refused(clash, part, &part->fields[i], sheet);
        else
            show_field(clash, conflict, part, &part->fields[i], sheet);
    if (part->reason != NULL)
        put_line(sheet, 1, SHEET_FAINT, arena_printf(clash->arena, _("reason: %s"), part->reason));
}

void clash_show(const struct clash *clash, const struct desk_conflict *conflict)
{
    static const struct sheet_column columns[] = {
        {"conflict", N_("Conflict"), SHEET_TEXT, true, false}};
    struct sheet *sheet =
        report_sheet(clash->context->report, "conflict", NULL, SHEET_TREE, false, columns, 1);

    for (size_t i = 0; i < conflict->n_parts; i++)
        show_part(clash, conflict, &conflict->parts[i], sheet);
    report_note(clash->context->report, clash_sentence(clash, conflict));
}
