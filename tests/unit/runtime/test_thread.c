/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Guests that are suspended: nested, trapping, collected, abandoned. */
#include "../test.h"

#include "base/memory.h"
#include "engine/engine.h"
#include "runtime/heap.h"
#include "runtime/operations.h"
#include "runtime/thread.h"

/* pause() suspends the thread, call(i32) calls `f` from the host. */
static const char guest[] =
    "(module"
    " (type $box (struct (field (mut i32))))"
    " (import \"\" \"pause\" (func $pause (param i32) (result i32)))"
    " (import \"\" \"call\" (func $call (param i32) (result i32)))"
    " (func $f (export \"f\") (param i32) (result i32)"
    "  (i32.add (call $pause (local.get 0)) (i32.const 1)))"
    " (func (export \"nested\") (param i32) (result i32)"
    "  (i32.mul (call $call (local.get 0)) (i32.const 2)))"
    " (func (export \"trap\") (param i32) (result i32)"
    "  (drop (call $pause (local.get 0))) unreachable)"
    " (func (export \"box\") (param i32) (result i32) (local $b (ref null "
    "$box))"
    "  (local.set $b (struct.new $box (local.get 0)))"
    "  (drop (call $pause (i32.const 0)))"
    "  (struct.get $box 0 (local.get $b)))"
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "  (if (result i32) (i32.eqz (local.get 0))"
    "   (then (call $pause (i32.const 7)))"
    "   (else (call $deep (i32.sub (local.get 0) (i32.const 1)))))))";

static rt_engine *engine;
static rt_module *module;
static rt_store *store;
static rt_instance *instance;
static whit_error failure;

static rt_function *exported(const char *name)
{
    rt_extern item;
    CHECK(rt_instance_export(instance, slice_text(name), &item));
    return item.function;
}

static whit_status pause_guest(rt_caller *caller, void *env, rt_slot *slots,
                               whit_error *error)
{
    (void)env;
    (void)error;
    rt_thread_suspend(caller->store);
    slots[0].i32 += 100;
    return WHIT_OK;
}

static whit_status call_guest(rt_caller *caller, void *env, rt_slot *slots,
                              whit_error *error)
{
    (void)env;
    return rt_call(caller->store, exported("f"), slots, error);
}

static void add_import(rt_extern *out, rt_host_function host)
{
    static const wasm_valtype i32 = WASM_I32;
    const wasm_functype type = {.params = (wasm_valtype *)(uintptr_t)&i32,
                                .results = (wasm_valtype *)(uintptr_t)&i32,
                                .param_count = 1,
                                .result_count = 1};
    const wasm_type *known;
    CHECK_INT(wasm_type_table_func(engine->types, &type, &known, &failure),
              WHIT_OK);
    out->kind = WASM_EXTERN_FUNC;
    CHECK_INT(rt_function_new(store, known, host, NULL, NULL, &out->function,
                              &failure),
              WHIT_OK);
}

static void set_up(void)
{
    CHECK_INT(engine_new(NULL, &engine, &failure), WHIT_OK);
    CHECK_INT(engine_load(engine, slice_text(guest), &module, &failure),
              WHIT_OK);
    CHECK_INT(rt_store_new(engine, NULL, &store, &failure), WHIT_OK);
    rt_extern imports[2];
    add_import(&imports[0], pause_guest);
    add_import(&imports[1], call_guest);
    CHECK_INT(rt_instance_new(store, module, imports, 2, &instance, &failure),
              WHIT_OK);
}

static void tear_down(void)
{
    rt_store_free(store);
    rt_module_release(module);
    rt_engine_release(engine);
}

typedef struct work {
    rt_thread *thread;
    const char *name;
    int32_t value;
    whit_status status;
    whit_error error;
} work;

static void run(void *argument)
{
    work *self = argument;
    rt_slot slots[1] = {{.i32 = self->value}};
    self->status = rt_call(store, exported(self->name), slots, &self->error);
    self->value = slots[0].i32;
}

static bool begin(work *self, const char *name, int32_t value)
{
    *self = (work){.name = name, .value = value};
    CHECK_INT(rt_thread_new(store, &self->thread, &failure), WHIT_OK);
    return rt_thread_start(self->thread, run, self);
}

TEST(guest_is_suspended_and_goes_on)
{
    set_up();
    work a, b;
    CHECK(!begin(&a, "f", 1));
    CHECK(store->context.fiber == NULL);
    CHECK(!begin(&b, "f", 2));
    rt_slot slots[1] = {{.i32 = 5}};
    CHECK(rt_thread_resume(a.thread));
    CHECK_INT(a.status, WHIT_OK);
    CHECK_INT(a.value, 102);
    /* The same thread again. */
    a.value = 10;
    CHECK(!rt_thread_start(a.thread, run, &a));
    CHECK(rt_thread_resume(b.thread));
    CHECK_INT(b.value, 103);
    CHECK(rt_thread_resume(a.thread));
    CHECK_INT(a.value, 111);
    CHECK_INT(store->context.depth, 0);
    CHECK_INT(slots[0].i32, 5);
    rt_thread_free(a.thread);
    rt_thread_free(b.thread);
    tear_down();
}

TEST(suspends_below_a_nested_call)
{
    set_up();
    work a;
    CHECK(!begin(&a, "nested", 1));
    CHECK(rt_thread_resume(a.thread));
    CHECK_INT(a.status, WHIT_OK);
    CHECK_INT(a.value, 204);
    rt_thread_free(a.thread);
    tear_down();
}

/* A thread that resumes another one, and is itself suspended inside. */
static work inner;

static void run_outer(void *argument)
{
    bool *done = argument;
    if (!begin(&inner, "f", 3)) {
        rt_thread_suspend(store);
        *done = rt_thread_resume(inner.thread);
    }
}

TEST(threads_resume_threads)
{
    set_up();
    rt_thread *outer;
    bool done = false;
    CHECK_INT(rt_thread_new(store, &outer, &failure), WHIT_OK);
    CHECK(!rt_thread_start(outer, run_outer, &done));
    CHECK(!done);
    CHECK(rt_thread_resume(outer));
    CHECK(done);
    CHECK_INT(inner.value, 104);
    rt_thread_free(inner.thread);
    rt_thread_free(outer);
    tear_down();
}

TEST(trap_in_a_resumed_thread)
{
    set_up();
    work a, b;
    CHECK(!begin(&a, "trap", 1));
    CHECK(!begin(&b, "deep", 20));
    CHECK(rt_thread_resume(a.thread));
    CHECK_INT(a.status, WHIT_TRAP);
    CHECK(strstr(a.error.message, "unreachable") != NULL);
    /* Others and the thread itself are none the worse. */
    CHECK(rt_thread_resume(b.thread));
    CHECK_INT(b.value, 107);
    a.name = "f";
    a.value = 1;
    CHECK(!rt_thread_start(a.thread, run, &a));
    CHECK(rt_thread_resume(a.thread));
    CHECK_INT(a.value, 102);
    rt_thread_free(a.thread);
    rt_thread_free(b.thread);
    tear_down();
}

TEST(frames_of_suspended_threads_are_roots)
{
    set_up();
    work many[8];
    for (int i = 0; i < 8; i++)
        CHECK(!begin(&many[i], "box", i * 11));
    store->heap->stress = true;
    rt_collect(store);
    work other;
    CHECK(!begin(&other, "box", 5));
    rt_collect(store);
    for (int i = 0; i < 8; i++) {
        CHECK(rt_thread_resume(many[i].thread));
        CHECK_INT(many[i].value, i * 11);
        rt_thread_free(many[i].thread);
    }
    rt_thread_free(other.thread);
    tear_down();
}

TEST(abandoned_with_everything_on_it)
{
    set_up();
    work a, b, c;
    CHECK(!begin(&a, "nested", 1));
    CHECK(!begin(&b, "deep", 100));
    rt_thread_free(b.thread);
    /* Its stack is not used again; others are. */
    CHECK(!begin(&c, "f", 1));
    CHECK(rt_thread_resume(c.thread));
    CHECK_INT(c.value, 102);
    /* The store frees `a`, in the middle of a call, and `c`. */
    tear_down();
}

TEST(no_memory_for_a_thread)
{
    set_up();
    rt_thread *thread = NULL;
    uint64_t n = 1;
    for (;; n++) {
        mem_fail_after(n);
        whit_status status = rt_thread_new(store, &thread, &failure);
        mem_fail_after(0);
        if (status == WHIT_OK)
            break;
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
    }
    CHECK(n > 1);
    rt_thread_free(thread);
    tear_down();
}

TEST_MAIN(RUN(guest_is_suspended_and_goes_on) RUN(suspends_below_a_nested_call)
              RUN(threads_resume_threads) RUN(trap_in_a_resumed_thread)
                  RUN(frames_of_suspended_threads_are_roots)
                      RUN(abandoned_with_everything_on_it)
                          RUN(no_memory_for_a_thread))
