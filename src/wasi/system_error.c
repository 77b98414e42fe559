/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Errors of the host as errors of the system half. */
#include "wasi/system_error.h"

#include <errno.h>

wasi_error wasi_error_host(int host)
{
    switch (host) {
    case 0:
        return WASI_OK;
#define X(name, number) \
    case number:        \
        return WASI_ERROR_##name;
#include "wasi/system_error.def"
#undef X
#if ENOTSUP != EOPNOTSUPP
    case ENOTSUP:
        return WASI_ERROR_NOTSUP;
#endif
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
        return WASI_ERROR_AGAIN;
#endif
    default:
        return WASI_ERROR_IO;
    }
}

wasi_error wasi_error_last(void)
{
    return wasi_error_host(errno);
}

const char *wasi_error_name(wasi_error error)
{
    static const char *const names[WASI_ERROR_COUNT] = {
        "OK",
#define X(name, host) #name,
#include "wasi/system_error.def"
#undef X
    };
    return (unsigned)error < WASI_ERROR_COUNT ? names[error] : "IO";
}
