/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Stack switching. */
#include "platform/fiber.h"

#include <pthread.h>
#include "base/memory.h"
#include "platform/fault.h"
#include "platform/memory_map.h"

#if defined(__x86_64__) && !defined(FIBER_UCONTEXT)
#define FIBER_X86_64 1
#elif defined(__aarch64__) && !defined(FIBER_UCONTEXT)
#define FIBER_AARCH64 1
#else
#include <ucontext.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#endif
#if defined(FIBER_ASAN)
void __sanitizer_start_switch_fiber(void **fake, const void *low, size_t size);
void __sanitizer_finish_switch_fiber(void *fake, const void **low,
                                     size_t *size);
void __asan_unpoison_memory_region(const volatile void *address, size_t size);
#endif

/* Wide enough that no frame of ours steps over it. */
enum { GUARD_BYTES = 64 * 1024 };

#if defined(FIBER_X86_64) || defined(FIBER_AARCH64)
typedef void *machine_state; /* the stack pointer; registers lie on it */
#else
typedef ucontext_t machine_state;
#endif

struct fiber {
    machine_state inside;  /* of the fiber while it is suspended */
    machine_state outside; /* of whoever started or resumed it */
    uint8_t *map;          /* guard, then the stack */
    size_t size;           /* of the stack */
    fiber_function function;
    void *argument;
    bool done;
    fault_scope *scopes; /* the fiber's while it is suspended */
#if defined(FIBER_ASAN)
    void *fake_stack;
    const void *outside_low;
    size_t outside_size;
#endif
};

/* Runs on the fiber; assembly calls it by name. */
void fiber_main(fiber *self);

#if defined(FIBER_X86_64)
/* fiber_switch(save, to): pushes what the System V ABI says a callee keeps,
 * MXCSR and the x87 control word included, stores the stack pointer in
 * *save, and pops the same from `to`. A new stack begins in fiber_begin,
 * with the fiber in rbx. */
void fiber_switch(machine_state *save, machine_state to);
void fiber_begin(void);
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden fiber_switch\n"
        ".globl fiber_switch\n"
        ".type fiber_switch, @function\n"
        "fiber_switch:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    retq\n"
        ".size fiber_switch, .-fiber_switch\n"
        ".p2align 4\n"
        ".hidden fiber_begin\n"
        ".globl fiber_begin\n"
        ".type fiber_begin, @function\n"
        "fiber_begin:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined rip\n"
        "    movq %rbx, %rdi\n"
        "    callq fiber_main@PLT\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size fiber_begin, .-fiber_begin\n");

static void prepare(fiber *self)
{
    uint64_t *top = (uint64_t *)(void *)(self->map + GUARD_BYTES + self->size);
    uint32_t mxcsr;
    uint16_t control;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(control));
    /* At the first instruction of fiber_begin the stack is aligned, so that
     * its call leaves fiber_main what the ABI promises. */
    *--top = 0;
    *--top = 0;
    *--top = (uint64_t)(uintptr_t)fiber_begin;
    *--top = 0;                         /* rbp */
    *--top = (uint64_t)(uintptr_t)self; /* rbx */
    for (int i = 0; i < 4; i++)
        *--top = 0; /* r12 to r15 */
    *--top = mxcsr | (uint64_t)control << 32;
    self->inside = top;
}

#elif defined(FIBER_AARCH64)
/* The same with AAPCS64's registers: x19 to x30, d8 to d15, FPCR. A new
 * stack begins in fiber_begin, with the fiber in x19. */
void fiber_switch(machine_state *save, machine_state to);
void fiber_begin(void);
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden fiber_switch\n"
        ".globl fiber_switch\n"
        ".type fiber_switch, %function\n"
        "fiber_switch:\n"
        "    stp x29, x30, [sp, #-176]!\n"
        "    stp x19, x20, [sp, #16]\n"
        "    stp x21, x22, [sp, #32]\n"
        "    stp x23, x24, [sp, #48]\n"
        "    stp x25, x26, [sp, #64]\n"
        "    stp x27, x28, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mrs x9, fpcr\n"
        "    str x9, [sp, #160]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    mov sp, x1\n"
        "    ldr x9, [sp, #160]\n"
        "    msr fpcr, x9\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp x27, x28, [sp, #80]\n"
        "    ldp x25, x26, [sp, #64]\n"
        "    ldp x23, x24, [sp, #48]\n"
        "    ldp x21, x22, [sp, #32]\n"
        "    ldp x19, x20, [sp, #16]\n"
        "    ldp x29, x30, [sp], #176\n"
        "    ret\n"
        ".size fiber_switch, .-fiber_switch\n"
        ".p2align 4\n"
        ".hidden fiber_begin\n"
        ".globl fiber_begin\n"
        ".type fiber_begin, %function\n"
        "fiber_begin:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined x30\n"
        "    mov x0, x19\n"
        "    bl fiber_main\n"
        "    brk #1\n"
        "    .cfi_endproc\n"
        ".size fiber_begin, .-fiber_begin\n");

static void prepare(fiber *self)
{
    uint64_t *top = (uint64_t *)(void *)(self->map + GUARD_BYTES + self->size);
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    top -= 176 / 8;
    for (int i = 0; i < 176 / 8; i++)
        top[i] = 0;
    top[1] = (uint64_t)(uintptr_t)fiber_begin; /* x30 */
    top[2] = (uint64_t)(uintptr_t)self;        /* x19 */
    top[20] = control;
    self->inside = top;
}

#else
static void ucontext_begin(unsigned low, unsigned high)
{
    fiber_main((fiber *)(uintptr_t)((uint64_t)high << 32 | low));
}

static void prepare(fiber *self)
{
    uint64_t address = (uint64_t)(uintptr_t)self;
    getcontext(&self->inside);
    self->inside.uc_stack.ss_sp = self->map + GUARD_BYTES;
    self->inside.uc_stack.ss_size = self->size;
    self->inside.uc_link = NULL;
    /* makecontext passes ints: the pointer goes in two halves. */
    makecontext(&self->inside, (void (*)(void))ucontext_begin, 2,
                (unsigned)address, (unsigned)(address >> 32));
}
#endif

static void machine_switch(machine_state *save, machine_state *to)
{
#if defined(FIBER_X86_64) || defined(FIBER_AARCH64)
    fiber_switch(save, *to);
#else
    swapcontext(save, to);
#endif
}

fiber *fiber_new(size_t stack)
{
    size_t page = pages_size();
    stack = (stack + page - 1) & ~(page - 1);
    fiber *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->map = pages_reserve(GUARD_BYTES + stack);
    self->size = stack;
    self->done = true;
    if (!self->map || !pages_commit(self->map + GUARD_BYTES, stack)) {
        fiber_free(self);
        return NULL;
    }
    return self;
}

void fiber_free(fiber *self)
{
    if (!self)
        return;
#if defined(FIBER_ASAN)
    /* What frames of a fiber that was suspended had marked. */
    if (self->map)
        __asan_unpoison_memory_region(self->map + GUARD_BYTES, self->size);
#endif
    pages_release(self->map, GUARD_BYTES + self->size);
    mem_free(self);
}

/* From outside onto the fiber, until it suspends or ends. */
static void enter(fiber *self)
{
    fault_scope *outer = fault_exchange(self->scopes);
#if defined(FIBER_ASAN)
    void *fake;
    __sanitizer_start_switch_fiber(&fake, self->map + GUARD_BYTES, self->size);
#endif
    machine_switch(&self->outside, &self->inside);
#if defined(FIBER_ASAN)
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
    self->scopes = fault_exchange(outer);
}

/* From the fiber to the outside; returns when it is resumed. */
static void leave(fiber *self)
{
#if defined(FIBER_ASAN)
    /* A fiber that ends gives its fake stack up. */
    __sanitizer_start_switch_fiber(self->done ? NULL : &self->fake_stack,
                                   self->outside_low, self->outside_size);
#endif
    machine_switch(&self->inside, &self->outside);
#if defined(FIBER_ASAN)
    __sanitizer_finish_switch_fiber(self->fake_stack, &self->outside_low,
                                    &self->outside_size);
#endif
}

void fiber_main(fiber *self)
{
#if defined(FIBER_ASAN)
    __sanitizer_finish_switch_fiber(NULL, &self->outside_low,
                                    &self->outside_size);
#endif
    self->function(self->argument);
    self->done = true;
    leave(self);
    __builtin_trap();
}

void fiber_start(fiber *self, fiber_function function, void *argument)
{
    self->function = function;
    self->argument = argument;
    self->done = false;
    self->scopes = NULL;
    prepare(self);
    enter(self);
}

void fiber_resume(fiber *self)
{
    enter(self);
}

void fiber_suspend(fiber *self)
{
    leave(self);
}

bool fiber_is_done(const fiber *self)
{
    return self->done;
}

void fiber_stack(const fiber *self, uint8_t **low, uint8_t **high)
{
    *low = self->map + GUARD_BYTES;
    *high = *low + self->size;
}

bool fiber_is_guard(const fiber *self, const void *address)
{
    uintptr_t at = (uintptr_t)address, map = (uintptr_t)self->map;
    return at >= map && at < map + GUARD_BYTES;
}
