/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Every allocation of the runtime fails once: an error, no leak (address
 * sanitizer looks), and what was there before still works. */
#include "../unit/runtime/fake.h"

static const char everything[] =
    "(module $everything"
    " (type $s (struct (field i32) (field (ref null $s))))"
    " (type $a (array (mut i64)))"
    " (import \"m\" \"f\" (func $f (param i32) (result i32)))"
    " (import \"m\" \"e\" (memory 1 2 shared))"
    " (memory (export \"memory\") 1) (memory 1 1 shared)"
    " (table 10 funcref) (table 3 anyref (ref.i31 (i32.const 1)))"
    " (global $g (ref $s) (struct.new $s (i32.const 1)"
    "  (struct.new $s (i32.const 2) (ref.null $s))))"
    " (global (mut v128) (v128.const i64x2 1 2))"
    " (global (ref $a) (array.new_fixed $a 20"
    "  (i64.const 0) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)"
    "  (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9)"
    "  (i64.const 0) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)"
    "  (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9)"
    "  ))"
    " (tag (param i32))"
    " (elem (i32.const 0) $f $h $h) (elem anyref (global.get $g))"
    " (elem (table 1) (i32.const 0) anyref (struct.new_default $s))"
    " (data (memory 1) (i32.const 3) \"bytes\") (data \"passive\")"
    " (func $h (export \"h\") (param i32) (result i32) (local.get 0))"
    " (func $start (drop (call $h (i32.const 1))))"
    " (start $start))";

static whit_status host(rt_caller *caller, void *env, rt_slot *slots,
                        whit_error *error)
{
    rt_ref ref;
    (void)env;
    slots[0].i32++;
    return rt_host_object_new(caller->store, 1, NULL, &ref, error);
}

static rt_function *target;

static whit_status body(rt_context *context, rt_function *function,
                        rt_slot *slots)
{
    return rt_host_call(context, function->instance, target, slots);
}

static const wasm_type *host_type(rt_engine *engine)
{
    static const wasm_valtype i32[] = {WASM_I32};
    return fake_signature(engine, i32, 1, i32, 1);
}

/* The verbs in order; each may be the one that fails. */
static whit_status use_store(rt_store *store, rt_module *module)
{
    rt_extern imports[2] = {{.kind = WASM_EXTERN_FUNC},
                            {.kind = WASM_EXTERN_MEMORY}};
    wasm_limits limits = {.min = 1, .max = 2, .has_max = true, .shared = true};
    whit_error error;
    rt_instance *instance;
    uint32_t handle;
    TRY(rt_function_new(store, host_type(store->engine), host, NULL, NULL,
                        &imports[0].function, &error));
    TRY(rt_memory_new(store, &limits, &imports[1].memory, &error));
    target = imports[0].function;
    TRY(rt_instance_new(store, module, imports, 2, &instance, &error));
    rt_slot slots[2] = {{.i32 = 1}, {.i32 = 0}};
    TRY(rt_call(store, fake_export(instance, "h").function, slots, &error));
    TRY(rt_root_add(store, instance->globals[0]->value[0].ref, &handle,
                    &error));
    if (rt_table_grow(store, instance->tables[0], 5, 0) < 0)
        return WHIT_OUT_OF_MEMORY;
    if (rt_memory_grow(store, instance->memories[0], 1) < 0)
        return WHIT_OUT_OF_MEMORY;
    rt_collect(store);
    return slots[0].i32 == 2 ? WHIT_OK : WHIT_INVALID;
}

static whit_status whole(rt_engine *engine, uint64_t fail_after)
{
    rt_store *store;
    rt_module *module;
    wasm_module *wasm = fake_parse(everything);
    /* The signature is known before, so that asking for it cannot fail. */
    host_type(engine);
    mem_fail_after(fail_after);
    whit_status status = rt_module_new(engine, wasm, &module, NULL);
    if (status != WHIT_OK)
        return status;
    status = rt_store_new(engine, NULL, &store, NULL);
    if (status == WHIT_OK) {
        status = use_store(store, module);
        /* The store is still good for all of it. */
        mem_fail_after(0);
        if (status != WHIT_OK)
            CHECK_INT(use_store(store, module), WHIT_OK);
        rt_store_free(store);
    }
    rt_module_release(module);
    return status;
}

TEST(each_allocation_fails_once)
{
    rt_engine *engine = fake_engine(true);
    fake_body = body;
    uint64_t n = 1;
    whit_status status = WHIT_OUT_OF_MEMORY;
    while (status != WHIT_OK && n < 1000) {
        status = whole(engine, n++);
        mem_fail_after(0);
        CHECK(status == WHIT_OK || status == WHIT_OUT_OF_MEMORY ||
              status == WHIT_TRAP || status == WHIT_LIMIT);
        if (n % 2) {
            rt_engine_release(engine);
            engine = fake_engine(true);
            fake_body = body;
        }
    }
    CHECK_INT(status, WHIT_OK);
    CHECK(n > 30);
    rt_engine_release(engine);
}

TEST(engine_new_fails_cleanly)
{
    rt_config config;
    rt_config_init(&config);
    whit_status status = WHIT_OUT_OF_MEMORY;
    for (uint64_t n = 1; status != WHIT_OK && n < 100; n++) {
        rt_engine *engine;
        mem_fail_after(n);
        status = rt_engine_new(&config, &fake_executor, &engine, NULL);
        mem_fail_after(0);
        if (status == WHIT_OK)
            rt_engine_release(engine);
        else
            CHECK_INT(status, WHIT_OUT_OF_MEMORY);
    }
    CHECK_INT(status, WHIT_OK);
}

/* Each kind of message, with no memory to write it. */
TEST(messages_survive_without_memory)
{
    rt_engine *engine = fake_engine(true);
    rt_store *store = fake_store(engine, NULL);
    rt_module *module = fake_load(engine, everything);
    whit_error error;
    rt_instance *none;
    mem_fail_after(1);
    CHECK_INT(rt_instance_new(store, module, NULL, 0, &none, &error),
              WHIT_UNLINKABLE);
    mem_fail_after(0);
    CHECK(begins(error.message, "unknown import"));
    rt_module_release(module);
    rt_store_free(store);
    rt_engine_release(engine);
}

TEST_MAIN(RUN(each_allocation_fails_once) RUN(engine_new_fails_cleanly)
              RUN(messages_survive_without_memory))
