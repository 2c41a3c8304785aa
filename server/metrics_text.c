#include "metrics_text.h"

#include <event2/buffer.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "i18n.h"
#include "metrics_table.h"
#include "verbs/verbs.h"

/* One page in the making. */
struct text {
    struct evbuffer *out;
    const char *family; /* the last one that was begun */
};

/* A series' own labels beside its row's. */
struct label {
    const char *name, *value;
};

/* Marked for doctor, which tells them in the language of the technician. */
static const char *const unready[] = {[METRICS_READY] = "",
    [METRICS_LOADING] = N_("loading"),
    [METRICS_AWAY] = N_("database away"),
    [METRICS_SCHEMA] = N_("schema version")};

void metrics_text_label(struct evbuffer *out, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            evbuffer_add(out, "\\n", 2);
        else if (*value == '"' || *value == '\\')
            evbuffer_add_printf(out, "\\%c", *value);
        else
            evbuffer_add(out, value, 1);
    }
}

static void begin(struct text *text, const struct metrics_row *row)
{
    if (text->family != NULL && strcmp(text->family, row->name) == 0)
        return;
    text->family = row->name;
    evbuffer_add_printf(
        text->out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, row->type);
}

/* The series' name and labels; those without a name are left out. */
static void put_name(struct text *text, const char *name, const char *suffix,
    const struct label *labels, size_t count)
{
    const char *before = "{";

    evbuffer_add_printf(text->out, "%s%s", name, suffix);
    for (size_t i = 0; i < count; i++) {
        if (labels[i].name == NULL)
            continue;
        evbuffer_add_printf(text->out, "%s%s=\"", before, labels[i].name);
        metrics_text_label(text->out, labels[i].value);
        evbuffer_add(text->out, "\"", 1);
        before = ",";
    }
    evbuffer_add_printf(text->out, "%s ", *before == ',' ? "}" : "");
}

static void put_value(struct text *text, double unit, int64_t value)
{
    if (unit < 1)
        evbuffer_add_printf(text->out, "%.6f\n", (double)value * unit);
    else
        evbuffer_add_printf(text->out, "%lld\n", (long long)value);
}

static void put(
    struct text *text, const struct metrics_row *row, const struct label *more, int64_t value)
{
    const struct label labels[] = {*more, {row->label, row->value}};

    begin(text, row);
    put_name(text, row->name, "", labels, 2);
    put_value(text, row->unit, value);
}

/* Times in whole microseconds, counts as they are. */
static void put_histogram(struct text *text, const struct metrics_row *row,
    const struct label *more, const int64_t buckets[METRICS_BUCKETS], int64_t sum)
{
    unsigned smallest = row->unit < 1 ? METRICS_SMALLEST_TIME : METRICS_SMALLEST_COUNT;
    int64_t count = 0;
    char limit[32] = "+Inf";
    struct label labels[] = {*more, {row->label, row->value}, {"le", limit}};

    begin(text, row);
    for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
        count += buckets[i];
        snprintf(limit, sizeof(limit), row->unit < 1 ? "%.6f" : "%.0f",
            (double)(INT64_C(1) << (smallest + i)) * row->unit);
        if (i == METRICS_BUCKETS - 1)
            snprintf(limit, sizeof(limit), "+Inf");
        put_name(text, row->name, "_bucket", labels, 3);
        put_value(text, 1, count);
    }
    put_name(text, row->name, "_sum", labels, 2);
    put_value(text, row->unit, sum);
    put_name(text, row->name, "_count", labels, 2);
    put_value(text, 1, count);
}

/* --- the parts -------------------------------------------------------------------------------- */

static void put_numbers(struct text *text)
{
    static const struct label none = {NULL, NULL};

    for (unsigned i = 0; i < METRICS_NUMBERS; i++)
        put(text, metrics_table_number(i), &none, metrics_number(i));
    for (unsigned i = 0; i < METRICS_TIMES; i++)
        put(text, metrics_table_time(i), &none, metrics_time_of(i));
}

static void put_histograms(struct text *text)
{
    static const struct label none = {NULL, NULL};
    int64_t buckets[METRICS_BUCKETS];

    for (unsigned i = 0; i < METRICS_HISTOGRAMS; i++) {
        int64_t sum = metrics_histogram(i, buckets);

        put_histogram(text, metrics_table_histogram(i), &none, buckets, sum);
    }
}

/* The name of a verb's number; NULL: there is no such verb. */
static const char *verb_name(unsigned number)
{
    const struct verb *verb = verbs_get(number);

    if (number == 0)
        return "none";
    return verb == NULL ? NULL : verb->name;
}

static void put_outcomes(struct text *text, unsigned verb)
{
    struct metrics_row row = {.name = "concert_requests_total",
        .type = "counter",
        .help = "Requests that are over, by verb and code.",
        .label = "code",
        .unit = 1};
    struct label more = {"verb", verb_name(verb)};

    for (unsigned code = 0; more.value != NULL && code < METRICS_CODES; code++) {
        int64_t count = metrics_outcomes(verb, code);

        row.value = code == 0 ? "ok" : error_name(code);
        if (count > 0 || code == 0)
            put(text, &row, &more, count);
    }
}

static void put_requests(struct text *text)
{
    static const struct metrics_row latency = {.name = "concert_request_seconds",
        .type = "histogram",
        .help = "Requests, from their frame to the first answer.",
        .unit = 1e-6};
    int64_t buckets[METRICS_BUCKETS];

    for (unsigned verb = 0; verb < METRICS_VERBS; verb++)
        put_outcomes(text, verb);
    for (unsigned verb = 0; verb < METRICS_VERBS; verb++) {
        int64_t sum = metrics_latency(verb, buckets);

        if (verb_name(verb) != NULL)
            put_histogram(text, &latency, &(struct label){"verb", verb_name(verb)}, buckets, sum);
    }
}

/* Over the workers: their sum, or the largest. */
static int64_t of_region(size_t region, unsigned number)
{
    bool largest = metrics_table_region(number)->largest;
    int64_t all = 0, one;

    for (size_t worker = 0; worker < metrics_slots(); worker++) {
        if (!metrics_region_of(worker, region, number, &one))
            continue;
        if (!largest)
            all += one;
        else if (one > all)
            all = one;
    }
    return all;
}

static void put_regions(struct text *text, const struct settings *settings)
{
    for (unsigned i = 0; i < METRICS_REGION_NUMBERS; i++)
        for (size_t region = 0; region < settings->n_regions; region++)
            put(text, metrics_table_region(i),
                &(struct label){"region", settings->regions[region].name}, of_region(region, i));
}

static void put_program(struct text *text)
{
    static const struct metrics_row build = {.name = "concert_build_info",
        .type = "gauge",
        .help = "Always 1; what the program is.",
        .label = "version",
        .value = CONCERT_VERSION,
        .unit = 1};
    static const struct metrics_row workers = {
        .name = "concert_workers", .type = "gauge", .help = "Processes that serve.", .unit = 1};
    static const struct label none = {NULL, NULL};

    put(text, &build, &none, 1);
    put(text, &workers, &none, (int64_t)metrics_workers());
}

bool metrics_text(struct evbuffer *out, const struct settings *settings)
{
    struct text text = {.out = out};

    put_program(&text);
    put_numbers(&text);
    put_histograms(&text);
    put_requests(&text);
    put_regions(&text, settings);
    return evbuffer_add(out, "", 0) == 0;
}

bool metrics_text_ready(struct evbuffer *out, const struct settings *settings)
{
    bool ready = !metrics_is_stopping();

    if (!ready)
        evbuffer_add_printf(out, "%s\n", N_("stopping"));
    for (size_t region = 0; region < settings->n_regions; region++) {
        int64_t worst = of_region(region, METRICS_REGION_UNREADY);

        if (worst == METRICS_READY)
            continue;
        evbuffer_add_printf(out, "region %s: %s\n", settings->regions[region].name, unready[worst]);
        ready = false;
    }
    if (ready)
        evbuffer_add_printf(out, "ready\n");
    return ready;
}
