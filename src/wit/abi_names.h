/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * How core modules spell what they import and export to become components.
 *
 * There are two spellings. The legacy one is what every toolchain emits, and
 * the only one for async functions, streams and futures; the other begins
 * with "cm32p2". An interface is meant by the world's item that imports or
 * exports it; NULL stands for the world itself. All verbs append to `out`. */
#ifndef WIT_ABI_NAMES_H
#define WIT_ABI_NAMES_H

#include "wit/abi_layout.h"

typedef enum wit_naming { WIT_NAMES_LEGACY, WIT_NAMES_CM32P2 } wit_naming;

/* What is imported: its module. `exported`: intrinsics that belong to an
 * export of the world, such as making handles of its own resources. */
void wit_core_module_write(const wit_set *self, const wit_item *interface,
                           wit_naming naming, bool exported, buffer *out);
/* The name of an imported function. */
void wit_core_import_write(const wit_function *function, wit_naming naming,
                           wit_abi abi, buffer *out);

typedef enum wit_core_part {
    WIT_CORE_FUNCTION,
    WIT_CORE_POST_RETURN, /* sync only */
    WIT_CORE_CALLBACK     /* WIT_ABI_ASYNC only, legacy */
} wit_core_part;

/* The name under which a function is exported, or what goes with it. */
void wit_core_export_write(const wit_set *self, const wit_item *interface,
                           const wit_function *function, wit_naming naming,
                           wit_abi abi, wit_core_part part, buffer *out);

typedef enum wit_resource_intrinsic {
    WIT_RESOURCE_DROP,
    WIT_RESOURCE_NEW, /* exported resources only */
    WIT_RESOURCE_REP  /* exported resources only */
} wit_resource_intrinsic;

/* The name of an imported intrinsic of a resource. */
void wit_core_resource_write(const wit_set *self, wit_type resource,
                             wit_naming naming,
                             wit_resource_intrinsic intrinsic, buffer *out);
/* The name under which a destructor is exported. */
void wit_core_destructor_write(const wit_set *self, const wit_item *interface,
                               wit_type resource, wit_naming naming,
                               buffer *out);

/* Legacy only from here on. The import that hands over an async result; its
 * module is that of `exported`. */
void wit_core_task_return_write(const wit_function *function, buffer *out);

typedef enum wit_stream_intrinsic {
    WIT_STREAM_NEW,
    WIT_STREAM_READ,
    WIT_STREAM_WRITE,
    WIT_STREAM_CANCEL_READ,
    WIT_STREAM_CANCEL_WRITE,
    WIT_STREAM_DROP_READABLE,
    WIT_STREAM_DROP_WRITABLE,
    WIT_STREAM_INTRINSICS
} wit_stream_intrinsic;

/* The import of an intrinsic of a stream or future that a function mentions:
 * `index` counts the answers of wit_function_streams; WIT_NONE is one without
 * an element. `is_async` is for reads, writes and their cancelling. */
void wit_core_stream_write(const wit_function *function, bool future,
                           uint32_t index, wit_stream_intrinsic intrinsic,
                           bool is_async, buffer *out);

/* What modules export besides functions. */
const char *wit_core_memory_name(wit_naming naming);
const char *wit_core_realloc_name(wit_naming naming);
const char *wit_core_initialize_name(wit_naming naming);

/* "ns:package/interface@0.2": an item's name with no more of the version than
 * compatible ones share. */
void wit_item_track_write(const wit_set *self, const wit_item *item,
                          buffer *out);

#endif
