//! What is known of a customer of the web chat: what the shop signed, and what was only typed.

use maud::{Markup, html};

use super::icon::icon;
use super::words::Words;
use crate::service::view::ClaimsView;
use crate::text::screen::{chat, desk as say};

/// Whether somebody vouches for the customer.
#[must_use]
pub fn mark(known: &ClaimsView, words: &Words) -> Markup {
    html! {
        @if known.verified_id.is_some() {
            small { (icon("check")) (words.say(say::VERIFIED)) }
        } @else {
            small { (icon("question")) (words.say(say::UNVERIFIED)) }
        }
    }
}

/// The pairs of a list: signed ones first, typed ones marked as such.
#[must_use]
pub fn facts(known: &ClaimsView, words: &Words) -> Markup {
    html! {
        @if let Some(id) = &known.verified_id {
            dt { (words.say(say::VERIFIED_ID)) } dd { (id) }
        }
        @for (field, value) in &known.verified {
            dt { (label(field, words)) } dd { (value) }
        }
        @for (field, value) in &known.typed {
            dt { (label(field, words)) } dd { (value) br; small { (icon("question")) (words.say(say::TYPED)) } }
        }
    }
}

fn label(field: &str, words: &Words) -> String {
    match field {
        "name" => words.say(chat::FIELD_NAME).to_owned(),
        "email" => words.say(chat::FIELD_EMAIL).to_owned(),
        "phone" => words.say(chat::FIELD_PHONE).to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn typed_values_are_never_shown_as_verified() {
        let words = Words::new(Language::En);
        let pair = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
        let typed = ClaimsView { typed: pair("email", "<ada@shop>"), ..ClaimsView::default() };
        let shown = facts(&typed, &words).into_string();
        assert!(shown.contains("&lt;ada@shop&gt;") && shown.contains("not verified"), "{shown}");
        assert!(mark(&typed, &words).into_string().contains("not verified"));
        let signed =
            ClaimsView { verified_id: Some("42".into()), verified: pair("email", "a@b"), ..typed };
        assert!(mark(&signed, &words).into_string().contains("verified by the shop"));
    }
}
