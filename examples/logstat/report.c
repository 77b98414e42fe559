/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Counting and printing. */

#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void statistics_init(statistics *self, size_t paths_max, size_t hosts_max)
{
    memset(self, 0, sizeof *self);
    table_init(&self->paths, paths_max);
    table_init(&self->hosts, hosts_max);
    table_init(&self->methods, 32);
}

void statistics_release(statistics *self)
{
    table_release(&self->paths);
    table_release(&self->hosts);
    table_release(&self->methods);
}

static bool count(table *counters, span key, const record *item)
{
    entry *found = table_entry(counters, key.at, key.size);

    if (!found)
        return false;
    found->requests++;
    found->bytes += item->bytes;
    found->errors += item->status >= 400;
    return true;
}

static void copy_text(char out[TEXT_MAX], span text)
{
    size_t size = text.size < TEXT_MAX ? text.size : TEXT_MAX - 1;

    memcpy(out, text.at, size);
    out[size] = '\0';
}

bool statistics_add(statistics *self, const record *item)
{
    span method = item->method.size ? item->method : (span){"-", 1};

    if (!self->requests)
        copy_text(self->first_day, item->day);
    copy_text(self->last_day, item->day);
    self->requests++;
    self->statuses[item->status]++;
    self->hours[item->hour]++;
    histogram_add(&self->bytes, item->bytes);
    if (item->has_time)
        histogram_add(&self->microseconds, item->microseconds);
    return count(&self->paths, item->path, item) &&
           count(&self->hosts, item->host, item) &&
           count(&self->methods, method, item);
}

/* "1.5 MB" into `out`. */
static const char *size_text(uint64_t bytes, char out[TEXT_MAX])
{
    static const char *const UNITS[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    double value = (double)bytes;
    int unit = 0;

    for (; value >= 1000 && unit < 5; unit++)
        value /= 1000;
    snprintf(out, TEXT_MAX, unit ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
    return out;
}

static void print_bar(uint64_t value, uint64_t most, int width)
{
    int size = most ? (int)((double)value / (double)most * width + 0.5) : 0;

    if (value && !size)
        size = 1;
    for (int i = 0; i < size; i++)
        putchar('#');
    putchar('\n');
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static const char *status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } KNOWN[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved"},
        {302, "Found"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Timeout"},
        {429, "Too Many Requests"},
        {499, "Client Closed"},
        {500, "Internal Error"},
        {502, "Bad Gateway"},
        {503, "Unavailable"},
        {504, "Gateway Timeout"},
    };

    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        if (KNOWN[i].status == status)
            return KNOWN[i].text;
    return "";
}

static uint64_t most_of(const uint64_t *values, int size)
{
    uint64_t most = 0;

    for (int i = 0; i < size; i++)
        if (values[i] > most)
            most = values[i];
    return most;
}

static void print_statuses(const statistics *self, int width)
{
    uint64_t most = most_of(self->statuses, 600);

    printf("\nstatus\n");
    for (int i = 0; i < 600; i++) {
        uint64_t value = self->statuses[i];
        if (!value)
            continue;
        printf("  %d %-18s %9" PRIu64 " %5.1f%%  ", i, status_text(i), value,
               percent(value, self->requests));
        print_bar(value, most, width);
    }
}

static void print_hours(const statistics *self, int width)
{
    uint64_t most = most_of(self->hours, 24);

    printf("\nhour\n");
    for (int i = 0; i < 24; i++) {
        printf("  %02d %9" PRIu64 "  ", i, self->hours[i]);
        print_bar(self->hours[i], most, width);
    }
}

/* Bytes that a terminal would act on are shown as '?'. */
static void print_key(const char *key, int width)
{
    int shown = 0;

    for (; *key && shown < width; key++, shown++) {
        unsigned char c = (unsigned char)*key;
        putchar(c < 32 || c >= 127 ? '?' : c);
    }
    printf("%s%*s", *key ? "~" : " ", width - shown, "");
}

static void print_table(const char *title, table *counters, size_t top)
{
    char size[TEXT_MAX];

    table_sort(counters);
    printf("\n%-33s %9s %7s %10s\n", title, "requests", "errors", "bytes");
    for (size_t i = 0; i < counters->count && i < top; i++) {
        const entry *at = &counters->entries[i];
        printf("  ");
        print_key(at->key, 31);
        printf("%9" PRIu64 " %6.1f%% %10s\n", at->requests,
               percent(at->errors, at->requests), size_text(at->bytes, size));
    }
    if (counters->count > top)
        printf("  and %zu more\n", counters->count - top);
}

static void print_percentiles(const statistics *self)
{
    static const unsigned PERCENTS[] = {50, 90, 95, 99};
    char size[TEXT_MAX];

    printf("\n%-10s", "percentile");
    for (int i = 0; i < 4; i++)
        printf("        p%u", PERCENTS[i]);
    printf("        max\n  bytes   ");
    for (int i = 0; i < 4; i++)
        printf(
            " %10s",
            size_text(histogram_percentile(&self->bytes, PERCENTS[i]), size));
    printf(" %10s\n", size_text(self->bytes.most, size));
    if (!self->microseconds.total)
        return;
    printf("  time    ");
    for (int i = 0; i < 4; i++) {
        uint64_t us = histogram_percentile(&self->microseconds, PERCENTS[i]);
        printf(" %7.1f ms", (double)us / 1000);
    }
    printf(" %7.1f ms\n", (double)self->microseconds.most / 1000);
}

void statistics_print(statistics *self, size_t top, int width)
{
    char size[TEXT_MAX];

    printf("%" PRIu64 " requests from %zu hosts, %s", self->requests,
           self->hosts.count, size_text(self->bytes.sum, size));
    if (self->requests)
        printf(", %s to %s", self->first_day, self->last_day);
    printf("\n%" PRIu64 " lines, %" PRIu64 " malformed, %" PRIu64
           " filtered out\n",
           self->lines, self->malformed, self->filtered);
    if (!self->requests)
        return;
    print_statuses(self, width);
    print_hours(self, width);
    print_table("path", &self->paths, top);
    print_table("host", &self->hosts, top);
    print_table("method", &self->methods, top);
    print_percentiles(self);
}
