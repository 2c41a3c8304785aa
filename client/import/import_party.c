#include "import/import_party.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "import/import_draft.h"
#include "text.h"

#define NAME_SIZE 512
#define LIKE_LENGTH 8  /* bytes that two names must begin with alike */
#define INITIALS_MIN 3 /* letters of "CRE" */

static int64_t type_of(const struct draft *party)
{
    const ProtobufCFieldDescriptor *field = record_field(party->kind, "type");
    const ProtobufCMessage *message =
        party->wanted != NULL && record_count(party->wanted, field) > 0 ? party->wanted
        : party->entry != NULL                                          ? party->entry->body
                                                                        : NULL;

    return message == NULL || record_count(message, field) == 0
               ? 0
               : record_get(message, field, 0).number;
}

struct draft *import_party_take(const struct import_row *row, size_t column)
{
    struct import *import = row->import;
    const char *name = import_work_cell(row, column);
    struct draft *found = import_draft_find(import->drafts, CONCERT__KIND__PARTY, NULL, name);
    struct draft *territory =
        import_draft_find(import->drafts, CONCERT__KIND__TERRITORY, NULL, name);
    struct fields_patch patch;

    if (found != NULL)
        return found;
    patch = import_work_begin(row, CONCERT__KIND__PARTY);
    import_work_set(row, &patch, "name", name);
    import_work_number(row, &patch, "type", CONCERT__PARTY__TYPE__PARTNER);
    if (territory != NULL)
        import_work_refer(row, &patch, "territory", territory);
    return import_draft_take(row, column, &patch);
}

/* --- names that are nearly the same ------------------------------------------------------------
 */

/* "crem" of "conference regionale des elus de la mauricie": small words have none. */
static void initials(const char *folded, char *out, size_t size)
{
    static const char small[] = " de du des la le les et en au aux a l d ";
    size_t used = 0;

    while (*folded != '\0') {
        size_t length = strcspn(folded, " '-");
        char word[16];

        snprintf(word, sizeof(word), " %.*s ", (int)(length > 12 ? 12 : length), folded);
        if (length > 0 && strstr(small, word) == NULL && used + 1 < size)
            out[used++] = folded[0];
        folded += length + (folded[length] != '\0');
    }
    out[used] = '\0';
}

/* True when the first word of `brief` is written in capitals and is how `folded` begins, by its
 * initials. */
static bool abbreviates(const char *brief, const char *folded)
{
    char first[NAME_SIZE], letters[32];
    size_t length = strcspn(brief, " ");

    for (size_t i = 0; i < length; i++)
        if (islower((unsigned char)brief[i]))
            return false;
    initials(folded, letters, sizeof(letters));
    text_fold(brief, first, sizeof(first));
    first[strcspn(first, " ")] = '\0';
    return strlen(first) >= INITIALS_MIN && strncmp(letters, first, strlen(first)) == 0;
}

static bool begins_alike(const char *one, const char *other)
{
    size_t a = strlen(one), b = strlen(other), length = a < b ? a : b;

    return length >= LIKE_LENGTH && strncmp(one, other, length) == 0 &&
           (a == b || (a < b ? other : one)[length] == ' ');
}

/* The name of a party that may be meant by this one, or NULL. */
static const char *like(struct import *import, const char *name)
{
    char folded[NAME_SIZE], other[NAME_SIZE];

    text_fold(name, folded, sizeof(folded));
    for (struct draft *draft = import_draft_all(import->drafts); draft != NULL;
         draft = draft->next) {
        const char *known =
            draft->kind->id == CONCERT__KIND__PARTY ? import_draft_text(draft, "name") : NULL;

        if (known == NULL)
            continue;
        text_fold(known, other, sizeof(other));
        if (begins_alike(folded, other) || abbreviates(known, folded) || abbreviates(name, other))
            return known;
    }
    return import_draft_nearest(import, CONCERT__KIND__PARTY, name);
}

struct draft *import_party_take_doubted(const struct import_row *row, size_t column)
{
    struct import *import = row->import;
    const char *name = import_work_cell(row, column), *near;

    if (import_draft_find(import->drafts, CONCERT__KIND__PARTY, NULL, name) == NULL) {
        near = like(import, name);
        if (near != NULL && import_work_first(import, name))
            import_work_warn(row, column,
                _("“%s” is made a new partner. If it is “%s”, which is known, write that name in "
                  "the file instead."),
                name, near);
    }
    return import_party_take(row, column);
}

/* --- who answers -------------------------------------------------------------------------------
 */

struct draft *import_party_consortium(struct import *import)
{
    for (struct draft *draft = import_draft_all(import->drafts); draft != NULL; draft = draft->next)
        if (draft->entry != NULL && draft->kind->id == CONCERT__KIND__PARTY &&
            type_of(draft) == CONCERT__PARTY__TYPE__STAFF)
            return draft;
    return NULL;
}

struct draft *import_party_committee(struct import *import, const char *word)
{
    struct draft *thematic = NULL, *any = NULL;
    size_t n_thematic = 0, n_any = 0;
    char folded[NAME_SIZE];

    for (struct draft *draft = import_draft_all(import->drafts); draft != NULL;
         draft = draft->next) {
        const char *name =
            draft->kind->id == CONCERT__KIND__PARTY ? import_draft_text(draft, "name") : NULL;

        if (name == NULL || type_of(draft) == CONCERT__PARTY__TYPE__PARTNER)
            continue;
        text_fold(name, folded, sizeof(folded));
        if (strstr(folded, word) == NULL)
            continue;
        if (type_of(draft) == CONCERT__PARTY__TYPE__THEMATIC) {
            thematic = draft;
            n_thematic++;
        }
        any = draft;
        n_any++;
    }
    return n_thematic == 1 ? thematic : n_thematic == 0 && n_any == 1 ? any : NULL;
}
