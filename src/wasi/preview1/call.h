/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A call by a guest in progress: its memory, its descriptors, its answer. */
#ifndef WASI_PREVIEW1_CALL_H
#define WASI_PREVIEW1_CALL_H

#include "wasi/preview1/preview1.h"

/* Answers to the guest, by the specification's numbers. */
typedef enum p1_errno {
    P1_SUCCESS = 0,
#define X(name, number) P1_##name = number,
#include "wasi/preview1/errors.def"
#undef X
    P1_NOTCAPABLE = 76
} p1_errno;

p1_errno wasi_p1_errno(wasi_error error);

enum {
#define X(name, kinds) P1_RIGHT_BIT_##name,
#include "wasi/preview1/rights.def"
#undef X
    P1_RIGHT_COUNT
};

#define P1_RIGHT(name) (UINT64_C(1) << P1_RIGHT_BIT_##name)

/* Flags the guest passes. */
enum { P1_LOOKUP_FOLLOW = 1 };
enum { P1_CREAT = 1, P1_DIRECTORY = 2, P1_EXCL = 4, P1_TRUNC = 8 };
enum { P1_ATIM = 1, P1_ATIM_NOW = 2, P1_MTIM = 4, P1_MTIM_NOW = 8 };
#define P1_FDFLAGS 31u /* the bits are those of WASI_APPEND ... */

typedef struct p1_call {
    wasi_system *system;
    rt_caller *caller;
    wasi_wait wait;
    uint8_t *memory; /* looked up at the first pointer */
    size_t memory_size;
    whit_status status; /* anything but WHIT_OK ends the guest */
    whit_error *error;
} p1_call;

/* Each function of functions.def. */
typedef p1_errno p1_function(p1_call *call, const rt_slot *args);
#define X(name, signature) p1_function wasi_p1_##name;
#include "wasi/preview1/functions.def"
#undef X

/* Returns from the calling function with an errno. */
#define P1_TRY(expr)                           \
    do {                                       \
        p1_errno try_errno = (expr);           \
        if (UNLIKELY(try_errno != P1_SUCCESS)) \
            return try_errno;                  \
    } while (0)

/* The guest's bytes at an address; FAULT when they are not all in its
 * memory. Good until the guest runs again. */
p1_errno wasi_p1_bytes(p1_call *call, uint32_t address, uint64_t size,
                       uint8_t **out) WHIT_MUST_CHECK;

/* Little-endian fields of the guest's records, at any alignment. */
void wasi_p1_put16(uint8_t *at, uint16_t value);
void wasi_p1_put32(uint8_t *at, uint32_t value);
void wasi_p1_put64(uint8_t *at, uint64_t value);
uint16_t wasi_p1_get16(const uint8_t *at);
uint32_t wasi_p1_get32(const uint8_t *at);
uint64_t wasi_p1_get64(const uint8_t *at);
/* wasi_p1_put64 at an address. */
p1_errno wasi_p1_out64(p1_call *call, uint32_t address,
                       uint64_t value) WHIT_MUST_CHECK;

/* A descriptor that has all of `rights`; release it. Without them the answer
 * is ISDIR, NOTDIR or NOTSOCK when the kind is wrong for the operation anyway,
 * SPIPE for a stream that cannot seek, and NOTCAPABLE else. */
p1_errno wasi_p1_descriptor(p1_call *call, uint32_t number, uint64_t rights,
                            wasi_descriptor **out) WHIT_MUST_CHECK;
/* Rights of a descriptor: base and inheriting. A new one has all that apply
 * to it. */
void wasi_p1_rights(wasi_descriptor *descriptor, uint64_t *base,
                    uint64_t *inheriting);
void wasi_p1_set_rights(wasi_descriptor *descriptor, uint64_t base,
                        uint64_t inheriting);
/* Those of `rights` that mean something for a descriptor. */
uint64_t wasi_p1_applicable(const wasi_descriptor *descriptor, uint64_t rights);

uint8_t wasi_p1_filetype(wasi_type type);
void wasi_p1_put_filestat(uint8_t *at, const wasi_stat *stat);
p1_errno wasi_p1_times(uint64_t atim, uint64_t mtim, uint32_t flags,
                       wasi_times *out) WHIT_MUST_CHECK;

/* Scatter and gather lists, checked and copied. */
typedef struct p1_vectors {
    struct iovec few[8];
    struct iovec *items; /* `few`, or of the heap */
    size_t count;
} p1_vectors;

p1_errno wasi_p1_vectors(p1_call *call, uint32_t address, uint32_t count,
                         p1_vectors *out) WHIT_MUST_CHECK;
void wasi_p1_vectors_release(p1_vectors *self);

#endif
