/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/component.h: components and their types. */
#include <stdio.h>

#include "api/component.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/shape.h"
#include "component/text.h"
#include "component/validate.h"

static slice bytes_of(const void *bytes, size_t size)
{
    return slice_of(bytes, size);
}

bool whit_is_component(const void *bytes, size_t size)
{
    return component_is(bytes_of(bytes, size)) ||
           component_is_text(bytes_of(bytes, size));
}

whit_status whit_component_new(whit_engine *engine, const void *bytes,
                               size_t size, whit_component **out,
                               whit_error *error)
{
    component_file *file;
    canon_component *made;
    uint8_t *copy = mem_dup(bytes, size);
    TRY_ALLOC(copy, error);
    slice kept = slice_of(copy, size);
    whit_status status = size && copy[0] == 0
                             ? component_decode(kept, &file, error)
                             : component_text_parse(kept, &file, error);
    if (status != WHIT_OK) {
        mem_free(copy);
        return status;
    }
    TRY(canon_component_new(RT_ENGINE(engine), file, copy, &made, error));
    *out = (whit_component *)(void *)made;
    return WHIT_OK;
}

void whit_component_free(whit_component *self)
{
    canon_component_release(API_COMPONENT(self));
}

/* ---- Types ---- */

static whit_kind primitive_kind(unsigned primitive)
{
    switch (primitive) {
    case COMPONENT_BOOL:
        return WHIT_BOOL;
    case COMPONENT_S8:
        return WHIT_S8;
    case COMPONENT_U8:
        return WHIT_U8;
    case COMPONENT_S16:
        return WHIT_S16;
    case COMPONENT_U16:
        return WHIT_U16;
    case COMPONENT_S32:
        return WHIT_S32;
    case COMPONENT_U32:
        return WHIT_U32;
    case COMPONENT_S64:
        return WHIT_S64;
    case COMPONENT_U64:
        return WHIT_U64;
    case COMPONENT_F32:
        return WHIT_F32;
    case COMPONENT_F64:
        return WHIT_F64;
    case COMPONENT_CHAR:
        return WHIT_CHAR;
    case COMPONENT_STRING:
        return WHIT_STRING;
    default:
        return WHIT_ERROR_CONTEXT;
    }
}

whit_kind whit_type_kind(const whit_type *type)
{
    switch (API_NODE(type)->kind) {
    case COMPONENT_TYPE_LIST:
        return WHIT_LIST;
    case COMPONENT_TYPE_FIXED_LIST:
        return WHIT_FIXED_LIST;
    case COMPONENT_TYPE_MAP:
        return WHIT_MAP;
    case COMPONENT_TYPE_RECORD:
        return WHIT_RECORD;
    case COMPONENT_TYPE_TUPLE:
        return WHIT_TUPLE;
    case COMPONENT_TYPE_VARIANT:
        return WHIT_VARIANT;
    case COMPONENT_TYPE_ENUM:
        return WHIT_ENUM;
    case COMPONENT_TYPE_OPTION:
        return WHIT_OPTION;
    case COMPONENT_TYPE_RESULT:
        return WHIT_RESULT;
    case COMPONENT_TYPE_FLAGS:
        return WHIT_FLAGS;
    case COMPONENT_TYPE_OWN:
        return WHIT_OWN;
    case COMPONENT_TYPE_BORROW:
        return WHIT_BORROW;
    case COMPONENT_TYPE_STREAM:
        return WHIT_STREAM;
    case COMPONENT_TYPE_FUTURE:
        return WHIT_FUTURE;
    default:
        return primitive_kind(API_NODE(type)->primitive);
    }
}

size_t whit_type_count(const whit_type *type)
{
    const component_node *node = API_NODE(type);
    bool two = node->kind == COMPONENT_TYPE_OPTION ||
               node->kind == COMPONENT_TYPE_RESULT;
    return two ? 2 : node->member_count;
}

static whit_name name_of(slice s)
{
    return (whit_name){(const char *)s.data, s.size};
}

whit_name whit_type_name(const whit_type *type, size_t i)
{
    static const char *const options[] = {"none", "some"};
    static const char *const results[] = {"ok", "error"};
    const component_node *node = API_NODE(type);
    if (node->kind == COMPONENT_TYPE_OPTION)
        return name_of(slice_text(options[i]));
    if (node->kind == COMPONENT_TYPE_RESULT)
        return name_of(slice_text(results[i]));
    return name_of(node->members[i].name);
}

const whit_type *whit_type_part(const whit_type *type, size_t i)
{
    const component_node *node = API_NODE(type);
    switch (node->kind) {
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_ENUM:
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        return API_TYPE(component_case_type(node, (uint32_t)i));
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        return API_TYPE(node->members[i].type);
    case COMPONENT_TYPE_MAP:
        return API_TYPE(i ? node->other : node->element);
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        return NULL;
    default:
        return API_TYPE(node->element);
    }
}

size_t whit_type_length(const whit_type *type)
{
    const component_node *node = API_NODE(type);
    return node->kind == COMPONENT_TYPE_FIXED_LIST ? node->length : 0;
}

size_t whit_type_size(const whit_type *type)
{
    return API_NODE(type)->layout[1].size;
}

size_t whit_type_align(const whit_type *type)
{
    return API_NODE(type)->layout[1].align;
}

size_t whit_type_offset(const whit_type *type, size_t i)
{
    const component_node *node = API_NODE(type);
    if (node->kind == COMPONENT_TYPE_RECORD ||
        node->kind == COMPONENT_TYPE_TUPLE)
        return component_member_offset(node, (uint32_t)i, 1);
    return component_payload_offset(node, 1);
}

static size_t write_type(const component_node *node, char *out, size_t size)
{
    buffer text;
    buffer_init(&text);
    canon_type_write(node, &text);
    size_t length = text.size;
    if (size)
        snprintf(out, size, "%.*s", SLICE_ARG(buffer_view(&text)));
    buffer_release(&text);
    return length;
}

size_t whit_type_text(const whit_type *type, char *out, size_t size)
{
    return write_type(API_NODE(type), out, size);
}

bool whit_function_type_is_async(const whit_function_type *type)
{
    return API_NODE(type)->is_async;
}

size_t whit_function_type_params(const whit_function_type *type)
{
    return API_NODE(type)->member_count;
}

whit_name whit_function_type_param_name(const whit_function_type *type,
                                        size_t i)
{
    return name_of(API_NODE(type)->members[i].name);
}

const whit_type *whit_function_type_param(const whit_function_type *type,
                                          size_t i)
{
    return API_TYPE(API_NODE(type)->members[i].type);
}

const whit_type *whit_function_type_result(const whit_function_type *type)
{
    return API_TYPE(API_NODE(type)->element);
}

size_t whit_function_type_params_size(const whit_function_type *type)
{
    const component_node *node = API_NODE(type);
    canon_tuple tuple;
    canon_tuple_init(&tuple, node->members, node->member_count, NULL);
    return tuple.layout[1].size;
}

size_t whit_function_type_param_offset(const whit_function_type *type, size_t i)
{
    return component_member_offset(API_NODE(type), (uint32_t)i, 1);
}

size_t whit_function_type_text(const whit_function_type *type, char *out,
                               size_t size)
{
    return write_type(API_NODE(type), out, size);
}

/* ---- Imports and exports ---- */

static whit_entity entity_of(const component_entity *entity)
{
    whit_entity out = {.kind = WHIT_ENTITY_MODULE,
                       .name = name_of(entity->name)};
    const component_node *node = entity->type;
    switch (entity->sort) {
    case COMPONENT_SORT_FUNC:
        out.kind = WHIT_ENTITY_FUNCTION;
        out.function = API_FUNCTION_TYPE(node);
        break;
    case COMPONENT_SORT_INSTANCE:
        out.kind = WHIT_ENTITY_INSTANCE;
        out.inside = node;
        out.count = node->export_count;
        break;
    case COMPONENT_SORT_COMPONENT:
        out.kind = WHIT_ENTITY_COMPONENT;
        break;
    case COMPONENT_SORT_TYPE:
        out.kind = node->kind == COMPONENT_TYPE_RESOURCE ? WHIT_ENTITY_RESOURCE
                                                         : WHIT_ENTITY_TYPE;
        out.type = API_TYPE(node);
        break;
    default:
        break;
    }
    return out;
}

static const component_node *type_of(const whit_component *self)
{
    return canon_component_type((const canon_component *)(const void *)self);
}

size_t whit_component_import_count(const whit_component *self)
{
    return type_of(self)->import_count;
}

whit_entity whit_component_import(const whit_component *self, size_t i)
{
    return entity_of(&type_of(self)->imports[i]);
}

size_t whit_component_export_count(const whit_component *self)
{
    return type_of(self)->export_count;
}

whit_entity whit_component_export(const whit_component *self, size_t i)
{
    return entity_of(&type_of(self)->exports[i]);
}

whit_entity whit_entity_at(const whit_entity *instance, size_t i)
{
    const component_node *node = instance->inside;
    return entity_of(&node->exports[i]);
}
