/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Where the bytes of a module are: by section, function, crate, data segment
 * and custom section; and reports of it as text, JSON and HTML.
 *
 * Every byte of a module is in exactly one section (its header included) or
 * in the eight bytes at the front. A function's bytes are those of its entry
 * in the code section. Names come from untrusted modules: they are made
 * printable when read (control characters, marks that change the direction
 * of text and damaged UTF-8 become U+FFFD) and are at most
 * TOOL_SIZE_NAME_MAX bytes long. */
#ifndef TOOLCHAIN_SIZE_H
#define TOOLCHAIN_SIZE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "toolchain/shrink.h"
#include "wasm/module.h"

#define TOOL_SIZE_NAME_MAX 500u

/* Linker symbols by function index; for modules that were stripped. */
typedef struct tool_size_names {
    arena arena;
    slice *symbols; /* size 0: unknown */
    uint32_t count;
} tool_size_names;

/* Reads the name section of `module`; `moved` (of tool_shrink, may be NULL)
 * gives the indices of the module that the names are meant for. */
whit_status tool_size_names_init(tool_size_names *self, slice module,
                                 const uint32_t *moved, uint32_t moved_count,
                                 whit_error *error) WHIT_MUST_CHECK;
void tool_size_names_release(tool_size_names *self);

typedef struct tool_size_section {
    wasm_section_id id;
    slice name; /* custom sections: theirs */
    uint64_t bytes;
    uint32_t items;
} tool_size_section;

typedef struct tool_size_function {
    uint32_t index;
    slice name;  /* demangled, or made from an export or the index */
    slice group; /* the same without generic arguments */
    slice crate; /* "(C and others)" and "(unnamed)" stand for none */
    uint64_t bytes;
    uint64_t before; /* tool_size_compare: bytes of the same name there */
} tool_size_function;

/* Functions of one crate, or instances of one generic function. */
typedef struct tool_size_group {
    slice name;
    uint64_t bytes;
    uint64_t before;
    uint32_t functions;
} tool_size_group;

typedef struct tool_size_data {
    uint32_t index;
    slice name; /* of the name section; size 0: none */
    uint64_t bytes;
    bool has_offset; /* active, at a constant address */
    uint64_t offset;
} tool_size_data;

/* Every list is sorted by bytes, largest first. */
typedef struct tool_size {
    arena arena;
    uint64_t total;
    tool_size_section *sections;
    uint32_t section_count;
    tool_size_function *functions;
    uint32_t function_count;
    tool_size_group *crates;
    uint32_t crate_count;
    tool_size_group *groups;
    uint32_t group_count;
    tool_size_data *datas;
    uint32_t data_count;
    bool compared;   /* tool_size_compare was called: */
    uint64_t before; /* bytes of the other module */
    tool_size_section *before_sections;
    uint32_t before_section_count;
} tool_size;

/* *out is the caller's (tool_size_free). `names` may be NULL: then the
 * module's own. Reads the module's structure, not its bodies. */
whit_status tool_size_new(slice module, const tool_size_names *names,
                          tool_size **out, whit_error *error) WHIT_MUST_CHECK;
void tool_size_free(tool_size *self);
/* Fills the `before` members from the account of an earlier module. Things
 * that exist only there are added with 0 bytes. */
whit_status tool_size_compare(tool_size *self, const tool_size *before,
                              whit_error *error) WHIT_MUST_CHECK;

typedef struct tool_size_style {
    const char *title; /* file name */
    unsigned top;      /* lines per list; 0: all */
    unsigned width;    /* columns; 0: 80 */
    bool color;        /* escape sequences for a terminal */
} tool_size_style;

/* Appends tables with aligned columns. */
whit_status tool_size_text(const tool_size *self, const tool_size_style *style,
                           buffer *out, whit_error *error) WHIT_MUST_CHECK;
/* Appends the few lines that end a build: what the linker made and what was
 * written, largest things first. `stats` are those of the shrinking between
 * the two; NULL or without map: there was none. */
whit_status tool_size_summary(const char *file, slice linked, slice module,
                              const tool_shrink_stats *stats, buffer *out,
                              whit_error *error) WHIT_MUST_CHECK;
/* Appends one JSON object. */
whit_status tool_size_json(const tool_size *self, const tool_size_style *style,
                           buffer *out, whit_error *error) WHIT_MUST_CHECK;
/* Appends one HTML file that needs nothing else: a treemap. */
whit_status tool_size_html(const tool_size *self, const tool_size_style *style,
                           buffer *out, whit_error *error) WHIT_MUST_CHECK;

#endif
