#include "admin/retention_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/erase_words.h"
#include "i18n.h"
#include "record.h"
#include "store/binary.h"
#include "text.h"

#define MONTHS_MAX 1200

struct start {
    Concert__Kind kind;
    const char *since;
};

/* From which day on the months count, in SQL over t, the typed row, and r, the register's; NULL: it
 * does not run yet. Kinds without a row, and what was deleted: since the last change. */
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

/* --- what is over its time ---------------------------------------------------------------------
 */

#define LISTED ((size_t)256 << 20)             /* the ids that are listed */
#define SCRATCH ((size_t)16 * RECORD_SIZE_MAX) /* one patch, decoded */

static bool is_personal(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return kinds_field(kind, field->name)->flags & KIND_PERSONAL;
}

/* The changes that named a personal field, of records whose time is over: also of those that were
 * deleted, and of fields that were emptied since, because the log still has what they held. */
static struct inspect_rows *ask_changes(
    struct inspect *inspect, const struct kind *kind, int months, const char *today)
{
    const struct pipeline_value value = {today, strlen(today)};
    struct inspect_rows *rows;
    const char *comma = "";
    char *sql = NULL;
    size_t size;
    FILE *to = open_memstream(&sql, &size);

    if (to == NULL)
        return NULL;
    fprintf(to,
        "SELECT r.id, c.patch FROM record r LEFT JOIN \"%1$s\" t USING (id) JOIN change c ON"
        " c.record = r.id WHERE r.kind = '%1$s' AND CASE WHEN r.deleted THEN r.changed_at::date"
        " ELSE (%2$s) END + interval '%3$d months' < $1::text::date AND length(c.patch) > 0 AND"
        " c.fields && ARRAY[",
        kind->name, since_of(kind), months);
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        if (is_personal(kind, &kind->descriptor->fields[i])) {
            fprintf(to, "%s'%s'", comma, kind->descriptor->fields[i].name);
            comma = ", ";
        }
    fprintf(to, "]::text[] ORDER BY r.seq, r.id");
    rows = fclose(to) == 0 ? inspect_ask(inspect, sql, &value, 1) : NULL;
    free(sql);
    return rows;
}

/* Whether the patch still says something personal. What stands for something that was erased is
 * nothing; one that cannot be read is told by verify. */
static bool tells(const struct kind *kind, struct pipeline_value patch, struct arena *arena)
{
    struct error error;
    const ProtobufCMessage *body = record_decode(kind, patch.data, patch.size, arena, &error);

    for (unsigned i = 0; body != NULL && i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (is_personal(kind, field) && record_count(body, field) > 0 &&
            (field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED ||
                !erase_is_stand_in(record_get(body, field, 0).data)))
            return true;
    }
    return false;
}

/* The records of which a change tells something, each once; the changes of one are together. */
static bool list_telling(
    const struct kind *kind, const struct inspect_rows *changes, struct binary_array *ids)
{
    uint8_t id[UUID_SIZE], last[UUID_SIZE];
    bool listed = false;

    for (size_t i = 0; i < inspect_rows_count(changes); i++) {
        struct arena *arena;

        inspect_get_id(changes, i, 0, id);
        if (listed && uuid_equal(id, last))
            continue;
        arena = arena_new(SCRATCH);
        if (arena == NULL)
            return false;
        listed = tells(kind, inspect_get(changes, i, 1), arena);
        arena_free(&arena);
        if (listed)
            binary_add(ids, id, UUID_SIZE);
        memcpy(last, id, UUID_SIZE);
    }
    return true;
}

struct inspect_rows *retention_overdue(
    struct inspect *inspect, const struct retention *retention, size_t index, const char *today)
{
    const struct kind *kind = retention->rows[index].kind;
    struct inspect_rows *rows = NULL,
                        *changes = ask_changes(inspect, kind, retention->rows[index].months, today);
    struct arena *arena = changes == NULL ? NULL : arena_new(LISTED);
    struct pipeline_value value = {0};
    struct binary_array ids;

    if (arena != NULL) {
        ids = binary_array_make(arena, BINARY_UUID, 64);
        if (list_telling(kind, changes, &ids))
            value = binary_array_value(&ids);
    }
    if (value.data != NULL)
        rows = inspect_ask(inspect,
            "SELECT r.id FROM record r WHERE r.id = ANY($1::uuid[]) ORDER BY r.seq", &value, 1);
    inspect_rows_free(&changes);
    arena_free(&arena);
    return rows;
}
