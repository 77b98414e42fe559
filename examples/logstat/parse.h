/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * One line of an access log in the combined format. */

#ifndef LOGSTAT_PARSE_H
#define LOGSTAT_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of the line, not ended by NUL. */
typedef struct {
    const char *at;
    size_t size;
} span;

typedef struct {
    span host;
    span day;    /* "20/Nov/2026" */
    int hour;    /* 0 to 23 */
    span method; /* empty when the request line was garbage */
    span path;   /* without the query */
    int status;  /* 100 to 599 */
    uint64_t bytes;
    span agent; /* empty in the common format, which has none */
    bool has_time;
    uint64_t microseconds; /* a number of seconds behind the agent */
} record;

/* Fills *out from a line without its line end. False: not a log line. */
bool record_parse(const char *line, size_t size, record *out);

#endif
