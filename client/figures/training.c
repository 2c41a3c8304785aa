#include "figures/training.h"

#include <stdlib.h>

#include "text.h"

Concert__TrainingNeed__Status training_status(const struct book_entry *need)
{
    int64_t status = book_number(need, "status", CONCERT__TRAINING_NEED__STATUS__EXPRESSED);

    return status > 0 && status < TRAINING_STATUSES ? (Concert__TrainingNeed__Status)status
                                                    : CONCERT__TRAINING_NEED__STATUS__EXPRESSED;
}

static bool same(const char *one, const char *two)
{
    return one == NULL || two == NULL ? one == two : text_distance(one, two) == 0;
}

static struct training_theme *theme_of(struct training_theme *themes, size_t *count,
    const char *theme, size_t room, struct arena *arena)
{
    size_t i = 0;

    while (i < *count && !same(themes[i].theme, theme))
        i++;
    if (i == *count) {
        themes[i] = (struct training_theme){
            .theme = theme, .needs = arena_alloc(arena, room * sizeof(*themes[i].needs))};
        ++*count;
    }
    return themes[i].needs == NULL ? NULL : &themes[i];
}

static int by_theme(const void *a, const void *b)
{
    const struct training_theme *one = a, *two = b;

    if (one->theme == NULL || two->theme == NULL)
        return (one->theme == NULL) - (two->theme == NULL);
    return text_compare(one->theme, two->theme);
}

const struct training_theme *training_themes(
    const struct book *book, struct arena *arena, size_t *count_r)
{
    size_t all;
    const struct book_entry *const *needs = book_list(book, CONCERT__KIND__TRAINING_NEED, &all);
    struct training_theme *themes = arena_alloc(arena, (all + 1) * sizeof(*themes));

    *count_r = 0;
    for (size_t i = 0; themes != NULL && i < all; i++) {
        int64_t people = book_number(needs[i], "people", -1);
        struct training_theme *theme =
            theme_of(themes, count_r, book_text(needs[i], "theme"), all, arena);

        if (theme == NULL)
            return NULL;
        theme->needs[theme->count++] = needs[i];
        theme->people += people < 0 ? 0 : people;
        theme->uncounted += people < 0;
        theme->statuses[training_status(needs[i])]++;
    }
    if (*count_r > 1)
        qsort(themes, *count_r, sizeof(*themes), by_theme);
    return themes;
}
