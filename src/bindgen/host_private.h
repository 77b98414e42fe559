/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of the generator of C hosts share.
 *
 * Structs of the generated header have the native layout of whit/component.h
 * by construction, so that a call is one struct of arguments and one of the
 * result; the generated source asserts sizes, alignments and offsets.
 *
 * A type whose values hold no handles is one C type, whichever side of the
 * world it is seen from. Handles differ: of an imported resource the host
 * sees the representation, which it chose itself, of an exported one a handle.
 *
 * Text goes to the sections and is put together at the end. `base` lends
 * arena, names and spelling; its own sections are not used. */
#ifndef BINDGEN_HOST_PRIVATE_H
#define BINDGEN_HOST_PRIVATE_H

#include "bindgen/c_private.h"

/* A type seen from a scope. */
typedef struct host_type {
    uint32_t scope;
    wit_type type;
    const char *name;   /* "x_t" */
    const char *base;   /* "x": names of functions begin with it */
    const char *writer; /* STREAM, FUTURE: the end that writes */
    const char *maker;  /* STREAM, FUTURE: a field of the world whose function
                           mentions it; NULL: none */
    bool in_import;     /* the same: an imported function mentions it */
} host_type;

typedef struct host_generator {
    c_generator base;
    const bind_world *world;
    wit_set *set;
    const char *prefix; /* of the world, and in capitals */
    const char *shouty;
    const char **prefixes; /* of scopes */
    host_type **types;
    size_t type_count;
    size_t type_capacity;
    map known;         /* scope and type -> index of types */
    bool too_long;     /* some signature is */
    bool has_streams;  /* some stream or future can be made */
    size_t longest;    /* text of the type of a stream or future, in bytes */
    uint32_t exported; /* functions */
    bind_names import_fields;
    bind_names world_fields;
    buffer h_types;
    buffer h_imports; /* fields of the struct of imports */
    buffer h_world;   /* fields of the struct of the world */
    buffer h_functions;
    buffer c_asserts;
    buffer c_functions;
    buffer c_define;  /* statements */
    buffer c_exports; /* elements of a table */
} host_generator;

/* host_types.c: the entry of a type, defined before this returns; NULL for
 * types that C has itself, and when memory is exhausted. */
host_type *host_type_of(host_generator *self, uint32_t scope, wit_type type);
const char *host_type_name(host_generator *self, uint32_t scope, wit_type type);
/* Whether the resource of a handle, or the resource itself, is the guest's. */
bool host_is_guests(host_generator *self, uint32_t scope, wit_type type);
/* Arguments of this type are passed by pointer. */
bool host_by_pointer(const host_generator *self, wit_type type);
void host_define_scope(host_generator *self, uint32_t scope);

/* host_signature.c: what canon_type_write says of the type in a component. */
const char *host_type_text(host_generator *self, uint32_t scope, wit_type type);
const char *host_function_text(host_generator *self, uint32_t scope,
                               const wit_function *function);
/* A string literal over as many lines as it needs. */
void host_write_literal(const char *text, unsigned indent, buffer *out);

/* What stands behind the world's prefix in a name; all of it when it has
 * none, because memory ran out. */
const char *host_behind_prefix(const host_generator *self, const char *name);
/* host_functions.c */
void host_write_scope(host_generator *self, uint32_t scope);
/* host_streams.c: functions of all streams and futures. */
void host_note_streams(host_generator *self, uint32_t scope,
                       const wit_function *function, const char *field);
void host_write_streams(host_generator *self);

#endif
