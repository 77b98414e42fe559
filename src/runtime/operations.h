/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What instructions do to memories, tables and objects when it takes more
 * than a few machine instructions. Executors call these; each returns a trap
 * code, RT_TRAP_NONE being success. Addresses and lengths come as 64 bits,
 * zero-extended for 32-bit memories and tables. Operations that run long
 * charge fuel in proportion (the executor does). */
#ifndef RUNTIME_OPERATIONS_H
#define RUNTIME_OPERATIONS_H

#include "runtime/store.h"

/* For executors: fills context->trap, backtrace included; WHIT_TRAP. */
whit_status rt_trap_raise(rt_context *context, rt_trap_code code);
/* The same for traps that name a table's element: "uninitialized element 2"
 * is what the specification's suite expects. */
whit_status rt_trap_raise_element(rt_context *context, rt_trap_code code,
                                  uint64_t index);
/* For executors: calls a host function on the current stack. The results
 * are rt_executor.call's; a trap is complete with its backtrace, so
 * activation, stack_top and depth must be up to date. `caller` is the
 * calling instance. */
whit_status rt_host_call(rt_context *context, rt_instance *caller,
                         rt_function *function, rt_slot *slots);

/* Old size in pages, or -1 (also when a limit of the store is reached). */
int64_t rt_memory_grow(rt_store *store, rt_memory *memory, uint64_t pages);
rt_trap_code rt_memory_fill(rt_memory *memory, uint64_t at, uint8_t value,
                            uint64_t count);
rt_trap_code rt_memory_copy(rt_memory *to, rt_memory *from, uint64_t to_at,
                            uint64_t from_at, uint64_t count);
rt_trap_code rt_memory_init(rt_instance *instance, uint32_t memory,
                            uint32_t data, uint64_t at, uint64_t from,
                            uint64_t count);
void rt_data_drop(rt_instance *instance, uint32_t data);

/* Old size, or -1. */
int64_t rt_table_grow(rt_store *store, rt_table *table, uint64_t count,
                      rt_ref value);
rt_trap_code rt_table_fill(rt_table *table, uint64_t at, rt_ref value,
                           uint64_t count);
rt_trap_code rt_table_copy(rt_table *to, rt_table *from, uint64_t to_at,
                           uint64_t from_at, uint64_t count);
rt_trap_code rt_table_init(rt_instance *instance, uint32_t table, uint32_t elem,
                           uint64_t at, uint64_t from, uint64_t count);
void rt_elem_drop(rt_instance *instance, uint32_t elem);

/* wait: 0 woken, 1 not equal, 2 timed out; timeout in ns, negative: none.
 * A deadline of the context ends a wait too (trap DEADLINE). */
rt_trap_code rt_memory_wait32(rt_context *context, rt_memory *memory,
                              uint64_t at, uint32_t expected, int64_t timeout,
                              uint32_t *result);
rt_trap_code rt_memory_wait64(rt_context *context, rt_memory *memory,
                              uint64_t at, uint64_t expected, int64_t timeout,
                              uint32_t *result);
rt_trap_code rt_memory_notify(rt_memory *memory, uint64_t at, uint32_t count,
                              uint32_t *woken);

/* Objects. New ones may run the collector: every live reference must be in
 * a root (a frame, the context, the store) except the arguments, which are
 * kept. */
rt_trap_code rt_struct_new(rt_store *store, const wasm_type *type,
                           rt_ref *out); /* fields zero */
rt_trap_code rt_array_new(rt_store *store, const wasm_type *type,
                          uint32_t length, rt_ref *out); /* zero */
/* Stores and loads of one field or element by storage type. `slot` holds 1
 * slot, or 2 for v128. Loads of packed types extend as `sign` says. */
void rt_storage_set(void *at, wasm_valtype storage, const rt_slot *slot);
void rt_storage_get(const void *at, wasm_valtype storage, bool sign,
                    rt_slot *slot);
rt_trap_code rt_array_fill(rt_ref array, uint32_t at, const rt_slot *value,
                           uint32_t count);
rt_trap_code rt_array_copy(rt_ref to, uint32_t to_at, rt_ref from,
                           uint32_t from_at, uint32_t count);
rt_trap_code rt_array_new_data(rt_instance *instance, const wasm_type *type,
                               uint32_t data, uint32_t from, uint32_t length,
                               rt_ref *out);
rt_trap_code rt_array_new_elem(rt_instance *instance, const wasm_type *type,
                               uint32_t elem, uint32_t from, uint32_t length,
                               rt_ref *out);
rt_trap_code rt_array_init_data(rt_instance *instance, rt_ref array,
                                uint32_t data, uint32_t at, uint32_t from,
                                uint32_t count);
rt_trap_code rt_array_init_elem(rt_instance *instance, rt_ref array,
                                uint32_t elem, uint32_t at, uint32_t from,
                                uint32_t count);
rt_trap_code rt_exception_new(rt_store *store, rt_tag *tag,
                              const rt_slot *values, rt_ref *out);
whit_status rt_host_object_new(rt_store *store, uint64_t value,
                               void (*finalize)(uint64_t), rt_ref *out,
                               whit_error *error) WHIT_MUST_CHECK;
/* Runs the collector now. */
void rt_collect(rt_store *store);

#endif
