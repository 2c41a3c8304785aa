#include "schedule_modes.h"

#include "schedule_dates.h"
#include "text.h"

#include <string.h>

#define TIMES_MAX 999
#define NOUNS_MAX 8

static bool is_mark(const struct schedule_token *token, char mark)
{
    return token->kind == TOKEN_MARK && token->mark == mark;
}

static bool is_stop(const struct schedule_token *token)
{
    return is_mark(token, '.') || is_mark(token, ',') || is_mark(token, ';') || is_mark(token, ':');
}

bool schedule_modes_copy(const struct schedule_cursor *c, char buf[SCHEDULE_LABEL_SIZE])
{
    const struct schedule_line *line = c->line;
    if (c->at >= c->end) {
        return false;
    }
    size_t start = line->tokens[c->at].start;
    size_t length = line->tokens[c->end - 1].end - start;
    if (length >= SCHEDULE_LABEL_SIZE) {
        return false;
    }
    memcpy(buf, line->source + start, length);
    buf[length] = '\0';
    return true;
}

static bool tells_time(const struct schedule_cursor *c)
{
    static const enum schedule_class classes[] = {
        WORD_MONTH, WORD_SEASON, WORD_QUARTER, WORD_WEEKDAY, WORD_MODE, WORD_HEDGE};
    struct schedule_cursor ahead = *c;
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (schedule_words_match(c, classes[i], NULL) > 0) {
            return true;
        }
    }
    const struct schedule_token *token = schedule_words_token(c);
    return is_mark(token, ';') || is_mark(token, ':') || is_mark(token, '*') ||
           schedule_dates_is_year(token) ||
           (schedule_words_take(&ahead, WORD_PER, NULL) &&
               schedule_words_match(&ahead, WORD_UNIT, NULL) > 0);
}

bool schedule_modes_plain(const struct schedule_cursor *c)
{
    bool names = false;
    if (schedule_words_match(c, WORD_ACCORDING, NULL) > 0) {
        return false;
    }
    for (struct schedule_cursor each = *c; each.at < each.end; each.at++) {
        if (tells_time(&each)) {
            return false;
        }
        names = names || (schedule_words_names(&each) && schedule_words_token(&each)->letters >= 2);
    }
    return names;
}

static bool read_number(struct schedule_cursor *c, int *number_r)
{
    const struct schedule_token *token = schedule_words_token(c);
    if (token && token->kind == TOKEN_NUMBER && !token->ordinal && token->number >= 1 &&
        token->number <= TIMES_MAX) {
        *number_r = token->number;
        c->at++;
        return true;
    }
    return schedule_words_take(c, WORD_NUMBER, number_r);
}

/* "4", "quatre", "quatre (4)". */
static bool read_count(struct schedule_cursor *c, int *count_r)
{
    int again = 0;
    if (!read_number(c, count_r)) {
        return false;
    }
    struct schedule_cursor ahead = *c;
    if (schedule_words_mark(&ahead, '(') && read_number(&ahead, &again) &&
        schedule_words_mark(&ahead, ')') && again == *count_r) {
        *c = ahead;
    }
    return true;
}

/* "4", "4 à 6", "4-6", "4 or 5", "de 4 à 6". */
static bool read_counts(struct schedule_cursor *c, struct schedule *out)
{
    struct schedule_cursor start = *c;
    schedule_words_take(&start, WORD_OF, NULL);
    schedule_words_take(&start, WORD_FROM, NULL);
    bool opened = start.at > c->at;
    if (!read_count(&start, &out->times_min)) {
        return false;
    }
    out->times_max = out->times_min;
    struct schedule_cursor ahead = start;
    bool range = (schedule_words_mark(&ahead, '-') || schedule_words_take(&ahead, WORD_TO, NULL) ||
                     schedule_words_take(&ahead, WORD_OR, NULL)) &&
                 read_count(&ahead, &out->times_max);
    if ((opened && !range) || out->times_max < out->times_min) {
        return false;
    }
    *c = range ? ahead : start;
    return true;
}

/* "par année", "a month", "/semaine", "tous les deux mois": so many times a year. */
static bool read_rate(struct schedule_cursor *c, int *rate_r)
{
    struct schedule_cursor ahead = *c;
    int unit = 1;
    int each = 1;
    if (schedule_words_take(c, WORD_YEARLY, rate_r)) {
        return true;
    }
    if ((schedule_words_mark(&ahead, '/') || schedule_words_take(&ahead, WORD_PER, NULL)) &&
        schedule_words_take(&ahead, WORD_UNIT, &unit)) {
        *rate_r = unit;
        *c = ahead;
        return true;
    }
    ahead = *c;
    if (!schedule_words_take(&ahead, WORD_EVERY, NULL)) {
        return false;
    }
    read_count(&ahead, &each);
    if (!schedule_words_take(&ahead, WORD_UNIT, &unit) || unit % each != 0) {
        return false;
    }
    *rate_r = unit / each;
    *c = ahead;
    return true;
}

/* The words between a count and its rate. Returns false when there is no rate after them. */
static bool read_nouns(struct schedule_cursor *c, struct schedule_cursor *nouns_r, int *rate_r)
{
    *nouns_r = *c;
    nouns_r->end = c->at;
    while (!read_rate(c, rate_r)) {
        const struct schedule_token *token = schedule_words_token(c);
        if (!token || token->kind != TOKEN_WORD || nouns_r->end - nouns_r->at == NOUNS_MAX) {
            return false;
        }
        c->at++;
        nouns_r->end = c->at;
    }
    return true;
}

static bool all_times(const struct schedule_cursor *c)
{
    struct schedule_cursor each = *c;
    while (schedule_words_take(&each, WORD_TIMES, NULL)) {
    }
    return each.at == each.end;
}

/* Whether the tokens are one more deadline of this kind. */
static bool repeats(const struct schedule_cursor *c)
{
    static bool (*const kinds[])(struct schedule_cursor *, struct schedule *) = {
        schedule_modes_frequency, schedule_modes_alone, schedule_modes_count};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct schedule_cursor ahead = *c;
        struct schedule ignored = {.mode = SCHEDULE_UNSET};
        if (kinds[i](&ahead, &ignored) && ahead.at == ahead.end) {
            return true;
        }
    }
    return false;
}

/* What is counted and "du comité" after the rate, as one label: "bulletins du comité"; of what is
 * counted in general words nothing is kept: "comité". */
static bool recurring_label(
    const struct schedule_cursor *nouns, const struct schedule_cursor *owner, struct schedule *out)
{
    struct schedule_cursor name = *owner;
    char first[SCHEDULE_LABEL_SIZE] = "";
    char second[SCHEDULE_LABEL_SIZE] = "";
    if (!all_times(nouns) && (!schedule_modes_plain(nouns) || !schedule_modes_copy(nouns, first))) {
        return false;
    }
    if (owner->at < owner->end) {
        bool named = schedule_words_take(&name, WORD_OF, NULL) && schedule_modes_plain(&name) &&
                     !repeats(&name) &&
                     schedule_modes_copy(first[0] != '\0' ? owner : &name, second);
        if (!named) {
            return false;
        }
    }
    size_t length = strlen(first);
    if (length + strlen(second) + 1 >= sizeof(out->label)) {
        return false;
    }
    memcpy(out->label, first, length);
    if (length > 0 && second[0] != '\0') {
        out->label[length++] = ' ';
    }
    memcpy(out->label + length, second, strlen(second) + 1);
    return true;
}

bool schedule_modes_recurring(struct schedule_cursor *c, struct schedule *out)
{
    struct schedule_cursor ahead = *c;
    struct schedule_cursor nouns;
    int rate = 1;
    if (!read_counts(&ahead, out) || !read_nouns(&ahead, &nouns, &rate) ||
        out->times_max * rate > TIMES_MAX) {
        return false;
    }
    struct schedule_cursor owner = ahead;
    if (schedule_words_match(&ahead, WORD_OF, NULL) > 0) {
        ahead.at = ahead.end;
    } else {
        owner.end = owner.at;
    }
    if (!recurring_label(&nouns, &owner, out)) {
        return false;
    }
    out->mode = SCHEDULE_RECURRING;
    out->times_min *= rate;
    out->times_max *= rate;
    *c = ahead;
    return true;
}

bool schedule_modes_frequency(struct schedule_cursor *c, struct schedule *out)
{
    struct schedule_cursor ahead = *c;
    int times = 0;
    if (!schedule_words_match(c, WORD_EVERY, NULL) || !read_rate(&ahead, &times)) {
        ahead = *c;
        bool noun = schedule_words_take(&ahead, WORD_TIMES, NULL);
        if (!schedule_words_take(&ahead, WORD_FREQUENCY, &times)) {
            return false;
        }
        if (!noun) {
            schedule_words_take(&ahead, WORD_TIMES, NULL);
        }
    }
    out->mode = SCHEDULE_RECURRING;
    out->times_min = times;
    out->times_max = times;
    *c = ahead;
    return true;
}

bool schedule_modes_count(struct schedule_cursor *c, struct schedule *out)
{
    if (!read_counts(c, out)) {
        return false;
    }
    out->mode = SCHEDULE_RECURRING;
    return true;
}

static bool read_phrase(struct schedule_cursor *c, enum schedule_class class, struct schedule *out)
{
    int mode = SCHEDULE_UNSET;
    bool found = schedule_words_take(c, class, &mode);
    out->mode = (enum schedule_mode)mode;
    return found;
}

bool schedule_modes_phrase(struct schedule_cursor *c, struct schedule *out)
{
    return read_phrase(c, WORD_MODE, out);
}

bool schedule_modes_alone(struct schedule_cursor *c, struct schedule *out)
{
    return read_phrase(c, WORD_ALONE, out);
}

/* Leaves of "rencontres prévues par la CRÉ" the "CRÉ"; what has no "par" is left whole. */
static void skip_to_maker(struct schedule_cursor *c)
{
    for (struct schedule_cursor each = *c; each.at < each.end; each.at++) {
        struct schedule_cursor maker = each;
        if (schedule_words_take(&maker, WORD_BY, NULL) && maker.at < maker.end) {
            schedule_words_take(&maker, WORD_ARTICLE, NULL);
            *c = maker;
        }
    }
}

/* "INSPQ's calendar", "INSPQ schedule": cuts the cursor before these last words. */
static bool cut_english_calendar(struct schedule_cursor *c)
{
    struct schedule_cursor last = {c->line, c->end - 1, c->end};
    int value = 0;
    if (c->end - c->at < 2 || schedule_words_match(&last, WORD_CALENDAR, &value) == 0) {
        return false;
    }
    c->end--;
    const struct schedule_token *s = &c->line->tokens[c->end - 1];
    if (c->end - c->at > 1 && strcmp(s->word, "s") == 0 && s->start == (s - 1)->end) {
        c->end--; /* its apostrophe stays with the name, until drop_apostrophe */
    }
    return value == 1;
}

static void drop_apostrophe(char *name)
{
    char folded[SCHEDULE_LABEL_SIZE];
    size_t length = strlen(name);
    size_t last = length > 0 ? 1 : 0;
    while (last > 0 && last < length && ((unsigned char)name[length - last] & 0xC0) == 0x80) {
        last++;
    }
    text_fold(name + length - last, folded, sizeof(folded));
    if (strcmp(folded, "'") == 0) {
        name[length - last] = '\0';
    }
}

/* Narrows the cursor, after "selon le", to the one whose calendar it is: empty when it does not
 * say. */
static bool find_owner(struct schedule_cursor *c)
{
    struct schedule_cursor word = *c;
    int value = 0;
    if (!schedule_words_take(&word, WORD_CALENDAR, &value)) {
        return cut_english_calendar(c);
    }
    if (value == 1) {
        *c = word;
        bool last = c->at < c->end && is_mark(&c->line->tokens[c->end - 1], ')');
        if (schedule_words_mark(c, '(')) {
            c->end -= last;
            return last && c->at < c->end;
        }
        schedule_words_take(c, WORD_OF, NULL);
    }
    skip_to_maker(c);
    return true;
}

/* Whether the token at the cursor may be at either end of a name: not a word that leads to one. */
static bool bounds_name(struct schedule_cursor c)
{
    const struct schedule_token *token = schedule_words_token(&c);
    bool mark = token->kind == TOKEN_MARK && !strchr("?\")&", token->mark);
    return !mark && schedule_words_match(&c, WORD_BY, NULL) == 0 &&
           schedule_words_match(&c, WORD_OF, NULL) == 0 &&
           schedule_words_match(&c, WORD_ARTICLE, NULL) == 0;
}

/* Whether a cursor is a name by itself. */
static bool is_name(const struct schedule_cursor *c)
{
    return bounds_name(*c) && bounds_name((struct schedule_cursor){c->line, c->end - 1, c->end}) &&
           schedule_modes_plain(c);
}

/* Whether a name is what is read as the name in "the calendar of ...", as it is written back:
 * "2010", which an apostrophe stood behind, is a year, and of "CLSC par CRÉ" the end alone would
 * be.
 */
static bool reads_back(const char *name)
{
    struct schedule_line line;
    char again[SCHEDULE_LABEL_SIZE];
    if (name[0] == '\0') {
        return true;
    }
    if (!schedule_words_cut(name, strlen(name), &line)) {
        return false;
    }
    struct schedule_cursor c = {&line, 0, line.count};
    skip_to_maker(&c);
    return c.at < c.end && is_name(&c) && schedule_modes_copy(&c, again) &&
           strcmp(again, name) == 0;
}

bool schedule_modes_calendar(struct schedule_cursor *c, struct schedule *out)
{
    struct schedule_cursor owner = *c;
    if (!schedule_words_take(&owner, WORD_ACCORDING, NULL)) {
        return false;
    }
    schedule_words_take(&owner, WORD_ARTICLE, NULL);
    if (!find_owner(&owner)) {
        return false;
    }
    bool possessive = owner.end < c->end && strcmp(c->line->tokens[owner.end].word, "s") == 0;
    while (owner.at < owner.end && is_stop(&owner.line->tokens[owner.end - 1])) {
        owner.end--;
    }
    if (owner.at < owner.end &&
        (!is_name(&owner) || !schedule_modes_copy(&owner, out->calendar_of))) {
        return false;
    }
    if (possessive) {
        drop_apostrophe(out->calendar_of);
    }
    if (!reads_back(out->calendar_of)) {
        return false;
    }
    out->mode = SCHEDULE_BY_CALENDAR;
    c->at = c->end;
    return true;
}
