/* `concertd init`: a new region, from nothing to the coordinator's invitation. */
#pragma once

/* Runs the command with its own arguments. Returns the program's exit code; says on stderr what is
 * wrong, and prints the invitation on stdout. */
int init_run(int argc, char **argv);
