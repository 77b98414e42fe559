/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of wasi:filesystem share. */
#ifndef WASI_PREVIEW2_FILESYSTEM_H
#define WASI_PREVIEW2_FILESYSTEM_H

#include "wasi/preview2/stream.h"

typedef struct p2_descriptor {
    p2_object object;
    wasi_descriptor *descriptor;
} p2_descriptor;

/* The number of a wasi:filesystem error-code. */
uint8_t wasi_p2_file_error(wasi_error error);
uint8_t wasi_p2_file_type(wasi_type type);
/* Takes the reference over, and gives the resource to the guest. */
whit_status wasi_p2_descriptor_give(p2_call *call, wasi_descriptor *descriptor,
                                    uint32_t *representation) WHIT_MUST_CHECK;
whit_status wasi_p2_descriptor_get(p2_call *call, uint32_t representation,
                                   wasi_descriptor **out) WHIT_MUST_CHECK;
/* Fills tag and error of a result<T, error-code>; the payload is the
 * function's, after WASI_OK. */
#define P2_FILE_ANSWER(out, failure)                         \
    do {                                                     \
        wasi_error answer_error = (failure);                 \
        (out)->tag = answer_error ? P2_ERR : P2_OK;          \
        if (answer_error)                                    \
            (out)->error = wasi_p2_file_error(answer_error); \
    } while (0)

void wasi_p2_stat_write(const wasi_stat *stat, p2_descriptor_stat *out);
void wasi_p2_hash_write(const wasi_stat *stat, p2_hash *out);
/* INVAL for times that cannot be. */
wasi_error wasi_p2_times(const p2_new_timestamp *access,
                         const p2_new_timestamp *modification,
                         wasi_times *out) WHIT_MUST_CHECK;

#endif
