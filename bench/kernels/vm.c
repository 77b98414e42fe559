/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * An interpreter inside the interpreter: a register machine with calls through
 * a table, running a Collatz search and a queue simulation; n times. */

#include "kernel.h"

typedef enum {
    HALT,
    SET,
    MOVE,
    ADD,
    ADD_IMMEDIATE,
    MULTIPLY,
    SHIFT_RIGHT,
    AND,
    LOAD,
    STORE,
    JUMP,
    JUMP_IF_LESS,
    JUMP_IF_ZERO,
    CALL_HOST
} opcode;

typedef struct {
    uint8_t op, a, b, c;
    int32_t value;
} instruction;

enum { REGISTERS = 16, MEMORY_WORDS = 1024 };

typedef struct {
    uint32_t registers[REGISTERS];
    uint32_t memory[MEMORY_WORDS];
    uint32_t sum;
    uint32_t seed;
} machine;

typedef uint32_t host_function(machine *self, uint32_t argument);

static KERNEL_NOINLINE uint32_t host_sum(machine *self, uint32_t argument)
{
    return self->sum = kernel_mix(self->sum, argument);
}

static KERNEL_NOINLINE uint32_t host_random(machine *self, uint32_t argument)
{
    return kernel_random(&self->seed) % (argument | 1);
}

static host_function *const HOST[] = {host_sum, host_random};

static void execute(machine *self, const instruction *code)
{
    uint32_t *r = self->registers;

    for (const instruction *at = code;; at++) {
        switch ((opcode)at->op) {
        case HALT:
            return;
        case SET:
            r[at->a] = (uint32_t)at->value;
            break;
        case MOVE:
            r[at->a] = r[at->b];
            break;
        case ADD:
            r[at->a] = r[at->b] + r[at->c];
            break;
        case ADD_IMMEDIATE:
            r[at->a] = r[at->b] + (uint32_t)at->value;
            break;
        case MULTIPLY:
            r[at->a] = r[at->b] * r[at->c];
            break;
        case SHIFT_RIGHT:
            r[at->a] = r[at->b] >> at->value;
            break;
        case AND:
            r[at->a] = r[at->b] & (uint32_t)at->value;
            break;
        case LOAD:
            r[at->a] = self->memory[r[at->b] % MEMORY_WORDS];
            break;
        case STORE:
            self->memory[r[at->b] % MEMORY_WORDS] = r[at->a];
            break;
        case JUMP:
            at = code + at->value - 1;
            break;
        case JUMP_IF_LESS:
            if (r[at->a] < r[at->b])
                at = code + at->value - 1;
            break;
        case JUMP_IF_ZERO:
            if (!r[at->a])
                at = code + at->value - 1;
            break;
        case CALL_HOST:
            r[at->a] = HOST[at->value](self, r[at->b]);
            break;
        }
    }
}

/* Longest Collatz chain below r0; r1 number, r2 steps, r3 best, r4 value,
 * r5 scratch, r6 three, r7 two. */
static const instruction COLLATZ[] = {
    {SET, 1, 0, 0, 1},
    {SET, 3, 0, 0, 0},
    {SET, 6, 0, 0, 3},
    {SET, 7, 0, 0, 2},
    {MOVE, 4, 1, 0, 0}, /* 4: next number */
    {SET, 2, 0, 0, 0},
    {JUMP_IF_LESS, 4, 7, 0, 15}, /* 6: next step */
    {ADD_IMMEDIATE, 2, 2, 0, 1},
    {AND, 5, 4, 0, 1},
    {JUMP_IF_ZERO, 5, 0, 0, 13},
    {MULTIPLY, 4, 4, 6, 0},
    {ADD_IMMEDIATE, 4, 4, 0, 1},
    {JUMP, 0, 0, 0, 6},
    {SHIFT_RIGHT, 4, 4, 0, 1}, /* 13: even */
    {JUMP, 0, 0, 0, 6},
    {JUMP_IF_LESS, 2, 3, 0, 17}, /* 15: chain done */
    {MOVE, 3, 2, 0, 0},
    {ADD_IMMEDIATE, 1, 1, 0, 1}, /* 17 */
    {JUMP_IF_LESS, 1, 0, 0, 4},
    {CALL_HOST, 5, 3, 0, 0},
    {HALT, 0, 0, 0, 0},
};

/* Random walk of r0 writes and reads over memory; r1 address, r2 sum. */
static const instruction QUEUE[] = {
    {SET, 2, 0, 0, 0},
    {SET, 8, 0, 0, 0},
    {SET, 9, 0, 0, MEMORY_WORDS},
    {CALL_HOST, 1, 9, 0, 1}, /* 3: next */
    {LOAD, 3, 1, 0, 0},
    {ADD, 2, 2, 3, 0},
    {ADD_IMMEDIATE, 3, 3, 0, 7},
    {STORE, 3, 1, 0, 0},
    {ADD_IMMEDIATE, 8, 8, 0, 1},
    {JUMP_IF_LESS, 8, 0, 0, 3},
    {CALL_HOST, 5, 2, 0, 0},
    {HALT, 0, 0, 0, 0},
};

uint32_t run(uint32_t n)
{
    kernel_reset();
    machine *self = kernel_alloc(sizeof *self);

    memset(self, 0, sizeof *self);
    self->sum = 1;
    self->seed = 99;
    for (uint32_t round = 0; round < n; round++) {
        self->registers[0] = 300 + round % 10;
        execute(self, COLLATZ);
        self->registers[0] = 4000;
        execute(self, QUEUE);
    }
    return self->sum;
}
