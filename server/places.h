/* A few places for what takes much memory, each held by a device. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "uuid.h"

/* Takes one of the `count` places, all zero at first, for the device. False when the device has
 * `own` already, or none is free. */
bool places_take(
    uint8_t (*places)[UUID_SIZE], size_t count, size_t own, const uint8_t device[UUID_SIZE]);

/* Gives one of the device's places back; nothing when it has none. */
void places_leave(uint8_t (*places)[UUID_SIZE], size_t count, const uint8_t device[UUID_SIZE]);
