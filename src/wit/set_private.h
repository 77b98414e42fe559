/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of the set share: growing tables and the scopes of names. */
#ifndef WIT_SET_PRIVATE_H
#define WIT_SET_PRIVATE_H

#include "wit/wit.h"

/* Room for one more item in an array that lives in the set's arena; the old
 * array stays readable. */
whit_status wit_set_grow(wit_set *self, void *items, uint32_t *room,
                         uint32_t count, size_t item_size, uint32_t limit,
                         const char *what, whit_error *error) WHIT_MUST_CHECK;

/* Appends the type that a primitive kind stands for. */
whit_status wit_set_push_primitive(wit_set *self, wit_kind kind,
                                   whit_error *error) WHIT_MUST_CHECK;

/* Scopes of names: each has an owner's index of its kind. */
typedef enum set_scope {
    SCOPE_PACKAGES,
    SCOPE_DEFINITIONS, /* of a package: set_definition values */
    SCOPE_INTERFACE,   /* types and functions: set_member values */
    SCOPE_IMPORTS,     /* plain names of a world: index of the item */
    SCOPE_EXPORTS,
    SCOPE_IMPORTED, /* interfaces of a world, by index, as their own name */
    SCOPE_EXPORTED,
    SCOPE_USES,   /* of an interface, interfaces by index */
    SCOPE_FIELDS, /* of a type */
    SCOPE_PARAMS  /* of a function, by running number */
} set_scope;

/* Values: which of two kinds of thing, and its index. */
static inline uint64_t set_value(bool second, uint32_t index)
{
    return (uint64_t)second << 32 | index;
}

static inline bool set_value_second(uint64_t value)
{
    return (value >> 32) != 0;
}

/* Names are folded; `taken` tells whether the name was there already, and
 * then *value is what it was, unchanged. */
whit_status wit_set_claim(wit_set *self, set_scope scope, uint32_t owner,
                          slice name, uint64_t *value, bool *taken,
                          whit_error *error) WHIT_MUST_CHECK;
/* The same for an interface by its index (IMPORTED, EXPORTED, USES). */
whit_status wit_set_claim_interface(wit_set *self, set_scope scope,
                                    uint32_t world, uint32_t interface,
                                    uint64_t *value, bool *taken,
                                    whit_error *error) WHIT_MUST_CHECK;
/* false: no such name, or the heap is exhausted. */
bool wit_set_find(wit_set *self, set_scope scope, uint32_t owner, slice name,
                  uint64_t *value);

/* Appends an item to a world, its name being claimed already. */
whit_status wit_set_push_item(wit_set *self, uint32_t world, bool exported,
                              const wit_item *item,
                              whit_error *error) WHIT_MUST_CHECK;
/* Claims a plain name of a world. */
whit_status wit_set_claim_item(wit_set *self, uint32_t world, bool exported,
                               slice name, whit_error *error) WHIT_MUST_CHECK;

#endif
