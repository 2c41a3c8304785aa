/* The network's mailing list, by public and territory: the staff's alone. */
#include "date.h"
#include "figures/place.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "input/pick.h"

struct page {
    struct context *context;
    struct arena *arena;
    const struct book_entry *audience, *territory; /* NULL: any */
    bool all;
    bool personal; /* names and addresses: to read here, or asked for in a file */
    size_t listed, without_consent, without_email;
};

/* Whether the contact is of the public asked for; *list_r: the numbers of all its publics. */
static bool reads_audiences(
    const struct page *to, const struct book_entry *contact, const char **numbers, size_t *n_r)
{
    const ProtobufCFieldDescriptor *field = record_field(contact->kind, "audiences");
    bool asked = to->audience == NULL;

    *n_r = 0;
    for (size_t i = 0; i < record_count(contact->body, field) && *n_r < CROSS_KEYS_MAX; i++) {
        struct record_value value = record_get(contact->body, field, i);
        const struct book_entry *audience =
            value.size == UUID_SIZE ? book_get(to->context->book, (const uint8_t *)value.data)
                                    : NULL;

        if (audience == NULL)
            continue;
        asked = asked || audience == to->audience;
        numbers[(*n_r)++] =
            arena_printf(to->arena, "%lld", (long long)book_number(audience, "number", 0));
    }
    return asked;
}

static bool has_consent(const struct page *to, const struct book_entry *contact)
{
    int32_t day = book_date(contact, "consent_on");

    return day != DATE_NONE && day <= to->context->today;
}

/* For people with the organization; "Secretary (CDC Des Chenaux)". */
static const char *name_of(const struct page *to, const struct book_entry *contact)
{
    const char *name = book_text(contact, "name");
    const char *organization = book_text(contact, "organization");

    if (to->context->machine || organization == NULL)
        return name;
    return arena_printf(to->arena, "%s (%s)", name == NULL ? "" : name, organization);
}

/* For people the telephone where there is no e-mail. */
static const char *address_of(const struct page *to, const struct book_entry *contact)
{
    const char *email = book_text(contact, "email");

    return email != NULL || to->context->machine ? email : book_text(contact, "phone");
}

static void put_contact(struct page *to, struct sheet *sheet, const struct book_entry *contact,
    const char *const *numbers, size_t n)
{
    const struct book_entry *territory = book_follow(to->context->book, contact, "territory");

    to->listed++;
    to->without_email += book_text(contact, "email") == NULL;
    sheet_row(sheet, 0, has_consent(to, contact) ? SHEET_PLAIN : SHEET_WARN);
    sheet_text(sheet, to->personal ? name_of(to, contact) : NULL);
    sheet_text(sheet, to->personal ? address_of(to, contact) : NULL);
    sheet_text(sheet, book_text(contact, "organization"));
    sheet_text(sheet, to->personal ? book_text(contact, "phone") : NULL);
    sheet_texts(sheet, numbers, n);
    sheet_text(sheet, territory == NULL ? NULL : book_label(to->context->book, territory));
    if (book_date(contact, "consent_on") == DATE_NONE)
        sheet_none(sheet);
    else
        sheet_number(sheet, book_date(contact, "consent_on"));
    sheet_text(sheet, contact->handle);
}

static void put_all(struct page *to, struct sheet *sheet)
{
    size_t count, n;
    const struct book_entry *const *all =
        book_list(to->context->book, CONCERT__KIND__CONTACT, &count);
    const char *numbers[CROSS_KEYS_MAX];

    for (size_t i = 0; i < count; i++) {
        if (!reads_audiences(to, all[i], numbers, &n) ||
            (to->territory != NULL && !place_is(to->context->book, all[i], to->territory)))
            continue;
        to->without_consent += !has_consent(to, all[i]);
        if (to->all || has_consent(to, all[i]))
            put_contact(to, sheet, all[i], numbers, n);
    }
}

static void note_counts(const struct page *to)
{
    struct report *report = to->context->report;

    if (asked_note_none(to->context, CONCERT__KIND__CONTACT, to->arena))
        return;
    report_note(report,
        arena_printf(to->arena, ngettext("%zu contact.", "%zu contacts.", to->listed), to->listed));
    if (to->without_email > 0)
        report_note(report, arena_printf(to->arena,
                                ngettext("%zu of them has no e-mail address.",
                                    "%zu of them have no e-mail address.", to->without_email),
                                to->without_email));
    if (to->without_consent == 0)
        return;
    report_note(report,
        arena_printf(to->arena,
            to->all
                ? ngettext("%zu of them has not consented: nothing may be sent there.",
                      "%zu of them have not consented: nothing may be sent there.",
                      to->without_consent)
                : ngettext("%zu without consent is not listed; --all shows it.",
                      "%zu without consent are not listed; --all shows them.", to->without_consent),
            to->without_consent));
}

/* A public is known by its number. */
static bool read_audience(struct page *to, enum command_exit *code_r)
{
    const char *word = command_option(to->context, "audience");
    int64_t number;
    size_t count;
    const struct book_entry *const *all =
        book_list(to->context->book, CONCERT__KIND__AUDIENCE, &count);

    *code_r = COMMAND_OK;
    if (word == NULL || !fields_number(word, &number))
        return asked_record(to->context, "audience", KIND_BIT(AUDIENCE), &to->audience, code_r);
    for (size_t i = 0; i < count; i++)
        if (book_number(all[i], "number", 0) == number)
            to->audience = all[i];
    if (to->audience == NULL)
        *code_r = command_say(to->context, COMMAND_NOT_FOUND,
            _("There is no public %s: “concert list audiences” shows them."), word);
    return to->audience != NULL;
}

static enum command_exit draw(struct page *to)
{
    static const struct sheet_column columns[] = {
        {"name", N_("Name"), SHEET_TEXT, true, false},
        {"email", N_("E-mail"), SHEET_TEXT, false, false}, /* an address is not cut */
        {"organization", NULL, SHEET_TEXT, false, true},
        {"phone", NULL, SHEET_TEXT, false, true},
        {"audiences", N_("Publics"), SHEET_LIST, false, false},
        {"territory", NULL, SHEET_TEXT, false, true},
        {"consent_on", N_("Consent"), SHEET_DATE, false, false},
        {"contact", N_("Handle"), SHEET_TEXT, false, false},
    };
    enum command_exit code;
    struct sheet *sheet;

    if (!read_audience(to, &code) ||
        !asked_record(to->context, "territory", KIND_BIT(TERRITORY), &to->territory, &code))
        return code;
    sheet = report_sheet(
        to->context->report, "mailing", N_("Mailing list"), SHEET_TABLE, false, columns, 8);
    if (sheet == NULL)
        return change_no_memory(to->context);
    put_all(to, sheet);
    note_counts(to);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {
        .context = context, .arena = context->arena, .all = command_option(context, "all") != NULL};

    if (!pick_is_staff(context))
        return command_say(context, COMMAND_REFUSED,
            _("The mailing list holds people's addresses: it is the Consortium's staff's alone. "
              "Ask "
              "the coordination to send your message."));
    to.personal = !context->machine || command_option(context, "personal") != NULL;
    if (!to.personal)
        command_tell(
            context, "personal", "%s", _("Personal data are left out; --personal puts them in."));
    return draw(&to);
}

static const struct command_option options[] = {
    {"audience", "public", 0, N_("PUBLIC"), N_("Those of this public alone: 1, 2…")},
    {"territory", "territoire", 0, N_("TERRITORY"), N_("Those of this territory alone.")},
    {"all", "tout", 0, NULL, N_("Lists those who have not consented too.")},
    {"personal", "personnel", 0, NULL,
        N_("In a format for programs: with the names and addresses, which leave the region so.")},
    {.name = NULL},
};

const struct command mailing_command = {
    .name = "mailing",
    .french = "envoi",
    .usage_en = "[--audience PUBLIC] [--territory TERRITORY] [--all]",
    .usage_fr = "[--public PUBLIC] [--territoire TERRITOIRE] [--tout]",
    .summary = N_("Gives the mailing list by public and territory, to the staff alone."),
    .examples_en = "concert mailing --audience 1\n"
                   "concert mailing --territory Mékinac --format csv",
    .examples_fr = "concert envoi --public 1\nconcert envoi --territoire Mékinac --format csv",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
