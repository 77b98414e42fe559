/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Handles as values: who owns what afterwards, and what traps. */
#include "test.h"

#include "canonical/task.h"
#include "guests.h"

static guests g;
static canon_tuple types;
static canon_resource resource;

static const char owned[] = "(component (import \"r\" (type $r (sub resource)))"
                            " (import \"f\" (func (param \"a\" (own $r)))))";
static const char borrowed[] =
    "(component (import \"r\" (type $r (sub resource)))"
    " (import \"f\" (func (param \"a\" (borrow $r)))))";
static const char contexts[] =
    "(component (import \"f\" (func (param \"a\" error-context))))";

typedef enum definer { GUEST_A, GUEST_B, HOST } definer;

static void open_guests(const char *text, definer who)
{
    CHECK_INT(guests_open(&g, 0, true), WHIT_OK);
    CHECK_INT(guests_types(&g, text, &types), WHIT_OK);
    resource = (canon_resource){.instance = who == HOST      ? g.host
                                            : who == GUEST_A ? g.a.instance
                                                             : g.b.instance};
    const component_node *type = types.members[0].type;
    if (type->element)
        CHECK_INT(canon_instance_bind(g.a.instance, type->element->resource,
                                      &resource, &g.error),
                  WHIT_OK);
}

static uint32_t add(canon_instance *instance, bool own, uint32_t representation)
{
    canon_handle handle = {.kind = CANON_HANDLE_RESOURCE,
                           .own = own,
                           .representation = representation,
                           .resource = &resource};
    uint32_t index = 0;
    CHECK_INT(canon_handles_add(&instance->handles, &handle, &index, &g.error),
              WHIT_OK);
    return index;
}

static whit_status pass(const canon_side *from, uint32_t in,
                        const canon_side *to, uint32_t *out)
{
    rt_slot source[1] = {{.u64 = 0xabcdef0000000000 | in}};
    rt_slot target[1] = {{.u64 = 0}};
    canon_values a = guests_flat(source), b = guests_flat(target);
    whit_status status = canon_pass(&types, from, &a, to, &b, &g.error);
    *out = target[0].u32;
    return status;
}

static canon_handle *get(canon_instance *instance, uint32_t index)
{
    canon_handle *handle;
    if (canon_handles_get(&instance->handles, index, &handle, &g.error))
        return NULL;
    return handle;
}

TEST(own_moves)
{
    uint32_t out;
    open_guests(owned, GUEST_A);
    add(g.b.instance, true, 1);
    uint32_t index = add(g.a.instance, true, 77);
    CHECK_INT(pass(&g.a.side, index, &g.b.side, &out), WHIT_OK);
    CHECK_INT(out, 2);
    CHECK(!get(g.a.instance, index));
    CHECK(get(g.b.instance, out)->own);
    CHECK_INT(get(g.b.instance, out)->representation, 77);
    CHECK_INT(pass(&g.a.side, index, &g.b.side, &out), WHIT_TRAP);
    CHECK_TEXT(g.error.message, "unknown handle index 1");
    guests_close(&g);
}

TEST(own_moves_within_a_table)
{
    uint32_t out;
    open_guests(owned, GUEST_A);
    uint32_t index = add(g.a.instance, true, 77);
    CHECK_INT(pass(&g.a.side, index, &g.a.side, &out), WHIT_OK);
    CHECK_INT(out, index);
    CHECK_INT(get(g.a.instance, out)->representation, 77);
    guests_close(&g);
}

TEST(only_owners_that_lent_nothing_give_away)
{
    uint32_t out;
    open_guests(owned, GUEST_A);
    uint32_t borrow = add(g.a.instance, false, 1);
    uint32_t lent = add(g.a.instance, true, 2);
    get(g.a.instance, lent)->lends = 1;
    CHECK_INT(pass(&g.a.side, borrow, &g.b.side, &out), WHIT_TRAP);
    CHECK(strstr(g.error.message, "cannot lift own resource from a borrow"));
    CHECK_INT(pass(&g.a.side, lent, &g.b.side, &out), WHIT_TRAP);
    CHECK(strstr(g.error.message, "while borrowed"));
    CHECK(get(g.a.instance, lent) && get(g.a.instance, borrow));
    guests_close(&g);
}

TEST(the_owner_keeps_what_cannot_arrive)
{
    uint32_t out;
    open_guests(owned, GUEST_A);
    uint32_t index = add(g.a.instance, true, 77);
    mem_fail_after(1);
    CHECK_INT(pass(&g.a.side, index, &g.b.side, &out), WHIT_OUT_OF_MEMORY);
    mem_fail_after(0);
    CHECK(get(g.a.instance, index) != NULL);
    guests_close(&g);
}

TEST(the_host_has_its_own_by_representation)
{
    uint32_t out;
    open_guests(owned, HOST);
    CHECK_INT(pass(&g.host_side, 1234, &g.a.side, &out), WHIT_OK);
    CHECK_INT(out, 1);
    CHECK_INT(get(g.a.instance, 1)->representation, 1234);
    CHECK(get(g.a.instance, 1)->own);
    CHECK_INT(pass(&g.a.side, 1, &g.host_side, &out), WHIT_OK);
    CHECK_INT(out, 1234);
    CHECK(!get(g.a.instance, 1));
    CHECK_INT(g.host->handles.count, 0);
    guests_close(&g);
}

TEST(the_host_has_others_by_handle)
{
    uint32_t out;
    open_guests(owned, GUEST_A);
    uint32_t index = add(g.a.instance, true, 55);
    CHECK_INT(pass(&g.a.side, index, &g.host_side, &out), WHIT_OK);
    CHECK_INT(out, 1);
    CHECK_INT(get(g.host, 1)->representation, 55);
    CHECK_INT(pass(&g.host_side, 1, &g.b.side, &out), WHIT_OK);
    CHECK_INT(get(g.b.instance, out)->representation, 55);
    CHECK_INT(pass(&g.host_side, 1, &g.b.side, &out), WHIT_TRAP);
    guests_close(&g);
}

TEST(borrows_are_representations_where_they_are_defined)
{
    uint32_t out;
    open_guests(borrowed, GUEST_B);
    uint32_t index = add(g.a.instance, true, 77);
    CHECK_INT(pass(&g.a.side, index, &g.b.side, &out), WHIT_OK);
    CHECK_INT(out, 77);
    CHECK_INT(g.b.instance->handles.count, 0);
    CHECK(get(g.a.instance, index) != NULL);
    guests_close(&g);
}

TEST(borrows_are_handles_elsewhere)
{
    uint32_t out;
    open_guests(borrowed, GUEST_A);
    uint32_t index = add(g.a.instance, true, 77);
    CHECK_INT(pass(&g.a.side, index, &g.b.side, &out), WHIT_OK);
    CHECK(!get(g.b.instance, out)->own);
    CHECK_INT(get(g.b.instance, out)->representation, 77);
    /* And may be lent on. */
    CHECK_INT(pass(&g.b.side, out, &g.a.side, &out), WHIT_OK);
    CHECK_INT(out, 77);
    guests_close(&g);
}

TEST(lends_and_borrows_are_counted)
{
    uint32_t out;
    canon_subtask lender;
    canon_task borrower = {.borrows = 0};
    open_guests(borrowed, GUEST_A);
    canon_side from = g.a.side, to = g.b.side, host = g.host_side;
    uint32_t index = add(g.a.instance, true, 77);
    canon_subtask_init(&lender, g.a.instance, NULL, NULL, NULL);
    from.lender = &lender;
    to.borrower = host.borrower = &borrower;
    for (uint32_t i = 1; i <= 6; i++) {
        CHECK_INT(pass(&from, index, i & 1 ? &to : &host, &out), WHIT_OK);
        CHECK_INT(get(g.a.instance, index)->lends, i);
        CHECK_INT(borrower.borrows, i);
        CHECK(get(i & 1 ? g.b.instance : g.host, out)->borrower == &borrower);
    }
    canon_subtask_deliver(&lender);
    CHECK_INT(get(g.a.instance, index)->lends, 0);
    guests_close(&g);
}

TEST(the_host_lends_its_own)
{
    uint32_t out;
    open_guests(borrowed, HOST);
    CHECK_INT(pass(&g.host_side, 9, &g.a.side, &out), WHIT_OK);
    CHECK(!get(g.a.instance, out)->own);
    CHECK_INT(get(g.a.instance, out)->representation, 9);
    CHECK_INT(pass(&g.a.side, out, &g.host_side, &out), WHIT_OK);
    CHECK_INT(out, 9);
    guests_close(&g);
}

TEST(error_contexts_are_shared)
{
    canon_error_context *context = mem_zalloc(sizeof *context);
    canon_handle handle = {.kind = CANON_HANDLE_ERROR_CONTEXT};
    uint32_t index, out;
    context->references = 1;
    handle.object = context;
    open_guests(contexts, GUEST_A);
    CHECK_INT(
        canon_handles_add(&g.a.instance->handles, &handle, &index, &g.error),
        WHIT_OK);
    CHECK_INT(pass(&g.a.side, index, &g.b.side, &out), WHIT_OK);
    CHECK_INT(context->references, 2);
    CHECK(get(g.a.instance, index)->object == context);
    CHECK(get(g.b.instance, out)->object == context);
    uint32_t other = add(g.a.instance, true, 1);
    CHECK_INT(pass(&g.a.side, other, &g.b.side, &out), WHIT_TRAP);
    CHECK(strstr(g.error.message, "expected error-context but found resource"));
    guests_close(&g);
}

TEST_MAIN(
    RUN(own_moves) RUN(own_moves_within_a_table)
        RUN(only_owners_that_lent_nothing_give_away)
            RUN(the_owner_keeps_what_cannot_arrive)
                RUN(the_host_has_its_own_by_representation)
                    RUN(the_host_has_others_by_handle)
                        RUN(borrows_are_representations_where_they_are_defined)
                            RUN(borrows_are_handles_elsewhere)
                                RUN(lends_and_borrows_are_counted)
                                    RUN(the_host_lends_its_own)
                                        RUN(error_contexts_are_shared))
