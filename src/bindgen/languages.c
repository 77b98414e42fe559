/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The languages there are generators for. */
#include "bindgen/generator.h"

const bind_language *const bind_languages[] = {&bind_language_c,
                                               &bind_language_rust, NULL};

const bind_language *bind_language_find(const char *name)
{
    for (size_t i = 0; bind_languages[i]; i++)
        if (!strcmp(bind_languages[i]->name, name))
            return bind_languages[i];
    return NULL;
}
