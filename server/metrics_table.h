/* The metrics' rows: names, types, help and labels as Prometheus reads them. */
#pragma once

#include "metrics.h"

/* One series; rows of the same name are one family and stand side by side. */
struct metrics_row {
    const char *name;  /* base units; a counter's ends in _total */
    const char *type;  /* counter, gauge, histogram */
    const char *help;  /* one line, for people */
    const char *label; /* NULL: none */
    const char *value; /* of that label */
    double unit;       /* what a stored 1 is, in the base unit */
    bool largest;      /* a region's: the largest of the workers' counts, not their sum */
};

/* The rows. Never NULL. */
const struct metrics_row *metrics_table_number(enum metrics_number number);
const struct metrics_row *metrics_table_histogram(enum metrics_histogram histogram);
const struct metrics_row *metrics_table_region(enum metrics_region_number number);
const struct metrics_row *metrics_table_time(enum metrics_time which);
