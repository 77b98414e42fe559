/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Handle tables: numbers, reuse, what is refused. */
#include "test.h"

#include "guests.h"

static whit_error error;

static uint32_t add(canon_handles *handles, uint32_t representation)
{
    canon_handle handle = {.kind = CANON_HANDLE_RESOURCE,
                           .own = true,
                           .representation = representation};
    uint32_t index = 0;
    CHECK_INT(canon_handles_add(handles, &handle, &index, &error), WHIT_OK);
    return index;
}

TEST(numbers_count_from_one_and_the_last_freed_comes_first)
{
    canon_handles handles;
    canon_handle *found;
    uint32_t budget = 1000;
    canon_handles_init(&handles, &budget);
    for (uint32_t i = 1; i <= 20; i++)
        CHECK_INT(add(&handles, i), i);
    canon_handles_remove(&handles, 3);
    canon_handles_remove(&handles, 7);
    CHECK_INT(canon_handles_get(&handles, 7, &found, &error), WHIT_TRAP);
    CHECK_TEXT(error.message, "unknown handle index 7");
    CHECK_INT(add(&handles, 70), 7);
    CHECK_INT(add(&handles, 30), 3);
    CHECK_INT(add(&handles, 21), 21);
    CHECK_INT(canon_handles_get(&handles, 3, &found, &error), WHIT_OK);
    CHECK_INT(found->representation, 30);
    canon_handles_release(&handles);
}

TEST(numbers_never_given_out_are_unknown)
{
    canon_handles handles;
    canon_handle *found;
    uint32_t budget = 1000;
    canon_handles_init(&handles, &budget);
    CHECK_INT(canon_handles_get(&handles, 0, &found, &error), WHIT_TRAP);
    CHECK_INT(canon_handles_get(&handles, 1, &found, &error), WHIT_TRAP);
    add(&handles, 1);
    CHECK_INT(canon_handles_get(&handles, 0, &found, &error), WHIT_TRAP);
    CHECK_TEXT(error.message, "unknown handle index 0");
    CHECK_INT(canon_handles_get(&handles, UINT32_MAX, &found, &error),
              WHIT_TRAP);
    CHECK_TEXT(error.message, "unknown handle index 4294967295");
    CHECK(found == NULL);
    canon_handles_release(&handles);
}

TEST(a_handle_is_used_as_what_it_is)
{
    canon_store store = {.core = NULL};
    canon_instance host = {.store = &store}, guest_ = {.store = &store};
    canon_resource one = {.instance = &guest_}, other = one,
                   its = {.instance = &host};
    canon_handles handles;
    canon_handle *found, stream = {.kind = CANON_HANDLE_STREAM_READ};
    uint32_t index, of_stream;
    store.host = &host;
    uint32_t budget = 1000;
    canon_handles_init(&handles, &budget);
    index = add(&handles, 5);
    handles.items[index].resource = &one;
    CHECK_INT(canon_handles_resource(&handles, index, &one, &found, &error),
              WHIT_OK);
    CHECK_INT(canon_handles_resource(&handles, index, &other, &found, &error),
              WHIT_TRAP);
    CHECK_TEXT(error.message,
               "handle index 1 used with the wrong type, expected "
               "guest-defined resource but found a different guest-defined "
               "resource");
    CHECK_INT(canon_handles_resource(&handles, index, &its, &found, &error),
              WHIT_TRAP);
    CHECK_INT(canon_handles_add(&handles, &stream, &of_stream, &error),
              WHIT_OK);
    CHECK_INT(canon_handles_resource(&handles, of_stream, &one, &found, &error),
              WHIT_TRAP);
    CHECK_TEXT(error.message,
               "handle index 2 used with the wrong type, expected "
               "guest-defined resource but found stream");
    canon_handles_release(&handles);
}

TEST(no_memory_is_an_error_and_nothing_is_lost)
{
    canon_handles handles;
    canon_handle handle = {.kind = CANON_HANDLE_RESOURCE};
    uint32_t index;
    uint32_t budget = 1000;
    canon_handles_init(&handles, &budget);
    while (!handles.capacity || handles.count < handles.capacity)
        add(&handles, 1);
    uint32_t count = handles.count;
    mem_fail_after(1);
    CHECK_INT(canon_handles_add(&handles, &handle, &index, &error),
              WHIT_OUT_OF_MEMORY);
    mem_fail_after(0);
    CHECK_INT(handles.count, count);
    CHECK_INT(add(&handles, 2), count);
    canon_handles_release(&handles);
}

TEST(the_store_bounds_all_its_handles)
{
    canon_handles one, two;
    uint32_t budget = 3, index, n = 0;
    const canon_handle handle = {.kind = CANON_HANDLE_WAITABLE_SET};
    canon_handles_init(&one, &budget);
    canon_handles_init(&two, &budget);
    CHECK_INT(canon_handles_add(&one, &handle, &index, &error), WHIT_OK);
    while (n < 5 && canon_handles_add(&two, &handle, &index, &error) == WHIT_OK)
        n++;
    CHECK_INT(n, 2);
    CHECK_TEXT(error.message, "the store has as many handles as it may (the "
                              "limit `handles`)");
    canon_handles_remove(&one, 1);
    CHECK_INT(canon_handles_add(&two, &handle, &index, &error), WHIT_OK);
    canon_handles_release(&one);
    canon_handles_release(&two);
}

TEST_MAIN(RUN(the_store_bounds_all_its_handles)
              RUN(numbers_count_from_one_and_the_last_freed_comes_first)
                  RUN(numbers_never_given_out_are_unknown)
                      RUN(a_handle_is_used_as_what_it_is)
                          RUN(no_memory_is_an_error_and_nothing_is_lost))
