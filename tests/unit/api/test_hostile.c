/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Guests that misbehave: each ends with the specified trap, its instance is
 * closed, and the store goes on. */
#include "test.h"

#include <stdlib.h>
#include <whit.h>

enum { TEXT_MOST = 16384 };

static whit_engine *engine;
static whit_store *store;
static whit_component *component;
static whit_component_instance *instance;
static whit_imports *imports;
static whit_error failure;

static whit_status refuse(whit_host_call *call, void *env,
                          const whit_val *arguments, size_t count,
                          whit_val *result, whit_error *error)
{
    (void)env;
    (void)arguments;
    (void)count;
    (void)result;
    (void)error;
    return whit_host_call_defer(call, NULL, NULL) ? WHIT_OK
                                                  : WHIT_OUT_OF_MEMORY;
}

static bool open(const char *text)
{
    whit_config *config = whit_config_new();
    whit_config_set_fuel(config, true);
    component = NULL;
    instance = NULL;
    CHECK_INT(whit_engine_new(config, &engine, &failure), WHIT_OK);
    whit_config_free(config);
    CHECK_INT(whit_store_new(engine, NULL, &store, &failure), WHIT_OK);
    whit_store_set_fuel(store, 50000000);
    imports = whit_imports_new();
    CHECK_INT(
        whit_imports_define(imports, NULL, "later", refuse, NULL, &failure),
        WHIT_OK);
    whit_status status =
        whit_component_new(engine, text, strlen(text), &component, &failure);
    if (status == WHIT_OK)
        status = whit_component_instantiate(store, component, imports,
                                            &instance, &failure);
    CHECK_INT(status, WHIT_OK);
    if (status != WHIT_OK)
        printf("%s\n", failure.message);
    return status == WHIT_OK;
}

static void shut(void)
{
    whit_store_free(store);
    whit_imports_free(imports);
    whit_component_free(component);
    whit_engine_free(engine);
}

/* ---- Built-ins used wrongly ---- */

/* What scenarios call. The memory has one page; the allocator is a number. */
static const char prelude[] =
    "(component"
    " (import \"later\" (func $later async (param \"a\" u32) (result u32)))"
    " (type $R (resource (rep i32)))"
    " (type $Q (resource (rep i32)))"
    " (type $S (stream u8)) (type $F (future u8)) (type $T (stream u32))"
    " (core module $mem (memory (export \"m\") 1) (table (export \"t\") 4"
    "  funcref))"
    " (core instance $mi (instantiate $mem))"
    " (alias core export $mi \"m\" (core memory $m))"
    " (alias core export $mi \"t\" (core table $t))"
    " (core func $later' (canon lower (func $later) async (memory $m)))"
    " (core func $rnew (canon resource.new $R))"
    " (core func $rdrop (canon resource.drop $R))"
    " (core func $rrep (canon resource.rep $R))"
    " (core func $qdrop (canon resource.drop $Q))"
    " (core func $snew (canon stream.new $S))"
    " (core func $sread (canon stream.read $S async (memory $m)))"
    " (core func $swrite (canon stream.write $S async (memory $m)))"
    " (core func $scr (canon stream.cancel-read $S async))"
    " (core func $sdr (canon stream.drop-readable $S))"
    " (core func $sdw (canon stream.drop-writable $S))"
    " (core func $tread (canon stream.read $T async (memory $m)))"
    " (core func $fnew (canon future.new $F))"
    " (core func $fread (canon future.read $F async (memory $m)))"
    " (core func $fdr (canon future.drop-readable $F))"
    " (core func $fdw (canon future.drop-writable $F))"
    " (core func $wnew (canon waitable-set.new))"
    " (core func $wwait (canon waitable-set.wait (memory $m)))"
    " (core func $wpoll (canon waitable-set.poll (memory $m)))"
    " (core func $wdrop (canon waitable-set.drop))"
    " (core func $join (canon waitable.join))"
    " (core func $subdrop (canon subtask.drop))"
    " (core func $subcancel (canon subtask.cancel async))"
    " (core func $enew (canon error-context.new (memory $m)))"
    " (core func $edrop (canon error-context.drop))"
    " (core func $bpi (canon backpressure.inc))"
    " (core func $bpd (canon backpressure.dec))"
    " (core func $tret (canon task.return (result u32)))"
    " (core func $tret2 (canon task.return))"
    " (core func $tcancel (canon task.cancel))"
    " (core type $body (func (param i32)))"
    " (core func $thnew (canon thread.new-indirect $body (core table $t)))"
    " (core func $thlater (canon thread.resume-later))"
    " (core func $thsusp (canon thread.suspend))"
    " (core func $thto (canon thread.suspend-then-resume))"
    " (core func $thyield (canon thread.yield))"
    " (core func $thindex (canon thread.index))"
    " (core module $code"
    "  (import \"\" \"m\" (memory 1)) (import \"\" \"t\" (table 4 funcref))";

typedef struct imported {
    const char *name, *type;
} imported;

static const imported names[] = {
    {"later'", "(param i32 i32) (result i32)"},
    {"rnew", "(param i32) (result i32)"},
    {"rdrop", "(param i32)"},
    {"rrep", "(param i32) (result i32)"},
    {"qdrop", "(param i32)"},
    {"snew", "(result i64)"},
    {"sread", "(param i32 i32 i32) (result i32)"},
    {"swrite", "(param i32 i32 i32) (result i32)"},
    {"scr", "(param i32) (result i32)"},
    {"sdr", "(param i32)"},
    {"sdw", "(param i32)"},
    {"tread", "(param i32 i32 i32) (result i32)"},
    {"fnew", "(result i64)"},
    {"fread", "(param i32 i32) (result i32)"},
    {"fdr", "(param i32)"},
    {"fdw", "(param i32)"},
    {"wnew", "(result i32)"},
    {"wwait", "(param i32 i32) (result i32)"},
    {"wpoll", "(param i32 i32) (result i32)"},
    {"wdrop", "(param i32)"},
    {"join", "(param i32 i32)"},
    {"subdrop", "(param i32)"},
    {"subcancel", "(param i32) (result i32)"},
    {"enew", "(param i32 i32) (result i32)"},
    {"edrop", "(param i32)"},
    {"bpi", ""},
    {"bpd", ""},
    {"tret", "(param i32)"},
    {"tret2", ""},
    {"tcancel", ""},
    {"thnew", "(param i32 i32) (result i32)"},
    {"thlater", "(param i32)"},
    {"thsusp", "(result i32)"},
    {"thto", "(param i32) (result i32)"},
    {"thyield", "(result i32)"},
    {"thindex", "(result i32)"},
};
enum { NAMES = sizeof names / sizeof *names };

typedef enum lifting { SYNC, CALLBACK, STACKFUL } lifting;

static char text[TEXT_MOST];
static size_t used;

static void add(const char *format, const char *a, const char *b)
{
    int size = snprintf(text + used, sizeof text - used, format, a, b);
    CHECK(size >= 0 && (size_t)size < sizeof text - used);
    used += (size_t)size;
}

/* Functions "f" and "g", whose bodies are these; "g" is only called when "f"
 * has trapped. `callback` is what the callback of an async one does. */
static const char *scenario(lifting how, const char *body, const char *callback)
{
    used = 0;
    text[0] = 0;
    add("%s%s", prelude, "");
    for (size_t i = 0; i < NAMES; i++) {
        add("(import \"\" \"%s\" (func $%s ", names[i].name, names[i].name);
        add("%s))%s", names[i].type, "");
    }
    add("(global $a (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const"
        " 0)) (func $pair (param i64) (global.set $a (i32.wrap_i64"
        " (local.get 0))) (global.set $b (i32.wrap_i64 (i64.shr_u"
        " (local.get 0) (i64.const 32)))))"
        " (func $thread (param i32)%s)"
        " (func $stuck (param i32) (drop (call $thsusp)))"
        " (elem (i32.const 0) func $thread $stuck)%s",
        "", "");
    add("(func (export \"f\") (param i32) %s (local i32)",
        how == STACKFUL ? "" : "(result i32)", "");
    add("%s%s)", body, how == STACKFUL ? "" : " (i32.const 0)");
    add("(func (export \"g\") (param i32) (result i32) (i32.const 7))"
        "(func (export \"c\") (param i32 i32 i32) (result i32) %s%s))",
        callback ? callback : "(i32.const 0)", "");
    add("(core instance $i (instantiate $code (with \"\" (instance"
        " (export \"m\" (memory $m)) (export \"t\" (table $t))%s%s",
        "", "");
    for (size_t i = 0; i < NAMES; i++)
        add("(export \"%s\" (func $%s))", names[i].name, names[i].name);
    add(")))) (func (export \"f\") %s (param \"a\" u32) (result u32)"
        " (canon lift (core func $i \"f\") %s",
        how == SYNC ? "" : "async",
        how == SYNC       ? ""
        : how == CALLBACK ? "async (callback (core func $i \"c\"))"
                          : "async");
    add("))(func (export \"g\") (param \"a\" u32) (result u32) (canon lift"
        " (core func $i \"g\"))))%s%s",
        "", "");
    return text;
}

static whit_status invoke(const char *name, uint32_t value)
{
    whit_val in = {.kind = WHIT_U32, .u32 = value}, out;
    whit_component_func *f = whit_component_instance_func(instance, name);
    CHECK(f != NULL);
    return f ? whit_component_call(f, &in, 1, &out, &failure) : WHIT_NOT_FOUND;
}

/* What happens to the instance. */
typedef enum fate {
    CLOSED,
    LEFT_OPEN,     /* nothing can go on, and that is nobody's trap */
    RETURNED_FIRST /* and then closed */
} fate;

static void ends(lifting how, const char *body, const char *callback,
                 const char *message, fate what)
{
    memset(&failure, 0, sizeof failure);
    if (open(scenario(how, body, callback))) {
        whit_status status = invoke("f", 0);
        bool said = strstr(failure.message, message) != NULL;
        whit_status expected = what == RETURNED_FIRST ? WHIT_OK : WHIT_TRAP;
        CHECK_INT(status, expected);
        CHECK(said);
        if (status != expected || !said)
            printf("  %s\n  says %d \"%s\", not \"%s\"\n", body, (int)status,
                   failure.message, message);
        status = invoke("g", 0);
        CHECK_INT(status, what == LEFT_OPEN ? WHIT_OK : WHIT_TRAP);
        CHECK(what == LEFT_OPEN ||
              strstr(failure.message, "cannot enter") != NULL);
        whit_store_poll(store);
        whit_store_poll(store);
    }
    shut();
}

static void traps(lifting how, const char *body, const char *callback,
                  const char *message)
{
    ends(how, body, callback, message, CLOSED);
}

#define PAIR "(call $pair (call $snew))"
#define FUTURE "(call $pair (call $fnew))"
#define A "(global.get $a)"
#define B "(global.get $b)"

TEST(forged_handles)
{
    static const char *const forged[] = {
        "(call $rdrop (i32.const %s))",
        "(drop (call $rrep (i32.const %s)))",
        "(call $sdr (i32.const %s))",
        "(call $sdw (i32.const %s))",
        "(drop (call $scr (i32.const %s)))",
        "(drop (call $sread (i32.const %s) (i32.const 0) (i32.const 1)))",
        "(drop (call $fread (i32.const %s) (i32.const 0)))",
        "(call $fdw (i32.const %s))",
        "(drop (call $wpoll (i32.const %s) (i32.const 0)))",
        "(call $wdrop (i32.const %s))",
        "(call $join (i32.const %s) (i32.const 0))",
        "(call $subdrop (i32.const %s))",
        "(drop (call $subcancel (i32.const %s)))",
        "(call $edrop (i32.const %s))",
    };
    static const char *const numbers[] = {"0", "1", "99", "-1", "0x10000000"};
    char body[200];
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
            const char *hole = strstr(forged[i], "%s");
            snprintf(body, sizeof body, "%.*s%s%s", (int)(hole - forged[i]),
                     forged[i], numbers[n], hole + 2);
            traps(SYNC, body, NULL, "unknown handle index");
        }
}

TEST(handles_of_another_kind_or_dropped_before)
{
    traps(SYNC,
          "(local.set 1 (call $rnew (i32.const 5)))"
          "(call $rdrop (local.get 1)) (call $rdrop (local.get 1))",
          NULL, "unknown handle index 1");
    traps(SYNC, "(call $qdrop (call $rnew (i32.const 5)))", NULL, "wrong type");
    traps(SYNC, "(call $sdr (call $rnew (i32.const 5)))", NULL,
          "is not the readable end of a stream");
    traps(SYNC, "(call $rdrop (call $wnew))", NULL, "is not a resource");
    traps(SYNC, PAIR "(call $sdr " B ")", NULL,
          "is not the readable end of a stream");
    traps(SYNC, PAIR "(call $fdr " A ")", NULL,
          "is not the readable end of a future");
    traps(SYNC, PAIR "(drop (call $tread " A "(i32.const 0) (i32.const 1)))",
          NULL, "of another type");
    traps(SYNC, PAIR "(call $sdr " A ")(call $sdr " A ")", NULL,
          "unknown handle index");
    traps(SYNC, FUTURE "(call $fdw " B ")", NULL,
          "without first writing a value");
    traps(SYNC,
          "(local.set 1 (call $enew (i32.const 0) (i32.const 4)))"
          "(call $edrop (local.get 1)) (call $edrop (local.get 1))",
          NULL, "unknown handle index");
    traps(SYNC, "(call $wdrop (call $enew (i32.const 0) (i32.const 4)))", NULL,
          "is not a waitable set");
    traps(SYNC,
          "(local.set 1 (call $wnew)) (call $join (local.get 1) "
          "(local.get 1))",
          NULL, "is not a waitable");
    traps(SYNC,
          PAIR "(local.set 1 (call $wnew)) (call $join " A "(local.get 1))"
               "(call $wdrop (local.get 1))",
          NULL, "cannot drop waitable set with waitables");
}

TEST(operations_that_overlap)
{
    traps(SYNC,
          PAIR "(drop (call $sread " A "(i32.const 0) (i32.const 4)))"
               "(drop (call $sread " A "(i32.const 0) (i32.const 4)))",
          NULL, "concurrent operations");
    traps(SYNC,
          PAIR "(drop (call $sread " A "(i32.const 0) (i32.const 4)))"
               "(call $sdr " A ")",
          NULL, "busy stream");
    traps(SYNC, PAIR "(drop (call $scr " A "))", NULL,
          "no operation to cancel");
    traps(SYNC,
          "(local.set 1 (i32.shr_u (call $later' (i32.const 0) (i32.const 0))"
          " (i32.const 4))) (call $subdrop (local.get 1))",
          NULL, "has not yet resolved");
    traps(SYNC,
          "(local.set 1 (i32.shr_u (call $later' (i32.const 0) (i32.const 0))"
          " (i32.const 4))) (drop (call $subcancel (local.get 1)))"
          "(drop (call $subcancel (local.get 1)))",
          NULL, "called twice");
    traps(SYNC, "(drop (call $wwait (call $wnew) (i32.const 0)))", NULL,
          "cannot block a synchronous task");
}

TEST(wild_pointers)
{
    static const char *const ranges[][2] = {
        {"65536", "1"},      {"65533", "4"},       {"-1", "1"},
        {"0", "65537"},      {"0x80000000", "1"},  {"0", "0x0fffffff"},
        {"0", "0x10000000"}, {"-16", "0x0fffffff"}};
    char body[200];
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        snprintf(body, sizeof body,
                 PAIR "(drop (call $swrite " B "(i32.const %s)"
                      " (i32.const %s)))",
                 ranges[i][0], ranges[i][1]);
        traps(SYNC, body, NULL, "");
        snprintf(body, sizeof body,
                 "(drop (call $enew (i32.const %s) (i32.const %s)))",
                 ranges[i][0], ranges[i][1]);
        traps(SYNC, body, NULL, "");
    }
    traps(SYNC, "(drop (call $wpoll (call $wnew) (i32.const 65532)))", NULL,
          "out of bounds");
    traps(SYNC, "(drop (call $wpoll (call $wnew) (i32.const 2)))", NULL,
          "unaligned");
    traps(SYNC, "(drop (call $wpoll (call $wnew) (i32.const -4)))", NULL,
          "out of bounds");
}

TEST(counters_and_tasks)
{
    traps(SYNC, "(call $bpd)", NULL, "underflow");
    traps(SYNC, "(loop (call $bpi) (br 0))", NULL, "overflow");
    traps(SYNC, "(call $tret (i32.const 1))", NULL, "not lifted with");
    traps(SYNC, "(call $tcancel)", NULL, "not lifted with");
    traps(CALLBACK, "(call $tcancel)", NULL, "not asked to cancel");
    ends(CALLBACK, "(call $tret (i32.const 1)) (call $tret (i32.const 1))",
         NULL, "", RETURNED_FIRST);
    traps(CALLBACK, "(call $tret2)", NULL, "invalid `task.return`");
    traps(CALLBACK, "", NULL, "without returning");
    traps(STACKFUL, "", NULL, "without returning");
    ends(STACKFUL, "(call $tret (i32.const 1)) (call $tret (i32.const 1))",
         NULL, "", RETURNED_FIRST);
    ends(STACKFUL, "(drop (call $wwait (call $wnew) (i32.const 0)))", NULL,
         "deadlock", LEFT_OPEN);
}

TEST(callback_codes)
{
    static const char *const codes[] = {"3", "15", "0x13", "-1"};
    char body[100];
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        snprintf(body, sizeof body, "(return (i32.const %s))", codes[i]);
        traps(CALLBACK, body, NULL, "unsupported callback code");
        snprintf(body, sizeof body, "(i32.const %s)", codes[i]);
        traps(CALLBACK, "(return (i32.const 1))", body,
              "unsupported callback code");
    }
    traps(CALLBACK, "(return (i32.const 2))", NULL, "unknown handle index 0");
    traps(CALLBACK, "(return (i32.const 0x7fffff2))", NULL,
          "unknown handle index");
    traps(CALLBACK,
          "(return (i32.or (i32.const 2) (i32.shl (call $rnew (i32.const 1))"
          " (i32.const 4))))",
          NULL, "is not a waitable set");
    /* Asked to stop as its call is over, it ends without saying so. */
    ends(CALLBACK,
         "(return (i32.or (i32.const 2) (i32.shl (call $wnew)"
         " (i32.const 4))))",
         NULL, "deadlock", CLOSED);
    traps(CALLBACK, "(return (i32.const 1))", "unreachable", "unreachable");
}

TEST(threads)
{
    traps(SYNC, "(call $thlater (call $thindex))", NULL, "not suspended");
    traps(SYNC, "(call $thlater (i32.const 77))", NULL, "unknown thread");
    traps(SYNC, "(drop (call $thto (i32.const 0)))", NULL, "unknown thread");
    traps(SYNC, "(drop (call $thnew (i32.const 3) (i32.const 0)))", NULL,
          "uninitialized");
    traps(SYNC, "(drop (call $thnew (i32.const -1) (i32.const 0)))", NULL,
          "undefined element");
    traps(SYNC,
          "(local.set 1 (call $thnew (i32.const 0) (i32.const 0)))"
          "(call $thlater (local.get 1)) (call $thlater (local.get 1))",
          NULL, "not suspended");
    traps(SYNC, "(drop (call $thsusp))", NULL, "");
    /* It waits for a set while a thread can go on, and then none can: what
     * waited is gone with its frame. */
    traps(SYNC,
          "(call $thlater (call $thnew (i32.const 0) (i32.const 0)))"
          "(drop (call $wwait (call $wnew) (i32.const 0)))",
          NULL, "");
    traps(SYNC,
          "(call $thlater (call $thnew (i32.const 1) (i32.const 0)))"
          "(drop (call $wwait (call $wnew) (i32.const 0)))",
          NULL, "");
    ends(STACKFUL,
         "(call $thlater (call $thnew (i32.const 1) (i32.const 0)))"
         "(drop (call $thsusp))",
         NULL, "deadlock", LEFT_OPEN);
}

TEST_MAIN(RUN(forged_handles) RUN(handles_of_another_kind_or_dropped_before)
              RUN(operations_that_overlap) RUN(wild_pointers)
                  RUN(counters_and_tasks) RUN(callback_codes) RUN(threads))
