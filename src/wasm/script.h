/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Specification test scripts (.wast) as data; wast/ runs them. The grammar
 * is that of the reference interpreter's README and of the threads
 * proposal. */
#ifndef WASM_SCRIPT_H
#define WASM_SCRIPT_H

#include "base/error.h"
#include "wasm/module.h"

typedef enum wasm_module_form {
    WASM_FORM_TEXT,   /* `text` is the whole (module ...) form */
    WASM_FORM_BINARY, /* `bytes` */
    WASM_FORM_QUOTE   /* `bytes` is the quoted text */
} wasm_module_form;

/* A module or component of a script; text is parsed when the command runs. */
typedef struct wasm_script_module {
    slice id; /* with '$'; size 0: none */
    wasm_module_form form;
    bool is_component;
    bool definition;       /* (module definition ...): not instantiated */
    slice bytes;           /* text form: source; others: the decoded strings */
    uint32_t line, column; /* of bytes, for errors in text */
} wasm_script_module;

/* Also a pattern: what a result must match. */
typedef enum wasm_const_kind {
    WASM_CONST_I32,
    WASM_CONST_I64,
    WASM_CONST_F32,
    WASM_CONST_F64,
    WASM_CONST_V128,
    WASM_CONST_REF_NULL,   /* any null when heap is HEAP_BOTTOM */
    WASM_CONST_REF_HOST,   /* (ref.host n): value */
    WASM_CONST_REF_EXTERN, /* (ref.extern n), or any when !has_value */
    WASM_CONST_REF_KIND,   /* (ref.func), (ref.i31), ...: heap is the kind */
    WASM_CONST_EITHER,     /* alternatives */
    /* Component values; f32 and f64 are above. */
    WASM_CONST_BOOL, /* integers, too: value, sign-extended */
    WASM_CONST_S8,
    WASM_CONST_U8,
    WASM_CONST_S16,
    WASM_CONST_U16,
    WASM_CONST_S32,
    WASM_CONST_U32,
    WASM_CONST_S64,
    WASM_CONST_U64,
    WASM_CONST_CHAR,    /* value: the code point */
    WASM_CONST_STR,     /* text */
    WASM_CONST_LIST,    /* alternatives: the elements */
    WASM_CONST_RECORD,  /* alternatives: the fields, with labels */
    WASM_CONST_TUPLE,   /* alternatives: the elements */
    WASM_CONST_VARIANT, /* text: the case; at most one of alternatives */
    WASM_CONST_ENUM,    /* text: the case */
    WASM_CONST_OPTION,  /* some: one of alternatives */
    WASM_CONST_RESULT,  /* has_value: ok; at most one of alternatives */
    WASM_CONST_FLAGS    /* alternatives: a STR for each flag that is set */
} wasm_const_kind;

typedef enum wasm_nan {
    WASM_NAN_NONE, /* exact bits */
    WASM_NAN_CANONICAL,
    WASM_NAN_ARITHMETIC
} wasm_nan;

typedef struct wasm_const {
    wasm_const_kind kind;
    bool has_value;
    wasm_heaptype heap;
    uint64_t value;    /* numbers: the bits */
    wasm_nan nan;      /* f32, f64 */
    uint8_t bytes[16]; /* v128 */
    uint8_t lanes;     /* v128 float shapes: 4 or 2 lanes may hold NaNs */
    uint8_t lane_nan[4];
    slice text;  /* component values */
    slice label; /* of a record's field */
    const struct wasm_const *alternatives;
    uint32_t alternative_count;
} wasm_const;

typedef struct wasm_action {
    bool is_get;  /* (get ...), else (invoke ...) */
    slice module; /* id; size 0: the latest instance */
    slice name;
    const wasm_const *arguments;
    uint32_t argument_count;
} wasm_action;

typedef enum wasm_command_kind {
    WASM_COMMAND_MODULE,            /* module */
    WASM_COMMAND_INSTANCE,          /* (module instance $id? $module?);
                                       module.is_component: a component */
    WASM_COMMAND_REGISTER,          /* text: name; id: instance */
    WASM_COMMAND_ACTION,            /* action */
    WASM_COMMAND_ASSERT_RETURN,     /* action, results */
    WASM_COMMAND_ASSERT_TRAP,       /* action or module, text */
    WASM_COMMAND_ASSERT_EXCEPTION,  /* action */
    WASM_COMMAND_ASSERT_EXHAUSTION, /* action, text */
    WASM_COMMAND_ASSERT_MALFORMED,  /* module, text */
    WASM_COMMAND_ASSERT_INVALID,
    WASM_COMMAND_ASSERT_UNLINKABLE,
    WASM_COMMAND_ASSERT_MALFORMED_CUSTOM,
    WASM_COMMAND_ASSERT_INVALID_CUSTOM,
    WASM_COMMAND_THREAD, /* id; text: shared module's id; commands */
    WASM_COMMAND_WAIT    /* id */
} wasm_command_kind;

typedef struct wasm_command {
    wasm_command_kind kind;
    uint32_t line, column;
    bool on_module; /* ASSERT_TRAP: `module` instead of `action` */
    slice id;
    slice id2; /* INSTANCE: the module definition's id */
    slice text;
    wasm_script_module module;
    wasm_action action;
    const wasm_const *results;
    uint32_t result_count;
    const struct wasm_command *commands; /* THREAD */
    uint32_t command_count;
} wasm_command;

typedef struct wasm_script {
    arena arena;
    wasm_command *commands;
    uint32_t command_count;
} wasm_script;

/* Reads a whole script; `text` must outlive it. A script that consists of
 * module fields alone is one module. */
whit_status wasm_script_parse(slice text, wasm_script **out,
                              whit_error *error) WHIT_MUST_CHECK;
/* NULL is allowed. */
void wasm_script_free(wasm_script *self);

/* Makes the position of an error in a text-form module one in the script. */
void wasm_script_locate(const wasm_script_module *module, whit_error *error);

#endif
