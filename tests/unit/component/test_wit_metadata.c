/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The custom sections of core modules: several worlds become one. */
#include "wit/support.h"

#include "component/metadata.h"
#include "wasm/decode.h"

/* A module with a section for each world of the texts, all in one encoding
 * but the last one where `other` is set. */
static wasm_module *module_of(const char *const *texts, size_t count,
                              bool other)
{
    static const wasm_decode_options copy = {WASM_FEATURES_ALL, true};
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    wasm_module *module = NULL;
    buffer bytes;
    whit_error error;
    buffer_init(&bytes);
    buffer_append(&bytes, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
        wit_set *set = set_of(texts[i]);
        buffer payload, section;
        buffer_init(&payload);
        buffer_init(&section);
        uint32_t world = set->world_count - 1;
        CHECK_INT(component_metadata_encode(set, world,
                                            other && i == count - 1
                                                ? COMPONENT_OPTION_UTF16
                                                : COMPONENT_OPTION_UTF8,
                                            &payload, &error),
                  WHIT_OK);
        buffer_printf(&section, "%ccomponent-type:%u", 16, (unsigned)i);
        buffer_slice(&section, buffer_view(&payload));
        buffer_put(&bytes, 0);
        buffer_uleb(&bytes, section.size);
        buffer_slice(&bytes, buffer_view(&section));
        buffer_release(&payload);
        buffer_release(&section);
        wit_set_free(set);
    }
    if (wasm_decode(buffer_view(&bytes), &copy, &module, &error) != WHIT_OK) {
        printf("%s\n", error.message);
        test_failures++;
    }
    buffer_release(&bytes);
    return module;
}

static char result[4096];

/* The merged world as text, or the message. */
static const char *merge(const char *const *texts, size_t count,
                         bool by_version, bool other)
{
    wasm_module *module = module_of(texts, count, other);
    const wasm_module *modules[] = {module};
    component_metadata metadata;
    whit_error error;
    if (component_metadata_read(modules, 1, by_version, &metadata, &error) !=
        WHIT_OK) {
        snprintf(result, sizeof result, "%s", error.message);
        wasm_module_free(module);
        return result;
    }
    wasm_module_free(module);
    buffer text;
    buffer_init(&text);
    CHECK(metadata.world != WIT_NONE);
    CHECK_INT(wit_print_set(metadata.set,
                            metadata.set->worlds[metadata.world].package, NULL,
                            &text, &error),
              WHIT_OK);
    snprintf(result, sizeof result, "%.*s", (int)text.size,
             (const char *)text.data);
    buffer_release(&text);
    component_metadata_release(&metadata);
    return result;
}

static const char one[] = "package a:b; interface i { record r { x: u8 }\n"
                          "f: func(x: r); }\n"
                          "world w { import i; export run: func(); }";
static const char two[] = "package c:d; interface j { g: func(); }\n"
                          "world v { import j; import print: func(); }";

TEST(no_section)
{
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    static const wasm_decode_options all = {WASM_FEATURES_ALL, false};
    wasm_module *module;
    component_metadata metadata;
    whit_error error;
    CHECK_INT(wasm_decode(slice_of(head, sizeof head), &all, &module, &error),
              WHIT_OK);
    const wasm_module *modules[] = {module};
    CHECK_INT(component_metadata_read(modules, 1, true, &metadata, &error),
              WHIT_OK);
    CHECK_INT(metadata.world, WIT_NONE);
    component_metadata_release(&metadata);
    wasm_module_free(module);
}

TEST(one_world_keeps_its_name)
{
    CHECK_TEXT(merge((const char *[]){one}, 1, true, false),
               "package a:b;\n\n"
               "interface i {\n  record r {\n    x: u8,\n  }\n\n"
               "  f: func(x: r);\n}\n\n"
               "world w {\n  import i;\n\n  export run: func();\n}\n");
}

TEST(the_same_twice_is_once)
{
    char first[sizeof result];
    snprintf(first, sizeof first, "%s",
             merge((const char *[]){one}, 1, true, false));
    CHECK_TEXT(merge((const char *[]){one, one}, 2, true, false), first);
}

TEST(two_worlds_become_one)
{
    CHECK_TEXT(merge((const char *[]){one, two}, 2, true, false),
               "package root:root;\n\n"
               "world root {\n  import a:b/i;\n  import c:d/j;\n"
               "  import print: func();\n\n  export run: func();\n}\n\n"
               "package a:b {\n  interface i {\n    record r {\n"
               "      x: u8,\n    }\n\n    f: func(x: r);\n  }\n}\n\n"
               "package c:d {\n  interface j {\n    g: func();\n  }\n}\n");
}

static const char parts_1[] =
    "package a:b; interface i { f: func(); }\n"
    "world w { import i; import k: interface { x: func(); } }";
static const char parts_2[] =
    "package a:b; interface i { g: func(); }\n"
    "world v { import i; import k: interface { y: func(); } }";

TEST(parts_of_interfaces_come_together)
{
    CHECK_TEXT(merge((const char *[]){parts_1, parts_2}, 2, true, false),
               "package root:root;\n\n"
               "world root {\n  import a:b/i;\n  import k: interface {\n"
               "    x: func();\n\n    y: func();\n  }\n}\n\n"
               "package a:b {\n  interface i {\n    f: func();\n\n"
               "    g: func();\n  }\n}\n");
}

static const char old_version[] =
    "package a:b@1.0.0; interface i { record r { x: u8 } f: func(x: r); }\n"
    "world w { import i; }";
static const char new_version[] =
    "package a:b@1.2.0; interface i { record r { x: u8 } f: func(x: r);\n"
    "g: func(); }\nworld v { import i; }";
static const char far_version[] =
    "package a:b@2.0.0; interface i { f: func(); }\nworld u { import i; }";

TEST(compatible_versions_become_one)
{
    const char *both[] = {old_version, new_version};
    const char *wanted =
        "package root:root;\n\nworld root {\n  import a:b/i@1.2.0;\n}\n\n"
        "package a:b@1.2.0 {\n  interface i {\n    record r {\n"
        "      x: u8,\n    }\n\n    f: func(x: r);\n\n    g: func();\n  }\n}\n";
    CHECK_TEXT(merge(both, 2, true, false), wanted);
    const char *turned[] = {new_version, old_version};
    CHECK_TEXT(merge(turned, 2, true, false), wanted);
}

TEST(versions_stay_apart)
{
    const char *both[] = {old_version, new_version};
    CHECK(strstr(merge(both, 2, false, false), "import a:b/i@1.0.0;"));
    CHECK(strstr(result, "import a:b/i@1.2.0;"));
    const char *far[] = {old_version, far_version};
    CHECK(strstr(merge(far, 2, true, false), "import a:b/i@1.0.0;"));
    CHECK(strstr(result, "import a:b/i@2.0.0;"));
}

static const char other_function[] =
    "package c:d; world x { import print: func(a: u8); }";
static const char other_record[] =
    "package a:b; interface i { record r { x: u16 } }\n"
    "world y { import i; }";

TEST(contradictions)
{
    CHECK_TEXT(merge((const char *[]){two, other_function}, 2, true, false),
               "section 'component-type:1': import 'print': the function "
               "'print' is described in two ways that differ");
    CHECK_TEXT(merge((const char *[]){one, other_record}, 2, true, false),
               "section 'component-type:1': import 'a:b/i': interface 'a:b/i': "
               "'r': the type 'r' is described in two ways that differ");
    CHECK_TEXT(merge((const char *[]){one, two}, 2, true, true),
               "section 'component-type:1': it encodes strings in another way "
               "than the section 'component-type:0'");
}

static const char *read_payload(const void *payload, size_t size)
{
    wasm_module *module = wasm_module_new();
    wasm_custom custom = {.name = slice_text("component-type"),
                          .bytes = slice_of(payload, size)};
    const wasm_module *modules[] = {module};
    component_metadata metadata;
    whit_error error;
    module->customs = &custom;
    module->custom_count = 1;
    snprintf(result, sizeof result, "no error");
    if (component_metadata_read(modules, 1, true, &metadata, &error) == WHIT_OK)
        component_metadata_release(&metadata);
    else
        snprintf(result, sizeof result, "%s", error.message);
    module->customs = NULL;
    module->custom_count = 0;
    wasm_module_free(module);
    return result;
}

TEST(payloads_of_other_kinds)
{
    CHECK_TEXT(read_payload("\3\0\1w", 4),
               "section 'component-type': format 3, of tools from before 2023: "
               "generate the bindings anew");
    CHECK_TEXT(read_payload("\0asm\x0d\0\1\0", 8),
               "section 'component-type': a world is a component that exports "
               "one component type");
    CHECK(strstr(read_payload("", 0), "section 'component-type': "));
}

TEST_MAIN(RUN(no_section) RUN(one_world_keeps_its_name)
              RUN(the_same_twice_is_once) RUN(two_worlds_become_one)
                  RUN(parts_of_interfaces_come_together)
                      RUN(compatible_versions_become_one)
                          RUN(versions_stay_apart) RUN(contradictions)
                              RUN(payloads_of_other_kinds))
