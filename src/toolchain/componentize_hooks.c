/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Task hooks: a module that exports `__wasm_task_hook` is told when tasks
 * begin, block and end. What it exports for the component is wrapped in
 * functions that call the hook around it. */
#include "toolchain/componentize.h"

#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/instruction.h"

#define HOOK "__wasm_task_hook"

enum {
    SYNC_START,
    SYNC_FINISH,
    ASYNC_START,
    ASYNC_RESUME,
    ASYNC_BLOCK,
    ASYNC_FINISH,
    INITIALIZE_START,
    INITIALIZE_FINISH,
    DESTRUCTOR_START,
    DESTRUCTOR_FINISH,
    POST_RETURN_START,
    POST_RETURN_FINISH,
    REALLOC_START,
    REALLOC_FINISH,
    BY_RESULT /* whether it blocks is what the function returns */
};

/* What the hook is told around an export of that name. */
typedef struct role {
    const char *name;
    bool whole; /* the name, not how it begins */
    uint8_t before, after;
} role;

static const role roles[] = {
    {"_initialize", true, INITIALIZE_START, INITIALIZE_FINISH},
    {"cabi_realloc", true, REALLOC_START, REALLOC_FINISH},
    {"canonical_abi_realloc", true, REALLOC_START, REALLOC_FINISH},
    {"cabi_import_realloc", true, REALLOC_START, REALLOC_FINISH},
    {"cabi_export_realloc", true, REALLOC_START, REALLOC_FINISH},
    {"cabi_post_", false, POST_RETURN_START, POST_RETURN_FINISH},
    {"[callback]", false, ASYNC_RESUME, BY_RESULT},
    {"[async-lift]", false, ASYNC_START, BY_RESULT},
    {"[async-lift-stackful]", false, ASYNC_START, ASYNC_FINISH},
    {"", false, SYNC_START, SYNC_FINISH},
};

static role role_of(slice name)
{
    static const role destructor = {"", false, DESTRUCTOR_START,
                                    DESTRUCTOR_FINISH};
    if (name.size && memmem(name.data, name.size, "#[dtor]", 7))
        return destructor;
    for (const role *it = roles;; it++) {
        size_t size = strlen(it->name);
        if (name.size >= size && !memcmp(name.data, it->name, size) &&
            (!it->whole || name.size == size))
            return *it;
    }
}

static void put_hook(buffer *out, uint32_t hook, uint32_t event)
{
    buffer_put(out, WASM_OP_I32_CONST);
    buffer_sleb(out, event);
    buffer_put(out, WASM_OP_CALL);
    buffer_uleb(out, hook);
}

/* The result is kept in the local behind the parameters: 0 is done. */
static void put_hook_by_result(buffer *out, uint32_t hook, uint32_t local)
{
    buffer_put(out, WASM_OP_LOCAL_SET);
    buffer_uleb(out, local);
    buffer_put(out, WASM_OP_I32_CONST);
    buffer_sleb(out, ASYNC_BLOCK);
    buffer_put(out, WASM_OP_I32_CONST);
    buffer_sleb(out, ASYNC_FINISH);
    buffer_put(out, WASM_OP_LOCAL_GET);
    buffer_uleb(out, local);
    buffer_put(out, WASM_OP_SELECT);
    buffer_put(out, WASM_OP_CALL);
    buffer_uleb(out, hook);
    buffer_put(out, WASM_OP_LOCAL_GET);
    buffer_uleb(out, local);
}

static void put_wrapper(buffer *out, const role *it, uint32_t hook,
                        uint32_t function, uint32_t params)
{
    put_hook(out, hook, it->before);
    for (uint32_t i = 0; i < params; i++) {
        buffer_put(out, WASM_OP_LOCAL_GET);
        buffer_uleb(out, i);
    }
    buffer_put(out, WASM_OP_CALL);
    buffer_uleb(out, function);
    if (it->after == BY_RESULT)
        put_hook_by_result(out, hook, params);
    else
        put_hook(out, hook, it->after);
    buffer_put(out, WASM_OP_END);
}

static whit_status wrap(wasm_module *m, uint32_t hook, wasm_export *export,
                        buffer *body, whit_error *error)
{
    static const wasm_local_group one = {1, WASM_I32};
    role it = role_of(export->name);
    const wasm_functype *type = wasm_function_type(m, export->index);
    buffer_clear(body);
    put_wrapper(body, &it, hook, export->index, type->param_count);
    TRY(buffer_status(body, error));
    uint8_t *kept = arena_dup(&m->arena, body->data, body->size);
    TRY_ALLOC(kept, error);
    wasm_function made = {.type = m->functions[export->index].type,
                          .code.body = slice_of(kept, body->size)};
    if (it.after == BY_RESULT) {
        made.code.locals = &one;
        made.code.local_group_count = 1;
        made.code.local_count = 1;
    }
    export->index = m->function_count;
    m->functions[m->function_count++] = made;
    return WHIT_OK;
}

static whit_status wrap_all(wasm_module *m, const component_new_exports *used,
                            uint32_t hook, buffer *out, whit_error *error)
{
    wasm_function *functions =
        arena_array(&m->arena, (size_t)m->function_count + m->export_count,
                    sizeof *functions);
    TRY_ALLOC(functions, error);
    memcpy(functions, m->functions, m->function_count * sizeof *functions);
    m->functions = functions;
    whit_status status = WHIT_OK;
    buffer body;
    buffer_init(&body);
    for (uint32_t i = 0; i < m->export_count && status == WHIT_OK; i++)
        if (used->used[i] && m->exports[i].kind == WASM_EXTERN_FUNC)
            status = wrap(m, hook, &m->exports[i], &body, error);
    buffer_release(&body);
    return status == WHIT_OK ? wasm_encode(m, out, error) : status;
}

bool tool_task_hooks_wanted(const wasm_module *module)
{
    const wasm_export *hook = wasm_module_export(module, slice_text(HOOK));
    return hook && hook->kind == WASM_EXTERN_FUNC;
}

whit_status tool_task_hooks(slice bytes, const component_new_exports *used,
                            buffer *out, whit_error *error)
{
    wasm_decode_options how = {.features = WASM_FEATURES_ALL};
    wasm_module *module;
    TRY(wasm_decode(bytes, &how, &module, error));
    const wasm_export *hook = wasm_module_export(module, slice_text(HOOK));
    const wasm_functype *type = wasm_function_type(module, hook->index);
    whit_status status;
    if (type->param_count == 1 && type->params[0] == WASM_I32 &&
        !type->result_count)
        status = wrap_all(module, used, hook->index, out, error);
    else
        status = error_set(error, WHIT_INVALID,
                           "export '" HOOK "' has to be (i32) -> ()");
    wasm_module_free(module);
    return status;
}
