/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The world that core modules were made for, from their custom sections. */
#include "component/metadata.h"

#include "base/limits.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/validate.h"
#include "component/wit_decode_private.h"

/* The sections of all modules, decoded. */
typedef struct section_list {
    component_file **files;
    const component_node **types;    /* that the roots export */
    const component_entity **worlds; /* in them */
    const wasm_custom **sections;
    uint32_t count;
} section_list;

static bool is_section(const wasm_custom *custom)
{
    size_t size = sizeof COMPONENT_TYPE_SECTION - 1;
    return custom->name.size >= size &&
           !memcmp(custom->name.data, COMPONENT_TYPE_SECTION, size);
}

static whit_status find_sections(section_list *list,
                                 const wasm_module *const *modules,
                                 uint32_t count, whit_error *error)
{
    uint32_t found = 0;
    for (uint32_t m = 0; m < count; m++)
        for (uint32_t i = 0; i < modules[m]->custom_count; i++)
            found += is_section(&modules[m]->customs[i]);
    list->files = mem_calloc((size_t)found + 1, sizeof *list->files);
    list->types = mem_calloc((size_t)found + 1, sizeof *list->types);
    list->worlds = mem_calloc((size_t)found + 1, sizeof *list->worlds);
    list->sections = mem_calloc((size_t)found + 1, sizeof *list->sections);
    if (!list->files || !list->types || !list->worlds || !list->sections)
        return error_memory(error);
    for (uint32_t m = 0; m < count; m++)
        for (uint32_t i = 0; i < modules[m]->custom_count; i++)
            if (is_section(&modules[m]->customs[i]))
                list->sections[list->count++] = &modules[m]->customs[i];
    return WHIT_OK;
}

static void release_sections(section_list *list)
{
    for (uint32_t i = 0; list->files && i < list->count; i++)
        component_file_free(list->files[i]);
    mem_free(list->files);
    mem_free(list->types);
    mem_free(list->worlds);
    mem_free(list->sections);
}

static whit_status read_encoding(const component *root,
                                 component_option_kind *out, whit_error *error)
{
    for (uint32_t i = 0; i < root->definition_count; i++) {
        const component_definition *item = &root->definitions[i];
        if (item->kind != COMPONENT_DEF_CUSTOM ||
            !slice_is(item->custom.name, COMPONENT_METADATA_SECTION))
            continue;
        slice bytes = item->custom.bytes;
        if (bytes.size != 2 || bytes.data[0] != COMPONENT_METADATA_VERSION ||
            bytes.data[1] > COMPONENT_OPTION_LATIN1_UTF16)
            return error_set(error, WHIT_UNSUPPORTED,
                             "section '%s' is not of version %u with a known "
                             "encoding of strings",
                             COMPONENT_METADATA_SECTION,
                             COMPONENT_METADATA_VERSION);
        *out = (component_option_kind)bytes.data[1];
        return WHIT_OK;
    }
    return error_set(error, WHIT_INVALID, "section '%s' is missing",
                     COMPONENT_METADATA_SECTION);
}

static whit_status decode_section(wit_decoder *d, section_list *list,
                                  uint32_t index,
                                  component_option_kind *encoding)
{
    slice bytes = list->sections[index]->bytes;
    if (bytes.size && bytes.data[0] == 3)
        return error_set(d->error, WHIT_UNSUPPORTED,
                         "format 3, of tools from before 2023: generate the "
                         "bindings anew");
    TRY(component_decode(bytes, &list->files[index], d->error));
    TRY(component_validate(list->files[index], d->error));
    const component *root = &list->files[index]->root;
    TRY(component_decoder_world_of(d, root, &list->worlds[index]));
    list->types[index] = root->info->type->exports->type;
    component_option_kind this_one = COMPONENT_OPTION_UTF8;
    TRY(read_encoding(root, &this_one, d->error));
    if (index && this_one != *encoding)
        return error_set(d->error, WHIT_UNSUPPORTED,
                         "it encodes strings in another way than the section "
                         "'%.*s'",
                         SLICE_ARG(list->sections[0]->name));
    *encoding = this_one;
    return WHIT_OK;
}

static whit_status decode_sections(wit_decoder *d, section_list *list,
                                   component_option_kind *encoding)
{
    for (uint32_t i = 0; i < list->count; i++) {
        whit_status status = decode_section(d, list, i, encoding);
        if (status == WHIT_OK)
            continue;
        if (d->error)
            d->error->position = WHIT_POSITION_NONE;
        error_prefix(d->error, "section '%.*s'",
                     SLICE_ARG(list->sections[i]->name));
        return status;
    }
    return WHIT_OK;
}

/* Whether all sections are about the same world. */
static bool same_world(const section_list *list)
{
    for (uint32_t i = 1; i < list->count; i++)
        if (!slice_equal(list->worlds[i]->name, list->worlds[0]->name))
            return false;
    return true;
}

static whit_status make_world(wit_decoder *d, const section_list *list,
                              uint32_t *out)
{
    static const wit_about plain = {.place.source = WIT_NONE};
    uint32_t package;
    if (same_world(list))
        return component_decoder_world(d, list->worlds[0], out);
    TRY(wit_set_add_package(d->set, slice_text("root"), slice_text("root"),
                            &(wit_version){0}, &package, d->error));
    return wit_set_add_world(d->set, package, slice_text("root"), &plain, out,
                             d->error);
}

static whit_status merge_worlds(wit_decoder *d, const section_list *list,
                                bool by_version, uint32_t *world)
{
    if (by_version)
        TRY(component_decoder_unify_versions(d, list->types, list->count));
    TRY(component_decoder_make_packages(d, list->types, list->count,
                                        same_world(list)));
    TRY(make_world(d, list, world));
    for (uint32_t i = 0; i < list->count; i++) {
        whit_status status = component_decoder_fill_world(
            d, *world, list->worlds[i]->type, true, WIT_NONE);
        if (status == WHIT_OK)
            continue;
        error_prefix(d->error, "section '%.*s'",
                     SLICE_ARG(list->sections[i]->name));
        return status;
    }
    return wit_set_complete_world(d->set, *world, d->error);
}

static whit_status read_sections(section_list *list, bool by_version,
                                 component_metadata *out, whit_error *error)
{
    wit_decoder d;
    component_decoder_init(&d, out->set, error);
    whit_status status = decode_sections(&d, list, &out->encoding);
    if (status == WHIT_OK)
        status = merge_worlds(&d, list, by_version, &out->world);
    component_decoder_release(&d);
    return status;
}

whit_status component_metadata_read(const wasm_module *const *modules,
                                    uint32_t count, bool by_version,
                                    component_metadata *out, whit_error *error)
{
    section_list list = {0};
    *out = (component_metadata){.set = wit_set_new(), .world = WIT_NONE};
    TRY_ALLOC(out->set, error);
    whit_status status = find_sections(&list, modules, count, error);
    if (status == WHIT_OK && list.count)
        status = read_sections(&list, by_version, out, error);
    release_sections(&list);
    if (status != WHIT_OK)
        component_metadata_release(out);
    return status;
}

void component_metadata_release(component_metadata *self)
{
    wit_set_free(self->set);
    self->set = NULL;
}
