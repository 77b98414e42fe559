/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Waiting for several things at once. The includer defines prepare(), which
 * takes what memory descriptors need to begin with, and ready(): it gives an
 * error, or SUCCESS and either a pollable to wait for or 0 and how many bytes
 * are there at once. */
#ifndef ADAPTER_POLL_H
#define ADAPTER_POLL_H

#include "system.h"

static inline __attribute__((always_inline)) u32 ready(u32 fd, u32 writing,
                                                       u32 *pollable,
                                                       u64 *size);

static inline void prepare(void);

static p1_event *report(p1_event *to, const p1_subscription *from, u32 error,
                        u64 size)
{
    to->user_data = from->user_data;
    to->error = (u16)error;
    to->type = (u8)from->tag;
    to->size = size;
    to->flags = 0;
    return to + 1;
}

static u32 clock_pollable(const p1_subscription *from)
{
    u64 timeout = from->timeout;
    if (!(from->flags & 1))
        return subscribe_duration(timeout);
    if (from->subject)
        return subscribe_instant(timeout);
    u64 now = wall_time(wall_now);
    return subscribe_duration(timeout > now ? timeout - now : 0);
}

EXPORT("poll_oneoff")
u32 poll_oneoff(const p1_subscription *from, p1_event *to, u32 count,
                u32 *count_out)
{
    if (!count)
        return INVAL;
    prepare();
    u32 mark = heap_next();
    p1_event *next = to;
    u32 *list = (u64)count * 4 > 0x7fffffff ? 0 : take(count * 4, 4);
    if (!list)
        return NOMEM;
    u32 made = 0;
    for (; made < count; made++) {
        const p1_subscription *s = from + made;
        u32 error = SUCCESS, pollable = 0;
        u64 size = 0;
        u32 tag = (u8)s->tag;
        if (tag)
            error = ready(s->subject, tag - 1, &pollable, &size);
        else if (s->subject > 1)
            error = NOTSUP;
        else
            pollable = clock_pollable(s);
        /* What is certain at once makes waiting superfluous. */
        if (!pollable)
            next = report(next, s, error, size);
        list[made] = pollable;
    }
    if (next == to) {
        HOLD;
        set_sink(HEAP);
        poll(list, count, LOW);
        set_sink(0);
        const u32 *found = (const u32 *)LOW[0];
        u32 left = LOW[1];
        GIVE_BACK;
        for (; left; left--)
            next = report(next, from + *found++, SUCCESS, 1);
    }
    for (u32 n = 0; n < made; n++)
        if (list[n])
            drop_pollable(list[n]);
    forget(mark);
    *count_out = (u32)(next - to);
    return SUCCESS;
}

#endif
