/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams of texts, of records, and of nothing. */
#define TOPIC contract_stream_values
#include "../host.h"

typedef struct task {
    guest_stream_string_t texts;
    guest_stream_string_writer_t quoted;
    API(stream_item_t) items;
    guest_stream_void_t ticks;
    copy copy;
    bool reads, writes;
    guest_string_t text;
    API(item_t) item[2], list[64];
    uint32_t count;
    whit_region *room;
    char quote[256];
} task;

static task *new_task(void)
{
    task *it = calloc(1, sizeof *it);
    if (!it || !(it->room = whit_region_new()))
        abort();
    return it;
}

static void finish(job *it)
{
    task *t = it->state;
    whit_region_free(t->room);
    free(t);
    free(it);
}

static void begin(task *t, bool *what)
{
    t->copy.done = false;
    *what = true;
}

static void quote_on(job *it)
{
    task *t = it->state;
    bool dropped = t->copy.done && t->copy.result == WHIT_COPY_DROPPED;
    if (t->copy.done && t->writes)
        t->writes = t->copy.count == 0 && !dropped;
    if (t->reads && t->copy.done && t->copy.count) {
        t->reads = false;
        snprintf(t->quote, sizeof t->quote, "\"%.*s\"", (int)t->text.len,
                 t->text.ptr);
        t->text = (guest_string_t){t->quote, strlen(t->quote)};
        begin(t, &t->writes);
        OK(guest_stream_string_write(store, t->quoted, &t->text, 1, copy_done,
                                     &t->copy, E));
    } else if (dropped) {
        OK(guest_stream_string_drop_readable(store, t->texts, E));
        OK(guest_stream_string_drop_writable(store, t->quoted, E));
        finish(it);
        return;
    } else if (!t->writes && (!t->reads || t->copy.done)) {
        begin(t, &t->reads);
        OK(guest_stream_string_read(store, t->texts, &t->text, 1, t->room,
                                    copy_done, &t->copy, E));
    }
    add_job(it);
}

GIVE(quote, guest_stream_string_t, guest_stream_string_t texts)
{
    task *it = new_task();
    it->texts = texts;
    do_later(quote_on, (job){.state = it});
    return guest_stream_string_new_for_call(call, result, &it->quoted, error);
}

static void finish_collect(job *it)
{
    task *t = it->state;
    if (t->reads && t->copy.done) {
        t->reads = false;
        for (size_t i = 0; i < t->copy.count && t->count < 64; i++)
            t->list[t->count++] = t->item[i];
    }
    if (!t->reads && t->copy.result == WHIT_COPY_DROPPED) {
        OK(API(stream_item_drop_readable)(store, t->items, E));
        API(collect_complete)(it->completion,
                              (API(list_item_t)){t->list, t->count});
        finish(it);
        return;
    }
    if (!t->reads) {
        begin(t, &t->reads);
        OK(API(stream_item_read)(store, t->items, t->item, 2, t->room,
                                 copy_done, &t->copy, E));
    }
    add_job(it);
}

GIVE(collect, API(list_item_t), API(stream_item_t) items)
{
    task *it = new_task();
    it->items = items;
    return later(call, finish_collect, (job){.state = it});
}

static void finish_ticks(job *it)
{
    task *t = it->state;
    if (t->reads && t->copy.done) {
        t->reads = false;
        t->count += (uint32_t)t->copy.count;
    }
    if (!t->reads && t->copy.result == WHIT_COPY_DROPPED) {
        OK(guest_stream_void_drop_readable(store, t->ticks, E));
        API(ticks_complete)(it->completion, t->count);
        finish(it);
        return;
    }
    if (!t->reads) {
        begin(t, &t->reads);
        OK(guest_stream_void_read(store, t->ticks, 3, copy_done, &t->copy, E));
    }
    add_job(it);
}

GIVE(ticks, uint32_t, guest_stream_void_t x)
{
    task *it = new_task();
    it->ticks = x;
    return later(call, finish_ticks, (job){.state = it});
}

static void check_quote(void)
{
    guest_stream_string_t texts, quoted;
    guest_stream_string_writer_t to;
    const guest_string_t in[] = {TEXT("a"), TEXT(""), TEXT("ü")};
    const guest_string_t expected[] = {TEXT("\"a\""), TEXT("\"\""),
                                       TEXT("\"ü\"")};
    copy sent = {.done = false}, got;
    OK(guest_stream_string_new(W, &texts, &to, E));
    OK(API(quote)(W, texts, &quoted, E));
    for (size_t i = 0; i < 3; i++) {
        guest_string_t out;
        got = sent = (copy){.done = false};
        OK(guest_stream_string_read(store, quoted, &out, 1, region, copy_done,
                                    &got, E));
        OK(guest_stream_string_write(store, to, &in[i], 1, copy_done, &sent,
                                     E));
        CHECK(await_copy(&sent) && sent.count == 1);
        CHECK(await_copy(&got) && got.count == 1);
        CHECK(got.count == 1 && same_text(out, expected[i]));
    }
    OK(guest_stream_string_drop_writable(store, to, E));
    guest_string_t none;
    got = (copy){.done = false};
    OK(guest_stream_string_read(store, quoted, &none, 1, region, copy_done,
                                &got, E));
    CHECK(await_copy(&got) && got.result == WHIT_COPY_DROPPED);
    OK(guest_stream_string_drop_readable(store, quoted, E));
}

static void check_collect(void)
{
    struct API(collect_args) args;
    API(stream_item_writer_t) to;
    const API(item_t) items[] = {
        {TEXT("one"), 1}, {TEXT(""), 0}, {TEXT("viele"), UINT32_MAX}};
    API(list_item_t) list;
    whit_call *call;
    size_t at = 0;
    OK(API(stream_item_new)(W, &args.items, &to, E));
    OK(API(collect_start)(W, &args, &list, &call, E));
    while (at < 3) {
        copy sent = {.done = false};
        OK(API(stream_item_write)(store, to, items + at, 3 - at, copy_done,
                                  &sent, E));
        if (!CHECK(await_copy(&sent) && sent.count))
            return;
        at += sent.count;
    }
    OK(API(stream_item_drop_writable)(store, to, E));
    CHECK(await_call(call) == WHIT_CALL_RETURNED && list.len == 3);
    for (size_t i = 0; i < 3 && i < list.len; i++)
        CHECK(same_text(list.ptr[i].name, items[i].name) &&
              list.ptr[i].value == items[i].value);
    whit_call_free(call);
}

static void check_ticks(void)
{
    struct API(ticks_args) args;
    guest_stream_void_writer_t to;
    uint32_t out = 0;
    whit_call *call;
    OK(guest_stream_void_new(W, &args.x, &to, E));
    OK(API(ticks_start)(W, &args, &out, &call, E));
    for (int i = 0; i < 5; i++) {
        copy sent = {.done = false};
        OK(guest_stream_void_write(store, to, 1, copy_done, &sent, E));
        CHECK(await_copy(&sent) && sent.count == 1);
    }
    OK(guest_stream_void_drop_writable(store, to, E));
    CHECK(await_return(call) && out == 5);
}

static void test(void)
{
    check_quote();
    check_collect();
    check_ticks();
}

static const struct guest_imports given = {.GIVEN = {quote, collect, ticks}};

HOST_LATER(given, test)
