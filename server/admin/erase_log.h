/* The log's old changes without what was erased: the chain of hashes stays. */
#pragma once

#include "admin/erase_plan.h"

struct erase_log {
    uint64_t changes;  /* that were written over */
    const char **left; /* handles of records whose words still tell a name, for people to edit */
    size_t n_left, left_room;
};

/* Takes out of the log what the plan says, in a transaction of its own on a connection as the
 * schema's owner; then what the database keeps of old rows (VACUUM) and remembers of their values
 * (ANALYZE). Done twice it does nothing more. False when the database refuses (see inspect_why) or
 * memory is out. */
bool erase_log(struct erase_plan *plan, struct inspect *owner, struct erase_log *log_r);

/* Only looks which records' words tell a name, and how many changes would be written over. */
bool erase_log_look(struct erase_plan *plan, struct erase_log *log_r);
