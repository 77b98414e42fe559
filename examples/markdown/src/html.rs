// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Writes the tree of blocks as HTML.

use crate::block::{Document, Kind};
use crate::inline;
use crate::rules::{table_cells, Align};
use std::collections::HashMap;

/// What the caller wants besides plain CommonMark.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Headings get an `id` made of their text.
    pub heading_ids: bool,
}

struct Writer<'a> {
    document: &'a Document,
    options: Options,
    out: String,
    /// How often an id was asked for.
    ids: HashMap<String, usize>,
}

pub fn render(document: &Document, options: Options) -> String {
    let mut writer = Writer {
        document,
        options,
        out: String::new(),
        ids: HashMap::new(),
    };
    writer.children(0, false);
    writer.out
}

/// The text of the first heading, without markup, as HTML.
pub fn title(document: &Document) -> Option<String> {
    let heading = document
        .blocks
        .iter()
        .find(|block| matches!(block.kind, Kind::Heading(_)))?;
    let html = inline::render(&heading.text, &document.references);
    Some(inline::plain(&html))
}

impl Writer<'_> {
    fn children(&mut self, id: usize, tight: bool) {
        for &child in &self.document.blocks[id].children {
            self.block(child, tight);
        }
    }

    fn inlines(&self, text: &str) -> String {
        inline::render(text, &self.document.references)
    }

    /// Starts a line, where the tag before did not end one.
    fn fresh_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn block(&mut self, id: usize, tight: bool) {
        let block = &self.document.blocks[id];
        if !(tight && block.kind == Kind::Paragraph) {
            self.fresh_line();
        }
        match &block.kind {
            Kind::Document => self.children(id, false),
            Kind::Quote => {
                self.out.push_str("<blockquote>\n");
                self.children(id, false);
                self.fresh_line();
                self.out.push_str("</blockquote>\n");
            }
            Kind::List(list) => {
                let name = if list.start.is_some() { "ol" } else { "ul" };
                let start = match list.start {
                    Some(1) | None => String::new(),
                    Some(start) => format!(" start=\"{start}\""),
                };
                self.out.push_str(&format!("<{name}{start}>\n"));
                for &item in &block.children {
                    self.item(item, list.tight);
                }
                self.out.push_str(&format!("</{name}>\n"));
            }
            Kind::Item(_) => self.item(id, tight),
            Kind::Paragraph => {
                let html = self.inlines(&block.text);
                if tight {
                    self.out.push_str(&html);
                } else {
                    self.out.push_str(&format!("<p>{html}</p>\n"));
                }
            }
            Kind::Heading(level) => self.heading(*level, &block.text),
            Kind::Code(info) => self.code(info.as_deref(), &block.text),
            Kind::Html => {
                self.out.push_str(&block.text);
                self.out.push('\n');
            }
            Kind::Break => self.out.push_str("<hr />\n"),
            Kind::Table(aligns) => self.table(aligns, &block.text),
        }
    }

    fn item(&mut self, id: usize, tight: bool) {
        self.out.push_str("<li>");
        let start = self.out.len();
        for &child in &self.document.blocks[id].children {
            let paragraph = self.document.blocks[child].kind == Kind::Paragraph;
            if self.out.len() > start || !(tight && paragraph) {
                self.fresh_line();
            }
            self.block(child, tight);
        }
        self.out.push_str("</li>\n");
    }

    fn heading(&mut self, level: usize, text: &str) {
        let html = self.inlines(text);
        let mut id = String::new();
        if self.options.heading_ids {
            id = format!(" id=\"{}\"", self.unique_id(&html));
        }
        self.out
            .push_str(&format!("<h{level}{id}>{html}</h{level}>\n"));
    }

    /// Lower case, blanks as `-`, punctuation left out; a number if taken.
    fn unique_id(&mut self, html: &str) -> String {
        let text = inline::plain(html).to_lowercase();
        let mut id = String::new();
        for c in text.chars() {
            match c {
                ' ' | '-' | '\n' => id.push('-'),
                c if c.is_alphanumeric() || c == '_' => id.push(c),
                _ => {}
            }
        }
        let count = self.ids.entry(id.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => id,
            n => format!("{id}-{}", n - 1),
        }
    }

    fn code(&mut self, info: Option<&str>, text: &str) {
        self.out.push_str("<pre><code");
        let language = info.and_then(|info| info.split_whitespace().next());
        if let Some(language) = language {
            self.out.push_str(" class=\"language-");
            inline::escape(language, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
        inline::escape(text, &mut self.out);
        self.out.push_str("</code></pre>\n");
    }

    fn table(&mut self, aligns: &[Align], text: &str) {
        self.out.push_str("<table>\n<thead>\n");
        for (i, row) in text.lines().enumerate() {
            if i == 1 {
                self.out.push_str("<tbody>\n");
            }
            self.row(if i == 0 { "th" } else { "td" }, aligns, row);
            if i == 0 {
                self.out.push_str("</thead>\n");
            }
        }
        if text.lines().count() > 1 {
            self.out.push_str("</tbody>\n");
        }
        self.out.push_str("</table>\n");
    }

    /// A row has as many cells as the table has columns.
    fn row(&mut self, tag: &str, aligns: &[Align], row: &str) {
        let cells = table_cells(row);
        self.out.push_str("<tr>\n");
        for (i, align) in aligns.iter().enumerate() {
            let align = match align {
                Align::None => "",
                Align::Left => " align=\"left\"",
                Align::Center => " align=\"center\"",
                Align::Right => " align=\"right\"",
            };
            let cell = cells.get(i).map_or("", String::as_str);
            let html = self.inlines(cell);
            self.out
                .push_str(&format!("<{tag}{align}>{html}</{tag}>\n"));
        }
        self.out.push_str("</tr>\n");
    }
}
