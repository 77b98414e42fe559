/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Statements of generated functions: blocks, branches, calls, idioms. */
#include "generate_private.h"

#include <stdio.h>
#include <string.h>

static void sequence(generator *g, unsigned count);

static frame *top_frame(generator *g)
{
    return &g->frames[g->depth - 1];
}

/* Blocks. */

static void put_block_type(generator *g, const char *params,
                           const char *results)
{
    if (!*params && !*results)
        buffer_put(g->code, 0x40);
    else if (!*params && !results[1])
        generate_valtype(g->code, *results);
    else
        buffer_sleb(g->code, TYPE_FIRST_FUNCTION +
                                 (int)generate_type(g, params, results));
}

static void open_frame(generator *g, const char *params, const char *results,
                       bool loop)
{
    frame *f = &g->frames[g->depth++];
    memset(f, 0, sizeof *f);
    strncpy(f->label, loop ? params : results, SIGNATURE_MOST - 1);
    strncpy(f->results, results, SIGNATURE_MOST - 1);
    f->height = g->height - (unsigned)strlen(params);
    f->branchable = true;
}

static void open_block(generator *g, uint32_t op, const char *params,
                       const char *results)
{
    generate_op(g, op);
    put_block_type(g, params, results);
    open_frame(g, params, results, op == WASM_OP_LOOP);
}

static void finish_values(generator *g)
{
    frame *f = top_frame(g);
    if (!f->dead)
        generate_settle(g, f->results, f->height);
}

static void close_block(generator *g)
{
    finish_values(g);
    frame *f = top_frame(g);
    generate_op(g, WASM_OP_END);
    g->height = f->height;
    g->depth--;
    generate_push_all(g, f->results);
}

/* Code behind a jump, which is skipped but must be valid. */
static void end_reach(generator *g)
{
    top_frame(g)->dead = true;
    switch (generate_choose(g, 6)) {
    case 1:
        generate_op(g, WASM_OP_I32_ADD);
        generate_op(g, WASM_OP_DROP);
        break;
    case 2:
        generate_op1(g, WASM_OP_BLOCK, 0x40);
        generate_op1(g, WASM_OP_BR, 0);
        generate_op(g, WASM_OP_END);
        break;
    case 3:
        generate_op1(g, WASM_OP_IF, 0x40);
        generate_op(g, WASM_OP_ELSE);
        generate_op(g, WASM_OP_END);
        break;
    }
}

/* Up to `most` of the types on top. */
static void top_types(generator *g, char *out, unsigned most)
{
    unsigned count = generate_choose(g, most + 1);
    if (count > generate_available(g))
        count = generate_available(g);
    memcpy(out, g->stack + g->height - count, count);
    out[count] = 0;
}

static bool deep(const generator *g)
{
    return g->depth >= FRAMES_MOST - 2;
}

/* A condition above values that must stay. */
static void condition_over(generator *g, const char *values)
{
    bool before = g->fresh;
    g->fresh = *values != 0;
    generate_condition(g);
    g->fresh = before;
    generate_pop(g, 1);
}

static void step_block(generator *g)
{
    char params[4], results[4];
    if (deep(g))
        return;
    top_types(g, params, 2);
    generate_types(g, results, 2);
    open_block(g, WASM_OP_BLOCK, params, results);
    sequence(g, 1 + generate_choose(g, 6));
    close_block(g);
}

static void step_if(generator *g)
{
    char params[4] = "", results[4];
    if (deep(g))
        return;
    top_types(g, params, 2);
    if (generate_choose(g, 2))
        generate_types(g, results, 2);
    else
        memcpy(results, params, sizeof results);
    condition_over(g, params);
    open_block(g, WASM_OP_IF, params, results);
    sequence(g, 1 + generate_choose(g, 5));
    if (strcmp(params, results) || generate_choose(g, 2)) {
        finish_values(g);
        frame *f = top_frame(g);
        generate_op(g, WASM_OP_ELSE);
        g->height = f->height;
        f->dead = false;
        generate_push_all(g, params);
        sequence(g, 1 + generate_choose(g, 5));
    }
    close_block(g);
}

/* A loop that anything may branch to: each round costs budget. */
static void step_wild_loop(generator *g)
{
    char params[4], results[4];
    if (deep(g))
        return;
    top_types(g, params, 2);
    generate_types(g, results, 2);
    open_block(g, WASM_OP_LOOP, params, results);
    generate_op1(g, WASM_OP_CALL, 0);
    sequence(g, 2 + generate_choose(g, 6));
    close_block(g);
}

/* Loops with a counter, as compilers write their ends. */

static void get(generator *g, unsigned local)
{
    generate_op1(g, WASM_OP_LOCAL_GET, local);
}

static void number(generator *g, char type, uint64_t value)
{
    generate_const(g, type, value);
    generate_pop(g, 1);
}

static void count_up(generator *g, unsigned local, unsigned limit)
{
    static const uint16_t tests[] = {WASM_OP_I32_LT_S, WASM_OP_I32_NE,
                                     WASM_OP_I32_LT_U, WASM_OP_I32_GE_S,
                                     WASM_OP_I32_GE_U, WASM_OP_I32_GT_S};
    char type = g->locals[local];
    unsigned test = generate_choose(g, 6), bias = 0;
    get(g, local);
    number(g, type, 1);
    generate_op(g, type == 'i' ? WASM_OP_I32_ADD : WASM_OP_I64_ADD);
    if (generate_choose(g, 2)) {
        generate_op1(g, WASM_OP_LOCAL_TEE, local);
    } else {
        generate_op1(g, WASM_OP_LOCAL_SET, local);
        if (generate_choose(g, 3) == 2) {
            unsigned other = generate_any_local(g, 'i');
            get(g, other);
            number(g, 'i', generate_number(g));
            generate_op(g, WASM_OP_I32_ADD);
            generate_op1(g, WASM_OP_LOCAL_SET, other);
        }
        get(g, local);
    }
    bias = test == 5;
    number(g, type, limit - bias);
    uint32_t op = tests[test];
    if (type == 'l')
        op += WASM_OP_I64_EQ - WASM_OP_I32_EQ;
    generate_op(g, op);
    if (test >= 3)
        generate_op(g, WASM_OP_I32_EQZ);
    generate_op1(g, WASM_OP_BR_IF, 0);
}

static void count_down(generator *g, unsigned local)
{
    char type = g->locals[local];
    get(g, local);
    bool minus = generate_choose(g, 2);
    number(g, type, minus ? 1 : UINT64_MAX);
    uint32_t op = minus ? WASM_OP_I32_SUB : WASM_OP_I32_ADD;
    if (type == 'l')
        op += WASM_OP_I64_ADD - WASM_OP_I32_ADD;
    generate_op(g, op);
    generate_op1(g, WASM_OP_LOCAL_TEE, local);
    switch (generate_choose(g, 3)) {
    case 0:
        if (type == 'i')
            break;
        number(g, type, 0);
        generate_op(g, WASM_OP_I64_NE);
        break;
    case 1:
        generate_op(g, type == 'i' ? WASM_OP_I32_EQZ : WASM_OP_I64_EQZ);
        generate_op(g, WASM_OP_I32_EQZ);
        break;
    default:
        generate_op(g, type == 'i' ? WASM_OP_I32_EQZ : WASM_OP_I64_EQZ);
        generate_op1(g, WASM_OP_BR_IF, 1);
        generate_op1(g, WASM_OP_BR, 0);
        return;
    }
    generate_op1(g, WASM_OP_BR_IF, 0);
}

static void step_counted_loop(generator *g)
{
    char params[4] = "";
    if (deep(g) || g->loops >= 3 || g->local_count + 8 >= LOCALS_MOST)
        return;
    char type = generate_choose(g, 4) == 3 ? 'l' : 'i';
    bool up = generate_choose(g, 3);
    unsigned local = generate_local(g, type, ROLE_COUNTER);
    unsigned limit = 1 + generate_choose(g, 5);
    number(g, type, up ? 0 : limit);
    generate_op1(g, WASM_OP_LOCAL_SET, local);
    if (up)
        top_types(g, params, 2);
    else
        open_block(g, WASM_OP_BLOCK, "", "");
    open_block(g, WASM_OP_LOOP, params, params);
    top_frame(g)->branchable = false;
    g->loops++;
    sequence(g, 1 + generate_choose(g, 7));
    finish_values(g);
    if (!top_frame(g)->dead) {
        if (up)
            count_up(g, local, limit);
        else
            count_down(g, local);
    }
    generate_op(g, WASM_OP_END);
    g->loops--;
    g->height = top_frame(g)->height;
    generate_push_all(g, params);
    g->depth--;
    if (!up)
        close_block(g);
}

/* Branches. */

/* How many labels out, to one that may be branched to. */
static unsigned choose_label(generator *g)
{
    unsigned at = generate_choose(g, 16) % g->depth;
    while (at < g->depth - 1 && !g->frames[g->depth - 1 - at].branchable)
        at++;
    return at;
}

static const char *label_types(const generator *g, unsigned label)
{
    return g->frames[g->depth - 1 - label].label;
}

static void step_br_if(generator *g)
{
    unsigned label = choose_label(g);
    const char *types = label_types(g, label);
    generate_require(g, types);
    condition_over(g, types);
    generate_op1(g, WASM_OP_BR_IF, label);
}

static void step_br(generator *g)
{
    if (g->depth < 2)
        return;
    unsigned label = choose_label(g);
    generate_require(g, label_types(g, label));
    generate_op1(g, WASM_OP_BR, label);
    end_reach(g);
}

static void step_br_table(generator *g)
{
    if (g->depth < 2)
        return;
    unsigned label = choose_label(g), count = generate_choose(g, 5);
    const char *types = label_types(g, label);
    generate_require(g, types);
    bool before = g->fresh;
    g->fresh = *types != 0;
    generate_index(g);
    g->fresh = before;
    if (generate_choose(g, 2)) {
        generate_const(g, 'i', 3);
        generate_op(g, WASM_OP_I32_AND);
        generate_pop(g, 1);
    }
    generate_pop(g, 1);
    generate_op1(g, WASM_OP_BR_TABLE, count);
    for (unsigned i = 0; i < count; i++) {
        unsigned other = choose_label(g);
        bool fits = !strcmp(label_types(g, other), types);
        buffer_uleb(g->code, fits ? other : label);
    }
    buffer_uleb(g->code, label);
    end_reach(g);
}

static void step_return(generator *g)
{
    if (g->depth < 2)
        return;
    generate_require(g, g->own->results);
    generate_op(g, WASM_OP_RETURN);
    end_reach(g);
}

static void step_br_on(generator *g)
{
    unsigned label = choose_label(g);
    const char *types = label_types(g, label);
    size_t count = strlen(types);
    char last = count ? types[count - 1] : 0;
    switch (generate_choose(g, 3)) {
    case 0: { /* null: the label takes the rest */
        char all[SIGNATURE_MOST + 1];
        memcpy(all, types, count);
        memcpy(all + count, "s", 2);
        generate_require(g, all);
        generate_op1(g, WASM_OP_BR_ON_NULL, label);
        return;
    }
    case 1:
        if (last != 's' && last != 'r')
            return;
        generate_require(g, types);
        generate_op1(g, WASM_OP_BR_ON_NON_NULL, label);
        generate_pop(g, 1);
        return;
    default:
        if (last != 'n')
            return;
        generate_require(g, types);
        bool fail = generate_choose(g, 2), i31 = generate_choose(g, 2);
        generate_op(g, fail ? WASM_OP_BR_ON_CAST_FAIL : WASM_OP_BR_ON_CAST);
        buffer_put(g->code, 1); /* from nullable, to not nullable */
        buffer_uleb(g->code, label);
        buffer_put(g->code, 0x6e);
        buffer_put(g->code, i31 ? 0x6c : TYPE_STRUCT);
    }
}

/* Exceptions. */

static void step_throw(generator *g)
{
    if (g->depth < 2)
        return;
    unsigned tag = generate_choose(g, TAGS);
    generate_require(g, generate_tags[tag]);
    generate_op1(g, WASM_OP_THROW, tag);
    end_reach(g);
}

static void step_try(generator *g)
{
    char results[4], payload[8];
    if (g->depth >= FRAMES_MOST - 4)
        return;
    generate_types(g, results, 2);
    unsigned tag = generate_choose(g, TAGS), kind = generate_choose(g, 4);
    snprintf(payload, sizeof payload, "%s%s",
             kind < 2 ? generate_tags[tag] : "", kind & 1 ? "x" : "");
    open_block(g, WASM_OP_BLOCK, "", results);
    open_block(g, WASM_OP_BLOCK, "", payload);
    generate_op(g, WASM_OP_TRY_TABLE);
    put_block_type(g, "", results);
    bool all = !*results && generate_choose(g, 2);
    buffer_uleb(g->code, 1u + all);
    buffer_put(g->code, (uint8_t)kind);
    if (kind < 2)
        buffer_uleb(g->code, tag);
    buffer_uleb(g->code, 0);
    if (all) {
        buffer_put(g->code, 2);
        buffer_uleb(g->code, 1);
    }
    open_frame(g, "", results, false);
    sequence(g, 1 + generate_choose(g, 6));
    close_block(g);
    generate_op1(g, WASM_OP_BR, 1);
    top_frame(g)->dead = true;
    close_block(g);
    if ((kind & 1) && generate_choose(g, 4) == 3) {
        generate_op(g, WASM_OP_THROW_REF);
        end_reach(g);
    } else {
        sequence(g, generate_choose(g, 3));
    }
    close_block(g);
}

/* Calls. */

static unsigned choose_function(generator *g)
{
    return generate_choose(g, g->function_count);
}

static const signature *signature_of(const generator *g, unsigned function)
{
    return &g->types[g->functions[function]];
}

static void step_call(generator *g)
{
    unsigned function = choose_function(g);
    const signature s = *signature_of(g, function);
    generate_require(g, s.params);
    switch (generate_choose(g, 4)) {
    case 0:
        /* Often the right element, sometimes any other. */
        number(g, 'i', function + 2 - (generate_choose(g, 16) == 15));
        if (generate_choose(g, 2)) {
            unsigned local = generate_any_local(g, 'i');
            generate_op1(g, WASM_OP_LOCAL_TEE, local);
        }
        generate_op1(g, WASM_OP_CALL_INDIRECT,
                     TYPE_FIRST_FUNCTION + g->functions[function]);
        buffer_uleb(g->code, 0);
        break;
    case 1:
        generate_op1(g, WASM_OP_REF_FUNC, function);
        generate_op1(g, WASM_OP_CALL_REF,
                     TYPE_FIRST_FUNCTION + g->functions[function]);
        break;
    default:
        generate_op1(g, WASM_OP_CALL, function);
    }
    generate_apply(g, s.params, s.results);
}

static void step_tail_call(generator *g)
{
    unsigned function = choose_function(g);
    const signature *s = signature_of(g, function);
    if (g->depth < 2 || strcmp(s->results, g->own->results))
        return;
    unsigned type = TYPE_FIRST_FUNCTION + g->functions[function];
    generate_require(g, s->params);
    switch (generate_choose(g, 3)) {
    case 0:
        generate_op1(g, WASM_OP_RETURN_CALL, function);
        break;
    case 1:
        number(g, 'i', function + 2);
        generate_op1(g, WASM_OP_RETURN_CALL_INDIRECT, type);
        buffer_uleb(g->code, 0);
        break;
    default:
        generate_op1(g, WASM_OP_REF_FUNC, function);
        generate_op1(g, WASM_OP_RETURN_CALL_REF, type);
    }
    end_reach(g);
}

/* What stands in a row. */

static void step_get(generator *g)
{
    unsigned local = generate_choose(g, 256) % g->local_count;
    if (g->roles[local] == ROLE_HIDDEN)
        return;
    get(g, local);
    generate_push(g, g->locals[local]);
}

static void step_const(generator *g)
{
    static const char types[] = "ilfd";
    generate_value(g, types[generate_choose(g, 4)]);
}

static void step_set(generator *g)
{
    if (!generate_available(g)) {
        step_get(g);
        if (!generate_available(g))
            return;
    }
    unsigned local = generate_any_local(g, generate_top(g));
    if (generate_choose(g, 2)) {
        generate_op1(g, WASM_OP_LOCAL_TEE, local);
    } else {
        generate_op1(g, WASM_OP_LOCAL_SET, local);
        generate_pop(g, 1);
    }
}

static void step_increment(generator *g)
{
    for (unsigned i = 1 + generate_choose(g, 2); i--;) {
        char type = generate_choose(g, 4) == 3 ? 'l' : 'i';
        unsigned local = generate_any_local(g, type);
        get(g, local);
        number(g, type, generate_number(g));
        generate_op(g, type == 'i' ? WASM_OP_I32_ADD : WASM_OP_I64_ADD);
        if (generate_choose(g, 4) == 3) {
            generate_op1(g, WASM_OP_LOCAL_TEE, local);
            generate_push(g, type);
        } else {
            generate_op1(g, WASM_OP_LOCAL_SET, local);
        }
    }
}

static void step_index(generator *g)
{
    generate_index(g);
    generate_const(g, 'i', 0xff);
    generate_op(g, WASM_OP_I32_AND);
    generate_pop(g, 2);
    generate_op1(g, WASM_OP_LOCAL_SET, g->param_count + generate_choose(g, 2));
}

/* The same local before and after it changes. */
static void step_alias(generator *g)
{
    char type = "ilfd"[generate_choose(g, 4)];
    unsigned local = generate_any_local(g, type);
    get(g, local);
    generate_push(g, type);
    generate_value(g, type);
    if (generate_choose(g, 2))
        generate_op1(g, WASM_OP_LOCAL_TEE, generate_any_local(g, type));
    generate_pop(g, 1);
    generate_op1(g, WASM_OP_LOCAL_SET, local);
}

static void step_multiply_add(generator *g)
{
    char type = generate_choose(g, 3) ? 'd' : 'f';
    uint32_t multiply = type == 'd' ? WASM_OP_F64_MUL : WASM_OP_F32_MUL;
    uint32_t add = type == 'd' ? WASM_OP_F64_ADD : WASM_OP_F32_ADD;
    const char two[] = {type, type, 0};
    bool product_first = generate_choose(g, 2);
    if (!product_first)
        generate_require(g, two + 1);
    generate_value(g, type);
    generate_value(g, type);
    generate_op(g, multiply);
    generate_apply(g, two, two + 1);
    if (product_first)
        generate_value(g, type);
    generate_op(g, add + generate_choose(g, 2));
    generate_apply(g, two, two + 1);
}

static void step_select(generator *g)
{
    static const char types[] = "iilfdsvn";
    char type = types[generate_choose(g, 8)];
    if (type == 'v' && !g->vectors)
        type = 'd';
    char two[] = {type, type, 0};
    generate_require(g, two);
    condition_over(g, two);
    if (type == 's' || type == 'n' || generate_choose(g, 4) == 3) {
        generate_op1(g, WASM_OP_SELECT_T, 1);
        generate_valtype(g->code, type);
    } else {
        generate_op(g, WASM_OP_SELECT);
    }
    generate_pop(g, 1);
}

static void step_global(generator *g)
{
    unsigned global = 2 + generate_choose(g, GLOBALS - 2);
    char type[] = {generate_globals[global], 0};
    if (generate_choose(g, 2)) {
        generate_require(g, type);
        generate_op1(g, WASM_OP_GLOBAL_SET, global);
        generate_pop(g, 1);
    } else {
        generate_op1(g, WASM_OP_GLOBAL_GET, global);
        generate_push(g, *type);
    }
}

static void step_memory(generator *g)
{
    unsigned memory = generate_choose(g, 8) % g->memory_count;
    char address = g->is64[memory] ? 'l' : 'i';
    char one[] = {address, 0};
    switch (generate_choose(g, 6)) {
    case 0:
        generate_op1(g, WASM_OP_MEMORY_SIZE, memory);
        generate_push(g, address);
        return;
    case 1:
        generate_const(g, address, generate_choose(g, 3));
        generate_op1(g, WASM_OP_MEMORY_GROW, memory);
        generate_apply(g, one, one);
        return;
    case 2:
        generate_address(g, memory);
        generate_value(g, 'i');
        generate_const(g, address, generate_choose(g, 64));
        generate_op1(g, WASM_OP_MEMORY_FILL, memory);
        break;
    case 3:
        generate_address(g, memory);
        g->fresh = true;
        generate_address(g, memory);
        g->fresh = false;
        generate_const(g, address, generate_choose(g, 64));
        generate_op1(g, WASM_OP_MEMORY_COPY, memory);
        buffer_uleb(g->code, memory);
        break;
    case 4:
        generate_address(g, memory);
        generate_const(g, 'i', generate_choose(g, 16));
        generate_const(g, 'i', generate_choose(g, 20));
        generate_op1(g, WASM_OP_MEMORY_INIT, 1);
        buffer_uleb(g->code, memory);
        break;
    default:
        generate_const(g, 'i', generate_choose(g, FUNCTIONS_MOST));
        generate_op1(g, WASM_OP_TABLE_GET, 0);
        generate_apply(g, "i", "c");
        return;
    }
    generate_pop(g, 3);
}

/* Objects. */

static void step_struct(generator *g)
{
    static const char fields[] = "iidsl";
    unsigned field = generate_choose(g, 5);
    char set[] = {'s', fields[field], 0};
    switch (generate_choose(g, 4)) {
    case 0:
        generate_require(g, fields);
        generate_op1(g, WASM_OP_STRUCT_NEW, TYPE_STRUCT);
        generate_apply(g, fields, "s");
        return;
    case 1:
        generate_require(g, set);
        generate_op1(g, WASM_OP_STRUCT_SET, TYPE_STRUCT);
        buffer_uleb(g->code, field);
        generate_pop(g, 2);
        return;
    default:
        generate_require(g, "s");
        generate_op1(g,
                     field != 1 ? WASM_OP_STRUCT_GET
                                : WASM_OP_STRUCT_GET_S + generate_choose(g, 2),
                     TYPE_STRUCT);
        buffer_uleb(g->code, field);
        generate_apply(g, "s", set + 1);
    }
}

static void step_array(generator *g)
{
    switch (generate_choose(g, 5)) {
    case 0:
        generate_require(g, "i");
        generate_const(g, 'i', generate_choose(g, 12));
        generate_op1(g, WASM_OP_ARRAY_NEW, TYPE_ARRAY);
        generate_apply(g, "ii", "r");
        return;
    case 1:
        generate_require(g, "r");
        generate_op(g, WASM_OP_ARRAY_LEN);
        generate_apply(g, "r", "i");
        return;
    case 2:
        generate_require(g, "r");
        generate_const(g, 'i', generate_choose(g, 4));
        generate_value(g, 'i');
        generate_op1(g, WASM_OP_ARRAY_SET, TYPE_ARRAY);
        generate_pop(g, 3);
        return;
    case 3:
        generate_require(g, "ii");
        generate_op1(g, WASM_OP_ARRAY_NEW_FIXED, TYPE_ARRAY);
        buffer_uleb(g->code, 2);
        generate_apply(g, "ii", "r");
        return;
    default:
        generate_require(g, "r");
        generate_const(g, 'i', generate_choose(g, 3));
        generate_op1(g, WASM_OP_ARRAY_GET, TYPE_ARRAY);
        generate_apply(g, "ri", "i");
    }
}

static void step_reference(generator *g)
{
    switch (generate_choose(g, 6)) {
    case 0:
        generate_require(g, "i");
        generate_op(g, WASM_OP_REF_I31);
        generate_apply(g, "i", "n");
        return;
    case 1:
        generate_require(g, "s");
        g->stack[g->height - 1] = 'n';
        return;
    case 2:
        generate_require(g, "n");
        generate_op(g, WASM_OP_REF_TEST + generate_choose(g, 2));
        buffer_put(g->code, generate_choose(g, 2) ? 0x6c : TYPE_STRUCT);
        generate_apply(g, "n", "i");
        return;
    case 3:
        generate_require(g, "s");
        generate_op(g, WASM_OP_REF_AS_NON_NULL);
        return;
    case 4:
        generate_require(g, "i");
        generate_op(g, WASM_OP_REF_I31);
        generate_op(g, WASM_OP_I31_GET_S + generate_choose(g, 2));
        generate_apply(g, "i", "i");
        return;
    default:
        generate_require(g, "n");
        generate_op(g, WASM_OP_REF_CAST_NULL);
        buffer_put(g->code, TYPE_STRUCT);
        generate_apply(g, "n", "s");
    }
}

static void step_vector(generator *g)
{
    if (g->vectors)
        generate_vector(g);
}

static void step_compare(generator *g)
{
    generate_condition(g);
}

static void step_sink(generator *g)
{
    if (generate_available(g))
        generate_sink(g);
}

static const struct {
    void (*make)(generator *g);
    uint8_t weight;
} steps[] = {
    {step_get, 20},          {step_set, 20},
    {generate_integer, 26},  {generate_load, 16},
    {generate_store, 16},    {step_increment, 12},
    {step_br_if, 14},        {step_if, 12},
    {step_alias, 10},        {generate_float, 12},
    {step_multiply_add, 6},  {step_compare, 8},
    {step_counted_loop, 10}, {step_block, 6},
    {step_select, 10},       {step_call, 8},
    {step_global, 6},        {step_const, 4},
    {step_index, 6},         {step_struct, 5},
    {step_array, 4},         {step_reference, 4},
    {step_br_on, 4},         {step_wild_loop, 4},
    {step_try, 5},           {step_vector, 8},
    {step_memory, 4},        {step_br, 2},
    {step_br_table, 3},      {step_return, 2},
    {step_throw, 2},         {step_tail_call, 2},
    {step_sink, 5},
};

static void step(generator *g)
{
    unsigned total = 0, i = 0;
    for (unsigned j = 0; j < COUNT_OF(steps); j++)
        total += steps[j].weight;
    unsigned choice = generate_choose(g, 256) * total / 256;
    while (choice >= steps[i].weight)
        choice -= steps[i++].weight;
    steps[i].make(g);
}

static void sequence(generator *g, unsigned count)
{
    while (count-- && g->steps && !top_frame(g)->dead) {
        g->steps--;
        if (g->height > STACK_MOST)
            generate_sink(g);
        else
            step(g);
    }
}

static void init_references(generator *g)
{
    unsigned count = g->local_count;
    for (unsigned i = g->param_count; i < count; i++) {
        if (!strchr("srn", g->locals[i]) || generate_choose(g, 4) == 0)
            continue;
        generate_value(g, g->locals[i]);
        generate_op1(g, WASM_OP_LOCAL_SET, i);
        generate_pop(g, 1);
    }
}

/* What the locals hold at the end goes to memory. */
static void show_locals(generator *g)
{
    static const uint16_t stores[] = {WASM_OP_I32_STORE, WASM_OP_I64_STORE,
                                      WASM_OP_F32_STORE, WASM_OP_F64_STORE};
    for (unsigned i = 0; i < g->local_count; i++) {
        const char *at = strchr("ilfd", g->locals[i]);
        if (!at || g->roles[i] != ROLE_PLAIN || g->is64[0])
            continue;
        number(g, 'i', 4096 + 8 * i);
        get(g, i);
        generate_op(g, stores[at - "ilfd"]);
        buffer_put(g->code, 0);
        buffer_put(g->code, 0);
    }
}

void generate_body(generator *g, const signature *own)
{
    static const char types[] = "iiillfddsrn";
    signature s = *own;
    g->own = &s;
    g->height = g->depth = g->loops = g->local_count = 0;
    g->vectors = generate_choose(g, 5) == 4;
    g->steps = 5 + generate_choose(g, 60);
    for (const char *p = s.params; *p; p++)
        generate_local(g, *p, ROLE_PLAIN);
    g->param_count = g->local_count;
    generate_local(g, 'i', ROLE_INDEX);
    generate_local(g, 'i', ROLE_INDEX);
    g->watch_f32 = generate_local(g, 'f', ROLE_HIDDEN);
    g->watch_f64 = generate_local(g, 'd', ROLE_HIDDEN);
    for (unsigned i = generate_choose(g, 12); i--;)
        generate_local(g, types[generate_choose(g, 11)], ROLE_PLAIN);
    open_frame(g, "", s.results, false);
    generate_op1(g, WASM_OP_CALL, 0);
    init_references(g);
    sequence(g, 2 + generate_choose(g, 30));
    finish_values(g);
    if (generate_choose(g, 4) && !top_frame(g)->dead)
        show_locals(g);
    generate_op(g, WASM_OP_END);
    g->own = NULL;
}
