/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Files of the host on POSIX systems. */
#include "platform/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"

static whit_status os_error(whit_error *error, const char *path)
{
    return error_set(error, errno == ENOENT ? WHIT_NOT_FOUND : WHIT_IO,
                     "%s: %s", path, strerror(errno));
}

static whit_status read_all(int descriptor, const char *path, size_t limit,
                            buffer *out, whit_error *error)
{
    size_t total = 0;
    for (;;) {
        if (!buffer_reserve(out, 65536))
            return error_memory(error);
        ssize_t got =
            read(descriptor, out->data + out->size, out->capacity - out->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return os_error(error, path);
        if (got == 0)
            return WHIT_OK;
        total += (size_t)got;
        out->size += (size_t)got;
        if (total > limit)
            return error_set(error, WHIT_LIMIT, "%s is larger than %zu bytes",
                             path, limit);
    }
}

whit_status file_read(const char *path, size_t limit, buffer *out,
                      whit_error *error)
{
    if (!strcmp(path, "-"))
        return read_all(STDIN_FILENO, "standard input", limit, out, error);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return os_error(error, path);
    struct stat info;
    if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) &&
        info.st_size > 0 && (uint64_t)info.st_size <= limit)
        (void)buffer_reserve(out, (size_t)info.st_size + 1);
    whit_status status = read_all(descriptor, path, limit, out, error);
    close(descriptor);
    return status;
}

static bool write_all(int descriptor, slice bytes)
{
    while (bytes.size) {
        ssize_t put = write(descriptor, bytes.data, bytes.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes.data += put;
        bytes.size -= (size_t)put;
    }
    return true;
}

static whit_status write_in_place(const char *path, slice bytes,
                                  whit_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return os_error(error, path);
    bool ok = write_all(descriptor, bytes);
    int number = errno;
    if (close(descriptor) < 0 && ok) {
        ok = false;
        number = errno;
    }
    errno = number;
    return ok ? WHIT_OK : os_error(error, path);
}

/* On failure the temporary file is gone and errno says why. */
static bool write_and_rename(int descriptor, const char *name, const char *path,
                             mode_t mode, slice bytes)
{
    bool ok = write_all(descriptor, bytes) && fchmod(descriptor, mode) == 0;
    int number = errno;
    if (close(descriptor) < 0 && ok) {
        ok = false;
        number = errno;
    }
    if (ok && rename(name, path) < 0) {
        ok = false;
        number = errno;
    }
    if (!ok)
        unlink(name);
    errno = number;
    return ok;
}

static mode_t default_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static whit_status replace_file(const char *path, mode_t mode, slice bytes,
                                whit_error *error)
{
    buffer name;
    buffer_init(&name);
    buffer_printf(&name, "%s.XXXXXX", path);
    char *text = buffer_string(&name);
    whit_status status = WHIT_OK;
    if (!text) {
        status = error_memory(error);
    } else {
        int descriptor = mkstemp(text);
        if (descriptor < 0 ||
            !write_and_rename(descriptor, text, path, mode, bytes))
            status = os_error(error, path);
    }
    buffer_release(&name);
    return status;
}

whit_status file_write(const char *path, slice bytes, whit_error *error)
{
    if (!strcmp(path, "-")) {
        if (!write_all(STDOUT_FILENO, bytes))
            return os_error(error, "standard output");
        return WHIT_OK;
    }
    struct stat info;
    if (stat(path, &info) < 0)
        return replace_file(path, default_mode(), bytes, error);
    if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return os_error(error, path);
    }
    if (!S_ISREG(info.st_mode))
        return write_in_place(path, bytes, error);
    char *real = realpath(path, NULL);
    if (!real)
        return os_error(error, path);
    whit_status status = replace_file(real, info.st_mode & 07777, bytes, error);
    free(real);
    return status;
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool file_is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int64_t file_mtime(const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return -1;
    return (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
}

whit_status file_make_directories(const char *path, whit_error *error)
{
    char *copy = mem_strdup(path);
    TRY_ALLOC(copy, error);
    whit_status status = WHIT_OK;
    for (char *end = copy + 1; *copy && status == WHIT_OK; end++) {
        if (*end && *end != '/')
            continue;
        char saved = *end;
        *end = 0;
        if (mkdir(copy, 0777) < 0 && !file_is_directory(copy))
            status = os_error(error, copy);
        *end = saved;
        if (!saved)
            break;
    }
    mem_free(copy);
    return status;
}

whit_status file_temporary_directory(const char *prefix, buffer *path,
                                     whit_error *error)
{
    const char *parent = getenv("TMPDIR");
    buffer_clear(path);
    buffer_printf(path, "%s/%s.XXXXXX", parent && *parent ? parent : "/tmp",
                  prefix);
    char *text = buffer_string(path);
    TRY_ALLOC(text, error);
    if (!mkdtemp(text))
        return error_set(error, WHIT_IO, "cannot make %s: %s", text,
                         strerror(errno));
    return WHIT_OK;
}

static whit_status remove_at(int parent, const char *name, unsigned depth,
                             whit_error *error);

static whit_status remove_contents(int descriptor, const char *name,
                                   unsigned depth, whit_error *error)
{
    DIR *directory = fdopendir(descriptor);
    if (!directory) {
        close(descriptor);
        return os_error(error, name);
    }
    whit_status status = WHIT_OK;
    struct dirent *entry;
    while (status == WHIT_OK && (entry = readdir(directory))) {
        const char *child = entry->d_name;
        if (strcmp(child, ".") != 0 && strcmp(child, "..") != 0)
            status = remove_at(dirfd(directory), child, depth + 1, error);
    }
    closedir(directory);
    return status;
}

static whit_status remove_at(int parent, const char *name, unsigned depth,
                             whit_error *error)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return WHIT_OK;
    if (errno != EISDIR && errno != EPERM)
        return os_error(error, name);
    if (depth > 200)
        return error_set(error, WHIT_LIMIT, "%s: too many nested directories",
                         name);
    int descriptor =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return os_error(error, name);
    TRY(remove_contents(descriptor, name, depth, error));
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        return os_error(error, name);
    return WHIT_OK;
}

whit_status file_remove_tree(const char *path, whit_error *error)
{
    return remove_at(AT_FDCWD, path, 0, error);
}

static int not_dots(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

whit_status file_list(const char *path, bool (*each)(void *, const char *),
                      void *context, whit_error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, not_dots, by_name);
    if (count < 0)
        return errno == ENOENT ? WHIT_OK : os_error(error, path);
    bool more = true;
    for (int i = 0; i < count; i++) {
        if (more)
            more = each(context, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return WHIT_OK;
}

whit_status file_lock_take(file_lock *self, const char *path,
                           void (*waiting)(void *), void *context,
                           whit_error *error)
{
    self->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (self->descriptor < 0)
        return os_error(error, path);
    if (flock(self->descriptor, LOCK_EX | LOCK_NB) == 0)
        return WHIT_OK;
    if (errno == EWOULDBLOCK) {
        if (waiting)
            waiting(context);
        if (flock(self->descriptor, LOCK_EX) == 0)
            return WHIT_OK;
    }
    whit_status status =
        error_set(error, WHIT_IO, "locking %s: %s", path, strerror(errno));
    file_lock_drop(self);
    return status;
}

void file_lock_drop(file_lock *self)
{
    if (self->descriptor >= 0)
        close(self->descriptor);
    self->descriptor = -1;
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_extension(const char *path)
{
    const char *base = path_base(path);
    const char *dot = strrchr(base, '.');
    return dot && dot != base ? dot : "";
}
