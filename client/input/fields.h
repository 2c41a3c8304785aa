/*
 * From a person's words to a patch: "pourcentage=60", "état=en-cours", "aide = comité de soutien".
 * Field names and values of closed lists in either language, references by handle or name, dates in
 * any form that schedule reads as one day. What is not understood is a sentence that offers the
 * nearest.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "kinds.h"
#include "record.h"
#include "schedule.h"

/* Who reads, and where. All borrowed. */
struct fields_reader {
    const struct book *book; /* references are looked up in it; NULL: UUIDs and `resolve` alone */
    struct arena *arena;     /* patches, texts and what fields_show gives live here */
    const char *language;    /* "fr" or "en": of the words in sentences */
    int32_t today;
    /* Asked before the book for a reference to one of `kinds` (a mask): an import's own new
     * records. True with id_r. May be NULL. */
    bool (*resolve)(void *arg, uint64_t kinds, const char *word, uint8_t id_r[UUID_SIZE]);
    void *arg;
};

/* A patch in the making: what desk_change wants. */
struct fields_patch {
    const struct kind *kind;
    ProtobufCMessage *message;
    const char *clear[RECORD_FIELDS_MAX];
    size_t n_clear;
    uint64_t touched; /* bit per field of the descriptor: already given in these words */
};

/* What was not understood. */
struct fields_problem {
    char field[64];      /* English name, or as typed when unknown; "": no field at all */
    const char *rule;    /* field, choice, number, amount, range, date, moment, reference, several,
                            bool,    shape, empty */
    char sentence[1200]; /* for people, in the language of gettext; no final line break */
};

/* An empty patch. False when the arena is at its limit. */
bool fields_begin(
    const struct fields_reader *reader, const struct kind *kind, struct fields_patch *patch_r);

/* The field that a word names, in either language; NULL when none. Static memory. */
const ProtobufCFieldDescriptor *fields_find(const struct kind *kind, const char *typed);

/* Says in problem_r that the kind has no such field, with the nearest one and all of them. */
void fields_unknown(const struct fields_reader *reader, const struct kind *kind, const char *typed,
    struct fields_problem *problem_r);

/* Sets a field from its text; "" and "-" clear it. A repeated field takes several, split at ";" or
 * else ",", and is added to when it was given before in this patch. A time alone is of the day of
 * another moment in the patch. False with problem_r. */
bool fields_set(const struct fields_reader *reader, struct fields_patch *patch,
    const ProtobufCFieldDescriptor *field, const char *text, struct fields_problem *problem_r);

/* Sets from "field=value"; spaces around either are dropped. False with problem_r. */
bool fields_word(const struct fields_reader *reader, struct fields_patch *patch, const char *word,
    struct fields_problem *problem_r);

/* Sets a reference to the record of that id. False when the arena is at its limit. */
bool fields_refer(const struct fields_reader *reader, struct fields_patch *patch, const char *field,
    const uint8_t id[UUID_SIZE]);

/* Sets text, label, mode, dates, precision, times and calendar of a deadline's patch from what was
 * read; those that it does not have are cleared when `all`. False when the arena is at its limit.
 */
bool fields_schedule(const struct fields_reader *reader, struct fields_patch *patch,
    const struct schedule *schedule, bool all);

/* Reads one day: YYYY-MM-DD, "2 juin 2009", "aujourd'hui", "yesterday"… False when it is not one.
 */
bool fields_day(const char *text, int32_t today, int32_t *day_r);

#define FIELDS_MOMENT_SIZE 17

/* Reads a day with or without its time: "2009-06-02T13:30", "2 juin 2009 13 h 30", "tomorrow 9:00",
 * "2009-06-02" into "YYYY-MM-DDTHH:MM" or "YYYY-MM-DD". False when it is neither. */
bool fields_moment(const char *text, int32_t today, char out[FIELDS_MOMENT_SIZE]);

/* Reads a whole number, with spaces between thousands and a final % allowed. */
bool fields_number(const char *text, int64_t *number_r);

/* The required fields that neither the patch nor `base` (may be NULL) has, as people call them,
 * joined with commas; NULL when none is missing. Arena memory. */
const char *fields_missing(const struct fields_reader *reader, const struct fields_patch *patch,
    const ProtobufCMessage *base);

/* A field's value as a person would type it in the reader's language: values of closed lists as
 * words, references by handle, several joined with "; ". "" when absent. Arena memory. */
const char *fields_show(const struct fields_reader *reader, const struct kind *kind,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
