/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * How handlers are written: once, for two ways of dispatch.
 *
 * A handler is a function whose arguments are the whole state. With tail
 * calls they stay in machine registers and it ends by jumping to the next
 * one. Otherwise it leaves them in a struct and returns to a loop: slower,
 * for compilers without that and for sanitizers. A handler sees
 *
 *     ip       the instruction      fp    the frame
 *     mem      base of memory 0     inst  the running instance
 *     ctx      the context          acc, facc, dacc  accumulators
 *
 * and ends with NEXT(length), or TRAP, or a jump to a COLD_ handler. */
#ifndef INTERPRETER_EXECUTE_MACROS_H
#define INTERPRETER_EXECUTE_MACROS_H

#include <string.h>
#include "interpreter/code.h"
#include "runtime/numeric.h"
#include "runtime/operations.h"
#include "runtime/simd.h"

#if !defined(INTERP_NO_TAILCALL) && defined(__clang__) && \
    defined(__has_attribute) && defined(__OPTIMIZE__) &&  \
    (defined(__x86_64__) || defined(__aarch64__)) &&      \
    !defined(__SANITIZE_ADDRESS__)
#if __has_attribute(preserve_none) && __has_attribute(musttail) &&           \
    !__has_feature(address_sanitizer) && !__has_feature(memory_sanitizer) && \
    !__has_feature(thread_sanitizer)
#define INTERP_TAILCALL 1
#endif
#endif
#ifndef INTERP_TAILCALL
#define INTERP_TAILCALL 0
#endif

#define UNUSED __attribute__((unused))
#define PARAMETERS                                                             \
    UNUSED const uint8_t *ip, UNUSED uint8_t *fp, UNUSED uint8_t *mem,         \
        UNUSED rt_instance *inst, UNUSED rt_context *ctx, UNUSED uint64_t acc, \
        UNUSED float facc, UNUSED double dacc
#define ARGUMENTS ip, fp, mem, inst, ctx, acc, facc, dacc
#define HANDLER(name) static HANDLER_CALL whit_status handle_##name(PARAMETERS)
#if INTERP_TAILCALL
#define HANDLER_CALL __attribute__((preserve_none))
#else
#define HANDLER_CALL
#endif
typedef HANDLER_CALL whit_status (*handler)(PARAMETERS);

static inline handler handler_at(const uint8_t *ip)
{
    handler h;
    memcpy(&h, ip, sizeof h);
    return h;
}

#if INTERP_TAILCALL
#define JUMP_TO(name) __attribute__((musttail)) return handle_##name(ARGUMENTS)
#define DISPATCH() __attribute__((musttail)) return handler_at(ip)(ARGUMENTS)
#define DISPATCH_LOOP() DISPATCH()
/* A fault's handler finds ip and fp in their registers: the access is over
 * before ip moves on. */
#define LOADED(value) __asm__ volatile("" : "+r"(ip), "+r"(value))
#if defined(__x86_64__)
#define LOADED_FLOAT(value) __asm__ volatile("" : "+r"(ip), "+x"(value))
#else
#define LOADED_FLOAT(value) __asm__ volatile("" : "+r"(ip), "+w"(value))
#endif
#define STORED() __asm__ volatile("" : "+r"(ip) : : "memory")
#define BEFORE_ACCESS() ((void)0)
#else
/* What a handler leaves for the next one; RUN_ON is no status. */
typedef struct machine {
    interp_activation activation; /* first: context->activation is it */
    const uint8_t *ip;
    uint8_t *fp;
    uint8_t *mem;
    rt_instance *inst;
    uint64_t acc;
    float facc;
    double dacc;
} machine;
#define RUN_ON (-1)
#define JUMP_TO(name) return handle_##name(ARGUMENTS)
#define DISPATCH_LOOP()                \
    do {                               \
        machine *m_ = ctx->activation; \
        m_->ip = ip;                   \
        m_->fp = fp;                   \
        m_->mem = mem;                 \
        m_->inst = inst;               \
        m_->acc = acc;                 \
        m_->facc = facc;               \
        m_->dacc = dacc;               \
        return RUN_ON;                 \
    } while (0)
/* An optimizing gcc jumps when the caller's arguments are the callee's and no
 * local's address is known elsewhere: handlers that give one away go through
 * the loop. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) && \
    (defined(__x86_64__) || defined(__aarch64__)) &&                     \
    !defined(INTERP_NO_TAILCALL) && !defined(__SANITIZE_ADDRESS__) &&    \
    !defined(__SANITIZE_THREAD__)
#define DISPATCH() return handler_at(ip)(ARGUMENTS)
#else
#define DISPATCH() DISPATCH_LOOP()
#endif
#define LOADED(value) ((void)(value))
#define LOADED_FLOAT(value) ((void)(value))
#define STORED() __asm__ volatile("" : : : "memory")
#define BEFORE_ACCESS()                    \
    do {                                   \
        interp_active(ctx)->ip = ip;       \
        interp_active(ctx)->fp = fp;       \
        __asm__ volatile("" ::: "memory"); \
    } while (0)
#endif

#define NEXT(length)    \
    do {                \
        ip += (length); \
        DISPATCH();     \
    } while (0)

#define NEXT_LOOP(length) \
    do {                  \
        ip += (length);   \
        DISPATCH_LOOP();  \
    } while (0)

#define TRAP(code_)         \
    do {                    \
        acc = (code_);      \
        JUMP_TO(COLD_TRAP); \
    } while (0)

/* Accumulators that need not live across a call of C. */
#define FORGET()  \
    do {          \
        acc = 0;  \
        facc = 0; \
        dacc = 0; \
    } while (0)

/* What visitors and backtraces need. */
#define SAVE()                       \
    do {                             \
        interp_active(ctx)->ip = ip; \
        interp_active(ctx)->fp = fp; \
    } while (0)

/* Fields, by byte offset from ip; the first one is at 8. */
static inline int32_t at_i32(const uint8_t *at)
{
    int32_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline uint64_t at_u64(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline float at_f32(const uint8_t *at)
{
    float v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline double at_f64(const uint8_t *at)
{
    double v;
    memcpy(&v, at, sizeof v);
    return v;
}

#define I32_AT(o) at_i32(ip + (o))
#define U32_AT(o) ((uint32_t)at_i32(ip + (o)))
#define U64_AT(o) at_u64(ip + (o))
#define SLOT_AT(o) ((rt_slot *)(fp + I32_AT(o)))
#define SLOT(o) (*SLOT_AT(o))

/* Operands by shape and type, and the bytes their fields take. */
#define TYPE_i32 uint32_t
#define TYPE_i64 uint64_t
#define TYPE_f32 float
#define TYPE_f64 double
#define GET_S_i32(o) (SLOT(o).u32)
#define GET_S_i64(o) (SLOT(o).u64)
#define GET_S_f32(o) (SLOT(o).f32)
#define GET_S_f64(o) (SLOT(o).f64)
#define GET_A_i32(o) ((uint32_t)acc)
#define GET_A_i64(o) (acc)
#define GET_A_f32(o) (facc)
#define GET_A_f64(o) (dacc)
#define GET_I_i32(o) U32_AT(o)
#define GET_I_i64(o) U64_AT(o)
#define GET_I_f32(o) at_f32(ip + (o))
#define GET_I_f64(o) at_f64(ip + (o))
#define WIDTH_i32 4
#define WIDTH_i64 8
#define WIDTH_f32 4
#define WIDTH_f64 8
/* Results: integers fill their whole slot, so that copies of 8 bytes find
 * one store to forward from. */
#define SET_i32(v) acc = (uint32_t)(v)
#define SET_i64(v) acc = (uint64_t)(v)
#define SET_f32(v) facc = (v)
#define SET_f64(v) dacc = (v)
#define PUT_i32(o) SLOT(o).u64 = acc
#define PUT_i64(o) SLOT(o).u64 = acc
#define PUT_f32(o) SLOT(o).f32 = facc
#define PUT_f64(o) SLOT(o).f64 = dacc

static inline rt_v128 get_v128(const void *at)
{
    return simd_v128_load(at);
}

#define GET_V(o) get_v128(SLOT_AT(o))
#define PUT_V(o, v) simd_v128_store(SLOT_AT(o), v)

/* Both forms of an instruction with a result whose field is at `o`. */
#define RESULT_FORMS(NAME, R, o, ...) \
    HANDLER(NAME)                     \
    {                                 \
        __VA_ARGS__                   \
        NEXT((o) + 4);                \
    }                                 \
    HANDLER(NAME##D)                  \
    {                                 \
        __VA_ARGS__                   \
        PUT_##R(o);                   \
        NEXT((o) + 4);                \
    }

#endif
