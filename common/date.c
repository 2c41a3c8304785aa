#include "date.h"

#include <stdio.h>
#include <string.h>

#define YEAR_MIN 1
#define YEAR_MAX 9999
#define MONTHS 12

static const char *const names[2][MONTHS] = {
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December"},
    {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre"}};

int date_month_length(int year, int month)
{
    static const int lengths[MONTHS] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > MONTHS) {
        return 0;
    }
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && leap);
}

/* Both conversions count years from March, so that the leap day is the year's last, in cycles of
 * 400 years (146097 days); 719468 is the day of 1970-01-01 counted from 0000-03-01. */
int32_t date_from_civil(int year, int month, int day)
{
    if (day < 1 || day > date_month_length(year, month)) {
        return DATE_NONE;
    }
    int y = year - (month <= 2);
    int from_march = (month + 9) % MONTHS;
    int cycle = y / 400;
    int in_cycle = y % 400;
    int of_year = (153 * from_march + 2) / 5 + day - 1;
    int of_cycle = in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + of_year;
    return cycle * 146097 + of_cycle - 719468;
}

bool date_to_civil(int32_t day, int *year_r, int *month_r, int *day_r)
{
    const int32_t first = -719162; /* 0001-01-01 */
    const int32_t last = 2932896;  /* 9999-12-31 */
    if (day < first || day > last) {
        return false;
    }
    int z = day + 719468;
    int of_cycle = z % 146097;
    int in_cycle = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
    int of_year = of_cycle - (365 * in_cycle + in_cycle / 4 - in_cycle / 100);
    int from_march = (5 * of_year + 2) / 153;
    int month = from_march < 10 ? from_march + 3 : from_march - 9;
    if (year_r) {
        *year_r = z / 146097 * 400 + in_cycle + (month <= 2);
    }
    if (month_r) {
        *month_r = month;
    }
    if (day_r) {
        *day_r = of_year - (153 * from_march + 2) / 5 + 1;
    }
    return true;
}

bool date_parse(const char *iso, int32_t *day_r)
{
    static const char shape[] = "dddd-dd-dd";
    int parts[3] = {0, 0, 0};
    size_t part = 0;
    *day_r = DATE_NONE;
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        bool digit = iso[i] >= '0' && iso[i] <= '9';
        if (shape[i] == '-' ? iso[i] != '-' : !digit) {
            return false;
        }
        if (digit) {
            parts[part] = parts[part] * 10 + (iso[i] - '0');
        } else {
            part++;
        }
    }
    if (iso[sizeof(shape) - 1] != '\0') {
        return false;
    }
    *day_r = date_from_civil(parts[0], parts[1], parts[2]);
    return *day_r != DATE_NONE;
}

void date_format(int32_t day, char out[11])
{
    int y;
    int m;
    int d;
    out[0] = '\0';
    if (date_to_civil(day, &y, &m, &d)) {
        /* The remainders say to the compiler what date_to_civil promises. */
        snprintf(
            out, 11, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
    }
}

int date_weekday(int32_t day)
{
    if (!date_to_civil(day, NULL, NULL, NULL)) {
        return 0;
    }
    int from_thursday = day % 7; /* 1970-01-01 was a Thursday */
    return (from_thursday + 7 + 3) % 7 + 1;
}

int32_t date_add_months(int32_t day, int months)
{
    int y;
    int m;
    int d;
    if (!date_to_civil(day, &y, &m, &d)) {
        return DATE_NONE;
    }
    int64_t count = (int64_t)y * MONTHS + m - 1 + months;
    if (count < YEAR_MIN * MONTHS || count >= (YEAR_MAX + 1) * MONTHS) {
        return DATE_NONE;
    }
    int year = (int)(count / MONTHS);
    int month = (int)(count % MONTHS) + 1;
    int length = date_month_length(year, month);
    return date_from_civil(year, month, d < length ? d : length);
}

const char *date_month_name(int month, const char *language)
{
    if (month < 1 || month > MONTHS) {
        return "";
    }
    return names[strcmp(language, "fr") == 0][month - 1];
}

void date_long_text(int32_t day, const char *language, char *buf, size_t size)
{
    int y;
    int m;
    int d;
    if (!date_to_civil(day, &y, &m, &d)) {
        snprintf(buf, size, "%s", "");
    } else if (strcmp(language, "fr") == 0) {
        snprintf(buf, size, "%d%s %s %d", d, d == 1 ? "er" : "", date_month_name(m, language), y);
    } else {
        snprintf(buf, size, "%s %d, %d", date_month_name(m, language), d, y);
    }
}
