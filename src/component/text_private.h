/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the text parser share; nobody else includes this.
 *
 * The text is read once: identifiers refer only to what stands in front of
 * them. A form that needs other definitions (an inline type, an alias) emits
 * those first and itself last. */
#ifndef COMPONENT_TEXT_PRIVATE_H
#define COMPONENT_TEXT_PRIVATE_H

#include "component/names.h"
#include "component/text.h"
#include "wasm/text_internal.h"

/* A component, component type or instance type that is being read. */
typedef struct parse_scope {
    struct parse_scope *outer;
    bool is_type;
    slice id; /* without '$'; size 0: none */
    text_list definitions;
    uint32_t counts[COMPONENT_SORTS];
    map ids[COMPONENT_SORTS]; /* index, or with IMPLICIT an outer alias */
    text_list names;          /* component_item_name */
} parse_scope;

#define PARSE_IMPLICIT (1ull << 32)

typedef struct parser {
    text_parser *p;
    component_file *file;
    arena *arena;
    parse_scope *scope;
    unsigned depth;
} parser;

/* ---- text.c ---- */

void component_parse_scope_open(parser *t, parse_scope *scope, bool is_type);
void component_parse_scope_close(parser *t, parse_scope *scope);
/* Appends a definition that began at `place`; *index is its first item. */
whit_status component_parse_emit(parser *t, component_definition *d,
                                 wasm_place place, uint32_t *index);
/* Gives an item its identifier; data NULL: none. */
whit_status component_parse_bind(parser *t, component_sort sort, uint32_t index,
                                 slice id);
whit_status component_parse_id(parser *t, slice *id);
/* A number or identifier; those of outer scopes become aliases. */
whit_status component_parse_index(parser *t, component_sort sort,
                                  uint32_t *out);
/* An index, or `(sort index "name"*)` with or without `core`. */
whit_status component_parse_reference(parser *t, component_sort sort,
                                      uint32_t *out);
/* `core`? and the word of a sort, the '(' being the current token; within
 * core instances words mean core sorts. */
whit_status component_parse_sort_open(parser *t, bool in_core,
                                      component_sort *out);
/* What stands behind that: index, names and ')'. */
whit_status component_parse_sort_rest(parser *t, component_sort sort,
                                      uint32_t *out);
whit_status component_parse_name(parser *t, component_name *out);
whit_status component_parse_keep(parser *t, const text_list *list, size_t size,
                                 void *items, uint32_t *count);
whit_status component_parse_enter_nesting(parser *t);
/* A form's '(' and words up to here, for (export "name") and the like. */
bool component_parse_at_inline(parser *t, const char *word);
/* Whether the form (type ...) that comes is a use, not a definition: only an
 * index and perhaps names are in it. */
bool component_parse_at_type_use(parser *t);
/* Definitions, or with is_type declarators, up to a ')' or the end. */
whit_status component_parse_definitions(parser *t);
/* The custom section of the names in scope, if there are any. */
whit_status component_parse_names_emit(parser *t);

/* ---- text_types.c ---- */

whit_status component_parse_valtype(parser *t, component_valtype *out);
/* (type ...), the word being the current token; in types and components. */
whit_status component_parse_type_definition(parser *t, wasm_place place);
whit_status component_parse_core_type_definition(parser *t, wasm_place place);
whit_status component_parse_core_rec_definition(parser *t, wasm_place place);
/* Parameters and result up to something else, as a type of its own, or the
 * index in (type ...). */
whit_status component_parse_function_type(parser *t, wasm_place place,
                                          uint32_t *out);
/* What follows the sort and the identifier, up to the ')'. */
whit_status component_parse_extern_rest(parser *t, component_sort sort,
                                        wasm_place place,
                                        component_extern *out);
/* (sort id? ...) */
whit_status component_parse_extern(parser *t, component_extern *out, slice *id);
whit_status component_parse_alias(parser *t, wasm_place place);
/* (alias ...) without a sort at its end, inside of a definition. */
whit_status component_parse_inline_alias(parser *t, component_sort sort,
                                         slice id, wasm_place place);

/* ---- text_definitions.c ---- */

whit_status component_parse_definition(parser *t);
whit_status component_parse_import(parser *t, wasm_place place);
whit_status component_parse_result(parser *t, component_valtype *out);

#endif
