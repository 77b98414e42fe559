/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lowering in Rust: from references to core values, or to memory. */
#include "bindgen/rust_private.h"

/* What `match` takes: locals are references already. */
static const char *reference(rust_generator *self, const char *value)
{
    return rust_is_variable(value) ? value : rust_text(self, "&%s", value);
}

static wit_type strip(rust_generator *self, uint32_t *scope, wit_type type)
{
    return bind_world_strip(self->world, scope, type);
}

static const char *scalar(rust_generator *self, wit_type type,
                          const char *value)
{
    return rust_is_scalar(self, type) ? rust_text(self, "*%s", value) : value;
}

/* A part of a value, in a local variable. */
static const char *part(rust_generator *self, rust_body *body, wit_type type,
                        const char *value, const char *name)
{
    return rust_bind(self, body,
                     rust_text(self, "%s%s.%s",
                               rust_is_scalar(self, type) ? "" : "&", value,
                               name));
}

static const char *handle(rust_generator *self, const rust_body *body,
                          uint32_t scope, wit_type type, const char *value)
{
    wit_kind kind = self->set->types[type].kind;
    (void)scope;
    if (kind == WIT_BORROW)
        return rust_text(self, "%s._handle().get()", value);
    if (body->journal)
        return rust_text(self, "given.add(%s._handle())", value);
    return rust_text(self, "%s._handle().take()", value);
}

/* The one core value of a scalar or handle. */
static const char *single(rust_generator *self, const rust_body *body,
                          uint32_t scope, wit_type type, const char *value)
{
    switch (self->set->types[type].kind) {
    case WIT_S32:
    case WIT_S64:
    case WIT_F32:
    case WIT_F64:
        return value;
    case WIT_U64:
        return rust_text(self, "%s as i64", value);
    case WIT_FLAGS:
        return rust_text(
            self, *value == '*' ? "(%s).bits() as i32" : "%s.bits() as i32",
            value);
    case WIT_OWN:
    case WIT_BORROW:
    case WIT_STREAM:
    case WIT_FUTURE:
    case WIT_ERROR_CONTEXT:
        return rust_text(self, "%s as i32",
                         handle(self, body, scope, type, value));
    default:
        return rust_text(self, "%s as i32", value);
    }
}

/* The payload of a case, in the core type that all cases share. */
static const char *coerce(rust_generator *self, const char *value, uint8_t from,
                          uint8_t to)
{
    if (from == to)
        return value;
    const char *type = to == WIT_CORE_I64 ? "i64" : "i32";
    if (from == WIT_CORE_I32)
        return rust_text(self, "%s as %s", value, type);
    bool plain = !strpbrk(value, " *");
    return rust_text(self,
                     plain ? "%s.to_bits() as %s" : "(%s).to_bits() as %s",
                     value, type);
}

static const char *case_pattern(rust_generator *self, uint32_t scope,
                                wit_type type, uint32_t index, const char *name)
{
    const wit_type_def *def = &self->set->types[type];
    bool empty = wit_case_type(def, index) == WIT_NONE;
    if (def->kind == WIT_OPTION)
        return index ? rust_text(self, "Some(%s)", name) : "None";
    if (def->kind == WIT_RESULT)
        return rust_text(self, "%s(%s)", index ? "Err" : "Ok",
                         empty ? "()" : name);
    const char *path = rust_path(self, scope, type);
    const char *label = rust_camel(self, def->fields[index].name);
    return empty ? rust_text(self, "%s::%s", path, label)
                 : rust_text(self, "%s::%s(%s)", path, label, name);
}

static const char *tuple(rust_generator *self, const rust_list *list)
{
    if (list->count == 1)
        return list->items[0];
    const char *text = "(";
    for (unsigned i = 0; i < list->count; i++)
        text = rust_text(self, "%s%s%s", text, i ? ", " : "", list->items[i]);
    return rust_text(self, "%s)", text);
}

/* One arm of a variant that is lowered flat. */
static void flat_arm(rust_generator *self, rust_body *body, uint32_t scope,
                     wit_type type, uint32_t index)
{
    const wit_type_def *def = &self->set->types[type];
    const wit_layout *whole = wit_layout_of(self->set, type, 4);
    wit_type payload = wit_case_type(def, index);
    buffer statements;
    buffer_init(&statements);
    rust_body inner = rust_inner(body, &statements);
    inner.indent += 4;
    const char *name = payload == WIT_NONE ? "" : rust_fresh(self, body);
    rust_list values = {0}, flat = {0};
    rust_add(self, &values, rust_text(self, "%u", index));
    if (payload != WIT_NONE)
        rust_lower(self, &inner, scope, payload, scalar(self, payload, name),
                   &flat);
    for (unsigned i = 1; i < whole->flat_count; i++) {
        uint8_t core = whole->flat[i];
        const char *zero =
            core == WIT_CORE_F32 || core == WIT_CORE_F64 ? "0.0" : "0";
        if (i <= flat.count && payload != WIT_NONE)
            zero =
                coerce(self, flat.items[i - 1],
                       wit_layout_of(self->set, payload, 4)->flat[i - 1], core);
        rust_add(self, &values, zero);
    }
    if (inner.has_arrays)
        body->has_arrays = true;
    rust_body arm = *body;
    arm.indent += 4;
    rust_arm(
        &arm,
        rust_text(self, "%s =>", case_pattern(self, scope, type, index, name)),
        &statements, tuple(self, &values), ",");
    buffer_release(&statements);
}

static void lower_variant(rust_generator *self, rust_body *body, uint32_t scope,
                          wit_type type, const char *value, rust_list *flat)
{
    const wit_layout *whole = wit_layout_of(self->set, type, 4);
    rust_list names = {0};
    for (unsigned i = 0; i < whole->flat_count; i++)
        rust_add(self, &names, rust_fresh(self, body));
    const char *match =
        rust_text(self, " = match %s {", reference(self, value));
    if (names.count == 1)
        rust_line(body, "let %s%s", names.items[0], match);
    else
        rust_items(body->out, body->indent, "let (", &names,
                   rust_text(self, ")%s", match), RUST_LIST_WIDTH);
    uint32_t cases = wit_case_count(&self->set->types[type]);
    for (uint32_t i = 0; i < cases; i++)
        flat_arm(self, body, scope, type, i);
    rust_line(body, "};");
    for (unsigned i = 0; i < names.count; i++)
        rust_add(self, flat, names.items[i]);
}

wit_layout_walk rust_element_walk(const rust_generator *self,
                                  const wit_type_def *list, uint64_t *value)
{
    wit_layout_walk walk = wit_walk_start(self->set, 4);
    *value = 0;
    if (list->kind == WIT_MAP) {
        (void)wit_walk_next(&walk, list->other);
        *value = wit_walk_next(&walk, list->element);
    } else {
        (void)wit_walk_next(&walk, list->element);
    }
    wit_walk_end(&walk);
    return walk;
}

/* An array of lowered elements; its address. */
static const char *array(rust_generator *self, rust_body *body, uint32_t scope,
                         wit_type type, const char *value)
{
    const wit_type_def *def = &self->set->types[type];
    bool is_map = def->kind == WIT_MAP;
    uint64_t second;
    wit_layout_walk walk = rust_element_walk(self, def, &second);
    unsigned size = (unsigned)walk.size;
    body->has_arrays = true;
    const char *room = rust_bind(
        self, body, rust_text(self, "arrays.add(%s.len(), %u)", value, size));
    const char *one = rust_fresh(self, body);
    const char *two = is_map ? rust_fresh(self, body) : NULL;
    if (is_map)
        rust_line(body, "for (i, (%s, %s)) in %s.iter().enumerate() {", one,
                  two, value);
    else
        rust_line(body, "for (i, %s) in %s.iter().enumerate() {", one, value);
    rust_body inner = *body;
    inner.indent += 4;
    const char *at =
        rust_bind(self, &inner, rust_text(self, "%s.add(i * %u)", room, size));
    wit_type first = is_map ? def->other : def->element;
    rust_store(self, &inner, scope, first, scalar(self, first, one), at, 0);
    if (is_map)
        rust_store(self, &inner, scope, def->element,
                   scalar(self, def->element, two), at, second);
    rust_line(body, "}");
    return room;
}

static const char *list_pointer(rust_generator *self, rust_body *body,
                                uint32_t scope, wit_type type,
                                const char *value)
{
    const wit_type_def *def = &self->set->types[type];
    if (def->kind == WIT_STRING ||
        (def->kind == WIT_LIST && rust_is_plain(self, def->element)))
        return rust_text(self, "%s.as_ptr()", value);
    return array(self, body, scope, type, value);
}

static void lower_fields(rust_generator *self, rust_body *body, uint32_t scope,
                         wit_type type, const char *value, rust_list *flat)
{
    const wit_type_def *def = &self->set->types[type];
    for (uint32_t i = 0; i < def->field_count; i++) {
        const char *name = def->kind == WIT_TUPLE
                               ? rust_text(self, "%u", i)
                               : rust_identifier(self, def->fields[i].name);
        const char *field = part(self, body, def->fields[i].type, value, name);
        rust_lower(self, body, scope, def->fields[i].type, field, flat);
    }
}

void rust_lower(rust_generator *self, rust_body *body, uint32_t scope,
                wit_type type, const char *value, rust_list *flat)
{
    type = strip(self, &scope, type);
    const wit_type_def *def = &self->set->types[type];
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_TUPLE:
        lower_fields(self, body, scope, type, value, flat);
        return;
    case WIT_VARIANT:
    case WIT_OPTION:
    case WIT_RESULT:
        lower_variant(self, body, scope, type, value, flat);
        return;
    case WIT_FIXED_LIST:
        for (uint32_t i = 0; i < def->length && flat->count <= WIT_MAX_FLAT;
             i++) {
            const char *element = rust_bind(
                self, body,
                rust_text(self, "%s%s[%u]",
                          rust_is_scalar(self, def->element) ? "" : "&", value,
                          i));
            rust_lower(self, body, scope, def->element, element, flat);
        }
        return;
    case WIT_STRING:
    case WIT_LIST:
    case WIT_MAP:
        rust_add(self, flat,
                 rust_text(self, "%s as i32",
                           list_pointer(self, body, scope, type, value)));
        rust_add(self, flat, rust_text(self, "%s.len() as i32", value));
        return;
    default:
        rust_add(self, flat, single(self, body, scope, type, value));
    }
}

static void set(rust_generator *self, rust_body *body, const char *base,
                uint64_t offset, const char *value)
{
    rust_list items = {0};
    rust_add(self, &items, base);
    rust_add(self, &items, rust_text(self, "%llu", (unsigned long long)offset));
    rust_add(self, &items, value);
    rust_items(body->out, body->indent, "whit::abi::set(", &items, ");",
               RUST_LIST_WIDTH);
}

static void store_variant(rust_generator *self, rust_body *body, uint32_t scope,
                          wit_type type, const char *value, const char *base,
                          uint64_t offset)
{
    const wit_type_def *def = &self->set->types[type];
    uint32_t cases = wit_case_count(def);
    unsigned bits = wit_discriminant_size(cases) * 8;
    uint32_t payload_offset = wit_payload_offset(self->set, def, 4);
    rust_line(body, "match %s {", reference(self, value));
    for (uint32_t i = 0; i < cases; i++) {
        wit_type payload = wit_case_type(def, i);
        const char *name = payload == WIT_NONE ? "" : rust_fresh(self, body);
        const char *tag = rust_text(self, "%u_u%u", i, bits);
        const char *pattern = case_pattern(self, scope, type, i, name);
        rust_body arm = *body;
        arm.indent += 4;
        const char *call = rust_text(self, "whit::abi::set(%s, %llu, %s)", base,
                                     (unsigned long long)offset, tag);
        buffer statements;
        buffer_init(&statements);
        rust_body inner = rust_inner(&arm, &statements);
        if (payload != WIT_NONE) {
            rust_line(&inner, "%s;", call);
            rust_store(self, &inner, scope, payload,
                       scalar(self, payload, name), base,
                       offset + payload_offset);
            call = "";
        }
        rust_arm(&arm, rust_text(self, "%s =>", pattern), &statements, call,
                 ",");
        if (inner.has_arrays)
            body->has_arrays = true;
        buffer_release(&statements);
    }
    rust_line(body, "}");
}

static void store_fields(rust_generator *self, rust_body *body, uint32_t scope,
                         wit_type type, const char *value, const char *base,
                         uint64_t offset)
{
    const wit_type_def *def = &self->set->types[type];
    wit_layout_walk walk = wit_walk_start(self->set, 4);
    for (uint32_t i = 0; i < def->field_count; i++) {
        wit_type field_type = def->fields[i].type;
        uint64_t at = offset + wit_walk_next(&walk, field_type);
        const char *name = def->kind == WIT_TUPLE
                               ? rust_text(self, "%u", i)
                               : rust_identifier(self, def->fields[i].name);
        const char *field = part(self, body, field_type, value, name);
        rust_store(self, body, scope, field_type, field, base, at);
    }
}

static void store_fixed(rust_generator *self, rust_body *body, uint32_t scope,
                        wit_type type, const char *value, const char *base,
                        uint64_t offset)
{
    const wit_type_def *def = &self->set->types[type];
    const char *element = rust_fresh(self, body);
    rust_line(body, "for (i, %s) in %s.iter().enumerate() {", element, value);
    rust_body inner = *body;
    inner.indent += 4;
    const char *at =
        rust_bind(self, &inner,
                  rust_text(self, "%s.add(%llu + i * %u)", base,
                            (unsigned long long)offset,
                            wit_layout_of(self->set, def->element, 4)->size));
    rust_store(self, &inner, scope, def->element,
               scalar(self, def->element, element), at, 0);
    rust_line(body, "}");
    if (inner.has_arrays)
        body->has_arrays = true;
}

/* What lies in memory of a value with one core value. */
static const char *stored(rust_generator *self, const rust_body *body,
                          uint32_t scope, wit_type type, const char *value)
{
    const wit_type_def *def = &self->set->types[type];
    switch (def->kind) {
    case WIT_OWN:
    case WIT_BORROW:
    case WIT_STREAM:
    case WIT_FUTURE:
    case WIT_ERROR_CONTEXT:
        return handle(self, body, scope, type, value);
    default:
        return value; /* Rust has it in the same bytes */
    }
}

void rust_store(rust_generator *self, rust_body *body, uint32_t scope,
                wit_type type, const char *value, const char *base,
                uint64_t offset)
{
    type = strip(self, &scope, type);
    const wit_type_def *def = &self->set->types[type];
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_TUPLE:
        store_fields(self, body, scope, type, value, base, offset);
        return;
    case WIT_VARIANT:
    case WIT_OPTION:
    case WIT_RESULT:
        store_variant(self, body, scope, type, value, base, offset);
        return;
    case WIT_FIXED_LIST:
        store_fixed(self, body, scope, type, value, base, offset);
        return;
    case WIT_STRING:
    case WIT_LIST:
    case WIT_MAP:
        set(self, body, base, offset,
            list_pointer(self, body, scope, type, value));
        set(self, body, base, offset + 4, rust_text(self, "%s.len()", value));
        return;
    default:
        set(self, body, base, offset, stored(self, body, scope, type, value));
    }
}
