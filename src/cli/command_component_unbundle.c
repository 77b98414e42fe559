/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit component unbundle`: core modules as files of their own. */
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command_component.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "component/decode.h"
#include "component/encode.h"
#include "component/print.h"
#include "component/unbundle.h"
#include "platform/file.h"

struct options {
    const char *output, *folder, *threshold;
    bool text;
};

#define AT(member) offsetof(struct options, member)

enum { DEFAULT_THRESHOLD = 10 << 10 };

static const cli_option options[] = {
    {"module-dir", 0, CLI_TEXT, AT(folder), "DIR",
     "Write the modules there: unbundled-module0.wasm, ..."},
    {"threshold", 0, CLI_TEXT, AT(threshold), "BYTES",
     "Leave modules up to this size where they are (default 10K)"},
    {"output", 'o', CLI_TEXT, AT(output), "FILE",
     "Write the component there instead of standard output"},
    {"wat", 't', CLI_FLAG, AT(text), NULL, "Write the component as text"},
    CLI_OPTIONS_END};

static whit_status write_modules(const char *folder,
                                 const component_unbundled *modules,
                                 whit_error *error)
{
    TRY(file_make_directories(folder, error));
    buffer path;
    buffer_init(&path);
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; i < modules->count && status == WHIT_OK; i++) {
        buffer_clear(&path);
        buffer_printf(&path, "%s/unbundled-module%u.wasm", folder, i);
        const char *file = buffer_string(&path);
        status = file ? file_write(file, modules->modules[i], error)
                      : error_memory(error);
    }
    buffer_release(&path);
    return status;
}

static whit_status to_text(const buffer *bytes, buffer *out, whit_error *error)
{
    wasm_print_options how = {0};
    component_file *file;
    TRY(component_decode(buffer_view(bytes), &file, error));
    whit_status status = component_print(file, &how, out, error);
    component_file_free(file);
    return status;
}

static bool find_threshold(const char *text, uint64_t *out)
{
    char *end;
    *out = DEFAULT_THRESHOLD;
    if (!text)
        return true;
    *out = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end)
        return true;
    cli_error("--threshold: \"%s\" is no number of bytes", text);
    return false;
}

static int unbundle(const struct options *o, const char *file, slice source,
                    uint64_t threshold)
{
    component_unbundled modules = {0};
    buffer bytes, text;
    whit_error error;
    buffer_init(&bytes);
    buffer_init(&text);
    whit_status status =
        component_unbundle(source, threshold, &modules, &bytes, &error);
    if (status == WHIT_OK)
        status = write_modules(o->folder, &modules, &error);
    if (status == WHIT_OK && o->text)
        status = to_text(&bytes, &text, &error);
    int code =
        cli_finish(file, o->output, status, o->text ? &text : &bytes, &error);
    mem_free(modules.modules);
    buffer_release(&bytes);
    buffer_release(&text);
    return code;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (!o->folder) {
        cli_error("--module-dir DIR is needed: where the modules go");
        return CLI_USAGE;
    }
    if (!o->output && !o->text && isatty(STDOUT_FILENO)) {
        cli_error("a binary component is nothing for a terminal; use -o FILE "
                  "or -t");
        return CLI_USAGE;
    }
    uint64_t threshold;
    if (!find_threshold(o->threshold, &threshold))
        return CLI_USAGE;
    cli_module input;
    int code = cli_input_load(&input, line, WASM_FEATURES_ALL);
    if (!code && !input.component)
        code = cli_fail("%s: a core module; only components hold modules",
                        input.file);
    slice source = slice_of(input.bytes, input.size);
    buffer encoded;
    whit_error error;
    buffer_init(&encoded);
    /* Text becomes bytes first. */
    if (!code && source.size && source.data[0] != 0) {
        if (component_encode(input.component, &encoded, &error) != WHIT_OK)
            code = cli_fail_error(input.file, &error);
        source = buffer_view(&encoded);
    }
    if (!code)
        code = unbundle(o, input.file, source, threshold);
    buffer_release(&encoded);
    cli_module_release(&input);
    return code;
}

const cli_command command_component_unbundle = {
    .name = "component unbundle",
    .summary = "Write core modules to files, and import them instead",
    .usage = "[COMPONENT]",
    .about = "Core modules larger than the threshold become files, nested "
             "ones too. The\ncomponent that is written imports the i-th one "
             "as `unbundled-module<i>`.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
