#include "words/offer.h"

#include <string.h>

#include "i18n.h"
#include "input/pick.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"

/* Staff answer for the Consortium and for all; a committee for what is its own, and it alone where
 * its words and others' clash. */
static bool may_answer(const struct context *context, const struct book_entry *proposal)
{
    const Concert__Proposal *body = (const Concert__Proposal *)proposal->body;

    return (pick_is_staff(context) && !body->has_operation) ||
           pick_is_own(context, proposal->owner);
}

/* The names to empty that the proposal holds. */
static const char *const *clear_of(const struct book_entry *proposal, size_t *count_r)
{
    const Concert__Proposal *body = (const Concert__Proposal *)proposal->body;

    *count_r = body->n_clear;
    return (const char *const *)body->clear;
}

bool offer_read(struct context *context, const struct book_entry *proposal, struct arena *arena,
    struct offer *offer_r)
{
    const Concert__Proposal *body = (const Concert__Proposal *)proposal->body;
    struct error error;
    size_t n_clear;
    const char *const *clear = clear_of(proposal, &n_clear);

    *offer_r = (struct offer){.proposal = proposal,
        .subject = book_follow(context->book, proposal, "subject"),
        .status = (Concert__Proposal__Status)book_number(
            proposal, "status", CONCERT__PROPOSAL__STATUS__OPEN),
        .addressed = may_answer(context, proposal),
        .clash = body->has_operation,
        .mine = uuid_equal(proposal->created_by, desk_identity(context->desk)->account)};
    if (offer_r->subject == NULL)
        return true;
    offer_r->patch = record_decode(offer_r->subject->kind,
        body->patch.data == NULL ? (const uint8_t *)"" : body->patch.data, body->patch.len, arena,
        &error);
    if (offer_r->patch == NULL) /* bytes that are no patch: nothing is asked */
        offer_r->patch = record_new(offer_r->subject->kind, arena);
    return offer_r->patch != NULL && record_touched(offer_r->subject->kind, offer_r->patch, clear,
                                         n_clear, arena, &offer_r->fields);
}

/* Accounts are known to staff and to oneself; to others the log tells the committee. */
const char *offer_author(struct context *context, const struct offer *offer,
    const struct book_past *past, struct arena *arena)
{
    const struct book_entry *account = book_get(context->book, offer->proposal->created_by);
    const struct book_entry *party = NULL;
    const Concert__Change *made =
        past == NULL ? NULL : book_past_creation(past, offer->proposal->id);
    const ProtobufCFieldDescriptor *parties =
        account == NULL ? NULL : record_field(account->kind, "parties");

    if (parties != NULL && record_count(account->body, parties) > 0)
        party =
            book_get(context->book, (const uint8_t *)record_get(account->body, parties, 0).data);
    if (party != NULL)
        return book_label(context->book, party);
    if (account != NULL)
        return book_label(context->book, account);
    return made == NULL || made->who == NULL ? NULL
                                             : arena_copy(arena, made->who, strlen(made->who));
}

const char *offer_value(struct context *context, const struct offer *offer, const char *field,
    bool proposed, struct arena *arena)
{
    const struct kind *kind = offer->subject->kind;
    const ProtobufCMessage *body = proposed ? offer->patch : offer->subject->body;
    const ProtobufCFieldDescriptor *descriptor = record_field(kind, field);

    if (descriptor == NULL || record_count(body, descriptor) == 0)
        return _("(empty)");
    return phrase_field(context->book, kind, body, descriptor, context->language, false, arena);
}

const char *offer_field(
    struct context *context, const struct offer *offer, const char *field, struct arena *arena)
{
    const char *name = words_show(WORDS_FIELD, field, context->language);
    const char *proposed = offer_value(context, offer, field, true, arena);

    if (offer->status != CONCERT__PROPOSAL__STATUS__OPEN)
        return arena_printf(arena, _("%s: %s"), name, proposed);
    return arena_printf(
        arena, _("%s: %s → %s"), name, offer_value(context, offer, field, false, arena), proposed);
}

const char *offer_subject(struct context *context, const struct offer *offer, struct arena *arena)
{
    const struct book_entry *subject = offer->subject;

    if (subject == NULL)
        return _("(a record that was removed)");
    if (subject->kind->prefix == NULL)
        return phrase_record(context->book, subject, true, arena);
    return phrase_name(context->book, subject, context->language, arena);
}

const char *offer_state(const struct context *context, const struct offer *offer)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
        &concert__proposal__status__descriptor, (int)offer->status);
    char name[32];

    if (value == NULL)
        return "";
    text_fold(value->name, name, sizeof(name));
    return words_show(WORDS_VALUE, name, context->language);
}

static const char *owner_name(const struct context *context, const struct book_entry *proposal)
{
    const struct book_entry *owner = book_get(context->book, proposal->owner);

    return owner == NULL ? "—" : book_label(context->book, owner);
}

bool offer_find(struct context *context, const char *word, struct arena *arena,
    struct offer *offer_r, enum command_exit *code_r)
{
    const struct book_entry *entry = command_record(context, word, KIND_BIT(PROPOSAL), code_r);

    if (entry == NULL)
        return false;
    if (!offer_read(context, entry, arena, offer_r))
        *code_r = command_say(context, COMMAND_FAILED, _("There is not enough memory for this."));
    else if (offer_r->status != CONCERT__PROPOSAL__STATUS__OPEN)
        *code_r = command_say(context, COMMAND_REFUSED, _("%s was answered already: %s."),
            entry->handle, offer_state(context, offer_r));
    else if (!offer_r->addressed)
        *code_r = command_say(context, COMMAND_REFUSED,
            _("%s is for whoever answers for %s to accept or refuse."), entry->handle,
            offer_subject(context, offer_r, arena));
    else if (offer_r->clash)
        *code_r = command_say(context, COMMAND_CONFLICT,
            _("%s comes from a conflict, which %s settles: “concert resolve %s” shows both sides."),
            entry->handle, owner_name(context, entry), entry->handle);
    return *code_r == COMMAND_OK;
}

void offer_show(struct context *context, const struct offer *offer, struct arena *arena)
{
    static const struct sheet_column columns[] = {
        {"proposal", N_("Proposal"), SHEET_TEXT, true, false}};
    struct sheet *sheet;

    if (context->machine)
        return;
    sheet = report_sheet(context->report, "proposal", NULL, SHEET_TREE, false, columns, 1);
    sheet_row(sheet, 0, SHEET_STRONG);
    sheet_text(sheet, arena_printf(arena, "%s · %s", offer->proposal->handle,
                          offer_subject(context, offer, arena)));
    for (size_t i = 0; i < offer->fields.count && offer->subject != NULL; i++) {
        sheet_row(sheet, 1, SHEET_PLAIN);
        sheet_text(sheet, offer_field(context, offer, offer->fields.name[i], arena));
    }
}

size_t offer_awaiting(const struct context *context)
{
    const uint8_t *me = desk_identity(context->desk)->account;
    size_t count, awaiting = 0;
    const struct book_entry *const *list =
        book_list(context->book, CONCERT__KIND__PROPOSAL, &count);

    for (size_t i = 0; i < count; i++)
        awaiting += book_number(list[i], "status", CONCERT__PROPOSAL__STATUS__OPEN) ==
                        CONCERT__PROPOSAL__STATUS__OPEN &&
                    !((const Concert__Proposal *)list[i]->body)->has_operation &&
                    may_answer(context, list[i]) && !uuid_equal(list[i]->created_by, me);
    return awaiting;
}
