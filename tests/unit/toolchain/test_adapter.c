/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Preview 1 linked into programs: what the result imports and exports, and
 * what it does with hosts that play WASI 0.2. */
#include <whit.h>

#include "base/memory.h"
#include "test.h"
#include "toolchain/adapter.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/names.h"
#include "wasm/text.h"
#include "wasm/validate.h"

#define P1 "\"wasi_snapshot_preview1\" "
#define FD_WRITE                 \
    "(import " P1 "\"fd_write\"" \
    "  (func $write (param i32 i32 i32 i32) (result i32)))"
#define ARGS                                        \
    "(import " P1 "\"args_sizes_get\""              \
    "  (func $sizes (param i32 i32) (result i32)))" \
    "(import " P1 "\"args_get\" (func $args (param i32 i32) (result i32)))"
#define MEMORY "(memory (export \"memory\") 1)"

static bool encode(const char *text, buffer *out)
{
    wasm_module *module = NULL;
    whit_error error;
    whit_status status = wasm_text_parse(slice_text(text), &module, &error);
    if (status == WHIT_OK)
        status = wasm_encode(module, out, &error);
    wasm_module_free(module);
    if (status != WHIT_OK)
        printf("%u:%u: %s\n", error.line, error.column, error.message);
    return status == WHIT_OK;
}

/* The linked module of a text, valid; its bytes stay in `out`. */
static wasm_module *link_text(const char *text, buffer *out)
{
    buffer input;
    buffer_init(&input);
    whit_error error;
    wasm_module *module = NULL;
    wasm_decode_options options = {.features = WASM_FEATURES_ALL, .copy = true};
    bool ok = encode(text, &input);
    if (ok &&
        (tool_adapter_link(buffer_view(&input), out, &error) != WHIT_OK ||
         wasm_decode(buffer_view(out), &options, &module, &error) != WHIT_OK ||
         wasm_validate(module, WASM_FEATURES_ALL, &error) != WHIT_OK)) {
        printf("%s\n", error.message);
        test_failures++;
        wasm_module_free(module);
        module = NULL;
    }
    buffer_release(&input);
    return module;
}

static void append_names(buffer *out, const wasm_module *module)
{
    for (uint32_t n = 0; n < module->import_count; n++)
        buffer_printf(out, "%.*s ", SLICE_ARG(module->imports[n].name));
    buffer_text(out, "| ");
    for (uint32_t n = 0; n < module->export_count; n++)
        buffer_printf(out, "%.*s ", SLICE_ARG(module->exports[n].name));
    for (uint32_t n = 0; n < module->custom_count; n++)
        buffer_printf(out, "%s%.*s", n ? " " : "| ",
                      SLICE_ARG(module->customs[n].name));
}

/* Names of imports | of exports | of custom sections. */
static void check_names(const char *text, const char *wanted)
{
    buffer bytes, names;
    buffer_init(&bytes);
    buffer_init(&names);
    wasm_module *module = link_text(text, &bytes);
    if (module) {
        append_names(&names, module);
        CHECK_TEXT(buffer_string(&names), wanted);
    }
    wasm_module_free(module);
    buffer_release(&bytes);
    buffer_release(&names);
}

TEST(only_what_is_used)
{
    check_names("(module" FD_WRITE MEMORY "(func (export \"_start\")))",
                "[method]output-stream.blocking-write-and-flush get-stdout "
                "get-stderr | memory wasi:cli/run@0.2.0#run "
                "| name component-type:preview1 component-type:preview1-run");
    check_names("(module (import " P1 "\"proc_exit\" (func (param i32)))" MEMORY
                ")",
                "exit | memory | component-type:preview1");
    check_names("(module" ARGS MEMORY ")",
                "get-arguments | memory cabi_import_realloc "
                "| name component-type:preview1");
    check_names("(module" MEMORY "(func (export \"_start\")))",
                "| memory _start ");
}

TEST(other_imports_stay)
{
    check_names("(module (import \"a\" \"f\" (func)) (import " P1
                "\"sched_yield\" (func (result i32)))"
                "(import \"a\" \"t\" (table 1 funcref)) (import \"a\" \"g\" "
                "(func)) (import \"a\" \"v\" (global i32))" MEMORY ")",
                "f t g v | memory | component-type:preview1");
}

static tool_adapter_size size_of(const char *text)
{
    buffer input;
    buffer_init(&input);
    wasm_module *module = NULL;
    whit_error error;
    tool_adapter_size size = TOOL_ADAPTER_FILES;
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    if (encode(text, &input) &&
        wasm_decode(buffer_view(&input), &options, &module, &error) == WHIT_OK)
        CHECK_INT(tool_adapter_choose(module, &size, &error), WHIT_OK);
    wasm_module_free(module);
    buffer_release(&input);
    return size;
}

TEST(programs_without_files_get_the_small_one)
{
    CHECK_INT(size_of("(module" FD_WRITE ARGS ")"), TOOL_ADAPTER_STDIO);
    CHECK_INT(size_of("(module" FD_WRITE "(import " P1
                      "\"fd_prestat_get\" (func (param i32 i32) (result i32)))"
                      ")"),
              TOOL_ADAPTER_FILES);
}

static const char *const functions[] = {
    "args_get",
    "args_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "environ_get",
    "environ_sizes_get",
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_fdstat_get",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_pread",
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "fd_pwrite",
    "fd_read",
    "fd_readdir",
    "fd_renumber",
    "fd_seek",
    "fd_sync",
    "fd_tell",
    "fd_write",
    "path_create_directory",
    "path_filestat_get",
    "path_filestat_set_times",
    "path_link",
    "path_open",
    "path_readlink",
    "path_remove_directory",
    "path_rename",
    "path_symlink",
    "path_unlink_file",
    "poll_oneoff",
    "proc_exit",
    "proc_raise",
    "random_get",
    "sched_yield",
    "sock_accept",
    "sock_recv",
    "sock_send",
    "sock_shutdown",
};

/* The contract of adapters, and all of preview 1. */
TEST(modules_are_adapters)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    for (int size = TOOL_ADAPTER_STDIO; size <= TOOL_ADAPTER_FILES; size++) {
        wasm_module *module = NULL;
        whit_error error;
        CHECK_INT(wasm_decode(tool_adapter_module((tool_adapter_size)size),
                              &options, &module, &error),
                  WHIT_OK);
        if (!module)
            return;
        CHECK_INT(wasm_validate(module, WASM_FEATURES_ALL, &error), WHIT_OK);
        CHECK_INT(module->memory_count, 1);
        CHECK_INT(module->imported[WASM_EXTERN_MEMORY], 1);
        CHECK_INT(module->memories[0].limits.min, 0);
        CHECK_INT(module->data_count + module->elem_count +
                      module->imported[WASM_EXTERN_TABLE] +
                      module->imported[WASM_EXTERN_GLOBAL],
                  0);
        CHECK_INT(module->start, WASM_NO_INDEX);
        for (size_t n = 0; n < COUNT_OF(functions); n++)
            if (size == TOOL_ADAPTER_FILES)
                CHECK(wasm_module_export(module, slice_text(functions[n])));
        wasm_module_free(module);
    }
}

static void check_error(const char *text, const char *wanted)
{
    buffer input, out;
    buffer_init(&input);
    buffer_init(&out);
    whit_error error = {0};
    if (encode(text, &input)) {
        CHECK_INT(tool_adapter_link(buffer_view(&input), &out, &error),
                  WHIT_INVALID);
        CHECK_TEXT(error.message, wanted);
    }
    buffer_release(&input);
    buffer_release(&out);
}

TEST(what_cannot_be_linked)
{
    check_error("(module (import " P1 "\"fd_wirte\" (func))" MEMORY ")",
                "preview 1 has no function fd_wirte, which the module imports");
    check_error("(module (import " P1 "\"fd_write\" (memory 1)))",
                "preview 1 has no function fd_write, which the module imports");
    check_error("(module (import " P1
                "\"fd_write\" (func (param i32) (result i32)))" MEMORY ")",
                "fd_write is imported with another type than it has in "
                "preview 1");
    check_error("(module" FD_WRITE ")",
                "cannot link preview 1 to the module: it exports no memory");
    check_error("(module" FD_WRITE "(memory (export \"memory\") i64 1))",
                "cannot link preview 1 to the module: its memory has 64-bit "
                "addresses");
    check_error("(module" FD_WRITE "(memory (export \"memory\") 1 1 shared))",
                "cannot link preview 1 to the module: its memory is shared");
    check_error("(module" FD_WRITE
                "(import \"a\" \"m\" (memory 1)) (export \"memory\" "
                "(memory 0)))",
                "cannot link preview 1 to the module: its memory is imported");
    check_error("(module" FD_WRITE "(memory 1) (memory (export \"memory\") 1))",
                "cannot link preview 1 to the module: the memory it exports is "
                "not its first one");
    check_error("(module" FD_WRITE MEMORY
                "(func (export \"_start\") (result i32) i32.const 1))",
                "the export _start has an unexpected type");
    check_error("(module" FD_WRITE MEMORY "(func (result i32)))",
                "type mismatch: expected i32, found an empty stack (code "
                "section, function 1)");
}

TEST(names_follow_functions)
{
    buffer bytes;
    buffer_init(&bytes);
    wasm_module *module = link_text(
        "(module (@name \"m\")" FD_WRITE MEMORY
        "(func $last (param $p i32)) (func $first (call $last (i32.const 0))))",
        &bytes);
    arena memory;
    arena_init(&memory);
    if (module) {
        wasm_names names = {0};
        whit_error error;
        CHECK_INT(wasm_names_read(module, &memory, &names, &error), WHIT_OK);
        uint32_t last = module->imported[WASM_EXTERN_FUNC];
        CHECK(slice_is(wasm_names_get(&names, WASM_NAME_FUNCTION, 0, last),
                       "last"));
        CHECK(slice_is(wasm_names_get(&names, WASM_NAME_FUNCTION, 0, last + 1),
                       "first"));
        CHECK(slice_is(wasm_names_get(&names, WASM_NAME_LOCAL, last, 0), "p"));
        CHECK(slice_is(names.module, "m"));
    }
    arena_release(&memory);
    wasm_module_free(module);
    buffer_release(&bytes);
}

/* ---- Running ---- */

typedef struct host {
    whit_engine *engine;
    whit_store *store;
    whit_module *module;
    whit_linker *linker;
    whit_instance *instance;
    buffer output; /* size and bytes of each write */
    const char *input;
    uint8_t failure; /* of the next write: 1 it fails, 2 closed */
} host;

static uint8_t *memory_of(host *h)
{
    return whit_memory_data(whit_instance_memory(h->instance, "memory"));
}

static uint32_t word(host *h, uint32_t at)
{
    uint32_t value;
    memcpy(&value, memory_of(h) + at, sizeof value);
    return value;
}

static void set_word(host *h, uint32_t at, uint32_t value)
{
    memcpy(memory_of(h) + at, &value, sizeof value);
}

static whit_status get_handle(whit_caller *caller, void *env, whit_slot *slots,
                              whit_error *error)
{
    (void)caller, (void)env, (void)error;
    slots[0].u32 = 7;
    return WHIT_OK;
}

static whit_status write_stream(whit_caller *caller, void *env,
                                whit_slot *slots, whit_error *error)
{
    (void)caller, (void)error;
    host *h = env;
    buffer_printf(&h->output, "%u:", slots[2].u32);
    if (slots[2].u32 < 100)
        buffer_append(&h->output, memory_of(h) + slots[1].u32, slots[2].u32);
    /* A result has bytes that mean nothing. */
    memset(memory_of(h) + slots[3].u32, 0xee, 12);
    memory_of(h)[slots[3].u32] = h->failure != 0;
    memory_of(h)[slots[3].u32 + 4] = h->failure == 2;
    return WHIT_OK;
}

/* Memory from the guest, as a host lowers values. */
static uint32_t reserve(host *h, uint32_t align, uint32_t size)
{
    whit_func *f = whit_instance_func(h->instance, "cabi_import_realloc");
    whit_slot slots[4] = {
        {.u32 = 0}, {.u32 = 0}, {.u32 = align}, {.u32 = size}};
    whit_error error = {0};
    if (!f || whit_func_call_typed(h->store, f, slots, &error) != WHIT_OK) {
        printf("realloc: %s\n", error.message);
        test_failures++;
        return 64;
    }
    return slots[0].u32;
}

static whit_status get_arguments(whit_caller *caller, void *env,
                                 whit_slot *slots, whit_error *error)
{
    static const char *const arguments[] = {"prog", "", "two"};
    (void)caller, (void)error;
    host *h = env;
    uint32_t result = slots[0].u32;
    uint32_t list = reserve(h, 4, 24);
    for (uint32_t n = 0; n < 3; n++) {
        uint32_t size = (uint32_t)strlen(arguments[n]);
        uint32_t at = reserve(h, 1, size);
        memcpy(memory_of(h) + at, arguments[n], size);
        set_word(h, list + n * 8, at);
        set_word(h, list + n * 8 + 4, size);
    }
    set_word(h, result, list);
    set_word(h, result + 4, 3);
    return WHIT_OK;
}

static whit_status read_stream(whit_caller *caller, void *env, whit_slot *slots,
                               whit_error *error)
{
    (void)caller, (void)error;
    host *h = env;
    uint32_t result = slots[2].u32;
    uint32_t size = (uint32_t)strlen(h->input);
    memory_of(h)[result] = size == 0;
    memory_of(h)[result + 4] = 1; /* closed */
    if (!size)
        return WHIT_OK;
    if (size > slots[1].u64)
        size = (uint32_t)slots[1].u64;
    uint32_t at = reserve(h, 1, size);
    memcpy(memory_of(h) + at, h->input, size);
    h->input += size;
    set_word(h, result + 4, at);
    set_word(h, result + 8, size);
    return WHIT_OK;
}

static void define(host *h, const char *module, const char *name,
                   const char *signature, whit_slot_function function)
{
    CHECK_INT(whit_linker_define_slots(h->linker, module, name, signature,
                                       function, h, NULL),
              WHIT_OK);
}

static bool begin(host *h, const char *text)
{
    buffer bytes;
    whit_error error = {0};
    memset(h, 0, sizeof *h);
    buffer_init(&h->output);
    buffer_init(&bytes);
    wasm_module_free(link_text(text, &bytes));
    bool ok = whit_engine_new(NULL, &h->engine, &error) == WHIT_OK &&
              whit_store_new(h->engine, NULL, &h->store, &error) == WHIT_OK &&
              whit_module_new(h->engine, bytes.data, bytes.size, &h->module,
                              &error) == WHIT_OK &&
              whit_linker_new(h->store, &h->linker, &error) == WHIT_OK;
    buffer_release(&bytes);
    if (ok) {
        define(h, "wasi:cli/stdin@0.2.0", "get-stdin", ":i", get_handle);
        define(h, "wasi:cli/stdout@0.2.0", "get-stdout", ":i", get_handle);
        define(h, "wasi:cli/stderr@0.2.0", "get-stderr", ":i", get_handle);
        define(h, "wasi:io/streams@0.2.0",
               "[method]output-stream.blocking-write-and-flush",
               "iiii:", write_stream);
        define(h, "wasi:io/streams@0.2.0", "[method]input-stream.blocking-read",
               "ili:", read_stream);
        define(h, "wasi:cli/environment@0.2.0", "get-arguments",
               "i:", get_arguments);
        ok = whit_linker_instantiate(h->linker, h->module, &h->instance,
                                     &error) == WHIT_OK;
    }
    if (!ok) {
        printf("%s\n", error.message);
        test_failures++;
    }
    return ok;
}

static void end(host *h)
{
    whit_linker_free(h->linker);
    whit_store_free(h->store);
    whit_module_free(h->module);
    whit_engine_free(h->engine);
    buffer_release(&h->output);
}

static uint32_t call(host *h, const char *name, uint32_t a, uint32_t b,
                     uint32_t c, uint32_t d)
{
    whit_func *f = whit_instance_func(h->instance, name);
    whit_slot slots[5] = {{.u32 = a}, {.u32 = b}, {.u32 = c}, {.u32 = d}};
    whit_error error = {0};
    if (!f || whit_func_call_typed(h->store, f, slots, &error) != WHIT_OK) {
        printf("%s: %s\n", name, f ? error.message : "no such export");
        test_failures++;
        return UINT32_MAX;
    }
    return slots[0].u32;
}

#define WRITER                                                        \
    "(module" FD_WRITE "(import " P1                                  \
    "\"fd_close\" (func $close (param i32) (result i32)))" MEMORY     \
    "(export \"fd_write\" (func $write)) (export \"fd_close\" (func " \
    "$close)) (data (i32.const 8) \"abcdefghijklmnopqrstuvwxyz012345\"))"

TEST(writing_leaves_memory_alone)
{
    host h;
    uint8_t before[65536];
    if (begin(&h, WRITER)) {
        set_word(&h, 1024, 9);
        set_word(&h, 1028, 3);
        set_word(&h, 1032, 0);
        set_word(&h, 1036, 0);
        set_word(&h, 1040, 20);
        set_word(&h, 1044, 2);
        set_word(&h, 2048, 5);
        memcpy(before, memory_of(&h), sizeof before);
        CHECK_INT(call(&h, "fd_write", 1, 1024, 3, 2048), 0);
        CHECK_TEXT(buffer_string(&h.output), "3:bcd2:mn");
        set_word(&h, 2048, 5);
        CHECK(!memcmp(before, memory_of(&h), sizeof before));
        CHECK_INT(call(&h, "fd_write", 2, 1024, 1, 2048), 0);
        CHECK_INT(word(&h, 2048), 3);
        CHECK_INT(call(&h, "fd_write", 0, 1024, 1, 2048), 8);
        CHECK_INT(call(&h, "fd_write", 3, 1024, 1, 2048), 8);
    }
    end(&h);
}

TEST(writes_have_at_most_4096_bytes)
{
    host h;
    if (begin(&h, WRITER)) {
        set_word(&h, 1024, 100);
        set_word(&h, 1028, 8193);
        set_word(&h, 100 + 8192, 'a');
        CHECK_INT(call(&h, "fd_write", 1, 1024, 1, 2048), 0);
        CHECK_INT(word(&h, 2048), 8193);
        CHECK_TEXT(buffer_string(&h.output), "4096:4096:1:a");
    }
    end(&h);
}

TEST(streams_fail)
{
    host h;
    if (begin(&h, WRITER)) {
        set_word(&h, 1024, 9);
        set_word(&h, 1028, 3);
        h.failure = 1;
        CHECK_INT(call(&h, "fd_write", 1, 1024, 1, 2048), 29);
        CHECK_INT(word(&h, 2048), 0);
        h.failure = 2;
        CHECK_INT(call(&h, "fd_write", 1, 1024, 1, 2048), 64);
        CHECK(
            !memcmp(memory_of(&h) + 8, "abcdefghijklmnopqrstuvwxyz012345", 32));
        h.failure = 0;
        CHECK_INT(call(&h, "fd_close", 1, 0, 0, 0), 0);
        CHECK_INT(call(&h, "fd_close", 1, 0, 0, 0), 8);
        CHECK_INT(call(&h, "fd_write", 1, 1024, 1, 2048), 8);
        CHECK_INT(call(&h, "fd_write", 2, 1024, 1, 2048), 0);
    }
    end(&h);
}

TEST(reading_fills_the_buffer)
{
    host h;
    if (begin(&h,
              "(module (import " P1
              "\"fd_read\" (func $read (param i32 i32 i32 i32) "
              "(result i32)))" MEMORY "(export \"fd_read\" (func $read)))")) {
        h.input = "hello";
        set_word(&h, 1024, 500);
        set_word(&h, 1028, 0);
        set_word(&h, 1032, 600);
        set_word(&h, 1036, 4);
        CHECK_INT(call(&h, "fd_read", 0, 1024, 2, 2048), 0);
        CHECK_INT(word(&h, 2048), 4);
        CHECK(!memcmp(memory_of(&h) + 600, "hell\0", 5));
        CHECK_INT(call(&h, "fd_read", 0, 1024, 2, 2048), 0);
        CHECK_INT(word(&h, 2048), 1);
        CHECK_INT(memory_of(&h)[600], 'o');
        CHECK_INT(call(&h, "fd_read", 0, 1024, 2, 2048), 0);
        CHECK_INT(word(&h, 2048), 0);
        CHECK_INT(whit_memory_size(whit_instance_memory(h.instance, "memory")),
                  65536);
        CHECK_INT(call(&h, "fd_read", 1, 1024, 2, 2048), 8);
        /* A buffer where results go otherwise. */
        h.input = "0123456789abcdef0123";
        set_word(&h, 1032, 9);
        set_word(&h, 1036, 20);
        CHECK_INT(call(&h, "fd_read", 0, 1024, 2, 2048), 0);
        CHECK(!memcmp(memory_of(&h) + 9, "0123456789abcdef0123", 20));
    }
    end(&h);
}

#define ARGUER                                                               \
    "(export \"args_get\" (func $args)) (export \"args_sizes_get\" (func "   \
    "$sizes)) (func (export \"size\") (param i32 i32 i32 i32) (result i32) " \
    "memory.size) (func (export \"grow\") (param i32 i32 i32 i32) (result "  \
    "i32) (memory.grow (local.get 0)))"

TEST(arguments_and_the_size_of_memory)
{
    host h;
    if (begin(&h, "(module" ARGS MEMORY ARGUER ")")) {
        CHECK_INT(call(&h, "args_sizes_get", 8, 12, 0, 0), 0);
        CHECK_INT(word(&h, 8), 3);
        CHECK_INT(word(&h, 12), 10);
        CHECK_INT(call(&h, "args_get", 100, 200, 0, 0), 0);
        CHECK(!memcmp(memory_of(&h) + 200, "prog\0\0two\0", 10));
        CHECK_INT(word(&h, 100), 200);
        CHECK_INT(word(&h, 104), 205);
        CHECK_INT(word(&h, 108), 206);
        /* The adapter's page is not the guest's until there is one above. */
        whit_memory *memory = whit_instance_memory(h.instance, "memory");
        CHECK_INT(whit_memory_size(memory), 2 * 65536);
        CHECK_INT(call(&h, "size", 0, 0, 0, 0), 1);
        CHECK_INT(call(&h, "grow", 1, 0, 0, 0), 2);
        CHECK_INT(call(&h, "size", 0, 0, 0, 0), 3);
        for (int n = 0; n < 1000; n++)
            CHECK_INT(call(&h, "args_get", 100, 200, 0, 0), 0);
        CHECK_INT(whit_memory_size(memory), 3 * 65536);
    }
    end(&h);
}

TEST(the_programs_allocator_stays)
{
    host h;
    if (begin(&h, "(module" ARGS MEMORY ARGUER
                  "(func (export \"cabi_realloc\") (param i32 i32 i32 i32)"
                  " (result i32) (i32.add (i32.const 1000) (local.get 3))))")) {
        CHECK_INT(call(&h, "cabi_realloc", 0, 0, 1, 5), 1005);
        CHECK_INT(call(&h, "cabi_import_realloc", 0, 0, 1, 5), 1005);
        CHECK_INT(call(&h, "args_get", 100, 200, 0, 0), 0);
        CHECK(!memcmp(memory_of(&h) + 200, "prog\0\0two\0", 10));
        CHECK_INT(call(&h, "cabi_import_realloc", 0, 0, 1, 6), 1006);
    }
    end(&h);
}

TEST(tables_and_references_are_renumbered)
{
    host h;
    if (begin(&h, "(module" FD_WRITE MEMORY
                  "(type $f (func (result i32))) (table 4 funcref)"
                  "(elem (i32.const 0) func $one $two)"
                  "(elem (i32.const 2) funcref (ref.func $two) (ref.func $one))"
                  "(elem declare func $two) (global $g funcref (ref.func $two))"
                  "(func $one (result i32) i32.const 1)"
                  "(func $two (result i32) i32.const 2)"
                  "(func (export \"at\") (param i32 i32 i32 i32) (result i32)"
                  "  (call_indirect (type $f) (local.get 0)))"
                  "(func (export \"two\") (param i32 i32 i32 i32) (result i32)"
                  "  (table.set (i32.const 0) (global.get $g))"
                  "  (table.set (i32.const 1) (ref.func $two))"
                  "  (return_call $two)))")) {
        CHECK_INT(call(&h, "at", 0, 0, 0, 0), 1);
        CHECK_INT(call(&h, "at", 1, 0, 0, 0), 2);
        CHECK_INT(call(&h, "at", 2, 0, 0, 0), 2);
        CHECK_INT(call(&h, "at", 3, 0, 0, 0), 1);
        CHECK_INT(call(&h, "two", 0, 0, 0, 0), 2);
        CHECK_INT(call(&h, "at", 0, 0, 0, 0), 2);
        CHECK_INT(call(&h, "at", 1, 0, 0, 0), 2);
    }
    end(&h);
}

TEST(start_becomes_run)
{
    host h;
    if (begin(&h, "(module" FD_WRITE MEMORY
                  "(func (export \"_start\") (drop (call $write "
                  "(i32.const 1) (i32.const 8) (i32.const 1) (i32.const 4))))"
                  "(data (i32.const 8) \"\\14\\00\\00\\00\\02\\00\\00\\00\")"
                  "(data (i32.const 20) \"ok\"))")) {
        whit_extern item;
        CHECK(!whit_instance_export(h.instance, "_start", &item));
        CHECK_INT(call(&h, "wasi:cli/run@0.2.0#run", 0, 0, 0, 0), 0);
        CHECK_TEXT(buffer_string(&h.output), "2:ok");
    }
    end(&h);
}

TEST_MAIN(RUN(only_what_is_used) RUN(other_imports_stay) RUN(
    programs_without_files_get_the_small_one) RUN(modules_are_adapters)
              RUN(what_cannot_be_linked) RUN(names_follow_functions)
                  RUN(writing_leaves_memory_alone)
                      RUN(writes_have_at_most_4096_bytes) RUN(streams_fail)
                          RUN(reading_fills_the_buffer)
                              RUN(arguments_and_the_size_of_memory)
                                  RUN(the_programs_allocator_stays)
                                      RUN(tables_and_references_are_renumbered)
                                          RUN(start_becomes_run))
