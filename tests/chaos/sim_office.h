/*
 * An office of a simulation: a home on a simulated disk, with the real desk and copy, on the
 * simulated network; the person who writes in it; and what kills it. Everything that the person was
 * told is remembered outside of the disk, and told to the check.
 *
 * Within a run: sim_office_new, sim_office_begin, the world's steps, sim_office_calm, and then
 * rounds of sim_office_refresh and steps until sim_office_is_settled; then sim_office_look and
 * sim_check_office with sim_office_replica.
 */
#pragma once

#include "replica/replica.h"
#include "sim_check.h"
#include "sim_disk.h"
#include "sim_net.h"
#include "sim_server.h"

struct sim_office;

/* The place that offices live in. All borrowed. */
struct sim_office_place {
    struct sim_world *world;
    struct sim_net *net;
    struct sim_store *store;
    struct sim_disk *disk;
    struct sim_check *check;
    const struct sim_server_founded *founded;
    const char *folder; /* a real folder, empty before the run, in which homes have their names */
};

/* In 10,000 of the person's acts each; what remains is writing, refreshing and looking. */
struct sim_office_weather {
    uint32_t killed; /* the process dies between two steps of what it does next */
    uint32_t power;  /* the power goes */
    uint32_t full;   /* the disk is full for a while */
    uint32_t old;    /* the home is restored from a backup of it */
    uint32_t clock;  /* the clock is set wrong, or right */
};

/* Office `number` (0 to SIM_SERVER_OFFICES - 1) with a home that has joined and has no copy yet.
 * Its process is number 10 + `number`. Free with sim_office_free. */
struct sim_office *sim_office_new(const struct sim_office_place *place, uint32_t number);

/* Accepts NULL, leaves NULL. Nothing of the home remains. */
void sim_office_free(struct sim_office **office);

/* What befalls it from now on. All 0 at first. */
void sim_office_weather(struct sim_office *office, const struct sim_office_weather *weather);

/* From now on its person acts, every few seconds or minutes. */
void sim_office_begin(struct sim_office *office);

/* The person acts no more; nothing is killed; a sync under way is cut. */
void sim_office_calm(struct sim_office *office);

/* Begins a sync, if none is under way. */
void sim_office_refresh(struct sim_office *office);

/* True when no sync is under way, nothing waits in the outbox, and the copy is at `head`. */
bool sim_office_is_settled(struct sim_office *office, uint64_t head);

/* Reads the outbox, tells the check of what it holds, and finds what is missing from it. False when
 * anything was wrong so far, after having printed what, a line each. */
bool sim_office_look(struct sim_office *office);

/* Its copy and outbox; opened when they are not. NULL when that fails (sim_office_look is false).
 * Borrowed until the world's next step. */
struct replica *sim_office_replica(struct sim_office *office);

/* Its process' number. */
uint32_t sim_office_number(const struct sim_office *office);

/* How often each thing happened, for the summary. */
struct sim_office_counts {
    uint64_t writes, groups, refused_here, syncs, synced, cut, killed, power, full, old, clock,
        restarts, resolved, dropped;
};
const struct sim_office_counts *sim_office_counts(const struct sim_office *office);
