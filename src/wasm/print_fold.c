/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Folded bodies. A tree is built in the order of the binary: an instruction
 * adopts the expressions right in front of it that give the values it takes.
 * The text then executes in the same order whatever was adopted, so that a
 * wrong count could cost beauty, never meaning. Two stacks, no recursion. */
#include "base/limits.h"
#include "base/memory.h"
#include "wasm/print_internal.h"

/* Operands nest at most FOLD_DEPTH levels deep: the rest stays flat. */
enum { NONE = 0xffffffff, FOLD_DEPTH = 200 };

typedef struct fold_node {
    const uint8_t *at;
    uint32_t operands; /* first, linked by next; NONE */
    uint32_t body;     /* of a block, or what `then` holds */
    uint32_t orelse;   /* what `else` holds */
    uint32_t next;
    uint32_t label; /* index of a block */
    uint32_t values;
    uint32_t depth; /* levels inside, this one included */
    bool has_else;
} fold_node;

/* A block while the tree is built. */
typedef struct fold_frame {
    uint32_t node;
    size_t base;      /* of its expressions in `stack` */
    uint32_t results; /* values it leaves, and takes when branched to */
    uint32_t branch;
    uint32_t depth; /* of what its body has so far */
    bool in_else;
} fold_frame;

/* A node while it is printed: the list that is under way. */
typedef enum fold_stage {
    STAGE_OPERANDS,
    STAGE_BODY,
    STAGE_ELSE,
    STAGE_END
} fold_stage;

typedef struct fold_visit {
    uint32_t node; /* NONE: the body itself */
    uint32_t next; /* of the list */
    fold_stage stage;
    uint16_t op;
} fold_visit;

typedef struct folder {
    printer *p;
    const wasm_code *code;
    print_list nodes;
    print_list stack; /* of node numbers */
    print_list frames;
    print_list visits;
    uint32_t labels;
} folder;

static fold_node *node_at(folder *f, uint32_t index)
{
    return (fold_node *)f->nodes.items + index;
}

static fold_frame *frame_at(folder *f, uint32_t depth)
{
    return depth < f->frames.count
               ? (fold_frame *)f->frames.items + f->frames.count - 1 - depth
               : NULL;
}

/* ---- Values taken and given ---- */

typedef struct arity {
    uint32_t takes;
    uint32_t gives;
} arity;

static arity functype_arity(const wasm_functype *type, uint32_t more)
{
    return type ? (arity){type->param_count + more, type->result_count}
                : (arity){more, 0};
}

static arity signature_arity(const char *signature)
{
    arity a = {0, 0};
    const char *colon = strchr(signature, ':');
    a.takes = (uint32_t)(colon - signature);
    a.gives = (uint32_t)strlen(colon + 1);
    return a;
}

static arity call_arity(folder *f, const wasm_instruction *i)
{
    const wasm_module *m = f->p->module;
    switch (i->op) {
    case WASM_OP_CALL:
    case WASM_OP_RETURN_CALL:
        if (i->index >= m->function_count)
            return (arity){0, 0};
        return functype_arity(
            wasm_print_functype(f->p, m->functions[i->index].type), 0);
    case WASM_OP_THROW:
        if (i->index >= m->tag_count)
            return (arity){0, 0};
        return functype_arity(wasm_print_functype(f->p, m->tags[i->index].type),
                              0);
    default:
        return functype_arity(wasm_print_functype(f->p, i->index), 1);
    }
}

static uint32_t branch_values(folder *f, uint32_t depth)
{
    const fold_frame *frame = frame_at(f, depth);
    return frame ? frame->branch : 0;
}

static arity struct_arity(folder *f, const wasm_instruction *i)
{
    const wasm_module *m = f->p->module;
    return i->index < m->type_count ? (arity){m->types[i->index].field_count, 1}
                                    : (arity){0, 1};
}

/* Operands and results of instructions whose signature is not in the
 * opcode table. */
static const struct {
    uint16_t op;
    uint8_t takes, gives;
} fixed[] = {
    {WASM_OP_DROP, 1, 0},
    {WASM_OP_SELECT, 3, 1},
    {WASM_OP_SELECT_T, 3, 1},
    {WASM_OP_LOCAL_GET, 0, 1},
    {WASM_OP_LOCAL_SET, 1, 0},
    {WASM_OP_LOCAL_TEE, 1, 1},
    {WASM_OP_GLOBAL_GET, 0, 1},
    {WASM_OP_GLOBAL_SET, 1, 0},
    {WASM_OP_TABLE_GET, 1, 1},
    {WASM_OP_TABLE_SET, 2, 0},
    {WASM_OP_REF_NULL, 0, 1},
    {WASM_OP_REF_IS_NULL, 1, 1},
    {WASM_OP_REF_FUNC, 0, 1},
    {WASM_OP_REF_EQ, 2, 1},
    {WASM_OP_REF_AS_NON_NULL, 1, 1},
    {WASM_OP_BR_ON_NULL, 1, 1},
    {WASM_OP_BR_ON_NON_NULL, 1, 0},
    {WASM_OP_STRUCT_NEW_DEFAULT, 0, 1},
    {WASM_OP_STRUCT_GET, 1, 1},
    {WASM_OP_STRUCT_GET_S, 1, 1},
    {WASM_OP_STRUCT_GET_U, 1, 1},
    {WASM_OP_STRUCT_SET, 2, 0},
    {WASM_OP_ARRAY_NEW, 2, 1},
    {WASM_OP_ARRAY_NEW_DEFAULT, 1, 1},
    {WASM_OP_ARRAY_NEW_DATA, 2, 1},
    {WASM_OP_ARRAY_NEW_ELEM, 2, 1},
    {WASM_OP_ARRAY_GET, 2, 1},
    {WASM_OP_ARRAY_GET_S, 2, 1},
    {WASM_OP_ARRAY_GET_U, 2, 1},
    {WASM_OP_ARRAY_SET, 3, 0},
    {WASM_OP_ARRAY_LEN, 1, 1},
    {WASM_OP_ARRAY_FILL, 4, 0},
    {WASM_OP_ARRAY_COPY, 5, 0},
    {WASM_OP_ARRAY_INIT_DATA, 4, 0},
    {WASM_OP_ARRAY_INIT_ELEM, 4, 0},
    {WASM_OP_REF_TEST, 1, 1},
    {WASM_OP_REF_TEST_NULL, 1, 1},
    {WASM_OP_REF_CAST, 1, 1},
    {WASM_OP_REF_CAST_NULL, 1, 1},
    {WASM_OP_BR_ON_CAST, 1, 1},
    {WASM_OP_BR_ON_CAST_FAIL, 1, 1},
    {WASM_OP_ANY_CONVERT_EXTERN, 1, 1},
    {WASM_OP_EXTERN_CONVERT_ANY, 1, 1},
    {WASM_OP_REF_I31, 1, 1},
    {WASM_OP_I31_GET_S, 1, 1},
    {WASM_OP_I31_GET_U, 1, 1},
    {WASM_OP_MEMORY_INIT, 3, 0},
    {WASM_OP_MEMORY_COPY, 3, 0},
    {WASM_OP_MEMORY_FILL, 3, 0},
    {WASM_OP_TABLE_INIT, 3, 0},
    {WASM_OP_TABLE_COPY, 3, 0},
    {WASM_OP_TABLE_GROW, 2, 1},
    {WASM_OP_TABLE_SIZE, 0, 1},
    {WASM_OP_TABLE_FILL, 3, 0},
    {WASM_OP_THROW_REF, 1, 0},
    {WASM_OP_IF, 1, 0},
};
static arity special_arity(folder *f, const wasm_instruction *i)
{
    for (size_t n = 0; n < COUNT_OF(fixed); n++)
        if (fixed[n].op == i->op)
            return (arity){fixed[n].takes, fixed[n].gives};
    switch (i->op) {
    case WASM_OP_CALL:
    case WASM_OP_RETURN_CALL:
    case WASM_OP_CALL_INDIRECT:
    case WASM_OP_RETURN_CALL_INDIRECT:
    case WASM_OP_CALL_REF:
    case WASM_OP_RETURN_CALL_REF:
    case WASM_OP_THROW:
        return call_arity(f, i);
    case WASM_OP_BR:
        return (arity){branch_values(f, i->index), 0};
    case WASM_OP_BR_IF:
    case WASM_OP_BR_TABLE: {
        uint32_t values = branch_values(f, i->index);
        return (arity){values + 1, i->op == WASM_OP_BR_IF ? values : 0};
    }
    case WASM_OP_RETURN:
        return (arity){branch_values(f, (uint32_t)f->frames.count - 1), 0};
    case WASM_OP_STRUCT_NEW:
        return struct_arity(f, i);
    case WASM_OP_ARRAY_NEW_FIXED:
        return (arity){i->index2, 1};
    default:
        return (arity){0, 0};
    }
}

static arity arity_of(folder *f, const wasm_instruction *i)
{
    const char *signature = wasm_opcodes[i->op].signature;
    return *signature ? signature_arity(signature) : special_arity(f, i);
}

/* ---- Building ---- */

static whit_status push_node(folder *f, const fold_node *node, uint32_t *out)
{
    *out = (uint32_t)f->nodes.count;
    TRY(wasm_print_push(f->p, &f->nodes, node, sizeof *node, LIMIT_MODULE_BYTES,
                        "instructions"));
    return wasm_print_push(f->p, &f->stack, out, sizeof *out,
                           LIMIT_MODULE_BYTES, "instructions");
}

/* Links the expressions from `from` on and takes them off the stack; *depth
 * becomes the levels of the deepest, if that is more. */
static uint32_t take_list(folder *f, size_t from, uint32_t *depth)
{
    uint32_t *stack = f->stack.items, first = NONE;
    while (f->stack.count > from) {
        uint32_t index = stack[--f->stack.count];
        fold_node *node = node_at(f, index);
        if (node->depth > *depth)
            *depth = node->depth;
        node->next = first;
        first = index;
    }
    return first;
}

static void adopt(folder *f, fold_node *node, uint32_t takes)
{
    const uint32_t *stack = f->stack.items;
    size_t base = frame_at(f, 0)->base, from = f->stack.count;
    while (takes && from > base) {
        const fold_node *operand = node_at(f, stack[from - 1]);
        if (!operand->values || operand->values > takes ||
            operand->depth >= FOLD_DEPTH)
            break;
        takes -= operand->values;
        from--;
    }
    node->operands = take_list(f, from, &node->depth);
    node->depth++;
}

static arity block_arity(folder *f, const wasm_instruction *i)
{
    if (i->block.index == WASM_NO_INDEX)
        return (arity){0, i->block.type != WASM_BOTTOM};
    return functype_arity(wasm_print_functype(f->p, i->block.index), 0);
}

static whit_status open_block(folder *f, const wasm_instruction *i)
{
    arity block = block_arity(f, i);
    fold_node node = {.at = i->start,
                      .body = NONE,
                      .orelse = NONE,
                      .next = NONE,
                      .label = f->labels++,
                      .values = block.gives};
    adopt(f, &node, i->op == WASM_OP_IF);
    fold_frame frame = {.results = block.gives,
                        .branch =
                            i->op == WASM_OP_LOOP ? block.takes : block.gives};
    TRY(push_node(f, &node, &frame.node));
    frame.base = f->stack.count;
    return wasm_print_push(f->p, &f->frames, &frame, sizeof frame,
                           LIMIT_NESTING, "nested blocks");
}

static whit_status close_block(folder *f, const wasm_instruction *i,
                               const wasm_reader *reader)
{
    fold_frame *frame = frame_at(f, 0);
    wasm_instruction opened = {0};
    if (f->frames.count > 1) {
        wasm_reader again = *reader;
        again.cursor = node_at(f, frame->node)->at;
        wasm_next_instruction(&again, &opened);
    }
    if (f->frames.count == 1 ||
        (i->op == WASM_OP_ELSE && (opened.op != WASM_OP_IF || frame->in_else)))
        return error_at(f->p->error, WHIT_MALFORMED, wasm_reader_offset(reader),
                        "unexpected %s in function %u",
                        wasm_opcodes[i->op].text, f->p->function);
    fold_node *node = node_at(f, frame->node);
    uint32_t list = take_list(f, frame->base, &frame->depth);
    if (node->depth <= frame->depth)
        node->depth = frame->depth + 1;
    if (frame->in_else)
        node->orelse = list;
    else
        node->body = list;
    frame->in_else = i->op == WASM_OP_ELSE;
    node->has_else |= frame->in_else;
    f->frames.count -= i->op == WASM_OP_END;
    return WHIT_OK;
}

static whit_status build(folder *f)
{
    wasm_reader reader = wasm_reader_new(f->code->body, f->code->offset);
    const wasm_functype *type =
        wasm_print_functype(f->p, f->p->module->functions[f->p->function].type);
    fold_frame whole = {.node = NONE, .branch = type ? type->result_count : 0};
    TRY(wasm_print_push(f->p, &f->frames, &whole, sizeof whole, LIMIT_NESTING,
                        "nested blocks"));
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        uint32_t index;
        TRY(wasm_read_instruction(&reader, &i, f->p->error));
        if (i.op == WASM_OP_END && reader.cursor == reader.end &&
            f->frames.count == 1)
            return WHIT_OK;
        if (i.op == WASM_OP_END || i.op == WASM_OP_ELSE) {
            TRY(close_block(f, &i, &reader));
        } else if (wasm_print_is_block(i.op)) {
            TRY(open_block(f, &i));
        } else {
            arity a = arity_of(f, &i);
            fold_node node = {.at = i.start,
                              .body = NONE,
                              .orelse = NONE,
                              .next = NONE,
                              .values = a.gives};
            adopt(f, &node, a.takes);
            TRY(push_node(f, &node, &index));
        }
    }
    return error_at(f->p->error, WHIT_MALFORMED, wasm_reader_offset(&reader),
                    "unexpected end of a body: a block is still open in "
                    "function %u",
                    f->p->function);
}

/* ---- Printing ---- */

static whit_status visit(folder *f, uint32_t index)
{
    const fold_node *node = node_at(f, index);
    printer *p = f->p;
    wasm_instruction i;
    wasm_reader reader = wasm_reader_new(f->code->body, f->code->offset);
    reader.cursor = node->at;
    wasm_next_instruction(&reader, &i);
    wasm_print_line(p, f->code, i.start);
    buffer_put(p->out, '(');
    p->label_count = node->label;
    TRY(wasm_print_instruction(p, &i));
    fold_visit item = {.node = index, .next = node->operands, .op = i.op};
    if (wasm_print_is_block(i.op) && i.op != WASM_OP_IF) {
        item.stage = STAGE_BODY;
        item.next = node->body;
        p->label_count = node->label;
        TRY(wasm_print_enter(p, &i));
    }
    p->indent++;
    return wasm_print_push(p, &f->visits, &item, sizeof item,
                           LIMIT_MODULE_BYTES, "nested instructions");
}

static void close_form(printer *p, bool any)
{
    p->indent--;
    if (any)
        wasm_print_newline(p);
    buffer_put(p->out, ')');
}

/* The list of a visit is done: what comes next in its node. */
static whit_status next_stage(folder *f, fold_visit *item)
{
    printer *p = f->p;
    const fold_node *node = node_at(f, item->node);
    wasm_instruction i = {.op = WASM_OP_IF};
    wasm_instruction end = {.op = WASM_OP_END};
    bool is_if = item->op == WASM_OP_IF;
    if (is_if && item->stage == STAGE_OPERANDS) {
        wasm_print_newline(p);
        buffer_text(p->out, "(then");
        p->label_count = node->label;
        TRY(wasm_print_enter(p, &i));
        p->indent++;
        item->stage = STAGE_BODY;
        item->next = node->body;
        return WHIT_OK;
    }
    if (is_if && item->stage == STAGE_BODY) {
        close_form(p, node->body != NONE);
        item->stage = node->has_else ? STAGE_ELSE : STAGE_END;
        if (!node->has_else)
            return WHIT_OK;
        wasm_print_newline(p);
        buffer_text(p->out, "(else");
        p->indent++;
        item->next = node->orelse;
        return WHIT_OK;
    }
    if (item->stage == STAGE_ELSE) {
        close_form(p, node->orelse != NONE);
        item->stage = STAGE_END;
        return WHIT_OK;
    }
    bool any = is_if || node->operands != NONE || node->body != NONE;
    close_form(p, any);
    f->visits.count--;
    return wasm_print_is_block(item->op) ? wasm_print_leave(p, &end, 0)
                                         : WHIT_OK;
}

static whit_status print_tree(folder *f)
{
    uint32_t depth = 0;
    fold_visit whole = {.node = NONE, .next = take_list(f, 0, &depth)};
    TRY(wasm_print_push(f->p, &f->visits, &whole, sizeof whole,
                        LIMIT_MODULE_BYTES, "nested instructions"));
    while (f->visits.count) {
        fold_visit *item = (fold_visit *)f->visits.items + f->visits.count - 1;
        uint32_t next = item->next;
        if (next != NONE) {
            item->next = node_at(f, next)->next;
            TRY(visit(f, next));
        } else if (item->node == NONE) {
            f->visits.count--;
        } else {
            TRY(next_stage(f, item));
        }
        TRY(buffer_status(f->p->out, f->p->error));
    }
    return WHIT_OK;
}

whit_status wasm_print_body_folded(printer *p, const wasm_code *code)
{
    folder f = {.p = p, .code = code};
    whit_status status = build(&f);
    if (status == WHIT_OK)
        status = print_tree(&f);
    mem_free(f.nodes.items);
    mem_free(f.stack.items);
    mem_free(f.frames.items);
    mem_free(f.visits.items);
    return status;
}
