/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types at run time: how they are written, and which are equal. */
#include "test.h"

#include "guests.h"

static guests g;
static canon_tuple types;

static void check_text(const char *text, const char *expected)
{
    buffer out;
    buffer_init(&out);
    whit_status status = guests_types(&g, text, &types);
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK)
        printf("%s: %s\n", text, g.error.message);
    else
        canon_type_write(g.function, &out);
    CHECK_TEXT(buffer_string(&out), expected);
    buffer_release(&out);
}

TEST(types_are_written_as_wit_does)
{
    CHECK_INT(guests_open(&g, 0, true), WHIT_OK);
    check_text("(component (import \"f\" (func)))", "func()");
    check_text("(component (import \"f\" (func async (result u32))))",
               "async func() -> u32");
    check_text(
        "(component (import \"f\" (func (param \"a\" bool) (param \"b-c\" s8)"
        " (param \"d\" (list string)) (param \"e\" (list char 7))"
        " (param \"f\" (tuple f32 f64)) (param \"g\" (option s64))"
        " (param \"h\" (result)) (param \"i\" (result u8))"
        " (param \"j\" (result (error u8)))"
        " (param \"k\" (result u8 (error u16))) (param \"l\" (map u8 string))"
        " (param \"m\" (stream u8)) (param \"n\" (stream)) (param \"o\""
        " (future string)) (param \"p\" error-context))))",
        "func(a: bool, b-c: s8, d: list<string>, e: list<char, 7>, "
        "f: tuple<f32, f64>, g: option<s64>, h: result, i: result<u8>, "
        "j: result<_, u8>, k: result<u8, u16>, l: map<u8, string>, "
        "m: stream<u8>, n: stream, o: future<string>, p: error-context)");
    check_text(
        "(component"
        " (type $r' (record (field \"a\" u8) (field \"b\" string)))"
        " (import \"r\" (type $r (eq $r')))"
        " (type $e' (enum \"x\" \"y\")) (import \"e\" (type $e (eq $e')))"
        " (type $l' (flags \"p\" \"q\")) (import \"l\" (type $l (eq $l')))"
        " (import \"f\" (func (param \"a\" $r) (param \"b\" $e)"
        " (result $l))))",
        "func(a: record { a: u8, b: string }, b: enum { x, y }) -> "
        "flags { p, q }");
    guests_close(&g);
}

TEST(resources_are_written_by_name)
{
    static const char streams[] =
        "(component"
        " (import \"wasi:io/error@0.2.0\" (instance $io"
        "  (export \"error\" (type (sub resource)))))"
        " (alias export $io \"error\" (type $error))"
        " (import \"wasi:io/streams@0.2.0\" (instance $streams"
        "  (export \"output-stream\" (type $o (sub resource)))"
        "  (alias outer 1 $error (type $e'))"
        "  (export \"io-error\" (type $e (eq $e')))"
        "  (type $v' (variant (case \"last-operation-failed\" (own $e))"
        "   (case \"closed\")))"
        "  (export \"stream-error\" (type $v (eq $v')))"
        "  (export \"[method]output-stream.write\" (func"
        "   (param \"self\" (borrow $o)) (param \"contents\" (list u8))"
        "   (result (result (error $v)))))))"
        " (import \"f\" (func)))";
    CHECK_INT(guests_open(&g, 0, true), WHIT_OK);
    check_text(streams, "func()");
    const component_node *type = g.types->root.info->type->imports[1].type;
    buffer out;
    buffer_init(&out);
    canon_type_write(type->exports[type->export_count - 1].type, &out);
    CHECK_TEXT(buffer_string(&out),
               "func(self: borrow<output-stream>, contents: list<u8>) -> "
               "result<_, variant { last-operation-failed(own<error>), "
               "closed }>");
    buffer_release(&out);
    guests_close(&g);
}

TEST(a_failed_write_is_noticed)
{
    buffer out;
    buffer_init(&out);
    CHECK_INT(guests_open(&g, 0, true), WHIT_OK);
    CHECK_INT(guests_types(&g, "(component (import \"f\" (func)))", &types),
              WHIT_OK);
    mem_fail_after(1);
    canon_type_write(g.function, &out);
    mem_fail_after(0);
    CHECK_INT(buffer_status(&out, &g.error), WHIT_OUT_OF_MEMORY);
    buffer_release(&out);
    guests_close(&g);
}

static bool are_equal(unsigned a, unsigned b)
{
    return canon_type_equal(types.members[a].type, g.a.instance,
                            types.members[b].type, g.a.instance);
}

TEST(structure_decides)
{
    CHECK_INT(guests_open(&g, 0, true), WHIT_OK);
    CHECK_INT(
        guests_types(
            &g,
            "(component"
            " (type $a' (record (field \"x\" (list u8))))"
            " (type $b' (record (field \"x\" (list u8))))"
            " (type $c' (record (field \"y\" (list u8))))"
            " (import \"a\" (type $a (eq $a')))"
            " (import \"b\" (type $b (eq $b')))"
            " (import \"c\" (type $c (eq $c')))"
            " (import \"f\" (func (param \"a\" $a) (param \"b\" $b)"
            "  (param \"c\" $c) (param \"d\" (list u8 3))"
            "  (param \"e\" (list u8 4)) (param \"f\" (result u8))"
            "  (param \"g\" (result (error u8))) (param \"h\" u8)"
            "  (param \"i\" s8) (param \"j\" bool) (param \"k\" string))))",
            &types),
        WHIT_OK);
    for (unsigned i = 0; i < types.count; i++)
        for (unsigned j = 0; j < types.count; j++)
            CHECK_INT(are_equal(i, j), i == j || i + j == 1);
    CHECK(canon_type_equal(NULL, NULL, NULL, NULL));
    CHECK(!canon_type_equal(types.members[0].type, NULL, NULL, NULL));
    CHECK(canon_type_is_number(NULL));
    CHECK(canon_type_is_number(types.members[7].type));
    CHECK(!canon_type_is_number(types.members[9].type));
    CHECK(!canon_type_is_number(types.members[10].type));
    CHECK(!canon_type_is_number(types.members[0].type));
    guests_close(&g);
}

TEST_MAIN(RUN(types_are_written_as_wit_does) RUN(resources_are_written_by_name)
              RUN(a_failed_write_is_noticed) RUN(structure_decides))
