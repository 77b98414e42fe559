/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the host gives to components: functions, resources, instances.
 *
 * A host function gets its parameters as a C struct (canonical/value.h says
 * how types lie in it), and writes its result the same way:
 *
 *     // add: func(a: u32, b: u32) -> u32
 *     static whit_status add(canon_host_call *call, void *env,
 *                            const void *arguments, void *result,
 *                            whit_error *error)
 *     {
 *         const struct { uint32_t a, b; } *in = arguments;
 *         *(uint32_t *)result = in->a + in->b;
 *         return WHIT_OK;
 *     }
 *
 * It may answer later instead: it calls canon_host_call_defer, returns
 * WHIT_OK, and canon_host_call_finish is called once, when the result is
 * there, while no guest runs or from another host function. Whatever the
 * function's type says, async or not, the guest that called it waits on its
 * own stack; guests of other tasks go on running when it is async, and the
 * whole store waits when it is not. */
#ifndef CANONICAL_HOST_H
#define CANONICAL_HOST_H

#include "canonical/handle.h"
#include "canonical/value.h"

struct canon_store;

typedef struct canon_host_call canon_host_call;

/* Anything but WHIT_OK ends the guest, as with rt_host_function. Strings and
 * lists in `arguments` live until the call is finished, those of the result
 * must live until then; canon_host_call_arena has the right life. `result`
 * is zero on entry; NULL when the function has none. */
typedef whit_status (*canon_host_function)(canon_host_call *call, void *env,
                                           const void *arguments, void *result,
                                           whit_error *error);

arena *canon_host_call_arena(canon_host_call *self);
struct canon_store *canon_host_call_store(canon_host_call *self);
/* The instance that called. */
struct canon_instance *canon_host_call_caller(canon_host_call *self);
/* Whose types those of the function are (canon_stream_new). */
struct canon_instance *canon_host_call_resolver(const canon_host_call *self);
/* The answer comes later. `cancel`, or NULL, is called at most once: when the
 * guest asks for cancellation, and then the call is finished, sooner or later,
 * by canon_host_call_finish or canon_host_call_cancelled; or when the store
 * goes, and then the call is gone. The memory that is returned is the
 * result's, to be filled before finishing; arguments stay valid until then. */
void *canon_host_call_defer(canon_host_call *self, void (*cancel)(void *env),
                            void *env);
/* Lowers what lies in the result's memory and lets the guest go on. The call
 * is gone afterwards. A trap becomes the guest's. */
void canon_host_call_finish(canon_host_call *self);
void canon_host_call_cancelled(canon_host_call *self);
/* Ends the guest with an error instead: the call is gone. */
void canon_host_call_fail(canon_host_call *self, const whit_error *error);

/* Handles of resources that guests defined, held by the host; `index` is what
 * an own<> or borrow<> in native memory says. Dropping may run the guest's
 * destructor, so no guest of that instance may be running. */
whit_status canon_host_drop(struct canon_store *store, uint32_t index,
                            whit_error *error) WHIT_MUST_CHECK;

/* Error contexts of the host, by handle. A message is valid until its handle
 * is dropped. */
whit_status canon_host_error_new(struct canon_store *store, slice message,
                                 uint32_t *out,
                                 whit_error *error) WHIT_MUST_CHECK;
whit_status canon_host_error_message(struct canon_store *store, uint32_t index,
                                     slice *out,
                                     whit_error *error) WHIT_MUST_CHECK;
whit_status canon_host_error_drop(struct canon_store *store, uint32_t index,
                                  whit_error *error) WHIT_MUST_CHECK;

/* ---- Definitions ---- */

enum {
    CANON_HOST_VIEWS = 1 /* arguments may be views: canon_side.views */
};

/* A set of names that imports are resolved from: instances, functions and
 * core modules. Belongs to whoever made it; what it defines must outlive the
 * stores that use it. Names with versions match as wit_version_satisfies
 * says, a defined 0.2.12 serving an import of 0.2.3; where several do, the
 * newest. A later definition of a name replaces an earlier one. */
typedef struct canon_linker canon_linker;
typedef struct canon_host_instance canon_host_instance;

canon_linker *canon_linker_new(void); /* NULL: out of memory */
/* NULL is allowed. */
void canon_linker_free(canon_linker *self);

/* Lives as long as the linker, for what its definitions point to. */
arena *canon_linker_arena(canon_linker *self);
/* The root of the linker's names, for functions imported by plain name. */
canon_host_instance *canon_linker_root(canon_linker *self);
/* Finds or makes; the name is copied. NULL: out of memory. */
canon_host_instance *canon_linker_instance(canon_linker *self, slice name);

/* `signature` is what canon_type_write says for the import's type; a guest
 * that imports another is refused with both. NULL: any type goes, and the
 * function looks at canon_host_call_type itself. Names are copied, the
 * signature is not. */
whit_status canon_host_define(canon_host_instance *self, slice name,
                              const char *signature, unsigned flags,
                              canon_host_function function, void *env,
                              whit_error *error) WHIT_MUST_CHECK;
const component_node *canon_host_call_type(const canon_host_call *self);
/* The component that the type belongs to. */
struct canon_component *canon_host_call_component(const canon_host_call *self);
/* A resource type of the host; the same `resource` may have several names.
 * Each store makes its canon_resource from it. */
typedef struct canon_host_resource { /* static: compared by address */
    const char *name;
    void (*drop)(void *env, uint32_t representation);
} canon_host_resource;
whit_status canon_host_define_resource(canon_host_instance *self, slice name,
                                       const canon_host_resource *resource,
                                       void *env,
                                       whit_error *error) WHIT_MUST_CHECK;
/* A core module for imports of (core module ...); retained. */
whit_status canon_host_define_module(canon_host_instance *self, slice name,
                                     rt_module *module,
                                     whit_error *error) WHIT_MUST_CHECK;
/* Every export of an instance under the name of an instance import, e.g. to
 * link one running component to another of the same store. */
struct canon_instance;
whit_status canon_linker_define_exports(canon_linker *self, slice name,
                                        struct canon_instance *instance,
                                        whit_error *error) WHIT_MUST_CHECK;

#endif
