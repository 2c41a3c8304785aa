/*
 * What can be done with a record of any kind, through its protobuf-c descriptor: read and set
 * fields, apply a patch, compare, merge, check. Messages and what they point to live in arenas;
 * copies are shallow, so an arena of the source must outlive the copy.
 */
#pragma once

#include "arena.h"
#include "error.h"
#include "kinds.h"
#include "uuid.h"

#define RECORD_TEXT_MAX ((size_t)65536)    /* bytes of one text */
#define RECORD_REPEATED_MAX ((size_t)1000) /* values of one repeated field */
#define RECORD_SIZE_MAX ((size_t)245760)   /* bytes of a record: it fits in a page */
#define RECORD_FIELDS_MAX 64               /* fields of one kind */

/* One value of a field: a number (numbers, enums, bool as 0 and 1) or bytes (text, ids, bytes). */
struct record_value {
    int64_t number;
    const char *data; /* NULL for numbers; texts end with a NUL that `size` does not count */
    size_t size;
};

/* Names of fields, as the log keeps them; unknown fields are "#NUMBER". */
struct record_names {
    const char *name[RECORD_FIELDS_MAX * 2];
    size_t count;
};

/* An empty message of the kind; NULL when the arena is at its limit. */
ProtobufCMessage *record_new(const struct kind *kind, struct arena *arena);

/* Decodes a kind's message. NULL when the bytes are not one (error_r: bad_request or too_large) or
 * a text holds a NUL (error_r: invalid, the field, "text"). */
ProtobufCMessage *record_decode(const struct kind *kind, const void *data, size_t size,
    struct arena *arena, struct error *error_r);

/* The first text field, of the message or of those in it, whose bytes hold a NUL; NULL: none does.
 * The bytes must be a message of that descriptor. */
const ProtobufCFieldDescriptor *record_find_nul(
    const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t size);

/* The message's bytes, *size_r of them, in the arena; NULL when it is at its limit. */
uint8_t *record_encode(const ProtobufCMessage *message, struct arena *arena, size_t *size_r);

/* The field of that name; NULL when the kind has none. */
const ProtobufCFieldDescriptor *record_field(const struct kind *kind, const char *name);

/* How many values the field has: 0 when absent, 1, or a repeated field's count. */
size_t record_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* The field's value number `index` < record_count. Borrowed from the message. */
struct record_value record_get(
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t index);

/* Sets the field to `count` values (0 empties it, more than one for repeated fields only); their
 * bytes are borrowed, texts must end with a NUL. False when the arena is at its limit. */
bool record_set(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
    const struct record_value *values, size_t count, struct arena *arena);

/* Makes dst's field the same as src's (absent included). Shallow. */
void record_copy(
    ProtobufCMessage *dst, const ProtobufCMessage *src, const ProtobufCFieldDescriptor *field);

/* True when both messages have the same values (or none) in the field. */
bool record_same(
    const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *field);

/* The text of one value: enum values by their English name in lower case, bool as true and false,
 * ids as UUIDs, other bytes in hexadecimal. In the arena. */
const char *record_text(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    struct record_value value, struct arena *arena);

/* Reads a value from its text, as record_text writes it. False when it is not one of the field's.
 */
bool record_parse(const struct kind *kind, const ProtobufCFieldDescriptor *field, const char *text,
    struct arena *arena, struct record_value *value_r);

/* The reference in a field that holds one id; NULL when absent or malformed. Borrowed. */
const uint8_t *record_reference(
    const ProtobufCMessage *message, const struct kind *kind, const char *name);

/* Applies a patch: fields present in it are set, those named in `clear` emptied, unknown fields
 * replaced by number. `base` may be NULL (create). A new message in the arena; NULL at its limit.
 */
ProtobufCMessage *record_patch(const struct kind *kind, const ProtobufCMessage *base,
    const ProtobufCMessage *patch, const char *const *clear, size_t n_clear, struct arena *arena);

/* The names that a patch touches, in the order of the descriptor, cleared ones included, each once.
 * False when there are too many. Names live in the descriptor or in the arena. */
bool record_touched(const struct kind *kind, const ProtobufCMessage *patch,
    const char *const *clear, size_t n_clear, struct arena *arena, struct record_names *names_r);

/* True when `name` is among the names. */
bool record_named(const struct record_names *names, const char *name);

/* What leads from one message to another: the patch with the fields to set, and the names to clear.
 * `from` may be NULL. NULL when the arena is at its limit. */
ProtobufCMessage *record_difference(const struct kind *kind, const ProtobufCMessage *from,
    const ProtobufCMessage *to, struct arena *arena, struct record_names *clear_r);

/* Checks the values of a patch, or with `whole` of a record: types, bounds, closed lists, dates,
 * numbers, texts, the size of it all, and the kind's own rules (record_rules.h): of a patch those
 * about values, of a record those between fields, and the required ones. False with the field and
 * the rule. */
bool record_check(
    const struct kind *kind, const ProtobufCMessage *message, bool whole, struct error *error_r);
