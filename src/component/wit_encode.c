/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WIT as definitions of a component: scopes, types, items. */
#include "component/wit_encode.h"

#include "base/memory.h"

/* The instance of an interface whose types are made in the world scope. */
#define HERE (WIT_NONE - 1)

whit_status component_wit_scope_init(component_wit_scope *self,
                                     const wit_set *set, whit_error *error)
{
    *self = (component_wit_scope){.set = set};
    bool good = true;
    for (int side = 0; side < 2; side++) {
        self->types[side] =
            mem_calloc(set->type_count + 1, sizeof *self->types[side]);
        self->instances[side] =
            mem_calloc(set->interface_count + 1, sizeof *self->instances[side]);
        good = good && self->types[side] && self->instances[side];
    }
    self->inner_types =
        mem_calloc(set->type_count + 1, sizeof *self->inner_types);
    if (good && self->inner_types)
        return WHIT_OK;
    component_wit_scope_release(self);
    return error_memory(error);
}

void component_wit_scope_release(component_wit_scope *self)
{
    for (int side = 0; side < 2; side++) {
        mem_free(self->types[side]);
        mem_free(self->instances[side]);
    }
    mem_free(self->inner_types);
    *self = (component_wit_scope){0};
}

void component_wit_scope_begin(component_wit_scope *self,
                               component_builder *builder)
{
    self->builder = builder;
    self->inner = NULL;
    self->importing = false;
    self->stamp++;
}

static uint32_t slot_get(const component_wit_slot *slot, uint32_t stamp)
{
    return slot->stamp == stamp ? slot->index : WIT_NONE;
}

/* Types of a world are the same on both sides. */
static component_wit_side side_of(const component_wit_scope *self,
                                  component_wit_side side, wit_type type)
{
    return self->set->types[type].owner.kind == WIT_OWNER_WORLD
               ? COMPONENT_WIT_IMPORT
               : side;
}

void component_wit_place(component_wit_scope *self, component_wit_side side,
                         wit_type type, uint32_t index)
{
    self->types[side_of(self, side, type)][type] =
        (component_wit_slot){.stamp = self->stamp, .index = index};
}

void component_wit_place_instance(component_wit_scope *self,
                                  component_wit_side side, uint32_t interface,
                                  uint32_t instance)
{
    self->instances[side][interface] =
        (component_wit_slot){.stamp = self->stamp, .index = instance};
}

void component_wit_place_here(component_wit_scope *self,
                              component_wit_side side, uint32_t interface)
{
    component_wit_place_instance(self, side, interface, HERE);
}

uint32_t component_wit_placed(const component_wit_scope *self,
                              component_wit_side side, wit_type type)
{
    return slot_get(&self->types[side_of(self, side, type)][type], self->stamp);
}

uint32_t component_wit_instance(const component_wit_scope *self,
                                component_wit_side side, uint32_t interface)
{
    uint32_t instance =
        slot_get(&self->instances[side][interface], self->stamp);
    return instance == HERE ? WIT_NONE : instance;
}

/* ---- Types ---- */

static component_builder *current(const component_wit_scope *self)
{
    return self->inner ? self->inner : self->builder;
}

static component_valtype optional(component_wit_scope *self,
                                  component_wit_side side, wit_type type)
{
    if (type == WIT_NONE)
        return (component_valtype){COMPONENT_NO_TYPE, 0};
    return component_wit_valtype(self, side, type);
}

/* The caller frees the result; NULL after a failure, or when there are
 * none. */
static component_field *make_fields(component_wit_scope *self,
                                    component_wit_side side,
                                    const wit_field *fields, uint32_t count)
{
    if (!count)
        return NULL;
    component_field *made = mem_calloc(count, sizeof *made);
    if (!made) {
        whit_error error;
        component_builder_fail(current(self), error_memory(&error), &error);
    }
    for (uint32_t i = 0; made && i < count; i++)
        made[i] =
            (component_field){.name = fields[i].name,
                              .type = optional(self, side, fields[i].type)};
    return made;
}

/* What the component model calls the kinds; primitives are apart. */
static const uint8_t kinds[WIT_KINDS] = {
    [WIT_RECORD] = COMPONENT_TYPE_RECORD,
    [WIT_VARIANT] = COMPONENT_TYPE_VARIANT,
    [WIT_ENUM] = COMPONENT_TYPE_ENUM,
    [WIT_FLAGS] = COMPONENT_TYPE_FLAGS,
    [WIT_TUPLE] = COMPONENT_TYPE_TUPLE,
    [WIT_LIST] = COMPONENT_TYPE_LIST,
    [WIT_FIXED_LIST] = COMPONENT_TYPE_FIXED_LIST,
    [WIT_MAP] = COMPONENT_TYPE_MAP,
    [WIT_OPTION] = COMPONENT_TYPE_OPTION,
    [WIT_RESULT] = COMPONENT_TYPE_RESULT,
    [WIT_OWN] = COMPONENT_TYPE_OWN,
    [WIT_BORROW] = COMPONENT_TYPE_BORROW,
    [WIT_STREAM] = COMPONENT_TYPE_STREAM,
    [WIT_FUTURE] = COMPONENT_TYPE_FUTURE,
};

static const uint8_t primitives[WIT_PRIMITIVES] = {
    [WIT_BOOL] = COMPONENT_BOOL,
    [WIT_S8] = COMPONENT_S8,
    [WIT_U8] = COMPONENT_U8,
    [WIT_S16] = COMPONENT_S16,
    [WIT_U16] = COMPONENT_U16,
    [WIT_S32] = COMPONENT_S32,
    [WIT_U32] = COMPONENT_U32,
    [WIT_S64] = COMPONENT_S64,
    [WIT_U64] = COMPONENT_U64,
    [WIT_F32] = COMPONENT_F32,
    [WIT_F64] = COMPONENT_F64,
    [WIT_CHAR] = COMPONENT_CHAR,
    [WIT_STRING] = COMPONENT_STRING,
    [WIT_ERROR_CONTEXT] = COMPONENT_ERROR_CONTEXT};

/* An alias of a type: its index, made one if it is primitive. */
static uint32_t define_alias(component_wit_scope *self, component_wit_side side,
                             wit_type target)
{
    component_valtype type = component_wit_valtype(self, side, target);
    if (type.primitive == COMPONENT_INDEXED)
        return type.index;
    return component_builder_type(
        current(self),
        &(component_type){.kind = COMPONENT_TYPE_PRIMITIVE, .element = type});
}

/* The type itself, without a name. */
static uint32_t define(component_wit_scope *self, component_wit_side side,
                       const wit_type_def *def)
{
    component_type type = {.kind = kinds[def->kind], .length = def->length};
    component_field *fields = NULL;
    switch (def->kind) {
    case WIT_ALIAS:
        return define_alias(self, side, def->element);
    case WIT_OWN:
    case WIT_BORROW:
        type.index = component_wit_type_index(self, side, def->element);
        break;
    case WIT_MAP:
        type.element = component_wit_valtype(self, side, def->other);
        type.other = component_wit_valtype(self, side, def->element);
        break;
    case WIT_LIST:
    case WIT_FIXED_LIST:
    case WIT_OPTION:
    case WIT_RESULT:
    case WIT_STREAM:
    case WIT_FUTURE:
        type.element = optional(self, side, def->element);
        if (def->kind == WIT_RESULT)
            type.other = optional(self, side, def->other);
        break;
    default:
        fields = make_fields(self, side, def->fields, def->field_count);
        type.fields = fields;
        type.field_count = fields ? def->field_count : 0;
    }
    uint32_t index = component_builder_type(current(self), &type);
    mem_free(fields);
    return index;
}

/* The name of a type or function, with its external id. The attribute is
 * the caller's. */
static component_name name_of(slice text, const wit_about *about,
                              component_attribute *attribute)
{
    component_name name = {.text = text};
    if (about->has_external_id) {
        *attribute =
            (component_attribute){COMPONENT_EXTERNAL_ID, about->external_id};
        name.attributes = attribute;
        name.attribute_count = 1;
    }
    return name;
}

static component_extern bound_of(component_wit_scope *self,
                                 component_wit_side side,
                                 const wit_type_def *def)
{
    if (def->kind == WIT_RESOURCE)
        return component_extern_resource();
    return component_extern_eq(define(self, side, def));
}

/* A type of the interface that the instance type is made for. */
static uint32_t export_type(component_wit_scope *self, component_wit_side side,
                            const wit_type_def *def)
{
    component_attribute attribute;
    component_name name = name_of(def->name, &def->about, &attribute);
    component_extern bound = bound_of(self, side, def);
    return component_builder_declare_export(self->inner, &name, &bound);
}

/* A type of the world: imported, or only defined. */
static uint32_t define_named(component_wit_scope *self, component_wit_side side,
                             const wit_type_def *def)
{
    if (self->importing && def->owner.kind == WIT_OWNER_WORLD) {
        component_attribute attribute;
        component_name name = name_of(def->name, &def->about, &attribute);
        component_extern bound = bound_of(self, side, def);
        return component_builder_import(self->builder, &name, &bound);
    }
    if (def->kind == WIT_RESOURCE) {
        whit_error error;
        whit_status status =
            error_set(&error, WHIT_INVALID,
                      "the resource '%.*s' has no type in this component",
                      SLICE_ARG(def->name));
        component_builder_fail(self->builder, status, &error);
        return WIT_NONE;
    }
    return define(self, side, def);
}

/* A type with a name in the world scope. */
static uint32_t world_type_index(component_wit_scope *self,
                                 component_wit_side side, wit_type type)
{
    const wit_type_def *def = &self->set->types[type];
    uint32_t index = component_wit_placed(self, side, type);
    if (index != WIT_NONE)
        return index;
    uint32_t instance = WIT_NONE;
    if (def->owner.kind == WIT_OWNER_INTERFACE) {
        const component_wit_slot *slot =
            &self->instances[side][def->owner.index];
        instance = slot_get(slot, self->stamp);
        slot = &self->instances[COMPONENT_WIT_IMPORT][def->owner.index];
        if (instance == WIT_NONE && side == COMPONENT_WIT_EXPORT &&
            slot_get(slot, self->stamp) != WIT_NONE)
            return world_type_index(self, COMPONENT_WIT_IMPORT, type);
    }
    /* Definitions go to the world scope, whatever is open inside. */
    component_builder *inner = self->inner;
    self->inner = NULL;
    if (instance != WIT_NONE && instance != HERE)
        index = component_builder_alias(self->builder, COMPONENT_SORT_TYPE,
                                        instance, def->name);
    else
        index = define_named(self, side, def);
    self->inner = inner;
    component_wit_place(self, side, type, index);
    return index;
}

static void inner_place(component_wit_scope *self, wit_type type,
                        uint32_t index)
{
    self->inner_types[type] =
        (component_wit_slot){.stamp = self->inner_stamp, .index = index};
}

static uint32_t inner_type_index(component_wit_scope *self,
                                 component_wit_side side, wit_type type)
{
    const wit_type_def *def = &self->set->types[type];
    uint32_t index = slot_get(&self->inner_types[type], self->inner_stamp);
    if (index != WIT_NONE)
        return index;
    if (!def->name.size)
        index = define(self, side, def);
    else if (def->owner.kind == WIT_OWNER_INTERFACE &&
             def->owner.index == self->interface)
        index = export_type(self, side, def);
    else
        index =
            component_builder_alias_outer(self->inner, COMPONENT_SORT_TYPE, 1,
                                          world_type_index(self, side, type));
    inner_place(self, type, index);
    return index;
}

uint32_t component_wit_type_index(component_wit_scope *self,
                                  component_wit_side side, wit_type type)
{
    if (self->inner)
        return inner_type_index(self, side, type);
    const wit_type_def *def = &self->set->types[type];
    if (def->name.size)
        return world_type_index(self, side, type);
    uint32_t index = component_wit_placed(self, side, type);
    if (index == WIT_NONE) {
        index = define(self, side, def);
        component_wit_place(self, side, type, index);
    }
    return index;
}

component_valtype component_wit_valtype(component_wit_scope *self,
                                        component_wit_side side, wit_type type)
{
    if (type < WIT_PRIMITIVES)
        return (component_valtype){primitives[type], 0};
    return (component_valtype){COMPONENT_INDEXED,
                               component_wit_type_index(self, side, type)};
}

uint32_t component_wit_function_type(component_wit_scope *self,
                                     component_wit_side side,
                                     const wit_function *function)
{
    component_field *fields =
        make_fields(self, side, function->params, function->param_count);
    component_type type = {.kind = COMPONENT_TYPE_FUNC,
                           .is_async = function->is_async,
                           .element = optional(self, side, function->result),
                           .fields = fields,
                           .field_count = fields ? function->param_count : 0};
    uint32_t index = component_builder_shared_type(current(self), &type);
    mem_free(fields);
    return index;
}

/* ---- Instance types ---- */

static bool type_lives(const component_wit_live *live, wit_type type)
{
    return !live || live->types[type];
}

/* Without functions when `types_only`. */
static uint32_t make_instance_type(component_wit_scope *self,
                                   component_wit_side side, uint32_t interface,
                                   const component_wit_live *live,
                                   bool types_only)
{
    const wit_interface *what = &self->set->interfaces[interface];
    component_builder inner;
    component_builder_init(&inner, self->builder->file,
                           COMPONENT_SCOPE_INSTANCE_TYPE);
    self->inner = &inner;
    self->inner_stamp++;
    self->interface = interface;
    for (uint32_t i = 0; i < what->type_count; i++)
        if (type_lives(live, what->types[i]))
            inner_type_index(self, side, what->types[i]);
    for (uint32_t i = 0; i < what->function_count && !types_only; i++) {
        const wit_function *function = &what->functions[i];
        if (live && !component_wit_live_has(live, interface, function))
            continue;
        component_attribute attribute;
        component_name name =
            name_of(function->name, &function->about, &attribute);
        component_extern type = component_extern_of(
            COMPONENT_SORT_FUNC,
            component_wit_function_type(self, side, function));
        component_builder_declare_export(&inner, &name, &type);
    }
    self->inner = NULL;
    return component_builder_scope_type(self->builder, &inner);
}

uint32_t component_wit_instance_type(component_wit_scope *self,
                                     component_wit_side side,
                                     uint32_t interface,
                                     const component_wit_live *live)
{
    return make_instance_type(self, side, interface, live, false);
}

uint32_t component_wit_types_type(component_wit_scope *self,
                                  component_wit_side side, uint32_t interface)
{
    return make_instance_type(self, side, interface, NULL, true);
}

/* ---- Items of worlds ---- */

/* What the writer says, in the arena of the file. */
static slice written(component_wit_scope *self, const wit_item *item,
                     bool interface)
{
    buffer text;
    slice kept = {0};
    whit_error error;
    buffer_init(&text);
    if (interface)
        wit_interface_write(self->set, item->index, &text);
    else
        wit_item_write(self->set, item, &text);
    whit_status status = buffer_status(&text, &error);
    if (status == WHIT_OK) {
        kept.size = text.size;
        kept.data =
            arena_dup(&self->builder->file->arena, text.data, text.size);
        if (!kept.data)
            status = error_memory(&error);
    }
    if (status != WHIT_OK) {
        component_builder_fail(self->builder, status, &error);
        kept.size = 0;
    }
    buffer_release(&text);
    return kept;
}

component_name component_wit_item_name(component_wit_scope *self,
                                       const wit_item *item)
{
    component_name name = {.text = written(self, item, false)};
    component_attribute attributes[2];
    if (item->kind == WIT_ITEM_INTERFACE && item->name.size &&
        self->set->interfaces[item->index].name.size)
        attributes[name.attribute_count++] = (component_attribute){
            COMPONENT_IMPLEMENTS, written(self, item, true)};
    if (item->about.has_external_id)
        attributes[name.attribute_count++] = (component_attribute){
            COMPONENT_EXTERNAL_ID, item->about.external_id};
    if (!name.attribute_count)
        return name;
    name.attributes = arena_dup(&self->builder->file->arena, attributes,
                                name.attribute_count * sizeof *attributes);
    if (!name.attributes) {
        whit_error error;
        component_builder_fail(self->builder, error_memory(&error), &error);
        name.attribute_count = 0;
    }
    return name;
}

/* Of an interface that stands in the world under its own name, or is known
 * to nobody else. */
static void place_item(component_wit_scope *self, component_wit_side side,
                       const wit_item *item, uint32_t instance)
{
    if (!item->name.size ||
        slot_get(&self->instances[side][item->index], self->stamp) == WIT_NONE)
        component_wit_place_instance(self, side, item->index, instance);
}

static component_extern item_type(component_wit_scope *self,
                                  component_wit_side side, const wit_item *item,
                                  const component_wit_live *live)
{
    if (item->kind == WIT_ITEM_INTERFACE)
        return component_extern_of(
            COMPONENT_SORT_INSTANCE,
            component_wit_instance_type(self, side, item->index, live));
    return component_extern_of(
        COMPONENT_SORT_FUNC,
        component_wit_function_type(self, side, item->function));
}

uint32_t component_wit_import(component_wit_scope *self, const wit_item *item,
                              const component_wit_live *live)
{
    if (item->kind == WIT_ITEM_TYPE) {
        self->importing = true;
        uint32_t index =
            component_wit_type_index(self, COMPONENT_WIT_IMPORT, item->index);
        self->importing = false;
        return index;
    }
    component_name name = component_wit_item_name(self, item);
    component_extern type = item_type(self, COMPONENT_WIT_IMPORT, item, live);
    uint32_t index = component_builder_import(self->builder, &name, &type);
    if (item->kind == WIT_ITEM_INTERFACE)
        place_item(self, COMPONENT_WIT_IMPORT, item, index);
    return index;
}

uint32_t component_wit_declare_export(component_wit_scope *self,
                                      const wit_item *item)
{
    component_name name = component_wit_item_name(self, item);
    component_extern type = item_type(self, COMPONENT_WIT_EXPORT, item, NULL);
    uint32_t index =
        component_builder_declare_export(self->builder, &name, &type);
    if (item->kind == WIT_ITEM_INTERFACE)
        place_item(self, COMPONENT_WIT_EXPORT, item, index);
    return index;
}

void component_wit_world(component_wit_scope *self, uint32_t world)
{
    const wit_world *what = &self->set->worlds[world];
    for (uint32_t i = 0; i < what->import_count; i++)
        component_wit_import(self, &what->imports[i], NULL);
    for (uint32_t i = 0; i < what->export_count; i++)
        component_wit_declare_export(self, &what->exports[i]);
}
