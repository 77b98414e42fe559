/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The visitor that builds a module. */
#include "wasm/decode.h"

#include "base/limits.h"
#include "base/memory.h"
#include "wasm/visit.h"

/* Room of the arrays that grow; all others are made by `count`. */
typedef struct decoder {
    wasm_module *module;
    uint32_t type_room;
    uint32_t function_room;
    uint32_t table_room;
    uint32_t memory_room;
    uint32_t global_room;
    uint32_t tag_room;
    uint32_t custom_room;
} decoder;

/* Room for `extra` items behind `count`, in the module's arena. */
static whit_status make_room(decoder *self, void **items, uint32_t *room,
                             uint32_t count, uint32_t extra, size_t size,
                             whit_error *error)
{
    if (LIKELY(extra <= *room - count))
        return WHIT_OK;
    /* A single item means that more may follow. */
    uint32_t wanted = count + extra;
    if (extra == 1 && wanted < count * 2)
        wanted = count * 2;
    if (wanted < 4)
        wanted = 4;
    void *grown = arena_alloc(&self->module->arena, wanted * size);
    TRY_ALLOC(grown, error);
    if (count)
        memcpy(grown, *items, count * size);
    *items = grown;
    *room = wanted;
    return WHIT_OK;
}

#define ROOM(d, items, count, room, extra, error)                              \
    make_room(d, (void **)&(d)->module->items, &(d)->room, (d)->module->count, \
              extra, sizeof *(d)->module->items, error)

/* A fixed array for the items that a section announces. */
#define FIXED(d, items, count, error)                                         \
    do {                                                                      \
        (d)->module->items = arena_alloc(&(d)->module->arena,                 \
                                         count * sizeof *(d)->module->items); \
        TRY_ALLOC((d)->module->items, error);                                 \
    } while (0)

static whit_status on_count(void *context, wasm_section_id id, uint32_t count,
                            whit_error *error)
{
    decoder *self = context;
    switch (id) {
    case WASM_SECTION_TYPE:
        return ROOM(self, types, type_count, type_room, count, error);
    case WASM_SECTION_IMPORT:
        FIXED(self, imports, count, error);
        break;
    case WASM_SECTION_FUNCTION:
        return ROOM(self, functions, function_count, function_room, count,
                    error);
    case WASM_SECTION_TABLE:
        return ROOM(self, tables, table_count, table_room, count, error);
    case WASM_SECTION_MEMORY:
        return ROOM(self, memories, memory_count, memory_room, count, error);
    case WASM_SECTION_GLOBAL:
        return ROOM(self, globals, global_count, global_room, count, error);
    case WASM_SECTION_TAG:
        return ROOM(self, tags, tag_count, tag_room, count, error);
    case WASM_SECTION_EXPORT:
        FIXED(self, exports, count, error);
        break;
    case WASM_SECTION_ELEMENT:
        FIXED(self, elems, count, error);
        break;
    case WASM_SECTION_DATA:
        FIXED(self, datas, count, error);
        break;
    default:
        break;
    }
    return WHIT_OK;
}

static whit_status on_type(void *context, uint32_t index, wasm_span span,
                           const wasm_subtype *type, whit_error *error)
{
    decoder *self = context;
    (void)index, (void)span;
    TRY(ROOM(self, types, type_count, type_room, 1, error));
    self->module->types[self->module->type_count++] = *type;
    return WHIT_OK;
}

static whit_status add_function(decoder *self, const wasm_function *function,
                                whit_error *error)
{
    wasm_module *module = self->module;
    TRY(ROOM(self, functions, function_count, function_room, 1, error));
    module->functions[module->function_count++] = *function;
    return WHIT_OK;
}

static whit_status on_table(void *context, uint32_t index, wasm_span span,
                            const wasm_table *table, whit_error *error)
{
    decoder *self = context;
    (void)index, (void)span;
    TRY(ROOM(self, tables, table_count, table_room, 1, error));
    self->module->tables[self->module->table_count++] = *table;
    return WHIT_OK;
}

static whit_status on_memory(void *context, uint32_t index, wasm_span span,
                             const wasm_memory *memory, whit_error *error)
{
    decoder *self = context;
    (void)index, (void)span;
    TRY(ROOM(self, memories, memory_count, memory_room, 1, error));
    self->module->memories[self->module->memory_count++] = *memory;
    return WHIT_OK;
}

static whit_status on_global(void *context, uint32_t index, wasm_span span,
                             const wasm_global *global, whit_error *error)
{
    decoder *self = context;
    (void)index, (void)span;
    TRY(ROOM(self, globals, global_count, global_room, 1, error));
    self->module->globals[self->module->global_count++] = *global;
    return WHIT_OK;
}

static whit_status on_tag(void *context, uint32_t index, wasm_span span,
                          const wasm_tag *tag, whit_error *error)
{
    decoder *self = context;
    (void)index, (void)span;
    TRY(ROOM(self, tags, tag_count, tag_room, 1, error));
    self->module->tags[self->module->tag_count++] = *tag;
    return WHIT_OK;
}

static whit_status on_import(void *context, uint32_t index, wasm_span span,
                             const wasm_import *import, const void *what,
                             whit_error *error)
{
    decoder *self = context;
    wasm_module *module = self->module;
    module->imports[module->import_count++] = *import;
    module->imported[import->kind]++;
    switch (import->kind) {
    case WASM_EXTERN_FUNC:
        return add_function(self, what, error);
    case WASM_EXTERN_TABLE:
        return on_table(self, index, span, what, error);
    case WASM_EXTERN_MEMORY:
        return on_memory(self, index, span, what, error);
    case WASM_EXTERN_GLOBAL:
        return on_global(self, index, span, what, error);
    case WASM_EXTERN_TAG:
        return on_tag(self, index, span, what, error);
    case WASM_EXTERN_KINDS:
        break;
    }
    return WHIT_OK;
}

static whit_status on_function(void *context, uint32_t index, wasm_span span,
                               uint32_t type, whit_error *error)
{
    wasm_function function = {.type = type};
    (void)index, (void)span;
    return add_function(context, &function, error);
}

static whit_status on_export(void *context, uint32_t index, wasm_span span,
                             const wasm_export *export, whit_error *error)
{
    wasm_module *module = ((decoder *)context)->module;
    (void)span, (void)error;
    module->exports[index] = *export;
    module->export_count = index + 1;
    return WHIT_OK;
}

static whit_status on_start(void *context, wasm_span span, uint32_t function,
                            whit_error *error)
{
    (void)span, (void)error;
    ((decoder *)context)->module->start = function;
    return WHIT_OK;
}

static whit_status on_elem(void *context, uint32_t index, wasm_span span,
                           const wasm_elem *elem, whit_error *error)
{
    wasm_module *module = ((decoder *)context)->module;
    (void)span, (void)error;
    module->elems[index] = *elem;
    module->elem_count = index + 1;
    return WHIT_OK;
}

static whit_status on_code(void *context, uint32_t index, wasm_span span,
                           const wasm_code *code, whit_error *error)
{
    (void)span, (void)error;
    ((decoder *)context)->module->functions[index].code = *code;
    return WHIT_OK;
}

static whit_status on_data(void *context, uint32_t index, wasm_span span,
                           const wasm_data *data, whit_error *error)
{
    wasm_module *module = ((decoder *)context)->module;
    (void)span, (void)error;
    module->datas[index] = *data;
    module->data_count = index + 1;
    return WHIT_OK;
}

static whit_status on_data_count(void *context, wasm_span span, uint32_t count,
                                 whit_error *error)
{
    (void)span, (void)count, (void)error;
    ((decoder *)context)->module->has_data_count = true;
    return WHIT_OK;
}

static whit_status on_custom(void *context, wasm_span span,
                             const wasm_custom *custom, whit_error *error)
{
    decoder *self = context;
    wasm_module *module = self->module;
    if (module->custom_count >= LIMIT_CUSTOM_SECTIONS)
        return error_at(error, WHIT_LIMIT, span.offset,
                        "too many custom sections: the limit is %u",
                        LIMIT_CUSTOM_SECTIONS);
    TRY(ROOM(self, customs, custom_count, custom_room, 1, error));
    module->customs[module->custom_count++] = *custom;
    return WHIT_OK;
}

static whit_status build(wasm_module *module, wasm_features features,
                         whit_error *error)
{
    decoder self = {.module = module};
    wasm_visitor visitor = {
        .self = &self,
        .count = on_count,
        .type = on_type,
        .import = on_import,
        .function = on_function,
        .table = on_table,
        .memory = on_memory,
        .tag = on_tag,
        .global = on_global,
        .export = on_export,
        .start = on_start,
        .elem = on_elem,
        .code = on_code,
        .data = on_data,
        .data_count = on_data_count,
        .custom = on_custom,
        .arena = &module->arena,
    };
    return wasm_visit(module->bytes, features, &visitor, error);
}

whit_status wasm_decode(slice bytes, const wasm_decode_options *options,
                        wasm_module **out, whit_error *error)
{
    wasm_module *module = wasm_module_new();
    TRY_ALLOC(module, error);
    whit_status status = WHIT_OK;
    module->bytes = bytes;
    if (options->copy) {
        module->owned = mem_dup(bytes.data, bytes.size);
        if (module->owned)
            module->bytes = slice_of(module->owned, bytes.size);
        else
            status = error_memory(error);
    }
    if (status == WHIT_OK)
        status = build(module, options->features, error);
    if (status == WHIT_OK)
        *out = module;
    else
        wasm_module_free(module);
    return status;
}

bool wasm_is_module(slice bytes)
{
    static const uint8_t preamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    return bytes.size >= sizeof preamble &&
           !memcmp(bytes.data, preamble, sizeof preamble);
}
