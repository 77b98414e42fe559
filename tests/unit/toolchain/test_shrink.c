/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each rule of shrinking: a module in text, and what must come out. */
#include "base/memory.h"
#include "toolchain/shrink.h"
#include "test.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/print.h"
#include "wasm/text.h"

static bool encode(const char *text, buffer *out)
{
    wasm_module *module = NULL;
    whit_error error;
    whit_status status = wasm_text_parse(slice_text(text), &module, &error);
    if (status == WHIT_OK)
        status = wasm_encode(module, out, &error);
    wasm_module_free(module);
    if (status != WHIT_OK)
        printf("%u:%u: %s\n", error.line, error.column, error.message);
    return status == WHIT_OK;
}

static void print(const char *what, slice bytes)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *module = NULL;
    buffer text;
    buffer_init(&text);
    if (wasm_decode(bytes, &options, &module, NULL) == WHIT_OK &&
        wasm_print(module, &(wasm_print_options){0}, &text, NULL) == WHIT_OK)
        printf("%s: %s\n", what, buffer_string(&text));
    wasm_module_free(module);
    buffer_release(&text);
}

static bool becomes_with(const char *from, const char *to,
                         const tool_shrink_options *options)
{
    buffer input, wanted, result;
    buffer_init(&input);
    buffer_init(&wanted);
    buffer_init(&result);
    whit_error error;
    tool_shrink_stats stats = {0};
    bool same = false;
    if (encode(from, &input) && encode(to, &wanted)) {
        whit_status status =
            tool_shrink(buffer_view(&input), options, &result, &stats, &error);
        same = status == WHIT_OK && !stats.rejected &&
               slice_equal(buffer_view(&result), buffer_view(&wanted));
        if (status != WHIT_OK)
            printf("%s\n", error.message);
        else if (!same)
            print("got", buffer_view(&result));
    }
    tool_shrink_stats_release(&stats);
    buffer_release(&input);
    buffer_release(&wanted);
    buffer_release(&result);
    return same;
}

static bool becomes(const char *from, const char *to)
{
    tool_shrink_options options = {.drop_linker_exports = true};
    return becomes_with(from, to, &options);
}

/* Bodies of one function of type i32, i32 -> i32 with two i32 locals, which
 * an i64 parameter and two calls that cannot be inlined accompany. */
static bool body(const char *from, const char *to)
{
    const char *frame = "(module (import \"m\" \"g\" (func))"
                        "(memory (export \"memory\") 1)"
                        "(func (export \"f\") (param i32 i32 i64)"
                        "(result i32) %s%s))";
    char input[2000], wanted[2000];
    snprintf(input, sizeof input, frame, "(local i32 i32)", from);
    snprintf(wanted, sizeof wanted, frame,
             strstr(to, "local.get 4") || strstr(to, "local.tee 4")
                 ? "(local i32 i32)"
             : strstr(to, "local.get 3") ? "(local i32)"
                                         : "",
             to);
    tool_shrink_options options = {.keep_imports = true};
    return becomes_with(input, wanted, &options);
}

TEST(neighbours_get_shorter)
{
    CHECK(body("local.get 0 call 0 local.set 1 local.get 1",
               "local.get 0 call 0"));
    CHECK(body("local.get 0 local.get 1 drop", "local.get 0"));
    CHECK(body("nop local.get 0 nop", "local.get 0"));
    CHECK(body("local.get 0 i32.const 0 i32.eq", "local.get 0 i32.eqz"));
    CHECK(body("local.get 2 i64.const 0 i64.eq", "local.get 2 i64.eqz"));
    CHECK(body("local.get 0 i32.const 1 i32.lt_u", "local.get 0 i32.eqz"));
    CHECK(body("local.get 0 local.get 1 i32.lt_s i32.eqz",
               "local.get 0 local.get 1 i32.ge_s"));
    CHECK(body("local.get 2 local.get 2 i64.gt_u i32.eqz",
               "local.get 2 local.get 2 i64.le_u"));
    CHECK(body("local.get 0 i32.const 64 i32.add",
               "local.get 0 i32.const -64 i32.sub"));
    CHECK(body("local.get 0 i32.const 40 i32.add i32.const 2 i32.add",
               "local.get 0 i32.const 42 i32.add"));
    CHECK(body("local.get 0 i32.const 64 i32.lt_u",
               "local.get 0 i32.const 63 i32.le_u"));
    CHECK(body("local.get 0 i32.const 0 i32.add", "local.get 0"));
    CHECK(body("local.get 0 i32.const -1 i32.and", "local.get 0"));
    CHECK(body("i32.const 6 i32.const 7 i32.mul", "i32.const 42"));
    CHECK(body("local.get 0 local.get 1 i32.const 31 i32.and i32.shl",
               "local.get 0 local.get 1 i32.shl"));
    CHECK(body("local.get 0 local.get 1 i32.eq i32.const 1 i32.and",
               "local.get 0 local.get 1 i32.eq"));
    CHECK(body("i32.const 1 i32.const 2 local.get 0 i32.eqz select",
               "i32.const 2 i32.const 1 local.get 0 select"));
}

TEST(accesses_widen_and_narrow_by_themselves)
{
    CHECK(body("local.get 0 local.get 1 i32.const 255 i32.and i32.store8"
               " local.get 0",
               "local.get 0 local.get 1 i32.store8 local.get 0"));
    CHECK(body("local.get 0 local.get 2 i32.wrap_i64 i32.store local.get 0",
               "local.get 0 local.get 2 i64.store32 align=4 local.get 0"));
    CHECK(body("local.get 0 i32.load8_u i64.extend_i32_u i64.eqz",
               "local.get 0 i64.load8_u i64.eqz"));
    CHECK(body("local.get 2 i32.wrap_i64 i64.extend_i32_u i64.eqz",
               "local.get 2 i32.wrap_i64 i32.eqz"));
}

TEST(values_stay_on_the_stack)
{
    CHECK(body("local.get 0 i32.load local.set 3 call 0 local.get 3",
               "local.get 0 i32.load call 0"));
    CHECK(body("local.get 0 i32.load local.set 3 call 0"
               " local.get 3 local.get 3 i32.add",
               "local.get 0 i32.load local.tee 3 call 0"
               " local.get 3 i32.add"));
    CHECK(body("i32.const 5 local.set 3 local.get 0 local.get 3 i32.add",
               "local.get 0 i32.const 5 i32.add"));
    CHECK(body("local.get 1 local.set 3 call 0 local.get 3 local.get 3 i32.mul",
               "call 0 local.get 1 local.get 1 i32.mul"));
    CHECK(body("i32.const 0 local.set 3 call 0"
               " (loop local.get 0 local.tee 3 br_if 0) local.get 3",
               "call 0 (loop local.get 0 local.tee 3 br_if 0) local.get 3"));
    CHECK(body("local.get 0 i32.load local.set 3 local.get 1",
               "local.get 0 i32.load drop local.get 1"));
}

TEST(a_copy_is_kept_while_its_source_changes)
{
    const char *text = "local.get 0 local.set 3 local.get 1 local.set 0"
                       " call 0 local.get 0 local.get 3 i32.sub"
                       " local.get 3 i32.mul";
    buffer input, output;
    buffer_init(&input);
    buffer_init(&output);
    char module[1000];
    snprintf(module, sizeof module,
             "(module (import \"m\" \"g\" (func)) (func (export \"f\")"
             "(param i32 i32) (result i32) (local i32 i32) %s))",
             text);
    CHECK(encode(module, &input));
    tool_shrink_options options = {0};
    CHECK_INT(tool_shrink(buffer_view(&input), &options, &output, NULL, NULL),
              WHIT_OK);
    /* The old value of local 0 is read twice after the write. */
    size_t local_reads = 0;
    for (size_t n = 0; n + 1 < output.size; n++)
        local_reads += output.data[n] == 0x20 && output.data[n + 1] == 2;
    CHECK_INT(local_reads, 2);
    buffer_release(&input);
    buffer_release(&output);
}

TEST(blocks_and_branches_get_shorter)
{
    CHECK(body("(block call 0) local.get 0", "call 0 local.get 0"));
    CHECK(body("(loop call 0) local.get 0", "call 0 local.get 0"));
    CHECK(body("call 0 local.get 0 return", "call 0 local.get 0"));
    CHECK(body("local.get 0 return call 0 i32.const 7", "local.get 0"));
    CHECK(body("(block local.get 1 br_if 0 call 0) local.get 0",
               "local.get 1 i32.eqz if call 0 end local.get 0"));
    CHECK(body("(block local.get 1 i32.eqz br_if 0 call 0) local.get 0",
               "local.get 1 if call 0 end local.get 0"));
    CHECK(body("(block (block local.get 1 i32.eqz br_if 0 call 0 br 1)"
               " local.get 0 i32.const 1 i32.store) local.get 0",
               "local.get 1 if call 0 else"
               " local.get 0 i32.const 1 i32.store end local.get 0"));
    CHECK(body("(loop local.get 0 if br 1 end) local.get 0",
               "(loop local.get 0 br_if 0) local.get 0"));
    CHECK(body("local.get 0 if else call 0 end local.get 0",
               "local.get 0 i32.eqz if call 0 end local.get 0"));
    CHECK(body("local.get 0 if call 0 else end local.get 0",
               "local.get 0 if call 0 end local.get 0"));
    CHECK(body("local.get 0 i32.eqz if (result i32) i32.const 1 else"
               " i32.const 2 end",
               "local.get 0 if (result i32) i32.const 2 else"
               " i32.const 1 end"));
    CHECK(body("local.get 0 if unreachable else call 0 end local.get 0",
               "local.get 0 if unreachable end call 0 local.get 0"));
    CHECK(body("(block (loop call 0 local.get 0 br_if 1 br 0)) local.get 0",
               "(loop call 0 local.get 0 i32.eqz br_if 0) local.get 0"));
    CHECK(body("i32.const 1 if call 0 end local.get 0", "call 0 local.get 0"));
    CHECK(body("i32.const 0 if call 0 end local.get 0", "local.get 0"));
}

TEST(what_nothing_reaches_is_dropped)
{
    CHECK(becomes("(module (import \"m\" \"a\" (func (param f32)))"
                  "(import \"m\" \"b\" (func (param i32)))"
                  "(table 1 funcref) (memory 1) (global i32 (i32.const 1))"
                  "(tag (param i64)) (elem (i32.const 0) func 3)"
                  "(data (i32.const 0) \"x\")"
                  "(func (export \"f\") i32.const 1 call 1)"
                  "(func (local i32) local.get 0 drop))",
                  "(module (type (func (param i32))) (type (func))"
                  "(import \"m\" \"b\" (func (type 0)))"
                  "(func (export \"f\") (type 1) i32.const 1 call 0))"));
    CHECK(becomes("(module (memory (export \"memory\") 1)"
                  "(global (export \"__data_end\") i32 (i32.const 1))"
                  "(global (export \"__heap_base\") i32 (i32.const 1))"
                  "(func (export \"add\") (param i32 i32) (result i32)"
                  " local.get 0 local.get 1 i32.add))",
                  "(module (func (export \"add\") (param i32 i32)"
                  "(result i32) local.get 0 local.get 1 i32.add))"));
}

TEST(exports_that_were_asked_for_stay)
{
    static const char *const keep[] = {"__heap_base", "memory"};
    tool_shrink_options options = {.drop_linker_exports = true,
                                   .keep_exports = keep,
                                   .keep_export_count = 2};
    const char *text = "(module (memory (export \"memory\") 1)"
                       "(global (export \"__heap_base\") i32 (i32.const 1)))";
    CHECK(becomes_with(text, text, &options));
}

TEST(host_functions_keep_the_memory)
{
    const char *text = "(module (import \"m\" \"g\" (func))"
                       "(memory (export \"memory\") 1)"
                       "(func (export \"f\") call 0 call 0))";
    CHECK(becomes(text, text));
}

TEST(segments_that_may_trap_stay)
{
    const char *text = "(module (memory 1) (data (i32.const 65536) \"x\"))";
    CHECK(becomes(text, text));
    const char *table = "(module (table 1 funcref)"
                        "(elem (i32.const 1) func 0) (func))";
    CHECK(becomes(table, table));
    CHECK(becomes("(module (memory 1) (data (i32.const 65535) \"x\"))",
                  "(module)"));
}

TEST(equal_functions_become_one)
{
    CHECK(becomes("(module (import \"m\" \"g\" (func (param i32)))"
                  "(func $a i32.const 7 call 0 i32.const 8 call 0)"
                  "(func $b i32.const 7 call 0 i32.const 8 call 0)"
                  "(func (export \"x\") call $a call $a call $a)"
                  "(func (export \"y\") call $b call $b call $b))",
                  "(module (import \"m\" \"g\" (func (param i32)))"
                  "(func i32.const 7 call 0 i32.const 8 call 0)"
                  "(func call 1 call 1 call 1)"
                  "(export \"x\" (func 2)) (export \"y\" (func 2)))"));
}

TEST(functions_with_one_caller_move_into_it)
{
    CHECK(becomes("(module (import \"m\" \"g\" (func (param i32)))"
                  "(func $a (param i32 i32) local.get 1 call 0"
                  " local.get 0 call 0)"
                  "(func (export \"x\") (param i32) i32.const 7 local.get 0"
                  " call $a))",
                  "(module (import \"m\" \"g\" (func (param i32)))"
                  "(func (export \"x\") (param i32) local.get 0 call 0"
                  " i32.const 7 call 0))"));
    /* In a loop the callee's local begins at zero each time. */
    CHECK(becomes("(module (import \"m\" \"g\" (func (param i32)"
                  "(result i32)))"
                  "(func $a (local i32) local.get 0 call 0 br_if 0"
                  " local.get 0 call 0 local.set 0"
                  " local.get 0 call 0 local.get 0 call 0 drop drop)"
                  "(func (export \"x\") (loop call $a br 0)))",
                  "(module (type (func (param i32) (result i32)))"
                  "(type (func)) (import \"m\" \"g\" (func (type 0)))"
                  "(func (export \"x\") (type 1) (local i32)"
                  "(loop i32.const 0 local.tee 0 call 0 br_if 0"
                  " local.get 0 call 0 local.tee 0 call 0"
                  " local.get 0 call 0 drop drop br 0)))"));
}

TEST(data_loses_its_zeros)
{
    CHECK(becomes("(module (memory (export \"m\") 1)"
                  "(data (i32.const 8) \"a\") (data (i32.const 9) \"b\")"
                  "(data (i32.const 90) \"\\00\"))",
                  "(module (memory (export \"m\") 1)"
                  "(data (i32.const 8) \"ab\"))"));
    CHECK(becomes("(module (import \"m\" \"g\" (func)) (start 0)"
                  "(memory (export \"m\") 1) (data (i32.const 8)"
                  " \"\\00\\00a\\00b\\00\\00\"))",
                  "(module (import \"m\" \"g\" (func)) (start 0)"
                  "(memory (export \"m\") 1)"
                  "(data (i32.const 10) \"a\\00b\"))"));
    const char *overlap = "(module (memory (export \"m\") 1)"
                          "(data (i32.const 0) \"abc\")"
                          "(data (i32.const 1) \"\\00\"))";
    CHECK(becomes(overlap, overlap));
    const char *imported = "(module (import \"m\" \"m\" (memory 1))"
                           "(data (i32.const 0) \"abc\\00\\00\"))";
    CHECK(becomes(imported, imported));
}

TEST(references_stay_declared)
{
    const char *text = "(module (elem declare func 1)"
                       "(func (export \"f\") (result funcref) ref.func 1)"
                       "(func))";
    CHECK(becomes(text, text));
}

TEST(custom_sections_and_names)
{
    const char *text = "(module (@custom \"mine\" \"x\")"
                       "(@custom \"producers\" \"x\")"
                       "(func $gone) (func $kept (export \"f\") nop))";
    tool_shrink_options options = {.keep_customs = true};
    CHECK(becomes_with(text,
                       "(module (@custom \"mine\" \"x\")"
                       "(func (export \"f\")))",
                       &options));
    options = (tool_shrink_options){.keep_names = true};
    CHECK(becomes_with(text, "(module (func $kept (export \"f\")))", &options));
    options = (tool_shrink_options){0};
    CHECK(becomes_with(text, "(module (func (export \"f\")))", &options));
}

TEST(the_map_leads_to_the_new_functions)
{
    buffer input, output;
    buffer_init(&input);
    buffer_init(&output);
    tool_shrink_stats stats;
    tool_shrink_options options = {0};
    CHECK(encode("(module (import \"m\" \"gone\" (func))"
                 "(import \"m\" \"g\" (func)) (func) "
                 "(func (export \"f\") call 1 call 1))",
                 &input));
    CHECK_INT(tool_shrink(buffer_view(&input), &options, &output, &stats, NULL),
              WHIT_OK);
    CHECK_INT(stats.map_count, 4);
    if (stats.map_count == 4) {
        CHECK_INT(stats.map[0], -1 & 0xffffffff);
        CHECK_INT(stats.map[1], 0);
        CHECK_INT(stats.map[2], -1 & 0xffffffff);
        CHECK_INT(stats.map[3], 1);
    }
    int64_t sum = 0;
    for (int g = 0; g < TOOL_SHRINK_GROUPS; g++)
        sum += stats.saved[g];
    CHECK_INT(sum, stats.before - stats.after);
    CHECK_INT(stats.after, output.size);
    tool_shrink_stats_release(&stats);
    buffer_release(&input);
    buffer_release(&output);
}

TEST(what_cannot_shrink_is_returned_as_it_is)
{
    const char *text = "(module (func (export \"f\")))";
    CHECK(becomes(text, text));
    const char *object = "(module (@custom \"linking\" \"x\") (func nop))";
    CHECK(becomes(object, object));
}

TEST(invalid_modules_are_refused)
{
    buffer output;
    buffer_init(&output);
    whit_error error;
    tool_shrink_options options = {0};
    CHECK_INT(
        tool_shrink(slice_text("garbage"), &options, &output, NULL, &error),
        WHIT_MALFORMED);
    buffer input;
    buffer_init(&input);
    CHECK(encode("(module (func i32.const 1))", &input));
    CHECK_INT(tool_shrink(buffer_view(&input), &options, &output, NULL, &error),
              WHIT_INVALID);
    CHECK_INT(output.size, 0);
    buffer_release(&input);
    buffer_release(&output);
}

TEST(every_allocation_may_fail)
{
    buffer input;
    buffer_init(&input);
    CHECK(encode("(module (import \"m\" \"g\" (func (param i32)))"
                 "(memory 1) (table 2 funcref) (elem (i32.const 0) func 1 2)"
                 "(data (i32.const 0) \"a\\00\\00\")"
                 "(func $a (param i32) (block local.get 0 br_if 0"
                 " local.get 0 call 0))"
                 "(func $b (param i32) (block local.get 0 br_if 0"
                 " local.get 0 call 0))"
                 "(func (export \"x\") i32.const 1 call $a i32.const 2"
                 " i32.load call $b i32.const 0 i32.const 1"
                 " call_indirect (param i32)))",
                 &input));
    tool_shrink_options options = {.keep_names = true};
    whit_status status = WHIT_OUT_OF_MEMORY;
    unsigned n = 1;
    for (; status == WHIT_OUT_OF_MEMORY && n < 5000; n++) {
        buffer output;
        tool_shrink_stats stats = {0};
        buffer_init(&output);
        mem_fail_after(n);
        status =
            tool_shrink(buffer_view(&input), &options, &output, &stats, NULL);
        mem_fail_after(0);
        tool_shrink_stats_release(&stats);
        buffer_release(&output);
    }
    CHECK_INT(status, WHIT_OK);
    CHECK(n > 20);
    buffer_release(&input);
}

TEST_MAIN(
    RUN(neighbours_get_shorter) RUN(
        accesses_widen_and_narrow_by_themselves) RUN(values_stay_on_the_stack)
        RUN(a_copy_is_kept_while_its_source_changes) RUN(
            blocks_and_branches_get_shorter)
            RUN(what_nothing_reaches_is_dropped) RUN(
                exports_that_were_asked_for_stay)
                RUN(host_functions_keep_the_memory) RUN(
                    segments_that_may_trap_stay) RUN(equal_functions_become_one)
                    RUN(functions_with_one_caller_move_into_it)
                        RUN(data_loses_its_zeros) RUN(references_stay_declared)
                            RUN(custom_sections_and_names)
                                RUN(the_map_leads_to_the_new_functions)
                                    RUN(what_cannot_shrink_is_returned_as_it_is)
                                        RUN(invalid_modules_are_refused)
                                            RUN(every_allocation_may_fail))
