/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams that are read and written at a time. */
#define TOPIC contract_stream_through
#include "../host.h"

/* What was read is written before more is read. */
typedef struct task {
    guest_stream_u8_t from;
    guest_stream_u8_writer_t to;
    copy in, out;
    uint8_t piece[13];
    size_t at, size;
    enum { IDLE, READING, WRITING } state;
} task;

static void end(job *it)
{
    task *t = it->state;
    OK(guest_stream_u8_drop_readable(store, t->from, E));
    OK(guest_stream_u8_drop_writable(store, t->to, E));
    free(t);
    free(it);
}

static void pass_on(job *it)
{
    task *t = it->state;
    if (t->state == READING && t->in.done) {
        t->at = 0;
        t->size = t->in.count;
        for (size_t i = 0; i < t->size; i++)
            t->piece[i]++;
        t->state = IDLE;
    }
    if (t->state == WRITING && t->out.done) {
        t->at += t->out.count;
        t->state = IDLE;
    }
    if (t->state == IDLE &&
        (t->out.result == WHIT_COPY_DROPPED ||
         (t->at == t->size && t->in.result == WHIT_COPY_DROPPED))) {
        end(it);
        return;
    }
    if (t->state == IDLE && t->at < t->size) {
        t->state = WRITING;
        t->out.done = false;
        OK(guest_stream_u8_write(store, t->to, t->piece + t->at,
                                 t->size - t->at, copy_done, &t->out, E));
    } else if (t->state == IDLE) {
        t->state = READING;
        t->in.done = false;
        OK(guest_stream_u8_read(store, t->from, t->piece, sizeof t->piece,
                                copy_done, &t->in, E));
    }
    add_job(it);
}

GIVE(add_one, guest_stream_u8_t, guest_stream_u8_t data)
{
    task *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    it->from = data;
    do_later(pass_on, (job){.state = it});
    return guest_stream_u8_new_for_call(call, result, &it->to, error);
}

static void check_size(size_t size)
{
    static uint8_t data[1000], back[1000];
    guest_stream_u8_t data_end, from;
    guest_stream_u8_writer_t to;
    size_t sent = 0, got = 0;
    copy out = {.done = true}, in = {.done = true};
    bool open = true, right = true;
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(255 - i);
    OK(guest_stream_u8_new(W, &data_end, &to, E));
    OK(API(add_one)(W, data_end, &from, E));
    /* Both ends are the host's; either may wait for the other. */
    while (in.result != WHIT_COPY_DROPPED) {
        if (out.done) {
            sent += out.count;
            out = (copy){.done = false};
            if (sent < size)
                OK(guest_stream_u8_write(store, to, data + sent, size - sent,
                                         copy_done, &out, E));
            else if (open)
                OK(guest_stream_u8_drop_writable(store, to, E));
            open = sent < size;
        }
        if (in.done) {
            got += in.count;
            in = (copy){.done = false};
            OK(guest_stream_u8_read(store, from, back + got, sizeof back - got,
                                    copy_done, &in, E));
        }
        if (!in.done && !out.done && !go_on() && !CHECK(in.done || out.done))
            return;
    }
    got += in.count;
    for (size_t i = 0; i < got; i++)
        right &= back[i] == (uint8_t)(data[i] + 1);
    CHECK(right && got == size);
    OK(guest_stream_u8_drop_readable(store, from, E));
}

static void test(void)
{
    check_size(0);
    check_size(1);
    check_size(16);
    check_size(999);
}

static const struct guest_imports given = {.GIVEN = {add_one}};

HOST_LATER(given, test)
