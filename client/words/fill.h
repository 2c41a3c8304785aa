/* Sentences with places to fill. */
#pragma once

#include <stddef.h>

/* Copies a sentence, its "%1$s" and "%2$s" replaced by the two texts, cut to `size`. Unlike
 * printf, a sentence may leave either place out: C libraries that check formats at run time end a
 * program for it (glibc's _FORTIFY_SOURCE, "invalid %N$ use"). */
void fill_two(char *out, size_t size, const char *sentence, const char *first, const char *second);
