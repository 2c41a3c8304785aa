/* What must hold within and between records, seen through pushes that break it. */
#include "region_scene.h"

#include "fake_store.c"

/* --- what is refused ----------------------------------------------------------------- */

static void test_targets(void **state)
{
    struct scene *s = *state;
    struct decide_operation broken = OP(s, "note", "N", 0, "subject=@S-mek", "text=Un");

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 0, "action=@A22", "party=@mekinac")),
        EXISTS, "id", "unique");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "share", "none", 1, "percent=1")), NOT_FOUND, "id", "record");
    REFUSED(scene_do(s, &s->boss, OP(s, "note", "S-mek", 1, "text=Un")), INVALID, "kind", "kind");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 2, "percent=1")), INVALID,
        "base_revision", "base_revision");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", UINT64_MAX, "percent=1")), INVALID,
        "base_revision", "base_revision");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "none", 0, "!")), INVALID, "base_revision",
        "base_revision");
    broken.error = error_make(CONCERT__CODE__BAD_REQUEST, "patch", "encoding", NULL);
    REFUSED(scene_do(s, &s->mekinac, broken), BAD_REQUEST, "patch", "encoding");
}

static void test_somebody_elses(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-che", 1, "percent=1")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-che", 1, "!")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-che", "text=Un")), DENIED,
        "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S", 0, "action=@A22", "party=@chenaux")),
        DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "action", "A21", 1, "title=Mien")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "party", "mekinac", 1, "name=Moi")), DENIED, "", "role");
    REFUSED(
        scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "weight=9")), DENIED, "weight", "role");
    REFUSED(
        scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "~weight")), DENIED, "weight", "role");
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S", 0, "action=@A22", "party=@mekinac")));
}

static void test_fixed_fields(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "party=@chenaux")), INVALID, "party",
        "fixed");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "action=@A22")), INVALID, "action",
        "fixed");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "~party")), INVALID, "party", "required");
    /* The value that it has is no change. */
    APPLIED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "party=@mekinac")));
}

static void test_references(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "territory=@none")), INVALID,
        "territory", "reference");
    REFUSED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "territory=@plan")), INVALID,
        "territory", "reference");
    APPLIED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "territory=@T-mek")));
    APPLIED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "!")));
    REFUSED(scene_do(s, &s->boss, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un")), INVALID,
        "subject", "reference");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "account", "A-mek", 1, "parties=@mekinac", "parties=@plan")),
        INVALID, "parties", "reference");
}

static void test_references_within_a_batch(void **state)
{
    struct scene *s = *state;
    struct decide_operation before[] = {
        OP(s, "note", "N1", 0, "subject=@S-new", "text=Un"),
        OP(s, "share", "S-new", 0, "action=@A22", "party=@mekinac"),
        OP(s, "note", "N2", 0, "subject=@S-new", "text=Deux"),
        OP(s, "share", "S-new", 1, "!"),
        OP(s, "note", "N3", 0, "subject=@S-new", "text=Trois"),
    };
    const struct decide_result *results = scene_push(s, &s->boss, false, before, 5);

    REFUSED(&results[0], INVALID, "subject", "reference");
    APPLIED(&results[1]);
    APPLIED(&results[2]);
    APPLIED(&results[3]);
    REFUSED(&results[4], INVALID, "subject", "reference");
    assert_memory_equal(
        fake_store_record(s->store, scene_id(s, "N2"))->owner, scene_id(s, "mekinac"), UUID_SIZE);
}

static void test_a_blocked_share_says_why(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "status=blocked")), INVALID,
        "blocked_by", "blocked");
    REFUSED(scene_do(s, &s->mekinac,
                OP(s, "share", "S-mek", 1, "status=blocked", "blocked_by=Pas de local")),
        INVALID, "help_from", "blocked");
    APPLIED(scene_do(s, &s->mekinac,
        OP(s, "share", "S-mek", 1, "status=blocked", "blocked_by=Pas de local",
            "help_from=@chenaux")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 2, "~help_from")), INVALID,
        "help_from", "blocked");
    APPLIED(
        scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 2, "status=under_way", "~blocked_by")));
}

static void test_orders(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, "ends_on=2009-03-31")), INVALID,
        "ends_on", "order");
    REFUSED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "meetings_min=6", "meetings_max=4")),
        INVALID, "meetings_max", "order");
    APPLIED(
        scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "meetings_min=4", "meetings_max=4")));
    REFUSED(
        scene_do(s, &s->boss,
            OP(s, "membership", "M", 0, "party=@mekinac", "since=2010-01-01", "until=2009-12-31")),
        INVALID, "until", "order");
}

static void test_bounds_and_required(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=101")), INVALID, "percent",
        "range");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "action", "A21", 1, "~title")), INVALID, "title", "required");
    REFUSED(scene_do(s, &s->boss, OP(s, "objective", "O3", 0, "plan=@plan", "title=Sans")), INVALID,
        "number", "required");
}

/* Each change within its bounds, the record larger each time: one that no page can carry would stop
 * everybody's pulls. */
static void test_a_record_does_not_outgrow_a_page(void **state)
{
    static const char *const fields[] = {"mission", "context", "website", "phone"};
    struct scene *s = *state;
    const struct decide_result *result;

    for (size_t i = 0; i < 4; i++) {
        const char *word = arena_printf(s->arena, "%s=%*s", fields[i], 65536, "x");

        result = scene_do(s, &s->office, OP(s, "party", "mekinac", i + 1, word));
        if (i < 3)
            APPLIED(result);
    }
    REFUSED(result, TOO_LARGE, "", "record");
}

static void test_structure_stays_in_its_plan(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {
        OP(s, "plan", "plan2", 0, "title=Autre", "type=local", "party=@mekinac",
            "starts_on=2009-04-01", "ends_on=2010-03-31"),
        OP(s, "objective", "P2-O1", 0, "plan=@plan2", "number=1", "title=Un"),
        OP(s, "objective", "O3", 0, "plan=@plan", "number=3", "title=Trois", "parent=@O2"),
    };
    const struct decide_result *results = scene_push(s, &s->boss, true, ops, 3);

    APPLIED(&results[2]);
    REFUSED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "objective=@P2-O1")), INVALID,
        "objective", "same_plan");
    REFUSED(
        scene_do(s, &s->boss,
            OP(s, "objective", "O4", 0, "plan=@plan", "number=4", "title=Quatre", "parent=@P2-O1")),
        INVALID, "parent", "same_plan");
    /* What hangs where is said once, so that no circle can be closed. */
    REFUSED(scene_do(s, &s->boss, OP(s, "objective", "O2", 1, "parent=@O3")), INVALID, "parent",
        "fixed");
    REFUSED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, "parent=@plan2")), INVALID, "parent",
        "fixed");
    APPLIED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "objective=@O3")));
}

/* --- adopted and closed plans -------------------------------------------------------- */

static void adopt(struct scene *s)
{
    scene_decision(s);
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, ADOPTED)));
}

static void test_adoption_is_the_coordinators(void **state)
{
    struct scene *s = *state;

    REFUSED(
        scene_do(s, &s->office, OP(s, "plan", "plan", 1, ADOPTED)), DENIED, "adopted_on", "role");
    REFUSED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, "status=adopted")), INVALID,
        "adopted_on", "adoption_named");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "plan", "plan", 1, "status=adopted", "adopted_on=2009-05-01")),
        INVALID, "resolution", "adoption_named");
    REFUSED(scene_do(s, &s->chenaux, OP(s, "plan", "plan", 1, "status=closed")), DENIED, "status",
        "adoption");
    REFUSED(scene_do(s, &s->office, OP(s, "plan", "plan", 1, "adopted_on=2009-05-01")), DENIED,
        "adopted_on", "role");
    adopt(s);
    REFUSED(
        scene_do(s, &s->office, OP(s, "plan", "plan", 2, "~status")), DENIED, "status", "adoption");
    REFUSED(scene_do(s, &s->office, OP(s, "plan", "plan", 2, "!")), FROZEN, "", "adopted");
}

static void test_an_adopted_plan_keeps_its_structure(void **state)
{
    struct scene *s = *state;

    APPLIED(scene_do(s, &s->office, OP(s, "deadline", "D", 0, "subject=@A21", "text=Mai 2009")));
    adopt(s);
    for (int i = 0; i < 2; i++) {
        const struct policy_actor *actor = i == 0 ? &s->office : &s->chenaux;

        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "title=Autre", "?Parce que")), FROZEN,
            "", "adopted");
        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "number=9")), FROZEN, "", "adopted");
        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "!")), FROZEN, "", "adopted");
        REFUSED(
            scene_do(s, actor, OP(s, "objective", "O2", 1, "title=Autre")), FROZEN, "", "adopted");
        REFUSED(
            scene_do(s, actor, OP(s, "responsibility", "R", 0, "subject=@A21", "party=@mekinac")),
            FROZEN, "", "adopted");
        REFUSED(
            scene_do(s, actor, OP(s, "deadline", "D", 1, "text=Juin 2009")), FROZEN, "", "adopted");
        REFUSED(scene_do(s, actor, OP(s, "deadline", "D", 1, "!")), FROZEN, "", "adopted");
    }
    REFUSED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "title=Autre")), FROZEN, "reason",
        "amendment");
    REFUSED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "title=Autre", "?")), FROZEN, "reason",
        "amendment");
}

static void test_an_adopted_plan_lives_on(void **state)
{
    struct scene *s = *state;
    const struct store_change *log;
    size_t count;

    APPLIED(scene_do(s, &s->office, OP(s, "deadline", "D", 0, "subject=@A21", "text=Mai 2009")));
    adopt(s);
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=50")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S", 0, "action=@A22", "party=@mekinac")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "deadline", "D", 1, "met_on=2009-05-20")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "milestone", "ET", 0, "subject=@A21", "title=Local")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "milestone", "ET", 1, "percent=50")));
    APPLIED(scene_do(s, &s->office, OP(s, "action", "A21", 1, "description=Précisée")));
    APPLIED(scene_do(s, &s->boss, OP(s, "action", "A22", 1, "title=Autre", "?Séance du 3 juin")));
    log = fake_store_log(s->store, &count);
    assert_string_equal(log[count - 1].reason, "Séance du 3 juin");
}

static void test_adopted_within_the_batch(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {OP(s, "action", "A21", 1, "title=Avant"),
        OP(s, "plan", "plan", 1, ADOPTED), OP(s, "action", "A22", 1, "title=Après"),
        OP(s, "objective", "O9", 0, "plan=@plan", "number=9", "title=Après")};
    const struct decide_result *results;

    scene_decision(s);
    results = scene_push(s, &s->boss, false, ops, 4);
    APPLIED(&results[0]);
    APPLIED(&results[1]);
    REFUSED(&results[2], FROZEN, "reason", "amendment");
    REFUSED(&results[3], FROZEN, "reason", "amendment");
}

static void test_a_closed_plan_takes_notes_alone(void **state)
{
    struct scene *s = *state;

    adopt(s);
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 2, "status=closed")));
    for (int i = 0; i < 2; i++) {
        const struct policy_actor *actor = i == 0 ? &s->boss : &s->office;

        REFUSED(scene_do(s, actor, OP(s, "share", "S-mek", 1, "percent=1", "?Oui")), FROZEN, "",
            "closed");
        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "description=x", "?Oui")), FROZEN, "",
            "closed");
        REFUSED(scene_do(s, actor, OP(s, "share", "S", 0, "action=@A22", "party=@mekinac")), FROZEN,
            "", "closed");
        REFUSED(
            scene_do(s, actor, OP(s, "proposal", "P", 0, "subject=@A22", "patch=x", "reason=Oui")),
            FROZEN, "", "closed");
        /* The plan itself is closed like what hangs on it. */
        REFUSED(scene_do(s, actor, OP(s, "plan", "plan", 3, "title=Autre", "?Oui")), FROZEN, "",
            "closed");
        REFUSED(scene_do(s, actor, OP(s, "plan", "plan", 3, "ends_on=2011-03-31", "?Oui")), FROZEN,
            "", "closed");
        REFUSED(scene_do(s, actor, OP(s, "plan", "plan", 3, "!", "?Oui")), FROZEN, "", "closed");
    }
    APPLIED(scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "note", "N", 1, "text=Un, corrigé")));
    REFUSED(
        scene_do(s, &s->office, OP(s, "plan", "plan", 3, "~status")), DENIED, "status", "adoption");
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 3, "status=adopted")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=1")));
}

/* What the server gives is nobody's to set or to empty, not even the coordinator's. */
static void test_what_the_server_gives(void **state)
{
    struct scene *s = *state;

    scene_decision(s);
    REFUSED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, "adopted_seq=9")), INVALID,
        "adopted_seq", "server");
    REFUSED(scene_do(s, &s->boss, OP(s, "agenda_item", "dec", 1, "resolution=R-2009-9")), INVALID,
        "resolution", "server");
    REFUSED(scene_do(s, &s->boss, OP(s, "agenda_item", "dec", 1, "~resolution")), INVALID,
        "resolution", "server");
    REFUSED(scene_do(s, &s->boss,
                OP(s, "agenda_item", "new", 0, "meeting=@M", "rank=2", "title=Un",
                    "resolution=R-2009-9")),
        INVALID, "resolution", "server");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_targets),
        TEST(test_somebody_elses),
        TEST(test_fixed_fields),
        TEST(test_references),
        TEST(test_references_within_a_batch),
        TEST(test_a_blocked_share_says_why),
        TEST(test_orders),
        TEST(test_bounds_and_required),
        TEST(test_a_record_does_not_outgrow_a_page),
        TEST(test_structure_stays_in_its_plan),
        TEST(test_adoption_is_the_coordinators),
        TEST(test_an_adopted_plan_keeps_its_structure),
        TEST(test_an_adopted_plan_lives_on),
        TEST(test_adopted_within_the_batch),
        TEST(test_a_closed_plan_takes_notes_alone),
        TEST(test_what_the_server_gives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
