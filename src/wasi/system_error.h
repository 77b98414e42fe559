/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * How operations of the system half fail. */
#ifndef WASI_SYSTEM_ERROR_H
#define WASI_SYSTEM_ERROR_H

#include <stdbool.h>
#include "base/error.h"

/* These failures are answers for the guest, not for the embedder: each face
 * translates them into its own codes. WASI_OK is 0. Two have a fixed meaning
 * beyond their POSIX one:
 *   PERM  a path that would leave the directory it is resolved in
 *   INTR  the wait was interrupted by the wasi_wait that was passed; an
 *         interrupting signal of the host is never reported, but retried */
typedef enum wasi_error {
    WASI_OK,
#define X(name, host) WASI_ERROR_##name,
#include "wasi/system_error.def"
#undef X
    WASI_ERROR_COUNT
} wasi_error;

/* From an errno of the host; IO for one that is not in the table. */
wasi_error wasi_error_host(int host);
/* From the thread's errno. */
wasi_error wasi_error_last(void);
/* "NOENT"; "OK" for success. Never NULL. */
const char *wasi_error_name(wasi_error error);

/* Returns from the calling function with a failure. */
#define WASI_TRY(expr)                      \
    do {                                    \
        wasi_error try_error = (expr);      \
        if (UNLIKELY(try_error != WASI_OK)) \
            return try_error;               \
    } while (0)

/* What interrupts a call that blocks: asked before each slice of a wait, of
 * at most WASI_WAIT_SLICE milliseconds. A NULL wasi_wait never interrupts. */
#define WASI_WAIT_SLICE 10
typedef struct wasi_wait {
    bool (*interrupted)(void *context);
    void *context;
} wasi_wait;

static inline bool wasi_wait_interrupted(const wasi_wait *wait)
{
    return wait && wait->interrupted && wait->interrupted(wait->context);
}

#endif
