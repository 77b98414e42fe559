/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Module fields but types and segments (specification 3.0, section 6.6). */
#include "wasm/text_internal.h"

static const char *const kind_words[WASM_EXTERN_KINDS] = {
    "function", "table", "memory", "global", "tag"};

static const wasm_name_kind name_kinds[WASM_EXTERN_KINDS] = {
    WASM_NAME_FUNCTION, WASM_NAME_TABLE, WASM_NAME_MEMORY, WASM_NAME_GLOBAL,
    WASM_NAME_TAG};

static text_list *list_of(text_parser *p, wasm_external_kind kind)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        return &p->functions;
    case WASM_EXTERN_TABLE:
        return &p->tables;
    case WASM_EXTERN_MEMORY:
        return &p->memories;
    case WASM_EXTERN_GLOBAL:
        return &p->globals;
    default:
        return &p->tags;
    }
}

static whit_status push_import(text_parser *p, wasm_place place, slice module,
                               slice name, wasm_external_kind kind)
{
    for (int i = 0; i < WASM_EXTERN_KINDS; i++)
        if (p->defined[i])
            return wasm_place_error(place, p->error,
                                    "import after %s: imports stand in front "
                                    "of all definitions",
                                    kind_words[i]);
    p->module->imported[kind]++;
    wasm_import import = {.module = module,
                          .name = name,
                          .kind = kind,
                          .index = (uint32_t)list_of(p, kind)->count};
    return wasm_text_push(p, &p->imports, &import, sizeof import, LIMIT_IMPORTS,
                          "imports");
}

static whit_status push_export(text_parser *p, wasm_position position,
                               slice name, wasm_external_kind kind,
                               uint32_t index)
{
    TRY(wasm_text_item(p, WASM_SECTION_EXPORT, position));
    wasm_export export = {.name = name, .kind = kind, .index = index};
    return wasm_text_push(p, &p->exports, &export, sizeof export, LIMIT_EXPORTS,
                          "exports");
}

/* Identifier, inline exports and inline import of a definition. */
static whit_status read_header(text_parser *p, wasm_external_kind kind,
                               bool *imported)
{
    uint32_t index = (uint32_t)list_of(p, kind)->count;
    slice id, name;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_id(p, &id, &name));
    TRY(wasm_text_name_add(p, name_kinds[kind], 0, index, name));
    while (wasm_text_at_form(p, "export")) {
        wasm_position position = wasm_text_position(p, p->token.place);
        TRY(wasm_text_enter(p));
        TRY(wasm_text_name_string(p, &name));
        TRY(wasm_text_close(p));
        TRY(push_export(p, position, name, kind, index));
    }
    *imported = wasm_text_at_form(p, "import");
    if (!*imported) {
        p->defined[kind] = true;
        return WHIT_OK;
    }
    slice module;
    wasm_place place = p->token.place;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_name_string(p, &module));
    TRY(wasm_text_name_string(p, &name));
    TRY(push_import(p, place, module, name, kind));
    return wasm_text_close(p);
}

static whit_status push_function(text_parser *p, const wasm_function *item)
{
    TRY(wasm_text_item(p, WASM_SECTION_FUNCTION, p->field));
    return wasm_text_push(p, &p->functions, item, sizeof *item, LIMIT_FUNCTIONS,
                          "functions");
}

static whit_status push_table(text_parser *p, const wasm_table *item)
{
    TRY(wasm_text_item(p, WASM_SECTION_TABLE, p->field));
    return wasm_text_push(p, &p->tables, item, sizeof *item, LIMIT_TABLES,
                          "tables");
}

static whit_status push_memory(text_parser *p, const wasm_memory *item)
{
    TRY(wasm_text_item(p, WASM_SECTION_MEMORY, p->field));
    return wasm_text_push(p, &p->memories, item, sizeof *item, LIMIT_MEMORIES,
                          "memories");
}

static whit_status push_global(text_parser *p, const wasm_global *item)
{
    TRY(wasm_text_item(p, WASM_SECTION_GLOBAL, p->field));
    return wasm_text_push(p, &p->globals, item, sizeof *item, LIMIT_GLOBALS,
                          "globals");
}

static whit_status push_tag(text_parser *p, const wasm_tag *item)
{
    TRY(wasm_text_item(p, WASM_SECTION_TAG, p->field));
    return wasm_text_push(p, &p->tags, item, sizeof *item, LIMIT_TAGS, "tags");
}

static whit_status read_typeuse(text_parser *p, bool named, uint32_t *out)
{
    text_typeuse use;
    wasm_place place = p->token.place;
    TRY(wasm_text_typeuse_read(p, named, &use));
    return wasm_text_typeuse_index(p, &use, place, out);
}

/* What an import or an inline import says of its item, up to the ')'. */
static whit_status read_external_type(text_parser *p, wasm_external_kind kind)
{
    wasm_function function = {.imported = true};
    wasm_table table = {.imported = true};
    wasm_memory memory = {.imported = true};
    wasm_global global = {.imported = true};
    wasm_tag tag = {.imported = true};
    switch (kind) {
    case WASM_EXTERN_FUNC:
        TRY(read_typeuse(p, true, &function.type));
        return push_function(p, &function);
    case WASM_EXTERN_TABLE:
        TRY(wasm_text_address_type(p, &table.limits.is64));
        TRY(wasm_text_tabletype(p, &table));
        return push_table(p, &table);
    case WASM_EXTERN_MEMORY:
        TRY(wasm_text_address_type(p, &memory.limits.is64));
        TRY(wasm_text_memtype(p, &memory));
        return push_memory(p, &memory);
    case WASM_EXTERN_GLOBAL:
        TRY(wasm_text_globaltype(p, &global));
        return push_global(p, &global);
    default:
        TRY(read_typeuse(p, true, &tag.type));
        return push_tag(p, &tag);
    }
}

static const struct {
    const char *word;
    wasm_external_kind kind;
    text_space space;
} externals[] = {
    {"func", WASM_EXTERN_FUNC, TEXT_FUNC},
    {"table", WASM_EXTERN_TABLE, TEXT_TABLE},
    {"memory", WASM_EXTERN_MEMORY, TEXT_MEMORY},
    {"global", WASM_EXTERN_GLOBAL, TEXT_GLOBAL},
    {"tag", WASM_EXTERN_TAG, TEXT_TAG},
};

/* Index in `externals`, or its size. */
static size_t at_external(text_parser *p)
{
    size_t i = 0;
    while (i < COUNT_OF(externals) && !wasm_text_at_form(p, externals[i].word))
        i++;
    return i;
}

static whit_status read_import(text_parser *p)
{
    slice module, field, id, name;
    wasm_place place = p->token.place;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_name_string(p, &module));
    TRY(wasm_text_name_string(p, &field));
    size_t what = at_external(p);
    if (what == COUNT_OF(externals))
        return wasm_text_unexpected(p,
                                    "(func, (table, (memory, (global or (tag");
    wasm_external_kind kind = externals[what].kind;
    TRY(push_import(p, place, module, field, kind));
    TRY(wasm_text_enter(p));
    TRY(wasm_text_id(p, &id, &name));
    TRY(wasm_text_name_add(p, name_kinds[kind], 0,
                           (uint32_t)list_of(p, kind)->count, name));
    TRY(read_external_type(p, kind));
    TRY(wasm_text_close(p));
    return wasm_text_close(p);
}

static whit_status read_export(text_parser *p)
{
    slice name;
    uint32_t index;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_name_string(p, &name));
    size_t what = at_external(p);
    if (what == COUNT_OF(externals))
        return wasm_text_unexpected(p,
                                    "(func, (table, (memory, (global or (tag");
    TRY(wasm_text_enter(p));
    TRY(wasm_text_index(p, externals[what].space, &index));
    TRY(wasm_text_close(p));
    TRY(push_export(p, p->field, name, externals[what].kind, index));
    return wasm_text_close(p);
}

/* ---- Functions ---- */

static whit_status bind_local(text_parser *p, slice id, uint32_t index,
                              wasm_place place)
{
    uint64_t other;
    if (!id.data)
        return WHIT_OK;
    if (map_get(&p->locals, id, &other))
        return wasm_place_error(place, p->error, "duplicate local $%.*s",
                                SLICE_ARG(id));
    return map_set(&p->locals, id, index, p->error);
}

static whit_status bind_params(text_parser *p, wasm_place place)
{
    const wasm_name *names = p->param_names.items;
    for (size_t i = 0; i + 1 < p->param_names.count; i += 2) {
        uint32_t index = names[i].index;
        TRY(bind_local(p, names[i].text, index, place));
        TRY(wasm_text_name_add(p, WASM_NAME_LOCAL, p->function, index,
                               names[i + 1].text));
    }
    return WHIT_OK;
}

static whit_status push_local(text_parser *p, uint32_t *count)
{
    wasm_valtype type;
    TRY(wasm_text_valtype(p, &type));
    if (++*count > LIMIT_LOCALS)
        return error_set(p->error, WHIT_LIMIT,
                         "too many locals: the limit is %u", LIMIT_LOCALS);
    wasm_local_group *groups = p->locals_list.items;
    size_t groups_count = p->locals_list.count;
    if (groups_count && groups[groups_count - 1].type == type) {
        groups[groups_count - 1].count++;
        return WHIT_OK;
    }
    wasm_local_group group = {1, type};
    return wasm_text_push(p, &p->locals_list, &group, sizeof group,
                          LIMIT_LOCALS, "locals");
}

static whit_status read_locals(text_parser *p, uint32_t params, uint32_t *count)
{
    p->locals_list.count = 0;
    *count = 0;
    while (wasm_text_at_form(p, "local")) {
        slice id, name;
        TRY(wasm_text_enter(p));
        wasm_place place = p->token.place;
        TRY(wasm_text_id(p, &id, &name));
        TRY(bind_local(p, id, params + *count, place));
        TRY(wasm_text_name_add(p, WASM_NAME_LOCAL, p->function, params + *count,
                               name));
        if (id.data || name.data)
            TRY(push_local(p, count));
        else
            while (p->token.kind != WASM_TOKEN_RPAR)
                TRY(push_local(p, count));
        TRY(wasm_text_close(p));
    }
    return WHIT_OK;
}

/* Bytes of the locals in front of a body, for offsets of branch hints. */
static size_t locals_size(text_parser *p)
{
    const wasm_local_group *groups = p->locals_list.items;
    buffer_clear(&p->list);
    buffer_uleb(&p->list, p->locals_list.count);
    for (size_t i = 0; i < p->locals_list.count; i++) {
        buffer_uleb(&p->list, groups[i].count);
        wasm_write_valtype(&p->list, groups[i].type);
    }
    return p->list.size;
}

static whit_status read_code(text_parser *p, uint32_t params, wasm_code *out)
{
    TRY(read_locals(p, params, &out->local_count));
    p->in_function = true;
    TRY(wasm_text_constant(p, false, &out->body));
    p->in_function = false;
    TRY(wasm_text_hints_end(p, locals_size(p)));
    out->local_group_count = (uint32_t)p->locals_list.count;
    out->locals = arena_dup(&p->module->arena, p->locals_list.items,
                            p->locals_list.count * sizeof(wasm_local_group));
    TRY_ALLOC(out->locals, p->error);
    return WHIT_OK;
}

static whit_status read_function(text_parser *p)
{
    bool imported;
    p->function = (uint32_t)p->functions.count;
    TRY(read_header(p, WASM_EXTERN_FUNC, &imported));
    if (imported) {
        TRY(read_external_type(p, WASM_EXTERN_FUNC));
        return wasm_text_close(p);
    }
    wasm_function function = {0};
    if (p->locals.count) {
        map_release(&p->locals);
        map_init(&p->locals);
    }
    wasm_place place = p->token.place;
    TRY(read_typeuse(p, true, &function.type));
    TRY(bind_params(p, place));
    TRY(read_code(p, wasm_text_param_count(p, function.type), &function.code));
    TRY(push_function(p, &function));
    return wasm_text_close(p);
}

/* ---- Tables, memories, globals, tags, start ---- */

static whit_status read_table(text_parser *p)
{
    bool imported;
    uint32_t index = (uint32_t)p->tables.count;
    TRY(read_header(p, WASM_EXTERN_TABLE, &imported));
    if (imported) {
        TRY(read_external_type(p, WASM_EXTERN_TABLE));
        return wasm_text_close(p);
    }
    wasm_table table = {0};
    TRY(wasm_text_address_type(p, &table.limits.is64));
    if (p->token.kind == WASM_TOKEN_NAT || !wasm_text_at_reftype(p)) {
        TRY(wasm_text_tabletype(p, &table));
        if (p->token.kind != WASM_TOKEN_RPAR)
            TRY(wasm_text_constant(p, false, &table.init));
    } else {
        TRY(wasm_text_reftype(p, &table.type));
        TRY(wasm_text_inline_elem(p, index, &table, &table.limits.min));
        table.limits.max = table.limits.min;
        table.limits.has_max = true;
    }
    TRY(push_table(p, &table));
    return wasm_text_close(p);
}

static whit_status read_memory(text_parser *p)
{
    bool imported;
    uint32_t index = (uint32_t)p->memories.count;
    TRY(read_header(p, WASM_EXTERN_MEMORY, &imported));
    if (imported) {
        TRY(read_external_type(p, WASM_EXTERN_MEMORY));
        return wasm_text_close(p);
    }
    wasm_memory memory = {0};
    TRY(wasm_text_address_type(p, &memory.limits.is64));
    if (wasm_text_at_form(p, "data")) {
        TRY(wasm_text_inline_data(p, index, memory.limits.is64,
                                  &memory.limits.min));
        memory.limits.max = memory.limits.min;
        memory.limits.has_max = true;
    } else {
        TRY(wasm_text_memtype(p, &memory));
    }
    TRY(push_memory(p, &memory));
    return wasm_text_close(p);
}

static whit_status read_global(text_parser *p)
{
    bool imported;
    TRY(read_header(p, WASM_EXTERN_GLOBAL, &imported));
    if (imported) {
        TRY(read_external_type(p, WASM_EXTERN_GLOBAL));
        return wasm_text_close(p);
    }
    wasm_global global = {0};
    TRY(wasm_text_globaltype(p, &global));
    TRY(wasm_text_constant(p, false, &global.init));
    TRY(push_global(p, &global));
    return wasm_text_close(p);
}

static whit_status read_tag(text_parser *p)
{
    bool imported;
    TRY(read_header(p, WASM_EXTERN_TAG, &imported));
    if (imported) {
        TRY(read_external_type(p, WASM_EXTERN_TAG));
        return wasm_text_close(p);
    }
    wasm_tag tag = {0};
    TRY(read_typeuse(p, true, &tag.type));
    TRY(push_tag(p, &tag));
    return wasm_text_close(p);
}

static whit_status read_start(text_parser *p)
{
    if (p->module->start != WASM_NO_INDEX)
        return wasm_text_fail(p, "multiple start sections: one is allowed");
    TRY(wasm_text_item(p, WASM_SECTION_START, p->field));
    TRY(wasm_text_enter(p));
    TRY(wasm_text_index(p, TEXT_FUNC, &p->module->start));
    return wasm_text_close(p);
}

whit_status wasm_text_field(text_parser *p)
{
    static const struct {
        const char *word;
        whit_status (*read)(text_parser *p);
    } fields[] = {
        {"func", read_function},        {"import", read_import},
        {"export", read_export},        {"table", read_table},
        {"memory", read_memory},        {"global", read_global},
        {"elem", wasm_text_elem_field}, {"data", wasm_text_data_field},
        {"start", read_start},          {"tag", read_tag},
    };
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (wasm_text_at_form(p, fields[i].word))
            return fields[i].read(p);
    if (p->token.kind == WASM_TOKEN_LPAR)
        TRY(wasm_text_advance(p));
    return wasm_text_unexpected(p, "a module field");
}
