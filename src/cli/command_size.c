/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit size`. */
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "platform/file.h"
#include "toolchain/size.h"
#include "wasm/encode.h"

struct options {
    const char *output, *html, *before;
    uint64_t top;
    bool json, all;
};

static const cli_option options[] = {
    {"top", 'n', CLI_NUMBER, offsetof(struct options, top), "N",
     "Lines in each list (10)"},
    {"all", 'a', CLI_FLAG, offsetof(struct options, all), NULL,
     "Every line of each list"},
    {"before", 0, CLI_TEXT, offsetof(struct options, before), "MODULE",
     "Compare with an earlier build, by name"},
    {"json", 0, CLI_FLAG, offsetof(struct options, json), NULL, "Print JSON"},
    {"html", 0, CLI_TEXT, offsetof(struct options, html), "FILE",
     "Write a treemap to click through, instead of the text"},
    {"output", 'o', CLI_TEXT, offsetof(struct options, output), "FILE",
     "Write there instead of standard output"},
    CLI_OPTIONS_END};

/* The module's bytes; text is encoded first. */
static int load_bytes(cli_module *input, buffer *encoded, slice *out)
{
    *out = slice_of(input->bytes, input->size);
    if (!input->module)
        return CLI_SUCCESS;
    whit_error error;
    if (wasm_encode(input->module, encoded, &error) != WHIT_OK)
        return cli_fail_error(input->file, &error);
    *out = buffer_view(encoded);
    return CLI_SUCCESS;
}

static whit_status compare(tool_size *size, const char *file, whit_error *error)
{
    uint8_t *bytes;
    size_t count;
    TRY(cli_read(file, &bytes, &count, error));
    tool_size *before;
    whit_status status =
        tool_size_new(slice_of(bytes, count), NULL, &before, error);
    if (status == WHIT_OK) {
        status = tool_size_compare(size, before, error);
        tool_size_free(before);
    }
    mem_free(bytes);
    return status;
}

static whit_status make_report(const struct options *o, const char *file,
                               slice bytes, buffer *out, whit_error *error)
{
    tool_size *size;
    TRY(tool_size_new(bytes, NULL, &size, error));
    whit_status status = o->before ? compare(size, o->before, error) : WHIT_OK;
    struct winsize window = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    tool_size_style style = {
        .title = path_base(file),
        .top = o->all   ? 0
               : o->top ? (unsigned)o->top
                        : 10,
        .width = window.ws_col,
        .color = !o->output && cli_colours(false),
    };
    if (status == WHIT_OK)
        status = o->json   ? tool_size_json(size, &style, out, error)
                 : o->html ? tool_size_html(size, &style, out, error)
                           : tool_size_text(size, &style, out, error);
    tool_size_free(size);
    return status;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (o->json && o->html) {
        cli_error("--json and --html exclude each other");
        return CLI_USAGE;
    }
    cli_module input;
    buffer encoded, out;
    buffer_init(&encoded);
    buffer_init(&out);
    int code = cli_module_read(&input, line);
    if (!code && input.size && input.bytes[0] != 0) {
        cli_module_release(&input);
        code = cli_module_load(&input, line, WASM_FEATURES_ALL);
    }
    slice bytes;
    if (!code)
        code = load_bytes(&input, &encoded, &bytes);
    if (!code) {
        whit_error error;
        whit_status status = make_report(o, input.file, bytes, &out, &error);
        code = cli_finish(input.file, o->html ? o->html : o->output, status,
                          &out, &error);
    }
    buffer_release(&encoded);
    cli_module_release(&input);
    return code;
}

const cli_command command_size = {
    .name = "size",
    .summary = "Show where the bytes of a module are",
    .usage = "[MODULE]",
    .about = "By section, crate, function, generic function and data "
             "segment, largest first. Names come from the name section.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
