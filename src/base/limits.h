/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Every limit of whit that is not set by configuration, in one place. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* Core modules: the numbers of the JavaScript embedding's implementation
 * limits, which all major engines share, unless a comment says otherwise. */
#define LIMIT_MODULE_BYTES (1u << 30)
#define LIMIT_TYPES 1000000u
#define LIMIT_REC_GROUPS 1000000u
#define LIMIT_SUPERTYPE_DEPTH 63u
#define LIMIT_FUNCTIONS 1000000u
#define LIMIT_IMPORTS 1000000u
#define LIMIT_EXPORTS 1000000u
#define LIMIT_GLOBALS 1000000u
#define LIMIT_TAGS 1000000u
#define LIMIT_DATAS 100000u
#define LIMIT_ELEMS 10000000u
#define LIMIT_ELEM_ITEMS 10000000u
#define LIMIT_TABLES 100000u
#define LIMIT_MEMORIES 100u
#define LIMIT_PARAMS 1000u
#define LIMIT_RESULTS 1000u
#define LIMIT_LOCALS 50000u
#define LIMIT_FIELDS 10000u
#define LIMIT_ARRAY_NEW_FIXED 10000u
#define LIMIT_FUNCTION_BYTES 7654321u
#define LIMIT_BR_TABLE 65520u
#define LIMIT_NAME_BYTES 100000u
#define LIMIT_CUSTOM_SECTIONS 100000u
/* Depth of nested blocks in a body; ours, to bound every side stack. */
#define LIMIT_NESTING 100000u
/* Operand stack height of a body; ours. */
#define LIMIT_OPERANDS 1000000u

/* Text format. */
#define LIMIT_TEXT_BYTES (1u << 30)
#define LIMIT_SCRIPT_ITEMS 10000000u /* commands, or constants of one */

/* WIT. */
#define LIMIT_WIT_TEXT_BYTES (256u << 20) /* of all texts of a set */
#define LIMIT_WIT_SOURCES 10000u
#define LIMIT_WIT_PACKAGES 100000u
#define LIMIT_WIT_TYPES 1000000u
#define LIMIT_WIT_DEFINITIONS 1000000u /* interfaces, and worlds */
#define LIMIT_WIT_MEMBERS 1000000u     /* of one interface or package */
#define LIMIT_WIT_ITEMS 1000000u       /* imports and exports of all worlds */
#define LIMIT_WIT_FIELDS 100000u       /* of one type */
#define LIMIT_WIT_NESTING 100u         /* of type expressions in a text */
#define LIMIT_WIT_TYPE_DEPTH 100u      /* of types, through names too */
#define LIMIT_WIT_STREAMS 100000u      /* mentioned by one function */
/* The specification's: a value is smaller, for pointers of 8 bytes. */
#define LIMIT_WIT_VALUE_BYTES (1u << 28)

/* Runtime. Pages are 64 KiB. */
#define LIMIT_MEMORY32_PAGES 65536u
#define LIMIT_MEMORY64_PAGES (1ull << 48)
#define LIMIT_TABLE_ELEMENTS 10000000u /* per table, whatever it declares */
#define LIMIT_CANONICAL_TYPES 4000000u
#define LIMIT_ARRAY_BYTES (1u << 30)
#define LIMIT_BACKTRACE_FRAMES 64u

/* Components. Types are counted as trees, as if nothing were shared. */
#define LIMIT_COMPONENT_NESTING 100u   /* components and types in each other */
#define LIMIT_COMPONENT_ITEMS 1000000u /* definitions, or items of one */
#define LIMIT_COMPONENT_TYPE_SIZE 1000000u
#define LIMIT_COMPONENT_TYPE_DEPTH 100u
#define LIMIT_COMPONENT_VALUE_BYTES (1u << 28) /* element size, exclusive */
#define LIMIT_COMPONENT_WORK 100000000u        /* steps of comparing types */
#define LIMIT_COMPONENT_NODES 4000000u         /* types made by substitution */

/* Tools. */
#define LIMIT_CAPTURE_BYTES (64u << 20) /* output kept of one child */
#define LIMIT_TOOL_ARGUMENTS 65536u     /* of one command line */
#define LIMIT_BIND_FILES 65536u         /* that one generator writes */
#define LIMIT_BIND_SIGNATURE 65536u     /* bytes of one, as text */

/* WASI, per guest. */
#define LIMIT_WASI_DESCRIPTORS 4096u
#define LIMIT_WASI_PREOPENS 256u
#define LIMIT_WASI_PATH_BYTES 4095u
#define LIMIT_WASI_PATH_DEPTH 256u /* directories open during one walk */
#define LIMIT_WASI_PATH_LINKS 40u  /* symbolic links in one path */
#define LIMIT_WASI_PATH_RETRIES 64u
#define LIMIT_WASI_ARGUMENT_BYTES (16u << 20) /* also of the environment */
#define LIMIT_WASI_IOVECS 1024u
#define LIMIT_WASI_SUBSCRIPTIONS 4096u
#define LIMIT_WASI_RANDOM_CHUNK                                              \
    (1u << 20)                             /* bytes between interrupt checks \
                                            */
#define LIMIT_WASI_STREAM_BYTES (1u << 30) /* captured or given in memory */
#define LIMIT_WASI_NET_RULES 4096u
#define LIMIT_WASI_NET_ADDRESSES 4096u  /* that names gave */
#define LIMIT_WASI_RESOURCES (1u << 20) /* of one linker */
#define LIMIT_WASI_SOCKETS 1024u        /* that guests made, of one linker */
#define LIMIT_WASI_CHUNK (64u << 10)    /* bytes of one read of a stream */

/* Running components. The first three are the specification's. */
#define LIMIT_CANON_HANDLES ((1u << 28) - 1)  /* of an instance */
#define LIMIT_CANON_BYTES ((1u << 28) - 1)    /* of a string or list */
#define LIMIT_CANON_ELEMENTS ((1u << 28) - 1) /* of a stream's buffer */
#define LIMIT_CANON_HOST_BYTES (1u << 30)     /* that one call gives the host */
#define LIMIT_CANON_INSTANCES 10000u          /* of a store */
#define LIMIT_CANON_STACKS 10000u  /* of threads in the middle of something */
#define LIMIT_CANON_TASKS 1000000u /* of a store, that have not ended */

#endif
