//! The desk's middle pane: the ticket's head, its thread, and the composer.

use maud::{Markup, html};

use super::icon::icon;
use super::row::simulated;
use super::words::{Words, hour};
use super::{attachment, chip, moves};
use crate::domain::time::UtcMillis;
use crate::service::view::{DeskView, LineView, TicketRow, TicketView};
use crate::text::screen::{desk as say, state};
use crate::text::{Phrase, screen};

/// What the middle pane needs besides the ticket.
#[derive(Clone, Copy, Debug)]
pub struct Bench<'a> {
    /// The session's token for forms.
    pub csrf: &'a str,
    /// The desk: whom a ticket can go to.
    pub desk: &'a DeskView,
    /// The query of the list it was opened from.
    pub query: &'a str,
}

/// The middle pane; a live fragment.
#[must_use]
pub fn pane(view: &TicketView, bench: Bench<'_>, words: &Words, now: UtcMillis) -> Markup {
    html! {
        section id="ticket" class="ticket" aria-label=(words.say(say::THREAD))
            data-ticket=(view.row.id) data-version=(view.version) {
            (head(view, bench, words, now))
            (thread(view, words, now))
            (composer(view, bench, words))
        }
    }
}

/// Shown while no ticket is open.
#[must_use]
pub fn nothing(words: &Words) -> Markup {
    html! {
        section id="ticket" class="ticket none" aria-label=(words.say(say::THREAD)) {
            div class="empty" { (icon("chat")) p { (words.say(say::PICK)) } }
        }
    }
}

/// Name, code, deadlines and actions.
fn head(view: &TicketView, bench: Bench<'_>, words: &Words, now: UtcMillis) -> Markup {
    let row = &view.row;
    html! {
        header id="ticket-head" class="ticket-head" {
            a class="back" href={ "/desk" (bench.query) } aria-label=(words.say(screen::BACK)) {
                (icon("left"))
            }
            div class="ticket-title" {
                h1 { (row.customer) }
                p class="facts" {
                    span class="code" { (row.code) }
                    (chip::status_chip(&row.status, words))
                    @if let Some(until) = row.snoozed_until { (awake(until, words)) }
                    (chip::priority_chip(&row.priority, words))
                    @if row.simulated { (simulated(words)) }
                }
            }
            @if let Some(due) = &row.due { (chip::due(due, words, now)) }
            div class="actions" {
                @if view.mine { (give(row, bench, words)) }
                (moves::menu(view, bench, words))
                @if view.mine { (resolve(row, bench, words)) }
                button class="quiet side-open" type="button" popovertarget="side" {
                    (icon("info")) span { (words.say(say::DETAILS)) }
                }
            }
        }
    }
}

/// When a snooze ends.
fn awake(until: i64, words: &Words) -> Markup {
    let at = format!("{} {}", words.date(until), words.hour(until));
    html! {
        span { (words.say(say::UNTIL)) " "
            time datetime=(UtcMillis(until)) data-until=(until) { (at) }
        }
    }
}

/// Giving it to somebody else.
fn give(row: &TicketRow, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        details id="give" class="menu" name="menu" {
            summary class="button" { (icon("transfer")) span { (words.say(say::TRANSFER)) } }
            (transfer(row, bench, words))
        }
    }
}

/// The button that ends it.
fn resolve(row: &TicketRow, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        form class="inline" method="post" action={ "/desk/tickets/" (row.id) "/resolve" }
            data-enhance="resolve" {
            input type="hidden" name="csrf" value=(bench.csrf);
            button id="resolve" title={ (words.say(say::RESOLVE_ASK)) " (Alt E)" } {
                (icon("check")) span { (words.say(say::RESOLVE)) }
            }
        }
    }
}

/// The form that gives the ticket to somebody else.
fn transfer(row: &TicketRow, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        form class="sheet" method="post" action={ "/desk/tickets/" (row.id) "/transfer" }
            data-enhance="transfer" {
            input type="hidden" name="csrf" value=(bench.csrf);
            label { (words.say(say::TRANSFER_TO))
                select name="to" required {
                    @if !bench.desk.teams.is_empty() {
                        optgroup label=(words.say(say::TEAMS)) {
                            @for team in &bench.desk.teams {
                                option value={ "team:" (team) } { (team) }
                            }
                        }
                    }
                    @if !bench.desk.colleagues.is_empty() {
                        optgroup label=(words.say(say::COLLEAGUES)) {
                            @for (id, name, presence) in &bench.desk.colleagues {
                                option value={ "agent:" (id) } {
                                    (name) " · " (words.say(chip::presence(presence)))
                                }
                            }
                        }
                    }
                }
            }
            label { (words.say(say::TRANSFER_NOTE))
                textarea name="note" rows="3" maxlength="4096" {}
            }
            button class="primary" { (words.say(say::TRANSFER)) }
        }
    }
}

/// The thread, oldest first, with day separators and the line where a person takes over.
#[must_use]
pub fn thread(view: &TicketView, words: &Words, now: UtcMillis) -> Markup {
    lines(&view.thread, words, now)
}

/// The lines of a thread.
#[must_use]
pub fn lines(lines: &[LineView], words: &Words, now: UtcMillis) -> Markup {
    let mut day = String::new();
    let first_person = lines.iter().find(|line| line.kind == "agent").map(|line| line.seq);
    html! {
        div id="thread" class="thread" role="log" aria-label=(words.say(say::THREAD)) tabindex="0" {
            @for line in lines {
                @let date = words.day(line.at, now);
                @if date != day {
                    p class="separator" id={ "day-" (line.seq) } { span { (date) } }
                    @let () = date.clone_into(&mut day);
                }
                @if first_person == Some(line.seq) {
                    p class="separator person" id="handover" {
                        span { (icon("user")) (words.say(say::HANDED_OVER)) }
                    }
                }
                (thread_line(line, words))
            }
        }
    }
}

/// One line of the thread.
#[must_use]
pub fn thread_line(line: &LineView, words: &Words) -> Markup {
    html! {
        article id={ "line-" (line.seq) } class={ "line line-" (line.kind) } {
            header {
                @if line.kind != "system" {
                    (icon(author_icon(&line.kind))) span class="who" { (author(line, words)) }
                }
                (hour(line.at, words))
                (delivery(&line.delivery, words))
            }
            @if !line.text.is_empty() {
                p class="said" lang=[line.language.as_deref()] { (line.text) }
            }
            @for file in &line.attachments { (attachment::shown(file, &line.kind, words)) }
            @if !line.buttons.is_empty() {
                p class="offered" {
                    span class="unseen" { (words.say(say::OFFERED)) ": " }
                    @for button in &line.buttons { span class="chip" { (button.label) } " " }
                }
            }
        }
    }
}

/// Who wrote a line, in words.
fn author(line: &LineView, words: &Words) -> String {
    let name = line.name.as_deref().unwrap_or_default();
    match line.kind.as_str() {
        "customer" => words.say(say::WROTE_CUSTOMER).to_owned(),
        "bot" => words.say(say::WROTE_BOT).to_owned(),
        "note" => words.fill(say::WROTE_NOTE, &[("name", name)]),
        "agent" => name.to_owned(),
        _ => words.say(say::WROTE_SYSTEM).to_owned(),
    }
}

/// The icon of who wrote a line.
fn author_icon(kind: &str) -> &'static str {
    match kind {
        "bot" => "bot",
        "note" => "lock",
        "agent" => "headset",
        _ => "user",
    }
}

/// How far a line got; nothing where there is nothing to say.
fn delivery(state: &str, words: &Words) -> Markup {
    let (image, phrase): (_, Phrase) = match state {
        "pending" => ("clock", state::DELIVERY_PENDING),
        "sent" => ("check", state::DELIVERY_SENT),
        "delivered" => ("checks", state::DELIVERY_DELIVERED),
        "read" => ("checks", state::DELIVERY_READ),
        "unconfirmed" => ("question", state::DELIVERY_UNCONFIRMED),
        "failed" => ("late", state::DELIVERY_FAILED),
        _ => return html! {},
    };
    html! {
        span class={ "delivery delivery-" (state) } title=(words.say(phrase)) {
            (icon(image)) span { (words.say(phrase)) }
        }
    }
}

/// Reply and note, or why only a note.
fn composer(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    let row = &view.row;
    html! {
        section id="composer" class="composer" data-ticket=(row.id) {
            @if !view.mine { (banner(view, bench, words)) }
            div id="modes" class="modes" {
                input class="unseen" type="radio" name="mode" id="mode-reply" value="reply"
                    checked[view.mine] disabled[!view.mine];
                label for="mode-reply" title="Alt L" { (icon("chat")) (words.say(say::REPLY)) }
                input class="unseen" type="radio" name="mode" id="mode-note" value="note"
                    checked[!view.mine];
                label for="mode-note" title="Alt P" { (icon("lock")) (words.say(say::NOTE)) }
                span class="grow" {}
                span id="draft" class="hint" role="status" {}
            }
            @if view.mine { (super::person::other_channels(&view.person, words)) }
            @if view.mine { (reply_form(view, bench, words)) }
            (note_form(view, bench, words))
        }
    }
}

/// The reply to the customer.
fn reply_form(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    let label = words.fill(say::REPLY_TO, &[("name", &view.row.customer)]);
    html! {
        form id="write-reply" class="write write-reply" method="post" data-enhance="reply"
            action={ "/desk/tickets/" (view.row.id) "/replies" } {
            (hidden(view, bench))
            textarea id="reply-text" name="text" rows="3" maxlength="4096" required
                lang=[view.row.language.as_deref()]
                aria-label=(label) placeholder=(words.say(say::REPLY_HINT)) {}
            (attachment::tools(bench.desk.file_megabytes, words))
            button class="primary" title=(words.say(say::SEND_KEY)) {
                (icon("send")) (words.say(say::SEND))
            }
        }
    }
}

/// The private note.
fn note_form(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        form id="write-note" class="write write-note" method="post" data-enhance="note"
            action={ "/desk/tickets/" (view.row.id) "/notes" } {
            (hidden(view, bench))
            textarea id="note-text" name="text" rows="3" maxlength="4096" required
                aria-label=(words.say(say::NOTE_LABEL)) placeholder=(words.say(say::NOTE_HINT)) {}
            button title=(words.say(say::SEND_KEY)) { (icon("lock")) (words.say(say::SAVE_NOTE)) }
        }
    }
}

/// The token, and a key under which a repeated form has its effect once.
pub(super) fn hidden(view: &TicketView, bench: Bench<'_>) -> Markup {
    let last = view.thread.last().map_or(0, |line| line.seq);
    html! {
        input type="hidden" name="csrf" value=(bench.csrf);
        input type="hidden" name="request" value={ (view.row.id) "-" (view.version) "-" (last) };
        input type="hidden" name="query" value=(bench.query);
    }
}

/// Why the reader cannot reply, with the one action that changes it.
fn banner(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    let row = &view.row;
    html! {
        div id="banner" class="banner" {
            @if row.status == "resolved" {
                p { (icon("check")) (words.say(say::RESOLVED_BANNER)) }
                (moves::reopen(view, bench, words))
            } @else if row.status == "closed" {
                p { (icon("check")) (words.say(say::CLOSED_BANNER)) }
            } @else if let Some(holder) = &row.assignee {
                p { (icon("user")) (words.fill(say::TAKE_OTHER, &[("name", holder)])) }
            } @else {
                p { (icon("info")) (words.say(say::TAKE_BANNER)) }
                form method="post" action={ "/desk/tickets/" (row.id) "/take" }
                    data-enhance="take" {
                    input type="hidden" name="csrf" value=(bench.csrf);
                    button class="primary" { (icon("take")) (words.say(say::TAKE)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn a_line_escapes_its_text_and_names_its_author() {
        let line = LineView {
            seq: 3,
            kind: "customer".into(),
            name: None,
            text: "<img src=x onerror=alert(1)>".into(),
            buttons: Vec::new(),
            attachments: Vec::new(),
            at: 0,
            delivery: "none".into(),
            language: Some("it".into()),
        };
        let html = thread_line(&line, &Words::new(Language::It)).into_string();
        assert!(html.contains("&lt;img") && !html.contains("<img"), "{html}");
        assert!(html.contains("line-customer") && html.contains("Cliente"), "{html}");
    }
}
