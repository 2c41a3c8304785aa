/* What this program is, whose the server is, and what becomes of personal information. */
#include <string.h>

#include "arena.h"
#include "command.h"
#include "i18n.h"
#include "input/pick.h"
#include "kinds.h"
#include "words.h"

struct page {
    struct context *context;
    struct arena *arena;
    const struct desk_identity *identity;
};

static void draw(const struct page *to)
{
    static const struct sheet_column columns[] = {
        {"program", N_("Program"), SHEET_TEXT, false, false},
        {"version", N_("Version"), SHEET_TEXT, false, false},
        {"region", N_("Region"), SHEET_TEXT, false, false},
        {"title", N_("Title"), SHEET_TEXT, false, false},
        {"server", N_("Server"), SHEET_TEXT, false, false},
        {"fingerprint", N_("Its key's fingerprint"), SHEET_TEXT, false, false},
        {"responsible", N_("Responsible for personal information"), SHEET_TEXT, false, false},
    };
    struct sheet *sheet = report_sheet(to->context->report, "about", NULL, SHEET_CARD, true,
        columns, sizeof(columns) / sizeof(columns[0]));
    char fingerprint[65];

    desk_fingerprint(to->context->desk, fingerprint);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "concert");
    sheet_text(sheet, CONCERT_VERSION);
    sheet_text(sheet, to->identity->region);
    sheet_text(sheet, to->identity->title);
    sheet_text(sheet, to->identity->address);
    sheet_text(sheet, fingerprint);
    sheet_text(sheet, to->identity->responsible[0] == '\0' ? NULL : to->identity->responsible);
}

/* "36 months", of "contact 24, attendance 36"; NULL: no end is set. */
static const char *kept_for(const struct page *to, const struct kind *kind)
{
    const char *at = to->identity->retention;
    size_t length = strlen(kind->name);

    while ((at = strstr(at, kind->name)) != NULL) {
        bool begins = at == to->identity->retention || at[-1] == ' ' || at[-1] == ',';
        unsigned long months = 0;

        at += length;
        if (!begins || (*at != ' ' && *at != '='))
            continue;
        for (at++; *at >= '0' && *at <= '9' && months < 10000; at++)
            months = months * 10 + (unsigned long)(*at - '0');
        return arena_printf(to->arena, ngettext("%lu month", "%lu months", months), months);
    }
    return NULL;
}

static void put_kind(const struct page *to, struct sheet *sheet, const struct kind *kind)
{
    const ProtobufCMessageDescriptor *d = kind->descriptor;
    const char *names[RECORD_FIELDS_MAX], *kept = kept_for(to, kind);
    size_t n = 0;

    for (unsigned i = 0; i < d->n_fields; i++)
        if (kinds_field(kind, d->fields[i].name)->flags & KIND_PERSONAL)
            names[n++] = to->context->machine
                             ? d->fields[i].name
                             : words_show(WORDS_FIELD, d->fields[i].name, to->context->language);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, to->context->machine
                          ? kind->name
                          : words_show(WORDS_KINDS, kind->name, to->context->language));
    sheet_texts(sheet, names, n);
    sheet_text(sheet, kept != NULL || to->context->machine ? kept : _("no end is set"));
}

static void draw_personal(const struct page *to)
{
    static const struct sheet_column columns[] = {
        {"kind", N_("Records"), SHEET_TEXT, false, false},
        {"fields", N_("What is personal in them"), SHEET_LIST, true, false},
        {"kept", N_("Kept for"), SHEET_TEXT, false, false},
    };
    struct sheet *sheet = report_sheet(to->context->report, "personal", N_("Personal information"),
        SHEET_TABLE, false, columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < kinds_count; i++)
        if (kinds_has_personal(&kinds[i]))
            put_kind(to, sheet, &kinds[i]);
}

/* Whom to turn to; where nobody is named, what is to be done about it. */
static const char *whom(const struct page *to)
{
    if (to->identity->responsible[0] != '\0')
        return arena_printf(to->arena,
            _("To know what is held on you, have it corrected or erased, write to: %s."),
            to->identity->responsible);
    if (!pick_is_staff(to->context))
        return _("The server names nobody who answers for personal information: ask your "
                 "coordination, which can have somebody named here.");
    return arena_printf(to->arena,
        _("The server names nobody who answers for personal information, and the law wants "
          "somebody named: whoever keeps the server writes “responsible = NAME, TELEPHONE” under "
          "[region %s] in concertd.conf, then restarts or reloads concertd."),
        to->identity->region);
}

static void note_rights(const struct page *to)
{
    struct report *report = to->context->report;

    report_note(report, _("Personal information is told to the Consortium's staff, and to the "
                          "committee whose record it is; it stays in the region unless staff asks "
                          "otherwise."));
    report_note(report, whom(to));
    report_note(report, _("“concert export --person NAME” gathers all that is held on somebody; "
                          "“concert set” corrects it; the server's “concertd erase” erases it."));
}

static enum command_exit run(struct context *context)
{
    struct page to = {
        .context = context, .arena = context->arena, .identity = desk_identity(context->desk)};

    draw(&to);
    draw_personal(&to);
    note_rights(&to);
    return COMMAND_OK;
}

const struct command about_command = {
    .name = "about",
    .french = "a-propos",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Tells the program, the server, and what becomes of personal information."),
    .examples_en = "concert about",
    .examples_fr = "concert a-propos",
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
