/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Strings of every size and script. */
#define TOPIC contract_strings
#include "../host.h"

GIVE(echo, guest_string_t, guest_string_t text)
{
    *result = text;
    return WHIT_OK;
}

GIVE(concat, guest_string_t, guest_string_t a, guest_string_t b)
{
    char *out = whit_host_call_alloc(call, a.len + b.len + 1);
    memcpy(out, a.ptr, a.len);
    memcpy(out + a.len, b.ptr, b.len);
    *result = (guest_string_t){out, a.len + b.len};
    return WHIT_OK;
}

GIVE(text_size, uint32_t, guest_string_t text)
{
    *result = (uint32_t)text.len;
    return WHIT_OK;
}

GIVE(repeat, guest_string_t, guest_string_t text, uint32_t count)
{
    char *out = whit_host_call_alloc(call, text.len * count + 1);
    for (uint32_t i = 0; i < count; i++)
        memcpy(out + i * text.len, text.ptr, text.len);
    *result = (guest_string_t){out, text.len * count};
    return WHIT_OK;
}

static void test(void)
{
    static char large[100000];
    const guest_string_t texts[] = {TEXT(""),       TEXT("a"),
                                    TEXT("grüße"),  TEXT("世界 🎉"),
                                    TEXT("a\0b\0"), {large, sizeof large}};
    guest_string_t out;
    uint32_t size;
    memset(large, 'x', sizeof large);
    for (size_t i = 0; i < COUNT(texts); i++) {
        OK(API(echo)(W, texts[i], &out, region, E));
        CHECK(same_text(out, texts[i]));
        OK(API(size)(W, texts[i], &size, E));
        CHECK(size == texts[i].len);
        OK(API(concat)(W, texts[i], TEXT("ü"), &out, region, E));
        CHECK(out.len == texts[i].len + 2);
        CHECK(!memcmp(out.ptr, texts[i].ptr, texts[i].len));
        CHECK(!memcmp(out.ptr + out.len - 2, "ü", 2));
    }
    OK(API(repeat)(W, TEXT("ab"), 3, &out, region, E));
    CHECK(IS(out, "ababab"));
    OK(API(repeat)(W, TEXT("ab"), 0, &out, region, E));
    CHECK(out.len == 0);
}

static const struct guest_imports given = {
    .GIVEN = {echo, concat, text_size, repeat}};

HOST(given, test)
