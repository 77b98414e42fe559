/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Which functions and types of WIT are used. */
#include "component/wit_encode.h"

#include "base/memory.h"

whit_status component_wit_live_init(component_wit_live *self,
                                    const wit_set *set, whit_error *error)
{
    uint32_t functions = 0;
    *self = (component_wit_live){.set = set};
    self->types = mem_calloc(set->type_count + 1, 1);
    self->first_function =
        mem_calloc(set->interface_count + 1, sizeof *self->first_function);
    if (self->first_function)
        for (uint32_t i = 0; i < set->interface_count; i++) {
            self->first_function[i] = functions;
            functions += set->interfaces[i].function_count;
        }
    self->functions = mem_calloc((size_t)functions + 1, 1);
    if (self->types && self->first_function && self->functions)
        return WHIT_OK;
    component_wit_live_release(self);
    return error_memory(error);
}

void component_wit_live_release(component_wit_live *self)
{
    mem_free(self->types);
    mem_free(self->functions);
    mem_free(self->first_function);
    *self = (component_wit_live){0};
}

/* Types nest no deeper than LIMIT_WIT_TYPE_DEPTH. */
void component_wit_live_type(component_wit_live *self, wit_type type)
{
    if (type == WIT_NONE || self->types[type])
        return;
    const wit_type_def *def = &self->set->types[type];
    self->types[type] = 1;
    for (uint32_t i = 0; i < def->field_count; i++)
        component_wit_live_type(self, def->fields[i].type);
    component_wit_live_type(self, def->element);
    component_wit_live_type(self, def->other);
}

static uint8_t *bit(const component_wit_live *self, uint32_t interface,
                    const wit_function *function)
{
    ptrdiff_t at = function - self->set->interfaces[interface].functions;
    return &self->functions[self->first_function[interface] + at];
}

void component_wit_live_function(component_wit_live *self, uint32_t interface,
                                 const wit_function *function)
{
    if (interface != WIT_NONE) {
        uint8_t *known = bit(self, interface, function);
        if (*known)
            return;
        *known = 1;
    }
    for (uint32_t i = 0; i < function->param_count; i++)
        component_wit_live_type(self, function->params[i].type);
    component_wit_live_type(self, function->result);
    component_wit_live_type(self, function->resource);
}

bool component_wit_live_has(const component_wit_live *self, uint32_t interface,
                            const wit_function *function)
{
    return *bit(self, interface, function);
}

bool component_wit_live_interface(const component_wit_live *self,
                                  uint32_t interface)
{
    const wit_interface *what = &self->set->interfaces[interface];
    for (uint32_t i = 0; i < what->type_count; i++)
        if (self->types[what->types[i]])
            return true;
    for (uint32_t i = 0; i < what->function_count; i++)
        if (component_wit_live_has(self, interface, &what->functions[i]))
            return true;
    return false;
}
