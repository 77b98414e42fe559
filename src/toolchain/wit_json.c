/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A set of WIT packages as JSON. A NULL anywhere is out of memory: it makes
 * everything around it NULL, and is reported once at the end. */
#include "toolchain/wit_json.h"
#include <jansson.h>

#include <stdlib.h>

static json_t *text(slice s)
{
    return json_stringn(s.size ? (const char *)s.data : "", s.size);
}

static json_t *index_of(uint32_t index)
{
    return json_integer((json_int_t)index);
}

/* Adds a member and gives the object back; NULL, with nothing left behind,
 * when one of the two is. */
static json_t *with(json_t *object, const char *key, json_t *value)
{
    if (object && value && json_object_set_new(object, key, value) == 0)
        return object;
    if (!object)
        json_decref(value);
    json_decref(object);
    return NULL;
}

static json_t *with_slice(json_t *object, slice key, json_t *value)
{
    if (object && value &&
        json_object_setn_new(object, (const char *)key.data, key.size, value) ==
            0)
        return object;
    if (!object)
        json_decref(value);
    json_decref(object);
    return NULL;
}

static json_t *append(json_t *list, json_t *value)
{
    if (list && value && json_array_append_new(list, value) == 0)
        return list;
    if (!list)
        json_decref(value);
    json_decref(list);
    return NULL;
}

static json_t *pair(const char *key, json_t *value)
{
    return with(json_object(), key, value);
}

static json_t *type_of(wit_type type)
{
    if (type == WIT_NONE)
        return json_null();
    if (type < WIT_PRIMITIVES)
        return json_string(wit_kind_text((wit_kind)type));
    return index_of(type - WIT_PRIMITIVES);
}

static json_t *with_docs(json_t *object, slice docs)
{
    return docs.size ? with(object, "docs", pair("contents", text(docs)))
                     : object;
}

static json_t *with_gate(json_t *object, const wit_gate *gate)
{
    if (!gate)
        return object;
    bool since = gate->kind == WIT_SINCE;
    json_t *inner = since ? pair("since", text(gate->since.text))
                          : pair("feature", text(gate->feature));
    if (wit_version_present(&gate->deprecated))
        inner = with(inner, "deprecated", text(gate->deprecated.text));
    return with(object, "stability",
                pair(since ? "stable" : "unstable", inner));
}

static json_t *with_external_id(json_t *object, const wit_about *about)
{
    return about->has_external_id
               ? with(object, "external_id", text(about->external_id))
               : object;
}

/* Fields with types (records), with types that may be null (variants), or
 * without (flags, enums). */
static json_t *fields(const wit_type_def *type)
{
    bool typed = type->kind == WIT_RECORD || type->kind == WIT_VARIANT;
    json_t *list = json_array();
    for (uint32_t i = 0; i < type->field_count && list; i++) {
        const wit_field *field = &type->fields[i];
        json_t *object = pair("name", text(field->name));
        if (typed)
            object = with(object, "type", type_of(field->type));
        list = append(list, with_docs(object, field->docs));
    }
    return list;
}

static json_t *members(const wit_type_def *type)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < type->field_count && list; i++)
        list = append(list, type_of(type->fields[i].type));
    return list;
}

static json_t *kind_of(const wit_type_def *type)
{
    const char *kind = wit_kind_text(type->kind);
    switch (type->kind) {
    case WIT_RESOURCE:
        return json_string(kind);
    case WIT_RECORD:
        return pair(kind, pair("fields", fields(type)));
    case WIT_FLAGS:
        return pair(kind, pair("flags", fields(type)));
    case WIT_VARIANT:
    case WIT_ENUM:
        return pair(kind, pair("cases", fields(type)));
    case WIT_TUPLE:
        return pair(kind, pair("types", members(type)));
    case WIT_OWN:
    case WIT_BORROW:
        return pair("handle", pair(kind, type_of(type->element)));
    case WIT_RESULT:
        return pair(kind, with(pair("ok", type_of(type->element)), "err",
                               type_of(type->other)));
    case WIT_MAP:
        return pair(kind, append(append(json_array(), type_of(type->other)),
                                 type_of(type->element)));
    case WIT_FIXED_LIST:
        return pair(kind, append(append(json_array(), type_of(type->element)),
                                 index_of(type->length)));
    default:
        return pair(kind, type_of(type->element));
    }
}

static json_t *type_json(const wit_type_def *type)
{
    json_t *owner = type->owner.kind == WIT_OWNER_NONE ? json_null()
                    : type->owner.kind == WIT_OWNER_WORLD
                        ? pair("world", index_of(type->owner.index))
                        : pair("interface", index_of(type->owner.index));
    json_t *object =
        pair("name", type->name.size ? text(type->name) : json_null());
    object = with(object, "kind", kind_of(type));
    object = with(object, "owner", owner);
    object = with_docs(object, type->about.docs);
    object = with_gate(object, type->about.gate);
    return with_external_id(object, &type->about);
}

static json_t *function_kind(const wit_function *function)
{
    static const char *const words[][2] = {
        [WIT_FREESTANDING] = {"freestanding", "async-freestanding"},
        [WIT_METHOD] = {"method", "async-method"},
        [WIT_STATIC] = {"static", "async-static"},
        [WIT_CONSTRUCTOR] = {"constructor", "constructor"},
    };
    const char *word = words[function->kind][function->is_async];
    return function->kind == WIT_FREESTANDING
               ? json_string(word)
               : pair(word, type_of(function->resource));
}

static json_t *function_json(const wit_function *function)
{
    json_t *params = json_array();
    for (uint32_t i = 0; i < function->param_count && params; i++)
        params =
            append(params, with(pair("name", text(function->params[i].name)),
                                "type", type_of(function->params[i].type)));
    json_t *object = pair("name", text(function->name));
    object = with(object, "kind", function_kind(function));
    object = with(object, "params", params);
    if (function->result != WIT_NONE)
        object = with(object, "result", type_of(function->result));
    object = with_docs(object, function->about.docs);
    object = with_gate(object, function->about.gate);
    return with_external_id(object, &function->about);
}

static json_t *interface_json(const wit_set *self, const wit_interface *it)
{
    json_t *types = json_object(), *functions = json_object();
    for (uint32_t i = 0; i < it->type_count && types; i++)
        types = with_slice(types, self->types[it->types[i]].name,
                           type_of(it->types[i]));
    for (uint32_t i = 0; i < it->function_count && functions; i++)
        functions = with_slice(functions, it->functions[i].name,
                               function_json(&it->functions[i]));
    json_t *object = pair("name", it->name.size ? text(it->name) : json_null());
    object = with(object, "types", types);
    object = with(object, "functions", functions);
    object = with_docs(object, it->about.docs);
    object = with_gate(object, it->about.gate);
    object = with(object, "package", index_of(it->package));
    return it->clone_of == WIT_NONE
               ? object
               : with(object, "clone_of", index_of(it->clone_of));
}

static json_t *item_json(const wit_item *item)
{
    if (item->kind == WIT_ITEM_TYPE)
        return pair("type", type_of(item->index));
    if (item->kind == WIT_ITEM_FUNCTION)
        return pair("function", function_json(item->function));
    json_t *object = pair("id", index_of(item->index));
    object = with_gate(object, item->about.gate);
    object = with_external_id(object, &item->about);
    return pair("interface", with_docs(object, item->about.docs));
}

static json_t *items_json(const wit_item *items, uint32_t count)
{
    json_t *object = json_object();
    for (uint32_t i = 0; i < count && object; i++) {
        char key[24];
        slice name = items[i].name;
        if (!name.size) {
            snprintf(key, sizeof key, "interface-%u", items[i].index);
            name = slice_text(key);
        }
        object = with_slice(object, name, item_json(&items[i]));
    }
    return object;
}

static json_t *world_json(const wit_world *it)
{
    json_t *object = pair("name", text(it->name));
    object = with(object, "imports", items_json(it->imports, it->import_count));
    object = with(object, "exports", items_json(it->exports, it->export_count));
    object = with(object, "package", index_of(it->package));
    object = with_docs(object, it->about.docs);
    return with_gate(object, it->about.gate);
}

static json_t *package_json(const wit_set *self, uint32_t index)
{
    const wit_package *it = &self->packages[index];
    json_t *interfaces = json_object(), *worlds = json_object();
    for (uint32_t i = 0; i < it->interface_count && interfaces; i++)
        interfaces =
            with_slice(interfaces, self->interfaces[it->interfaces[i]].name,
                       index_of(it->interfaces[i]));
    for (uint32_t i = 0; i < it->world_count && worlds; i++)
        worlds = with_slice(worlds, self->worlds[it->worlds[i]].name,
                            index_of(it->worlds[i]));
    buffer name;
    buffer_init(&name);
    wit_package_write(self, index, &name);
    json_t *object =
        buffer_string(&name) ? pair("name", text(buffer_view(&name))) : NULL;
    buffer_release(&name);
    object = with_docs(object, it->docs);
    object = with(object, "interfaces", interfaces);
    return with(object, "worlds", worlds);
}

static json_t *set_json(const wit_set *self)
{
    json_t *worlds = json_array(), *interfaces = json_array();
    json_t *types = json_array(), *packages = json_array();
    for (uint32_t i = 0; i < self->world_count && worlds; i++)
        worlds = append(worlds, world_json(&self->worlds[i]));
    for (uint32_t i = 0; i < self->interface_count && interfaces; i++)
        interfaces =
            append(interfaces, interface_json(self, &self->interfaces[i]));
    for (uint32_t i = WIT_PRIMITIVES; i < self->type_count && types; i++)
        types = append(types, type_json(&self->types[i]));
    for (uint32_t i = 0; i < self->package_count && packages; i++)
        packages = append(packages, package_json(self, i));
    json_t *object = pair("worlds", worlds);
    object = with(object, "interfaces", interfaces);
    object = with(object, "types", types);
    return with(object, "packages", packages);
}

whit_status wit_json_write(const wit_set *self, buffer *out, whit_error *error)
{
    json_t *root = set_json(self);
    char *written =
        root ? json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
    if (written) {
        buffer_text(out, written);
        buffer_put(out, '\n');
    }
    json_decref(root);
    free(written);
    return written ? buffer_status(out, error) : error_memory(error);
}
