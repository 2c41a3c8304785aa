#include "import/import_action.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "import/import_draft.h"
#include "text.h"

#define NEAR_LENGTH 8 /* bytes from which a word is long enough to look like a name */

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Bytes of white space at the start; a no-break space counts. */
static size_t space_length(const char *text)
{
    size_t length = 0;

    for (;;) {
        if (isspace((unsigned char)text[length]))
            length++;
        else if (strncmp(text + length, "\xC2\xA0", 2) == 0)
            length += 2;
        else if (strncmp(text + length, "\xE2\x80\xAF", 3) == 0)
            length += 3;
        else
            return length;
    }
}

/* Bytes of "1", "1.2.3", "A.4" at the start: parts of digits, the first may be one letter. */
static size_t number_length(const char *cell)
{
    size_t end = 0, at = 0;

    if (cell[0] >= 'A' && cell[0] <= 'Z') {
        if (cell[1] != '.' || !isdigit((unsigned char)cell[2]))
            return 0;
        at = 2;
    }
    while (isdigit((unsigned char)cell[at])) {
        while (isdigit((unsigned char)cell[at]))
            at++;
        end = at;
        if (cell[at] == '.')
            at++;
    }
    return end;
}

const char *import_action_number(struct import *import, const char *cell, const char **number_r)
{
    size_t length = number_length(cell), after = length, space;
    bool dotted = memchr(cell, '.', length) != NULL;
    bool marked = length > 0 && (cell[length] == '.' || cell[length] == ')');

    *number_r = "";
    after += marked;
    space = space_length(cell + after);
    /* "4 à 6 rencontres" has no number, "4. Rencontres" and "4.1 Rencontres" have. */
    if ((!dotted && !marked) || (space == 0 && cell[after] != '\0'))
        return cell;
    *number_r = import_work_text(import, "%.*s", (int)length, cell);
    return cell + after + space;
}

void import_action_annex(
    const struct import_row *row, struct fields_patch *patch, const char *title)
{
    static const char *const words[] = {"(annexe ", "(annex ", "(appendix "};
    char folded[1024], annex[8];

    text_fold(title, folded, sizeof(folded));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *found = strstr(folded, words[i]);
        size_t length = 0;

        if (found == NULL)
            continue;
        found += strlen(words[i]);
        while (length + 1 < sizeof(annex) && is_word((char)toupper((unsigned char)found[length]))) {
            annex[length] = (char)toupper((unsigned char)found[length]);
            length++;
        }
        annex[length] = '\0';
        if (length > 0 && found[length] == ')')
            import_work_set(row, patch, "annex", annex);
        return;
    }
}

bool import_action_audiences(
    const struct import_row *row, size_t column, struct fields_patch *patch)
{
    const char *cell = import_work_cell(row, column);
    struct record_value values[32];
    size_t count = 0;

    while (*cell != '\0') {
        const struct draft *audience;
        char *end;
        long number;

        if (!isdigit((unsigned char)*cell)) {
            if (strchr("-,;/ \n", *cell) == NULL)
                break;
            cell++;
            continue;
        }
        number = strtol(cell, &end, 10);
        audience = import_draft_find(row->import->drafts, CONCERT__KIND__AUDIENCE, NULL,
            import_work_text(row->import, "%ld", number));
        if (audience == NULL || count == sizeof(values) / sizeof(values[0])) {
            import_work_refuse(row, column,
                _("There is no audience %ld. Import the table of audiences with this file."),
                number);
            return false;
        }
        values[count++] =
            (struct record_value){.data = (const char *)audience->id, .size = UUID_SIZE};
        cell = end;
    }
    if (*cell != '\0') {
        import_work_refuse(row, column,
            _("“%s” is not a list of audiences: write their numbers, such as 1-2-4."),
            import_work_cell(row, column));
        return false;
    }
    if (patch->message != NULL &&
        !record_set(patch->message, record_field(patch->kind, "audiences"), values, count,
            row->import->arena))
        row->import->out_of_memory = true;
    return true;
}

/* --- resources ---------------------------------------------------------------------------------
 */

static struct draft *find_party(struct import *import, const char *name)
{
    return import_draft_find(import->drafts, CONCERT__KIND__PARTY, NULL, name);
}

/* Who is no party stays as written; a name that is nearly a party's is worth a word. */
static void role(const struct import_row *row, size_t column, struct fields_patch *patch,
    const char *words, bool known)
{
    const char *near = NULL;

    if (!known && strlen(words) >= NEAR_LENGTH)
        near = import_draft_nearest(row->import, CONCERT__KIND__PARTY, words);
    import_work_set(row, patch, "role", words);
    if (near != NULL && import_work_first(row->import, words))
        import_work_warn(row, column,
            _("No committee or partner is called “%s”: it is kept as a role. Did you mean “%s”?"),
            words, near);
}

static void resource(
    const struct import_row *row, size_t column, const struct draft *action, const char *words)
{
    struct import *import = row->import;
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__RESPONSIBILITY);
    struct draft *party = find_party(import, words);
    struct draft *known =
        import_draft_find(import->drafts, CONCERT__KIND__RESPONSIBILITY, action, words);

    import_work_refer(row, &patch, "subject", action);
    if (party != NULL)
        import_work_refer(row, &patch, "party", party);
    else
        role(row, column, &patch, words, known != NULL);
    /* Known by its words since before there was a party of that name: it is linked now. */
    if (known != NULL && party != NULL)
        import_draft_claim(row, column, known, &patch);
    else
        import_draft_take(row, column, &patch);
}

/* Calls `resource` for each piece between commas, unless the whole line names a party. */
static void resource_line(
    const struct import_row *row, size_t column, const struct draft *action, char *line)
{
    char *piece = text_trim(line);
    bool whole = find_party(row->import, piece) != NULL;

    while (piece != NULL) {
        char *comma = whole ? NULL : strchr(piece, ',');

        if (comma != NULL)
            *comma = '\0';
        if (text_trim(piece)[0] != '\0')
            resource(row, column, action, piece);
        piece = comma == NULL ? NULL : comma + 1;
    }
}

void import_action_resources(const struct import_row *row, size_t column, struct draft *action)
{
    const char *cell = import_work_cell(row, column);

    while (*cell != '\0' && !row->import->out_of_memory) {
        size_t length = strcspn(cell, "\n");
        char *line = arena_copy(row->import->arena, cell, length);

        if (line == NULL)
            row->import->out_of_memory = true;
        else
            resource_line(row, column, action, line);
        cell += length + (cell[length] == '\n');
    }
}

/* --- deadlines ---------------------------------------------------------------------------------
 */

struct taking {
    const struct import_row *row;
    size_t column;
    const struct draft *action;
    const char *cell;
};

/* On which line of the cell a piece of it begins, from 0. */
static unsigned line_within(const char *cell, const char *piece)
{
    unsigned line = 0;

    if (piece >= cell && piece <= cell + strlen(cell))
        for (const char *c = cell; c < piece; c++)
            line += *c == '\n';
    return line;
}

static void take_deadline(const struct schedule *part, void *arg)
{
    const struct taking *taking = arg;
    const struct import_row *row = taking->row;
    struct import *import = row->import;
    struct import_place place = import_work_place(row, taking->column);
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__DEADLINE);
    struct draft *draft;

    if (import->out_of_memory)
        return;
    import_work_refer(row, &patch, "subject", taking->action);
    if (!fields_schedule(&import->reader, &patch, part, false))
        import->out_of_memory = true;
    if (part->mode == SCHEDULE_UNSET)
        import_work_warn(row, taking->column,
            _("The deadline “%.*s” cannot be read: it is kept as written. Give a date, a season or "
              "a frequency if there is one."),
            (int)part->text_length, part->text);
    draft = import_draft_take(row, taking->column, &patch);
    if (draft != NULL && draft->place.line == place.line)
        draft->place.line += line_within(taking->cell, part->text);
}

void import_action_deadlines(const struct import_row *row, size_t column, struct draft *action)
{
    struct taking taking = {row, column, action, import_work_cell(row, column)};

    schedule_split(taking.cell, take_deadline, &taking);
}
