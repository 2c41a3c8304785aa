#include "admin/retention_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "text.h"

#define MONTHS_MAX 1200

struct start {
    Concert__Kind kind;
    const char *since;
};

/* From which day on the months count, in SQL over t, the typed row, and r, the register's; NULL: it
 * does not run yet. Kinds without a row: since the last change. */
static const struct start days[] = {
    {CONCERT__KIND__ACCOUNT,
        "CASE WHEN t.expires < $1::text::date THEN t.expires WHEN t.active IS FALSE THEN"
        " r.changed_at::date END"},
    {CONCERT__KIND__MEMBERSHIP, "t.until"},
    {CONCERT__KIND__ATTENDANCE,
        "coalesce((SELECT left(m.starts_at, 10)::date FROM meeting m WHERE m.id = t.meeting),"
        " r.changed_at::date)"},
};

static const char *since_of(const struct kind *kind)
{
    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
        if (days[i].kind == kind->id)
            return days[i].since;
    return "r.changed_at::date";
}

static bool has(const struct retention *retention, const struct kind *kind)
{
    for (size_t i = 0; i < retention->count; i++)
        if (retention->rows[i].kind == kind)
            return true;
    return false;
}

static bool take(const char *part, struct retention *retention, char *why_r, size_t size)
{
    char name[64] = "", rest[8] = "";
    int months = 0;
    int found = sscanf(part, "%63s %4d %7s", name, &months, rest);
    const struct kind *kind = kinds_by_name(name);

    if (found != 2 || months < 1 || months > MONTHS_MAX)
        snprintf(why_r, size,
            _("retention: “%s” is not a kind and a number of months, as in “contact 24”."), part);
    else if (kind == NULL)
        snprintf(why_r, size, _("retention: there is no kind “%s”."), name);
    else if (!kinds_has_personal(kind))
        snprintf(why_r, size, _("retention: records of kind “%s” hold nothing personal."), name);
    else if (has(retention, kind) || retention->count == RETENTION_KINDS)
        snprintf(why_r, size, _("retention: “%s” is there twice."), name);
    else {
        retention->rows[retention->count].kind = kind;
        retention->rows[retention->count++].months = months;
        return true;
    }
    return false;
}

bool retention_list(const char *setting, struct retention *retention_r, char *why_r, size_t size)
{
    char *copy = strdup(setting), *rest = copy, *part;
    bool fine = copy != NULL;

    *retention_r = (struct retention){0};
    while (fine && (part = strsep(&rest, ",")) != NULL) {
        part = text_trim(part);
        fine = *part == '\0' || take(part, retention_r, why_r, size);
    }
    free(copy);
    return fine;
}

/* What stands for a person begins with these words: it was erased already. */
#define ERASED "'^(Personne effacée|Erased person) [0-9a-f]{6}$'"

/* Where a personal field still has something: as SQL over t. */
static void write_personal(FILE *to, const struct kind *kind)
{
    fprintf(to, "(false");
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        if (kinds_field(kind, kind->descriptor->fields[i].name)->flags & KIND_PERSONAL)
            fprintf(to, " OR (t.\"%1$s\" IS NOT NULL AND t.\"%1$s\"::text !~ " ERASED ")",
                kind->descriptor->fields[i].name);
    fprintf(to, ")");
}

struct inspect_rows *retention_overdue(
    struct inspect *inspect, const struct retention *retention, size_t index, const char *today)
{
    const struct kind *kind = retention->rows[index].kind;
    const struct pipeline_value value = {today, strlen(today)};
    struct inspect_rows *rows;
    char *sql = NULL;
    size_t size;
    FILE *to = open_memstream(&sql, &size);

    if (to == NULL)
        return NULL;
    fprintf(to,
        "SELECT r.id FROM \"%s\" t JOIN record r USING (id) WHERE (%s) + interval '%d months' <"
        " $1::text::date AND ",
        kind->name, since_of(kind), retention->rows[index].months);
    write_personal(to, kind);
    fprintf(to, " ORDER BY r.seq");
    rows = fclose(to) == 0 ? inspect_ask(inspect, sql, &value, 1) : NULL;
    free(sql);
    return rows;
}
