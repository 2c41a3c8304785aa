/*
 * The seats of a committee and who sits in them, from its memberships. Memberships that follow each
 * other with the same name of seat and the same organization (or none, as a citizen's) are one
 * seat's; two that overlap are two seats. A seat is vacant when its last membership has ended, or
 * has neither organization nor person. Pure readings of a book.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* A seat as of a day. */
struct seats_seat {
    const struct book_entry
        *sits; /* the membership of that day; the latest ended one when vacant */
    const struct book_entry *const *past; /* those that ended before that day, the latest first */
    size_t n_past;
    bool vacant;
    bool unseen;   /* no organization, and persons are not told here: vacant or not is not known */
    int32_t since; /* vacant since; else seated since; DATE_NONE: not said */
    size_t place;  /* of its first membership among the committee's */
    int32_t until; /* the term's last day; DATE_NONE: none, or vacant */
};

/* The party's seats as of `day`, members before potential and associate ones, in the order of their
 * handles; *count_r of them in the arena. `persons`: names of persons are told here (to staff and
 * to the committee's own). A seat that begins after `day` is left out. NULL at the arena's limit.
 */
const struct seats_seat *seats_list(const struct book *book, const struct book_entry *party,
    int32_t day, bool persons, struct arena *arena, size_t *count_r);

/* True for a member's seat: potential and associate ones do not decide. */
bool seats_decides(const struct book_entry *membership);

/* True when the term ends from `day` to `day + days`, both included. */
bool seats_ends(const struct seats_seat *seat, int32_t day, int32_t days);

/* The organization that sits, or NULL. */
const struct book_entry *seats_organization(
    const struct book *book, const struct book_entry *membership);

/* The seat in words: "CSSS de l'Énergie", "citoyenne", with `numbered` and several alike "M4
 * Moisson Mauricie". Arena memory or borrowed. */
const char *seats_name(const struct book *book, const struct book_entry *membership, bool numbered,
    struct arena *arena);
