/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What WIT texts mean: the model that encoder, generators and runtime share.
 *
 * A wit_set holds packages that know each other. Everything in it is named by
 * an index into one of its tables, valid as long as the set; everything it
 * points to lives in its arena and goes with it. A set is filled by the text
 * resolver (wit/resolve.h) or by a decoder of binary packages, both through
 * the verbs below, which check every rule that does not depend on spelling.
 * Once filled it is only read, from any number of threads.
 *
 * Invariants a reader may rely on:
 * - Tables are in topological order: what a type is made of, what an interface
 *   uses, what a package depends on has a smaller index.
 * - The first WIT_PRIMITIVES types are the primitives, index == kind.
 * - RECORD, VARIANT, ENUM, FLAGS and RESOURCE always have a name and an owner.
 *   The other kinds have both or neither; those without exist once per set, so
 *   equal indexes mean equal types. `type a = list<u8>` is a LIST named a;
 *   `type a = b` and `use x.{b as a}` are an ALIAS of b.
 * - A resource named where a value is meant is an OWN of it.
 * - Types nest at most LIMIT_WIT_TYPE_DEPTH deep, so recursion is safe, and
 *   no value takes more than LIMIT_WIT_VALUE_BYTES.
 * - An interface that a world both imports and exports is one interface here.
 *   Its resources are nevertheless two sets of types in the component, one for
 *   each side: what an item means depends on the side it is seen from.
 * - A world is complete: includes are merged, and interfaces that an import or
 *   export uses are imported unless they are exported. Its imports are
 *   ordered: interfaces, each behind those it uses; types that `use` brought;
 *   other types; free functions; functions of resources. */
#ifndef WIT_WIT_H
#define WIT_WIT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "base/slice.h"
#include "wit/version.h"

#define WIT_NONE UINT32_MAX

typedef uint32_t wit_type; /* index of wit_set.types, or WIT_NONE */

typedef enum wit_kind {
#define X(name, text) WIT_##name,
#include "wit/kinds.def"
#undef X
    WIT_KINDS,
    WIT_PRIMITIVES = WIT_RECORD
} wit_kind;

const char *wit_kind_text(wit_kind kind);

/* Where something is written; source WIT_NONE: not in a text. */
typedef struct wit_place {
    uint32_t source; /* index of wit_set.sources */
    uint32_t offset; /* bytes into its text */
} wit_place;

typedef enum wit_gate_kind { WIT_SINCE, WIT_UNSTABLE } wit_gate_kind;

/* A gate of an item that is in the set. */
typedef struct wit_gate {
    wit_gate_kind kind;
    wit_version since;      /* SINCE */
    slice feature;          /* UNSTABLE */
    wit_version deprecated; /* not present: still recommended */
} wit_gate;

/* What every named thing has. Documentation is its lines without comment
 * signs and common indentation, '\n' between them; empty: none. */
typedef struct wit_about {
    slice docs;
    const wit_gate *gate; /* NULL: always there */
    slice external_id;
    bool has_external_id; /* it may be empty */
    wit_place place;      /* of the name */
} wit_about;

/* A field of a record, a case of a variant or enum, a flag, a member of a
 * tuple (no name), a parameter. */
typedef struct wit_field {
    slice name;
    wit_type type; /* WIT_NONE: a case without a value, a flag */
    slice docs;
    wit_place place;
} wit_field;

typedef enum wit_owner_kind {
    WIT_OWNER_NONE,
    WIT_OWNER_INTERFACE,
    WIT_OWNER_WORLD
} wit_owner_kind;

typedef struct wit_owner {
    wit_owner_kind kind;
    uint32_t index;
} wit_owner;

/* What a value of a type holds, itself or in its parts. Of the elements of
 * streams and futures only STREAM and FUTURE count: they are behind a
 * handle. */
enum {
    WIT_HAS_OWN = 1,
    WIT_HAS_BORROW = 2,
    WIT_HAS_MEMORY = 4, /* strings, lists, maps: memory and realloc */
    WIT_HAS_STREAM = 8,
    WIT_HAS_FUTURE = 16,
    WIT_HAS_ERROR_CONTEXT = 32
};

typedef enum wit_core {
    WIT_CORE_I32,
    WIT_CORE_I64,
    WIT_CORE_F32,
    WIT_CORE_F64
} wit_core;

enum { WIT_MAX_FLAT = 16 };

/* The canonical ABI's view of a type for one width of pointers; see
 * wit/abi_layout.h. All zero for RESOURCE, which is no value. */
typedef struct wit_layout {
    uint32_t size;              /* bytes in memory */
    uint8_t alignment;          /* 1, 2, 4 or 8 */
    uint8_t flat_count;         /* WIT_MAX_FLAT + 1: more than WIT_MAX_FLAT */
    uint8_t flat[WIT_MAX_FLAT]; /* wit_core; the first ones when more */
} wit_layout;

/* RECORD, VARIANT, ENUM, FLAGS, TUPLE: fields.
 * LIST, FIXED_LIST, OPTION: element.      MAP: other (key), element (value).
 * RESULT: element (ok), other (error), each possibly WIT_NONE.
 * STREAM, FUTURE: element, possibly WIT_NONE.
 * ALIAS: element.                         OWN, BORROW: element, a RESOURCE
 *                                         or an ALIAS that leads to one. */
typedef struct wit_type_def {
    wit_kind kind;
    slice name; /* empty: none */
    wit_owner owner;
    wit_about about;
    const wit_field *fields;
    uint32_t field_count;
    wit_type element;
    wit_type other;
    uint32_t length;      /* FIXED_LIST, at least 1 */
    uint8_t has;          /* WIT_HAS_ bits; the set fills these three */
    uint8_t depth;        /* 1 for a type without parts */
    wit_layout layout[2]; /* pointers of 4 bytes, of 8 */
} wit_type_def;

typedef enum wit_function_kind {
    WIT_FREESTANDING,
    WIT_METHOD, /* the first parameter is self: borrow<resource> */
    WIT_STATIC,
    WIT_CONSTRUCTOR /* the result is the resource, or a result<> of it */
} wit_function_kind;

typedef struct wit_function {
    slice name;      /* as components spell it: "[method]r.f" */
    slice item_name; /* as the text spells it: "f"; the resource's name for a
                        constructor */
    wit_function_kind kind;
    bool is_async;
    wit_type resource; /* WIT_NONE when FREESTANDING */
    const wit_field *params;
    uint32_t param_count;
    wit_type result; /* WIT_NONE: none */
    wit_about about;
} wit_function;

/* Types in order: those that `use` brought first. Functions in order: those of
 * resources, by resource, then the free ones. */
typedef struct wit_interface {
    slice name; /* empty: written inside a world */
    uint32_t package;
    wit_about about;
    const wit_type *types;
    uint32_t type_count;
    const wit_function *functions;
    uint32_t function_count;
    /* The interfaces whose types it uses directly, each once. */
    const uint32_t *uses;
    uint32_t use_count;
    uint32_t clone_of; /* WIT_NONE, or what an include copied */
    /* For the set's verbs. */
    uint32_t room[3];
    uint32_t stamps[4]; /* a world's index + 1 each */
} wit_interface;

typedef enum wit_item_kind {
    WIT_ITEM_INTERFACE,
    WIT_ITEM_TYPE, /* imports only */
    WIT_ITEM_FUNCTION
} wit_item_kind;

/* An import or export of a world. An interface without a name here is known
 * by its own: wit_item_name gives "ns:package/interface@1.0.0". With a name
 * and a named interface, the item `implements` that interface. */
typedef struct wit_item {
    wit_item_kind kind;
    slice name;
    uint32_t index; /* interface or type */
    const wit_function *function;
    wit_about about; /* of the statement; types and functions: the same as
                        their own */
} wit_item;

typedef struct wit_world {
    slice name;
    uint32_t package;
    wit_about about;
    const wit_item *imports;
    uint32_t import_count;
    const wit_item *exports;
    uint32_t export_count;
    uint32_t room[2];
} wit_world;

typedef struct wit_package {
    slice space; /* "wasi" of wasi:io */
    slice name;  /* "io" */
    wit_version version;
    slice docs;
    const uint32_t *interfaces;
    uint32_t interface_count;
    const uint32_t *worlds;
    uint32_t world_count;
    uint32_t room[2];
} wit_package;

typedef struct wit_text {
    slice path; /* for messages */
    slice text;
} wit_text;

typedef struct wit_set {
    wit_type_def *types;
    wit_interface *interfaces;
    wit_world *worlds;
    wit_package *packages;
    wit_text *sources;
    uint32_t type_count;
    uint32_t interface_count;
    uint32_t world_count;
    uint32_t package_count;
    uint32_t source_count;
    /* The text that the last error's line and column belong to. */
    uint32_t failed_source;
    /* For the verbs alone. */
    arena memory;
    map names;
    map anonymous;
    buffer key;
    uint32_t room[5]; /* sources packages interfaces worlds types */
    uint32_t items;   /* of all worlds */
    uint32_t functions;
    uint64_t text_bytes;
} wit_set;

/* NULL when the heap is exhausted. */
wit_set *wit_set_new(void);
void wit_set_free(wit_set *self);

/* Filling. A failed verb leaves a set that is only good for freeing. Slices
 * given to the verbs are kept, not copied, except by wit_set_add_source: put
 * what is not in a source into the set's arena. Errors have no position; the
 * text resolver adds it. */

/* Copies path and text. */
whit_status wit_set_add_source(wit_set *self, slice path, slice text,
                               uint32_t *out,
                               whit_error *error) WHIT_MUST_CHECK;
whit_status wit_set_add_package(wit_set *self, slice space, slice name,
                                const wit_version *version, uint32_t *out,
                                whit_error *error) WHIT_MUST_CHECK;
/* An empty name makes an interface that only a world's item mentions. */
whit_status wit_set_add_interface(wit_set *self, uint32_t package, slice name,
                                  const wit_about *about, uint32_t *out,
                                  whit_error *error) WHIT_MUST_CHECK;
whit_status wit_set_add_world(wit_set *self, uint32_t package, slice name,
                              const wit_about *about, uint32_t *out,
                              whit_error *error) WHIT_MUST_CHECK;
/* A type with a name becomes one of its owner's types (imports of a world); a
 * type without one is found or made. Fields are copied. */
whit_status wit_set_add_type(wit_set *self, const wit_type_def *type,
                             wit_type *out, whit_error *error) WHIT_MUST_CHECK;
/* `name` is computed from kind, resource and item_name. The result of a
 * constructor may be left WIT_NONE, and methods are given without self.
 * `exported` is for worlds. Parameters are copied. */
whit_status wit_set_add_function(wit_set *self, wit_owner owner, bool exported,
                                 const wit_function *function,
                                 whit_error *error) WHIT_MUST_CHECK;
/* An interface as import or export. */
whit_status wit_set_add_item(wit_set *self, uint32_t world, bool exported,
                             const wit_item *item,
                             whit_error *error) WHIT_MUST_CHECK;
/* Merges another world into this one. `renames` has a pair of names for each
 * plain name to change; one that no item has is an error. */
typedef struct wit_rename {
    slice from;
    slice to;
} wit_rename;
whit_status wit_set_include(wit_set *self, uint32_t world, uint32_t included,
                            const wit_rename *renames, uint32_t rename_count,
                            whit_error *error) WHIT_MUST_CHECK;
/* Puts the functions of an interface in order; only needed when they were
 * added in another. */
whit_status wit_set_complete_interface(wit_set *self, uint32_t interface,
                                       whit_error *error) WHIT_MUST_CHECK;
/* Adds what imports and exports use, and orders all; once per world, after
 * everything else. */
whit_status wit_set_complete_world(wit_set *self, uint32_t world,
                                   whit_error *error) WHIT_MUST_CHECK;

/* The world as those see it who use what it offers: its exports become
 * imports, the imports it had are gone, but for what types need. Or as those
 * see it who offer what it uses: imports become exports, the exports it had
 * are gone. `name` is its new one. The set is only good for printing and
 * encoding after that. */
whit_status wit_set_importize(wit_set *self, uint32_t world, slice name,
                              whit_error *error) WHIT_MUST_CHECK;
whit_status wit_set_exportize(wit_set *self, uint32_t world, slice name,
                              whit_error *error) WHIT_MUST_CHECK;

/* Finding: an index, or WIT_NONE. A version that is not present finds only a
 * package without one. */
uint32_t wit_find_package(wit_set *self, slice space, slice name,
                          const wit_version *version);
uint32_t wit_find_interface(wit_set *self, uint32_t package, slice name);
uint32_t wit_find_world(wit_set *self, uint32_t package, slice name);
wit_type wit_find_type(wit_set *self, uint32_t interface, slice name);

/* The world a command line means: "" the only one of `package`; "name" one of
 * it; "ns:package/name" with or without "@version" any. The message of a
 * failure lists the worlds there are. */
whit_status wit_select_world(wit_set *self, uint32_t package, slice name,
                             uint32_t *out, whit_error *error) WHIT_MUST_CHECK;

/* Reading. */
static inline const wit_type_def *wit_type_get(const wit_set *self,
                                               wit_type type)
{
    return &self->types[type];
}

/* Behind all aliases. */
wit_type wit_type_strip(const wit_set *self, wit_type type);
/* The interface that a `use` took this type from, or WIT_NONE. */
uint32_t wit_type_used_from(const wit_set *self, wit_type type);
/* A constructor written without result. */
bool wit_function_short_constructor(const wit_set *self,
                                    const wit_function *function);
/* The types of streams and futures that a function mentions, parts first, in
 * the order that numbers the intrinsics of core modules: each occurrence
 * counts. Heap memory of the caller (mem_free). */
whit_status wit_function_streams(const wit_set *self,
                                 const wit_function *function, wit_type **out,
                                 uint32_t *count,
                                 whit_error *error) WHIT_MUST_CHECK;

/* "ns:name@version", "ns:name/definition@version". */
void wit_package_write(const wit_set *self, uint32_t package, buffer *out);
void wit_interface_write(const wit_set *self, uint32_t interface, buffer *out);
void wit_world_write(const wit_set *self, uint32_t world, buffer *out);
/* The import or export name of an item in a component. */
void wit_item_write(const wit_set *self, const wit_item *item, buffer *out);

/* Line and column (in characters) from 1; false when not in a text. */
bool wit_place_find(const wit_set *self, wit_place place, uint32_t *line,
                    uint32_t *column);
/* Gives an error without position this one, and returns `status`. */
whit_status wit_place_error(wit_set *self, wit_place place, whit_status status,
                            whit_error *error);

#endif
