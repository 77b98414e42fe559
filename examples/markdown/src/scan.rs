// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Small scanners over text, shared by blocks and inlines. Positions are byte
//! offsets; each scanner returns where its thing ends, or None.

/// The end of an HTML tag, comment, instruction, declaration or CDATA section
/// that starts at `start` (a `<`).
pub fn html_inline(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    if let Some(comment) = rest.strip_prefix("<!--") {
        if comment.starts_with('>') {
            return Some(start + 5);
        }
        if comment.starts_with("->") {
            return Some(start + 6);
        }
        return find_after(text, start + 4, "-->");
    }
    if rest.starts_with("<?") {
        return find_after(text, start + 2, "?>");
    }
    if rest.starts_with("<![CDATA[") {
        return find_after(text, start + 9, "]]>");
    }
    if rest.starts_with("<!") {
        let letter = rest.as_bytes().get(2)?;
        return letter
            .is_ascii_alphabetic()
            .then(|| find_after(text, start + 2, ">"))?;
    }
    html_tag(text, start)
}

fn find_after(text: &str, from: usize, end: &str) -> Option<usize> {
    text.get(from..)?.find(end).map(|at| from + at + end.len())
}

/// The end of an open or closing tag.
pub fn html_tag(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(start + 1) == Some(&b'/') {
        let at = skip_space(bytes, tag_name(bytes, start + 2)?);
        return (bytes.get(at) == Some(&b'>')).then_some(at + 1);
    }
    let mut at = tag_name(bytes, start + 1)?;
    loop {
        let next = skip_space(bytes, at);
        match bytes.get(next)? {
            b'>' => return Some(next + 1),
            b'/' => {
                return (bytes.get(next + 1) == Some(&b'>')).then_some(next + 2);
            }
            _ if next == at => return None,
            _ => at = attribute(bytes, next)?,
        }
    }
}

/// The end of a tag's name.
pub fn tag_name(bytes: &[u8], start: usize) -> Option<usize> {
    if !bytes.get(start)?.is_ascii_alphabetic() {
        return None;
    }
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
    Some(start + bytes[start..].iter().take_while(|b| is_name(b)).count())
}

fn attribute(bytes: &[u8], start: usize) -> Option<usize> {
    let first = *bytes.get(start)?;
    if !(first.is_ascii_alphabetic() || first == b'_' || first == b':') {
        return None;
    }
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_.:-".contains(b);
    let at = start + bytes[start..].iter().take_while(|b| is_name(b)).count();
    let equals = skip_space(bytes, at);
    if bytes.get(equals) != Some(&b'=') {
        return Some(at);
    }
    let value = skip_space(bytes, equals + 1);
    match *bytes.get(value)? {
        quote @ (b'"' | b'\'') => {
            let rest = &bytes[value + 1..];
            let size = rest.iter().position(|&b| b == quote)?;
            Some(value + size + 2)
        }
        _ => {
            let stop = |b: &u8| b.is_ascii_whitespace() || b"\"'=<>`".contains(b);
            let size = bytes[value..].iter().take_while(|b| !stop(b)).count();
            (size > 0).then_some(value + size)
        }
    }
}

pub fn skip_space(bytes: &[u8], start: usize) -> usize {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    start + bytes[start..].iter().take_while(|b| is_space(b)).count()
}

/// `<scheme:...>` or `<user@host>` at `start`: the end, and the link target.
pub fn autolink(text: &str, start: usize) -> Option<(usize, String)> {
    let inside = &text[start + 1..];
    let stop = |c: char| c == '>' || c == '<' || c <= ' ';
    let size = inside.find(stop)?;
    if inside.as_bytes()[size] != b'>' {
        return None;
    }
    let target = &inside[..size];
    let end = start + size + 2;
    if is_absolute_uri(target) {
        return Some((end, target.to_string()));
    }
    is_email(target).then(|| (end, format!("mailto:{target}")))
}

fn is_absolute_uri(target: &str) -> bool {
    let Some(colon) = target.find(':') else {
        return false;
    };
    let scheme = &target.as_bytes()[..colon];
    (2..=32).contains(&colon)
        && scheme[0].is_ascii_alphabetic()
        && scheme
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(b))
}

fn is_email(target: &str) -> bool {
    let Some((user, host)) = target.split_once('@') else {
        return false;
    };
    let is_user = |b: u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    !user.is_empty() && user.bytes().all(is_user) && host.split('.').all(is_label)
}

/// `http://`, `https://` or `www.` in plain text at `start`: the end of the
/// link, by GitHub's rules for what trails it.
pub fn bare_link(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let prefix = ["https://", "http://", "www."]
        .iter()
        .find(|prefix| rest.starts_with(**prefix))?;
    let host = rest[prefix.len()..]
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
        .count();
    let dotted = prefix.ends_with('.') || rest[prefix.len()..][..host].contains('.');
    if host == 0 || !dotted {
        return None;
    }
    let size = rest
        .find(|c: char| c.is_whitespace() || c == '<')
        .unwrap_or(rest.len());
    Some(start + trim_link(&rest[..size]))
}

/// Leaves closing punctuation, unmatched parentheses and entities outside.
fn trim_link(link: &str) -> usize {
    let mut link = link;
    let count = |text: &str, b| text.bytes().filter(|&c| c == b).count();
    let mut surplus = count(link, b')').saturating_sub(count(link, b'('));
    loop {
        let last = link.as_bytes().last().copied().unwrap_or(b'a');
        let keep = match last {
            b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' | b'"' => link.len() - 1,
            b')' if surplus > 0 => {
                surplus -= 1;
                link.len() - 1
            }
            b';' => match link.rfind('&') {
                Some(at) if is_entity_name(&link[at + 1..link.len() - 1]) => at,
                _ => return link.len(),
            },
            _ => return link.len(),
        };
        link = &link[..keep];
    }
}

fn is_entity_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Named references that a page in UTF-8 has use for.
const ENTITIES: &[(&str, &str)] = &[
    ("AElig", "Æ"),
    ("Auml", "Ä"),
    ("Dcaron", "Ď"),
    ("Eacute", "É"),
    ("Ouml", "Ö"),
    ("Uuml", "Ü"),
    ("aacute", "á"),
    ("agrave", "à"),
    ("amp", "&"),
    ("apos", "'"),
    ("asymp", "≈"),
    ("auml", "ä"),
    ("bull", "•"),
    ("ccedil", "ç"),
    ("cent", "¢"),
    ("check", "✓"),
    ("copy", "©"),
    ("dagger", "†"),
    ("darr", "↓"),
    ("deg", "°"),
    ("divide", "÷"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("emsp", "\u{2003}"),
    ("ensp", "\u{2002}"),
    ("euro", "€"),
    ("frac12", "½"),
    ("frac34", "¾"),
    ("ge", "≥"),
    ("gt", ">"),
    ("hArr", "⇔"),
    ("harr", "↔"),
    ("hellip", "…"),
    ("iexcl", "¡"),
    ("infin", "∞"),
    ("iquest", "¿"),
    ("lArr", "⇐"),
    ("laquo", "«"),
    ("larr", "←"),
    ("ldquo", "“"),
    ("le", "≤"),
    ("lsquo", "‘"),
    ("lt", "<"),
    ("mdash", "—"),
    ("micro", "µ"),
    ("middot", "·"),
    ("minus", "−"),
    ("nbsp", "\u{a0}"),
    ("ndash", "–"),
    ("ne", "≠"),
    ("ntilde", "ñ"),
    ("ouml", "ö"),
    ("para", "¶"),
    ("permil", "‰"),
    ("plusmn", "±"),
    ("pound", "£"),
    ("quot", "\""),
    ("rArr", "⇒"),
    ("raquo", "»"),
    ("rarr", "→"),
    ("rdquo", "”"),
    ("reg", "®"),
    ("rsquo", "’"),
    ("sect", "§"),
    ("shy", "\u{ad}"),
    ("szlig", "ß"),
    ("thinsp", "\u{2009}"),
    ("times", "×"),
    ("trade", "™"),
    ("uarr", "↑"),
    ("uuml", "ü"),
    ("yen", "¥"),
    ("zwnj", "\u{200c}"),
];

/// A character reference at `start` (a `&`): its end and what it stands for.
pub fn entity(text: &str, start: usize) -> Option<(usize, String)> {
    let rest = &text[start + 1..];
    let size = rest.bytes().take(33).position(|b| b == b';')?;
    let name = rest.get(..size)?;
    let end = start + size + 2;
    if let Some(number) = name.strip_prefix('#') {
        let (digits, radix, most) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 6),
            None => (number, 10, 7),
        };
        let fits = (1..=most).contains(&digits.len());
        if !fits || !digits.chars().all(|c| c.is_digit(radix)) {
            return None;
        }
        let code = u32::from_str_radix(digits, radix).ok()?;
        let c = char::from_u32(code).filter(|&c| c != '\0');
        return Some((end, c.unwrap_or('\u{fffd}').to_string()));
    }
    let at = ENTITIES.binary_search_by(|(known, _)| (*known).cmp(name));
    Some((end, ENTITIES[at.ok()?].1.to_string()))
}

/// Text with backslash escapes and character references resolved.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let next = text.as_bytes().get(at + 1);
        if c == '\\' && next.is_some_and(u8::is_ascii_punctuation) {
            out.push(text.as_bytes()[at + 1] as char);
            at += 2;
        } else if let Some((end, value)) = (c == '&').then(|| entity(text, at)).flatten() {
            out.push_str(&value);
            at = end;
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_sorted() {
        assert!(ENTITIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn references_resolve() {
        assert_eq!(unescape("a&amp;b &#65; &#x1F600; \\*"), "a&b A 😀 *");
        assert_eq!(
            unescape("&nosuch; &#0; &#xD800; &#;"),
            "&nosuch; \u{fffd} \u{fffd} &#;"
        );
    }

    #[test]
    fn tags_end_where_they_end() {
        assert_eq!(html_inline("<a href='>'>", 0), Some(12));
        assert_eq!(html_inline("<a b =>", 0), None);
        assert_eq!(html_inline("<a b=\"c\"/>", 0), Some(10));
        assert_eq!(html_inline("</a b>", 0), None);
        assert_eq!(html_inline("<!-- x -->y", 0), Some(10));
        assert_eq!(html_inline("<", 0), None);
    }

    #[test]
    fn bare_links_leave_punctuation_out() {
        let text = "http://a.example/b_(c)). x";
        assert_eq!(bare_link(text, 0), Some(22));
        assert_eq!(bare_link("www.", 0), None);
    }
}
