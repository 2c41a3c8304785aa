/*
 * Records as the import knows them: those of the book and those that files make, found by number or
 * name. A draft is claimed when a file names it; what files say of it gathers in `wanted`.
 */
#pragma once

#include "import/import_work.h"

struct draft {
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    const struct book_entry *entry; /* NULL: to be created */
    ProtobufCMessage *wanted;       /* what files say; NULL: none names it */
    struct import_place place;      /* where a file first named it */
    const struct import_file *file; /* the file that claimed it last */
    uint64_t covered; /* kinds (a mask) of which a file lists all that hang on it: what it lacks is
                         worth a line */
    struct import_place listing;          /* where it does */
    const char *clear[RECORD_FIELDS_MAX]; /* fields that files empty */
    size_t n_clear;
    size_t order;       /* import_order.c's */
    struct draft *next; /* in the order in which they came */
};

/* The drafts of a book's records. NULL when memory is out. Lives in the arena. */
struct drafts *import_draft_new(struct arena *arena, const struct book *book);

/* All drafts, in the order of their making; NULL: none. */
struct draft *import_draft_all(const struct drafts *drafts);

/* The draft of a kind that `name` means: a number, name or title as people write it, folded.
 * `parent` is the record under which the name holds (an action's plan); NULL: none. NULL when there
 * is none. */
struct draft *import_draft_find(
    const struct drafts *drafts, Concert__Kind kind, const struct draft *parent, const char *name);

/* The draft of that id, or NULL. */
struct draft *import_draft_get(const struct drafts *drafts, const uint8_t id[UUID_SIZE]);

/* A draft to be created with that id, which no row has claimed yet. NULL when memory is out. */
struct draft *import_draft_make(
    struct drafts *drafts, const struct kind *kind, const uint8_t id[UUID_SIZE]);

/* Makes another id mean the draft too: a file calls it so. False when memory is out. */
bool import_draft_alias(struct drafts *drafts, struct draft *draft, const uint8_t id[UUID_SIZE]);

/* The draft of the book whose fields all are as in the patch and that no file has named yet; NULL
 * when there is none. */
struct draft *import_draft_same(struct drafts *drafts, const struct fields_patch *patch);

/* Claims what the patch is like, or makes it. Of seats (memberships) each row of a file claims
 * another one. NULL when memory is out. Refuses the row where it says otherwise than a line before.
 */
struct draft *import_draft_take(
    const struct import_row *row, size_t column, const struct fields_patch *patch);

/* As import_draft_take, for a draft that the caller has found. */
void import_draft_claim(const struct import_row *row, size_t column, struct draft *draft,
    const struct fields_patch *patch);

/* Notes that the row's file lists all records of these kinds (a mask) that hang on the draft. */
void import_draft_cover(const struct import_row *row, struct draft *draft, uint64_t kinds_mask);

/* The field's text, from what files want or else from the book; NULL when absent. */
const char *import_draft_text(const struct draft *draft, const char *field);

/* The draft that a reference field names; NULL when absent. */
struct draft *import_draft_follow(
    const struct drafts *drafts, const struct draft *draft, const char *field);

/* The words by which people know the draft: "1.1.1 · Septembre 2009". In the import's arena. */
const char *import_draft_name(struct import *import, const struct draft *draft);

/* The name nearest to a mistyped one among the kind's drafts, or NULL. */
const char *import_draft_nearest(struct import *import, Concert__Kind kind, const char *name);
