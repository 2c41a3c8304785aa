/* In which order records can be written, and what of them must wait. */
#pragma once

#include "import/import_draft.h"

/* The drafts that are to be created, kind by kind, each after those that it hangs on; *count_r of
 * them. The drafts' `order` tells their place, from 1. NULL when memory is out. */
struct draft **import_order_creates(struct import *import, size_t *count_r);

/* What of a draft's creation must wait until all are made, because it refers to one made later or
 * because it closes the record to what hangs on it (a plan's adoption). Takes it out of `patch` and
 * gives it as a patch of its own; NULL: nothing must. */
ProtobufCMessage *import_order_later(
    struct import *import, const struct draft *draft, ProtobufCMessage *patch);
