//! A conversation to take along: as text, or as a page that needs nothing else.

use std::fmt::Write as _;

use maud::{DOCTYPE, Markup, html};

use super::texts::Texts;
use crate::domain::time::UtcMillis;
use crate::service::view::ChatLine;

/// Who says a line.
fn speaker<'a>(line: &'a ChatLine, texts: &'a Texts) -> &'a str {
    match (line.from.as_str(), line.name.as_deref()) {
        ("you", _) => texts.say("you"),
        (_, Some(name)) => name,
        _ => texts.say("bot"),
    }
}

/// What a line says: its words, then the names of its files.
fn said(line: &ChatLine, texts: &Texts) -> String {
    let mut said: Vec<&str> =
        Some(line.text.as_str()).filter(|text| !text.is_empty()).into_iter().collect();
    let files = line.attachments.iter().map(|file| {
        file.name.as_ref().map_or_else(
            || format!("[{}]", texts.say("file")),
            |name| format!("[{}: {name}]", texts.say("file")),
        )
    });
    let files: Vec<String> = files.collect();
    said.extend(files.iter().map(String::as_str));
    said.join("\n")
}

fn instant(line: &ChatLine) -> String {
    UtcMillis(line.at).to_string()
}

/// As plain text: one paragraph for each line.
#[must_use]
pub fn text(lines: &[ChatLine], texts: &Texts) -> String {
    let head = texts.say("transcript");
    let mut all = format!("{head}\n{}\n", "=".repeat(head.chars().count()));
    for line in lines {
        let _ = writeln!(all, "\n{}  {}", instant(line), speaker(line, texts));
        for part in said(line, texts).lines() {
            let _ = writeln!(all, "  {part}");
        }
    }
    all
}

/// As a page with its own look.
#[must_use]
pub fn page(lines: &[ChatLine], texts: &Texts) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(texts.code) dir=(texts.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (texts.say("transcript")) }
                style { "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}dt{margin-block-start:1rem;font-weight:600}dd{margin:0;white-space:pre-wrap}time{font-weight:400;color:#555}" }
            }
            body {
                h1 { (texts.say("transcript")) }
                dl {
                    @for line in lines {
                        dt { (speaker(line, texts)) " " time datetime=(instant(line)) { (instant(line)) } }
                        dd dir="auto" { (said(line, texts)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::texts::Catalogue;
    use super::*;
    use crate::domain::language::Language;
    use crate::service::view::{ChatAttachment, RichView};

    fn line(from: &str, text: &str) -> ChatLine {
        let name = (from == "agent").then(|| "Anna".to_owned());
        let (buttons, attachments) = (Vec::new(), Vec::new());
        ChatLine {
            seq: 1,
            from: from.to_owned(),
            name,
            text: text.to_owned(),
            buttons,
            rich: RichView::default(),
            at: 0,
            client_id: None,
            attachments,
        }
    }

    #[test]
    fn everybody_is_named_and_nothing_is_markup() {
        let texts = Catalogue::default().texts(Some("it"), Language::It);
        let mut photo = line("you", "");
        let name = Some("<b>.jpg".to_owned());
        photo.attachments = vec![ChatAttachment {
            id: "1".into(),
            name,
            mime: "image/jpeg".into(),
            bytes: 9,
            url: "/chat/files/1".into(),
        }];
        let lines = [line("you", "ciao\n<i>"), line("agent", "Buongiorno"), photo];
        let plain = text(&lines, &texts);
        insta::assert_snapshot!(plain, @r"
        Conversazione con l’assistenza
        ==============================

        1970-01-01T00:00:00Z  Lei
          ciao
          <i>

        1970-01-01T00:00:00Z  Anna
          Buongiorno

        1970-01-01T00:00:00Z  Lei
          [File: <b>.jpg]
        ");
        let page = page(&lines, &texts).into_string();
        assert!(page.contains("&lt;i&gt;") && page.contains("&lt;b&gt;.jpg"), "{page}");
    }
}
