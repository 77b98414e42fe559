/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Records. */
#include "contract.h"

#define I(name) contract_records_api_##name
#define E(name) exports_contract_records_api_##name

typedef I(person_t) person;

void E(add)(E(point_t) * a, E(point_t) * b, E(point_t) * ret)
{
    *ret = (E(point_t)){a->x + b->x, a->y + b->y};
}

void E(birthday)(E(person_t) * p, E(person_t) * ret)
{
    *ret = *p;
    ret->age++;
    ret->at = (E(point_t)){0, 0};
}

void E(names)(E(list_person_t) * p, guest_list_string_t *ret)
{
    ret->len = p->len;
    ret->ptr = malloc(p->len * sizeof *ret->ptr);
    for (size_t i = 0; i < p->len; i++) {
        ret->ptr[i] = p->ptr[i].name;
        p->ptr[i].name.len = 0;
    }
    E(list_person_free)(p);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    I(point_t) sum;
    I(add)(&(I(point_t)){1, -2}, &(I(point_t)){10, 20}, &sum);
    EXPECT(sum.x == 11 && sum.y == 18);
    guest_string_t friends[] = {*TEXT("Bea"), *TEXT("Cleo")};
    person ann = {*TEXT("Ann"), 41, {3, 4}, {friends, 2}}, out;
    I(birthday)(&ann, &out);
    EXPECT(IS(out.name, "Ann") && out.age == 42);
    EXPECT(out.at.x == 0 && out.at.y == 0);
    EXPECT(out.friends.len == 2 && IS(out.friends.ptr[1], "Cleo"));
    I(person_free)(&out);
    person people[] = {ann, {*TEXT("Dora"), 1, {0, 0}, {NULL, 0}}};
    guest_list_string_t names;
    I(names)(&(I(list_person_t)){people, 2}, &names);
    EXPECT(names.len == 2 && IS(names.ptr[0], "Ann"));
    EXPECT(IS(names.ptr[1], "Dora"));
    guest_list_string_free(&names);
    return 0;
}
