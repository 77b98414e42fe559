/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What every function of preview 1 needs: memory, rights, registration. */
#include "wasi/preview1/call.h"

#include <string.h>
#include "base/limits.h"
#include "base/memory.h"

/* Set in face[0] once rights were given, so that a descriptor all of whose
 * rights were dropped is not taken for a new one. */
#define RIGHTS_KNOWN (UINT64_C(1) << 63)

p1_errno wasi_p1_errno(wasi_error error)
{
    switch (error) {
    case WASI_OK:
        return P1_SUCCESS;
#define X(name, number)     \
    case WASI_ERROR_##name: \
        return P1_##name;
#include "wasi/preview1/errors.def"
#undef X
    default:
        return P1_IO;
    }
}

p1_errno wasi_p1_bytes(p1_call *call, uint32_t address, uint64_t size,
                       uint8_t **out)
{
    *out = NULL;
    if (!call->memory && call->status == WHIT_OK)
        call->status = rt_caller_memory(call->caller, &call->memory,
                                        &call->memory_size, call->error);
    if (call->status != WHIT_OK)
        return P1_FAULT;
    if (size > call->memory_size || address > call->memory_size - size)
        return P1_FAULT;
    *out = call->memory + address;
    return P1_SUCCESS;
}

void wasi_p1_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

void wasi_p1_put32(uint8_t *at, uint32_t value)
{
    wasi_p1_put16(at, (uint16_t)value);
    wasi_p1_put16(at + 2, (uint16_t)(value >> 16));
}

void wasi_p1_put64(uint8_t *at, uint64_t value)
{
    wasi_p1_put32(at, (uint32_t)value);
    wasi_p1_put32(at + 4, (uint32_t)(value >> 32));
}

uint16_t wasi_p1_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t wasi_p1_get32(const uint8_t *at)
{
    return wasi_p1_get16(at) | (uint32_t)wasi_p1_get16(at + 2) << 16;
}

uint64_t wasi_p1_get64(const uint8_t *at)
{
    return wasi_p1_get32(at) | (uint64_t)wasi_p1_get32(at + 4) << 32;
}

p1_errno wasi_p1_out64(p1_call *call, uint32_t address, uint64_t value)
{
    uint8_t *at;
    P1_TRY(wasi_p1_bytes(call, address, 8, &at));
    wasi_p1_put64(at, value);
    return P1_SUCCESS;
}

enum { F = 1, D = 2, S = 4, N = 8 };

static uint64_t rights_of_kinds(unsigned kinds)
{
    uint64_t rights = 0;
#define X(name, applies)   \
    if ((applies) & kinds) \
        rights |= P1_RIGHT(name);
#include "wasi/preview1/rights.def"
#undef X
    return rights;
}

uint64_t wasi_p1_applicable(const wasi_descriptor *self, uint64_t rights)
{
    unsigned kinds = self->kind == WASI_KIND_FILE        ? F
                     : self->kind == WASI_KIND_DIRECTORY ? D
                     : self->kind == WASI_KIND_SOCKET    ? N
                                                         : S;
    rights &= rights_of_kinds(kinds);
    if (kinds == D)
        return rights;
    if (!(self->access & WASI_READ))
        rights &= ~P1_RIGHT(FD_READ);
    if (!(self->access & WASI_WRITE))
        rights &= ~(P1_RIGHT(FD_WRITE) | P1_RIGHT(FD_ALLOCATE) |
                    P1_RIGHT(FD_FILESTAT_SET_SIZE));
    /* Guests take a character device without these for a terminal. */
    if (!self->seekable &&
        (self->terminal || self->type != WASI_TYPE_CHARACTER_DEVICE))
        rights &= ~(P1_RIGHT(FD_SEEK) | P1_RIGHT(FD_TELL));
    return rights;
}

void wasi_p1_set_rights(wasi_descriptor *self, uint64_t base,
                        uint64_t inheriting)
{
    atomic_store(&self->face[1], inheriting);
    atomic_store(&self->face[0], base | RIGHTS_KNOWN);
}

void wasi_p1_rights(wasi_descriptor *self, uint64_t *base, uint64_t *inheriting)
{
    uint64_t known = atomic_load(&self->face[0]);
    if (!(known & RIGHTS_KNOWN)) {
        bool directory = self->kind == WASI_KIND_DIRECTORY;
        wasi_p1_set_rights(self, wasi_p1_applicable(self, UINT64_MAX),
                           directory ? rights_of_kinds(F | D | N) : 0);
        known = atomic_load(&self->face[0]);
    }
    *base = known & ~RIGHTS_KNOWN;
    *inheriting = atomic_load(&self->face[1]);
}

static p1_errno rights_missing(const wasi_descriptor *self, uint64_t rights)
{
    const uint64_t seek = P1_RIGHT(FD_SEEK) | P1_RIGHT(FD_TELL);
    const uint64_t directory = rights_of_kinds(D) & ~rights_of_kinds(F | S | N);
    const uint64_t data = seek | P1_RIGHT(FD_READ) | P1_RIGHT(FD_WRITE) |
                          P1_RIGHT(FD_ALLOCATE) | P1_RIGHT(FD_ADVISE) |
                          P1_RIGHT(FD_FILESTAT_SET_SIZE);
    if (rights & (P1_RIGHT(SOCK_SHUTDOWN) | P1_RIGHT(SOCK_ACCEPT)) &&
        self->kind != WASI_KIND_SOCKET)
        return P1_NOTSOCK;
    if (self->kind == WASI_KIND_DIRECTORY)
        return rights & data ? P1_ISDIR : P1_NOTCAPABLE;
    if (rights & directory)
        return P1_NOTDIR;
    if (rights & seek && self->kind != WASI_KIND_FILE && !self->seekable)
        return P1_SPIPE;
    return P1_NOTCAPABLE;
}

p1_errno wasi_p1_descriptor(p1_call *call, uint32_t number, uint64_t rights,
                            wasi_descriptor **out)
{
    wasi_descriptor *found;
    *out = NULL;
    if (wasi_table_get(&call->system->table, number, &found) != WASI_OK)
        return P1_BADF;
    uint64_t base, inheriting;
    wasi_p1_rights(found, &base, &inheriting);
    if ((base & rights) == rights) {
        *out = found;
        return P1_SUCCESS;
    }
    p1_errno missing = rights_missing(found, rights & ~base);
    wasi_descriptor_release(found);
    return missing;
}

uint8_t wasi_p1_filetype(wasi_type type)
{
    return type == WASI_TYPE_FIFO ? 0 : (uint8_t)type;
}

/* device 0, inode 8, type 16, links 24, size 32, times 40, 48, 56; 64 bytes */
void wasi_p1_put_filestat(uint8_t *at, const wasi_stat *stat)
{
    memset(at, 0, 64);
    wasi_p1_put64(at, stat->device);
    wasi_p1_put64(at + 8, stat->inode);
    at[16] = wasi_p1_filetype(stat->type);
    wasi_p1_put64(at + 24, stat->links);
    wasi_p1_put64(at + 32, stat->size);
    wasi_p1_put64(at + 40, stat->atim);
    wasi_p1_put64(at + 48, stat->mtim);
    wasi_p1_put64(at + 56, stat->ctim);
}

p1_errno wasi_p1_times(uint64_t atim, uint64_t mtim, uint32_t flags,
                       wasi_times *out)
{
    if (flags & ~15u || (flags & (P1_ATIM | P1_ATIM_NOW)) == 3 ||
        (flags & (P1_MTIM | P1_MTIM_NOW)) == 12)
        return P1_INVAL;
    *out = (wasi_times){
        .access = flags & P1_ATIM       ? WASI_TIME_SET
                  : flags & P1_ATIM_NOW ? WASI_TIME_NOW
                                        : WASI_TIME_KEEP,
        .modification = flags & P1_MTIM       ? WASI_TIME_SET
                        : flags & P1_MTIM_NOW ? WASI_TIME_NOW
                                              : WASI_TIME_KEEP,
        .atim = atim,
        .mtim = mtim,
    };
    return P1_SUCCESS;
}

static p1_errno vectors_fill(p1_call *call, const uint8_t *list,
                             p1_vectors *out)
{
    for (size_t i = 0; i < out->count; i++) {
        uint8_t *bytes;
        uint32_t size = wasi_p1_get32(list + 8 * i + 4);
        P1_TRY(wasi_p1_bytes(call, wasi_p1_get32(list + 8 * i), size, &bytes));
        out->items[i] = (struct iovec){bytes, size};
    }
    return P1_SUCCESS;
}

p1_errno wasi_p1_vectors(p1_call *call, uint32_t address, uint32_t count,
                         p1_vectors *out)
{
    uint8_t *list;
    out->items = out->few;
    out->count = count;
    if (count > LIMIT_WASI_IOVECS)
        return P1_INVAL;
    P1_TRY(wasi_p1_bytes(call, address, (uint64_t)count * 8, &list));
    if (count > COUNT_OF(out->few)) {
        out->items = mem_calloc(count, sizeof *out->items);
        if (!out->items)
            return P1_NOMEM;
    }
    p1_errno errno_ = vectors_fill(call, list, out);
    if (errno_)
        wasi_p1_vectors_release(out);
    return errno_;
}

void wasi_p1_vectors_release(p1_vectors *self)
{
    if (self->items != self->few)
        mem_free(self->items);
    self->items = self->few;
}

static bool call_interrupted(void *context)
{
    return rt_caller_interrupted(context);
}

static whit_status call_run(rt_caller *caller, void *env, rt_slot *slots,
                            whit_error *error, p1_function *function)
{
    p1_call call = {
        .system = env,
        .caller = caller,
        .wait = {call_interrupted, caller},
        .status = WHIT_OK,
        .error = error,
    };
    p1_errno answer = function(&call, slots);
    if (call.status == WHIT_OK)
        slots[0].u64 = (uint64_t)answer;
    return call.status;
}

#define X(name, signature)                                            \
    static whit_status host_##name(rt_caller *caller, void *env,      \
                                   rt_slot *slots, whit_error *error) \
    {                                                                 \
        return call_run(caller, env, slots, error, wasi_p1_##name);   \
    }
#include "wasi/preview1/functions.def"
#undef X

static const struct {
    const char *name;
    const char *signature;
    rt_host_function function;
} functions[] = {
#define X(name, signature) {#name, signature, host_##name},
#include "wasi/preview1/functions.def"
#undef X
};

whit_status wasi_preview1_define(wasi_system *system,
                                 wasi_preview1_definer *define, void *context,
                                 whit_error *error)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        TRY(define(context, functions[i].name, functions[i].signature,
                   functions[i].function, system, error));
    return WHIT_OK;
}
