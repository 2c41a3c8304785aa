/* Private to sim_check*.c: what was written, and what was ever committed. */
#pragma once

#include "idmap.h"
#include "sim_check.h"

/* One operation, from the moment at which its author was told that it is kept. */
struct entry {
    struct sim_check_written what;         /* in the arena */
    const ProtobufCMessage *patch, *shown; /* decoded; NULL: none */
    Concert__Result__Status status;        /* as last answered; 0: not yet */
    uint64_t seq;                          /* the receipt; 0: none came */
    const uint8_t *hash;
    bool dropped, in_outbox, settled; /* in the outbox, in conflict or refused */
};

/* One commit, of whatever log: restores take none away here. */
struct commit {
    uint8_t op_id[UUID_SIZE], id[UUID_SIZE];
    uint64_t seq;
    const ProtobufCMessage *after; /* the record after it; NULL: deleted */
};

struct sim_check {
    struct sim_world *world;
    struct sim_store *store;
    struct arena *arena;
    struct idmap *by_op;
    struct entry **entries;
    size_t n_entries, entries_room;
    struct commit *commits;
    size_t n_commits, commits_room;
    struct sim_check_counts counts;
};

/* The entry of an operation; NULL: nobody here wrote it. */
struct entry *sim_check_find(const struct sim_check *check, const uint8_t op_id[UUID_SIZE]);

/* Prints what is wrong, with an operation's or record's id. Always false. */
bool sim_check_fail(const struct sim_check *check, const char *what, const uint8_t *id);

/* As arena_alloc; the end of memory is the program's. */
void *sim_check_alloc(struct arena *arena, size_t size);

/* A kind's message, decoded into the arena; NULL for NULL. */
ProtobufCMessage *sim_check_decode(
    const struct kind *kind, const uint8_t *data, size_t size, struct arena *arena);

/* A record after one more change of the log; NULL: deleted. */
ProtobufCMessage *sim_check_apply(
    const ProtobufCMessage *before, const struct store_change *change, struct arena *arena);

/* --- sim_check_seen.c ------------------------------------------------------------------------- */

/* What the change replaced had been seen by its author, or was merged. False after printing. */
bool sim_check_seen(const struct sim_check *check, const struct store_change *change,
    const ProtobufCMessage *before, const ProtobufCMessage *after);
