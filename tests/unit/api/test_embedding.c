/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The public API as an embedder meets it. */
#include "test.h"

#include <stdlib.h>
#include <whit.h>

/* One guest with everything it stands on. */
typedef struct world {
    whit_engine *engine;
    whit_store *store;
    whit_linker *linker;
    whit_instance *instance;
    whit_error error;
} world;

static void open_world(world *w, whit_config *config, const whit_limits *limits)
{
    memset(w, 0, sizeof *w);
    CHECK_INT(whit_engine_new(config, &w->engine, &w->error), WHIT_OK);
    CHECK_INT(whit_store_new(w->engine, limits, &w->store, &w->error), WHIT_OK);
    CHECK_INT(whit_linker_new(w->store, &w->linker, &w->error), WHIT_OK);
    whit_config_free(config);
}

static whit_status load(world *w, const char *text)
{
    whit_module *module;
    whit_status status =
        whit_module_new(w->engine, text, strlen(text), &module, &w->error);
    if (status != WHIT_OK)
        return status;
    status =
        whit_linker_instantiate(w->linker, module, &w->instance, &w->error);
    whit_module_free(module);
    return status;
}

static void close_world(world *w)
{
    whit_linker_free(w->linker);
    whit_store_free(w->store);
    whit_engine_free(w->engine);
}

static whit_status call(world *w, const char *name, const whit_val *args,
                        size_t count, whit_val *result)
{
    whit_func *func = whit_instance_func(w->instance, name);
    CHECK(func != NULL);
    if (!func)
        return WHIT_NOT_FOUND;
    return whit_func_call(w->store, func, args, count, result, result ? 1 : 0,
                          &w->error);
}

TEST(dynamic_calls_check_counts_and_kinds)
{
    world w;
    open_world(&w, NULL, NULL);
    CHECK_INT(load(&w, "(module (func (export \"f\") (param i64 f32)"
                       " (result f64) (f64.add (f64.convert_i64_s"
                       " (local.get 0)) (f64.promote_f32 (local.get 1)))))"),
              WHIT_OK);
    whit_val args[2] = {{.kind = WHIT_I64, .i64 = -3},
                        {.kind = WHIT_F32, .f32 = 0.5f}};
    whit_val result;
    CHECK_INT(call(&w, "f", args, 2, &result), WHIT_OK);
    CHECK_INT(result.kind, WHIT_F64);
    CHECK(result.f64 == -2.5);
    CHECK_INT(call(&w, "f", args, 1, &result), WHIT_ARGUMENT);
    args[1].kind = WHIT_I32;
    CHECK_INT(call(&w, "f", args, 2, &result), WHIT_ARGUMENT);
    CHECK(strstr(w.error.message, "f32") != NULL);
    close_world(&w);
}

TEST(vectors_and_references_cross_unharmed)
{
    world w;
    open_world(&w, NULL, NULL);
    CHECK_INT(
        load(&w,
             "(module (func (export \"v\") (param v128) (result v128)"
             " (i8x16.add (local.get 0) (local.get 0)))"
             "(func (export \"e\") (param externref) (result externref)"
             " (local.get 0))"
             "(func (export \"i\") (result i31ref) (ref.i31 (i32.const -7)))"
             "(func $me (export \"f\") (result funcref) (ref.func $me)))"),
        WHIT_OK);
    whit_val arg = {.kind = WHIT_V128}, result;
    for (int i = 0; i < 16; i++)
        arg.v128[i] = (uint8_t)i;
    CHECK_INT(call(&w, "v", &arg, 1, &result), WHIT_OK);
    CHECK_INT(result.v128[15], 30);
    arg.kind = WHIT_EXTERNREF;
    CHECK_INT(whit_ref_new_host(w.store, 42, NULL, &arg.ref, &w.error),
              WHIT_OK);
    CHECK_INT(call(&w, "e", &arg, 1, &result), WHIT_OK);
    uint64_t host = 0;
    CHECK(whit_ref_host_value(result.ref, &host));
    CHECK_INT(host, 42);
    whit_ref_free(result.ref);
    whit_ref_free(arg.ref);
    int32_t small = 0;
    CHECK_INT(call(&w, "i", NULL, 0, &result), WHIT_OK);
    CHECK(whit_ref_i31_value(result.ref, &small));
    CHECK_INT(small, -7);
    whit_ref_free(result.ref);
    CHECK_INT(call(&w, "f", NULL, 0, &result), WHIT_OK);
    CHECK(result.func == whit_instance_func(w.instance, "f"));
    close_world(&w);
}

static uint64_t finalized;

static void note_finalized(uint64_t value)
{
    finalized += value;
}

TEST(host_values_are_finalized_when_nobody_holds_them)
{
    world w;
    open_world(&w, NULL, NULL);
    whit_ref *kept, *dropped;
    finalized = 0;
    CHECK_INT(whit_ref_new_host(w.store, 1, note_finalized, &kept, &w.error),
              WHIT_OK);
    CHECK_INT(
        whit_ref_new_host(w.store, 10, note_finalized, &dropped, &w.error),
        WHIT_OK);
    whit_ref_free(dropped);
    whit_store_collect(w.store);
    CHECK_INT(finalized, 10);
    whit_ref_free(kept);
    close_world(&w);
    CHECK_INT(finalized, 11);
}

static whit_status add_host(whit_caller *caller, void *env,
                            const whit_val *args, whit_val *results,
                            whit_error *error)
{
    (void)caller, (void)error;
    ++*(int *)env;
    results[0].kind = WHIT_I32;
    results[0].i32 = args[0].i32 + args[1].i32;
    return WHIT_OK;
}

static whit_status fail_host(whit_caller *caller, void *env, whit_slot *slots,
                             whit_error *error)
{
    (void)caller, (void)env, (void)slots;
    error->code = WHIT_TRAP;
    snprintf(error->message, sizeof error->message, "no more tea");
    return WHIT_TRAP;
}

TEST(guests_call_hosts_and_hosts_can_trap)
{
    world w;
    int calls = 0;
    open_world(&w, NULL, NULL);
    CHECK_INT(whit_linker_define_function(w.linker, "h", "add", "ii:i",
                                          add_host, &calls, &w.error),
              WHIT_OK);
    CHECK_INT(whit_linker_define_slots(w.linker, "h", "fail", ":", fail_host,
                                       NULL, &w.error),
              WHIT_OK);
    CHECK_INT(load(&w, "(module (import \"h\" \"add\" (func $a (param i32 i32)"
                       " (result i32))) (import \"h\" \"fail\" (func $x))"
                       "(func (export \"twice\") (param i32) (result i32)"
                       " (call $a (local.get 0) (local.get 0)))"
                       "(func (export \"fail\") (call $x)))"),
              WHIT_OK);
    whit_val arg = {.kind = WHIT_I32, .i32 = 21}, result;
    CHECK_INT(call(&w, "twice", &arg, 1, &result), WHIT_OK);
    CHECK_INT(result.i32, 42);
    CHECK_INT(calls, 1);
    CHECK_INT(call(&w, "fail", NULL, 0, NULL), WHIT_TRAP);
    CHECK(strstr(w.error.message, "no more tea") != NULL);
    CHECK_INT(whit_store_trap_code(w.store), WHIT_TRAP_HOST);
    CHECK(whit_store_trap_frames(w.store) >= 1);
    close_world(&w);
}

TEST(traps_say_where)
{
    world w;
    open_world(&w, NULL, NULL);
    CHECK_INT(load(&w, "(module (func $deep (unreachable))\n"
                       "(func $middle (call $deep))\n"
                       "(func (export \"top\")\n (call $middle)))"),
              WHIT_OK);
    CHECK_INT(call(&w, "top", NULL, 0, NULL), WHIT_TRAP);
    CHECK_INT(whit_store_trap_code(w.store), WHIT_TRAP_UNREACHABLE);
    CHECK_INT(whit_store_trap_frames(w.store), 3);
    static const char *const names[] = {"deep", "middle", "top"};
    static const uint32_t lines[] = {1, 2, 4};
    for (size_t i = 0; i < 3; i++) {
        whit_frame frame = whit_store_trap_frame(w.store, i);
        CHECK_INT(frame.function.size, strlen(names[i]));
        CHECK(!memcmp(frame.function.data, names[i], strlen(names[i])));
        CHECK_INT(frame.line, lines[i]);
    }
    /* The store is as good as before. */
    CHECK_INT(call(&w, "top", NULL, 0, NULL), WHIT_TRAP);
    close_world(&w);
}

TEST(unlinkable_modules_name_the_import)
{
    world w;
    open_world(&w, NULL, NULL);
    CHECK_INT(load(&w, "(module (import \"env\" \"missing\" (func)))"),
              WHIT_UNLINKABLE);
    CHECK(strstr(w.error.message, "env.missing") != NULL);
    CHECK_INT(whit_linker_define_slots(w.linker, "env", "missing",
                                       "i:", fail_host, NULL, &w.error),
              WHIT_OK);
    CHECK_INT(load(&w, "(module (import \"env\" \"missing\" (func)))"),
              WHIT_UNLINKABLE);
    CHECK(strstr(w.error.message, "missing") != NULL);
    close_world(&w);
}

TEST(bad_signatures_are_refused)
{
    world w;
    open_world(&w, NULL, NULL);
    whit_func *func;
    CHECK_INT(
        whit_func_new(w.store, "ix:i", add_host, NULL, NULL, &func, &w.error),
        WHIT_ARGUMENT);
    CHECK_INT(
        whit_func_new(w.store, "ii", add_host, NULL, NULL, &func, &w.error),
        WHIT_ARGUMENT);
    close_world(&w);
}

TEST(memories_are_read_written_and_grown_within_bounds)
{
    world w;
    whit_limits limits = whit_limits_default();
    limits.memory_bytes = 3 * 65536;
    open_world(&w, NULL, &limits);
    CHECK_INT(load(&w, "(module (memory (export \"m\") 1 10)"
                       "(func (export \"get\") (param i32) (result i32)"
                       " (i32.load8_u (local.get 0))))"),
              WHIT_OK);
    whit_memory *memory = whit_instance_memory(w.instance, "m");
    CHECK_INT(whit_memory_size(memory), 65536);
    CHECK_INT(whit_memory_write(memory, 65535, "x", 1, &w.error), WHIT_OK);
    CHECK_INT(whit_memory_write(memory, 65535, "xy", 2, &w.error),
              WHIT_ARGUMENT);
    CHECK_INT(whit_memory_write(memory, UINT64_MAX, "x", 1, &w.error),
              WHIT_ARGUMENT);
    whit_val arg = {.kind = WHIT_I32, .i32 = 65535}, result;
    CHECK_INT(call(&w, "get", &arg, 1, &result), WHIT_OK);
    CHECK_INT(result.i32, 'x');
    CHECK_INT(whit_memory_grow(w.store, memory, 2, &w.error), WHIT_OK);
    CHECK_INT(whit_memory_grow(w.store, memory, 1, &w.error), WHIT_LIMIT);
    CHECK_INT(whit_memory_size(memory), 3 * 65536);
    char byte = 0;
    CHECK_INT(whit_memory_read(memory, 65535, &byte, 1, &w.error), WHIT_OK);
    CHECK_INT(byte, 'x');
    close_world(&w);
}

TEST(tables_and_globals_keep_their_types)
{
    world w;
    whit_extern table, global, fixed;
    open_world(&w, NULL, NULL);
    CHECK_INT(load(&w, "(module (table (export \"t\") 2 funcref)"
                       "(global (export \"g\") (mut i64) (i64.const 5))"
                       "(global (export \"c\") i32 (i32.const 1))"
                       "(func (export \"f\")))"),
              WHIT_OK);
    CHECK(whit_instance_export(w.instance, "t", &table));
    CHECK(whit_instance_export(w.instance, "g", &global));
    CHECK(whit_instance_export(w.instance, "c", &fixed));
    CHECK(!whit_instance_export(w.instance, "nothing", &fixed));
    whit_val val = {.kind = WHIT_FUNCREF,
                    .func = whit_instance_func(w.instance, "f")};
    CHECK_INT(whit_table_set(w.store, table.table, 1, &val, &w.error), WHIT_OK);
    CHECK_INT(whit_table_set(w.store, table.table, 2, &val, &w.error),
              WHIT_ARGUMENT);
    whit_val got;
    CHECK_INT(whit_table_get(w.store, table.table, 1, &got, &w.error), WHIT_OK);
    CHECK(got.func == val.func);
    whit_val number = {.kind = WHIT_I64, .i64 = 6};
    CHECK_INT(whit_table_set(w.store, table.table, 0, &number, &w.error),
              WHIT_ARGUMENT);
    CHECK_INT(whit_global_set(w.store, global.global, &number, &w.error),
              WHIT_OK);
    CHECK_INT(whit_global_get(w.store, global.global, &got, &w.error), WHIT_OK);
    CHECK_INT(got.i64, 6);
    CHECK_INT(whit_global_set(w.store, global.global, &val, &w.error),
              WHIT_ARGUMENT);
    number.kind = WHIT_I32;
    CHECK_INT(whit_global_set(w.store, fixed.global, &number, &w.error),
              WHIT_ARGUMENT);
    close_world(&w);
}

#define SPIN "(module (func (export \"spin\") (loop (br 0))))"

TEST(fuel_and_epochs_stop_loops)
{
    world w;
    whit_config *config = whit_config_new();
    whit_config_set_fuel(config, true);
    open_world(&w, config, NULL);
    CHECK_INT(load(&w, SPIN), WHIT_OK);
    whit_store_set_fuel(w.store, 1000);
    CHECK_INT(call(&w, "spin", NULL, 0, NULL), WHIT_TRAP);
    CHECK_INT(whit_store_trap_code(w.store), WHIT_TRAP_FUEL);
    CHECK_INT(whit_store_fuel(w.store), 0);
    close_world(&w);

    config = whit_config_new();
    whit_config_set_epoch(config, true);
    open_world(&w, config, NULL);
    CHECK_INT(load(&w, SPIN), WHIT_OK);
    whit_store_set_deadline(w.store, 1);
    whit_engine_increment_epoch(w.engine);
    CHECK_INT(call(&w, "spin", NULL, 0, NULL), WHIT_TRAP);
    CHECK_INT(whit_store_trap_code(w.store), WHIT_TRAP_DEADLINE);
    close_world(&w);
}

TEST(call_depth_and_table_limits_are_kept)
{
    world w;
    whit_limits limits = whit_limits_default();
    limits.call_depth = 100;
    limits.table_elements = 10;
    limits.instances = 2;
    open_world(&w, NULL, &limits);
    CHECK_INT(load(&w, "(module (func $f (export \"f\") (param i32)"
                       " (if (local.get 0) (then (call $f (i32.sub"
                       " (local.get 0) (i32.const 1)))))))"),
              WHIT_OK);
    whit_val arg = {.kind = WHIT_I32, .i32 = 50};
    CHECK_INT(call(&w, "f", &arg, 1, NULL), WHIT_OK);
    arg.i32 = 500;
    CHECK_INT(call(&w, "f", &arg, 1, NULL), WHIT_TRAP);
    CHECK_INT(whit_store_trap_code(w.store), WHIT_TRAP_STACK);
    CHECK(load(&w, "(module (table 11 funcref))") != WHIT_OK);
    CHECK(strstr(w.error.message, "table") != NULL);
    CHECK_INT(load(&w, "(module)"), WHIT_OK);
    CHECK(load(&w, "(module)") != WHIT_OK);
    close_world(&w);
}

TEST(features_can_be_switched_off)
{
    world w;
    whit_config *config = whit_config_new();
    whit_error error;
    CHECK_INT(whit_config_set_feature(config, "simd", false, &error), WHIT_OK);
    CHECK_INT(whit_config_set_feature(config, "magic", false, &error),
              WHIT_NOT_FOUND);
    open_world(&w, config, NULL);
    CHECK_INT(load(&w, "(module (func (drop (v128.const i64x2 1 2))))"),
              WHIT_UNSUPPORTED);
    close_world(&w);
}

TEST(modules_list_imports_and_exports)
{
    world w;
    whit_module *module;
    static const char text[] = "(module (import \"a\" \"b\" (global i32))"
                               "(memory (export \"m\") 1))";
    open_world(&w, NULL, NULL);
    CHECK_INT(
        whit_module_new(w.engine, text, sizeof text - 1, &module, &w.error),
        WHIT_OK);
    CHECK_INT(whit_module_import_count(module), 1);
    CHECK_INT(whit_module_import(module, 0).kind, WHIT_EXTERN_GLOBAL);
    CHECK_INT(whit_module_export_count(module), 1);
    CHECK_INT(whit_module_export(module, 0).kind, WHIT_EXTERN_MEMORY);
    whit_module_free(module);
    close_world(&w);
}

TEST(instances_link_to_instances)
{
    world w;
    open_world(&w, NULL, NULL);
    CHECK_INT(load(&w, "(module (func (export \"seven\") (result i32)"
                       " (i32.const 7)))"),
              WHIT_OK);
    CHECK_INT(
        whit_linker_define_instance(w.linker, "lib", w.instance, &w.error),
        WHIT_OK);
    CHECK_INT(load(&w, "(module (import \"lib\" \"seven\" (func $s (result"
                       " i32))) (func (export \"f\") (result i32)"
                       " (i32.mul (call $s) (i32.const 6))))"),
              WHIT_OK);
    whit_val result;
    CHECK_INT(call(&w, "f", NULL, 0, &result), WHIT_OK);
    CHECK_INT(result.i32, 42);
    close_world(&w);
}

TEST(uncaught_exceptions_are_their_own_status)
{
    world w;
    open_world(&w, NULL, NULL);
    CHECK_INT(load(&w, "(module (tag $t (param i32)) (func (export \"f\")"
                       " (throw $t (i32.const 1))))"),
              WHIT_OK);
    CHECK_INT(call(&w, "f", NULL, 0, NULL), WHIT_EXCEPTION);
    close_world(&w);
}

TEST_MAIN(
    RUN(dynamic_calls_check_counts_and_kinds)
        RUN(vectors_and_references_cross_unharmed)
            RUN(host_values_are_finalized_when_nobody_holds_them) RUN(
                guests_call_hosts_and_hosts_can_trap) RUN(traps_say_where)
                RUN(unlinkable_modules_name_the_import) RUN(
                    bad_signatures_are_refused)
                    RUN(memories_are_read_written_and_grown_within_bounds) RUN(
                        tables_and_globals_keep_their_types)
                        RUN(fuel_and_epochs_stop_loops) RUN(
                            call_depth_and_table_limits_are_kept)
                            RUN(features_can_be_switched_off) RUN(
                                modules_list_imports_and_exports)
                                RUN(instances_link_to_instances) RUN(
                                    uncaught_exceptions_are_their_own_status))
