// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! An HTML5 page around a document.

use crate::{block, html, Options};

const STYLE: &str = "\
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  font: 1rem/1.6 system-ui, sans-serif; color: #1c1c1c; background: #fff }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 1.6em 0 0.5em }
h1, h2 { border-bottom: 1px solid #ddd; padding-bottom: 0.2em }
a { color: #0a58a8 }
code { font: 0.9em ui-monospace, monospace; background: #f2f2f2;
  padding: 0.1em 0.3em; border-radius: 3px }
pre { background: #f6f6f6; padding: 0.8rem; overflow-x: auto }
pre code { background: none; padding: 0 }
blockquote { margin: 1em 0; padding: 0 1em; color: #555;
  border-left: 4px solid #ddd }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #ccc; padding: 0.3em 0.7em }
th { background: #f2f2f2 }
img { max-width: 100% }
hr { border: 0; border-top: 1px solid #ccc }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818 }
  code, pre, th { background: #262626 }
  a { color: #7ab8ff }
}
";

/// A whole page. Its title is the first heading's text, or `fallback`.
pub fn page(text: &str, fallback: &str) -> String {
    let document = block::parse(text);
    let body = html::render(&document, Options { heading_ids: true });
    let title = html::title(&document).unwrap_or_else(|| {
        let mut title = String::new();
        crate::inline::escape(fallback, &mut title);
        title
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n\
         <meta name=\"viewport\" content=\"width=device-width\" />\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         {body}</body>\n</html>\n"
    )
}
