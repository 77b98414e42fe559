/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Waiting for the first of several descriptors and clocks. */
#include "wasi/system_clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>
#include "base/limits.h"
#include "base/memory.h"
#include "wasi/system_file.h"

#define MILLISECOND 1000000u
#define NEVER UINT64_MAX

/* When a clock subscription fires, on the monotonic clock. */
static wasi_error clock_due(wasi_subscription *item, uint64_t monotonic)
{
    uint64_t now = monotonic;
    if (item->clock == WASI_CLOCK_REALTIME)
        WASI_TRY(wasi_clock_now(item->clock, &now));
    else if (item->clock != WASI_CLOCK_MONOTONIC)
        return WASI_ERROR_NOTSUP;
    uint64_t left = item->timeout;
    if (item->absolute)
        left = item->timeout > now ? item->timeout - now : 0;
    item->due = left > NEVER - monotonic ? NEVER : monotonic + left;
    return WASI_OK;
}

/* How much a read would give, for what can tell. */
static uint64_t readable_size(wasi_descriptor *self)
{
    int size = 0;
    wasi_stat st;
    uint64_t position;
    if (self->kind == WASI_KIND_INPUT)
        return self->input.size - self->position;
    if (self->kind == WASI_KIND_FILE)
        return wasi_file_stat(self, &st) == WASI_OK &&
                       wasi_file_seek(self, 0, WASI_SEEK_CURRENT, &position) ==
                           WASI_OK &&
                       st.size > position
                   ? st.size - position
                   : 0;
    if (self->host < 0 || ioctl(self->host, FIONREAD, &size) != 0 || size < 0)
        return 0;
    return (uint64_t)size;
}

static void item_done(wasi_subscription *item, wasi_error error)
{
    item->ready = true;
    item->error = error;
    if (!error && item->event == WASI_EVENT_READ)
        item->size = readable_size(item->descriptor);
}

/* Answers what needs no waiting and fills in poll(2)'s list, negative for
 * what it has nothing to do with. */
static bool items_start(wasi_subscription *items, struct pollfd *list,
                        size_t count, uint64_t now)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        wasi_subscription *item = &items[i];
        wasi_descriptor *descriptor = item->descriptor;
        bool read = item->event == WASI_EVENT_READ;
        item->ready = item->hangup = false;
        item->error = WASI_OK;
        item->size = 0;
        item->due = NEVER;
        list[i] = (struct pollfd){.fd = -1};
        if (item->event == WASI_EVENT_CLOCK) {
            wasi_error error = clock_due(item, now);
            if (error)
                item_done(item, error);
        } else if (!descriptor) {
            item_done(item, WASI_ERROR_BADF);
        } else if (descriptor->kind == WASI_KIND_SOCKET ||
                   descriptor->kind == WASI_KIND_STREAM) {
            list[i].fd = descriptor->host;
            list[i].events = read ? POLLIN : POLLOUT;
        } else {
            item_done(item, WASI_OK);
        }
        any |= item->ready;
    }
    return any;
}

/* After a poll(2). */
static bool items_collect(wasi_subscription *items, const struct pollfd *list,
                          size_t count, uint64_t now)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        wasi_subscription *item = &items[i];
        if (!item->ready && item->event == WASI_EVENT_CLOCK &&
            item->due <= now && item->due != NEVER)
            item_done(item, WASI_OK);
        if (!item->ready && list[i].revents) {
            item_done(item,
                      list[i].revents & POLLNVAL ? WASI_ERROR_BADF : WASI_OK);
            item->hangup = list[i].revents & (POLLHUP | POLLERR);
        }
        any |= item->ready;
    }
    return any;
}

/* Milliseconds until the next clock, rounded up; -1 without any. */
static int items_timeout(const wasi_subscription *items, size_t count,
                         uint64_t now, bool slices)
{
    uint64_t due = NEVER;
    for (size_t i = 0; i < count; i++)
        due = items[i].due < due ? items[i].due : due;
    uint64_t left = due > now ? due - now : 0;
    uint64_t slice_length = (uint64_t)WASI_WAIT_SLICE * MILLISECOND;
    if (slices && (due == NEVER || left > slice_length))
        return WASI_WAIT_SLICE;
    if (due == NEVER)
        return -1;
    uint64_t milliseconds = left / MILLISECOND + (left % MILLISECOND != 0);
    return milliseconds > 1000000 ? 1000000 : (int)milliseconds;
}

/* Below a millisecond poll(2) is too coarse. */
static void wait_briefly(uint64_t left)
{
    struct timespec time = {0, (long)left};
    nanosleep(&time, NULL);
}

static wasi_error poll_run(wasi_subscription *items, struct pollfd *list,
                           size_t count, const wasi_wait *wait)
{
    uint64_t now;
    WASI_TRY(wasi_clock_now(WASI_CLOCK_MONOTONIC, &now));
    bool any = items_start(items, list, count, now);
    for (;;) {
        int timeout = any ? 0 : items_timeout(items, count, now, wait != NULL);
        if (timeout == 1 && count == 1 && items[0].due - now < MILLISECOND)
            wait_briefly(items[0].due - now);
        else if (poll(list, (nfds_t)count, timeout) < 0 && errno != EINTR)
            return wasi_error_last();
        WASI_TRY(wasi_clock_now(WASI_CLOCK_MONOTONIC, &now));
        if (items_collect(items, list, count, now))
            return WASI_OK;
        if (wasi_wait_interrupted(wait))
            return WASI_ERROR_INTR;
    }
}

wasi_error wasi_poll(wasi_subscription *items, size_t count,
                     const wasi_wait *wait)
{
    if (!count || count > LIMIT_WASI_SUBSCRIPTIONS)
        return WASI_ERROR_INVAL;
    struct pollfd *list = mem_calloc(count, sizeof *list);
    if (!list)
        return WASI_ERROR_NOMEM;
    wasi_error error = poll_run(items, list, count, wait);
    mem_free(list);
    return error;
}
