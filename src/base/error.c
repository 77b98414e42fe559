/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Filling a whit_error. */
#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const status_texts[] = {
#define X(name, text) text,
#include <whit/errors.def>
#undef X
};

const char *whit_status_text(whit_status status)
{
    if (status < 0 || status >= WHIT_STATUS_COUNT)
        return "unknown status";
    return status_texts[status];
}

static void fill(whit_error *error, whit_status code, const char *format,
                 va_list arguments)
{
    error->code = code;
    error->position = WHIT_POSITION_NONE;
    error->offset = 0;
    error->line = error->column = 0;
    vsnprintf(error->message, sizeof error->message, format, arguments);
}

whit_status error_set(whit_error *error, whit_status code, const char *format,
                      ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, code, format, arguments);
        va_end(arguments);
    }
    return code;
}

whit_status error_at(whit_error *error, whit_status code, uint64_t offset,
                     const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, code, format, arguments);
        va_end(arguments);
        error->position = WHIT_POSITION_OFFSET;
        error->offset = offset;
    }
    return code;
}

whit_status error_line(whit_error *error, whit_status code, uint32_t line,
                       uint32_t column, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, code, format, arguments);
        va_end(arguments);
        error->position = WHIT_POSITION_LINE;
        error->line = line;
        error->column = column;
    }
    return code;
}

whit_status error_memory(whit_error *error)
{
    return error_set(error, WHIT_OUT_OF_MEMORY, "out of memory");
}

void error_prefix(whit_error *error, const char *format, ...)
{
    if (!error)
        return;
    char text[WHIT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    size_t used =
        (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    const char *parts[] = {": ", error->message};
    for (unsigned i = 0; i < COUNT_OF(parts); i++) {
        size_t size = strlen(parts[i]);
        if (size > sizeof text - 1 - used)
            size = sizeof text - 1 - used;
        memcpy(text + used, parts[i], size);
        used += size;
    }
    text[used] = 0;
    memcpy(error->message, text, used + 1);
}

void error_suffix(whit_error *error, const char *format, ...)
{
    if (!error)
        return;
    size_t length = strlen(error->message);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message + length, sizeof error->message - length, format,
              arguments);
    va_end(arguments);
}

void error_format(const whit_error *error, const char *file, char *out,
                  size_t size)
{
    const char *name = file ? file : "";
    const char *colon = file ? ": " : "";
    switch (error->position) {
    case WHIT_POSITION_OFFSET:
        snprintf(out, size, "%s%s0x%" PRIx64 ": %s", name, file ? ":" : "",
                 error->offset, error->message);
        break;
    case WHIT_POSITION_LINE:
        snprintf(out, size, "%s%s%u:%u: %s", name, file ? ":" : "", error->line,
                 error->column, error->message);
        break;
    case WHIT_POSITION_NONE:
        snprintf(out, size, "%s%s%s", name, colon, error->message);
        break;
    }
}
