#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Private to schedule*.c: a deadline text cut into tokens, and what the words mean. */

#define SCHEDULE_TOKENS 256
#define SCHEDULE_WORD_SIZE 20
#define SCHEDULE_MEANINGS 6

/* What a word, or several in a row, may mean. One spelling may mean several things. */
enum schedule_class {
    WORD_MONTH,     /* value 1 to 12 */
    WORD_SEASON,    /* 1 winter to 4 fall */
    WORD_QUARTER,   /* "T1": 1 to 4 */
    WORD_TRIMESTER, /* the word after an ordinal */
    WORD_ORDINAL,   /* its number */
    WORD_NUMBER,    /* its number */
    WORD_WEEKDAY,   /* Monday 1 to Sunday 7 */
    WORD_TO,        /* between the ends of a span */
    WORD_FROM,      /* before a span, and only there */
    WORD_BETWEEN,   /* before a span whose ends "et" joins */
    WORD_AND,
    WORD_OR,
    WORD_FILLER, /* before a date, says nothing more; 1 when it tells of time by itself */
    WORD_OF,     /* before whom or what a deadline is for; 1 for what */
    WORD_ARTICLE,
    WORD_PER,
    WORD_UNIT,      /* how many of them in a year */
    WORD_EVERY,     /* before a unit */
    WORD_FREQUENCY, /* times a year */
    WORD_YEARLY,    /* after a count, "a year" by itself */
    WORD_TIMES,     /* what is counted, too general to make a label */
    WORD_MODE,      /* a whole deadline: enum schedule_mode */
    WORD_ALONE,     /* the same, but only with no other word beside it */
    WORD_GENERAL,   /* "calendrier" in "Calendrier à déterminer" */
    WORD_ACCORDING,
    WORD_CALENDAR, /* 1 a calendar, 2 what is on it */
    WORD_BY,       /* before the one who makes the calendar */
    WORD_EDGE,     /* beside a date it changes which days are meant: not read */
    WORD_HEDGE,    /* anywhere in the words around, makes the deadline doubtful: not read */
};

enum schedule_token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_MARK };

/* `start` and `end` are byte offsets in the source. */
struct schedule_token {
    uint16_t start, end;
    enum schedule_token_kind kind;
    int number;     /* of TOKEN_NUMBER, at most 99999 */
    int digits;     /* how many it is written with */
    bool ordinal;   /* "1er", "2nd" */
    char mark;      /* of TOKEN_MARK: ASCII; '*' a bullet, '?' any other sign */
    size_t letters; /* of TOKEN_WORD: how many letters */
    uint8_t meaning_count;
    uint16_t meanings[SCHEDULE_MEANINGS]; /* rows of the table that begin with this word */
    char word[SCHEDULE_WORD_SIZE];        /* folded; empty when longer than any known word */
};

struct schedule_line {
    const char *source; /* borrowed */
    size_t count;
    struct schedule_token tokens[SCHEDULE_TOKENS];
};

/* A place in a line, and where to stop. */
struct schedule_cursor {
    const struct schedule_line *line;
    size_t at, end;
};

/* Cuts the `length` bytes at `source` into tokens. Returns false for invalid UTF-8, control
 * characters other than white space, or more bytes or tokens than a deadline has. */
bool schedule_words_cut(const char *source, size_t length, struct schedule_line *line_r);

/* How many tokens from the cursor on are words of that class, the longest such; 0 for none.
 * *value_r gets their value; it may be NULL. */
size_t schedule_words_match(
    const struct schedule_cursor *c, enum schedule_class class, int *value_r);

/* The same, and steps over them. Returns whether there were any. */
bool schedule_words_take(struct schedule_cursor *c, enum schedule_class class, int *value_r);

/* Steps over one punctuation mark. Returns false, staying, when it is another token. */
bool schedule_words_mark(struct schedule_cursor *c, char mark);

/* The token at the cursor, NULL at the end. */
const struct schedule_token *schedule_words_token(const struct schedule_cursor *c);

/* Whether the token at the cursor is a word that names something, and does not only tie others
 * together or tell of time. */
bool schedule_words_names(const struct schedule_cursor *c);
