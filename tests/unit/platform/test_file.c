/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading, atomic writing, directories, trees and locks. */
#include "platform/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"
#include "../test.h"

static buffer root;
static char name[512];
static whit_error error;

static const char *at(const char *rest)
{
    snprintf(name, sizeof name, "%s/%s", (char *)root.data, rest);
    return name;
}

static bool count_one(void *context, const char *entry)
{
    (void)entry;
    (*(int *)context)++;
    return true;
}

static int entries(const char *rest)
{
    int count = 0;
    if (file_list(at(rest), count_one, &count, &error) != WHIT_OK)
        return -1;
    return count;
}

TEST(what_is_written_is_read)
{
    buffer text;
    buffer_init(&text);
    CHECK_INT(file_write(at("a"), slice_text("hello"), &error), WHIT_OK);
    CHECK_INT(file_read(at("a"), 5, &text, &error), WHIT_OK);
    CHECK(slice_is(buffer_view(&text), "hello"));
    CHECK_INT(file_write(at("a"), slice_text(""), &error), WHIT_OK);
    buffer_clear(&text);
    CHECK_INT(file_read(at("a"), 5, &text, &error), WHIT_OK);
    CHECK_INT(text.size, 0);
    CHECK_INT(entries(""), 1);
    buffer_release(&text);
}

TEST(reading_knows_its_failures)
{
    buffer text;
    buffer_init(&text);
    CHECK_INT(file_write(at("a"), slice_text("hello"), &error), WHIT_OK);
    CHECK_INT(file_read(at("a"), 4, &text, &error), WHIT_LIMIT);
    CHECK_INT(file_read(at("none"), 4, &text, &error), WHIT_NOT_FOUND);
    CHECK(strstr(error.message, "none") != NULL);
    CHECK_INT(file_read(at(""), 4, &text, &error), WHIT_IO);
    buffer_release(&text);
}

TEST(a_failed_write_leaves_nothing)
{
    CHECK_INT(file_write(at("no/such"), slice_text("x"), &error),
              WHIT_NOT_FOUND);
    CHECK(!file_exists(at("no")));
    CHECK_INT(file_make_directories(at("dir"), &error), WHIT_OK);
    CHECK_INT(file_write(at("dir"), slice_text("x"), &error), WHIT_IO);
    CHECK_INT(entries("dir"), 0);
    CHECK_INT(entries(""), 1);
}

TEST(a_full_disk_is_an_error)
{
    if (!file_exists("/dev/full"))
        return;
    CHECK_INT(file_write("/dev/full", slice_text("x"), &error), WHIT_IO);
    CHECK(strstr(error.message, "/dev/full") != NULL);
}

TEST(a_link_is_written_through_and_bits_stay)
{
    char target[512];
    snprintf(target, sizeof target, "%s", at("target"));
    CHECK_INT(file_write(target, slice_text("1"), &error), WHIT_OK);
    CHECK_INT(chmod(target, 0750), 0);
    CHECK_INT(symlink("target", at("link")), 0);
    CHECK_INT(file_write(at("link"), slice_text("22"), &error), WHIT_OK);
    struct stat info;
    CHECK_INT(lstat(at("link"), &info), 0);
    CHECK(S_ISLNK(info.st_mode));
    CHECK_INT(stat(target, &info), 0);
    CHECK_INT(info.st_size, 2);
    CHECK_INT(info.st_mode & 0777, 0750);
}

TEST(directories_are_made_and_trees_removed)
{
    CHECK_INT(file_make_directories(at("d/e/f"), &error), WHIT_OK);
    CHECK_INT(file_make_directories(at("d/e/f/"), &error), WHIT_OK);
    CHECK(file_is_directory(at("d/e/f")));
    CHECK_INT(file_write(at("d/e/keep"), slice_text("x"), &error), WHIT_OK);
    CHECK_INT(file_make_directories(at("d/e/keep/g"), &error), WHIT_IO);
    CHECK_INT(file_make_directories(at("outside"), &error), WHIT_OK);
    CHECK_INT(file_write(at("outside/x"), slice_text("x"), &error), WHIT_OK);
    CHECK_INT(symlink("../outside", at("d/out")), 0);
    CHECK_INT(file_remove_tree(at("d"), &error), WHIT_OK);
    CHECK(!file_exists(at("d")));
    CHECK(file_exists(at("outside/x")));
    CHECK_INT(file_remove_tree(at("d"), &error), WHIT_OK);
}

TEST(times_and_names)
{
    CHECK_INT(file_mtime(at("none")), -1);
    CHECK_INT(file_write(at("a"), slice_text(""), &error), WHIT_OK);
    CHECK(file_mtime(at("a")) > 1000000000);
    CHECK_TEXT(path_base("a/b.c"), "b.c");
    CHECK_TEXT(path_base("b"), "b");
    CHECK_TEXT(path_extension("x.y/b.tar.gz"), ".gz");
    CHECK_TEXT(path_extension("x.y/b"), "");
    CHECK_TEXT(path_extension(".config"), "");
}

static void count_wait(void *context)
{
    (*(int *)context)++;
}

TEST(a_lock_is_exclusive_until_dropped)
{
    file_lock first, second;
    int waits = 0;
    CHECK_INT(file_lock_take(&first, at("l"), count_wait, &waits, &error),
              WHIT_OK);
    file_lock_drop(&first);
    CHECK_INT(file_lock_take(&second, at("l"), count_wait, &waits, &error),
              WHIT_OK);
    CHECK_INT(waits, 0);
    file_lock_drop(&second);
    CHECK_INT(file_lock_take(&first, at("no/l"), NULL, NULL, &error),
              WHIT_NOT_FOUND);
}

TEST(every_failed_allocation_is_reported)
{
    uint64_t n = 1;
    for (; n < 50; n++) {
        buffer text;
        buffer_init(&text);
        mem_fail_after(n);
        whit_status status = file_write(at("m"), slice_text("x"), &error);
        if (status == WHIT_OK)
            status = file_read(at("m"), 10, &text, &error);
        if (status == WHIT_OK)
            status = file_make_directories(at("m2/m3"), &error);
        uint64_t used = mem_count();
        mem_fail_after(0);
        buffer_release(&text);
        CHECK_INT(status, used < n ? WHIT_OK : WHIT_OUT_OF_MEMORY);
        CHECK_INT(file_remove_tree(at("m"), &error), WHIT_OK);
        if (used < n)
            break;
    }
    CHECK(n > 3);
}

static void each_in_new_directory(void (*test)(void))
{
    if (file_temporary_directory("whit-test", &root, &error) != WHIT_OK) {
        printf("%s\n", error.message);
        exit(1);
    }
    test();
    CHECK_INT(file_remove_tree((char *)root.data, &error), WHIT_OK);
    CHECK(!file_exists((char *)root.data));
}

#define RUN_IN(test)                                   \
    do {                                               \
        test_failures = 0;                             \
        each_in_new_directory(test);                   \
        test_failures ? test_failed++ : test_passed++; \
        if (test_failures)                             \
            printf("FAILED %s\n", #test);              \
    } while (0)

int main(void)
{
    buffer_init(&root);
    RUN_IN(what_is_written_is_read);
    RUN_IN(reading_knows_its_failures);
    RUN_IN(a_failed_write_leaves_nothing);
    RUN_IN(a_full_disk_is_an_error);
    RUN_IN(a_link_is_written_through_and_bits_stay);
    RUN_IN(directories_are_made_and_trees_removed);
    RUN_IN(times_and_names);
    RUN_IN(a_lock_is_exclusive_until_dropped);
    RUN_IN(every_failed_allocation_is_reported);
    buffer_release(&root);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
