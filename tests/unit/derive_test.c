/* What the server gives itself: the place of adoption, the numbers of decisions. */
#include "region_scene.h"

#include "fake_store.c"

/* The newest entry of the log, decoded. */
static const ProtobufCMessage *newest_patch(struct scene *s, const struct store_change **change_r)
{
    struct error error;
    size_t count;
    const struct store_change *log = fake_store_log(s->store, &count);

    *change_r = &log[count - 1];
    return record_decode(
        (*change_r)->kind, (*change_r)->patch, (*change_r)->patch_size, s->arena, &error);
}

static bool names(const struct store_change *change, const char *name)
{
    for (size_t i = 0; i < change->n_fields; i++)
        if (strcmp(change->fields[i], name) == 0)
            return true;
    return false;
}

static struct decide_operation decision(
    struct scene *s, const char *name, const char *meeting, const char *words)
{
    return OP(s, "agenda_item", name, 0, arena_printf(s->arena, "meeting=@%s", meeting), "rank=1",
        "title=Point", words);
}

static const char *number(struct scene *s, const char *name)
{
    return scene_text(s, name, "resolution");
}

/* --- adoption ------------------------------------------------------------------------ */

static void test_the_place_of_adoption(void **state)
{
    struct scene *s = *state;
    const struct store_change *change;
    const Concert__Plan *patch;
    const struct decide_result *result;

    scene_decision(s);
    result = scene_do(s, &s->boss, OP(s, "plan", "plan", 1, ADOPTED));
    APPLIED(result);
    patch = (const Concert__Plan *)newest_patch(s, &change);
    assert_true(patch->has_adopted_seq);
    assert_int_equal(patch->adopted_seq, result->seq);
    assert_true(names(change, "adopted_seq") && names(change, "resolution"));
    assert_string_equal(
        scene_text(s, "plan", "adopted_seq"), arena_printf(s->arena, "%d", (int)result->seq));
}

static void test_adopted_once_until_it_is_a_draft_again(void **state)
{
    struct scene *s = *state;
    const char *first;

    scene_decision(s);
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, ADOPTED)));
    first = scene_text(s, "plan", "adopted_seq");
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 2, "title=Autre")));
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 3, "status=closed")));
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 4, "status=adopted")));
    assert_string_equal(scene_text(s, "plan", "adopted_seq"), first);
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 5, "status=draft", "?Erreur de plan")));
    assert_string_equal(scene_text(s, "plan", "adopted_seq"), first);
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 6, "status=adopted")));
    assert_string_not_equal(scene_text(s, "plan", "adopted_seq"), first);
}

/* --- decisions ----------------------------------------------------------------------- */

static void test_decisions_are_numbered(void **state)
{
    struct scene *s = *state;
    const struct store_change *change;
    const Concert__AgendaItem *patch;

    scene_decision(s);
    assert_string_equal(number(s, "dec"), "R-2009-1");
    APPLIED(scene_do(s, &s->boss, decision(s, "none", "M", "presenter=X")));
    assert_string_equal(number(s, "none"), "");
    APPLIED(scene_do(s, &s->boss, decision(s, "two", "M", "decision=Oui")));
    assert_string_equal(number(s, "two"), "R-2009-2");
    APPLIED(scene_do(s, &s->boss, OP(s, "agenda_item", "none", 1, "decision=Non")));
    assert_string_equal(number(s, "none"), "R-2009-3");
    patch = (const Concert__AgendaItem *)newest_patch(s, &change);
    assert_string_equal(patch->resolution, "R-2009-3");
    assert_true(names(change, "resolution") && names(change, "decision"));
    assert_int_equal(change->n_fields, 2);
}

/* A decision keeps its number whatever becomes of its words. */
static void test_a_number_stays(void **state)
{
    struct scene *s = *state;

    scene_decision(s);
    APPLIED(scene_do(s, &s->boss, OP(s, "agenda_item", "dec", 1, "decision=Autrement")));
    APPLIED(scene_do(s, &s->boss, OP(s, "agenda_item", "dec", 2, "~decision")));
    assert_string_equal(number(s, "dec"), "R-2009-1");
    APPLIED(scene_do(s, &s->boss, OP(s, "agenda_item", "dec", 3, "decision=Encore")));
    assert_string_equal(number(s, "dec"), "R-2009-1");
    APPLIED(scene_do(s, &s->boss, OP(s, "agenda_item", "dec", 4, "!")));
    APPLIED(scene_do(s, &s->boss, decision(s, "two", "M", "decision=Oui")));
    assert_string_equal(number(s, "two"), "R-2009-2");
}

static void test_by_committee_and_year(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {
        OP(s, "meeting", "M10", 0, "party=@chenaux", "starts_at=2010-01-12"),
        OP(s, "meeting", "Mmek", 0, "party=@mekinac", "starts_at=2009-06-02"),
        OP(s, "meeting", "Mday", 0, "party=@chenaux"),
        decision(s, "i1", "M10", "decision=1"),
        decision(s, "i2", "Mmek", "decision=1"),
        decision(s, "i3", "M10", "decision=2"),
        decision(s, "i4", "Mday", "decision=2"),
    };
    const struct decide_result *results;

    scene_decision(s);
    results = scene_push(s, &s->boss, true, ops, 7);
    for (size_t i = 0; i < 7; i++)
        APPLIED(&results[i]);
    assert_string_equal(number(s, "i1"), "R-2010-1");
    assert_string_equal(number(s, "i2"), "R-2009-1");
    assert_string_equal(number(s, "i3"), "R-2010-2");
    assert_string_equal(number(s, "i4"), "R-2009-2"); /* the clock's year */
}

/* The batch's own change of the day counts, whether or not the meeting is new. */
static void test_the_year_of_a_meeting_that_moves(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {
        OP(s, "meeting", "M", 1, "starts_at=2011-02-01"),
        decision(s, "i1", "M", "decision=1"),
    };

    scene_decision(s);
    scene_push(s, &s->boss, false, ops, 2);
    assert_string_equal(number(s, "i1"), "R-2011-1");
}

/* A push that is taken back gives its numbers back, and takes none that others were given. */
static void test_numbers_of_a_push_that_fails(void **state)
{
    struct scene *s = *state;
    struct decide_operation good[] = {decision(s, "g1", "M", "decision=1")};
    struct decide_operation bad[] = {decision(s, "b1", "M", "decision=1"),
        decision(s, "b2", "M", "decision=2"), decision(s, "b3", "M", "action=@none")};
    struct decide_operation after[] = {decision(s, "a1", "M", "decision=3")};
    struct batch_job first, second, third;
    struct batch_job *jobs[] = {&first, &second, &third};
    struct store_writes writes;

    scene_decision(s);
    first = scene_job(s, BATCH_PUSH, &s->boss, good, 1);
    second = scene_job(s, BATCH_PUSH, &s->boss, bad, 3);
    third = scene_job(s, BATCH_PUSH, &s->boss, after, 1);
    second.atomic = true;
    writes = scene_batch(s, jobs, 3);
    REFUSED(&second.results[0], INVALID, "", "atomic");
    assert_string_equal(number(s, "g1"), "R-2009-2");
    assert_string_equal(number(s, "a1"), "R-2009-3");
    assert_int_equal(writes.n_resolutions, 1);
    assert_int_equal(writes.resolutions[0].last, 3);
    assert_int_equal(writes.resolutions[0].year, 2009);
    assert_memory_equal(writes.resolutions[0].party, scene_id(s, "chenaux"), UUID_SIZE);
}

/* A counter that only a failed push had begun is not written at all. */
static void test_a_counter_that_was_taken_back(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {OP(s, "meeting", "M10", 0, "party=@mekinac"),
        decision(s, "b1", "M10", "decision=1"), decision(s, "b2", "M10", "action=@none")};
    struct batch_job job = scene_job(s, BATCH_PUSH, &s->boss, ops, 3);
    struct batch_job *jobs[] = {&job};
    struct store_writes writes;

    job.atomic = true;
    writes = scene_batch(s, jobs, 1);
    assert_int_equal(writes.n_changes, 0);
    assert_int_equal(writes.n_resolutions, 0);
}

/* The counters are read when a decision may be numbered, and not otherwise. */
static void test_counters_are_asked_for_when_needed(void **state)
{
    struct scene *s = *state;
    struct decide_operation with[] = {decision(s, "i1", "M", "decision=1")};
    struct decide_operation without[] = {decision(s, "i2", "M", "presenter=X")};
    struct batch_job job = scene_job(s, BATCH_PUSH, &s->boss, with, 1);
    struct batch_job *jobs[] = {&job};
    struct store_ask ask;

    assert_true(batch_ask(jobs, 1, s->arena, &ask));
    assert_true(ask.resolutions);
    job = scene_job(s, BATCH_PUSH, &s->boss, without, 1);
    assert_true(batch_ask(jobs, 1, s->arena, &ask));
    assert_false(ask.resolutions);
}

/* Sent again, an operation has its first number: the log holds it. */
static void test_a_duplicate_takes_no_number(void **state)
{
    struct scene *s = *state;
    struct decide_operation op;

    scene_decision(s);
    op = decision(s, "i1", "M", "decision=1");
    APPLIED(scene_do(s, &s->boss, op));
    assert_int_equal(scene_do(s, &s->boss, op)->status, CONCERT__RESULT__STATUS__DUPLICATE);
    APPLIED(scene_do(s, &s->boss, decision(s, "i2", "M", "decision=2")));
    assert_string_equal(number(s, "i2"), "R-2009-3");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_place_of_adoption),
        TEST(test_adopted_once_until_it_is_a_draft_again),
        TEST(test_decisions_are_numbered),
        TEST(test_a_number_stays),
        TEST(test_by_committee_and_year),
        TEST(test_the_year_of_a_meeting_that_moves),
        TEST(test_numbers_of_a_push_that_fails),
        TEST(test_a_counter_that_was_taken_back),
        TEST(test_counters_are_asked_for_when_needed),
        TEST(test_a_duplicate_takes_no_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
