/* Arrays on the heap that grow. Those of an arena: arena_grow. */
#pragma once

#include <stddef.h>

/* Room for one more in an array of `count` elements of `size` bytes that has room for *room_r: the
 * array, or its new place, with *room_r set; the caller's to free(). The first one: NULL with room
 * 0. NULL when memory is out; then *room_r and the array are as they were. */
void *array_grow(void *array, size_t count, size_t *room_r, size_t size);
