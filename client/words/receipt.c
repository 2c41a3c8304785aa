#include "words/receipt.h"

#include "arena.h"
#include "i18n.h"
#include "words.h"
#include "words/phrase.h"

#define HASH_SHOWN 16 /* hexadecimal digits that people compare */

static const char *record_words(struct context *context, const struct desk_receipt *receipt)
{
    const struct book_entry *entry = book_get(context->book, receipt->id);

    if (entry != NULL)
        return phrase_name(context->book, entry, context->language, context->arena);
    return receipt->handle[0] != '\0'
               ? receipt->handle
               : words_show(WORDS_KIND, receipt->kind->name, context->language);
}

/* Whole for programs; people compare the first digits. */
static void put_hash(
    const struct context *context, struct sheet *sheet, const struct desk_receipt *receipt)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * sizeof(receipt->hash) + 1];
    size_t size = 2 * receipt->hash_size;

    if (size == 0) {
        sheet_none(sheet);
        return;
    }
    if (!context->machine && size > HASH_SHOWN)
        size = HASH_SHOWN;
    for (size_t i = 0; i < size; i++)
        text[i] = digits[receipt->hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
    text[size] = '\0';
    sheet_text(sheet, text);
}

void receipt_sheet(struct context *context, const struct desk_receipt *receipts, size_t count)
{
    static const struct sheet_column columns[] = {{"number", N_("No."), SHEET_NUMBER, false, false},
        {"record", N_("Record"), SHEET_TEXT, true, false},
        {"at", N_("Written"), SHEET_TIME, false, false},
        {"seq", N_("Place in the log"), SHEET_NUMBER, false, false},
        {"hash", N_("Hash of the log"), SHEET_TEXT, false, false}};
    struct sheet *sheet =
        report_sheet(context->report, "receipts", N_("Receipts"), SHEET_TABLE, false, columns, 5);

    for (size_t i = 0; i < count; i++) {
        const struct desk_receipt *receipt = &receipts[i];

        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_number(sheet, (int64_t)receipt->number);
        sheet_text(sheet, record_words(context, receipt));
        sheet_number(sheet, receipt->authored_at);
        sheet_number(sheet, (int64_t)receipt->seq);
        put_hash(context, sheet, receipt);
    }
}
