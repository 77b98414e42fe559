/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Versions of packages: Semantic Versioning 2.0. */
#ifndef WIT_VERSION_H
#define WIT_VERSION_H

#include "base/error.h"
#include "base/slice.h"

/* All slices lie in `text`, whose size is 0 where there is no version. */
typedef struct wit_version {
    slice text;
    slice pre;   /* behind '-', may be empty */
    slice build; /* behind '+', may be empty */
    uint64_t major;
    uint64_t minor;
    uint64_t patch;
} wit_version;

/* The whole text must be one version. */
whit_status wit_version_parse(slice text, wit_version *out,
                              whit_error *error) WHIT_MUST_CHECK;
/* Bytes at the start of `text` that could belong to a version: digits and
 * dots, then pre-release and build parts. A dot that no letter, digit or
 * hyphen follows is left alone, because `use a:b/c@1.0.0.{d}` has one. */
size_t wit_version_scan(slice text);

static inline bool wit_version_present(const wit_version *self)
{
    return self->text.size != 0;
}

/* Precedence: negative, 0 or positive; build parts do not count. */
int wit_version_compare(const wit_version *a, const wit_version *b);
bool wit_version_equal(const wit_version *a, const wit_version *b);

/* How many bytes of the text name the line of compatible versions: "1" of
 * 1.2.3, "0.2" of 0.2.6-rc.1, "0.0.1" of 0.0.1-alpha. */
size_t wit_version_track(const wit_version *self);
/* Whether something made against `wanted` may be given `offered`: the same
 * line and not older. */
bool wit_version_satisfies(const wit_version *offered,
                           const wit_version *wanted);

#endif
