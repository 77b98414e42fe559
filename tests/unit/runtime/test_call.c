/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls between host and guest, traps, faults, limits. */
#include "fake.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/memory.h"

static rt_engine *engine;
static rt_store *store;
static rt_instance *instance;
static whit_error failure;

static const char guest[] =
    "(module $demo (func $zero (export \"f\") (param i32) (result i32)"
    "  (local.get 0))"
    " (memory (export \"memory\") 1))";

static void set_up(void)
{
    engine = fake_engine(true);
    store = fake_store(engine, NULL);
    memset(&failure, 0, sizeof failure);
    CHECK_INT(fake_instance(store, guest, NULL, 0, &instance, &failure),
              WHIT_OK);
    fake_module = instance->module;
}

static void tear_down(void)
{
    rt_store_free(store);
    rt_engine_release(engine);
}

static rt_function *guest_function(void)
{
    return fake_export(instance, "f").function;
}

static rt_function *host_function(rt_host_function host, void *env)
{
    static const wasm_valtype i32[] = {WASM_I32};
    rt_function *function = NULL;
    CHECK_INT(rt_function_new(store, fake_signature(engine, i32, 1, i32, 1),
                              host, env, NULL, &function, NULL),
              WHIT_OK);
    return function;
}

static whit_status call(rt_function *function, int32_t *value)
{
    rt_slot slot = {.i32 = *value};
    whit_status status = rt_call(store, function, &slot, &failure);
    *value = slot.i32;
    return status;
}

static whit_status add_one(rt_context *context, rt_function *function,
                           rt_slot *slots)
{
    (void)context;
    (void)function;
    slots[0].i32++;
    return WHIT_OK;
}

TEST(guest_runs_on_a_fiber)
{
    set_up();
    fake_body = add_one;
    int32_t value = 41;
    CHECK_INT(call(guest_function(), &value), WHIT_OK);
    CHECK_INT(value, 42);
    CHECK(store->context.fiber == NULL);
    CHECK_INT(store->context.depth, 0);
    tear_down();
}

static whit_status trap_now(rt_context *context, rt_function *function,
                            rt_slot *slots)
{
    (void)function;
    (void)slots;
    return rt_trap_raise(context, RT_TRAP_DIVIDE_BY_ZERO);
}

TEST(trap_has_a_backtrace)
{
    set_up();
    fake_body = trap_now;
    int32_t value = 0;
    CHECK_INT(call(guest_function(), &value), WHIT_TRAP);
    CHECK_INT(failure.code, WHIT_TRAP);
    CHECK_TEXT(failure.message, "integer divide by zero\n    at zero (0x42)");
    CHECK_INT(store->context.trap.code, RT_TRAP_DIVIDE_BY_ZERO);
    CHECK_INT(store->context.trap.frame_count, 1);
    fake_body = add_one;
    CHECK_INT(call(guest_function(), &value), WHIT_OK);
    CHECK_INT(store->context.trap.code, RT_TRAP_NONE);
    tear_down();
}

static whit_status write_far(rt_context *context, rt_function *function,
                             rt_slot *slots)
{
    (void)context;
    uint8_t *base = function->instance->memories[0]->base;
    *(volatile uint8_t *)(base + (uint32_t)slots[0].i32) = 1;
    return WHIT_OK;
}

TEST(access_behind_a_memory_becomes_a_trap)
{
    set_up();
    fake_body = write_far;
    fake_faults = 0;
    for (int i = 0; i < 100; i++) {
        int32_t value = 65536 + i * 1000;
        CHECK_INT(call(guest_function(), &value), WHIT_TRAP);
    }
    int32_t last = -1, inside = 65535;
    CHECK_INT(call(guest_function(), &last), WHIT_TRAP);
    CHECK_TEXT(failure.message,
               "out of bounds memory access\n    at zero (0x42)");
    CHECK_INT(fake_faults, 101);
    CHECK_INT(store->context.depth, 0);
    CHECK(store->context.activation == NULL);
    CHECK_INT(call(guest_function(), &inside), WHIT_OK);
    tear_down();
}

/* Host functions in between, each calling the guest again. */
static whit_status host_recurse(rt_caller *caller, void *env, rt_slot *slots,
                                whit_error *error)
{
    unsigned *calls = env;
    ++*calls;
    CHECK(caller->instance == instance);
    return rt_call(caller->store, guest_function(), slots, error);
}

static rt_function *recursion_target;

static whit_status guest_calls_host(rt_context *context, rt_function *function,
                                    rt_slot *slots)
{
    if (slots[0].i32-- == 0)
        return WHIT_OK;
    return rt_host_call(context, function->instance, recursion_target, slots);
}

TEST(recursion_through_hosts_ends_with_a_trap)
{
    set_up();
    unsigned calls = 0;
    recursion_target = host_function(host_recurse, &calls);
    fake_body = guest_calls_host;
    int32_t depth = 10;
    CHECK_INT(call(guest_function(), &depth), WHIT_OK);
    CHECK_INT(calls, 10);
    CHECK_INT(depth, -1);
    depth = 1000000;
    CHECK_INT(call(guest_function(), &depth), WHIT_TRAP);
    CHECK(begins(failure.message, "call stack exhausted"));
    CHECK(calls > 50);
    CHECK_INT(store->context.trap.code, RT_TRAP_STACK);
    CHECK_INT(store->context.host_depth, 0);
    CHECK_INT(store->local_count, 0);
    depth = 3;
    CHECK_INT(call(guest_function(), &depth), WHIT_OK);
    tear_down();
}

static whit_status host_returns(rt_caller *caller, void *env, rt_slot *slots,
                                whit_error *error)
{
    (void)caller;
    whit_status status = *(whit_status *)env;
    slots[0].i32 = 7;
    return status == WHIT_OK ? status
                             : error_set(error, status, "no such moon");
}

TEST(status_of_a_host_function_reaches_the_caller)
{
    set_up();
    whit_status status = WHIT_OK;
    recursion_target = host_function(host_returns, &status);
    fake_body = guest_calls_host;
    int32_t value = 1;
    CHECK_INT(call(guest_function(), &value), WHIT_OK);
    CHECK_INT(value, 7);
    status = WHIT_TRAP;
    CHECK_INT(call(guest_function(), &value), WHIT_TRAP);
    CHECK_TEXT(failure.message,
               "host function failed: no such moon\n    at zero (0x42)");
    CHECK_INT(store->context.trap.code, RT_TRAP_HOST);
    status = WHIT_EXIT;
    CHECK_INT(call(guest_function(), &value), WHIT_EXIT);
    CHECK_TEXT(failure.message, "no such moon");
    CHECK_INT(failure.code, WHIT_EXIT);
    status = WHIT_EXCEPTION;
    CHECK_INT(call(guest_function(), &value), WHIT_TRAP);
    CHECK_INT(call(recursion_target, &value), WHIT_TRAP);
    status = WHIT_OK;
    CHECK_INT(call(recursion_target, &value), WHIT_OK);
    CHECK_INT(value, 7);
    tear_down();
}

static whit_status host_throws(rt_caller *caller, void *env, rt_slot *slots,
                               whit_error *error)
{
    return rt_throw(caller, env, slots, error);
}

TEST(host_functions_throw)
{
    set_up();
    rt_tag *tag;
    static const wasm_valtype i32[] = {WASM_I32};
    CHECK_INT(
        rt_tag_new(store, fake_signature(engine, i32, 1, NULL, 0), &tag, NULL),
        WHIT_OK);
    recursion_target = host_function(host_throws, tag);
    fake_body = guest_calls_host;
    int32_t value = 5;
    CHECK_INT(call(guest_function(), &value), WHIT_EXCEPTION);
    CHECK_TEXT(failure.message, "uncaught exception");
    rt_collect(store);
    rt_exception *thrown =
        (rt_exception *)rt_ref_object(store->context.exception);
    CHECK(thrown->tag == tag);
    CHECK_INT(thrown->values[0].i32, 4);
    tear_down();
}

/* What a host function made stays until it returns. */
static whit_status host_makes(rt_caller *caller, void *env, rt_slot *slots,
                              whit_error *error)
{
    rt_ref made[20];
    (void)env;
    for (unsigned i = 0; i < COUNT_OF(made); i++)
        TRY(rt_host_object_new(caller->store, i, NULL, &made[i], error));
    for (unsigned i = 0; i < COUNT_OF(made); i++) {
        rt_host_object *object = (rt_host_object *)rt_ref_object(made[i]);
        CHECK_INT(object->header.kind, RT_OBJECT_HOST);
        CHECK_INT(object->value, i);
    }
    slots[0].i32 = 0;
    return WHIT_OK;
}

TEST(references_of_a_host_function_live_until_it_returns)
{
    set_up();
    recursion_target = host_function(host_makes, NULL);
    fake_body = guest_calls_host;
    store->heap->stress = true;
    int32_t value = 1;
    CHECK_INT(call(guest_function(), &value), WHIT_OK);
    CHECK_INT(store->local_count, 0);
    rt_collect(store);
    CHECK_INT(store->heap->bytes, 0);
    tear_down();
}

static whit_status host_interrupted(rt_caller *caller, void *env,
                                    rt_slot *slots, whit_error *error)
{
    (void)error;
    bool before = rt_caller_interrupted(caller);
    rt_engine_tick(engine);
    *(bool *)env = !before && rt_caller_interrupted(caller);
    uint8_t *base;
    size_t size;
    slots[0].i32 = rt_caller_memory(caller, &base, &size, NULL);
    CHECK(base == instance->memories[0]->base && size == 65536);
    return WHIT_OK;
}

TEST(host_functions_see_interrupts_and_memory)
{
    set_up();
    bool seen = false;
    rt_store_set_deadline(store, 1);
    recursion_target = host_function(host_interrupted, &seen);
    fake_body = guest_calls_host;
    int32_t value = 1;
    CHECK_INT(call(guest_function(), &value), WHIT_OK);
    CHECK(seen);
    CHECK_INT(value, WHIT_OK);
    rt_store_set_deadline(store, UINT64_MAX);
    CHECK(store->context.deadline == UINT64_MAX);
    tear_down();
}

static whit_status host_other_store(rt_caller *caller, void *env,
                                    rt_slot *slots, whit_error *error)
{
    (void)caller;
    rt_extern *other = env;
    return rt_call(other->function->instance->store, other->function, slots,
                   error);
}

static whit_status guest_of_either(rt_context *context, rt_function *function,
                                   rt_slot *slots)
{
    if (context->store != store)
        return write_far(context, function, slots);
    return rt_host_call(context, function->instance, recursion_target, slots);
}

/* A host function of one store calls into another, which faults. */
TEST(stores_nest)
{
    set_up();
    rt_store *inner = fake_store(engine, NULL);
    rt_instance *other;
    CHECK_INT(fake_instance(inner, guest, NULL, 0, &other, NULL), WHIT_OK);
    rt_extern target = fake_export(other, "f");
    recursion_target = host_function(host_other_store, &target);
    fake_body = guest_of_either;
    int32_t value = 70000;
    CHECK_INT(call(guest_function(), &value), WHIT_TRAP);
    CHECK(begins(failure.message,
                 "host function failed: out of bounds memory access"));
    CHECK_INT(inner->context.trap.code, RT_TRAP_MEMORY_BOUNDS);
    value = 100;
    CHECK_INT(call(guest_function(), &value), WHIT_OK);
    rt_store_free(inner);
    tear_down();
}

static whit_status host_crashes(rt_caller *caller, void *env, rt_slot *slots,
                                whit_error *error)
{
    uint8_t *base;
    size_t size;
    (void)env;
    (void)slots;
    TRY(rt_caller_memory(caller, &base, &size, error));
    *(volatile uint8_t *)(base + size) = 1;
    return WHIT_OK;
}

/* A fault of a host function is the program's own, even behind a memory:
 * the process dies as it would without whit. */
TEST(faults_of_host_functions_are_not_hidden)
{
    set_up();
    recursion_target = host_function(host_crashes, NULL);
    fake_body = guest_calls_host;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int32_t value = 1;
        if (!freopen("/dev/null", "w", stderr))
            _exit(0);
        _exit(call(guest_function(), &value) == WHIT_TRAP ? 0 : 7);
    }
    int status = 0;
    waitpid(child, &status, 0);
    /* Sanitizers report and exit instead. */
    CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGSEGV
                              : WEXITSTATUS(status) == 1);
    tear_down();
}

TEST(long_backtraces_fit_the_message)
{
    set_up();
    rt_trap trap = {.code = RT_TRAP_CAST, .frame_count = 64};
    for (uint32_t i = 0; i < 64; i++)
        trap.frames[i] = (rt_frame){instance->module, i % 2, i};
    buffer text;
    buffer_init(&text);
    rt_trap_format(&trap, &text);
    const char *string = buffer_string(&text);
    /* A body of three bytes, in a text of one line; function 1 is none. */
    CHECK(begins(string, "cast failure\n    at zero (line 1)\n    at function"
                         " 1 (0x1)\n    at zero (line 1)\n"));
    CHECK(strstr(string, "    at zero (0x4)\n") != NULL);
    buffer_release(&text);
    tear_down();
}

TEST_MAIN(
    RUN(guest_runs_on_a_fiber) RUN(trap_has_a_backtrace)
        RUN(access_behind_a_memory_becomes_a_trap)
            RUN(recursion_through_hosts_ends_with_a_trap)
                RUN(status_of_a_host_function_reaches_the_caller)
                    RUN(host_functions_throw)
                        RUN(references_of_a_host_function_live_until_it_returns)
                            RUN(host_functions_see_interrupts_and_memory)
                                RUN(stores_nest)
                                    RUN(faults_of_host_functions_are_not_hidden)
                                        RUN(long_backtraces_fit_the_message))
