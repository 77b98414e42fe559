/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Instantiation of components: definitions in their order, each adding to an
 * index space (Explainer.md, "Instance Definitions"; validation has checked
 * every index and type). */
#include "base/limits.h"
#include "base/memory.h"
#include "canonical/private.h"

typedef struct core_item {
    slice name;
    rt_extern value;
} core_item;

/* Of a module, or a bag of items. */
typedef struct canon_core_instance {
    rt_instance *instance; /* NULL: `items` */
    const core_item *items;
    uint32_t count;
} canon_core_instance;

/* Where imports come from. */
typedef struct import_source {
    const canon_linker *linker; /* outermost components */
    const canon_exports *given; /* nested ones */
} import_source;

static const component_space_item *typed(const canon_instance *self,
                                         component_sort sort, uint32_t index)
{
    return &self->definition->info->items[sort][index];
}

const canon_item *canon_exports_find(const canon_exports *self, slice name)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (slice_equal(self->items[i].name, name))
            return &self->items[i].item;
    return NULL;
}

/* ---- Index spaces ---- */

static canon_item item_at(const canon_instance *self, component_sort sort,
                          uint32_t index)
{
    if (sort != COMPONENT_SORT_TYPE)
        return self->items[sort][index];
    canon_item item = {.sort = sort, .resource = NULL};
    const component_node *type = typed(self, sort, index)->type;
    if (type->kind == COMPONENT_TYPE_RESOURCE)
        item.resource = canon_instance_resource(self, type->resource);
    return item;
}

/* The resources that an instance type names stand for what the instance
 * exports under these names. */
static whit_status bind_exports(canon_instance *self,
                                const component_node *type,
                                const canon_exports *exports, whit_error *error)
{
    for (uint32_t i = 0; i < type->export_count; i++) {
        const component_entity *entity = &type->exports[i];
        const canon_item *item = canon_exports_find(exports, entity->name);
        if (entity->sort == COMPONENT_SORT_TYPE &&
            entity->type->kind == COMPONENT_TYPE_RESOURCE)
            TRY(canon_instance_bind(self, entity->type->resource,
                                    item->resource, error));
        else if (entity->sort == COMPONENT_SORT_INSTANCE)
            TRY(bind_exports(self, entity->type, item->exports, error));
    }
    return WHIT_OK;
}

static whit_status add(canon_instance *self, const canon_item *item,
                       whit_error *error)
{
    component_sort sort = item->sort;
    uint32_t index = self->counts[sort]++;
    if (sort == COMPONENT_SORT_TYPE) {
        const component_node *type = typed(self, sort, index)->type;
        if (type->kind != COMPONENT_TYPE_RESOURCE)
            return WHIT_OK;
        return canon_instance_bind(self, type->resource, item->resource, error);
    }
    self->items[sort][index] = *item;
    if (sort == COMPONENT_SORT_INSTANCE)
        return bind_exports(self, typed(self, sort, index)->type, item->exports,
                            error);
    return WHIT_OK;
}

/* ---- Core ---- */

static rt_extern core_export(const canon_core_instance *instance, slice name)
{
    rt_extern found = {.kind = WASM_EXTERN_FUNC, .function = NULL};
    if (instance->instance) {
        rt_instance_export(instance->instance, name, &found);
        return found;
    }
    for (uint32_t i = 0; i < instance->count; i++)
        if (slice_equal(instance->items[i].name, name))
            return instance->items[i].value;
    return found;
}

static whit_status core_bag(canon_instance *self,
                            const component_instance *definition,
                            canon_core_instance *out, whit_error *error)
{
    core_item *items =
        arena_array(&self->arena, definition->item_count, sizeof *items);
    TRY_ALLOC(items, error);
    for (uint32_t i = 0; i < definition->item_count; i++) {
        const component_item *item = &definition->items[i];
        items[i] = (core_item){item->name.text,
                               self->items[item->sort][item->index].core};
    }
    out->items = items;
    out->count = definition->item_count;
    return WHIT_OK;
}

static const canon_core_instance *
core_argument(const canon_instance *self, const component_instance *definition,
              slice module)
{
    for (uint32_t i = 0; i < definition->item_count; i++) {
        const component_item *item = &definition->items[i];
        if (slice_equal(item->name.text, module))
            return self->items[COMPONENT_SORT_CORE_INSTANCE][item->index]
                .core_instance;
    }
    return NULL;
}

static whit_status core_instantiate(canon_instance *self,
                                    const component_instance *definition,
                                    canon_core_instance *out, whit_error *error)
{
    rt_module *module =
        self->items[COMPONENT_SORT_CORE_MODULE][definition->callee].module;
    const wasm_module *wasm = module->wasm;
    rt_extern *imports = mem_calloc(wasm->import_count, sizeof *imports);
    TRY_ALLOC(imports, error);
    for (uint32_t i = 0; i < wasm->import_count; i++) {
        const wasm_import *import = &wasm->imports[i];
        imports[i] = core_export(
            core_argument(self, definition, import->module), import->name);
    }
    whit_status status = canon_core_start(
        self, module, imports, wasm->import_count, &out->instance, error);
    mem_free(imports);
    return status;
}

static whit_status link_core_instance(canon_instance *self,
                                      const component_instance *definition,
                                      whit_error *error)
{
    canon_core_instance *instance =
        arena_zalloc(&self->arena, sizeof *instance);
    TRY_ALLOC(instance, error);
    TRY(definition->is_exports
            ? core_bag(self, definition, instance, error)
            : core_instantiate(self, definition, instance, error));
    canon_item item = {.sort = COMPONENT_SORT_CORE_INSTANCE,
                       .core_instance = instance};
    return add(self, &item, error);
}

/* ---- Canonical definitions ---- */

static canon_options options_of(const canon_instance *self,
                                const component_canon *canon)
{
    canon_options options = {.encoding = CANON_UTF8};
    for (uint32_t i = 0; i < canon->option_count; i++) {
        const component_option *option = &canon->options[i];
        const canon_item *functions = self->items[COMPONENT_SORT_CORE_FUNC];
        switch (option->kind) {
        case COMPONENT_OPTION_UTF8:
            options.encoding = CANON_UTF8;
            break;
        case COMPONENT_OPTION_UTF16:
            options.encoding = CANON_UTF16;
            break;
        case COMPONENT_OPTION_LATIN1_UTF16:
            options.encoding = CANON_LATIN1_UTF16;
            break;
        case COMPONENT_OPTION_MEMORY:
            options.memory =
                self->items[COMPONENT_SORT_CORE_MEMORY][option->index]
                    .core.memory;
            break;
        case COMPONENT_OPTION_REALLOC:
            options.realloc = functions[option->index].core.function;
            break;
        case COMPONENT_OPTION_POST_RETURN:
            options.post_return = functions[option->index].core.function;
            break;
        case COMPONENT_OPTION_CALLBACK:
            options.callback = functions[option->index].core.function;
            break;
        case COMPONENT_OPTION_ASYNC:
            options.is_async = true;
            break;
        default:
            break;
        }
    }
    return options;
}

static whit_status link_lift(canon_instance *self, const component_canon *canon,
                             whit_error *error)
{
    uint32_t index = self->counts[COMPONENT_SORT_FUNC];
    canon_function *function;
    TRY(canon_function_new(self, typed(self, COMPONENT_SORT_FUNC, index)->type,
                           &function, error));
    function->instance = self;
    function->core =
        self->items[COMPONENT_SORT_CORE_FUNC][canon->callee].core.function;
    function->options = options_of(self, canon);
    canon_function_init(function);
    canon_item item = {.sort = COMPONENT_SORT_FUNC, .function = function};
    return add(self, &item, error);
}

/* The engine's own form of a type of the component's core functions, which
 * take and give numbers only. */
static whit_status engine_type(canon_instance *self, const wasm_type *type,
                               const wasm_type **out, whit_error *error)
{
    rt_engine *engine = self->store->core->engine;
    pthread_mutex_lock(&engine->types_lock);
    whit_status status =
        wasm_type_table_func(engine->types, &type->func, out, error);
    pthread_mutex_unlock(&engine->types_lock);
    return status;
}

/* The node of a value type; types of `task.return` may be primitive. */
static whit_status value_node(canon_instance *self, component_valtype type,
                              const component_node **out, whit_error *error)
{
    *out = NULL;
    if (type.primitive == COMPONENT_NO_TYPE)
        return WHIT_OK;
    if (type.primitive == COMPONENT_INDEXED) {
        *out = typed(self, COMPONENT_SORT_TYPE, type.index)->type;
        return WHIT_OK;
    }
    component_node *node = arena_zalloc(&self->arena, sizeof *node);
    TRY_ALLOC(node, error);
    node->kind = COMPONENT_TYPE_PRIMITIVE;
    node->primitive = type.primitive;
    node->has_pointer = type.primitive == COMPONENT_STRING;
    node->size = node->depth = 1;
    node->self = node;
    component_layout_of(node);
    *out = node;
    return WHIT_OK;
}

static whit_status operands(canon_instance *self, const component_canon *canon,
                            canon_definition *out, whit_error *error)
{
    for (const char *o = component_canon_operands(canon->kind); *o; o++) {
        if (*o == 't')
            out->type = typed(self, COMPONENT_SORT_TYPE, canon->type)->type;
        else if (*o == 'r')
            TRY(value_node(self, canon->result, &out->type, error));
        else if (*o == 'b')
            out->table =
                self->items[COMPONENT_SORT_CORE_TABLE][canon->table].core.table;
        else if (*o == 'm')
            out->options.memory =
                self->items[COMPONENT_SORT_CORE_MEMORY][canon->memory]
                    .core.memory;
        else if (*o == 'g')
            TRY(engine_type(
                self,
                typed(self, COMPONENT_SORT_CORE_TYPE, canon->type)->core_type,
                &out->core_type, error));
    }
    return WHIT_OK;
}

static whit_status link_canon(canon_instance *self,
                              const component_canon *canon, whit_error *error)
{
    if (canon->kind == COMPONENT_CANON_LIFT)
        return link_lift(self, canon, error);
    canon_definition definition = {.kind = canon->kind,
                                   .instance = self,
                                   .options = options_of(self, canon),
                                   .value_type = canon->core_type,
                                   .number = canon->number,
                                   .is_async = canon->is_async,
                                   .cancellable = canon->cancellable};
    const wasm_type *type;
    uint32_t index = self->counts[COMPONENT_SORT_CORE_FUNC];
    canon_item item = {.sort = COMPONENT_SORT_CORE_FUNC,
                       .core = {.kind = WASM_EXTERN_FUNC}};
    if (canon->kind == COMPONENT_CANON_LOWER)
        definition.function =
            self->items[COMPONENT_SORT_FUNC][canon->callee].function;
    TRY(operands(self, canon, &definition, error));
    if (definition.type && definition.type->kind == COMPONENT_TYPE_RESOURCE)
        definition.resource =
            canon_instance_resource(self, definition.type->resource);
    TRY(engine_type(self, typed(self, item.sort, index)->core.type, &type,
                    error));
    TRY(canon_builtin_new(&definition, type, &item.core.function, error));
    item.core.function->canonical = true;
    return add(self, &item, error);
}

/* ---- Types ---- */

static whit_status link_type(canon_instance *self, const component_type *type,
                             whit_error *error)
{
    canon_item item = {.sort = COMPONENT_SORT_TYPE, .resource = NULL};
    if (type->kind == COMPONENT_TYPE_RESOURCE) {
        TRY(canon_resource_new(self->store, &item.resource, error));
        item.resource->instance = self;
        if (type->has_destructor)
            item.resource->destructor =
                self->items[COMPONENT_SORT_CORE_FUNC][type->destructor]
                    .core.function;
    }
    return add(self, &item, error);
}

/* ---- Instances ---- */

static whit_status link_component(canon_instance *self,
                                  const component *definition,
                                  whit_error *error)
{
    canon_closure *closure = arena_alloc(&self->arena, sizeof *closure);
    TRY_ALLOC(closure, error);
    *closure = (canon_closure){definition, self, self->component};
    canon_item item = {.sort = COMPONENT_SORT_COMPONENT, .closure = closure};
    return add(self, &item, error);
}

static whit_status collect(canon_instance *self,
                           const component_instance *definition,
                           canon_exports *out, whit_error *error)
{
    canon_export *items =
        arena_array(&self->arena, definition->item_count, sizeof *items);
    TRY_ALLOC(items, error);
    for (uint32_t i = 0; i < definition->item_count; i++) {
        const component_item *item = &definition->items[i];
        items[i] = (canon_export){item->name.text,
                                  item_at(self, item->sort, item->index)};
    }
    *out = (canon_exports){items, definition->item_count};
    return WHIT_OK;
}

static whit_status instance_new(canon_store *store,
                                const canon_closure *closure,
                                canon_instance *parent,
                                const import_source *source,
                                canon_instance **out, whit_error *error);

static whit_status link_instance(canon_instance *self,
                                 const component_instance *definition,
                                 whit_error *error)
{
    canon_exports *given = arena_alloc(&self->arena, sizeof *given);
    TRY_ALLOC(given, error);
    TRY(collect(self, definition, given, error));
    canon_item item = {.sort = COMPONENT_SORT_INSTANCE, .exports = given};
    if (!definition->is_exports) {
        const canon_closure *closure =
            self->items[COMPONENT_SORT_COMPONENT][definition->callee].closure;
        import_source imports = {NULL, given};
        canon_instance *instance;
        TRY(instance_new(self->store, closure, self, &imports, &instance,
                         error));
        item.exports = &instance->exports;
    }
    return add(self, &item, error);
}

/* ---- Aliases, imports, exports ---- */

static whit_status link_alias(canon_instance *self,
                              const component_alias *alias, whit_error *error)
{
    canon_item item = {.sort = alias->sort};
    const canon_instance *outer = self;
    switch (alias->target) {
    case COMPONENT_ALIAS_EXPORT:
        item = *canon_exports_find(
            self->items[COMPONENT_SORT_INSTANCE][alias->instance].exports,
            alias->name);
        break;
    case COMPONENT_ALIAS_CORE_EXPORT:
        item.core = core_export(
            self->items[COMPONENT_SORT_CORE_INSTANCE][alias->instance]
                .core_instance,
            alias->name);
        break;
    case COMPONENT_ALIAS_OUTER:
        for (uint32_t i = 0; i < alias->instance; i++)
            outer = outer->outer;
        if (alias->sort != COMPONENT_SORT_CORE_TYPE)
            item = item_at(outer, alias->sort, alias->index);
        break;
    }
    if (alias->sort == COMPONENT_SORT_CORE_TYPE) {
        self->counts[COMPONENT_SORT_CORE_TYPE]++;
        return WHIT_OK;
    }
    return add(self, &item, error);
}

static whit_status link_import(canon_instance *self,
                               const component_definition *definition,
                               uint32_t nth, const import_source *source,
                               whit_error *error)
{
    const component_entity *import =
        &self->definition->info->type->imports[nth];
    canon_item item;
    if (source->given)
        item =
            *canon_exports_find(source->given, definition->external.name.text);
    else
        TRY(canon_linker_resolve(source->linker, self, import, &item, error));
    return add(self, &item, error);
}

static whit_status link_export(canon_instance *self,
                               const component_definition *definition,
                               canon_export *exports, whit_error *error)
{
    canon_item item =
        item_at(self, definition->external.sort, definition->external.index);
    slice name = definition->external.name.text;
    if (item.sort == COMPONENT_SORT_FUNC && !item.function->name.size)
        item.function->name = name;
    exports[self->exports.count++] = (canon_export){name, item};
    return add(self, &item, error);
}

/* ---- Components ---- */

static whit_status link_definition(canon_instance *self,
                                   const component_definition *d,
                                   const import_source *source,
                                   uint32_t *imports, canon_export *exports,
                                   whit_error *error)
{
    canon_item item;
    component_sort sort;
    switch (d->kind) {
    case COMPONENT_DEF_CORE_MODULE:
        item = (canon_item){.sort = COMPONENT_SORT_CORE_MODULE,
                            .module = canon_component_module(
                                self->component, d->core_module.module)};
        return add(self, &item, error);
    case COMPONENT_DEF_CORE_INSTANCE:
        return link_core_instance(self, &d->instance, error);
    case COMPONENT_DEF_CORE_TYPE:
        self->counts[COMPONENT_SORT_CORE_TYPE] += component_defines(d, &sort);
        return WHIT_OK;
    case COMPONENT_DEF_COMPONENT:
        return link_component(self, d->component, error);
    case COMPONENT_DEF_INSTANCE:
        return link_instance(self, &d->instance, error);
    case COMPONENT_DEF_ALIAS:
        return link_alias(self, &d->alias, error);
    case COMPONENT_DEF_TYPE:
        return link_type(self, d->type, error);
    case COMPONENT_DEF_CANON:
        return link_canon(self, d->canon, error);
    case COMPONENT_DEF_IMPORT:
        return link_import(self, d, (*imports)++, source, error);
    case COMPONENT_DEF_EXPORT:
        return link_export(self, d, exports, error);
    default:
        return WHIT_OK; /* custom sections; validation refuses the others */
    }
}

/* Index spaces in their final size. */
static whit_status make_spaces(canon_instance *self, whit_error *error)
{
    const component_info *info = self->definition->info;
    for (int sort = 0; sort < COMPONENT_SORTS; sort++) {
        if (sort == COMPONENT_SORT_TYPE || sort == COMPONENT_SORT_CORE_TYPE)
            continue;
        self->items[sort] =
            arena_array(&self->arena, info->counts[sort], sizeof(canon_item));
        TRY_ALLOC(self->items[sort], error);
    }
    return WHIT_OK;
}

static whit_status link_all(canon_instance *self, const import_source *source,
                            whit_error *error)
{
    const component *definition = self->definition;
    uint32_t imports = 0;
    canon_export *exports = arena_array(
        &self->arena, definition->info->type->export_count, sizeof *exports);
    TRY_ALLOC(exports, error);
    self->exports.items = exports;
    TRY(make_spaces(self, error));
    for (uint32_t i = 0; i < definition->definition_count; i++)
        TRY(link_definition(self, &definition->definitions[i], source, &imports,
                            exports, error));
    return WHIT_OK;
}

static whit_status instance_new(canon_store *store,
                                const canon_closure *closure,
                                canon_instance *parent,
                                const import_source *source,
                                canon_instance **out, whit_error *error)
{
    if (store->instance_count >= LIMIT_CANON_INSTANCES)
        return error_set(error, WHIT_LIMIT,
                         "a store holds at most %u component instances",
                         LIMIT_CANON_INSTANCES);
    canon_instance *self = canon_instance_alloc(store);
    TRY_ALLOC(self, error);
    self->next = store->instances;
    store->instances = self;
    store->instance_count++;
    self->parent = parent;
    self->outer = closure->outer;
    self->definition = closure->definition;
    self->component = closure->component;
    canon_component_retain(self->component);
    *out = self;
    return link_all(self, source, error);
}

whit_status canon_instantiate(canon_store *store, canon_component *what,
                              const canon_linker *linker, canon_instance **out,
                              whit_error *error)
{
    if (canon_component_engine(what) != store->core->engine)
        return error_set(error, WHIT_ARGUMENT,
                         "the component was prepared for another engine");
    canon_closure closure = {canon_component_root(what), NULL, what};
    import_source imports = {linker, NULL};
    canon_instance *instance;
    TRY(instance_new(store, &closure, NULL, &imports, &instance, error));
    *out = instance;
    return WHIT_OK;
}

/* ---- Exports ---- */

/* The name itself, or that of the compatible version. */
static const canon_item *find_versioned(const canon_exports *self, slice name)
{
    const canon_item *found = canon_exports_find(self, name);
    if (found)
        return found;
    for (uint32_t i = 0; i < self->count; i++)
        if (canon_name_satisfies(self->items[i].name, name))
            return &self->items[i].item;
    return NULL;
}

canon_function *canon_instance_function(canon_instance *self, slice name)
{
    const uint8_t *hash = name.size ? memchr(name.data, '#', name.size) : NULL;
    const canon_exports *exports = &self->exports;
    if (hash) {
        slice first = slice_of(name.data, (size_t)(hash - name.data));
        const canon_item *instance = find_versioned(exports, first);
        if (!instance || instance->sort != COMPONENT_SORT_INSTANCE)
            return NULL;
        exports = instance->exports;
        name = slice_of(hash + 1, name.size - first.size - 1);
    }
    const canon_item *item = canon_exports_find(exports, name);
    return item && item->sort == COMPONENT_SORT_FUNC ? item->function : NULL;
}

const component_node *canon_function_type(const canon_function *self)
{
    return self->type;
}

canon_instance *canon_function_resolver(const canon_function *self)
{
    return self->resolver;
}

canon_store *canon_function_store(const canon_function *self)
{
    return self->resolver->store;
}
