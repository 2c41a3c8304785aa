#include "input/moment.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "date.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"
#include "words/phrase.h"

static const char *const words_now[] = {"now", "maintenant", "aujourd'hui", "today"};
static const char *const words_adopted[] = {"adopted", "adopte", "adoptee", "adoption"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    char folded[64];

    text_fold(word, folded, sizeof(folded));
    for (size_t i = 0; i < count; i++)
        if (strcmp(folded, words[i]) == 0)
            return true;
    return false;
}

bool moment_read_log(struct context *context, struct moment_log *log_r, enum command_exit *code_r)
{
    struct desk_log log;
    struct desk_why why;

    *code_r = COMMAND_OK;
    if (!desk_log(context->desk, &log, &why)) {
        *code_r = command_why(context, &why);
        return false;
    }
    *log_r = (struct moment_log){.past = {log.changes, log.count}, .upto = log.upto};
    return true;
}

static bool take_now(struct context *context, struct moment *moment)
{
    *moment = (struct moment){.book = context->book, .day = context->today, .now = true};
    desk_age(context->desk, &moment->seq);
    return true;
}

static enum command_exit say_beyond(struct context *context, uint64_t upto)
{
    if (upto == 0)
        return command_say(context, COMMAND_WAITING,
            _("This device keeps no past yet: do it once with the server in reach; it works off "
              "line from then on."));
    return command_say(context, COMMAND_WAITING,
        _("This device knows the past up to change %llu only: try again with the server in "
          "reach."),
        (unsigned long long)upto);
}

/* "#123" or "123"; false when it is no number. */
static bool read_seq(const char *word, uint64_t *seq_r)
{
    const char *digits = word[0] == '#' ? word + 1 : word;

    *seq_r = strtoull(digits, NULL, 10);
    return digits[0] != '\0' && strlen(digits) < 19 &&
           strspn(digits, "0123456789") == strlen(digits);
}

bool moment_named(const char *word, int32_t today)
{
    uint64_t seq;
    int32_t day;

    return is_one_of(word, words_now, COUNT(words_now)) ||
           is_one_of(word, words_adopted, COUNT(words_adopted)) || read_seq(word, &seq) ||
           fields_day(word, today, &day);
}

/* The book as of the change `seq`, whose figures are of `day` (DATE_NONE: of the change's). */
static bool take_seq(struct context *context, const struct moment_log *log, uint64_t seq,
    int32_t day, struct moment *moment, enum command_exit *code_r)
{
    const Concert__Change *last = book_past_at(&log->past, seq);
    uint64_t head;

    desk_age(context->desk, &head);
    if (seq > head)
        *code_r = command_say(context, COMMAND_NOT_FOUND,
            _("There is no change %llu yet: the last one is %llu."), (unsigned long long)seq,
            (unsigned long long)head);
    else if (seq > log->upto)
        *code_r = say_beyond(context, log->upto);
    else if (last == NULL)
        *code_r = command_say(context, COMMAND_NOT_FOUND,
            _("The log that this device may read begins after change %llu."),
            (unsigned long long)seq);
    if (*code_r != COMMAND_OK)
        return false;
    *moment = (struct moment){.seq = seq, .at = last->at, .day = day};
    if (context->today_given)
        moment->day = context->today;
    else if (day == DATE_NONE)
        moment->day = date_of_time(last->at, NULL);
    moment->made = book_past_make(&log->past, seq, context->book);
    moment->book = moment->made;
    if (moment->made == NULL)
        *code_r = change_no_memory(context);
    return moment->made != NULL;
}

static bool take_adopted(struct context *context, const struct moment_log *log,
    const struct book_entry *plan, struct moment *moment, enum command_exit *code_r)
{
    uint64_t seq = (uint64_t)book_number(plan, "adopted_seq", 0);

    if (seq == 0) {
        bool waits =
            plan->pending && book_number(plan, "status", 0) == CONCERT__PLAN__STATUS__ADOPTED;

        *code_r = command_say(context, COMMAND_NOT_FOUND,
            waits ? _("The adoption of %s still waits on this device for the server.")
                  : _("%s was not adopted yet."),
            book_label(context->book, plan));
        return false;
    }
    if (!take_seq(context, log, seq, book_date(plan, "adopted_on"), moment, code_r))
        return false;
    moment->adopted = true;
    return true;
}

static bool take_day(struct context *context, const struct moment_log *log, int32_t day,
    struct moment *moment, enum command_exit *code_r)
{
    const Concert__Change *last = book_past_on(&log->past, day);
    uint64_t head;
    char text[DATE_TEXT_SIZE], first[DATE_TEXT_SIZE] = "";

    desk_age(context->desk, &head);
    date_long_text(day, context->language, text, sizeof(text));
    /* The last change kept is of that day or before: later ones of it may be missing. */
    if (log->upto < head &&
        (log->past.count == 0 || (last != NULL && last == log->past.changes[log->past.count - 1])))
        *code_r = say_beyond(context, log->upto);
    else if (last == NULL) {
        if (log->past.count > 0)
            date_long_text(date_of_time(log->past.changes[0]->at, NULL), context->language, first,
                sizeof(first));
        *code_r = command_say(context, COMMAND_NOT_FOUND,
            _("Nothing was written here yet on %s: the log begins on %s."), text, first);
    }
    if (*code_r != COMMAND_OK)
        return false;
    return take_seq(context, log, last->seq, day, moment, code_r);
}

bool moment_find(struct context *context, const struct moment_log *log, const char *word,
    const struct book_entry *plan, struct moment *moment_r, enum command_exit *code_r)
{
    uint64_t seq;
    int32_t day;

    *code_r = COMMAND_OK;
    *moment_r = (struct moment){.book = NULL};
    if (is_one_of(word, words_now, COUNT(words_now)))
        return take_now(context, moment_r);
    if (is_one_of(word, words_adopted, COUNT(words_adopted)))
        return take_adopted(context, log, plan, moment_r, code_r);
    if (read_seq(word, &seq))
        return take_seq(context, log, seq, DATE_NONE, moment_r, code_r);
    if (fields_day(word, context->today, &day))
        return take_day(context, log, day, moment_r, code_r);
    *code_r = command_say(context, COMMAND_USAGE,
        _("“%s” is no moment: give “adopted”, “now”, a date such as 2009-10-15, or a change of the "
          "log such as #123."),
        word);
    return false;
}

void moment_clear(struct moment *moment)
{
    book_free(&moment->made);
    moment->book = NULL;
}

/* "June 2, 2009 by resolution R-2009-1 (Comité de coordination)" */
static const char *adoption(
    struct context *context, const struct book_entry *plan, struct arena *arena)
{
    const struct book_entry *item = book_follow(context->book, plan, "resolution");
    const struct book_entry *party = book_follow(context->book, plan, "adopted_by");
    const char *number = item == NULL ? NULL : book_text(item, "resolution");
    char day[DATE_TEXT_SIZE];
    const char *text;

    date_long_text(book_date(plan, "adopted_on"), context->language, day, sizeof(day));
    text = number == NULL ? arena_printf(arena, "%s", day)
                          : arena_printf(arena, _("%s, resolution %s"), day, number);
    if (party == NULL || text == NULL)
        return text;
    return arena_printf(arena, "%s (%s)", text, book_label(context->book, party));
}

const char *moment_sentence(struct context *context, const struct moment *moment,
    const struct book_entry *plan, struct arena *arena)
{
    unsigned long long seq = moment->seq;
    char when[PHRASE_SIZE];
    const char *adopted;

    if (moment->now)
        return arena_printf(arena, _("As it is now: change %llu of the log."), seq);
    phrase_moment(moment->at, context->language, when);
    if (!moment->adopted)
        return arena_printf(arena, _("As it was after change %llu of the log, %s."), seq, when);
    adopted = adoption(context, plan, arena);
    return adopted == NULL ? NULL
                           : arena_printf(arena, _("As adopted on %s: change %llu of the log, %s."),
                                 adopted, seq, when);
}

const char *moment_state(
    struct context *context, const struct book_entry *plan, struct arena *arena)
{
    int64_t status = book_number(plan, "status", 0);
    const char *adopted;

    if (status == CONCERT__PLAN__STATUS__PROPOSED)
        return _("Proposed for adoption.");
    if (status != CONCERT__PLAN__STATUS__ADOPTED && status != CONCERT__PLAN__STATUS__CLOSED)
        return NULL;
    if (book_date(plan, "adopted_on") == DATE_NONE)
        return status == CONCERT__PLAN__STATUS__CLOSED ? _("Closed.") : NULL;
    adopted = adoption(context, plan, arena);
    if (adopted == NULL)
        return NULL;
    return status == CONCERT__PLAN__STATUS__CLOSED
               ? arena_printf(arena, _("Closed; adopted on %s."), adopted)
               : arena_printf(arena, _("Adopted on %s."), adopted);
}
