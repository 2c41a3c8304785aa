/* Who this device is, how old its copy is, and what waits. */
#include <string.h>

#include "arena.h"
#include "desk/desk_document.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"
#include "words.h"
#include "words/offer.h"
#include "words/outcome.h"
#include "words/talk.h"

struct state {
    struct context *context;
    const struct desk_identity *identity;
    bool reached;
    const struct desk_operation *outbox;
    size_t n_outbox;
    struct arena *arena;
    const struct desk_waiting *documents;
    size_t n_documents;
};

static size_t count_state(const struct state *state, enum desk_state first, enum desk_state last)
{
    size_t count = 0;

    for (size_t i = 0; i < state->n_outbox; i++)
        count += state->outbox[i].state >= first && state->outbox[i].state <= last;
    return count;
}

static void put_parties(const struct state *state, struct sheet *sheet)
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

static void put_role(const struct state *state, struct sheet *sheet)
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

static void put_person(const struct state *state, struct sheet *sheet)
{
    const struct book_entry *account = book_get(state->context->book, state->identity->account);

    sheet_text(sheet, account == NULL ? NULL : book_text(account, "person"));
}

static void draw(const struct state *state)
{
    static const struct sheet_column columns[] = {
        {"region", N_("Region"), SHEET_TEXT, false, false},
        {"title", N_("Title"), SHEET_TEXT, false, false},
        {"server", N_("Server"), SHEET_TEXT, false, false},
        {"reached", N_("In reach"), SHEET_BOOL, false, false},
        {"person", N_("Person"), SHEET_TEXT, false, false},
        {"role", N_("Role"), SHEET_TEXT, false, false},
        {"parties", N_("Committees"), SHEET_LIST, false, false},
        {"copied_at", N_("Copy of"), SHEET_TIME, false, false},
        {"seq", N_("Changes in the copy"), SHEET_NUMBER, false, false},
        {"waiting", N_("Waiting to leave"), SHEET_NUMBER, false, false},
        {"conflicts", N_("In conflict"), SHEET_NUMBER, false, false},
        {"refused", N_("Refused"), SHEET_NUMBER, false, false},
        {"documents", N_("Files waiting to leave"), SHEET_NUMBER, false, false},
        {"home", N_("Folder"), SHEET_TEXT, false, false},
    };
    struct context *context = state->context;
    struct sheet *sheet = report_sheet(context->report, "status", NULL, SHEET_CARD, true, columns,
        sizeof(columns) / sizeof(columns[0]));
    uint64_t seq = 0;
    int64_t then = desk_age(context->desk, &seq);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, state->identity->region);
    sheet_text(sheet, state->identity->title);
    sheet_text(sheet, state->identity->address);
    sheet_number(sheet, state->reached);
    put_person(state, sheet);
    put_role(state, sheet);
    put_parties(state, sheet);
    if (then == 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, then);
    sheet_number(sheet, (int64_t)seq);
    sheet_number(sheet, (int64_t)count_state(state, DESK_WAITING, DESK_SENT));
    sheet_number(sheet, (int64_t)count_state(state, DESK_CONFLICT, DESK_CONFLICT));
    sheet_number(sheet, (int64_t)count_state(state, DESK_REFUSED, DESK_REFUSED));
    sheet_number(sheet, (int64_t)state->n_documents);
    sheet_text(sheet, context->home);
}

/* What waits, for people; programs get the rows of every operation. */
static void draw_outbox(const struct state *state)
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
        sheet_text(sheet, outcome_state(o->state));
        sheet_number(sheet, o->authored_at);
    }
}

/* Files of documents that the server does not have, or not whole. */
static void draw_documents(const struct state *state)
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

static void tell(const struct state *state)
{
    for (size_t i = 0; i < state->n_outbox; i++)
        outcome_tell(state->context, &state->outbox[i], false);
}

/* What others ask of this person. */
static void note_proposals(const struct state *state)
{
    size_t count = offer_awaiting(state->context);

    if (count > 0)
        report_note(state->context->report,
            arena_printf(state->arena,
                ngettext("%zu proposal awaits your answer: “concert proposals”.",
                    "%zu proposals await your answer: “concert proposals”.", count),
                count));
}

static enum command_exit look(struct state *state)
{
    struct context *context = state->context;
    struct desk_why why = {.trouble = DESK_FINE};
    char sentence[TALK_SIZE];

    state->reached = command_refresh(context, &why);
    if (!state->reached && why.trouble != DESK_UNREACHABLE) {
        talk_why(&why, context->language, sentence);
        command_tell(context, "refresh", "%s", sentence);
    }
    context->book = desk_book(context->desk, &why);
    if (context->book == NULL)
        return command_why(context, &why);
    state->outbox = desk_outbox(context->desk, false, &state->n_outbox, &why);
    if (state->outbox == NULL)
        return command_why(context, &why);
    if (!desk_document_waiting(context->desk, state->arena, &state->documents, &state->n_documents))
        return change_no_memory(context);
    draw(state);
    draw_outbox(state);
    draw_documents(state);
    note_proposals(state);
    if (!context->machine)
        tell(state);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct state state = {
        .context = context, .identity = desk_identity(context->desk), .arena = context->arena};

    return look(&state);
}

const struct command status_command = {
    .name = "status",
    .french = "etat",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Tells who this device is, how old its copy is, and what waits to leave."),
    .examples_en = "concert status\nconcert status --offline",
    .examples_fr = "concert état\nconcert état --hors-ligne",
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_NO_REFRESH,
    .run = run,
};
