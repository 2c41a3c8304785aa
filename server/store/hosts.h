/*
 * Which addresses a database's connection text means: names of hosts are looked up on the event
 * loop, which libpq would wait for. Heeds /etc/hosts and /etc/resolv.conf as they are at the time.
 * What is found holds for two seconds, so that connections made together ask once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HOSTS_MAX ((size_t)32) /* addresses of one connection text */
#define HOSTS_WHY_SIZE 512

struct event_base;
struct hosts;
struct hosts_query;

/* One place to connect to; "": not said, libpq takes its default. */
struct hosts_target {
    char host[256];   /* socket folder, name or numeric address: whom a certificate must name */
    char address[64]; /* numeric; "" for a socket folder */
    char port[16];
};

/* The addresses in the text's order, borrowed until return; none (`why` says of which name) when no
 * host has one. */
typedef void hosts_cb(
    void *arg, const struct hosts_target *targets, size_t n_targets, const char *why);

/* Names and what is known of them. Borrows base. NULL when memory is out. */
struct hosts *hosts_new(struct event_base *base);

/* All queries must be gone. What is being looked up ends by itself in the loop. Accepts NULL,
 * leaves NULL. */
void hosts_free(struct hosts **hosts);

/* Asks for the addresses of a connection text's `host`, `hostaddr` and `port` (each a list with
 * commas as in libpq's "Specifying Multiple Hosts", or NULL). `cb` fires once, from the loop, when
 * all are known or not to be known: see hosts_query_hurry for name servers that do not answer. NULL
 * when memory is out. */
struct hosts_query *hosts_ask(struct hosts *hosts, const char *host, const char *hostaddr,
    const char *port, hosts_cb *cb, void *arg);

/* Enough waited: `cb` fires at the loop's next turn with what is known by now. */
void hosts_query_hurry(struct hosts_query *query);

/* The place where the writer's connection is: the others are wanted there too. */
void hosts_lead(struct hosts *hosts, const struct hosts_target *target);

/* True for the place that hosts_lead named last. */
bool hosts_leads(const struct hosts *hosts, const struct hosts_target *target);

/* True once after hosts_lead named another place than before. */
bool hosts_moved(struct hosts *hosts);

/* Not interested any more; also after `cb`. Accepts NULL, leaves NULL. */
void hosts_query_free(struct hosts_query **query);
