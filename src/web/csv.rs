//! Tables for spreadsheets: RFC 4180, and no cell that a spreadsheet would run as a formula.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

/// One cell.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Words of people: names, keys.
    Text(String),
    /// A number or an instant, as it is.
    Plain(String),
    /// Nothing.
    Empty,
}

impl Cell {
    pub(super) fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    pub(super) fn words(words: Option<&str>) -> Self {
        words.map_or(Self::Empty, Self::text)
    }

    pub(super) fn number<T: Copy + ToString>(number: T) -> Self {
        Self::Plain(number.to_string())
    }

    pub(super) fn maybe<T: Copy + ToString>(number: Option<T>) -> Self {
        number.map_or(Self::Empty, Self::number)
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&quoted(&harmless(text))),
            Self::Empty => {}
        }
    }
}

/// Words that a spreadsheet takes for words.
fn harmless(text: &str) -> String {
    let runs =
        text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r']);
    if runs { format!("'{text}") } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r', ';']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The whole table as text.
pub(super) fn table(header: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> String {
    let mut out = header.join(",");
    out.push_str("\r\n");
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            cell.write(&mut out);
        }
        out.push_str("\r\n");
    }
    out
}

/// The table as a file; its name is ours.
pub(super) fn file(name: &str, table: String) -> Response {
    let mut answer = table.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    answer
}

/// Whether a table is wanted rather than JSON.
pub(super) fn is_wanted(format: Option<&str>, headers: &HeaderMap) -> Result<bool, String> {
    match format {
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        Some(other) => Err(format!("format={other} is not known: write csv or json")),
        None => {
            let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            Ok(accepts.is_some_and(|accepts| accepts.contains("text/csv")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_run() {
        let row = vec![
            Cell::text("Anna, \"la\" prima"),
            Cell::text("=HYPERLINK(\"http://x\")"),
            Cell::text(" @sum"),
            Cell::text("-1"),
            Cell::number(-1),
            Cell::Empty,
            Cell::text("due\nrighe"),
        ];
        let text = table(&["a", "b"], std::iter::once(row));
        assert_eq!(
            text,
            "a,b\r\n\"Anna, \"\"la\"\" prima\",\"'=HYPERLINK(\"\"http://x\"\")\",' @sum,'-1,-1,,\"due\nrighe\"\r\n"
        );
    }
}
