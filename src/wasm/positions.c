/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Looks positions in the text up. */
#include "wasm/positions.h"

#include "base/leb128.h"

bool wasm_item_position(const wasm_module *module, wasm_section_id section,
                        uint32_t index, wasm_position *out)
{
    const wasm_positions *positions = module->positions;
    if (section == WASM_SECTION_CODE)
        section = WASM_SECTION_FUNCTION;
    if (index == WASM_NO_INDEX)
        index = 0;
    if (!positions || index >= positions->item_counts[section])
        return false;
    *out = positions->items[section][index];
    return true;
}

/* The last run that begins at or in front of `at`, or NULL. */
static const wasm_position_run *find_run(const wasm_positions *positions,
                                         const uint8_t *at)
{
    uint32_t low = 0, high = positions->run_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((uintptr_t)positions->runs[middle].code <= (uintptr_t)at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &positions->runs[low - 1] : NULL;
}

bool wasm_code_position(const wasm_module *module, const uint8_t *at,
                        wasm_position *out)
{
    const wasm_positions *positions = module->positions;
    const wasm_position_run *run = positions ? find_run(positions, at) : NULL;
    if (!run || (uintptr_t)at - (uintptr_t)run->code >= run->size)
        return false;
    const uint8_t *step = positions->steps + run->first_step;
    uint64_t wanted = (uint64_t)(at - run->code), offset = 0, bytes, column;
    int64_t lines;
    /* The parser wrote the steps: reading them cannot fail. */
    out->line = out->column = 0;
    for (;;) {
        leb128_read_u(&step, step + LEB128_MAX, 32, &bytes);
        offset += bytes;
        if (offset > wanted)
            return true;
        leb128_read_s(&step, step + LEB128_MAX, 33, &lines);
        leb128_read_u(&step, step + LEB128_MAX, 32, &column);
        out->line = (uint32_t)(out->line + lines);
        out->column = (uint32_t)column;
        if (offset == run->size - 1)
            return true;
    }
}

bool wasm_module_position(const wasm_module *module, uint32_t function,
                          uint32_t offset, wasm_position *out)
{
    if (!module->positions || function >= module->function_count)
        return false;
    const wasm_code *code = &module->functions[function].code;
    if (offset < code->offset || offset - code->offset >= code->body.size)
        return false;
    return wasm_code_position(module, code->body.data + (offset - code->offset),
                              out);
}
