/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lifting in Rust: from core values, or from memory. The host has checked what
 * it hands over, so the last case of a variant needs no look at its tag. */
#include "bindgen/rust_private.h"

static const char *next(const rust_list *flat, unsigned *at)
{
    return *at < flat->count ? flat->items[(*at)++] : "0";
}

static const char *word(rust_generator *self, const char *value)
{
    return strpbrk(value, " ") ? rust_text(self, "(%s)", value) : value;
}

/* Handles become their owners. */
static const char *lift_handle(rust_generator *self, uint32_t scope,
                               wit_type type, const char *value)
{
    const wit_type_def *def = &self->set->types[type];
    const char *index = rust_text(self, "%s as u32", word(self, value));
    if (def->kind == WIT_STREAM)
        return rust_text(self, "%s(%s)", rust_top(self, "wit_stream::reader"),
                         index);
    if (def->kind == WIT_FUTURE)
        return rust_text(self, "%s(%s)", rust_top(self, "wit_future::reader"),
                         index);
    if (def->kind == WIT_ERROR_CONTEXT)
        return rust_text(self, "whit::abi::ErrorContext::_from_handle(%s)",
                         index);
    uint32_t owner = scope;
    wit_type resource = bind_world_resource(self->world, &owner, type);
    const char *path = rust_path(self, owner, resource);
    if (def->kind == WIT_OWN)
        return rust_text(self, "%s::_from_handle(%s)", path, index);
    if (rust_is_exported(self, scope, type))
        return rust_text(self, "%sBorrow::_lift(%s)", path, value);
    return rust_text(self, "lent.add(%s::_from_handle(%s))", path, index);
}

static const char *lift_single(rust_generator *self, uint32_t scope,
                               wit_type type, const char *value)
{
    static const char *const casts[WIT_PRIMITIVES] = {
        [WIT_S8] = "i8",   [WIT_U8] = "u8",   [WIT_S16] = "i16",
        [WIT_U16] = "u16", [WIT_U32] = "u32", [WIT_U64] = "u64"};
    const wit_type_def *def = &self->set->types[type];
    switch (def->kind) {
    case WIT_BOOL:
        return rust_text(self, "%s != 0", value);
    case WIT_S32:
    case WIT_S64:
    case WIT_F32:
    case WIT_F64:
        return value;
    case WIT_CHAR:
        return rust_text(self, "whit::abi::character(%s)", value);
    case WIT_ENUM:
        return rust_text(self, "%s::_lift(%s)", rust_path(self, scope, type),
                         value);
    case WIT_FLAGS:
        return rust_text(self, "%s::from_bits_truncate(%s as u%u)",
                         rust_path(self, scope, type), word(self, value),
                         wit_flags_size(def->field_count) * 8);
    case WIT_OWN:
    case WIT_BORROW:
    case WIT_STREAM:
    case WIT_FUTURE:
    case WIT_ERROR_CONTEXT:
        return lift_handle(self, scope, type, value);
    default:
        return rust_text(self, "%s as %s", word(self, value), casts[def->kind]);
    }
}

/* A joined core value as what this case has there. */
static const char *coerce(rust_generator *self, const char *value, uint8_t from,
                          uint8_t to)
{
    if (from == to)
        return value;
    if (to == WIT_CORE_F32)
        return rust_text(self, "f32::from_bits(%s as u32)", value);
    if (to == WIT_CORE_F64)
        return rust_text(self, "f64::from_bits(%s as u64)", value);
    return rust_text(self, "%s as i32", value);
}

/* Lists: a pointer and a number of elements. */
static const char *element_type(rust_generator *self, uint32_t scope,
                                wit_type type)
{
    return rust_type(self, scope, type, RUST_OWNED);
}

static const char *lift_array(rust_generator *self, rust_body *body,
                              uint32_t scope, wit_type type,
                              const char *pointer, const char *count)
{
    const wit_type_def *def = &self->set->types[type];
    bool is_map = def->kind == WIT_MAP;
    uint64_t second;
    wit_layout_walk walk = rust_element_walk(self, def, &second);
    const char *room =
        rust_bind(self, body, rust_text(self, "%s as *mut u8", pointer));
    const char *length =
        rust_bind(self, body, rust_text(self, "%s as usize", count));
    const char *made = rust_fresh(self, body);
    if (is_map)
        rust_line(body, "let mut %s = BTreeMap::new();", made);
    else
        rust_line(body, "let mut %s = Vec::with_capacity(%s);", made, length);
    rust_line(body, "for i in 0..%s {", length);
    rust_body inner = *body;
    inner.indent += 4;
    const char *at = rust_bind(self, &inner,
                               rust_text(self, "%s.add(i * %llu)", room,
                                         (unsigned long long)walk.size));
    if (is_map) {
        const char *key = rust_keep(
            self, &inner, rust_load(self, &inner, scope, def->other, at, 0));
        const char *value =
            rust_keep(self, &inner,
                      rust_load(self, &inner, scope, def->element, at, second));
        rust_line(&inner, "%s.insert(%s, %s);", made, key, value);
    } else {
        rust_line(&inner, "%s.push(%s);", made,
                  rust_load(self, &inner, scope, def->element, at, 0));
    }
    rust_line(body, "}");
    rust_line(body, "whit::abi::free(%s, %s * %llu, %u);", room, length,
              (unsigned long long)walk.size, walk.alignment);
    return made;
}

static const char *lift_list(rust_generator *self, rust_body *body,
                             uint32_t scope, wit_type type, const char *pointer,
                             const char *count)
{
    const wit_type_def *def = &self->set->types[type];
    if (def->kind == WIT_STRING)
        return rust_text(self, "whit::abi::string(%s, %s)", pointer, count);
    if (def->kind == WIT_LIST && rust_is_plain(self, def->element))
        return rust_text(self, "whit::abi::list::<%s>(%s, %s)",
                         element_type(self, scope, def->element), pointer,
                         count);
    return lift_array(self, body, scope, type, pointer, count);
}

/* Records and tuples out of their parts. */
static const char *build(rust_generator *self, rust_body *body, uint32_t scope,
                         wit_type type, const rust_list *parts)
{
    const wit_type_def *def = &self->set->types[type];
    const char *name = rust_fresh(self, body);
    if (def->kind == WIT_TUPLE) {
        rust_list items = *parts;
        if (items.count == 1)
            rust_line(body, "let %s = (%s,);", name, items.items[0]);
        else
            rust_items(body->out, body->indent,
                       rust_text(self, "let %s = (", name), &items, ");",
                       RUST_LIST_WIDTH);
        return name;
    }
    const char *head =
        rust_text(self, "let %s = %s {", name, rust_path(self, scope, type));
    const char *all = "";
    for (unsigned i = 0; i < parts->count; i++)
        all = rust_text(self, "%s%s%s: %s", all, i ? ", " : "",
                        rust_identifier(self, def->fields[i].name),
                        parts->items[i]);
    size_t width = body->indent + strlen(head) + strlen(all) + 4;
    if (strlen(all) <= 18 && width <= RUST_WIDTH) {
        rust_line(body, "%s %s };", head, all);
        return name;
    }
    rust_line(body, "%s", head);
    for (unsigned i = 0; i < parts->count; i++)
        rust_line(body, "    %s: %s,",
                  rust_identifier(self, def->fields[i].name), parts->items[i]);
    rust_line(body, "};");
    return name;
}

static const char *case_value(rust_generator *self, uint32_t scope,
                              wit_type type, uint32_t index, const char *value)
{
    const wit_type_def *def = &self->set->types[type];
    if (def->kind == WIT_OPTION)
        return index ? rust_text(self, "Some(%s)", value) : "None";
    if (def->kind == WIT_RESULT)
        return rust_text(self, "%s(%s)", index ? "Err" : "Ok",
                         value ? value : "()");
    const char *path = rust_path(self, scope, type);
    const char *label = rust_camel(self, def->fields[index].name);
    return value ? rust_text(self, "%s::%s(%s)", path, label, value)
                 : rust_text(self, "%s::%s", path, label);
}

/* Where a variant comes from: `flat` from `at` on, or memory. */
typedef struct source {
    const rust_list *flat;
    unsigned at;
    const char *base;
    uint64_t offset;
} source;

static const char *payload_of(rust_generator *self, rust_body *body,
                              uint32_t scope, wit_type type, wit_type payload,
                              const source *from)
{
    if (!from->flat)
        return rust_load(self, body, scope, payload, from->base, from->offset);
    const wit_layout *whole = wit_layout_of(self->set, type, 4);
    const wit_layout *own = wit_layout_of(self->set, payload, 4);
    rust_list flat = {0};
    for (unsigned i = 0; i < own->flat_count; i++) {
        unsigned at = from->at + i;
        rust_add(self, &flat,
                 coerce(self,
                        at < from->flat->count ? from->flat->items[at] : "0",
                        whole->flat[i + 1], own->flat[i]));
    }
    unsigned at = 0;
    return rust_lift(self, body, scope, payload, &flat, &at);
}

static const char *lift_variant(rust_generator *self, rust_body *body,
                                uint32_t scope, wit_type type, const char *tag,
                                const source *from)
{
    const wit_type_def *def = &self->set->types[type];
    const char *name = rust_fresh(self, body);
    uint32_t cases = wit_case_count(def);
    rust_line(body, "let %s = match %s {", name, tag);
    for (uint32_t i = 0; i < cases; i++) {
        wit_type payload = wit_case_type(def, i);
        rust_body arm = *body;
        arm.indent += 4;
        buffer statements;
        buffer_init(&statements);
        rust_body inner = rust_inner(&arm, &statements);
        const char *value =
            payload == WIT_NONE
                ? NULL
                : payload_of(self, &inner, scope, type, payload, from);
        rust_arm(&arm, i + 1 < cases ? rust_text(self, "%u =>", i) : "_ =>",
                 &statements, case_value(self, scope, type, i, value), ",");
        buffer_release(&statements);
    }
    rust_line(body, "};");
    return name;
}

static const char *lift_fields(rust_generator *self, rust_body *body,
                               uint32_t scope, wit_type type,
                               const rust_list *flat, unsigned *at)
{
    const wit_type_def *def = &self->set->types[type];
    rust_list parts = {0};
    for (uint32_t i = 0; i < def->field_count; i++)
        rust_add(self, &parts,
                 rust_lift(self, body, scope, def->fields[i].type, flat, at));
    return build(self, body, scope, type, &parts);
}

static const char *lift_fixed(rust_generator *self, rust_body *body,
                              uint32_t scope, wit_type type,
                              const rust_list *flat, unsigned *at)
{
    const wit_type_def *def = &self->set->types[type];
    rust_list parts = {0};
    for (uint32_t i = 0; i < def->length && i <= WIT_MAX_FLAT; i++)
        rust_add(self, &parts,
                 rust_lift(self, body, scope, def->element, flat, at));
    const char *name = rust_fresh(self, body);
    rust_items(body->out, body->indent, rust_text(self, "let %s = [", name),
               &parts, "];", RUST_LIST_WIDTH);
    return name;
}

const char *rust_lift(rust_generator *self, rust_body *body, uint32_t scope,
                      wit_type type, const rust_list *flat, unsigned *at)
{
    type = bind_world_strip(self->world, &scope, type);
    const wit_type_def *def = &self->set->types[type];
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_TUPLE:
        return lift_fields(self, body, scope, type, flat, at);
    case WIT_FIXED_LIST:
        return lift_fixed(self, body, scope, type, flat, at);
    case WIT_VARIANT:
    case WIT_OPTION:
    case WIT_RESULT: {
        source from = {.flat = flat, .at = *at + 1};
        const char *tag = next(flat, at);
        *at += wit_layout_of(self->set, type, 4)->flat_count - 1u;
        return lift_variant(self, body, scope, type, tag, &from);
    }
    case WIT_STRING:
    case WIT_LIST:
    case WIT_MAP: {
        const char *pointer = next(flat, at);
        const char *count = next(flat, at);
        return lift_list(self, body, scope, type, pointer, count);
    }
    default:
        return lift_single(self, scope, type, next(flat, at));
    }
}

static const char *get(rust_generator *self, const char *type, const char *base,
                       uint64_t offset)
{
    return rust_text(self, "whit::abi::get::<%s>(%s, %llu)", type, base,
                     (unsigned long long)offset);
}

static const char *load_fields(rust_generator *self, rust_body *body,
                               uint32_t scope, wit_type type, const char *base,
                               uint64_t offset)
{
    const wit_type_def *def = &self->set->types[type];
    wit_layout_walk walk = wit_walk_start(self->set, 4);
    rust_list parts = {0};
    for (uint32_t i = 0; i < def->field_count; i++) {
        uint64_t at = offset + wit_walk_next(&walk, def->fields[i].type);
        const char *value =
            rust_load(self, body, scope, def->fields[i].type, base, at);
        rust_add(self, &parts, rust_keep(self, body, value));
    }
    return build(self, body, scope, type, &parts);
}

static const char *load_fixed(rust_generator *self, rust_body *body,
                              uint32_t scope, wit_type type, const char *base,
                              uint64_t offset)
{
    const wit_type_def *def = &self->set->types[type];
    const char *name = rust_fresh(self, body);
    rust_line(body, "let %s = core::array::from_fn(|i| {", name);
    rust_body inner = *body;
    inner.indent += 4;
    const char *at =
        rust_bind(self, &inner,
                  rust_text(self, "%s.add(%llu + i * %u)", base,
                            (unsigned long long)offset,
                            wit_layout_of(self->set, def->element, 4)->size));
    rust_line(&inner, "%s",
              rust_load(self, &inner, scope, def->element, at, 0));
    rust_line(body, "});");
    return name;
}

const char *rust_load(rust_generator *self, rust_body *body, uint32_t scope,
                      wit_type type, const char *base, uint64_t offset)
{
    type = bind_world_strip(self->world, &scope, type);
    const wit_type_def *def = &self->set->types[type];
    if (rust_is_plain(self, type))
        return get(self, element_type(self, scope, type), base, offset);
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_TUPLE:
        return load_fields(self, body, scope, type, base, offset);
    case WIT_FIXED_LIST:
        return load_fixed(self, body, scope, type, base, offset);
    case WIT_VARIANT:
    case WIT_OPTION:
    case WIT_RESULT: {
        unsigned bits = wit_discriminant_size(wit_case_count(def)) * 8;
        source from = {.base = base,
                       .offset =
                           offset + wit_payload_offset(self->set, def, 4)};
        return lift_variant(
            self, body, scope, type,
            get(self, rust_text(self, "u%u", bits), base, offset), &from);
    }
    case WIT_STRING:
    case WIT_LIST:
    case WIT_MAP: {
        const char *pointer =
            rust_bind(self, body, get(self, "i32", base, offset));
        const char *count =
            rust_bind(self, body, get(self, "i32", base, offset + 4));
        return lift_list(self, body, scope, type, pointer, count);
    }
    default:
        return lift_single(
            self, scope, type,
            rust_bind(self, body, get(self, "i32", base, offset)));
    }
}
