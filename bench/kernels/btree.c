/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A B-tree: insert 20,000 numbers, look up, walk in order; n times. */

#include "kernel.h"

enum { KEYS_MAX = 15, KEYS_MIN = KEYS_MAX / 2, INSERTS = 20000 };

typedef struct node node;
struct node {
    uint32_t count;
    uint32_t keys[KEYS_MAX];
    uint32_t values[KEYS_MAX];
    uint32_t is_leaf;
    node *children[KEYS_MAX + 1];
};

static node *node_new(uint32_t is_leaf)
{
    node *self = kernel_alloc(sizeof *self);

    self->count = 0;
    self->is_leaf = is_leaf;
    return self;
}

/* Index of the first key that is not below `key`. */
static uint32_t node_search(const node *self, uint32_t key)
{
    uint32_t low = 0, high = self->count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (self->keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void node_open(node *self, uint32_t at)
{
    for (uint32_t i = self->count; i > at; i--) {
        self->keys[i] = self->keys[i - 1];
        self->values[i] = self->values[i - 1];
    }
    self->count++;
}

/* Splits the full child at `at` in two; its middle key moves up to `self`. */
static void node_split(node *self, uint32_t at)
{
    node *left = self->children[at];
    node *right = node_new(left->is_leaf);

    right->count = KEYS_MAX - KEYS_MIN - 1;
    for (uint32_t i = 0; i < right->count; i++) {
        right->keys[i] = left->keys[KEYS_MIN + 1 + i];
        right->values[i] = left->values[KEYS_MIN + 1 + i];
    }
    if (!left->is_leaf)
        for (uint32_t i = 0; i <= right->count; i++)
            right->children[i] = left->children[KEYS_MIN + 1 + i];
    left->count = KEYS_MIN;
    for (uint32_t i = self->count + 1; i > at + 1; i--)
        self->children[i] = self->children[i - 1];
    node_open(self, at);
    self->keys[at] = left->keys[KEYS_MIN];
    self->values[at] = left->values[KEYS_MIN];
    self->children[at + 1] = right;
}

static node *insert(node *root, uint32_t key, uint32_t value)
{
    if (root->count == KEYS_MAX) {
        node *top = node_new(0);
        top->children[0] = root;
        node_split(top, 0);
        root = top;
    }
    for (node *at = root;;) {
        uint32_t i = node_search(at, key);
        if (i < at->count && at->keys[i] == key) {
            at->values[i] += value;
            return root;
        }
        if (at->is_leaf) {
            node_open(at, i);
            at->keys[i] = key;
            at->values[i] = value;
            return root;
        }
        if (at->children[i]->count == KEYS_MAX) {
            node_split(at, i);
            continue;
        }
        at = at->children[i];
    }
}

static const uint32_t *find(const node *at, uint32_t key)
{
    for (;;) {
        uint32_t i = node_search(at, key);
        if (i < at->count && at->keys[i] == key)
            return &at->values[i];
        if (at->is_leaf)
            return NULL;
        at = at->children[i];
    }
}

static uint32_t walk(const node *at, uint32_t sum)
{
    for (uint32_t i = 0; i < at->count; i++) {
        if (!at->is_leaf)
            sum = walk(at->children[i], sum);
        sum = kernel_mix(sum, at->keys[i] + at->values[i]);
    }
    return at->is_leaf ? sum : walk(at->children[at->count], sum);
}

uint32_t run(uint32_t n)
{
    uint32_t sum = 1, seed = 41;

    for (uint32_t round = 0; round < n; round++) {
        uint32_t hits = 0;
        kernel_reset();
        node *root = node_new(1);
        for (uint32_t i = 0; i < INSERTS; i++)
            root = insert(root, kernel_random(&seed) % (INSERTS * 4), i);
        for (uint32_t i = 0; i < INSERTS; i++) {
            const uint32_t *value = find(root, kernel_random(&seed) >> 15);
            hits += value ? *value : 1;
        }
        sum = walk(root, kernel_mix(sum, hits));
    }
    return sum;
}
