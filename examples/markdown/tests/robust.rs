// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Hostile text: nothing panics, overflows the stack or takes for ever.

use markdown::{page, to_html, Options};

/// xorshift32, so that a failure repeats.
struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit
    }
}

const PIECES: &[&str] = &[
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```",
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "<",
    ">",
    "<a ",
    "</b>",
    "<!--",
    "-->",
    "<?",
    "<![CDATA[",
    "<div>",
    "&amp;",
    "&#0;",
    "&",
    "\\",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "- ",
    "1. ",
    "> ",
    "# ",
    "===\n",
    "---\n",
    "|",
    "| - |\n",
    "|:-:|-|\n",
    "[a]: b\n",
    "[a]",
    "\"",
    "'",
    "é",
    "\u{2003}",
    "😀",
    "\u{301}",
    "\0",
    "\r",
    "http://a.b/(",
    "www.x.y",
    "word",
    " ",
    "  \n",
    "~~~ x\n",
    ":",
    "\u{a0}",
];

#[test]
fn random_mixtures_are_converted() {
    let mut random = Random(2463534242);
    for _ in 0..4000 {
        let mut text = String::new();
        for _ in 0..random.below(60) {
            text.push_str(PIECES[random.below(PIECES.len())]);
        }
        let html = to_html(&text, Options::default());
        assert!(!html.contains('\0'), "{text:?}");
        assert!(page(&text, "x").ends_with("</html>\n"), "{text:?}");
    }
}

#[test]
fn deep_nesting_is_bounded() {
    for piece in [
        "> ", "- ", "1. ", ">", "* > ", "[", "![", "*a ", "_a ", "**a", "<",
    ] {
        let html = page(&piece.repeat(5000), "x");
        assert!(html.matches("<blockquote>").count() < 100, "{piece}");
    }
}

#[test]
fn repeated_openers_do_not_explode() {
    let pieces = [
        "`a``",
        "<!--",
        "<?",
        "[a](<b",
        "[a](b \"",
        "*a_b",
        "a**b",
        "[a][",
        "![a",
        "&a",
        "<a b=\"",
        "~~a~",
        "http://a.b)",
        "| a ",
        "[x]: y\n",
        "<![CDATA[",
        "\\",
        "[[a]",
        "*_`",
        "**a *a ",
    ];
    for piece in pieces {
        let text = piece.repeat(5000) + "\n\nend";
        let html = to_html(&text, Options::default());
        assert!(html.contains("end"), "{piece}");
    }
}
