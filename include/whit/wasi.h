/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WASI: what a guest may see and touch of the system. */
#ifndef WHIT_WASI_H
#define WHIT_WASI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <whit/error.h>
#include <whit/linker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The world of one guest. A new one grants nothing: no arguments, no
 * environment, no directory, no socket; standard input is empty, standard
 * output and error go nowhere. Grant what the guest needs, then link:
 *
 *     whit_wasi *wasi;
 *     whit_wasi_new(&wasi, &error);
 *     whit_wasi_add_argument(wasi, "program", &error);
 *     whit_wasi_grant_directory(wasi, "site", "/", WHIT_WASI_READ_ONLY,
 *                               &error);
 *     whit_linker_define_wasi(linker, wasi, &error);
 *
 * It must outlive the store it is linked into: free it after the store. Every
 * text and byte given is copied. Grants are made before the guest runs.
 *
 * Failures: ARGUMENT for what makes no sense, LIMIT for too much, NOT_FOUND
 * and IO for what the system refuses.
 *
 * A guest that exits, as all do that return from main with a code other than
 * 0, ends with status WHIT_EXIT: not a failure. Ask
 * whit_wasi_exit_code then. */
typedef struct whit_wasi whit_wasi;

WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_new(whit_wasi **out,
                                                   whit_error *error);
/* NULL is allowed. */
WHIT_API void whit_wasi_free(whit_wasi *wasi);

/* Appends an argument. The first is the program's name, by custom. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_add_argument(whit_wasi *wasi,
                                                            const char *text,
                                                            whit_error *error);
/* Adds an environment variable. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_add_variable(whit_wasi *wasi,
                                                            const char *name,
                                                            const char *value,
                                                            whit_error *error);
/* Adds every environment variable of this process. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_wasi_inherit_environment(whit_wasi *wasi, whit_error *error);

typedef enum whit_wasi_stream {
    WHIT_WASI_STDIN,
    WHIT_WASI_STDOUT,
    WHIT_WASI_STDERR
} whit_wasi_stream;

/* Each replaces what the stream was. Nothing: input is empty, output is
 * dropped. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_null_stream(
    whit_wasi *wasi, whit_wasi_stream stream, whit_error *error);
/* The stream of this process. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_inherit_stream(
    whit_wasi *wasi, whit_wasi_stream stream, whit_error *error);
/* An open descriptor, borrowed: it must stay open as long as the world. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_wasi_use_descriptor(whit_wasi *wasi, whit_wasi_stream stream,
                         int descriptor, whit_error *error);
/* Standard input from memory. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_set_input(whit_wasi *wasi,
                                                         const void *bytes,
                                                         size_t size,
                                                         whit_error *error);
/* Keeps what is written to standard output or error. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_capture_stream(
    whit_wasi *wasi, whit_wasi_stream stream, whit_error *error);
/* What has been captured; NULL when nothing has. Valid until the guest runs
 * again; not terminated. */
WHIT_API const char *whit_wasi_captured(const whit_wasi *wasi,
                                        whit_wasi_stream stream, size_t *size);

/* Options of a grant. READ_ONLY refuses to make, change, rename, link or
 * remove anything in the directory, and to open its files for writing. */
enum { WHIT_WASI_READ_ONLY = 1 };

/* Grants a directory of the host under a name of the guest's, usually an
 * absolute path such as "/" or "/data". The guest reaches what lies beneath
 * it and nothing else: `..`, absolute paths, symbolic links, renames and
 * races cannot leave it. It sees symbolic links, devices and FIFOs that are
 * beneath. A hard link to a file outside, which only the host can have made,
 * is a file of the directory. Nothing in /proc is reached through a grant of a
 * directory above it. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_wasi_grant_directory(whit_wasi *wasi, const char *host, const char *guest,
                          unsigned options, whit_error *error);
/* Grants a socket, listening or connected, as the next descriptor behind
 * those of the directories granted before it. On success it is closed with
 * the world. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_grant_socket(whit_wasi *wasi,
                                                            int descriptor,
                                                            whit_error *error);

/* Grants parts of the network to components, which have none otherwise. The
 * rules, with commas between them:
 *
 *     (empty), *           everything
 *     HOST, HOST:PORT      connect to and send to a host, at one port or all
 *     :PORT                listen at a port, on every local address
 *     listen=ADDRESS:PORT  listen there only
 *
 * HOST is an address (10.0.0.7, [fe80::1]), a network (10.0.0.0/8), a name,
 * *.NAME for all names below it, or *; PORT is a number or *. A name may be
 * looked up, which grants the addresses that it has and no others; answers
 * that point into this machine or its link count only for localhost, or when
 * a rule grants the address too. */
WHIT_API WHIT_MUST_CHECK whit_status whit_wasi_allow_network(whit_wasi *wasi,
                                                             const char *rules,
                                                             whit_error *error);

/* Defines the module wasi_snapshot_preview1. */
WHIT_API WHIT_MUST_CHECK whit_status whit_linker_define_wasi(
    whit_linker *linker, whit_wasi *wasi, whit_error *error);

/* After a guest ended with WHIT_EXIT: true, and its code. A signal it raised
 * counts as 128 and the signal's number. */
WHIT_API bool whit_wasi_exited(const whit_wasi *wasi);
WHIT_API uint32_t whit_wasi_exit_code(const whit_wasi *wasi);

/* Writes what components wrote to standard output and error and the host did
 * not take yet, for at most so long; negative: without end. False: something
 * is left. What is left when the world is freed is lost. */
WHIT_API bool whit_wasi_flush(whit_wasi *wasi, int64_t nanoseconds);

#ifdef __cplusplus
}
#endif
#endif
