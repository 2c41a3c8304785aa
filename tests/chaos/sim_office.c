#include "sim_office.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "replica/replica_outbox.h"
#include "sim_office_internal.h"
#include "text.h"

#define ACT_FIRST INT64_C(20000000)
#define ACT_SOON INT64_C(3000000)
#define ACT_LATER INT64_C(90000000)

bool sim_office_fail(struct sim_office *office, const char *what, const uint8_t *op_id)
{
    char text[UUID_TEXT] = "";

    if (op_id != NULL)
        uuid_format(op_id, text);
    printf("office %" PRIu32 ": %s %s\n", office->index, what, text);
    office->bad = true;
    return false;
}

/* --- the process -------------------------------------------------------------------------------
 */

void sim_office_close(struct sim_office *office)
{
    sim_office_sync_drop(office);
    desk_free(&office->desk);
    sim_office_check_dead(office);
}

void sim_office_die(struct sim_office *office, bool power)
{
    sim_disk_kill(office->folder);
    sim_office_sync_drop(office);
    desk_free(&office->desk);
    desk_free(&office->editor);
    if (power)
        sim_disk_lose_power(office->folder, sim_world_random(office->place.world));
    sim_disk_revive(office->folder);
    *(power ? &office->counts.power : &office->counts.killed) += 1;
    sim_world_trace(office->place.world, office->process.number, power ? "power lost" : "killed",
        office->counts.power, office->counts.killed);
}

bool sim_office_check_dead(struct sim_office *office)
{
    if (!sim_disk_is_dead(office->folder))
        return false;
    sim_office_die(office, sim_world_chance(office->place.world, 5000));
    return true;
}

struct desk *sim_office_desk(struct sim_office *office)
{
    const struct desk_options options = {
        .home = office->home, .offline = true, .slow = office->slow};
    struct desk_why why;

    if (office->desk != NULL)
        return office->desk;
    office->desk = desk_open(&options, &why);
    if (office->desk == NULL && sim_office_check_dead(office))
        return NULL;
    if (office->desk == NULL) {
        if (why.trouble != DESK_STORAGE || sim_disk_refused(office->folder) == 0)
            sim_office_fail(office, "the home cannot be opened:", NULL);
        return NULL;
    }
    sim_office_memory_look(office, office->desk->replica, false);
    return sim_office_check_dead(office) ? NULL : office->desk;
}

/* --- the home ----------------------------------------------------------------------------------
 */

/* As the server told at join. */
static bool join(struct sim_office *office, struct desk_why *why_r)
{
    const struct desk_options options = {.home = office->home, .offline = true};
    const struct policy_actor *actor = &office->place.founded->offices[office->index].actor;
    struct desk *desk = desk_open_any(&options, why_r);
    struct desk_identity *identity;
    bool good;

    if (desk == NULL)
        return false;
    identity = &desk->identity;
    text_copy(desk->host, sizeof(desk->host), "simulated");
    text_copy(desk->port, sizeof(desk->port), "1");
    text_copy(identity->address, sizeof(identity->address), "simulated:1");
    text_copy(identity->region, sizeof(identity->region), SIM_SERVER_REGION);
    text_copy(identity->timezone, sizeof(identity->timezone), "America/Toronto");
    memcpy(identity->account, actor->account, UUID_SIZE);
    memcpy(identity->device, actor->device, UUID_SIZE);
    identity->role = actor->role;
    identity->n_parties = actor->n_parties;
    memcpy(identity->parties, actor->parties, actor->n_parties * UUID_SIZE);
    desk->joined = true;
    good = desk_store_facts(desk, why_r);
    desk_free(&desk);
    return good;
}

static void count_step(void *arg)
{
    sim_world_io(arg);
}

static bool make_home(struct sim_office *office)
{
    struct replica_why replica_why;
    struct desk_why why;
    struct replica *replica;

    if (mkdir(office->home, 0700) != 0)
        return false;
    sim_world_enter(office->place.world, &office->process);
    replica = replica_open(office->home, true, &replica_why);
    replica_free(&replica);
    return replica_why.trouble == REPLICA_FINE && join(office, &why);
}

struct sim_office *sim_office_new(const struct sim_office_place *place, uint32_t number)
{
    struct sim_office *office = calloc(1, sizeof(*office));

    if (office == NULL)
        abort();
    office->place = *place;
    office->index = number;
    office->process.number = 10 + number;
    office->slow = sim_world_chance(place->world, 5000);
    snprintf(office->home, sizeof(office->home), "%s/office%" PRIu32, place->folder, number);
    office->folder = sim_disk_folder(place->disk, office->home);
    sim_disk_on_step(place->disk, count_step, place->world);
    office->end = (struct sim_link_end){.net = place->net,
        .office = &office->process,
        .server = 1,
        .fingerprint = place->founded->offices[number].fingerprint,
        .arg = office};
    sim_office_sync_listen(office);
    if (!make_home(office))
        sim_office_fail(office, "the home cannot be made:", NULL);
    return office;
}

void sim_office_free(struct sim_office **office)
{
    struct sim_office *o = *office;
    char path[SIM_OFFICE_HOME + 16];

    if (o == NULL)
        return;
    sim_world_cancel(o->place.world, o->act);
    sim_office_sync_drop(o);
    desk_free(&o->desk);
    desk_free(&o->editor);
    sim_world_forget(o->place.world, &o->process);
    sim_office_memory_free(o);
    sim_disk_copy_free(&o->backup);
    snprintf(path, sizeof(path), "%s/copy.db", o->home);
    unlink(path);
    rmdir(o->home);
    free(o);
    *office = NULL;
}

/* --- the run -----------------------------------------------------------------------------------
 */

void sim_office_weather(struct sim_office *office, const struct sim_office_weather *weather)
{
    office->weather = *weather;
}

static void plan_act(struct sim_office *office);

static void act(void *arg)
{
    struct sim_office *office = arg;

    office->act = 0;
    sim_office_person(office);
    if (!office->calm)
        plan_act(office);
}

static void plan_act(struct sim_office *office)
{
    struct sim_world *world = office->place.world;
    int64_t longest = sim_world_chance(world, 6000) ? ACT_SOON : ACT_LATER;

    office->act =
        sim_world_after(world, &office->process, sim_world_between(world, 0, longest), act, office);
}

void sim_office_begin(struct sim_office *office)
{
    struct sim_world *world = office->place.world;

    office->act = sim_world_after(
        world, &office->process, sim_world_between(world, 0, ACT_FIRST), act, office);
}

void sim_office_calm(struct sim_office *office)
{
    office->calm = true;
    office->weather = (struct sim_office_weather){0};
    sim_world_cancel(office->place.world, office->act);
    office->act = 0;
    sim_disk_limit(office->folder, 0);
    sim_world_enter(office->place.world, &office->process);
    sim_disk_kill_after(office->folder, -1);
    desk_free(&office->editor);
    sim_office_sync_cut(office);
}

static bool count_open(void *arg, const struct replica_operation *operation)
{
    (void)operation;
    *(size_t *)arg += 1;
    return true;
}

bool sim_office_is_settled(struct sim_office *office, uint64_t head)
{
    const unsigned states = REPLICA_STATE_BIT(REPLICA_WAITING) | REPLICA_STATE_BIT(REPLICA_SENT);
    struct replica *replica = office->sync != NULL ? NULL : sim_office_replica(office);
    uint64_t cursor = 0;
    uint8_t hash[64];
    size_t size, open = 0;

    return replica != NULL && replica_cursor(replica, &cursor, hash, &size) && cursor == head &&
           replica_outbox(replica, 0, states, count_open, &open) && open == 0;
}

bool sim_office_look(struct sim_office *office)
{
    struct replica *replica = sim_office_replica(office);

    return replica != NULL && sim_office_memory_look(office, replica, office->calm) && !office->bad;
}

struct replica *sim_office_replica(struct sim_office *office)
{
    struct desk *desk;

    sim_world_enter(office->place.world, &office->process);
    desk = sim_office_desk(office);
    return desk == NULL ? NULL : desk->replica;
}

uint32_t sim_office_number(const struct sim_office *office)
{
    return office->process.number;
}

const struct sim_office_counts *sim_office_counts(const struct sim_office *office)
{
    return &office->counts;
}
