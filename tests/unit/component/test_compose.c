/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The graph of a composition, and plugs. */
#include "compose_support.h"

#include "component/compose.h"

static slice part_text(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!strcmp(parts[i].name, name))
            return slice_text(parts[i].text);
    return slice_of(NULL, 0);
}

/* Plugs by name into a socket; ends with NULL. */
static whit_status plug(const char *socket, const char *const *plugs,
                        buffer *out, whit_error *error)
{
    compose_options options = {0};
    uint32_t into, those[8], count = 0;
    component_compose *graph = component_compose_new();
    TRY_ALLOC(graph, error);
    whit_status status = component_compose_package(
        graph, slice_text(socket), part_text(socket), &into, error);
    for (; status == WHIT_OK && plugs[count]; count++)
        status = component_compose_package(graph, slice_text(plugs[count]),
                                           part_text(plugs[count]),
                                           &those[count], error);
    if (status == WHIT_OK)
        status = component_compose_plug(graph, into, those, count, error);
    if (status == WHIT_OK)
        status = component_compose_encode(graph, &options, out, error);
    component_compose_free(graph);
    return status;
}

TEST(plugs_go_where_their_exports_are_imported)
{
    static const char *const plugs[] = {"a:log", NULL};
    buffer out;
    whit_error error;
    buffer_init(&out);
    CHECK_INT(plug("a:app", plugs, &out, &error), WHIT_OK);
    check_names(buffer_view(&out), "i:extra;x:run;x:extra-again;");
    buffer_release(&out);
}

TEST(plugs_that_fit_nowhere_are_told)
{
    static const char *const useless[] = {"a:one", NULL};
    static const char *const twice[] = {"a:log", "a:log", NULL};
    static const char *const older[] = {"a:log", NULL};
    buffer out;
    whit_error error;
    buffer_init(&out);
    CHECK_INT(plug("a:app", useless, &out, &error), WHIT_INVALID);
    CHECK(strstr(error.message, "the plug 'a:one' exports nothing") != NULL);
    CHECK_INT(plug("a:app", twice, &out, &error), WHIT_INVALID);
    CHECK_INT(plug("a:newer", older, &out, &error), WHIT_INVALID);
    buffer_release(&out);
}

TEST(versions_satisfy_older_ones_of_their_line)
{
    static const struct {
        const char *offered, *wanted;
        bool fits;
    } pairs[] = {{"a:b/c@1.2.0", "a:b/c@1.0.0", true},
                 {"a:b/c@1.0.0", "a:b/c@1.2.0", false},
                 {"a:b/c@2.0.0", "a:b/c@1.0.0", false},
                 {"a:b/c@0.2.6", "a:b/c@0.2.0", true},
                 {"a:b/c@0.3.0", "a:b/c@0.2.0", false},
                 {"a:b/c@0.0.2", "a:b/c@0.0.1", false},
                 {"a:b/c@0.2.0-rc.2", "a:b/c@0.2.0-rc.1", false},
                 {"a:b/c@0.2.0-rc.1", "a:b/c@0.2.0-rc.1", true},
                 {"a:b/d@1.2.0", "a:b/c@1.0.0", false},
                 {"a:b/c", "a:b/c", true},
                 {"a:b/c", "a:b/c@1.0.0", false},
                 {"plain", "plain", true},
                 {"", "", true}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        CHECK_INT(component_compose_satisfies(slice_text(pairs[i].offered),
                                              slice_text(pairs[i].wanted)),
                  pairs[i].fits);
}

/* A binary that encoding would write otherwise: an empty custom section whose
 * size takes five bytes. */
static const uint8_t odd[] = {0, 'a',  's',  'm',  0x0d, 0, 1,  0,
                              0, 0x82, 0x80, 0x80, 0,    1, 'x'};

TEST(bytes_of_components_stay_as_they_are)
{
    compose_options options = {0};
    component_compose *graph = component_compose_new();
    uint32_t package, instance;
    whit_error error;
    buffer out;
    buffer_init(&out);
    CHECK_INT(component_compose_package(graph, slice_text("odd"),
                                        slice_of(odd, sizeof odd), &package,
                                        &error),
              WHIT_OK);
    for (int i = 0; i < 2; i++)
        CHECK_INT(component_compose_instantiate(
                      graph, package, (compose_place){0, 0}, &instance, &error),
                  WHIT_OK);
    CHECK_INT(component_compose_encode(graph, &options, &out, &error), WHIT_OK);
    unsigned found = 0;
    for (size_t i = 0; i + sizeof odd <= out.size; i++)
        found += !memcmp(out.data + i, odd, sizeof odd);
    CHECK_INT(found, 1);
    check_names(buffer_view(&out), "");
    component_compose_free(graph);
    buffer_release(&out);
}

TEST(nothing_is_made_of_itself)
{
    compose_options options = {0};
    compose_place nowhere = {0, 0};
    component_compose *graph = component_compose_new();
    uint32_t package, instance;
    whit_error error;
    buffer out;
    buffer_init(&out);
    CHECK_INT(component_compose_package(graph, slice_text("a:holder"),
                                        part_text("a:holder"), &package,
                                        &error),
              WHIT_OK);
    CHECK_INT(component_compose_instantiate(graph, package, nowhere, &instance,
                                            &error),
              WHIT_OK);
    component_compose_argument(graph, instance, 0, instance, nowhere);
    CHECK_INT(component_compose_encode(graph, &options, &out, &error),
              WHIT_INVALID);
    CHECK(strstr(error.message, "made of itself") != NULL);
    component_compose_free(graph);
    buffer_release(&out);
}

TEST(core_modules_are_no_packages)
{
    static const uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    component_compose *graph = component_compose_new();
    uint32_t package;
    whit_error error;
    CHECK_INT(component_compose_package(graph, slice_text("m"),
                                        slice_of(module, sizeof module),
                                        &package, &error),
              WHIT_INVALID);
    CHECK(strstr(error.message, "whit component new") != NULL);
    component_compose_free(graph);
}

TEST(every_allocation_fails_once)
{
    static const char *const plugs[] = {"a:log", NULL};
    for (uint64_t n = 1; n < 100000; n++) {
        buffer out;
        whit_error error;
        buffer_init(&out);
        mem_fail_after(n);
        whit_status status = plug("a:app", plugs, &out, &error);
        bool failed = mem_count() >= n;
        mem_fail_after(0);
        buffer_release(&out);
        if (!failed)
            return;
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
        if (status != WHIT_OUT_OF_MEMORY)
            return;
    }
}

TEST_MAIN(RUN(plugs_go_where_their_exports_are_imported)
              RUN(plugs_that_fit_nowhere_are_told)
                  RUN(versions_satisfy_older_ones_of_their_line)
                      RUN(bytes_of_components_stay_as_they_are)
                          RUN(nothing_is_made_of_itself)
                              RUN(core_modules_are_no_packages)
                                  RUN(every_allocation_fails_once))
