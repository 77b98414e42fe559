/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * One finding after the other, in the order in which a build needs them. */
#include "toolchain/doctor.h"

#include <string.h>
#include "platform/file.h"
#include "toolchain/stdlib.h"

enum { FINDINGS_MAX = 64 };

static const char apt_rust[] =
    "apt install rustc-web rust-web-src cargo-web lld-22 wasi-libc";
static const char apt_clang[] =
    "apt install clang-22 lld-22 wasi-libc libclang-rt-22-dev-wasm32";

typedef struct examination {
    arena *memory;
    tool_findings *out;
} examination;

const char *tool_finding_state_text(tool_finding_state state)
{
    switch (state) {
    case TOOL_FOUND:
        return "found";
    case TOOL_MISSING:
        return "missing";
    case TOOL_ADVISED:
        return "advised";
    case TOOL_NOTED:
        break;
    }
    return "noted";
}

static void add(examination *e, tool_finding finding)
{
    if (e->out->count < FINDINGS_MAX)
        e->out->items[e->out->count++] = finding;
}

static const char *condition(const tool_rust *rust)
{
    if (rust->has_std && rust->source)
        return "has the target, and sources for the smallest modules";
    if (rust->has_std)
        return "has the target";
    if (rust->source)
        return "std is built from its sources once";
    if (!rust->libdir)
        return "does not know the target";
    return "has neither the target nor its sources";
}

static whit_status examine_rust(examination *e, tool_target target,
                                tool_rust *chosen, bool *found,
                                whit_error *error)
{
    arena *memory = e->memory;
    const char *triple = tool_target_triple(target);
    tool_rust_choice choice = {.target = target};
    whit_error reason;
    *found = false;
    tool_finding f = {.name = tool_text(memory, "rust %s", triple),
                      .why = "compiles Rust"};
    TRY_ALLOC(f.name, error);
    whit_status status = tool_find_rust(&choice, memory, chosen, &reason);
    if (status == WHIT_OUT_OF_MEMORY)
        return error_memory(error);
    if (status != WHIT_OK) {
        f.state = TOOL_MISSING;
        /* What the commands below do not say already. */
        if (strncmp(reason.message, "no Rust that can", 16) != 0)
            f.detail = tool_text(memory, "%s", reason.message);
        f.apt = apt_rust;
        f.rustup = tool_text(memory, "rustup target add %s", triple);
        add(e, f);
        return WHIT_OK;
    }
    *found = true;
    f.path = chosen->rustc;
    f.detail = tool_text(memory, "%s, %s", chosen->release, condition(chosen));
    add(e, f);
    if (chosen->source)
        return WHIT_OK;
    add(e, (tool_finding){
               .name = "rust-src",
               .state = TOOL_ADVISED,
               .detail = chosen->rustc,
               .why = "release modules with a standard library built for "
                      "size are a third as large",
               .apt = chosen->by_rustup ? NULL : "apt install rust-web-src",
               .rustup =
                   chosen->by_rustup ? "rustup component add rust-src" : NULL});
    return WHIT_OK;
}

/* The others, so that nobody wonders why their rustc is not taken. */
static whit_status note_others(examination *e, const tool_rust *chosen,
                               whit_error *error)
{
    tool_rust_choice choice = {.target = TOOL_WASIP1};
    tool_rust *all;
    size_t count;
    whit_error reason;
    whit_status status =
        tool_list_rust(&choice, e->memory, &all, &count, &reason);
    if (status == WHIT_OUT_OF_MEMORY)
        return error_memory(error);
    for (size_t i = 0; status == WHIT_OK && i < count; i++) {
        if (chosen && !strcmp(chosen->rustc, all[i].rustc))
            continue;
        add(e, (tool_finding){.name = "rust",
                              .state = TOOL_NOTED,
                              .path = all[i].rustc,
                              .detail =
                                  tool_text(e->memory, "%s, %s", all[i].release,
                                            condition(&all[i])),
                              .why = "another Rust, not used"});
    }
    return WHIT_OK;
}

static void examine_cargo(examination *e, const tool_rust *rust)
{
    tool_finding f = {.name = "cargo", .why = "builds packages and std"};
    f.path = rust ? rust->cargo : tool_which("cargo", e->memory);
    if (f.path) {
        f.detail = tool_version(f.path, e->memory);
    } else {
        f.state = TOOL_MISSING;
        f.apt = "apt install cargo-web";
        f.rustup = "rustup toolchain install stable";
        e->out->rust = false;
    }
    add(e, f);
}

static void examine_linker(examination *e, const tool_rust *rust, int major,
                           const char *name, bool *able)
{
    tool_finding f = {
        .name = name, .why = rust ? "links Rust" : "links C", .apt = NULL};
    if (tool_find_linker(rust, major, e->memory, &f.path, NULL) == WHIT_OK) {
        f.detail = tool_version(f.path, e->memory);
    } else {
        f.state = TOOL_MISSING;
        f.path = NULL;
        f.apt = "apt install lld-22";
        *able = false;
    }
    add(e, f);
}

/* A toolchain with the wasip1 target brings its own libc for linking. */
static void examine_wasi(examination *e, const tool_rust *rust)
{
    tool_wasi wasi;
    tool_finding f = {.name = "wasi-libc", .why = "the C library of wasip1"};
    bool found = tool_find_wasi(NULL, e->memory, &wasi, NULL) == WHIT_OK;
    if (found && wasi.include) {
        f.path = wasi.lib;
        add(e, f);
        return;
    }
    e->out->c = false;
    if (!found && (!rust || tool_find_wasi(rust, e->memory, &wasi, NULL)))
        e->out->rust = false;
    f.state = TOOL_MISSING;
    f.path = found ? wasi.lib : NULL;
    f.detail = found ? "without headers" : NULL;
    f.apt = "apt install wasi-libc";
    add(e, f);
}

static void examine_clang(examination *e)
{
    tool_clang clang = {0};
    tool_finding f = {.name = "clang",
                      .why = "compiles C, and the allocator that makes Rust "
                             "programs smaller"};
    if (tool_find_clang(e->memory, &clang, NULL) != WHIT_OK) {
        f.state = TOOL_MISSING;
        f.apt = apt_clang;
        add(e, f);
        e->out->c = false;
        return;
    }
    f.path = clang.path;
    f.detail = clang.version;
    add(e, f);
    tool_finding b = {.name = "compiler-rt wasm32",
                      .why = "arithmetic that C needs and wasm32 lacks",
                      .path = clang.builtins};
    if (!clang.builtins) {
        b.state = TOOL_MISSING;
        b.apt = tool_text(e->memory, "apt install libclang-rt-%d-dev-wasm32",
                          clang.major);
        e->out->c = false;
    }
    add(e, b);
    examine_linker(e, NULL, clang.major, "linker for C", &e->out->c);
}

static void examine_cache(examination *e)
{
    const char *cache = tool_cache(e->memory);
    tool_finding f = {.name = "cache",
                      .path = cache,
                      .why = "keeps standard libraries that were built"};
    if (!cache) {
        f.state = TOOL_MISSING;
        f.detail = "set WHIT_CACHE or HOME to a directory";
        e->out->rust = false;
    } else if (!file_exists(cache)) {
        f.detail = "nothing built yet";
    }
    add(e, f);
}

whit_status tool_doctor(arena *memory, tool_findings *out, whit_error *error)
{
    *out = (tool_findings){.rust = true, .c = true};
    out->items = arena_array(memory, FINDINGS_MAX, sizeof *out->items);
    TRY_ALLOC(out->items, error);
    examination e = {memory, out};
    tool_rust wasip1, unknown;
    bool has_wasip1, has_unknown;
    TRY(examine_rust(&e, TOOL_WASIP1, &wasip1, &has_wasip1, error));
    TRY(examine_rust(&e, TOOL_UNKNOWN, &unknown, &has_unknown, error));
    out->rust = has_wasip1 && has_unknown;
    const tool_rust *rust = has_wasip1    ? &wasip1
                            : has_unknown ? &unknown
                                          : NULL;
    TRY(note_others(&e, rust, error));
    examine_cargo(&e, rust);
    if (rust)
        examine_linker(&e, rust, 0, "linker for Rust", &out->rust);
    examine_wasi(&e, has_wasip1 ? &wasip1 : NULL);
    examine_clang(&e);
    examine_cache(&e);
    return WHIT_OK;
}
