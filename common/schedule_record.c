#include "schedule_record.h"

#include <string.h>

#include "date.h"
#include "schedule.h"

static const ProtobufCFieldDescriptor *field_of(const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name(&concert__deadline__descriptor, name);
}

/* One field that the text tells: its text (NULL: none) or its number (0: none). */
struct told {
    const char *name;
    const char *text;
    int number;
};

static bool set_told(ProtobufCMessage *patch, const struct told *told, struct arena *arena)
{
    struct record_value value = {.number = told->number};

    if (told->text != NULL) {
        value.size = strlen(told->text);
        value.data = arena_copy(arena, told->text, value.size);
        if (value.data == NULL)
            return false;
    }
    return record_set(patch, field_of(told->name), &value, 1, arena);
}

static void add_clear(struct record_names *clear_r, const char *name)
{
    if (!record_named(clear_r, name) &&
        clear_r->count < sizeof(clear_r->name) / sizeof(clear_r->name[0]))
        clear_r->name[clear_r->count++] = name;
}

static bool fill(ProtobufCMessage *patch, const struct schedule *schedule, bool create,
    struct arena *arena, struct record_names *clear_r)
{
    char earliest[11], latest[11];

    date_format(schedule->earliest, earliest);
    date_format(schedule->latest, latest);
    const struct told told[] = {
        {"mode", NULL, (int)schedule->mode},
        {"precision", NULL, (int)schedule->precision},
        {"earliest", earliest[0] == '\0' ? NULL : earliest, 0},
        {"latest", latest[0] == '\0' ? NULL : latest, 0},
        {"times_min", NULL, schedule->times_min},
        {"times_max", NULL, schedule->times_max},
        {"calendar_of", schedule->calendar_of[0] == '\0' ? NULL : schedule->calendar_of, 0},
    };

    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        if (record_count(patch, field_of(told[i].name)) > 0)
            continue;
        if (told[i].text == NULL && told[i].number == 0) {
            if (!create)
                add_clear(clear_r, told[i].name);
        } else if (!set_told(patch, &told[i], arena)) {
            return false;
        }
    }
    return true;
}

bool schedule_record_fill(
    ProtobufCMessage *patch, bool create, struct arena *arena, struct record_names *clear_r)
{
    const Concert__Deadline *deadline;
    struct schedule schedule;

    if (patch->descriptor != &concert__deadline__descriptor)
        return true;
    deadline = (const Concert__Deadline *)patch;
    if (deadline->text == NULL || deadline->has_mode || record_named(clear_r, "mode"))
        return true;
    schedule_read(deadline->text, &schedule);
    if (deadline->label == NULL && schedule.label[0] != '\0' && !record_named(clear_r, "label")) {
        const struct told label = {"label", schedule.label, 0};

        if (!set_told(patch, &label, arena))
            return false;
    }
    return fill(patch, &schedule, create, arena, clear_r);
}
