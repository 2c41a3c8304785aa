/* Private to person*.c: what is held on one person. */
#pragma once

#include "arena.h"
#include "command.h"
#include "desk/desk.h"

#define PERSON_NAME_SIZE 512

struct person {
    struct context *context;
    struct arena *arena;
    const char *name;
    char folded[PERSON_NAME_SIZE];
    const struct book_entry *named; /* by its handle; NULL: by a name */
    const struct book_entry **records;
    size_t n_records, room;
    const struct book_entry *
        *namesakes; /* beside `named`: they bear the name, maybe as others do */
    size_t n_namesakes;
    struct desk_log log;
    size_t authored;
    const struct book_entry **mentioning; /* in free texts */
    size_t mentions;
    bool whole; /* the log is known here up to the copy */
};

/* True when the field is personal by the register. */
bool person_is_personal(const struct kind *kind, const ProtobufCFieldDescriptor *field);

/* Whom `who` names: a record by its handle, else a name. Fills `named`, `name` and `folded`. */
void person_find(struct person *to, const char *who);

/* True for letters with a number behind, as handles are: nobody is called so. */
bool person_is_handle(const char *word);

/* True for staff, and for others that ask for what is held on themselves. */
bool person_may_ask(const struct person *to);

/* Gathers the records that name the person, or hang on one that does; the name is then as it is
 * written there. By a handle: that record and what hangs on it, and those that share the name alone
 * as `namesakes`. False when the arena is at its limit. */
bool person_collect(struct person *to);

/* A sheet "records" of those. */
void person_draw_records(const struct person *to);

/* A sheet "namesakes" of what may be another person's: where it is, and not what stands in it. */
void person_draw_namesakes(const struct person *to);

/* Reads the log, as far as it is known (whole), and counts what the person's accounts wrote. */
void person_read_log(struct person *to);

/* A sheet "authored" of those changes. */
void person_draw_authored(const struct person *to);

/* Finds the records whose free texts name the person. False when the arena is at its limit. */
bool person_find_mentions(struct person *to);

/* A sheet "mentions" of those texts. */
void person_draw_mentions(const struct person *to);
