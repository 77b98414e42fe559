/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * LZ77 with hash chains over 64 KiB of text-like data: pack, unpack, compare;
 * n times. */

#include "kernel.h"

enum {
    INPUT_BYTES = 65536,
    HASH_BITS = 13,
    WINDOW = 32768,
    MATCH_MIN = 4,
    MATCH_MAX = 255 + MATCH_MIN,
    CHAIN_MAX = 12
};

typedef struct {
    const uint8_t *data;
    uint32_t size;
    int32_t *heads; /* hash to newest position, -1 when none */
    int32_t *chain; /* position to the one before with the same hash */
} packer;

static uint32_t hash4(const uint8_t *at)
{
    uint32_t word;

    memcpy(&word, at, 4);
    return word * 2654435761u >> (32 - HASH_BITS);
}

static uint32_t match_length(const uint8_t *a, const uint8_t *b, uint32_t max)
{
    uint32_t size = 0;

    while (size < max && a[size] == b[size])
        size++;
    return size;
}

static uint32_t match_find(const packer *self, uint32_t at, uint32_t *distance)
{
    uint32_t max = self->size - at, best = 0;
    int32_t from = self->heads[hash4(self->data + at)];

    if (max > MATCH_MAX)
        max = MATCH_MAX;
    for (int tries = 0; tries < CHAIN_MAX && from >= 0; tries++) {
        if (at - (uint32_t)from > WINDOW)
            break;
        uint32_t size = match_length(self->data + from, self->data + at, max);
        if (size > best) {
            best = size;
            *distance = at - (uint32_t)from;
        }
        from = self->chain[from];
    }
    return best >= MATCH_MIN ? best : 0;
}

static void position_add(packer *self, uint32_t at)
{
    uint32_t hash = hash4(self->data + at);

    self->chain[at] = self->heads[hash];
    self->heads[hash] = (int32_t)at;
}

/* Output: groups of eight items behind a byte of flags; an item is one byte,
 * or (flag set) length - MATCH_MIN and a 16-bit distance. */
static uint32_t pack(packer *self, uint8_t *out)
{
    uint32_t at = 0, end = 0, flags = 0, items = 8;

    memset(self->heads, 0xff, sizeof(int32_t) << HASH_BITS);
    while (at < self->size) {
        uint32_t distance = 0, size = 0;
        if (items == 8) {
            flags = end++;
            out[flags] = 0;
            items = 0;
        }
        if (at + MATCH_MIN <= self->size)
            size = match_find(self, at, &distance);
        if (size) {
            out[flags] |= (uint8_t)(1 << items);
            out[end++] = (uint8_t)(size - MATCH_MIN);
            out[end++] = (uint8_t)(distance - 1);
            out[end++] = (uint8_t)((distance - 1) >> 8);
        } else {
            out[end++] = self->data[at];
            size = 1;
        }
        items++;
        for (; size; size--, at++)
            if (at + MATCH_MIN <= self->size)
                position_add(self, at);
    }
    return end;
}

static uint32_t unpack(const uint8_t *in, uint32_t size, uint8_t *out)
{
    uint32_t at = 0, end = 0;

    while (at < size) {
        uint32_t flags = in[at++];
        for (int i = 0; i < 8 && at < size; i++, flags >>= 1) {
            if (!(flags & 1)) {
                out[end++] = in[at++];
                continue;
            }
            uint32_t length = in[at] + (uint32_t)MATCH_MIN;
            uint32_t distance = in[at + 1] + (in[at + 2] << 8) + 1u;
            at += 3;
            for (; length; length--, end++)
                out[end] = out[end - distance];
        }
    }
    return end;
}

static void make_text(uint8_t *text, uint32_t seed)
{
    static const char SOUNDS[] = "tanerisodelumaquicorpentesavigo";
    uint32_t at = 0;

    while (at < INPUT_BYTES) {
        uint32_t word = kernel_random(&seed) % 97 * (kernel_random(&seed) % 5);
        uint32_t size = 2 + word % 9;
        for (uint32_t i = 0; i < size && at < INPUT_BYTES; i++)
            text[at++] = (uint8_t)SOUNDS[(word + i * (1 + word % 3)) % 31];
        if (at < INPUT_BYTES)
            text[at++] = word % 11 ? ' ' : '\n';
    }
}

uint32_t run(uint32_t n)
{
    uint32_t sum = 1;

    kernel_reset();
    uint8_t *text = kernel_alloc(INPUT_BYTES);
    uint8_t *packed = kernel_alloc(INPUT_BYTES * 2);
    uint8_t *copy = kernel_alloc(INPUT_BYTES + MATCH_MAX);
    packer self = {
        .data = text,
        .size = INPUT_BYTES,
        .heads = kernel_alloc(sizeof(int32_t) << HASH_BITS),
        .chain = kernel_alloc(INPUT_BYTES * sizeof(int32_t)),
    };

    for (uint32_t round = 0; round < n; round++) {
        make_text(text, round + 1);
        uint32_t size = pack(&self, packed);
        uint32_t back = unpack(packed, size, copy);
        sum = kernel_mix(kernel_mix(sum, size), back);
        sum = kernel_mix(sum, memcmp(text, copy, INPUT_BYTES) == 0);
        sum = kernel_mix(sum, packed[size / 2]);
    }
    return sum;
}
