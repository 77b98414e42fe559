/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Hosts that misbehave: calls and stores freed in every state, answers from
 * many threads, too late, more than once. */
#include "test.h"

#include <pthread.h>
#include <whit.h>

enum { THREADS = 8, CALLS = 400 };

static whit_engine *engine;
static whit_store *store;
static whit_component *component;
static whit_component_instance *instance;
static whit_imports *imports;
static whit_error failure;
static whit_completion *tokens[CALLS];
static unsigned deferred, fails_after;
static _Atomic unsigned answered, refused;

static whit_status later(whit_host_call *call, void *env,
                         const whit_val *arguments, size_t count,
                         whit_val *result, whit_error *error)
{
    (void)env;
    (void)arguments;
    (void)count;
    (void)result;
    (void)error;
    whit_completion *token = whit_host_call_defer(call, NULL, NULL);
    CHECK(whit_host_call_defer(call, NULL, NULL) == NULL);
    tokens[deferred++] = token;
    if (fails_after)
        return WHIT_TRAP;
    return WHIT_OK;
}

/* The guest waits on its stack: for a sync import with the whole store, for
 * an async one alone. */
static const char text[] =
    "(component (import \"later\" (func $l (param \"a\" u32) (result u32)))"
    " (import \"slow\" (func $s async (param \"a\" u32) (result u32)))"
    " (core func $l' (canon lower (func $l)))"
    " (core func $s' (canon lower (func $s)))"
    " (core module $m"
    "  (import \"\" \"l\" (func $l (param i32) (result i32)))"
    "  (import \"\" \"s\" (func $s (param i32) (result i32)))"
    "  (func (export \"l\") (param i32) (result i32)"
    "   (call $l (local.get 0)))"
    "  (func (export \"s\") (param i32) (result i32)"
    "   (call $s (local.get 0))))"
    " (core instance $i (instantiate $m (with \"\" (instance"
    "  (export \"l\" (func $l')) (export \"s\" (func $s'))))))"
    " (func (export \"sync\") (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"l\")))"
    " (func (export \"async\") async (param \"a\" u32) (result u32)"
    "  (canon lift (core func $i \"s\"))))";

static void open(void)
{
    deferred = fails_after = 0;
    answered = refused = 0;
    CHECK_INT(whit_engine_new(NULL, &engine, &failure), WHIT_OK);
    CHECK_INT(whit_store_new(engine, NULL, &store, &failure), WHIT_OK);
    imports = whit_imports_new();
    CHECK_INT(
        whit_imports_define(imports, NULL, "later", later, NULL, &failure),
        WHIT_OK);
    CHECK_INT(whit_imports_define(imports, NULL, "slow", later, NULL, &failure),
              WHIT_OK);
    CHECK_INT(
        whit_component_new(engine, text, sizeof text - 1, &component, &failure),
        WHIT_OK);
    CHECK_INT(whit_component_instantiate(store, component, imports, &instance,
                                         &failure),
              WHIT_OK);
}

static void shut(void)
{
    whit_imports_free(imports);
    whit_component_free(component);
    whit_engine_free(engine);
}

static whit_call *start(const char *name)
{
    whit_val in = {.kind = WHIT_U32, .u32 = 1};
    whit_call *call = NULL;
    CHECK_INT(whit_call_start(whit_component_instance_func(instance, name), &in,
                              1, &call, &failure),
              WHIT_OK);
    return call;
}

/* 0: nothing, 1: answered, 2: answered and polled, 3: cancelled, 4: failed. */
static void bring_to(whit_call *call, int state)
{
    const whit_val value = {.kind = WHIT_U32, .u32 = 5};
    if (state == 1 || state == 2)
        CHECK_INT(whit_complete(tokens[0], &value), WHIT_OK);
    if (state == 2)
        CHECK_INT(whit_call_poll(call), WHIT_CALL_RETURNED);
    if (state == 3)
        whit_call_cancel(call);
    if (state == 4) {
        CHECK_INT(whit_complete_error(tokens[0], "no"), WHIT_OK);
        CHECK_INT(whit_call_poll(call), WHIT_CALL_FAILED);
    }
}

TEST(calls_and_stores_go_in_every_state)
{
    static const char *const names[] = {"sync", "async"};
    const whit_val value = {.kind = WHIT_U32, .u32 = 5};
    for (int i = 0; i < 5 * 2 * 2; i++) {
        open();
        whit_call *call = start(names[i & 1]);
        CHECK_INT(whit_call_poll(call), WHIT_CALL_RUNNING);
        bring_to(call, i >> 2);
        if (i & 2) {
            whit_call_free(call);
            whit_store_poll(store);
            whit_store_free(store);
        } else {
            whit_store_free(store);
            CHECK(whit_call_poll(call) != WHIT_CALL_RUNNING);
            whit_call_cancel(call);
            whit_call_free(call);
        }
        CHECK_INT(whit_complete(tokens[0], &value), WHIT_NOT_FOUND);
        CHECK_INT(whit_complete_error(tokens[0], "late"), WHIT_NOT_FOUND);
        CHECK_INT(whit_complete_cancelled(tokens[0]), WHIT_NOT_FOUND);
        CHECK_INT(whit_complete_typed(tokens[0], &value), WHIT_NOT_FOUND);
        shut();
    }
}

TEST(an_answer_after_the_function_failed)
{
    static const char *const names[] = {"sync", "async"};
    const whit_val value = {.kind = WHIT_U32, .u32 = 5};
    for (int i = 0; i < 2; i++) {
        open();
        fails_after = 1;
        whit_call *call = start(names[i]);
        CHECK_INT(whit_call_poll(call), WHIT_CALL_FAILED);
        (void)!whit_complete(tokens[0], &value);
        whit_store_poll(store);
        CHECK_INT(whit_complete(tokens[0], &value), WHIT_NOT_FOUND);
        whit_call_free(call);
        whit_store_free(store);
        shut();
    }
}

static void *answer_all(void *unused)
{
    for (unsigned i = 0; i < CALLS; i++) {
        const whit_val value = {.kind = WHIT_U32, .u32 = i};
        if (whit_complete(tokens[i], &value) == WHIT_OK)
            answered++;
        else
            refused++;
    }
    return unused;
}

static void race(bool store_goes)
{
    static whit_call *calls[CALLS];
    pthread_t threads[THREADS];
    open();
    for (unsigned i = 0; i < CALLS; i++) {
        whit_component_instance *one;
        CHECK_INT(whit_component_instantiate(store, component, imports, &one,
                                             &failure),
                  WHIT_OK);
        instance = one;
        calls[i] = start("async");
    }
    CHECK_INT(deferred, CALLS);
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, answer_all, NULL), 0);
    if (store_goes)
        whit_store_free(store);
    for (unsigned i = 0; i < CALLS && !store_goes; i++)
        while (whit_call_poll(calls[i]) == WHIT_CALL_RUNNING)
            whit_store_wait(store, 1000000);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (!store_goes)
        CHECK_INT(answered, CALLS);
    CHECK_INT(answered + refused, CALLS * THREADS);
    for (unsigned i = 0; i < CALLS; i++)
        whit_call_free(calls[i]);
    if (!store_goes)
        whit_store_free(store);
    shut();
}

TEST(many_threads_answer_at_once)
{
    race(false);
}

TEST(the_store_goes_while_threads_answer)
{
    race(true);
}

TEST_MAIN(RUN(calls_and_stores_go_in_every_state)
              RUN(an_answer_after_the_function_failed)
                  RUN(many_threads_answer_at_once)
                      RUN(the_store_goes_while_threads_answer))
