/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components: both formats there and back, and what is refused where. */
#include "test.h"

#include "component/decode.h"
#include "component/encode.h"
#include "component/extern_name.h"
#include "component/flatten.h"
#include "component/print.h"
#include "component/text.h"
#include "component/validate.h"
#include "everything_component.h"

static whit_error error;

static component_file *parse(const char *text)
{
    component_file *file = NULL;
    whit_status status = component_text_parse(slice_text(text), &file, &error);
    if (status != WHIT_OK)
        printf("%u:%u: %s\n", error.line, error.column, error.message);
    CHECK_INT(status, WHIT_OK);
    return file;
}

/* The message of a text that does not parse or is invalid. */
static const char *refused(const char *text, whit_status wanted)
{
    component_file *file = NULL;
    snprintf(error.message, sizeof error.message, "nothing");
    whit_status status = component_text_parse(slice_text(text), &file, &error);
    if (status == WHIT_OK)
        status = component_validate(file, &error);
    CHECK_INT(status, wanted);
    component_file_free(file);
    return error.message;
}

#define CHECK_REFUSED(text, status, part)             \
    do {                                              \
        const char *message_ = refused(text, status); \
        CHECK(strstr(message_, part) != NULL);        \
        if (!strstr(message_, part))                  \
            printf("the message is: %s\n", message_); \
    } while (0)

TEST(everything_round_trips)
{
    component_file *file = parse(everything_component), *back = NULL,
                   *again = NULL;
    buffer bytes, other, text;
    buffer_init(&bytes);
    buffer_init(&other);
    buffer_init(&text);
    if (!file)
        return;
    whit_status status = component_validate(file, &error);
    if (status != WHIT_OK)
        printf("%u:%u: %s\n", error.line, error.column, error.message);
    CHECK_INT(status, WHIT_OK);
    CHECK_INT(component_encode(file, &bytes, &error), WHIT_OK);
    CHECK(component_is(buffer_view(&bytes)));
    CHECK_INT(component_decode(buffer_view(&bytes), &back, &error), WHIT_OK);
    CHECK_INT(component_validate(back, &error), WHIT_OK);
    CHECK_INT(component_print(back, NULL, &text, &error), WHIT_OK);
    CHECK_INT(component_text_parse(buffer_view(&text), &again, &error),
              WHIT_OK);
    CHECK_INT(component_encode(again, &other, &error), WHIT_OK);
    CHECK(slice_equal(buffer_view(&bytes), buffer_view(&other)));
    component_file_free(file);
    component_file_free(back);
    component_file_free(again);
    buffer_release(&bytes);
    buffer_release(&other);
    buffer_release(&text);
}

TEST(dump_accounts_for_every_byte)
{
    component_file *file = parse(everything_component);
    buffer bytes, text;
    buffer_init(&bytes);
    buffer_init(&text);
    CHECK_INT(component_encode(file, &bytes, &error), WHIT_OK);
    CHECK_INT(component_dump(buffer_view(&bytes), &text, &error), WHIT_OK);
    /* Bytes are two digits behind a space, between two bars. */
    size_t shown = 0;
    for (size_t i = 0; i < text.size;) {
        while (text.data[i] != '|')
            i++;
        for (i += 2; text.data[i] != '|'; i += 3)
            shown += text.data[i] != ' ' && text.data[i] != '|';
        while (i < text.size && text.data[i] != '\n')
            i++;
        i++;
    }
    CHECK_INT(shown, bytes.size);
    component_file_free(file);
    buffer_release(&bytes);
    buffer_release(&text);
}

static void prefix_fails(slice whole, size_t size)
{
    component_file *file = NULL;
    whit_status status =
        component_decode(slice_of(whole.data, size), &file, &error);
    /* A cut between two sections leaves a component. */
    CHECK(status == WHIT_OK || error.offset <= size);
    component_file_free(file);
}

TEST(every_prefix_decodes_or_says_where_it_ends)
{
    component_file *file = parse(everything_component);
    buffer bytes;
    buffer_init(&bytes);
    CHECK_INT(component_encode(file, &bytes, &error), WHIT_OK);
    for (size_t i = 0; i < bytes.size; i++)
        prefix_fails(buffer_view(&bytes), i);
    component_file_free(file);
    buffer_release(&bytes);
}

TEST(errors_of_binaries_have_offset_and_section)
{
    static const uint8_t bytes[] = {0, 'a', 's', 'm', 0x0d, 0,
                                    1, 0,   7,   2,   1,    0x62};
    component_file *file = NULL;
    CHECK_INT(component_decode(slice_of(bytes, sizeof bytes), &file, &error),
              WHIT_MALFORMED);
    CHECK_INT(error.position, WHIT_POSITION_OFFSET);
    CHECK_INT(error.offset, 11);
    CHECK_TEXT(error.message, "invalid leading byte (0x62) for component "
                              "defined type (type section)");
}

TEST(errors_of_texts_have_lines)
{
    CHECK_REFUSED("(component\n  (type (list 3)))", WHIT_INVALID,
                  "type index out of bounds");
    CHECK_INT(error.position, WHIT_POSITION_LINE);
    CHECK_INT(error.line, 2);
    CHECK_INT(error.column, 3);
    CHECK_REFUSED("(component\n  (core module (func i32.add)))", WHIT_INVALID,
                  "type mismatch");
    CHECK_INT(error.line, 2);
    CHECK_REFUSED("(component\n\n (export \"a\" (func $f)))", WHIT_MALFORMED,
                  "unknown func $f");
    CHECK_INT(error.line, 3);
}

TEST(types_that_double_are_refused_soon)
{
    buffer text;
    buffer_init(&text);
    buffer_text(&text, "(component (type $t0 (tuple u8 u8))");
    for (int i = 1; i <= 40; i++)
        buffer_printf(&text, "(type $t%d (list (tuple $t%d $t%d)))", i, i - 1,
                      i - 1);
    buffer_text(&text, ")");
    CHECK_REFUSED(buffer_string(&text), WHIT_INVALID,
                  "effective type size exceeds the limit");
    buffer_clear(&text);
    buffer_text(&text, "(component (type $t0 u8)");
    for (int i = 1; i <= 200; i++)
        buffer_printf(&text, "(type $t%d (list $t%d))", i, i - 1);
    buffer_text(&text, ")");
    CHECK_REFUSED(buffer_string(&text), WHIT_INVALID, "types nest deeper");
    buffer_release(&text);
}

TEST(nesting_has_a_limit)
{
    buffer text;
    buffer_init(&text);
    for (int i = 0; i < 300; i++)
        buffer_text(&text, "(component ");
    for (int i = 0; i < 300; i++)
        buffer_text(&text, ")");
    CHECK_REFUSED(buffer_string(&text), WHIT_LIMIT, "nest deeper than 100");
    buffer_clear(&text);
    buffer_text(&text, "(component (type ");
    for (int i = 0; i < 300; i++)
        buffer_text(&text, "(list ");
    CHECK_REFUSED(buffer_string(&text), WHIT_LIMIT, "nest deeper than 100");
    buffer_release(&text);
}

TEST(resources_stay_apart)
{
    CHECK_REFUSED("(component (component $C (type $r (resource (rep i32)))"
                  " (export \"r\" (type $r)))"
                  " (instance $a (instantiate $C))"
                  " (instance $b (instantiate $C))"
                  " (component $eq (import \"a\" (type $a (sub resource)))"
                  "  (import \"b\" (type (eq $a))))"
                  " (instance (instantiate $eq (with \"a\" (type $a \"r\"))"
                  "  (with \"b\" (type $b \"r\")))))",
                  WHIT_INVALID, "resource types are not the same");
    CHECK_REFUSED("(component (import \"r\" (type $r (sub resource)))"
                  " (core func (canon resource.rep $r)))",
                  WHIT_INVALID, "not a local resource");
}

TEST(options_are_checked)
{
    CHECK_REFUSED("(component (import \"f\" (func $f (result string)))"
                  " (core func (canon lower (func $f))))",
                  WHIT_INVALID, "`memory` is required");
    CHECK_REFUSED("(component (import \"f\" (func $f))"
                  " (core func (canon lower (func $f) async)))",
                  WHIT_INVALID, "requires an async function type");
    CHECK_REFUSED("(component (core func (canon context.get i32 2)))",
                  WHIT_INVALID, "must be less than 2");
    CHECK_REFUSED("(component (core func (canon context.get i32 0))"
                  " (core func (canon context.set i64 0)))",
                  WHIT_INVALID, "must have one type");
    CHECK_REFUSED("(component (type $t (future u8))"
                  " (core func (canon stream.new $t)))",
                  WHIT_INVALID, "requires a stream type");
}

static bool valid_name(const char *name)
{
    component_name_parts parts;
    return component_name_parse(slice_text(name), false, &parts, &error) ==
           WHIT_OK;
}

TEST(names_follow_the_grammar)
{
    static const char *const good[] = {"a",
                                       "a-B-c1",
                                       "A1",
                                       "x-1-2",
                                       "n:p/i",
                                       "n-1:p-2/I",
                                       "n:p/i@1.2.3",
                                       "n:p/i@0.0.0-a.1+b.01",
                                       "[method]a.b",
                                       "[static]A.b-c",
                                       "[constructor]r"};
    static const char *const bad[] = {"",
                                      "-",
                                      "a-",
                                      "a--b",
                                      "aB",
                                      "1a",
                                      "n:p",
                                      "N:p/i",
                                      "n:p/i/j",
                                      "n:m:p/i",
                                      "n:p/i@1.2",
                                      "n:p/i@",
                                      "n:p/i@01.0.0",
                                      "n:p/i@1.0.0-01",
                                      "[method]a",
                                      "[method]a.b.c",
                                      "[other]a"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(valid_name(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!valid_name(bad[i]));
    CHECK(component_version_is_canonical(slice_text("1")));
    CHECK(component_version_is_canonical(slice_text("0.2")));
    CHECK(component_version_is_canonical(slice_text("0.0.0")));
    CHECK(!component_version_is_canonical(slice_text("1.2")));
    CHECK(!component_version_is_canonical(slice_text("0")));
}

/* The type of the first function of a component's text. */
static const component_node *first_function(component_file **file,
                                            const char *text)
{
    *file = parse(text);
    whit_status status = component_validate(*file, &error);
    if (status != WHIT_OK)
        printf("%s\n", error.message);
    CHECK_INT(status, WHIT_OK);
    return (*file)->root.info->items[COMPONENT_SORT_FUNC][0].type;
}

TEST(flattening_follows_the_canonical_abi)
{
    component_file *file;
    component_signature s;
    const component_node *f = first_function(
        &file, "(component (import \"f\" (func async (param \"a\" string)"
               " (param \"b\" (option u64))"
               " (param \"c\" (result f32 (error u32)))"
               " (result (tuple u8 f64)))))");
    component_flatten_function(f, COMPONENT_FLAT_LOWER, false, false, WASM_I32,
                               &s);
    static const wasm_valtype sync[] = {WASM_I32, WASM_I32, WASM_I32, WASM_I64,
                                        WASM_I32, WASM_I32, WASM_I32};
    CHECK_INT(s.params.count, 7);
    CHECK(!memcmp(s.params.types, sync, sizeof sync));
    CHECK_INT(s.results.count, 0);
    component_flatten_function(f, COMPONENT_FLAT_LIFT, false, false, WASM_I64,
                               &s);
    CHECK_INT(s.params.count, 6);
    CHECK_INT(s.params.types[0], WASM_I64);
    CHECK_INT(s.results.count, 1);
    CHECK_INT(s.results.types[0], WASM_I64);
    component_flatten_function(f, COMPONENT_FLAT_LOWER, true, false, WASM_I32,
                               &s);
    CHECK_INT(s.params.count, 2);
    CHECK(s.params_in_memory && s.results_in_memory);
    CHECK_INT(s.results.types[0], WASM_I32);
    component_flatten_function(f, COMPONENT_FLAT_LIFT, true, true, WASM_I32,
                               &s);
    CHECK_INT(s.params.count, 6);
    CHECK_INT(s.results.count, 1);
    component_file_free(file);
}

TEST(layout_follows_the_canonical_abi)
{
    component_file *file;
    const component_node *f = first_function(
        &file, "(component (type $v (variant (case \"a\" u8)"
               "  (case \"b\" (tuple u32 u64))))"
               " (import \"v\" (type $v' (eq $v)))"
               " (import \"f\" (func (param \"a\" (tuple u8 u16 string))"
               "  (param \"b\" $v') (param \"c\" (list u16 3)))))");
    CHECK_INT(f->members[0].type->layout[0].size, 12);
    CHECK_INT(f->members[0].type->layout[0].align, 4);
    CHECK_INT(f->members[0].type->layout[1].size, 24);
    CHECK_INT(f->members[1].type->layout[0].size, 24);
    CHECK_INT(f->members[1].type->layout[0].align, 8);
    CHECK_INT(f->members[2].type->layout[0].size, 6);
    CHECK_INT(f->members[2].type->layout[0].align, 2);
    component_file_free(file);
}

TEST(identifiers_survive_the_binary)
{
    component_file *file = parse("(component $C (import \"f\" (func $g)))");
    component_file *back = NULL;
    buffer bytes, text;
    buffer_init(&bytes);
    buffer_init(&text);
    CHECK_INT(component_encode(file, &bytes, &error), WHIT_OK);
    CHECK_INT(component_decode(buffer_view(&bytes), &back, &error), WHIT_OK);
    CHECK_INT(component_print(back, NULL, &text, &error), WHIT_OK);
    CHECK_TEXT(buffer_string(&text),
               "(component $C\n"
               "  (type (;0;) (func))\n"
               "  (import \"f\" (func $g (;0;) (type 0)))\n"
               ")\n");
    component_file_free(file);
    component_file_free(back);
    buffer_release(&bytes);
    buffer_release(&text);
}

TEST(gated_features_say_so)
{
    CHECK_REFUSED("(component (import \"v\" (value u8)))", WHIT_UNSUPPORTED,
                  "gated");
    CHECK_REFUSED("(component (core func (canon"
                  " thread.available-parallelism)))",
                  WHIT_UNSUPPORTED, "gated");
    CHECK_REFUSED("(component (import \"a:b:c/d\" (func)))", WHIT_INVALID,
                  "gated");
}

TEST_MAIN(
    RUN(everything_round_trips) RUN(dump_accounts_for_every_byte)
        RUN(every_prefix_decodes_or_says_where_it_ends)
            RUN(errors_of_binaries_have_offset_and_section)
                RUN(errors_of_texts_have_lines)
                    RUN(types_that_double_are_refused_soon)
                        RUN(nesting_has_a_limit) RUN(resources_stay_apart)
                            RUN(options_are_checked)
                                RUN(names_follow_the_grammar)
                                    RUN(flattening_follows_the_canonical_abi)
                                        RUN(layout_follows_the_canonical_abi)
                                            RUN(identifiers_survive_the_binary)
                                                RUN(gated_features_say_so))
