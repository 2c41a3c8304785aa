#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Civil dates: whole days since 1970-01-01 in the proleptic Gregorian calendar, as int32_t. */

/* No date. Every function here takes it and answers with DATE_NONE, false or "" as fits. */
#define DATE_NONE INT32_MIN

/* Bytes that a date in long text needs, with the NUL, in any language. */
#define DATE_TEXT_SIZE 32

/* The day of a year (1 to 9999), month (1 to 12) and day of the month (from 1); DATE_NONE when
 * there is no such day. */
int32_t date_from_civil(int year, int month, int day);

/* Splits `day` into year, month and day of the month. Each output may be NULL. Returns false, with
 * outputs untouched, when `day` is DATE_NONE or outside of the years 1 to 9999. */
bool date_to_civil(int32_t day, int *year_r, int *month_r, int *day_r);

/* Reads exactly "YYYY-MM-DD". Returns false, with *day_r DATE_NONE, for anything else. */
bool date_parse(const char *iso, int32_t *day_r);

/* Writes "YYYY-MM-DD" and a NUL; an empty text for DATE_NONE or a day outside of years 1 to 9999.
 */
void date_format(int32_t day, char out[11]);

/* Day of the week, Monday 1 to Sunday 7; 0 for DATE_NONE. */
int date_weekday(int32_t day);

/* The same day of the month `months` later (earlier when negative), or that month's last day when
 * it has no such day: 31 January + 1 is 28 or 29 February. DATE_NONE when out of range. */
int32_t date_add_months(int32_t day, int months);

/* The number of days in a month; 0 when year or month is out of range. */
int date_month_length(int year, int month);

/* Makes the IANA zone `zone_name` ("America/Toronto") the program's, for date_of_time, date_clock
 * and the C library: to be called once, at start, before threads. Returns false and changes nothing
 * when the machine has no such zone. */
bool date_zone(const char *zone_name);

/* A zone's rules in memory, for who may not read a file each time. */
struct date_rules;

/* Reads the rules of the IANA zone `zone_name`. NULL when the machine has no such zone. Free with
 * date_rules_free. */
struct date_rules *date_rules_load(const char *zone_name);

/* Accepts NULL, leaves NULL. */
void date_rules_free(struct date_rules **rules);

/* The civil date, by the rules, of a moment in microseconds since 1970-01-01 UTC; UTC's for NULL.
 * DATE_NONE when out of range. */
int32_t date_by_rules(const struct date_rules *rules, int64_t microseconds_utc);

/* The civil date, in the IANA zone `zone_name`, of a moment in microseconds since 1970-01-01 UTC
 * (negative is before). NULL or "" means the zone of date_zone. Changes no process-wide state for
 * UTC or the zone of date_zone; another zone is read from the machine's zone files. DATE_NONE for a
 * zone that the machine does not have. */
int32_t date_of_time(int64_t microseconds_utc, const char *zone_name);

/* The hour (0 to 23) and minute on the clock of that zone at that moment; zones, as date_of_time.
 * Returns false, with outputs untouched, for a zone that the machine does not have. */
bool date_clock(int64_t microseconds_utc, const char *zone_name, int *hour_r, int *minute_r);

/* The moment, in microseconds since 1970-01-01 UTC, when a clock of the zone shows `hour`:`minute`
 * of `day`: the earlier one when the clock shows it twice; as long after the jump when the clock
 * jumps over it. Returns false, with *microseconds_r untouched, for no such day, time or zone. */
bool date_to_time(
    int32_t day, int hour, int minute, const char *zone_name, int64_t *microseconds_r);

/* The date as people read it, "15 octobre 2009", "1er juin 2009", "October 15, 2009"; `language` is
 * "fr" or "en" (any other is read as "en"). Cut to `size`; DATE_TEXT_SIZE is always enough. An
 * empty text for DATE_NONE. */
void date_long_text(int32_t day, const char *language, char *buf, size_t size);

/* The name of month 1 to 12 in lower case French or in English with its capital; "" otherwise. */
const char *date_month_name(int month, const char *language);
