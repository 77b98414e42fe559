/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the decoder share; nobody else includes this. */
#ifndef COMPONENT_DECODE_PRIVATE_H
#define COMPONENT_DECODE_PRIVATE_H

#include "base/limits.h"
#include "component/decode.h"

typedef struct component_decoder {
    component_file *file;
    arena *arena;
    wasm_reader reader; /* ends with the section */
    whit_error *error;
    unsigned depth; /* components and types around */
} component_decoder;

/* A MALFORMED error at the byte before the cursor. */
whit_status component_decode_fail_byte(component_decoder *d, uint8_t byte,
                                       const char *what) WHIT_MUST_CHECK;
whit_status component_decode_byte(component_decoder *d,
                                  uint8_t *out) WHIT_MUST_CHECK;
whit_status component_decode_u32(component_decoder *d,
                                 uint32_t *out) WHIT_MUST_CHECK;
whit_status component_decode_name(component_decoder *d,
                                  slice *out) WHIT_MUST_CHECK;
/* 0x00 or 0x01. */
whit_status component_decode_flag(component_decoder *d,
                                  bool *out) WHIT_MUST_CHECK;
/* A vector's count, and an array for its items. */
whit_status component_decode_vector(component_decoder *d, size_t size,
                                    const char *what, void *items,
                                    uint32_t *count) WHIT_MUST_CHECK;
whit_status component_decode_enter(component_decoder *d) WHIT_MUST_CHECK;

/* decode_types.c */
whit_status component_decode_valtype(component_decoder *d,
                                     component_valtype *out) WHIT_MUST_CHECK;
whit_status component_decode_resultlist(component_decoder *d,
                                        component_valtype *out) WHIT_MUST_CHECK;
whit_status
component_decode_core_type(component_decoder *d,
                           const component_core_type **out) WHIT_MUST_CHECK;
whit_status component_decode_type(component_decoder *d,
                                  const component_type **out) WHIT_MUST_CHECK;
whit_status component_decode_extern(component_decoder *d,
                                    component_extern *out) WHIT_MUST_CHECK;
whit_status
component_decode_component_name(component_decoder *d,
                                component_name *out) WHIT_MUST_CHECK;
whit_status component_decode_sort(component_decoder *d, const char *what,
                                  component_sort *out) WHIT_MUST_CHECK;
whit_status component_decode_alias(component_decoder *d,
                                   component_alias *out) WHIT_MUST_CHECK;

#endif
