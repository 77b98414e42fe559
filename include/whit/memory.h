/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Memories, tables and globals. All belong to a store. */
#ifndef WHIT_MEMORY_H
#define WHIT_MEMORY_H

#include <whit/linker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `min` and `max` in pages of 64 KiB. */
WHIT_API WHIT_MUST_CHECK whit_status whit_memory_new(whit_store *store,
                                                     uint64_t min, uint64_t max,
                                                     whit_memory **out,
                                                     whit_error *error);
/* The bytes: valid until the guest runs or the memory grows. */
WHIT_API uint8_t *whit_memory_data(whit_memory *memory);
WHIT_API size_t whit_memory_size(const whit_memory *memory); /* bytes */
/* LIMIT when the maximum or the store's limit forbids it. */
WHIT_API WHIT_MUST_CHECK whit_status whit_memory_grow(whit_store *store,
                                                      whit_memory *memory,
                                                      uint64_t pages,
                                                      whit_error *error);
/* Copy with a check of the range; ARGUMENT when it is outside. */
WHIT_API WHIT_MUST_CHECK whit_status whit_memory_read(const whit_memory *memory,
                                                      uint64_t at, void *out,
                                                      size_t size,
                                                      whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_memory_write(whit_memory *memory,
                                                       uint64_t at,
                                                       const void *data,
                                                       size_t size,
                                                       whit_error *error);

WHIT_API uint64_t whit_table_size(const whit_table *table);
/* ARGUMENT: outside of the table, or of another type. The reference in *out
 * is the caller's. */
WHIT_API WHIT_MUST_CHECK whit_status whit_table_get(whit_store *store,
                                                    const whit_table *table,
                                                    uint64_t at, whit_val *out,
                                                    whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_table_set(whit_store *store,
                                                    whit_table *table,
                                                    uint64_t at,
                                                    const whit_val *value,
                                                    whit_error *error);

WHIT_API WHIT_MUST_CHECK whit_status whit_global_new(whit_store *store,
                                                     const whit_val *value,
                                                     bool is_mutable,
                                                     whit_global **out,
                                                     whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_global_get(whit_store *store,
                                                     const whit_global *global,
                                                     whit_val *out,
                                                     whit_error *error);
/* ARGUMENT: immutable, or of another type. */
WHIT_API WHIT_MUST_CHECK whit_status whit_global_set(whit_store *store,
                                                     whit_global *global,
                                                     const whit_val *value,
                                                     whit_error *error);

#ifdef __cplusplus
}
#endif
#endif
