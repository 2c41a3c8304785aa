/* Mandates that end soon, as rows. */
#pragma once

#include "book/book.h"
#include "sheet.h"

/* Adds a row for each of the accounts: handle, person, the parties it speaks for, its last day. */
void ending_rows(struct sheet *sheet, const struct book *book,
    const struct book_entry *const *accounts, size_t count, struct arena *arena);
