/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Signal handlers for hardware faults. */
#include "platform/fault.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include "base/error.h"
#include "platform/memory_map.h"

/* Room for the largest machine context and for walking a guest's frames. */
enum { SIGNAL_STACK_BYTES = 128 * 1024, SIGNAL_STACK_LEAST = 32 * 1024 };

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE};
static struct sigaction previous[COUNT_OF(fault_signals)];
static bool installed;
static pthread_once_t install_once = PTHREAD_ONCE_INIT;
static pthread_key_t stack_key;

static _Thread_local fault_scope *innermost_scope;
static _Thread_local bool thread_ready;

static size_t signal_index(int number)
{
    size_t i = 0;
    while (i + 1 < COUNT_OF(fault_signals) && fault_signals[i] != number)
        i++;
    return i;
}

/* The signal is nobody's: the default action, which is death. A fault
 * happens again on return and then dies where it happened; a signal that
 * somebody sent has to be sent again. */
static void die(int number, const siginfo_t *info)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    if (info->si_code <= 0)
        raise(number);
}

static void chain(int number, siginfo_t *info, void *machine)
{
    struct sigaction *old = &previous[signal_index(number)];
    bool three = old->sa_flags & SA_SIGINFO;
    if (!three && old->sa_handler == SIG_IGN && info->si_code <= 0)
        return;
    if (!three && (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN)) {
        die(number, info);
        return;
    }
    /* What the kernel would have blocked and reset for that handler. */
    sigset_t block = old->sa_mask, before;
    if (!(old->sa_flags & SA_NODEFER))
        sigaddset(&block, number);
    pthread_sigmask(SIG_BLOCK, &block, &before);
    void (*simple)(int) = old->sa_handler;
    void (*full)(int, siginfo_t *, void *) = old->sa_sigaction;
    if (old->sa_flags & SA_RESETHAND) {
        old->sa_flags &= ~SA_SIGINFO;
        old->sa_handler = SIG_DFL;
    }
    if (three)
        full(number, info, machine);
    else
        simple(number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_fault(int number, siginfo_t *info, void *machine)
{
    for (fault_scope *scope = innermost_scope; scope; scope = scope->outer) {
        if (info->si_code > 0 &&
            scope->claim(scope->data, info->si_addr, machine)) {
            innermost_scope = scope->outer;
            siglongjmp(scope->jump, 1);
        }
    }
    chain(number, info, machine);
}

static void release_stack(void *stack)
{
    stack_t off = {.ss_flags = SS_DISABLE};
    stack_t now;
    /* Somebody may have put another one in its place. */
    if (sigaltstack(NULL, &now) == 0 && now.ss_sp == stack)
        sigaltstack(&off, NULL);
    pages_release(stack, SIGNAL_STACK_BYTES);
}

static void install(void)
{
    if (pthread_key_create(&stack_key, release_stack) != 0)
        return;
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags =
                                   SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < COUNT_OF(fault_signals); i++) {
        if (sigaction(fault_signals[i], &action, &previous[i]) != 0)
            return;
    }
    installed = true;
}

static bool prepare_thread(void)
{
    stack_t now;
    if (sigaltstack(NULL, &now) == 0 && !(now.ss_flags & SS_DISABLE) &&
        now.ss_size >= SIGNAL_STACK_LEAST)
        return true;
    void *stack = pages_reserve(SIGNAL_STACK_BYTES);
    if (!stack)
        return false;
    stack_t mine = {.ss_sp = stack, .ss_size = SIGNAL_STACK_BYTES};
    if (!pages_commit(stack, SIGNAL_STACK_BYTES) ||
        sigaltstack(&mine, NULL) != 0 ||
        pthread_setspecific(stack_key, stack) != 0) {
        release_stack(stack);
        return false;
    }
    return true;
}

bool fault_install(void)
{
    if (LIKELY(thread_ready))
        return true;
    pthread_once(&install_once, install);
    thread_ready = installed && prepare_thread();
    return thread_ready;
}

void fault_enter(fault_scope *scope)
{
    scope->outer = innermost_scope;
    innermost_scope = scope;
}

void fault_leave(fault_scope *scope)
{
    innermost_scope = scope->outer;
}

/* Not inlined: a fiber may go on in another thread, and addresses of
 * thread-local variables must not be kept across a switch. */
__attribute__((noinline)) fault_scope *fault_exchange(fault_scope *innermost)
{
    fault_scope *before = innermost_scope;
    innermost_scope = innermost;
    return before;
}
