/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a component to text. */
#include "component/print.h"

#include <inttypes.h>

#include "base/map.h"
#include "base/memory.h"
#include "component/print_private.h"
#include "wasm/print.h"

enum { INDENT_MAX = 50 };

/* ---- Pieces ---- */

void component_put_newline(component_printer *p)
{
    buffer_put(p->out, '\n');
    for (unsigned i = 0; i < p->indent && i < INDENT_MAX; i++)
        buffer_text(p->out, "  ");
}

static void put_identifier(component_printer *p, slice name)
{
    bool plain = true;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        plain &= c > 0x20 && c < 0x7f && !memchr("\"(),;[]{}", c, 9);
    }
    buffer_text(p->out, " $");
    if (plain)
        buffer_slice(p->out, name);
    else
        wasm_string_write(name, true, p->out);
}

static slice name_of(const component_printer *p, component_sort sort,
                     uint32_t index)
{
    if (!p->scope->has_names)
        return slice_of(NULL, 0);
    return component_names_get(&p->scope->names, sort, index);
}

void component_put_new(component_printer *p, component_sort sort)
{
    uint32_t index = p->scope->counts[sort]++;
    slice name = name_of(p, sort, index);
    if (name.data)
        put_identifier(p, name);
    buffer_printf(p->out, " (;%u;)", index);
}

void component_put_index(component_printer *p, component_sort sort,
                         uint32_t index)
{
    slice name = name_of(p, sort, index);
    /* What comes later has no name yet. */
    if (name.data && index < p->scope->counts[sort])
        put_identifier(p, name);
    else
        buffer_printf(p->out, " %u", index);
}

void component_put_name(component_printer *p, const component_name *name)
{
    static const char *const words[] = {"implements", "versionsuffix",
                                        "external-id"};
    buffer_put(p->out, ' ');
    wasm_string_write(name->text, true, p->out);
    for (uint32_t i = 0; i < name->attribute_count; i++) {
        buffer_printf(p->out, " (%s ", words[name->attributes[i].kind]);
        wasm_string_write(name->attributes[i].text, true, p->out);
        buffer_put(p->out, ')');
    }
}

/* " (sort n)" */
static void put_item(component_printer *p, const char *word,
                     component_sort sort, uint32_t index)
{
    buffer_printf(p->out, " (%s", word);
    component_put_index(p, sort, index);
    buffer_put(p->out, ')');
}

/* ---- Definitions ---- */

static void put_instance(component_printer *p, bool is_core,
                         const component_instance *instance)
{
    bool exports = instance->is_exports;
    buffer_text(p->out, is_core ? "(core instance" : "(instance");
    component_put_new(p, is_core ? COMPONENT_SORT_CORE_INSTANCE
                                 : COMPONENT_SORT_INSTANCE);
    if (!exports) {
        buffer_text(p->out, " (instantiate");
        component_put_index(
            p, is_core ? COMPONENT_SORT_CORE_MODULE : COMPONENT_SORT_COMPONENT,
            instance->callee);
    }
    p->indent++;
    for (uint32_t i = 0; i < instance->item_count; i++) {
        const component_item *item = &instance->items[i];
        const char *word = component_sort_text(item->sort);
        component_put_newline(p);
        buffer_text(p->out, exports ? "(export" : "(with");
        component_put_name(p, &item->name);
        /* In core instances the words mean core sorts. */
        put_item(p, is_core ? word + strlen("core ") : word, item->sort,
                 item->index);
        buffer_put(p->out, ')');
    }
    p->indent--;
    if (instance->item_count)
        component_put_newline(p);
    buffer_text(p->out, exports ? ")" : "))");
}

static void put_options(component_printer *p, const component_canon *canon)
{
    static const char *const words[COMPONENT_OPTION_KINDS] = {
        "string-encoding=utf8",
        "string-encoding=utf16",
        "string-encoding=latin1+utf16",
        "memory",
        "realloc",
        "post-return",
        "async",
        "callback"};
    for (uint32_t i = 0; i < canon->option_count; i++) {
        const component_option *option = &canon->options[i];
        if (option->kind < COMPONENT_OPTION_MEMORY ||
            option->kind == COMPONENT_OPTION_ASYNC) {
            buffer_printf(p->out, " %s", words[option->kind]);
            continue;
        }
        bool memory = option->kind == COMPONENT_OPTION_MEMORY;
        buffer_printf(p->out, " (%s", words[option->kind]);
        if (memory) {
            component_put_index(p, COMPONENT_SORT_CORE_MEMORY, option->index);
        } else {
            put_item(p, "core func", COMPONENT_SORT_CORE_FUNC, option->index);
        }
        buffer_put(p->out, ')');
    }
}

static void put_operand(component_printer *p, char operand,
                        const component_canon *canon)
{
    switch (operand) {
    case 't':
        component_put_index(p, COMPONENT_SORT_TYPE, canon->type);
        break;
    case 'g':
        component_put_index(p, COMPONENT_SORT_CORE_TYPE, canon->type);
        break;
    case 'b':
        put_item(p, "core table", COMPONENT_SORT_CORE_TABLE, canon->table);
        break;
    case 'm':
        put_item(p, "memory", COMPONENT_SORT_CORE_MEMORY, canon->memory);
        break;
    case 'n':
        buffer_printf(p->out, " %u", canon->number);
        break;
    case 'o':
        put_options(p, canon);
        break;
    case 'r':
        if (canon->result.primitive == COMPONENT_NO_TYPE)
            break;
        buffer_text(p->out, " (result");
        component_put_valtype(p, canon->result);
        buffer_put(p->out, ')');
        break;
    case 'v':
        buffer_put(p->out, ' ');
        component_put_core_valtype(p, canon->core_type);
        break;
    case 'a':
        buffer_text(p->out, canon->is_async ? " async" : "");
        break;
    case 'c':
        buffer_text(p->out, canon->cancellable ? " cancellable" : "");
        break;
    default:
        buffer_text(p->out, canon->shared ? " shared" : "");
    }
}

static void put_canon(component_printer *p, const component_canon *canon)
{
    bool lift = canon->kind == COMPONENT_CANON_LIFT;
    buffer_text(p->out, lift ? "(func" : "(core func");
    component_put_new(p, lift ? COMPONENT_SORT_FUNC : COMPONENT_SORT_CORE_FUNC);
    if (lift)
        put_item(p, "type", COMPONENT_SORT_TYPE, canon->type);
    buffer_printf(p->out, " (canon %s", component_canon_text(canon->kind));
    if (canon->kind <= COMPONENT_CANON_LOWER) {
        component_sort sort =
            lift ? COMPONENT_SORT_CORE_FUNC : COMPONENT_SORT_FUNC;
        put_item(p, component_sort_text(sort), sort, canon->callee);
        put_options(p, canon);
    }
    for (const char *o = component_canon_operands(canon->kind); *o; o++)
        put_operand(p, *o, canon);
    buffer_text(p->out, "))");
}

static void put_import(component_printer *p, const component_definition *d)
{
    buffer_text(p->out,
                d->kind == COMPONENT_DEF_IMPORT ? "(import" : "(export");
    component_put_name(p, &d->external.name);
    component_put_extern(p, &d->external.type, true);
    buffer_put(p->out, ')');
}

static void put_export(component_printer *p, const component_definition *d)
{
    component_sort sort = d->external.sort;
    buffer_text(p->out, "(export");
    uint32_t count = p->scope->counts[sort];
    component_put_new(p, sort);
    /* The item is looked up before the export adds one. */
    p->scope->counts[sort] = count;
    component_put_name(p, &d->external.name);
    put_item(p, component_sort_text(sort), sort, d->external.index);
    if (d->external.has_type)
        component_put_extern(p, &d->external.type, false);
    p->scope->counts[sort] = count + 1;
    buffer_put(p->out, ')');
}

static void put_start(component_printer *p, const component_start *start)
{
    buffer_text(p->out, "(start");
    component_put_index(p, COMPONENT_SORT_FUNC, start->function);
    for (uint32_t i = 0; i < start->argument_count; i++)
        put_item(p, "value", COMPONENT_SORT_VALUE, start->arguments[i]);
    if (start->result_count) {
        buffer_text(p->out, " (result (value");
        component_put_new(p, COMPONENT_SORT_VALUE);
        buffer_text(p->out, "))");
    }
    buffer_put(p->out, ')');
}

static whit_status put_module(component_printer *p,
                              const component_core_module *module)
{
    buffer_text(p->out, "(core module");
    slice name = name_of(p, COMPONENT_SORT_CORE_MODULE,
                         p->scope->counts[COMPONENT_SORT_CORE_MODULE]);
    component_put_new(p, COMPONENT_SORT_CORE_MODULE);
    TRY(wasm_print_fields(module->module, &p->options, p->indent, name, p->out,
                          p->error));
    buffer_put(p->out, ')');
    return WHIT_OK;
}

static whit_status put_component(component_printer *p, const component *c);

whit_status component_put_definition(component_printer *p,
                                     const component_definition *d)
{
    if (p->options.offsets)
        buffer_printf(p->out, "(;@%-6" PRIx64 ";) ", d->offset);
    switch (d->kind) {
    case COMPONENT_DEF_CUSTOM:
        buffer_text(p->out, "(@custom ");
        wasm_string_write(d->custom.name, true, p->out);
        buffer_put(p->out, ' ');
        wasm_string_write(d->custom.bytes, false, p->out);
        buffer_put(p->out, ')');
        return WHIT_OK;
    case COMPONENT_DEF_CORE_MODULE:
        return put_module(p, &d->core_module);
    case COMPONENT_DEF_CORE_INSTANCE:
    case COMPONENT_DEF_INSTANCE:
        put_instance(p, d->kind == COMPONENT_DEF_CORE_INSTANCE, &d->instance);
        return WHIT_OK;
    case COMPONENT_DEF_CORE_TYPE:
        component_put_core_type(p, d->core_type);
        return WHIT_OK;
    case COMPONENT_DEF_COMPONENT:
        return put_component(p, d->component);
    case COMPONENT_DEF_ALIAS:
        component_put_alias(p, &d->alias);
        return WHIT_OK;
    case COMPONENT_DEF_TYPE:
        return component_put_type(p, d->type);
    case COMPONENT_DEF_CANON:
        put_canon(p, d->canon);
        return WHIT_OK;
    case COMPONENT_DEF_START:
        put_start(p, &d->start);
        return WHIT_OK;
    case COMPONENT_DEF_VALUE:
        buffer_text(p->out, "(value");
        component_put_new(p, COMPONENT_SORT_VALUE);
        component_put_valtype(p, d->value.type);
        buffer_text(p->out, " (binary ");
        wasm_string_write(d->value.bytes, false, p->out);
        buffer_text(p->out, "))");
        return WHIT_OK;
    default:
        if (d->external.has_item)
            put_export(p, d);
        else
            put_import(p, d);
        return WHIT_OK;
    }
}

/* ---- Components ---- */

static uint32_t names_in_scope(const component *c, uint32_t *counts)
{
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < c->definition_count; i++) {
        component_sort sort;
        const component_definition *d = &c->definitions[i];
        uint32_t count = component_defines(d, &sort);
        counts[sort] += count;
        if (d->kind == COMPONENT_DEF_CUSTOM &&
            slice_is(d->custom.name, COMPONENT_NAME_SECTION))
            last = last == UINT32_MAX ? i : UINT32_MAX - 1;
    }
    return last;
}

/* Names can be identifiers when each stands for an item and differs from the
 * others of its sort. */
static whit_status names_are_identifiers(component_printer *p,
                                         const component_names *names,
                                         const uint32_t *counts, bool *out)
{
    map seen;
    map_init(&seen);
    whit_status status = WHIT_OK;
    *out = true;
    for (uint32_t i = 0; i < names->count && *out && status == WHIT_OK; i++) {
        const component_item_name *name = &names->items[i];
        uint64_t other;
        if (i && names->items[i - 1].sort != name->sort) {
            map_release(&seen);
            map_init(&seen);
        }
        *out = name->text.size && name->index < counts[name->sort] &&
               !map_get(&seen, name->text, &other);
        if (*out)
            status = map_set(&seen, name->text, i, p->error);
    }
    map_release(&seen);
    return status;
}

/* Whether identifiers give back the name section, so that it is not printed:
 * it must be the only one, the last definition, and what the parser would
 * write. */
static whit_status open_names(component_printer *p, const component *c,
                              print_scope *scope)
{
    uint32_t counts[COMPONENT_SORTS] = {0};
    uint32_t at = names_in_scope(c, counts);
    if (at >= UINT32_MAX - 1 || at + 1 != c->definition_count)
        return WHIT_OK;
    TRY(component_names_read(c, &p->scratch, &scope->names, p->error));
    bool unique;
    TRY(names_are_identifiers(p, &scope->names, counts, &unique));
    buffer bytes;
    buffer_init(&bytes);
    component_names_write(&scope->names, &bytes);
    scope->has_names = unique && slice_equal(buffer_view(&bytes),
                                             c->definitions[at].custom.bytes);
    whit_status status = buffer_status(&bytes, p->error);
    buffer_release(&bytes);
    return status;
}

static whit_status put_definitions(component_printer *p, const component *c)
{
    uint32_t count = c->definition_count;
    p->indent++;
    if (p->scope->has_names)
        count--;
    for (uint32_t i = 0; i < count; i++) {
        component_put_newline(p);
        TRY(component_put_definition(p, &c->definitions[i]));
    }
    p->indent--;
    if (count)
        component_put_newline(p);
    return WHIT_OK;
}

static whit_status put_component(component_printer *p, const component *c)
{
    print_scope *scope = arena_zalloc(&p->scratch, sizeof *scope);
    TRY_ALLOC(scope, p->error);
    print_scope *outer = p->scope;
    TRY(open_names(p, c, scope));
    buffer_text(p->out, "(component");
    if (outer) {
        slice name = name_of(p, COMPONENT_SORT_COMPONENT,
                             outer->counts[COMPONENT_SORT_COMPONENT]);
        /* Inside and outside have one identifier between them. */
        if (!slice_equal(name, scope->names.component))
            scope->has_names = false;
        component_put_new(p, COMPONENT_SORT_COMPONENT);
    } else if (scope->has_names && scope->names.component.size) {
        put_identifier(p, scope->names.component);
    }
    p->scope = scope;
    TRY(put_definitions(p, c));
    p->scope = outer;
    buffer_put(p->out, ')');
    return WHIT_OK;
}

whit_status component_print(const component_file *file,
                            const wasm_print_options *options, buffer *out,
                            whit_error *error)
{
    component_printer p = {.out = out, .error = error};
    if (options)
        p.options = *options;
    whit_status status = put_component(&p, &file->root);
    buffer_put(out, '\n');
    arena_release(&p.scratch);
    return status == WHIT_OK ? buffer_status(out, error) : status;
}
