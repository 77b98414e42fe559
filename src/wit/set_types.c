/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Adding types and functions to a set: every rule about them. */
#include "wit/wit.h"

#include "base/limits.h"
#include "wit/abi_layout.h"
#include "wit/name.h"
#include "wit/set_private.h"

static const uint8_t own_bits[WIT_KINDS] = {
    [WIT_STRING] = WIT_HAS_MEMORY, [WIT_LIST] = WIT_HAS_MEMORY,
    [WIT_MAP] = WIT_HAS_MEMORY,    [WIT_ERROR_CONTEXT] = WIT_HAS_ERROR_CONTEXT,
    [WIT_OWN] = WIT_HAS_OWN,       [WIT_BORROW] = WIT_HAS_BORROW,
    [WIT_STREAM] = WIT_HAS_STREAM, [WIT_FUTURE] = WIT_HAS_FUTURE,
};

static bool has_fields(wit_kind kind)
{
    return kind == WIT_RECORD || kind == WIT_VARIANT || kind == WIT_ENUM ||
           kind == WIT_FLAGS || kind == WIT_TUPLE;
}

static bool needs_name(wit_kind kind)
{
    return kind >= WIT_RECORD && kind <= WIT_ALIAS;
}

static whit_status push(wit_set *self, const wit_type_def *type, wit_type *out,
                        whit_error *error)
{
    TRY(wit_set_grow(self, &self->types, &self->room[4], self->type_count,
                     sizeof *self->types, LIMIT_WIT_TYPES, "types", error));
    *out = self->type_count;
    self->types[self->type_count++] = *type;
    return WHIT_OK;
}

/* What follows from the parts, which are in the set. */
static whit_status derive(const wit_set *self, wit_type_def *type,
                          whit_error *error)
{
    uint8_t has = 0, depth = 0;
    const wit_type parts[] = {type->element, type->other};
    for (uint32_t i = 0; i < type->field_count + COUNT_OF(parts); i++) {
        wit_type part = i < type->field_count ? type->fields[i].type
                                              : parts[i - type->field_count];
        if (part == WIT_NONE)
            continue;
        has |= self->types[part].has;
        if (self->types[part].depth > depth)
            depth = self->types[part].depth;
    }
    if (depth >= LIMIT_WIT_TYPE_DEPTH)
        return error_set(error, WHIT_LIMIT,
                         "types nest deeper than %u: split the type",
                         LIMIT_WIT_TYPE_DEPTH);
    if (type->kind == WIT_STREAM || type->kind == WIT_FUTURE) {
        if (has & WIT_HAS_BORROW)
            return error_set(error, WHIT_INVALID,
                             "a %s cannot carry a borrow: it would outlive "
                             "the call; pass the owned resource",
                             wit_kind_text(type->kind));
        has &= WIT_HAS_STREAM | WIT_HAS_FUTURE;
    }
    type->has = has | own_bits[type->kind];
    type->depth = (uint8_t)(depth + 1);
    for (unsigned width = 0; width < 2; width++)
        if (!wit_layout_compute(self, type, width ? 8 : 4,
                                &type->layout[width]))
            return error_set(error, WHIT_LIMIT,
                             "a value of this type would take %u MiB or more",
                             LIMIT_WIT_VALUE_BYTES >> 20);
    return WHIT_OK;
}

whit_status wit_set_push_primitive(wit_set *self, wit_kind kind,
                                   whit_error *error)
{
    wit_type_def type = {.kind = kind,
                         .element = WIT_NONE,
                         .other = WIT_NONE,
                         .about.place.source = WIT_NONE};
    wit_type index;
    TRY(derive(self, &type, error));
    return push(self, &type, &index, error);
}

wit_type wit_type_strip(const wit_set *self, wit_type type)
{
    while (self->types[type].kind == WIT_ALIAS)
        type = self->types[type].element;
    return type;
}

static bool is_value(const wit_set *self, wit_type type)
{
    return type < self->type_count &&
           self->types[wit_type_strip(self, type)].kind != WIT_RESOURCE;
}

/* "a list", "an enum". */
static const char *article(wit_kind kind)
{
    const char *text = wit_kind_text(kind);
    return strchr("aeio", *text) ? "an" : "a";
}

static whit_status check_element(const wit_set *self, const wit_type_def *type,
                                 wit_type element, bool optional,
                                 whit_error *error)
{
    if ((optional && element == WIT_NONE) || is_value(self, element))
        return WHIT_OK;
    return error_set(error, WHIT_INVALID, "%s %s needs a type of values",
                     article(type->kind), wit_kind_text(type->kind));
}

/* A key is written out: an alias would have to vanish in the binary form. */
static whit_status check_key(const wit_set *self, wit_type key,
                             whit_error *error)
{
    TRY(check_element(self, &(wit_type_def){.kind = WIT_MAP}, key, false,
                      error));
    wit_kind kind = self->types[key].kind;
    if (kind <= WIT_U64 || kind == WIT_CHAR || kind == WIT_STRING)
        return WHIT_OK;
    slice name = self->types[key].name;
    return error_set(
        error, WHIT_INVALID,
        "the key of a map is an integer, a bool, a char or a "
        "string, not '%.*s'",
        SLICE_ARG(name.size ? name : slice_text(wit_kind_text(kind))));
}

static whit_status check_fields(wit_set *self, const wit_type_def *type,
                                whit_error *error)
{
    static const char *const words[WIT_KINDS] = {[WIT_RECORD] = "field",
                                                 [WIT_VARIANT] = "case",
                                                 [WIT_ENUM] = "case",
                                                 [WIT_FLAGS] = "flag",
                                                 [WIT_TUPLE] = "member"};
    const char *word = words[type->kind], *kind = wit_kind_text(type->kind);
    bool typed = type->kind == WIT_RECORD || type->kind == WIT_TUPLE;
    if (!type->field_count && type->kind == WIT_FLAGS)
        return error_set(error, WHIT_INVALID, "flags need at least one flag");
    if (!type->field_count)
        return error_set(error, WHIT_INVALID, "%s %s needs at least one %s",
                         article(type->kind), kind, word);
    if (type->field_count > LIMIT_WIT_FIELDS)
        return error_set(error, WHIT_LIMIT, "%s %s with more than %u %ss",
                         article(type->kind), kind, LIMIT_WIT_FIELDS, word);
    if (type->kind == WIT_FLAGS && type->field_count > 32)
        return error_set(error, WHIT_INVALID,
                         "flags have at most 32 names, not %u: use two types",
                         type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++) {
        const wit_field *field = &type->fields[i];
        if (type->kind == WIT_TUPLE && is_value(self, field->type))
            continue;
        if (typed || (type->kind == WIT_VARIANT && field->type != WIT_NONE))
            if (!is_value(self, field->type))
                return error_set(error, WHIT_INVALID,
                                 "%s '%.*s' needs a type of values", word,
                                 SLICE_ARG(field->name));
        whit_status status = wit_label_check(field->name, error);
        bool taken = false;
        uint64_t value = i;
        if (status == WHIT_OK)
            status = wit_set_claim(self, SCOPE_FIELDS, self->type_count,
                                   field->name, &value, &taken, error);
        if (status == WHIT_OK && taken)
            status = error_set(error, WHIT_INVALID, "%s '%.*s' is there twice",
                               word, SLICE_ARG(field->name));
        if (status != WHIT_OK)
            return wit_place_error(self, field->place, status, error);
    }
    return WHIT_OK;
}

static whit_status check_handle(const wit_set *self, const wit_type_def *type,
                                whit_error *error)
{
    wit_type element = type->element;
    if (element < self->type_count) {
        const wit_type_def *it = &self->types[element];
        if (self->types[wit_type_strip(self, element)].kind == WIT_RESOURCE)
            return WHIT_OK;
        return error_set(
            error, WHIT_INVALID, "%s<> is for resources, and '%.*s' is %s %s",
            wit_kind_text(type->kind),
            SLICE_ARG(it->name.size ? it->name
                                    : slice_text(wit_kind_text(it->kind))),
            article(it->kind), wit_kind_text(it->kind));
    }
    return error_set(error, WHIT_INVALID, "%s<> is for resources",
                     wit_kind_text(type->kind));
}

static whit_status check_parts(wit_set *self, const wit_type_def *type,
                               whit_error *error)
{
    switch (type->kind) {
    case WIT_RESOURCE:
        return WHIT_OK;
    case WIT_ALIAS:
        if (type->element < self->type_count)
            return WHIT_OK;
        return error_set(error, WHIT_INVALID, "an alias of nothing");
    case WIT_OWN:
    case WIT_BORROW:
        return check_handle(self, type, error);
    case WIT_FIXED_LIST:
        if (!type->length)
            return error_set(error, WHIT_INVALID,
                             "a list of fixed length has at least 1 element");
        return check_element(self, type, type->element, false, error);
    case WIT_LIST:
    case WIT_OPTION:
        return check_element(self, type, type->element, false, error);
    case WIT_MAP:
        TRY(check_key(self, type->other, error));
        return check_element(self, type, type->element, false, error);
    case WIT_RESULT:
        TRY(check_element(self, type, type->other, true, error));
        return check_element(self, type, type->element, true, error);
    case WIT_STREAM:
        if (type->element < self->type_count &&
            wit_type_strip(self, type->element) == WIT_CHAR)
            return error_set(error, WHIT_INVALID,
                             "a stream cannot carry chars: use stream<u8> "
                             "with UTF-8");
        return check_element(self, type, type->element, true, error);
    case WIT_FUTURE:
        return check_element(self, type, type->element, true, error);
    default:
        return check_fields(self, type, error);
    }
}

static uint32_t *owner_types(wit_interface *owner)
{
    return (uint32_t *)owner->types;
}

/* An alias of a type of another interface makes this one use that one. */
static whit_status note_use(wit_set *self, uint32_t interface, uint32_t from,
                            whit_error *error)
{
    wit_interface *owner = &self->interfaces[interface];
    uint64_t value = from;
    bool taken;
    TRY(wit_set_claim_interface(self, SCOPE_USES, interface, from, &value,
                                &taken, error));
    if (taken)
        return WHIT_OK;
    TRY(wit_set_grow(self, &owner->uses, &owner->room[2], owner->use_count,
                     sizeof *owner->uses, LIMIT_WIT_MEMBERS,
                     "interfaces used by one", error));
    ((uint32_t *)owner->uses)[owner->use_count++] = from;
    return WHIT_OK;
}

uint32_t wit_type_used_from(const wit_set *self, wit_type type)
{
    const wit_type_def *def = &self->types[type];
    if (def->kind != WIT_ALIAS)
        return WIT_NONE;
    wit_owner from = self->types[def->element].owner;
    bool same = from.kind == def->owner.kind && from.index == def->owner.index;
    return from.kind == WIT_OWNER_INTERFACE && !same ? from.index : WIT_NONE;
}

/* Enters a named type into its owner. */
static whit_status own_type(wit_set *self, wit_type index, whit_error *error)
{
    const wit_type_def *type = &self->types[index];
    uint32_t at = type->owner.index;
    if (type->owner.kind == WIT_OWNER_WORLD) {
        wit_item item = {.kind = WIT_ITEM_TYPE,
                         .name = type->name,
                         .index = index,
                         .about = type->about};
        TRY(wit_set_claim_item(self, at, false, type->name, error));
        return wit_set_push_item(self, at, false, &item, error);
    }
    wit_interface *owner = &self->interfaces[at];
    uint64_t value = set_value(false, index);
    bool taken;
    TRY(wit_set_claim(self, SCOPE_INTERFACE, at, type->name, &value, &taken,
                      error));
    if (taken)
        return error_set(error, WHIT_INVALID,
                         "the name '%.*s' is taken already",
                         SLICE_ARG(type->name));
    TRY(wit_set_grow(self, &owner->types, &owner->room[0], owner->type_count,
                     sizeof *owner->types, LIMIT_WIT_MEMBERS,
                     "types in an interface", error));
    owner_types(owner)[owner->type_count++] = index;
    uint32_t from = wit_type_used_from(self, index);
    return from == WIT_NONE ? WHIT_OK : note_use(self, at, from, error);
}

static whit_status add_named(wit_set *self, wit_type_def *type, wit_type *out,
                             whit_error *error)
{
    TRY(wit_label_check(type->name, error));
    TRY(derive(self, type, error));
    TRY(push(self, type, out, error));
    return own_type(self, *out, error);
}

/* Types without names exist once: their parts are their key. */
static whit_status add_anonymous(wit_set *self, wit_type_def *type,
                                 wit_type *out, whit_error *error)
{
    buffer_clear(&self->key);
    buffer_put(&self->key, (uint8_t)type->kind);
    buffer_u32(&self->key, type->element);
    buffer_u32(&self->key, type->other);
    buffer_u32(&self->key, type->length);
    for (uint32_t i = 0; i < type->field_count; i++)
        buffer_u32(&self->key, type->fields[i].type);
    TRY(buffer_status(&self->key, error));
    slice key = buffer_view(&self->key);
    uint64_t value;
    if (map_get(&self->anonymous, key, &value)) {
        *out = (wit_type)value;
        return WHIT_OK;
    }
    const void *copy = arena_dup(&self->memory, key.data, key.size);
    TRY_ALLOC(copy, error);
    type->about = (wit_about){.place = type->about.place};
    type->owner = (wit_owner){WIT_OWNER_NONE, 0};
    TRY(derive(self, type, error));
    TRY(push(self, type, out, error));
    return map_set(&self->anonymous, slice_of(copy, key.size), *out, error);
}

/* Parts that a kind does not have are WIT_NONE, whatever the caller left. */
static void tidy(wit_type_def *type)
{
    bool element = type->kind >= WIT_ALIAS && type->kind != WIT_TUPLE;
    if (!element)
        type->element = WIT_NONE;
    if (type->kind != WIT_MAP && type->kind != WIT_RESULT)
        type->other = WIT_NONE;
    if (type->kind != WIT_FIXED_LIST)
        type->length = 0;
    if (!has_fields(type->kind))
        type->field_count = 0;
    if (!type->field_count)
        type->fields = NULL;
}

whit_status wit_set_add_type(wit_set *self, const wit_type_def *type,
                             wit_type *out, whit_error *error)
{
    if (type->kind < WIT_PRIMITIVES) {
        *out = (wit_type)type->kind;
        return WHIT_OK;
    }
    wit_type_def copy = *type;
    tidy(&copy);
    TRY(check_parts(self, &copy, error));
    if (copy.field_count) {
        copy.fields = arena_dup(&self->memory, type->fields,
                                copy.field_count * sizeof *copy.fields);
        TRY_ALLOC(copy.fields, error);
    }
    if (copy.name.size)
        return add_named(self, &copy, out, error);
    if (needs_name(copy.kind))
        return error_set(error, WHIT_INVALID, "%s %s needs a name",
                         article(copy.kind), wit_kind_text(copy.kind));
    return add_anonymous(self, &copy, out, error);
}
