#include "words/start.h"

#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "words/parting.h"

#define STEPS_MAX 8

/* One thing to do: `line` is what to type, in which %s is the person's own committee's handle. */
struct step {
    const char *line_en, *line_fr, *why;
    bool for_committee;
};

static const struct step first[] = {
    {"concert join LINE", "concert rejoindre LIGNE",
        N_("Join your region: LINE is the invitation received from your coordination."), false},
    {"concert help", "concert aide", N_("All commands."), false},
};

static const struct step next[] = {
    {"concert list shares party=%s", "concert lister parts instance=%s",
        N_("Your committee's shares, and where they stand."), true},
    {"concert plan", "concert plan", N_("The whole plan."), false},
    {"concert dashboard", "concert tableau", N_("The region at a glance."), false},
    {"concert show 2.1.3", "concert voir 2.1.3", N_("All there is about an action."), false},
    {"concert progress 4.1.1 60 -m \"…\"", "concert avancer 4.1.1 60 -m \"…\"",
        N_("Tell where your share of an action stands, and what was done."), false},
    {"concert status", "concert etat", N_("This device, and what waits to leave."), false},
    {"concert help", "concert aide", N_("All commands."), false},
};

/* The handle of the committee for which the person speaks; NULL when there is none. */
static const char *own_committee(struct desk *desk)
{
    const struct desk_identity *me = desk_identity(desk);
    struct desk_why why = {.trouble = DESK_FINE};
    const struct book *book;
    const struct book_entry *party;

    if (me->role != CONCERT__ACCOUNT__ROLE__EDITOR || me->n_parties == 0 ||
        (book = desk_book(desk, &why)) == NULL)
        return NULL;
    party = book_get(book, me->parties[0]);
    return party == NULL ? NULL : party->handle;
}

static const char *fill(struct arena *arena, const char *line, const char *committee)
{
    const char *hole = strstr(line, "%s");

    if (hole == NULL || committee == NULL)
        return line;
    return arena_printf(arena, "%.*s%s", (int)(hole - line), line, committee);
}

static void show(
    struct context *context, const struct step *steps, size_t count, const char *committee)
{
    struct sheet_column columns[STEPS_MAX] = {{.key = NULL}};
    struct arena *arena = report_arena(context->report);
    const struct step *shown[STEPS_MAX];
    struct sheet *sheet;
    size_t n = 0;

    for (size_t i = 0; i < count && n < STEPS_MAX; i++) {
        const char *line =
            strcmp(context->language, "fr") == 0 ? steps[i].line_fr : steps[i].line_en;

        if (steps[i].for_committee && committee == NULL)
            continue;
        shown[n] = &steps[i];
        columns[n++] =
            (struct sheet_column){.key = steps[i].line_en, .title = fill(arena, line, committee)};
    }
    sheet = report_sheet(context->report, "start", NULL, SHEET_CARD, false, columns, n);
    sheet_row(sheet, 0, SHEET_PLAIN);
    for (size_t i = 0; i < n; i++)
        sheet_text(sheet, _(shown[i]->why));
}

void start_report(struct context *context)
{
    struct desk_options options = {.home = context->home, .offline = true};
    struct desk_why why = {.trouble = DESK_FINE};
    struct desk_gone gone;

    if (context->desk == NULL)
        context->desk = desk_open(&options, &why);
    if (context->desk == NULL && why.trouble == DESK_GONE && desk_gone(context->home, &gone)) {
        parting_say_gone(context, &gone);
        show(context, first, sizeof(first) / sizeof(first[0]), NULL);
        return;
    }
    if (context->desk == NULL && why.trouble == DESK_NO_HOME) {
        report_note(context->report,
            _("Concert, the shared regional plan. This device has not joined a region yet."));
        show(context, first, sizeof(first) / sizeof(first[0]), NULL);
        return;
    }
    report_note(context->report, context->desk == NULL
                                     ? _("Concert, the shared regional plan. What next?")
                                     : arena_printf(report_arena(context->report),
                                           _("Concert, the shared plan of: %s. What next?"),
                                           desk_identity(context->desk)->title));
    show(context, next, sizeof(next) / sizeof(next[0]),
        context->desk == NULL ? NULL : own_committee(context->desk));
}
