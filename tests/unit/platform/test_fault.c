/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * platform/fault.h and platform/clock.h. */
#include "../test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/fault.h"
#include "platform/memory_map.h"

static uint8_t *trap_page;

static bool claim_range(void *data, void *address, void *machine)
{
    (void)machine;
    return address == data;
}

static int touch(void *claimed, uint8_t *at)
{
    fault_scope scope = {.claim = claim_range, .data = claimed};
    if (sigsetjmp(scope.jump, 0) == 0) {
        fault_enter(&scope);
        *(volatile uint8_t *)at = 1;
        fault_leave(&scope);
        return 0;
    }
    return 1;
}

TEST(claimed_fault_returns_to_its_scope)
{
    for (int i = 0; i < 1000; i++)
        CHECK_INT(touch(trap_page, trap_page), 1);
}

TEST(inner_scope_that_does_not_claim_is_left)
{
    fault_scope outer = {.claim = claim_range, .data = trap_page + 5};
    volatile int inner_result = -1;
    if (sigsetjmp(outer.jump, 0) == 0) {
        fault_enter(&outer);
        inner_result = touch(trap_page, trap_page + 5);
        fault_leave(&outer);
        CHECK(!"the outer scope must take it");
    }
    CHECK_INT(inner_result, -1);
    /* The list is empty again: the next scope is found at once. */
    CHECK_INT(touch(trap_page, trap_page), 1);
}

static void *touch_thread(void *argument)
{
    (void)argument;
    intptr_t caught = 0;
    if (!fault_install())
        return NULL;
    for (int i = 0; i < 100; i++)
        caught += touch(trap_page, trap_page);
    return (void *)caught;
}

TEST(each_thread_has_its_own_scopes)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, touch_thread, NULL), 0);
    for (int i = 0; i < 4; i++) {
        void *caught;
        pthread_join(threads[i], &caught);
        CHECK_INT((intptr_t)caught, 100);
    }
}

/* The remaining tests need a process whose handlers they choose. */
static int in_child(const char *handler, const char *how)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "test_fault", handler, how, (char *)NULL);
        _exit(99);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static volatile sig_atomic_t blocked_inside;

static void own_handler(int number, siginfo_t *info, void *machine)
{
    (void)machine;
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, NULL, &now);
    blocked_inside = sigismember(&now, SIGUSR1) && sigismember(&now, number);
    _exit(info->si_addr == trap_page && blocked_inside ? 42 : 43);
}

static void install_own(void)
{
    struct sigaction action = {.sa_sigaction = own_handler,
                               .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaction(SIGSEGV, &action, NULL);
}

static void install_default(void)
{
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
}

static int child_main(const char *handler, const char *how)
{
    if (!strcmp(handler, "handler"))
        install_own();
    else
        install_default();
    if (!fault_install())
        return 98;
    trap_page = pages_reserve(pages_size());
    if (!strcmp(how, "crash"))
        *(volatile uint8_t *)trap_page = 1;
    else
        raise(SIGSEGV);
    return 97;
}

TEST(unclaimed_fault_goes_to_the_handler_before)
{
    int status = in_child("handler", "crash");
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 42);
}

TEST(unclaimed_fault_without_handler_kills)
{
    int status = in_child("none", "crash");
    CHECK(WIFSIGNALED(status));
    CHECK_INT(WTERMSIG(status), SIGSEGV);
}

TEST(sent_signal_kills_too)
{
    int status = in_child("none", "kill");
    CHECK(WIFSIGNALED(status));
    CHECK_INT(WTERMSIG(status), SIGSEGV);
}

static atomic_int fired;

static void fire(void *argument)
{
    atomic_fetch_add(&fired, *(int *)argument);
}

TEST(timer_fires_once)
{
    int by = 5;
    atomic_store(&fired, 0);
    clock_timer *timer = clock_timer_start(1000, fire, &by);
    CHECK(timer != NULL);
    while (atomic_load(&fired) == 0)
        usleep(100);
    clock_timer_cancel(timer);
    CHECK_INT(atomic_load(&fired), 5);
}

TEST(cancelled_timer_does_not_fire)
{
    int by = 5;
    atomic_store(&fired, 0);
    clock_timer *timer = clock_timer_start(UINT64_MAX, fire, &by);
    CHECK(timer != NULL);
    clock_timer_cancel(timer);
    CHECK_INT(atomic_load(&fired), 0);
    clock_timer_cancel(NULL);
}

TEST(clock_does_not_go_back)
{
    uint64_t first = clock_monotonic();
    CHECK(first > 0);
    CHECK(clock_monotonic() >= first);
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return child_main(argv[1], argv[2]);
    if (!fault_install())
        return 1;
    trap_page = pages_reserve(pages_size());
    RUN(claimed_fault_returns_to_its_scope)
    RUN(inner_scope_that_does_not_claim_is_left)
    RUN(each_thread_has_its_own_scopes)
    RUN(unclaimed_fault_goes_to_the_handler_before)
    RUN(unclaimed_fault_without_handler_kills)
    RUN(sent_signal_kills_too)
    RUN(timer_fires_once)
    RUN(cancelled_timer_does_not_fire)
    RUN(clock_does_not_go_back)
    pages_release(trap_page, pages_size());
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
