/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the hosts in C share: a program that runs one guest, named by its
 * argument, calls all of its functions, and has it call all of the host's.
 *
 * A host defines TOPIC, includes this file, implements the imports with GIVE,
 * and ends with HOST(what it gives, what it does). The last line of its output
 * is "N passed, M failed". */
#ifndef CONTRACT_HOST_H
#define CONTRACT_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_host.h"

/* guest_<topic>_api_<name>: functions of the guest, types. */
#define PASTE_(a, b, c, d) a##b##c##d
#define PASTE(a, b, c, d) PASTE_(a, b, c, d)
#define API(name) PASTE(guest_, TOPIC, _api_, name)
/* Types that hold handles of the host's. */
#define OURS(name) PASTE(guest_host_, TOPIC, _api_, name)
/* The interface in struct guest_imports. */
#define GIVEN PASTE(, TOPIC, _api, )
#define COUNT(array) (sizeof(array) / sizeof *(array))

static whit_engine *engine;
static whit_store *store;
static whit_region *region;
static struct guest guest;
static struct guest *const W = &guest;
static whit_error error_;
static whit_error *const E = &error_;
static unsigned passed, failed;

static inline bool check_that(bool holds, const char *what, const char *file,
                              int line)
{
    passed += holds;
    failed += !holds;
    if (!holds)
        printf("%s:%d: %s\n", file, line, what);
    fflush(stdout);
    return holds;
}

#define CHECK(condition) check_that(condition, #condition, __FILE__, __LINE__)

static inline bool check_ok(whit_status status, const char *what,
                            const char *file, int line)
{
    if (status != WHIT_OK)
        printf("%s\n", error_.message);
    return check_that(status == WHIT_OK, what, file, line);
}

#define OK(call) check_ok(call, #call, __FILE__, __LINE__)

/* Strings and lists from literals and arrays. */
#define TEXT(literal) ((guest_string_t){literal, sizeof(literal) - 1})
#define LIST(type, ...) \
    ((type){__VA_ARGS__, sizeof(__VA_ARGS__) / sizeof *(__VA_ARGS__)})
#define IS(string, literal)                 \
    ((string).len == sizeof(literal) - 1 && \
     !memcmp((string).ptr, literal, sizeof(literal) - 1))

static inline bool same_text(guest_string_t a, guest_string_t b)
{
    return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

/* Functions that the host gives. */
#define GIVE(name, type, ...)                                             \
    static whit_status name(void *env, whit_host_call *call, __VA_ARGS__, \
                            type *result, whit_error *error)
#define GIVE_(name, type)                                                  \
    static whit_status name(void *env, whit_host_call *call, type *result, \
                            whit_error *error)
#define GIVE_NOTHING(name, ...)                                           \
    static whit_status name(void *env, whit_host_call *call, __VA_ARGS__, \
                            whit_error *error)

/* ---- What a host does later ---- */

/* Answers that are due when the guests have run. */
typedef struct job {
    void (*run)(struct job *job);
    whit_completion *completion;
    uint64_t number;
    uint32_t handle;
    guest_string_t text;
    void *state;
    bool cancelled;
    struct job *next;
} job;

static job *first_job, **last_job = &first_job;

static inline void add_job(job *it)
{
    it->next = NULL;
    *last_job = it;
    last_job = &it->next;
}

static inline void note_cancelled(void *env)
{
    ((job *)env)->cancelled = true;
}

/* Defers the call, and answers it later. */
static inline whit_status later(whit_host_call *call, void (*run)(job *job),
                                job what)
{
    job *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = what;
    it->run = run;
    it->completion = whit_host_call_defer(call, note_cancelled, it);
    if (!it->completion)
        abort();
    add_job(it);
    return WHIT_OK;
}

/* Runs the oldest job; false: there is none. */
static inline bool run_job(void)
{
    job *it = first_job;
    if (!it)
        return false;
    first_job = it->next;
    if (!first_job)
        last_job = &first_job;
    it->run(it);
    return true;
}

/* Something to be done later that nobody waits for. */
static inline void do_later(void (*run)(job *job), job what)
{
    job *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = what;
    it->run = run;
    add_job(it);
}

/* Lets guests run, or the host, whoever can. False: nobody can any more, or
 * nothing comes of it. */
static inline bool go_on(void)
{
    static unsigned turns;
    if (++turns > 1000000)
        return false;
    whit_store_poll(store);
    return run_job() || whit_store_wait(store, 0) ||
           whit_store_wait(store, 2000000000);
}

/* Lets the guest run until the call is over. */
static inline whit_call_state await_call(whit_call *call)
{
    while (whit_call_poll(call) == WHIT_CALL_RUNNING)
        if (!go_on())
            break;
    whit_call_state state = whit_call_poll(call);
    if (state == WHIT_CALL_FAILED)
        printf("%s\n", whit_call_error(call)->message);
    if (state == WHIT_CALL_RUNNING)
        printf("the call waits for ever\n");
    return state;
}

/* A call is started and waited for, and frees itself. */
static inline bool await_return(whit_call *call)
{
    bool returned = await_call(call) == WHIT_CALL_RETURNED;
    whit_call_free(call);
    return returned;
}

/* What became of a read or write. */
typedef struct copy {
    bool done;
    whit_copy_result result;
    size_t count;
} copy;

static inline void copy_done(void *env, whit_copy_result result, size_t count)
{
    *(copy *)env = (copy){true, result, count};
}

static inline bool await_copy(copy *it)
{
    while (!it->done)
        if (!go_on())
            break;
    if (!it->done)
        printf("the read or write waits for ever\n");
    return it->done;
}

static inline bool read_file(const char *path, void **bytes, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    *bytes = malloc(1 << 24);
    *size = *bytes ? fread(*bytes, 1, 1 << 24, file) : 0;
    fclose(file);
    return *size > 0;
}

static inline int run_host(const char *path, const struct guest_imports *given,
                           void (*test)(void), bool blocks)
{
    whit_component *component = NULL;
    whit_imports *imports = whit_imports_new();
    void *bytes = NULL;
    size_t size = 0;
    region = whit_region_new();
    if (!CHECK(imports && region && read_file(path, &bytes, &size)) ||
        !OK(whit_engine_new(NULL, &engine, E)) ||
        !OK(whit_store_new(engine, NULL, &store, E)) ||
        !OK(guest_define(imports, given, E)) ||
        !OK(whit_component_new(engine, bytes, size, &component, E)) ||
        !OK(guest_instantiate(store, component, imports, W, E)))
        return 1;
    free(bytes);
    test();
    /* The guest's turn, called in both ways. */
    uint32_t step = UINT32_MAX;
    if (blocks && OK(guest_check(W, &step, E)) && !CHECK(step == 0))
        printf("the guest's check %u\n", step);
    for (int i = 0; i < 2; i++) {
        whit_call *call;
        step = UINT32_MAX;
        if (OK(guest_check_start(W, &step, &call, E)) &&
            CHECK(await_return(call)) && !CHECK(step == 0))
            printf("the guest's check %u\n", step);
    }
    while (run_job())
        continue;
    whit_store_free(store);
    whit_component_free(component);
    whit_imports_free(imports);
    whit_engine_free(engine);
    whit_region_free(region);
    return 0;
}

#define HOST_(given, test, blocks)                            \
    int main(int argc, char **argv)                           \
    {                                                         \
        int code = 2;                                         \
        if (argc == 2)                                        \
            code = run_host(argv[1], &(given), test, blocks); \
        printf("%u passed, %u failed\n", passed, failed);     \
        return code || failed;                                \
    }

#define HOST(given, test) HOST_(given, test, true)
/* Whose answers come later: only a host that polls gives them. */
#define HOST_LATER(given, test) HOST_(given, test, false)

#endif
