/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Two ways to resolve a path that cannot leave its root. */
#include "wasi/system_resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__linux__)
#include <linux/magic.h>
#include <sys/vfs.h>
#endif
#include "base/limits.h"
#include "base/memory.h"

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

/* openat2(2), declared here since libc headers do not have it yet. */
#define SYSTEM_OPENAT2 437
#define RESOLVE_NO_MAGICLINKS_FLAG 0x02u
#define RESOLVE_BENEATH_FLAG 0x08u

struct open_how_2 {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

static int kernel_open(int root, const char *path, int flags, mode_t mode)
{
#if defined(__linux__)
    struct open_how_2 how = {
        .flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
        .mode = flags & O_CREAT ? mode & 07777u : 0,
        .resolve = RESOLVE_BENEATH_FLAG | RESOLVE_NO_MAGICLINKS_FLAG,
    };
    return (int)syscall(SYSTEM_OPENAT2, root, path, &how, sizeof how);
#else
    (void)root, (void)path, (void)flags, (void)mode;
    errno = ENOSYS;
    return -1;
#endif
}

static pthread_once_t kernel_once = PTHREAD_ONCE_INIT;
static bool kernel_found;

static void kernel_probe(void)
{
    int fd = kernel_open(AT_FDCWD, ".", O_PATH | O_DIRECTORY, 0);
    /* A current directory that cannot be opened proves the call exists too,
     * but a filter of system calls may answer EPERM. */
    kernel_found = fd >= 0 || (errno != ENOSYS && errno != EPERM &&
                               errno != EINVAL && errno != E2BIG);
    if (fd >= 0)
        close(fd);
}

bool wasi_resolver_has_kernel(void)
{
    pthread_once(&kernel_once, kernel_probe);
    return kernel_found;
}

wasi_error wasi_path_copy(slice path, char **copy)
{
    *copy = NULL;
    if (!path.size)
        return WASI_ERROR_NOENT;
    if (path.size > LIMIT_WASI_PATH_BYTES)
        return WASI_ERROR_NAMETOOLONG;
    char *text = mem_alloc(path.size + 1);
    if (!text)
        return WASI_ERROR_NOMEM;
    memcpy(text, path.data, path.size);
    text[path.size] = 0;
    wasi_error error = WASI_OK;
    if (strlen(text) != path.size)
        error = WASI_ERROR_INVAL;
    else if (text[0] == '/')
        error = WASI_ERROR_PERM;
    if (error) {
        mem_free(text);
        return error;
    }
    *copy = text;
    return WASI_OK;
}

/* Refuses what lies on a process file system, unless the root does too. */
static wasi_error device_check(const wasi_root *root, int fd)
{
#if defined(__linux__)
    struct stat st;
    if (fstat(fd, &st) != 0)
        return wasi_error_last();
    if (st.st_dev == root->device)
        return WASI_OK;
    struct statfs fs;
    if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC &&
        !(fstatfs(root->directory, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC))
        return WASI_ERROR_PERM;
#else
    (void)root, (void)fd;
#endif
    return WASI_OK;
}

/* A walk in progress. The directories from the root down to the current one
 * are open, so that `..` needs no look at the file system. */
typedef struct walk {
    int root;
    int stack[LIMIT_WASI_PATH_DEPTH];
    unsigned depth; /* used of the stack; 0: at the root */
    unsigned links; /* symbolic links expanded */
    char *path;     /* owned; what is left to walk starts at `rest` */
    char *rest;
} walk;

static int walk_directory(const walk *self)
{
    return self->depth ? self->stack[self->depth - 1] : self->root;
}

static void walk_release(walk *self)
{
    while (self->depth)
        close(self->stack[--self->depth]);
    mem_free(self->path);
}

/* Puts the text of a link, read through (directory, name), in front of the
 * rest. NOTDIR when it is no link. */
static wasi_error walk_expand(walk *self, int directory, const char *name,
                              const char *rest)
{
    size_t rest_size = strlen(rest);
    char *path = mem_alloc(LIMIT_WASI_PATH_BYTES + 1 + rest_size + 1);
    if (!path)
        return WASI_ERROR_NOMEM;
    ssize_t size = readlinkat(directory, name, path, LIMIT_WASI_PATH_BYTES);
    wasi_error error = WASI_OK;
    if (size < 0)
        error = errno == EINVAL ? WASI_ERROR_NOTDIR : wasi_error_last();
    else if (!size)
        error = WASI_ERROR_NOENT;
    else if (path[0] == '/')
        error = WASI_ERROR_PERM;
    else if (self->links >= LIMIT_WASI_PATH_LINKS)
        error = WASI_ERROR_LOOP;
    if (error) {
        mem_free(path);
        return error;
    }
    self->links++;
    memcpy(path + size, rest, rest_size + 1);
    mem_free(self->path);
    self->path = self->rest = path;
    return WASI_OK;
}

/* Enters the directory `name`, or expands it when it is a link; `rest` is
 * what follows it, from its slash on. */
static wasi_error walk_step(walk *self, const char *name, char *rest)
{
    if (!strcmp(name, "."))
        return self->rest = rest, WASI_OK;
    if (!strcmp(name, "..")) {
        if (!self->depth)
            return WASI_ERROR_PERM;
        close(self->stack[--self->depth]);
        return self->rest = rest, WASI_OK;
    }
    int fd =
        openat(walk_directory(self), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return wasi_error_last();
    struct stat st;
    wasi_error error = WASI_OK;
    if (fstat(fd, &st) != 0)
        error = wasi_error_last();
    else if (S_ISLNK(st.st_mode))
        error = walk_expand(self, fd, "", rest);
    else if (!S_ISDIR(st.st_mode))
        error = WASI_ERROR_NOTDIR;
    else if (self->depth == LIMIT_WASI_PATH_DEPTH)
        error = WASI_ERROR_NAMETOOLONG;
    else {
        self->stack[self->depth++] = fd;
        self->rest = rest;
        return WASI_OK;
    }
    close(fd);
    return error;
}

/* The path ended in ".", ".." or a link to them: opens where the walk is. */
static wasi_error walk_open_here(const walk *self, int flags, int *fd)
{
    if (flags & O_CREAT)
        return flags & O_EXCL ? WASI_ERROR_EXIST : WASI_ERROR_ISDIR;
    *fd = openat(walk_directory(self), ".", (flags & ~O_NOFOLLOW) | O_CLOEXEC);
    return *fd < 0 ? wasi_error_last() : WASI_OK;
}

/* Opens the last component. *fd stays -1 when it was a link that has been
 * expanded. `rest` holds nothing but slashes. */
static wasi_error walk_open_last(walk *self, const char *name, const char *rest,
                                 int flags, mode_t mode, int *fd)
{
    int directory = walk_directory(self);
    bool slash = *rest, follow = slash || !(flags & O_NOFOLLOW);
    if (slash && flags & O_CREAT)
        return WASI_ERROR_ISDIR;
    if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        follow = false;
    /* O_PATH opens a link itself, and O_DIRECTORY would hide that it is
     * one. */
    int wanted = flags | O_NOFOLLOW | O_CLOEXEC | (slash ? O_DIRECTORY : 0);
    *fd = openat(directory, name, wanted, mode);
    wasi_error error = *fd < 0 ? wasi_error_last() : WASI_OK;
    if (!follow)
        return error;
    if (error == WASI_OK) {
        struct stat st;
        if (!(flags & O_PATH) || fstat(*fd, &st) != 0 || !S_ISLNK(st.st_mode))
            return WASI_OK;
        close(*fd);
        *fd = -1;
        return walk_expand(self, directory, name, rest);
    }
    if (error != WASI_ERROR_LOOP && error != WASI_ERROR_NOTDIR)
        return error;
    wasi_error expanded = walk_expand(self, directory, name, rest);
    return expanded == WASI_ERROR_NOTDIR ? error : expanded;
}

static wasi_error walk_run(walk *self, int flags, mode_t mode, int *fd)
{
    for (*fd = -1; *fd < 0;) {
        char *name = self->rest + strspn(self->rest, "/");
        if (!*name)
            return walk_open_here(self, flags, fd);
        char *rest = name + strcspn(name, "/");
        char component[256];
        size_t size = (size_t)(rest - name);
        if (size >= sizeof component)
            return WASI_ERROR_NAMETOOLONG;
        memcpy(component, name, size);
        component[size] = 0;
        bool dots = !strcmp(component, ".") || !strcmp(component, "..");
        if (dots || rest[strspn(rest, "/")])
            WASI_TRY(walk_step(self, component, rest));
        else
            WASI_TRY(walk_open_last(self, component, rest, flags, mode, fd));
    }
    return WASI_OK;
}

static wasi_error walk_open(const wasi_root *root, const char *path, int flags,
                            mode_t mode, int *fd)
{
    walk state;
    state.root = root->directory;
    state.depth = state.links = 0;
    state.path = state.rest = mem_strdup(path);
    if (!state.path)
        return WASI_ERROR_NOMEM;
    wasi_error error = walk_run(&state, flags, mode, fd);
    walk_release(&state);
    return error;
}

wasi_error wasi_resolve_open(const wasi_root *root, const char *path, int flags,
                             mode_t mode, int *descriptor)
{
    *descriptor = -1;
    if (path[0] == '/')
        return WASI_ERROR_PERM;
    int fd = -1;
    bool walk_it =
        root->resolver == WASI_RESOLVER_WALK || !wasi_resolver_has_kernel();
    for (unsigned i = 0; !walk_it && fd < 0; i++) {
        fd = kernel_open(root->directory, path, flags, mode);
        if (fd >= 0 || errno == EINTR)
            continue;
        if (errno == EXDEV)
            return WASI_ERROR_PERM;
        if (errno != EAGAIN)
            return wasi_error_last();
        walk_it = i >= LIMIT_WASI_PATH_RETRIES;
    }
    if (walk_it)
        WASI_TRY(walk_open(root, path, flags, mode, &fd));
    wasi_error error = device_check(root, fd);
    if (error) {
        close(fd);
        return error;
    }
    *descriptor = fd;
    return WASI_OK;
}

wasi_error wasi_resolve_place(const wasi_root *root, char *path,
                              wasi_place *place)
{
    *place = (wasi_place){.directory = -1, .name = "."};
    size_t size = strlen(path);
    while (size && path[size - 1] == '/') {
        place->slash = true;
        path[--size] = 0;
    }
    char *cut = strrchr(path, '/');
    const char *parent = ".", *name = path;
    if (cut) {
        *cut = 0;
        parent = path;
        name = cut + 1;
    }
    place->dots = !strcmp(name, ".") || !strcmp(name, "..");
    if (strlen(name) > 255)
        return WASI_ERROR_NAMETOOLONG;
    if (place->dots && cut)
        *cut = '/', parent = path;
    else if (place->dots)
        parent = name;
    place->name = name;
    return wasi_resolve_open(root, parent, O_PATH | O_DIRECTORY, 0,
                             &place->directory);
}

void wasi_place_release(wasi_place *self)
{
    if (self->directory >= 0)
        close(self->directory);
    self->directory = -1;
}
