/* Where the server listens, as the settings say it. */
#pragma once

#include <stdbool.h>

#include "settings.h"

/* True for HOST:PORT in numbers. */
bool settings_address_valid(const char *text);

/* True when the settings have clients and /metrics on one address, which only one can listen on. */
bool settings_address_clash(const struct settings *settings);
