/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What is defined as WASI 0.2 is what wit/wasi-0.2 says, to the letter. With
 * --print: the signatures that the WIT has, one in a line. */
#include <stdlib.h>

#include "base/memory.h"
#include "canonical/value.h"
#include "component/decode.h"
#include "component/validate.h"
#include "component/wit_encode.h"
#include "test.h"
#include "toolchain/wit_files.h"
#include "wasi/preview2/define.h"

/* Called for each function of each interface. */
typedef void visitor(void *context, slice interface, slice name,
                     const component_node *type);

static void visit_instance(slice interface, const component_node *instance,
                           visitor *visit, void *context)
{
    for (uint32_t i = 0; i < instance->export_count; i++) {
        const component_entity *entity = &instance->exports[i];
        if (entity->sort == COMPONENT_SORT_FUNC)
            visit(context, interface, entity->name, entity->type);
    }
}

/* A binary package is component types in component types. */
static void visit_component(const component_node *type, visitor *visit,
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

static whit_status package_bytes(buffer *out, whit_error *error)
{
    wit_set *set = wit_set_new();
    TRY_ALLOC(set, error);
    buffer failed;
    buffer_init(&failed);
    uint32_t root;
    wit_resolve_options options = {.all_features = true};
    whit_status status = tool_wit_load(set, "wit/wasi-0.2", &options, NULL,
                                       &root, &failed, error);
    if (status == WHIT_OK)
        status = component_wit_package_encode(set, root, true, out, error);
    buffer_release(&failed);
    wit_set_free(set);
    return status;
}

static whit_status visit_wit(visitor *visit, void *context, whit_error *error)
{
    buffer bytes;
    component_file *file = NULL;
    buffer_init(&bytes);
    whit_status status = package_bytes(&bytes, error);
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

static void print_function(void *context, slice interface, slice name,
                           const component_node *type)
{
    (void)context;
    buffer text;
    buffer_init(&text);
    canon_type_write(type, &text);
    printf("%.*s\t%.*s\t%s\n", SLICE_ARG(interface), SLICE_ARG(name),
           buffer_string(&text));
    buffer_release(&text);
}

static bool *met; /* by row */

static void compare_function(void *context, slice interface, slice name,
                             const component_node *type)
{
    uint32_t *count = context;
    buffer text;
    buffer_init(&text);
    canon_type_write(type, &text);
    bool found = false;
    for (size_t i = 0; i < wasi_p2_rows(); i++) {
        const p2_row *row = wasi_p2_row(i);
        if (!slice_is(interface, row->interface) || !slice_is(name, row->name))
            continue;
        found = met[i] = true;
        CHECK_TEXT(row->signature, buffer_string(&text));
    }
    /* The exported run, and nothing else, is the guest's. */
    if (!found && !slice_is(interface, "wasi:cli/run@0.2.12")) {
        printf("not defined: %.*s %.*s\n", SLICE_ARG(interface),
               SLICE_ARG(name));
        CHECK(found);
    }
    (*count)++;
    buffer_release(&text);
}

TEST(signatures_are_those_of_the_wit)
{
    whit_error error = {0};
    uint32_t count = 0;
    met = mem_calloc(wasi_p2_rows(), sizeof *met);
    CHECK_INT(visit_wit(compare_function, &count, &error), WHIT_OK);
    CHECK_TEXT(error.message, "");
    CHECK(count > 100);
    for (size_t i = 0; i < wasi_p2_rows(); i++) {
        if (!met[i])
            printf("not in the WIT: %s %s\n", wasi_p2_row(i)->interface,
                   wasi_p2_row(i)->name);
        CHECK(met[i]);
    }
    mem_free(met);
}

int main(int argc, char **argv)
{
    whit_error error = {0};
    if (argc > 1 && !strcmp(argv[1], "--print"))
        return visit_wit(print_function, NULL, &error) != WHIT_OK;
    RUN(signatures_are_those_of_the_wit)
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
