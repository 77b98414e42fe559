/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The "metadata.code.branch_hint" custom section. */
#include "wasm/branch_hints.h"

#include "wasm/instruction.h"
#include "wasm/positions.h"
#include "wasm/validate_locate.h"

/* Hints count from the first byte of the locals; bodies begin behind them. */
static uint32_t locals_size(const wasm_code *code)
{
    uint32_t size = 0;
    buffer bytes;
    buffer_init(&bytes);
    buffer_uleb(&bytes, code->local_group_count);
    for (uint32_t i = 0; i < code->local_group_count; i++) {
        buffer_uleb(&bytes, code->locals[i].count);
        wasm_write_valtype(&bytes, code->locals[i].type);
    }
    size = (uint32_t)bytes.size;
    buffer_release(&bytes);
    return size;
}

/* A place in the section means something in bytes alone; in a text the hint
 * stands in front of its target. */
static whit_status invalid_target(const wasm_module *module, uint32_t function,
                                  uint32_t locals, uint32_t offset, uint64_t at,
                                  whit_error *error)
{
    wasm_position position;
    static const char message[] =
        "@metadata.code.branch_hint annotation: invalid target at body offset";
    if (offset >= locals &&
        wasm_module_position(module, function,
                             module->functions[function].code.offset + offset -
                                 locals,
                             &position))
        error_line(error, WHIT_INVALID, position.line, position.column, "%s %u",
                   message, offset);
    else
        error_at(error, WHIT_INVALID, at, "%s %u", message, offset);
    wasm_locate(module, WASM_SECTION_CODE, function, error);
    return WHIT_INVALID;
}

static whit_status check_hint(const wasm_module *module, uint32_t index,
                              wasm_reader *body, uint32_t locals,
                              uint32_t offset, uint64_t at, whit_error *error)
{
    const wasm_function *function = &module->functions[index];
    while (body->cursor < body->end) {
        wasm_instruction instruction;
        uint32_t here =
            locals + (uint32_t)(body->cursor - function->code.body.data);
        if (here > offset)
            break;
        wasm_next_instruction(body, &instruction);
        if (here == offset &&
            (instruction.op == WASM_OP_BR_IF || instruction.op == WASM_OP_IF))
            return WHIT_OK;
    }
    return invalid_target(module, index, locals, offset, at, error);
}

static whit_status check_function(const wasm_module *module,
                                  wasm_reader *reader, whit_error *error)
{
    uint32_t index, count;
    uint64_t at = wasm_reader_offset(reader);
    TRY(wasm_read_u32(reader, &index, error));
    TRY(wasm_read_u32(reader, &count, error));
    if (index >= module->function_count || module->functions[index].imported)
        return error_at(error, WHIT_INVALID, at,
                        "branch hints for unknown function %u", index);
    const wasm_function *function = &module->functions[index];
    wasm_reader body = wasm_reader_new(function->code.body, 0);
    uint32_t locals = locals_size(&function->code);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t offset, size, value;
        at = wasm_reader_offset(reader);
        TRY(wasm_read_u32(reader, &offset, error));
        TRY(wasm_read_u32(reader, &size, error));
        TRY(wasm_read_u32(reader, &value, error));
        if (size != 1 || value > 1)
            return error_at(error, WHIT_MALFORMED, at,
                            "a branch hint is one byte, 0 or 1");
        TRY(check_hint(module, index, &body, locals, offset, at, error));
    }
    return WHIT_OK;
}

static whit_status check_section(const wasm_module *module,
                                 const wasm_custom *custom, whit_error *error)
{
    wasm_reader reader = wasm_reader_new(custom->bytes, custom->offset);
    uint32_t functions;
    TRY(wasm_read_u32(&reader, &functions, error));
    for (uint32_t i = 0; i < functions; i++)
        TRY(check_function(module, &reader, error));
    return WHIT_OK;
}

whit_status wasm_branch_hints_check(const wasm_module *module,
                                    whit_error *error)
{
    const wasm_custom *custom =
        wasm_module_custom(module, "metadata.code.branch_hint");
    if (!custom)
        return WHIT_OK;
    whit_status status = check_section(module, custom, error);
    if (status != WHIT_OK && error && !module->bytes.size &&
        error->position == WHIT_POSITION_OFFSET)
        error->position = WHIT_POSITION_NONE;
    return status;
}
