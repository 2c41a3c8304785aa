/* What people type for a record: its kind's letters and a number, which is never given again. */
#include <string.h>

#include "admin/verify_internal.h"
#include "i18n.h"
#include "store/binary.h"

/* The kinds' names, letters and numbers as three parameters; those whose records are numbered by
 * the server. */
static bool add_kinds(struct arena *arena, struct pipeline_value values_r[3])
{
    struct binary_array names = binary_array_make(arena, BINARY_TEXT, kinds_count);
    struct binary_array prefixes = binary_array_make(arena, BINARY_TEXT, kinds_count);
    struct binary_array ids = binary_array_make(arena, BINARY_INT32, kinds_count);

    for (size_t i = 0; i < kinds_count; i++) {
        if (kinds[i].prefix == NULL)
            continue;
        binary_add(&names, kinds[i].name, strlen(kinds[i].name));
        binary_add(&prefixes, kinds[i].prefix, strlen(kinds[i].prefix));
        binary_add_number(&ids, (int64_t)kinds[i].id);
    }
    values_r[0] = binary_array_value(&names);
    values_r[1] = binary_array_value(&prefixes);
    values_r[2] = binary_array_value(&ids);
    return values_r[0].data != NULL && values_r[1].data != NULL && values_r[2].data != NULL;
}

static bool find_shapes(struct verify *verify, const struct pipeline_value values[3])
{
    return verify_strays(verify,
        "SELECT r.id, k.prefix FROM record r JOIN unnest($1::text[], $2::text[]) AS k(kind, prefix)"
        " ON k.kind = r.kind WHERE r.handle !~ ('^' || k.prefix || '[1-9][0-9]{0,9}$') ORDER BY"
        " r.seq LIMIT 1000",
        values, 2, _("%s: its handle is not one of its kind: %s and a number."));
}

static bool find_twins(struct verify *verify)
{
    return verify_strays(verify,
        "SELECT r.id, r.handle FROM record r JOIN (SELECT kind, handle, CASE WHEN handle ~ '^[0-9]'"
        " THEN root END AS within FROM record WHERE NOT deleted GROUP BY 1, 2, 3 HAVING"
        " count(*) > 1) d ON d.kind = r.kind AND d.handle = r.handle AND (d.within IS NULL"
        " OR d.within = r.root) WHERE NOT r.deleted LIMIT 1000",
        NULL, 0, _("%s: another record has the same handle, %s."));
}

/* The record with the highest number of each kind, where the head says a lower one. */
static bool find_forgotten(struct verify *verify, const struct pipeline_value values[3])
{
    struct inspect_rows *rows = inspect_ask(verify->inspect,
        "SELECT m.handle, k.kind, s.serial FROM unnest($1::text[], $2::text[], $3::integer[])"
        " AS k(kind, prefix, id) CROSS JOIN head h CROSS JOIN LATERAL (SELECT"
        " coalesce((ARRAY(SELECT unnest(h.serials)))[k.id], 0)::bigint AS serial) s CROSS JOIN"
        " LATERAL (SELECT r.handle, substr(r.handle, length(k.prefix) + 1)::bigint AS number FROM"
        " record r WHERE r.kind = k.kind AND r.handle ~ ('^' || k.prefix || '[1-9][0-9]{0,9}$')"
        " ORDER BY 2 DESC LIMIT 1) m WHERE m.number > s.serial",
        values, 3);
    bool fine = rows != NULL;
    char handle[STORE_HANDLE_SIZE], kind[64];

    for (size_t i = 0; fine && i < inspect_rows_count(rows); i++) {
        inspect_get_text(rows, i, 0, handle, sizeof(handle));
        inspect_get_text(rows, i, 1, kind, sizeof(kind));
        verify_found(verify,
            _("%s (%s) is there, but the head says that the last number of its kind was %llu: the "
              "next records would get handles that others have."),
            handle, kind, (unsigned long long)inspect_get_number(rows, i, 2));
    }
    inspect_rows_free(&rows);
    return fine;
}

bool verify_handles(struct verify *verify)
{
    struct arena *arena = arena_new(65536);
    struct pipeline_value values[3];
    bool fine = arena != NULL && add_kinds(arena, values);

    verify->failed |= !fine;
    fine =
        fine && find_shapes(verify, values) && find_twins(verify) && find_forgotten(verify, values);
    arena_free(&arena);
    return fine;
}
