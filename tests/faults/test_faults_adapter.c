/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation of linking preview 1 fails in turn: it is reported, and
 * nothing is left behind (the leak checker looks). */
#include "test.h"

#include "base/memory.h"
#include "toolchain/adapter.h"
#include "wasm/encode.h"
#include "wasm/text.h"

static const char program[] =
    "(module (import \"wasi_snapshot_preview1\" \"args_get\""
    "  (func $args (param i32 i32) (result i32)))"
    "(import \"wasi_snapshot_preview1\" \"fd_close\""
    "  (func $close (param i32) (result i32)))"
    "(memory (export \"memory\") 1) (table 2 funcref) (global i32 i32.const 1)"
    "(elem (i32.const 0) func $args $close)"
    "(func (export \"_start\") (drop (call $close (memory.size)))))";

static whit_status assemble(buffer *out)
{
    wasm_module *module = NULL;
    whit_status status = wasm_text_parse(slice_text(program), &module, NULL);
    if (status == WHIT_OK)
        status = wasm_encode(module, out, NULL);
    wasm_module_free(module);
    return status;
}

static whit_status link_once(slice module, whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status = tool_adapter_link(module, &out, error);
    buffer_release(&out);
    return status;
}

TEST(linking)
{
    buffer input;
    whit_error error;
    buffer_init(&input);
    CHECK_INT(assemble(&input), WHIT_OK);
    mem_fail_after(0);
    CHECK_INT(link_once(buffer_view(&input), &error), WHIT_OK);
    uint64_t count = mem_count();
    CHECK(count > 0);
    for (uint64_t n = 1; n <= count; n++) {
        mem_fail_after(n);
        whit_status status = link_once(buffer_view(&input), &error);
        mem_fail_after(0);
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
        CHECK_INT(error.code, status);
    }
    buffer_release(&input);
}

TEST_MAIN(RUN(linking))
