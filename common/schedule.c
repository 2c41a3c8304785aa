#include "schedule.h"

#include "schedule_part.h"
#include "text.h"

#include <string.h>

/* A label before a colon, then one deadline; or one deadline alone. */
static bool read_one(const struct schedule_cursor *c, struct schedule *out)
{
    size_t colon;
    if (schedule_part_label(c, &colon)) {
        struct schedule_cursor label = {c->line, c->at, colon};
        struct schedule_cursor rest = {c->line, colon + 1, c->end};
        struct schedule labelled = *out;
        if (schedule_part_add_label(&label, &labelled) && schedule_part_prose(&rest, &labelled)) {
            *out = labelled;
            return true;
        }
    }
    return schedule_part_prose(c, out);
}

bool schedule_read(const char *text, struct schedule *schedule_r)
{
    struct schedule_line line;
    size_t length;
    const char *start = text_trimmed(text, strlen(text), &length);
    schedule_part_clear(start, length, schedule_r);
    if (!schedule_words_cut(start, length, &line)) {
        return false;
    }
    struct schedule_cursor c = {&line, 0, line.count};
    schedule_part_trim(&c);
    struct schedule found = *schedule_r;
    if (!read_one(&c, &found)) {
        return false;
    }
    *schedule_r = found;
    return true;
}

bool schedule_equal(const struct schedule *a, const struct schedule *b)
{
    return a->mode == b->mode && a->precision == b->precision && a->earliest == b->earliest &&
           a->latest == b->latest && a->times_min == b->times_min && a->times_max == b->times_max &&
           strcmp(a->label, b->label) == 0 && strcmp(a->calendar_of, b->calendar_of) == 0;
}
