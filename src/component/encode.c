/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a component to bytes. */
#include "component/encode.h"

#include "wasm/encode.h"

static void component_put_name(buffer *out, slice name)
{
    buffer_uleb(out, name.size);
    buffer_slice(out, name);
}

static void put_component_name(buffer *out, const component_name *name)
{
    buffer_put(out, name->attribute_count ? 2 : 0);
    component_put_name(out, name->text);
    if (!name->attribute_count)
        return;
    buffer_uleb(out, name->attribute_count);
    for (uint32_t i = 0; i < name->attribute_count; i++) {
        buffer_put(out, (uint8_t)name->attributes[i].kind);
        component_put_name(out, name->attributes[i].text);
    }
}

static void put_sort(buffer *out, component_sort sort)
{
    if (component_sort_is_core(sort))
        buffer_put(out, 0);
    buffer_put(out, component_sort_byte(sort));
}

/* ---- Types ---- */

static void component_put_valtype(buffer *out, component_valtype type)
{
    if (type.primitive == COMPONENT_INDEXED)
        buffer_sleb(out, type.index);
    else
        buffer_put(out, type.primitive);
}

static void put_optional(buffer *out, component_valtype type)
{
    buffer_put(out, type.primitive != COMPONENT_NO_TYPE);
    if (type.primitive != COMPONENT_NO_TYPE)
        component_put_valtype(out, type);
}

static void put_resultlist(buffer *out, component_valtype type)
{
    if (type.primitive == COMPONENT_NO_TYPE) {
        buffer_put(out, 1);
        buffer_put(out, 0);
    } else {
        buffer_put(out, 0);
        component_put_valtype(out, type);
    }
}

static void put_group(buffer *out, const wasm_subtype *types, uint32_t count)
{
    /* A bare 0x50 begins a module type here. */
    if (count == 1 && !types->rec_explicit && !types->final)
        buffer_put(out, 0);
    wasm_write_group(out, types, count);
}

static void put_declarator(buffer *out, const component_declarator *item)
{
    buffer_put(out, (uint8_t)item->kind);
    switch (item->kind) {
    case COMPONENT_DECLARATOR_IMPORT:
        component_put_name(out, item->module);
        component_put_name(out, item->name);
        wasm_write_external(out, &item->what);
        break;
    case COMPONENT_DECLARATOR_TYPE:
        put_group(out, item->types, item->type_count);
        break;
    case COMPONENT_DECLARATOR_ALIAS:
        buffer_put(out, 0x10);
        buffer_put(out, 0x01);
        buffer_uleb(out, item->outer);
        buffer_uleb(out, item->index);
        break;
    case COMPONENT_DECLARATOR_EXPORT:
        component_put_name(out, item->name);
        wasm_write_external(out, &item->what);
        break;
    }
}

static void component_put_core_type(buffer *out,
                                    const component_core_type *type)
{
    if (!type->is_module) {
        put_group(out, type->types, type->type_count);
        return;
    }
    buffer_put(out, 0x50);
    buffer_uleb(out, type->declarator_count);
    for (uint32_t i = 0; i < type->declarator_count; i++)
        put_declarator(out, &type->declarators[i]);
}

static void component_put_extern(buffer *out, const component_extern *type)
{
    put_sort(out, type->sort);
    bool is_type = type->sort == COMPONENT_SORT_TYPE;
    if (is_type || type->sort == COMPONENT_SORT_VALUE) {
        buffer_put(out, !type->is_eq);
        if (!type->is_eq) {
            if (!is_type)
                component_put_valtype(out, type->value);
            return;
        }
    }
    buffer_uleb(out, type->index);
}

static void component_put_alias(buffer *out, const component_alias *alias)
{
    put_sort(out, alias->sort);
    buffer_put(out, (uint8_t)alias->target);
    buffer_uleb(out, alias->instance);
    if (alias->target == COMPONENT_ALIAS_OUTER)
        buffer_uleb(out, alias->index);
    else
        component_put_name(out, alias->name);
}

static void put_fields(buffer *out, const component_type *type)
{
    buffer_uleb(out, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++) {
        const component_field *field = &type->fields[i];
        if (type->kind != COMPONENT_TYPE_TUPLE)
            component_put_name(out, field->name);
        if (type->kind == COMPONENT_TYPE_VARIANT) {
            put_optional(out, field->type);
            buffer_put(out, 0);
        } else if (field->type.primitive != COMPONENT_NO_TYPE) {
            component_put_valtype(out, field->type);
        }
    }
}

static void component_put_type(buffer *out, const component_type *type);

static void put_type_declarator(buffer *out, const component_definition *item)
{
    switch (item->kind) {
    case COMPONENT_DEF_CORE_TYPE:
        buffer_put(out, 0x00);
        component_put_core_type(out, item->core_type);
        break;
    case COMPONENT_DEF_TYPE:
        buffer_put(out, 0x01);
        component_put_type(out, item->type);
        break;
    case COMPONENT_DEF_ALIAS:
        buffer_put(out, 0x02);
        component_put_alias(out, &item->alias);
        break;
    default:
        buffer_put(out, item->kind == COMPONENT_DEF_IMPORT ? 0x03 : 0x04);
        put_component_name(out, &item->external.name);
        component_put_extern(out, &item->external.type);
    }
}

static void component_put_type(buffer *out, const component_type *type)
{
    buffer_put(out, type->kind == COMPONENT_TYPE_PRIMITIVE
                        ? type->element.primitive
                        : (uint8_t)(type->kind + (type->is_async ? 3 : 0)));
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        break;
    case COMPONENT_TYPE_RESOURCE:
        wasm_write_valtype(out, type->rep);
        buffer_put(out, type->has_destructor);
        if (type->has_destructor)
            buffer_uleb(out, type->destructor);
        break;
    case COMPONENT_TYPE_FUNC:
        put_fields(out, type);
        put_resultlist(out, type->element);
        break;
    case COMPONENT_TYPE_COMPONENT:
    case COMPONENT_TYPE_INSTANCE:
        buffer_uleb(out, type->declarator_count);
        for (uint32_t i = 0; i < type->declarator_count; i++)
            put_type_declarator(out, &type->declarators[i]);
        break;
    case COMPONENT_TYPE_MAP:
        component_put_valtype(out, type->element);
        component_put_valtype(out, type->other);
        break;
    case COMPONENT_TYPE_FUTURE:
    case COMPONENT_TYPE_STREAM:
        put_optional(out, type->element);
        break;
    case COMPONENT_TYPE_RESULT:
        put_optional(out, type->element);
        put_optional(out, type->other);
        break;
    case COMPONENT_TYPE_FIXED_LIST:
        component_put_valtype(out, type->element);
        buffer_uleb(out, type->length);
        break;
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_OPTION:
        component_put_valtype(out, type->element);
        break;
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        buffer_uleb(out, type->index);
        break;
    default:
        put_fields(out, type);
    }
}

/* ---- Definitions ---- */

static void put_instance(buffer *out, bool is_core,
                         const component_instance *instance)
{
    buffer_put(out, instance->is_exports);
    if (!instance->is_exports)
        buffer_uleb(out, instance->callee);
    buffer_uleb(out, instance->item_count);
    for (uint32_t i = 0; i < instance->item_count; i++) {
        const component_item *item = &instance->items[i];
        if (!is_core && instance->is_exports)
            put_component_name(out, &item->name);
        else
            component_put_name(out, item->name.text);
        if (is_core)
            buffer_put(out, component_sort_byte(item->sort));
        else
            put_sort(out, item->sort);
        buffer_uleb(out, item->index);
    }
}

static void put_options(buffer *out, const component_canon *canon)
{
    buffer_uleb(out, canon->option_count);
    for (uint32_t i = 0; i < canon->option_count; i++) {
        component_option_kind kind = canon->options[i].kind;
        buffer_put(out, (uint8_t)kind);
        if (kind >= COMPONENT_OPTION_MEMORY && kind != COMPONENT_OPTION_ASYNC)
            buffer_uleb(out, canon->options[i].index);
    }
}

static void put_operand(buffer *out, char operand, const component_canon *canon)
{
    switch (operand) {
    case 't':
    case 'g':
        buffer_uleb(out, canon->type);
        break;
    case 'b':
        buffer_uleb(out, canon->table);
        break;
    case 'm':
        buffer_uleb(out, canon->memory);
        break;
    case 'n':
        buffer_uleb(out, canon->number);
        break;
    case 'o':
        put_options(out, canon);
        break;
    case 'r':
        put_resultlist(out, canon->result);
        break;
    case 'v':
        wasm_write_valtype(out, canon->core_type);
        break;
    case 'a':
        buffer_put(out, canon->is_async);
        break;
    case 'c':
        buffer_put(out, canon->cancellable);
        break;
    default:
        buffer_put(out, canon->shared);
    }
}

static void put_canon(buffer *out, const component_canon *canon)
{
    buffer_put(out, (uint8_t)canon->kind);
    if (canon->kind <= COMPONENT_CANON_LOWER) {
        buffer_put(out, 0);
        buffer_uleb(out, canon->callee);
        put_options(out, canon);
        if (canon->kind == COMPONENT_CANON_LIFT)
            buffer_uleb(out, canon->type);
        return;
    }
    for (const char *o = component_canon_operands(canon->kind); *o; o++)
        put_operand(out, *o, canon);
}

static void put_external(buffer *out, const component_definition *d)
{
    put_component_name(out, &d->external.name);
    if (d->external.has_item) {
        put_sort(out, d->external.sort);
        buffer_uleb(out, d->external.index);
        buffer_put(out, d->external.has_type);
    }
    if (d->external.has_type)
        component_put_extern(out, &d->external.type);
}

static void put_start(buffer *out, const component_start *start)
{
    buffer_uleb(out, start->function);
    buffer_uleb(out, start->argument_count);
    for (uint32_t i = 0; i < start->argument_count; i++)
        buffer_uleb(out, start->arguments[i]);
    buffer_uleb(out, start->result_count);
}

static whit_status put_component(buffer *out, const component *c,
                                 whit_error *error);

static whit_status component_put_definition(buffer *out,
                                            const component_definition *d,
                                            whit_error *error)
{
    switch (d->kind) {
    case COMPONENT_DEF_CUSTOM:
        component_put_name(out, d->custom.name);
        buffer_slice(out, d->custom.bytes);
        break;
    case COMPONENT_DEF_CORE_MODULE:
        if (!d->core_module.bytes.size)
            return wasm_encode(d->core_module.module, out, error);
        buffer_slice(out, d->core_module.bytes);
        break;
    case COMPONENT_DEF_COMPONENT:
        return put_component(out, d->component, error);
    case COMPONENT_DEF_CORE_INSTANCE:
    case COMPONENT_DEF_INSTANCE:
        put_instance(out, d->kind == COMPONENT_DEF_CORE_INSTANCE, &d->instance);
        break;
    case COMPONENT_DEF_CORE_TYPE:
        component_put_core_type(out, d->core_type);
        break;
    case COMPONENT_DEF_ALIAS:
        component_put_alias(out, &d->alias);
        break;
    case COMPONENT_DEF_TYPE:
        component_put_type(out, d->type);
        break;
    case COMPONENT_DEF_CANON:
        put_canon(out, d->canon);
        break;
    case COMPONENT_DEF_START:
        put_start(out, &d->start);
        break;
    case COMPONENT_DEF_VALUE:
        component_put_valtype(out, d->value.type);
        component_put_name(out, d->value.bytes);
        break;
    default:
        put_external(out, d);
    }
    return WHIT_OK;
}

/* Sections of these kinds hold one item, without a count. */
static bool is_alone(component_definition_kind kind)
{
    return kind == COMPONENT_DEF_CUSTOM || kind == COMPONENT_DEF_CORE_MODULE ||
           kind == COMPONENT_DEF_COMPONENT || kind == COMPONENT_DEF_START;
}

static whit_status put_section(buffer *out, const component_definition *first,
                               uint32_t count, whit_error *error)
{
    buffer payload;
    buffer_init(&payload);
    whit_status status = WHIT_OK;
    if (!is_alone(first->kind))
        buffer_uleb(&payload, count);
    for (uint32_t i = 0; status == WHIT_OK && i < count; i++)
        status = component_put_definition(&payload, &first[i], error);
    if (status == WHIT_OK)
        status = buffer_status(&payload, error);
    if (status == WHIT_OK) {
        buffer_put(out, (uint8_t)first->kind);
        component_put_name(out, buffer_view(&payload));
    }
    buffer_release(&payload);
    return status;
}

static whit_status put_component(buffer *out, const component *c,
                                 whit_error *error)
{
    static const uint8_t preamble[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
    if (c->bytes.size) {
        buffer_slice(out, c->bytes);
        return buffer_status(out, error);
    }
    buffer_append(out, preamble, sizeof preamble);
    for (uint32_t i = 0; i < c->definition_count;) {
        const component_definition *first = &c->definitions[i];
        uint32_t end = i + 1;
        while (!is_alone(first->kind) && end < c->definition_count &&
               c->definitions[end].kind == first->kind)
            end++;
        TRY(put_section(out, first, end - i, error));
        i = end;
    }
    return buffer_status(out, error);
}

whit_status component_encode(const component_file *file, buffer *out,
                             whit_error *error)
{
    return put_component(out, &file->root, error);
}
