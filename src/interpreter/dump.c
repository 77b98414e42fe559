/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Register code as text. */
#include "interpreter/interpreter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "interpreter/code.h"

typedef struct op_info {
    const char *name;
    const char *format;
} op_info;

static const op_info infos[] = {
#define X(name, format) {#name, format},
#include "interpreter/ops_expand.h"
#undef X
};

static interp_op find_op(const uint8_t *at)
{
    const void *const *handlers = interp_handlers();
    const void *handler;
    memcpy(&handler, at, sizeof handler);
    uint32_t op = 0;
    while (op < INTERP_OP_COUNT && handlers[op] != handler)
        op++;
    return (interp_op)op;
}

static uint32_t read32(const uint8_t *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static uint64_t read64(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static size_t dump_table(const interp_code *code, const uint8_t *at,
                         buffer *out)
{
    uint32_t count = read32(at);
    for (uint32_t i = 0; i <= count; i++) {
        const uint8_t *field = at + 4 + 4 * (size_t)i;
        buffer_printf(out, " ->%" PRId64,
                      field + (int32_t)read32(field) - code->bytes);
    }
    return 4 + 4 * ((size_t)count + 1);
}

/* Writes one field; returns its width. */
static size_t dump_field(const interp_code *code, char format,
                         const uint8_t *at, buffer *out)
{
    float f;
    double d;
    switch (format) {
    case 's':
    case 'd':
        buffer_printf(out, format == 'd' ? " =%d" : " %d",
                      (int32_t)read32(at) / 8);
        return 4;
    case '.':
        return 4;
    case 'i':
        buffer_printf(out, " #%d", (int32_t)read32(at));
        return 4;
    case 'l':
        buffer_printf(out, " #%" PRId64, (int64_t)read64(at));
        return 8;
    case 'f':
        memcpy(&f, at, sizeof f);
        buffer_printf(out, " #%g", (double)f);
        return 4;
    case 'g':
        memcpy(&d, at, sizeof d);
        buffer_printf(out, " #%g", d);
        return 8;
    case 'b':
        buffer_printf(out, " ->%" PRId64,
                      at + (int32_t)read32(at) - code->bytes);
        return 4;
    case 't':
        return dump_table(code, at, out);
    case 'p':
        buffer_text(out, " *");
        return 8;
    }
    return 0;
}

static whit_status dump_code(const interp_code *code, buffer *out,
                             whit_error *error)
{
    for (uint32_t at = 0; at < code->size;) {
        interp_op op = find_op(code->bytes + at);
        if (op == INTERP_OP_COUNT)
            return error_set(error, WHIT_INVALID,
                             "no instruction at position %u of the code", at);
        buffer_printf(out, "%5u %s", at, infos[op].name);
        at += sizeof(void *);
        for (const char *f = infos[op].format; *f; f++)
            at += (uint32_t)dump_field(code, *f, code->bytes + at, out);
        buffer_put(out, '\n');
    }
    return buffer_status(out, error);
}

whit_status interp_dump(rt_module *module, bool checked, uint32_t function,
                        buffer *out, whit_error *error)
{
    const interp_code *code;
    TRY(interp_prepare(module, checked, function, &code, error));
    return dump_code(code, out, error);
}
