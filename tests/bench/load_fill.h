/* The records that a load works on. */
#pragma once

#include "load_server.h"
#include "uuid.h"

/* A share and the revision that a next update of it goes by. */
struct load_share {
    uint8_t id[UUID_SIZE];
    uint64_t revision;
};

/* Makes a plan of about `count` records: one objective, actions, and ten parties' shares of each.
 * Needs a coordinator's device. */
bool load_fill(struct load_server *server, size_t count);

/* Every share that the device may change; *shares_r is the caller's to free. */
bool load_fill_shares(struct load_server *server, struct load_share **shares_r, size_t *count_r);

/* About 220 bytes of a text that differs with `number`, NUL-terminated. */
#define LOAD_FILL_TEXT 256
void load_fill_text(uint64_t number, char text_r[LOAD_FILL_TEXT]);
