/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Says in an error which item of which section it is about. */
#include "wasm/validate_locate.h"

#include "wasm/names.h"
#include "wasm/positions.h"
#include "wasm/visit.h"

enum { NAME_SHOWN = 80 }; /* bytes of a name in a message */

typedef struct place {
    const char *noun;
    wasm_external_kind kind; /* WASM_EXTERN_KINDS: no index space */
    wasm_name_kind names;
} place;

static place place_of(wasm_section_id section)
{
    switch (section) {
    case WASM_SECTION_TYPE:
        return (place){"type", WASM_EXTERN_KINDS, WASM_NAME_TYPE};
    case WASM_SECTION_FUNCTION:
    case WASM_SECTION_CODE:
        return (place){"function", WASM_EXTERN_FUNC, WASM_NAME_FUNCTION};
    case WASM_SECTION_TABLE:
        return (place){"table", WASM_EXTERN_TABLE, WASM_NAME_TABLE};
    case WASM_SECTION_MEMORY:
        return (place){"memory", WASM_EXTERN_MEMORY, WASM_NAME_MEMORY};
    case WASM_SECTION_GLOBAL:
        return (place){"global", WASM_EXTERN_GLOBAL, WASM_NAME_GLOBAL};
    case WASM_SECTION_TAG:
        return (place){"tag", WASM_EXTERN_TAG, WASM_NAME_TAG};
    case WASM_SECTION_ELEMENT:
        return (place){"element segment", WASM_EXTERN_KINDS, WASM_NAME_ELEM};
    case WASM_SECTION_DATA:
        return (place){"data segment", WASM_EXTERN_KINDS, WASM_NAME_DATA};
    case WASM_SECTION_EXPORT:
        return (place){"export", WASM_EXTERN_KINDS, WASM_NAME_KINDS};
    default:
        return (place){NULL, WASM_EXTERN_KINDS, WASM_NAME_KINDS};
    }
}

/* ---- Byte offsets: a second walk over the bytes ---- */

typedef struct search {
    wasm_section_id section;
    uint32_t index;
    bool found;
    uint64_t offset;
} search;

static whit_status note(search *self, wasm_section_id section, uint32_t index,
                        wasm_span span)
{
    if (!self->found && self->section == section && self->index == index) {
        self->found = true;
        self->offset = span.offset;
    }
    return WHIT_OK;
}

static whit_status on_section(void *self, wasm_section_id id, wasm_span header,
                              slice payload, whit_error *error)
{
    search *s = self;
    (void)payload, (void)error;
    if (s->index != WASM_NO_INDEX && id != WASM_SECTION_START)
        return WHIT_OK;
    return note(s, id, s->index, header);
}

static whit_status on_type(void *self, uint32_t index, wasm_span span,
                           const wasm_subtype *type, whit_error *error)
{
    (void)type, (void)error;
    return note(self, WASM_SECTION_TYPE, index, span);
}

static whit_status on_import(void *self, uint32_t index, wasm_span span,
                             const wasm_import *import, const void *what,
                             whit_error *error)
{
    static const wasm_section_id sections[] = {
        WASM_SECTION_FUNCTION, WASM_SECTION_TABLE, WASM_SECTION_MEMORY,
        WASM_SECTION_GLOBAL, WASM_SECTION_TAG};
    (void)index, (void)what, (void)error;
    return note(self, sections[import->kind], import->index, span);
}

static whit_status on_function(void *self, uint32_t index, wasm_span span,
                               uint32_t type, whit_error *error)
{
    (void)type, (void)error;
    return note(self, WASM_SECTION_FUNCTION, index, span);
}

static whit_status on_table(void *self, uint32_t index, wasm_span span,
                            const wasm_table *table, whit_error *error)
{
    (void)table, (void)error;
    return note(self, WASM_SECTION_TABLE, index, span);
}

static whit_status on_memory(void *self, uint32_t index, wasm_span span,
                             const wasm_memory *memory, whit_error *error)
{
    (void)memory, (void)error;
    return note(self, WASM_SECTION_MEMORY, index, span);
}

static whit_status on_tag(void *self, uint32_t index, wasm_span span,
                          const wasm_tag *tag, whit_error *error)
{
    (void)tag, (void)error;
    return note(self, WASM_SECTION_TAG, index, span);
}

static whit_status on_global(void *self, uint32_t index, wasm_span span,
                             const wasm_global *global, whit_error *error)
{
    (void)global, (void)error;
    return note(self, WASM_SECTION_GLOBAL, index, span);
}

static whit_status on_export(void *self, uint32_t index, wasm_span span,
                             const wasm_export *export, whit_error *error)
{
    (void)export, (void)error;
    return note(self, WASM_SECTION_EXPORT, index, span);
}

static whit_status on_elem(void *self, uint32_t index, wasm_span span,
                           const wasm_elem *elem, whit_error *error)
{
    (void)elem, (void)error;
    return note(self, WASM_SECTION_ELEMENT, index, span);
}

static whit_status on_code(void *self, uint32_t index, wasm_span span,
                           const wasm_code *code, whit_error *error)
{
    (void)code, (void)error;
    return note(self, WASM_SECTION_CODE, index, span);
}

static whit_status on_data(void *self, uint32_t index, wasm_span span,
                           const wasm_data *data, whit_error *error)
{
    (void)data, (void)error;
    return note(self, WASM_SECTION_DATA, index, span);
}

static void find_offset(const wasm_module *module, wasm_section_id section,
                        uint32_t index, whit_error *error)
{
    search s = {.section = section, .index = index};
    wasm_visitor visitor = {
        .self = &s,
        .section = on_section,
        .type = on_type,
        .import = on_import,
        .function = on_function,
        .table = on_table,
        .memory = on_memory,
        .tag = on_tag,
        .global = on_global,
        .export = on_export,
        .elem = on_elem,
        .code = on_code,
        .data = on_data,
    };
    whit_status status =
        wasm_visit(module->bytes, WASM_FEATURES_ALL, &visitor, NULL);
    if (status != WHIT_OK || !s.found)
        return;
    error->position = WHIT_POSITION_OFFSET;
    error->offset = s.offset;
}

static void find_position(const wasm_module *module, wasm_section_id section,
                          uint32_t index, whit_error *error)
{
    wasm_position position;
    if (module->bytes.size) {
        find_offset(module, section, index, error);
    } else if (wasm_item_position(module, section, index, &position)) {
        error->position = WHIT_POSITION_LINE;
        error->line = position.line;
        error->column = position.column;
    }
}

/* ---- Names ---- */

static slice export_name(const wasm_module *module, wasm_external_kind kind,
                         uint32_t index)
{
    for (uint32_t i = 0; i < module->export_count; i++)
        if (module->exports[i].kind == kind &&
            module->exports[i].index == index)
            return module->exports[i].name;
    return (slice){0};
}

static const wasm_import *import_of(const wasm_module *module,
                                    wasm_external_kind kind, uint32_t index)
{
    for (uint32_t i = 0; i < module->import_count; i++)
        if (module->imports[i].kind == kind &&
            module->imports[i].index == index)
            return &module->imports[i];
    return NULL;
}

static int shown(slice name)
{
    return name.size < NAME_SHOWN ? (int)name.size : NAME_SHOWN;
}

static void add_name(const wasm_module *module, const place *p, uint32_t index,
                     whit_error *error)
{
    slice name = {0};
    arena scratch;
    wasm_names names;
    arena_init(&scratch);
    if (p->names < WASM_NAME_KINDS &&
        wasm_names_read(module, &scratch, &names, NULL) == WHIT_OK)
        name = wasm_names_get(&names, p->names, 0, index);
    if (!name.size && p->kind < WASM_EXTERN_KINDS)
        name = export_name(module, p->kind, index);
    if (name.size)
        error_suffix(error, " \"%.*s\"", shown(name), (const char *)name.data);
    arena_release(&scratch);
    const wasm_import *import =
        p->kind < WASM_EXTERN_KINDS ? import_of(module, p->kind, index) : NULL;
    if (import)
        error_suffix(error, ", imported as \"%.*s\" \"%.*s\"",
                     shown(import->module), (const char *)import->module.data,
                     shown(import->name), (const char *)import->name.data);
}

void wasm_locate(const wasm_module *module, wasm_section_id section,
                 uint32_t index, whit_error *error)
{
    if (!error ||
        (error->code != WHIT_MALFORMED && error->code != WHIT_INVALID &&
         error->code != WHIT_LIMIT && error->code != WHIT_UNSUPPORTED))
        return;
    place p = place_of(section);
    if (error->position == WHIT_POSITION_NONE)
        find_position(module, section, index, error);
    error_suffix(error, " (%s section", wasm_section_text(section));
    if (section == WASM_SECTION_START &&
        module->start < module->function_count) {
        index = module->start;
        p = place_of(WASM_SECTION_FUNCTION);
    }
    if (index != WASM_NO_INDEX && p.noun) {
        error_suffix(error, ", %s %u", p.noun, index);
        add_name(module, &p, index, error);
    }
    error_suffix(error, ")");
}
