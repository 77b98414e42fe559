/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Whether a component fits a world. */
#include "component/targets.h"

#include "base/map.h"
#include "component/builder.h"
#include "component/validate.h"
#include "component/wit_encode.h"

/* The names that one side has, and the list of what the other side lacks. */
typedef struct matching {
    const wit_set *set;
    uint32_t world;
    arena names;
    map have;
    buffer missing;
} matching;

static whit_status have_name(matching *m, slice name, whit_error *error)
{
    const void *copy = arena_dup(&m->names, name.data, name.size);
    TRY_ALLOC(copy, error);
    return map_set(&m->have, slice_of(copy, name.size), 0, error);
}

static void put_missing(matching *m, const char *what, slice name)
{
    if (m->missing.size)
        buffer_put(&m->missing, '\n');
    buffer_printf(&m->missing, what, SLICE_ARG(name));
}

static whit_status item_name(const matching *m, const wit_item *item,
                             buffer *out, whit_error *error)
{
    buffer_clear(out);
    wit_item_write(m->set, item, out);
    return buffer_status(out, error);
}

/* What the component imports and the world does not have. */
static whit_status match_imports(matching *m, const component_node *type,
                                 buffer *name, whit_error *error)
{
    const wit_world *world = &m->set->worlds[m->world];
    uint64_t unused;
    for (uint32_t i = 0; i < world->import_count; i++) {
        TRY(item_name(m, &world->imports[i], name, error));
        TRY(have_name(m, buffer_view(name), error));
    }
    for (uint32_t i = 0; i < type->import_count; i++)
        if (!map_get(&m->have, type->imports[i].name, &unused))
            put_missing(m,
                        "the component imports '%.*s', which the world does "
                        "not",
                        type->imports[i].name);
    return WHIT_OK;
}

/* What the world exports and the component does not have. */
static whit_status match_exports(matching *m, const component_node *type,
                                 buffer *name, whit_error *error)
{
    const wit_world *world = &m->set->worlds[m->world];
    uint64_t unused;
    map_release(&m->have);
    map_init(&m->have);
    for (uint32_t i = 0; i < type->export_count; i++)
        TRY(have_name(m, type->exports[i].name, error));
    for (uint32_t i = 0; i < world->export_count; i++) {
        TRY(item_name(m, &world->exports[i], name, error));
        if (!map_get(&m->have, buffer_view(name), &unused))
            put_missing(m,
                        "the world exports '%.*s', which the component does "
                        "not",
                        buffer_view(name));
    }
    return WHIT_OK;
}

static whit_status match_names(const component_node *type, const wit_set *set,
                               uint32_t world, whit_error *error)
{
    matching m = {.set = set, .world = world};
    buffer name;
    arena_init(&m.names);
    map_init(&m.have);
    buffer_init(&m.missing);
    buffer_init(&name);
    whit_status status = match_imports(&m, type, &name, error);
    if (status == WHIT_OK)
        status = match_exports(&m, type, &name, error);
    if (status == WHIT_OK && m.missing.size) {
        const char *text = buffer_string(&m.missing);
        status = text ? error_set(error, WHIT_INVALID, "%s", text)
                      : error_memory(error);
    }
    arena_release(&m.names);
    map_release(&m.have);
    buffer_release(&m.missing);
    buffer_release(&name);
    return status;
}

/* The component becomes an export whose type is the world: that is what
 * validation then checks. */
static whit_status match_types(component_wit_scope *scope, component_file *sum,
                               const component *root, uint32_t world,
                               whit_error *error)
{
    static const char export[] = "component";
    component_builder outer, inner;
    component_builder_init(&outer, sum, COMPONENT_SCOPE_COMPONENT);
    component_builder_init(&inner, sum, COMPONENT_SCOPE_COMPONENT_TYPE);
    component_wit_scope_begin(scope, &inner);
    component_wit_world(scope, world);
    component_extern type = component_extern_of(
        COMPONENT_SORT_COMPONENT, component_builder_scope_type(&outer, &inner));
    component_name name = component_name_of(slice_text(export));
    component_builder_export(&outer, &name, COMPONENT_SORT_COMPONENT,
                             component_builder_component_of(&outer, root),
                             &type);
    TRY(component_builder_finish(&outer, &sum->root, error));
    return component_validate(sum, error);
}

/* Behind the last of what validation puts in front of a mismatch. */
static void shorten(whit_error *error)
{
    static const char noise[] =
        "ascribed type of export is not compatible with item's type: ";
    size_t size = sizeof noise - 1;
    if (!error)
        return;
    error->position = WHIT_POSITION_NONE;
    if (!strncmp(error->message, noise, size))
        memmove(error->message, error->message + size,
                strlen(error->message + size) + 1);
}

whit_status component_targets(component_file *file, const wit_set *set,
                              uint32_t world, whit_error *error)
{
    component_wit_scope scope;
    TRY(match_names(file->root.info->type, set, world, error));
    TRY(component_wit_scope_init(&scope, set, error));
    component_file *sum = component_file_new();
    whit_status status =
        sum ? match_types(&scope, sum, &file->root, world, error)
            : error_memory(error);
    if (status == WHIT_INVALID)
        shorten(error);
    component_file_free(sum);
    component_wit_scope_release(&scope);
    return status;
}
