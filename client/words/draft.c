#include "words/draft.h"

#include <string.h>

#include "date.h"
#include "figures/due.h"
#include "i18n.h"
#include "record.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"
#include "words/status_word.h"

/* --- names -------------------------------------------------------------------------------------
 */

static bool is_french(const struct context *context)
{
    return strcmp(context->language, "fr") == 0;
}

/* The article of names that begin so; other names are said without one. */
static const char *const articles[][2] = {
    {"comité", "le "},
    {"conseil", "le "},
    {"centre", "le "},
    {"carrefour", "le "},
    {"consortium", "le "},
    {"réseau", "le "},
    {"regroupement", "le "},
    {"secrétariat", "le "},
    {"démarche", "la "},
    {"table", "la "},
    {"ville", "la "},
    {"corporation", "la "},
    {"commission", "la "},
    {"fondation", "la "},
    {"société", "la "},
    {"coordination", "la "},
    {"agence", "l'"},
    {"association", "l'"},
    {"office", "l'"},
    {"université", "l'"},
};

static const char *article_of(const char *name)
{
    char folded_name[256], folded_word[64];

    text_fold(name, folded_name, sizeof(folded_name));
    for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]); i++) {
        size_t length = text_fold(articles[i][0], folded_word, sizeof(folded_word));

        if (strncmp(folded_name, folded_word, length) == 0 &&
            (folded_name[length] == ' ' || folded_name[length] == '\0'))
            return articles[i][1];
    }
    return "";
}

const char *draft_party(
    const struct context *context, const struct book_entry *party, struct arena *arena)
{
    const char *name = party == NULL ? NULL : book_text(party, "name");

    if (name == NULL)
        return party == NULL ? NULL : party->handle;
    return is_french(context) ? arena_printf(arena, "%s%s", article_of(name), name) : name;
}

static const char *quoted(const char *text, struct arena *arena)
{
    return text == NULL ? NULL : arena_printf(arena, _("“%s”"), text);
}

/* What it is about: "l'action 4.1.1 « … »", "« … »". */
static const char *thing(
    const struct context *context, const struct book_entry *entry, struct arena *arena)
{
    if (entry == NULL)
        return NULL;
    if (entry->kind->id == CONCERT__KIND__SHARE)
        return thing(context, book_follow(context->book, entry, "action"), arena);
    if (entry->kind->id == CONCERT__KIND__ACTION)
        return arena_printf(arena, _("action %s “%s”"), entry->handle, book_text(entry, "title"));
    return quoted(book_label(context->book, entry), arena);
}

/* --- sentences ---------------------------------------------------------------------------------
 */

/* What the words in braces stand for; NULL: nothing. */
struct parts {
    const char *who, *what, *when, *more, *help;
};

struct form {
    Concert__Kind kind;
    enum news_section section;
    const char *what; /* the field that tells it: a reference; NULL: the record itself */
    const char *more; /* the field whose value is added; NULL: none */
    const char *sentence;
};

static const struct form forms[] = {
    {CONCERT__KIND__SHARE, NEWS_DONE, "action", NULL, N_("{who} has finished its part of {what}.")},
    {CONCERT__KIND__MILESTONE, NEWS_DONE, NULL, NULL, N_("{who} has completed the step {what}.")},
    {CONCERT__KIND__PROJECT, NEWS_DONE, NULL, NULL, N_("{who} has completed the project {what}.")},
    {CONCERT__KIND__TRAINING_NEED, NEWS_DONE, NULL, NULL,
        N_("A training need told by {who} was met: {what}.")},
    {CONCERT__KIND__DEADLINE, NEWS_DONE, "subject", "text",
        N_("A deadline was met on {when} for {what}: {more}.")},
    {CONCERT__KIND__FOLLOW_UP, NEWS_DONE, NULL, NULL,
        N_("[{who} has done what was agreed|What was agreed is done]: {what}.")},
    {CONCERT__KIND__MEETING, NEWS_DONE, NULL, "title", N_("{who} met on {when}[: {more}].")},
    {CONCERT__KIND__SHARE, NEWS_BEGUN, "action", "percent",
        N_("{who} is at work on {what}[ ({more}%)].")},
    {CONCERT__KIND__MILESTONE, NEWS_BEGUN, NULL, NULL, N_("{who} has begun the step {what}.")},
    {CONCERT__KIND__PROJECT, NEWS_BEGUN, NULL, "status",
        N_("{who} carries the project {what}[ ({more})].")},
    {CONCERT__KIND__ROUTE, NEWS_BEGUN, NULL, "status", N_("The route {what} is {more}.")},
    {CONCERT__KIND__INTERVENTION, NEWS_BEGUN, NULL, "description",
        N_("{who} has made {what} known[: {more}].")},
    {CONCERT__KIND__NOTE, NEWS_SAID, "subject", "text",
        N_("[{who}, {what}|{what}]: {more} ({when}).")},
    {CONCERT__KIND__SHARE, NEWS_ASKED, "action", "blocked_by",
        N_("{who} meets an obstacle in {what} ({more}) and counts on {help}.")},
    {CONCERT__KIND__PROPOSAL, NEWS_ASKED, "subject", "reason",
        N_("A proposal is made about {what}: {more}.")},
    {CONCERT__KIND__TRAINING_NEED, NEWS_ASKED, NULL, NULL,
        N_("{who} wishes for training: {what}.")},
    {CONCERT__KIND__DEADLINE, NEWS_COMING, "subject", "text", N_("By {when}: {what} ({more}).")},
    {CONCERT__KIND__MEETING, NEWS_COMING, NULL, "title", N_("{who} meets on {when}[: {more}].")},
    {CONCERT__KIND__SHARE, NEWS_COMING, "action", NULL,
        N_("{who} plans to finish its part of {what} by {when}.")},
    {CONCERT__KIND__ENVELOPE, NEWS_COMING, NULL, NULL, N_("One can apply until {when}: {what}.")},
};

static const struct form *form_of(const struct news_item *item)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (forms[i].kind == item->entry->kind->id && forms[i].section == item->section)
            return &forms[i];
    return NULL;
}

/* What stands for the braces at `*at`, which then moves behind them; false: no braces there. */
static bool read_part(const struct parts *parts, const char **at, const char **value_r)
{
    const struct {
        const char *name, *value;
    } known[] = {{"{who}", parts->who}, {"{what}", parts->what}, {"{when}", parts->when},
        {"{more}", parts->more}, {"{help}", parts->help}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strncmp(*at, known[i].name, strlen(known[i].name)) == 0) {
            *at += strlen(known[i].name);
            *value_r = known[i].value;
            return true;
        }
    return false;
}

/* Fills the first `length` bytes of a form; *lacks_r: some part stands for nothing. */
static const char *fill(
    const char *form, size_t length, const struct parts *parts, struct arena *arena, bool *lacks_r)
{
    const char *end = form + length, *text = "";

    *lacks_r = false;
    while (form < end && text != NULL) {
        const char *value = NULL;
        size_t plain = strcspn(form, "{");

        if (plain == 0 && read_part(parts, &form, &value)) {
            *lacks_r = *lacks_r || value == NULL || *value == '\0';
            text = arena_printf(arena, "%s%s", text, value == NULL ? "" : value);
            continue;
        }
        plain = plain == 0 ? 1 : plain > (size_t)(end - form) ? (size_t)(end - form) : plain;
        text = arena_printf(arena, "%s%.*s", text, (int)plain, form);
        form += plain;
    }
    return text;
}

/* "[first|second]": the first of them that lacks nothing; else nothing. */
static const char *choose(
    const char *choices, size_t length, const struct parts *parts, struct arena *arena)
{
    while (length > 0) {
        size_t one = strcspn(choices, "|]");
        bool lacks;
        const char *text;

        one = one > length ? length : one;
        text = fill(choices, one, parts, arena, &lacks);
        if (!lacks)
            return text;
        one = one < length ? one + 1 : one;
        choices += one;
        length -= one;
    }
    return "";
}

static const char *compose(const char *form, const struct parts *parts, struct arena *arena)
{
    const char *text = "";
    bool lacks;

    while (*form != '\0' && text != NULL) {
        size_t length = strcspn(form, "[");

        if (length > 0) {
            text = arena_printf(arena, "%s%s", text, fill(form, length, parts, arena, &lacks));
            form += length;
            continue;
        }
        length = strcspn(++form, "]");
        text = arena_printf(arena, "%s%s", text, choose(form, length, parts, arena));
        form += length + (form[length] == ']');
    }
    return text;
}

/* --- what they are told of ---------------------------------------------------------------------
 */

/* The committee whose news it is: its own, its share's or its project's. */
static const struct book_entry *party_of(
    const struct context *context, const struct book_entry *entry)
{
    const struct book_entry *subject;

    if (entry->kind->id == CONCERT__KIND__DEADLINE)
        return NULL;
    if (record_field(entry->kind, "party") != NULL)
        return book_follow(context->book, entry, "party");
    subject = record_field(entry->kind, "subject") == NULL
                  ? NULL
                  : book_follow(context->book, entry, "subject");
    return subject == NULL || subject->kind->id == CONCERT__KIND__NOTE ? NULL
                                                                       : party_of(context, subject);
}

/* A sentence's own full stop follows. */
static const char *without_stop(const char *text, struct arena *arena)
{
    size_t length = text == NULL ? 0 : strlen(text);

    while (length > 0 &&
           (text[length - 1] == '.' || text[length - 1] == ' ' || text[length - 1] == '\n'))
        length--;
    return text == NULL ? NULL : arena_copy(arena, text, length);
}

static const char *more_of(const struct context *context, const struct form *form,
    const struct book_entry *entry, struct arena *arena)
{
    if (form->more == NULL)
        return NULL;
    if (strcmp(form->more, "status") == 0)
        return status_word(context, entry, "status", true, arena);
    if (strcmp(form->more, "percent") == 0) {
        int64_t percent = book_number(entry, "percent", 0);
        return percent == 0 ? NULL : arena_printf(arena, "%lld", (long long)percent);
    }
    if (entry->kind->id == CONCERT__KIND__DEADLINE)
        return due_one(entry, arena);
    return without_stop(book_text(entry, form->more), arena);
}

static const char *what_of(const struct context *context, const struct form *form,
    const struct book_entry *entry, struct arena *arena)
{
    const struct book_entry *subject;

    if (entry->kind->id == CONCERT__KIND__FOLLOW_UP)
        return without_stop(book_text(entry, "what"), arena);
    if (form->what == NULL)
        return thing(context, entry, arena);
    subject = book_follow(context->book, entry, form->what);
    /* A committee that notes something of itself is said once. */
    return subject == NULL || subject->kind->id == CONCERT__KIND__PARTY
               ? NULL
               : thing(context, subject, arena);
}

const char *draft_sentence(
    const struct context *context, const struct news_item *item, struct arena *arena)
{
    const struct form *form = form_of(item);
    const struct book_entry *help;
    char when[DATE_TEXT_SIZE];
    struct parts parts;
    const char *text;
    size_t size;
    char *capital;

    if (form == NULL)
        return book_label(context->book, item->entry);
    date_long_text(item->day, context->language, when, sizeof(when));
    help = item->entry->kind->id == CONCERT__KIND__SHARE
               ? book_follow(context->book, item->entry, "help_from")
               : NULL;
    parts = (struct parts){.who = draft_party(context, party_of(context, item->entry), arena),
        .what = what_of(context, form, item->entry, arena),
        .when = when,
        .more = more_of(context, form, item->entry, arena),
        .help = draft_party(context, help, arena)};
    text = compose(_(form->sentence), &parts, arena);
    size = text == NULL ? 0 : strlen(text) + 1;
    capital = text == NULL ? NULL : arena_alloc(arena, size);
    if (capital != NULL)
        phrase_capital(text, capital, size);
    return capital;
}

const char *draft_heading(enum news_section section)
{
    static const char *const headings[NEWS_SECTIONS] = {
        [NEWS_DONE] = N_("Done"),
        [NEWS_BEGUN] = N_("Begun"),
        [NEWS_SAID] = N_("What the committees say"),
        [NEWS_ASKED] = N_("Asked"),
        [NEWS_COMING] = N_("Coming"),
    };

    return gettext(headings[section]);
}
