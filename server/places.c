#include "places.h"

#include <string.h>

bool places_take(
    uint8_t (*places)[UUID_SIZE], size_t count, size_t own, const uint8_t device[UUID_SIZE])
{
    size_t place = count, taken = 0;

    for (size_t i = 0; i < count; i++) {
        taken += uuid_equal(places[i], device);
        if (uuid_equal(places[i], uuid_none))
            place = i;
    }
    if (place == count || taken >= own)
        return false;
    memcpy(places[place], device, UUID_SIZE);
    return true;
}

void places_leave(uint8_t (*places)[UUID_SIZE], size_t count, const uint8_t device[UUID_SIZE])
{
    for (size_t i = 0; i < count; i++)
        if (uuid_equal(places[i], device)) {
            memcpy(places[i], uuid_none, UUID_SIZE);
            return;
        }
}
