/*
 * What the server gives a record itself, once the rules hold: a plan's place of adoption, a
 * decision's number. It becomes part of the change, so that applying all patches gives the records
 * and the log's hash covers it. No I/O.
 */
#pragma once

#include "record.h"
#include "view.h"

/* One change about to be made. */
struct derive_case {
    struct view *view;
    const struct kind *kind;
    const struct store_record *before; /* NULL: create */
    const struct store_record *after;  /* its body is given what the patch is; NULL body: delete */
    const ProtobufCMessage *patch;     /* replaced by one that holds what was given besides */
    struct record_names *touched;      /* what was given is named besides */
    int64_t now;                       /* microseconds since 1970 UTC */
    uint64_t seq;                      /* that the change will have */
    struct arena *arena;
};

/* True when a patch of the kind may be given a number, so that the counters must be known. */
bool derive_counts(const struct kind *kind, const ProtobufCMessage *patch);

/* Gives what is to be given. False when memory is out. */
bool derive_give(struct derive_case *derive_case);
