/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * One guest's world: what it is told and what it is granted. */
#ifndef WASI_SYSTEM_H
#define WASI_SYSTEM_H

#include "base/buffer.h"
#include "wasi/system_clock.h"
#include "wasi/system_descriptor.h"
#include "wasi/system_error.h"
#include "wasi/system_file.h"
#include "wasi/system_network.h"
#include "wasi/system_path.h"
#include "wasi/system_reactor.h"

/* The operating-system half of WASI. It knows neither WebAssembly nor any
 * version of WASI; each version is a face over it that checks the guest's
 * pointers and translates names and numbers.
 *
 * A new system grants nothing: no arguments, no environment, no directory,
 * standard streams that are WASI_KIND_NULL. Grants are made before guests
 * run; from then on guests on several threads may share it. Counted, since
 * stores and the embedder hold it. */

/* Arguments or environment: texts one behind the other, each with its NUL. */
typedef struct wasi_texts {
    buffer bytes;
    uint32_t count;
} wasi_texts;

/* What a face keeps with a system; goes with it, the newest first. */
typedef struct wasi_face {
    struct wasi_face *next;
    const void *kind; /* whose it is */
    void (*free)(struct wasi_face *self);
} wasi_face;

typedef struct wasi_system {
    atomic_uint references;
    wasi_texts arguments;
    wasi_texts environment; /* "NAME=value" */
    wasi_table table;       /* 0..2 are the standard streams */
    wasi_resolver resolver; /* set before the first grant */
    buffer input;           /* standard input from memory */
    buffer output[2];       /* captured standard output and error */
    wasi_network network;
    /* For guests that wait without a thread, i.e. components. A system with
     * a reactor is used by one thread at a time. */
    wasi_reactor *reactor;
    wasi_face *faces;
    uint32_t preopen_count;
    atomic_bool exited;
    atomic_uint exit_code;
} wasi_system;

whit_status wasi_system_new(wasi_system **out,
                            whit_error *error) WHIT_MUST_CHECK;
void wasi_system_retain(wasi_system *self);
/* NULL is allowed. */
void wasi_system_release(wasi_system *self);

/* All copy what they are given. */
whit_status wasi_system_add_argument(wasi_system *self, slice text,
                                     whit_error *error) WHIT_MUST_CHECK;
whit_status wasi_system_add_variable(wasi_system *self, slice name, slice value,
                                     whit_error *error) WHIT_MUST_CHECK;

/* Standard streams: 0, 1, 2. */
whit_status wasi_system_stream_null(wasi_system *self, unsigned stream,
                                    whit_error *error) WHIT_MUST_CHECK;
/* A descriptor of the host; closed with the system when `owned`, otherwise it
 * must stay open as long. On failure it is the caller's still. */
whit_status wasi_system_stream_host(wasi_system *self, unsigned stream,
                                    int host, bool owned,
                                    whit_error *error) WHIT_MUST_CHECK;
whit_status wasi_system_stream_input(wasi_system *self, slice bytes,
                                     whit_error *error) WHIT_MUST_CHECK;
/* 1 or 2; read the bytes with wasi_system_output. */
whit_status wasi_system_stream_capture(wasi_system *self, unsigned stream,
                                       whit_error *error) WHIT_MUST_CHECK;
slice wasi_system_output(const wasi_system *self, unsigned stream);

/* Grants the directory `host` under the guest's name `guest`. */
whit_status wasi_system_grant(wasi_system *self, const char *host,
                              const char *guest, bool read_only,
                              whit_error *error) WHIT_MUST_CHECK;
/* Grants a socket, listening or connected; owned from now on, on success. */
whit_status wasi_system_grant_socket(wasi_system *self, int host,
                                     whit_error *error) WHIT_MUST_CHECK;
/* Grants what rules of the network say (system_network.h), with commas
 * between them. */
whit_status wasi_system_allow_network(wasi_system *self, slice rules,
                                      whit_error *error) WHIT_MUST_CHECK;

/* The reactor, made at the first call; the system's. */
whit_status wasi_system_reactor(wasi_system *self, wasi_reactor **out,
                                whit_error *error) WHIT_MUST_CHECK;
/* The system owns the face from now on. */
void wasi_system_add_face(wasi_system *self, wasi_face *face);

#endif
