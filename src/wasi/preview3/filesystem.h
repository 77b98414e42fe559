/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of wasi:filesystem share. */
#ifndef WASI_PREVIEW3_FILESYSTEM_H
#define WASI_PREVIEW3_FILESYSTEM_H

#include "wasi/preview2/filesystem.h"
#include "wasi/preview3/types.h"

p3_code wasi_p3_file_error(wasi_error error);
p3_code wasi_p3_file_type(wasi_type type);
/* Fills tag and error of a result<T, error-code>; the payload is the
 * function's, after WASI_OK. */
#define P3_FILE_ANSWER(out, failure)                         \
    do {                                                     \
        wasi_error answer_error = (failure);                 \
        (out)->tag = answer_error ? P2_ERR : P2_OK;          \
        if (answer_error)                                    \
            (out)->error = wasi_p3_file_error(answer_error); \
    } while (0)

/* A p3_encode. */
void wasi_p3_file_encode(wasi_error error, void *out);
void wasi_p3_stat_write(const wasi_stat *stat, p3_descriptor_stat *out);

#endif
