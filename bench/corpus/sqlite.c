/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * One whole copy of SQLite, every function of it kept, for a big module. */

/* Compiled once per optimisation level, with COPY naming the copy; together
 * the copies make a module of a few megabytes of real code. The operating
 * system layer is left out, so the module imports nothing. */

#define SQLITE_API static __attribute__((used))
#define SQLITE_PRIVATE static __attribute__((used))
#define SQLITE_EXTERN
#define SQLITE_OS_OTHER 1
#define SQLITE_THREADSAFE 0
#define SQLITE_OMIT_LOCALTIME 1
#define SQLITE_OMIT_LOAD_EXTENSION 1
#define SQLITE_ENABLE_FTS4 1
#define SQLITE_ENABLE_FTS5 1
#define SQLITE_ENABLE_DBSTAT_VTAB 1
#define SQLITE_ENABLE_STMTVTAB 1
#define SQLITE_ENABLE_RTREE 1
#define SQLITE_ENABLE_MATH_FUNCTIONS 1
#define SQLITE_ENABLE_JSON1 1
#define SQLITE_TEMP_STORE 3

#include "sqlite3.c"

#define JOIN_TEXT(a, b) a##b
#define JOIN(a, b) JOIN_TEXT(a, b)

/* SQLite asks its system layer to start and to stop. */
int sqlite3_os_init(void)
{
    return SQLITE_OK;
}

int sqlite3_os_end(void)
{
    return SQLITE_OK;
}

#ifdef FIRST
__attribute__((export_name("run"))) unsigned run(unsigned n);

unsigned run(unsigned n)
{
    return n + (unsigned)sqlite3_libversion_number();
}
#endif
