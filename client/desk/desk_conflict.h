/*
 * What clashed or was refused, as people see it: put together by record, with both sides, what they
 * came from, and who decides. What a person chooses is written, and what it stands for taken out of
 * the outbox, in one durable transaction.
 */
#pragma once

#include "desk/desk_outbox.h"

enum desk_conflict_state {
    DESK_CONFLICT_CHOOSE,   /* this home chooses */
    DESK_CONFLICT_ASKED,    /* the record's owner was asked, and has not answered yet */
    DESK_CONFLICT_ANSWERED, /* the owner has answered: to be read, and put aside */
    DESK_CONFLICT_DECIDE,   /* another's change to what is this home's own: it decides */
    DESK_CONFLICT_REFUSED   /* the server refused it: to be corrected, or put aside */
};

/* One field of a record that two sides wrote. */
struct desk_conflict_field {
    const char *name;
    bool clashes;       /* both sides changed it, to different values: someone must choose */
    bool seen_known;    /* what both came from is known */
    const char *merged; /* both sides' lines together, where they touched different ones; or NULL */
    const char *who;    /* wrote theirs; NULL: not known here */
    int64_t at;         /* microseconds since 1970 UTC; 0: not known */
};

/* One record of a conflict. */
struct desk_conflict_part {
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    const struct book_entry *entry; /* as it is; NULL: it is not there */
    const ProtobufCMessage *mine;   /* of the kind: what this home's side has in the fields */
    const ProtobufCMessage *theirs; /* what the others' side has */
    const ProtobufCMessage *seen;   /* what both came from */
    bool create, remove;            /* mine makes, or removes, the record */
    struct desk_conflict_field *fields;
    size_t n_fields;
    struct error error;                 /* with REFUSED: why; code 0: it was not to blame */
    const char *reason;                 /* the author's; NULL: none */
    uint8_t op_id[UUID_SIZE];           /* the operation that a resolution is about */
    const Concert__Resolution *earlier; /* what that one had settled itself; NULL */
    bool clashed;                       /* an operation of it was in conflict */
};

struct desk_conflict {
    enum desk_conflict_state state;
    uint64_t number;                     /* of its oldest operation; 0: there is none here */
    const struct book_entry *proposal;   /* asks the owner; NULL: none, or not known here */
    const struct book_entry **proposals; /* that one and those of its other operations */
    size_t n_proposals;
    uint8_t owner[UUID_SIZE];         /* the party that decides; uuid_none: whoever wrote it */
    struct desk_conflict_part *parts; /* the oldest first */
    size_t n_parts;
    const uint64_t *numbers; /* all of its operations */
    size_t n_numbers;
    int64_t at; /* when the oldest was written, microseconds since 1970 UTC */
};

/* All of them: those of the outbox by number, then proposals that come from a conflict and that
 * this home decides or this account made elsewhere. Borrowed until the next call on the desk other
 * than desk_book. NULL with why_r. */
const struct desk_conflict *desk_conflicts(
    struct desk *desk, size_t *count_r, struct desk_why *why_r);

/* Whose value a field gets. */
enum desk_take { DESK_TAKE_MINE = 1, DESK_TAKE_THEIRS, DESK_TAKE_NEW };

/* The choice for a field of a part; of a removal any field stands for the whole. With NEW it may be
 * any field of the kind. */
struct desk_choice {
    size_t part;
    const char *field;
    enum desk_take take;
    const ProtobufCMessage *value; /* with NEW: of the kind; a field that it lacks is emptied */
    bool merged; /* the new value holds the lines of both: nobody's words are set aside */
};

/* Writes what was chosen, takes the conflict's operations out of the outbox, and sends, as
 * desk_write; *count_r operations. A field without a choice: merged where it merges, else what does
 * not clash is taken from the author of the operation. One that clashes without a choice:
 * DESK_ANSWER, INVALID, with the field, rule "choice". `answer`: for the author, when the owner
 * does not take all of it, and in quarantine, where something of what was taken over is left
 * (NULL: `reason`): nothing of it taken is “refused” there. ASKED takes THEIRS alone, for all. */
bool desk_conflict_resolve(struct desk *desk, const struct desk_conflict *conflict,
    const struct desk_choice *choices, size_t n_choices, const char *reason, const char *answer,
    const struct desk_operation **operations_r, size_t *count_r, struct desk_why *why_r);

/* Takes the conflict's operations out of the outbox, and tells nobody: what was refused, what the
 * owner has answered. */
bool desk_conflict_drop(
    struct desk *desk, const struct desk_conflict *conflict, struct desk_why *why_r);

/* Asks the owner, by a proposal, about each operation of staff that is in conflict and that is the
 * owner's to decide; it waits in the outbox then. Within the caller's write transaction, after
 * desk_push_settle. False with replica_why. */
bool desk_conflict_ask(struct desk *desk);
