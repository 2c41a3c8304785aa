#include "figures/timeline_draw.h"

#include <stdio.h>
#include <string.h>

#include "date.h"
#include "figures/due.h"
#include "i18n.h"
#include "printers/cell.h"
#include "text.h"
#include "words/phrase.h"
#include "words/status_word.h"

#define PAGE ((size_t)80)      /* columns that the drawing is made for */
#define TITLE_MIN ((size_t)28) /* of them for titles, at least */
#define CHART_MIN ((size_t)32) /* and for months, with the status below them */
#define LINES_MAX 8            /* of one milestone */
#define TITLE_LINES 3
#define WHO_LINES 2
#define RIGHT_LINES 3 /* its months, and two for its status */
#define HANDLE_MIN ((size_t)3)

struct chart {
    struct context *context;
    struct arena *arena;
    const struct timeline *timeline;
    struct timeline_scale scale;
    size_t handles, titles, months; /* columns of each, gaps not counted */
    int today;                      /* its cell; -1: not on the page */
    struct sheet *sheet;
};

const char **timeline_who(const struct book *book, const struct book_entry *milestone,
    struct arena *arena, size_t *count_r)
{
    size_t count;
    const struct book_entry *const *resources =
        book_children(book, milestone->id, CONCERT__KIND__RESPONSIBILITY, NULL, &count);
    const char **names = arena_alloc(arena, (count + 1) * sizeof(*names));

    *count_r = 0;
    for (size_t i = 0; names != NULL && i < count; i++) {
        const struct book_entry *party = book_follow(book, resources[i], "party");
        const char *role = book_text(resources[i], "role");

        if (party != NULL)
            names[(*count_r)++] = book_label(book, party);
        else if (role != NULL)
            names[(*count_r)++] = role;
    }
    return names;
}

const char *timeline_figure(const struct rollup *rollup, struct arena *arena)
{
    size_t all = rollup->counted + rollup->dropped;
    int percent = rollup_percent(rollup);
    const char *text;

    if (all == 0)
        return _("no milestone");
    text = rollup->dropped == 0
               ? arena_printf(arena, ngettext("%zu milestone", "%zu milestones", all), all)
               : arena_printf(arena,
                     ngettext("%zu of %zu milestone, %zu dropped",
                         "%zu of %zu milestones, %zu dropped", all),
                     rollup->counted, all, rollup->dropped);
    if (percent >= 0 && text != NULL)
        text = arena_printf(arena, _("%d%%: %s"), percent, text);
    return text == NULL ? "" : text;
}

/* --- lines -------------------------------------------------------------------------------------
 */

/* The text and spaces up to `width` columns. */
static const char *padded(const struct chart *to, const char *text, size_t width)
{
    size_t used = text_width(text);
    const char *line =
        arena_printf(to->arena, "%s%*s", text, used < width ? (int)(width - used) : 0, "");

    return line == NULL ? "" : line;
}

/* A line of the page without spaces at its end. */
static void put_line(
    const struct chart *to, const char *handle, const char *title, const char *months)
{
    const char *line = arena_printf(to->arena, "%s %s %s", padded(to, handle, to->handles),
        padded(to, title, to->titles), months);
    size_t length = line == NULL ? 0 : strlen(line);

    while (length > 0 && line[length - 1] == ' ')
        length--;
    sheet_row(to->sheet, 0, SHEET_PLAIN);
    sheet_text(to->sheet, line == NULL ? "" : arena_copy(to->arena, line, length));
}

/* At most `room` columns of the text, with an ellipsis where it was cut. */
static const char *cut(const struct chart *to, const char *text, size_t room)
{
    const char *less;

    if (text_width(text) <= room)
        return text;
    less = arena_printf(to->arena, "%.*s…", (int)text_fit(text, room - 1, NULL), text);
    return less == NULL ? "" : less;
}

/* Adds the text in lines of the titles' width, the last one of `most` cut. */
static void wrap(const struct chart *to, const char *text, size_t most,
    const char *lines[LINES_MAX], size_t *count)
{
    const char *rest = cell_clean(text, to->arena), *line;

    for (size_t i = 0; i < most && *rest != '\0' && *count < LINES_MAX; i++) {
        const char *left = rest;

        line = cell_line(&rest, to->titles, to->arena);
        if (i + 1 == most && *rest != '\0')
            line = cut(to, left, to->titles);
        lines[(*count)++] = line;
    }
}

/* --- the head ----------------------------------------------------------------------------------
 */

/* The years, each above its first cell where the one before leaves room. */
static const char *years(const struct chart *to)
{
    char *out = arena_alloc(to->arena, to->scale.count + 8);
    size_t used = 0;

    for (size_t cell = 0; out != NULL && cell < to->scale.count; cell++) {
        int month = to->scale.first + (int)cell * to->scale.months;

        if ((month % 12 != 0 && cell > 0) || cell < used + (used > 0) || cell + 4 > to->months)
            continue;
        memset(out + used, ' ', cell - used);
        used = cell + (size_t)snprintf(out + cell, 6, "%04d", (month / 12) % 10000);
    }
    return out == NULL ? "" : out;
}

/* The initials of months, the same in both languages; else the number of the quarter or half. */
static const char *ticks(const struct chart *to)
{
    static const char initials[] = "JFMAMJJASOND", numbers[] = "1234";
    char *out = arena_alloc(to->arena, to->scale.count + 1);

    for (size_t cell = 0; out != NULL && cell < to->scale.count; cell++) {
        int month = (to->scale.first + (int)cell * to->scale.months) % 12;

        if (to->scale.months == 1)
            out[cell] = initials[month];
        else
            out[cell] = to->scale.months == 12 ? '.' : numbers[month / to->scale.months];
    }
    return out == NULL ? "" : out;
}

/* "    ▼ Oct 15, 2009": where today is. */
static const char *pointer(const struct chart *to)
{
    size_t cell = (size_t)to->today;
    char day[PHRASE_SIZE];
    const char *text;

    phrase_date(to->context->today, to->context->language, day);
    if (cell + 2 + text_width(day) <= to->months || text_width(day) + 1 > cell)
        text = arena_printf(to->arena, "%*s▼ %s", (int)cell, "", day);
    else
        text = arena_printf(to->arena, "%*s%s ▼", (int)(cell - 1 - text_width(day)), "", day);
    return text == NULL ? "" : text;
}

static void draw_head(const struct chart *to)
{
    if (to->scale.count == 0)
        return;
    put_line(to, "", "", years(to));
    put_line(to, "", "", ticks(to));
    if (to->today >= 0)
        put_line(to, "", "", pointer(to));
}

/* --- milestones --------------------------------------------------------------------------------
 */

/* How many of `all` touched cells are shown as done: neither quite begun nor quite done may look
 * like it. */
static size_t done_cells(const struct timeline_item *item, size_t all)
{
    size_t done = (item->percent * all + 50) / 100;

    if (item->percent > 0 && done == 0)
        done = 1;
    return item->percent < 100 && done == all && done > 0 ? done - 1 : done;
}

static const char *bar(const struct chart *to, const struct timeline_item *item)
{
    bool *touched = arena_alloc(to->arena, (to->scale.count + 1) * sizeof(*touched));
    bool dropped = item->status == CONCERT__MILESTONE__STATUS__DROPPED;
    size_t all = 0, seen = 0, done;
    const char *text = "";

    if (touched == NULL)
        return "";
    timeline_touched(to->context->book, item->entry, &to->scale, touched);
    for (size_t i = 0; i < to->scale.count; i++)
        all += touched[i];
    done = done_cells(item, all);
    for (size_t i = 0; text != NULL && i < to->scale.count; i++) {
        const char *cell = (int)i == to->today ? "│" : " ";

        if (touched[i])
            cell = dropped ? "-" : seen++ < done ? "█" : item->late ? "▒" : "░";
        text = arena_printf(to->arena, "%s%s", text, cell);
    }
    return text == NULL ? "" : text;
}

/* "under way · 40% · 12 days late", or the deadline as written where no day can be drawn. */
static const char *state(const struct chart *to, const struct timeline_item *item)
{
    const struct context *context = to->context;
    const char *text = status_word(context, item->entry, "status", true, to->arena);
    long days = item->late ? (long)context->today - item->latest : 0;

    if (item->percent > 0 && item->status != CONCERT__MILESTONE__STATUS__DONE)
        text = arena_printf(to->arena, _("%s · %u%%"), text, (unsigned)item->percent);
    if (item->late && text != NULL)
        text = arena_printf(to->arena,
            ngettext("%s · %ld day late", "%s · %ld days late", (unsigned long)days), text, days);
    if (item->latest == DATE_NONE && text != NULL) {
        const char *written = due_text(context->book, item->entry, to->arena);
        text =
            arena_printf(to->arena, "%s · %s", text, *written == '\0' ? _("no deadline") : written);
    }
    return text == NULL ? "" : text;
}

static const char *joined(const struct chart *to, const char *const *names, size_t count)
{
    const char *text = "";

    for (size_t i = 0; text != NULL && i < count; i++)
        text = arena_printf(to->arena, "%s%s%s", text, i == 0 ? "→ " : "; ", names[i]);
    return text == NULL ? "" : text;
}

static void draw_item(const struct chart *to, const struct timeline_item *item)
{
    const char *left[LINES_MAX] = {NULL};
    const char *right[RIGHT_LINES] = {bar(to, item), "", ""}, *rest = state(to, item);
    size_t lines = 0, n_who;
    const char **who = timeline_who(to->context->book, item->entry, to->arena, &n_who);

    wrap(to, book_label(to->context->book, item->entry), TITLE_LINES, left, &lines);
    if (who != NULL)
        wrap(to, joined(to, who, n_who), WHO_LINES, left, &lines);
    right[1] = cell_line(&rest, to->months, to->arena);
    right[2] = cut(to, rest, to->months);
    for (size_t i = 0; i < lines || (i < RIGHT_LINES && *right[i] != '\0'); i++)
        put_line(to, i == 0 ? item->entry->handle : "", i < lines ? left[i] : "",
            i < RIGHT_LINES ? right[i] : "");
}

static void draw_phase(const struct chart *to, const struct timeline_phase *phase)
{
    const char *figure = timeline_figure(&phase->rollup, to->arena);
    const char *name = phase->name == NULL ? _("No phase") : phase->name, *text;

    sheet_row(to->sheet, 0, SHEET_PLAIN);
    sheet_text(to->sheet, "");
    if (phase->name != NULL || to->timeline->n_phases > 1) {
        text = phase->late == 0 ? arena_printf(to->arena, "%s · %s", name, figure)
                                : arena_printf(to->arena,
                                      ngettext("%s · %s, %zu late", "%s · %s, %zu late",
                                          (unsigned long)phase->late),
                                      name, figure, phase->late);
        sheet_row(to->sheet, 0, SHEET_PLAIN);
        sheet_text(to->sheet, text == NULL ? "" : cut(to, cell_clean(text, to->arena), PAGE));
    }
    for (size_t i = 0; i < phase->count; i++)
        draw_item(to, &phase->items[i]);
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void lay_out(struct chart *to)
{
    to->handles = HANDLE_MIN;
    for (size_t p = 0; p < to->timeline->n_phases; p++)
        for (size_t i = 0; i < to->timeline->phases[p].count; i++) {
            size_t width = text_width(to->timeline->phases[p].items[i].entry->handle);
            to->handles = width > to->handles ? width : to->handles;
        }
    to->scale = timeline_scale(
        to->timeline->earliest, to->timeline->latest, PAGE - to->handles - 2 - TITLE_MIN);
    to->months = to->scale.count < CHART_MIN ? CHART_MIN : to->scale.count;
    to->titles = PAGE - to->handles - 2 - to->months;
    to->today = timeline_cell(&to->scale, to->context->today);
}

void timeline_draw(struct context *context, const struct book_entry *subject,
    const struct timeline *timeline, struct arena *arena)
{
    static const struct sheet_column columns[] = {{"line", NULL, SHEET_TEXT, false, false}};
    struct chart to = {.context = context, .arena = arena, .timeline = timeline};
    const char *name =
        subject->kind->prefix == NULL
            ? phrase_record(context->book, subject, true, arena)
            : arena_printf(arena, "%s %s", subject->handle, book_label(context->book, subject));
    const char *title =
        arena_printf(arena, "%s · %s", name, timeline_figure(&timeline->rollup, arena));

    lay_out(&to);
    to.sheet = report_sheet(context->report, "schedule", title, SHEET_LINE, false, columns, 1);
    if (to.sheet == NULL)
        return;
    draw_head(&to);
    for (size_t i = 0; i < timeline->n_phases; i++)
        draw_phase(&to, &timeline->phases[i]);
}
