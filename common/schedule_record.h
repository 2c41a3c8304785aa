/* What the text of a deadline record says, in the record's other fields. Both sides do the same. */
#pragma once

#include "arena.h"
#include "record.h"

/* Fills a Deadline patch that sets `text` but not `mode`: mode, precision, earliest, latest,
 * times_min, times_max, calendar_of and, where the text has one and the patch has none, label. With
 * `create` false the names of those that the text no longer says, and that the patch does not set,
 * are added to clear_r (its names are static; ones there already are not repeated). A text that
 * cannot be read leaves mode unset. Any other message is left as it is. False when the arena is at
 * its limit. */
bool schedule_record_fill(
    ProtobufCMessage *patch, bool create, struct arena *arena, struct record_names *clear_r);
