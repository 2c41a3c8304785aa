#include "sim_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_office.h"

#define ROUNDS_MAX 60
#define ROUND_STEPS 20000
#define FATE_MAX INT64_C(20000000)
#define AWAY_MAX INT64_C(30000000) /* how long PostgreSQL or a server stays down */
#define STRIKE_MAX INT64_C(100000)
#define DAY INT64_C(86400000000)

/* Everything of one run. */
struct run {
    const struct sim_run_options *options;
    struct sim_world *world;
    struct sim_store *store;
    struct sim_net *net;
    struct sim_disk *disk;
    struct sim_check *check;
    struct sim_server *servers[SIM_NET_SERVERS];
    struct sim_server_founded founded;
    struct sim_office *offices[SIM_SERVER_OFFICES];
    uint32_t n_offices;
    uint32_t kill, crash, backup, restore, clock; /* in 10,000 of fate's turns */
    uint32_t strike;                              /* in 10,000 commits, one of those right after */
    uint64_t head;
    uint64_t kills;
    bool healing;
};

static int64_t now_ms(void)
{
    return 0;
}

/* --- fate ------------------------------------------------------------------------------------- */

static void on_start(void *arg)
{
    sim_server_start(arg);
}

static void kill_server(struct run *run)
{
    struct sim_server *server = run->servers[sim_world_below(run->world, SIM_NET_SERVERS)];

    if (!sim_server_up(server))
        return;
    sim_server_kill(server);
    run->kills++;
    sim_world_after(
        run->world, NULL, sim_world_between(run->world, 1000, AWAY_MAX), on_start, server);
}

static void set_clock(struct run *run)
{
    struct sim_server *server = run->servers[sim_world_below(run->world, SIM_NET_SERVERS)];
    bool far = sim_world_chance(run->world, 3000);

    sim_server_process(server)->wrong_by =
        sim_world_between(run->world, -(far ? DAY : DAY / 1440), far ? DAY : DAY / 1440);
}

static void on_fate(void *arg)
{
    struct run *run = arg;

    if (run->healing)
        return;
    if (sim_world_chance(run->world, run->kill))
        kill_server(run);
    if (sim_world_chance(run->world, run->crash))
        sim_store_crash(run->store, sim_world_between(run->world, 1000, AWAY_MAX));
    if (sim_world_chance(run->world, run->backup))
        sim_store_backup(run->store);
    if (sim_world_chance(run->world, run->restore))
        sim_store_restore(run->store, sim_world_between(run->world, 1000, AWAY_MAX));
    if (sim_world_chance(run->world, run->clock))
        set_clock(run);
    sim_world_after(run->world, NULL, sim_world_between(run->world, 1000, FATE_MAX), on_fate, run);
}

/* What goes wrong within a moment of a commit finds answers on their way. */
static void on_strike(void *arg)
{
    struct run *run = arg;
    uint32_t which = sim_world_below(run->world, 4);

    if (run->healing)
        return;
    if (which == 0)
        kill_server(run);
    else if (which == 1)
        sim_store_crash(run->store, sim_world_between(run->world, 1000, AWAY_MAX));
    else
        sim_store_restore(run->store, sim_world_between(run->world, 100, STRIKE_MAX));
}

static void watch_commits(struct run *run)
{
    uint64_t head = sim_store_head(run->store)->seq;

    if (head > run->head && sim_world_chance(run->world, run->strike))
        sim_world_after(
            run->world, NULL, sim_world_between(run->world, 0, STRIKE_MAX), on_strike, run);
    run->head = head;
}

/* --- weather ---------------------------------------------------------------------------------- */

/* Each kind of trouble is rare in one seed, common in another, and absent in many. */
static uint32_t draw(struct run *run, uint32_t most)
{
    return sim_world_chance(run->world, 4000) ? 0 : sim_world_below(run->world, most + 1);
}

static void draw_weather(struct run *run)
{
    struct sim_net_weather net = {.refused = draw(run, 1500),
        .cut = draw(run, 6000),
        .hole = draw(run, 5000),
        .slow = draw(run, 2000),
        .again = draw(run, 2500)};
    struct sim_store_weather store = {
        .lost = draw(run, 600), .after = draw(run, 1500), .slow = draw(run, 500)};

    sim_net_weather(run->net, &net);
    sim_store_weather(run->store, &store);
    run->kill = draw(run, 3000);
    run->crash = draw(run, 1000);
    run->backup = draw(run, 2000);
    run->restore = draw(run, 500);
    run->clock = draw(run, 1000);
    run->strike = draw(run, sim_world_chance(run->world, 3000) ? 3000 : 300);
    for (uint32_t i = 0; i < run->n_offices; i++) {
        struct sim_office_weather office = {.killed = draw(run, 1500),
            .power = draw(run, 500),
            .full = draw(run, 300),
            .old = draw(run, 150),
            .clock = draw(run, 500)};

        sim_office_weather(run->offices[i], &office);
    }
}

static void put_bad(struct run *run)
{
    if (run->options->bad == SIM_RUN_MERGE) {
        sim_net_bad(run->net, SIM_NET_BLIND);
        sim_store_bad(run->store, SIM_STORE_NO_PAST);
    }
    if (run->options->bad == SIM_RUN_HASH)
        sim_net_bad(run->net, SIM_NET_HASHLESS);
    if (run->options->bad == SIM_RUN_SERIES)
        sim_net_bad(run->net, SIM_NET_HEADLESS);
    if (run->options->bad == SIM_RUN_DEDUP)
        sim_store_bad(run->store, SIM_STORE_NO_DEDUP);
    if (run->options->bad == SIM_RUN_OUTBOX)
        sim_disk_lie(run->disk, true);
}

const char *sim_run_bad_name(enum sim_run_bad bad)
{
    static const char *const names[] = {[SIM_RUN_GOOD] = "",
        [SIM_RUN_MERGE] = "merge",
        [SIM_RUN_OUTBOX] = "outbox",
        [SIM_RUN_DEDUP] = "dedup",
        [SIM_RUN_HASH] = "hash",
        [SIM_RUN_SERIES] = "series"};

    return bad < SIM_RUN_BADS ? names[bad] : NULL;
}

/* --- the run ---------------------------------------------------------------------------------- */

static void build(struct run *run, uint64_t seed)
{
    struct sim_office_place place;

    run->world = sim_world_new(seed, run->options->trace);
    run->store = sim_store_new(run->world);
    run->net = sim_net_new(run->world);
    run->disk = sim_disk_new(now_ms);
    if (run->disk == NULL)
        abort();
    sim_server_found(run->store, &run->founded);
    run->check = sim_check_new(run->world, run->store);
    for (uint32_t i = 0; i < SIM_NET_SERVERS; i++)
        run->servers[i] = sim_server_new(run->world, run->net, run->store, i + 1);
    place = (struct sim_office_place){.world = run->world,
        .net = run->net,
        .store = run->store,
        .disk = run->disk,
        .check = run->check,
        .founded = &run->founded,
        .folder = run->options->folder};
    run->n_offices = 2 + sim_world_below(run->world, SIM_SERVER_OFFICES - 1);
    for (uint32_t i = 0; i < run->n_offices; i++)
        run->offices[i] = sim_office_new(&place, i);
}

static void tear_down(struct run *run)
{
    for (uint32_t i = 0; i < run->n_offices; i++)
        sim_office_free(&run->offices[i]);
    for (uint32_t i = 0; i < SIM_NET_SERVERS; i++)
        sim_server_free(&run->servers[i]);
    sim_check_free(&run->check);
    sim_net_free(&run->net);
    sim_store_free(&run->store);
    sim_disk_free(&run->disk);
    sim_world_free(&run->world);
}

/* Bad weather, until so many steps were done. */
static void storm(struct run *run)
{
    for (uint32_t i = 0; i < SIM_NET_SERVERS; i++)
        sim_server_start(run->servers[i]);
    draw_weather(run);
    put_bad(run);
    for (uint32_t i = 0; i < run->n_offices; i++)
        sim_office_begin(run->offices[i]);
    sim_world_after(run->world, NULL, FATE_MAX, on_fate, run);
    while (sim_world_steps(run->world) < run->options->steps && sim_world_step(run->world))
        watch_commits(run);
}

/* Everything is up again and the weather is good. */
static void calm(struct run *run)
{
    const struct sim_net_weather net = {0};
    const struct sim_store_weather store = {0};

    run->healing = true;
    sim_world_trace(run->world, 0, "calm", sim_store_head(run->store)->seq, 0);
    sim_net_weather(run->net, &net);
    sim_store_weather(run->store, &store);
    for (uint32_t i = 0; i < run->n_offices; i++)
        sim_office_calm(run->offices[i]);
    sim_net_calm(run->net);
    for (uint32_t i = 0; i < SIM_NET_SERVERS; i++) {
        sim_server_process(run->servers[i])->wrong_by = 0;
        sim_server_start(run->servers[i]);
    }
}

static bool all_settled(struct run *run)
{
    for (uint32_t i = 0; i < run->n_offices; i++)
        if (!sim_office_is_settled(run->offices[i], sim_store_head(run->store)->seq))
            return false;
    return true;
}

/* Offices refresh until nothing changes any more. */
static bool heal(struct run *run)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        for (int i = 0; i < ROUND_STEPS && sim_world_step(run->world); i++)
            continue;
        if (round > 1 && all_settled(run))
            return true;
        for (uint32_t i = 0; i < run->n_offices; i++)
            sim_office_refresh(run->offices[i]);
    }
    for (uint32_t i = 0; i < run->n_offices; i++)
        if (!sim_office_is_settled(run->offices[i], sim_store_head(run->store)->seq))
            printf("office %u does not settle\n", i);
    return false;
}

static bool check(struct run *run)
{
    bool good = true;

    for (uint32_t i = 0; i < run->n_offices; i++) {
        struct replica *replica;

        good = sim_office_look(run->offices[i]) && good;
        replica = sim_office_replica(run->offices[i]);
        good = replica != NULL &&
               sim_check_office(run->check, sim_office_number(run->offices[i]),
                   &run->founded.offices[i].actor, replica) &&
               good;
    }
    good = sim_check_written_all(run->check) && good;
    return sim_check_log(run->check) && good;
}

struct sim_run_result sim_run(uint64_t seed, const struct sim_run_options *options)
{
    struct run run = {.options = options};
    struct sim_run_result result;
    const struct sim_check_counts *counts;

    build(&run, seed);
    storm(&run);
    calm(&run);
    result.good = heal(&run);
    result.good = check(&run) && result.good;
    counts = sim_check_counts(run.check);
    result.steps = sim_world_steps(run.world);
    result.hash = sim_world_hash(run.world);
    result.written = counts->written;
    result.accepted = counts->applied + counts->duplicate;
    result.merged = counts->merged;
    result.conflicts = counts->conflict;
    result.refused = counts->refused;
    result.restores = sim_store_restores(run.store);
    result.kills = run.kills;
    tear_down(&run);
    return result;
}
