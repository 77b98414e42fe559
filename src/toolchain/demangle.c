/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rust's v0 mangling, and the choice between the manglings. */
#include "toolchain/demangle.h"
#include "toolchain/demangle_legacy.h"

#define DEPTH_MAX 100u   /* nested paths and types */
#define OUTPUT_MAX 4096u /* back references can multiply the text */
#define WORK_MAX 20000u  /* steps, for the same reason */

typedef struct v0 {
    const uint8_t *text; /* behind "_R" */
    size_t size;
    size_t at;
    buffer *out;
    size_t start; /* of this symbol in `out` */
    unsigned depth;
    unsigned work;
    unsigned muted; /* above 0: parse without writing */
    bool group;     /* leave generic arguments out */
    bool failed;
    buffer *crate; /* gets the first crate met; may be NULL */
} v0;

static void path(v0 *d, bool in_value);
static void type(v0 *d);

static void put_slice(v0 *d, slice s)
{
    if (d->muted || d->failed)
        return;
    if (d->out->size - d->start + s.size > OUTPUT_MAX) {
        d->failed = true;
        return;
    }
    buffer_slice(d->out, s);
}

static void put(v0 *d, const char *text)
{
    put_slice(d, slice_text(text));
}

static uint8_t peek(const v0 *d)
{
    return d->at < d->size ? d->text[d->at] : 0;
}

static bool eat(v0 *d, uint8_t c)
{
    if (d->failed || peek(d) != c || !c)
        return false;
    d->at++;
    return true;
}

static uint8_t next(v0 *d)
{
    if (d->at >= d->size) {
        d->failed = true;
        return 0;
    }
    return d->text[d->at++];
}

/* Starts a nested construct; false when there are too many. */
static bool enter(v0 *d)
{
    if (d->depth >= DEPTH_MAX || ++d->work > WORK_MAX)
        d->failed = true;
    if (d->failed)
        return false;
    d->depth++;
    return true;
}

static uint64_t base62(v0 *d)
{
    uint64_t value = 0;
    if (eat(d, '_'))
        return 0;
    while (!d->failed && !eat(d, '_')) {
        uint8_t c = next(d);
        unsigned digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (c >= 'a' && c <= 'z')
            digit = c - 'a' + 10u;
        else if (c >= 'A' && c <= 'Z')
            digit = c - 'A' + 36u;
        else
            digit = 62;
        if (digit > 61 || value > UINT64_MAX / 64)
            d->failed = true;
        else
            value = value * 62 + digit;
    }
    return value + 1;
}

static uint64_t disambiguator(v0 *d)
{
    return eat(d, 's') ? base62(d) + 1 : 0;
}

static slice identifier(v0 *d)
{
    size_t size = 0;
    eat(d, 'u');
    if (peek(d) < '0' || peek(d) > '9')
        d->failed = true;
    if (!eat(d, '0'))
        while (peek(d) >= '0' && peek(d) <= '9' && size < 100000)
            size = size * 10 + (next(d) - (size_t)'0');
    eat(d, '_');
    if (d->failed || size > d->size - d->at) {
        d->failed = true;
        return slice_of(NULL, 0);
    }
    slice name = slice_of(d->text + d->at, size);
    d->at += size;
    return name;
}

/* Parses at the place a back reference names. */
static void back_reference(v0 *d, void (*parse)(v0 *d, bool flag), bool flag)
{
    size_t place = d->at - 1;
    uint64_t to = base62(d);
    if (d->failed || to >= place) {
        d->failed = true;
        return;
    }
    size_t back = d->at;
    d->at = (size_t)to;
    parse(d, flag);
    d->at = back;
}

static void lifetime(v0 *d)
{
    base62(d);
    put(d, "'_");
}

static void type_flag(v0 *d, bool flag)
{
    (void)flag;
    type(d);
}

/* The value of a constant argument: hexadecimal digits. */
static void constant(v0 *d, bool flag)
{
    (void)flag;
    if (!enter(d))
        return;
    if (eat(d, 'B')) {
        back_reference(d, constant, false);
    } else if (eat(d, 'p')) {
        put(d, "_");
    } else {
        uint8_t kind = next(d);
        if (!strchr("hstmyojixlnaebcj", kind) || !kind) {
            d->failed = true;
        } else {
            if (eat(d, 'n'))
                put(d, "-");
            size_t start = d->at;
            while (!d->failed && peek(d) != '_')
                next(d);
            slice digits = slice_of(d->text + start, d->at - start);
            next(d);
            if (kind == 'b')
                put(d, slice_is(digits, "1") ? "true" : "false");
            else
                put(d, "0x"), put_slice(d, digits);
        }
    }
    d->depth--;
}

static void generic_arguments(v0 *d)
{
    bool first = true;
    while (!d->failed && !eat(d, 'E')) {
        if (!first)
            put(d, ", ");
        first = false;
        if (eat(d, 'L'))
            lifetime(d);
        else if (eat(d, 'K'))
            constant(d, false);
        else
            type(d);
    }
}

/* The path of an impl block says where it stands, not what it is. */
static void impl_path(v0 *d)
{
    disambiguator(d);
    d->muted++;
    path(d, false);
    d->muted--;
}

static void nested_name(v0 *d, bool in_value)
{
    uint8_t space = next(d);
    path(d, in_value);
    uint64_t number = disambiguator(d);
    slice name = identifier(d);
    if (space == 'C' || space == 'S') {
        put(d, space == 'C' ? "::{closure" : "::{shim");
        if (name.size)
            put(d, ":"), put_slice(d, name);
        if (!d->group && !d->muted && !d->failed)
            buffer_printf(d->out, "#%llu", (unsigned long long)number);
        put(d, "}");
    } else if (name.size) {
        put(d, "::");
        put_slice(d, name);
    }
}

static void crate_root(v0 *d)
{
    disambiguator(d);
    slice name = identifier(d);
    put_slice(d, name);
    if (d->crate && !d->crate->size && !d->failed)
        buffer_slice(d->crate, name);
}

static void path(v0 *d, bool in_value)
{
    if (!enter(d))
        return;
    uint8_t tag = next(d);
    switch (tag) {
    case 'C':
        crate_root(d);
        break;
    case 'N':
        nested_name(d, in_value);
        break;
    case 'M':
    case 'X':
    case 'Y':
        if (tag != 'Y')
            impl_path(d);
        put(d, "<");
        type(d);
        if (tag != 'M') {
            put(d, " as ");
            path(d, false);
        }
        put(d, ">");
        break;
    case 'I':
        path(d, in_value);
        d->muted += d->group;
        put(d, in_value ? "::<" : "<");
        generic_arguments(d);
        put(d, ">");
        d->muted -= d->group;
        break;
    case 'B':
        back_reference(d, path, in_value);
        break;
    default:
        d->failed = true;
    }
    d->depth--;
}

static const char *basic_type(uint8_t tag)
{
    switch (tag) {
    case 'a':
        return "i8";
    case 'b':
        return "bool";
    case 'c':
        return "char";
    case 'd':
        return "f64";
    case 'e':
        return "str";
    case 'f':
        return "f32";
    case 'h':
        return "u8";
    case 'i':
        return "isize";
    case 'j':
        return "usize";
    case 'l':
        return "i32";
    case 'm':
        return "u32";
    case 'n':
        return "i128";
    case 'o':
        return "u128";
    case 's':
        return "i16";
    case 't':
        return "u16";
    case 'u':
        return "()";
    case 'v':
        return "...";
    case 'x':
        return "i64";
    case 'y':
        return "u64";
    case 'z':
        return "!";
    case 'p':
        return "_";
    default:
        return NULL;
    }
}

static void function_type(v0 *d)
{
    if (eat(d, 'G'))
        base62(d);
    if (eat(d, 'U'))
        put(d, "unsafe ");
    if (eat(d, 'K')) {
        put(d, "extern ");
        if (eat(d, 'C')) {
            put(d, "\"C\" ");
        } else {
            put_slice(d, identifier(d));
            put(d, " ");
        }
    }
    put(d, "fn(");
    for (bool first = true; !d->failed && !eat(d, 'E'); first = false) {
        if (!first)
            put(d, ", ");
        type(d);
    }
    put(d, ")");
    if (!eat(d, 'u')) {
        put(d, " -> ");
        type(d);
    }
}

static void dyn_type(v0 *d)
{
    put(d, "dyn ");
    if (eat(d, 'G'))
        base62(d);
    for (bool first = true; !d->failed && !eat(d, 'E'); first = false) {
        if (!first)
            put(d, " + ");
        path(d, false);
        while (!d->failed && eat(d, 'p')) {
            d->muted += d->group;
            put(d, "<");
            put_slice(d, identifier(d));
            put(d, " = ");
            type(d);
            put(d, ">");
            d->muted -= d->group;
        }
    }
    if (!eat(d, 'L'))
        d->failed = true;
    base62(d);
}

static void tuple_type(v0 *d)
{
    unsigned count = 0;
    put(d, "(");
    for (; !d->failed && !eat(d, 'E'); count++) {
        if (count)
            put(d, ", ");
        type(d);
    }
    put(d, count == 1 ? ",)" : ")");
}

static void reference_type(v0 *d, uint8_t tag)
{
    static const char *const texts[] = {"*mut ", "*const ", "&mut ", "&"};
    const char *tags = "OPQR";
    put(d, texts[strchr(tags, tag) - tags]);
    if ((tag == 'Q' || tag == 'R') && eat(d, 'L'))
        base62(d);
    type(d);
}

static void type(v0 *d)
{
    if (!enter(d))
        return;
    uint8_t tag = peek(d);
    const char *basic = basic_type(tag);
    if (basic) {
        d->at++;
        put(d, basic);
    } else if (tag == 'A' || tag == 'S') {
        d->at++;
        put(d, "[");
        type(d);
        if (tag == 'A') {
            put(d, "; ");
            constant(d, false);
        }
        put(d, "]");
    } else if (tag && strchr("OPQR", tag)) {
        d->at++;
        reference_type(d, tag);
    } else if (eat(d, 'T')) {
        tuple_type(d);
    } else if (eat(d, 'F')) {
        function_type(d);
    } else if (eat(d, 'D')) {
        dyn_type(d);
    } else if (eat(d, 'B')) {
        back_reference(d, type_flag, false);
    } else {
        path(d, false);
    }
    d->depth--;
}

/* The part of a symbol before what LLVM appends (".llvm.123", ".cold"). */
static slice without_suffix(slice symbol)
{
    const uint8_t *dot =
        symbol.size ? memchr(symbol.data, '.', symbol.size) : NULL;
    return dot ? slice_of(symbol.data, (size_t)(dot - symbol.data)) : symbol;
}

static bool demangle_v0(slice symbol, bool group, buffer *out, buffer *crate)
{
    slice text = without_suffix(symbol);
    if (text.size < 3 || memcmp(text.data, "_R", 2) != 0)
        return false;
    size_t start = out->size;
    v0 d = {.text = text.data + 2,
            .size = text.size - 2,
            .out = out,
            .start = start,
            .group = group,
            .crate = crate};
    if (d.text[0] >= '0' && d.text[0] <= '9')
        d.failed = true; /* a version of the mangling that is not known */
    path(&d, true);
    if (d.failed)
        out->size = start;
    return !d.failed;
}

void tool_demangle(slice symbol, tool_demangle_form form, buffer *out)
{
    if (!demangle_v0(symbol, form == TOOL_DEMANGLE_GROUP, out, NULL) &&
        !demangle_legacy(symbol, out))
        buffer_slice(out, symbol);
}

bool tool_demangle_crate(slice symbol, buffer *out)
{
    buffer text, crate;
    buffer_init(&text);
    buffer_init(&crate);
    bool rust = demangle_v0(symbol, true, &text, &crate) && crate.size;
    if (rust)
        buffer_slice(out, buffer_view(&crate));
    else
        rust = demangle_legacy_crate(symbol, out);
    buffer_release(&text);
    buffer_release(&crate);
    return rust;
}
