/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Core values as values. */
#include "bindgen/c_private.h"

/* The core values of a case, cast back from what all cases share. */
static c_flat case_values(c_generator *self, const wit_layout *whole,
                          wit_type type, const c_flat *values)
{
    c_flat out = {.count = 0};
    if (type == WIT_NONE)
        return out;
    const wit_layout *part = wit_layout_of(self->set, type, 4);
    for (unsigned i = 0; i < part->flat_count && i + 1 < values->count; i++)
        out.values[out.count++] = c_cast(self, values->values[i + 1],
                                         whole->flat[i + 1], part->flat[i]);
    return out;
}

static void lift_case(c_generator *self, c_body *body, uint32_t scope,
                      const wit_layout *whole, wit_type type,
                      const c_flat *values, const char *into)
{
    if (type == WIT_NONE)
        return;
    c_flat part = case_values(self, whole, type, values);
    body->indent += 4;
    c_lift(self, body, scope, type, &part, into);
    body->indent -= 4;
}

static void lift_variant(c_generator *self, c_body *body, uint32_t scope,
                         wit_type type, const c_flat *values, const char *into)
{
    const wit_type_def *def = wit_type_get(self->set, type);
    const wit_layout *layout = wit_layout_of(self->set, type, 4);
    c_line(body, "%s.tag = (uint%u_t)%s;", into,
           8 * wit_discriminant_size(def->field_count), values->values[0]);
    if (layout->flat_count == 1)
        return;
    c_line(body, "switch (%s.tag) {", into);
    for (uint32_t i = 0; i < def->field_count; i++) {
        if (def->fields[i].type == WIT_NONE)
            continue;
        c_line(body, "case %u:", i);
        lift_case(self, body, scope, layout, def->fields[i].type, values,
                  c_text(self, "%s.val.%s", into, c_member(self, def, i)));
        c_line(body, "    break;");
    }
    c_line(body, "default:\n%*sbreak;", (int)body->indent + 4, "");
    c_line(body, "}");
}

static void lift_result(c_generator *self, c_body *body, uint32_t scope,
                        wit_type type, const c_flat *values, const char *into)
{
    const wit_type_def *def = wit_type_get(self->set, type);
    const wit_layout *layout = wit_layout_of(self->set, type, 4);
    c_line(body, "%s.is_err = %s != 0;", into, values->values[0]);
    if (def->other != WIT_NONE) {
        c_line(body, "if (%s.is_err) {", into);
        lift_case(self, body, scope, layout, def->other, values,
                  c_text(self, "%s.val.err", into));
        c_line(body, def->element == WIT_NONE ? "}" : "} else {");
    } else if (def->element != WIT_NONE) {
        c_line(body, "if (!%s.is_err) {", into);
    }
    if (def->element != WIT_NONE) {
        lift_case(self, body, scope, layout, def->element, values,
                  c_text(self, "%s.val.ok", into));
        c_line(body, "}");
    }
}

static void lift_option(c_generator *self, c_body *body, uint32_t scope,
                        wit_type type, const c_flat *values, const char *into)
{
    const wit_type_def *def = wit_type_get(self->set, type);
    c_line(body, "%s.is_some = %s != 0;", into, values->values[0]);
    c_line(body, "if (%s.is_some) {", into);
    lift_case(self, body, scope, wit_layout_of(self->set, type, 4),
              def->element, values, c_text(self, "%s.val", into));
    c_line(body, "}");
}

/* Takes as many values as the part has, from `at` on. */
static void lift_part(c_generator *self, c_body *body, uint32_t scope,
                      wit_type type, const c_flat *values, unsigned *at,
                      const char *into)
{
    c_flat part = {.count = 0};
    unsigned count = wit_layout_of(self->set, type, 4)->flat_count;
    while (part.count < count && *at < values->count)
        part.values[part.count++] = values->values[(*at)++];
    c_lift(self, body, scope, type, &part, into);
}

static void lift_parts(c_generator *self, c_body *body, uint32_t scope,
                       const wit_type_def *def, const c_flat *values,
                       const char *into)
{
    unsigned at = 0;
    for (uint32_t i = 0; i < def->field_count; i++)
        lift_part(self, body, scope, def->fields[i].type, values, &at,
                  c_text(self, "%s.%s", into, c_member(self, def, i)));
    for (uint32_t i = 0;
         def->kind == WIT_FIXED_LIST && i < def->length && at < values->count;
         i++)
        lift_part(self, body, scope, def->element, values, &at,
                  c_text(self, "%s.items[%u]", into, i));
}

void c_lift(c_generator *self, c_body *body, uint32_t scope, wit_type type,
            const c_flat *values, const char *into)
{
    const char *value = values->count ? values->values[0] : "0";
    const char *name = c_type_name(self, scope, type);
    type = bind_world_strip(self->world, &scope, type);
    const wit_type_def *def = wit_type_get(self->set, type);
    switch (def->kind) {
    case WIT_BOOL:
        c_line(body, "%s = %s != 0;", into, value);
        break;
    case WIT_STRING:
    case WIT_LIST:
    case WIT_MAP:
        c_line(body, "%s.ptr = pointer_to(%s);", into, value);
        c_line(body, "%s.len = (uint32_t)%s;", into,
               values->count > 1 ? values->values[1] : "0");
        break;
    case WIT_RECORD:
    case WIT_TUPLE:
    case WIT_FIXED_LIST:
        lift_parts(self, body, scope, def, values, into);
        break;
    case WIT_VARIANT:
        lift_variant(self, body, scope, type, values, into);
        break;
    case WIT_OPTION:
        lift_option(self, body, scope, type, values, into);
        break;
    case WIT_RESULT:
        lift_result(self, body, scope, type, values, into);
        break;
    case WIT_BORROW:
        if (c_is_own_resource(self, scope, type)) {
            c_line(body, "%s = pointer_to(%s);", into, value);
            break;
        }
        c_line(body, "%s.__handle = %s;", into, value);
        break;
    case WIT_OWN:
        c_line(body, "%s.__handle = %s;", into, value);
        break;
    default:
        c_line(body, "%s = (%s)%s;", into, name, value);
        break;
    }
}
