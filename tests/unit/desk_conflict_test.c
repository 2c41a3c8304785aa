/* Conflicts at the desk, without a server: what their author saw, what belongs together, what is
 * written when a person has chosen, and who is asked. */
#include "desk/desk_conflict.h"
#include "desk/desk_internal.h"

#include "desk_scene.h"
#include "replica/replica_outbox.h"

static Concert__Share *share_of(const ProtobufCMessage *message)
{
    return (Concert__Share *)(uintptr_t)message;
}

/* One operation of the outbox, as the desk reads it. */
static const struct desk_operation *operation_at(struct desk *desk, size_t index, size_t count)
{
    struct desk_why why;
    size_t n;
    const struct desk_operation *operations = desk_outbox(desk, true, &n, &why);

    assert_non_null(operations);
    assert_int_equal(n, count);
    return &operations[index];
}

static void refuse_atomic(const struct fixture *fixture, uint64_t number)
{
    Concert__Result result = CONCERT__RESULT__INIT;
    Concert__Error error = CONCERT__ERROR__INIT;

    error.has_code = true;
    error.code = CONCERT__CODE__INVALID;
    error.rule = (char *)"atomic";
    result.has_status = true;
    result.status = CONCERT__RESULT__STATUS__REFUSED;
    result.error = &error;
    settle(fixture, number, REPLICA_REFUSED, &result);
}

/* The field clashed: the others' value is `percent`. */
static void clash_percent(struct fixture *fixture, uint64_t number, const char *percent)
{
    Concert__Result result = CONCERT__RESULT__INIT;
    Concert__Clash clash = CONCERT__CLASH__INIT, *clashes[] = {&clash};

    clash.field = (char *)"percent";
    clash.who = (char *)"Chenaux";
    clash.has_at = true;
    clash.at = 77;
    clash.has_theirs = true;
    clash.theirs.data = record_encode(
        PATCH(fixture, "share", {"percent", percent}), fixture->arena, &clash.theirs.len);
    result.has_status = true;
    result.status = CONCERT__RESULT__STATUS__CONFLICT;
    result.clashes = clashes;
    result.n_clashes = 1;
    settle(fixture, number, REPLICA_CONFLICT, &result);
}

/* What the others wrote comes with a page. */
static void others_write(struct fixture *fixture, uint64_t seq, const char *percent)
{
    struct replica_why why;
    struct replica *replica = replica_open(fixture->home, false, &why);

    assert_true(replica_begin(replica, REPLICA_WRITE));
    give(fixture, replica, seq, SHARE, "PA1",
        PATCH(fixture, "share", {"action", text_of(ACTION)}, {"party", text_of(COMMITTEE)},
            {"percent", percent}, {"next_step", "Appeler"}));
    assert_true(replica_commit(replica));
    replica_free(&replica);
}

static uint64_t set_percent(struct fixture *fixture, struct desk *desk, const char *percent)
{
    return write_one(
        desk, change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", percent})));
}

static const struct desk_conflict *only_conflict(struct desk *desk)
{
    struct desk_why why;
    size_t count;
    const struct desk_conflict *conflicts = desk_conflicts(desk, &count, &why);

    assert_non_null(conflicts);
    assert_int_equal(count, 1);
    return conflicts;
}

static void what_the_author_saw_goes_along(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const char *const clear[] = {"next_step"};
    struct desk_change change =
        change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "60"}));
    const struct desk_operation *operation;

    change.clear = clear;
    change.n_clear = 1;
    write_one(desk, change);
    operation = operation_at(desk, 0, 1);
    assert_int_equal(share_of(operation->seen)->percent, 10);
    assert_string_equal(share_of(operation->seen)->next_step, "Appeler");
    assert_null(share_of(operation->seen)->expected);
    assert_null(share_of(operation->seen)->action.data); /* it is not touched */
    /* The next one saw what waits. */
    set_percent(fixture, desk, "70");
    assert_int_equal(share_of(operation_at(desk, 1, 2)->seen)->percent, 60);
    /* A removal saw all of it. */
    change = change_of("share", SHARE, 3, NULL);
    change.remove = true;
    write_one(desk, change);
    operation = operation_at(desk, 2, 3);
    assert_int_equal(share_of(operation->seen)->percent, 70);
    assert_int_equal(share_of(operation->seen)->action.len, UUID_SIZE);
    assert_null(share_of(operation->seen)->next_step);
    /* Who creates has seen nothing; who then changes it, the creation. */
    write_one(desk, change_of("note", 20, 0,
                        PATCH(fixture, "note", {"subject", text_of(ACTION)}, {"text", "Un"})));
    assert_null(operation_at(desk, 3, 4)->seen);
    write_one(desk, change_of("note", 20, 0, PATCH(fixture, "note", {"text", "Deux"})));
    operation = operation_at(desk, 4, 5);
    assert_string_equal(((const Concert__Note *)operation->seen)->text, "Un");
    desk_free(&desk);
}

static void several_changes_in_one_write_see_each_other(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const struct desk_change changes[] = {
        change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "1"})),
        change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "2"})),
    };
    const struct desk_operation *operations;
    struct desk_why why;

    assert_true(desk_write(desk, changes, 2, true, &operations, &why));
    assert_int_equal(share_of(operations[0].seen)->percent, 10);
    assert_int_equal(share_of(operations[1].seen)->percent, 1);
    desk_free(&desk);
}

static void a_chain_is_one_conflict_and_is_settled_as_one(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    uint64_t first = set_percent(fixture, desk, "22"), second = set_percent(fixture, desk, "23");
    const struct desk_conflict *conflict;
    const struct desk_operation *operations;
    struct desk_choice choice = {.field = "percent", .take = DESK_TAKE_THEIRS};
    uint8_t op_id[UUID_SIZE];
    struct desk_why why;
    size_t count;

    clash_percent(fixture, first, "21");
    clash_percent(fixture, second, "21");
    others_write(fixture, 6, "21");
    desk_forget_book(desk);
    conflict = only_conflict(desk);
    assert_int_equal(conflict->state, DESK_CONFLICT_CHOOSE);
    assert_int_equal(conflict->number, first);
    assert_int_equal(conflict->n_numbers, 2);
    assert_int_equal(conflict->n_parts, 1);
    assert_int_equal(conflict->parts[0].n_fields, 1);
    assert_true(conflict->parts[0].fields[0].clashes);
    assert_string_equal(conflict->parts[0].fields[0].who, "Chenaux");
    assert_int_equal(conflict->parts[0].fields[0].at, 77);
    assert_int_equal(share_of(conflict->parts[0].mine)->percent, 23);
    assert_int_equal(share_of(conflict->parts[0].theirs)->percent, 21);
    assert_int_equal(share_of(conflict->parts[0].seen)->percent, 10);
    memcpy(op_id, conflict->parts[0].op_id, UUID_SIZE);
    /* Without a choice nothing is written. */
    assert_false(
        desk_conflict_resolve(desk, conflict, NULL, 0, NULL, NULL, &operations, &count, &why));
    assert_string_equal(why.error.field, "percent");
    assert_string_equal(why.error.rule, "choice");
    conflict = only_conflict(desk);
    assert_true(desk_conflict_resolve(
        desk, conflict, &choice, 1, "Ils ont raison", NULL, &operations, &count, &why));
    assert_int_equal(count, 1);
    assert_int_equal(operations[0].state, DESK_WAITING);
    assert_false(share_of(operations[0].patch)->has_percent);
    assert_memory_equal(operations[0].resolution->op_id.data, op_id, UUID_SIZE);
    assert_int_equal(operations[0].resolution->n_theirs, 1);
    assert_string_equal(operations[0].resolution->theirs[0], "percent");
    assert_true(operations[0].resolution->has_set_aside);
    /* Both are gone, and what took their place is there: once. */
    assert_int_equal(operation_at(desk, 0, 1)->state, DESK_WAITING);
    desk_free(&desk);
}

static void what_another_command_settled_is_not_settled_again(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture), *other = open_desk(fixture);
    uint64_t number = set_percent(fixture, desk, "22");
    struct desk_choice choice = {.field = "percent", .take = DESK_TAKE_MINE};
    const struct desk_conflict *here, *there;
    const struct desk_operation *operations;
    struct desk_why why;
    size_t count;

    clash_percent(fixture, number, "21");
    others_write(fixture, 6, "21");
    desk_forget_book(desk);
    here = only_conflict(desk);
    there = only_conflict(other);
    assert_true(
        desk_conflict_resolve(desk, here, &choice, 1, NULL, NULL, &operations, &count, &why));
    assert_false(
        desk_conflict_resolve(other, there, &choice, 1, NULL, NULL, &operations, &count, &why));
    assert_string_equal(why.error.field, "number");
    assert_int_equal(operation_at(desk, 0, 1)->resolution->n_mine, 1);
    assert_int_equal(share_of(operation_at(desk, 0, 1)->seen)->percent, 21);
    desk_free(&other);
    desk_free(&desk);
}

static void what_commits_together_is_one_conflict(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);
    const struct desk_change changes[] = {
        change_of("share", SHARE, 3, PATCH(fixture, "share", {"percent", "22"})),
        change_of(
            "note", 20, 0, PATCH(fixture, "note", {"subject", text_of(SHARE)}, {"text", "Fait"})),
    };
    struct desk_choice choice = {.field = "percent", .take = DESK_TAKE_MINE};
    const struct desk_conflict *conflict;
    const struct desk_operation *operations;
    struct desk_why why;
    uint64_t first;
    size_t count;

    assert_true(desk_write(desk, changes, 2, true, &operations, &why));
    first = operations[0].number;
    clash_percent(fixture, first, "21");
    refuse_atomic(fixture, first + 1);
    others_write(fixture, 6, "21");
    desk_forget_book(desk);
    conflict = only_conflict(desk);
    assert_int_equal(conflict->state, DESK_CONFLICT_CHOOSE);
    assert_int_equal(conflict->n_parts, 2);
    assert_true(conflict->parts[1].create);
    assert_int_equal(conflict->parts[1].error.code, 0);
    assert_true(
        desk_conflict_resolve(desk, conflict, &choice, 1, NULL, NULL, &operations, &count, &why));
    assert_int_equal(count, 2);
    assert_memory_equal(operations[0].push, operations[1].push, UUID_SIZE);
    assert_false(uuid_equal(operations[0].push, uuid_none));
    assert_non_null(operations[0].resolution);
    assert_null(operations[1].resolution);
    assert_int_equal(operations[1].base, 0);
    assert_memory_equal(operations[1].id, id_of(20), UUID_SIZE);
    desk_free(&desk);
}

/* Staff, and in conflict over what a committee owns: the committee is asked, once. */
static void the_owner_is_asked_once(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk;
    struct replica_why replica_why_;
    struct replica *replica = replica_open(fixture->home, false, &replica_why_);
    const struct desk_operation *operation;
    const struct desk_conflict *conflict;
    const Concert__Proposal *body;
    uint8_t op_id[UUID_SIZE];
    uint64_t number;

    put_fact(replica, "role", NULL, CONCERT__ACCOUNT__ROLE__COORDINATOR);
    replica_free(&replica);
    desk = open_desk(fixture);
    number = set_percent(fixture, desk, "22");
    clash_percent(fixture, number, "21");
    others_write(fixture, 6, "21");
    desk_forget_book(desk);
    for (int turn = 0; turn < 2; turn++) {
        assert_true(replica_begin(desk->replica, REPLICA_WRITE));
        assert_true(desk_conflict_ask(desk));
        assert_true(replica_commit(desk->replica));
    }
    memcpy(op_id, operation_at(desk, 0, 2)->op_id, UUID_SIZE);
    operation = operation_at(desk, 1, 2);
    assert_int_equal(operation->kind->id, CONCERT__KIND__PROPOSAL);
    body = (const Concert__Proposal *)operation->patch;
    assert_memory_equal(body->operation.data, op_id, UUID_SIZE);
    assert_memory_equal(body->subject.data, id_of(SHARE), UUID_SIZE);
    assert_true(body->has_seen);
    assert_true(strlen(body->reason) > 0);
    assert_memory_equal(
        operation_at(desk, 0, 2)->proposal, operation_at(desk, 1, 2)->id, UUID_SIZE);
    desk_forget_book(desk);
    conflict = only_conflict(desk);
    assert_int_equal(conflict->state, DESK_CONFLICT_ASKED);
    assert_memory_equal(conflict->owner, id_of(COMMITTEE), UUID_SIZE);
    desk_free(&desk);
}

/* What both sides wrote is more than a record holds: the question goes without what was before. */
static void a_large_question_is_asked_all_the_same(void **state)
{
    static char text[60001];
    struct fixture *fixture = *state;
    struct desk *desk;
    struct replica_why why;
    struct replica *replica = replica_open(fixture->home, false, &why);
    const Concert__Proposal *body;

    memset(text, 'x', sizeof(text) - 1);
    put_fact(replica, "role", NULL, CONCERT__ACCOUNT__ROLE__COORDINATOR);
    assert_true(replica_begin(replica, REPLICA_WRITE));
    give(fixture, replica, 6, SHARE, "PA1",
        PATCH(fixture, "share", {"action", text_of(ACTION)}, {"party", text_of(COMMITTEE)},
            {"next_step", text}, {"expected", text}, {"blocked_by", text}));
    assert_true(replica_commit(replica));
    replica_free(&replica);
    desk = open_desk(fixture);
    memset(text, 'y', sizeof(text) - 1);
    clash_percent(fixture,
        write_one(desk, change_of("share", SHARE, 3,
                            PATCH(fixture, "share", {"next_step", text}, {"expected", text},
                                {"blocked_by", text}))),
        "21");
    assert_true(replica_begin(desk->replica, REPLICA_WRITE));
    assert_true(desk_conflict_ask(desk));
    assert_true(replica_commit(desk->replica));
    body = (const Concert__Proposal *)operation_at(desk, 1, 2)->patch;
    assert_false(body->has_seen);
    assert_true(protobuf_c_message_get_packed_size(&body->base) <= RECORD_SIZE_MAX);
    desk_free(&desk);
}

static void take_proposal(struct fixture *fixture, const struct desk_operation *operation,
    uint64_t seq, const char *handle)
{
    struct replica_why why;
    struct replica *replica = replica_open(fixture->home, false, &why);
    Concert__Result result = CONCERT__RESULT__INIT;
    Concert__Page page = CONCERT__PAGE__INIT;
    Concert__Record record = CONCERT__RECORD__INIT, *records[] = {&record};

    record.kind = CONCERT__KIND__PROPOSAL;
    record.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)(uintptr_t)operation->id};
    record.handle = (char *)(uintptr_t)handle;
    record.revision = 1;
    record.seq = page.upto = seq;
    record.has_owner = true;
    record.owner = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)(uintptr_t)id_of(COMMITTEE)};
    record.body.data = record_encode(operation->patch, fixture->arena, &record.body.len);
    page.records = records;
    page.n_records = 1;
    assert_true(replica_begin(replica, REPLICA_WRITE));
    assert_true(replica_apply(replica, seq - 1, &page, 1000));
    assert_true(replica_commit(replica));
    replica_free(&replica);
    result.has_status = true;
    result.status = CONCERT__RESULT__STATUS__APPLIED;
    result.seq = seq;
    settle(fixture, operation->number, REPLICA_ACCEPTED, &result);
}

/* A chain that clashes asks as often as it is long: it is one conflict all the same, and whoever
 * puts it aside asks nothing any more. */
static void what_a_chain_asks_is_withdrawn_whole(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk;
    struct desk_why why;
    struct replica_why replica_why_;
    struct replica *replica = replica_open(fixture->home, false, &replica_why_);
    const struct desk_operation *operations;
    uint64_t first, second;
    size_t count;

    put_fact(replica, "role", NULL, CONCERT__ACCOUNT__ROLE__COORDINATOR);
    replica_free(&replica);
    desk = open_desk(fixture);
    first = set_percent(fixture, desk, "22");
    second = set_percent(fixture, desk, "23");
    clash_percent(fixture, first, "21");
    clash_percent(fixture, second, "21");
    others_write(fixture, 6, "21");
    assert_true(replica_begin(desk->replica, REPLICA_WRITE));
    assert_true(desk_conflict_ask(desk));
    assert_true(replica_commit(desk->replica));
    take_proposal(fixture, operation_at(desk, 2, 4), 7, "PR1");
    take_proposal(fixture, operation_at(desk, 3, 4), 8, "PR2");
    desk_forget_book(desk);
    assert_int_equal(only_conflict(desk)->n_proposals, 2);
    {
        const struct desk_choice theirs = {.field = "percent", .take = DESK_TAKE_THEIRS};

        assert_true(desk_conflict_resolve(
            desk, only_conflict(desk), &theirs, 1, NULL, NULL, &operations, &count, &why));
    }
    assert_int_equal(count, 3);
    assert_true(operations[1].remove && operations[2].remove);
    desk_free(&desk);
}

/* Operations in conflict, each on a record of its own that the copy does not have. */
static void clash_elsewhere(const struct fixture *fixture, size_t count)
{
    Concert__Result result = CONCERT__RESULT__INIT;
    struct replica_why why;
    struct replica *replica = replica_open(fixture->home, false, &why);
    uint8_t bytes[16];
    size_t size;

    result.has_status = true;
    result.status = CONCERT__RESULT__STATUS__CONFLICT;
    size = concert__result__pack(&result, bytes);
    assert_true(replica_begin(replica, REPLICA_WRITE));
    for (size_t i = 0; i < count; i++) {
        uint8_t op_id[UUID_SIZE] = {0xaa, (uint8_t)(i >> 8), (uint8_t)i};
        uint8_t id[UUID_SIZE] = {0xbb, (uint8_t)(i >> 8), (uint8_t)i};
        const struct replica_operation operation = {.op_id = op_id,
            .kind = CONCERT__KIND__SHARE,
            .id = id,
            .base = 3,
            .patch = (const uint8_t *)"",
            .authored_at = 1};
        uint64_t number;

        assert_true(replica_add(replica, &operation, &number));
        assert_true(replica_settle(replica, number, REPLICA_CONFLICT, bytes, size, 0));
    }
    assert_true(replica_commit(replica));
    replica_free(&replica);
}

static void thousands_are_listed(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk;
    struct desk_why why;
    size_t count;

    clash_elsewhere(fixture, 3000);
    desk = open_desk(fixture);
    assert_non_null(desk_conflicts(desk, &count, &why));
    assert_int_equal(count, 3000);
    desk_free(&desk);
}

static void those_that_ask_nobody_hold_up_none(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk;
    struct replica_why replica_why_;
    struct replica *replica = replica_open(fixture->home, false, &replica_why_);

    put_fact(replica, "role", NULL, CONCERT__ACCOUNT__ROLE__COORDINATOR);
    replica_free(&replica);
    clash_elsewhere(fixture, 100);
    desk = open_desk(fixture);
    clash_percent(fixture, set_percent(fixture, desk, "22"), "21");
    assert_true(replica_begin(desk->replica, REPLICA_WRITE));
    assert_true(desk_conflict_ask(desk));
    assert_true(replica_commit(desk->replica));
    assert_int_equal(operation_at(desk, 101, 102)->kind->id, CONCERT__KIND__PROPOSAL);
    desk_free(&desk);
}

static void an_editor_asks_nobody(void **state)
{
    struct fixture *fixture = *state;
    struct desk *desk = open_desk(fixture);

    clash_percent(fixture, set_percent(fixture, desk, "22"), "21");
    assert_true(replica_begin(desk->replica, REPLICA_WRITE));
    assert_true(desk_conflict_ask(desk));
    assert_true(replica_commit(desk->replica));
    operation_at(desk, 0, 1);
    desk_free(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_author_saw_goes_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            several_changes_in_one_write_see_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_chain_is_one_conflict_and_is_settled_as_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_another_command_settled_is_not_settled_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_commits_together_is_one_conflict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_owner_is_asked_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_chain_asks_is_withdrawn_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_question_is_asked_all_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(thousands_are_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(those_that_ask_nobody_hold_up_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_editor_asks_nobody, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
