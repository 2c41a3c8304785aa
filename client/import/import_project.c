#include "import/import_project.h"

#include <string.h>

#include "i18n.h"
#include "import/import_draft.h"
#include "import/import_party.h"
#include "text.h"

#define WORD_SIZE 256

/* What the file's name says before its last part: "logement" of "logement-budget.csv". */
static bool subject_of(const char *file, char word_r[WORD_SIZE])
{
    const char *end = strrchr(file, '-');
    size_t length = end == NULL ? 0 : (size_t)(end - file);

    if (length == 0 || length >= WORD_SIZE)
        return false;
    memcpy(word_r, file, length);
    word_r[length] = '\0';
    for (char *c = word_r; *c != '\0'; c++)
        if (*c == '-' || *c == '_')
            *c = ' ';
    return true;
}

static bool holds(const struct draft *draft, const char *folded)
{
    const char *text = import_draft_text(draft, "title");
    char title[1024];

    if (text == NULL)
        return false;
    text_fold(text, title, sizeof(title));
    return strstr(title, folded) != NULL;
}

/* The only draft of the kind whose title holds both words. *count_r: how many do. */
static struct draft *only(struct import *import, Concert__Kind kind, const char *folded,
    const char *also, size_t *count_r)
{
    struct draft *found = NULL;

    *count_r = 0;
    for (struct draft *draft = import_draft_all(import->drafts); draft != NULL;
         draft = draft->next) {
        if (draft->kind->id != kind || !holds(draft, folded) || !holds(draft, also))
            continue;
        found = draft;
        ++*count_r;
    }
    return *count_r == 1 ? found : NULL;
}

/* The project that the words name, or NULL. */
static struct draft *find(struct import *import, const char *words)
{
    struct draft *found = import_draft_find(import->drafts, CONCERT__KIND__PROJECT, NULL, words);
    const struct book_entry *entry, *near[1];
    size_t n_near;

    if (found != NULL || book_find(import->book, words, KIND_BIT(PROJECT), import->options.today,
                             &entry, near, 1, &n_near) != BOOK_FOUND)
        return found;
    return import_draft_get(import->drafts, entry->id);
}

static void tell_made(const struct import_row *row, const char *title, const struct draft *party,
    const struct draft *action)
{
    const char *owner = import_draft_text(party, "name");

    if (action != NULL)
        import_work_warn(row, SIZE_MAX,
            _("The project “%s” is made for %s, and for action %s. If another is meant: --project "
              "TITLE."),
            title, owner, import_draft_text(action, "number"));
    else
        import_work_warn(row, SIZE_MAX,
            _("The project “%s” is made for %s, and for no action. If another is meant: --project "
              "TITLE."),
            title, owner);
}

static struct draft *make(const struct import_row *row, const char *title, const char *folded)
{
    struct import *import = row->import;
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__PROJECT);
    struct draft *party = folded == NULL ? NULL : import_party_committee(import, folded);
    struct draft *action = NULL;
    size_t count;

    if (party == NULL)
        party = import_party_consortium(import);
    if (party == NULL) {
        import_work_refuse(row, SIZE_MAX,
            _("No party is known to answer for the project. Synchronize this copy first."));
        return NULL;
    }
    /* Of several actions that speak of it, the one that an annex lays out. */
    if (folded != NULL)
        action = only(import, CONCERT__KIND__ACTION, folded, "(annex", &count);
    import_work_set(row, &patch, "title", title);
    import_work_refer(row, &patch, "party", party);
    if (action != NULL)
        import_work_refer(row, &patch, "action", action);
    tell_made(row, title, party, action);
    return import_draft_take(row, SIZE_MAX, &patch);
}

/* Of a project that is known nothing is changed. */
static struct draft *claim(const struct import_row *row, struct draft *project)
{
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__PROJECT);

    import_draft_claim(row, SIZE_MAX, project, &patch);
    return project;
}

static struct draft *take_subject(const struct import_row *row, const char *subject)
{
    struct import *import = row->import;
    const char *title = import_work_text(import, "Projet en %s", subject);
    struct draft *project = find(import, title);
    char folded[WORD_SIZE];
    size_t count;

    if (project != NULL)
        return claim(row, project);
    text_fold(subject, folded, sizeof(folded));
    project = only(import, CONCERT__KIND__PROJECT, folded, "", &count);
    if (project != NULL)
        return claim(row, project);
    if (count == 0)
        return make(row, title, folded);
    import_work_refuse(row, SIZE_MAX,
        _("Several projects are about “%s”. Say which one is meant with --project TITLE."),
        subject);
    return NULL;
}

struct draft *import_project_take(const struct import_row *row)
{
    const char *asked = row->import->options.project;
    char subject[WORD_SIZE];
    struct draft *project;

    if (asked != NULL) {
        char folded[WORD_SIZE] = "";

        project = find(row->import, asked);
        if (subject_of(row->file->name, subject))
            text_fold(subject, folded, sizeof(folded));
        return project != NULL ? claim(row, project)
                               : make(row, asked, folded[0] == '\0' ? NULL : folded);
    }
    if (subject_of(row->file->name, subject))
        return take_subject(row, subject);
    import_work_refuse(row, SIZE_MAX,
        _("The file's name does not tell the project. Say it with --project TITLE."));
    return NULL;
}
