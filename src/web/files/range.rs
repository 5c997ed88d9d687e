//! `Range: bytes=…`, one part at a time (RFC 9110, 14).

/// Which of a file's bytes are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them: no range, or one that we do not read.
    All,
    /// At least one.
    Part {
        /// The first one's place.
        from: u64,
        /// How many.
        length: u64,
    },
    /// A range that the file does not have.
    Nothing,
}

/// Reads a `Range` header for a file of so many bytes.
pub(super) fn wanted(header: Option<&str>, bytes: u64) -> Wanted {
    let range = header.and_then(|text| text.trim().strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.trim().split_once('-')) else {
        return Wanted::All;
    };
    let read = |text: &str| text.parse::<u64>().ok();
    let (from, to) = match (first, last) {
        ("", last) => match read(last) {
            Some(0) => return Wanted::Nothing,
            Some(suffix) => (bytes.saturating_sub(suffix), bytes),
            None => return Wanted::All,
        },
        (first, "") => match read(first) {
            Some(from) => (from, bytes),
            None => return Wanted::All,
        },
        (first, last) => match (read(first), read(last)) {
            (Some(from), Some(last)) if from <= last => (from, last.saturating_add(1)),
            _ => return Wanted::All,
        },
    };
    let to = to.min(bytes);
    if from < to { Wanted::Part { from, length: to - from } } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_nonsense_is_none() {
        let part = |from, length| Wanted::Part { from, length };
        let of = |text| wanted(Some(text), 100);
        assert_eq!(of("bytes=0-"), part(0, 100));
        assert_eq!(of("bytes=10-19"), part(10, 10));
        assert_eq!(of("bytes=90-500"), part(90, 10));
        assert_eq!(of("bytes=-7"), part(93, 7));
        assert_eq!(of("bytes=-500"), part(0, 100));
        for nothing in ["bytes=100-", "bytes=-0", "bytes=500-600"] {
            assert_eq!(of(nothing), Wanted::Nothing, "{nothing}");
        }
        for all in ["", "bytes=", "lines=1-2", "bytes=1-2,4-5", "bytes=9-3", "bytes=x-y"] {
            assert_eq!(of(all), Wanted::All, "{all}");
        }
        assert_eq!(wanted(None, 100), Wanted::All);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
        let end = u64::MAX.to_string();
        assert_eq!(of(&format!("bytes=5-{end}")), part(5, 95));
    }
}
