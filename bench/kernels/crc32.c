/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * CRC-32 of 64 KiB, by table and bit by bit, n times. */

#include "kernel.h"

enum { BYTES = 65536 };

static const uint32_t POLYNOMIAL = 0xedb88320;

static uint32_t by_bit(uint32_t crc, uint8_t byte)
{
    crc ^= byte;
    for (int i = 0; i < 8; i++)
        crc = crc >> 1 ^ (POLYNOMIAL & (0u - (crc & 1)));
    return crc;
}

uint32_t run(uint32_t n)
{
    uint32_t seed = 9, sum = 1;

    kernel_reset();
    uint32_t *table = kernel_alloc(256 * sizeof *table);
    uint8_t *data = kernel_alloc(BYTES);
    for (uint32_t i = 0; i < 256; i++)
        table[i] = by_bit(0, (uint8_t)i);
    for (uint32_t i = 0; i < BYTES; i++)
        data[i] = (uint8_t)(kernel_random(&seed) >> 11);
    for (uint32_t round = 0; round < n; round++) {
        uint32_t crc = ~round;
        for (uint32_t i = 0; i < BYTES; i++)
            crc = crc >> 8 ^ table[(crc ^ data[i]) & 255];
        for (uint32_t i = 0; i < BYTES / 16; i++)
            crc = by_bit(crc, data[i * 16]);
        data[round % BYTES] ^= (uint8_t)crc;
        sum = kernel_mix(sum, ~crc);
    }
    return sum;
}
