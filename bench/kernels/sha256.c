/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * SHA-256 of n messages of 16 KiB, each seeded by the digest before it. */

#include "kernel.h"

enum { MESSAGE_BYTES = 16384 };

/* FIPS 180-4, 4.2.2: fractional parts of the cube roots of 64 primes. */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static uint32_t load_be(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static KERNEL_NOINLINE void block(uint32_t state[8], const uint8_t *at)
{
    uint32_t w[64], s[8];

    for (int i = 0; i < 16; i++)
        w[i] = load_be(at + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t e1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
        uint32_t e0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
        uint32_t choose = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint32_t first = s[7] + e1 + choose + K[i] + w[i];

        s[7] = s[6];
        s[6] = s[5];
        s[5] = s[4];
        s[4] = s[3] + first;
        s[3] = s[2];
        s[2] = s[1];
        s[1] = s[0];
        s[0] = first + e0 + majority;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

static void digest(uint32_t state[8], const uint8_t *data, uint32_t size)
{
    static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                      0xa54ff53a, 0x510e527f, 0x9b05688c,
                                      0x1f83d9ab, 0x5be0cd19};
    uint8_t tail[128] = {0};
    uint32_t left = size % 64;
    uint32_t tail_size = left < 56 ? 64 : 128;

    memcpy(state, START, sizeof START);
    for (uint32_t at = 0; at + 64 <= size; at += 64)
        block(state, data + at);
    memcpy(tail, data + size - left, left);
    tail[left] = 0x80;
    for (int i = 0; i < 4; i++)
        tail[tail_size - 1 - (uint32_t)i] = (uint8_t)(size * 8 >> (8 * i));
    for (uint32_t at = 0; at < tail_size; at += 64)
        block(state, tail + at);
}

uint32_t run(uint32_t n)
{
    kernel_reset();
    uint8_t *message = kernel_alloc(MESSAGE_BYTES);
    uint32_t state[8], seed = 1, sum = 1;

    for (uint32_t i = 0; i < MESSAGE_BYTES; i++)
        message[i] = (uint8_t)kernel_random(&seed);
    for (uint32_t round = 0; round < n; round++) {
        digest(state, message, MESSAGE_BYTES - round % 64);
        memcpy(message + round % 1000, state, sizeof state);
        sum = kernel_mix(sum, state[round % 8]);
    }
    return sum;
}
