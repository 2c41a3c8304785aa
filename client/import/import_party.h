/* Parties that files name and that no table lists: partner organizations. */
#pragma once

#include "import/import_work.h"

/* The party of the name in the cell; an unknown one is made a partner, of the territory that it is
 * called after. NULL when memory is out. */
struct draft *import_party_take(const struct import_row *row, size_t column);

/* As import_party_take; one that is made although another is called nearly so, or by its initials,
 * is told: nothing is merged unseen. */
struct draft *import_party_take_doubted(const struct import_row *row, size_t column);

/* The Consortium's own party; NULL when this copy does not know it. */
struct draft *import_party_consortium(struct import *import);

/* The only committee by theme, or else the only party that is no partner, whose name holds the word
 * (folded). NULL when there is none, or several. */
struct draft *import_party_committee(struct import *import, const char *word);
