/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Digits of pi from Machin's formula in fixed point, and powers of three by
 * long multiplication; n times. */

#include "kernel.h"

enum { LIMBS = 52, POWER_LIMBS = 96 };

/* Fixed point: limb 0 is the integer part, then 32 bits of fraction each. */
typedef uint32_t fixed[LIMBS];

static int divide(uint32_t *a, uint32_t by)
{
    uint64_t rest = 0;
    uint32_t any = 0;

    for (int i = 0; i < LIMBS; i++) {
        rest = rest << 32 | a[i];
        a[i] = (uint32_t)(rest / by);
        rest %= by;
        any |= a[i];
    }
    return any != 0;
}

static void add(uint32_t *a, const uint32_t *b)
{
    uint64_t carry = 0;

    for (int i = LIMBS; i-- > 0;) {
        carry += (uint64_t)a[i] + b[i];
        a[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void subtract(uint32_t *a, const uint32_t *b)
{
    uint64_t borrow = 0;

    for (int i = LIMBS; i-- > 0;) {
        uint64_t step = (uint64_t)a[i] - b[i] - borrow;
        a[i] = (uint32_t)step;
        borrow = step >> 63;
    }
}

static uint32_t multiply(uint32_t *a, uint32_t by)
{
    uint64_t carry = 0;

    for (int i = LIMBS; i-- > 0;) {
        carry += (uint64_t)a[i] * by;
        a[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)carry;
}

/* total += or -= scale * arctan(1 / x) */
static void add_arctan(uint32_t *total, uint32_t scale, uint32_t x, int negate)
{
    fixed power = {scale}, term;

    divide(power, x);
    for (uint32_t odd = 1;; odd += 2) {
        memcpy(term, power, sizeof term);
        if (!divide(term, odd))
            return;
        if (negate)
            subtract(total, term);
        else
            add(total, term);
        negate = !negate;
        if (!divide(power, x * x))
            return;
    }
}

static uint32_t pi_digits(uint32_t sum)
{
    fixed pi = {0};

    add_arctan(pi, 16, 5, 0);
    add_arctan(pi, 4, 239, 1);
    for (int i = 0; i < 480 / 9; i++) {
        sum = kernel_mix(sum, pi[0]);
        pi[0] = 0;
        multiply(pi, 1000000000);
    }
    return sum;
}

/* Squares `a` (little-endian limbs) modulo 2^(32 * POWER_LIMBS). */
static void square(uint32_t *out, const uint32_t *a)
{
    memset(out, 0, POWER_LIMBS * sizeof *out);
    for (int i = 0; i < POWER_LIMBS; i++) {
        uint64_t carry = 0;
        for (int j = 0; i + j < POWER_LIMBS; j++) {
            carry += (uint64_t)a[i] * a[j] + out[i + j];
            out[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
    }
}

uint32_t run(uint32_t n)
{
    uint32_t sum = 1;

    for (uint32_t round = 0; round < n; round++) {
        uint32_t power[POWER_LIMBS] = {3 + round * 2}, next[POWER_LIMBS];
        sum = pi_digits(sum);
        for (int i = 0; i < 10; i++) {
            square(next, power);
            memcpy(power, next, sizeof power);
        }
        sum = kernel_mix(sum, power[POWER_LIMBS - 1] ^ power[0]);
    }
    return sum;
}
