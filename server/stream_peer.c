#include "stream_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define DISCARD_SIZE 16384

void stream_peer_address(int fd, char address_r[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof(peer);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&peer;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&peer;
    const void *address = &v4->sin_addr;
    int family = AF_INET;

    memcpy(address_r, "local", sizeof("local"));
    if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0)
        return;
    if (peer.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        address = &v6->sin6_addr.s6_addr[12];
    } else if (peer.ss_family == AF_INET6) {
        address = &v6->sin6_addr;
        family = AF_INET6;
    } else if (peer.ss_family != AF_INET) {
        return;
    }
    inet_ntop(family, address, address_r, INET6_ADDRSTRLEN);
}

bool stream_peer_discard(int fd)
{
    uint8_t bytes[DISCARD_SIZE];
    ssize_t size = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

bool stream_peer_gone(int fd)
{
    struct pollfd peer = {.fd = fd, .events = POLLRDHUP};

    return poll(&peer, 1, 0) > 0;
}

void stream_peer_network(const char *address, char network_r[INET6_ADDRSTRLEN])
{
    struct in6_addr v6;

    if (inet_pton(AF_INET6, address, &v6) == 1) {
        memset(&v6.s6_addr[8], 0, 8);
        inet_ntop(AF_INET6, &v6, network_r, INET6_ADDRSTRLEN);
    } else {
        snprintf(network_r, INET6_ADDRSTRLEN, "%s", address);
    }
}
