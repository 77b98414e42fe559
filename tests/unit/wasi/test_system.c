/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The operating-system half: descriptors, streams, listing, polling, errors
 * and what happens when the host runs out of something. */
#include "sandbox.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "base/limits.h"
#include "base/memory.h"

static wasi_descriptor *opened(wasi_descriptor *at, const char *path,
                               unsigned modes)
{
    wasi_open how = {.follow = true,
                     .read = true,
                     .write = true,
                     .create = true,
                     .modes = modes};
    wasi_descriptor *made = NULL;
    CHECK_ERROR(wasi_path_open(at, slice_text(path), &how, &made), WASI_OK);
    return made;
}

static wasi_error put(wasi_descriptor *file, const char *text, size_t *size)
{
    struct iovec vector = {(void *)(uintptr_t)text, strlen(text)};
    return wasi_file_write(file, &vector, 1, NULL, size);
}

static const char *take(wasi_descriptor *file, size_t capacity)
{
    static char text[256];
    struct iovec vector = {text, capacity};
    size_t size = 0;
    CHECK_ERROR(wasi_file_read(file, &vector, 1, NULL, &size), WASI_OK);
    text[size] = 0;
    return text;
}

TEST(table_gives_the_lowest_free_number)
{
    wasi_table table;
    uint32_t number;
    wasi_descriptor *item;
    wasi_table_init(&table);
    for (uint32_t i = 0; i < 5; i++) {
        CHECK_ERROR(wasi_descriptor_new(-1, false, WASI_KIND_NULL, 0,
                                        WASI_RESOLVER_BEST, &item),
                    WASI_OK);
        CHECK_ERROR(wasi_table_add(&table, item, &number), WASI_OK);
        CHECK_INT(number, i);
    }
    CHECK_ERROR(wasi_table_close(&table, 1), WASI_OK);
    CHECK_ERROR(wasi_table_close(&table, 1), WASI_ERROR_BADF);
    CHECK_ERROR(wasi_table_close(&table, 99), WASI_ERROR_BADF);
    CHECK_ERROR(wasi_table_get(&table, 1, &item), WASI_ERROR_BADF);
    CHECK_ERROR(wasi_descriptor_new(-1, false, WASI_KIND_NULL, 0,
                                    WASI_RESOLVER_BEST, &item),
                WASI_OK);
    CHECK_ERROR(wasi_table_add(&table, item, &number), WASI_OK);
    CHECK_INT(number, 1);
    CHECK_ERROR(wasi_table_renumber(&table, 4, 2), WASI_OK);
    CHECK_ERROR(wasi_table_close(&table, 4), WASI_ERROR_BADF);
    CHECK_ERROR(wasi_table_renumber(&table, 2, 2), WASI_OK);
    CHECK_ERROR(wasi_table_close(&table, 2), WASI_OK);
    wasi_table_release(&table);
}

TEST(table_is_bounded)
{
    wasi_table table;
    uint32_t number;
    wasi_descriptor *item;
    wasi_table_init(&table);
    for (uint32_t i = 0; i <= LIMIT_WASI_DESCRIPTORS; i++) {
        CHECK_ERROR(wasi_descriptor_new(-1, false, WASI_KIND_NULL, 0,
                                        WASI_RESOLVER_BEST, &item),
                    WASI_OK);
        CHECK_ERROR(wasi_table_add(&table, item, &number),
                    i < LIMIT_WASI_DESCRIPTORS ? WASI_OK : WASI_ERROR_MFILE);
    }
    wasi_table_release(&table);
}

/* An operation under way keeps its descriptor. */
TEST(closed_while_in_use)
{
    int pipes[2];
    CHECK_INT(pipe(pipes), 0);
    wasi_table table;
    uint32_t number;
    wasi_descriptor *item, *held;
    wasi_table_init(&table);
    CHECK_ERROR(wasi_descriptor_new(pipes[0], true, WASI_KIND_STREAM, WASI_READ,
                                    WASI_RESOLVER_BEST, &item),
                WASI_OK);
    CHECK_ERROR(wasi_table_add(&table, item, &number), WASI_OK);
    CHECK_ERROR(wasi_table_get(&table, number, &held), WASI_OK);
    CHECK_ERROR(wasi_table_close(&table, number), WASI_OK);
    CHECK(fcntl(pipes[0], F_GETFD) >= 0);
    wasi_descriptor_release(held);
    CHECK(fcntl(pipes[0], F_GETFD) < 0);
    close(pipes[1]);
    wasi_table_release(&table);
}

BOTH(files_read_write_and_seek)
{
    wasi_descriptor *file = opened(s->grant, "new", 0);
    uint64_t at;
    size_t size;
    CHECK_ERROR(put(file, "0123456789", &size), WASI_OK);
    CHECK_INT(size, 10);
    CHECK_ERROR(wasi_file_seek(file, -4, WASI_SEEK_END, &at), WASI_OK);
    CHECK_INT(at, 6);
    CHECK_TEXT(take(file, 10), "6789");
    CHECK_TEXT(take(file, 10), "");
    CHECK_ERROR(wasi_file_seek(file, -20, WASI_SEEK_CURRENT, &at),
                WASI_ERROR_INVAL);
    char text[4] = "";
    struct iovec vectors[] = {{text, 1}, {text + 1, 2}};
    CHECK_ERROR(wasi_file_read_at(file, vectors, 2, 3, &size), WASI_OK);
    CHECK_TEXT(text, "345");
    CHECK_ERROR(wasi_file_read_at(file, vectors, 2, UINT64_MAX, &size),
                WASI_ERROR_INVAL);
    CHECK_ERROR(wasi_file_set_size(file, 3), WASI_OK);
    CHECK_ERROR(wasi_file_allocate(file, 0, 5), WASI_OK);
    wasi_stat st;
    CHECK_ERROR(wasi_file_stat(file, &st), WASI_OK);
    CHECK_INT(st.size, 5);
    CHECK_INT(st.type, WASI_TYPE_REGULAR);
    CHECK_ERROR(wasi_file_allocate(file, UINT64_MAX, 5), WASI_ERROR_FBIG);
    CHECK_ERROR(wasi_file_set_size(file, UINT64_MAX), WASI_ERROR_FBIG);
    CHECK_ERROR(wasi_file_advise(file, 0, 0, WASI_ADVICE_RANDOM), WASI_OK);
    CHECK_ERROR(wasi_file_sync(file, true), WASI_OK);
    wasi_descriptor_release(file);
}

BOTH(append_can_be_switched)
{
    wasi_descriptor *file = opened(s->grant, "new", WASI_APPEND);
    uint64_t at;
    size_t size;
    CHECK_ERROR(put(file, "one", &size), WASI_OK);
    CHECK_ERROR(wasi_file_seek(file, 0, WASI_SEEK_START, &at), WASI_OK);
    CHECK_ERROR(put(file, "two", &size), WASI_OK);
    CHECK_TEXT(host_read(s, "grant/new"), "onetwo");
    CHECK_ERROR(wasi_file_set_modes(file, 0), WASI_OK);
    CHECK_ERROR(wasi_file_seek(file, 0, WASI_SEEK_START, &at), WASI_OK);
    CHECK_ERROR(put(file, "six", &size), WASI_OK);
    CHECK_TEXT(host_read(s, "grant/new"), "sixtwo");
    CHECK_ERROR(wasi_file_set_modes(file, WASI_SYNC), WASI_ERROR_INVAL);
    wasi_descriptor_release(file);
}

/* Access given at the opening holds, whatever the host would allow. */
BOTH(access_is_what_was_asked_for)
{
    wasi_open how = {.write = true};
    wasi_descriptor *file;
    char byte;
    struct iovec vector = {&byte, 1};
    size_t size;
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("file.txt"), &how, &file),
                WASI_OK);
    CHECK_ERROR(wasi_file_read(file, &vector, 1, NULL, &size), WASI_ERROR_BADF);
    wasi_descriptor_release(file);
    how = (wasi_open){.truncate = true, .read = true};
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("file.txt"), &how, &file),
                WASI_OK);
    CHECK_ERROR(wasi_file_write(file, &vector, 1, NULL, &size),
                WASI_ERROR_BADF);
    CHECK_TEXT(host_read(s, "grant/file.txt"), "");
    wasi_descriptor_release(file);
}

BOTH(directories_are_no_files)
{
    char byte;
    struct iovec vector = {&byte, 1};
    size_t size;
    uint64_t at;
    CHECK_ERROR(wasi_file_read(s->grant, &vector, 1, NULL, &size),
                WASI_ERROR_ISDIR);
    CHECK_ERROR(wasi_file_write(s->grant, &vector, 1, NULL, &size),
                WASI_ERROR_ISDIR);
    CHECK_ERROR(wasi_file_read_at(s->grant, &vector, 1, 0, &size),
                WASI_ERROR_ISDIR);
    CHECK_ERROR(wasi_file_seek(s->grant, 0, WASI_SEEK_START, &at),
                WASI_ERROR_ISDIR);
    CHECK_ERROR(wasi_file_set_size(s->grant, 0), WASI_ERROR_ISDIR);
    CHECK_ERROR(wasi_file_allocate(s->grant, 0, 1), WASI_ERROR_ISDIR);
    wasi_open how = {.directory = true, .read = true, .write = true};
    CHECK_ERROR(guest_open_as(s->grant, "dir", &how), WASI_ERROR_ISDIR);
    CHECK_ERROR(guest_open_as(s->grant, ".", &how), WASI_ERROR_ISDIR);
    how = (wasi_open){.directory = true};
    CHECK_ERROR(guest_open_as(s->grant, "file.txt", &how), WASI_ERROR_NOTDIR);
}

BOTH(dots_and_slashes)
{
    CHECK_ERROR(guest_open(s->grant, "dir/.//nested/../nested///./deep"),
                WASI_OK);
    CHECK_ERROR(guest_open(s->grant, "dir/nested///"), WASI_OK);
    CHECK_ERROR(guest_open(s->grant, "file.txt/"), WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_open(s->grant, "dir/.."), WASI_OK);
    CHECK_ERROR(guest_stat(s->grant, "."), WASI_OK);
    CHECK_ERROR(guest_create(s->grant, "."), WASI_ERROR_ISDIR);
    CHECK_ERROR(guest_create(s->grant, "x/"), WASI_ERROR_ISDIR);
    CHECK_ERROR(guest_mkdir(s->grant, "made/"), WASI_OK);
    CHECK_ERROR(guest_mkdir(s->grant, "."), WASI_ERROR_EXIST);
    CHECK_ERROR(guest_mkdir(s->grant, "dir/.."), WASI_ERROR_EXIST);
    CHECK_ERROR(guest_rmdir(s->grant, "."), WASI_ERROR_INVAL);
    CHECK_ERROR(guest_rmdir(s->grant, "dir/.."), WASI_ERROR_NOTEMPTY);
    CHECK_ERROR(guest_rmdir(s->grant, "dir"), WASI_ERROR_NOTEMPTY);
    CHECK_ERROR(guest_unlink(s->grant, "."), WASI_ERROR_ISDIR);
    CHECK_ERROR(guest_unlink(s->grant, "dir/"), WASI_ERROR_ISDIR);
    CHECK_ERROR(guest_unlink(s->grant, "file.txt/"), WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_rename(s->grant, ".", s->grant, "x"), WASI_ERROR_BUSY);
    CHECK_ERROR(guest_rename(s->grant, "made/", s->grant, "x/"), WASI_OK);
    CHECK_ERROR(guest_rename(s->grant, "file.txt/", s->grant, "y"),
                WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_rename(s->grant, "file.txt", s->grant, "y/"),
                WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_link(s->grant, "file.txt", s->grant, "y/"),
                WASI_ERROR_NOENT);
    CHECK_ERROR(guest_symlink("z", s->grant, "y/"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_symlink("z", s->grant, "x/"), WASI_ERROR_EXIST);
    char text[8];
    CHECK_ERROR(guest_readlink(s->grant, "file.txt", text, sizeof text),
                WASI_ERROR_INVAL);
    CHECK_ERROR(guest_rmdir(s->grant, "x/"), WASI_OK);
}

BOTH(times_of_links_and_targets)
{
    wasi_stat st;
    CHECK_ERROR(guest_symlink("file.txt", s->grant, "link"), WASI_OK);
    CHECK_ERROR(guest_set_times(s->grant, "link", false), WASI_OK);
    CHECK_ERROR(wasi_path_stat(s->grant, slice_text("link"), false, &st),
                WASI_OK);
    CHECK_INT(st.type, WASI_TYPE_LINK);
    CHECK_INT(st.mtim, 1000);
    CHECK_ERROR(wasi_path_stat(s->grant, slice_text("link"), true, &st),
                WASI_OK);
    CHECK_INT(st.type, WASI_TYPE_REGULAR);
    CHECK(st.mtim > 1000);
    CHECK_ERROR(guest_set_times(s->grant, "link", true), WASI_OK);
    CHECK_ERROR(wasi_path_stat(s->grant, slice_text("file.txt"), true, &st),
                WASI_OK);
    CHECK_INT(st.mtim, 1000);
}

typedef struct page {
    int room; /* entries to take before stopping */
    int taken;
    uint64_t next;
    char names[64][16];
    int count;
} page;

static bool page_visit(void *context, const wasi_entry *entry)
{
    page *p = context;
    if (p->taken++ == p->room)
        return false;
    p->next = entry->next;
    CHECK(p->count < 64 && entry->name.size < 16);
    if (p->count < 64 && entry->name.size < 16)
        memcpy(p->names[p->count++], entry->name.data, entry->name.size);
    return true;
}

/* In pages of every size the same names come in the same order. */
BOTH(listing_goes_on_where_it_stopped)
{
    page whole = {.room = 64};
    for (int i = 0; i < 40; i++) {
        char name[32];
        snprintf(name, sizeof name, "dir/nested/file%d", i);
        CHECK_ERROR(guest_create(s->grant, name), WASI_OK);
    }
    wasi_open how = {.directory = true};
    wasi_descriptor *list;
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("dir/nested"), &how, &list),
                WASI_OK);
    CHECK_ERROR(wasi_directory_list(list, 0, page_visit, &whole), WASI_OK);
    CHECK_INT(whole.count, 43);
    for (int room = 1; room < 20; room += 3) {
        page part = {.room = room};
        do {
            part.taken = 0;
            CHECK_ERROR(wasi_directory_list(list, part.next, page_visit, &part),
                        WASI_OK);
        } while (part.taken > room);
        CHECK_INT(part.count, 43);
        CHECK(!memcmp(part.names, whole.names, sizeof whole.names));
    }
    CHECK_ERROR(wasi_directory_list(list, UINT64_MAX, page_visit, &whole),
                WASI_ERROR_INVAL);
    wasi_descriptor_release(list);
}

static bool type_visit(void *context, const wasi_entry *entry)
{
    wasi_type *types = context;
    if (slice_is(entry->name, "file.txt"))
        types[0] = entry->type;
    if (slice_is(entry->name, "dir"))
        types[1] = entry->type;
    if (slice_is(entry->name, "link"))
        types[2] = entry->type;
    if (slice_is(entry->name, "fifo"))
        types[3] = entry->type;
    return true;
}

BOTH(listing_tells_types)
{
    wasi_type types[4] = {WASI_TYPE_UNKNOWN};
    host_link(s, "file.txt", "grant/link");
    CHECK_INT(mkfifoat(s->outer, "grant/fifo", 0600), 0);
    CHECK_ERROR(wasi_directory_list(s->grant, 0, type_visit, types), WASI_OK);
    CHECK_INT(types[0], WASI_TYPE_REGULAR);
    CHECK_INT(types[1], WASI_TYPE_DIRECTORY);
    CHECK_INT(types[2], WASI_TYPE_LINK);
    CHECK_INT(types[3], WASI_TYPE_FIFO);
}

/* A grant whose directory is removed answers, and nothing comes back. */
BOTH(directory_vanishes)
{
    page p = {.room = 64};
    wasi_open how = {.directory = true};
    wasi_descriptor *gone;
    CHECK_ERROR(guest_mkdir(s->grant, "gone"), WASI_OK);
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("gone"), &how, &gone),
                WASI_OK);
    CHECK_INT(unlinkat(s->outer, "grant/gone", AT_REMOVEDIR), 0);
    CHECK_ERROR(wasi_directory_list(gone, 0, page_visit, &p), WASI_OK);
    CHECK_INT(p.count, 0);
    CHECK_ERROR(guest_open(gone, "x"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_create(gone, "x"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_mkdir(gone, "x"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_stat(gone, "."), WASI_OK);
    CHECK_ERROR(guest_open(gone, ".."), WASI_ERROR_PERM);
    wasi_descriptor_release(gone);
}

BOTH(grant_of_what_is_not_there)
{
    whit_error error;
    char path[256];
    snprintf(path, sizeof path, "%s/missing", s->path);
    CHECK_INT(wasi_system_grant(s->system, path, "/", false, &error),
              WHIT_NOT_FOUND);
    CHECK(strstr(error.message, path) != NULL);
    snprintf(path, sizeof path, "%s/secret.txt", s->path);
    CHECK_INT(wasi_system_grant(s->system, path, "/", false, &error),
              WHIT_ARGUMENT);
}

/* A full disk is a small file system; without the right to mount one, the
 * size limit of files stands in for it. */
BOTH(disk_is_full)
{
    char path[256], block[4096] = {1};
    struct iovec vector = {block, sizeof block};
    size_t size, total = 0;
    wasi_error error = WASI_OK;
    snprintf(path, sizeof path, "%s/grant/dir/nested", s->path);
    bool mounted = mount("none", path, "tmpfs", 0, "size=64k") == 0;
    struct rlimit before, small = {65536, 65536};
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    if (!mounted)
        CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    wasi_descriptor *file = opened(s->grant, "dir/nested/big", 0);
    while (!error && total < 1 << 20) {
        error = wasi_file_write(file, &vector, 1, NULL, &size);
        total += size;
    }
    CHECK_ERROR(error, mounted ? WASI_ERROR_NOSPC : WASI_ERROR_FBIG);
    CHECK(total <= 65536);
    wasi_descriptor_release(file);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    if (mounted)
        CHECK_INT(umount(path), 0);
}

/* SIGXFSZ would end the process. */
BOTH(file_size_limit_is_an_error)
{
    struct rlimit before, small;
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){4096, before.rlim_max};
    wasi_descriptor *file = opened(s->grant, "big", 0);
    uint64_t at;
    size_t size = 1;
    CHECK_ERROR(wasi_file_seek(file, 4096, WASI_SEEK_START, &at), WASI_OK);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    wasi_error written = put(file, "x", &size);
    wasi_error sized = wasi_file_set_size(file, 8192);
    wasi_error allocated = wasi_file_allocate(file, 0, 8192);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK_ERROR(written, WASI_ERROR_FBIG);
    CHECK_ERROR(sized, WASI_ERROR_FBIG);
    CHECK_ERROR(allocated, WASI_ERROR_FBIG);
    CHECK_INT(size, 0);
    wasi_descriptor_release(file);
}

static wasi_system *streams(int input, int output)
{
    wasi_system *system;
    whit_error error;
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    if (input >= 0)
        CHECK_INT(wasi_system_stream_host(system, 0, input, false, &error),
                  WHIT_OK);
    if (output >= 0)
        CHECK_INT(wasi_system_stream_host(system, 1, output, false, &error),
                  WHIT_OK);
    return system;
}

TEST(full_device_as_output)
{
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        return;
    wasi_system *system = streams(-1, full);
    size_t size;
    CHECK_ERROR(put(table_item(system, 1), "text", &size), WASI_ERROR_NOSPC);
    wasi_system_release(system);
    close(full);
}

/* SIGPIPE would end the process. */
TEST(broken_pipe_is_an_error)
{
    int pipes[2];
    size_t size;
    CHECK_INT(pipe(pipes), 0);
    close(pipes[0]);
    wasi_system *system = streams(-1, pipes[1]);
    CHECK_ERROR(put(table_item(system, 1), "text", &size), WASI_ERROR_PIPE);
    sigset_t pending;
    sigpending(&pending);
    CHECK(!sigismember(&pending, SIGPIPE));
    wasi_system_release(system);
    close(pipes[1]);
}

static bool interrupt_third(void *context)
{
    return ++*(int *)context >= 3;
}

TEST(waiting_read_is_interrupted)
{
    int pipes[2], asked = 0;
    char byte;
    struct iovec vector = {&byte, 1};
    size_t size;
    wasi_wait wait = {interrupt_third, &asked};
    CHECK_INT(pipe(pipes), 0);
    wasi_system *system = streams(pipes[0], pipes[1]);
    CHECK_ERROR(wasi_file_read(table_item(system, 0), &vector, 1, &wait, &size),
                WASI_ERROR_INTR);
    CHECK_INT(asked, 3);
    CHECK_ERROR(put(table_item(system, 1), "x", &size), WASI_OK);
    asked = 0;
    CHECK_ERROR(wasi_file_read(table_item(system, 0), &vector, 1, &wait, &size),
                WASI_OK);
    CHECK_INT(byte, 'x');
    wasi_system_release(system);
    close(pipes[0]);
    close(pipes[1]);
}

/* A pipe that nobody reads fills up; the rest of a big write waits. */
TEST(waiting_write_is_interrupted)
{
    static char block[1 << 20];
    int pipes[2], asked = 0;
    struct iovec vector = {block, sizeof block};
    size_t size, total = 0;
    wasi_error error = WASI_OK;
    CHECK_INT(pipe(pipes), 0);
    wasi_system *system = streams(-1, pipes[1]);
    while (!error && total < 8 * sizeof block) {
        wasi_wait wait = {interrupt_third, &asked};
        asked = 0;
        error =
            wasi_file_write(table_item(system, 1), &vector, 1, &wait, &size);
        total += size;
    }
    CHECK_ERROR(error, WASI_ERROR_INTR);
    CHECK(total > 0 && total < sizeof block);
    wasi_system_release(system);
    close(pipes[0]);
    close(pipes[1]);
}

TEST(streams_without_waiting)
{
    int pipes[2];
    char byte;
    struct iovec vector = {&byte, 1};
    size_t size;
    uint64_t at;
    CHECK_INT(pipe(pipes), 0);
    wasi_system *system = streams(pipes[0], pipes[1]);
    wasi_descriptor *input = table_item(system, 0);
    CHECK_ERROR(wasi_file_set_modes(input, WASI_NONBLOCK), WASI_OK);
    CHECK_ERROR(wasi_file_read(input, &vector, 1, NULL, &size),
                WASI_ERROR_AGAIN);
    CHECK_INT(fcntl(pipes[0], F_GETFL) & O_NONBLOCK, 0);
    CHECK_ERROR(wasi_file_seek(input, 0, WASI_SEEK_CURRENT, &at),
                WASI_ERROR_SPIPE);
    CHECK_ERROR(put(input, "x", &size), WASI_ERROR_BADF);
    CHECK_ERROR(wasi_file_read(table_item(system, 1), &vector, 1, NULL, &size),
                WASI_ERROR_BADF);
    wasi_system_release(system);
    close(pipes[0]);
    close(pipes[1]);
}

TEST(streams_in_memory)
{
    wasi_system *system = streams(-1, -1);
    whit_error error;
    size_t size;
    CHECK_TEXT(take(table_item(system, 0), 8), "");
    CHECK_ERROR(put(table_item(system, 1), "lost", &size), WASI_OK);
    CHECK_INT(size, 4);
    CHECK_INT(wasi_system_stream_input(system, slice_text("typed in"), &error),
              WHIT_OK);
    CHECK_TEXT(take(table_item(system, 0), 5), "typed");
    CHECK_TEXT(take(table_item(system, 0), 50), " in");
    CHECK_TEXT(take(table_item(system, 0), 50), "");
    CHECK_INT(wasi_system_stream_capture(system, 1, &error), WHIT_OK);
    CHECK_INT(wasi_system_stream_capture(system, 2, &error), WHIT_OK);
    CHECK_INT(wasi_system_stream_capture(system, 0, &error), WHIT_ARGUMENT);
    CHECK_ERROR(put(table_item(system, 1), "to ", &size), WASI_OK);
    CHECK_ERROR(put(table_item(system, 2), "wrong", &size), WASI_OK);
    CHECK_ERROR(put(table_item(system, 1), "keep", &size), WASI_OK);
    CHECK(slice_is(wasi_system_output(system, 1), "to keep"));
    CHECK(slice_is(wasi_system_output(system, 2), "wrong"));
    wasi_system_release(system);
}

/* Opening a FIFO would wait for its other end. */
BOTH(fifo_opens_at_once)
{
    wasi_open write = {.write = true}, read = {.read = true};
    wasi_descriptor *in, *out;
    size_t size;
    CHECK_INT(mkfifoat(s->outer, "grant/fifo", 0600), 0);
    CHECK_ERROR(guest_open_as(s->grant, "fifo", &write), WASI_ERROR_NXIO);
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("fifo"), &read, &in),
                WASI_OK);
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("fifo"), &write, &out),
                WASI_OK);
    CHECK_INT(in->kind, WASI_KIND_STREAM);
    CHECK_ERROR(put(out, "through", &size), WASI_OK);
    CHECK_TEXT(take(in, 20), "through");
    wasi_descriptor_release(in);
    wasi_descriptor_release(out);
}

TEST(sockets)
{
    int pair[2];
    CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    wasi_system *system = streams(-1, -1);
    whit_error error;
    CHECK_INT(wasi_system_grant_socket(system, pair[0], &error), WHIT_OK);
    CHECK_INT(wasi_system_grant_socket(system, 0, &error) == WHIT_OK, false);
    wasi_descriptor *socket = table_item(system, 3);
    char text[16] = "";
    struct iovec vector = {text, 4};
    size_t size;
    bool cut;
    CHECK_INT(write(pair[1], "abcdef", 6), 6);
    CHECK_ERROR(
        wasi_socket_receive(socket, &vector, 1, true, false, NULL, &size, &cut),
        WASI_OK);
    CHECK_ERROR(
        wasi_socket_receive(socket, &vector, 1, false, true, NULL, &size, &cut),
        WASI_OK);
    CHECK_TEXT(text, "abcd");
    int asked = 0;
    wasi_wait wait = {interrupt_third, &asked};
    CHECK_ERROR(wasi_socket_receive(socket, &vector, 1, false, true, &wait,
                                    &size, &cut),
                WASI_OK);
    CHECK_INT(size, 2);
    CHECK_ERROR(wasi_socket_receive(socket, &vector, 1, false, true, &wait,
                                    &size, &cut),
                WASI_ERROR_INTR);
    struct iovec answer = {(void *)(uintptr_t)"yes", 3};
    CHECK_ERROR(wasi_socket_send(socket, &answer, 1, NULL, &size), WASI_OK);
    CHECK_INT(read(pair[1], text, sizeof text), 3);
    CHECK_ERROR(wasi_socket_shutdown(socket, false, false), WASI_ERROR_INVAL);
    CHECK_ERROR(wasi_socket_shutdown(socket, false, true), WASI_OK);
    CHECK_INT(read(pair[1], text, sizeof text), 0);
    CHECK_ERROR(wasi_socket_send(socket, &answer, 1, NULL, &size),
                WASI_ERROR_PIPE);
    CHECK_ERROR(wasi_socket_shutdown(table_item(system, 0), true, true),
                WASI_ERROR_NOTSOCK);
    wasi_system_release(system);
    close(pair[1]);
}

TEST(poll_clocks)
{
    wasi_subscription items[3] = {
        {.event = WASI_EVENT_CLOCK,
         .clock = WASI_CLOCK_MONOTONIC,
         .timeout = UINT64_MAX},
        {.event = WASI_EVENT_CLOCK,
         .clock = WASI_CLOCK_MONOTONIC,
         .timeout = 2000000},
        {.event = WASI_EVENT_CLOCK,
         .clock = WASI_CLOCK_REALTIME,
         .absolute = true,
         .timeout = UINT64_MAX},
    };
    uint64_t before, after;
    CHECK_ERROR(wasi_clock_now(WASI_CLOCK_MONOTONIC, &before), WASI_OK);
    CHECK_ERROR(wasi_poll(items, 3, NULL), WASI_OK);
    CHECK_ERROR(wasi_clock_now(WASI_CLOCK_MONOTONIC, &after), WASI_OK);
    CHECK(after - before >= 2000000);
    CHECK(!items[0].ready && items[1].ready && !items[2].ready);
    items[2].timeout = 1;
    CHECK_ERROR(wasi_poll(items, 3, NULL), WASI_OK);
    CHECK(items[2].ready);
    items[0].clock = WASI_CLOCK_THREAD;
    CHECK_ERROR(wasi_poll(items, 1, NULL), WASI_OK);
    CHECK_ERROR(items[0].error, WASI_ERROR_NOTSUP);
    CHECK_ERROR(wasi_poll(items, 0, NULL), WASI_ERROR_INVAL);
}

TEST(poll_is_interrupted)
{
    int asked = 0;
    wasi_wait wait = {interrupt_third, &asked};
    wasi_subscription item = {.event = WASI_EVENT_CLOCK,
                              .clock = WASI_CLOCK_MONOTONIC,
                              .timeout = UINT64_MAX};
    CHECK_ERROR(wasi_poll(&item, 1, &wait), WASI_ERROR_INTR);
    CHECK_INT(asked, 3);
}

TEST(poll_descriptors)
{
    int pipes[2];
    CHECK_INT(pipe(pipes), 0);
    wasi_system *system = streams(pipes[0], pipes[1]);
    wasi_subscription items[3] = {
        {.event = WASI_EVENT_READ, .descriptor = table_item(system, 0)},
        {.event = WASI_EVENT_WRITE, .descriptor = table_item(system, 1)},
        {.event = WASI_EVENT_READ},
    };
    CHECK_ERROR(wasi_poll(items, 2, NULL), WASI_OK);
    CHECK(!items[0].ready && items[1].ready);
    CHECK_INT(write(pipes[1], "abc", 3), 3);
    CHECK_ERROR(wasi_poll(items, 1, NULL), WASI_OK);
    CHECK(items[0].ready && !items[0].hangup);
    CHECK_INT(items[0].size, 3);
    CHECK_ERROR(wasi_poll(items, 3, NULL), WASI_OK);
    CHECK_ERROR(items[2].error, WASI_ERROR_BADF);
    close(pipes[1]);
    CHECK_ERROR(wasi_poll(items, 1, NULL), WASI_OK);
    CHECK(items[0].ready && items[0].hangup);
    wasi_system_release(system);
    close(pipes[0]);
}

BOTH(poll_files_are_ready)
{
    wasi_descriptor *file = opened(s->grant, "file.txt", 0);
    wasi_subscription items[2] = {
        {.event = WASI_EVENT_READ, .descriptor = file},
        {.event = WASI_EVENT_WRITE, .descriptor = file}};
    CHECK_ERROR(wasi_poll(items, 2, NULL), WASI_OK);
    CHECK(items[0].ready && items[1].ready);
    CHECK_INT(items[0].size, 7);
    wasi_descriptor_release(file);
}

TEST(errors_of_the_host)
{
#define X(name, host)                                      \
    CHECK_ERROR(wasi_error_host(host), WASI_ERROR_##name); \
    CHECK_TEXT(wasi_error_name(WASI_ERROR_##name), #name);
#include "wasi/system_error.def"
#undef X
    CHECK_ERROR(wasi_error_host(0), WASI_OK);
    CHECK_ERROR(wasi_error_host(99999), WASI_ERROR_IO);
    CHECK_TEXT(wasi_error_name(WASI_OK), "OK");
}

TEST(random_and_clocks)
{
    uint8_t a[64] = {0}, b[64] = {0};
    uint64_t time, resolution;
    CHECK_ERROR(wasi_random(a, sizeof a, NULL), WASI_OK);
    CHECK_ERROR(wasi_random(b, sizeof b, NULL), WASI_OK);
    CHECK(memcmp(a, b, sizeof a) != 0);
    for (int clock = 0; clock <= WASI_CLOCK_THREAD; clock++) {
        CHECK_ERROR(wasi_clock_now((wasi_clock)clock, &time), WASI_OK);
        CHECK_ERROR(wasi_clock_resolution((wasi_clock)clock, &resolution),
                    WASI_OK);
        CHECK(resolution > 0);
    }
    int asked = 2;
    wasi_wait wait = {interrupt_third, &asked};
    size_t size = 2 * LIMIT_WASI_RANDOM_CHUNK;
    uint8_t *much = mem_alloc(size);
    CHECK_ERROR(wasi_random(much, size, &wait), WASI_ERROR_INTR);
    mem_free(much);
}

TEST(arguments_are_bounded)
{
    wasi_system *system = streams(-1, -1);
    whit_error error;
    size_t size = LIMIT_WASI_ARGUMENT_BYTES - 3;
    char *big = mem_alloc(size);
    memset(big, 'a', size);
    CHECK_INT(wasi_system_add_argument(system, slice_text("a"), &error),
              WHIT_OK);
    CHECK_INT(wasi_system_add_argument(system, slice_of("a\0b", 3), &error),
              WHIT_ARGUMENT);
    CHECK_INT(wasi_system_add_argument(system, slice_of(big, size), &error),
              WHIT_OK);
    CHECK_INT(wasi_system_add_argument(system, slice_of(NULL, 0), &error),
              WHIT_LIMIT);
    CHECK_INT(system->arguments.count, 2);
    CHECK_INT(wasi_system_add_variable(system, slice_text("A=B"),
                                       slice_text("c"), &error),
              WHIT_ARGUMENT);
    CHECK_INT(wasi_system_add_variable(system, slice_text(""), slice_text("c"),
                                       &error),
              WHIT_ARGUMENT);
    CHECK_INT(wasi_system_add_variable(system, slice_text("A"),
                                       slice_text("b=c"), &error),
              WHIT_OK);
    CHECK_INT(system->environment.count, 1);
    CHECK_TEXT((char *)system->environment.bytes.data, "A=b=c");
    mem_free(big);
    wasi_system_release(system);
}

static bool allocate_everything(const sandbox *s, int *failures)
{
    whit_error error;
    wasi_system *system;
    char path[256], text[8];
    snprintf(path, sizeof path, "%s/grant", s->path);
    if (wasi_system_new(&system, &error) != WHIT_OK)
        return ++*failures, false;
    system->resolver = s->resolver;
    bool good =
        wasi_system_add_argument(system, slice_text("a"), &error) == WHIT_OK &&
        wasi_system_add_variable(system, slice_text("A"), slice_text("b"),
                                 &error) == WHIT_OK &&
        wasi_system_stream_input(system, slice_text("in"), &error) == WHIT_OK &&
        wasi_system_stream_capture(system, 1, &error) == WHIT_OK &&
        wasi_system_grant(system, path, "/", false, &error) == WHIT_OK;
    wasi_descriptor *grant = table_item(system, 3);
    wasi_subscription item = {.event = WASI_EVENT_READ};
    good = good && guest_open(grant, "link") == WASI_OK &&
           guest_stat(grant, "link") == WASI_OK &&
           guest_readlink(grant, "link", text, sizeof text) == WASI_OK &&
           guest_mkdir(grant, "fault") == WASI_OK &&
           guest_rename(grant, "fault", grant, "fault2") == WASI_OK &&
           guest_link(grant, "file.txt", grant, "fault3") == WASI_OK &&
           guest_symlink("x", grant, "fault4") == WASI_OK &&
           wasi_poll(&item, 1, NULL) == WASI_OK;
    wasi_system_release(system);
    *failures += !good;
    return good;
}

/* Each allocation fails once; the sanitizers see leaks. */
BOTH(every_allocation_fails_once)
{
    int failures = 0;
    uint64_t n = 0;
    bool good = false;
    host_link(s, "file.txt", "grant/link");
    while (!good && n < 500) {
        mem_fail_after(++n);
        good = allocate_everything(s, &failures);
        mem_fail_after(0);
        unlinkat(s->outer, "grant/fault", AT_REMOVEDIR);
        unlinkat(s->outer, "grant/fault2", AT_REMOVEDIR);
        unlinkat(s->outer, "grant/fault3", 0);
        unlinkat(s->outer, "grant/fault4", 0);
    }
    CHECK(good);
    CHECK_INT(failures, n - 1);
    CHECK(failures > 10);
}

/* clang-format off */
TEST_MAIN(
    RUN(table_gives_the_lowest_free_number)
    RUN(table_is_bounded)
    RUN(closed_while_in_use)
    RUN_BOTH(files_read_write_and_seek)
    RUN_BOTH(append_can_be_switched)
    RUN_BOTH(access_is_what_was_asked_for)
    RUN_BOTH(directories_are_no_files)
    RUN_BOTH(dots_and_slashes)
    RUN_BOTH(times_of_links_and_targets)
    RUN_BOTH(listing_goes_on_where_it_stopped)
    RUN_BOTH(listing_tells_types)
    RUN_BOTH(directory_vanishes)
    RUN_BOTH(grant_of_what_is_not_there)
    RUN_BOTH(disk_is_full)
    RUN_BOTH(file_size_limit_is_an_error)
    RUN(full_device_as_output)
    RUN(broken_pipe_is_an_error)
    RUN(waiting_read_is_interrupted)
    RUN(waiting_write_is_interrupted)
    RUN(streams_without_waiting)
    RUN(streams_in_memory)
    RUN_BOTH(fifo_opens_at_once)
    RUN(sockets)
    RUN(poll_clocks)
    RUN(poll_is_interrupted)
    RUN(poll_descriptors)
    RUN_BOTH(poll_files_are_ready)
    RUN(errors_of_the_host)
    RUN(random_and_clocks)
    RUN(arguments_are_bounded)
    RUN_BOTH(every_allocation_fails_once)
)
