/* The register of incidents, which staff alone has. */
#pragma once

#include <stdbool.h>

#include "book/book.h"

/* True of an incident with a risk of serious injury that the Commission was not told of. */
bool incidents_untold(const struct book_entry *incident);
