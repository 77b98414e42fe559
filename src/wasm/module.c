/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Making, freeing and asking modules. */
#include "wasm/module.h"

#include "base/memory.h"

static const char *const section_texts[WASM_SECTION_IDS] = {
    [WASM_SECTION_CUSTOM] = "custom",
    [WASM_SECTION_TYPE] = "type",
    [WASM_SECTION_IMPORT] = "import",
    [WASM_SECTION_FUNCTION] = "function",
    [WASM_SECTION_TABLE] = "table",
    [WASM_SECTION_MEMORY] = "memory",
    [WASM_SECTION_GLOBAL] = "global",
    [WASM_SECTION_EXPORT] = "export",
    [WASM_SECTION_START] = "start",
    [WASM_SECTION_ELEMENT] = "element",
    [WASM_SECTION_CODE] = "code",
    [WASM_SECTION_DATA] = "data",
    [WASM_SECTION_DATA_COUNT] = "data count",
    [WASM_SECTION_TAG] = "tag",
};

const char *wasm_section_text(wasm_section_id id)
{
    return (unsigned)id < WASM_SECTION_IDS ? section_texts[id] : "unknown";
}

wasm_module *wasm_module_new(void)
{
    wasm_module *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    arena_init(&self->arena);
    self->start = WASM_NO_INDEX;
    return self;
}

void wasm_module_free(wasm_module *self)
{
    if (!self)
        return;
    arena_release(&self->arena);
    mem_free(self->owned);
    mem_free(self);
}

const wasm_functype *wasm_function_type(const wasm_module *self,
                                        uint32_t function)
{
    return &self->types[self->functions[function].type].func;
}

const wasm_export *wasm_module_export(const wasm_module *self, slice name)
{
    for (uint32_t i = 0; i < self->export_count; i++)
        if (slice_equal(self->exports[i].name, name))
            return &self->exports[i];
    return NULL;
}

const wasm_custom *wasm_module_custom(const wasm_module *self, const char *name)
{
    for (uint32_t i = 0; i < self->custom_count; i++)
        if (slice_is(self->customs[i].name, name))
            return &self->customs[i];
    return NULL;
}
