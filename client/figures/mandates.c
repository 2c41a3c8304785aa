#include "figures/mandates.h"

#include <stdlib.h>

#include "date.h"

bool mandates_open(const struct book_entry *account, int32_t today)
{
    int32_t expires = book_date(account, "expires");

    return book_number(account, "active", 1) != 0 && (expires == DATE_NONE || expires >= today);
}

size_t mandates_parties(const struct book_entry *account)
{
    return record_count(account->body, record_field(account->kind, "parties"));
}

bool mandates_speaks(const struct book_entry *account, const uint8_t party[UUID_SIZE])
{
    const ProtobufCFieldDescriptor *parties = record_field(account->kind, "parties");

    for (size_t i = 0; i < record_count(account->body, parties); i++) {
        struct record_value value = record_get(account->body, parties, i);

        if (value.size == UUID_SIZE && uuid_equal((const uint8_t *)value.data, party))
            return true;
    }
    return false;
}

const struct book_entry *mandates_device(const struct book *book, const struct book_entry *account)
{
    size_t count;
    const struct book_entry *const *list =
        book_children(book, account->id, CONCERT__KIND__DEVICE, "account", &count);

    for (size_t i = 0; i < count; i++)
        if (book_number(list[i], "revoked", 0) == 0)
            return list[i];
    return NULL;
}

static size_t count_coordinators(const struct book *book, int32_t today,
    const struct book_entry *const *without, size_t n_without, bool joined)
{
    size_t count, found = 0;
    const struct book_entry *const *list = book_list(book, CONCERT__KIND__ACCOUNT, &count);

    for (size_t i = 0; i < count; i++) {
        bool left = true;

        for (size_t j = 0; j < n_without; j++)
            left = left && !uuid_equal(list[i]->id, without[j]->id);
        found += left && mandates_open(list[i], today) &&
                 book_number(list[i], "role", 0) == CONCERT__ACCOUNT__ROLE__COORDINATOR &&
                 (!joined || mandates_device(book, list[i]) != NULL);
    }
    return found;
}

size_t mandates_coordinators(const struct book *book, int32_t today,
    const struct book_entry *const *without, size_t n_without)
{
    return count_coordinators(book, today, without, n_without, false);
}

size_t mandates_coordinators_joined(const struct book *book, int32_t today,
    const struct book_entry *const *without, size_t n_without)
{
    return count_coordinators(book, today, without, n_without, true);
}

static int by_end(const void *a, const void *b)
{
    const struct book_entry *one = *(const struct book_entry *const *)a;
    const struct book_entry *two = *(const struct book_entry *const *)b;
    int32_t first = book_date(one, "expires"), second = book_date(two, "expires");

    if (first != second)
        return first < second ? -1 : 1;
    return book_compare_handles(one->handle, two->handle);
}

const struct book_entry *const *mandates_ending(
    const struct book *book, int32_t today, int32_t days, struct arena *arena, size_t *count_r)
{
    size_t count;
    const struct book_entry *const *list = book_list(book, CONCERT__KIND__ACCOUNT, &count);
    const struct book_entry **ending = arena_alloc(arena, (count + 1) * sizeof(*ending));

    *count_r = 0;
    for (size_t i = 0; ending != NULL && i < count; i++) {
        int32_t expires = book_date(list[i], "expires");

        if (expires != DATE_NONE && expires <= today + days && mandates_open(list[i], today))
            ending[(*count_r)++] = list[i];
    }
    if (*count_r > 1)
        qsort(ending, *count_r, sizeof(*ending), by_end);
    return ending;
}

const char *mandates_names(
    const struct book *book, const struct book_entry *account, struct arena *arena)
{
    const ProtobufCFieldDescriptor *parties = record_field(account->kind, "parties");
    const char *text = "";

    for (size_t i = 0; i < record_count(account->body, parties) && text != NULL; i++) {
        struct record_value value = record_get(account->body, parties, i);
        const struct book_entry *party =
            value.size == UUID_SIZE ? book_get(book, (const uint8_t *)value.data) : NULL;

        if (party != NULL)
            text = arena_printf(
                arena, "%s%s%s", text, text[0] == '\0' ? "" : ", ", book_label(book, party));
    }
    return text == NULL ? "" : text;
}
