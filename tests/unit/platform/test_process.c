/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Child processes: arguments, environment, streams, signals, failures. */
#include "platform/process.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/memory.h"
#include "../test.h"

static process_result result;
static whit_error error;

static whit_status run(const char *const *argv, const char *const *environment,
                       const char *directory)
{
    process_spec spec = {.argv = argv,
                         .environment = environment,
                         .directory = directory,
                         .output = PROCESS_CAPTURE,
                         .error = PROCESS_CAPTURE};
    whit_status status = process_run(&spec, &result, &error);
    (void)buffer_string(&result.output);
    (void)buffer_string(&result.error);
    return status;
}

static const char *output(void)
{
    return result.output.data ? (const char *)result.output.data : "";
}

TEST(arguments_reach_the_child_unsplit)
{
    const char *argv[] = {"printf", "[%s]", "a b", "$HOME;*", "", NULL};
    CHECK_INT(run(argv, NULL, NULL), WHIT_OK);
    CHECK_TEXT(output(), "[a b][$HOME;*][]");
    CHECK_INT(result.code, 0);
}

TEST(exit_code_and_both_streams_come_back)
{
    const char *argv[] = {"sh", "-c", "echo out; echo err >&2; exit 7", NULL};
    CHECK_INT(run(argv, NULL, NULL), WHIT_OK);
    CHECK_INT(result.code, 7);
    CHECK_INT(result.signal, 0);
    CHECK_TEXT(output(), "out\n");
    CHECK_TEXT((const char *)result.error.data, "err\n");
}

TEST(environment_is_set_replaced_and_removed)
{
    setenv("WHIT_TEST_OLD", "old", 1);
    setenv("WHIT_TEST_GONE", "here", 1);
    const char *argv[] = {
        "sh", "-c",
        "echo $WHIT_TEST_OLD,$WHIT_TEST_NEW,${WHIT_TEST_GONE-unset}", NULL};
    const char *changes[] = {"WHIT_TEST_OLD=first", "WHIT_TEST_NEW=n",
                             "WHIT_TEST_GONE", "WHIT_TEST_OLD=last", NULL};
    CHECK_INT(run(argv, changes, NULL), WHIT_OK);
    CHECK_TEXT(output(), "last,n,unset\n");
    CHECK_TEXT(getenv("WHIT_TEST_OLD"), "old");
}

TEST(directory_is_the_childs_only)
{
    const char *argv[] = {"pwd", NULL};
    CHECK_INT(run(argv, NULL, "/usr"), WHIT_OK);
    CHECK_TEXT(output(), "/usr\n");
    CHECK_INT(run(argv, NULL, "/no/such/place"), WHIT_IO);
    CHECK(strstr(error.message, "/no/such/place") != NULL);
}

TEST(missing_program_is_missing_tool)
{
    const char *argv[] = {"whit-no-such-program", NULL};
    CHECK_INT(run(argv, NULL, NULL), WHIT_MISSING_TOOL);
    CHECK(strstr(error.message, "whit-no-such-program") != NULL);
    const char *directory[] = {"/usr", NULL};
    CHECK_INT(run(directory, NULL, NULL), WHIT_IO);
}

TEST(death_by_signal_is_told_apart)
{
    const char *argv[] = {"sh", "-c", "kill -TERM $$", NULL};
    CHECK_INT(run(argv, NULL, NULL), WHIT_OK);
    CHECK_INT(result.signal, SIGTERM);
}

TEST(long_output_on_both_streams_does_not_block)
{
    const char *argv[] = {"sh", "-c",
                          "head -c 300000 /dev/zero; "
                          "head -c 300000 /dev/zero >&2; "
                          "head -c 300000 /dev/zero",
                          NULL};
    CHECK_INT(run(argv, NULL, NULL), WHIT_OK);
    CHECK_INT(result.output.size, 600000);
    CHECK_INT(result.error.size, 300000);
}

TEST(capture_stops_at_its_limit)
{
    const char *argv[] = {"sh", "-c", "cat /dev/zero", NULL};
    process_spec spec = {.argv = argv,
                         .output = PROCESS_CAPTURE,
                         .error = PROCESS_NULL,
                         .capture_limit = 100000};
    CHECK_INT(process_run(&spec, &result, &error), WHIT_LIMIT);
}

static char lines[100];

static void on_line(void *context, slice line)
{
    (*(int *)context)++;
    snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "<%.*s>",
             SLICE_ARG(line));
}

TEST(error_lines_arrive_one_by_one)
{
    int count = 0;
    lines[0] = 0;
    const char *argv[] = {
        "sh", "-c", "printf 'one\\ntw' >&2; printf 'o\\n\\nend' >&2", NULL};
    process_spec spec = {.argv = argv,
                         .output = PROCESS_NULL,
                         .error = PROCESS_CAPTURE,
                         .on_error_line = on_line,
                         .context = &count};
    CHECK_INT(process_run(&spec, &result, &error), WHIT_OK);
    CHECK_TEXT(lines, "<one><two><><end>");
    CHECK_INT(count, 4);
}

TEST(guarded_signal_ends_the_child_not_us)
{
    const char *argv[] = {"sh", "-c", "kill -INT $PPID; exec sleep 20", NULL};
    /* A shell's background jobs ignore it, and so would we. */
    signal(SIGINT, SIG_DFL);
    process_guard();
    CHECK_INT(process_guard_signal(), 0);
    CHECK_INT(run(argv, NULL, NULL), WHIT_OK);
    CHECK_INT(result.signal, SIGINT);
    CHECK_INT(process_guard_signal(), SIGINT);
    process_unguard();
}

TEST(a_group_ends_with_all_its_children)
{
    /* The capture ends when the last holder of the pipe is gone, so that a
     * survivor could still speak. */
    const char *argv[] = {"sh", "-c",
                          "(sleep 3; echo survived) & sleep 0.2; "
                          "kill -TERM $PPID; wait",
                          NULL};
    process_spec spec = {.argv = argv,
                         .output = PROCESS_CAPTURE,
                         .error = PROCESS_CAPTURE,
                         .group = true};
    process_guard();
    CHECK_INT(process_run(&spec, &result, &error), WHIT_OK);
    CHECK_INT(result.output.size, 0);
    CHECK_INT(result.signal, SIGTERM);
    process_unguard();
}

TEST(find_looks_in_path_only_for_plain_names)
{
    buffer path;
    buffer_init(&path);
    CHECK(process_find("sh", &path));
    CHECK(strstr((char *)path.data, "/sh") != NULL);
    CHECK(process_find("/bin/sh", &path));
    CHECK(!process_find("whit-no-such-program", &path));
    CHECK(!process_find("/usr", &path));
    buffer_release(&path);
}

TEST(every_failed_allocation_is_reported)
{
    const char *argv[] = {"sh", "-c", "echo out; echo err >&2", NULL};
    for (uint64_t n = 1; n < 50; n++) {
        process_result_release(&result);
        process_spec spec = {
            .argv = argv, .output = PROCESS_CAPTURE, .error = PROCESS_CAPTURE};
        mem_fail_after(n);
        whit_status status = process_run(&spec, &result, &error);
        uint64_t used = mem_count();
        mem_fail_after(0);
        if (used < n) {
            CHECK_INT(status, WHIT_OK);
            return;
        }
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
    }
    CHECK(!"process_run never ran out of allocations");
}

int main(void)
{
    process_result_init(&result);
    RUN(arguments_reach_the_child_unsplit)
    RUN(exit_code_and_both_streams_come_back)
    RUN(environment_is_set_replaced_and_removed)
    RUN(directory_is_the_childs_only)
    RUN(missing_program_is_missing_tool)
    RUN(death_by_signal_is_told_apart)
    RUN(long_output_on_both_streams_does_not_block)
    RUN(capture_stops_at_its_limit)
    RUN(error_lines_arrive_one_by_one)
    RUN(guarded_signal_ends_the_child_not_us)
    RUN(a_group_ends_with_all_its_children)
    RUN(find_looks_in_path_only_for_plain_names)
    RUN(every_failed_allocation_is_reported)
    process_result_release(&result);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
