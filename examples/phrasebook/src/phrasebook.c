/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A component that knows how people say hello. */
#include <string.h>

#include "phrasebook.h"

static const struct {
    const char *language, *hello;
} phrases[] = {
    {"de", "Guten Tag"}, {"en", "Hello"},      {"es", "Hola"},
    {"fr", "Bonjour"},   {"ja", "Konnichiwa"},
};

static const char *find(const phrasebook_string_t *language)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (language->len == 2 &&
            memcmp(language->ptr, phrases[i].language, 2) == 0)
            return phrases[i].hello;
    return NULL;
}

phrasebook_callback_code_t
exports_example_phrases_phrases_hello(phrasebook_string_t *language)
{
    phrasebook_option_string_t answer = {.is_some = false};
    const char *hello = find(language);
    if (hello) {
        answer.is_some = true;
        phrasebook_string_set(&answer.val, hello);
    }
    phrasebook_string_free(language);
    exports_example_phrases_phrases_hello_return(answer);
    return PHRASEBOOK_CALLBACK_CODE_EXIT;
}

/* It never waits. */
phrasebook_callback_code_t
exports_example_phrases_phrases_hello_callback(phrasebook_event_t *event)
{
    (void)event;
    return PHRASEBOOK_CALLBACK_CODE_EXIT;
}
