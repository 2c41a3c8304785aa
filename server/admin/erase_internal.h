/* What the ways of erasing share. */
#pragma once

#include "admin/admin.h"
#include "admin/erase_plan.h"

struct erasing {
    struct admin *admin;
    struct erase_plan plan;
    struct inspect *reader;
    bool stuck;              /* it was refused, for no coordinator would be left; then: */
    uint8_t last[UUID_SIZE]; /* the account of the last one */
};

/* Connects and makes an empty plan, of one moment. False when that was said on stderr; then too,
 * erase_end follows. */
bool erase_begin(struct erasing *e);

/* Closes and frees. */
void erase_end(struct erasing *e);

/* Says that the database was not read; returns the exit code. */
int erase_refuse(struct erasing *e);

/* With targets in the plan: tells them, or with `yes` erases, with `note` after it was noted in
 * STATE/erasures. Returns the exit code. */
int erase_go_on(struct erasing *e, bool yes, bool note);
