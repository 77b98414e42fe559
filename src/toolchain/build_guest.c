/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The runtime that release builds link in front of libc. */
#include "toolchain/build_job.h"

#include <inttypes.h>
#include "base/limits.h"
#include "platform/file.h"
#include "toolchain/stdlib.h"

/* The program carries the source, because guests are compiled by the clang of
 * the machine it runs on. The path is relative to where make runs. */
#if defined(__APPLE__)
#define SECTION ".section __TEXT,__const\n"
#define SYMBOL(name) "_" #name
#else
#define SECTION ".section .rodata\n"
#define SYMBOL(name) #name
#endif
__asm__(SECTION ".globl " SYMBOL(tool_guest_source) "\n" SYMBOL(
    tool_guest_source) ":\n.incbin \"guest/c/runtime.c\"\n"
                       ".globl " SYMBOL(tool_guest_source_end) "\n" SYMBOL(
                           tool_guest_source_end) ":\n.byte 0\n.text\n");
extern const uint8_t tool_guest_source[];
extern const uint8_t tool_guest_source_end[];

static const char *const flags[] = {"-Oz",
                                    "-mbulk-memory",
                                    "-ffreestanding",
                                    "-fno-builtin",
                                    "-std=c17",
                                    "-nostdlibinc",
                                    "-c",
                                    NULL};

static whit_status compile(tool_job *job, const tool_clang *clang,
                           const char *made, whit_error *error)
{
    char *source = tool_text(job->memory, "%s/runtime.c", job->work);
    TRY_ALLOC(source, error);
    slice text = slice_of(tool_guest_source,
                          (size_t)(tool_guest_source_end - tool_guest_source));
    TRY(file_write(source, text, error));
    tool_list argv;
    tool_list_init(&argv, job->memory);
    tool_list_add(&argv, clang->path);
    tool_list_add(&argv, tool_clang_target(clang, TOOL_WASIP1));
    tool_list_all(&argv, flags);
    tool_list_add(&argv, source);
    tool_list_add(&argv, "-o");
    tool_list_add(&argv, made);
    return tool_job_run(job, &argv, NULL, NULL, error);
}

static whit_status keep(tool_job *job, const char *made, const char *kept,
                        whit_error *error)
{
    char *parent =
        tool_text(job->memory, "%.*s", (int)(path_base(kept) - kept), kept);
    TRY_ALLOC(parent, error);
    TRY(file_make_directories(parent, error));
    buffer object;
    buffer_init(&object);
    whit_status status = file_read(made, LIMIT_MODULE_BYTES, &object, error);
    if (status == WHIT_OK)
        status = file_write(kept, buffer_view(&object), error);
    buffer_release(&object);
    return status;
}

/* Kept in the cache, less for its compile time than because cargo builds
 * everything anew when a path among the flags changes. */
whit_status tool_guest_object(tool_job *job, const tool_clang *clang,
                              const char **object, whit_error *error)
{
    uint64_t hash =
        slice_hash(slice_of(tool_guest_source, (size_t)(tool_guest_source_end -
                                                        tool_guest_source))) *
            31 +
        slice_hash(slice_text(clang->version));
    const char *cache = tool_cache(job->memory);
    char *made = tool_text(job->memory, "%s/runtime.o", job->work);
    char *kept = tool_text(job->memory, "%s/guest/runtime-%016" PRIx64 ".o",
                           cache ? cache : job->work, hash);
    if (!made || !kept)
        return error_memory(error);
    *object = kept;
    if (file_exists(kept))
        return WHIT_OK;
    TRY(compile(job, clang, made, error));
    return keep(job, made, kept, error);
}
