/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: decode, validate, encode and dump a module. A module that
 * decodes must encode to bytes that decode and encode to the same bytes, and
 * one that validates must still validate then. */
#include <stdlib.h>

#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/instruction.h"
#include "wasm/print.h"
#include "wasm/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const wasm_decode_options options = {WASM_FEATURES_ALL, false};

static void expect(int condition)
{
    if (!condition)
        abort();
}

/* What the two readers of instructions make of a valid body must agree. */
static void compare_readers(slice body)
{
    wasm_reader checked = wasm_reader_new(body, 0);
    wasm_reader fast = checked;
    while (fast.cursor < fast.end) {
        wasm_instruction a = {0}, b = {0};
        expect(wasm_read_instruction(&checked, &a, NULL) == WHIT_OK);
        wasm_next_instruction(&fast, &b);
        expect(checked.cursor == fast.cursor && a.op == b.op &&
               a.index == b.index && a.index2 == b.index2);
    }
}

static void compare_bodies(const wasm_module *module)
{
    for (uint32_t i = 0; i < module->function_count; i++)
        if (!module->functions[i].imported)
            compare_readers(module->functions[i].code.body);
}

static void again(const buffer *bytes, int valid)
{
    wasm_module *module;
    buffer out;
    expect(wasm_decode(buffer_view(bytes), &options, &module, NULL) == WHIT_OK);
    buffer_init(&out);
    expect(wasm_encode(module, &out, NULL) == WHIT_OK);
    expect(slice_equal(buffer_view(bytes), buffer_view(&out)));
    buffer_release(&out);
    whit_status status = wasm_validate(module, WASM_FEATURES_ALL, NULL);
    expect((status == WHIT_OK) == valid);
    wasm_module_free(module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wasm_module *module;
    whit_error error;
    buffer out;
    buffer_init(&out);
    whit_status dumped =
        wasm_dump(slice_of(data, size), WASM_FEATURES_ALL, &out, &error);
    whit_status status =
        wasm_decode(slice_of(data, size), &options, &module, &error);
    if (status != WHIT_OK) {
        expect(dumped != WHIT_OK);
        buffer_release(&out);
        return 0;
    }
    status = wasm_validate(module, WASM_FEATURES_ALL, &error);
    if (status == WHIT_OK)
        compare_bodies(module);
    buffer_clear(&out);
    expect(wasm_encode(module, &out, &error) == WHIT_OK);
    again(&out, status == WHIT_OK);
    wasm_module_free(module);
    buffer_release(&out);
    return 0;
}
