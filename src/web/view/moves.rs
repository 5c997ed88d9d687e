//! What can be done with a ticket besides answering: the menu in its head.

use maud::{Markup, html};

use super::chip;
use super::icon::icon;
use super::thread::{Bench, hidden};
use super::words::Words;
use crate::domain::ticket::{Priority, TicketStatus};
use crate::service::view::TicketView;
use crate::text::Phrase;
use crate::text::screen::{desk as say, person as identity};

/// Whether the reader may change the ticket's life: who holds it, and supervisors.
fn may_move(view: &TicketView, bench: Bench<'_>) -> bool {
    view.mine || bench.desk.me.role != "agent"
}

/// The menu; nothing when the reader can do nothing.
#[must_use]
pub fn menu(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    let status = TicketStatus::parse(&view.row.status).filter(|status| status.is_live());
    let Some(status) = status.filter(|_| may_move(view, bench)) else { return html! {} };
    html! {
        details id="more" class="menu" name="menu" {
            summary class="button" aria-label=(words.say(say::MORE)) {
                (icon("more")) span { (words.say(say::MORE)) }
            }
            div class="sheet moves" {
                @if status.is_held() {
                    (statuses(status, view, bench, words))
                    (snooze(status, view, bench, words))
                }
                (priority(view, bench, words))
                (to_bot(view, bench, words))
                @if bench.desk.me.role != "agent" { (assign(view, bench, words)) }
                (merge(view, bench, words))
                (spam(view, bench, words))
            }
        }
    }
}

/// The address of a move.
fn action(view: &TicketView, verb: &str) -> String {
    format!("/desk/tickets/{}/{verb}", view.row.id)
}

/// Open, waiting for the customer, waiting for others: those that it is not.
fn statuses(status: TicketStatus, view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    const MOVES: [(TicketStatus, &str, &str, Phrase); 3] = [
        (TicketStatus::Open, "resume", "refresh", say::TO_OPEN),
        (TicketStatus::Pending, "pending", "hourglass", say::TO_PENDING),
        (TicketStatus::OnHold, "hold", "pause", say::TO_HOLD),
    ];
    html! {
        form method="post" action=(action(view, "pending")) data-enhance="move" {
            (hidden(view, bench))
            @for (is, verb, image, phrase) in MOVES.into_iter().filter(|(is, ..)| *is != status) {
                button class="choice" id={ "to-" (is.as_str()) } formaction=(action(view, verb)) {
                    (icon(image)) (words.say(phrase))
                }
            }
        }
    }
}

/// Put aside: for an hour, until tomorrow, until Monday, until a day and hour.
fn snooze(status: TicketStatus, view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    const CHOICES: [(&str, Phrase); 3] = [
        ("hour", say::SNOOZE_HOUR),
        ("tomorrow", say::SNOOZE_TOMORROW),
        ("monday", say::SNOOZE_MONDAY),
    ];
    let title = if status == TicketStatus::Snoozed { say::SNOOZE_LONGER } else { say::SNOOZE };
    html! {
        form method="post" action=(action(view, "snooze")) data-enhance="move" {
            (hidden(view, bench))
            input type="hidden" name="zone" data-zone;
            fieldset {
                legend { (icon("clock")) (words.say(title)) }
                div class="choices" {
                    @for (value, phrase) in CHOICES {
                        button name="until" value=(value) { (words.say(phrase)) }
                    }
                }
                div class="together" {
                    input type="datetime-local" name="at" aria-label=(words.say(say::SNOOZE_AT));
                    button name="until" value="at" { (words.say(say::SET)) }
                }
            }
        }
    }
}

/// How pressing it is.
fn priority(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        form method="post" action=(action(view, "priority")) data-enhance="move" {
            (hidden(view, bench))
            label for="priority" { (icon("flag")) (words.say(say::PRIORITY)) }
            div class="together" {
                select id="priority" name="priority" {
                    @for priority in Priority::ALL {
                        option value=(priority.as_str())
                            selected[priority.as_str() == view.row.priority] {
                            (words.say(chip::priority(priority.as_str())))
                        }
                    }
                }
                button { (words.say(say::SET)) }
            }
        }
    }
}

/// The bot has the word again.
fn to_bot(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        form method="post" action=(action(view, "bot")) data-enhance="bot" {
            (hidden(view, bench))
            button class="choice" id="to-bot" { (icon("chat")) (words.say(say::TO_BOT)) }
        }
    }
}

/// A supervisor says whose it is.
fn assign(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    let desk = bench.desk;
    html! {
        form method="post" action=(action(view, "assign")) data-enhance="assign" {
            (hidden(view, bench))
            label for="assign-to" { (icon("transfer")) (words.say(say::ASSIGN)) }
            div class="together" {
                select id="assign-to" name="to" required {
                    option value={ "agent:" (desk.me.id) } { (words.say(say::ASSIGN_ME)) }
                    optgroup label=(words.say(say::COLLEAGUES)) {
                        @for (id, name, presence) in &desk.colleagues {
                            option value={ "agent:" (id) } {
                                (name) " · " (words.say(chip::presence(presence)))
                            }
                        }
                    }
                    optgroup label=(words.say(say::TEAMS)) {
                        @for team in &desk.teams { option value={ "team:" (team) } { (team) } }
                    }
                }
                button { (words.say(say::ASSIGN_DO)) }
            }
            p class="hint" { (words.say(say::ASSIGN_HINT)) }
        }
    }
}

/// Two live tickets of one customer become one; nothing when there is no other.
fn merge(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    let is_live = |status: &str| TicketStatus::parse(status).is_some_and(TicketStatus::is_live);
    let others: Vec<_> = view.earlier.iter().filter(|row| is_live(&row.status)).collect();
    html! {
        @if !others.is_empty() {
            form method="post" action=(action(view, "merge")) data-enhance="merge" {
                (hidden(view, bench))
                label for="merge-to" { (icon("link")) (words.say(identity::MERGE)) }
                div class="together" {
                    select id="merge-to" name="to" required {
                        @for row in others {
                            option value=(row.id) {
                                (row.code) " · " (chip::channel(&row.channel, words)) " · " (row.preview)
                            }
                        }
                    }
                    button { (words.say(identity::MERGE_YES)) }
                }
                p class="hint" { (words.say(identity::MERGE_HINT)) }
            }
        }
    }
}

/// Two steps, because it cannot be taken back.
fn spam(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        details class="spam" {
            summary class="choice" { (icon("close")) (words.say(say::SPAM)) }
            form method="post" action=(action(view, "spam")) data-enhance="spam" {
                (hidden(view, bench))
                p class="hint" { (words.say(say::SPAM_ASK)) }
                button class="danger" { (words.say(say::SPAM_YES)) }
            }
        }
    }
}

/// The button that takes a resolved ticket up again.
#[must_use]
pub fn reopen(view: &TicketView, bench: Bench<'_>, words: &Words) -> Markup {
    html! {
        form method="post" action=(action(view, "reopen")) data-enhance="reopen" {
            (hidden(view, bench))
            button { (icon("refresh")) (words.say(say::REOPEN)) }
        }
    }
}
