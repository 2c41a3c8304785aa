#include "schedule_dates.h"

#define YEAR_FIRST 1900
#define YEAR_LAST 2199

/* A date as written, perhaps with the year or the month left to the other end of its span (0). */
struct part {
    enum schedule_precision precision;
    int year;
    int which; /* the month, season or quarter */
    int day;
    int weekday; /* 0: not said */
};

bool schedule_season(int year, int season, int32_t *first_r, int32_t *last_r)
{
    static const struct {
        int month, day;
    } starts[] = {{12, 21}, {3, 21}, {6, 21}, {9, 23}, {12, 21}};
    *first_r = DATE_NONE;
    *last_r = DATE_NONE;
    if (season < 1 || season > 4 || year < 2 || year > 9999) {
        return false;
    }
    *first_r = date_from_civil(
        season == 1 ? year - 1 : year, starts[season - 1].month, starts[season - 1].day);
    *last_r = date_from_civil(year, starts[season].month, starts[season].day) - 1;
    return true;
}

bool schedule_dates_is_year(const struct schedule_token *token)
{
    return token->kind == TOKEN_NUMBER && token->digits == 4 && !token->ordinal &&
           token->number >= YEAR_FIRST && token->number <= YEAR_LAST;
}

static bool read_year(struct schedule_cursor *c, int *year_r)
{
    const struct schedule_token *token = schedule_words_token(c);
    if (!token || !schedule_dates_is_year(token)) {
        return false;
    }
    *year_r = token->number;
    c->at++;
    return true;
}

/* A year after something else: "juin 2009", "June 2, 2009", "juin de 2009". Nothing is well too. */
static void read_year_after(struct schedule_cursor *c, int *year_r)
{
    struct schedule_cursor ahead = *c;
    int told = 0;
    schedule_words_mark(&ahead, ',');
    if (schedule_words_match(&ahead, WORD_FILLER, &told) > 0 && told == 0) {
        schedule_words_take(&ahead, WORD_FILLER, NULL);
    }
    if (read_year(&ahead, year_r)) {
        *c = ahead;
    }
}

static bool read_day(struct schedule_cursor *c, int *day_r)
{
    const struct schedule_token *token = schedule_words_token(c);
    if (!token || token->kind != TOKEN_NUMBER || token->digits > 2 || token->number < 1 ||
        token->number > 31) {
        return false;
    }
    *day_r = token->number;
    c->at++;
    return true;
}

static bool read_month(struct schedule_cursor *c, int *month_r)
{
    if (!schedule_words_take(c, WORD_MONTH, month_r)) {
        return false;
    }
    schedule_words_mark(c, '.');
    return true;
}

/* "2009-06-02" or "2009/06/02", without spaces. */
static bool read_iso(struct schedule_cursor *c, struct part *part)
{
    const struct schedule_token *t = &c->line->tokens[c->at];
    if (c->end - c->at < 5 || !schedule_dates_is_year(&t[0]) || t[2].digits != 2 || t[4].digits != 2 ||
        t[1].kind != TOKEN_MARK || (t[1].mark != '-' && t[1].mark != '/') ||
        t[3].mark != t[1].mark || t[4].end - t[0].start != 10 || t[4].ordinal || t[2].ordinal) {
        return false;
    }
    *part = (struct part){SCHEDULE_DAY, t[0].number, t[2].number, t[4].number, part->weekday};
    c->at += 5;
    return true;
}

/* "2 juin 2009", "2nd of June, 2009"; in a span also "2" and "5, 2009" alone. */
static bool read_day_month(struct schedule_cursor *c, struct part *part)
{
    struct schedule_cursor ahead;
    int told = 0;
    if (!read_day(c, &part->day)) {
        return false;
    }
    ahead = *c;
    if (schedule_words_match(&ahead, WORD_FILLER, &told) > 0 && told == 0) {
        schedule_words_take(&ahead, WORD_FILLER, NULL);
    }
    if (read_month(&ahead, &part->which)) {
        *c = ahead;
    }
    part->precision = SCHEDULE_DAY;
    read_year_after(c, &part->year);
    return true;
}

/* "Juin 2009", "juin 2, 2009". */
static bool read_month_year(struct schedule_cursor *c, struct part *part)
{
    if (!read_month(c, &part->which)) {
        return false;
    }
    part->precision = read_day(c, &part->day) ? SCHEDULE_DAY : SCHEDULE_MONTH;
    read_year_after(c, &part->year);
    return true;
}

/* "Automne 2009"; "hiver 2009-2010" too, for winter alone lies in two years. */
static bool read_season(struct schedule_cursor *c, struct part *part)
{
    if (!schedule_words_take(c, WORD_SEASON, &part->which)) {
        return false;
    }
    part->precision = SCHEDULE_SEASON;
    read_year_after(c, &part->year);
    struct schedule_cursor ahead = *c;
    int next = 0;
    if (part->which == 1 && part->year > 0 &&
        (schedule_words_mark(&ahead, '-') || schedule_words_mark(&ahead, '/')) &&
        read_year(&ahead, &next) && next == part->year + 1) {
        part->year = next;
        *c = ahead;
    }
    return true;
}

/* "T1 2009", "1er trimestre 2009", "first quarter of 2009". */
static bool read_quarter(struct schedule_cursor *c, struct part *part)
{
    struct schedule_cursor ahead = *c;
    const struct schedule_token *token = schedule_words_token(c);
    if (!schedule_words_take(&ahead, WORD_QUARTER, &part->which)) {
        if (token && token->kind == TOKEN_NUMBER && token->ordinal && token->number <= 4) {
            part->which = token->number;
            ahead.at++;
        } else if (!schedule_words_take(&ahead, WORD_ORDINAL, &part->which)) {
            return false;
        }
        if (!schedule_words_take(&ahead, WORD_TRIMESTER, NULL)) {
            return false;
        }
        schedule_words_mark(&ahead, '.');
    }
    *c = ahead;
    part->precision = SCHEDULE_QUARTER;
    read_year_after(c, &part->year);
    return part->which > 0;
}

/* "2009", "2009 T1". */
static bool read_year_alone(struct schedule_cursor *c, struct part *part)
{
    if (!read_year(c, &part->year)) {
        return false;
    }
    bool quarter = schedule_words_take(c, WORD_QUARTER, &part->which);
    part->precision = quarter ? SCHEDULE_QUARTER : SCHEDULE_YEAR;
    return true;
}

static bool read_part(struct schedule_cursor *c, struct part *part_r)
{
    static bool (*const readers[])(struct schedule_cursor *, struct part *) = {
        read_iso, read_quarter, read_day_month, read_month_year, read_season, read_year_alone};
    struct schedule_cursor start = *c;
    struct part blank = {.precision = SCHEDULE_PRECISION_NONE};
    if (schedule_words_take(&start, WORD_WEEKDAY, &blank.weekday)) {
        schedule_words_mark(&start, ',');
        schedule_words_take(&start, WORD_ARTICLE, NULL);
    }
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        struct schedule_cursor ahead = start;
        *part_r = blank;
        if (ahead.at < ahead.end && readers[i](&ahead, part_r)) {
            *c = ahead;
            return true;
        }
    }
    return false;
}

/* First and last day of a complete part; false for what the calendar does not have. */
static bool part_days(const struct part *part, int32_t *first_r, int32_t *last_r)
{
    int y = part->year;
    int month = part->precision == SCHEDULE_QUARTER ? part->which * 3 - 2 : part->which;
    if (part->precision == SCHEDULE_SEASON) {
        return y > 0 && schedule_season(y, part->which, first_r, last_r);
    }
    if (part->precision == SCHEDULE_DAY) {
        *first_r = date_from_civil(y, month, part->day);
        *last_r = *first_r;
        bool agrees = part->weekday == 0 || part->weekday == date_weekday(*first_r);
        return *first_r != DATE_NONE && agrees;
    }
    int length = part->precision == SCHEDULE_MONTH ? 1 : 3;
    if (part->precision == SCHEDULE_YEAR) {
        month = 1;
        length = 12;
    }
    *first_r = date_from_civil(y, month, 1);
    *last_r = date_add_months(*first_r, length) - (*first_r != DATE_NONE);
    return *first_r != DATE_NONE && part->weekday == 0;
}

/* Gives each end of a span what only the other one says. Returns whether the two go together. */
static bool complete(struct part *first, struct part *last)
{
    bool days = first->precision == SCHEDULE_DAY && last->precision == SCHEDULE_DAY;
    bool years = first->precision == SCHEDULE_YEAR;
    if (years != (last->precision == SCHEDULE_YEAR)) {
        return false;
    }
    if (first->year == 0) {
        if (first->precision != last->precision) {
            return false;
        }
        first->year = last->year;
        if (days && first->which == 0) {
            first->which = last->which;
        }
        if (days && last->which == 0) {
            last->which = first->which;
        }
    }
    return first->year > 0 && last->year > 0;
}

static void take_fillers(struct schedule_cursor *c, bool *told)
{
    int value = 0;
    while (schedule_words_take(c, WORD_FILLER, &value)) {
        *told = *told || value > 0;
    }
}

static bool read_span(
    struct schedule_cursor *c, struct part first, bool between, struct schedule *out)
{
    struct schedule_cursor ahead = *c;
    struct part last;
    int32_t days[4];
    bool told = false;
    bool joined =
        between ? schedule_words_take(&ahead, WORD_AND, NULL)
                : schedule_words_mark(&ahead, '-') || schedule_words_take(&ahead, WORD_TO, NULL);
    if (!joined) {
        return false;
    }
    take_fillers(&ahead, &told);
    if (!read_part(&ahead, &last) || !complete(&first, &last) ||
        !part_days(&first, &days[0], &days[1]) || !part_days(&last, &days[2], &days[3]) ||
        days[0] > days[2] || days[1] > days[3]) {
        return false;
    }
    out->mode = SCHEDULE_DATED;
    out->precision = SCHEDULE_SPAN;
    out->earliest = days[0];
    out->latest = days[3];
    *c = ahead;
    return true;
}

bool schedule_dates_read(struct schedule_cursor *c, struct schedule *out, bool *told_r)
{
    struct schedule_cursor ahead = *c;
    struct part part;
    int32_t first;
    int32_t last;
    bool told = false;
    take_fillers(&ahead, &told);
    bool between = schedule_words_take(&ahead, WORD_BETWEEN, NULL);
    bool open = schedule_words_take(&ahead, WORD_FROM, NULL) || between;
    take_fillers(&ahead, &told);
    if (!read_part(&ahead, &part)) {
        return false;
    }
    if (!read_span(&ahead, part, between, out)) {
        if (open || !part_days(&part, &first, &last)) {
            return false;
        }
        out->mode = SCHEDULE_DATED;
        out->precision = part.precision;
        out->earliest = first;
        out->latest = last;
    }
    *c = ahead;
    if (told_r) {
        *told_r = told || open;
    }
    return true;
}
