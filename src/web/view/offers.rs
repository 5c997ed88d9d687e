//! What the reader is offered, on top of the desk's list.

use maud::{Markup, html};

use super::chip;
use super::icon::icon;
use super::row::simulated;
use super::words::{Words, countdown};
use crate::domain::time::UtcMillis;
use crate::service::view::{DeskView, OfferView, TicketRow};
use crate::text::screen::desk as say;

/// One card for each offer; the word that the reader was set away.
#[must_use]
pub fn cards(view: &DeskView, csrf: &str, query: &str, words: &Words, now: UtcMillis) -> Markup {
    html! {
        div id="offers" class="offers" role="status" {
            @if let Some(missed) = view.missed {
                p class="hint set-away" {
                    (words.fill(say::SET_AWAY, &[("n", &missed.to_string())]))
                }
            }
            @for offer in &view.offers { (card(offer, csrf, query, words, now)) }
        }
    }
}

fn card(offer: &OfferView, csrf: &str, query: &str, words: &Words, now: UtcMillis) -> Markup {
    let row = &offer.ticket;
    html! {
        article id={ "offer-" (row.id) } class="offer" aria-label=(words.say(say::OFFER)) {
            p class="offer-top" {
                strong { (words.say(say::OFFER)) }
                (left(offer, words, now))
            }
            p class="row-top" {
                span class="row-name" { (row.customer) }
                @if let Some(due) = &row.due { (chip::due(due, words, now)) }
            }
            p class="row-preview" lang=[row.language.as_deref()] { (row.preview) }
            p class="offer-foot" { (facts(row, words)) }
            div class="offer-answers" {
                (answer(offer, "accept", csrf, query, &html! {
                    button class="primary" title="Alt A" { (icon("check")) (words.say(say::ACCEPT)) }
                }))
                (answer(offer, "decline", csrf, query, &html! {
                    button title="Alt R" { (icon("close")) (words.say(say::DECLINE)) }
                }))
            }
        }
    }
}

/// What the ticket is, before it is opened.
fn facts(row: &TicketRow, words: &Words) -> Markup {
    html! {
        span class="fact" { (icon(chip::channel_icon(&row.channel))) (chip::channel(&row.channel, words)) }
        (chip::priority_chip(&row.priority, words))
        @if let Some(team) = &row.team { span class="fact" { (team) } }
        @if row.simulated { (simulated(words)) }
    }
}

/// One answer's form. Accepting goes on as taking does.
fn answer(offer: &OfferView, verb: &str, csrf: &str, query: &str, button: &Markup) -> Markup {
    let action = format!("/desk/offers/{}/{verb}", offer.ticket.id);
    let enhance = if verb == "accept" { "take" } else { "decline" };
    html! {
        form class=(verb) method="post" action=(action) data-enhance=(enhance) {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="query" value=(query);
            (button)
        }
    }
}

/// How long it stands; scripts count it down from `data-due`.
fn left(offer: &OfferView, words: &Words, now: UtcMillis) -> Markup {
    let left = offer.expires_at.saturating_sub(now.0).max(0);
    let name = words.say(say::OFFER_ENDS);
    let spelled = format!("{name} {}", words.span(left));
    html! {
        span class="due due-soon" title=(spelled) data-due=(offer.expires_at) data-metric=(name) {
            (icon("hourglass"))
            span class="due-text" aria-hidden="true" { (countdown(left)) }
            span class="unseen" { (spelled) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::web::view::row::tests::sample;

    #[test]
    fn an_offer_is_answered_by_plain_forms_and_its_text_is_escaped() {
        let offer = OfferView { ticket: sample(), offered_at: 0, expires_at: 30_000 };
        for language in [Language::En, Language::It] {
            let words = Words::new(language);
            let html = card(&offer, "token", "?tab=mine", &words, UtcMillis(5_000)).into_string();
            assert!(!html.contains("<script>"), "{html}");
            for verb in ["accept", "decline"] {
                let action = format!("action=\"/desk/offers/{}/{verb}\"", offer.ticket.id);
                assert!(html.contains(&action), "{html}");
            }
            assert!(html.contains("data-due=\"30000\"") && html.contains("0:25"), "{html}");
        }
    }
}
