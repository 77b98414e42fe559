/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Listing a directory from any position. */
#include "wasi/system_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What getdents64(2) writes. */
typedef struct kernel_entry {
    uint64_t inode;
    int64_t next;
    uint16_t size;
    uint8_t type;
    char name[];
} kernel_entry;

#define ENTRIES_BYTES 4096u

static wasi_type entry_type(uint8_t type)
{
    switch (type) {
    case DT_BLK:
        return WASI_TYPE_BLOCK_DEVICE;
    case DT_CHR:
        return WASI_TYPE_CHARACTER_DEVICE;
    case DT_DIR:
        return WASI_TYPE_DIRECTORY;
    case DT_REG:
        return WASI_TYPE_REGULAR;
    case DT_LNK:
        return WASI_TYPE_LINK;
    case DT_SOCK:
        return WASI_TYPE_SOCKET_STREAM;
    case DT_FIFO:
        return WASI_TYPE_FIFO;
    default:
        return WASI_TYPE_UNKNOWN;
    }
}

static bool entry_visit(wasi_descriptor *directory, uint64_t self_inode,
                        const kernel_entry *kernel, wasi_entry_visit *visit,
                        void *context)
{
    wasi_entry entry = {.next = (uint64_t)kernel->next,
                        .inode = kernel->inode,
                        .type = entry_type(kernel->type),
                        .name = slice_text(kernel->name)};
    if (slice_is(entry.name, "..")) {
        entry.inode = self_inode;
        entry.type = WASI_TYPE_DIRECTORY;
    } else if (kernel->type == DT_UNKNOWN) {
        /* Some file systems leave the type out. */
        struct stat st;
        if (fstatat(directory->host, kernel->name, &st, AT_SYMLINK_NOFOLLOW) ==
            0)
            entry.type = wasi_type_of_mode(st.st_mode);
    }
    return visit(context, &entry);
}

/* With the lock held: the position belongs to the descriptor. */
static wasi_error directory_list(wasi_descriptor *directory, uint64_t start,
                                 uint64_t self_inode, wasi_entry_visit *visit,
                                 void *context)
{
    union {
        kernel_entry entry;
        char bytes[ENTRIES_BYTES];
    } block;
    if (lseek(directory->host, (off_t)start, SEEK_SET) < 0)
        return wasi_error_last();
    for (;;) {
        long size =
            syscall(SYS_getdents64, directory->host, &block, ENTRIES_BYTES);
        if (size < 0 && errno == EINTR)
            continue;
        /* A directory that was removed while open has no entries. */
        if (size == 0 || (size < 0 && errno == ENOENT))
            return WASI_OK;
        if (size < 0)
            return wasi_error_last();
        for (long at = 0; at < size;) {
            const kernel_entry *kernel =
                (const kernel_entry *)(block.bytes + at);
            if (!entry_visit(directory, self_inode, kernel, visit, context))
                return WASI_OK;
            at += kernel->size;
        }
    }
}

wasi_error wasi_directory_list(wasi_descriptor *directory, uint64_t start,
                               wasi_entry_visit *visit, void *context)
{
    if (directory->kind != WASI_KIND_DIRECTORY)
        return WASI_ERROR_NOTDIR;
    if (start > INT64_MAX)
        return WASI_ERROR_INVAL;
    struct stat st;
    if (fstat(directory->host, &st) != 0)
        return wasi_error_last();
    pthread_mutex_lock(&directory->lock);
    wasi_error error =
        directory_list(directory, start, st.st_ino, visit, context);
    pthread_mutex_unlock(&directory->lock);
    return error;
}
