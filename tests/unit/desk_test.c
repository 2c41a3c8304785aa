/* The desk without a server: the pencil, the outbox, the picture of both. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/desk.h"
#include "desk/replica.h"

#define COMMITTEE 1
#define ACTION 2
#define SHARE 3
#define PLAN 4
#define OBJECTIVE 5

struct fixture {
    char home[64];
    struct arena *arena;
};

static const uint8_t *id_of(uint8_t byte)
{
    static uint8_t ids[256][UUID_SIZE];

    memset(ids[byte], byte, UUID_SIZE);
    return ids[byte];
}

static ProtobufCMessage *patch_of(
    struct fixture *fixture, const char *kind_name, const char *const pairs[][2], size_t count)
{
    const struct kind *kind = kinds_by_name(kind_name);
    ProtobufCMessage *patch = record_new(kind, fixture->arena);

    for (size_t i = 0; i < count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(kind, pairs[i][0]);
        struct record_value value;

        assert_non_null(field);
        assert_true(record_parse(kind, field, pairs[i][1], fixture->arena, &value));
        assert_true(record_set(patch, field, &value, 1, fixture->arena));
    }
    return patch;
}
#define PATCH(fixture, kind, ...)                                                                  \
    patch_of(fixture, kind, (const char *const[][2]){__VA_ARGS__},                                 \
        sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *const[2]))

static const char *text_of(uint8_t byte)
{
    static char text[2][UUID_TEXT];
    static int turn;

    turn = !turn;
    uuid_format(id_of(byte), text[turn]);
    return text[turn];
}

static void put_fact(struct replica *replica, const char *key, const char *text, int64_t number)
{
    const struct replica_fact fact = {.key = key,
        .data = (const uint8_t *)text,
        .size = text == NULL ? 0 : strlen(text),
        .number = number};

    assert_true(replica_put_fact(replica, &fact));
}

static void give(struct fixture *fixture, struct replica *replica, uint64_t seq, uint8_t id,
    const char *handle, const ProtobufCMessage *body)
{
    Concert__Page page = CONCERT__PAGE__INIT;
    Concert__Record record = CONCERT__RECORD__INIT;
    Concert__Record *records[] = {&record};

    for (size_t i = 0; i < kinds_count; i++)
        if (kinds[i].descriptor == body->descriptor)
            record.kind = kinds[i].id;
    record.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(id)};
    record.handle = (char *)handle;
    record.revision = 3;
    record.seq = seq;
    record.has_owner = true;
    record.owner = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(COMMITTEE)};
    record.body.data = record_encode(body, fixture->arena, &record.body.len);
    page.records = records;
    page.n_records = 1;
    page.upto = seq;
    assert_true(replica_apply(replica, seq - 1, &page, 1000));
}

static void give_records(struct fixture *fixture, struct replica *replica)
{
    give(fixture, replica, 1, COMMITTEE, "I1",
        PATCH(fixture, "party", {"name", "Comité local de Mékinac"}, {"type", "local"}));
    give(fixture, replica, 2, PLAN, "PL1",
        PATCH(fixture, "plan", {"title", "Plan"}, {"type", "annual"}, {"party", text_of(COMMITTEE)},
            {"starts_on", "2009-04-01"}, {"ends_on", "2010-03-31"}));
    give(fixture, replica, 3, OBJECTIVE, "2.1",
        PATCH(fixture, "objective", {"plan", text_of(PLAN)}, {"number", "2.1"}, {"title", "But"}));
    give(fixture, replica, 4, ACTION, "2.1.3",
        PATCH(fixture, "action", {"objective", text_of(OBJECTIVE)}, {"number", "2.1.3"},
            {"title", "Agir"}));
    give(fixture, replica, 5, SHARE, "PA1",
        PATCH(fixture, "share", {"action", text_of(ACTION)}, {"party", text_of(COMMITTEE)},
            {"percent", "10"}, {"next_step", "Appeler"}));
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct replica_why why;
    struct replica *replica;

    snprintf(fixture->home, sizeof(fixture->home), "/tmp/desk-test-XXXXXX");
    if (mkdtemp(fixture->home) == NULL)
        return -1;
    fixture->arena = arena_new((size_t)1 << 24);
    replica = replica_open(fixture->home, true, &why);
    assert_non_null(replica);
    assert_true(replica_begin(replica, REPLICA_WRITE));
    put_fact(replica, "region", "mauricie", 0);
    put_fact(replica, "address", "127.0.0.1:1", 0);
    put_fact(replica, "joined", NULL, 1);
    put_fact(replica, "role", NULL, CONCERT__ACCOUNT__ROLE__EDITOR);
    give_records(fixture, replica);
    assert_true(replica_commit(replica));
    replica_free(&replica);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    DIR *folder = opendir(fixture->home);
    struct dirent *entry;
    char path[400];

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", fixture->home, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(folder);
    rmdir(fixture->home);
    arena_free(&fixture->arena);
    free(fixture);
    return 0;
}

static struct desk *open_desk(const struct fixture *fixture)
{
    const struct desk_options options = {.home = fixture->home, .offline = true};
    struct desk_why why;
    struct desk *desk = desk_open(&options, &why);

    assert_non_null(desk);
    return desk;
}

static const struct book *book_of(struct desk *desk)
{
    struct desk_why why;
    const struct book *book = desk_book(desk, &why);

    assert_non_null(book);
    return book;
}

static struct desk_change change_of(
    const char *kind, uint8_t id, uint64_t base, const ProtobufCMessage *patch)
{
    struct desk_change change = {.kind = kinds_by_name(kind), .base = base, .patch = patch};

    memcpy(change.id, id_of(id), UUID_SIZE);
    return change;
}

/* Writes one change and says that it waits. */
static uint64_t write_one(struct desk *desk, struct desk_change change)
{
    const struct desk_operation *operations;
    struct desk_why why;

    assert_true(desk_write(desk, &change, 1, false, &operations, &why));
    assert_int_equal(why.trouble, DESK_UNREACHABLE);
    assert_string_equal(why.detail, "127.0.0.1:1");
    assert_int_equal(operations[0].state, DESK_WAITING);
    return operations[0].number;
}

static void refuses(
    struct desk *desk, struct desk_change change, const char *field, const char *rule)
{
    const struct desk_operation *operations;
    struct desk_why why;
    size_t count;

    assert_false(desk_write(desk, &change, 1, false, &operations, &why));
    assert_int_equal(why.trouble, DESK_ANSWER);
    assert_string_equal(why.error.field, field);
    assert_string_equal(why.error.rule, rule);
    desk_outbox(desk, true, &count, &why);
    assert_int_equal(count, 0);
}

static void a_home_that_has_not_joined_says_so(void **state)
{
    const struct desk_options options = {.home = "/nowhere/at/all", .offline = true};
    struct desk_why why;

    (void)state;
    assert_null(desk_open(&options, &why));
    assert_int_equal(why.trouble, DESK_NO_HOME);
    assert_string_equal(why.detail, "/nowhere/at/all");
    assert_false(desk_join("/nowhere/at/all", "not a line", "device", NULL, NULL, &why));
    assert_int_equal(why.trouble, DESK_INVITATION);
}

static void opens_with_what_the_server_told(void **state)
{
    struct desk *desk = open_desk(*state);
    struct desk_why why;
    uint64_t seq;

    assert_string_equal(desk_identity(desk)->region, "mauricie");
    assert_int_equal(desk_identity(desk)->role, CONCERT__ACCOUNT__ROLE__EDITOR);
    assert_int_equal(desk_age(desk, &seq), 1000);
    assert_int_equal(seq, 5);
    assert_false(desk_refresh(desk, &why));
    assert_int_equal(why.trouble, DESK_UNREACHABLE);
    assert_int_equal(book_number(book_get(book_of(desk), id_of(SHARE)), "percent", -1), 10);
    desk_free(&desk);
    assert_null(desk);
    desk_free(&desk);
}

static void what_waits_shows(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const char *const clear[] = {"next_step"};
    struct desk_change change =
        change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "60"}));
    const struct book_entry *entry;

    change.clear = clear;
    change.n_clear = 1;
    write_one(desk, change);
    entry = book_get(book_of(desk), id_of(SHARE));
    assert_int_equal(book_number(entry, "percent", -1), 60);
    assert_null(book_text(entry, "next_step"));
    assert_true(entry->pending);
    assert_int_equal(entry->revision, 3);
    assert_string_equal(entry->handle, "PA1");
    desk_free(&desk);
    /* another process sees the same */
    desk = open_desk(fixture);
    assert_int_equal(book_number(book_get(book_of(desk), id_of(SHARE)), "percent", -1), 60);
    desk_free(&desk);
}

static void what_is_created_has_a_provisional_handle(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const struct book_entry *entry, *near[1];
    char handle[24];
    uint64_t number;
    size_t n_near;

    number =
        write_one(desk, change_of("note", 20, 0,
                            PATCH(fixture, "note", {"subject", text_of(SHARE)}, {"text", "Fait"})));
    snprintf(handle, sizeof(handle), "~%llu", (unsigned long long)number);
    assert_int_equal(
        book_find(book_of(desk), handle, KIND_ANY, 0, &entry, near, 1, &n_near), BOOK_FOUND);
    assert_string_equal(entry->handle, handle);
    assert_int_equal(entry->revision, 0);
    assert_memory_equal(entry->owner, id_of(COMMITTEE), UUID_SIZE);
    /* an edit of it goes on the creation; a number is its own handle */
    write_one(desk, change_of("note", 20, 0, PATCH(fixture, "note", {"text", "Bien fait"})));
    entry = book_get(book_of(desk), id_of(20));
    assert_string_equal(book_text(entry, "text"), "Bien fait");
    assert_string_equal(entry->handle, handle);
    write_one(desk, change_of("action", 21, 0,
                        PATCH(fixture, "action", {"objective", text_of(OBJECTIVE)},
                            {"number", "2.1.4"}, {"title", "Encore"})));
    assert_string_equal(book_get(book_of(desk), id_of(21))->handle, "2.1.4");
    desk_free(&desk);
}

static bool see_base(void *arg, const struct replica_operation *operation)
{
    uint64_t **next = arg;

    *(*next)++ = operation->base;
    return true;
}

static void chains_go_on_their_creation(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const struct desk_change changes[] = {
        change_of(
            "note", 20, 0, PATCH(fixture, "note", {"subject", text_of(SHARE)}, {"text", "Un"})),
        change_of("note", 20, 0, PATCH(fixture, "note", {"text", "Deux"})),
        change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "1"})),
        change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "2"})),
    };
    const struct desk_operation *operations;
    uint64_t bases[8] = {0}, *next = bases;
    struct replica *replica;
    struct replica_why replica_why_;
    struct desk_why why;

    assert_true(desk_write(desk, changes, 4, true, &operations, &why));
    assert_int_equal(operations[3].number, operations[0].number + 3);
    desk_free(&desk);
    replica = replica_open(fixture->home, false, &replica_why_);
    assert_true(replica_outbox(replica, 0, ~0u, see_base, &next));
    assert_int_equal(next - bases, 4);
    assert_int_equal(bases[0], 0);
    assert_int_equal(bases[1], 1);
    assert_int_equal(bases[2], 3);
    assert_int_equal(bases[3], 3);
    replica_free(&replica);
}

static void bad_changes_are_not_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const char *const percent[] = {"number"};
    struct desk_change change;

    refuses(desk, change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "101"})),
        "percent", "range");
    refuses(desk, change_of("note", 20, 0, PATCH(fixture, "note", {"text", "Sans sujet"})),
        "subject", "required");
    refuses(desk, change_of("note", 99, 2, PATCH(fixture, "note", {"text", "Absent"})), "id", "");
    change = change_of("action", ACTION, 3, PATCH(fixture, "action", {"title", "Autre"}));
    change.clear = percent;
    change.n_clear = 1;
    refuses(desk, change, "number", "required");
    desk_free(&desk);
}

static void deadlines_are_read(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const struct book_entry *entry;

    write_one(desk,
        change_of("deadline", 22, 0,
            PATCH(fixture, "deadline", {"subject", text_of(ACTION)}, {"text", "Septembre 2009"})));
    entry = book_get(book_of(desk), id_of(22));
    assert_int_equal(book_number(entry, "mode", 0), CONCERT__DEADLINE__MODE__DATED);
    assert_string_equal(book_text(entry, "latest"), "2009-09-30");
    write_one(
        desk, change_of("deadline", 22, 0, PATCH(fixture, "deadline", {"text", "En continu"})));
    entry = book_get(book_of(desk), id_of(22));
    assert_int_equal(book_number(entry, "mode", 0), CONCERT__DEADLINE__MODE__CONTINUOUS);
    assert_null(book_text(entry, "latest"));
    desk_free(&desk);
}

/* As the server's answer would. */
static void settle(const struct fixture *fixture, uint64_t number, enum replica_state state,
    const Concert__Result *result)
{
    struct replica_why why;
    struct replica *replica = replica_open(fixture->home, false, &why);
    uint8_t bytes[512];
    size_t size = concert__result__pack(result, bytes);

    assert_true(replica_settle(replica, number, state, bytes, size, result->seq));
    replica_free(&replica);
}

static void conflicts_are_kept_and_not_shown(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    uint64_t number =
        write_one(desk, change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "60"})));
    Concert__Result result = CONCERT__RESULT__INIT;
    Concert__Clash clash = CONCERT__CLASH__INIT, *clashes[] = {&clash};
    const struct desk_operation *operation;
    struct desk_why why;
    size_t count;

    clash.field = (char *)"percent";
    clash.who = (char *)"Secrétariat";
    clash.theirs.data = record_encode(
        PATCH(fixture, "share", {"percent", "35"}), fixture->arena, &clash.theirs.len);
    clash.has_theirs = true;
    result.has_status = true;
    result.status = CONCERT__RESULT__STATUS__CONFLICT;
    result.clashes = clashes;
    result.n_clashes = 1;
    settle(fixture, number, REPLICA_CONFLICT, &result);
    desk_refresh(desk, &why);
    assert_int_equal(book_number(book_get(book_of(desk), id_of(SHARE)), "percent", -1), 10);
    operation = desk_outbox(desk, false, &count, &why);
    assert_int_equal(count, 1);
    assert_int_equal(operation->state, DESK_CONFLICT);
    assert_string_equal(operation->handle, "PA1");
    assert_int_equal(operation->n_clashes, 1);
    assert_string_equal(operation->clashes[0].who, "Secrétariat");
    assert_int_equal(((const Concert__Share *)operation->clashes[0].theirs)->percent, 35);
    assert_int_equal(((const Concert__Share *)operation->patch)->percent, 60);
    assert_true(desk_drop(desk, number, &why));
    assert_false(desk_drop(desk, number, &why));
    assert_int_equal(why.error.code, CONCERT__CODE__NOT_FOUND);
    desk_free(&desk);
}

static void refused_creations_take_their_edits_along(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    Concert__Result result = CONCERT__RESULT__INIT;
    Concert__Error error = CONCERT__ERROR__INIT;
    const struct desk_operation *operations;
    struct desk_why why;
    uint64_t number;
    size_t count;

    number =
        write_one(desk, change_of("note", 20, 0,
                            PATCH(fixture, "note", {"subject", text_of(SHARE)}, {"text", "Fait"})));
    write_one(desk, change_of("note", 20, 0, PATCH(fixture, "note", {"text", "Bien fait"})));
    error.has_code = true;
    error.code = CONCERT__CODE__DENIED;
    error.field = (char *)"subject";
    result.has_status = true;
    result.status = CONCERT__RESULT__STATUS__REFUSED;
    result.error = &error;
    settle(fixture, number, REPLICA_REFUSED, &result);
    desk_refresh(desk, &why);
    assert_null(book_get(book_of(desk), id_of(20)));
    operations = desk_outbox(desk, false, &count, &why);
    assert_int_equal(count, 2);
    assert_int_equal(operations[0].state, DESK_REFUSED);
    assert_int_equal(operations[0].error.code, CONCERT__CODE__DENIED);
    assert_string_equal(operations[0].error.field, "subject");
    desk_free(&desk);
}

static void accepted_handles_replace_provisional_ones(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    Concert__Result result = CONCERT__RESULT__INIT;
    const struct desk_operation *operations;
    struct desk_why why;
    uint64_t number;
    size_t count;

    number =
        write_one(desk, change_of("note", 20, 0,
                            PATCH(fixture, "note", {"subject", text_of(SHARE)}, {"text", "Fait"})));
    result.has_status = result.has_seq = result.has_revision = true;
    result.status = CONCERT__RESULT__STATUS__APPLIED;
    result.seq = 6;
    result.revision = 1;
    result.handle = (char *)"N12";
    settle(fixture, number, REPLICA_ACCEPTED, &result);
    desk_refresh(desk, &why);
    desk_outbox(desk, false, &count, &why);
    assert_int_equal(count, 0);
    operations = desk_outbox(desk, true, &count, &why);
    assert_int_equal(count, 1);
    assert_string_equal(operations[0].handle, "N12");
    assert_int_equal(operations[0].seq, 6);
    desk_free(&desk);
}

static void a_record_that_makes_no_sense_is_damage(void **state)
{
    struct fixture *fixture = *state;
    struct replica_why replica_trouble;
    struct replica *replica = replica_open(fixture->home, false, &replica_trouble);
    Concert__Page page = CONCERT__PAGE__INIT;
    Concert__Record record = CONCERT__RECORD__INIT, *records[] = {&record};
    struct desk_why why;
    struct desk *desk;

    record.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(50)};
    record.kind = CONCERT__KIND__NOTE;
    record.seq = 6;
    record.body = (ProtobufCBinaryData){4, (uint8_t *)"\xff\xff\xff\xff"};
    page.records = records;
    page.n_records = 1;
    page.upto = 6;
    assert_true(replica_apply(replica, 5, &page, 1));
    replica_free(&replica);
    desk = open_desk(fixture);
    assert_null(desk_book(desk, &why));
    assert_int_equal(why.trouble, DESK_DAMAGED);
    assert_non_null(strstr(why.detail, "copy.db"));
    desk_free(&desk);
}

static void kinds_of_a_later_version_stay(void **state)
{
    struct fixture *fixture = *state;
    struct replica_why replica_trouble;
    struct replica *replica = replica_open(fixture->home, false, &replica_trouble);
    Concert__Page page = CONCERT__PAGE__INIT;
    Concert__Record record = CONCERT__RECORD__INIT, *records[] = {&record};
    struct desk *desk;

    record.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(50)};
    record.kind = (Concert__Kind)63;
    record.seq = 6;
    page.records = records;
    page.n_records = 1;
    page.upto = 6;
    assert_true(replica_apply(replica, 5, &page, 1));
    replica_free(&replica);
    desk = open_desk(fixture);
    assert_null(book_get(book_of(desk), id_of(50)));
    assert_non_null(book_get(book_of(desk), id_of(SHARE)));
    desk_free(&desk);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_home_that_has_not_joined_says_so),
        TEST(opens_with_what_the_server_told),
        TEST(what_waits_shows),
        TEST(what_is_created_has_a_provisional_handle),
        TEST(chains_go_on_their_creation),
        TEST(bad_changes_are_not_recorded),
        TEST(deadlines_are_read),
        TEST(conflicts_are_kept_and_not_shown),
        TEST(refused_creations_take_their_edits_along),
        TEST(accepted_handles_replace_provisional_ones),
        TEST(a_record_that_makes_no_sense_is_damage),
        TEST(kinds_of_a_later_version_stay),
    };
#undef TEST

    return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
