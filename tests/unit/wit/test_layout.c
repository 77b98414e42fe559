/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sizes, flat types and core signatures against what the specification's
 * executable reference says (layouts.txt, which make_layouts wrote). */
#include "support.h"

#include "wit/abi_layout.h"

static char letter(uint8_t core)
{
    return "ilfd"[core];
}

static void write_flat(const wit_layout *layout, char *out)
{
    unsigned i = 0;
    if (layout->flat_count > WIT_MAX_FLAT) {
        memcpy(out, "more", 5);
        return;
    }
    for (; i < layout->flat_count; i++)
        out[i] = letter(layout->flat[i]);
    out[i] = 0;
}

static void check_type(wit_set *set, char **words)
{
    wit_type type = type_named(set, words[1]);
    for (unsigned width = 0; width < 2; width++) {
        char **expected = words + 2 + width * 3, actual[3][32];
        const wit_layout *layout = wit_layout_of(set, type, width ? 8 : 4);
        snprintf(actual[0], sizeof actual[0], "%u", layout->size);
        snprintf(actual[1], sizeof actual[1], "%u", layout->alignment);
        write_flat(layout, actual[2]);
        for (unsigned i = 0; i < 3; i++) {
            if (strcmp(actual[i], expected[i]) != 0)
                printf("type %s, pointers of %u:\n", words[1], width ? 8 : 4);
            CHECK_TEXT(actual[i], expected[i]);
        }
    }
}

static void write_signature(const wit_signature *it, char *out)
{
    for (unsigned i = 0; i < it->param_count; i++)
        *out++ = letter(it->params[i]);
    *out++ = ':';
    for (unsigned i = 0; i < it->result_count; i++)
        *out++ = letter(it->results[i]);
    *out = 0;
}

static void check_function(const wit_set *set, char **words)
{
    const wit_function *function = function_named(set, words[1]);
    unsigned pointer = words[2][1] == '3' ? 4 : 8;
    wit_signature it[6];
    wit_signature_lower(set, function, WIT_ABI_SYNC, pointer, &it[0]);
    wit_signature_lower(set, function, WIT_ABI_ASYNC, pointer, &it[1]);
    wit_signature_lift(set, function, WIT_ABI_SYNC, pointer, &it[2]);
    wit_signature_lift(set, function, WIT_ABI_ASYNC, pointer, &it[3]);
    wit_signature_lift(set, function, WIT_ABI_ASYNC_STACKFUL, pointer, &it[4]);
    wit_signature_task_return(set, function, pointer, &it[5]);
    for (unsigned i = 0; i < 6; i++) {
        char actual[64];
        write_signature(&it[i], actual);
        if (strcmp(actual, words[3 + i]) != 0)
            printf("function %s, pointers of %u, signature %u:\n", words[1],
                   pointer, i);
        CHECK_TEXT(actual, words[3 + i]);
    }
}

/* Splits a line at its blanks, in place. */
static unsigned split(char *line, char **words, unsigned most)
{
    unsigned count = 0;
    for (char *at = line; *at && count < most;) {
        words[count++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = 0;
    }
    return count;
}

static char *file_text(const char *path)
{
    buffer out;
    whit_error error;
    buffer_init(&out);
    CHECK(file_read(path, 1 << 24, &out, &error) == WHIT_OK);
    return buffer_string(&out);
}

TEST(reference)
{
    char *wit = file_text("tests/unit/wit/layouts.wit");
    char *lines = file_text("tests/unit/wit/layouts.txt");
    wit_set *set = wit && lines ? set_of(wit) : NULL;
    CHECK(set);
    unsigned types = 0, functions = 0;
    for (char *line = lines; set && *line;) {
        char *words[16] = {0}, *end = strchr(line, '\n');
        *end = 0;
        unsigned count = split(line, words, 16);
        if (!strcmp(words[0], "type") && count == 8) {
            check_type(set, words);
            types++;
        } else if (count == 9) {
            check_function(set, words);
            functions++;
        }
        line = end + 1;
    }
    CHECK_INT(types, 403);
    CHECK_INT(functions, 400);
    wit_set_free(set);
    mem_free(wit);
    mem_free(lines);
}

TEST(discriminants)
{
    CHECK_INT(wit_discriminant_size(1), 1);
    CHECK_INT(wit_discriminant_size(256), 1);
    CHECK_INT(wit_discriminant_size(257), 2);
    CHECK_INT(wit_discriminant_size(65536), 2);
    CHECK_INT(wit_discriminant_size(65537), 4);
}

TEST(joins)
{
    CHECK_INT(wit_core_join(WIT_CORE_I32, WIT_CORE_F32), WIT_CORE_I32);
    CHECK_INT(wit_core_join(WIT_CORE_F32, WIT_CORE_F32), WIT_CORE_F32);
    CHECK_INT(wit_core_join(WIT_CORE_F32, WIT_CORE_F64), WIT_CORE_I64);
    CHECK_INT(wit_core_join(WIT_CORE_I32, WIT_CORE_I64), WIT_CORE_I64);
}

TEST(offsets)
{
    wit_set *set = set_of("package a:b; interface i {"
                          " record r { a: u8, b: u64, c: u16 }"
                          " variant v { x, y(u64), z(u8) }"
                          " type o = option<u16>; }");
    wit_layout_walk walk = wit_walk_start(set, 4);
    CHECK_INT(wit_walk_next(&walk, WIT_U8), 0);
    CHECK_INT(wit_walk_next(&walk, WIT_U64), 8);
    CHECK_INT(wit_walk_next(&walk, WIT_U16), 16);
    wit_walk_end(&walk);
    CHECK_INT(walk.size, 24);
    CHECK_INT(walk.alignment, 8);
    const wit_type_def *v = wit_type_get(set, type_named(set, "v"));
    CHECK_INT(wit_payload_offset(set, v, 4), 8);
    CHECK_INT(wit_case_count(v), 3);
    CHECK_INT(wit_case_type(v, 0), WIT_NONE);
    CHECK_INT(wit_case_type(v, 1), WIT_U64);
    const wit_type_def *o = wit_type_get(set, type_named(set, "o"));
    CHECK_INT(wit_payload_offset(set, o, 4), 2);
    CHECK_INT(wit_case_type(o, 0), WIT_NONE);
    CHECK_INT(wit_case_type(o, 1), WIT_U16);
    wit_set_free(set);
}

TEST(indirect)
{
    wit_set *set = set_of("package a:b; interface i {"
                          " type big = list<u32, 17>;"
                          " f: func(a: u8, b: big) -> tuple<u8, u64>;"
                          " g: func(a: u8) -> u8; }");
    wit_signature it;
    const wit_function *f = function_named(set, "f");
    wit_signature_lower(set, f, WIT_ABI_SYNC, 4, &it);
    CHECK(it.params_indirect && it.result_indirect);
    CHECK_INT(it.param_count, 2);
    CHECK_INT(it.param_size, 72);
    CHECK_INT(it.param_alignment, 4);
    CHECK_INT(it.result_size, 16);
    CHECK_INT(it.result_alignment, 8);
    wit_signature_post_return(set, f, 4, &it);
    CHECK_INT(it.param_count, 1);
    CHECK_INT(it.params[0], WIT_CORE_I32);
    CHECK_INT(wit_needs_of_lift(set, f, WIT_ABI_SYNC),
              WIT_NEEDS_MEMORY | WIT_NEEDS_REALLOC);
    CHECK_INT(wit_needs_of_lower(set, f, WIT_ABI_SYNC), WIT_NEEDS_MEMORY);
    const wit_function *g = function_named(set, "g");
    CHECK_INT(wit_needs_of_lower(set, g, WIT_ABI_SYNC), 0);
    CHECK_INT(wit_needs_of_lower(set, g, WIT_ABI_ASYNC), WIT_NEEDS_MEMORY);
    wit_set_free(set);
}

TEST(needs_of_strings)
{
    wit_set *set = set_of("package a:b; interface i {"
                          " in: func(s: string); out: func() -> string;"
                          " st: func(s: stream<string>); }");
    const wit_function *in = function_named(set, "in");
    const wit_function *out = function_named(set, "out");
    unsigned all = WIT_NEEDS_MEMORY | WIT_NEEDS_REALLOC | WIT_NEEDS_ENCODING;
    unsigned some = WIT_NEEDS_MEMORY | WIT_NEEDS_ENCODING;
    CHECK_INT(wit_needs_of_lower(set, in, WIT_ABI_SYNC), some);
    CHECK_INT(wit_needs_of_lower(set, out, WIT_ABI_SYNC), all);
    CHECK_INT(wit_needs_of_lift(set, in, WIT_ABI_SYNC), all);
    CHECK_INT(wit_needs_of_lift(set, out, WIT_ABI_SYNC), some);
    CHECK_INT(wit_needs_of_lower(set, function_named(set, "st"), WIT_ABI_SYNC),
              0);
    wit_set_free(set);
}

/* Two values of one type in the next: sizes double, and the text is short. */
TEST(doubling_types)
{
    char text[8192];
    int size = snprintf(text, sizeof text,
                        "package a:b; interface i { record t0 { a: u8 }");
    for (int i = 1; i < 40; i++)
        size += snprintf(text + size, sizeof text - (size_t)size,
                         " record t%d { a: t%d, b: t%d }", i, i - 1, i - 1);
    snprintf(text + size, sizeof text - (size_t)size, " }");
    CHECK(strstr(error_of(text), "256 MiB"));
}

/* The same with what lies behind pointers stays small. */
TEST(doubling_lists)
{
    char text[8192];
    int size =
        snprintf(text, sizeof text, "package a:b; interface i { type t0 = u8;");
    for (int i = 1; i < 90; i++)
        size += snprintf(text + size, sizeof text - (size_t)size,
                         " type t%d = list<tuple<t%d, t%d>>;", i, i - 1, i - 1);
    snprintf(text + size, sizeof text - (size_t)size, " }");
    CHECK(strstr(error_of(text), "nest deeper than 100"));
}

TEST_MAIN(RUN(reference) RUN(discriminants) RUN(joins) RUN(offsets)
              RUN(indirect) RUN(needs_of_strings) RUN(doubling_types)
                  RUN(doubling_lists))
