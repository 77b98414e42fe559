/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The unit tests' harness: a test is a function, a program is a list.
 *
 *     TEST(buffer_grows) { CHECK(1 + 1 == 2); CHECK_INT(f(), 3); }
 *     TEST_MAIN(RUN(buffer_grows))
 *
 * A program prints one line per failure and ends with
 * "N passed, M failed", its exit code being 1 when M is not 0. */
#ifndef TEST_H
#define TEST_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int test_failures;
static int test_passed, test_failed;

#define TEST(name) static void name(void)

#define CHECK(condition)                                           \
    do {                                                           \
        if (!(condition)) {                                        \
            test_failures++;                                       \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
        }                                                          \
    } while (0)

#define CHECK_INT(actual, expected)                                         \
    do {                                                                    \
        int64_t a_ = (int64_t)(actual), e_ = (int64_t)(expected);           \
        if (a_ != e_) {                                                     \
            test_failures++;                                                \
            printf("%s:%d: %s is %" PRId64 ", not %" PRId64 "\n", __FILE__, \
                   __LINE__, #actual, a_, e_);                              \
        }                                                                   \
    } while (0)

#define CHECK_TEXT(actual, expected)                                        \
    do {                                                                    \
        const char *a_ = (actual), *e_ = (expected);                        \
        if (!a_ || strcmp(a_, e_) != 0) {                                   \
            test_failures++;                                                \
            printf("%s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, \
                   #actual, a_ ? a_ : "(null)", e_);                        \
        }                                                                   \
    } while (0)

#define RUN(name)                         \
    do {                                  \
        test_failures = 0;                \
        name();                           \
        if (test_failures) {              \
            test_failed++;                \
            printf("FAILED %s\n", #name); \
        } else {                          \
            test_passed++;                \
        }                                 \
    } while (0);

#define TEST_MAIN(runs)                                                  \
    int main(void)                                                       \
    {                                                                    \
        runs printf("%d passed, %d failed\n", test_passed, test_failed); \
        return test_failed != 0;                                         \
    }

#endif
