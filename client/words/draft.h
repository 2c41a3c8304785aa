/* News as sentences, for a bulletin that a person then edits. One table says which sentence each
 * kind of news has. */
#pragma once

#include "arena.h"
#include "command.h"
#include "figures/news.h"

/* The heading of a section, in the language of gettext. Static memory. */
const char *draft_heading(enum news_section section);

/* The item as one sentence that names the committee: "Le Comité local de Mékinac a terminé sa part
 * de l'action 4.1.1 « … »." Arena memory; NULL at its limit. */
const char *draft_sentence(
    const struct context *context, const struct news_item *item, struct arena *arena);

/* A committee's name within a sentence: with its article in French, where it has one. Arena
 * memory, or borrowed. */
const char *draft_party(
    const struct context *context, const struct book_entry *party, struct arena *arena);
