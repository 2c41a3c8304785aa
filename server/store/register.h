/* Rows of the register, the log, the head, the invitations and the counters ⇄ store.h's structures.
 */
#pragma once

#include "arena.h"
#include "pipeline.h"
#include "store.h"

/* How many values each statement of statements.c takes. */
#define REGISTER_RECORD_VALUES 13
#define REGISTER_CHANGE_VALUES 17
#define REGISTER_INVITATION_VALUES 4
#define REGISTER_RESOLUTION_VALUES 3
#define REGISTER_HEAD_VALUES 3

/* Reads a register row whose first column is `column`, without hash and body; its unknown fields
 * are borrowed from the rows. False when this version does not know its kind. */
bool register_read_record(const struct pipeline_rows *rows, size_t row, size_t column,
    struct store_record *record_r, struct pipeline_value *unknown_r);

/* Reads a row of the log; texts are copied into the arena. `whole`: with patch, resolution and
 * hashes. False when memory is out or this version does not know its kind. */
bool register_read_change(const struct pipeline_rows *rows, size_t row, bool whole,
    struct arena *arena, struct store_change *change_r);

/* Reads the head: seq, hash and, where there are three columns, serials. */
bool register_read_head(
    const struct pipeline_rows *rows, bool serials, struct arena *arena, struct store_head *head_r);

/* Reads an invitation. */
void register_read_invitation(
    const struct pipeline_rows *rows, size_t row, struct store_invitation *invitation_r);

/* Reads a row of "known". */
void register_read_known(const struct pipeline_rows *rows, size_t row, struct store_known *known_r);

/* Reads a counter of decisions. */
void register_read_resolution(
    const struct pipeline_rows *rows, size_t row, struct store_resolution *resolution_r);

/* Reads what the three columns from `column` on say of a record's root; what this version does not
 * know is left at 0. */
void register_read_root(
    const struct pipeline_rows *rows, size_t row, size_t column, struct store_root *root_r);

/* The parameters of write_records: arrays in the arena. False when memory is out. */
bool register_write_records(const struct store_record *records, size_t count, struct arena *arena,
    struct pipeline_value values_r[REGISTER_RECORD_VALUES]);

/* The parameters of write_changes: arrays in the arena. False when memory is out. */
bool register_write_changes(const struct store_change *changes, size_t count, struct arena *arena,
    struct pipeline_value values_r[REGISTER_CHANGE_VALUES]);

/* The parameters of write_invitations: arrays in the arena. False when memory is out. */
bool register_write_invitations(const struct store_invitation *invitations, size_t count,
    struct arena *arena, struct pipeline_value values_r[REGISTER_INVITATION_VALUES]);

/* The parameters of write_resolutions: arrays in the arena. False when memory is out. */
bool register_write_resolutions(const struct store_resolution *resolutions, size_t count,
    struct arena *arena, struct pipeline_value values_r[REGISTER_RESOLUTION_VALUES]);

/* The parameters of write_head, borrowed from `head` and the arena. False when memory is out. */
bool register_write_head(const struct store_head *head, struct arena *arena,
    struct pipeline_value values_r[REGISTER_HEAD_VALUES]);
