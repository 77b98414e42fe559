/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Binary WIT: every text of tests/wit/good becomes a binary package that
 * validates and reads back to the same text and the same bytes; so does every
 * world in the form that core modules carry. Damaged binaries are refused. */
#include "wit/support.h"

#include "component/decode.h"
#include "component/metadata.h"
#include "component/validate.h"
#include "component/wit_decode.h"
#include "component/wit_encode.h"
#include "toolchain/wit_files.h"

static const wit_resolve_options all = {.all_features = true};

static char *print(const wit_set *set, uint32_t package)
{
    buffer out;
    whit_error error;
    buffer_init(&out);
    CHECK_INT(wit_print_package(set, package, NULL, &out, &error), WHIT_OK);
    return buffer_string(&out);
}

static bool same_text(const wit_set *a, uint32_t a_root, const wit_set *b,
                      uint32_t b_root, const char *what)
{
    char *first = print(a, a_root), *second = print(b, b_root);
    bool same = !strcmp(first, second);
    if (!same) {
        printf("%s: what comes back differs:\n%s----\n%s", what, first, second);
        test_failures++;
    }
    mem_free(first);
    mem_free(second);
    return same;
}

static void failed(const char *what, const whit_error *error)
{
    printf("%s: %s\n", what, error->message);
    test_failures++;
}

/* What has no binary form says so. */
static bool has_binary_form(const wit_set *set, uint32_t root)
{
    const wit_package *package = &set->packages[root];
    return (package->interface_count || package->world_count) &&
           !memchr(package->space.data, ':', package->space.size) &&
           !memchr(package->name.data, '/', package->name.size);
}

static void check_package(const wit_set *set, uint32_t root, const char *name)
{
    buffer bytes, again;
    whit_error error;
    uint32_t back_root;
    wit_set *back = wit_set_new();
    buffer_init(&bytes);
    buffer_init(&again);
    whit_status status =
        component_wit_package_encode(set, root, false, &bytes, &error);
    if (!has_binary_form(set, root)) {
        CHECK_INT(status, WHIT_UNSUPPORTED);
    } else if (status != WHIT_OK ||
               component_wit_decode(back, buffer_view(&bytes), &back_root,
                                    &error) != WHIT_OK) {
        failed(name, &error);
    } else if (same_text(set, root, back, back_root, name)) {
        CHECK_INT(component_wit_package_encode(back, back_root, false, &again,
                                               &error),
                  WHIT_OK);
        CHECK(slice_equal(buffer_view(&bytes), buffer_view(&again)));
    }
    wit_set_free(back);
    buffer_release(&bytes);
    buffer_release(&again);
}

/* A world comes back without documentation and with what it needs alone:
 * encoding what came back gives the same bytes. */
static void check_world(const wit_set *set, uint32_t world, const char *name)
{
    buffer bytes, again;
    whit_error error;
    uint32_t package;
    wit_set *back = wit_set_new();
    buffer_init(&bytes);
    buffer_init(&again);
    if (component_metadata_encode(set, world, COMPONENT_OPTION_UTF16, &bytes,
                                  &error) != WHIT_OK ||
        component_wit_decode(back, buffer_view(&bytes), &package, &error) !=
            WHIT_OK) {
        failed(name, &error);
    } else {
        CHECK_INT(back->packages[package].world_count, 1);
        CHECK_INT(
            component_metadata_encode(back, back->packages[package].worlds[0],
                                      COMPONENT_OPTION_UTF16, &again, &error),
            WHIT_OK);
        CHECK(slice_equal(buffer_view(&bytes), buffer_view(&again)));
    }
    wit_set_free(back);
    buffer_release(&bytes);
    buffer_release(&again);
}

static unsigned packages, worlds;

static bool each_good(void *context, const char *name)
{
    char path[512];
    uint32_t root;
    whit_error error;
    buffer file;
    (void)context;
    buffer_init(&file);
    snprintf(path, sizeof path, "tests/wit/good/%s", name);
    wit_set *set = wit_set_new();
    if (tool_wit_load(set, path, &all, NULL, &root, &file, &error) != WHIT_OK) {
        failed(path, &error);
    } else {
        packages++;
        check_package(set, root, path);
        for (uint32_t i = 0; i < set->packages[root].world_count; i++, worlds++)
            check_world(set, set->packages[root].worlds[i], path);
    }
    buffer_release(&file);
    wit_set_free(set);
    return true;
}

TEST(texts_come_back)
{
    whit_error error;
    CHECK_INT(file_list("tests/wit/good", each_good, NULL, &error), WHIT_OK);
    CHECK(packages >= 200);
    CHECK(worlds >= 60);
}

static const char sample[] =
    "/// Package.\npackage a:b@1.2.0;\n"
    "@since(version = 1.0.0)\ninterface i {\n"
    "  /// A record.\n  record r { /// Field.\n a: u8, b: list<string> }\n"
    "  resource s { constructor(x: r); m: func() -> result<s, r>; }\n"
    "  f: async func(x: stream<u8>, y: borrow<s>) -> map<u8, r>;\n}\n"
    "interface j { use i.{r, s}; g: func(x: r) -> s; }\n"
    "world w { import j; export j; import k: interface { h: func(); }\n"
    "  use i.{r}; export run: func(x: r); }\n";

static void encode_sample(buffer *bytes)
{
    whit_error error;
    wit_set *set = set_of(sample);
    buffer_init(bytes);
    CHECK_INT(component_wit_package_encode(set, 0, false, bytes, &error),
              WHIT_OK);
    wit_set_free(set);
}

static whit_status decode(slice bytes, whit_error *error)
{
    uint32_t package;
    wit_set *set = wit_set_new();
    whit_status status = component_wit_decode(set, bytes, &package, error);
    wit_set_free(set);
    return status;
}

TEST(cut_binaries_are_refused)
{
    buffer bytes;
    whit_error error;
    encode_sample(&bytes);
    unsigned accepted = 0;
    for (size_t size = 0; size < bytes.size; size++) {
        /* A copy, so that the sanitiser sees a byte too many. */
        uint8_t *copy = mem_dup(bytes.data, size);
        error.message[0] = 0;
        if (decode(slice_of(copy, size), &error) == WHIT_OK)
            accepted++;
        else
            CHECK(error.message[0] != 0);
        mem_free(copy);
    }
    /* At the end of the head and of each section but the last there is a
     * smaller component. */
    CHECK_INT(accepted, 9);
    buffer_release(&bytes);
}

TEST(bent_binaries_do_no_harm)
{
    static const uint8_t bends[] = {0x01, 0x80, 0xff};
    buffer bytes;
    whit_error error;
    encode_sample(&bytes);
    for (size_t i = 0; i < bytes.size; i++)
        for (size_t b = 0; b < sizeof bends; b++) {
            bytes.data[i] ^= bends[b];
            error.message[0] = 0;
            if (decode(buffer_view(&bytes), &error) != WHIT_OK)
                CHECK(error.message[0] != 0);
            bytes.data[i] ^= bends[b];
        }
    CHECK_INT(decode(buffer_view(&bytes), &error), WHIT_OK);
    buffer_release(&bytes);
}

TEST(documentation_can_be_left_out)
{
    buffer with, without;
    whit_error error;
    uint32_t package;
    wit_set *set = set_of(sample), *back = wit_set_new();
    buffer_init(&with);
    buffer_init(&without);
    CHECK_INT(component_wit_package_encode(set, 0, false, &with, &error),
              WHIT_OK);
    CHECK_INT(component_wit_package_encode(set, 0, true, &without, &error),
              WHIT_OK);
    CHECK(without.size < with.size);
    CHECK_INT(
        component_wit_decode(back, buffer_view(&without), &package, &error),
        WHIT_OK);
    CHECK_INT(back->packages[package].docs.size, 0);
    wit_set_free(set);
    wit_set_free(back);
    buffer_release(&with);
    buffer_release(&without);
}

/* Each side of a world has types of its own, and a world that exports what
 * an export uses takes the exported types. */
TEST(sides_have_their_own_types)
{
    static const char text[] = "package a:b;\ninterface t { resource r; }\n"
                               "interface u { use t.{r}; f: func() -> r; }\n"
                               "world both { import u; export t; export u; }\n"
                               "world one { export u; }\n";
    wit_set *set = set_of(text);
    for (uint32_t i = 0; i < 2; i++) {
        component_file *file;
        buffer bytes;
        whit_error error;
        buffer_init(&bytes);
        CHECK_INT(component_metadata_encode(set, i, COMPONENT_OPTION_UTF8,
                                            &bytes, &error),
                  WHIT_OK);
        CHECK_INT(component_decode(buffer_view(&bytes), &file, &error),
                  WHIT_OK);
        CHECK_INT(component_validate(file, &error), WHIT_OK);
        const component_node *outer = file->root.info->type->exports[0].type;
        const component_node *world = outer->exports[0].type;
        CHECK_INT(world->import_count, i == 0 ? 2 : 1);
        CHECK_INT(world->export_count, i == 0 ? 2 : 1);
        const component_entity *u = &world->exports[i == 0 ? 1 : 0];
        const component_entity *owner =
            i == 0 ? &world->exports[0] : &world->imports[0];
        CHECK(u->type->exports[0].type->resource ==
              owner->type->exports[0].type->resource);
        CHECK(u->type->exports[0].type->resource != NULL);
        component_file_free(file);
        buffer_release(&bytes);
    }
    wit_set_free(set);
}

TEST_MAIN(RUN(texts_come_back) RUN(cut_binaries_are_refused)
              RUN(bent_binaries_do_no_harm) RUN(documentation_can_be_left_out)
                  RUN(sides_have_their_own_types))
