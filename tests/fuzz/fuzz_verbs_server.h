/* The real region and sessions, as one server on the network and the database of the simulation
 * (tests/chaos), with a key of its own. */
#pragma once

#include "sim_net.h"
#include "sim_store.h"

struct verbs_server;
struct ssl_ctx_st;

/* A server that takes connections, number 1. Borrows all. */
struct verbs_server *verbs_server_new(struct sim_world *world, struct sim_net *net,
    struct sim_store *store, struct ssl_ctx_st *context);

/* How many connections it has. */
size_t verbs_server_sessions(const struct verbs_server *server);

/* Closes them all. */
void verbs_server_close(struct verbs_server *server);

/* The process of the server that there is. */
const struct sim_process *verbs_server_process(void);

/* Ends it: there must be no connection left. Accepts NULL, leaves NULL. */
void verbs_server_free(struct verbs_server **server);
