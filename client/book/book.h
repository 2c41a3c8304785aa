/*
 * The plan in memory, as one command sees it: every live record of the copy with the outbox's
 * waiting operations applied on top, indexed. Read only; owned by the desk; gone at its next
 * refresh or write.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kinds.h"
#include "record.h"
#include "uuid.h"

struct book;

struct book_entry {
    uint8_t id[UUID_SIZE];
    const struct kind *kind;
    const char *handle; /* "2.1.3", "PA14"; "~3" while the server has not given one */
    uint64_t revision;  /* 0: not accepted yet */
    uint64_t seq;
    uint8_t owner[UUID_SIZE];       /* uuid_none: the Consortium's own */
    int64_t created_at, changed_at; /* microseconds since 1970 UTC */
    uint8_t created_by[UUID_SIZE], changed_by[UUID_SIZE];
    bool pending; /* shows something that is in the outbox only */
    const ProtobufCMessage *body;
};

/* An empty book; add entries, then book_index. NULL when memory is out. Free with book_free. */
struct book *book_new(void);

/* Frees the book and its entries. Accepts NULL, leaves NULL. */
void book_free(struct book **book);

/* The arena in which entries and their bodies live. Borrowed. */
struct arena *book_arena(struct book *book);

/* Adds a copy of the entry (its pointers must live in book_arena) or replaces the one of that id.
 * False when memory is out. */
bool book_put(struct book *book, const struct book_entry *entry);

/* Takes a record out (a tombstone). */
void book_remove(struct book *book, const uint8_t id[UUID_SIZE]);

/* Makes "~NUMBER", the handle that a record had before the server gave one, mean that record for
 * good. False when memory is out. */
bool book_alias(struct book *book, uint64_t number, const uint8_t id[UUID_SIZE]);

/* Sorts by kind and by number or handle, and links children to parents. After the last book_put. */
bool book_index(struct book *book);

/* The entry of that id; NULL when absent. */
const struct book_entry *book_get(const struct book *book, const uint8_t id[UUID_SIZE]);

/* All entries of a kind, in natural order of handle (2.1.9 before 2.1.10). *count_r of them. */
const struct book_entry *const *book_list(
    const struct book *book, Concert__Kind kind, size_t *count_r);

/* Entries of a kind whose field `parent` (kinds.h) or, for references in other fields, whose field
 * `field` names `id`; in order. `field` NULL: the parent field. Arena memory. */
const struct book_entry *const *book_children(const struct book *book, const uint8_t id[UUID_SIZE],
    Concert__Kind kind, const char *field, size_t *count_r);

/* The record that the entry's field names; NULL when absent or not in the book. */
const struct book_entry *book_follow(
    const struct book *book, const struct book_entry *entry, const char *field);

/* The plan that the entry hangs on, itself for a plan; NULL when it hangs on none. */
const struct book_entry *book_plan(const struct book *book, const struct book_entry *entry);

/* Which plan people mean unless they name one: positive when `a` is meant before `b`, 0 when
 * neither is. The one in force on `today` before any other, then the region's before a committee's
 * own, the adopted before a draft, what was begun from no other plan, the annual before others, the
 * newest. NULL comes last. */
int book_compare_plans(const struct book_entry *a, const struct book_entry *b, int32_t today);

/* Orders handles as people count: 2.1.9 before 2.1.10, case alike. As strcmp. */
int book_compare_handles(const char *a, const char *b);

enum book_found { BOOK_FOUND, BOOK_NONE, BOOK_SEVERAL };

/* What a person means by a word: a handle ("2.1.3", "pa14", "PL2/2.1.3"), a UUID, a provisional
 * handle ("~3"), a public's number, or a name or title of one of `kinds` (mask; folded, unique
 * beginning allowed; accounts, devices and memberships, which have the names of others, only where
 * nothing else has it, and a handle that does not exist only as a whole name). With BOOK_SEVERAL
 * and BOOK_NONE (by shape: numbers for a number) *near_r holds up to `near_max` candidates and
 * *n_near_r how many. A bare number is of the plan that book_compare_plans puts first. */
enum book_found book_find(const struct book *book, const char *word, uint64_t kinds_mask,
    int32_t today, const struct book_entry **entry_r, const struct book_entry **near_r,
    size_t near_max, size_t *n_near_r);

/* The words by which people know a record, never empty: its label field, where that refers to
 * another record by what people call that one, a party by its short name; else what it joins (a
 * seat's organization, a meeting's party and day), else its handle. A share is "ACTION · PARTY".
 * Borrowed or in the book's arena. */
const char *book_label(const struct book *book, const struct book_entry *entry);

/* Text field's value, or NULL when absent. Borrowed. */
const char *book_text(const struct book_entry *entry, const char *field);

/* Number, enum or bool field's value, or `otherwise` when absent. */
int64_t book_number(const struct book_entry *entry, const char *field, int64_t otherwise);

/* Date or moment field's day, or DATE_NONE. */
int32_t book_date(const struct book_entry *entry, const char *field);
