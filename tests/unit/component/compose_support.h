/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Small components that tests of composition wire, and how. */
#ifndef COMPOSE_SUPPORT_H
#define COMPOSE_SUPPORT_H

#include "test.h"

#include "base/memory.h"
#include "component/decode.h"
#include "component/validate.h"
#include "component/wac.h"

typedef struct part {
    const char *name;
    const char *version; /* NULL: any */
    const char *text;
} part;

/* Types of an interface with a resource, as components import it. */
#define THING                                     \
    "(export \"thing\" (type $t (sub resource)))" \
    "(export \"use\" (func (param \"t\" (borrow $t))))"

static const part parts[] = {
    {"a:log", NULL,
     "(component"
     "  (component $c (import \"f\" (func $f (param \"s\" u32)))"
     "    (export \"log\" (func $f)))"
     "  (core module $m (func (export \"f\") (param i32)))"
     "  (core instance $i (instantiate $m))"
     "  (func $f (param \"s\" u32) (canon lift (core func $i \"f\")))"
     "  (instance $l (instantiate $c (with \"f\" (func $f))))"
     "  (export \"a:log/logger@0.1.3\" (instance $l)))"},
    {"a:app", NULL,
     "(component"
     "  (import \"a:log/logger@0.1.0\" (instance $l"
     "    (export \"log\" (func (param \"s\" u32)))))"
     "  (import \"extra\" (func $e (result u32)))"
     "  (alias export $l \"log\" (func $f))"
     "  (export \"run\" (func $f))"
     "  (export \"extra-again\" (func $e)))"},
    {"a:newer", NULL,
     "(component (import \"a:log/logger@0.1.7\" (instance"
     "  (export \"flush\" (func)))))"},
    {"a:string", NULL, "(component (import \"extra\" (func (result string))))"},
    {"a:instance", NULL, "(component (import \"extra\" (instance)))"},
    {"a:one", NULL, "(component (import \"r:r/things\" (instance " THING ")))"},
    {"a:two", NULL,
     "(component"
     "  (import \"r:r/things\" (instance $i "
     "    (export \"thing\" (type $t (sub resource)))"
     "    (export \"make\" (func (result (own $t))))))"
     "  (alias export $i \"thing\" (type $t))"
     "  (import \"more\" (instance $m"
     "    (alias outer 1 $t (type $o))"
     "    (export \"thing\" (type $x (eq $o)))"
     "    (export \"take\" (func (param \"t\" (own $x))))))"
     "  (alias export $i \"make\" (func $f))"
     "  (export \"things\" (instance $i))"
     "  (export \"make\" (func $f)))"},
    {"a:record", NULL,
     "(component"
     "  (type $r (record (field \"x\" u8) (field \"y\" string)))"
     "  (import \"point\" (type $p (eq $r)))"
     "  (import \"f\" (func (param \"p\" $p))))"},
    {"a:holder", NULL,
     "(component (import \"it\" (instance $i))"
     " (export \"it\" (instance $i)))"},
    {"a:broken", NULL, "(component (export \"x\" (func 0)))"},
    {"a:plain", NULL, "(module)"},
    {"a:versioned", "1.2.3", "(component)"},
};

static inline whit_status find_part(void *context, slice name, slice version,
                                    slice *bytes, whit_error *error)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (slice_is(name, parts[i].name) &&
            (!parts[i].version || slice_is(version, parts[i].version))) {
            *bytes = slice_text(parts[i].text);
            return WHIT_OK;
        }
    return error_set(error, WHIT_INVALID, "there is none");
}

static inline whit_status compose_text(const char *text, buffer *out,
                                       whit_error *error)
{
    wac_options options = {.find = find_part};
    return component_wac_compose(slice_text(text), &options, out, error);
}

/* The names of imports and exports, "i:name;x:name;" in order, of a component
 * that is checked to be valid. */
static void list_names(slice bytes, buffer *out)
{
    component_file *file = NULL;
    whit_error error;
    CHECK_INT(component_decode(bytes, &file, &error), WHIT_OK);
    if (!file)
        return;
    CHECK_INT(component_validate(file, &error), WHIT_OK);
    const component_node *type = file->root.info->type;
    for (uint32_t i = 0; i < type->import_count; i++)
        buffer_printf(out, "i:%.*s;", SLICE_ARG(type->imports[i].name));
    for (uint32_t i = 0; i < type->export_count; i++)
        buffer_printf(out, "x:%.*s;", SLICE_ARG(type->exports[i].name));
    component_file_free(file);
}

static inline void check_names(slice bytes, const char *expected)
{
    buffer names;
    buffer_init(&names);
    list_names(bytes, &names);
    CHECK_TEXT(buffer_string(&names), expected);
    buffer_release(&names);
}

#endif
