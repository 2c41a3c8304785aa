#include "words/when.h"

#include <stdio.h>
#include <string.h>

#include "date.h"
#include "figures/meetings.h"
#include "i18n.h"
#include "words/phrase.h"

#define CLOCK_AT 11 /* YYYY-MM-DDTHH:MM: where the hour begins */
#define CLOCK_SIZE 16

static bool is_french(const char *language)
{
    return strcmp(language, "fr") == 0;
}

/* "14 h 30" of a moment; "" when it has no hour. */
static void clock_of(const char *moment, const char *language, char out[CLOCK_SIZE])
{
    int hour, minute;

    out[0] = '\0';
    if (moment == NULL || strlen(moment) <= CLOCK_AT ||
        sscanf(moment + CLOCK_AT, "%2d:%2d", &hour, &minute) != 2)
        return;
    snprintf(
        out, CLOCK_SIZE, is_french(language) ? "%d\u00a0h\u00a0%02d" : "%d:%02d", hour, minute);
}

static const char *weekday(int32_t day, const char *language)
{
    static const char *const french[] = {
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"};
    static const char *const english[] = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    int index = date_weekday(day) - 1;

    return is_french(language) ? french[index] : english[index];
}

const char *when_text(const struct book_entry *meeting, const char *language, struct arena *arena)
{
    const char *ends_at = book_text(meeting, "ends_at");
    int32_t day = meetings_day(meeting);
    char date[DATE_TEXT_SIZE], from[CLOCK_SIZE], to[CLOCK_SIZE];
    const char *text;

    if (day == DATE_NONE)
        return "";
    date_long_text(day, language, date, sizeof(date));
    clock_of(book_text(meeting, "starts_at"), language, from);
    clock_of(ends_at, language, to);
    text =
        arena_printf(arena, is_french(language) ? "%s %s" : "%s, %s", weekday(day, language), date);
    if (text != NULL && *from != '\0')
        text = arena_printf(arena, "%s, %s", text, from);
    if (text != NULL && *from != '\0' && *to != '\0')
        text = arena_printf(arena, _("%s until %s"), text, to);
    return text == NULL ? "" : text;
}

const char *when_brief(const struct book_entry *meeting, const char *language, struct arena *arena)
{
    char date[PHRASE_SIZE], clock[CLOCK_SIZE];
    const char *text;

    phrase_date(meetings_day(meeting), language, date);
    clock_of(book_text(meeting, "starts_at"), language, clock);
    text = arena_printf(arena, "%s%s%s", date, *clock == '\0' ? "" : ", ", clock);
    return text == NULL ? "" : text;
}
