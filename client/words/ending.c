#include "words/ending.h"

#include "figures/mandates.h"

void ending_rows(struct sheet *sheet, const struct book *book,
    const struct book_entry *const *accounts, size_t count, struct arena *arena)
{
    for (size_t i = 0; sheet != NULL && i < count; i++) {
        sheet_row(sheet, 0, SHEET_WARN);
        sheet_text(sheet, accounts[i]->handle);
        sheet_text(sheet, book_text(accounts[i], "person"));
        sheet_text(sheet, mandates_names(book, accounts[i], arena));
        sheet_number(sheet, book_date(accounts[i], "expires"));
    }
}
