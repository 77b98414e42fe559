/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From components back to WIT: worlds, packages. */
#include "component/wit_decode.h"

#include "base/limits.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/validate.h"
#include "component/wit_decode_private.h"

/* ---- Worlds ---- */

/* The list of documents an item of a world is in. An old format has exports
 * in the list of imports, when there is no import of that name. */
static uint32_t item_list(const wit_decoder *d, uint32_t world, uint32_t docs,
                          bool exported, const char *imports,
                          const char *exports, slice name)
{
    uint64_t known;
    uint32_t list = component_docs_get(&d->docs, docs, exports);
    if (exported && (component_docs_child(&d->docs, list, name) != WIT_NONE ||
                     component_decoder_find(&d->items, world, 0, name, &known)))
        return list;
    return component_docs_get(&d->docs, docs, imports);
}

/* The documentation of a statement that imports or exports an interface by
 * its name. */
static whit_status statement_about(wit_decoder *d, uint32_t docs, bool exported,
                                   const component_entity *entity,
                                   wit_about *out)
{
    uint32_t gates = component_docs_get(
        &d->docs, docs,
        exported ? "interface_export_stability" : "interface_import_stability");
    uint32_t texts = component_docs_get(&d->docs, docs,
                                        exported ? "interface_export_docs"
                                                 : "interface_import_docs");
    TRY(component_decoder_about(d, WIT_NONE, entity, out));
    out->docs = component_docs_text(
        &d->docs, component_docs_child(&d->docs, texts, entity->name));
    return component_decoder_gate(
        d, component_docs_child(&d->docs, gates, entity->name), &out->gate);
}

static uint32_t next_item(const wit_decoder *d, uint32_t world, bool exported)
{
    const wit_world *what = &d->set->worlds[world];
    return exported ? what->export_count : what->import_count;
}

/* An interface that stands in the world under its own name. */
static whit_status fill_named(wit_decoder *d, uint32_t world, bool exported,
                              const component_entity *entity,
                              uint32_t interface, uint32_t docs)
{
    wit_item item = {.kind = WIT_ITEM_INTERFACE, .index = interface};
    slice key = slice_of(&interface, sizeof interface);
    uint64_t known;
    TRY(component_decoder_fill_interface(
        d, interface, entity, component_decoder_interface_docs(d, interface)));
    if (component_decoder_find(&d->items, world, 2 + (uint32_t)exported, key,
                               &known))
        return WHIT_OK;
    TRY(statement_about(d, docs, exported, entity, &item.about));
    TRY(component_decoder_remember(d, &d->items, world, 2 + (uint32_t)exported,
                                   key, 0));
    return wit_set_add_item(d->set, world, exported, &item, d->error);
}

/* An interface with a name of its own in the world: one that only this world
 * knows, or one (`interface`) that it implements. */
static whit_status fill_labelled(wit_decoder *d, uint32_t world, bool exported,
                                 const component_entity *entity,
                                 uint32_t interface, uint32_t docs)
{
    wit_item item = {.kind = WIT_ITEM_INTERFACE, .index = interface};
    uint64_t known;
    uint32_t list = item_list(d, world, docs, exported, "interfaces",
                              "interface_exports", entity->name);
    uint32_t inner = component_docs_child(&d->docs, list, entity->name);
    if (component_decoder_find(&d->items, world, exported, entity->name,
                               &known)) {
        const wit_world *what = &d->set->worlds[world];
        item = (exported ? what->exports : what->imports)[known];
        if (item.kind != WIT_ITEM_INTERFACE ||
            (interface != WIT_NONE && interface != item.index))
            return error_set(d->error, WHIT_INVALID,
                             "'%.*s' is two different things",
                             SLICE_ARG(entity->name));
        return component_decoder_fill_interface(d, item.index, entity, inner);
    }
    if (interface == WIT_NONE) {
        TRY(component_decoder_about(d, inner, entity, &item.about));
        TRY(wit_set_add_interface(d->set, d->set->worlds[world].package,
                                  slice_of(NULL, 0), &item.about, &item.index,
                                  d->error));
    } else {
        TRY(statement_about(d, docs, exported, entity, &item.about));
        inner = component_decoder_interface_docs(d, interface);
    }
    TRY(component_decoder_fill_interface(d, item.index, entity, inner));
    TRY(component_decoder_keep(d, entity->name, &item.name));
    TRY(component_decoder_remember(d, &d->items, world, exported, entity->name,
                                   next_item(d, world, exported)));
    return wit_set_add_item(d->set, world, exported, &item, d->error);
}

static whit_status fill_instance(wit_decoder *d, uint32_t world, bool exported,
                                 const component_entity *entity, uint32_t docs)
{
    uint32_t interface;
    TRY(component_decoder_instance(d, entity, &interface));
    return interface == WIT_NONE ||
                   component_decoder_attribute(entity, COMPONENT_IMPLEMENTS)
                       .data
               ? fill_labelled(d, world, exported, entity, interface, docs)
               : fill_named(d, world, exported, entity, interface, docs);
}

static whit_status fill_item(wit_decoder *d, uint32_t world, bool exported,
                             const component_entity *entity, bool strict,
                             uint32_t docs)
{
    d->owner = (wit_owner){WIT_OWNER_WORLD, world};
    switch (entity->sort) {
    case COMPONENT_SORT_INSTANCE:
        return fill_instance(d, world, exported, entity, docs);
    case COMPONENT_SORT_FUNC:
        return component_decoder_function(d, exported, entity,
                                          item_list(d, world, docs, exported,
                                                    "funcs", "func_exports",
                                                    entity->name));
    case COMPONENT_SORT_TYPE:
        if (!exported)
            return component_decoder_type(
                d, entity, component_docs_get(&d->docs, docs, "types"));
        break;
    default:
        break;
    }
    if (!strict)
        return WHIT_OK;
    return error_set(d->error, WHIT_UNSUPPORTED,
                     "%s of a %s, which a world cannot have",
                     exported ? "an export" : "an import",
                     component_sort_text(entity->sort));
}

whit_status component_decoder_fill_world(wit_decoder *d, uint32_t world,
                                         const component_node *type,
                                         bool strict, uint32_t docs)
{
    whit_status status = WHIT_OK;
    for (int exported = 0; exported < 2 && status == WHIT_OK; exported++) {
        const component_entity *items =
            exported ? type->exports : type->imports;
        uint32_t count = exported ? type->export_count : type->import_count;
        for (uint32_t i = 0; i < count && status == WHIT_OK; i++) {
            status = fill_item(d, world, exported, &items[i], strict, docs);
            if (status != WHIT_OK)
                error_prefix(d->error, "%s '%.*s'",
                             exported ? "export" : "import",
                             SLICE_ARG(items[i].name));
        }
    }
    return status;
}

whit_status component_decoder_world(wit_decoder *d,
                                    const component_entity *entity,
                                    uint32_t *out)
{
    component_name_parts parts;
    uint32_t package;
    wit_about about;
    slice name;
    TRY(component_decoder_package(
        d, entity->name,
        component_decoder_attribute(entity, COMPONENT_VERSION_SUFFIX), &parts,
        &package));
    *out = wit_find_world(d->set, package, parts.interface);
    if (*out != WIT_NONE)
        return error_set(d->error, WHIT_INVALID,
                         "the world '%.*s' is there already",
                         SLICE_ARG(entity->name));
    TRY(component_decoder_keep(d, parts.interface, &name));
    TRY(component_decoder_about(
        d, component_decoder_world_docs(d, package, name), NULL, &about));
    return wit_set_add_world(d->set, package, name, &about, out, d->error);
}

/* ---- Packages ---- */

static bool is_component_type(const component_entity *entity)
{
    return entity->sort == COMPONENT_SORT_TYPE &&
           entity->type->kind == COMPONENT_TYPE_COMPONENT;
}

bool component_wit_is_package(const component *self)
{
    const component_node *type = self->info->type;
    if (type->import_count || !type->export_count)
        return false;
    for (uint32_t i = 0; i < type->export_count; i++)
        if (!is_component_type(&type->exports[i]))
            return false;
    return true;
}

/* What a type exported by the root says: an instance or a component under a
 * full name. */
static whit_status described(wit_decoder *d, const component_entity *root,
                             const component_entity **out)
{
    const component_node *type = root->type;
    *out = type->exports;
    if (type->export_count == 1 &&
        (type->exports->sort == COMPONENT_SORT_INSTANCE ||
         type->exports->sort == COMPONENT_SORT_COMPONENT))
        return WHIT_OK;
    return error_set(d->error, WHIT_UNSUPPORTED,
                     "'%.*s' is not an interface or world: its type must "
                     "export one instance or component",
                     SLICE_ARG(root->name));
}

whit_status component_decoder_world_of(wit_decoder *d, const component *root,
                                       const component_entity **out)
{
    const component_node *type = root->info->type;
    if (type->export_count != 1 || !component_wit_is_package(root))
        return error_set(d->error, WHIT_INVALID,
                         "a world is a component that exports one component "
                         "type");
    TRY(described(d, type->exports, out));
    if ((*out)->sort == COMPONENT_SORT_COMPONENT)
        return WHIT_OK;
    return error_set(d->error, WHIT_INVALID, "'%.*s' is no world",
                     SLICE_ARG(type->exports->name));
}

/* Interfaces that others use may be filled in parts: their types first. */
static whit_status decode_interface(wit_decoder *d, const component_node *type)
{
    for (uint32_t i = 0; i <= type->import_count; i++) {
        const component_entity *entity =
            i < type->import_count ? &type->imports[i] : type->exports;
        uint32_t interface = WIT_NONE;
        if (entity->sort == COMPONENT_SORT_INSTANCE)
            TRY(component_decoder_instance(d, entity, &interface));
        if (interface == WIT_NONE)
            return error_set(d->error, WHIT_UNSUPPORTED,
                             "'%.*s' is not an interface with a full name",
                             SLICE_ARG(entity->name));
        TRY(component_decoder_fill_interface(
            d, interface, entity,
            component_decoder_interface_docs(d, interface)));
    }
    return WHIT_OK;
}

static whit_status decode_world(wit_decoder *d, const component_entity *entity)
{
    uint32_t world;
    TRY(component_decoder_world(d, entity, &world));
    const wit_world *what = &d->set->worlds[world];
    TRY(component_decoder_fill_world(
        d, world, entity->type, true,
        component_decoder_world_docs(d, what->package, what->name)));
    return wit_set_complete_world(d->set, world, d->error);
}

/* The package of what each root type describes: one for all. */
static whit_status root_package(wit_decoder *d, const component_node *root,
                                uint32_t *out)
{
    *out = WIT_NONE;
    for (uint32_t i = 0; i < root->export_count; i++) {
        const component_entity *what;
        component_name_parts parts;
        uint32_t package;
        TRY(described(d, &root->exports[i], &what));
        TRY(component_decoder_package(
            d, what->name,
            component_decoder_attribute(what, COMPONENT_VERSION_SUFFIX), &parts,
            &package));
        if (*out != WIT_NONE && package != *out)
            return error_set(d->error, WHIT_UNSUPPORTED,
                             "'%.*s' is of another package than what stands "
                             "before it",
                             SLICE_ARG(what->name));
        *out = package;
    }
    return WHIT_OK;
}

static whit_status decode_package(wit_decoder *d, const component *root,
                                  uint32_t *package)
{
    const component_node *type = root->info->type;
    const component_node **types =
        mem_calloc(type->export_count, sizeof *types);
    TRY_ALLOC(types, d->error);
    for (uint32_t i = 0; i < type->export_count; i++)
        types[i] = type->exports[i].type;
    whit_status status =
        component_decoder_make_packages(d, types, type->export_count, true);
    mem_free(types);
    TRY(status);
    TRY(root_package(d, type, package));
    TRY(component_decoder_set_docs(d, root, *package));
    for (uint32_t i = 0; i < type->export_count; i++) {
        const component_entity *what;
        TRY(described(d, &type->exports[i], &what));
        TRY(what->sort == COMPONENT_SORT_COMPONENT
                ? decode_world(d, what)
                : decode_interface(d, type->exports[i].type));
    }
    return WHIT_OK;
}

/* The world of a component that runs. */
static whit_status decode_component(wit_decoder *d, const component *root,
                                    uint32_t *package)
{
    static const wit_about plain = {.place.source = WIT_NONE};
    const component_node *type = root->info->type;
    uint32_t world;
    TRY(component_decoder_make_packages(d, &type, 1, true));
    TRY(wit_set_add_package(d->set, slice_text("root"), slice_text("component"),
                            &(wit_version){0}, package, d->error));
    TRY(wit_set_add_world(d->set, *package, slice_text("root"), &plain, &world,
                          d->error));
    TRY(component_decoder_fill_world(d, world, type, false, WIT_NONE));
    return wit_set_complete_world(d->set, world, d->error);
}

whit_status component_wit_decode_file(wit_set *set, const component_file *file,
                                      uint32_t *package, whit_error *error)
{
    wit_decoder d;
    component_decoder_init(&d, set, error);
    whit_status status = component_wit_is_package(&file->root)
                             ? decode_package(&d, &file->root, package)
                             : decode_component(&d, &file->root, package);
    component_decoder_release(&d);
    return status;
}

whit_status component_wit_decode(wit_set *set, slice bytes, uint32_t *package,
                                 whit_error *error)
{
    component_file *file;
    TRY(component_decode(bytes, &file, error));
    whit_status status = component_validate(file, error);
    if (status == WHIT_OK)
        status = component_wit_decode_file(set, file, package, error);
    component_file_free(file);
    return status;
}
