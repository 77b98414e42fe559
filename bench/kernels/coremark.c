/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The mix of work CoreMark stands for: lists, integer matrices, a state
 * machine over text, and CRC-16 of the results. n iterations. */

#include "kernel.h"

enum { NODES = 64, SIDE = 10, TEXT_BYTES = 1024 };

typedef struct node node;
struct node {
    node *next;
    int16_t value;
    int16_t index;
};

typedef struct {
    node *list;
    int16_t *a, *b;
    int32_t *product;
    uint8_t *text;
} workload;

static uint16_t crc16(uint16_t crc, uint16_t value)
{
    for (int i = 0; i < 16; i++) {
        uint16_t bit = (uint16_t)((crc ^ value) & 1);
        value >>= 1;
        crc >>= 1;
        if (bit)
            crc ^= 0xa001;
    }
    return crc;
}

static node *list_find(node *list, int value)
{
    while (list && (list->value & 0xff) != value)
        list = list->next;
    return list;
}

static node *list_reverse(node *list)
{
    node *done = NULL;

    while (list) {
        node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static int by_value(const node *a, const node *b)
{
    return a->value - b->value;
}

static int by_index(const node *a, const node *b)
{
    return a->index - b->index;
}

static node *list_merge(node *a, node *b,
                        int (*order)(const node *, const node *))
{
    node head, *tail = &head;

    while (a && b) {
        node **less = order(a, b) <= 0 ? &a : &b;
        tail->next = *less;
        tail = *less;
        *less = tail->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

/* Merge sort: bins[i] holds a sorted list of 2^i nodes, or none. */
static node *list_sort(node *list, int (*order)(const node *, const node *))
{
    node *bins[16] = {0}, *all = NULL;

    while (list) {
        node *run_of = list;
        int i = 0;
        list = list->next;
        run_of->next = NULL;
        for (; i < 15 && bins[i]; i++) {
            run_of = list_merge(bins[i], run_of, order);
            bins[i] = NULL;
        }
        bins[i] = run_of;
    }
    for (int i = 0; i < 16; i++)
        if (bins[i])
            all = all ? list_merge(bins[i], all, order) : bins[i];
    return all;
}

static uint16_t bench_list(workload *work, int value, uint16_t crc)
{
    uint16_t found = 0;

    for (int i = 0; i < 24; i++) {
        node *at = list_find(work->list, (value + i * 11) & 0xff);
        work->list = list_reverse(work->list);
        if (at) {
            found++;
            crc = crc16(crc, (uint16_t)at->index);
        }
    }
    work->list = list_sort(work->list, by_value);
    for (node *at = work->list; at; at = at->next)
        crc = crc16(crc, (uint16_t)at->value);
    work->list = list_sort(work->list, by_index);
    work->list->value = (int16_t)(work->list->value + found);
    return crc16(crc, found);
}

static uint16_t bench_matrix(workload *work, int16_t seed, uint16_t crc)
{
    int32_t total = 0, last = 0;

    for (int i = 0; i < SIDE * SIDE; i++)
        work->a[i] = (int16_t)(work->a[i] + seed);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t sum = 0, bits = 0;
            for (int k = 0; k < SIDE; k++) {
                int32_t step = work->a[i * SIDE + k] * work->b[k * SIDE + j];
                sum += step;
                bits += (step >> 2 & 15) * (step >> 5 & 127);
            }
            work->product[i * SIDE + j] = sum ^ bits;
        }
    for (int i = 0; i < SIDE * SIDE; i++) {
        int32_t now = work->product[i];
        total += now > last ? 10 : -(now < -last);
        last = now;
        work->a[i] = (int16_t)(work->a[i] - seed);
    }
    return crc16(crc, (uint16_t)total);
}

typedef enum {
    START,
    SIGN,
    INTEGER,
    POINT,
    EXPONENT,
    EXPONENT_SIGN,
    SCIENTIFIC,
    INVALID,
    STATES
} state;

static int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static state state_next(state now, uint8_t c)
{
    switch (now) {
    case START:
        if (c == '+' || c == '-')
            return SIGN;
        /* fall through */
    case SIGN:
        return is_digit(c) ? INTEGER : c == '.' ? POINT : INVALID;
    case INTEGER:
        return is_digit(c) ? INTEGER : c == '.' ? POINT : INVALID;
    case POINT:
        if (c == 'e' || c == 'E')
            return EXPONENT;
        return is_digit(c) ? POINT : INVALID;
    case EXPONENT:
        return c == '+' || c == '-' ? EXPONENT_SIGN : INVALID;
    case EXPONENT_SIGN:
    case SCIENTIFIC:
        return is_digit(c) ? SCIENTIFIC : INVALID;
    default:
        return INVALID;
    }
}

static uint16_t bench_state(workload *work, uint8_t flip, uint16_t crc)
{
    uint32_t final[STATES] = {0}, steps[STATES] = {0};
    state now = START;

    for (int i = 0; i < TEXT_BYTES; i++) {
        uint8_t c = work->text[i];
        if (c == ',') {
            final[now]++;
            now = START;
        } else if (now != INVALID) {
            state next = state_next(now, c);
            steps[now] += next != now;
            now = next;
        }
    }
    work->text[flip * 3u] ^= flip & 1;
    for (int i = 0; i < STATES; i++)
        crc = crc16(crc16(crc, (uint16_t) final[i]), (uint16_t)steps[i]);
    return crc;
}

static void workload_init(workload *work)
{
    static const char *const WORDS[] = {
        "5012",     "-874",      "+122",     "35.54400", ".1234500",
        "-110.700", "5.500e+3",  "-.123e-2", "-87e+832", "T0.3e-1F",
        "1T3.4e4z", "34.0e-T^,", "0",        "+0.6e-12",
    };
    uint32_t seed = 66, at = 0;

    work->list = NULL;
    for (int i = 0; i < NODES; i++) {
        node *item = kernel_alloc(sizeof *item);
        *item = (node){work->list, (int16_t)(kernel_random(&seed) & 0x7fff),
                       (int16_t)i};
        work->list = item;
    }
    work->a = kernel_alloc(SIDE * SIDE * sizeof *work->a);
    work->b = kernel_alloc(SIDE * SIDE * sizeof *work->b);
    work->product = kernel_alloc(SIDE * SIDE * sizeof *work->product);
    for (int i = 0; i < SIDE * SIDE; i++) {
        work->a[i] = (int16_t)(kernel_random(&seed) & 0xfff);
        work->b[i] = (int16_t)(kernel_random(&seed) & 0xfff);
    }
    work->text = kernel_alloc(TEXT_BYTES);
    while (at < TEXT_BYTES) {
        const char *word = WORDS[kernel_random(&seed) % 14];
        while (*word && at < TEXT_BYTES)
            work->text[at++] = (uint8_t)*word++;
        if (at < TEXT_BYTES)
            work->text[at++] = ',';
    }
}

uint32_t run(uint32_t n)
{
    workload work;
    uint16_t crc = 0;
    uint32_t sum = 1;

    kernel_reset();
    workload_init(&work);
    for (uint32_t i = 0; i < n; i++) {
        crc = bench_list(&work, (int)(i & 0xff), crc);
        crc = bench_matrix(&work, (int16_t)(i & 7), crc);
        crc = bench_state(&work, (uint8_t)i, crc);
        sum = kernel_mix(sum, crc);
    }
    return sum;
}
