/*
 * Private to desk_bundle*.c: whether a file's log goes on from the head of the pages before
 * (replica_series), as a file that is taken in part, or behind a pull that was cut, must.
 */
#pragma once

#include "desk/desk_internal.h"

/* The highest head at which a file's pages were read, and its hash; all zero: none. */
struct desk_bundle_series {
    uint64_t head;
    uint8_t hash[64];
    size_t size;
};

/* Takes a page of the file into account. */
void desk_bundle_series_note(struct desk_bundle_series *series, const Concert__Page *page);

/* True in *found_r when the copy, or with `fresh` what is beside it, is no unfinished series, or
 * one that the file goes on with: the server was told of its head (`about`), or has read pages of
 * this file at it. False: replica_why. */
bool desk_bundle_series_find(const struct desk_bundle_series *series, struct replica *replica,
    bool fresh, const Concert__Bundle *about, bool *found_r);
