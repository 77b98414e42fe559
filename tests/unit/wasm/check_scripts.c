/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reads specification scripts and checks the text format alone: every module
 * that shall parse does, every malformed text gives its sentence, and what
 * is printed of a module reads back to the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/print.h"
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

static whit_status encode(const wasm_module *module, buffer *out,
                          whit_error *error)
{
    buffer_clear(out);
    return wasm_encode(module, out, error);
}

/* Prints and reads back; false with the text in `text` when bytes differ. */
static bool same_again(const wasm_module *module, bool fold, slice bytes,
                       buffer *text, whit_error *error)
{
    wasm_print_options options = {.fold = fold};
    wasm_module *again = NULL;
    buffer other;
    buffer_init(&other);
    buffer_clear(text);
    bool same = wasm_print(module, &options, text, error) == WHIT_OK &&
                wasm_text_parse(buffer_view(text), &again, error) == WHIT_OK &&
                encode(again, &other, error) == WHIT_OK &&
                slice_equal(bytes, buffer_view(&other));
    wasm_module_free(again);
    buffer_release(&other);
    return same;
}

/* Padded integers and empty groups of locals of a binary are not kept; the
 * text must be the same then. */
static bool same_text(const wasm_module *module, whit_error *error)
{
    wasm_print_options options = {0};
    wasm_module *again = NULL;
    buffer text, other;
    buffer_init(&text);
    buffer_init(&other);
    bool same = wasm_print(module, &options, &text, error) == WHIT_OK &&
                wasm_text_parse(buffer_view(&text), &again, error) == WHIT_OK &&
                wasm_print(again, &options, &other, error) == WHIT_OK &&
                slice_equal(buffer_view(&text), buffer_view(&other));
    wasm_module_free(again);
    buffer_release(&text);
    buffer_release(&other);
    return same;
}

static void check_print(const char *file, uint32_t line,
                        const wasm_module *module, bool binary)
{
    whit_error error = {0};
    wasm_decode_options options = {WASM_FEATURES_ALL, false};
    wasm_module *decoded = NULL;
    buffer bytes, text;
    buffer_init(&bytes);
    buffer_init(&text);
    bool same =
        encode(module, &bytes, &error) == WHIT_OK &&
        wasm_decode(buffer_view(&bytes), &options, &decoded, &error) == WHIT_OK;
    same = same &&
           same_again(decoded, false, buffer_view(&bytes), &text, &error) &&
           same_again(decoded, true, buffer_view(&bytes), &text, &error);
    if (same || (binary && same_text(decoded, &error))) {
        passed++;
    } else {
        report(file, line, slice_text("prints differently"), &error);
        if (getenv("SHOW"))
            printf("%.*s\n", SLICE_ARG(buffer_view(&text)));
    }
    wasm_module_free(decoded);
    buffer_release(&bytes);
    buffer_release(&text);
}

static void check_binary(const char *file, const wasm_command *c)
{
    whit_error error = {0};
    wasm_decode_options options = {WASM_FEATURES_ALL, false};
    wasm_module *module;
    if (wasm_decode(c->module.bytes, &options, &module, &error) != WHIT_OK)
        return;
    if (c->kind == WASM_COMMAND_MODULE)
        check_print(file, c->line, module, true);
    wasm_module_free(module);
}

static void check_command(const char *file, const wasm_command *c,
                          wasm_features features)
{
    bool malformed = c->kind == WASM_COMMAND_ASSERT_MALFORMED ||
                     c->kind == WASM_COMMAND_ASSERT_MALFORMED_CUSTOM;
    for (uint32_t i = 0; i < c->command_count; i++)
        check_command(file, &c->commands[i], features);
    if (!c->module.bytes.data)
        return;
    if (c->module.form == WASM_FORM_BINARY) {
        check_binary(file, c);
        return;
    }
    whit_error error = {0};
    wasm_module *module;
    whit_status status =
        wasm_text_parse_as(c->module.bytes, features, &module, &error);
    if (status == WHIT_OK)
        check_print(file, c->line, module, false);
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
