//! Content lines: unfolded, and every byte still knows its place in the file.

use super::Broken;

/// One logical line.
#[derive(Debug)]
pub(super) struct Line {
    text: String,
    /// Where each physical line begins in the text, and its number in the file.
    pieces: Vec<(usize, usize)>,
}

/// `NAME;PARAMETER=value:value`.
#[derive(Debug)]
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    pub(super) value: &'a str,
    /// At which byte of the line the value begins.
    pub(super) at: usize,
}

impl Property<'_> {
    /// A parameter's value.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim_matches('"'))
    }

    /// The value's parts between commas, each with its byte.
    pub(super) fn parts(&self) -> impl Iterator<Item = (usize, &str)> {
        parts(self.value, ',').map(|(at, part)| (self.at + at, part))
    }
}

/// The parts of a text and where each begins.
pub(super) fn parts(text: &str, between: char) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(between).map(move |part| {
        let begins = at;
        at += part.len() + between.len_utf8();
        (begins, part)
    })
}

/// The logical lines of a text; empty ones are left out. A line that begins with a blank goes on
/// with the one before.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut physical = (1..).zip(text.lines()).peekable();
    std::iter::from_fn(move || {
        let (number, first) = physical.find(|(_, line)| !line.trim().is_empty())?;
        let mut line = Line { text: first.to_owned(), pieces: vec![(0, number)] };
        while let Some((number, more)) = physical.next_if(|(_, l)| l.starts_with([' ', '\t'])) {
            line.pieces.push((line.text.len(), number));
            line.text.push_str(more.get(1..).unwrap_or_default());
        }
        Some(line)
    })
}

impl Line {
    /// Line and column of a byte, both from 1.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let piece = self.pieces.iter().rfind(|&&(begins, _)| begins <= at);
        let &(begins, number) = piece.unwrap_or(&(0, 1));
        let before = self.text.get(begins..at.min(self.text.len())).unwrap_or_default();
        // The blank that marks a continuation is in the file but not in the text.
        (number, before.chars().count() + if begins == 0 { 1 } else { 2 })
    }

    /// The line taken apart.
    pub(super) fn property(&self) -> Result<Property<'_>, Broken> {
        let colon = outside_quotes(&self.text, ':')
            .ok_or_else(|| Broken::new(0, "a line must be `NAME:value`; this one has no colon"))?;
        let (before, value) = (&self.text[..colon], &self.text[colon + 1..]);
        let mut rest = before;
        let mut fields = Vec::new();
        while let Some(end) = outside_quotes(rest, ';') {
            fields.push(&rest[..end]);
            rest = &rest[end + 1..];
        }
        fields.push(rest);
        let mut fields = fields.into_iter();
        let name = fields.next().unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(Broken::new(0, "a line must begin with a property's name"));
        }
        let parameters = fields.filter_map(|field| field.split_once('=')).collect();
        Ok(Property { name, parameters, value, at: colon + 1 })
    }
}

/// The first such character that is not between quotation marks.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == wanted && !quoted).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_are_one_and_keep_their_places() {
        let text = "\u{feff}BEGIN:X\r\n\r\nDTSTART;VALUE=D\r\n ATE;X=\"a:b;c\":2026\r\n\t0101\r\nEND:X\r\n";
        let lines: Vec<_> = lines(text).collect();
        assert_eq!(lines.len(), 3);
        let start = lines[1].property().unwrap();
        assert_eq!((start.name, start.value), ("DTSTART", "20260101"));
        assert_eq!(start.parameter("value"), Some("DATE"));
        assert_eq!(start.parameter("X"), Some("a:b;c"));
        assert_eq!(lines[1].place(0), (3, 1));
        assert_eq!(lines[1].place(start.at), (4, 16));
        assert_eq!(lines[1].place(start.at + 4), (5, 2));
    }

    #[test]
    fn what_is_no_property_is_told() {
        for text in ["no colon", ":value", "NA ME:x", "è:x", "X;A=\"open:x"] {
            assert!(lines(text).next().unwrap().property().is_err(), "{text}");
        }
        assert!(lines(" \n\n").next().is_none());
    }
}
