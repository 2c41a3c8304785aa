/*
 * The domain's words in both languages: kinds, fields, values of closed lists. English ones are
 * those of records.proto; French ones are what people type and read. One const table; a test fails
 * when a kind, a field or a value of the register lacks its words.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum words_list { WORDS_KIND, WORDS_KINDS /* plural */, WORDS_FIELD, WORDS_VALUE };

/* The word for people: `english` is the name in records.proto (lower case); language "fr" or "en".
 * In English underscores become spaces. Static memory; `english` itself when the table lacks it. */
const char *words_show(enum words_list list, const char *english, const char *language);

/* The same for a value of a closed list in a record of `kind` (its name in records.proto), with
 * which the French word agrees: a need is "prévu", a meeting "prévue". */
const char *words_value(const char *kind, const char *english, const char *language);

/* The English name that a typed word means, in either language, accents, case, dashes, spaces and
 * underscores alike ("état", "etat", "en-cours"); NULL when none. `among` (may be NULL) restricts
 * the answer to `count` English names. */
const char *words_read(
    enum words_list list, const char *typed, const char *const *among, size_t count);
