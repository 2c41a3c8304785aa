#include "array.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST_ROOM ((size_t)16)

void *array_grow(void *array, size_t count, size_t *room_r, size_t size)
{
    size_t room = *room_r == 0 ? FIRST_ROOM : *room_r * 2;
    void *larger;

    if (count < *room_r)
        return array;
    larger = room > SIZE_MAX / 2 / size ? NULL : realloc(array, room * size);
    if (larger != NULL)
        *room_r = room;
    return larger;
}
