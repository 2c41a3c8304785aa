#include "admin/erase_tell.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"

#define SCHEMA_SIZE 64 /* bytes of a name of PostgreSQL's */

static void print_target(const struct erase_target *target)
{
    if (target->remove && target->quarantined)
        printf(_("  %s: an operation in quarantine about it: removed\n"), target->handle);
    else if (target->remove)
        printf(
            _("  %s, the document “%s”: removed with its bytes\n"), target->handle, target->name);
    else if (target->deleted)
        printf(_("  %s (%s), “%s”: removed already; the log forgets\n"), target->handle,
            target->kind->name, target->name);
    else if (!erase_plan_writes(target))
        printf(_("  %s (%s): tells another now; the log forgets what it told\n"), target->handle,
            target->kind->name);
    else
        printf(_("  %s (%s), “%s”\n"), target->handle, target->kind->name, target->name);
}

void erase_tell_plan(const struct erase_plan *plan)
{
    printf(ngettext("%zu record tells something personal of it:\n",
               "%zu records tell something personal of it:\n", plan->count),
        plan->count);
    for (size_t i = 0; i < plan->count; i++)
        print_target(&plan->targets[i]);
}

void erase_tell_left(const struct erase_log *log)
{
    if (log->n_left == 0)
        return;
    printf(_("These records' own words tell the name: change them with concert edit, then run this "
             "again so that the log forgets them too:"));
    for (size_t i = 0; i < log->n_left; i++)
        printf(" %s", log->left[i]);
    putchar('\n');
}

void erase_tell_done(size_t records, unsigned long long changes)
{
    printf(ngettext("%zu record was changed.\n", "%zu records were changed.\n", records), records);
    printf(ngettext("%llu change of the log forgets what it told.\n",
               "%llu changes of the log forget what they told.\n", changes),
        changes);
}

void erase_tell_aside(struct erasing *e)
{
    const char *region = e->admin->region->name;
    const struct pipeline_value value = {region, strlen(region)};
    struct inspect_rows *rows = inspect_ask(e->reader,
        "SELECT nspname::text FROM pg_namespace WHERE nspname ~"
        " ('^' || left($1::text, 38) || '_before_[0-9]{8}_[0-9]{6}$') ORDER BY 1",
        &value, 1);
    size_t count = rows == NULL ? 0 : inspect_rows_count(rows);

    if (count > 0)
        puts(
            _("“concertd restore --aside” has left in the database what the region was before, and "
              "nothing is erased there. Once it is needed no more, its owner drops it with psql "
              "(the setting “owner_database” is its connection):"));
    for (size_t i = 0; i < count; i++) {
        char schema[SCHEMA_SIZE];

        inspect_get_text(rows, i, 0, schema, sizeof(schema));
        printf("  DROP SCHEMA \"%s\" CASCADE;\n", schema);
    }
    inspect_rows_free(&rows);
}
