/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The pipeline of tool_shrink, and its account. */
#include "toolchain/shrink.h"
#include "base/leb128.h"
#include "base/map.h"
#include "base/memory.h"
#include "toolchain/shrink_module.h"
#include "wasm/decode.h"
#include "wasm/validate.h"

const char *tool_shrink_group_text(tool_shrink_group group)
{
    static const char *const texts[TOOL_SHRINK_GROUPS] = {
        [TOOL_SHRINK_CUSTOM] = "custom sections",
        [TOOL_SHRINK_DEAD] = "unreachable code",
        [TOOL_SHRINK_REWRITE] = "shorter code",
        [TOOL_SHRINK_INLINE] = "inlined functions",
        [TOOL_SHRINK_MERGE] = "equal functions",
        [TOOL_SHRINK_DATA] = "data",
        [TOOL_SHRINK_INDEX] = "declarations"};
    return texts[group];
}

void tool_shrink_stats_release(tool_shrink_stats *self)
{
    mem_free(self->map);
    self->map = NULL;
    self->map_count = 0;
}

uint64_t shrink_code_size(const shrink_module *self)
{
    uint64_t size = 0;
    for (uint32_t n = 0; n < self->source->function_count; n++)
        if (self->live[SHRINK_FUNCTIONS][n] && self->alias[n] == n &&
            !self->source->functions[n].imported)
            size += body_bytes_size(&self->bodies[n]);
    return size;
}

static bool is_plain(const wasm_subtype *type)
{
    if (type->kind != WASM_COMP_FUNC || !type->final ||
        type->super != WASM_NO_INDEX || type->rec_count != 1)
        return false;
    for (uint32_t n = 0; n < type->func.param_count; n++)
        if (wasm_is_ref(type->func.params[n]) &&
            wasm_heap_is_index(wasm_heap(type->func.params[n])))
            return false;
    for (uint32_t n = 0; n < type->func.result_count; n++)
        if (wasm_is_ref(type->func.results[n]) &&
            wasm_heap_is_index(wasm_heap(type->func.results[n])))
            return false;
    return true;
}

/* Equal function types become one, when all types are such. */
static whit_status merge_types(shrink_module *s, whit_error *error)
{
    const wasm_module *source = s->source;
    s->plain_types = true;
    for (uint32_t n = 0; n < source->type_count; n++) {
        s->type_alias[n] = n;
        s->plain_types &= is_plain(&source->types[n]);
    }
    if (!s->plain_types)
        return WHIT_OK;
    map seen;
    map_init(&seen);
    whit_status status = WHIT_OK;
    for (uint32_t n = 0; n < source->type_count && status == WHIT_OK; n++) {
        const wasm_functype *f = &source->types[n].func;
        uint32_t size = f->param_count + f->result_count + 1;
        uint32_t *key = arena_array(&s->arena, size, sizeof *key);
        if (!key) {
            status = error_memory(error);
            break;
        }
        key[0] = f->param_count;
        for (uint32_t p = 0; p < f->param_count; p++)
            key[1 + p] = f->params[p];
        for (uint32_t r = 0; r < f->result_count; r++)
            key[1 + f->param_count + r] = f->results[r];
        slice text = slice_of(key, size * sizeof *key);
        uint64_t found;
        if (map_get(&seen, text, &found))
            s->type_alias[n] = (uint32_t)found;
        else
            status = map_set(&seen, text, n, error);
    }
    map_release(&seen);
    return status;
}

static whit_status set_up(shrink_module *s, whit_error *error)
{
    const wasm_module *source = s->source;
    const uint32_t counts[SHRINK_SPACES] = {
        source->type_count,   source->function_count, source->table_count,
        source->memory_count, source->global_count,   source->tag_count,
        source->elem_count,   source->data_count};
    for (int space = 0; space < SHRINK_SPACES; space++) {
        uint32_t count = s->count[space] = counts[space];
        s->live[space] = arena_zalloc(&s->arena, count + 1);
        s->uses[space] = arena_array(&s->arena, count + 1, sizeof(uint32_t));
        s->map[space] = arena_array(&s->arena, count + 1, sizeof(uint32_t));
        TRY_ALLOC(s->live[space], error);
        TRY_ALLOC(s->uses[space], error);
        TRY_ALLOC(s->map[space], error);
    }
    uint32_t functions = source->function_count;
    s->calls = arena_array(&s->arena, functions + 1, sizeof *s->calls);
    s->referenced = arena_zalloc(&s->arena, functions + 1);
    s->kept_export = arena_zalloc(&s->arena, source->export_count + 1);
    s->alias = arena_array(&s->arena, functions + 1, sizeof *s->alias);
    s->bodies = arena_array(&s->arena, functions + 1, sizeof *s->bodies);
    s->type_alias =
        arena_array(&s->arena, source->type_count + 1, sizeof *s->type_alias);
    if (!s->calls || !s->referenced || !s->kept_export || !s->alias ||
        !s->bodies || !s->type_alias)
        return error_memory(error);
    for (uint32_t n = 0; n < functions; n++) {
        const wasm_code *code = &source->functions[n].code;
        s->alias[n] = n;
        s->bodies[n] =
            (body_bytes){code->body, code->locals, code->local_group_count};
    }
    return merge_types(s, error);
}

static uint64_t all_code_size(const shrink_module *s)
{
    uint64_t size = 0;
    for (uint32_t n = 0; n < s->source->function_count; n++)
        if (!s->source->functions[n].imported)
            size += body_bytes_size(&s->bodies[n]);
    return size;
}

static uint64_t data_size(const wasm_data *datas, uint32_t count)
{
    uint64_t size = 0;
    for (uint32_t n = 0; n < count; n++)
        size += datas[n].bytes.size + datas[n].offset.size + 2;
    return size;
}

static uint64_t custom_size(const wasm_module *module)
{
    uint64_t size = 0;
    for (uint32_t n = 0; n < module->custom_count; n++) {
        uint64_t payload = leb128_size_u(module->customs[n].name.size) +
                           module->customs[n].name.size +
                           module->customs[n].bytes.size;
        size += 1 + leb128_size_u(payload) + payload;
    }
    return size;
}

static whit_status run_stages(shrink_module *s, tool_shrink_stats *stats,
                              whit_error *error)
{
    int64_t *saved = stats->saved;
    int64_t size = (int64_t)all_code_size(s);
    TRY(shrink_mark(s, error));
    uint32_t live = 0;
    for (uint32_t n = 0; n < s->source->function_count; n++)
        live += s->live[SHRINK_FUNCTIONS][n];
    stats->dead = s->source->function_count - live;
    int64_t now = (int64_t)shrink_code_size(s);
    saved[TOOL_SHRINK_DEAD] = size - now;
    size = now;
    TRY(shrink_rewrite_all(s, error));
    now = (int64_t)shrink_code_size(s);
    saved[TOOL_SHRINK_REWRITE] = size - now;
    size = now;
    if (!s->options->keep_bodies) {
        TRY(shrink_inline(s, &stats->inlined, error));
        now = (int64_t)shrink_code_size(s);
        saved[TOOL_SHRINK_INLINE] = size - now;
        size = now;
    }
    TRY(shrink_merge(s, &stats->merged, error));
    saved[TOOL_SHRINK_MERGE] = size - (int64_t)shrink_code_size(s);
    TRY(shrink_data(s, error));
    saved[TOOL_SHRINK_DATA] =
        (int64_t)data_size(s->source->datas, s->source->data_count) -
        (int64_t)data_size(s->datas, s->data_count);
    return WHIT_OK;
}

static whit_status fill_map(const shrink_module *s, tool_shrink_stats *stats,
                            whit_error *error)
{
    uint32_t count = s->source->function_count;
    stats->map = mem_alloc((count + 1) * sizeof *stats->map);
    TRY_ALLOC(stats->map, error);
    stats->map_count = count;
    for (uint32_t n = 0; n < count; n++) {
        stats->map[n] = s->map[SHRINK_FUNCTIONS][s->alias[n]];
        if (s->alias[n] == n && stats->map[n] != WASM_NO_INDEX)
            stats->functions_after++;
    }
    return WHIT_OK;
}

/* The result is a module that whit itself would accept. */
static bool is_valid(slice bytes, uint64_t *customs)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *module = NULL;
    if (wasm_decode(bytes, &options, &module, NULL) != WHIT_OK)
        return false;
    bool valid = wasm_validate(module, WASM_FEATURES_ALL, NULL) == WHIT_OK;
    *customs = custom_size(module);
    wasm_module_free(module);
    return valid;
}

static whit_status shrink_decoded(const wasm_module *module, slice bytes,
                                  const tool_shrink_options *options,
                                  buffer *out, tool_shrink_stats *stats,
                                  whit_error *error)
{
    shrink_module s = {.source = module, .options = options};
    arena_init(&s.arena);
    buffer result;
    buffer_init(&result);
    uint64_t customs = 0;
    whit_status status = set_up(&s, error);
    if (status == WHIT_OK)
        status = run_stages(&s, stats, error);
    if (status == WHIT_OK)
        status = shrink_emit(&s, &result, error);
    if (status == WHIT_OK && result.size < bytes.size)
        stats->rejected = !is_valid(buffer_view(&result), &customs);
    stats->unchanged = result.size >= bytes.size || stats->rejected;
    if (status == WHIT_OK && !stats->unchanged)
        status = fill_map(&s, stats, error);
    stats->saved[TOOL_SHRINK_CUSTOM] =
        (int64_t)custom_size(module) - (int64_t)customs;
    arena_release(&s.arena);
    if (status == WHIT_OK) {
        slice best = stats->unchanged ? bytes : buffer_view(&result);
        buffer_slice(out, best);
        stats->after = best.size;
        status = buffer_status(out, error);
    }
    buffer_release(&result);
    return status;
}

/* Object files and shared libraries: sections of theirs speak of indices
 * and offsets that only linkers understand. */
static bool is_linkable(const wasm_module *module)
{
    for (uint32_t n = 0; n < module->custom_count; n++) {
        slice name = module->customs[n].name;
        if (slice_is(name, "linking") ||
            (name.size >= 6 && !memcmp(name.data, "dylink", 6)))
            return true;
    }
    return false;
}

/* What the stages did not measure belongs to the declarations. */
static void balance(tool_shrink_stats *stats)
{
    if (stats->unchanged) {
        memset(stats->saved, 0, sizeof stats->saved);
        stats->functions_after = stats->functions_before;
        stats->dead = stats->merged = stats->inlined = 0;
        return;
    }
    int64_t rest = (int64_t)(stats->before - stats->after);
    for (int g = 0; g < TOOL_SHRINK_INDEX; g++)
        rest -= stats->saved[g];
    stats->saved[TOOL_SHRINK_INDEX] = rest;
}

whit_status tool_shrink(slice bytes, const tool_shrink_options *options,
                        buffer *out, tool_shrink_stats *stats,
                        whit_error *error)
{
    tool_shrink_stats own;
    tool_shrink_stats *account = stats ? stats : &own;
    memset(account, 0, sizeof *account);
    account->before = bytes.size;
    wasm_decode_options decode = {.features = WASM_FEATURES_ALL};
    wasm_module *module = NULL;
    TRY(wasm_decode(bytes, &decode, &module, error));
    account->functions_before = module->function_count;
    whit_status status = wasm_validate(module, WASM_FEATURES_ALL, error);
    if (status == WHIT_OK && is_linkable(module)) {
        account->unchanged = true;
        account->after = bytes.size;
        buffer_slice(out, bytes);
        status = buffer_status(out, error);
    } else if (status == WHIT_OK) {
        status = shrink_decoded(module, bytes, options, out, account, error);
    }
    if (status == WHIT_OK)
        balance(account);
    wasm_module_free(module);
    if (!stats)
        tool_shrink_stats_release(&own);
    return status;
}
