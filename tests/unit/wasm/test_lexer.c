/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tokens, their positions, and what is no token. */
#include "test.h"

#include "wasm/lexer.h"

static wasm_token first(const char *text)
{
    wasm_lexer lexer = wasm_lexer_new(slice_text(text));
    wasm_token token = {0};
    whit_error error;
    CHECK_INT(wasm_lexer_next(&lexer, &token, &error), WHIT_OK);
    return token;
}

static void kind(const char *text, wasm_token_kind want)
{
    wasm_token token = first(text);
    if (token.kind != want)
        printf("%s: kind %d, not %d\n", text, token.kind, want);
    CHECK(token.kind == want && token.text.size == strlen(text));
}

/* The message that the first failing token of a text gives. */
static void fails(const char *text, const char *message, unsigned line,
                  unsigned column)
{
    wasm_lexer lexer = wasm_lexer_new(slice_text(text));
    wasm_token token = {0};
    whit_error error = {0};
    do {
        if (wasm_lexer_next(&lexer, &token, &error) != WHIT_OK)
            break;
    } while (token.kind != WASM_TOKEN_EOF);
    CHECK_INT(error.code, WHIT_MALFORMED);
    error.message[strlen(message)] = 0;
    CHECK_TEXT(error.message, message);
    CHECK_INT(error.line, line);
    CHECK_INT(error.column, column);
}

TEST(numbers)
{
    kind("0", WASM_TOKEN_NAT);
    kind("1_000", WASM_TOKEN_NAT);
    kind("0xFF_ff", WASM_TOKEN_NAT);
    kind("+1", WASM_TOKEN_INT);
    kind("-0x1", WASM_TOKEN_INT);
    kind("1.", WASM_TOKEN_FLOAT);
    kind("1e7", WASM_TOKEN_FLOAT);
    kind("-0x1.8p-3", WASM_TOKEN_FLOAT);
    kind("inf", WASM_TOKEN_FLOAT);
    kind("-nan:0x1", WASM_TOKEN_FLOAT);
    kind("1__0", WASM_TOKEN_RESERVED);
    kind("0x", WASM_TOKEN_RESERVED);
    kind("1e", WASM_TOKEN_RESERVED);
    kind(".5", WASM_TOKEN_RESERVED);
    kind("_1", WASM_TOKEN_RESERVED);
    kind("nan:canonical", WASM_TOKEN_KEYWORD);
}

TEST(words)
{
    kind("i32.add", WASM_TOKEN_KEYWORD);
    kind("offset=4", WASM_TOKEN_KEYWORD);
    kind("$a!b", WASM_TOKEN_ID);
    kind("$\"a b\"", WASM_TOKEN_ID);
    kind("\"a\\\"b\"", WASM_TOKEN_STRING);
    kind("\"a\"\"b\"", WASM_TOKEN_RESERVED);
    kind("$\"a\"b", WASM_TOKEN_RESERVED);
    kind("0$l", WASM_TOKEN_RESERVED);
    kind(",", WASM_TOKEN_RESERVED);
    kind("(", WASM_TOKEN_LPAR);
    kind("", WASM_TOKEN_EOF);
}

TEST(white_space)
{
    CHECK(first("(; a (; b ;) ;) ;; c\r(@x (y \")\" ;;)\n) z) ok").place.line ==
          3);
    wasm_token token = first(";; h\xc3\xa9");
    CHECK_INT(token.kind, WASM_TOKEN_EOF);
    wasm_lexer lexer = wasm_lexer_new(slice_text("\"\xc3\xa9\xc3\xa9\" b"));
    CHECK_INT(wasm_lexer_next(&lexer, &token, NULL), WHIT_OK);
    CHECK_INT(wasm_lexer_next(&lexer, &token, NULL), WHIT_OK);
    CHECK_INT(wasm_place_column(token.place), 6);
}

TEST(annotations)
{
    wasm_lexer lexer = wasm_lexer_new(slice_text("(@a) (@custom \"x\") (@b)"));
    wasm_token token;
    whit_error error;
    lexer.annotations = true;
    CHECK_INT(wasm_lexer_next(&lexer, &token, &error), WHIT_OK);
    CHECK_INT(token.kind, WASM_TOKEN_ANNOTATION);
    CHECK_INT(token.annotation, WASM_ANNOTATION_CUSTOM);
    CHECK_INT(wasm_lexer_skip_annotation(&lexer, token.place, &error), WHIT_OK);
    CHECK_INT(wasm_lexer_next(&lexer, &token, &error), WHIT_OK);
    CHECK_INT(token.kind, WASM_TOKEN_EOF);
    lexer = wasm_lexer_new(slice_text("(@\"n\\61me\" \"x\")"));
    lexer.annotations = true;
    CHECK_INT(wasm_lexer_next(&lexer, &token, &error), WHIT_OK);
    CHECK_INT(token.annotation, WASM_ANNOTATION_NAME);
}

TEST(strings)
{
    arena memory;
    slice text = slice_of(NULL, 0);
    whit_error error;
    arena_init(&memory);
    wasm_token token = first("\"a\\t\\n\\\\\\'\\\"\\00\\fF\\u{26_3a}z\"");
    CHECK_INT(wasm_token_decode(&token, &memory, &text, &error), WHIT_OK);
    CHECK(slice_equal(text, slice_of("a\t\n\\'\"\0\xff\xe2\x98\xbaz", 12)));
    token = first("$\"a\\u{e9}\"");
    CHECK_INT(wasm_token_decode(&token, &memory, &text, &error), WHIT_OK);
    CHECK(slice_is(text, "a\xc3\xa9"));
    arena_release(&memory);
}

TEST(errors)
{
    fails("a\n  \x01", "illegal character", 2, 3);
    fails("a \xc3\xa9", "illegal character", 1, 3);
    fails("\xff", "malformed UTF-8 encoding", 1, 1);
    fails(";; \xff", "malformed UTF-8 encoding", 1, 4);
    fails("\"a\n\"", "unclosed string", 1, 1);
    fails("\"a", "unclosed string", 1, 1);
    fails("\"\\q\"", "illegal escape", 1, 2);
    fails("\"\\u{d800}\"", "illegal escape", 1, 2);
    fails("\"\\u{110000}\"", "illegal escape", 1, 2);
    fails("\"\\u{}\"", "illegal escape", 1, 2);
    fails("(; (; ;)", "unclosed comment", 1, 1);
    fails("$", "empty identifier", 1, 1);
    fails("$\"\"", "empty identifier", 1, 1);
    fails("$\"\\ef\"", "malformed UTF-8 encoding", 1, 1);
    fails("(@)", "empty annotation id", 1, 1);
    fails("(@\"\\ef\")", "malformed UTF-8 encoding", 1, 1);
    fails(" (@x (y)", "unclosed annotation", 1, 2);
}

TEST_MAIN(RUN(numbers) RUN(words) RUN(white_space) RUN(annotations) RUN(strings)
              RUN(errors))
