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

/* Whether the account of the last coordinator would be closed under this pseudonym. */
static bool closes_last(const struct erasing *e, const char digits[7])
{
    for (size_t i = 0; i < e->plan.count; i++) {
        const struct erase_target *target = &e->plan.targets[i];

        if (target->rename && uuid_equal(target->id, e->last) &&
            strcmp(target->digits, digits) == 0)
            return true;
    }
    return false;
}

/* Leaves out the lines of whoever is the last coordinator, of all their records. False: there is
 * none. */
static bool spare_last(const struct erasing *e, struct lines *lines)
{
    size_t kept = 0, before = lines->count;

    for (size_t i = 0; i < before; i++)
        if (!closes_last(e, lines->list[i].digits))
            lines->list[kept++] = lines->list[i];
    lines->count = kept;
    return kept < before;
}

/* *spared_r: it was refused for the last coordinator's sake, whose lines are left out now. */
static int again_once(struct admin *admin, struct lines *lines, bool *spared_r)
{
    struct erasing e = {.admin = admin};
    int code = EXIT_FAILURE;

    if (erase_begin(&e))
        code = plan_lines(&e, lines) ? erase_go_on(&e, true, false) : erase_refuse(&e);
    *spared_r = e.stuck && spare_last(&e, lines);
    erase_end(&e);
    return code;
}

/* The lines of persons, whose names are looked for everywhere, or the others. *stuck_r is set when
 * the last coordinator was among them; the exit code is that of the rest. */
static int again(struct admin *admin, bool everywhere, bool *stuck_r)
{
    struct lines lines = {.everywhere = everywhere};
    bool spared = true;
    int code = EXIT_SUCCESS;

    if (!erase_book_read(admin->folder, admin->region->name, add_line, &lines)) {
        code = admin_say(admin, EXIT_FAILURE, _("%s/erasures: %s"), admin->folder, strerror(errno));
        spared = false;
    }
    while (spared && lines.count > 0) {
        code = again_once(admin, &lines, &spared);
        *stuck_r |= spared;
    }
    free(lines.list);
    return spared ? EXIT_SUCCESS : code;
}

static int both(struct admin *admin, bool *stuck_r)
{
    bool stuck = false;
    int code = again(admin, true, &stuck);

    if (code == EXIT_SUCCESS)
        code = again(admin, false, &stuck);
    *stuck_r = stuck && code == EXIT_SUCCESS;
    return *stuck_r ? EXIT_FAILURE : code;
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
