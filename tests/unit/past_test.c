/* The plan as it was: replaying the log, and who touched what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "book/book_past.h"
#include "date.h"
#include "small_book.h"

#define DAY INT64_C(86400000000)
#define MAX 16

/* A log in the making: each change is of a handle, from small_book's words. */
struct log {
    struct arena *arena;
    Concert__Change changes[MAX];
    const Concert__Change *list[MAX];
    struct book_past past;
    struct book *scratch; /* where small_book's words become messages */
};

static int make_log(void **state)
{
    struct log *log = calloc(1, sizeof(*log));

    log->arena = arena_new((size_t)1 << 20);
    log->scratch = book_new();
    log->past.changes = log->list;
    *state = log;
    return log->arena == NULL || log->scratch == NULL;
}

static int free_log(void **state)
{
    struct log *log = *state;

    arena_free(&log->arena);
    book_free(&log->scratch);
    free(log);
    return 0;
}

static Concert__Change *add(struct log *log, const char *kind, const char *handle)
{
    size_t n = log->past.count++;
    Concert__Change *change = &log->changes[n];
    uint8_t *id = arena_alloc(log->arena, UUID_SIZE);

    small_book_id(handle, id);
    concert__change__init(change);
    change->has_seq = change->has_id = change->has_kind = change->has_revision = change->has_at =
        true;
    change->seq = n + 1;
    change->id = (ProtobufCBinaryData){UUID_SIZE, id};
    change->kind = kinds_by_name(kind)->id;
    change->at = (int64_t)n * DAY;
    change->revision = 1;
    for (size_t i = 0; i < n; i++)
        if (uuid_equal(log->changes[i].id.data, id))
            change->revision++;
    log->list[n] = change;
    return change;
}

/* Sets the fields of the words; `cleared` (may be NULL) is one that is emptied. */
static void put(struct log *log, const char *kind_name, const char *handle, const char *words,
    const char *cleared)
{
    Concert__Change *change = add(log, kind_name, handle);
    const struct kind *kind = kinds_by_name(kind_name);
    ProtobufCMessage *patch = record_new(kind, book_arena(log->scratch));
    char *rest = arena_copy(log->arena, words, strlen(words)), *word;
    struct record_names names;

    while (*words != '\0' && (word = strsep(&rest, "|")) != NULL)
        small_book_word(log->scratch, kind, patch, word);
    assert_true(record_touched(kind, patch, cleared == NULL ? NULL : &cleared,
        cleared == NULL ? 0 : 1, log->arena, &names));
    change->fields = arena_alloc(log->arena, (names.count + 1) * sizeof(char *));
    for (size_t i = 0; i < names.count; i++)
        change->fields[change->n_fields++] =
            arena_copy(log->arena, names.name[i], strlen(names.name[i]));
    change->has_patch = true;
    change->patch.data = record_encode(patch, log->arena, &change->patch.len);
}

static void drop(struct log *log, const char *kind, const char *handle)
{
    Concert__Change *change = add(log, kind, handle);

    change->has_delete_ = change->delete_ = true;
}

static void write_plan(struct log *log)
{
    put(log, "plan", "PL1", "title=Plan|type=annual|starts_on=2009-04-01|ends_on=2010-03-31", NULL);
    put(log, "objective", "1", "plan=@PL1|number=1|title=First", NULL);
    put(log, "action", "1.1", "objective=@1|number=1.1|title=Act|annex=A", NULL);
    put(log, "action", "1.1", "title=Act now", "annex");
    put(log, "action", "1.1", "number=1.2", NULL);
    drop(log, "action", "1.1");
}

static const char *title_at(struct log *log, uint64_t seq, const char **handle_r)
{
    static char title[64], handle[16];
    struct book *book = book_past_make(&log->past, seq, NULL);
    const struct book_entry *action;
    uint8_t id[UUID_SIZE];

    assert_non_null(book);
    small_book_id("1.1", id);
    action = book_get(book, id);
    if (action != NULL) {
        snprintf(title, sizeof(title), "%s/%s", book_text(action, "title"),
            book_text(action, "annex") == NULL ? "-" : book_text(action, "annex"));
        snprintf(handle, sizeof(handle), "%s", action->handle);
        *handle_r = handle;
    }
    book_free(&book);
    return action == NULL ? NULL : title;
}

static void a_record_is_as_its_changes_left_it(void **state)
{
    struct log *log = *state;
    const char *handle;

    write_plan(log);
    assert_null(title_at(log, 2, &handle));
    assert_string_equal(title_at(log, 3, &handle), "Act/A");
    assert_string_equal(handle, "1.1");
    assert_string_equal(title_at(log, 4, &handle), "Act now/-");
    assert_string_equal(title_at(log, 5, &handle), "Act now/-");
    assert_string_equal(handle, "1.2");
    assert_null(title_at(log, 6, &handle));
    assert_null(title_at(log, 1000, &handle));
}

static void children_and_handles_are_of_the_moment(void **state)
{
    struct log *log = *state;
    struct book *now = book_new(), *book;
    const struct book_entry *plan;
    size_t count;

    write_plan(log);
    small_book_put(now, "plan", "PL1", 0, "title=Plan");
    assert_true(book_index(now));
    book = book_past_make(&log->past, 4, now);
    plan = small_book_get(book, "PL1");
    assert_string_equal(plan->handle, "PL1");
    assert_int_equal(plan->revision, 1);
    book_children(book, plan->id, CONCERT__KIND__OBJECTIVE, NULL, &count);
    assert_int_equal(count, 1);
    book_children(book, small_book_get(book, "1")->id, CONCERT__KIND__ACTION, NULL, &count);
    assert_int_equal(count, 1);
    book_free(&book);
    book_free(&now);
}

static void what_is_missing_or_erased_does_no_harm(void **state)
{
    struct log *log = *state;
    struct book *book;
    uint8_t id[UUID_SIZE];

    /* Its creation is not for this reader; the next change was erased; the last is no message. */
    put(log, "action", "1.1", "title=Seen|annex=A", NULL);
    put(log, "action", "1.1", "title=Erased", NULL);
    log->changes[1].patch.len = 0;
    put(log, "note", "N1", "subject=@1.1|text=Hello", NULL);
    log->changes[2].patch = (ProtobufCBinaryData){3, (uint8_t *)"\xff\xff\xff"};
    add(log, "note", "N2")->kind = (Concert__Kind)63;
    book = book_past_make(&log->past, 10, NULL);
    assert_non_null(book);
    small_book_id("1.1", id);
    assert_null(book_text(book_get(book, id), "title"));
    assert_string_equal(book_text(book_get(book, id), "annex"), "A");
    small_book_id("N1", id);
    assert_non_null(book_get(book, id));
    book_free(&book);
}

static void a_day_is_the_last_change_of_it(void **state)
{
    struct log *log = *state;

    assert_true(date_zone("America/Toronto"));
    write_plan(log);
    assert_null(book_past_on(&log->past, -2));
    /* Midnight in UTC is the evening before on the region's clock. */
    assert_int_equal(book_past_on(&log->past, -1)->seq, 1);
    assert_int_equal(book_past_on(&log->past, 0)->seq, 2);
    log->changes[2].at = DAY + DAY / 2;
    assert_int_equal(book_past_on(&log->past, 1)->seq, 3);
    assert_int_equal(book_past_on(&log->past, 99)->seq, 6);
    assert_null(book_past_at(&log->past, 0));
    assert_int_equal(book_past_at(&log->past, 4)->seq, 4);
    assert_int_equal(book_past_at(&log->past, 99)->seq, 6);
}

static void who_touched_a_field_last(void **state)
{
    struct log *log = *state;
    uint8_t id[UUID_SIZE];

    write_plan(log);
    small_book_id("1.1", id);
    assert_int_equal(book_past_touch(&log->past, 0, 5, id, "title")->seq, 4);
    assert_int_equal(book_past_touch(&log->past, 0, 3, id, "title")->seq, 3);
    assert_int_equal(book_past_touch(&log->past, 0, 5, id, "annex")->seq, 4);
    assert_int_equal(book_past_touch(&log->past, 0, 5, id, NULL)->seq, 5);
    assert_int_equal(book_past_touch(&log->past, 0, 6, id, "title")->seq, 6); /* removed */
    assert_null(book_past_touch(&log->past, 5, 5, id, NULL));
    assert_null(book_past_touch(&log->past, 4, 5, id, "title"));
    assert_int_equal(book_past_creation(&log->past, id)->seq, 3);
    small_book_id("9.9", id);
    assert_null(book_past_creation(&log->past, id));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, free_log)
    const struct CMUnitTest tests[] = {
        TEST(a_record_is_as_its_changes_left_it),
        TEST(children_and_handles_are_of_the_moment),
        TEST(what_is_missing_or_erased_does_no_harm),
        TEST(a_day_is_the_last_change_of_it),
        TEST(who_touched_a_field_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
