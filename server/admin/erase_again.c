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

/* The lines of persons, whose names are looked for everywhere, or the others. */
static int again(struct admin *admin, bool everywhere)
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
    erase_end(&e);
    free(lines.list);
    return code;
}

int erase_again(struct admin *admin)
{
    int code = again(admin, true);

    return code == EXIT_SUCCESS ? again(admin, false) : code;
}
