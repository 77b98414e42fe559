/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The rules for names: labels in kebab case, what makes two names the same,
 * and keywords. */
#ifndef WIT_NAME_H
#define WIT_NAME_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

typedef enum wit_keyword {
    WIT_KEYWORD_NONE = -1,
#define X(name, text) WIT_KEYWORD_##name,
#include "wit/keywords.def"
#undef X
    WIT_KEYWORD_COUNT
} wit_keyword;

/* A label: words of lower-case letters and digits or of upper-case letters
 * and digits, hyphens between them, the first character a letter. */
whit_status wit_label_check(slice name, whit_error *error) WHIT_MUST_CHECK;
/* The same without upper case: namespaces and packages. */
whit_status wit_words_check(slice name, whit_error *error) WHIT_MUST_CHECK;

wit_keyword wit_keyword_find(slice word);
const char *wit_keyword_text(wit_keyword keyword);

/* Appends what must differ between the names of one scope: letters in lower
 * case, "[method]a.b" and "[static]a.b" as "a.b", or as "a" where b is a. */
void wit_name_fold(slice name, buffer *out);

#endif
