/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Execution: traps and where they say they are, limits, calls between
 * instances and through the host, exceptions, and precise roots. */
#include "fixture.h"

#include "wasm/encode.h"
#include "wasm/text.h"

/* As fixture_start, but through the binary format, where code has offsets. */
static void start_binary(fixture *f, const rt_config *config,
                         const rt_limits *limits, const char *text)
{
    wasm_module *module;
    buffer bytes;
    buffer_init(&bytes);
    fixture_open(f, config, limits);
    CHECK_INT(wasm_text_parse(slice_text(text), &module, &f->error), WHIT_OK);
    CHECK_INT(wasm_encode(module, &bytes, &f->error), WHIT_OK);
    wasm_module_free(module);
    CHECK_INT(
        engine_load(f->engine, buffer_view(&bytes), &f->module, &f->error),
        WHIT_OK);
    CHECK_INT(
        rt_instance_new(f->store, f->module, NULL, 0, &f->instance, &f->error),
        WHIT_OK);
    buffer_release(&bytes);
}

/* Calls an export that must trap; the trap. */
static const rt_trap *trap_of(fixture *f, const char *name, int32_t a)
{
    rt_slot slots[4] = {{.i32 = a}};
    CHECK_INT(fixture_call(f, name, slots), WHIT_TRAP);
    return &f->store->context.trap;
}

/* The opcode at the position that a trap's frame names. */
static int opcode_at(const fixture *f, const rt_trap *trap, uint32_t frame)
{
    if (frame >= trap->frame_count)
        return -1;
    return f->module->wasm->bytes.data[trap->frames[frame].offset];
}

static const char traps[] =
    "(module (memory 1) (table 2 funcref) (type $t (func))"
    " (func $inner (param i32) (result i32)"
    "  (i32.add (i32.const 1)"
    "   (i32.load offset=12 (i32.add (local.get 0) (i32.const 4)))))"
    " (func (export \"load\") (param i32) (result i32)"
    "  (i32.add (i32.const 5) (call $inner (local.get 0))))"
    " (func (export \"store\") (param i32)"
    "  (f64.store (local.get 0) (f64.const 1)))"
    " (func (export \"div\") (param i32) (result i32)"
    "  (i32.div_s (i32.const -2147483648) (local.get 0)))"
    " (func (export \"trunc\") (param i32) (result i32)"
    "  (i32.trunc_f64_s (f64.mul (f64.const 1e6)"
    "   (f64.convert_i32_s (local.get 0)))))"
    " (func (export \"indirect\") (param i32)"
    "  (call_indirect (type $t) (local.get 0)))"
    " (func (export \"unreachable\") (param i32) unreachable)"
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "  (i32.add (i32.const 1) (call $deep (local.get 0))))"
    " (func (export \"loop\") (param i32) (loop (br 0)))"
    " (func (export \"fill\") (param i32)"
    "  (memory.fill (i32.const 0) (i32.const 1) (local.get 0))))";

static void check_traps(bool guard)
{
    fixture f;
    rt_config config;
    rt_config_init(&config);
    config.guard_pages = guard;
    start_binary(&f, &config, NULL, traps);
    const rt_trap *trap = trap_of(&f, "load", 65536 - 16);
    CHECK_INT(trap->code, RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(trap->frame_count, 2);
    CHECK_INT(trap->frames[0].function, 0);
    CHECK_INT(trap->frames[1].function, 1);
    CHECK_INT(opcode_at(&f, trap, 0), 0x28);
    CHECK_INT(opcode_at(&f, trap, 1), 0x10);
    trap = trap_of(&f, "store", -4);
    CHECK_INT(trap->code, RT_TRAP_MEMORY_BOUNDS);
    CHECK_INT(opcode_at(&f, trap, 0), 0x39);
    trap = trap_of(&f, "div", 0);
    CHECK_INT(trap->code, RT_TRAP_DIVIDE_BY_ZERO);
    CHECK_INT(opcode_at(&f, trap, 0), 0x6d);
    CHECK_INT(trap_of(&f, "div", -1)->code, RT_TRAP_INTEGER_OVERFLOW);
    trap = trap_of(&f, "trunc", 5000);
    CHECK_INT(trap->code, RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(opcode_at(&f, trap, 0), 0xaa);
    trap = trap_of(&f, "indirect", 1);
    CHECK_INT(trap->code, RT_TRAP_UNINITIALIZED_ELEMENT);
    CHECK_INT(opcode_at(&f, trap, 0), 0x11);
    CHECK_INT(trap_of(&f, "indirect", 2)->code, RT_TRAP_UNDEFINED_ELEMENT);
    CHECK_INT(opcode_at(&f, trap_of(&f, "unreachable", 0), 0), 0x00);
    CHECK_INT(trap_of(&f, "fill", 65537)->code, RT_TRAP_MEMORY_BOUNDS);
    /* and it still runs */
    CHECK_INT(fixture_i32(&f, "load", 0, 0), 6);
    fixture_close(&f);
}

TEST(traps_say_where)
{
    check_traps(true);
}

TEST(traps_say_where_without_guard_pages)
{
    check_traps(false);
}

TEST(limits_end_guests)
{
    fixture f;
    rt_config config;
    rt_limits limits;
    rt_config_init(&config);
    rt_limits_init(&limits);
    config.fuel = config.epoch = true;
    limits.call_depth = 100;
    start_binary(&f, &config, &limits, traps);
    rt_context *context = &f.store->context;
    context->fuel = 100000;
    context->deadline = UINT64_MAX;
    const rt_trap *trap = trap_of(&f, "deep", 0);
    CHECK_INT(trap->code, RT_TRAP_STACK);
    CHECK_INT(trap->frame_count, LIMIT_BACKTRACE_FRAMES);
    CHECK_INT(trap_of(&f, "loop", 0)->code, RT_TRAP_FUEL);
    CHECK(context->fuel < 0);
    context->fuel = 500;
    CHECK_INT(trap_of(&f, "fill", 65536)->code, RT_TRAP_FUEL);
    context->fuel = INT64_MAX;
    context->deadline = 0;
    CHECK_INT(trap_of(&f, "loop", 0)->code, RT_TRAP_DEADLINE);
    fixture_close(&f);
}

/* Two instances that call each other. */

static const char far_module[] =
    "(module (memory 1) (global $n (mut i32) (i32.const 0))"
    " (type $t (func (param i32 i32) (result i32 i32 i32 i32 i32)))"
    " (table (export \"t\") 4 funcref)"
    " (func (export \"five\") (param i32 i32) (result i32 i32 i32 i32 i32)"
    "  (i32.store (i32.const 0) (i32.const 77))"
    "  (local.get 1) (local.get 0) (i32.const 3) (i32.const 4)"
    "  (i32.load (i32.const 0)))"
    " (func (export \"again\") (param i32 i32) (result i32)"
    "  (if (i32.eqz (local.get 0)) (then (return (local.get 1))))"
    "  (return_call_indirect (param i32 i32) (result i32)"
    "   (i32.sub (local.get 0) (i32.const 1))"
    "   (i32.add (local.get 1) (i32.const 2)) (i32.const 1)))"
    " (elem (i32.const 0) 1))";

static const char near_module[] =
    "(module"
    " (import \"far\" \"five\" (func $five (param i32 i32)"
    "  (result i32 i32 i32 i32 i32)))"
    " (import \"far\" \"again\" (func $again (param i32 i32) (result i32)))"
    " (import \"far\" \"t\" (table $t 4 funcref))"
    " (memory 1)"
    " (func (export \"digits\") (param i32 i32) (result i32) (local i32)"
    "  (i32.store (i32.const 0) (i32.const 9))"
    "  (call $five (local.get 0) (local.get 1))"
    "  (local.set 2 (i32.mul (i32.const 10)))"
    "  (i32.mul (i32.const 1000)) (local.set 2 (i32.add (local.get 2)))"
    "  (i32.mul (i32.const 10000)) (local.set 2 (i32.add (local.get 2)))"
    "  (i32.mul (i32.const 100000)) (local.set 2 (i32.add (local.get 2)))"
    "  (drop) (i32.add (local.get 2) (i32.load (i32.const 0))))"
    " (func $bounce (param i32 i32) (result i32)"
    "  (if (i32.eqz (local.get 0)) (then (return (local.get 1))))"
    "  (return_call $again (i32.sub (local.get 0) (i32.const 1))"
    "   (i32.add (local.get 1) (i32.const 1))))"
    " (func (export \"bounce\") (param i32 i32) (result i32)"
    "  (i32.add (call $bounce (local.get 0) (local.get 1))"
    "   (i32.load (i32.const 0))))"
    " (elem (table $t) (i32.const 1) func $bounce))";

static rt_extern extern_of(rt_instance *instance, const char *name)
{
    rt_extern item;
    CHECK(rt_instance_export(instance, slice_text(name), &item));
    return item;
}

TEST(instances_call_each_other)
{
    fixture f;
    fixture_start(&f, far_module);
    rt_module *far_code = f.module;
    rt_extern imports[] = {extern_of(f.instance, "five"),
                           extern_of(f.instance, "again"),
                           extern_of(f.instance, "t")};
    CHECK_INT(fixture_load(&f, near_module, imports, 3), WHIT_OK);
    /* five(a, b) is b a 3 4 77 */
    CHECK_INT(fixture_i32(&f, "digits", 1, 2),
              770 + 4 * 1000 + 3 * 10000 + 1 * 100000 + 9);
    /* A million tail calls to and fro take no stack. */
    CHECK_INT(fixture_i32(&f, "bounce", 1000000, 5), 5 + 1500000 + 9);
    rt_module_release(far_code);
    fixture_close(&f);
}

/* The host in between. */

static whit_status call_back(rt_caller *caller, void *env, rt_slot *slots,
                             whit_error *error)
{
    rt_extern item;
    (void)env;
    if (!rt_instance_export(caller->instance, slice_text("inner"), &item))
        return error_set(error, WHIT_TRAP, "no inner");
    return rt_call(caller->store, item.function, slots, error);
}

static const char through_host[] =
    "(module (import \"h\" \"f\" (func $host (param i32) (result i32)))"
    " (tag $e (param i32 i64)) (tag $other)"
    " (func (export \"inner\") (param i32) (result i32)"
    "  (if (i32.eq (local.get 0) (i32.const 1))"
    "   (then (throw $e (i32.const 42) (i64.const 7))))"
    "  (if (i32.eq (local.get 0) (i32.const 2)) (then unreachable))"
    "  (if (i32.eq (local.get 0) (i32.const 3)) (then (throw $other)))"
    "  (i32.add (local.get 0) (i32.const 100)))"
    " (func (export \"outer\") (param i32) (result i32)"
    "  (block $h (result i32 i64)"
    "   (try_table (result i32) (catch $e $h) (call $host (local.get 0)))"
    "   (return))"
    "  (i32.wrap_i64) (i32.add)))";

static void open_through_host(fixture *f)
{
    static const wasm_valtype i32[] = {WASM_I32};
    const wasm_functype signature = {i32, i32, 1, 1};
    const wasm_type *type;
    rt_extern import = {.kind = WASM_EXTERN_FUNC};
    fixture_open(f, NULL, NULL);
    CHECK_INT(
        wasm_type_table_func(f->engine->types, &signature, &type, &f->error),
        WHIT_OK);
    CHECK_INT(rt_function_new(f->store, type, call_back, NULL, NULL,
                              &import.function, &f->error),
              WHIT_OK);
    CHECK_INT(fixture_load(f, through_host, &import, 1), WHIT_OK);
}

TEST(exceptions_and_traps_pass_the_host)
{
    fixture f;
    open_through_host(&f);
    CHECK_INT(fixture_i32(&f, "outer", 5, 0), 105);
    CHECK_INT(fixture_i32(&f, "outer", 1, 0), 49);
    const rt_trap *trap = trap_of(&f, "outer", 2);
    CHECK_INT(trap->code, RT_TRAP_UNREACHABLE);
    CHECK_INT(trap->frame_count, 2);
    rt_slot slots[1] = {{.i32 = 3}};
    CHECK_INT(fixture_call(&f, "outer", slots), WHIT_EXCEPTION);
    CHECK_INT(fixture_i32(&f, "outer", 1, 0), 49);
    CHECK_INT(f.store->context.depth, 0);
    fixture_close(&f);
}

/* Garbage is made while references are held on the operand stack, in
 * locals, in parameters and in an exception. */
static const char roots[] =
    "(module (type $n (struct (field i32) (field (ref null $n))))"
    " (type $a (array (mut i64))) (tag $e (param (ref $n) i32))"
    " (func $node (param i32) (result (ref $n))"
    "  (call $waste (i32.const 20))"
    "  (struct.new $n (local.get 0) (ref.null $n)))"
    " (func $waste (param i32) (loop"
    "  (drop (array.new_default $a (i32.const 1000)))"
    "  (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
    " (func $sum (param (ref $n) i32 (ref $n) (ref $n)) (result i32)"
    "  (call $waste (i32.const 50))"
    "  (i32.add (struct.get $n 0 (local.get 0)) (i32.add (local.get 1)"
    "   (i32.mul (struct.get $n 0 (local.get 2))"
    "    (struct.get $n 0 (local.get 3))))))"
    " (func (export \"stack\") (param i32 i32) (result i32)"
    "  (call $sum (call $node (local.get 0)) (local.get 1)"
    "   (call $node (i32.const 10)) (call $node (i32.const 7))))"
    " (func (export \"lists\") (param i32 i32) (result i32)"
    "  (local $l (ref null $n)) (local $s i32)"
    "  (loop (local.set $l (struct.new $n (local.get 0) (local.get $l)))"
    "   (call $waste (i32.const 1))"
    "   (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (loop (local.set $s (i32.add (local.get $s)"
    "    (struct.get $n 0 (local.get $l))))"
    "   (local.set $l (struct.get $n 1 (local.get $l)))"
    "   (br_if 0 (i32.eqz (ref.is_null (local.get $l)))))"
    "  (local.get $s))"
    " (func $throw (param i32) (result i32)"
    "  (call $node (i32.const 3)) (local.get 0) (throw $e))"
    " (func (export \"thrown\") (param i32 i32) (result i32)"
    "  (local $x (ref null exn))"
    "  (block $h (result (ref $n) i32 (ref exn))"
    "   (try_table (catch_ref $e $h) (drop (call $throw (local.get 0))))"
    "   (unreachable))"
    "  (local.set $x) (call $waste (i32.const 50)) (local.set 1)"
    "  (local.set 1 (i32.add (struct.get $n 0) (local.get 1)))"
    "  (block $k (result (ref $n) i32)"
    "   (try_table (catch $e $k) (call $waste (i32.const 50))"
    "    (throw_ref (local.get $x))) (unreachable))"
    "  (local.set 1 (i32.add (local.get 1)))"
    "  (i32.mul (struct.get $n 0) (local.get 1))))";

TEST(references_survive_collections)
{
    fixture f;
    rt_limits limits;
    rt_limits_init(&limits);
    limits.gc_heap_bytes = 300000;
    fixture_open(&f, NULL, &limits);
    CHECK_INT(fixture_load(&f, roots, NULL, 0), WHIT_OK);
    CHECK_INT(fixture_i32(&f, "stack", 5, 6), 5 + 6 + 70);
    CHECK_INT(fixture_i32(&f, "lists", 500, 0), 500 * 501 / 2);
    CHECK_INT(fixture_i32(&f, "thrown", 11, 0), 3 * (11 + 11 + 3));
    fixture_close(&f);
}

TEST_MAIN(RUN(traps_say_where) RUN(traps_say_where_without_guard_pages)
              RUN(limits_end_guests) RUN(instances_call_each_other)
                  RUN(exceptions_and_traps_pass_the_host)
                      RUN(references_survive_collections))
