/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Preview 1 as its guests see it: numbers, and layouts in their memory. */
#ifndef ADAPTER_PREVIEW1_H
#define ADAPTER_PREVIEW1_H

typedef __UINT8_TYPE__ u8;
typedef __UINT16_TYPE__ u16;
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
typedef __INT64_TYPE__ i64;

#define EXPORT(name) __attribute__((export_name(name), used, noinline))

enum {
    SUCCESS = 0,
    BADF = 8,
    FAULT = 21,
    INVAL = 28,
    IO = 29,
    ISDIR = 31,
    NAMETOOLONG = 37,
    NOMEM = 48,
    NOTDIR = 54,
    NOTSOCK = 57,
    NOTSUP = 58,
    PERM = 63,
    PIPE = 64,
    SPIPE = 70,
    NOTCAPABLE = 76
};

enum {
    TYPE_UNKNOWN = 0,
    TYPE_CHARACTER_DEVICE = 2,
    TYPE_DIRECTORY = 3,
    TYPE_REGULAR = 4
};

/* Flags of descriptors. */
enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };

enum {
    RIGHT_DATASYNC = 1 << 0,
    RIGHT_READ = 1 << 1,
    RIGHT_SEEK = 1 << 2,
    RIGHT_SET_FLAGS = 1 << 3,
    RIGHT_SYNC = 1 << 4,
    RIGHT_TELL = 1 << 5,
    RIGHT_WRITE = 1 << 6,
    RIGHT_ADVISE = 1 << 7,
    RIGHT_ALLOCATE = 1 << 8,
    /* Sizes are not set by path. */
    RIGHTS_OF_PATHS = (0xfff & ~(1 << 10)) << 9 | 7 << 24,
    RIGHT_READDIR = 1 << 14,
    RIGHT_FILESTAT_GET = 1 << 21,
    RIGHT_SET_SIZE = 1 << 22,
    RIGHT_SET_TIMES = 1 << 23,
    RIGHT_POLL = 1 << 27,
    RIGHTS_READING =
        RIGHT_READ | RIGHT_SET_FLAGS | RIGHT_FILESTAT_GET | RIGHT_POLL,
    RIGHTS_WRITING = RIGHT_WRITE | RIGHT_SET_FLAGS | RIGHT_FILESTAT_GET |
                     RIGHT_POLL | RIGHT_DATASYNC | RIGHT_SYNC,
    RIGHTS_OF_FILES = RIGHT_SEEK | RIGHT_TELL | RIGHT_ADVISE | RIGHT_SET_FLAGS |
                      RIGHT_FILESTAT_GET | RIGHT_SET_TIMES | RIGHT_POLL |
                      RIGHT_SYNC | RIGHT_DATASYNC
};

typedef struct p1_iovec {
    u8 *data;
    u32 size;
} p1_iovec;

typedef struct p1_fdstat {
    u8 type;
    u16 flags;
    u64 rights;
    u64 inheriting;
} p1_fdstat;

typedef struct p1_filestat {
    u64 device;
    u64 inode;
    u64 type; /* one byte, and padding */
    u64 links;
    u64 size;
    u64 accessed;
    u64 modified;
    u64 changed;
} p1_filestat;

typedef struct p1_dirent {
    u64 next;
    u64 inode;
    u32 name_size;
    u32 type; /* one byte, and padding */
} p1_dirent;

typedef struct p1_prestat {
    u32 tag; /* one byte, and padding; 0: a directory */
    u32 name_size;
} p1_prestat;

typedef struct p1_subscription {
    u64 user_data;
    u32 tag; /* one byte, and padding: 0 clock, 1 reading, 2 writing */
    u32 padding;
    u32 subject; /* clock or descriptor */
    u32 padding2;
    u64 timeout;
    u64 precision;
    u16 flags; /* 1: the timeout is a point in time */
} p1_subscription;

typedef struct p1_event {
    u64 user_data;
    u16 error;
    u16 type; /* one byte, and padding */
    u32 padding;
    u64 size;
    u64 flags; /* two bytes, and padding */
} p1_event;

#endif
