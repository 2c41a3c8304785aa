/* The devices, whose they are, what was last heard of them, and the mandates behind them. */
#include <string.h>

#include "date.h"
#include "figures/mandates.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "words/standing.h"
#include "words/status_word.h"

/* The newest change of one device. */
struct heard {
    uint64_t seq;
    int64_t at;
};

struct page {
    struct context *context;
    struct arena *arena;
    const struct book_entry *of; /* a party, an account or a device; NULL: all */
    struct desk_log log;
    size_t devices, accounts;
};

static bool has_account(const struct page *to, const struct book_entry *account)
{
    if (to->of == NULL)
        return true;
    if (to->of->kind->id == CONCERT__KIND__PARTY)
        return account != NULL && mandates_speaks(account, to->of->id);
    return account != NULL && uuid_equal(account->id, to->of->id);
}

static bool has_device(const struct page *to, const struct book_entry *device)
{
    return (to->of != NULL && uuid_equal(device->id, to->of->id)) ||
           has_account(to, book_follow(to->context->book, device, "account"));
}

static struct heard last_heard(const struct page *to, const struct book_entry *device)
{
    struct heard heard = {.seq = 0};

    for (size_t i = to->log.count; i > 0 && heard.seq == 0; i--) {
        const Concert__Change *change = to->log.changes[i - 1];

        if (change->has_device && change->device.len == UUID_SIZE &&
            uuid_equal(change->device.data, device->id))
            heard = (struct heard){change->seq, change->at};
    }
    return heard;
}

static void put_day(struct sheet *sheet, int32_t day)
{
    if (day == DATE_NONE)
        sheet_none(sheet);
    else
        sheet_number(sheet, day);
}

static void put_device(struct page *to, struct sheet *sheet, const struct book_entry *device)
{
    const struct book *book = to->context->book;
    const struct book_entry *account = book_follow(book, device, "account");
    struct heard heard = last_heard(to, device);
    char id[UUID_TEXT];

    uuid_format(device->id, id);
    to->devices++;
    sheet_row(sheet, 0, book_number(device, "revoked", 0) != 0 ? SHEET_FAINT : SHEET_PLAIN);
    sheet_text(sheet, device->handle);
    sheet_text(sheet, book_text(device, "name"));
    sheet_text(sheet, account == NULL ? NULL : account->handle);
    sheet_text(sheet, account == NULL ? NULL : book_text(account, "person"));
    sheet_text(sheet, standing_word(to->context, device));
    put_day(sheet, book_date(device, "joined_on"));
    if (heard.seq == 0) {
        sheet_none(sheet);
        sheet_none(sheet);
    } else {
        sheet_number(sheet, heard.at);
        sheet_number(sheet, (int64_t)heard.seq);
    }
    sheet_text(sheet, book_text(device, "fingerprint"));
    sheet_text(sheet, id);
}

static void draw_devices(struct page *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Device"), SHEET_TEXT, false, false},
        {"name", N_("Name"), SHEET_TEXT, true, false},
        {"account", NULL, SHEET_TEXT, false, true},
        {"person", N_("Person"), SHEET_TEXT, true, false},
        {"state", N_("State"), SHEET_TEXT, false, false},
        {"joined_on", NULL, SHEET_DATE, false, true},
        {"heard_at", N_("Last change"), SHEET_TIME, false, false},
        {"heard_seq", NULL, SHEET_NUMBER, false, true},
        {"fingerprint", NULL, SHEET_TEXT, false, true},
        {"id", NULL, SHEET_TEXT, false, true},
    };
    size_t count;
    const struct book_entry *const *list =
        book_list(to->context->book, CONCERT__KIND__DEVICE, &count);
    struct sheet *sheet = report_sheet(to->context->report, "devices", N_("Devices"), SHEET_TABLE,
        false, columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < count; i++)
        if (has_device(to, list[i]))
            put_device(to, sheet, list[i]);
}

static size_t count_devices(const struct page *to, const struct book_entry *account)
{
    size_t count, open = 0;
    const struct book_entry *const *list =
        book_children(to->context->book, account->id, CONCERT__KIND__DEVICE, "account", &count);

    for (size_t i = 0; i < count; i++)
        open += book_number(list[i], "revoked", 0) == 0;
    return open;
}

static void draw_accounts(struct page *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Account"), SHEET_TEXT, false, false},
        {"person", N_("Person"), SHEET_TEXT, true, false},
        {"role", N_("Role"), SHEET_TEXT, false, false},
        {"parties", N_("Speaks for"), SHEET_TEXT, true, false},
        {"open", N_("Open"), SHEET_BOOL, false, false},
        {"expires", N_("Mandate until"), SHEET_DATE, false, false},
        {"devices", NULL, SHEET_NUMBER, false, true},
    };
    size_t count;
    const struct book_entry *const *list =
        book_list(to->context->book, CONCERT__KIND__ACCOUNT, &count);
    struct sheet *sheet = report_sheet(to->context->report, "mandates", N_("Mandates"), SHEET_TABLE,
        false, columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *account = list[i];

        if (!has_account(to, account))
            continue;
        to->accounts++;
        sheet_row(sheet, 0, mandates_open(account, to->context->today) ? SHEET_PLAIN : SHEET_FAINT);
        sheet_text(sheet, account->handle);
        sheet_text(sheet, book_text(account, "person"));
        sheet_text(sheet, status_word(to->context, account, "role", false, to->arena));
        sheet_text(sheet, mandates_names(to->context->book, account, to->arena));
        sheet_number(sheet, mandates_open(account, to->context->today));
        put_day(sheet, book_date(account, "expires"));
        sheet_number(sheet, (int64_t)count_devices(to, account));
    }
}

static void note_all(const struct page *to)
{
    struct report *report = to->context->report;
    uint64_t seq;

    desk_age(to->context->desk, &seq);
    if (to->devices + to->accounts == 0 && pick_is_staff(to->context))
        report_note(report, _("Nobody has an account or a device there."));
    if (!pick_is_staff(to->context))
        report_note(
            report, _("You see your own account and its devices; the coordination sees them all."));
    if (to->log.upto < seq)
        report_note(report, _("The last changes are told as far as the log is known here."));
    if (desk_identity(to->context->desk)->role == CONCERT__ACCOUNT__ROLE__COORDINATOR)
        report_note(report, _("“concert revoke” with a device or an account shuts it out; “concert "
                              "handover” passes a committee to somebody else."));
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};
    struct desk_why why;
    enum command_exit code;

    if (context->argc > 0) {
        to.of = pick_committee(context, context->argv[0]);
        if (to.of == NULL)
            to.of = command_record(context, context->argv[0],
                KIND_BIT(PARTY) | KIND_BIT(ACCOUNT) | KIND_BIT(DEVICE), &code);
        if (to.of == NULL)
            return code;
    }
    if (!desk_log(context->desk, &to.log, &why))
        to.log = (struct desk_log){.count = 0};
    draw_devices(&to);
    draw_accounts(&to);
    note_all(&to);
    return COMMAND_OK;
}

const struct command devices_command = {
    .name = "devices",
    .french = "appareils",
    .usage_en = "[COMMITTEE | ACCOUNT]",
    .usage_fr = "[INSTANCE | COMPTE]",
    .summary = N_("Shows the devices, whose they are and what was last heard, and the mandates."),
    .examples_en = "concert devices\nconcert devices Mékinac",
    .examples_fr = "concert appareils\nconcert appareils Mékinac",
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
