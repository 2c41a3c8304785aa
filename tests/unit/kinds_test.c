/* No drift: every row of the register against its protobuf descriptor. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kinds.h"
#include "record.h"

#define ALL_FLAGS                                                                                  \
    (KIND_REQUIRED | KIND_FIXED | KIND_FROZEN | KIND_PERSONAL | KIND_STAFF | KIND_DATE |           \
        KIND_NUMBER | KIND_COORDINATOR | KIND_OWNERS | KIND_SERVER | KIND_MOMENT | KIND_MONEY |    \
        KIND_DECIMAL | KIND_BYTES)

/* Message by message, as records.proto has them: the generated file lists no package. */
static const ProtobufCMessageDescriptor *const messages[] = {
    &concert__territory__descriptor,
    &concert__party__descriptor,
    &concert__membership__descriptor,
    &concert__account__descriptor,
    &concert__device__descriptor,
    &concert__plan__descriptor,
    &concert__objective__descriptor,
    &concert__action__descriptor,
    &concert__responsibility__descriptor,
    &concert__deadline__descriptor,
    &concert__share__descriptor,
    &concert__note__descriptor,
    &concert__proposal__descriptor,
    &concert__milestone__descriptor,
    &concert__audience__descriptor,
    &concert__project__descriptor,
    &concert__budget_line__descriptor,
    &concert__envelope__descriptor,
    &concert__funding_request__descriptor,
    &concert__agreement__descriptor,
    &concert__signatory__descriptor,
    &concert__meeting__descriptor,
    &concert__agenda_item__descriptor,
    &concert__follow_up__descriptor,
    &concert__attendance__descriptor,
    &concert__training_need__descriptor,
    &concert__publication__descriptor,
    &concert__article__descriptor,
    &concert__contact__descriptor,
    &concert__intervention__descriptor,
    &concert__directory_entry__descriptor,
    &concert__route__descriptor,
    &concert__plan_review__descriptor,
    &concert__indicator__descriptor,
    &concert__observation__descriptor,
    &concert__form__descriptor,
    &concert__criterion__descriptor,
    &concert__assessment__descriptor,
    &concert__score__descriptor,
    &concert__document__descriptor,
    &concert__incident__descriptor,
    &concert__quarantine__descriptor,
};

#define MESSAGES (sizeof(messages) / sizeof(messages[0]))

static const ProtobufCFieldDescriptor *field_of(const struct kind *kind, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(kind, name);

    if (field == NULL)
        fail_msg("%s.%s is not in records.proto", kind->name, name);
    return field;
}

/* "BUDGET_LINE" and "BudgetLine" are "budget_line". */
static void lower(const char *name, char *text_r, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; name[i] != '\0' && used + 2 < size; i++) {
        bool word = i > 0 && isupper((unsigned char)name[i]) && islower((unsigned char)name[i - 1]);

        if (word)
            text_r[used++] = '_';
        text_r[used++] = (char)tolower((unsigned char)name[i]);
    }
    text_r[used] = '\0';
}

static void test_names_and_numbers(void **state)
{
    char name[64];

    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(&concert__kind__descriptor, (int)kinds[i].id);

        assert_non_null(value);
        lower(value->name, name, sizeof(name));
        assert_string_equal(kinds[i].name, name);
        lower(kinds[i].descriptor->short_name, name, sizeof(name));
        assert_string_equal(kinds[i].name, name);
        assert_ptr_equal(kinds_get(kinds[i].id), &kinds[i]);
        assert_ptr_equal(kinds_by_name(kinds[i].name), &kinds[i]);
        assert_true(kinds[i].id > 0 && kinds[i].id < 64); /* KIND_BIT, STORE_SERIALS */
    }
    assert_null(kinds_get(0));
    assert_null(kinds_get(CONCERT__KIND__QUARANTINE + 1));
    assert_null(kinds_by_name("Share"));
    assert_null(kinds_by_name(""));
}

static void test_every_message_has_one_row(void **state)
{
    (void)state;
    assert_int_equal(MESSAGES, kinds_count);
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t rows = 0;

        for (size_t j = 0; j < kinds_count; j++)
            rows += kinds[j].descriptor == messages[i] ? 1 : 0;
        if (rows != 1)
            fail_msg("%s has %zu rows", messages[i]->name, rows);
    }
}

static size_t count_name(FILE *file, const char *name)
{
    char line[256], message[128];
    size_t found = 0;

    rewind(file);
    while (fgets(line, sizeof(line), file) != NULL)
        if (sscanf(line, "message %127s {", message) == 1)
            found += name == NULL || strcmp(message, name) == 0 ? 1 : 0;
    return found;
}

/* A message that is added to records.proto and nowhere else is found in the file itself. */
static void test_every_message_of_the_file(void **state)
{
    FILE *file = fopen("proto/records.proto", "r");

    (void)state;
    if (file == NULL)
        skip(); /* run from elsewhere than the checkout */
    assert_int_equal(count_name(file, NULL), kinds_count);
    for (size_t i = 0; i < MESSAGES; i++)
        assert_int_equal(count_name(file, messages[i]->short_name), 1);
    fclose(file);
}

static void test_handles_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        size_t numbers = 0;

        for (size_t f = 0; f < kinds[i].n_fields; f++)
            numbers += kinds[i].fields[f].flags & KIND_NUMBER ? 1 : 0;
        /* A kind has a prefix or a number, never both, never neither. */
        assert_int_equal(numbers, kinds[i].prefix == NULL ? 1 : 0);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(kinds[i].id, kinds[j].id);
            assert_string_not_equal(kinds[i].name, kinds[j].name);
            if (kinds[i].prefix != NULL && kinds[j].prefix != NULL)
                assert_string_not_equal(kinds[i].prefix, kinds[j].prefix);
        }
        for (const char *c = kinds[i].prefix; c != NULL && *c != '\0'; c++)
            assert_true(*c >= 'A' && *c <= 'Z');
    }
}

/* Amounts are whole cents, decimals thousandths: numbers with bounds, never anything else. */
static void check_number_row(
    const struct kind *kind, const struct kind_field *row, const ProtobufCFieldDescriptor *field)
{
    bool counted = row->flags & (KIND_MONEY | KIND_DECIMAL);

    assert_true((row->flags & KIND_MONEY) == 0 || (row->flags & KIND_DECIMAL) == 0);
    if (counted || kind->writers != KIND_WRITE_SERVER) /* the server writes moments too */
        assert_int_equal(counted, field->type == PROTOBUF_C_TYPE_INT64);
    if (counted && row->max <= 0)
        fail_msg("%s.%s has no bounds", kind->name, row->name);
    if (row->flags & KIND_MONEY)
        assert_int_equal(row->min, 0);
    if (row->flags & KIND_DECIMAL)
        assert_int_equal(row->min, -row->max);
}

static void check_field_row(const struct kind *kind, const struct kind_field *row)
{
    const ProtobufCFieldDescriptor *field = field_of(kind, row->name);
    bool text = field->type == PROTOBUF_C_TYPE_STRING;

    assert_int_equal(row->flags & ~(unsigned)ALL_FLAGS, 0);
    if (row->refs != 0 && field->type != PROTOBUF_C_TYPE_BYTES)
        fail_msg("%s.%s refers to records, but is not bytes", kind->name, row->name);
    if ((row->flags & (KIND_DATE | KIND_NUMBER | KIND_MOMENT)) && !text)
        fail_msg("%s.%s is a date or a dotted number, but no string", kind->name, row->name);
    if ((row->flags & KIND_SERVER) && (row->flags & (KIND_REQUIRED | KIND_FIXED)))
        fail_msg("%s.%s is not its author's to give", kind->name, row->name);
    if ((row->flags & KIND_FIXED) && (row->flags & KIND_STAFF))
        fail_msg("%s.%s can never be set", kind->name, row->name);
    assert_true(row->min <= row->max);
    if (row->max != 0)
        assert_true(field->type == PROTOBUF_C_TYPE_UINT32 || field->type == PROTOBUF_C_TYPE_INT64 ||
                    field->type == PROTOBUF_C_TYPE_UINT64);
    check_number_row(kind, row, field);
    /* A required list would be one that is never empty: the rule on records does not know it. */
    if (row->flags & KIND_REQUIRED)
        assert_int_not_equal(field->label, PROTOBUF_C_LABEL_REPEATED);
    assert_ptr_equal(kinds_field(kind, row->name), row);
}

static void test_field_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (size_t f = 0; f < kinds[i].n_fields; f++) {
            check_field_row(&kinds[i], &kinds[i].fields[f]);
            for (size_t g = 0; g < f; g++)
                assert_string_not_equal(kinds[i].fields[f].name, kinds[i].fields[g].name);
        }
}

/* What every field of records.proto asks of the register. */
static void check_field(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    const struct kind_field *row = kinds_field(kind, field->name);
    bool carried = (kind->id == CONCERT__KIND__PROPOSAL && strcmp(field->name, "subject") != 0) ||
                   (kind->id == CONCERT__KIND__QUARANTINE && strcmp(field->name, "device") != 0);
    size_t length = strlen(field->name);

    if (field->type == PROTOBUF_C_TYPE_BYTES && kinds_is_reference(kind, field) == carried)
        fail_msg("%s.%s: every bytes field is a reference, but those of an operation", kind->name,
            field->name);
    /* PostgreSQL's integer is signed: a number without a bound would be refused late. */
    if (field->type == PROTOBUF_C_TYPE_UINT32 &&
        (row->max <= 0 || row->max > INT32_MAX || row->min < 0))
        fail_msg("%s.%s has no bounds", kind->name, field->name);
    if (field->label != PROTOBUF_C_LABEL_OPTIONAL && field->label != PROTOBUF_C_LABEL_REPEATED)
        fail_msg("%s.%s: presence is explicit", kind->name, field->name);
    if (length > 3 && strcmp(field->name + length - 3, "_at") == 0 &&
        field->type == PROTOBUF_C_TYPE_STRING && !(row->flags & KIND_MOMENT))
        fail_msg("%s.%s is a moment by its name alone", kind->name, field->name);
    if (length > 3 && strcmp(field->name + length - 3, "_on") == 0 && !(row->flags & KIND_DATE))
        fail_msg("%s.%s is a date by its name alone", kind->name, field->name);
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        break;
    default:
        fail_msg("%s.%s is of a type that record does not read", kind->name, field->name);
    }
}

static void test_every_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        assert_true(kinds[i].descriptor->n_fields <= RECORD_FIELDS_MAX);
        for (unsigned f = 0; f < kinds[i].descriptor->n_fields; f++)
            check_field(&kinds[i], &kinds[i].descriptor->fields[f]);
    }
}

/* The first value of a closed list is what an absent field reads as: none is 0, none is negative.
 */
static void test_closed_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (unsigned f = 0; f < kinds[i].descriptor->n_fields; f++) {
            const ProtobufCFieldDescriptor *field = &kinds[i].descriptor->fields[f];
            const ProtobufCEnumDescriptor *list = field->descriptor;

            for (unsigned v = 0; field->type == PROTOBUF_C_TYPE_ENUM && v < list->n_values; v++)
                assert_true(list->values[v].value > 0);
        }
}

/* What owner and root are inherited through is there from the start and never changes; of an
 * action's objective the rule same_plan sees to it. A party may be absent: the Consortium's own. */
static void check_hook(const struct kind *kind, const char *name)
{
    const unsigned flags = kinds_field(kind, name)->flags;
    const ProtobufCFieldDescriptor *field = field_of(kind, name);
    bool moves = kind->id == CONCERT__KIND__ACTION && strcmp(name, "objective") == 0;
    bool nobodys = kinds_field(kind, name)->refs == KIND_BIT(PARTY) && kind->parent != name;

    assert_int_equal(field->type, PROTOBUF_C_TYPE_BYTES);
    assert_int_equal(field->label, PROTOBUF_C_LABEL_OPTIONAL);
    assert_true(kinds_is_reference(kind, field));
    if (!(nobodys || (flags & KIND_REQUIRED)) || !(moves || (flags & KIND_FIXED)))
        fail_msg("%s.%s: ownership hangs on it", kind->name, name);
}

/* A second party is one party, and cannot take itself, or be taken, off the record. */
static void check_also(const struct kind *kind)
{
    const struct kind_field *row = kinds_field(kind, kind->also);

    assert_int_equal(field_of(kind, kind->also)->label, PROTOBUF_C_LABEL_OPTIONAL);
    assert_true(row->refs == KIND_BIT(PARTY));
    assert_true(row->flags & (KIND_FIXED | KIND_OWNERS));
    assert_int_equal(kind->writers, KIND_WRITE_EDITORS);
}

static void test_owner_and_parent(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        const struct kind *kind = &kinds[i];

        if (kind->owner != NULL && strcmp(kind->owner, "id") != 0)
            check_hook(kind, kind->owner);
        if (kind->parent != NULL)
            check_hook(kind, kind->parent);
        if (kind->writers == KIND_WRITE_EDITORS || kind->writers == KIND_WRITE_PROPOSERS)
            assert_non_null(kind->owner); /* else no editor could ever own one */
        if (kind->label != NULL && !kinds_is_reference(kind, field_of(kind, kind->label)))
            assert_int_equal(field_of(kind, kind->label)->type, PROTOBUF_C_TYPE_STRING);
        if (kind->also != NULL)
            check_also(kind);
    }
}

static void test_references_are_to_kinds_that_are(void **state)
{
    const uint64_t open = KIND_ANY & ~(KIND_BIT(ACCOUNT) | KIND_BIT(DEVICE) | KIND_BIT(CONTACT) |
                                         KIND_BIT(INCIDENT) | KIND_BIT(QUARANTINE));
    uint64_t known = 0;

    (void)state;
    for (unsigned v = 0; v < concert__kind__descriptor.n_values; v++)
        known |= UINT64_C(1) << concert__kind__descriptor.values[v].value;
    for (size_t i = 0; i < kinds_count; i++)
        for (size_t f = 0; f < kinds[i].n_fields; f++)
            if (kinds[i].fields[f].refs != KIND_ANY && kinds[i].fields[f].refs != open)
                assert_int_equal(kinds[i].fields[f].refs & ~known, 0);
}

/* proto/README.md, 13, names what is personal and what is required. */
static void test_personal_fields(void **state)
{
    static const char *const personal[] = {"membership", "account", "attendance", "contact"};

    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        bool expected = false;

        for (size_t j = 0; j < sizeof(personal) / sizeof(personal[0]); j++)
            expected |= strcmp(kinds[i].name, personal[j]) == 0;
        assert_int_equal(kinds_has_personal(&kinds[i]), expected);
    }
}

static void test_required_fields(void **state)
{
    static const char *const required[] = {"territory.code", "territory.name", "party.name",
        "party.type", "membership.party", "account.person", "account.role", "device.account",
        "device.name", "device.fingerprint", "plan.title", "plan.type", "plan.party",
        "plan.starts_on", "plan.ends_on", "objective.plan", "objective.number", "objective.title",
        "action.objective", "action.number", "action.title", "responsibility.subject",
        "deadline.subject", "deadline.text", "share.action", "share.party", "note.subject",
        "note.text", "proposal.subject", "proposal.patch", "proposal.reason", "milestone.subject",
        "milestone.title", "audience.number", "audience.description", "project.title",
        "project.party", "budget_line.project", "budget_line.label", "budget_line.planned",
        "envelope.title", "envelope.funder", "envelope.amount", "funding_request.project",
        "agreement.title", "signatory.agreement", "signatory.party", "meeting.party",
        "agenda_item.meeting", "agenda_item.rank", "agenda_item.title", "follow_up.agenda_item",
        "follow_up.what", "attendance.meeting", "training_need.title", "training_need.party",
        "publication.title", "article.title", "article.party", "contact.name", "intervention.title",
        "intervention.party", "directory_entry.name", "directory_entry.party", "route.title",
        "route.from", "route.to", "plan_review.party", "plan_review.document", "indicator.code",
        "indicator.title", "observation.indicator", "observation.period_start",
        "observation.period_end", "form.title", "criterion.form", "criterion.rank",
        "criterion.question", "assessment.form", "assessment.party", "score.assessment",
        "score.criterion", "score.value", "document.title", "document.subject",
        "document.media_type", "document.size", "document.sha256", "incident.title",
        "incident.discovered_on", "quarantine.device", "quarantine.target",
        "quarantine.target_kind"};
    size_t found = 0;
    char name[128];

    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (size_t f = 0; f < kinds[i].n_fields; f++) {
            if (!(kinds[i].fields[f].flags & KIND_REQUIRED))
                continue;
            snprintf(name, sizeof(name), "%s.%s", kinds[i].name, kinds[i].fields[f].name);
            assert_true(found < sizeof(required) / sizeof(required[0]));
            assert_string_equal(name, required[found++]);
        }
    assert_int_equal(found, sizeof(required) / sizeof(required[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_numbers),
        cmocka_unit_test(test_every_message_has_one_row),
        cmocka_unit_test(test_every_message_of_the_file),
        cmocka_unit_test(test_handles_are_unique),
        cmocka_unit_test(test_field_rows),
        cmocka_unit_test(test_every_field),
        cmocka_unit_test(test_closed_lists),
        cmocka_unit_test(test_owner_and_parent),
        cmocka_unit_test(test_references_are_to_kinds_that_are),
        cmocka_unit_test(test_personal_fields),
        cmocka_unit_test(test_required_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
