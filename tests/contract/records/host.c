/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Records with texts and lists. */
#define TOPIC contract_records
#include "../host.h"

GIVE(add, API(point_t), const API(point_t) * a, const API(point_t) * b)
{
    *result = (API(point_t)){a->x + b->x, a->y + b->y};
    return WHIT_OK;
}

GIVE(birthday, API(person_t), const API(person_t) * p)
{
    *result = *p;
    result->age++;
    result->at = (API(point_t)){0, 0};
    return WHIT_OK;
}

GIVE(names, guest_list_string_t, API(list_person_t) p)
{
    guest_string_t *out = whit_host_call_alloc(call, p.len * sizeof *out + 1);
    for (size_t i = 0; i < p.len; i++)
        out[i] = p.ptr[i].name;
    *result = (guest_list_string_t){out, p.len};
    return WHIT_OK;
}

static void test(void)
{
    API(point_t) point;
    API(person_t) older;
    guest_list_string_t list;
    const guest_string_t friends[] = {TEXT("Bob"), TEXT(""), TEXT("Zoë")};
    const API(person_t)
        people[] = {{TEXT("Alice"), 41, {INT32_MIN, INT32_MAX}, {friends, 3}},
                    {TEXT("Bob"), 0, {0, 0}, {NULL, 0}}};
    OK(API(add)(W, &(API(point_t)){1, -2}, &(API(point_t)){3, -4}, &point, E));
    CHECK(point.x == 4 && point.y == -6);
    OK(API(birthday)(W, &people[0], &older, region, E));
    CHECK(IS(older.name, "Alice") && older.age == 42);
    CHECK(older.at.x == 0 && older.at.y == 0);
    CHECK(older.friends.len == 3);
    CHECK(IS(older.friends.ptr[0], "Bob") && IS(older.friends.ptr[2], "Zoë"));
    CHECK(older.friends.ptr[1].len == 0);
    OK(API(birthday)(W, &people[1], &older, region, E));
    CHECK(older.age == 1 && older.friends.len == 0);
    OK(API(names)(W, (API(list_person_t)){people, 2}, &list, region, E));
    CHECK(list.len == 2 && IS(list.ptr[0], "Alice") && IS(list.ptr[1], "Bob"));
}

static const struct guest_imports given = {.GIVEN = {add, birthday, names}};

HOST(given, test)
