/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Handlers of moves, branches, calls and globals. */
/* No guard: included where handlers stand. */
HANDLER(COPY)
{
    SLOT(12).u64 = SLOT(8).u64;
    NEXT(16);
}
HANDLER(COPY2)
{
    SLOT(12).u64 = SLOT(8).u64;
    SLOT(20).u64 = SLOT(16).u64;
    NEXT(24);
}
HANDLER(COPY_F32)
{
    SLOT(12).f32 = SLOT(8).f32;
    NEXT(16);
}
HANDLER(COPY_V128)
{
    PUT_V(12, GET_V(8));
    NEXT(16);
}
HANDLER(IMM32)
{
    SLOT(12).u64 = U32_AT(8);
    NEXT(16);
}
HANDLER(IMM64)
{
    SLOT(16).u64 = U64_AT(8);
    NEXT(20);
}
HANDLER(IMM128)
{
    rt_slot *s = SLOT_AT(24);
    s[0].u64 = U64_AT(8);
    s[1].u64 = U64_AT(16);
    NEXT(28);
}
HANDLER(SET_I64)
{
    SLOT(8).u64 = acc;
    NEXT(12);
}
HANDLER(SET_F32)
{
    SLOT(8).f32 = facc;
    NEXT(12);
}
HANDLER(SET_F64)
{
    SLOT(8).f64 = dacc;
    NEXT(12);
}
RESULT_FORMS(SELECT_F32_S, f32, 20,
             facc = SLOT(16).u32 ? SLOT(8).f32 : SLOT(12).f32;)
RESULT_FORMS(SELECT_F32_A, f32, 16,
             facc = (uint32_t)acc ? SLOT(8).f32 : SLOT(12).f32;)
RESULT_FORMS(SELECT_F64_S, f64, 20,
             dacc = SLOT(16).u32 ? SLOT(8).f64 : SLOT(12).f64;)
RESULT_FORMS(SELECT_F64_A, f64, 16,
             dacc = (uint32_t)acc ? SLOT(8).f64 : SLOT(12).f64;)
HANDLER(SELECT_V128)
{
    PUT_V(20, SLOT(16).u32 ? GET_V(8) : GET_V(12));
    NEXT(24);
}

HANDLER(BR)
{
    ip += 8 + I32_AT(8);
    DISPATCH();
}
HANDLER(BR_NZ32_S)
{
    BRANCH_IF(SLOT(8).u32 != 0, 12);
}
HANDLER(BR_NZ32_A)
{
    BRANCH_IF((uint32_t)acc != 0, 8);
}
HANDLER(BR_Z32_S)
{
    BRANCH_IF(SLOT(8).u32 == 0, 12);
}
HANDLER(BR_Z32_A)
{
    BRANCH_IF((uint32_t)acc == 0, 8);
}
HANDLER(BR_NZ64_S)
{
    BRANCH_IF(SLOT(8).u64 != 0, 12);
}
HANDLER(BR_NZ64_A)
{
    BRANCH_IF(acc != 0, 8);
}
HANDLER(BR_Z64_S)
{
    BRANCH_IF(SLOT(8).u64 == 0, 12);
}
HANDLER(BR_Z64_A)
{
    BRANCH_IF(acc == 0, 8);
}
/* The default is the last branch. */
#define BRANCH_TABLE(value, o)                 \
    do {                                       \
        uint32_t which = (value);              \
        uint32_t count = U32_AT(o);            \
        which = which < count ? which : count; \
        ip += (o) + 4 + 4 * (uint64_t)which;   \
        ip += I32_AT(0);                       \
        DISPATCH();                            \
    } while (0)
HANDLER(BR_TABLE_S)
{
    BRANCH_TABLE(SLOT(8).u32, 12);
}
HANDLER(BR_TABLE_A)
{
    BRANCH_TABLE((uint32_t)acc, 8);
}

HANDLER(ENTER)
{
    rt_slot *s = SLOT_AT(8);
    rt_slot *end = s + U32_AT(12);
    do
        s++->u64 = 0;
    while (s != end);
    NEXT(16);
}

/* Vectors' stores: two slots each. */
#define CLEAR_2(i) simd_v128_store(s + (i), (rt_v128){.u64x2 = {0, 0}})
HANDLER(ENTER_2)
{
    rt_slot *s = SLOT_AT(8);
    CLEAR_2(0);
    NEXT(12);
}
HANDLER(ENTER_4)
{
    rt_slot *s = SLOT_AT(8);
    CLEAR_2(0);
    CLEAR_2(2);
    NEXT(12);
}
HANDLER(ENTER_8)
{
    rt_slot *s = SLOT_AT(8);
    CLEAR_2(0);
    CLEAR_2(2);
    CLEAR_2(4);
    CLEAR_2(6);
    NEXT(12);
}

/* Several instructions in one. */
RESULT_FORMS(I32_MULADD_SS, i32, 20,
             { acc = SLOT(8).u32 * U32_AT(12) + SLOT(16).u32; })
RESULT_FORMS(I32_MULADD_AS, i32, 16,
             { acc = (uint32_t)acc * U32_AT(8) + SLOT(12).u32; })
RESULT_FORMS(I32_MULADD_SI, i32, 20,
             { acc = SLOT(8).u32 * U32_AT(12) + U32_AT(16); })
RESULT_FORMS(I32_MULADD_AI, i32, 16,
             { acc = (uint32_t)acc * U32_AT(8) + U32_AT(12); })
/* The product is rounded before the sum: see FP_CONTRACT in execute.c. */
RESULT_FORMS(F64_MULADD_SS, f64, 20, {
    double product = SLOT(8).f64 * SLOT(12).f64;
    dacc = product + SLOT(16).f64;
})
RESULT_FORMS(F64_MULADD_AS, f64, 16, {
    double product = dacc * SLOT(8).f64;
    dacc = product + SLOT(12).f64;
})
RESULT_FORMS(F64_NMULADD_SS, f64, 20, {
    double product = SLOT(8).f64 * SLOT(12).f64;
    dacc = SLOT(16).f64 - product;
})
RESULT_FORMS(F64_NMULADD_AS, f64, 16, {
    double product = dacc * SLOT(8).f64;
    dacc = SLOT(12).f64 - product;
})
#define INC(o)                               \
    do {                                     \
        acc = SLOT(o).u32 + U32_AT((o) + 4); \
        SLOT(o).u64 = acc;                   \
    } while (0)
#define INC_BRANCHES(NAME, first, o)                  \
    HANDLER(NAME)                                     \
    {                                                 \
        first;                                        \
        INC(o);                                       \
        NEXT((o) + 8);                                \
    }                                                 \
    HANDLER(NAME##_BR)                                \
    {                                                 \
        first;                                        \
        INC(o);                                       \
        ip += (o) + 8 + I32_AT((o) + 8);              \
        DISPATCH();                                   \
    }                                                 \
    HANDLER(NAME##_BR_NZ)                             \
    {                                                 \
        first;                                        \
        INC(o);                                       \
        BRANCH_IF(acc != 0, (o) + 8);                 \
    }                                                 \
    INC_COMPARE(NAME##_BR_NE, first, o, uint32_t, !=) \
    INC_COMPARE(NAME##_BR_LT_S, first, o, int32_t, <) \
    INC_COMPARE(NAME##_BR_LT_U, first, o, uint32_t, <)
#define INC_COMPARE(NAME, first, o, T, op)                   \
    HANDLER(NAME##_S)                                        \
    {                                                        \
        first;                                               \
        INC(o);                                              \
        BRANCH_IF((T)acc op(T) SLOT((o) + 8).u32, (o) + 12); \
    }                                                        \
    HANDLER(NAME##_I)                                        \
    {                                                        \
        first;                                               \
        INC(o);                                              \
        BRANCH_IF((T)acc op(T) U32_AT((o) + 8), (o) + 12);   \
    }
INC_BRANCHES(I32_INC, (void)0, 8)
INC_BRANCHES(I32_INC2, INC(8), 16)

/* Leaves the frame; a result is stored before. */
#define LEAVE()                                           \
    do {                                                  \
        const interp_header *frame = (interp_header *)fp; \
        ip = frame->ret;                                  \
        fp = frame->caller;                               \
        ctx->depth--;                                     \
        DISPATCH();                                       \
    } while (0)
/* The result may lie on the header when there are no parameters. */
#define LEAVE_WITH(...)                                   \
    do {                                                  \
        const interp_header *frame = (interp_header *)fp; \
        const uint8_t *ret = frame->ret;                  \
        uint8_t *caller = frame->caller;                  \
        __VA_ARGS__;                                      \
        ip = ret;                                         \
        fp = caller;                                      \
        ctx->depth--;                                     \
        DISPATCH();                                       \
    } while (0)
HANDLER(RETURN_0)
{
    LEAVE();
}
HANDLER(RETURN_S)
{
    LEAVE_WITH(SLOT(12).u64 = SLOT(8).u64);
}
HANDLER(RETURN_A)
{
    LEAVE_WITH(SLOT(8).u64 = acc);
}
HANDLER(RETURN_F32)
{
    LEAVE_WITH(SLOT(8).f32 = facc);
}
HANDLER(RETURN_F64)
{
    LEAVE_WITH(SLOT(8).f64 = dacc);
}
HANDLER(RETURN_I)
{
    LEAVE_WITH(SLOT(16).u64 = U64_AT(8));
}
HANDLER(RETURN_N)
{
    LEAVE_WITH(memmove(SLOT_AT(12), SLOT_AT(8), 8 * (size_t)U32_AT(16)));
}

/* Enters guest code of the running instance. */
#define ENTER_CODE(code_, next_, ret_)                             \
    do {                                                           \
        const interp_code *callee = (code_);                       \
        uint8_t *frame = (next_);                                  \
        if (UNLIKELY((size_t)((uint8_t *)ctx->stack_end - frame) < \
                         callee->frame_bytes ||                    \
                     ctx->depth >= ctx->depth_limit))              \
            TRAP(RT_TRAP_STACK);                                   \
        ctx->depth++;                                              \
        interp_header *header = (interp_header *)frame;            \
        header->ret = (ret_);                                      \
        header->caller = fp;                                       \
        header->code = callee;                                     \
        fp = frame;                                                \
        ip = callee->bytes;                                        \
        DISPATCH();                                                \
    } while (0)
#define CODE_CELL(cell) __atomic_load_n(cell, __ATOMIC_ACQUIRE)
HANDLER(CALL)
{
    const interp_code *code = CODE_CELL((interp_code **)(uintptr_t)U64_AT(8));
    if (UNLIKELY(!code))
        JUMP_TO(COLD_PREPARE);
    ENTER_CODE(code, fp + I32_AT(16), ip + 20);
}
/* Out of line: `acc` is the function, `mem` the callee's frame, `ip` where
 * to return to. */
#define CALL_FUNCTION(function, next_, length) \
    do {                                       \
        acc = (uint64_t)(uintptr_t)(function); \
        mem = (next_);                         \
        ip += (length);                        \
        JUMP_TO(COLD_CALL);                    \
    } while (0)
#define CALL_ANY(function_, imported, next_, length)                         \
    do {                                                                     \
        rt_function *f = (function_);                                        \
        if (LIKELY(f->instance == inst && !f->host)) {                       \
            const interp_code *code = CODE_CELL((interp_code **)inst->code + \
                                                (f->index - (imported)));    \
            if (LIKELY(code != NULL))                                        \
                ENTER_CODE(code, next_, ip + (length));                      \
        }                                                                    \
        CALL_FUNCTION(f, next_, length);                                     \
    } while (0)
HANDLER(CALL_IMPORT)
{
    CALL_FUNCTION(inst->functions[U32_AT(8)], fp + I32_AT(12), 16);
}
HANDLER(CALL_REF)
{
    if (UNLIKELY(!SLOT(8).ref))
        TRAP(RT_TRAP_NULL_FUNCTION);
    CALL_ANY((rt_function *)rt_ref_object(SLOT(8).ref), U32_AT(12),
             fp + I32_AT(16), 20);
}
/* Fields at `o`: table, type, imported functions, the callee's frame. The
 * trap on a null element carries its index. */
#define FIND_FUNCTION(index_, o)                               \
    rt_function *target;                                       \
    do {                                                       \
        uint64_t index = (index_);                             \
        const rt_table *rows = inst->tables[U32_AT(o)];        \
        if (UNLIKELY(index >= rows->size))                     \
            TRAP(RT_TRAP_UNDEFINED_ELEMENT);                   \
        rt_ref item = rows->items[index];                      \
        if (UNLIKELY(!item))                                   \
            TRAP(RT_TRAP_UNINITIALIZED_ELEMENT | index << 32); \
        target = (rt_function *)rt_ref_object(item);           \
        const wasm_type *want = inst->types[U32_AT((o) + 4)];  \
        if (UNLIKELY(target->header.type != want &&            \
                     !is_sub(target->header.type, want)))      \
            TRAP(RT_TRAP_SIGNATURE);                           \
    } while (0)
#define CALL_INDIRECT(index_, o)                                            \
    do {                                                                    \
        FIND_FUNCTION(index_, o);                                           \
        CALL_ANY(target, U32_AT((o) + 8), fp + I32_AT((o) + 12), (o) + 16); \
    } while (0)
HANDLER(CALL_INDIRECT_S)
{
    CALL_INDIRECT(SLOT(8).u32, 12);
}
HANDLER(CALL_INDIRECT_A)
{
    CALL_INDIRECT((uint32_t)acc, 8);
}
HANDLER(CALL_INDIRECT_64)
{
    CALL_INDIRECT(SLOT(8).u64, 12);
}
/* Tail calls: `mem` is where the arguments are. */
#define TAIL_CALL(function, from)              \
    do {                                       \
        acc = (uint64_t)(uintptr_t)(function); \
        mem = (from);                          \
        JUMP_TO(COLD_TAIL_CALL);               \
    } while (0)
HANDLER(RETURN_CALL)
{
    TAIL_CALL(inst->functions[U32_AT(8)], fp + I32_AT(12));
}
HANDLER(RETURN_CALL_INDIRECT)
{
    FIND_FUNCTION(SLOT(8).u32, 12);
    TAIL_CALL(target, fp + I32_AT(20));
}
HANDLER(RETURN_CALL_INDIRECT_64)
{
    FIND_FUNCTION(SLOT(8).u64, 12);
    TAIL_CALL(target, fp + I32_AT(20));
}
HANDLER(RETURN_CALL_REF)
{
    if (UNLIKELY(!SLOT(8).ref))
        TRAP(RT_TRAP_NULL_FUNCTION);
    TAIL_CALL(rt_ref_object(SLOT(8).ref), fp + I32_AT(12));
}

HANDLER(UNREACHABLE)
{
    TRAP(RT_TRAP_UNREACHABLE);
}
/* Ends the run with a status in `acc`. */
#define FINISH(status)            \
    do {                          \
        acc = (uint64_t)(status); \
        JUMP_TO(COLD_STATUS);     \
    } while (0)
#define RESUME(state)              \
    do {                           \
        ip = (state).ip;           \
        fp = (state).fp;           \
        inst = (state).instance;   \
        mem = interp_memory(inst); \
        FORGET();                  \
        DISPATCH_LOOP();           \
    } while (0)
/* context->exception flies from here. */
#define UNWIND()                              \
    do {                                      \
        interp_state flight = {ip, fp, inst}; \
        if (!interp_unwind(ctx, &flight))     \
            FINISH(WHIT_EXCEPTION);           \
        RESUME(flight);                       \
    } while (0)
HANDLER(THROW)
{
    SAVE();
    rt_trap_code code = rt_exception_new(inst->store, inst->tags[U32_AT(8)],
                                         SLOT_AT(12), &ctx->exception);
    if (code != RT_TRAP_NONE)
        TRAP(code);
    UNWIND();
}
HANDLER(THROW_REF)
{
    if (!SLOT(8).ref)
        TRAP(RT_TRAP_NULL_EXCEPTION);
    ctx->exception = SLOT(8).ref;
    UNWIND();
}

HANDLER(FUEL)
{
    ctx->fuel -= U32_AT(8);
    if (UNLIKELY(ctx->fuel < 0))
        TRAP(RT_TRAP_FUEL);
    NEXT(12);
}
/* 64 bytes or elements for one. */
#define BULK_FUEL(count)                           \
    do {                                           \
        uint64_t cost = (count) / 64;              \
        if (UNLIKELY(cost > (uint64_t)INT64_MAX || \
                     ctx->fuel < (int64_t)cost)) { \
            ctx->fuel = -1;                        \
            TRAP(RT_TRAP_FUEL);                    \
        }                                          \
        ctx->fuel -= (int64_t)cost;                \
        NEXT(12);                                  \
    } while (0)
HANDLER(FUEL_BULK_32)
{
    BULK_FUEL((uint64_t)SLOT(8).u32);
}
HANDLER(FUEL_BULK_64)
{
    BULK_FUEL(SLOT(8).u64);
}
HANDLER(EPOCH)
{
    if (UNLIKELY(atomic_load_explicit(ctx->epoch, memory_order_relaxed) >=
                 ctx->deadline))
        TRAP(RT_TRAP_DEADLINE);
    NEXT(8);
}

RESULT_FORMS(GLOBAL_GET, i64, 12, acc = inst->globals[U32_AT(8)]->value[0].u64;)
RESULT_FORMS(GLOBAL_GET_F32, f32, 12,
             facc = inst->globals[U32_AT(8)]->value[0].f32;)
RESULT_FORMS(GLOBAL_GET_F64, f64, 12,
             dacc = inst->globals[U32_AT(8)]->value[0].f64;)
HANDLER(GLOBAL_GET_V128)
{
    PUT_V(12, get_v128(inst->globals[U32_AT(8)]->value));
    NEXT(16);
}
HANDLER(GLOBAL_SET_S)
{
    inst->globals[U32_AT(12)]->value[0].u64 = SLOT(8).u64;
    NEXT(16);
}
HANDLER(GLOBAL_SET_A)
{
    inst->globals[U32_AT(8)]->value[0].u64 = acc;
    NEXT(12);
}
HANDLER(GLOBAL_SET_I)
{
    inst->globals[U32_AT(16)]->value[0].u64 = U64_AT(8);
    NEXT(20);
}
HANDLER(GLOBAL_SET_V128)
{
    simd_v128_store(inst->globals[U32_AT(12)]->value, GET_V(8));
    NEXT(16);
}

HANDLER(EXIT)
{
    FINISH(WHIT_OK);
}
HANDLER(CROSS_RETURN)
{
    const interp_adapter *adapter = (interp_adapter *)fp;
    ip = adapter->header.ret;
    inst = adapter->instance;
    uint8_t *results = fp - 8 * (size_t)adapter->param_slots;
    uint32_t count = adapter->result_slots;
    const uint8_t *from = fp + 8 * INTERP_ADAPTER_SLOTS;
    fp = adapter->header.caller;
    memmove(results, from, 8 * (size_t)count);
    mem = interp_memory(inst);
    FORGET();
    DISPATCH();
}
HANDLER(COLD_TRAP)
{
    rt_trap_code code = (rt_trap_code)(uint32_t)acc;
    if (code == RT_TRAP_UNINITIALIZED_ELEMENT)
        acc = (uint64_t)interp_trap_element(ctx, ip, fp, code, acc >> 32);
    else
        acc = (uint64_t)interp_trap(ctx, ip, fp, code);
    JUMP_TO(COLD_STATUS);
}
HANDLER(COLD_STATUS)
{
    return (whit_status)acc;
}
HANDLER(COLD_PREPARE)
{
    SAVE();
    whit_status status =
        prepare_cell(inst, (interp_code **)(uintptr_t)U64_AT(8), &ctx->error);
    if (status != WHIT_OK)
        FINISH(status);
    FORGET();
    DISPATCH();
}
#define FINISH_CALL(status_)             \
    do {                                 \
        whit_status ended = (status_);   \
        if (LIKELY(ended == WHIT_OK))    \
            RESUME(state);               \
        if (ended == WHIT_EXCEPTION) {   \
            ip = interp_active(ctx)->ip; \
            UNWIND();                    \
        }                                \
        FINISH(ended);                   \
    } while (0)
HANDLER(COLD_CALL)
{
    interp_state state = {ip, fp, inst};
    FINISH_CALL(
        interp_call_function(ctx, &state, (rt_function *)(uintptr_t)acc, mem));
}
HANDLER(COLD_TAIL_CALL)
{
    interp_state state = {ip, fp, inst};
    FINISH_CALL(
        interp_tail_call(ctx, &state, (rt_function *)(uintptr_t)acc, mem));
}
