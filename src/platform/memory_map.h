/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Address space: reserve, make usable, give back. Sizes are bytes and are
 * rounded up to the system's page size by every function. */
#ifndef PLATFORM_MEMORY_MAP_H
#define PLATFORM_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>

size_t pages_size(void);
/* Address space without access; NULL when there is none. */
void *pages_reserve(size_t size);
/* Makes [address, address + size) readable, writable and zero. */
bool pages_commit(void *address, size_t size);
/* Takes access away again. */
bool pages_protect_none(void *address, size_t size);
/* Contents become zero, access stays. */
void pages_reset(void *address, size_t size);
void pages_release(void *address, size_t size);

#endif
