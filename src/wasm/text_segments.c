/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Element and data segments in the text format, inline ones too. */
#include "base/memory.h"
#include "wasm/text_internal.h"

/* Items of an element segment while they are read. */
typedef struct item_list {
    text_list functions;
    text_list exprs;
} item_list;

/* An expression of one instruction that the text implies. */
static whit_status implied(text_parser *p, wasm_position position,
                           const wasm_instruction *instruction, slice *out)
{
    wasm_text_run_begin(p);
    wasm_text_step(p, position);
    wasm_write_instruction(&p->code, instruction);
    return wasm_text_run_end(p, position, out);
}

static whit_status zero_offset(text_parser *p, wasm_position position,
                               bool is64, slice *out)
{
    wasm_instruction zero = {.op =
                                 is64 ? WASM_OP_I64_CONST : WASM_OP_I32_CONST};
    return implied(p, position, &zero, out);
}

/* (offset expr), or one folded instruction. */
static whit_status read_offset(text_parser *p, slice *out)
{
    if (!wasm_text_at_form(p, "offset"))
        return wasm_text_constant(p, true, out);
    TRY(wasm_text_enter(p));
    TRY(wasm_text_constant(p, false, out));
    return wasm_text_close(p);
}

static whit_status read_expr_items(text_parser *p, text_list *exprs)
{
    while (p->token.kind == WASM_TOKEN_LPAR) {
        slice expr;
        bool item = wasm_text_at_form(p, "item");
        if (item)
            TRY(wasm_text_enter(p));
        TRY(wasm_text_constant(p, !item, &expr));
        if (item)
            TRY(wasm_text_close(p));
        TRY(wasm_text_push(p, exprs, &expr, sizeof expr, LIMIT_ELEMS,
                           "elements of a segment"));
    }
    return WHIT_OK;
}

static whit_status read_function_items(text_parser *p, text_list *functions)
{
    while (wasm_text_at_index(p)) {
        uint32_t index;
        TRY(wasm_text_index(p, TEXT_FUNC, &index));
        TRY(wasm_text_push(p, functions, &index, sizeof index, LIMIT_ELEMS,
                           "elements of a segment"));
    }
    return WHIT_OK;
}

/* A segment of other than function references spells indices out. */
static whit_status functions_to_exprs(text_parser *p, wasm_position position,
                                      item_list *items)
{
    const uint32_t *indices = items->functions.items;
    for (size_t i = 0; i < items->functions.count; i++) {
        wasm_instruction get = {.op = WASM_OP_REF_FUNC, .index = indices[i]};
        slice expr;
        TRY(implied(p, position, &get, &expr));
        TRY(wasm_text_push(p, &items->exprs, &expr, sizeof expr, LIMIT_ELEMS,
                           "elements of a segment"));
    }
    return WHIT_OK;
}

static whit_status push_elem(text_parser *p, wasm_position position,
                             wasm_elem *elem, const item_list *items)
{
    TRY(wasm_text_item(p, WASM_SECTION_ELEMENT, position));
    const text_list *list = elem->is_exprs ? &items->exprs : &items->functions;
    size_t size = elem->is_exprs ? sizeof(slice) : sizeof(uint32_t);
    void *copy = arena_dup(&p->module->arena, list->items, list->count * size);
    TRY_ALLOC(copy, p->error);
    elem->count = (uint32_t)list->count;
    if (elem->is_exprs)
        elem->exprs = copy;
    else
        elem->functions = copy;
    return wasm_text_push(p, &p->elems, elem, sizeof *elem, LIMIT_ELEMS,
                          "element segments");
}

/* The index of the table may also stand bare, as before reference types;
 * data segments likewise. */
static whit_status read_elem(text_parser *p, wasm_elem *elem, item_list *items)
{
    bool at_offset =
        p->token.kind == WASM_TOKEN_LPAR && !wasm_text_at_reftype(p);
    if (wasm_text_at_keyword(p, "declare")) {
        elem->mode = WASM_SEGMENT_DECLARATIVE;
        TRY(wasm_text_advance(p));
    } else if (at_offset || p->token.kind == WASM_TOKEN_NAT) {
        elem->mode = WASM_SEGMENT_ACTIVE;
        if (p->token.kind == WASM_TOKEN_NAT) {
            TRY(wasm_text_index(p, TEXT_TABLE, &elem->table));
        } else if (wasm_text_at_form(p, "table")) {
            TRY(wasm_text_enter(p));
            TRY(wasm_text_index(p, TEXT_TABLE, &elem->table));
            TRY(wasm_text_close(p));
        }
        TRY(read_offset(p, &elem->offset));
    }
    elem->type = wasm_ref(WASM_HEAP_FUNC, false);
    if (wasm_text_at_keyword(p, "func")) {
        TRY(wasm_text_advance(p));
        TRY(read_function_items(p, &items->functions));
    } else if (wasm_text_at_reftype(p)) {
        elem->is_exprs = true;
        TRY(wasm_text_reftype(p, &elem->type));
        TRY(read_expr_items(p, &items->exprs));
    } else if (elem->mode == WASM_SEGMENT_ACTIVE) {
        TRY(read_function_items(p, &items->functions));
    } else {
        return wasm_text_unexpected(p, "func or a reference type");
    }
    TRY(push_elem(p, p->field, elem, items));
    return wasm_text_close(p);
}

static void release_items(item_list *items)
{
    mem_free(items->functions.items);
    mem_free(items->exprs.items);
}

whit_status wasm_text_elem_field(text_parser *p)
{
    slice id, name;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_id(p, &id, &name));
    TRY(wasm_text_name_add(p, WASM_NAME_ELEM, 0, (uint32_t)p->elems.count,
                           name));
    wasm_elem elem = {.mode = WASM_SEGMENT_PASSIVE};
    item_list items = {0};
    whit_status status = read_elem(p, &elem, &items);
    release_items(&items);
    return status;
}

static whit_status read_inline_elem(text_parser *p, wasm_elem *elem,
                                    const wasm_table *table, item_list *items)
{
    wasm_valtype type = table->type;
    wasm_position position = wasm_text_position(p, p->token.place);
    if (!wasm_text_at_form(p, "elem"))
        return wasm_text_unexpected(p, "(elem");
    TRY(zero_offset(p, position, table->limits.is64, &elem->offset));
    TRY(wasm_text_enter(p));
    elem->is_exprs = p->token.kind == WASM_TOKEN_LPAR;
    if (elem->is_exprs)
        TRY(read_expr_items(p, &items->exprs));
    else
        TRY(read_function_items(p, &items->functions));
    if (!elem->is_exprs && wasm_heap(type) != WASM_HEAP_FUNC) {
        elem->is_exprs = true;
        TRY(functions_to_exprs(p, position, items));
    }
    elem->type = elem->is_exprs ? type : wasm_ref(WASM_HEAP_FUNC, false);
    TRY(push_elem(p, position, elem, items));
    return wasm_text_close(p);
}

whit_status wasm_text_inline_elem(text_parser *p, uint32_t table,
                                  const wasm_table *type, uint64_t *count)
{
    wasm_elem elem = {.mode = WASM_SEGMENT_ACTIVE, .table = table};
    item_list items = {0};
    whit_status status = read_inline_elem(p, &elem, type, &items);
    release_items(&items);
    *count = elem.count;
    return status;
}

/* Strings up to the ')' as the bytes of a data segment. */
static whit_status push_data(text_parser *p, wasm_position position,
                             wasm_data *data)
{
    TRY(wasm_text_item(p, WASM_SECTION_DATA, position));
    buffer_clear(&p->list);
    while (p->token.kind == WASM_TOKEN_STRING) {
        slice piece;
        TRY(wasm_token_decode(&p->token, &p->scratch, &piece, p->error));
        buffer_slice(&p->list, piece);
        TRY(wasm_text_advance(p));
    }
    TRY(buffer_status(&p->list, p->error));
    data->bytes = buffer_view(&p->list);
    data->bytes.data =
        arena_dup(&p->module->arena, data->bytes.data, data->bytes.size);
    TRY_ALLOC(data->bytes.data, p->error);
    TRY(wasm_text_push(p, &p->datas, data, sizeof *data, LIMIT_DATAS,
                       "data segments"));
    return wasm_text_close(p);
}

whit_status wasm_text_data_field(text_parser *p)
{
    slice id, name;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_id(p, &id, &name));
    TRY(wasm_text_name_add(p, WASM_NAME_DATA, 0, (uint32_t)p->datas.count,
                           name));
    wasm_data data = {.mode = WASM_SEGMENT_PASSIVE};
    if (p->token.kind == WASM_TOKEN_LPAR || p->token.kind == WASM_TOKEN_NAT) {
        data.mode = WASM_SEGMENT_ACTIVE;
        if (p->token.kind == WASM_TOKEN_NAT) {
            TRY(wasm_text_index(p, TEXT_MEMORY, &data.memory));
        } else if (wasm_text_at_form(p, "memory")) {
            TRY(wasm_text_enter(p));
            TRY(wasm_text_index(p, TEXT_MEMORY, &data.memory));
            TRY(wasm_text_close(p));
        }
        TRY(read_offset(p, &data.offset));
    }
    return push_data(p, p->field, &data);
}

whit_status wasm_text_inline_data(text_parser *p, uint32_t memory, bool is64,
                                  uint64_t *pages)
{
    wasm_data data = {.mode = WASM_SEGMENT_ACTIVE, .memory = memory};
    wasm_position position = wasm_text_position(p, p->token.place);
    TRY(zero_offset(p, position, is64, &data.offset));
    TRY(wasm_text_enter(p));
    TRY(push_data(p, position, &data));
    *pages = (data.bytes.size + WASM_PAGE_SIZE - 1) / WASM_PAGE_SIZE;
    return WHIT_OK;
}
