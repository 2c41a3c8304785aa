/*
 * Packed of the protocol, on the server's side: a request that came packed, and answers that leave
 * packed, for those who said in hello that they unpack.
 */
#pragma once

#include <event2/buffer.h>
#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "pack.h"

/* The stream of one request's answers: it has memory only while they are being made. */
struct packing {
    struct pack *stream; /* NULL: none is begun */
};

/* The request that the Packed holds, in the arena, with its encoded bytes. NULL with the rule that
 * it breaks: "packing" (not known here), "range", "shape" or "memory". */
Concert__Request *packing_open(const Concert__Packed *packed, struct arena *arena,
    const uint8_t **data_r, size_t *size_r, const char **rule_r);

/* Appends a frame (of the request's number and `more`), packed, to the output. False when memory is
 * out. */
bool packing_put(struct packing *packing, struct evbuffer *frame, const Concert__Response *about,
    struct evbuffer *output);

/* The stream is over; a frame after this begins another. */
void packing_end(struct packing *packing);
