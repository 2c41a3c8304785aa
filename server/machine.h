/* State machines: what each setter of a state asks first. */
#pragma once

#include <stdbool.h>

/* Nothing, when the machine may go from the state `was` to `next`. Else the program ends, in every
 * build, after a line in the log: what it holds is right only for states that its table lets follow
 * one another. */
void machine_expect(bool may, const char *machine, unsigned was, unsigned next);
