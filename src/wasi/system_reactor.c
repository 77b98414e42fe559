/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * One epoll descriptor; times are a heap with one timer descriptor. */
#include "wasi/system_reactor.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/memory.h"
#include "wasi/system_clock.h"

#define SECOND 1000000000u
#define MILLISECOND 1000000u

/* A descriptor of the host with those who wait for it: epoll knows each
 * descriptor once. It is known to epoll while the list is not empty. */
typedef struct wasi_watch {
    wasi_waiter list; /* head of a ring */
    int host;
    uint32_t events; /* that epoll was asked for */
} wasi_watch;

struct wasi_reactor {
    int epoll, timer;
    wasi_watch **watches; /* by descriptor; NULL where none was needed yet */
    size_t watch_room;
    wasi_waiter **heap; /* by `due`, the first is the earliest */
    size_t heap_count, heap_room;
    uint64_t armed;  /* when the timer fires, or WASI_NEVER */
    wasi_waiter now; /* ready without having been waited for: a ring */
    size_t count;
};

static void ring_init(wasi_waiter *head)
{
    head->previous = head->next = head;
}

static bool ring_is_empty(const wasi_waiter *head)
{
    return head->next == head;
}

static void ring_add(wasi_waiter *head, wasi_waiter *item)
{
    item->previous = head->previous;
    item->next = head;
    head->previous->next = item;
    head->previous = item;
}

static void ring_remove(wasi_waiter *item)
{
    if (!item->next)
        return;
    item->previous->next = item->next;
    item->next->previous = item->previous;
    item->previous = item->next = NULL;
}

static void heap_put(wasi_reactor *self, size_t at, wasi_waiter *item)
{
    self->heap[at] = item;
    item->timer = at + 1;
}

static void heap_up(wasi_reactor *self, size_t at, wasi_waiter *item)
{
    while (at && self->heap[(at - 1) / 2]->due > item->due) {
        heap_put(self, at, self->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    heap_put(self, at, item);
}

static void heap_down(wasi_reactor *self, size_t at, wasi_waiter *item)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= self->heap_count)
            break;
        if (child + 1 < self->heap_count &&
            self->heap[child + 1]->due < self->heap[child]->due)
            child++;
        if (self->heap[child]->due >= item->due)
            break;
        heap_put(self, at, self->heap[child]);
        at = child;
    }
    heap_put(self, at, item);
}

static void heap_remove(wasi_reactor *self, wasi_waiter *item)
{
    if (!item->timer)
        return;
    size_t at = item->timer - 1;
    item->timer = 0;
    wasi_waiter *last = self->heap[--self->heap_count];
    if (last == item)
        return;
    if (at && self->heap[(at - 1) / 2]->due > last->due)
        heap_up(self, at, last);
    else
        heap_down(self, at, last);
}

/* The timer descriptor follows the head of the heap. A ring of ready waiters
 * makes it fire at once. */
static void timer_arm(wasi_reactor *self)
{
    uint64_t due = self->heap_count ? self->heap[0]->due : WASI_NEVER;
    if (!ring_is_empty(&self->now))
        due = 1;
    if (due == self->armed)
        return;
    struct itimerspec time = {0};
    if (due != WASI_NEVER) {
        uint64_t seconds = due / SECOND;
        time.it_value.tv_sec =
            seconds > INT32_MAX ? INT32_MAX : (time_t)seconds;
        time.it_value.tv_nsec = (long)(due % SECOND);
        if (!seconds && !time.it_value.tv_nsec)
            time.it_value.tv_nsec = 1; /* zero would switch it off */
    }
    if (timerfd_settime(self->timer, TFD_TIMER_ABSTIME, &time, NULL) == 0)
        self->armed = due;
}

wasi_error wasi_reactor_new(wasi_reactor **out)
{
    *out = NULL;
    wasi_reactor *self = mem_zalloc(sizeof *self);
    if (!self)
        return WASI_ERROR_NOMEM;
    ring_init(&self->now);
    self->armed = WASI_NEVER;
    self->timer = -1;
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (self->epoll >= 0)
        self->timer =
            timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (self->timer < 0 ||
        epoll_ctl(self->epoll, EPOLL_CTL_ADD, self->timer, &event) != 0) {
        wasi_error error = wasi_error_last();
        wasi_reactor_free(self);
        return error;
    }
    *out = self;
    return WASI_OK;
}

void wasi_reactor_free(wasi_reactor *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < self->watch_room; i++)
        mem_free(self->watches[i]);
    mem_free(self->watches);
    mem_free(self->heap);
    if (self->epoll >= 0)
        close(self->epoll);
    if (self->timer >= 0)
        close(self->timer);
    mem_free(self);
}

static wasi_watch *watch_get(wasi_reactor *self, int host)
{
    size_t at = (size_t)host;
    if (at >= self->watch_room) {
        size_t room = at + 16;
        wasi_watch **grown =
            mem_realloc(self->watches, room * sizeof *self->watches);
        if (!grown)
            return NULL;
        for (size_t i = self->watch_room; i < room; i++)
            grown[i] = NULL;
        self->watches = grown;
        self->watch_room = room;
    }
    if (!self->watches[at]) {
        wasi_watch *made = mem_zalloc(sizeof *made);
        if (!made)
            return NULL;
        ring_init(&made->list);
        made->host = host;
        self->watches[at] = made;
    }
    return self->watches[at];
}

static uint32_t events_of(short events)
{
    return (events & POLLIN ? EPOLLIN : 0u) |
           (events & POLLOUT ? EPOLLOUT : 0u);
}

/* Tells epoll what the list wants. */
static wasi_error watch_update(wasi_reactor *self, wasi_watch *watch)
{
    uint32_t events = 0;
    for (wasi_waiter *i = watch->list.next; i != &watch->list; i = i->next)
        events |= events_of(i->events);
    if (events == watch->events)
        return WASI_OK;
    struct epoll_event event = {.events = events, .data.ptr = watch};
    int operation = !events         ? EPOLL_CTL_DEL
                    : watch->events ? EPOLL_CTL_MOD
                                    : EPOLL_CTL_ADD;
    watch->events = events;
    if (epoll_ctl(self->epoll, operation, watch->host, &event) == 0)
        return WASI_OK;
    watch->events = 0;
    return wasi_error_last();
}

static wasi_error waiter_watch(wasi_reactor *self, wasi_waiter *waiter)
{
    wasi_watch *watch = watch_get(self, waiter->host);
    if (!watch)
        return WASI_ERROR_NOMEM;
    ring_add(&watch->list, waiter);
    waiter->watch = watch;
    wasi_error error = watch_update(self, watch);
    if (!error)
        return WASI_OK;
    ring_remove(waiter);
    waiter->watch = NULL;
    if (error != WASI_ERROR_PERM)
        return error;
    ring_add(&self->now, waiter); /* a file, /dev/null: always ready */
    return WASI_OK;
}

static void waiter_unlink(wasi_reactor *self, wasi_waiter *waiter)
{
    wasi_watch *watch = waiter->watch;
    ring_remove(waiter);
    waiter->watch = NULL;
    if (watch && watch_update(self, watch) != WASI_OK)
        watch->events = 0; /* the descriptor is closed: epoll forgot it */
    heap_remove(self, waiter);
}

wasi_error wasi_reactor_add(wasi_reactor *self, wasi_waiter *waiter)
{
    if (waiter->host < 0 && waiter->due == WASI_NEVER)
        return WASI_OK; /* nothing will ever happen to it */
    if (waiter->due != WASI_NEVER) {
        if (self->heap_count == self->heap_room) {
            size_t room = self->heap_room ? 2 * self->heap_room : 8;
            wasi_waiter **grown =
                mem_realloc(self->heap, room * sizeof *self->heap);
            if (!grown)
                return WASI_ERROR_NOMEM;
            self->heap = grown;
            self->heap_room = room;
        }
        self->heap_count++;
        heap_up(self, self->heap_count - 1, waiter);
    }
    if (waiter->host >= 0) {
        wasi_error error = waiter_watch(self, waiter);
        if (error) {
            heap_remove(self, waiter);
            return error;
        }
    }
    self->count++;
    timer_arm(self);
    return WASI_OK;
}

static bool waiter_is_added(const wasi_waiter *waiter)
{
    return waiter->next || waiter->timer;
}

void wasi_reactor_remove(wasi_reactor *self, wasi_waiter *waiter)
{
    if (!waiter_is_added(waiter))
        return;
    waiter_unlink(self, waiter);
    self->count--;
    timer_arm(self);
}

size_t wasi_reactor_count(const wasi_reactor *self)
{
    return self->count;
}

int wasi_reactor_descriptor(const wasi_reactor *self)
{
    return self->epoll;
}

/* Moves everyone that an event concerns to the ring of the ready. */
static void watch_fire(wasi_reactor *self, wasi_watch *watch, uint32_t events)
{
    wasi_waiter *next;
    for (wasi_waiter *i = watch->list.next; i != &watch->list; i = next) {
        next = i->next;
        if (!(events & (events_of(i->events) | EPOLLERR | EPOLLHUP)))
            continue;
        ring_remove(i);
        i->watch = NULL;
        heap_remove(self, i);
        ring_add(&self->now, i);
    }
    if (watch_update(self, watch) != WASI_OK)
        watch->events = 0;
}

static void timers_fire(wasi_reactor *self)
{
    uint64_t now = 0;
    if (!self->heap_count ||
        wasi_clock_now(WASI_CLOCK_MONOTONIC, &now) != WASI_OK)
        return;
    while (self->heap_count && self->heap[0]->due <= now) {
        wasi_waiter *waiter = self->heap[0];
        waiter_unlink(self, waiter);
        ring_add(&self->now, waiter);
    }
}

/* Calls back those who are ready now, not those they add meanwhile. */
static bool ready_call(wasi_reactor *self)
{
    wasi_waiter list;
    if (ring_is_empty(&self->now))
        return false;
    list.next = self->now.next;
    list.previous = self->now.previous;
    list.next->previous = list.previous->next = &list;
    ring_init(&self->now);
    while (!ring_is_empty(&list)) {
        wasi_waiter *waiter = list.next;
        ring_remove(waiter);
        heap_remove(self, waiter); /* one that was ready at once */
        self->count--;
        waiter->ready(waiter);
    }
    return true;
}

/* Milliseconds to wait; the timer descriptor has the exact time. */
static int wait_length(uint64_t left, bool slices)
{
    uint64_t length = left / MILLISECOND + (left % MILLISECOND != 0);
    if (slices)
        return length > WASI_WAIT_SLICE ? WASI_WAIT_SLICE : (int)length;
    return length > INT32_MAX ? -1 : (int)length;
}

/* Of `timeout`, begun at `start`. */
static uint64_t time_left(uint64_t timeout, uint64_t start)
{
    uint64_t now;
    if (timeout == WASI_NEVER || !timeout ||
        wasi_clock_now(WASI_CLOCK_MONOTONIC, &now) != WASI_OK)
        return timeout;
    return timeout > now - start ? timeout - (now - start) : 0;
}

static wasi_error reactor_collect(wasi_reactor *self, int timeout)
{
    enum { MANY = 64 };
    struct epoll_event events[MANY];
    int count = epoll_wait(self->epoll, events, MANY, timeout);
    if (count < 0)
        return errno == EINTR ? WASI_OK : wasi_error_last();
    for (int i = 0; i < count; i++) {
        uint64_t times;
        if (events[i].data.ptr)
            watch_fire(self, events[i].data.ptr, events[i].events);
        else if (read(self->timer, &times, sizeof times) == sizeof times)
            self->armed = WASI_NEVER;
    }
    return WASI_OK;
}

wasi_error wasi_reactor_wait(wasi_reactor *self, uint64_t timeout,
                             const wasi_wait *wait)
{
    uint64_t start;
    bool slices = wait && wait->interrupted;
    WASI_TRY(wasi_clock_now(WASI_CLOCK_MONOTONIC, &start));
    for (uint64_t left = timeout;;) {
        bool none = ring_is_empty(&self->now);
        wasi_error error =
            reactor_collect(self, none ? wait_length(left, slices) : 0);
        timers_fire(self);
        bool any = ready_call(self);
        timer_arm(self);
        if (any)
            return WASI_OK;
        WASI_TRY(error);
        if (wasi_wait_interrupted(wait))
            return WASI_ERROR_INTR;
        left = time_left(timeout, start);
        if (!left)
            return WASI_ERROR_TIMEDOUT;
    }
}
