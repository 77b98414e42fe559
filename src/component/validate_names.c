/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of names: their grammar and uniqueness, what annotations ask
 * for, and which types have a name outside. */
#include "base/memory.h"
#include "component/validate_private.h"

void component_check_names_init(check_names *self)
{
    memset(self, 0, sizeof *self);
    map_init(&self->unique);
    map_init(&self->resources);
    map_init(&self->known);
}

void component_check_names_release(check_names *self)
{
    map_release(&self->unique);
    map_release(&self->resources);
    map_release(&self->known);
    mem_free(self->originals.items);
    mem_free(self->labels.items);
}

static slice node_key(const component_node *node)
{
    return slice_of(&node->self, sizeof(node->self));
}

/* ---- Labels ---- */

static whit_status lower_key(checker *v, slice label, slice *out)
{
    uint8_t *key = arena_alloc(v->arena, label.size ? label.size : 1);
    TRY_ALLOC(key, v->error);
    for (size_t i = 0; i < label.size; i++) {
        uint8_t c = label.data[i];
        key[i] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }
    *out = slice_of(key, label.size);
    return WHIT_OK;
}

static whit_status check_label(checker *v, const component_field *fields,
                               uint32_t i, map *seen, const char *type,
                               const char *noun)
{
    const char *space = *type ? " " : "";
    slice label = fields[i].name, key;
    uint64_t other;
    if (!label.size)
        return component_check_fail(v, "%s%s%s name cannot be empty", type,
                                    space, noun);
    if (!component_label_valid(label))
        return component_check_fail(v,
                                    "%s%s%s name `%.*s` is not in kebab case",
                                    type, space, noun, SLICE_ARG(label));
    TRY(lower_key(v, label, &key));
    if (map_get(seen, key, &other))
        return component_check_fail(
            v, "%s%s%s name `%.*s` conflicts with previous %s name `%.*s`",
            type, space, noun, SLICE_ARG(label), noun,
            SLICE_ARG(fields[other].name));
    return map_set(seen, key, i, v->error);
}

whit_status component_check_labels(checker *v, const component_field *fields,
                                   uint32_t count, const char *type,
                                   const char *noun)
{
    map seen;
    map_init(&seen);
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; status == WHIT_OK && i < count; i++)
        status = check_label(v, fields, i, &seen, type, noun);
    map_release(&seen);
    return status;
}

/* ---- Annotated names ---- */

/* The resource of a handle must be the one of that label in this scope. */
static whit_status check_resource_label(checker *v, const check_names *names,
                                        const component_node *resource,
                                        slice label)
{
    uint64_t index;
    if (!map_get(&names->resources, node_key(resource), &index))
        return component_check_fail(
            v, "resource used in function does not have a name "
               "in this context");
    slice known = ((const slice *)names->labels.items)[index];
    if (slice_equal(known, label))
        return WHIT_OK;
    return component_check_fail(
        v,
        "function does not match expected resource name "
        "`%.*s`",
        SLICE_ARG(known));
}

static whit_status check_constructor(checker *v, const check_names *names,
                                     const component_node *func, slice label)
{
    const component_node *result = func->element;
    if (!result)
        return component_check_fail(v, "function should return one value");
    if (result->kind == COMPONENT_TYPE_RESULT && result->element)
        result = result->element;
    if (result->kind != COMPONENT_TYPE_OWN)
        return component_check_fail(
            v, "function should return `(own $T)` or `(result "
               "(own $T))`");
    return check_resource_label(v, names, result->element, label);
}

static whit_status check_method(checker *v, const check_names *names,
                                const component_node *func, slice label)
{
    if (!func->member_count)
        return component_check_fail(
            v, "function should have at least one argument");
    const component_member *self = &func->members[0];
    if (!slice_is(self->name, "self"))
        return component_check_fail(
            v, "function should have a first argument called "
               "`self`");
    if (self->type->kind != COMPONENT_TYPE_BORROW)
        return component_check_fail(v,
                                    "function should take a first argument of "
                                    "`(borrow $T)`");
    return check_resource_label(v, names, self->type->element, label);
}

static whit_status check_annotation(checker *v, const check_names *names,
                                    slice name,
                                    const component_name_parts *parts,
                                    const component_entity *entity)
{
    uint64_t known;
    if (parts->kind == COMPONENT_NAME_LABEL ||
        parts->kind == COMPONENT_NAME_INTERFACE)
        return WHIT_OK;
    if (entity->sort != COMPONENT_SORT_FUNC)
        return component_check_fail(v, "item is not a func, as `%.*s` asks for",
                                    SLICE_ARG(name));
    whit_status status = WHIT_OK;
    if (parts->kind == COMPONENT_NAME_CONSTRUCTOR)
        status = check_constructor(v, names, entity->type, parts->resource);
    else if (parts->kind == COMPONENT_NAME_METHOD)
        status = check_method(v, names, entity->type, parts->resource);
    else if (!map_get(&names->known, parts->resource, &known))
        status =
            component_check_fail(v, "static resource name is not known in this "
                                    "context");
    if (status == WHIT_INVALID)
        error_prefix(v->error, "`%.*s`", SLICE_ARG(name));
    return status;
}

/* ---- Attributes ---- */

static whit_status check_implements(checker *v, const component_name *name,
                                    const component_name_parts *parts,
                                    const component_entity *entity, slice text)
{
    component_name_parts of;
    whit_error why;
    if (component_name_parse(text, false, &of, &why) != WHIT_OK)
        return component_check_fail(
            v,
            "`implements` name `%.*s` is not a valid name: "
            "%s",
            SLICE_ARG(text), why.message);
    if (of.kind != COMPONENT_NAME_INTERFACE)
        return component_check_fail(
            v, "`implements` name `%.*s` must be an interface",
            SLICE_ARG(text));
    if (entity->sort != COMPONENT_SORT_INSTANCE)
        return component_check_fail(v,
                                    "only instances can have an `implements`");
    if (parts->kind != COMPONENT_NAME_LABEL)
        return component_check_fail(
            v, "name `%.*s` is not valid with `implements`",
            SLICE_ARG(name->text));
    return WHIT_OK;
}

static whit_status check_suffix(checker *v, const component_name_parts *parts,
                                slice text)
{
    buffer version;
    buffer_init(&version);
    buffer_slice(&version, parts->version);
    buffer_slice(&version, text);
    whit_error why;
    whit_status status = buffer_status(&version, v->error);
    if (status == WHIT_OK &&
        (!parts->version.size ||
         component_version_check(buffer_view(&version), &why) != WHIT_OK))
        status = component_check_fail(
            v,
            "version suffix `%.*s` does not make a version "
            "of its name",
            SLICE_ARG(text));
    buffer_release(&version);
    return status;
}

static whit_status check_attributes(checker *v, const component_name *name,
                                    const component_name_parts *parts,
                                    const component_entity *entity)
{
    static const char *const words[] = {"implements", "versionsuffix",
                                        "external-id"};
    bool seen[3] = {false};
    for (uint32_t i = 0; i < name->attribute_count; i++) {
        const component_attribute *attribute = &name->attributes[i];
        if (seen[attribute->kind])
            return component_check_fail(
                v, "duplicate '%s' option in name `%.*s`",
                words[attribute->kind], SLICE_ARG(name->text));
        seen[attribute->kind] = true;
        if (attribute->kind == COMPONENT_IMPLEMENTS)
            TRY(check_implements(v, name, parts, entity, attribute->text));
        if (attribute->kind == COMPONENT_VERSION_SUFFIX)
            TRY(check_suffix(v, parts, attribute->text));
    }
    return WHIT_OK;
}

/* ---- Names ---- */

static whit_status add_unique(checker *v, check_names *names, bool is_import,
                              slice name, const component_name_parts *parts)
{
    buffer canonical;
    buffer_init(&canonical);
    component_name_canonical(name, parts, &canonical);
    slice key = buffer_view(&canonical);
    whit_status status = buffer_status(&canonical, v->error);
    uint64_t index;
    if (status == WHIT_OK && map_get(&names->unique, key, &index)) {
        slice other = ((const slice *)names->originals.items)[index];
        status = component_check_fail(
            v, "%s name `%.*s` conflicts with previous name `%.*s`",
            is_import ? "import" : "export", SLICE_ARG(name), SLICE_ARG(other));
    }
    if (status == WHIT_OK) {
        key.data = arena_dup(v->arena, key.data, key.size);
        status = key.data ? map_set(&names->unique, key, names->originals.count,
                                    v->error)
                          : error_memory(v->error);
    }
    if (status == WHIT_OK)
        status = component_check_push(v, &names->originals, &name, sizeof name);
    buffer_release(&canonical);
    return status;
}

static bool has_suffix(const component_name *name)
{
    for (uint32_t i = 0; i < name->attribute_count; i++)
        if (name->attributes[i].kind == COMPONENT_VERSION_SUFFIX)
            return true;
    return false;
}

whit_status component_check_name(checker *v, check_names *names, bool is_import,
                                 const component_name *name,
                                 const component_entity *entity)
{
    component_name_parts parts;
    whit_error why;
    if (component_name_parse(name->text, has_suffix(name), &parts, &why) !=
        WHIT_OK)
        return component_check_fail(
            v, "%s name: %s", is_import ? "import" : "export", why.message);
    TRY(check_attributes(v, name, &parts, entity));
    TRY(check_annotation(v, names, name->text, &parts, entity));
    TRY(add_unique(v, names, is_import, name->text, &parts));
    if (entity->sort != COMPONENT_SORT_TYPE || !entity->type->resource)
        return WHIT_OK;
    TRY(map_set(&names->resources, node_key(entity->type), names->labels.count,
                v->error));
    TRY(map_set(&names->known, name->text, 1, v->error));
    return component_check_push(v, &names->labels, &name->text,
                                sizeof name->text);
}

/* ---- Visibility ---- */

typedef struct visibility {
    checker *v;
    const map *names;
} visibility;

static bool has_name(const visibility *s, const component_node *node)
{
    uint64_t value;
    return map_get(s->names, node_key(node), &value);
}

static whit_status is_visible(const visibility *s, const component_node *node,
                              bool *out);

static whit_status parts_visible(const visibility *s,
                                 const component_node *node, bool *out)
{
    TRY(is_visible(s, node->element, out));
    TRY(is_visible(s, node->other, out));
    for (uint32_t i = 0; i < node->member_count && *out; i++)
        TRY(is_visible(s, node->members[i].type, out));
    return WHIT_OK;
}

/* Clears *out when a value type needs a name that it does not have. */
static whit_status is_visible(const visibility *s, const component_node *node,
                              bool *out)
{
    if (!node || !*out)
        return WHIT_OK;
    TRY(component_check_work(s->v, 1));
    switch (node->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return WHIT_OK;
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_ENUM:
    case COMPONENT_TYPE_FLAGS:
        *out = has_name(s, node);
        return WHIT_OK;
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        *out = has_name(s, node->element);
        return WHIT_OK;
    default:
        return parts_visible(s, node, out);
    }
}

/* The same for what a type that is itself named consists of. */
static whit_status inside_visible(const visibility *s,
                                  const component_node *node, bool *out)
{
    TRY(component_check_work(s->v, 1));
    switch (node->kind) {
    case COMPONENT_TYPE_RESOURCE:
    case COMPONENT_TYPE_COMPONENT:
        return WHIT_OK;
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        *out = has_name(s, node->element);
        return WHIT_OK;
    case COMPONENT_TYPE_INSTANCE:
        for (uint32_t i = 0; i < node->export_count && *out; i++)
            if (node->exports[i].type)
                TRY(inside_visible(s, node->exports[i].type, out));
        return WHIT_OK;
    default:
        return parts_visible(s, node, out);
    }
}

static whit_status add_visible(checker *v, bool is_import,
                               const component_node *node)
{
    if (is_import)
        TRY(map_set(&v->scope->import_visible, node_key(node), 1, v->error));
    return map_set(&v->scope->export_visible, node_key(node), 1, v->error);
}

static whit_status entity_visible(checker *v, bool is_import,
                                  const component_entity *entity, bool *out)
{
    visibility s = {v, is_import ? &v->scope->import_visible
                                 : &v->scope->export_visible};
    TRY(component_check_work(v, 1));
    switch (entity->sort) {
    case COMPONENT_SORT_TYPE:
        TRY(inside_visible(&s, entity->type, out));
        return *out ? add_visible(v, is_import, entity->type) : WHIT_OK;
    case COMPONENT_SORT_FUNC:
        return parts_visible(&s, entity->type, out);
    case COMPONENT_SORT_INSTANCE:
        for (uint32_t i = 0; i < entity->type->export_count && *out; i++)
            TRY(entity_visible(v, is_import, &entity->type->exports[i], out));
        return WHIT_OK;
    default:
        return WHIT_OK;
    }
}

whit_status component_check_visible(checker *v, bool is_import,
                                    const component_entity *entity)
{
    bool visible = true;
    if (v->scope->kind == CHECK_INSTANCE_TYPE)
        return WHIT_OK;
    TRY(entity_visible(v, is_import, entity, &visible));
    if (visible)
        return WHIT_OK;
    return component_check_fail(
        v,
        "%s not valid to be used as %s: a type that it uses has "
        "no name outside; %s the type first",
        entity->sort == COMPONENT_SORT_CORE_MODULE
            ? "module"
            : component_sort_text(entity->sort),
        is_import ? "import" : "export", is_import ? "import" : "export");
}
