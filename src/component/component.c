/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components in memory: their words, and their life. */
#include "component/component.h"

#include "base/limits.h"
#include "base/memory.h"
#include "wasm/lexer.h"
#include "wasm/type_table.h"

const char *component_sort_text(component_sort sort)
{
    static const char *const texts[COMPONENT_SORTS] = {
        "core func", "core table",  "core memory",   "core global", "core tag",
        "core type", "core module", "core instance", "func",        "value",
        "type",      "component",   "instance"};
    return sort < COMPONENT_SORTS ? texts[sort] : "unknown";
}

uint8_t component_sort_byte(component_sort sort)
{
    static const uint8_t bytes[COMPONENT_SORTS] = {0,    1, 2, 3, 4, 0x10, 0x11,
                                                   0x12, 1, 2, 3, 4, 5};
    return bytes[sort];
}

const char *component_primitive_text(unsigned primitive)
{
    static const char *const texts[] = {"string", "char", "f64", "f32", "u64",
                                        "s64",    "u32",  "s32", "u16", "s16",
                                        "u8",     "s8",   "bool"};
    if (primitive == COMPONENT_ERROR_CONTEXT)
        return "error-context";
    if (primitive < COMPONENT_STRING || primitive > COMPONENT_BOOL)
        return NULL;
    return texts[primitive - COMPONENT_STRING];
}

const char *component_canon_text(unsigned kind)
{
    switch (kind) {
#define X(name, opcode, text, operands) \
    case opcode:                        \
        return text;
#include "component/canon.def"
#undef X
    }
    return NULL;
}

const char *component_canon_operands(unsigned kind)
{
    switch (kind) {
#define X(name, opcode, text, operands) \
    case opcode:                        \
        return operands;
#include "component/canon.def"
#undef X
    }
    return NULL;
}

const char *component_definition_text(component_definition_kind kind)
{
    static const char *const texts[COMPONENT_DEF_KINDS] = {
        "custom",   "core module", "core instance", "core type", "component",
        "instance", "alias",       "type",          "canon",     "start",
        "import",   "export",      "value"};
    return texts[kind];
}

component_file *component_file_new(void)
{
    component_file *self = mem_zalloc(sizeof *self);
    if (self)
        arena_init(&self->arena);
    return self;
}

void component_file_free(component_file *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < self->module_count; i++)
        wasm_module_free(self->modules[i]);
    mem_free(self->modules);
    wasm_type_table_free(self->types);
    arena_release(&self->arena);
    mem_free(self);
}

whit_status component_file_keep(component_file *self, wasm_module *module,
                                whit_error *error)
{
    whit_status status = mem_grow((void **)&self->modules, &self->module_room,
                                  self->module_count, sizeof *self->modules,
                                  LIMIT_COMPONENT_ITEMS, "core modules", error);
    if (status == WHIT_OK)
        self->modules[self->module_count++] = module;
    else
        wasm_module_free(module);
    return status;
}

uint32_t component_defines(const component_definition *definition,
                           component_sort *sort)
{
    static const component_sort sorts[COMPONENT_DEF_KINDS] = {
        [COMPONENT_DEF_CORE_MODULE] = COMPONENT_SORT_CORE_MODULE,
        [COMPONENT_DEF_CORE_INSTANCE] = COMPONENT_SORT_CORE_INSTANCE,
        [COMPONENT_DEF_CORE_TYPE] = COMPONENT_SORT_CORE_TYPE,
        [COMPONENT_DEF_COMPONENT] = COMPONENT_SORT_COMPONENT,
        [COMPONENT_DEF_INSTANCE] = COMPONENT_SORT_INSTANCE,
        [COMPONENT_DEF_TYPE] = COMPONENT_SORT_TYPE,
        [COMPONENT_DEF_START] = COMPONENT_SORT_VALUE,
        [COMPONENT_DEF_VALUE] = COMPONENT_SORT_VALUE,
    };
    *sort = sorts[definition->kind];
    switch (definition->kind) {
    case COMPONENT_DEF_CUSTOM:
        return 0;
    case COMPONENT_DEF_CORE_TYPE:
        return definition->core_type->is_module
                   ? 1
                   : definition->core_type->type_count;
    case COMPONENT_DEF_ALIAS:
        *sort = definition->alias.sort;
        return 1;
    case COMPONENT_DEF_CANON:
        *sort = definition->canon->kind == COMPONENT_CANON_LIFT
                    ? COMPONENT_SORT_FUNC
                    : COMPONENT_SORT_CORE_FUNC;
        return 1;
    case COMPONENT_DEF_START:
        return definition->start.result_count;
    case COMPONENT_DEF_IMPORT:
    case COMPONENT_DEF_EXPORT:
        *sort = definition->external.sort;
        return 1;
    default:
        return 1;
    }
}

bool component_is(slice bytes)
{
    return bytes.size >= 8 && !memcmp(bytes.data, "\0asm", 4) &&
           bytes.data[6] == 1 && bytes.data[7] == 0;
}

bool component_is_text(slice text)
{
    wasm_lexer lexer = wasm_lexer_new(text);
    wasm_token token;
    return wasm_lexer_next(&lexer, &token, NULL) == WHIT_OK &&
           token.kind == WASM_TOKEN_LPAR &&
           wasm_lexer_next(&lexer, &token, NULL) == WHIT_OK &&
           token.kind == WASM_TOKEN_KEYWORD &&
           slice_is(token.text, "component");
}
