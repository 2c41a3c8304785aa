/* On whom something is held, and in which records. */
#include <string.h>
#include <strings.h>

#include "import/person_internal.h"
#include "input/pick.h"
#include "text.h"

/* --- whom --------------------------------------------------------------------------------------
 */

bool person_is_personal(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return (kinds_field(kind, field->name)->flags & KIND_PERSONAL) != 0;
}

/* The first personal text, which is the name in every kind that has one. */
static const char *name_in(const struct book_entry *entry)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;

    for (unsigned i = 0; i < d->n_fields; i++)
        if (person_is_personal(entry->kind, &d->fields[i]))
            return book_text(entry, d->fields[i].name);
    return NULL;
}

void person_find(struct person *to, const char *who)
{
    for (size_t k = 0; k < kinds_count && to->named == NULL; k++) {
        size_t count;
        const struct book_entry *const *list =
            kinds_has_personal(&kinds[k]) ? book_list(to->context->book, kinds[k].id, &count)
                                          : NULL;

        for (size_t i = 0; list != NULL && i < count; i++)
            if (strcasecmp(list[i]->handle, who) == 0 && name_in(list[i]) != NULL)
                to->named = list[i];
    }
    to->name = to->named == NULL ? who : name_in(to->named);
    text_fold(to->name, to->folded, sizeof(to->folded));
}

/* Letters, then a number: nobody is called so. */
bool person_is_handle(const char *word)
{
    size_t letters = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    return letters > 0 && letters < 4 && word[letters] != '\0' &&
           strspn(word + letters, "0123456789") == strlen(word + letters);
}

static bool same_name(const struct person *to, const char *text)
{
    char folded[PERSON_NAME_SIZE];

    if (text == NULL || strlen(text) >= PERSON_NAME_SIZE / 4)
        return false;
    text_fold(text, folded, sizeof(folded));
    return strcmp(folded, to->folded) == 0;
}

/* Others ask for what is held on themselves. */
bool person_may_ask(const struct person *to)
{
    const struct book_entry *own =
        book_get(to->context->book, desk_identity(to->context->desk)->account);

    return pick_is_staff(to->context) ||
           (own != NULL && (to->named == own || same_name(to, book_text(own, "person"))));
}

/* --- records -----------------------------------------------------------------------------------
 */

static bool has(const struct person *to, const struct book_entry *entry)
{
    for (size_t i = 0; i < to->n_records; i++)
        if (to->records[i] == entry)
            return true;
    return false;
}

/* By way of which a record hangs on one that names a person; NULL: the kind does not. */
static const char *hook_of(const struct book_entry *entry)
{
    return entry->kind->id == CONCERT__KIND__DEVICE       ? "account"
           : entry->kind->id == CONCERT__KIND__QUARANTINE ? "device"
                                                          : NULL;
}

/* It has the name in a personal field. */
static bool bears_name(const struct person *to, const struct book_entry *entry)
{
    const ProtobufCMessageDescriptor *d = entry->kind->descriptor;

    for (unsigned i = 0; i < d->n_fields; i++)
        if (person_is_personal(entry->kind, &d->fields[i]) &&
            same_name(to, book_text(entry, d->fields[i].name)))
            return true;
    return false;
}

/* Two people may bear one name: where a handle says whom, the name alone tells nothing. */
static bool is_held(const struct person *to, const struct book_entry *entry)
{
    const char *hook = hook_of(entry);
    const struct book_entry *on = hook == NULL ? NULL : book_follow(to->context->book, entry, hook);

    if (entry == to->named || hook != NULL)
        return entry == to->named || (on != NULL && has(to, on));
    return to->named == NULL && bears_name(to, entry);
}

/* As a record writes it, accents and capitals and all. */
static const char *written_name(const struct person *to)
{
    for (size_t i = 0; i < to->n_records; i++) {
        const struct book_entry *entry = to->records[i];
        const ProtobufCMessageDescriptor *d = entry->kind->descriptor;

        for (unsigned j = 0; j < d->n_fields; j++) {
            const char *text = person_is_personal(entry->kind, &d->fields[j])
                                   ? book_text(entry, d->fields[j].name)
                                   : NULL;

            if (same_name(to, text))
                return text;
        }
    }
    return to->name;
}

/* Accounts come before devices, and these before what they had not sent: in the register's order.
 */
bool person_collect(struct person *to)
{
    size_t count;

    for (size_t k = 0; k < kinds_count; k++) {
        book_list(to->context->book, kinds[k].id, &count);
        to->room += count;
    }
    to->records = arena_alloc(to->arena, (to->room + 1) * sizeof(*to->records));
    to->namesakes = arena_alloc(to->arena, (to->room + 1) * sizeof(*to->namesakes));
    if (to->records == NULL || to->namesakes == NULL)
        return false;
    for (size_t k = 0; k < kinds_count; k++) {
        const struct book_entry *const *list = book_list(to->context->book, kinds[k].id, &count);

        for (size_t i = 0; i < count; i++)
            if (is_held(to, list[i]))
                to->records[to->n_records++] = list[i];
            else if (hook_of(list[i]) == NULL && bears_name(to, list[i]))
                to->namesakes[to->n_namesakes++] = list[i];
    }
    to->name = written_name(to);
    return true;
}
