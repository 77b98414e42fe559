/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Between public handles and the runtime's objects; private to this folder.
 *
 * Most public objects are the runtime's own under another name: whit_store
 * is rt_store, whit_func is rt_function, and so on. The rest is here. */
#ifndef API_API_H
#define API_API_H

#include <whit.h>
#include "runtime/store.h"

struct whit_config {
    rt_config config;
};

/* A root of the store. */
struct whit_ref {
    rt_store *store;
    uint32_t handle;
};

#define RT_ENGINE(p) ((rt_engine *)(void *)(p))
#define RT_MODULE(p) ((rt_module *)(void *)(p))
#define RT_STORE(p) ((rt_store *)(void *)(p))
#define RT_FUNCTION(p) ((rt_function *)(void *)(p))

/* The public kind of a canonical value type. */
whit_kind api_kind(rt_engine *engine, wasm_valtype type);
/* A signature text as a canonical function type. */
whit_status api_signature(rt_engine *engine, const char *signature,
                          const wasm_type **out,
                          whit_error *error) WHIT_MUST_CHECK;

/* One value to 1 or 2 slots and back; checked against the type. Going out,
 * references become owned whit_refs. */
whit_status api_val_to_slots(rt_store *store, const whit_val *val,
                             wasm_valtype type, rt_slot *slots,
                             whit_error *error) WHIT_MUST_CHECK;
whit_status api_val_from_slots(rt_store *store, wasm_valtype type,
                               const rt_slot *slots, whit_val *out,
                               whit_error *error) WHIT_MUST_CHECK;
void api_val_release(whit_val *val);

/* A host function of the runtime's own form, for WASI. `env` is borrowed. */
whit_status api_linker_define_raw(whit_linker *linker, const char *module,
                                  const char *name, const char *signature,
                                  rt_host_function function, void *env,
                                  whit_error *error) WHIT_MUST_CHECK;
rt_store *api_linker_store(whit_linker *linker);

#endif
