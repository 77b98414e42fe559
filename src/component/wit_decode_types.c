/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From components back to WIT: types, functions, interfaces. */
#include "base/limits.h"
#include "base/memory.h"
#include "component/wit_decode_private.h"

/* ---- What nodes have become ---- */

static bool mapped(const wit_decoder *d, const component_node *node,
                   wit_type *out)
{
    uint64_t value;
    if (!map_get(&d->types, slice_of(&node->self, sizeof(node->self)), &value))
        return false;
    *out = (wit_type)value;
    return true;
}

static whit_status set_mapped(wit_decoder *d, const component_node *node,
                              wit_type type)
{
    return map_set(&d->types, slice_of(&node->self, sizeof(node->self)), type,
                   d->error);
}

/* The nearest type that the node is another name of. */
static bool mapped_alias(const wit_decoder *d, const component_node *node,
                         wit_type *out)
{
    for (node = node->alias_of; node; node = node->alias_of)
        if (mapped(d, node, out))
            return true;
    return false;
}

static bool mapped_resource(const wit_decoder *d,
                            const component_resource *resource, wit_type *out)
{
    uint64_t value;
    if (!map_get(&d->resources, slice_of(&resource, sizeof(resource)), &value))
        return false;
    *out = (wit_type)value;
    return true;
}

static whit_status
set_resource(wit_decoder *d, const component_resource *resource, wit_type type)
{
    const void *key = arena_dup(&d->scratch, &resource, sizeof(resource));
    TRY_ALLOC(key, d->error);
    return map_set(&d->resources, slice_of(key, sizeof(resource)), type,
                   d->error);
}

/* ---- Types in the scope of their owner ---- */

static bool owned_here(const wit_decoder *d, wit_owner owner)
{
    return owner.kind == WIT_OWNER_NONE ||
           (owner.kind == d->owner.kind && owner.index == d->owner.index);
}

/* The type of that name in what is being filled, or WIT_NONE. */
static wit_type find_here(const wit_decoder *d, slice name)
{
    uint64_t item;
    if (d->owner.kind == WIT_OWNER_INTERFACE)
        return wit_find_type(d->set, d->owner.index, name);
    if (!component_decoder_find(&d->items, d->owner.index, 0, name, &item))
        return WIT_NONE;
    const wit_item *found =
        &d->set->worlds[d->owner.index].imports[(uint32_t)item];
    return found->kind == WIT_ITEM_TYPE ? found->index : WIT_NONE;
}

static whit_status add_here(wit_decoder *d, const wit_type_def *def,
                            wit_type *out)
{
    if (d->owner.kind == WIT_OWNER_WORLD)
        TRY(component_decoder_remember(
            d, &d->items, d->owner.index, 0, def->name,
            d->set->worlds[d->owner.index].import_count));
    return wit_set_add_type(d->set, def, out, d->error);
}

/* A type of another interface needs a name here, as `use` gives it. */
static whit_status use_here(wit_decoder *d, wit_type *type)
{
    const wit_type_def *def = &d->set->types[*type];
    if (owned_here(d, def->owner) || def->owner.kind == WIT_OWNER_WORLD)
        return WHIT_OK;
    wit_type before = find_here(d, def->name);
    if (before != WIT_NONE) {
        const wit_type_def *other = &d->set->types[before];
        if (other->kind == WIT_ALIAS && other->element == *type) {
            *type = before;
            return WHIT_OK;
        }
        return error_set(d->error, WHIT_UNSUPPORTED,
                         "two types are called '%.*s' in one place, which WIT "
                         "cannot say",
                         SLICE_ARG(def->name));
    }
    wit_type_def alias = {.kind = WIT_ALIAS,
                          .name = def->name,
                          .owner = d->owner,
                          .about.place.source = WIT_NONE,
                          .element = *type,
                          .other = WIT_NONE};
    return add_here(d, &alias, type);
}

/* ---- Structure ---- */

static const uint8_t kinds[] = {[COMPONENT_TYPE_MAP] = WIT_MAP,
                                [COMPONENT_TYPE_FUTURE] = WIT_FUTURE,
                                [COMPONENT_TYPE_STREAM] = WIT_STREAM,
                                [COMPONENT_TYPE_FIXED_LIST] = WIT_FIXED_LIST,
                                [COMPONENT_TYPE_BORROW] = WIT_BORROW,
                                [COMPONENT_TYPE_OWN] = WIT_OWN,
                                [COMPONENT_TYPE_RESULT] = WIT_RESULT,
                                [COMPONENT_TYPE_OPTION] = WIT_OPTION,
                                [COMPONENT_TYPE_ENUM] = WIT_ENUM,
                                [COMPONENT_TYPE_FLAGS] = WIT_FLAGS,
                                [COMPONENT_TYPE_TUPLE] = WIT_TUPLE,
                                [COMPONENT_TYPE_LIST] = WIT_LIST,
                                [COMPONENT_TYPE_VARIANT] = WIT_VARIANT,
                                [COMPONENT_TYPE_RECORD] = WIT_RECORD};

static wit_type primitive_of(const component_node *node)
{
    static const uint8_t types[] = {
        [COMPONENT_BOOL] = WIT_BOOL,
        [COMPONENT_S8] = WIT_S8,
        [COMPONENT_U8] = WIT_U8,
        [COMPONENT_S16] = WIT_S16,
        [COMPONENT_U16] = WIT_U16,
        [COMPONENT_S32] = WIT_S32,
        [COMPONENT_U32] = WIT_U32,
        [COMPONENT_S64] = WIT_S64,
        [COMPONENT_U64] = WIT_U64,
        [COMPONENT_F32] = WIT_F32,
        [COMPONENT_F64] = WIT_F64,
        [COMPONENT_CHAR] = WIT_CHAR,
        [COMPONENT_STRING] = WIT_STRING,
        [COMPONENT_ERROR_CONTEXT] = WIT_ERROR_CONTEXT};
    return types[node->primitive];
}

static whit_status convert(wit_decoder *d, const component_node *node,
                           wit_type *out);

/* The fields are the caller's (mem_free). */
static whit_status convert_fields(wit_decoder *d, const component_node *node,
                                  uint32_t first, uint32_t docs,
                                  wit_field **out)
{
    uint32_t count = node->member_count - first;
    wit_field *fields = mem_calloc((size_t)count + 1, sizeof *fields);
    TRY_ALLOC(fields, d->error);
    *out = fields;
    for (uint32_t i = 0; i < count; i++) {
        const component_member *member = &node->members[first + i];
        fields[i] = (wit_field){.type = WIT_NONE, .place.source = WIT_NONE};
        TRY(component_decoder_keep(d, member->name, &fields[i].name));
        fields[i].docs = component_docs_text(
            &d->docs, component_docs_child(&d->docs, docs, member->name));
        if (member->type)
            TRY(convert(d, member->type, &fields[i].type));
    }
    return WHIT_OK;
}

static whit_status convert_handle(wit_decoder *d, const component_node *node,
                                  wit_type *out)
{
    const component_node *resource = node->element;
    if (mapped(d, resource, out) || mapped_alias(d, resource, out) ||
        mapped_resource(d, resource->resource, out))
        return use_here(d, out);
    return error_set(d->error, WHIT_UNSUPPORTED,
                     "a handle to a resource that has no name outside");
}

/* What a node is made of; the fields are the caller's (mem_free), even on
 * failure. */
static whit_status convert_parts(wit_decoder *d, const component_node *node,
                                 uint32_t docs, wit_type_def *def,
                                 wit_field **fields)
{
    *fields = NULL;
    def->kind = kinds[node->kind];
    def->element = def->other = WIT_NONE;
    def->length = node->length;
    switch (node->kind) {
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        return convert_handle(d, node, &def->element);
    case COMPONENT_TYPE_MAP:
        TRY(convert(d, node->element, &def->other));
        return convert(d, node->other, &def->element);
    default:
        if (node->element)
            TRY(convert(d, node->element, &def->element));
        if (node->other)
            TRY(convert(d, node->other, &def->other));
    }
    if (!node->member_count)
        return WHIT_OK;
    TRY(convert_fields(d, node, 0, docs, fields));
    def->fields = *fields;
    def->field_count = node->member_count;
    return WHIT_OK;
}

static bool needs_name(const component_node *node)
{
    return node->kind == COMPONENT_TYPE_RECORD ||
           node->kind == COMPONENT_TYPE_VARIANT ||
           node->kind == COMPONENT_TYPE_ENUM ||
           node->kind == COMPONENT_TYPE_FLAGS ||
           node->kind == COMPONENT_TYPE_RESOURCE;
}

/* A type where a value is meant. Nodes nest no deeper than the limit. */
static whit_status convert(wit_decoder *d, const component_node *node,
                           wit_type *out)
{
    wit_type_def def = {.about.place.source = WIT_NONE};
    wit_field *fields;
    if (mapped(d, node, out) || (node->alias_of && mapped_alias(d, node, out)))
        return use_here(d, out);
    if (node->kind == COMPONENT_TYPE_PRIMITIVE) {
        *out = primitive_of(node);
        return WHIT_OK;
    }
    if (needs_name(node) || node->kind >= COUNT_OF(kinds) || !kinds[node->kind])
        return error_set(d->error, WHIT_UNSUPPORTED,
                         "a type without a name that WIT only has with one");
    whit_status status = convert_parts(d, node, WIT_NONE, &def, &fields);
    if (status == WHIT_OK)
        status = wit_set_add_type(d->set, &def, out, d->error);
    mem_free(fields);
    return status;
}

/* ---- Types with names ---- */

static bool same_fields(const wit_type_def *a, const wit_type_def *b)
{
    if (a->field_count != b->field_count)
        return false;
    for (uint32_t i = 0; i < a->field_count; i++)
        if (!slice_equal(a->fields[i].name, b->fields[i].name) ||
            a->fields[i].type != b->fields[i].type)
            return false;
    return true;
}

/* A component may spell out what the text took from elsewhere. */
static bool same_type(const wit_decoder *d, const wit_type_def *def,
                      wit_type known)
{
    const wit_type_def *other = &d->set->types[known];
    if (def->kind != WIT_ALIAS && other->kind == WIT_ALIAS)
        other = &d->set->types[wit_type_strip(d->set, known)];
    if (def->kind == WIT_ALIAS && other->kind == WIT_ALIAS)
        return wit_type_strip(d->set, def->element) ==
               wit_type_strip(d->set, other->element);
    return def->kind == other->kind && def->element == other->element &&
           def->other == other->other && same_fields(def, other) &&
           (def->kind != WIT_FIXED_LIST || def->length == other->length);
}

static whit_status describe_type(wit_decoder *d, const component_node *node,
                                 uint32_t docs, wit_type_def *def,
                                 wit_field **fields)
{
    *fields = NULL;
    def->kind = WIT_ALIAS;
    def->other = WIT_NONE;
    if (mapped_alias(d, node, &def->element))
        return WHIT_OK;
    if (node->kind == COMPONENT_TYPE_PRIMITIVE) {
        def->element = primitive_of(node);
        return WHIT_OK;
    }
    if (node->kind == COMPONENT_TYPE_RESOURCE) {
        def->kind = WIT_RESOURCE;
        def->element = WIT_NONE;
        return WHIT_OK;
    }
    if (node->kind >= COUNT_OF(kinds) || !kinds[node->kind])
        return error_set(d->error, WHIT_UNSUPPORTED,
                         "'%.*s' is the type of a function, instance or "
                         "component, which WIT does not name",
                         SLICE_ARG(def->name));
    return convert_parts(d, node, component_docs_get(&d->docs, docs, "items"),
                         def, fields);
}

static whit_status settle_type(wit_decoder *d, const component_node *node,
                               const wit_type_def *def, wit_type *out)
{
    wit_type known = find_here(d, def->name);
    if (known == WIT_NONE)
        return add_here(d, def, out);
    *out = known;
    if (def->kind == WIT_ALIAS && def->element == known)
        return WHIT_OK;
    if (same_type(d, def, known) ||
        (node->kind == COMPONENT_TYPE_RESOURCE &&
         d->set->types[wit_type_strip(d->set, known)].kind == WIT_RESOURCE))
        return WHIT_OK;
    return error_set(d->error, WHIT_INVALID,
                     "the type '%.*s' is described in two ways that differ",
                     SLICE_ARG(def->name));
}

whit_status component_decoder_type(wit_decoder *d,
                                   const component_entity *entity,
                                   uint32_t docs)
{
    const component_node *node = entity->type;
    wit_type_def def = {.owner = d->owner};
    wit_field *fields = NULL;
    wit_type type = WIT_NONE;
    docs = component_docs_child(&d->docs, docs, entity->name);
    TRY(component_decoder_keep(d, entity->name, &def.name));
    TRY(component_decoder_about(d, docs, entity, &def.about));
    whit_status status = describe_type(d, node, docs, &def, &fields);
    if (status == WHIT_OK)
        status = settle_type(d, node, &def, &type);
    mem_free(fields);
    TRY(status);
    TRY(set_mapped(d, node, type));
    if (node->resource)
        TRY(set_resource(d, node->resource, type));
    /* The definition behind the name means it too, where only a name can. */
    for (node = node->alias_of; node && needs_name(node);
         node = node->alias_of) {
        wit_type before;
        if (mapped(d, node, &before))
            break;
        TRY(set_mapped(d, node, type));
    }
    return WHIT_OK;
}

/* ---- Functions ---- */

static whit_status index_functions(wit_decoder *d, uint32_t interface)
{
    uint64_t done;
    if (component_decoder_find(&d->indexed, interface, 0, slice_of(NULL, 0),
                               &done))
        return WHIT_OK;
    const wit_interface *what = &d->set->interfaces[interface];
    for (uint32_t i = 0; i < what->function_count; i++)
        TRY(component_decoder_remember(d, &d->functions, interface, 0,
                                       what->functions[i].name, i));
    return component_decoder_remember(d, &d->indexed, interface, 0,
                                      slice_of(NULL, 0), 0);
}

static const wit_function *find_function(wit_decoder *d, bool exported,
                                         slice name)
{
    uint64_t value;
    if (d->owner.kind == WIT_OWNER_INTERFACE)
        return component_decoder_find(&d->functions, d->owner.index, 0, name,
                                      &value)
                   ? &d->set->interfaces[d->owner.index].functions[value]
                   : NULL;
    if (!component_decoder_find(&d->items, d->owner.index, exported, name,
                                &value))
        return NULL;
    const wit_world *world = &d->set->worlds[d->owner.index];
    return (exported ? world->exports : world->imports)[value].function;
}

static bool same_function(const wit_function *a, const wit_function *b)
{
    uint32_t self = b->kind == WIT_METHOD;
    if (a->is_async != b->is_async || a->kind != b->kind ||
        a->param_count + self != b->param_count || a->result != b->result)
        return false;
    for (uint32_t i = 0; i < a->param_count; i++)
        if (!slice_equal(a->params[i].name, b->params[i + self].name) ||
            a->params[i].type != b->params[i + self].type)
            return false;
    return true;
}

static whit_status add_function(wit_decoder *d, bool exported, slice name,
                                const wit_function *function)
{
    const wit_function *known = find_function(d, exported, name);
    if (known && same_function(function, known))
        return WHIT_OK;
    if (known)
        return error_set(d->error, WHIT_INVALID,
                         "the function '%.*s' is described in two ways that "
                         "differ",
                         SLICE_ARG(name));
    if (d->owner.kind == WIT_OWNER_INTERFACE) {
        TRY(component_decoder_remember(
            d, &d->functions, d->owner.index, 0, name,
            d->set->interfaces[d->owner.index].function_count));
    } else {
        const wit_world *world = &d->set->worlds[d->owner.index];
        TRY(component_decoder_remember(
            d, &d->items, d->owner.index, exported, name,
            exported ? world->export_count : world->import_count));
    }
    return wit_set_add_function(d->set, d->owner, exported, function, d->error);
}

static whit_status describe_function(wit_decoder *d,
                                     const component_name_parts *parts,
                                     wit_function *out)
{
    static const uint8_t function_kinds[] = {
        [COMPONENT_NAME_LABEL] = WIT_FREESTANDING,
        [COMPONENT_NAME_CONSTRUCTOR] = WIT_CONSTRUCTOR,
        [COMPONENT_NAME_METHOD] = WIT_METHOD,
        [COMPONENT_NAME_STATIC] = WIT_STATIC};
    out->kind = function_kinds[parts->kind];
    out->resource = WIT_NONE;
    bool is_free = out->kind == WIT_FREESTANDING;
    TRY(component_decoder_keep(d, is_free ? parts->resource : parts->member,
                               &out->item_name));
    if (is_free)
        return WHIT_OK;
    out->resource = find_here(d, parts->resource);
    if (out->resource != WIT_NONE)
        return WHIT_OK;
    return error_set(d->error, WHIT_UNSUPPORTED,
                     "the resource '%.*s' is not beside its functions",
                     SLICE_ARG(parts->resource));
}

whit_status component_decoder_function(wit_decoder *d, bool exported,
                                       const component_entity *entity,
                                       uint32_t docs)
{
    const component_node *node = entity->type;
    component_name_parts parts;
    wit_field *fields = NULL;
    wit_function function = {.is_async = node->is_async, .result = WIT_NONE};
    TRY(component_name_parse(entity->name, false, &parts, d->error));
    if (parts.kind == COMPONENT_NAME_INTERFACE)
        return error_set(d->error, WHIT_UNSUPPORTED,
                         "the function '%.*s' has the name of an interface",
                         SLICE_ARG(entity->name));
    TRY(describe_function(d, &parts, &function));
    TRY(component_decoder_about(
        d, component_docs_child(&d->docs, docs, entity->name), entity,
        &function.about));
    uint32_t first = function.kind == WIT_METHOD && node->member_count;
    whit_status status = convert_fields(d, node, first, WIT_NONE, &fields);
    if (status == WHIT_OK && node->element)
        status = convert(d, node->element, &function.result);
    function.params = fields;
    function.param_count = node->member_count - first;
    if (status == WHIT_OK)
        status = add_function(d, exported, entity->name, &function);
    mem_free(fields);
    return status;
}

/* ---- Interfaces ---- */

static whit_status fill_interface(wit_decoder *d, const component_node *node,
                                  uint32_t docs)
{
    uint32_t types = component_docs_get(&d->docs, docs, "types");
    uint32_t funcs = component_docs_get(&d->docs, docs, "funcs");
    uint32_t before = d->set->interfaces[d->owner.index].function_count;
    for (uint32_t i = 0; i < node->export_count; i++) {
        const component_entity *item = &node->exports[i];
        whit_status status;
        if (item->sort == COMPONENT_SORT_TYPE)
            status = component_decoder_type(d, item, types);
        else if (item->sort == COMPONENT_SORT_FUNC)
            status = component_decoder_function(d, false, item, funcs);
        else
            status = error_set(d->error, WHIT_UNSUPPORTED,
                               "it is a %s, and interfaces have only types "
                               "and functions",
                               component_sort_text(item->sort));
        if (status != WHIT_OK) {
            error_prefix(d->error, "'%.*s'", SLICE_ARG(item->name));
            return status;
        }
    }
    if (d->set->interfaces[d->owner.index].function_count == before)
        return WHIT_OK;
    TRY(wit_set_complete_interface(d->set, d->owner.index, d->error));
    const wit_interface *what = &d->set->interfaces[d->owner.index];
    for (uint32_t i = 0; i < what->function_count; i++)
        TRY(component_decoder_remember(d, &d->functions, d->owner.index, 0,
                                       what->functions[i].name, i));
    return WHIT_OK;
}

whit_status component_decoder_fill_interface(wit_decoder *d, uint32_t interface,
                                             const component_entity *instance,
                                             uint32_t docs)
{
    wit_owner outer = d->owner;
    TRY(index_functions(d, interface));
    d->owner = (wit_owner){WIT_OWNER_INTERFACE, interface};
    whit_status status = fill_interface(d, instance->type, docs);
    if (status != WHIT_OK)
        error_prefix(d->error, "interface '%.*s'", SLICE_ARG(instance->name));
    d->owner = outer;
    return status;
}
