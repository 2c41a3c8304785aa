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

/* The row of a counter or gauge of the whole process. Never NULL. The value of a METRICS_LIMIT_… is
 * the setting's name, or the word for what no setting tells. */
const struct metrics_row *metrics_table_number(enum metrics_number number);

/* The row of a histogram. Never NULL. */
const struct metrics_row *metrics_table_histogram(enum metrics_histogram histogram);

/* The row of what is told of each region. Never NULL. */
const struct metrics_row *metrics_table_region(enum metrics_region_number number);

/* The row of a time. Never NULL. */
const struct metrics_row *metrics_table_time(enum metrics_time which);
