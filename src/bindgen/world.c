/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A world taken apart into scopes. */
#include "bindgen/generator.h"

typedef struct counts {
    uint32_t types;
    uint32_t functions;
    uint32_t interfaces;
} counts;

static counts count_items(const wit_item *items, uint32_t count)
{
    counts out = {0};
    for (uint32_t i = 0; i < count; i++) {
        out.types += items[i].kind == WIT_ITEM_TYPE;
        out.functions += items[i].kind == WIT_ITEM_FUNCTION;
        out.interfaces += items[i].kind == WIT_ITEM_INTERFACE;
    }
    return out;
}

static whit_status interface_scope(bind_world *self, const wit_item *item,
                                   bool exported, bind_scope *out,
                                   whit_error *error)
{
    const wit_interface *it = &self->set->interfaces[item->index];
    const wit_function **functions =
        arena_array(&self->memory, it->function_count + 1, sizeof(*functions));
    TRY_ALLOC(functions, error);
    for (uint32_t i = 0; i < it->function_count; i++)
        functions[i] = &it->functions[i];
    *out = (bind_scope){.item = item,
                        .exported = exported,
                        .interface = item->index,
                        .docs = it->about.docs.size ? it->about.docs
                                                    : item->about.docs,
                        .types = it->types,
                        .type_count = it->type_count,
                        .functions = functions,
                        .function_count = it->function_count};
    return WHIT_OK;
}

static whit_status root_scope(bind_world *self, const wit_item *items,
                              uint32_t count, bool exported, bind_scope *out,
                              whit_error *error)
{
    counts n = count_items(items, count);
    wit_type *types = arena_array(&self->memory, n.types + 1, sizeof(*types));
    const wit_function **functions =
        arena_array(&self->memory, n.functions + 1, sizeof(*functions));
    TRY_ALLOC(types, error);
    TRY_ALLOC(functions, error);
    *out = (bind_scope){.exported = exported,
                        .interface = WIT_NONE,
                        .docs = self->world->about.docs,
                        .types = types,
                        .functions = functions};
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind == WIT_ITEM_TYPE)
            types[out->type_count++] = items[i].index;
        if (items[i].kind == WIT_ITEM_FUNCTION)
            functions[out->function_count++] = items[i].function;
    }
    /* Types that `use` brought come first; among each other they are in
     * topological order already, and so are the others. */
    return WHIT_OK;
}

static whit_status add_side(bind_world *self, bind_scope *scopes, bool exported,
                            whit_error *error)
{
    const wit_world *world = self->world;
    const wit_item *items = exported ? world->exports : world->imports;
    uint32_t count = exported ? world->export_count : world->import_count;
    for (uint32_t i = 0; i < count; i++)
        if (items[i].kind == WIT_ITEM_INTERFACE)
            TRY(interface_scope(self, &items[i], exported,
                                &scopes[self->scope_count++], error));
    return root_scope(self, items, count, exported,
                      &scopes[self->scope_count++], error);
}

whit_status bind_world_init(bind_world *self, wit_set *set, uint32_t world,
                            whit_error *error)
{
    *self =
        (bind_world){.set = set, .index = world, .world = &set->worlds[world]};
    arena_init(&self->memory);
    uint32_t imports =
        count_items(self->world->imports, self->world->import_count).interfaces;
    uint32_t exports =
        count_items(self->world->exports, self->world->export_count).interfaces;
    bind_scope *scopes =
        arena_array(&self->memory, imports + exports + 2, sizeof(*scopes));
    self->scopes = scopes;
    whit_status status = scopes ? WHIT_OK : error_memory(error);
    if (status == WHIT_OK)
        status = add_side(self, scopes, false, error);
    self->root_import = self->scope_count - 1;
    if (status == WHIT_OK)
        status = add_side(self, scopes, true, error);
    self->root_export = self->scope_count - 1;
    if (status != WHIT_OK)
        bind_world_release(self);
    return status;
}

void bind_world_release(bind_world *self)
{
    arena_release(&self->memory);
    *self = (bind_world){0};
}

static uint32_t find_scope(const bind_world *self, uint32_t interface,
                           bool exported)
{
    uint32_t named = WIT_NONE;
    for (uint32_t i = 0; i < self->scope_count; i++) {
        const bind_scope *scope = &self->scopes[i];
        if (scope->interface != interface || scope->exported != exported ||
            !scope->item)
            continue;
        if (!scope->item->name.size)
            return i;
        named = i;
    }
    return named;
}

uint32_t bind_world_scope(const bind_world *self, uint32_t from, wit_type type)
{
    wit_owner owner = self->set->types[type].owner;
    if (owner.kind == WIT_OWNER_NONE)
        return from;
    if (owner.kind == WIT_OWNER_WORLD)
        return self->root_import;
    if (self->scopes[from].interface == owner.index)
        return from;
    uint32_t found = WIT_NONE;
    if (self->scopes[from].exported)
        found = find_scope(self, owner.index, true);
    if (found == WIT_NONE)
        found = find_scope(self, owner.index, false);
    return found == WIT_NONE ? from : found;
}

wit_type bind_world_strip(const bind_world *self, uint32_t *scope,
                          wit_type type)
{
    while (self->set->types[type].kind == WIT_ALIAS) {
        *scope = bind_world_scope(self, *scope, type);
        type = self->set->types[type].element;
    }
    *scope = bind_world_scope(self, *scope, type);
    return type;
}

wit_type bind_world_resource(const bind_world *self, uint32_t *scope,
                             wit_type handle)
{
    return bind_world_strip(self, scope, self->set->types[handle].element);
}

bool bind_world_needs_version(const bind_world *self, uint32_t package)
{
    const wit_package *it = &self->set->packages[package];
    for (uint32_t i = 0; i < self->scope_count; i++) {
        if (self->scopes[i].interface == WIT_NONE)
            continue;
        uint32_t other =
            self->set->interfaces[self->scopes[i].interface].package;
        const wit_package *that = &self->set->packages[other];
        if (other != package && slice_equal(that->space, it->space) &&
            slice_equal(that->name, it->name))
            return true;
    }
    return false;
}

void bind_write_module(const bind_world *self, const bind_scope *scope,
                       buffer *out)
{
    wit_core_module_write(self->set, scope->item, WIT_NAMES_LEGACY,
                          scope->exported, out);
}

void bind_write_export(const bind_world *self, const bind_scope *scope,
                       const wit_function *function, wit_core_part part,
                       buffer *out)
{
    wit_core_export_write(self->set, scope->item, function, WIT_NAMES_LEGACY,
                          bind_abi(function), part, out);
}
