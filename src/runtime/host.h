/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Host functions: what a guest may call. */
#ifndef RUNTIME_HOST_H
#define RUNTIME_HOST_H

#include <stddef.h>
#include "base/error.h"
#include "base/slice.h"
#include "runtime/value.h"

struct rt_store;
struct rt_instance;
struct rt_context;

/* Who called: valid during the call only. */
typedef struct rt_caller {
    struct rt_store *store;
    struct rt_instance *instance; /* NULL when the host called itself */
    struct rt_context *context;
} rt_caller;

/* `slots` hold the parameters on entry and the results on return, each value
 * one slot (v128 two). Anything but WHIT_OK ends the guest: WHIT_TRAP with
 * `error` becomes a trap HOST, WHIT_EXCEPTION is for rt_throw, WHIT_EXIT and
 * the rest reach the outermost caller as they are. */
typedef whit_status (*rt_host_function)(rt_caller *caller, void *env,
                                        rt_slot *slots, whit_error *error);

/* The memory that the calling instance exports as "memory". Pointers are
 * valid until the guest runs again. WHIT_TRAP when there is none. */
whit_status rt_caller_memory(rt_caller *caller, uint8_t **base, size_t *size,
                             whit_error *error) WHIT_MUST_CHECK;

/* Throws: `return rt_throw(...)`. `values` as the tag's parameters. */
whit_status rt_throw(rt_caller *caller, struct rt_tag *tag,
                     const rt_slot *values, whit_error *error) WHIT_MUST_CHECK;

/* Whether a deadline or an interrupt asks the guest to stop: host functions
 * that wait look at it at least every 10 ms. */
bool rt_caller_interrupted(const rt_caller *caller);

#endif
