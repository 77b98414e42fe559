/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * References in flight: roots with the lifetime of a call. Whoever pushes
 * remembers store->local_count before and sets it back after. */
#ifndef RUNTIME_LOCAL_H
#define RUNTIME_LOCAL_H

#include "runtime/store.h"

/* False when out of memory. */
bool rt_local_push(rt_store *store, rt_ref ref);
/* The references among `count` values of the given types. */
bool rt_local_push_values(rt_store *store, const wasm_valtype *types,
                          uint32_t count, const rt_slot *slots);

#endif
