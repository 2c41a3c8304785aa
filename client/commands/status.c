/* Who this device is, how old its copy is, what waits, and what to do next. */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "commands/status.h"
#include "desk/desk_bundle.h"
#include "i18n.h"
#include "input/change.h"
#include "input/fields.h"
#include "text.h"
#include "words.h"
#include "words/former.h"
#include "words/offer.h"
#include "words/outcome.h"
#include "words/phrase.h"
#include "words/receipt.h"
#include "words/talk.h"

#define DAY INT64_C(86400000000)
#define LATELY (30 * DAY) /* what was accepted of so many days counts as news */
#define RECEIPTS 20       /* listed, unless --count says more */
#define RECEIPTS_MAX 100000

static size_t count_state(
    const struct status_state *state, enum desk_state first, enum desk_state last)
{
    size_t count = 0;

    for (size_t i = 0; i < state->n_outbox; i++)
        count += state->outbox[i].state >= first && state->outbox[i].state <= last;
    return count;
}

static void put_parties(const struct status_state *state, struct sheet *sheet)
{
    const struct book *book = state->context->book;
    const char *names[16];
    char ids[16][UUID_TEXT];
    size_t n = 0;

    for (size_t i = 0; i < state->identity->n_parties; i++) {
        const struct book_entry *party = book_get(book, state->identity->parties[i]);
        uuid_format(state->identity->parties[i], ids[n]);
        names[n] = party == NULL || state->context->machine ? ids[n] : book_label(book, party);
        n++;
    }
    sheet_texts(sheet, names, n);
}

static void put_role(const struct status_state *state, struct sheet *sheet)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
        &concert__account__role__descriptor, (int)state->identity->role);
    char name[32];

    if (value == NULL) {
        sheet_none(sheet);
        return;
    }
    text_fold(value->name, name, sizeof(name));
    sheet_text(sheet,
        state->context->machine ? name : words_show(WORDS_VALUE, name, state->context->language));
}

static void put_person(const struct status_state *state, struct sheet *sheet)
{
    const struct book_entry *account = book_get(state->context->book, state->identity->account);

    sheet_text(sheet, account == NULL ? NULL : book_text(account, "person"));
}

static void put_moment(struct sheet *sheet, int64_t moment)
{
    if (moment == 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, moment);
}

/* In words; in seconds for programs. */
static void put_age(const struct status_state *state, struct sheet *sheet)
{
    char age[PHRASE_SIZE];

    if (state->copied_at == 0) {
        sheet_none(sheet);
    } else if (state->context->machine) {
        sheet_number(sheet, (state->now - state->copied_at) / 1000000);
    } else {
        phrase_age(state->now - state->copied_at, age);
        sheet_text(sheet, age);
    }
}

/* Receipts come the newest first. */
static size_t count_lately(const struct status_state *state)
{
    size_t count = 0;

    for (size_t i = 0; i < state->n_receipts; i++)
        count += state->now - state->receipts[i].authored_at < LATELY;
    return count;
}

static void draw(const struct status_state *state)
{
    static const struct sheet_column columns[] = {
        {"region", N_("Region"), SHEET_TEXT, false, false},
        {"title", N_("Title"), SHEET_TEXT, false, false},
        {"server", N_("Server"), SHEET_TEXT, false, false},
        {"reached", N_("In reach"), SHEET_BOOL, false, false},
        {"contact_at", N_("Last answer"), SHEET_TIME, false, false},
        {"person", N_("Person"), SHEET_TEXT, false, false},
        {"role", N_("Role"), SHEET_TEXT, false, false},
        {"parties", N_("Committees"), SHEET_LIST, false, false},
        {"copied_at", N_("Copy of"), SHEET_TIME, false, false},
        {"age", N_("Age of the copy"), SHEET_ANY, false, false},
        {"seq", N_("Changes in the copy"), SHEET_NUMBER, false, false},
        {"waiting", N_("Waiting to leave"), SHEET_NUMBER, false, false},
        {"accepted", N_("Accepted, of the last 30 days"), SHEET_NUMBER, false, false},
        {"receipts", N_("Receipts in all"), SHEET_NUMBER, false, false},
        {"conflicts", N_("Changes in conflict"), SHEET_NUMBER, false, false},
        {"refused", N_("Changes refused"), SHEET_NUMBER, false, false},
        {"documents", N_("Files waiting to leave"), SHEET_NUMBER, false, false},
        {"home", N_("Folder"), SHEET_TEXT, false, false},
    };
    struct context *context = state->context;
    struct sheet *sheet = report_sheet(context->report, "status", NULL, SHEET_CARD, true, columns,
        sizeof(columns) / sizeof(columns[0]));
    uint64_t seq = 0;

    desk_age(context->desk, &seq);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, state->identity->region);
    sheet_text(sheet, state->identity->title);
    sheet_text(sheet, state->identity->address);
    sheet_number(sheet, state->reached);
    put_moment(sheet, desk_contact(context->desk));
    put_person(state, sheet);
    put_role(state, sheet);
    put_parties(state, sheet);
    put_moment(sheet, state->copied_at);
    put_age(state, sheet);
    sheet_number(sheet, (int64_t)seq);
    sheet_number(sheet, (int64_t)count_state(state, DESK_WAITING, DESK_SENT));
    sheet_number(sheet, (int64_t)count_lately(state));
    sheet_number(sheet, (int64_t)state->all_receipts);
    sheet_number(sheet, (int64_t)count_state(state, DESK_CONFLICT, DESK_CONFLICT));
    sheet_number(sheet, (int64_t)count_state(state, DESK_REFUSED, DESK_REFUSED));
    sheet_number(sheet, (int64_t)state->n_documents);
    sheet_text(sheet, context->home);
}

/* What waits, for people; programs get the rows of every operation. */
static void draw_outbox(const struct status_state *state)
{
    static const struct sheet_column columns[] = {{"number", N_("No."), SHEET_NUMBER, false, false},
        {"record", N_("Record"), SHEET_TEXT, true, false},
        {"state", N_("State"), SHEET_TEXT, false, false},
        {"at", N_("Written"), SHEET_TIME, false, false}};
    struct context *context = state->context;
    struct sheet *sheet;

    if (context->machine) {
        outcome_sheet(context, state->outbox, state->n_outbox);
        return;
    }
    sheet = report_sheet(
        context->report, "outbox", N_("Not accepted yet"), SHEET_TABLE, false, columns, 4);
    for (size_t i = 0; i < state->n_outbox; i++) {
        const struct desk_operation *o = &state->outbox[i];
        sheet_row(sheet, 0, o->state > DESK_ACCEPTED ? SHEET_WARN : SHEET_PLAIN);
        sheet_number(sheet, (int64_t)o->number);
        sheet_text(sheet, outcome_record(context, o));
        sheet_text(
            sheet, outcome_is_bystander(o) ? _("goes with the other") : outcome_state(o->state));
        sheet_number(sheet, o->authored_at);
    }
}

/* Files of documents that the server does not have, or not whole. */
static void draw_documents(const struct status_state *state)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Handle"), SHEET_TEXT, false, false},
        {"title", N_("Title"), SHEET_TEXT, true, false},
        {"size", N_("Size"), SHEET_BYTES, false, false}};
    struct context *context = state->context;
    struct sheet *sheet = report_sheet(
        context->report, "document", N_("Files waiting to leave"), SHEET_TABLE, false, columns, 3);

    for (size_t i = 0; i < state->n_documents; i++) {
        const struct book_entry *entry = book_get(context->book, state->documents[i].id);

        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, entry == NULL ? NULL : entry->handle);
        sheet_text(sheet, entry == NULL ? NULL : book_text(entry, "title"));
        sheet_number(sheet, (int64_t)state->documents[i].size);
    }
}

static void tell_refused(const struct status_state *state)
{
    for (size_t i = 0; i < state->n_outbox; i++)
        if (state->outbox[i].state == DESK_REFUSED)
            outcome_tell(state->context, &state->outbox[i], false);
}

/* What others ask of this person. */
static void note_proposals(const struct status_state *state)
{
    size_t count = state->proposals;

    if (count > 0)
        report_note(state->context->report,
            arena_printf(state->arena,
                ngettext("%zu proposal awaits your answer: “concert proposals”.",
                    "%zu proposals await your answer: “concert proposals”.", count),
                count));
}

/* --- after an older backup --- */

static void draw_restart(const struct status_state *state)
{
    static const struct sheet_column columns[] = {
        {"at", N_("Server back from an older backup"), SHEET_TIME, false, false},
        {"sent_again", N_("Sent again"), SHEET_NUMBER, false, false},
        {"lacking", N_("Of these, such as the server had lost"), SHEET_NUMBER, false, false},
        {"known", N_("Such as it had"), SHEET_NUMBER, false, false},
        {"clashing", N_("Such as clash now"), SHEET_NUMBER, false, false},
        {"refused", N_("Such as it does not take so far"), SHEET_NUMBER, false, false},
        {"former", N_("Records that are still missing there, or older"), SHEET_NUMBER, false,
            false}};
    const struct desk_restart *restart = &state->restart;
    struct sheet *sheet;

    if (restart->at == 0)
        return;
    sheet = report_sheet(state->context->report, "restart", NULL, SHEET_CARD, true, columns, 7);
    sheet_row(sheet, 0, restart->former > 0 ? SHEET_WARN : SHEET_PLAIN);
    sheet_number(sheet, restart->at);
    sheet_number(sheet, restart->sent_again);
    sheet_number(sheet, restart->lacking);
    sheet_number(sheet, restart->known);
    sheet_number(sheet, restart->clashing);
    sheet_number(sheet, restart->refused);
    sheet_number(sheet, restart->former);
}

/* --- all of it --- */

static enum command_exit read_all(struct status_state *state)
{
    struct context *context = state->context;
    struct desk_why why = {.trouble = DESK_FINE};
    uint64_t seq;

    context->book = desk_book(context->desk, &why);
    if (context->book == NULL)
        return command_why(context, &why);
    if (!clash_tell_all(context, context->machine, &state->conflicts, &why))
        return command_why(context, &why);
    state->outbox = desk_outbox(context->desk, false, &state->n_outbox, &why);
    if (state->outbox == NULL)
        return command_why(context, &why);
    if (!desk_receipts(context->desk, RECEIPTS_MAX, state->arena, &state->receipts,
            &state->n_receipts, &state->all_receipts, &why))
        return command_why(context, &why);
    if (!desk_document_waiting(context->desk, state->arena, &state->documents, &state->n_documents))
        return change_no_memory(context);
    if (!desk_restart(context->desk, &state->restart))
        state->restart.at = 0;
    state->proposals = offer_awaiting(context);
    if (!status_read_awaiting(state))
        return change_no_memory(context);
    if (!desk_bundle_renews(context->desk, &state->renewing, &why) ||
        !desk_bundle_last(context->desk, &state->parcel_at, &why))
        return command_why(context, &why);
    state->now = clock_now();
    state->copied_at = desk_age(context->desk, &seq);
    return COMMAND_OK;
}

static enum command_exit draw_all(const struct status_state *state, int64_t receipts)
{
    struct desk_why why;

    draw(state);
    draw_outbox(state);
    draw_documents(state);
    draw_restart(state);
    if (receipts > 0)
        receipt_sheet(state->context, state->receipts,
            (size_t)receipts < state->n_receipts ? (size_t)receipts : state->n_receipts);
    if (command_option(state->context, "former") != NULL && !former_sheet(state->context, &why))
        return command_why(state->context, &why);
    status_draw_mandates(state);
    note_proposals(state);
    status_note_awaiting(state);
    if (!state->context->machine)
        tell_refused(state);
    status_draw_next(state);
    return COMMAND_OK;
}

/* How many receipts to list; 0: none. False after having said what is wrong. */
static bool read_count(struct context *context, int64_t *count_r)
{
    const char *typed = command_option(context, "count");

    *count_r = command_option(context, "receipts") == NULL ? 0 : RECEIPTS;
    if (typed == NULL)
        return true;
    if (fields_number(typed, count_r) && *count_r >= 1 && *count_r <= RECEIPTS_MAX)
        return true;
    command_say(context, COMMAND_USAGE, _("--count takes a number from 1 to %d."), RECEIPTS_MAX);
    return false;
}

static enum command_exit run(struct context *context)
{
    struct status_state state = {
        .context = context, .identity = desk_identity(context->desk), .arena = context->arena};
    struct desk_why why = {.trouble = DESK_FINE};
    char sentence[TALK_SIZE];
    enum command_exit code;
    int64_t receipts;

    if (!read_count(context, &receipts))
        return COMMAND_USAGE;
    state.reached = command_refresh(context, &why);
    if (desk_closed(context->desk) == DESK_REVOKED)
        return COMMAND_UNJOINED; /* what becomes of it is said for every command */
    if (!state.reached && why.trouble != DESK_UNREACHABLE &&
        desk_closed(context->desk) == DESK_OPEN) {
        talk_why(&why, context->language, sentence);
        command_tell(context, "refresh", "%s", sentence);
    }
    code = read_all(&state);
    return code == COMMAND_OK ? draw_all(&state, receipts) : code;
}

static const struct command_option options[] = {
    {"receipts", "recus", 0, NULL,
        N_("Lists what the server has taken: each with its place in the log.")},
    {"count", "nombre", 'n', N_("NUMBER"), N_("How many receipts, the newest first.")},
    {"former", "anciennes", 0, NULL,
        N_("Lists what this copy held before the server came back from an older backup, and the "
           "server lacks.")},
    {.name = NULL},
};

const struct command status_command = {
    .name = "status",
    .french = "etat",
    .usage_en = "[--receipts] [--former]",
    .usage_fr = "[--reçus] [--anciennes]",
    .summary = N_("Tells who this device is, how old its copy is, and what waits to leave."),
    .examples_en = "concert status\nconcert status --offline\nconcert status --receipts\n"
                   "concert status --former",
    .examples_fr = "concert état\nconcert état --hors-ligne\nconcert état --reçus\n"
                   "concert état --anciennes",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_NO_REFRESH,
    .run = run,
};
