/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What was counted, and how it is shown. */

#ifndef LOGSTAT_REPORT_H
#define LOGSTAT_REPORT_H

#include "histogram.h"
#include "parse.h"
#include "table.h"

enum { TEXT_MAX = 32 };

typedef struct {
    uint64_t lines;
    uint64_t malformed;
    uint64_t filtered; /* parsed, but not asked for */
    uint64_t requests;
    uint64_t statuses[600];
    uint64_t hours[24];
    table paths, hosts, methods;
    histogram bytes, microseconds;
    char first_day[TEXT_MAX], last_day[TEXT_MAX]; /* in order of the log */
} statistics;

/* `paths_max`, `hosts_max`: see table_init. */
void statistics_init(statistics *self, size_t paths_max, size_t hosts_max);
void statistics_release(statistics *self);

/* Counts a record; false when memory is exhausted. */
bool statistics_add(statistics *self, const record *item);

/* Prints tables with at most `top` rows and bars of at most `width`. */
void statistics_print(statistics *self, size_t top, int width);

#endif
