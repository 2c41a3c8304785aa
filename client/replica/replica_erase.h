/* What a home must not keep of a record that was erased on the server. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "uuid.h"

struct replica;

/* Takes out the accepted operations on that record: what they said would be sent again to a server
 * that was restored; and what the copy had of it before it was made anew. In the caller's
 * transaction. */
bool replica_erase(struct replica *replica, const uint8_t id[UUID_SIZE]);
