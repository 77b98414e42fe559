/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Address space: reserve, make usable, give back. Sizes are bytes and are
 * rounded up to the system's page size by every function. */
#ifndef PLATFORM_MEMORY_MAP_H
#define PLATFORM_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>

size_t map_page_size(void);
/* Address space without access; NULL when there is none. */
void *map_reserve(size_t size);
/* Makes [address, address + size) readable, writable and zero. */
bool map_commit(void *address, size_t size);
/* Takes access away again. */
bool map_protect_none(void *address, size_t size);
/* Contents become zero, access stays. */
void map_reset(void *address, size_t size);
void map_release(void *address, size_t size);

#endif
