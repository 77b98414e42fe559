/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Interfaces and worlds of the texts enter the set. */
#include "wit/resolve_private.h"

static whit_status resolve_interface(resolver *self, uint32_t part, slice name,
                                     const wit_about *about,
                                     const ast_item *items, uint32_t *out,
                                     whit_error *error)
{
    uint32_t scope;
    uint32_t package = self->packages[self->parts[part].package].index;
    TRY(wit_resolve_at(
        self, part, about->place.offset,
        wit_set_add_interface(self->set, package, name, about, out, error),
        error));
    wit_owner owner = {WIT_OWNER_INTERFACE, *out};
    return wit_resolve_members(self, part, items, owner, &scope, error);
}

/* An import or export of an interface: by its path, with or without a name
 * for it, or written in place. */
static whit_status resolve_extern(resolver *self, uint32_t part, uint32_t world,
                                  const ast_item *ast, whit_error *error)
{
    uint32_t at = ast->name.text.size ? ast->name.at : ast->path.name.at;
    wit_item item = {.kind = WIT_ITEM_INTERFACE,
                     .name = ast->name.text,
                     .about = wit_resolve_about(self, part, &ast->head, at)};
    if (ast->kind == AST_PATH) {
        TRY(wit_resolve_ready(self, part, &ast->path, false, &item.index,
                              error));
    } else {
        wit_about about = item.about;
        about.has_external_id = false;
        about.external_id = slice_of(NULL, 0);
        TRY(resolve_interface(self, part, slice_of(NULL, 0), &about, ast->items,
                              &item.index, error));
    }
    return wit_resolve_at(
        self, part, at,
        wit_set_add_item(self->set, world, ast->exported, &item, error), error);
}

static whit_status resolve_include(resolver *self, uint32_t part,
                                   uint32_t world, const ast_item *ast,
                                   whit_error *error)
{
    uint32_t included, count = 0;
    TRY(wit_resolve_ready(self, part, &ast->path, true, &included, error));
    for (const ast_used *it = ast->names; it; it = it->next)
        count++;
    wit_rename *renames =
        arena_array(&self->set->memory, count, sizeof *renames);
    TRY_ALLOC(renames, error);
    count = 0;
    for (const ast_used *it = ast->names; it; it = it->next) {
        for (uint32_t i = 0; i < count; i++)
            if (slice_equal(renames[i].from, it->name.text))
                return wit_resolve_error(self, part, it->name.at, error,
                                         "'%.*s' is renamed twice",
                                         SLICE_ARG(it->name.text));
        renames[count++] = (wit_rename){it->name.text, it->as.text};
    }
    return wit_resolve_at(
        self, part, ast->path.name.at,
        wit_set_include(self->set, world, included, renames, count, error),
        error);
}

/* What has a name of its own comes before what `include` brings, so that the
 * message about a clash points at the `include`. */
static whit_status resolve_world_items(resolver *self, uint32_t part,
                                       uint32_t world, uint32_t scope,
                                       const ast_item *items, bool includes,
                                       whit_error *error)
{
    wit_owner owner = {WIT_OWNER_WORLD, world};
    for (const ast_item *it = items; it; it = it->next) {
        bool open;
        if ((it->kind == AST_INCLUDE) != includes)
            continue;
        TRY(wit_resolve_gate(self, part, &it->head, &open, error));
        if (!open)
            continue;
        if (it->kind == AST_INCLUDE)
            TRY(resolve_include(self, part, world, it, error));
        else if (it->kind == AST_FUNCTION)
            TRY(wit_resolve_function(self, part, scope, it->function, WIT_NONE,
                                     owner, it->exported, error));
        else if (it->kind == AST_PATH || it->kind == AST_INTERFACE)
            TRY(resolve_extern(self, part, world, it, error));
    }
    return WHIT_OK;
}

static whit_status resolve_world(resolver *self, uint32_t part,
                                 const ast_top *top, uint32_t *out,
                                 whit_error *error)
{
    uint32_t scope;
    uint32_t package = self->packages[self->parts[part].package].index;
    wit_about about = wit_resolve_about(self, part, &top->head, top->name.at);
    TRY(wit_resolve_at(self, part, top->name.at,
                       wit_set_add_world(self->set, package, top->name.text,
                                         &about, out, error),
                       error));
    wit_owner owner = {WIT_OWNER_WORLD, *out};
    TRY(wit_resolve_members(self, part, top->items, owner, &scope, error));
    TRY(resolve_world_items(self, part, *out, scope, top->items, false, error));
    TRY(resolve_world_items(self, part, *out, scope, top->items, true, error));
    return wit_resolve_at(self, part, top->name.at,
                          wit_set_complete_world(self->set, *out, error),
                          error);
}

whit_status wit_resolve_definition(resolver *self, uint32_t index,
                                   whit_error *error)
{
    definition *it = &self->definitions[index];
    if (it->shut)
        return WHIT_OK;
    if (it->top->kind == AST_TOP_WORLD)
        return resolve_world(self, it->part, it->top, &it->index, error);
    wit_about about =
        wit_resolve_about(self, it->part, &it->top->head, it->top->name.at);
    return resolve_interface(self, it->part, it->top->name.text, &about,
                             it->top->items, &it->index, error);
}
