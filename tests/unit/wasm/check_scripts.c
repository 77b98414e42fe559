/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reads specification scripts and checks the text format alone: every module
 * that shall parse does, every malformed text gives its sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "wasm/script.h"
#include "wasm/text.h"

static unsigned passed, failed;

static void report(const char *file, uint32_t line, slice what,
                   const whit_error *error)
{
    failed++;
    printf("%s:%u: %.*s: %u:%u: %s\n", file, line, SLICE_ARG(what), error->line,
           error->column, error->message);
}

static void check_command(const char *file, const wasm_command *c,
                          wasm_features features)
{
    bool malformed = c->kind == WASM_COMMAND_ASSERT_MALFORMED ||
                     c->kind == WASM_COMMAND_ASSERT_MALFORMED_CUSTOM;
    for (uint32_t i = 0; i < c->command_count; i++)
        check_command(file, &c->commands[i], features);
    if (!c->module.bytes.data || c->module.form == WASM_FORM_BINARY)
        return;
    whit_error error = {0};
    wasm_module *module;
    whit_status status =
        wasm_text_parse_as(c->module.bytes, features, &module, &error);
    wasm_module_free(module);
    wasm_script_locate(&c->module, &error);
    if (!malformed && status != WHIT_OK && status != WHIT_INVALID)
        report(file, c->line, slice_text("does not parse"), &error);
    else if (malformed && status != WHIT_MALFORMED)
        report(file, c->line, slice_text("is not malformed"), &error);
    else if (malformed && strncmp(error.message, (const char *)c->text.data,
                                  c->text.size) != 0)
        report(file, c->line, c->text, &error);
    else
        passed++;
}

static uint8_t *read_file(const char *file, size_t *size)
{
    FILE *f = fopen(file, "rb");
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = mem_alloc(*size);
    if (bytes && fread(bytes, 1, *size, f) != *size)
        *size = 0;
    fclose(f);
    return bytes;
}

static void check_file(const char *file)
{
    size_t size = 0;
    uint8_t *bytes = read_file(file, &size);
    wasm_script *script = NULL;
    whit_error error = {0};
    /* That proposal was written before memories had 64 bits. */
    wasm_features features = WASM_FEATURES_ALL;
    if (strstr(file, "proposals/threads"))
        features &= ~(wasm_features)WASM_FEATURE_MEMORY64;
    if (!bytes ||
        wasm_script_parse(slice_of(bytes, size), &script, &error) != WHIT_OK)
        report(file, 0, slice_text("script"), &error);
    for (uint32_t i = 0; script && i < script->command_count; i++)
        check_command(file, &script->commands[i], features);
    wasm_script_free(script);
    mem_free(bytes);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        check_file(argv[i]);
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
