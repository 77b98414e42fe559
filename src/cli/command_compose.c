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
#include "component/wac.h"
#include "component/wit_decode.h"
#include "component/wit_encode.h"
#include "platform/file.h"
#include "toolchain/wit_files.h"

struct options {
    const char *output, *deps;
    cli_list plugs, packages;
    bool text, skip_validation;
};

#define AT(member) offsetof(struct options, member)

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, AT(output), "FILE",
     "Write there instead of standard output"},
    {"wat", 't', CLI_FLAG, AT(text), NULL, "Write the text format"},
    {"skip-validation", 0, CLI_FLAG, AT(skip_validation), NULL,
     "Do not check the result"},
    {NULL, 0, CLI_HEADING, 0, NULL, "compose FILE.wac"},
    {"dep", 'd', CLI_LIST, AT(packages), "NAME=FILE",
     "This package is in that file or folder"},
    {"deps-dir", 0, CLI_TEXT, AT(deps), "FOLDER",
     "Look for packages there (deps)"},
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

static int write_component(buffer *out, const struct options *o)
{
    whit_error error;
    whit_status status = o->text ? to_text(out, &error) : WHIT_OK;
    if (status == WHIT_OK)
        status = cli_write(o->output, buffer_view(out), &error);
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(NULL, &error);
}

static int write_result(component_compose *graph, const struct options *o,
                        const char *about)
{
    whit_error error;
    buffer out;
    compose_options how = {.skip_validation = o->skip_validation};
    buffer_init(&out);
    whit_status status = component_compose_encode(graph, &how, &out, &error);
    int code = status == WHIT_OK ? write_component(&out, o)
                                 : cli_fail_error(about, &error);
    buffer_release(&out);
    return code;
}

static int plug(const struct options *o, const char *socket_file,
                const char *const *plug_files, size_t count)
{
    files all = {.graph = component_compose_new()};
    uint32_t socket, *plugs = mem_calloc(count + 1, sizeof *plugs);
    whit_error error;
    int code;
    all.data = mem_calloc(count + 1, sizeof *all.data);
    if (!all.graph || !plugs || !all.data) {
        (void)error_memory(&error);
        code = cli_fail_error(NULL, &error);
    } else
        code = load_package(&all, socket_file, &socket);
    for (size_t i = 0; !code && i < count; i++)
        code = load_package(&all, plug_files[i], &plugs[i]);
    if (!code && component_compose_plug(all.graph, socket, plugs,
                                        (uint32_t)count, &error) != WHIT_OK)
        code = cli_fail_error(socket_file, &error);
    if (!code)
        code = write_result(all.graph, o, socket_file);
    mem_free(plugs);
    files_release(&all);
    return code;
}

/* ---- compose FILE.wac ---- */

/* Where packages of a document come from. */
typedef struct library {
    const struct options *options;
    uint8_t **data; /* what was read */
    size_t count, room;
} library;

static whit_status keep(library *self, uint8_t *data, whit_error *error)
{
    whit_status status =
        mem_grow((void **)&self->data, &self->room, self->count, sizeof data,
                 SIZE_MAX / sizeof data, "packages", error);
    if (status == WHIT_OK)
        self->data[self->count++] = data;
    else
        mem_free(data);
    return status;
}

/* WIT texts as a binary package. */
static whit_status load_wit(library *self, const char *path, slice *out,
                            whit_error *error)
{
    wit_resolve_options how = {.all_features = true};
    wit_set *set = wit_set_new();
    buffer failed, bytes;
    uint32_t root;
    size_t size;
    TRY_ALLOC(set, error);
    buffer_init(&failed);
    buffer_init(&bytes);
    whit_status status = tool_wit_load(set, path, &how, component_wit_decode,
                                       &root, &failed, error);
    if (status == WHIT_OK)
        status = component_wit_package_encode(set, root, false, &bytes, error);
    if (status == WHIT_OK) {
        uint8_t *data = buffer_take(&bytes, &size);
        *out = slice_of(data, size);
        status = keep(self, data, error);
    } else if (status != WHIT_OUT_OF_MEMORY) {
        char message[WHIT_MESSAGE_SIZE];
        const char *file = failed.size ? buffer_string(&failed) : path;
        error_format(error, file ? file : path, message, sizeof message);
        status = error_set(error, WHIT_INVALID, "%s", message);
    }
    buffer_release(&failed);
    buffer_release(&bytes);
    wit_set_free(set);
    return status;
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), last = strlen(end);
    return size >= last && !strcmp(text + size - last, end);
}

static whit_status load(library *self, const char *path, slice *out,
                        whit_error *error)
{
    uint8_t *data;
    size_t size;
    if (file_is_directory(path) || ends_with(path, ".wit"))
        return load_wit(self, path, out, error);
    TRY(cli_read(path, &data, &size, error));
    *out = slice_of(data, size);
    return keep(self, data, error);
}

/* deps/ns/name/version, as a folder of WIT or with an extension. */
static whit_status find_in_folder(library *self, slice name, slice version,
                                  slice *out, whit_error *error)
{
    static const char *const extensions[] = {"", ".wat", ".wasm", ".wit"};
    buffer path;
    buffer_init(&path);
    buffer_printf(&path, "%s/",
                  self->options->deps ? self->options->deps : "deps");
    for (size_t i = 0; i < name.size; i++)
        buffer_put(&path, name.data[i] == ':' ? '/' : name.data[i]);
    if (version.size)
        buffer_printf(&path, "/%.*s", SLICE_ARG(version));
    size_t size = path.size;
    whit_status status = WHIT_NOT_FOUND;
    for (size_t i = 0; i < COUNT_OF(extensions); i++) {
        path.size = size;
        buffer_text(&path, extensions[i]);
        const char *text = buffer_string(&path);
        if (!text) {
            status = error_memory(error);
            break;
        }
        if (i ? file_exists(text) : file_is_directory(text)) {
            status = load(self, text, out, error);
            break;
        }
    }
    if (status == WHIT_NOT_FOUND)
        status = error_set(error, WHIT_INVALID,
                           "there is no %.*s.wasm, .wat or .wit, and no folder "
                           "of that name; --dep %.*s=FILE says where it is",
                           (int)size, (const char *)path.data, SLICE_ARG(name));
    buffer_release(&path);
    return status;
}

static whit_status find(void *context, slice name, slice version, slice *bytes,
                        whit_error *error)
{
    library *self = context;
    const cli_list *list = &self->options->packages;
    for (size_t i = 0; i < list->count; i++) {
        const char *sign = strchr(list->items[i], '=');
        slice key = slice_of(list->items[i], (size_t)(sign - list->items[i]));
        const uint8_t *at = memchr(key.data, '@', key.size);
        slice plain =
            slice_of(key.data, at ? (size_t)(at - key.data) : key.size);
        slice wanted = at ? slice_of(at + 1, key.size - plain.size - 1)
                          : slice_of(NULL, 0);
        if (slice_equal(plain, name) && (!at || slice_equal(wanted, version)))
            return load(self, sign + 1, bytes, error);
    }
    return find_in_folder(self, name, version, bytes, error);
}

static int compose_text(const struct options *o, const char *file)
{
    library all = {.options = o};
    wac_options how = {
        .find = find, .context = &all, .skip_validation = o->skip_validation};
    whit_error error;
    uint8_t *text;
    size_t size;
    buffer out;
    if (cli_read(file, &text, &size, &error) != WHIT_OK)
        return cli_fail_error(NULL, &error);
    buffer_init(&out);
    whit_status status =
        component_wac_compose(slice_of(text, size), &how, &out, &error);
    int code = status == WHIT_OK ? write_component(&out, o)
                                 : cli_fail_error(file, &error);
    buffer_release(&out);
    mem_free(text);
    for (size_t i = 0; i < all.count; i++)
        mem_free(all.data[i]);
    mem_free(all.data);
    return code;
}

static int check_text(const cli_line *line)
{
    whit_error error;
    uint8_t *text;
    size_t size;
    if (line->operand_count != 2) {
        cli_error("usage: whit compose parse FILE.wac");
        return CLI_USAGE;
    }
    if (cli_read(line->operands[1], &text, &size, &error) != WHIT_OK)
        return cli_fail_error(NULL, &error);
    whit_status status = component_wac_check(slice_of(text, size), &error);
    mem_free(text);
    return status == WHIT_OK ? CLI_SUCCESS
                             : cli_fail_error(line->operands[1], &error);
}

static bool check_packages(const cli_list *packages)
{
    for (size_t i = 0; i < packages->count; i++)
        if (!strchr(packages->items[i], '=')) {
            cli_error("--dep %s: expected NAME=FILE", packages->items[i]);
            return false;
        }
    return true;
}

static int usage(void)
{
    cli_error("usage: whit compose FILE.wac, or "
              "whit compose plug SOCKET --plug PLUG");
    return CLI_USAGE;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    size_t count = line->operand_count;
    bool is_plug = count && !strcmp(line->operands[0], "plug");
    if (!check_packages(&o->packages))
        return CLI_USAGE;
    if (count && !strcmp(line->operands[0], "parse"))
        return check_text(line);
    if (!count || (is_plug && (count != 2 || !o->plugs.count)) ||
        (!is_plug && o->plugs.count))
        return usage();
    if (!o->output && !o->text && isatty(STDOUT_FILENO)) {
        cli_error("a binary component is nothing for a terminal; use -o FILE "
                  "or -t");
        return CLI_USAGE;
    }
    if (is_plug)
        return plug(o, line->operands[1], o->plugs.items, o->plugs.count);
    if (count > 1)
        return plug(o, line->operands[0], line->operands + 1, count - 1);
    return compose_text(o, line->operands[0]);
}

const cli_command command_compose = {
    .name = "compose",
    .summary = "Wire components into one",
    .usage = "FILE.wac | plug SOCKET --plug PLUG | SOCKET PLUG... | parse "
             "FILE.wac",
    .about = "FILE.wac says in the WAC language which components are "
             "instantiated and what\neach is given. Its packages are "
             "deps/NAMESPACE/NAME.wasm or .wat; WIT may be\na .wit or a "
             "folder. `compose plug` puts what the plugs export where the "
             "socket\nimports it, and exports what the socket exports; so do "
             "several components alone.\nWhat is given by nobody is imported. "
             "`compose parse` only checks the syntax.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
