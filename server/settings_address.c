#include "settings_address.h"

#include <event2/util.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

bool settings_address_valid(const char *text)
{
    struct sockaddr_storage address;
    int size = sizeof(address);
    const char *port = strrchr(text, ':');

    return port != NULL && port[1] != '\0' &&
           evutil_parse_sockaddr_port(text, (struct sockaddr *)&address, &size) == 0;
}

/* The address in numbers; where there is only ":PORT", this machine's own. */
static bool read_address(const char *text, struct sockaddr_storage *address_r)
{
    int size = sizeof(*address_r);
    char whole[SETTINGS_TEXT + 16];

    snprintf(whole, sizeof(whole), "%s%s", text[0] == ':' ? "127.0.0.1" : "", text);
    return evutil_parse_sockaddr_port(whole, (struct sockaddr *)address_r, &size) == 0;
}

static in_port_t port_of(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                          : ((const struct sockaddr_in *)address)->sin_port;
}

/* Every address of the machine. */
static bool is_any(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6
               ? IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)address)->sin6_addr)
               : ((const struct sockaddr_in *)address)->sin_addr.s_addr == INADDR_ANY;
}

bool settings_address_clash(const struct settings *settings)
{
    struct sockaddr_storage clients = {0}, metrics = {0};

    return settings->metrics[0] != '\0' && read_address(settings->listen, &clients) &&
           read_address(settings->metrics, &metrics) && port_of(&clients) != 0 &&
           port_of(&clients) == port_of(&metrics) &&
           (is_any(&clients) || is_any(&metrics) ||
               evutil_sockaddr_cmp(
                   (const struct sockaddr *)&clients, (const struct sockaddr *)&metrics, 1) == 0);
}
