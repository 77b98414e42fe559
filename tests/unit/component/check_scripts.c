/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reads component scripts and checks the formats alone: every component that
 * is valid validates, encodes, decodes and prints; what is printed reads back
 * to the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/encode.h"
#include "component/print.h"
#include "component/text.h"
#include "component/validate.h"
#include "wasm/script.h"

static unsigned passed, failed;

static void report(const char *file, uint32_t line, const char *what,
                   const whit_error *error)
{
    failed++;
    printf("%s:%u: %s: %s\n", file, line, what, error->message);
}

static whit_status read_source(const wasm_script_module *source,
                               component_file **out, whit_error *error)
{
    return source->form == WASM_FORM_BINARY
               ? component_decode(source->bytes, out, error)
               : component_text_parse(source->bytes, out, error);
}

/* bytes -> component -> text -> component -> bytes */
static const char *again(slice bytes, buffer *text, buffer *other,
                         whit_error *error)
{
    component_file *file = NULL, *back = NULL;
    const char *what = NULL;
    if (component_decode(bytes, &file, error) != WHIT_OK)
        return "decode";
    if (component_validate(file, error) != WHIT_OK)
        what = "validate the encoding";
    else if (component_encode(file, other, error) != WHIT_OK ||
             !slice_equal(buffer_view(other), bytes))
        what = "encode the decoded";
    else if (component_print(file, NULL, text, error) != WHIT_OK)
        what = "print";
    else if (component_text_parse(buffer_view(text), &back, error) != WHIT_OK)
        what = "parse what was printed";
    buffer_clear(other);
    if (!what && component_encode(back, other, error) != WHIT_OK)
        what = "encode what was printed";
    if (!what && !slice_equal(buffer_view(other), bytes))
        what = "other bytes from what was printed";
    component_file_free(file);
    component_file_free(back);
    return what;
}

static void check(const char *file, const wasm_command *command, bool show)
{
    component_file *read = NULL;
    whit_error error = {.message = ""};
    buffer bytes, text, other;
    buffer_init(&bytes);
    buffer_init(&text);
    buffer_init(&other);
    const char *what = NULL;
    if (read_source(&command->module, &read, &error) != WHIT_OK)
        what = "read";
    else if (component_validate(read, &error) != WHIT_OK)
        what = "validate";
    else if (component_encode(read, &bytes, &error) != WHIT_OK)
        what = "encode";
    else
        what = again(buffer_view(&bytes), &text, &other, &error);
    if (!what)
        passed++;
    else
        report(file, command->line, what, &error);
    if (what && show)
        printf("%.*s\n", SLICE_ARG(buffer_view(&text)));
    component_file_free(read);
    buffer_release(&bytes);
    buffer_release(&text);
    buffer_release(&other);
}

static char *read_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    if (!file)
        return NULL;
    size_t room = 1 << 20;
    char *data = malloc(room);
    *size = 0;
    for (size_t n = 1; data && n;) {
        n = fread(data + *size, 1, room - *size, file);
        *size += n;
        if (*size == room)
            data = realloc(data, room *= 2);
    }
    fclose(file);
    return data;
}

int main(int argc, char **argv)
{
    bool show = argc > 1 && !strcmp(argv[1], "--show");
    for (int i = show ? 2 : 1; i < argc; i++) {
        size_t size;
        char *data = read_file(argv[i], &size);
        wasm_script *script = NULL;
        whit_error error;
        if (!data || wasm_script_parse(slice_of(data, size), &script, &error)) {
            printf("%s: cannot be read\n", argv[i]);
            failed++;
        }
        for (uint32_t c = 0; script && c < script->command_count; c++)
            if (script->commands[c].kind == WASM_COMMAND_MODULE &&
                script->commands[c].module.is_component)
                check(argv[i], &script->commands[c], show);
        wasm_script_free(script);
        free(data);
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
