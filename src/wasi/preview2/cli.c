/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:cli and wasi:random. */
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "wasi/preview2/stream.h"

/* ---- Environment ---- */

/* Bytes of the host as text: what is no UTF-8 becomes U+FFFD, so that a guest
 * can start whatever it is told. */
static whit_status text_repair(p2_call *call, p2_list *text)
{
    slice left = slice_of(text->data, text->length);
    if (utf8_valid(left))
        return WHIT_OK;
    uint8_t *out = wasi_p2_alloc(call, 3 * left.size);
    TRY_ALLOC(out, call->error);
    size_t size = 0;
    while (left.size) {
        uint32_t code;
        unsigned step = utf8_decode(left, &code);
        size += utf8_encode(step ? code : 0xfffd, out + size);
        step += !step;
        left = slice_of(left.data + step, left.size - step);
    }
    *text = (p2_list){out, size};
    return WHIT_OK;
}

/* One text behind the other, each with its NUL. */
static whit_status text_next(p2_call *call, const char **at, p2_list *text)
{
    *text = (p2_list){*at, strlen(*at)};
    *at += text->length + 1;
    return text_repair(call, text);
}

whit_status wasi_p2_environment_get_environment(p2_call *call)
{
    const wasi_texts *texts = &call->world->system->environment;
    const char *at = (const char *)texts->bytes.data;
    p2_list *out = call->result;
    p2_list *pairs = wasi_p2_alloc(call, texts->count * 2 * sizeof *pairs);
    TRY_ALLOC(pairs, call->error);
    *out = (p2_list){pairs, texts->count};
    for (uint32_t i = 0; i < texts->count; i++) {
        p2_list text;
        TRY(text_next(call, &at, &text));
        const char *value = memchr(text.data, '=', text.length);
        size_t name =
            value ? (size_t)(value - (const char *)text.data) : text.length;
        *pairs++ = (p2_list){text.data, name};
        *pairs++ =
            value ? (p2_list){value + 1, text.length - name - 1} : (p2_list){0};
    }
    return WHIT_OK;
}

whit_status wasi_p2_environment_get_arguments(p2_call *call)
{
    const wasi_texts *texts = &call->world->system->arguments;
    const char *at = (const char *)texts->bytes.data;
    p2_list *out = call->result;
    p2_list *items = wasi_p2_alloc(call, texts->count * sizeof *items);
    TRY_ALLOC(items, call->error);
    *out = (p2_list){items, texts->count};
    for (uint32_t i = 0; i < texts->count; i++)
        TRY(text_next(call, &at, &items[i]));
    return WHIT_OK;
}

/* There is none: paths are relative to what was granted. */
whit_status wasi_p2_environment_initial_cwd(p2_call *call)
{
    *(uint8_t *)call->result = P2_NONE;
    return WHIT_OK;
}

/* ---- Exit ---- */

static whit_status guest_exit(p2_call *call, uint32_t code)
{
    wasi_system *system = call->world->system;
    atomic_store(&system->exit_code, code);
    atomic_store(&system->exited, true);
    return error_set(call->error, WHIT_EXIT, "the guest exited with code %u",
                     code);
}

whit_status wasi_p2_exit_exit(p2_call *call)
{
    return guest_exit(call, *(const uint8_t *)call->arguments != P2_OK);
}

whit_status wasi_p2_exit_exit_with_code(p2_call *call)
{
    return guest_exit(call, *(const uint8_t *)call->arguments);
}

/* ---- Standard streams ---- */

static wasi_descriptor *standard(p2_call *call, uint32_t number)
{
    wasi_descriptor *found;
    return wasi_table_get(&call->world->system->table, number, &found) ==
                   WASI_OK
               ? found
               : NULL;
}

whit_status wasi_p2_stdin_get_stdin(p2_call *call)
{
    wasi_descriptor *descriptor = standard(call, 0);
    if (!descriptor)
        return wasi_p2_trap(call, "standard input is closed");
    p2_input *made = wasi_p2_input_new(descriptor, false, 0);
    wasi_descriptor_release(descriptor);
    TRY_ALLOC(made, call->error);
    return wasi_p2_give(call, &made->object, call->result);
}

static whit_status output_get(p2_call *call, uint32_t number)
{
    p2_sink **sink = &call->world->sinks[number - 1];
    if (!*sink) {
        wasi_descriptor *descriptor = standard(call, number);
        if (!descriptor)
            return wasi_p2_trap(call, "a standard stream is closed");
        *sink = wasi_p2_sink_new(call->world, descriptor);
        wasi_descriptor_release(descriptor);
        TRY_ALLOC(*sink, call->error);
    }
    p2_output *made = wasi_p2_output_new(*sink);
    TRY_ALLOC(made, call->error);
    return wasi_p2_give(call, &made->object, call->result);
}

whit_status wasi_p2_stdout_get_stdout(p2_call *call)
{
    return output_get(call, 1);
}

whit_status wasi_p2_stderr_get_stderr(p2_call *call)
{
    return output_get(call, 2);
}

static whit_status terminal(p2_call *call, uint32_t number, p2_kind kind)
{
    p2_option_handle *out = call->result;
    wasi_descriptor *descriptor = standard(call, number);
    bool is = descriptor && descriptor->terminal;
    wasi_descriptor_release(descriptor);
    out->tag = is ? P2_SOME : P2_NONE;
    if (!is)
        return WHIT_OK;
    p2_object *made = wasi_p2_object_new(kind, sizeof *made, NULL);
    TRY_ALLOC(made, call->error);
    return wasi_p2_give(call, made, &out->value);
}

whit_status wasi_p2_terminal_stdin_get_terminal_stdin(p2_call *call)
{
    return terminal(call, 0, P2_TERMINAL_INPUT);
}

whit_status wasi_p2_terminal_stdout_get_terminal_stdout(p2_call *call)
{
    return terminal(call, 1, P2_TERMINAL_OUTPUT);
}

whit_status wasi_p2_terminal_stderr_get_terminal_stderr(p2_call *call)
{
    return terminal(call, 2, P2_TERMINAL_OUTPUT);
}

/* ---- Random ---- */

static whit_status random_fill(p2_call *call, void *out, size_t size)
{
    wasi_error error = wasi_random(out, size, NULL);
    return error ? error_set(call->error, WHIT_IO, "random bytes: %s",
                             wasi_error_name(error))
                 : WHIT_OK;
}

whit_status wasi_p2_random_get_random_bytes(p2_call *call)
{
    uint64_t length = *(const uint64_t *)call->arguments;
    p2_list *out = call->result;
    if (length > LIMIT_CANON_BYTES)
        return wasi_p2_trap(call, "%llu random bytes, more than a list has",
                            (unsigned long long)length);
    void *bytes = wasi_p2_alloc(call, (size_t)length);
    TRY_ALLOC(bytes, call->error);
    *out = (p2_list){bytes, (size_t)length};
    return random_fill(call, bytes, (size_t)length);
}

whit_status wasi_p2_random_get_random_u64(p2_call *call)
{
    return random_fill(call, call->result, sizeof(uint64_t));
}

/* The host's generator is fast enough for both. */
whit_status wasi_p2_insecure_get_insecure_random_bytes(p2_call *call)
{
    return wasi_p2_random_get_random_bytes(call);
}

whit_status wasi_p2_insecure_get_insecure_random_u64(p2_call *call)
{
    return wasi_p2_random_get_random_u64(call);
}

whit_status wasi_p2_insecure_seed_insecure_seed(p2_call *call)
{
    return random_fill(call, call->result, 2 * sizeof(uint64_t));
}
