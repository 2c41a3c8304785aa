#include "figures/inventory.h"

#include <string.h>

#include "date.h"
#include "figures/place.h"
#include "figures/topic.h"
#include "record.h"
#include "words.h"

/* --- which ones --------------------------------------------------------------------------------
 */

static bool is_over(const struct book_entry *entry, int32_t today)
{
    int32_t ends = book_date(entry, "ends_on");

    if (ends != DATE_NONE)
        return ends < today;
    return book_number(entry, "status", 0) == CONCERT__INTERVENTION__STATUS__ENDED;
}

static bool is_planned(const struct book_entry *entry, int32_t today)
{
    int32_t starts = book_date(entry, "starts_on");

    if (starts != DATE_NONE)
        return starts > today;
    return book_number(entry, "status", CONCERT__INTERVENTION__STATUS__PLANNED) ==
           CONCERT__INTERVENTION__STATUS__PLANNED;
}

static bool refers(const struct book *book, const struct book_entry *entry, const char *field,
    const struct book_entry *to)
{
    const struct book_entry *named = to == NULL ? NULL : book_follow(book, entry, field);

    return to == NULL || (named != NULL && uuid_equal(named->id, to->id));
}

static bool is_asked(
    const struct book *book, const struct inventory_filter *filter, const struct book_entry *entry)
{
    return topic_matches(book_text(entry, "theme"), filter->theme) &&
           topic_matches(book_text(entry, "clientele"), filter->clientele) &&
           (filter->type == 0 || book_number(entry, "type", 0) == filter->type) &&
           refers(book, entry, "party", filter->party) &&
           refers(book, entry, "meeting", filter->meeting) &&
           (filter->territory == NULL || place_is(book, entry, filter->territory));
}

bool inventory_list(const struct book *book, const struct inventory_filter *filter,
    struct arena *arena, struct inventory *inventory_r)
{
    size_t count;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__INTERVENTION, &count);
    const struct book_entry **kept = arena_alloc(arena, (count + 1) * sizeof(*kept));

    *inventory_r = (struct inventory){.entries = kept};
    for (size_t i = 0; kept != NULL && i < count; i++) {
        if (!is_asked(book, filter, all[i]))
            continue;
        if (!filter->all && is_over(all[i], filter->today)) {
            inventory_r->over++;
            continue;
        }
        inventory_r->planned += is_planned(all[i], filter->today);
        kept[inventory_r->count++] = all[i];
    }
    return kept != NULL;
}

/* --- in a table --------------------------------------------------------------------------------
 */

struct crossing {
    const struct book *book;
    const struct inventory_filter *filter;
    const char *language;
    struct arena *arena;
};

/* The topics that the filter's word asks for: of "logement; transport" the one. */
static size_t topics(const struct crossing *to, const char *text, const char *word,
    struct cross_key keys_r[CROSS_KEYS_MAX])
{
    const char *found[CROSS_KEYS_MAX];
    size_t count = topic_split(text, to->arena, found, CROSS_KEYS_MAX), n = 0;

    for (size_t i = 0; i < count; i++)
        if (topic_matches(found[i], word))
            keys_r[n++] = (struct cross_key){.key = found[i]};
    return n;
}

static size_t by_theme(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    const struct crossing *to = arg;

    return topics(to, book_text(entry, "theme"), to->filter->theme, keys_r);
}

static size_t by_clientele(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    const struct crossing *to = arg;

    return topics(to, book_text(entry, "clientele"), to->filter->clientele, keys_r);
}

static struct cross_key type_key(const struct crossing *to, int64_t type)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__INTERVENTION);
    const char *name = record_text(
        kind, record_field(kind, "type"), (struct record_value){.number = type}, to->arena);

    return (struct cross_key){.key = name, .label = words_show(WORDS_VALUE, name, to->language)};
}

static size_t by_type(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    int64_t type = book_number(entry, "type", 0);

    if (type == 0)
        return 0;
    keys_r[0] = type_key(arg, type);
    return 1;
}

static size_t by_party(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    const struct crossing *to = arg;
    const struct book_entry *party = book_follow(to->book, entry, "party");

    if (party == NULL)
        return 0;
    keys_r[0] = (struct cross_key){.key = party->handle, .label = book_label(to->book, party)};
    return 1;
}

static size_t by_meeting(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    const struct crossing *to = arg;
    const struct book_entry *meeting = book_follow(to->book, entry, "meeting");
    const char *label;

    if (meeting == NULL)
        return 0;
    label = book_label(to->book, meeting);
    if (strcmp(label, meeting->handle) != 0)
        label = arena_printf(to->arena, "%s %s", meeting->handle, label);
    keys_r[0] = (struct cross_key){.key = meeting->handle, .label = label};
    return 1;
}

static cross_keys *const rows_by[] = {
    [INVENTORY_BY_THEME] = by_theme,
    [INVENTORY_BY_CLIENTELE] = by_clientele,
    [INVENTORY_BY_TYPE] = by_type,
    [INVENTORY_BY_PARTY] = by_party,
    [INVENTORY_BY_MEETING] = by_meeting,
};

static size_t in_place(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    const struct crossing *to = arg;

    return place_keys(to->book, entry, to->filter->territory, keys_r);
}

/* Rows that show even when empty: every type, and every topic that anything recorded names. */
static bool declare_rows(struct crossing *to, enum inventory_by by, struct cross *cross)
{
    size_t count;
    const struct book_entry *const *all = book_list(to->book, CONCERT__KIND__INTERVENTION, &count);
    struct cross_key keys[CROSS_KEYS_MAX];

    if (to->filter->party != NULL || to->filter->meeting != NULL)
        return true; /* what one partner or one meeting does not have is no gap */
    if (by == INVENTORY_BY_TYPE && to->filter->type == 0)
        for (int64_t type = 1; type <= CONCERT__INTERVENTION__TYPE__CITIZEN_DECLARATION; type++)
            if (!cross_row(cross, type_key(to, type)))
                return false;
    for (size_t i = 0; by <= INVENTORY_BY_CLIENTELE && i < count; i++) {
        size_t n = rows_by[by](to, all[i], keys);

        for (size_t k = 0; k < n; k++)
            if (!cross_row(cross, keys[k]))
                return false;
    }
    return true;
}

struct cross *inventory_cross(const struct book *book, const struct inventory *inventory,
    const struct inventory_filter *filter, enum inventory_by by, const char *language,
    struct arena *arena)
{
    struct crossing to = {.book = book, .filter = filter, .language = language, .arena = arena};
    struct cross *cross = cross_new(arena);

    if (cross == NULL || !place_columns(book, filter->territory, cross) ||
        !declare_rows(&to, by, cross) ||
        !cross_fill(cross, inventory->entries, inventory->count, rows_by[by], in_place, NULL, &to))
        return NULL;
    if (by != INVENTORY_BY_TYPE && by != INVENTORY_BY_MEETING)
        cross_sort(cross);
    return cross;
}

/* --- what lacks --------------------------------------------------------------------------------
 */

/* False at the arena's limit. */
static bool find_gap(
    const struct cross *cross, size_t row, struct arena *arena, struct inventory_gap *gap_r)
{
    *gap_r = (struct inventory_gap){.row = cross_row_key(cross, row)};
    gap_r->territories =
        arena_alloc(arena, (cross_columns(cross) + 1) * sizeof(*gap_r->territories));
    if (gap_r->territories == NULL)
        return false;
    for (size_t i = 0; i < cross_columns(cross); i++)
        if (cross_cell(cross, row, i).count == 0)
            gap_r->territories[gap_r->count++] = cross_column_key(cross, i).label;
    return true;
}

const struct inventory_gap *inventory_gaps(
    const struct cross *cross, struct arena *arena, size_t *count_r)
{
    struct inventory_gap *gaps = arena_alloc(arena, (cross_rows(cross) + 1) * sizeof(*gaps));

    *count_r = 0;
    for (size_t i = 0; gaps != NULL && i < cross_rows(cross); i++) {
        if (!find_gap(cross, i, arena, &gaps[*count_r]))
            return NULL;
        *count_r += gaps[*count_r].count > 0;
    }
    return gaps;
}
