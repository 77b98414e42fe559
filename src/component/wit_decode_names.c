/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From components back to WIT: names, packages, documentation. */
#include "base/limits.h"
#include "base/memory.h"
#include "component/wit_decode_private.h"

void component_decoder_init(wit_decoder *d, wit_set *set, whit_error *error)
{
    *d = (wit_decoder){.set = set, .error = error, .docs_package = WIT_NONE};
    arena_init(&d->scratch);
    component_docs_init(&d->docs);
    map_init(&d->types);
    map_init(&d->resources);
    map_init(&d->functions);
    map_init(&d->indexed);
    map_init(&d->items);
    map_init(&d->versions);
}

void component_decoder_release(wit_decoder *d)
{
    component_docs_release(&d->docs);
    map_release(&d->types);
    map_release(&d->resources);
    map_release(&d->functions);
    map_release(&d->indexed);
    map_release(&d->items);
    map_release(&d->versions);
    arena_release(&d->scratch);
}

whit_status component_decoder_keep(wit_decoder *d, slice text, slice *out)
{
    *out = (slice){0};
    if (!text.size)
        return WHIT_OK;
    out->data = arena_dup(&d->set->memory, text.data, text.size);
    TRY_ALLOC(out->data, d->error);
    out->size = text.size;
    return WHIT_OK;
}

/* ---- Keys ---- */

static void write_key(uint8_t *key, uint32_t a, uint32_t b, slice name)
{
    memcpy(key, &a, sizeof a);
    memcpy(key + sizeof a, &b, sizeof b);
    if (name.size)
        memcpy(key + sizeof a + sizeof b, name.data, name.size);
}

bool component_decoder_find(const map *where, uint32_t a, uint32_t b,
                            slice name, uint64_t *value)
{
    uint8_t small[160], *key = small;
    size_t size = name.size + sizeof a + sizeof b;
    if (size > sizeof small)
        key = mem_alloc(size);
    if (!key)
        return false;
    write_key(key, a, b, name);
    bool found = map_get(where, slice_of(key, size), value);
    if (key != small)
        mem_free(key);
    return found;
}

whit_status component_decoder_remember(wit_decoder *d, map *where, uint32_t a,
                                       uint32_t b, slice name, uint64_t value)
{
    size_t size = name.size + sizeof a + sizeof b;
    uint8_t *key = arena_alloc(&d->scratch, size);
    TRY_ALLOC(key, d->error);
    write_key(key, a, b, name);
    return map_set(where, slice_of(key, size), value, d->error);
}

/* ---- Documentation ---- */

slice component_decoder_attribute(const component_entity *entity,
                                  component_attribute_kind kind)
{
    for (uint32_t i = 0; i < entity->attribute_count; i++)
        if (entity->attributes[i].kind == kind)
            return entity->attributes[i].text;
    return slice_of(NULL, 0);
}

whit_status component_decoder_gate(wit_decoder *d, uint32_t node,
                                   const wit_gate **out)
{
    uint32_t stable = component_docs_get(&d->docs, node, "stable");
    uint32_t unstable = component_docs_get(&d->docs, node, "unstable");
    uint32_t what = stable != WIT_NONE ? stable : unstable;
    if (what == WIT_NONE)
        return WHIT_OK;
    wit_gate gate = {.kind = stable != WIT_NONE ? WIT_SINCE : WIT_UNSTABLE};
    slice text = component_docs_text(
        &d->docs, component_docs_get(&d->docs, what, "deprecated"));
    if (text.size)
        TRY(wit_version_parse(text, &gate.deprecated, d->error));
    text = component_docs_text(&d->docs,
                               component_docs_get(&d->docs, what, "since"));
    if (gate.kind == WIT_SINCE)
        TRY(wit_version_parse(text, &gate.since, d->error));
    gate.feature = component_docs_text(
        &d->docs, component_docs_get(&d->docs, what, "feature"));
    *out = arena_dup(&d->set->memory, &gate, sizeof gate);
    TRY_ALLOC(*out, d->error);
    return WHIT_OK;
}

whit_status component_decoder_about(wit_decoder *d, uint32_t node,
                                    const component_entity *entity,
                                    wit_about *out)
{
    *out = (wit_about){.place.source = WIT_NONE};
    out->docs = component_docs_text(&d->docs,
                                    component_docs_get(&d->docs, node, "docs"));
    if (!out->docs.size)
        out->docs = component_docs_text(&d->docs, node);
    if (entity) {
        slice id = component_decoder_attribute(entity, COMPONENT_EXTERNAL_ID);
        out->has_external_id = id.data != NULL;
        TRY(component_decoder_keep(d, id, &out->external_id));
    }
    return component_decoder_gate(
        d, component_docs_get(&d->docs, node, "stability"), &out->gate);
}

whit_status component_decoder_set_docs(wit_decoder *d, const component *root,
                                       uint32_t package)
{
    component_docs_release(&d->docs);
    d->docs_package = package;
    for (uint32_t i = 0; i < root->definition_count; i++) {
        const component_definition *item = &root->definitions[i];
        if (item->kind != COMPONENT_DEF_CUSTOM ||
            !slice_is(item->custom.name, COMPONENT_DOCS_SECTION))
            continue;
        TRY(component_docs_read(&d->docs, &d->set->memory, item->custom.bytes,
                                d->error));
        slice docs = component_docs_text(
            &d->docs, component_docs_get(&d->docs, 0, "docs"));
        if (docs.size)
            d->set->packages[package].docs = docs;
        return WHIT_OK;
    }
    return WHIT_OK;
}

static uint32_t definition_docs(const wit_decoder *d, uint32_t package,
                                const char *list, slice name)
{
    if (package != d->docs_package || !d->docs.count)
        return WIT_NONE;
    return component_docs_child(&d->docs, component_docs_get(&d->docs, 0, list),
                                name);
}

uint32_t component_decoder_interface_docs(const wit_decoder *d,
                                          uint32_t interface)
{
    const wit_interface *what = &d->set->interfaces[interface];
    return definition_docs(d, what->package, "interfaces", what->name);
}

uint32_t component_decoder_world_docs(const wit_decoder *d, uint32_t package,
                                      slice name)
{
    return definition_docs(d, package, "worlds", name);
}

/* ---- Packages ---- */

/* The name taken apart, with the whole version, or the one that takes its
 * place. */
static whit_status component_parse_name(wit_decoder *d, slice name,
                                        slice suffix,
                                        component_name_parts *parts,
                                        wit_version *version)
{
    uint64_t other;
    slice text;
    *version = (wit_version){0};
    TRY(component_name_parse(name, suffix.size != 0, parts, d->error));
    if (parts->kind != COMPONENT_NAME_INTERFACE)
        return error_set(d->error, WHIT_INVALID,
                         "'%.*s' is not the full name of an interface or "
                         "world",
                         SLICE_ARG(name));
    if (!parts->version.size)
        return WHIT_OK;
    if (component_decoder_find(&d->versions, 0, 0, name, &other)) {
        const slice *kept = (const slice *)(uintptr_t)other;
        return wit_version_parse(*kept, version, d->error);
    }
    size_t size = parts->version.size + suffix.size;
    uint8_t *whole = arena_alloc(&d->set->memory, size);
    TRY_ALLOC(whole, d->error);
    memcpy(whole, parts->version.data, parts->version.size);
    if (suffix.size)
        memcpy(whole + parts->version.size, suffix.data, suffix.size);
    text = slice_of(whole, size);
    return wit_version_parse(text, version, d->error);
}

whit_status component_decoder_package(wit_decoder *d, slice name, slice suffix,
                                      component_name_parts *parts,
                                      uint32_t *out)
{
    wit_version version;
    slice space, package;
    TRY(component_parse_name(d, name, suffix, parts, &version));
    *out =
        wit_find_package(d->set, parts->namespace_, parts->package, &version);
    if (*out != WIT_NONE)
        return WHIT_OK;
    TRY(component_decoder_keep(d, parts->namespace_, &space));
    TRY(component_decoder_keep(d, parts->package, &package));
    return wit_set_add_package(d->set, space, package, &version, out, d->error);
}

whit_status component_decoder_interface(wit_decoder *d, slice name,
                                        slice suffix, uint32_t *out)
{
    component_name_parts parts;
    uint32_t package;
    wit_about about;
    slice kept;
    TRY(component_decoder_package(d, name, suffix, &parts, &package));
    *out = wit_find_interface(d->set, package, parts.interface);
    if (*out != WIT_NONE)
        return WHIT_OK;
    TRY(component_decoder_about(
        d, definition_docs(d, package, "interfaces", parts.interface), NULL,
        &about));
    TRY(component_decoder_keep(d, parts.interface, &kept));
    return wit_set_add_interface(d->set, package, kept, &about, out, d->error);
}

bool component_decoder_full_name(const component_entity *instance, slice *name,
                                 slice *suffix)
{
    component_name_parts parts;
    slice implements =
        component_decoder_attribute(instance, COMPONENT_IMPLEMENTS);
    *name = implements.data ? implements : instance->name;
    *suffix = component_decoder_attribute(instance, COMPONENT_VERSION_SUFFIX);
    return component_name_parse(*name, suffix->size != 0, &parts, NULL) ==
               WHIT_OK &&
           parts.kind == COMPONENT_NAME_INTERFACE;
}

whit_status component_decoder_instance(wit_decoder *d,
                                       const component_entity *instance,
                                       uint32_t *out)
{
    slice name, suffix;
    *out = WIT_NONE;
    return component_decoder_full_name(instance, &name, &suffix)
               ? component_decoder_interface(d, name, suffix, out)
               : WHIT_OK;
}
