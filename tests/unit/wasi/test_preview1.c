/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The preview 1 face: records, pointers, rights and numbers, called as a
 * guest would call them, on a memory of our own. */
#include "sandbox.h"

#include "base/limits.h"
#include "wasi/preview1/call.h"

enum { MEMORY = 65536, OUT = 1024, TEXT = 2048, VECTORS = 3072, DATA = 4096 };

static uint8_t memory[MEMORY];
static p1_call guest;

static void guest_start(wasi_system *system)
{
    memset(memory, 0xee, sizeof memory);
    guest = (p1_call){.system = system,
                      .memory = memory,
                      .memory_size = sizeof memory,
                      .status = WHIT_OK};
}

#define ARGS(...) ((rt_slot[]){__VA_ARGS__})
#define I(value) {.u64 = (uint32_t)(value)}
#define L(value) {.u64 = (uint64_t)(value)}
/* One call: CALL(fd_close, I(3)). */
#define CALL(name, ...) wasi_p1_##name(&guest, ARGS(__VA_ARGS__))

static uint32_t text_at(uint32_t address, const char *text)
{
    memcpy(memory + address, text, strlen(text));
    return (uint32_t)strlen(text);
}

/* path_open of TEXT; the number, or 0 and the errno in *bad. */
static uint32_t open_path(uint32_t directory, const char *path, uint32_t flags,
                          uint64_t base, uint64_t inheriting, uint32_t modes,
                          p1_errno *bad)
{
    uint32_t size = text_at(TEXT, path);
    *bad = CALL(path_open, I(directory), I(P1_LOOKUP_FOLLOW), I(TEXT), I(size),
                I(flags), L(base), L(inheriting), I(modes), I(OUT));
    return *bad ? 0 : wasi_p1_get32(memory + OUT);
}

static uint32_t vector(uint32_t index, uint32_t address, uint32_t size)
{
    wasi_p1_put32(memory + VECTORS + 8 * index, address);
    wasi_p1_put32(memory + VECTORS + 8 * index + 4, size);
    return index + 1;
}

static whit_status count_function(void *context, const char *name,
                                  const char *signature,
                                  rt_host_function function, void *env,
                                  whit_error *error)
{
    (void)error;
    ++*(int *)context;
    CHECK(function != NULL && env != NULL);
    CHECK_INT(strspn(signature, "il:"), strlen(signature));
    CHECK(strchr(signature, ':') != NULL);
    CHECK(!strcmp(name, "proc_exit") || !strcmp(strchr(signature, ':'), ":i"));
    return WHIT_OK;
}

TEST(all_functions_are_defined)
{
    int count = 0;
    whit_error error;
    wasi_system *system;
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    CHECK_INT(wasi_preview1_define(system, count_function, &count, &error),
              WHIT_OK);
    CHECK_INT(count, 46);
    wasi_system_release(system);
}

TEST(numbers_of_errors)
{
    CHECK_INT(wasi_p1_errno(WASI_OK), 0);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_TOOBIG), 1);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_ACCES), 2);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_BADF), 8);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_EXIST), 20);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_INVAL), 28);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_ISDIR), 31);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_LOOP), 32);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_NOENT), 44);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_NOSPC), 51);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_NOTDIR), 54);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_PERM), 63);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_ROFS), 69);
    CHECK_INT(wasi_p1_errno(WASI_ERROR_XDEV), 75);
    CHECK_INT(P1_NOTCAPABLE, 76);
    CHECK_INT(P1_RIGHT_COUNT, 30);
    CHECK_INT(P1_RIGHT(PATH_OPEN), 1 << 13);
    CHECK_INT(P1_RIGHT(SOCK_ACCEPT), 1 << 29);
}

TEST(arguments_and_environment)
{
    whit_error error;
    wasi_system *system;
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    guest_start(system);
    CHECK_INT(CALL(args_sizes_get, I(OUT), I(OUT + 4)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT + 4), 0);
    CHECK_INT(CALL(args_get, I(OUT), I(DATA)), 0);
    CHECK_INT(wasi_system_add_argument(system, slice_text("prog"), &error),
              WHIT_OK);
    CHECK_INT(wasi_system_add_argument(system, slice_text(""), &error),
              WHIT_OK);
    CHECK_INT(wasi_system_add_variable(system, slice_text("A"), slice_text("b"),
                                       &error),
              WHIT_OK);
    CHECK_INT(CALL(args_sizes_get, I(OUT), I(OUT + 4)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), 2);
    CHECK_INT(wasi_p1_get32(memory + OUT + 4), 6);
    CHECK_INT(CALL(args_get, I(OUT), I(DATA)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), DATA);
    CHECK_INT(wasi_p1_get32(memory + OUT + 4), DATA + 5);
    CHECK_TEXT((char *)memory + DATA, "prog");
    CHECK_INT(memory[DATA + 5], 0);
    CHECK_INT(memory[DATA + 6], 0xee);
    CHECK_INT(CALL(environ_sizes_get, I(OUT), I(OUT + 4)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT + 4), 4);
    CHECK_INT(CALL(environ_get, I(OUT), I(DATA)), 0);
    CHECK_TEXT((char *)memory + DATA, "A=b");
    CHECK_INT(CALL(args_get, I(OUT), I(MEMORY - 5)), P1_FAULT);
    CHECK_INT(CALL(args_get, I(MEMORY - 7), I(DATA)), P1_FAULT);
    wasi_system_release(system);
}

/* Every function, with every pointer at the edge of the memory, far behind
 * it and around the end of the address space: FAULT, or some other errno
 * found earlier, and no byte outside is touched. The call is on a bare
 * system, so that nothing succeeds by chance but the pure functions. */
TEST(pointers_are_checked)
{
    static const uint32_t addresses[] = {MEMORY - 1,  MEMORY,      MEMORY + 1,
                                         0x80000000u, 0xfffffff0u, 0xffffffffu};
    static p1_function *const functions[] = {
#define X(name, signature) wasi_p1_##name,
#include "wasi/preview1/functions.def"
#undef X
    };
    whit_error error;
    wasi_system *system;
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    CHECK_INT(wasi_system_add_argument(system, slice_text("a"), &error),
              WHIT_OK);
    CHECK_INT(wasi_system_add_variable(system, slice_text("A"), slice_text("b"),
                                       &error),
              WHIT_OK);
    guest_start(system);
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        if (functions[i] == wasi_p1_proc_exit ||
            functions[i] == wasi_p1_proc_raise)
            continue;
        for (size_t j = 0; j < COUNT_OF(addresses); j++) {
            rt_slot args[9];
            for (size_t k = 0; k < COUNT_OF(args); k++)
                args[k].u64 = addresses[j];
            p1_errno answer = functions[i](&guest, args);
            CHECK(answer != P1_SUCCESS || functions[i] == wasi_p1_sched_yield);
            /* Descriptor 0; but to random_get it is a good address. */
            args[0].u64 = functions[i] == wasi_p1_random_get ? 2 : 0;
            answer = functions[i](&guest, args);
            CHECK(answer != P1_SUCCESS || functions[i] == wasi_p1_fd_close ||
                  functions[i] == wasi_p1_sched_yield);
            CHECK_INT(guest.status, WHIT_OK);
        }
    }
    size_t touched = 0;
    for (size_t i = 0; i < MEMORY; i++)
        touched += memory[i] != 0xee;
    CHECK_INT(touched, 0);
    wasi_system_release(system);
}

TEST(pointers_of_results)
{
    whit_error error;
    wasi_system *system;
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    guest_start(system);
    CHECK_INT(CALL(clock_time_get, I(1), L(0), I(MEMORY - 7)), P1_FAULT);
    CHECK_INT(CALL(clock_time_get, I(1), L(0), I(MEMORY - 8)), 0);
    CHECK_INT(CALL(random_get, I(MEMORY - 4), I(5)), P1_FAULT);
    CHECK_INT(CALL(random_get, I(MEMORY), I(0)), 0);
    CHECK_INT(CALL(random_get, I(MEMORY + 1), I(0)), P1_FAULT);
    CHECK_INT(CALL(random_get, I(1), I(0xffffffff)), P1_FAULT);
    CHECK_INT(CALL(fd_fdstat_get, I(0), I(MEMORY - 23)), P1_FAULT);
    CHECK_INT(CALL(fd_filestat_get, I(0), I(MEMORY - 63)), P1_FAULT);
    wasi_system_release(system);
}

TEST(vectors_are_checked)
{
    whit_error error;
    wasi_system *system;
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    CHECK_INT(wasi_system_stream_capture(system, 1, &error), WHIT_OK);
    guest_start(system);
    text_at(DATA, "onetwothree");
    vector(0, DATA, 3);
    vector(1, MEMORY, 0);
    vector(2, DATA + 6, 5);
    CHECK_INT(CALL(fd_write, I(1), I(VECTORS), I(3), I(OUT)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), 8);
    CHECK(slice_is(wasi_system_output(system, 1), "onethree"));
    vector(1, MEMORY - 2, 3);
    CHECK_INT(CALL(fd_write, I(1), I(VECTORS), I(3), I(OUT)), P1_FAULT);
    vector(1, 16, 0xfffffff8);
    CHECK_INT(CALL(fd_write, I(1), I(VECTORS), I(3), I(OUT)), P1_FAULT);
    CHECK_INT(CALL(fd_write, I(1), I(MEMORY - 8), I(2), I(OUT)), P1_FAULT);
    CHECK_INT(CALL(fd_write, I(1), I(0), I(LIMIT_WASI_IOVECS + 1), I(OUT)),
              P1_INVAL);
    CHECK_INT(CALL(fd_write, I(1), I(0), I(0xffffffff), I(OUT)), P1_INVAL);
    CHECK_INT(CALL(fd_write, I(1), I(VECTORS), I(1), I(MEMORY - 3)), P1_FAULT);
    CHECK(slice_is(wasi_system_output(system, 1), "onethree"));
    for (uint32_t i = 0; i < 100; i++)
        vector(i, DATA, 1);
    CHECK_INT(CALL(fd_write, I(1), I(VECTORS), I(100), I(OUT)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), 100);
    wasi_system_release(system);
}

BOTH(preopens_are_told)
{
    guest_start(s->system);
    CHECK_INT(CALL(fd_prestat_get, I(3), I(OUT)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT + 4), 6);
    CHECK_INT(CALL(fd_prestat_dir_name, I(3), I(DATA), I(5)), P1_NAMETOOLONG);
    CHECK_INT(CALL(fd_prestat_dir_name, I(3), I(DATA), I(9)), 0);
    CHECK(!memcmp(memory + DATA, "/grant\xee\xee", 8));
    CHECK_INT(CALL(fd_prestat_get, I(1), I(OUT)), P1_BADF);
    CHECK_INT(CALL(fd_prestat_get, I(6), I(OUT)), P1_BADF);
    CHECK_INT(CALL(fd_close, I(3)), 0);
    CHECK_INT(CALL(fd_prestat_get, I(3), I(OUT)), P1_BADF);
}

BOTH(records)
{
    p1_errno bad;
    struct stat st;
    guest_start(s->system);
    uint32_t file =
        open_path(3, "file.txt", 0, UINT64_MAX, 0, WASI_APPEND, &bad);
    CHECK_INT(bad, 0);
    CHECK_INT(CALL(fd_fdstat_get, I(file), I(OUT)), 0);
    CHECK_INT(memory[OUT], 4);
    CHECK_INT(wasi_p1_get16(memory + OUT + 2), WASI_APPEND);
    uint64_t base = wasi_p1_get64(memory + OUT + 8);
    CHECK(base & P1_RIGHT(FD_READ) && base & P1_RIGHT(FD_WRITE));
    CHECK(!(base & P1_RIGHT(PATH_OPEN)) && !(base >> 30));
    CHECK_INT(wasi_p1_get64(memory + OUT + 16), 0);
    CHECK_INT(CALL(fd_filestat_get, I(file), I(OUT)), 0);
    CHECK_INT(fstatat(s->outer, "grant/file.txt", &st, 0), 0);
    CHECK_INT(wasi_p1_get64(memory + OUT), st.st_dev);
    CHECK_INT(wasi_p1_get64(memory + OUT + 8), st.st_ino);
    CHECK_INT(memory[OUT + 16], 4);
    CHECK_INT(wasi_p1_get64(memory + OUT + 24), 1);
    CHECK_INT(wasi_p1_get64(memory + OUT + 32), 7);
    CHECK_INT(wasi_p1_get64(memory + OUT + 48),
              st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    uint32_t size = text_at(TEXT, "dir");
    CHECK_INT(CALL(path_filestat_get, I(3), I(0), I(TEXT), I(size), I(OUT)), 0);
    CHECK_INT(memory[OUT + 16], 3);
    CHECK_INT(CALL(path_filestat_get, I(3), I(2), I(TEXT), I(size), I(OUT)),
              P1_INVAL);
    CHECK_INT(CALL(fd_fdstat_get, I(3), I(OUT)), 0);
    CHECK_INT(memory[OUT], 3);
}

BOTH(times_flags)
{
    p1_errno bad;
    guest_start(s->system);
    uint32_t file = open_path(3, "file.txt", 0, UINT64_MAX, 0, 0, &bad);
    CHECK_INT(CALL(fd_filestat_set_times, I(file), L(5), L(7), I(P1_MTIM)), 0);
    CHECK_INT(CALL(fd_filestat_get, I(file), I(OUT)), 0);
    CHECK_INT(wasi_p1_get64(memory + OUT + 48), 7);
    CHECK(wasi_p1_get64(memory + OUT + 40) > 5);
    CHECK_INT(CALL(fd_filestat_set_times, I(file), L(5), L(7),
                   I(P1_ATIM | P1_ATIM_NOW)),
              P1_INVAL);
    CHECK_INT(CALL(fd_filestat_set_times, I(file), L(5), L(7),
                   I(P1_MTIM | P1_MTIM_NOW)),
              P1_INVAL);
    CHECK_INT(CALL(fd_filestat_set_times, I(file), L(5), L(7), I(16)),
              P1_INVAL);
}

/* Rights can be dropped and not be had back, not even all of them. */
BOTH(rights_only_shrink)
{
    p1_errno bad;
    guest_start(s->system);
    uint32_t file = open_path(
        3, "file.txt", 0,
        P1_RIGHT(FD_READ) | P1_RIGHT(FD_SEEK) | P1_RIGHT(FD_TELL), 0, 0, &bad);
    vector(0, DATA, 4);
    CHECK_INT(CALL(fd_read, I(file), I(VECTORS), I(1), I(OUT)), 0);
    CHECK_INT(CALL(fd_write, I(file), I(VECTORS), I(1), I(OUT)), P1_NOTCAPABLE);
    CHECK_INT(CALL(fd_filestat_get, I(file), I(OUT)), P1_NOTCAPABLE);
    CHECK_INT(CALL(fd_fdstat_set_rights, I(file), L(P1_RIGHT(FD_TELL)), L(0)),
              0);
    CHECK_INT(CALL(fd_read, I(file), I(VECTORS), I(1), I(OUT)), P1_NOTCAPABLE);
    CHECK_INT(CALL(fd_seek, I(file), L(0), I(0), I(OUT)), P1_NOTCAPABLE);
    CHECK_INT(CALL(fd_seek, I(file), L(0), I(1), I(OUT)), 0);
    CHECK_INT(CALL(fd_tell, I(file), I(OUT)), 0);
    CHECK_INT(wasi_p1_get64(memory + OUT), 4);
    CHECK_INT(CALL(fd_fdstat_set_rights, I(file), L(P1_RIGHT(FD_READ)), L(0)),
              P1_NOTCAPABLE);
    CHECK_INT(CALL(fd_fdstat_set_rights, I(file), L(0), L(0)), 0);
    CHECK_INT(CALL(fd_tell, I(file), I(OUT)), P1_NOTCAPABLE);
    CHECK_INT(CALL(fd_fdstat_get, I(file), I(OUT)), 0);
    CHECK_INT(wasi_p1_get64(memory + OUT + 8), 0);
    CHECK_INT(CALL(fd_close, I(file)), 0);
}

BOTH(rights_pass_through_directories)
{
    p1_errno bad;
    guest_start(s->system);
    uint64_t list = P1_RIGHT(PATH_OPEN) | P1_RIGHT(FD_READDIR);
    uint32_t directory =
        open_path(3, "dir", P1_DIRECTORY, list, P1_RIGHT(FD_READ), 0, &bad);
    CHECK_INT(bad, 0);
    open_path(directory, "nested/deep", 0, P1_RIGHT(FD_WRITE), 0, 0, &bad);
    CHECK_INT(bad, P1_NOTCAPABLE);
    open_path(directory, "new", P1_CREAT, P1_RIGHT(FD_READ), 0, 0, &bad);
    CHECK_INT(bad, P1_NOTCAPABLE);
    open_path(directory, "nested/deep", P1_TRUNC, 0, 0, 0, &bad);
    CHECK_INT(bad, P1_NOTCAPABLE);
    uint32_t size = text_at(TEXT, "made");
    CHECK_INT(CALL(path_create_directory, I(directory), I(TEXT), I(size)),
              P1_NOTCAPABLE);
    uint32_t file = open_path(directory, "nested/deep", 0,
                              UINT64_MAX & ~P1_RIGHT(FD_WRITE), 0, 0, &bad);
    CHECK_INT(bad, 0);
    CHECK_INT(CALL(fd_fdstat_get, I(file), I(OUT)), 0);
    CHECK_INT(wasi_p1_get64(memory + OUT + 8), P1_RIGHT(FD_READ));
}

/* What is wrong with the kind is told before what is wrong with rights. */
BOTH(kinds_before_rights)
{
    p1_errno bad;
    guest_start(s->system);
    vector(0, DATA, 4);
    CHECK_INT(CALL(fd_read, I(3), I(VECTORS), I(1), I(OUT)), P1_ISDIR);
    CHECK_INT(CALL(fd_pwrite, I(3), I(VECTORS), I(1), L(0), I(OUT)), P1_ISDIR);
    CHECK_INT(CALL(fd_seek, I(3), L(0), I(0), I(OUT)), P1_ISDIR);
    CHECK_INT(CALL(fd_allocate, I(3), L(0), L(1)), P1_ISDIR);
    CHECK_INT(CALL(fd_filestat_set_size, I(3), L(1)), P1_ISDIR);
    CHECK_INT(CALL(sock_shutdown, I(1), I(1)), P1_NOTSOCK);
    CHECK_INT(CALL(sock_shutdown, I(77), I(1)), P1_BADF);
    CHECK_INT(CALL(sock_accept, I(3), I(0), I(OUT)), P1_NOTSOCK);
    CHECK_INT(CALL(fd_seek, I(1), L(0), I(0), I(OUT)), P1_SPIPE);
    uint32_t file = open_path(3, "file.txt", 0, 0, 0, 0, &bad);
    open_path(file, "x", 0, 0, 0, 0, &bad);
    CHECK_INT(bad, P1_NOTDIR);
    CHECK_INT(CALL(fd_readdir, I(file), I(DATA), I(100), L(0), I(OUT)),
              P1_NOTDIR);
}

BOTH(open_flags_are_checked)
{
    p1_errno bad;
    guest_start(s->system);
    open_path(3, "file.txt", 16, 0, 0, 0, &bad);
    CHECK_INT(bad, P1_INVAL);
    open_path(3, "file.txt", 0, 0, 0, 32, &bad);
    CHECK_INT(bad, P1_INVAL);
    open_path(3, "x", P1_CREAT | P1_DIRECTORY, 0, 0, 0, &bad);
    CHECK_INT(bad, P1_INVAL);
    open_path(3, "file.txt", P1_CREAT | P1_EXCL, 0, 0, 0, &bad);
    CHECK_INT(bad, P1_EXIST);
    open_path(3, "../secret.txt", 0, 0, 0, 0, &bad);
    CHECK_INT(bad, P1_PERM);
    open_path(5, "x", P1_CREAT, 0, 0, 0, &bad);
    CHECK_INT(bad, P1_ROFS);
    uint32_t size = text_at(TEXT, "file.txt");
    uint32_t path = text_at(TEXT + 64, "copy");
    CHECK_INT(CALL(path_link, I(3), I(1), I(TEXT), I(size), I(3), I(TEXT + 64),
                   I(path)),
              P1_INVAL);
    CHECK_INT(CALL(path_link, I(3), I(0), I(TEXT), I(size), I(3), I(TEXT + 64),
                   I(path)),
              0);
    CHECK_TEXT(host_read(s, "grant/copy"), "granted");
}

/* All names of "dir/nested", read through a buffer of `size` bytes. */
static int list_with(uint32_t directory, uint32_t size, char names[][16])
{
    uint64_t cookie = 0;
    int count = 0;
    for (int calls = 0; calls < 1000; calls++) {
        memset(memory + DATA + size, 0xcc, 8);
        CHECK_INT(
            CALL(fd_readdir, I(directory), I(DATA), I(size), L(cookie), I(OUT)),
            0);
        uint32_t used = wasi_p1_get32(memory + OUT), at = 0;
        CHECK(used <= size && memory[DATA + size] == 0xcc);
        while (at + 24 <= used) {
            const uint8_t *entry = memory + DATA + at;
            uint32_t length = wasi_p1_get32(entry + 16);
            if (at + 24 + length > used)
                break;
            cookie = wasi_p1_get64(entry);
            CHECK(count < 64 && length < 16);
            memcpy(names[count], entry + 24, length);
            names[count++][length] = 0;
            at += 24 + length;
        }
        if (used < size)
            return count;
    }
    return -1;
}

BOTH(listing_with_every_buffer)
{
    p1_errno bad;
    static char whole[64][16], part[64][16];
    guest_start(s->system);
    for (int i = 0; i < 30; i++) {
        char name[32];
        snprintf(name, sizeof name, "dir/nested/f%d", i);
        CHECK_ERROR(guest_create(s->grant, name), WASI_OK);
    }
    uint32_t directory = open_path(3, "dir/nested", P1_DIRECTORY,
                                   P1_RIGHT(FD_READDIR), 0, 0, &bad);
    CHECK_INT(bad, 0);
    memset(whole, 0, sizeof whole);
    CHECK_INT(list_with(directory, 8192, whole), 33);
    for (uint32_t size = 29; size < 300; size += 9) {
        memset(part, 0, sizeof part);
        CHECK_INT(list_with(directory, size, part), 33);
        CHECK(!memcmp(part, whole, sizeof whole));
    }
    CHECK_INT(CALL(fd_readdir, I(directory), I(DATA), I(0), L(0), I(OUT)), 0);
    CHECK_INT(
        CALL(fd_readdir, I(directory), I(DATA), I(100), L(UINT64_MAX), I(OUT)),
        P1_INVAL);
}

static void subscribe(uint32_t index, uint64_t userdata, uint8_t kind,
                      uint32_t number, uint64_t timeout)
{
    uint8_t *at = memory + DATA + 48 * index;
    memset(at, 0, 48);
    wasi_p1_put64(at, userdata);
    at[8] = kind;
    wasi_p1_put32(at + 16, number);
    wasi_p1_put64(at + 24, timeout);
}

BOTH(polling)
{
    guest_start(s->system);
    subscribe(0, 11, 0, WASI_CLOCK_MONOTONIC, 1000);
    CHECK_INT(CALL(poll_oneoff, I(DATA), I(8192), I(1), I(OUT)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), 1);
    CHECK_INT(wasi_p1_get64(memory + 8192), 11);
    CHECK_INT(wasi_p1_get16(memory + 8192 + 8), 0);
    CHECK_INT(memory[8192 + 10], 0);
    subscribe(0, 11, 0, WASI_CLOCK_MONOTONIC, UINT64_MAX);
    subscribe(1, 22, 2, 1, 0);
    subscribe(2, 33, 1, 99, 0);
    subscribe(3, 44, 0, 9, 0);
    CHECK_INT(CALL(poll_oneoff, I(DATA), I(8192), I(4), I(OUT)), 0);
    CHECK_INT(wasi_p1_get32(memory + OUT), 3);
    CHECK_INT(wasi_p1_get64(memory + 8192), 22);
    CHECK_INT(memory[8192 + 10], 2);
    CHECK_INT(wasi_p1_get64(memory + 8192 + 32), 33);
    CHECK_INT(wasi_p1_get16(memory + 8192 + 40), P1_BADF);
    CHECK_INT(memory[8192 + 42], 1);
    CHECK_INT(wasi_p1_get16(memory + 8192 + 72), P1_INVAL);
    CHECK_INT(memory[8192 + 74], 0);
    CHECK_INT(CALL(poll_oneoff, I(DATA), I(8192), I(0), I(OUT)), P1_INVAL);
    CHECK_INT(CALL(poll_oneoff, I(DATA), I(8192),
                   I(LIMIT_WASI_SUBSCRIPTIONS + 1), I(OUT)),
              P1_INVAL);
    CHECK_INT(CALL(poll_oneoff, I(MEMORY - 47), I(8192), I(1), I(OUT)),
              P1_FAULT);
    CHECK_INT(CALL(poll_oneoff, I(DATA), I(MEMORY - 31), I(1), I(OUT)),
              P1_FAULT);
    subscribe(0, 11, 3, 0, 0);
    CHECK_INT(CALL(poll_oneoff, I(DATA), I(8192), I(1), I(OUT)), P1_INVAL);
}

TEST(exits_and_signals)
{
    whit_error error;
    wasi_system *system;
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    guest_start(system);
    guest.error = &error;
    CHECK_INT(CALL(proc_raise, I(0)), 0);
    CHECK_INT(CALL(proc_raise, I(13)), 0);
    CHECK_INT(CALL(proc_raise, I(18)), P1_NOTSUP);
    CHECK_INT(CALL(proc_raise, I(31)), P1_INVAL);
    CHECK_INT(guest.status, WHIT_OK);
    CHECK(!atomic_load(&system->exited));
    CALL(proc_raise, I(6));
    CHECK_INT(guest.status, WHIT_EXIT);
    CHECK_INT(atomic_load(&system->exit_code), 134);
    guest.status = WHIT_OK;
    CALL(proc_exit, I(33));
    CHECK_INT(guest.status, WHIT_EXIT);
    CHECK_INT(error.code, WHIT_EXIT);
    CHECK_INT(atomic_load(&system->exit_code), 33);
    CHECK(atomic_load(&system->exited));
    wasi_system_release(system);
}

BOTH(renumbering)
{
    p1_errno bad;
    guest_start(s->system);
    uint32_t file = open_path(3, "file.txt", 0, UINT64_MAX, 0, 0, &bad);
    CHECK_INT(CALL(fd_renumber, I(file), I(3)), 0);
    CHECK_INT(CALL(fd_prestat_get, I(3), I(OUT)), P1_BADF);
    CHECK_INT(CALL(fd_close, I(file)), P1_BADF);
    vector(0, DATA, 7);
    CHECK_INT(CALL(fd_read, I(3), I(VECTORS), I(1), I(OUT)), 0);
    CHECK(!memcmp(memory + DATA, "granted", 7));
    CHECK_INT(CALL(fd_renumber, I(3), I(77)), P1_BADF);
    CHECK_INT(CALL(fd_renumber, I(77), I(3)), P1_BADF);
    CHECK_INT(CALL(fd_renumber, I(3), I(3)), 0);
}

/* clang-format off */
TEST_MAIN(
    RUN(all_functions_are_defined)
    RUN(numbers_of_errors)
    RUN(arguments_and_environment)
    RUN(pointers_are_checked)
    RUN(pointers_of_results)
    RUN(vectors_are_checked)
    RUN_BOTH(preopens_are_told)
    RUN_BOTH(records)
    RUN_BOTH(times_flags)
    RUN_BOTH(rights_only_shrink)
    RUN_BOTH(rights_pass_through_directories)
    RUN_BOTH(kinds_before_rights)
    RUN_BOTH(open_flags_are_checked)
    RUN_BOTH(listing_with_every_buffer)
    RUN_BOTH(polling)
    RUN(exits_and_signals)
    RUN_BOTH(renumbering)
)
