/* Which server, as which device; and what is asked of it, blocking, before the clock starts. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>

#include "link/link.h"
#include "identity.h"
#include "load_options.h"
#include "uuid.h"

#define LOAD_SERVER_PARTIES 32

struct load_server {
    char host[256], port[32], region[64];
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    char key[4096], certificate[4096];
    struct sockaddr_storage address;
    socklen_t address_size;
    struct link *link;   /* greeted; NULL between load_server_leave and the next ask */
    struct arena *arena; /* of the last answer */
    uint64_t head;
    uint8_t head_hash[32];
    bool editor; /* it may change only what its parties own */
    uint8_t parties[LOAD_SERVER_PARTIES][UUID_SIZE];
    size_t n_parties;
};

/* Finds out from the options, the home and the invitation; joins when there is one. `stranger`: the
 * server is not Concert's, an address is enough. False after it said why. */
bool load_server_find(
    struct load_server *server_r, const struct load_options *options, bool stranger);

/* Accepts what load_server_find has left half done too. */
void load_server_close(struct load_server *server);

/* Connects and says hello unless that is done; refreshes head and head_hash. */
bool load_server_greet(struct load_server *server);

/* Closes the blocking connection. */
void load_server_leave(struct load_server *server);

/* Queues a request; the next response, alive until the one after it. NULL after it said why, also
 * when the answer is an error. */
bool load_server_put(struct load_server *server, Concert__Request *request);
Concert__Response *load_server_next(struct load_server *server);
