/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Guessing what a single Rust source file is, by a look at its tokens. */
#include "toolchain/build_job.h"

#include <string.h>

typedef struct lexer {
    const uint8_t *at;
    const uint8_t *end;
} lexer;

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

static bool starts(const lexer *l, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(l->end - l->at) >= length && !memcmp(l->at, text, length);
}

/* Rust's block comments nest. */
static void skip_block(lexer *l)
{
    unsigned depth = 0;
    do {
        if (starts(l, "/*")) {
            depth++;
            l->at += 2;
        } else if (starts(l, "*/")) {
            depth--;
            l->at += 2;
        } else {
            l->at++;
        }
    } while (depth && l->at < l->end);
}

static void skip_string(lexer *l)
{
    for (l->at++; l->at < l->end && *l->at != '"'; l->at++)
        if (*l->at == '\\' && l->at + 1 < l->end)
            l->at++;
    if (l->at < l->end)
        l->at++;
}

/* At the 'r' of r"..." or r#"..."#; false when it is something else. */
static bool skip_raw_string(lexer *l)
{
    const uint8_t *p = l->at + 1;
    size_t hashes = 0;
    while (p < l->end && *p == '#')
        p++, hashes++;
    if (p >= l->end || *p != '"')
        return false;
    for (p++; p < l->end; p++) {
        if (*p != '"' || (size_t)(l->end - p - 1) < hashes)
            continue;
        size_t i = 0;
        while (i < hashes && p[1 + i] == '#')
            i++;
        if (i == hashes) {
            l->at = p + 1 + hashes;
            return true;
        }
    }
    l->at = l->end;
    return true;
}

/* 'a' and '\n' are characters, 'a without a second quote is a lifetime. */
static void skip_quote(lexer *l)
{
    l->at++;
    if (l->at < l->end && *l->at == '\\') {
        l->at += l->end - l->at > 1 ? 2 : 1;
        while (l->at < l->end && *l->at != '\'')
            l->at++;
    } else if (l->end - l->at >= 2 && l->at[1] == '\'') {
        l->at++;
    } else if (l->at < l->end && *l->at >= 0x80) {
        while (l->at < l->end && *l->at >= 0x80)
            l->at++;
    } else {
        return;
    }
    if (l->at < l->end)
        l->at++;
}

/* The next word or punctuation byte; empty at the end. */
static slice next(lexer *l)
{
    while (l->at < l->end) {
        const uint8_t *start = l->at;
        if (starts(l, "//")) {
            while (l->at < l->end && *l->at != '\n')
                l->at++;
        } else if (starts(l, "/*")) {
            skip_block(l);
        } else if (*l->at == '"') {
            skip_string(l);
        } else if (*l->at == '\'') {
            skip_quote(l);
        } else if (*l->at == 'r' && skip_raw_string(l)) {
            continue;
        } else if (is_word(*l->at)) {
            while (l->at < l->end && is_word(*l->at))
                l->at++;
            return slice_of(start, (size_t)(l->at - start));
        } else if (*l->at <= ' ') {
            l->at++;
        } else {
            l->at++;
            return slice_of(start, 1);
        }
    }
    return slice_of(l->end, 0);
}

tool_source_kind tool_rust_source_kind(slice source)
{
    if (!source.size)
        return TOOL_SOURCE_LIBRARY;
    lexer l = {source.data, source.data + source.size};
    int64_t depth = 0;
    bool after_fn = false;
    tool_source_kind kind = TOOL_SOURCE_LIBRARY;
    for (slice token = next(&l); token.size; token = next(&l)) {
        if (slice_is(token, "{") || slice_is(token, "("))
            depth++;
        else if (slice_is(token, "}") || slice_is(token, ")"))
            depth--;
        else if (slice_is(token, "crate_type"))
            return TOOL_SOURCE_DECLARED;
        else if (!depth && after_fn && slice_is(token, "main"))
            kind = TOOL_SOURCE_PROGRAM;
        else if (!depth && slice_is(token, "no_main"))
            kind = TOOL_SOURCE_LIBRARY;
        after_fn = slice_is(token, "fn");
    }
    return kind;
}
