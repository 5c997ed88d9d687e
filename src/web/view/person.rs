//! One customer, many channels: the card beside a ticket, and a thread of another channel.

use maud::{Markup, html};

use super::desk::Desk;
use super::icon::icon;
use super::thread::{self, Bench};
use super::words::{Words, moment, since};
use super::{chip, desk, lists};
use crate::domain::time::UtcMillis;
use crate::service::view::{ContactView, PersonView, ProofView, ThreadView, TicketRow, TicketView};
use crate::text::Phrase;
use crate::text::screen;
use crate::text::screen::person as say;

/// What stands under a customer's name: whether we know who it is, in words and with a mark.
#[must_use]
pub fn standing(contact: &ContactView, words: &Words) -> Markup {
    let (image, phrase) = stands(&contact.standing);
    html! { span class={ "standing standing-" (contact.standing) } { (icon(image)) (words.say(phrase)) } }
}

fn stands(word: &str) -> (&'static str, Phrase) {
    match word {
        "verified" => ("check", say::VERIFIED),
        "by_hand" => ("user", say::BY_HAND),
        _ => ("question", say::NOT_VERIFIED),
    }
}

/// A form of the card about one ticket.
#[derive(Clone, Copy)]
struct Forms<'a> {
    view: &'a TicketView,
    bench: Bench<'a>,
}

impl Forms<'_> {
    /// The address of a form, and what it carries.
    fn form(&self, verb: &str, words: &Words, inner: &Markup, button: Phrase) -> Markup {
        html! {
            form method="post" action={ "/desk/tickets/" (self.view.row.id) "/" (verb) }
                data-enhance="person" {
                input type="hidden" name="csrf" value=(self.bench.csrf);
                input type="hidden" name="request" value={ (self.view.person.id) "-" (self.view.person.version) };
                input type="hidden" name="query" value=(self.bench.query);
                (inner)
                label { (words.say(say::LINK_WHY))
                    input type="text" name="note" required maxlength="200" autocomplete="off";
                }
                button { (words.say(button)) }
            }
        }
    }
}

/// The card: every channel of the person, how we know, and what can be done about it.
#[must_use]
pub fn card(view: &TicketView, bench: Bench<'_>, words: &Words, now: UtcMillis) -> Markup {
    let forms = Forms { view, bench };
    html! {
        section class="card identity" {
            h2 { (words.say(say::CHANNELS)) }
            (contacts(&view.person, Some(forms), words, now))
            (code(forms, words))
            details class="link" data-key="link" {
                summary { (icon("link")) (words.say(say::LINK)) }
                (forms.form("link", words, &html! {
                    label { (words.say(say::LINK_FIND))
                        input type="text" name="text" required maxlength="254" autocomplete="off";
                    }
                    p class="hint" { (words.say(say::LINK_HINT)) }
                }, say::LINK_YES))
            }
        }
    }
}

/// The code by e-mail: what became of the last one, and the button for another.
fn code(forms: Forms<'_>, words: &Words) -> Markup {
    let Forms { view, bench } = forms;
    let state = view.code.state.as_deref().and_then(|state| match state {
        "waiting" => Some(say::CODE_WAITING),
        "open" => Some(say::CODE_OPEN),
        "used" => Some(say::CODE_USED),
        "spent" => Some(say::CODE_SPENT),
        "expired" => Some(say::CODE_EXPIRED),
        "failed" => Some(say::CODE_FAILED),
        _ => None,
    });
    let address = view.code.to.as_deref().unwrap_or_default();
    html! {
        div class="code-asked" {
            @if let Some(phrase) = state {
                p class="hint" role="status" { (icon("info")) (words.fill(phrase, &[("address", address)])) }
            }
            @match view.code.offer.as_str() {
                "off" => { p class="hint" { (words.say(say::CODE_OFF)) } }
                "no_order" => { p class="hint" { (words.say(say::CODE_NO_ORDER)) } }
                _ if view.mine => {
                    form method="post" action={ "/desk/tickets/" (view.row.id) "/code" } data-enhance="person" {
                        (thread::hidden(view, bench))
                        button { (icon("send")) (words.say(say::CODE_ASK)) }
                        p class="hint" { (words.say(say::CODE_HINT)) }
                    }
                }
                _ => {}
            }
        }
    }
}

fn contacts(
    person: &PersonView,
    forms: Option<Forms<'_>>,
    words: &Words,
    now: UtcMillis,
) -> Markup {
    html! {
        ul class="contacts" {
            @for contact in &person.contacts {
                li {
                    p class="contact-head" {
                        strong { (icon(chip::channel_icon(&contact.channel))) (chip::channel(&contact.channel, words)) }
                        @if let Some(name) = &contact.name { " " span { (name) } }
                        " " (standing(contact, words))
                    }
                    @if contact.here {
                        p class="hint" { (words.say(say::HERE)) }
                    } @else if contact.readable {
                        p class="hint" {
                            a href={ "/desk/contacts/" (contact.id) } { (words.say(say::READ)) }
                            @if let Some(at) = contact.last_at {
                                " · " (words.say(say::LAST_WROTE)) " " (since(at, words, now))
                            }
                        }
                    } @else {
                        p class="hint" { (icon("lock")) (words.say(say::UNREADABLE)) }
                    }
                    @for proof in &contact.proofs { (told(proof, contact, forms, words)) }
                    @if let Some(forms) = forms.filter(|_| contact.linked && contact.readable) {
                        (unlink(contact, forms, words))
                    }
                }
            }
        }
    }
}

/// One proof: the fact, how it was proved, when, and whether it holds.
fn told(
    proof: &ProofView,
    contact: &ContactView,
    forms: Option<Forms<'_>>,
    words: &Words,
) -> Markup {
    let undone = proof.state == "undone";
    html! {
        p class={ "proof proof-" (proof.state) } {
            (words.say(fact(&proof.kind))) " " strong { (named(proof, words)) } br;
            small {
                @if undone { b { (words.say(say::UNDONE)) } " · " }
                @if proof.state == "expired" { b { (words.say(say::EXPIRED)) } " · " }
                (how(proof, words)) " · " (moment(proof.at, words))
                @if let Some(reason) = &proof.reason { " · " q { (reason) } }
            }
        }
        @if let Some(forms) = forms.filter(|_| undone && contact.readable) {
            details class="unlink" data-key={ "again-" (proof.id) } {
                summary { (words.say(say::AGAIN)) }
                (forms.form("link-again", words, &html! {
                    input type="hidden" name="to" value={ (contact.id) " " (proof.id) };
                }, say::AGAIN_YES))
            }
        }
    }
}

fn unlink(contact: &ContactView, forms: Forms<'_>, words: &Words) -> Markup {
    html! {
        details class="unlink" data-key={ "unlink-" (contact.id) } {
            summary { (words.say(say::UNLINK)) }
            (forms.form("unlink", words, &html! {
                input type="hidden" name="to" value=(contact.id);
                p class="hint" { (words.say(say::UNLINK_HINT)) }
            }, say::UNLINK_YES))
        }
    }
}

/// The fact, or the other contact: by its name, else by its channel.
fn named(proof: &ProofView, words: &Words) -> String {
    if proof.kind == "contact" { chip::channel(&proof.value, words) } else { proof.value.clone() }
}

fn fact(kind: &str) -> Phrase {
    match kind {
        "signed_id" => say::FACT_SIGNED,
        "email" => say::FACT_EMAIL,
        "phone" => say::FACT_PHONE,
        _ => say::FACT_CONTACT,
    }
}

/// How it was proved.
fn how(proof: &ProofView, words: &Words) -> String {
    match proof.proof.as_str() {
        "signed_id" => words.say(say::PROOF_SIGNED).to_owned(),
        "email_code" => words.say(say::PROOF_CODE).to_owned(),
        "phone_shared" => words.say(say::PROOF_SHARED).to_owned(),
        _ => {
            let name = proof.by.as_deref().unwrap_or_else(|| words.say(say::SOMEBODY));
            words.fill(say::PROOF_AGENT, &[("name", name)])
        }
    }
}

/// Where else the customer writes, said beside the reply.
#[must_use]
pub fn other_channels(person: &PersonView, words: &Words) -> Markup {
    let others: Vec<_> = person
        .contacts
        .iter()
        .filter(|contact| !contact.here)
        .map(|contact| chip::channel(&contact.channel, words))
        .collect();
    html! {
        @if !others.is_empty() {
            p class="hint other-channels" {
                (icon("link")) (words.fill(say::OTHER_CHANNELS, &[("channels", &others.join(", "))]))
            }
        }
    }
}

/// Tickets as links, newest first.
#[must_use]
pub fn tickets(rows: &[TicketRow], words: &Words, now: UtcMillis) -> Markup {
    html! {
        ul class="earlier" {
            @for row in rows {
                li {
                    a href={ "/desk/tickets/" (row.id) } { (row.preview) }
                    small {
                        (words.say(chip::status(&row.status))) " · " (chip::channel(&row.channel, words))
                        " · " (since(row.created_at, words, now))
                    }
                }
            }
        }
    }
}

/// The thread of a contact, for reading, beside the person it is of.
#[must_use]
pub fn page(desk: Desk<'_>, read: &ThreadView, words: &Words, now: UtcMillis) -> Markup {
    let contact = &read.contact;
    let name = contact.name.clone().unwrap_or_else(|| chip::channel(&contact.channel, words));
    let main = html! {
        main id="main" class="panes with-ticket" {
            (lists::list(desk.view, desk.shown(), words, now))
            section id="ticket" class="ticket" aria-label=(words.say(screen::desk::THREAD)) {
                header id="ticket-head" class="ticket-head" {
                    a class="back" href="/desk" aria-label=(words.say(screen::BACK)) { (icon("left")) }
                    div class="ticket-title" {
                        h1 { (name) }
                        p class="facts" {
                            span { (chip::channel(&contact.channel, words)) } (standing(contact, words))
                        }
                    }
                    div class="actions" {
                        button class="quiet side-open" type="button" popovertarget="side" {
                            (icon("info")) span { (words.say(screen::desk::DETAILS)) }
                        }
                    }
                }
                (thread::lines(&read.lines, words, now))
                div class="composer" {
                    div class="banner" { p { (icon("info")) (words.say(say::READING)) } }
                }
            }
            aside id="side" class="side" popover aria-label=(words.say(screen::desk::SIDE)) {
                button class="quiet side-close" type="button" popovertarget="side"
                    popovertargetaction="hide" aria-label=(words.say(screen::CLOSE)) { (icon("close")) }
                section class="card identity" {
                    h2 { (words.say(say::CHANNELS)) }
                    (contacts(&read.person, None, words, now))
                }
                section class="card" {
                    h2 { (words.say(say::HISTORY)) }
                    @if read.history.is_empty() { p class="hint" { (words.say(say::HISTORY_NONE)) } }
                    (tickets(&read.history, words, now))
                }
            }
        }
    };
    desk::framed(desk, &name, &main, words)
}
