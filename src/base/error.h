/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Filling a whit_error, and the two macros that pass failures on. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>
#include <whit/error.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define COUNT_OF(array) (sizeof(array) / sizeof(0 [array]))

/* Returns from the calling function with the status of a failed expression. */
#define TRY(expr)                            \
    do {                                     \
        whit_status try_status = (expr);     \
        if (UNLIKELY(try_status != WHIT_OK)) \
            return try_status;               \
    } while (0)

/* Returns OUT_OF_MEMORY from the calling function when a pointer is NULL. */
#define TRY_ALLOC(pointer, error)        \
    do {                                 \
        if (UNLIKELY((pointer) == NULL)) \
            return error_memory(error);  \
    } while (0)

/* Each sets *error (when not NULL) and returns `code`, so that a caller can
 * write `return error_set(...)`. Messages are lower case, without a full
 * stop, name the item and say what to do where there is something to do. */
whit_status error_set(whit_error *error, whit_status code, const char *format,
                      ...) WHIT_PRINTF(3, 4);
whit_status error_at(whit_error *error, whit_status code, uint64_t offset,
                     const char *format, ...) WHIT_PRINTF(4, 5);
whit_status error_line(whit_error *error, whit_status code, uint32_t line,
                       uint32_t column, const char *format, ...)
    WHIT_PRINTF(5, 6);
whit_status error_memory(whit_error *error);
/* Adds "what: " (the format) in front of the message of a lower layer. */
void error_prefix(whit_error *error, const char *format, ...) WHIT_PRINTF(2, 3);
/* Adds text behind the message of a lower layer: where it happened. */
void error_suffix(whit_error *error, const char *format, ...) WHIT_PRINTF(2, 3);
/* "file:line:column: message" or "file:0xoffset: message" into `out`. */
void error_format(const whit_error *error, const char *file, char *out,
                  size_t size);

#endif
