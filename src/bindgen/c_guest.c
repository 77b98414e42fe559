/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The heap that --freestanding sources are linked with, as files. */
#include "bindgen/c_private.h"

#ifdef __APPLE__
#define SECTION ".section __TEXT,__const\n"
#define SYMBOL(name) "_" #name
#else
#define SECTION ".section .rodata\n"
#define SYMBOL(name) #name
#endif
#define EMBED(name, path)                                   \
    __asm__(SECTION ".globl " SYMBOL(name) "\n" SYMBOL(     \
        name) ":\n.incbin \"" path "\"\n.byte 0\n.text\n"); \
    extern const char name[]

EMBED(bind_c_guest_header, "guest/c/whit/whit_guest.h");
EMBED(bind_c_guest_source, "guest/c/whit/whit_guest.c");

static whit_status add_text(bind_output *out, const char *path,
                            const char *text, whit_error *error)
{
    buffer *file;
    TRY(bind_output_add(out, path, &file, error));
    buffer_text(file, text);
    return buffer_status(file, error);
}

whit_status c_add_guest(bind_output *out, whit_error *error)
{
    TRY(add_text(out, "whit_guest.h", bind_c_guest_header, error));
    return add_text(out, "whit_guest.c", bind_c_guest_source, error);
}
