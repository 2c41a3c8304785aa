#include "derive.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"

#define DAY_US INT64_C(86400000000)
#define YEAR_DIGITS 4

/* The value that the field is given; false when memory is out. `given_r`: false, nothing is. */
typedef bool give_fn(const struct derive_case *c, struct record_value *value_r, bool *given_r);

static bool is_adopted(const struct store_record *record)
{
    const Concert__Plan *plan = record == NULL ? NULL : (const Concert__Plan *)record->body;

    return plan != NULL && plan->has_status && plan->status >= CONCERT__PLAN__STATUS__ADOPTED;
}

/* The log's place at adoption. A closed plan that is opened again was adopted where it was. */
static bool give_place(const struct derive_case *c, struct record_value *value_r, bool *given_r)
{
    const Concert__Plan *plan = (const Concert__Plan *)c->after->body;

    *given_r = is_adopted(c->after) && plan->status == CONCERT__PLAN__STATUS__ADOPTED &&
               (!is_adopted(c->before) || !plan->has_adopted_seq);
    value_r->number = (int64_t)c->seq;
    return true;
}

/* Of the meeting, else of the clock (UTC): a decision is of the year in which it was made. */
static int32_t year_of(const struct derive_case *c)
{
    struct store_root root = view_root(c->view, c->after);
    int year = 0;

    if (root.starts_at[0] == '\0') {
        date_to_civil((int32_t)(c->now / DAY_US), &year, NULL, NULL);
        return year;
    }
    root.starts_at[YEAR_DIGITS] = '\0';
    return (int32_t)strtol(root.starts_at, NULL, 10);
}

/* A decision's number, when it is first made: R-2009-14. It stays whatever becomes of the words. */
static bool give_number(const struct derive_case *c, struct record_value *value_r, bool *given_r)
{
    const Concert__AgendaItem *item = (const Concert__AgendaItem *)c->after->body;
    int32_t year = year_of(c);
    uint32_t number;

    *given_r = derive_counts(c->kind, c->patch) && item->resolution == NULL;
    if (!*given_r)
        return true;
    number = view_number(c->view, c->after->owner, year);
    value_r->data = number == 0 ? NULL : arena_printf(c->arena, "R-%d-%u", year, number);
    value_r->size = value_r->data == NULL ? 0 : strlen(value_r->data);
    return value_r->data != NULL;
}

struct derive_row {
    Concert__Kind kind;
    const char *field; /* KIND_SERVER */
    give_fn *give;
};

static const struct derive_row rows[] = {
    {CONCERT__KIND__PLAN, "adopted_seq", give_place},
    {CONCERT__KIND__AGENDA_ITEM, "resolution", give_number},
};

bool derive_counts(const struct kind *kind, const ProtobufCMessage *patch)
{
    return kind->id == CONCERT__KIND__AGENDA_ITEM && patch != NULL &&
           ((const Concert__AgendaItem *)patch)->decision != NULL;
}

/* The patch is its author's: what is given goes into a copy. */
static bool give(struct derive_case *c, const char *name, struct record_value value)
{
    const ProtobufCFieldDescriptor *field = record_field(c->kind, name);
    ProtobufCMessage *patch = record_patch(c->kind, NULL, c->patch, NULL, 0, c->arena);

    if (patch == NULL || !record_set(patch, field, &value, 1, c->arena) ||
        !record_set(c->after->body, field, &value, 1, c->arena) ||
        c->touched->count == sizeof(c->touched->name) / sizeof(c->touched->name[0]))
        return false;
    c->patch = patch;
    c->touched->name[c->touched->count++] = field->name;
    return true;
}

bool derive_give(struct derive_case *derive_case)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct record_value value = {0};
        bool given;

        if (rows[i].kind != derive_case->kind->id || derive_case->after->body == NULL)
            continue;
        if (!rows[i].give(derive_case, &value, &given) ||
            (given && !give(derive_case, rows[i].field, value)))
            return false;
    }
    return true;
}
