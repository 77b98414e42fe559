/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading core modules, and writing them with less in them. */
#include "base/leb128.h"
#include "base/memory.h"
#include "component/metadata.h"
#include "component/new_private.h"
#include "wasm/decode.h"
#include "wasm/piece.h"
#include "wasm/validate.h"

whit_status component_new_load(new_maker *self, new_module *out,
                               const component_new_module *given)
{
    wasm_decode_options how = {.features = WASM_FEATURES_ALL};
    out->given = given;
    map_init(&out->exports);
    out->index = out->instance = NEW_NONE;
    if (component_is(given->bytes))
        return error_set(self->error, WHIT_INVALID,
                         "a core module is needed, not a component");
    TRY(wasm_decode(given->bytes, &how, &out->wasm, self->error));
    TRY(wasm_validate(out->wasm, WASM_FEATURES_ALL, self->error));
    out->used = arena_zalloc(&self->memory, out->wasm->export_count + 1);
    TRY_ALLOC(out->used, self->error);
    for (uint32_t i = 0; i < out->wasm->export_count; i++)
        TRY(map_set(&out->exports, out->wasm->exports[i].name, i, self->error));
    return WHIT_OK;
}

void component_new_unload(new_module *self)
{
    map_release(&self->exports);
    wasm_module_free(self->wasm);
    self->wasm = NULL;
}

/* ---- Trimming ---- */

static void component_put_name(buffer *out, slice name)
{
    buffer_uleb(out, name.size);
    buffer_slice(out, name);
}

static void put_exports(const wasm_module *module, const uint8_t *used,
                        const new_module *as, buffer *scratch, buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < module->export_count; i++)
        count += used[i] != 0;
    if (!count)
        return;
    buffer_clear(scratch);
    buffer_uleb(scratch, count);
    for (uint32_t i = 0; i < module->export_count; i++) {
        if (!used[i])
            continue;
        component_put_name(scratch,
                           as ? as->export_names[i] : module->exports[i].name);
        buffer_put(scratch, (uint8_t)module->exports[i].kind);
        buffer_uleb(scratch, module->exports[i].index);
    }
    buffer_put(out, WASM_SECTION_EXPORT);
    buffer_uleb(out, scratch->size);
    buffer_slice(out, buffer_view(scratch));
}

static void put_imports(const wasm_module *module, const new_module *as,
                        buffer *scratch, buffer *out)
{
    buffer_clear(scratch);
    buffer_uleb(scratch, module->import_count);
    for (uint32_t i = 0; i < module->import_count; i++) {
        const wasm_import *it = &module->imports[i];
        wasm_external what = {.kind = it->kind};
        if (it->kind == WASM_EXTERN_FUNC)
            what.type = module->functions[it->index].type;
        else if (it->kind == WASM_EXTERN_TABLE)
            what.table = module->tables[it->index];
        else if (it->kind == WASM_EXTERN_MEMORY)
            what.memory = module->memories[it->index];
        else if (it->kind == WASM_EXTERN_GLOBAL)
            what.global = module->globals[it->index];
        else
            what.type = module->tags[it->index].type;
        component_put_name(scratch, as->imports[i].from);
        component_put_name(scratch, as->imports[i].field);
        wasm_write_external(scratch, &what);
    }
    buffer_put(out, WASM_SECTION_IMPORT);
    buffer_uleb(out, scratch->size);
    buffer_slice(out, buffer_view(scratch));
}

/* The module is known to be well-formed. Sections keep their bytes, so that
 * what points into the code section stays true. */
static void put_module(const wasm_module *module, const uint8_t *used,
                       const new_module *as, bool keep_customs, buffer *out)
{
    slice bytes = module->bytes;
    buffer scratch;
    buffer_init(&scratch);
    buffer_append(out, bytes.data, 8);
    const uint8_t *at = bytes.data + 8, *end = bytes.data + bytes.size;
    while (at < end) {
        uint8_t id = *at++;
        uint64_t size = 0, name_size = 0;
        leb128_read_u(&at, end, 32, &size);
        slice payload = slice_of(at, (size_t)size);
        at += size;
        if (id == WASM_SECTION_EXPORT) {
            put_exports(module, used, as, &scratch, out);
            continue;
        }
        if (id == WASM_SECTION_IMPORT && as && as->import_count) {
            put_imports(module, as, &scratch, out);
            continue;
        }
        if (id == WASM_SECTION_CUSTOM) {
            const uint8_t *name = payload.data;
            leb128_read_u(&name, payload.data + payload.size, 32, &name_size);
            if (!keep_customs || slice_starts(slice_of(name, (size_t)name_size),
                                              COMPONENT_TYPE_SECTION))
                continue;
        }
        buffer_put(out, id);
        buffer_uleb(out, payload.size);
        buffer_slice(out, payload);
    }
    if (scratch.failed)
        out->failed = true;
    buffer_release(&scratch);
}

/* An export may be what allows `ref.func` of a function: without it the
 * module would not be valid. */
static bool still_valid(slice bytes)
{
    wasm_decode_options how = {.features = WASM_FEATURES_ALL};
    wasm_module *module;
    if (wasm_decode(bytes, &how, &module, NULL) != WHIT_OK)
        return false;
    bool valid = wasm_validate(module, WASM_FEATURES_ALL, NULL) == WHIT_OK;
    wasm_module_free(module);
    return valid;
}

static void use_functions(const wasm_module *module, uint8_t *used)
{
    for (uint32_t i = 0; i < module->export_count; i++)
        if (module->exports[i].kind == WASM_EXTERN_FUNC)
            used[i] = 1;
}

whit_status component_new_trim_module(const wasm_module *module, uint8_t *used,
                                      const new_module *as, bool keep_customs,
                                      buffer *out, whit_error *error)
{
    size_t start = out->size;
    put_module(module, used, as, keep_customs, out);
    TRY(buffer_status(out, error));
    if (still_valid(slice_of(out->data + start, out->size - start)))
        return WHIT_OK;
    out->size = start;
    use_functions(module, used);
    put_module(module, used, as, keep_customs, out);
    return buffer_status(out, error);
}

whit_status component_new_trim(slice bytes, const component_new_exports *used,
                               bool keep_customs, buffer *out,
                               whit_error *error)
{
    wasm_decode_options how = {.features = WASM_FEATURES_ALL};
    wasm_module *module;
    TRY(wasm_decode(bytes, &how, &module, error));
    whit_status status = component_new_trim_module(module, used->used, NULL,
                                                   keep_customs, out, error);
    wasm_module_free(module);
    return status;
}
