/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The printer's pieces: strings, identifiers, and the names behind them. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "wasm/print_internal.h"

enum { INDENT_MAX = 50 };

void wasm_print_newline(printer *p)
{
    static const char spaces[] = "                                ";
    /* Deep nesting would make the text grow with its square. */
    size_t width = (p->indent < INDENT_MAX ? p->indent : INDENT_MAX) * 2;
    buffer_put(p->out, '\n');
    while (width) {
        size_t part = width < sizeof spaces - 1 ? width : sizeof spaces - 1;
        buffer_append(p->out, spaces, part);
        width -= part;
    }
}

void wasm_print_number(printer *p, uint64_t value)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buffer_append(p->out, digits + first, sizeof digits - first);
}

void wasm_string_write(slice bytes, bool is_text, buffer *out)
{
    static const char hex[] = "0123456789abcdef";
    buffer_put(out, '"');
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t c = bytes.data[i];
        bool plain = c >= 0x20 && c != 0x7f && (c < 0x80 || is_text);
        if (c == '"' || c == '\\') {
            buffer_put(out, '\\');
            buffer_put(out, c);
        } else if (plain) {
            buffer_put(out, c);
        } else {
            buffer_put(out, '\\');
            buffer_put(out, (uint8_t)hex[c >> 4]);
            buffer_put(out, (uint8_t)hex[c & 15]);
        }
    }
    buffer_put(out, '"');
}

static bool is_idchar(uint8_t c)
{
    return c > 0x20 && c < 0x7f && !memchr("\"(),;[]{}", c, 9);
}

void wasm_print_identifier(printer *p, slice name)
{
    size_t i = 0;
    while (i < name.size && is_idchar(name.data[i]))
        i++;
    buffer_put(p->out, '$');
    if (i == name.size)
        buffer_slice(p->out, name);
    else
        wasm_string_write(name, true, p->out);
}

whit_status wasm_print_push(printer *p, print_list *list, const void *item,
                            size_t size, size_t limit, const char *what)
{
    TRY(mem_grow(&list->items, &list->capacity, list->count, size, limit, what,
                 p->error));
    memcpy((uint8_t *)list->items + list->count++ * size, item, size);
    return WHIT_OK;
}

static whit_status record(printer *p, wasm_name_kind kind, uint32_t outer,
                          uint32_t index, slice text)
{
    wasm_name item = {outer, index, text};
    return wasm_print_push(p, &p->printed[kind], &item, sizeof item,
                           LIMIT_MODULE_BYTES, "names");
}

/* The name and whether it can be an identifier; data NULL: none. */
static slice find(const printer *p, wasm_name_kind kind, uint32_t outer,
                  uint32_t index, bool *usable)
{
    const wasm_name *items = p->names.of[kind].items;
    uint32_t low = 0, high = p->names.of[kind].count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const wasm_name *item = &items[middle];
        if (item->outer < outer ||
            (item->outer == outer && item->index < index))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == p->names.of[kind].count || items[low].outer != outer ||
        items[low].index != index)
        return slice_of(NULL, 0);
    *usable = p->usable[kind][low];
    return items[low].text;
}

whit_status wasm_print_bare_name(printer *p, wasm_name_kind kind,
                                 uint32_t outer, uint32_t index, bool *has)
{
    bool usable = false;
    slice name = find(p, kind, outer, index, &usable);
    *has = name.data != NULL;
    if (!*has)
        return WHIT_OK;
    buffer_put(p->out, ' ');
    if (usable) {
        wasm_print_identifier(p, name);
    } else {
        buffer_text(p->out, "(@name ");
        wasm_string_write(name, true, p->out);
        buffer_put(p->out, ')');
    }
    return record(p, kind, outer, index, name);
}

whit_status wasm_print_definition(printer *p, wasm_name_kind kind,
                                  uint32_t outer, uint32_t index)
{
    bool has;
    TRY(wasm_print_bare_name(p, kind, outer, index, &has));
    buffer_text(p->out, " (;");
    wasm_print_number(p, index);
    buffer_text(p->out, ";)");
    return WHIT_OK;
}

void wasm_print_reference(printer *p, wasm_name_kind kind, uint32_t outer,
                          uint32_t index)
{
    bool usable = false;
    slice name = find(p, kind, outer, index, &usable);
    if (usable)
        wasm_print_identifier(p, name);
    else
        wasm_print_number(p, index);
}

slice wasm_print_label_name(printer *p, uint32_t index)
{
    bool usable = false;
    slice name = find(p, WASM_NAME_LABEL, p->function, index, &usable);
    return usable ? name : slice_of(NULL, 0);
}

static uint32_t space_size(const wasm_module *m, wasm_name_kind kind)
{
    switch (kind) {
    case WASM_NAME_FUNCTION:
        return m->function_count;
    case WASM_NAME_TYPE:
        return m->type_count;
    case WASM_NAME_TABLE:
        return m->table_count;
    case WASM_NAME_MEMORY:
        return m->memory_count;
    case WASM_NAME_GLOBAL:
        return m->global_count;
    case WASM_NAME_ELEM:
        return m->elem_count;
    case WASM_NAME_DATA:
        return m->data_count;
    case WASM_NAME_TAG:
        return m->tag_count;
    default:
        return WASM_NO_INDEX;
    }
}

/* The n-th of a function's local names fits when there is such a local. */
static bool in_space(const printer *p, wasm_name_kind kind,
                     const wasm_name *name)
{
    const wasm_module *m = p->module;
    if (kind == WASM_NAME_FIELD)
        return name->outer < m->type_count &&
               m->types[name->outer].kind == WASM_COMP_STRUCT &&
               name->index < m->types[name->outer].field_count;
    if (kind != WASM_NAME_LOCAL)
        return name->index < space_size(m, kind);
    if (name->outer >= m->function_count || m->functions[name->outer].imported)
        return false;
    const wasm_function *function = &m->functions[name->outer];
    const wasm_functype *type = wasm_print_functype(p, function->type);
    return name->index <
           (type ? type->param_count : 0) + function->code.local_count;
}

static whit_status mark_usable(printer *p, wasm_name_kind kind, map *seen)
{
    const wasm_name *items = p->names.of[kind].items;
    uint32_t count = p->names.of[kind].count;
    p->usable[kind] = arena_array(&p->scratch, count, sizeof(bool));
    TRY_ALLOC(p->usable[kind], p->error);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t other;
        if (i && items[i].outer != items[i - 1].outer) {
            map_release(seen);
            map_init(seen);
        }
        if (!items[i].text.size || !in_space(p, kind, &items[i]))
            continue;
        /* Labels shadow one another, so theirs may repeat. */
        if (kind == WASM_NAME_LABEL) {
            p->usable[kind][i] = true;
        } else if (!map_get(seen, items[i].text, &other)) {
            TRY(map_set(seen, items[i].text, i, p->error));
            p->usable[kind][i] = true;
        }
    }
    return WHIT_OK;
}

whit_status wasm_print_names_open(printer *p)
{
    TRY(wasm_names_read(p->module, &p->scratch, &p->names, p->error));
    for (int kind = WASM_NAME_FUNCTION; kind < WASM_NAME_KINDS; kind++) {
        map seen;
        map_init(&seen);
        whit_status status = mark_usable(p, (wasm_name_kind)kind, &seen);
        map_release(&seen);
        TRY(status);
    }
    return WHIT_OK;
}

static int compare_names(const void *a, const void *b)
{
    const wasm_name *x = a, *y = b;
    if (x->outer != y->outer)
        return x->outer < y->outer ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

whit_status wasm_print_names_match(printer *p, slice section, bool *out)
{
    wasm_names names = {.module = p->names.module};
    /* Folded conditions print behind the `if` whose label follows theirs. */
    if (p->options.fold && p->printed[WASM_NAME_LABEL].count)
        qsort(p->printed[WASM_NAME_LABEL].items,
              p->printed[WASM_NAME_LABEL].count, sizeof(wasm_name),
              compare_names);
    bool any = names.module.size != 0;
    for (int kind = 0; kind < WASM_NAME_KINDS; kind++) {
        names.of[kind].items = p->printed[kind].items;
        names.of[kind].count = (uint32_t)p->printed[kind].count;
        any |= names.of[kind].count != 0;
    }
    buffer bytes;
    buffer_init(&bytes);
    wasm_names_write(&names, &bytes);
    *out = any && slice_equal(buffer_view(&bytes), section);
    whit_status status = buffer_status(&bytes, p->error);
    buffer_release(&bytes);
    return status;
}
