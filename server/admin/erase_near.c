#include "admin/erase_near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/erase_tell.h"
#include "i18n.h"
#include "text.h"

#define NEAR_MAX 5
#define NAME_SIZE 256
#define WORD_LEAST 3 /* bytes: "de" is in many names */
#define OF_A_WORD 64 /* farther than any name that is near as a whole */
#define TOO_FAR (OF_A_WORD + 1)
#define SEPARATORS " -'.,"

struct near_name {
    char name[NAME_SIZE];
    size_t distance;
};

struct near_names {
    struct near_name names[NEAR_MAX]; /* the nearest first */
    size_t count;
};

/* --- what is near ------------------------------------------------------------------------------
 */

/* True when the folded text has a word that is this one, but for a letter of a longer one. */
static bool has_word(const char *text, const char *word)
{
    size_t wrong = strlen(word) > WORD_LEAST ? 1 : 0;
    char copy[NAME_SIZE], *rest = copy, *part;

    text_copy(copy, sizeof(copy), text);
    while ((part = strsep(&rest, SEPARATORS)) != NULL)
        if (strlen(part) >= WORD_LEAST && text_distance(part, word) <= wrong)
            return true;
    return false;
}

static bool shares_word(const char *a, const char *b)
{
    char copy[NAME_SIZE], *rest = copy, *part;

    text_copy(copy, sizeof(copy), a);
    while ((part = strsep(&rest, SEPARATORS)) != NULL)
        if (strlen(part) >= WORD_LEAST && has_word(b, part))
            return true;
    return false;
}

/* `wanted` is folded. */
static size_t distance_of(const char *wanted, const char *name)
{
    char folded[NAME_SIZE];
    size_t distance;

    text_fold(name, folded, sizeof(folded));
    distance = text_distance(wanted, folded);
    if (distance <= text_width(wanted) / 3)
        return distance;
    return shares_word(wanted, folded) ? OF_A_WORD : TOO_FAR;
}

static void take(struct near_names *names, const char *name, size_t distance)
{
    size_t at = names->count;

    while (at > 0 && names->names[at - 1].distance > distance)
        at--;
    if (distance == TOO_FAR || at == NEAR_MAX)
        return;
    names->count += names->count < NEAR_MAX ? 1 : 0;
    memmove(names->names + at + 1, names->names + at,
        (names->count - at - 1) * sizeof(names->names[0]));
    text_copy(names->names[at].name, NAME_SIZE, name);
    names->names[at].distance = distance;
}

/* --- the names that are held -------------------------------------------------------------------
 */

/* All that name somebody, each once, as SQL; to free. NULL: memory is out. */
static char *write_names(void)
{
    char *sql = NULL;
    const char *before = "SELECT name FROM (";
    size_t size;
    FILE *to = open_memstream(&sql, &size);

    if (to == NULL)
        return NULL;
    for (size_t i = 0; i < kinds_count; i++) {
        const ProtobufCFieldDescriptor *field = erase_name_field(&kinds[i]);

        if (field == NULL || !kinds_has_personal(&kinds[i]))
            continue;
        fprintf(to, "%sSELECT \"%s\" AS name FROM \"%s\"", before, field->name, kinds[i].name);
        before = " UNION ";
    }
    fprintf(to, ") AS names WHERE name IS NOT NULL ORDER BY name");
    if (fclose(to) == 0)
        return sql;
    free(sql);
    return NULL;
}

static bool find(struct erasing *e, const char *wanted, struct near_names *names_r)
{
    char *sql = write_names();
    struct inspect_rows *rows = sql == NULL ? NULL : inspect_ask(e->reader, sql, NULL, 0);
    bool fine = rows != NULL;

    for (size_t i = 0; fine && i < inspect_rows_count(rows); i++) {
        char name[NAME_SIZE];

        inspect_get_text(rows, i, 0, name, sizeof(name));
        if (!erase_is_stand_in(name))
            take(names_r, name, distance_of(wanted, name));
    }
    inspect_rows_free(&rows);
    free(sql);
    return fine;
}

int erase_near_say(struct erasing *e, const char *name)
{
    struct near_names names = {.count = 0};
    char wanted[NAME_SIZE], list[NEAR_MAX * (NAME_SIZE + 8)] = "";

    text_fold(name, wanted, sizeof(wanted));
    if (!find(e, wanted, &names))
        return erase_refuse(e);
    for (size_t i = 0; i < names.count; i++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), _("%s“%s”"), i == 0 ? "" : ", ",
            names.names[i].name);
    admin_say(e->admin, 0,
        _("Nothing that is held tells the name “%s”, and nothing was erased. Is it spelled in full "
          "as the records have it?"),
        name);
    if (names.count > 0)
        admin_say(e->admin, 0, _("Names that are near it: %s."), list);
    erase_tell_aside(e);
    return EXIT_FAILURE;
}
