// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! What the beginning of a line means. Every function looks at one line, its
//! indent removed, and knows nothing of the lines around it.

use crate::scan;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Align {
    None,
    Left,
    Center,
    Right,
}

/// The opening line of fenced code.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fence {
    pub mark: u8,
    pub size: usize,
    pub indent: usize,
}

fn run(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|&b| b == mark).count()
}

fn is_blank_or(next: Option<&u8>) -> bool {
    matches!(next, None | Some(b' ' | b'\t'))
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

pub fn atx_heading(content: &str) -> Option<(usize, &str)> {
    let level = run(content, b'#');
    if !(1..=6).contains(&level) || !is_blank_or(content.as_bytes().get(level)) {
        return None;
    }
    let text = trim(&content[level..]);
    let open = text.trim_end_matches('#');
    let closed = open.is_empty() || open.ends_with([' ', '\t']);
    Some((level, if closed { trim(open) } else { text }))
}

pub fn setext_underline(content: &str) -> Option<usize> {
    let content = content.trim_end_matches([' ', '\t']);
    let all = |mark| !content.is_empty() && content.bytes().all(|b| b == mark);
    match (all(b'='), all(b'-')) {
        (true, _) => Some(1),
        (_, true) => Some(2),
        _ => None,
    }
}

pub fn is_thematic_break(content: &str) -> bool {
    let Some(&mark) = content.as_bytes().first() else {
        return false;
    };
    let count = content.bytes().filter(|&b| b == mark).count();
    b"*-_".contains(&mark)
        && count >= 3
        && content
            .bytes()
            .all(|b| b == mark || b == b' ' || b == b'\t')
}

pub fn open_fence(content: &str, indent: usize) -> Option<(Fence, &str)> {
    let mark = *content.as_bytes().first()?;
    let size = run(content, mark);
    if !b"`~".contains(&mark) || size < 3 {
        return None;
    }
    let info = trim(&content[size..]);
    if mark == b'`' && info.contains('`') {
        return None;
    }
    Some((Fence { mark, size, indent }, info))
}

pub fn closes_fence(content: &str, fence: Fence) -> bool {
    let size = run(content, fence.mark);
    size >= fence.size && trim(&content[size..]).is_empty()
}

pub struct Marker {
    pub delimiter: u8,
    pub number: Option<u32>,
    /// Bytes, without blanks.
    pub size: usize,
}

/// `- ` or `12. `. A paragraph is interrupted only by an item with content,
/// and by a number only if it is 1.
pub fn list_marker(content: &str, in_paragraph: bool) -> Option<Marker> {
    let bytes = content.as_bytes();
    let first = *bytes.first()?;
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let marker = if b"-+*".contains(&first) {
        Marker {
            delimiter: first,
            number: None,
            size: 1,
        }
    } else {
        let delimiter = *bytes.get(digits)?;
        if !(1..=9).contains(&digits) || !b".)".contains(&delimiter) {
            return None;
        }
        Marker {
            delimiter,
            number: content[..digits].parse().ok(),
            size: digits + 1,
        }
    };
    let rest = &content[marker.size..];
    if !is_blank_or(rest.as_bytes().first()) {
        return None;
    }
    let weak = trim(rest).is_empty() || !matches!(marker.number, None | Some(1));
    (!in_paragraph || !weak).then_some(marker)
}

/// Tags that start a block of HTML until a blank line (kind 6).
const BLOCK_TAGS: &[&str] = &[
    "address",
    "article",
    "aside",
    "base",
    "basefont",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "menuitem",
    "nav",
    "noframes",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "track",
    "ul",
];

/// Tags whose content is kept up to the closing tag (kind 1).
const VERBATIM_TAGS: &[&str] = &["pre", "script", "style", "textarea"];

/// The kind, 1 to 7, of the HTML block that a line starts.
pub fn html_block(content: &str) -> Option<u8> {
    let bytes = content.as_bytes();
    if bytes.first() != Some(&b'<') {
        return None;
    }
    let starts = [("<!--", 2), ("<?", 3), ("<![CDATA[", 5)];
    if let Some((_, kind)) = starts.iter().find(|(text, _)| content.starts_with(text)) {
        return Some(*kind);
    }
    if bytes.get(1) == Some(&b'!') {
        return bytes.get(2)?.is_ascii_alphabetic().then_some(4);
    }
    let closing = bytes.get(1) == Some(&b'/');
    let from = 1 + usize::from(closing);
    let end = scan::tag_name(bytes, from)?;
    let name = content[from..end].to_ascii_lowercase();
    let next = bytes.get(end);
    let ended = is_blank_or(next) || next == Some(&b'>');
    if VERBATIM_TAGS.contains(&name.as_str()) && !closing {
        return ended.then_some(1);
    }
    if BLOCK_TAGS.contains(&name.as_str()) && (ended || content[end..].starts_with("/>")) {
        return Some(6);
    }
    let tag = scan::html_tag(content, 0)?;
    trim(&content[tag..]).is_empty().then_some(7)
}

/// Whether a block of HTML ends with this line; 6 and 7 end at a blank one.
pub fn html_ends(kind: u8, line: &str) -> bool {
    match kind {
        1 => {
            let line = line.to_ascii_lowercase();
            VERBATIM_TAGS
                .iter()
                .any(|tag| line.contains(&format!("</{tag}>")))
        }
        2 => line.contains("-->"),
        3 => line.contains("?>"),
        4 => line.contains('>'),
        5 => line.contains("]]>"),
        _ => false,
    }
}

/// `| :-- | --: |`: the alignment of each column.
pub fn delimiter_row(content: &str) -> Option<Vec<Align>> {
    if !content.contains('-') || !content.contains(['|', ':']) {
        return None;
    }
    table_cells(content)
        .iter()
        .map(|cell| {
            let left = cell.starts_with(':');
            let right = cell.len() > 1 && cell.ends_with(':');
            let dashes = cell.strip_prefix(':').unwrap_or(cell);
            let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
            if dashes.is_empty() || dashes.bytes().any(|b| b != b'-') {
                return None;
            }
            Some(match (left, right) {
                (true, true) => Align::Center,
                (true, false) => Align::Left,
                (false, true) => Align::Right,
                (false, false) => Align::None,
            })
        })
        .collect()
}

/// The cells of a row; `\|` is a bar inside one.
pub fn table_cells(row: &str) -> Vec<String> {
    let row = trim(row.trim_end_matches('\n'));
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut escaped = false;
    for c in row.chars() {
        match c {
            '|' if escaped => {
                cell.pop();
                cell.push('|');
            }
            '|' => cells.push(trim(&std::mem::take(&mut cell)).to_string()),
            _ => cell.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    if !trim(&cell).is_empty() {
        cells.push(trim(&cell).to_string());
    }
    cells
}
