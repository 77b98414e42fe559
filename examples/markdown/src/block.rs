// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Blocks: the tree of a document, found line by line.
//!
//! The open blocks form a path from the document down to the tip. Each line
//! first walks that path: containers that it continues eat their marker. Then
//! it may start new blocks; what is left of it is text for the tip. Blocks the
//! line did not continue close, unless the line lazily continues a paragraph.

use crate::link::{definition, References};
use crate::rules::{
    atx_heading, closes_fence, delimiter_row, html_block, html_ends, is_thematic_break,
    list_marker, open_fence, setext_underline, table_cells, Align, Fence, Marker,
};
use crate::scan;

/// Containers inside containers; deeper markers are plain text.
pub const DEPTH_MAX: usize = 64;

#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// `-`, `+`, `*`; or `.`, `)` of an ordered list.
    pub delimiter: u8,
    /// The first number of an ordered list.
    pub start: Option<u32>,
    pub tight: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Document,
    Quote,
    List(List),
    /// Columns that a line must be indented by to continue the item.
    Item(usize),
    Paragraph,
    Heading(usize),
    /// The info string; None when the block is indented, not fenced.
    Code(Option<String>),
    Html,
    Break,
    /// One line of text per row; the first is the head.
    Table(Vec<Align>),
}

#[derive(Debug)]
pub struct Block {
    pub kind: Kind,
    pub text: String,
    pub children: Vec<usize>,
    parent: usize,
    fence: Fence,
    /// Kind of HTML block: what ends it (CommonMark 4.6).
    html: u8,
    last_line_blank: bool,
}

/// Blocks by index; the document is block 0.
#[derive(Debug)]
pub struct Document {
    pub blocks: Vec<Block>,
    pub references: References,
}

/// A line and how far it is eaten. Columns count tab stops of four.
struct Line<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    column: usize,
    /// Columns of the tab at `at` that are eaten already.
    tab_used: usize,
}

impl<'a> Line<'a> {
    fn new(text: &'a str) -> Self {
        Line {
            bytes: text.as_bytes(),
            text,
            at: 0,
            column: 0,
            tab_used: 0,
        }
    }

    /// Columns of blanks from here, and where the text starts.
    fn indent(&self) -> (usize, usize) {
        let mut column = self.column;
        let mut at = self.at;
        loop {
            match self.bytes.get(at) {
                Some(b' ') => column += 1,
                Some(b'\t') => column += 4 - column % 4,
                _ => return (column - self.column, at),
            }
            at += 1;
        }
    }

    fn is_blank(&self) -> bool {
        self.indent().1 == self.bytes.len()
    }

    /// Eats up to `count` columns of blanks.
    fn eat_columns(&mut self, mut count: usize) {
        while count > 0 {
            match self.bytes.get(self.at) {
                Some(b' ') => {
                    self.at += 1;
                    self.column += 1;
                    count -= 1;
                }
                Some(b'\t') => {
                    let left = 4 - self.column % 4;
                    let step = left.min(count);
                    self.column += step;
                    count -= step;
                    self.tab_used += step;
                    if step == left {
                        self.at += 1;
                        self.tab_used = 0;
                    }
                }
                _ => return,
            }
        }
    }

    fn eat_indent(&mut self) {
        let (columns, _) = self.indent();
        self.eat_columns(columns);
    }

    /// Eats `count` bytes that are not tabs.
    fn eat_bytes(&mut self, count: usize) {
        self.at += count;
        self.column += count;
    }

    /// What is left; a half-eaten tab leaves its columns as blanks.
    fn rest(&self) -> String {
        if self.tab_used == 0 {
            return self.text[self.at..].to_string();
        }
        let blanks = 4 - self.column % 4;
        " ".repeat(blanks) + &self.text[self.at + 1..]
    }

    /// The text after the indent.
    fn content(&self) -> &'a str {
        &self.text[self.indent().1..]
    }
}

/// Parses a document. Line ends may be LF, CR LF or CR.
pub fn parse(text: &str) -> Document {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.replace('\0', "\u{fffd}");
    let mut parser = Parser::new();
    for line in text.strip_suffix('\n').unwrap_or(&text).split('\n') {
        parser.line(line);
    }
    parser.close_down_to(0);
    parser.close(0);
    Document {
        blocks: parser.blocks,
        references: parser.references,
    }
}

struct Parser {
    blocks: Vec<Block>,
    /// From the document to the tip.
    open: Vec<usize>,
    references: References,
}

/// What a line may start.
enum Start {
    Nothing,
    /// Something that the rest of the line belongs to.
    Container,
    /// Something that took the whole line.
    Leaf,
}

impl Parser {
    fn new() -> Self {
        let mut parser = Parser {
            blocks: Vec::new(),
            open: vec![0],
            references: References::new(),
        };
        parser.push(Kind::Document, 0);
        parser
    }

    fn push(&mut self, kind: Kind, parent: usize) -> usize {
        self.blocks.push(Block {
            kind,
            text: String::new(),
            children: Vec::new(),
            parent,
            fence: Fence::default(),
            html: 0,
            last_line_blank: false,
        });
        self.blocks.len() - 1
    }

    fn tip(&self) -> usize {
        self.open[self.open.len() - 1]
    }

    /// Opens a block below the deepest open block that may hold it.
    fn add(&mut self, kind: Kind) -> usize {
        while !self.may_hold(self.tip(), &kind) {
            self.close_tip();
        }
        let parent = self.tip();
        let id = self.push(kind, parent);
        self.blocks[parent].children.push(id);
        self.open.push(id);
        id
    }

    fn may_hold(&self, parent: usize, child: &Kind) -> bool {
        match self.blocks[parent].kind {
            Kind::Document | Kind::Quote | Kind::Item(_) => !matches!(child, Kind::Item(_)),
            Kind::List(_) => matches!(child, Kind::Item(_)),
            _ => false,
        }
    }

    fn close_tip(&mut self) {
        if self.open.len() > 1 {
            let id = self.tip();
            self.open.pop();
            self.close(id);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth + 1 {
            self.close_tip();
        }
    }

    /// What can only be known once a block is complete.
    fn close(&mut self, id: usize) {
        match self.blocks[id].kind {
            Kind::Paragraph => {
                self.take_definitions(id);
                if self.blocks[id].text.trim().is_empty() {
                    self.detach(id);
                }
            }
            Kind::Code(None) => {
                let text = &mut self.blocks[id].text;
                let kept = text.trim_end_matches([' ', '\t', '\n']).len();
                let line = text[kept..].find('\n').map_or(text.len(), |at| kept + at);
                text.truncate(line);
                text.push('\n');
            }
            Kind::Html => {
                let text = &mut self.blocks[id].text;
                text.truncate(text.trim_end_matches('\n').len());
            }
            Kind::List(_) => {
                let tight = self.is_tight(id);
                if let Kind::List(list) = &mut self.blocks[id].kind {
                    list.tight = tight;
                }
            }
            _ => {}
        }
    }

    fn detach(&mut self, id: usize) {
        let parent = self.blocks[id].parent;
        self.blocks[parent].children.retain(|&child| child != id);
    }

    fn take_definitions(&mut self, id: usize) {
        let text = std::mem::take(&mut self.blocks[id].text);
        let mut at = 0;
        while let Some((size, label, target)) = definition(&text[at..]) {
            self.references.entry(label).or_insert(target);
            at += size;
        }
        self.blocks[id].text = text[at..].to_string();
    }

    /// No blank line between items, nor between the blocks of one.
    fn is_tight(&self, list: usize) -> bool {
        let items = &self.blocks[list].children;
        for (i, &item) in items.iter().enumerate() {
            let last_item = i + 1 == items.len();
            if !last_item && self.ends_blank(item) {
                return false;
            }
            let parts = &self.blocks[item].children;
            for (k, &part) in parts.iter().enumerate() {
                let last = last_item && k + 1 == parts.len();
                if !last && self.ends_blank(part) {
                    return false;
                }
            }
        }
        true
    }

    fn ends_blank(&self, mut id: usize) -> bool {
        loop {
            let block = &self.blocks[id];
            if block.last_line_blank {
                return true;
            }
            match (&block.kind, block.children.last()) {
                (Kind::List(_) | Kind::Item(_), Some(&last)) => id = last,
                _ => return false,
            }
        }
    }

    fn line(&mut self, text: &str) {
        let mut line = Line::new(text);
        let depth = self.continue_open(&mut line);
        let Some(depth) = depth else {
            return;
        };
        let unmatched_tip = self.tip();
        let all_matched = depth + 1 == self.open.len();
        let started = self.start_blocks(&mut line, depth);
        self.add_text(&mut line, depth, unmatched_tip, all_matched, started);
    }

    /// Walks the open blocks the line continues; the depth of the last one.
    /// None: the line was a closing fence.
    fn continue_open(&mut self, line: &mut Line) -> Option<usize> {
        let mut depth = 0;
        while depth + 1 < self.open.len() {
            let id = self.open[depth + 1];
            let (indent, _) = line.indent();
            let blank = line.is_blank();
            let block = &self.blocks[id];
            let continues = match block.kind {
                Kind::Quote => {
                    let is_quote = indent <= 3 && line.content().starts_with('>');
                    if is_quote {
                        eat_quote_mark(line);
                    }
                    is_quote
                }
                Kind::List(_) => true,
                Kind::Item(width) => {
                    if blank {
                        line.eat_indent();
                        !block.children.is_empty()
                    } else if indent >= width {
                        line.eat_columns(width);
                        true
                    } else {
                        false
                    }
                }
                Kind::Code(Some(_)) => {
                    if indent <= 3 && closes_fence(line.content(), block.fence) {
                        self.close_down_to(depth);
                        return None;
                    }
                    line.eat_columns(block.fence.indent);
                    true
                }
                Kind::Code(None) => {
                    if indent >= 4 {
                        line.eat_columns(4);
                    } else if blank {
                        line.eat_indent();
                    }
                    indent >= 4 || blank
                }
                Kind::Html => !(blank && block.html >= 6),
                Kind::Paragraph => !blank,
                Kind::Table(_) => !blank,
                _ => false,
            };
            if !continues {
                break;
            }
            depth += 1;
        }
        Some(depth)
    }

    /// Starts what the rest of the line starts, below block `depth`.
    fn start_blocks(&mut self, line: &mut Line, depth: usize) -> Start {
        let mut started = Start::Nothing;
        let mut container = self.open[depth];
        let mut closed = depth + 1 == self.open.len();
        loop {
            if matches!(self.blocks[container].kind, Kind::Code(_) | Kind::Html) {
                return started;
            }
            let (indent, _) = line.indent();
            let lazy = matches!(self.blocks[self.tip()].kind, Kind::Paragraph);
            if indent >= 4 {
                if lazy || line.is_blank() {
                    return started;
                }
                self.close_unmatched(depth, &mut closed);
                line.eat_columns(4);
                self.add(Kind::Code(None));
                return Start::Container;
            }
            match self.start_one(line, container, depth, &mut closed) {
                Start::Nothing => return started,
                Start::Leaf => return Start::Leaf,
                Start::Container => {
                    started = Start::Container;
                    container = self.tip();
                }
            }
        }
    }

    /// Closes, once per line, the blocks that the line did not continue.
    fn close_unmatched(&mut self, depth: usize, closed: &mut bool) {
        if !*closed {
            self.close_down_to(depth);
            *closed = true;
        }
    }

    fn start_one(
        &mut self,
        line: &mut Line,
        container: usize,
        depth: usize,
        closed: &mut bool,
    ) -> Start {
        let content = line.content();
        let (indent, _) = line.indent();
        let in_paragraph = matches!(self.blocks[container].kind, Kind::Paragraph);
        let room = self.open.len() < DEPTH_MAX;

        if content.starts_with('>') && room {
            self.close_unmatched(depth, closed);
            eat_quote_mark(line);
            self.add(Kind::Quote);
            return Start::Container;
        }
        if let Some((level, text)) = atx_heading(content) {
            self.close_unmatched(depth, closed);
            let id = self.add(Kind::Heading(level));
            self.blocks[id].text = text.to_string();
            self.close_tip();
            return Start::Leaf;
        }
        if let Some((fence, info)) = open_fence(content, indent) {
            self.close_unmatched(depth, closed);
            let id = self.add(Kind::Code(Some(scan::unescape(info))));
            self.blocks[id].fence = fence;
            return Start::Leaf;
        }
        if let Some(kind) = html_block(content) {
            let interrupts = kind < 7 || !(in_paragraph || !*closed && self.tip_is_paragraph());
            if interrupts {
                self.close_unmatched(depth, closed);
                let id = self.add(Kind::Html);
                self.blocks[id].html = kind;
                self.add_html_line(id, line);
                return Start::Leaf;
            }
        }
        if in_paragraph {
            if let Some(level) = setext_underline(content) {
                if self.make_heading(container, level) {
                    return Start::Leaf;
                }
            }
            if self.make_table(container, content) {
                return Start::Leaf;
            }
        }
        if is_thematic_break(content) {
            self.close_unmatched(depth, closed);
            self.add(Kind::Break);
            self.close_tip();
            return Start::Leaf;
        }
        if room {
            if let Some(marker) = list_marker(content, in_paragraph) {
                self.close_unmatched(depth, closed);
                self.start_item(line, marker, indent);
                return Start::Container;
            }
        }
        Start::Nothing
    }

    fn tip_is_paragraph(&self) -> bool {
        matches!(self.blocks[self.tip()].kind, Kind::Paragraph)
    }

    /// Turns a paragraph into a heading; false when only definitions are in it.
    fn make_heading(&mut self, id: usize, level: usize) -> bool {
        self.take_definitions(id);
        let block = &mut self.blocks[id];
        if block.text.trim().is_empty() {
            return false;
        }
        block.kind = Kind::Heading(level);
        block.text = block.text.trim().to_string();
        self.close_tip();
        true
    }

    /// Turns the last line of a paragraph and a delimiter row into a table.
    fn make_table(&mut self, id: usize, content: &str) -> bool {
        let Some(aligns) = delimiter_row(content) else {
            return false;
        };
        let text = self.blocks[id].text.trim_end_matches('\n');
        let at = text.rfind('\n').map_or(0, |end| end + 1);
        if table_cells(&text[at..]).len() != aligns.len() {
            return false;
        }
        let head = text[at..].to_string();
        self.blocks[id].text.truncate(at);
        self.close_tip();
        let table = self.add(Kind::Table(aligns));
        self.blocks[table].text = format!("{head}\n");
        true
    }

    fn start_item(&mut self, line: &mut Line, marker: Marker, indent: usize) {
        line.eat_indent();
        line.eat_bytes(marker.size);
        let (columns, _) = line.indent();
        let padding = if line.is_blank() || columns > 4 {
            1
        } else {
            columns
        };
        let eaten = if line.is_blank() {
            columns.min(1)
        } else {
            padding
        };
        line.eat_columns(eaten);
        let tip = self.tip();
        let fits = |kind: &Kind| {
            matches!(kind, Kind::List(list) if list.delimiter == marker.delimiter
                && list.start.is_some() == marker.number.is_some())
        };
        if !fits(&self.blocks[tip].kind) {
            if matches!(self.blocks[tip].kind, Kind::List(_)) {
                self.close_tip();
            }
            self.add(Kind::List(List {
                delimiter: marker.delimiter,
                start: marker.number,
                tight: true,
            }));
        }
        self.add(Kind::Item(indent + marker.size + padding));
    }

    fn add_text(
        &mut self,
        line: &mut Line,
        depth: usize,
        old_tip: usize,
        all_matched: bool,
        started: Start,
    ) {
        if matches!(started, Start::Leaf) {
            return;
        }
        let blank = line.is_blank();
        let lazy = !all_matched
            && !blank
            && self.tip() == old_tip
            && matches!(started, Start::Nothing)
            && self.tip_is_paragraph();
        if lazy {
            self.add_paragraph_line(old_tip, line);
            return;
        }
        if matches!(started, Start::Nothing) {
            self.close_down_to(depth);
        }
        let tip = self.tip();
        self.mark_blank(tip, blank);
        match self.blocks[tip].kind {
            Kind::Code(_) => {
                let rest = line.rest();
                let text = &mut self.blocks[tip].text;
                text.push_str(&rest);
                text.push('\n');
            }
            Kind::Html => self.add_html_line(tip, line),
            Kind::Paragraph => self.add_paragraph_line(tip, line),
            Kind::Table(_) => {
                let content = line.content();
                let text = &mut self.blocks[tip].text;
                text.push_str(content);
                text.push('\n');
            }
            _ if !blank => {
                let id = self.add(Kind::Paragraph);
                self.add_paragraph_line(id, line);
            }
            _ => {}
        }
    }

    /// Notes whether the line was blank, where that decides if a list is tight.
    fn mark_blank(&mut self, tip: usize, blank: bool) {
        if blank {
            if let Some(&last) = self.blocks[tip].children.last() {
                self.blocks[last].last_line_blank = true;
            }
        }
        let block = &self.blocks[tip];
        let counts = match block.kind {
            Kind::Quote | Kind::Heading(_) | Kind::Break | Kind::Code(Some(_)) => false,
            Kind::Item(_) => !block.children.is_empty(),
            _ => true,
        };
        self.blocks[tip].last_line_blank = blank && counts;
        let mut id = self.blocks[tip].parent;
        loop {
            self.blocks[id].last_line_blank = false;
            if id == 0 {
                return;
            }
            id = self.blocks[id].parent;
        }
    }

    fn add_paragraph_line(&mut self, id: usize, line: &Line) {
        let text = &mut self.blocks[id].text;
        text.push_str(line.content());
        text.push('\n');
    }

    fn add_html_line(&mut self, id: usize, line: &Line) {
        let rest = line.rest();
        let block = &mut self.blocks[id];
        block.text.push_str(&rest);
        block.text.push('\n');
        if html_ends(block.html, &rest) {
            self.close_tip();
        }
    }
}

fn eat_quote_mark(line: &mut Line) {
    line.eat_indent();
    line.eat_bytes(1);
    line.eat_columns(1);
}
