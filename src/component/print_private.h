/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the printer share; nobody else includes this. */
#ifndef COMPONENT_PRINT_PRIVATE_H
#define COMPONENT_PRINT_PRIVATE_H

#include "component/names.h"
#include "component/print.h"

/* A component, component type or instance type that is being printed. */
typedef struct print_scope {
    bool has_names; /* identifiers stand for the name section */
    component_names names;
    uint32_t counts[COMPONENT_SORTS];
} print_scope;

typedef struct component_printer {
    wasm_print_options options;
    buffer *out;
    whit_error *error;
    arena scratch;
    unsigned indent;
    print_scope *scope;
} component_printer;

void component_put_newline(component_printer *p);
/* " $id (;n;)" of the next item of a sort, and counts it. */
void component_put_new(component_printer *p, component_sort sort);
/* " $id" or " n" */
void component_put_index(component_printer *p, component_sort sort,
                         uint32_t index);
/* ' "name" (attribute "...")*' */
void component_put_name(component_printer *p, const component_name *name);

/* print_types.c */
void component_put_core_valtype(component_printer *p, wasm_valtype type);
void component_put_valtype(component_printer *p, component_valtype type);
void component_put_core_type(component_printer *p,
                             const component_core_type *type);
/* ' (type n ...)', the definition's word and index included. */
whit_status component_put_type(component_printer *p,
                               const component_type *type) WHIT_MUST_CHECK;
/* " (sort $id (;n;) ...)", the item being counted only when `is_new`. */
void component_put_extern(component_printer *p, const component_extern *type,
                          bool is_new);
void component_put_alias(component_printer *p, const component_alias *alias);
whit_status
component_put_definition(component_printer *p,
                         const component_definition *d) WHIT_MUST_CHECK;

#endif
