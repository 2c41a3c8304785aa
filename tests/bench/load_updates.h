/* Updates of shares, for pushes: each client's go round records of its own. */
#pragma once

#include "load.h"

struct load_updates;

/* Finds the shares, and makes room for pushes of options->batch. NULL after it said why. */
struct load_updates *load_updates_new(struct load *load, size_t clients, size_t depth);

/* Accepts NULL, leaves NULL. */
void load_updates_free(struct load_updates **updates);

/* Appends one push. */
void load_updates_push(struct load_updates *updates, struct load_client *client);

/* True when the message is an answer whose operations have all been applied. */
bool load_updates_applied(const uint8_t *data, size_t size);
