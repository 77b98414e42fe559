/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Making components piece by piece. */
#include "component/builder.h"

#include "base/limits.h"
#include "base/memory.h"
#include "component/names.h"
#include "wasm/decode.h"

void component_builder_init(component_builder *self, component_file *file,
                            component_scope_kind kind)
{
    *self = (component_builder){.file = file, .kind = kind};
    map_init(&self->shared);
}

void component_builder_release(component_builder *self)
{
    mem_free(self->definitions);
    mem_free(self->names);
    map_release(&self->shared);
    self->definitions = NULL;
    self->names = NULL;
    self->count = self->room = self->name_count = self->name_room = 0;
}

void component_builder_fail(component_builder *self, whit_status status,
                            const whit_error *error)
{
    if (self->status != WHIT_OK)
        return;
    self->status = status;
    self->error = *error;
}

static void fail_memory(component_builder *self)
{
    whit_error error;
    component_builder_fail(self, error_memory(&error), &error);
}

/* ---- Copies in the arena ---- */

/* NULL only after a failure, or for nothing. */
static const void *keep(component_builder *self, const void *data, size_t size)
{
    if (self->status != WHIT_OK || !size)
        return NULL;
    const void *copy = arena_dup(&self->file->arena, data, size);
    if (!copy)
        fail_memory(self);
    return copy;
}

static slice keep_slice(component_builder *self, slice s)
{
    const void *copy = keep(self, s.data, s.size);
    return slice_of(copy, copy ? s.size : 0);
}

static component_name keep_name(component_builder *self,
                                const component_name *name)
{
    component_name copy = {.text = keep_slice(self, name->text)};
    component_attribute *attributes = (component_attribute *)keep(
        self, name->attributes, name->attribute_count * sizeof *attributes);
    if (!attributes)
        return copy;
    for (uint32_t i = 0; i < name->attribute_count; i++)
        attributes[i].text = keep_slice(self, attributes[i].text);
    copy.attributes = attributes;
    copy.attribute_count = name->attribute_count;
    return copy;
}

static const component_item *
keep_items(component_builder *self, const component_item *items, uint32_t count)
{
    component_item *copy =
        (component_item *)keep(self, items, count * sizeof *items);
    for (uint32_t i = 0; copy && i < count; i++)
        copy[i].name = keep_name(self, &copy[i].name);
    return copy;
}

static const component_type *keep_type(component_builder *self,
                                       const component_type *type)
{
    component_type *copy = (component_type *)keep(self, type, sizeof *type);
    if (!copy)
        return NULL;
    component_field *fields = (component_field *)keep(
        self, type->fields, type->field_count * sizeof *fields);
    for (uint32_t i = 0; fields && i < type->field_count; i++)
        fields[i].name = keep_slice(self, fields[i].name);
    copy->fields = fields;
    return copy;
}

/* ---- Appending ---- */

static uint32_t append(component_builder *self,
                       const component_definition *definition)
{
    component_sort sort;
    if (self->status == WHIT_OK) {
        whit_error error;
        whit_status status =
            mem_grow((void **)&self->definitions, &self->room, self->count,
                     sizeof *definition, LIMIT_COMPONENT_ITEMS,
                     "definitions of a component", &error);
        if (status != WHIT_OK)
            component_builder_fail(self, status, &error);
    }
    if (self->status != WHIT_OK)
        return UINT32_MAX;
    self->definitions[self->count++] = *definition;
    uint32_t added = component_defines(definition, &sort);
    uint32_t index = self->counts[sort];
    self->counts[sort] += added;
    return index;
}

/* ---- Core ---- */

static uint32_t append_module(component_builder *self, wasm_module *module,
                              slice bytes)
{
    whit_error error;
    whit_status status = component_file_keep(self->file, module, &error);
    if (status != WHIT_OK)
        component_builder_fail(self, status, &error);
    return append(self,
                  &(component_definition){.kind = COMPONENT_DEF_CORE_MODULE,
                                          .core_module.module = module,
                                          .core_module.bytes = bytes});
}

uint32_t component_builder_core_module(component_builder *self,
                                       wasm_module *module)
{
    return append_module(self, module, (slice){0});
}

uint32_t component_builder_core_bytes(component_builder *self, slice bytes)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *module;
    whit_error error;
    if (self->status != WHIT_OK)
        return UINT32_MAX;
    whit_status status = wasm_decode(bytes, &options, &module, &error);
    if (status == WHIT_OK)
        return append_module(self, module, bytes);
    component_builder_fail(self, status, &error);
    return UINT32_MAX;
}

static uint32_t append_instance(component_builder *self,
                                component_definition_kind kind,
                                component_instance instance)
{
    instance.items = keep_items(self, instance.items, instance.item_count);
    return append(self,
                  &(component_definition){.kind = kind, .instance = instance});
}

uint32_t component_builder_core_instantiate(component_builder *self,
                                            uint32_t module,
                                            const component_item *arguments,
                                            uint32_t count)
{
    return append_instance(self, COMPONENT_DEF_CORE_INSTANCE,
                           (component_instance){.callee = module,
                                                .items = arguments,
                                                .item_count = count});
}

uint32_t component_builder_core_exports(component_builder *self,
                                        const component_item *items,
                                        uint32_t count)
{
    return append_instance(self, COMPONENT_DEF_CORE_INSTANCE,
                           (component_instance){.is_exports = true,
                                                .items = items,
                                                .item_count = count});
}

uint32_t component_builder_core_type(component_builder *self,
                                     const component_core_type *type)
{
    component_core_type *copy =
        (component_core_type *)keep(self, type, sizeof *type);
    return copy
               ? append(self,
                        &(component_definition){.kind = COMPONENT_DEF_CORE_TYPE,
                                                .core_type = copy})
               : UINT32_MAX;
}

uint32_t component_builder_canon(component_builder *self,
                                 const component_canon *canon)
{
    component_canon *copy = (component_canon *)keep(self, canon, sizeof *canon);
    if (!copy)
        return UINT32_MAX;
    copy->options = (const component_option *)keep(
        self, canon->options, canon->option_count * sizeof *canon->options);
    return append(self, &(component_definition){.kind = COMPONENT_DEF_CANON,
                                                .canon = copy});
}

uint32_t component_builder_lift(component_builder *self, uint32_t core_function,
                                uint32_t type, const component_option *options,
                                uint32_t count)
{
    return component_builder_canon(
        self, &(component_canon){.kind = COMPONENT_CANON_LIFT,
                                 .callee = core_function,
                                 .type = type,
                                 .options = options,
                                 .option_count = count});
}

uint32_t component_builder_lower(component_builder *self, uint32_t function,
                                 const component_option *options,
                                 uint32_t count)
{
    return component_builder_canon(
        self, &(component_canon){.kind = COMPONENT_CANON_LOWER,
                                 .callee = function,
                                 .options = options,
                                 .option_count = count});
}

/* ---- Aliases ---- */

uint32_t component_builder_alias(component_builder *self, component_sort sort,
                                 uint32_t instance, slice name)
{
    component_definition definition = {
        .kind = COMPONENT_DEF_ALIAS,
        .alias = {.sort = sort,
                  .target = component_sort_is_core(sort) &&
                                    sort < COMPONENT_SORT_CORE_TYPE
                                ? COMPONENT_ALIAS_CORE_EXPORT
                                : COMPONENT_ALIAS_EXPORT,
                  .instance = instance,
                  .name = keep_slice(self, name)}};
    return append(self, &definition);
}

uint32_t component_builder_alias_outer(component_builder *self,
                                       component_sort sort, uint32_t out,
                                       uint32_t index)
{
    component_definition definition = {
        .kind = COMPONENT_DEF_ALIAS,
        .alias = {.sort = sort,
                  .target = COMPONENT_ALIAS_OUTER,
                  .instance = out,
                  .index = index}};
    return append(self, &definition);
}

/* ---- Types ---- */

static uint32_t append_type(component_builder *self, const component_type *type)
{
    return type ? append(self,
                         &(component_definition){.kind = COMPONENT_DEF_TYPE,
                                                 .type = type})
                : UINT32_MAX;
}

uint32_t component_builder_type(component_builder *self,
                                const component_type *type)
{
    return append_type(self, keep_type(self, type));
}

static void key_valtype(buffer *key, component_valtype type)
{
    buffer_put(key, type.primitive);
    if (type.primitive == COMPONENT_INDEXED)
        buffer_u32(key, type.index);
}

static void write_key(buffer *key, const component_type *type)
{
    buffer_put(key, type->kind);
    buffer_put(key, type->is_async);
    key_valtype(key, type->element);
    key_valtype(key, type->other);
    buffer_u32(key, type->length);
    buffer_u32(key, type->index);
    for (uint32_t i = 0; i < type->field_count; i++) {
        buffer_u32(key, (uint32_t)type->fields[i].name.size);
        buffer_slice(key, type->fields[i].name);
        key_valtype(key, type->fields[i].type);
    }
}

uint32_t component_builder_shared_type(component_builder *self,
                                       const component_type *type)
{
    buffer key;
    whit_error error;
    uint64_t index = UINT32_MAX;
    if (self->status != WHIT_OK)
        return UINT32_MAX;
    buffer_init(&key);
    write_key(&key, type);
    whit_status status = buffer_status(&key, &error);
    if (status == WHIT_OK &&
        !map_get(&self->shared, buffer_view(&key), &index)) {
        slice kept = keep_slice(self, buffer_view(&key));
        index = component_builder_type(self, type);
        if (self->status == WHIT_OK)
            status = map_set(&self->shared, kept, index, &error);
    }
    if (status != WHIT_OK)
        component_builder_fail(self, status, &error);
    buffer_release(&key);
    return (uint32_t)index;
}

uint32_t component_builder_scope_type(component_builder *self,
                                      component_builder *scope)
{
    whit_error error;
    component made;
    component_type type = {.kind = scope->kind == COMPONENT_SCOPE_INSTANCE_TYPE
                                       ? COMPONENT_TYPE_INSTANCE
                                       : COMPONENT_TYPE_COMPONENT};
    whit_status status = component_builder_finish(scope, &made, &error);
    if (status != WHIT_OK) {
        component_builder_fail(self, status, &error);
        return UINT32_MAX;
    }
    type.declarators = made.definitions;
    type.declarator_count = made.definition_count;
    return append_type(self, keep_type(self, &type));
}

/* ---- Components and instances ---- */

uint32_t component_builder_component_of(component_builder *self,
                                        const component *nested)
{
    component *copy = (component *)keep(self, nested, sizeof *nested);
    return copy
               ? append(self,
                        &(component_definition){.kind = COMPONENT_DEF_COMPONENT,
                                                .component = copy})
               : UINT32_MAX;
}

uint32_t component_builder_component(component_builder *self,
                                     component_builder *nested)
{
    whit_error error;
    component made;
    whit_status status = component_builder_finish(nested, &made, &error);
    if (status == WHIT_OK)
        return component_builder_component_of(self, &made);
    component_builder_fail(self, status, &error);
    return UINT32_MAX;
}

uint32_t component_builder_instantiate(component_builder *self, uint32_t callee,
                                       const component_item *arguments,
                                       uint32_t count)
{
    return append_instance(self, COMPONENT_DEF_INSTANCE,
                           (component_instance){.callee = callee,
                                                .items = arguments,
                                                .item_count = count});
}

uint32_t component_builder_instance_exports(component_builder *self,
                                            const component_item *items,
                                            uint32_t count)
{
    return append_instance(self, COMPONENT_DEF_INSTANCE,
                           (component_instance){.is_exports = true,
                                                .items = items,
                                                .item_count = count});
}

/* ---- Imports and exports ---- */

uint32_t component_builder_import(component_builder *self,
                                  const component_name *name,
                                  const component_extern *type)
{
    return append(self, &(component_definition){
                            .kind = COMPONENT_DEF_IMPORT,
                            .external = {.name = keep_name(self, name),
                                         .has_type = true,
                                         .sort = type->sort,
                                         .type = *type}});
}

uint32_t component_builder_export(component_builder *self,
                                  const component_name *name,
                                  component_sort sort, uint32_t index,
                                  const component_extern *type)
{
    component_definition definition = {
        .kind = COMPONENT_DEF_EXPORT,
        .external = {.name = keep_name(self, name),
                     .has_item = true,
                     .has_type = type != NULL,
                     .sort = sort,
                     .index = index}};
    if (type)
        definition.external.type = *type;
    return append(self, &definition);
}

uint32_t component_builder_declare_export(component_builder *self,
                                          const component_name *name,
                                          const component_extern *type)
{
    return append(self, &(component_definition){
                            .kind = COMPONENT_DEF_EXPORT,
                            .external = {.name = keep_name(self, name),
                                         .has_type = true,
                                         .sort = type->sort,
                                         .type = *type}});
}

/* ---- Custom sections ---- */

void component_builder_custom(component_builder *self, slice name, slice bytes)
{
    component_definition definition = {
        .kind = COMPONENT_DEF_CUSTOM,
        .custom = {.name = keep_slice(self, name),
                   .bytes = keep_slice(self, bytes)}};
    append(self, &definition);
}

void component_builder_name(component_builder *self, component_sort sort,
                            uint32_t index, slice text)
{
    whit_error error;
    if (self->status != WHIT_OK)
        return;
    whit_status status =
        mem_grow((void **)&self->names, &self->name_room, self->name_count,
                 sizeof *self->names, LIMIT_COMPONENT_ITEMS, "names", &error);
    if (status == WHIT_OK)
        self->names[self->name_count++] = (component_item_name){
            .sort = sort, .index = index, .text = keep_slice(self, text)};
    else
        component_builder_fail(self, status, &error);
}

void component_builder_name_self(component_builder *self, slice text)
{
    self->name = keep_slice(self, text);
}

void component_builder_producer(component_builder *self, slice tool,
                                slice version)
{
    static const char field[] = "processed-by";
    buffer payload;
    whit_error error;
    buffer_init(&payload);
    buffer_uleb(&payload, 1);
    buffer_uleb(&payload, sizeof field - 1);
    buffer_text(&payload, field);
    buffer_uleb(&payload, 1);
    buffer_uleb(&payload, tool.size);
    buffer_slice(&payload, tool);
    buffer_uleb(&payload, version.size);
    buffer_slice(&payload, version);
    whit_status status = buffer_status(&payload, &error);
    if (status == WHIT_OK)
        component_builder_custom(self, slice_text("producers"),
                                 buffer_view(&payload));
    else
        component_builder_fail(self, status, &error);
    buffer_release(&payload);
}

/* ---- The end ---- */

static void append_names(component_builder *self)
{
    component_names names = {.component = self->name,
                             .items = self->names,
                             .count = (uint32_t)self->name_count};
    buffer payload;
    whit_error error;
    if (!names.count && !names.component.size)
        return;
    component_names_sort(&names);
    buffer_init(&payload);
    component_names_write(&names, &payload);
    whit_status status = buffer_status(&payload, &error);
    if (status == WHIT_OK)
        component_builder_custom(self, slice_text(COMPONENT_NAME_SECTION),
                                 buffer_view(&payload));
    else
        component_builder_fail(self, status, &error);
    buffer_release(&payload);
}

whit_status component_builder_finish(component_builder *self, component *out,
                                     whit_error *error)
{
    append_names(self);
    const component_definition *definitions =
        (const component_definition *)keep(
            self, self->definitions, self->count * sizeof *self->definitions);
    whit_status status = self->status;
    if (status == WHIT_OK)
        *out = (component){.definitions = definitions,
                           .definition_count = (uint32_t)self->count};
    else if (error)
        *error = self->error;
    component_builder_release(self);
    return status;
}
