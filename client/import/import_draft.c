#include "import/import_draft.h"

#include <string.h>

#include "text.h"

#define BUCKETS 16384
#define FOLDED_MAX 1024 /* longer texts are told apart by their beginning and their size */

enum keyer_flag {
    ALIAS = 1 << 0, /* finds, but does not make two records one: titles may repeat */
    MANY = 1 << 1   /* several records may have the same key */
};

/* By what the records of a kind are recognised: `names` under the record of `scope` (its `via`). */
struct keyer {
    Concert__Kind kind;
    const char *scope, *via;
    const char *names[2];
    unsigned flags;
};

static const struct keyer keyers[] = {
    {CONCERT__KIND__TERRITORY, NULL, NULL, {"code"}, 0},
    {CONCERT__KIND__TERRITORY, NULL, NULL, {"name"}, 0},
    {CONCERT__KIND__PARTY, NULL, NULL, {"name"}, 0},
    {CONCERT__KIND__PARTY, NULL, NULL, {"short_name"}, 0},
    {CONCERT__KIND__MEMBERSHIP, "party", NULL, {"seat", "organization"}, MANY},
    {CONCERT__KIND__PLAN, NULL, NULL, {"title"}, 0},
    {CONCERT__KIND__OBJECTIVE, "plan", NULL, {"number"}, 0},
    {CONCERT__KIND__ACTION, "objective", "plan", {"number"}, 0},
    {CONCERT__KIND__ACTION, "objective", "plan", {"title"}, ALIAS},
    {CONCERT__KIND__RESPONSIBILITY, "subject", NULL, {"party"}, 0},
    {CONCERT__KIND__RESPONSIBILITY, "subject", NULL, {"role"}, 0},
    {CONCERT__KIND__DEADLINE, "subject", NULL, {"text", "label"}, 0},
    {CONCERT__KIND__SHARE, "action", NULL, {"party"}, 0},
    {CONCERT__KIND__AUDIENCE, NULL, NULL, {"number"}, 0},
    {CONCERT__KIND__PROJECT, NULL, NULL, {"title"}, 0},
    {CONCERT__KIND__BUDGET_LINE, "project", NULL, {"label"}, 0},
    {CONCERT__KIND__FUNDING_REQUEST, "project", NULL, {"funder"}, 0},
    {CONCERT__KIND__MILESTONE, "subject", NULL, {"title", "phase"}, 0},
};

struct node {
    char *key;
    struct draft *draft;
    struct node *next;
};

struct drafts {
    struct arena *arena;
    const struct book *book;
    struct draft *first, **last;
    struct node *buckets[BUCKETS];
    uint64_t labelled; /* kinds (a mask) whose labels are keys too */
};

static size_t bucket(const char *key)
{
    size_t hash = 5381;

    for (; *key != '\0'; key++)
        hash = hash * 33 + (unsigned char)*key;
    return hash % BUCKETS;
}

static struct node *lookup(const struct drafts *drafts, const char *key)
{
    struct node *node = key == NULL ? NULL : drafts->buckets[bucket(key)];

    while (node != NULL && strcmp(node->key, key) != 0)
        node = node->next;
    return node;
}

static struct node *lookup_next(struct node *node)
{
    const char *key = node->key;

    do {
        node = node->next;
    } while (node != NULL && strcmp(node->key, key) != 0);
    return node;
}

/* Appended, so that the oldest of equals is found first. */
static bool enter(struct drafts *drafts, char *key, struct draft *draft)
{
    struct node *node = arena_alloc(drafts->arena, sizeof(*node));
    struct node **place = &drafts->buckets[bucket(key)];

    if (node == NULL)
        return false;
    while (*place != NULL)
        place = &(*place)->next;
    *node = (struct node){.key = key, .draft = draft};
    *place = node;
    return true;
}

static char *id_key(const struct drafts *drafts, const uint8_t id[UUID_SIZE])
{
    char text[UUID_TEXT];

    uuid_format(id, text);
    return arena_printf(drafts->arena, "#%s", text);
}

/* As people file names: "Trois Rivières" is "Trois-Rivières", and spaces come alone. */
static void loosen(char *folded)
{
    size_t length = 0;

    for (const char *c = folded; *c != '\0'; c++) {
        char loose = *c == '-' || *c == '\n' || *c == '\t' ? ' ' : *c;

        if (loose != ' ' || (length > 0 && folded[length - 1] != ' '))
            folded[length++] = loose;
    }
    folded[length] = '\0';
}

static const char *folded(const struct drafts *drafts, const char *text)
{
    char buffer[FOLDED_MAX];
    size_t size = text_fold(text, buffer, sizeof(buffer));

    loosen(buffer);
    return size < sizeof(buffer) ? arena_printf(drafts->arena, "%s", buffer)
                                 : arena_printf(drafts->arena, "%s\x1f%zu", buffer, size);
}

static char *name_key(const struct drafts *drafts, Concert__Kind kind, const uint8_t *scope,
    const char *first, const char *second)
{
    char id[UUID_TEXT];

    uuid_format(scope == NULL ? uuid_none : scope, id);
    return arena_printf(drafts->arena, "%d:%s:%s\x1f%s", (int)kind, id, first, second);
}

/* The text of a field in a key; NULL when absent. */
static const char *part(const struct drafts *drafts, const struct kind *kind,
    const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = name == NULL ? NULL : record_field(kind, name);

    if (field == NULL || record_count(message, field) == 0)
        return NULL;
    return folded(drafts, record_text(kind, field, record_get(message, field, 0), drafts->arena));
}

static const uint8_t *reference(const struct draft *draft, const char *field)
{
    const uint8_t *id = NULL;

    if (draft->wanted != NULL)
        id = record_reference(draft->wanted, draft->kind, field);
    if (id == NULL && draft->entry != NULL)
        id = record_reference(draft->entry->body, draft->kind, field);
    return id;
}

/* The key that a row of the table makes of a message; NULL when it has none. */
static char *make_key(const struct drafts *drafts, const struct keyer *keyer,
    const struct kind *kind, const ProtobufCMessage *message)
{
    const char *first = part(drafts, kind, message, keyer->names[0]);
    const char *second = part(drafts, kind, message, keyer->names[1]);
    const uint8_t *scope = NULL;

    if (first == NULL)
        return NULL;
    if (keyer->scope != NULL)
        scope = record_reference(message, kind, keyer->scope);
    if (scope != NULL && keyer->via != NULL) {
        const struct draft *between = import_draft_get(drafts, scope);

        scope = between == NULL ? NULL : reference(between, keyer->via);
    }
    return name_key(drafts, kind->id, scope, first, second == NULL ? "" : second);
}

/* Keys under which the draft is found by what the message says; the same twice does no harm. */
static bool enter_keys(struct drafts *drafts, struct draft *draft, const ProtobufCMessage *message)
{
    for (size_t i = 0; i < sizeof(keyers) / sizeof(keyers[0]); i++) {
        char *key;

        if (keyers[i].kind != draft->kind->id)
            continue;
        key = make_key(drafts, &keyers[i], draft->kind, message);
        if (key != NULL && !enter(drafts, key, draft))
            return false;
    }
    return true;
}

static struct draft *add(struct drafts *drafts, const struct kind *kind,
    const uint8_t id[UUID_SIZE], const struct book_entry *entry, const ProtobufCMessage *message)
{
    struct draft *draft = arena_alloc(drafts->arena, sizeof(*draft));
    char *key = id_key(drafts, id);

    if (draft == NULL || key == NULL)
        return NULL;
    draft->kind = kind;
    memcpy(draft->id, id, UUID_SIZE);
    draft->entry = entry;
    *drafts->last = draft;
    drafts->last = &draft->next;
    return enter(drafts, key, draft) && enter_keys(drafts, draft, message) ? draft : NULL;
}

struct drafts *import_draft_new(struct arena *arena, const struct book *book)
{
    struct drafts *drafts = arena_alloc(arena, sizeof(*drafts));

    if (drafts == NULL)
        return NULL;
    drafts->arena = arena;
    drafts->book = book;
    drafts->last = &drafts->first;
    for (size_t k = 0; k < kinds_count; k++) {
        size_t count;
        const struct book_entry *const *list = book_list(book, kinds[k].id, &count);

        for (size_t i = 0; i < count; i++)
            if (add(drafts, list[i]->kind, list[i]->id, list[i], list[i]->body) == NULL)
                return NULL;
    }
    return drafts;
}

struct draft *import_draft_all(const struct drafts *drafts)
{
    return drafts->first;
}

struct draft *import_draft_get(const struct drafts *drafts, const uint8_t id[UUID_SIZE])
{
    char *key = id_key(drafts, id);
    struct node *node = lookup(drafts, key);

    return node == NULL ? NULL : node->draft;
}

struct draft *import_draft_follow(
    const struct drafts *drafts, const struct draft *draft, const char *field)
{
    const uint8_t *id = field == NULL ? NULL : reference(draft, field);

    return id == NULL ? NULL : import_draft_get(drafts, id);
}

struct draft *import_draft_find(
    const struct drafts *drafts, Concert__Kind kind, const struct draft *parent, const char *name)
{
    const char *text = folded(drafts, name);
    const uint8_t *scope = parent == NULL ? NULL : parent->id;
    char *key = text == NULL ? NULL : name_key(drafts, kind, scope, text, "");
    struct node *node = lookup(drafts, key);

    return node == NULL ? NULL : node->draft;
}

/* The node of the first key that the message shares with a draft. */
static struct node *like(
    const struct drafts *drafts, const struct fields_patch *patch, bool *many_r)
{
    struct node *node = NULL;

    *many_r = false;
    for (size_t i = 0; node == NULL && i < sizeof(keyers) / sizeof(keyers[0]); i++) {
        if (keyers[i].kind != patch->kind->id || (keyers[i].flags & ALIAS))
            continue;
        node = lookup(drafts, make_key(drafts, &keyers[i], patch->kind, patch->message));
        *many_r = (keyers[i].flags & MANY) != 0;
    }
    return node;
}

struct draft *import_draft_take(
    const struct import_row *row, size_t column, const struct fields_patch *patch)
{
    struct import *import = row->import;
    uint8_t id[UUID_SIZE];
    struct draft *draft;
    struct node *node;
    bool many;

    if (import->out_of_memory)
        return NULL;
    node = like(import->drafts, patch, &many);
    /* A seat written twice in one file is two seats; in a second file it is the same again. */
    while (many && node != NULL && node->draft->wanted != NULL && node->draft->file == row->file)
        node = lookup_next(node);
    draft = node == NULL ? NULL : node->draft;
    if (draft == NULL) {
        uuid_make(import_work_clock(), id);
        draft = add(import->drafts, patch->kind, id, NULL, patch->message);
    }
    if (draft == NULL)
        import->out_of_memory = true;
    else
        import_draft_claim(row, column, draft, patch);
    return draft;
}

struct draft *import_draft_make(
    struct drafts *drafts, const struct kind *kind, const uint8_t id[UUID_SIZE])
{
    ProtobufCMessage *nothing = record_new(kind, drafts->arena);

    return nothing == NULL ? NULL : add(drafts, kind, id, NULL, nothing);
}

bool import_draft_alias(struct drafts *drafts, struct draft *draft, const uint8_t id[UUID_SIZE])
{
    char *key = id_key(drafts, id);

    return key != NULL && enter(drafts, key, draft);
}

/* True when the book's record has all that the patch sets, and some of it. */
static bool has_all(const struct draft *draft, const struct fields_patch *patch)
{
    bool any = false;

    for (unsigned i = 0; i < patch->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &patch->kind->descriptor->fields[i];

        if (record_count(patch->message, field) == 0)
            continue;
        if (!record_same(patch->message, draft->entry->body, field))
            return false;
        any = true;
    }
    return any;
}

/* The text by which records of a kind are told apart fastest: their label's. NULL when absent. */
static char *label_key(
    const struct drafts *drafts, const struct kind *kind, const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field =
        kind->label == NULL ? NULL : record_field(kind, kind->label);

    if (field == NULL || record_count(message, field) == 0)
        return NULL;
    return arena_printf(drafts->arena, "=%d:%s", (int)kind->id,
        record_text(kind, field, record_get(message, field, 0), drafts->arena));
}

/* Enters the book's records of the kind by their label, once. */
static bool enter_labels(struct drafts *drafts, const struct kind *kind)
{
    uint64_t bit = UINT64_C(1) << kind->id;

    if (drafts->labelled & bit)
        return true;
    drafts->labelled |= bit;
    for (struct draft *draft = drafts->first; draft != NULL; draft = draft->next) {
        char *key = draft->kind == kind && draft->entry != NULL
                        ? label_key(drafts, kind, draft->entry->body)
                        : NULL;

        if (key != NULL && !enter(drafts, key, draft))
            return false;
    }
    return true;
}

static bool is_same(const struct draft *draft, const struct fields_patch *patch)
{
    return draft->kind == patch->kind && draft->entry != NULL && draft->wanted == NULL &&
           has_all(draft, patch);
}

struct draft *import_draft_same(struct drafts *drafts, const struct fields_patch *patch)
{
    char *key = label_key(drafts, patch->kind, patch->message);

    if (key != NULL && enter_labels(drafts, patch->kind)) {
        struct node *node = lookup(drafts, key);

        while (node != NULL && !is_same(node->draft, patch))
            node = lookup_next(node);
        return node == NULL ? NULL : node->draft;
    }
    for (struct draft *draft = drafts->first; draft != NULL; draft = draft->next)
        if (is_same(draft, patch))
            return draft;
    return NULL;
}
