/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The vocabulary of the text format: opcodes by name, and what a misspelt
 * word may have meant. */
#include <pthread.h>

#include "base/near.h"
#include "wasm/text_internal.h"
#include "wasm/text_numbers.h"

static const char *const keywords[] = {
    "after",
    "any",
    "anyref",
    "array",
    "arrayref",
    "assert_exception",
    "assert_exhaustion",
    "assert_invalid",
    "assert_malformed",
    "assert_return",
    "assert_trap",
    "assert_unlinkable",
    "before",
    "binary",
    "catch",
    "catch_all",
    "catch_all_ref",
    "catch_ref",
    "data",
    "declare",
    "definition",
    "either",
    "elem",
    "eq",
    "eqref",
    "exn",
    "exnref",
    "export",
    "extern",
    "externref",
    "f32",
    "f32x4",
    "f64",
    "f64x2",
    "field",
    "final",
    "func",
    "funcref",
    "get",
    "global",
    "i16",
    "i16x8",
    "i31",
    "i31ref",
    "i32",
    "i32x4",
    "i64",
    "i64x2",
    "i8",
    "i8x16",
    "import",
    "instance",
    "invoke",
    "item",
    "local",
    "memory",
    "module",
    "mut",
    "nan:arithmetic",
    "nan:canonical",
    "noexn",
    "noextern",
    "nofunc",
    "none",
    "null",
    "nullexnref",
    "nullexternref",
    "nullfuncref",
    "nullref",
    "offset",
    "param",
    "quote",
    "rec",
    "ref",
    "register",
    "result",
    "shared",
    "start",
    "struct",
    "structref",
    "sub",
    "table",
    "tag",
    "then",
    "thread",
    "type",
    "unshared",
    "v128",
    "wait",
};

/* Words of drafts that old files still have. */
static const struct {
    const char *old;
    const char *word;
} renamed[] = {
    {"get_local", "local.get"},
    {"set_local", "local.set"},
    {"tee_local", "local.tee"},
    {"get_global", "global.get"},
    {"set_global", "global.set"},
    {"current_memory", "memory.size"},
    {"grow_memory", "memory.grow"},
    {"anyfunc", "funcref"},
    {"try", "try_table"},
    {"rethrow", "throw_ref"},
    {"extern.internalize", "any.convert_extern"},
    {"extern.externalize", "extern.convert_any"},
};

enum { SLOTS = 2048 };

/* Open addressing by slice_hash; a word without bytes is an empty slot.
 * Written once. */
static struct {
    slice word;
    uint16_t op;
} opcode_slots[SLOTS];
static pthread_once_t opcode_once = PTHREAD_ONCE_INIT;

static size_t find_slot(slice word)
{
    size_t i = slice_hash(word) % SLOTS;
    while (opcode_slots[i].word.size &&
           !slice_equal(word, opcode_slots[i].word))
        i = (i + 1) % SLOTS;
    return i;
}

static void fill_slots(void)
{
    for (size_t op = 0; op < WASM_OP_COUNT; op++) {
        if (!wasm_opcodes[op].text)
            continue;
        slice word = slice_text(wasm_opcodes[op].text);
        size_t slot = find_slot(word);
        if (opcode_slots[slot].word.size)
            continue;
        opcode_slots[slot].word = word;
        opcode_slots[slot].op = (uint16_t)op;
    }
}

bool wasm_text_opcode(slice word, uint16_t *op)
{
    pthread_once(&opcode_once, fill_slots);
    size_t slot = find_slot(word);
    *op = opcode_slots[slot].op;
    return opcode_slots[slot].word.size != 0;
}

bool wasm_text_memarg_word(slice word)
{
    const uint8_t *equals = memchr(word.data, '=', word.size);
    if (!equals)
        return false;
    slice name = slice_of(word.data, (size_t)(equals - word.data));
    slice number = slice_of(equals + 1, word.size - name.size - 1);
    if (!slice_is(name, "offset") && !slice_is(name, "align"))
        return false;
    wasm_lexer lexer = wasm_lexer_new(number);
    wasm_token token;
    return wasm_lexer_next(&lexer, &token, NULL) == WHIT_OK &&
           token.kind == WASM_TOKEN_NAT;
}

bool wasm_text_word_known(slice word)
{
    uint16_t op;
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (slice_is(word, keywords[i]))
            return true;
    return wasm_text_opcode(word, &op) || wasm_text_memarg_word(word);
}

slice wasm_text_word_near(slice word)
{
    for (size_t i = 0; i < COUNT_OF(renamed); i++)
        if (slice_is(word, renamed[i].old))
            return slice_text(renamed[i].word);
    if (!word.size || word.data[0] < 'a' || word.data[0] > 'z')
        return slice_of(NULL, 0);
    near_word near = near_new(word);
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        near_try(&near, slice_text(keywords[i]));
    for (size_t i = 0; i < WASM_OP_COUNT; i++)
        if (wasm_opcodes[i].text)
            near_try(&near, slice_text(wasm_opcodes[i].text));
    return near.best;
}
