/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components: typed functions between host and guest, async where their WIT
 * says so, and where the host is.
 *
 *   whit_component   a validated component; shared by threads
 *   whit_imports     what the host gives: functions, resources, instances
 *   whit_component_instance, whit_component_func
 *                    belong to a store and live as long as it does
 *   whit_call        one call in flight
 *
 * Values cross in one of two forms, and every function that takes or gives
 * values has both:
 *
 * - as whit_val trees, for hosts that find types out at run time;
 * - typed: C structs with the layout that the canonical ABI has for 64-bit
 *   pointers, for generated code (`whit bind c --host`). Scalars need no
 *   allocation, strings and lists are copied once.
 *
 *     string, list<T>   struct { T *data; size_t length; }     UTF-8
 *     record, tuple     struct, fields in order
 *     variant           struct { uint8_t tag; union { ... } value; }; tag
 *                       is wider when there are more than 256 cases
 *     option, result    the same: 0 none or ok, 1 some or error
 *     enum, flags       uint8_t, uint16_t or uint32_t
 *     bool              uint8_t, 0 or 1           char       uint32_t
 *     own, borrow, stream, future, error-context  uint32_t
 *     map<K, V>         as list<tuple<K, V>>
 *
 *   Parameters together are a struct like a tuple's. Typed values are trusted
 *   to have their type: text that is no UTF-8 and such fails only on its way
 *   into the guest (ARGUMENT), and the instance cannot be entered afterwards.
 *
 * Nothing here starts a thread. A call that cannot go on says so when it is
 * polled; the store tells by descriptor or callback when to poll again. */
#ifndef WHIT_COMPONENT_H
#define WHIT_COMPONENT_H

#include <whit/module.h>
#include <whit/store.h>
#include <whit/value.h>
#include <whit/wasi.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct whit_component whit_component;

/* Whether bytes are a component, in binary or text. */
WHIT_API bool whit_is_component(const void *bytes, size_t size);
/* Decodes or parses, and validates. The bytes are copied. The caller's
 * (whit_component_free); instances keep it alive beyond that. */
WHIT_API WHIT_MUST_CHECK whit_status whit_component_new(whit_engine *engine,
                                                        const void *bytes,
                                                        size_t size,
                                                        whit_component **out,
                                                        whit_error *error);
/* NULL is allowed. */
WHIT_API void whit_component_free(whit_component *component);

/* ---- Types ----
 *
 * Immutable; they live as long as their component. */

typedef struct whit_type whit_type;
typedef struct whit_function_type whit_function_type;

/* One of the kinds below WHIT_BOOL and above. */
WHIT_API whit_kind whit_type_kind(const whit_type *type);
/* Fields of a record, elements of a tuple, cases of a variant or enum (2 for
 * option and result), flags; 0 for other kinds. */
WHIT_API size_t whit_type_count(const whit_type *type);
/* The name of a field, case or flag; empty in tuples. */
WHIT_API whit_name whit_type_name(const whit_type *type, size_t i);
/* The type of a field, element or case (NULL: a case without one). A list,
 * stream or future: 0 is the element's, NULL when there is none. A map: 0 is
 * the key, 1 the value. */
WHIT_API const whit_type *whit_type_part(const whit_type *type, size_t i);
/* Elements of a list of fixed length, else 0. */
WHIT_API size_t whit_type_length(const whit_type *type);
/* Of the typed form, in bytes. */
WHIT_API size_t whit_type_size(const whit_type *type);
WHIT_API size_t whit_type_align(const whit_type *type);
/* Where field or element i begins; for variants, options and results, where
 * the value does. */
WHIT_API size_t whit_type_offset(const whit_type *type, size_t i);
/* As WIT writes it; `size` bytes at most, NUL included. Returns how long it
 * is without. */
WHIT_API size_t whit_type_text(const whit_type *type, char *out, size_t size);

WHIT_API bool whit_function_type_is_async(const whit_function_type *type);
WHIT_API size_t whit_function_type_params(const whit_function_type *type);
WHIT_API whit_name whit_function_type_param_name(const whit_function_type *type,
                                                 size_t i);
WHIT_API const whit_type *
whit_function_type_param(const whit_function_type *type, size_t i);
/* NULL: none. */
WHIT_API const whit_type *
whit_function_type_result(const whit_function_type *type);
/* Of the struct of parameters. */
WHIT_API size_t whit_function_type_params_size(const whit_function_type *type);
WHIT_API size_t whit_function_type_param_offset(const whit_function_type *type,
                                                size_t i);
/* "async func(a: u32) -> string": what typed imports are defined with. */
WHIT_API size_t whit_function_type_text(const whit_function_type *type,
                                        char *out, size_t size);

typedef enum whit_entity_kind {
    WHIT_ENTITY_FUNCTION,
    WHIT_ENTITY_INSTANCE,
    WHIT_ENTITY_TYPE,
    WHIT_ENTITY_RESOURCE,
    WHIT_ENTITY_COMPONENT,
    WHIT_ENTITY_MODULE
} whit_entity_kind;

/* An import or export, of a component or of an instance. */
typedef struct whit_entity {
    whit_entity_kind kind;
    whit_name name;
    const whit_function_type *function; /* FUNCTION */
    const whit_type *type;              /* TYPE */
    const void *inside;                 /* INSTANCE: for whit_entity_at */
    size_t count;                       /* INSTANCE: what it exports */
} whit_entity;

WHIT_API size_t whit_component_import_count(const whit_component *component);
WHIT_API whit_entity whit_component_import(const whit_component *component,
                                           size_t i);
WHIT_API size_t whit_component_export_count(const whit_component *component);
WHIT_API whit_entity whit_component_export(const whit_component *component,
                                           size_t i);
/* The i-th export of an INSTANCE. */
WHIT_API whit_entity whit_entity_at(const whit_entity *instance, size_t i);

/* ---- What the host gives ---- */

typedef struct whit_imports whit_imports;
typedef struct whit_host_call whit_host_call;
typedef struct whit_completion whit_completion;

/* Shared by stores, and must outlive them. NULL: out of memory. */
WHIT_API whit_imports *whit_imports_new(void);
/* NULL is allowed. */
WHIT_API void whit_imports_free(whit_imports *imports);

/* A host function on values. Arguments are borrowed for the call; what the
 * result points to must live until the function returns, e.g. in memory of
 * whit_host_call_alloc. Anything but WHIT_OK ends the guest. */
typedef whit_status (*whit_import_function)(whit_host_call *call, void *env,
                                            const whit_val *arguments,
                                            size_t count, whit_val *result,
                                            whit_error *error);
/* A host function on C structs. `result` is zero on entry, NULL for none. */
typedef whit_status (*whit_typed_function)(whit_host_call *call, void *env,
                                           const void *arguments, void *result,
                                           whit_error *error);

/* `interface` is "ns:package/interface@1.2.3", or NULL for a function that is
 * imported by plain name. Versions match as semantic versioning says: what is
 * defined for 1.4.0 serves imports of 1.2.0. A later definition replaces an
 * earlier one. Names are copied. */
WHIT_API WHIT_MUST_CHECK whit_status whit_imports_define(
    whit_imports *imports, const char *interface, const char *name,
    whit_import_function function, void *env, whit_error *error);
/* `signature` (static) as whit_function_type_text writes it: guests that
 * import another type do not link. */
WHIT_API WHIT_MUST_CHECK whit_status whit_imports_define_typed(
    whit_imports *imports, const char *interface, const char *name,
    const char *signature, whit_typed_function function, void *env,
    whit_error *error);
/* A resource type of the host's. Its values are numbers that the host chooses
 * (representations); `drop`, or NULL, is told when a guest's last handle
 * goes. */
WHIT_API WHIT_MUST_CHECK whit_status whit_imports_define_resource(
    whit_imports *imports, const char *interface, const char *name,
    void (*drop)(void *env, uint32_t representation), void *env,
    whit_error *error);

/* Memory that lives until the call is finished. NULL: out of memory. */
WHIT_API void *whit_host_call_alloc(whit_host_call *call, size_t size);
WHIT_API whit_store *whit_host_call_store(whit_host_call *call);
WHIT_API const whit_function_type *
whit_host_call_type(const whit_host_call *call);

/* The answer comes later: the function returns WHIT_OK, the guest waits, and
 * the completion is used once, from any thread. Arguments stay valid until
 * then. `cancelled`, or NULL, is called at most once, on the store's thread:
 * when the guest no longer wants the answer, and the completion is to be used
 * all the same; or when the store goes. NULL: out of memory, or deferred
 * before.
 *
 * Those that use it return NOT_FOUND when it has been used, or when its store
 * is gone; nothing happens then. It need not be freed. */
WHIT_API whit_completion *whit_host_call_defer(whit_host_call *call,
                                               void (*cancelled)(void *env),
                                               void *env);
/* The answer, copied; NULL when there is none. ARGUMENT when it does not fit
 * the type: the guest traps. */
WHIT_API whit_status whit_complete(whit_completion *completion,
                                   const whit_val *value);
/* The same from a C struct; on the store's thread only. */
WHIT_API whit_status whit_complete_typed(whit_completion *completion,
                                         const void *result);
/* Ends the guest with a trap that says this. */
WHIT_API whit_status whit_complete_error(whit_completion *completion,
                                         const char *message);
/* Grants a request for cancellation. */
WHIT_API whit_status whit_complete_cancelled(whit_completion *completion);

/* ---- Instances ---- */

typedef struct whit_component_instance whit_component_instance;
typedef struct whit_component_func whit_component_func;

/* Gives every interface of WASI 0.2 and 0.3 that exists without HTTP. */
WHIT_API WHIT_MUST_CHECK whit_status whit_imports_define_wasi(
    whit_imports *imports, whit_wasi *wasi, whit_error *error);
/* Exports of an instance of the same store as an interface. */
WHIT_API WHIT_MUST_CHECK whit_status whit_imports_define_instance(
    whit_imports *imports, const char *interface,
    whit_component_instance *instance, whit_error *error);

/* `imports` may be NULL. UNLINKABLE names what is missing or does not fit. */
WHIT_API WHIT_MUST_CHECK whit_status whit_component_instantiate(
    whit_store *store, whit_component *component, const whit_imports *imports,
    whit_component_instance **out, whit_error *error);
/* "run", or "ns:p/i@1.0.0#f" for a function of an exported instance. NULL:
 * no such function. */
WHIT_API whit_component_func *
whit_component_instance_func(whit_component_instance *instance,
                             const char *name);
WHIT_API const whit_function_type *
whit_component_func_type(const whit_component_func *func);

/* ---- Calls ---- */

/* Calls and waits. The result, when there is one, is the caller's
 * (whit_val_release). Where the guest waits for the host, this blocks as
 * whit_store_wait does. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_component_call(whit_component_func *func, const whit_val *arguments,
                    size_t count, whit_val *result, whit_error *error);

/* Room for strings and lists of typed results. */
typedef struct whit_region whit_region;
WHIT_API whit_region *whit_region_new(void); /* NULL: out of memory */
/* NULL is allowed. */
WHIT_API void whit_region_free(whit_region *region);
/* Forgets all that is in it. */
WHIT_API void whit_region_reset(whit_region *region);

/* Whether a function has a signature (whit_function_type_text): check once,
 * then call typed. */
WHIT_API bool whit_component_func_is(const whit_component_func *func,
                                     const char *signature);
/* `region` may be NULL when the result holds neither strings nor lists. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_component_call_typed(whit_component_func *func, const void *arguments,
                          void *result, whit_region *region, whit_error *error);

typedef struct whit_call whit_call;

typedef enum whit_call_state {
    WHIT_CALL_RUNNING,
    WHIT_CALL_RETURNED, /* ask for the result */
    WHIT_CALL_CANCELLED,
    WHIT_CALL_FAILED /* ask for the error */
} whit_call_state;

/* Starts a call; the guest runs until it returns or waits. The arguments are
 * copied. The caller's (whit_call_free). */
WHIT_API WHIT_MUST_CHECK whit_status whit_call_start(whit_component_func *func,
                                                     const whit_val *arguments,
                                                     size_t count,
                                                     whit_call **out,
                                                     whit_error *error);
/* Both structs must stay until the call is freed; `result` may be NULL when
 * there is none. Its strings and lists go with the call. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_call_start_typed(whit_component_func *func, const void *arguments,
                      void *result, whit_call **out, whit_error *error);
/* Lets the store's guests run as far as they can. */
WHIT_API whit_call_state whit_call_poll(whit_call *call);
/* After RETURNED, once: the result, the caller's (whit_val_release). */
WHIT_API WHIT_MUST_CHECK whit_status whit_call_result(whit_call *call,
                                                      whit_val *result,
                                                      whit_error *error);
/* After FAILED; NULL before. */
WHIT_API const whit_error *whit_call_error(const whit_call *call);
/* Asks the guest to stop; poll tells what came of it. */
WHIT_API void whit_call_cancel(whit_call *call);
/* A call that has not ended is cancelled and abandoned. NULL is allowed. */
WHIT_API void whit_call_free(whit_call *call);

/* ---- The host's loop ---- */

/* Lets guests run until none can. True while something waits: for an answer,
 * a stream, a clock, or for ever. */
WHIT_API bool whit_store_poll(whit_store *store);
/* Blocks until polling may help, or the time is over; negative: for ever.
 * False: nothing can happen any more. */
WHIT_API bool whit_store_wait(whit_store *store, int64_t nanoseconds);
/* A descriptor that is readable when polling may help; -1: none is to be
 * had. The store's. */
WHIT_API int whit_store_descriptor(whit_store *store);
/* `wake` is called from any thread when a completion is used. */
WHIT_API void whit_store_set_wake(whit_store *store, void (*wake)(void *env),
                                  void *env);

/* ---- Values that are handles ----
 *
 * A whit_val of kind OWN or BORROW holds, in `u32`, a representation when the
 * host defined the resource, else a handle of the store. STREAM and FUTURE
 * hold a handle of a readable end. Passing an OWN, STREAM or FUTURE gives it
 * away. */

/* Drops a handle of a resource that a guest defined. */
WHIT_API WHIT_MUST_CHECK whit_status whit_resource_drop(whit_store *store,
                                                        uint32_t handle,
                                                        whit_error *error);

/* Error contexts are handles of the store too, which stay the host's when they
 * are passed. The message of one is text in UTF-8, valid until it is dropped.
 */
WHIT_API WHIT_MUST_CHECK whit_status whit_error_context_new(whit_store *store,
                                                            const char *message,
                                                            size_t size,
                                                            uint32_t *handle,
                                                            whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_error_context_message(
    whit_store *store, uint32_t handle, whit_name *out, whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_error_context_drop(whit_store *store,
                                                             uint32_t handle,
                                                             whit_error *error);

typedef enum whit_copy_result {
    WHIT_COPY_COMPLETED,
    WHIT_COPY_DROPPED, /* the other end is gone */
    WHIT_COPY_CANCELLED
} whit_copy_result;

/* What became of a read or write: `count` elements were moved. Called from
 * within the read or write, or while the store is polled. */
typedef void (*whit_copy_done)(void *env, whit_copy_result result,
                               size_t count);

/* `type` is a STREAM or FUTURE of `func`'s type. */
WHIT_API WHIT_MUST_CHECK whit_status whit_stream_new(whit_component_func *func,
                                                     const whit_type *type,
                                                     uint32_t *readable,
                                                     uint32_t *writable,
                                                     whit_error *error);
/* The same for an import that is being called. */
WHIT_API WHIT_MUST_CHECK whit_status whit_stream_new_for_call(
    whit_host_call *call, const whit_type *type, uint32_t *readable,
    uint32_t *writable, whit_error *error);
/* Elements are in typed form and must stay until `done` is called. What they
 * point to goes to `region` (NULL for elements without pointers). Futures
 * move exactly 1. One operation at a time on each end. */
WHIT_API WHIT_MUST_CHECK whit_status whit_stream_read(
    whit_store *store, uint32_t readable, void *elements, size_t count,
    whit_region *region, whit_copy_done done, void *env, whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_stream_write(
    whit_store *store, uint32_t writable, const void *elements, size_t count,
    whit_copy_done done, void *env, whit_error *error);
/* `done` is called with CANCELLED, unless it has been called. */
WHIT_API void whit_stream_cancel(whit_store *store, uint32_t end);
WHIT_API WHIT_MUST_CHECK whit_status whit_stream_drop(whit_store *store,
                                                      uint32_t end,
                                                      whit_error *error);

/* Between the two forms, for hosts that mix them: elements of streams, parts
 * of typed results. */
WHIT_API WHIT_MUST_CHECK whit_status whit_val_from_typed(const whit_type *type,
                                                         const void *typed,
                                                         whit_val *out,
                                                         whit_error *error);
/* `out` has whit_type_size bytes; lists go to `region`, strings stay where
 * they are. */
WHIT_API WHIT_MUST_CHECK whit_status whit_val_to_typed(const whit_type *type,
                                                       const whit_val *val,
                                                       void *out,
                                                       whit_region *region,
                                                       whit_error *error);
/* Frees what a value given by the library points to. */
WHIT_API void whit_val_release(whit_val *val);

#ifdef __cplusplus
}
#endif
#endif
