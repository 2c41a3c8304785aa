#include "load_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type { TEXT, NUMBER };

/* Option i is number FIRST + i for getopt. */
#define FIRST 256
#define MOST 100000000L

static const struct row {
    const char *name;
    enum type type;
    size_t offset;
    const char *help;
} table[] = {
    {"do", TEXT, offsetof(struct load_options, work), "what to do, see below"},
    {"home", TEXT, offsetof(struct load_options, home), "a client's home"},
    {"invitation", TEXT, offsetof(struct load_options, invitation), "joins as its device"},
    {"address", TEXT, offsetof(struct load_options, address), "HOST:PORT in numbers"},
    {"region", TEXT, offsetof(struct load_options, region), "the region's name"},
    {"fingerprint", TEXT, offsetof(struct load_options, fingerprint), "the server's, hexadecimal"},
    {"key", TEXT, offsetof(struct load_options, key), "the device's key, else HOME/key.pem"},
    {"cert", TEXT, offsetof(struct load_options, certificate), "its certificate"},
    {"clients", NUMBER, offsetof(struct load_options, clients), "connections"},
    {"depth", NUMBER, offsetof(struct load_options, depth), "requests under way in each"},
    {"batch", NUMBER, offsetof(struct load_options, batch), "operations of one push"},
    {"requests", NUMBER, offsetof(struct load_options, requests), "requests in all"},
    {"fill", NUMBER, offsetof(struct load_options, fill), "first makes so many records"},
    {"pid", NUMBER, 0, "the server's process, to tell its CPU and memory"},
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static bool take_number(struct load_options *options, const struct row *row, const char *text)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < 1 || number > MOST) {
        fprintf(stderr, "load: --%s: not a number from 1 to %ld: %s\n", row->name, MOST, text);
        return false;
    }
    if (strcmp(row->name, "pid") == 0)
        options->pid = (int)number;
    else
        *(size_t *)((char *)options + row->offset) = (size_t)number;
    return true;
}

static bool take(struct load_options *options, const struct row *row, const char *text)
{
    if (row->type == NUMBER)
        return take_number(options, row, text);
    *(const char **)((char *)options + row->offset) = text;
    return true;
}

bool load_options_read(int argc, char **argv, struct load_options *options_r)
{
    struct option list[ROWS + 1] = {0};
    int option;

    *options_r = (struct load_options){.clients = 1, .depth = 1, .batch = 1, .requests = 10000};
    for (size_t i = 0; i < ROWS; i++)
        list[i] = (struct option){table[i].name, required_argument, NULL, (int)(FIRST + i)};
    while ((option = getopt_long(argc, argv, "", list, NULL)) != -1)
        if (option < FIRST || !take(options_r, &table[option - FIRST], optarg))
            return false;
    return optind == argc && (options_r->work != NULL || options_r->fill > 0);
}

void load_options_help(void)
{
    fprintf(stderr, "usage: load --do WORK [--OPTION VALUE]...\n");
    for (size_t i = 0; i < ROWS; i++)
        fprintf(stderr, "  --%-12s %s\n", table[i].name, table[i].help);
}
