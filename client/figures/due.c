#include "figures/due.h"

#include <string.h>

#include "date.h"
#include "i18n.h"
#include "text.h"

const struct rollup_deadline *due_read(
    const struct book *book, const struct book_entry *subject, struct arena *arena, size_t *count_r)
{
    const struct book_entry *const *entries =
        book_children(book, subject->id, CONCERT__KIND__DEADLINE, NULL, count_r);
    struct rollup_deadline *deadlines = NULL;

    if (*count_r > 0)
        deadlines = arena_alloc(arena, *count_r * sizeof(*deadlines));
    if (deadlines == NULL)
        *count_r = 0;
    for (size_t i = 0; i < *count_r; i++) {
        deadlines[i].mode = (Concert__Deadline__Mode)book_number(entries[i], "mode", 0);
        deadlines[i].latest = book_date(entries[i], "latest");
        deadlines[i].met = book_date(entries[i], "met_on") != DATE_NONE;
    }
    return deadlines;
}

/* True when the text holds its label already: "Dépôt du projet en mai 2009". */
static bool holds(const char *text, const char *label)
{
    char folded_text[1024], folded_label[512];

    text_fold(text, folded_text, sizeof(folded_text));
    text_fold(label, folded_label, sizeof(folded_label));
    return strstr(folded_text, folded_label) != NULL;
}

const char *due_one(const struct book_entry *deadline, struct arena *arena)
{
    const char *text = book_text(deadline, "text"), *label = book_text(deadline, "label");

    if (text == NULL)
        return "";
    if (label == NULL || *label == '\0' || holds(text, label))
        return text;
    return arena_printf(arena, _("%s: %s"), label, text);
}

const char *due_text(const struct book *book, const struct book_entry *subject, struct arena *arena)
{
    size_t count;
    const struct book_entry *const *entries =
        book_children(book, subject->id, CONCERT__KIND__DEADLINE, NULL, &count);
    const char *all = "", *label = "";

    for (size_t i = 0; i < count && all != NULL; i++) {
        const char *here = book_text(entries[i], "label");
        const char *text = book_text(entries[i], "text");

        here = here == NULL ? "" : here;
        /* A label that several lines share is written once. */
        if (strcmp(here, label) != 0 || text == NULL)
            text = due_one(entries[i], arena);
        label = here;
        all = i == 0 ? text : arena_printf(arena, "%s; %s", all, text);
    }
    return all == NULL ? "" : all;
}

static const struct book_entry *nearest(
    const struct book *book, const struct book_entry *subject, int32_t from, int32_t to)
{
    size_t count;
    const struct book_entry *const *entries =
        book_children(book, subject->id, CONCERT__KIND__DEADLINE, NULL, &count);
    const struct book_entry *first = NULL;
    int32_t day = DATE_NONE;

    for (size_t i = 0; i < count; i++) {
        int32_t latest = book_date(entries[i], "latest");

        if (book_number(entries[i], "mode", 0) != CONCERT__DEADLINE__MODE__DATED ||
            latest == DATE_NONE || book_date(entries[i], "met_on") != DATE_NONE)
            continue;
        if (latest < from || latest > to || (first != NULL && latest >= day))
            continue;
        first = entries[i];
        day = latest;
    }
    return first;
}

const struct book_entry *due_late(
    const struct book *book, const struct book_entry *subject, int32_t today)
{
    return nearest(book, subject, DATE_NONE + 1, today - 1);
}

const struct book_entry *due_next(
    const struct book *book, const struct book_entry *subject, int32_t today)
{
    return nearest(book, subject, today, INT32_MAX);
}
