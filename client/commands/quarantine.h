/* Private to quarantine*.c: what revoked devices had not sent, under a coordinator's eyes. */
#pragma once

#include "command.h"
#include "figures/waiting.h"
#include "input/held.h"

struct review {
    struct context *context;
    struct arena *arena;
    const struct book_entry **chosen;
    size_t count;
    size_t n_held;    /* left out: answered already, and held up */
    bool answers;     /* takes over or turns down */
    struct held held; /* taken over, and waiting for somebody's choice */
};

/* "AP3 · Poste de Mékinac · Anne Exemple", of a device; "—" for NULL. Arena memory. */
const char *quarantine_device(const struct review *to, const struct book_entry *device);

/* True when the record that it would change is so already, and none of those before it, which are
 * number 0 to `index` - 1 of those chosen, changes it. `one` is number `index`, read. */
bool quarantine_is_so(const struct review *to, size_t index, const struct waiting *one);

/* Shows those that are chosen, by device. */
enum command_exit quarantine_list(const struct review *to);

/* The words of --message; NULL: none, or blank ones. */
const char *quarantine_message(const struct review *to);

/* *change_r: the answer to that one; `text` NULL for none. False when the arena is at its limit. */
bool quarantine_answer(const struct review *to, const struct book_entry *entry,
    Concert__Quarantine__Status status, const char *text, struct desk_change *change_r);

/* Takes those that are chosen over: what was written together commits together, with its answers,
 * or where the server does not take as much at once, before them. The exit code after having said
 * what became of it. */
enum command_exit quarantine_accept(const struct review *to);

/* Turns those that are chosen down, with the reason of --message. */
enum command_exit quarantine_refuse(const struct review *to);
