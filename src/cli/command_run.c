/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit run`. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <whit.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/invoke.h"
#include "cli/output.h"
#include "cli/run_component.h"
#include "platform/clock.h"

struct options {
    cli_list dirs, read_only_dirs, variables, preloads, without, network;
    const char *invoke, *program, *input;
    uint64_t fuel, timeout, max_memory, max_gc_heap, max_depth, max_table;
    bool inherit_env, explicit_bounds, no_stdio;
};

#define AT(member) offsetof(struct options, member)

static const cli_option options[] = {
    {NULL, 0, CLI_HEADING, 0, NULL, "What the guest may reach"},
    {"dir", 0, CLI_LIST, AT(dirs), "HOST[::GUEST]",
     "Grant a directory, under another name if one is given"},
    {"dir-ro", 0, CLI_LIST, AT(read_only_dirs), "HOST[::GUEST]",
     "The same, to read only"},
    {"env", 'e', CLI_LIST, AT(variables), "NAME[=VALUE]",
     "Set a variable, or pass on the one of this process"},
    {"inherit-env", 0, CLI_FLAG, AT(inherit_env), NULL,
     "Pass on every variable"},
    {"allow-net", 0, CLI_OPTIONAL, AT(network), "HOST:PORT,...",
     "Let a component use the network, or only HOST, HOST:PORT, ADDRESS/BITS, "
     "*.NAME to connect to, :PORT or listen=ADDRESS:PORT to listen"},
    {"stdin", 0, CLI_TEXT, AT(input), "FILE",
     "Standard input from a file; nothing: /dev/null"},
    {"no-stdio", 0, CLI_FLAG, AT(no_stdio), NULL,
     "No standard input, output or error"},
    {NULL, 0, CLI_HEADING, 0, NULL, "What runs"},
    {"invoke", 0, CLI_TEXT, AT(invoke), "NAME",
     "Call this export with the arguments, and print its results; of a "
     "component also 'f(1, \"two\")'"},
    {"preload", 0, CLI_LIST, AT(preloads), "NAME=MODULE",
     "Give a module's exports to imports from NAME"},
    {"argv0", 0, CLI_TEXT, AT(program), "NAME",
     "The program name that the guest sees"},
    {NULL, 0, CLI_HEADING, 0, NULL, "Limits"},
    {"timeout", 't', CLI_DURATION, AT(timeout), "TIME",
     "Trap after this time (500ms, 5s, 2m)"},
    {"fuel", 0, CLI_NUMBER, AT(fuel), "N", "Trap after N instructions"},
    {"max-memory", 'm', CLI_SIZE, AT(max_memory), "SIZE",
     "Linear memory in total (64K, 16M, 1G)"},
    {"max-gc-heap", 0, CLI_SIZE, AT(max_gc_heap), "SIZE",
     "Garbage-collected heap"},
    {"max-table-elements", 0, CLI_NUMBER, AT(max_table), "N",
     "Table elements in total"},
    {"max-call-depth", 0, CLI_NUMBER, AT(max_depth), "N", "Calls inside calls"},
    {NULL, 0, CLI_HEADING, 0, NULL, "How"},
    {"explicit-bounds", 0, CLI_FLAG, AT(explicit_bounds), NULL,
     "Check every memory access instead of using guard pages"},
    {"without", 0, CLI_LIST, AT(without), "FEATURE",
     "Switch features off (see `whit help features`)"},
    CLI_OPTIONS_END};

/* All that a run holds; every member may be NULL. */
struct world {
    whit_config *config;
    whit_engine *engine;
    whit_module *module;
    whit_wasi *wasi;
    whit_store *store;
    whit_linker *linker;
    whit_instance *instance;
    whit_component *component; /* instead of the module */
    whit_imports *imports;
    clock_timer *timer;
    atomic_bool expired; /* --timeout */
    bool failed;         /* a component's run returned an error */
    int input;
};

static void release(struct world *w)
{
    clock_timer_cancel(w->timer);
    whit_linker_free(w->linker);
    whit_store_free(w->store);
    whit_imports_free(w->imports);
    whit_component_free(w->component);
    whit_wasi_free(w->wasi);
    whit_module_free(w->module);
    whit_engine_free(w->engine);
    whit_config_free(w->config);
    if (w->input >= 0)
        close(w->input);
}

static whit_status make_engine(struct world *w, const struct options *o,
                               whit_error *error)
{
    w->config = whit_config_new();
    TRY_ALLOC(w->config, error);
    whit_config_set_fuel(w->config, o->fuel != 0);
    whit_config_set_epoch(w->config, o->timeout != 0);
    whit_config_set_guard_pages(w->config, !o->explicit_bounds);
    for (size_t i = 0; i < o->without.count; i++)
        TRY(whit_config_set_feature(w->config, o->without.items[i], false,
                                    error));
    return whit_engine_new(w->config, &w->engine, error);
}

static whit_status make_store(struct world *w, const struct options *o,
                              whit_error *error)
{
    whit_limits limits = whit_limits_default();
    if (o->max_memory)
        limits.memory_bytes = o->max_memory;
    if (o->max_gc_heap)
        limits.gc_heap_bytes = o->max_gc_heap;
    if (o->max_table)
        limits.table_elements = o->max_table;
    if (o->max_depth)
        limits.call_depth =
            o->max_depth > UINT32_MAX ? UINT32_MAX : (uint32_t)o->max_depth;
    TRY(whit_store_new(w->engine, &limits, &w->store, error));
    if (o->fuel)
        whit_store_set_fuel(w->store, o->fuel);
    if (o->timeout)
        whit_store_set_deadline(w->store, 1);
    return whit_linker_new(w->store, &w->linker, error);
}

/* A module, or with `component` not NULL perhaps a component. */
static whit_status load(struct world *w, const char *file, whit_module **out,
                        whit_component **component, whit_error *error)
{
    uint8_t *bytes;
    size_t size;
    TRY(cli_read(file, &bytes, &size, error));
    whit_status status =
        component && whit_is_component(bytes, size)
            ? whit_component_new(w->engine, bytes, size, component, error)
            : whit_module_new(w->engine, bytes, size, out, error);
    mem_free(bytes);
    if (status != WHIT_OK) {
        char text[WHIT_MESSAGE_SIZE];
        error_format(error, file, text, sizeof text);
        return error_set(error, status, "%s", text);
    }
    return WHIT_OK;
}

/* HOST or HOST::GUEST. */
static whit_status grant(whit_wasi *wasi, const char *text, unsigned flags,
                         whit_error *error)
{
    const char *colons = strstr(text, "::");
    if (!colons)
        return whit_wasi_grant_directory(wasi, text, text, flags, error);
    char *host = mem_strdup(text);
    TRY_ALLOC(host, error);
    host[colons - text] = 0;
    whit_status status =
        whit_wasi_grant_directory(wasi, host, colons + 2, flags, error);
    mem_free(host);
    return status;
}

static whit_status add_variable(whit_wasi *wasi, const char *text,
                                whit_error *error)
{
    const char *equals = strchr(text, '=');
    if (!equals) {
        const char *value = getenv(text);
        return value ? whit_wasi_add_variable(wasi, text, value, error)
                     : WHIT_OK;
    }
    char *name = mem_strdup(text);
    TRY_ALLOC(name, error);
    name[equals - text] = 0;
    whit_status status = whit_wasi_add_variable(wasi, name, equals + 1, error);
    mem_free(name);
    return status;
}

static whit_status set_streams(struct world *w, const struct options *o,
                               whit_error *error)
{
    if (o->no_stdio)
        return WHIT_OK;
    TRY(whit_wasi_inherit_stream(w->wasi, WHIT_WASI_STDOUT, error));
    TRY(whit_wasi_inherit_stream(w->wasi, WHIT_WASI_STDERR, error));
    if (!o->input)
        return whit_wasi_inherit_stream(w->wasi, WHIT_WASI_STDIN, error);
    w->input = open(o->input, O_RDONLY | O_CLOEXEC);
    if (w->input < 0)
        return error_set(error, WHIT_IO, "cannot open '%s' as standard input",
                         o->input);
    return whit_wasi_use_descriptor(w->wasi, WHIT_WASI_STDIN, w->input, error);
}

static whit_status make_wasi(struct world *w, const struct options *o,
                             const cli_line *line, whit_error *error)
{
    TRY(whit_wasi_new(&w->wasi, error));
    TRY(set_streams(w, o, error));
    const char *program = o->program ? o->program : line->operands[0];
    TRY(whit_wasi_add_argument(w->wasi, program, error));
    for (size_t i = 1; i < line->operand_count && !o->invoke; i++)
        TRY(whit_wasi_add_argument(w->wasi, line->operands[i], error));
    if (o->inherit_env)
        TRY(whit_wasi_inherit_environment(w->wasi, error));
    for (size_t i = 0; i < o->variables.count; i++)
        TRY(add_variable(w->wasi, o->variables.items[i], error));
    for (size_t i = 0; i < o->dirs.count; i++)
        TRY(grant(w->wasi, o->dirs.items[i], 0, error));
    for (size_t i = 0; i < o->read_only_dirs.count; i++)
        TRY(grant(w->wasi, o->read_only_dirs.items[i], WHIT_WASI_READ_ONLY,
                  error));
    for (size_t i = 0; i < o->network.count; i++)
        TRY(whit_wasi_allow_network(w->wasi, o->network.items[i], error));
    return whit_linker_define_wasi(w->linker, w->wasi, error);
}

/* NAME=MODULE: instantiated first, its exports become NAME. */
static whit_status preload(struct world *w, const char *text, whit_error *error)
{
    const char *equals = strchr(text, '='); /* run looked */
    whit_module *module;
    whit_instance *instance;
    TRY(load(w, equals + 1, &module, NULL, error));
    whit_status status =
        whit_linker_instantiate(w->linker, module, &instance, error);
    whit_module_free(module);
    TRY(status);
    char *name = mem_strdup(text);
    TRY_ALLOC(name, error);
    name[equals - text] = 0;
    status = whit_linker_define_instance(w->linker, name, instance, error);
    mem_free(name);
    return status;
}

static void tick(void *context)
{
    struct world *w = context;
    atomic_store(&w->expired, true);
    whit_engine_increment_epoch(w->engine);
}

/* A module is a command (_start), a reactor (_initialize), or neither. */
static whit_status call(struct world *w, const struct options *o,
                        const cli_line *line, whit_error *error)
{
    whit_func *start = whit_instance_func(w->instance, "_start");
    whit_func *initialize = whit_instance_func(w->instance, "_initialize");
    if (!o->invoke) {
        if (!start || !whit_func_is(start, ":"))
            return WHIT_OK;
        return whit_func_call(w->store, start, NULL, 0, NULL, 0, error);
    }
    if (initialize && whit_func_is(initialize, ":"))
        TRY(whit_func_call(w->store, initialize, NULL, 0, NULL, 0, error));
    return cli_invoke(w->store, w->instance, o->invoke, line->operands + 1,
                      line->operand_count - 1, error);
}

static whit_status run_component(struct world *w, const struct options *o,
                                 const cli_line *line, whit_error *error)
{
    w->imports = whit_imports_new();
    TRY_ALLOC(w->imports, error);
    cli_component run = {
        .store = w->store,
        .wasi = w->wasi,
        .component = w->component,
        .imports = w->imports,
        .invoke = o->invoke,
        .words = line->operands + 1,
        .word_count = line->operand_count - 1,
        .expired = o->timeout ? &w->expired : NULL,
    };
    return cli_run_component(&run, &w->failed, error);
}

static whit_status run_world(struct world *w, const struct options *o,
                             const cli_line *line, whit_error *error)
{
    TRY(make_engine(w, o, error));
    TRY(load(w, line->operands[0], &w->module, &w->component, error));
    if (w->component && o->preloads.count)
        return error_set(error, WHIT_ARGUMENT,
                         "a component imports no modules: --preload is not "
                         "for it");
    TRY(make_store(w, o, error));
    TRY(make_wasi(w, o, line, error));
    for (size_t i = 0; i < o->preloads.count; i++)
        TRY(preload(w, o->preloads.items[i], error));
    if (o->timeout) {
        w->timer = clock_timer_start(o->timeout, tick, w);
        if (!w->timer)
            return error_set(error, WHIT_IO, "cannot start a timer");
    }
    if (w->component)
        return run_component(w, o, line, error);
    TRY(whit_linker_instantiate(w->linker, w->module, &w->instance, error));
    return call(w, o, line, error);
}

static void print_backtrace(const struct world *w)
{
    size_t count = whit_store_trap_frames(w->store);
    for (size_t i = 0; i < count; i++) {
        whit_frame frame = whit_store_trap_frame(w->store, i);
        fprintf(stderr, "  %zu: ", i);
        if (!frame.line)
            fprintf(stderr, "0x%x ", frame.offset);
        if (frame.function.size)
            fprintf(stderr, "%.*s", (int)frame.function.size,
                    frame.function.data);
        else
            fprintf(stderr, "function %u", frame.index);
        if (frame.line)
            fprintf(stderr, " at line %u", frame.line);
        fputc('\n', stderr);
    }
}

/* The message names the innermost frames too: here they come in full. */
static int fail_trap(const struct world *w, whit_error *error)
{
    char *frames = strstr(error->message, "\n    at ");
    if (frames && whit_store_trap_frames(w->store))
        *frames = 0;
    cli_fail_error(NULL, error);
    print_backtrace(w);
    return CLI_TRAP;
}

static int finish(const struct world *w, whit_status status, whit_error *error)
{
    switch (status) {
    case WHIT_OK:
        return w->failed ? CLI_FAILURE : CLI_SUCCESS;
    case WHIT_EXIT:
        return (int)(whit_wasi_exit_code(w->wasi) & 0xff);
    case WHIT_TRAP:
        return fail_trap(w, error);
    case WHIT_EXCEPTION:
        cli_fail_error(NULL, error);
        return CLI_TRAP;
    default:
        return cli_fail_error(NULL, error);
    }
}

static int run(cli_line *line)
{
    if (!line->operand_count) {
        cli_error("which module? see `whit run --help`");
        return CLI_USAGE;
    }
    const struct options *o = line->options;
    for (size_t i = 0; i < o->preloads.count; i++) {
        if (!strchr(o->preloads.items[i], '=')) {
            cli_error("--preload wants NAME=MODULE, not \"%s\"",
                      o->preloads.items[i]);
            return CLI_USAGE;
        }
    }
    struct world w = {.input = -1};
    whit_error error = {0};
    whit_status status = run_world(&w, o, line, &error);
    fflush(stdout);
    int code = finish(&w, status, &error);
    release(&w);
    return code;
}

const cli_command command_run = {
    .name = "run",
    .summary = "Run a module or component in a sandbox",
    .usage = "MODULE [ARGUMENT...]",
    .about = "Runs the module's _start, the component's wasi:cli/run, or the "
             "export that --invoke names. MODULE is binary or text. The guest "
             "reaches standard input, "
             "output and error, and what the options grant; nothing else. "
             "Its exit code becomes whit's; a trap ends with 134.",
    .options = options,
    .options_size = sizeof(struct options),
    .operands_end_options = true,
    .run = run,
};
