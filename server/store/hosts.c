#include "hosts.h"

#include <arpa/inet.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "clock.h"
#include "log.h"

#define NAME_KEEP 2000 /* milliseconds */
#define NAME_ADDRESSES 8

/* What is known of a name. */
struct name {
    LIST_ENTRY(name) next;
    struct hosts *hosts; /* NULL: gone, the answer is for nobody */
    char name[256];
    bool asked;    /* and not answered yet */
    int64_t until; /* clock_steady: after that it is asked again */
    char addresses[NAME_ADDRESSES][64];
    size_t n_addresses;
    char why[64]; /* when there are none */
};

struct hosts {
    struct event_base *base;
    struct evdns_base *dns; /* NULL: nothing was asked yet */
    size_t asked;           /* names that wait for an answer */
    struct hosts_target leader;
    bool led, moved; /* there is one; it is another one than before */
    LIST_HEAD(, name) names;
    LIST_HEAD(, hosts_query) queries;
};

struct hosts_query {
    LIST_ENTRY(hosts_query) next;
    struct hosts *hosts;
    struct event *told;
    bool hurried;
    hosts_cb *cb;
    void *arg;
    struct hosts_target places[HOSTS_MAX]; /* as the text has them */
    struct name *names[HOSTS_MAX];         /* of each; NULL: needs none */
    size_t n_places;
};

/* --- names ------------------------------------------------------------------------------------ */

static void add_address(struct name *name, const struct sockaddr *address)
{
    char *text = name->addresses[name->n_addresses];
    const void *bytes = NULL;

    if (address->sa_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (bytes != NULL && name->n_addresses < NAME_ADDRESSES &&
        inet_ntop(address->sa_family, bytes, text, sizeof(name->addresses[0])) != NULL)
        name->n_addresses++;
}

static bool is_settled(const struct hosts_query *query)
{
    for (size_t i = 0; i < query->n_places; i++)
        if (query->names[i] != NULL && query->names[i]->asked)
            return false;
    return true;
}

static void on_name(int result, struct evutil_addrinfo *found, void *arg)
{
    struct name *name = arg;
    struct hosts_query *query;

    if (name->hosts == NULL) {
        free(name);
    } else {
        name->asked = false;
        name->hosts->asked--;
        name->until = clock_steady() + NAME_KEEP;
        for (const struct evutil_addrinfo *each = found;
             each != NULL && name->n_addresses < NAME_ADDRESSES; each = each->ai_next)
            add_address(name, each->ai_addr);
        snprintf(name->why, sizeof(name->why), "%s",
            result == 0 ? "no address" : evutil_gai_strerror(result));
        LIST_FOREACH(query, &name->hosts->queries, next)
        if (is_settled(query))
            event_active(query->told, EV_TIMEOUT, 1);
    }
    if (found != NULL)
        evutil_freeaddrinfo(found);
}

/* Name servers may have changed since the last time: the files are read again. */
static bool open_dns(struct hosts *hosts)
{
    if (hosts->asked > 0)
        return hosts->dns != NULL;
    if (hosts->dns != NULL)
        evdns_base_free(hosts->dns, 0);
    hosts->dns = evdns_base_new(hosts->base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    if (hosts->dns == NULL)
        return false;
    evdns_base_resolv_conf_parse(hosts->dns, DNS_OPTIONS_ALL, "/etc/resolv.conf");
    evdns_base_set_option(hosts->dns, "timeout:", "2");
    evdns_base_set_option(hosts->dns, "attempts:", "2");
    return true;
}

static void look_up(struct hosts *hosts, struct name *name)
{
    const struct evutil_addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};

    name->n_addresses = 0;
    name->asked = open_dns(hosts);
    snprintf(name->why, sizeof(name->why), "memory");
    if (!name->asked)
        return;
    hosts->asked++;
    evdns_getaddrinfo(hosts->dns, name->name, NULL, &hints, on_name, name);
}

/* The name, being looked up unless it is known; NULL when memory is out. */
static struct name *want(struct hosts *hosts, const char *text)
{
    struct name *name;

    LIST_FOREACH(name, &hosts->names, next)
    if (strcmp(name->name, text) == 0)
        break;
    if (name == NULL) {
        name = calloc(1, sizeof(*name));
        if (name == NULL)
            return NULL;
        name->hosts = hosts;
        snprintf(name->name, sizeof(name->name), "%s", text);
        LIST_INSERT_HEAD(&hosts->names, name, next);
    }
    if (!name->asked && clock_steady() >= name->until)
        look_up(hosts, name);
    return name;
}

/* --- a connection text's lists ---------------------------------------------------------------- */

/* How many places a list has; 0: it says nothing. */
static size_t count(const char *list)
{
    size_t n = list != NULL && list[0] != '\0';

    for (; n > 0 && *list != '\0'; list++)
        n += *list == ',';
    return n;
}

/* The place of that number into text_r; the only one stands for all when `shared`. */
static void pick(const char *list, size_t number, bool shared, char *text_r, size_t size)
{
    text_r[0] = '\0';
    if (list == NULL)
        return;
    for (size_t i = count(list) == 1 && shared ? 0 : number; i > 0 && list != NULL; i--)
        if ((list = strchr(list, ',')) != NULL)
            list++;
    if (list != NULL)
        snprintf(text_r, size, "%.*s", (int)strcspn(list, ","), list);
}

static bool is_numeric(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1 ||
           (strchr(host, ':') != NULL && strchr(host, '%') != NULL); /* fe80::1%eth0 */
}

/* Lists that do not fit each other go to libpq as they are, which says so. */
static bool fits(const char *host, const char *hostaddr, const char *port)
{
    size_t hosts = count(host), addresses = count(hostaddr), ports = count(port);
    size_t places = addresses > hosts ? addresses : hosts;

    return (hosts == 0 || addresses == 0 || hosts == addresses) &&
           (ports <= 1 || ports == places) && places <= HOSTS_MAX;
}

static bool split(
    struct hosts_query *query, const char *host, const char *hostaddr, const char *port)
{
    size_t n = count(hostaddr) > count(host) ? count(hostaddr) : count(host);
    bool fit = fits(host, hostaddr, port);

    query->n_places = n == 0 || !fit ? 1 : n;
    for (size_t i = 0; i < query->n_places; i++) {
        struct hosts_target *place = &query->places[i];

        if (!fit) {
            snprintf(place->host, sizeof(place->host), "%s", host == NULL ? "" : host);
            snprintf(
                place->address, sizeof(place->address), "%s", hostaddr == NULL ? "" : hostaddr);
            snprintf(place->port, sizeof(place->port), "%s", port == NULL ? "" : port);
            break;
        }
        pick(host, i, false, place->host, sizeof(place->host));
        pick(hostaddr, i, false, place->address, sizeof(place->address));
        pick(port, i, true, place->port, sizeof(place->port));
        if (place->address[0] != '\0' || place->host[0] == '\0' || strchr("/@", place->host[0]))
            continue;
        if (is_numeric(place->host))
            snprintf(place->address, sizeof(place->address), "%.63s", place->host);
        else if ((query->names[i] = want(query->hosts, place->host)) == NULL)
            return false;
    }
    return true;
}

/* --- queries ---------------------------------------------------------------------------------- */

static void add_found(const struct hosts_target *place, const struct name *name,
    struct hosts_target *targets, size_t *n_targets)
{
    for (size_t i = 0; i < name->n_addresses && *n_targets < HOSTS_MAX; i++) {
        targets[*n_targets] = *place;
        snprintf(targets[*n_targets].address, sizeof(place->address), "%s", name->addresses[i]);
        ++*n_targets;
    }
}

static void on_told(evutil_socket_t fd, short what, void *arg)
{
    struct hosts_query *query = arg;
    struct hosts_target targets[HOSTS_MAX];
    char why[HOSTS_WHY_SIZE] = "", value[LOG_VALUE];
    size_t n_targets = 0;

    (void)fd;
    (void)what;
    if (!query->hurried && !is_settled(query)) /* a name that has become old is asked again */
        return;
    for (size_t i = 0; i < query->n_places; i++) {
        const struct name *name = query->names[i];

        if (name == NULL && n_targets < HOSTS_MAX)
            targets[n_targets++] = query->places[i];
        if (name == NULL)
            continue;
        add_found(&query->places[i], name, targets, &n_targets);
        if (name->n_addresses > 0)
            continue;
        snprintf(why, sizeof(why), "host %s: %s", name->name,
            name->asked ? "no name server answers" : name->why);
        log_line(LOG_LEVEL_DEBUG, NULL, "event=host_unknown why=%s", log_value(why, value));
    }
    query->cb(query->arg, targets, n_targets, why);
}

struct hosts_query *hosts_ask(struct hosts *hosts, const char *host, const char *hostaddr,
    const char *port, hosts_cb *cb, void *arg)
{
    struct hosts_query *query = calloc(1, sizeof(*query));

    if (query == NULL)
        return NULL;
    query->hosts = hosts;
    query->cb = cb;
    query->arg = arg;
    LIST_INSERT_HEAD(&hosts->queries, query, next);
    query->told = event_new(hosts->base, -1, 0, on_told, query);
    if (query->told == NULL || !split(query, host, hostaddr, port))
        hosts_query_free(&query);
    else if (is_settled(query))
        event_active(query->told, EV_TIMEOUT, 1);
    return query;
}

bool hosts_leads(const struct hosts *hosts, const struct hosts_target *target)
{
    const struct hosts_target *leader = &hosts->leader;

    return hosts->led && strcmp(leader->host, target->host) == 0 &&
           strcmp(leader->address, target->address) == 0 && strcmp(leader->port, target->port) == 0;
}

void hosts_lead(struct hosts *hosts, const struct hosts_target *target)
{
    hosts->moved |= hosts->led && !hosts_leads(hosts, target);
    hosts->leader = *target;
    hosts->led = true;
}

bool hosts_moved(struct hosts *hosts)
{
    bool moved = hosts->moved;

    hosts->moved = false;
    return moved;
}

void hosts_query_hurry(struct hosts_query *query)
{
    query->hurried = true;
    event_active(query->told, EV_TIMEOUT, 1);
}

void hosts_query_free(struct hosts_query **query)
{
    if (*query == NULL)
        return;
    LIST_REMOVE(*query, next);
    if ((*query)->told != NULL)
        event_free((*query)->told);
    free(*query);
    *query = NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

struct hosts *hosts_new(struct event_base *base)
{
    struct hosts *hosts = calloc(1, sizeof(*hosts));

    if (hosts == NULL)
        return NULL;
    hosts->base = base;
    LIST_INIT(&hosts->names);
    LIST_INIT(&hosts->queries);
    return hosts;
}

void hosts_free(struct hosts **hosts)
{
    struct hosts *h = *hosts;
    struct name *name;

    if (h == NULL)
        return;
    while ((name = LIST_FIRST(&h->names)) != NULL) {
        LIST_REMOVE(name, next);
        name->hosts = NULL;
        if (!name->asked)
            free(name); /* else its answer frees it */
    }
    if (h->dns != NULL)
        evdns_base_free(h->dns, 1);
    free(h);
    *hosts = NULL;
}
