/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components through the public API. */
#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <whit.h>

typedef struct world {
    whit_engine *engine;
    whit_store *store;
    whit_imports *imports;
    whit_component *component;
    whit_component_instance *instance;
    whit_error error;
} world;

static void open_world(world *w)
{
    memset(w, 0, sizeof *w);
    CHECK_INT(whit_engine_new(NULL, &w->engine, &w->error), WHIT_OK);
    CHECK_INT(whit_store_new(w->engine, NULL, &w->store, &w->error), WHIT_OK);
    w->imports = whit_imports_new();
    CHECK(w->imports != NULL);
}

static whit_status load(world *w, const char *text)
{
    whit_status status = whit_component_new(w->engine, text, strlen(text),
                                            &w->component, &w->error);
    if (status == WHIT_OK)
        status = whit_component_instantiate(w->store, w->component, w->imports,
                                            &w->instance, &w->error);
    if (status != WHIT_OK)
        printf("%s\n", w->error.message);
    return status;
}

static void close_world(world *w)
{
    whit_store_free(w->store);
    whit_imports_free(w->imports);
    whit_component_free(w->component);
    whit_engine_free(w->engine);
}

static whit_component_func *find(world *w, const char *name)
{
    whit_component_func *func = whit_component_instance_func(w->instance, name);
    CHECK(func != NULL);
    return func;
}

/* A memory that is only ever added to. */
#define ALLOCATOR                                                      \
    "(core module $libc (memory (export \"memory\") 2)"                \
    " (global $at (mut i32) (i32.const 1024))"                         \
    " (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)" \
    "  (local i32)"                                                    \
    "  (local.set 4 (i32.and (i32.add (global.get $at) (i32.sub"       \
    "    (local.get 2) (i32.const 1))) (i32.sub (i32.const 0)"         \
    "    (local.get 2))))"                                             \
    "  (global.set $at (i32.add (local.get 4) (local.get 3)))"         \
    "  (local.get 4)))"                                                \
    "(core instance $libc (instantiate $libc))"                        \
    "(alias core export $libc \"memory\" (core memory $memory))"       \
    "(alias core export $libc \"realloc\" (core func $realloc))"

static const char adder[] =
    "(component (core module $m (func (export \"add\") (param i32 i32)"
    " (result i32) (i32.add (local.get 0) (local.get 1))))"
    " (core instance $i (instantiate $m))"
    " (func (export \"add\") (param \"a\" u32) (param \"b\" u32) (result u32)"
    "  (canon lift (core func $i \"add\"))))";

TEST(numbers_in_both_forms)
{
    world w;
    whit_val in[2] = {{.kind = WHIT_U32, .u32 = 40}, {.kind = WHIT_U32}};
    whit_val out;
    const struct {
        uint32_t a, b;
    } typed = {20, 22};
    uint32_t sum = 0;
    open_world(&w);
    CHECK_INT(load(&w, adder), WHIT_OK);
    whit_component_func *add = find(&w, "add");
    in[1].u32 = 2;
    CHECK_INT(whit_component_call(add, in, 2, &out, &w.error), WHIT_OK);
    CHECK_INT(out.kind, WHIT_U32);
    CHECK_INT(out.u32, 42);
    CHECK(whit_component_func_is(add, "func(a: u32, b: u32) -> u32"));
    CHECK(!whit_component_func_is(add, "func(a: u32, b: s32) -> u32"));
    CHECK_INT(whit_component_call_typed(add, &typed, &sum, NULL, &w.error),
              WHIT_OK);
    CHECK_INT(sum, 42);
    CHECK_INT(whit_component_call(add, in, 1, &out, &w.error), WHIT_ARGUMENT);
    CHECK_TEXT(w.error.message, "1 arguments for 2 parameters");
    in[1].kind = WHIT_S32;
    CHECK_INT(whit_component_call(add, in, 2, &out, &w.error), WHIT_ARGUMENT);
    CHECK_TEXT(w.error.message, "argument b: a value of kind s32 is given "
                                "where the type is u32");
    close_world(&w);
}

TEST(types_are_reflected)
{
    world w;
    char text[200];
    open_world(&w);
    CHECK_INT(
        load(&w,
             "(component (type $r' (record (field \"id\" u8) (field "
             "\"name\" string))) (export $r \"r\" (type $r'))"
             "(type $v' (variant (case \"a\") (case \"b\" $r)))"
             "(export $v \"v\" (type $v'))" ALLOCATOR
             "(core module $m (func (export \"f\") (param i32 i32 i32 i32)"
             " unreachable)) (core instance $i (instantiate $m))"
             "(func (export \"f\") (param \"v\" $v) (canon lift"
             " (core func $i \"f\") (memory $memory) (realloc $realloc))))"),
        WHIT_OK);
    CHECK_INT(whit_component_export_count(w.component), 3);
    CHECK_INT(whit_component_import_count(w.component), 0);
    whit_entity f = whit_component_export(w.component, 2);
    CHECK_INT(f.kind, WHIT_ENTITY_FUNCTION);
    CHECK_INT(whit_function_type_params(f.function), 1);
    const whit_type *v = whit_function_type_param(f.function, 0);
    CHECK_INT(whit_type_kind(v), WHIT_VARIANT);
    CHECK_INT(whit_type_count(v), 2);
    CHECK(whit_type_part(v, 0) == NULL);
    CHECK_INT(whit_type_offset(v, 1), 8);
    CHECK_INT(whit_type_size(v), 32);
    const whit_type *r = whit_type_part(v, 1);
    CHECK_INT(whit_type_kind(r), WHIT_RECORD);
    CHECK_INT(whit_type_offset(r, 1), 8);
    CHECK_INT(whit_type_size(r), 24);
    CHECK_INT(whit_type_name(r, 1).size, 4);
    whit_type_text(v, text, sizeof text);
    CHECK_TEXT(text, "variant { a, b(record { id: u8, name: string }) }");
    close_world(&w);
}

/* ---- Imports ---- */

static const char greeter[] =
    "(component"
    " (import \"greet\" (func $greet (param \"name\" string) (result "
    "string)))" ALLOCATOR
    " (core func $greet' (canon lower (func $greet) (memory $memory)"
    "  (realloc $realloc)))"
    " (core module $m (import \"\" \"greet\" (func $greet (param i32 i32 i32)))"
    "  (func (export \"run\") (param i32 i32) (result i32)"
    "   (call $greet (local.get 0) (local.get 1) (i32.const 16))"
    "   (i32.const 16)))"
    " (core instance $i (instantiate $m (with \"\" (instance"
    "  (export \"greet\" (func $greet'))))))"
    " (func (export \"run\") (param \"name\" string) (result string)"
    "  (canon lift (core func $i \"run\") (memory $memory)"
    "   (realloc $realloc))))";

static whit_status greet(whit_host_call *call, void *env, const whit_val *args,
                         size_t count, whit_val *result, whit_error *error)
{
    char *text = whit_host_call_alloc(call, 64);
    (void)error;
    CHECK_INT(count, 1);
    int size = snprintf(text, 64, "%s, %.*s", (const char *)env,
                        (int)args[0].string.size, args[0].string.data);
    *result = (whit_val){.kind = WHIT_STRING, .string = {text, (size_t)size}};
    return WHIT_OK;
}

static void check_greeting(world *w, const char *expected)
{
    whit_val name = {.kind = WHIT_STRING, .string = {"World", 5}};
    whit_val out = {.kind = WHIT_I32};
    whit_status status =
        whit_component_call(find(w, "run"), &name, 1, &out, &w->error);
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK) {
        printf("%s\n", w->error.message);
        return;
    }
    CHECK_INT(out.kind, WHIT_STRING);
    CHECK_INT(out.string.size, strlen(expected));
    CHECK(memcmp(out.string.data, expected, strlen(expected)) == 0);
    whit_val_release(&out);
}

TEST(imports_on_values)
{
    world w;
    char hello[] = "Hello";
    open_world(&w);
    CHECK_INT(
        whit_imports_define(w.imports, NULL, "greet", greet, hello, &w.error),
        WHIT_OK);
    CHECK_INT(load(&w, greeter), WHIT_OK);
    check_greeting(&w, "Hello, World");
    close_world(&w);
}

TEST(text_that_is_none_is_refused_in_front_of_the_guest)
{
    world w;
    char hello[] = "Hello";
    whit_val bytes = {.kind = WHIT_STRING, .string = {"a\xff", 2}};
    whit_val out;
    open_world(&w);
    CHECK_INT(
        whit_imports_define(w.imports, NULL, "greet", greet, hello, &w.error),
        WHIT_OK);
    CHECK_INT(load(&w, greeter), WHIT_OK);
    CHECK_INT(whit_component_call(find(&w, "run"), &bytes, 1, &out, &w.error),
              WHIT_ARGUMENT);
    CHECK_TEXT(w.error.message, "argument name: a string is not UTF-8: bytes "
                                "go in a list<u8>");
    check_greeting(&w, "Hello, World");
    close_world(&w);
}

typedef struct text {
    const char *data;
    size_t size;
} text;

static whit_status greet_typed(whit_host_call *call, void *env,
                               const void *arguments, void *result,
                               whit_error *error)
{
    const text *name = arguments;
    char *answer = whit_host_call_alloc(call, name->size + 3);
    (void)env;
    (void)error;
    memcpy(answer, "Hi ", 3);
    memcpy(answer + 3, name->data, name->size);
    *(text *)result = (text){answer, name->size + 3};
    return WHIT_OK;
}

TEST(typed_imports_must_have_the_type)
{
    world w;
    open_world(&w);
    CHECK_INT(whit_imports_define_typed(w.imports, NULL, "greet",
                                        "func(name: string) -> string",
                                        greet_typed, NULL, &w.error),
              WHIT_OK);
    CHECK_INT(load(&w, greeter), WHIT_OK);
    check_greeting(&w, "Hi World");
    close_world(&w);

    open_world(&w);
    CHECK_INT(whit_imports_define_typed(w.imports, NULL, "greet",
                                        "func(name: string) -> u32",
                                        greet_typed, NULL, &w.error),
              WHIT_OK);
    CHECK_INT(whit_component_new(w.engine, greeter, strlen(greeter),
                                 &w.component, &w.error),
              WHIT_OK);
    CHECK_INT(whit_component_instantiate(w.store, w.component, w.imports,
                                         &w.instance, &w.error),
              WHIT_UNLINKABLE);
    CHECK_TEXT(w.error.message,
               "import \"greet\" has another type: it is func(name: string) -> "
               "string, the host has func(name: string) -> u32");
    close_world(&w);

    open_world(&w);
    CHECK_INT(whit_component_new(w.engine, greeter, strlen(greeter),
                                 &w.component, &w.error),
              WHIT_OK);
    CHECK_INT(whit_component_instantiate(w.store, w.component, NULL,
                                         &w.instance, &w.error),
              WHIT_UNLINKABLE);
    close_world(&w);
}

/* ---- Answers that come later ---- */

static whit_completion *later;
static pthread_t thread;

static void *answer(void *unused)
{
    char heap[] = "from a thread";
    whit_val value = {.kind = WHIT_STRING, .string = {heap, sizeof heap - 1}};
    whit_complete(later, &value);
    memset(heap, 0, sizeof heap);
    return unused;
}

static whit_status greet_from_thread(whit_host_call *call, void *env,
                                     const whit_val *args, size_t count,
                                     whit_val *result, whit_error *error)
{
    (void)env;
    (void)args;
    (void)count;
    (void)result;
    (void)error;
    later = whit_host_call_defer(call, NULL, NULL);
    CHECK_INT(pthread_create(&thread, NULL, answer, NULL), 0);
    return WHIT_OK;
}

TEST(a_guest_waits_for_another_thread)
{
    world w;
    open_world(&w);
    CHECK_INT(whit_imports_define(w.imports, NULL, "greet", greet_from_thread,
                                  NULL, &w.error),
              WHIT_OK);
    CHECK_INT(load(&w, greeter), WHIT_OK);
    check_greeting(&w, "from a thread");
    pthread_join(thread, NULL);
    close_world(&w);
}

static whit_status greet_later(whit_host_call *call, void *env,
                               const whit_val *args, size_t count,
                               whit_val *result, whit_error *error)
{
    (void)args;
    (void)count;
    (void)result;
    (void)error;
    later = whit_host_call_defer(call, NULL, env);
    return WHIT_OK;
}

static void wake(void *env)
{
    ++*(int *)env;
}

TEST(calls_start_and_are_polled)
{
    world w;
    int woken = 0;
    whit_call *call;
    whit_val name = {.kind = WHIT_STRING, .string = {"World", 5}};
    whit_val out;
    open_world(&w);
    CHECK_INT(whit_imports_define(w.imports, NULL, "greet", greet_later, NULL,
                                  &w.error),
              WHIT_OK);
    CHECK_INT(load(&w, greeter), WHIT_OK);
    whit_store_set_wake(w.store, wake, &woken);
    CHECK(whit_store_descriptor(w.store) >= 0);
    CHECK_INT(whit_call_start(find(&w, "run"), &name, 1, &call, &w.error),
              WHIT_OK);
    CHECK_INT(whit_call_poll(call), WHIT_CALL_RUNNING);
    CHECK_INT(whit_call_poll(call), WHIT_CALL_RUNNING);
    CHECK(!whit_store_wait(w.store, 0) ||
          whit_call_poll(call) == WHIT_CALL_RUNNING);
    CHECK_INT(woken, 0);
    CHECK_INT(pthread_create(&thread, NULL, answer, NULL), 0);
    pthread_join(thread, NULL);
    CHECK_INT(woken, 1);
    CHECK(whit_store_wait(w.store, -1));
    CHECK_INT(whit_call_poll(call), WHIT_CALL_RETURNED);
    CHECK_INT(whit_call_result(call, &out, &w.error), WHIT_OK);
    CHECK_INT(out.string.size, 13);
    whit_val_release(&out);
    whit_call_free(call);
    close_world(&w);
}

TEST(a_late_answer_finds_nobody)
{
    world w;
    whit_call *call;
    whit_val name = {.kind = WHIT_STRING, .string = {"World", 5}};
    whit_val value = {.kind = WHIT_STRING, .string = {"late", 4}};
    open_world(&w);
    CHECK_INT(whit_imports_define(w.imports, NULL, "greet", greet_later, NULL,
                                  &w.error),
              WHIT_OK);
    CHECK_INT(load(&w, greeter), WHIT_OK);
    CHECK_INT(whit_call_start(find(&w, "run"), &name, 1, &call, &w.error),
              WHIT_OK);
    CHECK_INT(whit_call_poll(call), WHIT_CALL_RUNNING);
    whit_call_free(call);
    close_world(&w);
    CHECK_INT(whit_complete(later, &value), WHIT_NOT_FOUND);
}

TEST(a_failed_answer_traps)
{
    world w;
    whit_call *call;
    whit_val name = {.kind = WHIT_STRING, .string = {"World", 5}};
    whit_val wrong = {.kind = WHIT_U32, .u32 = 1};
    open_world(&w);
    CHECK_INT(whit_imports_define(w.imports, NULL, "greet", greet_later, NULL,
                                  &w.error),
              WHIT_OK);
    CHECK_INT(load(&w, greeter), WHIT_OK);
    CHECK_INT(whit_call_start(find(&w, "run"), &name, 1, &call, &w.error),
              WHIT_OK);
    CHECK_INT(whit_complete(later, &wrong), WHIT_ARGUMENT);
    CHECK_INT(whit_complete(later, &wrong), WHIT_NOT_FOUND);
    CHECK_INT(whit_call_poll(call), WHIT_CALL_FAILED);
    CHECK(whit_call_error(call) != NULL &&
          strstr(whit_call_error(call)->message, "kind u32") != NULL);
    whit_call_free(call);
    close_world(&w);
}

TEST_MAIN(RUN(numbers_in_both_forms) RUN(types_are_reflected)
              RUN(imports_on_values) RUN(typed_imports_must_have_the_type)
                  RUN(text_that_is_none_is_refused_in_front_of_the_guest)
                      RUN(a_guest_waits_for_another_thread)
                          RUN(calls_start_and_are_polled)
                              RUN(a_late_answer_finds_nobody)
                                  RUN(a_failed_answer_traps))
