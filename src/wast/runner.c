/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Carries out the commands of a script. */
#include "wast/runner.h"

#include <inttypes.h>
#include <stdio.h>

#include "component/decode.h"
#include "component/text.h"
#include "component/validate.h"
#include "engine/engine.h"
#include "wasm/branch_hints.h"
#include "wasm/decode.h"
#include "wasm/piece.h"
#include "wasm/text.h"
#include "wasm/validate.h"
#include "wast/component.h"

enum { SLOTS_MAX = 2 * LIMIT_PARAMS, TEXT_SIZE = 160 };

struct wast_thread {
    slice id;
    pthread_t handle;
    wast_runner runner;
    const wasm_command *command;
    wast_thread *older;
};

whit_status wast_runner_init(wast_runner *self, rt_engine *engine,
                             wast_report *report, pthread_mutex_t *lock,
                             whit_error *error)
{
    memset(self, 0, sizeof *self);
    arena_init(&self->arena);
    self->engine = engine;
    self->report = report;
    self->report_lock = lock;
    TRY(rt_store_new(engine, NULL, &self->store, error));
    return wast_define_spectest(self, error);
}

static void join(wast_thread *thread)
{
    pthread_join(thread->handle, NULL);
    wast_runner_release(&thread->runner);
}

void wast_runner_release(wast_runner *self)
{
    for (wast_thread *t = self->threads; t; t = t->older)
        if (t->command)
            join(t);
    for (wast_binding *b = self->modules; b; b = b->older)
        rt_module_release(b->module);
    wast_components_free(self->components);
    if (self->store)
        rt_store_free(self->store);
    arena_release(&self->arena);
}

wast_binding *wast_find(wast_binding *list, slice name)
{
    for (; list; list = list->older)
        if (slice_equal(list->name, name))
            return list;
    return NULL;
}

whit_status wast_bind(wast_runner *self, wast_binding **list, slice name,
                      rt_instance *instance, rt_module *module,
                      whit_error *error)
{
    wast_binding *binding = arena_alloc(&self->arena, sizeof *binding);
    TRY_ALLOC(binding, error);
    *binding = (wast_binding){name, instance, module, *list};
    *list = binding;
    return WHIT_OK;
}

static bool find_import(wast_runner *self, const wasm_import *import,
                        rt_extern *out)
{
    wast_binding *binding = wast_find(self->registered, import->module);
    if (binding)
        return rt_instance_export(binding->instance, import->name, out);
    return slice_is(import->module, "spectest") &&
           wast_find_spectest(self, import->name, out);
}

static whit_status instantiate(wast_runner *self, rt_module *module,
                               rt_instance **out, whit_error *error)
{
    const wasm_module *wasm = module->wasm;
    rt_extern *imports =
        arena_array(&self->arena, wasm->import_count, sizeof *imports);
    TRY_ALLOC(imports, error);
    for (uint32_t i = 0; i < wasm->import_count; i++) {
        const wasm_import *import = &wasm->imports[i];
        if (!find_import(self, import, &imports[i]))
            return error_set(error, WHIT_UNLINKABLE, "unknown import %.*s.%.*s",
                             SLICE_ARG(import->module),
                             SLICE_ARG(import->name));
    }
    return rt_instance_new(self->store, module, imports, wasm->import_count,
                           out, error);
}

/* Leaves a position in the script, or none. */
static whit_status located(const wasm_script_module *source, whit_status status,
                           whit_error *error)
{
    if (status == WHIT_OK || error->position == WHIT_POSITION_NONE)
        return status;
    if (error->position == WHIT_POSITION_LINE &&
        source->form == WASM_FORM_TEXT) {
        /* Core modules were read with the script's lines. */
        if (!source->is_component)
            error->line -= source->line - 1;
        wasm_script_locate(source, error);
        return status;
    }
    if (error->position == WHIT_POSITION_OFFSET)
        error_prefix(error, "0x%" PRIx64, error->offset);
    else
        error_prefix(error, "%u:%u of the quoted text", error->line,
                     error->column);
    error->position = WHIT_POSITION_NONE;
    return status;
}

static whit_status parse_module(wast_runner *self,
                                const wasm_script_module *source,
                                wasm_module **out, whit_error *error)
{
    if (source->form == WASM_FORM_BINARY) {
        wasm_decode_options options = {self->engine->config.features, false};
        TRY(wasm_decode(source->bytes, &options, out, error));
    } else {
        /* Lines of the script, for backtraces too. */
        wasm_lexer start = wasm_lexer_new(source->bytes);
        if (source->form == WASM_FORM_TEXT)
            start.line = source->line;
        TRY(wasm_text_parse_fields(&start, slice_of(NULL, 0), out, error));
    }
    whit_status status =
        wasm_validate(*out, self->engine->config.features, error);
    if (status != WHIT_OK)
        wasm_module_free(*out);
    return status;
}

/* From a script's module to a validated one. */
static whit_status read_module(wast_runner *self,
                               const wasm_script_module *source,
                               wasm_module **out, whit_error *error)
{
    return located(source, parse_module(self, source, out, error), error);
}

static whit_status parse_component(const wasm_script_module *source,
                                   component_file **out, whit_error *error)
{
    TRY(source->form == WASM_FORM_BINARY
            ? component_decode(source->bytes, out, error)
            : component_text_parse(source->bytes, out, error));
    whit_status status = component_validate(*out, error);
    if (status != WHIT_OK)
        component_file_free(*out);
    return status;
}

/* From a script's component to a validated one. */
static whit_status read_component(const wasm_script_module *source,
                                  component_file **out, whit_error *error)
{
    return located(source, parse_component(source, out, error), error);
}

static whit_status run_component(wast_runner *self, const wasm_command *command,
                                 whit_error *error)
{
    component_file *file;
    if (!self->components)
        self->components = wast_components_new(self->engine);
    TRY_ALLOC(self->components, error);
    if (command->kind == WASM_COMMAND_INSTANCE)
        return wast_component_instance(self->components, command->id,
                                       command->id2, error);
    TRY(read_component(&command->module, &file, error));
    return wast_component_define(self->components, self->engine,
                                 command->module.id, file,
                                 !command->module.definition, error);
}

static whit_status load(wast_runner *self, const wasm_script_module *source,
                        rt_module **out, whit_error *error)
{
    wasm_module *wasm;
    TRY(read_module(self, source, &wasm, error));
    return rt_module_new(self->engine, wasm, out, error);
}

static whit_status run_module(wast_runner *self, const wasm_command *command,
                              whit_error *error)
{
    rt_module *module;
    TRY(load(self, &command->module, &module, error));
    whit_status status = wast_bind(self, &self->modules, command->module.id,
                                   NULL, module, error);
    if (status != WHIT_OK) {
        rt_module_release(module);
        return status;
    }
    self->latest_module = module;
    if (command->module.definition)
        return WHIT_OK;
    TRY(instantiate(self, module, &self->latest, error));
    if (!command->module.id.size)
        return WHIT_OK;
    return wast_bind(self, &self->instances, command->module.id, self->latest,
                     NULL, error);
}

static whit_status run_instance(wast_runner *self, const wasm_command *command,
                                whit_error *error)
{
    rt_module *module = self->latest_module;
    if (command->id2.size) {
        wast_binding *binding = wast_find(self->modules, command->id2);
        module = binding ? binding->module : NULL;
    }
    if (!module)
        return error_set(error, WHIT_NOT_FOUND, "unknown module %.*s",
                         SLICE_ARG(command->id2));
    TRY(instantiate(self, module, &self->latest, error));
    if (!command->id.size)
        return WHIT_OK;
    return wast_bind(self, &self->instances, command->id, self->latest, NULL,
                     error);
}

static whit_status find_instance(wast_runner *self, slice id, rt_instance **out,
                                 whit_error *error)
{
    *out = self->latest;
    if (id.size) {
        wast_binding *binding = wast_find(self->instances, id);
        *out = binding ? binding->instance : NULL;
    }
    if (*out)
        return WHIT_OK;
    if (!id.size)
        return error_set(error, WHIT_NOT_FOUND, "no module stands before it");
    return error_set(error, WHIT_NOT_FOUND, "unknown instance %.*s",
                     SLICE_ARG(id));
}

static whit_status find_export(wast_runner *self, const wasm_action *action,
                               rt_extern *out, whit_error *error)
{
    rt_instance *instance;
    TRY(find_instance(self, action->module, &instance, error));
    wasm_external_kind wanted =
        action->is_get ? WASM_EXTERN_GLOBAL : WASM_EXTERN_FUNC;
    if (rt_instance_export(instance, action->name, out) && out->kind == wanted)
        return WHIT_OK;
    return error_set(error, WHIT_NOT_FOUND, "unknown %s \"%.*s\"",
                     wasm_external_kind_text(wanted), SLICE_ARG(action->name));
}

static whit_status invoke(wast_runner *self, const wasm_action *action,
                          rt_function *function, rt_slot *slots,
                          whit_error *error)
{
    const wasm_functype *type = &function->header.type->func;
    if (type->param_count != action->argument_count)
        return error_set(error, WHIT_ARGUMENT, "%u arguments for %u parameters",
                         action->argument_count, type->param_count);
    uint32_t at = 0;
    for (uint32_t i = 0; i < action->argument_count; i++) {
        TRY(wast_argument(self, &action->arguments[i], type->params[i],
                          slots + at, error));
        at += wasm_slots(type->params[i]);
    }
    return rt_call(self->store, function, slots, error);
}

/* Results land in slots; *type and *count say what they are. */
static whit_status act(wast_runner *self, const wasm_action *action,
                       rt_slot *slots, const wasm_valtype **types,
                       uint32_t *count, whit_error *error)
{
    rt_extern item;
    TRY(find_export(self, action, &item, error));
    if (action->is_get) {
        memcpy(slots, item.global->value, sizeof item.global->value);
        *types = &item.global->type;
        *count = 1;
        return WHIT_OK;
    }
    *types = item.function->header.type->func.results;
    *count = item.function->header.type->func.result_count;
    return invoke(self, action, item.function, slots, error);
}

static whit_status run_action(wast_runner *self, const wasm_command *command,
                              whit_error *error)
{
    rt_slot slots[SLOTS_MAX];
    const wasm_valtype *types;
    uint32_t count;
    if (self->components)
        return wast_component_invoke(self->components, command, error);
    return act(self, &command->action, slots, &types, &count, error);
}

static whit_status assert_return(wast_runner *self, const wasm_command *command,
                                 whit_error *error)
{
    rt_slot slots[SLOTS_MAX];
    const wasm_valtype *types;
    uint32_t count, at = 0;
    if (self->components)
        return wast_component_invoke(self->components, command, error);
    TRY(act(self, &command->action, slots, &types, &count, error));
    if (count != command->result_count)
        return error_set(error, WHIT_ARGUMENT, "%u results instead of %u",
                         count, command->result_count);
    for (uint32_t i = 0; i < count; i++) {
        if (!wast_matches(self, &command->results[i], types[i], slots + at)) {
            char text[TEXT_SIZE];
            wast_slots_text(types[i], slots + at, text, sizeof text);
            return error_set(error, WHIT_ARGUMENT,
                             "result %u is %s, which does not match", i, text);
        }
        at += wasm_slots(types[i]);
    }
    return WHIT_OK;
}

static whit_status load_and_instantiate(wast_runner *self,
                                        const wasm_command *command,
                                        whit_error *error)
{
    rt_module *module;
    rt_instance *instance;
    if (command->module.is_component)
        return run_component(self, command, error);
    TRY(load(self, &command->module, &module, error));
    whit_status status = instantiate(self, module, &instance, error);
    rt_module_release(module);
    return status;
}

static whit_status only_read(wast_runner *self, const wasm_command *command,
                             whit_error *error)
{
    wasm_module *wasm;
    component_file *file;
    if (command->module.is_component) {
        TRY(read_component(&command->module, &file, error));
        component_file_free(file);
        return WHIT_OK;
    }
    TRY(read_module(self, &command->module, &wasm, error));
    wasm_module_free(wasm);
    return WHIT_OK;
}

/* Custom sections too, which validation alone does not look at. */
static whit_status read_customs(wast_runner *self, const wasm_command *command,
                                whit_error *error)
{
    wasm_module *wasm;
    TRY(read_module(self, &command->module, &wasm, error));
    whit_status status = wasm_branch_hints_check(wasm, error);
    wasm_module_free(wasm);
    return located(&command->module, status, error);
}

/* `status` must be what an assertion names, and its message, for traps, must
 * begin as the script says. */
static whit_status expect(whit_status status, whit_status wanted, slice message,
                          whit_error *error)
{
    if (status != wanted) {
        if (status == WHIT_OK)
            return error_set(error, WHIT_ARGUMENT, "succeeded instead of: %.*s",
                             SLICE_ARG(message));
        error_prefix(error, "not \"%.*s\" but", SLICE_ARG(message));
        return status;
    }
    /* Scripts of components spell traps of core out like this. */
    static const char prefix[] = "wasm trap: ";
    if (message.size > sizeof prefix &&
        !memcmp(message.data, prefix, sizeof prefix - 1))
        message = slice_of(message.data + sizeof prefix - 1,
                           message.size - sizeof prefix + 1);
    if (slice_is(message, "wasm `unreachable` instruction executed"))
        message = slice_text("unreachable");
    size_t size = message.size;
    if (wanted == WHIT_TRAP && size &&
        strncmp(error->message, (const char *)message.data, size) != 0) {
        error_prefix(error, "not \"%.*s\" but", SLICE_ARG(message));
        return WHIT_TRAP;
    }
    return WHIT_OK;
}

static void *thread_main(void *argument)
{
    wast_thread *thread = argument;
    wast_runner_commands(&thread->runner, thread->command->commands,
                         thread->command->command_count);
    return NULL;
}

/* A thread sees the shared instance's memories through a module instance of
 * its own: the runtime gives its store the memory, and imports find it under
 * the same registered name. */
static whit_status start_thread(wast_runner *self, const wasm_command *command,
                                whit_error *error)
{
    wast_thread *thread = arena_zalloc(&self->arena, sizeof *thread);
    TRY_ALLOC(thread, error);
    thread->id = command->id;
    TRY(wast_runner_init(&thread->runner, self->engine, self->report,
                         self->report_lock, error));
    wast_binding *shared = wast_find(self->instances, command->text);
    if (shared) {
        whit_status status = WHIT_OK;
        for (uint32_t i = 0; status == WHIT_OK &&
                             i < shared->instance->module->wasm->memory_count;
             i++)
            status = rt_store_share_memory(
                thread->runner.store, shared->instance->memories[i], error);
        if (status == WHIT_OK)
            status = wast_bind(&thread->runner, &thread->runner.instances,
                               command->text, shared->instance, NULL, error);
        if (status != WHIT_OK) {
            wast_runner_release(&thread->runner);
            return status;
        }
    }
    thread->command = command;
    thread->older = self->threads;
    if (pthread_create(&thread->handle, NULL, thread_main, thread)) {
        wast_runner_release(&thread->runner);
        return error_set(error, WHIT_IO, "cannot start a thread");
    }
    self->threads = thread;
    return WHIT_OK;
}

static whit_status wait_thread(wast_runner *self, const wasm_command *command,
                               whit_error *error)
{
    for (wast_thread *t = self->threads; t; t = t->older) {
        if (t->command && slice_equal(t->id, command->id)) {
            join(t);
            t->command = NULL;
            return WHIT_OK;
        }
    }
    return error_set(error, WHIT_NOT_FOUND, "unknown thread %.*s",
                     SLICE_ARG(command->id));
}

static whit_status run_register(wast_runner *self, const wasm_command *command,
                                whit_error *error)
{
    rt_instance *instance;
    TRY(find_instance(self, command->id, &instance, error));
    return wast_bind(self, &self->registered, command->text, instance, NULL,
                     error);
}

static whit_status run_assert(wast_runner *self, const wasm_command *command,
                              whit_error *error)
{
    slice text = command->text;
    switch (command->kind) {
    case WASM_COMMAND_ASSERT_TRAP:
        return expect(command->on_module
                          ? load_and_instantiate(self, command, error)
                          : run_action(self, command, error),
                      WHIT_TRAP, text, error);
    case WASM_COMMAND_ASSERT_EXHAUSTION:
        return expect(run_action(self, command, error), WHIT_TRAP, text, error);
    case WASM_COMMAND_ASSERT_EXCEPTION:
        return expect(run_action(self, command, error), WHIT_EXCEPTION,
                      slice_text("an exception"), error);
    case WASM_COMMAND_ASSERT_MALFORMED:
        return expect(only_read(self, command, error), WHIT_MALFORMED, text,
                      error);
    case WASM_COMMAND_ASSERT_INVALID:
        return expect(only_read(self, command, error), WHIT_INVALID, text,
                      error);
    case WASM_COMMAND_ASSERT_UNLINKABLE:
        return expect(load_and_instantiate(self, command, error),
                      WHIT_UNLINKABLE, text, error);
    case WASM_COMMAND_ASSERT_MALFORMED_CUSTOM:
        return expect(read_customs(self, command, error), WHIT_MALFORMED, text,
                      error);
    case WASM_COMMAND_ASSERT_INVALID_CUSTOM:
        return expect(read_customs(self, command, error), WHIT_INVALID, text,
                      error);
    default:
        return assert_return(self, command, error);
    }
}

static whit_status run_command(wast_runner *self, const wasm_command *command,
                               whit_error *error)
{
    if (command->module.is_component &&
        (command->kind == WASM_COMMAND_MODULE ||
         command->kind == WASM_COMMAND_INSTANCE))
        return run_component(self, command, error);
    switch (command->kind) {
    case WASM_COMMAND_MODULE:
        return run_module(self, command, error);
    case WASM_COMMAND_INSTANCE:
        return run_instance(self, command, error);
    case WASM_COMMAND_REGISTER:
        return run_register(self, command, error);
    case WASM_COMMAND_ACTION:
        return run_action(self, command, error);
    case WASM_COMMAND_THREAD:
        return start_thread(self, command, error);
    case WASM_COMMAND_WAIT:
        return wait_thread(self, command, error);
    default:
        return run_assert(self, command, error);
    }
}

void wast_runner_commands(wast_runner *self, const wasm_command *commands,
                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        whit_error error;
        memset(&error, 0, sizeof error);
        whit_status status = run_command(self, &commands[i], &error);
        wast_report *report = self->report;
        pthread_mutex_lock(self->report_lock);
        if (status == WHIT_OK) {
            report->passed++;
        } else {
            bool own = error.position == WHIT_POSITION_LINE;
            report->failed++;
            report->failure(report->self, own ? error.line : commands[i].line,
                            own ? error.column : commands[i].column,
                            error.message);
        }
        pthread_mutex_unlock(self->report_lock);
    }
}
