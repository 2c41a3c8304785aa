/* Proposals: what one may ask, who answers it, and that an accepted one was applied. */
#include "region_scene.h"

#include "fake_store.c"

/* An operation on a proposal whose patch is that message of the subject's kind. */
static struct decide_operation asking(
    struct scene *s, struct decide_operation op, const ProtobufCMessage *message)
{
    Concert__Proposal *proposal = (Concert__Proposal *)op.patch;

    proposal->has_patch = true;
    proposal->patch.data = record_encode(message, s->arena, &proposal->patch.len);
    return op;
}

#define ASK(s, name, subject, message, ...)                                                        \
    asking(s, OP(s, "proposal", name, 0, "subject=@" subject, "reason=Parce que", ##__VA_ARGS__),  \
        message)
#define TITLE(s) MESSAGE(s, "action", "title=Se voir")

static void propose(struct scene *s)
{
    APPLIED(scene_do(s, &s->mekinac, ASK(s, "P", "A21", TITLE(s), "clear=description")));
}

/* The subject's change and the answer, as one. */
static const struct decide_result *accept_with(
    struct scene *s, const struct policy_actor *actor, struct decide_operation change)
{
    struct decide_operation ops[] = {change, OP(s, "proposal", "P", 1, "status=accepted")};

    return scene_push(s, actor, true, ops, 2);
}

static void test_anybody_who_writes_proposes(void **state)
{
    struct scene *s = *state;
    struct policy_actor reader = scene_actor(s, ROLE(READER), "reader", "mekinac");
    const struct store_record *record;

    propose(s);
    record = fake_store_record(s->store, scene_id(s, "P"));
    assert_memory_equal(record->owner, scene_id(s, "chenaux"), UUID_SIZE);
    APPLIED(scene_do(s, &s->chenaux, ASK(s, "P2", "S-mek", MESSAGE(s, "share", "percent=50"))));
    REFUSED(scene_do(s, &reader, ASK(s, "P3", "A21", TITLE(s))), DENIED, "", "role");
}

static void test_what_a_proposal_may_hold(void **state)
{
    struct scene *s = *state;
    struct decide_operation op = ASK(s, "Q", "A21", TITLE(s));

    ((Concert__Proposal *)op.patch)->patch = (ProtobufCBinaryData){2, (uint8_t *)"\x12\x40"};
    REFUSED(scene_do(s, &s->mekinac, op), INVALID, "patch", "encoding");
    REFUSED(scene_do(s, &s->mekinac, ASK(s, "Q", "A21", MESSAGE(s, "action", "x"))), INVALID,
        "patch", "required");
    REFUSED(scene_do(s, &s->mekinac, ASK(s, "Q", "A21", MESSAGE(s, "action", "number=2..1"))),
        INVALID, "patch", "number");
    REFUSED(scene_do(s, &s->mekinac, ASK(s, "Q", "A21", TITLE(s), "clear=titre")), INVALID, "clear",
        "field");
    REFUSED(scene_do(s, &s->mekinac, ASK(s, "Q", "S-che", MESSAGE(s, "share", "party=@mekinac"))),
        INVALID, "patch", "fixed");
    REFUSED(scene_do(s, &s->mekinac, ASK(s, "Q", "plan", MESSAGE(s, "plan", "adopted_seq=1"))),
        INVALID, "patch", "server");
    APPLIED(scene_do(s, &s->boss, OP(s, "membership", "seat", 0, "party=@chenaux", "seat=X")));
    REFUSED(scene_do(s, &s->mekinac, ASK(s, "Q", "seat", MESSAGE(s, "membership", "person=X"))),
        INVALID, "patch", "personal");
    REFUSED(scene_do(s, &s->boss, ASK(s, "Q", "A-mek", MESSAGE(s, "account", "role=reader"))),
        INVALID, "subject", "reference");
    REFUSED(
        scene_do(s, &s->mekinac, ASK(s, "Q", "none", TITLE(s))), INVALID, "subject", "reference");
    APPLIED(scene_do(
        s, &s->mekinac, ASK(s, "Q", "A21", MESSAGE(s, "action", "x"), "clear=description")));
}

static void test_its_author_takes_it_back_but_does_not_answer_it(void **state)
{
    struct scene *s = *state;

    propose(s);
    REFUSED(scene_do(s, &s->mekinac, OP(s, "proposal", "P", 1, "status=accepted")), DENIED, "",
        "owner");
    REFUSED(
        scene_do(s, &s->mekinac, OP(s, "proposal", "P", 1, "reason=Autre")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, ASK(s, "Q", "A21", TITLE(s), "status=accepted")), DENIED,
        "status", "owner");
    APPLIED(scene_do(s, &s->mekinac, OP(s, "proposal", "P", 1, "!")));
    APPLIED(scene_do(s, &s->mekinac, ASK(s, "P2", "A21", TITLE(s))));
    APPLIED(
        scene_do(s, &s->chenaux, OP(s, "proposal", "P2", 1, "status=refused", "answer=Trop tard")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "proposal", "P2", 2, "!")), FROZEN, "", "settled");
}

static void test_accepted_means_applied(void **state)
{
    struct scene *s = *state;
    const struct decide_result *results;

    propose(s);
    REFUSED(scene_do(s, &s->chenaux, OP(s, "proposal", "P", 1, "status=accepted")), INVALID,
        "status", "applied");
    results = accept_with(s, &s->chenaux, OP(s, "action", "A21", 1, "title=Autrement"));
    REFUSED(&results[1], INVALID, "status", "applied");
    REFUSED(&results[0], INVALID, "", "atomic");
    results = accept_with(
        s, &s->chenaux, OP(s, "action", "A21", 1, "title=Se voir", "description=Encore"));
    REFUSED(&results[1], INVALID, "status", "applied");
    results = accept_with(s, &s->chenaux, OP(s, "action", "A21", 1, "title=Se voir"));
    APPLIED(&results[0]);
    APPLIED(&results[1]);
    assert_string_equal(scene_text(s, "A21", "title"), "Se voir");
    assert_string_equal(scene_text(s, "P", "status"), "accepted");
}

/* Whoever may not change the subject cannot accept what is asked of it either. */
static void test_an_adopted_plan_takes_a_coordinators_answer(void **state)
{
    struct scene *s = *state;
    const struct decide_result *results;

    propose(s);
    scene_decision(s);
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, ADOPTED)));
    results = accept_with(s, &s->chenaux, OP(s, "action", "A21", 1, "title=Se voir"));
    REFUSED(&results[0], FROZEN, "", "adopted");
    results = accept_with(
        s, &s->boss, OP(s, "action", "A21", 1, "title=Se voir", "?Proposé par Mékinac"));
    APPLIED(&results[0]);
    APPLIED(&results[1]);
}

static void test_an_answer_stays(void **state)
{
    struct scene *s = *state;

    propose(s);
    REFUSED(
        scene_do(s, &s->chenaux, OP(s, "proposal", "P", 1, "~clear")), INVALID, "clear", "fixed");
    REFUSED(scene_do(s, &s->chenaux, OP(s, "proposal", "P", 1, "status=refused")), INVALID,
        "answer", "answered");
    APPLIED(
        scene_do(s, &s->chenaux, OP(s, "proposal", "P", 1, "status=refused", "answer=Trop tard")));
    REFUSED(
        scene_do(s, &s->chenaux, OP(s, "proposal", "P", 2, "status=open")), FROZEN, "", "settled");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "proposal", "P", 2, "answer=Autre")), FROZEN, "", "settled");
    APPLIED(scene_do(s, &s->chenaux, OP(s, "proposal", "P", 2, "!")));
}

/* An operation in conflict becomes a proposal: what its author saw comes with it. */
static void test_one_that_comes_from_a_conflict(void **state)
{
    struct scene *s = *state;
    uint8_t id[UUID_SIZE] = {1};
    struct decide_operation op;
    Concert__Proposal *proposal;
    const ProtobufCMessage *seen = MESSAGE(s, "share", "percent=10");
    const ProtobufCMessage *personal = MESSAGE(s, "membership", "person=X");

    propose(s);
    op = ASK(s, "Q", "S-mek", MESSAGE(s, "share", "percent=50"));
    proposal = (Concert__Proposal *)op.patch;
    proposal->has_operation = proposal->has_seen = true;
    proposal->operation = (ProtobufCBinaryData){UUID_SIZE - 1, id};
    proposal->seen.data = record_encode(seen, s->arena, &proposal->seen.len);
    REFUSED(scene_do(s, &s->office, op), INVALID, "operation", "id");
    proposal->operation.len = UUID_SIZE;
    proposal->seen.len = 1;
    REFUSED(scene_do(s, &s->office, op), INVALID, "seen", "encoding");
    proposal->seen.len = 2;
    APPLIED(scene_do(s, &s->office, op));
    memcpy(op.op_id, scene_id(s, "again"), UUID_SIZE);
    memcpy(op.id, scene_id(s, "Q2"), UUID_SIZE);
    APPLIED(scene_do(s, &s->office, op)); /* it may stand beside others */
    REFUSED(scene_do(s, &s->mekinac, OP(s, "proposal", "Q2", 1, "status=accepted")), INVALID,
        "status", "applied");
    APPLIED(scene_do(s, &s->boss, OP(s, "membership", "seat", 0, "party=@mekinac", "seat=X")));
    op = ASK(s, "Q3", "seat", MESSAGE(s, "membership", "seat=Y"));
    proposal = (Concert__Proposal *)op.patch;
    proposal->has_seen = true;
    proposal->seen.data = record_encode(personal, s->arena, &proposal->seen.len);
    REFUSED(scene_do(s, &s->office, op), INVALID, "seen", "personal");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_anybody_who_writes_proposes),
        TEST(test_what_a_proposal_may_hold),
        TEST(test_its_author_takes_it_back_but_does_not_answer_it),
        TEST(test_accepted_means_applied),
        TEST(test_an_adopted_plan_takes_a_coordinators_answer),
        TEST(test_an_answer_stays),
        TEST(test_one_that_comes_from_a_conflict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
