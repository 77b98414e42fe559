/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The collected heap. */
#include "fake.h"

static rt_engine *engine;
static rt_store *store;
static rt_instance *types;

enum { NODE, NODES, BYTES, WIDE };

static void set_up(uint64_t gc_heap_bytes)
{
    rt_limits limits;
    rt_limits_init(&limits);
    if (gc_heap_bytes)
        limits.gc_heap_bytes = gc_heap_bytes;
    engine = fake_engine(true);
    store = fake_store(engine, &limits);
    CHECK_INT(
        fake_instance(store,
                      "(module"
                      " (rec (type $n (struct (field (mut i8))"
                      "   (field (mut (ref null $n))) (field (mut i64)))))"
                      " (type $a (array (mut anyref)))"
                      " (type $b (array (mut i8)))"
                      " (type $w (struct (field v128) (field i16))))",
                      NULL, 0, &types, NULL),
        WHIT_OK);
}

static void tear_down(void)
{
    rt_store_free(store);
    rt_engine_release(engine);
}

static rt_ref *next_of(rt_ref node)
{
    uint32_t offset = types->types[NODE]->field_offsets[1];
    return (rt_ref *)(void *)(rt_object_data(rt_ref_object(node)) + offset);
}

static rt_ref new_node(rt_ref next)
{
    rt_ref node = 0;
    uint32_t handle;
    CHECK_INT(rt_root_add(store, next, &handle, NULL), WHIT_OK);
    CHECK_INT(rt_struct_new(store, types->types[NODE], &node), RT_TRAP_NONE);
    rt_root_remove(store, handle);
    if (node)
        *next_of(node) = next;
    return node;
}

static unsigned finalized;

static void count_final(uint64_t value)
{
    finalized += (unsigned)value;
}

static rt_ref new_host(uint64_t value)
{
    rt_ref ref = 0;
    CHECK_INT(rt_host_object_new(store, value, count_final, &ref, NULL),
              WHIT_OK);
    return ref;
}

TEST(objects_live_as_long_as_a_root_reaches_them)
{
    set_up(0);
    finalized = 0;
    uint32_t handle;
    rt_ref array;
    CHECK_INT(rt_array_new(store, types->types[NODES], 3, &array),
              RT_TRAP_NONE);
    CHECK_INT(rt_root_add(store, array, &handle, NULL), WHIT_OK);
    rt_ref *items = (rt_ref *)(void *)rt_object_data(rt_ref_object(array));
    items[0] = new_host(1);
    items[1] = new_host(10);
    items[2] = rt_i31(7);
    new_host(100);
    rt_collect(store);
    CHECK_INT(finalized, 100);
    items[1] = 0;
    rt_collect(store);
    CHECK_INT(finalized, 110);
    rt_root_remove(store, handle);
    rt_collect(store);
    CHECK_INT(finalized, 111);
    CHECK_INT(store->heap->bytes, 0);
    new_host(1000);
    tear_down();
    CHECK_INT(finalized, 1111);
}

TEST(globals_tables_and_segments_are_roots)
{
    set_up(0);
    finalized = 0;
    rt_instance *instance;
    CHECK_INT(fake_instance(store,
                            "(module (table (export \"t\") 3 anyref)"
                            " (global (export \"g\") (mut externref)"
                            "  (ref.null extern))"
                            " (type $s (struct (field i32)))"
                            " (elem anyref (struct.new $s (i32.const 9))))",
                            NULL, 0, &instance, NULL),
              WHIT_OK);
    rt_table *table = fake_export(instance, "t").table;
    rt_global *global = fake_export(instance, "g").global;
    table->items[2] = new_host(1);
    global->value[0].ref = new_host(2);
    rt_ref segment = instance->elems[0].items[0];
    rt_collect(store);
    CHECK_INT(finalized, 0);
    CHECK_INT(*(int32_t *)(void *)rt_object_data(rt_ref_object(segment)), 9);
    uint64_t bytes = store->heap->bytes;
    rt_elem_drop(instance, 0);
    table->items[2] = 0;
    global->value[0].ref = 0;
    rt_collect(store);
    CHECK_INT(finalized, 3);
    CHECK(store->heap->bytes < bytes);
    tear_down();
}

/* A million nodes in a chain: marking may not recurse. */
TEST(long_chains_are_marked_without_recursion)
{
    set_up(0);
    uint32_t handle;
    rt_ref head = 0;
    CHECK_INT(rt_root_add(store, rt_i31(0), &handle, NULL), WHIT_OK);
    for (int i = 0; i < 1000000; i++) {
        head = new_node(head);
        store->roots[handle] = head;
    }
    rt_collect(store);
    int length = 0;
    for (rt_ref at = head; at; at = *next_of(at))
        length++;
    CHECK_INT(length, 1000000);
    tear_down();
}

/* Many children, and no memory for the stack of marks: the heap is searched
 * for marked objects instead. */
TEST(marking_works_without_memory_for_its_stack)
{
    set_up(0);
    finalized = 0;
    enum { CHILDREN = 5000 };
    rt_ref array;
    uint32_t handle;
    CHECK_INT(rt_array_new(store, types->types[NODES], CHILDREN, &array),
              RT_TRAP_NONE);
    CHECK_INT(rt_root_add(store, array, &handle, NULL), WHIT_OK);
    for (int i = 0; i < CHILDREN; i++) {
        rt_ref *items = (rt_ref *)(void *)rt_object_data(rt_ref_object(array));
        items[i] = new_node(new_node(0));
    }
    uint64_t bytes = store->heap->bytes;
    mem_fail_after(1);
    rt_collect(store);
    CHECK(mem_count() > 0);
    mem_fail_after(0);
    CHECK_INT(store->heap->bytes, bytes);
    rt_collect(store);
    CHECK_INT(store->heap->bytes, bytes);
    rt_root_remove(store, handle);
    rt_collect(store);
    CHECK_INT(store->heap->bytes, 0);
    tear_down();
}

TEST(the_limit_traps_after_a_collection)
{
    set_up(1 << 20);
    rt_ref garbage;
    for (int i = 0; i < 100; i++)
        CHECK_INT(rt_array_new(store, types->types[BYTES], 100000, &garbage),
                  RT_TRAP_NONE);
    CHECK(store->heap->collections > 0);
    CHECK_INT(rt_array_new(store, types->types[BYTES], 2 << 20, &garbage),
              RT_TRAP_GC_HEAP);
    CHECK_INT(rt_array_new(store, types->types[NODES], UINT32_MAX, &garbage),
              RT_TRAP_GC_HEAP);
    rt_ref kept = 0;
    uint32_t handle;
    CHECK_INT(rt_root_add(store, rt_i31(0), &handle, NULL), WHIT_OK);
    int made = 0;
    rt_trap_code code = RT_TRAP_NONE;
    while (code == RT_TRAP_NONE && made < 1000000) {
        rt_ref node;
        code = rt_struct_new(store, types->types[NODE], &node);
        if (code == RT_TRAP_NONE) {
            *next_of(node) = kept;
            store->roots[handle] = kept = node;
            made++;
        }
    }
    CHECK_INT(code, RT_TRAP_GC_HEAP);
    CHECK(made > 10000 && made < 40000);
    rt_root_remove(store, handle);
    CHECK_INT(rt_struct_new(store, types->types[NODE], &garbage), RT_TRAP_NONE);
    tear_down();
}

TEST(sizes_of_all_classes_are_kept_apart)
{
    set_up(0);
    rt_ref array;
    uint32_t handle;
    enum { COUNT = 300 };
    CHECK_INT(rt_array_new(store, types->types[NODES], COUNT, &array),
              RT_TRAP_NONE);
    CHECK_INT(rt_root_add(store, array, &handle, NULL), WHIT_OK);
    store->heap->stress = true;
    for (uint32_t i = 0; i < COUNT; i++) {
        rt_ref bytes, *items;
        uint32_t length = i * 37;
        CHECK_INT(rt_array_new(store, types->types[BYTES], length, &bytes),
                  RT_TRAP_NONE);
        rt_slot value = {.u32 = i};
        CHECK_INT(rt_array_fill(bytes, 0, &value, length), RT_TRAP_NONE);
        items = (rt_ref *)(void *)rt_object_data(rt_ref_object(array));
        items[i] = bytes;
        new_host(0);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        rt_ref *items = (rt_ref *)(void *)rt_object_data(rt_ref_object(array));
        rt_object *bytes = rt_ref_object(items[i]);
        CHECK_INT(bytes->length, i * 37);
        for (uint32_t j = 0; j < bytes->length; j++)
            CHECK_INT(rt_object_data(bytes)[j], i & 255);
    }
    tear_down();
}

TEST(fields_are_stored_by_their_type)
{
    set_up(0);
    const wasm_type *type = types->types[WIDE];
    rt_ref ref;
    CHECK_INT(rt_struct_new(store, type, &ref), RT_TRAP_NONE);
    uint8_t *data = rt_object_data(rt_ref_object(ref));
    rt_slot in[2] = {{.u64 = 1}, {.u64 = 2}}, out[2];
    rt_storage_set(data + type->field_offsets[0], WASM_V128, in);
    rt_storage_get(data + type->field_offsets[0], WASM_V128, false, out);
    CHECK_INT(out[1].u64, 2);
    in[0].u32 = 0x1ffff;
    rt_storage_set(data + type->field_offsets[1], WASM_I16, in);
    rt_storage_get(data + type->field_offsets[1], WASM_I16, true, out);
    CHECK_INT(out[0].i32, -1);
    rt_storage_get(data + type->field_offsets[1], WASM_I16, false, out);
    CHECK_INT(out[0].i32, 0xffff);
    CHECK_INT(*(uint64_t *)(void *)data, 1);
    tear_down();
}

TEST(references_are_told_apart)
{
    set_up(0);
    rt_ref node, bytes, host = new_host(0);
    CHECK_INT(rt_struct_new(store, types->types[NODE], &node), RT_TRAP_NONE);
    CHECK_INT(rt_array_new(store, types->types[BYTES], 0, &bytes),
              RT_TRAP_NONE);
    uint32_t id = types->types[NODE]->id;
    static const struct {
        wasm_heaptype heap;
        bool node, bytes, host, i31;
    } rows[] = {
        {WASM_HEAP_ANY, true, true, true, true},
        {WASM_HEAP_EXTERN, true, true, true, true},
        {WASM_HEAP_EQ, true, true, false, true},
        {WASM_HEAP_STRUCT, true, false, false, false},
        {WASM_HEAP_ARRAY, false, true, false, false},
        {WASM_HEAP_I31, false, false, false, true},
        {WASM_HEAP_NONE, false, false, false, false},
        {WASM_HEAP_FUNC, false, false, false, false},
        {WASM_HEAP_EXN, false, false, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        wasm_valtype type = wasm_ref(rows[i].heap, false);
        CHECK_INT(rt_ref_matches(engine->types, node, type), rows[i].node);
        CHECK_INT(rt_ref_matches(engine->types, bytes, type), rows[i].bytes);
        CHECK_INT(rt_ref_matches(engine->types, host, type), rows[i].host);
        CHECK_INT(rt_ref_matches(engine->types, rt_i31(1), type), rows[i].i31);
        CHECK(!rt_ref_matches(engine->types, 0, type));
        CHECK(rt_ref_matches(engine->types, 0, wasm_ref(rows[i].heap, true)));
    }
    CHECK(rt_ref_matches(engine->types, node, wasm_ref(id, false)));
    CHECK(!rt_ref_matches(engine->types, bytes, wasm_ref(id, false)));
    CHECK(!rt_ref_matches(engine->types, rt_i31(0), wasm_ref(id, false)));
    tear_down();
}

TEST(handles_are_used_again)
{
    set_up(0);
    uint32_t a, b, c, null;
    CHECK_INT(rt_root_add(store, rt_i31(1), &a, NULL), WHIT_OK);
    CHECK_INT(rt_root_add(store, rt_i31(2), &b, NULL), WHIT_OK);
    CHECK_INT(rt_root_add(store, 0, &null, NULL), WHIT_OK);
    CHECK_INT(null, 0);
    rt_root_remove(store, a);
    rt_root_remove(store, b);
    rt_root_remove(store, null);
    rt_collect(store);
    CHECK_INT(rt_root_add(store, rt_i31(3), &c, NULL), WHIT_OK);
    CHECK_INT(c, b);
    CHECK_INT(rt_root_add(store, rt_i31(4), &c, NULL), WHIT_OK);
    CHECK_INT(c, a);
    CHECK_INT(store->roots[b], rt_i31(3));
    CHECK_INT(store->root_count, 3);
    tear_down();
}

TEST_MAIN(RUN(objects_live_as_long_as_a_root_reaches_them)
              RUN(globals_tables_and_segments_are_roots)
                  RUN(long_chains_are_marked_without_recursion)
                      RUN(marking_works_without_memory_for_its_stack)
                          RUN(the_limit_traps_after_a_collection)
                              RUN(sizes_of_all_classes_are_kept_apart)
                                  RUN(fields_are_stored_by_their_type)
                                      RUN(references_are_told_apart)
                                          RUN(handles_are_used_again))
