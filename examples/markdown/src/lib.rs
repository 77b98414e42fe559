// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Markdown to HTML: CommonMark's blocks and inlines, plus the tables,
//! strikethrough and bare links of GitHub's dialect.
//!
//! Text goes through three stages: `block` finds the tree of blocks line by
//! line (`rules` says what a line may begin), `inline` turns the text of one
//! paragraph into tags, `html` writes the tree. Any input gives a document:
//! there are no errors, no panics, and no recursion deeper than
//! `block::DEPTH_MAX`.

mod block;
mod html;
mod inline;
mod link;
mod page;
mod rules;
mod scan;

pub use html::Options;
pub use page::page;

/// The body of a document, without a page around it.
pub fn to_html(text: &str, options: Options) -> String {
    let document = block::parse(text);
    html::render(&document, options)
}
