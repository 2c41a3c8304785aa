#include "figures/resources.h"

#include <stdlib.h>

#include "date.h"
#include "figures/place.h"
#include "figures/topic.h"
#include "text.h"

enum resources_state resources_state(const struct book_entry *entry, int32_t today)
{
    int32_t day = book_date(entry, "checked_on");

    if (day == DATE_NONE)
        return RESOURCES_NEVER;
    return date_add_months(day, RESOURCES_MONTHS) < today ? RESOURCES_STALE : RESOURCES_CHECKED;
}

/* An entry with what it is filed by. */
struct filed {
    const struct book_entry *entry;
    const char *place, *name;
    int64_t type;
};

static struct filed file(const struct book *book, const struct book_entry *entry)
{
    const struct book_entry *places[PLACE_MAX];
    size_t n = place_of(book, entry, places);

    return (struct filed){.entry = entry,
        .place = n == 0 ? NULL : book_label(book, places[0]),
        .name = book_label(book, entry),
        .type = book_number(entry, "type", INT64_MAX)};
}

/* What has no place comes last. */
static int compare(const void *a, const void *b)
{
    const struct filed *one = a, *two = b;
    int places;

    if (one->place == NULL || two->place == NULL)
        places = (one->place == NULL) - (two->place == NULL);
    else
        places = text_compare(one->place, two->place);
    if (places != 0)
        return places;
    if (one->type != two->type)
        return one->type < two->type ? -1 : 1;
    return text_compare(one->name, two->name);
}

static bool is_asked(
    const struct book *book, const struct resources_filter *filter, const struct book_entry *entry)
{
    return (filter->type == 0 || book_number(entry, "type", 0) == filter->type) &&
           topic_matches(book_text(entry, "theme"), filter->theme) &&
           (filter->territory == NULL || place_is(book, entry, filter->territory));
}

static size_t choose(const struct book *book, const struct resources_filter *filter,
    struct filed *kept, struct resources *resources)
{
    size_t count, n = 0;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__DIRECTORY_ENTRY, &count);

    for (size_t i = 0; i < count; i++) {
        bool marked = book_number(all[i], "publish", 1) == 0;

        if (!is_asked(book, filter, all[i]))
            continue;
        resources->marked += marked;
        if (marked && filter->outside)
            continue;
        resources->to_check += resources_state(all[i], filter->today) != RESOURCES_CHECKED;
        kept[n++] = file(book, all[i]);
    }
    return n;
}

bool resources_list(const struct book *book, const struct resources_filter *filter,
    struct arena *arena, struct resources *resources_r)
{
    size_t count;
    struct filed *kept;
    const struct book_entry **entries;

    book_list(book, CONCERT__KIND__DIRECTORY_ENTRY, &count);
    kept = arena_alloc(arena, (count + 1) * sizeof(*kept));
    entries = arena_alloc(arena, (count + 1) * sizeof(*entries));
    *resources_r = (struct resources){.entries = entries};
    if (kept == NULL || entries == NULL)
        return false;
    resources_r->count = choose(book, filter, kept, resources_r);
    if (resources_r->count > 1)
        qsort(kept, resources_r->count, sizeof(*kept), compare);
    for (size_t i = 0; i < resources_r->count; i++)
        entries[i] = kept[i].entry;
    return true;
}
