/* Meetings: what adopted minutes freeze, and what a party named there may write beside the owner.
 */
#include "region_scene.h"

#include "fake_store.c"

/* Chenaux's meeting with its minutes adopted at the next, an item, who was there, who does what. */
static void hold(struct scene *s)
{
    struct decide_operation ops[] = {
        OP(s, "meeting", "M2", 0, "party=@chenaux", "starts_at=2009-06-05"),
        OP(s, "follow_up", "F", 0, "agenda_item=@dec", "party=@mekinac", "what=Appeler"),
        OP(s, "attendance", "P", 0, "meeting=@M", "party=@mekinac", "state=present"),
        OP(s, "note", "N", 0, "subject=@dec", "text=Un"),
    };
    const struct decide_result *results;

    scene_decision(s);
    results = scene_push(s, &s->boss, true, ops, 4);
    for (size_t i = 0; i < 4; i++)
        APPLIED(&results[i]);
}

static void adopt(struct scene *s)
{
    hold(s);
    APPLIED(scene_do(
        s, &s->chenaux, OP(s, "meeting", "M", 1, "minutes_status=adopted", "adopted_at=@M2")));
}

#define FROZEN_MINUTES(...) REFUSED(scene_do(s, &s->boss, __VA_ARGS__), FROZEN, "", "minutes")

static void test_adopted_minutes_do_not_change(void **state)
{
    struct scene *s = *state;

    adopt(s);
    FROZEN_MINUTES(OP(s, "meeting", "M", 2, "minutes=Autre", "?Oubli"));
    FROZEN_MINUTES(OP(s, "meeting", "M", 2, "starts_at=2009-05-02", "?Oubli"));
    FROZEN_MINUTES(OP(s, "meeting", "M", 2, "adopted_at=@M2", "?Oubli"));
    FROZEN_MINUTES(OP(s, "meeting", "M", 2, "!", "?Oubli"));
    FROZEN_MINUTES(OP(s, "agenda_item", "dec", 1, "decision=Autre", "?Oubli"));
    FROZEN_MINUTES(OP(s, "agenda_item", "dec", 1, "action=@A21"));
    FROZEN_MINUTES(OP(s, "agenda_item", "dec", 1, "!"));
    FROZEN_MINUTES(OP(s, "agenda_item", "new", 0, "meeting=@M", "rank=2", "title=Un"));
    FROZEN_MINUTES(OP(s, "attendance", "P", 1, "state=absent"));
    FROZEN_MINUTES(OP(s, "attendance", "P", 1, "!"));
    FROZEN_MINUTES(OP(s, "attendance", "P2", 0, "meeting=@M", "party=@chenaux"));
    FROZEN_MINUTES(OP(s, "follow_up", "F", 1, "what=Autre"));
    FROZEN_MINUTES(OP(s, "follow_up", "F", 1, "done_on=2009-06-01", "what=Autre"));
    FROZEN_MINUTES(OP(s, "follow_up", "F", 1, "!"));
    FROZEN_MINUTES(OP(s, "follow_up", "F2", 0, "agenda_item=@dec", "role=X", "what=Un"));
}

static void test_what_stays_open(void **state)
{
    struct scene *s = *state;

    adopt(s);
    APPLIED(scene_do(s, &s->mekinac, OP(s, "follow_up", "F", 1, "done_on=2009-06-01")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "follow_up", "F", 2, "~done_on")));
    APPLIED(scene_do(s, &s->boss, OP(s, "note", "N2", 0, "subject=@M", "text=Deux")));
    APPLIED(scene_do(s, &s->boss, OP(s, "note", "N", 1, "text=Un, corrigé")));
    APPLIED(scene_do(s, &s->boss,
        OP(s, "document", "doc", 0, "subject=@M", "title=Annexe", "media_type=text/plain", "size=1",
            "sha256=0000000000000000000000000000000000000000000000000000000000000000")));
    /* The other meetings are as they were. */
    APPLIED(scene_do(s, &s->chenaux, OP(s, "meeting", "M2", 1, "place=Ici")));
    APPLIED(scene_do(
        s, &s->chenaux, OP(s, "agenda_item", "I2", 0, "meeting=@M2", "rank=1", "title=Un")));
}

static void test_coming_back_is_the_coordinators(void **state)
{
    struct scene *s = *state;

    adopt(s);
    REFUSED(scene_do(s, &s->chenaux, OP(s, "meeting", "M", 2, "minutes_status=draft", "?Oubli")),
        FROZEN, "", "minutes");
    REFUSED(scene_do(s, &s->office, OP(s, "meeting", "M", 2, "~minutes_status", "?Oubli")), FROZEN,
        "", "minutes");
    REFUSED(scene_do(s, &s->boss, OP(s, "meeting", "M", 2, "minutes_status=circulated")), FROZEN,
        "reason", "amendment");
    REFUSED(scene_do(s, &s->boss,
                OP(s, "meeting", "M", 2, "minutes_status=circulated", "minutes=x", "?Oubli")),
        FROZEN, "", "minutes");
    APPLIED(scene_do(s, &s->boss,
        OP(s, "meeting", "M", 2, "minutes_status=circulated", "~adopted_at", "?Oubli")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "agenda_item", "dec", 1, "minutes=Corrigé")));
}

/* The batch's own adoption counts, and its own coming back. */
static void test_within_a_batch(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {
        OP(s, "agenda_item", "dec", 1, "minutes=Avant"),
        OP(s, "meeting", "M", 1, "minutes_status=adopted", "adopted_at=@M2"),
        OP(s, "agenda_item", "dec", 1, "minutes=Après"),
        OP(s, "agenda_item", "new", 0, "meeting=@M", "rank=2", "title=Un"),
        OP(s, "meeting", "M", 1, "minutes_status=draft", "?Oubli"),
        OP(s, "agenda_item", "new2", 0, "meeting=@M", "rank=2", "title=Un"),
    };
    const struct decide_result *results;

    hold(s);
    results = scene_push(s, &s->boss, false, ops, 6);
    APPLIED(&results[0]);
    APPLIED(&results[1]);
    REFUSED(&results[2], FROZEN, "", "minutes");
    REFUSED(&results[3], FROZEN, "", "minutes");
    APPLIED(&results[4]);
    APPLIED(&results[5]);
}

/* Who brings a past meeting adopts its minutes last. */
static void test_a_meeting_is_born_adopted(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {
        OP(s, "meeting", "old", 0, "party=@chenaux", "starts_at=2008-05-01",
            "minutes_status=adopted", "adopted_at=@M"),
        OP(s, "agenda_item", "oi", 0, "meeting=@old", "rank=1", "title=Un"),
    };
    const struct decide_result *results;

    hold(s);
    results = scene_push(s, &s->boss, false, ops, 2);
    APPLIED(&results[0]);
    REFUSED(&results[1], FROZEN, "", "minutes");
}

/* --- roots --------------------------------------------------------------------------- */

static void test_records_hang_on_their_meeting(void **state)
{
    struct scene *s = *state;
    static const char *const all[] = {"M", "dec", "F", "P", "N"};

    hold(s);
    for (size_t i = 0; i < 5; i++) {
        const struct store_record *record = fake_store_record(s->store, scene_id(s, all[i]));

        assert_memory_equal(record->root, scene_id(s, "M"), UUID_SIZE);
        assert_memory_equal(record->owner, scene_id(s, "chenaux"), UUID_SIZE);
    }
}

/* --- a party named beside the owner -------------------------------------------------- */

static void test_a_follow_up_is_closed_by_who_does_it(void **state)
{
    struct scene *s = *state;

    hold(s);
    APPLIED(scene_do(s, &s->mekinac, OP(s, "follow_up", "F", 1, "done_on=2009-06-01")));
    REFUSED(
        scene_do(s, &s->mekinac, OP(s, "follow_up", "F", 2, "what=Rien")), DENIED, "what", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "follow_up", "F", 2, "party=@chenaux")), DENIED, "",
        "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "follow_up", "F", 2, "!")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac,
                OP(s, "follow_up", "F2", 0, "agenda_item=@dec", "party=@mekinac", "what=Un")),
        DENIED, "party", "owner");
}

static void test_a_party_tells_of_its_own_presence(void **state)
{
    struct scene *s = *state;

    hold(s);
    APPLIED(scene_do(s, &s->mekinac, OP(s, "attendance", "P", 1, "state=excused")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "attendance", "P", 2, "!")), DENIED, "", "owner");
    APPLIED(scene_do(s, &s->mekinac,
        OP(s, "attendance", "P2", 0, "meeting=@M", "party=@mekinac", "person=Une personne")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "attendance", "P2", 1, "!")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "attendance", "P3", 0, "meeting=@M", "party=@chenaux")),
        DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "attendance", "P3", 0, "meeting=@M", "person=X")),
        DENIED, "", "owner");
}

static void test_a_party_asks_for_an_item(void **state)
{
    struct scene *s = *state;

    hold(s);
    APPLIED(scene_do(s, &s->mekinac,
        OP(s, "agenda_item", "I", 0, "meeting=@M2", "rank=9", "title=Transport",
            "proposed_by=@mekinac")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "agenda_item", "I", 1, "title=Le transport")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "agenda_item", "I", 2, "decision=Oui")), DENIED,
        "decision", "owner");
    APPLIED(scene_do(s, &s->chenaux, OP(s, "agenda_item", "I", 2, "decision=Oui")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "agenda_item", "dec", 1, "title=Mien")), DENIED, "",
        "owner");
    REFUSED(scene_do(s, &s->mekinac,
                OP(s, "agenda_item", "I2", 0, "meeting=@M2", "rank=9", "title=Sans")),
        DENIED, "", "owner");
    /* What was said of it, and its number, are the committee's. */
    REFUSED(scene_do(s, &s->mekinac, OP(s, "agenda_item", "I", 3, "!")), DENIED, "", "owner");
    REFUSED(
        scene_do(s, &s->mekinac, OP(s, "agenda_item", "I", 3, "title=Autre")), DENIED, "", "owner");
    APPLIED(scene_do(s, &s->chenaux, OP(s, "agenda_item", "I", 3, "~decision")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "agenda_item", "I", 4, "!")), DENIED, "", "owner");
    APPLIED(scene_do(s, &s->mekinac,
        OP(s, "agenda_item", "I3", 0, "meeting=@M2", "rank=9", "title=Autre",
            "proposed_by=@mekinac")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "agenda_item", "I3", 1, "!")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_adopted_minutes_do_not_change),
        TEST(test_what_stays_open),
        TEST(test_coming_back_is_the_coordinators),
        TEST(test_within_a_batch),
        TEST(test_a_meeting_is_born_adopted),
        TEST(test_records_hang_on_their_meeting),
        TEST(test_a_follow_up_is_closed_by_who_does_it),
        TEST(test_a_party_tells_of_its_own_presence),
        TEST(test_a_party_asks_for_an_item),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
