/*
 * What this office writes: changes, the outbox in which they wait, and the receipts of what the
 * server took.
 */
#pragma once

#include "desk/desk.h"

/* One change to one record, as a command asks for it. */
struct desk_change {
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    uint64_t base;                 /* revision seen (book_entry.revision); 0: create */
    const ProtobufCMessage *patch; /* NULL with remove */
    const char *const *clear;
    size_t n_clear;
    bool remove;
    const char *reason;           /* NULL: none */
    const ProtobufCMessage *seen; /* what its author saw; NULL: the book as it is */
    size_t group;                 /* of an atomic write: those of one number commit together */
};

enum desk_state { DESK_WAITING, DESK_SENT, DESK_ACCEPTED, DESK_CONFLICT, DESK_REFUSED };

/* A field that both sides changed. */
struct desk_clash {
    char field[64];
    const ProtobufCMessage *theirs; /* holding this field; it may be absent: they emptied it */
    char who[200];
    int64_t at;
};

/* One operation of the outbox and what became of it. */
struct desk_operation {
    uint64_t number; /* place in the outbox, for people */
    uint8_t op_id[UUID_SIZE];
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    enum desk_state state;
    bool merged;
    uint64_t seq, revision;
    char handle[64];
    struct error error;               /* DESK_REFUSED */
    const struct desk_clash *clashes; /* DESK_CONFLICT */
    size_t n_clashes;
    int64_t authored_at;
    const char *reason;
    const ProtobufCMessage *patch;
    const char *const *clear;
    size_t n_clear;
    bool remove;
    uint64_t base;                         /* revision seen; 0: it creates the record */
    uint8_t push[UUID_SIZE];               /* shared by those that commit together; uuid_none */
    uint8_t proposal[UUID_SIZE];           /* that asks the record's owner; uuid_none */
    const ProtobufCMessage *seen;          /* what its author saw; NULL: not known */
    const Concert__Resolution *resolution; /* of the conflict that it settles; NULL: of none */
};

/* Checks the changes (record_check), writes them to the outbox, synced to disk, then sends them
 * when the server is in reach and fetches what they led to. True: recorded; *operations_r (count of
 * them, borrowed until the next call on the desk other than desk_book) tells what became of each,
 * and `why_r` why they wait when they do. False: nothing was recorded, why_r tells; with an error
 * of record_check, DESK_ANSWER with the field. `atomic`: all or none of each group, also on the
 * server; the changes of a group follow each other. */
bool desk_write(struct desk *desk, const struct desk_change *changes, size_t count, bool atomic,
    const struct desk_operation **operations_r, struct desk_why *why_r);

/* The outbox: operations not accepted yet, and with `all` those accepted too; oldest first.
 * Borrowed until the next call on the desk. */
const struct desk_operation *desk_outbox(
    struct desk *desk, bool all, size_t *count_r, struct desk_why *why_r);

/* Takes an operation that was refused or is in conflict out of the outbox. */
bool desk_drop(struct desk *desk, uint64_t number, struct desk_why *why_r);

/* What the server gave for an operation that it took. */
struct desk_receipt {
    uint64_t number; /* place in the outbox */
    uint8_t op_id[UUID_SIZE];
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    char handle[64];     /* "": none was given with it */
    int64_t authored_at; /* microseconds since 1970 UTC */
    uint64_t seq;        /* in the server's log */
    uint8_t hash[64];    /* of the log there; hash_size 0: an older server's, without one */
    size_t hash_size;
};

/* The receipts of this home, the newest first, `most` at most, in the arena; *all_r: how many there
 * are. False with why_r. */
bool desk_receipts(struct desk *desk, size_t most, struct arena *arena,
    const struct desk_receipt **list_r, size_t *count_r, size_t *all_r, struct desk_why *why_r);
