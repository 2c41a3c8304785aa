#pragma once

#include "date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Deadlines as people write them, in French or English. What cannot be read is said to be so: it is
 * never guessed and never dropped. */

/* Bytes of a label or of the owner of a calendar, with the NUL; a text with longer ones is not
 * read. */
#define SCHEDULE_LABEL_SIZE 256

/* Bytes that the canonical text of any schedule needs, with the NUL. */
#define SCHEDULE_TEXT_SIZE (2 * SCHEDULE_LABEL_SIZE + 128)

/* A deadline text with more bytes than this is not read. */
#define SCHEDULE_TEXT_MAX 1000

/* The values of both enumerations are those of records.proto. */
enum schedule_mode {
    SCHEDULE_UNSET = 0, /* could not be read */
    SCHEDULE_DATED = 1,
    SCHEDULE_RECURRING = 2,
    SCHEDULE_CONTINUOUS = 3,
    SCHEDULE_AS_NEEDED = 4,
    SCHEDULE_BY_CALENDAR = 5,
    SCHEDULE_TO_BE_SET = 6,
};

enum schedule_precision {
    SCHEDULE_PRECISION_NONE = 0,
    SCHEDULE_DAY = 1,
    SCHEDULE_MONTH = 2,
    SCHEDULE_SEASON = 3,
    SCHEDULE_QUARTER = 4, /* of the civil year */
    SCHEDULE_YEAR = 5,
    SCHEDULE_SPAN = 6,
};

/* One deadline. Only a dated one has a precision and dates (else NONE and DATE_NONE), only a
 * recurring one times (else 0), only one by calendar may have calendar_of; any may have a label. */
struct schedule {
    enum schedule_mode mode;
    enum schedule_precision precision;
    int32_t earliest, latest; /* first and last civil day, both included */
    int times_min, times_max; /* a year */
    char label[SCHEDULE_LABEL_SIZE];
    char calendar_of[SCHEDULE_LABEL_SIZE]; /* whose calendar: "INSPQ" */
    const char *text;                      /* the piece as written, borrowed; not NUL-terminated */
    size_t text_length;                    /* its bytes */
};

/* Takes one deadline of a cell. `part` and the cell are borrowed for the call. */
typedef void schedule_part_fn(const struct schedule *part, void *context);

/* Reads ONE deadline into *schedule_r, whose text is `text` without the white space around it. What
 * it understands is listed in schedule_words.c. A label may stand before a colon ("Comité : mai
 * 2009") or in prose ("Dépôt du projet en mai 2009"). Returns false, with mode SCHEDULE_UNSET and
 * nothing but the text set, for what it cannot read: an invalid date, invalid UTF-8, several
 * deadlines, too long a text, words that could be taken two ways ("début mai 2009", "mai ou juin
 * 2009"). */
bool schedule_read(const char *text, struct schedule *schedule_r);

/* Cuts a cell into its deadlines and gives each to `take` in order, with the text of its own piece
 * of the cell. Pieces are lines (LF or CRLF), and within a line what stands on both sides of "et",
 * "and", a comma or a semicolon when both sides read as deadlines. A label before a colon, alone on
 * its line or not, goes to all that follows it up to the next label. What cannot be read is given
 * with mode SCHEDULE_UNSET, a label with nothing below it too. Returns how many were given: 0 for a
 * blank cell. */
size_t schedule_split(const char *cell, schedule_part_fn *take, void *context);

/* Writes the canonical text in `language` ("fr", else English): "Comité : 2 juin 2009", "Fall
 * 2009", "4 à 6 fois par année". schedule_read of it gives the same schedule when its label and
 * calendar_of are such as schedule_read gives. A dated one whose dates do not fit its precision is
 * written as a span. Returns the bytes that the whole text needs without the NUL (>= size: it was
 * cut); 0, with an empty text, for SCHEDULE_UNSET or a dated one without dates. */
size_t schedule_write(
    const struct schedule *schedule, const char *language, char *buf, size_t size);

/* Whether both say the same: every field but the text. */
bool schedule_equal(const struct schedule *a, const struct schedule *b);

/* The first and last day of season 1 to 4 (winter, spring, summer, fall) of a year; winter begins
 * on 21 December of the year before. Returns false, with outputs DATE_NONE, when out of range. */
bool schedule_season(int year, int season, int32_t *first_r, int32_t *last_r);
