/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Every function of every interface that a folder of WIT declares, with its
 * type as the canonical layer sees it. */
#ifndef UNIT_WASI_WIT_FUNCTIONS_H
#define UNIT_WASI_WIT_FUNCTIONS_H

#include "canonical/value.h"
#include "component/decode.h"
#include "component/validate.h"
#include "component/wit_encode.h"
#include "toolchain/wit_files.h"

/* Called for each of them. */
typedef void wit_visitor(void *context, slice interface, slice name,
                         const component_node *type);

static void visit_instance(slice interface, const component_node *instance,
                           wit_visitor *visit, void *context)
{
    for (uint32_t i = 0; i < instance->export_count; i++) {
        const component_entity *entity = &instance->exports[i];
        if (entity->sort == COMPONENT_SORT_FUNC)
            visit(context, interface, entity->name, entity->type);
    }
}

/* A binary package is component types in component types. */
static void visit_component(const component_node *type, wit_visitor *visit,
                            void *context)
{
    const component_entity *lists[] = {type->imports, type->exports};
    const uint32_t counts[] = {type->import_count, type->export_count};
    for (int list = 0; list < 2; list++) {
        for (uint32_t i = 0; i < counts[list]; i++) {
            const component_entity *entity = &lists[list][i];
            if (!entity->type)
                continue;
            if (entity->type->kind == COMPONENT_TYPE_INSTANCE)
                visit_instance(entity->name, entity->type, visit, context);
            else if (entity->type->kind == COMPONENT_TYPE_COMPONENT)
                visit_component(entity->type, visit, context);
        }
    }
}

static whit_status package_bytes(const char *folder, buffer *out,
                                 whit_error *error)
{
    wit_set *set = wit_set_new();
    TRY_ALLOC(set, error);
    buffer failed;
    buffer_init(&failed);
    uint32_t root;
    wit_resolve_options options = {.all_features = true};
    whit_status status =
        tool_wit_load(set, folder, &options, NULL, &root, &failed, error);
    if (status == WHIT_OK)
        status = component_wit_package_encode(set, root, true, out, error);
    buffer_release(&failed);
    wit_set_free(set);
    return status;
}

static whit_status visit_wit(const char *folder, wit_visitor *visit,
                             void *context, whit_error *error)
{
    buffer bytes;
    component_file *file = NULL;
    buffer_init(&bytes);
    whit_status status = package_bytes(folder, &bytes, error);
    if (status == WHIT_OK)
        status = component_decode(buffer_view(&bytes), &file, error);
    if (status == WHIT_OK)
        status = component_validate(file, error);
    if (status == WHIT_OK)
        visit_component(file->root.info->type, visit, context);
    component_file_free(file);
    buffer_release(&bytes);
    return status;
}

#endif
