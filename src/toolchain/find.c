/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Looking for programs, the linker, clang and wasi-libc. */
#include "toolchain/find.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "platform/file.h"
#include "platform/process.h"

/* The range of LLVM releases whose programs are looked for by number. */
enum { LLVM_NEWEST = 30, LLVM_OLDEST = 13 };

const char *tool_target_triple(tool_target target)
{
    return target == TOOL_WASIP1 ? "wasm32-wasip1" : "wasm32-unknown-unknown";
}

static char *text_va(arena *memory, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return NULL;
    char *text = arena_alloc(memory, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *tool_text(arena *memory, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = text_va(memory, format, arguments);
    va_end(arguments);
    return text;
}

void tool_list_init(tool_list *self, arena *memory)
{
    *self = (tool_list){.memory = memory};
}

void tool_list_add(tool_list *self, const char *text)
{
    if (!text)
        self->failed = true;
    if (self->failed)
        return;
    if (self->count + 1 >= self->capacity) {
        size_t capacity = self->capacity ? self->capacity * 2 : 16;
        const char **items =
            capacity > LIMIT_TOOL_ARGUMENTS
                ? NULL
                : arena_array(self->memory, capacity, sizeof *items);
        if (!items) {
            self->failed = true;
            return;
        }
        if (self->count)
            memcpy(items, self->items, self->count * sizeof *items);
        self->items = items;
        self->capacity = capacity;
    }
    self->items[self->count++] = text;
    self->items[self->count] = NULL;
}

void tool_list_addf(tool_list *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tool_list_add(self, text_va(self->memory, format, arguments));
    va_end(arguments);
}

void tool_list_all(tool_list *self, const char *const *items)
{
    for (size_t i = 0; items && items[i]; i++)
        tool_list_add(self, items[i]);
}

whit_status tool_list_status(const tool_list *self, whit_error *error)
{
    return self->failed ? error_memory(error) : WHIT_OK;
}

const char *tool_which(const char *name, arena *memory)
{
    buffer path;
    buffer_init(&path);
    const char *found = NULL;
    const char *only = getenv("WHIT_TOOL_PATH");
    if (!only || strchr(name, '/')) {
        if (process_find(name, &path))
            found = tool_text(memory, "%s", (char *)path.data);
        buffer_release(&path);
        return found;
    }
    while (*only && !found) {
        size_t length = strcspn(only, ":");
        char *file = tool_text(memory, "%.*s/%s", (int)length, only, name);
        if (file && process_executable(file))
            found = file;
        only += length + (only[length] == ':');
    }
    buffer_release(&path);
    return found;
}

const char *tool_ask(const char *const *argv, const char *const *environment,
                     const char *directory, arena *memory)
{
    process_spec spec = {.argv = argv,
                         .environment = environment,
                         .directory = directory,
                         .output = PROCESS_CAPTURE,
                         .error = PROCESS_NULL};
    process_result result;
    process_result_init(&result);
    const char *answer = NULL;
    if (process_run(&spec, &result, NULL) == WHIT_OK && !result.code &&
        !result.signal) {
        size_t size = result.output.size;
        while (size && result.output.data[size - 1] == '\n')
            size--;
        answer = tool_text(memory, "%.*s", (int)size,
                           size ? (char *)result.output.data : "");
    }
    process_result_release(&result);
    return answer;
}

const char *tool_version(const char *path, arena *memory)
{
    const char *argv[] = {path, "--version", NULL};
    char *answer = (char *)tool_ask(argv, NULL, NULL, memory);
    if (answer)
        answer[strcspn(answer, "\n")] = 0;
    return answer;
}

static const char *existing(arena *memory, const char *directory,
                            const char *name)
{
    char *path = tool_text(memory, "%s/%s", directory, name);
    return path && file_exists(path) ? path : NULL;
}

whit_status tool_find_linker(const tool_rust *rust, int major, arena *memory,
                             const char **path, whit_error *error)
{
    *path = getenv("WHIT_LINKER");
    if (*path) {
        if ((*path = tool_which(*path, memory)))
            return WHIT_OK;
        return error_set(error, WHIT_MISSING_TOOL, "WHIT_LINKER: no program %s",
                         getenv("WHIT_LINKER"));
    }
    if (rust) {
        char *own = tool_text(memory, "%s/lib/rustlib/%s/bin/rust-lld",
                              rust->sysroot, rust->host);
        TRY_ALLOC(own, error);
        if (process_executable(own)) {
            *path = own;
            return WHIT_OK;
        }
    }
    char name[32];
    for (int version = major ? major : LLVM_NEWEST;
         version >= (major ? major : LLVM_OLDEST); version--) {
        snprintf(name, sizeof name, "wasm-ld-%d", version);
        if ((*path = tool_which(name, memory)))
            return WHIT_OK;
    }
    if (major)
        return tool_find_linker(rust, 0, memory, path, error);
    if ((*path = tool_which("wasm-ld", memory)) ||
        (rust && (*path = tool_which("rust-lld", memory))))
        return WHIT_OK;
    return error_set(error, WHIT_MISSING_TOOL,
                     "no linker for WebAssembly found: apt install lld-22 "
                     "(any wasm-ld or rust-lld will do; WHIT_LINKER names "
                     "another)");
}

/* Takes `root` when it has the layout of a WASI sysroot. */
static bool take_wasi(const char *root, arena *memory, tool_wasi *out)
{
    static const char *const names[] = {"wasm32-wasip1", "wasm32-wasi"};
    if (!root || !*root)
        return false;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *lib = tool_text(memory, "%s/lib/%s", root, names[i]);
        if (!lib || !existing(memory, lib, "crt1-command.o") ||
            !existing(memory, lib, "libc.a"))
            continue;
        out->lib = lib;
        char *include = tool_text(memory, "%s/include/%s", root, names[i]);
        char *plain = tool_text(memory, "%s/include", root);
        out->include = NULL;
        if (include && existing(memory, include, "stdio.h"))
            out->include = include;
        else if (plain && strcmp(root, "/usr") != 0 &&
                 existing(memory, plain, "stdio.h"))
            out->include = plain;
        return true;
    }
    return false;
}

whit_status tool_find_wasi(const tool_rust *rust, arena *memory, tool_wasi *out,
                           whit_error *error)
{
    static const char *const places[] = {
        "/usr", "/usr/share/wasi-sysroot", "/opt/wasi-sdk/share/wasi-sysroot",
        "/opt/homebrew/share/wasi-sysroot", "/usr/local/share/wasi-sysroot"};
    *out = (tool_wasi){0};
    if (take_wasi(getenv("WASI_SYSROOT"), memory, out))
        return WHIT_OK;
    const char *sdk = getenv("WASI_SDK_PATH");
    if (sdk &&
        take_wasi(tool_text(memory, "%s/share/wasi-sysroot", sdk), memory, out))
        return WHIT_OK;
    if (rust && rust->libdir) {
        char *own = tool_text(memory, "%s/self-contained", rust->libdir);
        TRY_ALLOC(own, error);
        if (existing(memory, own, "crt1-command.o")) {
            out->lib = own;
            return WHIT_OK;
        }
    }
    if (!getenv("WHIT_TOOL_PATH"))
        for (size_t i = 0; i < COUNT_OF(places); i++)
            if (take_wasi(places[i], memory, out))
                return WHIT_OK;
    return error_set(error, WHIT_MISSING_TOOL,
                     "wasi-libc not found: apt install wasi-libc, or set "
                     "WASI_SYSROOT to the wasi-sysroot of a wasi-sdk");
}

static bool probe_clang(const char *path, arena *memory, tool_clang *out)
{
    *out = (tool_clang){.path = path};
    out->version = tool_version(path, memory);
    const char *number =
        out->version ? strstr(out->version, "clang version ") : NULL;
    if (!number)
        return false;
    out->major = (int)strtol(number + 14, NULL, 10);
    const char *ask[] = {path, "--target=wasm32-wasi",
                         "-print-libgcc-file-name", NULL};
    const char *builtins = tool_ask(ask, NULL, NULL, memory);
    if (!builtins)
        return false;
    if (file_exists(builtins))
        out->builtins = builtins;
    return true;
}

whit_status tool_find_clang(arena *memory, tool_clang *out, whit_error *error)
{
    const char *path = getenv("WHIT_CLANG");
    if (path) {
        const char *found = tool_which(path, memory);
        if (found && probe_clang(found, memory, out))
            return WHIT_OK;
        return error_set(error, WHIT_MISSING_TOOL,
                         "WHIT_CLANG: %s is no clang with a wasm32 target",
                         path);
    }
    tool_clang best = {0};
    char name[32] = "";
    for (int version = LLVM_NEWEST; version >= LLVM_OLDEST - 1; version--) {
        if (version >= LLVM_OLDEST)
            snprintf(name, sizeof name, "clang-%d", version);
        else
            snprintf(name, sizeof name, "clang");
        path = tool_which(name, memory);
        if (!path || !probe_clang(path, memory, out))
            continue;
        if (out->builtins)
            return WHIT_OK;
        if (!best.path)
            best = *out;
    }
    *out = best;
    if (best.path)
        return WHIT_OK;
    return error_set(error, WHIT_MISSING_TOOL,
                     "clang not found: apt install clang-22 lld-22 wasi-libc "
                     "libclang-rt-22-dev-wasm32");
}
