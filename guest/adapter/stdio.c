/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The adapter for programs that cannot have any descriptor but 0, 1 and 2,
 * because they import nothing that gives them one. What it does not export
 * needs files.c. */
#include "poll.h"
#include "streams.h"

GLOBAL(closed) /* a bit for each */

static u32 check(u32 fd)
{
    return fd > 2 || closed() >> fd & 1 ? BADF : SUCCESS;
}

static inline void prepare(void)
{
}

static inline __attribute__((always_inline)) u32 ready(u32 fd, u32 writing,
                                                       u32 *pollable, u64 *size)
{
    *size = 0;
    if (check(fd) || writing != (fd != 0))
        return BADF;
    *pollable = fd ? output_subscribe(output(fd)) : input_subscribe(input());
    return SUCCESS;
}

EXPORT("fd_write")
u32 fd_write(u32 fd, const p1_iovec *list, u32 count, u32 *out)
{
    if (!fd || check(fd))
        return BADF;
    return write_all(output(fd), list, count, out);
}

EXPORT("fd_read")
u32 fd_read(u32 fd, const p1_iovec *list, u32 count, u32 *out)
{
    if (fd || check(fd))
        return BADF;
    return read_some(list, count, out);
}

EXPORT("fd_close") u32 fd_close(u32 fd)
{
    if (check(fd))
        return BADF;
    set_closed(closed() | 1u << fd);
    return SUCCESS;
}

EXPORT("fd_seek") u32 fd_seek(u32 fd, i64 offset, u32 whence, u64 *out)
{
    (void)offset, (void)whence, (void)out;
    return check(fd) ? BADF : SPIPE;
}

EXPORT("fd_tell") u32 fd_tell(u32 fd, u64 *out)
{
    (void)out;
    return check(fd) ? BADF : SPIPE;
}

EXPORT("fd_fdstat_get") u32 fd_fdstat_get(u32 fd, p1_fdstat *out)
{
    return check(fd) ? BADF : stream_fdstat(fd, out);
}

EXPORT("fd_fdstat_set_flags") u32 fd_fdstat_set_flags(u32 fd, u32 flags)
{
    return check(fd) ? BADF : flags & ~(u32)APPEND ? NOTSUP : SUCCESS;
}

EXPORT("fd_filestat_get") u32 fd_filestat_get(u32 fd, p1_filestat *out)
{
    return check(fd) ? BADF : stream_filestat(fd, out);
}

EXPORT("fd_sync") u32 fd_sync(u32 fd)
{
    return check(fd) ? BADF : INVAL;
}

EXPORT("fd_datasync") u32 fd_datasync(u32 fd)
{
    return check(fd) ? BADF : INVAL;
}
