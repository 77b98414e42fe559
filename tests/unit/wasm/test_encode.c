/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The encoder is the decoder's inverse, and shortens. */
#include "test.h"

#include "everything.h"
#include "wasm/decode.h"
#include "wasm/encode.h"

#define HEAD "\0asm\1\0\0\0"

static void check_encoding(slice from, slice to)
{
    const wasm_decode_options options = {WASM_FEATURES_ALL, false};
    wasm_module *m = NULL;
    buffer out;
    buffer_init(&out);
    CHECK_INT(wasm_decode(from, &options, &m, NULL), WHIT_OK);
    if (m) {
        CHECK_INT(wasm_encode(m, &out, NULL), WHIT_OK);
        CHECK(slice_equal(buffer_view(&out), to));
    }
    wasm_module_free(m);
    buffer_release(&out);
}

#define CHECK_ENCODING(from, to)                     \
    check_encoding(slice_of(from, sizeof(from) - 1), \
                   slice_of(to, sizeof(to) - 1))

TEST(everything_comes_back)
{
    slice bytes = slice_of(everything, sizeof everything);
    check_encoding(bytes, bytes);
}

TEST(long_integers_become_short)
{
    CHECK_ENCODING(HEAD "\1\x87\x80\0\x81\0\x60\x80\0\x80\0"
                        "\5\5\x81\0\0\x80\0",
                   HEAD "\1\4\1\x60\0\0"
                        "\5\3\1\0\0");
}

TEST(empty_sections_go)
{
    CHECK_ENCODING(HEAD "\1\1\0\3\1\0\7\1\0\x0a\1\0", HEAD);
}

TEST(explicit_table_zero_becomes_implicit)
{
    CHECK_ENCODING(HEAD "\4\4\1\x70\0\0\x09\x08\1\2\0\x41\0\x0b\0\0",
                   HEAD "\4\4\1\x70\0\0\x09\6\1\0\x41\0\x0b\0");
}

TEST(bodies_are_shortened_on_request)
{
    static const char body[] = "\x20\x81\x80\0\x41\xff\xff\x7f\x6a"
                               "\x0e\x81\0\x80\0\x81\0\x0b";
    static const char want[] = "\x20\1\x41\x7f\x6a\x0e\1\0\1\x0b";
    buffer out;
    buffer_init(&out);
    wasm_reencode_body(slice_of(body, sizeof body - 1), &out);
    CHECK(slice_equal(buffer_view(&out), slice_of(want, sizeof want - 1)));
    buffer_release(&out);
}

TEST_MAIN(RUN(everything_comes_back) RUN(long_integers_become_short)
              RUN(empty_sections_go) RUN(explicit_table_zero_becomes_implicit)
                  RUN(bodies_are_shortened_on_request))
