/* Getting rid of what a person's erasure left in the copy's files. */
#pragma once

struct desk;

/* Moves what was overwritten out of the log beside the copy, when a page told of an erasure since.
 * Best effort: what another process still reads goes with the next one. Not within a transaction.
 */
void desk_log_rid(struct desk *desk);
