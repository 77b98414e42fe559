/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Files: "/" may be changed and has `hello` ("hello") and 600 files in
 * `many`; "/fixed" is read-only and has `hello` too. */
#include "guest.h"

typedef wasi_filesystem_types_own_descriptor_t descriptor_t;
#define FILE_(x) wasi_filesystem_types_borrow_descriptor(x)
#define file(name) wasi_filesystem_types_method_descriptor_##name
#define drop_file wasi_filesystem_types_descriptor_drop_own
#define CODE(name) WASI_FILESYSTEM_TYPES_ERROR_CODE_##name
#define FLAG(name) WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_##name
#define OPEN(name) WASI_FILESYSTEM_TYPES_OPEN_FLAGS_##name

#define NEXT_ENTRY                                             \
    JOIN(wasi_filesystem_types_method_directory_entry_stream_, \
         read_directory_entry)

static descriptor_t root, fixed;
static wasi_filesystem_types_error_code_t error;
static stream_error_t failure;

static bool open(descriptor_t base, const char *path, unsigned how,
                 unsigned flags, descriptor_t *out)
{
    command_string_t text = string_of(path);
    return file(open_at)(FILE_(base), 0, &text, (uint8_t)how, (uint8_t)flags,
                         out, &error);
}

static void preopens(void)
{
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t list;
    wasi_filesystem_preopens_get_directories(&list);
    CHECK(list.len == 2);
    root = list.ptr[0].f0;
    fixed = list.ptr[1].f0;
    CHECK(list.ptr[0].f1.len == 1 && list.ptr[1].f1.len == 6);
    /* Each call gives handles of its own, for the same directories. */
    wasi_filesystem_preopens_get_directories(&list);
    CHECK(file(is_same_object)(FILE_(root), FILE_(list.ptr[0].f0)));
    CHECK(!file(is_same_object)(FILE_(root), FILE_(fixed)));
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_free(&list);
}

static bool contains(descriptor_t self, const char *text)
{
    command_tuple2_list_u8_bool_t got;
    bool good = file(read)(FILE_(self), 100, 0, &got, &error) &&
                equal(got.f0, text) && !got.f1;
    command_list_u8_free(&got.f0);
    return good;
}

static void content(void)
{
    descriptor_t hello;
    input_t in;
    output_t out;
    uint64_t size;
    command_list_u8_t bytes = bytes_of("HE");
    command_tuple2_list_u8_bool_t got;
    CHECK(open(root, "hello", 0, FLAG(READ) | FLAG(WRITE), &hello));
    CHECK(contains(hello, "hello"));
    CHECK(file(read)(FILE_(hello), 9, 5, &got, &error));
    CHECK(got.f0.len == 0 && got.f1);
    CHECK(file(write)(FILE_(hello), &bytes, 0, &size, &error) && size == 2);
    CHECK(contains(hello, "HEllo"));
    CHECK(file(append_via_stream)(FILE_(hello), &out, &error));
    CHECK(write_to(out, " world"));
    CHECK(write_to(out, "!"));
    drop_output(out);
    CHECK(contains(hello, "HEllo world!"));
    CHECK(file(write_via_stream)(FILE_(hello), 6, &out, &error));
    CHECK(write_to(out, "W"));
    CHECK(write_to(out, "O"));
    drop_output(out);
    CHECK(contains(hello, "HEllo WOrld!"));
    CHECK(file(read_via_stream)(FILE_(hello), 6, &in, &error));
    CHECK(file(set_size)(FILE_(hello), 8, &error));
    drop_file(hello); /* the stream keeps the file */
    CHECK(wasi_io_streams_method_input_stream_blocking_read(IN(in), 9, &bytes,
                                                            &failure));
    CHECK(equal(bytes, "WO"));
    command_list_u8_free(&bytes);
    block(wasi_io_streams_method_input_stream_subscribe(IN(in)));
    CHECK(
        !wasi_io_streams_method_input_stream_read(IN(in), 9, &bytes, &failure));
    CHECK(failure.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
    drop_input(in);
}

static void access(void)
{
    descriptor_t other;
    input_t in;
    output_t out;
    command_list_u8_t bytes = bytes_of("x");
    command_string_t path = string_of("new");
    uint64_t size;
    wasi_filesystem_types_descriptor_flags_t flags;
    CHECK(file(get_flags)(FILE_(root), &flags, &error));
    CHECK(flags == (FLAG(READ) | FLAG(MUTATE_DIRECTORY)));
    CHECK(file(get_flags)(FILE_(fixed), &flags, &error));
    CHECK(flags == FLAG(READ));
    CHECK(open(fixed, "hello", 0, FLAG(READ), &other));
    FAILS(CODE(BAD_DESCRIPTOR),
          file(write)(FILE_(other), &bytes, 0, &size, &error));
    FAILS(CODE(BAD_DESCRIPTOR),
          file(write_via_stream)(FILE_(other), 0, &out, &error));
    CHECK(file(get_flags)(FILE_(other), &flags, &error));
    CHECK(flags == FLAG(READ));
    drop_file(other);
    FAILS(CODE(READ_ONLY), open(fixed, "hello", 0, FLAG(WRITE), &other));
    FAILS(CODE(READ_ONLY), open(fixed, "x", OPEN(CREATE), 0, &other));
    FAILS(CODE(READ_ONLY),
          open(fixed, ".", 0, FLAG(READ) | FLAG(MUTATE_DIRECTORY), &other));
    FAILS(CODE(READ_ONLY),
          file(create_directory_at)(FILE_(fixed), &path, &error));
    FAILS(CODE(IS_DIRECTORY),
          file(read_via_stream)(FILE_(root), 0, &in, &error));
    FAILS(CODE(NOT_PERMITTED), open(root, "../x", 0, FLAG(READ), &other));
    FAILS(CODE(NOT_PERMITTED), open(root, "/etc", 0, FLAG(READ), &other));
    FAILS(CODE(NO_ENTRY), open(root, "none", 0, FLAG(READ), &other));
    FAILS(CODE(EXIST), open(root, "hello", OPEN(CREATE) | OPEN(EXCLUSIVE),
                            FLAG(WRITE), &other));
    FAILS(CODE(NOT_DIRECTORY), open(root, "hello", OPEN(DIRECTORY), 0, &other));
}

static void paths(void)
{
    wasi_filesystem_types_descriptor_stat_t stat;
    wasi_filesystem_types_metadata_hash_value_t a, b;
    wasi_filesystem_types_new_timestamp_t keep = {0}, set = {.tag = 2};
    command_string_t hello = string_of("hello"), two = string_of("two");
    command_string_t link = string_of("link"), text;
    CHECK(file(link_at)(FILE_(root), 0, &hello, FILE_(root), &two, &error));
    FAILS(CODE(INVALID),
          file(link_at)(FILE_(root), 1, &hello, FILE_(root), &link, &error));
    CHECK(file(metadata_hash_at)(FILE_(root), 0, &hello, &a, &error));
    CHECK(file(metadata_hash_at)(FILE_(root), 0, &two, &b, &error));
    CHECK(a.lower == b.lower && a.upper == b.upper);
    CHECK(file(metadata_hash)(FILE_(root), &b, &error));
    CHECK(a.lower != b.lower);
    CHECK(file(symlink_at)(FILE_(root), &hello, &link, &error));
    CHECK(file(readlink_at)(FILE_(root), &link, &text, &error));
    CHECK(text.len == 5);
    CHECK(file(stat_at)(FILE_(root), 0, &link, &stat, &error));
    CHECK(stat.type == WASI_FILESYSTEM_TYPES_DESCRIPTOR_TYPE_SYMBOLIC_LINK);
    CHECK(file(stat_at)(FILE_(root), 1, &link, &stat, &error));
    CHECK(stat.type == WASI_FILESYSTEM_TYPES_DESCRIPTOR_TYPE_REGULAR_FILE);
    CHECK(stat.size == 8 && stat.link_count == 2);
    set.val.timestamp.seconds = 1234567890;
    set.val.timestamp.nanoseconds = 5000;
    CHECK(file(set_times_at)(FILE_(root), 1, &link, &keep, &set, &error));
    CHECK(file(stat_at)(FILE_(root), 0, &hello, &stat, &error));
    CHECK(stat.data_modification_timestamp.val.seconds == 1234567890);
    CHECK(stat.data_modification_timestamp.val.nanoseconds == 5000);
    set.val.timestamp.nanoseconds = 1000000000;
    FAILS(CODE(INVALID),
          file(set_times_at)(FILE_(root), 1, &link, &keep, &set, &error));
    CHECK(file(rename_at)(FILE_(root), &two, FILE_(root), &link, &error));
    CHECK(file(unlink_file_at)(FILE_(root), &link, &error));
    FAILS(CODE(NO_ENTRY), file(unlink_file_at)(FILE_(root), &link, &error));
    CHECK(file(create_directory_at)(FILE_(root), &two, &error));
    CHECK(file(remove_directory_at)(FILE_(root), &two, &error));
}

static void listing(void)
{
    wasi_filesystem_types_own_directory_entry_stream_t entries;
    wasi_filesystem_types_option_directory_entry_t entry;
    descriptor_t many;
    CHECK(open(root, "many", OPEN(DIRECTORY), FLAG(READ), &many));
    CHECK(file(read_directory)(FILE_(many), &entries, &error));
    drop_file(many); /* the listing keeps the directory */
    int count = 0;
    for (;;) {
        if (!NEXT_ENTRY(
                wasi_filesystem_types_borrow_directory_entry_stream(entries),
                &entry, &error) ||
            !entry.is_some)
            break;
        CHECK(entry.val.type ==
              WASI_FILESYSTEM_TYPES_DESCRIPTOR_TYPE_REGULAR_FILE);
        CHECK(entry.val.name.ptr[0] == 'f');
        command_string_free(&entry.val.name);
        count++;
    }
    CHECK(!entry.is_some && count == 600);
    wasi_filesystem_types_directory_entry_stream_drop_own(entries);
    descriptor_t hello;
    CHECK(open(root, "hello", 0, FLAG(READ), &hello));
    FAILS(CODE(NOT_DIRECTORY),
          file(read_directory)(FILE_(hello), &entries, &error));
    drop_file(hello);
}

bool exports_wasi_cli_run_run(void)
{
    preopens();
    content();
    access();
    paths();
    listing();
    drop_file(fixed);
    drop_file(root);
    say(failures ? "bad\n" : "good\n");
    return !failures;
}
