//! What a file is: its type by its first bytes, whatever its name says, and a name that harms nobody.

/// How large a stored part is, bytes; every part but a file's last one is full.
pub const PART_BYTES: usize = 256 * 1_024;
/// The longest name, in characters.
pub const NAME_CHARS: usize = 120;
/// What cannot be told.
pub const UNKNOWN: &str = "application/octet-stream";

/// The endings that a type's names may have; the first one is given to a name without any of them.
const ENDINGS: [(&str, &[&str]); 28] = [
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("image/webp", &["webp"]),
    ("image/gif", &["gif"]),
    ("image/heif", &["heic", "heif"]),
    ("application/pdf", &["pdf"]),
    ("audio/ogg", &["ogg", "oga", "opus"]),
    ("audio/opus", &["opus", "ogg", "oga"]),
    ("audio/mpeg", &["mp3"]),
    ("audio/m4a", &["m4a"]),
    ("audio/x-wav", &["wav"]),
    ("video/mp4", &["mp4", "m4v"]),
    ("video/x-m4v", &["m4v", "mp4"]),
    ("video/quicktime", &["mov"]),
    ("video/webm", &["webm"]),
    ("text/plain", &["txt", "log", "md"]),
    ("text/csv", &["csv"]),
    ("application/rtf", &["rtf"]),
    ("application/zip", &["zip"]),
    ("application/msword", &["doc"]),
    ("application/vnd.ms-excel", &["xls"]),
    ("application/vnd.ms-powerpoint", &["ppt"]),
    (WORD, &["docx"]),
    (EXCEL, &["xlsx"]),
    (POWERPOINT, &["pptx"]),
    ("application/vnd.oasis.opendocument.text", &["odt"]),
    ("application/vnd.oasis.opendocument.spreadsheet", &["ods"]),
    ("application/vnd.oasis.opendocument.presentation", &["odp"]),
];
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const POWERPOINT: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// What bytes are, by their beginning. The name only tells tables from other text, and the documents of an
/// office from other archives.
#[must_use]
pub fn sniff(head: &[u8], name: Option<&str>) -> &'static str {
    let text = is_text(head);
    match infer::get(head).map(|found| found.mime_type()) {
        Some("application/zip") => office(head, name).unwrap_or("application/zip"),
        // Some marks are two letters, with which a text may begin as well.
        Some(known) if !text || is_written_as_text(known) => known,
        _ if text && is_markup(head) => "text/html",
        _ if text && ends_with(name, "csv") => "text/csv",
        _ if text => "text/plain",
        _ => UNKNOWN,
    }
}

fn is_written_as_text(mime: &str) -> bool {
    mime.starts_with("text/")
        || matches!(
            mime,
            "application/pdf"
                | "application/rtf"
                | "application/postscript"
                | "application/x-x509-ca-cert"
        )
}

/// Without the control characters that only other files have, and not empty.
fn is_text(head: &[u8]) -> bool {
    let odd = |byte: &u8| matches!(byte, 0..=8 | 11 | 14..=31 | 127);
    !head.is_empty() && !head.iter().any(odd)
}

fn is_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match head {
        [b'<', next, ..] => next.is_ascii_alphabetic() || matches!(next, b'!' | b'?'),
        _ => false,
    }
}

/// An archive that says it is a document, and has a document's table of contents.
fn office(head: &[u8], name: Option<&str>) -> Option<&'static str> {
    let contents = b"[Content_Types].xml";
    let listed = head.windows(contents.len()).any(|window| window == contents);
    let named = |(ending, _): &(&str, &str)| ends_with(name, ending);
    let kinds = [("docx", WORD), ("xlsx", EXCEL), ("pptx", POWERPOINT)];
    kinds.into_iter().find(named).filter(|_| listed).map(|(_, mime)| mime)
}

fn ending(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    (!stem.is_empty()).then(|| ending.to_ascii_lowercase())
}

fn ends_with(name: Option<&str>, wanted: &str) -> bool {
    name.and_then(ending).is_some_and(|ending| ending == wanted)
}

/// The word that channels know a type by: `photo`, `audio`, `video`, `document`.
#[must_use]
pub fn kind(mime: &str) -> &'static str {
    match mime.split_once('/').map(|(class, _)| class) {
        Some("image") => "photo",
        Some("audio") => "audio",
        Some("video") => "video",
        _ => "document",
    }
}

/// How a browser may treat a file of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    /// Beside the text: pictures and sound.
    Inline,
    /// In its own window: PDF.
    Window,
    /// Only by saving it.
    Saved,
}

/// How a browser may treat a type: markup and all that could carry a script is saved, never shown.
#[must_use]
pub fn showing(mime: &str) -> Showing {
    match mime {
        "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "audio/ogg" | "audio/opus"
        | "audio/mpeg" | "audio/m4a" | "audio/x-wav" | "video/mp4" | "video/webm" => {
            Showing::Inline
        }
        "application/pdf" => Showing::Window,
        _ => Showing::Saved,
    }
}

/// A name without a path, control characters and changes of direction, at most 120 characters long, whose
/// ending is one of its type's. `None` when nothing is left of it.
#[must_use]
pub fn clean_name(name: &str, mime: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().filter(|c| !is_hidden(*c));
    let kept = kept.map(|c| if r#""<>|:*?"#.contains(c) { '_' } else { c });
    let kept = kept.collect::<String>();
    let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = words.trim_matches(['.', ' ']);
    if name.is_empty() {
        return None;
    }
    let endings = endings(mime);
    let own = ending(name).filter(|own| endings.contains(&own.as_str()));
    let (stem, ending) = match (own, endings.first()) {
        (Some(own), _) => (&name[..name.len() - own.len() - 1], Some(own)),
        (None, first) => (name, first.map(|first| (*first).to_owned())),
    };
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let room = NAME_CHARS - ending.chars().count();
    Some(stem.chars().take(room).collect::<String>().trim_end().to_owned() + &ending)
}

/// A name for what came without one, such as `voice.ogg`.
#[must_use]
pub fn stand_in(kind: &str, mime: &str) -> String {
    let plain = kind.chars().filter(char::is_ascii_alphanumeric).take(20).collect::<String>();
    let stem = if plain.is_empty() { "file" } else { &plain };
    match endings(mime).first() {
        Some(ending) => format!("{stem}.{ending}"),
        None => stem.to_owned(),
    }
}

fn endings(mime: &str) -> &'static [&'static str] {
    ENDINGS.iter().find(|(known, _)| *known == mime).map_or(&[], |(_, endings)| endings)
}

/// Controls, marks of direction, and what has no width.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_a_file_is_and_names_do_not() {
        assert_eq!(sniff(b"\xff\xd8\xff\xe0\0\x10JFIF\0", Some("x.txt")), "image/jpeg");
        assert_eq!(
            sniff(b"MZ\x90\0\x03\0\0\0", Some("photo.jpg")),
            "application/vnd.microsoft.portable-executable"
        );
        assert_eq!(sniff(b"%PDF-1.7\n%\xe2\xe3", None), "application/pdf");
        assert_eq!(sniff(b"OggS\0\x02\0\0", None), "audio/ogg");
        assert_eq!(sniff(b"BMW serie 3, grazie", Some("nota.txt")), "text/plain");
        assert_eq!(sniff("città;prezzo\nRoma;3".as_bytes(), Some("a.CSV")), "text/csv");
        assert_eq!(sniff(b"\0\x01\x02\x03 nonsense", Some("a.jpg")), UNKNOWN);
        assert_eq!(sniff(b"PK\x03\x04\x14\0\0\0[Content_Types].xml", Some("a.xlsx")), EXCEL);
        assert_eq!(sniff(b"PK\x03\x04\x14\0\0\0virus.js", Some("a.xlsx")), "application/zip");
    }

    #[test]
    fn markup_is_never_plain_text() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        for markup in [&svg[..], b"<!doctype html><p>", b" \n<html>", b"\xef\xbb\xbf<script>"] {
            let found = sniff(markup, Some("a.txt"));
            assert!(matches!(found, "text/html" | "text/xml"), "{found}");
            assert_eq!(showing(found), Showing::Saved);
        }
        assert_eq!(sniff(b"<3 grazie", None), "text/plain");
    }

    #[test]
    fn names_lose_what_deceives() {
        let name = |name, mime| clean_name(name, mime);
        assert_eq!(name("../../etc/passwd", "text/plain").as_deref(), Some("passwd.txt"));
        assert_eq!(name(r"C:\x\Foto 1.JPG", "image/jpeg").as_deref(), Some("Foto 1.jpg"));
        assert_eq!(
            name("fattura\u{202e}fdp.exe", "application/pdf").as_deref(),
            Some("fatturafdp.exe.pdf")
        );
        assert_eq!(name("run.bat", "text/plain").as_deref(), Some("run.bat.txt"));
        assert_eq!(name("a\"\r\nb.pdf", "application/pdf").as_deref(), Some("a_b.pdf"));
        assert_eq!(name(" ..\u{0} ", "text/plain"), None);
        let long = name(&"è".repeat(500), "application/pdf").unwrap();
        assert!(long.chars().count() == NAME_CHARS && long.rsplit('.').next() == Some("pdf"));
        assert_eq!(stand_in("voice", "audio/ogg"), "voice.ogg");
        assert_eq!(stand_in("", "application/x-other"), "file");
    }
}
