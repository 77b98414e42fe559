/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Putting things behind what they depend on. */
#include "base/limits.h"
#include "base/memory.h"
#include "wit/resolve_private.h"

whit_status wit_arrow_push(arrow_list *self, arrow item, whit_error *error)
{
    void *items = self->items;
    whit_status status =
        mem_grow(&items, &self->room, self->count, sizeof *self->items,
                 LIMIT_WIT_TEXT_BYTES, "mentions of other items", error);
    self->items = items;
    if (status == WHIT_OK)
        self->items[self->count++] = item;
    return status;
}

enum { WHITE, GREY, BLACK };

/* A depth-first walk without recursion: `first` and `sorted` list the arrows
 * of each node in their order, `at` is where the walk is in them. */
typedef struct walk {
    const arrow *arrows;
    uint32_t *first;  /* nodes + 1 */
    uint32_t *sorted; /* indexes of arrows */
    uint32_t *at;
    uint32_t *stack;
    uint8_t *colours;
    uint32_t depth;
    uint32_t done;
} walk;

static bool walk_alloc(walk *self, size_t nodes, size_t arrows)
{
    self->first = mem_calloc(nodes + 1, sizeof *self->first);
    self->sorted = mem_calloc(arrows + 1, sizeof *self->sorted);
    self->at = mem_calloc(nodes + 1, sizeof *self->at);
    self->stack = mem_calloc(nodes + 1, sizeof *self->stack);
    self->colours = mem_calloc(nodes + 1, 1);
    return self->first && self->sorted && self->at && self->stack &&
           self->colours;
}

static void walk_free(walk *self)
{
    mem_free(self->first);
    mem_free(self->sorted);
    mem_free(self->at);
    mem_free(self->stack);
    mem_free(self->colours);
}

/* Counting sort of the arrows by where they start. */
static void walk_sort(walk *self, const arrow_list *arrows, uint32_t nodes)
{
    for (size_t i = 0; i < arrows->count; i++)
        self->first[arrows->items[i].from + 1]++;
    for (uint32_t i = 0; i < nodes; i++) {
        self->first[i + 1] += self->first[i];
        self->at[i] = self->first[i];
    }
    for (size_t i = 0; i < arrows->count; i++)
        self->sorted[self->at[arrows->items[i].from]++] = (uint32_t)i;
    for (uint32_t i = 0; i < nodes; i++)
        self->at[i] = self->first[i];
}

static void walk_enter(walk *self, uint32_t node)
{
    self->colours[node] = GREY;
    self->stack[self->depth++] = node;
}

/* Everything that `node` leads to; an arrow of a circle, or NULL. */
static const arrow *walk_from(walk *self, uint32_t node, uint32_t *out)
{
    walk_enter(self, node);
    while (self->depth) {
        uint32_t top = self->stack[self->depth - 1];
        if (self->at[top] == self->first[top + 1]) {
            self->colours[top] = BLACK;
            out[self->done++] = top;
            self->depth--;
            continue;
        }
        const arrow *next = &self->arrows[self->sorted[self->at[top]++]];
        if (self->colours[next->to] == GREY)
            return next;
        if (self->colours[next->to] == WHITE)
            walk_enter(self, next->to);
    }
    return NULL;
}

whit_status wit_resolve_order(arrow_list *arrows, uint32_t nodes,
                              const uint32_t *starts, uint32_t *out,
                              const arrow **circle, whit_error *error)
{
    walk work = {.arrows = arrows->items};
    *circle = NULL;
    if (!walk_alloc(&work, nodes, arrows->count)) {
        walk_free(&work);
        return error_memory(error);
    }
    walk_sort(&work, arrows, nodes);
    for (uint32_t i = 0; i < nodes && !*circle; i++) {
        uint32_t start = starts ? starts[i] : i;
        if (work.colours[start] == WHITE)
            *circle = walk_from(&work, start, out);
    }
    walk_free(&work);
    return WHIT_OK;
}
