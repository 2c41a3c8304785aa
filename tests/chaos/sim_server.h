/*
 * A server of a simulation: the real region and sessions, on the simulated network and database,
 * killed between any two steps and started again. And the region's founding.
 */
#pragma once

#include "policy.h"
#include "sim_net.h"
#include "sim_store.h"

struct sim_server;
struct sessions;
struct settings;
struct ssl_ctx_st;

#define SIM_SERVER_OFFICES 6
#define SIM_SERVER_PARTIES 4
#define SIM_SERVER_ACTIONS 4
#define SIM_SERVER_REGION "mauricie"

/* What the founding put into the database; revisions are 1. Office 0 is the coordinator's, of the
 * staff's party 0; office 1 the secretariat's; the others edit for the parties 1, 2, 3 (the last
 * two offices are of one party). */
struct sim_server_founded {
    uint8_t parties[SIM_SERVER_PARTIES][UUID_SIZE];
    uint8_t plan[UUID_SIZE], objective[UUID_SIZE];
    uint8_t actions[SIM_SERVER_ACTIONS][UUID_SIZE];
    uint8_t shares[SIM_SERVER_ACTIONS][SIM_SERVER_PARTIES][UUID_SIZE]; /* [][0] is not used */
    struct {
        struct policy_actor actor; /* role, account, device, parties */
        uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    } offices[SIM_SERVER_OFFICES];
};

/* Founds the region in an empty database: the server's own writer does it, at once. */
void sim_server_found(struct sim_store *store, struct sim_server_founded *founded_r);

/* Server `number` (1 or 2), down. Borrows all. */
struct sim_server *sim_server_new(
    struct sim_world *world, struct sim_net *net, struct sim_store *store, uint32_t number);

/* Kills it when it is up, and frees it. Accepts NULL, leaves NULL. */
void sim_server_free(struct sim_server **server);

/* Starts it, when it is down. */
void sim_server_start(struct sim_server *server);

/* Kills it, when it is up: nothing that it does after this reaches the network or the database. */
void sim_server_kill(struct sim_server *server);

/* True between start and kill. */
bool sim_server_up(const struct sim_server *server);

/* Its settings, to be changed while it is down. Borrowed. */
struct settings *sim_server_settings(struct sim_server *server);

/* The TLS context with the key that it signs with, to be given while it is down; it has none else.
 * Borrows it. */
void sim_server_secure(struct sim_server *server, struct ssl_ctx_st *context);

/* Its connections while it is up, else NULL. */
struct sessions *sim_server_sessions(const struct sim_server *server);

/* Its clock may be set wrong. Borrowed. */
struct sim_process *sim_server_process(struct sim_server *server);
