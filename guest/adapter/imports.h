/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WASI 0.2 as core functions: parameters flattened, results behind a pointer
 * where there is more than one. Version 0.2.0 has all that is needed, and
 * every later host answers it. */
#ifndef ADAPTER_IMPORTS_H
#define ADAPTER_IMPORTS_H

#include "preview1.h"

#define WASI(interface, name)                                 \
    __attribute__((import_module("wasi:" interface "@0.2.0"), \
                   import_name(name)))
#define MAIN(name) \
    __attribute__((import_module("__main_module__"), import_name(name)))

MAIN("_start") void main_start(void);
MAIN("cabi_realloc")
void *main_realloc(void *old, u32 old_size, u32 align, u32 size);

WASI("cli/environment", "get-environment") void get_environment(void *);
WASI("cli/environment", "get-arguments") void get_arguments(void *);
WASI("cli/exit", "exit") void exit_with(u32 failed);
WASI("cli/stdin", "get-stdin") u32 get_stdin(void);
WASI("cli/stdout", "get-stdout") u32 get_stdout(void);
WASI("cli/stderr", "get-stderr") u32 get_stderr(void);
WASI("cli/terminal-stdin", "get-terminal-stdin")
void get_terminal_stdin(void *);
WASI("cli/terminal-stdout", "get-terminal-stdout")
void get_terminal_stdout(void *);
WASI("cli/terminal-stderr", "get-terminal-stderr")
void get_terminal_stderr(void *);

WASI("clocks/monotonic-clock", "now") u64 monotonic_now(void);
WASI("clocks/monotonic-clock", "resolution") u64 monotonic_resolution(void);
WASI("clocks/monotonic-clock", "subscribe-instant")
u32 subscribe_instant(u64 when);
WASI("clocks/monotonic-clock", "subscribe-duration")
u32 subscribe_duration(u64 when);
WASI("clocks/wall-clock", "now") void wall_now(void *);
WASI("clocks/wall-clock", "resolution") void wall_resolution(void *);

WASI("random/random", "get-random-bytes") void get_random_bytes(u64, void *);

WASI("io/poll", "poll") void poll(const u32 *list, u32 count, void *);
WASI("io/poll", "[resource-drop]pollable") void drop_pollable(u32 self);
WASI("io/streams", "[method]input-stream.blocking-read")
void stream_read(u32 self, u64 size, void *);
WASI("io/streams", "[method]input-stream.subscribe")
u32 input_subscribe(u32 self);
WASI("io/streams", "[method]output-stream.blocking-write-and-flush")
void stream_write(u32 self, const void *data, u32 size, void *);
WASI("io/streams", "[method]output-stream.subscribe")
u32 output_subscribe(u32 self);
WASI("io/streams", "[resource-drop]output-stream") void drop_output(u32 self);

#define TYPES "filesystem/types"
#define DESCRIPTOR(name) WASI(TYPES, "[method]descriptor." name)

WASI("filesystem/preopens", "get-directories") void get_directories(void *);
WASI(TYPES, "[resource-drop]descriptor") void drop_descriptor(u32 self);
WASI(TYPES, "[resource-drop]directory-entry-stream")
void drop_entries(u32 self);
WASI(TYPES, "[method]directory-entry-stream.read-directory-entry")
void read_entry(u32 self, void *);
DESCRIPTOR("append-via-stream") void fs_append(u32 self, void *);
DESCRIPTOR("advise") void fs_advise(u32 self, u64 from, u64 size, u32, void *);
DESCRIPTOR("sync-data") void fs_sync_data(u32 self, void *);
DESCRIPTOR("sync") void fs_sync(u32 self, void *);
DESCRIPTOR("get-type") void fs_get_type(u32 self, void *);
DESCRIPTOR("set-size") void fs_set_size(u32 self, u64 size, void *);
DESCRIPTOR("set-times")
void fs_set_times(u32 self, u32 access, u64, u32, u32 modification, u64, u32,
                  void *);
DESCRIPTOR("read") void fs_read(u32 self, u64 size, u64 from, void *);
DESCRIPTOR("write")
void fs_write(u32 self, const void *, u32 size, u64 at, void *);
DESCRIPTOR("read-directory") void fs_read_directory(u32 self, void *);
DESCRIPTOR("create-directory-at")
void fs_create_directory_at(u32 self, const void *, u32, void *);
DESCRIPTOR("stat") void fs_stat(u32 self, void *);
DESCRIPTOR("stat-at")
void fs_stat_at(u32 self, u32 follow, const void *, u32, void *);
DESCRIPTOR("set-times-at")
void fs_set_times_at(u32 self, u32 follow, const void *, u32, u32 access, u64,
                     u32, u32 modification, u64, u32, void *);
DESCRIPTOR("link-at")
void fs_link_at(u32 self, u32 follow, const void *, u32, u32 to, const void *,
                u32, void *);
DESCRIPTOR("open-at")
void fs_open_at(u32 self, u32 follow, const void *, u32, u32 how, u32 flags,
                void *);
DESCRIPTOR("readlink-at")
void fs_readlink_at(u32 self, const void *, u32, void *);
DESCRIPTOR("remove-directory-at")
void fs_remove_directory_at(u32 self, const void *, u32, void *);
DESCRIPTOR("rename-at")
void fs_rename_at(u32 self, const void *, u32, u32 to, const void *, u32,
                  void *);
DESCRIPTOR("symlink-at")
void fs_symlink_at(u32 self, const void *, u32, const void *, u32, void *);
DESCRIPTOR("unlink-file-at")
void fs_unlink_file_at(u32 self, const void *, u32, void *);
DESCRIPTOR("metadata-hash") void fs_hash(u32 self, void *);
DESCRIPTOR("metadata-hash-at")
void fs_hash_at(u32 self, u32 follow, const void *, u32, void *);

#endif
