//! Rust source as words and marks, without comments, strings and characters.

/// A word or a mark of the source; comments, strings and characters are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Path,
    Open,
    Close,
    Other(char),
}

pub(super) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let begins_word = c.is_alphabetic() || c == '_';
        at = match (c, next) {
            ('/', Some('/')) => end_of(&chars, at, |chars, at| chars[at] == '\n'),
            ('/', Some('*')) => after_comment(&chars, at),
            ('"', _) => after_string(&chars, at),
            ('\'', _) => after_character(&chars, at),
            (':', Some(':')) => {
                found.push(Token::Path);
                at + 2
            }
            _ if begins_word && raw_string(&chars, at).is_some() => {
                raw_string(&chars, at).unwrap_or(at + 1)
            }
            _ if begins_word => {
                let is_end =
                    |chars: &[char], at: usize| !(chars[at].is_alphanumeric() || chars[at] == '_');
                let end = end_of(&chars, at, is_end);
                found.push(Token::Word(chars[at..end].iter().collect()));
                end
            }
            _ => {
                match c {
                    '{' => found.push(Token::Open),
                    '}' => found.push(Token::Close),
                    c if c.is_whitespace() => {}
                    c => found.push(Token::Other(c)),
                }
                at + 1
            }
        };
    }
    found
}

fn end_of(chars: &[char], from: usize, is_end: impl Fn(&[char], usize) -> bool) -> usize {
    (from..chars.len()).find(|at| is_end(chars, *at)).unwrap_or(chars.len())
}

fn after_comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0_usize, from);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn after_string(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`: where it ends, if one begins here.
fn raw_string(chars: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    if chars.get(at) == Some(&'b') {
        at += 1;
    }
    if chars.get(at) != Some(&'r') {
        return (at > from && chars.get(at) == Some(&'"')).then(|| after_string(chars, at));
    }
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let is_close = |chars: &[char], at: usize| {
        chars[at] == '"'
            && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    Some(end_of(chars, open + 1, is_close) + 1 + hashes)
}

/// A character; a lifetime is skipped by its mark alone.
fn after_character(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => end_of(chars, from + 3, |chars, at| chars[at] == '\'') + 1,
        (Some(_), Some('\'')) => from + 3,
        _ => from + 1,
    }
}
