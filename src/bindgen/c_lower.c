/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values as core values. */
#include "bindgen/c_private.h"

#include <stdarg.h>
#include <stdio.h>

const char *c_core_name(uint8_t core)
{
    static const char *const names[] = {[WIT_CORE_I32] = "int32_t",
                                        [WIT_CORE_I64] = "int64_t",
                                        [WIT_CORE_F32] = "float",
                                        [WIT_CORE_F64] = "double"};
    return names[core];
}

const char *c_cast(c_generator *self, const char *value, uint8_t from,
                   uint8_t to)
{
    if (from == to)
        return value;
    if (from == WIT_CORE_F32)
        return to == WIT_CORE_I32
                   ? c_text(self, "bits_of_float(%s)", value)
                   : c_text(self, "(int64_t)(uint32_t)bits_of_float(%s)",
                            value);
    if (from == WIT_CORE_F64)
        return c_text(self, "bits_of_double(%s)", value);
    if (from == WIT_CORE_I32)
        return to == WIT_CORE_I64 ? c_text(self, "(int64_t)(uint32_t)%s", value)
                                  : c_text(self, "float_of_bits(%s)", value);
    switch (to) {
    case WIT_CORE_I32:
        return c_text(self, "(int32_t)%s", value);
    case WIT_CORE_F32:
        return c_text(self, "float_of_bits((int32_t)%s)", value);
    default:
        return c_text(self, "double_of_bits(%s)", value);
    }
}

void c_line(c_body *body, const char *format, ...)
{
    va_list args;
    buffer *out = body->out;
    buffer_printf(out, "%*s", (int)body->indent, "");
    va_start(args, format);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size >= 0 && buffer_reserve(out, (size_t)size + 1)) {
        char *text = (char *)out->data + out->size;
        va_start(args, format);
        vsnprintf(text, (size_t)size + 1, format, args);
        va_end(args);
        out->size += c_use_arrows(text, (size_t)size);
    }
    buffer_put(out, '\n');
}

static void put(c_flat *out, const char *value)
{
    if (out->count < COUNT_OF(out->values))
        out->values[out->count++] = value;
}

/* Assigns what a case carries to the temporaries behind the discriminant. */
static void assign_case(c_generator *self, c_body *body, uint32_t scope,
                        wit_type type, const char *value,
                        const wit_layout *whole, unsigned first)
{
    if (type == WIT_NONE)
        return;
    const wit_layout *part = wit_layout_of(self->set, type, 4);
    c_flat values = {.count = 0};
    c_lower(self, body, scope, type, value, &values);
    for (unsigned i = 0; i < values.count && i + 1 < whole->flat_count; i++)
        c_line(
            body, "v%u_ = %s;", first + 1 + i,
            c_cast(self, values.values[i], part->flat[i], whole->flat[i + 1]));
}

/* Declares the temporaries of a variant and gives them as its values. */
static unsigned declare(c_generator *self, c_body *body,
                        const wit_layout *layout, c_flat *out)
{
    unsigned first = body->temporaries;
    body->temporaries += layout->flat_count;
    for (unsigned i = 0; i < layout->flat_count; i++) {
        c_line(body, "%s v%u_ = 0;", c_core_name(layout->flat[i]), first + i);
        put(out, c_text(self, "v%u_", first + i));
    }
    return first;
}

static void lower_variant(c_generator *self, c_body *body, uint32_t scope,
                          wit_type type, const char *value, c_flat *out)
{
    const wit_type_def *def = wit_type_get(self->set, type);
    const wit_layout *layout = wit_layout_of(self->set, type, 4);
    if (layout->flat_count == 1) {
        put(out, c_text(self, "(int32_t)%s.tag", value));
        return;
    }
    unsigned first = declare(self, body, layout, out);
    c_line(body, "v%u_ = (int32_t)%s.tag;", first, value);
    c_line(body, "switch (%s.tag) {", value);
    for (uint32_t i = 0; i < def->field_count; i++) {
        if (def->fields[i].type == WIT_NONE)
            continue;
        c_line(body, "case %u: {", i);
        body->indent += 4;
        assign_case(self, body, scope, def->fields[i].type,
                    c_text(self, "%s.val.%s", value, c_member(self, def, i)),
                    layout, first);
        c_line(body, "break;");
        body->indent -= 4;
        c_line(body, "}");
    }
    c_line(body, "default:\n%*sbreak;", (int)body->indent + 4, "");
    c_line(body, "}");
}

static void lower_option(c_generator *self, c_body *body, uint32_t scope,
                         wit_type type, const char *condition,
                         const char *value, c_flat *out)
{
    const wit_type_def *def = wit_type_get(self->set, type);
    const wit_layout *layout = wit_layout_of(self->set, type, 4);
    unsigned first = declare(self, body, layout, out);
    c_line(body, "if (%s) {", condition);
    body->indent += 4;
    c_line(body, "v%u_ = 1;", first);
    assign_case(self, body, scope, def->element, value, layout, first);
    body->indent -= 4;
    c_line(body, "}");
}

void c_lower_maybe(c_generator *self, c_body *body, uint32_t scope,
                   wit_type type, const char *pointer, c_flat *out)
{
    type = bind_world_strip(self->world, &scope, type);
    lower_option(self, body, scope, type, c_text(self, "%s != NULL", pointer),
                 c_text(self, "(*%s)", pointer), out);
}

static void lower_result(c_generator *self, c_body *body, uint32_t scope,
                         wit_type type, const char *value, c_flat *out)
{
    const wit_type_def *def = wit_type_get(self->set, type);
    const wit_layout *layout = wit_layout_of(self->set, type, 4);
    if (layout->flat_count == 1) {
        put(out, c_text(self, "(int32_t)%s.is_err", value));
        return;
    }
    unsigned first = declare(self, body, layout, out);
    c_line(body, "if (%s.is_err) {", value);
    body->indent += 4;
    c_line(body, "v%u_ = 1;", first);
    assign_case(self, body, scope, def->other,
                c_text(self, "%s.val.err", value), layout, first);
    body->indent -= 4;
    if (def->element != WIT_NONE) {
        c_line(body, "} else {");
        body->indent += 4;
        assign_case(self, body, scope, def->element,
                    c_text(self, "%s.val.ok", value), layout, first);
        body->indent -= 4;
    }
    c_line(body, "}");
}

static void lower_parts(c_generator *self, c_body *body, uint32_t scope,
                        const wit_type_def *def, const char *value, c_flat *out)
{
    for (uint32_t i = 0; i < def->field_count; i++)
        c_lower(self, body, scope, def->fields[i].type,
                c_text(self, "%s.%s", value, c_member(self, def, i)), out);
    for (uint32_t i = 0;
         def->kind == WIT_FIXED_LIST && i < def->length && i <= WIT_MAX_FLAT;
         i++)
        c_lower(self, body, scope, def->element,
                c_text(self, "%s.items[%u]", value, i), out);
}

void c_lower(c_generator *self, c_body *body, uint32_t scope, wit_type type,
             const char *value, c_flat *out)
{
    type = bind_world_strip(self->world, &scope, type);
    const wit_type_def *def = wit_type_get(self->set, type);
    switch (def->kind) {
    case WIT_S32:
    case WIT_S64:
    case WIT_F32:
    case WIT_F64:
        put(out, value);
        break;
    case WIT_U64:
        put(out, c_text(self, "(int64_t)%s", value));
        break;
    case WIT_STRING:
    case WIT_LIST:
    case WIT_MAP:
        put(out, c_text(self, "address_of(%s.ptr)", value));
        put(out, c_text(self, "(int32_t)%s.len", value));
        break;
    case WIT_RECORD:
    case WIT_TUPLE:
    case WIT_FIXED_LIST:
        lower_parts(self, body, scope, def, value, out);
        break;
    case WIT_VARIANT:
        lower_variant(self, body, scope, type, value, out);
        break;
    case WIT_OPTION:
        lower_option(self, body, scope, type, c_text(self, "%s.is_some", value),
                     c_text(self, "%s.val", value), out);
        break;
    case WIT_RESULT:
        lower_result(self, body, scope, type, value, out);
        break;
    case WIT_BORROW:
        if (c_is_own_resource(self, scope, type)) {
            put(out, c_text(self, "address_of(%s)", value));
            break;
        }
        put(out, c_text(self, "%s.__handle", value));
        break;
    case WIT_OWN:
        put(out, c_text(self, "%s.__handle", value));
        break;
    default:
        put(out, c_text(self, "(int32_t)%s", value));
        break;
    }
}
