/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Worlds seen from the other side. */
#include "wit/wit.h"

#include "wit/set_private.h"

/* Types, and functions of resources, which belong to them, are imports on
 * either side. */
static bool stays(const wit_item *item)
{
    return item->kind == WIT_ITEM_TYPE ||
           (item->kind == WIT_ITEM_FUNCTION &&
            item->function->kind != WIT_FREESTANDING);
}

/* What stays of the first items, and what does not of the second, in a new
 * array. */
static whit_status select_items(wit_set *self, const wit_item *first,
                                uint32_t first_count, const wit_item *second,
                                uint32_t second_count, const wit_item **out,
                                uint32_t *count, whit_error *error)
{
    wit_item *items = arena_array(
        &self->memory, (size_t)first_count + second_count, sizeof *items);
    TRY_ALLOC(items, error);
    *count = 0;
    for (uint32_t i = 0; i < first_count; i++)
        if (stays(&first[i]))
            items[(*count)++] = first[i];
    for (uint32_t i = 0; i < second_count; i++)
        if (!stays(&second[i]))
            items[(*count)++] = second[i];
    *out = items;
    return WHIT_OK;
}

static whit_status put_world(wit_set *self, uint32_t world, slice name,
                             const wit_item *imports, uint32_t import_count,
                             const wit_item *exports, uint32_t export_count,
                             whit_error *error)
{
    wit_world *what = &self->worlds[world];
    /* What the world was completed with is forgotten. */
    for (uint32_t i = 0; i < self->interface_count; i++)
        for (size_t s = 0; s < COUNT_OF(self->interfaces[i].stamps); s++)
            if (self->interfaces[i].stamps[s] == world + 1)
                self->interfaces[i].stamps[s] = 0;
    what->name = name;
    what->imports = imports;
    what->import_count = what->room[0] = import_count;
    what->exports = exports;
    what->export_count = what->room[1] = export_count;
    return wit_set_complete_world(self, world, error);
}

whit_status wit_set_importize(wit_set *self, uint32_t world, slice name,
                              whit_error *error)
{
    const wit_world before = self->worlds[world];
    const wit_item *imports;
    uint32_t count;
    TRY(select_items(self, before.imports, before.import_count, before.exports,
                     before.export_count, &imports, &count, error));
    self->items += count;
    self->items -= before.import_count + before.export_count;
    return put_world(self, world, name, imports, count, NULL, 0, error);
}

whit_status wit_set_exportize(wit_set *self, uint32_t world, slice name,
                              whit_error *error)
{
    const wit_world before = self->worlds[world];
    const wit_item *types, *exports;
    uint32_t type_count, count;
    TRY(select_items(self, before.imports, before.import_count, NULL, 0, &types,
                     &type_count, error));
    TRY(select_items(self, NULL, 0, before.imports, before.import_count,
                     &exports, &count, error));
    self->items += type_count + count;
    self->items -= before.import_count + before.export_count;
    return put_world(self, world, name, types, type_count, exports, count,
                     error);
}
