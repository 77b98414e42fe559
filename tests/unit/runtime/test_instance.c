/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Instantiation: imports, constant expressions, segments, start. */
#include "fake.h"

static rt_engine *engine;
static rt_store *store;
static rt_instance *instance;
static whit_error failure;

static void set_up(void)
{
    engine = fake_engine(true);
    store = fake_store(engine, NULL);
    memset(&failure, 0, sizeof failure);
}

static void tear_down(void)
{
    rt_store_free(store);
    rt_engine_release(engine);
}

static whit_status load(const char *text, const rt_extern *imports,
                        uint32_t count)
{
    return fake_instance(store, text, imports, count, &instance, &failure);
}

static int32_t global_i32(const char *name)
{
    return fake_export(instance, name).global->value[0].i32;
}

TEST(constant_expressions)
{
    set_up();
    CHECK_INT(
        load("(module"
             " (type $p (struct (field i8) (field (mut i64))))"
             " (type $a (array i16)) (type $f (func))"
             " (global $one i32 (i32.const 1))"
             " (global (export \"sum\") i32 (i32.sub (i32.mul (i32.const 6)"
             "  (i32.add (global.get $one) (i32.const 6))) (i32.const 2)))"
             " (global (export \"wide\") i64"
             "  (i64.mul (i64.const -3) (i64.const 5)))"
             " (global (export \"v\") v128 (v128.const i64x2 7 8))"
             " (global (export \"p\") (ref $p)"
             "  (struct.new $p (i32.const 511) (i64.const 9)))"
             " (global (export \"a\") (ref $a)"
             "  (array.new_fixed $a 3 (i32.const 1) (i32.const 2)"
             "   (i32.const 3)))"
             " (global (export \"r\") (ref $a)"
             "  (array.new $a (i32.const 5) (i32.const 4)))"
             " (global (export \"i\") anyref (ref.i31 (i32.const -1)))"
             " (global (export \"x\") externref (extern.convert_any"
             "  (struct.new_default $p)))"
             " (global (export \"f\") funcref (ref.func $g))"
             " (func $g (export \"g\")))",
             NULL, 0),
        WHIT_OK);
    CHECK_INT(global_i32("sum"), 40);
    CHECK_INT(fake_export(instance, "wide").global->value[0].i64, -15);
    CHECK_INT(fake_export(instance, "v").global->value[1].u64, 8);
    rt_object *p = rt_ref_object(fake_export(instance, "p").global->value->ref);
    rt_slot slot;
    rt_storage_get(rt_object_data(p) + p->type->field_offsets[0], WASM_I8, true,
                   &slot);
    CHECK_INT(slot.i32, -1);
    rt_storage_get(rt_object_data(p) + p->type->field_offsets[1], WASM_I64,
                   false, &slot);
    CHECK_INT(slot.i64, 9);
    rt_object *a = rt_ref_object(fake_export(instance, "a").global->value->ref);
    CHECK_INT(a->length, 3);
    CHECK_INT(((int16_t *)(void *)rt_object_data(a))[2], 3);
    rt_object *r = rt_ref_object(fake_export(instance, "r").global->value->ref);
    CHECK_INT(r->length, 4);
    CHECK_INT(((int16_t *)(void *)rt_object_data(r))[3], 5);
    CHECK_INT(fake_export(instance, "i").global->value->ref,
              rt_i31(0x7fffffff));
    CHECK_INT(fake_export(instance, "f").global->value->ref,
              rt_object_ref(fake_export(instance, "g").function));
    tear_down();
}

/* Structures of a reference and a number, which counts down to 1. */
static void check_chain(rt_ref ref, int want)
{
    for (; want > 0; want--) {
        rt_object *object = rt_ref_object(ref);
        uint8_t *data = rt_object_data(object);
        rt_slot slot;
        CHECK_INT(object->kind, RT_OBJECT_STRUCT);
        rt_storage_get(data + object->type->field_offsets[1], WASM_I32, false,
                       &slot);
        CHECK_INT(slot.i32, want);
        memcpy(&ref, data + object->type->field_offsets[0], sizeof ref);
    }
    CHECK_INT(ref, 0);
}

/* A collection at every allocation must not take what the expression still
 * holds. */
TEST(constant_expressions_keep_their_operands)
{
    set_up();
    store->heap->stress = true;
    CHECK_INT(
        load("(module (type $s (struct (field (ref null $s)) (field i32)))"
             " (global (export \"g\") (ref $s)"
             "  (struct.new $s (struct.new $s (struct.new $s"
             "   (ref.null $s) (i32.const 1)) (i32.const 2))"
             "   (i32.const 3)))"
             " (table (export \"t\") 2 (ref null $s)"
             "  (struct.new $s (struct.new $s (ref.null $s)"
             "   (i32.const 1)) (i32.const 2))))",
             NULL, 0),
        WHIT_OK);
    check_chain(fake_export(instance, "g").global->value[0].ref, 3);
    check_chain(fake_export(instance, "t").table->items[1], 2);
    tear_down();
}

TEST(segments_are_applied_in_order)
{
    set_up();
    CHECK_INT(load("(module (memory (export \"m\") 1)"
                   " (table (export \"t\") 4 funcref) (func $f) (func $g)"
                   " (data (i32.const 3) \"abc\") (data (i32.const 4) \"X\")"
                   " (data \"passive\")"
                   " (elem (i32.const 1) $f $g) (elem (i32.const 2) $f)"
                   " (elem declare func $g))",
                   NULL, 0),
              WHIT_OK);
    rt_memory *memory = fake_export(instance, "m").memory;
    rt_table *table = fake_export(instance, "t").table;
    CHECK(memcmp(memory->base, "\0\0\0aXc\0", 7) == 0);
    CHECK_INT(table->items[1], rt_object_ref(instance->functions[0]));
    CHECK_INT(table->items[2], rt_object_ref(instance->functions[0]));
    CHECK_INT(table->items[3], 0);
    CHECK_INT(instance->elems[0].count, 0);
    CHECK_INT(instance->datas[0].size, 0);
    CHECK_INT(instance->datas[2].size, 7);
    CHECK_INT(rt_memory_init(instance, 0, 2, 10, 3, 4), RT_TRAP_NONE);
    CHECK_INT(memory->base[10], 's');
    CHECK_INT(rt_memory_init(instance, 0, 2, 10, 3, 5), RT_TRAP_MEMORY_BOUNDS);
    rt_data_drop(instance, 2);
    CHECK_INT(rt_memory_init(instance, 0, 2, 10, 0, 1), RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(rt_memory_init(instance, 0, 2, 65536, 0, 0), RT_TRAP_NONE);
    tear_down();
}

TEST(segments_that_do_not_fit_trap_and_keep_what_was_done)
{
    set_up();
    rt_memory *memory;
    CHECK_INT(rt_memory_new(store, &(wasm_limits){.min = 1}, &memory, NULL),
              WHIT_OK);
    rt_extern import = {.kind = WASM_EXTERN_MEMORY, .memory = memory};
    CHECK_INT(load("(module (import \"m\" \"m\" (memory 1))"
                   " (data (i32.const 0) \"kept\")"
                   " (data (i32.const 65533) \"four\"))",
                   &import, 1),
              WHIT_TRAP);
    CHECK(begins(failure.message, "out of bounds memory access: data"));
    CHECK(memcmp(memory->base, "kept", 4) == 0);
    CHECK_INT(memory->base[65533], 0);
    CHECK_INT(store->context.trap.code, RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(load("(module (table 1 funcref) (func $f)"
                   " (elem (i32.const 1) $f))",
                   NULL, 0),
              WHIT_TRAP);
    CHECK(begins(failure.message, "out of bounds table access: element"));
    tear_down();
}

static rt_extern provided(const char *name)
{
    return fake_export(instance, name);
}

static const char provider[] =
    "(module (func (export \"f\") (param i32) (result f32) unreachable)"
    " (memory (export \"m\") 2 4) (memory (export \"m1\") 1)"
    " (memory (export \"m64\") i64 2 4) (memory (export \"ms\") 2 4 shared)"
    " (table (export \"t\") 3 5 funcref) (table (export \"te\") 3 externref)"
    " (global (export \"g\") i32 (i32.const 0))"
    " (global (export \"gm\") (mut funcref) (ref.null func))"
    " (global (export \"gn\") (ref null nofunc) (ref.null nofunc))"
    " (tag (export \"x\") (param i64)))";

TEST(imports_match_by_the_rules)
{
    static const struct {
        const char *import, *given;
        bool match;
    } rows[] = {
        {"(func (param i32) (result f32))", "f", true},
        {"(func (param i32))", "f", false},
        {"(func (param i32) (result f32))", "m", false},
        {"(memory 2 4)", "m", true},
        {"(memory 0)", "m", true},
        {"(memory 2 5)", "m", true},
        {"(memory 3)", "m", false},
        {"(memory 2 3)", "m", false},
        {"(memory 1 9)", "m1", false},
        {"(memory i64 2)", "m", false},
        {"(memory i64 2)", "m64", true},
        {"(memory 2 4 shared)", "m", false},
        {"(memory 2 4 shared)", "ms", true},
        {"(memory 2 4)", "ms", false},
        {"(table 3 funcref)", "t", true},
        {"(table 3 5 funcref)", "t", true},
        {"(table 4 funcref)", "t", false},
        {"(table 3 4 funcref)", "t", false},
        {"(table 3 externref)", "t", false},
        {"(table 3 externref)", "te", true},
        {"(table i64 3 externref)", "te", false},
        {"(global i32)", "g", true},
        {"(global i64)", "g", false},
        {"(global (mut i32))", "g", false},
        {"(global (mut funcref))", "gm", true},
        {"(global funcref)", "gm", false},
        {"(global funcref)", "gn", true},
        {"(global (ref null nofunc))", "gn", true},
        {"(global (mut (ref null nofunc)))", "gm", false},
        {"(tag (param i64))", "x", true},
        {"(tag (param i32))", "x", false},
        {"(tag (param i64))", "f", false},
    };
    set_up();
    CHECK_INT(load(provider, NULL, 0), WHIT_OK);
    rt_instance *from = instance;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[256];
        instance = from;
        rt_extern import = provided(rows[i].given);
        snprintf(text, sizeof text, "(module (import \"a\" \"b\" %s))",
                 rows[i].import);
        whit_status status = load(text, &import, 1);
        CHECK_INT(status, rows[i].match ? WHIT_OK : WHIT_UNLINKABLE);
        if (status != (rows[i].match ? WHIT_OK : WHIT_UNLINKABLE))
            printf("%s from %s: %s\n", rows[i].import, rows[i].given,
                   failure.message);
        if (!rows[i].match)
            CHECK(begins(failure.message,
                         "incompatible import type: \"a\".\"b\" must be "));
    }
    tear_down();
}

TEST(mismatch_names_both_types)
{
    set_up();
    CHECK_INT(load(provider, NULL, 0), WHIT_OK);
    rt_extern import = provided("f");
    CHECK_INT(load("(module (import \"env\" \"h\" (func (param i64 v128))))",
                   &import, 1),
              WHIT_UNLINKABLE);
    CHECK(strstr(failure.message,
                 "\"env\".\"h\" must be (func (param i64 v128)), but is "
                 "(func (param i32) (result f32))") != NULL);
    CHECK_INT(
        load("(module (import \"env\" \"m\" (memory 1 2 shared)))", NULL, 0),
        WHIT_UNLINKABLE);
    CHECK_TEXT(failure.message,
               "unknown import: \"env\".\"m\" must be (memory 1 2 shared)");
    import.kind = WASM_EXTERN_KINDS;
    CHECK_INT(
        load("(module (import \"env\" \"m\" (global (mut i32))))", &import, 1),
        WHIT_UNLINKABLE);
    CHECK(begins(failure.message, "unknown import"));
    tear_down();
}

/* The size at the time counts, not the declared minimum. */
TEST(grown_memory_matches_a_larger_import)
{
    set_up();
    CHECK_INT(load(provider, NULL, 0), WHIT_OK);
    rt_extern import = provided("m");
    const char *text = "(module (import \"a\" \"b\" (memory 3 4)))";
    CHECK_INT(load(text, &import, 1), WHIT_UNLINKABLE);
    CHECK_INT(rt_memory_grow(store, import.memory, 1), 2);
    CHECK_INT(load(text, &import, 1), WHIT_OK);
    tear_down();
}

TEST(sub_types_of_functions_may_be_imported)
{
    set_up();
    CHECK_INT(load("(module (type $a (sub (func))) (type $b (sub $a (func)))"
                   " (func (export \"a\") (type $a))"
                   " (func (export \"b\") (type $b)))",
                   NULL, 0),
              WHIT_OK);
    rt_extern a = provided("a"), b = provided("b");
    const char *wants_a = "(module (type $a (sub (func)))"
                          " (import \"\" \"\" (func (type $a))))";
    const char *wants_b = "(module (type $a (sub (func)))"
                          " (type $b (sub $a (func)))"
                          " (import \"\" \"\" (func (type $b))))";
    CHECK_INT(load(wants_a, &a, 1), WHIT_OK);
    CHECK_INT(load(wants_a, &b, 1), WHIT_OK);
    CHECK_INT(load(wants_b, &b, 1), WHIT_OK);
    CHECK_INT(load(wants_b, &a, 1), WHIT_UNLINKABLE);
    tear_down();
}

TEST(failure_before_segments_leaves_the_store_as_it_was)
{
    set_up();
    rt_limits *limits = &store->limits;
    limits->memory_bytes = 3 * WASM_PAGE_SIZE;
    CHECK_INT(load("(module (memory 1) (memory 1 1 shared)"
                   " (table 10 funcref) (global i32 (i32.const 0)) (tag))",
                   NULL, 0),
              WHIT_OK);
    rt_store before = *store;
    CHECK_INT(
        load("(module (memory 1) (memory 1) (table 10 funcref))", NULL, 0),
        WHIT_LIMIT);
    CHECK_INT(load("(module (memory 0) (memory 0 0 shared) (tag)"
                   " (global i32 (i32.const 0)) (table 3 funcref)"
                   " (table 30000000 funcref))",
                   NULL, 0),
              WHIT_LIMIT);
    CHECK_INT(store->memory_bytes, before.memory_bytes);
    CHECK_INT(store->table_elements, before.table_elements);
    CHECK_INT(store->instance_count, before.instance_count);
    CHECK_INT(store->shared_count, before.shared_count);
    CHECK(store->memories == before.memories);
    CHECK(store->tables == before.tables);
    CHECK(store->globals == before.globals);
    CHECK(store->tags == before.tags);
    limits->instances = 1;
    CHECK_INT(load("(module)", NULL, 0), WHIT_LIMIT);
    CHECK(strstr(failure.message, "instances") != NULL);
    tear_down();
}

TEST(huge_array_in_a_constant_traps)
{
    set_up();
    CHECK_INT(load("(module (type $a (array i64)) (global (ref $a)"
                   " (array.new_default $a (i32.const -1))))",
                   NULL, 0),
              WHIT_TRAP);
    CHECK(begins(failure.message, "garbage-collected heap exhausted"));
    CHECK_INT(store->instance_count, 0);
    tear_down();
}

static unsigned started;

static whit_status count_start(rt_context *context, rt_function *function,
                               rt_slot *slots)
{
    (void)slots;
    started++;
    return function->index == 0 ? WHIT_OK
                                : rt_trap_raise(context, RT_TRAP_UNREACHABLE);
}

TEST(start_runs_and_its_trap_fails)
{
    set_up();
    fake_body = count_start;
    started = 0;
    CHECK_INT(load("(module (func $s) (start $s))", NULL, 0), WHIT_OK);
    CHECK_INT(started, 1);
    CHECK_INT(load("(module (func) (func $s) (start $s))", NULL, 0), WHIT_TRAP);
    CHECK(begins(failure.message, "unreachable"));
    CHECK_INT(started, 2);
    tear_down();
}

TEST(checked_code_is_chosen_without_guard_pages)
{
    set_up();
    CHECK_INT(load("(module (memory 1) (memory i64 1))", NULL, 0), WHIT_OK);
    CHECK(!instance->checked);
    tear_down();
    engine = fake_engine(false);
    store = fake_store(engine, NULL);
    CHECK_INT(load("(module (memory 1))", NULL, 0), WHIT_OK);
    CHECK(instance->checked);
    CHECK_INT(load("(module (memory i64 1))", NULL, 0), WHIT_OK);
    CHECK(!instance->checked);
    tear_down();
}

TEST(names_come_from_the_name_section_or_exports)
{
    set_up();
    CHECK_INT(load("(module (func $named) (func (export \"shown\")) (func))",
                   NULL, 0),
              WHIT_OK);
    CHECK(slice_is(rt_module_function_name(instance->module, 0), "named"));
    CHECK(slice_is(rt_module_function_name(instance->module, 1), "shown"));
    CHECK_INT(rt_module_function_name(instance->module, 2).size, 0);
    rt_extern none;
    CHECK(!rt_instance_export(instance, slice_text("named"), &none));
    tear_down();
}

TEST_MAIN(
    RUN(constant_expressions) RUN(constant_expressions_keep_their_operands)
        RUN(segments_are_applied_in_order)
            RUN(segments_that_do_not_fit_trap_and_keep_what_was_done) RUN(
                imports_match_by_the_rules) RUN(mismatch_names_both_types)
                RUN(grown_memory_matches_a_larger_import)
                    RUN(sub_types_of_functions_may_be_imported) RUN(
                        failure_before_segments_leaves_the_store_as_it_was)
                        RUN(huge_array_in_a_constant_traps) RUN(
                            start_runs_and_its_trap_fails)
                            RUN(checked_code_is_chosen_without_guard_pages) RUN(
                                names_come_from_the_name_section_or_exports))
