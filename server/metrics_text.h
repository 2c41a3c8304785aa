/* What the metrics page says, as text. */
#pragma once

#include "settings.h"

struct evbuffer;

/* Appends all metrics in Prometheus' text format 0.0.4; the regions' names are the settings'. False
 * when memory is out. Source: prometheus.io, "Exposition formats". */
bool metrics_text(struct evbuffer *out, const struct settings *settings);

/* Appends "ready", or each reason why not as one line ("region mauricie: database away"). True when
 * it is ready. */
bool metrics_text_ready(struct evbuffer *out, const struct settings *settings);

/* Appends a label's value, escaped, without its quotes. */
void metrics_text_label(struct evbuffer *out, const char *value);
