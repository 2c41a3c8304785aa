#include "figures/matrix.h"

#include "figures/alerts.h"
#include "figures/tally.h"
#include "i18n.h"
#include "text.h"

#define OBJECTIVES_MAX 16
#define PAGE 80      /* columns that the matrix is made for */
#define NAME_ROOM 24 /* of them for a committee's name */
#define BAR_MAX 10
#define FIGURE 6 /* a figure of three digits and the spaces around it */

struct matrix {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    const struct book_entry *plan;
    const struct book_entry *objectives[OBJECTIVES_MAX];
    size_t n_objectives;
};

/* The objectives that hang on no other: the plan's chapters. */
static void find_objectives(struct matrix *to)
{
    size_t count;
    const struct book_entry *const *all =
        book_children(to->book, to->plan->id, CONCERT__KIND__OBJECTIVE, NULL, &count);

    for (size_t i = 0; i < count && to->n_objectives < OBJECTIVES_MAX; i++)
        if (book_follow(to->book, all[i], "parent") == NULL)
            to->objectives[to->n_objectives++] = all[i];
}

/* What is left of the page for a cell's bar, once name, gaps and figures are drawn. */
static size_t bar_width(const struct matrix *to)
{
    size_t cell = (PAGE - NAME_ROOM) / (to->n_objectives + 1);

    return cell < FIGURE + 2 ? 0 : cell - FIGURE > BAR_MAX ? BAR_MAX : cell - FIGURE;
}

static const char *bar(const struct matrix *to, int percent)
{
    size_t width = bar_width(to), filled = ((size_t)percent * width + 50) / 100;
    const char *text = "";

    /* Neither quite begun nor quite done may look like it. */
    if (percent > 0 && filled == 0)
        filled = 1;
    if (percent < 100 && filled == width && filled > 0)
        filled--;
    for (size_t i = 0; i < width && text != NULL; i++)
        text = arena_printf(to->arena, "%s%s", text, i < filled ? "█" : "░");
    return width == 0 ? "" : text;
}

static const char *cell_text(const struct matrix *to, const struct rollup *rollup)
{
    int percent = rollup_percent(rollup);

    if (percent < 0)
        return rollup->outside > 0                            ? _("ongoing")
               : rollup->dropped + rollup->not_applicable > 0 ? "—"
                                                              : "";
    return arena_printf(
        to->arena, "%s%s%3d", bar(to, percent), bar_width(to) > 0 ? " " : "", percent);
}

static void put_cell(const struct matrix *to, struct sheet *sheet, const struct tally_scope *scope)
{
    struct tally tally;

    if (!tally_sum(to->book, scope, to->context->today, to->arena, &tally))
        sheet_none(sheet);
    else if (!to->context->machine)
        sheet_text(sheet, cell_text(to, &tally.rollup));
    else if (rollup_percent(&tally.rollup) < 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, rollup_percent(&tally.rollup));
}

const char *matrix_cut(
    const struct context *context, const char *text, size_t room, struct arena *arena)
{
    size_t fit = text == NULL ? 0 : text_fit(text, room, NULL);
    const char *less;

    if (text == NULL || text[fit] == '\0' || context->machine)
        return text;
    fit = text_fit(text, room - 1, NULL);
    less = arena_printf(arena, "%.*s…", (int)fit, text);
    return less == NULL ? text : less;
}

/* A local committee goes by its territory's name, which is shorter and what people say. */
static const char *row_name(const struct matrix *to, const struct book_entry *party)
{
    const struct book_entry *territory = book_follow(to->book, party, "territory");
    bool local = book_number(party, "type", 0) == CONCERT__PARTY__TYPE__LOCAL;
    const char *name = local && territory != NULL && !to->context->machine
                           ? book_text(territory, "name")
                           : book_label(to->book, party);

    return matrix_cut(to->context, name, NAME_ROOM, to->arena);
}

static void put_row(const struct matrix *to, struct sheet *sheet, const struct book_entry *party)
{
    struct tally_scope scope = {.of = to->plan, .party = party};

    sheet_row(sheet, 0, party == NULL ? SHEET_STRONG : SHEET_PLAIN);
    sheet_text(sheet, party == NULL ? _("The region") : row_name(to, party));
    sheet_text(sheet, party == NULL ? NULL : party->handle);
    for (size_t i = 0; i < to->n_objectives; i++) {
        scope.of = to->objectives[i];
        put_cell(to, sheet, &scope);
    }
    scope.of = to->plan;
    put_cell(to, sheet, &scope);
}

static struct sheet *matrix_sheet(struct matrix *to)
{
    enum sheet_type type = to->context->machine ? SHEET_PERCENT : SHEET_TEXT;
    struct sheet_column columns[OBJECTIVES_MAX + 3] = {
        {"name", N_("Committee"), SHEET_TEXT, false, false},
        {"party", NULL, SHEET_TEXT, false, true},
    };
    struct tally_scope scope = {.of = to->plan};
    struct tally tally = {.status = ROLLUP_NOTHING};
    size_t n = 2;
    const char *title;

    tally_sum(to->book, &scope, to->context->today, to->arena, &tally);
    title = arena_printf(to->arena, "%s · %s", book_label(to->book, to->plan),
        tally_figure(&tally.rollup, to->arena));
    for (size_t i = 0; i < to->n_objectives; i++)
        columns[n++] = (struct sheet_column){
            arena_printf(to->arena, "objective_%s", to->objectives[i]->handle),
            arena_printf(to->arena, _("Obj. %s, %%"), to->objectives[i]->handle), type, false,
            false};
    columns[n++] = (struct sheet_column){"total", N_("In all, %"), type, false, false};
    return report_sheet(to->context->report, "progress", title, SHEET_TABLE, false, columns, n);
}

void matrix_draw(struct context *context, const struct book_entry *plan, struct arena *arena)
{
    struct matrix to = {.context = context, .arena = arena, .book = context->book, .plan = plan};
    const struct book_entry *const *parties;
    struct sheet *sheet;
    size_t count;

    find_objectives(&to);
    parties = alerts_parties(to.book, plan, arena, &count);
    sheet = matrix_sheet(&to);
    for (size_t i = 0; sheet != NULL && parties != NULL && i < count; i++)
        put_row(&to, sheet, parties[i]);
    if (sheet != NULL)
        put_row(&to, sheet, NULL);
    for (size_t i = 0; i < to.n_objectives; i++)
        report_note(context->report, arena_printf(arena, "%s. %s", to.objectives[i]->handle,
                                         book_text(to.objectives[i], "title")));
}
