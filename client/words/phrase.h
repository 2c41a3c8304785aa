/* Values as people read them: dates, moments, ages, and a record's fields in words. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book/book.h"
#include "record.h"

#define PHRASE_SIZE 64

/* "15 oct. 2009", "1er oct. 2009", "Oct 15, 2009"; "" for DATE_NONE. */
void phrase_date(int32_t day, const char *language, char out[PHRASE_SIZE]);

/* A moment (microseconds since 1970 UTC) on the region's clock: "15 oct. 2009, 14 h 30",
 * "Oct 15, 2009, 14:30". */
void phrase_time(int64_t moment, const char *language, char out[PHRASE_SIZE]);

/* What figures are figures of: "Deadlines as of October 15, 2009; shares as of change 214 of the
 * region's log." In the arena; NULL at its limit. */
const char *phrase_as_of(int32_t day, uint64_t seq, const char *language, struct arena *arena);

/* The same in full, for sentences: "15 octobre 2009 à 14 h 30", "October 15, 2009 at 14:30". */
void phrase_moment(int64_t moment, const char *language, char out[PHRASE_SIZE]);

/* A KIND_MOMENT text as people read it: "2 juin 2009, 13 h 30", "Jun 2, 2009, 13:30", or the day
 * alone; the text itself when it is none. */
void phrase_when(const char *iso, const char *language, char out[PHRASE_SIZE]);

/* How long ago, in the language of gettext: "3 hours ago", "il y a 3 heures", "just now". */
void phrase_age(int64_t microseconds, char out[PHRASE_SIZE]);

/* `word` with a capital first letter, cut to `size`. */
void phrase_capital(const char *word, char *out, size_t size);

/* `text` on one line, cut before a letter that does not fit in `size` bytes, with an ellipsis. */
void phrase_cut(const char *text, char *out, size_t size);

/* A record as people call it: "4.1.1" or with `full` "4.1.1 Title"; a party's short name; a decided
 * item "R-2009-1 Title"; else its label or handle. Arena memory, or borrowed from the book. */
const char *phrase_record(
    const struct book *book, const struct book_entry *entry, bool full, struct arena *arena);

/* The handle by which one of `entries` is told from the others: "P1", "2.1.3", or "PL2/2.1.3" when
 * another of them has that number too. */
void phrase_handle(const struct book *book, const struct book_entry *const *entries, size_t count,
    size_t index, char out[PHRASE_SIZE]);

/* A record as a list of changes names it: "share PA32 4.4.1 · Mékinac", "action 4.1.1", "note N7".
 * Arena memory, or static. */
const char *phrase_name(const struct book *book, const struct book_entry *entry,
    const char *language, struct arena *arena);

/* One value of a field in words: closed lists in the language, references as phrase_record, dates
 * short, amounts, yes and no. Arena memory, or borrowed. `book` may be NULL. */
const char *phrase_value(const struct book *book, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, struct record_value value, const char *language,
    bool full, struct arena *arena);

/* What a field that holds nothing stands for (records.proto: "absent: yes"): yes or no, a status'
 * first; "" where it stands for nothing. In the arena, or borrowed. */
const char *phrase_absent(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    const char *language, struct arena *arena);

/* All values of the field, joined with "; "; "" when it is absent. A proposal's patch, and one in
 * quarantine, is told field by field, with what it empties. Arena memory, or borrowed. */
const char *phrase_field(const struct book *book, const struct kind *kind,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const char *language,
    bool full, struct arena *arena);
