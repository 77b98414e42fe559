/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/wasi.h. */
#include "api/api.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "wasi/preview1/preview1.h"
#include "wasi/preview2/preview2.h"

/* whit_wasi is wasi_system under another name. */
static wasi_system *system_of(whit_wasi *wasi)
{
    return (wasi_system *)(void *)wasi;
}

static const wasi_system *system_view(const whit_wasi *wasi)
{
    return (const wasi_system *)(const void *)wasi;
}

whit_status whit_wasi_new(whit_wasi **out, whit_error *error)
{
    wasi_system *made;
    TRY(wasi_system_new(&made, error));
    *out = (whit_wasi *)(void *)made;
    return WHIT_OK;
}

void whit_wasi_free(whit_wasi *wasi)
{
    wasi_system_release(system_of(wasi));
}

whit_status whit_wasi_add_argument(whit_wasi *wasi, const char *text,
                                   whit_error *error)
{
    return wasi_system_add_argument(system_of(wasi), slice_text(text), error);
}

whit_status whit_wasi_add_variable(whit_wasi *wasi, const char *name,
                                   const char *value, whit_error *error)
{
    return wasi_system_add_variable(system_of(wasi), slice_text(name),
                                    slice_text(value), error);
}

whit_status whit_wasi_inherit_environment(whit_wasi *wasi, whit_error *error)
{
    for (char **item = environ; item && *item; item++) {
        const char *equals = strchr(*item, '=');
        if (!equals || equals == *item)
            continue;
        TRY(wasi_system_add_variable(system_of(wasi),
                                     slice_of(*item, (size_t)(equals - *item)),
                                     slice_text(equals + 1), error));
    }
    return WHIT_OK;
}

whit_status whit_wasi_null_stream(whit_wasi *wasi, whit_wasi_stream stream,
                                  whit_error *error)
{
    return wasi_system_stream_null(system_of(wasi), stream, error);
}

whit_status whit_wasi_inherit_stream(whit_wasi *wasi, whit_wasi_stream stream,
                                     whit_error *error)
{
    /* A process may run without its standard streams. */
    if (stream <= WHIT_WASI_STDERR && fcntl((int)stream, F_GETFD) < 0)
        return whit_wasi_null_stream(wasi, stream, error);
    return whit_wasi_use_descriptor(wasi, stream, (int)stream, error);
}

whit_status whit_wasi_use_descriptor(whit_wasi *wasi, whit_wasi_stream stream,
                                     int descriptor, whit_error *error)
{
    if (descriptor < 0)
        return error_set(error, WHIT_ARGUMENT, "%d is no descriptor",
                         descriptor);
    return wasi_system_stream_host(system_of(wasi), stream, descriptor, false,
                                   error);
}

whit_status whit_wasi_set_input(whit_wasi *wasi, const void *bytes, size_t size,
                                whit_error *error)
{
    return wasi_system_stream_input(system_of(wasi), slice_of(bytes, size),
                                    error);
}

whit_status whit_wasi_capture_stream(whit_wasi *wasi, whit_wasi_stream stream,
                                     whit_error *error)
{
    return wasi_system_stream_capture(system_of(wasi), stream, error);
}

const char *whit_wasi_captured(const whit_wasi *wasi, whit_wasi_stream stream,
                               size_t *size)
{
    slice output = wasi_system_output(system_view(wasi), stream);
    *size = output.size;
    return (const char *)output.data;
}

whit_status whit_wasi_grant_directory(whit_wasi *wasi, const char *host,
                                      const char *guest, unsigned options,
                                      whit_error *error)
{
    if (options & ~(unsigned)WHIT_WASI_READ_ONLY)
        return error_set(error, WHIT_ARGUMENT,
                         "options %#x of a grant are unknown", options);
    return wasi_system_grant(system_of(wasi), host, guest,
                             options & WHIT_WASI_READ_ONLY, error);
}

whit_status whit_wasi_grant_socket(whit_wasi *wasi, int descriptor,
                                   whit_error *error)
{
    return wasi_system_grant_socket(system_of(wasi), descriptor, error);
}

whit_status whit_wasi_allow_network(whit_wasi *wasi, const char *rules,
                                    whit_error *error)
{
    return wasi_system_allow_network(system_of(wasi), slice_text(rules), error);
}

static whit_status define(void *context, const char *name,
                          const char *signature, rt_host_function function,
                          void *env, whit_error *error)
{
    return api_linker_define_raw(context, WASI_PREVIEW1_MODULE, name, signature,
                                 function, env, error);
}

whit_status whit_linker_define_wasi(whit_linker *linker, whit_wasi *wasi,
                                    whit_error *error)
{
    return wasi_preview1_define(system_of(wasi), define, linker, error);
}

bool whit_wasi_exited(const whit_wasi *wasi)
{
    return atomic_load(&system_view(wasi)->exited);
}

uint32_t whit_wasi_exit_code(const whit_wasi *wasi)
{
    return atomic_load(&system_view(wasi)->exit_code);
}

bool whit_wasi_flush(whit_wasi *wasi, int64_t nanoseconds)
{
    return wasi_preview2_flush(
        system_of(wasi), nanoseconds < 0 ? WASI_NEVER : (uint64_t)nanoseconds);
}
