/*
 * A record's values as texts that files carry out and in again, exactly: closed lists by their
 * English names, days as ISO, amounts as "1234.50", references as ids. A cell of CSV holds one
 * text, several on lines of their own; what a cell could not hold unchanged is written as JSON
 * behind "json:".
 */
#pragma once

#include "input/fields.h"

struct exchange_texts {
    const char **text;
    size_t count; /* 0: the field is empty */
};

/* True when files have a column for the field: the personal ones only where staff asks for them. */
bool exchange_carries(
    const struct kind *kind, const ProtobufCFieldDescriptor *field, bool personal);

/* True when files have records of the kind; accounts, devices and what waits in quarantine belong
 * to one region. */
bool exchange_has(const struct kind *kind, bool staff);

/* The field's values. False when the arena is at its limit. */
bool exchange_get(const struct kind *kind, const ProtobufCMessage *message,
    const ProtobufCFieldDescriptor *field, struct arena *arena, struct exchange_texts *texts_r);

/* Sets the field to the texts, read as files write them or as people do; none clears it. A text
 * field takes them as they are. False with problem_r. */
bool exchange_set(const struct fields_reader *reader, struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, const struct exchange_texts *texts,
    struct fields_problem *problem_r);

/* True when both are the same texts. */
bool exchange_same(const struct exchange_texts *a, const struct exchange_texts *b);

/* The texts as one cell of the field; NULL when the arena is at its limit. */
const char *exchange_join(
    const ProtobufCFieldDescriptor *field, const struct exchange_texts *texts, struct arena *arena);

/* The texts in a cell, as exchange_join writes it or with one a line, without the white space
 * around it. False when the arena is at its limit. */
bool exchange_split(const ProtobufCFieldDescriptor *field, const char *cell, struct arena *arena,
    struct exchange_texts *texts_r);
