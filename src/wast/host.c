/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The host module "spectest" that scripts import. */
#include "wast/runner.h"

/* Scripts call these for their types; nothing looks at what they print. */
static whit_status print(rt_caller *caller, void *env, rt_slot *slots,
                         whit_error *error)
{
    (void)caller, (void)env, (void)slots, (void)error;
    return WHIT_OK;
}

static const struct {
    const char *name;
    uint32_t count;
    wasm_valtype params[2];
} functions[] = {
    {"print", 0, {0}},
    {"print_i32", 1, {WASM_I32}},
    {"print_i64", 1, {WASM_I64}},
    {"print_f32", 1, {WASM_F32}},
    {"print_f64", 1, {WASM_F64}},
    {"print_i32_f32", 2, {WASM_I32, WASM_F32}},
    {"print_f64_f64", 2, {WASM_F64, WASM_F64}},
};

static const struct {
    const char *name;
    wasm_valtype type;
    rt_slot value;
} globals[] = {
    {"global_i32", WASM_I32, {.u64 = 666}},
    {"global_i64", WASM_I64, {.u64 = 666}},
    {"global_f32", WASM_F32, {.f32 = 666.6f}},
    {"global_f64", WASM_F64, {.f64 = 666.6}},
};

static rt_extern *add(wast_runner *self, const char *name,
                      wasm_external_kind kind)
{
    wast_item *item = &self->spectest[self->spectest_count++];
    item->name = name;
    item->value.kind = kind;
    return &item->value;
}

static whit_status add_function(wast_runner *self, size_t i, whit_error *error)
{
    wasm_functype type = {functions[i].params, NULL, functions[i].count, 0};
    const wasm_type *canonical;
    rt_engine *engine = self->engine;
    pthread_mutex_lock(&engine->types_lock);
    whit_status status =
        wasm_type_table_func(engine->types, &type, &canonical, error);
    pthread_mutex_unlock(&engine->types_lock);
    TRY(status);
    rt_extern *item = add(self, functions[i].name, WASM_EXTERN_FUNC);
    return rt_function_new(self->store, canonical, print, NULL, NULL,
                           &item->function, error);
}

whit_status wast_define_spectest(wast_runner *self, whit_error *error)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        TRY(add_function(self, i, error));
    for (size_t i = 0; i < COUNT_OF(globals); i++) {
        rt_extern *item = add(self, globals[i].name, WASM_EXTERN_GLOBAL);
        TRY(rt_global_new(self->store, globals[i].type, false,
                          &globals[i].value, &item->global, error));
    }
    wasm_limits table = {.min = 10, .max = 20, .has_max = true};
    TRY(rt_table_new(self->store, &table, WASM_FUNCREF, 0,
                     &add(self, "table", WASM_EXTERN_TABLE)->table, error));
    table.is64 = true;
    TRY(rt_table_new(self->store, &table, WASM_FUNCREF, 0,
                     &add(self, "table64", WASM_EXTERN_TABLE)->table, error));
    wasm_limits memory = {.min = 1, .max = 2, .has_max = true};
    TRY(rt_memory_new(self->store, &memory,
                      &add(self, "memory", WASM_EXTERN_MEMORY)->memory, error));
    memory.shared = true;
    rt_extern *shared = add(self, "shared_memory", WASM_EXTERN_MEMORY);
    return rt_memory_new(self->store, &memory, &shared->memory, error);
}

bool wast_find_spectest(wast_runner *self, slice name, rt_extern *out)
{
    for (uint32_t i = 0; i < self->spectest_count; i++) {
        if (slice_is(name, self->spectest[i].name)) {
            *out = self->spectest[i].value;
            return true;
        }
    }
    return false;
}
