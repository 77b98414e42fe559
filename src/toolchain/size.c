/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading the sizes of a module's parts. */
#include "toolchain/size.h"
#include <stdlib.h>
#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "toolchain/demangle.h"
#include "toolchain/shrink_module.h"
#include "wasm/decode.h"
#include "wasm/names.h"
#include "wasm/visit.h"

whit_status tool_size_names_init(tool_size_names *self, slice bytes,
                                 const uint32_t *moved, uint32_t moved_count,
                                 whit_error *error)
{
    memset(self, 0, sizeof *self);
    arena_init(&self->arena);
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *module = NULL;
    TRY(wasm_decode(bytes, &options, &module, error));
    wasm_names names;
    whit_status status = wasm_names_read(module, &module->arena, &names, error);
    if (status == WHIT_OK) {
        self->count = module->function_count;
        self->symbols =
            arena_array(&self->arena, self->count + 1, sizeof(slice));
        if (!self->symbols)
            status = error_memory(error);
    }
    for (uint32_t n = 0;
         status == WHIT_OK && n < names.of[WASM_NAME_FUNCTION].count; n++) {
        const wasm_name *name = &names.of[WASM_NAME_FUNCTION].items[n];
        uint32_t to = name->index;
        if (moved)
            to = to < moved_count ? moved[to] : WASM_NO_INDEX;
        if (to >= self->count || self->symbols[to].size)
            continue;
        const void *copy =
            arena_dup(&self->arena, name->text.data, name->text.size);
        if (!copy)
            status = error_memory(error);
        else
            self->symbols[to] = slice_of(copy, name->text.size);
    }
    wasm_module_free(module);
    return status;
}

void tool_size_names_release(tool_size_names *self)
{
    arena_release(&self->arena);
    memset(self, 0, sizeof *self);
}

/* What the visitor gathers; arrays of the heap, moved to the arena later. */
typedef struct reading {
    tool_size *size;
    size_t section_capacity, function_capacity, data_capacity;
    const tool_size_names *names;
    wasm_names own;
    slice *exports; /* first exported name, per function */
    uint32_t function_total;
    buffer text;
    whit_error *error;
} reading;

/* U+FFFD for what a terminal or a browser should not see. */
static bool is_printable(uint32_t code)
{
    return code >= 0x20 && !(code >= 0x7f && code <= 0x9f) &&
           !(code >= 0x200e && code <= 0x200f) &&
           !(code >= 0x202a && code <= 0x202e) &&
           !(code >= 0x2066 && code <= 0x2069) && code != 0xfeff;
}

static slice keep_text(reading *r, slice text)
{
    buffer clean;
    buffer_init(&clean);
    for (size_t n = 0; n < text.size && clean.size < TOOL_SIZE_NAME_MAX;) {
        uint32_t code;
        slice rest = slice_of(text.data + n, text.size - n);
        unsigned taken = utf8_decode(rest, &code);
        if (taken && is_printable(code))
            buffer_append(&clean, rest.data, taken);
        else
            buffer_text(&clean, "\xef\xbf\xbd");
        n += taken ? taken : 1;
    }
    slice kept = slice_of(arena_dup(&r->size->arena, clean.data, clean.size),
                          clean.size);
    if (clean.failed || !kept.data)
        r->text.failed = true;
    buffer_release(&clean);
    return kept;
}

static whit_status on_section(void *self, wasm_section_id id, wasm_span header,
                              slice payload, whit_error *error)
{
    reading *r = self;
    tool_size *size = r->size;
    TRY(mem_grow((void **)&size->sections, &r->section_capacity,
                 size->section_count, sizeof *size->sections,
                 LIMIT_CUSTOM_SECTIONS + WASM_SECTION_IDS, "sections", error));
    size->sections[size->section_count++] =
        (tool_size_section){.id = id,
                            .name = slice_text(wasm_section_text(id)),
                            .bytes = header.size + payload.size};
    return WHIT_OK;
}

static whit_status on_count(void *self, wasm_section_id id, uint32_t count,
                            whit_error *error)
{
    reading *r = self;
    (void)id;
    (void)error;
    r->size->sections[r->size->section_count - 1].items = count;
    return WHIT_OK;
}

static whit_status on_code(void *self, uint32_t function, wasm_span span,
                           const wasm_code *code, whit_error *error)
{
    reading *r = self;
    tool_size *size = r->size;
    (void)code;
    TRY(mem_grow((void **)&size->functions, &r->function_capacity,
                 size->function_count, sizeof *size->functions, LIMIT_FUNCTIONS,
                 "functions", error));
    size->functions[size->function_count++] =
        (tool_size_function){.index = function, .bytes = span.size};
    return WHIT_OK;
}

static whit_status on_data(void *self, uint32_t index, wasm_span span,
                           const wasm_data *data, whit_error *error)
{
    reading *r = self;
    tool_size *size = r->size;
    TRY(mem_grow((void **)&size->datas, &r->data_capacity, size->data_count,
                 sizeof *size->datas, LIMIT_DATAS, "data segments", error));
    tool_size_data *item = &size->datas[size->data_count++];
    *item = (tool_size_data){.index = index, .bytes = span.size};
    item->has_offset = data->mode == WASM_SEGMENT_ACTIVE &&
                       shrink_constant(data->offset, &item->offset);
    return WHIT_OK;
}

static whit_status on_custom(void *self, wasm_span span,
                             const wasm_custom *custom, whit_error *error)
{
    reading *r = self;
    (void)span;
    (void)error;
    r->size->sections[r->size->section_count - 1].name =
        keep_text(r, custom->name);
    return WHIT_OK;
}

static slice symbol_of(const reading *r, uint32_t function)
{
    if (r->names)
        return function < r->names->count ? r->names->symbols[function]
                                          : slice_of(NULL, 0);
    return wasm_names_get(&r->own, WASM_NAME_FUNCTION, 0, function);
}

static void name_function(reading *r, tool_size_function *f)
{
    slice symbol = symbol_of(r, f->index);
    buffer_clear(&r->text);
    if (symbol.size) {
        tool_demangle(symbol, TOOL_DEMANGLE_FULL, &r->text);
        f->name = keep_text(r, buffer_view(&r->text));
        buffer_clear(&r->text);
        tool_demangle(symbol, TOOL_DEMANGLE_GROUP, &r->text);
        f->group = keep_text(r, buffer_view(&r->text));
        buffer_clear(&r->text);
        f->crate = tool_demangle_crate(symbol, &r->text)
                       ? keep_text(r, buffer_view(&r->text))
                       : slice_text("(C and others)");
        return;
    }
    f->crate = slice_text("(unnamed)");
    if (f->index < r->function_total && r->exports[f->index].size) {
        buffer_text(&r->text, "export ");
        buffer_slice(&r->text, r->exports[f->index]);
    } else {
        buffer_printf(&r->text, "function %u", f->index);
    }
    f->name = f->group = keep_text(r, buffer_view(&r->text));
}

static int compare_bytes(uint64_t a, uint64_t b, slice left, slice right)
{
    if (a != b)
        return a > b ? -1 : 1;
    size_t size = left.size < right.size ? left.size : right.size;
    int order = size ? memcmp(left.data, right.data, size) : 0;
    return order ? order : (left.size > right.size) - (left.size < right.size);
}

static int by_section(const void *left, const void *right)
{
    const tool_size_section *a = left, *b = right;
    return compare_bytes(a->bytes, b->bytes, a->name, b->name);
}

static int by_function(const void *left, const void *right)
{
    const tool_size_function *a = left, *b = right;
    int order = compare_bytes(a->bytes, b->bytes, a->name, b->name);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int by_group(const void *left, const void *right)
{
    const tool_size_group *a = left, *b = right;
    return compare_bytes(a->bytes, b->bytes, a->name, b->name);
}

static int by_data(const void *left, const void *right)
{
    const tool_size_data *a = left, *b = right;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void sort(void *items, uint32_t count, size_t size,
                 int (*compare)(const void *, const void *))
{
    if (count)
        qsort(items, count, size, compare);
}

/* Sums functions by crate or by group. */
static whit_status sum_up(tool_size *self, bool crates, tool_size_group **out,
                          uint32_t *count, whit_error *error)
{
    map seen;
    map_init(&seen);
    whit_status status = WHIT_OK;
    tool_size_group *groups =
        arena_array(&self->arena, self->function_count + 1, sizeof *groups);
    if (!groups)
        return error_memory(error);
    *count = 0;
    for (uint32_t n = 0; n < self->function_count && status == WHIT_OK; n++) {
        const tool_size_function *f = &self->functions[n];
        slice name = crates ? f->crate : f->group;
        uint64_t at;
        if (!map_get(&seen, name, &at)) {
            at = *count;
            status = map_set(&seen, name, at, error);
            groups[(*count)++].name = name;
        }
        groups[at].bytes += f->bytes;
        groups[at].before += f->before;
        groups[at].functions += f->bytes > 0;
    }
    map_release(&seen);
    sort(groups, *count, sizeof *groups, by_group);
    *out = groups;
    return status;
}

static whit_status sum_all(tool_size *self, whit_error *error)
{
    sort(self->functions, self->function_count, sizeof *self->functions,
         by_function);
    TRY(sum_up(self, true, &self->crates, &self->crate_count, error));
    return sum_up(self, false, &self->groups, &self->group_count, error);
}

static whit_status read_names(reading *r, const wasm_module *module,
                              arena *memory)
{
    TRY(wasm_names_read(module, memory, &r->own, r->error));
    r->function_total = module->function_count;
    r->exports =
        arena_array(memory, module->function_count + 1, sizeof *r->exports);
    TRY_ALLOC(r->exports, r->error);
    for (uint32_t n = 0; n < module->export_count; n++) {
        const wasm_export *export = &module->exports[n];
        /* The module is decoded, not validated. */
        if (export->kind == WASM_EXTERN_FUNC &&
            export->index < module->function_count &&
            !r->exports[export->index].size)
            r->exports[export->index] = export->name;
    }
    for (uint32_t n = 0; n < r->size->function_count; n++)
        name_function(r, &r->size->functions[n]);
    for (uint32_t n = 0; n < r->size->data_count; n++) {
        tool_size_data *data = &r->size->datas[n];
        data->name = keep_text(
            r, wasm_names_get(&r->own, WASM_NAME_DATA, 0, data->index));
    }
    return buffer_status(&r->text, r->error);
}

static whit_status read_module(reading *r, slice bytes)
{
    wasm_visitor visitor = {.self = r,
                            .section = on_section,
                            .count = on_count,
                            .code = on_code,
                            .data = on_data,
                            .custom = on_custom};
    TRY(wasm_visit(bytes, WASM_FEATURES_ALL, &visitor, r->error));
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *module = NULL;
    TRY(wasm_decode(bytes, &options, &module, r->error));
    whit_status status = read_names(r, module, &module->arena);
    wasm_module_free(module);
    return status;
}

whit_status tool_size_new(slice module, const tool_size_names *names,
                          tool_size **out, whit_error *error)
{
    tool_size *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    arena_init(&self->arena);
    self->total = module.size;
    reading r = {.size = self, .names = names, .error = error};
    buffer_init(&r.text);
    whit_status status = read_module(&r, module);
    buffer_release(&r.text);
    if (status == WHIT_OK)
        status = sum_all(self, error);
    if (status != WHIT_OK) {
        tool_size_free(self);
        return status;
    }
    sort(self->sections, self->section_count, sizeof *self->sections,
         by_section);
    sort(self->datas, self->data_count, sizeof *self->datas, by_data);
    *out = self;
    return WHIT_OK;
}

void tool_size_free(tool_size *self)
{
    if (!self)
        return;
    mem_free(self->sections);
    mem_free(self->functions);
    mem_free(self->datas);
    arena_release(&self->arena);
    mem_free(self);
}

static slice copy_text(tool_size *self, slice text)
{
    return slice_of(arena_dup(&self->arena, text.data, text.size), text.size);
}

/* Functions of both modules, those of the earlier one by their names: each
 * name's bytes go to the first function that has it. */
static whit_status compare_functions(tool_size *self, const tool_size *before,
                                     map *seen, whit_error *error)
{
    size_t capacity = self->function_count;
    for (uint32_t n = 0; n < self->function_count; n++) {
        uint64_t at;
        if (!map_get(seen, self->functions[n].name, &at))
            TRY(map_set(seen, self->functions[n].name, n, error));
    }
    for (uint32_t n = 0; n < before->function_count; n++) {
        const tool_size_function *f = &before->functions[n];
        uint64_t at;
        if (!map_get(seen, f->name, &at)) {
            at = self->function_count;
            TRY(mem_grow((void **)&self->functions, &capacity,
                         self->function_count, sizeof *self->functions,
                         2 * (size_t)LIMIT_FUNCTIONS, "functions", error));
            tool_size_function added = {.index = WASM_NO_INDEX,
                                        .name = copy_text(self, f->name),
                                        .group = copy_text(self, f->group),
                                        .crate = copy_text(self, f->crate)};
            if (!added.name.data || !added.group.data || !added.crate.data)
                return error_memory(error);
            self->functions[self->function_count++] = added;
            TRY(map_set(seen, added.name, at, error));
        }
        self->functions[at].before += f->bytes;
    }
    return WHIT_OK;
}

whit_status tool_size_compare(tool_size *self, const tool_size *before,
                              whit_error *error)
{
    map seen;
    map_init(&seen);
    whit_status status = compare_functions(self, before, &seen, error);
    map_release(&seen);
    TRY(status);
    self->before_sections = arena_array(&self->arena, before->section_count + 1,
                                        sizeof(tool_size_section));
    TRY_ALLOC(self->before_sections, error);
    self->before_section_count = before->section_count;
    for (uint32_t n = 0; n < before->section_count; n++) {
        self->before_sections[n] = before->sections[n];
        self->before_sections[n].name =
            copy_text(self, before->sections[n].name);
        TRY_ALLOC(self->before_sections[n].name.data, error);
    }
    self->compared = true;
    self->before = before->total;
    return sum_all(self, error);
}
