/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Core modules out of a component.
 *
 * Types and imports of the modules are put in front of all, so that indices
 * of core types and core modules of the outermost component change; nested
 * components reach the imports by outer aliases, which take the place of the
 * modules. */
#include "component/unbundle.h"

#include "base/limits.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/encode.h"
#include "component/names.h"
#include "component/validate.h"

typedef struct unbundler {
    component_file *file;
    uint64_t threshold;
    const wasm_module **taken; /* heap */
    slice *bytes;              /* heap: the caller's in the end */
    uint32_t count;
    uint32_t at;       /* modules passed in the second walk */
    uint32_t *modules; /* arena: index in the outermost component, mapped */
    uint32_t module_count;
    whit_error *error;
} unbundler;

static bool is_taken(const unbundler *self, const component_definition *it)
{
    return it->kind == COMPONENT_DEF_CORE_MODULE &&
           it->core_module.bytes.size > self->threshold;
}

/* ---- What is taken ---- */

static uint32_t count_taken(const unbundler *self, const component *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->definition_count; i++) {
        if (c->definitions[i].kind == COMPONENT_DEF_COMPONENT)
            count += count_taken(self, c->definitions[i].component);
        count += is_taken(self, &c->definitions[i]);
    }
    return count;
}

static void collect(unbundler *self, const component *c)
{
    for (uint32_t i = 0; i < c->definition_count; i++) {
        const component_definition *it = &c->definitions[i];
        if (it->kind == COMPONENT_DEF_COMPONENT)
            collect(self, it->component);
        if (!is_taken(self, it))
            continue;
        self->taken[self->count] = it->core_module.module;
        self->bytes[self->count++] = it->core_module.bytes;
    }
}

/* Where the outermost component's modules are in the result. */
static whit_status map_modules(unbundler *self)
{
    const component *root = &self->file->root;
    uint32_t kept = self->count, at = 0;
    self->modules = arena_array(&self->file->arena, root->definition_count + 1,
                                sizeof *self->modules);
    TRY_ALLOC(self->modules, self->error);
    for (uint32_t i = 0; i < root->definition_count; i++) {
        const component_definition *it = &root->definitions[i];
        component_sort sort;
        uint32_t defined = component_defines(it, &sort);
        if (it->kind == COMPONENT_DEF_COMPONENT)
            at += count_taken(self, it->component);
        if (defined && sort == COMPONENT_SORT_CORE_MODULE)
            self->modules[self->module_count++] =
                is_taken(self, it) ? at++ : kept++;
    }
    return WHIT_OK;
}

/* ---- New indices ---- */

/* Of a core sort in the outermost component. */
static uint32_t mapped(const unbundler *self, component_sort sort,
                       uint32_t index)
{
    if (sort == COMPONENT_SORT_CORE_TYPE)
        return index + self->count;
    if (sort == COMPONENT_SORT_CORE_MODULE && index < self->module_count)
        return self->modules[index];
    return index;
}

static void map_alias(const unbundler *self, component_alias *it,
                      uint32_t depth)
{
    if (it->target == COMPONENT_ALIAS_OUTER && it->instance == depth)
        it->index = mapped(self, it->sort, it->index);
}

static whit_status map_items(const unbundler *self, component_instance *it)
{
    component_item *items = arena_dup(&self->file->arena, it->items,
                                      it->item_count * sizeof *items);
    TRY_ALLOC(items, self->error);
    for (uint32_t i = 0; i < it->item_count; i++)
        items[i].index = mapped(self, items[i].sort, items[i].index);
    it->items = items;
    return WHIT_OK;
}

static whit_status map_core_type(const unbundler *self,
                                 const component_core_type **type,
                                 uint32_t depth)
{
    component_core_type *copy =
        arena_dup(&self->file->arena, *type, sizeof *copy);
    TRY_ALLOC(copy, self->error);
    component_declarator *items =
        arena_dup(&self->file->arena, copy->declarators,
                  copy->declarator_count * sizeof *items);
    TRY_ALLOC(items, self->error);
    for (uint32_t i = 0; i < copy->declarator_count; i++)
        if (items[i].kind == COMPONENT_DECLARATOR_ALIAS &&
            items[i].outer == depth + 1)
            items[i].index += self->count;
    copy->declarators = items;
    *type = copy;
    return WHIT_OK;
}

static whit_status map_canon(const unbundler *self,
                             const component_canon **canon)
{
    const char *operands = component_canon_operands((*canon)->kind);
    if (!operands || !strchr(operands, 'g'))
        return WHIT_OK;
    component_canon *copy = arena_dup(&self->file->arena, *canon, sizeof *copy);
    TRY_ALLOC(copy, self->error);
    copy->type += self->count;
    *canon = copy;
    return WHIT_OK;
}

static whit_status map_definitions(unbundler *self,
                                   const component_definition *from,
                                   uint32_t count, uint32_t depth,
                                   component_definition *to, uint32_t *made);

static whit_status map_component(unbundler *self, component **nested,
                                 uint32_t depth)
{
    component *copy = arena_dup(&self->file->arena, *nested, sizeof *copy);
    TRY_ALLOC(copy, self->error);
    component_definition *items = arena_array(
        &self->file->arena, copy->definition_count + 1, sizeof *items);
    TRY_ALLOC(items, self->error);
    uint32_t made = 0;
    TRY(map_definitions(self, copy->definitions, copy->definition_count, depth,
                        items, &made));
    copy->definitions = items;
    copy->definition_count = made;
    *nested = copy;
    return WHIT_OK;
}

static whit_status map_type(unbundler *self, const component_type **type,
                            uint32_t depth)
{
    if (!(*type)->declarator_count)
        return WHIT_OK;
    component_type *copy = arena_dup(&self->file->arena, *type, sizeof *copy);
    TRY_ALLOC(copy, self->error);
    component_definition *items =
        arena_array(&self->file->arena, copy->declarator_count, sizeof *items);
    TRY_ALLOC(items, self->error);
    uint32_t made = 0;
    TRY(map_definitions(self, copy->declarators, copy->declarator_count,
                        depth + 1, items, &made));
    copy->declarators = items;
    *type = copy;
    return WHIT_OK;
}

static void map_external(const unbundler *self, component_definition *it)
{
    if (it->external.has_item)
        it->external.index =
            mapped(self, it->external.sort, it->external.index);
    component_extern *type = &it->external.type;
    if (type->sort == COMPONENT_SORT_CORE_MODULE)
        type->index = mapped(self, COMPONENT_SORT_CORE_TYPE, type->index);
}

static whit_status map_definition(unbundler *self, component_definition *it,
                                  uint32_t depth)
{
    switch (it->kind) {
    case COMPONENT_DEF_CORE_INSTANCE:
        if (!depth && !it->instance.is_exports)
            it->instance.callee =
                mapped(self, COMPONENT_SORT_CORE_MODULE, it->instance.callee);
        return WHIT_OK;
    case COMPONENT_DEF_INSTANCE:
        return depth ? WHIT_OK : map_items(self, &it->instance);
    case COMPONENT_DEF_CORE_TYPE:
        return map_core_type(self, &it->core_type, depth);
    case COMPONENT_DEF_COMPONENT:
        return map_component(self, &it->component, depth + 1);
    case COMPONENT_DEF_TYPE:
        return map_type(self, &it->type, depth);
    case COMPONENT_DEF_CANON:
        return depth ? WHIT_OK : map_canon(self, &it->canon);
    case COMPONENT_DEF_ALIAS:
        map_alias(self, &it->alias, depth);
        return WHIT_OK;
    case COMPONENT_DEF_IMPORT:
    case COMPONENT_DEF_EXPORT:
        if (!depth)
            map_external(self, it);
        return WHIT_OK;
    default:
        return WHIT_OK;
    }
}

static bool is_names(const component_definition *it)
{
    return it->kind == COMPONENT_DEF_CUSTOM &&
           slice_is(it->custom.name, COMPONENT_NAME_SECTION);
}

static whit_status map_definitions(unbundler *self,
                                   const component_definition *from,
                                   uint32_t count, uint32_t depth,
                                   component_definition *to, uint32_t *made)
{
    for (uint32_t i = 0; i < count; i++) {
        component_definition it = from[i];
        if (is_taken(self, &it)) {
            uint32_t index = self->at++;
            if (!depth)
                continue;
            it = (component_definition){
                .kind = COMPONENT_DEF_ALIAS,
                .alias = {.sort = COMPONENT_SORT_CORE_MODULE,
                          .target = COMPONENT_ALIAS_OUTER,
                          .instance = depth,
                          .index = index}};
        } else if (is_names(&it) && self->count) {
            continue;
        } else {
            TRY(map_definition(self, &it, depth));
        }
        to[(*made)++] = it;
    }
    return WHIT_OK;
}

/* ---- Imports ---- */

static wasm_external external(const wasm_module *module,
                              wasm_external_kind kind, uint32_t index)
{
    wasm_external what = {.kind = kind};
    switch (kind) {
    case WASM_EXTERN_FUNC:
        what.type = module->functions[index].type;
        break;
    case WASM_EXTERN_TABLE:
        what.table = module->tables[index];
        break;
    case WASM_EXTERN_MEMORY:
        what.memory = module->memories[index];
        break;
    case WASM_EXTERN_GLOBAL:
        what.global = module->globals[index];
        break;
    default:
        what.type = module->tags[index].type;
    }
    return what;
}

static uint32_t put_types(const wasm_module *module,
                          component_declarator *items)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < module->type_count;
         i += module->types[i].rec_count)
        items[count++] =
            (component_declarator){.kind = COMPONENT_DECLARATOR_TYPE,
                                   .types = &module->types[i],
                                   .type_count = module->types[i].rec_count};
    return count;
}

static whit_status module_type(unbundler *self, const wasm_module *module,
                               component_definition *out)
{
    arena *memory = &self->file->arena;
    component_core_type *type = arena_zalloc(memory, sizeof *type);
    component_declarator *items =
        arena_array(memory,
                    (size_t)module->type_count + module->import_count +
                        module->export_count + 1,
                    sizeof *items);
    TRY_ALLOC(type, self->error);
    TRY_ALLOC(items, self->error);
    uint32_t count = put_types(module, items);
    for (uint32_t i = 0; i < module->import_count; i++) {
        const wasm_import *it = &module->imports[i];
        items[count++] = (component_declarator){
            .kind = COMPONENT_DECLARATOR_IMPORT,
            .module = it->module,
            .name = it->name,
            .what = external(module, it->kind, it->index)};
    }
    for (uint32_t i = 0; i < module->export_count; i++) {
        const wasm_export *it = &module->exports[i];
        items[count++] = (component_declarator){
            .kind = COMPONENT_DECLARATOR_EXPORT,
            .name = it->name,
            .what = external(module, it->kind, it->index)};
    }
    *type = (component_core_type){
        .is_module = true, .declarators = items, .declarator_count = count};
    *out = (component_definition){.kind = COMPONENT_DEF_CORE_TYPE,
                                  .core_type = type};
    return WHIT_OK;
}

static whit_status module_import(unbundler *self, uint32_t i,
                                 component_definition *out)
{
    buffer name;
    buffer_init(&name);
    buffer_printf(&name, "unbundled-module%u", i);
    void *kept = arena_dup(&self->file->arena, name.data, name.size);
    slice text = slice_of(kept, name.size);
    buffer_release(&name);
    TRY_ALLOC(kept, self->error);
    *out = (component_definition){
        .kind = COMPONENT_DEF_IMPORT,
        .external = {.name = {.text = text},
                     .has_type = true,
                     .sort = COMPONENT_SORT_CORE_MODULE,
                     .type = {.sort = COMPONENT_SORT_CORE_MODULE, .index = i}}};
    return WHIT_OK;
}

/* ---- All of it ---- */

static whit_status rebuild(unbundler *self)
{
    component *root = &self->file->root;
    component_definition *items = arena_array(
        &self->file->arena,
        2 * (size_t)self->count + root->definition_count + 1, sizeof *items);
    TRY_ALLOC(items, self->error);
    for (uint32_t i = 0; i < self->count; i++) {
        TRY(module_type(self, self->taken[i], &items[i]));
        TRY(module_import(self, i, &items[self->count + i]));
    }
    uint32_t made = 2 * self->count;
    TRY(map_definitions(self, root->definitions, root->definition_count, 0,
                        items, &made));
    root->definitions = items;
    root->definition_count = made;
    return WHIT_OK;
}

static whit_status unbundle(unbundler *self, buffer *out)
{
    uint32_t count = count_taken(self, &self->file->root);
    self->taken = mem_calloc(count + 1, sizeof *self->taken);
    TRY_ALLOC(self->taken, self->error);
    self->bytes = mem_calloc(count + 1, sizeof *self->bytes);
    TRY_ALLOC(self->bytes, self->error);
    collect(self, &self->file->root);
    TRY(map_modules(self));
    TRY(rebuild(self));
    return component_encode(self->file, out, self->error);
}

whit_status component_unbundle(slice bytes, uint64_t threshold,
                               component_unbundled *modules, buffer *out,
                               whit_error *error)
{
    unbundler self = {.threshold = threshold, .error = error};
    *modules = (component_unbundled){0};
    TRY(component_decode(bytes, &self.file, error));
    whit_status status = component_validate(self.file, error);
    if (status == WHIT_OK)
        status = unbundle(&self, out);
    component_file_free(self.file);
    mem_free(self.taken);
    if (status == WHIT_OK)
        *modules = (component_unbundled){self.bytes, self.count};
    else
        mem_free(self.bytes);
    return status;
}
