/* Numbers and days as people type them. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "input/fields.h"
#include "text.h"

bool fields_number(const char *text, int64_t *number_r)
{
    char digits[32];
    size_t used = 0, size;
    uint32_t c;
    char *end;

    for (const char *at = text; *at != '\0'; at += size) {
        size = text_decode(at, strlen(at), &c);
        if (size == 0 || used + 1 >= sizeof(digits))
            return false;
        if (c == ' ' || c == 0xA0 || c == 0x202F)
            continue;
        if (c == '%' && strchr(at + 1, '%') == NULL && used > 0)
            continue;
        if (c > 127 || (!isdigit((int)c) && !(c == '-' && used == 0)))
            return false;
        digits[used++] = (char)c;
    }
    digits[used] = '\0';
    errno = 0;
    *number_r = strtoll(digits, &end, 10);
    return errno == 0 && used > 0 && *end == '\0' && end != digits;
}

bool fields_day(const char *text, int32_t today, int32_t *day_r)
{
    static const struct {
        const char *word;
        int32_t days;
    } near_days[] = {
        {"today", 0},
        {"aujourd'hui", 0},
        {"yesterday", -1},
        {"hier", -1},
        {"tomorrow", 1},
        {"demain", 1},
    };
    struct schedule schedule;

    if (date_parse(text, day_r))
        return true;
    for (size_t i = 0; i < sizeof(near_days) / sizeof(near_days[0]); i++)
        if (text_distance(text, near_days[i].word) == 0) {
            *day_r = today + near_days[i].days;
            return today != DATE_NONE;
        }
    if (!schedule_read(text, &schedule) || schedule.mode != SCHEDULE_DATED ||
        schedule.precision != SCHEDULE_DAY || schedule.label[0] != '\0')
        return false;
    *day_r = schedule.earliest;
    return true;
}
