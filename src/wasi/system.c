/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Making a world for a guest. */
#include "wasi/system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/memory.h"

static const char *const stream_names[] = {"standard input", "standard output",
                                           "standard error"};

static whit_status system_error(whit_error *error, wasi_error failure,
                                const char *what)
{
    if (failure == WASI_ERROR_NOMEM)
        return error_memory(error);
    if (failure == WASI_ERROR_MFILE)
        return error_set(error, WHIT_LIMIT, "%s: more than %u descriptors",
                         what, LIMIT_WASI_DESCRIPTORS);
    return error_set(error, WHIT_IO, "%s: %s", what, wasi_error_name(failure));
}

/* Puts a descriptor where a standard stream is. Takes the reference over. */
static void stream_replace(wasi_system *self, unsigned stream,
                           wasi_descriptor *descriptor)
{
    pthread_mutex_lock(&self->table.lock);
    wasi_descriptor *before = self->table.items[stream];
    self->table.items[stream] = descriptor;
    pthread_mutex_unlock(&self->table.lock);
    wasi_descriptor_release(before);
}

static unsigned stream_access(unsigned stream)
{
    return stream == 0 ? WASI_READ : WASI_WRITE;
}

static whit_status stream_check(unsigned stream, whit_error *error)
{
    return stream < 3 ? WHIT_OK
                      : error_set(error, WHIT_ARGUMENT,
                                  "there is no standard stream %u", stream);
}

static whit_status system_init(wasi_system *self, whit_error *error)
{
    for (unsigned stream = 0; stream < 3; stream++) {
        wasi_descriptor *descriptor;
        uint32_t number;
        wasi_error failure = wasi_descriptor_new(
            -1, false, WASI_KIND_NULL, stream_access(stream),
            WASI_RESOLVER_BEST, &descriptor);
        if (!failure)
            failure = wasi_table_add(&self->table, descriptor, &number);
        if (failure)
            return system_error(error, failure, stream_names[stream]);
    }
    return WHIT_OK;
}

whit_status wasi_system_new(wasi_system **out, whit_error *error)
{
    *out = NULL;
    wasi_system *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    atomic_init(&self->references, 1);
    wasi_table_init(&self->table);
    wasi_network_init(&self->network);
    whit_status status = system_init(self, error);
    if (status != WHIT_OK) {
        wasi_system_release(self);
        return status;
    }
    *out = self;
    return WHIT_OK;
}

void wasi_system_retain(wasi_system *self)
{
    atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
}

void wasi_system_release(wasi_system *self)
{
    if (!self || atomic_fetch_sub_explicit(&self->references, 1,
                                           memory_order_acq_rel) != 1)
        return;
    while (self->faces) {
        wasi_face *face = self->faces;
        self->faces = face->next;
        face->free(face);
    }
    wasi_reactor_free(self->reactor);
    wasi_network_release(&self->network);
    wasi_table_release(&self->table);
    buffer_release(&self->arguments.bytes);
    buffer_release(&self->environment.bytes);
    buffer_release(&self->input);
    buffer_release(&self->output[0]);
    buffer_release(&self->output[1]);
    mem_free(self);
}

static whit_status texts_check(const wasi_texts *self, slice text, size_t more,
                               const char *what, whit_error *error)
{
    if (text.size && memchr(text.data, 0, text.size))
        return error_set(error, WHIT_ARGUMENT, "%s contains a NUL character",
                         what);
    size_t used = self->bytes.size;
    if (text.size > LIMIT_WASI_ARGUMENT_BYTES ||
        more + text.size > LIMIT_WASI_ARGUMENT_BYTES - used)
        return error_set(error, WHIT_LIMIT, "%s: more than %u bytes in all",
                         what, LIMIT_WASI_ARGUMENT_BYTES);
    return WHIT_OK;
}

/* Nothing is left behind by a failure. */
static whit_status texts_commit(wasi_texts *self, size_t before,
                                whit_error *error)
{
    whit_status status = buffer_status(&self->bytes, error);
    if (status == WHIT_OK) {
        self->count++;
    } else {
        self->bytes.size = before;
        self->bytes.failed = false;
    }
    return status;
}

whit_status wasi_system_add_argument(wasi_system *self, slice text,
                                     whit_error *error)
{
    wasi_texts *texts = &self->arguments;
    TRY(texts_check(texts, text, 1, "an argument of the guest", error));
    size_t before = texts->bytes.size;
    buffer_slice(&texts->bytes, text);
    buffer_put(&texts->bytes, 0);
    return texts_commit(texts, before, error);
}

whit_status wasi_system_add_variable(wasi_system *self, slice name, slice value,
                                     whit_error *error)
{
    wasi_texts *texts = &self->environment;
    const char *what = "an environment variable of the guest";
    if (!name.size || memchr(name.data, '=', name.size))
        return error_set(error, WHIT_ARGUMENT,
                         "the environment variable \"%.*s\" has no usable "
                         "name",
                         SLICE_ARG(name));
    TRY(texts_check(texts, name, 2, what, error));
    TRY(texts_check(texts, value, name.size + 2, what, error));
    size_t before = texts->bytes.size;
    buffer_slice(&texts->bytes, name);
    buffer_put(&texts->bytes, '=');
    buffer_slice(&texts->bytes, value);
    buffer_put(&texts->bytes, 0);
    return texts_commit(texts, before, error);
}

whit_status wasi_system_stream_null(wasi_system *self, unsigned stream,
                                    whit_error *error)
{
    TRY(stream_check(stream, error));
    wasi_descriptor *descriptor;
    wasi_error failure =
        wasi_descriptor_new(-1, false, WASI_KIND_NULL, stream_access(stream),
                            self->resolver, &descriptor);
    if (failure)
        return system_error(error, failure, stream_names[stream]);
    stream_replace(self, stream, descriptor);
    return WHIT_OK;
}

whit_status wasi_system_stream_host(wasi_system *self, unsigned stream,
                                    int host, bool owned, whit_error *error)
{
    TRY(stream_check(stream, error));
    wasi_descriptor *descriptor;
    wasi_error failure = wasi_descriptor_new(
        host, false, WASI_KIND_STREAM, stream_access(stream) | WASI_MUTATE,
        self->resolver, &descriptor);
    if (failure)
        return system_error(error, failure, stream_names[stream]);
    if (descriptor->kind == WASI_KIND_DIRECTORY) {
        wasi_descriptor_release(descriptor);
        return error_set(error, WHIT_ARGUMENT, "%s is a directory",
                         stream_names[stream]);
    }
    descriptor->owned = owned;
    stream_replace(self, stream, descriptor);
    return WHIT_OK;
}

whit_status wasi_system_stream_input(wasi_system *self, slice bytes,
                                     whit_error *error)
{
    if (bytes.size > LIMIT_WASI_STREAM_BYTES)
        return error_set(error, WHIT_LIMIT,
                         "standard input: more than %u bytes",
                         LIMIT_WASI_STREAM_BYTES);
    buffer copy;
    buffer_init(&copy);
    buffer_slice(&copy, bytes);
    wasi_descriptor *descriptor = NULL;
    wasi_error failure = WASI_ERROR_NOMEM;
    if (!copy.failed)
        failure = wasi_descriptor_new(-1, false, WASI_KIND_INPUT, WASI_READ,
                                      self->resolver, &descriptor);
    if (failure) {
        buffer_release(&copy);
        return system_error(error, failure, stream_names[0]);
    }
    descriptor->input = buffer_view(&copy);
    stream_replace(self, 0, descriptor);
    buffer_release(&self->input);
    self->input = copy;
    return WHIT_OK;
}

whit_status wasi_system_stream_capture(wasi_system *self, unsigned stream,
                                       whit_error *error)
{
    if (stream != 1 && stream != 2)
        return error_set(error, WHIT_ARGUMENT,
                         "stream %u cannot be captured: it is not standard "
                         "output or standard error",
                         stream);
    wasi_descriptor *descriptor;
    wasi_error failure = wasi_descriptor_new(
        -1, false, WASI_KIND_OUTPUT, WASI_WRITE, self->resolver, &descriptor);
    if (failure)
        return system_error(error, failure, stream_names[stream]);
    descriptor->output = &self->output[stream - 1];
    stream_replace(self, stream, descriptor);
    return WHIT_OK;
}

slice wasi_system_output(const wasi_system *self, unsigned stream)
{
    if (stream != 1 && stream != 2)
        return slice_of(NULL, 0);
    return buffer_view(&self->output[stream - 1]);
}

static whit_status grant_error(whit_error *error, const char *host)
{
    int code = errno;
    if (code == ENOENT)
        return error_set(error, WHIT_NOT_FOUND,
                         "directory to grant: %s does not exist", host);
    if (code == ENOTDIR)
        return error_set(error, WHIT_ARGUMENT,
                         "directory to grant: %s is not a directory", host);
    return error_set(error, WHIT_IO, "directory to grant: %s: %s", host,
                     wasi_error_name(wasi_error_host(code)));
}

whit_status wasi_system_grant(wasi_system *self, const char *host,
                              const char *guest, bool read_only,
                              whit_error *error)
{
    if (strlen(guest) > LIMIT_WASI_PATH_BYTES)
        return error_set(error, WHIT_LIMIT,
                         "the guest's name of %s is longer than %u bytes", host,
                         LIMIT_WASI_PATH_BYTES);
    if (self->preopen_count >= LIMIT_WASI_PREOPENS)
        return error_set(error, WHIT_LIMIT,
                         "more than %u directories are granted",
                         LIMIT_WASI_PREOPENS);
    int fd = open(host, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return grant_error(error, host);
    wasi_descriptor *descriptor;
    uint32_t number;
    wasi_error failure = wasi_descriptor_new(
        fd, true, WASI_KIND_DIRECTORY,
        WASI_READ | (read_only ? 0 : WASI_MUTATE), self->resolver, &descriptor);
    if (failure)
        return system_error(error, failure, host);
    descriptor->preopen = mem_strdup(guest);
    if (!descriptor->preopen) {
        wasi_descriptor_release(descriptor);
        return error_memory(error);
    }
    failure = wasi_table_add(&self->table, descriptor, &number);
    if (failure)
        return system_error(error, failure, host);
    self->preopen_count++;
    return WHIT_OK;
}

whit_status wasi_system_grant_socket(wasi_system *self, int host,
                                     whit_error *error)
{
    wasi_descriptor *descriptor;
    uint32_t number;
    wasi_error failure = wasi_descriptor_new(host, false, WASI_KIND_SOCKET,
                                             WASI_READ | WASI_WRITE,
                                             self->resolver, &descriptor);
    if (failure)
        return system_error(error, failure, "socket to grant");
    if (descriptor->kind != WASI_KIND_SOCKET) {
        wasi_descriptor_release(descriptor);
        return error_set(error, WHIT_ARGUMENT,
                         "descriptor %d to grant is not a socket", host);
    }
    wasi_descriptor_retain(descriptor);
    failure = wasi_table_add(&self->table, descriptor, &number);
    if (!failure)
        descriptor->owned = true;
    wasi_descriptor_release(descriptor);
    return failure ? system_error(error, failure, "socket to grant") : WHIT_OK;
}

whit_status wasi_system_allow_network(wasi_system *self, slice rules,
                                      whit_error *error)
{
    /* Nothing between two commas is a slip, and must not grant everything. */
    const uint8_t *comma =
        rules.size ? memchr(rules.data, ',', rules.size) : NULL;
    if (!comma)
        return wasi_network_allow(&self->network, rules, error);
    for (slice rest = rules;;) {
        comma = rest.size ? memchr(rest.data, ',', rest.size) : NULL;
        size_t size = comma ? (size_t)(comma - rest.data) : rest.size;
        if (!size)
            return error_set(error, WHIT_ARGUMENT,
                             "a rule of the network is empty: \"%.*s\"",
                             SLICE_ARG(rules));
        TRY(wasi_network_allow(&self->network, slice_of(rest.data, size),
                               error));
        if (!comma)
            return WHIT_OK;
        rest = slice_of(comma + 1, rest.size - size - 1);
    }
}

whit_status wasi_system_reactor(wasi_system *self, wasi_reactor **out,
                                whit_error *error)
{
    if (!self->reactor) {
        wasi_error failure = wasi_reactor_new(&self->reactor);
        if (failure)
            return system_error(error, failure, "reactor");
    }
    *out = self->reactor;
    return WHIT_OK;
}

void wasi_system_add_face(wasi_system *self, wasi_face *face)
{
    face->next = self->faces;
    self->faces = face;
}
