/* Which program this is. */
#include "command.h"
#include "i18n.h"

static enum command_exit run(struct context *context)
{
    static const struct sheet_column columns[] = {
        {"program", N_("Program"), SHEET_TEXT, false, false},
        {"version", N_("Version"), SHEET_TEXT, false, false},
        {"protocol", N_("Protocol"), SHEET_NUMBER, false, false},
    };
    struct sheet *sheet =
        report_sheet(context->report, "version", NULL, SHEET_CARD, true, columns, 3);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "concert");
    sheet_text(sheet, CONCERT_VERSION);
    sheet_number(sheet, 1);
    return COMMAND_OK;
}

const struct command version_command = {
    .name = "version",
    .french = "version",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Tells which version of the program this is."),
    .examples_en = "concert version",
    .examples_fr = "concert version",
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_NO_DESK,
    .run = run,
};
