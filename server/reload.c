#include "reload.h"

#include <string.h>

#include "admin/retention_list.h"
#include "certificate.h"
#include "clock.h"
#include "date.h"
#include "i18n.h"
#include "log.h"
#include "metrics.h"
#include "page.h"
#include "settings_address.h"
#include "text.h"

static const char *const levels[] = {"error", "warning", "info", "debug"};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

static size_t level_of(const struct settings *settings)
{
    size_t i = 0;

    while (i < LEVELS && strcmp(settings->log_level, levels[i]) != 0)
        i++;
    return i;
}

void reload_log_level(const struct settings *settings)
{
    if (level_of(settings) < LEVELS)
        log_set_level((enum log_level)level_of(settings));
}

/* What clients are told must be text, or they could not read the answer to hello. */
static bool is_text(const struct settings_region *region)
{
    const char *const texts[] = {
        region->title, region->language, region->responsible, region->retention};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (!text_valid_utf8(texts[i], strlen(texts[i])))
            return false;
    return true;
}

static const char *check_region(const struct settings_region *region)
{
    struct retention retention;
    char why[256];

    if (region->database[0] == '\0')
        return N_("a region has no database");
    if (!is_text(region))
        return N_("a region's title, language, responsible or retention is not UTF-8");
    if (!retention_list(region->retention, &retention, why, sizeof(why)))
        return N_(
            "a region's retention is not kinds that hold personal data and months (contact 24)");
    return date_zone(region->timezone)
               ? NULL
               : N_("a region's timezone is none of IANA's (America/Toronto)");
}

const char *reload_check(const struct settings *settings)
{
    if (settings->n_regions == 0)
        return N_("there is no [region NAME]");
    if (level_of(settings) == LEVELS)
        return N_("log_level must be error, warning, info or debug");
    if (settings_address_clash(settings))
        return N_("metrics must be another address than listen: each wants a port of its own");
    if (settings->output_max < settings->output + 2 * (long)PAGE_MAX)
        return N_("output_max must be more than output by two pages (524288)");
    for (size_t i = settings->n_regions; i-- > 0;) { /* the first one's zone is the program's */
        const char *wrong = check_region(&settings->regions[i]);

        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

static bool refuse(const char *what, const char *why)
{
    char file[LOG_VALUE], reason[LOG_VALUE];

    log_line(LOG_LEVEL_ERROR, "serve", "event=reload_refused what=%s why=%s", log_value(what, file),
        log_value(why, reason));
    return false;
}

static void on_waits(void *arg, const char *section, const char *name)
{
    const bool *told = arg;

    log_line(*told ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, "serve",
        "event=waits_for_restart section=%s setting=%s", section, name);
}

void reload_measure(const struct ssl_ctx_st *context)
{
    metrics_time(METRICS_RELOADED, clock_now() / 1000000);
    metrics_time(METRICS_CERTIFICATE_EXPIRES, certificate_expires(context));
}

bool reload(const struct state_paths *paths, struct settings *settings, struct ssl_ctx_st *context,
    bool told)
{
    struct settings fresh;
    char why[1024];
    const char *wrong;

    if (!settings_read(&fresh, paths->settings, why, sizeof(why)))
        return refuse("settings", why);
    wrong = reload_check(&fresh);
    date_zone(settings->regions[0].timezone); /* the one that is served */
    if (wrong != NULL)
        return refuse(paths->settings, wrong);
    if (!certificate_renew(context, paths->certificate, &wrong))
        return refuse(paths->certificate, wrong);
    settings_reload(settings, &fresh, on_waits, &told);
    reload_log_level(settings);
    reload_measure(context);
    log_line(told ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "serve", "event=reloaded");
    return true;
}
