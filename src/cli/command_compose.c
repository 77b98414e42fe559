/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit compose`: wires components into one. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/output.h"
#include "component/compose.h"
#include "component/decode.h"
#include "component/print.h"

struct options {
    const char *output;
    cli_list plugs;
    bool text, skip_validation;
};

#define AT(member) offsetof(struct options, member)

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, AT(output), "FILE",
     "Write there instead of standard output"},
    {"wat", 't', CLI_FLAG, AT(text), NULL, "Write the text format"},
    {"skip-validation", 0, CLI_FLAG, AT(skip_validation), NULL,
     "Do not check the result"},
    {NULL, 0, CLI_HEADING, 0, NULL, "compose plug"},
    {"plug", 0, CLI_LIST, AT(plugs), "FILE",
     "A component whose exports the socket imports"},
    CLI_OPTIONS_END};

/* Files stay in memory as long as the graph. */
typedef struct files {
    component_compose *graph;
    uint8_t **data;
    size_t count;
} files;

static void files_release(files *self)
{
    component_compose_free(self->graph);
    for (size_t i = 0; i < self->count; i++)
        mem_free(self->data[i]);
    mem_free(self->data);
}

static int load_package(files *self, const char *file, uint32_t *out)
{
    whit_error error;
    size_t size;
    whit_status status =
        cli_read(file, &self->data[self->count], &size, &error);
    if (status != WHIT_OK)
        return cli_fail_error(NULL, &error);
    slice bytes = slice_of(self->data[self->count++], size);
    status = component_compose_package(self->graph, slice_text(file), bytes,
                                       out, &error);
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(file, &error);
}

/* The text of a component's bytes in their place. */
static whit_status to_text(buffer *out, whit_error *error)
{
    component_file *file;
    buffer text;
    TRY(component_decode(buffer_view(out), &file, error));
    buffer_init(&text);
    whit_status status =
        component_print(file, &(wasm_print_options){0}, &text, error);
    component_file_free(file);
    buffer_release(out);
    *out = text;
    return status;
}

static int write_result(component_compose *graph, const struct options *o,
                        const char *about)
{
    whit_error error;
    buffer out;
    compose_options how = {.skip_validation = o->skip_validation};
    buffer_init(&out);
    whit_status status = component_compose_encode(graph, &how, &out, &error);
    if (status != WHIT_OK) {
        buffer_release(&out);
        return cli_fail_error(about, &error);
    }
    if (o->text)
        status = to_text(&out, &error);
    if (status == WHIT_OK)
        status = cli_write(o->output, buffer_view(&out), &error);
    buffer_release(&out);
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(NULL, &error);
}

static int plug(const cli_line *line, const struct options *o)
{
    files all = {.graph = component_compose_new()};
    uint32_t socket, *plugs;
    whit_error error;
    int code;
    if (line->operand_count != 2 || !o->plugs.count) {
        component_compose_free(all.graph);
        cli_error("usage: whit compose plug SOCKET --plug PLUG ...");
        return CLI_USAGE;
    }
    plugs = mem_calloc(o->plugs.count, sizeof *plugs);
    all.data = mem_calloc(o->plugs.count + 1, sizeof *all.data);
    if (!all.graph || !plugs || !all.data) {
        (void)error_memory(&error);
        code = cli_fail_error(NULL, &error);
    } else
        code = load_package(&all, line->operands[1], &socket);
    for (size_t i = 0; !code && i < o->plugs.count; i++)
        code = load_package(&all, o->plugs.items[i], &plugs[i]);
    if (!code &&
        component_compose_plug(all.graph, socket, plugs,
                               (uint32_t)o->plugs.count, &error) != WHIT_OK)
        code = cli_fail_error(line->operands[1], &error);
    if (!code)
        code = write_result(all.graph, o, line->operands[1]);
    mem_free(plugs);
    files_release(&all);
    return code;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (!line->operand_count) {
        cli_error("usage: whit compose FILE.wac, or "
                  "whit compose plug SOCKET --plug PLUG");
        return CLI_USAGE;
    }
    if (!o->output && !o->text && isatty(STDOUT_FILENO)) {
        cli_error("a binary component is nothing for a terminal; use -o FILE "
                  "or -t");
        return CLI_USAGE;
    }
    return plug(line, o);
}

const cli_command command_compose = {
    .name = "compose",
    .summary = "Wire components into one",
    .usage = "FILE.wac | plug SOCKET --plug PLUG",
    .about = "",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
