/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types as text. */
#include "wasm/print_internal.h"

void wasm_print_heaptype(printer *p, wasm_heaptype heap)
{
    char text[32];
    if (wasm_heap_is_index(heap)) {
        wasm_print_reference(p, WASM_NAME_TYPE, 0, heap);
        return;
    }
    wasm_heaptype_text(heap, text, sizeof text);
    buffer_text(p->out, text);
}

void wasm_print_valtype(printer *p, wasm_valtype type)
{
    char text[48];
    if (wasm_is_ref(type) && wasm_heap_is_index(wasm_heap(type))) {
        buffer_text(p->out, wasm_is_nullable(type) ? "(ref null " : "(ref ");
        wasm_print_heaptype(p, wasm_heap(type));
        buffer_put(p->out, ')');
        return;
    }
    wasm_valtype_text(type, text, sizeof text);
    buffer_text(p->out, text);
}

static void print_list_of(printer *p, const char *word,
                          const wasm_valtype *types, uint32_t count)
{
    if (!count)
        return;
    buffer_text(p->out, word);
    for (uint32_t i = 0; i < count; i++) {
        buffer_put(p->out, ' ');
        wasm_print_valtype(p, types[i]);
    }
    buffer_put(p->out, ')');
}

void wasm_print_results(printer *p, const wasm_functype *func)
{
    print_list_of(p, " (result", func->results, func->result_count);
}

void wasm_print_signature(printer *p, const wasm_functype *func)
{
    print_list_of(p, " (param", func->params, func->param_count);
    wasm_print_results(p, func);
}

const wasm_functype *wasm_print_functype(const printer *p, uint32_t type)
{
    if (type >= p->module->type_count ||
        p->module->types[type].kind != WASM_COMP_FUNC)
        return NULL;
    return &p->module->types[type].func;
}

void wasm_print_typeuse(printer *p, uint32_t type)
{
    buffer_text(p->out, " (type ");
    wasm_print_reference(p, WASM_NAME_TYPE, 0, type);
    buffer_put(p->out, ')');
    const wasm_functype *func = wasm_print_functype(p, type);
    if (func)
        wasm_print_signature(p, func);
}

static void print_storage(printer *p, const wasm_field *field)
{
    buffer_put(p->out, ' ');
    if (field->mutable_)
        buffer_text(p->out, "(mut ");
    wasm_print_valtype(p, field->type);
    if (field->mutable_)
        buffer_put(p->out, ')');
}

static whit_status print_composite(printer *p, uint32_t index)
{
    const wasm_subtype *type = &p->module->types[index];
    if (type->kind == WASM_COMP_FUNC) {
        buffer_text(p->out, "(func");
        wasm_print_signature(p, &type->func);
    } else if (type->kind == WASM_COMP_ARRAY) {
        buffer_text(p->out, "(array");
        print_storage(p, &type->fields[0]);
    } else {
        buffer_text(p->out, "(struct");
        for (uint32_t i = 0; i < type->field_count; i++) {
            bool has;
            buffer_text(p->out, " (field");
            TRY(wasm_print_bare_name(p, WASM_NAME_FIELD, index, i, &has));
            print_storage(p, &type->fields[i]);
            buffer_put(p->out, ')');
        }
    }
    buffer_put(p->out, ')');
    return WHIT_OK;
}

static whit_status print_type(printer *p, uint32_t index)
{
    const wasm_subtype *type = &p->module->types[index];
    bool sub = !type->final || type->super != WASM_NO_INDEX;
    wasm_print_newline(p);
    buffer_text(p->out, "(type");
    TRY(wasm_print_definition(p, WASM_NAME_TYPE, 0, index));
    buffer_put(p->out, ' ');
    if (sub) {
        buffer_text(p->out, type->final ? "(sub final " : "(sub ");
        if (type->super != WASM_NO_INDEX) {
            wasm_print_reference(p, WASM_NAME_TYPE, 0, type->super);
            buffer_put(p->out, ' ');
        }
    }
    TRY(print_composite(p, index));
    buffer_text(p->out, sub ? "))" : ")");
    return WHIT_OK;
}

whit_status wasm_print_types(printer *p)
{
    const wasm_module *m = p->module;
    for (uint32_t i = 0; i < m->type_count;) {
        uint32_t end = i + (m->types[i].rec_count ? m->types[i].rec_count : 1);
        bool group = m->types[i].rec_explicit || end - i > 1;
        if (group) {
            wasm_print_newline(p);
            buffer_text(p->out, "(rec");
            p->indent++;
        }
        for (; i < end && i < m->type_count; i++)
            TRY(print_type(p, i));
        if (group) {
            p->indent--;
            wasm_print_newline(p);
            buffer_put(p->out, ')');
        }
    }
    return WHIT_OK;
}
