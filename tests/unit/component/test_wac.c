/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WAC: what texts become, and what every mistake is told. */
#include "compose_support.h"

#define HEAD "package t:t;\n"

/* ---- What is made ---- */

static void becomes(const char *text, const char *expected)
{
    buffer out;
    whit_error error;
    buffer_init(&out);
    whit_status status = compose_text(text, &out, &error);
    if (status != WHIT_OK) {
        printf("%s\n%u:%u: %s\n", text, error.line, error.column,
               error.message);
        test_failures++;
    } else
        check_names(buffer_view(&out), expected);
    buffer_release(&out);
}

TEST(packages_without_statements_are_empty_components)
{
    becomes("package t:t;", "");
    becomes("package t:t@1.0.0-rc.1;", "");
    becomes("/* /* nested */ */ package t:t; // end", "");
}

TEST(what_is_not_given_is_imported)
{
    becomes(HEAD "let a = new a:app { ... };", "i:a:log/logger@0.1.0;i:extra;");
    becomes(HEAD "let l = new a:log {};\n"
                 "let a = new a:app { logger: l.logger, ... };\n"
                 "export a.run;",
            "i:extra;x:run;");
}

TEST(arguments_are_inferred)
{
    becomes(HEAD "let logger = new a:log {}.logger;\n"
                 "import extra: func() -> u32;\n"
                 "export new a:app { logger, extra }.run as go;",
            "i:extra;x:go;");
    becomes(HEAD "let l = new a:log {};\n"
                 "let other = l[\"a:log/logger@0.1.3\"];\n"
                 "let a = new a:app { other, ... };",
            "i:extra;");
}

TEST(arguments_are_made_in_place)
{
    becomes(HEAD "export new a:app { logger: (new a:log {}).logger, ... }.run;",
            "i:extra;x:run;");
    becomes(HEAD "export new a:holder { it: new a:log {} }.it as \"x\";",
            "x:x;");
}

TEST(arguments_are_spread)
{
    becomes(HEAD "let l = new a:log {};\n"
                 "let a = new a:app { ...l, ... };\n"
                 "export a...;",
            "i:extra;x:run;x:extra-again;");
}

TEST(exports_that_exist_are_not_spread)
{
    becomes(HEAD "let a = new a:app { ... };\nlet b = (new a:app { ... });\n"
                 "export a.run;\nexport b...;",
            "i:a:log/logger@0.1.0;i:extra;x:run;x:extra-again;");
}

TEST(imports_of_compatible_versions_are_one)
{
    becomes(HEAD "let a = new a:app { ... };\nlet b = new a:newer { ... };",
            "i:a:log/logger@0.1.7;i:extra;");
}

TEST(resources_of_one_interface_are_the_same)
{
    becomes(HEAD "let a = new a:one { ... };\nlet b = new a:two { ... };\n"
                 "export b.make;",
            "i:r:r/things;i:more;x:make;");
    becomes(HEAD "let b = new a:two { ... };\nlet a = new a:one { ... };\n"
                 "export b.things;",
            "i:r:r/things;i:more;x:things;");
}

TEST(types_are_imported_by_name)
{
    becomes(HEAD "let a = new a:record { ... };\n"
                 "let b = new a:record { ... };",
            "i:point;i:f;");
}

TEST(imports_are_explicit)
{
    becomes(HEAD "import a: func(x: list<u8>) -> option<string>;\n"
                 "import b as \"c\": interface { f: func(); };\n"
                 "interface i { resource r { constructor(); } type s = r;\n"
                 "  use-it: func(r: borrow<s>) -> r; }\n"
                 "import d: i;\n"
                 "import e as x-y: i;\n"
                 "type g = func(a: u8);\nimport %list: g;\n",
            "i:a;i:c;i:t:t/i;i:x-y;i:list;");
}

TEST(types_outside_are_seen_inside)
{
    becomes(HEAD "record p { x: u8 }\nenum e { a, b }\n"
                 "type f = func(p: u8) -> e;\n"
                 "interface i { g: func(p: p); h: func() -> e; }\n"
                 "interface k { record p { z: u8 } g: func(p: p); }\n"
                 "world w { import x: interface { f: func(); };\n"
                 "  include v with { a as b }; export i; }\n"
                 "world v { import a: func(); }\n"
                 "import j: i;\n",
            "i:t:t/i;");
}

TEST(targets_are_met)
{
    becomes("package t:t targets t:t/w;\n"
            "world w { import extra: func() -> u32; import other: func();\n"
            "  export run: func(s: u32); }\n"
            "let l = new a:log {};\n"
            "export new a:app { ...l, ... }.run;",
            "i:extra;x:run;");
}

TEST(components_are_inside_once_and_unchanged)
{
    buffer one, two;
    whit_error error;
    buffer_init(&one);
    buffer_init(&two);
    CHECK_INT(compose_text(HEAD "let a = new a:app { ... };", &one, &error),
              WHIT_OK);
    CHECK_INT(compose_text(HEAD "let a = new a:app { ... };\n"
                                "let b = new a:app { ... };",
                           &two, &error),
              WHIT_OK);
    CHECK(two.size > one.size && two.size < one.size + 60);
    buffer_release(&one);
    buffer_release(&two);
}

/* ---- Mistakes ---- */

typedef struct mistake {
    const char *text;
    const char *message; /* "line:column: " and some of it */
} mistake;

static const mistake mistakes[] = {
    {"", "1:1: expected 'package' and the name"},
    {"import a: func();", "1:1: expected 'package'"},
    {"package t;", "1:9: expected a package's name"},
    {"package t:t", "1:12: expected ';'"},
    {"package t:t@1.x;", "1:13: '1.x' is no version"},
    {"package t:t targets w;", "1:21: expected a world like"},
    {"package t:t targets t:t/w;", "1:21: 't:t' has no world 'w'"},
    {"package t:t targets q:q/w;", "1:21: package 'q:q': there is none"},
    {HEAD "/* x", "2:1: this comment has no end"},
    {HEAD "export a[\"b;", "2:10: this string has no end"},
    {HEAD "let a- = b;", "2:5: 'a-' is no name"},
    {HEAD "let \x01;", "2:5: unexpected byte 0x01"},
    {HEAD "let ~;", "2:5: unexpected '~'"},
    {HEAD "lett a = b;", "2:1: expected a statement: 'import', 'let', "
                         "'export' or a type, found 'lett'; did you mean "
                         "'let'?"},
    {HEAD "let new = b;", "2:5: expected a name, found the keyword 'new'"},
    {HEAD "let a = b;", "2:9: undefined name 'b'"},
    {HEAD "let abcd = new a:log {};\nlet b = abdc;",
     "3:9: undefined name 'abdc'; did you mean 'abcd'?"},
    {HEAD "let a = new a:log {};\nlet a = new a:log {};",
     "3:5: 'a' is defined already, at 2:5"},
    {HEAD "let a = new a:lgo {};", "2:13: package 'a:lgo': there is none"},
    {HEAD "let a = new a:broken {};", "2:13: package 'a:broken': "},
    {HEAD "let a = new a:plain {};", "2:13: package 'a:plain': "},
    {HEAD "let a = new a:versioned@1.2.4 {};", "2:13: package"},
    {HEAD "let a = new t:t {};", "2:13: 't:t' is the composition itself"},
    {HEAD "let a = new a:log/x {};", "expected the name of a package"},
    {HEAD "let a = new a:log { x };", "2:21: undefined name 'x'"},
    {HEAD "let l = new a:log {};\nlet a = new a:log { l };",
     "3:21: there is no import 'l'"},
    {HEAD "let a = new a:app {};",
     "2:9: the argument 'a:log/logger@0.1.0' of 'a:app' is missing"},
    {HEAD "let a = new a:app { ..., };\nlet b = new a:app { ..., ... };",
     "3:26: '...' must be the last argument"},
    {HEAD "let l = new a:log {}.logger;\n"
          "let a = new a:app { logger: l, logger: l, ... };",
     "3:32: the argument 'a:log/logger@0.1.0' is given twice"},
    {HEAD "let l = new a:log {};\nlet a = new a:app { extra: l, ... };",
     "3:21: the argument 'extra' is to be func, not instance"},
    {HEAD "let l = new a:log {};\nlet a = new a:app { logger: l, ... };",
     "3:21: the argument 'a:log/logger@0.1.0' of 'a:app' does not fit: "
     "missing expected export `log`"},
    {HEAD "import extra: func() -> u64;\n"
          "let a = new a:app { extra, ... };",
     "3:21: the argument 'extra' of 'a:app' does not fit: type mismatch with "
     "result type: expected primitive `u32` found primitive `u64`"},
    {HEAD "let f = new a:log {}.logger.log;\n"
          "let a = new a:app { ...f, ... };",
     "3:24: 'f' is no instance"},
    {HEAD "let l = new a:log {};\nlet a = new a:two { ...l, ... };",
     "3:24: 'l' exports nothing that is still missing here"},
    {HEAD "let a = new a:log {}.loger;",
     "2:22: there is no export 'loger'; did you mean 'logger'?"},
    {HEAD "let a = new a:log {}[\"logger\"];", "there is no export 'logger'"},
    {HEAD "let a = new a:log {}[logger];", "2:22: expected a name in quotes"},
    {HEAD "let a = new a:log {}.logger.log.x;",
     "2:33: 'x' of what is no instance, but func"},
    {HEAD "export new a:log {};", "2:8: an instance has no name"},
    {HEAD "export new a:log {} as \"not good\";",
     "2:24: 'not good' is no name for an import or export"},
    {HEAD "let l = new a:log {};\nexport l.logger;\nexport l.logger;",
     "4:8: 'a:log/logger@0.1.3' is exported already"},
    {HEAD "let f = new a:log {}.logger.log;\nexport f...;",
     "3:8: there are no exports here"},
    {HEAD "type x = u32;\nexport x;", "3:8: 'x' is a type"},
    {HEAD "import a: func();\nimport b as a: func();",
     "3:8: 'a' is imported already"},
    {HEAD "import a as \"A b\": func();", "2:8: 'A b' is no name"},
    {HEAD "import a: a:b;", "2:11: 'a:b' is a package"},
    {HEAD "import a: q:b/c;", "2:11: package 'q:b': there is none"},
    {HEAD "import a: nothing;", "2:11: no interface or world 'nothing'"},
    {HEAD "import extra: func() -> u32;\nlet a = new a:app { ... };",
     "3:9: 'extra' is imported explicitly and not given to 'a:app'"},
    {HEAD "let a = new a:app { ... };\nlet b = new a:instance { ... };",
     "'extra' is imported as func and as instance"},
    {HEAD "let a = new a:app { ... };\nlet b = new a:string { ... };",
     "3:9: the argument 'extra' of 'a:string' does not fit"},
    {HEAD "record r {}", "2:11: this record is empty"},
    {HEAD "interface i { f: func(a: nothing); }", "2:26: "},
    {HEAD "interface i { f: func(", "2:23: expected '}'"},
    {HEAD "interface i;", "2:12: expected '{'"},
    {HEAD "type f = func(a: u8, a: u8);", "2:22: parameter 'a' is there twice"},
    {HEAD "let a = (new a:log {};", "2:23: expected ';', found the end"},
    {"package t:t targets t:t/w;\nworld w { }\nlet a = new a:app { ... };",
     "1:21: the composition does not fit the world 'w'"},
};

TEST(mistakes_are_told_where_they_are)
{
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        buffer out;
        whit_error error;
        char message[WHIT_MESSAGE_SIZE + 40] = "accepted";
        buffer_init(&out);
        if (compose_text(mistakes[i].text, &out, &error) != WHIT_OK)
            snprintf(message, sizeof message, "%u:%u: %s", error.line,
                     error.column, error.message);
        if (!strstr(message, mistakes[i].message)) {
            printf("%s\n    is told %s\n    not %s\n", mistakes[i].text,
                   message, mistakes[i].message);
            test_failures++;
        }
        buffer_release(&out);
    }
}

TEST(expressions_nest_so_deep)
{
    buffer text, out;
    whit_error error;
    buffer_init(&text);
    buffer_init(&out);
    buffer_text(&text, HEAD "let a = ");
    for (int i = 0; i < 100000; i++)
        buffer_put(&text, '(');
    buffer_text(&text, "b");
    for (int i = 0; i < 100000; i++)
        buffer_put(&text, ')');
    buffer_put(&text, ';');
    CHECK_INT(compose_text(buffer_string(&text), &out, &error), WHIT_LIMIT);
    buffer_release(&text);
    buffer_release(&out);
}

TEST(syntax_alone_needs_no_packages)
{
    whit_error error;
    CHECK_INT(component_wac_check(
                  slice_text(HEAD "import a: q:q/x@1.0.0;\n"
                                  "let b = new q:r { a, \"c\": d.e, ... };\n"
                                  "export b... ;"),
                  &error),
              WHIT_OK);
    CHECK_INT(component_wac_check(slice_text(HEAD "let b = new q:r { a b };"),
                                  &error),
              WHIT_MALFORMED);
}

/* ---- Memory ---- */

TEST(every_allocation_fails_once)
{
    static const char text[] =
        "package t:t@1.0.0 targets t:t/w;\n"
        "record p { x: u8 }\n"
        "interface i { g: func(p: p); }\n"
        "world w { import i; import more: interface { }; \n"
        "  import r:r/things; import extra: func() -> u32; }\n"
        "import i: i;\n"
        "let l = new a:log {};\nlet a = new a:app { ...l, ... };\n"
        "let b = new a:two { ... };\nlet c = new a:one { ... };\n"
        "export a.run;\nexport b.make;\n";
    for (uint64_t n = 1; n < 100000; n++) {
        buffer out;
        whit_error error;
        buffer_init(&out);
        mem_fail_after(n);
        whit_status status = compose_text(text, &out, &error);
        bool failed = mem_count() >= n;
        mem_fail_after(0);
        buffer_release(&out);
        if (!failed)
            return;
        CHECK(status == WHIT_OUT_OF_MEMORY);
        if (status != WHIT_OUT_OF_MEMORY)
            return;
    }
}

TEST_MAIN(
    RUN(packages_without_statements_are_empty_components)
        RUN(what_is_not_given_is_imported) RUN(arguments_are_inferred)
            RUN(arguments_are_made_in_place) RUN(arguments_are_spread)
                RUN(exports_that_exist_are_not_spread) RUN(
                    imports_of_compatible_versions_are_one)
                    RUN(resources_of_one_interface_are_the_same) RUN(
                        types_are_imported_by_name) RUN(imports_are_explicit)
                        RUN(types_outside_are_seen_inside) RUN(targets_are_met)
                            RUN(components_are_inside_once_and_unchanged)
                                RUN(mistakes_are_told_where_they_are)
                                    RUN(expressions_nest_so_deep)
                                        RUN(syntax_alone_needs_no_packages)
                                            RUN(every_allocation_fails_once))
