#include "schedule_part.h"

#include "schedule_dates.h"
#include "schedule_modes.h"

#include <string.h>

static const struct schedule blank = {.earliest = DATE_NONE, .latest = DATE_NONE};

/* A deadline found in prose. */
struct found {
    struct schedule schedule;
    bool told; /* "en" or "in" stands before a date */
};

static bool read_dates(struct schedule_cursor *c, struct schedule *out)
{
    return schedule_dates_read(c, out, NULL);
}

/* Every way to read a deadline, the surest first. */
struct reader {
    bool (*read)(struct schedule_cursor *, struct schedule *);
    bool beside; /* also with a label in prose beside it */
};

static const struct reader readers[] = {
    {read_dates, true},
    {schedule_modes_phrase, true},
    {schedule_modes_recurring, true},
    {schedule_modes_frequency, false},
    {schedule_modes_calendar, true},
    {schedule_modes_alone, false},
    {schedule_modes_count, false},
};

static size_t reader_count(void)
{
    return sizeof(readers) / sizeof(readers[0]);
}

void schedule_part_clear(const char *text, size_t length, struct schedule *out)
{
    *out = blank;
    out->text = text;
    out->text_length = length;
}

void schedule_part_text(const struct schedule_cursor *tokens, struct schedule *out)
{
    const struct schedule_line *line = tokens->line;
    size_t start = tokens->at < tokens->end ? line->tokens[tokens->at].start : 0;
    size_t end = tokens->at < tokens->end ? line->tokens[tokens->end - 1].end : 0;
    schedule_part_clear(line->source + start, end - start, out);
}

static bool is_mark_of(const struct schedule_token *token, const char *marks)
{
    return token->kind == TOKEN_MARK && strchr(marks, token->mark) != NULL;
}

static void trim_bullets(struct schedule_cursor *c)
{
    while (c->at < c->end && is_mark_of(&c->line->tokens[c->at], "*-")) {
        c->at++;
    }
}

void schedule_part_trim(struct schedule_cursor *c)
{
    const struct schedule_token *tokens = c->line->tokens;
    trim_bullets(c);
    while (c->at < c->end && is_mark_of(&tokens[c->end - 1], ".,;:")) {
        c->end--;
    }
}

static bool join_label(const char *inner, struct schedule *out)
{
    size_t outer = strlen(out->label);
    size_t length = strlen(inner);
    const char *between = outer > 0 && length > 0 ? " : " : "";
    if (outer + strlen(between) + length >= sizeof(out->label)) {
        return false;
    }
    memcpy(out->label + outer, between, strlen(between));
    memcpy(out->label + outer + strlen(between), inner, length + 1);
    return true;
}

bool schedule_part_add_label(const struct schedule_cursor *tokens, struct schedule *out)
{
    struct schedule_cursor trimmed = *tokens;
    char label[SCHEDULE_LABEL_SIZE];
    trim_bullets(&trimmed);
    return schedule_modes_copy(&trimmed, label) && join_label(label, out);
}

/* Moves what was read, but neither text nor outer label, into *out. */
static bool accept(const struct schedule *found, struct schedule *out)
{
    if (!join_label(found->label, out)) {
        return false;
    }
    out->mode = found->mode;
    out->precision = found->precision;
    out->earliest = found->earliest;
    out->latest = found->latest;
    out->times_min = found->times_min;
    out->times_max = found->times_max;
    memcpy(out->calendar_of, found->calendar_of, sizeof(out->calendar_of));
    return true;
}

bool schedule_part_bare(const struct schedule_cursor *c, struct schedule *out)
{
    for (size_t i = 0; i < reader_count(); i++) {
        struct schedule_cursor ahead = *c;
        struct schedule found = blank;
        if (readers[i].read(&ahead, &found) && ahead.at == ahead.end) {
            return accept(&found, out);
        }
    }
    return false;
}

bool schedule_part_is_count(const struct schedule_cursor *c)
{
    struct schedule_cursor ahead = *c;
    struct schedule ignored = blank;
    return schedule_modes_count(&ahead, &ignored) && ahead.at == ahead.end;
}

static bool is_any(
    const struct schedule_cursor *c, const enum schedule_class *classes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (schedule_words_match(c, classes[i], NULL) > 0) {
            return true;
        }
    }
    return false;
}

/* Whether the word at the cursor, next to a deadline, would belong to it and change it. */
static bool clings(const struct schedule_cursor *c)
{
    static const enum schedule_class classes[] = {WORD_EDGE, WORD_AND, WORD_OR, WORD_BETWEEN,
        WORD_FROM, WORD_TO, WORD_EVERY, WORD_ORDINAL, WORD_NUMBER, WORD_PER};
    return is_any(c, classes, sizeof(classes) / sizeof(classes[0]));
}

/* Whether the label that ends where a deadline begins stands by itself. */
static bool ends_well(const struct schedule_cursor *label, const struct found *found)
{
    struct schedule_cursor last = {label->line, label->end - 1, label->end};
    const struct schedule_token *token = schedule_words_token(&last);
    if (token->kind == TOKEN_NUMBER) {
        return found->told && !token->ordinal;
    }
    return token->kind == TOKEN_WORD ? !clings(&last) : is_mark_of(token, ")\"?");
}

/* "Bilan 2009" is a title and no deadline: years want a preposition of time or a mark before them.
 */
static bool is_years(const struct schedule *s)
{
    int month = 0;
    int day = 0;
    if (s->mode != SCHEDULE_DATED || s->precision < SCHEDULE_YEAR) {
        return false;
    }
    date_to_civil(s->earliest, NULL, &month, &day);
    return month == 1 && day == 1;
}

static bool all_general(const struct schedule_cursor *c)
{
    struct schedule_cursor each = *c;
    while (schedule_words_take(&each, WORD_GENERAL, NULL)) {
    }
    return each.at == each.end;
}

/* Whether the tokens may be a label in prose: a name, and not a deadline of its own. */
static bool is_prose_label(const struct schedule_cursor *label)
{
    struct schedule ignored = blank;
    return label->at < label->end && schedule_modes_plain(label) &&
           !schedule_part_bare(label, &ignored);
}

/* Judges "LABEL deadline", the deadline from `at` on. */
static bool accept_after(
    const struct schedule_cursor *c, size_t at, const struct found *found, struct schedule *out)
{
    struct schedule_cursor label = {c->line, c->at, at};
    const struct schedule_token *tokens = c->line->tokens;
    bool marked = false;
    while (label.end > label.at && is_mark_of(&tokens[label.end - 1], ",-(")) {
        label.end--;
        marked = true;
    }
    if (!is_prose_label(&label) || !ends_well(&label, found) ||
        (is_years(&found->schedule) && !found->told && !marked)) {
        return false;
    }
    bool general = found->schedule.mode == SCHEDULE_TO_BE_SET && all_general(&label);
    struct schedule joined = *out;
    if (!general && !schedule_part_add_label(&label, &joined)) {
        return false;
    }
    if (!accept(&found->schedule, &joined)) {
        return false;
    }
    *out = joined;
    return true;
}

static bool find_at(const struct reader *reader, struct schedule_cursor *c, struct found *found)
{
    *found = (struct found){.schedule = blank};
    return reader->read == read_dates ? schedule_dates_read(c, &found->schedule, &found->told)
                                      : reader->read(c, &found->schedule);
}

/* "Dépôt du projet en mai 2009", "Dépôt (mai 2009)": the first place from which all is a deadline.
 */
static bool read_after_label(const struct schedule_cursor *c, struct schedule *out)
{
    const struct schedule_token *tokens = c->line->tokens;
    bool closed = is_mark_of(&tokens[c->end - 1], ")");
    for (size_t at = c->at + 1; at < c->end; at++) {
        for (size_t i = 0; i < reader_count(); i++) {
            struct schedule_cursor ahead = {c->line, at, c->end};
            struct found found;
            bool opened = is_mark_of(&tokens[at - 1], "(");
            if (closed && opened) {
                ahead.end--;
            }
            if (readers[i].beside && find_at(&readers[i], &ahead, &found) &&
                ahead.at == ahead.end) {
                return accept_after(c, at, &found, out);
            }
        }
    }
    return false;
}

/* Steps over what parts a deadline from the label after it; false when nothing does. */
static bool take_separator(struct schedule_cursor *c, const struct schedule *found)
{
    int what = 0;
    if (schedule_words_mark(c, '(')) {
        bool closed = c->at < c->end && is_mark_of(&c->line->tokens[c->end - 1], ")");
        c->end -= closed;
        return closed;
    }
    if (schedule_words_mark(c, ':') || schedule_words_mark(c, ',') || schedule_words_mark(c, '-')) {
        return true;
    }
    return schedule_words_take(c, WORD_OF, &what) && (found->mode != SCHEDULE_DATED || what > 0);
}

/* "Mai 2009 : dépôt du projet", "Au besoin pour les comités". */
static bool read_before_label(const struct schedule_cursor *c, struct schedule *out)
{
    for (size_t i = 0; i < reader_count(); i++) {
        struct schedule_cursor label = *c;
        struct found found;
        if (!readers[i].beside || !find_at(&readers[i], &label, &found) ||
            !take_separator(&label, &found.schedule)) {
            continue;
        }
        struct schedule joined = *out;
        if (is_prose_label(&label) && !clings(&label) && schedule_part_add_label(&label, &joined) &&
            accept(&found.schedule, &joined)) {
            *out = joined;
            return true;
        }
    }
    return false;
}

bool schedule_part_prose(const struct schedule_cursor *c, struct schedule *out)
{
    return c->at < c->end &&
           (schedule_part_bare(c, out) || read_after_label(c, out) || read_before_label(c, out));
}

/* A colon that parts two texts: not that of 13:30 or of an address. */
static bool parts_texts(const struct schedule_cursor *c)
{
    const struct schedule_token *colon = schedule_words_token(c);
    if (!is_mark_of(colon, ":") || c->at == 0) {
        return false;
    }
    if (c->at + 1 >= c->line->count) {
        return true;
    }
    const struct schedule_token *next = colon + 1;
    return next->start > colon->end ||
           (!is_mark_of(next, "/") &&
               !(next->kind == TOKEN_NUMBER && (colon - 1)->kind == TOKEN_NUMBER));
}

/* A label before a colon may be almost anything that is not itself a deadline. */
static bool is_label(const struct schedule_cursor *c)
{
    bool named = false;
    for (struct schedule_cursor each = *c; each.at < each.end; each.at++) {
        named = named || schedule_words_names(&each);
    }
    struct schedule ignored = blank;
    return named && !schedule_part_bare(c, &ignored);
}

bool schedule_part_label(const struct schedule_cursor *c, size_t *colon_r)
{
    for (size_t at = c->end; at > c->at; at--) {
        struct schedule_cursor colon = {c->line, at - 1, c->end};
        struct schedule_cursor label = {c->line, c->at, at - 1};
        if (parts_texts(&colon) && is_label(&label)) {
            *colon_r = at - 1;
            return true;
        }
    }
    return false;
}
