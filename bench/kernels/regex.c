/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A regular-expression matcher: patterns compiled to a small program, searched
 * in generated text by backtracking; n times. */

#include "kernel.h"

/* Pattern grammar: | groups ( ) sets [a-z^-] . * + ? escapes \d \w \s \b. */

typedef enum { CHAR, ANY, SET, SPLIT, JUMP, SAVE, WORD_EDGE, MATCH } opcode;

typedef struct {
    opcode op;
    uint8_t c;
    uint8_t greedy; /* SPLIT: try `x` first, else `y` */
    int32_t x, y;   /* targets; SAVE: slot */
    uint32_t set[8];
} instruction;

enum { CODE_MAX = 128, SLOTS = 8, TEXT_BYTES = 4096 };

typedef struct {
    const char *at; /* rest of the pattern */
    instruction code[CODE_MAX];
    int32_t size;
    int32_t groups;
} program;

typedef struct {
    const program *program;
    const uint8_t *text, *end;
    const uint8_t *saved[SLOTS];
    uint32_t steps;
} matcher;

/* --- compiling --- */

static instruction *emit(program *self, opcode op)
{
    if (self->size == CODE_MAX)
        __builtin_trap();
    instruction *at = &self->code[self->size++];
    memset(at, 0, sizeof *at);
    at->op = op;
    return at;
}

/* Makes room for one instruction at `where`; targets behind it move along. */
static instruction *insert(program *self, int32_t where)
{
    emit(self, JUMP);
    for (int32_t i = self->size - 1; i > where; i--)
        self->code[i] = self->code[i - 1];
    for (int32_t i = where + 1; i < self->size; i++) {
        instruction *at = &self->code[i];
        if (at->op == SPLIT || at->op == JUMP) {
            at->x += at->x >= where;
            at->y += at->y >= where;
        }
    }
    instruction *at = &self->code[where];
    memset(at, 0, sizeof *at);
    return at;
}

static void set_add(uint32_t *set, int low, int high)
{
    for (int c = low; c <= high; c++)
        set[c >> 5] |= 1u << (c & 31);
}

static void set_add_class(uint32_t *set, char c)
{
    if (c == 'd' || c == 'w')
        set_add(set, '0', '9');
    if (c == 'w') {
        set_add(set, 'a', 'z');
        set_add(set, 'A', 'Z');
        set_add(set, '_', '_');
    }
    if (c == 's') {
        set_add(set, ' ', ' ');
        set_add(set, '\t', '\r');
    }
}

static void compile_set(program *self)
{
    instruction *at = emit(self, SET);
    int negate = *self->at == '^';

    self->at += negate;
    while (*self->at && *self->at != ']') {
        char low = *self->at++;
        if (low == '\\') {
            set_add_class(at->set, *self->at++);
        } else if (*self->at == '-' && self->at[1] != ']') {
            set_add(at->set, (uint8_t)low, (uint8_t)self->at[1]);
            self->at += 2;
        } else {
            set_add(at->set, (uint8_t)low, (uint8_t)low);
        }
    }
    self->at += *self->at == ']';
    if (negate)
        for (int i = 0; i < 8; i++)
            at->set[i] = ~at->set[i];
}

static void compile_choice(program *self);

static void compile_atom(program *self)
{
    char c = *self->at++;

    if (c == '(') {
        int32_t slot = 2 * ++self->groups;
        emit(self, SAVE)->x = slot;
        compile_choice(self);
        self->at += *self->at == ')';
        emit(self, SAVE)->x = slot + 1;
    } else if (c == '[') {
        compile_set(self);
    } else if (c == '.') {
        emit(self, ANY);
    } else if (c == '\\' && *self->at == 'b') {
        self->at++;
        emit(self, WORD_EDGE);
    } else if (c == '\\' &&
               (*self->at == 'd' || *self->at == 'w' || *self->at == 's')) {
        set_add_class(emit(self, SET)->set, *self->at++);
    } else {
        if (c == '\\')
            c = *self->at++;
        emit(self, CHAR)->c = (uint8_t)c;
    }
}

static void compile_repeat(program *self, int32_t start)
{
    char c = *self->at++;
    uint8_t greedy = *self->at != '?';
    instruction *at;

    self->at += !greedy;
    if (c == '+') {
        at = emit(self, SPLIT);
        at->x = start;
        at->y = self->size;
    } else {
        if (c == '*')
            emit(self, JUMP)->x = start - 1;
        at = insert(self, start);
        if (c == '*')
            self->code[self->size - 1].x = start;
        at->op = SPLIT;
        at->x = start + 1;
        at->y = self->size;
    }
    at->greedy = greedy;
}

static void compile_sequence(program *self)
{
    while (*self->at && *self->at != '|' && *self->at != ')') {
        int32_t start = self->size;
        compile_atom(self);
        while (*self->at == '*' || *self->at == '+' || *self->at == '?')
            compile_repeat(self, start);
    }
}

static void compile_choice(program *self)
{
    int32_t start = self->size;

    compile_sequence(self);
    if (*self->at != '|')
        return;
    self->at++;
    instruction *split = insert(self, start);
    int32_t jump = self->size;
    split->op = SPLIT;
    split->greedy = 1;
    split->x = start + 1;
    split->y = jump + 1;
    emit(self, JUMP);
    compile_choice(self);
    self->code[jump].x = self->size;
}

static void compile(program *self, const char *pattern)
{
    self->at = pattern;
    self->size = self->groups = 0;
    compile_choice(self);
    emit(self, MATCH);
}

/* --- matching --- */

static int is_word(const matcher *self, const uint8_t *at)
{
    if (at < self->text || at >= self->end)
        return 0;
    return (*at >= '0' && *at <= '9') || *at == '_' ||
           ((*at | 32) >= 'a' && (*at | 32) <= 'z');
}

static const uint8_t *match(matcher *self, int32_t pc, const uint8_t *at)
{
    for (;;) {
        const instruction *now = &self->program->code[pc];
        self->steps++;
        switch (now->op) {
        case CHAR:
            if (at == self->end || *at != now->c)
                return NULL;
            at++, pc++;
            break;
        case ANY:
            if (at == self->end || *at == '\n')
                return NULL;
            at++, pc++;
            break;
        case SET:
            if (at == self->end || !(now->set[*at >> 5] >> (*at & 31) & 1))
                return NULL;
            at++, pc++;
            break;
        case WORD_EDGE:
            if (is_word(self, at) == is_word(self, at - 1))
                return NULL;
            pc++;
            break;
        case SPLIT: {
            const uint8_t *end = match(self, now->greedy ? now->x : now->y, at);
            if (end)
                return end;
            pc = now->greedy ? now->y : now->x;
            break;
        }
        case JUMP:
            pc = now->x;
            break;
        case SAVE: {
            const uint8_t *old = self->saved[now->x];
            self->saved[now->x] = at;
            const uint8_t *end = match(self, pc + 1, at);
            if (!end)
                self->saved[now->x] = old;
            return end;
        }
        case MATCH:
            return at;
        }
    }
}

static uint32_t search_all(matcher *self, uint32_t sum)
{
    const uint8_t *at = self->text;

    while (at < self->end) {
        for (int i = 0; i < SLOTS; i++)
            self->saved[i] = self->text;
        const uint8_t *end = match(self, 0, at);
        if (!end) {
            at++;
            continue;
        }
        sum = kernel_mix(sum, (uint32_t)(at - self->text));
        sum = kernel_mix(sum, (uint32_t)(end - at));
        for (int i = 2; i < SLOTS; i++)
            sum = kernel_mix(sum, (uint32_t)(self->saved[i] - self->text));
        at = end > at ? end : at + 1;
    }
    return kernel_mix(sum, self->steps);
}

static void make_text(uint8_t *text, uint32_t seed)
{
    static const char *const PIECES[] = {
        "error: disk full on node7\n", "GET /index.html 200 ",
        "jane.doe@example.org, ",      "2026-11-20T08:15:30 ",
        "the quick brown fox ",        "aaaaaaaaaaaab ",
        "192.168.17.254 - - ",         "\"quoted \\\"text\\\" here\" ",
        "warning: x=42 y=-7\n",        "http://host.example/a/b?c=d#e ",
    };
    uint32_t at = 0;

    while (at < TEXT_BYTES) {
        const char *piece = PIECES[kernel_random(&seed) % 10];
        while (*piece && at < TEXT_BYTES)
            text[at++] = (uint8_t)*piece++;
    }
}

uint32_t run(uint32_t n)
{
    static const char *const PATTERNS[] = {
        "[\\w.]+@[\\w.]+\\w",
        "(\\d+)\\.(\\d+)\\.(\\d+)\\.\\d+",
        "(a|aa)+b",
        "\"([^\"\\\\]|\\\\.)*\"",
        "\\b(error|warning): (.*)\n",
        "(\\d\\d\\d\\d)-(\\d\\d)-(\\d\\d)T[\\d:]+",
        "http://([^/]+)(/[^ ?]*)?",
        ".*?fox",
    };
    uint32_t sum = 1;

    kernel_reset();
    uint8_t *text = kernel_alloc(TEXT_BYTES);
    program *self = kernel_alloc(sizeof *self);
    for (uint32_t round = 0; round < n; round++) {
        make_text(text, round + 1);
        for (int i = 0; i < 8; i++) {
            matcher m = {.program = self, .text = text};
            m.end = text + TEXT_BYTES;
            compile(self, PATTERNS[i]);
            sum = search_all(&m, sum);
        }
    }
    return sum;
}
