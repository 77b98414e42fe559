/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What of the network a guest may use, and looking names up. */
#ifndef WASI_SYSTEM_NETWORK_H
#define WASI_SYSTEM_NETWORK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/slice.h"
#include "wasi/system_error.h"

typedef struct wasi_address {
    bool v6;
    uint16_t port;
    uint8_t bytes[16];    /* 4 of them without v6; network order */
    uint32_t flow, scope; /* v6 */
} wasi_address;

/* Rules, each granting something; without any the guest has no network.
 *
 *     (empty), *           everything
 *     HOST, HOST:PORT      connect to and send to a host, at one port or all
 *     :PORT                listen at a port, on every local address
 *     listen=ADDRESS:PORT  listen there only
 *
 * HOST is an address (10.0.0.7, [fe80::1]), a network (10.0.0.0/8,
 * [fd00::]/8), a name, *.NAME for all names below, or * for every host. PORT
 * is a number or *; none is as *. What connects needs no rule for the port
 * that it gets on this side.
 *
 * A name may be looked up when a rule names it. The rule then grants the
 * addresses that the lookup gave, and no others: an address that the guest
 * knows otherwise is refused. Answers that point into the machine itself or
 * to the link (loopback, link-local, unspecified, multicast) are left out
 * unless the name is localhost or below it, or a rule grants the address
 * itself, so that whoever serves a name cannot give away what is not his. */
typedef struct wasi_network {
    struct wasi_net_rule *rules;
    size_t count, room;
    pthread_mutex_t lock;          /* of what follows */
    struct wasi_net_grant *grants; /* addresses by name */
    size_t grant_count, grant_room;
} wasi_network;

void wasi_network_init(wasi_network *self);
void wasi_network_release(wasi_network *self);
/* ARGUMENT for what is no rule. */
whit_status wasi_network_allow(wasi_network *self, slice rule,
                               whit_error *error) WHIT_MUST_CHECK;
/* Whether there is any rule. */
bool wasi_network_enabled(const wasi_network *self);
bool wasi_network_may_connect(wasi_network *self, const wasi_address *to);
bool wasi_network_may_listen(const wasi_network *self,
                             const wasi_address *local);

/* The addresses of a name, ports 0, in the order of preference; free them
 * with mem_free. The text of an address is its own answer and needs no rule.
 * Blocks as long as the host's resolver does. ACCES: not granted; INVAL: no
 * name; NOENT: it has no address; AGAIN: try later; IO: the resolver
 * failed. */
wasi_error wasi_network_lookup(wasi_network *self, slice name,
                               wasi_address **out,
                               size_t *count) WHIT_MUST_CHECK;

/* A v4 address in the form of v6 (::ffff:1.2.3.4, ::1.2.3.4). */
bool wasi_address_is_mapped(const wasi_address *self);
bool wasi_address_is_unspecified(const wasi_address *self);
/* Multicast, or broadcast. */
bool wasi_address_is_multicast(const wasi_address *self);
bool wasi_address_equal(const wasi_address *a, const wasi_address *b);

struct sockaddr_storage;
/* The size, for the calls of the host. */
unsigned wasi_address_to_host(const wasi_address *self,
                              struct sockaddr_storage *out);
/* False for a family that is none of both. */
bool wasi_address_from_host(wasi_address *self,
                            const struct sockaddr_storage *host);

#endif
