/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: read a text as a script and as a module. A module that parses
 * must print, flat and folded, to texts that read back to the same bytes,
 * and when it is invalid the error has a place in the text. */
#include <stdlib.h>

#include "wasm/encode.h"
#include "wasm/print.h"
#include "wasm/script.h"
#include "wasm/text.h"
#include "wasm/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
    if (!condition)
        abort();
}

static void compare(const wasm_module *module, slice bytes, bool fold)
{
    wasm_print_options options = {.fold = fold};
    wasm_module *again;
    buffer text, other;
    whit_error error;
    buffer_init(&text);
    buffer_init(&other);
    expect(wasm_print(module, &options, &text, &error) == WHIT_OK);
    expect(wasm_text_parse(buffer_view(&text), &again, &error) == WHIT_OK);
    expect(wasm_encode(again, &other, &error) == WHIT_OK);
    expect(slice_equal(buffer_view(&other), bytes));
    wasm_module_free(again);
    buffer_release(&text);
    buffer_release(&other);
}

static void read_module(slice text)
{
    wasm_module *module;
    buffer bytes;
    if (wasm_text_parse(text, &module, NULL) != WHIT_OK)
        return;
    buffer_init(&bytes);
    expect(wasm_encode(module, &bytes, NULL) == WHIT_OK);
    compare(module, buffer_view(&bytes), false);
    compare(module, buffer_view(&bytes), true);
    buffer_release(&bytes);
    whit_error error;
    if (wasm_validate(module, WASM_FEATURES_ALL, &error) != WHIT_OK)
        expect(error.position == WHIT_POSITION_LINE && error.line &&
               error.column && error.line <= text.size + 1);
    wasm_module_free(module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice text = slice_of(data, size);
    whit_error error;
    wasm_script *script;
    read_module(text);
    if (wasm_script_parse(text, &script, &error) != WHIT_OK)
        return 0;
    for (uint32_t i = 0; i < script->command_count; i++)
        if (script->commands[i].module.form != WASM_FORM_BINARY &&
            script->commands[i].module.bytes.data)
            read_module(script->commands[i].module.bytes);
    wasm_script_free(script);
    return 0;
}
