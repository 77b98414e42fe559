/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions: calling guests, and being called by them.
 *
 * Signatures are short texts: a letter per parameter, ':', a letter per
 * result: i i32, l i64, f f32, d f64, v v128, F funcref, E externref.
 * "ii:i" takes two i32 and gives one. */
#ifndef WHIT_FUNCTION_H
#define WHIT_FUNCTION_H

#include <whit/store.h>
#include <whit/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Who calls a host function; valid during the call. */
typedef struct whit_caller whit_caller;

/* A host function on values. References in `args` are borrowed; those in
 * `results` are taken over. Anything but WHIT_OK stops the guest with that
 * status and error. */
typedef whit_status (*whit_host_function)(whit_caller *caller, void *env,
                                          const whit_val *args,
                                          whit_val *results, whit_error *error);
/* A host function on slots: parameters on entry, results on return. */
typedef whit_status (*whit_slot_function)(whit_caller *caller, void *env,
                                          whit_slot *slots, whit_error *error);

/* The store of the guest that calls. */
WHIT_API whit_store *whit_caller_store(whit_caller *caller);
/* The memory that the caller exports as "memory": valid until the guest
 * runs again. */
WHIT_API WHIT_MUST_CHECK whit_status whit_caller_memory(whit_caller *caller,
                                                        uint8_t **base,
                                                        size_t *size,
                                                        whit_error *error);

WHIT_API size_t whit_func_param_count(const whit_func *func);
WHIT_API whit_kind whit_func_param(const whit_func *func, size_t i);
WHIT_API size_t whit_func_result_count(const whit_func *func);
WHIT_API whit_kind whit_func_result(const whit_func *func, size_t i);

/* Makes a function that guests can call through a table or global. The
 * store's. `env_free` (may be NULL) is called when the store is freed. */
WHIT_API WHIT_MUST_CHECK whit_status whit_func_new(
    whit_store *store, const char *signature, whit_host_function function,
    void *env, void (*env_free)(void *env), whit_func **out, whit_error *error);

/* Calls with values; counts and kinds must fit the signature. References in
 * `results` are the caller's to free. */
WHIT_API WHIT_MUST_CHECK whit_status whit_func_call(
    whit_store *store, whit_func *func, const whit_val *args, size_t arg_count,
    whit_val *results, size_t result_count, whit_error *error);

/* Whether a function has a signature; check once, then call typed. */
WHIT_API bool whit_func_is(const whit_func *func, const char *signature);
/* Calls with slots, nothing checked or converted: slots hold the parameters
 * and then the results, and have room for both. */
WHIT_API WHIT_MUST_CHECK whit_status whit_func_call_typed(whit_store *store,
                                                          whit_func *func,
                                                          whit_slot *slots,
                                                          whit_error *error);

#ifdef __cplusplus
}
#endif
#endif
