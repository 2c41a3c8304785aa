#include "store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "migrate.h"
#include "register.h"
#include "store_internal.h"

bool store_ready(const struct store *store)
{
    return pool_ready(store->writer) && pool_ready(store->readers);
}

bool store_schema_wrong(const struct store *store, int *found_r)
{
    int found = pool_schema_wrong(store->readers);

    if (found < 0)
        found = pool_schema_wrong(store->writer);
    if (found_r != NULL)
        *found_r = found;
    return found >= 0;
}

/* --- what the pools tell ---------------------------------------------------------------------- */

static void tell(struct store *store, uint64_t head)
{
    if (store->listen != NULL)
        store->listen(store->listen_arg, store_ready(store), head);
}

/* What is read where the writer is no more would be old: an old primary that lives on, cut off. */
static void on_writer_up(void *arg, bool first, bool up)
{
    struct store *store = arg;

    (void)first;
    if (up && hosts_moved(store->hosts)) {
        pool_renew(store->readers);
        pool_renew(store->documents);
    }
    tell(store, 0);
}

static void on_reader_up(void *arg, bool first, bool up)
{
    (void)up;
    if (first)
        tell(arg, 0);
}

static void renew(struct store *store)
{
    pool_renew(store->writer);
    pool_renew(store->readers);
    pool_renew(store->documents);
}

/* "SEQ TAG", or "schema" from migrate. What this server commits itself it knows from store_commit.
 */
static void on_notify(void *arg, const char *payload)
{
    struct store *store = arg;
    char *tag;
    uint64_t head = strtoull(payload, &tag, 10);

    if (strcmp(payload, "schema") == 0) {
        renew(store);
        return;
    }
    if (*tag != ' ' || strcmp(tag + 1, store->tag) != 0)
        tell(store, head);
}

static const struct pool_events writer_events = {on_writer_up, on_notify};
static const struct pool_events reader_events = {on_reader_up, on_notify};

/* --- what a refusal means --------------------------------------------------------------------- */

/* The field and the word in a constraint's name, <table>_<field>_<word>. Both may hold underscores:
 * of a kind's table the longest field that fits is meant. */
static void read_constraint(
    const struct pipeline_failure *failure, char field_r[64], const char **word_r)
{
    const struct kind *kind = kinds_by_name(failure->table);
    size_t table = strlen(failure->table), size = 0;
    const char *name = failure->constraint, *rest = name + table + 1, *last = strrchr(name, '_');

    field_r[0] = '\0';
    *word_r = "";
    if (strncmp(name, failure->table, table) != 0 || name[table] != '_' || last == NULL ||
        last < rest)
        return;
    for (unsigned i = 0; kind != NULL && i < kind->descriptor->n_fields; i++) {
        const char *field = kind->descriptor->fields[i].name;
        size_t length = strlen(field);

        if (length > size && strncmp(rest, field, length) == 0 && rest[length] == '_')
            size = length;
    }
    if (size == 0)
        size = (size_t)(last - rest);
    snprintf(field_r, 64, "%.*s", (int)size, rest);
    *word_r = rest + size + 1;
}

/* What a check is called that a record's own rules foresee: people are told of the field alone. */
static const char *check_rule(const char *word)
{
    static const char *const plain[] = {"", "list", "range", "check", "form", "length", "order"};

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strcmp(word, plain[i]) == 0)
            return "check";
    return word;
}

/* The detail of a key that somebody still refers to tells the referred row's: "Key (id)=(…) is
 * still referenced", in whatever language. */
static bool is_in_use(const struct pipeline_failure *failure)
{
    return strstr(failure->detail, "(id)=(") != NULL;
}

enum store_status store_refusal(const struct pipeline_failure *failure, struct error *error_r)
{
    static const struct {
        const char *sqlstate;
        Concert__Code code;
        const char *rule;
    } meanings[] = {
        {"23505", CONCERT__CODE__EXISTS, "unique"}, {"23503", CONCERT__CODE__INVALID, "reference"},
        {"23514", CONCERT__CODE__INVALID, "check"}, {"23502", CONCERT__CODE__INVALID, "required"},
        {"23", CONCERT__CODE__INTERNAL, NULL}, {"22", CONCERT__CODE__INTERNAL, NULL}, /* data */
        {"42", CONCERT__CODE__INTERNAL, NULL}, /* rights, names */
    };
    const char *word;
    char field[64];

    read_constraint(failure, field, &word);
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        const char *rule = meanings[i].rule;

        if (strncmp(failure->sqlstate, meanings[i].sqlstate, strlen(meanings[i].sqlstate)) != 0)
            continue;
        if (strcmp(failure->sqlstate, "23503") == 0 && is_in_use(failure))
            rule = "in_use";
        if (strcmp(failure->sqlstate, "23514") == 0)
            rule = check_rule(word);
        *error_r =
            error_make(meanings[i].code, field[0] == '\0' ? failure->column : field, rule, NULL);
        return STORE_REFUSED;
    }
    return STORE_UNAVAILABLE;
}

/* --- rows ------------------------------------------------------------------------------------- */

ProtobufCMessage *store_read_body(const struct kind *kind, const struct pipeline_rows *rows,
    size_t row, struct pipeline_value unknown, struct arena *arena)
{
    struct pipeline_value values[RECORD_FIELDS_MAX];
    size_t count = rows_columns(kind);

    for (size_t i = 0; i < count && i < RECORD_FIELDS_MAX; i++)
        values[i] = pipeline_rows_get(rows, row, i + 1);
    return rows_read(kind, values, unknown, arena);
}

struct store_change *store_read_changes(
    const struct pipeline_rows *rows, bool whole, struct arena *arena, size_t *count_r)
{
    size_t count = pipeline_rows_count(rows);
    struct store_change *changes = arena_alloc(arena, count * sizeof(*changes));

    *count_r = 0;
    for (size_t i = 0; changes != NULL && i < count; i++) {
        if (!register_read_change(rows, i, whole, arena, &changes[*count_r]))
            return NULL;
        *count_r += changes[*count_r].kind != NULL;
    }
    return changes;
}

/* --- life ------------------------------------------------------------------------------------- */

static bool open_pools(struct store *store, const char *conninfo, size_t connections)
{
    struct pipeline_options options = {
        .hosts = store->hosts,
        .conninfo = conninfo,
        .schema = store->schema,
        .statements = store->statements.list,
        .n_statements = store->statements.count,
        .use = STATEMENTS_BATCH,
        .version = migrate_latest(),
    };

    options.leads = true;
    store->writer = pool_new(store->base, &options, 1, &writer_events, store);
    options.leads = false;
    options.use = STATEMENTS_READ;
    options.channel = store->channel;
    store->readers =
        pool_new(store->base, &options, connections == 0 ? 1 : connections, &reader_events, store);
    return store->writer != NULL && store->readers != NULL && store_document_open(store, conninfo);
}

struct store *store_open(struct event_base *base, const char *conninfo, const char *schema,
    size_t connections, store_listen_cb *listen, void *arg)
{
    struct store *store = migrate_name_valid(schema) ? calloc(1, sizeof(*store)) : NULL;

    if (store == NULL)
        return NULL;
    store->base = base;
    snprintf(store->schema, sizeof(store->schema), "%s", schema);
    snprintf(store->channel, sizeof(store->channel), "concert_%s", schema);
    snprintf(
        store->tag, sizeof(store->tag), "%08x%08x", randombytes_random(), randombytes_random());
    store->listen = listen;
    store->listen_arg = arg;
    store_batch_prepare(store);
    store->hosts = hosts_new(base);
    if (store->hosts == NULL || !statements_make(&store->statements) ||
        !open_pools(store, conninfo, connections))
        store_free(&store);
    return store;
}

void store_free(struct store **store)
{
    struct store *s = *store;

    if (s == NULL)
        return;
    s->listen = NULL;
    pool_free(&s->writer);
    pool_free(&s->readers);
    pool_free(&s->documents);
    hosts_free(&s->hosts);
    store_batch_clear(s);
    statements_clear(&s->statements);
    free(s);
    *store = NULL;
}
