#include "figures/reach.h"

#include <string.h>

#include "figures/tally.h"
#include "record.h"
#include "words.h"

#define GOALS 3

struct crossing {
    const struct book *book;
    const char *language;
    struct arena *arena;
};

const struct book_entry *const *reach_actions(
    const struct book *book, const struct book_entry *plan, struct arena *arena, size_t *count_r)
{
    const struct tally_scope scope = {.of = plan};
    size_t count, kept = 0;
    const struct book_entry *const *all = tally_actions(book, &scope, arena, &count);
    const struct book_entry **actions = arena_alloc(arena, (count + 1) * sizeof(*actions));

    *count_r = 0;
    if (all == NULL || actions == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const ProtobufCFieldDescriptor *audiences = record_field(all[i]->kind, "audiences");

        if (book_number(all[i], "communication_goal", 0) != 0 ||
            record_count(all[i]->body, audiences) > 0)
            actions[kept++] = all[i];
    }
    *count_r = kept;
    return actions;
}

static struct cross_key goal_key(const struct crossing *to, int64_t goal)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__ACTION);
    const char *name = record_text(kind, record_field(kind, "communication_goal"),
        (struct record_value){.number = goal}, to->arena);

    return (struct cross_key){.key = name, .label = words_show(WORDS_VALUE, name, to->language)};
}

/* The number, and behind it who they are. */
static struct cross_key audience_key(const struct crossing *to, const struct book_entry *audience)
{
    const char *number =
        arena_printf(to->arena, "%lld", (long long)book_number(audience, "number", 0));

    return (struct cross_key){.key = number,
        .label = arena_printf(to->arena, "%s. %s", number, book_label(to->book, audience))};
}

static size_t by_audience(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    const struct crossing *to = arg;
    const ProtobufCFieldDescriptor *field = record_field(entry->kind, "audiences");
    size_t n = 0;

    for (size_t i = 0; i < record_count(entry->body, field) && n < CROSS_KEYS_MAX; i++) {
        struct record_value value = record_get(entry->body, field, i);
        const struct book_entry *audience =
            value.size == UUID_SIZE ? book_get(to->book, (const uint8_t *)value.data) : NULL;

        if (audience != NULL)
            keys_r[n++] = audience_key(to, audience);
    }
    return n;
}

static size_t by_goal(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    int64_t goal = book_number(entry, "communication_goal", 0);

    if (goal == 0)
        return 0;
    keys_r[0] = goal_key(arg, goal);
    return 1;
}

struct cross *reach_cross(const struct book *book, const struct book_entry *const *actions,
    size_t count, const char *language, struct arena *arena)
{
    struct crossing to = {.book = book, .language = language, .arena = arena};
    struct cross *cross = cross_new(arena);
    size_t n;
    const struct book_entry *const *audiences = book_list(book, CONCERT__KIND__AUDIENCE, &n);

    for (int64_t goal = 1; cross != NULL && goal <= GOALS; goal++)
        if (!cross_column(cross, goal_key(&to, goal)))
            return NULL;
    for (size_t i = 0; cross != NULL && i < n; i++)
        if (!cross_row(cross, audience_key(&to, audiences[i])))
            return NULL;
    if (cross == NULL || !cross_fill(cross, actions, count, by_audience, by_goal, NULL, &to))
        return NULL;
    return cross;
}

const struct reach_gap *reach_gaps(
    const struct book *book, const struct cross *cross, struct arena *arena, size_t *count_r)
{
    size_t n;
    const struct book_entry *const *audiences = book_list(book, CONCERT__KIND__AUDIENCE, &n);
    struct reach_gap *gaps = arena_alloc(arena, (n + 1) * sizeof(*gaps));

    *count_r = 0;
    for (size_t i = 0; gaps != NULL && i < n && i < cross_rows(cross); i++) {
        struct reach_gap *gap = &gaps[*count_r];

        *gap = (struct reach_gap){.audience = audiences[i]};
        for (size_t goal = 0; goal < GOALS; goal++)
            if (cross_cell(cross, i, goal).count == 0)
                gap->goals[gap->count++] = cross_column_key(cross, goal).key;
        *count_r += gap->count > 0;
    }
    return gaps;
}
