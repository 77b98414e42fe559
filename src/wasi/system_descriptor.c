/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Descriptors and their numbers. */
#include "wasi/system_descriptor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/memory.h"
#include "wasi/system_file.h"

/* What the host says about its descriptor. */
static wasi_error descriptor_inspect(wasi_descriptor *self)
{
    struct stat st;
    if (fstat(self->host, &st) != 0)
        return wasi_error_last();
    self->type = wasi_type_of_mode(st.st_mode);
    self->root.directory = self->host;
    self->root.device = st.st_dev;
    if (S_ISREG(st.st_mode)) {
        self->kind = WASI_KIND_FILE;
        self->seekable = true;
    } else if (S_ISDIR(st.st_mode)) {
        self->kind = WASI_KIND_DIRECTORY;
    } else if (S_ISSOCK(st.st_mode)) {
        self->kind = WASI_KIND_SOCKET;
        int type = 0;
        socklen_t size = sizeof type;
        if (getsockopt(self->host, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
            type == SOCK_DGRAM)
            self->type = WASI_TYPE_SOCKET_DATAGRAM;
    } else {
        self->kind = WASI_KIND_STREAM;
        self->terminal = S_ISCHR(st.st_mode) && isatty(self->host);
        self->seekable = !self->terminal && lseek(self->host, 0, SEEK_CUR) >= 0;
    }
    return WASI_OK;
}

wasi_error wasi_descriptor_new(int host, bool owned, wasi_kind kind,
                               unsigned access, wasi_resolver resolver,
                               wasi_descriptor **out)
{
    *out = NULL;
    wasi_descriptor *self = mem_zalloc(sizeof *self);
    if (!self) {
        if (owned && host >= 0)
            close(host);
        return WASI_ERROR_NOMEM;
    }
    atomic_init(&self->references, 1);
    pthread_mutex_init(&self->lock, NULL);
    self->host = host;
    self->owned = owned;
    self->kind = kind;
    self->access = access;
    self->type =
        kind == WASI_KIND_NULL ? WASI_TYPE_CHARACTER_DEVICE : WASI_TYPE_UNKNOWN;
    self->root.resolver = resolver;
    wasi_error error = host >= 0 ? descriptor_inspect(self) : WASI_OK;
    if (error) {
        wasi_descriptor_release(self);
        return error;
    }
    *out = self;
    return WASI_OK;
}

void wasi_descriptor_retain(wasi_descriptor *self)
{
    atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
}

void wasi_descriptor_release(wasi_descriptor *self)
{
    if (!self || atomic_fetch_sub_explicit(&self->references, 1,
                                           memory_order_acq_rel) != 1)
        return;
    if (self->owned && self->host >= 0)
        close(self->host);
    pthread_mutex_destroy(&self->lock);
    mem_free(self->preopen);
    mem_free(self);
}

void wasi_table_init(wasi_table *self)
{
    *self = (wasi_table){.limit = LIMIT_WASI_DESCRIPTORS};
    pthread_mutex_init(&self->lock, NULL);
}

void wasi_table_release(wasi_table *self)
{
    for (size_t i = 0; i < self->count; i++)
        wasi_descriptor_release(self->items[i]);
    mem_free(self->items);
    pthread_mutex_destroy(&self->lock);
}

/* With the lock held. */
static wasi_error table_slot(wasi_table *self, size_t *slot)
{
    for (*slot = 0; *slot < self->count; (*slot)++)
        if (!self->items[*slot])
            return WASI_OK;
    if (self->count >= self->limit)
        return WASI_ERROR_MFILE;
    if (mem_grow((void **)&self->items, &self->capacity, self->count,
                 sizeof(wasi_descriptor *), LIMIT_WASI_DESCRIPTORS,
                 "open descriptors", NULL) != WHIT_OK)
        return WASI_ERROR_NOMEM;
    self->items[self->count++] = NULL;
    return WASI_OK;
}

wasi_error wasi_table_add(wasi_table *self, wasi_descriptor *descriptor,
                          uint32_t *number)
{
    size_t slot = 0;
    pthread_mutex_lock(&self->lock);
    wasi_error error = table_slot(self, &slot);
    if (error == WASI_OK) {
        self->items[slot] = descriptor;
        *number = (uint32_t)slot;
    }
    pthread_mutex_unlock(&self->lock);
    if (error)
        wasi_descriptor_release(descriptor);
    return error;
}

wasi_error wasi_table_get(wasi_table *self, uint32_t number,
                          wasi_descriptor **out)
{
    pthread_mutex_lock(&self->lock);
    *out = number < self->count ? self->items[number] : NULL;
    if (*out)
        wasi_descriptor_retain(*out);
    pthread_mutex_unlock(&self->lock);
    return *out ? WASI_OK : WASI_ERROR_BADF;
}

wasi_error wasi_table_close(wasi_table *self, uint32_t number)
{
    wasi_descriptor *closed = NULL;
    pthread_mutex_lock(&self->lock);
    if (number < self->count) {
        closed = self->items[number];
        self->items[number] = NULL;
    }
    pthread_mutex_unlock(&self->lock);
    wasi_descriptor_release(closed);
    return closed ? WASI_OK : WASI_ERROR_BADF;
}

wasi_error wasi_table_renumber(wasi_table *self, uint32_t from, uint32_t to)
{
    wasi_descriptor *closed = NULL;
    wasi_error error = WASI_OK;
    pthread_mutex_lock(&self->lock);
    if (from >= self->count || !self->items[from] || to >= self->count ||
        !self->items[to]) {
        error = WASI_ERROR_BADF;
    } else if (from != to) {
        closed = self->items[to];
        self->items[to] = self->items[from];
        self->items[from] = NULL;
    }
    pthread_mutex_unlock(&self->lock);
    wasi_descriptor_release(closed);
    return error;
}
