/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the host defines, by name, and how imports find it. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "canonical/private.h"
#include "wit/version.h"

typedef enum definition_kind {
    DEFINED_FUNCTION,
    DEFINED_RESOURCE,
    DEFINED_MODULE
} definition_kind;

typedef struct host_definition {
    definition_kind kind;
    slice name;
    const char *signature;
    unsigned flags;
    canon_host_function function;
    const canon_host_resource *resource;
    void *env;
    rt_module *module;
    struct host_definition *next;
} host_definition;

struct canon_host_instance {
    canon_linker *linker;
    slice name;
    map definitions; /* name: address of a host_definition */
    host_definition *first;
    const canon_exports *exports; /* of an instance, instead of all above */
    canon_instance *exporter;
    canon_host_instance *next;
};

struct canon_linker {
    arena arena;
    map instances; /* name: address of a canon_host_instance */
    canon_host_instance root;
};

canon_linker *canon_linker_new(void)
{
    canon_linker *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    arena_init(&self->arena);
    map_init(&self->instances);
    map_init(&self->root.definitions);
    self->root.linker = self;
    return self;
}

void canon_linker_free(canon_linker *self)
{
    if (!self)
        return;
    for (canon_host_instance *i = &self->root; i; i = i->next) {
        for (host_definition *d = i->first; d; d = d->next)
            if (d->module)
                rt_module_release(d->module);
        map_release(&i->definitions);
    }
    map_release(&self->instances);
    arena_release(&self->arena);
    mem_free(self);
}

arena *canon_linker_arena(canon_linker *self)
{
    return &self->arena;
}

canon_host_instance *canon_linker_root(canon_linker *self)
{
    return &self->root;
}

static bool keep(canon_linker *self, slice name, slice *out)
{
    void *copy = arena_dup(&self->arena, name.data, name.size);
    *out = slice_of(copy, name.size);
    return copy != NULL;
}

static canon_host_instance *find_instance(const canon_linker *self, slice name)
{
    uint64_t found;
    if (!map_get(&self->instances, name, &found))
        return NULL;
    return (canon_host_instance *)(uintptr_t)found;
}

canon_host_instance *canon_linker_instance(canon_linker *self, slice name)
{
    canon_host_instance *instance = find_instance(self, name);
    if (instance)
        return instance;
    instance = arena_zalloc(&self->arena, sizeof *instance);
    if (!instance || !keep(self, name, &instance->name) ||
        map_set(&self->instances, instance->name, (uintptr_t)instance, NULL) !=
            WHIT_OK)
        return NULL;
    map_init(&instance->definitions);
    instance->linker = self;
    instance->next = self->root.next;
    self->root.next = instance;
    return instance;
}

static whit_status define(canon_host_instance *self, slice name,
                          const host_definition *definition, whit_error *error)
{
    host_definition *kept =
        arena_dup(&self->linker->arena, definition, sizeof *definition);
    TRY_ALLOC(kept, error);
    if (!keep(self->linker, name, &kept->name))
        return error_memory(error);
    TRY(map_set(&self->definitions, kept->name, (uintptr_t)kept, error));
    kept->next = self->first;
    self->first = kept;
    return WHIT_OK;
}

whit_status canon_host_define(canon_host_instance *self, slice name,
                              const char *signature, unsigned flags,
                              canon_host_function function, void *env,
                              whit_error *error)
{
    host_definition definition = {.kind = DEFINED_FUNCTION,
                                  .signature = signature,
                                  .flags = flags,
                                  .function = function,
                                  .env = env};
    return define(self, name, &definition, error);
}

whit_status canon_host_define_resource(canon_host_instance *self, slice name,
                                       const canon_host_resource *resource,
                                       void *env, whit_error *error)
{
    host_definition definition = {
        .kind = DEFINED_RESOURCE, .resource = resource, .env = env};
    return define(self, name, &definition, error);
}

whit_status canon_host_define_module(canon_host_instance *self, slice name,
                                     rt_module *module, whit_error *error)
{
    host_definition definition = {.kind = DEFINED_MODULE, .module = module};
    TRY(define(self, name, &definition, error));
    rt_module_retain(module);
    return WHIT_OK;
}

whit_status canon_linker_define_exports(canon_linker *self, slice name,
                                        canon_instance *instance,
                                        whit_error *error)
{
    canon_host_instance *host = canon_linker_instance(self, name);
    TRY_ALLOC(host, error);
    host->exports = &instance->exports;
    host->exporter = instance;
    return WHIT_OK;
}

/* ---- Names ---- */

/* "ns:p/i" of "ns:p/i@1.2.3"; false when there is no version. */
static bool split(slice name, slice *stem, wit_version *version)
{
    const uint8_t *at = name.size ? memchr(name.data, '@', name.size) : NULL;
    if (!at)
        return false;
    *stem = slice_of(name.data, (size_t)(at - name.data));
    slice rest = slice_of(at + 1, name.size - stem->size - 1);
    return wit_version_parse(rest, version, NULL) == WHIT_OK;
}

bool canon_name_satisfies(slice offered, slice wanted)
{
    wit_version has, needs;
    slice stem, other;
    return split(offered, &stem, &has) && split(wanted, &other, &needs) &&
           slice_equal(stem, other) && wit_version_satisfies(&has, &needs);
}

/* Exactly that name, or the newest compatible version of it. */
static const canon_host_instance *match_instance(const canon_linker *self,
                                                 slice name)
{
    const canon_host_instance *best = find_instance(self, name);
    if (best)
        return best;
    for (const canon_host_instance *i = self->root.next; i; i = i->next) {
        if (canon_name_satisfies(i->name, name) &&
            (!best || canon_name_satisfies(i->name, best->name)))
            best = i;
    }
    return best;
}

static const host_definition *find(const canon_host_instance *self, slice name)
{
    uint64_t found;
    if (!map_get(&self->definitions, name, &found))
        return NULL;
    return (const host_definition *)(uintptr_t)found;
}

/* ---- Resolving ---- */

/* Names for messages: `item` of `instance`, or of the root. */
typedef struct import_path {
    slice instance;
    slice item;
} import_path;

static whit_status unlinkable(const import_path *path, const char *what,
                              whit_error *error)
{
    if (!path->instance.size)
        return error_set(error, WHIT_UNLINKABLE, "import \"%.*s\" %s",
                         SLICE_ARG(path->item), what);
    return error_set(error, WHIT_UNLINKABLE, "import \"%.*s\" of \"%.*s\" %s",
                     SLICE_ARG(path->item), SLICE_ARG(path->instance), what);
}

static whit_status check_signature(const import_path *path,
                                   const component_node *type,
                                   const char *signature, whit_error *error)
{
    buffer text;
    if (!signature)
        return WHIT_OK;
    buffer_init(&text);
    canon_type_write(type, &text);
    whit_status status = buffer_status(&text, error);
    if (status == WHIT_OK && !slice_is(buffer_view(&text), signature)) {
        status = unlinkable(path, "has another type", error);
        error_suffix(error, ": it is %.*s, the host has %s",
                     SLICE_ARG(buffer_view(&text)), signature);
    }
    buffer_release(&text);
    return status;
}

static whit_status resolve_function(canon_instance *importer,
                                    const import_path *path,
                                    const component_node *type,
                                    const host_definition *definition,
                                    canon_item *out, whit_error *error)
{
    canon_function *function;
    TRY(check_signature(path, type, definition->signature, error));
    TRY(canon_function_new(importer, type, &function, error));
    function->host = definition->function;
    function->env = definition->env;
    function->flags = definition->flags;
    function->name = definition->name;
    canon_function_init(function);
    out->function = function;
    return WHIT_OK;
}

/* One canon_resource for each resource of the host in a store. */
static whit_status resource_of(canon_store *store,
                               const host_definition *definition,
                               canon_resource **out, whit_error *error)
{
    const canon_host_resource *resource = definition->resource;
    for (canon_resource *r = store->resources; r; r = r->next) {
        if (r->host == resource && r->env == definition->env) {
            *out = r;
            return WHIT_OK;
        }
    }
    TRY(canon_resource_new(store, out, error));
    (*out)->instance = store->host;
    (*out)->host = resource;
    (*out)->drop = resource->drop;
    (*out)->env = definition->env;
    (*out)->name = mem_strdup(resource->name);
    TRY_ALLOC((*out)->name, error);
    return WHIT_OK;
}

/* A type import: a resource is bound at once, since functions that follow
 * mention it. */
static whit_status resolve_type(canon_instance *importer,
                                const import_path *path,
                                const component_node *type,
                                canon_resource *resource, canon_item *out,
                                whit_error *error)
{
    out->resource = NULL;
    if (type->kind != COMPONENT_TYPE_RESOURCE)
        return WHIT_OK;
    if (!resource)
        return unlinkable(path, "is a resource that the host does not define",
                          error);
    canon_resource *bound = canon_instance_bound(importer, type->resource);
    if (bound && bound != resource)
        return unlinkable(path, "is another resource of the host", error);
    out->resource = resource;
    return canon_instance_bind(importer, type->resource, resource, error);
}

static whit_status resolve_item(canon_instance *importer,
                                const canon_host_instance *host,
                                const import_path *path,
                                const component_entity *import, canon_item *out,
                                whit_error *error)
{
    const host_definition *found = find(host, import->name);
    *out = (canon_item){.sort = import->sort};
    switch (import->sort) {
    case COMPONENT_SORT_FUNC:
        if (!found || found->kind != DEFINED_FUNCTION)
            break;
        return resolve_function(importer, path, import->type, found, out,
                                error);
    case COMPONENT_SORT_TYPE: {
        canon_resource *resource = NULL;
        if (found && found->kind == DEFINED_RESOURCE)
            TRY(resource_of(importer->store, found, &resource, error));
        else if (import->type->kind == COMPONENT_TYPE_RESOURCE)
            resource = canon_instance_bound(importer, import->type->resource);
        return resolve_type(importer, path, import->type, resource, out, error);
    }
    case COMPONENT_SORT_CORE_MODULE:
        if (!found || found->kind != DEFINED_MODULE)
            break;
        out->module = found->module;
        return WHIT_OK;
    default:
        break;
    }
    return unlinkable(path, "is not provided by the host", error);
}

/* ---- Exports of other instances ---- */

static bool same_members(const canon_tuple *a, const canon_tuple *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!slice_equal(a->members[i].name, b->members[i].name) ||
            !canon_type_equal(a->members[i].type, a->resolver,
                              b->members[i].type, b->resolver))
            return false;
    return true;
}

static whit_status adopt(canon_instance *importer, const import_path *path,
                         const component_entity *import,
                         const canon_item *found, canon_item *out,
                         whit_error *error);

static whit_status adopt_all(canon_instance *importer, const import_path *path,
                             const component_node *type,
                             const canon_exports *found, canon_item *out,
                             whit_error *error)
{
    canon_export *items =
        arena_array(&importer->arena, type->export_count, sizeof *items);
    canon_exports *exports = arena_alloc(&importer->arena, sizeof *exports);
    TRY_ALLOC(items, error);
    TRY_ALLOC(exports, error);
    *exports = (canon_exports){items, type->export_count};
    for (uint32_t i = 0; i < type->export_count; i++) {
        const component_entity *import = &type->exports[i];
        import_path inner = {path->item, import->name};
        items[i].name = import->name;
        TRY(adopt(importer, &inner, import,
                  canon_exports_find(found, import->name), &items[i].item,
                  error));
    }
    out->exports = exports;
    return WHIT_OK;
}

/* An item of another component's instance for an import: types must agree. */
static whit_status adopt(canon_instance *importer, const import_path *path,
                         const component_entity *import,
                         const canon_item *found, canon_item *out,
                         whit_error *error)
{
    *out = (canon_item){.sort = import->sort};
    if (import->sort == COMPONENT_SORT_TYPE)
        return resolve_type(
            importer, path, import->type,
            found && found->sort == import->sort ? found->resource : NULL, out,
            error);
    if (!found || found->sort != import->sort)
        return unlinkable(path, "is not exported by that instance", error);
    if (import->sort == COMPONENT_SORT_INSTANCE)
        return adopt_all(importer, path, import->type, found->exports, out,
                         error);
    if (import->sort != COMPONENT_SORT_FUNC)
        return unlinkable(path, "cannot be linked between running components",
                          error);
    canon_function wanted = {.type = import->type, .resolver = importer};
    canon_function_init(&wanted);
    const canon_function *function = found->function;
    if (wanted.type->is_async != function->type->is_async ||
        !same_members(&wanted.params, &function->params) ||
        !same_members(&wanted.result, &function->result))
        return unlinkable(path, "has another type", error);
    *out = *found;
    return WHIT_OK;
}

static whit_status resolve_instance(canon_instance *importer,
                                    const canon_host_instance *host,
                                    const component_entity *import,
                                    canon_item *out, whit_error *error)
{
    const component_node *type = import->type;
    import_path whole = {{NULL, 0}, import->name};
    if (host->exports)
        return adopt_all(importer, &whole, type, host->exports, out, error);
    canon_export *items =
        arena_array(&importer->arena, type->export_count, sizeof *items);
    canon_exports *exports = arena_alloc(&importer->arena, sizeof *exports);
    TRY_ALLOC(items, error);
    TRY_ALLOC(exports, error);
    *exports = (canon_exports){items, type->export_count};
    for (uint32_t i = 0; i < type->export_count; i++) {
        const component_entity *item = &type->exports[i];
        import_path path = {import->name, item->name};
        items[i].name = item->name;
        TRY(resolve_item(importer, host, &path, item, &items[i].item, error));
    }
    out->exports = exports;
    return WHIT_OK;
}

/* An interface of types alone needs nobody to give it. */
static bool is_of_types(const component_node *type)
{
    for (uint32_t i = 0; i < type->export_count; i++)
        if (type->exports[i].sort != COMPONENT_SORT_TYPE ||
            type->exports[i].type->kind == COMPONENT_TYPE_RESOURCE)
            return false;
    return true;
}

whit_status canon_linker_resolve(const canon_linker *self,
                                 canon_instance *importer,
                                 const component_entity *import,
                                 canon_item *out, whit_error *error)
{
    import_path path = {{NULL, 0}, import->name};
    *out = (canon_item){.sort = import->sort};
    if (self && import->sort == COMPONENT_SORT_INSTANCE) {
        const canon_host_instance *host = match_instance(self, import->name);
        if (host)
            return resolve_instance(importer, host, import, out, error);
    } else if (self) {
        return resolve_item(importer, &self->root, &path, import, out, error);
    }
    if (import->sort == COMPONENT_SORT_INSTANCE && is_of_types(import->type)) {
        static const canon_host_instance nothing;
        return resolve_instance(importer, &nothing, import, out, error);
    }
    if (import->sort == COMPONENT_SORT_TYPE &&
        import->type->kind != COMPONENT_TYPE_RESOURCE)
        return WHIT_OK;
    return unlinkable(&path, "is not provided by the host", error);
}
