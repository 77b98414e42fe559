/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Status codes and the caller-owned error object. */
#ifndef WHIT_ERROR_H
#define WHIT_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WHIT_MUST_CHECK __attribute__((warn_unused_result))
#define WHIT_API __attribute__((visibility("default")))
#define WHIT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define WHIT_MUST_CHECK
#define WHIT_API
#define WHIT_PRINTF(f, a)
#endif

typedef enum whit_status_code {
#define X(name, text) WHIT_##name,
#include <whit/errors.def>
#undef X
    WHIT_STATUS_COUNT
} whit_status_code;

/* Every function that can fail returns one of whit_status_code. */
typedef int whit_status;

/* Where an error lies: nowhere in particular, at a byte offset of a binary,
 * or at a line and column (both from 1) of a text. */
typedef enum whit_position_kind {
    WHIT_POSITION_NONE,
    WHIT_POSITION_OFFSET,
    WHIT_POSITION_LINE
} whit_position_kind;

#define WHIT_MESSAGE_SIZE 768

/* Filled by the function that failed; owned by the caller, nothing to free.
 * A successful call leaves it untouched. Passing NULL discards the details. */
typedef struct whit_error {
    whit_status code;
    whit_position_kind position;
    uint64_t offset; /* bytes from the start of the module */
    uint32_t line;
    uint32_t column;
    char message[WHIT_MESSAGE_SIZE];
} whit_error;

/* The fixed text of a status, never NULL. */
WHIT_API const char *whit_status_text(whit_status status);

#ifdef __cplusplus
}
#endif
#endif
