/* A refresh, driven by what comes off the simulated line. */
#include "desk/desk_line.h"
#include "sim_office_internal.h"

#define PATIENCE INT64_C(10000000) /* microseconds without an answer */

void sim_office_sync_drop(struct sim_office *office)
{
    sim_world_cancel(office->place.world, office->deadline);
    office->deadline = 0;
    desk_sync_free(&office->sync);
}

static void end_sync(struct sim_office *office, bool done, const struct desk_why *why)
{
    struct desk *desk = office->desk;
    struct desk_restart restart;
    bool sent =
        why->trouble == DESK_UNREACHABLE && (desk->link == NULL || link_has_sent(desk->link));

    sim_world_trace(office->place.world, office->process.number, done ? "synced" : "sync failed",
        desk->cursor, why->trouble);
    if (!done) {
        desk_sync_cut(office->sync, sent);
        desk_disconnect(desk);
        office->counts.cut++;
    } else {
        office->counts.synced++;
        office->counts.restarts += desk_restart_news(desk, &restart);
        if (sim_world_chance(office->place.world, 7000))
            desk_disconnect(desk);
    }
    sim_office_sync_drop(office);
    desk->offline = true;
    desk_forget_book(desk);
    if (why->trouble == DESK_DIVERGED || why->trouble == DESK_DAMAGED)
        sim_office_fail(office, "a sync says that the copy is of no use:", NULL);
    if (!sim_office_check_dead(office))
        sim_office_memory_look(office, desk->replica, false);
}

void sim_office_sync_cut(struct sim_office *office)
{
    struct desk_why why = {.trouble = DESK_UNREACHABLE};

    if (office->sync != NULL)
        end_sync(office, false, &why);
    else if (office->desk != NULL)
        desk_disconnect(office->desk);
}

static void take_deadline(void *arg)
{
    struct sim_office *office = arg;

    office->deadline = 0;
    sim_office_sync_cut(office);
}

static void set_deadline(struct sim_office *office)
{
    sim_world_cancel(office->place.world, office->deadline);
    office->deadline =
        sim_world_after(office->place.world, &office->process, PATIENCE, take_deadline, office);
}

static void take_gone(void *arg)
{
    sim_office_sync_cut(arg);
}

/* As desk_next and the loop of desk_exchange.c do it. */
static enum desk_sync_step take(struct sim_office *office, struct arena *arena,
    Concert__Response *response, struct desk_why *why_r)
{
    bool taken;

    if (response->answer_case == CONCERT__RESPONSE__ANSWER_PACKED)
        response = desk_unpack(office->desk, response, arena, why_r);
    if (response == NULL || !desk_take_response(office->desk, response, &taken, why_r))
        return DESK_SYNC_FAILED;
    return taken ? DESK_SYNC_MORE : desk_sync_take(office->sync, response, why_r);
}

static void take_response(void *arg, struct arena *arena, Concert__Response *response)
{
    struct sim_office *office = arg;
    struct desk_why why = {.trouble = DESK_FINE};
    enum desk_sync_step step;

    if (office->desk == NULL || office->sync == NULL)
        return;
    set_deadline(office);
    step = take(office, arena, response, &why);
    if (sim_office_check_dead(office))
        return;
    if (step == DESK_SYNC_MORE)
        sim_link_flush(office->desk->link);
    else
        end_sync(office, step == DESK_SYNC_DONE, &why);
}

void sim_office_sync_listen(struct sim_office *office)
{
    office->end.response = take_response;
    office->end.gone = take_gone;
}

void sim_office_refresh(struct sim_office *office)
{
    struct desk *desk;
    struct desk_why why;
    bool good;

    sim_world_enter(office->place.world, &office->process);
    desk = office->sync == NULL ? sim_office_desk(office) : NULL;
    if (desk == NULL)
        return;
    office->counts.syncs++;
    office->restores = sim_store_restores(office->place.store);
    office->end.server = 1 + sim_world_below(office->place.world, SIM_NET_SERVERS);
    sim_link_use(&office->end);
    desk->offline = false;
    good = desk_connect(desk, NULL, &why);
    office->sync = good ? desk_sync_new(desk, &why) : NULL;
    good = office->sync != NULL && desk_sync_begin(office->sync, &why);
    if (sim_office_check_dead(office))
        return;
    if (good) {
        sim_link_flush(desk->link);
        set_deadline(office);
    } else if (office->sync != NULL) {
        end_sync(office, false, &why);
    } else {
        desk_disconnect(desk);
        desk->offline = true;
    }
}
