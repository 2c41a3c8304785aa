/* What the load program is asked to do. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct load_options {
    const char *work;       /* --do */
    const char *home;       /* key.pem and cert.pem, and copy.db when a client joined there */
    const char *invitation; /* joins with it first; a device that has joined may do so again */
    const char *address;    /* HOST:PORT in numbers; overrides what the home knows */
    const char *region;
    const char *fingerprint; /* the server's, 64 hexadecimal digits */
    const char *key, *certificate;
    size_t clients, depth, batch, requests, fill;
    int pid; /* the server's, for its CPU and memory; 0: not told */
};

/* Reads the command line; prints what is wrong with it. */
bool load_options_read(int argc, char **argv, struct load_options *options_r);

/* The usage. */
void load_options_help(void);
