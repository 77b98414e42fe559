/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Making, changing and removing what a path names. */
#include "wasi/system_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/memory.h"

static wasi_error directory_check(const wasi_descriptor *directory,
                                  bool changes)
{
    if (directory->kind != WASI_KIND_DIRECTORY)
        return WASI_ERROR_NOTDIR;
    if (changes && !(directory->access & WASI_MUTATE))
        return WASI_ERROR_ROFS;
    return WASI_OK;
}

static wasi_error result(int done)
{
    return done < 0 ? wasi_error_last() : WASI_OK;
}

/* A path of an operation on an entry: what it names, and the text that the
 * name lies in. Released on failure. */
typedef struct entry {
    char *text;
    wasi_place place;
} entry;

static void entry_release(entry *self)
{
    wasi_place_release(&self->place);
    mem_free(self->text);
    self->text = NULL;
}

static wasi_error entry_init(entry *self, const wasi_descriptor *directory,
                             slice path)
{
    *self = (entry){.place = {.directory = -1}};
    WASI_TRY(wasi_path_copy(path, &self->text));
    wasi_error error =
        wasi_resolve_place(&directory->root, self->text, &self->place);
    if (error)
        entry_release(self);
    return error;
}

/* What the entry is, links not followed. */
static wasi_error entry_stat(const entry *self, struct stat *st)
{
    return result(fstatat(self->place.directory, self->place.name, st,
                          AT_SYMLINK_NOFOLLOW));
}

static int open_flags(const wasi_open *how)
{
    bool write = how->write || how->truncate;
    int flags = how->read && write ? O_RDWR : write ? O_WRONLY : O_RDONLY;
    flags |= O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    flags |= how->follow ? 0 : O_NOFOLLOW;
    flags |= how->create ? O_CREAT : 0;
    flags |= how->create && how->exclusive ? O_EXCL : 0;
    flags |= how->truncate ? O_TRUNC : 0;
    flags |= how->directory ? O_DIRECTORY : 0;
    flags |= how->modes & WASI_APPEND ? O_APPEND : 0;
    flags |= how->modes & WASI_DSYNC ? O_DSYNC : 0;
    flags |= how->modes & (WASI_SYNC | WASI_RSYNC) ? O_SYNC : 0;
    return flags;
}

wasi_error wasi_path_open(wasi_descriptor *directory, slice path,
                          const wasi_open *how, wasi_descriptor **out)
{
    *out = NULL;
    WASI_TRY(
        directory_check(directory, how->create || how->truncate || how->write));
    if (how->create && how->directory)
        return WASI_ERROR_INVAL;
    char *text;
    WASI_TRY(wasi_path_copy(path, &text));
    int fd;
    wasi_error error =
        wasi_resolve_open(&directory->root, text, open_flags(how), 0666, &fd);
    mem_free(text);
    WASI_TRY(error);
    unsigned access = directory->access & WASI_MUTATE;
    access |= how->read ? WASI_READ : 0;
    access |= how->write ? WASI_WRITE : 0;
    WASI_TRY(wasi_descriptor_new(fd, true, WASI_KIND_FILE, access,
                                 directory->root.resolver, out));
    atomic_store(&(*out)->modes, how->modes);
    return WASI_OK;
}

/* An O_PATH descriptor of what the path names. */
static wasi_error path_locate(wasi_descriptor *directory, slice path,
                              bool follow, int *fd)
{
    char *text;
    WASI_TRY(wasi_path_copy(path, &text));
    wasi_error error = wasi_resolve_open(
        &directory->root, text, O_PATH | (follow ? 0 : O_NOFOLLOW), 0, fd);
    mem_free(text);
    return error;
}

wasi_error wasi_path_stat(wasi_descriptor *directory, slice path, bool follow,
                          wasi_stat *out)
{
    WASI_TRY(directory_check(directory, false));
    int fd;
    WASI_TRY(path_locate(directory, path, follow, &fd));
    struct stat st;
    wasi_error error = result(fstat(fd, &st));
    close(fd);
    if (error == WASI_OK)
        wasi_stat_of(&st, out);
    return error;
}

wasi_error wasi_path_set_times(wasi_descriptor *directory, slice path,
                               bool follow, const wasi_times *times)
{
    WASI_TRY(directory_check(directory, true));
    int fd;
    WASI_TRY(path_locate(directory, path, follow, &fd));
    struct timespec host[2];
    wasi_times_convert(times, host);
    wasi_error error = result(utimensat(fd, "", host, AT_EMPTY_PATH));
    if (error == WASI_ERROR_INVAL || error == WASI_ERROR_NOENT) {
        /* Before Linux 5.8 the empty path is refused. This name of an open
         * descriptor leads to it and nowhere else; it cannot name a link. */
        char name[32];
        snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
        error = result(utimensat(AT_FDCWD, name, host, 0));
    }
    close(fd);
    return error;
}

wasi_error wasi_path_create_directory(wasi_descriptor *directory, slice path)
{
    WASI_TRY(directory_check(directory, true));
    entry made;
    WASI_TRY(entry_init(&made, directory, path));
    wasi_error error = WASI_ERROR_EXIST;
    if (!made.place.dots)
        error = result(mkdirat(made.place.directory, made.place.name, 0777));
    entry_release(&made);
    return error;
}

wasi_error wasi_path_remove_directory(wasi_descriptor *directory, slice path)
{
    WASI_TRY(directory_check(directory, true));
    entry gone;
    WASI_TRY(entry_init(&gone, directory, path));
    wasi_error error;
    if (gone.place.dots)
        error = gone.place.name[1] ? WASI_ERROR_NOTEMPTY : WASI_ERROR_INVAL;
    else
        error = result(
            unlinkat(gone.place.directory, gone.place.name, AT_REMOVEDIR));
    entry_release(&gone);
    return error;
}

wasi_error wasi_path_unlink(wasi_descriptor *directory, slice path)
{
    WASI_TRY(directory_check(directory, true));
    entry gone;
    WASI_TRY(entry_init(&gone, directory, path));
    struct stat st;
    wasi_error error;
    if (gone.place.dots)
        error = WASI_ERROR_ISDIR;
    else if (!gone.place.slash)
        error = result(unlinkat(gone.place.directory, gone.place.name, 0));
    else if ((error = entry_stat(&gone, &st)) == WASI_OK)
        error = S_ISDIR(st.st_mode) ? WASI_ERROR_ISDIR : WASI_ERROR_NOTDIR;
    entry_release(&gone);
    return error;
}

/* For link and symlink: whether a new entry may be made there. A trailing
 * slash asks for a directory, which neither makes. */
static wasi_error entry_is_new(const entry *self)
{
    struct stat st;
    if (self->place.dots)
        return WASI_ERROR_EXIST;
    if (!self->place.slash)
        return WASI_OK;
    WASI_TRY(entry_stat(self, &st));
    return S_ISDIR(st.st_mode) ? WASI_ERROR_EXIST : WASI_ERROR_NOTDIR;
}

wasi_error wasi_path_link(wasi_descriptor *old_directory, slice old_path,
                          wasi_descriptor *new_directory, slice new_path)
{
    WASI_TRY(directory_check(old_directory, true));
    WASI_TRY(directory_check(new_directory, true));
    entry old, new;
    WASI_TRY(entry_init(&old, old_directory, old_path));
    wasi_error error = entry_init(&new, new_directory, new_path);
    if (error) {
        entry_release(&old);
        return error;
    }
    struct stat st;
    error = entry_is_new(&new);
    if (!error && old.place.dots)
        error = WASI_ERROR_PERM;
    if (!error && old.place.slash && !(error = entry_stat(&old, &st)))
        error = S_ISDIR(st.st_mode) ? WASI_ERROR_PERM : WASI_ERROR_NOTDIR;
    if (!error)
        error = result(linkat(old.place.directory, old.place.name,
                              new.place.directory, new.place.name, 0));
    entry_release(&new);
    entry_release(&old);
    return error;
}

wasi_error wasi_path_rename(wasi_descriptor *old_directory, slice old_path,
                            wasi_descriptor *new_directory, slice new_path)
{
    WASI_TRY(directory_check(old_directory, true));
    WASI_TRY(directory_check(new_directory, true));
    entry old, new;
    WASI_TRY(entry_init(&old, old_directory, old_path));
    wasi_error error = entry_init(&new, new_directory, new_path);
    if (error) {
        entry_release(&old);
        return error;
    }
    struct stat st;
    if (old.place.dots || new.place.dots)
        error = WASI_ERROR_BUSY;
    else if ((old.place.slash || new.place.slash) &&
             !(error = entry_stat(&old, &st)) && !S_ISDIR(st.st_mode))
        error = WASI_ERROR_NOTDIR;
    if (!error)
        error = result(renameat(old.place.directory, old.place.name,
                                new.place.directory, new.place.name));
    entry_release(&new);
    entry_release(&old);
    return error;
}

wasi_error wasi_path_symlink(slice target, wasi_descriptor *directory,
                             slice path)
{
    WASI_TRY(directory_check(directory, true));
    char *text;
    WASI_TRY(wasi_path_copy(target, &text));
    entry made;
    wasi_error error = entry_init(&made, directory, path);
    if (!error) {
        error = entry_is_new(&made);
        if (!error)
            error =
                result(symlinkat(text, made.place.directory, made.place.name));
        entry_release(&made);
    }
    mem_free(text);
    return error;
}

wasi_error wasi_path_read_link(wasi_descriptor *directory, slice path,
                               void *out, size_t capacity, size_t *size)
{
    *size = 0;
    WASI_TRY(directory_check(directory, false));
    entry read;
    WASI_TRY(entry_init(&read, directory, path));
    wasi_error error = WASI_OK;
    struct stat st;
    if (read.place.dots)
        error = WASI_ERROR_INVAL;
    else if (read.place.slash && !(error = entry_stat(&read, &st)))
        error = S_ISREG(st.st_mode) ? WASI_ERROR_NOTDIR : WASI_ERROR_INVAL;
    if (!error && !capacity) {
        error = entry_stat(&read, &st);
        if (!error && !S_ISLNK(st.st_mode))
            error = WASI_ERROR_INVAL;
    } else if (!error) {
        ssize_t done =
            readlinkat(read.place.directory, read.place.name, out, capacity);
        error = done < 0 ? wasi_error_last() : WASI_OK;
        *size = done < 0 ? 0 : (size_t)done;
    }
    entry_release(&read);
    return error;
}
