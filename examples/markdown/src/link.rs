// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Link destinations, titles, labels, and reference definitions.

use crate::scan::{skip_space, unescape};
use std::collections::HashMap;

/// Where a link goes and what it says about that.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub url: String,
    pub title: Option<String>,
}

/// Definitions by normalised label; the first of a label counts.
pub type References = HashMap<String, Target>;

/// Labels compare without case, and with runs of blanks as one.
pub fn normalize(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").to_lowercase().replace('ß', "ss")
}

/// `[label]` at `start`: its end and the text inside.
pub fn label(text: &str, start: usize) -> Option<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() && at - start <= 1000 {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => return None,
            b']' => return Some((at + 1, text.get(start + 1..at)?)),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A destination at `start`: its end and its meaning.
pub fn destination(text: &str, start: usize) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let mut at = start;
    if bytes.get(at) == Some(&b'<') {
        loop {
            at += 1;
            match bytes.get(at)? {
                b'\n' | b'<' => return None,
                b'\\' => at += 1,
                b'>' => return Some((at + 1, unescape(&text[start + 1..at]))),
                _ => {}
            }
        }
    }
    let mut depth = 0;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 1,
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            0..=b' ' | 0x7f => break,
            _ => {}
        }
        if depth > 32 {
            return None;
        }
        at += 1;
    }
    (depth == 0).then(|| (at, unescape(&text[start..at])))
}

/// A quoted or parenthesised title at `start`.
pub fn title(text: &str, start: usize) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let open = *bytes.get(start)?;
    let close = match open {
        b'"' | b'\'' => open,
        b'(' => b')',
        _ => return None,
    };
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b if b == close => return Some((at + 1, unescape(&text[start + 1..at]))),
            b'(' if open == b'(' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// `(destination "title")` at `start`.
pub fn inline_target(text: &str, start: usize) -> Option<(usize, Target)> {
    let bytes = text.as_bytes();
    let from = skip_space(bytes, start + 1);
    let (mut at, url) = destination(text, from)?;
    let mut found = None;
    let next = skip_space(bytes, at);
    if next > at {
        if let Some((end, text)) = title(text, next) {
            found = Some(text);
            at = end;
        }
    }
    at = skip_space(bytes, at);
    (bytes.get(at) == Some(&b')')).then_some((at + 1, Target { url, title: found }))
}

/// `[label]: destination "title"` at the start of a paragraph: how many bytes
/// the definition takes, its label and its target.
pub fn definition(text: &str) -> Option<(usize, String, Target)> {
    let bytes = text.as_bytes();
    let start = skip_space(bytes, 0);
    if bytes.get(start) != Some(&b'[') {
        return None;
    }
    let (after, name) = label(text, start)?;
    let name = normalize(name);
    if bytes.get(after) != Some(&b':') || name.is_empty() {
        return None;
    }
    let from = skip_space(bytes, after + 1);
    let (end, url) = destination(text, from)?;
    if end == from {
        return None;
    }
    let next = skip_space(bytes, end);
    if next > end {
        if let Some((close, title)) = title(text, next) {
            if let Some(stop) = line_end(bytes, close) {
                let title = Some(title);
                return Some((stop, name, Target { url, title }));
            }
        }
    }
    let stop = line_end(bytes, end)?;
    Some((stop, name, Target { url, title: None }))
}

/// Past the end of the line, if only blanks are left on it.
fn line_end(bytes: &[u8], start: usize) -> Option<usize> {
    let blanks = bytes[start..]
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    match bytes.get(start + blanks) {
        None => Some(start + blanks),
        Some(b'\n') => Some(start + blanks + 1),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_take_what_is_theirs() {
        let text = "[A  b]: </u r l>\n 'two\nlines'  \nrest";
        let (size, name, target) = definition(text).unwrap();
        assert_eq!(&text[size..], "rest");
        assert_eq!(name, "a b");
        assert_eq!(target.url, "/u r l");
        assert_eq!(target.title.as_deref(), Some("two\nlines"));
    }

    #[test]
    fn a_broken_title_is_not_a_title() {
        let (size, _, target) = definition("[a]: /u\n\"x\" y").unwrap();
        assert_eq!(size, 8);
        assert_eq!(target.title, None);
        assert!(definition("[a]: /u \"x\" y").is_none());
    }

    #[test]
    fn parentheses_nest_in_destinations() {
        let (end, target) = inline_target("(a(b)c)d", 0).unwrap();
        assert_eq!((end, target.url.as_str()), (7, "a(b)c"));
        assert!(inline_target("(a b)", 0).is_none());
    }
}
