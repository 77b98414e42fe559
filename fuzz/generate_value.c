/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values of generated functions: the operand stack, numbers, addresses. */
#include "generate_private.h"

#include <stdlib.h>
#include <string.h>

void generate_push(generator *g, char type)
{
    if (g->height == STACK_MOST * 2)
        abort();
    g->stack[g->height++] = type;
}

void generate_push_all(generator *g, const char *types)
{
    while (*types)
        generate_push(g, *types++);
}

unsigned generate_available(const generator *g)
{
    return g->height - g->frames[g->depth - 1].height;
}

void generate_pop(generator *g, unsigned count)
{
    if (count > generate_available(g))
        abort();
    g->height -= count;
}

char generate_top(const generator *g)
{
    return g->stack[g->height - 1];
}

unsigned generate_local(generator *g, char type, local_role role)
{
    if (g->local_count == LOCALS_MOST)
        abort();
    g->locals[g->local_count] = type;
    g->roles[g->local_count] = (uint8_t)role;
    return g->local_count++;
}

/* A local of a type and not of a role above; or LOCALS_MOST. */
static unsigned find_local(generator *g, char type, local_role role)
{
    unsigned first = generate_choose(g, 256) % g->local_count;
    for (unsigned i = 0; i < g->local_count; i++) {
        unsigned at = (first + i) % g->local_count;
        if (g->locals[at] == type && g->roles[at] <= role)
            return at;
    }
    return LOCALS_MOST;
}

static unsigned find_index(generator *g)
{
    unsigned first = generate_choose(g, 256) % g->local_count;
    for (unsigned i = 0; i < g->local_count; i++) {
        unsigned at = (first + i) % g->local_count;
        if (g->locals[at] == 'i' &&
            (g->roles[at] == ROLE_INDEX || g->roles[at] == ROLE_COUNTER))
            return at;
    }
    abort();
}

unsigned generate_any_local(generator *g, char type)
{
    unsigned at = find_local(g, type, ROLE_PLAIN);
    if (at == LOCALS_MOST)
        at = generate_local(g, type, ROLE_PLAIN);
    return at;
}

/* Looks for a NaN on top, which stays there. */
static void watch(generator *g, char type)
{
    unsigned local = type == 'f' ? g->watch_f32 : g->watch_f64;
    if (!g->watch || (type != 'f' && type != 'd'))
        return;
    generate_op1(g, WASM_OP_LOCAL_TEE, local);
    generate_op1(g, WASM_OP_LOCAL_GET, local);
    generate_op1(g, WASM_OP_LOCAL_GET, local);
    generate_op(g, type == 'f' ? WASM_OP_F32_NE : WASM_OP_F64_NE);
    generate_op1(g, WASM_OP_IF, 0x40);
    generate_op1(g, WASM_OP_I32_CONST, 1);
    generate_op1(g, WASM_OP_GLOBAL_SET, GENERATE_NAN);
    generate_op(g, WASM_OP_END);
}

static void put_float(generator *g, char type)
{
    static const double some[] = {0,    1,     -1,   0.5,   2,     3,
                                  -0.0, 1e10,  1e-9, -7.25, 100.5, 4294967296.0,
                                  255,  65536, -2,   1e300};
    double d = some[generate_choose(g, 16)];
    float f = d > 1e38 ? 3e38f : (float)d;
    if (type == 'f')
        buffer_append(g->code, &f, sizeof f);
    else
        buffer_append(g->code, &d, sizeof d);
}

void generate_const(generator *g, char type, uint64_t value)
{
    generate_op(g, type == 'i' ? WASM_OP_I32_CONST : WASM_OP_I64_CONST);
    buffer_sleb(g->code,
                type == 'i' ? (int64_t)(int32_t)value : (int64_t)value);
    generate_push(g, type);
}

static void put_const(generator *g, char type)
{
    switch (type) {
    case 'i':
    case 'l':
        generate_const(g, type, generate_number(g));
        return;
    case 'f':
        generate_op(g, WASM_OP_F32_CONST);
        put_float(g, type);
        break;
    case 'd':
        generate_op(g, WASM_OP_F64_CONST);
        put_float(g, type);
        break;
    case 'v':
        generate_op(g, WASM_OP_V128_CONST);
        buffer_u64(g->code, generate_number(g));
        buffer_u64(g->code, generate_number(g));
        break;
    case 's':
        generate_op1(g, WASM_OP_STRUCT_NEW_DEFAULT, TYPE_STRUCT);
        break;
    case 'r':
        generate_const(g, 'i', 1 + generate_choose(g, 8));
        generate_pop(g, 1);
        generate_op1(g, WASM_OP_ARRAY_NEW_DEFAULT, TYPE_ARRAY);
        break;
    case 'n':
        generate_const(g, 'i', generate_number(g));
        generate_pop(g, 1);
        generate_op(g, WASM_OP_REF_I31);
        break;
    case 'c':
        generate_op1(g, WASM_OP_REF_FUNC,
                     generate_choose(g, g->function_count));
        break;
    default:
        generate_op1(g, WASM_OP_REF_NULL, 0x69);
    }
    generate_push(g, type);
}

static void put_null(generator *g, char type)
{
    generate_op(g, WASM_OP_REF_NULL);
    buffer_put(g->code, type == 's'   ? TYPE_STRUCT
                        : type == 'r' ? TYPE_ARRAY
                        : type == 'n' ? 0x6e
                        : type == 'c' ? 0x70
                                      : 0x69);
    generate_push(g, type);
}

static bool put_global(generator *g, char type)
{
    unsigned first = 2 + generate_choose(g, GLOBALS - 2);
    for (unsigned i = first; i < GLOBALS; i++)
        if (generate_globals[i] == type) {
            generate_op1(g, WASM_OP_GLOBAL_GET, i);
            generate_push(g, type);
            return true;
        }
    return false;
}

void generate_value(generator *g, char type)
{
    unsigned choice = generate_choose(g, 16);
    if (choice == 1 && strchr("srncx", type)) {
        put_null(g, type);
        return;
    }
    if (choice == 2 && put_global(g, type))
        return;
    if (choice >= 3 && choice < 13) {
        unsigned at = find_local(g, type, ROLE_COUNTER);
        if (at != LOCALS_MOST) {
            generate_op1(g, WASM_OP_LOCAL_GET, at);
            generate_push(g, type);
            return;
        }
    }
    put_const(g, type);
}

void generate_require(generator *g, const char *types)
{
    size_t count = strlen(types), have = 0;
    if (!g->fresh && generate_choose(g, 4))
        for (have = count; have; have--)
            if (have <= generate_available(g) &&
                !strncmp(g->stack + g->height - have, types, have))
                break;
    for (size_t i = have; i < count; i++)
        generate_value(g, types[i]);
}

void generate_apply(generator *g, const char *operands, const char *results)
{
    generate_pop(g, (unsigned)strlen(operands));
    generate_push_all(g, results);
    if (*results)
        watch(g, results[strlen(results) - 1]);
}

/* Instructions by kind. */

typedef struct op_list {
    uint16_t ops[600];
    unsigned count;
} op_list;

enum {
    LIST_INTEGER,
    LIST_COMPARE,
    LIST_FLOAT,
    LIST_VECTOR,
    LIST_LOAD,
    LIST_STORE,
    LIST_ATOMIC,
    LISTS
};

static op_list lists[LISTS];

static int list_of(uint32_t op)
{
    const wasm_opcode_info *info = &wasm_opcodes[op];
    const char *s = info->signature;
    if (!info->text || !*s || strstr(info->text, "relaxed"))
        return -1;
    if (op >= 0x500)
        return info->immediates == WASM_IMM_MEMARG &&
                       op >= WASM_OP_I32_ATOMIC_LOAD
                   ? LIST_ATOMIC
                   : -1;
    if (info->immediates == WASM_IMM_MEMARG ||
        info->immediates == WASM_IMM_MEMARG_LANE)
        return s[strlen(s) - 1] == ':' ? LIST_STORE : LIST_LOAD;
    if (strchr(s, 'v'))
        return (info->immediates == WASM_IMM_NONE ||
                info->immediates == WASM_IMM_LANE) &&
                       strncmp(info->text, "f32x4", 5) &&
                       strncmp(info->text, "f64x2", 5) &&
                       !strstr(info->text, "f32x4") &&
                       !strstr(info->text, "f64x2")
                   ? LIST_VECTOR
                   : -1;
    if (info->immediates != WASM_IMM_NONE)
        return -1;
    if (strchr(s, 'f') || strchr(s, 'd'))
        return LIST_FLOAT;
    return op >= WASM_OP_I32_EQZ && op <= WASM_OP_I64_GE_U ? LIST_COMPARE
                                                           : LIST_INTEGER;
}

static uint32_t choose_op(generator *g, unsigned list, const char *type)
{
    if (!lists[list].count)
        for (uint32_t op = 0; op < WASM_OP_COUNT; op++) {
            int kind = list_of(op);
            if (kind >= 0)
                lists[kind].ops[lists[kind].count++] = (uint16_t)op;
        }
    const op_list *l = &lists[list];
    unsigned first = generate_choose(g, 256) % l->count;
    for (unsigned i = 0; i < l->count; i++) {
        uint32_t op = l->ops[(first + i) % l->count];
        if (!type || strchr(wasm_opcodes[op].signature, *type))
            return op;
    }
    return l->ops[0];
}

static unsigned lanes_of(uint32_t op)
{
    const char *text = wasm_opcodes[op].text;
    if (strstr(text, "16x") || strstr(text, "load8") || strstr(text, "store8"))
        return strstr(text, "i16x8") ? 8 : 16;
    if (strstr(text, "x8") || strstr(text, "load16") || strstr(text, "store16"))
        return 8;
    if (strstr(text, "x4") || strstr(text, "load32") || strstr(text, "store32"))
        return 4;
    return 2;
}

static void split(uint32_t op, char *operands, const char **results)
{
    const char *s = wasm_opcodes[op].signature;
    const char *colon = strchr(s, ':');
    memcpy(operands, s, (size_t)(colon - s));
    operands[colon - s] = 0;
    *results = colon + 1;
}

void generate_simple(generator *g, uint32_t op)
{
    char operands[8];
    const char *results;
    split(op, operands, &results);
    generate_require(g, operands);
    generate_op(g, op);
    if (wasm_opcodes[op].immediates == WASM_IMM_LANE)
        buffer_put(g->code, (uint8_t)generate_choose(g, lanes_of(op)));
    generate_apply(g, operands, results);
}

void generate_compare(generator *g)
{
    uint32_t op = choose_op(g, LIST_COMPARE, NULL);
    if (!generate_choose(g, 6))
        op = WASM_OP_F32_EQ + generate_choose(g, 12);
    generate_simple(g, op);
}

void generate_integer(generator *g)
{
    static const uint16_t common[] = {
        WASM_OP_I32_ADD, WASM_OP_I32_SUB, WASM_OP_I32_MUL, WASM_OP_I32_SHL,
        WASM_OP_I32_AND, WASM_OP_I64_ADD, WASM_OP_I64_SUB, WASM_OP_I32_XOR};
    if (generate_choose(g, 2))
        generate_simple(g, choose_op(g, LIST_INTEGER, NULL));
    else
        generate_simple(g, common[generate_choose(g, 8)]);
}

void generate_float(generator *g)
{
    static const uint16_t common[] = {
        WASM_OP_F64_ADD,           WASM_OP_F64_SUB, WASM_OP_F64_MUL,
        WASM_OP_F64_MUL,           WASM_OP_F32_ADD, WASM_OP_F32_MUL,
        WASM_OP_F64_CONVERT_I32_S, WASM_OP_F64_ADD};
    if (generate_choose(g, 3) == 2)
        generate_simple(g, choose_op(g, LIST_FLOAT, NULL));
    else
        generate_simple(g, common[generate_choose(g, 8)]);
}

void generate_vector(generator *g)
{
    if (!generate_choose(g, 8)) {
        generate_require(g, "vv");
        generate_op(g, WASM_OP_I8X16_SHUFFLE);
        for (unsigned i = 0; i < 16; i++)
            buffer_put(g->code, (uint8_t)generate_choose(g, 32));
        generate_apply(g, "vv", "v");
        return;
    }
    generate_simple(g, choose_op(g, LIST_VECTOR, NULL));
}

void generate_condition(generator *g)
{
    switch (generate_choose(g, 8)) {
    case 0:
        generate_value(g, 'i');
        return;
    case 1:
        generate_require(g, "l");
        generate_op(g, WASM_OP_I64_EQZ);
        generate_apply(g, "l", "i");
        return;
    case 2:
        generate_require(g, "s");
        generate_op(g, WASM_OP_REF_IS_NULL);
        generate_apply(g, "s", "i");
        return;
    case 3:
        generate_require(g, "ss");
        generate_op(g, WASM_OP_REF_EQ);
        generate_apply(g, "ss", "i");
        break;
    default:
        generate_compare(g);
    }
    for (unsigned i = generate_choose(g, 8); i > 5; i--)
        generate_op(g, WASM_OP_I32_EQZ);
}

/* Addresses. */

static void get_index(generator *g)
{
    generate_op1(g, WASM_OP_LOCAL_GET, find_index(g));
    generate_push(g, 'i');
}

static void join(generator *g, uint32_t op)
{
    generate_op(g, op);
    generate_apply(g, "ii", "i");
}

static void scaled(generator *g)
{
    get_index(g);
    if (generate_choose(g, 2)) {
        generate_const(g, 'i', generate_choose(g, 5));
        join(g, WASM_OP_I32_SHL);
    } else {
        generate_const(g, 'i', generate_choose(g, 25));
        join(g, WASM_OP_I32_MUL);
    }
}

void generate_index(generator *g)
{
    switch (generate_choose(g, 10)) {
    case 0:
        generate_const(g, 'i', generate_choose(g, 256));
        break;
    case 1:
        get_index(g);
        break;
    case 2:
        get_index(g);
        generate_const(g, 'i', generate_choose(g, 64));
        join(g, WASM_OP_I32_ADD);
        break;
    case 3:
        get_index(g);
        get_index(g);
        join(g, WASM_OP_I32_ADD);
        break;
    case 4:
        scaled(g);
        break;
    case 5:
        get_index(g);
        scaled(g);
        join(g, WASM_OP_I32_ADD);
        break;
    case 6:
        scaled(g);
        get_index(g);
        join(g, WASM_OP_I32_ADD);
        break;
    case 7:
        scaled(g);
        generate_const(g, 'i', generate_choose(g, 128));
        join(g, WASM_OP_I32_ADD);
        break;
    case 8:
        scaled(g);
        generate_op1(g, WASM_OP_LOCAL_TEE, generate_any_local(g, 'i'));
        break;
    default:
        generate_require(g, "i");
        generate_const(g, 'i', 0xfff);
        join(g, WASM_OP_I32_AND);
    }
}

void generate_address(generator *g, unsigned memory)
{
    if (generate_choose(g, 40) == 39)
        generate_require(g, "i");
    else
        generate_index(g);
    if (g->is64[memory]) {
        generate_op(g, WASM_OP_I64_EXTEND_I32_U);
        generate_apply(g, "i", "l");
    }
}

static void put_memarg(generator *g, uint32_t op, unsigned memory)
{
    uint64_t offset = generate_choose(g, 64);
    if (offset >= 62)
        offset = generate_number(g) & 0xffffffff;
    buffer_uleb(g->code, wasm_opcodes[op].align | (memory ? 0x40 : 0));
    if (memory)
        buffer_uleb(g->code, memory);
    buffer_uleb(g->code, offset);
}

static uint32_t choose_access(generator *g, unsigned list)
{
    if (generate_choose(g, 32) == 31)
        list = LIST_ATOMIC;
    uint32_t op = choose_op(g, list, NULL);
    for (unsigned i = 0; strchr(wasm_opcodes[op].signature, 'v') && !g->vectors;
         i++)
        op = i ? WASM_OP_I32_LOAD + (list == LIST_STORE) * 14
               : choose_op(g, list, NULL);
    return op;
}

static void access_memory(generator *g, unsigned list)
{
    unsigned memory = g->memory_count > 1 && generate_choose(g, 4) == 3 ? 1 : 0;
    uint32_t op = choose_access(g, list);
    char operands[8];
    const char *results;
    split(op, operands, &results);
    for (char *o = operands; *o; o++)
        if (*o == 'a')
            *o = g->is64[memory] ? 'l' : 'i';
    generate_address(g, memory);
    bool before = g->fresh;
    g->fresh = true;
    for (unsigned i = 1; operands[i]; i++)
        if (generate_choose(g, 3) == 2 && operands[i] != 'v' && !operands[2]) {
            generate_value(g, operands[i]);
            generate_value(g, operands[i]);
            uint32_t ops[] = {WASM_OP_I32_ADD, WASM_OP_I64_ADD, WASM_OP_F32_ADD,
                              WASM_OP_F64_MUL};
            uint32_t add = ops[strchr("ilfd", operands[i]) - "ilfd"];
            const char two[] = {operands[i], operands[i], 0};
            generate_op(g, add);
            generate_apply(g, two, two + 1);
        } else {
            generate_value(g, operands[i]);
        }
    g->fresh = before;
    generate_op(g, op);
    put_memarg(g, op, memory);
    if (wasm_opcodes[op].immediates == WASM_IMM_MEMARG_LANE)
        buffer_put(g->code, (uint8_t)generate_choose(g, lanes_of(op)));
    generate_apply(g, operands, results);
}

void generate_load(generator *g)
{
    access_memory(g, LIST_LOAD);
}

void generate_store(generator *g)
{
    access_memory(g, LIST_STORE);
}

void generate_sink(generator *g)
{
    char type = generate_top(g);
    unsigned choice = generate_choose(g, 8);
    if (choice >= 6)
        for (unsigned i = 2; i < GLOBALS; i++)
            if (generate_globals[i] == type) {
                generate_op1(g, WASM_OP_GLOBAL_SET, i);
                generate_pop(g, 1);
                return;
            }
    unsigned local = choice ? find_local(g, type, ROLE_PLAIN) : LOCALS_MOST;
    if (local == LOCALS_MOST)
        generate_op(g, WASM_OP_DROP);
    else
        generate_op1(g, WASM_OP_LOCAL_SET, local);
    generate_pop(g, 1);
}

void generate_settle(generator *g, const char *types, unsigned height)
{
    size_t same = 0;
    while (types[same] && height + same < g->height &&
           g->stack[height + same] == types[same])
        same++;
    while (g->height > height + same)
        generate_sink(g);
    while (types[same])
        generate_value(g, types[same++]);
}
