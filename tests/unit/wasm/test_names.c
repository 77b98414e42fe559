/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The name section: reading, damage, writing. */
#include "test.h"

#include "wasm/names.h"

/* A module with this name section, and its names. */
typedef struct fixture {
    wasm_module module;
    wasm_custom custom;
    arena memory;
    wasm_names names;
} fixture;

static void setup(fixture *f, const void *bytes, size_t size)
{
    memset(f, 0, sizeof *f);
    arena_init(&f->memory);
    f->custom = (wasm_custom){.name = slice_text("name"),
                              .bytes = slice_of(bytes, size)};
    f->module.customs = &f->custom;
    f->module.custom_count = 1;
    CHECK_INT(wasm_names_read(&f->module, &f->memory, &f->names, NULL),
              WHIT_OK);
}

#define SETUP(f, bytes) setup(f, bytes, sizeof(bytes) - 1)

static void check_name(const fixture *f, wasm_name_kind kind, uint32_t outer,
                       uint32_t index, const char *text)
{
    CHECK(slice_is(wasm_names_get(&f->names, kind, outer, index), text));
}

static const char sound[] = "\0\4\3mod"
                            "\1\x09\2\0\1f\x81\1\2gg"
                            "\2\x0e\2\0\2\0\1a\1\1b\3\1\7\1c"
                            "\x0b\4\1\2\1t";

TEST(names_are_found)
{
    fixture f;
    SETUP(&f, sound);
    CHECK(slice_is(f.names.module, "mod"));
    check_name(&f, WASM_NAME_FUNCTION, 0, 0, "f");
    check_name(&f, WASM_NAME_FUNCTION, 0, 129, "gg");
    check_name(&f, WASM_NAME_FUNCTION, 0, 1, "");
    check_name(&f, WASM_NAME_LOCAL, 0, 1, "b");
    check_name(&f, WASM_NAME_LOCAL, 3, 7, "c");
    check_name(&f, WASM_NAME_LOCAL, 3, 0, "");
    check_name(&f, WASM_NAME_TAG, 0, 2, "t");
    check_name(&f, WASM_NAME_GLOBAL, 0, 0, "");
    arena_release(&f.memory);
}

TEST(written_names_are_the_same_bytes)
{
    fixture f;
    buffer out;
    buffer_init(&out);
    SETUP(&f, sound);
    wasm_names_write(&f.names, &out);
    CHECK(slice_equal(buffer_view(&out), slice_of(sound, sizeof sound - 1)));
    buffer_release(&out);
    arena_release(&f.memory);
}

TEST(a_module_without_names)
{
    wasm_module module = {0};
    arena memory;
    wasm_names names;
    arena_init(&memory);
    CHECK_INT(wasm_names_read(&module, &memory, &names, NULL), WHIT_OK);
    CHECK_INT(wasm_names_get(&names, WASM_NAME_FUNCTION, 0, 0).size, 0);
    CHECK_INT(memory.total, 0);
}

TEST(unsorted_and_double_names)
{
    fixture f;
    SETUP(&f, "\1\x10\5\3\1d\1\1b\3\1x\0\1a\1\1y");
    CHECK_INT(f.names.of[WASM_NAME_FUNCTION].count, 3);
    check_name(&f, WASM_NAME_FUNCTION, 0, 0, "a");
    check_name(&f, WASM_NAME_FUNCTION, 0, 1, "b");
    check_name(&f, WASM_NAME_FUNCTION, 0, 3, "d");
    arena_release(&f.memory);
}

TEST(what_stands_before_the_damage_stays)
{
    fixture f;
    /* The second name is longer than its subsection. */
    SETUP(&f, "\1\7\2\0\1f\1\x09g\2\5\1\0\1\0\0");
    check_name(&f, WASM_NAME_FUNCTION, 0, 0, "f");
    CHECK_INT(f.names.of[WASM_NAME_FUNCTION].count, 1);
    arena_release(&f.memory);
    /* Not UTF-8. */
    SETUP(&f, "\0\2\1\xff\1\4\1\0\1f");
    CHECK_INT(f.names.module.size, 0);
    check_name(&f, WASM_NAME_FUNCTION, 0, 0, "f");
    arena_release(&f.memory);
    /* A count that promises four thousand million names. */
    SETUP(&f, "\1\6\xff\xff\xff\xff\x0f\0");
    CHECK_INT(f.names.of[WASM_NAME_FUNCTION].count, 0);
    arena_release(&f.memory);
}

TEST(every_cut_is_harmless)
{
    for (size_t size = 0; size < sizeof sound; size++) {
        fixture f;
        char bytes[sizeof sound];
        memcpy(bytes, sound, size);
        setup(&f, bytes, size);
        arena_release(&f.memory);
    }
}

TEST_MAIN(RUN(names_are_found) RUN(written_names_are_the_same_bytes)
              RUN(a_module_without_names) RUN(unsorted_and_double_names)
                  RUN(what_stands_before_the_damage_stays)
                      RUN(every_cut_is_harmless))
