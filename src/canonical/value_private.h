/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files that pass values share: one walk over a type with a cursor
 * on either side. Nobody else includes this.
 *
 * A cursor in memory is an address; to reach the bytes, the base of the
 * side's memory is added, 0 for the host. Guests may move their memory
 * whenever they run, so that bases are read anew after each realloc, and no
 * pointer into memory is kept across one. Memory never shrinks: a range that
 * was checked stays valid.
 *
 * A flat cursor needs no types of slots: a slot has the low bytes of what it
 * carries, and the rest is 0. That is what coercion to the joined type of a
 * variant's cases comes to, in both directions. */
#ifndef CANONICAL_VALUE_PRIVATE_H
#define CANONICAL_VALUE_PRIVATE_H

#include "base/limits.h"
#include "canonical/private.h"
#include "runtime/memory.h"

typedef struct canon_walk {
    const canon_side *from;
    const canon_side *to;
    uint64_t from_base;
    uint64_t to_base;
    uint8_t from_wide; /* pointers of 8 bytes: index in component_node.layout */
    uint8_t to_wide;
    canon_instance *resolver;
    whit_error *error;
    uint64_t room; /* bytes of lists and strings that the host gets at most */
} canon_walk;

typedef struct canon_cursor {
    rt_slot *slots; /* NULL: in memory */
    uint64_t at;
} canon_cursor;

/* What a range of bytes is for, in messages. */
typedef enum canon_range {
    CANON_RANGE_TUPLE,
    CANON_RANGE_LIST,
    CANON_RANGE_STRING
} canon_range;

static inline bool canon_is_host(const canon_side *side)
{
    return !side->options;
}

static inline uint64_t canon_base(const canon_side *side)
{
    return side->options && side->options->memory
               ? (uint64_t)(uintptr_t)side->options->memory->base
               : 0;
}

static inline uint8_t *canon_from(const canon_walk *w, uint64_t at)
{
    return (uint8_t *)(uintptr_t)(w->from_base + at);
}

static inline uint8_t *canon_to(const canon_walk *w, uint64_t at)
{
    return (uint8_t *)(uintptr_t)(w->to_base + at);
}

static inline uint64_t canon_align(uint64_t at, uint64_t align)
{
    return (at + align - 1) & ~(align - 1);
}

/* ---- value.c ---- */

void canon_walk_init(canon_walk *w, const canon_side *from,
                     const canon_side *to, canon_instance *resolver,
                     whit_error *error);
/* The value is at the cursor, aligned for its type; the cursors are behind it
 * afterwards. */
whit_status canon_walk_value(canon_walk *w, const component_node *type,
                             canon_cursor *in,
                             canon_cursor *out) WHIT_MUST_CHECK;
/* A value that the source got wrong: a guest traps, the host is told. */
whit_status canon_bad(canon_walk *w, const char *format, ...) WHIT_PRINTF(2, 3);

/* The pair of pointer and length that strings and lists are. */
typedef struct canon_pair {
    uint64_t pointer;
    uint64_t length;
} canon_pair;

canon_pair canon_read_pair(const canon_walk *w, canon_cursor *in);
void canon_write_pair(const canon_walk *w, canon_cursor *out, canon_pair pair);

/* Traps unless the source's bytes are aligned and inside of its memory. */
whit_status canon_check_source(canon_walk *w, uint64_t at, uint64_t size,
                               uint64_t align,
                               canon_range range) WHIT_MUST_CHECK;
/* Room on the destination's side: realloc with its checks, or the arena. */
whit_status canon_allocate(canon_walk *w, uint64_t size, uint64_t align,
                           canon_range range, uint64_t *out) WHIT_MUST_CHECK;
/* Guests only. */
whit_status canon_grow(canon_walk *w, uint64_t old, uint64_t old_size,
                       uint64_t align, uint64_t size, canon_range range,
                       uint64_t *out) WHIT_MUST_CHECK;

/* ---- value_list.c ---- */

whit_status canon_walk_list(canon_walk *w, const component_node *type,
                            canon_cursor *in,
                            canon_cursor *out) WHIT_MUST_CHECK;
/* Elements in memory, one behind the other on both sides. */
whit_status canon_walk_elements(canon_walk *w, const component_node *type,
                                uint64_t source, uint64_t destination,
                                uint64_t count) WHIT_MUST_CHECK;

/* ---- value_handle.c ---- */

whit_status canon_walk_handle(canon_walk *w, const component_node *type,
                              uint32_t in, uint32_t *out) WHIT_MUST_CHECK;

/* ---- string.c ---- */

whit_status canon_walk_string(canon_walk *w, canon_cursor *in,
                              canon_cursor *out) WHIT_MUST_CHECK;

/* ---- string_code.c: encodings, without sides ---- */

typedef enum canon_code {
    CANON_CODE_UTF8,
    CANON_CODE_UTF16,
    CANON_CODE_LATIN1
} canon_code;

/* Bytes in front of the first character that is none; `size` when valid.
 * `incomplete`: the text only ends too early. */
uint64_t canon_utf8_check(const uint8_t *data, uint64_t size, bool *incomplete);
/* The same in units of 2 bytes. */
uint64_t canon_utf16_check(const uint8_t *data, uint64_t units);
/* Whether a UTF-16 text has only characters up to U+FF. */
bool canon_utf16_is_latin1(const uint8_t *data, uint64_t units);

/* A text that is being read, and the units that are left of it. */
typedef struct canon_reader {
    const uint8_t *data;
    uint64_t units;
    canon_code code;
} canon_reader;

/* Bytes that the text has in UTF-8. */
uint64_t canon_utf8_size(canon_reader text);
/* Each moves characters until the text ends, the room is used up, or one
 * comes that is not below `stop`; returns the bytes written. What is no
 * character, because the text was written to since it was checked, becomes
 * U+FFFD. */
uint64_t canon_to_utf8(canon_reader *text, uint8_t *out, uint64_t room,
                       uint32_t stop);
uint64_t canon_to_utf16(canon_reader *text, uint8_t *out, uint64_t room);
uint64_t canon_to_latin1(canon_reader *text, uint8_t *out, uint64_t room);

#endif
