#include "schedule.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FRENCH 0
#define ENGLISH 1

static const char *const seasons[2][4] = {
    {"hiver", "printemps", "été", "automne"}, {"winter", "spring", "summer", "fall"}};

/* The modes that are one phrase. */
static const char *const phrases[2][SCHEDULE_TO_BE_SET + 1] = {
    {[SCHEDULE_CONTINUOUS] = "en continu",
        [SCHEDULE_AS_NEEDED] = "au besoin",
        [SCHEDULE_TO_BE_SET] = "à déterminer"},
    {[SCHEDULE_CONTINUOUS] = "ongoing",
        [SCHEDULE_AS_NEEDED] = "as needed",
        [SCHEDULE_TO_BE_SET] = "to be determined"},
};

/* The text being written, cut to its size, with the bytes that all of it takes. */
struct writing {
    char *buf;
    size_t size, length;
    int language;
};

__attribute__((format(printf, 2, 3))) static void put(struct writing *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t used = w->length < w->size ? w->length : w->size;
    int written = vsnprintf(w->buf + used, w->size - used, format, arguments);
    va_end(arguments);
    w->length += written > 0 ? (size_t)written : 0;
}

struct civil {
    int y, m, d;
    bool ends_month;
};

static struct civil civil_of(int32_t day)
{
    struct civil c = {.y = 0};
    date_to_civil(day, &c.y, &c.m, &c.d);
    c.ends_month = c.d == date_month_length(c.y, c.m);
    return c;
}

static const char *month_of(const struct writing *w, int month)
{
    return date_month_name(month, w->language == FRENCH ? "fr" : "en");
}

static const char *ordinal(int day)
{
    return day == 1 ? "er" : "";
}

static void put_day(struct writing *w, int32_t day)
{
    char text[DATE_TEXT_SIZE];
    date_long_text(day, w->language == FRENCH ? "fr" : "en", text, sizeof(text));
    put(w, "%s", text);
}

static void put_span_days(struct writing *w, const struct schedule *s)
{
    struct civil a = civil_of(s->earliest);
    struct civil b = civil_of(s->latest);
    bool french = w->language == FRENCH;
    if (a.y != b.y) {
        put_day(w, s->earliest);
        put(w, french ? " au " : " to ");
        put_day(w, s->latest);
    } else if (french && a.m == b.m) {
        put(w, "%d%s au %d%s %s %d", a.d, ordinal(a.d), b.d, ordinal(b.d), month_of(w, b.m), b.y);
    } else if (french) {
        put(w, "%d%s %s au %d%s %s %d", a.d, ordinal(a.d), month_of(w, a.m), b.d, ordinal(b.d),
            month_of(w, b.m), b.y);
    } else if (a.m == b.m) {
        put(w, "%s %d to %d, %d", month_of(w, a.m), a.d, b.d, b.y);
    } else {
        put(w, "%s %d to %s %d, %d", month_of(w, a.m), a.d, month_of(w, b.m), b.d, b.y);
    }
}

static void put_span(struct writing *w, const struct schedule *s)
{
    struct civil a = civil_of(s->earliest);
    struct civil b = civil_of(s->latest);
    bool months = a.d == 1 && b.ends_month && (a.y < b.y || a.m < b.m);
    const char *to = w->language == FRENCH ? "à" : "to";
    if (months && a.m == 1 && b.m == 12 && a.y < b.y) {
        put(w, "%d-%d", a.y, b.y);
    } else if (months && a.y < b.y) {
        put(w, "%s %d %s %s %d", month_of(w, a.m), a.y, to, month_of(w, b.m), b.y);
    } else if (months) {
        put(w, "%s %s %s %d", month_of(w, a.m), to, month_of(w, b.m), b.y);
    } else {
        put_span_days(w, s);
    }
}

/* Whether the dates are those of a whole month (length 1), quarter (3) or year (12). */
static bool is_months(const struct schedule *s, int length)
{
    struct civil a = civil_of(s->earliest);
    return a.d == 1 && (a.m - 1) % length == 0 &&
           date_add_months(s->earliest, length) - 1 == s->latest;
}

static int season_of(const struct schedule *s)
{
    struct civil end = civil_of(s->latest);
    for (int season = 1; season <= 4; season++) {
        int32_t first;
        int32_t last;
        if (schedule_season(end.y, season, &first, &last) && first == s->earliest &&
            last == s->latest) {
            return season;
        }
    }
    return 0;
}

static bool put_season(struct writing *w, const struct schedule *s)
{
    int season = season_of(s);
    if (season > 0) {
        put(w, "%s %d", seasons[w->language][season - 1], civil_of(s->latest).y);
    }
    return season > 0;
}

static bool put_quarter(struct writing *w, const struct schedule *s)
{
    struct civil end = civil_of(s->latest);
    int quarter = end.m / 3;
    if (!is_months(s, 3)) {
        return false;
    }
    if (w->language == FRENCH) {
        put(w, "%d%s trimestre %d", quarter, quarter == 1 ? "er" : "e", end.y);
    } else {
        put(w, "Q%d %d", quarter, end.y);
    }
    return true;
}

static bool put_month(struct writing *w, const struct schedule *s)
{
    struct civil end = civil_of(s->latest);
    if (is_months(s, 1)) {
        put(w, "%s %d", month_of(w, end.m), end.y);
        return true;
    }
    return false;
}

static bool put_year(struct writing *w, const struct schedule *s)
{
    if (is_months(s, 12)) {
        put(w, "%d", civil_of(s->latest).y);
        return true;
    }
    return false;
}

static bool put_one_day(struct writing *w, const struct schedule *s)
{
    if (s->earliest == s->latest) {
        put_day(w, s->latest);
        return true;
    }
    return false;
}

static void put_dated(struct writing *w, const struct schedule *s)
{
    static bool (*const writers[])(struct writing *, const struct schedule *) = {
        [SCHEDULE_DAY] = put_one_day,
        [SCHEDULE_MONTH] = put_month,
        [SCHEDULE_SEASON] = put_season,
        [SCHEDULE_QUARTER] = put_quarter,
        [SCHEDULE_YEAR] = put_year,
        [SCHEDULE_SPAN] = NULL,
    };
    bool known = (unsigned)s->precision < sizeof(writers) / sizeof(writers[0]);
    if (!known || !writers[s->precision] || !writers[s->precision](w, s)) {
        put_span(w, s);
    }
}

static void put_recurring(struct writing *w, const struct schedule *s)
{
    bool french = w->language == FRENCH;
    if (s->times_min != s->times_max) {
        put(w, french ? "%d à %d fois par année" : "%d to %d times a year", s->times_min,
            s->times_max);
    } else if (s->times_min == 1) {
        put(w, french ? "une fois par année" : "once a year");
    } else {
        put(w, french ? "%d fois par année" : "%d times a year", s->times_min);
    }
}

/* French wants an article that the name alone does not tell: "de l’" fits any vowel, "des" a plural
 * common noun; else parentheses. */
static void put_calendar(struct writing *w, const struct schedule *s)
{
    char folded[SCHEDULE_LABEL_SIZE];
    const char *name = s->calendar_of;
    text_fold(name, folded, sizeof(folded));
    size_t word = strcspn(folded, " ");
    bool plural = word > 1 && folded[0] == name[0] && folded[word - 1] == 's';
    if (w->language == ENGLISH) {
        put(w, name[0] != '\0' ? "according to the calendar of %s" : "according to the calendar",
            name);
    } else if (name[0] == '\0') {
        put(w, "selon le calendrier");
    } else if (plural) {
        put(w, "selon le calendrier des %s", name);
    } else if (strchr("aeiou", folded[0])) {
        put(w, "selon le calendrier de l’%s", name);
    } else {
        put(w, "selon le calendrier (%s)", name);
    }
}

static bool put_deadline(struct writing *w, const struct schedule *s)
{
    if (s->mode == SCHEDULE_DATED) {
        bool days = date_to_civil(s->earliest, NULL, NULL, NULL) &&
                    date_to_civil(s->latest, NULL, NULL, NULL) && s->earliest <= s->latest;
        if (days) {
            put_dated(w, s);
        }
        return days;
    }
    if (s->mode == SCHEDULE_RECURRING) {
        put_recurring(w, s);
    } else if (s->mode == SCHEDULE_BY_CALENDAR) {
        put_calendar(w, s);
    } else {
        bool known = (unsigned)s->mode <= SCHEDULE_TO_BE_SET && phrases[w->language][s->mode];
        put(w, "%s", known ? phrases[w->language][s->mode] : "");
        return known;
    }
    return true;
}

/* A text of its own begins with a capital; it goes on in lower case after a label. */
static void capitalize(char *s)
{
    unsigned char first = (unsigned char)s[0];
    if (first >= 'a' && first <= 'z') {
        s[0] = (char)(first - 'a' + 'A');
    } else if (first == 0xC3 && (unsigned char)s[1] >= 0xA0) {
        s[1] = (char)((unsigned char)s[1] - 0x20);
    }
}

size_t schedule_write(const struct schedule *schedule, const char *language, char *buf, size_t size)
{
    char text[SCHEDULE_TEXT_SIZE];
    struct writing w = {text, sizeof(text), 0, strcmp(language, "fr") == 0 ? FRENCH : ENGLISH};
    if (size > 0) {
        buf[0] = '\0';
    }
    if (schedule->label[0] != '\0') {
        put(&w, w.language == FRENCH ? "%s\u00A0: " : "%s: ", schedule->label);
    }
    if (!put_deadline(&w, schedule)) {
        return 0;
    }
    if (schedule->label[0] == '\0') {
        capitalize(text);
    }
    if (size > 0) {
        text_copy(buf, size, text);
    }
    return w.length;
}
