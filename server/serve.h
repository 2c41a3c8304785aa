/* `concertd serve`: serves the regions of a state folder until SIGTERM or SIGINT. */
#pragma once

/* Runs the command with its own arguments. Returns the program's exit code. */
int serve_run(int argc, char **argv);
