/* A committee's whole part, all its shares, in one text. */
#pragma once

#include "input/edited.h"

/* Opens the shares of the party that --party names, else of the person's own ones, shows what they
 * changed, asks once and sends it as one. */
enum command_exit edit_part_run(struct edited *edit);
