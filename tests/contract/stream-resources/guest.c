/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams of resources. */
#include "contract.h"

#define I(name) contract_stream_resources_api_##name
#define E(name) exports_contract_stream_resources_api_##name

struct E(thing_t) {
    uint32_t value;
};

static uint32_t alive;

void E(thing_destructor)(E(thing_t) * rep)
{
    alive--;
    free(rep);
}

E(own_thing_t) E(constructor_thing)(uint32_t value)
{
    E(thing_t) *it = malloc(sizeof *it);
    it->value = value;
    alive++;
    return E(thing_new)(it);
}

uint32_t E(method_thing_value)(E(borrow_thing_t) self)
{
    return self->value;
}

uint32_t E(alive)(void)
{
    return alive;
}

typedef struct make_task {
    E(stream_own_thing_writer_t) writer;
    guest_waitable_set_t set;
    uint32_t next;
    uint32_t count;
    E(own_thing_t) thing;
    bool ended;
} make_task;

typedef struct take_task {
    E(stream_own_thing_t) things;
    guest_waitable_set_t set;
    E(own_thing_t) thing;
    uint32_t sum;
    bool ended;
} take_task;

static void made(make_task *task, guest_waitable_status_t status)
{
    if (GUEST_WAITABLE_COUNT(status))
        task->next++;
    else
        E(thing_drop_own)(task->thing);
    task->ended = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
}

static guest_callback_code_t make_on(make_task *task)
{
    while (task->next < task->count && !task->ended) {
        task->thing = E(constructor_thing)(task->next);
        guest_waitable_status_t status =
            E(stream_own_thing_write)(task->writer, &task->thing, 1);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        made(task, status);
    }
    E(stream_own_thing_drop_writable)(task->writer);
    guest_waitable_set_drop(task->set);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(make)(uint32_t count)
{
    make_task *task = calloc(1, sizeof *task);
    task->count = count;
    task->set = guest_waitable_set_new();
    guest_context_set_0(task);
    E(make_return)(E(stream_own_thing_new)(&task->writer));
    guest_waitable_join(task->writer, task->set);
    return make_on(task);
}

guest_callback_code_t E(make_callback)(guest_event_t *event)
{
    make_task *task = guest_context_get_0();
    made(task, event->code);
    return make_on(task);
}

static void taken(take_task *task, guest_waitable_status_t status)
{
    if (GUEST_WAITABLE_COUNT(status)) {
        task->sum += E(thing_rep)(task->thing)->value;
        E(thing_drop_own)(task->thing);
    }
    task->ended = GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED;
}

static guest_callback_code_t take_on(take_task *task)
{
    while (!task->ended) {
        guest_waitable_status_t status =
            E(stream_own_thing_read)(task->things, &task->thing, 1);
        if (status == GUEST_WAITABLE_STATUS_BLOCKED)
            return GUEST_CALLBACK_CODE_WAIT(task->set);
        taken(task, status);
    }
    E(stream_own_thing_drop_readable)(task->things);
    guest_waitable_set_drop(task->set);
    E(take_return)(task->sum);
    free(task);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(take)(E(stream_own_thing_t) x)
{
    take_task *task = calloc(1, sizeof *task);
    task->things = x;
    task->set = guest_waitable_set_new();
    guest_waitable_join(x, task->set);
    guest_context_set_0(task);
    return take_on(task);
}

guest_callback_code_t E(take_callback)(guest_event_t *event)
{
    take_task *task = guest_context_get_0();
    taken(task, event->code);
    return take_on(task);
}

static uint32_t check(void)
{
    uint32_t step = 0;
    uint32_t before = I(alive)();
    I(stream_own_thing_t) things = I(make_blocking)(3);
    uint32_t count = 0;
    for (;;) {
        I(own_thing_t) thing;
        guest_waitable_status_t status =
            I(stream_own_thing_read_blocking)(things, &thing, 1);
        if (GUEST_WAITABLE_COUNT(status)) {
            I(borrow_thing_t) borrow = I(borrow_thing)(thing);
            EXPECT(I(method_thing_value)(borrow) == count++);
            I(thing_drop_own)(thing);
        }
        if (GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED)
            break;
    }
    EXPECT(count == 3);
    I(stream_own_thing_drop_readable)(things);
    EXPECT(I(alive)() == before);
    I(stream_own_thing_writer_t) writer;
    uint32_t sum = 0;
    guest_subtask_status_t call =
        I(take)(I(stream_own_thing_new)(&writer), &sum);
    for (uint32_t i = 0; i < 3; i++) {
        I(own_thing_t) thing = I(constructor_thing)(10 + i);
        guest_waitable_status_t status =
            I(stream_own_thing_write_blocking)(writer, &thing, 1);
        EXPECT(GUEST_WAITABLE_COUNT(status) == 1);
    }
    I(stream_own_thing_drop_writable)(writer);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED && sum == 33);
    EXPECT(I(alive)() == before);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
