/*
 * What is to be erased: for each record the revisions whose personal fields go, and what of them
 * the record still says. Read from the log, which also has what was removed or overwritten since.
 */
#pragma once

#include "admin/erase_words.h"
#include "record.h"
#include "store/audit.h"

struct erase_target {
    uint8_t id[UUID_SIZE];
    const struct kind *kind;
    char handle[STORE_HANDLE_SIZE];
    uint64_t from, to; /* revisions, both included */
    uint64_t last;     /* the record's latest */
    bool deleted;
    bool remove;                   /* the record goes as a whole: a document */
    bool quarantined;              /* an operation on such a record, in quarantine: it goes */
    char digits[7];                /* of the pseudonym; "": not chosen */
    char name[200];                /* the latest that these revisions tell; "" none */
    bool rename;                   /* the name field still has it */
    bool clear[RECORD_FIELDS_MAX]; /* the descriptor's fields that still have something */
    bool tell;                     /* of what was asked for, not of what follows from it */
};

struct erase_plan {
    struct inspect *inspect; /* borrowed; a transaction is open */
    struct arena *arena;
    const char *language; /* the region's */
    struct erase_target *targets;
    size_t count, room;
    const char **names; /* folded: all that these revisions tell */
    size_t n_names, names_room;
    bool everywhere; /* the names are looked for in all the log's words */
    bool marks;      /* the log forgets something though no record changes: one says so */
    bool failed;     /* memory is out */
};

/* Finds the records that tell, or told, this name (letters' case and accents do not count), each
 * with the revisions in which they did. False when the database refuses or memory is out. */
bool erase_plan_person(struct erase_plan *plan, const char *name);

/* Adds a record's revisions from `from` to `to` (0: its latest). *found_r: the log has it, with
 * fields that can be erased. Otherwise as above. */
bool erase_plan_record(struct erase_plan *plan, const uint8_t id[UUID_SIZE], uint64_t from,
    uint64_t to, bool *found_r);

/* Adds what follows from the accounts and records that are in the plan: devices, and
 * operations in quarantine, also those that would have made a record that tells a name. Last of
 * all; when something was added behind it, once more. */
bool erase_plan_follow(struct erase_plan *plan);

/* Gives all targets without one the same pseudonym, so that they are one person. */
void erase_plan_one_person(struct erase_plan *plan, const char digits[7]);

/* True when the log has something of the plan to be written over: a target's record still says it.
 */
bool erase_plan_writes(const struct erase_target *target);

/* The text, folded, in the plan's arena; NULL with plan->failed when memory is out. */
const char *erase_plan_fold(struct erase_plan *plan, const char *text);

/* True when the text holds one of the plan's names as whole words; with `full` only a name of
 * several words counts: "coordinator" is one that everybody uses. */
bool erase_plan_names(struct erase_plan *plan, const char *text, bool full, struct arena *arena);

/* True for what is taken out of that target's changes. */
bool erase_plan_takes(const struct erase_target *target, const ProtobufCFieldDescriptor *field);
