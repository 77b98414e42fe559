/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Attempts to leave a granted directory, each under both path resolvers.
 *
 * The operations include unlink, rename and truncate, and a broken resolver
 * would carry them out: every path that one of them is tried on leads, when
 * it escapes, to a file of the sandbox and never to one of the machine. */
#include "sandbox.h"

#include <pthread.h>
#include <stdatomic.h>

BOTH(dotdot_names_the_parent)
{
    CHECK_REFUSED(s->grant, "../secret.txt");
    CHECK_REFUSED(s->grant, "../outside/inner");
    CHECK_REFUSED(s->grant, "./../secret.txt");
}

BOTH(dotdot_behind_directories)
{
    CHECK_REFUSED(s->grant, "dir/../../secret.txt");
    CHECK_REFUSED(s->grant, "dir/nested/../../../secret.txt");
    CHECK_REFUSED(s->grant, "dir/./nested/.././../../secret.txt");
}

/* Up to the root of the host, and down to the sandbox from there. */
BOTH(dotdot_far_above)
{
    char path[256];
    snprintf(path, sizeof path, "../../../../../../../..%s/secret.txt",
             s->path);
    CHECK_REFUSED(s->grant, path);
    snprintf(path, sizeof path, "dir/../../../../../../../..%s/secret.txt",
             s->path);
    CHECK_REFUSED(s->grant, path);
}

BOTH(dotdot_alone)
{
    CHECK_REFUSED(s->grant, "..");
    CHECK_REFUSED(s->grant, "../");
    CHECK_REFUSED(s->grant, "../.");
    CHECK_REFUSED(s->grant, "dir/../..");
}

/* Out and back in by name: leaving is the error, wherever it would end. */
BOTH(dotdot_and_back)
{
    CHECK_REFUSED(s->grant, "../grant/file.txt");
    CHECK_REFUSED(s->grant, "dir/../../grant/file.txt");
}

BOTH(dotdot_behind_a_file)
{
    CHECK_REFUSED_EITHER(s->grant, "file.txt/../../secret.txt",
                         WASI_ERROR_NOTDIR, WASI_ERROR_PERM);
    CHECK_REFUSED_EITHER(s->grant, "missing/../../secret.txt", WASI_ERROR_NOENT,
                         WASI_ERROR_PERM);
}

BOTH(absolute_path)
{
    char path[256];
    snprintf(path, sizeof path, "%s/secret.txt", s->path);
    CHECK_REFUSED(s->grant, path);
    snprintf(path, sizeof path, "//%s//secret.txt", s->path);
    CHECK_REFUSED(s->grant, path);
    CHECK_ERROR(guest_open(s->grant, "/"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_stat(s->grant, "/"), WASI_ERROR_PERM);
}

/* Absolute stays absolute, even where it names the grant itself. */
BOTH(absolute_path_of_the_grant)
{
    char path[256];
    snprintf(path, sizeof path, "%s/grant/file.txt", s->path);
    CHECK_REFUSED(s->grant, path);
    CHECK_ERROR(guest_open(s->grant, "/grant/file.txt"), WASI_ERROR_PERM);
}

BOTH(link_absolute_to_file)
{
    char path[256];
    snprintf(path, sizeof path, "%s/secret.txt", s->path);
    host_link(s, path, "grant/link");
    CHECK_ERROR(guest_open(s->grant, "link"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_create(s->grant, "link"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_stat(s->grant, "link"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_set_times(s->grant, "link", true), WASI_ERROR_PERM);
}

BOTH(link_relative_to_file)
{
    host_link(s, "../secret.txt", "grant/link");
    CHECK_ERROR(guest_open(s->grant, "link"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_create(s->grant, "link"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_stat(s->grant, "link"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_set_times(s->grant, "link", true), WASI_ERROR_PERM);
}

BOTH(link_chain_leads_out)
{
    host_link(s, "dir/b", "grant/a");
    host_link(s, "nested/c", "grant/dir/b");
    host_link(s, "../../../secret.txt", "grant/dir/nested/c");
    CHECK_ERROR(guest_open(s->grant, "a"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_stat(s->grant, "a"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_create(s->grant, "a"), WASI_ERROR_PERM);
}

BOTH(link_text_climbs_behind_a_directory)
{
    host_link(s, "dir/../../secret.txt", "grant/link");
    CHECK_ERROR(guest_open(s->grant, "link"), WASI_ERROR_PERM);
    host_link(s, "..", "grant/dir/up");
    CHECK_REFUSED(s->grant, "dir/up/../secret.txt");
    CHECK_ERROR(guest_open(s->grant, "dir/up/file.txt"), WASI_OK);
}

BOTH(link_to_directory_outside)
{
    host_link(s, "../outside", "grant/out");
    CHECK_REFUSED(s->grant, "out/inner");
    CHECK_REFUSED(s->grant, "out/new");
    CHECK_REFUSED(s->grant, "out/../secret.txt");
    CHECK_REFUSED(s->grant, "out/.");
    CHECK_REFUSED(s->grant, "out/..");
}

BOTH(link_to_absolute_directory)
{
    host_link(s, s->path, "grant/out");
    CHECK_REFUSED(s->grant, "out/secret.txt");
    CHECK_REFUSED(s->grant, "out/grant/file.txt");
    char path[256];
    host_link(s, "/", "grant/root");
    snprintf(path, sizeof path, "root%s/secret.txt", s->path);
    CHECK_REFUSED(s->grant, path);
}

BOTH(link_in_nested_directory_climbs)
{
    host_link(s, "../../..", "grant/dir/nested/up");
    CHECK_REFUSED(s->grant, "dir/nested/up/secret.txt");
    host_link(s, "../..", "grant/dir/nested/root");
    CHECK_ERROR(guest_open(s->grant, "dir/nested/root/file.txt"), WASI_OK);
    CHECK_REFUSED(s->grant, "dir/nested/root/../secret.txt");
}

BOTH(link_loops)
{
    host_link(s, "b", "grant/a");
    host_link(s, "a", "grant/b");
    host_link(s, "self", "grant/self");
    CHECK_ERROR(guest_open(s->grant, "a"), WASI_ERROR_LOOP);
    CHECK_ERROR(guest_open(s->grant, "self"), WASI_ERROR_LOOP);
    CHECK_ERROR(guest_stat(s->grant, "self"), WASI_ERROR_LOOP);
    CHECK_REFUSED_EITHER(s->grant, "self/x", WASI_ERROR_LOOP, WASI_ERROR_LOOP);
}

/* The bound holds for links that stay inside as well. */
BOTH(link_chain_too_long)
{
    char name[16], target[16];
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "grant/l%d", i);
        snprintf(target, sizeof target, i ? "l%d" : "file.txt", i - 1);
        host_link(s, target, name);
    }
    CHECK_ERROR(guest_open(s->grant, "l39"), WASI_OK);
    CHECK_ERROR(guest_open(s->grant, "l40"), WASI_ERROR_LOOP);
    CHECK_ERROR(guest_open(s->grant, "l59"), WASI_ERROR_LOOP);
}

BOTH(create_through_dangling_link)
{
    host_link(s, "../made", "grant/link");
    wasi_open exclusive = {
        .follow = true, .write = true, .create = true, .exclusive = true};
    wasi_open nofollow = {.write = true, .create = true};
    CHECK_ERROR(guest_create(s->grant, "link"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_open_as(s->grant, "link", &exclusive), WASI_ERROR_EXIST);
    CHECK_ERROR(guest_open_as(s->grant, "link", &nofollow), WASI_ERROR_LOOP);
    CHECK(!host_has(s, "made"));
}

BOTH(create_through_dangling_absolute_link)
{
    char path[256];
    snprintf(path, sizeof path, "%s/made", s->path);
    host_link(s, path, "grant/link");
    CHECK_ERROR(guest_create(s->grant, "link"), WASI_ERROR_PERM);
    CHECK(!host_has(s, "made"));
}

BOTH(make_directory_through_dangling_link)
{
    host_link(s, "../made", "grant/link");
    CHECK_ERROR(guest_mkdir(s->grant, "link"), WASI_ERROR_EXIST);
    CHECK_ERROR(guest_mkdir(s->grant, "link/"), WASI_ERROR_EXIST);
    CHECK_ERROR(guest_mkdir(s->grant, "link/x"), WASI_ERROR_PERM);
    CHECK(!host_has(s, "made"));
}

BOTH(truncate_through_link)
{
    wasi_open truncate = {.follow = true, .truncate = true};
    host_link(s, "../secret.txt", "grant/link");
    CHECK_ERROR(guest_open_as(s->grant, "link", &truncate), WASI_ERROR_PERM);
    truncate.follow = false;
    CHECK_ERROR(guest_open_as(s->grant, "link", &truncate), WASI_ERROR_LOOP);
}

/* To the kernel a trailing slash follows even a link that is not to be
 * followed. */
BOTH(trailing_slash_follows_no_link)
{
    host_link(s, "../outside", "grant/out");
    wasi_open nofollow = {.directory = true};
    CHECK_ERROR(guest_open_as(s->grant, "out/", &nofollow), WASI_ERROR_PERM);
    CHECK_ERROR(guest_stat(s->grant, "out/"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_set_times(s->grant, "out/", false), WASI_ERROR_PERM);
    CHECK_ERROR(guest_rmdir(s->grant, "out/"), WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_unlink(s->grant, "out/"), WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_rename(s->grant, "out/", s->grant, "x"),
                WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_rename(s->grant, "dir", s->grant, "out/"),
                WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_link(s->grant, "out/", s->grant, "x"), WASI_ERROR_NOTDIR);
    CHECK_ERROR(guest_symlink("x", s->grant, "out/"), WASI_ERROR_NOTDIR);
}

BOTH(trailing_slashes_and_dots)
{
    CHECK_REFUSED(s->grant, "..//");
    CHECK_REFUSED(s->grant, "dir/..//..//secret.txt");
    CHECK_REFUSED(s->grant, "./..");
    CHECK_REFUSED(s->grant, "dir/nested/../../..///");
}

BOTH(empty_path)
{
    CHECK_REFUSED_EITHER(s->grant, "", WASI_ERROR_NOENT, WASI_ERROR_NOENT);
    CHECK_ERROR(guest_symlink("", s->grant, "x"), WASI_ERROR_NOENT);
}

BOTH(embedded_nul)
{
    static const char path[] = "file.txt\0/../../secret.txt";
    wasi_open how = {.follow = true, .read = true};
    wasi_descriptor *made;
    wasi_stat st;
    slice name = slice_of(path, sizeof path - 1);
    CHECK_ERROR(wasi_path_open(s->grant, name, &how, &made), WASI_ERROR_INVAL);
    CHECK_ERROR(wasi_path_stat(s->grant, name, true, &st), WASI_ERROR_INVAL);
    CHECK_ERROR(wasi_path_unlink(s->grant, name), WASI_ERROR_INVAL);
    CHECK_ERROR(wasi_path_symlink(name, s->grant, slice_text("x")),
                WASI_ERROR_INVAL);
    CHECK(host_has(s, "grant/file.txt"));
}

BOTH(names_too_long)
{
    char name[300], path[5000];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = 0;
    CHECK_REFUSED_EITHER(s->grant, name, WASI_ERROR_NAMETOOLONG,
                         WASI_ERROR_NAMETOOLONG);
    CHECK_REFUSED_EITHER(s->grant, path, WASI_ERROR_NAMETOOLONG,
                         WASI_ERROR_NAMETOOLONG);
}

/* As many steps as a path has room for, and one too many up. */
BOTH(long_detour)
{
    char path[4096] = "";
    size_t used = 0;
    while (used + 40 < sizeof path)
        used += (size_t)snprintf(path + used, sizeof path - used, "dir/../");
    snprintf(path + used, sizeof path - used, "file.txt");
    CHECK_ERROR(guest_open(s->grant, path), WASI_OK);
    snprintf(path + used, sizeof path - used, "../secret.txt");
    CHECK_REFUSED(s->grant, path);
}

BOTH(backslash_is_no_separator)
{
    CHECK_ERROR(guest_open(s->grant, "..\\secret.txt"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_open(s->grant, "dir\\..\\..\\secret.txt"),
                WASI_ERROR_NOENT);
}

BOTH(rename_out)
{
    CHECK_ERROR(guest_rename(s->grant, "file.txt", s->grant, "../stolen"),
                WASI_ERROR_PERM);
    CHECK_ERROR(guest_rename(s->grant, "dir", s->grant, "dir/../../stolen"),
                WASI_ERROR_PERM);
    CHECK_ERROR(guest_rename(s->grant, "dir", s->grant, ".."), WASI_ERROR_PERM);
    CHECK(host_has(s, "grant/file.txt"));
}

BOTH(rename_in)
{
    CHECK_ERROR(guest_rename(s->grant, "../secret.txt", s->grant, "x"),
                WASI_ERROR_PERM);
    CHECK_ERROR(guest_rename(s->grant, "../outside", s->other, "x"),
                WASI_ERROR_PERM);
    CHECK_ERROR(guest_rename(s->grant, "..", s->other, "x"), WASI_ERROR_PERM);
}

/* Between two grants a rename is allowed, up to what each allows. */
BOTH(rename_across_grants)
{
    CHECK_ERROR(guest_rename(s->grant, "file.txt", s->other, "../x"),
                WASI_ERROR_PERM);
    CHECK_ERROR(guest_rename(s->grant, "file.txt", s->fixed, "x"),
                WASI_ERROR_ROFS);
    CHECK_ERROR(guest_rename(s->fixed, "file.txt", s->grant, "x"),
                WASI_ERROR_ROFS);
    CHECK_ERROR(guest_rename(s->grant, "file.txt", s->other, "x"), WASI_OK);
    CHECK_TEXT(host_read(s, "other/x"), "granted");
}

BOTH(hard_link_out)
{
    CHECK_ERROR(guest_link(s->grant, "file.txt", s->grant, "../stolen"),
                WASI_ERROR_PERM);
    host_link(s, "../outside", "grant/out");
    CHECK_ERROR(guest_link(s->grant, "file.txt", s->grant, "out/stolen"),
                WASI_ERROR_PERM);
}

BOTH(hard_link_in)
{
    CHECK_ERROR(guest_link(s->grant, "../secret.txt", s->grant, "x"),
                WASI_ERROR_PERM);
    CHECK_ERROR(guest_link(s->grant, "../outside/inner", s->other, "x"),
                WASI_ERROR_PERM);
    CHECK(!host_has(s, "grant/x"));
}

/* Linking a symbolic link links it, not what it points to. */
BOTH(hard_link_of_a_link)
{
    wasi_stat st;
    host_link(s, "../secret.txt", "grant/link");
    CHECK_ERROR(guest_link(s->grant, "link", s->grant, "copy"), WASI_OK);
    CHECK_ERROR(wasi_path_stat(s->grant, slice_text("copy"), false, &st),
                WASI_OK);
    CHECK_INT(st.type, WASI_TYPE_LINK);
    CHECK_ERROR(guest_open(s->grant, "copy"), WASI_ERROR_PERM);
}

/* A second name in a writable grant would be a way to write. */
BOTH(hard_link_from_read_only)
{
    CHECK_ERROR(guest_link(s->fixed, "file.txt", s->grant, "x"),
                WASI_ERROR_ROFS);
    CHECK_ERROR(guest_link(s->grant, "file.txt", s->fixed, "x"),
                WASI_ERROR_ROFS);
    CHECK(!host_has(s, "grant/x"));
}

BOTH(symlink_absolute_target)
{
    CHECK_ERROR(guest_symlink("/", s->grant, "x"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_symlink("/etc/passwd", s->grant, "x"), WASI_ERROR_PERM);
    CHECK(!host_has(s, "grant/x"));
}

/* A link out can be made, read and removed, and is never followed. */
BOTH(symlink_out_then_use)
{
    char text[64];
    wasi_stat st;
    CHECK_ERROR(guest_symlink("../secret.txt", s->grant, "x"), WASI_OK);
    CHECK_ERROR(guest_open(s->grant, "x"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_stat(s->grant, "x"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_set_times(s->grant, "x", true), WASI_ERROR_PERM);
    CHECK_ERROR(guest_set_times(s->grant, "x", false), WASI_OK);
    CHECK_ERROR(wasi_path_stat(s->grant, slice_text("x"), false, &st), WASI_OK);
    CHECK_INT(st.mtim, 1000);
    CHECK_ERROR(guest_readlink(s->grant, "x", text, sizeof text), WASI_OK);
    CHECK_TEXT(text, "../secret.txt");
    CHECK_ERROR(guest_rename(s->grant, "x", s->grant, "dir/x"), WASI_OK);
    CHECK_ERROR(guest_open(s->grant, "dir/x"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_unlink(s->grant, "dir/x"), WASI_OK);
}

/* A link that was good where it was made, moved to where it climbs out. */
BOTH(symlink_moved_up)
{
    CHECK_ERROR(guest_symlink("../../secret.txt", s->grant, "dir/nested/x"),
                WASI_OK);
    CHECK_ERROR(guest_open(s->grant, "dir/nested/x"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_rename(s->grant, "dir/nested/x", s->grant, "dir/x"),
                WASI_OK);
    CHECK_ERROR(guest_open(s->grant, "dir/x"), WASI_ERROR_PERM);
}

BOTH(symlink_made_outside)
{
    CHECK_ERROR(guest_symlink("x", s->grant, "../x"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_symlink("x", s->grant, "dir/../../x"), WASI_ERROR_PERM);
}

/* Each descriptor of a directory is a root of its own. */
BOTH(descriptor_of_a_subdirectory)
{
    wasi_open how = {.directory = true};
    wasi_descriptor *nested;
    CHECK_ERROR(
        wasi_path_open(s->grant, slice_text("dir/nested"), &how, &nested),
        WASI_OK);
    CHECK_ERROR(guest_open(nested, "deep"), WASI_OK);
    CHECK_ERROR(guest_open(nested, ".."), WASI_ERROR_PERM);
    CHECK_ERROR(guest_open(nested, "../../file.txt"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_open(nested, "../../../secret.txt"), WASI_ERROR_PERM);
    wasi_descriptor_release(nested);
}

BOTH(descriptor_of_a_file)
{
    wasi_open how = {.read = true};
    wasi_descriptor *file;
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("file.txt"), &how, &file),
                WASI_OK);
    CHECK_REFUSED_EITHER(file, "../secret.txt", WASI_ERROR_NOTDIR,
                         WASI_ERROR_NOTDIR);
    CHECK_REFUSED_EITHER(file, ".", WASI_ERROR_NOTDIR, WASI_ERROR_NOTDIR);
    wasi_descriptor_release(file);
}

/* A grant goes with its descriptor, not with its number. */
BOTH(renumber_onto_a_grant)
{
    wasi_table *table = &s->system->table;
    CHECK_ERROR(wasi_table_renumber(table, 5, 3), WASI_OK);
    wasi_descriptor *now;
    CHECK_ERROR(wasi_table_get(table, 3, &now), WASI_OK);
    CHECK_ERROR(guest_create(now, "x"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_open(now, "../grant/file.txt"), WASI_ERROR_PERM);
    wasi_descriptor_release(now);
    CHECK_ERROR(wasi_table_get(table, 5, &now), WASI_ERROR_BADF);
    CHECK_ERROR(wasi_table_renumber(table, 3, 1000), WASI_ERROR_BADF);
    CHECK_ERROR(wasi_table_renumber(table, 1000, 3), WASI_ERROR_BADF);
}

/* A directory that the host moves out keeps being granted to whoever holds
 * it open, but nothing above its new place is. */
BOTH(directory_moved_out_while_open)
{
    wasi_open how = {.directory = true};
    wasi_descriptor *nested;
    CHECK_ERROR(wasi_path_open(s->grant, slice_text("dir"), &how, &nested),
                WASI_OK);
    CHECK_INT(renameat(s->outer, "grant/dir", s->outer, "outside/dir"), 0);
    CHECK_ERROR(guest_open(nested, "nested/deep"), WASI_OK);
    CHECK_ERROR(guest_open(nested, "../inner"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_open(nested, "nested/../../inner"), WASI_ERROR_PERM);
    CHECK_ERROR(guest_open(s->grant, "dir/nested/deep"), WASI_ERROR_NOENT);
    CHECK_INT(renameat(s->outer, "outside/dir", s->outer, "grant/dir"), 0);
    wasi_descriptor_release(nested);
}

typedef struct found {
    int count;
    bool secret;
    uint64_t parent;
} found;

static bool find(void *context, const wasi_entry *entry)
{
    found *f = context;
    f->count++;
    f->secret |= slice_is(entry->name, "secret.txt");
    if (slice_is(entry->name, ".."))
        f->parent = entry->inode;
    return true;
}

BOTH(listing_shows_nothing_above)
{
    found f = {0};
    wasi_stat st;
    struct stat outer;
    CHECK_ERROR(wasi_directory_list(s->grant, 0, find, &f), WASI_OK);
    CHECK_ERROR(wasi_file_stat(s->grant, &st), WASI_OK);
    fstat(s->outer, &outer);
    CHECK_INT(f.count, 4);
    CHECK(!f.secret);
    CHECK(f.parent == st.inode && f.parent != outer.st_ino);
}

BOTH(listing_of_a_moved_directory)
{
    wasi_open how = {.directory = true};
    wasi_descriptor *nested;
    found f = {0};
    CHECK_ERROR(
        wasi_path_open(s->grant, slice_text("dir/nested"), &how, &nested),
        WASI_OK);
    CHECK_INT(renameat(s->outer, "grant/dir/nested", s->outer, "moved"), 0);
    CHECK_ERROR(wasi_directory_list(nested, 0, find, &f), WASI_OK);
    CHECK_INT(f.count, 3);
    CHECK(!f.secret);
    CHECK_INT(renameat(s->outer, "moved", s->outer, "grant/dir/nested"), 0);
    wasi_descriptor_release(nested);
}

/* The grant is what was at the path when it was made. */
BOTH(grant_path_replaced)
{
    CHECK_INT(renameat(s->outer, "grant", s->outer, "moved"), 0);
    host_link(s, "outside", "grant");
    CHECK_ERROR(guest_open(s->grant, "inner"), WASI_ERROR_NOENT);
    CHECK_ERROR(guest_open(s->grant, "file.txt"), WASI_OK);
    CHECK_INT(unlinkat(s->outer, "grant", 0), 0);
    CHECK_INT(renameat(s->outer, "moved", s->outer, "grant"), 0);
}

/* Magic links lead anywhere, and their text need not be a path. */
BOTH(magic_links_of_a_granted_proc)
{
    static const char *const paths[] = {"root/etc/passwd", "root", "cwd",
                                        "cwd/secret.txt",  "exe",  "fd/0"};
    whit_error error;
    if (wasi_system_grant(s->system, "/proc/self", "/p", false, &error) !=
        WHIT_OK)
        return;
    wasi_descriptor *proc = table_item(s->system, 6);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        wasi_error answer = guest_open(proc, paths[i]);
        CHECK(answer == WASI_ERROR_PERM || answer == WASI_ERROR_LOOP ||
              answer == WASI_ERROR_NOENT);
    }
    char path[32];
    snprintf(path, sizeof path, "fd/%d", s->outer);
    CHECK(guest_open(proc, path) != WASI_OK);
    snprintf(path, sizeof path, "fd/%d/secret.txt", s->outer);
    CHECK(guest_open(proc, path) != WASI_OK);
}

/* The host's memory and environment are no files of a grant above /proc. */
BOTH(process_file_system_below_a_grant)
{
    static const char *const paths[] = {"proc/self/mem",
                                        "proc/self/environ",
                                        "proc/self/root/etc/passwd",
                                        "proc/self/fd/0",
                                        "proc",
                                        "dev/fd/0",
                                        "proc/1/environ",
                                        "proc/self/cwd"};
    whit_error error;
    if (access("/proc/self/mem", F_OK) != 0)
        return;
    CHECK_INT(wasi_system_grant(s->system, "/", "/", false, &error), WHIT_OK);
    wasi_descriptor *root = table_item(s->system, 6);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        CHECK(guest_open(root, paths[i]) != WASI_OK);
        CHECK(guest_stat(root, paths[i]) != WASI_OK);
    }
}

BOTH(read_only_makes_nothing)
{
    CHECK_ERROR(guest_create(s->fixed, "x"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_create(s->fixed, "file.txt"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_mkdir(s->fixed, "x"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_symlink("x", s->fixed, "y"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_link(s->fixed, "file.txt", s->fixed, "x"),
                WASI_ERROR_ROFS);
}

BOTH(read_only_removes_nothing)
{
    CHECK_ERROR(guest_unlink(s->fixed, "file.txt"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_rmdir(s->fixed, "dir"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_rename(s->fixed, "file.txt", s->fixed, "dir/x"),
                WASI_ERROR_ROFS);
    CHECK_ERROR(guest_rename(s->fixed, "dir", s->other, "dir"),
                WASI_ERROR_ROFS);
    CHECK_ERROR(guest_rename(s->grant, "file.txt", s->fixed, "file.txt"),
                WASI_ERROR_ROFS);
}

BOTH(read_only_opens_nothing_for_writing)
{
    wasi_open truncate = {.follow = true, .truncate = true};
    wasi_open write = {.follow = true, .write = true};
    wasi_open append = {
        .follow = true, .read = true, .write = true, .modes = WASI_APPEND};
    CHECK_ERROR(guest_open_as(s->fixed, "file.txt", &truncate),
                WASI_ERROR_ROFS);
    CHECK_ERROR(guest_open_as(s->fixed, "file.txt", &write), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_open_as(s->fixed, "file.txt", &append), WASI_ERROR_ROFS);
}

/* Calls that need no writable descriptor on the host. */
BOTH(read_only_through_an_open_file)
{
    wasi_open how = {.read = true};
    wasi_times times = {WASI_TIME_SET, WASI_TIME_SET, 1000, 1000};
    wasi_descriptor *file;
    CHECK_ERROR(wasi_path_open(s->fixed, slice_text("file.txt"), &how, &file),
                WASI_OK);
    size_t size;
    struct iovec vector = {(void *)(uintptr_t)"x", 1};
    CHECK_ERROR(wasi_file_set_times(file, &times), WASI_ERROR_ROFS);
    CHECK_ERROR(wasi_file_set_size(file, 0), WASI_ERROR_ROFS);
    CHECK_ERROR(wasi_file_allocate(file, 0, 4096), WASI_ERROR_ROFS);
    CHECK_ERROR(wasi_file_write(file, &vector, 1, NULL, &size),
                WASI_ERROR_BADF);
    CHECK_ERROR(wasi_file_write_at(file, &vector, 1, 0, &size),
                WASI_ERROR_BADF);
    wasi_descriptor_release(file);
    CHECK_ERROR(guest_set_times(s->fixed, "file.txt", true), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_set_times(s->fixed, "file.txt", false), WASI_ERROR_ROFS);
    CHECK_ERROR(wasi_file_set_times(s->fixed, &times), WASI_ERROR_ROFS);
}

BOTH(read_only_through_a_subdirectory)
{
    wasi_open how = {.directory = true};
    wasi_descriptor *nested;
    CHECK_ERROR(wasi_path_open(s->fixed, slice_text("dir"), &how, &nested),
                WASI_OK);
    CHECK_ERROR(guest_create(nested, "x"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_mkdir(nested, "x"), WASI_ERROR_ROFS);
    CHECK_ERROR(guest_rename(s->grant, "file.txt", nested, "x"),
                WASI_ERROR_ROFS);
    wasi_descriptor_release(nested);
}

/* Two entries of the host swap places as fast as they can. */
typedef struct swapper {
    const sandbox *s;
    const char *a, *b;
    atomic_bool stop;
} swapper;

static void *swap_run(void *argument)
{
    swapper *self = argument;
    while (!atomic_load(&self->stop))
        renameat2(self->s->outer, self->a, self->s->outer, self->b,
                  2 /* RENAME_EXCHANGE */);
    return NULL;
}

enum { RACES = 3000 };

/* What the guest read, once it got in. */
static void race_read(wasi_descriptor *at, const char *path, char *text,
                      size_t capacity)
{
    wasi_open how = {.follow = true, .read = true};
    wasi_descriptor *file;
    size_t size = 0;
    *text = 0;
    if (wasi_path_open(at, slice_text(path), &how, &file) != WASI_OK)
        return;
    struct iovec vector = {text, capacity - 1};
    CHECK_ERROR(wasi_file_read(file, &vector, 1, NULL, &size), WASI_OK);
    text[size] = 0;
    wasi_descriptor_release(file);
}

/* Both ends of the swap must have been seen, or the race was none. */
BOTH(race_directory_becomes_a_link)
{
    char text[64];
    int good = 0, refused = 0;
    CHECK_INT(mkdirat(s->outer, "grant/place", 0755), 0);
    host_write(s, "grant/place/inner", "granted");
    host_link(s, "../outside", "grant/swap");
    swapper w = {.s = s, .a = "grant/place", .b = "grant/swap"};
    pthread_t thread;
    pthread_create(&thread, NULL, swap_run, &w);
    for (int i = 0; i < RACES * 20 && (i < RACES || !good || !refused); i++) {
        race_read(s->grant, "place/inner", text, sizeof text);
        CHECK(strcmp(text, "outside") != 0);
        good += !strcmp(text, "granted");
        refused += !*text;
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    CHECK(good > 0 && refused > 0);
}

BOTH(race_file_becomes_a_link)
{
    char text[64];
    int good = 0, refused = 0;
    host_link(s, "../secret.txt", "grant/swap");
    swapper w = {.s = s, .a = "grant/file.txt", .b = "grant/swap"};
    pthread_t thread;
    pthread_create(&thread, NULL, swap_run, &w);
    for (int i = 0; i < RACES * 20 && (i < RACES || !good || !refused); i++) {
        race_read(s->grant, "file.txt", text, sizeof text);
        CHECK(strcmp(text, "secret") != 0);
        good += !strcmp(text, "granted");
        refused += !*text;
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    CHECK(good > 0 && refused > 0);
}

/* The parent of what is made, renamed or removed is swapped for a link. */
BOTH(race_parent_of_an_entry)
{
    CHECK_INT(mkdirat(s->outer, "grant/place", 0755), 0);
    host_link(s, "../outside", "grant/swap");
    swapper w = {.s = s, .a = "grant/place", .b = "grant/swap"};
    pthread_t thread;
    pthread_create(&thread, NULL, swap_run, &w);
    for (int i = 0; i < RACES; i++) {
        (void)(guest_create(s->grant, "place/x") != WASI_OK);
        (void)(guest_mkdir(s->grant, "place/d") != WASI_OK);
        (void)(guest_unlink(s->grant, "place/inner") != WASI_OK);
        (void)(guest_rename(s->grant, "place/inner", s->grant, "got") !=
               WASI_OK);
        (void)(guest_link(s->grant, "place/inner", s->grant, "got") != WASI_OK);
        (void)(guest_unlink(s->grant, "place/x") != WASI_OK);
        (void)(guest_rmdir(s->grant, "place/d") != WASI_OK);
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    CHECK(!host_has(s, "grant/got"));
}

/* A directory in the middle of the path moves out of the grant and back: its
 * `..` is then not the one the guest came through. */
BOTH(race_directory_moves_out)
{
    char text[64];
    CHECK_INT(mkdirat(s->outer, "grant/a", 0755), 0);
    CHECK_INT(mkdirat(s->outer, "grant/a/b", 0755), 0);
    CHECK_INT(mkdirat(s->outer, "grant/a/b/c", 0755), 0);
    CHECK_INT(mkdirat(s->outer, "moved", 0755), 0);
    swapper w = {.s = s, .a = "grant/a/b", .b = "moved"};
    pthread_t thread;
    pthread_create(&thread, NULL, swap_run, &w);
    for (int i = 0; i < RACES; i++) {
        race_read(s->grant, "a/b/c/../../secret.txt", text, sizeof text);
        CHECK_TEXT(text, "");
        race_read(s->grant, "a/b/../secret.txt", text, sizeof text);
        CHECK_TEXT(text, "");
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    CHECK_INT(
        unlinkat(s->outer, "moved/c", AT_REMOVEDIR) == 0 || errno == ENOENT, 1);
    CHECK_INT(unlinkat(s->outer, "moved", AT_REMOVEDIR), 0);
}

/* Up and down inside the grant: `..` may change its meaning, not its
 * bounds. */
BOTH(race_directory_moves_up)
{
    CHECK_INT(mkdirat(s->outer, "grant/a", 0755), 0);
    CHECK_INT(mkdirat(s->outer, "grant/a/b", 0755), 0);
    CHECK_INT(mkdirat(s->outer, "grant/up", 0755), 0);
    swapper w = {.s = s, .a = "grant/a/b", .b = "grant/up"};
    pthread_t thread;
    char text[64];
    pthread_create(&thread, NULL, swap_run, &w);
    for (int i = 0; i < RACES; i++) {
        race_read(s->grant, "a/b/../../secret.txt", text, sizeof text);
        CHECK_TEXT(text, "");
        race_read(s->grant, "a/b/../../../secret.txt", text, sizeof text);
        CHECK_TEXT(text, "");
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
}

/* clang-format off */
TEST_MAIN(
    RUN_BOTH(dotdot_names_the_parent)
    RUN_BOTH(dotdot_behind_directories)
    RUN_BOTH(dotdot_far_above)
    RUN_BOTH(dotdot_alone)
    RUN_BOTH(dotdot_and_back)
    RUN_BOTH(dotdot_behind_a_file)
    RUN_BOTH(absolute_path)
    RUN_BOTH(absolute_path_of_the_grant)
    RUN_BOTH(link_absolute_to_file)
    RUN_BOTH(link_relative_to_file)
    RUN_BOTH(link_chain_leads_out)
    RUN_BOTH(link_text_climbs_behind_a_directory)
    RUN_BOTH(link_to_directory_outside)
    RUN_BOTH(link_to_absolute_directory)
    RUN_BOTH(link_in_nested_directory_climbs)
    RUN_BOTH(link_loops)
    RUN_BOTH(link_chain_too_long)
    RUN_BOTH(create_through_dangling_link)
    RUN_BOTH(create_through_dangling_absolute_link)
    RUN_BOTH(make_directory_through_dangling_link)
    RUN_BOTH(truncate_through_link)
    RUN_BOTH(trailing_slash_follows_no_link)
    RUN_BOTH(trailing_slashes_and_dots)
    RUN_BOTH(empty_path)
    RUN_BOTH(embedded_nul)
    RUN_BOTH(names_too_long)
    RUN_BOTH(long_detour)
    RUN_BOTH(backslash_is_no_separator)
    RUN_BOTH(rename_out)
    RUN_BOTH(rename_in)
    RUN_BOTH(rename_across_grants)
    RUN_BOTH(hard_link_out)
    RUN_BOTH(hard_link_in)
    RUN_BOTH(hard_link_of_a_link)
    RUN_BOTH(hard_link_from_read_only)
    RUN_BOTH(symlink_absolute_target)
    RUN_BOTH(symlink_out_then_use)
    RUN_BOTH(symlink_moved_up)
    RUN_BOTH(symlink_made_outside)
    RUN_BOTH(descriptor_of_a_subdirectory)
    RUN_BOTH(descriptor_of_a_file)
    RUN_BOTH(renumber_onto_a_grant)
    RUN_BOTH(directory_moved_out_while_open)
    RUN_BOTH(listing_shows_nothing_above)
    RUN_BOTH(listing_of_a_moved_directory)
    RUN_BOTH(grant_path_replaced)
    RUN_BOTH(magic_links_of_a_granted_proc)
    RUN_BOTH(process_file_system_below_a_grant)
    RUN_BOTH(read_only_makes_nothing)
    RUN_BOTH(read_only_removes_nothing)
    RUN_BOTH(read_only_opens_nothing_for_writing)
    RUN_BOTH(read_only_through_an_open_file)
    RUN_BOTH(read_only_through_a_subdirectory)
    RUN_BOTH(race_directory_becomes_a_link)
    RUN_BOTH(race_file_becomes_a_link)
    RUN_BOTH(race_parent_of_an_entry)
    RUN_BOTH(race_directory_moves_out)
    RUN_BOTH(race_directory_moves_up)
)
