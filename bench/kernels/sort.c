/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Quicksort of numbers and heap sort of records through a compare function. */

#include "kernel.h"

enum { COUNT = 20000 };

typedef struct {
    uint32_t key;
    uint16_t group;
    uint16_t weight;
    uint64_t payload;
} record;

typedef int compare(const void *left, const void *right);

static void insertion_sort(int32_t *low, int32_t *high)
{
    for (int32_t *at = low + 1; at <= high; at++) {
        int32_t value = *at, *hole = at;
        for (; hole > low && hole[-1] > value; hole--)
            *hole = hole[-1];
        *hole = value;
    }
}

static void quick_sort(int32_t *low, int32_t *high)
{
    while (high - low > 12) {
        int32_t *i = low, *j = high;
        int32_t a = *low, b = low[(high - low) / 2], c = *high;
        int32_t pivot = a < b ? (b < c   ? b
                                 : a < c ? c
                                         : a)
                              : (a < c   ? a
                                 : b < c ? c
                                         : b);

        while (i <= j) {
            while (*i < pivot)
                i++;
            while (*j > pivot)
                j--;
            if (i <= j) {
                int32_t value = *i;
                *i++ = *j;
                *j-- = value;
            }
        }
        if (j - low < high - i) {
            quick_sort(low, j);
            low = i;
        } else {
            quick_sort(i, high);
            high = j;
        }
    }
    insertion_sort(low, high);
}

static void swap(uint8_t *a, uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size; i += 4) {
        uint32_t left, right;
        memcpy(&left, a + i, 4);
        memcpy(&right, b + i, 4);
        memcpy(a + i, &right, 4);
        memcpy(b + i, &left, 4);
    }
}

static void sift_down(uint8_t *base, size_t root, size_t count, size_t size,
                      compare *order)
{
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count &&
            order(base + child * size, base + (child + 1) * size) < 0)
            child++;
        if (order(base + root * size, base + child * size) >= 0)
            return;
        swap(base + root * size, base + child * size, size);
        root = child;
    }
}

static KERNEL_NOINLINE void heap_sort(void *data, size_t count, size_t size,
                                      compare *order)
{
    uint8_t *base = data;

    for (size_t i = count / 2; i-- > 0;)
        sift_down(base, i, count, size, order);
    for (size_t end = count; end-- > 1;) {
        swap(base, base + end * size, size);
        sift_down(base, 0, end, size, order);
    }
}

static int by_key(const void *left, const void *right)
{
    const record *a = left, *b = right;

    return a->key < b->key ? -1 : a->key > b->key;
}

static int by_group(const void *left, const void *right)
{
    const record *a = left, *b = right;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    return by_key(left, right);
}

uint32_t run(uint32_t n)
{
    static compare *const ORDERS[] = {by_key, by_group};
    uint32_t seed = 20, sum = 1;

    kernel_reset();
    int32_t *numbers = kernel_alloc(COUNT * sizeof *numbers);
    record *records = kernel_alloc(COUNT * sizeof *records);
    for (uint32_t round = 0; round < n; round++) {
        uint32_t count = COUNT - round % 16;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t value = kernel_random(&seed);
            numbers[i] = (int32_t)value;
            records[i] = (record){value * 31, value >> 8 & 63, value >> 3 & 255,
                                  (uint64_t)value << 20 | i};
        }
        quick_sort(numbers, numbers + count - 1);
        heap_sort(records, count / 4, sizeof *records, ORDERS[round & 1]);
        for (uint32_t i = 0; i < count; i += 97)
            sum = kernel_mix(sum, (uint32_t)numbers[i]);
        for (uint32_t i = 0; i < count / 4; i += 89)
            sum = kernel_mix(sum, (uint32_t)records[i].payload);
    }
    return sum;
}
