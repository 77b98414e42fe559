/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Handlers of memories, tables, references and objects. */
/* No guard: included where handlers stand. */

/* Instructions that call C and may trap. */
#define OPERATION(NAME, length, ...)        \
    HANDLER(NAME)                           \
    {                                       \
        rt_slot *s = SLOT_AT(8);            \
        rt_trap_code code;                  \
        SAVE();                             \
        __VA_ARGS__;                        \
        if (UNLIKELY(code != RT_TRAP_NONE)) \
            TRAP(code);                     \
        FORGET();                           \
        NEXT_LOOP(length);                  \
    }
#define MEMORY(o) (inst->memories[U32_AT(o)])
#define TABLE(o) (inst->tables[U32_AT(o)])
#define ADDRESS(is64, slot) ((is64) ? (slot).u64 : (uint64_t)(slot).u32)

RESULT_FORMS(MEMORY_SIZE, i64, 12,
             acc = atomic_load(&MEMORY(8)->size) / WASM_PAGE_SIZE;)
HANDLER(MEMORY_GROW)
{
    rt_slot *s = SLOT_AT(8);
    rt_memory *m = MEMORY(12);
    int64_t old = rt_memory_grow(inst->store, m, ADDRESS(m->is64, *s));
    s->u64 = m->is64 ? (uint64_t)old : (uint32_t)old;
    mem = interp_memory(inst);
    FORGET();
    NEXT(16);
}
OPERATION(MEMORY_FILL, 16, {
    rt_memory *m = MEMORY(12);
    code = rt_memory_fill(m, ADDRESS(m->is64, s[0]), (uint8_t)s[1].u32,
                          ADDRESS(m->is64, s[2]));
})
OPERATION(MEMORY_COPY, 20, {
    rt_memory *to = MEMORY(12);
    rt_memory *from = MEMORY(16);
    code = rt_memory_copy(to, from, ADDRESS(to->is64, s[0]),
                          ADDRESS(from->is64, s[1]),
                          ADDRESS(to->is64 && from->is64, s[2]));
})
OPERATION(MEMORY_INIT, 20, {
    code = rt_memory_init(inst, U32_AT(16), U32_AT(12),
                          ADDRESS(MEMORY(16)->is64, s[0]), s[1].u32, s[2].u32);
})
HANDLER(DATA_DROP)
{
    rt_data_drop(inst, U32_AT(8));
    FORGET();
    NEXT(12);
}
HANDLER(TABLE_GET)
{
    rt_slot *s = SLOT_AT(8);
    const rt_table *t = TABLE(12);
    uint64_t index = ADDRESS(t->is64, *s);
    if (UNLIKELY(index >= t->size))
        TRAP(RT_TRAP_TABLE_BOUNDS);
    s->ref = t->items[index];
    NEXT(16);
}
HANDLER(TABLE_SET)
{
    const rt_slot *s = SLOT_AT(8);
    const rt_table *t = TABLE(12);
    uint64_t index = ADDRESS(t->is64, *s);
    if (UNLIKELY(index >= t->size))
        TRAP(RT_TRAP_TABLE_BOUNDS);
    t->items[index] = s[1].ref;
    NEXT(16);
}
HANDLER(TABLE_SIZE)
{
    SLOT(8).u64 = TABLE(12)->size;
    NEXT(16);
}
HANDLER(TABLE_GROW)
{
    rt_slot *s = SLOT_AT(8);
    rt_table *t = TABLE(12);
    int64_t old =
        rt_table_grow(inst->store, t, ADDRESS(t->is64, s[1]), s[0].ref);
    s->u64 = t->is64 ? (uint64_t)old : (uint32_t)old;
    FORGET();
    NEXT(16);
}
OPERATION(TABLE_FILL, 16, {
    rt_table *t = TABLE(12);
    code = rt_table_fill(t, ADDRESS(t->is64, s[0]), s[1].ref,
                         ADDRESS(t->is64, s[2]));
})
OPERATION(TABLE_COPY, 20, {
    rt_table *to = TABLE(12);
    rt_table *from = TABLE(16);
    code = rt_table_copy(to, from, ADDRESS(to->is64, s[0]),
                         ADDRESS(from->is64, s[1]),
                         ADDRESS(to->is64 && from->is64, s[2]));
})
OPERATION(TABLE_INIT, 20, {
    code = rt_table_init(inst, U32_AT(16), U32_AT(12),
                         ADDRESS(TABLE(16)->is64, s[0]), s[1].u32, s[2].u32);
})
HANDLER(ELEM_DROP)
{
    rt_elem_drop(inst, U32_AT(8));
    FORGET();
    NEXT(12);
}

/* Waiting. */
#define ATOMIC_OPERATION(NAME, M, call)                                \
    OPERATION(NAME, 24, {                                              \
        rt_memory *m = MEMORY(12);                                     \
        uint64_t at = ADDRESS(m->is64, s[0]);                          \
        uint64_t offset = U64_AT(16);                                  \
        if (at + offset < at || at + offset + sizeof(M) < sizeof(M) || \
            at + offset + sizeof(M) > atomic_load(&m->size)) {         \
            code = RT_TRAP_MEMORY_BOUNDS;                              \
        } else if ((at + offset) % sizeof(M)) {                        \
            code = RT_TRAP_UNALIGNED_ATOMIC;                           \
        } else {                                                       \
            uint32_t result = 0;                                       \
            at += offset;                                              \
            code = call;                                               \
            s->u64 = result;                                           \
        }                                                              \
    })
ATOMIC_OPERATION(MEMORY_ATOMIC_NOTIFY, uint32_t,
                 rt_memory_notify(m, at, s[1].u32, &result))
ATOMIC_OPERATION(MEMORY_ATOMIC_WAIT32, uint32_t,
                 rt_memory_wait32(ctx, m, at, s[1].u32, s[2].i64, &result))
ATOMIC_OPERATION(MEMORY_ATOMIC_WAIT64, uint64_t,
                 rt_memory_wait64(ctx, m, at, s[1].u64, s[2].i64, &result))
HANDLER(ATOMIC_FENCE)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    NEXT(8);
}

/* Vectors without a family. */
HANDLER(V128_STORE)
{
    BEFORE_ACCESS();
    simd_v128_store(MEM32(SLOT(8).u32, 16), GET_V(12));
    STORED();
    NEXT(20);
}
HANDLER(V128_STORE_G)
{
    uint8_t *at = GENERAL_AT(16, 16);
    if (UNLIKELY(!at))
        TRAP(RT_TRAP_MEMORY_BOUNDS);
    simd_v128_store(at, GET_V(12));
    NEXT(28);
}
HANDLER(I8X16_SHUFFLE)
{
    PUT_V(16, simd_i8x16_shuffle(GET_V(8), GET_V(12), ip + 20));
    NEXT(36);
}

/* References. */
HANDLER(REF_FUNC)
{
    SLOT(8).ref = rt_object_ref(inst->functions[U32_AT(12)]);
    NEXT(16);
}
HANDLER(REF_AS_NON_NULL)
{
    if (UNLIKELY(!SLOT(8).ref))
        TRAP(RT_TRAP_NULL_REFERENCE);
    NEXT(12);
}
RESULT_FORMS(REF_TEST, i32, 16,
             { acc = matches(inst, SLOT(8).ref, U32_AT(12)); })
RESULT_FORMS(REF_TEST_TYPE, i32, 24, {
    acc = matches_type(SLOT(8).ref, (const wasm_type *)(uintptr_t)U64_AT(16),
                       U32_AT(12));
})
HANDLER(REF_CAST)
{
    if (UNLIKELY(!matches(inst, SLOT(8).ref, U32_AT(12))))
        TRAP(RT_TRAP_CAST);
    NEXT(16);
}
HANDLER(REF_CAST_TYPE)
{
    if (UNLIKELY(!matches_type(
            SLOT(8).ref, (const wasm_type *)(uintptr_t)U64_AT(16), U32_AT(12))))
        TRAP(RT_TRAP_CAST);
    NEXT(24);
}
RESULT_FORMS(REF_I31, i64, 12, acc = rt_i31(SLOT(8).u32);)
RESULT_FORMS(I31_GET_S, i32, 12, {
    if (UNLIKELY(!SLOT(8).ref))
        TRAP(RT_TRAP_NULL_I31);
    acc = (uint32_t)(SLOT(8).i32 >> 1);
})
RESULT_FORMS(I31_GET_U, i32, 12, {
    if (UNLIKELY(!SLOT(8).ref))
        TRAP(RT_TRAP_NULL_I31);
    acc = SLOT(8).u32 >> 1;
})

/* Structs. */
#define TYPE(o) (inst->types[U32_AT(o)])
OPERATION(STRUCT_NEW_DEFAULT, 16,
          { code = rt_struct_new(inst->store, TYPE(12), &s->ref); })
OPERATION(STRUCT_NEW, 16, {
    rt_ref made;
    code = rt_struct_new(inst->store, TYPE(12), &made);
    if (code == RT_TRAP_NONE) {
        fill_struct(made, TYPE(12), s);
        s->ref = made;
    }
})
#define STRUCT_AT(o)                                         \
    const uint8_t *at;                                       \
    do {                                                     \
        rt_ref ref = SLOT(8).ref;                            \
        if (UNLIKELY(!ref))                                  \
            TRAP(RT_TRAP_NULL_STRUCTURE);                    \
        at = rt_object_data(rt_ref_object(ref)) + U32_AT(o); \
    } while (0)
#define STRUCT_GET(NAME, M, C, R)     \
    RESULT_FORMS(NAME, R, 16, {       \
        STRUCT_AT(12);                \
        M raw;                        \
        memcpy(&raw, at, sizeof raw); \
        SET_##R((C)raw);              \
    })
STRUCT_GET(STRUCT_GET_8_S, int8_t, int32_t, i32)
STRUCT_GET(STRUCT_GET_8_U, uint8_t, uint32_t, i32)
STRUCT_GET(STRUCT_GET_16_S, int16_t, int32_t, i32)
STRUCT_GET(STRUCT_GET_16_U, uint16_t, uint32_t, i32)
STRUCT_GET(STRUCT_GET_32, uint32_t, uint32_t, i32)
STRUCT_GET(STRUCT_GET_64, uint64_t, uint64_t, i64)
STRUCT_GET(STRUCT_GET_F32, float, float, f32)
STRUCT_GET(STRUCT_GET_F64, double, double, f64)
HANDLER(STRUCT_GET_V128)
{
    STRUCT_AT(12);
    PUT_V(16, get_v128(at));
    NEXT(20);
}
#define STRUCT_SET(NAME, M)                                    \
    HANDLER(NAME)                                              \
    {                                                          \
        STRUCT_AT(16);                                         \
        memcpy((void *)(uintptr_t)at, SLOT_AT(12), sizeof(M)); \
        NEXT(20);                                              \
    }
STRUCT_SET(STRUCT_SET_8, uint8_t)
STRUCT_SET(STRUCT_SET_16, uint16_t)
STRUCT_SET(STRUCT_SET_32, uint32_t)
STRUCT_SET(STRUCT_SET_64, uint64_t)
STRUCT_SET(STRUCT_SET_V128, rt_v128)

/* Arrays. */
OPERATION(ARRAY_NEW_DEFAULT, 16,
          { code = rt_array_new(inst->store, TYPE(12), s->u32, &s->ref); })
OPERATION(ARRAY_NEW, 16, {
    rt_ref made;
    uint32_t slots = wasm_slots(TYPE(12)->fields[0].type);
    uint32_t length = s[slots].u32;
    code = rt_array_new(inst->store, TYPE(12), length, &made);
    if (code == RT_TRAP_NONE) {
        code = rt_array_fill(made, 0, s, length);
        s->ref = made;
    }
})
OPERATION(ARRAY_NEW_FIXED, 20, {
    rt_ref made;
    code = rt_array_new(inst->store, TYPE(12), U32_AT(16), &made);
    if (code == RT_TRAP_NONE) {
        fill_array(made, TYPE(12), s, U32_AT(16));
        s->ref = made;
    }
})
OPERATION(ARRAY_NEW_DATA, 20, {
    code = rt_array_new_data(inst, TYPE(12), U32_AT(16), s[0].u32, s[1].u32,
                             &s->ref);
})
OPERATION(ARRAY_NEW_ELEM, 20, {
    code = rt_array_new_elem(inst, TYPE(12), U32_AT(16), s[0].u32, s[1].u32,
                             &s->ref);
})
#define ARRAY_AT(size_)                                        \
    uint8_t *at;                                               \
    do {                                                       \
        rt_ref ref = SLOT(8).ref;                              \
        if (UNLIKELY(!ref))                                    \
            TRAP(RT_TRAP_NULL_ARRAY);                          \
        rt_object *object = rt_ref_object(ref);                \
        uint32_t index = SLOT(12).u32;                         \
        if (UNLIKELY(index >= object->length))                 \
            TRAP(RT_TRAP_ARRAY_BOUNDS);                        \
        at = rt_object_data(object) + (size_t)index * (size_); \
    } while (0)
#define ARRAY_GET(NAME, M, C, R)      \
    RESULT_FORMS(NAME, R, 16, {       \
        ARRAY_AT(sizeof(M));          \
        M raw;                        \
        memcpy(&raw, at, sizeof raw); \
        SET_##R((C)raw);              \
    })
ARRAY_GET(ARRAY_GET_8_S, int8_t, int32_t, i32)
ARRAY_GET(ARRAY_GET_8_U, uint8_t, uint32_t, i32)
ARRAY_GET(ARRAY_GET_16_S, int16_t, int32_t, i32)
ARRAY_GET(ARRAY_GET_16_U, uint16_t, uint32_t, i32)
ARRAY_GET(ARRAY_GET_32, uint32_t, uint32_t, i32)
ARRAY_GET(ARRAY_GET_64, uint64_t, uint64_t, i64)
ARRAY_GET(ARRAY_GET_F32, float, float, f32)
ARRAY_GET(ARRAY_GET_F64, double, double, f64)
HANDLER(ARRAY_GET_V128)
{
    ARRAY_AT(16);
    PUT_V(16, get_v128(at));
    NEXT(20);
}
#define ARRAY_SET(NAME, M)                  \
    HANDLER(NAME)                           \
    {                                       \
        ARRAY_AT(sizeof(M));                \
        memcpy(at, SLOT_AT(16), sizeof(M)); \
        NEXT(20);                           \
    }
ARRAY_SET(ARRAY_SET_8, uint8_t)
ARRAY_SET(ARRAY_SET_16, uint16_t)
ARRAY_SET(ARRAY_SET_32, uint32_t)
ARRAY_SET(ARRAY_SET_64, uint64_t)
ARRAY_SET(ARRAY_SET_V128, rt_v128)
RESULT_FORMS(ARRAY_LEN, i32, 12, {
    if (UNLIKELY(!SLOT(8).ref))
        TRAP(RT_TRAP_NULL_ARRAY);
    acc = rt_ref_object(SLOT(8).ref)->length;
})
/* Operands: array, index, value (one or two slots), count. */
OPERATION(ARRAY_FILL, 12, {
    if (!s->ref) {
        code = RT_TRAP_NULL_ARRAY;
    } else {
        const wasm_type *type = rt_ref_object(s->ref)->type;
        uint32_t slots = wasm_slots(type->fields[0].type);
        code = rt_array_fill(s->ref, s[1].u32, s + 2, s[2 + slots].u32);
    }
})
OPERATION(ARRAY_COPY, 12, {
    if (!s[0].ref || !s[2].ref)
        code = RT_TRAP_NULL_ARRAY;
    else
        code = rt_array_copy(s[0].ref, s[1].u32, s[2].ref, s[3].u32, s[4].u32);
})
OPERATION(ARRAY_INIT_DATA, 16, {
    if (!s->ref)
        code = RT_TRAP_NULL_ARRAY;
    else
        code = rt_array_init_data(inst, s->ref, U32_AT(12), s[1].u32, s[2].u32,
                                  s[3].u32);
})
OPERATION(ARRAY_INIT_ELEM, 16, {
    if (!s->ref)
        code = RT_TRAP_NULL_ARRAY;
    else
        code = rt_array_init_elem(inst, s->ref, U32_AT(12), s[1].u32, s[2].u32,
                                  s[3].u32);
})
