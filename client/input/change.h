/* From what a person typed to what the desk writes: what follows from a change, what it lacks, and
 * whether it changes anything. Shared by the commands that write. */
#pragma once

#include "command.h"
#include "input/fields.h"

/* A reader of fields for this command; its arena is `arena`. */
struct fields_reader change_reader(const struct context *context, struct arena *arena);

/* A new record's id. */
void change_new_id(uint8_t id_r[UUID_SIZE]);

/* Adds what follows from the patch and refuses what cannot stand: a deadline's dates are read from
 * its text, a blocked share needs its cause and who may help, a new record its required fields.
 * `base` is the record as it is (NULL: new). False after having said what is wrong (code_r). */
bool change_complete(struct context *context, const struct fields_reader *reader,
    struct fields_patch *patch, const struct book_entry *base, enum command_exit *code_r);

/* Leaves in the patch only what differs from `base`. False when nothing does. */
bool change_reduce(
    const struct fields_reader *reader, struct fields_patch *patch, const struct book_entry *base);

/* The change of `base` (NULL: the creation of a record `id`) that the patch makes. Borrows all. */
struct desk_change change_of(const struct fields_patch *patch, const struct book_entry *base,
    const uint8_t id[UUID_SIZE], const char *reason);

/* The creation of a note about `subject`, dated context->today. False when memory is out. */
bool change_note(struct context *context, const struct fields_reader *reader,
    const uint8_t subject[UUID_SIZE], const char *text, uint8_t id_r[UUID_SIZE],
    struct fields_patch *patch_r);

/* Gives a new share its action and party. False when memory is out. */
bool change_new_share(const struct fields_reader *reader, const struct book_entry *action,
    const struct book_entry *party, struct fields_patch *patch);

/* Says the problem's sentence, and gives COMMAND_USAGE. */
enum command_exit change_wrong(struct context *context, const struct fields_problem *problem);

/* Says that memory is out, and gives COMMAND_FAILED. */
enum command_exit change_no_memory(struct context *context);

/* True while a change of the record waits here, and the server has not heard of it. */
bool change_waits(const struct context *context, const uint8_t id[UUID_SIZE]);
