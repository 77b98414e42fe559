/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The two sizes of the adapter, and which one a program needs. */
#include "toolchain/adapter.h"

#include "wasm/decode.h"

/* Paths are relative to where make runs. */
#if defined(__APPLE__)
#define SECTION ".section __TEXT,__const\n"
#define SYMBOL(name) "_" #name
#else
#define SECTION ".section .rodata\n"
#define SYMBOL(name) #name
#endif
#define EMBED(name, path)                                   \
    SECTION ".globl " SYMBOL(name) "\n" SYMBOL(             \
        name) ":\n.incbin \"" path                          \
              "\"\n.globl " SYMBOL(name##_end) "\n" SYMBOL( \
                  name##_end) ":\n.byte 0\n.text\n"
__asm__(EMBED(tool_adapter_stdio, "guest/adapter/stdio.wasm"));
__asm__(EMBED(tool_adapter_files, "guest/adapter/files.wasm"));
extern const uint8_t tool_adapter_stdio[];
extern const uint8_t tool_adapter_stdio_end[];
extern const uint8_t tool_adapter_files[];
extern const uint8_t tool_adapter_files_end[];

slice tool_adapter_module(tool_adapter_size size)
{
    if (size == TOOL_ADAPTER_STDIO)
        return slice_of(tool_adapter_stdio,
                        (size_t)(tool_adapter_stdio_end - tool_adapter_stdio));
    return slice_of(tool_adapter_files,
                    (size_t)(tool_adapter_files_end - tool_adapter_files));
}

bool tool_adapter_wanted(const wasm_module *module)
{
    for (uint32_t n = 0; n < module->import_count; n++)
        if (slice_is(module->imports[n].module, TOOL_ADAPTER_NAME))
            return true;
    return false;
}

/* The first import that it does not answer, or NULL. */
static whit_status missing(const wasm_module *module, tool_adapter_size size,
                           const wasm_import **out, whit_error *error)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *adapter = NULL;
    *out = NULL;
    TRY(wasm_decode(tool_adapter_module(size), &options, &adapter, error));
    for (uint32_t n = 0; n < module->import_count && !*out; n++) {
        const wasm_import *import = &module->imports[n];
        if (!slice_is(import->module, TOOL_ADAPTER_NAME))
            continue;
        const wasm_export *export = wasm_module_export(adapter, import->name);
        if (!export || import->kind != WASM_EXTERN_FUNC)
            *out = import;
    }
    wasm_module_free(adapter);
    return WHIT_OK;
}

whit_status tool_adapter_choose(const wasm_module *module,
                                tool_adapter_size *size, whit_error *error)
{
    const wasm_import *import;
    *size = TOOL_ADAPTER_STDIO;
    TRY(missing(module, *size, &import, error));
    if (!import)
        return WHIT_OK;
    *size = TOOL_ADAPTER_FILES;
    TRY(missing(module, *size, &import, error));
    if (!import)
        return WHIT_OK;
    return error_set(error, WHIT_INVALID,
                     "preview 1 has no function %.*s, which the module imports",
                     SLICE_ARG(import->name));
}
