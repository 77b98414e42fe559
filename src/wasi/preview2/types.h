/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types of WASI 0.2 in native layout (canonical/value.h). */
#ifndef WASI_PREVIEW2_TYPES_H
#define WASI_PREVIEW2_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* string, and list<T> where the elements are told by the function. */
typedef struct p2_list {
    const void *data;
    size_t length;
} p2_list;

enum { P2_OK = 0, P2_ERR = 1, P2_NONE = 0, P2_SOME = 1 };

typedef struct p2_pair {
    uint32_t first, second;
} p2_pair;

/* option<own<T>> */
typedef struct p2_option_handle {
    uint8_t tag;
    uint32_t value;
} p2_option_handle;

/* option<enum> */
typedef struct p2_option_code {
    uint8_t tag;
    uint8_t value;
} p2_option_code;

/* wasi:io/streams */
enum { P2_LAST_OPERATION_FAILED, P2_CLOSED };
typedef struct p2_stream_error {
    uint8_t tag;
    uint32_t error;
} p2_stream_error;

typedef struct p2_stream_result { /* result<_, stream-error> */
    uint8_t tag;
    p2_stream_error error;
} p2_stream_result;

typedef struct p2_stream_result_list {
    uint8_t tag;
    union {
        p2_list ok;
        p2_stream_error error;
    };
} p2_stream_result_list;

typedef struct p2_stream_result_u64 {
    uint8_t tag;
    union {
        uint64_t ok;
        p2_stream_error error;
    };
} p2_stream_result_u64;

/* wasi:clocks/wall-clock */
typedef struct p2_datetime {
    uint64_t seconds;
    uint32_t nanoseconds;
} p2_datetime;

typedef struct p2_option_datetime {
    uint8_t tag;
    p2_datetime value;
} p2_option_datetime;

/* result<T, error-code>, whosesoever error codes. */
#define P2_RESULT(name, type)         \
    typedef struct p2_result_##name { \
        uint8_t tag;                  \
        union {                       \
            type ok;                  \
            uint8_t error;            \
        };                            \
    } p2_result_##name

typedef struct p2_result { /* result<_, error-code> */
    uint8_t tag;
    uint8_t error;
} p2_result;

P2_RESULT(u8, uint8_t);   /* bool, enum and flags too */
P2_RESULT(u32, uint32_t); /* handles too */
P2_RESULT(u64, uint64_t);
P2_RESULT(list, p2_list);
P2_RESULT(pair, p2_pair);

/* wasi:filesystem/types */
typedef struct p2_descriptor_stat {
    uint8_t type;
    uint64_t link_count;
    uint64_t size;
    p2_option_datetime accessed, modified, changed;
} p2_descriptor_stat;

enum { P2_NO_CHANGE, P2_TIME_NOW, P2_TIMESTAMP };
typedef struct p2_new_timestamp {
    uint8_t tag;
    p2_datetime value;
} p2_new_timestamp;

typedef struct p2_option_entry { /* option<directory-entry> */
    uint8_t tag;
    struct {
        uint8_t type;
        p2_list name;
    } value;
} p2_option_entry;

typedef struct p2_read { /* tuple<list<u8>, bool> */
    p2_list bytes;
    uint8_t end;
} p2_read;

typedef struct p2_hash {
    uint64_t lower, upper;
} p2_hash;

P2_RESULT(stat, p2_descriptor_stat);
P2_RESULT(read, p2_read);
P2_RESULT(hash, p2_hash);
P2_RESULT(entry, p2_option_entry);

/* wasi:sockets/network */
enum { P2_IPV4, P2_IPV6 };
typedef struct p2_ip_address {
    uint8_t tag;
    union {
        uint8_t v4[4];
        uint16_t v6[8];
    };
} p2_ip_address;

typedef struct p2_socket_address {
    uint8_t tag;
    union {
        struct {
            uint16_t port;
            uint8_t address[4];
        } v4;
        struct {
            uint16_t port;
            uint32_t flow_info;
            uint16_t address[8];
            uint32_t scope_id;
        } v6;
    };
} p2_socket_address;

typedef struct p2_option_socket_address {
    uint8_t tag;
    p2_socket_address value;
} p2_option_socket_address;

typedef struct p2_incoming_datagram {
    p2_list data;
    p2_socket_address from;
} p2_incoming_datagram;

typedef struct p2_outgoing_datagram {
    p2_list data;
    p2_option_socket_address to;
} p2_outgoing_datagram;

typedef struct p2_option_ip_address {
    uint8_t tag;
    p2_ip_address value;
} p2_option_ip_address;

typedef struct p2_accepted { /* tuple<tcp-socket, input-stream, ...> */
    uint32_t socket, input, output;
} p2_accepted;

P2_RESULT(socket_address, p2_socket_address);
P2_RESULT(ip_address, p2_option_ip_address);
P2_RESULT(accepted, p2_accepted);

#endif
