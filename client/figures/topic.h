/* Free texts by which people group things: themes, clienteles. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/* True when `word` stands in `text`, accents and case alike ("alimentaire" is in "Sécurité
 * alimentaire"). A NULL word matches everything; a NULL text nothing else. */
bool topic_matches(const char *text, const char *word);

/* The topics of a text, split at ";", trimmed, empty ones left out; at most `max`. Tells how many;
 * 0 for NULL. Texts in the arena. */
size_t topic_split(const char *text, struct arena *arena, const char **topics_r, size_t max);
