/*
 * What goes through the door of store.h, both ways: the log's head and changes, the register's
 * rows, invitations, and what decisions were counted to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kinds.h"
#include "record.h"
#include "uuid.h"

#define STORE_HASH_SIZE 32
#define STORE_HANDLE_SIZE 48
#define STORE_SERIALS 64
#define STORE_MOMENT_SIZE 17 /* of a KIND_MOMENT, with its NUL */

struct store_head {
    uint64_t seq;
    uint8_t hash[STORE_HASH_SIZE];
    uint32_t serials[STORE_SERIALS]; /* last handle serial given, by kind number */
};

/* What the plan or the meeting that a record hangs on says of it, in answers to store_begin. All 0:
 * it hangs on neither, or nothing was said. */
struct store_root {
    Concert__Plan__Status plan;              /* the plan's; 0: draft */
    Concert__Meeting__MinutesStatus minutes; /* the meeting's; 0: draft */
    char starts_at[STORE_MOMENT_SIZE];       /* the meeting's; "": not known yet */
};

/* A row of the register, with its typed row where that was asked for. */
struct store_record {
    uint8_t id[UUID_SIZE];
    const struct kind *kind;
    char handle[STORE_HANDLE_SIZE];
    uint64_t revision, seq;
    uint8_t owner[UUID_SIZE]; /* uuid_none: the Consortium's own */
    uint8_t root[UUID_SIZE];  /* the plan or meeting it hangs on; uuid_none: none */
    struct store_root root_says;
    int64_t created_at, changed_at;                       /* microseconds since 1970 UTC */
    uint8_t created_by[UUID_SIZE], changed_by[UUID_SIZE]; /* accounts */
    bool deleted;
    uint8_t hash[STORE_HASH_SIZE]; /* the log's at `seq`; in pages only */
    ProtobufCMessage *body; /* NULL when deleted, or when only the register row was asked for */
};

/* An entry of the log. */
struct store_change {
    uint64_t seq;
    uint8_t op_id[UUID_SIZE];
    uint8_t id[UUID_SIZE];
    const struct kind *kind;
    uint64_t revision;
    int64_t at, authored_at; /* microseconds since 1970 UTC */
    uint8_t account[UUID_SIZE], device[UUID_SIZE];
    const char *const *fields;
    size_t n_fields;
    const uint8_t *patch;
    size_t patch_size;
    uint8_t patch_hash[STORE_HASH_SIZE];
    bool deleted;
    const char *reason;        /* NULL: none */
    const uint8_t *resolution; /* encoded Concert.Resolution; NULL: it settled no conflict */
    size_t resolution_size;
    bool resolved; /* resolution_hash is set, also when the resolution was erased */
    uint8_t resolution_hash[STORE_HASH_SIZE];
    uint8_t hash[STORE_HASH_SIZE];
    bool erased; /* personal data was taken out: the hashes are of what was there; only read */
};

struct store_invitation {
    uint8_t code_hash[STORE_HASH_SIZE];
    uint8_t account[UUID_SIZE];
    int64_t expires_at;        /* microseconds since 1970 UTC */
    uint8_t device[UUID_SIZE]; /* who used it; uuid_none: nobody yet */
};

/* The last number given to a decision of a party in a year. */
struct store_resolution {
    uint8_t party[UUID_SIZE];
    int32_t year;
    uint32_t last;
};
