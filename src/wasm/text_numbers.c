/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Number literals: exact conversion between text and bits. */
#include "wasm/text_numbers.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    /* No double needs more significant digits to be told from its
     * neighbours; the rest only counts as "there is more". */
    DIGITS_MAX = 800,
    /* Decimal exponents beyond give infinity or zero whatever the digits. */
    EXPONENT_MAX = 400,
    /* Bits of 10^(DIGITS_MAX + 2 * EXPONENT_MAX), in limbs, and room. */
    LIMBS = 176
};

typedef struct number {
    bool negative;
    bool hex;
    const uint8_t *p;
    const uint8_t *end;
} number;

static int digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static number number_open(slice literal)
{
    number n = {.p = literal.data, .end = literal.data + literal.size};
    if (n.p < n.end && (*n.p == '-' || *n.p == '+'))
        n.negative = *n.p++ == '-';
    if (n.end - n.p > 1 && n.p[0] == '0' && n.p[1] == 'x') {
        n.hex = true;
        n.p += 2;
    }
    return n;
}

static bool read_magnitude(number *n, uint64_t *out)
{
    uint64_t value = 0, base = n->hex ? 16 : 10;
    for (; n->p < n->end; n->p++) {
        if (*n->p == '_')
            continue;
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit_value(*n->p), &value))
            return false;
    }
    *out = value;
    return true;
}

bool wasm_text_integer(slice literal, unsigned bits, uint64_t *out)
{
    number n = number_open(literal);
    uint64_t value, mask = ~(uint64_t)0 >> (64 - bits);
    if (!read_magnitude(&n, &value) || value > mask)
        return false;
    if (n.negative) {
        if (value > (uint64_t)1 << (bits - 1))
            return false;
        value = (0 - value) & mask;
    }
    *out = value;
    return true;
}

/* Precision of a format, and the exponent of its smallest subnormal. */
typedef struct format {
    int precision;
    int least;
    unsigned bits;
} format;

static format format_of(unsigned bits)
{
    return bits == 32 ? (format){24, -149, 32} : (format){53, -1074, 64};
}

static uint64_t infinity_of(format f)
{
    return f.bits == 32 ? 0x7f800000u : 0x7ff0000000000000u;
}

/* Rounds mantissa * 2^exponent (and a bit more when `more`); the mantissa's
 * top bit is set. */
static bool compose(uint64_t mantissa, int exponent, bool more, format f,
                    uint64_t *out)
{
    int lowest = exponent + 64 - f.precision;
    if (lowest < f.least)
        lowest = f.least;
    int shift = lowest - exponent;
    uint64_t kept = shift < 64 ? mantissa >> shift : 0;
    if (shift <= 64) {
        uint64_t rest = shift < 64 ? mantissa << (64 - shift) : mantissa;
        uint64_t half = (uint64_t)1 << 63;
        if (rest > half || (rest == half && (more || (kept & 1))))
            kept++;
    }
    /* A carry out of the mantissa lands in the exponent, where it belongs. */
    uint64_t result =
        ((uint64_t)(lowest - f.least) << (f.precision - 1)) + kept;
    *out = result;
    return lowest - f.least < 4096 && result < infinity_of(f);
}

/* Reads the exponent behind 'e' or 'p', clamped to a million. */
static int read_exponent(number *n)
{
    bool negative = false;
    int value = 0;
    if (n->p < n->end && (*n->p == '-' || *n->p == '+'))
        negative = *n->p++ == '-';
    for (; n->p < n->end; n->p++)
        if (*n->p != '_' && value < 100000000)
            value = value * 10 + digit_value(*n->p);
    return negative ? -value : value;
}

static bool hex_float(number *n, format f, uint64_t *out)
{
    uint64_t mantissa = 0;
    int64_t exponent = 0;
    bool more = false, point = false;
    for (; n->p < n->end && (*n->p | 0x20) != 'p'; n->p++) {
        if (*n->p == '_')
            continue;
        if (*n->p == '.') {
            point = true;
            continue;
        }
        int digit = digit_value(*n->p);
        if (mantissa >> 60 == 0)
            mantissa = mantissa << 4 | (uint64_t)digit;
        else
            more |= digit != 0, exponent += 4;
        exponent -= point ? 4 : 0;
    }
    if (n->p < n->end) {
        n->p++;
        exponent += read_exponent(n);
    }
    *out = 0;
    if (!mantissa)
        return true;
    int zeros = __builtin_clzll(mantissa);
    exponent -= zeros;
    if (exponent > 5000)
        return false;
    return exponent < -5000 ||
           compose(mantissa << zeros, (int)exponent, more, f, out);
}

/* An unsigned integer, least significant limb first. */
typedef struct big {
    uint32_t limbs[LIMBS];
    int count; /* limbs in use, the last not 0 */
} big;

static void big_multiply(big *self, uint32_t factor, uint32_t plus)
{
    uint64_t carry = plus;
    for (int i = 0; i < self->count; i++) {
        carry += (uint64_t)self->limbs[i] * factor;
        self->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        self->limbs[self->count++] = (uint32_t)carry;
}

static void big_power10(big *self, int power)
{
    for (; power >= 9; power -= 9)
        big_multiply(self, 1000000000, 0);
    for (; power > 0; power--)
        big_multiply(self, 10, 0);
}

static int big_bits(const big *self)
{
    return self->count * 32 - __builtin_clz(self->limbs[self->count - 1]);
}

static void big_shift(big *self, int bits)
{
    int limbs = bits / 32;
    for (int i = self->count - 1; limbs && i >= 0; i--)
        self->limbs[i + limbs] = self->limbs[i];
    for (int i = 0; i < limbs; i++)
        self->limbs[i] = 0;
    self->count += limbs;
    if (bits % 32)
        big_multiply(self, (uint32_t)1 << bits % 32, 0);
}

static int big_compare(const big *a, const big *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (int i = a->count - 1; i >= 0; i--)
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

/* Requires *self >= *other. */
static void big_subtract(big *self, const big *other)
{
    uint64_t borrow = 0;
    for (int i = 0; i < self->count; i++) {
        uint64_t minus = borrow + (i < other->count ? other->limbs[i] : 0);
        borrow = self->limbs[i] < minus;
        self->limbs[i] -= (uint32_t)minus;
    }
    while (self->count && !self->limbs[self->count - 1])
        self->count--;
}

/* Rounds digits * 10^exponent by exact division. */
static bool divide(big *digits, int exponent, format f, uint64_t *out)
{
    big divisor = {.limbs = {1}, .count = 1};
    big_power10(exponent < 0 ? &divisor : digits, abs(exponent));
    int scale = big_bits(digits) - big_bits(&divisor);
    big_shift(scale < 0 ? digits : &divisor, abs(scale));
    if (big_compare(digits, &divisor) < 0) {
        big_shift(digits, 1);
        scale--;
    }
    /* Now divisor <= digits < 2 * divisor: the first bit is 1. */
    uint64_t mantissa = 0;
    for (int i = 0; i < 64; i++) {
        mantissa <<= 1;
        if (big_compare(digits, &divisor) >= 0) {
            big_subtract(digits, &divisor);
            mantissa |= 1;
        }
        if (digits->count)
            big_shift(digits, 1);
    }
    return compose(mantissa, scale - 63, digits->count != 0, f, out);
}

static bool decimal_float(number *n, format f, uint64_t *out)
{
    big digits = {.count = 0};
    int64_t exponent = 0;
    int count = 0;
    bool point = false, more = false;
    for (; n->p < n->end && (*n->p | 0x20) != 'e'; n->p++) {
        if (*n->p == '_')
            continue;
        if (*n->p == '.') {
            point = true;
            continue;
        }
        uint32_t digit = (uint32_t)digit_value(*n->p);
        if (count < DIGITS_MAX) {
            big_multiply(&digits, 10, digit);
            count += digits.count != 0;
        } else {
            more |= digit != 0;
            exponent++;
        }
        exponent -= point;
    }
    if (n->p < n->end) {
        n->p++;
        exponent += read_exponent(n);
    }
    *out = 0;
    if (!count)
        return true;
    if (exponent + count > EXPONENT_MAX)
        return false;
    if (exponent + count < -EXPONENT_MAX)
        return true;
    if (more) {
        big_multiply(&digits, 10, 1);
        exponent--;
    }
    return divide(&digits, (int)exponent, f, out);
}

/* inf, nan, nan:0x...; `n` is behind the sign. */
static bool special_float(slice rest, format f, uint64_t *out)
{
    *out = infinity_of(f);
    if (rest.data[0] == 'i')
        return true;
    uint64_t quiet = (uint64_t)1 << (f.precision - 2);
    if (rest.size == 3) {
        *out |= quiet;
        return true;
    }
    uint64_t payload;
    slice literal = slice_of(rest.data + 4, rest.size - 4);
    if (!wasm_text_integer(literal, 64, &payload) || !payload ||
        payload >= quiet * 2)
        return false;
    *out |= payload;
    return true;
}

bool wasm_text_float(slice literal, unsigned bits, uint64_t *out)
{
    format f = format_of(bits);
    number n = number_open(literal);
    bool fits;
    if (*n.p == 'i' || *n.p == 'n')
        fits = special_float(slice_of(n.p, (size_t)(n.end - n.p)), f, out);
    else if (n.hex)
        fits = hex_float(&n, f, out);
    else
        fits = decimal_float(&n, f, out);
    if (n.negative)
        *out |= (uint64_t)1 << (bits - 1);
    return fits;
}

static double to_double(unsigned bits, uint64_t value)
{
    double result;
    if (bits == 32) {
        float single;
        uint32_t low = (uint32_t)value;
        memcpy(&single, &low, sizeof single);
        return (double)single;
    }
    memcpy(&result, &value, sizeof result);
    return result;
}

/* Significant digits of a positive number and the power of ten of the first,
 * from printf's own text with the locale's decimal point left out. */
static int decimal_digits(double value, int count, char *digits)
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", count - 1, value);
    const char *p = text;
    int n = 0;
    for (; *p && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9' && n < count)
            digits[n++] = *p;
    digits[n] = 0;
    return *p ? (int)strtol(p + 1, NULL, 10) : 0;
}

static void print_digits(buffer *out, const char *digits, int exponent)
{
    int count = (int)strlen(digits);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    if (exponent >= count - 1 && exponent < 17) {
        buffer_append(out, digits, (size_t)count);
        for (int i = count - 1; i < exponent; i++)
            buffer_put(out, '0');
    } else if (exponent >= 0 && exponent < 17) {
        buffer_append(out, digits, (size_t)exponent + 1);
        buffer_put(out, '.');
        buffer_append(out, digits + exponent + 1,
                      (size_t)(count - exponent - 1));
    } else if (exponent < 0 && exponent > -7) {
        buffer_text(out, "0.");
        for (int i = -1; i > exponent; i--)
            buffer_put(out, '0');
        buffer_append(out, digits, (size_t)count);
    } else {
        buffer_put(out, (uint8_t)digits[0]);
        if (count > 1) {
            buffer_put(out, '.');
            buffer_append(out, digits + 1, (size_t)count - 1);
        }
        buffer_printf(out, "e%d", exponent);
    }
}

static void print_special(buffer *out, format f, uint64_t magnitude)
{
    uint64_t payload = magnitude - infinity_of(f);
    if (!payload)
        buffer_text(out, "inf");
    else if (payload == (uint64_t)1 << (f.precision - 2))
        buffer_text(out, "nan");
    else
        buffer_printf(out, "nan:0x%llx", (unsigned long long)payload);
}

void wasm_text_print_float(buffer *out, unsigned bits, uint64_t value)
{
    format f = format_of(bits);
    uint64_t sign = (uint64_t)1 << (bits - 1);
    if (value & sign)
        buffer_put(out, '-');
    uint64_t magnitude = value & ~sign;
    if (magnitude >= infinity_of(f)) {
        print_special(out, f, magnitude);
        return;
    }
    double positive = to_double(bits, magnitude);
    int most = bits == 32 ? 9 : 17;
    for (int count = 1; magnitude && count <= most; count++) {
        char digits[32], literal[64];
        int exponent = decimal_digits(positive, count, digits);
        snprintf(literal, sizeof literal, "%se%d", digits,
                 exponent - count + 1);
        uint64_t again;
        if ((wasm_text_float(slice_text(literal), bits, &again) &&
             again == magnitude) ||
            count == most) {
            print_digits(out, digits, exponent);
            return;
        }
    }
    buffer_put(out, '0');
}
