/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: read WIT texts. Lines of "//--" begin another file of the same
 * folder, lines of "//==" one of another. What is accepted must print to a
 * text that reads and prints the same, and its layouts must hold together. */
#include <stdlib.h>

#include "base/memory.h"
#include "wit/abi_layout.h"
#include "wit/print.h"
#include "wit/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_FILES = 8 };

static void expect(int condition)
{
    if (!condition)
        abort();
}

static uint32_t split(slice text, wit_source *out)
{
    uint32_t count = 0, group = 0;
    const uint8_t *start = text.data, *end = text.data + text.size;
    for (const uint8_t *at = start; at + 4 <= end && count < MOST_FILES - 1;
         at++) {
        bool file = !memcmp(at, "//--", 4), folder = !memcmp(at, "//==", 4);
        if (!file && !folder)
            continue;
        out[count++] = (wit_source){
            slice_text("a.wit"), slice_of(start, (size_t)(at - start)), group};
        group += folder;
        start = at + 4;
        at += 3;
    }
    out[count++] = (wit_source){slice_text("b.wit"),
                                slice_of(start, (size_t)(end - start)), group};
    return count;
}

static wit_set *resolve(const wit_source *sources, uint32_t count,
                        uint32_t *root)
{
    wit_resolve_options options = {.all_features = true};
    whit_error error;
    wit_set *set = wit_set_new();
    expect(set != NULL);
    if (wit_resolve(set, sources, count, &options, root, &error) == WHIT_OK)
        return set;
    expect(error.code != WHIT_OK && error.message[0]);
    wit_set_free(set);
    return NULL;
}

static void check_types(const wit_set *set)
{
    for (wit_type i = 0; i < set->type_count; i++) {
        const wit_type_def *type = &set->types[i];
        for (uint32_t j = 0; j < type->field_count; j++)
            expect(type->fields[j].type == WIT_NONE ||
                   type->fields[j].type < i);
        expect(type->element == WIT_NONE || type->element < i);
        expect(type->other == WIT_NONE || type->other < i);
        if (set->types[wit_type_strip(set, i)].kind == WIT_RESOURCE)
            continue;
        for (unsigned width = 0; width < 2; width++) {
            const wit_layout *it = &type->layout[width];
            expect(it->size > 0 && it->alignment > 0 && it->flat_count > 0);
            expect(it->size % it->alignment == 0);
        }
    }
}

static void check_functions(const wit_set *set)
{
    for (uint32_t i = 0; i < set->interface_count; i++) {
        const wit_interface *it = &set->interfaces[i];
        for (uint32_t j = 0; j < it->function_count; j++) {
            wit_signature signature;
            wit_type *types = NULL;
            uint32_t count;
            for (int abi = WIT_ABI_SYNC; abi <= WIT_ABI_ASYNC_STACKFUL; abi++) {
                wit_signature_lower(set, &it->functions[j], (wit_abi)abi, 4,
                                    &signature);
                wit_signature_lift(set, &it->functions[j], (wit_abi)abi, 8,
                                   &signature);
            }
            if (wit_function_streams(set, &it->functions[j], &types, &count,
                                     NULL) == WHIT_OK)
                mem_free(types);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wit_source sources[MOST_FILES];
    uint32_t root, count = split(slice_of(data, size), sources);
    wit_set *set = resolve(sources, count, &root);
    if (!set)
        return 0;
    buffer text, again;
    whit_error error;
    buffer_init(&text);
    buffer_init(&again);
    check_types(set);
    check_functions(set);
    expect(wit_print_set(set, root, NULL, &text, &error) == WHIT_OK);
    wit_source printed = {slice_text("c.wit"), buffer_view(&text), 0};
    uint32_t second_root;
    wit_set *second = resolve(&printed, 1, &second_root);
    expect(second != NULL);
    expect(wit_print_set(second, second_root, NULL, &again, &error) == WHIT_OK);
    expect(slice_equal(buffer_view(&text), buffer_view(&again)));
    wit_set_free(second);
    wit_set_free(set);
    buffer_release(&text);
    buffer_release(&again);
    return 0;
}
