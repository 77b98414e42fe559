/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Looking for a Rust that can compile to WebAssembly. */
#include "toolchain/find.h"

#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "platform/file.h"
#include "platform/process.h"

const char tool_rust_advice[] =
    "no Rust that can build for %s found; with apt: apt install rustc-web "
    "rust-web-src cargo-web lld-22 wasi-libc; with rustup: rustup target add "
    "%s (and for the smallest modules: rustup component add rust-src)";

/* A search under way. */
typedef struct search {
    const tool_rust_choice *choice;
    arena *memory;
    tool_rust *all;
    size_t count;
    bool first_usable; /* stop at the first that has std */
    const char *parent;
} search;

enum { RUST_MAX = 64 };

/* rustup must not download a toolchain because we looked at it. */
static const char *const quiet[] = {"RUSTUP_AUTO_INSTALL=0", NULL};

/* The rest of the line behind `key`, or NULL. */
static const char *field(arena *memory, const char *text, const char *key)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, strlen(key)) == 0) {
            line += strlen(key);
            return tool_text(memory, "%.*s", (int)strcspn(line, "\n"), line);
        }
    }
    return NULL;
}

typedef struct std_files {
    bool core;
    bool std;
} std_files;

static bool is_std_file(void *context, const char *name)
{
    std_files *files = context;
    if (!strcmp(path_extension(name), ".rlib")) {
        files->core |= !strncmp(name, "libcore-", 8);
        files->std |= !strncmp(name, "libstd-", 7);
    }
    return true;
}

static bool has_std(const char *directory)
{
    std_files files = {false, false};
    return file_list(directory, is_std_file, &files, NULL) == WHIT_OK &&
           files.core && files.std;
}

/* The sources belong to this compiler: rustup's component always does; a
 * distribution's says its release in src/version. */
static const char *find_source(const tool_rust *rust, arena *memory)
{
    char *root = tool_text(memory, "%s/lib/rustlib/src/rust", rust->sysroot);
    char *core =
        root ? tool_text(memory, "%s/library/core/Cargo.toml", root) : NULL;
    char *said = root ? tool_text(memory, "%s/src/version", root) : NULL;
    if (!said || !core || !file_exists(core))
        return NULL;
    buffer text;
    buffer_init(&text);
    const char *source = root;
    if (file_read(said, 4096, &text, NULL) == WHIT_OK) {
        size_t length =
            strcspn(rust->release, "-"); /* "-nightly" is not said */
        if (text.size < length || memcmp(text.data, rust->release, length))
            source = NULL;
    }
    buffer_release(&text);
    return source;
}

/* Fills what `rustc` says about itself; false when it is no usable rustc. */
static bool probe(search *s, const char *path, tool_rust *rust)
{
    arena *memory = s->memory;
    *rust = (tool_rust){.rustc = path};
    const char *ask_version[] = {path, "-vV", NULL};
    rust->identity = tool_ask(ask_version, quiet, s->choice->directory, memory);
    if (!rust->identity)
        return false;
    rust->release = field(memory, rust->identity, "release: ");
    rust->host = field(memory, rust->identity, "host: ");
    const char *triple = tool_target_triple(s->choice->target);
    const char *ask_target[] = {
        path,       "--print", "sysroot", "--print", "target-libdir",
        "--target", triple,    NULL};
    char *where =
        (char *)tool_ask(ask_target, quiet, s->choice->directory, memory);
    if (where && strchr(where, '\n')) {
        char *line = strchr(where, '\n');
        *line = 0;
        rust->libdir = line + 1;
        rust->sysroot = where;
    } else {
        const char *ask_sysroot[] = {path, "--print", "sysroot", NULL};
        rust->sysroot =
            tool_ask(ask_sysroot, quiet, s->choice->directory, memory);
    }
    return rust->release && rust->host && rust->sysroot;
}

static void complete(search *s, tool_rust *rust)
{
    arena *memory = s->memory;
    char *real = tool_text(memory, "%s/bin/rustc", rust->sysroot);
    if (real && process_executable(real))
        rust->rustc = real;
    rust->by_rustup = strstr(rust->sysroot, "/toolchains/") != NULL;
    rust->has_std = rust->libdir && has_std(rust->libdir);
    rust->source = rust->libdir ? find_source(rust, memory) : NULL;
    const char *cargo = getenv("WHIT_CARGO");
    if (!cargo) {
        size_t length = (size_t)(path_base(rust->rustc) - rust->rustc);
        cargo = tool_text(memory, "%.*scargo", (int)length, rust->rustc);
    }
    rust->cargo = cargo && process_executable(cargo)
                      ? cargo
                      : tool_which("cargo", memory);
}

static bool known(const search *s, const tool_rust *rust)
{
    for (size_t i = 0; i < s->count; i++)
        if (!strcmp(s->all[i].sysroot, rust->sysroot) &&
            !strcmp(s->all[i].identity, rust->identity))
            return true;
    return false;
}

/* True when the search is over. */
static bool consider(search *s, const char *path)
{
    if (!path || s->count == RUST_MAX || !process_executable(path))
        return false;
    tool_rust *rust = &s->all[s->count];
    if (!probe(s, path, rust) || known(s, rust))
        return false;
    complete(s, rust);
    s->count++;
    return s->first_usable && rust->has_std;
}

static bool consider_path(search *s)
{
    const char *only = getenv("WHIT_TOOL_PATH");
    const char *path = only ? only : getenv("PATH");
    while (path && *path) {
        size_t length = strcspn(path, ":");
        if (consider(s, tool_text(s->memory, "%.*s/rustc", (int)length, path)))
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

static bool consider_child(void *context, const char *name)
{
    search *s = context;
    return !consider(s,
                     tool_text(s->memory, "%s/%s/bin/rustc", s->parent, name));
}

static const char *rustup_toolchains(arena *memory)
{
    const char *home = getenv("RUSTUP_HOME");
    if (home)
        return tool_text(memory, "%s/toolchains", home);
    home = getenv("HOME");
    return home ? tool_text(memory, "%s/.rustup/toolchains", home) : NULL;
}

static whit_status consider_places(search *s, whit_error *error)
{
    if (getenv("WHIT_TOOL_PATH"))
        return WHIT_OK;
    if (consider(s, "/usr/bin/rustc") || consider(s, "/usr/local/bin/rustc"))
        return WHIT_OK;
    s->parent = rustup_toolchains(s->memory);
    size_t before = s->count;
    if (s->parent)
        TRY(file_list(s->parent, consider_child, s, error));
    if (s->count > before && s->first_usable && s->all[s->count - 1].has_std)
        return WHIT_OK;
    s->parent = "/usr/lib/rust";
    return file_list(s->parent, consider_child, s, error);
}

typedef struct named_toolchain {
    const char *name;
    const char *found;
    arena *memory;
    const char *parent;
} named_toolchain;

/* "stable" stands for "stable-x86_64-unknown-linux-gnu". */
static bool match_toolchain(void *context, const char *name)
{
    named_toolchain *wanted = context;
    size_t length = strlen(wanted->name);
    if (strncmp(name, wanted->name, length) ||
        (name[length] && name[length] != '-'))
        return true;
    wanted->found =
        tool_text(wanted->memory, "%s/%s/bin/rustc", wanted->parent, name);
    return name[length] != 0;
}

static whit_status consider_named(search *s, const char *toolchain,
                                  whit_error *error)
{
    named_toolchain wanted = {.name = toolchain, .memory = s->memory};
    if (strchr(toolchain, '/')) {
        wanted.found = tool_text(s->memory, "%s/bin/rustc", toolchain);
    } else if ((wanted.parent = rustup_toolchains(s->memory))) {
        wanted.name += *toolchain == '+';
        TRY(file_list(wanted.parent, match_toolchain, &wanted, error));
    }
    if (wanted.found)
        (void)consider(s, wanted.found);
    if (!s->count)
        return error_set(error, WHIT_MISSING_TOOL,
                         "no Rust toolchain %s: rustup toolchain install %s",
                         toolchain, toolchain);
    return WHIT_OK;
}

static whit_status consider_program(search *s, const char *name,
                                    const char *origin, whit_error *error)
{
    (void)consider(s, tool_which(name, s->memory));
    if (!s->count)
        return error_set(error, WHIT_MISSING_TOOL, "%s: %s is no rustc", origin,
                         name);
    return WHIT_OK;
}

static whit_status run_search(search *s, whit_error *error)
{
    const tool_rust_choice *choice = s->choice;
    s->all = arena_array(s->memory, RUST_MAX, sizeof *s->all);
    TRY_ALLOC(s->all, error);
    if (choice->rustc)
        return consider_program(s, choice->rustc, "--rustc", error);
    if (choice->toolchain)
        return consider_named(s, choice->toolchain, error);
    if (getenv("WHIT_RUSTC"))
        return consider_program(s, getenv("WHIT_RUSTC"), "WHIT_RUSTC", error);
    const char *wish = getenv("RUSTC");
    if (wish && consider(s, tool_which(wish, s->memory)))
        return WHIT_OK;
    if (consider_path(s))
        return WHIT_OK;
    return consider_places(s, error);
}

whit_status tool_list_rust(const tool_rust_choice *choice, arena *memory,
                           tool_rust **all, size_t *count, whit_error *error)
{
    search s = {.choice = choice, .memory = memory};
    TRY(run_search(&s, error));
    *all = s.all;
    *count = s.count;
    return WHIT_OK;
}

whit_status tool_find_rust(const tool_rust_choice *choice, arena *memory,
                           tool_rust *out, whit_error *error)
{
    search s = {.choice = choice, .memory = memory, .first_usable = true};
    TRY(run_search(&s, error));
    for (size_t i = 0; i < s.count; i++)
        if (s.all[i].has_std) {
            *out = s.all[i];
            return WHIT_OK;
        }
    for (size_t i = 0; i < s.count; i++)
        if (s.all[i].source && s.all[i].cargo) {
            *out = s.all[i];
            return WHIT_OK;
        }
    const char *triple = tool_target_triple(choice->target);
    return error_set(error, WHIT_MISSING_TOOL, tool_rust_advice, triple,
                     triple);
}
