/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The collected heap of a store: non-moving mark and sweep. Small objects
 * are cells of one size in blocks, large ones stand alone.
 *
 * Roots are exact: the executor's frames, globals, tables, element segments,
 * the store's handles and references in flight, the pending exception. Only
 * an allocation or rt_collect runs the collector. Finalizers of host objects
 * run while it sweeps; they may not touch the store. */
#ifndef RUNTIME_HEAP_H
#define RUNTIME_HEAP_H

#include "runtime/store.h"

enum {
    HEAP_CLASSES = 32,
    HEAP_CLASS_LARGE = 0xffff,
    HEAP_BLOCK_BYTES = 64 * 1024,
    HEAP_CELL_MOST = 8192, /* bytes; larger objects stand alone */
    HEAP_MARKS_FIRST = 256,
    HEAP_MARKS_MOST = 1 << 20 /* entries of the mark stack */
};

typedef struct heap_block {
    struct heap_block *next;
    uint32_t cell_bytes;
    uint32_t used; /* cells from the start that were ever handed out */
    uint32_t count;
} heap_block;

typedef struct heap_large {
    struct heap_large *next;
    size_t bytes; /* of the object, without this header */
} heap_large;

/* Invariant: a cell is an object (kind below RT_OBJECT_KINDS) or free. */
typedef struct heap_class {
    rt_object *free;    /* linked through `type` */
    heap_block *blocks; /* the first is the one with cells never used */
} heap_class;

typedef struct rt_heap {
    rt_store *store;
    uint64_t bytes;     /* of cells and large objects handed out */
    uint64_t threshold; /* collect before `bytes` exceeds it */
    uint64_t limit;
    heap_class classes[HEAP_CLASSES];
    heap_large *large;
    /* Objects marked whose references are not visited yet. */
    rt_object **marks;
    size_t mark_count, mark_capacity;
    rt_object *first_marks[HEAP_MARKS_FIRST];
    bool overflowed; /* some marked object is not on the stack */
    /* Collect before every allocation: set by tests, and by builds with
     * -DWHIT_HEAP_STRESS. */
    bool stress;
    uint64_t collections;
} rt_heap;

rt_heap *rt_heap_new(rt_store *store, uint64_t limit);
void rt_heap_free(rt_heap *self);
/* Zeroed, header without type, kind as given; `bytes` includes the header.
 * NULL when the limit or the system's memory is reached, after a collection
 * tried to help. */
rt_object *rt_heap_alloc(rt_heap *self, rt_object_kind kind, size_t bytes);
void rt_heap_collect(rt_heap *self);

#endif
