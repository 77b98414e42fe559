/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of the Rust generator share.
 *
 * One file of modules is written: a module per interface, `exports` around
 * those that are exported, and what the world itself has on top. Values are
 * lowered from references only (rust_lower.c): strings and lists of numbers
 * cross the border where they lie, and whoever owned them drops them when the
 * call is over, or, for results of sync exports, in post-return. So there is
 * no code that frees lowered values. Handles in them are taken out of their
 * owners, whose drop then does nothing.
 *
 * Names of Rust's own that modules use (String, Vec, ...) are reserved, so
 * types of the user never hide them. Local variables are v0, v1, ... and a few
 * words (`rust_local`); parameters with such a name get an underscore.
 *
 * Borrowed handles that an export gets are kept by a local `lent`.
 *
 * Lines are laid out as rustfmt would, by the few rules of rust_write.c. */
#ifndef BINDGEN_RUST_PRIVATE_H
#define BINDGEN_RUST_PRIVATE_H

#include "bindgen/generator.h"

enum { RUST_WIDTH = 100, RUST_LIST_WIDTH = 60 };

typedef struct rust_generator {
    const bind_world *world;
    const bind_options *options;
    wit_set *set;
    arena memory;
    bool failed;
    map types;            /* scope and type -> const char *: its name */
    const char **modules; /* of scopes: "exports::a::b", "" for the world */
    bind_names top;       /* what the file has outside of modules */
    /* Where text is written: types of scope `here` need no path, others one
     * that begins with `depth` times "super::". */
    uint32_t here;
    unsigned depth;
    const char *prefix; /* before "super::"; NULL: nothing */
    /* One type is written one way: what aliases stand for. */
    bool no_aliases;
    map streams; /* "stream " and Rust text -> 1: those that have an impl */
    buffer stream_impls;
    buffer future_impls;
    unsigned stream_count;
    buffer shells; /* of the macro: exported functions */
    const char *traits;
    unsigned trait_count;
} rust_generator;

/* rust_write.c: text in the arena, never NULL. */
const char *rust_text(rust_generator *self, const char *format, ...)
    WHIT_PRINTF(2, 3);
const char *rust_copy(rust_generator *self, const buffer *text);

typedef struct rust_list {
    const char **items;
    unsigned count;
    unsigned capacity;
} rust_list;

void rust_add(rust_generator *self, rust_list *list, const char *item);

/* A body under construction. */
typedef struct rust_body {
    buffer *out;
    unsigned indent;
    unsigned *temporaries;
    bool journal;    /* handles are given for the time being */
    bool has_arrays; /* `arrays` is in use */
} rust_body;

void rust_line(rust_body *body, const char *format, ...) WHIT_PRINTF(2, 3);
/* `head`(items)`tail`, on one line or with one item per line. `most` is how
 * wide the items may be together. */
void rust_items(buffer *out, unsigned indent, const char *head,
                const rust_list *items, const char *tail, unsigned most);
/* "vN" */
const char *rust_fresh(rust_generator *self, rust_body *body);
/* The layout of an element of a list or map; `value` is where a map's entry
 * has its value, else 0. */
wit_layout_walk rust_element_walk(const rust_generator *self,
                                  const wit_type_def *list, uint64_t *value);
/* let vN = value; */
const char *rust_bind(rust_generator *self, rust_body *body, const char *value);
/* The same, but what is a variable already is that. */
const char *rust_keep(rust_generator *self, rust_body *body, const char *value);
bool rust_is_variable(const char *text);
/* `head` => value, or a block when there are statements. */
void rust_arm(rust_body *body, const char *head, const buffer *statements,
              const char *value, const char *tail);
/* A body inside of this one, one level deeper, with its own text. */
rust_body rust_inner(const rust_body *body, buffer *out);
/* "quoted" */
const char *rust_quoted(rust_generator *self, const buffer *text);
/* #[name(key = "value")] */
void rust_attribute(buffer *out, unsigned indent, const char *open,
                    const char *argument, const char *close);

/* rust_types.c */
whit_status rust_name_types(rust_generator *self, whit_error *error);
/* A name as Rust takes it: keywords are escaped. */
const char *rust_identifier(rust_generator *self, slice name);
const char *rust_local(rust_generator *self, slice name);
const char *rust_camel(rust_generator *self, slice name);
/* How a type is called at the present place, without lifetime. */
const char *rust_path(rust_generator *self, uint32_t scope, wit_type type);
/* "super::super::name": something of the top. */
const char *rust_top(rust_generator *self, const char *name);

typedef enum rust_mode {
    RUST_OWNED,   /* as values come out of lifting */
    RUST_FIELD,   /* the same inside a definition: lifetimes are 'a */
    RUST_BORROWED /* parameters of imports */
} rust_mode;

const char *rust_type(rust_generator *self, uint32_t scope, wit_type type,
                      rust_mode mode);
/* Definitions of a scope. */
void rust_define_types(rust_generator *self, uint32_t scope, buffer *out,
                       unsigned indent);
/* Lies in Rust's memory as the canonical ABI has it, and is Copy. */
bool rust_is_plain(const rust_generator *self, wit_type type);
/* Passed around by value: numbers, bool, char, enums, flags. */
bool rust_is_scalar(const rust_generator *self, wit_type type);
/* Whether a handle is of a resource that the component exports. */
bool rust_is_exported(rust_generator *self, uint32_t scope, wit_type handle);

/* rust_lower.c: `value` is a place or reference of a composite type, or the
 * value of a scalar. */
void rust_lower(rust_generator *self, rust_body *body, uint32_t scope,
                wit_type type, const char *value, rust_list *flat);
void rust_store(rust_generator *self, rust_body *body, uint32_t scope,
                wit_type type, const char *value, const char *base,
                uint64_t offset);

/* rust_lift.c: an expression. `flat` are core values, consumed from `at`. */
const char *rust_lift(rust_generator *self, rust_body *body, uint32_t scope,
                      wit_type type, const rust_list *flat, unsigned *at);
const char *rust_load(rust_generator *self, rust_body *body, uint32_t scope,
                      wit_type type, const char *base, uint64_t offset);

/* rust_imports.c, rust_exports.c: the functions of a scope. */
void rust_imports(rust_generator *self, uint32_t scope, buffer *out,
                  unsigned indent);
void rust_exports(rust_generator *self, uint32_t scope, buffer *out,
                  unsigned indent);
void rust_write_extern(rust_generator *self, rust_body *body,
                       const char *module, const char *link_name,
                       const char *name, const wit_signature *signature);
/* "fn name(params) -> result" and `tail`, with documentation. */
typedef struct rust_head {
    const wit_function *function;
    const char *self_type; /* of a method: &self; NULL: none */
    const char *before;    /* "pub " */
    const char *tail;      /* " {" or ";" */
    rust_mode mode;
    bool constructs_self;
} rust_head;
void rust_write_head(rust_generator *self, uint32_t scope,
                     const rust_head *head, buffer *out, unsigned indent);

/* rust.c: a generator with names of types and modules. Release it whatever
 * comes. */
whit_status rust_init(rust_generator *self, const bind_world *world,
                      const bind_options *options,
                      whit_error *error) WHIT_MUST_CHECK;
void rust_release(rust_generator *self);
/* rust_skeleton.c */
bind_generate rust_skeleton;

/* rust_streams.c: implementations for all streams and futures of a scope. */
whit_status rust_streams(rust_generator *self, uint32_t scope,
                         whit_error *error);
void rust_write_streams(rust_generator *self, buffer *out);

#endif
