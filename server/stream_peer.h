/* Who is at the other end of a socket. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>

/* Writes the peer's address without its port; IPv4 as such also when it comes through an IPv6
 * socket, "local" when it has none. */
void stream_peer_address(int fd, char address_r[INET6_ADDRSTRLEN]);

/* Throws away some of what has come, without waiting. False once the peer has hung up. */
bool stream_peer_discard(int fd);

/* True when the peer has hung up, whatever of its bytes is still to be read. */
bool stream_peer_gone(int fd);

/* Writes what counts as one peer: an IPv4 address as it is, the first 64 bits of an IPv6 one, of
 * which anyone has that many addresses ("2001:db8:1:2::"). */
void stream_peer_network(const char *address, char network_r[INET6_ADDRSTRLEN]);
