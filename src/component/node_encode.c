/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From nodes to definitions. */
#include "component/node_encode.h"

#include "base/limits.h"
#include "base/memory.h"

enum { ALIASES_FOLLOWED = 64 };

void component_node_scope_init(component_node_scope *self,
                               component_builder *builder,
                               component_node_scope *outer)
{
    *self = (component_node_scope){.builder = builder, .outer = outer};
    map_init(&self->known);
}

void component_node_scope_release(component_node_scope *self)
{
    map_release(&self->known);
}

static void know(component_node_scope *self, const void *key, uint32_t index)
{
    component_builder *b = self->builder;
    whit_error error;
    if (b->status != WHIT_OK)
        return;
    const void *copy = arena_dup(&b->file->arena, &key, sizeof key);
    whit_status status =
        copy ? map_set(&self->known, slice_of(copy, sizeof key), index, &error)
             : error_memory(&error);
    if (status != WHIT_OK)
        component_builder_fail(b, status, &error);
}

void component_node_known(component_node_scope *self,
                          const component_node *node, uint32_t index)
{
    uint64_t other;
    const void *key = node->resource;
    know(self, node, index);
    if (key && !map_get(&self->known, slice_of(&key, sizeof key), &other))
        know(self, key, index);
}

/* The index in this scope, through outer aliases when it is further out. */
static uint32_t find(component_node_scope *self, const void *key)
{
    uint64_t index;
    if (map_get(&self->known, slice_of(&key, sizeof key), &index))
        return (uint32_t)index;
    uint32_t found = UINT32_MAX;
    if (!self->outer)
        found = self->missing ? self->missing(self->context, key) : UINT32_MAX;
    else if ((found = find(self->outer, key)) != UINT32_MAX)
        found = component_builder_alias_outer(self->builder,
                                              COMPONENT_SORT_TYPE, 1, found);
    if (found != UINT32_MAX)
        know(self, key, found);
    return found;
}

/* By its name, by what that is another name of, or as a resource. */
static uint32_t find_node(component_node_scope *self,
                          const component_node *node)
{
    unsigned steps = 0;
    uint32_t found = UINT32_MAX;
    const component_resource *resource = node->resource;
    for (; node && found == UINT32_MAX && steps < ALIASES_FOLLOWED;
         node = node->alias_of, steps++)
        found = find(self, node);
    return found == UINT32_MAX && resource ? find(self, resource) : found;
}

static uint32_t type_of(component_node_scope *self, const component_node *node);

static component_valtype valtype_of(component_node_scope *self,
                                    const component_node *node)
{
    if (!node)
        return (component_valtype){.primitive = COMPONENT_NO_TYPE};
    if (node->kind == COMPONENT_TYPE_PRIMITIVE && !node->alias_of)
        return (component_valtype){.primitive = node->primitive};
    return (component_valtype){.primitive = COMPONENT_INDEXED,
                               .index = type_of(self, node)};
}

static uint32_t fail(component_node_scope *self, const char *what, slice name)
{
    whit_error error;
    whit_status status = error_set(&error, WHIT_INVALID, what, SLICE_ARG(name));
    component_builder_fail(self->builder, status, &error);
    return UINT32_MAX;
}

/* A value or function type, written out. */
static uint32_t write_type(component_node_scope *self,
                           const component_node *node)
{
    component_type type = {.kind = node->kind, .is_async = node->is_async};
    component_field *fields = NULL;
    if (node->kind == COMPONENT_TYPE_OWN ||
        node->kind == COMPONENT_TYPE_BORROW) {
        type.index = type_of(self, node->element);
        return component_builder_shared_type(self->builder, &type);
    }
    if (node->kind == COMPONENT_TYPE_PRIMITIVE)
        type.element = (component_valtype){.primitive = node->primitive};
    else {
        type.element = valtype_of(self, node->element);
        type.other = valtype_of(self, node->other);
    }
    type.length = node->length;
    if (node->member_count) {
        fields = mem_calloc(node->member_count, sizeof *fields);
        if (!fields) {
            whit_error error;
            component_builder_fail(self->builder, error_memory(&error), &error);
            return UINT32_MAX;
        }
    }
    for (uint32_t i = 0; i < node->member_count; i++)
        fields[i] = (component_field){node->members[i].name,
                                      valtype_of(self, node->members[i].type)};
    type.fields = fields;
    type.field_count = node->member_count;
    uint32_t index = component_builder_shared_type(self->builder, &type);
    mem_free(fields);
    return index;
}

static uint32_t component_type_of(component_node_scope *self,
                                  const component_node *node);

static uint32_t type_of(component_node_scope *self, const component_node *node)
{
    static const slice no_name = {NULL, 0};
    if (self->builder->status != WHIT_OK)
        return UINT32_MAX;
    uint32_t found = find_node(self, node);
    if (found != UINT32_MAX)
        return found;
    switch (node->kind) {
    case COMPONENT_TYPE_RESOURCE:
        return fail(self,
                    "the resource '%.*s' comes from no interface that is "
                    "imported: imports depend on each other",
                    node->resource ? node->resource->name : no_name);
    case COMPONENT_TYPE_INSTANCE:
        return component_node_instance_type(self, &node, 1, 1);
    case COMPONENT_TYPE_COMPONENT:
        return component_type_of(self, node);
    default:
        return write_type(self, node);
    }
}

component_extern component_node_extern(component_node_scope *self,
                                       const component_entity *entity)
{
    component_extern type = {.sort = entity->sort};
    switch (entity->sort) {
    case COMPONENT_SORT_TYPE: {
        uint32_t known = find_node(self, entity->type);
        if (known == UINT32_MAX && entity->type->resource)
            return component_extern_resource();
        return component_extern_eq(
            known != UINT32_MAX ? known : type_of(self, entity->type));
    }
    case COMPONENT_SORT_FUNC:
    case COMPONENT_SORT_INSTANCE:
    case COMPONENT_SORT_COMPONENT:
        type.index = type_of(self, entity->type);
        return type;
    default:
        fail(self, "'%.*s': core modules cannot be passed on yet",
             entity->name);
        return type;
    }
}

static component_name name_of(const component_entity *entity)
{
    return (component_name){entity->name, entity->attributes,
                            entity->attribute_count};
}

/* Declares the export and lets everyone know it who has a type there. */
static void declare(component_node_scope *self,
                    const component_node *const *nodes, uint32_t count,
                    const component_entity *entity)
{
    component_extern type = component_node_extern(self, entity);
    component_name name = name_of(entity);
    uint32_t index =
        component_builder_declare_export(self->builder, &name, &type);
    if (entity->sort != COMPONENT_SORT_TYPE)
        return;
    for (uint32_t i = 0; i < count; i++) {
        const component_entity *other = component_entity_find(
            nodes[i]->exports, nodes[i]->export_count, entity->name);
        if (other && other->sort == COMPONENT_SORT_TYPE)
            component_node_known(self, other->type, index);
    }
}

static bool seen_before(const component_node *const *nodes, uint32_t count,
                        slice name)
{
    for (uint32_t i = 0; i < count; i++)
        if (component_entity_find(nodes[i]->exports, nodes[i]->export_count,
                                  name))
            return true;
    return false;
}

uint32_t component_node_instance_type(component_node_scope *self,
                                      const component_node *const *nodes,
                                      uint32_t exported, uint32_t count)
{
    component_builder builder;
    component_node_scope scope;
    component_builder_init(&builder, self->builder->file,
                           COMPONENT_SCOPE_INSTANCE_TYPE);
    component_node_scope_init(&scope, &builder, self);
    for (uint32_t i = 0; i < exported; i++)
        for (uint32_t k = 0; k < nodes[i]->export_count; k++)
            if (!seen_before(nodes, i, nodes[i]->exports[k].name))
                declare(&scope, nodes, count, &nodes[i]->exports[k]);
    component_node_scope_release(&scope);
    return component_builder_scope_type(self->builder, &builder);
}

static uint32_t component_type_of(component_node_scope *self,
                                  const component_node *node)
{
    component_builder builder;
    component_node_scope scope;
    component_builder_init(&builder, self->builder->file,
                           COMPONENT_SCOPE_COMPONENT_TYPE);
    component_node_scope_init(&scope, &builder, self);
    for (uint32_t i = 0; i < node->import_count; i++) {
        const component_entity *entity = &node->imports[i];
        component_extern type = component_node_extern(&scope, entity);
        component_name name = name_of(entity);
        uint32_t index = component_builder_import(&builder, &name, &type);
        if (entity->sort == COMPONENT_SORT_TYPE)
            component_node_known(&scope, entity->type, index);
        if (entity->sort != COMPONENT_SORT_INSTANCE)
            continue;
        for (uint32_t k = 0; k < entity->type->export_count; k++) {
            const component_entity *e = &entity->type->exports[k];
            if (e->sort == COMPONENT_SORT_TYPE)
                component_node_known(
                    &scope, e->type,
                    component_builder_alias(&builder, COMPONENT_SORT_TYPE,
                                            index, e->name));
        }
    }
    for (uint32_t i = 0; i < node->export_count; i++)
        declare(&scope, &node, 1, &node->exports[i]);
    component_node_scope_release(&scope);
    return component_builder_scope_type(self->builder, &builder);
}
