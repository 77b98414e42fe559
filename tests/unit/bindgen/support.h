/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the tests of generators share: worlds from texts and from the corpus
 * of WIT, generated files. */
#ifndef UNIT_BINDGEN_SUPPORT_H
#define UNIT_BINDGEN_SUPPORT_H

#include "test.h"

#include "base/memory.h"
#include "bindgen/generator.h"
#include "platform/file.h"
#include "toolchain/wit_files.h"
#include "wit/resolve.h"

static const wit_resolve_options all_features = {.all_features = true};

/* A set of one text, or NULL after printing the error. */
static inline wit_set *set_of(const char *text, uint32_t *root)
{
    wit_set *set = wit_set_new();
    wit_source source = {slice_text("test.wit"), slice_text(text), 0};
    whit_error error;
    if (set &&
        wit_resolve(set, &source, 1, &all_features, root, &error) == WHIT_OK)
        return set;
    printf("%u:%u: %s\n", error.line, error.column, error.message);
    test_failures++;
    wit_set_free(set);
    return NULL;
}

/* Adds a world that imports and exports every interface of a package;
 * WIT_NONE when there are none, or that may not be. */
static inline uint32_t add_whole_world(wit_set *set, uint32_t package)
{
    uint32_t world;
    static const wit_about about;
    const wit_package *it = &set->packages[package];
    uint32_t count = it->interface_count;
    if (!count || wit_set_add_world(set, package, slice_text("whole"), &about,
                                    &world, NULL) != WHIT_OK)
        return WIT_NONE;
    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t interface = set->packages[package].interfaces[i];
            wit_item item = {.kind = WIT_ITEM_INTERFACE, .index = interface};
            if (!set->interfaces[interface].name.size)
                continue;
            if (wit_set_add_item(set, world, side, &item, NULL) != WHIT_OK)
                return WIT_NONE;
        }
    }
    return wit_set_complete_world(set, world, NULL) == WHIT_OK ? world
                                                               : WIT_NONE;
}

/* What a language makes of a world; false after printing the error. */
static inline bool generate(wit_set *set, uint32_t world,
                            const bind_language *language,
                            const bind_options *options, bind_output *out)
{
    bind_world taken;
    whit_error error;
    bind_output_init(out);
    whit_status status = bind_world_init(&taken, set, world, &error);
    if (status == WHIT_OK) {
        status = language->generate(&taken, options, out, &error);
        bind_world_release(&taken);
    }
    if (status == WHIT_OK)
        return true;
    printf("%s\n", error.message);
    test_failures++;
    bind_output_release(out);
    return false;
}

/* Calls `each` for every world of tests/wit/good, and for one per package
 * that has all its interfaces on both sides. */
typedef void world_visitor(void *context, const char *name, wit_set *set,
                           uint32_t world);

typedef struct corpus_walk {
    world_visitor *each;
    void *context;
} corpus_walk;

static inline bool corpus_file(void *context, const char *name)
{
    const corpus_walk *walk = context;
    char path[512];
    uint32_t root;
    buffer failed;
    whit_error error;
    buffer_init(&failed);
    wit_set *set = wit_set_new();
    snprintf(path, sizeof path, "tests/wit/good/%s", name);
    if (tool_wit_load(set, path, &all_features, NULL, &root, &failed, &error) !=
        WHIT_OK) {
        printf("%s: %s\n", path, error.message);
        test_failures++;
    } else {
        uint32_t count = set->world_count;
        for (uint32_t i = 0; i < count; i++)
            if (set->worlds[i].package == root)
                walk->each(walk->context, name, set, i);
        uint32_t whole = add_whole_world(set, root);
        if (whole != WIT_NONE)
            walk->each(walk->context, name, set, whole);
    }
    buffer_release(&failed);
    wit_set_free(set);
    return true;
}

static inline void for_each_world(world_visitor *each, void *context)
{
    corpus_walk walk = {each, context};
    whit_error error;
    CHECK_INT(file_list("tests/wit/good", corpus_file, &walk, &error), WHIT_OK);
}

#endif
