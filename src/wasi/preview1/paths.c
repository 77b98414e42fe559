/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions on paths. */
#include "wasi/preview1/call.h"

/* A directory with the rights asked for, and the guest's path. */
static p1_errno path_get(p1_call *call, uint32_t number, uint64_t rights,
                         uint32_t address, uint32_t size,
                         wasi_descriptor **directory, slice *path)
{
    uint8_t *bytes;
    *directory = NULL;
    P1_TRY(wasi_p1_bytes(call, address, size, &bytes));
    *path = slice_of(bytes, size);
    return wasi_p1_descriptor(call, number, rights, directory);
}

typedef wasi_error simple_function(wasi_descriptor *directory, slice path);

static p1_errno path_simple(p1_call *call, const rt_slot *args, uint64_t rights,
                            simple_function *function)
{
    slice path;
    wasi_descriptor *directory;
    P1_TRY(path_get(call, args[0].u32, rights, args[1].u32, args[2].u32,
                    &directory, &path));
    wasi_error error = function(directory, path);
    wasi_descriptor_release(directory);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_path_create_directory(p1_call *call, const rt_slot *args)
{
    return path_simple(call, args, P1_RIGHT(PATH_CREATE_DIRECTORY),
                       wasi_path_create_directory);
}

p1_errno wasi_p1_path_remove_directory(p1_call *call, const rt_slot *args)
{
    return path_simple(call, args, P1_RIGHT(PATH_REMOVE_DIRECTORY),
                       wasi_path_remove_directory);
}

p1_errno wasi_p1_path_unlink_file(p1_call *call, const rt_slot *args)
{
    return path_simple(call, args, P1_RIGHT(PATH_UNLINK_FILE),
                       wasi_path_unlink);
}

p1_errno wasi_p1_path_filestat_get(p1_call *call, const rt_slot *args)
{
    slice path;
    wasi_descriptor *directory;
    wasi_stat stat;
    uint8_t *out;
    if (args[1].u32 & ~(uint32_t)P1_LOOKUP_FOLLOW)
        return P1_INVAL;
    P1_TRY(wasi_p1_bytes(call, args[4].u32, 64, &out));
    P1_TRY(path_get(call, args[0].u32, P1_RIGHT(PATH_FILESTAT_GET), args[2].u32,
                    args[3].u32, &directory, &path));
    wasi_error error =
        wasi_path_stat(directory, path, args[1].u32 & P1_LOOKUP_FOLLOW, &stat);
    wasi_descriptor_release(directory);
    if (!error)
        wasi_p1_put_filestat(out, &stat);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_path_filestat_set_times(p1_call *call, const rt_slot *args)
{
    slice path;
    wasi_descriptor *directory;
    wasi_times times;
    if (args[1].u32 & ~(uint32_t)P1_LOOKUP_FOLLOW)
        return P1_INVAL;
    P1_TRY(wasi_p1_times(args[4].u64, args[5].u64, args[6].u32, &times));
    P1_TRY(path_get(call, args[0].u32, P1_RIGHT(PATH_FILESTAT_SET_TIMES),
                    args[2].u32, args[3].u32, &directory, &path));
    wasi_error error = wasi_path_set_times(
        directory, path, args[1].u32 & P1_LOOKUP_FOLLOW, &times);
    wasi_descriptor_release(directory);
    return wasi_p1_errno(error);
}

typedef wasi_error pair_function(wasi_descriptor *old_directory, slice old_path,
                                 wasi_descriptor *new_directory,
                                 slice new_path);

/* `args`: old directory, path, size; new directory, path, size. */
static p1_errno path_pair(p1_call *call, const rt_slot *args,
                          uint64_t old_rights, uint64_t new_rights,
                          pair_function *function)
{
    slice old_path, new_path;
    wasi_descriptor *old_directory, *new_directory;
    P1_TRY(path_get(call, args[0].u32, old_rights, args[1].u32, args[2].u32,
                    &old_directory, &old_path));
    p1_errno bad = path_get(call, args[3].u32, new_rights, args[4].u32,
                            args[5].u32, &new_directory, &new_path);
    if (!bad)
        bad = wasi_p1_errno(
            function(old_directory, old_path, new_directory, new_path));
    wasi_descriptor_release(new_directory);
    wasi_descriptor_release(old_directory);
    return bad;
}

p1_errno wasi_p1_path_rename(p1_call *call, const rt_slot *args)
{
    return path_pair(call, args, P1_RIGHT(PATH_RENAME_SOURCE),
                     P1_RIGHT(PATH_RENAME_TARGET), wasi_path_rename);
}

/* Following a link cannot be done without a race, and is refused. */
p1_errno wasi_p1_path_link(p1_call *call, const rt_slot *args)
{
    rt_slot pair[6] = {args[0], args[2], args[3], args[4], args[5], args[6]};
    if (args[1].u32)
        return P1_INVAL;
    return path_pair(call, pair, P1_RIGHT(PATH_LINK_SOURCE),
                     P1_RIGHT(PATH_LINK_TARGET), wasi_path_link);
}

p1_errno wasi_p1_path_symlink(p1_call *call, const rt_slot *args)
{
    slice path;
    wasi_descriptor *directory;
    uint8_t *target;
    P1_TRY(wasi_p1_bytes(call, args[0].u32, args[1].u32, &target));
    P1_TRY(path_get(call, args[2].u32, P1_RIGHT(PATH_SYMLINK), args[3].u32,
                    args[4].u32, &directory, &path));
    wasi_error error =
        wasi_path_symlink(slice_of(target, args[1].u32), directory, path);
    wasi_descriptor_release(directory);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_path_readlink(p1_call *call, const rt_slot *args)
{
    slice path;
    wasi_descriptor *directory;
    uint8_t *out, *result;
    size_t size = 0;
    P1_TRY(wasi_p1_bytes(call, args[3].u32, args[4].u32, &out));
    P1_TRY(wasi_p1_bytes(call, args[5].u32, 4, &result));
    P1_TRY(path_get(call, args[0].u32, P1_RIGHT(PATH_READLINK), args[1].u32,
                    args[2].u32, &directory, &path));
    wasi_error error =
        wasi_path_read_link(directory, path, out, args[4].u32, &size);
    wasi_descriptor_release(directory);
    if (!error)
        wasi_p1_put32(result, (uint32_t)size);
    return wasi_p1_errno(error);
}

/* What path_open asks for, and the rights that takes. */
static p1_errno open_prepare(const rt_slot *args, wasi_open *how,
                             uint64_t *rights)
{
    uint32_t flags = args[4].u32;
    if (args[1].u32 & ~(uint32_t)P1_LOOKUP_FOLLOW || flags & ~15u ||
        args[7].u32 & ~P1_FDFLAGS)
        return P1_INVAL;
    *rights = P1_RIGHT(PATH_OPEN);
    *rights |= flags & P1_CREAT ? P1_RIGHT(PATH_CREATE_FILE) : 0;
    *rights |= flags & P1_TRUNC ? P1_RIGHT(PATH_FILESTAT_SET_SIZE) : 0;
    *how = (wasi_open){
        .follow = args[1].u32 & P1_LOOKUP_FOLLOW,
        .create = flags & P1_CREAT,
        .exclusive = flags & P1_EXCL,
        .truncate = flags & P1_TRUNC,
        .directory = flags & P1_DIRECTORY,
        .read = args[5].u64 & P1_RIGHT(FD_READ),
        .write = args[5].u64 & P1_RIGHT(FD_WRITE),
        .modes = args[7].u32,
    };
    return P1_SUCCESS;
}

/* A right to read or write that the directory cannot pass on is an error,
 * since the file would be opened otherwise than the guest believes; other
 * rights shrink to what it can. */
static p1_errno open_run(wasi_descriptor *directory, slice path,
                         const wasi_open *how, uint64_t base,
                         uint64_t inheriting, wasi_descriptor **made)
{
    uint64_t own, given;
    wasi_p1_rights(directory, &own, &given);
    if (base & ~given & (P1_RIGHT(FD_READ) | P1_RIGHT(FD_WRITE)))
        return P1_NOTCAPABLE;
    P1_TRY(wasi_p1_errno(wasi_path_open(directory, path, how, made)));
    wasi_p1_set_rights(*made, wasi_p1_applicable(*made, base & given),
                       (*made)->kind == WASI_KIND_DIRECTORY ? inheriting & given
                                                            : 0);
    return P1_SUCCESS;
}

p1_errno wasi_p1_path_open(p1_call *call, const rt_slot *args)
{
    slice path;
    wasi_descriptor *directory, *made;
    wasi_open how;
    uint8_t *result;
    uint32_t number;
    uint64_t rights;
    P1_TRY(open_prepare(args, &how, &rights));
    P1_TRY(wasi_p1_bytes(call, args[8].u32, 4, &result));
    P1_TRY(path_get(call, args[0].u32, rights, args[2].u32, args[3].u32,
                    &directory, &path));
    p1_errno bad =
        open_run(directory, path, &how, args[5].u64, args[6].u64, &made);
    wasi_descriptor_release(directory);
    P1_TRY(bad);
    P1_TRY(wasi_p1_errno(wasi_table_add(&call->system->table, made, &number)));
    wasi_p1_put32(result, number);
    return P1_SUCCESS;
}
