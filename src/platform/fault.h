/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Turning hardware faults (SIGSEGV, SIGBUS, SIGFPE) of guest code into
 * returns. Faults that no scope claims go to the handlers that were there
 * before, so that a program's own crashes stay its own. */
#ifndef PLATFORM_FAULT_H
#define PLATFORM_FAULT_H

#include <setjmp.h>
#include <stdbool.h>

/* Whether the fault at `address` belongs to the scope; called in signal
 * context, so it may only read. `machine` is the ucontext_t of the fault. */
typedef bool (*fault_claim)(void *data, void *address, void *machine);

typedef struct fault_scope {
    sigjmp_buf jump; /* the caller has sigsetjmp(scope.jump, 0) */
    fault_claim claim;
    void *data;
    struct fault_scope *outer;
} fault_scope;

/* Installs the process's handlers, once, and gives the calling thread a
 * signal stack when it has none, so that overflows of a fiber are caught
 * too. Cheap and safe to call again; false when the system refuses. */
bool fault_install(void);
/* Scopes nest per thread. A claimed fault jumps to the innermost claiming
 * scope's `jump` with value 1, and leaves the scopes inside it. */
void fault_enter(fault_scope *scope);
void fault_leave(fault_scope *scope);
/* For switching stacks: makes another list of nested scopes (NULL: none)
 * the thread's, and returns the one it had. */
fault_scope *fault_exchange(fault_scope *innermost);

#endif
