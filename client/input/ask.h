/* A question to the person at the terminal. */
#pragma once

#include <stdbool.h>

/* Asks "[y/N]" and reads a line; anything but a yes, in either language, is a no. */
bool ask_yes(void);
