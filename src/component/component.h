/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A component in memory, as decoder and text parser make it and everything
 * else reads it (component model, Explainer.md and Binary.md).
 *
 * A component is its definitions in order; each adds what it defines to an
 * index space and refers only to what stands in front of it. Component and
 * instance types are lists of definitions too (declarators): core types,
 * types, aliases, imports and exports.
 *
 * Invariants
 * - Everything lies in the arena of the outermost component, but for the
 *   core modules, which it owns. Slices point there or into the bytes that
 *   were decoded, which must outlive it.
 * - An index counts in the index space of the scope that its definition
 *   stands in; nothing has been checked before component_validate.
 * - A component is immutable after decode or parse, except that validation
 *   marks its core modules as validated. */
#ifndef COMPONENT_COMPONENT_H
#define COMPONENT_COMPONENT_H

#include "base/arena.h"
#include "base/error.h"
#include "wasm/piece.h"

/* Index spaces. The first five have the numbers of wasm_external_kind. */
typedef enum component_sort {
    COMPONENT_SORT_CORE_FUNC,
    COMPONENT_SORT_CORE_TABLE,
    COMPONENT_SORT_CORE_MEMORY,
    COMPONENT_SORT_CORE_GLOBAL,
    COMPONENT_SORT_CORE_TAG,
    COMPONENT_SORT_CORE_TYPE,
    COMPONENT_SORT_CORE_MODULE,
    COMPONENT_SORT_CORE_INSTANCE,
    COMPONENT_SORT_FUNC,
    COMPONENT_SORT_VALUE,
    COMPONENT_SORT_TYPE,
    COMPONENT_SORT_COMPONENT,
    COMPONENT_SORT_INSTANCE,
    COMPONENT_SORTS
} component_sort;

/* "core func", "type", ... */
const char *component_sort_text(component_sort sort);
/* The byte behind 0x00 for core sorts, else the only byte. */
uint8_t component_sort_byte(component_sort sort);
static inline bool component_sort_is_core(component_sort sort)
{
    return sort < COMPONENT_SORT_FUNC;
}

/* ---- Types ---- */

/* Bytes of the binary format, and two numbers that it has no byte for. */
typedef enum component_primitive {
    COMPONENT_NO_TYPE, /* an absent value type */
    COMPONENT_INDEXED, /* a type index instead */
    COMPONENT_ERROR_CONTEXT = 0x64,
    COMPONENT_STRING = 0x73,
    COMPONENT_CHAR,
    COMPONENT_F64,
    COMPONENT_F32,
    COMPONENT_U64,
    COMPONENT_S64,
    COMPONENT_U32,
    COMPONENT_S32,
    COMPONENT_U16,
    COMPONENT_S16,
    COMPONENT_U8,
    COMPONENT_S8,
    COMPONENT_BOOL
} component_primitive;

/* The text of a primitive type, or NULL. */
const char *component_primitive_text(unsigned primitive);

typedef struct component_valtype {
    uint8_t primitive; /* component_primitive */
    uint32_t index;    /* COMPONENT_INDEXED */
} component_valtype;

/* A record field, a variant case, a tuple's type (no name), a flag, an enum
 * case or a parameter. */
typedef struct component_field {
    slice name;
    component_valtype type;
} component_field;

/* Bytes of the binary format; PRIMITIVE has many. */
typedef enum component_type_kind {
    COMPONENT_TYPE_PRIMITIVE = 0,
    COMPONENT_TYPE_RESOURCE = 0x3f,
    COMPONENT_TYPE_FUNC = 0x40,
    COMPONENT_TYPE_COMPONENT = 0x41,
    COMPONENT_TYPE_INSTANCE = 0x42,
    COMPONENT_TYPE_ASYNC_FUNC = 0x43, /* bytes only: FUNC with is_async */
    COMPONENT_TYPE_MAP = 0x63,
    COMPONENT_TYPE_FUTURE = 0x65,
    COMPONENT_TYPE_STREAM = 0x66,
    COMPONENT_TYPE_FIXED_LIST = 0x67,
    COMPONENT_TYPE_BORROW = 0x68,
    COMPONENT_TYPE_OWN = 0x69,
    COMPONENT_TYPE_RESULT = 0x6a,
    COMPONENT_TYPE_OPTION = 0x6b,
    COMPONENT_TYPE_ENUM = 0x6d,
    COMPONENT_TYPE_FLAGS = 0x6e,
    COMPONENT_TYPE_TUPLE = 0x6f,
    COMPONENT_TYPE_LIST = 0x70,
    COMPONENT_TYPE_VARIANT = 0x71,
    COMPONENT_TYPE_RECORD = 0x72
} component_type_kind;

typedef struct component_definition component_definition;

typedef struct component_type {
    uint8_t kind; /* component_type_kind */
    bool is_async;
    bool has_destructor;
    /* PRIMITIVE: itself. Lists, option, stream, future: the element. RESULT:
     * ok. MAP: the key. FUNC: the result. */
    component_valtype element;
    component_valtype other; /* RESULT: error. MAP: the value. */
    uint32_t length;         /* FIXED_LIST */
    uint32_t index;          /* OWN, BORROW: the resource's type index */
    wasm_valtype rep;        /* RESOURCE */
    uint32_t destructor;     /* RESOURCE: core function index */
    const component_field *fields;
    uint32_t field_count;                    /* with a FUNC's parameters */
    const component_definition *declarators; /* COMPONENT, INSTANCE */
    uint32_t declarator_count;
} component_type;

/* The type that an import or export declares. */
typedef struct component_extern {
    component_sort sort; /* FUNC, VALUE, TYPE, COMPONENT, INSTANCE, MODULE */
    /* The type index; TYPE: of `eq`, or unused for `sub`; VALUE with is_eq:
     * the value's index. */
    uint32_t index;
    bool is_eq;              /* TYPE, VALUE */
    component_valtype value; /* VALUE without is_eq */
} component_extern;

typedef enum component_declarator_kind {
    COMPONENT_DECLARATOR_IMPORT,
    COMPONENT_DECLARATOR_TYPE,
    COMPONENT_DECLARATOR_ALIAS,
    COMPONENT_DECLARATOR_EXPORT
} component_declarator_kind;

/* A part of a core module type. */
typedef struct component_declarator {
    component_declarator_kind kind;
    slice module; /* IMPORT */
    slice name;   /* IMPORT, EXPORT */
    wasm_external what;
    const wasm_subtype *types; /* TYPE: a recursion group */
    uint32_t type_count;
    uint32_t outer; /* ALIAS: scopes to go out */
    uint32_t index; /* ALIAS: core type index there */
} component_declarator;

typedef struct component_core_type {
    bool is_module;
    const wasm_subtype *types; /* a recursion group */
    uint32_t type_count;
    const component_declarator *declarators; /* module types */
    uint32_t declarator_count;
} component_core_type;

/* ---- Definitions ---- */

typedef enum component_attribute_kind {
    COMPONENT_IMPLEMENTS,
    COMPONENT_VERSION_SUFFIX,
    COMPONENT_EXTERNAL_ID
} component_attribute_kind;

typedef struct component_attribute {
    component_attribute_kind kind;
    slice text;
} component_attribute;

typedef struct component_name {
    slice text;
    const component_attribute *attributes;
    uint32_t attribute_count;
} component_name;

/* An argument of an instantiation, or an export of an instance. Core
 * instances and arguments use only the text of the name. */
typedef struct component_item {
    component_name name;
    component_sort sort;
    uint32_t index;
} component_item;

typedef struct component_instance {
    bool is_exports; /* made of `items`, nothing is instantiated */
    uint32_t callee; /* module or component index */
    const component_item *items;
    uint32_t item_count;
} component_instance;

typedef struct component_core_module {
    wasm_module *module;
    slice bytes; /* the binary it was decoded from; size 0 from text */
} component_core_module;

typedef enum component_alias_target {
    COMPONENT_ALIAS_EXPORT,
    COMPONENT_ALIAS_CORE_EXPORT,
    COMPONENT_ALIAS_OUTER
} component_alias_target;

typedef struct component_alias {
    component_sort sort;
    component_alias_target target;
    uint32_t instance; /* OUTER: scopes to go out */
    uint32_t index;    /* OUTER */
    slice name;        /* exports */
} component_alias;

typedef enum component_canon_kind {
#define X(name, opcode, text, operands) COMPONENT_CANON_##name = opcode,
#include "component/canon.def"
#undef X
} component_canon_kind;

/* NULL when there is no such definition. */
const char *component_canon_text(unsigned kind);
const char *component_canon_operands(unsigned kind);

typedef enum component_option_kind {
    COMPONENT_OPTION_UTF8,
    COMPONENT_OPTION_UTF16,
    COMPONENT_OPTION_LATIN1_UTF16,
    COMPONENT_OPTION_MEMORY,
    COMPONENT_OPTION_REALLOC,
    COMPONENT_OPTION_POST_RETURN,
    COMPONENT_OPTION_ASYNC,
    COMPONENT_OPTION_CALLBACK,
    COMPONENT_OPTION_KINDS
} component_option_kind;

typedef struct component_option {
    component_option_kind kind;
    uint32_t index; /* core memory or core function */
} component_option;

typedef struct component_canon {
    component_canon_kind kind;
    uint32_t callee;          /* LIFT: core function; LOWER: function */
    uint32_t type;            /* operands t, g; LIFT: the function's type */
    uint32_t table;           /* operand b */
    uint32_t memory;          /* operand m */
    uint32_t number;          /* operand n */
    wasm_valtype core_type;   /* operand v */
    component_valtype result; /* operand r */
    bool is_async, cancellable, shared;
    const component_option *options;
    uint32_t option_count;
} component_canon;

typedef struct component_start {
    uint32_t function;
    const uint32_t *arguments; /* value indices */
    uint32_t argument_count;
    uint32_t result_count;
} component_start;

typedef struct component_value {
    component_valtype type;
    slice bytes;
} component_value;

typedef enum component_definition_kind {
    COMPONENT_DEF_CUSTOM,
    COMPONENT_DEF_CORE_MODULE,
    COMPONENT_DEF_CORE_INSTANCE,
    COMPONENT_DEF_CORE_TYPE,
    COMPONENT_DEF_COMPONENT,
    COMPONENT_DEF_INSTANCE,
    COMPONENT_DEF_ALIAS,
    COMPONENT_DEF_TYPE,
    COMPONENT_DEF_CANON,
    COMPONENT_DEF_START,
    COMPONENT_DEF_IMPORT,
    COMPONENT_DEF_EXPORT,
    COMPONENT_DEF_VALUE,
    COMPONENT_DEF_KINDS
} component_definition_kind;

/* The number of its section; "alias", ... */
const char *component_definition_text(component_definition_kind kind);

struct component_definition {
    component_definition_kind kind;
    uint32_t line, column; /* from text, else 0 */
    uint64_t offset;       /* in the outermost component's bytes */
    union {
        wasm_custom custom;
        component_core_module core_module;
        component_instance instance; /* CORE_INSTANCE too */
        const component_core_type *core_type;
        struct component *component;
        component_alias alias;
        const component_type *type;
        const component_canon *canon;
        component_start start;
        component_value value;
        /* IMPORT and EXPORT. Exports of types have no `item`, imports
         * neither. */
        struct {
            component_name name;
            bool has_item;
            bool has_type;
            component_sort sort; /* of the item, or of the type */
            uint32_t index;      /* of the item */
            component_extern type;
        } external;
    };
};

typedef struct component {
    const component_definition *definitions;
    uint32_t definition_count;
    const struct component_info *info; /* model.h; NULL before validation */
    slice bytes; /* when not empty, encoding writes these instead */
} component;

/* The outermost component with all that lives in it. */
typedef struct component_file {
    arena arena;
    component root;
    wasm_module **modules; /* owned */
    size_t module_count;
    size_t module_room;
    bool is_text;
    struct wasm_type_table *types; /* canonical core types; by validation */
} component_file;

component_file *component_file_new(void);
/* NULL is allowed. */
void component_file_free(component_file *self);
/* The file owns the module from now on, even when this fails. */
whit_status component_file_keep(component_file *self, wasm_module *module,
                                whit_error *error) WHIT_MUST_CHECK;

/* The index space a definition adds to, and how many items; 0 for none. */
uint32_t component_defines(const component_definition *definition,
                           component_sort *sort);

/* Whether the bytes begin as a component does: layer 1. */
bool component_is(slice bytes);
/* Whether the text is `(component ...)`. */
bool component_is_text(slice text);

#endif
