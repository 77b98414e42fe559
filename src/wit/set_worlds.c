/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Items of worlds, and what makes a world complete. */
#include "wit/wit.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "wit/name.h"
#include "wit/set_private.h"

/* What the stamps of an interface say about the world being completed. */
enum { STAMP_IMPORTED, STAMP_TO_EXPORT, STAMP_EXPORTED, STAMP_REQUIRED };

whit_status wit_set_push_item(wit_set *self, uint32_t world, bool exported,
                              const wit_item *item, whit_error *error)
{
    wit_world *owner = &self->worlds[world];
    const wit_item **items = exported ? &owner->exports : &owner->imports;
    uint32_t *count = exported ? &owner->export_count : &owner->import_count;
    if (self->items >= LIMIT_WIT_ITEMS)
        return error_set(error, WHIT_LIMIT,
                         "more than %u imports and exports in all worlds",
                         LIMIT_WIT_ITEMS);
    TRY(wit_set_grow(self, items, &owner->room[exported], *count,
                     sizeof **items, LIMIT_WIT_ITEMS,
                     "imports or exports in a world", error));
    ((wit_item *)*items)[(*count)++] = *item;
    self->items++;
    return WHIT_OK;
}

whit_status wit_set_claim_item(wit_set *self, uint32_t world, bool exported,
                               slice name, whit_error *error)
{
    const wit_world *owner = &self->worlds[world];
    uint64_t value = exported ? owner->export_count : owner->import_count;
    bool taken;
    TRY(wit_label_check(name, error));
    TRY(wit_set_claim(self, exported ? SCOPE_EXPORTS : SCOPE_IMPORTS, world,
                      name, &value, &taken, error));
    if (!taken)
        return WHIT_OK;
    const wit_item *other =
        &(exported ? owner->exports : owner->imports)[value];
    static const char *const kinds[] = {[WIT_ITEM_INTERFACE] = "an interface",
                                        [WIT_ITEM_TYPE] = "a type",
                                        [WIT_ITEM_FUNCTION] = "a function"};
    return error_set(error, WHIT_INVALID, "world '%.*s' %s %s '%.*s' already%s",
                     SLICE_ARG(owner->name), exported ? "exports" : "imports",
                     kinds[other->kind], SLICE_ARG(other->name),
                     slice_equal(other->name, name)
                         ? ""
                         : "; names that differ only in case are the same");
}

whit_status wit_set_add_item(wit_set *self, uint32_t world, bool exported,
                             const wit_item *item, whit_error *error)
{
    const wit_world *owner = &self->worlds[world];
    if (item->name.size) {
        TRY(wit_set_claim_item(self, world, exported, item->name, error));
        return wit_set_push_item(self, world, exported, item, error);
    }
    uint64_t value = exported ? owner->export_count : owner->import_count;
    bool taken;
    TRY(wit_set_claim_interface(self,
                                exported ? SCOPE_EXPORTED : SCOPE_IMPORTED,
                                world, item->index, &value, &taken, error));
    if (taken)
        return error_set(
            error, WHIT_INVALID, "world '%.*s' %s interface '%.*s' already",
            SLICE_ARG(owner->name), exported ? "exports" : "imports",
            SLICE_ARG(self->interfaces[item->index].name));
    return wit_set_push_item(self, world, exported, item, error);
}

/* A world being completed: new lists, and a stack instead of recursion. */
typedef struct step {
    wit_item item;
    uint32_t next; /* of the interfaces it uses */
    bool exported;
} step;

typedef struct completion {
    wit_set *set;
    uint32_t world;
    step *steps;
    size_t step_count;
    size_t step_room;
} completion;

static bool stamped(const completion *self, uint32_t interface, int stamp)
{
    return self->set->interfaces[interface].stamps[stamp] == self->world + 1;
}

static void put_stamp(completion *self, uint32_t interface, int stamp)
{
    self->set->interfaces[interface].stamps[stamp] = self->world + 1;
}

static whit_status push_step(completion *self, const wit_item *item,
                             bool exported, whit_error *error)
{
    void *steps = self->steps;
    whit_status status =
        mem_grow(&steps, &self->step_room, self->step_count,
                 sizeof *self->steps, LIMIT_WIT_DEFINITIONS,
                 "interfaces that use each other in a row", error);
    self->steps = steps;
    if (status == WHIT_OK)
        self->steps[self->step_count++] =
            (step){.item = *item, .exported = exported};
    return status;
}

/* An interface that is there because another uses it. */
static wit_item implied(uint32_t interface, const wit_gate *gate)
{
    return (wit_item){.kind = WIT_ITEM_INTERFACE,
                      .index = interface,
                      .about = {.gate = gate, .place.source = WIT_NONE}};
}

/* Imports an interface behind everything it uses. */
static whit_status import_interface(completion *self, const wit_item *item,
                                    whit_error *error)
{
    wit_set *set = self->set;
    self->step_count = 0;
    if (!item->name.size && stamped(self, item->index, STAMP_IMPORTED))
        return WHIT_OK;
    TRY(push_step(self, item, false, error));
    while (self->step_count) {
        step *top = &self->steps[self->step_count - 1];
        const wit_interface *interface = &set->interfaces[top->item.index];
        if (top->next < interface->use_count) {
            uint32_t used = interface->uses[top->next++];
            wit_item next = implied(used, top->item.about.gate);
            if (!stamped(self, used, STAMP_IMPORTED))
                TRY(push_step(self, &next, false, error));
            continue;
        }
        if (!top->item.name.size)
            put_stamp(self, top->item.index, STAMP_IMPORTED);
        TRY(wit_set_push_item(set, self->world, false, &top->item, error));
        self->step_count--;
    }
    return WHIT_OK;
}

/* Says why an interface would be needed as import and export at once. */
static whit_status conflict(completion *self, uint32_t interface,
                            whit_error *error)
{
    wit_set *set = self->set;
    const step *top = &self->steps[self->step_count - 1];
    const step *importer = top;
    while (importer > self->steps && !importer[-1].exported)
        importer--;
    buffer name, missing;
    buffer_init(&name);
    buffer_init(&missing);
    wit_interface_write(set, interface, &name);
    wit_item_write(set, &importer->item, &missing);
    const char *a = buffer_string(&name), *b = buffer_string(&missing);
    whit_status status =
        a && b ? error_set(error, WHIT_INVALID,
                           "world '%.*s' exports '%s', but an export also "
                           "needs it as an import, through '%s'; export '%s' "
                           "too, or do not export '%s'",
                           SLICE_ARG(set->worlds[self->world].name), a, b, b, a)
               : error_memory(error);
    buffer_release(&name);
    buffer_release(&missing);
    return status;
}

/* Takes the finished top step into the imports or exports. */
static whit_status finish_export(completion *self, whit_error *error)
{
    const step *top = &self->steps[self->step_count - 1];
    uint32_t index = top->item.index;
    bool named = top->item.name.size != 0;
    if (top->exported) {
        if (!named && stamped(self, index, STAMP_REQUIRED))
            return conflict(self, index, error);
        if (!named)
            put_stamp(self, index, STAMP_EXPORTED);
        TRY(wit_set_push_item(self->set, self->world, true, &top->item, error));
    } else {
        put_stamp(self, index, STAMP_REQUIRED);
        if (!stamped(self, index, STAMP_IMPORTED)) {
            put_stamp(self, index, STAMP_IMPORTED);
            TRY(wit_set_push_item(self->set, self->world, false, &top->item,
                                  error));
        }
    }
    self->step_count--;
    return WHIT_OK;
}

/* Exports an interface. What it uses is exported before it when the world
 * exports that, and imported otherwise; being imported for one and exported
 * for another is a contradiction. */
static whit_status export_interface(completion *self, const wit_item *item,
                                    whit_error *error)
{
    wit_set *set = self->set;
    self->step_count = 0;
    if (!item->name.size && stamped(self, item->index, STAMP_EXPORTED))
        return WHIT_OK;
    TRY(push_step(self, item, true, error));
    while (self->step_count) {
        step *top = &self->steps[self->step_count - 1];
        const wit_interface *interface = &set->interfaces[top->item.index];
        if (top->next == interface->use_count) {
            TRY(finish_export(self, error));
            continue;
        }
        uint32_t used = interface->uses[top->next++];
        bool exported = top->exported && stamped(self, used, STAMP_TO_EXPORT);
        if (stamped(self, used, STAMP_EXPORTED)) {
            if (exported)
                continue;
            return conflict(self, used, error);
        }
        if (!exported && stamped(self, used, STAMP_REQUIRED))
            continue;
        wit_item next = implied(used, top->item.about.gate);
        TRY(push_step(self, &next, exported, error));
    }
    return WHIT_OK;
}

enum {
    CLASS_INTERFACE,
    CLASS_USED,
    CLASS_TYPE,
    CLASS_FREE,
    CLASS_METHOD,
    CLASSES
};

static int class_of(const wit_set *self, const wit_item *item)
{
    if (item->kind == WIT_ITEM_INTERFACE)
        return CLASS_INTERFACE;
    if (item->kind == WIT_ITEM_FUNCTION)
        return item->function->kind == WIT_FREESTANDING ? CLASS_FREE
                                                        : CLASS_METHOD;
    return wit_type_used_from(self, item->index) != WIT_NONE ? CLASS_USED
                                                             : CLASS_TYPE;
}

static whit_status complete_imports(completion *self, const wit_item *old,
                                    uint32_t count, whit_error *error)
{
    wit_set *set = self->set;
    for (int class = 0; class < CLASSES; class++)
        for (uint32_t i = 0; i < count; i++) {
            if (class_of(set, &old[i]) != class)
                continue;
            if (class == CLASS_INTERFACE)
                TRY(import_interface(self, &old[i], error));
            else if (class == CLASS_USED) {
                wit_item item = implied(wit_type_used_from(set, old[i].index),
                                        old[i].about.gate);
                TRY(import_interface(self, &item, error));
            }
        }
    return WHIT_OK;
}

static whit_status complete_exports(completion *self, const wit_item *old,
                                    uint32_t count, whit_error *error)
{
    for (uint32_t i = 0; i < count; i++)
        if (old[i].kind == WIT_ITEM_INTERFACE && !old[i].name.size)
            put_stamp(self, old[i].index, STAMP_TO_EXPORT);
    for (uint32_t i = 0; i < count; i++)
        if (old[i].kind != WIT_ITEM_INTERFACE)
            TRY(wit_set_push_item(self->set, self->world, true, &old[i],
                                  error));
    for (uint32_t i = 0; i < count; i++)
        if (old[i].kind == WIT_ITEM_INTERFACE) {
            whit_status status = export_interface(self, &old[i], error);
            if (status != WHIT_OK)
                return wit_place_error(self->set, old[i].about.place, status,
                                       error);
        }
    return WHIT_OK;
}

/* A function of a resource, for sorting by resource. */
typedef struct method_rank {
    wit_type resource;
    uint32_t at;
} method_rank;

static int compare_ranks(const void *a, const void *b)
{
    const method_rank *x = a, *y = b;
    if (x->resource != y->resource)
        return x->resource < y->resource ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static whit_status append_methods(completion *self, const wit_item *old,
                                  uint32_t count, whit_error *error)
{
    uint32_t methods = 0;
    method_rank *ranks = mem_calloc(count + 1, sizeof *ranks);
    TRY_ALLOC(ranks, error);
    for (uint32_t i = 0; i < count; i++)
        if (class_of(self->set, &old[i]) == CLASS_METHOD)
            ranks[methods++] = (method_rank){old[i].function->resource, i};
    qsort(ranks, methods, sizeof *ranks, compare_ranks);
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; i < methods && status == WHIT_OK; i++)
        status = wit_set_push_item(self->set, self->world, false,
                                   &old[ranks[i].at], error);
    mem_free(ranks);
    return status;
}

/* The interfaces are there now; everything else follows in its order. */
static whit_status append_rest(completion *self, const wit_item *old,
                               uint32_t count, whit_error *error)
{
    for (int class = CLASS_USED; class < CLASS_METHOD; class++)
        for (uint32_t i = 0; i < count; i++)
            if (class_of(self->set, &old[i]) == class)
                TRY(wit_set_push_item(self->set, self->world, false, &old[i],
                                      error));
    return append_methods(self, old, count, error);
}

whit_status wit_set_complete_world(wit_set *self, uint32_t world,
                                   whit_error *error)
{
    wit_world *owner = &self->worlds[world];
    const wit_item *imports = owner->imports, *exports = owner->exports;
    uint32_t import_count = owner->import_count;
    uint32_t export_count = owner->export_count;
    owner->imports = owner->exports = NULL;
    owner->import_count = owner->export_count = 0;
    owner->room[0] = owner->room[1] = 0;
    self->items -= import_count + export_count;
    completion work = {.set = self, .world = world};
    whit_status status = complete_imports(&work, imports, import_count, error);
    if (status == WHIT_OK)
        status = complete_exports(&work, exports, export_count, error);
    if (status == WHIT_OK)
        status = append_rest(&work, imports, import_count, error);
    mem_free(work.steps);
    return status;
}
