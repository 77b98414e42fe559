/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of the C generator share.
 *
 * The C types of the generated header have the layout of the canonical ABI by
 * construction: a record is a struct of its fields, a variant a tag and a
 * union, a list a pointer and a length. So what lies in memory is passed by
 * its address, lists are never converted, and only values that travel flat are
 * taken apart (c_lower.c) and put together (c_lift.c). The generated source
 * asserts every size and alignment.
 *
 * Text goes to the sections of c_generator and is put together at the end.
 * Strings live in the arena; when memory is exhausted, `failed` is set, texts
 * are empty, and the driver reports it. */
#ifndef BINDGEN_C_PRIVATE_H
#define BINDGEN_C_PRIVATE_H

#include "bindgen/generator.h"

/* A type seen from a scope, as C names it. */
typedef struct c_type {
    uint32_t scope;
    wit_type type;
    const char *name;  /* "x_t"; of a RESOURCE: what its rep is */
    const char *base;  /* "x": names of functions begin with it */
    const char *words; /* that without the prefix of the scope */
    const char *own;   /* of a RESOURCE: its handle; of a STREAM or FUTURE: the
                          end that writes */
    const char *borrow;
    const char *drop; /* gives up a handle */
    const char *free; /* frees a value and all in it; NULL: nothing to free */
    const char *shed; /* frees the memory in it, but no handles; see c_free.c */
    bool has_functions; /* of a STREAM or FUTURE: they are written */
} c_type;

typedef struct c_generator {
    const bind_world *world;
    const bind_options *options;
    wit_set *set;
    arena memory;
    bool failed;
    bind_names names; /* of the generated header */
    map known;        /* scope and type -> index of types */
    map used_streams; /* scope and type: those that functions mention */
    c_type **types;
    size_t type_count;
    size_t type_capacity;
    const char **prefixes; /* of scopes */
    const char *prefix;    /* of the world, and in capitals */
    const char *shouty;
    const char *string; /* names of types */
    bool needs_string;
    bool needs_async;
    bool needs_error_context;
    bool streams_bring_memory; /* elements of some stream hold memory */
    /* Sections, in the order in which they appear. */
    buffer h_types;
    buffer h_functions;
    buffer h_exports;
    buffer h_helpers;
    buffer c_asserts;
    buffer c_helpers;
    buffer c_functions;
} c_generator;

/* Text in the arena, never NULL. */
const char *c_text(c_generator *self, const char *format, ...)
    WHIT_PRINTF(2, 3);
const char *c_copy(c_generator *self, const buffer *text);
/* Appends "ns_package_interface", with the version where the world has several
 * of the package. */
void c_interface_words(const c_generator *self, uint32_t interface,
                       buffer *out);
/* "(*x).y" becomes "x->y" and "&(*x)" "x", in place; gives the new size. c_text
 * and c_line do so with all they write, so that a value may be spelled "(*x)".
 */
size_t c_use_arrows(char *text, size_t size);
/* A global identifier that nothing else has: what is asked for, or that with
 * underscores behind it. */
const char *c_claim(c_generator *self, const char *name);
/* A name as field or parameter: not a keyword of C or C++. */
const char *c_identifier(c_generator *self, slice name);
/* "PREFIX_OF_BASE_NAME" for constants of a type. */
const char *c_constant(c_generator *self, const char *base, slice name);

/* c_types.c: the one entry of a type, defined in the header before this
 * returns; `type` is not behind aliases of other scopes yet. NULL only for
 * types that C has itself, or when memory is exhausted. */
c_type *c_type_of(c_generator *self, uint32_t scope, wit_type type);
/* How C spells a type. */
const char *c_type_name(c_generator *self, uint32_t scope, wit_type type);
/* Arguments of this type are passed by pointer. */
bool c_by_pointer(const c_generator *self, wit_type type);
/* Defines what a scope defines. */
void c_define_scope(c_generator *self, uint32_t scope);
/* The name of a member: of a record's field or variant's case. */
const char *c_member(c_generator *self, const wit_type_def *def,
                     uint32_t index);
/* Whether a handle seen from `scope` is of a resource that the component
 * itself exports. */
bool c_is_own_resource(c_generator *self, uint32_t scope, wit_type handle);
c_type *c_resource_of(c_generator *self, uint32_t scope, wit_type handle);
/* Streams and futures work by intrinsics of functions that mention them, so
 * only those have functions. */
void c_stream_use(c_generator *self, uint32_t scope, wit_type type);
bool c_stream_is_used(const c_generator *self, uint32_t scope, wit_type type);

/* c_free.c: defines what frees a type; appends statements that free `value`
 * (an lvalue). With `handles` everything goes, without only memory. */
void c_define_free(c_generator *self, c_type *entry);
void c_write_free(c_generator *self, uint32_t scope, wit_type type,
                  const char *value, bool handles, unsigned indent,
                  buffer *out);
/* Whether there is anything to free. */
bool c_needs_free(const c_generator *self, wit_type type, bool handles);

/* c_lower.c: what a value is as core values: expressions. Statements they need
 * go to `out` before. */
typedef struct c_flat {
    const char *values[WIT_MAX_FLAT + 1];
    unsigned count;
} c_flat;

typedef struct c_body {
    buffer *out;
    unsigned indent;
    unsigned temporaries; /* names v0_, v1_, ... that are taken */
} c_body;

void c_line(c_body *body, const char *format, ...) WHIT_PRINTF(2, 3);
const char *c_core_name(uint8_t core);
void c_lower(c_generator *self, c_body *body, uint32_t scope, wit_type type,
             const char *value, c_flat *out);
/* An option that is a pointer, NULL for none. */
void c_lower_maybe(c_generator *self, c_body *body, uint32_t scope,
                   wit_type type, const char *pointer, c_flat *out);
/* c_lift.c: puts core values together into an lvalue. */
void c_lift(c_generator *self, c_body *body, uint32_t scope, wit_type type,
            const c_flat *values, const char *into);
/* A core value as another core type. */
const char *c_cast(c_generator *self, const char *value, uint8_t from,
                   uint8_t to);

/* c_functions.c */
void c_import_function(c_generator *self, uint32_t scope,
                       const wit_function *function);
/* c_exports.c */
void c_export_function(c_generator *self, uint32_t scope,
                       const wit_function *function);

/* What both need: parameters and results as C has them. */
typedef struct c_param {
    const char *name;
    const char *field; /* of a struct of all parameters */
    const char *type;
    wit_type wit;
    bool pointer;
    bool maybe; /* an option as a pointer; `type` is what it points to */
} c_param;

typedef enum c_result_kind {
    C_RESULT_NONE,
    C_RESULT_SCALAR,  /* the function's own */
    C_RESULT_POINTER, /* through `ret` */
    C_RESULT_OPTION,  /* bool, and through `ret` */
    C_RESULT_RESULT   /* bool, and through `ret` or `err` */
} c_result_kind;

typedef struct c_signature {
    const char *name;
    c_param *params;
    uint32_t param_count;
    c_result_kind result;
    wit_type result_type;
    uint32_t result_scope; /* of ok and error */
    wit_type ok;    /* what goes through ret and err; WIT_NONE: nothing */
    wit_type error; /* RESULT only */
} c_signature;

void c_signature_of(c_generator *self, uint32_t scope,
                    const wit_function *function, c_signature *out);
/* "bool name(const a_t *a, b_t *ret)" without anything behind, wrapped. */
void c_write_signature(c_generator *self, uint32_t scope,
                       const c_signature *signature, bool constant,
                       buffer *out);
/* Appends what the parameters are in C; ends with the next free part. */
size_t c_write_params(c_generator *self, const c_signature *signature,
                      bool constant, const char **parts);
/* "head(one, two)" wrapped into 80 columns. */
void c_write_call(const char *head, const char *const *parts, size_t count,
                  unsigned indent, buffer *out);
/* The prototype of a core import. */
void c_write_import(c_generator *self, const char *module, const char *name,
                    const char *c_name, const uint8_t *params,
                    unsigned param_count, const char *result, buffer *out);
/* "struct" with a field for each parameter, without what is behind '}'. */
void c_write_args(c_generator *self, uint32_t scope,
                  const c_signature *signature, const char *head,
                  unsigned indent, buffer *out);
/* The quoted C string of a text. */
const char *c_quote(c_generator *self, slice text);

/* c_async.c: types and functions for tasks; functions of the streams and
 * futures that a function mentions. */
void c_write_async(c_generator *self, buffer *header, buffer *source);
void c_stream_functions(c_generator *self, uint32_t scope,
                        const wit_function *function);
/* Notes which streams and futures functions mention; before anything else. */
void c_find_streams(c_generator *self);
/* c_guest.c: adds whit_guest.h and whit_guest.c. */
whit_status c_add_guest(bind_output *out, whit_error *error) WHIT_MUST_CHECK;
/* c_support.c: strings, error contexts, realloc. A template has @w for the
 * world's prefix and @W for the same in capitals. */
void c_expand(const c_generator *self, const char *template, buffer *out);
void c_write_support(c_generator *self, buffer *header, buffer *source);

#endif
