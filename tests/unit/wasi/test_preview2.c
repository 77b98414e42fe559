/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WASI 0.2 for a guest in text: versions, types that do not fit, waiting in a
 * loop of the host's own, worlds that go away early, memory that runs out. */
#include <poll.h>
#include <stdlib.h>
#include <whit.h>
#include <whit/component.h>

#include "base/memory.h"
#include "test.h"

/* %s: the version it was built for, and the type of get-random-u64. */
static const char guest_text[] =
    "(component"
    " (import \"wasi:io/error@%s\" (instance $error"
    "  (export \"error\" (type (sub resource)))))"
    " (alias export $error \"error\" (type $error-type))"
    " (import \"wasi:io/poll@%s\" (instance $poll"
    "  (export \"pollable\" (type $p (sub resource)))"
    "  (export \"[method]pollable.block\" (func (param \"self\" (borrow $p))))"
    " ))"
    " (alias export $poll \"pollable\" (type $pollable))"
    " (import \"wasi:io/streams@%s\" (instance $streams"
    "  (export \"error\" (type $e (eq $error-type)))"
    "  (export \"output-stream\" (type $o (sub resource)))"
    "  (type $variant (variant"
    "   (case \"last-operation-failed\" (own $e)) (case \"closed\")))"
    "  (export \"stream-error\" (type $s (eq $variant)))"
    "  (export \"[method]output-stream.blocking-write-and-flush\""
    "   (func (param \"self\" (borrow $o)) (param \"contents\" (list u8))"
    "    (result (result (error $s)))))))"
    " (alias export $streams \"output-stream\" (type $output))"
    " (import \"wasi:cli/stdout@%s\" (instance $stdout"
    "  (export \"output-stream\" (type $o (eq $output)))"
    "  (export \"get-stdout\" (func (result (own $o))))))"
    " (import \"wasi:cli/environment@%s\" (instance $environment"
    "  (export \"get-arguments\" (func (result (list string))))))"
    " (import \"wasi:random/random@%s\" (instance $random"
    "  (export \"get-random-u64\" (func (result %s)))))"
    " (import \"wasi:clocks/monotonic-clock@%s\" (instance $clock"
    "  (export \"pollable\" (type $p (eq $pollable)))"
    "  (export \"subscribe-duration\""
    "   (func (param \"when\" u64) (result (own $p))))))"
    " (core module $memory (memory (export \"memory\") 2)"
    "  (global $next (mut i32) (i32.const 4096))"
    "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"
    "   (global.set $next (i32.and (i32.add (global.get $next)"
    "     (i32.add (local.get 3) (i32.const 15))) (i32.const -16)))"
    "   (i32.sub (global.get $next) (i32.and (i32.add (local.get 3)"
    "     (i32.const 15)) (i32.const -16))))"
    "  (data (i32.const 16) \"hello\"))"
    " (core instance $memory (instantiate $memory))"
    " (core func $stdout (canon lower (func $stdout \"get-stdout\")))"
    " (core func $write (canon lower (func $streams"
    "   \"[method]output-stream.blocking-write-and-flush\")"
    "  (memory (core memory $memory \"memory\"))))"
    " (core func $arguments (canon lower"
    "   (func $environment \"get-arguments\")"
    "  (memory (core memory $memory \"memory\"))"
    "  (realloc (core func $memory \"realloc\"))))"
    " (core func $subscribe (canon lower"
    "   (func $clock \"subscribe-duration\")))"
    " (core func $block (canon lower"
    "   (func $poll \"[method]pollable.block\")))"
    " (core func $drop-output (canon resource.drop $output))"
    " (core func $drop-pollable (canon resource.drop $pollable))"
    " (core module $main"
    "  (import \"m\" \"memory\" (memory 2))"
    "  (import \"h\" \"stdout\" (func $stdout (result i32)))"
    "  (import \"h\" \"write\" (func $write (param i32 i32 i32 i32)))"
    "  (import \"h\" \"arguments\" (func $arguments (param i32)))"
    "  (import \"h\" \"subscribe\" (func $subscribe (param i64) (result i32)))"
    "  (import \"h\" \"block\" (func $block (param i32)))"
    "  (import \"h\" \"drop-output\" (func $drop-output (param i32)))"
    "  (import \"h\" \"drop-pollable\" (func $drop-pollable (param i32)))"
    "  (func (export \"run\") (param i64) (result i32)"
    "   (local $out i32) (local $timer i32)"
    "   (local.set $out (call $stdout))"
    "   (local.set $timer (call $subscribe (local.get 0)))"
    "   (call $block (local.get $timer))"
    "   (call $write (local.get $out) (i32.const 16) (i32.const 5)"
    "    (i32.const 64))"
    "   (call $drop-pollable (local.get $timer))"
    "   (call $drop-output (local.get $out))"
    "   (call $arguments (i32.const 128))"
    "   (i32.add (i32.load8_u (i32.const 64))"
    "    (i32.load (i32.const 132)))))"
    " (core instance $main (instantiate $main"
    "  (with \"m\" (instance $memory))"
    "  (with \"h\" (instance"
    "   (export \"stdout\" (func $stdout)) (export \"write\" (func $write))"
    "   (export \"arguments\" (func $arguments))"
    "   (export \"subscribe\" (func $subscribe))"
    "   (export \"block\" (func $block))"
    "   (export \"drop-output\" (func $drop-output))"
    "   (export \"drop-pollable\" (func $drop-pollable))))))"
    " (func (export \"run\") (param \"wait\" u64) (result u32)"
    "  (canon lift (core func $main \"run\"))))";

typedef struct world {
    whit_config *config;
    whit_engine *engine;
    whit_component *component;
    whit_wasi *wasi;
    whit_imports *imports;
    whit_store *store;
    whit_component_instance *instance;
} world;

static whit_status open(world *w, const char *version, const char *type,
                        whit_error *error)
{
    char text[8192];
    int size = snprintf(text, sizeof text, guest_text, version, version,
                        version, version, version, version, type, version);
    *w = (world){0};
    CHECK(size > 0 && (size_t)size < sizeof text);
    w->config = whit_config_new();
    TRY_ALLOC(w->config, error);
    TRY(whit_engine_new(w->config, &w->engine, error));
    TRY(whit_component_new(w->engine, text, (size_t)size, &w->component,
                           error));
    TRY(whit_wasi_new(&w->wasi, error));
    TRY(whit_wasi_add_argument(w->wasi, "one", error));
    TRY(whit_wasi_add_argument(w->wasi, "two", error));
    TRY(whit_wasi_capture_stream(w->wasi, WHIT_WASI_STDOUT, error));
    w->imports = whit_imports_new();
    TRY_ALLOC(w->imports, error);
    TRY(whit_imports_define_wasi(w->imports, w->wasi, error));
    TRY(whit_store_new(w->engine, NULL, &w->store, error));
    return whit_component_instantiate(w->store, w->component, w->imports,
                                      &w->instance, error);
}

static void close_world(world *w)
{
    whit_store_free(w->store);
    whit_imports_free(w->imports);
    whit_wasi_free(w->wasi);
    whit_component_free(w->component);
    whit_engine_free(w->engine);
    whit_config_free(w->config);
}

static whit_status run(world *w, uint64_t wait, uint32_t *result,
                       whit_error *error)
{
    whit_component_func *func =
        whit_component_instance_func(w->instance, "run");
    CHECK(func != NULL);
    return whit_component_call_typed(func, &wait, result, NULL, error);
}

TEST(older_guests_run)
{
    static const char *const versions[] = {"0.2.0", "0.2.3", "0.2.12"};
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        world w;
        whit_error error = {0};
        uint32_t result = 9;
        size_t size;
        CHECK_INT(open(&w, versions[i], "u64", &error), WHIT_OK);
        CHECK_TEXT(error.message, "");
        CHECK_INT(run(&w, 1000000, &result, &error), WHIT_OK);
        CHECK_TEXT(error.message, "");
        CHECK_INT(result, 2);
        const char *text = whit_wasi_captured(w.wasi, WHIT_WASI_STDOUT, &size);
        CHECK(size == 5 && !memcmp(text, "hello", 5));
        close_world(&w);
    }
}

TEST(newer_guests_do_not)
{
    world w;
    whit_error error = {0};
    CHECK_INT(open(&w, "0.2.13", "u64", &error), WHIT_UNLINKABLE);
    CHECK(strstr(error.message, "0.2.13") != NULL);
    close_world(&w);
    CHECK_INT(open(&w, "0.1.0", "u64", &error), WHIT_UNLINKABLE);
    close_world(&w);
}

TEST(other_types_do_not_fit)
{
    world w;
    whit_error error = {0};
    CHECK_INT(open(&w, "0.2.12", "s64", &error), WHIT_UNLINKABLE);
    CHECK(strstr(error.message, "get-random-u64") != NULL);
    CHECK(strstr(error.message, "-> u64") != NULL);
    CHECK(strstr(error.message, "-> s64") != NULL);
    close_world(&w);
}

/* The host polls a descriptor of its own loop. */
TEST(the_host_owns_the_loop)
{
    world w;
    whit_error error = {0};
    uint64_t wait = 5000000;
    uint32_t result = 9;
    whit_call *call;
    CHECK_INT(open(&w, "0.2.12", "u64", &error), WHIT_OK);
    whit_component_func *func = whit_component_instance_func(w.instance, "run");
    CHECK_INT(whit_call_start_typed(func, &wait, &result, &call, &error),
              WHIT_OK);
    int turns = 0;
    while (whit_call_poll(call) == WHIT_CALL_RUNNING) {
        struct pollfd item = {.fd = whit_store_descriptor(w.store),
                              .events = POLLIN};
        CHECK_INT(poll(&item, 1, 5000), 1);
        turns++;
    }
    CHECK(turns > 0);
    CHECK_INT(whit_call_poll(call), WHIT_CALL_RETURNED);
    CHECK_INT(result, 2);
    whit_call_free(call);
    close_world(&w);
}

/* The store goes while the guest waits; its handles go with it. */
TEST(a_wait_is_abandoned)
{
    world w;
    whit_error error = {0};
    uint64_t wait = 3600000000000;
    uint32_t result;
    whit_call *call;
    CHECK_INT(open(&w, "0.2.12", "u64", &error), WHIT_OK);
    whit_component_func *func = whit_component_instance_func(w.instance, "run");
    CHECK_INT(whit_call_start_typed(func, &wait, &result, &call, &error),
              WHIT_OK);
    CHECK_INT(whit_call_poll(call), WHIT_CALL_RUNNING);
    whit_call_free(call);
    close_world(&w);
}

TEST(a_wait_for_ever_is_found)
{
    world w;
    whit_error error = {0};
    uint32_t result;
    CHECK_INT(open(&w, "0.2.12", "u64", &error), WHIT_OK);
    CHECK_INT(run(&w, UINT64_MAX, &result, &error), WHIT_TRAP);
    CHECK(strstr(error.message, "deadlock") != NULL);
    close_world(&w);
}

/* Each allocation fails in turn, from linking to the end of the call. */
TEST(memory_runs_out)
{
    bool done = false;
    for (uint64_t n = 1; n < 20000 && !done; n += 1 + n / 64) {
        world w;
        whit_error error = {0};
        uint32_t result = 9;
        mem_fail_after(n);
        whit_status status = open(&w, "0.2.12", "u64", &error);
        if (status == WHIT_OK)
            status = run(&w, 1000, &result, &error);
        mem_fail_after(0);
        done = status == WHIT_OK;
        CHECK(!done || result == 2);
        if (!done && status != WHIT_OUT_OF_MEMORY)
            printf("allocation %d: %s\n", (int)n, error.message);
        CHECK(done || status == WHIT_OUT_OF_MEMORY);
        close_world(&w);
    }
    CHECK(done);
}

TEST_MAIN(RUN(older_guests_run) RUN(newer_guests_do_not)
              RUN(other_types_do_not_fit) RUN(the_host_owns_the_loop)
                  RUN(a_wait_is_abandoned) RUN(a_wait_for_ever_is_found)
                      RUN(memory_runs_out))
