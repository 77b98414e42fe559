/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components prepared for an engine. */
#include "base/map.h"
#include "base/memory.h"
#include "canonical/private.h"
#include "component/validate.h"

struct canon_component {
    atomic_uint references;
    rt_engine *engine;
    component_file *file;
    void *bytes;
    const wasm_module **wasm; /* keys of `modules`, in the file's order */
    rt_module **prepared;
    size_t count;
    map modules; /* address of a wasm_module: index in `prepared` */
};

/* Each core module goes from the file to the engine. */
static whit_status prepare(canon_component *self, whit_error *error)
{
    component_file *file = self->file;
    size_t count = file->module_count;
    self->wasm = mem_calloc(count, sizeof *self->wasm);
    self->prepared = mem_calloc(count, sizeof *self->prepared);
    TRY_ALLOC(self->wasm, error);
    TRY_ALLOC(self->prepared, error);
    for (size_t i = 0; i < count; i++) {
        wasm_module *module = file->modules[i];
        self->wasm[i] = module;
        file->modules[i] = NULL;
        TRY(rt_module_new(self->engine, module, &self->prepared[i], error));
        self->count = i + 1;
        TRY(map_set(&self->modules,
                    slice_of(&self->wasm[i], sizeof *self->wasm), i, error));
    }
    return WHIT_OK;
}

whit_status canon_component_new(rt_engine *engine, component_file *file,
                                void *bytes, canon_component **out,
                                whit_error *error)
{
    canon_component *self = mem_zalloc(sizeof *self);
    if (!self) {
        component_file_free(file);
        mem_free(bytes);
        return error_memory(error);
    }
    atomic_init(&self->references, 1);
    map_init(&self->modules);
    rt_engine_retain(engine);
    self->engine = engine;
    self->file = file;
    self->bytes = bytes;
    whit_status status =
        file->root.info ? WHIT_OK : component_validate(file, error);
    if (status == WHIT_OK)
        status = prepare(self, error);
    if (status != WHIT_OK) {
        canon_component_release(self);
        return status;
    }
    *out = self;
    return WHIT_OK;
}

void canon_component_retain(canon_component *self)
{
    atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
}

void canon_component_release(canon_component *self)
{
    if (!self || atomic_fetch_sub_explicit(&self->references, 1,
                                           memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < self->count; i++)
        rt_module_release(self->prepared[i]);
    map_release(&self->modules);
    mem_free(self->wasm);
    mem_free(self->prepared);
    component_file_free(self->file);
    mem_free(self->bytes);
    rt_engine_release(self->engine);
    mem_free(self);
}

const component_node *canon_component_type(const canon_component *self)
{
    return self->file->root.info->type;
}

rt_module *canon_component_module(const canon_component *self,
                                  const wasm_module *wasm)
{
    uint64_t index = 0;
    map_get(&self->modules, slice_of(&wasm, sizeof(const wasm_module *)),
            &index);
    return self->prepared[index];
}

rt_engine *canon_component_engine(const canon_component *self)
{
    return self->engine;
}

const component *canon_component_root(const canon_component *self)
{
    return &self->file->root;
}
