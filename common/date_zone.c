#include "date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS_OF_DAY 86400
#define MICROSECONDS 1000000
#define ZONE_FILE_MAX (64 * 1024)
#define ZONE_HEADER 44

/* A day of the year on which a POSIX rule changes the clock, and the second of that day. */
struct change {
    int month, week, weekday; /* "M3.2.0"; month 0: the day is a number */
    int number;               /* "J60" (leap days not counted) or "59" (counted, from 0) */
    bool leap_counts;
    int32_t seconds;
};

/* The parts of a zone file (TZif, RFC 8536) that local time needs. */
struct zone_file {
    unsigned char *bytes;
    const unsigned char *times;   /* 64-bit moments when the rule changes, ascending */
    const unsigned char *choices; /* for each of them, the number of its type */
    const unsigned char *types;   /* 6 bytes each: offset from UTC, daylight saving, name */
    size_t time_count, type_count;
    const char *footer; /* the rule after the last change, as POSIX writes it; may be "" */
};

static int64_t big_endian(const unsigned char *p, size_t size)
{
    uint64_t value = p[0] >= 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++) {
        value = (value << 8) | p[i];
    }
    return (int64_t)value;
}

/* Only names as the zone database has them: nothing that climbs out of its directory. */
static bool zone_path(const char *zone_name, char *path, size_t size)
{
    const char *directory = getenv("TZDIR");
    size_t length = strlen(zone_name);
    size_t plain = strspn(zone_name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789_+-/");
    if (length == 0 || plain != length || zone_name[0] == '/') {
        return false;
    }
    int written = snprintf(path, size, "%s/%s",
        directory && directory[0] != '\0' ? directory : "/usr/share/zoneinfo", zone_name);
    return written > 0 && (size_t)written < size;
}

/* Reads the whole file, with a NUL after it; NULL when there is none. The caller frees it. */
static unsigned char *zone_bytes(const char *zone_name, size_t *length_r)
{
    char path[512];
    if (!zone_path(zone_name, path, sizeof(path))) {
        return NULL;
    }
    FILE *file = fopen(path, "re");
    if (!file) {
        return NULL;
    }
    unsigned char *bytes = malloc((size_t)ZONE_FILE_MAX + 1);
    *length_r = bytes ? fread(bytes, 1, ZONE_FILE_MAX, file) : 0;
    fclose(file);
    if (bytes) {
        bytes[*length_r] = '\0';
    }
    return bytes;
}

/* One of the six counts of the block whose header is at `h`; none is over 16 million. */
static size_t block_count(const unsigned char *h, size_t which)
{
    return (size_t)(big_endian(h + 20 + 4 * which, 4) & 0xFFFFFF);
}

/* Sizes of the block whose header is at `h`, without the header, with moments of `width` bytes. */
static size_t block_size(const unsigned char *h, size_t width)
{
    size_t counts[6];
    for (size_t i = 0; i < 6; i++) {
        counts[i] = block_count(h, i);
    }
    return counts[3] * (width + 1) + counts[4] * 6 + counts[5] + counts[2] * (width + 4) +
           counts[1] + counts[0];
}

static bool zone_index(struct zone_file *zone, size_t length)
{
    const unsigned char *h = zone->bytes;
    if (length < ZONE_HEADER || memcmp(h, "TZif", 4) != 0 || h[4] < '2') {
        return false;
    }
    size_t second = ZONE_HEADER + block_size(h, 4);
    if (length < second + ZONE_HEADER || memcmp(h + second, "TZif", 4) != 0) {
        return false;
    }
    h += second;
    size_t size = block_size(h, 8);
    if (length < second + ZONE_HEADER + size) {
        return false;
    }
    zone->time_count = block_count(h, 3);
    zone->type_count = block_count(h, 4);
    zone->times = h + ZONE_HEADER;
    zone->choices = zone->times + zone->time_count * 8;
    zone->types = zone->choices + zone->time_count;
    char *footer = (char *)zone->bytes + second + ZONE_HEADER + size;
    footer += *footer == '\n';
    footer[strcspn(footer, "\n")] = '\0';
    zone->footer = footer;
    return zone->type_count > 0;
}

static bool zone_open(struct zone_file *zone, const char *zone_name)
{
    size_t length = 0;
    zone->bytes = zone_bytes(zone_name, &length);
    if (zone->bytes && zone_index(zone, length)) {
        return true;
    }
    free(zone->bytes);
    return false;
}

static const char *rule_number(const char *p, int *value_r)
{
    *value_r = 0;
    while (*p >= '0' && *p <= '9' && *value_r < 1000) {
        *value_r = *value_r * 10 + (*p++ - '0');
    }
    return p;
}

/* [+-]hh[:mm[:ss]], in seconds. */
static const char *rule_seconds(const char *p, int32_t *seconds_r)
{
    int32_t sign = *p == '-' ? -1 : 1;
    int32_t unit = 3600;
    p += *p == '-' || *p == '+';
    *seconds_r = 0;
    for (int part = 0; part < 3; part++, unit /= 60) {
        int value;
        p = rule_number(p, &value);
        *seconds_r += value * unit;
        if (*p != ':') {
            break;
        }
        p++;
    }
    *seconds_r *= sign;
    return p;
}

static const char *rule_name(const char *p)
{
    if (*p == '<') {
        p += strcspn(p, ">");
        return p + (*p == '>');
    }
    return p + strcspn(p, "0123456789+-,");
}

static const char *rule_change(const char *p, struct change *change)
{
    *change = (struct change){.leap_counts = *p != 'J', .seconds = 7200};
    if (*p == 'M') {
        p = rule_number(p + 1, &change->month);
        p = rule_number(p + (*p == '.'), &change->week);
        p = rule_number(p + (*p == '.'), &change->weekday);
    } else {
        p = rule_number(p + (*p == 'J'), &change->number);
    }
    return *p == '/' ? rule_seconds(p + 1, &change->seconds) : p;
}

/* The moment of the change in that year, in seconds since 1970 on the clock that it ends. */
static int64_t change_moment(const struct change *change, int year)
{
    int32_t day = date_from_civil(year, change->month > 0 ? change->month : 1, 1);
    if (day == DATE_NONE) {
        return 0;
    }
    if (change->month > 0) {
        int length = date_month_length(year, change->month);
        int first = (change->weekday - date_weekday(day) % 7 + 7) % 7;
        int of_month = first + 7 * (change->week - 1);
        day += of_month < length ? of_month : of_month - 7;
    } else {
        bool leap = date_month_length(year, 2) == 29;
        day += change->number - !change->leap_counts;
        day += !change->leap_counts && leap && change->number >= 60;
    }
    return (int64_t)day * SECONDS_OF_DAY + change->seconds;
}

/* What the POSIX rule, "EST5EDT,M3.2.0,M11.1.0", says of a moment. */
static bool rule_offset(const char *rule, int64_t seconds, int32_t *offset_r)
{
    int32_t west;
    int32_t summer_west;
    struct change start;
    struct change end;
    const char *p = rule_seconds(rule_name(rule), &west);
    if (*p == '\0') {
        *offset_r = -west;
        return rule[0] != '\0';
    }
    p = rule_name(p);
    summer_west = west - 3600;
    if (*p != ',') {
        p = rule_seconds(p, &summer_west);
    }
    if (*p != ',') {
        return false;
    }
    p = rule_change(p + 1, &start);
    if (*p != ',') {
        return false;
    }
    rule_change(p + 1, &end);
    int year = 0;
    int64_t days = (seconds - west) / SECONDS_OF_DAY;
    if (days > INT32_MAX || !date_to_civil((int32_t)days, &year, NULL, NULL)) {
        return false;
    }
    int64_t from = change_moment(&start, year) + west;
    int64_t to = change_moment(&end, year) + summer_west;
    bool summer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
    *offset_r = -(summer ? summer_west : west);
    return true;
}

static bool file_offset(const struct zone_file *zone, int64_t seconds, int32_t *offset_r)
{
    size_t low = 0;
    size_t high = zone->time_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (big_endian(zone->times + 8 * middle, 8) <= seconds) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == zone->time_count && rule_offset(zone->footer, seconds, offset_r)) {
        return true;
    }
    size_t type = low > 0 ? zone->choices[low - 1] : 0;
    if (type >= zone->type_count) {
        return false;
    }
    *offset_r = (int32_t)big_endian(zone->types + 6 * type, 4);
    return true;
}

/* Seconds that clocks of the zone are ahead of UTC at that moment. */
static bool zone_offset(int64_t seconds, const char *zone_name, int32_t *offset_r)
{
    const char *own = getenv("TZ");
    *offset_r = 0;
    if (!zone_name || zone_name[0] == '\0' || (own && strcmp(own, zone_name) == 0)) {
        time_t moment = (time_t)seconds;
        struct tm local;
        if (!localtime_r(&moment, &local)) {
            return false;
        }
        *offset_r = (int32_t)local.tm_gmtoff;
        return true;
    }
    if (strcmp(zone_name, "UTC") == 0) {
        return true;
    }
    struct zone_file zone;
    if (!zone_open(&zone, zone_name)) {
        return false;
    }
    bool found = file_offset(&zone, seconds, offset_r);
    free(zone.bytes);
    return found;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The seconds since 1970 that a clock of the zone shows, as if it were UTC. */
static bool local_seconds(int64_t microseconds, const char *zone_name, int64_t *local_r)
{
    int64_t seconds = floor_divide(microseconds, MICROSECONDS);
    int32_t offset;
    if (!zone_offset(seconds, zone_name, &offset)) {
        return false;
    }
    *local_r = seconds + offset;
    return true;
}

bool date_zone(const char *zone_name)
{
    struct zone_file zone;
    if (!zone_open(&zone, zone_name)) {
        return false;
    }
    free(zone.bytes);
    if (setenv("TZ", zone_name, 1) != 0) {
        return false;
    }
    tzset();
    return true;
}

static int32_t day_of(int64_t local)
{
    int64_t day = floor_divide(local, SECONDS_OF_DAY);
    bool fits =
        day > INT32_MIN && day <= INT32_MAX && date_to_civil((int32_t)day, NULL, NULL, NULL);
    return fits ? (int32_t)day : DATE_NONE;
}

int32_t date_of_time(int64_t microseconds_utc, const char *zone_name)
{
    int64_t local;
    return local_seconds(microseconds_utc, zone_name, &local) ? day_of(local) : DATE_NONE;
}

struct date_rules {
    struct zone_file zone;
};

struct date_rules *date_rules_load(const char *zone_name)
{
    struct date_rules *rules = calloc(1, sizeof(*rules));
    if (rules && !zone_open(&rules->zone, zone_name)) {
        free(rules);
        rules = NULL;
    }
    return rules;
}

void date_rules_free(struct date_rules **rules)
{
    if (*rules) {
        free((*rules)->zone.bytes);
        free(*rules);
        *rules = NULL;
    }
}

int32_t date_by_rules(const struct date_rules *rules, int64_t microseconds_utc)
{
    int64_t seconds = floor_divide(microseconds_utc, MICROSECONDS);
    int32_t offset = 0;
    if (rules && !file_offset(&rules->zone, seconds, &offset)) {
        return DATE_NONE;
    }
    return day_of(seconds + offset);
}

bool date_clock(int64_t microseconds_utc, const char *zone_name, int *hour_r, int *minute_r)
{
    int64_t local;
    if (!local_seconds(microseconds_utc, zone_name, &local)) {
        return false;
    }
    int64_t minutes = (local - floor_divide(local, SECONDS_OF_DAY) * SECONDS_OF_DAY) / 60;
    *hour_r = (int)(minutes / 60);
    *minute_r = (int)(minutes % 60);
    return true;
}

bool date_to_time(int32_t day, int hour, int minute, const char *zone_name, int64_t *microseconds_r)
{
    if (!date_to_civil(day, NULL, NULL, NULL) || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59) {
        return false;
    }
    int64_t shown = (int64_t)day * SECONDS_OF_DAY + hour * 3600 + minute * 60;
    int32_t before;
    int32_t after;
    /* The offsets a day before and after: the same, unless the clock changes around that time. */
    if (!zone_offset(shown - SECONDS_OF_DAY, zone_name, &before) ||
        !zone_offset(shown + SECONDS_OF_DAY, zone_name, &after)) {
        return false;
    }
    int32_t first = after;
    int32_t second = before;
    if (!zone_offset(shown - before, zone_name, &first) ||
        !zone_offset(shown - after, zone_name, &second)) {
        return false;
    }
    bool later = first != before && second == after;
    *microseconds_r = (shown - (later ? after : before)) * MICROSECONDS;
    return true;
}
