/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A small world on disk with a guest's grants in it, for the WASI tests.
 *
 *     OUTER/secret.txt       "secret"
 *     OUTER/outside/inner    "outside"
 *     OUTER/grant/           descriptor 3, writable
 *         file.txt           "granted"
 *         dir/nested/deep
 *     OUTER/other/           descriptor 4, writable
 *     OUTER/fixed/           descriptor 5, read-only
 *         file.txt           "fixed"
 *         dir/
 *
 * The host's own calls go through the O_DIRECTORY descriptor `outer`. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../test.h"
#include "wasi/system.h"

typedef struct sandbox {
    char path[128];
    int outer;
    wasi_system *system;
    wasi_descriptor *grant, *other, *fixed; /* borrowed from the table */
    wasi_resolver resolver;
} sandbox;

static inline void host_write(const sandbox *s, const char *path,
                              const char *text)
{
    int fd = openat(s->outer, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0);
    CHECK_INT(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* The text of a file on the host, "" when it cannot be read. */
static inline const char *host_read(const sandbox *s, const char *path)
{
    static char text[256];
    int fd = openat(s->outer, path, O_RDONLY);
    ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    text[size < 0 ? 0 : size] = 0;
    if (fd >= 0)
        close(fd);
    return text;
}

static inline void host_link(const sandbox *s, const char *target,
                             const char *path)
{
    CHECK_INT(symlinkat(target, s->outer, path), 0);
}

static inline bool host_has(const sandbox *s, const char *path)
{
    struct stat st;
    return fstatat(s->outer, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline int host_count(const sandbox *s, const char *path)
{
    int fd = openat(s->outer, path, O_RDONLY | O_DIRECTORY);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    int count = 0;
    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

static inline wasi_descriptor *table_item(wasi_system *system, uint32_t number)
{
    return number < system->table.count ? system->table.items[number] : NULL;
}

static inline void sandbox_open(sandbox *s, wasi_resolver resolver)
{
    static const char *const directories[] = {
        "outside", "grant", "grant/dir", "grant/dir/nested",
        "other",   "fixed", "fixed/dir"};
    const char *base = getenv("TMPDIR");
    snprintf(s->path, sizeof s->path, "%s/whit-wasi-XXXXXX",
             base && strlen(base) < 64 ? base : "/tmp");
    CHECK(mkdtemp(s->path) != NULL);
    s->outer = open(s->path, O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < COUNT_OF(directories); i++)
        CHECK_INT(mkdirat(s->outer, directories[i], 0755), 0);
    host_write(s, "secret.txt", "secret");
    host_write(s, "outside/inner", "outside");
    host_write(s, "grant/file.txt", "granted");
    host_write(s, "grant/dir/nested/deep", "deep");
    host_write(s, "fixed/file.txt", "fixed");
    whit_error error;
    CHECK_INT(wasi_system_new(&s->system, &error), WHIT_OK);
    s->system->resolver = s->resolver = resolver;
    static const char *const grants[] = {"grant", "other", "fixed"};
    for (size_t i = 0; i < COUNT_OF(grants); i++) {
        char path[256], name[16];
        snprintf(path, sizeof path, "%s/%s", s->path, grants[i]);
        snprintf(name, sizeof name, "/%s", grants[i]);
        CHECK_INT(wasi_system_grant(s->system, path, name, i == 2, &error),
                  WHIT_OK);
    }
    s->grant = table_item(s->system, 3);
    s->other = table_item(s->system, 4);
    s->fixed = table_item(s->system, 5);
}

static inline int sandbox_remove(const char *path, const struct stat *st,
                                 int type, struct FTW *ftw)
{
    (void)st, (void)ftw;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

/* Whatever the guest tried, the world outside is as it was. */
static inline void sandbox_close(sandbox *s)
{
    CHECK_TEXT(host_read(s, "secret.txt"), "secret");
    CHECK_TEXT(host_read(s, "outside/inner"), "outside");
    CHECK_TEXT(host_read(s, "fixed/file.txt"), "fixed");
    CHECK_INT(host_count(s, "."), 7);       /* . .. and 5 */
    CHECK_INT(host_count(s, "outside"), 3); /* . .. inner */
    CHECK_INT(host_count(s, "fixed"), 4);   /* . .. file.txt dir */
    CHECK_INT(host_count(s, "fixed/dir"), 2);
    wasi_system_release(s->system);
    close(s->outer);
    nftw(s->path, sandbox_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* Guest's calls, by text. */

static inline wasi_error guest_open_as(wasi_descriptor *directory,
                                       const char *path, const wasi_open *how)
{
    wasi_descriptor *made;
    wasi_error error = wasi_path_open(directory, slice_text(path), how, &made);
    wasi_descriptor_release(made);
    return error;
}

/* For reading, following links. */
static inline wasi_error guest_open(wasi_descriptor *directory,
                                    const char *path)
{
    wasi_open how = {.follow = true, .read = true};
    return guest_open_as(directory, path, &how);
}

static inline wasi_error guest_create(wasi_descriptor *directory,
                                      const char *path)
{
    wasi_open how = {.follow = true, .write = true, .create = true};
    return guest_open_as(directory, path, &how);
}

static inline wasi_error guest_stat(wasi_descriptor *directory,
                                    const char *path)
{
    wasi_stat st;
    return wasi_path_stat(directory, slice_text(path), true, &st);
}

static inline wasi_error guest_set_times(wasi_descriptor *directory,
                                         const char *path, bool follow)
{
    wasi_times times = {WASI_TIME_SET, WASI_TIME_SET, 1000, 1000};
    return wasi_path_set_times(directory, slice_text(path), follow, &times);
}

static inline wasi_error guest_mkdir(wasi_descriptor *directory,
                                     const char *path)
{
    return wasi_path_create_directory(directory, slice_text(path));
}

static inline wasi_error guest_rmdir(wasi_descriptor *directory,
                                     const char *path)
{
    return wasi_path_remove_directory(directory, slice_text(path));
}

static inline wasi_error guest_unlink(wasi_descriptor *directory,
                                      const char *path)
{
    return wasi_path_unlink(directory, slice_text(path));
}

static inline wasi_error guest_rename(wasi_descriptor *from, const char *old,
                                      wasi_descriptor *to, const char *path)
{
    return wasi_path_rename(from, slice_text(old), to, slice_text(path));
}

static inline wasi_error guest_link(wasi_descriptor *from, const char *old,
                                    wasi_descriptor *to, const char *path)
{
    return wasi_path_link(from, slice_text(old), to, slice_text(path));
}

static inline wasi_error
guest_symlink(const char *target, wasi_descriptor *directory, const char *path)
{
    return wasi_path_symlink(slice_text(target), directory, slice_text(path));
}

static inline wasi_error guest_readlink(wasi_descriptor *directory,
                                        const char *path, char *out,
                                        size_t capacity)
{
    size_t size;
    wasi_error error = wasi_path_read_link(directory, slice_text(path), out,
                                           capacity - 1, &size);
    out[error ? 0 : size] = 0;
    return error;
}

/* Every operation on one path of a writable directory; the first answer that
 * is not among the two expected, or WASI_ERROR_COUNT. */
static inline wasi_error guest_everything(wasi_descriptor *at, const char *path,
                                          wasi_error a, wasi_error b)
{
    char text[64];
    wasi_open truncate = {.follow = true, .write = true, .truncate = true};
    wasi_open list = {.follow = true, .directory = true};
    wasi_error answers[] = {
        guest_open(at, path),
        guest_create(at, path),
        guest_open_as(at, path, &truncate),
        guest_open_as(at, path, &list),
        guest_stat(at, path),
        guest_set_times(at, path, true),
        guest_mkdir(at, path),
        guest_rmdir(at, path),
        guest_unlink(at, path),
        guest_rename(at, path, at, "stolen"),
        guest_rename(at, "file.txt", at, path),
        guest_link(at, path, at, "stolen"),
        guest_link(at, "file.txt", at, path),
        guest_symlink("file.txt", at, path),
        guest_readlink(at, path, text, sizeof text),
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        if (answers[i] != a && answers[i] != b) {
            printf("operation %zu on \"%.40s\": %s\n", i, path,
                   wasi_error_name(answers[i]));
            return answers[i];
        }
    }
    return WASI_ERROR_COUNT;
}

#define CHECK_ERROR(actual, expected)                                        \
    do {                                                                     \
        wasi_error x_ = (actual), y_ = (expected);                           \
        if (x_ != y_) {                                                      \
            test_failures++;                                                 \
            printf("%s:%d: %s is %s, not %s\n", __FILE__, __LINE__, #actual, \
                   wasi_error_name(x_), wasi_error_name(y_));                \
        }                                                                    \
    } while (0)

/* Every operation on the path is refused with one of two errors. */
#define CHECK_REFUSED_EITHER(at, path, a, b) \
    CHECK_INT(guest_everything(at, path, a, b), WASI_ERROR_COUNT)
#define CHECK_REFUSED(at, path) \
    CHECK_REFUSED_EITHER(at, path, WASI_ERROR_PERM, WASI_ERROR_PERM)

/* A test that runs under both resolvers, in a sandbox `s`. */
#define BOTH(name)                                  \
    static void name(sandbox *s);                   \
    TEST(name##_kernel)                             \
    {                                               \
        sandbox world;                              \
        sandbox_open(&world, WASI_RESOLVER_KERNEL); \
        name(&world);                               \
        sandbox_close(&world);                      \
    }                                               \
    TEST(name##_walk)                               \
    {                                               \
        sandbox world;                              \
        sandbox_open(&world, WASI_RESOLVER_WALK);   \
        name(&world);                               \
        sandbox_close(&world);                      \
    }                                               \
    static void name(sandbox *s)

#define RUN_BOTH(name) RUN(name##_kernel) RUN(name##_walk)

#endif
