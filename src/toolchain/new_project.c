/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * New projects. */
#include "toolchain/new_project.h"

#include <string.h>
#include "base/limits.h"
#include "platform/file.h"
#include "toolchain/find.h"
#include "toolchain/project.h"

/* The program carries the crate that bindings in Rust need. Paths are relative
 * to where make runs. */
#if defined(__APPLE__)
#define SECTION ".section __TEXT,__const\n"
#define SYMBOL(name) "_" #name
#else
#define SECTION ".section .rodata\n"
#define SYMBOL(name) #name
#endif
#define BEGIN(name) ".globl " SYMBOL(name) "\n" SYMBOL(name) ":\n"
/* clang-format off */
#define EMBED(name, path) \
    __asm__(SECTION BEGIN(tool_crate_##name) \
            ".incbin \"guest/rust/whit/" path "\"\n" \
            BEGIN(tool_crate_##name##_end) ".byte 0\n.text\n"); \
    extern const uint8_t tool_crate_##name[]; \
    extern const uint8_t tool_crate_##name##_end[]
/* clang-format on */

EMBED(manifest, "Cargo.toml");
EMBED(lib, "src/lib.rs");
EMBED(abi, "src/abi.rs");
EMBED(flags, "src/flags.rs");
EMBED(heap, "src/heap.rs");
EMBED(resource, "src/resource.rs");
EMBED(stream, "src/stream.rs");
EMBED(task, "src/task.rs");

static const struct {
    const char *path;
    const uint8_t *text;
    const uint8_t *end;
} crate[] = {
    {"whit/Cargo.toml", tool_crate_manifest, tool_crate_manifest_end},
    {"whit/src/lib.rs", tool_crate_lib, tool_crate_lib_end},
    {"whit/src/abi.rs", tool_crate_abi, tool_crate_abi_end},
    {"whit/src/flags.rs", tool_crate_flags, tool_crate_flags_end},
    {"whit/src/heap.rs", tool_crate_heap, tool_crate_heap_end},
    {"whit/src/resource.rs", tool_crate_resource, tool_crate_resource_end},
    {"whit/src/stream.rs", tool_crate_stream, tool_crate_stream_end},
    {"whit/src/task.rs", tool_crate_task, tool_crate_task_end},
};

typedef struct new_job {
    const tool_new_options *options;
    const char *name;
    bool rust;
    bool command; /* a program with main */
    bool own;     /* the world is the user's */
    arena memory;
} new_job;

static whit_status put(new_job *job, const char *path, slice text,
                       whit_error *error)
{
    char *whole = tool_text(&job->memory, "%s/%s", job->options->path, path);
    TRY_ALLOC(whole, error);
    char *folder =
        tool_text(&job->memory, "%.*s", (int)(path_base(whole) - whole), whole);
    TRY_ALLOC(folder, error);
    TRY(file_make_directories(folder, error));
    return file_write(whole, text, error);
}

/* A template: every @ is the project's name. */
static whit_status put_text(new_job *job, const char *path, const char *text,
                            whit_error *error)
{
    buffer out;
    buffer_init(&out);
    for (; *text; text++)
        if (*text == '@')
            buffer_text(&out, job->name);
        else
            buffer_put(&out, (uint8_t)*text);
    whit_status status = buffer_status(&out, error);
    if (status == WHIT_OK)
        status = put(job, path, buffer_view(&out), error);
    buffer_release(&out);
    return status;
}

static const char rust_manifest[] = "[package]\n"
                                    "name = \"@\"\n"
                                    "version = \"0.1.0\"\n"
                                    "edition = \"2021\"\n"
                                    "\n";
static const char rust_library[] = "[lib]\n"
                                   "crate-type = [\"cdylib\"]\n"
                                   "\n"
                                   "[dependencies]\n"
                                   "whit = { path = \"whit\" }\n"
                                   "\n";
static const char rust_command[] =
    "[dependencies]\n"
    "whit = { path = \"whit\", default-features = false, features = "
    "[\"async\"] }\n"
    "\n";
static const char rust_profile[] = "[profile.dev]\n"
                                   "panic = \"abort\"\n"
                                   "\n"
                                   "[profile.release]\n"
                                   "codegen-units = 1\n"
                                   "lto = true\n"
                                   "opt-level = \"z\"\n"
                                   "panic = \"abort\"\n";

static const char library_wit[] =
    "package local:@;\n"
    "\n"
    "/// What this component offers.\n"
    "world @ {\n"
    "    /// A few friendly words to somebody.\n"
    "    export greet: func(name: string) -> string;\n"
    "}\n";
static const char command_wit[] =
    "package local:@;\n"
    "\n"
    "/// What this program needs besides its main function, which becomes\n"
    "/// `wasi:cli/run`.\n"
    "world @ {\n"
    "}\n";

static const char library_rs[] =
    "#![no_std]\n"
    "\n"
    "mod bindings;\n"
    "\n"
    "use whit::String;\n"
    "\n"
    "struct Component;\n"
    "\n"
    "impl bindings::Guest for Component {\n"
    "    fn greet(name: String) -> String {\n"
    "        let mut words = String::from(\"Hello, \");\n"
    "        words.push_str(&name);\n"
    "        words\n"
    "    }\n"
    "}\n"
    "\n"
    "bindings::export!(Component with_types_in bindings);\n";
static const char command_rs[] = "mod bindings;\n"
                                 "\n"
                                 "fn main() {\n"
                                 "    println!(\"Hello from @\");\n"
                                 "}\n";
static const char command_c[] = "#include <stdio.h>\n"
                                "\n"
                                "int main(void)\n"
                                "{\n"
                                "    puts(\"Hello from @\");\n"
                                "    return 0;\n"
                                "}\n";

static whit_status rust_files(new_job *job, whit_error *error)
{
    char *manifest = tool_text(
        &job->memory, "%s%s%s%s%s", rust_manifest,
        job->command ? rust_command : rust_library,
        job->command ? "" : "[package.metadata.whit]\ntarget = \"unknown\"\n",
        job->own && job->options->world
            ? tool_text(&job->memory, "world = \"%s\"\n", job->options->world)
            : "",
        job->command ? "" : "\n");
    TRY_ALLOC(manifest, error);
    manifest = tool_text(&job->memory, "%s%s", manifest, rust_profile);
    TRY_ALLOC(manifest, error);
    TRY(put_text(job, "Cargo.toml", manifest, error));
    TRY(put_text(job, ".cargo/config.toml",
                 job->command ? "[build]\ntarget = \"wasm32-wasip1\"\n"
                              : "[build]\ntarget = "
                                "\"wasm32-unknown-unknown\"\n",
                 error));
    TRY(put_text(job, ".gitignore", "/target\n", error));
    for (size_t i = 0; i < sizeof crate / sizeof *crate; i++)
        TRY(put(job, crate[i].path,
                slice_of(crate[i].text, (size_t)(crate[i].end - crate[i].text)),
                error));
    if (job->command)
        return put_text(job, "src/main.rs", command_rs, error);
    return job->own ? WHIT_OK : put_text(job, "src/lib.rs", library_rs, error);
}

typedef struct copy_job {
    new_job *job;
    const char *from;
    const char *to;
    whit_status status;
    whit_error *error;
} copy_job;

static whit_status copy_wit(new_job *job, const char *from, const char *to,
                            whit_error *error);

static bool copy_one(void *context, const char *name)
{
    copy_job *self = context;
    char *from = tool_text(&self->job->memory, "%s/%s", self->from, name);
    char *to = tool_text(&self->job->memory, "%s/%s", self->to, name);
    const char *extension = path_extension(name);
    self->status = WHIT_OK;
    if (!from || !to)
        self->status = error_memory(self->error);
    else if (file_is_directory(from) || !strcmp(extension, ".wit") ||
             !strcmp(extension, ".wasm"))
        self->status = copy_wit(self->job, from, to, self->error);
    return self->status == WHIT_OK;
}

static whit_status copy_wit(new_job *job, const char *from, const char *to,
                            whit_error *error)
{
    if (file_is_directory(from)) {
        copy_job copy = {job, from, to, WHIT_OK, error};
        TRY(file_list(from, copy_one, &copy, error));
        return copy.status;
    }
    buffer text;
    buffer_init(&text);
    whit_status status = file_read(from, LIMIT_TEXT_BYTES, &text, error);
    if (status == WHIT_OK)
        status = put(job, to, buffer_view(&text), error);
    buffer_release(&text);
    return status;
}

static whit_status wit_files(new_job *job, whit_error *error)
{
    const char *wit = job->options->wit;
    if (!job->own)
        return put_text(job, "wit/world.wit",
                        job->command ? command_wit : library_wit, error);
    if (file_is_directory(wit))
        return copy_wit(job, wit, "wit", error);
    char *to = tool_text(&job->memory, "wit/%s", path_base(wit));
    TRY_ALLOC(to, error);
    return copy_wit(job, wit, to, error);
}

/* Functions that a header of ours says are to be written, as ones that end
 * the instance. */
static void stub_functions(const char *header, buffer *out)
{
    static const char sign[] = "// To be written:";
    for (const char *at = header; (at = strstr(at, sign));) {
        const char *line = strchr(at, '\n');
        const char *end = strstr(at, "\n\n");
        buffer_text(out, "\n/*");
        buffer_append(out, at + sizeof sign - 1,
                      line ? (size_t)(line - at) - sizeof sign + 1 : 0);
        buffer_text(out, " */\n");
        for (at = line ? line + 1 : end; at && end && at < end;) {
            const char *next = strchr(at, '\n');
            size_t size = (size_t)(next - at);
            bool ends = size > 1 && at[size - 1] == ';';
            buffer_append(out, at, ends ? size - 1 : size);
            buffer_text(out, ends ? "\n{\n    __builtin_trap();\n}\n" : "\n");
            at = next + 1;
        }
        if (!at)
            return;
    }
}

static whit_status c_source(new_job *job, const bind_output *bindings,
                            whit_error *error)
{
    const char *header = NULL;
    const char *text = NULL;
    for (size_t i = 0; i < bindings->count; i++) {
        buffer *file = &bindings->files[i].text;
        if (strcmp(path_extension(bindings->files[i].path), ".h") != 0)
            continue;
        header = bindings->files[i].path;
        text = buffer_string(file);
    }
    if (!header || !text)
        return error_memory(error);
    buffer out;
    buffer_init(&out);
    buffer_printf(&out, "#include \"%s\"\n", header);
    if (job->own) {
        stub_functions(text, &out);
    } else {
        const char *end = strchr(header, '.');
        int size = (int)(end - header);
        buffer_printf(&out,
                      "\n#include <stdlib.h>\n#include <string.h>\n\n"
                      "void exports_%.*s_greet(%.*s_string_t *name, "
                      "%.*s_string_t *ret)\n"
                      "{\n"
                      "    static const char words[] = \"Hello, \";\n"
                      "    size_t size = sizeof words - 1;\n"
                      "    ret->len = size + name->len;\n"
                      "    ret->ptr = malloc(ret->len);\n"
                      "    memcpy(ret->ptr, words, size);\n"
                      "    memcpy(ret->ptr + size, name->ptr, name->len);\n"
                      "    %.*s_string_free(name);\n"
                      "}\n",
                      size, header, size, header, size, header, size, header);
    }
    whit_status status = buffer_status(&out, error);
    if (status == WHIT_OK)
        status = put(job, "src/component.c", buffer_view(&out), error);
    buffer_release(&out);
    return status;
}

/* Bindings, and the source that goes with them. */
static whit_status bound_files(new_job *job, const bind_world *world,
                               whit_error *error)
{
    const bind_language *language = job->options->language;
    bind_options options = {.encoding = BIND_UTF8};
    bind_output bindings, source;
    bind_output_init(&bindings);
    bind_output_init(&source);
    whit_status status = language->generate(world, &options, &bindings, error);
    for (size_t i = 0; i < bindings.count && status == WHIT_OK; i++) {
        char *path =
            tool_text(&job->memory, job->rust ? "src/%s" : "bindings/%s",
                      bindings.files[i].path);
        status =
            path ? put(job, path, buffer_view(&bindings.files[i].text), error)
                 : error_memory(error);
    }
    if (status == WHIT_OK && job->own && language->skeleton)
        status = language->skeleton(world, &options, &source, error);
    for (size_t i = 0; i < source.count && status == WHIT_OK; i++)
        status = put(job, source.files[i].path,
                     buffer_view(&source.files[i].text), error);
    if (status == WHIT_OK && !job->rust && !job->command)
        status = c_source(job, &bindings, error);
    bind_output_release(&bindings);
    bind_output_release(&source);
    return status;
}

static whit_status c_files(new_job *job, whit_error *error)
{
    TRY(put_text(job, ".gitignore", "/@.wasm\n", error));
    return job->command ? put_text(job, "src/main.c", command_c, error)
                        : WHIT_OK;
}

static whit_status make(new_job *job, whit_error *error)
{
    wit_set *set;
    bind_world world;
    const char *name =
        job->own && job->options->world ? job->options->world : "";
    /* The world is looked at before anything is written. */
    if (job->own) {
        TRY(tool_project_load(job->options->wit, name, &set, &world, error));
        bind_world_release(&world);
        wit_set_free(set);
    }
    TRY(wit_files(job, error));
    char *wit = tool_text(&job->memory, "%s/wit", job->options->path);
    TRY_ALLOC(wit, error);
    TRY(tool_project_load(wit, name, &set, &world, error));
    whit_status status = bound_files(job, &world, error);
    bind_world_release(&world);
    wit_set_free(set);
    TRY(status);
    TRY(job->rust ? rust_files(job, error) : c_files(job, error));
    return put_text(job, "README.md",
                    "# @\n\nA component: `whit build --release` makes it, "
                    "bindings follow `wit/` by themselves.\n",
                    error);
}

static bool stop(void *context, const char *name)
{
    (void)name;
    *(bool *)context = true;
    return false;
}

/* The name is that of the package, the world and the crate. */
static whit_status check_name(const char *name, whit_error *error)
{
    bool good = *name >= 'a' && *name <= 'z';
    for (const char *at = name; *at && good; at++) {
        bool word = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9');
        good = word || (*at == '-' && at[1] >= 'a' && at[1] <= 'z');
    }
    if (good && strlen(name) <= 64)
        return WHIT_OK;
    return error_set(error, WHIT_ARGUMENT,
                     "\"%s\" is no name for a project: words of small letters "
                     "and digits with '-' between them, as in my-project",
                     name);
}

static whit_status check_folder(const char *path, whit_error *error)
{
    bool full = false;
    if (file_exists(path) && !file_is_directory(path))
        return error_set(error, WHIT_ARGUMENT, "%s: a file of that name exists",
                         path);
    TRY(file_list(path, stop, &full, error));
    return full ? error_set(error, WHIT_ARGUMENT,
                            "%s: the folder has something in it", path)
                : WHIT_OK;
}

whit_status tool_new_project(const tool_new_options *options, whit_error *error)
{
    const char *world = options->world;
    new_job job = {.options = options,
                   .name = path_base(options->path),
                   .rust = options->language == &bind_language_rust,
                   .own = options->wit != NULL};
    TRY(check_name(job.name, error));
    if (!job.own) {
        job.command = world && !strcmp(world, "command");
        if (world && !job.command && strcmp(world, "library") != 0)
            return error_set(error, WHIT_ARGUMENT,
                             "no world %s without --wit: there are library "
                             "and command",
                             world);
    }
    TRY(check_folder(options->path, error));
    arena_init(&job.memory);
    whit_status status = make(&job, error);
    arena_release(&job.memory);
    return status;
}
