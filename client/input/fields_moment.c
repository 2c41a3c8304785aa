/* Moments as people type them: a day, and mostly the time on the region's clocks. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "date.h"
#include "input/fields.h"
#include "text.h"

#define TEXT_SIZE 96

/* Reads one or two digits; false when there are none. */
static bool take_number(const char **at, int *number_r)
{
    size_t length = strspn(*at, "0123456789");

    if (length == 0 || length > 2)
        return false;
    *number_r = 0;
    for (size_t i = 0; i < length; i++)
        *number_r = *number_r * 10 + (*at)[i] - '0';
    *at += length;
    return true;
}

static const char *past_spaces(const char *at)
{
    return at + strspn(at, " ");
}

/* "am", "p.m.": the afternoon's hours follow noon. */
static bool take_half(const char *at, int *hour)
{
    bool afternoon = strcmp(at, "pm") == 0 || strcmp(at, "p.m.") == 0;

    if (!afternoon && strcmp(at, "am") != 0 && strcmp(at, "a.m.") != 0)
        return false;
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (afternoon ? 12 : 0);
    return true;
}

/* "13 h 30", "13h30", "9 h", "13:30", "1:30 pm", "9 am", "midi"; all of the text. */
static bool read_clock(const char *text, int *hour_r, int *minute_r)
{
    const char *at = text;

    *minute_r = 0;
    if (strcmp(text, "midi") == 0 || strcmp(text, "noon") == 0) {
        *hour_r = 12;
        return true;
    }
    if (!take_number(&at, hour_r))
        return false;
    at = past_spaces(at);
    if (*at == 'h' || *at == ':') {
        bool needs = *at == ':';

        at = past_spaces(at + 1);
        if (*at != '\0' && !take_number(&at, minute_r))
            return false;
        if (needs && at[-1] == ':')
            return false;
        at = past_spaces(at);
    } else if (*at == '\0') {
        return false; /* a number alone is no time */
    }
    return (*at == '\0' || take_half(at, hour_r)) && *hour_r < 24 && *minute_r < 60;
}

/* What people write between a day and a time. */
static const char *past_joint(const char *at)
{
    static const char *const joints[] = {"a ", "at ", "de ", "from "};

    at = past_spaces(at);
    for (size_t i = 0; i < sizeof(joints) / sizeof(joints[0]); i++)
        if (strncmp(at, joints[i], strlen(joints[i])) == 0)
            return past_spaces(at + strlen(joints[i]));
    return at;
}

/* A day in the first `length` bytes, a time behind them. */
static bool read_both(const char *text, size_t length, int32_t today, char out[FIELDS_MOMENT_SIZE])
{
    char day_text[TEXT_SIZE], iso[11];
    int hour, minute;
    int32_t day;

    if (!read_clock(past_joint(text + length + 1), &hour, &minute))
        return false;
    memcpy(day_text, text, length);
    day_text[length] = '\0';
    if (!fields_day(text_trim(day_text), today, &day))
        return false;
    date_format(day, iso);
    snprintf(out, FIELDS_MOMENT_SIZE, "%.10sT%02u:%02u", iso, (unsigned)hour % 24,
        (unsigned)minute % 60);
    return true;
}

bool fields_moment(const char *text, int32_t today, char out[FIELDS_MOMENT_SIZE])
{
    char folded[TEXT_SIZE], iso[11];
    int32_t day;

    if (fields_day(text, today, &day)) {
        date_format(day, iso);
        snprintf(out, FIELDS_MOMENT_SIZE, "%.10s", iso);
        return true;
    }
    if (text_fold(text, folded, sizeof(folded)) >= sizeof(folded))
        return false;
    text_trim(folded);
    /* "t" stands between the two in 2009-06-02T13:30. */
    for (size_t i = 1; folded[i] != '\0'; i++)
        if ((folded[i] == ' ' || folded[i] == ',' ||
                (folded[i] == 't' && isdigit((unsigned char)folded[i - 1]))) &&
            read_both(folded, i, today, out))
            return true;
    return false;
}
