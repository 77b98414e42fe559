/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What every language's generator implements, and what they share.
 *
 * A generator is a function that reads a world and writes files of text. It
 * gets a bind_world, which is the world taken apart into scopes, and adds
 * files to a bind_output. It must be deterministic: the same world and options
 * give the same bytes.
 *
 * A scope is one place that has names of its own: an imported interface, an
 * exported interface, what the world itself imports, what it exports. One
 * interface may be several scopes (imported and exported, or imported under
 * several names); its types are then defined in each of them, because its
 * resources differ. So a type alone does not say what it means: it is always
 * seen from a scope, and bind_world_scope answers in which scope the
 * definition lies.
 *
 * To add a language: a file that defines its bind_language, and a line in
 * languages.c. */
#ifndef BINDGEN_GENERATOR_H
#define BINDGEN_GENERATOR_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/map.h"
#include "wit/abi_layout.h"
#include "wit/abi_names.h"
#include "wit/wit.h"

/* Numbers as in the section that describes a world. */
typedef enum bind_encoding {
    BIND_UTF8,
    BIND_UTF16,
    BIND_LATIN1_UTF16 /* either, told by the topmost bit of the length */
} bind_encoding;

typedef struct bind_options {
    bind_encoding encoding;
    bool freestanding; /* C: no libc, a heap of whit's instead */
} bind_options;

/* Files that a generator made: paths are relative to a folder of the user's
 * and use '/'. */
typedef struct bind_file {
    char *path;
    buffer text;
} bind_file;

typedef struct bind_output {
    bind_file *files;
    size_t count;
    size_t capacity;
} bind_output;

void bind_output_init(bind_output *self);
void bind_output_release(bind_output *self);
/* The text of a new file. It stays the output's and valid until the next
 * file; the path is copied. */
whit_status bind_output_add(bind_output *self, const char *path, buffer **out,
                            whit_error *error) WHIT_MUST_CHECK;

/* One scope. Functions are in the order of the interface or world; types are
 * those that it names, parts before what is made of them. */
typedef struct bind_scope {
    const wit_item *item; /* NULL: the world itself */
    bool exported;
    uint32_t interface; /* WIT_NONE: the world itself */
    slice docs;
    const wit_type *types;
    uint32_t type_count;
    const wit_function *const *functions;
    uint32_t function_count;
} bind_scope;

/* Scopes in order: imported interfaces, each behind those it uses; what the
 * world imports; exported interfaces; what the world exports. The two of the
 * world are always there, and types that a world defines are in the first. */
typedef struct bind_world {
    wit_set *set;
    uint32_t index;
    const wit_world *world;
    const bind_scope *scopes;
    uint32_t scope_count;
    uint32_t root_import; /* indexes of scopes */
    uint32_t root_export;
    arena memory;
} bind_world;

whit_status bind_world_init(bind_world *self, wit_set *set, uint32_t world,
                            whit_error *error) WHIT_MUST_CHECK;
void bind_world_release(bind_world *self);
/* The scope that defines what `type` means when it is mentioned in scope
 * `from`. Types without owner are of the scope that mentions them. */
uint32_t bind_world_scope(const bind_world *self, uint32_t from, wit_type type);
/* Follows aliases, and moves `scope` along. */
wit_type bind_world_strip(const bind_world *self, uint32_t *scope,
                          wit_type type);
/* The resource that an OWN or BORROW seen from `scope` is a handle of. */
wit_type bind_world_resource(const bind_world *self, uint32_t *scope,
                             wit_type handle);
/* Whether that package is in the world in several versions, so that names
 * made from it need the version. */
bool bind_world_needs_version(const bind_world *self, uint32_t package);

/* The module that the functions (or, of an exported scope, the intrinsics) of
 * a scope are imported from, and names of what it exports. */
void bind_write_module(const bind_world *self, const bind_scope *scope,
                       buffer *out);
void bind_write_export(const bind_world *self, const bind_scope *scope,
                       const wit_function *function, wit_core_part part,
                       buffer *out);
/* How a function is lifted or lowered: async exactly when WIT says so. */
static inline wit_abi bind_abi(const wit_function *function)
{
    return function->is_async ? WIT_ABI_ASYNC : WIT_ABI_SYNC;
}

/* The payload of the custom section from which `component new` learns the
 * world, and the name of that section. */
whit_status bind_component_type(const bind_world *self,
                                const bind_options *options, buffer *out,
                                whit_error *error) WHIT_MUST_CHECK;

/* Names. WIT spells "my-URL-2"; each verb appends another spelling of it. */
void bind_snake(slice name, buffer *out);  /* my_url_2 */
void bind_shouty(slice name, buffer *out); /* MY_URL_2 */
void bind_camel(slice name, buffer *out);  /* MyUrl2 */
/* "1_2_3_rc_1" of 1.2.3-rc.1. */
void bind_version(const wit_version *version, buffer *out);

/* Names that are taken: `bind_names_claim` appends underscores to what stands
 * in `out` from `start` on until nobody has it, and takes it. */
typedef struct bind_names {
    map taken;
    arena memory;
    bool failed;
} bind_names;

void bind_names_init(bind_names *self);
void bind_names_release(bind_names *self);
void bind_names_claim(bind_names *self, buffer *out, size_t start);
/* Takes a name that the language has for itself. */
void bind_names_reserve(bind_names *self, const char *name);
whit_status bind_names_status(const bind_names *self,
                              whit_error *error) WHIT_MUST_CHECK;

/* Documentation as line comments: each line behind `indent` blanks and
 * `sign`, as "/// ". Nothing for empty documentation. Lines never end in a
 * backslash. */
void bind_write_docs(slice docs, unsigned indent, const char *sign,
                     buffer *out);

typedef whit_status bind_generate(const bind_world *world,
                                  const bind_options *options, bind_output *out,
                                  whit_error *error);

typedef struct bind_language {
    const char *name;    /* of the command line */
    const char *summary; /* one line of --help */
    bind_generate *generate;
    /* Source of a program that implements the world, for a new project: the
     * one file "src/lib.rs" or the like. NULL: there is none to be had. */
    bind_generate *skeleton;
} bind_language;

/* Ended by a NULL. */
extern const bind_language *const bind_languages[];
const bind_language *bind_language_find(const char *name);

extern const bind_language bind_language_c;
extern const bind_language bind_language_c_host; /* not of guests: `--host` */
extern const bind_language bind_language_rust;

#endif
