/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From texts to a wit_set: names get their meaning.
 *
 * Texts come in groups. A group is one folder or one file: its texts together
 * are one package, which at least one of them names, plus the packages that
 * stand in braces inside them. Texts that are alone in a folder of
 * dependencies are groups of their own. The order of texts and groups does not
 * matter: what depends on what is found out, and circles are errors.
 *
 * Items behind a gate that is shut (`@unstable` features not asked for) are
 * not in the set; using one from outside is an error. A `@since` newer than
 * the package is an error as well. */
#ifndef WIT_RESOLVE_H
#define WIT_RESOLVE_H

#include "wit/wit.h"

typedef struct wit_source {
    slice path; /* for messages */
    slice text;
    uint32_t group;
} wit_source;

typedef struct wit_resolve_options {
    const slice *features;
    uint32_t feature_count;
    bool all_features;
} wit_resolve_options;

/* Adds the packages of all groups; `root` becomes that of the first source's
 * group. Packages that are in the set already may be referred to. Errors are
 * at a line and column of wit_set.failed_source. Paths and texts are
 * copied. */
whit_status wit_resolve(wit_set *self, const wit_source *sources,
                        uint32_t count, const wit_resolve_options *options,
                        uint32_t *root, whit_error *error) WHIT_MUST_CHECK;

/* The path of the text the last error lies in; empty when in none. */
slice wit_failed_path(const wit_set *self);

#endif
