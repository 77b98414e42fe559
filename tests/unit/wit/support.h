/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the WIT tests share: sets from texts, texts from files. */
#ifndef UNIT_WIT_SUPPORT_H
#define UNIT_WIT_SUPPORT_H

#include "test.h"

#include "base/memory.h"
#include "platform/file.h"
#include "wit/print.h"
#include "wit/resolve.h"

/* A set of one text with all features on; NULL after printing the error. */
static inline wit_set *set_of(const char *text)
{
    wit_set *set = wit_set_new();
    wit_source source = {slice_text("test.wit"), slice_text(text), 0};
    wit_resolve_options options = {.all_features = true};
    whit_error error;
    uint32_t root;
    if (set && wit_resolve(set, &source, 1, &options, &root, &error) == WHIT_OK)
        return set;
    printf("%u:%u: %s\n", error.line, error.column, error.message);
    test_failures++;
    wit_set_free(set);
    return NULL;
}

/* The message of a text that must be wrong, as "line:column: message". */
static inline const char *error_of(const char *text)
{
    static char out[WHIT_MESSAGE_SIZE + 32];
    wit_set *set = wit_set_new();
    wit_source source = {slice_text("test.wit"), slice_text(text), 0};
    whit_error error;
    uint32_t root;
    if (wit_resolve(set, &source, 1, NULL, &root, &error) == WHIT_OK)
        snprintf(out, sizeof out, "no error");
    else
        error_format(&error, NULL, out, sizeof out);
    wit_set_free(set);
    return out;
}

/* A type of the only interface that has the name. */
static inline wit_type type_named(wit_set *set, const char *name)
{
    for (uint32_t i = 0; i < set->interface_count; i++) {
        wit_type type = wit_find_type(set, i, slice_text(name));
        if (type != WIT_NONE)
            return type;
    }
    printf("no type %s\n", name);
    test_failures++;
    return WIT_BOOL;
}

static inline const wit_function *function_named(const wit_set *set,
                                                 const char *name)
{
    for (uint32_t i = 0; i < set->interface_count; i++) {
        const wit_interface *it = &set->interfaces[i];
        for (uint32_t j = 0; j < it->function_count; j++)
            if (slice_is(it->functions[j].name, name))
                return &it->functions[j];
    }
    printf("no function %s\n", name);
    test_failures++;
    return NULL;
}

#endif
