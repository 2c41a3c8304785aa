#include "figures/place.h"

#include "record.h"

static size_t add_once(const struct book_entry *territory, const struct book_entry **to, size_t n)
{
    if (territory == NULL || n == PLACE_MAX)
        return n;
    for (size_t i = 0; i < n; i++)
        if (to[i] == territory)
            return n;
    to[n] = territory;
    return n + 1;
}

/* What all the fields that refer to territories name. */
static size_t own_places(const struct book *book, const struct book_entry *entry,
    const struct book_entry *territories_r[PLACE_MAX])
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;
    size_t n = 0;

    for (unsigned i = 0; i < d->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &d->fields[i];

        if (kinds_field(entry->kind, field->name)->refs != KIND_BIT(TERRITORY))
            continue;
        for (size_t v = 0; v < record_count(entry->body, field); v++) {
            struct record_value value = record_get(entry->body, field, v);

            if (value.size == UUID_SIZE)
                n = add_once(book_get(book, (const uint8_t *)value.data), territories_r, n);
        }
    }
    return n;
}

size_t place_of(const struct book *book, const struct book_entry *entry,
    const struct book_entry *territories_r[PLACE_MAX])
{
    size_t n = own_places(book, entry, territories_r);
    const struct book_entry *party;

    if (n > 0 || record_field(entry->kind, "party") == NULL)
        return n;
    party = book_follow(book, entry, "party");
    return party == NULL ? 0 : own_places(book, party, territories_r);
}

bool place_is(
    const struct book *book, const struct book_entry *entry, const struct book_entry *territory)
{
    const struct book_entry *places[PLACE_MAX];
    size_t n = place_of(book, entry, places);

    for (size_t i = 0; i < n; i++)
        if (uuid_equal(places[i]->id, territory->id))
            return true;
    return false;
}

struct cross_key place_key(const struct book_entry *territory)
{
    const char *code = book_text(territory, "code"), *name = book_text(territory, "name");

    return (struct cross_key){
        code == NULL ? territory->handle : code, name == NULL ? territory->handle : name, code};
}

bool place_columns(const struct book *book, const struct book_entry *only, struct cross *cross)
{
    size_t count;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__TERRITORY, &count);

    if (only != NULL)
        return cross_column(cross, place_key(only));
    for (size_t i = 0; i < count; i++)
        if (!cross_column(cross, place_key(all[i])))
            return false;
    return true;
}

size_t place_keys(const struct book *book, const struct book_entry *entry,
    const struct book_entry *only, struct cross_key keys_r[CROSS_KEYS_MAX])
{
    const struct book_entry *places[PLACE_MAX];
    size_t count = place_of(book, entry, places), n = 0;

    for (size_t i = 0; i < count; i++)
        if (only == NULL || uuid_equal(places[i]->id, only->id))
            keys_r[n++] = place_key(places[i]);
    return n;
}
