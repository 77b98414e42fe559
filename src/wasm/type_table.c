/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Canonical types: recursion groups interned by hash.
 *
 * A group's key is a run of words that spells its types with every outside
 * reference as a canonical id and every inside reference as a position in
 * the group. Two groups are equal exactly when their keys are. */
#include "wasm/type_table.h"

#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

/* In keys: the bit that tells positions in the group from canonical ids. */
#define KEY_INSIDE 0x400000u
_Static_assert(LIMIT_CANONICAL_TYPES <= KEY_INSIDE, "ids and bit collide");
_Static_assert(LIMIT_TYPES <= KEY_INSIDE, "positions and bit collide");

typedef struct group {
    uint64_t hash;
    const uint32_t *key; /* NULL: a free place */
    uint32_t key_size;   /* words */
    uint32_t first;      /* canonical id of its first type */
} group;

struct wasm_type_table {
    arena arena;
    const wasm_type **types; /* by id */
    size_t type_room;
    uint32_t type_count;
    group *groups; /* open addressing */
    size_t group_room;
    size_t group_count;
    /* The key under construction, reused. */
    uint32_t *key;
    size_t key_room;
    size_t key_size;
};

wasm_type_table *wasm_type_table_new(void)
{
    wasm_type_table *self = mem_zalloc(sizeof *self);
    if (self)
        arena_init(&self->arena);
    return self;
}

void wasm_type_table_free(wasm_type_table *self)
{
    if (!self)
        return;
    arena_release(&self->arena);
    mem_free(self->types);
    mem_free(self->groups);
    mem_free(self->key);
    mem_free(self);
}

const wasm_type *wasm_type_table_get(const wasm_type_table *self, uint32_t id)
{
    return self->types[id];
}

wasm_valtype wasm_type_canonical(wasm_valtype type,
                                 const wasm_type *const *types)
{
    if (!wasm_is_ref(type) || !wasm_heap_is_index(wasm_heap(type)))
        return type;
    return wasm_ref(types[wasm_heap(type)]->id, wasm_is_nullable(type));
}

/* ---- Keys ---- */

/* What a group's types are relative to: `types` holds the canonical types of
 * all indices below `first`; NULL when indices are canonical ids already. */
typedef struct key_context {
    const wasm_type *const *types;
    uint32_t first;
    uint32_t count;
} key_context;

static whit_status put(wasm_type_table *self, uint32_t word, whit_error *error)
{
    TRY(mem_grow((void **)&self->key, &self->key_room, self->key_size,
                 sizeof *self->key, SIZE_MAX / sizeof *self->key,
                 "words in a type", error));
    self->key[self->key_size++] = word;
    return WHIT_OK;
}

static whit_status key_index(const key_context *context, uint32_t index,
                             uint32_t *out, whit_error *error)
{
    if (!context->types)
        *out = index;
    else if (index < context->first && context->types[index])
        *out = context->types[index]->id;
    else if (index >= context->first && index - context->first < context->count)
        *out = KEY_INSIDE | (index - context->first);
    else
        return error_set(error, WHIT_INVALID, "unknown type %u", index);
    return WHIT_OK;
}

static whit_status put_type(wasm_type_table *self, const key_context *context,
                            wasm_valtype type, whit_error *error)
{
    if (wasm_is_ref(type) && wasm_heap_is_index(wasm_heap(type))) {
        uint32_t index = 0;
        TRY(key_index(context, wasm_heap(type), &index, error));
        type = wasm_ref(index, wasm_is_nullable(type));
    }
    return put(self, type, error);
}

static whit_status put_types(wasm_type_table *self, const key_context *context,
                             const wasm_valtype *types, uint32_t count,
                             whit_error *error)
{
    TRY(put(self, count, error));
    for (uint32_t i = 0; i < count; i++)
        TRY(put_type(self, context, types[i], error));
    return WHIT_OK;
}

/* `index` is the type's own, which super types must precede. */
static whit_status put_subtype(wasm_type_table *self,
                               const key_context *context, uint32_t index,
                               const wasm_subtype *type, whit_error *error)
{
    uint32_t super = WASM_NO_INDEX;
    TRY(put(self, (uint32_t)type->kind | (uint32_t)type->final << 8, error));
    if (type->super != WASM_NO_INDEX) {
        if (type->super >= index)
            return error_set(error, WHIT_INVALID,
                             "unknown type %u: a super type must stand in "
                             "front of type %u",
                             type->super, index);
        TRY(key_index(context, type->super, &super, error));
    }
    TRY(put(self, super, error));
    if (type->kind == WASM_COMP_FUNC) {
        TRY(put_types(self, context, type->func.params, type->func.param_count,
                      error));
        return put_types(self, context, type->func.results,
                         type->func.result_count, error);
    }
    TRY(put(self, type->field_count, error));
    for (uint32_t i = 0; i < type->field_count; i++) {
        TRY(put_type(self, context, type->fields[i].type, error));
        TRY(put(self, type->fields[i].mutable_, error));
    }
    return WHIT_OK;
}

static uint64_t hash_words(const uint32_t *words, size_t count)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ count;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ words[i]) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

/* ---- Groups ---- */

static group *find(group *groups, size_t room, uint64_t hash,
                   const uint32_t *key, size_t key_size)
{
    for (size_t i = hash & (room - 1);; i = (i + 1) & (room - 1)) {
        group *g = &groups[i];
        if (!g->key || (g->hash == hash && g->key_size == key_size &&
                        !memcmp(g->key, key, key_size * sizeof *key)))
            return g;
    }
}

static whit_status grow_groups(wasm_type_table *self, whit_error *error)
{
    if ((self->group_count + 1) * 4 <= self->group_room * 3)
        return WHIT_OK;
    size_t room = self->group_room ? self->group_room * 2 : 64;
    group *groups = mem_calloc(room, sizeof *groups);
    TRY_ALLOC(groups, error);
    for (size_t i = 0; i < self->group_room; i++) {
        const group *g = &self->groups[i];
        if (g->key)
            *find(groups, room, g->hash, g->key, g->key_size) = *g;
    }
    mem_free(self->groups);
    self->groups = groups;
    self->group_room = room;
    return WHIT_OK;
}

/* ---- Types from keys ---- */

/* Turns a key's word into the value type it stands for. */
static wasm_valtype from_key(wasm_valtype type, uint32_t first)
{
    if (!wasm_is_ref(type) || !wasm_heap_is_index(wasm_heap(type)))
        return type;
    wasm_heaptype heap = wasm_heap(type);
    if (heap & KEY_INSIDE)
        heap = first + (heap & ~KEY_INSIDE);
    return wasm_ref(heap, wasm_is_nullable(type));
}

static whit_status take_types(wasm_type_table *self, const uint32_t **key,
                              uint32_t first, const wasm_valtype **out,
                              uint32_t *count, uint32_t *slots,
                              whit_error *error)
{
    *count = *(*key)++;
    wasm_valtype *types = arena_alloc(&self->arena, *count * sizeof *types);
    TRY_ALLOC(types, error);
    *slots = 0;
    for (uint32_t i = 0; i < *count; i++) {
        types[i] = from_key(*(*key)++, first);
        *slots += wasm_slots(types[i]);
    }
    *out = types;
    return WHIT_OK;
}

uint32_t wasm_storage_size(wasm_valtype type)
{
    switch (type) {
    case WASM_I8:
        return 1;
    case WASM_I16:
        return 2;
    case WASM_I32:
    case WASM_F32:
        return 4;
    case WASM_V128:
        return 16;
    }
    return 8;
}

static whit_status take_fields(wasm_type_table *self, const uint32_t **key,
                               uint32_t first, wasm_type *out,
                               whit_error *error)
{
    uint32_t count = out->field_count = *(*key)++;
    wasm_field *fields = arena_array(&self->arena, count, sizeof *fields);
    uint32_t *offsets = arena_alloc(&self->arena, count * sizeof *offsets);
    TRY_ALLOC(fields, error);
    TRY_ALLOC(offsets, error);
    uint32_t end = 0;
    for (uint32_t i = 0; i < count; i++) {
        fields[i].type = from_key(*(*key)++, first);
        fields[i].mutable_ = *(*key)++;
        uint32_t size = wasm_storage_size(fields[i].type);
        offsets[i] = (end + size - 1) & ~(size - 1);
        end = offsets[i] + size;
        out->has_refs |= wasm_is_ref(fields[i].type);
    }
    out->fields = fields;
    out->field_offsets = offsets;
    out->size = end;
    return WHIT_OK;
}

static whit_status take_supers(wasm_type_table *self, uint32_t super,
                               const wasm_type *group_types, wasm_type *out,
                               whit_error *error)
{
    if (super != WASM_NO_INDEX) {
        out->super = super & KEY_INSIDE ? &group_types[super & ~KEY_INSIDE]
                                        : self->types[super];
        out->depth = out->super->depth + 1;
        if (out->depth > LIMIT_SUPERTYPE_DEPTH)
            return error_set(error, WHIT_LIMIT,
                             "sub type chain too deep: the limit is %u",
                             LIMIT_SUPERTYPE_DEPTH);
    }
    const wasm_type **supers =
        arena_alloc(&self->arena, (out->depth + 1) * sizeof *supers);
    TRY_ALLOC(supers, error);
    if (out->super)
        memcpy(supers, out->super->supers, out->depth * sizeof *supers);
    supers[out->depth] = out;
    out->supers = supers;
    return WHIT_OK;
}

static whit_status take_type(wasm_type_table *self, const uint32_t **key,
                             uint32_t first, const wasm_type *group_types,
                             wasm_type *out, whit_error *error)
{
    uint32_t head = *(*key)++;
    out->kind = (uint8_t)head;
    out->final = head >> 8;
    uint32_t super = *(*key)++;
    TRY(take_supers(self, super, group_types, out, error));
    if (out->kind != WASM_COMP_FUNC)
        return take_fields(self, key, first, out, error);
    TRY(take_types(self, key, first, &out->func.params, &out->func.param_count,
                   &out->param_slots, error));
    return take_types(self, key, first, &out->func.results,
                      &out->func.result_count, &out->result_slots, error);
}

/* Makes the types of the group whose key is complete. */
static whit_status make_group(wasm_type_table *self, uint32_t count,
                              whit_error *error)
{
    if (count > LIMIT_CANONICAL_TYPES - self->type_count)
        return error_set(error, WHIT_LIMIT,
                         "too many types of all modules: the limit is %u",
                         LIMIT_CANONICAL_TYPES);
    uint32_t first = self->type_count;
    wasm_type *types = arena_array(&self->arena, count, sizeof *types);
    TRY_ALLOC(types, error);
    const uint32_t *key = self->key;
    for (uint32_t i = 0; i < count; i++) {
        types[i].id = first + i;
        TRY(take_type(self, &key, first, types, &types[i], error));
        TRY(mem_grow((void **)&self->types, &self->type_room, first + i,
                     sizeof *self->types, LIMIT_CANONICAL_TYPES, "types",
                     error));
        self->types[first + i] = &types[i];
    }
    self->type_count = first + count;
    return WHIT_OK;
}

/* The canonical id of the first type of the group whose key is complete. */
static whit_status intern(wasm_type_table *self, uint32_t count, uint32_t *out,
                          whit_error *error)
{
    TRY(grow_groups(self, error));
    uint64_t hash = hash_words(self->key, self->key_size);
    group *g =
        find(self->groups, self->group_room, hash, self->key, self->key_size);
    if (!g->key) {
        size_t size = self->key_size * sizeof *self->key;
        const uint32_t *key = arena_dup(&self->arena, self->key, size);
        TRY_ALLOC(key, error);
        uint32_t first = self->type_count;
        TRY(make_group(self, count, error));
        *g = (group){hash, key, (uint32_t)self->key_size, first};
        self->group_count++;
    }
    *out = g->first;
    return WHIT_OK;
}

whit_status wasm_type_table_group(wasm_type_table *self,
                                  const wasm_subtype *items, uint32_t first,
                                  uint32_t count, const wasm_type **types,
                                  whit_error *error)
{
    key_context context = {types, first, count};
    self->key_size = 0;
    for (uint32_t i = 0; i < count; i++)
        TRY(put_subtype(self, &context, first + i, &items[i], error));
    uint32_t id;
    TRY(intern(self, count, &id, error));
    for (uint32_t i = 0; i < count; i++)
        types[first + i] = self->types[id + i];
    return WHIT_OK;
}

whit_status wasm_type_table_add(wasm_type_table *self,
                                const wasm_module *module,
                                const wasm_type **out, whit_error *error)
{
    uint32_t first = 0;
    while (first < module->type_count) {
        uint32_t count = module->types[first].rec_count;
        TRY(wasm_type_table_group(self, module->types + first, first, count,
                                  out, error));
        first += count;
    }
    return WHIT_OK;
}

whit_status wasm_type_table_func(wasm_type_table *self,
                                 const wasm_functype *func,
                                 const wasm_type **out, whit_error *error)
{
    wasm_subtype type = {.kind = WASM_COMP_FUNC,
                         .final = true,
                         .super = WASM_NO_INDEX,
                         .func = *func};
    key_context context = {0};
    self->key_size = 0;
    TRY(put_subtype(self, &context, 0, &type, error));
    uint32_t id;
    TRY(intern(self, 1, &id, error));
    *out = self->types[id];
    return WHIT_OK;
}

/* ---- Matching ---- */

bool wasm_type_is_sub(const wasm_type *sub, const wasm_type *super)
{
    return sub->depth >= super->depth && sub->supers[super->depth] == super;
}

/* The abstract type right above a concrete one. */
static wasm_heaptype abstract_of(const wasm_type *type)
{
    switch (type->kind) {
    case WASM_COMP_STRUCT:
        return WASM_HEAP_STRUCT;
    case WASM_COMP_ARRAY:
        return WASM_HEAP_ARRAY;
    }
    return WASM_HEAP_FUNC;
}

static bool abstract_matches(wasm_heaptype sub, wasm_heaptype super)
{
    if (sub == super || sub == WASM_HEAP_BOTTOM)
        return true;
    switch (super) {
    case WASM_HEAP_ANY:
        return sub == WASM_HEAP_EQ || sub == WASM_HEAP_I31 ||
               sub == WASM_HEAP_STRUCT || sub == WASM_HEAP_ARRAY ||
               sub == WASM_HEAP_NONE;
    case WASM_HEAP_EQ:
        return sub == WASM_HEAP_I31 || sub == WASM_HEAP_STRUCT ||
               sub == WASM_HEAP_ARRAY || sub == WASM_HEAP_NONE;
    case WASM_HEAP_I31:
    case WASM_HEAP_STRUCT:
    case WASM_HEAP_ARRAY:
        return sub == WASM_HEAP_NONE;
    case WASM_HEAP_FUNC:
        return sub == WASM_HEAP_NOFUNC;
    case WASM_HEAP_EXTERN:
        return sub == WASM_HEAP_NOEXTERN;
    case WASM_HEAP_EXN:
        return sub == WASM_HEAP_NOEXN;
    }
    return false;
}

bool wasm_heap_matches(const wasm_type_table *self, wasm_heaptype sub,
                       wasm_heaptype super)
{
    if (sub == super)
        return true;
    if (wasm_heap_is_index(sub)) {
        const wasm_type *type = self->types[sub];
        if (wasm_heap_is_index(super))
            return wasm_type_is_sub(type, self->types[super]);
        return abstract_matches(abstract_of(type), super);
    }
    if (!wasm_heap_is_index(super))
        return abstract_matches(sub, super);
    if (sub == WASM_HEAP_BOTTOM)
        return true;
    return sub == (self->types[super]->kind == WASM_COMP_FUNC ? WASM_HEAP_NOFUNC
                                                              : WASM_HEAP_NONE);
}

bool wasm_valtype_matches(const wasm_type_table *self, wasm_valtype sub,
                          wasm_valtype super)
{
    if (sub == super || sub == WASM_BOTTOM)
        return true;
    if (!wasm_is_ref(sub) || !wasm_is_ref(super))
        return false;
    if (wasm_is_nullable(sub) && !wasm_is_nullable(super))
        return false;
    return wasm_heap_matches(self, wasm_heap(sub), wasm_heap(super));
}
