/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Allocating, marking and sweeping. */
#include "runtime/heap.h"

#include <string.h>
#include "base/memory.h"
#include "runtime/operations.h"
#include "runtime/thread.h"

enum {
    KIND_FREE = 0xff, /* of a cell */
    THRESHOLD_FIRST = 4 << 20,
    CELL_OFFSET = 32 /* of the first cell in a block */
};

_Static_assert(sizeof(heap_block) <= CELL_OFFSET, "header fits");
_Static_assert(sizeof(heap_large) == 16, "objects stay aligned to 16");

/* Steps of 16 bytes up to 128, then four steps for each power of two. */
static uint32_t class_of(size_t bytes)
{
    if (bytes <= 128)
        return (uint32_t)((bytes + 15) / 16 - 1);
    uint32_t power = 63 - (uint32_t)__builtin_clzll((uint64_t)bytes - 1);
    uint32_t step = (uint32_t)((bytes - 1) >> (power - 2)) & 3;
    return 8 + (power - 7) * 4 + step;
}

static uint32_t class_bytes(uint32_t index)
{
    if (index < 8)
        return (index + 1) * 16;
    uint32_t power = 7 + (index - 8) / 4;
    return (1u << power) + ((index - 8) % 4 + 1) * (1u << (power - 2));
}

rt_heap *rt_heap_new(rt_store *store, uint64_t limit)
{
    rt_heap *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->store = store;
    self->limit = limit;
    self->threshold = limit < THRESHOLD_FIRST ? limit : THRESHOLD_FIRST;
    self->marks = self->first_marks;
    self->mark_capacity = HEAP_MARKS_FIRST;
#if defined(WHIT_HEAP_STRESS)
    self->stress = true;
#endif
    return self;
}

static rt_object *block_cell(heap_block *block, uint32_t i)
{
    uint8_t *cells = (uint8_t *)block + CELL_OFFSET;
    return (rt_object *)(void *)(cells + (size_t)i * block->cell_bytes);
}

static void finalize(rt_object *object)
{
    if (object->kind != RT_OBJECT_HOST)
        return;
    rt_host_object *host = (rt_host_object *)object;
    if (host->finalize)
        host->finalize(host->value);
}

/* Marking. */

static bool holds_refs(const rt_object *object)
{
    switch (object->kind) {
    case RT_OBJECT_STRUCT:
    case RT_OBJECT_ARRAY:
        return object->type->has_refs;
    case RT_OBJECT_EXCEPTION:
        return object->length != 0;
    default:
        return false;
    }
}

static void push_mark(rt_heap *self, rt_object *object)
{
    if (self->mark_count == self->mark_capacity) {
        size_t wanted = self->mark_capacity * 2;
        bool first = self->marks == self->first_marks;
        rt_object **grown = NULL;
        if (wanted <= HEAP_MARKS_MOST)
            grown =
                mem_realloc(first ? NULL : self->marks, wanted * sizeof *grown);
        if (!grown) {
            self->overflowed = true;
            return;
        }
        if (first)
            memcpy(grown, self->first_marks, sizeof self->first_marks);
        self->marks = grown;
        self->mark_capacity = wanted;
    }
    self->marks[self->mark_count++] = object;
}

static void mark_ref(rt_heap *self, rt_ref ref)
{
    if (ref == 0 || rt_ref_is_i31(ref))
        return;
    rt_object *object = rt_ref_object(ref);
    if (object->kind == RT_OBJECT_FUNCTION || object->mark)
        return;
    object->mark = 1;
    if (holds_refs(object))
        push_mark(self, object);
}

static void scan_exception(rt_heap *self, const rt_exception *exception)
{
    const wasm_functype *type = &exception->header.type->func;
    const rt_slot *slot = exception->values;
    for (uint32_t i = 0; i < type->param_count; i++) {
        if (wasm_is_ref(type->params[i]))
            mark_ref(self, slot->ref);
        slot += wasm_slots(type->params[i]);
    }
}

static void scan(rt_heap *self, rt_object *object)
{
    const wasm_type *type = object->type;
    if (object->kind == RT_OBJECT_STRUCT) {
        uint8_t *data = rt_object_data(object);
        for (uint32_t i = 0; i < type->field_count; i++) {
            if (wasm_is_ref(type->fields[i].type))
                mark_ref(self,
                         *(rt_ref *)(void *)(data + type->field_offsets[i]));
        }
    } else if (object->kind == RT_OBJECT_ARRAY) {
        rt_ref *items = (rt_ref *)(void *)rt_object_data(object);
        for (uint32_t i = 0; i < object->length; i++)
            mark_ref(self, items[i]);
    } else if (object->kind == RT_OBJECT_EXCEPTION) {
        scan_exception(self, (rt_exception *)object);
    }
}

static void drain(rt_heap *self)
{
    while (self->mark_count)
        scan(self, self->marks[--self->mark_count]);
}

/* Objects that were marked but did not fit on the stack are found by
 * visiting every marked object again. Each round marks at least one more,
 * or is the last. */
static void rescan(rt_heap *self)
{
    self->overflowed = false;
    for (uint32_t c = 0; c < HEAP_CLASSES; c++) {
        for (heap_block *b = self->classes[c].blocks; b; b = b->next) {
            for (uint32_t i = 0; i < b->used; i++) {
                rt_object *object = block_cell(b, i);
                if (object->kind != KIND_FREE && object->mark &&
                    holds_refs(object)) {
                    scan(self, object);
                    drain(self);
                }
            }
        }
    }
    for (heap_large *l = self->large; l; l = l->next) {
        rt_object *object = (rt_object *)(l + 1);
        if (object->mark && holds_refs(object)) {
            scan(self, object);
            drain(self);
        }
    }
}

typedef struct heap_visitor {
    rt_root_visitor base;
    rt_heap *heap;
} heap_visitor;

static void visit_root(rt_root_visitor *base, rt_ref ref)
{
    mark_ref(((heap_visitor *)base)->heap, ref);
}

static void mark_store(rt_heap *self)
{
    rt_store *store = self->store;
    for (rt_global *g = store->globals; g; g = g->next) {
        if (wasm_is_ref(g->type))
            mark_ref(self, g->value[0].ref);
    }
    for (rt_table *t = store->tables; t; t = t->next) {
        for (uint64_t i = 0; i < t->size; i++)
            mark_ref(self, t->items[i]);
    }
    for (rt_instance *instance = store->instances; instance;
         instance = instance->next) {
        uint32_t count = instance->module->wasm->elem_count;
        for (uint32_t e = 0; e < count; e++) {
            for (uint32_t i = 0; i < instance->elems[e].count; i++)
                mark_ref(self, instance->elems[e].items[i]);
        }
    }
    /* Free handles are odd numbers, which are skipped like i31. */
    for (size_t i = 1; i < store->root_count; i++)
        mark_ref(self, store->roots[i]);
    for (size_t i = 0; i < store->local_count; i++)
        mark_ref(self, store->locals[i]);
    mark_ref(self, store->context.exception);
}

static void mark_frames(rt_heap *self)
{
    rt_context *context = &self->store->context;
    const rt_executor *executor = self->store->engine->executor;
    heap_visitor visitor = {{visit_root}, self};
    if (context->activation)
        executor->visit_roots(context, &visitor.base);
    void *active = context->activation;
    for (rt_thread *t = self->store->threads; t; t = t->next) {
        const rt_thread_state *state = &t->other;
        for (size_t i = 0; i < state->local_count; i++)
            mark_ref(self, state->locals[i]);
        context->activation = state->activation;
        if (state->activation)
            executor->visit_roots(context, &visitor.base);
    }
    context->activation = active;
}

static void mark(rt_heap *self)
{
    mark_store(self);
    mark_frames(self);
    drain(self);
    while (self->overflowed)
        rescan(self);
}

/* Sweeping. */

/* Puts the dead cells of a block on `free`; returns the living. */
static uint32_t sweep_block(rt_heap *self, heap_block *block,
                            rt_object **free_list)
{
    uint32_t living = 0;
    for (uint32_t i = 0; i < block->used; i++) {
        rt_object *object = block_cell(block, i);
        if (object->kind != KIND_FREE && object->mark) {
            object->mark = 0;
            living++;
            continue;
        }
        if (object->kind != KIND_FREE) {
            finalize(object);
            self->bytes -= block->cell_bytes;
            object->kind = KIND_FREE;
        }
        object->type = (const wasm_type *)(const void *)*free_list;
        *free_list = object;
    }
    return living;
}

static void sweep_class(rt_heap *self, heap_class *class)
{
    heap_block **link = &class->blocks;
    bool first = true;
    class->free = NULL;
    while (*link) {
        heap_block *block = *link;
        rt_object *free_list = class->free;
        uint32_t living = sweep_block(self, block, &free_list);
        if (living == 0 && !first) {
            *link = block->next;
            mem_free(block);
            continue;
        }
        if (living == 0)
            block->used = 0; /* all of it is new again */
        else
            class->free = free_list;
        first = false;
        link = &block->next;
    }
}

static void sweep(rt_heap *self)
{
    for (uint32_t c = 0; c < HEAP_CLASSES; c++)
        sweep_class(self, &self->classes[c]);
    for (heap_large **link = &self->large; *link;) {
        heap_large *large = *link;
        rt_object *object = (rt_object *)(large + 1);
        if (object->mark) {
            object->mark = 0;
            link = &large->next;
            continue;
        }
        finalize(object);
        self->bytes -= large->bytes;
        *link = large->next;
        mem_free(large);
    }
}

void rt_heap_collect(rt_heap *self)
{
    mark(self);
    sweep(self);
    self->collections++;
    uint64_t next = self->bytes * 2;
    if (next < THRESHOLD_FIRST)
        next = THRESHOLD_FIRST;
    self->threshold = next > self->limit ? self->limit : next;
}

void rt_heap_free(rt_heap *self)
{
    if (!self)
        return;
    /* Nothing is marked: sweeping finalizes and frees all but the first
     * block of each class. */
    sweep(self);
    for (uint32_t c = 0; c < HEAP_CLASSES; c++)
        mem_free(self->classes[c].blocks);
    if (self->marks != self->first_marks)
        mem_free(self->marks);
    mem_free(self);
}

/* Allocating. */

static rt_object *cell_alloc(rt_heap *self, uint32_t index)
{
    heap_class *class = &self->classes[index];
    rt_object *object = class->free;
    if (LIKELY(object)) {
        class->free = (rt_object *)(uintptr_t)(const void *)object->type;
        return object;
    }
    heap_block *block = class->blocks;
    if (!block || block->used == block->count) {
        block = mem_alloc(HEAP_BLOCK_BYTES);
        if (!block)
            return NULL;
        block->cell_bytes = class_bytes(index);
        block->count = (HEAP_BLOCK_BYTES - CELL_OFFSET) / block->cell_bytes;
        block->used = 0;
        block->next = class->blocks;
        class->blocks = block;
    }
    return block_cell(block, block->used++);
}

static rt_object *large_alloc(rt_heap *self, size_t bytes)
{
    heap_large *large = mem_alloc(sizeof *large + bytes);
    if (!large)
        return NULL;
    large->bytes = bytes;
    large->next = self->large;
    self->large = large;
    return (rt_object *)(large + 1);
}

static rt_object *try_alloc(rt_heap *self, size_t bytes)
{
    if (bytes > HEAP_CELL_MOST)
        return large_alloc(self, bytes);
    return cell_alloc(self, class_of(bytes));
}

rt_object *rt_heap_alloc(rt_heap *self, rt_object_kind kind, size_t bytes)
{
    bool is_large = bytes > HEAP_CELL_MOST;
    uint32_t index = is_large ? HEAP_CLASS_LARGE : class_of(bytes);
    uint64_t taken = is_large ? bytes : class_bytes(index);
    bool collected = false;
    if (UNLIKELY(self->bytes + taken > self->threshold || self->stress)) {
        rt_heap_collect(self);
        collected = true;
        if (self->bytes + taken > self->limit)
            return NULL;
        if (self->bytes + taken > self->threshold)
            self->threshold = self->bytes + taken;
    }
    rt_object *object = try_alloc(self, bytes);
    if (UNLIKELY(!object) && !collected) {
        rt_heap_collect(self);
        object = try_alloc(self, bytes);
    }
    if (UNLIKELY(!object))
        return NULL;
    self->bytes += taken;
    memset(object, 0, bytes);
    object->kind = (uint8_t)kind;
    object->size_class = (uint16_t)index;
    return object;
}

void rt_collect(rt_store *store)
{
    rt_heap_collect(store->heap);
}
