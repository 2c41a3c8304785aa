/* What is counted is told, over all workers; what is told reads as Prometheus wants it. */
#include "metrics.h"

#include <event2/buffer.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "metrics_table.h"
#include "metrics_text.h"
#include "verbs/verbs.h"

static int setup(void **state)
{
    (void)state;
    return metrics_open(3) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    metrics_close();
    return 0;
}

static void test_nothing_before_open(void **state)
{
    int64_t buckets[METRICS_BUCKETS];

    (void)state;
    metrics_add(METRICS_ACCEPTED, 1);
    metrics_set(METRICS_PROCESS_MEMORY, 1);
    metrics_observe(METRICS_BATCH_TIME, 1);
    metrics_answered(4, 1);
    metrics_ended(4, 0);
    metrics_region(0, METRICS_REGION_HEAD, 1);
    metrics_time(METRICS_STARTED, 1);
    metrics_stopping();
    metrics_begin(0);
    metrics_end(0);
    assert_int_equal(metrics_number(METRICS_ACCEPTED), 0);
    assert_int_equal(metrics_histogram(METRICS_BATCH_TIME, buckets), 0);
    assert_int_equal(metrics_time_of(METRICS_STARTED), 0);
    assert_int_equal(metrics_workers(), 0);
    assert_false(metrics_is_stopping());
    metrics_close();
}

/* In a process of its own, as a worker does. */
static void as_worker(size_t worker, int64_t count)
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        metrics_begin(worker);
        metrics_add(METRICS_ACCEPTED, count);
        metrics_add(METRICS_CONNECTIONS, count);
        metrics_observe(METRICS_DATABASE_READ, count);
        metrics_region(0, METRICS_REGION_HEAD, count);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void test_workers_sum(void **state)
{
    int64_t buckets[METRICS_BUCKETS], value;

    (void)state;
    as_worker(0, 5);
    as_worker(2, 7);
    assert_int_equal(metrics_workers(), 2);
    assert_int_equal(metrics_number(METRICS_ACCEPTED), 12);
    assert_int_equal(metrics_number(METRICS_CONNECTIONS), 12);
    metrics_end(0);
    assert_int_equal(metrics_workers(), 1);
    assert_int_equal(metrics_number(METRICS_ACCEPTED), 12);
    assert_int_equal(metrics_number(METRICS_CONNECTIONS), 7);
    assert_int_equal(metrics_number(METRICS_WORKERS_DIED), 1);
    as_worker(0, 1);
    assert_int_equal(metrics_number(METRICS_ACCEPTED), 13);
    assert_int_equal(metrics_number(METRICS_CONNECTIONS), 8);
    assert_int_equal(metrics_histogram(METRICS_DATABASE_READ, buckets), 13);
    assert_int_equal(buckets[0], 3);
    assert_true(metrics_region_of(0, 0, METRICS_REGION_HEAD, &value));
    assert_int_equal(value, 1);
    assert_false(metrics_region_of(1, 0, METRICS_REGION_HEAD, &value));
    as_worker(99, 1); /* there is no such slot: the parent's counts */
}

static void assert_bucket(int64_t microseconds, size_t bucket)
{
    int64_t before[METRICS_BUCKETS], after[METRICS_BUCKETS];

    metrics_latency(4, before);
    metrics_answered(4, microseconds);
    metrics_latency(4, after);
    for (size_t i = 0; i < METRICS_BUCKETS; i++)
        assert_int_equal(after[i] - before[i], i == bucket);
}

static void test_buckets(void **state)
{
    (void)state;
    metrics_begin(0);
    assert_bucket(-5, 0);
    assert_bucket(0, 0);
    assert_bucket(32, 0);
    assert_bucket(33, 1);
    assert_bucket(64, 1);
    assert_bucket(65, 2);
    assert_bucket(INT64_C(1) << 24, 19);
    assert_bucket((INT64_C(1) << 24) + 1, 20);
    assert_bucket(INT64_MAX / 2, 20);
}

static void test_outcomes(void **state)
{
    (void)state;
    metrics_begin(1);
    metrics_ended(4, 0);
    metrics_ended(4, 13);
    metrics_ended(4, 13);
    metrics_ended(4, 9999);
    metrics_ended(9999, 2);
    assert_int_equal(metrics_outcomes(4, 0), 1);
    assert_int_equal(metrics_outcomes(4, 13), 2);
    assert_int_equal(metrics_outcomes(0, 2), 1);
}

/* Each row is there, with a name, and those of a family stand side by side. */
static void test_table(void **state)
{
    const struct metrics_row *row, *before = NULL;

    (void)state;
    for (unsigned i = 0; i < METRICS_NUMBERS; i++, before = row) {
        bool gauge = i >= METRICS_CONNECTIONS && i < METRICS_ACCEPTED;
        size_t size;

        row = metrics_table_number(i);
        assert_non_null(row->name);
        size = strlen(row->name);
        assert_string_equal(row->type, gauge ? "gauge" : "counter");
        assert_int_equal(size > 6 && strcmp(row->name + size - 6, "_total") == 0, !gauge);
        for (unsigned j = 0; before != NULL && j + 1 < i; j++)
            if (strcmp(metrics_table_number(j)->name, row->name) == 0)
                assert_string_equal(before->name, row->name);
    }
    for (unsigned i = 0; i < METRICS_HISTOGRAMS; i++)
        assert_string_equal(metrics_table_histogram(i)->type, "histogram");
    for (unsigned i = 0; i < METRICS_REGION_NUMBERS; i++)
        assert_string_equal(metrics_table_region(i)->type, "gauge");
    for (unsigned i = 1; i < METRICS_VERBS * 2; i++)
        if (verbs_get(i) != NULL)
            assert_true(i < METRICS_VERBS);
}

static char *take(struct evbuffer *out)
{
    size_t size = evbuffer_get_length(out);
    char *text = calloc(1, size + 1);

    assert_non_null(text);
    evbuffer_remove(out, text, size);
    evbuffer_free(out);
    return text;
}

static void assert_says(const char *text, const char *line)
{
    if (strstr(text, line) == NULL)
        fail_msg("no \"%s\"", line);
}

static struct settings *two_regions(void)
{
    static struct settings settings;

    settings.n_regions = 2;
    snprintf(settings.regions[0].name, sizeof(settings.regions[0].name), "mauricie");
    snprintf(settings.regions[1].name, sizeof(settings.regions[1].name), "a\"b\\c");
    return &settings;
}

static void test_text(void **state)
{
    struct evbuffer *out = evbuffer_new();
    char *text;

    (void)state;
    metrics_begin(0);
    metrics_add(METRICS_ACCEPTED, 41);
    metrics_observe(METRICS_BATCH_OPERATIONS, 3);
    metrics_ended(5, CONCERT__CODE__BUSY);
    metrics_region(1, METRICS_REGION_HEAD, 17);
    metrics_set(METRICS_PROCESS_MEMORY, 5);
    assert_true(metrics_text(out, two_regions()));
    text = take(out);
    assert_says(text, "\n# TYPE concert_connections_accepted_total counter\n"
                      "concert_connections_accepted_total 41\n");
    assert_says(text, "\nconcert_batch_operations_bucket{le=\"2\"} 0\n"
                      "concert_batch_operations_bucket{le=\"4\"} 1\n");
    assert_says(text, "\nconcert_batch_operations_bucket{le=\"+Inf\"} 1\n"
                      "concert_batch_operations_sum 3\nconcert_batch_operations_count 1\n");
    assert_says(text, "\nconcert_requests_total{verb=\"push\",code=\"busy\"} 1\n");
    assert_says(text, "\nconcert_region_head_seq{region=\"a\\\"b\\\\c\"} 17\n");
    assert_says(text, "\nconcert_request_seconds_bucket{verb=\"pull\",le=\"0.000032\"} 0\n");
    free(text);
}

static void assert_ready(bool ready, const char *words)
{
    struct evbuffer *out = evbuffer_new();
    char *text;

    assert_int_equal(metrics_text_ready(out, two_regions()), ready);
    text = take(out);
    assert_string_equal(text, words);
    free(text);
}

static void test_ready(void **state)
{
    (void)state;
    metrics_begin(0);
    metrics_region(0, METRICS_REGION_UNREADY, METRICS_READY);
    assert_ready(false, "region a\"b\\c: loading\n");
    metrics_region(1, METRICS_REGION_UNREADY, METRICS_READY);
    assert_ready(true, "ready\n");
    metrics_region(0, METRICS_REGION_UNREADY, METRICS_SCHEMA);
    metrics_region(1, METRICS_REGION_UNREADY, METRICS_AWAY);
    assert_ready(false, "region mauricie: schema version\nregion a\"b\\c: database away\n");
    metrics_region(0, METRICS_REGION_UNREADY, METRICS_READY);
    metrics_region(1, METRICS_REGION_UNREADY, METRICS_READY);
    metrics_stopping();
    assert_ready(false, "stopping\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_before_open),
        cmocka_unit_test_setup_teardown(test_workers_sum, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buckets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_outcomes, setup, teardown),
        cmocka_unit_test(test_table),
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ready, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
