/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/store.h. */
#include "api/api.h"

#include "runtime/operations.h"
#include "wasm/positions.h"

whit_limits whit_limits_default(void)
{
    rt_limits limits;
    rt_limits_init(&limits);
    return (whit_limits){limits.memory_bytes,  limits.table_elements,
                         limits.gc_heap_bytes, limits.call_depth,
                         limits.instances,     limits.handles};
}

whit_status whit_store_new(whit_engine *engine, const whit_limits *limits,
                           whit_store **out, whit_error *error)
{
    rt_limits wanted;
    rt_limits_init(&wanted);
    if (limits)
        wanted = (rt_limits){limits->memory_bytes,  limits->table_elements,
                             limits->gc_heap_bytes, limits->call_depth,
                             limits->instances,     limits->handles};
    rt_store *store;
    TRY(rt_store_new(RT_ENGINE(engine), &wanted, &store, error));
    *out = (whit_store *)(void *)store;
    return WHIT_OK;
}

void whit_store_free(whit_store *store)
{
    if (store)
        rt_store_free(RT_STORE(store));
}

void whit_store_set_fuel(whit_store *store, uint64_t fuel)
{
    RT_STORE(store)->context.fuel =
        fuel > INT64_MAX ? INT64_MAX : (int64_t)fuel;
}

uint64_t whit_store_fuel(const whit_store *store)
{
    int64_t fuel = RT_STORE(store)->context.fuel;
    return fuel > 0 ? (uint64_t)fuel : 0;
}

void whit_store_set_deadline(whit_store *store, uint64_t ticks)
{
    rt_store_set_deadline(RT_STORE(store), ticks);
}

void whit_store_collect(whit_store *store)
{
    rt_collect(RT_STORE(store));
}

void whit_store_set_data(whit_store *store, void *data)
{
    RT_STORE(store)->user = data;
}

void *whit_store_data(const whit_store *store)
{
    return RT_STORE(store)->user;
}

whit_trap_code whit_store_trap_code(const whit_store *store)
{
    return (whit_trap_code)RT_STORE(store)->context.trap.code;
}

size_t whit_store_trap_frames(const whit_store *store)
{
    return RT_STORE(store)->context.trap.frame_count;
}

whit_frame whit_store_trap_frame(const whit_store *store, size_t i)
{
    const rt_frame *frame = &RT_STORE(store)->context.trap.frames[i];
    slice name = rt_module_function_name(frame->module, frame->function);
    wasm_position position = {0};
    wasm_module_position(frame->module->wasm, frame->function, frame->offset,
                         &position);
    return (whit_frame){{(const char *)name.data, name.size},
                        frame->function,
                        frame->offset,
                        position.line};
}
