/* Private to handover*.c: a committee that passes from one person to another. */
#pragma once

#include "command.h"
#include "input/fields.h"

/* An account that ends, as its sentence names it. */
struct ended {
    const char *handle, *person;
    int32_t day;  /* the mandate's last, where it ends on a day to come */
    bool several; /* it spoke for other committees too */
};

struct handover {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *party, *kept; /* kept: a device that goes on; NULL: none */
    const char *person;
    const char *party_name; /* the arena's, as `person`: the book goes with a write */
    bool later;             /* on a day to come */
    const struct book_entry **old;
    size_t n_old;
    struct ended *ended;     /* as many */
    const char *kept_handle; /* NULL: none */
    struct desk_change *changes;
    size_t n_changes, room;
    uint8_t account[UUID_SIZE];
    bool exists;
    const struct book_entry *over; /* that account, where its mandate is over; NULL: it is not */
    const char *over_handle;
    const struct book_entry *holding; /* a device that the new person is in with; NULL: none */
};

/* Whose accounts end, and whether they may: fills `old`, and `account` and `holding` where the new
 * person has one already. COMMAND_OK, or the exit code after having said what is wrong. */
enum command_exit handover_find(struct handover *to);

/* Fills `changes`: what ends and what begins. False when the arena is at its limit. */
bool handover_prepare(struct handover *to);
