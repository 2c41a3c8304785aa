#include "load_scan.h"

#include "protocol.pb-c.h"

struct field {
    unsigned number;
    uint64_t value;      /* of a varint, or a length */
    const uint8_t *data; /* of what has a length; else NULL */
};

static bool varint(const uint8_t **at, const uint8_t *end, uint64_t *value_r)
{
    *value_r = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;

        *value_r |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* The next field; only varints and what has a length occur in these messages. */
static bool next(const uint8_t **at, const uint8_t *end, struct field *field_r)
{
    uint64_t tag;

    if (!varint(at, end, &tag) || !varint(at, end, &field_r->value))
        return false;
    field_r->number = (unsigned)(tag >> 3);
    field_r->data = NULL;
    if ((tag & 7) == 0)
        return true;
    if ((tag & 7) != 2 || field_r->value > (uint64_t)(end - *at))
        return false;
    field_r->data = *at;
    *at += field_r->value;
    return true;
}

static bool page(const uint8_t *at, const uint8_t *end, struct load_scan *scan)
{
    struct field field;

    while (at < end) {
        if (!next(&at, end, &field))
            return false;
        scan->records += field.number == 1;
        if (field.number == 2)
            scan->upto = field.value;
    }
    return true;
}

bool load_scan_response(const uint8_t *data, size_t size, struct load_scan *scan_r)
{
    const uint8_t *at = data, *end = data + size;
    struct field field;

    *scan_r = (struct load_scan){0};
    while (at < end) {
        if (!next(&at, end, &field))
            return false;
        if (field.number == 2)
            scan_r->more = field.value != 0;
        if (field.data == NULL)
            continue;
        scan_r->answer = field.number;
        if (field.number == CONCERT__RESPONSE__ANSWER_PULL &&
            !page(field.data, field.data + field.value, scan_r))
            return false;
    }
    return true;
}
