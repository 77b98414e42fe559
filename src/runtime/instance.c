/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Instantiation. */
#include "runtime/instance.h"

#include <inttypes.h>
#include <string.h>
#include "base/memory.h"
#include "runtime/constant.h"
#include "runtime/import.h"
#include "runtime/memory.h"
#include "runtime/operations.h"
#include "runtime/table.h"

/* The lists of a store before an instantiation: everything made since stands
 * in front of them, since nothing else runs meanwhile. */
typedef struct checkpoint {
    rt_memory *memories;
    rt_table *tables;
    rt_global *globals;
    rt_tag *tags;
    rt_instance *instances;
    size_t shared_count;
} checkpoint;

static checkpoint checkpoint_take(const rt_store *store)
{
    return (checkpoint){store->memories, store->tables,    store->globals,
                        store->tags,     store->instances, store->shared_count};
}

static void roll_back(rt_store *store, const checkpoint *to)
{
    while (store->instances != to->instances) {
        rt_instance *instance = store->instances;
        store->instances = instance->next;
        store->instance_count--;
        rt_instance_free(instance);
    }
    while (store->memories != to->memories) {
        rt_memory *memory = store->memories;
        store->memories = memory->next;
        rt_memory_free(store, memory);
    }
    while (store->shared_count > to->shared_count) {
        rt_memory *memory = store->shared[--store->shared_count];
        store->memory_bytes -= memory_size(memory);
        rt_memory_unshare(memory);
    }
    while (store->tables != to->tables) {
        rt_table *table = store->tables;
        store->tables = table->next;
        rt_table_free(store, table);
    }
    while (store->globals != to->globals) {
        rt_global *global = store->globals;
        store->globals = global->next;
        mem_free(global);
    }
    while (store->tags != to->tags) {
        rt_tag *tag = store->tags;
        store->tags = tag->next;
        mem_free(tag);
    }
}

void rt_instance_free(rt_instance *self)
{
    for (uint32_t i = 0; self->elems && i < self->module->wasm->elem_count; i++)
        mem_free(self->elems[i].items);
    arena_release(&self->arena);
    rt_module_release(self->module);
    mem_free(self);
}

/* Index spaces, empty. */
static bool make_arrays(rt_instance *self)
{
    const wasm_module *wasm = self->module->wasm;
    arena *memory = &self->arena;
    uint32_t own = wasm->function_count - wasm->imported[WASM_EXTERN_FUNC];
    self->memories =
        arena_array(memory, wasm->memory_count, sizeof *self->memories);
    self->tables = arena_array(memory, wasm->table_count, sizeof *self->tables);
    self->globals =
        arena_array(memory, wasm->global_count, sizeof *self->globals);
    self->functions =
        arena_array(memory, wasm->function_count, sizeof *self->functions);
    self->tags = arena_array(memory, wasm->tag_count, sizeof *self->tags);
    self->elems = arena_array(memory, wasm->elem_count, sizeof *self->elems);
    self->datas = arena_array(memory, wasm->data_count, sizeof *self->datas);
    self->own = arena_array(memory, own, sizeof *self->own);
    return self->memories && self->tables && self->globals && self->functions &&
           self->tags && self->elems && self->datas && self->own;
}

/* An instance of `module` in the store, with its arrays. */
static whit_status instance_new(rt_store *store, rt_module *module,
                                rt_instance **out, whit_error *error)
{
    if (store->instance_count >= store->limits.instances)
        return error_set(error, WHIT_LIMIT,
                         "too many instances: the store may have %u "
                         "(instances)",
                         store->limits.instances);
    rt_instance *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    rt_module_retain(module);
    self->module = module;
    self->store = store;
    self->types = module->types;
    arena_init(&self->arena);
    if (!make_arrays(self)) {
        rt_instance_free(self);
        return error_memory(error);
    }
    self->next = store->instances;
    store->instances = self;
    store->instance_count++;
    *out = self;
    return WHIT_OK;
}

static void set_imports(rt_instance *self, const rt_extern *imports)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = 0; i < wasm->import_count; i++) {
        uint32_t index = wasm->imports[i].index;
        switch (wasm->imports[i].kind) {
        case WASM_EXTERN_FUNC:
            self->functions[index] = imports[i].function;
            break;
        case WASM_EXTERN_TABLE:
            self->tables[index] = imports[i].table;
            break;
        case WASM_EXTERN_MEMORY:
            self->memories[index] = imports[i].memory;
            break;
        case WASM_EXTERN_GLOBAL:
            self->globals[index] = imports[i].global;
            break;
        case WASM_EXTERN_TAG:
            self->tags[index] = imports[i].tag;
            break;
        case WASM_EXTERN_KINDS:
            break;
        }
    }
}

static void make_functions(rt_instance *self)
{
    const wasm_module *wasm = self->module->wasm;
    uint32_t first = wasm->imported[WASM_EXTERN_FUNC];
    for (uint32_t i = first; i < wasm->function_count; i++) {
        rt_function *function = &self->own[i - first];
        function->header.kind = RT_OBJECT_FUNCTION;
        function->header.type = self->types[wasm->functions[i].type];
        function->instance = self;
        function->index = i;
        self->functions[i] = function;
    }
}

static whit_status make_memories(rt_instance *self, whit_error *error)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = wasm->imported[WASM_EXTERN_MEMORY];
         i < wasm->memory_count; i++)
        TRY(rt_memory_new(self->store, &wasm->memories[i].limits,
                          &self->memories[i], error));
    for (uint32_t i = 0; i < wasm->memory_count; i++) {
        if (!self->memories[i]->guarded && !self->memories[i]->is64)
            self->checked = true;
    }
    self->code = self->module->code[self->checked];
    return WHIT_OK;
}

static whit_status make_tags(rt_instance *self, whit_error *error)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = wasm->imported[WASM_EXTERN_TAG]; i < wasm->tag_count; i++)
        TRY(rt_tag_new(self->store, self->types[wasm->tags[i].type],
                       &self->tags[i], error));
    return WHIT_OK;
}

static whit_status make_globals(rt_instance *self, whit_error *error)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = wasm->imported[WASM_EXTERN_GLOBAL];
         i < wasm->global_count; i++) {
        const wasm_global *global = &wasm->globals[i];
        rt_slot value[2] = {{.u64 = 0}, {.u64 = 0}};
        TRY(rt_constant_evaluate(self, global->init, value, error));
        TRY(rt_global_new(self->store,
                          wasm_type_canonical(global->type, self->types),
                          global->mutable_, value, &self->globals[i], error));
    }
    return WHIT_OK;
}

static whit_status make_tables(rt_instance *self, whit_error *error)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = wasm->imported[WASM_EXTERN_TABLE]; i < wasm->table_count;
         i++) {
        const wasm_table *table = &wasm->tables[i];
        rt_slot init[2] = {{.ref = 0}, {.ref = 0}};
        if (table->init.size)
            TRY(rt_constant_evaluate(self, table->init, init, error));
        TRY(rt_table_new(self->store, &table->limits,
                         wasm_type_canonical(table->type, self->types),
                         init[0].ref, &self->tables[i], error));
    }
    return WHIT_OK;
}

static whit_status fill_elem(rt_instance *self, const wasm_elem *elem,
                             rt_elem *out, whit_error *error)
{
    out->items = mem_calloc(elem->count, sizeof *out->items);
    TRY_ALLOC(out->items, error);
    for (uint32_t i = 0; i < elem->count; i++) {
        rt_slot value[2] = {{.ref = 0}, {.ref = 0}};
        if (elem->is_exprs)
            TRY(rt_constant_evaluate(self, elem->exprs[i], value, error));
        else
            value[0].ref = rt_object_ref(self->functions[elem->functions[i]]);
        out->items[i] = value[0].ref;
        out->count = i + 1; /* a root from now on */
    }
    return WHIT_OK;
}

static whit_status make_segments(rt_instance *self, whit_error *error)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = 0; i < wasm->elem_count; i++) {
        if (wasm->elems[i].mode != WASM_SEGMENT_DECLARATIVE)
            TRY(fill_elem(self, &wasm->elems[i], &self->elems[i], error));
    }
    for (uint32_t i = 0; i < wasm->data_count; i++)
        self->datas[i] = wasm->datas[i].bytes;
    return WHIT_OK;
}

static void find_memory(rt_instance *self)
{
    const wasm_export *export =
        wasm_module_export(self->module->wasm, slice_text("memory"));
    if (export && export->kind == WASM_EXTERN_MEMORY)
        self->exported_memory = self->memories[export->index];
}

static whit_status trap_error(rt_instance *self, rt_trap_code code,
                              whit_error *error, const char *kind,
                              uint32_t index, uint64_t at, uint64_t count)
{
    rt_trap *trap = &self->store->context.trap;
    trap->code = code;
    trap->detail[0] = 0;
    trap->frame_count = 0;
    return error_set(error, WHIT_TRAP,
                     "%s: %s segment %u with %" PRIu64 " items at %" PRIu64
                     " does not fit",
                     rt_trap_text(code), kind, index, count, at);
}

/* Offsets of segments are addresses: 32 bits unless the target has 64. */
static whit_status offset_of(rt_instance *self, slice expression, bool is64,
                             uint64_t *out, whit_error *error)
{
    rt_slot value[2] = {{.u64 = 0}, {.u64 = 0}};
    TRY(rt_constant_evaluate(self, expression, value, error));
    *out = is64 ? value[0].u64 : value[0].u32;
    return WHIT_OK;
}

static whit_status apply_elems(rt_instance *self, whit_error *error)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = 0; i < wasm->elem_count; i++) {
        const wasm_elem *elem = &wasm->elems[i];
        uint64_t at;
        if (elem->mode != WASM_SEGMENT_ACTIVE)
            continue;
        TRY(offset_of(self, elem->offset, self->tables[elem->table]->is64, &at,
                      error));
        rt_trap_code code =
            rt_table_init(self, elem->table, i, at, 0, elem->count);
        if (code)
            return trap_error(self, code, error, "element", i, at, elem->count);
        rt_elem_drop(self, i);
    }
    return WHIT_OK;
}

static whit_status apply_datas(rt_instance *self, whit_error *error)
{
    const wasm_module *wasm = self->module->wasm;
    for (uint32_t i = 0; i < wasm->data_count; i++) {
        const wasm_data *data = &wasm->datas[i];
        uint64_t at;
        if (data->mode != WASM_SEGMENT_ACTIVE)
            continue;
        TRY(offset_of(self, data->offset, self->memories[data->memory]->is64,
                      &at, error));
        rt_trap_code code =
            rt_memory_init(self, data->memory, i, at, 0, data->bytes.size);
        if (code)
            return trap_error(self, code, error, "data", i, at,
                              data->bytes.size);
        rt_data_drop(self, i);
    }
    return WHIT_OK;
}

static whit_status run_start(rt_instance *self, whit_error *error)
{
    uint32_t start = self->module->wasm->start;
    rt_slot none = {.u64 = 0};
    if (start == WASM_NO_INDEX)
        return WHIT_OK;
    return rt_call(self->store, self->functions[start], &none, error);
}

static whit_status check_imports(rt_module *module, const rt_extern *imports,
                                 uint32_t count, whit_error *error)
{
    for (uint32_t i = 0; i < module->wasm->import_count; i++)
        TRY(rt_import_check(module, i, i < count ? &imports[i] : NULL, error));
    return WHIT_OK;
}

/* All that has no effect outside of the new instance. */
static whit_status build(rt_store *store, rt_module *module,
                         const rt_extern *imports, rt_instance **out,
                         whit_error *error)
{
    TRY(instance_new(store, module, out, error));
    rt_instance *self = *out;
    set_imports(self, imports);
    make_functions(self);
    TRY(make_memories(self, error));
    TRY(make_tags(self, error));
    TRY(make_globals(self, error));
    TRY(make_tables(self, error));
    TRY(make_segments(self, error));
    find_memory(self);
    return WHIT_OK;
}

whit_status rt_instance_new(rt_store *store, rt_module *module,
                            const rt_extern *imports, uint32_t import_count,
                            rt_instance **out, whit_error *error)
{
    TRY(check_imports(module, imports, import_count, error));
    checkpoint before = checkpoint_take(store);
    rt_instance *self = NULL;
    whit_status status = build(store, module, imports, &self, error);
    if (status != WHIT_OK) {
        roll_back(store, &before);
        return status;
    }
    /* From here on others may hold references to the instance's items. */
    TRY(apply_elems(self, error));
    TRY(apply_datas(self, error));
    TRY(run_start(self, error));
    *out = self;
    return WHIT_OK;
}

rt_extern rt_instance_extern(rt_instance *self, wasm_external_kind kind,
                             uint32_t index)
{
    rt_extern out = {.kind = kind};
    switch (kind) {
    case WASM_EXTERN_FUNC:
        out.function = self->functions[index];
        break;
    case WASM_EXTERN_TABLE:
        out.table = self->tables[index];
        break;
    case WASM_EXTERN_MEMORY:
        out.memory = self->memories[index];
        break;
    case WASM_EXTERN_GLOBAL:
        out.global = self->globals[index];
        break;
    case WASM_EXTERN_TAG:
        out.tag = self->tags[index];
        break;
    case WASM_EXTERN_KINDS:
        break;
    }
    return out;
}

bool rt_instance_export(rt_instance *self, slice name, rt_extern *out)
{
    const wasm_export *export = wasm_module_export(self->module->wasm, name);
    if (export)
        *out = rt_instance_extern(self, export->kind, export->index);
    return export != NULL;
}
