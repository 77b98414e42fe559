/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Names of imports and exports (Explainer.md, "Import and Export
 * Definitions"), and the labels in them. */
#ifndef COMPONENT_EXTERN_NAME_H
#define COMPONENT_EXTERN_NAME_H

#include "base/buffer.h"

typedef enum component_name_kind {
    COMPONENT_NAME_LABEL,
    COMPONENT_NAME_CONSTRUCTOR, /* resource */
    COMPONENT_NAME_METHOD,      /* resource, member */
    COMPONENT_NAME_STATIC,      /* resource, member */
    COMPONENT_NAME_INTERFACE    /* namespace, package, interface, version */
} component_name_kind;

/* Parts of a name, in its bytes; absent ones are empty. */
typedef struct component_name_parts {
    component_name_kind kind;
    slice resource; /* also the label of LABEL */
    slice member;
    slice namespace_;
    slice package;
    slice interface;
    slice version; /* without '@' */
} component_name_parts;

/* Whether it is a label: words or acronyms, joined by hyphens. */
bool component_label_valid(slice label);
/* A semantic version; INVALID says what is wrong. */
whit_status component_version_check(slice version,
                                    whit_error *error) WHIT_MUST_CHECK;
/* A canonical version: "1", "0.2", "0.0.3", "0.0.0". */
bool component_version_is_canonical(slice version);
/* Takes a name apart. With `canonical`, the version is a canonical one
 * instead of a whole one. */
whit_status component_name_parse(slice name, bool canonical,
                                 component_name_parts *out,
                                 whit_error *error) WHIT_MUST_CHECK;
/* Appends what strongly unique names differ in. */
void component_name_canonical(slice name, const component_name_parts *parts,
                              buffer *out);

#endif
