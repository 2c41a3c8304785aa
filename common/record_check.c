/* What every record must hold by itself. Between records: server/rules. */
#include <stdio.h>
#include <string.h>

#include "date.h"
#include "record.h"
#include "record_rules.h"
#include "text.h"

static bool wrong(struct error *error_r, const char *field, const char *rule, const char *limit)
{
    *error_r = error_make(CONCERT__CODE__INVALID, field, rule, limit);
    return false;
}

/* Dotted numbers are handles: digits and letters in parts that dots separate ("2.1.3", "A.4"). */
static bool is_number(const char *text)
{
    size_t part = 0;

    for (const char *c = text; *c != '\0'; c++) {
        bool word =
            (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z');

        if (*c == '.' ? part == 0 : !word)
            return false;
        part = *c == '.' ? 0 : part + 1;
    }
    return part > 0 && strlen(text) <= 32;
}

/* A day, or a day with the hour and minute of the region's clocks. */
static bool is_moment(const char *text)
{
    char day[11];
    int32_t when;

    if (strlen(text) != 10 && strlen(text) != 16)
        return false;
    text_copy(day, sizeof(day), text);
    if (!date_parse(day, &when))
        return false;
    return text[10] == '\0' ||
           (text[10] == 'T' && text[13] == ':' && strspn(text + 11, "0123456789") == 2 &&
               strspn(text + 14, "0123456789") == 2 && strncmp(text + 11, "24", 2) < 0 &&
               text[14] < '6');
}

static bool check_text(const struct kind_field *policy, const char *name, struct record_value value,
    struct error *error_r)
{
    int32_t day;

    if (value.size > RECORD_TEXT_MAX)
        return wrong(error_r, name, "length", "65536");
    if (!text_valid_utf8(value.data, value.size))
        return wrong(error_r, name, "utf8", NULL);
    if (value.size == 0)
        return wrong(error_r, name, "empty", NULL);
    if ((policy->flags & KIND_DATE) && !date_parse(value.data, &day))
        return wrong(error_r, name, "date", NULL);
    if ((policy->flags & KIND_MOMENT) && !is_moment(value.data))
        return wrong(error_r, name, "moment", NULL);
    if ((policy->flags & KIND_NUMBER) && !is_number(value.data))
        return wrong(error_r, name, "number", NULL);
    return true;
}

static bool check_bounds(
    const struct kind_field *policy, const char *name, int64_t number, struct error *error_r)
{
    char limit[48];

    if (policy->min == 0 && policy->max == 0)
        return true;
    if (number >= policy->min && number <= policy->max)
        return true;
    snprintf(limit, sizeof(limit), "%lld-%lld", (long long)policy->min, (long long)policy->max);
    return wrong(error_r, name, "range", limit);
}

static bool check_value(const struct kind_field *policy, const ProtobufCFieldDescriptor *field,
    struct record_value value, struct error *error_r)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return check_text(policy, field->name, value, error_r);
    case PROTOBUF_C_TYPE_BYTES:
        if (policy->refs != 0 && value.size != UUID_SIZE)
            return wrong(error_r, field->name, "id", NULL);
        return true;
    case PROTOBUF_C_TYPE_ENUM:
        if (protobuf_c_enum_descriptor_get_value(field->descriptor, (int)value.number) == NULL)
            return wrong(error_r, field->name, "choice", NULL);
        return true;
    case PROTOBUF_C_TYPE_UINT64:
        if (value.number < 0)
            return wrong(error_r, field->name, "range", "0-9223372036854775807");
        return check_bounds(policy, field->name, value.number, error_r);
    default:
        return check_bounds(policy, field->name, value.number, error_r);
    }
}

/* However it grew: each field within its bounds may still make a record that no page can carry, and
 * fields of a later version have no other bound. */
static bool check_size(const ProtobufCMessage *message, struct error *error_r)
{
    if (message->n_unknown_fields > RECORD_REPEATED_MAX)
        return wrong(error_r, "patch", "count", "1000");
    if (protobuf_c_message_get_packed_size(message) <= RECORD_SIZE_MAX)
        return true;
    *error_r = error_make(CONCERT__CODE__TOO_LARGE, NULL, "record", "245760");
    return false;
}

bool record_check(
    const struct kind *kind, const ProtobufCMessage *message, bool whole, struct error *error_r)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        const struct kind_field *policy = kinds_field(kind, field->name);
        size_t count = record_count(message, field);

        if (count == 0 && whole && (policy->flags & KIND_REQUIRED))
            return wrong(error_r, field->name, "required", NULL);
        if (count > RECORD_REPEATED_MAX)
            return wrong(error_r, field->name, "count", "1000");
        for (size_t j = 0; j < count; j++)
            if (!check_value(policy, field, record_get(message, field, j), error_r))
                return false;
    }
    return check_size(message, error_r) &&
           record_rules_hold(
               kind, message, whole ? RECORD_RULES_BETWEEN : RECORD_RULES_VALUES, error_r);
}
