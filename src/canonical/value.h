/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values on their way between two component instances (CanonicalABI.md,
 * "Loading", "Storing", "Flat Lifting", "Flat Lowering").
 *
 * There is one operation: pass. It walks a type once, reads on one side and
 * writes on the other, so that a value is copied once and never boxed. The
 * host is a side like every other: an instance whose memory is the address
 * space of the process. Its values have the canonical layout for 64-bit
 * pointers, which is what C makes of the obvious declarations:
 *
 *     string, list<T>   struct { T *data; size_t length; }     UTF-8
 *     record, tuple     struct, fields in order
 *     variant           struct { uint8_t tag; union { ... } value; }, tag
 *                       wider when there are more than 256 cases
 *     option, result    the same with tag 0 none / ok, 1 some / error
 *     enum, flags       uint8_t, uint16_t or uint32_t
 *     bool              uint8_t, 0 or 1           char     uint32_t
 *     own, borrow       uint32_t: the representation when the host defined
 *                       the resource, else a handle of the store's host
 *                       instance
 *     stream, future    uint32_t: a handle of the store's host instance
 *     error-context     the same
 *     map<K, V>         as list<tuple<K, V>>
 *
 * What strings and lists point to on the host's side lies in the arena of
 * the side when values go to the host, and is the host's own when they come
 * from it. */
#ifndef CANONICAL_VALUE_H
#define CANONICAL_VALUE_H

#include "base/arena.h"
#include "component/model.h"
#include "runtime/store.h"

struct canon_instance;
struct canon_subtask;
struct canon_task;

typedef enum canon_encoding {
    CANON_UTF8,
    CANON_UTF16,
    CANON_LATIN1_UTF16
} canon_encoding;

/* The options of a canonical definition, resolved. */
typedef struct canon_options {
    canon_encoding encoding;
    bool is_async;
    rt_memory *memory; /* or NULL */
    rt_function *realloc;
    rt_function *post_return;
    rt_function *callback;
} canon_options;

/* Where values come from or go to. */
typedef struct canon_side {
    struct canon_instance *instance; /* whose handles they name */
    const canon_options *options;    /* NULL: the host */
    /* Borrowed handles: what is lifted is lent until this subtask resolves;
     * what is lowered must be dropped before this task returns. NULL where
     * types cannot hold a borrow. */
    struct canon_subtask *lender;
    struct canon_task *borrower;
    arena *arena; /* host: room for strings and lists that go to it */
    /* Host: strings and lists of numbers may point into the guest's memory
     * instead, valid until the guest runs again. UTF-8 and whole numbers only.
     */
    bool views;
} canon_side;

typedef enum canon_form {
    CANON_FLAT,     /* `slots` hold the flat values */
    CANON_INDIRECT, /* destination: room is made with realloc and slots[0]
                     * becomes its address; source: slots[0] is the address */
    CANON_OUT,      /* destination: memory at the address in slots[0] */
    CANON_NATIVE    /* the host's memory at `native` */
} canon_form;

typedef struct canon_values {
    canon_form form;
    rt_slot *slots;
    void *native;
} canon_values;

/* What is passed: parameters or a result. They are a tuple when they are in
 * memory. `resolver` is the instance whose component the types belong to: it
 * knows which resource types their nodes stand for. */
typedef struct canon_tuple {
    const component_member *members;
    uint32_t count;
    component_layout layout[2]; /* as in component_node */
    struct canon_instance *resolver;
} canon_tuple;

/* Fills the layout. A result is a tuple of no or one member. */
void canon_tuple_init(canon_tuple *self, const component_member *members,
                      uint32_t count, struct canon_instance *resolver);

/* Lifts from `from` and lowers into `to`. Guest code runs when memory is
 * allocated there. WHIT_TRAP with a message when the specification traps. */
whit_status canon_pass(const canon_tuple *types, const canon_side *from,
                       const canon_values *source, const canon_side *to,
                       const canon_values *destination,
                       whit_error *error) WHIT_MUST_CHECK;

/* `count` elements that lie one behind the other, as streams and futures
 * move them. Addresses are in the side's memory, or of the process for the
 * host; both ranges have been checked by canon_check_range. A NULL type has
 * no bytes. */
whit_status canon_pass_elements(const component_node *type,
                                struct canon_instance *resolver,
                                const canon_side *from, uint64_t source,
                                const canon_side *to, uint64_t destination,
                                uint32_t count,
                                whit_error *error) WHIT_MUST_CHECK;
/* Traps unless `count` elements at `address` are aligned and inside. */
whit_status canon_check_range(const component_node *type,
                              const canon_side *side, uint64_t address,
                              uint64_t count,
                              whit_error *error) WHIT_MUST_CHECK;

/* A string in the guest's memory to UTF-8 in the arena (error contexts). */
whit_status canon_load_string(const canon_side *from, uint64_t address,
                              uint64_t tagged_units, arena *arena, slice *out,
                              whit_error *error) WHIT_MUST_CHECK;
/* A UTF-8 string to the pair of pointer and length at `address`. */
whit_status canon_store_string(const canon_side *to, slice text,
                               uint64_t address,
                               whit_error *error) WHIT_MUST_CHECK;

/* Types that mean the same where resolvers differ: structure is compared,
 * resources by what they stand for. NULL is the type of no value. */
bool canon_type_equal(const component_node *a, struct canon_instance *ra,
                      const component_node *b, struct canon_instance *rb);
/* None, or a number: what one instance may pass to itself in a stream. */
bool canon_type_is_number(const component_node *type);

/* The type as WIT would write it, names of fields and cases included and
 * resources by the name they have in the instance: what a host function's
 * signature is compared with. "func(a: u32, b: list<u8>) -> string" */
void canon_type_write(const component_node *type, buffer *out);

#endif
