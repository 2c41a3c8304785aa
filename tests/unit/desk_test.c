/* The desk without a server: the pencil, the outbox, the picture of both. */
#include "desk_scene.h"

#include "desk/desk_log_rid.h"
#include "replica/replica_outbox.h"

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
    assert_false(desk_join(&(struct desk_options){.home = "/nowhere/at/all"}, "not a line",
        "device", NULL, NULL, &why));
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

static void see_pending(void *arg, const struct replica_fact *fact)
{
    if (strcmp(fact->key, "erasure_pending") == 0)
        *(int64_t *)arg = fact->number;
}

static bool see_any(void *arg, const struct replica_record *record)
{
    (void)arg;
    (void)record;
    return true;
}

/* What was overwritten is still in the file beside the copy while another process reads. */
static void an_erasure_waits_for_who_reads(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    struct replica_why why;
    struct replica *reader = replica_open(fixture->home, false, &why);
    int64_t pending = 0;

    put_fact(reader, "erasure_pending", NULL, 1);
    assert_true(replica_begin(reader, REPLICA_READ));
    assert_true(replica_records(reader, see_any, NULL));
    desk_log_rid(desk);
    replica_rollback(reader);
    assert_true(replica_facts(reader, see_pending, &pending));
    assert_int_equal(pending, 1);
    desk_log_rid(desk);
    assert_true(replica_facts(reader, see_pending, &pending));
    assert_int_equal(pending, 0);
    replica_free(&reader);
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
        TEST(an_erasure_waits_for_who_reads),
    };
#undef TEST

    return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
