#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 text without locales: every function gives the same answer on every machine. */

/* Reads the character at the start of the `length` bytes at `s` into *codepoint_r (Unicode scalar
 * value). Returns its size in bytes, 1 to 4, or 0 when nothing is left or the bytes are not valid
 * UTF-8 (overlong, surrogate, beyond U+10FFFF, cut short). */
size_t text_decode(const char *s, size_t length, uint32_t *codepoint_r);

/* Whether all of the `length` bytes at `s` are valid UTF-8. A NUL byte is a valid character. */
bool text_valid_utf8(const char *s, size_t length);

/* Folds `s` for comparing and searching: lower case, no accents on Latin letters ("É" is "e", "œ"
 * is "oe"), combining marks gone, curly apostrophes straight, every dash '-', every kind of space '
 * '; other characters and invalid bytes as they are. Writes at most `size` bytes with the final
 * NUL, never half a character; `buf` may be NULL when `size` is 0. Returns the bytes that the whole
 * result needs without the NUL, so that a return >= size means cut. */
size_t text_fold(const char *s, char *buf, size_t size);

/* Orders two texts as people file them: folded first, then by bytes so that only equal texts give
 * 0. Less than, equal to or greater than 0, as strcmp; texts of any length, no allocation. */
int text_compare(const char *a, const char *b);

/* The part of the `length` bytes at `s` without the white space (as below) at both ends, borrowed;
 * *length_r gets its bytes. */
const char *text_trimmed(const char *s, size_t length, size_t *length_r);

/* Removes the white space (ASCII, no-break and other Unicode spaces) at both ends of `s`, in place.
 * Returns `s`, whose text now starts at its first byte. */
char *text_trim(char *s);

/* Copies `s` into `buf` of `size` > 0 bytes with a final NUL, cut before the character that does
 * not fit. Returns false when it was cut. The two must not overlap. */
bool text_copy(char *buf, size_t size, const char *s);

/* Columns that `s` takes on a terminal: combining marks and other zero-width characters 0, East
 * Asian wide characters and emoji 2, control characters 0, an invalid byte 1. */
size_t text_width(const char *s);

/* Bytes at the start of `s` that fit in `columns` display columns, whole characters with the
 * combining marks that follow them. *width_r gets the columns they take; it may be NULL. */
size_t text_fit(const char *s, size_t columns, size_t *width_r);

/* How far apart two texts are, folded: the Damerau-Levenshtein distance in characters (insertions,
 * deletions, replacements, swaps of neighbours, each 1). Only the first 64 characters count. */
size_t text_distance(const char *a, const char *b);

/* For "did you mean": the one of `count` candidates (NULL entries are skipped) nearest to `word`,
 * or NULL when none is near enough (at most a third of the characters wrong, one for a word of two
 * to five). The earlier of equals. The answer is one of the borrowed candidates. */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);
