/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/component.h: what the host gives, and answers that come later. */
#include "api/completion.h"
#include "base/memory.h"
#include "wasi/preview2/preview2.h"
#include "wasi/preview3/preview3.h"

/* The environment of a host function. */
typedef struct api_definition {
    whit_import_function function; /* NULL: `typed` */
    whit_typed_function typed;
    void *env;
    struct api_definition *next;
} api_definition;

whit_imports *whit_imports_new(void)
{
    whit_imports *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->linker = canon_linker_new();
    if (!self->linker) {
        mem_free(self);
        return NULL;
    }
    return self;
}

void whit_imports_free(whit_imports *imports)
{
    if (!imports)
        return;
    canon_linker_free(imports->linker);
    for (api_definition *next, *d = imports->definitions; d; d = next) {
        next = d->next;
        mem_free(d);
    }
    wasi_system_release(imports->system);
    mem_free(imports);
}

/* ---- Calls ---- */

static whit_status call_values(whit_host_call *call,
                               const api_definition *definition,
                               const void *arguments, void *result,
                               whit_error *error)
{
    const component_node *type = canon_host_call_type(call->canon);
    arena *room = canon_host_call_arena(call->canon);
    whit_val *vals = arena_array(room, type->member_count, sizeof *vals);
    whit_val answer = {.kind = WHIT_I32};
    TRY_ALLOC(vals, error);
    const uint8_t *at = arguments;
    for (uint32_t i = 0; i < type->member_count; i++)
        TRY(api_val_view(type->members[i].type,
                         at + component_member_offset(type, i, 1), room,
                         &vals[i], error));
    TRY(definition->function(call, definition->env, vals, type->member_count,
                             &answer, error));
    if (call->completion || !type->element)
        return WHIT_OK;
    return api_val_write(type->element, &answer, true, room, result, error);
}

static whit_status host_function(canon_host_call *canon, void *env,
                                 const void *arguments, void *result,
                                 whit_error *error)
{
    const api_definition *definition = env;
    whit_host_call call = {canon, NULL};
    if (definition->function)
        return call_values(&call, definition, arguments, result, error);
    return definition->typed(&call, definition->env, arguments, result, error);
}

static canon_host_instance *target(whit_imports *imports, const char *interface)
{
    return interface ? canon_linker_instance(imports->linker,
                                             slice_text(interface))
                     : canon_linker_root(imports->linker);
}

static whit_status define(whit_imports *imports, const char *interface,
                          const char *name, const char *signature,
                          api_definition definition, whit_error *error)
{
    canon_host_instance *instance = target(imports, interface);
    api_definition *kept = mem_dup(&definition, sizeof definition);
    if (!instance || !kept) {
        mem_free(kept);
        return error_memory(error);
    }
    kept->next = imports->definitions;
    imports->definitions = kept;
    return canon_host_define(instance, slice_text(name), signature, 0,
                             host_function, kept, error);
}

whit_status whit_imports_define(whit_imports *imports, const char *interface,
                                const char *name, whit_import_function function,
                                void *env, whit_error *error)
{
    api_definition definition = {.function = function, .env = env};
    return define(imports, interface, name, NULL, definition, error);
}

whit_status whit_imports_define_typed(whit_imports *imports,
                                      const char *interface, const char *name,
                                      const char *signature,
                                      whit_typed_function function, void *env,
                                      whit_error *error)
{
    api_definition definition = {.typed = function, .env = env};
    return define(imports, interface, name, signature, definition, error);
}

/* A resource with its own identity: the environment makes it one. */
whit_status
whit_imports_define_resource(whit_imports *imports, const char *interface,
                             const char *name,
                             void (*drop)(void *env, uint32_t representation),
                             void *env, whit_error *error)
{
    canon_host_instance *instance = target(imports, interface);
    TRY_ALLOC(instance, error);
    canon_host_resource *resource =
        arena_alloc(canon_linker_arena(imports->linker), sizeof *resource);
    TRY_ALLOC(resource, error);
    char *kept =
        arena_dup(canon_linker_arena(imports->linker), name, strlen(name) + 1);
    TRY_ALLOC(kept, error);
    *resource = (canon_host_resource){kept, drop};
    return canon_host_define_resource(instance, slice_text(name), resource, env,
                                      error);
}

whit_status whit_imports_define_wasi(whit_imports *imports, whit_wasi *wasi,
                                     whit_error *error)
{
    wasi_system *system = (wasi_system *)(void *)wasi;
    TRY(wasi_preview2_define(imports->linker, system, error));
    TRY(wasi_preview3_define(imports->linker, system, error));
    wasi_system_retain(system);
    wasi_system_release(imports->system);
    imports->system = system;
    return WHIT_OK;
}

whit_status whit_imports_define_instance(whit_imports *imports,
                                         const char *interface,
                                         whit_component_instance *instance,
                                         whit_error *error)
{
    return canon_linker_define_exports(imports->linker, slice_text(interface),
                                       API_INSTANCE(instance), error);
}

void *whit_host_call_alloc(whit_host_call *call, size_t size)
{
    return arena_zalloc(canon_host_call_arena(call->canon), size);
}

whit_store *whit_host_call_store(whit_host_call *call)
{
    canon_store *store = canon_host_call_store(call->canon);
    return (whit_store *)(void *)canon_store_core(store);
}

const whit_function_type *whit_host_call_type(const whit_host_call *call)
{
    return API_FUNCTION_TYPE(canon_host_call_type(call->canon));
}

whit_status whit_stream_new_for_call(whit_host_call *call,
                                     const whit_type *type, uint32_t *readable,
                                     uint32_t *writable, whit_error *error)
{
    return canon_stream_new(canon_host_call_store(call->canon), API_NODE(type),
                            canon_host_call_resolver(call->canon), readable,
                            writable, error);
}
