// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Inlines: the text of one paragraph to HTML.
//!
//! The text is cut into pieces from left to right. Runs of `*`, `_` and `~`
//! stay pieces of their own until it is known what they pair with; a `[`
//! until its `]` turns out to end a link or not.

use crate::link::{inline_target, label, normalize, References, Target};
use crate::scan;
use std::collections::HashSet;

/// Parses and renders the inlines of `text`.
pub fn render(text: &str, references: &References) -> String {
    let mut parser = Parser {
        text,
        at: 0,
        references,
        pieces: Vec::new(),
        runs: Vec::new(),
        brackets: Vec::new(),
        missing: HashSet::new(),
    };
    parser.parse();
    parser.pair_runs(0);
    parser.pieces.iter().map(Piece::html).collect()
}

/// A document's text without its markup: for titles and for `alt`.
pub fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => out.push(c),
            _ => {}
        }
    }
    out
}

pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

/// A link target as it stands in an attribute.
fn escape_url(url: &str) -> String {
    let mut out = String::new();
    for byte in url.bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            b'\'' => out.push_str("&#x27;"),
            b if b.is_ascii_alphanumeric() || b"-_.~!*();:@=+$,/?#%".contains(&b) => {
                out.push(b as char);
            }
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

enum Piece {
    /// HTML, as it is.
    Html(String),
    /// The alternative text of an image, and its tag before and after that.
    Image(String, String, String),
    /// What is left of a run of delimiters, between the tags it closed and
    /// those it opened (the innermost last opened, so written last first).
    Run {
        mark: char,
        count: usize,
        closes: String,
        opens: Vec<&'static str>,
    },
}

impl Piece {
    fn html(&self) -> String {
        match self {
            Piece::Html(html) => html.clone(),
            Piece::Image(alt, before, after) => format!("{before}{alt}{after}"),
            Piece::Run {
                mark,
                count,
                closes,
                opens,
            } => {
                let mut out = closes.clone();
                out.extend(std::iter::repeat_n(*mark, *count));
                out.extend(opens.iter().rev().copied());
                out
            }
        }
    }

    fn plain(&self) -> String {
        match self {
            Piece::Image(alt, ..) => alt.clone(),
            other => plain(&other.html()),
        }
    }
}

/// A run of delimiters that may still pair.
struct Run {
    piece: usize,
    mark: char,
    count: usize,
    /// As it was written: the rule of three looks at this.
    length: usize,
    opens: bool,
    closes: bool,
}

struct Bracket {
    piece: usize,
    /// Runs that stand before it.
    runs: usize,
    /// Just behind the bracket in the text.
    inside: usize,
    image: bool,
    /// Off once a link inside has made it impossible.
    active: bool,
    /// Another bracket follows: its text is no label.
    nested: bool,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    references: &'a References,
    pieces: Vec<Piece>,
    runs: Vec<Run>,
    brackets: Vec<Bracket>,
    /// What was searched for to the end in vain: lengths of backtick runs, and
    /// beginnings of HTML. Keeps hostile text from being searched again.
    missing: HashSet<String>,
}

impl<'a> Parser<'a> {
    fn parse(&mut self) {
        self.text = self.text.trim_matches([' ', '\t', '\n']);
        while let Some(c) = self.text[self.at..].chars().next() {
            match c {
                '\\' => self.backslash(),
                '`' => self.code(),
                '*' | '_' | '~' => self.run(c),
                '[' => self.open_bracket(false),
                '!' if self.text[self.at..].starts_with("![") => self.open_bracket(true),
                ']' => self.close_bracket(),
                '<' => self.angle(),
                '&' => self.reference(),
                '\n' => self.line_end(),
                _ => self.plain_text(),
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        let mut html = String::new();
        escape(text, &mut html);
        self.push_html(html);
    }

    fn push_html(&mut self, html: String) {
        self.pieces.push(Piece::Html(html));
    }

    fn take(&mut self, size: usize) {
        let text = self.text;
        let from = self.at;
        self.at += size;
        self.push_text(&text[from..from + size]);
    }

    fn plain_text(&mut self) {
        let rest = &self.text[self.at..];
        if matches!(rest.as_bytes()[0], b'h' | b'w') && self.at_word_start() {
            if let Some(end) = scan::bare_link(self.text, self.at) {
                let link = &self.text[self.at..end];
                let scheme = if link.starts_with('w') { "http://" } else { "" };
                let url = format!("{scheme}{link}");
                self.at = end;
                self.push_link(&url, link);
                return;
            }
        }
        let special = |c: char| "\\`*_~[]!<&\n".contains(c);
        let size = rest
            .char_indices()
            .skip(1)
            .find(|&(at, c)| special(c) || (matches!(c, 'h' | 'w') && is_link_edge(&rest[..at])))
            .map_or(rest.len(), |(at, _)| at);
        self.take(size);
    }

    fn at_word_start(&self) -> bool {
        is_link_edge(&self.text[..self.at]) && self.brackets.iter().all(|b| !b.active)
    }

    fn push_link(&mut self, url: &str, text: &str) {
        let mut html = format!("<a href=\"{}\">", escape_url(url));
        escape(text, &mut html);
        html.push_str("</a>");
        self.push_html(html);
    }

    fn backslash(&mut self) {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'\n') => {
                self.at += 2;
                self.push_html("<br />\n".to_string());
                self.skip_blanks();
            }
            Some(b) if b.is_ascii_punctuation() => {
                self.at += 1;
                self.take(1);
            }
            _ => self.take(1),
        }
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn line_end(&mut self) {
        let before = &self.text[..self.at];
        let blanks = before.len() - before.trim_end_matches(' ').len();
        if blanks > 0 {
            if let Some(Piece::Html(html)) = self.pieces.last_mut() {
                let kept = html.trim_end_matches(' ').len();
                html.truncate(kept);
            }
        }
        self.at += 1;
        self.push_html(if blanks >= 2 { "<br />\n" } else { "\n" }.to_string());
        self.skip_blanks();
    }

    fn code(&mut self) {
        let rest = &self.text[self.at..];
        let size = rest.bytes().take_while(|&b| b == b'`').count();
        let key = format!("`{size}");
        let end = match self.missing.contains(&key) {
            true => None,
            false => find_backticks(rest, size),
        };
        let Some(end) = end else {
            self.missing.insert(key);
            self.take(size);
            return;
        };
        let code = rest[size..end].replace('\n', " ");
        let inner = code.strip_prefix(' ').and_then(|c| c.strip_suffix(' '));
        let code = match inner {
            Some(inner) if !code.trim_matches(' ').is_empty() => inner,
            _ => &code,
        };
        let mut html = String::from("<code>");
        escape(code, &mut html);
        html.push_str("</code>");
        self.at += end + size;
        self.push_html(html);
    }

    fn angle(&mut self) {
        if let Some((end, url)) = scan::autolink(self.text, self.at) {
            let text = &self.text[self.at + 1..end - 1];
            self.at = end;
            self.push_link(&url, text);
            return;
        }
        let rest = &self.text[self.at..];
        let searched = ["<!--", "<?", "<![CDATA[", "<!"];
        let key = searched.iter().find(|start| rest.starts_with(**start));
        if key.is_some_and(|key| self.missing.contains(*key)) {
            self.take(1);
            return;
        }
        match scan::html_inline(self.text, self.at) {
            Some(end) => {
                let html = self.text[self.at..end].to_string();
                self.at = end;
                self.push_html(html);
            }
            None => {
                if let Some(key) = key.filter(|key| **key != "<!") {
                    self.missing.insert(key.to_string());
                }
                self.take(1);
            }
        }
    }

    fn reference(&mut self) {
        match scan::entity(self.text, self.at) {
            Some((end, value)) => {
                self.at = end;
                self.push_text(&value);
            }
            None => self.take(1),
        }
    }

    // --- emphasis ---

    fn run(&mut self, mark: char) {
        let rest = &self.text[self.at..];
        let count = rest.chars().take_while(|&c| c == mark).count();
        let before = self.text[..self.at].chars().next_back().unwrap_or('\n');
        let after = rest[count..].chars().next().unwrap_or('\n');
        let left = !after.is_whitespace()
            && (!is_punctuation(after) || before.is_whitespace() || is_punctuation(before));
        let right = !before.is_whitespace()
            && (!is_punctuation(before) || after.is_whitespace() || is_punctuation(after));
        let (opens, closes) = match mark {
            '_' => (
                left && (!right || is_punctuation(before)),
                right && (!left || is_punctuation(after)),
            ),
            '~' => (left && count <= 2, right && count <= 2),
            _ => (left, right),
        };
        self.at += count;
        self.runs.push(Run {
            piece: self.pieces.len(),
            mark,
            count,
            length: count,
            opens,
            closes,
        });
        self.pieces.push(Piece::Run {
            mark,
            count,
            closes: String::new(),
            opens: Vec::new(),
        });
    }

    /// Pairs the runs from index `bottom` on, and forgets them.
    fn pair_runs(&mut self, bottom: usize) {
        // Below these an opener for a closer of that sort was sought in vain.
        let mut floors = [[bottom; 6]; 3];
        let mut closer = bottom;
        while closer < self.runs.len() {
            let run = &self.runs[closer];
            if !run.closes || run.count == 0 {
                closer += 1;
                continue;
            }
            let mark = "*_~".find(run.mark).unwrap_or(0);
            let sort = run.length % 3 + if run.opens { 3 } else { 0 };
            let floor = floors[mark][sort];
            match self.find_opener(floor, closer) {
                Some(opener) => self.pair(opener, closer),
                None => {
                    floors[mark][sort] = closer;
                    closer += 1;
                }
            }
        }
        self.runs.truncate(bottom);
    }

    fn find_opener(&self, floor: usize, closer: usize) -> Option<usize> {
        let close = &self.runs[closer];
        (floor..closer).rev().find(|&at| {
            let open = &self.runs[at];
            if open.mark != close.mark || !open.opens || open.count == 0 {
                return false;
            }
            if open.mark == '~' {
                return open.count == close.count;
            }
            let both = open.closes || close.opens;
            let sum = open.length + close.length;
            let thirds = |length: usize| matches!(length % 3, 0);
            !both || !thirds(sum) || (thirds(open.length) && thirds(close.length))
        })
    }

    fn pair(&mut self, opener: usize, closer: usize) {
        let strong = self.runs[opener].count >= 2 && self.runs[closer].count >= 2;
        let used = if strong { 2 } else { 1 };
        let (open, close) = match (self.runs[opener].mark, strong) {
            ('~', _) => ("<del>", "</del>"),
            (_, true) => ("<strong>", "</strong>"),
            (_, false) => ("<em>", "</em>"),
        };
        for at in [opener, closer] {
            self.runs[at].count -= used;
            let piece = self.runs[at].piece;
            if let Piece::Run {
                count,
                opens,
                closes,
                ..
            } = &mut self.pieces[piece]
            {
                *count -= used;
                if at == opener {
                    opens.push(open);
                } else {
                    closes.push_str(close);
                }
            }
        }
        // What stands between the two can pair with nothing outside.
        for run in &mut self.runs[opener + 1..closer] {
            run.count = 0;
        }
    }

    // --- links ---

    fn open_bracket(&mut self, image: bool) {
        if let Some(last) = self.brackets.last_mut() {
            last.nested = true;
        }
        let size = if image { 2 } else { 1 };
        self.brackets.push(Bracket {
            piece: self.pieces.len(),
            runs: self.runs.len(),
            inside: self.at + size,
            image,
            active: true,
            nested: false,
        });
        self.take(size);
    }

    fn close_bracket(&mut self) {
        let Some(bracket) = self.brackets.pop() else {
            self.take(1);
            return;
        };
        let target = match bracket.active {
            true => self.find_target(&bracket),
            false => None,
        };
        let Some((end, target)) = target else {
            self.take(1);
            return;
        };
        self.pair_runs(bracket.runs);
        self.at = end;
        let mut title = String::new();
        if let Some(text) = &target.title {
            title.push_str(" title=\"");
            escape(text, &mut title);
            title.push('"');
        }
        let url = escape_url(&target.url);
        if bracket.image {
            let inner = self.pieces[bracket.piece + 1..].iter();
            let alt: String = inner.map(Piece::plain).collect();
            self.pieces.truncate(bracket.piece);
            self.pieces.push(Piece::Image(
                alt,
                format!("<img src=\"{url}\" alt=\""),
                format!("\"{title} />"),
            ));
        } else {
            self.pieces[bracket.piece] = Piece::Html(format!("<a href=\"{url}\"{title}>"));
            self.push_html("</a>".to_string());
            for outer in self.brackets.iter_mut().filter(|b| !b.image) {
                outer.active = false;
            }
        }
    }

    /// Where the link that ends at the `]` here leads, and where it is over.
    fn find_target(&self, bracket: &Bracket) -> Option<(usize, Target)> {
        let after = self.at + 1;
        if self.text.as_bytes().get(after) == Some(&b'(') {
            if let Some(found) = inline_target(self.text, after) {
                return Some(found);
            }
        }
        let inside = &self.text[bracket.inside..self.at];
        let mut end = after;
        let mut name = inside;
        if self.text.as_bytes().get(after) == Some(&b'[') {
            if let Some((stop, label)) = label(self.text, after) {
                end = stop;
                if !label.trim().is_empty() {
                    name = label;
                }
            }
        }
        let implied = name.len() == inside.len() && std::ptr::eq(name, inside);
        if implied && (bracket.nested || inside.len() > 999) {
            return None;
        }
        let target = self.references.get(&normalize(name))?;
        Some((end, target.clone()))
    }
}

/// Where the run of exactly `size` backticks starts that ends code.
fn find_backticks(text: &str, size: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = size;
    while at < bytes.len() {
        if bytes[at] != b'`' {
            at += 1;
            continue;
        }
        let run = bytes[at..].iter().take_while(|&&b| b == b'`').count();
        if run == size {
            return Some(at);
        }
        at += run;
    }
    None
}

fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_punctuation();
    }
    !c.is_alphanumeric() && !c.is_whitespace() && !is_mark(c)
}

/// Combining marks and joiners belong to the word they stand in.
fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd
        | 0x610..=0x61a | 0x64b..=0x65f | 0x900..=0x903 | 0x93a..=0x94f
        | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x200c..=0x200d | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xe0100..=0xe01ef)
}

fn is_link_edge(before: &str) -> bool {
    match before.chars().next_back() {
        None => true,
        Some(c) => c.is_whitespace() || "*_~(".contains(c),
    }
}
