/*
 * Settings, certificate and log level while the server runs: what SIGHUP means. All or nothing: a
 * file with a mistake changes nothing.
 */
#pragma once

#include <stdbool.h>

#include "settings.h"
#include "state.h"

struct ssl_ctx_st;

/* What is wrong with settings that are each fine by themselves; NULL: nothing. The program's time
 * zone becomes the first region's. */
const char *reload_check(const struct settings *settings);

/* Takes the settings' log level; they must be checked. */
void reload_log_level(const struct settings *settings);

/* Tells the metrics that settings are taken now, and when the certificate ends. */
void reload_measure(const struct ssl_ctx_st *context);

/* Reads both files again. What can be changed while serving is copied into `settings`, in place;
 * what cannot is named in the log, once `told`. False, with a line in the log and nothing changed,
 * when one of the files is not as it should be. */
bool reload(const struct state_paths *paths, struct settings *settings, struct ssl_ctx_st *context,
    bool told);
