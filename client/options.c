#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "text.h"

#define NAME_SIZE 64

const struct command_option options_common[OPTIONS_COMMON + 1] = {
    [OPTIONS_LANG] = {"lang", "langue", 0, N_("fr|en"), N_("Language of what is said.")},
    [OPTIONS_FORMAT] = {"format", "format", 0, N_("table|json|csv|tsv"),
        N_("How the answer is written: for people, or for programs.")},
    [OPTIONS_ON] = {"on", "le", 0, N_("DATE"), N_("As of that day instead of today.")},
    [OPTIONS_OFFLINE] = {"offline", "hors-ligne", 0, NULL, N_("Never reach for the server.")},
    [OPTIONS_SLOW] = {"slow", "lent", 0, NULL,
        N_("The line is slow: wait longer for the server, fetch in smaller pieces.")},
    [OPTIONS_HOME] = {"home", "dossier", 0, N_("FOLDER"),
        N_("Where this device's copy of the plan is.")},
    [OPTIONS_NO_PAGER] = {"no-pager", "sans-page", 0, NULL, N_("Write long answers all at once.")},
    [OPTIONS_HELP] = {"help", "aide", 'h', NULL, N_("Help on the command.")},
    [OPTIONS_VERSION] = {"version", "version", 0, NULL,
        N_("Which version of the program this is.")},
    {NULL, NULL, 0, NULL, NULL},
};

/* One look at the line. */
struct reader {
    struct options *options;
    struct options_problem *problem;
    char **argv;
    int argc, at;
    bool tolerant;
};

struct match {
    const struct command_option *row;
    const char **value; /* where it goes */
};

static bool fail(struct reader *r, enum options_trouble trouble, const char *word)
{
    r->problem->trouble = trouble;
    text_copy(r->problem->word, sizeof(r->problem->word), word);
    return false;
}

/* Row number `index` of the common ones and then the command's own; row NULL past the last. */
static struct match option_at(struct reader *r, size_t index)
{
    const struct command_option *rows = r->options->rows;

    if (index < OPTIONS_COMMON)
        return (struct match){&options_common[index], &r->options->common[index]};
    index -= OPTIONS_COMMON;
    if (rows == NULL || index >= OPTIONS_OWN_MAX || rows[index].name == NULL)
        return (struct match){NULL, NULL};
    return (struct match){&rows[index], &r->options->own[index]};
}

static bool begins(const char *name, const char *typed, bool *whole_r)
{
    char folded[NAME_SIZE];

    text_fold(name, folded, sizeof(folded));
    *whole_r = strcmp(folded, typed) == 0;
    return strncmp(folded, typed, strlen(typed)) == 0;
}

static struct match find_long(struct reader *r, const char *typed, enum options_trouble *trouble_r)
{
    struct match found = {NULL, NULL}, m;

    *trouble_r = OPTIONS_UNKNOWN;
    for (size_t i = 0; (m = option_at(r, i)).row != NULL; i++) {
        bool whole = false, whole_french = false;
        bool any = begins(m.row->name, typed, &whole);
        any = begins(m.row->french, typed, &whole_french) || any;
        if (whole || whole_french)
            return m;
        if (any && *trouble_r == OPTIONS_UNKNOWN && found.row == NULL)
            found = m;
        else if (any)
            *trouble_r = OPTIONS_SEVERAL;
    }
    if (*trouble_r == OPTIONS_SEVERAL)
        found.row = NULL;
    return found;
}

static const char *nearest(struct reader *r, const char *typed)
{
    const char *names[2 * (OPTIONS_COMMON + OPTIONS_OWN_MAX)];
    size_t n = 0;
    struct match m;

    for (size_t i = 0; (m = option_at(r, i)).row != NULL; i++) {
        names[n++] = m.row->french;
        names[n++] = m.row->name;
    }
    return text_nearest(typed, names, n);
}

/* Gives the option its value: the one beside it, or the next word. */
static bool take_value(struct reader *r, const struct match *m, const char *value, const char *word)
{
    if (m->row->value == NULL) {
        *m->value = "";
        return value == NULL || r->tolerant || fail(r, OPTIONS_A_VALUE, word);
    }
    if (value == NULL && r->at + 1 < r->argc)
        value = r->argv[++r->at];
    if (value == NULL)
        return r->tolerant || fail(r, OPTIONS_NO_VALUE, word);
    *m->value = value;
    return true;
}

static bool read_long(struct reader *r, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t length = equals == NULL ? strlen(word) : (size_t)(equals - word);
    char typed[NAME_SIZE], folded[NAME_SIZE];
    enum options_trouble trouble;
    struct match m = {NULL, NULL};

    if (length < sizeof(typed)) {
        memcpy(typed, word, length);
        typed[length] = '\0';
        text_fold(typed, folded, sizeof(folded));
        m = find_long(r, folded + 2, &trouble);
        if (m.row == NULL && !r->tolerant) {
            r->problem->near = nearest(r, folded + 2);
            return fail(r, trouble, typed);
        }
    }
    if (m.row == NULL)
        return r->tolerant || fail(r, OPTIONS_UNKNOWN, word);
    return take_value(r, &m, equals == NULL ? NULL : equals + 1, word);
}

static bool read_short(struct reader *r, const char *word)
{
    struct match m;

    for (size_t i = 0; (m = option_at(r, i)).row != NULL; i++)
        if (m.row->letter == word[1])
            return take_value(r, &m, word[2] == '\0' ? NULL : word + 2, word);
    return r->tolerant || fail(r, OPTIONS_UNKNOWN, word);
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && (word[1] < '0' || word[1] > '9');
}

bool options_read(struct options *options_r, const struct command_option *rows, int argc,
    char **argv, bool tolerant, struct options_problem *problem_r)
{
    struct reader r = {options_r, problem_r, argv, argc, 1, tolerant};
    bool ended = false;

    *options_r = (struct options){.rows = rows};
    *problem_r = (struct options_problem){.trouble = OPTIONS_FINE};
    options_r->words = calloc((size_t)argc + 1, sizeof(*options_r->words));
    if (options_r->words == NULL)
        return fail(&r, OPTIONS_MEMORY, "");
    for (; r.at < argc; r.at++) {
        char *word = argv[r.at];
        if (ended || !is_option(word))
            options_r->words[options_r->n_words++] = word;
        else if (strcmp(word, "--") == 0)
            ended = true;
        else if (word[1] == '-' ? !read_long(&r, word) : !read_short(&r, word))
            return false;
    }
    return true;
}

void options_clear(struct options *options)
{
    free(options->words);
    options->words = NULL;
    options->n_words = 0;
}

const char *options_own(const struct options *options, const char *name)
{
    for (size_t i = 0; options->rows != NULL && options->rows[i].name != NULL; i++)
        if (strcmp(options->rows[i].name, name) == 0)
            return options->own[i];
    return NULL;
}
