/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types of WASI 0.3 in native layout (canonical/value.h). */
#ifndef WASI_PREVIEW3_TYPES_H
#define WASI_PREVIEW3_TYPES_H

#include "wasi/preview2/types.h"

/* A variant whose last case is other(option<string>): descriptor-type, and
 * error codes. Codes beyond the table are `other` without a text. */
typedef struct p3_code {
    uint8_t tag;
    struct {
        uint8_t tag;
        p2_list text;
    } other;
} p3_code;

/* result<T, error-code> */
#define P3_RESULT(name, type)         \
    typedef struct p3_result_##name { \
        uint8_t tag;                  \
        union {                       \
            type ok;                  \
            p3_code error;            \
        };                            \
    } p3_result_##name

typedef struct p3_result { /* result<_, error-code> */
    uint8_t tag;
    p3_code error;
} p3_result;

/* tuple<stream<T>, future<result<_, error-code>>> */
typedef p2_pair p3_stream_and_result;

typedef struct p3_instant { /* wasi:clocks/system-clock */
    int64_t seconds;
    uint32_t nanoseconds;
} p3_instant;

typedef struct p3_option_instant {
    uint8_t tag;
    p3_instant value;
} p3_option_instant;

typedef struct p3_descriptor_stat {
    p3_code type;
    uint64_t link_count;
    uint64_t size;
    p3_option_instant accessed, modified, changed;
} p3_descriptor_stat;

typedef struct p3_entry { /* directory-entry */
    p3_code type;
    p2_list name;
} p3_entry;

typedef struct p3_datagram { /* tuple<list<u8>, ip-socket-address> */
    p2_list data;
    p2_socket_address from;
} p3_datagram;

P3_RESULT(u8, uint8_t);   /* bool and flags too */
P3_RESULT(u32, uint32_t); /* handles too */
P3_RESULT(u64, uint64_t);
P3_RESULT(list, p2_list);
P3_RESULT(type, p3_code);
P3_RESULT(stat, p3_descriptor_stat);
P3_RESULT(hash, p2_hash);
P3_RESULT(socket_address, p2_socket_address);
P3_RESULT(datagram, p3_datagram);

#endif
