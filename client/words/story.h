/* What the log says of a record and what hangs on it, read whole from the server. */
#pragma once

#include "arena.h"
#include "command.h"
#include "record.h"

/* One change of the log, with its patch read. */
struct story_event {
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    uint64_t seq, revision;
    int64_t at, authored_at;           /* microseconds since 1970 UTC */
    const char *who, *device, *reason; /* NULL: not told */
    bool removed;
    bool erased;         /* personal data was taken out of it since */
    const char **fields; /* set or emptied */
    size_t n_fields;
    const ProtobufCMessage *patch; /* NULL: could not be read */
    /* The conflict that it settled: the names of fields by what was chosen, and the words that were
     * set aside, of the kind (NULL: none). */
    bool settles;
    struct record_names mine, theirs, rewritten;
    const ProtobufCMessage *set_aside;
};

/* Borrows the context; made with its zeroes but for context. */
struct story {
    struct context *context;
    struct arena *arena;
    struct story_event *events; /* the newest first */
    size_t count, room;
    bool several; /* records */
    bool whole;   /* all of their changes are here: what was never set was empty */
};

/* Reads all changes of a record, and with `below` of what hangs on it. Says why not on stderr; the
 * exit code for it. End with story_clear either way. */
enum command_exit story_of_record(
    struct story *story, struct context *context, const struct book_entry *entry, bool below);

/* Reads the newest changes of the region's log. As story_of_record. */
enum command_exit story_of_all(struct story *story, struct context *context, uint32_t count);

/* Frees what the story holds. */
void story_clear(struct story *story);

/* That the change went through a conflict, who chose what, and which words were set aside, in
 * whole sentences; NULL when it settled none. Arena memory of the story. */
const char *story_conflict(const struct story *story, const struct story_event *event);

/* The message that held the field before change number `index`: the patch of the newest older
 * change of it that is known; NULL when none is. Borrowed. */
const ProtobufCMessage *story_earlier(const struct story *story, size_t index, const char *field);
