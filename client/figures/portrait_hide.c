/* What of a portrait does not leave the region. */
#include "figures/portrait.h"

static bool is_few(const struct portrait *portrait, const struct portrait_cell *cell)
{
    int64_t count = cell->rate ? cell->numerator : cell->value;

    return cell->count > 0 && (cell->rate || portrait->additive) && count > 0 &&
           count < PORTRAIT_FEW;
}

/* A line of cells, `step` apart, and the cell that adds them up. */
struct line {
    size_t from, step, length, total;
};

/* When one cell alone is hidden, the total would give it away: the smallest other goes with it, or
 * the total itself where there is no other. True when something was hidden. */
static bool hide_second(struct portrait *to, struct line line)
{
    struct portrait_cell *second = NULL, *total = &to->cells[line.total];
    size_t hidden = 0;

    for (size_t i = 0; i < line.length; i++) {
        struct portrait_cell *cell = &to->cells[line.from + i * line.step];

        hidden += cell->hidden;
        if (!cell->hidden && cell->count > 0 && (second == NULL || cell->value < second->value))
            second = cell;
    }
    if (hidden != 1 || total->hidden)
        return false;
    if (second == NULL)
        second = total;
    second->hidden = true;
    return true;
}

/* Rows add up over the territories, columns over the rows. */
void portrait_hide(struct portrait *to)
{
    size_t width = to->n_places + 1, height = to->n_rows + 1;
    bool more = true;

    for (size_t i = 0; i < width * height; i++)
        to->cells[i].hidden = is_few(to, &to->cells[i]);
    while (more) {
        more = false;
        for (size_t row = 0; row < height; row++)
            more |= hide_second(
                to, (struct line){row * width, 1, to->n_territories, row * width + to->n_places});
        for (size_t place = 0; to->n_rows > 0 && place < width; place++)
            more |= hide_second(
                to, (struct line){place, width, to->n_rows, to->n_rows * width + place});
    }
}
