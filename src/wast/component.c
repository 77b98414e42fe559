/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Carries out what scripts say about components. */
#include "wast/component.h"

#include <stdio.h>

#include "base/memory.h"

typedef struct wast_named {
    slice name;
    canon_component *component;
    canon_instance *instance;
    struct wast_named *older;
} wast_named;

wast_components *wast_components_new(rt_engine *engine)
{
    wast_components *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    arena_init(&self->arena);
    self->linker = canon_linker_new();
    if (!self->linker ||
        canon_store_new(engine, NULL, &self->store, NULL) != WHIT_OK) {
        wast_components_free(self);
        return NULL;
    }
    return self;
}

void wast_components_free(wast_components *self)
{
    if (!self)
        return;
    canon_store_free(self->store);
    canon_linker_free(self->linker);
    for (wast_named *d = self->definitions; d; d = d->older)
        canon_component_release(d->component);
    arena_release(&self->arena);
    mem_free(self);
}

static wast_named *find(wast_named *list, slice name)
{
    while (list && name.size && !slice_equal(list->name, name))
        list = list->older;
    return list;
}

static whit_status instantiate(wast_components *self, slice id,
                               canon_component *what, whit_error *error)
{
    canon_instance *instance;
    TRY(canon_instantiate(self->store, what, self->linker, &instance, error));
    wast_named *named = arena_alloc(&self->arena, sizeof *named);
    TRY_ALLOC(named, error);
    *named = (wast_named){id, NULL, instance, self->instances};
    self->instances = named;
    if (!id.size)
        return WHIT_OK;
    return canon_linker_define_exports(
        self->linker, slice_of(id.data + 1, id.size - 1), instance, error);
}

whit_status wast_component_define(wast_components *self, rt_engine *engine,
                                  slice id, component_file *file, bool instance,
                                  whit_error *error)
{
    canon_component *made;
    TRY(canon_component_new(engine, file, NULL, &made, error));
    wast_named *named = arena_alloc(&self->arena, sizeof *named);
    if (!named) {
        canon_component_release(made);
        return error_memory(error);
    }
    *named = (wast_named){id, made, NULL, self->definitions};
    self->definitions = named;
    return instance ? instantiate(self, id, made, error) : WHIT_OK;
}

whit_status wast_component_instance(wast_components *self, slice id,
                                    slice definition, whit_error *error)
{
    const wast_named *named = find(self->definitions, definition);
    if (!named)
        return error_set(error, WHIT_NOT_FOUND, "unknown component %.*s",
                         SLICE_ARG(definition));
    return instantiate(self, id, named->component, error);
}

static whit_status find_function(wast_components *self,
                                 const wasm_action *action,
                                 canon_function **out, whit_error *error)
{
    const wast_named *instance = find(self->instances, action->module);
    if (!instance)
        return error_set(error, WHIT_NOT_FOUND, "unknown instance %.*s",
                         SLICE_ARG(action->module));
    *out = canon_instance_function(instance->instance, action->name);
    if (*out)
        return WHIT_OK;
    return error_set(error, WHIT_NOT_FOUND, "unknown function \"%.*s\"",
                     SLICE_ARG(action->name));
}

/* Parameters as the struct that a tuple of them is. */
static whit_status write_arguments(arena *room, const component_node *type,
                                   const wasm_action *action, void **out,
                                   whit_error *error)
{
    if (type->member_count != action->argument_count)
        return error_set(error, WHIT_ARGUMENT, "%u arguments for %u parameters",
                         action->argument_count, type->member_count);
    component_node tuple = {.kind = COMPONENT_TYPE_TUPLE,
                            .members = type->members,
                            .member_count = type->member_count};
    wasm_const value = {.kind = WASM_CONST_TUPLE,
                        .alternatives = action->arguments,
                        .alternative_count = action->argument_count};
    component_layout_of(&tuple);
    *out = arena_zalloc(room, tuple.layout[1].size + 1);
    TRY_ALLOC(*out, error);
    return wast_component_write(room, &tuple, &value, *out, error);
}

static whit_status check_results(const wasm_command *command,
                                 const component_node *type, const void *result,
                                 whit_error *error)
{
    uint32_t count = type->element != NULL;
    if (command->kind != WASM_COMMAND_ASSERT_RETURN)
        return WHIT_OK;
    if (count != command->result_count)
        return error_set(error, WHIT_ARGUMENT, "%u results instead of %u",
                         count, command->result_count);
    if (!count ||
        wast_component_matches(type->element, command->results, result))
        return WHIT_OK;
    const uint8_t *bytes = result;
    char text[64] = "";
    for (uint32_t i = 0; i < type->element->layout[1].size && i < 16; i++)
        snprintf(text + i * 3, 4, " %02x", bytes[i]);
    return error_set(error, WHIT_ARGUMENT,
                     "the result does not match; its bytes are%s", text);
}

static whit_status invoke(wast_components *self, const wasm_command *command,
                          arena *room, whit_error *error)
{
    canon_function *function;
    void *arguments = NULL;
    TRY(find_function(self, &command->action, &function, error));
    const component_node *type = canon_function_type(function);
    TRY(write_arguments(room, type, &command->action, &arguments, error));
    uint32_t size = type->element ? type->element->layout[1].size : 0;
    void *result = arena_zalloc(room, size + 1);
    TRY_ALLOC(result, error);
    TRY(canon_function_call(function, arguments, result, room, NULL, error));
    return check_results(command, type, result, error);
}

whit_status wast_component_invoke(wast_components *self,
                                  const wasm_command *command,
                                  whit_error *error)
{
    arena room;
    arena_init(&room);
    whit_status status = invoke(self, command, &room, error);
    arena_release(&room);
    return status;
}
