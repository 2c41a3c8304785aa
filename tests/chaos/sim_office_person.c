/* What happens in an office, by the seed: its person, and fate. */
#include <stdlib.h>

#include "sim_office_internal.h"

#define HOUR INT64_C(3600000000)

/* Another command of the person, while one is under way: a process of its own on the same home. */
static struct desk *another_desk(struct sim_office *office)
{
    const struct desk_options options = {.home = office->home, .offline = true};
    struct desk_why why;

    return desk_open(&options, &why);
}

static void by_some_desk(
    struct sim_office *office, void (*what)(struct sim_office *office, struct desk *desk))
{
    struct desk *first = sim_office_desk(office);
    struct desk *desk = first == NULL || office->sync == NULL ? first : another_desk(office);

    if (desk != NULL)
        what(office, desk);
    if (desk != NULL && desk != first) {
        desk_forget_book(first); /* it sees the other's words when it looks again */
        desk_free(&desk);
    }
    sim_office_check_dead(office);
}

/* An editor is left open over lunch: what is written in it at last was read long before. */
static void edit_slowly(struct sim_office *office)
{
    struct desk_why why;

    if (sim_office_desk(office) == NULL)
        return;
    if (office->editor == NULL) {
        office->editor = another_desk(office);
        if (office->editor != NULL)
            desk_book(office->editor, &why);
    } else {
        sim_office_write(office, office->editor);
        desk_free(&office->editor);
        if (office->desk != NULL)
            desk_forget_book(office->desk);
    }
    sim_office_check_dead(office);
}

static void take_backup(struct sim_office *office)
{
    sim_disk_copy_free(&office->backup);
    office->backup = sim_disk_copy(office->folder);
}

/* The folder of an office is copied to a stick now and then, and comes back from it. */
static void turn_back(struct sim_office *office)
{
    desk_free(&office->editor);
    sim_office_close(office);
    if (office->backup == NULL || sim_world_chance(office->place.world, 5000)) {
        take_backup(office);
        return;
    }
    if (!sim_disk_restore(office->folder, office->backup))
        abort();
    office->restored = true;
    office->counts.old++;
    sim_world_trace(
        office->place.world, office->process.number, "home restored", office->counts.old, 0);
    sim_office_desk(office);
}

static void set_clock(struct sim_office *office)
{
    static const int64_t ways[] = {
        0, -HOUR, HOUR, -24 * HOUR, 24 * HOUR, -365 * 24 * HOUR, 3650 * 24 * HOUR};

    office->process.wrong_by =
        ways[sim_world_below(office->place.world, sizeof(ways) / sizeof(ways[0]))];
    office->counts.clock++;
}

static void fill_disk(struct sim_office *office)
{
    office->counts.full++;
    sim_disk_limit(office->folder,
        sim_disk_size(office->folder) + sim_world_below(office->place.world, 30000) + 1);
}

/* What the person does next dies in the middle; or what is under way does, now. */
static void strike(struct sim_office *office)
{
    struct sim_world *world = office->place.world;

    if (sim_world_chance(world, 7000))
        sim_disk_kill_after(office->folder, sim_world_between(world, 0, 40));
    else
        sim_office_die(office, false);
}

static void befall(struct sim_office *office)
{
    struct sim_world *world = office->place.world;
    const struct sim_office_weather *weather = &office->weather;

    if (sim_world_chance(world, weather->killed))
        strike(office);
    if (sim_world_chance(world, weather->power))
        sim_office_die(office, true);
    if (sim_world_chance(world, weather->full))
        fill_disk(office);
    else if (sim_world_chance(world, 3000))
        sim_disk_limit(office->folder, 0);
    if (sim_world_chance(world, weather->old))
        turn_back(office);
    if (sim_world_chance(world, weather->clock))
        set_clock(office);
}

void sim_office_person(struct sim_office *office)
{
    uint32_t what = sim_world_below(office->place.world, 100);

    befall(office);
    if (what < 38)
        by_some_desk(office, sim_office_write);
    else if (what < 46)
        edit_slowly(office);
    else if (what < 80)
        sim_office_refresh(office);
    else if (what < 92)
        by_some_desk(office, sim_office_settle);
    else if (what < 96)
        sim_office_desk(office);
    else if (office->sync == NULL)
        sim_office_close(office);
}
