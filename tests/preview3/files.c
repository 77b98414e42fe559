/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Files by streams: content, failures by the future, listings, grants. */
#include "guest.h"

#define BORROW(x) wasi_filesystem_types_borrow_descriptor(x)
#define METHOD(name) JOIN(wasi_filesystem_types_method_descriptor_, name)
#define drop_file wasi_filesystem_types_descriptor_drop_own
enum { CREATE = 1, DIRECTORY = 2 };
enum { READ = 1, WRITE = 2, MUTATE = 32 };
enum { BAD_DESCRIPTOR = 2, IS_DIRECTORY = 13, NOT_DIRECTORY = 23 };
enum { READ_ONLY = 32 };

#define LISTING(t)                                             \
    JOIN(wasi_filesystem_types_tuple2_stream_directory_entry_, \
         future_result_void_error_code_##t)

typedef wasi_filesystem_types_own_descriptor_t file_t;
typedef wasi_filesystem_types_tuple2_stream_u8_future_result_void_error_code_t
    reading_t;

static file_t root, fixed;
static uint8_t block[300000], copy[300001];

static bool open_at(file_t directory, const char *path, unsigned how,
                    unsigned flags, file_t *out, int *code)
{
    command_string_t name = string_of(path);
    wasi_filesystem_types_error_code_t error = {0};
    bool done = METHOD(open_at_blocking)(
        BORROW(directory), 1, &name, (wasi_filesystem_types_open_flags_t)how,
        (wasi_filesystem_types_descriptor_flags_t)flags, out, &error);
    *code = done ? OK : (int)error.tag;
    return done;
}

static reading_t read_from(file_t file, uint64_t offset)
{
    reading_t pair;
    METHOD(read_via_stream)(BORROW(file), offset, &pair);
    return pair;
}

static void content(void)
{
    file_t file;
    writer_t writer;
    int code;
    CHECK(open_at(root, "new", CREATE, READ | WRITE, &file, &code));
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)(i * 7 + i / 1000);
    stream_t data = command_stream_u8_new(&writer);
    uint32_t future = METHOD(write_via_stream)(BORROW(file), data, 0);
    CHECK(write_all(writer, block, sizeof block) == sizeof block);
    command_stream_u8_drop_writable(writer);
    CHECK(ANSWER(filesystem_types, future) == OK);
    /* The future is dropped first, and the file before the stream. */
    data = command_stream_u8_new(&writer);
    future = METHOD(append_via_stream)(BORROW(file), data);
    FUTURE(filesystem_types, drop_readable)(future);
    reading_t pair = read_from(file, 0);
    drop_file(file);
    CHECK(write_all(writer, (const uint8_t *)"!", 1) == 1);
    command_stream_u8_drop_writable(writer);
    CHECK(read_all(pair.f0, copy, sizeof copy) == sizeof copy);
    bool same = copy[sizeof block] == '!';
    for (size_t i = 0; i < sizeof block; i++)
        same = same && copy[i] == block[i];
    CHECK(same);
    CHECK(read_some(pair.f0, copy, 1) == 0);
    CHECK(ANSWER(filesystem_types, pair.f1) == OK);
    command_stream_u8_drop_readable(pair.f0);
    CHECK(open_at(root, "new", 0, 0, &file, &code)); /* reads */
    pair = read_from(file, 1000);
    CHECK(read_all(pair.f0, copy, 10) == 10 && copy[0] == block[1000]);
    command_stream_u8_drop_readable(pair.f0); /* early */
    CHECK(ANSWER(filesystem_types, pair.f1) == OK);
    data = command_stream_u8_new(&writer);
    future = METHOD(write_via_stream)(BORROW(file), data, 0);
    CHECK(STATE(command_stream_u8_write_blocking(writer, block, 1)) == DROPPED);
    CHECK(ANSWER(filesystem_types, future) == BAD_DESCRIPTOR);
    command_stream_u8_drop_writable(writer);
    drop_file(file);
}

static void failures_by_the_future(void)
{
    reading_t pair = read_from(root, 0);
    CHECK(STATE(command_stream_u8_read_blocking(pair.f0, copy, 1)) == DROPPED);
    CHECK(ANSWER(filesystem_types, pair.f1) == IS_DIRECTORY);
    command_stream_u8_drop_readable(pair.f0);
    file_t file;
    int code;
    CHECK(!open_at(fixed, "hello", 0, WRITE, &file, &code));
    CHECK(code == READ_ONLY);
    CHECK(open_at(root, "many", DIRECTORY, READ, &file, &code));
    file_t below;
    CHECK(!open_at(file, "x", CREATE, WRITE, &below, &code));
    CHECK(code == READ_ONLY);
    drop_file(file);
    CHECK(open_at(root, "hello", 0, READ, &file, &code));
    LISTING(t) listing;
    METHOD(read_directory)(BORROW(file), &listing);
    wasi_filesystem_types_stream_directory_entry_drop_readable(listing.f0);
    CHECK(ANSWER(filesystem_types, listing.f1) == NOT_DIRECTORY);
    drop_file(file);
}

static void listings(void)
{
    file_t many;
    int code;
    static wasi_filesystem_types_directory_entry_t entries[100];
    LISTING(t) listing, other;
    CHECK(open_at(root, "many", DIRECTORY, READ, &many, &code));
    METHOD(read_directory)(BORROW(many), &listing);
    METHOD(read_directory)(BORROW(many), &other);
    drop_file(many);
    size_t count = 0, wrong = 0;
    command_waitable_status_t status;
    do {
        status = wasi_filesystem_types_stream_directory_entry_read_blocking(
            listing.f0, entries, count % 7 ? 100 : 3);
        for (size_t i = 0; i < COUNT(status); i++) {
            wrong += entries[i].name.ptr[0] != 'f';
            wasi_filesystem_types_directory_entry_free(&entries[i]);
        }
        count += COUNT(status);
    } while (STATE(status) == COMPLETED);
    CHECK(count == 600 && !wrong);
    CHECK(ANSWER(filesystem_types, listing.f1) == OK);
    wasi_filesystem_types_stream_directory_entry_drop_readable(listing.f0);
    /* One that is left in the middle. */
    status = wasi_filesystem_types_stream_directory_entry_read_blocking(
        other.f0, entries, 5);
    CHECK(COUNT(status) == 5);
    wasi_filesystem_types_stream_directory_entry_drop_readable(other.f0);
    CHECK(ANSWER(filesystem_types, other.f1) == OK);
}

static void guest(void)
{
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t list;
    wasi_filesystem_preopens_get_directories(&list);
    CHECK(list.len == 2);
    root = list.ptr[0].f0;
    fixed = list.ptr[1].f0;
    content();
    failures_by_the_future();
    listings();
    say(failures ? "bad" : "good");
}
