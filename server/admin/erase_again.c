#include "admin/erase_again.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin/erase_book.h"
#include "admin/erase_internal.h"
#include "array.h"
#include "i18n.h"

/* The lines of the notes, those of one record and first revision as one: it was begun, and done at
 * a second time. */
struct line {
    uint8_t id[UUID_SIZE];
    uint64_t from, to;
    char digits[7];
};

struct lines {
    bool everywhere; /* those of persons, or the others */
    struct line *list;
    size_t count, room;
};

static bool add_line(void *arg, const uint8_t id[UUID_SIZE], uint64_t from, uint64_t to,
    const char digits[7], bool everywhere)
{
    struct lines *lines = arg;
    struct line *line = NULL;

    if (everywhere != lines->everywhere)
        return true;
    for (size_t i = 0; i < lines->count && line == NULL; i++)
        if (uuid_equal(lines->list[i].id, id) && lines->list[i].from == from)
            line = &lines->list[i];
    if (line == NULL) {
        struct line *list = array_grow(lines->list, lines->count, &lines->room, sizeof(*list));

        if (list == NULL)
            return false;
        lines->list = list;
        line = &lines->list[lines->count++];
        *line = (struct line){.from = from};
    }
    memcpy(line->id, id, UUID_SIZE);
    memcpy(line->digits, digits, sizeof(line->digits));
    line->to = to > line->to ? to : line->to;
    return true;
}

static bool plan_lines(struct erasing *e, const struct lines *lines)
{
    bool fine = true, found;

    e->plan.everywhere = lines->everywhere;
    for (size_t i = 0; fine && i < lines->count; i++) {
        const struct line *line = &lines->list[i];
        size_t before = e->plan.count;

        fine = erase_plan_record(&e->plan, line->id, line->from, line->to, &found);
        for (size_t j = before; j < e->plan.count; j++)
            memcpy(e->plan.targets[j].digits, line->digits, sizeof(line->digits));
    }
    return fine;
}

/* Whether an account of the plan is a coordinator's, and no other coordinator's is open. */
static bool takes_the_last(struct erasing *e)
{
    char id[UUID_TEXT];
    int64_t there = 0, others = 0;
    char *ids = arena_printf(e->plan.arena, "'%s'", "00000000-0000-0000-0000-000000000000");

    for (size_t i = 0; ids != NULL && i < e->plan.count; i++) {
        uuid_format(e->plan.targets[i].id, id);
        ids = arena_printf(e->plan.arena, "%s, '%s'", ids, id);
    }
    for (int in = 0; ids != NULL && in < 2; in++) {
        char *sql = arena_printf(e->plan.arena,
            "SELECT count(*) FROM account WHERE role = 'coordinator' AND active IS NOT FALSE"
            " AND (expires IS NULL OR expires >= current_date) AND id %s (%s)",
            in ? "IN" : "NOT IN", ids);

        if (sql == NULL || !inspect_number(e->reader, sql, in ? &there : &others))
            return false;
    }
    return there > 0 && others == 0;
}

/* The lines of persons, whose names are looked for everywhere, or the others. */
static int again(struct admin *admin, bool everywhere, bool *stuck_r)
{
    struct erasing e = {.admin = admin};
    struct lines lines = {.everywhere = everywhere};
    int code = EXIT_FAILURE;

    if (!erase_book_read(admin->folder, admin->region->name, add_line, &lines))
        admin_say(admin, EXIT_FAILURE, _("%s/erasures: %s"), admin->folder, strerror(errno));
    else if (lines.count == 0)
        code = EXIT_SUCCESS;
    else if (erase_begin(&e))
        code = plan_lines(&e, &lines) ? erase_go_on(&e, true, false) : erase_refuse(&e);
    *stuck_r = code != EXIT_SUCCESS && e.plan.arena != NULL && takes_the_last(&e);
    erase_end(&e);
    free(lines.list);
    return code;
}

static int both(struct admin *admin, bool *stuck_r)
{
    int code = again(admin, true, stuck_r);

    return code == EXIT_SUCCESS ? again(admin, false, stuck_r) : code;
}

int erase_again(struct admin *admin)
{
    bool stuck;

    return both(admin, &stuck);
}

int erase_again_closed(struct admin *admin, struct settings_region *region, bool *stuck_r)
{
    char served[SETTINGS_TEXT];
    int code;

    memcpy(served, region->database, sizeof(served));
    memcpy(region->database, region->owner_database, sizeof(region->database));
    admin->region = region;
    code = both(admin, stuck_r);
    memcpy(region->database, served, sizeof(region->database));
    return code;
}
