/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation of decode, validate, encode, dump and names fails in turn:
 * the call reports it and leaves nothing behind (the leak checker looks). */
#include "test.h"

#include "../unit/wasm/everything.h"
#include "base/memory.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/names.h"
#include "wasm/print.h"
#include "wasm/validate.h"

static const wasm_decode_options options = {WASM_FEATURES_ALL, true};

typedef whit_status work(slice bytes, whit_error *error);

static whit_status decode(slice bytes, whit_error *error)
{
    wasm_module *module = NULL;
    whit_status status = wasm_decode(bytes, &options, &module, error);
    CHECK((status == WHIT_OK) == (module != NULL));
    wasm_module_free(module);
    return status;
}

static whit_status validate(slice bytes, whit_error *error)
{
    wasm_module *module = NULL;
    TRY(wasm_decode(bytes, &options, &module, error));
    whit_status status = wasm_validate(module, WASM_FEATURES_ALL, error);
    CHECK(module->validated == (status == WHIT_OK));
    wasm_module_free(module);
    return status;
}

static whit_status encode(slice bytes, whit_error *error)
{
    wasm_module *module = NULL;
    buffer out;
    TRY(wasm_decode(bytes, &options, &module, error));
    buffer_init(&out);
    whit_status status = wasm_encode(module, &out, error);
    buffer_release(&out);
    wasm_module_free(module);
    return status;
}

static whit_status dump(slice bytes, whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status = wasm_dump(bytes, WASM_FEATURES_ALL, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status names(slice bytes, whit_error *error)
{
    wasm_module *module = NULL;
    arena memory;
    wasm_names found;
    buffer out;
    TRY(wasm_decode(bytes, &options, &module, error));
    arena_init(&memory);
    buffer_init(&out);
    whit_status status = wasm_names_read(module, &memory, &found, error);
    if (status == WHIT_OK) {
        wasm_names_write(&found, &out);
        status = buffer_status(&out, error);
    }
    buffer_release(&out);
    arena_release(&memory);
    wasm_module_free(module);
    return status;
}

/* Lets the n-th allocation and all later ones fail, for every n that the
 * work reaches; `want` is its result when nothing fails. */
static void fail_each(work *run, slice bytes, whit_status want)
{
    whit_error error;
    mem_fail_after(0);
    CHECK_INT(run(bytes, &error), want);
    uint64_t count = mem_count();
    CHECK(count > 0);
    for (uint64_t n = 1; n <= count; n++) {
        mem_fail_after(n);
        whit_status status = run(bytes, &error);
        mem_fail_after(0);
        /* Searching a name for a message may fail without being missed. */
        CHECK(status == WHIT_OUT_OF_MEMORY ||
              (want != WHIT_OK && status == want));
        CHECK_INT(error.code, status);
    }
}

static const slice whole = {everything, sizeof everything};

TEST(decode_survives)
{
    fail_each(decode, whole, WHIT_OK);
}

TEST(validate_survives)
{
    fail_each(validate, whole, WHIT_OK);
}

TEST(encode_survives)
{
    fail_each(encode, whole, WHIT_OK);
}

TEST(dump_survives)
{
    fail_each(dump, whole, WHIT_OK);
}

TEST(names_survive)
{
    fail_each(names, whole, WHIT_OK);
}

/* A bad body late in the module, whose message looks for names. */
TEST(messages_survive)
{
    uint8_t bytes[sizeof everything];
    memcpy(bytes, everything, sizeof bytes);
    uint8_t *at = memmem(bytes, sizeof bytes, "\x43\0\0\x80\x3f\x0b", 6);
    CHECK(at != NULL);
    if (!at)
        return;
    memcpy(at, "\1\1\1\1\1", 5);
    fail_each(validate, slice_of(bytes, sizeof bytes), WHIT_INVALID);
}

/* Deep blocks, many operands, many types: everything that grows does so
 * more than once. */
static void big_module(buffer *out)
{
    enum { TYPES = 300, DEPTH = 200, OPERANDS = 700 };
    buffer part, body;
    buffer_init(&part);
    buffer_init(&body);
    buffer_append(out, "\0asm\1\0\0\0", 8);
    buffer_uleb(&part, TYPES);
    for (int i = 0; i < TYPES; i++) {
        buffer_append(&part, "\x60\0", 2);
        buffer_uleb(&part, (uint64_t)(i % 100));
        for (int j = 0; j < i % 100; j++)
            buffer_put(&part, (uint8_t)(i < 100 ? WASM_I32 : WASM_F64));
    }
    buffer_put(out, WASM_SECTION_TYPE);
    buffer_uleb(out, part.size);
    buffer_slice(out, buffer_view(&part));
    buffer_append(out, "\3\2\1\0", 4);
    buffer_append(&body, "\1\1\x64\0", 4);
    buffer_append(&body, "\xd2\0\x21\0", 4);
    for (int i = 0; i < DEPTH; i++)
        buffer_append(&body, "\2\x40\xd2\0\x21\0", 6);
    for (int i = 0; i < OPERANDS; i++)
        buffer_append(&body, "\x20\0", 2);
    for (int i = 0; i < OPERANDS; i++)
        buffer_put(&body, 0x1a);
    for (int i = 0; i <= DEPTH; i++)
        buffer_put(&body, 0x0b);
    buffer_clear(&part);
    buffer_put(&part, 1);
    buffer_uleb(&part, body.size);
    buffer_slice(&part, buffer_view(&body));
    /* An export makes the function one that ref.func may name. */
    buffer_append(out, "\7\5\1\1f\0\0", 7);
    buffer_put(out, WASM_SECTION_CODE);
    buffer_uleb(out, part.size);
    buffer_slice(out, buffer_view(&part));
    buffer_release(&part);
    buffer_release(&body);
}

TEST(a_big_module_survives)
{
    buffer bytes;
    buffer_init(&bytes);
    big_module(&bytes);
    fail_each(decode, buffer_view(&bytes), WHIT_OK);
    fail_each(validate, buffer_view(&bytes), WHIT_OK);
    fail_each(encode, buffer_view(&bytes), WHIT_OK);
    buffer_release(&bytes);
}

TEST_MAIN(RUN(decode_survives) RUN(validate_survives) RUN(encode_survives)
              RUN(dump_survives) RUN(names_survive) RUN(messages_survive)
                  RUN(a_big_module_survives))
