/* Accounts as mandates: who may speak for whom, until when, by which devices. Pure readings of a
 * book, which holds all of them for staff alone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

#define MANDATES_SOON 60 /* days before its end from which a mandate is told of */

/* True when the account is open and its mandate is not over. */
bool mandates_open(const struct book_entry *account, int32_t today);

/* True when the account speaks for the party. */
bool mandates_speaks(const struct book_entry *account, const uint8_t party[UUID_SIZE]);

/* How many parties it speaks for. */
size_t mandates_parties(const struct book_entry *account);

/* A device of the account that is in use; NULL when nobody has joined with it, or all were revoked.
 */
const struct book_entry *mandates_device(const struct book *book, const struct book_entry *account);

/* The open coordinators' accounts other than those `without`. */
size_t mandates_coordinators(const struct book *book, int32_t today,
    const struct book_entry *const *without, size_t n_without);

/* Likewise those that a device in use speaks for: they can let others in. */
size_t mandates_coordinators_joined(const struct book *book, int32_t today,
    const struct book_entry *const *without, size_t n_without);

/* The open accounts whose last day is from today on and within `days`, the nearest first, *count_r
 * of them in the arena; NULL at its limit. */
const struct book_entry *const *mandates_ending(
    const struct book *book, int32_t today, int32_t days, struct arena *arena, size_t *count_r);

/* The parties it speaks for as people call them, joined with ", "; "" for none. Arena memory. */
const char *mandates_names(
    const struct book *book, const struct book_entry *account, struct arena *arena);
