/* What was erased: only the server's own act does that, and leaves a change behind that says so. */
#include <string.h>

#include "admin/erase_words.h"
#include "admin/verify_internal.h"
#include "i18n.h"
#include "store/binary.h"

#define REASONS_MAX 8

/* The reasons of erasures, in any language, as one parameter. */
static struct pipeline_value reasons(struct arena *arena)
{
    struct binary_array array = binary_array_make(arena, BINARY_TEXT, REASONS_MAX);
    const char *reason;

    for (size_t i = 0; i < REASONS_MAX && (reason = erase_reason_at(i)) != NULL; i++)
        binary_add(&array, reason, strlen(reason));
    return binary_array_value(&array);
}

/* Nobody's changes are the server's own: people's carry their account. What such a change says is
 * in the chain; one that is marked as erased itself proves nothing. */
bool verify_erased(struct verify *verify)
{
    struct arena *arena = arena_new(65536);
    struct pipeline_value value = {0};
    struct inspect_rows *rows = NULL;
    char name[64];
    uint8_t id[UUID_SIZE];
    bool asked = false;

    if (arena != NULL)
        value = reasons(arena);
    if (value.data == NULL)
        verify->failed = true;
    else {
        rows = inspect_ask(verify->inspect,
            "SELECT c.seq, c.record FROM change c WHERE c.erased AND c.seq >"
            " coalesce((SELECT max(e.seq) FROM change e WHERE NOT e.erased AND e.reason ="
            " ANY($1::text[]) AND coalesce(e.account = '00000000-0000-0000-0000-000000000000',"
            " true)), 0) ORDER BY c.seq",
            &value, 1);
        asked = true;
    }
    for (size_t i = 0; rows != NULL && i < inspect_rows_count(rows); i++) {
        inspect_get_id(rows, i, 1, id);
        verify_name(verify, id, name);
        verify_found(verify,
            _("Change %llu of %s is marked as erased, but no later change says that something was "
              "erased."),
            (unsigned long long)inspect_get_number(rows, i, 0), name);
    }
    asked = asked && rows != NULL;
    inspect_rows_free(&rows);
    arena_free(&arena);
    return asked;
}
